//! `dogwatch test`

use crate::cli::{ExitStatus, Format, Loaded, Result, Session, export, text};
use crate::escalation::{TestResult, run_tests};

/// Runs the routing tests that stand in escalation.toml
#[derive(Debug, clap::Args)]
pub struct Test {}

impl Test {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let results = run_tests(&org, reader.now)?;
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::tests(&results, &reader)),
            _ => text::tests(&results, &reader),
        });
        let clean = results.iter().all(TestResult::passed);
        Ok(if clean { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}
