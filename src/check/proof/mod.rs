//! The proof that ladders hold: for every way in, every ladder that alerts may climb from it, and every instant at
//! which one may open.
//!
//! - [`outcomes`] tells apart the ladders of a way in: what the escalations' `when` may come to.
//! - [`standing`] climbs such a ladder for all openings at once, by intervals.
//! - [`alert`] looks, where that fails, for an alert that really goes that way, at that hour.

mod alert;
mod outcomes;
mod standing;
mod value;

use std::collections::BTreeMap;

use crate::check::scene::Scene;
use crate::escalation::{Edges, Step};
use crate::org::{Entry, Limits, Node, Org, PersonId, Repeat, Route, RouteTarget, SeatId, Tags};
use crate::time::{Instant, Span, intersect, subtract, union};

use alert::{Found, alert, carried};
use outcomes::{Outcome, outcomes};
use standing::{Again, Rung, Verdict, climb};

pub(super) use standing::Standing;
pub(super) use value::Effort;

/// How many routes that lead to one way in are asked for an alert.
const MOST_ROUTES: usize = 64;
/// How many different hours routes may have.
const MOST_HOURS: usize = 500;
/// How many cells the table of the routes' hours may have.
const MOST_CELLS: usize = 1_000_000;

/// A way in, with every route that leads there; in the order of the file.
#[derive(Debug, Clone)]
pub struct WayIn<'a> {
    pub entry: Entry,
    /// Each with those around it, outermost first. Never empty.
    pub routes: Vec<Vec<&'a Route>>,
    pub outcomes: Vec<Outcome<'a>>,
    /// There are more outcomes than these.
    pub more: bool,
}

impl<'a> WayIn<'a> {
    /// The first route that leads there.
    pub fn first(&self) -> &'a Route {
        self.routes[0][self.routes[0].len() - 1]
    }

    /// As it is written: `search`, `@vera`.
    pub fn name(&self, scene: &Scene<'_>) -> String {
        scene.org.node_name(self.entry.into())
    }
}

/// All ways in.
pub fn ways_in<'a>(org: &'a Org, edges: &Edges<'a>, effort: &mut Effort) -> Vec<WayIn<'a>> {
    let mut ways: Vec<WayIn<'a>> = Vec::new();
    let mut known: BTreeMap<Entry, usize> = BTreeMap::new();
    for path in org.escalation.all_routes() {
        let RouteTarget::Page(entry) = path[path.len() - 1].target else { continue };
        let index = *known.entry(entry).or_insert_with(|| {
            let (outcomes, more) = outcomes(edges, entry, effort);
            ways.push(WayIn { entry, routes: Vec::new(), outcomes, more });
            ways.len() - 1
        });
        ways[index].routes.push(path);
    }
    ways
}

/// How long after its opening an alert may still meet a rung that the proof reads, in seconds.
pub fn reach(ways: &[WayIn<'_>], limits: &Limits, repeat: Option<Repeat>) -> u64 {
    let Some(limit) = limits.answer_within else { return 0 };
    let last = ways.iter().flat_map(|it| &it.outcomes).filter_map(|it| it.steps.last()).map(|it| it.after).max();
    let (times, after) = repeat.map_or((0, 0), |it| (u64::from(it.times), it.after.as_secs()));
    let climbs = last.map_or(0, |it| it.as_secs()).saturating_mul(times + 1);
    climbs.saturating_add(after.saturating_mul(times)).min(limit.as_secs())
}

/// Openings at which the ladders of a way in do not do what they must.
#[derive(Debug, Clone, Default)]
pub struct Failing<'a> {
    /// Sorted and disjoint.
    pub spans: Vec<Span>,
    /// Of the first of them.
    pub first: Option<Example<'a>>,
}

/// One way in which it fails.
#[derive(Debug, Clone)]
pub struct Example<'a> {
    pub at: Instant,
    pub route: &'a Route,
    /// What such an alert carries.
    pub alert: Tags,
    /// The only one who is paged in time.
    pub only: Option<PersonId>,
}

/// What the proof says of a way in.
#[derive(Debug, Clone, Default)]
pub struct Proof<'a> {
    /// Nobody is paged.
    pub silent: Failing<'a>,
    /// Somebody is paged, and nobody else within the limit.
    pub late: Failing<'a>,
    /// It would be one of both, if there is an alert that goes that way, which could not be told.
    pub unclear: Failing<'a>,
}

/// When routes hold: stretches of the horizon throughout which the same ones are within their hours.
pub struct Regimes(Option<Vec<Vec<Span>>>);

impl Regimes {
    /// Those of all routes; `None` inside if there are too many.
    pub fn of(org: &Org, horizon: Span) -> Regimes {
        let mut distinct = Vec::new();
        for hours in org.escalation.all_routes().iter().filter_map(|path| path[path.len() - 1].hours.as_ref()) {
            if !distinct.contains(&hours) {
                distinct.push(hours);
            }
            if distinct.len() > MOST_HOURS {
                return Regimes(None);
            }
        }
        let windows: Vec<Vec<Span>> = distinct.iter().map(|it| it.within(horizon)).collect();
        let mut instants: Vec<Instant> = windows.iter().flatten().flat_map(|it| [it.start(), it.end()]).collect();
        instants.extend([horizon.start(), horizon.end()]);
        instants.sort_unstable();
        instants.dedup();
        if instants.len().saturating_mul(distinct.len()) > MOST_CELLS {
            return Regimes(None);
        }
        let mut alike: BTreeMap<Vec<bool>, Vec<Span>> = BTreeMap::new();
        for span in instants.windows(2).filter_map(|it| Span::new(it[0], it[1])) {
            let open = distinct.iter().map(|it| it.contains(span.start())).collect();
            alike.entry(open).or_default().push(span);
        }
        Regimes(Some(alike.into_values().map(union).collect()))
    }
}

