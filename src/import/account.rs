//! A PagerDuty account as it was found, whoever found it: what `organisation` makes our files of.

use crate::org::Family;
use crate::time::{Instant, Zone};

/// People, schedules, policies and services, in the order of the source. References are places in these lists.
#[derive(Debug, Clone, Default)]
pub struct Account {
    /// Who takes turns or is paged by name.
    pub people: Vec<Person>,
    /// Who is on call when.
    pub schedules: Vec<Schedule>,
    /// Who is paged after whom.
    pub policies: Vec<Policy>,
    /// What alerts come from.
    pub services: Vec<Service>,
    /// Whether each rotation has a team.
    pub teams: bool,
    /// Rules by which events are led to services, if any are carried.
    pub router: Option<Router>,
}

/// Somebody.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// What we called them before, if the account says so.
    pub key: Option<String>,
    /// As people say it.
    pub name: String,
    /// How PagerDuty knows them.
    pub email: Option<String>,
    /// To be called at.
    pub phone: Option<String>,
    /// Where they are.
    pub zone: Option<Zone>,
}

/// A schedule: later layers cover earlier ones.
#[derive(Debug, Clone)]
pub struct Schedule {
    /// The rotation that we called it before, if the account says so.
    pub key: Option<String>,
    /// It is the secondary seat of this schedule's rotation.
    pub secondary_of: Option<usize>,
    /// Of shifts, not of layers; absent, nobody knows.
    pub family: Option<Family>,
    /// Its name there.
    pub name: String,
    /// On whose clock it hands over.
    pub zone: Zone,
    /// In order.
    pub layers: Vec<Layer>,
    /// Dated exceptions, later over earlier.
    pub overrides: Vec<Override>,
    /// Its line in the source.
    pub line: Option<usize>,
}

/// A dated exception.
#[derive(Debug, Clone, Copy)]
pub struct Override {
    /// Who holds it then; absent, nobody.
    pub person: Option<usize>,
    /// Only where this person would.
    pub instead_of: Option<usize>,
    /// From when.
    pub start: Instant,
    /// Until when.
    pub end: Instant,
}

/// A layer of a schedule: turn `k` begins `k` turn lengths after the virtual start and belongs to `people[k mod n]`.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Its name there.
    pub name: String,
    /// From when it holds.
    pub start: Instant,
    /// It began then or earlier, nobody knows when: it may as well be told from that turn's beginning.
    pub began: bool,
    /// Until when; absent, for ever.
    pub end: Option<Instant>,
    /// The beginning of turn 0, which may lie before or after `start`.
    pub virtual_start: Instant,
    /// How long a turn is.
    pub turn: Turn,
    /// In order; absent, nobody's. Never empty.
    pub people: Vec<Option<usize>>,
    /// Everybody at once.
    pub together: bool,
    /// When its turns hold; empty, always.
    pub restrictions: Vec<Restriction>,
    /// Its line in the source.
    pub line: Option<usize>,
}

/// How long a turn is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Seconds. Whole weeks and whole days keep the wall clock.
    Seconds(i64),
    /// Days, also where they make weeks.
    Days(i64),
    /// From one of these days of the week to the next, 0 for Monday, in order; the virtual start is on one of them.
    Weekdays(Vec<u8>),
}

/// A window in which a layer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restriction {
    /// The day on which it opens, 0 for Monday; absent, every day.
    pub day: Option<u8>,
    /// Civil second of the day at which it opens.
    pub opens: i64,
    /// Civil seconds.
    pub length: i64,
}

/// An escalation policy.
#[derive(Debug, Clone)]
pub struct Policy {
    /// What our mark calls it, if it has one.
    pub key: Option<String>,
    /// Its name there.
    pub name: String,
    /// How often it is climbed again.
    pub repeats: u32,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
    /// Its line in the source.
    pub line: Option<usize>,
}

/// A rule: who is paged, and how long they have before the next rule.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Minutes until the next.
    pub delay: u32,
    /// All at once.
    pub targets: Vec<Target>,
}

/// Whom a rule pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Whoever is on call.
    Schedule(usize),
    /// This person.
    Person(usize),
}

/// A service.
#[derive(Debug, Clone)]
pub struct Service {
    /// Its name there.
    pub name: String,
    /// Whom its alerts page, if that is known.
    pub policy: Option<usize>,
    /// When they do.
    pub urgency: Urgency,
}

/// When a service's alerts page somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Urgency {
    /// Always.
    High,
    /// Never: they wait to be seen.
    Low,
    /// In these hours, on this zone's clock: days from 0 for Monday, civil seconds from and until.
    Hours {
        /// On whose clock.
        zone: Zone,
        /// The days on which they open.
        days: Vec<u8>,
        /// Civil second of the day.
        from: i64,
        /// Civil second of the day, up to 24:00.
        until: i64,
    },
}

/// Rules by which events are led to services.
#[derive(Debug, Clone)]
pub struct Router {
    /// The orchestration, if it is ours to keep.
    pub orchestration: Option<String>,
    /// Where tags are found in an event: tag, path.
    pub tags: Vec<(String, String)>,
    /// In order; the first that matches counts.
    pub rows: Vec<Row>,
    /// The policy of what no row matches.
    pub otherwise: Option<usize>,
}

/// A rule of a router.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its name there.
    pub label: Option<String>,
    /// Tags of which all must match, each by any of its patterns; and of which none may.
    pub when: Vec<(String, Vec<String>)>,
    /// See there.
    pub unless: Vec<(String, Vec<String>)>,
    /// Whom it pages.
    pub policy: usize,
}
