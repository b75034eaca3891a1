//! `dogwatch verify`

use crate::cli::pagerduty::{Account, Asked, failure};
use crate::cli::{ExitStatus, Format, Loaded, Result, Session, export, text};
use crate::pagerduty::plan;

/// Reads what PagerDuty renders, and holds it against the calendar; changes nothing
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Every schedule is read as PagerDuty shows it, whoever made it so: overrides of others are differences too.
Teams, if they are kept, are compared as well.

Exit status: 0 equal, 1 different, 2 it could not be read.

Examples:
  dogwatch verify
  dogwatch verify --horizon 26w --format json")]
pub struct Verify {
    #[command(flatten)]
    asked: Asked,
    #[command(flatten)]
    account: Account,
}

impl Verify {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let wish = self.asked.wish(&org, reader.now)?;
        let mut client = self.account.client()?;
        session.progress("reading PagerDuty …");
        let made = plan::make(&mut client, &wish).map_err(failure)?;
        let differences = plan::read_back(&mut client, &made, reader.now).map_err(failure)?;
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::verify(&made, &differences, &reader)),
            _ => text::verified(&made, &differences, &reader),
        });
        Ok(if differences.is_empty() && made.steps_of_teams() == 0 { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}
