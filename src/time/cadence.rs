//! When a layer hands over, as a person says it.

use std::fmt;
use std::num::NonZeroU32;

use chrono::{NaiveTime, Weekday};

use crate::time::{Recurrence, clock, weekday_name};

/// How often, and at what time, a layer hands over.
///
/// All but `Hours` keep the wall clock: a Monday 10:00 turn is 167 or 169 hours long in the weeks of a clock
/// change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cadence {
    /// Every so many elapsed hours, counted from the first day at `at`.
    Hours {
        /// Elapsed hours between two handoffs.
        every: NonZeroU32,
        /// The clock at the anchor.
        at: NaiveTime,
    },
    /// Every so many days.
    Days {
        /// Days between two days of handoffs, counted from the first day.
        every: NonZeroU32,
        /// The handoffs of such a day.
        at: Times,
    },
    /// On weekdays of every so-many-eth week. Weeks begin on Monday.
    Weeks {
        /// Weeks between two weeks of handoffs, counted from the week of the first day.
        every: NonZeroU32,
        /// The days of handoffs.
        on: Weekdays,
        /// The handoffs of such a day.
        at: Times,
    },
    /// On a day of every so-many-eth month.
    Months {
        /// Months between two months of handoffs, counted from the month of the first day.
        every: NonZeroU32,
        /// The day of handoffs.
        on: MonthDay,
        /// The handoffs of such a day.
        at: Times,
    },
    /// By a recurrence rule of RFC 5545.
    Rule {
        /// The rule; it begins on the first day at `at`.
        rule: Recurrence,
        /// The clock of the first handoff, and of all others unless the rule says otherwise.
        at: NaiveTime,
    },
}

/// Times of a day: at least one, in order, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times(Vec<NaiveTime>);

impl Times {
    /// Sorts them; `None` if there are none.
    pub fn new(mut times: Vec<NaiveTime>) -> Option<Times> {
        times.sort_unstable();
        times.dedup();
        (!times.is_empty()).then_some(Times(times))
    }

    /// In order.
    pub fn as_slice(&self) -> &[NaiveTime] {
        &self.0
    }
}

/// Days of the week: at least one, Monday first, each once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weekdays(Vec<Weekday>);

impl Weekdays {
    /// Sorts them; `None` if there are none.
    pub fn new(mut days: Vec<Weekday>) -> Option<Weekdays> {
        days.sort_unstable_by_key(Weekday::num_days_from_monday);
        days.dedup();
        (!days.is_empty()).then_some(Weekdays(days))
    }

    /// Monday first.
    pub fn as_slice(&self) -> &[Weekday] {
        &self.0
    }
}

/// A day that every month has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthDay {
    /// 1 to 28.
    Day(u8),
    /// The 28th, 29th, 30th or 31st.
    Last,
}

impl MonthDay {
    /// A day from 1 to 28.
    pub fn day(day: i64) -> Option<MonthDay> {
        u8::try_from(day).ok().filter(|day| (1..=28).contains(day)).map(MonthDay::Day)
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|it| clock(*it)).collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.iter().map(|it| weekday_name(*it)).collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Cadence {
    /// As in a sentence: `every 2 weeks on Mon at 10:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let every = |f: &mut fmt::Formatter<'_>, count: &NonZeroU32, unit: &str| match count.get() {
            1 => write!(f, "every {unit}"),
            count => write!(f, "every {count} {unit}s"),
        };
        match self {
            Cadence::Hours { every: count, at } => {
                every(f, count, "hour")?;
                write!(f, " from {}", clock(*at))
            }
            Cadence::Days { every: count, at } => {
                every(f, count, "day")?;
                write!(f, " at {at}")
            }
            Cadence::Weeks { every: count, on, at } => {
                every(f, count, "week")?;
                write!(f, " on {on} at {at}")
            }
            Cadence::Months { every: count, on, at } => {
                every(f, count, "month")?;
                match on {
                    MonthDay::Day(day) => write!(f, " on day {day} at {at}"),
                    MonthDay::Last => write!(f, " on the last day at {at}"),
                }
            }
            Cadence::Rule { rule, at } => write!(f, "by {rule} at {}", clock(*at)),
        }
    }
}
