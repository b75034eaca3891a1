//! `graph` for other programs to draw, and drawn: DOT, Mermaid, SVG. One file a format.
//!
//! Here is what their words are, the same in all of them.

mod dot;
mod layout;
mod letters;
mod mermaid;
mod svg;

pub use dot::dot;
pub use layout::{Card, Cell, Layout, Look, Piece, Text, TooLarge, Wire, layout};
pub use mermaid::mermaid;
pub use svg::svg;
pub(crate) use svg::{STYLE, svg_within};

use std::time::Duration;

use crate::calendar::State;
use crate::escalation::{Arrival, Arrow, ArrowKind, Chair, Graph, Place, Reached, Vertex, WayIn};
use crate::export::text::{minutes, moment, names};
use crate::export::{Reader, seat_title};
use crate::org::{Org, RouteTarget, harmless};

/// How a graph is shown.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Whose it is.
    pub org: &'a Org,
    /// For whom.
    pub reader: &'a Reader,
    /// How many routes a place names before it counts them.
    pub most_routes: usize,
}

/// A name for a vertex that is safe everywhere: `routes:search`, `seat:search.secondary`, `person:vera`, `channel:1`.
pub(super) fn id(org: &Org, graph: &Graph<'_>, vertex: &Vertex<'_>) -> String {
    let channel = |name: &str| {
        let channels = graph.vertices.iter().filter_map(|it| match it.place {
            Place::Channel(channel) => Some(channel),
            _ => None,
        });
        format!("channel:{}", 1 + channels.take_while(|it| *it != name).count())
    };
    match &vertex.place {
        Place::Routes(routes) => match routes.first().map(|it| &it.route().target) {
            Some(RouteTarget::Page(entry)) => format!("routes:{}", org.node_name((*entry).into())),
            Some(RouteTarget::Notify(name)) => format!("routes:{}", channel(name)),
            None => "routes".to_owned(),
        },
        Place::Channel(name) => channel(name),
        Place::Seat(chair) => format!("seat:{}", org.seat_name(chair.seat)),
        Place::Person(person) => format!("person:{}", org.person(*person).key),
        Place::Nobody => "nobody".to_owned(),
    }
}

/// What stands on top of a vertex.
pub(super) fn title(org: &Org, vertex: &Vertex<'_>) -> String {
    match &vertex.place {
        Place::Routes(routes) => counted(routes.len(), "route"),
        Place::Channel(channel) => (*channel).to_owned(),
        Place::Seat(chair) => seat_title(org, chair.seat),
        Place::Person(person) => org.person(*person).name.clone(),
        Place::Nobody => "nobody".to_owned(),
    }
}

/// `1 route`, `2 routes`.
pub(super) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Who holds a seat and until when: `Ana Souza until Mon 07:00`.
pub(super) fn held(chair: &Chair, shown: &Shown<'_>) -> String {
    let zone = &shown.reader.zone;
    let until = chair.outlook.until.map(|it| format!(" until {}", moment(it, chair.at, zone))).unwrap_or_default();
    match &chair.outlook.state {
        State::Held(people) => {
            let people: Vec<_> = people.iter().map(|(it, _)| *it).collect();
            format!("{}{until}", names(shown.org, &people))
        }
        State::Vacant(_) => format!("vacant on purpose{until}"),
        State::Gap => format!("a gap: nobody{until}"),
        State::Off => format!("outside of its hours{until}"),
        State::NotBegun => format!("not begun{until}"),
    }
}

/// One route on one line: `9  service=search-*`.
pub(super) fn route(way: &WayIn<'_>) -> String {
    let route = way.route();
    let nested = if way.path.len() > 1 { "… → " } else { "" };
    let label = route.label.as_ref().map(|it| format!("{it}: ")).unwrap_or_default();
    let hours = if route.hours.is_some() { ", in its hours" } else { "" };
    let goes_on = if route.goes_on { ", and on" } else { "" };
    format!("{}  {label}{nested}{}{hours}{goes_on}", route.id.0, route.matcher)
}

/// The routes of a place that are named, those that the answer takes surely among them; and how many are not.
pub(super) fn few<'b, 'a>(routes: &'b [WayIn<'a>], most: usize) -> (Vec<&'b WayIn<'a>>, usize) {
    let all_lit = routes.iter().all(|it| it.lit);
    let lit = if all_lit { 0 } else { routes.iter().filter(|it| it.lit).count().min(most) };
    let mut others = most - lit;
    let mut taken = if all_lit { 0 } else { lit };
    let mut few = Vec::new();
    for route in routes {
        let room = if route.lit && !all_lit { &mut taken } else { &mut others };
        if *room > 0 {
            *room -= 1;
            few.push(route);
        }
    }
    let rest = routes.len() - few.len();
    (few, rest)
}

/// `0 min, 15 min`, and what is out of the ordinary there; nothing, if the answer does not come by.
pub(super) fn rungs(rungs: &[Reached]) -> String {
    let rung = |it: &Reached| {
        let note = match it.outcome {
            Arrival::Pages | Arrival::Ends => "",
            Arrival::Empty => " (empty)",
            Arrival::JustPaged => " (just paged)",
        };
        format!("{}{note}", minutes(it.after))
    };
    rungs.iter().map(rung).collect::<Vec<_>>().join(", ")
}

/// What is written at an arrow: its delay, and on which tags it depends.
pub(super) fn label(arrow: &Arrow<'_>) -> String {
    match arrow.kind {
        ArrowKind::Escalation(_, edge) if edge.when.is_empty() => wait(edge.after),
        ArrowKind::Escalation(_, edge) => {
            let when: Vec<String> = edge.when.iter().map(ToString::to_string).collect();
            format!("{} if {}", wait(edge.after), when.join(", "))
        }
        ArrowKind::Route | ArrowKind::Turns { .. } => String::new(),
    }
}

fn wait(after: Duration) -> String {
    format!("+{}", minutes(after))
}

/// All that a vertex says, line by line, its title first.
fn lines(vertex: &Vertex<'_>, shown: &Shown<'_>) -> Vec<String> {
    let mut lines = vec![title(shown.org, vertex)];
    match &vertex.place {
        Place::Routes(routes) => {
            let (few, rest) = few(routes, shown.most_routes);
            lines.extend(few.into_iter().map(route));
            if rest > 0 {
                lines.push(format!("… and {rest} more"));
            }
        }
        Place::Seat(chair) => lines.push(held(chair, shown)),
        Place::Channel(_) => lines.push("a channel: pages nobody".to_owned()),
        Place::Person(_) | Place::Nobody => {}
    }
    let rungs = rungs(&vertex.rungs);
    if !rungs.is_empty() {
        lines.push(format!("at {rungs}"));
    }
    lines.iter().map(|it| harmless(it)).collect()
}
