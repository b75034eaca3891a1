//! The walk for one alert at one instant, rung by rung.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::calendar::{Shift, State, holding};
use crate::org::{Edge, Entry, Node, Org, PersonId, SeatId, Tags};
use crate::time::{Exhausted, Instant};

/// How a node is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Via {
    /// It is where the ladder begins.
    Entry,
    /// By that escalation, counted from 0 in the order of the file.
    Edge(u32),
}

/// A node of the walk, and when it is reached if everybody before it was paged and did not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// From the entry.
    pub after: Duration,
    /// How.
    pub via: Via,
    /// Where.
    pub node: Node,
}

/// The nodes that are reached from an entry over the edges that `holds` allows: each once, at its earliest time, in
/// the order of time and then of the file.
pub fn walk(org: &Org, entry: Entry, holds: impl FnMut(&Edge) -> bool) -> Vec<Step> {
    Edges::new(org).walk(entry, holds)
}

/// The edges by the seat that they lead on from, for whoever walks more than once.
#[derive(Debug, Clone)]
pub struct Edges<'a> {
    edges: &'a [Edge],
    from: BTreeMap<SeatId, Vec<usize>>,
}

impl<'a> Edges<'a> {
    /// Those of an organisation.
    pub fn new(org: &'a Org) -> Edges<'a> {
        let mut from: BTreeMap<SeatId, Vec<usize>> = BTreeMap::new();
        for (index, edge) in org.escalation.edges.iter().enumerate() {
            from.entry(edge.from).or_default().push(index);
        }
        Edges { edges: &org.escalation.edges, from }
    }

    /// See [`walk`].
    pub fn walk(&self, entry: Entry, mut holds: impl FnMut(&'a Edge) -> bool) -> Vec<Step> {
        let mut reached: BTreeMap<Node, Step> = BTreeMap::new();
        let entry = Node::from(entry);
        let mut open = BTreeSet::from([(Duration::ZERO, Via::Entry, entry)]);
        while let Some((after, via, node)) = open.pop_first() {
            if reached.contains_key(&node) {
                continue;
            }
            reached.insert(node, Step { after, via, node });
            let Node::Seat(seat) = node else { continue };
            for index in self.from.get(&seat).into_iter().flatten() {
                let edge = &self.edges[*index];
                if !reached.contains_key(&edge.to) && holds(edge) {
                    let index = u32::try_from(*index).expect("a file has fewer rows than that");
                    open.insert((after.saturating_add(edge.after), Via::Edge(index), edge.to));
                }
            }
        }
        let mut steps: Vec<Step> = reached.into_values().collect();
        steps.sort_by_key(|it| (it.after, it.via));
        steps
    }
}

/// Whom an alert pages, in order, from one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ladder {
    /// Where it begins.
    pub entry: Entry,
    /// When the alert opened.
    pub opened: Instant,
    /// The first climb, and as many more as `repeat` says. A climb that pages nobody is not repeated.
    pub climbs: Vec<Climb>,
    /// How it ends.
    pub end: End,
}

/// Once from the first rung to the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Climb {
    /// In order of time. Never empty.
    pub rungs: Vec<Rung>,
}

/// What happens at one moment of a climb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rung {
    /// When it would fire if no rung before it had been empty, counted from the start of its climb.
    pub planned: Duration,
    /// When it fires, counted from when the alert opened.
    pub after: Duration,
    /// The instant of that.
    pub at: Instant,
    /// What is tried then, in the order of the file. Never empty.
    pub stops: Vec<Stop>,
}

impl Rung {
    /// Everybody who is paged on it.
    pub fn people(&self) -> Vec<PersonId> {
        let paged = self.stops.iter().flat_map(|it| match &it.outcome {
            Outcome::Pages(people) => people.as_slice(),
            Outcome::Empty(_) | Outcome::JustPaged(_) | Outcome::Ends => &[],
        });
        paged.map(|it| it.person).collect()
    }
}

/// One node on a rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// Where.
    pub node: Node,
    /// How it is reached.
    pub via: Via,
    /// What comes of it.
    pub outcome: Outcome,
}

/// What comes of a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Pages these people. Never empty.
    Pages(Vec<Paged>),
    /// Nobody is there, so it takes no time.
    Empty(Empty),
    /// Those who are there were paged on the rung just before, or on this one, so it takes no time.
    JustPaged(Vec<PersonId>),
    /// The file says that the line ends here at nobody.
    Ends,
}

/// Why nobody is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Empty {
    /// Promised, and held by nobody.
    Gap,
    /// Held by nobody on purpose.
    Vacant,
    /// Outside of its hours.
    Off,
    /// Before its first turn.
    NotBegun,
}

