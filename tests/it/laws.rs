//! What holds whatever the numbers.

use std::num::NonZeroU32;

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone};
use dogwatch::time::{
    Cadence, From, Handoffs, Instant, MonthDay, Recurrence, Span, Times, Weekdays, Zone, weekday_names,
};
use proptest::prelude::*;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Every jump of the clock between 1990 and 2060, found by looking at the offset once an hour and then closing in.
fn jumps(zone: &Zone) -> Vec<Instant> {
    let at = |text: &str| zone.start_of_day(day(text)).unix();
    let (start, end) = (at("1990-01-01"), at("2060-01-01"));
    // The clock is never changed twice within five days, but where a month of fasting interrupts the summer.
    let step = 12 * 3600;
    let mut found = Vec::new();
    let mut from = start;
    while from < end {
        let offset = |at: i64| zone.offset(Instant::new(at).unwrap());
        let to = from + step;
        if offset(from) != offset(to) {
            let (mut low, mut high) = (from, to);
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                if offset(middle) == offset(from) { low = middle } else { high = middle }
            }
            found.push(Instant::new(high).unwrap());
        }
        from = to;
    }
    found
}

#[test]
fn civil_time_is_monotone_at_every_transition_of_every_zone() {
    let mut seen = 0;
    for name in Zone::names() {
        let zone = Zone::named(name).unwrap();
        for jump in jumps(&zone) {
            seen += 1;
            // More than a day before and after what the clock shows then, in steps of a quarter of an hour.
            let middle = zone.civil(jump);
            let mut last: Option<(NaiveDateTime, Instant)> = None;
            for quarter in -110..=110 {
                let civil = middle + TimeDelta::minutes(15 * quarter);
                let at = zone.resolve(civil);
                if let Some((before, earlier)) = last {
                    assert!(earlier <= at, "{zone}: {before} is {earlier}, but {civil} is {at}");
                }
                // It is the first instant that shows this or later: the second before shows less.
                assert!(zone.civil(at) >= civil, "{zone}: {civil}");
                let before = zone.civil(Instant::new(at.unix() - 1).unwrap());
                assert!(before < civil, "{zone}: {civil} is shown, or passed, before {at}: {before}");
                last = Some((civil, at));
            }
        }
    }
    assert!(seen > 30_000, "{seen} transitions are too few to have looked everywhere");
}

/// Zones whose rules changed, for the future or for the past, between the release that chrono-tz carries (2025b) and
/// ours: western Canada, Manitoba and Cuba keep one clock all year, Morocco and Western Sahara keep another, and
/// Colombia's year of summer time was corrected.
const NEWER_RULES: &[&str] = &[
    "Africa/Casablanca",
    "Africa/El_Aaiun",
    "America/Bogota",
    "America/Edmonton",
    "America/Havana",
    "America/Inuvik",
    "America/Rainy_River",
    "America/Vancouver",
    "America/Winnipeg",
    "America/Yellowknife",
    "Canada/Central",
    "Canada/Mountain",
    "Canada/Pacific",
    "Cuba",
];

#[test]
fn the_rules_are_those_of_chrono_tz_but_where_they_changed_since() {
    let mut different = Vec::new();
    for name in Zone::names() {
        let zone = Zone::named(name).unwrap();
        let other: chrono_tz::Tz = name.parse().unwrap();
        let mut at = zone.start_of_day(day("1990-01-01"));
        let end = zone.start_of_day(day("2037-01-01"));
        let mut same = true;
        while at < end && same {
            let theirs = other.offset_from_utc_datetime(&at.utc().naive_utc()).fix().local_minus_utc();
            same = zone.offset(at) == theirs;
            at = at + std::time::Duration::from_secs(12 * 3600);
        }
        if !same {
            different.push(name);
        }
    }
    assert_eq!(different, NEWER_RULES);
}

const ZONES: [&str; 8] = [
    "America/New_York",
    "Europe/Dublin",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
    "Africa/Cairo",
    "America/Santiago",
    "America/Havana",
    "Asia/Kolkata",
];

