//! `alertmanager.yml`: its route tree becomes routes, so that each alert takes the same ones in the same order.
//!
//! Alertmanager's root is one route that takes what none of its children takes. Where a child that says `continue` may
//! match alone, the root must stay one route with the others below it; else they stand side by side, and the root is the
//! row that takes the rest.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::config::Diagnostic;
use crate::import::matcher::{self, Matcher, Operator, Reading};
use crate::import::node::{Mistakes, Node, Value, bounded};
use crate::import::receivers::{ReceiverMap, Target};
use crate::import::toml_files::{self, Layout, quote};
use crate::import::{Imported, Note, Weight, brief, yaml};
use crate::org::is_unseen;

/// How deep routes may be nested, ours being bounded so.
const MOST_DEPTH: usize = 32;

/// Keys at the top of the file.
const TOP: [&str; 8] =
    ["global", "route", "receivers", "inhibit_rules", "templates", "time_intervals", "mute_time_intervals", "tracing"];
/// Keys of a route.
const ROUTE: [&str; 13] = [
    "receiver",
    "group_by",
    "match",
    "match_re",
    "matchers",
    "mute_time_intervals",
    "active_time_intervals",
    "continue",
    "routes",
    "group_wait",
    "group_interval",
    "repeat_interval",
    "labels",
];
/// Keys of a route that say how notifications are bundled and repeated.
const BUNDLING: [&str; 4] = ["group_by", "group_wait", "group_interval", "repeat_interval"];
/// Kinds of receivers by which somebody is paged.
const PAGERS: [&str; 4] = ["pagerduty_configs", "opsgenie_configs", "victorops_configs", "incidentio_configs"];

/// A route as it is written.
struct Route {
    receiver: Option<String>,
    matchers: Vec<Matcher>,
    goes_on: bool,
    routes: Vec<Route>,
}

/// What a file says.
struct Reader<'a> {
    line_starts: Vec<usize>,
    mistakes: Mistakes<'a>,
    notes: Vec<Note>,
    /// By name: whether it pages somebody there.
    receivers: BTreeMap<String, bool>,
    /// How many routes say how notifications are bundled, and on which line the first.
    bundling: Vec<usize>,
    routes: usize,
}

/// Reads the file; nothing, if it has a mistake.
pub fn read(file: &str, text: &str, map: &ReceiverMap, layout: &Layout) -> (Option<Imported>, Vec<Diagnostic>) {
    let mut mistakes = Mistakes::of(file);
    let document = yaml::parse(text, &mut mistakes);
    let line_starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let mut reader = Reader {
        line_starts,
        mistakes,
        notes: Vec::new(),
        receivers: BTreeMap::new(),
        bundling: Vec::new(),
        routes: 0,
    };
    let root = document.and_then(|(document, next)| {
        if let Some(next) = next {
            let what = "a second document begins here".to_owned();
            reader.note(Weight::Attention, "documents", &next, what, "only the first counts, as it does there");
        }
        reader.document(&document)
    });
    let mistakes = reader.mistakes.all();
    let Some(root) = root.filter(|_| mistakes.is_empty()) else { return (None, mistakes) };
    let warnings = map.idle(reader.receivers.keys().map(String::as_str));
    let imported = reader.imported(file, &root, map, layout);
    (Some(imported), warnings)
}

