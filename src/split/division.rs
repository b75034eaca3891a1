//! Who is with whom: people and services, divided into rotations.

/// Some people who take turns, and what they are paged for. Both are numbers of a [`Model`](super::Model).
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    /// In order.
    pub people: Vec<usize>,
    /// In order.
    pub things: Vec<usize>,
}

/// Every service in one part; people may be in none, or in several.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Division {
    /// Each with at least one person and one service.
    pub parts: Vec<Part>,
}

impl Division {
    /// From the part of each person and each service. Parts without either are left out, the rest is in order.
    pub fn of(people: &[Option<usize>], things: &[usize]) -> Division {
        let count = people.iter().flatten().chain(things).max().map_or(0, |it| it + 1);
        let mut parts = vec![Part::default(); count];
        for (person, part) in people.iter().enumerate() {
            if let Some(part) = part {
                parts[*part].people.push(person);
            }
        }
        for (thing, part) in things.iter().enumerate() {
            parts[*part].things.push(thing);
        }
        Division { parts }.in_order()
    }

    /// Parts in the order of their first service.
    pub fn in_order(mut self) -> Division {
        for part in &mut self.parts {
            part.people.sort_unstable();
            part.things.sort_unstable();
        }
        self.parts.retain(|it| !it.things.is_empty() && !it.people.is_empty());
        self.parts.sort_by(|one, other| one.things.cmp(&other.things));
        self
    }

    /// The part of each person, by number; the first of several.
    pub fn of_people(&self, people: usize) -> Vec<Option<usize>> {
        (0..people).map(|person| self.parts.iter().position(|it| it.people.contains(&person))).collect()
    }

    /// The part of each service.
    pub fn of_things(&self, things: usize) -> Vec<Option<usize>> {
        (0..things).map(|thing| self.parts.iter().position(|it| it.things.contains(&thing))).collect()
    }

    /// How many people have a place.
    pub fn placed(&self, people: usize) -> usize {
        self.of_people(people).iter().flatten().count()
    }

    /// How small the smallest part is.
    pub fn smallest(&self) -> usize {
        self.parts.iter().map(|it| it.people.len()).min().unwrap_or(0)
    }
}

/// How far two groupings of the same agree: Hubert and Arabie's adjusted Rand index. 1 if they are the same, about 0 if
/// they have no more in common than chance gives them. What has no place in either is left out.
pub fn agreement(one: &[Option<usize>], other: &[Option<usize>]) -> f64 {
    let pairs: Vec<(usize, usize)> = one.iter().zip(other).filter_map(|(a, b)| Some(((*a)?, (*b)?))).collect();
    let size = |it: fn(&(usize, usize)) -> usize| pairs.iter().map(it).max().map_or(0, |it| it + 1);
    let (rows, columns) = (size(|it| it.0), size(|it| it.1));
    let mut table = vec![0_usize; rows * columns];
    for (a, b) in &pairs {
        table[a * columns + b] += 1;
    }
    let two = |it: usize| float(it) * (float(it) - 1.0) / 2.0;
    let together: f64 = table.iter().map(|it| two(*it)).sum();
    let of_rows: f64 = table.chunks(columns.max(1)).map(|it| two(it.iter().sum())).sum();
    let of_columns: f64 = (0..columns).map(|it| two(table.iter().skip(it).step_by(columns).sum())).sum();
    let all = two(pairs.len());
    let expected = if all > 0.0 { of_rows * of_columns / all } else { 0.0 };
    let most = f64::midpoint(of_rows, of_columns);
    if (most - expected).abs() < f64::EPSILON { 1.0 } else { (together - expected) / (most - expected) }
}

/// A count as a fraction has it.
#[allow(clippy::cast_precision_loss, reason = "counts stay far below what is exact")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(text: &str) -> Vec<Option<usize>> {
        text.bytes().map(|it| it.is_ascii_lowercase().then(|| usize::from(it - b'a'))).collect()
    }

    /// By hand: of the 15 pairs of `aaabbb` 6 are together, of `aabbcc` 3, 2 in both; (2 − 6·3/15) / (4.5 − 1.2).
    #[test]
    fn agreement_is_the_adjusted_rand_index() {
        let told = |one: &str, other: &str| format!("{:.4}", agreement(&groups(one), &groups(other)));
        assert_eq!(told("aaabbb", "bbbaaa"), "1.0000");
        assert_eq!(told("aaabbb", "aabbcc"), "0.2424");
        assert_eq!(told("aaabbb-", "aabbccc"), "0.2424", "what has no place is left out");
        assert_eq!(told("aabb", "abab"), "-0.5000");
    }

    #[test]
    fn a_division_is_in_order_and_has_no_empty_part() {
        let people = [Some(2), Some(0), None, Some(2), Some(3)];
        let division = Division::of(&people, &[2, 0, 2]);
        let part = |people: &[usize], things: &[usize]| Part { people: people.into(), things: things.into() };
        assert_eq!(division.parts, [part(&[0, 3], &[0, 2]), part(&[1], &[1])]);
        assert_eq!(division.placed(5), 3);
        assert_eq!(division.of_things(3), [Some(0), Some(1), Some(0)]);
    }
}
