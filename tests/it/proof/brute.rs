//! What breaks a rule, minute by minute, by the words of the design and nothing cleverer.

use std::collections::{BTreeMap, BTreeSet};

use crate::oracle::clock::{Clock, DAY, Minute, YEAR};
use crate::oracle::held::{self, VACANT, who};

use super::case::{Case, Condition, Place, Route, TAGS, place_text};
use crate::oracle::model::{NAMES, ROTATIONS};

/// Which rule is broken, by whom or what: `gap app-ops`, `time-off ana app-ops.secondary`.
pub type Name = String;
/// The minutes of the horizon, counted from its start, at which it is.
pub type Broken = BTreeMap<Name, BTreeSet<i64>>;

/// Everything that is broken.
pub fn broken(case: &Case) -> Broken {
    let seats = Seats::of(case);
    let mut broken = Broken::new();
    let minutes = case.start..case.end();
    let mut tell = |name: Name, at: Minute| {
        broken.entry(name).or_default().insert(at - case.start);
    };
    for ((nth, secondary), held) in &seats.held {
        let name = place_text(Place::Seat(*nth, *secondary));
        let gaps = held::gaps(&case.organisation, &case.organisation.rotations[*nth], *secondary, &held.cells);
        for at in minutes.clone() {
            if gaps[offset(at)] {
                tell(format!("gap {name}"), at);
            }
            for person in people(held.at(at)) {
                if case.off[person].iter().any(|(from, until)| *from <= at && at < *until) {
                    tell(format!("time-off {} {name}", NAMES[person]), at);
                }
            }
        }
    }
    for (nth, name) in ROTATIONS.iter().enumerate() {
        let Some(second) = seats.held.get(&(nth, true)) else { continue };
        for at in minutes.clone() {
            if people(seats.held[&(nth, false)].at(at) & second.at(at)).next().is_some() {
                tell(format!("both-seats {name}"), at);
            }
        }
    }
    let primary = |nth: usize, at: Minute| seats.held.get(&(nth, false)).map_or(0, |it| it.at(at));
    if !case.limits.both_allowed {
        for at in minutes.clone() {
            for person in people(primary(0, at) & primary(1, at)) {
                tell(format!("both-primaries {}", NAMES[person]), at);
            }
        }
    }
    for person in 0..case.organisation.people {
        let on = |at: Minute| (primary(0, at) | primary(1, at)) >> person & 1 == 1;
        rest(case, person, on, &mut tell);
        share(case, person, on, &mut tell);
    }
    for (name, at) in ladders(case, &seats) {
        tell(name, at);
    }
    broken
}

/// The stretches between two primary shifts that are shorter than the limit.
fn rest(case: &Case, person: usize, on: impl Fn(Minute) -> bool, tell: &mut impl FnMut(Name, Minute)) {
    let Some(limit) = case.limits.min_rest else { return };
    let mut last_on = None;
    for at in case.start..case.end() {
        if !on(at) {
            continue;
        }
        if let Some(last) = last_on.filter(|last| last + 1 < at && at - last - 1 < limit) {
            (last + 1..at).for_each(|at| tell(format!("min-rest {}", NAMES[person]), at));
        }
        last_on = Some(at);
    }
}

/// The busiest week, the earliest of equals, if it is too busy.
fn share(case: &Case, person: usize, on: impl Fn(Minute) -> bool, tell: &mut impl FnMut(Name, Minute)) {
    let Some(percent) = case.limits.max_share else { return };
    let week = 7 * DAY;
    let mut worst = (0, 0);
    let mut held = (case.start..case.start + week).filter(|at| *at < case.end() && on(*at)).count() as i64;
    for start in case.start..=case.end() - week {
        if held > worst.0 {
            worst = (held, start);
        }
        if start + week < case.end() {
            held += i64::from(on(start + week)) - i64::from(on(start));
        }
    }
    if worst.0 * 100 > percent * week {
        (worst.1..worst.1 + week).for_each(|at| tell(format!("max-share {}", NAMES[person]), at));
    }
}