/// Cadences of the `every` form, beside the rule of RFC 5545 that says the same.
fn cadences() -> impl Strategy<Value = (Cadence, String, NaiveDate)> {
    let clocks = prop::collection::vec((0u32..24, prop::sample::select(vec![0u32, 15, 30, 45])), 1..3);
    let start = (0u64..500).prop_map(|days| day("2024-06-01") + Days::new(days));
    (1u32..5, clocks, start, 0usize..3, prop::collection::btree_set(0usize..7, 1..5), 1i64..=28).prop_map(
        |(every, clocks, start, kind, weekdays, month_day)| {
            let times: Vec<NaiveTime> =
                clocks.iter().map(|(hour, minute)| NaiveTime::from_hms_opt(*hour, *minute, 0).unwrap()).collect();
            let one_clock = Times::new(times[..1].to_vec()).unwrap();
            let count = NonZeroU32::new(every).unwrap();
            match kind {
                0 => {
                    let cadence = Cadence::Days { every: count, at: one_clock };
                    (cadence, format!("FREQ=DAILY;INTERVAL={every}"), start)
                }
                1 => {
                    let names: Vec<&str> = weekday_names().collect();
                    let on: Vec<_> = weekdays.iter().map(|it| dogwatch::time::weekday(names[*it]).unwrap()).collect();
                    let by: Vec<String> = weekdays.iter().map(|it| names[*it][..2].to_uppercase()).collect();
                    let rule = format!("FREQ=WEEKLY;INTERVAL={every};WKST=MO;BYDAY={}", by.join(","));
                    // The first day of the rule is one of its days.
                    let first = start.iter_days().find(|it| on.contains(&it.weekday())).unwrap();
                    let on = Weekdays::new(on).unwrap();
                    (Cadence::Weeks { every: count, on, at: one_clock }, rule, first)
                }
                _ => {
                    let on = MonthDay::day(month_day).unwrap();
                    let rule = format!("FREQ=MONTHLY;INTERVAL={every};BYMONTHDAY={month_day}");
                    let first = start.iter_days().find(|it| i64::from(it.day()) == month_day).unwrap();
                    (Cadence::Months { every: count, on, at: one_clock }, rule, first)
                }
            }
        },
    )
}

fn first_time(cadence: &Cadence) -> NaiveTime {
    match cadence {
        Cadence::Days { at, .. } | Cadence::Weeks { at, .. } | Cadence::Months { at, .. } => at.as_slice()[0],
        Cadence::Hours { at, .. } | Cadence::Rule { at, .. } => *at,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// What arithmetic gives is what the rrule crate gives when it steps a clock without a zone, resolved.
    #[test]
    fn arithmetic_and_rules_agree((cadence, rule, first) in cadences(), zone in prop::sample::select(ZONES.to_vec())) {
        let zone = Zone::named(zone).unwrap();
        let at = first_time(&cadence);
        let start = first.and_time(at).and_utc().with_timezone(&rrule::Tz::UTC);
        let expanded: rrule::RRule<rrule::Unvalidated> = rule.parse().unwrap();
        let set = expanded.build(start).unwrap();
        let mut theirs: Vec<Instant> =
            set.into_iter().take(60).map(|it| zone.resolve(it.naive_utc())).collect();
        theirs.dedup();

        let span = Span::new(theirs[0], theirs[theirs.len() - 1]).unwrap();
        for cadence in [cadence, Cadence::Rule { rule: Recurrence::parse(&rule).unwrap(), at }] {
            let handoffs = Handoffs::new(&cadence, &zone, From::Day(first)).unwrap();
            let ours: Vec<Instant> = handoffs.turns(span).unwrap().iter().map(|it| it.span.start()).collect();
            prop_assert_eq!(&ours, &theirs[..theirs.len() - 1], "{}", &cadence);
            for (number, pair) in theirs.windows(2).enumerate() {
                let turn = handoffs.turn(Instant::new(pair[1].unix() - 1).unwrap()).unwrap().unwrap();
                prop_assert_eq!((turn.number, turn.span.start(), turn.span.end()), (number as u64, pair[0], pair[1]));
            }
        }
    }

    /// Turns touch, are never empty, and are numbered in a row; a question about any instant gives the same turn.
    #[test]
    fn turns_tile_the_time((cadence, _, first) in cadences(), zone in prop::sample::select(ZONES.to_vec()), years in 0i64..60) {
        let zone = Zone::named(zone).unwrap();
        let handoffs = Handoffs::new(&cadence, &zone, From::Day(first)).unwrap();
        let from = Instant::new(handoffs.start().unix() + years * 31_557_600).unwrap();
        let span = Span::new(from, Instant::new(from.unix() + 400 * 86_400).unwrap()).unwrap();
        let turns = handoffs.turns(span).unwrap();
        for pair in turns.windows(2) {
            prop_assert_eq!(pair[0].span.end(), pair[1].span.start());
            prop_assert_eq!(pair[0].number + 1, pair[1].number);
        }
        for turn in &turns {
            prop_assert_eq!(handoffs.turn(turn.span.start()).unwrap(), Some(*turn));
        }
        prop_assert!(turns[0].span.contains(from));
    }
}
