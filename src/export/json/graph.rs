//! `graph`: routes, seats and people, and what leads from one to another.

use crate::calendar::State;
use crate::escalation::{Arrival, Arrow, ArrowKind, Chair, Graph, Place, Vertex};
use crate::export::graph::{Shown, few, id, title};
use crate::export::json::who::route;
use crate::export::json::{Clock, NextView, RouteView, VERSION, keys, next, views};
use crate::org::Org;

views! {
    /// `graph --format json`: what leads from routes to seats and people.
    struct GraphView {
        /// Always 1.
        version: u32,
        /// Always "graph".
        kind: &'static str,
        /// When it is drawn.
        at: String,
        /// On whose clock times are.
        zone: &'static str,
        /// Whether something was asked about; if not, everything is lit.
        focused: bool,
        /// Places that routes lead to by their first route, channels, seats, people.
        nodes: Vec<GraphNodeView>,
        /// Routes, escalations in the order of the file, turns.
        edges: Vec<GraphEdgeView>,
    }

    /// A node.
    struct GraphNodeView {
        /// "routes:search", "seat:search.secondary", "person:vera", "channel:1" or "nobody".
        id: String,
        /// "routes", "seat", "person", "channel" or "nobody".
        kind: &'static str,
        /// As people say it.
        title: String,
        /// Whether the answer goes through it.
        lit: bool,
        /// When the answer gets here, in its first climb.
        rungs: Vec<GraphRungView>,
        /// All routes to one place.
        routes: Option<GraphRoutesView>,
        /// A seat, and who holds it.
        seat: Option<GraphSeatView>,
        /// A person's key.
        person: Option<String>,
        /// The name of a channel.
        channel: Option<String>,
    }

    /// A rung of a ladder, seen from the node that it tries.
    struct GraphRungView {
        /// From when the alert opens.
        after_seconds: u64,
        /// "pages", "empty", "just-paged" or "ends".
        outcome: &'static str,
    }

    /// All routes to one place.
    struct GraphRoutesView {
        /// How many there are.
        count: usize,
        /// The first of them, those that the answer takes among them; `--routes` says how many.
        shown: Vec<GraphRouteView>,
    }

    /// A route.
    struct GraphRouteView {
        /// Whether the answer takes it.
        lit: bool,
        /// What it is.
        route: RouteView,
    }

    /// A seat at the instant at which it is read.
    struct GraphSeatView {
        /// As it is written: "search.secondary".
        name: String,
        /// When it is read: when its rung fires, else when the graph is drawn.
        at: String,
        /// "held", "vacant", "gap", "off" or "not-begun".
        state: &'static str,
        /// Who holds it.
        people: Vec<String>,
        /// Until when that is so; absent, if not within a year.
        until: Option<String>,
        /// Who is next.
        next: Option<NextView>,
        /// Who takes turns, in the order of the layers.
        turns: Vec<String>,
    }

    /// An edge.
    struct GraphEdgeView {
        /// The id of a node.
        from: String,
        /// The id of a node.
        to: String,
        /// "route", "escalation", "holds" or "takes-turns".
        kind: &'static str,
        /// Whether the answer goes along it.
        lit: bool,
        /// Of an escalation: how long is waited.
        after_seconds: Option<u64>,
        /// Of an escalation: what it asks of the tags.
        when: Vec<String>,
        /// Of an escalation: file and line.
        source: Option<String>,
    }
}

/// The view of a graph.
pub fn graph(graph: &Graph<'_>, shown: &Shown<'_>) -> GraphView {
    let clock = Clock(shown.reader);
    let ids: Vec<String> = graph.vertices.iter().map(|it| id(shown.org, graph, it)).collect();
    let nodes = graph.vertices.iter().zip(&ids).map(|(it, id)| node(it, id, shown)).collect();
    let edges = graph.arrows.iter().map(|it| edge(it, &ids)).collect();
    GraphView {
        version: VERSION,
        kind: "graph",
        at: clock.at(graph.at),
        zone: shown.reader.zone.name(),
        focused: graph.focused,
        nodes,
        edges,
    }
}

fn node(vertex: &Vertex<'_>, id: &str, shown: &Shown<'_>) -> GraphNodeView {
    let rungs = vertex.rungs.iter().map(|it| GraphRungView {
        after_seconds: it.after.as_secs(),
        outcome: match it.outcome {
            Arrival::Pages => "pages",
            Arrival::Empty => "empty",
            Arrival::JustPaged => "just-paged",
            Arrival::Ends => "ends",
        },
    });
    let mut view = GraphNodeView {
        id: id.to_owned(),
        kind: "nobody",
        title: title(shown.org, vertex),
        lit: vertex.lit,
        rungs: rungs.collect(),
        routes: None,
        seat: None,
        person: None,
        channel: None,
    };
    match &vertex.place {
        Place::Routes(routes) => {
            let (few, _) = few(routes, shown.most_routes);
            let few = few.into_iter().map(|it| GraphRouteView { lit: it.lit, route: route(&it.path) });
            view.kind = "routes";
            view.routes = Some(GraphRoutesView { count: routes.len(), shown: few.collect() });
        }
        Place::Channel(channel) => {
            view.kind = "channel";
            view.channel = Some((*channel).to_owned());
        }
        Place::Seat(chair) => {
            view.kind = "seat";
            view.seat = Some(seat(shown.org, chair, &Clock(shown.reader)));
        }
        Place::Person(person) => {
            view.kind = "person";
            view.person = Some(shown.org.person(*person).key.clone());
        }
        Place::Nobody => {}
    }
    view
}

fn seat(org: &Org, chair: &Chair, clock: &Clock<'_>) -> GraphSeatView {
    let (state, people) = match &chair.outlook.state {
        State::Held(people) => ("held", people.iter().map(|(it, _)| *it).collect()),
        State::Vacant(_) => ("vacant", Vec::new()),
        State::Gap => ("gap", Vec::new()),
        State::Off => ("off", Vec::new()),
        State::NotBegun => ("not-begun", Vec::new()),
    };
    GraphSeatView {
        name: org.seat_name(chair.seat),
        at: clock.at(chair.at),
        state,
        people: keys(org, &people),
        until: chair.outlook.until.map(|it| clock.at(it)),
        next: chair.outlook.next.clone().map(|it| next(org, it, clock)),
        turns: keys(org, &chair.turns),
    }
}

fn edge(arrow: &Arrow<'_>, ids: &[String]) -> GraphEdgeView {
    let (from, to) = (ids[arrow.from].clone(), ids[arrow.to].clone());
    let plain = |kind| GraphEdgeView {
        from: from.clone(),
        to: to.clone(),
        kind,
        lit: arrow.lit,
        after_seconds: None,
        when: Vec::new(),
        source: None,
    };
    match arrow.kind {
        ArrowKind::Route => plain("route"),
        ArrowKind::Turns { holds: true } => plain("holds"),
        ArrowKind::Turns { holds: false } => plain("takes-turns"),
        ArrowKind::Escalation(_, edge) => GraphEdgeView {
            after_seconds: Some(edge.after.as_secs()),
            when: edge.when.iter().map(ToString::to_string).collect(),
            source: Some(edge.source.to_string()),
            ..plain("escalation")
        },
    }
}
