//! An organisation's turns as slots of a model: who may hold them, and what they are on each one's clock.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::calendar::{Why, shifts};
use crate::org::{Org, PersonId, RotationId, Seat, SeatId};
use crate::people::balance::{Amount, Measure, Model, Request, Window};
use crate::people::{Duty, Kind, Kinds, Objection, Readiness, Rules};
use crate::time::{Exhausted, Instant, Span, intersect, union};

/// How far around the horizon calendars are read: for rest, and for turns that its edges cut.
const AROUND: Duration = Duration::from_secs(1_500 * 3600);
/// Amounts are counted in hundredths of an hour.
const PER_HOUR: f64 = 100.0;
/// What a measure weighs against the others: weighted hours, nights, weekends, holidays.
const WEIGHTS: [i64; 4] = [10, 2, 4, 6];
/// What a change of hands is worth: as much as four weighted hours that somebody holds too many or too few.
const CHANGE: i64 = 4 * 100 * WEIGHTS[0];
/// Shares of the time are counted in quarters of an hour.
const QUARTER: i64 = 900;

/// What a cost is in weighted hours.
pub(super) fn in_hours(cost: i64) -> f64 {
    cost as f64 / (PER_HOUR * WEIGHTS[0] as f64)
}

/// Hours of somebody: weighted, and of each kind that is counted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Burden {
    /// By `[weights]`.
    pub weighted: f64,
    /// Of sleep on working days.
    pub nights: f64,
    /// Of weekends.
    pub weekends: f64,
    /// Of public holidays.
    pub holidays: f64,
}

impl Burden {
    pub(super) fn add(&mut self, other: Burden, part: f64) {
        self.weighted += other.weighted * part;
        self.nights += other.nights * part;
        self.weekends += other.weekends * part;
        self.holidays += other.holidays * part;
    }

    fn measures(self) -> [f64; 4] {
        [self.weighted, self.nights, self.weekends, self.holidays]
    }
}

/// One turn of one person.
#[derive(Debug, Clone)]
pub(super) struct Turn {
    pub seat: SeatId,
    /// Whose it is by the plain turns, or by a row that stays.
    pub holder: PersonId,
    /// Disjoint and in order; a turn within hours has a span a day.
    pub spans: Vec<Span>,
    /// Whether it may change hands.
    pub open: bool,
    /// Whether it belongs to a rotation that was asked for.
    pub counts: bool,
    /// Who takes turns there then.
    pub pool: Vec<PersonId>,
}

impl Turn {
    pub fn start(&self) -> Instant {
        self.spans[0].start()
    }

    pub fn end(&self) -> Instant {
        self.spans[self.spans.len() - 1].end()
    }

    pub fn duties(&self, part_of: usize) -> impl Iterator<Item = Duty> + '_ {
        self.spans.iter().map(move |span| Duty { span: *span, seat: self.seat, part_of })
    }

    /// What of it lies within a span.
    pub fn within(&self, span: Span) -> Vec<Span> {
        intersect(&self.spans, &[span])
    }
}

/// All turns around the horizon, in order of their start.
pub(super) fn turns(org: &Org, request: &Request) -> Result<Vec<Turn>, Exhausted> {
    let (from, until) = (request.since.min(request.span.start()), request.span.end());
    let wide = Span::new(from.before(AROUND), until + AROUND).unwrap_or(request.span);
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
            let asked = request.rotations.contains(&seat.rotation);
            let starts = request.begin <= spans[0].start() && spans[0].start() < until;
            let (pool, plain) = pool(org, seat, why, spans[0]);
            all.push(Turn { seat, holder, spans, open: asked && starts && plain, counts: asked, pool });
        }
    }
    all.sort_by_key(|it| (it.start(), it.seat, it.holder));
    Ok(all)
}

/// Who takes turns in the layer that a turn is of; of an exception, in any layer of its seat. And whether it is a turn that
/// one person has.
fn pool(org: &Org, seat: SeatId, why: Why, span: Span) -> (Vec<PersonId>, bool) {
    let Some(calendar) = org.rotation(seat.rotation).calendar(seat.seat) else { return (Vec::new(), false) };
    match why {
        Why::Turn { layer, .. } => {
            let Some(layer) = calendar.layers.get(layer as usize) else { return (Vec::new(), false) };
            (layer.people(), !layer.together)
        }
        Why::Override { .. } => {
            let alive = calendar.layers.iter().filter(|it| it.span().is_some_and(|it| it.intersection(span).is_some()));
            let people: BTreeSet<PersonId> = alive.flat_map(|it| it.people()).collect();
            (people.into_iter().collect(), false)
        }
    }
}

/// What the hours of everybody's turns are, and what that would be if each turn were shared by all who take turns there.
pub(super) struct Ledger<'a> {
    org: &'a Org,
    kinds: Vec<Kinds>,
}

