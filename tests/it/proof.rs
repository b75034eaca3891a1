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
use std::thread;

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

/// Where clocks jump at all times of day, by half an hour, over midnight, in the south, and never.
const ZONED: [&str; 6] =
    ["America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Africa/Cairo", "America/Santiago", "Asia/Kolkata"];

#[test]
fn every_minute_agrees() {
    let of_zone = |name: &str| {
        let zone = ZONES.iter().position(|it| *it == name).expect("a zone of ours");
        (0..seeds()).map(|seed| compare(zone, seed)).collect::<Vec<_>>()
    };
    let counts: Vec<Vec<(usize, usize)>> = thread::scope(|scope| {
        let all = ZONED.map(|name| scope.spawn(move || of_zone(name)));
        all.into_iter().flat_map(|it| it.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    for (nth, rule) in RULES.iter().enumerate() {
        let (times, minutes) = counts.iter().fold((0, 0), |all, it| (all.0 + it[nth].0, all.1 + it[nth].1));
        // A comparison of nothing with nothing proves nothing.
        assert!(times >= 5, "of {} organisations hardly one breaks {rule}: {times}, {minutes} minutes", counts.len());
    }
}
