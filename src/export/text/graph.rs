//! `graph`: each place that routes lead to, with the ladder that begins there.

use std::fmt::Write as _;

use crate::escalation::{Answer, Chair, Graph, Ladder, Outcome, Place, Subject, Vertex, Way, WayIn, onward};
use crate::export::graph::{Shown, counted, few, held, route};
use crate::export::seat_title;
use crate::export::text::columns::{aligned, width};
use crate::export::text::{FAINT, GOOD, HINT, STRONG, minutes, names, styled};
use crate::org::{Entry, Node, Org, RouteTarget, SeatId};
use crate::time::stamp;

/// How many rungs a ladder shows before it counts them.
const MOST_RUNGS: usize = 16;

/// The mark of what the answer goes through.
const MARK: &str = "▸ ";

/// The graph as ladders, one for each place that routes lead to; with an answer, marked where it goes.
pub fn graph(graph: &Graph<'_>, answer: Option<&Answer<'_>>, shown: &Shown<'_>) -> String {
    let page = Page { graph, shown, answer };
    let mut out = format!("{}  {}\n", styled(STRONG, &page.subject()), stamp(graph.at, &shown.reader.zone));
    if let Some(answer) = answer.filter(|it| !it.tags.is_empty()) {
        let tags: Vec<String> = answer.tags.iter().map(|(tag, value)| format!("{tag}={value}")).collect();
        let _ = writeln!(out, "{}   {}", styled(FAINT, "tags"), tags.join(" "));
    }
    // A seat or a person asked for by name is where the answer begins; routes to it follow.
    for way in answer.iter().flat_map(|it| &it.ways) {
        if let Way::Page(None, ladder) = way {
            page.section(&mut out, true, "asked for by name", &[], Some(ladder), ladder.entry);
        }
    }
    for vertex in &graph.vertices {
        if let Place::Routes(routes) = &vertex.place {
            page.routes(&mut out, vertex, routes);
        }
    }
    page.unreached(&mut out);
    page.turns(&mut out);
    out
}

struct Page<'p, 'a> {
    graph: &'p Graph<'a>,
    shown: &'p Shown<'p>,
    answer: Option<&'p Answer<'p>>,
}

impl Page<'_, '_> {
    fn subject(&self) -> String {
        let org = self.shown.org;
        match self.answer.map(|it| it.subject) {
            None => "Escalations".to_owned(),
            Some(Subject::Service(service)) => service.key.clone(),
            Some(Subject::Tags) => "an alert".to_owned(),
            Some(Subject::Seat(seat)) => seat_title(org, seat),
            Some(Subject::Person(person)) => format!("{} (@{})", person.name, person.key),
        }
    }

