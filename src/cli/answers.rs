//! `dogwatch answers`

use crate::cli::who::not_known;
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text};
use crate::escalation::answers;

/// The reverse of `who`: what a rotation or @person is paged for, and at which rung
#[derive(Debug, clap::Args)]
pub struct Answers {
    /// A rotation, a seat such as search.secondary, or @person
    #[arg(value_name = "ROTATION | @PERSON")]
    name: String,
    /// When the alerts open; absent, now. The hours of routes count
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
}

impl Answers {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let at = self.at.as_ref().map_or(Ok(reader.now), |it| instant(it, &reader))?;
        if org.service_named(&self.name).is_some() && org.seat_named(&self.name).is_none() {
            return Err(Failure::new(format!("`{}` is a service, and answers for nothing", self.name))
                .hint(format!("`dogwatch who {}` says who answers for it", self.name)));
        }
        let duty = answers(&org, &self.name, at).map_err(|error| not_known(&error))?;
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::answers(&org, &duty, at, &reader)),
            _ => text::answers(&org, &duty, at, &reader),
        });
        Ok(ExitStatus::Clean)
    }
}
