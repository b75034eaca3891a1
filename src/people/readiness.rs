//! Who may sit where: the apprenticeship of `[[stages]]`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::calendar::{Shift, Why, shifts, turns};
use crate::org::{Holder, Needs, Org, PersonId, Seat, SeatId, Stage};
use crate::people::Handled;
use crate::time::{Exhausted, Instant, Span, intersect, union};

/// What a person still needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A course.
    Training(String),
    /// A failure to practise.
    Drill(String),
    /// Turns beside somebody.
    Shadowed {
        /// So far.
        done: u32,
        /// In all.
        needed: u32,
    },
    /// Turns in a secondary seat.
    Secondary {
        /// So far.
        done: u32,
        /// In all.
        needed: u32,
    },
    /// Turns in a primary seat.
    Primary {
        /// So far.
        done: u32,
        /// In all.
        needed: u32,
    },
    /// Episodes.
    Handled {
        /// With a tag of which value; `any` for all.
        what: String,
        /// So far.
        done: u32,
        /// In all.
        needed: u32,
    },
}

impl fmt::Display for Missing {
    /// `training incident-101`, `2 more shadowed turns (0 of 2)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut turns = |done: &u32, needed: &u32, what: &str| {
            let more = needed.saturating_sub(*done);
            let s = if more == 1 { "" } else { "s" };
            write!(f, "{more} more {what}{s} ({done} of {needed})")
        };
        match self {
            Missing::Training(name) => write!(f, "training {name}"),
            Missing::Drill(name) => write!(f, "the drill {name}"),
            Missing::Shadowed { done, needed } => turns(done, needed, "shadowed turn"),
            Missing::Secondary { done, needed } => turns(done, needed, "secondary turn"),
            Missing::Primary { done, needed } => turns(done, needed, "primary turn"),
            Missing::Handled { what, done, needed } if what == "any" => turns(done, needed, "handled episode"),
            Missing::Handled { what, done, needed } => turns(done, needed, &format!("handled episode of {what}")),
        }
    }
}

/// When the turns that a person has done ended, in order. Who held at least half of a turn has done it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns {
    /// Beside somebody.
    pub shadowed: Vec<Instant>,
    /// In secondary seats.
    pub secondary: Vec<Instant>,
    /// In primary seats.
    pub primary: Vec<Instant>,
}

/// Who stands at which stage, and when.
#[derive(Debug)]
pub struct Readiness<'a> {
    org: &'a Org,
    turns: BTreeMap<PersonId, Turns>,
    handled: Option<&'a Handled>,
}

