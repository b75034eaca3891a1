//! `edit`: what it may not change, what it must, and that it says so.

#![allow(clippy::print_stdout, reason = "long runs say what they looked at")]

#[path = "edit/laws.rs"]
mod laws;
#[path = "edit/layout.rs"]
mod layout;
#[path = "edit/said.rs"]
mod said;
#[path = "edit/tekton.rs"]
mod tekton;

use std::path::Path;

use dogwatch::config::{self, Files};
use dogwatch::org::Org;

/// An organisation without mistakes.
fn sound(files: &Files) -> Org {
    let (org, diagnostics) = config::read(files);
    org.unwrap_or_else(|| panic!("{}", config::render(&diagnostics, files, false)))
}

fn folder(name: &str) -> Files {
    Files::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// How much of a long test is done: `DOGWATCH_EDIT=30` does as much as its documentation says.
fn effort(otherwise: u64) -> u64 {
    std::env::var("DOGWATCH_EDIT").ok().and_then(|it| it.parse().ok()).unwrap_or(otherwise)
}
