//! Shares and middles with their intervals, exactly.

use std::ops::Range;

/// The quantile of the normal distribution that leaves 2.5 % above it.
const Z: f64 = 1.959_963_984_540_054;
/// Up to how many values the ranks of a median's interval are counted out.
const MOST_COUNTED: u64 = 1_000;

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    /// How many.
    pub count: u64,
    /// Of how many.
    pub of: u64,
}

impl Share {
    /// As a number from 0 to 1; `None` of nothing.
    pub fn value(self) -> Option<f64> {
        (self.of > 0).then(|| float(self.count) / float(self.of))
    }

    /// Wilson's interval, which holds the true share 95 times in 100.
    pub fn interval(self) -> Option<(f64, f64)> {
        let share = self.value()?;
        let n = float(self.of);
        let zz = Z * Z;
        let middle = (share + zz / (2.0 * n)) / (1.0 + zz / n);
        let half = Z * (share * (1.0 - share) / n + zz / (4.0 * n * n)).sqrt() / (1.0 + zz / n);
        Some(((middle - half).max(0.0), (middle + half).min(1.0)))
    }
}

/// How long something took, over many episodes, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spread {
    /// Over how many.
    pub count: u64,
    /// Half of them took no longer.
    pub median: u32,
    /// The interval that holds the true median 95 times in 100; `None` for fewer than six.
    pub interval: Option<(u32, u32)>,
    /// Nine of ten took no longer.
    pub ninety: u32,
}

/// The ranks, from 1, that a spread is made of.
pub(super) fn ranks(count: u64) -> [u64; 4] {
    let low = interval_rank(count);
    let high = if low == 0 { 0 } else { count + 1 - low };
    [count.div_ceil(2), low, high, (9 * count).div_ceil(10)]
}

/// The rank of the lower end of a median's interval; the upper end lies as far from the other side. 0 if there is none.
fn interval_rank(count: u64) -> u64 {
    if count > MOST_COUNTED {
        let rank = (float(count) - Z * float(count).sqrt()) / 2.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a rank, and wanted whole")]
        return rank as u64;
    }
    // The chance that so many tosses of a coin, or fewer, come up heads.
    let mut chance = 0.5_f64.powi(i32::try_from(count).expect("it is small"));
    let mut sum = chance;
    let mut rank = 0;
    while sum <= 0.025 && rank < count {
        rank += 1;
        chance = chance * float(count - rank + 1) / float(rank);
        sum += chance;
    }
    rank
}

/// A count as a fraction has it.
#[allow(clippy::cast_precision_loss, reason = "counts stay far below what is exact")]
pub(super) fn float(count: u64) -> f64 {
    count as f64
}

/// Values by group, of which a few ranks are wanted: first counted by size, then only those near a wanted rank are kept.
///
/// Sorting ten million values several times over would take most of the time and of the room.
#[derive(Debug, Clone)]
pub(super) struct Sizes {
    counts: Vec<u32>,
}

/// So many sizes are told apart: each value below 64, and 64 of each power of two above.
const SIZES: usize = 64 + 26 * 64;

pub(super) fn size(value: u32) -> usize {
    if value < 64 {
        return value as usize;
    }
    let power = value.ilog2();
    (64 + (power - 6) * 64 + (value >> (power - 6) & 63)) as usize
}

impl Sizes {
    pub fn new(groups: usize) -> Sizes {
        Sizes { counts: vec![0; groups * SIZES] }
    }

    /// A value of this size.
    #[inline]
    pub fn add(&mut self, group: usize, size: usize) {
        self.counts[group * SIZES + size] += 1;
    }

    /// Adds what a part of a group has to the group.
    pub fn add_part(&mut self, group: usize, part: usize) {
        for size in 0..SIZES {
            self.counts[group * SIZES + size] += self.counts[part * SIZES + size];
        }
    }

    pub fn append(&mut self, other: &Sizes) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
    }

    /// Which values of the first `groups` must be seen again.
    pub fn near(&self, groups: usize) -> Near {
        let mut near = Near { lists: vec![NONE; self.counts.len()], values: Vec::new() };
        for (group, counts) in self.counts.chunks_exact(SIZES).enumerate().take(groups) {
            for rank in ranks(total(counts)).into_iter().filter(|it| *it > 0) {
                let (size, _) = place(counts, rank);
                let list = &mut near.lists[group * SIZES + size];
                if *list == NONE {
                    *list = u32::try_from(near.values.len()).expect("a few a group");
                    near.values.push(Vec::new());
                }
            }
        }
        near
    }

    /// The spread of each of the first `groups`, once the values near its ranks are known.
    pub fn spreads(&self, groups: usize, mut near: Near) -> Vec<Option<Spread>> {
        near.values.iter_mut().for_each(|it| it.sort_unstable());
        let groups = self.counts.chunks_exact(SIZES).enumerate().take(groups);
        let spread = |(group, counts): (usize, &[u32])| {
            let count = total(counts);
            let value = |rank: u64| {
                let (size, before) = place(counts, rank);
                let list = near.lists[group * SIZES + size] as usize;
                near.values[list][usize::try_from(rank - before - 1).expect("a rank within the list")]
            };
            let [median, low, high, ninety] = ranks(count);
            (count > 0).then(|| Spread {
                count,
                median: value(median),
                interval: (low > 0).then(|| (value(low), value(high))),
                ninety: value(ninety),
            })
        };
        groups.map(spread).collect()
    }
}