impl Reader<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        1 + self.line_starts.partition_point(|it| *it <= span.start)
    }

    fn note(&mut self, weight: Weight, code: &'static str, span: &Range<usize>, what: String, instead: &str) {
        let line = Some(self.line(span));
        self.notes.push(Note { weight, code, line, what, instead: instead.to_owned() });
    }

    fn document(&mut self, document: &Node) -> Option<Route> {
        if let Value::Null = document.value {
            self.mistakes.whole("no-route", "this file is empty", "an Alertmanager configuration has a `route`");
            return None;
        }
        self.mistakes.table(
            document,
            "the configuration of an Alertmanager",
            "it is a table with `route` and `receivers`",
        )?;
        self.mistakes.unknown_keys(document, "an Alertmanager's configuration", &TOP);
        for receiver in document
            .get("receivers")
            .map(|it| self.mistakes.list(it, "a list of receivers", "receivers: [{ name: … }]"))
            .unwrap_or_default()
        {
            self.receiver(receiver);
        }
        let Some(route) = document.get("route") else {
            self.mistakes.whole(
                "no-route",
                "there is no `route`",
                "an Alertmanager configuration has a `route` with a `receiver`",
            );
            return None;
        };
        let root = self.route(route, 0)?;
        if root.receiver.is_none() {
            self.mistakes.error(
                "no-receiver",
                &route.span,
                "the root route has no receiver",
                "it takes what no other route takes: receiver: NAME",
            );
        }
        for key in ["match", "match_re", "matchers"] {
            if let Some(node) = route.get(key).filter(|_| !root.matchers.is_empty()) {
                self.mistakes.error(
                    "root-matches",
                    &node.span,
                    format!("the root route must take everything, but has `{key}`"),
                    "move it into a route of `routes`",
                );
            }
        }
        for key in ["mute_time_intervals", "active_time_intervals"] {
            if let Some(node) = route.get(key).filter(|it| !it.items().is_empty()) {
                self.mistakes.error(
                    "root-matches",
                    &node.span,
                    format!("the root route must always take everything, but has `{key}`"),
                    "move it into a route of `routes`",
                );
            }
        }
        if let Some(node) = route.get("continue").filter(|_| root.goes_on) {
            self.mistakes.error(
                "root-continues",
                &node.span,
                "the root route has nothing to continue with",
                "take `continue` out",
            );
        }
        self.elsewhere(document);
        Some(root)
    }

    fn receiver(&mut self, node: &Node) {
        if self.mistakes.table(node, "a receiver", "- name: NAME").is_none() {
            return;
        }
        let name = node.get("name").and_then(|it| self.mistakes.text(it, "the receiver's name", "name: NAME"));
        let name = name.unwrap_or_default();
        if name.is_empty() {
            self.mistakes.error("no-name", &node.span, "this receiver has no name", "name: NAME");
            return;
        }
        if name.trim().is_empty() || name.contains(is_unseen) {
            self.mistakes.error(
                "bad-name",
                &node.span,
                "this receiver's name holds what cannot be seen",
                "name it in letters, there first",
            );
            return;
        }
        let pages = PAGERS.iter().any(|it| node.get(it).is_some_and(|it| !it.items().is_empty()));
        if self.receivers.insert(name.to_owned(), pages).is_some() {
            self.mistakes.error(
                "duplicate-receiver",
                &node.span,
                format!("two receivers are called `{name}`"),
                "name one of them otherwise",
            );
        }
    }

    fn route(&mut self, node: &Node, depth: usize) -> Option<Route> {
        if depth > MOST_DEPTH {
            let message = format!("routes are nested more than {MOST_DEPTH} deep");
            self.mistakes.error(
                "too-deep",
                &node.span,
                message,
                "let some of them ask more in their `matchers`, and stand side by side",
            );
            return None;
        }
        self.mistakes.table(node, "a route", "a table with `receiver`, `matchers`, `routes`")?;
        self.mistakes.unknown_keys(node, "a route", &ROUTE);
        self.routes += 1;
        let receiver = node.get("receiver").and_then(|it| {
            let name = self.mistakes.text(it, "the name of a receiver", "receiver: NAME")?;
            (!name.is_empty()).then_some((name, &it.span))
        });
        if let Some((name, span)) = receiver.filter(|(name, _)| !self.receivers.contains_key(*name)) {
            let names = self.receivers.keys().map(String::as_str);
            self.mistakes.unknown(
                "unknown-receiver",
                span,
                format!("no receiver is called `{name}`"),
                name,
                names,
                "receivers",
            );
        }
        let matchers = self.matchers(node);
        let goes_on = node.get("continue").and_then(|it| self.mistakes.truth(it)).unwrap_or(false);
        self.left_out(node);
        let routes = node
            .get("routes")
            .map(|it| self.mistakes.list(it, "a list of routes", "routes: [{ receiver: … }]"))
            .unwrap_or_default();
        let routes: Vec<Option<Route>> = routes.iter().map(|it| self.route(it, depth + 1)).collect();
        Some(Route {
            receiver: receiver.map(|(name, _)| name.to_owned()),
            matchers,
            goes_on,
            routes: routes.into_iter().collect::<Option<_>>()?,
        })
    }

    /// All the matchers of a route: in the two old forms, and as texts.
    fn matchers(&mut self, node: &Node) -> Vec<Matcher> {
        let mut matchers = Vec::new();
        for (key, operator) in [("match", Operator::Equal), ("match_re", Operator::Matches)] {
            let Some(table) = node.get(key) else { continue };
            let cure = format!("{key}: {{ severity: critical }}");
            for (label, value) in self.mistakes.table(table, "a table of labels", &cure).unwrap_or_default() {
                let letter = |it: char| it.is_ascii_alphabetic() || it == '_';
                if !label.name.starts_with(letter) || !label.name.chars().all(|it| letter(it) || it.is_ascii_digit()) {
                    let message = format!("`{}` is no name of a label", label.name);
                    self.mistakes.error(
                        "bad-label",
                        &label.span,
                        message,
                        "letters, digits and `_`; others only in `matchers`",
                    );
                    continue;
                }
                if operator == Operator::Matches && matches!(value.value, Value::Null) {
                    self.mistakes.error(
                        "bad-regex",
                        &label.span,
                        "this is compared with nothing",
                        "write \"\" for a label that is not there",
                    );
                    continue;
                }
                let Some(value_text) = self.mistakes.text(value, "a text", "put it between quotes") else { continue };
                let value_text = value_text.to_owned();
                // The form with `match_re` is anchored twice there.
                let read = match operator {
                    Operator::Matches => matcher::regex(value_text, str::to_owned),
                    _ => Ok(value_text),
                };
                match read {
                    Ok(value) => matchers.push(Matcher { name: label.name.clone(), operator, value }),
                    Err(reason) => self.mistakes.error(
                        "bad-regex",
                        &value.span,
                        reason,
                        "Alertmanager takes Go's regular expressions",
                    ),
                }
            }
        }
        let Some(texts) = node.get("matchers") else { return matchers };
        for text_node in
            self.mistakes.list(texts, "a list of matchers", "each on a line of its own: - severity=\"critical\"")
        {
            let Some(text) = self.mistakes.text(text_node, "a matcher", "- severity=\"critical\"") else { continue };
            match matcher::parse(text) {
                Ok(read) => {
                    self.reading(text, read.reading, &text_node.span);
                    matchers.extend(read.matchers);
                }
                Err(reason) => {
                    let cure = "such as severity=\"critical\", env=~\"prod|staging\", team!=\"\"";
                    self.mistakes.error("bad-matcher", &text_node.span, reason, cure);
                }
            }
        }
        for it in &matchers {
            if it.name.contains(is_unseen) {
                self.mistakes.error(
                    "bad-label",
                    &texts.span,
                    "the name of a label holds what cannot be seen",
                    "name the label in letters, where the alert comes from",
                );
            }
        }
        matchers
    }

    fn reading(&mut self, text: &str, reading: Reading, span: &Range<usize>) {
        let what = match reading {
            Reading::Plain => return,
            Reading::ClassicOnly => format!("`{text}` can only be read by Alertmanager's classic parser"),
            Reading::Disputed => format!("Alertmanager's two parsers read `{text}` differently"),
        };
        let weight = if reading == Reading::Disputed { Weight::Attention } else { Weight::Remark };
        self.note(weight, "classic-parser", span, what, "the classic reading counts, as it does there");
    }

    /// What a route says that ours cannot.
    fn left_out(&mut self, node: &Node) {
        if BUNDLING.iter().any(|it| node.get(it).is_some()) {
            self.bundling.push(self.line(&node.span));
        }
        for (key, what) in
            [("mute_time_intervals", "is muted during"), ("active_time_intervals", "is muted outside of")]
        {
            let Some(list) = node.get(key) else { continue };
            let names: Vec<&str> = self
                .mistakes
                .list(list, "a list of intervals", "a list of names")
                .iter()
                .filter_map(Node::text)
                .collect();
            if !names.is_empty() {
                let what = format!("this route {what} {}", names.join(", "));
                self.note(
                    Weight::Attention,
                    "intervals",
                    &list.span,
                    what,
                    "it holds always; `hours` on a route is the nearest, but lets alerts fall through to the next",
                );
            }
        }
        if let Some(labels) = node.get("labels") {
            let what = "labels on this route".to_owned();
            self.note(Weight::Remark, "labels", &labels.span, what, "they only dress notifications, and are left out");
        }
    }

    /// What stands beside the routes and is not theirs.
    fn elsewhere(&mut self, document: &Node) {
        if let Some(rules) = document.get("inhibit_rules").filter(|it| !it.items().is_empty()) {
            let what = match rules.items().len() {
                1 => "1 inhibit rule".to_owned(),
                count => format!("{count} inhibit rules"),
            };
            self.note(
                Weight::Attention,
                "inhibit-rules",
                &rules.span,
                what,
                "what Alertmanager inhibits never reaches us; alerts from elsewhere page all the same",
            );
        }
    }

    fn imported(mut self, file: &str, root: &Route, map: &ReceiverMap, layout: &Layout) -> Imported {
        let targets = self.targets(map);
        let mut out = "routes = [\n".to_owned();
        let (rows, rest) = side_by_side(root);
        rows_of(rows, rest, &targets, 1, &mut out);
        out.push_str("]\n");
        let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
        let about = format!(
            "The routes of {name}, in their order. `notify` informs a channel and pages nobody.\n\
             Who is paged next, if nobody answers, is yours to say: `escalations`, below the routes."
        );
        if let Some(first) = self.bundling.first() {
            let count = self.bundling.len();
            let routes = if count == 1 { "1 route".to_owned() } else { format!("{count} routes") };
            let what = format!("grouping and repetition of {routes} ({})", BUNDLING.join(", "));
            let instead = "bundling stays Alertmanager's; how often a ladder is climbed is `repeat`".to_owned();
            self.notes.push(Note { weight: Weight::Remark, code: "bundling", line: Some(*first), what, instead });
        }
        let used = receivers_of(root);
        let silenced: Vec<&String> = used
            .iter()
            .filter(|it| self.receivers.get(it.as_str()) == Some(&true) && map.target(it).is_none())
            .collect();
        if !silenced.is_empty() {
            let names: Vec<String> = silenced.iter().map(|it| brief(it)).collect();
            let page = if names.len() == 1 { "pages" } else { "page" };
            let what = format!("{} {page} somebody there: {}", receivers(names.len()), names.join(", "));
            let instead = "here they inform a channel; `--map` says which rotations they are".to_owned();
            self.notes.push(Note { weight: Weight::Attention, code: "no-longer-pages", line: None, what, instead });
        }
        self.notes.iter_mut().for_each(|it| it.what = bounded(std::mem::take(&mut it.what)));
        self.notes.sort_by_key(|it| it.line);
        let paging = used.iter().filter(|it| matches!(targets[it.as_str()], Target::Page(_))).count();
        let summary = format!(
            "{} routes to {}: {paging} page, {} inform",
            self.routes,
            receivers(used.len()),
            used.len() - paging
        );
        let text = layout.file("escalation", &about, &out);
        Imported { summary, files: vec![("escalation.toml".to_owned(), text)], notes: self.notes }
    }

    fn targets(&self, map: &ReceiverMap) -> BTreeMap<String, Target> {
        let target = |it: &String| map.target(it).unwrap_or_else(|| Target::Notify(it.clone()));
        self.receivers.keys().map(|it| (it.clone(), target(it))).collect()
    }
}

