//! `dogwatch show`

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use chrono::{Days, Weekday};
use clap::ValueEnum;

use crate::calendar::Bill;
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text};
use crate::export::Reader;
use crate::org::{Org, PersonId, RotationId, SeatId, nearest};
use crate::time::{Instant, Span, parse_duration};

/// Calendars: who holds which seat when
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Draws a timeline by rotation or by person, or lists the days; `--format table` has a row a shift.

  csv    for spreadsheets: a row a shift and a row a gap
  ics    for calendars: an event a shift, the same for as long as it is planned
  svg    a timeline as a picture
  html   one page with all of it, to look at by day, week, month; works from a file, offline

Without --from and --until: two weeks from today; ics: from 15 days ago to 180 days ahead;
html: last week and the twelve weeks after it.

Examples:
  dogwatch show                                    all rotations, two weeks from today
  dogwatch show search storage-ops --until 2027-01-01
  dogwatch show @ana                               what Ana holds, wherever
  dogwatch show --by person --from 2026-12-01 --until 2027-01-01
  dogwatch show search --format table --zone Europe/Dublin
  dogwatch show @ana --format ics --alarm 1h -o ana.ics
  dogwatch show --format html -o on-call.html")]
pub struct Show {
    /// Rotations, single seats such as search.secondary, or people such as @ana; absent, all. With both, what these
    /// people hold there
    #[arg(value_name = "ROTATION | @PERSON")]
    names: Vec<String>,
    /// The first instant
    #[arg(long, value_name = "INSTANT")]
    from: Option<String>,
    /// The first instant after
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// What a line is about; `day` only as text
    #[arg(long, value_name = "WHAT", default_value = "rotation")]
    by: By,
    /// Only ics: remind so long before each shift, such as 1h
    #[arg(long, value_name = "DURATION")]
    alarm: Option<String>,
    /// Write to this file, all at once, instead of to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Rotation,
    Person,
    Day,
}

/// Every format a calendar has.
const FORMATS: [Format; 7] =
    [Format::Text, Format::Table, Format::Json, Format::Csv, Format::Ics, Format::Svg, Format::Html];

impl Show {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&FORMATS)?;
        let alarm = self.alarm(format)?;
        let picture = self.picture(format)?;
        let Loaded { org, reader } = session.load()?;
        let span = self.span(format, &reader)?;
        let (seats, people) = self.seats_and_people(&org)?;
        let seats_in_words =
            if seats.len() == 1 { "1 calendar".to_owned() } else { format!("{} calendars", seats.len()) };
        session.printer.progress(&format!("working out {seats_in_words}"));
        let bill = Bill::new(&org, &seats, &people, span);
        session.printer.progress("writing them");
        let answer = bill.map_err(Failure::from).and_then(|bill| self.written(&bill, format, picture, alarm, &reader));
        session.printer.progress("");
        session.answer(&answer?, self.output.as_deref())?;
        Ok(ExitStatus::Clean)
    }

    fn written(
        &self,
        bill: &Bill<'_>,
        format: Format,
        picture: export::By,
        alarm: Option<Duration>,
        reader: &Reader,
    ) -> Result<String> {
        Ok(match (format, self.by) {
            (Format::Json, _) => export::json::print(&export::json::show(bill, reader)),
            (Format::Table, _) => text::table(bill, reader),
            (Format::Csv, _) => export::csv(bill, reader),
            (Format::Ics, _) => export::ical(bill, reader, alarm)?,
            (Format::Svg, _) => export::svg(bill, picture, reader),
            (Format::Html, _) => export::html::calendar(bill, picture, reader),
            (_, By::Rotation) => text::timeline_by_rotation(bill, reader),
            (_, By::Person) => text::timeline_by_person(bill, reader),
            (_, By::Day) => text::agenda(bill, reader),
        })
    }

    fn alarm(&self, format: Format) -> Result<Option<Duration>> {
        let Some(text) = &self.alarm else { return Ok(None) };
        if format != Format::Ics {
            return Err(Failure::new("only a calendar rings").hint("`--alarm` goes with `--format ics`"));
        }
        let alarm = parse_duration(text)
            .map_err(|error| Failure::new(error).hint("as in 15m, 1h or 1h30m; 24h is the day before"))?;
        Ok(Some(alarm))
    }

    /// What a row of a picture is about.
    fn picture(&self, format: Format) -> Result<export::By> {
        match self.by {
            By::Rotation => Ok(export::By::Rotation),
            By::Person => Ok(export::By::Person),
            By::Day if format != Format::Text => {
                let failure = Failure::new("`--by day` lists the days, which only text does");
                Err(failure.hint("without it, tables have a row a shift, and the page of `--format html` zooms by day"))
            }
            By::Day => Ok(export::By::Rotation),
        }
    }

    fn span(&self, format: Format, reader: &Reader) -> Result<Span> {
        let zone = &reader.zone;
        let today = zone.day(reader.now);
        let from = match (&self.from, format) {
            (Some(text), _) => instant(text, reader)?,
            (None, Format::Ics) => zone.start_of_day(today.checked_sub_days(Days::new(15)).unwrap_or(today)),
            (None, Format::Html) => {
                let monday = today.week(Weekday::Mon).checked_first_day();
                let last = monday.and_then(|it| it.checked_sub_days(Days::new(7)));
                zone.start_of_day(last.unwrap_or(today))
            }
            (None, _) => zone.start_of_day(today),
        };
        let until = match &self.until {
            Some(text) => instant(text, reader)?,
            None => {
                let (first, days) = match (&self.from, format) {
                    (None, Format::Ics) => (today, 180),
                    (Some(_), Format::Ics) => (zone.day(from), 180),
                    (_, Format::Html) => (zone.day(from), 13 * 7),
                    _ => (zone.day(from), 14),
                };
                zone.start_of_day(first.checked_add_days(Days::new(days)).unwrap_or(first))
            }
        };
        Span::new(from.max(Instant::MIN), until).ok_or_else(|| {
            Failure::new("the span ends before it begins")
                .hint("`--until` is the first instant after, `--from` the first")
        })
    }

    /// The seats that were named, or all; and the people that were named.
    fn seats_and_people(&self, org: &Org) -> Result<(Vec<SeatId>, Vec<PersonId>)> {
        let mut seats: Vec<SeatId> = Vec::new();
        let mut people: Vec<PersonId> = Vec::new();
        for name in &self.names {
            match name.strip_prefix('@') {
                Some(key) => people.push(person(org, key)?),
                None => seats.extend(seats_of(org, name)?),
            }
        }
        if seats.is_empty() {
            seats.extend(org.seats());
        }
        seats.sort_unstable();
        seats.dedup();
        people.sort_unstable();
        people.dedup();
        Ok((seats, people))
    }
}