/// The size that a rank falls into, and how many values are smaller than that size.
fn place(counts: &[u32], rank: u64) -> (usize, u64) {
    let mut before = 0;
    for (size, count) in counts.iter().enumerate() {
        if before + u64::from(*count) >= rank {
            return (size, before);
        }
        before += u64::from(*count);
    }
    (counts.len() - 1, before)
}

fn total(counts: &[u32]) -> u64 {
    counts.iter().map(|it| u64::from(*it)).sum()
}

/// The values near the wanted ranks.
#[derive(Debug, Clone)]
pub(super) struct Near {
    lists: Vec<u32>,
    values: Vec<Vec<u32>>,
}

const NONE: u32 = u32::MAX;

impl Near {
    /// A value, and its size.
    #[inline]
    pub fn add(&mut self, group: usize, size: usize, value: u32) {
        let list = self.lists[group * SIZES + size];
        if list != NONE {
            self.values[list as usize].push(value);
        }
    }

    /// Has a part asked for what its group must see.
    pub fn ask_part(&mut self, group: usize, part: usize) {
        for size in 0..SIZES {
            if self.lists[group * SIZES + size] != NONE {
                self.lists[part * SIZES + size] = 0;
            }
        }
    }

    /// Whether a group of this part must see a value of this size.
    #[inline]
    pub fn is_asked(&self, part: usize, size: usize) -> bool {
        self.lists[part * SIZES + size] != NONE
    }

    /// By size, which kinds of groups must see it, each a bit.
    pub fn sizes_of(&self, kinds: [(u8, Range<usize>); 3]) -> Vec<u8> {
        let mut wanted = vec![0; SIZES];
        for (kind, groups) in kinds {
            for lists in self.lists[groups.start * SIZES..groups.end * SIZES].chunks_exact(SIZES) {
                wanted.iter_mut().zip(lists).for_each(|(it, list)| *it |= if *list == NONE { 0 } else { kind });
            }
        }
        wanted
    }

    pub fn append(&mut self, other: Near) {
        for (values, more) in self.values.iter_mut().zip(other.values) {
            values.extend(more);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_of_medians_are_those_of_the_tables() {
        // From the usual table of the sign test, 95 %.
        let ranks = |count: u64| (interval_rank(count), count + 1 - interval_rank(count));
        assert_eq!(interval_rank(5), 0);
        assert_eq!([6, 8, 9, 20, 25, 50].map(ranks), [(1, 6), (1, 8), (2, 8), (6, 15), (8, 18), (18, 33)]);
        assert_eq!(ranks(1_000), (469, 532));
        assert_eq!(ranks(10_000), (4_902, 5_099));
    }

    #[test]
    fn shares_have_wilsons_interval() {
        // Newcombe, 1998, table I, method 3.
        let rounded = |count, of| {
            let (low, high) = Share { count, of }.interval().unwrap();
            (format!("{low:.4}"), format!("{high:.4}"))
        };
        let expected = |low: &str, high: &str| (low.to_owned(), high.to_owned());
        assert_eq!(rounded(81, 263), expected("0.2553", "0.3662"));
        assert_eq!(rounded(15, 148), expected("0.0624", "0.1605"));
        assert_eq!(rounded(0, 20), expected("0.0000", "0.1611"));
        assert_eq!(rounded(1, 29), expected("0.0061", "0.1718"));
    }

    #[test]
    fn spreads_are_those_of_sorted_values() {
        let mut seed: u64 = 5;
        for count in [1_u64, 5, 6, 7, 10, 999, 1_001, 5_000] {
            let values: Vec<u32> = (0..count)
                .map(|_| {
                    seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    u32::try_from(seed >> 33).unwrap() >> (seed >> 60)
                })
                .collect();
            let mut sizes = Sizes::new(2);
            values.iter().for_each(|it| sizes.add(1, size(*it)));
            let mut near = sizes.near(2);
            values.iter().for_each(|it| near.add(1, size(*it), *it));
            let mut sorted = values.clone();
            sorted.sort_unstable();
            let at = |rank: u64| sorted[usize::try_from(rank).unwrap() - 1];
            let [median, low, high, ninety] = ranks(count);
            let spread = Spread {
                count,
                median: at(median),
                interval: (low > 0).then(|| (at(low), at(high))),
                ninety: at(ninety),
            };
            assert_eq!(sizes.spreads(2, near), [None, Some(spread)], "{count} values");
        }
    }
}
