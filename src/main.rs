//! Knows the clock, and calls the command line.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use dogwatch::cli;
use dogwatch::time::Instant;

fn main() -> ExitCode {
    cli::run(std::env::args_os(), clock).into()
}

fn clock() -> Instant {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    Instant::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
}