fn receivers(count: usize) -> String {
    format!("{count} {}", if count == 1 { "receiver" } else { "receivers" })
}

/// The receivers that routes name, each once, in order of their names.
fn receivers_of(root: &Route) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut stack = vec![root];
    while let Some(route) = stack.pop() {
        names.extend(route.receiver.clone());
        stack.extend(&route.routes);
    }
    names.sort();
    names.dedup();
    names
}

/// The rows at the top: the root's children, and the root as the last if it ever takes anything; or the root alone with
/// its children below it, where a child that goes on might match and no other after it.
fn side_by_side(root: &Route) -> (Vec<&Route>, Option<&Route>) {
    let children: Vec<&Route> = root.routes.iter().collect();
    let named = |it: &&Route| it.receiver.is_some();
    match children.last() {
        // Whoever asks for nothing takes everything, and nothing is left for the root.
        Some(last) if last.matchers.is_empty() && children.iter().all(named) => (children, None),
        _ if children.iter().all(|it| !it.goes_on && it.receiver.is_some()) => (children, Some(root)),
        _ => (vec![root], None),
    }
}

/// Rows, one a line; `rest` is a route whose children are the rows before it.
fn rows_of(
    routes: Vec<&Route>,
    rest: Option<&Route>,
    targets: &BTreeMap<String, Target>,
    depth: usize,
    out: &mut String,
) {
    let indent = "  ".repeat(depth);
    let conditions: Vec<String> = routes.iter().map(|it| conditions(&it.matchers)).collect();
    let width = conditions.iter().map(|it| it.chars().count()).filter(|it| *it <= 72).max().map_or(0, |it| it + 1);
    for (route, condition) in routes.iter().zip(&conditions) {
        let mut keys = goal(route, targets);
        if route.goes_on {
            keys.push("continue = true".to_owned());
        }
        let condition = match (condition.is_empty(), keys.is_empty() && route.routes.is_empty()) {
            (true, _) => String::new(),
            (false, true) => condition.clone(),
            (false, false) => format!("{:width$} ", format!("{condition},")),
        };
        let keys = keys.join(", ");
        if route.routes.is_empty() {
            out.push_str(&format!("{indent}{{ {condition}{keys} }},\n"));
        } else {
            let comma = if keys.is_empty() { "" } else { ", " };
            out.push_str(&format!("{indent}{{ {condition}{keys}{comma}routes = [\n"));
            rows_of(route.routes.iter().collect(), None, targets, depth + 1, out);
            out.push_str(&format!("{indent}] }},\n"));
        }
    }
    if let Some(rest) = rest {
        out.push_str(&format!("{indent}{{ {} }},\n", goal(rest, targets).join(", ")));
    }
}

