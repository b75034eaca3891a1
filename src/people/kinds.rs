//! The hours of a person's week, told apart on the person's own clock.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate, Weekday};

use crate::org::{Org, Person, Weights};
use crate::time::{Hours, Span, Window, Zone};

/// What kind an hour is. Where several would fit, the first of them in this order counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Of a public holiday in the person's region.
    Holiday,
    /// Of a Saturday or Sunday.
    Weekend,
    /// Of sleep.
    Night,
    /// Of work.
    Working,
    /// Of a working day, outside of work and sleep.
    Evening,
}

impl Kind {
    /// All of them, as columns of a report stand.
    pub const ALL: [Kind; 5] = [Kind::Working, Kind::Evening, Kind::Night, Kind::Weekend, Kind::Holiday];

    /// Its place among [`ALL`](Kind::ALL).
    pub fn place(self) -> usize {
        match self {
            Kind::Working => 0,
            Kind::Evening => 1,
            Kind::Night => 2,
            Kind::Weekend => 3,
            Kind::Holiday => 4,
        }
    }
}

/// A stretch of one kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Piece {
    /// When.
    pub span: Span,
    /// Its kind.
    pub kind: Kind,
    /// Whether the person sleeps then, whatever day it is.
    pub asleep: bool,
}

impl Piece {
    /// What it weighs, in ordinary hours: of the weights that apply, the largest.
    pub fn weighted_hours(self, weights: &Weights) -> f64 {
        let day = match self.kind {
            Kind::Holiday => weights.holiday,
            Kind::Weekend => weights.weekend,
            Kind::Night | Kind::Working | Kind::Evening => 1.0,
        };
        let night = if self.asleep { weights.night } else { 1.0 };
        self.span.seconds() as f64 / 3600.0 * day.max(night)
    }
}

/// One person's week and holidays.
#[derive(Debug, Clone)]
pub struct Kinds {
    zone: Zone,
    holidays: Arc<[NaiveDate]>,
    working: Hours,
    sleep: Hours,
}

impl Kinds {
    /// Those of a person: the organisation's hours on the person's clock, and the holidays of the person's region.
    pub fn of(org: &Org, person: &Person) -> Kinds {
        let days = |calendar: Option<&str>| -> Arc<[NaiveDate]> {
            let calendar = calendar.or(person.region.as_deref());
            calendar.and_then(|it| org.holidays.get(it)).cloned().unwrap_or_default()
        };
        let hours = |windows: &[Window]| Hours::new(&person.zone, windows, days);
        Kinds {
            zone: person.zone.clone(),
            holidays: days(None),
            working: hours(&org.working_hours),
            sleep: hours(&org.sleep),
        }
    }

    /// On whose clock days begin.
    pub fn zone(&self) -> &Zone {
        &self.zone
    }

    /// What a day is as a whole: a holiday, a weekend, or `None` for a working day.
    pub fn day(&self, day: NaiveDate) -> Option<Kind> {
        if self.holidays.contains(&day) {
            return Some(Kind::Holiday);
        }
        matches!(day.weekday(), Weekday::Sat | Weekday::Sun).then_some(Kind::Weekend)
    }

    /// A stretch in pieces of one kind each, in order and without gaps.
    pub fn pieces(&self, span: Span) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let sleep = self.sleep.within(span);
        let working = self.working.within(span);
        let mut day = self.zone.day(span.start());
        let mut start = span.start();
        while start < span.end() {
            let Some(next) = day.succ_opt() else { break };
            let end = self.zone.start_of_day(next).min(span.end());
            if let Some(today) = Span::new(start, end) {
                self.day_pieces(today, self.day(day), &sleep, &working, &mut pieces);
                start = end;
            }
            day = next;
        }
        pieces
    }

    fn day_pieces(&self, today: Span, kind: Option<Kind>, sleep: &[Span], working: &[Span], out: &mut Vec<Piece>) {
        let near = |spans: &[Span]| -> Vec<Span> {
            let from = spans.partition_point(|it| it.end() <= today.start());
            spans[from..].iter().map_while(|it| (it.start() < today.end()).then_some(*it)).collect()
        };
        let (sleep, working) = (near(sleep), near(working));
        let mut cuts = vec![today.start(), today.end()];
        cuts.extend(sleep.iter().chain(&working).flat_map(|it| [it.start(), it.end()]));
        cuts.retain(|it| today.start() <= *it && *it <= today.end());
        cuts.sort_unstable();
        cuts.dedup();
        for pair in cuts.windows(2) {
            let Some(span) = Span::new(pair[0], pair[1]) else { continue };
            let asleep = sleep.iter().any(|it| it.contains(span.start()));
            let at_work = working.iter().any(|it| it.contains(span.start()));
            let kind = match kind {
                Some(kind) => kind,
                None if asleep => Kind::Night,
                None if at_work => Kind::Working,
                None => Kind::Evening,
            };
            out.push(Piece { span, kind, asleep });
        }
    }
}
