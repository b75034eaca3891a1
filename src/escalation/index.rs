//! Many alerts through many routes: what an alert's values rule out is never looked at.
//!
//! The plain walk ([`matching`](crate::escalation::matching)) tries every sibling in turn. The index keeps, for each
//! list of siblings, the routes by what they ask for: words in a table, globs and regular expressions by the letters
//! that a value must hold for them to match. What an alert's values lead to is then tried in the order of the file.
//! Building it costs more than one walk, so it is for those who ask often: a question about one alert is answered
//! sooner without it.

use std::collections::BTreeMap;

use crate::escalation::Matched;
use crate::escalation::literals::{Literals, literals};
use crate::escalation::words::Words;
use crate::org::{Condition, Org, Pattern, Route, Tags};
use crate::time::Instant;

/// So few siblings are tried one after the other.
const FEW: usize = 12;
/// How many conditions of a route narrow down where it is kept.
const MOST_NARROW: usize = 4;

/// The routes of an organisation, kept by what they ask for.
#[derive(Debug)]
pub struct Index<'a> {
    /// The tags that routes compare, in order; a tag's place is its slot.
    tags: Vec<&'a str>,
    /// In the order of the file.
    nodes: Vec<Node<'a>>,
    top: Level,
}

/// A route.
#[derive(Debug)]
struct Node<'a> {
    route: &'a Route,
    /// All hold.
    when: Vec<Check<'a>>,
    /// None holds.
    unless: Vec<Check<'a>>,
    children: Level,
}

/// A condition, by the slot of its tag.
#[derive(Debug)]
struct Check<'a> {
    slot: u32,
    any: &'a [Pattern],
    /// The only value that it takes, if there is but one.
    word: Option<&'a str>,
}

impl<'a> Check<'a> {
    fn new(tags: &[&str], condition: &'a Condition) -> Check<'a> {
        let slot = slot(tags, &condition.tag).expect("all tags are listed");
        let word = match condition.any.as_slice() {
            [only] => only.word(),
            _ => None,
        };
        Check { slot, any: &condition.any, word }
    }

    fn holds(&self, alert: &Alert<'_>) -> bool {
        let value = alert.value(self.slot);
        match self.word {
            Some(word) => word == value,
            None => self.any.iter().any(|it| it.matches(value)),
        }
    }
}

/// What an alert carries, of what routes compare. Most alerts carry few of it, and then it needs no room of its own.
#[derive(Debug, Default)]
struct Alert<'t> {
    few: [(u32, &'t str); 6],
    count: usize,
    more: Vec<(u32, &'t str)>,
}

impl<'t> Alert<'t> {
    fn add(&mut self, slot: u32, value: &'t str) {
        match self.few.get_mut(self.count) {
            // A tag that is empty is a tag that is missing.
            _ if value.is_empty() => {}
            Some(place) => {
                *place = (slot, value);
                self.count += 1;
            }
            None => self.more.push((slot, value)),
        }
    }

    fn values(&self) -> impl Iterator<Item = &(u32, &'t str)> {
        self.few[..self.count].iter().chain(&self.more)
    }

    fn value(&self, slot: u32) -> &'t str {
        self.values().find(|(it, _)| *it == slot).map_or("", |(_, value)| value)
    }
}

/// Siblings.
#[derive(Debug)]
enum Level {
    /// All of them, in order.
    Few(Vec<u32>),
    /// By what they ask for.
    Many(Box<Many>),
}

#[derive(Debug)]
struct Many {
    /// Those that most alerts come to, in order: they ask for nothing, or for what an alert lacks.
    always: Vec<u32>,
    /// By slot.
    shelves: Vec<(u32, Shelf)>,
}

/// The siblings that ask for values of one tag.
#[derive(Debug)]
struct Shelf {
    /// By the whole value: in each place those that ask for it, by what else they ask for.
    words: Words<Level>,
    /// By letters that the value must hold.
    literals: Option<Literals>,
    /// Those that any value might match.
    loose: Vec<u32>,
}

/// What came of one alert.
#[derive(Debug, Clone)]
pub struct Taken<'a> {
    /// As [`matching`](crate::escalation::matching) gives it.
    pub matched: Vec<Matched<'a>>,
    /// Whether the hours of a route were looked at: at another instant it might be otherwise.
    pub by_the_hour: bool,
}

impl<'a> Index<'a> {
    /// Builds the index.
    pub fn new(org: &'a Org) -> Index<'a> {
        let routes: Vec<&Route> = org.escalation.all_routes().into_iter().filter_map(|it| it.last().copied()).collect();
        let conditions = |it: &&'a Route| it.matcher.when.iter().chain(&it.matcher.unless);
        let mut tags: Vec<&str> = routes.iter().flat_map(conditions).map(|it| it.tag.as_str()).collect();
        tags.sort_unstable();
        tags.dedup();
        let check = |it: &'a Condition| Check::new(&tags, it);
        let mut nodes: Vec<Node<'a>> = routes
            .iter()
            .map(|route| Node {
                route,
                when: route.matcher.when.iter().map(check).collect(),
                unless: route.matcher.unless.iter().map(check).collect(),
                children: Level::Few(Vec::new()),
            })
            .collect();
        let places: BTreeMap<_, u32> = routes.iter().map(|it| it.id).zip(0..).collect();
        let level = |nodes: &[Node<'a>], routes: &[Route]| {
            let nodes_of: Vec<u32> = routes.iter().map(|it| places[&it.id]).collect();
            Draft::new(nodes, nodes_of.len()).level(nodes_of.iter().map(|it| Open::new(nodes, *it)).collect(), 0)
        };
        for place in 0..nodes.len() {
            nodes[place].children = level(&nodes, &routes[place].routes);
        }
        let top = level(&nodes, &org.escalation.routes);
        Index { tags, nodes, top }
    }

    /// The routes that an alert takes when it opens at `at`, in the order of the file: what
    /// [`matching`](crate::escalation::matching) says.
    pub fn matching(&self, tags: &Tags, at: Instant) -> Vec<Matched<'a>> {
        self.taken(tags, at).matched
    }

