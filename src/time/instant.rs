//! Instants and half-open spans of them.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

use chrono::{DateTime, Utc};

/// A moment, in whole seconds since the Unix epoch.
///
/// Everything that is computed is computed in instants; civil times exist only where people write or read
/// them. What enters through [`Instant::new`] lies between the years 1970 and 2200, for which the rules of
/// every zone are at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// 1970-01-01T00:00:00Z, the first instant Dogwatch knows.
    pub const MIN: Instant = Instant(0);
    /// 2200-01-01T00:00:00Z, the end of what Dogwatch knows.
    pub const MAX: Instant = Instant(7_258_118_400);

    /// The instant that many seconds after the epoch; `None` before 1970 and after 2199.
    #[inline]
    pub fn new(unix: i64) -> Option<Instant> {
        let instant = Instant(unix);
        (Instant::MIN <= instant && instant <= Instant::MAX).then_some(instant)
    }

    /// The instant that many seconds after the epoch, brought into what Dogwatch knows.
    pub const fn from_unix(unix: i64) -> Instant {
        if unix < Instant::MIN.0 {
            Instant::MIN
        } else if unix > Instant::MAX.0 {
            Instant::MAX
        } else {
            Instant(unix)
        }
    }

    /// Seconds since the epoch.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// The seconds from `earlier` to here; negative if `earlier` is later.
    pub const fn seconds_since(self, earlier: Instant) -> i64 {
        self.0 - earlier.0
    }

    /// As chrono has it.
    pub fn utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0, 0).expect("an instant is within chrono's years")
    }

    /// This instant, `duration` earlier.
    pub fn before(self, duration: Duration) -> Instant {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Instant::from_unix(self.0.saturating_sub(seconds))
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    /// Saturates at [`Instant::MAX`].
    fn add(self, duration: Duration) -> Instant {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Instant::from_unix(self.0.saturating_add(seconds))
    }
}

impl fmt::Display for Instant {
    /// RFC 3339 in UTC: `2026-03-03T15:00:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.utc().format("%Y-%m-%dT%H:%M:%SZ"))
    }
}

/// A stretch of time: its start belongs to it, its end does not. Never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    start: Instant,
    end: Instant,
}

impl Span {
    /// From `start` up to, and without, `end`; `None` if nothing lies between them.
    pub fn new(start: Instant, end: Instant) -> Option<Span> {
        (start < end).then_some(Span { start, end })
    }

    /// The first instant.
    pub const fn start(self) -> Instant {
        self.start
    }

    /// The first instant after.
    pub const fn end(self) -> Instant {
        self.end
    }

    /// Whether `at` lies within.
    pub fn contains(self, at: Instant) -> bool {
        self.start <= at && at < self.end
    }

    /// What both have in common.
    pub fn intersection(self, other: Span) -> Option<Span> {
        Span::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// The same start, up to a later end.
    pub(crate) fn until(self, end: Instant) -> Span {
        Span { start: self.start, end: self.end.max(end) }
    }

    /// How long it is, in seconds.
    pub const fn seconds(self) -> i64 {
        self.end.0 - self.start.0
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} to {}", self.start, self.end)
    }
}

/// Sorts spans and joins those that overlap or touch.
pub fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => joined.push(span),
        }
    }
    joined
}

/// What of `spans` none of `holes` touches. Both are sorted and disjoint, as [`union`] leaves them.
pub fn subtract(spans: &[Span], holes: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    let mut next_hole = 0;
    for &span in spans {
        let mut start = span.start;
        while next_hole < holes.len() && holes[next_hole].end <= start {
            next_hole += 1;
        }
        for hole in &holes[next_hole..] {
            if hole.start >= span.end {
                break;
            }
            left.extend(Span::new(start, hole.start));
            start = start.max(hole.end);
        }
        left.extend(Span::new(start, span.end));
    }
    left
}

/// What is in one of `left` and in one of `right`. All three are sorted and disjoint, as [`union`] leaves them.
pub fn intersect(left: &[Span], right: &[Span]) -> Vec<Span> {
    let mut both = Vec::new();
    let (mut l, mut r) = (0, 0);
    while l < left.len() && r < right.len() {
        both.extend(left[l].intersection(right[r]));
        if left[l].end < right[r].end { l += 1 } else { r += 1 }
    }
    both
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(start: i64, end: i64) -> Span {
        Span::new(Instant(start), Instant(end)).unwrap()
    }

    #[test]
    fn touching_spans_become_one() {
        assert_eq!(union(vec![span(5, 7), span(0, 2), span(2, 3), span(6, 9)]), [span(0, 3), span(5, 9)]);
    }

    #[test]
    fn holes_cut_and_may_reach_over_several_spans() {
        assert_eq!(
            subtract(&[span(0, 10), span(12, 20)], &[span(2, 3), span(9, 13), span(19, 30)]),
            [span(0, 2), span(3, 9), span(13, 19)]
        );
    }

    #[test]
    fn what_two_lists_have_in_common() {
        assert_eq!(
            intersect(&[span(0, 4), span(6, 8), span(9, 20)], &[span(3, 7), span(8, 9), span(10, 12), span(19, 30)]),
            [span(3, 4), span(6, 7), span(10, 12), span(19, 20)]
        );
        assert_eq!(intersect(&[span(0, 4)], &[]), []);
    }

    #[test]
    fn nothing_is_never_a_span() {
        assert_eq!(Span::new(Instant(3), Instant(3)), None);
        assert_eq!(Span::new(Instant(4), Instant(3)), None);
    }

    #[test]
    fn instants_stay_within_the_known_years() {
        assert_eq!(Instant::new(-1), None);
        assert_eq!(Instant::MIN.to_string(), "1970-01-01T00:00:00Z");
        assert_eq!(Instant::MAX.to_string(), "2200-01-01T00:00:00Z");
        assert_eq!(Instant::MAX + Duration::from_secs(1), Instant::MAX);
    }
}
