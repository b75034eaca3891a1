//! Counting over all episodes, in parts that are added up.

use std::ops::Range;
use std::sync::Mutex;

use multiversion::multiversion;

use crate::history::fit::clocks::{Clock, Part};
use crate::history::fit::journey::{Journey, Outline, PARTS, RIGHT, WRONG, part_of};
use crate::history::fit::months::Months;
use crate::history::fit::stats::{Near, Sizes, size};
use crate::history::fit::within;
use crate::history::names::Table;
use crate::history::store::{Batch, Doer};
use crate::history::{Episode, History};

/// What all workers look up.
pub(super) struct Scene<'a> {
    pub history: &'a History,
    /// Who may do what in a step.
    pub doers: Vec<Doer>,
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
    pub backwards: u64,
    /// Episodes by how many different teams had them.
    pub touched: Vec<u64>,
    pub edges: Table<u64>,
    pub within: within::Count,
    pub ping_pongs: (u64, u64),
    pub ping_pong_pairs: Table<u64>,
    /// By first and last team.
    pub ways: Table<Way>,
    pub teams: Vec<TeamTally>,
    pub people: Vec<PersonTally>,
    pub months: Vec<MonthTally>,
    /// The month of the last episode.
    month: usize,
    /// By hour of the week.
    pub hours: Vec<u64>,
    /// By person and value of the tag.
    pub met: Table<Met>,
    /// What `met` is still to count.
    meetings: Vec<Meeting>,
    /// By value of the tag.
    pub values: Vec<u64>,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Way {
    pub episodes: u64,
    /// Those which no third team had: their hand-off is from the first team to the last.
    direct: u64,
    /// Those of which it is known how long it took.
    pub known: u64,
    pub lost: u64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct TeamTally {
    /// Episodes that no other team had: they count for all the others as well, but only in the end.
    only: u64,
    pub first: u64,
    pub first_and_last: u64,
    pub last: u64,
    pub had: u64,
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct PersonTally {
    pub alone: u64,
    pub parts: [u64; 3],
}

impl PersonTally {
    pub fn episodes(&self) -> u64 {
        self.parts.iter().sum()
    }
}

#[derive(Debug, Default, Clone, Copy)]
pub(super) struct MonthTally {
    /// Episodes by their [`part`](Outline::part).
    parts: [u64; PARTS],
    pub several: u64,
    pub hand_offs: u64,
}

impl MonthTally {
    pub fn episodes(&self) -> u64 {
        self.parts.iter().sum()
    }

    /// Those with a known team.
    pub fn known(&self) -> u64 {
        self.parts[RIGHT..].iter().sum()
    }

    pub fn right(&self) -> u64 {
        self.parts[RIGHT..WRONG].iter().sum()
    }
}

/// How often a person met a value.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Met {
    pub episodes: u32,
    pub last_year: u32,
    pub alone_last_year: u32,
    pub last: u32,
}

/// A person met a value, so many seconds after 1970.
#[derive(Debug, Clone, Copy)]
struct Meeting {
    pair: u64,
    at: u32,
    alone: bool,
}

/// How many meetings are counted together: alike and one after the other, they wait for memory at the same time.
const MEETINGS: usize = 1 << 10;

/// What of an episode counts again once it is known which groups there are, in twelve bytes: nothing is followed twice.
#[derive(Debug, Clone, Copy)]
struct Brief {
    /// Seconds to acknowledge, and to resolve.
    took: [u32; 2],
    /// Its part of the groups, and below [`PART`] its last team.
    part_and_last: u32,
}

/// Where the part of a brief begins. Two readers' teams stay below it.
const PART: u32 = 29;
/// How long something took that is not known. No two instants are so far apart.
const UNKNOWN: u32 = u32::MAX;

/// The briefs of some batches.
#[derive(Debug, Default)]
pub(super) struct Briefs {
    all: Vec<Brief>,
    /// Of each whose last team was not the first: the first, and the time lost.
    wrong: Vec<(u32, u32)>,
}

impl Briefs {
    #[inline(always)]
    fn add(&mut self, outline: &Outline, part: u8) {
        self.all.push(Brief {
            took: [outline.acknowledged, outline.resolved].map(|it| it.unwrap_or(UNKNOWN)),
            part_and_last: u32::from(part) << PART | outline.last.unwrap_or(0),
        });
        if usize::from(part) >= WRONG {
            self.wrong.push((outline.first.unwrap_or(0), outline.lost.unwrap_or(UNKNOWN)));
        }
    }
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
            hours: vec![0; 7 * 24],
            values: vec![
                0;
                if scene.value_of.iter().any(Option::is_some) { scene.history.tag_values.len() } else { 0 }
            ],
            ..Tally::default()
        }
    }

    #[inline(always)]
    pub fn count(&mut self, scene: &Scene<'_>, episode: &Episode<'_>, journey: &Journey, part: u8) {
        let outline = &journey.outline;
        self.backwards += u64::from(outline.backwards);
        self.count_teams(journey);
        self.within.episode(episode, journey);
        self.month = scene.months.near(self.month, episode.opened());
        let month = &mut self.months[self.month];
        month.parts[usize::from(part)] += 1;
        month.several += u64::from(journey.distinct > 1);
        month.hand_offs += outline.hand_offs as u64;
        let (hour, _) = scene.clock.at(episode.opened());
        self.hours[usize::from(hour)] += 1;
        let value = scene.value_of[episode.tags as usize];
        if let Some(value) = value {
            self.values[value as usize] += 1;
        }
        for (person, at) in &journey.people {
            let clock = &scene.clocks[scene.clock_of[*person as usize] as usize];
            let (_, part) = clock.at(*at);
            let alone = journey.people.len() == 1;
            let tally = &mut self.people[*person as usize];
            tally.alone += u64::from(alone);
            tally.parts[part as usize] += 1;
            if let Some(value) = value {
                self.meetings.push(Meeting { pair: pair(*person, value), at: *at, alone });
            }
        }
        if self.meetings.len() >= MEETINGS {
            self.count_meetings(scene.year);
        }
    }

    fn count_meetings(&mut self, year: u32) {
        for Meeting { pair, at, alone } in self.meetings.drain(..) {
            let met = self.met.at(pair);
            let late = at > year;
            met.episodes += 1;
            met.last_year += u32::from(late);
            met.alone_last_year += u32::from(late && alone);
            met.last = met.last.max(at);
        }
    }

    fn count_teams(&mut self, journey: &Journey) {
        if self.touched.len() <= journey.distinct {
            self.touched.resize(journey.distinct + 1, 0);
        }
        self.touched[journey.distinct] += 1;
        if let [only] = journey.teams.as_slice() {
            self.teams[*only as usize].only += 1;
            return;
        }
        let outline = &journey.outline;
        if let (Some(first), Some(last)) = (outline.first, outline.last) {
            self.teams[first as usize].first += 1;
            self.teams[first as usize].first_and_last += u64::from(first == last);
            self.teams[last as usize].last += 1;
            // Those from a team to itself are known by their teams: `close`.
            if first != last {
                let way = self.ways.at(pair(first, last));
                way.episodes += 1;
                way.direct += u64::from(journey.teams.len() == 2);
                if let Some(lost) = outline.lost {
                    way.known += 1;
                    way.lost += u64::from(lost);
                }
            }
        }
        match journey.teams.as_slice() {
            [one, other] => {
                self.teams[*one as usize].had += 1;
                self.teams[*other as usize].had += 1;
                return;
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

    /// Adds what is known from other counts: most episodes have one team, and most of the others two.
    fn close(&mut self) {
        for (team, tally) in (0..).zip(&mut self.teams) {
            let only = std::mem::take(&mut tally.only);
            for count in [&mut tally.first, &mut tally.first_and_last, &mut tally.last, &mut tally.had] {
                *count += only;
            }
            // Nothing is lost on the way from a team to itself.
            if tally.first_and_last > 0 {
                self.ways.at(pair(team, team)).episodes = tally.first_and_last;
            }
        }
        for (way, tally) in self.ways.iter().filter(|(_, it)| it.direct > 0) {
            *self.edges.at(way) += tally.direct;
        }
    }

    pub fn episodes(&self) -> u64 {
        self.months.iter().map(MonthTally::episodes).sum()
    }

    pub fn hand_offs(&self) -> u64 {
        self.months.iter().map(|it| it.hand_offs).sum()
    }

    /// Episodes with no hand-off, with one or two, with three or more.
    pub fn classes(&self) -> [u64; 3] {
        let mut classes = [0; 3];
        for month in &self.months {
            for (part, count) in month.parts.iter().enumerate() {
                classes[part_of(part).1] += count;
            }
        }
        classes
    }

    pub fn append(&mut self, other: Tally) {
        self.backwards += other.backwards;
        self.touched.resize(self.touched.len().max(other.touched.len()), 0);
        self.touched.iter_mut().zip(other.touched).for_each(|(it, more)| *it += more);
        self.within.append(other.within);
        self.ping_pongs.0 += other.ping_pongs.0;
        self.ping_pongs.1 += other.ping_pongs.1;
        for (own, more) in [(&mut self.edges, &other.edges), (&mut self.ping_pong_pairs, &other.ping_pong_pairs)] {
            more.iter().for_each(|(key, count)| *own.at(key) += count);
        }
        self.values.iter_mut().zip(other.values).for_each(|(it, more)| *it += more);
        for (key, more) in other.ways.iter() {
            let way = self.ways.at(key);
            way.episodes += more.episodes;
            way.direct += more.direct;
            way.known += more.known;
            way.lost += more.lost;
        }
        for (own, more) in self.teams.iter_mut().zip(other.teams) {
            own.only += more.only;
            own.first += more.first;
            own.first_and_last += more.first_and_last;
            own.last += more.last;
            own.had += more.had;
        }
        for (own, more) in self.people.iter_mut().zip(other.people) {
            own.alone += more.alone;
            own.parts.iter_mut().zip(more.parts).for_each(|(it, more)| *it += more);
        }
        for (own, more) in self.months.iter_mut().zip(other.months) {
            own.parts.iter_mut().zip(more.parts).for_each(|(it, more)| *it += more);
            own.several += more.several;
            own.hand_offs += more.hand_offs;
        }
        self.hours.iter_mut().zip(other.hours).for_each(|(it, more)| *it += more);
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

/// One of the three durations, and where its parts begin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Of {
    duration: usize,
    begin: usize,
}

impl Groups {
    pub fn new(months: usize, team: Vec<Option<u32>>, teams: usize, ways: Table<u32>) -> Groups {
        Groups { months, team, teams, ways }
    }

    fn each(&self) -> usize {
        6 + self.months + self.teams
    }

    pub fn acknowledged(&self) -> Of {
        Of { duration: 0, begin: 0 }
    }

    pub fn resolved(&self) -> Of {
        Of { duration: 1, begin: self.each() }
    }

    /// Its part of teams is a part of ways instead.
    pub fn lost(&self) -> Of {
        Of { duration: 2, begin: 2 * self.each() }
    }

    pub fn all(&self, of: Of) -> usize {
        of.begin
    }

    pub fn by_fit(&self, of: Of, right: bool) -> usize {
        of.begin + if right { 1 } else { 2 }
    }

    pub fn by_class(&self, of: Of, class: usize) -> usize {
        of.begin + 3 + class
    }

    pub fn by_month(&self, of: Of, month: usize) -> usize {
        of.begin + 6 + month
    }

    pub fn by_place(&self, of: Of, place: u32) -> usize {
        of.begin + 6 + self.months + place as usize
    }

    /// How many there are; their parts come after them.
    pub fn len(&self) -> usize {
        2 * self.each() + 6 + self.months + self.ways.len()
    }

    fn len_with_parts(&self) -> usize {
        self.len() + 2 * PARTS
    }

    fn parts(&self, of: Of) -> usize {
        self.len() + if of.duration == 0 { 0 } else { PARTS }
    }

    /// The part and every other group that durations belong to: of each its size and its seconds, if groups of its kind want
    /// that size.
    #[inline(always)]
    fn visit(
        &self,
        scene: &Scene<'_>,
        portion: &Portion<'_>,
        wanted: impl Fn(Of, usize) -> u8,
        mut add: impl FnMut(usize, usize, u32),
    ) {
        let took = [self.acknowledged(), self.resolved()];
        let mut wrong = portion.briefs.wrong.iter();
        let opened = portion.batches.iter().flat_map(|it| &it.opened);
        let mut month = 0;
        for (brief, opened) in portion.briefs.all.iter().zip(opened) {
            let (part, last) = ((brief.part_and_last >> PART) as usize, brief.part_and_last & ((1 << PART) - 1));
            for (of, seconds) in took.iter().zip(&brief.took) {
                let size = size(*seconds);
                let wanted = if *seconds == UNKNOWN { 0 } else { wanted(*of, size) };
                if wanted & OF_PARTS != 0 {
                    add(self.parts(*of) + part, size, *seconds);
                }
                if wanted & OF_MONTHS != 0 {
                    month = scene.months.near(month, *opened);
                    add(self.by_month(*of, month), size, *seconds);
                }
                if wanted & OF_PLACES != 0
                    && let Some(place) = self.team[last as usize].filter(|_| part != 0)
                {
                    add(self.by_place(*of, place), size, *seconds);
                }
            }
            if part < WRONG {
                continue;
            }
            if let Some((first, lost)) = wrong.next().filter(|(_, lost)| *lost != UNKNOWN) {
                let (of, size) = (self.lost(), size(*lost));
                if wanted(of, size) == 0 {
                    continue;
                }
                month = scene.months.near(month, *opened);
                add(self.all(of), size, *lost);
                add(self.by_month(of, month), size, *lost);
                if let Some(place) = self.ways.find(pair(*first, last)) {
                    add(self.by_place(of, *place), size, *lost);
                }
            }
        }
    }

    /// The groups of each kind, and of its parts, that hold one of the durations.
    fn kinds(&self, of: Of) -> [(u8, Range<usize>); 3] {
        let (parts, places) = match of.duration {
            2 => (self.all(of)..self.all(of) + 1, self.ways.len()),
            _ => (self.parts(of)..self.parts(of) + PARTS, self.teams),
        };
        let months = self.by_month(of, 0)..self.by_month(of, self.months);
        [(OF_PARTS, parts), (OF_PLACES, months.end..months.end + places), (OF_MONTHS, months)]
    }

    /// The groups that a part is of.
    fn groups_of(&self, part: usize) -> impl Iterator<Item = usize> {
        let of = if part < self.len() + PARTS { self.acknowledged() } else { self.resolved() };
        let (right, class) = part_of(part - self.parts(of));
        let by_fit = right.map(|it| self.by_fit(of, it));
        [Some(self.all(of)), by_fit, Some(self.by_class(of, class))].into_iter().flatten()
    }

    /// Every part, and a group that it is of.
    fn memberships(&self) -> impl Iterator<Item = (usize, usize)> {
        (self.len()..self.len_with_parts()).flat_map(|part| self.groups_of(part).map(move |group| (part, group)))
    }
}

/// Kinds of groups: the parts of all, the months, and the teams or ways.
const OF_PARTS: u8 = 1;
const OF_MONTHS: u8 = 2;
const OF_PLACES: u8 = 4;
const OF_ALL: u8 = OF_PARTS | OF_MONTHS | OF_PLACES;

/// How many episodes a worker takes at once.
const PORTION: usize = 1 << 16;

/// All episodes in portions of whole batches.
fn portions(history: &History) -> Vec<&[Batch]> {
    let mut rest = history.batches.as_slice();
    let mut all = Vec::new();
    while !rest.is_empty() {
        let mut episodes = 0;
        let full = rest.iter().position(|it| {
            episodes += it.ids.len();
            episodes >= PORTION
        });
        let (portion, after) = rest.split_at(full.map_or(rest.len(), |it| it + 1));
        all.push(portion);
        rest = after;
    }
    all
}

/// Lets workers go over portions; who is done with one takes the next. Which they were given must not matter.
fn share<P: Send, T: Send>(
    portions: Vec<P>,
    workers: usize,
    start: impl Fn() -> T + Sync,
    each: impl Fn(&mut T, P) + Sync,
) -> Vec<T> {
    let workers = workers.clamp(1, portions.len().max(1));
    let queue = Mutex::new(portions.into_iter());
    let go = || {
        let mut own = start();
        loop {
            let next = queue.lock().expect("taking does not panic").next();
            let Some(portion) = next else { return own };
            each(&mut own, portion);
        }
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..workers).map(|_| scope.spawn(go)).collect();
        running.into_iter().map(|it| it.join().expect("counting does not panic")).collect()
    })
}

/// Lets workers go over all episodes, in no order; what they have is to be added up.
pub(super) fn over_all<T: Send>(
    history: &History,
    workers: usize,
    start: impl Fn() -> T + Sync,
    each: impl Fn(&mut T, &Episode<'_>) + Sync,
) -> Vec<T> {
    share(portions(history), workers, start, |own, batches| {
        batches.iter().flat_map(|it| history.of_batch(it)).for_each(|episode| each(own, &episode));
    })
}

/// Some batches, and what is to be counted of them again.
pub(super) struct Portion<'a> {
    batches: &'a [Batch],
    briefs: Briefs,
}

/// Counts everything but how long it took; and what of each episode is to be counted again.
pub(super) fn tally<'a>(scene: &Scene<'a>, workers: usize) -> (Tally, Vec<Portion<'a>>) {
    let history = scene.history;
    let start = || (Tally::new(scene), Journey::new(history.teams.len(), history.people.len()), Vec::new());
    let all = share(portions(history), workers, start, |(tally, journey, portions), batches| {
        portions.push(Portion { batches, briefs: tally_batches(scene, batches, tally, journey) });
    });
    let mut sum = Tally::new(scene);
    let mut portions = Vec::new();
    for (mut tally, _, own) in all {
        tally.count_meetings(scene.year);
        sum.append(tally);
        portions.extend(own);
    }
    sum.close();
    (sum, portions)
}