    /// The same, and whether the instant had a say in it.
    pub fn taken(&self, tags: &Tags, at: Instant) -> Taken<'a> {
        let alert = self.alert(tags);
        let taken = Taken { matched: Vec::new(), by_the_hour: false };
        let mut walk = Walk { index: self, alert: &alert, at, path: Vec::new(), taken };
        walk.among(&self.top);
        walk.taken
    }

    /// Whether an alert comes to the last route of a path, whatever the hour; if another takes it before, which. A route
    /// that keeps hours takes it if `takes` says so. The path begins at the top.
    pub(super) fn comes_to(
        &self,
        path: &[&Route],
        tags: &Tags,
        takes: impl Fn(&Route) -> bool,
    ) -> Result<(), Option<&'a Route>> {
        let alert = self.alert(tags);
        let mut level = &self.top;
        for route in path {
            let mut here = level.candidates(&alert).map(|it| &self.nodes[it as usize]).filter(|it| it.holds(&alert));
            let stop = here.find(|it| it.route.id >= route.id || (!it.route.goes_on && takes(it.route)));
            match stop {
                Some(node) if node.route.id == route.id => level = &node.children,
                Some(node) if node.route.id < route.id => return Err(Some(node.route)),
                _ => return Err(None),
            }
        }
        Ok(())
    }

    /// Whether any route compares a tag.
    pub(super) fn compares(&self, tag: &str) -> bool {
        slot(&self.tags, tag).is_some()
    }

    /// Of the alert's tags what routes compare, each with its slot.
    fn alert<'t>(&self, tags: &'t Tags) -> Alert<'t> {
        let mut alert = Alert::default();
        if self.tags.len() <= tags.len() {
            for (tag, slot) in self.tags.iter().zip(0..) {
                if let Some(value) = tags.get(*tag) {
                    alert.add(slot, value);
                }
            }
        } else {
            for (tag, value) in tags {
                if let Some(slot) = slot(&self.tags, tag) {
                    alert.add(slot, value);
                }
            }
        }
        alert
    }
}

