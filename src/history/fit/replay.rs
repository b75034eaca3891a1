//! The same history through the routes as they stand.

use crate::escalation::matching;
use crate::history::fit::stats::Share;
use crate::history::names::Names;
use crate::history::store::{Batch, known_rotation};
use crate::history::{Episode, History};
use crate::org::{Entry, Org, PersonId, RotationId, Route, RouteId, RouteTarget, Tags};
use crate::time::{Exhausted, Hours, Instant};

/// Where past episodes would go today.
#[derive(Debug, Clone)]
pub struct Replay {
    /// How many, by where their first page goes; the most first, then as they are written.
    pub to: Vec<(ReplayedTo, u64)>,
    /// Episodes that only the last route took.
    pub last_row: u64,
    /// Routes that took nothing, in the order of the file.
    pub unused: Vec<RouteId>,
    /// Right first time then, of those whose last team is a rotation of the organisation.
    pub right: Share,
    /// The same episodes as they went: whose first team was that rotation as well.
    pub before: Share,
    /// Teams of the history that are no rotation, by number, the most episodes first.
    pub strangers: Vec<(u32, u64)>,
}

/// Where a first page goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReplayedTo {
    /// To a rotation.
    Rotation(RotationId),
    /// To a person by name.
    Person(PersonId),
    /// Only into a channel.
    Channel,
    /// No route takes it.
    Nowhere,
}

/// What becomes of one kind of alert.
#[derive(Debug, Clone)]
struct Way {
    to: ReplayedTo,
    routes: Vec<RouteId>,
    episodes: u64,
}

/// What one worker counted.
#[derive(Default)]
struct Counts {
    /// Sets of tags, with which hours held; and what became of each.
    kinds: Names,
    ways: Vec<Way>,
    right: Share,
    before: Share,
    /// By number of the last team, if it is no rotation.
    strangers: Vec<u64>,
}

/// Sends every episode through the routes, with the tags that it carried and those that its service brings, at the instant
/// at which it opened. Alerts with the same tags go the same way, if the same routes' hours hold: that is worked out once.
pub(super) fn replay(org: &Org, history: &History, workers: usize) -> Result<Replay, Exhausted> {
    let hours: Vec<&Hours> =
        org.escalation.all_routes().iter().filter_map(|it| it[it.len() - 1].hours.as_ref()).collect();
    let rotation_of: Vec<Option<RotationId>> =
        history.teams.iter().map(|it| known_rotation(org, it).map(|it| it.id)).collect();
    let tags: Vec<Tags> = (0..).zip(&history.tag_sets).map(|(set, _)| carried(org, history.tags(set))).collect();
    let scene = Scene { org, hours, rotation_of, tags };
    let part = history.batches.len().div_ceil(workers.max(1)).max(1);
    let all: Vec<Counts> = std::thread::scope(|scope| {
        let running: Vec<_> = history.batches.chunks(part).map(|it| scope.spawn(|| scene.count(history, it))).collect();
        running.into_iter().map(|it| it.join().expect("counting does not panic")).collect()
    });
    Ok(report(org, history, all))
}

struct Scene<'a> {
    org: &'a Org,
    /// The hours of all routes that have any.
    hours: Vec<&'a Hours>,
    rotation_of: Vec<Option<RotationId>>,
    /// By set of tags.
    tags: Vec<Tags>,
}

