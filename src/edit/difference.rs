//! What an edit makes of the calendars: who holds what instead of whom, in hours.

use std::collections::BTreeMap;

use crate::calendar::{Shift, shifts};
use crate::org::{Holder, Org, PersonId, SeatId};
use crate::time::{Exhausted, Instant, Span, union};

/// A stretch of a seat that others hold than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which seat.
    pub seat: SeatId,
    /// When.
    pub span: Span,
    /// Who held it; empty, nobody.
    pub before: Vec<Holder>,
    /// Who holds it.
    pub after: Vec<Holder>,
}

/// What a person holds of the seats that change, over the span that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub person: PersonId,
    /// Seconds held before the edit,
    pub before: i64,
    /// and after it.
    pub after: i64,
    /// When they come to hold what they did not, by seat.
    pub gains: Vec<(SeatId, Span)>,
    /// When they no longer hold what they did.
    pub loses: Vec<(SeatId, Span)>,
    /// When they next took over one of the seats that change, before the edit and after it.
    pub next: [Option<Instant>; 2],
}

/// What a person holds before and after: seconds, and when they next take over.
#[derive(Default, Clone, Copy)]
struct Sums {
    seconds: [i64; 2],
    next: [Option<Instant>; 2],
}

/// Two calendars side by side.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What was looked at.
    pub span: Span,
    /// In order of seats, then of time; neighbouring ones differ.
    pub changes: Vec<Change>,
    /// Everybody for whom something changes, in the order of people.toml.
    pub accounts: Vec<Account>,
}

/// How the calendars of an organisation differ over a span. Both have the same people and rotations.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
pub fn difference(before: &Org, after: &Org, span: Span) -> Result<Difference, Exhausted> {
    let mut changes: Vec<Change> = Vec::new();
    let mut sums: BTreeMap<PersonId, Sums> = BTreeMap::new();
    for seat in before.seats() {
        let (old, new) = (shifts(before, seat, span)?, shifts(after, seat, span)?);
        let found = of_seat(seat, span, &old, &new);
        if found.is_empty() {
            continue;
        }
        changes.extend(found);
        for (side, list) in [old, new].into_iter().enumerate() {
            let mut held: BTreeMap<PersonId, Vec<Span>> = BTreeMap::new();
            for shift in list {
                if let Some(person) = shift.holder.person() {
                    held.entry(person).or_default().push(shift.span);
                }
            }
            for (person, spans) in held {
                let spans = union(spans);
                let sums = sums.entry(person).or_default();
                sums.seconds[side] += spans.iter().map(|it| it.seconds()).sum::<i64>();
                let next = spans.iter().map(|it| it.start()).find(|it| span.start() < *it);
                sums.next[side] = match (sums.next[side], next) {
                    (Some(known), Some(next)) => Some(known.min(next)),
                    (known, next) => known.or(next),
                };
            }
        }
    }
    let mut accounts = Vec::new();
    for (person, Sums { seconds: [before, after], next }) in sums {
        let holder = Holder::Person(person);
        let of = |holds: fn(&Change) -> (&Vec<Holder>, &Vec<Holder>)| -> Vec<(SeatId, Span)> {
            let mut by_seat: BTreeMap<SeatId, Vec<Span>> = BTreeMap::new();
            for it in &changes {
                let (has, had) = holds(it);
                if has.contains(&holder) && !had.contains(&holder) {
                    by_seat.entry(it.seat).or_default().push(it.span);
                }
            }
            by_seat.into_iter().flat_map(|(seat, spans)| union(spans).into_iter().map(move |it| (seat, it))).collect()
        };
        let (gains, loses) = (of(|it| (&it.after, &it.before)), of(|it| (&it.before, &it.after)));
        if !gains.is_empty() || !loses.is_empty() {
            accounts.push(Account { person, before, after, gains, loses, next });
        }
    }
    Ok(Difference { span, changes, accounts })
}

/// Sweeps over both lists at once.
fn of_seat(seat: SeatId, span: Span, old: &[Shift], new: &[Shift]) -> Vec<Change> {
    let mut instants: Vec<Instant> = old
        .iter()
        .chain(new)
        .flat_map(|it| [it.span.start(), it.span.end()])
        .chain([span.start(), span.end()])
        .collect();
    instants.sort_unstable();
    instants.dedup();
    let mut changes: Vec<Change> = Vec::new();
    let (mut first_old, mut first_new) = (0, 0);
    for pair in instants.windows(2) {
        let Some(stretch) = Span::new(pair[0], pair[1]) else { continue };
        let before = holders(old, &mut first_old, stretch.start());
        let after = holders(new, &mut first_new, stretch.start());
        if before == after {
            continue;
        }
        match changes.last_mut() {
            Some(last) if last.span.end() == stretch.start() && last.before == before && last.after == after => {
                last.span = last.span.until(stretch.end());
            }
            _ => changes.push(Change { seat, span: stretch, before, after }),
        }
    }
    changes
}

fn holders(shifts: &[Shift], first: &mut usize, at: Instant) -> Vec<Holder> {
    while *first < shifts.len() && shifts[*first].span.end() <= at {
        *first += 1;
    }
    let near = shifts[*first..].iter().take_while(|it| it.span.start() <= at);
    let mut holders: Vec<Holder> = near.filter(|it| it.span.contains(at)).map(|it| it.holder).collect();
    holders.sort_unstable();
    holders.dedup();
    holders
}