fn slot(tags: &[&str], tag: &str) -> Option<u32> {
    let found = tags.binary_search(&tag).ok()?;
    u32::try_from(found).ok()
}

/// One alert on its way.
struct Walk<'i, 'a, 't> {
    index: &'i Index<'a>,
    alert: &'i Alert<'t>,
    at: Instant,
    path: Vec<&'a Route>,
    taken: Taken<'a>,
}

impl<'i, 'a> Walk<'i, 'a, '_> {
    /// Whether any of the siblings matched.
    fn among(&mut self, level: &'i Level) -> bool {
        let mut any = false;
        for node in level.candidates(self.alert) {
            match self.through(node) {
                Step::Past => {}
                Step::On => any = true,
                Step::End => return true,
            }
        }
        any
    }

    fn through(&mut self, node: u32) -> Step {
        let node = &self.index.nodes[node as usize];
        if !node.holds(self.alert) {
            return Step::Past;
        }
        if let Some(hours) = &node.route.hours {
            self.taken.by_the_hour = true;
            if !hours.contains(self.at) {
                return Step::Past;
            }
        }
        self.path.push(node.route);
        if !self.among(&node.children) {
            self.taken.matched.push(Matched { path: self.path.clone() });
        }
        self.path.pop();
        if node.route.goes_on { Step::On } else { Step::End }
    }
}

/// What a route does to an alert.
enum Step {
    /// It does not match.
    Past,
    /// It matches, and its siblings are tried as well.
    On,
    /// It matches, and that is that.
    End,
}

impl Node<'_> {
    fn holds(&self, alert: &Alert<'_>) -> bool {
        self.when.iter().all(|it| it.holds(alert)) && !self.unless.iter().any(|it| it.holds(alert))
    }
}

/// Those of a level that an alert may match, in order, each once.
struct Candidates<'i> {
    found: std::vec::IntoIter<u32>,
    always: &'i [u32],
}

impl Iterator for Candidates<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        match (self.found.as_slice().first(), self.always.split_first()) {
            (found, Some((next, rest))) if found.is_none_or(|it| next < it) => {
                self.always = rest;
                Some(*next)
            }
            _ => self.found.next(),
        }
    }
}

impl Level {
    fn candidates(&self, alert: &Alert<'_>) -> Candidates<'_> {
        match self {
            Level::Few(nodes) => Candidates { found: Vec::new().into_iter(), always: nodes },
            Level::Many(many) => {
                let mut found = Vec::new();
                many.shelved(alert, &mut found);
                found.sort_unstable();
                found.dedup();
                Candidates { found: found.into_iter(), always: &many.always }
            }
        }
    }

    /// Adds those that an alert may match, in no order, perhaps twice.
    fn within(&self, alert: &Alert<'_>, found: &mut Vec<u32>) {
        match self {
            Level::Few(nodes) => found.extend(nodes),
            Level::Many(many) => {
                found.extend(&many.always);
                many.shelved(alert, found);
            }
        }
    }
}

impl Many {
    fn shelved(&self, alert: &Alert<'_>, found: &mut Vec<u32>) {
        for (slot, value) in alert.values() {
            let Ok(place) = self.shelves.binary_search_by_key(slot, |(it, _)| *it) else { continue };
            let shelf = &self.shelves[place].1;
            if let Some(level) = shelf.words.get(value) {
                level.within(alert, found);
            }
            if let Some(literals) = &shelf.literals {
                literals.find(value, found);
            }
            found.extend(&shelf.loose);
        }
    }
}

/// A route on its way to a shelf, with the conditions that have not brought it there.
#[derive(Debug, Clone)]
struct Open {
    node: u32,
    conditions: Vec<u32>,
}

impl Open {
    fn new(nodes: &[Node<'_>], node: u32) -> Open {
        Open { node, conditions: (0..).take(nodes[node as usize].when.len()).collect() }
    }
}

/// How well a condition tells routes apart: the less, the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// So many rows of this list ask for one of its words.
    Words(u32),
    /// Globs or regular expressions among them.
    Patterns(u32),
}

/// A level in the making.
struct Draft<'n, 'a> {
    nodes: &'n [Node<'a>],
    /// How many places may still be filled: routes that ask for many words of many tags would fill very many.
    room: usize,
}

