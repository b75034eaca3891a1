//! The whole escalation as a graph: routes lead to seats, seats to seats and people.
//!
//! Ten thousand routes lead to a few dozen places, so all routes to one place are one vertex. What stands in the graph
//! stands in a fixed order: places that routes lead to by their first route, seats by rotation, people as in their
//! file, escalations as in theirs.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use crate::calendar::{Outlook, State, outlook};
use crate::escalation::answers::{can_hold, conditions, seats_of};
use crate::escalation::{Answer, Climb, Matched, Outcome, Step, Subject, Via, Way, walk};
use crate::org::{Condition, Edge, Entry, Node, Org, PersonId, Route, RouteId, RouteTarget, Seat, SeatId};
use crate::time::{Exhausted, Instant};

/// Vertices and arrows, and which of them an answer goes through.
#[derive(Debug, Clone)]
pub struct Graph<'a> {
    /// When seats are read, unless a rung says later.
    pub at: Instant,
    /// Whether something was asked about. If not, everything is lit.
    pub focused: bool,
    /// In order; arrows name them by their place.
    pub vertices: Vec<Vertex<'a>>,
    /// Routes, then escalations in the order of the file, then turns.
    pub arrows: Vec<Arrow<'a>>,
}

/// Something that arrows join.
#[derive(Debug, Clone)]
pub struct Vertex<'a> {
    /// What.
    pub place: Place<'a>,
    /// Whether the answer goes through it.
    pub lit: bool,
    /// When the answer gets here, each a rung of the first climb of one of its ways.
    pub rungs: Vec<Reached>,
}

/// A rung, seen from the place that it tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// From when the alert opens.
    pub after: Duration,
    /// What comes of it.
    pub outcome: Arrival,
}

/// What comes of a rung.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// Somebody is paged.
    Pages,
    /// Nobody is there: it takes no time.
    Empty,
    /// Who is there was just paged: it takes no time.
    JustPaged,
    /// The line ends here, at nobody.
    Ends,
}

/// What a vertex stands for.
#[derive(Debug, Clone)]
pub enum Place<'a> {
    /// All routes to one place. Never empty.
    Routes(Vec<WayIn<'a>>),
    /// A channel that is informed.
    Channel(&'a str),
    /// A seat.
    Seat(Chair),
    /// A person, by name or as one of those who take turns.
    Person(PersonId),
    /// Where the file says that a line ends at nobody.
    Nobody,
}

/// One route.
#[derive(Debug, Clone)]
pub struct WayIn<'a> {
    /// From the outermost route to itself.
    pub path: Vec<&'a Route>,
    /// Whether the answer takes it.
    pub lit: bool,
}

impl<'a> WayIn<'a> {
    /// The route itself.
    pub fn route(&self) -> &'a Route {
        self.path[self.path.len() - 1]
    }
}

/// A seat and whoever sits there.
#[derive(Debug, Clone)]
pub struct Chair {
    /// Which.
    pub seat: SeatId,
    /// When it is read: when its rung fires, or when the graph is drawn.
    pub at: Instant,
    /// Who holds it then, until when, who is next.
    pub outlook: Outlook,
    /// Who takes turns then, in the order of the layers.
    pub turns: Vec<PersonId>,
}

/// From one vertex to another.
#[derive(Debug, Clone)]
pub struct Arrow<'a> {
    /// Where it begins.
    pub from: usize,
    /// Where it leads.
    pub to: usize,
    /// As what.
    pub kind: ArrowKind<'a>,
    /// Whether the answer goes along it.
    pub lit: bool,
}

/// What an arrow stands for.
#[derive(Debug, Clone, Copy)]
pub enum ArrowKind<'a> {
    /// Alerts come in here.
    Route,
    /// An escalation, with its place in the file, from 0.
    Escalation(u32, &'a Edge),
    /// Somebody takes turns here, and perhaps holds it.
    Turns {
        /// Whether it is theirs at that instant.
        holds: bool,
    },
}

/// One step of the ladder that begins at some place, whatever the alert carries.
#[derive(Debug, Clone)]
pub struct Onward<'a> {
    /// If all before were paged and did not answer.
    pub after: Duration,
    /// Where.
    pub node: Node,
    /// What the edges on the way ask of the alert; nothing, if they ask nothing.
    pub when: Vec<&'a Condition>,
}

