//! Changes to people's own files: who joins, leaves, swaps, stands in, learns; what ends.
//!
//! An edit is pure: files × organisation × [`Wish`] × now → new texts. What it does to the calendars is asked of the
//! calendars: [`difference`] lays those before and after side by side.
//!
//! The past stays true: a layer that has begun is ended at a handoff and followed by a new one, whose `first` lets the
//! order go on. A layer that has not begun is simply changed. Only the bytes of the rows that change do; see `rows`.

mod difference;
mod ending;
mod exception;
mod lines;
mod list;
mod moment;
mod rows;
mod turns;

pub use difference::{Account, Change, Difference, difference};
pub use lines::unified;

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};

use crate::config::{self, Diagnostic, Files, Severity};
use crate::org::{Holder, Org, PersonId, RotationId, Seat, SeatId};
use crate::time::{Exhausted, Instant, Span, Zone, stamp};

use rows::{Broken, Sheet};

/// What somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Somebody takes turns from now on.
    Join {
        /// Who.
        person: PersonId,
        /// Where.
        seat: SeatId,
        /// Which of the seat's layers, from 0; empty, the only ones that go on.
        layers: Vec<usize>,
        /// Where in the order.
        place: Place,
        /// From when.
        at: At,
    },
    /// Somebody takes no more turns.
    Leave {
        /// Who.
        person: PersonId,
        /// Where.
        rotation: RotationId,
        /// In which seat; absent, in both.
        seat: Option<Seat>,
        /// Which of the seat's layers, from 0; empty, all in which they take turns.
        layers: Vec<usize>,
        /// From when.
        at: At,
    },
    /// Two people exchange turns.
    Swap {
        /// One, and which of their turns.
        one: (PersonId, Which),
        /// The other.
        other: (PersonId, Which),
        /// Where.
        seat: SeatId,
        /// Why.
        reason: Option<String>,
    },
    /// Somebody stands in.
    Override {
        /// Who; nobody, for a vacancy.
        holder: Holder,
        /// For whom; absent, whoever and whatever.
        instead_of: Option<PersonId>,
        /// Where.
        seat: SeatId,
        /// The first moment.
        from: Moment,
        /// The end.
        end: End,
        /// Why.
        reason: Option<String>,
        /// The past may change: what is written was wrong.
        correction: bool,
    },
    /// Somebody learns.
    Shadow {
        /// Who.
        person: PersonId,
        /// From whom; absent, from whoever is primary.
        with: Option<PersonId>,
        /// Where.
        rotation: RotationId,
        /// The first moment.
        from: Moment,
        /// The end.
        end: End,
        /// Why.
        reason: Option<String>,
    },
    /// Something ends.
    End {
        /// What.
        what: Ending,
        /// When.
        at: At,
    },
}

/// When a change of turns takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// At once, in the middle of a turn.
    Now,
    /// At the layer's next handoff.
    NextHandoff,
    /// When everybody of the layer has had their turn, counted from its first.
    AfterCycle,
    /// At that day's handoff.
    Day(NaiveDate),
    /// At a time on the layer's clock.
    Local(NaiveDateTime),
    /// At that instant.
    Instant(Instant),
}

/// Where in the order somebody joins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Last in line: until everybody else has had a turn, nothing changes.
    Last,
    /// First in line: everybody else's turns come one later.
    First,
    /// Right after somebody.
    After(PersonId),
}

/// Which turn of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The next one that has not begun.
    Next,
    /// The one that begins on a day, or else holds on it.
    Day(NaiveDate),
    /// The one that holds at that time.
    At(Moment),
    /// Whatever they hold from the one moment until the other.
    Between(Moment, Moment),
}

/// A moment as it is written: on the clock of the rotation, unless it is an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A day's midnight.
    Day(NaiveDate),
    /// A time of a day.
    Local(NaiveDateTime),
    /// An instant.
    Instant(Instant),
}

/// How an exception ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Before that moment.
    Until(Moment),
    /// With that day.
    Through(NaiveDate),
}

