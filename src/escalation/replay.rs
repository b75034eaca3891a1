//! Many alerts at once: which ladders they climb, what is left for the last row, which rows never fire.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::calendar::Manned;
use crate::escalation::{Index, Matched, Verdict, judge, walk};
use crate::org::{Expectation, Node, Org, Route, RouteId, RouteTarget, Service, Tags};
use crate::time::{Exhausted, Instant};

/// So many kinds of alerts are remembered. Those beyond are routed and counted, each by itself.
const MOST_KINDS: usize = 100_000;
/// So many bytes of their tags.
const MOST_BYTES: usize = 256 << 20;

/// What came of many alerts.
#[derive(Debug, Clone)]
pub struct Replay<'a> {
    /// How many were routed.
    pub alerts: u64,
    /// Alerts of which somebody is paged.
    pub paged: u64,
    /// Alerts of which only a channel is informed.
    pub informed: u64,
    /// Alerts of which nobody is paged, and no channel is informed instead: whoever should be, is not there.
    pub nobody: u64,
    /// Alerts that the last row took, and no row below it.
    pub last_row: u64,
    /// What routes and escalations compare, alike in all alerts of a kind.
    pub kinds: Vec<Kind>,
    /// Alerts of kinds beyond those, because there are too many.
    pub beyond: u64,
    /// The most frequent first.
    pub outcomes: Vec<Climbed>,
    /// All routes, in the order of the file.
    pub rows: Vec<Row<'a>>,
    /// Services of the file that alerts name, and whose tags they do not carry; of how many alerts. Only `who` brings them.
    pub known_more: Vec<(&'a Service, u64)>,
}

/// Alerts that are alike in all that routes and escalations compare.
#[derive(Debug, Clone)]
pub struct Kind {
    /// What is compared.
    pub tags: Tags,
    /// How many there are.
    pub alerts: u64,
    /// How many of them the last row took.
    pub last_row: u64,
    /// How many of them page nobody.
    pub nobody: u64,
    /// The first one.
    pub example: Example,
}

/// An alert that may stand for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// All that it carries.
    pub tags: Tags,
    /// When it opened.
    pub at: Instant,
}

/// The same ladders.
#[derive(Debug, Clone)]
pub struct Climbed {
    /// The nodes of each, as a routing test writes them.
    pub ladders: Expectation,
    /// How many alerts climb them.
    pub alerts: u64,
    /// The first one.
    pub example: Example,
}

/// What a route had to do with it.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// From the outermost route to this one.
    pub path: Vec<&'a Route>,
    /// Alerts that took it.
    pub fired: u64,
    /// Alerts that came to it, and took one below it.
    pub passed_on: u64,
    /// Of a row that no alert came to: whether any could. Absent as well where a row around it says so already.
    pub verdict: Option<Verdict<'a>>,
}

impl<'a> Row<'a> {
    /// The route.
    pub fn route(&self) -> &'a Route {
        self.path[self.path.len() - 1]
    }

    /// Whether no alert came to it.
    pub fn is_idle(&self) -> bool {
        self.fired == 0 && self.passed_on == 0
    }
}

/// Alerts on their way through the routes of an organisation, one after the other.
#[derive(Debug)]
pub struct Replaying<'a> {
    org: &'a Org,
    index: Index<'a>,
    /// What escalations compare, and routes may not.
    onward: Vec<&'a str>,
    /// How many more bytes may be remembered.
    room: usize,
    places: BTreeMap<u64, Vec<usize>>,
    /// With the way that alerts of it take, if they take it at any hour.
    kinds: Vec<(Kind, Option<usize>)>,
    ways: Vec<Way>,
    /// By the routes that are taken, and the escalations that ask for tags and lead on.
    known: BTreeMap<(Vec<RouteId>, Vec<usize>), usize>,
    outcomes: BTreeMap<Expectation, usize>,
    manned: Manned<'a>,
    /// By key, those that bring tags.
    services: BTreeMap<&'a str, (&'a Service, u64)>,
    replay: Replay<'a>,
}

