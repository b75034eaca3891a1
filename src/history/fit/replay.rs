//! The same history through the routes as they stand.

use crate::escalation::Index;
use crate::history::fit::journey::Outline;
use crate::history::fit::stats::Share;
use crate::history::fit::tally::over_all;
use crate::history::names::{Names, Table};
use crate::history::store::known_rotation;
use crate::history::{Episode, History};
use crate::org::{Entry, Org, PersonId, RotationId, Route, RouteId, RouteTarget, Tags};
use crate::time::{Exhausted, Hours, Instant, Span};

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
#[derive(Debug)]
struct Way {
    to: ReplayedTo,
    routes: Vec<RouteId>,
    episodes: u64,
}

/// What one worker counted.
struct Counts {
    /// Sets of tags, with which hours held; and what became of each.
    kinds: Table<Option<Way>>,
    moments: Moments,
    right: Share,
    before: Share,
    /// By number of the last team, if it is no rotation.
    strangers: Vec<u64>,
}

/// Sends every episode through the routes, with the tags that it carried and those that its service brings, at the instant
/// at which it opened. Alerts with the same tags go the same way, if the same routes' hours hold: that is worked out once.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule of the organisation reaches its bound.
pub fn replay(org: &Org, history: &History, workers: usize) -> Result<Replay, Exhausted> {
    let mut hours: Vec<&Hours> = Vec::new();
    for it in org.escalation.all_routes().iter().filter_map(|it| it[it.len() - 1].hours.as_ref()) {
        if !hours.contains(&it) {
            hours.push(it);
        }
    }
    let rotation_of: Vec<Option<RotationId>> =
        history.teams.iter().map(|it| known_rotation(org, it).map(|it| it.id)).collect();
    let tags: Vec<Tags> = (0..).zip(&history.tag_sets).map(|(set, _)| carried(org, history.tags(set))).collect();
    let scene = Scene { index: Index::new(org), hours, rotation_of, tags };
    let start = || Counts {
        kinds: Table::default(),
        moments: Moments::default(),
        right: Share::default(),
        before: Share::default(),
        strangers: vec![0; history.teams.len()],
    };
    Ok(report(org, history, over_all(history, workers, start, |counts, episode| scene.count(counts, episode))))
}

struct Scene<'a> {
    index: Index<'a>,
    /// The hours of all routes that have any, each once.
    hours: Vec<&'a Hours>,
    rotation_of: Vec<Option<RotationId>>,
    /// By set of tags.
    tags: Vec<Tags>,
}