/// Where a ladder leads from a place: the steps that every alert takes, and earlier or other ones that only some take.
pub fn onward<'a>(org: &'a Org, entry: Entry) -> Vec<Onward<'a>> {
    let always = walk(org, entry, |edge| edge.when.is_empty());
    let at_most = walk(org, entry, |_| true);
    let mut all: Vec<(Step, Onward<'a>)> = Vec::new();
    for (steps, conditional) in [(&always, false), (&at_most, true)] {
        let mut whens: BTreeMap<Node, Vec<&Condition>> = BTreeMap::new();
        for step in steps {
            let when = match step.via {
                Via::Entry => Vec::new(),
                Via::Edge(index) => {
                    let edge = &org.escalation.edges[index as usize];
                    // What leads here was reached before, but for an escalation that waits for no time.
                    match whens.get(&Node::Seat(edge.from)) {
                        Some(when) => when.iter().copied().chain(&edge.when).collect(),
                        None => conditions(org, steps, step),
                    }
                }
            };
            whens.insert(step.node, when.clone());
            if when.is_empty() != conditional && can_hold(&when) {
                all.push((*step, Onward { after: step.after, node: step.node, when }));
            }
        }
    }
    all.sort_by_key(|(step, _)| (step.after, step.via));
    all.into_iter().map(|(_, it)| it).collect()
}

/// What a vertex is found by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    RoutesTo(Result<Node, &'a str>),
    Channel(&'a str),
    Node(Node),
}

/// The graph at an instant; with an answer, lit where the answer goes. With `people`, who takes turns has a vertex too.
///
/// An answer about a service or tags goes along its routes and up its ladders. One about a rotation, a seat or a
/// person goes along everything that leads there, and onward.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn graph<'a>(org: &'a Org, at: Instant, answer: Option<&Answer<'_>>, people: bool) -> Result<Graph<'a>, Exhausted> {
    let mut draft = Draft { vertices: Vec::new(), arrows: Vec::new(), places: BTreeMap::new() };
    draft.routes(org);
    let times = answer.map(times).unwrap_or_default();
    for seat in org.seats() {
        let at = times.get(&Node::Seat(seat)).map_or(at, |(_, at)| *at);
        let chair = Chair { seat, at, outlook: outlook(org, seat, at)?, turns: turns(org, seat, at) };
        draft.add(Key::Node(Node::Seat(seat)), Place::Seat(chair));
    }
    draft.people(org, people);
    draft.join(org, people);
    let mut graph = Graph { at, focused: answer.is_some(), vertices: draft.vertices, arrows: draft.arrows };
    if let Some(answer) = answer {
        for (node, (reached, _)) in times {
            if let Some(index) = draft.places.get(&Key::Node(node)) {
                graph.vertices[*index].rungs = reached;
            }
        }
        match answer.subject {
            Subject::Service(_) | Subject::Tags => graph.light_ways(answer),
            Subject::Seat(seat) => {
                let whole = seat.seat == Seat::Primary;
                let seats = org.seats().filter(|it| *it == seat || (whole && it.rotation == seat.rotation));
                graph.light_around(seats.map(Node::Seat).collect(), true);
            }
            Subject::Person(person) => {
                let seats = seats_of(org, person, at).into_iter().map(Node::Seat);
                graph.light_around(seats.chain([Node::Person(person.id)]).collect(), false);
            }
        }
    }
    Ok(graph)
}

/// When and how each node is tried in the first climb of each way, and the first instant of that.
fn times(answer: &Answer<'_>) -> BTreeMap<Node, (Vec<Reached>, Instant)> {
    let mut times: BTreeMap<Node, (Vec<Reached>, Instant)> = BTreeMap::new();
    for climb in first_climbs(answer) {
        for rung in &climb.rungs {
            for stop in &rung.stops {
                let outcome = match stop.outcome {
                    Outcome::Pages(_) => Arrival::Pages,
                    Outcome::Empty(_) => Arrival::Empty,
                    Outcome::JustPaged(_) => Arrival::JustPaged,
                    Outcome::Ends => Arrival::Ends,
                };
                let reached = Reached { after: rung.after, outcome };
                let (all, first) = times.entry(stop.node).or_insert((Vec::new(), rung.at));
                *first = rung.at.min(*first);
                if !all.contains(&reached) {
                    all.push(reached);
                }
            }
        }
    }
    for (reached, _) in times.values_mut() {
        reached.sort_by_key(|it| it.after);
    }
    times
}

fn first_climbs<'b>(answer: &'b Answer<'_>) -> impl Iterator<Item = &'b Climb> {
    answer.ways.iter().filter_map(|it| match it {
        Way::Page(_, ladder) => ladder.climbs.first(),
        Way::Notify(..) => None,
    })
}

