//! What could not be used, counted by kind, the first few shown.

use std::fmt;

use crate::org::harmless;

/// How many rows of a kind are shown.
const MOST_SHOWN: usize = 3;
/// How much of a cell is shown.
const MOST_TEXT: usize = 60;

/// Why a row is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// It has more or fewer cells than the first line.
    Cells,
    /// It is longer than a record may be.
    TooLong,
    /// A quote in it is not closed.
    Quote,
    /// It has no id.
    NoId,
    /// It does not say when.
    NoTime,
    /// A time is not of the format, does not exist, or is outside of the known years.
    Time,
    /// A number is none.
    Number,
    /// A name is not UTF-8.
    NotUtf8,
    /// A name holds characters that would steer a terminal.
    Control,
    /// A name is longer than names are.
    LongName,
    /// The episode was there before.
    Twice,
    /// It is no JSON of the schema.
    Json,
    /// There are more different names than can be counted.
    TooMany,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Loss::Cells => "more or fewer cells than the first line",
            Loss::TooLong => "longer than 1 MiB",
            Loss::Quote => "a quote is not closed",
            Loss::NoId => "no id",
            Loss::NoTime => "no time",
            Loss::Time => "not a time of the format",
            Loss::Number => "not a whole number",
            Loss::NotUtf8 => "not UTF-8",
            Loss::Control => "control characters in a name",
            Loss::LongName => "a name longer than 1,000 bytes",
            Loss::Twice => "an id that was there before",
            Loss::Json => "not an episode in JSON",
            Loss::TooMany => "more names than can be counted",
        })
    }
}

impl Loss {
    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            Loss::Cells => "cells",
            Loss::TooLong => "too-long",
            Loss::Quote => "quote",
            Loss::NoId => "no-id",
            Loss::NoTime => "no-time",
            Loss::Time => "time",
            Loss::Number => "number",
            Loss::NotUtf8 => "not-utf-8",
            Loss::Control => "control-character",
            Loss::LongName => "long-name",
            Loss::Twice => "twice",
            Loss::Json => "json",
            Loss::TooMany => "too-many-names",
        }
    }
}

impl Loss {
    /// All of them.
    const ALL: [Loss; 13] = [
        Loss::Cells,
        Loss::TooLong,
        Loss::Quote,
        Loss::NoId,
        Loss::NoTime,
        Loss::Time,
        Loss::Number,
        Loss::NotUtf8,
        Loss::Control,
        Loss::LongName,
        Loss::Twice,
        Loss::Json,
        Loss::TooMany,
    ];

    /// The one with this code.
    pub fn named(code: &str) -> Option<Loss> {
        Loss::ALL.into_iter().find(|it| it.code() == code)
    }
}

/// A row that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The file, as it was named.
    pub file: String,
    /// The line on which the row begins, from 1.
    pub line: u64,
    /// What is wrong with it, in its own words.
    pub text: String,
}

/// Rows that are not used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Losses {
    /// By kind: how many, and the first few.
    pub kinds: Vec<(Loss, u64, Vec<Shown>)>,
    /// Files that were not read to their end: which, and why.
    pub cut_short: Vec<(String, String)>,
}

impl Losses {
    /// How many rows there are in all.
    pub fn rows(&self) -> u64 {
        self.kinds.iter().map(|(_, count, _)| count).sum()
    }

    /// Whether everything was used.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty() && self.cut_short.is_empty()
    }

    /// Adds rows that were counted elsewhere, some of which are to be shown.
    pub fn count(&mut self, loss: Loss, rows: u64, shown: Vec<Shown>) {
        self.append(Losses { kinds: vec![(loss, rows, shown)], cut_short: Vec::new() });
    }

    /// Counts a row; `shown` is asked only if it will be shown.
    pub(super) fn add(&mut self, loss: Loss, shown: impl FnOnce() -> Shown) {
        let place = match self.kinds.binary_search_by_key(&loss, |(it, _, _)| *it) {
            Ok(place) => place,
            Err(place) => {
                self.kinds.insert(place, (loss, 0, Vec::new()));
                place
            }
        };
        let (_, count, examples) = &mut self.kinds[place];
        *count += 1;
        if examples.len() < MOST_SHOWN {
            examples.push(shown());
        }
    }

    /// Adds what came later.
    pub(super) fn append(&mut self, later: Losses) {
        for (loss, count, examples) in later.kinds {
            let mut examples = examples.into_iter();
            for _ in 0..count {
                match examples.next() {
                    Some(shown) => self.add(loss, || shown),
                    None => break,
                }
            }
            let place = self.kinds.binary_search_by_key(&loss, |(it, _, _)| *it);
            if let Ok(place) = place {
                // Those that are not shown were not added one by one.
                self.kinds[place].1 += count - count.min(MOST_SHOWN as u64);
            }
        }
        self.cut_short.extend(later.cut_short);
    }
}

/// As much of a cell as is shown, harmless to a terminal.
pub(super) fn excerpt(bytes: &[u8]) -> String {
    // A character may have four bytes.
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4 * MOST_TEXT)]);
    let mut shown: String = harmless(&text.chars().take(MOST_TEXT).collect::<String>());
    if text.chars().count() > MOST_TEXT || bytes.len() > 4 * MOST_TEXT {
        shown.push('…');
    }
    shown
}
