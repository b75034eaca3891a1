//! Shifts that are not cut to what was asked for, and who comes after each.

use std::time::Duration;

use crate::calendar::outlook::changes;
use crate::calendar::{Shift, outlook, shifts};
use crate::org::{Org, PersonId, SeatId};
use crate::time::{Exhausted, Instant, Span};

/// A shift as it is whoever asks, and whenever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeShift {
    /// All that finally holds without a break.
    pub shift: Shift,
    /// Who else is next, and from when; absent, nobody within a year.
    pub next: Option<(Vec<PersonId>, Instant)>,
}

/// The shifts of a seat that a span touches, each whole: the edges of the span cut nothing.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound first.
pub fn whole_shifts(org: &Org, seat: SeatId, span: Span) -> Result<Vec<WholeShift>, Exhausted> {
    let near = shifts(org, seat, span)?;
    // Whatever was cut reaches up to its plan, and no further.
    let start = near.iter().filter(|it| it.span.start() == span.start()).map(|it| it.planned.start()).min();
    let end = near.iter().filter(|it| it.span.end() == span.end()).map(|it| it.planned.end()).max();
    let start = start.map_or(span.start(), |it| it.min(span.start()));
    let wide = Span::new(start, span.end()).expect("it starts no later").until(end.unwrap_or(span.end()));
    let all = if wide == span { near } else { shifts(org, seat, wide)? };
    let changes = changes(&all, wide);
    // Those after whom nobody else comes here have the same people, and so the same answer.
    let mut beyond: Option<Option<(Vec<PersonId>, Instant)>> = None;
    let mut whole = Vec::new();
    for shift in all.into_iter().filter(|it| it.span.intersection(span).is_some()) {
        let later = changes.partition_point(|(at, _)| *at < shift.span.end());
        let now = later.checked_sub(1).map(|it| &changes[it].1);
        let differs = |holders: &Vec<_>| Some(holders) != now;
        let found = changes[later..].iter().filter(|(_, it)| differs(it)).find_map(|(at, holders)| {
            let people: Vec<PersonId> = holders.iter().filter_map(|it| it.person()).collect();
            (!people.is_empty()).then_some((people, *at))
        });
        let next = match (found, &beyond) {
            (Some(found), _) => Some(found),
            (None, Some(known)) => known.clone(),
            (None, None) => {
                let last = shift.span.end().before(Duration::from_secs(1));
                let next = outlook(org, seat, last)?.next;
                beyond.insert(next).clone()
            }
        };
        whole.push(WholeShift { shift, next });
    }
    Ok(whole)
}
