//! From counts to findings.

use std::sync::Arc;

use chrono::{Months as Calendar, NaiveDate};

use crate::history::fit::Settings;
use crate::history::fit::clocks::{Clock, Holidays, Part, QUARTER};
use crate::history::fit::months::Months;
use crate::history::fit::replay::{Replay, replay};
use crate::history::fit::stats::{Share, Spread, ranks};
use crate::history::fit::tally::{Groups, Scene, Tally, sizes, tally, unpair};
use crate::history::fit::within::Within;
use crate::history::names::Table;
use crate::history::store::Batch;
use crate::history::store::known_person;
use crate::history::{History, Told};
use crate::org::Org;
use crate::time::{Exhausted, Instant, Zone};

/// How many teams, and ways between two teams, are looked at in detail.
const MOST_DETAILED: usize = 40;
/// From how many episodes on a month says something.
pub const LEAST_A_MONTH: u64 = 30;
/// From how many episodes in the last year on a person meets something often.
pub const OFTEN: u64 = 3;

/// What the past says. Teams, people and values are numbers of the [`History`].
#[derive(Debug, Clone)]
pub struct Fit {
    /// On whose clock months and hours are.
    pub zone: Zone,
    /// The first and the last opening.
    pub span: (Instant, Instant),
    /// How many.
    pub episodes: u64,
    /// How many different teams had one.
    pub teams: u64,
    /// How many different people had one.
    pub people: u64,
    /// Episodes by how many different teams had them: none, one, two …
    pub touched: Vec<u64>,
    /// Which teams the history tells. Unless it tells the first and the last, whatever compares them is of nothing.
    pub told: Told,
    /// Touched by more than one team.
    pub several: Share,
    /// First and last team are the same, of those with a known team.
    pub right: Share,
    /// From person to person, where no second team had it.
    pub within: Within,
    /// From team to team.
    pub hand_offs: HandOffs,
    /// There and back again.
    pub ping_pong: PingPong,
    /// Minutes to acknowledge.
    pub acknowledged: Minutes,
    /// Minutes to resolve.
    pub resolved: Minutes,
    /// Time until the last team first had it, where the first team was another.
    pub lost: Duration,
    /// How much of it is known, of the episodes whose first team was another.
    pub lost_known: Share,
    /// Episodes with a time before their opening, whose minutes are left out.
    pub backwards: u64,
    /// By team, in order of their number.
    pub by_team: Vec<OfTeam>,
    /// First team, last team, and how many; in order of both.
    pub matrix: Vec<Hop>,
    /// The ways from a first team to another last team, the most time lost first.
    pub misroutes: Vec<Misroute>,
    /// By month.
    pub months: Vec<Month>,
    /// What is the same from month to month.
    pub steadiness: Vec<Steadiness>,
    /// Openings by weekday, Monday first, and hour.
    pub hours: Vec<[u64; 24]>,
    /// Load by person, in order of their number.
    pub loads: Vec<PersonLoad>,
    /// How many of those have a clock of their own in the organisation.
    pub own_clocks: u64,
    /// Who meets what.
    pub repetition: Option<Repetition>,
    /// The same history through the routes as they stand; `None` without an organisation.
    pub replay: Option<Replay>,
}

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Duration(pub Option<Spread>);

/// Hand-offs from team to team.
#[derive(Debug, Clone)]
pub struct HandOffs {
    /// How many in all.
    pub total: u64,
    /// Episodes with none, with one or two, with three or more.
    pub classes: [u64; 3],
    /// Different pairs of a giving and a taking team.
    pub edges: u64,
    /// Those pairs, in order of both.
    pub hops: Vec<Hop>,
}

/// A pair of teams, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hop {
    /// From this team.
    pub from: u32,
    /// To this team.
    pub to: u32,
    /// So often.
    pub count: u64,
}

/// From A to B and back to A.
#[derive(Debug, Clone)]
pub struct PingPong {
    /// Episodes in which it happened.
    pub episodes: Share,
    /// How often it happened.
    pub times: u64,
    /// Between which two teams, the most often first.
    pub pairs: Vec<Hop>,
}

