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

/// An amount of money for an hour or a day, in ten-thousandths of the currency's unit: exact, and never a float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Rate(i64);

impl Rate {
    /// The most: a million.
    const MOST: i64 = 1_000_000 * 10_000;

    /// Reads `12`, `12.5` and `12.5000`; `None` if it is none of these, or more than a million.
    pub fn parse(text: &str) -> Option<Rate> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |it: &str, most: usize| (1..=most).contains(&it.len()) && it.bytes().all(|it| it.is_ascii_digit());
        if !digits(whole, 7) || !digits(part, 4) {
            return None;
        }
        let rate = whole.parse::<i64>().ok()? * 10_000 + format!("{part:0<4}").parse::<i64>().ok()?;
        (rate <= Rate::MOST).then_some(Rate(rate))
    }

    /// In ten-thousandths of the currency's unit.
    pub fn ten_thousandths(self) -> i64 {
        self.0
    }
}

/// What being on call is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pay {
    /// As it is to be shown.
    pub currency: String,
    /// For an hour.
    pub hour: HourRates,
    /// For each day of the person's own calendar on which they hold a seat.
    pub day: DayRates,
    /// What part of that the secondary seat is paid, in per cent.
    pub secondary_percent: u32,
}

/// What an hour is paid, by its kind on the person's own clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HourRates {
    /// Within working hours.
    pub working: Rate,
    /// Neither work nor sleep.
    pub evening: Rate,
    /// Of sleep.
    pub night: Rate,
    /// Of a Saturday or Sunday.
    pub weekend: Rate,
    /// Of a public holiday in the person's region.
    pub holiday: Rate,
}

/// What a day is paid, by its kind in the person's own calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DayRates {
    /// Monday to Friday.
    pub weekday: Rate,
    /// Saturday and Sunday.
    pub weekend: Rate,
    /// A public holiday in the person's region.
    pub holiday: Rate,
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