/// Where a route leads: its keys; none, if it leads where its parent does.
fn goal(route: &Route, targets: &BTreeMap<String, Target>) -> Vec<String> {
    let Some(name) = &route.receiver else { return Vec::new() };
    let (mut keys, told) = match &targets[name.as_str()] {
        Target::Page(to) => (vec![format!("page = {}", quote(to))], false),
        Target::Notify(to) => (vec![format!("notify = {}", quote(to))], to == name),
    };
    // So that one sees later which receiver a route was.
    if !told {
        keys.push(format!("label = {}", quote(name)));
    }
    keys
}

/// `when = …` and `unless = …` for the matchers of a route.
fn conditions(matchers: &[Matcher]) -> String {
    // One table holds a tag once: what asks twice for a tag needs a table more.
    let mut when: Vec<Vec<(&str, Vec<String>)>> = Vec::new();
    let mut unless: Vec<(&str, Vec<String>)> = Vec::new();
    for it in matchers {
        let mut patterns = patterns(it);
        match it.operator {
            Operator::Equal | Operator::Matches => {
                let table = when.iter_mut().find(|table| table.iter().all(|(name, _)| *name != it.name));
                match table {
                    Some(table) => table.push((&it.name, patterns)),
                    None => when.push(vec![(&it.name, patterns)]),
                }
            }
            Operator::NotEqual | Operator::NotMatches => match unless.iter_mut().find(|(name, _)| *name == it.name) {
                Some((_, all)) => all.append(&mut patterns),
                None => unless.push((&it.name, patterns)),
            },
        }
    }
    let table = |rows: &Vec<(&str, Vec<String>)>| {
        let rows: Vec<String> = rows
            .iter()
            .map(|(name, any)| format!("{} = {}", toml_files::key(name), toml_files::one_or_many(any)))
            .collect();
        format!("{{ {} }}", rows.join(", "))
    };
    let mut keys = Vec::new();
    match when.as_slice() {
        [] => {}
        [one] => keys.push(format!("when = {}", table(one))),
        many => keys.push(format!("when = [{}]", many.iter().map(table).collect::<Vec<_>>().join(", "))),
    }
    if !unless.is_empty() {
        keys.push(format!("unless = {}", table(&unless)));
    }
    keys.join(", ")
}

