//! What the columns of a CSV file mean, once a mapping is read; and the mappings that are built in.

use crate::time::{Stamp, Zone};

/// How the rows of a CSV file make episodes. [`config::mapping`](crate::config::mapping) makes it.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The column of the episode's id.
    pub id: String,
    /// When it opened.
    pub opened: Option<TimeColumn>,
    /// What a row is.
    pub layout: Layout,
    /// Who resolved it and when.
    pub resolved: Option<Moment>,
    /// Tag and column, in the order of the file.
    pub tags: Vec<(String, String)>,
    /// What teams are called here, by what the file calls them.
    pub teams: Vec<(String, String)>,
    /// What stands in cells that are empty, besides nothing.
    pub missing: Vec<String>,
    /// What stands between two cells.
    pub separator: u8,
    /// The zone of times that bear no offset, if there is only one such zone.
    pub zone: Option<Zone>,
}

/// What one row is.
#[derive(Debug, Clone)]
pub enum Layout {
    /// One update of an episode.
    Updates {
        /// When it was written.
        at: TimeColumn,
        /// The column of the team that holds the episode.
        team: Option<String>,
        /// The column of the person who holds the episode.
        person: Option<String>,
        /// The column that says what happened.
        step: Option<StepColumn>,
        /// The column that puts rows in order; absent, their order in the file.
        order: Option<String>,
    },
    /// One whole episode, whose opening is known.
    Episodes {
        /// Who was paged first.
        paged: Option<Moment>,
        /// Who acknowledged it and when.
        acknowledged: Option<Moment>,
    },
}

/// A column of times.
#[derive(Debug, Clone)]
pub struct TimeColumn {
    /// Its name.
    pub column: String,
    /// How to read it.
    pub stamp: Stamp,
}

/// Something that happened once to an episode.
#[derive(Debug, Clone)]
pub struct Moment {
    /// When; absent, when the episode opened.
    pub when: Option<When>,
    /// The column of the team.
    pub team: Option<String>,
    /// The column of the person.
    pub person: Option<String>,
    /// What stands between several people in one cell.
    pub between: Option<String>,
}

/// When something happened.
#[derive(Debug, Clone)]
pub enum When {
    /// A column of times.
    At(TimeColumn),
    /// A column that counts from the opening.
    After {
        /// Its name.
        column: String,
        /// How many of what it counts make a second.
        a_second: u32,
    },
}

/// A column that says what happened.
#[derive(Debug, Clone)]
pub struct StepColumn {
    /// Its name.
    pub column: String,
    /// Which values say what; each stands once.
    pub values: Vec<(String, StepKind)>,
}

/// What a step of an episode is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepKind {
    /// Somebody is called in.
    Paged,
    /// Somebody has taken it.
    Acknowledged,
    /// It goes to somebody else.
    Reassigned,
    /// Somebody joins.
    Added,
    /// Nobody answered, and somebody else is paged.
    Escalated,
    /// It is over.
    Resolved,
}

impl StepKind {
    /// All of them, in the order in which they happen.
    pub const ALL: [StepKind; 6] = [
        StepKind::Paged,
        StepKind::Acknowledged,
        StepKind::Reassigned,
        StepKind::Added,
        StepKind::Escalated,
        StepKind::Resolved,
    ];

    /// As it is written: `paged`.
    pub fn word(self) -> &'static str {
        match self {
            StepKind::Paged => "paged",
            StepKind::Acknowledged => "acknowledged",
            StepKind::Reassigned => "reassigned",
            StepKind::Added => "added",
            StepKind::Escalated => "escalated",
            StepKind::Resolved => "resolved",
        }
    }
}

macro_rules! mappings {
    ($($name:literal)*) => {
        const MAPPINGS: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../examples/mappings/", $name, ".toml")))),*];
    };
}

mappings! {
    "opsgenie" "pagerduty-analytics" "pagerduty-incidents" "servicenow" "servicenow-updates"
}

/// The text of a mapping that is built in.
pub fn known_mapping(name: &str) -> Option<&'static str> {
    MAPPINGS.iter().find(|(it, _)| *it == name).map(|(_, text)| *text)
}

/// The names of the mappings that are built in.
pub fn known_mappings() -> impl Iterator<Item = &'static str> {
    MAPPINGS.iter().map(|(name, _)| *name)
}
