//! Schedules of shifts: everybody of every event at once, custom shifts beside them, overrides of single members.

use std::time::Duration;

use crate::rehearsal::account::{Event, Overridden, ShiftOverride, ShiftSchedule, Strategy};
use crate::rehearsal::render::rules::{RuleError, Rules};
use crate::rehearsal::switches::Phase;
use crate::time::{CIVIL_DAY, Instant, Span};

/// A stretch of one member, as `final_schedule` has it. Several may overlap.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rehearsal) struct Assignment {
    pub(in crate::rehearsal) span: Span,
    /// None: a seat kept vacant.
    pub(in crate::rehearsal) member: Option<String>,
    pub(in crate::rehearsal) origin: Origin,
    /// The id of the override that put the member there.
    pub(in crate::rehearsal) by: Option<String>,
}

/// Where a shift comes from, by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::rehearsal) enum Origin {
    Rotation(String),
    CustomShift(String),
}

/// Whether rules can be read and expanded.
pub(in crate::rehearsal) fn check_recurrence(lines: &[String]) -> Result<(), RuleError> {
    Rules::read(lines).map(|_| ())
}

/// Everything that is held within a window, in order of time, cut at the window's edges.
///
/// # Errors
///
/// [`RuleError`] if an event has more occurrences than one expands.
pub(in crate::rehearsal) fn assignments(
    schedule: &ShiftSchedule,
    window: Span,
    phase: Phase,
) -> Result<Vec<Assignment>, RuleError> {
    let mut all = Vec::new();
    for rotation in &schedule.rotations {
        let origin = Origin::Rotation(rotation.id.clone());
        for event in &rotation.events {
            for (span, members) in shifts(event, window, phase)? {
                for member in members {
                    all.push(Assignment { span, member, origin: origin.clone(), by: None });
                }
            }
        }
    }
    for it in &schedule.custom_shifts {
        let span = Span::new(it.start, it.end).and_then(|it| it.intersection(window));
        all.extend(span.map(|span| Assignment {
            span,
            member: it.member.clone(),
            origin: Origin::CustomShift(it.id.clone()),
            by: None,
        }));
    }
    for it in &schedule.overrides {
        all = overridden(all, it);
    }
    all.sort();
    Ok(all)
}

/// PagerDuty's documentation: an override replaces that member of that rotation or custom shift, and nobody else.
///
/// Of several that overlap, each replaces whom the earlier ones left there; nobody says otherwise.
fn overridden(all: Vec<Assignment>, it: &ShiftOverride) -> Vec<Assignment> {
    let Some(span) = Span::new(it.start, it.end) else { return all };
    let origin = match &it.of {
        Overridden::Rotation(id) => Origin::Rotation(id.clone()),
        Overridden::CustomShift(id) => Origin::CustomShift(id.clone()),
    };
    let mut after = Vec::with_capacity(all.len());
    for assignment in all {
        let common = assignment.span.intersection(span);
        let Some(common) = common.filter(|_| assignment.origin == origin && assignment.member == it.overridden) else {
            after.push(assignment);
            continue;
        };
        let rest = [(assignment.span.start(), common.start()), (common.end(), assignment.span.end())];
        after.extend(
            rest.into_iter()
                .filter_map(|(start, end)| Some(Assignment { span: Span::new(start, end)?, ..assignment.clone() })),
        );
        after.push(Assignment {
            span: common,
            member: it.overriding.clone(),
            by: Some(it.id.clone()),
            origin: assignment.origin,
        });
    }
    after
}

/// The windows of an event within a span, whoever holds them.
pub(in crate::rehearsal) fn windows(event: &Event, window: Span) -> Result<Vec<Span>, RuleError> {
    Ok(shifts(event, window, Phase::StartTime)?.into_iter().map(|it| it.0).collect())
}

type Shift = (Span, Vec<Option<String>>);

