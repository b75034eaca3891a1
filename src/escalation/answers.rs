//! The reverse: what a rotation or a person is paged for, and at which rung.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::escalation::answer::unknown;
use crate::escalation::{Step, Unknown, Verdict, Via, judge, matching, walk};
use crate::org::{
    Condition, Edge, Holder, Node, Org, Pattern, Person, Rotation, Route, RouteTarget, Seat, SeatId, Service, Tags,
};
use crate::time::Instant;

/// Everything that a rotation or a person answers for.
#[derive(Debug, Clone)]
pub struct Duty<'a> {
    /// Who was asked about.
    pub of: DutyOf<'a>,
    /// The seats by which they are reached. A person's: those of layers and overrides that have not ended at the
    /// instant of the question.
    pub seats: Vec<SeatId>,
    /// In the order of the routes, then of time.
    pub reaches: Vec<Reach<'a>>,
}

/// Whom a question about duty is about.
#[derive(Debug, Clone, Copy)]
pub enum DutyOf<'a> {
    /// All seats of a rotation.
    Rotation(&'a Rotation),
    /// A person.
    Person(&'a Person),
}

/// One route that leads there.
#[derive(Debug, Clone)]
pub struct Reach<'a> {
    /// From the outermost route to the one that pages.
    pub route: Vec<&'a Route>,
    /// Which rung, from 1.
    pub rung: usize,
    /// When, if all before it were paged and did not answer.
    pub after: Duration,
    /// Where it leads.
    pub node: Node,
    /// What the edges on the way ask of the alert; nothing, if they ask nothing.
    pub when: Vec<&'a Condition>,
    /// The services of the file whose alerts take this route.
    pub services: Vec<Taker<'a>>,
}

/// A service whose alerts take a route.
#[derive(Debug, Clone)]
pub struct Taker<'a> {
    /// The service.
    pub service: &'a Service,
    /// What its alerts must carry besides the tags of the file; nothing, if those are enough.
    pub with: Tags,
}

/// What a rotation, a seat or `@person` is paged for, at an instant.
///
/// # Errors
///
/// [`Unknown`] if neither is called so.
pub fn answers<'a>(org: &'a Org, name: &str, at: Instant) -> Result<Duty<'a>, Unknown> {
    let (of, seats, mut nodes) = match name.strip_prefix('@') {
        Some(person) => {
            let person = org.person_named(person).ok_or_else(|| unknown(org, name))?;
            let seats = seats_of(org, person, at);
            (DutyOf::Person(person), seats, BTreeSet::from([Node::Person(person.id)]))
        }
        None => {
            let seat = org.seat_named(name).ok_or_else(|| unknown(org, name))?;
            let rotation = org.rotation(seat.rotation);
            let seats = match seat.seat {
                Seat::Primary => org.seats().filter(|it| it.rotation == rotation.id).collect(),
                Seat::Secondary => vec![seat],
            };
            (DutyOf::Rotation(rotation), seats, BTreeSet::new())
        }
    };
    nodes.extend(seats.iter().map(|it| Node::Seat(*it)));

    let mut reaches = Vec::new();
    // A route that earlier ones shadow leads nowhere.
    let judged = judge(org).into_iter().filter(|it| matches!(it.verdict, Verdict::Reached(_) | Verdict::Undecided));
    for path in judged.map(|it| it.path) {
        let route = path[path.len() - 1];
        let RouteTarget::Page(entry) = route.target else { continue };
        let always = walk(org, entry, |edge| edge.when.is_empty());
        let at_most = walk(org, entry, |_| true);
        for (steps, conditional) in [(&always, false), (&at_most, true)] {
            for (rung, group) in steps.chunk_by(|a, b| a.after == b.after).enumerate() {
                for step in group.iter().filter(|it| nodes.contains(&it.node)) {
                    let when = conditions(org, steps, step);
                    if when.is_empty() == conditional || !can_hold(&when) {
                        continue;
                    }
                    let takers = |when: &[&Condition]| -> Vec<Taker<'a>> {
                        org.services.iter().filter_map(|it| taker(org, it, &path, when, at)).collect()
                    };
                    let services = takers(&when);
                    // Where a finer route takes every alert that could come this way, it does not lead there.
                    if conditional && services.is_empty() && !takers(&[]).is_empty() {
                        continue;
                    }
                    let (rung, after, node) = (rung + 1, step.after, step.node);
                    reaches.push(Reach { route: path.clone(), rung, after, node, when, services });
                }
            }
        }
    }
    Ok(Duty { of, seats, reaches })
}

/// Whether a service's alerts take a route and meet the conditions of the escalations after it, and what they must carry
/// for it: for every tag that the service leaves open, the first word that is asked for.
fn taker<'a>(org: &Org, service: &'a Service, path: &[&Route], when: &[&Condition], at: Instant) -> Option<Taker<'a>> {
    let mut tags = service.tags.clone();
    for condition in path.iter().flat_map(|it| &it.matcher.when).chain(when.iter().copied()) {
        if condition.holds(&tags) {
            continue;
        }
        if tags.contains_key(&condition.tag) {
            return None;
        }
        let word = condition.any.iter().find_map(Pattern::word)?;
        tags.insert(condition.tag.clone(), word.to_owned());
    }
    let route = path.last()?;
    let taken = matching(org, &tags, at).iter().any(|it| it.route().id == route.id);
    tags.retain(|tag, _| !service.tags.contains_key(tag));
    taken.then_some(Taker { service, with: tags })
}

/// Whether one alert can meet all of these. Told for sure only where a tag is compared with words.
pub(super) fn can_hold(conditions: &[&Condition]) -> bool {
    conditions.iter().all(|condition| {
        let words: Option<Vec<&str>> = condition.any.iter().map(Pattern::word).collect();
        let same_tag = || conditions.iter().filter(|it| it.tag == condition.tag);
        let fits = |word: &str| same_tag().all(|it| it.any.iter().any(|pattern| pattern.matches(word)));
        words.is_none_or(|words| words.into_iter().any(fits))
    })
}

/// What the edges on the way to a step ask.
pub(super) fn conditions<'a>(org: &'a Org, steps: &[Step], step: &Step) -> Vec<&'a Condition> {
    let mut conditions = Vec::new();
    let mut here = Some(step);
    while let Some(Step { via: Via::Edge(index), .. }) = here {
        let edge: &Edge = &org.escalation.edges[*index as usize];
        conditions.extend(&edge.when);
        here = steps.iter().find(|it| it.node == Node::Seat(edge.from));
    }
    conditions.reverse();
    conditions
}

pub(super) fn seats_of(org: &Org, person: &Person, at: Instant) -> Vec<SeatId> {
    let holder = Holder::Person(person.id);
    let holds = |seat: &SeatId| {
        let rotation = org.rotation(seat.rotation);
        let layers = rotation.calendar(seat.seat).map(|it| it.layers).unwrap_or_default();
        let by_layer = layers.iter().any(|it| it.places.contains(&holder) && it.until.is_none_or(|until| at < until));
        let mut overrides = rotation.overrides.iter();
        by_layer || overrides.any(|it| it.seat == seat.seat && it.holder == holder && at < it.span.end())
    };
    org.seats().filter(holds).collect()
}
