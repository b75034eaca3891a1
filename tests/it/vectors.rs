//! Handoffs that others have written down: GoAlert's rotation tests, and arithmetic done by hand.
//!
//! The vectors are those of GoAlert's `schedule/rotation/rotation_test.go`, under Dogwatch's rules. Two differ in how
//! they are said: GoAlert's hourly rotation keeps the wall clock, which here is a rule (`FREQ=HOURLY`) or a list of
//! times, since `every = "N hours"` counts elapsed hours. One differs in meaning: GoAlert's monthly rotation overflows
//! (31 January plus a month is 2 or 3 March), ours has `on = 1` to `28` or `"last"` and cannot.

use std::num::NonZeroU32;

use dogwatch::time::{
    Cadence, From, Handoffs, Instant, MonthDay, Recurrence, Span, Times, Weekdays, Zone, parse_clock, stamp,
};

fn times(clocks: &str) -> Times {
    Times::new(clocks.split(' ').map(|it| parse_clock(it).unwrap()).collect()).unwrap()
}

fn days(every: u32, at: &str) -> Cadence {
    Cadence::Days { every: NonZeroU32::new(every).unwrap(), at: times(at) }
}

fn weeks(on: &str, at: &str) -> Cadence {
    let on = on.split(' ').map(|it| dogwatch::time::weekday(it).unwrap()).collect();
    Cadence::Weeks { every: NonZeroU32::MIN, on: Weekdays::new(on).unwrap(), at: times(at) }
}

fn months(on: MonthDay, at: &str) -> Cadence {
    Cadence::Months { every: NonZeroU32::MIN, on, at: times(at) }
}

fn rule(rule: &str, at: &str) -> Cadence {
    Cadence::Rule { rule: Recurrence::parse(rule).unwrap(), at: parse_clock(at).unwrap() }
}

fn elapsed(hours: u32, at: &str) -> Cadence {
    Cadence::Hours { every: NonZeroU32::new(hours).unwrap(), at: parse_clock(at).unwrap() }
}

/// The starts of the turns from `from` up to `until`, on the zone's clock.
#[track_caller]
fn handoffs(cadence: &Cadence, zone: &str, first_day: &str, from: &str, until: &str, expected: &[&str]) {
    let zone = Zone::named(zone).unwrap();
    let handoffs = Handoffs::new(cadence, &zone, From::Day(first_day.parse().unwrap())).unwrap();
    let at = |text: &str| zone.resolve(text.parse().unwrap());
    let span = Span::new(at(from), at(until)).unwrap();
    let turns = handoffs.turns(span).unwrap();
    let starts: Vec<Instant> = turns.iter().map(|it| it.span.start()).filter(|it| span.contains(*it)).collect();
    let shown: Vec<String> = starts.iter().map(|it| stamp(*it, &zone)).collect();
    assert_eq!(shown, expected, "{cadence} in {zone}");
    // A question about each instant gives the same turn.
    for turn in turns {
        assert_eq!(handoffs.turn(turn.span.start()).unwrap(), Some(turn));
        assert_eq!(handoffs.turn(Instant::from_unix(turn.span.end().unix() - 1)).unwrap(), Some(turn));
    }
}

#[test]
fn daily_over_the_doubled_hour_in_chicago() {
    let expected = [
        "Fri 2020-10-30 01:30 CDT",
        "Sat 2020-10-31 01:30 CDT",
        "Sun 2020-11-01 01:30 CDT",
        "Mon 2020-11-02 01:30 CST",
    ];
    let span = ("2020-10-30T00:00:00", "2020-11-03T00:00:00");
    handoffs(&days(1, "01:30"), "America/Chicago", "2020-10-30", span.0, span.1, &expected);
}

#[test]
fn daily_over_the_skipped_hour_in_chicago() {
    let expected = [
        "Fri 2020-03-06 02:30 CST",
        "Sat 2020-03-07 02:30 CST",
        "Sun 2020-03-08 03:00 CDT",
        "Mon 2020-03-09 02:30 CDT",
    ];
    let span = ("2020-03-06T00:00:00", "2020-03-10T00:00:00");
    handoffs(&days(1, "02:30"), "America/Chicago", "2020-03-06", span.0, span.1, &expected);
}

#[test]
fn hourly_by_the_wall_clock_over_the_skipped_hour_in_chicago() {
    let expected = [
        "Sun 2020-03-08 01:30 CST",
        "Sun 2020-03-08 03:00 CDT",
        "Sun 2020-03-08 03:30 CDT",
        "Sun 2020-03-08 04:30 CDT",
    ];
    let span = ("2020-03-08T01:00:00", "2020-03-08T05:00:00");
    handoffs(&rule("FREQ=HOURLY", "02:30"), "America/Chicago", "2020-03-06", span.0, span.1, &expected);
    handoffs(&every_hour_at_half_past(), "America/Chicago", "2020-03-06", span.0, span.1, &expected);
}

#[test]
fn hourly_by_the_wall_clock_over_the_doubled_hour_in_chicago() {
    let expected = ["Sun 2020-11-01 00:30 CDT", "Sun 2020-11-01 01:30 CDT", "Sun 2020-11-01 02:30 CST"];
    let span = ("2020-11-01T00:00:00", "2020-11-01T03:00:00");
    handoffs(&rule("FREQ=HOURLY", "02:30"), "America/Chicago", "2020-07-06", span.0, span.1, &expected);
    handoffs(&every_hour_at_half_past(), "America/Chicago", "2020-07-06", span.0, span.1, &expected);
}