/// The same of some batches; compiled twice, as reading is, with what this processor can do.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn tally_batches(scene: &Scene<'_>, batches: &[Batch], tally: &mut Tally, journey: &mut Journey) -> Briefs {
    let count = batches.iter().map(|it| it.ids.len()).sum();
    let mut briefs = Briefs { all: Vec::with_capacity(count), wrong: Vec::new() };
    for batch in batches {
        for episode in scene.history.of_batch(batch) {
            journey.follow(&episode, &scene.doers);
            let part = journey.outline.part();
            tally.count(scene, &episode, journey, part);
            briefs.add(&journey.outline, part);
        }
    }
    briefs.wrong.shrink_to_fit();
    briefs
}

/// Adds up sizes, then the values near the wanted ranks.
pub(super) fn sizes(scene: &Scene<'_>, portions: &[Portion<'_>], groups: &Groups, workers: usize) -> (Sizes, Near) {
    let all: Vec<&Portion<'_>> = portions.iter().collect();
    let start = || Sizes::new(groups.len_with_parts());
    let counted = share(all.clone(), workers, start, |sizes, portion| sizes_of_portion(scene, groups, portion, sizes));
    let mut sizes = Sizes::new(groups.len_with_parts());
    counted.iter().for_each(|it| sizes.append(it));
    drop(counted);
    groups.memberships().for_each(|(part, group)| sizes.add_part(group, part));
    let mut wanted = sizes.near(groups.len());
    groups.memberships().for_each(|(part, group)| wanted.ask_part(group, part));
    // Few sizes are near a rank of any group, and most values need no closer look.
    let durations = [groups.acknowledged(), groups.resolved(), groups.lost()];
    let any = durations.map(|it| wanted.sizes_of(groups.kinds(it)));
    let found =
        share(all, workers, || wanted.clone(), |near, portion| near_of_portion(scene, groups, portion, &any, near));
    let mut near = wanted;
    found.into_iter().for_each(|it| near.append(it));
    (sizes, near)
}

/// Counts the sizes of a portion.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn sizes_of_portion(scene: &Scene<'_>, groups: &Groups, portion: &Portion<'_>, sizes: &mut Sizes) {
    groups.visit(scene, portion, |_, _| OF_ALL, |group, size, _| sizes.add(group, size));
}

/// Keeps the values of a portion that some group must see; `any` says by duration and size which kinds of groups want it.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn near_of_portion(scene: &Scene<'_>, groups: &Groups, portion: &Portion<'_>, any: &[Vec<u8>; 3], near: &mut Near) {
    let some_group = |of: Of, size: usize| any[of.duration][size];
    groups.visit(scene, portion, some_group, |group, size, value| match group < groups.len() {
        true => near.add(group, size, value),
        false if near.is_asked(group, size) => groups.groups_of(group).for_each(|it| near.add(it, size, value)),
        false => {}
    });
}

impl Part {
    /// All three, as they are counted.
    pub const ALL: [Part; 3] = [Part::Working, Part::Evening, Part::Sleeping];
}
