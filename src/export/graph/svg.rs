//! A picture, in SVG: one file that asks for nothing else, and follows the reader's light or dark.

use std::fmt::Write as _;

use crate::escalation::{Answer, Arrow, ArrowKind, Graph, Place, Subject};
use crate::export::graph::layout::{Card, Layout, Look, Piece, Text, Wire};
use crate::export::graph::letters::{cut, width};
use crate::export::graph::{Shown, counted, lines};
use crate::export::seat_title;
use crate::org::harmless;
use crate::time::stamp;

/// What stands above the picture, and below.
const HEAD: i32 = 52;
const FOOT: i32 = 28;

/// How it looks, light or dark as the reader's system is.
pub(crate) const STYLE: &str = "\
.dogwatch{--page:#fff;--ink:#1f2328;--faint:#59636e;--card:#f6f8fa;--edge:#d1d9e0;--line:#8c959f;--mark:#0969da;--route:#eef6ff;--person:#fff8c5;--bad:#cf222e;font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif}
@media(prefers-color-scheme:dark){.dogwatch{--page:#0d1117;--ink:#f0f6fc;--faint:#9198a1;--card:#161b22;--edge:#3d444d;--line:#656c76;--mark:#58a6ff;--route:#101d30;--person:#2e2a14;--bad:#ff7b72}}
.dogwatch text{fill:var(--ink);font-size:12px}
.dogwatch .page{fill:var(--page)}
.dogwatch .card{fill:var(--card);stroke:var(--edge)}
.dogwatch .routes{fill:var(--route);stroke:none}
.dogwatch .person{fill:var(--person)}
.dogwatch .seam{stroke:var(--edge)}
.dogwatch .wire{fill:none;stroke:var(--line);stroke-width:1.3}
.dogwatch .some{stroke-dasharray:5 4}
.dogwatch .tip{fill:var(--line)}
.dogwatch .head{font-size:18px;font-weight:bold}
.dogwatch .title{font-size:13px;font-weight:bold}
.dogwatch .faint{font-size:11px;fill:var(--faint)}
.dogwatch .rung{font-size:11px;font-weight:bold;fill:var(--mark)}
.dogwatch .bad{fill:var(--bad)}
.dogwatch .label{font-size:11px;fill:var(--faint);stroke:var(--page);stroke-width:5px;stroke-linejoin:round;paint-order:stroke}
.dogwatch .end{text-anchor:end}
.dogwatch .dim{opacity:.32}
.dogwatch .dim.label{opacity:1;fill-opacity:.4}
.dogwatch .lit .card{stroke:var(--mark);stroke-width:1.6}
.dogwatch .lit .wire{stroke:var(--mark);stroke-width:2}
.dogwatch .lit .tip{fill:var(--mark)}
.dogwatch .lit.label{fill:var(--ink)}
";

/// The picture of a graph.
pub fn svg(graph: &Graph<'_>, layout: &Layout, answer: Option<&Answer<'_>>, shown: &Shown<'_>) -> String {
    drawing(graph, layout, answer, shown, &format!("<style>\n{STYLE}</style>\n"))
}

/// The same within a page whose style holds [`STYLE`].
pub(crate) fn svg_within(graph: &Graph<'_>, layout: &Layout, answer: Option<&Answer<'_>>, shown: &Shown<'_>) -> String {
    drawing(graph, layout, answer, shown, "")
}

fn drawing(graph: &Graph<'_>, layout: &Layout, answer: Option<&Answer<'_>>, shown: &Shown<'_>, style: &str) -> String {
    let title = harmless(&subject(answer, shown));
    let below = harmless(&circumstances(graph, answer, shown));
    let foot = foot(graph);
    let head = [width(&title, 18.0, true), width(&below, 11.0, false), width(foot, 11.0, false)];
    let wide = layout.width.max((head[0].max(head[1]).max(head[2]).ceil() as i32 + 48).min(720));
    let tall = HEAD + layout.height + FOOT;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dogwatch\" viewBox=\"0 0 {wide} {tall}\" width=\"{wide}\" \
         height=\"{tall}\" role=\"img\" aria-labelledby=\"dogwatch-title dogwatch-what\">\n\
         <title id=\"dogwatch-title\">{}</title>\n<desc id=\"dogwatch-what\">{}</desc>\n{style}\
         <rect class=\"page\" width=\"{wide}\" height=\"{tall}\"/>\n",
        escaped(&title),
        escaped(&describe(graph, shown)),
    );
    let room = f64::from(wide - 48);
    let _ = writeln!(out, "<text class=\"head\" x=\"24\" y=\"34\">{}</text>", escaped(&cut(&title, 18.0, true, room)));
    let below = cut(&below, 11.0, false, room);
    let _ = writeln!(out, "<text class=\"faint\" x=\"24\" y=\"52\">{}</text>", escaped(&below));
    let _ = writeln!(out, "<g transform=\"translate(0 {HEAD})\">");
    // What is lit lies above what is not.
    for lit in [false, true] {
        for wire in layout.wires.iter().filter(|it| graph.arrows[it.arrow].lit == lit) {
            wire_drawn(&mut out, graph, wire);
        }
    }
    for card in &layout.cards {
        card_drawn(&mut out, graph, card, shown);
    }
    for lit in [false, true] {
        for wire in layout.wires.iter().filter(|it| graph.arrows[it.arrow].lit == lit) {
            if let Some(label) = &wire.label {
                text(&mut out, label, &look(graph, lit, "label"));
            }
        }
    }
    out.push_str("</g>\n");
    let _ = writeln!(out, "<text class=\"faint\" x=\"24\" y=\"{}\">{}</text>", tall - 14, escaped(foot));
    out.push_str("</svg>\n");
    out
}

fn subject(answer: Option<&Answer<'_>>, shown: &Shown<'_>) -> String {
    match answer.map(|it| it.subject) {
        None => "Who is paged, and then whom".to_owned(),
        Some(Subject::Service(service)) => service.key.clone(),
        Some(Subject::Tags) => "An alert".to_owned(),
        Some(Subject::Seat(seat)) => seat_title(shown.org, seat),
        Some(Subject::Person(person)) => format!("{} (@{})", person.name, person.key),
    }
}

fn circumstances(graph: &Graph<'_>, answer: Option<&Answer<'_>>, shown: &Shown<'_>) -> String {
    let at = stamp(graph.at, &shown.reader.zone);
    let tags = answer.iter().flat_map(|it| &it.tags).map(|(tag, value)| format!("   {tag}={value}"));
    at + &tags.collect::<String>()
}

fn foot(graph: &Graph<'_>) -> &'static str {
    let some = graph.arrows.iter().any(|it| matches!(it.kind, ArrowKind::Escalation(_, edge) if !edge.when.is_empty()));
    match some {
        true => "Routes by number: the first that matches is taken. Dashed: only if the tags match.",
        false => "Routes by number: the first that matches is taken.",
    }
}

fn describe(graph: &Graph<'_>, shown: &Shown<'_>) -> String {
    let count = |of: fn(&Place<'_>) -> bool| graph.vertices.iter().filter(|it| of(&it.place)).count();
    let routes: usize =
        graph.vertices.iter().map(|it| if let Place::Routes(all) = &it.place { all.len() } else { 0 }).sum();
    format!(
        "{}, {} and {} as of {}",
        counted(routes, "route"),
        counted(count(|it| matches!(it, Place::Seat(_))), "seat"),
        counted(graph.arrows.iter().filter(|it| matches!(it.kind, ArrowKind::Escalation(..))).count(), "escalation"),
        stamp(graph.at, &shown.reader.zone),
    )
}

/// The class of something that the answer goes through, or not, among others.
fn look(graph: &Graph<'_>, lit: bool, others: &str) -> String {
    let look = match (graph.focused, lit) {
        (false, _) => "",
        (true, true) => "lit",
        (true, false) => "dim",
    };
    joined(&[look, others])
}

fn joined(classes: &[&str]) -> String {
    classes.iter().copied().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}

fn attribute(classes: &str) -> String {
    if classes.is_empty() { String::new() } else { format!(" class=\"{classes}\"") }
}

fn wire_drawn(out: &mut String, graph: &Graph<'_>, wire: &Wire) {
    let arrow = &graph.arrows[wire.arrow];
    let mut path = format!("M{} {}", wire.start.0, wire.start.1);
    for piece in &wire.pieces {
        let _ = match piece {
            Piece::Straight((x, _)) => write!(path, "H{x}"),
            Piece::Curve(a, b, to) => write!(path, "C{} {} {} {} {} {}", a.0, a.1, b.0, b.1, to.0, to.1),
        };
    }
    let (x, y) = wire.end();
    // Into the left edge of a card, or back into the right one.
    let tip = if x == wire.start.0 { 7 } else { -7 };
    let some = if is_conditional(arrow) { " some" } else { "" };
    let _ = writeln!(
        out,
        "<g{}><path class=\"wire{some}\" d=\"{path}\"/><path class=\"tip\" d=\"M{x} {y}l{tip} -4v8z\"/></g>",
        attribute(&look(graph, arrow.lit, ""))
    );
}

fn is_conditional(arrow: &Arrow<'_>) -> bool {
    matches!(arrow.kind, ArrowKind::Escalation(_, edge) if !edge.when.is_empty())
}

fn card_drawn(out: &mut String, graph: &Graph<'_>, card: &Card, shown: &Shown<'_>) {
    let lit = card.cells.iter().any(|it| graph.vertices[it.vertex].lit);
    let kind = match card.cells.first().map(|it| &graph.vertices[it.vertex].place) {
        Some(Place::Routes(_)) => " routes",
        Some(Place::Person(_)) => " person",
        Some(Place::Seat(_) | Place::Channel(_) | Place::Nobody) | None => "",
    };
    let _ = writeln!(out, "<g{}>", attribute(&look(graph, lit, "")));
    let all: Vec<String> = card.cells.iter().map(|it| lines(&graph.vertices[it.vertex], shown).join("\n")).collect();
    let _ = writeln!(out, "<title>{}</title>", escaped(&all.join("\n")));
    let Card { x, y, width, height, .. } = card;
    let _ = writeln!(
        out,
        "<rect class=\"card{kind}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"7\"/>"
    );
    for (index, cell) in card.cells.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(out, "<path class=\"seam\" d=\"M{x} {}h{width}\"/>", cell.y);
        }
        for it in &cell.texts {
            let class = match it.look {
                Look::Title => "title",
                Look::Plain => "",
                Look::Faint => "faint",
                Look::Bad => "bad",
                Look::Rung => "rung",
            };
            // A cell, or a route, that is dim on a card that is not.
            let dim = if graph.focused && lit && !it.lit { "dim" } else { "" };
            text(out, it, &joined(&[class, dim]));
        }
    }
    out.push_str("</g>\n");
}

fn text(out: &mut String, text: &Text, class: &str) {
    let end = if text.on_the_right { "end" } else { "" };
    let class = attribute(&joined(&[class, end]));
    let full = text.full.as_ref().map(|it| format!("<title>{}</title>", escaped(it))).unwrap_or_default();
    let _ = writeln!(out, "<text{class} x=\"{}\" y=\"{}\">{full}{}</text>", text.x, text.y, escaped(&text.text));
}

/// As XML wants it, in text and between quotes.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