/// What ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// A rotation, with all that is written there.
    Rotation(RotationId),
    /// One layer of a seat, from 0.
    Layer(SeatId, usize),
    /// The layer, override or shadow of a rotation that begins on this line.
    Row(RotationId, u32),
    /// Somebody leaves everywhere.
    Person(PersonId),
}

/// Why an edit is not made, and what can be done instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// What is in the way.
    pub message: String,
    /// Cures, each a line.
    pub hints: Vec<String>,
}

/// An edit that can be made.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The files that change: their names, and their texts before and after.
    pub files: Vec<Rewritten>,
    /// What was done, a sentence each.
    pub done: Vec<String>,
    /// What one should know besides.
    pub notes: Vec<String>,
    /// The organisation as it is then.
    pub org: Org,
    /// Warnings of the files that were not there before.
    pub warnings: Vec<Diagnostic>,
    /// The first instant that may change,
    pub from: Instant,
    /// and the last that surely should be looked at.
    pub until: Instant,
}

/// A file that changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewritten {
    /// As [`Files`] names it.
    pub name: String,
    /// As it was read.
    pub before: String,
    /// As it is to be written.
    pub after: String,
}

/// Works out an edit, told on the clock of `zone`. Nothing is written.
///
/// # Errors
///
/// [`Refusal`], with its cure, if the wish means nothing, would rewrite what has been, or would leave files that mean
/// nothing.
pub fn edit(files: &Files, org: &Org, wish: &Wish, now: Instant, zone: &Zone) -> Result<Edit, Refusal> {
    let mut desk =
        Desk { files, org, now, zone, sheets: BTreeMap::new(), done: Vec::new(), notes: Vec::new(), touched: None };
    match wish {
        Wish::Join { person, seat, layers, place, at } => desk.join(*person, *seat, layers, *place, *at)?,
        Wish::Leave { person, rotation, seat, layers, at } => desk.leave(*person, *rotation, *seat, layers, *at)?,
        Wish::Swap { one, other, seat, reason } => desk.swap(*one, *other, *seat, reason.as_deref())?,
        Wish::Override { holder, instead_of, seat, from, end, reason, correction } => {
            let row = exception::Row { from: *from, end: *end, reason: reason.as_deref() };
            desk.stand_in(*holder, *instead_of, *seat, row, *correction)?;
        }
        Wish::Shadow { person, with, rotation, from, end, reason } => {
            let row = exception::Row { from: *from, end: *end, reason: reason.as_deref() };
            desk.learn(*person, *with, *rotation, row)?;
        }
        Wish::End { what, at } => desk.end(*what, *at)?,
    }
    desk.finish()
}

/// Where an edit is worked on.
struct Desk<'a> {
    files: &'a Files,
    org: &'a Org,
    now: Instant,
    /// The reader's clock: what is done is told on it. What is refused is told on the clock on which it was asked for.
    zone: &'a Zone,
    sheets: BTreeMap<RotationId, Sheet>,
    done: Vec<String>,
    notes: Vec<String>,
    /// From the first instant that may change to the last that was named.
    touched: Option<(Instant, Instant)>,
}

type Result<T, E = Refusal> = std::result::Result<T, E>;

