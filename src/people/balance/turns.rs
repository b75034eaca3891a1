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
    /// By turn: what speaks against each person who takes turns there, where nobody can hold it; it stays.
    pub stuck: BTreeMap<usize, Vec<(PersonId, Vec<Objection>)>>,
}

/// `pinned`: people who keep the turns that are theirs, because they need them to be ready for others.
pub(super) fn asked(
    org: &Org,
    request: &Request,
    turns: &[Turn],
    pinned: &BTreeSet<PersonId>,
) -> Result<Asked, Exhausted> {
    let counted = Span::new(request.since.min(request.span.start()), request.span.end()).unwrap_or(request.span);
    let ledger = Ledger::of(org);
    let people = org.people.len();
    // As planned; and by what is certain to have been done.
    let planned = Readiness::new(org, request.span.end() + AROUND, None)?;
    let certain = Readiness::new(org, request.begin, None)?;
    let rules = Rules::new(org, &certain, counted);
    let mut may: Vec<Vec<usize>> = Vec::with_capacity(turns.len());
    let mut stuck = BTreeMap::new();
    let mut owed = vec![Burden::default(); people];
    let mut fixed = vec![[0.0_f64; 4]; people];
    let mut amounts: Vec<Vec<[f64; 4]>> = Vec::with_capacity(turns.len());
    for (index, turn) in turns.iter().enumerate() {
        let within = turn.within(counted);
        let ready = |person: PersonId| planned.lacks(person, turn.seat.seat, turn.start()).is_empty();
        let mut own = vec![turn.holder.0 as usize];
        if turn.open && !pinned.contains(&turn.holder) {
            let objections = |person: PersonId| -> Vec<Objection> {
                let found = turn.duties(index).flat_map(|it| rules.alone(person, it)).map(|it| it.objection);
                let mut found: Vec<Objection> = found.collect();
                // The plain turns are known; what is certain need not hold for them.
                let excused = person == turn.holder && ready(person);
                found.retain(|it| !(excused && matches!(it, Objection::NotReady(_))));
                found.dedup();
                found
            };
            let asked: Vec<(PersonId, Vec<Objection>)> = turn.pool.iter().map(|it| (*it, objections(*it))).collect();
            let mut free: Vec<usize> =
                asked.iter().filter(|(_, it)| it.is_empty()).map(|(person, _)| person.0 as usize).collect();
            free.sort_unstable();
            if free.is_empty() {
                stuck.insert(index, asked);
            } else {
                own = free;
            }
        }
        let mut row = vec![[0.0; 4]; people];
        if turn.counts && !within.is_empty() {
            let mut sharing: Vec<PersonId> = turn.pool.iter().copied().filter(|it| ready(*it)).collect();
            if sharing.is_empty() {
                sharing.push(turn.holder);
            }
            for person in &sharing {
                let burden = ledger.burden(*person, &within);
                owed[person.0 as usize].add(burden, 1.0 / sharing.len() as f64);
            }
            for person in &own {
                let id = PersonId(u32::try_from(*person).unwrap_or(u32::MAX));
                row[*person] = ledger.burden(id, &within).measures();
            }
            if let [only] = own.as_slice() {
                for (sum, more) in fixed[*only].iter_mut().zip(row[*only]) {
                    *sum += more;
                }
                row[*only] = [0.0; 4];
            }
        }
        amounts.push(row);
        may.push(own);
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
    let wishes = turns.iter().zip(&may).map(|(turn, may)| {
        let others = may.iter().filter(|it| **it != turn.holder.0 as usize);
        if may.len() > 1 { others.map(|it| (*it, CHANGE)).collect() } else { Vec::new() }
    });
    let model = Model {
        people,
        apart: apart(org, turns, &may),
        windows: windows(org, turns, counted),
        together: Vec::new(),
        measures: (0..4).map(measure).collect(),
        wishes: wishes.collect(),
        may,
    };
    Ok(Asked { model, owed, stuck })
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
    let rest = org.limits.min_rest.unwrap_or_default();
    let longest = turns.iter().map(|it| it.end().seconds_since(it.start())).max().unwrap_or(0);
    let mut pairs = Vec::new();
    for (one, turn) in turns.iter().enumerate() {
        for other in one + 1..turns.len() {
            let later = &turns[other];
            if later.start().seconds_since(turn.start()) > longest + i64::try_from(rest.as_secs()).unwrap_or(i64::MAX) {
                break;
            }
            let open = may[one].len() > 1 || may[other].len() > 1;
            let common = may[one].iter().any(|it| may[other].contains(it));
            if open && common && clash(org, turn, later, rest) {
                pairs.push((one, other));
            }
        }
    }
    pairs
}

fn clash(org: &Org, one: &Turn, other: &Turn, rest: Duration) -> bool {
    let both_primary = one.seat.seat == Seat::Primary && other.seat.seat == Seat::Primary;
    let same_rotation = one.seat.rotation == other.seat.rotation;
    let at_once = one.seat != other.seat && !intersect(&one.spans, &other.spans).is_empty();
    let allowed = |one: RotationId, other: RotationId| {
        let pairs = &org.limits.both_allowed;
        pairs.contains(&(one, other)) || pairs.contains(&(other, one))
    };
    if at_once && (same_rotation || (both_primary && !allowed(one.seat.rotation, other.seat.rotation))) {
        return true;
    }
    if !both_primary || rest.is_zero() {
        return false;
    }
    let limit = i64::try_from(rest.as_secs()).unwrap_or(i64::MAX);
    let between = |left: &Span, right: &Span| {
        let gap = right.start().seconds_since(left.end());
        0 < gap && gap < limit
    };
    let close = |left: &Span| other.spans.iter().any(|right| between(left, right) || between(right, left));
    one.spans.iter().any(close) && one.holder != other.holder
}

/// The limit of shares, over stretches that start with a turn; whoever holds more by the plain turns is no precedent for less.
fn windows(org: &Org, turns: &[Turn], counted: Span) -> Vec<Window> {
    let Some(limit) = org.limits.max_share else { return Vec::new() };
    let length = Duration::from_secs(168 * 3600 * u64::from(limit.over_weeks));
    let primary: Vec<usize> = (0..turns.len()).filter(|it| turns[*it].seat.seat == Seat::Primary).collect();
    let starts = primary.iter().flat_map(|it| [turns[*it].start(), turns[*it].end().before(length)]);
    let starts: BTreeSet<Instant> =
        starts.filter(|it| counted.start() <= *it && *it + length <= counted.end()).collect();
    let mut windows = Vec::new();
    for start in starts {
        let Some(span) = Span::new(start, start + length) else { continue };
        let near = primary.iter().filter(|it| turns[**it].start() < span.end() && span.start() < turns[**it].end());
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