/// Minutes by what kind of episode it was.
#[derive(Debug, Clone)]
pub struct Minutes {
    /// All.
    pub all: Duration,
    /// First and last team are the same.
    pub right: Duration,
    /// They are not.
    pub wrong: Duration,
    /// By hand-offs: none, one or two, three or more.
    pub classes: [Duration; 3],
}

/// A team.
#[derive(Debug, Clone, Copy)]
pub struct OfTeam {
    /// Which.
    pub team: u32,
    /// Had it at all.
    pub had: u64,
    /// Had it first, and of those had it last as well.
    pub right: Share,
    /// Had it last.
    pub last: u64,
    /// To acknowledge what it had last; only for the teams with the most.
    pub acknowledged: Duration,
    /// To resolve what it had last; only for the teams with the most.
    pub resolved: Duration,
}

/// One team first, another last.
#[derive(Debug, Clone, Copy)]
pub struct Misroute {
    /// Had it first.
    pub first: u32,
    /// Had it last.
    pub last: u32,
    /// So often.
    pub episodes: u64,
    /// Of so many it is known how long it took.
    pub known: u64,
    /// All that time, in seconds.
    pub lost_seconds: u64,
    /// Each time.
    pub lost: Duration,
}

/// A month.
#[derive(Debug, Clone)]
pub struct Month {
    /// 2026-03.
    pub name: String,
    /// Opened in it.
    pub episodes: u64,
    /// Right first time.
    pub right: Share,
    /// Touched by several teams.
    pub several: Share,
    /// Hand-offs.
    pub hand_offs: u64,
    /// To acknowledge.
    pub acknowledged: Duration,
    /// To resolve.
    pub resolved: Duration,
    /// Lost.
    pub lost: Duration,
}

/// Whether a figure is the same from month to month.
#[derive(Debug, Clone, PartialEq)]
pub struct Steadiness {
    /// `right-first-time`, `several-teams`, `acknowledge`, `resolve`, `lost`.
    pub figure: &'static str,
    /// Months with episodes enough.
    pub months: u64,
    /// What they say.
    pub drift: Drift,
}

/// Whether months differ by more than chance would have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// Fewer than two months say something.
    TooFew,
    /// Each two months' intervals have something in common.
    Steady,
    /// These two have not: places in [`Fit::months`].
    Moves {
        /// Where it was lowest.
        low: usize,
        /// Where it was highest.
        high: usize,
    },
}

/// What a person carried.
#[derive(Debug, Clone)]
pub struct PersonLoad {
    /// Who.
    pub person: u32,
    /// Episodes that brought them in.
    pub episodes: u64,
    /// Those in which they were the only one.
    pub alone: u64,
    /// By what they did at that hour: worked, neither, slept.
    pub parts: [u64; 3],
    /// Their key in the organisation.
    pub key: Option<String>,
}

/// Who meets what, by the values of one tag.
#[derive(Debug, Clone)]
pub struct Repetition {
    /// Which tag.
    pub tag: String,
    /// From when on an episode is of the last year.
    pub year: Instant,
    /// Values, the most episodes first.
    pub values: Vec<Value>,
    /// Person and value, in order of both; whoever is not there never met it.
    pub met: Vec<Often>,
}

/// A value of the tag.
#[derive(Debug, Clone, Copy)]
pub struct Value {
    /// Which.
    pub value: u32,
    /// Episodes.
    pub episodes: u64,
    /// People who met it often in the last year.
    pub often: u64,
    /// People who met it, but not often in the last year.
    pub rusty: u64,
    /// People who could carry it alone: they did so often in the last year.
    pub alone: u64,
}

/// How often a person met a value.
#[derive(Debug, Clone, Copy)]
pub struct Often {
    /// Who.
    pub person: u32,
    /// What.
    pub value: u32,
    /// Episodes.
    pub episodes: u64,
    /// Those of the last year.
    pub last_year: u64,
    /// Those of the last year in which they were the only one.
    pub alone: u64,
    /// The last time.
    pub last: Instant,
}

impl Often {
    /// Whether they meet it often.
    pub fn is_often(&self) -> bool {
        self.last_year >= OFTEN
    }

    /// Whether they could carry it alone.
    pub fn carries_alone(&self) -> bool {
        self.alone >= OFTEN
    }
}

