//! What chance would do: a seeded dice, and divisions of the same shape.

use crate::split::division::Division;
use crate::split::model::Model;

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

/// How many of [`BY_CHANCE`] divisions of the same shape, with the same people and services in other places, lose no more
/// to wrong first pages. Smaller rotations are met more often whoever is in them; that tells nothing about who belongs where.
pub(super) fn as_good_by_chance(model: &Model, division: &Division) -> usize {
    let lost = model.score(division).lost;
    let mut people: Vec<usize> = division.parts.iter().flat_map(|it| it.people.iter().copied()).collect();
    let mut things: Vec<usize> = division.parts.iter().flat_map(|it| it.things.iter().copied()).collect();
    let mut dice = Dice::new(0xC4A9_CE00);
    let mut other = division.clone();
    let mut as_good = 0;
    for _ in 0..BY_CHANCE {
        dice.shuffle(&mut people);
        dice.shuffle(&mut things);
        let (mut from_people, mut from_things) = (people.iter(), things.iter());
        for part in &mut other.parts {
            part.people.iter_mut().zip(&mut from_people).for_each(|(it, new)| *it = *new);
            part.things.iter_mut().zip(&mut from_things).for_each(|(it, new)| *it = *new);
        }
        as_good += usize::from(model.lost(&other) <= lost);
    }
    as_good
}
