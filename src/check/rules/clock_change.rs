//! Handoffs at times that a clock skips or shows twice.

use std::time::Duration;

use chrono::NaiveTime;

use crate::calendar::Why;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Layer, Seat, SeatId};
use crate::time::{Cadence, Exhausted, Jumped, MonthDay, Span, Times, clock, weekday_name};

pub(in crate::check) const RULE: Rule = Rule {
    name: "clock-change",
    page: "\
clock-change: a handoff falls into an hour that the clock skips or shows twice

When clocks go forward, an hour is missing, and who hands over in it does so at the moment of the jump. When they go
back, an hour is shown twice, and the first counts; but people read their own clocks, and an hour later may both or neither
believe to be on call. Only handoffs that can be seen in the final calendar are told.

Cure: hand over at an hour that no clock changes, in daylight.

    handoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for seat in scene.org.seats() {
        let rotation = scene.org.rotation(seat.rotation);
        let Some(calendar) = rotation.calendar(seat.seat) else { continue };
        // A secondary that follows hands over with the primary.
        if seat.seat == Seat::Secondary && calendar.follow > 0 {
            continue;
        }
        for (index, layer) in calendar.layers.iter().enumerate() {
            let Some(span) = layer.span().and_then(|it| it.intersection(scene.span)) else { continue };
            let mut jumped = layer.handoffs.jumped(span)?;
            jumped.retain(|it| shows(scene, seat, index, it));
            for twice in [false, true] {
                let some: Vec<Jumped> = jumped.iter().filter(|it| it.again.is_some() == twice).copied().collect();
                findings.extend(finding(scene, seat, layer, &some));
            }
        }
    }
    Ok(findings)
}

/// Whether a shift of the layer begins or ends there.
fn shows(scene: &Scene<'_>, seat: SeatId, index: usize, jumped: &Jumped) -> bool {
    let near = scene.shifts(seat);
    let near = &near[near.partition_point(|it| it.span.end() < jumped.at)..];
    let here = near.iter().take_while(|it| it.span.start() <= jumped.at);
    let of_layer = |why| matches!(why, Why::Turn { layer, .. } if layer as usize == index);
    here.filter(|it| of_layer(it.why)).any(|it| it.span.start() == jumped.at || it.span.end() == jumped.at)
}

fn finding(scene: &Scene<'_>, seat: SeatId, layer: &Layer, jumped: &[Jumped]) -> Option<Finding> {
    let first = jumped.first()?;
    let (name, zone, time) = (scene.org.seat_name(seat), layer.handoffs.zone(), clock(first.civil.time()));
    let what = match first.again {
        None => format!("skips on {}: it is {} then", first.civil.format("%a %Y-%m-%d"), scene.stamp(first.at)),
        Some(again) => format!(
            "shows twice on {}: it is {}, and not {}",
            first.civil.format("%a %Y-%m-%d"),
            scene.stamp(first.at),
            scene.stamp(again)
        ),
    };
    let more = if jumped.len() > 1 { format!(", the first of {} times", jumped.len()) } else { String::new() };
    let message = format!("{name} hands over at {time}, which the clock of {zone} {what}{more}");
    let cure =
        format!("hand over at an hour that no clock changes:\n{}", elsewhere(&layer.cadence, first.civil.time()));
    // A skipped time is but a moment.
    let moment = |it: &Jumped| Span::new(it.at, it.again.unwrap_or(it.at + Duration::from_secs(1)));
    let spans = jumped.iter().filter_map(moment).collect();
    Some(Finding::new(&RULE, message, cure, &layer.source).of([seat], layer.people()).during(spans))
}

/// The same cadence, with one of its times in daylight.
fn elsewhere(cadence: &Cadence, wrong: NaiveTime) -> String {
    const DAYLIGHT: &str = "10:00";
    let times = |at: &Times| {
        let moved = at.as_slice().iter().map(|it| if *it == wrong { DAYLIGHT.to_owned() } else { clock(*it) });
        let mut times: Vec<String> = moved.collect();
        times.sort_unstable();
        list(times)
    };
    let every = |count: u32, unit: &str| match count {
        1 => format!("every = \"{unit}\""),
        count => format!("every = \"{count} {unit}s\""),
    };
    let keys = match cadence {
        Cadence::Hours { every: count, .. } => format!("{}, at = \"{DAYLIGHT}\"", every(count.get(), "hour")),
        Cadence::Days { every: count, at } => format!("{}, at = {}", every(count.get(), "day"), times(at)),
        Cadence::Weeks { every: count, on, at } => {
            let on = list(on.as_slice().iter().map(|it| weekday_name(*it).to_owned()).collect());
            format!("{}, on = {on}, at = {}", every(count.get(), "week"), times(at))
        }
        Cadence::Months { every: count, on, at } => {
            let on = match on {
                MonthDay::Day(day) => day.to_string(),
                MonthDay::Last => "\"last\"".to_owned(),
            };
            format!("{}, on = {on}, at = {}", every(count.get(), "month"), times(at))
        }
        Cadence::Rule { rule, .. } => format!("rrule = \"{rule}\", at = \"{DAYLIGHT}\""),
    };
    format!("handoff = {{ {keys} }}")
}

/// `"Mon"`, `["Mon", "Thu"]`.
fn list(mut words: Vec<String>) -> String {
    words.dedup();
    let words: Vec<String> = words.iter().map(|it| format!("\"{it}\"")).collect();
    if words.len() == 1 { words.concat() } else { format!("[{}]", words.join(", ")) }
}
