//! One binary for all tests that look at Dogwatch from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod diagnostics;
mod docs;
mod findings;
mod history;
mod ladders;
mod laws;
mod moj;
mod oracle;
mod robust;
mod scenes;
mod schemas;
mod sections;
mod tidy;
mod vectors;
