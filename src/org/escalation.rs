//! Routes in, escalations onward.

use std::time::Duration;

use crate::org::{Condition, Matcher, PersonId, SeatId, Source, Tags};
use crate::time::{Hours, Instant};

/// What `escalation.toml` says.
#[derive(Debug, Clone)]
pub struct Escalation {
    /// From the last rung back to the first.
    pub repeat: Option<Repeat>,
    /// First match wins; the last one matches everything.
    pub routes: Vec<Route>,
    /// In the order of the file.
    pub edges: Vec<Edge>,
    /// Routing tests.
    pub tests: Vec<RoutingTest>,
}

impl Escalation {
    /// Every route with its ancestors, outermost first and itself last; in the order of the file.
    pub fn all_routes(&self) -> Vec<Vec<&Route>> {
        let mut all = Vec::new();
        let mut stack: Vec<Vec<&Route>> = self.routes.iter().rev().map(|it| vec![it]).collect();
        while let Some(path) = stack.pop() {
            let route = path[path.len() - 1];
            for child in route.routes.iter().rev() {
                stack.push(path.iter().copied().chain([child]).collect());
            }
            all.push(path);
        }
        all
    }

    /// The same as [`all_routes`](Escalation::all_routes), but finer routes before the one that they refine: as they
    /// are tried.
    pub fn all_routes_inside_first(&self) -> Vec<Vec<&Route>> {
        let mut all = self.all_routes();
        // Outside first and in order; turned around, a route comes after those that it holds, and so do siblings.
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by(|a, b| {
            let ids = |it: &usize| all[*it].iter().map(|route| route.id).collect::<Vec<_>>();
            let (one, other) = (ids(a), ids(b));
            match (one.starts_with(&other), other.starts_with(&one)) {
                (true, false) => std::cmp::Ordering::Less,
                (false, true) => std::cmp::Ordering::Greater,
                _ => one.cmp(&other),
            }
        });
        let mut taken: Vec<Option<Vec<&Route>>> = all.drain(..).map(Some).collect();
        order.into_iter().filter_map(|it| taken[it].take()).collect()
    }
}

/// How often a ladder is climbed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    /// Climbs after the first.
    pub times: u32,
    /// From the last rung to the first of the next climb.
    pub after: Duration,
}

/// Which route: its place in the file, counted through all subtrees from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(pub u32);

/// An alert's way in.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its place in the file.
    pub id: RouteId,
    /// Which alerts.
    pub matcher: Matcher,
    /// Only then; absent, always.
    pub hours: Option<Hours>,
    /// Where they go; a nested route without one has its parent's.
    pub target: RouteTarget,
    /// Siblings after this one are tried as well.
    pub goes_on: bool,
    /// A name for people.
    pub label: Option<String>,
    /// Finer routes; if none of them matches, this one does.
    pub routes: Vec<Route>,
    /// Where it is written.
    pub source: Source,
}

/// Where a route leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteTarget {
    /// Up a ladder that begins here.
    Page(Entry),
    /// Into a channel: nobody is paged.
    Notify(String),
}

/// Where a ladder begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entry {
    /// At a seat.
    Seat(SeatId),
    /// At a person.
    Person(PersonId),
}

impl From<Entry> for Node {
    fn from(entry: Entry) -> Node {
        match entry {
            Entry::Seat(seat) => Node::Seat(seat),
            Entry::Person(person) => Node::Person(person),
        }
    }
}

/// A place on a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// Whoever holds it then.
    Seat(SeatId),
    /// This person; the end of the line.
    Person(PersonId),
    /// Says that the line ends at nobody.
    Nobody,
}

/// An edge onward.
#[derive(Debug, Clone)]
pub struct Edge {
    /// From this seat,
    pub from: SeatId,
    /// after so long,
    pub after: Duration,
    /// to this place,
    pub to: Node,
    /// if all of these hold.
    pub when: Vec<Condition>,
    /// Where it is written.
    pub source: Source,
}

/// One `[[tests]]` row.
#[derive(Debug, Clone)]
pub struct RoutingTest {
    /// A name for people.
    pub name: Option<String>,
    /// What the alert carries.
    pub tags: Tags,
    /// When it opens; absent, whenever the test runs.
    pub at: Option<Instant>,
    /// Where it must go.
    pub expect: Expectation,
    /// Where it is written.
    pub source: Source,
}

/// The nodes of each ladder, as they are written in `escalation.toml`.
pub type Expectation = Vec<Vec<String>>;

/// One table of `services.toml`.
#[derive(Debug, Clone)]
pub struct Service {
    /// The key of the table.
    pub key: String,
    /// What its alerts carry, `service = KEY` among them.
    pub tags: Tags,
    /// The PagerDuty service that should use our policy.
    pub pagerduty: Option<String>,
    /// Where it is written.
    pub source: Source,
}
