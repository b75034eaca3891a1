//! `dogwatch now`

use crate::calendar::State;
use crate::cli::{ExitStatus, Format, Loaded, Result, Session, export, text};

/// Everybody on call, until when, and who is next; gaps first
#[derive(Debug, clap::Args)]
pub struct Now {}

impl Now {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::now(&org, reader.now, &reader)?),
            _ => text::now(&org, reader.now, &reader)?,
        });
        for seat in org.seats() {
            if State::of(&org, seat, reader.now)? == State::Gap {
                return Ok(ExitStatus::Attention);
            }
        }
        Ok(ExitStatus::Clean)
    }
}
