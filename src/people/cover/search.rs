//! The search: who holds what, so that nothing clashes, with the fewest changes of hands.
//!
//! A clash must be ended by another holder of one of the slots in it. So the search takes a clash, and tries each such
//! change; what that breaks is the next clash, whose slots that were decided before stay. A rest that is too short also ends
//! if its person works through it. With one more change allowed each
//! time, the first answer has the fewest; if a search ends without having met its bound, there is no answer.

use std::collections::{BTreeMap, BTreeSet};

use crate::org::{PersonId, Seat, SeatId};
use crate::people::cover::Effort;
use crate::people::cover::favours::Ledger;
use crate::people::cover::slots::Slots;
use crate::people::{Conflict, Kinds, Objection, Rules};
use crate::time::Instant;

/// Changes besides those of the clashes themselves that are tried before a clash is given up.
const MOST_MORE: usize = 5;
/// Clashes further apart than that do not touch each other's rest; they are solved one after the other.
const APART: i64 = 504 * 3600;

pub(super) struct Problem<'a> {
    pub rules: &'a Rules<'a>,
    pub slots: &'a Slots,
    ledger: &'a Ledger,
    effort: Effort,
    /// For each slot, who could hold it if they held nothing else.
    pub able: Vec<Vec<PersonId>>,
    /// What each of these weighs for them, in hours.
    weights: BTreeMap<(usize, PersonId), f64>,
    /// What is broken as things are: nobody has to mend that.
    known: BTreeMap<PersonId, BTreeSet<Key>>,
}

/// What came of it.
pub(super) struct Found {
    pub holders: Vec<PersonId>,
    /// Clashes that stay.
    pub given_up: BTreeSet<usize>,
    /// Slots that changed hands.
    pub changes: Vec<usize>,
    pub proved: bool,
}

/// By which a conflict is known again.
type Key = (u8, Instant, Instant, BTreeSet<SeatId>);

struct State<'p, 'a> {
    problem: &'p Problem<'a>,
    holders: Vec<PersonId>,
    decided: BTreeSet<usize>,
    /// Clashes of other groups, which are none of this one's business.
    others: BTreeSet<usize>,
    given_up: BTreeSet<usize>,
    /// What is to be mended, of those who are concerned.
    broken: BTreeMap<PersonId, Vec<Conflict>>,
    steps: u64,
    /// When to stop, once there is an answer: others may only be nicer.
    enough: u64,
    /// More changes could have led further.
    cut: bool,
    best: Option<(Score, Vec<PersonId>, BTreeSet<usize>)>,
}

/// Smaller is better: favours repaid, exchanges, load, and names last, so that the answer is one.
#[derive(Debug, Clone, PartialEq, PartialOrd)]
struct Score {
    repaid: i64,
    exchanges: i64,
    load: f64,
    holders: Vec<PersonId>,
}

