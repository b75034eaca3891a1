//! `dogwatch plan`

use std::path::{Path, PathBuf};

use crate::cli::pagerduty::{Account, Asked, failure};
use crate::cli::{ExitStatus, Format, Loaded, Result, Session, export, text, whole};
use crate::pagerduty::plan::{self, Plan as Made};

/// What it takes to make PagerDuty equal to the files; changes nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Changes in people and hours come first, then what is done, then what is risky. What PagerDuty cannot hold exactly is
named, with what happens instead.

Exit status: 0 nothing to do, 1 changes, 2 it cannot be done.

Examples:
  dogwatch plan
  dogwatch plan --save next.json            then: dogwatch apply next.json
  dogwatch plan --format markdown           for a pull request
  dogwatch plan --adopt 'Search' --prune    take over a schedule, remove what is ours and no longer declared")]
pub struct Plan {
    #[command(flatten)]
    asked: Asked,
    /// Write the plan to a file, for `apply` to do exactly that
    #[arg(long, value_name = "FILE")]
    save: Option<PathBuf>,
    #[command(flatten)]
    account: Account,
}

impl Plan {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Markdown])?;
        let Loaded { org, reader } = session.load()?;
        let wish = self.asked.wish(&org, reader.now)?;
        let mut client = self.account.client()?;
        session.progress("reading PagerDuty …");
        let made = plan::make(&mut client, &wish).map_err(failure)?;
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::plan(&made, &reader)),
            Format::Markdown => export::markdown::plan(&made, &reader),
            _ => text::plan(&made, &reader),
        });
        if !made.errors.is_empty() {
            return Ok(ExitStatus::Failed);
        }
        if let Some(path) = &self.save {
            save(path, &made)?;
        }
        Ok(if made.is_empty() { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}

fn save(path: &Path, plan: &Made) -> Result<()> {
    whole::written(path, &export::json::print(plan))
}