/// What all people carried together.
#[derive(Debug, Clone, Copy)]
pub struct LoadTotals {
    /// By what they did at that hour.
    pub parts: [u64; 3],
    /// Episodes of a person.
    pub a_person: Spread,
    /// Of the one with the most.
    pub most: u64,
    /// The share of the ten with the most, of all people's episodes together.
    pub top_ten: Share,
}

/// Up to which share of episodes with several teams nearly all stay within one.
const NEARLY_NONE: f64 = 0.05;

impl Fit {
    /// Whether there are teams to compare: with one, whatever compares them is nothing but right.
    pub fn compares_teams(&self) -> bool {
        self.told == Told::FirstAndLast && self.teams > 1
    }

    /// Whether the matter is who within a team had it: nearly all episodes stay within one, and people are known.
    pub fn is_within_teams(&self) -> bool {
        let few = !self.compares_teams() || self.several.value().is_some_and(|it| it <= NEARLY_NONE);
        few && self.within.right.of > 0
    }

    /// What all people carried together; nothing at all if no person is known.
    pub fn load_totals(&self) -> LoadTotals {
        let mut each: Vec<u64> = self.loads.iter().map(|it| it.episodes).collect();
        each.sort_unstable();
        let all = each.iter().sum();
        let at = |rank: u64| {
            let place = usize::try_from(rank).ok().and_then(|it| it.checked_sub(1));
            let value = place.and_then(|it| each.get(it)).copied().unwrap_or(0);
            u32::try_from(value).unwrap_or(u32::MAX)
        };
        let count = each.len() as u64;
        let [median, low, high, ninety] = ranks(count);
        LoadTotals {
            parts: [0, 1, 2].map(|part| self.loads.iter().map(|it| it.parts[part]).sum()),
            a_person: Spread {
                count,
                median: at(median),
                interval: (low > 0).then(|| (at(low), at(high))),
                ninety: at(ninety),
            },
            most: each.last().copied().unwrap_or(0),
            top_ten: Share { count: each.iter().rev().take(10).sum(), of: all },
        }
    }
}

/// Looks at a history. `None` if there is nothing in it.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule of the organisation reaches its bound.
pub fn fit(history: &History, settings: &Settings<'_>) -> Result<Option<Fit>, Exhausted> {
    let Some((from, to)) = extent(history) else { return Ok(None) };
    let (scene, own, tag) = scene(history, settings, (from, to));
    let (mut tally, portions) = tally(&scene, settings.workers);
    let within = std::mem::take(&mut tally.within).found();
    let ways = detailed_ways(&tally);
    let teams = detailed_teams(&tally);
    let mut team = vec![None; history.teams.len()];
    for (place, it) in (0..).zip(&teams) {
        team[*it as usize] = Some(place);
    }
    let mut places: Table<u32> = Table::default();
    for (place, it) in (0..).zip(&ways) {
        *places.at(*it) = place;
    }
    let groups = Groups::new(scene.months.len(), team, teams.len(), places);
    let (counted, near) = sizes(&scene, &portions, &groups, settings.workers);
    drop(portions);
    let spreads = counted.spreads(groups.len(), near);
    let replay = settings.org.map(|org| replay(org, history, settings.workers)).transpose()?;
    let of = |group: usize| Duration(spreads[group]);
    let months = by_month(&scene, &tally, &groups, &of);
    let steadiness = steadiness(&months);
    let told = history.told();
    let found = Fit {
        zone: settings.zone.clone(),
        span: (Instant::from_unix(i64::from(from)), Instant::from_unix(i64::from(to))),
        episodes: tally.episodes(),
        teams: tally.teams.iter().filter(|it| it.had > 0).count() as u64,
        people: tally.people.iter().filter(|it| it.episodes() > 0).count() as u64,
        told,
        several: Share { count: tally.touched.iter().skip(2).sum(), of: tally.episodes() },
        right: Share {
            count: tally.teams.iter().map(|it| it.first_and_last).sum(),
            of: tally.teams.iter().map(|it| it.first).sum(),
        },
        within,
        hand_offs: HandOffs {
            total: tally.hand_offs(),
            classes: tally.classes(),
            edges: tally.edges.len() as u64,
            hops: tally.edges.sorted().into_iter().map(hop).collect(),
        },
        ping_pong: PingPong {
            episodes: Share { count: tally.ping_pongs.0, of: tally.episodes() },
            times: tally.ping_pongs.1,
            pairs: {
                let mut pairs: Vec<Hop> = tally.ping_pong_pairs.sorted().into_iter().map(hop).collect();
                pairs.sort_by_key(|it| std::cmp::Reverse(it.count));
                pairs
            },
        },
        acknowledged: minutes(&groups, groups.acknowledged(), &of),
        resolved: minutes(&groups, groups.resolved(), &of),
        lost: of(groups.all(groups.lost())),
        lost_known: {
            let wrong = tally.ways.iter().filter(|(way, _)| unpair(*way).0 != unpair(*way).1);
            let (count, of) = wrong.fold((0, 0), |(known, all), (_, it)| (known + it.known, all + it.episodes));
            Share { count, of }
        },
        backwards: tally.backwards,
        by_team: by_team(&tally, &groups, &of),
        matrix: tally.ways.sorted().into_iter().map(|(key, way)| hop((key, &way.episodes))).collect(),
        misroutes: misroutes(&tally, &groups, &ways, &of),
        steadiness,
        months,
        hours: tally.hours.as_chunks().0.to_vec(),
        loads: loads(history, settings.org, &tally),
        own_clocks: tally.people.iter().zip(&own).filter(|(it, own)| it.episodes() > 0 && **own).count() as u64,
        repetition: tag.map(|tag| repetition(history, &tally, tag, scene.year)),
        replay,
        touched: tally.touched,
    };
    Ok(Some(if told == Told::FirstAndLast { found } else { untold(found) }))
}