/// The shifts of an event, each with its members.
///
/// The upgrade guide's section 2: a shift keeps the clock on the wall of the event's zone. Its section 6 implies that
/// turns are counted from `start_time`; a count is of occurrences, not of weeks.
fn shifts(event: &Event, window: Span, phase: Phase) -> Result<Vec<Shift>, RuleError> {
    let effective = Span::new(event.since, event.until.unwrap_or(Instant::MAX));
    let Some(window) = effective.and_then(|it| it.intersection(window)) else { return Ok(Vec::new()) };
    let (first, last) = (event.zone.civil(event.start), event.zone.civil(event.end));
    let length = last - first;
    // Beyond the window by a day, as clocks jump.
    let beyond = window.end() + Duration::from_secs(CIVIL_DAY.unsigned_abs());
    let rules = Rules::read(&event.recurrence)?;
    let in_utc = |civil| event.zone.resolve(civil).utc().naive_utc();
    let mut occurrences = rules.occurrences(first, event.zone.civil(beyond), in_utc)?;
    if phase == Phase::EffectiveSince {
        occurrences.retain(|it| event.since <= event.zone.resolve(*it));
    }
    let mut found = Vec::new();
    for (count, start) in occurrences.into_iter().enumerate() {
        let Some(end) = start.checked_add_signed(length) else { continue };
        // An hour that no clock shows has no shift in it.
        let shift = Span::new(event.zone.resolve(start), event.zone.resolve(end));
        let Some(span) = shift.and_then(|it| it.intersection(window)) else { continue };
        let members = match event.strategy {
            Strategy::Every => event.members.clone(),
            Strategy::Rotating(each) => {
                let turn = count / usize::try_from(each.max(1)).unwrap_or(1);
                vec![event.members[turn % event.members.len()].clone()]
            }
        };
        found.push((span, members));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rehearsal::account::{CustomShift, Rotation};
    use crate::time::{Zone, parse_instant};

    fn at(text: &str) -> Instant {
        parse_instant(text, &Zone::utc()).unwrap()
    }

    fn event(zone: &str, start: &str, end: &str, rule: &str, members: &str, each: u32) -> Event {
        let zone = Zone::named(zone).unwrap();
        Event {
            id: "E".to_owned(),
            name: "E".to_owned(),
            start: at(start),
            end: at(end),
            end_zone: zone.clone(),
            zone,
            since: at(start),
            until: None,
            recurrence: vec![format!("RRULE:{rule}")],
            strategy: if each == 0 { Strategy::Every } else { Strategy::Rotating(each) },
            members: members.chars().map(|it| (it != '-').then(|| it.to_string())).collect(),
        }
    }

    fn schedule(events: Vec<Event>) -> ShiftSchedule {
        ShiftSchedule {
            id: "S".to_owned(),
            name: "S".to_owned(),
            description: None,
            zone: Zone::utc(),
            teams: Vec::new(),
            rotations: vec![Rotation { id: "R".to_owned(), events, deleted: false }],
            custom_shifts: Vec::new(),
            overrides: Vec::new(),
        }
    }

    #[track_caller]
    fn renders_by(phase: Phase, schedule: &ShiftSchedule, from: &str, until: &str, expected: &[&str]) {
        let window = Span::new(at(from), at(until)).unwrap();
        let found: Vec<String> = assignments(schedule, window, phase)
            .unwrap()
            .iter()
            .map(|it| {
                let clock = |at: Instant| at.utc().format("%m-%dT%H:%M").to_string();
                let by = it.by.as_ref().map(|it| format!(" by {it}")).unwrap_or_default();
                let member = it.member.as_deref().unwrap_or("-");
                format!("{} {} {member}{by}", clock(it.span.start()), clock(it.span.end()))
            })
            .collect();
        assert_eq!(found, expected);
    }

    #[track_caller]
    fn renders(schedule: &ShiftSchedule, from: &str, until: &str, expected: &[&str]) {
        renders_by(Phase::StartTime, schedule, from, until, expected);
    }

    /// The upgrade guide's own example: anchored at 09:00 in Los Angeles in January, a shift in April is 16:00Z to 00:00Z.
    #[test]
    fn a_shift_keeps_the_clock_on_the_wall() {
        let weekdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
        let day = event("America/Los_Angeles", "2026-01-05T17:00:00Z", "2026-01-06T01:00:00Z", weekdays, "a", 1);
        renders(&schedule(vec![day]), "2026-04-29T12:00:00Z", "2026-04-30T12:00:00Z", &["04-29T16:00 04-30T00:00 a"]);
    }

    /// A count is of occurrences: five a week, so that the week is handed over and not the day.
    #[test]
    fn turns_are_counted_in_occurrences() {
        let weekdays = "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR";
        let weekly = event("Etc/UTC", "2026-01-05T09:00:00Z", "2026-01-05T17:00:00Z", weekdays, "ab", 5);
        let expected = ["01-09T09:00 01-09T17:00 a", "01-12T09:00 01-12T17:00 b", "01-13T09:00 01-13T17:00 b"];
        renders(&schedule(vec![weekly.clone()]), "2026-01-09", "2026-01-14", &expected);
        let daily = Event { strategy: Strategy::Rotating(1), ..weekly };
        let expected = ["01-09T09:00 01-09T17:00 a", "01-12T09:00 01-12T17:00 b", "01-13T09:00 01-13T17:00 a"];
        renders(&schedule(vec![daily]), "2026-01-09", "2026-01-14", &expected);
    }

    /// Weekly from 2026-01-05 among three: 01-19 is the third occurrence, `c`, or the first from then on, `a`.
    #[test]
    fn the_phase_can_be_counted_from_either_end() {
        let mut weekly = event("Etc/UTC", "2026-01-05", "2026-01-12", "FREQ=WEEKLY", "abc", 1);
        weekly.since = at("2026-01-14");
        let weekly = schedule(vec![weekly]);
        let expected = ["01-14T00:00 01-19T00:00 b", "01-19T00:00 01-26T00:00 c", "01-26T00:00 01-27T00:00 a"];
        renders(&weekly, "2026-01-12", "2026-01-27", &expected);
        let expected = ["01-19T00:00 01-26T00:00 a", "01-26T00:00 01-27T00:00 b"];
        renders_by(Phase::EffectiveSince, &weekly, "2026-01-12", "2026-01-27", &expected);
    }

    #[test]
    fn everybody_at_once_a_vacant_seat_and_an_end() {
        let mut all = event("Etc/UTC", "2026-01-05", "2026-01-06", "FREQ=DAILY", "a-", 0);
        all.until = Some(at("2026-01-06T12:00:00Z"));
        renders(
            &schedule(vec![all]),
            "2026-01-05T18:00:00Z",
            "2026-01-09",
            &[
                "01-05T18:00 01-06T00:00 -",
                "01-05T18:00 01-06T00:00 a",
                "01-06T00:00 01-06T12:00 -",
                "01-06T00:00 01-06T12:00 a",
            ],
        );
    }

    #[test]
    fn an_override_replaces_one_member_and_a_custom_shift_adds_one() {
        let daily = event("Etc/UTC", "2026-01-05", "2026-01-06", "FREQ=DAILY", "ab", 1);
        let mut schedule = schedule(vec![daily]);
        schedule.custom_shifts = vec![CustomShift {
            id: "C".to_owned(),
            assignment: "A".to_owned(),
            start: at("2026-01-05T20:00:00Z"),
            end: at("2026-01-06T04:00:00Z"),
            member: Some("c".to_owned()),
        }];
        let row = |id: &str, of: Overridden, from: &str, to: &str| ShiftOverride {
            id: id.to_owned(),
            of,
            start: at("2026-01-05T22:00:00Z"),
            end: at("2026-01-06T02:00:00Z"),
            overridden: Some(from.to_owned()),
            overriding: Some(to.to_owned()),
        };
        schedule.overrides = vec![
            row("1", Overridden::Rotation("R".to_owned()), "a", "x"),
            row("2", Overridden::CustomShift("C".to_owned()), "c", "y"),
            // Nobody of that name is there.
            row("3", Overridden::Rotation("R".to_owned()), "q", "z"),
        ];
        renders(
            &schedule,
            "2026-01-05T12:00:00Z",
            "2026-01-06T12:00:00Z",
            &[
                "01-05T12:00 01-05T22:00 a",
                "01-05T20:00 01-05T22:00 c",
                "01-05T22:00 01-06T00:00 x by 1",
                "01-05T22:00 01-06T02:00 y by 2",
                "01-06T00:00 01-06T12:00 b",
                "01-06T02:00 01-06T04:00 c",
            ],
        );
    }
}