impl<'a> Readiness<'a> {
    /// Counts the turns that end by `until`, as the calendars have them. Without a history, what asks for handled
    /// episodes is taken as met: nobody can know.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule reaches its bound.
    pub fn new(org: &'a Org, until: Instant, handled: Option<&'a Handled>) -> Result<Readiness<'a>, Exhausted> {
        let counts = |it: &Stage| it.needs.shadowed_turns + it.needs.secondary_turns + it.needs.primary_turns > 0;
        let turns = match org.stages.iter().any(counts) {
            true => all_turns(org, until)?,
            // Nobody asks.
            false => BTreeMap::new(),
        };
        Ok(Readiness { org, turns, handled })
    }

    /// The same with all turns counted, whether a stage asks for them or not.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule reaches its bound.
    pub fn with_turns(org: &'a Org, until: Instant, handled: Option<&'a Handled>) -> Result<Readiness<'a>, Exhausted> {
        Ok(Readiness { org, turns: all_turns(org, until)?, handled })
    }

    /// Turns that ended at an instant or before: shadowed, secondary and primary.
    pub fn done(&self, person: PersonId, at: Instant) -> [u32; 3] {
        let Some(turns) = self.turns.get(&person) else { return [0; 3] };
        [&turns.shadowed, &turns.secondary, &turns.primary].map(|ends| {
            let done = ends.partition_point(|it| *it <= at);
            u32::try_from(done).unwrap_or(u32::MAX)
        })
    }

    /// What of some needs a person lacks at an instant.
    pub fn missing(&self, person: PersonId, needs: &Needs, at: Instant) -> Vec<Missing> {
        let who = self.org.person(person);
        let today = who.zone.day(at);
        let trained = needs.trained.iter().filter(|it| !who.trained.contains(it));
        let mut missing: Vec<Missing> = trained.cloned().map(Missing::Training).collect();
        let practised = |name: &String| who.drills.iter().any(|it| it.name == *name && it.on <= today);
        missing.extend(needs.drills.iter().filter(|it| !practised(it)).cloned().map(Missing::Drill));
        let [shadowed, secondary, primary] = self.done(person, at);
        let short = |done: u32, needed: u32| (done < needed).then_some((done, needed));
        let turns = [
            short(shadowed, needs.shadowed_turns).map(|(done, needed)| Missing::Shadowed { done, needed }),
            short(secondary, needs.secondary_turns).map(|(done, needed)| Missing::Secondary { done, needed }),
            short(primary, needs.primary_turns).map(|(done, needed)| Missing::Primary { done, needed }),
        ];
        missing.extend(turns.into_iter().flatten());
        if let Some(handled) = self.handled {
            missing.extend(needs.handled.iter().filter_map(|(what, needed)| {
                let (done, needed) = short(handled.count(person, what), *needed)?;
                Some(Missing::Handled { what: what.clone(), done, needed })
            }));
        }
        missing
    }

    /// At which stage a person stands, by its place: the last whose needs are all met.
    pub fn stage(&self, person: PersonId, at: Instant) -> Option<usize> {
        self.org.stages.iter().rposition(|it| self.missing(person, &it.needs, at).is_empty())
    }

    /// What a person lacks for a seat at an instant; nothing, if they stand at the stage of its name or beyond, or if
    /// there is no such stage.
    pub fn lacks(&self, person: PersonId, seat: Seat, at: Instant) -> Vec<Missing> {
        let Some(wanted) = self.org.stages.iter().position(|it| it.name == seat.to_string()) else { return Vec::new() };
        if self.stage(person, at).is_some_and(|it| wanted <= it) {
            return Vec::new();
        }
        self.missing(person, &self.org.stages[wanted].needs, at)
    }

    /// The stage after the one at which a person stands.
    pub fn next(&self, person: PersonId, at: Instant) -> Option<&'a Stage> {
        self.org.stages.get(self.stage(person, at).map_or(0, |it| it + 1))
    }
}

fn all_turns(org: &Org, until: Instant) -> Result<BTreeMap<PersonId, Turns>, Exhausted> {
    let mut all: BTreeMap<PersonId, Turns> = BTreeMap::new();
    for seat in org.seats() {
        let begin = org.rotation(seat.rotation).calendar(seat.seat);
        let begin = begin.and_then(|it| it.layers.iter().map(|it| it.handoffs.start()).min());
        let Some(span) = begin.and_then(|it| Span::new(it, until)) else { continue };
        for turn in done_turns(org, seat, span)? {
            for person in turn.held_by {
                let turns = all.entry(person).or_default();
                match seat.seat {
                    Seat::Primary => turns.primary.push(turn.end),
                    Seat::Secondary => turns.secondary.push(turn.end),
                }
            }
            for person in turn.shadowed_by {
                all.entry(person).or_default().shadowed.push(turn.end);
            }
        }
    }
    for turns in all.values_mut() {
        for ends in [&mut turns.shadowed, &mut turns.secondary, &mut turns.primary] {
            ends.sort_unstable();
        }
    }
    Ok(all)
}

/// A turn, and who has done it.
struct Done {
    end: Instant,
    held_by: Vec<PersonId>,
    shadowed_by: BTreeSet<PersonId>,
}

