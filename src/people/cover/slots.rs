//! The calendar as slots: what changes hands as one.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Index;
use std::time::Duration;

use crate::calendar::{Why, shifts};
use crate::org::{Org, PersonId, RotationId, Seat, SeatId};
use crate::people::Duty;
use crate::time::{Exhausted, Instant, Span, intersect, subtract, union};

/// How far around the span calendars are read: for rest, and for turns that begin before it or end after it.
const AROUND: Duration = Duration::from_secs(1_500 * 3600);
/// What is left of a turn and is shorter than that goes with what is covered: who comes back on Sunday night does not take over
/// at midnight, ten hours before they hand over.
const STUB: i64 = 12 * 3600;

/// One turn of one person, or what a cut has left of it.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub seat: SeatId,
    /// Who holds it as things are.
    pub holder: PersonId,
    /// Disjoint and in order; a turn within hours has a span a day.
    pub spans: Vec<Span>,
    /// Why it cannot change hands, if it cannot.
    pub fixed: Option<Fixed>,
    /// When the holder is away; empty, it is no clash.
    pub away: Vec<Span>,
    /// Why they are away.
    pub note: Option<String>,
    /// Who takes turns in the rotation then, without the holder.
    pub pool: Vec<PersonId>,
}

/// Why a slot cannot change hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fixed {
    /// It has begun, lies beyond the span, or belongs to a rotation that was not asked for.
    Outside,
    /// Somebody wrote it, and what a machine writes is covered by that.
    Written(usize),
}

/// All slots, in order of their start.
#[derive(Debug)]
pub(super) struct Slots {
    all: Vec<Slot>,
}

impl Index<usize> for Slots {
    type Output = Slot;

    fn index(&self, index: usize) -> &Slot {
        &self.all[index]
    }
}

impl Slots {
    pub fn of(org: &Org, rotations: &BTreeSet<RotationId>, span: Span, now: Instant) -> Result<Slots, Exhausted> {
        let wide = Span::new(span.start().before(AROUND), span.end() + AROUND).unwrap_or(span);
        let begin = span.start().max(now);
        let mut all = Vec::new();
        for seat in org.seats() {
            let mut parts: BTreeMap<(Why, PersonId), Vec<Span>> = BTreeMap::new();
            for shift in shifts(org, seat, wide)? {
                if let Some(person) = shift.holder.person() {
                    parts.entry((shift.why, person)).or_default().push(shift.span);
                }
            }
            for ((why, holder), spans) in parts {
                let spans = union(spans);
                let fixed = match why {
                    _ if !rotations.contains(&seat.rotation) => Some(Fixed::Outside),
                    Why::Override { index } if index as usize >= org.rotation(seat.rotation).assigned => {
                        Some(Fixed::Written(index as usize))
                    }
                    _ => None,
                };
                let slot = Slot { seat, holder, spans, fixed, away: Vec::new(), note: None, pool: Vec::new() };
                cut(org, slot, Span::new(begin, span.end()), wide, &mut all);
            }
        }
        all.sort_by_key(|it| (it.spans[0], it.seat, it.holder));
        Ok(Slots { all })
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Those whose holder is away, covered or not.
    pub fn clashes(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.all.iter().enumerate().filter(|(_, it)| !it.away.is_empty())
    }

    /// What a person holds.
    pub fn duties(&self, holders: &[PersonId], person: PersonId) -> Vec<Duty> {
        let own = self.all.iter().enumerate().filter(|(index, _)| holders[*index] == person);
        own.flat_map(|(index, slot)| slot.duties(index)).collect()
    }

    pub fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.all.iter()
    }
}

impl Slot {
    pub fn duties(&self, index: usize) -> impl Iterator<Item = Duty> + '_ {
        self.spans.iter().map(move |span| Duty { span: *span, seat: self.seat, part_of: index })
    }

    /// How long it is.
    pub fn seconds(&self) -> i64 {
        self.spans.iter().map(|it| it.seconds()).sum()
    }

    pub fn start(&self) -> Instant {
        self.spans[0].start()
    }
}

