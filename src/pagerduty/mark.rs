//! What says that an object is ours: a word between brackets at the end of its description.
//!
//! `Kept by Dogwatch. [dogwatch:storage-ops 0a1b2c3d4e]`: the key, and five letters for each exception that has no
//! field for a mark of its own. An exclamation mark after the key says that the schedule is being written: what stands
//! there may not be so yet.

use std::collections::BTreeSet;

/// Characters of a description.
pub const LONGEST_DESCRIPTION: usize = 1024;
/// Characters of a hash.
const HASH: usize = 5;
const OPENING: &str = "[dogwatch:";
/// What a description of ours says to people.
const WORDS: &str = "Kept by Dogwatch.";

/// A mark.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    /// As we write what it is.
    pub key: String,
    /// It is being written.
    pub pending: bool,
    /// Of the exceptions that are ours.
    pub hashes: BTreeSet<String>,
}

impl Mark {
    /// A mark without exceptions.
    pub fn of(key: &str) -> Mark {
        Mark { key: key.to_owned(), ..Mark::default() }
    }

    /// The mark of a description, if it has one.
    ///
    /// ```
    /// use dogwatch::pagerduty::mark::Mark;
    ///
    /// let mark = Mark::read("On call for disks. [dogwatch:storage-ops! 0a1b2c3d4e]").unwrap();
    /// assert_eq!((mark.key.as_str(), mark.pending, mark.hashes.len()), ("storage-ops", true, 2));
    /// assert_eq!(mark.written("On call for disks."), "On call for disks. [dogwatch:storage-ops! 0a1b2c3d4e]");
    /// assert_eq!(Mark::read("dogwatch is a program"), None);
    /// ```
    pub fn read(description: &str) -> Option<Mark> {
        let (_, inner) = split(description)?;
        let (key, hashes) = inner.split_once(' ').unwrap_or((inner, ""));
        let (key, pending) = match key.strip_suffix('!') {
            Some(key) => (key, true),
            None => (key, false),
        };
        let letters: Vec<char> = hashes.chars().filter(|it| it.is_ascii_alphanumeric()).collect();
        let hashes = letters.chunks_exact(HASH).map(|it| it.iter().collect()).collect();
        (!key.is_empty()).then(|| Mark { key: key.to_owned(), pending, hashes })
    }

    /// A description that says `words`, or that it is ours, and this mark.
    pub fn written(&self, words: &str) -> String {
        let words = if words.is_empty() { WORDS } else { words };
        let pending = if self.pending { "!" } else { "" };
        let hashes: String = self.hashes.iter().map(String::as_str).collect();
        let space = if hashes.is_empty() { "" } else { " " };
        format!("{words} {OPENING}{}{pending}{space}{hashes}]", self.key)
    }
}

/// What a description says besides its mark.
pub fn words(description: &str) -> &str {
    split(description).map_or(description, |(words, _)| words).trim()
}

fn split(description: &str) -> Option<(&str, &str)> {
    let at = description.rfind(OPENING)?;
    let inner = description[at + OPENING.len()..].split_once(']')?.0;
    Some((&description[..at], inner))
}

/// Five letters for a text.
pub fn hash(text: &str) -> String {
    // FNV-1a: short, and the same on every machine for ever.
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let letter = |place: usize| char::from(LETTERS[(hash >> (5 * place + 20)) as usize & 31]);
    (0..HASH).map(letter).collect()
}
