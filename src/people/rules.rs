//! What somebody may hold: time off, readiness, both seats, rest and share, as `check` has them.

use std::time::Duration;

use crate::org::{Org, PersonId, RotationId, Seat, SeatId};
use crate::people::{Missing, Readiness};
use crate::time::{Instant, Span, union};

/// A stretch in which somebody holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duty {
    /// When.
    pub span: Span,
    /// Which seat.
    pub seat: SeatId,
    /// The caller's own number for what it is a part of.
    pub part_of: usize,
}

/// What speaks against somebody's duties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// They are away.
    Away {
        /// Why, in the file's words.
        note: Option<String>,
    },
    /// They lack something for the seat.
    NotReady(Vec<Missing>),
    /// They hold the other seat of the rotation.
    BothSeats,
    /// They hold another primary seat, which is not allowed at once.
    BothPrimaries(SeatId),
    /// They have too little rest between two primary shifts.
    Rest {
        /// From the end of one to the start of the next.
        seconds: i64,
    },
    /// They hold primary seats for too much of the time.
    Share {
        /// In the busiest stretch of the limit's length.
        seconds: i64,
        /// Where that begins.
        from: Instant,
    },
}

/// An objection, and to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What it is.
    pub objection: Objection,
    /// When: the stretch that clashes, or the rest that is too short.
    pub span: Span,
    /// The parts (of the caller's numbering) that are in conflict: another holder of one of them ends it.
    pub parts: Vec<usize>,
}

/// The rules of an organisation over a span.
#[derive(Debug)]
pub struct Rules<'a> {
    org: &'a Org,
    readiness: &'a Readiness<'a>,
    /// Within which shares are judged.
    span: Span,
}

impl<'a> Rules<'a> {
    /// Those of an organisation. Shares are judged over stretches within `span`.
    pub fn new(org: &'a Org, readiness: &'a Readiness<'a>, span: Span) -> Rules<'a> {
        Rules { org, readiness, span }
    }

    /// Whose they are.
    pub fn org(&self) -> &'a Org {
        self.org
    }

    /// What speaks against one duty by itself: time off, readiness.
    pub fn alone(&self, person: PersonId, duty: Duty) -> Vec<Conflict> {
        let away = self.org.person(person).off.iter().filter_map(|off| {
            let span = off.span.intersection(duty.span)?;
            Some(Conflict { objection: Objection::Away { note: off.note.clone() }, span, parts: vec![duty.part_of] })
        });
        let mut found: Vec<Conflict> = away.collect();
        let missing = self.readiness.lacks(person, duty.seat.seat, duty.span.start());
        if !missing.is_empty() {
            let objection = Objection::NotReady(missing);
            found.push(Conflict { objection, span: duty.span, parts: vec![duty.part_of] });
        }
        found
    }

    /// All that speaks against somebody's holding these duties together.
    pub fn conflicts(&self, person: PersonId, duties: &[Duty]) -> Vec<Conflict> {
        let mut duties = duties.to_vec();
        duties.sort_unstable();
        let mut found: Vec<Conflict> = duties.iter().flat_map(|it| self.alone(person, *it)).collect();
        for (place, duty) in duties.iter().enumerate() {
            let later = duties[place + 1..].iter().take_while(|it| it.span.start() < duty.span.end());
            for other in later {
                let Some(span) = duty.span.intersection(other.span) else { continue };
                let (left, right) = (duty.seat, other.seat);
                let objection = match (left.seat, right.seat) {
                    _ if left == right => continue,
                    _ if left.rotation == right.rotation => Objection::BothSeats,
                    (Seat::Primary, Seat::Primary) if !self.both_allowed(left.rotation, right.rotation) => {
                        Objection::BothPrimaries(left)
                    }
                    _ => continue,
                };
                found.push(Conflict { objection, span, parts: vec![duty.part_of, other.part_of] });
            }
        }
        let primary: Vec<Duty> = duties.iter().filter(|it| it.seat.seat == Seat::Primary).copied().collect();
        let stretches = union(primary.iter().map(|it| it.span).collect());
        self.rest(&primary, &stretches, &mut found);
        self.share(&primary, &stretches, &mut found);
        found
    }

    fn both_allowed(&self, left: RotationId, right: RotationId) -> bool {
        let pairs = &self.org.limits.both_allowed;
        pairs.contains(&(left, right)) || pairs.contains(&(right, left))
    }

    fn rest(&self, primary: &[Duty], stretches: &[Span], found: &mut Vec<Conflict>) {
        let Some(limit) = self.org.limits.min_rest else { return };
        let limit = i64::try_from(limit.as_secs()).unwrap_or(i64::MAX);
        for pair in stretches.windows(2) {
            let Some(span) = Span::new(pair[0].end(), pair[1].start()) else { continue };
            if span.seconds() >= limit {
                continue;
            }
            let beside = |it: &&Duty| it.span.end() == span.start() || it.span.start() == span.end();
            let parts = primary.iter().filter(beside).map(|it| it.part_of).collect();
            found.push(Conflict { objection: Objection::Rest { seconds: span.seconds() }, span, parts });
        }
    }

    fn share(&self, primary: &[Duty], stretches: &[Span], found: &mut Vec<Conflict>) {
        let Some(limit) = self.org.limits.max_share else { return };
        let length = Duration::from_secs(168 * 3600 * u64::from(limit.over_weeks));
        let window = i64::try_from(length.as_secs()).unwrap_or(i64::MAX);
        if self.span.seconds() < window {
            return;
        }
        let held: Vec<Span> = stretches.iter().filter_map(|it| it.intersection(self.span)).collect();
        let Some((seconds, from)) = busiest(&held, self.span, length) else { return };
        let Some(span) = Span::new(from, from + length) else { return };
        if seconds as f64 / window as f64 <= limit.of {
            return;
        }
        let within = primary.iter().filter(|it| it.span.intersection(span).is_some());
        let parts = within.map(|it| it.part_of).collect();
        found.push(Conflict { objection: Objection::Share { seconds, from }, span, parts });
    }
}

/// The most that is held within any stretch of that length inside of `span`, and where that stretch starts. It is enough to
/// look at stretches that start with a shift or end with one.
pub fn busiest(held: &[Span], span: Span, length: Duration) -> Option<(i64, Instant)> {
    let latest = span.end().before(length);
    let starts = held.iter().map(|it| it.start()).chain(held.iter().map(|it| it.end().before(length)));
    let starts = starts.filter(|it| span.start() <= *it && *it <= latest).chain([span.start(), latest]);
    let within = |start: Instant| {
        let window = Span::new(start, start + length)?;
        let from = held.partition_point(|it| it.end() <= start);
        let inside = held[from..].iter().take_while(|it| it.start() < window.end());
        Some((inside.filter_map(|it| it.intersection(window)).map(Span::seconds).sum::<i64>(), start))
    };
    // The earliest of equals.
    starts.filter_map(within).max_by_key(|(seconds, start)| (*seconds, std::cmp::Reverse(*start)))
}