#[test]
fn monthly_on_a_day_that_every_month_has() {
    let expected = ["Thu 2020-10-01 01:30 CDT", "Sun 2020-11-01 01:30 CDT", "Tue 2020-12-01 01:30 CST"];
    let span = ("2020-10-01T00:00:00", "2020-12-02T00:00:00");
    handoffs(&months(MonthDay::Day(1), "01:30"), "America/Chicago", "2020-10-01", span.0, span.1, &expected);
}

#[test]
fn hourly_by_the_wall_clock_over_half_an_hour_in_lord_howe() {
    let expected = ["Sun 2021-04-04 00:30 +11", "Sun 2021-04-04 01:30 +11", "Sun 2021-04-04 02:30 +1030"];
    let span = ("2021-04-04T00:00:00", "2021-04-04T03:00:00");
    handoffs(&rule("FREQ=HOURLY", "02:30"), "Australia/Lord_Howe", "2021-04-03", span.0, span.1, &expected);
    handoffs(&every_hour_at_half_past(), "Australia/Lord_Howe", "2021-04-03", span.0, span.1, &expected);
}

#[test]
fn daily_in_the_skipped_half_hour_of_lord_howe() {
    let expected = [
        "Fri 2020-10-02 02:15 +1030",
        "Sat 2020-10-03 02:15 +1030",
        "Sun 2020-10-04 02:30 +11",
        "Mon 2020-10-05 02:15 +11",
    ];
    let span = ("2020-10-02T00:00:00", "2020-10-06T00:00:00");
    handoffs(&days(1, "02:15"), "Australia/Lord_Howe", "2020-10-02", span.0, span.1, &expected);
}

fn every_hour_at_half_past() -> Cadence {
    let clocks: Vec<String> = (0..24).map(|hour| format!("{hour:02}:30")).collect();
    days(1, &clocks.join(" "))
}

/// The lengths of the turns that hold at each of the instants, in minutes.
#[track_caller]
fn lengths(cadence: &Cadence, zone: &str, first_day: &str, at: &[&str], minutes: &[i64]) {
    let zone = Zone::named(zone).unwrap();
    let handoffs = Handoffs::new(cadence, &zone, From::Day(first_day.parse().unwrap())).unwrap();
    let turn = |at: &&str| handoffs.turn(zone.resolve(at.parse().unwrap())).unwrap().unwrap();
    let found: Vec<i64> = at.iter().map(|it| turn(it).span.seconds() / 60).collect();
    assert_eq!(found, minutes, "{cadence} in {zone}");
}

#[test]
fn turns_are_shorter_and_longer_in_the_weeks_of_the_change() {
    let weeks_of = ["2026-03-03T12:00:00", "2026-10-27T12:00:00", "2026-06-02T12:00:00"];
    let hours = [167 * 60, 169 * 60, 168 * 60];
    lengths(&weeks("Mon", "09:00"), "America/New_York", "2026-01-05", &weeks_of, &hours);
    let days_of = ["2026-04-04T12:00:00", "2026-10-03T12:00:00"];
    lengths(&days(1, "09:00"), "Australia/Lord_Howe", "2026-01-05", &days_of, &[24 * 60 + 30, 23 * 60 + 30]);
}

#[test]
fn elapsed_hours_do_not_look_at_the_clock() {
    let expected = [
        "Sat 2026-03-07 08:00 EST",
        "Sat 2026-03-07 20:00 EST",
        "Sun 2026-03-08 09:00 EDT",
        "Sun 2026-03-08 21:00 EDT",
    ];
    let span = ("2026-03-07T00:00:00", "2026-03-09T00:00:00");
    handoffs(&elapsed(12, "08:00"), "America/New_York", "2026-03-01", span.0, span.1, &expected);
}

#[test]
fn two_handoffs_that_one_jump_skips_are_one_handoff() {
    let zone = Zone::named("America/Chicago").unwrap();
    let twice = days(1, "02:00 02:30");
    let handoffs = Handoffs::new(&twice, &zone, From::Day("2020-03-07".parse().unwrap())).unwrap();
    let number = |civil: &str| handoffs.turn(zone.resolve(civil.parse().unwrap())).unwrap().unwrap().number;
    // Turns 0 and 1 begin on the 7th; the 8th has one handoff, at 03:00; turns 3 and 4 begin on the 9th.
    assert_eq!(number("2020-03-07T02:10:00"), 0);
    assert_eq!(number("2020-03-07T12:00:00"), 1);
    assert_eq!(number("2020-03-08T12:00:00"), 2);
    assert_eq!(number("2020-03-09T02:10:00"), 3);
    assert_eq!(number("2020-03-09T12:00:00"), 4);
    // And a year on, after another such night: 365 days of two handoffs each, less two, from turn 0 on.
    assert_eq!(number("2021-03-15T12:00:00"), 374 * 2 - 2 - 1);
}

#[test]
fn the_last_day_of_the_month() {
    let expected = ["Sat 2026-01-31 10:00 GMT", "Sat 2026-02-28 10:00 GMT", "Tue 2026-03-31 10:00 IST"];
    let span = ("2026-01-01T00:00:00", "2026-04-01T00:00:00");
    handoffs(&months(MonthDay::Last, "10:00"), "Europe/Dublin", "2026-01-31", span.0, span.1, &expected);
}