/// Those who take turns in a seat at an instant, and whoever holds it by an exception.
fn turns(org: &Org, seat: SeatId, at: Instant) -> Vec<PersonId> {
    let rotation = org.rotation(seat.rotation);
    let layers = rotation.calendar(seat.seat).map(|it| it.layers).unwrap_or_default();
    let alive = layers.iter().filter(|it| it.span().is_some_and(|span| span.contains(at)));
    let overrides = rotation.overrides.iter().filter(|it| it.seat == seat.seat && it.span.contains(at));
    let by_layer = alive.flat_map(|it| it.people());
    let mut seen = BTreeSet::new();
    by_layer.chain(overrides.filter_map(|it| it.holder.person())).filter(|it| seen.insert(*it)).collect()
}

/// A graph in the making.
struct Draft<'a> {
    vertices: Vec<Vertex<'a>>,
    arrows: Vec<Arrow<'a>>,
    places: BTreeMap<Key<'a>, usize>,
}

impl<'a> Draft<'a> {
    fn add(&mut self, key: Key<'a>, place: Place<'a>) -> usize {
        let vertices = &mut self.vertices;
        *self.places.entry(key).or_insert_with(|| {
            vertices.push(Vertex { place, lit: true, rungs: Vec::new() });
            vertices.len() - 1
        })
    }

    fn routes(&mut self, org: &'a Org) {
        let mut channels = Vec::new();
        for path in org.escalation.all_routes() {
            let key = match &path[path.len() - 1].target {
                RouteTarget::Page(entry) => Ok(Node::from(*entry)),
                RouteTarget::Notify(channel) => Err(channel.as_str()),
            };
            if let Err(channel) = key
                && !channels.contains(&channel)
            {
                channels.push(channel);
            }
            let index = self.add(Key::RoutesTo(key), Place::Routes(Vec::new()));
            if let Place::Routes(routes) = &mut self.vertices[index].place {
                routes.push(WayIn { path, lit: true });
            }
        }
        for channel in channels {
            self.add(Key::Channel(channel), Place::Channel(channel));
        }
    }

    /// People whom something leads to, in the order of their file; then nobody, if something leads there.
    fn people(&mut self, org: &'a Org, all: bool) {
        let mut people: BTreeSet<Node> = org.escalation.edges.iter().map(|it| it.to).collect();
        people.extend(self.places.keys().filter_map(|it| match it {
            Key::RoutesTo(Ok(node)) => Some(*node),
            _ => None,
        }));
        for vertex in self.vertices.iter().filter(|_| all) {
            if let Place::Seat(chair) = &vertex.place {
                people.extend(chair.turns.iter().map(|it| Node::Person(*it)));
            }
        }
        for node in people {
            match node {
                Node::Seat(_) => continue,
                Node::Person(person) => self.add(Key::Node(node), Place::Person(person)),
                Node::Nobody => self.add(Key::Node(node), Place::Nobody),
            };
        }
    }

    fn join(&mut self, org: &'a Org, people: bool) {
        for (key, from) in &self.places {
            let Key::RoutesTo(target) = key else { continue };
            let to = match target {
                Ok(node) => Key::Node(*node),
                Err(channel) => Key::Channel(channel),
            };
            let to = self.places[&to];
            self.arrows.push(Arrow { from: *from, to, kind: ArrowKind::Route, lit: true });
        }
        for (index, edge) in org.escalation.edges.iter().enumerate() {
            let (from, to) = (self.places[&Key::Node(Node::Seat(edge.from))], self.places[&Key::Node(edge.to)]);
            let index = u32::try_from(index).expect("a file has fewer rows than that");
            self.arrows.push(Arrow { from, to, kind: ArrowKind::Escalation(index, edge), lit: true });
        }
        for (from, vertex) in self.vertices.iter().enumerate().filter(|_| people) {
            let Place::Seat(chair) = &vertex.place else { continue };
            for person in &chair.turns {
                let holds =
                    matches!(&chair.outlook.state, State::Held(held) if held.iter().any(|(it, _)| it == person));
                let to = self.places[&Key::Node(Node::Person(*person))];
                self.arrows.push(Arrow { from, to, kind: ArrowKind::Turns { holds }, lit: true });
            }
        }
        self.arrows.sort_by_key(|it| match it.kind {
            ArrowKind::Route => (0, it.from, 0),
            ArrowKind::Escalation(index, _) => (1, 0, index),
            ArrowKind::Turns { .. } => (2, it.from, 0),
        });
    }
}