/// The turns of a seat that end within a span.
fn done_turns(org: &Org, seat: SeatId, span: Span) -> Result<Vec<Done>, Exhausted> {
    let mut planned: BTreeMap<Why, Vec<Span>> = BTreeMap::new();
    for shift in turns(org, seat, span)? {
        planned.entry(shift.why).or_default().push(shift.span);
    }
    let mut running = BTreeSet::new();
    for (index, layer) in (0..).zip(org.rotation(seat.rotation).calendar(seat.seat).map_or(&[][..], |it| it.layers)) {
        let turn = layer.handoffs.turn(span.end())?;
        running.extend(turn.map(|it| Why::Turn { layer: index, number: it.number }));
    }
    let held = shifts(org, seat, span)?;
    let shadows = &org.rotation(seat.rotation).shadows;
    let mut done = Vec::new();
    for (why, spans) in planned {
        let spans = union(spans);
        let (Some(first), Some(last)) = (spans.first(), spans.last()) else { continue };
        if running.contains(&why) {
            continue;
        }
        let Some(reach) = Span::new(first.start(), last.end()) else { continue };
        let from = held.partition_point(|it| it.span.end() <= reach.start());
        let near: Vec<&Shift> = held[from..].iter().take_while(|it| it.span.start() < reach.end()).collect();
        let total: i64 = spans.iter().map(|it| it.seconds()).sum();
        let half =
            |held: Vec<Span>| 2 * intersect(&spans, &union(held)).iter().map(|it| it.seconds()).sum::<i64>() >= total;
        let holders: BTreeSet<PersonId> = near.iter().filter_map(|it| it.holder.person()).collect();
        let of = |person: PersonId| near.iter().filter(move |it| it.holder == Holder::Person(person)).map(|it| it.span);
        let held_by = holders.iter().copied().filter(|it| half(of(*it).collect())).collect();
        let learns = |row: &&crate::org::Shadow| {
            let beside = near.iter().filter(|it| match (row.with, it.holder) {
                (Some(with), holder) => holder == Holder::Person(with),
                (None, Holder::Person(holder)) => seat.seat == Seat::Primary && holder != row.person,
                (None, Holder::Nobody) => false,
            });
            row.span.intersection(reach).is_some()
                && half(beside.filter_map(|it| it.span.intersection(row.span)).collect())
        };
        let shadowed_by = shadows.iter().filter(learns).map(|it| it.person).collect();
        done.push(Done { end: last.end(), held_by, shadowed_by });
    }
    Ok(done)
}

/// A turn that somebody could learn beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextTurn {
    /// Of which seat.
    pub seat: SeatId,
    /// Who would teach.
    pub with: PersonId,
    /// When.
    pub span: Span,
}

/// The next turns of a rotation that a person could learn beside: whole turns of people who are ready for the seat, while
/// the learner is neither away nor on call, and does not shadow already.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn next_turns(
    org: &Org,
    readiness: &Readiness<'_>,
    person: PersonId,
    seat: SeatId,
    span: Span,
    most: usize,
) -> Result<Vec<NextTurn>, Exhausted> {
    let mut busy: Vec<Span> = org.person(person).off.iter().map(|it| it.span).collect();
    for other in org.seats() {
        let held = shifts(org, other, span)?;
        busy.extend(held.iter().filter(|it| it.holder == Holder::Person(person)).map(|it| it.span));
        busy.extend(org.rotation(other.rotation).shadows.iter().filter(|it| it.person == person).map(|it| it.span));
    }
    let busy = union(busy);
    let mut found = Vec::new();
    for shift in shifts(org, seat, span)? {
        let Holder::Person(with) = shift.holder else { continue };
        let whole = shift.span == shift.planned && matches!(shift.why, Why::Turn { .. });
        let free = intersect(&busy, &[shift.span]).is_empty();
        if whole && free && with != person && readiness.lacks(with, seat.seat, shift.span.start()).is_empty() {
            found.push(NextTurn { seat, with, span: shift.span });
        }
        if found.len() == most {
            break;
        }
    }
    Ok(found)
}
