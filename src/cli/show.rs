//! `dogwatch show`

use chrono::Days;
use clap::ValueEnum;

use crate::calendar::{SeatShifts, shifts};
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text};
use crate::org::{Org, SeatId, nearest};
use crate::time::Span;

/// Calendars: who holds which seat when
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Draws a timeline by rotation or by person, or lists the days; `--format table` has a row a shift.

Examples:
  dogwatch show                                    all rotations, two weeks from today
  dogwatch show search storage-ops --until 2027-01-01
  dogwatch show --by person --from 2026-12-01 --until 2027-01-01
  dogwatch show search --format table --zone Europe/Dublin")]
pub struct Show {
    /// Rotations, or single seats such as search.secondary; absent, all
    #[arg(value_name = "ROTATION")]
    rotations: Vec<String>,
    /// The first instant; absent, the start of today
    #[arg(long, value_name = "INSTANT")]
    from: Option<String>,
    /// The first instant after; absent, two weeks later
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// What a line is about
    #[arg(long, value_name = "WHAT", default_value = "rotation")]
    by: By,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Rotation,
    Person,
    Day,
}

impl Show {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Table, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let zone = &reader.zone;
        let from = match &self.from {
            Some(text) => instant(text, &reader)?,
            None => zone.start_of_day(zone.day(reader.now)),
        };
        let until = match &self.until {
            Some(text) => instant(text, &reader)?,
            None => {
                let day = zone.day(from);
                zone.start_of_day(day.checked_add_days(Days::new(14)).unwrap_or(day))
            }
        };
        let span = Span::new(from, until).ok_or_else(|| {
            Failure::new("the span ends before it begins")
                .hint("`--until` is the first instant after, `--from` the first")
        })?;
        let mut bill = Vec::new();
        for seat in self.seats(&org)? {
            bill.push(SeatShifts { seat, shifts: shifts(&org, seat, span)? });
        }
        session.printer.answer(&match (format, self.by) {
            (Format::Json, _) => export::json::print(&export::json::show(&org, &bill, span, &reader)?),
            (Format::Table, _) => text::table(&org, &bill, &reader),
            (_, By::Rotation) => text::timeline_by_rotation(&org, &bill, span, &reader)?,
            (_, By::Person) => text::timeline_by_person(&org, &bill, span, &reader),
            (_, By::Day) => text::agenda(&org, &bill, span, &reader),
        });
        Ok(ExitStatus::Clean)
    }

    fn seats(&self, org: &Org) -> Result<Vec<SeatId>> {
        if self.rotations.is_empty() {
            return Ok(org.seats().collect());
        }
        let mut seats: Vec<SeatId> = Vec::new();
        for name in &self.rotations {
            let seat = org.seat_named(name).ok_or_else(|| {
                let failure = Failure::new(format!("no such rotation: `{name}`"));
                let near = nearest(name, org.rotations.iter().map(|it| it.key.as_str()));
                match near.first() {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint("`dogwatch now` lists the rotations"),
                }
            })?;
            let whole = !name.contains('.');
            seats.extend(org.seats().filter(|it| *it == seat || (whole && it.rotation == seat.rotation)));
        }
        seats.sort_unstable();
        seats.dedup();
        Ok(seats)
    }
}
