//! A PagerDuty account as it was found, whoever found it: what `organisation` makes our files of.

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
}

/// Somebody.
#[derive(Debug, Clone)]
pub struct Person {
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
    /// Its name there.
    pub name: String,
    /// On whose clock it hands over.
    pub zone: Zone,
    /// In order.
    pub layers: Vec<Layer>,
    /// Its line in the source.
    pub line: usize,
}

/// A layer of a schedule: turn `k` begins `k` turn lengths after the virtual start and belongs to `people[k mod n]`.
#[derive(Debug, Clone)]
pub struct Layer {
    /// Its name there.
    pub name: String,
    /// From when it holds.
    pub start: Instant,
    /// Until when; absent, for ever.
    pub end: Option<Instant>,
    /// The beginning of turn 0, which may lie before or after `start`.
    pub virtual_start: Instant,
    /// Seconds of a turn. Whole days keep the wall clock.
    pub turn: i64,
    /// In order; never empty.
    pub people: Vec<usize>,
    /// When its turns hold; empty, always.
    pub restrictions: Vec<Restriction>,
    /// Its line in the source.
    pub line: usize,
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
    /// Its name there.
    pub name: String,
    /// How often it is climbed again.
    pub repeats: u32,
    /// Its rules, in order.
    pub rules: Vec<Rule>,
    /// Its line in the source.
    pub line: usize,
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