impl Scene<'_> {
    fn count(&self, counts: &mut Counts, episode: &Episode<'_>) {
        let to = self.way(episode, counts);
        let Outline { first: Some(first), last: Some(last), .. } = Outline::of(episode) else { return };
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

    #[inline]
    fn way(&self, episode: &Episode<'_>, counts: &mut Counts) -> ReplayedTo {
        let state = counts.moments.state(&self.hours, episode.opened());
        let way = counts.kinds.at(u64::from(episode.tags) << 32 | u64::from(state));
        let way = way.get_or_insert_with(|| {
            let (to, mut routes) = self.first_page(&self.tags[episode.tags as usize], episode.opened_at());
            routes.sort_unstable();
            routes.dedup();
            Way { to, routes, episodes: 0 }
        });
        way.episodes += 1;
        way.to
    }

    /// The rotation or person whom the first route that pages pages first; and the routes that took it.
    fn first_page(&self, tags: &Tags, at: Instant) -> (ReplayedTo, Vec<RouteId>) {
        let matched = self.index.matching(tags, at);
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

/// Which hours hold, as a number for each combination of them that occurs: looked up by quarters of an hour, a week of
/// which is worked out when an episode falls into it.
#[derive(Debug, Default)]
struct Moments {
    /// Combinations: a byte for each of the hours.
    states: Names,
    /// By week from 1970-01-01 on; none before it is worked out.
    weeks: Vec<Vec<u32>>,
}

const QUARTER: u32 = 900;
const WEEK: u32 = 7 * 24 * 3_600;
/// Something begins or ends within this quarter.
const MIXED: u32 = u32::MAX;

impl Moments {
    #[inline]
    fn state(&mut self, hours: &[&Hours], at: u32) -> u32 {
        if hours.is_empty() {
            return 0;
        }
        let (week, quarter) = ((at / WEEK) as usize, (at % WEEK / QUARTER) as usize);
        let state = match self.weeks.get(week).and_then(|it| it.get(quarter)) {
            Some(state) => *state,
            None => {
                self.work_out(hours, week);
                self.weeks[week][quarter]
            }
        };
        if state == MIXED { self.state_at(hours, at) } else { state }
    }

    fn state_at(&mut self, hours: &[&Hours], at: u32) -> u32 {
        let at = Instant::from_unix(i64::from(at));
        let held: Vec<u8> = hours.iter().map(|it| u8::from(it.contains(at))).collect();
        self.states.intern(&held).expect("there are fewer than quarters of an hour")
    }

    #[cold]
    fn work_out(&mut self, hours: &[&Hours], week: usize) {
        const QUARTERS: usize = (WEEK / QUARTER) as usize;
        let begin = i64::try_from(week).unwrap_or(i64::MAX) * i64::from(WEEK);
        let instant = |seconds: i64| Instant::from_unix(begin + seconds);
        let span = Span::new(instant(0), instant(i64::from(WEEK))).expect("a week is long");
        let mut held = vec![0; QUARTERS * hours.len()];
        let mut mixed = vec![false; QUARTERS];
        let quarter = i64::from(QUARTER);
        let place = |at: i64| usize::try_from(at).expect("it is within the week");
        for (number, hours_of_one) in hours.iter().enumerate() {
            for window in hours_of_one.within(span) {
                let (start, end) = (window.start().unix() - begin, window.end().unix() - begin);
                for edge in [start, end].into_iter().filter(|it| it % quarter != 0) {
                    mixed[place(edge / quarter)] = true;
                }
                for it in place((start + quarter - 1) / quarter)..place(end / quarter) {
                    held[it * hours.len() + number] = 1;
                }
            }
        }
        let states = held.chunks_exact(hours.len()).zip(mixed).map(|(held, mixed)| match mixed {
            true => MIXED,
            false => self.states.intern(held).expect("there are fewer than quarters of an hour"),
        });
        let states = states.collect();
        if self.weeks.len() <= week {
            self.weeks.resize_with(week + 1, Vec::new);
        }
        self.weeks[week] = states;
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
        for way in counts.kinds.iter().filter_map(|(_, it)| it.as_ref()) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::{Window, Zone};
    use std::sync::Arc;

    /// Also where hours change in the middle of a quarter, and where the clock jumps.
    #[test]
    fn a_quarter_at_a_time_says_which_hours_hold() {
        let hours = |zone: &str, windows: &[&str]| {
            let windows: Vec<Window> = windows.iter().map(|it| Window::parse(it).unwrap()).collect();
            Hours::new(&Zone::named(zone).unwrap(), &windows, |_| Arc::from([]))
        };
        let all = [
            hours("Europe/Dublin", &["Mon-Fri 09:00-17:00"]),
            hours("Australia/Lord_Howe", &["Mon-Sun 01:30-02:10", "Fri 18:00-Mon 09:05"]),
            hours("America/New_York", &["Mon-Fri 09:05-17:50", "Sun 00:00-24:00"]),
        ];
        let hours: Vec<&Hours> = all.iter().collect();
        let mut moments = Moments::default();
        let from = 1_774_000_000; // March 2026
        for at in (from..from + 40 * 24 * 3_600).step_by(331) {
            let held: Vec<u8> =
                hours.iter().map(|it| u8::from(it.contains(Instant::from_unix(i64::from(at))))).collect();
            let state = moments.state(&hours, at);
            assert_eq!(moments.states.get(state), held, "{at}");
        }
    }
}
