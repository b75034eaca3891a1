//! Texts as small numbers, and small numbers as sums: tables without a map's order, which nothing may depend on.

/// No entry of a table.
const FREE: u32 = u32::MAX;

/// Texts, each once, numbered as they come.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    bytes: Vec<u8>,
    ends: Vec<usize>,
    table: Vec<u32>,
    /// The first short ones, to be found at one look.
    short: Vec<Slot>,
    shorts: usize,
}

/// A short text and its number.
#[derive(Debug, Clone, Copy)]
struct Slot {
    text: Short,
    number: u32,
}

/// A short text as two numbers, which say it together with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Short {
    low: u64,
    high: u64,
    length: u32,
}

/// How many texts there may be.
const MOST: u32 = 1 << 28;
/// How many short texts are kept for a quick look: whoever has more of them looks twice.
const MOST_SHORT: usize = 1 << 15;
/// How long a short text may be.
const SHORT: usize = 16;

/// A text, and what follows it where it stands: so short texts of all lengths are read alike.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Text<'a> {
    rest: &'a [u8],
    length: usize,
}

impl<'a> Text<'a> {
    /// A text within others.
    #[inline(always)]
    pub fn within(all: &'a [u8], start: usize, end: usize) -> Text<'a> {
        Text { rest: &all[start..], length: end - start }
    }

    #[inline(always)]
    pub fn bytes(self) -> &'a [u8] {
        &self.rest[..self.length]
    }

    pub fn is_empty(self) -> bool {
        self.length == 0
    }
}

impl<'a> From<&'a [u8]> for Text<'a> {
    fn from(bytes: &'a [u8]) -> Text<'a> {
        Text { rest: bytes, length: bytes.len() }
    }
}

impl Names {
    /// The number of a text, a new one if it has none. `None` when there are too many.
    pub fn intern(&mut self, text: &[u8]) -> Option<u32> {
        self.intern_if(text.into(), |_| Ok::<(), ()>(())).ok().flatten()
    }

    /// The same; a text that is new must pass a check.
    #[inline(always)]
    pub fn intern_if<E>(
        &mut self,
        text: Text<'_>,
        check: impl FnOnce(&[u8]) -> Result<(), E>,
    ) -> Result<Option<u32>, E> {
        match self.find_short(text) {
            Some(number) => Ok(Some(number)),
            None => self.intern_slowly(text, check),
        }
    }

    /// The number of a text, if it is one of the short ones.
    #[inline(always)]
    fn find_short(&self, text: Text<'_>) -> Option<u32> {
        let wanted = short(text)?;
        let mask = self.short.len().wrapping_sub(1);
        let mut slot = short_hash(wanted);
        loop {
            let it = self.short.get(slot & mask)?;
            if it.text == wanted {
                return Some(it.number);
            }
            if it.number == FREE {
                return None;
            }
            slot += 1;
        }
    }

    #[inline(never)]
    fn intern_slowly<E>(
        &mut self,
        text: Text<'_>,
        check: impl FnOnce(&[u8]) -> Result<(), E>,
    ) -> Result<Option<u32>, E> {
        let found = self.look_up(text.bytes(), check)?;
        if let (Some(text), Some(number)) = (short(text), found)
            && self.shorts < MOST_SHORT
        {
            self.keep_short(Slot { text, number });
        }
        Ok(found)
    }

    #[cold]
    fn keep_short(&mut self, new: Slot) {
        // So few that the first place looked at is nearly always the right one.
        if self.shorts * 3 >= self.short.len() {
            // No text is so long.
            let none = Slot { text: Short { low: 0, high: 0, length: u32::MAX }, number: FREE };
            let size = (self.short.len() * 2).max(64);
            let before = std::mem::replace(&mut self.short, vec![none; size]);
            self.shorts = 0;
            before.into_iter().filter(|it| it.number != FREE).for_each(|it| self.keep_short(it));
        }
        let mask = self.short.len() - 1;
        let mut slot = short_hash(new.text) & mask;
        while self.short[slot].number != FREE {
            slot = (slot + 1) & mask;
        }
        self.short[slot] = new;
        self.shorts += 1;
    }