/// Without what compares first and last teams, of which the history tells one at most.
fn untold(mut fit: Fit) -> Fit {
    let none = Share { count: 0, of: 0 };
    (fit.several, fit.right, fit.ping_pong.episodes, fit.lost_known) = (none, none, none, none);
    for minutes in [&mut fit.acknowledged, &mut fit.resolved] {
        let nothing = Duration(None);
        *minutes = Minutes { all: minutes.all, right: nothing, wrong: nothing, classes: [nothing; 3] };
    }
    fit.by_team.iter_mut().for_each(|it| it.right = none);
    fit.months.iter_mut().for_each(|it| (it.right, it.several) = (none, none));
    fit.matrix.clear();
    fit.steadiness.retain(|it| matches!(it.figure, "acknowledge" | "resolve"));
    if let Some(replay) = &mut fit.replay {
        replay.before = none;
        if fit.told != Told::Last {
            replay.right = none;
        }
    }
    fit
}

/// The first and the last opening.
fn extent(history: &History) -> Option<(u32, u32)> {
    let batches = history.batches.iter().filter(|it| !it.opened.is_empty());
    let both = |batch: &Batch| batch.opened.iter().fold((u32::MAX, 0), |(low, high), it| (low.min(*it), high.max(*it)));
    batches.map(both).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}

fn scene<'a>(
    history: &'a History,
    settings: &Settings<'_>,
    (from, to): (u32, u32),
) -> (Scene<'a>, Vec<bool>, Option<u32>) {
    let none = |_: Option<&str>| Arc::from([]);
    let of_org = |name: Option<&str>| -> Arc<[NaiveDate]> {
        let org = settings.org.expect("only windows of an organisation name holidays");
        name.and_then(|it| org.holidays.get(it)).cloned().unwrap_or_else(|| Arc::from([]))
    };
    let (windows, holidays): ((&[_], &[_]), &Holidays<'_>) = match settings.org {
        Some(org) => ((&org.working_hours, &org.sleep), &of_org),
        None => ((&settings.working_hours, &settings.sleep), &none),
    };
    // A few episodes in a hundred years need no table of all of these years.
    let many = history.len() >= ((to - from) / QUARTER / 8) as usize;
    let clock = |zone: &Zone| match (Clock::new(zone, windows, holidays), many) {
        (clock, true) => clock.with_quarters(from, to),
        (clock, false) => clock,
    };
    let mut zones = vec![settings.zone.clone()];
    let mut own = Vec::new();
    let mut clock_of = Vec::new();
    for name in &history.people {
        let person = settings.org.and_then(|it| known_person(it, name));
        own.push(person.is_some());
        let zone = person.map_or(&settings.zone, |it| &it.zone);
        let place = zones.iter().position(|it| it == zone).unwrap_or_else(|| {
            zones.push(zone.clone());
            zones.len() - 1
        });
        clock_of.push(u32::try_from(place).expect("there are few zones"));
    }
    let year = settings.zone.civil(Instant::from_unix(i64::from(to))).checked_sub_months(Calendar::new(12));
    let year = year.map_or(0, |it| settings.zone.resolve(it).unix());
    let tag = counted_tag(history, settings);
    let value = |set: &Vec<(u32, u32)>| set.iter().find(|(key, _)| Some(*key) == tag).map(|(_, value)| *value);
    let scene = Scene {
        history,
        doers: history.doers(),
        months: Months::new(&settings.zone, from, to),
        clock: clock(&settings.zone),
        clocks: zones.iter().map(clock).collect(),
        clock_of,
        value_of: history.tag_sets.iter().map(value).collect(),
        year: u32::try_from(year).unwrap_or(0),
    };
    (scene, own, tag)
}

