//! A table from words to places, for looking up only: nobody can go through it, so its order reaches nothing.

/// Words, each with what is kept under it.
#[derive(Debug)]
pub(super) struct Words<T> {
    /// Where the words of each hash begin: a power of two, at least twice as many as words. `EMPTY` where there is none.
    slots: Vec<u32>,
    kept: Vec<(Box<str>, T)>,
}

const EMPTY: u32 = u32::MAX;

impl<T> Words<T> {
    /// A table of these words, each of which stands once.
    pub(super) fn new<'w>(words: impl IntoIterator<Item = (&'w str, T)>) -> Words<T> {
        let kept: Vec<(Box<str>, T)> = words.into_iter().map(|(word, it)| (word.into(), it)).collect();
        let mut slots = vec![EMPTY; (2 * kept.len()).next_power_of_two()];
        let mask = slots.len() - 1;
        for ((word, _), place) in kept.iter().zip(0..) {
            let mut slot = hash(word) & mask;
            while slots[slot] != EMPTY {
                slot = (slot + 1) & mask;
            }
            slots[slot] = place;
        }
        Words { slots, kept }
    }

    /// What is kept under a word.
    pub(super) fn get(&self, word: &str) -> Option<&T> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(word) & mask;
        loop {
            let (kept, it) = self.kept.get(self.slots[slot] as usize)?;
            if **kept == *word {
                return Some(it);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Eight bytes at a time. The words are those of the files: nobody gains by making them collide.
fn hash(word: &str) -> usize {
    const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = word.len() as u64;
    for chunk in word.as_bytes().chunks(8) {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        state = (state.rotate_left(5) ^ u64::from_le_bytes(bytes)).wrapping_mul(MIX);
    }
    // The upper bits are the better mixed ones.
    usize::try_from(state >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_back_what_it_was_given() {
        for count in [0, 1, 2, 3, 8, 1000] {
            let words: Vec<String> = (0..count).map(|it| format!("service-{it}")).collect();
            let table = Words::new(words.iter().map(String::as_str).zip(0..));
            for (word, place) in words.iter().zip(0..) {
                assert_eq!(table.get(word), Some(&place), "{word} of {count}");
            }
            for word in ["", "service-", "service-1000", "service-01", "a longer word that is not in it"] {
                assert_eq!(table.get(word), None, "{word} of {count}");
            }
        }
    }
}