    fn look_up<E>(&mut self, text: &[u8], check: impl FnOnce(&[u8]) -> Result<(), E>) -> Result<Option<u32>, E> {
        if (self.ends.len() + 1) * 8 > self.table.len() * 5 {
            self.grow();
        }
        let mask = self.table.len() - 1;
        let mut slot = hash(text) & mask;
        loop {
            match self.table[slot] {
                FREE => break,
                found if same(self.get(found), text) => return Ok(Some(found)),
                _ => slot = (slot + 1) & mask,
            }
        }
        check(text)?;
        // The highest bits are for others to use.
        let Some(number) = u32::try_from(self.ends.len()).ok().filter(|it| *it < MOST) else { return Ok(None) };
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len());
        self.table[slot] = number;
        Ok(Some(number))
    }

    pub fn get(&self, number: u32) -> &[u8] {
        let number = number as usize;
        let start = number.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start..self.ends[number]]
    }

    /// The one that came last.
    #[inline(always)]
    pub fn last(&self) -> Option<(u32, &[u8])> {
        let (end, before) = self.ends.split_last()?;
        let start = before.last().copied().unwrap_or(0);
        Some((u32::try_from(before.len()).ok()?, &self.bytes[start..*end]))
    }

    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        (0..self.ends.len()).map(|it| self.get(u32::try_from(it).expect("numbers are small")))
    }

    fn grow(&mut self) {
        let size = (self.table.len() * 2).max(64);
        self.table.clear();
        self.table.resize(size, FREE);
        for number in 0..u32::try_from(self.ends.len()).expect("numbers are small") {
            let mut slot = hash(self.get(number)) & (size - 1);
            while self.table[slot] != FREE {
                slot = (slot + 1) & (size - 1);
            }
            self.table[slot] = number;
        }
    }
}

/// A value for each of some numbers.
#[derive(Debug, Clone)]
pub(super) struct Table<V> {
    entries: Vec<(u64, V)>,
    slots: Vec<u32>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Table { entries: Vec::new(), slots: Vec::new() }
    }
}

impl<V: Default> Table<V> {
    /// Where a key stands among the entries, at the end if it is new.
    #[inline]
    pub fn entry(&mut self, key: u64) -> usize {
        // So few that the first place looked at is mostly the right one.
        if (self.entries.len() + 1) * 8 > self.slots.len() * 3 {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = mix(key) & mask;
        loop {
            match self.slots[slot] {
                FREE => break,
                found if self.entries[found as usize].0 == key => return found as usize,
                _ => slot = (slot + 1) & mask,
            }
        }
        let number = u32::try_from(self.entries.len()).expect("there are fewer entries than steps");
        self.entries.push((key, V::default()));
        self.slots[slot] = number;
        number as usize
    }

    #[inline]
    pub fn at(&mut self, key: u64) -> &mut V {
        let entry = self.entry(key);
        &mut self.entries[entry].1
    }

    pub fn find(&self, key: u64) -> Option<&V> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let mut slot = mix(key) & mask;
        loop {
            match self.slots[slot] {
                FREE => return None,
                found if self.entries[found as usize].0 == key => return Some(&self.entries[found as usize].1),
                _ => slot = (slot + 1) & mask,
            }
        }
    }

    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// In the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        self.entries.iter().map(|(key, value)| (*key, value))
    }

    /// By key.
    pub fn sorted(&self) -> Vec<(u64, &V)> {
        let mut all: Vec<(u64, &V)> = self.iter().collect();
        all.sort_unstable_by_key(|(key, _)| *key);
        all
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        self.slots.clear();
        self.slots.resize(size, FREE);
        for (number, (key, _)) in self.entries.iter().enumerate() {
            let mut slot = mix(*key) & (size - 1);
            while self.slots[slot] != FREE {
                slot = (slot + 1) & (size - 1);
            }
            self.slots[slot] = u32::try_from(number).expect("there are fewer entries than steps");
        }
    }
}

/// Both halves of a product hold what its factors held.
#[inline(always)]
fn folded(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    #[allow(clippy::cast_possible_truncation, reason = "the halves are wanted")]
    let (low, high) = (product as u64, (product >> 64) as u64);
    low ^ high
}

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;
const OTHER: u64 = 0xd6e8_feb8_6659_fd93;