impl<'a> Problem<'a> {
    pub fn new(rules: &'a Rules<'a>, slots: &'a Slots, ledger: &'a Ledger, effort: Effort) -> Problem<'a> {
        let org = rules.org();
        let kinds: Vec<Kinds> = org.people.iter().map(|it| Kinds::of(org, it)).collect();
        let mut able = Vec::with_capacity(slots.len());
        let mut weights = BTreeMap::new();
        for (index, slot) in slots.iter().enumerate() {
            let free = |person: &PersonId| slot.duties(index).all(|it| rules.alone(*person, it).is_empty());
            let can: Vec<PersonId> = match slot.fixed {
                Some(_) => Vec::new(),
                None => slot.pool.iter().copied().filter(free).collect(),
            };
            for person in can.iter().chain([&slot.holder]) {
                let pieces = slot.spans.iter().flat_map(|it| kinds[person.0 as usize].pieces(*it));
                let hours: f64 = pieces.map(|it| it.weighted_hours(&org.weights)).sum();
                weights.insert((index, *person), hours);
            }
            able.push(can);
        }
        let mut problem = Problem { rules, slots, ledger, effort, able, weights, known: BTreeMap::new() };
        let holders = problem.as_it_is();
        let everybody: BTreeSet<PersonId> =
            slots.iter().flat_map(|it| it.pool.iter().copied().chain([it.holder])).collect();
        for person in everybody {
            let found = rules.conflicts(person, &slots.duties(&holders, person));
            let known = found.iter().filter(|it| !problem.is_clash(it)).map(|it| problem.key(it));
            let known = known.collect();
            problem.known.insert(person, known);
        }
        problem
    }

    pub fn as_it_is(&self) -> Vec<PersonId> {
        self.slots.iter().map(|it| it.holder).collect()
    }

    /// Whether it is one of those that are to be ended.
    fn is_clash(&self, conflict: &Conflict) -> bool {
        let away = matches!(conflict.objection, Objection::Away { .. });
        away && conflict.parts.iter().all(|it| self.slots[*it].fixed.is_none() && !self.slots[*it].away.is_empty())
    }

    fn key(&self, conflict: &Conflict) -> Key {
        let kind = match conflict.objection {
            Objection::Away { .. } => 0,
            Objection::NotReady(_) => 1,
            Objection::BothSeats => 2,
            Objection::BothPrimaries(_) => 3,
            Objection::Rest { .. } => 4,
            Objection::Share { .. } => 5,
        };
        let seats = conflict.parts.iter().map(|it| self.slots[*it].seat).collect();
        match kind {
            // Whoever holds too much may hold that, and no more.
            5 => (kind, Instant::MIN, Instant::MIN, BTreeSet::new()),
            4 => (kind, conflict.span.start(), conflict.span.end(), BTreeSet::new()),
            _ => (kind, conflict.span.start(), conflict.span.end(), seats),
        }
    }

    /// What is broken for a person that was not before.
    pub fn broken(&self, holders: &[PersonId], person: PersonId) -> Vec<Conflict> {
        let known = self.known.get(&person);
        let mut found = self.rules.conflicts(person, &self.slots.duties(holders, person));
        found.retain(|it| match it.objection {
            Objection::Share { seconds, .. } => seconds > self.most(person),
            _ => known.is_none_or(|known| !known.contains(&self.key(it))),
        });
        found
    }

    /// The most that somebody holds within the limit's time, as things are, if that is too much already.
    fn most(&self, person: PersonId) -> i64 {
        let key = (5, Instant::MIN, Instant::MIN, BTreeSet::new());
        if !self.known.get(&person).is_some_and(|it| it.contains(&key)) {
            return 0;
        }
        let found = self.rules.conflicts(person, &self.slots.duties(&self.as_it_is(), person));
        let share = found.iter().find_map(|it| match it.objection {
            Objection::Share { seconds, .. } => Some(seconds),
            _ => None,
        });
        share.unwrap_or(0)
    }

    /// Ends all clashes that can be ended.
    pub fn solve(&self) -> Found {
        let mut holders = self.as_it_is();
        let mut given_up = BTreeSet::new();
        let mut proved = true;
        let groups = self.groups();
        let several = groups.len() > 1 && self.rules.org().limits.max_share.is_some();
        for group in groups {
            let before = holders.clone();
            let (found, gone, sure) = self.solve_group(&before, &group);
            let changes = (0..holders.len()).filter(|it| found[*it] != before[*it]).count();
            // Groups meet each other only in shares; and fewer than one change a clash there cannot be.
            proved &= (changes == group.len() && gone.is_empty()) || (sure && !several);
            given_up.extend(gone);
            holders = found;
        }
        let changes = (0..holders.len()).filter(|it| holders[*it] != self.slots[*it].holder).collect();
        Found { holders, given_up, changes, proved }
    }

    /// Clashes that may concern each other, in order of time.
    fn groups(&self) -> Vec<Vec<usize>> {
        let clashes: Vec<usize> =
            self.slots.clashes().filter(|(_, it)| it.fixed.is_none()).map(|(index, _)| index).collect();
        // Rotations meet in people.
        let mut circles: Vec<(BTreeSet<PersonId>, Vec<usize>)> = Vec::new();
        for slot in self.slots.iter() {
            let people: BTreeSet<PersonId> = slot.pool.iter().copied().chain([slot.holder]).collect();
            let (met, apart): (Vec<_>, Vec<_>) = circles.into_iter().partition(|(it, _)| !it.is_disjoint(&people));
            let one = met.into_iter().fold(people, |mut all, (it, _)| {
                all.extend(it);
                all
            });
            circles = apart;
            circles.push((one, Vec::new()));
        }
        for clash in clashes {
            let holder = self.slots[clash].holder;
            if let Some((_, own)) = circles.iter_mut().find(|(it, _)| it.contains(&holder)) {
                own.push(clash);
            }
        }
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (_, clashes) in circles {
            let mut end: Option<Instant> = None;
            for clash in clashes {
                let spans = &self.slots[clash].spans;
                let near = end.is_some_and(|end| spans[0].start().seconds_since(end) < APART);
                match groups.last_mut().filter(|_| near) {
                    Some(group) => group.push(clash),
                    None => groups.push(vec![clash]),
                }
                end = end.max(spans.last().map(|it| it.end()));
            }
        }
        groups.sort();
        groups
    }

    fn solve_group(&self, before: &[PersonId], group: &[usize]) -> (Vec<PersonId>, BTreeSet<usize>, bool) {
        let mut sure = true;
        for give_up in 0..=group.len() {
            let least = group.len() - give_up;
            for changes in least..=least + MOST_MORE {
                let mut state = State::new(self, before, group);
                state.search(changes, give_up);
                if let Some((_, holders, given_up)) = state.best {
                    return (holders, given_up, sure);
                }
                if state.steps > self.effort.0 {
                    sure = false;
                } else if !state.cut {
                    break;
                }
                sure &= changes < least + MOST_MORE || !state.cut;
            }
        }
        (before.to_vec(), group.iter().copied().collect(), false)
    }

    fn score(&self, before: &[PersonId], holders: &[PersonId]) -> Score {
        let mut given: BTreeMap<(PersonId, PersonId), i64> = BTreeMap::new();
        let mut load: BTreeMap<PersonId, f64> = BTreeMap::new();
        let mut concerned: BTreeSet<PersonId> = BTreeSet::new();
        for (index, slot) in self.slots.iter().enumerate() {
            if holders[index] != before[index] {
                *given.entry((holders[index], slot.holder)).or_default() += slot.seconds();
                concerned.extend(slot.pool.iter().chain([&slot.holder]));
            }
        }
        for (index, holder) in holders.iter().enumerate().filter(|(_, it)| concerned.contains(it)) {
            *load.entry(*holder).or_default() += self.weights.get(&(index, *holder)).copied().unwrap_or(0.0);
        }
        let repaid = given.iter().map(|((by, of), seconds)| (*seconds).min(self.ledger.owes(*by, *of)).max(0));
        let both = given.iter().map(|((by, of), seconds)| (*seconds).min(given.get(&(*of, *by)).copied().unwrap_or(0)));
        Score {
            repaid: -repaid.sum::<i64>(),
            exchanges: -both.sum::<i64>(),
            load: load.values().map(|it| it * it).sum(),
            holders: holders.to_vec(),
        }
    }
}

