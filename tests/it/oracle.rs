//! Who holds a seat, minute by minute: a second opinion that shares nothing with the library's arithmetic.
//!
//! A seed makes a small organisation ([`generate`]), which is written as files ([`model`]) for the library to read, and
//! worked out directly ([`held`]) by looking at every day and every minute there is. The two must agree on each
//! minute of 2026. What a test prints when they do not (zone and seed, and the smallest files that still show it) is
//! all that is needed to see it again: `run(zone, seed..seed + 1)`.

use std::ops::Range;

// The paths let a program outside `tests/` take this file in as a module.
#[path = "oracle/clock.rs"]
pub mod clock;
#[path = "oracle/compare.rs"]
mod compare;
#[path = "oracle/generate.rs"]
pub mod generate;
#[path = "oracle/held.rs"]
pub mod held;
#[path = "oracle/model.rs"]
pub mod model;
#[path = "oracle/shrink.rs"]
mod shrink;

use clock::{ZONES, Zone};
use model::Organisation;

/// How many organisations the test looks at in each zone; `DOGWATCH_ORACLE_SEEDS=300 cargo test --release oracle` is a
/// longer run.
fn seeds() -> u64 {
    std::env::var("DOGWATCH_ORACLE_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(5)
}

/// Compares the organisations of these seeds in one zone.
///
/// # Panics
///
/// With a report, at the first difference.
pub fn run(zone: Zone, seeds: Range<u64>) {
    for seed in seeds {
        let organisation = generate::organisation(zone, seed);
        if let Err(found) = compare::check(&organisation, seed) {
            let same = |it: &Organisation| compare::check(it, seed).is_err_and(|it| it.kind == found.kind);
            let smallest = shrink::shrink(organisation, 300, same);
            let least = compare::check(&smallest, seed).expect_err("it still differs");
            let mut report = format!("run({zone}, {seed}..{}) in {}: {}\n", seed + 1, ZONES[zone], found.kind);
            report += &format!("{}\nin its smallest form: {}\n", found.text, least.text);
            for (path, text) in model::files(&smallest) {
                report += &format!("\n# {path}\n{text}");
            }
            panic!("{report}");
        }
    }
}

/// One test for each zone, so that they run side by side.
macro_rules! zones {
    ($($name:ident: $zone:literal,)*) => {
        $(
            #[test]
            fn $name() {
                let zone = ZONES.iter().position(|it| *it == $zone).expect("a zone of ours");
                run(zone, 0..seeds());
            }
        )*
    };
}

zones! {
    the_library_agrees_in_new_york: "America/New_York",
    the_library_agrees_in_dublin: "Europe/Dublin",
    the_library_agrees_on_lord_howe: "Australia/Lord_Howe",
    the_library_agrees_at_troll: "Antarctica/Troll",
    the_library_agrees_in_cairo: "Africa/Cairo",
    the_library_agrees_in_santiago: "America/Santiago",
    the_library_agrees_in_havana: "America/Havana",
    the_library_agrees_in_kolkata: "Asia/Kolkata",
}
