//! Mermaid, which forges draw within Markdown.

use std::fmt::Write as _;

use crate::escalation::{ArrowKind, Graph, Place};
use crate::export::graph::{Shown, label, lines};
use crate::org::harmless;

/// The graph as a Mermaid flowchart.
pub fn mermaid(graph: &Graph<'_>, shown: &Shown<'_>) -> String {
    let mut out = String::from("flowchart LR\n");
    for (index, vertex) in graph.vertices.iter().enumerate() {
        let (open, close) = match vertex.place {
            Place::Routes(_) => ("[", "]"),
            Place::Channel(_) => (">", "]"),
            Place::Seat(_) | Place::Nobody => ("(", ")"),
            Place::Person(_) => ("([", "])"),
        };
        let text: Vec<String> = lines(vertex, shown).iter().map(|it| escaped(it)).collect();
        let _ = writeln!(out, "  n{index}{open}\"{}\"{close}", text.join("<br/>"));
    }
    for arrow in &graph.arrows {
        let line = match arrow.kind {
            ArrowKind::Escalation(_, edge) if !edge.when.is_empty() => "-.->",
            ArrowKind::Route | ArrowKind::Escalation(..) => "-->",
            ArrowKind::Turns { holds: true } => "---",
            ArrowKind::Turns { holds: false } => "-.-",
        };
        let label = match escaped(&harmless(&label(arrow))) {
            empty if empty.is_empty() => empty,
            text => format!("|\"{text}\"|"),
        };
        let _ = writeln!(out, "  n{} {line}{label} n{}", arrow.from, arrow.to);
    }
    if graph.focused {
        let list = |it: Vec<String>| it.join(",");
        let vertices = |lit: bool| -> Vec<String> {
            let all = graph.vertices.iter().enumerate().filter(|(_, it)| it.lit == lit);
            all.map(|(index, _)| format!("n{index}")).collect()
        };
        let arrows: Vec<String> =
            graph.arrows.iter().enumerate().filter(|(_, it)| !it.lit).map(|(index, _)| index.to_string()).collect();
        for (lit, class, look) in [(true, "lit", "stroke-width:3px"), (false, "dim", "opacity:0.4")] {
            let vertices = vertices(lit);
            if !vertices.is_empty() {
                let _ = writeln!(out, "  classDef {class} {look}\n  class {} {class}", list(vertices));
            }
        }
        if !arrows.is_empty() {
            let _ = writeln!(out, "  linkStyle {} opacity:0.4", list(arrows));
        }
    }
    out
}

/// Within quotes an entity is `#CODE;`. Whatever could be Markdown, HTML, a comment or the end of the quotes becomes one:
/// a line that begins `1.` or `-` would be a list, which Mermaid refuses to draw.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (index, it) in text.chars().enumerate() {
        let plain = match it {
            ' ' | ',' | '=' | ':' | '\'' => true,
            '-' => index > 0,
            it => !it.is_ascii_punctuation(),
        };
        match plain {
            true => out.push(it),
            false => {
                let _ = write!(out, "#{};", u32::from(it));
            }
        }
    }
    out
}