/// Where alerts go.
#[derive(Debug, Clone)]
struct Way {
    outcome: usize,
    /// Places of the routes that fire, and of those above them.
    fires: Vec<usize>,
    passes: Vec<usize>,
    is_last: bool,
    informs: bool,
    /// Everybody who may be there.
    nodes: Vec<Node>,
}

impl<'a> Replaying<'a> {
    /// Nothing has come yet.
    pub fn new(org: &'a Org) -> Replaying<'a> {
        let index = Index::new(org);
        let mut onward: Vec<&str> =
            org.escalation.edges.iter().flat_map(|it| &it.when).map(|it| it.tag.as_str()).collect();
        onward.sort_unstable();
        onward.dedup();
        let rows = org.escalation.all_routes().into_iter();
        let rows = rows.map(|path| Row { path, fired: 0, passed_on: 0, verdict: None }).collect();
        let replay = Replay {
            alerts: 0,
            paged: 0,
            informed: 0,
            nobody: 0,
            last_row: 0,
            kinds: Vec::new(),
            beyond: 0,
            outcomes: Vec::new(),
            rows,
            known_more: Vec::new(),
        };
        Replaying {
            org,
            index,
            onward,
            room: MOST_BYTES,
            places: BTreeMap::new(),
            kinds: Vec::new(),
            ways: Vec::new(),
            known: BTreeMap::new(),
            outcomes: BTreeMap::new(),
            manned: Manned::new(org),
            services: org.services.iter().map(|it| (it.key.as_str(), (it, 0))).collect(),
            replay,
        }
    }

    /// How many have come.
    pub fn alerts(&self) -> u64 {
        self.replay.alerts
    }

    /// Sends an alert that opens at `at` through the routes.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule reaches its bound.
    pub fn add(&mut self, tags: &Tags, at: Instant) -> Result<(), Exhausted> {
        let known = tags.get("service").and_then(|it| self.services.get_mut(it.as_str()));
        if let Some((service, alerts)) = known {
            *alerts += u64::from(service.tags.iter().any(|(tag, _)| !tags.contains_key(tag)));
        }
        let place = self.kind(tags, at);
        let way = match place.and_then(|it| self.kinds[it].1) {
            Some(way) => way,
            None => {
                let (way, by_the_hour) = self.way(tags, at);
                if let Some(place) = place.filter(|_| !by_the_hour) {
                    self.kinds[place].1 = Some(way);
                }
                way
            }
        };
        let way = &self.ways[way];
        let mut somebody = false;
        for node in &way.nodes {
            somebody = match node {
                Node::Person(_) => true,
                Node::Seat(seat) => self.manned.at(*seat, at)?,
                Node::Nobody => false,
            };
            if somebody {
                break;
            }
        }
        let informed = !somebody && way.informs && way.nodes.is_empty();
        let nobody = !somebody && !informed;
        self.replay.alerts += 1;
        self.replay.paged += u64::from(somebody);
        self.replay.informed += u64::from(informed);
        self.replay.nobody += u64::from(nobody);
        self.replay.last_row += u64::from(way.is_last);
        self.replay.outcomes[way.outcome].alerts += 1;
        way.fires.iter().for_each(|it| self.replay.rows[*it].fired += 1);
        way.passes.iter().for_each(|it| self.replay.rows[*it].passed_on += 1);
        match place {
            None => self.replay.beyond += 1,
            Some(place) => {
                let (kind, _) = &mut self.kinds[place];
                kind.alerts += 1;
                kind.last_row += u64::from(way.is_last);
                kind.nobody += u64::from(nobody);
            }
        }
        Ok(())
    }

    /// What came of them.
    pub fn finish(mut self) -> Replay<'a> {
        let rows = &mut self.replay.rows;
        if rows.iter().any(Row::is_idle) {
            let mut judged = judge(self.org).into_iter().peekable();
            for row in rows {
                let own = judged.next_if(|it| it.route().id == row.route().id);
                row.verdict = own.map(|it| it.verdict).filter(|_| row.fired == 0 && row.passed_on == 0);
            }
        }
        self.replay.outcomes.sort_by_key(|it| std::cmp::Reverse(it.alerts));
        self.replay.known_more = self.services.into_values().filter(|it| it.1 > 0).collect();
        self.replay.known_more.sort_by_key(|it| std::cmp::Reverse(it.1));
        self.replay.kinds = self.kinds.into_iter().map(|(kind, _)| kind).collect();
        self.replay.kinds.sort_by_key(|it| std::cmp::Reverse(it.alerts));
        self.replay
    }

