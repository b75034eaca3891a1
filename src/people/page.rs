//! A person's page: what they have done, and what is next.

use std::time::Duration;

use crate::calendar::shifts;
use crate::org::{Holder, Org, PersonId, Seat, SeatId};
use crate::people::{Missing, NextTurn, Readiness, next_turns};
use crate::time::{Exhausted, Instant, Span};

/// How far ahead turns are looked for.
const AHEAD: Duration = Duration::from_secs(2_160 * 3600);
/// How long somebody who shadowed belongs to a rotation without taking turns.
const YEAR: Duration = Duration::from_secs(8_760 * 3600);
/// Turns to shadow that are proposed at most.
const MOST: usize = 3;

/// Where one person stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Who.
    pub person: PersonId,
    /// The seats in which they take turns, now or later.
    pub seats: Vec<SeatId>,
    /// Turns that are over: shadowed, secondary, primary.
    pub done: [u32; 3],
    /// At which stage they stand, by its place.
    pub stage: Option<usize>,
    /// What the stages after that ask for and they lack, by their places.
    pub ahead: Vec<(usize, Vec<Missing>)>,
    /// The next turns to learn beside, if a stage ahead asks for some.
    pub shadow: Vec<NextTurn>,
    /// Their own next turn.
    pub next: Option<(SeatId, Span)>,
}

/// Where a person stands at an instant. `rotations` are those in whose primary seats turns to shadow are looked for; absent,
/// those in which they take turns or shadow.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn page(
    org: &Org,
    readiness: &Readiness<'_>,
    person: PersonId,
    rotations: Option<&[SeatId]>,
    now: Instant,
) -> Result<Page, Exhausted> {
    let stage = readiness.stage(person, now);
    let ahead: Vec<(usize, Vec<Missing>)> = (stage.map_or(0, |it| it + 1)..org.stages.len())
        .map(|it| (it, readiness.missing(person, &org.stages[it].needs, now)))
        .collect();
    let mut page = Page {
        person,
        seats: org.seats().filter(|it| takes_turns(org, *it, person, now)).collect(),
        done: readiness.done(person, now),
        stage,
        ahead,
        shadow: Vec::new(),
        next: None,
    };
    let Some(span) = Span::new(now, now + AHEAD) else { return Ok(page) };
    let wanted = page.ahead.iter().flat_map(|(_, missing)| missing).find_map(|it| match it {
        Missing::Shadowed { done, needed } => usize::try_from(needed - done).ok(),
        _ => None,
    });
    if let Some(wanted) = wanted {
        let primaries: Vec<SeatId> = match rotations {
            Some(seats) => seats.iter().copied().filter(|it| it.seat == Seat::Primary).collect(),
            None => org.seats().filter(|it| it.seat == Seat::Primary && belongs(org, *it, person, now)).collect(),
        };
        for seat in primaries {
            page.shadow.extend(next_turns(org, readiness, person, seat, span, wanted.min(MOST))?);
        }
        page.shadow.sort_by_key(|it| (it.span, it.seat));
        page.shadow.truncate(wanted.min(MOST));
    }
    for seat in org.seats() {
        let own = shifts(org, seat, span)?.into_iter().find(|it| it.holder == Holder::Person(person));
        let own = own.map(|it| (seat, it.span));
        page.next = match (page.next, own) {
            (Some(known), Some(own)) if own.1 < known.1 => Some(own),
            (None, own) => own,
            (known, _) => known,
        };
    }
    Ok(page)
}

fn takes_turns(org: &Org, seat: SeatId, person: PersonId, now: Instant) -> bool {
    let Some(calendar) = org.rotation(seat.rotation).calendar(seat.seat) else { return false };
    calendar.layers.iter().any(|it| it.until.is_none_or(|until| now < until) && it.people().contains(&person))
}

/// Whether somebody takes turns in either seat of a rotation, or has shadowed there within a year, or will.
pub fn belongs(org: &Org, seat: SeatId, person: PersonId, now: Instant) -> bool {
    let seats = [Seat::Primary, Seat::Secondary].map(|it| SeatId { seat: it, ..seat });
    let shadows = &org.rotation(seat.rotation).shadows;
    seats.into_iter().any(|it| takes_turns(org, it, person, now))
        || shadows.iter().any(|it| it.person == person && now < it.span.end() + YEAR)
}
