//! `dogwatch drills`

use std::collections::BTreeSet;

use chrono::Days;

use crate::cli::past::Experience;
use crate::cli::show::{Named, named};
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text};
use crate::export::DrillsOf;
use crate::org::{PersonId, SeatId, nearest};
use crate::people::{self, Handled, met};
use crate::time::{Instant, Span};

/// What to practise: for each person a failure not yet seen, at a working hour at the start of a turn
///
/// First the drills that a stage asks for, then what the rotation met most often in the past and the person has not handled, then
/// what others have practised.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Formats: text, json.

Try:
  dogwatch drills
  dogwatch drills ana
  dogwatch drills search --history incidents.csv --mapping servicenow --tag category")]
pub struct Drills {
    /// Rotations, or people: ana or @ana; absent, all
    #[arg(value_name = "ROTATION | PERSON")]
    names: Vec<String>,
    /// The first instant after which no turn is looked for; absent, 90 days on
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// The tag that says what an episode was about; absent, `service`, or the first there is
    #[arg(long, value_name = "TAG", requires = "history")]
    tag: Option<String>,
    #[command(flatten)]
    past: Experience,
}

impl Drills {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        let history = self.past.load(&org, session)?;
        if let (Some(history), Some(tag)) = (&history, &self.tag)
            && !history.tag_keys.contains(tag)
        {
            let failure = Failure::new(format!("no episode carries the tag `{tag}`"));
            return Err(match nearest(tag, history.tag_keys.iter().map(String::as_str)).first() {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!("they carry: {}", history.tag_keys.join(", "))),
            });
        }
        let mut seats: BTreeSet<SeatId> = BTreeSet::new();
        let mut people: BTreeSet<PersonId> = BTreeSet::new();
        for name in &self.names {
            match named(&org, name)? {
                Named::Person(person) => drop(people.insert(person)),
                Named::Seats(of) => seats.extend(of),
            }
        }
        if seats.is_empty() {
            seats.extend(org.seats());
        }
        let until = match &self.until {
            Some(text) => instant(text, &reader)?,
            None => {
                let end = reader.zone.civil(reader.now).checked_add_days(Days::new(90));
                end.map_or(Instant::MAX, |it| reader.zone.resolve(it))
            }
        };
        let span = Span::new(reader.now, until)
            .ok_or_else(|| Failure::new("the span ends before now").hint("drills are planned for what is to come"))?;
        let handled = history.as_ref().map(|it| Handled::of(it, &org, reader.now));
        let past = history.as_ref().map(|it| met(it, self.tag.as_deref())).unwrap_or_default();
        let of = |rotation: &str| past.get(rotation).cloned().unwrap_or_default();
        let seats: Vec<SeatId> = seats.into_iter().collect();
        let mut found = people::drills(&org, &seats, span, handled.as_ref(), of)?;
        found.retain(|it| people.is_empty() || people.contains(&it.person));
        let shown = DrillsOf { org: &org, drills: &found, reader: &reader };
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::drills(&shown)),
            _ => text::drills(&shown),
        });
        Ok(ExitStatus::Clean)
    }
}
