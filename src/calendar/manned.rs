//! Whether anybody holds a seat, asked very often.

use std::collections::BTreeMap;

use crate::calendar::{holding, shifts};
use crate::org::{Org, SeatId};
use crate::time::{Exhausted, Instant, Span, union};

/// Some three weeks: so much of a calendar is expanded at a time.
const STRETCH: i64 = 1 << 21;

/// Remembers when seats are held by somebody. A rule that cannot be calculated is stepped once for all questions about
/// some weeks, rather than once for each.
#[derive(Debug)]
pub struct Manned<'a> {
    org: &'a Org,
    /// By seat and stretch: when anybody holds it, disjoint and in order.
    known: BTreeMap<(SeatId, i64), Vec<Span>>,
}

impl<'a> Manned<'a> {
    /// Nothing is known yet.
    pub fn new(org: &'a Org) -> Manned<'a> {
        Manned { org, known: BTreeMap::new() }
    }

    /// Whether anybody holds a seat at an instant.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule reaches its bound.
    pub fn at(&mut self, seat: SeatId, at: Instant) -> Result<bool, Exhausted> {
        let stretch = at.unix().div_euclid(STRETCH);
        if !self.known.contains_key(&(seat, stretch)) {
            let edge = |stretch: i64| Instant::from_unix(stretch.saturating_mul(STRETCH));
            let held = match Span::new(edge(stretch), edge(stretch + 1)).map(|it| shifts(self.org, seat, it)) {
                Some(Ok(shifts)) => shifts.iter().filter(|it| it.holder.person().is_some()).map(|it| it.span).collect(),
                // A rule may end within the stretch, and the instant lie before that.
                Some(Err(_)) | None => {
                    return Ok(holding(self.org, seat, at)?.iter().any(|it| it.holder.person().is_some()));
                }
            };
            self.known.insert((seat, stretch), union(held));
        }
        let held = &self.known[&(seat, stretch)];
        let next = held.partition_point(|it| it.end() <= at);
        Ok(held.get(next).is_some_and(|it| it.start() <= at))
    }
}