    fn routes(&self, out: &mut String, vertex: &Vertex<'_>, routes: &[WayIn<'_>]) {
        let Some(first) = routes.first() else { return };
        let count = counted(routes.len(), "route");
        match &first.route().target {
            RouteTarget::Notify(channel) => {
                self.head(out, vertex.lit, channel, &format!("{count}, pages nobody"));
                self.few(out, routes);
            }
            RouteTarget::Page(entry) => {
                let taken = routes.iter().find(|it| it.lit).map(|it| it.route().id);
                let ladder = self.answer.iter().flat_map(|it| &it.ways).find_map(|it| match it {
                    Way::Page(Some(matched), ladder) if Some(matched.route().id) == taken => Some(ladder),
                    _ => None,
                });
                self.section(out, vertex.lit, &count, routes, ladder, *entry);
            }
        }
    }

    fn section(
        &self,
        out: &mut String,
        lit: bool,
        note: &str,
        routes: &[WayIn<'_>],
        ladder: Option<&Ladder>,
        entry: Entry,
    ) {
        let title = match entry {
            Entry::Seat(seat) => seat_title(self.shown.org, seat),
            Entry::Person(person) => self.shown.org.person(person).name.clone(),
        };
        self.head(out, lit, &title, note);
        self.few(out, routes);
        let (rows, more) = match ladder {
            Some(ladder) => self.climbed(ladder),
            None => self.onward(entry, lit),
        };
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "{line}");
        }
        if more > 0 {
            let _ = writeln!(out, "          {}", styled(FAINT, &format!("… and {more} more rungs")));
        }
    }

    fn mark(&self, lit: bool) -> &'static str {
        if self.graph.focused && lit { MARK } else { "  " }
    }

    fn head(&self, out: &mut String, lit: bool, title: &str, note: &str) {
        let style = if lit { STRONG } else { FAINT };
        let _ = writeln!(out, "\n{}{}  {}", self.mark(lit), styled(style, title), styled(FAINT, note));
    }

    fn few(&self, out: &mut String, routes: &[WayIn<'_>]) {
        let (few, rest) = few(routes, self.shown.most_routes);
        for way in few {
            let line = route(way);
            let line = if way.lit { line } else { styled(FAINT, &line) };
            let _ = writeln!(out, "  {}{}  {line}", self.mark(way.lit), styled(FAINT, "route"));
        }
        if rest > 0 {
            let _ = writeln!(out, "    {}", styled(FAINT, &format!("… and {rest} more")));
        }
    }

    /// A ladder as it is climbed, and how many more rungs it has.
    fn climbed(&self, ladder: &Ladder) -> (Vec<Vec<String>>, usize) {
        let mut rows = Vec::new();
        let mut more = 0;
        for rung in ladder.climbs.iter().take(1).flat_map(|it| &it.rungs) {
            for stop in &rung.stops {
                if rows.len() == MOST_RUNGS {
                    more += 1;
                    continue;
                }
                let note = match stop.outcome {
                    Outcome::Empty(_) | Outcome::JustPaged(_) => "takes no time",
                    Outcome::Pages(_) | Outcome::Ends => "",
                };
                let mut row = self.row(true, &minutes(rung.after), stop.node, note);
                // Where two ways come by at different times, what the picture says of the seat may be another's.
                let seen = |seat| self.chair(seat).is_some_and(|it| it.at == rung.at);
                if let (Node::Seat(seat), Outcome::Pages(people)) = (stop.node, &stop.outcome)
                    && !seen(seat)
                {
                    let people: Vec<_> = people.iter().map(|it| it.person).collect();
                    row[2] = styled(GOOD, &names(self.shown.org, &people));
                }
                rows.push(row);
            }
        }
        (rows, more)
    }

    /// A ladder as it would be, whatever the alert carries, and how many more rungs it has.
    fn onward(&self, entry: Entry, lit: bool) -> (Vec<Vec<String>>, usize) {
        let mut steps = onward(self.shown.org, entry);
        // Of a graph that was cut down, only what is left.
        steps.retain(|it| self.graph.vertices.iter().any(|vertex| stands_for(vertex, it.node)));
        let row = |it: &crate::escalation::Onward<'_>| {
            let when: Vec<String> = it.when.iter().map(ToString::to_string).collect();
            let when = if when.is_empty() { String::new() } else { format!("if {}", when.join(", ")) };
            self.row(lit && self.is_lit(it.node), &minutes(it.after), it.node, &when)
        };
        (steps.iter().take(MOST_RUNGS).map(row).collect(), steps.len().saturating_sub(MOST_RUNGS))
    }

    fn row(&self, lit: bool, after: &str, node: Node, when: &str) -> Vec<String> {
        let name = self.shown.org.node_name(node);
        let who = match node {
            Node::Seat(seat) => self.chair(seat).map(|it| held(it, self.shown)).unwrap_or_default(),
            Node::Person(person) => self.shown.org.person(person).name.clone(),
            Node::Nobody => "the line ends at nobody".to_owned(),
        };
        let time = format!("  {}{}{after}", self.mark(lit), " ".repeat(6_usize.saturating_sub(width(after))));
        let (name, who) = match lit {
            true => (name, styled(GOOD, &who)),
            false => (name, styled(FAINT, &who)),
        };
        vec![time, name, who, styled(HINT, when)]
    }

    fn chair(&self, seat: SeatId) -> Option<&Chair> {
        chairs(self.graph).map(|(_, it)| it).find(|it| it.seat == seat)
    }

    fn is_lit(&self, node: Node) -> bool {
        self.graph.vertices.iter().any(|it| it.lit && stands_for(it, node))
    }

    /// Seats to which nothing leads.
    fn unreached(&self, out: &mut String) {
        let mut reached = vec![false; self.graph.vertices.len()];
        self.graph.arrows.iter().for_each(|it| reached[it.to] = true);
        let asked = |seat: SeatId| matches!(self.answer.map(|it| it.subject), Some(Subject::Seat(it)) if it == seat);
        let missed: Vec<String> = chairs(self.graph)
            .filter(|(index, chair)| !reached[*index] && !asked(chair.seat))
            .map(|(_, it)| self.shown.org.seat_name(it.seat))
            .collect();
        if !missed.is_empty() {
            let _ = writeln!(out, "\n  {}  {}", styled(HINT, "nothing leads to"), missed.join(", "));
        }
    }

    /// Who takes turns in which seat, if they stand in the graph.
    fn turns(&self, out: &mut String) {
        let by_turns =
            |it: &&crate::escalation::Arrow<'_>| matches!(it.kind, crate::escalation::ArrowKind::Turns { .. });
        if !self.graph.arrows.iter().any(|it| by_turns(&it)) {
            return;
        }
        let mut rows = Vec::new();
        for (index, chair) in chairs(self.graph) {
            let here = self.graph.arrows.iter().filter(by_turns).filter(|it| it.from == index);
            let people: Vec<_> = here.filter_map(|it| person(self.graph, it.to)).collect();
            if !people.is_empty() {
                rows.push(turns_row(self.shown.org, chair, &people));
            }
        }
        let _ = writeln!(out, "\n  {}", styled(STRONG, "Who takes turns"));
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "{line}");
        }
    }
}

fn stands_for(vertex: &Vertex<'_>, node: Node) -> bool {
    match &vertex.place {
        Place::Seat(chair) => node == Node::Seat(chair.seat),
        Place::Person(person) => node == Node::Person(*person),
        Place::Nobody => node == Node::Nobody,
        Place::Routes(_) | Place::Channel(_) => false,
    }
}

fn turns_row(org: &Org, chair: &Chair, people: &[crate::org::PersonId]) -> Vec<String> {
    vec![format!("    {}", org.seat_name(chair.seat)), names(org, people)]
}

fn chairs<'g>(graph: &'g Graph<'_>) -> impl Iterator<Item = (usize, &'g Chair)> {
    graph.vertices.iter().enumerate().filter_map(|(index, it)| match &it.place {
        Place::Seat(chair) => Some((index, chair)),
        _ => None,
    })
}

fn person(graph: &Graph<'_>, index: usize) -> Option<crate::org::PersonId> {
    match graph.vertices[index].place {
        Place::Person(person) => Some(person),
        _ => None,
    }
}
