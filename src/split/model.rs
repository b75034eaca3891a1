//! What a division costs: the score, its parts, and how low it can be at all. `docs/split.md` defines every term.

use crate::org::{Limits, Weights};
use crate::split::clocks::{Clocks, minutes};
use crate::split::division::{Division, Part, float};
use crate::split::evidence::Evidence;

/// A month, in minutes: a twelfth of 365.2425 days.
pub const MONTH: f64 = 43_829.1;
/// So often in a year somebody must meet a thing, or pays.
pub const OFTEN: u32 = 3;
/// As many episodes as nobody has seen stand beside those of each person and service.
const PRIOR: f64 = 2.0;
/// The same for the minutes lost of a service.
const PRIOR_LOST: f64 = 5.0;
/// What a wrong first page costs where no stretch of the past shows it, in minutes.
const UNKNOWN_LOST: f64 = 30.0;
/// How many sums may be tried for the bound.
const MOST_SUMS: usize = 200_000_000;

/// What a division costs over one stretch of the past.
#[derive(Debug, Clone)]
pub struct Model {
    people: usize,
    /// The first so many of them are those for whom places are looked for.
    placed: usize,
    things: usize,
    /// By service and person: how likely it is that they can handle it.
    able: Vec<f64>,
    /// By service and person: minutes a month that are lost if it is always they who are paged.
    lost: Vec<f64>,
    /// By service: episodes a year.
    rate: Vec<f64>,
    /// By clock: weighted minutes a month of somebody who is always on call.
    duty: Vec<f64>,
    /// By clock and service: weighted minutes a month of its pages.
    pages: Vec<f64>,
    /// By clock and service: which share of its pages finds its owner asleep.
    asleep: Vec<f64>,
    clock_of: Vec<usize>,
    /// Which share of the time is fair; beyond it, load is priced.
    fair: Option<f64>,
    /// Minutes for a year in which somebody meets something fewer than three times.
    price: f64,
    /// So many people a part has at least.
    least: usize,
}

/// What an organisation says of load, and what is rarely met costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms<'a> {
    pub weights: &'a Weights,
    pub limits: &'a Limits,
    /// In minutes.
    pub price: f64,
}

/// In weighted person-minutes a month.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Score {
    /// Lost to a wrong first page.
    pub lost: f64,
    /// Load beyond a fair share.
    pub beyond: f64,
    /// The price of what is met fewer than three times a year.
    pub rusty: f64,
}

impl Score {
    /// All of it.
    pub fn total(self) -> f64 {
        self.lost + self.beyond + self.rusty
    }
}

impl std::ops::Add for Score {
    type Output = Score;

    fn add(self, other: Score) -> Score {
        Score { lost: self.lost + other.lost, beyond: self.beyond + other.beyond, rusty: self.rusty + other.rusty }
    }
}

