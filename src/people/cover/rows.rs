//! Changes of hands as rows of a file.

use std::collections::{BTreeMap, BTreeSet};

use crate::org::{Org, PersonId, Seat, SeatId};
use crate::people::cover::slots::Slots;
use crate::people::{Cause, Row, Swap};
use crate::time::{Exhausted, Instant, Span, rfc3339};

/// Changes of hands, put together to swaps.
pub(super) struct Rows<'a> {
    org: &'a Org,
    slots: &'a Slots,
    changes: Vec<Change>,
}

struct Change {
    slot: usize,
    person: PersonId,
    cause: Cause,
    /// For which slot it is given back.
    covered: Option<usize>,
}

impl<'a> Rows<'a> {
    pub fn new(org: &'a Org, slots: &'a Slots) -> Rows<'a> {
        Rows { org, slots, changes: Vec::new() }
    }

    /// Somebody takes a slot.
    pub fn take(&mut self, slot: usize, person: PersonId) {
        let cause = match self.slots[slot].away.is_empty() {
            true => Cause::MakesRoom,
            false => Cause::Away { note: self.slots[slot].note.clone() },
        };
        self.changes.push(Change { slot, person, cause, covered: None });
    }

    /// Somebody takes a slot in return for another.
    pub fn give_back(&mut self, slot: usize, person: PersonId, covered: usize) {
        self.changes.push(Change { slot, person, cause: Cause::InReturn, covered: Some(covered) });
    }

    /// The swaps, in order of time. Their ids are none of those in use.
    pub fn finish(self, used: &BTreeSet<String>) -> Result<Vec<Swap>, Exhausted> {
        let mut used = used.clone();
        let mut swaps = Vec::new();
        for group in self.groups() {
            let mut rows: Vec<Row> = group.iter().map(|it| self.row(&self.changes[*it])).collect();
            rows.sort_by_key(|it| (it.spans[0], it.seat));
            let id = self.id(&rows, &mut used);
            swaps.push(Swap { id, rows: joined(rows) });
        }
        swaps.sort_by_key(|it| it.rows[0].spans[0]);
        Ok(swaps)
    }

    /// Changes that need each other: a turn and what is given back for it; two clashes that end each other; what somebody
    /// gives away to be able to stand in.
    fn groups(&self) -> Vec<Vec<usize>> {
        let mut of: Vec<usize> = (0..self.changes.len()).collect();
        let join = |of: &mut Vec<usize>, one: usize, other: usize| {
            let (from, to) = (of[one].max(of[other]), of[one].min(of[other]));
            of.iter_mut().filter(|it| **it == from).for_each(|it| *it = to);
        };
        for (index, change) in self.changes.iter().enumerate() {
            let giver = self.slots[change.slot].holder;
            let start = self.slots[change.slot].start();
            let apart = |it: usize| self.slots[self.changes[it].slot].start().seconds_since(start).abs();
            let others = (0..self.changes.len()).filter(|it| *it != index);
            let partner = match (&change.cause, change.covered) {
                (_, Some(covered)) => others.clone().find(|it| self.changes[*it].slot == covered),
                // Who makes room does so for what they take.
                (Cause::MakesRoom, None) => {
                    others.clone().filter(|it| self.changes[*it].person == giver).min_by_key(|it| apart(*it))
                }
                _ => {
                    let back = |it: &usize| {
                        let other = &self.changes[*it];
                        other.person == giver
                            && self.slots[other.slot].holder == change.person
                            && other.covered.is_none()
                    };
                    others.clone().filter(back).min_by_key(|it| apart(*it))
                }
            };
            if let Some(partner) = partner {
                join(&mut of, index, partner);
            }
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (index, group) in of.into_iter().enumerate() {
            groups.entry(group).or_default().push(index);
        }
        groups.into_values().collect()
    }

    fn row(&self, change: &Change) -> Row {
        let slot = &self.slots[change.slot];
        let (seat, instead_of, spans) = (slot.seat, slot.holder, slot.spans.clone());
        let hull = Span::new(spans[0].start(), spans[spans.len() - 1].end());
        // One row over several days, if nothing else of theirs and nothing that people wrote lies between.
        let rotation = self.org.rotation(seat.rotation);
        let alone = |hull: Span| {
            let written = rotation.overrides[rotation.assigned..].iter();
            let mut written = written.filter(|it| it.seat == seat.seat && it.span.intersection(hull).is_some());
            let others = self.slots.iter().filter(|it| it.seat == seat && it.holder == instead_of);
            let mut others = others.filter(|it| it.spans.iter().any(|it| it.intersection(hull).is_some()));
            written.next().is_none() && others.by_ref().take(2).count() == 1
        };
        let spans = match hull.filter(|it| alone(*it)) {
            Some(hull) => vec![hull],
            None => spans,
        };
        Row { seat, spans, person: change.person, instead_of, cause: change.cause.clone() }
    }

    /// `web-2026-03-16-ana`: the first rotation, the first day, and whose turn it was.
    fn id(&self, rows: &[Row], used: &mut BTreeSet<String>) -> String {
        let first = rows.iter().find(|it| matches!(it.cause, Cause::Away { .. })).unwrap_or(&rows[0]);
        let rotation = self.org.rotation(first.seat.rotation);
        let day = rotation.zone.day(first.spans[0].start());
        let plain = format!("{}-{day}-{}", rotation.key, self.org.person(first.instead_of).key);
        let numbered = (2..).map(|it| format!("{plain}-{it}"));
        let id = [plain.clone()].into_iter().chain(numbered).find(|it| !used.contains(it)).unwrap_or(plain);
        used.insert(id.clone());
        id
    }
}

/// Rows that go on where one ends become that one.
fn joined(rows: Vec<Row>) -> Vec<Row> {
    let mut out: Vec<Row> = Vec::new();
    for row in rows {
        // What is given back is a row of its own.
        let same = |it: &&mut Row| {
            (it.cause == Cause::InReturn) == (row.cause == Cause::InReturn)
                && (it.seat, it.person, it.instead_of) == (row.seat, row.person, row.instead_of)
                && it.spans.last().map(|it| it.end()) == row.spans.first().map(|it| it.start())
        };
        match out.iter_mut().find(same) {
            Some(before) => {
                before.spans = crate::time::union(before.spans.iter().chain(&row.spans).copied().collect());
                if let Cause::Away { .. } = row.cause {
                    before.cause = row.cause;
                }
            }
            None => out.push(row),
        }
    }
    out
}

/// An instant as a row of a rotation's file says it; with its offset, where the clock shows that time for the second
/// time.
pub fn written(org: &Org, seat: SeatId, at: Instant) -> String {
    let zone = &org.rotation(seat.rotation).zone;
    let civil = zone.civil(at);
    match zone.resolve(civil) == at {
        true => civil.format("%Y-%m-%dT%H:%M:%S").to_string(),
        false => rfc3339(at, zone),
    }
}

/// Why a row is there, for whoever reads the file.
pub(super) fn reason(org: &Org, row: &Row) -> String {
    let (person, instead) = (&org.person(row.person).name, &org.person(row.instead_of).name);
    match &row.cause {
        Cause::Away { note: Some(note) } => format!("{instead} is away: {note}"),
        Cause::Away { note: None } => format!("{instead} is away"),
        Cause::InReturn => format!("{person} in return"),
        Cause::MakesRoom => format!("so that {instead} can stand in"),
        Cause::Balance => "a fair share".to_owned(),
    }
}

/// The word for a seat, if a row needs one.
pub(super) fn seat_word(seat: SeatId) -> Option<&'static str> {
    (seat.seat == Seat::Secondary).then_some("secondary")
}