impl<'a> Ledger<'a> {
    pub fn of(org: &'a Org) -> Ledger<'a> {
        Ledger { org, kinds: org.people.iter().map(|it| Kinds::of(org, it)).collect() }
    }

    /// On that person's clock.
    pub fn burden(&self, person: PersonId, spans: &[Span]) -> Burden {
        let mut burden = Burden::default();
        for piece in spans.iter().flat_map(|it| self.kinds[person.0 as usize].pieces(*it)) {
            let hours = piece.span.seconds() as f64 / 3600.0;
            burden.weighted += piece.weighted_hours(&self.org.weights);
            match piece.kind {
                Kind::Night => burden.nights += hours,
                Kind::Weekend => burden.weekends += hours,
                Kind::Holiday => burden.holidays += hours,
                Kind::Working | Kind::Evening => {}
            }
        }
        burden
    }
}

/// An organisation's model, and what the answer is told with.
pub(super) struct Asked {
    pub model: Model,
    /// By person: what they owe.
    pub owed: Vec<Burden>,
    /// By turn: what speaks against each, where nobody can hold it; it stays.
    pub stuck: BTreeMap<usize, Pool>,
}

/// `now`: who holds each turn with all rows that are there. `pinned`: people who keep the turns that are theirs, because they need
/// them to be ready for others.
pub(super) fn asked(
    org: &Org,
    request: &Request,
    turns: &[Turn],
    now: &[PersonId],
    pinned: &BTreeSet<PersonId>,
) -> Result<Asked, Exhausted> {
    let counted = Span::new(request.since.min(request.span.start()), request.span.end()).unwrap_or(request.span);
    let ledger = Ledger::of(org);
    let people = org.people.len();
    // As planned; and by what is certain to have been done.
    let planned = Readiness::new(org, request.span.end() + AROUND, None)?;
    let certain = Readiness::new(org, request.begin, None)?;
    let rules = Rules::new(org, &certain, counted);
    let Candidates { may, stuck } = candidates(org, turns, pinned, &rules, &planned);
    let mut owed = vec![Burden::default(); people];
    let mut fixed = vec![[0.0_f64; 4]; people];
    let mut amounts: Vec<Vec<[f64; 4]>> = Vec::with_capacity(turns.len());
    let mut wishes: Vec<Vec<(usize, i64)>> = Vec::with_capacity(turns.len());
    for (index, turn) in turns.iter().enumerate() {
        let within = turn.within(counted);
        // Whoever holds it now counts as well, whether they may or not: what that costs is told, too.
        let mut known = BTreeSet::from([turn.holder]);
        if turn.open {
            known.extend(turn.pool.iter().copied().chain([now[index]]));
        }
        let others = known.iter().filter(|it| **it != turn.holder);
        wishes.push(others.map(|it| (it.0 as usize, CHANGE)).collect());
        let mut row = vec![[0.0; 4]; people];
        if turn.counts && !within.is_empty() {
            let ready = |it: &PersonId| planned.lacks(*it, turn.seat.seat, turn.start()).is_empty();
            let mut sharing: Vec<PersonId> = turn.pool.iter().copied().filter(ready).collect();
            if sharing.is_empty() {
                sharing.push(turn.holder);
            }
            for person in &sharing {
                let burden = ledger.burden(*person, &within);
                owed[person.0 as usize].add(burden, 1.0 / sharing.len() as f64);
            }
            for person in &known {
                row[person.0 as usize] = ledger.burden(*person, &within).measures();
            }
            if !turn.open {
                let only = turn.holder.0 as usize;
                for (sum, more) in fixed[only].iter_mut().zip(row[only]) {
                    *sum += more;
                }
                row = vec![[0.0; 4]; people];
            }
        }
        amounts.push(row);
    }
    let whole = |hours: f64| (hours * PER_HOUR).round() as i64;
    let measure = |place: usize| Measure {
        amounts: amounts
            .iter()
            .map(|row| Amount::Each(row.iter().map(|it| whole(it[place])).collect()))
            .map(plain)
            .collect(),
        weight: WEIGHTS[place],
        scale: 1,
        carried: fixed.iter().map(|it| whole(it[place])).collect(),
        owed: owed.iter().map(|it| whole(it.measures()[place])).collect(),
    };
    let model = Model {
        people,
        apart: apart(org, turns, &may),
        windows: windows(org, turns, counted, request.begin),
        together: Vec::new(),
        measures: (0..4).map(measure).collect(),
        wishes,
        may,
    };
    Ok(Asked { model, owed, stuck })
}

/// By turn, who may hold it; and what speaks against each, where nobody may.
struct Candidates {
    may: Vec<Vec<usize>>,
    stuck: BTreeMap<usize, Pool>,
}

/// Who takes turns, each with what speaks against them.
type Pool = Vec<(PersonId, Vec<Objection>)>;

/// Whoever takes turns there and is neither away, nor not ready, nor holds a turn then that stays. What nobody may hold stays, and
/// so does what nobody but its holder may; of two turns that are left to one person the second stays.
fn candidates(
    org: &Org,
    turns: &[Turn],
    pinned: &BTreeSet<PersonId>,
    rules: &Rules<'_>,
    planned: &Readiness<'_>,
) -> Candidates {
    let objections = |index: usize, person: PersonId| -> Vec<Objection> {
        let turn: &Turn = &turns[index];
        let mut found: Vec<Objection> =
            turn.duties(index).flat_map(|it| rules.alone(person, it)).map(|it| it.objection).collect();
        // The plain turns are known; what is certain need not hold for them.
        let excused = person == turn.holder && planned.lacks(person, turn.seat.seat, turn.start()).is_empty();
        found.retain(|it| !(excused && matches!(it, Objection::NotReady(_))));
        found.dedup();
        found
    };
    let opens = |it: &usize| turns[*it].open && !pinned.contains(&turns[*it].holder);
    let (open, mut staying): (Vec<usize>, Vec<usize>) = (0..turns.len()).partition(opens);
    let of_pool = |index: usize| turns[index].pool.iter().map(move |it| (*it, objections(index, *it))).collect();
    let mut asked: BTreeMap<usize, Pool> = open.into_iter().map(|it| (it, of_pool(it))).collect();
    let mut stuck = BTreeMap::new();
    let mut settled: BTreeSet<usize> = staying.iter().copied().collect();
    let reach = reach(org, turns);
    loop {
        for fixed in staying.drain(..) {
            for index in near(turns, fixed, reach) {
                let Some(pool) = asked.get_mut(&index) else { continue };
                object(pool, turns[fixed].holder, clash(org, &turns[index], &turns[fixed]));
            }
        }
        let gone: Vec<usize> = asked.iter().filter(|(_, it)| free(it).is_empty()).map(|(index, _)| *index).collect();
        stuck.extend(gone.iter().filter_map(|it| asked.remove_entry(it)));
        let own = asked.iter().filter(|(index, it)| free(it) == [turns[**index].holder]).map(|(index, _)| *index);
        staying = gone.iter().copied().chain(own).filter(|it| settled.insert(*it)).collect();
        if !staying.is_empty() {
            continue;
        }
        let Some((one, other, person)) = contested(org, turns, &asked, reach) else { break };
        let Some(pool) = asked.get_mut(&other) else { break };
        object(pool, person, clash(org, &turns[other], &turns[one]));
    }
    let may = (0..turns.len()).map(|index| match asked.get(&index) {
        Some(pool) => {
            let mut free: Vec<usize> = free(pool).into_iter().map(|it| it.0 as usize).collect();
            free.sort_unstable();
            free
        }
        None => vec![turns[index].holder.0 as usize],
    });
    Candidates { may: may.collect(), stuck }
}

/// Those against whom nothing speaks.
fn free(pool: &Pool) -> Vec<PersonId> {
    pool.iter().filter(|(_, it)| it.is_empty()).map(|(person, _)| *person).collect()
}

fn object(pool: &mut Pool, person: PersonId, objection: Option<Objection>) {
    if let Some((_, found)) = pool.iter_mut().find(|it| it.0 == person) {
        let new = objection.filter(|it| !found.contains(it));
        found.extend(new);
    }
}

/// The first two turns that only one person may hold, and not both.
fn contested(org: &Org, turns: &[Turn], asked: &BTreeMap<usize, Pool>, reach: i64) -> Option<(usize, usize, PersonId)> {
    let only = |index: usize| match free(asked.get(&index)?).as_slice() {
        [only] => Some(*only),
        _ => None,
    };
    asked.keys().find_map(|one| {
        let person = only(*one)?;
        let mut later = near(turns, *one, reach).filter(|it| one < it && only(*it) == Some(person));
        let other = later.find(|it| clash(org, &turns[*it], &turns[*one]).is_some())?;
        Some((*one, other, person))
    })
}

/// How far apart turns may start that get into each other's way, in seconds.
fn reach(org: &Org, turns: &[Turn]) -> i64 {
    let longest = turns.iter().map(|it| it.end().seconds_since(it.start())).max().unwrap_or(0);
    longest.saturating_add(rest_seconds(org))
}

fn rest_seconds(org: &Org) -> i64 {
    org.limits.min_rest.map_or(0, |it| i64::try_from(it.as_secs()).unwrap_or(i64::MAX))
}

/// The turns around one, but itself.
fn near(turns: &[Turn], index: usize, reach: i64) -> impl Iterator<Item = usize> + '_ {
    let start = turns[index].start();
    let before = (0..index).rev().take_while(move |it| start.seconds_since(turns[*it].start()) <= reach);
    let after = (index + 1..turns.len()).take_while(move |it| turns[*it].start().seconds_since(start) <= reach);
    before.chain(after)
}

