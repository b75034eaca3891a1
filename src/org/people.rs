//! Who there is.

use chrono::NaiveDate;

use crate::org::{PersonId, Source};
use crate::time::{Span, Zone};

/// One table of `people.toml`.
#[derive(Debug, Clone)]
pub struct Person {
    /// Its place in [`Org::people`](crate::org::Org::people).
    pub id: PersonId,
    /// The key of the table, by which other files name the person.
    pub key: String,
    /// As people say it.
    pub name: String,
    /// How PagerDuty knows the person.
    pub email: Option<String>,
    /// To be called at.
    pub phone: Option<String>,
    /// To be written to.
    pub chat: Option<String>,
    /// Where the person sleeps.
    pub zone: Zone,
    /// Which of the organisation's holiday calendars is theirs.
    pub region: Option<String>,
    /// Other names that may stand for the key when asking.
    pub aliases: Vec<String>,
    /// When the person is away.
    pub off: Vec<TimeOff>,
    /// Courses taken.
    pub trained: Vec<String>,
    /// Failures practised.
    pub drills: Vec<Drill>,
    /// Where it is written.
    pub source: Source,
}

/// Somebody is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeOff {
    /// From when until when.
    pub span: Span,
    /// Why, in the person's words or the calendar's.
    pub note: Option<String>,
}

/// A failure that was practised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drill {
    /// Which failure.
    pub name: String,
    /// When.
    pub on: NaiveDate,
}
