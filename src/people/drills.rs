//! What to practise: for each person a failure not yet seen, at an hour when it may be.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::calendar::{Shift, Why, shifts};
use crate::org::{Holder, Org, PersonId, Seat, SeatId};
use crate::people::{Handled, Kind, Kinds};
use crate::time::{Exhausted, Instant, Span};

/// How long a drill takes; that much of a working hour must be left.
const LENGTH: Duration = Duration::from_secs(3600);

/// A drill that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drilled {
    /// For whom.
    pub person: PersonId,
    /// In which seat, at the start of one of its turns.
    pub seat: SeatId,
    /// Which failure.
    pub failure: String,
    /// Whether it is from the past of the rotation, rather than a drill that a stage asks for.
    pub from_history: bool,
    /// How often the rotation met it, if that is known.
    pub met: u32,
    /// When: the first working hour of the turn; absent, no turn within the span has one.
    pub at: Option<Instant>,
}

/// What a rotation has met in the past: values of a tag, with how often.
pub type Met = Vec<(String, u32)>;

/// For each person who takes turns in some seats within a span, a failure that they have neither practised nor handled:
/// first the drills that stages ask for, then what the rotation met most often, then what others have practised.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
pub fn drills(
    org: &Org,
    seats: &[SeatId],
    span: Span,
    handled: Option<&Handled>,
    met: impl Fn(&str) -> Met,
) -> Result<Vec<Drilled>, Exhausted> {
    let mut named: Vec<&str> = org.stages.iter().flat_map(|it| &it.needs.drills).map(String::as_str).collect();
    let asked = named.len();
    named.extend(org.people.iter().flat_map(|it| &it.drills).map(|it| it.name.as_str()));
    let mut proposed = Vec::new();
    let mut done: BTreeSet<PersonId> = BTreeSet::new();
    let primaries = seats.iter().filter(|it| it.seat == Seat::Primary);
    for seat in primaries.chain(seats.iter().filter(|it| it.seat == Seat::Secondary)) {
        let rotation = org.rotation(seat.rotation);
        let past = met(&rotation.key);
        let Some(calendar) = rotation.calendar(seat.seat) else { continue };
        let alive = calendar.layers.iter().filter(|it| it.span().and_then(|it| it.intersection(span)).is_some());
        let mut people: BTreeSet<PersonId> = alive.flat_map(|it| it.people()).collect();
        // Who learns practises as well, beside whoever has the turn.
        let learns = |it: &&crate::org::Shadow| seat.seat == Seat::Primary && it.span.intersection(span).is_some();
        people.extend(rotation.shadows.iter().filter(learns).map(|it| it.person));
        let held = shifts(org, *seat, span)?;
        for person in people {
            if done.contains(&person) {
                continue;
            }
            let who = org.person(person);
            let seen = |name: &str| {
                who.drills.iter().any(|it| it.name == name) || handled.is_some_and(|it| it.count(person, name) > 0)
            };
            let from_stages = named[..asked].iter().map(|it| ((*it).to_owned(), false, 0));
            let from_past = past.iter().map(|(name, count)| (name.clone(), true, *count));
            let from_others = named[asked..].iter().map(|it| ((*it).to_owned(), false, 0));
            let next = from_stages.chain(from_past).chain(from_others).find(|(name, ..)| !seen(name));
            let Some((failure, from_history, met)) = next else { continue };
            done.insert(person);
            let kinds = Kinds::of(org, who);
            let beside = |at| rotation.shadows.iter().any(|it| it.person == person && it.span.contains(at));
            let theirs = |it: &&Shift| it.holder == Holder::Person(person) || beside(it.span.start());
            let own = held.iter().filter(|it| matches!(it.why, Why::Turn { .. }) && theirs(it));
            // A turn that has begun is not at its start.
            let starts = own.filter(|it| it.span.start() == it.planned.start() && span.start() < it.span.start());
            let at = starts.filter_map(|it| first_working_hour(&kinds, it.span, &who.off)).next();
            proposed.push(Drilled { person, seat: *seat, failure, from_history, met, at });
        }
    }
    proposed.sort_by_key(|it| (it.seat.rotation, it.at.is_none(), it.at, it.person));
    Ok(proposed)
}

/// The first working hour of a turn's first day and a half, while the person is not away.
fn first_working_hour(kinds: &Kinds, turn: Span, off: &[crate::org::TimeOff]) -> Option<Instant> {
    let start = Span::new(turn.start(), (turn.start() + 36 * LENGTH).min(turn.end()))?;
    let pieces = kinds.pieces(start).into_iter().filter(|it| it.kind == Kind::Working);
    let long = pieces.filter(|it| LENGTH.as_secs() <= it.span.seconds().unsigned_abs());
    long.map(|it| it.span.start()).find(|at| {
        let hour = Span::new(*at, *at + LENGTH);
        !off.iter().any(|it| hour.is_some_and(|hour| it.span.intersection(hour).is_some()))
    })
}
