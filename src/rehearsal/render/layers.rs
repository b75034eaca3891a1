//! Schedules of layers: turns, restrictions, the last layer over the others, overrides over all.

use std::time::Duration;

use chrono::{Datelike, Days};

use crate::rehearsal::account::{Layer, Override, Schedule};
use crate::time::{CIVIL_DAY, Instant, Span, Zone, subtract, union};

/// A stretch of one user in a rendered schedule. One entry is one turn as far as it goes on unbroken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rehearsal) struct Entry {
    pub(in crate::rehearsal) span: Span,
    pub(in crate::rehearsal) user: String,
}

/// `final_schedule`: at most one user at a time; gaps are simply absent.
pub(in crate::rehearsal) fn final_entries(schedule: &Schedule, window: Span) -> Vec<Entry> {
    let mut shown = schedule_entries(schedule, window);
    // The OpenAPI document: of overlapping overrides the last created wins.
    for it in &schedule.overrides {
        shown = covered(shown, override_entry(it, window).into_iter().collect());
    }
    shown.sort();
    shown
}

/// What the layers make together, without overrides.
///
/// PagerDuty's knowledge base: what was, is never rewritten. So each change of the layers counts from its time on.
fn schedule_entries(schedule: &Schedule, window: Span) -> Vec<Entry> {
    through_versions(schedule, window, |layers, part| {
        let mut shown = Vec::new();
        for layer in layers {
            shown = covered(shown, turns_of(layer, &schedule.zone, part));
        }
        shown.sort();
        shown
    })
}

/// What one layer makes by itself.
pub(in crate::rehearsal) fn layer_entries(schedule: &Schedule, id: &str, window: Span) -> Vec<Entry> {
    through_versions(schedule, window, |layers, part| {
        let layer = layers.iter().find(|it| it.id == id);
        layer.map(|it| turns_of(it, &schedule.zone, part)).unwrap_or_default()
    })
}

/// The overrides, as they cover each other.
pub(in crate::rehearsal) fn override_entries(schedule: &Schedule, window: Span) -> Vec<Entry> {
    let mut shown = Vec::new();
    for it in &schedule.overrides {
        shown = covered(shown, override_entry(it, window).into_iter().collect());
    }
    shown.sort();
    shown
}

fn override_entry(it: &Override, window: Span) -> Option<Entry> {
    let span = Span::new(it.start, it.end)?.intersection(window)?;
    Some(Entry { span, user: it.user.clone() })
}

/// Renders each version of the layers for as long as it held. What goes on over a change is one entry.
fn through_versions(schedule: &Schedule, window: Span, render: impl Fn(&[Layer], Span) -> Vec<Entry>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut from = window.start();
    let before = schedule.before.iter().map(|it| (it.until, &it.layers));
    for (until, layers) in before.chain([(window.end(), &schedule.layers)]) {
        let Some(part) = Span::new(from, until.min(window.end())) else { continue };
        for entry in render(layers, part) {
            match entries.last_mut() {
                Some(last) if part.start() == entry.span.start() && goes_on(last, &entry) => {
                    last.span = Span::new(last.span.start(), entry.span.end()).unwrap_or(last.span);
                }
                _ => entries.push(entry),
            }
        }
        from = part.end();
    }
    entries
}

fn goes_on(last: &Entry, next: &Entry) -> bool {
    last.span.end() == next.span.start() && last.user == next.user
}

/// What is left of `shown` beneath `covers`, and those.
fn covered(shown: Vec<Entry>, covers: Vec<Entry>) -> Vec<Entry> {
    let holes = union(covers.iter().map(|it| it.span).collect());
    let mut left: Vec<Entry> = Vec::with_capacity(shown.len() + covers.len());
    for entry in shown {
        let first = holes.partition_point(|it| it.end() <= entry.span.start());
        for span in subtract(&[entry.span], &holes[first..]) {
            left.push(Entry { span, user: entry.user.clone() });
        }
    }
    left.extend(covers);
    left
}