impl Model {
    pub(super) fn new(evidence: &Evidence, placed: usize, clocks: &Clocks, terms: &Terms<'_>) -> Model {
        let Terms { weights, limits, price } = *terms;
        let (people, things) = (evidence.people, evidence.opened.len());
        let months = minutes(&[evidence.span]) / MONTH;
        let mut model = Model {
            people,
            placed,
            things,
            able: vec![0.0; people * things],
            lost: vec![0.0; people * things],
            rate: evidence.opened.iter().map(|it| float(it.len()) / months * 12.0).collect(),
            duty: clocks.all.iter().map(|it| it.minutes(evidence.span) / months).collect(),
            pages: vec![0.0; clocks.all.len() * things],
            asleep: vec![0.0; clocks.all.len() * things],
            clock_of: clocks.of.clone(),
            fair: limits.max_share.map(|it| it.of),
            price,
            least: limits.min_people.map_or(1, |it| it.max(1) as usize),
        };
        let count = f64::from(evidence.wrong.iter().map(|it| it.0).sum::<u32>());
        let all: f64 = evidence.wrong.iter().map(|it| it.1).sum();
        let common = if count > 0.0 { all / count } else { UNKNOWN_LOST };
        for thing in 0..things {
            let mut weighed = vec![0.0; clocks.all.len()];
            for (clock, sum) in weighed.iter_mut().enumerate() {
                let cell = clock * things + thing;
                for at in &evidence.opened[thing] {
                    *sum += clocks.all[clock].weight(*at) / months;
                    let sleeps = clocks.all[clock].sleeps(*at);
                    let page = if sleeps { weights.page_in_sleep } else { weights.page };
                    model.pages[cell] += page * 60.0 / months;
                    model.asleep[cell] += f64::from(u8::from(sleeps));
                }
                model.asleep[cell] /= float(evidence.opened[thing].len().max(1));
            }
            let (times, lost) = evidence.wrong[thing];
            let each = (lost + PRIOR_LOST * common) / (f64::from(times) + PRIOR_LOST);
            let cells = thing * people..(thing + 1) * people;
            let (touched, had_last) = (&evidence.touched[cells.clone()], &evidence.had_last[cells.clone()]);
            let shown = touched.iter().zip(had_last).filter(|(touched, _)| **touched > 0);
            let anybody: f64 = shown.map(|(all, last)| f64::from(*last) / f64::from(*all)).sum::<f64>();
            let anybody = anybody / float(people.max(1));
            for person in 0..people {
                let (all, last) = (f64::from(touched[person]), f64::from(had_last[person]));
                let able = (last + PRIOR * anybody) / (all + PRIOR);
                model.able[cells.start + person] = able;
                model.lost[cells.start + person] = (1.0 - able) * each * weighed[clocks.of[person]];
            }
        }
        model
    }

    /// How many people there are.
    pub fn people(&self) -> usize {
        self.people
    }

    /// How many of them, the first, are those for whom places are looked for.
    pub fn to_place(&self) -> usize {
        self.placed
    }

    /// How many services there are.
    pub fn things(&self) -> usize {
        self.things
    }

    /// So many people a part has at least.
    pub fn least(&self) -> usize {
        self.least
    }

    /// How likely it is that somebody can handle something: as often as they had it last of those times that they
    /// appeared in it, drawn towards what anybody can.
    pub fn able(&self, person: usize, thing: usize) -> f64 {
        self.able[thing * self.people + person]
    }

    /// Episodes of a service a year.
    pub fn rate(&self, thing: usize) -> f64 {
        self.rate[thing]
    }

    /// Which share of a service's pages would find somebody asleep.
    pub fn asleep(&self, person: usize, thing: usize) -> f64 {
        self.asleep[self.clock_of[person] * self.things + thing]
    }

    /// The weighted minutes a month that somebody carries in a part: on call, and pages.
    pub fn load(&self, part: &Part, person: usize) -> f64 {
        let clock = self.clock_of[person];
        let pages: f64 = part.things.iter().map(|it| self.pages[clock * self.things + it]).sum();
        (self.duty[clock] + pages) / float(part.people.len())
    }

    /// What a division costs.
    pub fn score(&self, division: &Division) -> Score {
        let mut score = Score::default();
        let mut loads = vec![0.0; self.people];
        for part in &division.parts {
            score.lost += self.lost_of(part);
            score.rusty += self.rusty_of(part);
            part.people.iter().for_each(|it| loads[*it] += self.load(part, *it));
        }
        score.beyond = loads.iter().enumerate().map(|(person, load)| self.beyond(person, *load)).sum();
        score
    }

    /// What a part costs, if its people are in no other.
    pub(super) fn cost(&self, part: &Part) -> f64 {
        let beyond: f64 = match self.fair {
            None => 0.0,
            Some(_) => part.people.iter().map(|it| self.beyond(*it, self.load(part, *it))).sum(),
        };
        self.lost_of(part) + self.rusty_of(part) + beyond
    }

