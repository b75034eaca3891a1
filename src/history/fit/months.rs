//! Months on somebody's clock.

use chrono::{Datelike, Months as Calendar, NaiveDate};

use crate::time::{Instant, Zone};

/// The months that some instants lie in.
#[derive(Debug, Clone)]
pub(super) struct Months {
    /// The first day of each, and of the one after.
    days: Vec<NaiveDate>,
    /// When it begins, in seconds since 1970.
    starts: Vec<u32>,
}

impl Months {
    /// From the month of `from` through that of `to`.
    pub fn new(zone: &Zone, from: u32, to: u32) -> Months {
        let instant = |at: u32| Instant::from_unix(i64::from(at));
        let mut day = zone.day(instant(from)).with_day(1).expect("every month has a first day");
        let mut months = Months { days: Vec::new(), starts: Vec::new() };
        loop {
            let start = zone.start_of_day(day);
            if start > instant(to) && !months.days.is_empty() {
                return months;
            }
            months.days.push(day);
            months.starts.push(u32::try_from(start.unix()).unwrap_or(u32::MAX));
            day = day.checked_add_months(Calendar::new(1)).expect("the known years have a next month");
        }
    }

    pub fn len(&self) -> usize {
        self.days.len()
    }

    /// Which month an instant lies in.
    pub fn of(&self, at: u32) -> usize {
        self.starts.partition_point(|it| *it <= at).saturating_sub(1)
    }

    /// The same; mostly it is that of the one before.
    #[inline]
    pub fn near(&self, before: usize, at: u32) -> usize {
        let begun = self.starts.get(before).is_some_and(|it| *it <= at);
        if begun && self.starts.get(before + 1).is_none_or(|it| at < *it) { before } else { self.of(at) }
    }

    /// As programs write it: 2026-03.
    pub fn name(&self, month: usize) -> String {
        self.days[month].format("%Y-%m").to_string()
    }
}
