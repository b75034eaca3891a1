//! One binary for all tests that look at Dogwatch from outside.

mod docs;
mod ladders;
mod laws;
mod moj;
mod oracle;
mod scenes;
mod schemas;
mod tidy;
mod vectors;
