//! One binary for all tests that look at Dogwatch from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod calendars;
mod diagnostics;
mod docs;
mod findings;
mod gitlab;
mod graph;
mod history;
mod import;
mod ladders;
mod laws;
mod moj;
mod oracle;
mod pagerduty;
mod proof;
mod rehearsal;
mod robust;
mod routing;
mod scenes;
mod schemas;
mod sections;
mod shell;
mod tidy;
mod vectors;
mod web;
