//! Ids of episodes, in little room.

/// An id in eight bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Id {
    /// What stands before the digits at its end, how many those are, and their value.
    Numbered { prefix: u32, digits: u32, number: u64 },
    /// Any text.
    Text(u32),
}

/// How many digits at an end are a number.
pub(super) const MOST_DIGITS: u32 = 12;
pub(super) const MOST_PREFIXES: u32 = 1 << 19;

impl Id {
    #[inline(always)]
    pub fn pack(self) -> u64 {
        match self {
            Id::Text(text) => 1 << 63 | u64::from(text),
            Id::Numbered { prefix, digits, number } => u64::from(prefix) << 44 | u64::from(digits) << 40 | number,
        }
    }

    #[allow(clippy::cast_possible_truncation, reason = "the parts are cut to their bits")]
    pub fn unpack(packed: u64) -> Id {
        if packed >> 63 == 1 {
            return Id::Text(packed as u32);
        }
        let prefix = (packed >> 44) as u32;
        Id::Numbered { prefix, digits: (packed >> 40) as u32 & 15, number: packed & ((1 << 40) - 1) }
    }
}

/// Packed ids, in order: four bytes each as long as none is before the first or far after it, which is so where a file counts
/// upwards, and else eight.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    first: u64,
    /// How far each is after the first.
    near: Vec<u32>,
    /// All of them, once one is not near.
    any: Vec<u64>,
}

impl Ids {
    #[inline(always)]
    pub fn push(&mut self, id: u64) {
        match u32::try_from(id.wrapping_sub(self.first)) {
            Ok(after) if id >= self.first && !self.near.is_empty() => self.near.push(after),
            _ => self.push_any(id),
        }
    }

    #[inline(never)]
    fn push_any(&mut self, id: u64) {
        if self.is_empty() {
            self.first = id;
            return self.near.push(0);
        }
        if self.any.is_empty() {
            self.any = self.iter().collect();
            self.near = Vec::new();
        }
        self.any.push(id);
    }

    pub fn len(&self) -> usize {
        self.near.len() + self.any.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn get(&self, place: usize) -> Option<u64> {
        let near = self.near.get(place).map(|it| self.first + u64::from(*it));
        near.or_else(|| self.any.get(place).copied())
    }

    pub fn iter(&self) -> impl Iterator<Item = u64> {
        self.near.iter().map(|it| self.first + u64::from(*it)).chain(self.any.iter().copied())
    }

    /// The first and the last.
    pub fn ends(&self) -> Option<[u64; 2]> {
        Some([self.get(0)?, self.get(self.len() - 1)?])
    }

    pub fn clear(&mut self) {
        self.near.clear();
        self.any.clear();
    }

    pub fn shrink_to_fit(&mut self) {
        self.near.shrink_to_fit();
        self.any.shrink_to_fit();
    }
}

impl FromIterator<u64> for Ids {
    fn from_iter<I: IntoIterator<Item = u64>>(ids: I) -> Ids {
        let ids = ids.into_iter();
        let mut all = Ids { near: Vec::with_capacity(ids.size_hint().0), ..Ids::default() };
        ids.for_each(|it| all.push(it));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_as_they_were() {
        let far = u64::from(u32::MAX);
        for ids in [&[][..], &[7], &[7, 8, 7 + far], &[7, 8, 8 + far, 9], &[7, 3, 5], &[u64::MAX, 0, 1 << 63]] {
            let mut all: Ids = ids.iter().copied().collect();
            assert_eq!(all.iter().collect::<Vec<u64>>(), ids);
            assert_eq!(all.len(), ids.len());
            assert_eq!((0..ids.len() + 1).filter_map(|it| all.get(it)).collect::<Vec<u64>>(), ids);
            assert_eq!(all.ends(), ids.first().map(|it| [*it, ids[ids.len() - 1]]));
            all.clear();
            assert!(all.is_empty());
            all.push(2);
            assert_eq!(all.ends(), Some([2, 2]));
        }
    }
}