struct Held {
    /// Of the whole year.
    cells: Vec<u32>,
}

impl Held {
    /// People as bits.
    fn at(&self, at: Minute) -> u8 {
        who(self.cells[offset(at)]) & !(VACANT as u8)
    }
}

struct Seats {
    held: BTreeMap<(usize, bool), Held>,
}

impl Seats {
    fn of(case: &Case) -> Seats {
        let mut seats = BTreeMap::new();
        for (nth, rotation) in case.organisation.rotations.iter().enumerate() {
            for secondary in [false, true] {
                if !secondary || rotation.secondary.is_some() {
                    let cells = held::seat(&case.organisation, rotation, secondary);
                    seats.insert((nth, secondary), Held { cells });
                }
            }
        }
        Seats { held: seats }
    }

    fn on(&self, place: Place, at: Minute) -> u8 {
        match place {
            Place::Seat(nth, secondary) => self.held[&(nth, secondary)].at(at),
            Place::Person(person) => 1 << person,
            Place::Nobody => 0,
        }
    }
}

fn offset(at: Minute) -> usize {
    usize::try_from(at - YEAR.start).expect("within the year")
}

fn people(bits: u8) -> impl Iterator<Item = usize> {
    (0..NAMES.len()).filter(move |it| bits >> it & 1 == 1)
}

/// An alert by the values of [`TAGS`].
type Alert = [String; 2];

/// Opens every alert at every minute, and climbs.
fn ladders(case: &Case, seats: &Seats) -> BTreeSet<(Name, Minute)> {
    let mut told = BTreeSet::new();
    let hours = hours_of(&case.routes, case);
    // Alerts that no route and no escalation tells apart are one.
    let mut kinds: BTreeSet<(Vec<bool>, Vec<bool>)> = BTreeSet::new();
    for x in values() {
        for y in values() {
            let alert = [x.clone(), y];
            let mut matched = Vec::new();
            for_each(&case.routes, &mut |it| matched.push(matches(it, &alert)));
            let edges = case.edges.iter().map(|it| it.when.iter().all(|it| holds(it, &alert))).collect();
            kinds.insert((matched, edges));
        }
    }
    let mut known: BTreeMap<(Place, &Vec<bool>), Rungs> = BTreeMap::new();
    for at in case.start..case.end() {
        let mut climbed = BTreeSet::new();
        for (matched, edges) in &kinds {
            let mut entries = Vec::new();
            let mut number = 0;
            taken(
                &case.routes,
                &mut number,
                matched,
                &|route| hours[route].as_ref().is_none_or(|it| it[offset(at)]),
                &mut entries,
            );
            for entry in entries {
                if !climbed.insert((entry, edges)) {
                    continue;
                }
                let rungs = known.entry((entry, edges)).or_insert_with(|| rungs(case, entry, edges));
                let paged = climb(case, seats, rungs, at);
                let name = place_text(entry);
                if !paged.iter().any(|(after, _)| *after == 0) {
                    told.insert((format!("nobody-at-once {name}"), at));
                } else if let Some(limit) = case.limits.answer_within {
                    let in_time: BTreeSet<usize> =
                        paged.iter().filter(|(after, _)| *after <= limit).map(|(_, person)| *person).collect();
                    if in_time.len() < 2 {
                        told.insert((format!("answer-within {name}"), at));
                    }
                }
            }
        }
    }
    told
}

/// Every value of up to three letters, of which one stands in no pattern.
fn values() -> Vec<String> {
    let mut values = vec![String::new()];
    let mut last = values.clone();
    for _ in 0..3 {
        last = last.iter().flat_map(|it| ["a", "b", "z"].map(|letter| format!("{it}{letter}"))).collect();
        values.extend(last.clone());
    }
    values
}

fn for_each(routes: &[Route], see: &mut impl FnMut(&Route)) {
    for route in routes {
        see(route);
        for_each(&route.routes, see);
    }
}

