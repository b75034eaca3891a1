//! Who has a seat now, until when, and who is next.

use std::time::Duration;

use crate::calendar::{Shift, Why, begin, holders, is_promised, shifts};
use crate::org::{Holder, Org, PersonId, SeatId};
use crate::time::{Exhausted, Instant, Span};

/// How far ahead it is looked for a change, in growing steps of hours; the last is somewhat more than a year.
const LOOK_AHEAD: [u64; 3] = [200, 1_600, 9_600];

/// The state of a seat at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// Held by these people, with the reason for each.
    Held(Vec<(PersonId, Why)>),
    /// Held by nobody on purpose.
    Vacant(Why),
    /// Promised, and held by nobody.
    Gap,
    /// Neither promised nor held: outside of its hours.
    Off,
    /// Before the first turn of any of its layers.
    NotBegun,
}

impl State {
    /// The state of a seat at an instant.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule reaches its bound before the instant.
    pub fn of(org: &Org, seat: SeatId, at: Instant) -> Result<State, Exhausted> {
        let held = holders(org, seat, at)?;
        let people: Vec<_> = held.iter().filter_map(|(it, why)| it.person().map(|it| (it, *why))).collect();
        Ok(match held.first() {
            _ if !people.is_empty() => State::Held(people),
            Some((_, why)) => State::Vacant(*why),
            None if is_promised(org, seat, at) => State::Gap,
            None if begin(org, seat).is_some_and(|it| at < it) => State::NotBegun,
            None => State::Off,
        })
    }
}

/// What comes of a seat after an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outlook {
    /// As it is.
    pub state: State,
    /// When somebody else, or nobody, or anybody, comes; absent, not within a year.
    pub until: Option<Instant>,
    /// Who is next, and from when; a gap in between is passed over.
    pub next: Option<(Vec<PersonId>, Instant)>,
}

/// Who has a seat at an instant, until when without a break, and who is next.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound first.
pub fn outlook(org: &Org, seat: SeatId, at: Instant) -> Result<Outlook, Exhausted> {
    let state = State::of(org, seat, at)?;
    let mut people: Vec<Holder> = match &state {
        State::Held(people) => people.iter().map(|(it, _)| Holder::Person(*it)).collect(),
        State::Vacant(_) => vec![Holder::Nobody],
        State::Gap | State::Off | State::NotBegun => Vec::new(),
    };
    people.sort_unstable();
    let mut outlook = Outlook { state, until: None, next: None };
    for ahead in LOOK_AHEAD {
        let Some(span) = Span::new(at, at + Duration::from_secs(ahead * 3600)) else { break };
        let shifts = shifts(org, seat, span)?;
        let changes = changes(&shifts, span);
        let mut later = changes.iter().skip_while(|(_, it)| *it == people);
        outlook.until = changes.iter().find(|(_, it)| *it != people).map(|(at, _)| *at);
        outlook.next = later.find_map(|(at, holders)| {
            let people: Vec<PersonId> = holders.iter().filter_map(|it| it.person()).collect();
            (!people.is_empty()).then_some((people, *at))
        });
        if outlook.next.is_some() {
            break;
        }
    }
    Ok(outlook)
}

/// Who holds the seat from when on, over a span.
pub(super) fn changes(shifts: &[Shift], span: Span) -> Vec<(Instant, Vec<Holder>)> {
    let mut instants: Vec<Instant> = shifts.iter().flat_map(|it| [it.span.start(), it.span.end()]).collect();
    instants.push(span.start());
    instants.retain(|it| *it < span.end());
    instants.sort_unstable();
    instants.dedup();
    let mut changes: Vec<(Instant, Vec<Holder>)> = Vec::new();
    let mut first = 0;
    for at in instants {
        while first < shifts.len() && shifts[first].span.end() <= at {
            first += 1;
        }
        let here = shifts[first..].iter().take_while(|it| it.span.start() <= at);
        let mut holders: Vec<Holder> = here.filter(|it| it.span.contains(at)).map(|it| it.holder).collect();
        holders.sort_unstable();
        holders.dedup();
        if changes.last().is_none_or(|(_, last)| *last != holders) {
            changes.push((at, holders));
        }
    }
    changes
}
