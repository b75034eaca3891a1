//! One binary for all tests that look at Dogwatch from outside.

mod laws;
mod moj;
mod oracle;
mod vectors;