/// The turns of a layer, each within the layer's life and its restrictions, in order.
///
/// terraform-provider-pagerduty #215, #560 and pull request 1083: user `k mod n` has turn k, counted from the virtual
/// start, also backwards. Restrictions mask; turns go on while masked.
fn turns_of(layer: &Layer, zone: &Zone, window: Span) -> Vec<Entry> {
    let life = match layer.end {
        Some(end) => Span::new(layer.start, end),
        None => Span::new(layer.start, window.end().max(layer.start)),
    };
    let Some(window) = life.and_then(|it| it.intersection(window)) else { return Vec::new() };
    let open = open_windows(layer, zone, window);
    let users = i64::try_from(layer.users.len()).unwrap_or(i64::MAX);
    let mut entries = Vec::new();
    let mut next_open = 0;
    // A clock that jumped is one turn off at most; two are safe.
    let mut k = window.start().seconds_since(layer.virtual_start).div_euclid(layer.turn_seconds) - 2;
    let mut start = handoff(layer, zone, k);
    while start < window.end() {
        let end = handoff(layer, zone, k + 1);
        while open.get(next_open).is_some_and(|it| it.end() <= start) {
            next_open += 1;
        }
        if let Some(turn) = Span::new(start, end) {
            let user = usize::try_from(k.rem_euclid(users)).unwrap_or(0);
            let pieces = open[next_open..].iter().take_while(|it| it.start() < end);
            entries.extend(
                pieces
                    .filter_map(|it| it.intersection(turn))
                    .map(|span| Entry { span, user: layer.users[user].clone() }),
            );
        }
        (k, start) = (k + 1, end);
        if start == Instant::MAX {
            break;
        }
    }
    entries
}

/// When turn k begins.
///
/// PagerDuty's knowledge base, terraform-provider-pagerduty #728: a turn of whole days keeps the clock on the wall.
/// What other turns do over a change of the clock nobody says; here they are elapsed time.
fn handoff(layer: &Layer, zone: &Zone, k: i64) -> Instant {
    let elapsed = layer.turn_seconds.saturating_mul(k);
    if layer.turn_seconds % CIVIL_DAY == 0 {
        let civil = zone.civil(layer.virtual_start);
        let moved = chrono::TimeDelta::try_seconds(elapsed).and_then(|it| civil.checked_add_signed(it));
        if let Some(civil) = moved.filter(|it| (1971..2199).contains(&it.year())) {
            return zone.resolve(civil);
        }
    }
    Instant::from_unix(layer.virtual_start.unix().saturating_add(elapsed))
}