/// What the proof reads.
pub struct Reading<'a, 'b> {
    pub org: &'a Org,
    pub horizon: Span,
    /// By seat.
    pub standings: &'b BTreeMap<SeatId, Standing>,
    pub regimes: &'b Regimes,
}

impl<'a> Reading<'a, '_> {
    /// Looks at every opening of the horizon.
    pub fn prove(&self, way: &WayIn<'a>, effort: &mut Effort) -> Proof<'a> {
        let mut proof = Proof::default();
        let repeat = self.org.escalation.repeat;
        let again =
            repeat.map_or(Again { times: 0, after: 0 }, |it| Again { times: it.times, after: seconds(it.after) });
        let limit = self.org.limits.answer_within.map(seconds);
        for outcome in &way.outcomes {
            let verdict = climb(&self.rungs(&outcome.steps), again, limit, self.horizon);
            if verdict != Verdict::default() {
                self.judge(way, outcome, &verdict, effort, &mut proof);
            }
        }
        // What is sure of some alert need not be told again of others.
        for failing in [&mut proof.silent, &mut proof.late, &mut proof.unclear] {
            failing.spans = union(std::mem::take(&mut failing.spans));
        }
        let sure = union(proof.silent.spans.iter().chain(&proof.late.spans).copied().collect());
        proof.unclear.spans = subtract(&proof.unclear.spans, &sure);
        proof
    }

    fn rungs(&self, steps: &[Step]) -> Vec<Rung<'_>> {
        let rung = |group: &[Step]| {
            let mut rung = Rung { planned: seconds(group[0].after), seats: Vec::new(), named: standing::Who::Nobody };
            for step in group {
                match step.node {
                    Node::Seat(seat) => rung.seats.extend(self.standings.get(&seat)),
                    Node::Person(person) => rung.name(person),
                    Node::Nobody => {}
                }
            }
            rung
        };
        steps.chunk_by(|a, b| a.after == b.after).map(rung).collect()
    }

    /// Whether there are alerts to which that happens.
    fn judge(
        &self,
        way: &WayIn<'a>,
        outcome: &Outcome<'a>,
        verdict: &Verdict,
        effort: &mut Effort,
        proof: &mut Proof<'a>,
    ) {
        let late: Vec<Span> = union(verdict.late.iter().map(|(span, _)| *span).collect());
        let silent: Vec<Span> = union(verdict.silent.clone());
        let whole = [vec![self.horizon]];
        let regimes = self.regimes.0.as_deref();
        for regime in regimes.unwrap_or(&whole) {
            let (silent, late) = (intersect(&silent, regime), intersect(&late, regime));
            let Some(at) = silent.first().into_iter().chain(late.first()).map(|it| it.start()).min() else { continue };
            let (route, found) =
                if regimes.is_none() { (way.first(), Found::Unclear) } else { self.somebody(way, outcome, at, effort) };
            match found {
                Found::None => {}
                Found::Alert(tags) => {
                    proof.silent.add(silent, |at| Example { at, route, alert: tags.clone(), only: None });
                    proof.late.add(late, |at| {
                        let only = verdict.late.iter().find(|(span, _)| span.contains(at)).map(|(_, person)| *person);
                        Example { at, route, alert: tags.clone(), only }
                    });
                }
                Found::Unclear => {
                    let both = union(silent.into_iter().chain(late).collect());
                    proof.unclear.add(both, |at| Example { at, route, alert: Tags::new(), only: None });
                }
            }
        }
    }

    /// An alert that climbs the ladder of an outcome when it opens at `at`, and the route that it takes.
    fn somebody(&self, way: &WayIn<'a>, outcome: &Outcome<'a>, at: Instant, effort: &mut Effort) -> (&'a Route, Found) {
        let mut unclear = None;
        for (number, path) in way.routes.iter().enumerate() {
            let route = path[path.len() - 1];
            if number >= MOST_ROUTES {
                unclear.get_or_insert(route);
                break;
            }
            for when in &outcome.when {
                match alert(self.org, path, when, at, effort) {
                    Found::None => {}
                    Found::Alert(tags) => return (route, Found::Alert(tags)),
                    // A route that asks for something is taken by something, and other tags are free; whether it
                    // is shadowed is not judged here.
                    Found::Unclear if when.iter().all(|(it, _)| !speaks_of(path, &it.tag)) => {
                        return (route, carried(when, effort));
                    }
                    Found::Unclear => {
                        unclear.get_or_insert(route);
                    }
                }
            }
        }
        let last = way.first();
        unclear.map_or((last, Found::None), |route| (route, Found::Unclear))
    }
}

/// Whether any of the routes asks for a tag.
fn speaks_of(path: &[&Route], tag: &str) -> bool {
    path.iter().flat_map(|it| it.matcher.when.iter().chain(&it.matcher.unless)).any(|it| it.tag == tag)
}

impl<'a> Failing<'a> {
    fn add(&mut self, spans: Vec<Span>, example: impl Fn(Instant) -> Example<'a>) {
        if let Some(first) = spans.first() {
            let at = first.start();
            if self.first.as_ref().is_none_or(|it| at < it.at) {
                self.first = Some(example(at));
            }
        }
        self.spans.extend(spans);
    }
}

fn seconds(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