impl Graph<'_> {
    fn dim(&mut self) {
        for vertex in &mut self.vertices {
            vertex.lit = false;
            if let Place::Routes(routes) = &mut vertex.place {
                routes.iter_mut().for_each(|it| it.lit = false);
            }
        }
        self.arrows.iter_mut().for_each(|it| it.lit = false);
    }

    /// The routes that are taken, and the rungs of the first climb of each way.
    fn light_ways(&mut self, answer: &Answer<'_>) {
        self.dim();
        let matched = |it: &Matched<'_>| it.route().id;
        let taken: BTreeSet<RouteId> = answer.ways.iter().filter_map(|it| it.matched().map(matched)).collect();
        for vertex in &mut self.vertices {
            if let Place::Routes(routes) = &mut vertex.place {
                for route in routes.iter_mut() {
                    route.lit = taken.contains(&route.route().id);
                    vertex.lit |= route.lit;
                }
            }
        }
        let stops = || first_climbs(answer).flat_map(|it| &it.rungs).flat_map(|it| &it.stops);
        let edges: BTreeSet<u32> = stops()
            .filter_map(|it| match it.via {
                Via::Edge(index) => Some(index),
                Via::Entry => None,
            })
            .collect();
        for arrow in &mut self.arrows {
            arrow.lit = match arrow.kind {
                ArrowKind::Route => self.vertices[arrow.from].lit,
                ArrowKind::Escalation(index, _) => edges.contains(&index),
                ArrowKind::Turns { .. } => false,
            };
            self.vertices[arrow.to].lit |= arrow.lit;
        }
        self.light_holders();
    }

    /// Everything that leads to some places and, if asked for, onward from there.
    fn light_around(&mut self, nodes: BTreeSet<Node>, onward: bool) {
        self.dim();
        let here = (0..self.vertices.len()).filter(|it| match &self.vertices[*it].place {
            Place::Seat(chair) => nodes.contains(&Node::Seat(chair.seat)),
            Place::Person(person) => nodes.contains(&Node::Person(*person)),
            Place::Routes(_) | Place::Channel(_) | Place::Nobody => false,
        });
        let here: BTreeSet<usize> = here.collect();
        let leads = |it: &&Arrow<'_>| !matches!(it.kind, ArrowKind::Turns { .. });
        let before = closure(&here, self.arrows.iter().filter(leads).map(|it| (it.to, it.from)));
        let after = match onward {
            true => closure(&here, self.arrows.iter().filter(leads).map(|it| (it.from, it.to))),
            false => BTreeSet::new(),
        };
        for index in before.union(&after) {
            let vertex = &mut self.vertices[*index];
            vertex.lit = true;
            if let Place::Routes(routes) = &mut vertex.place {
                routes.iter_mut().for_each(|it| it.lit = true);
            }
        }
        for arrow in &mut self.arrows {
            arrow.lit = match arrow.kind {
                ArrowKind::Turns { .. } => !onward && here.contains(&arrow.from) && here.contains(&arrow.to),
                _ => before.contains(&arrow.to) || after.contains(&arrow.from),
            };
        }
        if onward {
            self.light_holders();
        }
    }

    /// Those who hold the seats that are lit.
    fn light_holders(&mut self) {
        for arrow in &mut self.arrows {
            if matches!(arrow.kind, ArrowKind::Turns { holds: true }) && self.vertices[arrow.from].lit {
                arrow.lit = true;
                self.vertices[arrow.to].lit = true;
            }
        }
    }

    /// Only what is lit.
    #[must_use]
    pub fn only(mut self) -> Self {
        let mut places = Vec::with_capacity(self.vertices.len());
        let mut kept = 0;
        for vertex in &self.vertices {
            places.push(kept);
            kept += usize::from(vertex.lit);
        }
        self.vertices.retain(|it| it.lit);
        for vertex in &mut self.vertices {
            if let Place::Routes(routes) = &mut vertex.place {
                routes.retain(|it| it.lit);
            }
        }
        self.arrows.retain(|it| it.lit);
        for arrow in &mut self.arrows {
            (arrow.from, arrow.to) = (places[arrow.from], places[arrow.to]);
        }
        self
    }
}

/// What is reached from some places over arrows, with those places.
fn closure(from: &BTreeSet<usize>, arrows: impl Iterator<Item = (usize, usize)>) -> BTreeSet<usize> {
    let mut next: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (from, to) in arrows {
        next.entry(from).or_default().push(to);
    }
    let mut reached = from.clone();
    let mut open: VecDeque<usize> = from.iter().copied().collect();
    while let Some(here) = open.pop_front() {
        for to in next.get(&here).into_iter().flatten() {
            if reached.insert(*to) {
                open.push_back(*to);
            }
        }
    }
    reached
}
