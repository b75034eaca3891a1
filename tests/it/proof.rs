//! What `check` proves by intervals, against every minute.
//!
//! A seed makes a small organisation ([`case`]) with limits that break often. Its calendars are those of the oracle, which
//! shares nothing with the library; [`brute`] opens every alert at every minute of the horizon, climbs, and writes down
//! what breaks. The spans of the findings must be those minutes, all of them and no others.
//!
//! `DOGWATCH_PROOF_SEEDS=500 cargo test --release proof` is a longer run; what a failure prints is all that is needed
//! to see it again: `compare(zone, seed)`.

#[path = "proof/brute.rs"]
mod brute;
#[path = "proof/case.rs"]
mod case;

use std::collections::BTreeSet;

use dogwatch::check::{self, Finding};
use dogwatch::config::{self, Files};
use dogwatch::org::Org;
use dogwatch::time::{Instant, Span, Zone};

use crate::oracle::clock::{Minute, ZONES, civil, unix};
use brute::Broken;
use case::Case;

/// The rules that are about instants.
const RULES: [&str; 8] =
    ["gap", "nobody-at-once", "answer-within", "time-off", "both-primaries", "both-seats", "min-rest", "max-share"];

/// How many organisations the test looks at in each zone.
fn seeds() -> u64 {
    std::env::var("DOGWATCH_PROOF_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(6)
}

/// Holds the findings against every minute; gives how many minutes broke each rule.
///
/// # Panics
///
/// With the files, at the first difference.
fn compare(zone: usize, seed: u64) -> Vec<(usize, usize)> {
    let case = Case::of(zone, seed);
    let files: Files = case.files().into_iter().collect();
    let (org, diagnostics) = config::read(&files);
    let org = org.unwrap_or_else(|| panic!("{}", config::render(&diagnostics, &files, false)));
    let horizon = Span::new(instant(case.start), instant(case.end())).expect("the horizon is not empty");
    let findings = check::findings(&org, horizon, &Zone::utc()).expect("no rule is that long");
    let found = minutes(&org, &findings, &case);
    let expected = brute::broken(&case);
    for name in expected.keys().chain(found.keys()).collect::<BTreeSet<_>>() {
        let none = BTreeSet::new();
        let (left, right) = (expected.get(name).unwrap_or(&none), found.get(name).unwrap_or(&none));
        if left == right {
            continue;
        }
        let first = left.symmetric_difference(right).next().expect("they differ");
        let by = if left.contains(first) { "only minute by minute" } else { "only by intervals" };
        let mut report = format!(
            "compare({zone}, {seed}) in {}: {name} is broken at {} UTC {by}; {} minutes, by intervals {}; from {} UTC, {} days\n",
            ZONES[zone],
            civil(case.start + first, " "),
            left.len(),
            right.len(),
            civil(case.start, " "),
            case.days,
        );
        for (path, text) in case.files() {
            report += &format!("\n# {path}\n{text}");
        }
        panic!("{report}");
    }
    let count = |rule: &&str| {
        let of_rule = expected.iter().filter(|(name, _)| name.split(' ').next() == Some(*rule));
        let lengths: Vec<usize> = of_rule.map(|(_, minutes)| minutes.len()).collect();
        (lengths.iter().filter(|it| **it > 0).count(), lengths.iter().sum())
    };
    RULES.iter().map(count).collect()
}

fn instant(at: Minute) -> Instant {
    Instant::from_unix(unix(at))
}

/// The findings in the brute force's words.
fn minutes(org: &Org, findings: &[Finding], case: &Case) -> Broken {
    let mut broken = Broken::new();
    for it in findings.iter().filter(|it| RULES.contains(&it.rule)) {
        assert!(!it.message.starts_with("undecided"), "words and globs are decided: {}", it.message);
        let person = |nth: usize| org.person(it.people[nth]).key.clone();
        let seat = |nth: usize| org.seat_name(it.seats[nth]);
        let name = match it.rule {
            "gap" => seat(0),
            "nobody-at-once" | "answer-within" if it.seats.is_empty() => format!("@{}", person(0)),
            "nobody-at-once" | "answer-within" => seat(0),
            // Whom a ladder names is told by no minute of a seat.
            "time-off" if it.seats.is_empty() => continue,
            "time-off" => format!("{} {}", person(0), seat(0)),
            "both-seats" => seat(0),
            _ => person(0),
        };
        assert!(it.spans.windows(2).all(|it| it[0].end() < it[1].start()), "{}: {:?}", it.rule, it.spans);
        for span in &it.spans {
            let minute = |at: Instant| {
                let seconds = at.unix() - unix(case.start);
                assert_eq!(seconds % 60, 0, "{}", it.message);
                seconds / 60
            };
            let minutes = minute(span.start())..minute(span.end());
            broken.entry(format!("{} {name}", it.rule)).or_default().extend(minutes);
        }
    }
    broken
}

/// One test for each zone, so that they run side by side.
macro_rules! zones {
    ($($name:ident: $zone:literal,)*) => {
        $(
            #[test]
            fn $name() {
                let zone = ZONES.iter().position(|it| *it == $zone).expect("a zone of ours");
                let mut total = [(0, 0); RULES.len()];
                for seed in 0..seeds() {
                    for (all, one) in total.iter_mut().zip(compare(zone, seed)) {
                        *all = (all.0 + one.0, all.1 + one.1);
                    }
                }
                println!("{}: {:?}", $zone, RULES.iter().zip(total).collect::<Vec<_>>());
                // A comparison of nothing with nothing proves nothing.
                for rule in ["nobody-at-once", "answer-within", "time-off"] {
                    let nth = RULES.iter().position(|it| *it == rule).expect("a rule of ours");
                    assert!(total[nth].1 > 0, "no organisation broke {rule}");
                }
            }
        )*
    };
}

zones! {
    every_minute_agrees_in_new_york: "America/New_York",
    every_minute_agrees_in_dublin: "Europe/Dublin",
    every_minute_agrees_on_lord_howe: "Australia/Lord_Howe",
    every_minute_agrees_in_cairo: "Africa/Cairo",
    every_minute_agrees_in_santiago: "America/Santiago",
    every_minute_agrees_in_kolkata: "Asia/Kolkata",
}