/// The tag by which repetition is counted.
fn counted_tag(history: &History, settings: &Settings<'_>) -> Option<u32> {
    let place = |name: &str| history.tag_keys.iter().position(|it| it == name);
    let place = match &settings.tag {
        Some(name) => place(name),
        None => place("service").or_else(|| (!history.tag_keys.is_empty()).then_some(0)),
    };
    place.and_then(|it| u32::try_from(it).ok())
}

fn hop((key, count): (u64, &u64)) -> Hop {
    let (from, to) = unpair(key);
    Hop { from, to, count: *count }
}

/// The ways to a team that was not the first, the most time lost first.
fn detailed_ways(tally: &Tally) -> Vec<u64> {
    let mut ways = tally.ways.sorted();
    ways.retain(|(key, _)| unpair(*key).0 != unpair(*key).1);
    ways.sort_by_key(|(_, way)| std::cmp::Reverse((way.lost, way.episodes)));
    ways.iter().take(MOST_DETAILED).map(|(key, _)| *key).collect()
}

/// The teams that had most episodes last.
fn detailed_teams(tally: &Tally) -> Vec<u32> {
    let mut teams: Vec<u32> = (0..).zip(&tally.teams).filter(|(_, it)| it.last > 0).map(|(team, _)| team).collect();
    teams.sort_by_key(|it| std::cmp::Reverse(tally.teams[*it as usize].last));
    teams.truncate(MOST_DETAILED);
    teams
}

fn minutes(groups: &Groups, of: crate::history::fit::tally::Of, spread: &impl Fn(usize) -> Duration) -> Minutes {
    Minutes {
        all: spread(groups.all(of)),
        right: spread(groups.by_fit(of, true)),
        wrong: spread(groups.by_fit(of, false)),
        classes: [0, 1, 2].map(|it| spread(groups.by_class(of, it))),
    }
}

fn by_team(tally: &Tally, groups: &Groups, spread: &impl Fn(usize) -> Duration) -> Vec<OfTeam> {
    let rows = (0..).zip(&tally.teams).filter(|(_, it)| it.had > 0);
    rows.map(|(team, it)| {
        let place = groups.team[team as usize];
        let of = |of| place.map_or(Duration(None), |place| spread(groups.by_place(of, place)));
        OfTeam {
            team,
            had: it.had,
            right: Share { count: it.first_and_last, of: it.first },
            last: it.last,
            acknowledged: of(groups.acknowledged()),
            resolved: of(groups.resolved()),
        }
    })
    .collect()
}

fn misroutes(tally: &Tally, groups: &Groups, ways: &[u64], spread: &impl Fn(usize) -> Duration) -> Vec<Misroute> {
    let row = |key: &u64| {
        let way = tally.ways.find(*key)?;
        let place = groups.ways.find(*key)?;
        let (first, last) = unpair(*key);
        Some(Misroute {
            first,
            last,
            episodes: way.episodes,
            known: way.known,
            lost_seconds: way.lost,
            lost: spread(groups.by_place(groups.lost(), *place)),
        })
    };
    ways.iter().filter_map(row).collect()
}

