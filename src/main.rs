//! Asks the clock once, and calls the command line.

use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use dogwatch::cli;
use dogwatch::time::Instant;

fn main() -> ExitCode {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let now = Instant::from_unix(i64::try_from(clock).unwrap_or(i64::MAX));
    cli::run(std::env::args_os(), now).into()
}