    fn lost_of(&self, part: &Part) -> f64 {
        let of = |thing: &usize| -> f64 {
            let row = &self.lost[thing * self.people..(thing + 1) * self.people];
            part.people.iter().map(|it| row[*it]).sum()
        };
        part.things.iter().map(of).sum::<f64>() / float(part.people.len())
    }

    fn rusty_of(&self, part: &Part) -> f64 {
        part.things.iter().map(|it| self.rusty(*it, part.people.len())).sum()
    }

    /// How many pairs of a person and a service meet fewer than three times a year, as expected.
    pub(super) fn seldom_of(&self, part: &Part) -> f64 {
        let people = float(part.people.len());
        part.things.iter().map(|it| people * seldom(self.rate[*it] / people)).sum()
    }

    /// The price of one service among so many people.
    fn rusty(&self, thing: usize, people: usize) -> f64 {
        let people = float(people);
        people * seldom(self.rate[thing] / people) * self.price / 12.0
    }

    /// Load beyond a fair share that one service alone brings to so many people, whatever clocks they have.
    fn beyond_at_least(&self, thing: usize, people: usize) -> f64 {
        let Some(share) = self.fair.filter(|it| 1.0 <= it * float(people)) else { return 0.0 };
        let each = self.duty.iter().enumerate().map(|(clock, duty)| {
            let pages = self.pages[clock * self.things + thing];
            ((duty + pages) / float(people) - share * duty).max(0.0)
        });
        each.fold(f64::INFINITY, f64::min) * float(people)
    }

    fn beyond(&self, person: usize, load: f64) -> f64 {
        self.fair.map_or(0.0, |share| (load - share * self.duty[self.clock_of[person]]).max(0.0))
    }

    /// A sum that no division goes below, whose parts have at least so many people, and in which so many have a place.
    ///
    /// A service in a part of `n` people loses at least what the mean of the `n` best for it loses, and its price is that of
    /// `n` people. Each person has a place in a part with a service, so these numbers add up to all people or more. The
    /// least such sum is counted out. Of load beyond a fair share each service's own is counted: where nobody of a part holds more
    /// than a fair share of the time, that of all its services together is no less than the sum of theirs.
    pub fn bound(&self, least: usize, placed: usize) -> f64 {
        let least = least.clamp(1, self.people.max(1));
        let sizes = least..=self.people.max(least);
        let by_size: Vec<Vec<f64>> = (0..self.things)
            .map(|thing| {
                let mut row = self.lost[thing * self.people..(thing + 1) * self.people].to_vec();
                row.sort_by(f64::total_cmp);
                let best = |size: usize| row[..size].iter().sum::<f64>() / float(size);
                sizes
                    .clone()
                    .map(|size| best(size) + self.rusty(thing, size) + self.beyond_at_least(thing, size))
                    .collect()
            })
            .collect();
        if self.things * placed * self.people > MOST_SUMS {
            let smallest = |it: &Vec<f64>| it.iter().copied().fold(f64::INFINITY, f64::min);
            return by_size.iter().map(smallest).sum();
        }
        // The least sum for so many places; the last is for all and more.
        let mut sums = vec![f64::INFINITY; placed + 1];
        sums[0] = 0.0;
        for costs in &by_size {
            let mut next = vec![f64::INFINITY; placed + 1];
            for (before, sum) in sums.iter().enumerate().filter(|(_, it)| it.is_finite()) {
                for (size, cost) in sizes.clone().zip(costs) {
                    let now = &mut next[(before + size).min(placed)];
                    *now = now.min(sum + cost);
                }
            }
            sums = next;
        }
        sums[placed]
    }
}

/// How likely it is that something that happens so often in a mean year happens fewer than three times in one (Poisson).
fn seldom(rate: f64) -> f64 {
    (-rate).exp() * (1.0 + rate + rate * rate / 2.0)
}
