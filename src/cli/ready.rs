//! `dogwatch ready`

use std::collections::BTreeSet;

use crate::cli::past::Experience;
use crate::cli::show::{Named, named};
use crate::cli::{ExitStatus, Format, Loaded, Result, Session, export, text};
use crate::export::ReadyOf;
use crate::org::{Org, PersonId, SeatId};
use crate::people::{Handled, Readiness, belongs, page};

/// Who may take which seat, what is missing, and which turns to shadow next
///
/// By `[[stages]]` of org.toml. Turns are counted from the calendars up to now; who held at least half of a turn has done it.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 everybody who takes turns is ready for their seats; 1 somebody is not, or the person asked for still lacks something for
their own seats; 2 it could not be done.
Formats: text, json.

Try:
  dogwatch ready                    everybody who takes turns or shadows
  dogwatch ready storage-ops        the people of a rotation, and turns to shadow there
  dogwatch ready ana                one person's page
  dogwatch ready ana --history incidents.csv --mapping servicenow     with what they have handled")]
pub struct Ready {
    /// A rotation, or a person: ana or @ana; absent, everybody
    #[arg(value_name = "ROTATION | PERSON")]
    name: Option<String>,
    #[command(flatten)]
    past: Experience,
}

impl Ready {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let history = self.past.load(&org, session)?;
        let handled = history.as_ref().map(|it| Handled::of(it, &org, reader.now));
        let (people, seats) = self.asked(&org)?;
        let readiness = Readiness::with_turns(&org, reader.now, handled.as_ref())?;
        let mut pages = Vec::new();
        for person in people {
            let mut page = page(&org, &readiness, person, seats.as_deref(), reader.now)?;
            let here = |seat: &SeatId| seats.as_ref().is_none_or(|it| it.contains(seat));
            let part = org.seats().filter(here).any(|it| belongs(&org, it, person, reader.now));
            if self.name.is_none() {
                // For everybody at once that would be a calendar.
                page.shadow.clear();
            }
            // Who has no part in it is not asked about.
            if self.is_person(&org) || part {
                pages.push(page);
            }
        }
        let lacking = pages
            .iter()
            .any(|page| page.seats.iter().any(|it| !readiness.lacks(page.person, it.seat, reader.now).is_empty()));
        let shown =
            ReadyOf { org: &org, pages: &pages, readiness: &readiness, handled: handled.as_ref(), reader: &reader };
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::ready(&shown)),
            _ if self.is_person(&org) => text::page(&shown),
            _ => text::ready(&shown),
        });
        Ok(if lacking { ExitStatus::Attention } else { ExitStatus::Clean })
    }

    fn is_person(&self, org: &Org) -> bool {
        self.name.as_ref().is_some_and(|it| it.starts_with('@') || org.seat_named(it).is_none())
    }

    fn asked(&self, org: &Org) -> Result<(BTreeSet<PersonId>, Option<Vec<SeatId>>)> {
        let everybody = || org.people.iter().map(|it| it.id).collect();
        let Some(name) = &self.name else { return Ok((everybody(), None)) };
        Ok(match named(org, name)? {
            Named::Person(person) => ([person].into(), None),
            Named::Seats(seats) => (everybody(), Some(seats)),
        })
    }
}
