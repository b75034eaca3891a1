//! What `org.toml` decides for everybody.

use std::time::Duration;

use crate::org::{Family, RotationId};

/// Each is a finding when broken; `None` is switched off.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// People in a rotation's primary seat.
    pub min_people: Option<u32>,
    /// How much of the time one person may hold primary seats.
    pub max_share: Option<Share>,
    /// From the end of a primary shift to the start of the next, over all rotations.
    pub min_rest: Option<Duration>,
    /// Two different people must have been paged by then.
    pub answer_within: Option<Duration>,
    /// Rotations whose primary seats one person may hold at once; either order.
    pub both_allowed: Vec<(RotationId, RotationId)>,
}

/// A part of the time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// From 0 to 1.
    pub of: f64,
    /// Over so many weeks.
    pub over_weeks: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            min_people: Some(4),
            max_share: Some(Share { of: 0.30, over_weeks: 12 }),
            min_rest: Some(Duration::from_secs(11 * 3600)),
            answer_within: Some(Duration::from_secs(30 * 60)),
            both_allowed: Vec::new(),
        }
    }
}

/// What an hour on call weighs in load, fairness and split. An ordinary hour weighs 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// An hour of the person's sleep.
    pub night: f64,
    /// An hour of the person's weekend.
    pub weekend: f64,
    /// An hour of a holiday in the person's region.
    pub holiday: f64,
    /// Hours that one page is worth.
    pub page: f64,
    /// Hours that one page during sleep is worth.
    pub page_in_sleep: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Weights { night: 2.0, weekend: 1.5, holiday: 3.0, page: 1.0, page_in_sleep: 3.0 }
    }
}

/// A step of the apprenticeship.
#[derive(Debug, Clone, PartialEq)]
pub struct Stage {
    /// `shadow`, `secondary`, `primary`, or a team's own word.
    pub name: String,
    /// What one must have done to stand here.
    pub needs: Needs,
}

/// What a stage asks for. Nothing of it asks for nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Needs {
    /// Courses.
    pub trained: Vec<String>,
    /// Failures practised.
    pub drills: Vec<String>,
    /// Turns shadowed.
    pub shadowed_turns: u32,
    /// Turns in a secondary seat.
    pub secondary_turns: u32,
    /// Turns in a primary seat.
    pub primary_turns: u32,
    /// Episodes handled, by tag value; `any` counts all.
    pub handled: Vec<(String, u32)>,
}

/// How PagerDuty is to hold the organisation.
#[derive(Debug, Clone, PartialEq)]
pub struct PagerDuty {
    /// Unless a rotation says otherwise.
    pub family: Family,
    /// The orchestration whose router carries the routes; absent, routers are left alone.
    pub orchestration: Option<String>,
    /// Tag to the path of PagerDuty's event field.
    pub tags: Vec<(String, String)>,
    /// Whether each rotation is to have a team; if not, teams are left alone.
    pub teams: bool,
}