/// What is the same for everybody who may hold it is said once.
fn plain(amount: Amount) -> Amount {
    match amount {
        Amount::Each(each) if each.iter().all(|it| *it == each[0]) => Amount::Same(each[0]),
        it => it,
    }
}

/// Pairs that one person may not hold: both seats, two primary seats, too little rest. Pairs of which nothing can change, or that one
/// person holds by the plain turns with too little rest, are left as they are.
fn apart(org: &Org, turns: &[Turn], may: &[Vec<usize>]) -> Vec<(usize, usize)> {
    let reach = reach(org, turns);
    let stays = |it: usize| may[it] == [turns[it].holder.0 as usize];
    let mut pairs = Vec::new();
    for one in 0..turns.len() {
        for other in near(turns, one, reach).filter(|it| one < *it) {
            let common = may[one].iter().any(|it| may[other].contains(it));
            if !(stays(one) && stays(other)) && common && clash(org, &turns[one], &turns[other]).is_some() {
                pairs.push((one, other));
            }
        }
    }
    pairs
}

/// What speaks against one person's holding one turn who holds the other.
fn clash(org: &Org, one: &Turn, other: &Turn) -> Option<Objection> {
    let both_primary = one.seat.seat == Seat::Primary && other.seat.seat == Seat::Primary;
    let allowed = |one: RotationId, other: RotationId| {
        let pairs = &org.limits.both_allowed;
        pairs.contains(&(one, other)) || pairs.contains(&(other, one))
    };
    if one.seat != other.seat && !intersect(&one.spans, &other.spans).is_empty() {
        if one.seat.rotation == other.seat.rotation {
            return Some(Objection::BothSeats);
        }
        if both_primary && !allowed(one.seat.rotation, other.seat.rotation) {
            return Some(Objection::BothPrimaries(other.seat));
        }
    }
    if !both_primary || one.holder == other.holder {
        return None;
    }
    let limit = rest_seconds(org);
    let gap = |left: &Span, right: &Span| right.start().seconds_since(left.end());
    let gaps = one
        .spans
        .iter()
        .flat_map(|left| other.spans.iter().flat_map(move |right| [gap(left, right), gap(right, left)]));
    gaps.filter(|it| 0 < *it && *it < limit).min().map(|seconds| Objection::Rest { seconds })
}