fn hours_of(routes: &[Route], case: &Case) -> Vec<Option<Vec<bool>>> {
    let mut all = Vec::new();
    for_each(routes, &mut |it| {
        let hours = it.hours.as_ref();
        all.push(hours.map(|(hours, zone)| held::hours(hours, Clock::of(*zone), &case.organisation)));
    });
    all
}

fn matches(route: &Route, alert: &Alert) -> bool {
    route.when.iter().all(|it| holds(it, alert)) && !route.unless.iter().any(|it| holds(it, alert))
}

fn holds((tag, patterns): &Condition, alert: &Alert) -> bool {
    let value = &alert[TAGS.iter().position(|it| it == tag).expect("a tag of ours")];
    patterns.iter().any(|it| glob(it.as_bytes(), value.as_bytes()))
}

fn glob(pattern: &[u8], value: &[u8]) -> bool {
    match (pattern, value) {
        ([], []) => true,
        ([b'*', rest @ ..], _) => (0..=value.len()).any(|it| glob(rest, &value[it..])),
        ([b'?', rest @ ..], [_, tail @ ..]) => glob(rest, tail),
        ([letter, rest @ ..], [it, tail @ ..]) => letter == it && glob(rest, tail),
        _ => false,
    }
}

/// The ways in of an alert: the first sibling that matches, and on while `continue` says so; a route gives way to its
/// finer ones. `number` counts routes in the order of the file.
fn taken(
    routes: &[Route],
    number: &mut usize,
    matched: &[bool],
    open: &impl Fn(usize) -> bool,
    entries: &mut Vec<Place>,
) -> bool {
    let (mut any, mut done) = (false, false);
    for route in routes {
        let mine = *number;
        *number += 1;
        let takes = !done && matched[mine] && open(mine);
        let mut inner = Vec::new();
        let finer = taken(&route.routes, number, matched, open, &mut inner);
        if takes {
            any = true;
            done = !route.goes_on;
            if finer {
                entries.extend(inner);
            } else {
                entries.extend(route.page);
            }
        }
    }
    any
}

/// The places of a ladder by the minutes after which they are reached.
type Rungs = Vec<(i64, Vec<Place>)>;

/// The earliest time of each place, by trying every escalation until nothing comes earlier.
fn rungs(case: &Case, entry: Place, edges: &[bool]) -> Rungs {
    let mut earliest = BTreeMap::from([(entry, 0)]);
    loop {
        let mut changed = false;
        for (edge, _) in case.edges.iter().zip(edges).filter(|(_, holds)| **holds) {
            let Some(from) = earliest.get(&Place::Seat(edge.from.0, edge.from.1)) else { continue };
            let after = from + edge.after;
            if earliest.get(&edge.to).is_none_or(|it| after < *it) {
                earliest.insert(edge.to, after);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    let times: BTreeSet<i64> = earliest.values().copied().collect();
    let at = |time: i64| earliest.iter().filter(|(_, it)| **it == time).map(|(place, _)| *place).collect();
    times.into_iter().map(|time| (time, at(time))).collect()
}

/// Who is paged after how many minutes.
fn climb(case: &Case, seats: &Seats, rungs: &Rungs, opened: Minute) -> Vec<(i64, usize)> {
    let (again, pause) = case.repeat.unwrap_or((0, 0));
    let mut paged = Vec::new();
    let mut after = 0;
    for climb in 0..=again {
        let mut just = 0;
        let mut anybody = false;
        for (rung, (time, places)) in rungs.iter().enumerate() {
            let here = places.iter().fold(0, |all, place| all | seats.on(*place, opened + after));
            // Empty, or only those who were just paged: it takes no time.
            let new = here & !just;
            if new == 0 {
                continue;
            }
            anybody = true;
            just = new;
            paged.extend(people(new).map(|it| (after, it)));
            after += match rungs.get(rung + 1) {
                Some((next, _)) => next - time,
                None if climb < again => pause,
                None => 0,
            };
        }
        if !anybody {
            break;
        }
    }
    paged
}