/// The patterns of which any must match.
fn patterns(matcher: &Matcher) -> Vec<String> {
    match matcher.operator {
        Operator::Equal | Operator::NotEqual => vec![literal(&matcher.value)],
        Operator::Matches | Operator::NotMatches => {
            // `prod|staging` is two words, and words are easier to read, and to prove things of.
            let plain = |it: char| !is_unseen(it) && !r"\.+*?()[]{}^$".contains(it);
            match matcher.value.chars().all(plain) {
                true => matcher.value.split('|').map(literal).collect(),
                false => vec![format!("/{}/", seen(&matcher.value))],
            }
        }
    }
}

/// A pattern that matches this value only.
fn literal(value: &str) -> String {
    match value.starts_with('/') || value.contains(|it| it == '*' || it == '?' || is_unseen(it)) {
        true => format!("/{}/", seen(&regex::escape(value))),
        false => value.to_owned(),
    }
}

/// The same regular expression, without characters that cannot be seen.
fn seen(expression: &str) -> String {
    if !expression.contains(is_unseen) {
        return expression.to_owned();
    }
    let mut out = String::new();
    let mut rest = expression;
    while let Some(it) = rest.chars().next() {
        if let Some(quoted) = rest.strip_prefix("\\Q") {
            let (quoted, after) = quoted.split_once("\\E").unwrap_or((quoted, ""));
            out.push_str(&seen(&regex::escape(quoted)));
            rest = after;
            continue;
        }
        rest = &rest[it.len_utf8()..];
        let next = rest.chars().next();
        match (it, next) {
            ('\\', Some(next)) => {
                rest = &rest[next.len_utf8()..];
                if is_unseen(next) {
                    out.push_str(&format!("\\x{{{:X}}}", u32::from(next)));
                } else {
                    out.extend([it, next]);
                }
            }
            _ if is_unseen(it) => out.push_str(&format!("\\x{{{:X}}}", u32::from(it))),
            _ => out.push(it),
        }
    }
    out
}
