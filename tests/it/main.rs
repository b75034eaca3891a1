//! One binary for all tests that look at Dogwatch from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod alerts;
mod balance;
mod calendars;
mod cover;
mod diagnostics;
mod docs;
mod edit;
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
mod past;
mod people;
mod proof;
mod rehearsal;
mod robust;
mod routing;
mod scenes;
mod schemas;
mod sections;
mod shell;
mod split;
mod tidy;
mod vectors;
mod web;