fn by_month(scene: &Scene<'_>, tally: &Tally, groups: &Groups, spread: &impl Fn(usize) -> Duration) -> Vec<Month> {
    let rows = tally.months.iter().enumerate();
    rows.map(|(month, it)| Month {
        name: scene.months.name(month),
        episodes: it.episodes(),
        right: Share { count: it.right(), of: it.known() },
        several: Share { count: it.several, of: it.episodes() },
        hand_offs: it.hand_offs,
        acknowledged: spread(groups.by_month(groups.acknowledged(), month)),
        resolved: spread(groups.by_month(groups.resolved(), month)),
        lost: spread(groups.by_month(groups.lost(), month)),
    })
    .collect()
}

fn steadiness(months: &[Month]) -> Vec<Steadiness> {
    let share = |share: Share| share.interval().filter(|_| share.of >= LEAST_A_MONTH);
    let spread = |it: Duration| {
        let interval = it.0.filter(|it| it.count >= LEAST_A_MONTH).and_then(|it| it.interval);
        interval.map(|(low, high)| (f64::from(low), f64::from(high)))
    };
    type Interval<'a> = &'a dyn Fn(&Month) -> Option<(f64, f64)>;
    let figures: [(&'static str, Interval<'_>); 5] = [
        ("right-first-time", &|it| share(it.right)),
        ("several-teams", &|it| share(it.several)),
        ("acknowledge", &|it| spread(it.acknowledged)),
        ("resolve", &|it| spread(it.resolved)),
        ("lost", &|it| spread(it.lost)),
    ];
    figures
        .iter()
        .map(|(figure, interval)| {
            let known: Vec<(usize, (f64, f64))> =
                months.iter().enumerate().filter_map(|(place, it)| Some((place, interval(it)?))).collect();
            // Of several, the first month.
            let low = known.iter().min_by(|(_, one), (_, other)| one.1.total_cmp(&other.1));
            let high = known.iter().rev().max_by(|(_, one), (_, other)| one.0.total_cmp(&other.0));
            let drift = match (low, high) {
                _ if known.len() < 2 => Drift::TooFew,
                (Some((low, (_, top))), Some((high, (bottom, _)))) if top < bottom => {
                    Drift::Moves { low: *low, high: *high }
                }
                _ => Drift::Steady,
            };
            Steadiness { figure, months: known.len() as u64, drift }
        })
        .collect()
}

fn loads(history: &History, org: Option<&Org>, tally: &Tally) -> Vec<PersonLoad> {
    let rows = (0..).zip(&tally.people).filter(|(_, it)| it.episodes() > 0);
    rows.map(|(person, it)| PersonLoad {
        person,
        episodes: it.episodes(),
        alone: it.alone,
        parts: it.parts,
        key: org.and_then(|org| known_person(org, &history.people[person as usize])).map(|it| it.key.clone()),
    })
    .collect()
}

fn repetition(history: &History, tally: &Tally, tag: u32, year: u32) -> Repetition {
    let met: Vec<Often> = tally
        .met
        .sorted()
        .into_iter()
        .map(|(key, it)| {
            let (person, value) = unpair(key);
            Often {
                person,
                value,
                episodes: u64::from(it.episodes),
                last_year: u64::from(it.last_year),
                alone: u64::from(it.alone_last_year),
                last: Instant::from_unix(i64::from(it.last)),
            }
        })
        .collect();
    let mut counts: Table<[u64; 3]> = Table::default();
    for it in &met {
        let count = counts.at(u64::from(it.value));
        count[usize::from(!it.is_often())] += 1;
        count[2] += u64::from(it.carries_alone());
    }
    let values = (0..).zip(&tally.values).filter(|(_, episodes)| **episodes > 0);
    let mut values: Vec<Value> = values
        .map(|(value, episodes)| {
            let [often, rusty, alone] = counts.find(u64::from(value)).copied().unwrap_or_default();
            Value { value, episodes: *episodes, often, rusty, alone }
        })
        .collect();
    values.sort_by_key(|it| std::cmp::Reverse(it.episodes));
    let year = Instant::from_unix(i64::from(year));
    Repetition { tag: history.tag_keys[tag as usize].clone(), year, values, met }
}

impl PersonLoad {
    /// How many at a part of the day.
    pub fn at(&self, part: Part) -> u64 {
        self.parts[part as usize]
    }
}