impl<'n, 'a> Draft<'n, 'a> {
    fn new(nodes: &'n [Node<'a>], siblings: usize) -> Draft<'n, 'a> {
        Draft { nodes, room: 1000 + 32 * siblings }
    }

    fn condition(&self, open: &Open, condition: u32) -> &'n Check<'a> {
        &self.nodes[open.node as usize].when[condition as usize]
    }

    fn level(&mut self, siblings: Vec<Open>, depth: usize) -> Level {
        let few = |siblings: &[Open]| Level::Few(siblings.iter().map(|it| it.node).collect());
        if siblings.len() <= FEW || depth == MOST_NARROW || self.room < siblings.len() {
            return few(&siblings);
        }
        self.room -= siblings.len();
        let mut common: BTreeMap<(u32, String), u32> = BTreeMap::new();
        for open in &siblings {
            for condition in &open.conditions {
                let check = self.condition(open, *condition);
                for pattern in check.any {
                    *common.entry((check.slot, pattern.to_string())).or_default() += 1;
                }
            }
        }
        let mut always = Vec::new();
        let mut shelves: BTreeMap<u32, Shelving<'n>> = BTreeMap::new();
        for open in &siblings {
            let worth = |it: &u32| Some((worth(self.condition(open, *it), &common)?, *it));
            let Some((_, best)) = open.conditions.iter().filter_map(worth).min() else {
                always.push(open.node);
                continue;
            };
            let check = self.condition(open, best);
            let shelving = shelves.entry(check.slot).or_default();
            let conditions = open.conditions.iter().copied().filter(|it| *it != best).collect();
            let rest = Open { node: open.node, conditions };
            for pattern in check.any {
                match pattern.word() {
                    Some(word) => shelving.words.entry(word).or_default().push(rest.clone()),
                    None => shelving.patterns.push((pattern, open.node)),
                }
            }
        }
        if always.len() == siblings.len() {
            return few(&siblings);
        }
        let shelves = shelves.into_iter().map(|(slot, it)| (slot, it.shelf(self, depth))).collect();
        Level::Many(Box::new(Many { always, shelves }))
    }
}

/// Nothing, for a condition that an alert meets by carrying nothing: it tells nothing apart.
fn worth(check: &Check<'_>, common: &BTreeMap<(u32, String), u32>) -> Option<Worth> {
    let mut rows: u32 = 0;
    let mut words = true;
    for pattern in check.any {
        if pattern.matches("") {
            return None;
        }
        rows = rows.saturating_add(common.get(&(check.slot, pattern.to_string())).copied().unwrap_or(0));
        words &= pattern.word().is_some();
    }
    Some(if words { Worth::Words(rows) } else { Worth::Patterns(rows) })
}

/// A shelf in the making.
#[derive(Default)]
struct Shelving<'n> {
    words: BTreeMap<&'n str, Vec<Open>>,
    patterns: Vec<(&'n Pattern, u32)>,
}

impl Shelving<'_> {
    fn shelf(self, draft: &mut Draft<'_, '_>, depth: usize) -> Shelf {
        let mut words = Vec::new();
        for (word, mut siblings) in self.words {
            siblings.dedup_by_key(|it| it.node);
            words.push((word, draft.level(siblings, depth + 1)));
        }
        let (literals, loose) = literals(&self.patterns);
        Shelf { words: Words::new(words), literals, loose }
    }
}
