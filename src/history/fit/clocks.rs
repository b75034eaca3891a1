//! Which hour of the week it is on somebody's clock, and whether they work or sleep, for millions of instants.

use std::sync::Arc;

use chrono::{Datelike, Timelike};

use crate::time::{Hours, Instant, Span, Window, Zone};

/// What a person does at some hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Works.
    Working,
    /// Neither works nor sleeps.
    Evening,
    /// Sleeps.
    Sleeping,
}

/// A clock. What is so through a whole quarter of an hour may be worked out once, to be looked up.
pub(super) struct Clock {
    zone: Zone,
    working: Hours,
    sleep: Hours,
    /// The first quarter, counted from 1970.
    first: u32,
    /// Hour of the week and part of the day; [`MIXED`] where one of them changes within the quarter. Empty, each instant is
    /// worked out.
    quarters: Vec<u16>,
}

pub(super) const QUARTER: u32 = 900;
const MIXED: u16 = u16::MAX;

impl Clock {
    /// Holidays count only where windows name them.
    pub fn new(zone: &Zone, windows: (&[Window], &[Window]), holidays: &Holidays<'_>) -> Clock {
        let hours = |windows: &[Window]| Hours::new(zone, windows, holidays);
        let (working, sleep) = (hours(windows.0), hours(windows.1));
        Clock { zone: zone.clone(), working, sleep, first: 0, quarters: Vec::new() }
    }

    /// The same, with all quarters from `from` through `to`, seconds since 1970, worked out.
    pub fn with_quarters(self, from: u32, to: u32) -> Clock {
        let mut clock = Clock { first: from / QUARTER, ..self };
        let count = (to / QUARTER - clock.first + 1) as usize;
        let mut parts = vec![Part::Evening as u8; count];
        clock.paint(&mut parts, &clock.working, Part::Working);
        clock.paint(&mut parts, &clock.sleep, Part::Sleeping);
        clock.quarters = parts
            .into_iter()
            .zip(clock.first..)
            .map(|(part, quarter)| {
                let (begin, end) = (quarter * QUARTER, quarter.saturating_mul(QUARTER).saturating_add(QUARTER - 1));
                let hour = clock.hour(begin);
                if part == u8::MAX || clock.hour(end) != hour { MIXED } else { hour | u16::from(part) << 8 }
            })
            .collect();
        clock
    }

    fn paint(&self, parts: &mut [u8], hours: &Hours, part: Part) {
        let instant = |quarter: usize| {
            Instant::from_unix(
                (i64::from(self.first) + i64::try_from(quarter).unwrap_or(i64::MAX)) * i64::from(QUARTER),
            )
        };
        let Some(span) = Span::new(instant(0), instant(parts.len())) else { return };
        let quarter = i64::from(QUARTER);
        let place = |at: i64| usize::try_from(at - i64::from(self.first)).unwrap_or(0);
        for window in hours.within(span) {
            let (start, end) = (window.start().unix(), window.end().unix());
            for edge in [start, end] {
                if edge % quarter != 0
                    && let Some(it) = parts.get_mut(place(edge / quarter))
                {
                    *it = u8::MAX;
                }
            }
            let inside = place((start + quarter - 1) / quarter)..place(end / quarter).min(parts.len());
            for it in parts.get_mut(inside).unwrap_or_default() {
                if *it != u8::MAX {
                    *it = part as u8;
                }
            }
        }
    }

    /// The hour of the week from Monday 00:00, and what its owner does.
    #[inline]
    pub fn at(&self, at: u32) -> (u16, Part) {
        match (at / QUARTER).checked_sub(self.first).and_then(|it| self.quarters.get(it as usize)) {
            Some(&quarter) if quarter != MIXED => {
                let part = match quarter >> 8 {
                    0 => Part::Working,
                    1 => Part::Evening,
                    _ => Part::Sleeping,
                };
                (quarter & 255, part)
            }
            _ => (self.hour(at), self.part(at)),
        }
    }

    fn part(&self, at: u32) -> Part {
        let at = Instant::from_unix(i64::from(at));
        if self.sleep.contains(at) {
            Part::Sleeping
        } else if self.working.contains(at) {
            Part::Working
        } else {
            Part::Evening
        }
    }

    fn hour(&self, at: u32) -> u16 {
        let civil = self.zone.civil(Instant::from_unix(i64::from(at)));
        let hour = civil.weekday().num_days_from_monday() * 24 + civil.hour();
        u16::try_from(hour).expect("a week has 168 hours")
    }
}

/// The days of a holiday calendar.
pub(super) type Holidays<'a> = dyn Fn(Option<&str>) -> Arc<[chrono::NaiveDate]> + 'a;

#[cfg(test)]
mod tests {
    use super::*;

    /// The table says what the windows say, also where both change in the middle of a quarter or the clock jumps.
    #[test]
    fn a_quarter_at_a_time_is_as_good_as_a_second() {
        for name in ["Europe/Dublin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York"] {
            let zone = Zone::named(name).unwrap();
            let windows = |text: &str| vec![Window::parse(text).unwrap()];
            let (working, sleep) = (windows("Mon-Fri 09:05-17:50"), windows("Mon-Sun 22:00-07:10"));
            let from = 1_774_000_000; // March 2026
            let to = from + 40 * 24 * 3_600;
            let clock = Clock::new(&zone, (&working, &sleep), &|_| Arc::from([])).with_quarters(from, to);
            for at in (from - 9_000..to + 9_000).step_by(331) {
                assert_eq!(clock.at(at), (clock.hour(at), clock.part(at)), "{at} in {name}");
            }
        }
    }
}
