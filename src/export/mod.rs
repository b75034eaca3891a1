//! What people and programs read: pure functions from answers to text, JSON, tables,
//! Markdown, calendars and pictures.
//!
//! Text is aligned, and styled with escape codes that only repeat what the words say; whoever prints it strips them
//! where they do not belong.

pub(crate) mod chart;
mod csv;
pub mod graph;
pub mod html;
mod ical;
pub mod json;
pub mod markdown;
pub(crate) mod markup;
pub(crate) mod palette;
mod report;
mod svg;
pub mod text;

pub use self::chart::By;
pub use self::csv::csv;
use self::csv::hours;
pub use self::ical::ical;
use self::report::report_changes;
pub use self::report::{ReportBy, ReportOf, ReportWhat, report_csv};
pub use self::svg::svg;

use crate::alerts::Unread;
use crate::calendar::Why;
use crate::check::Finding;
use crate::edit::{Difference, Edit};
use crate::escalation::Replay;
use crate::history::{History, Losses, Then};
use crate::org::{Org, Seat, SeatId};
use crate::people::{Cover, Drilled, Handled, Page, Readiness, balance};
use crate::time::{Instant, Zone};

/// For whom something is shown.
#[derive(Debug, Clone)]
pub struct Reader {
    /// On whose clock times are shown.
    pub zone: Zone,
    /// What is taken for now.
    pub now: Instant,
    /// How many columns there are.
    pub width: usize,
}

/// What came of a file of alerts.
#[derive(Debug, Clone)]
pub struct Sent<'a> {
    /// Of those that could be read.
    pub replay: Replay<'a>,
    /// When alerts opened that do not say when they did.
    pub at: Instant,
    /// Alerts that said they are resolved, and were not routed.
    pub resolved: u64,
    /// How many stretches of lines could not be read.
    pub skipped: u64,
    /// The first of those.
    pub unread: Vec<Unread>,
}

/// An edit, and what it makes of the calendars.
#[derive(Debug, Clone)]
pub struct EditOf<'a> {
    /// The organisation as it is.
    pub before: &'a Org,
    /// What changes in the files.
    pub edit: &'a Edit,
    /// What changes in the calendars.
    pub difference: &'a Difference,
    /// What `check` finds then, and did not find before.
    pub found: Vec<Finding>,
    /// What `check` found before, and does not find then.
    pub mended: Vec<Finding>,
    /// The files that change, as messages name them.
    pub names: Vec<String>,
    /// Nothing is written.
    pub dry_run: bool,
}

/// A history that was looked at, and how it is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct FitOf<'a> {
    /// Whose numbers the figures have.
    pub history: &'a History,
    /// If there is one.
    pub org: Option<&'a Org>,
    /// Where its files are.
    pub place: Option<&'a str>,
    /// Where it is known from who was on call, if somebody was looked up.
    pub then: Option<&'a Then>,
    /// Rows or lines that were read.
    pub rows: u64,
    /// What of them was not used.
    pub losses: &'a Losses,
    /// No person is named.
    pub aggregate: bool,
}

/// A fair calendar, and what became of it.
#[derive(Debug, Clone)]
pub struct BalanceOf<'a> {
    /// Whose ids these are.
    pub org: &'a Org,
    /// What was asked.
    pub request: &'a balance::Request,
    /// What was found.
    pub balance: &'a balance::Balance,
    /// For whom it is shown.
    pub reader: &'a Reader,
    /// The files that change.
    pub files: Vec<String>,
    /// Whether they were written.
    pub written: bool,
}

/// Who stands in, and what became of it.
#[derive(Debug, Clone)]
pub struct CoverOf<'a> {
    /// Whose ids these are.
    pub org: &'a Org,
    /// What was found.
    pub cover: &'a Cover,
    /// For whom it is shown.
    pub reader: &'a Reader,
    /// The files that change.
    pub files: Vec<String>,
    /// Whether they were written.
    pub written: bool,
}

/// Where people stand, and how it is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct ReadyOf<'a> {
    /// Whose ids these are.
    pub org: &'a Org,
    /// A page a person.
    pub pages: &'a [Page],
    /// Who stands where.
    pub readiness: &'a Readiness<'a>,
    /// What they have handled, if there is a history.
    pub handled: Option<&'a Handled>,
    /// For whom it is shown.
    pub reader: &'a Reader,
}

/// What to practise, and how it is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct DrillsOf<'a> {
    /// Whose ids these are.
    pub org: &'a Org,
    /// What was found.
    pub drills: &'a [Drilled],
    /// For whom it is shown.
    pub reader: &'a Reader,
}

impl DrillsOf<'_> {
    /// Whether a stage asks for a drill.
    fn asked_for(&self, failure: &str) -> bool {
        self.org.stages.iter().flat_map(|it| &it.needs.drills).any(|it| it == failure)
    }
}

/// What divisions are shown with.
#[derive(Debug, Clone, Copy)]
pub struct SplitOf<'a> {
    /// If there is one.
    pub org: Option<&'a Org>,
    /// Rows or lines that were read.
    pub rows: u64,
    /// What of them was not used.
    pub losses: &'a Losses,
    /// No person is named.
    pub aggregate: bool,
}

impl<'a> FitOf<'a> {
    fn team(&self, number: u32) -> &'a str {
        &self.history.teams[number as usize]
    }

    fn person(&self, number: u32) -> &'a str {
        &self.history.people[number as usize]
    }

    fn value(&self, number: u32) -> &'a str {
        &self.history.tag_values[number as usize]
    }
}

/// `Search` and `Search, secondary`.
pub(crate) fn seat_title(org: &Org, seat: SeatId) -> String {
    let name = &org.rotation(seat.rotation).name;
    match seat.seat {
        Seat::Primary => name.clone(),
        Seat::Secondary => format!("{name}, secondary"),
    }
}

/// Why a shift is so: `turn 5, every week on Mon at 10:00`, `override for Ana Souza: school concert`.
pub(crate) fn reason(org: &Org, seat: SeatId, why: Why, zone: &Zone) -> String {
    match why {
        Why::Turn { layer, number } => format!("turn {}, {}", number + 1, cadence(org, seat, layer, zone)),
        Why::Override { index } => {
            let row = &org.rotation(seat.rotation).overrides[index as usize];
            let instead = row.instead_of.map(|it| format!(" for {}", org.person(it).name)).unwrap_or_default();
            let reason = row.reason.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
            format!("override{instead}{reason}")
        }
    }
}

/// When a layer of a seat hands over, and whom a seat follows.
pub(crate) fn cadence(org: &Org, seat: SeatId, layer: u32, reader: &Zone) -> String {
    let Some(calendar) = org.rotation(seat.rotation).calendar(seat.seat) else { return String::new() };
    let cadence = calendar.layers.get(layer as usize).map(|it| {
        // Where clocks differ, the reader must know whose the handoff is on.
        let zone = it.handoffs.zone();
        let there = if zone == reader { String::new() } else { format!(" in {zone}") };
        format!("{}{there}", it.cadence)
    });
    let follow = match calendar.follow {
        0 => String::new(),
        1 => ", follows the primary by 1 place".to_owned(),
        places => format!(", follows the primary by {places} places"),
    };
    format!("{}{follow}", cadence.unwrap_or_default())
}