#[inline(always)]
fn mix(key: u64) -> usize {
    usize::try_from(folded(key ^ SEED, OTHER) >> 1).expect("a usize has 64 bits")
}

#[inline(always)]
fn short(text: Text<'_>) -> Option<Short> {
    /// What of sixteen bytes a text of each length has.
    const OF_LENGTH: [(u64, u64); SHORT + 1] = {
        let mut all = [(u64::MAX, u64::MAX); SHORT + 1];
        let mut length = 0;
        while length < SHORT {
            let bits = (1_u128 << (8 * length)) - 1;
            all[length] = (bits as u64, (bits >> 64) as u64);
            length += 1;
        }
        all
    };
    let (low, high) = OF_LENGTH.get(text.length)?;
    let bytes = match text.rest.first_chunk() {
        Some(bytes) => *bytes,
        None => padded(text.bytes()),
    };
    let all = u128::from_le_bytes(bytes);
    #[allow(clippy::cast_possible_truncation, reason = "the halves are wanted, and a short text is short")]
    Some(Short { low: all as u64 & low, high: (all >> 64) as u64 & high, length: text.length as u32 })
}

#[cold]
fn padded(text: &[u8]) -> [u8; SHORT] {
    let mut padded = [0; SHORT];
    padded[..text.len()].copy_from_slice(text);
    padded
}

#[inline(always)]
fn short_hash(text: Short) -> usize {
    let both = folded(text.low ^ SEED, text.high ^ OTHER ^ u64::from(text.length));
    usize::try_from(both >> 1).expect("a usize has 64 bits")
}

/// Whether two texts are equal: names are short, and a call into libc for each costs more than the comparison.
#[inline(always)]
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    match (one.first_chunk::<8>(), one.last_chunk::<8>()) {
        (Some(head), Some(tail)) if one.len() <= 16 => {
            other.first_chunk::<8>() == Some(head) && other.last_chunk::<8>() == Some(tail)
        }
        (Some(_), _) => one == other,
        (None, _) => one.iter().zip(other).all(|(one, other)| one == other),
    }
}

#[inline]
fn hash(text: &[u8]) -> usize {
    let mut state = SEED ^ text.len() as u64;
    let (words, rest) = text.as_chunks::<8>();
    for word in words {
        state = folded(state ^ u64::from_le_bytes(*word), OTHER);
    }
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    state = folded(state ^ u64::from_le_bytes(last), OTHER);
    usize::try_from(state >> 1).expect("a usize has 64 bits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn names_and_sums_are_those_of_an_ordinary_map() {
        let mut names = Names::default();
        let mut table: Table<u64> = Table::default();
        let mut ordinary: BTreeMap<String, u64> = BTreeMap::new();
        for number in 0..20_000_u64 {
            let name = format!("name {}", number * number % 3_001);
            let id = names.intern(name.as_bytes()).unwrap();
            assert_eq!(names.get(id), name.as_bytes());
            *table.at(u64::from(id)) += number;
            *ordinary.entry(name).or_default() += number;
        }
        assert_eq!(names.iter().count(), ordinary.len());
        let found: BTreeMap<String, u64> = table
            .iter()
            .map(|(id, sum)| (String::from_utf8(names.get(u32::try_from(id).unwrap()).to_vec()).unwrap(), *sum))
            .collect();
        assert_eq!(found, ordinary);
        assert_eq!(table.find(1 << 40), None);
    }

    /// Short ones are told apart by eight bytes from either end, and by their length.
    #[test]
    fn every_length_and_every_byte_counts() {
        let mut names = Names::default();
        let mut all: Vec<Vec<u8>> = Vec::new();
        for length in 0..20 {
            all.push(vec![0; length]);
            for place in 0..length {
                let mut name = vec![0; length];
                name[place] = 1;
                all.push(name);
            }
        }
        for _ in 0..2 {
            for (number, name) in (0..).zip(&all) {
                assert_eq!(names.intern(name), Some(number), "{name:?}");
            }
        }
    }
}
