//! `services.toml` and `escalation.toml`.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use super::{Context, File, instant};
use crate::config::decode::{At, Kept, Named, OneOrMany};
use crate::config::raw;
use crate::org::{
    Condition, Edge, Entry, Escalation, Matcher, Node, Pattern, Repeat, Route, RouteId, RouteTarget, RoutingTest, Seat,
    SeatId, Service, Tags,
};
use crate::time::{Instant, duration};

/// How deep routes may be nested.
const MOST_DEPTH: usize = 32;
/// How many seats of a way round are shown.
const MOST_SHOWN: usize = 12;

type Tables = At<OneOrMany<At<Named<OneOrMany<Pattern>>>>>;

impl Context<'_> {
    pub(super) fn services(&mut self) -> Option<Vec<Service>> {
        let parsed = self.parse("services.toml")?;
        let rows: Named<Kept<raw::ServiceTable>> = self.decode("services.toml", parsed)?;
        let file = self.file("services.toml");
        let mut services = Vec::new();
        for (key, row) in &rows.0 {
            let plain = |it: char| it.is_alphanumeric() || "-_.:/".contains(it);
            if key.value == "nobody" {
                let diagnostic = file.error("reserved-name", &key.span, "no service can be called `nobody`");
                self.report(diagnostic.help("`@nobody` stands for a vacant seat"));
            } else if key.value.is_empty() || !key.value.chars().all(plain) {
                let message = match key.value.as_str() {
                    "" => "a service needs a name".to_owned(),
                    name => format!("`{name}` is no name for a service"),
                };
                let diagnostic = file.error("bad-id", &key.span, message);
                self.report(diagnostic.help("letters, digits, `-`, `_`, `.`, `:` and `/`, as its alerts carry it"));
            }
            let Some(row) = row.get() else { continue };
            let mut tags = Tags::from([("service".to_owned(), key.value.clone())]);
            for (tag, value) in row.tags.get().into_iter().flat_map(|it| &it.0) {
                if tag.value == "service" {
                    let message = "the tag `service` is the name of the table";
                    self.report(file.error("service-tag", &tag.span, message).help("leave it out"));
                }
                tags.insert(tag.value.clone(), value.value.0.clone());
            }
            services.push(Service {
                key: key.value.clone(),
                tags,
                pagerduty: row.pagerduty.clone(),
                source: file.source(&key.span),
            });
        }
        (services.len() == rows.0.len()).then_some(services)
    }

    pub(super) fn escalation(&mut self) -> Option<Escalation> {
        let parsed = self.parse("escalation.toml")?;
        let raw: raw::EscalationFile = self.decode("escalation.toml", parsed)?;
        let file = self.file("escalation.toml");
        let repeat = raw.repeat.get().map(|it| Repeat { times: it.times.value, after: it.after });
        if let Some(times) = raw.repeat.get().map(|it| &it.times)
            && !(1..=100).contains(&times.value)
        {
            let diagnostic = file.error("out-of-range", &times.span, "a ladder is climbed again 1 to 100 times");
            self.report(diagnostic.help("leave `repeat` out to climb it once"));
        }
        let routes = self.routes(&file, raw.routes.get());
        let edges: Vec<(Edge, &raw::EdgeRow)> =
            raw.escalations.sound().filter_map(|it| self.edge(&file, it).map(|edge| (edge, &it.value))).collect();
        self.cycles(&file, &edges);
        self.idle_edges(&file, &edges);
        let tests: Vec<(RoutingTest, &At<raw::TestRow>)> =
            raw.tests.sound().filter_map(|it| self.test(&file, it).map(|test| (test, it))).collect();
        self.contradictions(&file, &tests);
        Some(Escalation {
            repeat,
            routes: routes?,
            edges: edges.into_iter().map(|(edge, _)| edge).collect(),
            tests: tests.into_iter().map(|(test, _)| test).collect(),
        })
    }

    fn routes(&mut self, file: &File<'_>, raw: Option<&At<Vec<Kept<At<raw::RouteRow>>>>>) -> Option<Vec<Route>> {
        let Some(raw) = raw else { return Some(Vec::new()) };
        if raw.value.is_empty() {
            let diagnostic = file.error("no-routes", &raw.span, "there are no routes");
            self.report(diagnostic.help("the last row takes everything: { page = \"app-ops\" }"));
            return None;
        }
        let mut next = 1;
        let rows = raw.value.iter().map(Kept::get);
        let routes: Vec<Option<Route>> = rows.map(|it| self.route(file, it?, None, &mut next, 0)).collect();
        if let Some(last) = raw.value.last().and_then(Kept::get) {
            let narrowed = [
                ("when", last.value.when.get().map(|it| &it.span)),
                ("unless", last.value.unless.get().map(|it| &it.span)),
                ("hours", last.value.hours.as_ref().map(|it| &it.span)),
            ];
            if let Some((key, span)) = narrowed.into_iter().find_map(|(key, span)| Some((key, span?))) {
                let message = format!("the last route must match everything, but has `{key}`");
                let diagnostic = file.error("no-last-route", span, message);
                self.report(
                    diagnostic
                        .help("add a row below it that says who takes what no other row takes: { page = \"app-ops\" }"),
                );
            }
        }
        routes.into_iter().collect()
    }

    fn route(
        &mut self,
        file: &File<'_>,
        row: &At<raw::RouteRow>,
        parent: Option<&RouteTarget>,
        next: &mut u32,
        depth: usize,
    ) -> Option<Route> {
        let raw = &row.value;
        let id = RouteId(*next);
        *next += 1;
        if depth > MOST_DEPTH {
            let message = format!("routes are nested more than {MOST_DEPTH} deep");
            let diagnostic = file.error("too-deep", &row.span, message);
            self.report(diagnostic.help("let some of them ask more in their `when`, and stand side by side"));
            return None;
        }
        let target = match (&raw.page, &raw.notify) {
            (Some(page), None) => self.entry(file, page).map(RouteTarget::Page),
            (None, Some(channel)) => Some(RouteTarget::Notify(channel.value.clone())),
            (Some(_), Some(notify)) => {
                let diagnostic = file.error("two-targets", &notify.span, "a route either pages or notifies");
                self.report(diagnostic.help(format!(
                    "make it two rows, the first one {{ notify = \"{}\", continue = true }}",
                    notify.value
                )));
                None
            }
            (None, None) => {
                if parent.is_none() && depth == 0 {
                    let diagnostic = file.error("no-target", &row.span, "this route leads nowhere");
                    self.report(diagnostic.help("add `page = \"…\"`, or `notify = \"…\"` to inform a channel only"));
                }
                parent.cloned()
            }
        };
        let when = self.conditions(file, raw.when.get());
        let unless = self.conditions(file, raw.unless.get());
        let hours = match (&raw.hours, &raw.zone) {
            (None, None) => Some(None),
            (None, Some(zone)) => {
                let diagnostic = file.error("unused-zone", &zone.span, "this `zone` has no `hours` to be the zone of");
                self.report(diagnostic.help("leave it out"));
                None
            }
            (Some(hours), _) if hours.value.is_empty() => {
                self.no_hours(file, &hours.span, "this route");
                None
            }
            (Some(hours), zone) => {
                let zone = zone.as_ref().map_or_else(|| self.zone.clone(), |it| it.value.clone());
                self.hours(file, &hours.value, &zone).map(Some)
            }
        };
        let rows = raw.routes.sound();
        let routes: Vec<Option<Route>> =
            rows.map(|it| self.route(file, it, target.as_ref(), next, depth + 1)).collect();
        Some(Route {
            id,
            matcher: Matcher { when: when?, unless: unless? },
            hours: hours?,
            target: target?,
            goes_on: raw.goes_on.unwrap_or(false),
            label: raw.label.clone(),
            routes: routes.into_iter().collect::<Option<_>>()?,
            source: file.source(&row.span),
        })
    }

    fn conditions(&mut self, file: &File<'_>, tables: Option<&Tables>) -> Option<Vec<Condition>> {
        let Some(tables) = tables else { return Some(Vec::new()) };
        let mut conditions = Vec::new();
        let mut sound = true;
        for table in &tables.value.0 {
            for (tag, patterns) in &table.value.0 {
                if patterns.0.is_empty() {
                    let diagnostic =
                        file.error("empty-when", &tag.span, format!("`{}` is compared with nothing", tag.value));
                    self.report(diagnostic.help("give it a value: \"…\", or \"\" for a tag that is not there"));
                    sound = false;
                }
                conditions.push(Condition { tag: tag.value.clone(), any: patterns.0.clone() });
            }
        }
        if conditions.is_empty() {
            let diagnostic =
                file.error("empty-when", &tables.span, "this compares nothing: it could mean always or never");
            self.report(diagnostic.help("leave it out for always"));
            sound = false;
        }
        sound.then_some(conditions)
    }

    fn entry(&mut self, file: &File<'_>, name: &At<String>) -> Option<Entry> {
        match self.node(file, name)? {
            Node::Seat(seat) => Some(Entry::Seat(seat)),
            Node::Person(person) => Some(Entry::Person(person)),
            Node::Nobody => {
                let diagnostic = file.error("pages-nobody", &name.span, "this route would page nobody");
                self.report(diagnostic.help("`notify = \"…\"` informs a channel and pages nobody"));
                None
            }
        }
    }

    fn node(&mut self, file: &File<'_>, name: &At<String>) -> Option<Node> {
        match name.value.strip_prefix('@') {
            Some("nobody") => Some(Node::Nobody),
            Some(_) => self.person_with(file, name, "@").map(Node::Person),
            None => self.seat(file, name).map(Node::Seat),
        }
    }

    fn seat(&mut self, file: &File<'_>, name: &At<String>) -> Option<SeatId> {
        let (rotation, seat) = match name.value.split_once('.') {
            None => (name.clone(), Seat::Primary),
            Some((rotation, "secondary")) => {
                (At { value: rotation.to_owned(), span: name.span.clone() }, Seat::Secondary)
            }
            Some((rotation, "primary")) => {
                let diagnostic = file.error("unknown-seat", &name.span, format!("no such seat: `{}`", name.value));
                self.report(diagnostic.help(format!("the primary seat is `{rotation}`")));
                return None;
            }
            Some((rotation, other)) => {
                let diagnostic = file.error("unknown-seat", &name.span, format!("no such seat: `{}`", name.value));
                let seat = crate::org::nearest(other, ["secondary"]);
                let seat = seat.first().copied().unwrap_or("secondary");
                self.report(diagnostic.help(format!("a rotation has `{rotation}` and perhaps `{rotation}.{seat}`")));
                return None;
            }
        };
        if self.people.ids.contains_key(&rotation.value) && !self.rotations.ids.contains_key(&rotation.value) {
            let message = format!("no such rotation: `{}`", name.value);
            let diagnostic = file.error("unknown-rotation", &name.span, message);
            self.report(diagnostic.help(format!("a person is written `@{}`", rotation.value)));
            return None;
        }
        let id = self.rotation_id(file, &rotation)?;
        if seat == Seat::Secondary && self.without_secondary.contains(&id) {
            let message = format!("`{}` has no secondary seat", rotation.value);
            let diagnostic = file.error("no-such-seat", &name.span, message);
            self.report(diagnostic.help(format!("add `[secondary]` with `follow = 1` to {}.toml", rotation.value)));
            return None;
        }
        Some(SeatId { rotation: id, seat })
    }

    fn edge(&mut self, file: &File<'_>, row: &At<raw::EdgeRow>) -> Option<Edge> {
        let raw = &row.value;
        let from = if raw.from.value.starts_with('@') {
            let diagnostic = file.error(
                "from-person",
                &raw.from.span,
                "a person is the end of the line: nothing leads on from there",
            );
            self.report(diagnostic.help("lead on from the seat before instead, with a longer `after`"));
            None
        } else {
            self.seat(file, &raw.from)
        };
        let to = self.node(file, &raw.to);
        let when = self.conditions(file, raw.when.get());
        Some(Edge { from: from?, after: *raw.after.get()?, to: to?, when: when?, source: file.source(&row.span) })
    }

    /// Each place stands once on a ladder, at its earliest time: a second escalation from the same seat to the same
    /// place, for the same alerts, does nothing.
    fn idle_edges(&mut self, file: &File<'_>, edges: &[(Edge, &raw::EdgeRow)]) {
        let key = |edge: &Edge| (edge.from, edge.to, edge.when.iter().map(ToString::to_string).collect::<Vec<_>>());
        let mut earliest: BTreeMap<_, &Edge> = BTreeMap::new();
        for (edge, _) in edges {
            let best = earliest.entry(key(edge)).or_insert(edge);
            if edge.after < best.after {
                *best = edge;
            }
        }
        for (edge, row) in edges {
            let best = earliest[&key(edge)];
            if std::ptr::eq(best, edge) {
                continue;
            }
            let (from, to, after) = (&row.from.value, &row.to.value, duration(best.after));
            let message = format!("this escalation does nothing: `{from}` leads to `{to}` after {after} already");
            let diagnostic = file.error("idle-escalation", &row.to.span, message).warning();
            self.report(diagnostic.help(format!("keep one of them; the other is on line {}", best.source.line)));
        }
    }

    /// No alert can take two different ladders at one time.
    fn contradictions(&mut self, file: &File<'_>, tests: &[(RoutingTest, &At<raw::TestRow>)]) {
        let mut first: BTreeMap<(&Tags, Option<Instant>), &RoutingTest> = BTreeMap::new();
        for (test, row) in tests {
            let other = first.entry((&test.tags, test.at)).or_insert(test);
            if other.expect != test.expect {
                let message = "another test expects something else of the same alert";
                let diagnostic = file.error("contradicting-tests", &row.value.expect.span, message).warning();
                self.report(
                    diagnostic.help(format!("one of them must fail; the other is on line {}", other.source.line)),
                );
            }
        }
    }

    /// Escalations must lead on, whatever the tags: no walk may come back to where it was.
    fn cycles(&mut self, file: &File<'_>, edges: &[(Edge, &raw::EdgeRow)]) {
        let (edges, rows): (Vec<&Edge>, Vec<&raw::EdgeRow>) = edges.iter().map(|(edge, row)| (edge, *row)).unzip();
        let mut graph: DiGraph<SeatId, ()> = DiGraph::new();
        let seats: BTreeSet<SeatId> = edges.iter().flat_map(|it| [Some(it.from), seat_of(it)]).flatten().collect();
        let nodes: BTreeMap<SeatId, _> = seats.iter().map(|seat| (*seat, graph.add_node(*seat))).collect();
        for edge in &edges {
            if let Some(to) = seat_of(edge) {
                graph.add_edge(nodes[&edge.from], nodes[&to], ());
            }
        }
        let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
        for component in kosaraju_scc(&graph) {
            let members: BTreeSet<SeatId> = component.iter().map(|it| graph[*it]).collect();
            let inside =
                |edge: &Edge| members.contains(&edge.from) && seat_of(edge).is_some_and(|it| members.contains(&it));
            let Some(first) = edges.iter().position(|it| inside(it)) else { continue };
            // Follow the first edge that stays inside until a seat comes twice.
            let mut walk: Vec<usize> = vec![first];
            let cycle = loop {
                let last = edges[walk[walk.len() - 1]];
                if let Some(back) = walk.iter().position(|it| Some(edges[*it].from) == seat_of(last)) {
                    break walk.split_off(back);
                }
                let next = edges.iter().position(|it| Some(it.from) == seat_of(last) && inside(it));
                match next {
                    Some(next) => walk.push(next),
                    None => break Vec::new(),
                }
            };
            if let Some(first) = cycle.iter().min() {
                found.push((*first, cycle));
            }
        }
        found.sort();
        for (_, cycle) in found {
            let names = cycle.iter().map(|it| rows[*it].from.value.as_str());
            let more = (cycle.len() > MOST_SHOWN).then_some("…");
            let back = rows[cycle[0]].from.value.as_str();
            let path = names.take(MOST_SHOWN).chain(more).chain([back]).collect::<Vec<_>>().join(" → ");
            let last = &rows[cycle[cycle.len() - 1]].to;
            let diagnostic =
                file.error("escalation-cycle", &last.span, "this escalation leads back to where it came from");
            self.report(
                diagnostic
                    .help(format!("the way round: {path}"))
                    .help("let one of them lead to a person instead: \"@…\""),
            );
        }
    }

    fn test(&mut self, file: &File<'_>, row: &At<raw::TestRow>) -> Option<RoutingTest> {
        let raw = &row.value;
        let mut sound = true;
        for name in raw.expect.value.0.iter().flatten() {
            let known = name.value.strip_prefix("notify:").is_some_and(|it| !it.is_empty());
            sound &= known || self.node(file, name).is_some();
        }
        let zone = self.zone.clone();
        sound.then(|| RoutingTest {
            name: raw.name.clone(),
            tags: raw.tags.0.iter().map(|(tag, value)| (tag.value.clone(), value.0.clone())).collect(),
            at: raw.at.as_ref().map(|it| instant(it.value, &zone)),
            expect: raw.expect.value.0.iter().map(|it| it.iter().map(|it| it.value.clone()).collect()).collect(),
            source: file.source(&row.span),
        })
    }
}

fn seat_of(edge: &Edge) -> Option<SeatId> {
    match edge.to {
        Node::Seat(seat) => Some(seat),
        Node::Person(_) | Node::Nobody => None,
    }
}
