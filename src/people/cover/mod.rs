//! Who stands in for whom: the fewest changes of hands that leave nobody on call while away.
//!
//! The calendar is taken apart into [`slots`]; [`search`] finds who holds what instead; [`favours`] remembers who owes
//! whom, and finds turns to give back; what comes of it is [`rows`] of `assigned/ID.toml`, from which everything that must
//! be remembered can be read again.

mod assigned;
mod favours;
mod rows;
mod search;
mod slots;

pub use assigned::{AssignedError, rewrite};
pub use rows::written;

use std::collections::{BTreeMap, BTreeSet};

use crate::org::{Org, Override, PersonId, RotationId, SeatId, Source};
use crate::people::{Duty, Objection, Readiness, Rules};
use crate::time::{Exhausted, Instant, Span};

use favours::Ledger;
use search::{Found, Problem};
use slots::{Fixed, Slots};

/// What is to be covered.
#[derive(Debug, Clone)]
pub struct Request {
    /// Of which rotations; others stay as they are.
    pub rotations: BTreeSet<RotationId>,
    /// Within which clashes are looked for.
    pub span: Span,
    /// What has begun by then stays.
    pub now: Instant,
    /// How many steps the search may take for each group of clashes.
    pub effort: Effort,
}

/// Steps of the search, not seconds: the same question has the same answer on every machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort(pub u64);

impl Default for Effort {
    fn default() -> Self {
        Effort(20_000)
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Cover {
    /// How many clashes there were that no row covers yet.
    pub clashes: usize,
    /// Swaps to be written.
    pub swaps: Vec<Swap>,
    /// Clashes that nobody can cover.
    pub left: Vec<Left>,
    /// Whether fewer changes of hands cannot do, and what is left cannot be covered: the search went to its end.
    pub proved: bool,
    /// Swaps written earlier that are still needed.
    pub kept: BTreeSet<String>,
    /// Swaps written earlier that are no longer needed, or no longer hold.
    pub withdrawn: Vec<Withdrawn>,
    /// Who owes whom, when all that is written is done.
    pub owed: Vec<Owed>,
}

/// One swap: what it covers, and what is given back for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Swap {
    /// As its rows bear it.
    pub id: String,
    /// In order of time.
    pub rows: Vec<Row>,
}

/// A change of hands: some stretches of a seat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Of which seat.
    pub seat: SeatId,
    /// When: each becomes a row of the file.
    pub spans: Vec<Span>,
    /// Who holds it then.
    pub person: PersonId,
    /// Instead of whom.
    pub instead_of: PersonId,
    /// Why.
    pub cause: Cause,
}

/// Why something changes hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cause {
    /// Who would hold it is away.
    Away {
        /// Why, in the file's words.
        note: Option<String>,
    },
    /// For a turn that the other took.
    InReturn,
    /// So that somebody can stand in elsewhere.
    MakesRoom,
    /// So that everybody holds what they owe. Nobody owes it back.
    Balance,
}

/// A clash that stays.
#[derive(Debug, Clone, PartialEq)]
pub struct Left {
    /// In which seat.
    pub seat: SeatId,
    /// When somebody is on call and away.
    pub spans: Vec<Span>,
    /// Who.
    pub person: PersonId,
    /// Why they are away.
    pub note: Option<String>,
    /// Why nobody stands in.
    pub why: WhyNot,
}

/// Why a clash stays.
#[derive(Debug, Clone, PartialEq)]
pub enum WhyNot {
    /// A row that somebody wrote covers what a machine writes.
    Written(Source),
    /// What speaks against each person who takes turns in the rotation.
    Nobody(Vec<(PersonId, Vec<Objection>)>),
}

/// A swap that was written and is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withdrawn {
    /// As its rows bore it.
    pub id: String,
    /// Its rows, by their place among the rotation's overrides.
    pub rows: Vec<(RotationId, usize)>,
    /// Whether it is needed no more; else, somebody in it cannot do it any more.
    pub needless: bool,
}

/// A favour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owed {
    /// Who stands in somebody's debt,
    pub debtor: PersonId,
    /// whose,
    pub creditor: PersonId,
    /// and for how long.
    pub seconds: i64,
}