    /// The place of an alert's kind, made if there is room for one.
    fn kind(&mut self, tags: &Tags, at: Instant) -> Option<usize> {
        let compared = |(tag, value): &(&String, &String)| {
            !value.is_empty() && (self.index.compares(tag) || self.onward.binary_search(&tag.as_str()).is_ok())
        };
        let mut hasher = DefaultHasher::new();
        tags.iter().filter(compared).for_each(|it| it.hash(&mut hasher));
        let hash = hasher.finish();
        let same = |it: &&usize| self.kinds[**it].0.tags.iter().eq(tags.iter().filter(compared));
        if let Some(place) = self.places.get(&hash).into_iter().flatten().find(same) {
            return Some(*place);
        }
        let bytes: usize = tags.iter().map(|(tag, value)| 2 * (tag.len() + value.len() + 64)).sum();
        if self.kinds.len() == MOST_KINDS || self.room < bytes {
            return None;
        }
        self.room -= bytes;
        let place = self.kinds.len();
        let kept = tags.iter().filter(compared).map(|(tag, value)| (tag.clone(), value.clone())).collect();
        let example = Example { tags: tags.clone(), at };
        self.kinds.push((Kind { tags: kept, alerts: 0, last_row: 0, nobody: 0, example }, None));
        self.places.entry(hash).or_default().push(place);
        Some(place)
    }

    /// The place of the way that an alert goes, and whether the hour has a say in it.
    fn way(&mut self, tags: &Tags, at: Instant) -> (usize, bool) {
        let taken = self.index.taken(tags, at);
        let edges = self.org.escalation.edges.iter().enumerate();
        let asked = edges.filter(|(_, it)| !it.when.is_empty() && it.when.iter().all(|it| it.holds(tags)));
        let routes = taken.matched.iter().map(|it| it.route().id).collect();
        let way = match self.known.entry((routes, asked.map(|(index, _)| index).collect())) {
            Entry::Occupied(known) => return (*known.get(), taken.by_the_hour),
            Entry::Vacant(way) => *way.insert(self.ways.len()),
        };
        let place = |it: &Route| it.id.0 as usize - 1;
        let mut ladders = Expectation::new();
        let mut nodes = Vec::new();
        let mut informs = false;
        for matched in &taken.matched {
            match &matched.route().target {
                RouteTarget::Page(entry) => {
                    let steps = walk(self.org, *entry, |edge| edge.when.iter().all(|it| it.holds(tags)));
                    ladders.push(steps.iter().map(|it| self.org.node_name(it.node)).collect());
                    nodes.extend(steps.iter().map(|it| it.node));
                }
                RouteTarget::Notify(channel) => {
                    informs = true;
                    ladders.push(vec![format!("notify:{channel}")]);
                }
            }
        }
        let last = self.org.escalation.routes.last().map(|it| it.id);
        let passes = taken.matched.iter().flat_map(|it| &it.path[..it.path.len() - 1]).map(|it| place(it));
        let mut passes: Vec<usize> = passes.collect();
        passes.sort_unstable();
        passes.dedup();
        let fires = taken.matched.iter().map(|it: &Matched<'_>| place(it.route())).collect();
        let is_last = taken.matched.iter().any(|it| Some(it.route().id) == last);
        let outcome = *self.outcomes.entry(ladders.clone()).or_insert_with(|| {
            let example = Example { tags: tags.clone(), at };
            self.replay.outcomes.push(Climbed { ladders, alerts: 0, example });
            self.replay.outcomes.len() - 1
        });
        self.ways.push(Way { outcome, fires, passes, is_last, informs, nodes });
        (way, taken.by_the_hour)
    }
}
