//! `dogwatch answers`

use crate::cli::who::not_known;
use crate::cli::{ExitStatus, Format, Loaded, Result, Session, export, text};
use crate::escalation::answers;

/// The reverse of `who`: what a rotation or @person is paged for, and at which rung
#[derive(Debug, clap::Args)]
pub struct Answers {
    /// A rotation, a seat such as search.secondary, or @person
    #[arg(value_name = "ROTATION | @PERSON")]
    name: String,
}

impl Answers {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let duty = answers(&org, &self.name, reader.now).map_err(|error| not_known(&error))?;
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::answers(&org, &duty)),
            _ => text::answers(&org, &duty),
        });
        Ok(ExitStatus::Clean)
    }
}
