//! What chance would do: a seeded dice, and divisions of the same shape.

use crate::split::division::{Division, Part};

/// So many divisions by chance a division is held against.
pub const BY_CHANCE: usize = 999;

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

    /// How many of [`BY_CHANCE`] divisions of the same shape do as well: those in which people of one standing rotation have
    /// changed places with each other, and services likewise.
    pub fn as_good_by_chance(&self, division: &Division) -> usize {
        let own = self.of(division);
        let mut dice = Dice::new(0xC4A9_CE00);
        let mut people: Vec<usize> = (0..self.of_person.len()).collect();
        let mut things: Vec<usize> = (0..self.of_thing.len()).collect();
        let mut as_good = 0;
        for _ in 0..BY_CHANCE {
            shuffle_within(&mut people, &self.of_person, &mut dice);
            shuffle_within(&mut things, &self.of_thing, &mut dice);
            let mut other = division.clone();
            for part in &mut other.parts {
                part.people.iter_mut().for_each(|it| *it = people[*it]);
                part.things.iter_mut().for_each(|it| *it = things[*it]);
            }
            // What is equal by arithmetic may differ by a hair.
            as_good += usize::from(self.of(&other) >= own - 1e-9);
        }
        as_good
    }
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