/// When a layer is not masked, joined where windows meet.
///
/// The OpenAPI document: times of day are those of the schedule's zone. Whether the end of a window over a change of
/// the clock is civil or elapsed nobody says; here it is civil.
fn open_windows(layer: &Layer, zone: &Zone, window: Span) -> Vec<Span> {
    if layer.restrictions.is_empty() {
        return vec![window];
    }
    // A window may have begun a week before.
    let first = zone.day(window.start().before(Duration::from_secs(9 * CIVIL_DAY.unsigned_abs())));
    let last = zone.day(window.end());
    let mut spans = Vec::new();
    for day in first.iter_days().take_while(|it| *it <= last) {
        for it in &layer.restrictions {
            if it.weekday.is_some_and(|weekday| weekday != day.weekday().number_from_monday()) {
                continue;
            }
            let at = |seconds: i64| {
                let days = Days::new(seconds.div_euclid(CIVIL_DAY).unsigned_abs());
                let clock = u32::try_from(seconds.rem_euclid(CIVIL_DAY)).unwrap_or(0);
                let clock = chrono::NaiveTime::from_num_seconds_from_midnight_opt(clock, 0).unwrap_or_default();
                day.checked_add_days(days).map(|it| zone.resolve(it.and_time(clock)))
            };
            let (Some(opens), Some(closes)) = (at(it.opens), at(it.opens + it.seconds)) else { continue };
            spans.extend(Span::new(opens, closes).and_then(|it| it.intersection(window)));
        }
    }
    union(spans)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::account::{Restriction, Version};
    use crate::time::parse_instant;

    fn at(text: &str) -> Instant {
        parse_instant(text, &Zone::utc()).unwrap()
    }

    fn layer(id: &str, users: &str, virtual_start: &str, hours: i64) -> Layer {
        Layer {
            id: id.to_owned(),
            name: id.to_owned(),
            start: at("2020-01-01"),
            end: None,
            virtual_start: at(virtual_start),
            turn_seconds: hours * 3600,
            users: users.chars().map(String::from).collect(),
            restrictions: Vec::new(),
        }
    }

    fn within(mut layer: Layer, weekdays: &[Option<u32>], opens: i64, hours: i64) -> Layer {
        let row = |weekday: &Option<u32>| Restriction { weekday: *weekday, opens: opens * 3600, seconds: hours * 3600 };
        layer.restrictions = weekdays.iter().map(row).collect();
        layer
    }

    fn schedule(zone: &str, layers: Vec<Layer>) -> Schedule {
        Schedule {
            id: "S".to_owned(),
            name: "S".to_owned(),
            description: None,
            zone: Zone::named(zone).unwrap(),
            teams: Vec::new(),
            layers,
            before: Vec::new(),
            overrides: Vec::new(),
        }
    }

    #[track_caller]
    fn renders(schedule: &Schedule, from: &str, until: &str, expected: &[&str]) {
        let window = Span::new(at(from), at(until)).unwrap();
        let entries = final_entries(schedule, window);
        let found: Vec<String> = entries
            .iter()
            .map(|it| {
                let clock = |at: Instant| at.utc().format("%m-%dT%H:%M").to_string();
                format!("{} {} {}", clock(it.span.start()), clock(it.span.end()), it.user)
            })
            .collect();
        assert_eq!(found, expected);
    }

    const WORKDAYS: &[Option<u32>] = &[Some(1), Some(2), Some(3), Some(4), Some(5)];

    /// New York's clocks go forward on Sunday 2026-03-08: Monday 09:00 is 14:00Z before and 13:00Z after.
    #[test]
    fn a_weekly_turn_keeps_the_clock_on_the_wall() {
        let weekly = schedule("America/New_York", vec![layer("L", "ab", "2026-03-02T14:00:00Z", 168)]);
        renders(
            &weekly,
            "2026-03-01",
            "2026-03-16T13:00:00Z",
            &["03-01T00:00 03-02T14:00 b", "03-02T14:00 03-09T13:00 a", "03-09T13:00 03-16T13:00 b"],
        );
    }

    #[test]
    fn a_turn_of_twelve_hours_is_elapsed_time() {
        let halves = schedule("America/New_York", vec![layer("L", "ab", "2026-03-07T14:00:00Z", 12)]);
        renders(
            &halves,
            "2026-03-08T02:00:00Z",
            "2026-03-09T02:00:00Z",
            &["03-08T02:00 03-08T14:00 b", "03-08T14:00 03-09T02:00 a"],
        );
    }

    /// 2026-01-05 is a Monday: Saturday and Sunday use up two turns, so Monday is three after Friday.
    #[test]
    fn restrictions_mask_and_do_not_pause() {
        let daily = within(layer("L", "abcd", "2026-01-05T09:00:00Z", 24), WORKDAYS, 9, 8);
        renders(
            &schedule("Europe/London", vec![daily]),
            "2026-01-08",
            "2026-01-13",
            &["01-08T09:00 01-08T17:00 d", "01-09T09:00 01-09T17:00 a", "01-12T09:00 01-12T17:00 d"],
        );
    }

    /// A turn from 00:00 to 00:00 is cut by a window past midnight, which is the turn's on both sides.
    #[test]
    fn a_window_may_pass_midnight_and_the_end_of_the_week() {
        let nights = within(layer("L", "ab", "2026-01-05", 24), &[None], 22, 8);
        renders(
            &schedule("Etc/UTC", vec![nights]),
            "2026-01-05",
            "2026-01-07",
            &[
                "01-05T00:00 01-05T06:00 a",
                "01-05T22:00 01-06T00:00 a",
                "01-06T00:00 01-06T06:00 b",
                "01-06T22:00 01-07T00:00 b",
            ],
        );
        let weekend = within(layer("L", "a", "2026-01-05", 168), &[Some(7)], 20, 12);
        renders(
            &schedule("Etc/UTC", vec![weekend]),
            "2026-01-05",
            "2026-01-13",
            &["01-05T00:00 01-05T08:00 a", "01-11T20:00 01-12T00:00 a", "01-12T00:00 01-12T08:00 a"],
        );
    }

    #[test]
    fn the_last_layer_wins_and_what_it_covers_comes_back() {
        let base = layer("A", "a", "2026-01-05", 168);
        let day = within(layer("B", "b", "2026-01-05", 24), WORKDAYS, 9, 8);
        let mut short = layer("C", "c", "2026-01-05", 24);
        (short.start, short.end) = (at("2026-01-05T15:00:00Z"), Some(at("2026-01-05T18:00:00Z")));
        let mut all = schedule("Etc/UTC", vec![base, day, short]);
        let expected = [
            "01-05T00:00 01-05T09:00 a",
            "01-05T09:00 01-05T15:00 b",
            "01-05T15:00 01-05T18:00 c",
            "01-05T18:00 01-06T00:00 a",
        ];
        renders(&all, "2026-01-05", "2026-01-06", &expected);
        let row = |user: &str, start: &str, end: &str| Override {
            id: user.to_owned(),
            start: at(start),
            end: at(end),
            user: user.to_owned(),
        };
        all.overrides = vec![
            row("x", "2026-01-05T08:00:00Z", "2026-01-05T12:00:00Z"),
            row("y", "2026-01-05T11:00:00Z", "2026-01-05T16:00:00Z"),
        ];
        let expected = [
            "01-05T00:00 01-05T08:00 a",
            "01-05T08:00 01-05T11:00 x",
            "01-05T11:00 01-05T16:00 y",
            "01-05T16:00 01-05T18:00 c",
            "01-05T18:00 01-06T00:00 a",
        ];
        renders(&all, "2026-01-05", "2026-01-06", &expected);
    }

    #[test]
    fn what_was_is_never_rewritten() {
        let mut changed = schedule("Etc/UTC", vec![layer("L", "xy", "2026-01-05", 24)]);
        changed.layers[0].start = at("2026-01-06T12:00:00Z");
        changed.before =
            vec![Version { until: at("2026-01-06T12:00:00Z"), layers: vec![layer("L", "ab", "2026-01-05", 24)] }];
        renders(
            &changed,
            "2026-01-05",
            "2026-01-08",
            &[
                "01-05T00:00 01-06T00:00 a",
                "01-06T00:00 01-06T12:00 b",
                "01-06T12:00 01-07T00:00 y",
                "01-07T00:00 01-08T00:00 x",
            ],
        );
        // The same people: the turn that was running goes on as one entry.
        changed.layers[0].users = vec!["a".to_owned(), "b".to_owned()];
        let expected = ["01-05T00:00 01-06T00:00 a", "01-06T00:00 01-07T00:00 b", "01-07T00:00 01-08T00:00 a"];
        renders(&changed, "2026-01-05", "2026-01-08", &expected);
    }

    /// Lord Howe jumps from 02:00 to 02:30 on Sunday 2025-10-05, at 15:30Z on the Saturday, past the handoff at 02:15.
    #[test]
    fn a_skipped_handoff_is_the_moment_of_the_jump() {
        let daily = layer("L", "abc", "2025-10-03T15:45:00Z", 24);
        renders(
            &schedule("Australia/Lord_Howe", vec![daily]),
            "2025-10-04T15:00:00Z",
            "2025-10-05T16:00:00Z",
            &["10-04T15:00 10-04T15:30 a", "10-04T15:30 10-05T15:15 b", "10-05T15:15 10-05T16:00 c"],
        );
    }
}