impl<'p, 'a> State<'p, 'a> {
    fn new(problem: &'p Problem<'a>, before: &[PersonId], group: &[usize]) -> State<'p, 'a> {
        let mut state = State {
            problem,
            holders: before.to_vec(),
            decided: BTreeSet::new(),
            others: BTreeSet::new(),
            given_up: BTreeSet::new(),
            broken: BTreeMap::new(),
            steps: 0,
            enough: problem.effort.0,
            cut: false,
            best: None,
        };
        let others = problem.slots.clashes().map(|(index, _)| index).filter(|it| !group.contains(it));
        state.others = others.collect();
        let changed = (0..before.len()).filter(|it| before[*it] != problem.slots[*it].holder);
        state.decided.extend(state.others.iter().copied().chain(changed));
        let people: BTreeSet<PersonId> = group.iter().map(|it| before[*it]).collect();
        for person in people {
            let broken = state.broken_for(person);
            state.broken.insert(person, broken);
        }
        state
    }

    /// What is to be mended next: that which leaves the least choice.
    fn next(&self) -> Option<&Conflict> {
        let choices = |it: &&Conflict| {
            let open = it.parts.iter().collect::<BTreeSet<_>>().into_iter().filter(|it| !self.decided.contains(it));
            open.map(|it| self.problem.able[*it].len()).sum::<usize>()
        };
        self.broken.values().flatten().filter(|it| !self.stays(it)).min_by_key(choices)
    }