/// A turn in the parts that may change hands by themselves: what has begun, what clashes, what is before and after that.
fn cut(org: &Org, slot: Slot, span: Option<Span>, wide: Span, out: &mut Vec<Slot>) {
    let Some(span) = span else {
        out.push(Slot { fixed: Some(Fixed::Outside), ..slot });
        return;
    };
    let off = union(org.person(slot.holder).off.iter().map(|it| it.span).collect());
    let away = intersect(&intersect(&slot.spans, &off), &[span]);
    let (first, last) = (slot.spans[0].start(), slot.spans[slot.spans.len() - 1].end());
    // A turn that runs, or that the edges of what was read cut, stays whole; but for the part in which somebody is away.
    let whole = span.start() <= first && first < span.end() && last < wide.end();
    if away.is_empty() || slot.fixed.is_some_and(|it| it == Fixed::Outside) {
        let fixed = slot.fixed.or((!whole).then_some(Fixed::Outside));
        let pool = pool(org, &slot);
        out.push(Slot { fixed, pool, ..slot });
        return;
    }
    let note = org.person(slot.holder).off.iter().find(|it| it.span.intersection(away[0]).is_some());
    let note = note.and_then(|it| it.note.clone());
    let part = part(org, &slot, &away, span.start());
    let outside = |side: Option<Span>| side.map(|it| intersect(&slot.spans, &[it])).unwrap_or_default();
    let sides = [Span::new(first, part.start()), Span::new(part.end(), last)];
    for spans in sides.map(outside).into_iter().filter(|it| !it.is_empty()) {
        let side = Slot { spans, ..slot.clone() };
        let fixed = side.fixed.or((!whole).then_some(Fixed::Outside));
        let pool = pool(org, &side);
        out.push(Slot { fixed, pool, ..side });
    }
    let covered = Slot { spans: intersect(&slot.spans, &[part]), away, note, ..slot };
    let pool = pool(org, &covered);
    out.push(Slot { pool, ..covered });
}

/// What of a turn is to change hands: from the first moment away to the last; with what is before or after that, if that is
/// not worth a handoff, and with as much after it as makes a rest.
fn part(org: &Org, slot: &Slot, away: &[Span], begin: Instant) -> Span {
    let (first, last) = (slot.spans[0].start().max(begin), slot.spans[slot.spans.len() - 1].end());
    let (mut start, mut end) = (away[0].start(), away[away.len() - 1].end());
    let held = |from: Instant, to: Instant| {
        let side = Span::new(from, to).map(|it| intersect(&slot.spans, &[it])).unwrap_or_default();
        side.iter().map(|it| it.seconds()).sum::<i64>()
    };
    if held(first, start) < STUB {
        start = first;
    }
    if let Some(rest) = org.limits.min_rest.filter(|_| slot.seat.seat == Seat::Primary) {
        let before = subtract(&slot.spans, &Span::new(start, last).into_iter().collect::<Vec<_>>());
        let after =
            subtract(&slot.spans, &Span::new(first.min(slot.spans[0].start()), end).into_iter().collect::<Vec<_>>());
        if let (Some(before), Some(after)) = (before.last(), after.first()) {
            let earliest = before.end() + rest;
            if after.start() < earliest {
                end = earliest.min(last);
            }
        }
    }
    if held(end, last) < STUB {
        end = last;
    }
    Span::new(start, end).unwrap_or(away[0])
}

/// Who takes turns in the rotation when a slot begins, in either seat, without its holder.
fn pool(org: &Org, slot: &Slot) -> Vec<PersonId> {
    let rotation = org.rotation(slot.seat.rotation);
    let hull = Span::new(slot.start(), slot.spans[slot.spans.len() - 1].end());
    let seats = [Seat::Primary, Seat::Secondary].into_iter().filter_map(|it| rotation.calendar(it));
    let layers = seats.flat_map(|it| it.layers);
    let alive = layers.filter(|it| it.span().zip(hull).is_some_and(|(life, hull)| life.intersection(hull).is_some()));
    let people: BTreeSet<PersonId> = alive.flat_map(|it| it.people()).filter(|it| *it != slot.holder).collect();
    people.into_iter().collect()
}
