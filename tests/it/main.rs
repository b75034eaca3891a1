//! One binary for all tests that look at Dogwatch from outside.

mod docs;
mod laws;
mod moj;
mod oracle;
mod scenes;
mod schemas;
mod tidy;
mod vectors;
