//! `dogwatch report`

use chrono::{Datelike, NaiveDate};
use clap::ValueEnum;

use crate::cli::show::{person, seats_of};
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, revision, text};
use crate::export::{Reader, ReportBy, ReportOf, ReportWhat};
use crate::org::{Org, PersonId, SeatId};
use crate::people::{self, Counting, Line};
use crate::time::{Instant, Span};

/// How far a comparison looks: a quarter, so that everybody has had turns.
const AHEAD: chrono::Days = chrono::Days::new(13 * 7);

/// Hours held, what they weigh, and what they are paid
///
/// Hours are told apart on each person's own clock: working hours, evenings, nights, weekends, and public holidays of the
/// person's region.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
  hours   of every seat, as held
  load    weighted by [weights] of org.toml; an hour in two seats counts once
  pay     by the rates of [pay] in org.toml; an hour in two seats is paid once

Without --from and --until: the calendar month before this one, on the reader's clock; with --against, thirteen weeks from now.
Formats: text; json; csv, a row a month, person and seat, for payroll.

Examples:
  dogwatch report hours --from 2026-01-01 --until 2027-01-01
  dogwatch report hours @ana --by month --from 2026-01-01
  dogwatch report pay --format csv > october.csv
  dogwatch report hours --against main     what a change costs whom in the next thirteen weeks
  dogwatch report pay --from 2027-01-01 --until 2028-01-01 --against main     what a change would cost")]
pub struct Report {
    /// What is counted
    what: What,
    /// Rotations, single seats such as search.secondary, or people such as @ana; absent, all
    #[arg(value_name = "ROTATION | @PERSON")]
    names: Vec<String>,
    /// The first instant
    #[arg(long, value_name = "INSTANT")]
    from: Option<String>,
    /// The first instant after; absent, now, or the end of the month; with --against, thirteen weeks on
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// What a line of the text is about
    #[arg(long, value_name = "WHAT", default_value = "person")]
    by: By,
    /// Compare with a revision of the repository: what has changed since then
    #[arg(long, value_name = "REV")]
    against: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    Hours,
    Load,
    Pay,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Person,
    Rotation,
    Month,
}

impl Report {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Csv])?;
        let Loaded { org, reader } = session.load()?;
        if self.what == What::Pay && org.pay.is_none() {
            return Err(Failure::new("org.toml says nothing about pay").hint(
                "[pay]\ncurrency = \"EUR\"\nhour = { evening = \"4.00\", night = \"8.00\", weekend = \"6.00\", holiday = \"12.00\" }",
            ));
        }
        let span = self.span(&reader)?;
        let (seats, people) = self.seats_and_people(&org, true)?;
        let lines = self.lines(&org, &seats, &people, span, &reader)?;
        let before = match &self.against {
            None => None,
            Some(revision) => {
                let before = revision::at(session, revision)?;
                // Who or what was not there yet held nothing.
                let (seats, people) = self.seats_and_people(&before, false)?;
                let lines = self.lines(&before, &seats, &people, span, &reader)?;
                Some((revision.as_str(), before, lines))
            }
        };
        let shown = ReportOf {
            org: &org,
            lines: &lines,
            span,
            reader: &reader,
            what: match self.what {
                What::Hours => ReportWhat::Hours,
                What::Load => ReportWhat::Load,
                What::Pay => ReportWhat::Pay,
            },
            by: match self.by {
                By::Person => ReportBy::Person,
                By::Rotation => ReportBy::Rotation,
                By::Month => ReportBy::Month,
            },
            against: before.as_ref().map(|(revision, org, lines)| (*revision, org, lines.as_slice())),
        };
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::report(&shown)),
            Format::Csv => export::report_csv(&shown),
            _ => text::report(&shown),
        });
        Ok(ExitStatus::Clean)
    }

    fn lines(
        &self,
        org: &Org,
        seats: &[SeatId],
        people: &Option<Vec<PersonId>>,
        span: Span,
        reader: &Reader,
    ) -> Result<Vec<Line>> {
        let counting = if self.what == What::Hours { Counting::EverySeat } else { Counting::Once };
        let mut lines = people::report(org, seats, span, &reader.zone, counting)?;
        if let Some(people) = people {
            lines.retain(|it| people.contains(&it.person));
        }
        Ok(lines)
    }

    fn span(&self, reader: &Reader) -> Result<Span> {
        let zone = &reader.zone;
        // What has been is the same in both: a change is of what is to come.
        let ahead = self.against.is_some() && self.from.is_none();
        let this = zone.day(reader.now).with_day(1).unwrap_or_default();
        let last = this.pred_opt().and_then(|it| it.with_day(1)).unwrap_or(this);
        let next = |day: NaiveDate| day.checked_add_months(chrono::Months::new(1)).unwrap_or(day);
        let from = match &self.from {
            Some(text) => instant(text, reader)?,
            None if ahead => reader.now,
            None => zone.start_of_day(last),
        };
        let until = match (&self.until, &self.from) {
            (Some(text), _) => instant(text, reader)?,
            // Up to now; or, where that is still to come, one month.
            (None, Some(_)) if from < reader.now => reader.now,
            (None, Some(_)) => zone.start_of_day(next(zone.day(from))),
            (None, None) if ahead => {
                zone.civil(from).checked_add_days(AHEAD).map_or(Instant::MAX, |it| zone.resolve(it))
            }
            (None, None) => zone.start_of_day(this),
        };
        Span::new(from.max(Instant::MIN), until).ok_or_else(|| {
            Failure::new("the span ends before it begins")
                .hint("`--until` is the first instant after, `--from` the first")
        })
    }

    /// The seats that were named, or all; the people that were named, if any were. `strict`, each must be there.
    fn seats_and_people(&self, org: &Org, strict: bool) -> Result<(Vec<SeatId>, Option<Vec<PersonId>>)> {
        let (mut seats, mut people) = (Vec::new(), Vec::new());
        for name in &self.names {
            match name.strip_prefix('@') {
                Some(key) if strict || org.person_named(key).is_some() => people.push(person(org, key)?),
                None if strict || org.seat_named(name).is_some() => seats.extend(seats_of(org, name)?),
                Some(_) | None => {}
            }
        }
        let asked_for = |at: bool| self.names.iter().any(|it| it.starts_with('@') == at);
        if !asked_for(false) {
            seats.extend(org.seats());
        }
        Ok((seats, asked_for(true).then_some(people)))
    }
}