/// Proposes who stands in.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn cover(org: &Org, request: &Request) -> Result<Cover, Exhausted> {
    let withdrawn = withdrawn(org, request)?;
    let gone: BTreeSet<(RotationId, usize)> = withdrawn.iter().flat_map(|it| it.rows.iter().copied()).collect();
    let plain = without(org, &gone);
    let kept = swap_ids(&plain, |row| request.now < row.span.end());
    let mut ledger = Ledger::of(&plain)?;
    let readiness = Readiness::new(&plain, request.span.end(), None)?;
    let rules = Rules::new(&plain, &readiness, request.span);
    let slots = Slots::of(&plain, &request.rotations, request.span, request.now)?;
    let Found { mut holders, given_up, changes, proved } =
        Problem::new(&rules, &slots, &ledger, request.effort).solve();
    let clashes = slots.clashes().count();
    let mut rows = rows::Rows::new(&plain, &slots);
    for slot in &changes {
        rows.take(*slot, holders[*slot]);
        ledger.stands_in(holders[*slot], slots[*slot].holder, slots[*slot].seconds());
    }
    let so_far = ledger.clone();
    let problem = Problem::new(&rules, &slots, &so_far, request.effort);
    for (slot, covered) in favours::returns(&problem, &mut holders, &given_up, &changes, &mut ledger) {
        rows.give_back(slot, holders[slot], covered);
    }
    let swaps = rows.finish(&swap_ids(&plain, |_| true))?;
    let mut left = Vec::new();
    for (index, clash) in slots.clashes() {
        let stays = given_up.contains(&index) || slots[index].fixed.is_some();
        if stays {
            left.push(Left {
                seat: clash.seat,
                spans: slots[index].away.clone(),
                person: clash.holder,
                note: slots[index].note.clone(),
                why: why_not(&plain, &rules, &slots, &holders, index),
            });
        }
    }
    Ok(Cover { clashes, swaps, left, proved, kept, withdrawn, owed: ledger.owed() })
}

/// The organisation with the rows of a cover: those withdrawn gone, those new at the end of what machines wrote.
pub fn with_cover(org: &Org, cover: &Cover) -> Org {
    let gone = cover.withdrawn.iter().flat_map(|it| it.rows.iter().copied()).collect();
    with_rows(&without(org, &gone), &cover.swaps)
}

/// The organisation with rows at the end of what machines wrote.
pub fn with_rows(org: &Org, swaps: &[Swap]) -> Org {
    let mut org = org.clone();
    for swap in swaps {
        for row in &swap.rows {
            for span in &row.spans {
                let rotation = &mut org.rotations[row.seat.rotation.0 as usize];
                let file = format!("assigned/{}.toml", rotation.key).into();
                let new = Override {
                    holder: crate::org::Holder::Person(row.person),
                    instead_of: Some(row.instead_of),
                    span: *span,
                    seat: row.seat.seat,
                    reason: None,
                    swap: (row.cause != Cause::Balance).then(|| swap.id.clone()),
                    source: Source { file, line: 0 },
                };
                rotation.overrides.insert(rotation.assigned, new);
                rotation.assigned += 1;
            }
        }
    }
    org
}

/// The organisation without some rows, by their place among their rotation's overrides.
pub fn without(org: &Org, gone: &BTreeSet<(RotationId, usize)>) -> Org {
    let mut org = org.clone();
    for rotation in &mut org.rotations {
        let id = rotation.id;
        let stays = |index: &usize| !gone.contains(&(id, *index));
        let assigned = (0..rotation.assigned).filter(stays).count();
        let mut index = 0;
        rotation.overrides.retain(|_| {
            index += 1;
            stays(&(index - 1))
        });
        rotation.assigned = assigned;
    }
    org
}

fn swap_ids(org: &Org, counts: impl Fn(&Override) -> bool) -> BTreeSet<String> {
    let rows = org.rotations.iter().flat_map(|it| &it.overrides);
    rows.filter(|it| counts(it)).filter_map(|it| it.swap.clone()).collect()
}