impl Desk<'_> {
    fn sheet(&mut self, rotation: RotationId) -> Result<&mut Sheet> {
        let name = file_name(self.org, rotation);
        let text = self.files.text(&name).ok_or_else(|| {
            Refusal::new(format!("`{name}` is not among the files")).hint("a rotation is a file in `rotations/`")
        })?;
        Ok(self.sheets.entry(rotation).or_insert_with(|| Sheet::new(text)))
    }

    fn touch(&mut self, from: Instant, until: Instant) {
        let (start, end) = self.touched.unwrap_or((from, until));
        self.touched = Some((start.min(from), end.max(until)));
    }

    /// An instant as the reader's clock shows it.
    fn told(&self, at: Instant) -> String {
        stamp(at, self.zone)
    }

    fn name(&self, person: PersonId) -> &str {
        &self.org.person(person).name
    }

    /// Reads the files as they would be. What would not be understood is not written.
    fn finish(self) -> Result<Edit> {
        let mut files = self.files.clone();
        let mut changed = Vec::new();
        for (rotation, sheet) in &self.sheets {
            let name = file_name(self.org, *rotation);
            let before = self.files.text(&name).unwrap_or_default().to_owned();
            if before != sheet.text {
                files.insert(&name, sheet.text.clone());
                changed.push(Rewritten { name, before, after: sheet.text.clone() });
            }
        }
        if changed.is_empty() {
            return Err(Refusal::new("there is nothing to change").hint("it is so already"));
        }
        let (org, found) = config::read(&files);
        let mistake = found.iter().find(|it| it.severity == Severity::Error);
        let org = match (org, mistake) {
            (Some(org), None) => org,
            (_, mistake) => {
                let message = mistake.map_or("the files would mean nothing", |it| it.message.as_str());
                let mut refusal = Refusal::new(format!("this would be a mistake in the files: {message}"));
                refusal.hints.extend(mistake.iter().flat_map(|it| it.help.clone()));
                return Err(refusal);
            }
        };
        // Warnings that were there before are not news.
        let known = if found.is_empty() { Vec::new() } else { config::read(self.files).1 };
        let is_new = |it: &Diagnostic| !known.iter().any(|old| old.code == it.code && old.message == it.message);
        let warnings = found.into_iter().filter(is_new).collect();
        let (from, until) = self.touched.unwrap_or((self.now, self.now));
        Ok(Edit { files: changed, done: self.done, notes: self.notes, org, warnings, from, until })
    }
}

impl Refusal {
    fn new(message: impl Into<String>) -> Refusal {
        Refusal { message: message.into(), hints: Vec::new() }
    }

    fn hint(mut self, hint: impl Into<String>) -> Refusal {
        self.hints.push(hint.into());
        self
    }
}

impl From<Exhausted> for Refusal {
    fn from(error: Exhausted) -> Refusal {
        Refusal::new(error.to_string()).hint("name a handoff that is nearer")
    }
}

impl From<Broken> for Refusal {
    fn from(error: Broken) -> Refusal {
        Refusal::new(format!("the file could not be changed: {error}")).hint("change it by hand; nothing was written")
    }
}

impl Moment {
    /// The instant, on the clock of a zone.
    pub fn resolve(self, zone: &Zone) -> Instant {
        match self {
            Moment::Day(day) => zone.start_of_day(day),
            Moment::Local(civil) => zone.resolve(civil),
            Moment::Instant(at) => at,
        }
    }
}

impl Moment {
    /// As it was typed, or as the clock of a zone shows it.
    fn civil(self, zone: &Zone) -> NaiveDateTime {
        match self {
            Moment::Day(day) => day.and_time(NaiveTime::MIN),
            Moment::Local(civil) => civil,
            Moment::Instant(at) => zone.civil(at),
        }
    }
}

impl End {
    fn civil(self, zone: &Zone) -> NaiveDateTime {
        match self {
            End::Until(moment) => moment.civil(zone),
            End::Through(day) => day.succ_opt().unwrap_or(day).and_time(NaiveTime::MIN),
        }
    }

    fn resolve(self, zone: &Zone) -> Instant {
        match self {
            End::Until(moment) => moment.resolve(zone),
            End::Through(day) => zone.start_of_day(day.succ_opt().unwrap_or(day)),
        }
    }
}

/// A rotation's own file.
fn file_name(org: &Org, rotation: RotationId) -> String {
    format!("{}.toml", org.rotation(rotation).key)
}

/// All that is to come.
fn ahead(now: Instant) -> Span {
    Span::new(now, Instant::MAX).unwrap_or_else(|| Span::new(Instant::MIN, Instant::MAX).expect("time goes on"))
}
