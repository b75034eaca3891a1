//! What chance would do: a seeded dice, and divisions of the same shape.

use std::collections::{BTreeMap, BTreeSet};

use crate::split::division::{Division, Part};

/// So many other divisions by chance a division is held against; if there are no more of its shape, all of them.
pub const BY_CHANCE: usize = 999;
/// Being better than fewer others than these may be luck more often than once in twenty.
pub const LEAST_BY_CHANCE: usize = 19;
/// Up to so many ways to give everybody a place all are gone through, to see how many different divisions they are.
const MOST_WAYS: usize = 24_000;

/// How a division does among others of its shape.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ByChance {
    /// So many do as well.
    pub as_good: usize,
    /// Of so many.
    pub of: usize,
}

impl ByChance {
    /// Whether there are so many others that being better than each says something.
    pub fn tells(self) -> bool {
        self.of >= LEAST_BY_CHANCE
    }
}

/// A dice that falls the same way every time (splitmix64).
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut it = self.0;
        it = (it ^ (it >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        it ^ (it >> 31)
    }

    /// From 0 to below `count`, which is not 0.
    pub fn below(&mut self, count: usize) -> usize {
        let wide = u128::from(self.next()) * count as u128;
        usize::try_from(wide >> 64).expect("it is below a count")
    }

    /// From 0 to below 1.
    #[allow(clippy::cast_precision_loss, reason = "53 bits are exact")]
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn shuffle(&mut self, items: &mut [usize]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

/// Who finished what, beyond what everybody's and everything's share of it would give.
///
/// A division speaks for itself if in months that it was not made from the people of a rotation finished its own services' episodes
/// more often than people of any other would have. How busy a service is, and how much somebody does, is taken out first, and
/// so is what the standing rotations explain: whoever is never paged for something does not finish it.
#[derive(Debug, Clone)]
pub(super) struct Affinity {
    people: usize,
    /// By service and person.
    more: Vec<f64>,
    /// The standing rotation of each person and each service.
    of_person: Vec<usize>,
    of_thing: Vec<usize>,
}

impl Affinity {
    /// From counts by service and person.
    pub fn new(finished: &[u32], of_person: Vec<usize>, of_thing: Vec<usize>) -> Affinity {
        let people = of_person.len();
        let mut more: Vec<f64> = finished.iter().map(|it| f64::from(*it)).collect();
        let strata = of_person.iter().chain(&of_thing).max().map_or(0, |it| it + 1);
        for stratum in 0..strata {
            let own = |of: &[usize]| -> Vec<usize> { (0..of.len()).filter(|it| of[*it] == stratum).collect() };
            let (persons, things) = (own(&of_person), own(&of_thing));
            let count = |thing: usize, person: usize| f64::from(finished[thing * people + person]);
            let by_person: Vec<f64> =
                persons.iter().map(|person| things.iter().map(|it| count(*it, *person)).sum()).collect();
            let all: f64 = by_person.iter().sum();
            for thing in things.iter().filter(|_| all > 0.0) {
                let of_thing: f64 = persons.iter().map(|it| count(*thing, *it)).sum();
                for (person, of_person) in persons.iter().zip(&by_person) {
                    more[thing * people + person] -= of_thing * of_person / all;
                }
            }
        }
        Affinity { people, more, of_person, of_thing }
    }

    fn of(&self, division: &Division) -> f64 {
        let part = |it: &Part| -> f64 {
            it.things
                .iter()
                .map(|thing| it.people.iter().map(|it| self.more[thing * self.people + it]).sum::<f64>())
                .sum()
        };
        division.parts.iter().map(part).sum()
    }

    /// How many other divisions of the same shape do as well: those in which people of one standing rotation have changed places with
    /// each other, and services likewise. All of them, or [`BY_CHANCE`] if there are more. The division itself, whatever its parts
    /// are called, is none of them: it would count against itself.
    pub fn by_chance(&self, division: &Division) -> ByChance {
        let own = self.of(division);
        let division = division.clone().in_order();
        // What is equal by arithmetic may differ by a hair.
        let as_good = |it: &Division| self.of(it) >= own - 1e-9;
        if let Some(others) = self.every_other(&division) {
            return ByChance { as_good: others.iter().filter(|it| as_good(it)).count(), of: others.len() };
        }
        let mut dice = Dice::new(0xC4A9_CE00);
        let mut people: Vec<usize> = (0..self.of_person.len()).collect();
        let mut things: Vec<usize> = (0..self.of_thing.len()).collect();
        let mut found = ByChance { as_good: 0, of: 0 };
        while found.of < BY_CHANCE {
            shuffle_within(&mut people, &self.of_person, &mut dice);
            shuffle_within(&mut things, &self.of_thing, &mut dice);
            let mut other = division.clone();
            for part in &mut other.parts {
                part.people.iter_mut().for_each(|it| *it = people[*it]);
                part.things.iter_mut().for_each(|it| *it = things[*it]);
            }
            let other = other.in_order();
            if other != division {
                found.of += 1;
                found.as_good += usize::from(as_good(&other));
            }
        }
        found
    }

    /// Every other division of this shape; `None` if there are more than [`BY_CHANCE`], or too many ways to go through.
    fn every_other(&self, division: &Division) -> Option<BTreeSet<Division>> {
        // In which parts each person is, and each service.
        let places = |count: usize, of: &dyn Fn(&Part) -> &Vec<usize>| -> Vec<Vec<usize>> {
            let parts = || division.parts.iter().enumerate();
            (0..count)
                .map(|it| parts().filter(|(_, part)| of(part).contains(&it)).map(|(at, _)| at).collect())
                .collect()
        };
        let people = places(self.of_person.len(), &|it| &it.people);
        let things = places(self.of_thing.len(), &|it| &it.things);
        let mut rows = by_stratum(&self.of_person, &people);
        let of_people = rows.len();
        rows.extend(by_stratum(&self.of_thing, &things));
        if rows.iter().map(|it| ways(&it.1)).product::<f64>() > MOST_WAYS as f64 {
            return None;
        }
        let mut found = BTreeSet::new();
        loop {
            let mut other = Division { parts: vec![Part::default(); division.parts.len()] };
            for (number, (members, places)) in rows.iter().enumerate() {
                for (member, parts) in members.iter().zip(places) {
                    for part in parts {
                        let part = &mut other.parts[*part];
                        if number < of_people { part.people.push(*member) } else { part.things.push(*member) }
                    }
                }
            }
            let other = other.in_order();
            if other != *division {
                found.insert(other);
            }
            if found.len() > BY_CHANCE {
                return None;
            }
            // As an odometer goes on: what has had its last order begins anew, and the next one goes on.
            if !rows.iter_mut().any(|(_, places)| next_order(places)) {
                return Some(found);
            }
        }
    }
}

/// The members of each stratum, and their places in the first order.
fn by_stratum(stratum_of: &[usize], places: &[Vec<usize>]) -> Vec<(Vec<usize>, Vec<Vec<usize>>)> {
    let mut strata: BTreeMap<usize, (Vec<usize>, Vec<Vec<usize>>)> = BTreeMap::new();
    for (member, (stratum, places)) in stratum_of.iter().zip(places).enumerate() {
        let row = strata.entry(*stratum).or_default();
        row.0.push(member);
        row.1.push(places.clone());
    }
    let mut rows: Vec<_> = strata.into_values().collect();
    rows.iter_mut().for_each(|it| it.1.sort());
    rows
}

/// In how many different orders these can stand.
#[allow(clippy::cast_precision_loss, reason = "beyond some thousands only that it is more counts")]
fn ways(sorted: &[Vec<usize>]) -> f64 {
    let (mut ways, mut alike) = (1.0, 0);
    for (place, it) in sorted.iter().enumerate() {
        alike = if place > 0 && sorted[place - 1] == *it { alike + 1 } else { 1 };
        ways *= (place + 1) as f64 / f64::from(alike);
    }
    ways
}

/// The next order in the order of a dictionary; after the last one the first again, and `false`.
fn next_order<T: Ord>(items: &mut [T]) -> bool {
    let Some(at) = items.windows(2).rposition(|it| it[0] < it[1]) else {
        items.reverse();
        return false;
    };
    let with = items.iter().rposition(|it| *it > items[at]).expect("the next one is");
    items.swap(at, with);
    items[at + 1..].reverse();
    true
}

/// Everybody takes the place of somebody of the same stratum.
fn shuffle_within(items: &mut [usize], stratum_of: &[usize], dice: &mut Dice) {
    let strata = stratum_of.iter().max().map_or(0, |it| it + 1);
    for stratum in 0..strata {
        let places: Vec<usize> = (0..items.len()).filter(|it| stratum_of[*it] == stratum).collect();
        let mut own = places.clone();
        dice.shuffle(&mut own);
        places.iter().zip(own).for_each(|(place, it)| items[*place] = it);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(people: &[usize], things: &[usize]) -> Part {
        Part { people: people.into(), things: things.into() }
    }

    /// Eight people, four services, two and two, who finish nothing but their own: C(8,4) · C(4,2) / 2 = 210 divisions, one of them this.
    #[test]
    fn what_is_the_division_itself_does_not_count_against_it() {
        let division = Division { parts: vec![part(&[0, 1, 2, 3], &[0, 1]), part(&[4, 5, 6, 7], &[2, 3])] };
        let finished: Vec<u32> =
            (0..4).flat_map(|thing| (0..8).map(move |it| if (it < 4) == (thing < 2) { 5 } else { 0 })).collect();
        let affinity = Affinity::new(&finished, vec![0; 8], vec![0; 4]);
        assert_eq!(affinity.by_chance(&division), ByChance { as_good: 0, of: 209 });
        // The other way about, each other division does better.
        let crossed = Division { parts: vec![part(&[0, 1, 2, 3], &[2, 3]), part(&[4, 5, 6, 7], &[0, 1])] };
        assert_eq!(affinity.by_chance(&crossed), ByChance { as_good: 209, of: 209 });
    }

    /// Places are changed within a standing rotation only: 3 · 2 ways for its people, none for the others.
    #[test]
    fn only_whoever_stands_together_changes_places() {
        let division = Division { parts: vec![part(&[0], &[0]), part(&[1, 2], &[1]), part(&[3], &[2])] };
        let affinity = Affinity::new(&[1; 12], vec![0, 0, 0, 1], vec![0, 0, 1]);
        let found = affinity.by_chance(&division);
        assert_eq!(found, ByChance { as_good: 5, of: 5 });
        assert!(!found.tells());
    }

    #[test]
    fn where_there_are_many_so_many_are_drawn() {
        let division =
            Division { parts: vec![part(&[0, 1, 2, 3, 4, 5], &[0, 1]), part(&[6, 7, 8, 9, 10, 11], &[2, 3])] };
        let finished: Vec<u32> =
            (0..4).flat_map(|thing| (0..12).map(move |it| if (it < 6) == (thing < 2) { 5 } else { 0 })).collect();
        let affinity = Affinity::new(&finished, vec![0; 12], vec![0; 4]);
        // 924 · 6 / 2 = 2,772 are too many to hold it against each.
        assert_eq!(affinity.by_chance(&division), ByChance { as_good: 0, of: BY_CHANCE });
    }
}