/// Somebody who is paged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paged {
    /// Who.
    pub person: PersonId,
    /// The shift by which; none if the ladder names the person.
    pub shift: Option<Shift>,
}

/// How a ladder ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The last rung fires this long after the alert opened, and names a person.
    Person(Duration),
    /// The last rung fires this long after the alert opened; it is a seat, and nothing leads on from there.
    Seat(Duration),
    /// The file says that it ends at nobody.
    Nobody(Duration),
    /// Nobody is paged at all.
    NobodyPaged,
}

impl End {
    /// When the last rung fires.
    pub fn after(self) -> Duration {
        match self {
            End::Person(after) | End::Seat(after) | End::Nobody(after) => after,
            End::NobodyPaged => Duration::ZERO,
        }
    }
}

/// Climbs from `entry` for an alert with these tags that opens at `opened`.
///
/// Each seat is read at the instant its rung fires. A rung that pages nobody new takes no time: what it would have
/// waited for is not waited for, and later rungs move earlier.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn ladder(org: &Org, entry: Entry, tags: &Tags, opened: Instant) -> Result<Ladder, Exhausted> {
    let steps = walk(org, entry, |edge| edge.when.iter().all(|it| it.holds(tags)));
    let groups: Vec<&[Step]> = steps.chunk_by(|a, b| a.after == b.after).collect();
    let repeats = org.escalation.repeat.map_or(0, |it| it.times);
    let mut climbs = Vec::new();
    let mut after = Duration::ZERO;
    for climb in 0..=repeats {
        let mut rungs = Vec::new();
        let mut just_paged: Vec<PersonId> = Vec::new();
        let mut anybody = false;
        for (index, group) in groups.iter().enumerate() {
            let at = opened + after;
            let stops = stops(org, group, at, &just_paged)?;
            let rung = Rung { planned: group[0].after, after, at, stops };
            let people = rung.people();
            if !people.is_empty() {
                anybody = true;
                just_paged = people;
                after += match groups.get(index + 1) {
                    Some(next) => next[0].after - group[0].after,
                    None if climb < repeats => org.escalation.repeat.map_or(Duration::ZERO, |it| it.after),
                    None => Duration::ZERO,
                };
            }
            rungs.push(rung);
        }
        climbs.push(Climb { rungs });
        if !anybody {
            break;
        }
    }
    let end = end(&climbs, after);
    Ok(Ladder { entry, opened, climbs, end })
}

fn end(climbs: &[Climb], after: Duration) -> End {
    if !climbs.iter().flat_map(|it| &it.rungs).any(|it| !it.people().is_empty()) {
        return End::NobodyPaged;
    }
    let last = climbs.last().and_then(|it| it.rungs.last());
    match last.and_then(|it| it.stops.last()).map(|it| it.node) {
        Some(Node::Nobody) => End::Nobody(after),
        Some(Node::Person(_)) => End::Person(after),
        Some(Node::Seat(_)) | None => End::Seat(after),
    }
}

fn stops(org: &Org, group: &[Step], at: Instant, just_paged: &[PersonId]) -> Result<Vec<Stop>, Exhausted> {
    let mut here: Vec<PersonId> = Vec::new();
    let mut stops = Vec::new();
    for step in group {
        let outcome = match step.node {
            Node::Nobody => Outcome::Ends,
            Node::Person(person) => fresh(vec![Paged { person, shift: None }], just_paged, &mut here),
            Node::Seat(seat) => {
                let shifts = holding(org, seat, at)?;
                let people: Vec<Paged> = shifts
                    .iter()
                    .filter_map(|it| it.holder.person().map(|person| Paged { person, shift: Some(*it) }))
                    .collect();
                if people.is_empty() {
                    Outcome::Empty(match State::of(org, seat, at)? {
                        State::Vacant(_) => Empty::Vacant,
                        State::Gap => Empty::Gap,
                        State::NotBegun => Empty::NotBegun,
                        State::Off | State::Held(_) => Empty::Off,
                    })
                } else {
                    fresh(people, just_paged, &mut here)
                }
            }
        };
        stops.push(Stop { node: step.node, via: step.via, outcome });
    }
    Ok(stops)
}

/// Pages those who have not just been paged.
fn fresh(people: Vec<Paged>, just_paged: &[PersonId], here: &mut Vec<PersonId>) -> Outcome {
    let (old, new): (Vec<Paged>, Vec<Paged>) =
        people.into_iter().partition(|it| just_paged.contains(&it.person) || here.contains(&it.person));
    here.extend(new.iter().map(|it| it.person));
    if new.is_empty() { Outcome::JustPaged(old.iter().map(|it| it.person).collect()) } else { Outcome::Pages(new) }
}