    fn stays(&self, conflict: &Conflict) -> bool {
        let away = matches!(conflict.objection, Objection::Away { .. });
        away && conflict.parts.iter().any(|it| self.given_up.contains(it))
    }

    fn search(&mut self, changes: usize, give_up: usize) {
        self.steps += 1;
        if self.steps > self.enough {
            return;
        }
        let Some(conflict) = self.next().cloned() else {
            let score = self.problem.score(&self.problem.as_it_is(), &self.holders);
            let first = self.best.is_none();
            if self.best.as_ref().is_none_or(|(best, ..)| score < *best) {
                self.best = Some((score, self.holders.clone(), self.given_up.clone()));
            }
            if first {
                self.enough = self.enough.min(self.steps + self.problem.effort.0 / 20);
            }
            return;
        };
        let open: BTreeSet<usize> = conflict.parts.iter().copied().filter(|it| !self.decided.contains(it)).collect();
        let mut frozen = Vec::new();
        for slot in open {
            let was = self.holders[slot];
            self.decided.insert(slot);
            frozen.push(slot);
            for person in self.order(slot).into_iter().filter(|it| *it != was) {
                self.give(slot, person, changes, give_up);
            }
        }
        // A rest that is too short is none, if all of it is worked.
        for (slot, person) in self.filling(&conflict) {
            self.decided.insert(slot);
            self.give(slot, person, changes, give_up);
            self.decided.remove(&slot);
        }
        let clash = conflict.parts.first().copied().filter(|_| self.problem.is_clash(&conflict));
        if let Some(clash) = clash.filter(|it| give_up > 0 && !self.changed(*it)) {
            self.given_up.insert(clash);
            self.search(changes, give_up - 1);
            self.given_up.remove(&clash);
        }
        for slot in frozen {
            self.decided.remove(&slot);
        }
    }

    /// Goes on with a slot in somebody's hands, if a change is left.
    fn give(&mut self, slot: usize, person: PersonId, changes: usize, give_up: usize) {
        let Some(changes) = changes.checked_sub(1) else {
            self.cut = true;
            return;
        };
        let was = self.holders[slot];
        let saved = [was, person].map(|it| (it, self.broken.get(&it).cloned()));
        self.holders[slot] = person;
        for it in [was, person] {
            let broken = self.broken_for(it);
            self.broken.insert(it, broken);
        }
        self.search(changes, give_up);
        self.holders[slot] = was;
        for (it, broken) in saved {
            match broken {
                Some(broken) => self.broken.insert(it, broken),
                None => self.broken.remove(&it),
            };
        }
    }

    /// Primary slots within a rest that is too short, and who has that rest.
    fn filling(&self, conflict: &Conflict) -> Vec<(usize, PersonId)> {
        let (Objection::Rest { .. }, Some(beside)) = (&conflict.objection, conflict.parts.first()) else {
            return Vec::new();
        };
        let person = self.holders[*beside];
        let fills = |it: &usize| {
            let slot = &self.problem.slots[*it];
            let within = slot.spans.iter().any(|it| it.intersection(conflict.span).is_some());
            within && slot.seat.seat == Seat::Primary && !self.decided.contains(it) && self.holders[*it] != person
        };
        let open = (0..self.holders.len()).filter(fills).filter(|it| self.problem.able[*it].contains(&person));
        open.map(|it| (it, person)).collect()
    }

    fn changed(&self, slot: usize) -> bool {
        self.holders[slot] != self.problem.slots[slot].holder
    }

    fn broken_for(&self, person: PersonId) -> Vec<Conflict> {
        let mut broken = self.problem.broken(&self.holders, person);
        broken.retain(|it| !self.problem.is_clash(it) || !it.parts.iter().any(|it| self.others.contains(it)));
        broken
    }

    /// Who could take a slot: first who owes the holder most, then who carries least.
    fn order(&self, slot: usize) -> Vec<PersonId> {
        let holder = self.problem.slots[slot].holder;
        let mut able = self.problem.able[slot].clone();
        let load = |person: PersonId| {
            let own = (0..self.holders.len()).filter(|it| self.holders[*it] == person);
            own.map(|it| self.problem.slots[it].seconds()).sum::<i64>()
        };
        able.sort_by_cached_key(|it| (std::cmp::Reverse(self.problem.ledger.owes(*it, holder)), load(*it), *it));
        able
    }
}
