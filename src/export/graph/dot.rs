//! DOT, the language of Graphviz.

use std::fmt::Write as _;

use crate::escalation::{ArrowKind, Graph, Place};
use crate::export::graph::{Shown, id, label, lines};
use crate::org::harmless;

/// The graph in DOT: `dogwatch graph --format dot | dot -Tsvg`.
pub fn dot(graph: &Graph<'_>, shown: &Shown<'_>) -> String {
    let mut out = String::from(
        "digraph escalation {\n  rankdir=LR\n  nodesep=0.2\n  ranksep=0.8\n  \
         node [shape=box, style=rounded, fontname=\"Helvetica\", fontsize=11, margin=\"0.12,0.08\"]\n  \
         edge [fontname=\"Helvetica\", fontsize=10, arrowsize=0.7]\n\n",
    );
    let ids: Vec<String> = graph.vertices.iter().map(|it| quoted(&id(shown.org, graph, it))).collect();
    for (vertex, id) in graph.vertices.iter().zip(&ids) {
        let lines = lines(vertex, shown);
        // Routes are a list, flush left; everything else is centred.
        let (shape, end) = match vertex.place {
            Place::Routes(_) => (", shape=note, style=solid", "\\l"),
            Place::Channel(_) => (", shape=cds, style=solid", ""),
            Place::Person(_) => (", style=\"rounded,bold\"", ""),
            Place::Seat(_) | Place::Nobody => ("", ""),
        };
        let text: Vec<String> = lines.iter().map(|it| escaped(it)).collect();
        let text = if end.is_empty() { text.join("\\n") } else { text.iter().map(|it| format!("{it}{end}")).collect() };
        let _ = writeln!(out, "  {id} [label=\"{text}\"{shape}{}]", look(graph, vertex.lit));
    }
    out.push('\n');
    for arrow in &graph.arrows {
        let mut look = look(graph, arrow.lit);
        match arrow.kind {
            ArrowKind::Escalation(_, edge) if !edge.when.is_empty() => look.push_str(", style=dashed"),
            ArrowKind::Turns { holds: false } => look.push_str(", style=dotted, arrowhead=none"),
            ArrowKind::Turns { holds: true } => look.push_str(", arrowhead=none"),
            ArrowKind::Route | ArrowKind::Escalation(..) => {}
        }
        let label = escaped(&harmless(&label(arrow)));
        let _ = writeln!(out, "  {} -> {} [label=\"{label}\"{look}]", ids[arrow.from], ids[arrow.to]);
    }
    out.push_str("}\n");
    out
}

fn look(graph: &Graph<'_>, lit: bool) -> String {
    match (graph.focused, lit) {
        (false, _) => String::new(),
        (true, true) => ", penwidth=2".to_owned(),
        (true, false) => ", color=\"#b0b0b0\", fontcolor=\"#909090\"".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

/// Within quotes: a backslash begins an escape, and an ampersand an entity as in HTML.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('&', "&amp;")
}
