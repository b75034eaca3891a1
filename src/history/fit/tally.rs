//! Counting over all episodes, in parts that are added up.

use crate::history::fit::clocks::{Clock, Part};
use crate::history::fit::journey::{Journey, Outline, Took};
use crate::history::fit::months::Months;
use crate::history::fit::stats::{Near, Sizes, size};
use crate::history::names::Table;
use crate::history::store::Batch;
use crate::history::{Episode, History};

/// What all workers look up.
pub(super) struct Scene<'a> {
    pub history: &'a History,
    pub months: Months,
    /// On the reader's clock.
    pub clock: Clock,
    /// The clocks of people, and for each person which; the reader's where none is known.
    pub clocks: Vec<Clock>,
    pub clock_of: Vec<u32>,
    /// Per set of tags: the value, by number, of the tag by which repetition is counted.
    pub value_of: Vec<Option<u32>>,
    /// When the last year begins.
    pub year: u32,
}

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub episodes: u64,
    pub backwards: u64,
    /// Episodes by how many different teams had them.
    pub touched: Vec<u64>,
    pub hand_offs: u64,
    /// Episodes with none, one or two, three or more.
    pub classes: [u64; 3],
    pub edges: Table<u64>,
    pub ping_pongs: (u64, u64),
    pub ping_pong_pairs: Table<u64>,
    /// By first and last team.
    pub ways: Table<Way>,
    pub teams: Vec<TeamTally>,
    pub people: Vec<PersonTally>,
    pub months: Vec<MonthTally>,
    /// The month of the last episode.
    month: usize,
    pub hours: Vec<[u64; 24]>,
    /// By person and value of the tag.
    pub met: Table<Met>,
    /// By value of the tag.
    pub values: Vec<u64>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Way {
    pub episodes: u64,
    /// Those of which it is known how long it took.
    pub known: u64,
    pub lost: u64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct TeamTally {
    pub first: u64,
    pub first_and_last: u64,
    pub last: u64,
    pub had: u64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct PersonTally {
    pub episodes: u64,
    pub alone: u64,
    pub parts: [u64; 3],
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct MonthTally {
    pub episodes: u64,
    pub known: u64,
    pub right: u64,
    pub several: u64,
    pub hand_offs: u64,
}

/// How often a person met a value.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Met {
    pub episodes: u32,
    pub last_year: u32,
    pub alone_last_year: u32,
    pub last: u32,
}

pub(super) fn pair(one: u32, other: u32) -> u64 {
    u64::from(one) << 32 | u64::from(other)
}

#[allow(clippy::cast_possible_truncation, reason = "the halves are wanted")]
pub(super) fn unpair(pair: u64) -> (u32, u32) {
    ((pair >> 32) as u32, pair as u32)
}

impl Tally {
    pub fn new(scene: &Scene<'_>) -> Tally {
        Tally {
            teams: vec![TeamTally::default(); scene.history.teams.len()],
            people: vec![PersonTally::default(); scene.history.people.len()],
            months: vec![MonthTally::default(); scene.months.len()],
            hours: vec![[0; 24]; 7],
            values: vec![
                0;
                if scene.value_of.iter().any(Option::is_some) { scene.history.tag_values.len() } else { 0 }
            ],
            ..Tally::default()
        }
    }

    pub fn count(&mut self, scene: &Scene<'_>, episode: &Episode<'_>, journey: &Journey) {
        let outline = &journey.outline;
        self.episodes += 1;
        let backwards = [outline.acknowledged, outline.resolved, outline.lost].contains(&Took::Backwards);
        self.backwards += u64::from(backwards);
        self.count_teams(journey);
        self.month = scene.months.near(self.month, episode.opened());
        let month = &mut self.months[self.month];
        month.episodes += 1;
        month.known += u64::from(outline.right().is_some());
        month.right += u64::from(outline.right() == Some(true));
        month.several += u64::from(journey.distinct > 1);
        month.hand_offs += outline.hand_offs as u64;
        let (hour, _) = scene.clock.at(episode.opened());
        self.hours[usize::from(hour / 24)][usize::from(hour % 24)] += 1;
        let value = scene.value_of[episode.tags as usize];
        if let Some(value) = value {
            self.values[value as usize] += 1;
        }
        for (person, at) in &journey.people {
            let clock = &scene.clocks[scene.clock_of[*person as usize] as usize];
            let (_, part) = clock.at(*at);
            let alone = journey.people.len() == 1;
            let tally = &mut self.people[*person as usize];
            tally.episodes += 1;
            tally.alone += u64::from(alone);
            tally.parts[part as usize] += 1;
            if let Some(value) = value {
                let met = self.met.at(pair(*person, value));
                let late = *at > scene.year;
                met.episodes += 1;
                met.last_year += u32::from(late);
                met.alone_last_year += u32::from(late && alone);
                met.last = met.last.max(*at);
            }
        }
    }

    fn count_teams(&mut self, journey: &Journey) {
        if self.touched.len() <= journey.distinct {
            self.touched.resize(journey.distinct + 1, 0);
        }
        self.touched[journey.distinct] += 1;
        let outline = &journey.outline;
        self.hand_offs += outline.hand_offs as u64;
        self.classes[outline.class()] += 1;
        if let (Some(first), Some(last)) = (outline.first, outline.last) {
            self.teams[first as usize].first += 1;
            self.teams[first as usize].first_and_last += u64::from(first == last);
            self.teams[last as usize].last += 1;
            let way = self.ways.at(pair(first, last));
            way.episodes += 1;
            if let Some(lost) = outline.lost.seconds() {
                way.known += 1;
                way.lost += u64::from(lost);
            }
        }
        match journey.teams.as_slice() {
            [] => return,
            [one] => {
                self.teams[*one as usize].had += 1;
                return;
            }
            [one, other] => {
                self.teams[*one as usize].had += 1;
                self.teams[*other as usize].had += 1;
            }
            more => distinct(more).into_iter().for_each(|it| self.teams[it as usize].had += 1),
        }
        for hop in journey.teams.windows(2) {
            *self.edges.at(pair(hop[0], hop[1])) += 1;
        }
        let mut back = 0;
        for turn in journey.teams.windows(3).filter(|it| it[0] == it[2]) {
            back += 1;
            *self.ping_pong_pairs.at(pair(turn[0].min(turn[1]), turn[0].max(turn[1]))) += 1;
        }
        self.ping_pongs.0 += u64::from(back > 0);
        self.ping_pongs.1 += back;
    }

    pub fn append(&mut self, other: Tally) {
        self.episodes += other.episodes;
        self.backwards += other.backwards;
        self.touched.resize(self.touched.len().max(other.touched.len()), 0);
        self.touched.iter_mut().zip(other.touched).for_each(|(it, more)| *it += more);
        self.hand_offs += other.hand_offs;
        self.classes.iter_mut().zip(other.classes).for_each(|(it, more)| *it += more);
        self.ping_pongs.0 += other.ping_pongs.0;
        self.ping_pongs.1 += other.ping_pongs.1;
        for (own, more) in [(&mut self.edges, &other.edges), (&mut self.ping_pong_pairs, &other.ping_pong_pairs)] {
            more.iter().for_each(|(key, count)| *own.at(key) += count);
        }
        self.values.iter_mut().zip(other.values).for_each(|(it, more)| *it += more);
        for (key, more) in other.ways.iter() {
            let way = self.ways.at(key);
            way.episodes += more.episodes;
            way.known += more.known;
            way.lost += more.lost;
        }
        for (own, more) in self.teams.iter_mut().zip(other.teams) {
            own.first += more.first;
            own.first_and_last += more.first_and_last;
            own.last += more.last;
            own.had += more.had;
        }
        for (own, more) in self.people.iter_mut().zip(other.people) {
            own.episodes += more.episodes;
            own.alone += more.alone;
            own.parts.iter_mut().zip(more.parts).for_each(|(it, more)| *it += more);
        }
        for (own, more) in self.months.iter_mut().zip(other.months) {
            own.episodes += more.episodes;
            own.known += more.known;
            own.right += more.right;
            own.several += more.several;
            own.hand_offs += more.hand_offs;
        }
        for (own, more) in self.hours.iter_mut().flatten().zip(other.hours.iter().flatten()) {
            *own += more;
        }
        for (key, more) in other.met.iter() {
            let met = self.met.at(key);
            met.episodes += more.episodes;
            met.last_year += more.last_year;
            met.alone_last_year += more.alone_last_year;
            met.last = met.last.max(more.last);
        }
    }
}

/// Each team once. Long ways are few.
fn distinct(teams: &[u32]) -> Vec<u32> {
    let mut all = teams.to_vec();
    all.sort_unstable();
    all.dedup();
    all
}

/// The groups over which durations are spread: for each of three durations, everything and some parts of it.
pub(super) struct Groups {
    months: usize,
    /// The place of each team among those that are shown.
    pub team: Vec<Option<u32>>,
    pub teams: usize,
    /// The place of each way among those that are shown.
    pub ways: Table<u32>,
}

/// Where the parts of one duration stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of(usize);

impl Groups {
    pub fn new(months: usize, team: Vec<Option<u32>>, teams: usize, ways: Table<u32>) -> Groups {
        Groups { months, team, teams, ways }
    }

    fn each(&self) -> usize {
        6 + self.months + self.teams
    }

    pub fn acknowledged(&self) -> Of {
        Of(0)
    }

    pub fn resolved(&self) -> Of {
        Of(self.each())
    }

    /// Its part of teams is a part of ways instead.
    pub fn lost(&self) -> Of {
        Of(2 * self.each())
    }

    pub fn all(&self, of: Of) -> usize {
        of.0
    }

    pub fn by_fit(&self, of: Of, right: bool) -> usize {
        of.0 + if right { 1 } else { 2 }
    }

    pub fn by_class(&self, of: Of, class: usize) -> usize {
        of.0 + 3 + class
    }

    pub fn by_month(&self, of: Of, month: usize) -> usize {
        of.0 + 6 + month
    }

    pub fn by_place(&self, of: Of, place: u32) -> usize {
        of.0 + 6 + self.months + place as usize
    }

    /// How many there are; their parts come after them.
    pub fn len(&self) -> usize {
        2 * self.each() + 6 + self.months + self.ways.len()
    }

    /// Every kind of fit and of hand-offs together.
    const PARTS: usize = 9;

    fn len_with_parts(&self) -> usize {
        self.len() + 2 * Self::PARTS
    }

    /// An episode counts for all, for its fit and for its hand-offs: all that in one place.
    fn part(&self, of: Of, outline: &Outline) -> usize {
        let fit = outline.right().map_or(0, |it| if it { 1 } else { 2 });
        self.parts(of) + 3 * fit + outline.class()
    }

    fn parts(&self, of: Of) -> usize {
        self.len() + if of.0 == 0 { 0 } else { Self::PARTS }
    }

    /// The part and every other group that an episode's durations belong to: of each its size and its seconds.
    #[inline]
    fn visit(&self, month: usize, outline: &Outline, mut add: impl FnMut(usize, usize, u32)) {
        let team = outline.last.and_then(|it| self.team[it as usize]);
        for (of, took) in [(self.acknowledged(), outline.acknowledged), (self.resolved(), outline.resolved)] {
            let Some(seconds) = took.seconds() else { continue };
            let size = size(seconds);
            add(self.part(of, outline), size, seconds);
            add(self.by_month(of, month), size, seconds);
            if let Some(place) = team {
                add(self.by_place(of, place), size, seconds);
            }
        }
        if let (Some(lost), Some(first), Some(last)) = (outline.lost.seconds(), outline.first, outline.last) {
            let (of, size) = (self.lost(), size(lost));
            add(self.all(of), size, lost);
            add(self.by_month(of, month), size, lost);
            if let Some(place) = self.ways.find(pair(first, last)) {
                add(self.by_place(of, *place), size, lost);
            }
        }
    }

    /// The groups that a part is of.
    fn groups_of(&self, part: usize) -> impl Iterator<Item = usize> {
        let of = if part < self.len() + Self::PARTS { self.acknowledged() } else { self.resolved() };
        let it = part - self.parts(of);
        let by_fit = (it / 3 > 0).then(|| self.by_fit(of, it / 3 == 1));
        [Some(self.all(of)), by_fit, Some(self.by_class(of, it % 3))].into_iter().flatten()
    }

    /// Every part, and a group that it is of.
    fn memberships(&self) -> impl Iterator<Item = (usize, usize)> {
        (self.len()..self.len_with_parts()).flat_map(|part| self.groups_of(part).map(move |group| (part, group)))
    }
}

/// Lets workers go over all episodes, each over its part; what they have comes in the order of the parts.
pub(super) fn over_all<T: Send>(
    history: &History,
    workers: usize,
    start: impl Fn() -> T + Sync,
    each: impl Fn(&mut T, &Episode<'_>) + Sync,
) -> Vec<T> {
    let batches = &history.batches;
    let workers = workers.clamp(1, batches.len().max(1));
    let part = batches.len().div_ceil(workers).max(1);
    let go = |batches: &[Batch]| {
        let mut own = start();
        for batch in batches {
            for episode in history.of_batch(batch) {
                each(&mut own, &episode);
            }
        }
        own
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = batches.chunks(part).map(|it| scope.spawn(|| go(it))).collect();
        running.into_iter().map(|it| it.join().expect("counting does not panic")).collect()
    })
}

/// Counts everything but how long it took.
pub(super) fn tally(scene: &Scene<'_>, workers: usize) -> Tally {
    let history = scene.history;
    let start = || (Tally::new(scene), Journey::new(history.teams.len(), history.people.len()));
    let all = over_all(history, workers, start, |(tally, journey), episode| {
        journey.follow(episode);
        tally.count(scene, episode, journey);
    });
    let mut all = all.into_iter().map(|(tally, _)| tally);
    let mut tally = all.next().expect("there is one worker at least");
    all.for_each(|it| tally.append(it));
    tally
}

/// Adds up sizes, then the values near the wanted ranks.
pub(super) fn sizes(scene: &Scene<'_>, groups: &Groups, workers: usize) -> (Sizes, Near) {
    let start = || (Sizes::new(groups.len_with_parts()), 0);
    let all = over_all(scene.history, workers, start, |(sizes, month), episode| {
        *month = scene.months.near(*month, episode.opened());
        groups.visit(*month, &Outline::of(episode), |group, size, _| sizes.add(group, size));
    });
    let mut sizes = Sizes::new(groups.len_with_parts());
    all.iter().for_each(|(it, _)| sizes.append(it));
    drop(all);
    groups.memberships().for_each(|(part, group)| sizes.add_part(group, part));
    let mut wanted = sizes.near(groups.len());
    groups.memberships().for_each(|(part, group)| wanted.ask_part(group, part));
    let start = || (wanted.clone(), 0);
    let all = over_all(scene.history, workers, start, |(near, month), episode| {
        *month = scene.months.near(*month, episode.opened());
        groups.visit(*month, &Outline::of(episode), |group, size, value| match group < groups.len() {
            true => near.add(group, size, value),
            false if near.is_asked(group, size) => groups.groups_of(group).for_each(|it| near.add(it, size, value)),
            false => {}
        });
    });
    let mut near = wanted;
    all.into_iter().for_each(|(it, _)| near.append(it));
    (sizes, near)
}

impl Part {
    /// All three, as they are counted.
    pub const ALL: [Part; 3] = [Part::Working, Part::Evening, Part::Sleeping];
}