/// The limit of shares, over stretches that start with a turn; whoever holds more by the plain turns is no precedent for less.
fn windows(org: &Org, turns: &[Turn], counted: Span, begin: Instant) -> Vec<Window> {
    let Some(limit) = org.limits.max_share else { return Vec::new() };
    let length = Duration::from_secs(168 * 3600 * u64::from(limit.over_weeks));
    let primary: Vec<usize> = (0..turns.len()).filter(|it| turns[*it].seat.seat == Seat::Primary).collect();
    let starts = primary.iter().flat_map(|it| [turns[*it].start(), turns[*it].end().before(length)]);
    // Of what is published nothing changes.
    let within = |it: &Instant| counted.start() <= *it && begin < *it + length && *it + length <= counted.end();
    let starts: BTreeSet<Instant> = starts.filter(within).collect();
    let longest = primary.iter().map(|it| turns[*it].end().seconds_since(turns[*it].start())).max().unwrap_or(0);
    let longest = Duration::from_secs(longest.unsigned_abs());
    let mut windows = Vec::new();
    for start in starts {
        let Some(span) = Span::new(start, start + length) else { continue };
        let [first, last] =
            [span.start().before(longest), span.end()].map(|at| primary.partition_point(|it| turns[*it].start() < at));
        let near = primary[first..last].iter().filter(|it| span.start() < turns[**it].end());
        let part = |it: &usize| -> i64 { turns[*it].within(span).iter().map(|it| it.seconds()).sum() };
        let slots: Vec<(usize, i64)> = near.map(|it| (*it, part(it) / QUARTER)).filter(|(_, it)| *it > 0).collect();
        if !slots.iter().any(|(it, _)| turns[*it].open) {
            continue;
        }
        let mut held: BTreeMap<PersonId, i64> = BTreeMap::new();
        for (slot, count) in &slots {
            *held.entry(turns[*slot].holder).or_default() += count;
        }
        let limit = (limit.of * (length.as_secs() as f64) / QUARTER as f64).floor() as i64;
        windows.push(Window { slots, most: limit.max(held.values().copied().max().unwrap_or(0)) });
    }
    windows
}