impl Scene<'_> {
    fn count(&self, history: &History, batches: &[Batch]) -> Counts {
        let mut counts = Counts { strangers: vec![0; history.teams.len()], ..Counts::default() };
        let mut kind = Vec::new();
        for episode in batches.iter().flat_map(|it| history.of_batch(it)) {
            let to = self.way(&episode, &mut counts, &mut kind);
            let mut teams = episode.steps().filter_map(|it| it.actor.team);
            let Some(first) = teams.next() else { continue };
            let last = teams.last().unwrap_or(first);
            match self.rotation_of[last as usize] {
                None => counts.strangers[last as usize] += 1,
                Some(rotation) => {
                    counts.right.of += 1;
                    counts.right.count += u64::from(to == ReplayedTo::Rotation(rotation));
                    counts.before.of += 1;
                    counts.before.count += u64::from(self.rotation_of[first as usize] == Some(rotation));
                }
            }
        }
        counts
    }

    #[inline]
    fn way(&self, episode: &Episode<'_>, counts: &mut Counts, kind: &mut Vec<u8>) -> ReplayedTo {
        let at = episode.opened_at();
        kind.clear();
        kind.extend_from_slice(&episode.tags.to_le_bytes());
        kind.extend(self.hours.iter().map(|it| u8::from(it.contains(at))));
        let number = counts.kinds.intern(kind).expect("there are fewer than episodes") as usize;
        if number == counts.ways.len() {
            let (to, mut routes) = self.first_page(&self.tags[episode.tags as usize], at);
            routes.sort_unstable();
            routes.dedup();
            counts.ways.push(Way { to, routes, episodes: 0 });
        }
        let way = &mut counts.ways[number];
        way.episodes += 1;
        way.to
    }

    /// The rotation or person whom the first route that pages pages first; and the routes that took it.
    fn first_page(&self, tags: &Tags, at: Instant) -> (ReplayedTo, Vec<RouteId>) {
        let matched = matching(self.org, tags, at);
        let routes: Vec<RouteId> = matched.iter().flat_map(|it| it.path.iter().map(|it| it.id)).collect();
        let page = matched.iter().find_map(|it| match &it.route().target {
            RouteTarget::Page(Entry::Seat(seat)) => Some(ReplayedTo::Rotation(seat.rotation)),
            RouteTarget::Page(Entry::Person(person)) => Some(ReplayedTo::Person(*person)),
            RouteTarget::Notify(_) => None,
        });
        let to = match page {
            Some(to) => to,
            None if matched.is_empty() => ReplayedTo::Nowhere,
            None => ReplayedTo::Channel,
        };
        (to, routes)
    }
}

fn report(org: &Org, history: &History, all: Vec<Counts>) -> Replay {
    let mut to: Vec<(ReplayedTo, u64)> = Vec::new();
    let mut used: Vec<RouteId> = Vec::new();
    let mut last_row = 0;
    let last = org.escalation.routes.last().map(|it| it.id);
    let mut right = Share::default();
    let mut before = Share::default();
    let mut strangers = vec![0; history.teams.len()];
    for counts in &all {
        for way in &counts.ways {
            match to.iter_mut().find(|(it, _)| *it == way.to) {
                Some((_, count)) => *count += way.episodes,
                None => to.push((way.to, way.episodes)),
            }
            used.extend(&way.routes);
            if way.routes.first().is_some_and(|it| Some(*it) == last) {
                last_row += way.episodes;
            }
        }
        for (sum, more) in [(&mut right, counts.right), (&mut before, counts.before)] {
            sum.count += more.count;
            sum.of += more.of;
        }
        strangers.iter_mut().zip(&counts.strangers).for_each(|(it, more)| *it += more);
    }
    to.sort_by_key(|(it, count)| (std::cmp::Reverse(*count), *it));
    used.sort_unstable();
    used.dedup();
    let routes = org.escalation.all_routes();
    let routes = routes.iter().map(|it| it[it.len() - 1]).map(|it: &Route| it.id);
    let unused = routes.filter(|it| used.binary_search(it).is_err()).collect();
    let mut strangers: Vec<(u32, u64)> = (0..).zip(strangers).filter(|(_, count)| *count > 0).collect();
    strangers.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    Replay { to, last_row, unused, right, before, strangers }
}

/// What an alert carried, and what its service brings besides.
fn carried(org: &Org, tags: Tags) -> Tags {
    let service = tags.get("service").and_then(|it| org.service_named(it));
    let mut all = service.map(|it| it.tags.clone()).unwrap_or_default();
    all.extend(tags);
    all
}
