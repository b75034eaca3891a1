//! Files as bytes: nothing of what can be asked of them may panic.
//!
//! ```text
//! cargo +nightly fuzz run files fuzz/corpus/files tests/cases/diagnostics
//! ```
//!
//! begins with every mistake that has a case. An input is such a case: several files in one text. One without a file
//! is read as a text that stands in one.

#![no_main]

#[path = "../../tests/it/robust/exercise.rs"]
mod exercise;
#[path = "../../tests/it/sections.rs"]
mod sections;

use dogwatch::config::Files;
use dogwatch::time::{Instant, Zone};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    // Spring and autumn, when clocks change, and an ordinary day.
    let days = [1_772_953_200, 1_793_510_000, 1_772_550_000];
    let at = Instant::from_unix(days[data.len() % days.len()]);
    let sections = sections::sections(&text);
    if sections.is_empty() {
        exercise::exercise_text(&text, &Zone::utc(), at);
    }
    let files = sections.into_iter().filter(|it| it.how.as_deref() != Some("gone")).map(|it| (it.name, it.text));
    exercise::exercise(&files.collect::<Files>(), at);
});