/// The rotations that were named, or all; for commands that look at both seats of a rotation together.
pub(super) fn rotations_of(org: &Org, names: &[String]) -> Result<BTreeSet<RotationId>> {
    if names.is_empty() {
        return Ok(org.rotations.iter().map(|it| it.id).collect());
    }
    let mut chosen = BTreeSet::new();
    for name in names {
        if name.contains('.') {
            return Err(Failure::new(format!("`{name}` is one seat"))
                .hint("both seats of a rotation go together: name the rotation"));
        }
        chosen.extend(seats_of(org, name)?.into_iter().map(|it| it.rotation));
    }
    Ok(chosen)
}

/// Both seats of a rotation, or the one that was named.
pub(super) fn seats_of(org: &Org, name: &str) -> Result<Vec<SeatId>> {
    let seat = org.seat_named(name).ok_or_else(|| {
        let failure = Failure::new(format!("no such rotation: `{name}`"));
        if org.person_named(name).is_some() {
            return failure.hint(format!("a person is asked for as `@{name}`"));
        }
        let near = nearest(name, org.rotations.iter().map(|it| it.key.as_str()));
        match near.first() {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure.hint("`dogwatch now` lists the rotations"),
        }
    })?;
    let whole = !name.contains('.');
    Ok(org.seats().filter(|it| *it == seat || (whole && it.rotation == seat.rotation)).collect())
}

/// What a name says that may be either.
pub(super) enum Named {
    Person(PersonId),
    Seats(Vec<SeatId>),
}

/// A rotation, a seat, or a person: ana or @ana. A rotation comes before a person of the same name.
pub(super) fn named(org: &Org, name: &str) -> Result<Named> {
    if let Some(key) = name.strip_prefix('@') {
        return Ok(Named::Person(person(org, key)?));
    }
    if org.seat_named(name).is_some() {
        return Ok(Named::Seats(seats_of(org, name)?));
    }
    if let Some(person) = org.person_named(name) {
        return Ok(Named::Person(person.id));
    }
    let failure = Failure::new(format!("no such rotation or person: `{name}`"));
    let names = org.rotations.iter().map(|it| &it.key).chain(org.people.iter().map(|it| &it.key));
    Err(match nearest(name, names.map(String::as_str)).first() {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`dogwatch now` lists the rotations; people are named by their tables in people.toml"),
    })
}

pub(super) fn person(org: &Org, key: &str) -> Result<PersonId> {
    let person = org.person_named(key).ok_or_else(|| {
        let failure = Failure::new(format!("no such person: `@{key}`"));
        let names = org.people.iter().flat_map(|it| [&it.key].into_iter().chain(&it.aliases));
        match nearest(key, names.map(String::as_str)).first() {
            Some(near) => failure.hint(format!("did you mean `@{near}`?")),
            None => failure.hint("people are named by their tables in people.toml"),
        }
    })?;
    Ok(person.id)
}