/// The swaps that are taken back: of those that lie wholly ahead and in the rotations asked for, the ones without which
/// nobody would be on call while away, and those in which somebody cannot do what they were to.
fn withdrawn(org: &Org, request: &Request) -> Result<Vec<Withdrawn>, Exhausted> {
    let mut swaps: BTreeMap<&str, Vec<(RotationId, usize)>> = BTreeMap::new();
    for rotation in &org.rotations {
        for (index, row) in rotation.overrides.iter().enumerate() {
            if let Some(swap) = &row.swap {
                swaps.entry(swap).or_default().push((rotation.id, index));
            }
        }
    }
    let row = |(rotation, index): (RotationId, usize)| &org.rotation(rotation).overrides[index];
    swaps.retain(|_, rows| {
        let ahead = rows.iter().all(|it| request.now < row(*it).span.start());
        ahead && rows.iter().all(|(rotation, _)| request.rotations.contains(rotation))
    });
    let none = without(org, &swaps.values().flatten().copied().collect());
    let mut withdrawn = Vec::new();
    for (id, rows) in swaps {
        let plain = without(org, &rows.iter().copied().collect());
        let mut needed = false;
        for at in &rows {
            let seat = SeatId { rotation: at.0, seat: row(*at).seat };
            let held = crate::calendar::shifts(&plain, seat, row(*at).span)?;
            let away = |person: PersonId, span: Span| {
                plain.person(person).off.iter().any(|off| off.span.intersection(span).is_some())
            };
            needed |= held.iter().any(|it| {
                it.holder.person().is_some_and(|person| Some(person) == row(*at).instead_of && away(person, it.span))
            });
        }
        if !needed {
            withdrawn.push(Withdrawn { id: id.to_owned(), rows, needless: true });
        } else if !holds(org, &none, &rows)? {
            withdrawn.push(Withdrawn { id: id.to_owned(), rows, needless: false });
        }
    }
    Ok(withdrawn)
}

/// Whether those who stand in in a swap can still do it: nothing speaks against them that would not without all swaps.
/// Shares are left out: who holds much by other changes is no reason to break a promise.
fn holds(org: &Org, none: &Org, rows: &[(RotationId, usize)]) -> Result<bool, Exhausted> {
    let week = std::time::Duration::from_secs(168 * 3600);
    for (rotation, index) in rows {
        let row = &org.rotation(*rotation).overrides[*index];
        let Some(person) = row.holder.person() else { return Ok(false) };
        let near = Span::new(row.span.start().before(week), row.span.end() + week).unwrap_or(row.span);
        let conflicts = |org: &Org| -> Result<Vec<(Objection, Span)>, Exhausted> {
            let readiness = Readiness::new(org, near.end(), None)?;
            let rules = Rules::new(org, &readiness, near);
            let mut duties = Vec::new();
            for seat in org.seats() {
                let held = crate::calendar::shifts(org, seat, near)?;
                let own = held.iter().filter(|it| it.holder.person() == Some(person));
                duties.extend(own.map(|it| Duty { span: it.span, seat, part_of: 0 }));
            }
            let found = rules.conflicts(person, &duties).into_iter();
            let touches = |it: &Span| it.start() <= row.span.end() && row.span.start() <= it.end();
            let shares = |it: &Objection| matches!(it, Objection::Share { .. });
            Ok(found
                .filter(|it| touches(&it.span) && !shares(&it.objection))
                .map(|it| (it.objection, it.span))
                .collect())
        };
        let before = conflicts(none)?;
        if conflicts(org)?.iter().any(|it| !before.contains(it)) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn why_not(org: &Org, rules: &Rules<'_>, slots: &Slots, holders: &[PersonId], index: usize) -> WhyNot {
    let slot = &slots[index];
    if let Some(Fixed::Written(row)) = slot.fixed {
        return WhyNot::Written(org.rotation(slot.seat.rotation).overrides[row].source.clone());
    }
    let objections = |person: PersonId| {
        let before = rules.conflicts(person, &slots.duties(holders, person));
        let mut changed = holders.to_vec();
        changed[index] = person;
        let after = rules.conflicts(person, &slots.duties(&changed, person)).into_iter();
        let mut new: Vec<Objection> = after.filter(|it| !before.contains(it)).map(|it| it.objection).collect();
        new.dedup();
        (person, new)
    };
    WhyNot::Nobody(slot.pool.iter().copied().map(objections).collect())
}
