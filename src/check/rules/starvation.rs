//! A cadence that never brings somebody's turn into the layer's hours.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Layer, Org, PersonId, Seat, SeatId};
use crate::time::{Exhausted, Instant, Span};

pub(in crate::check) const RULE: Rule = Rule {
    name: "starvation",
    page: "\
starvation: somebody among the people of a layer is never on call

Turns go on while a layer is outside of its hours. If the number of people, the cadence and the hours share a
rhythm, the same people's turns always fall outside: with daily turns, weekday hours and seven people, each person
always has the same day of the week, and two of them only have Saturdays and Sundays. Nobody notices, because the
seat is held; but the others carry more than their share.

The rule looks over one full round of the layer: as many turns as there are people, times the weeks after which
cadence and hours meet again, from now or from the start of the layer, at least a year.

Cure: hand over only on days that count. Instead of

    handoff = { every = \"day\", at = \"09:00\" }
    hours   = [\"Mon-Fri 09:00-17:00\"]

write

    handoff = { every = \"week\", on = [\"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\"], at = \"09:00\" }
    hours   = [\"Mon-Fri 09:00-17:00\"]
",
    look,
};

/// How long the rule looks at the least: every weekday meets every place of a layer within that, if it ever does.
const LEAST_HOURS: u64 = 366 * 24;

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let (org, now) = (scene.org, scene.span.start());
    let mut findings = Vec::new();
    for rotation in &org.rotations {
        let seats = [Seat::Primary, Seat::Secondary].map(|seat| SeatId { rotation: rotation.id, seat });
        for seat in seats {
            let Some(calendar) = rotation.calendar(seat.seat) else { continue };
            // A secondary that follows has the same layers: what starves there starves in the primary.
            if seat.seat == Seat::Secondary && calendar.follow > 0 {
                continue;
            }
            for layer in calendar.layers {
                findings.extend(starved(org, seat, layer, now)?);
            }
        }
    }
    Ok(findings)
}

fn starved(org: &Org, seat: SeatId, layer: &Layer, now: Instant) -> Result<Option<Finding>, Exhausted> {
    // Holidays come when they come: who has none of them in a year is not starved by a rhythm.
    if layer.hours.is_always() || !layer.hours.is_weekly() || layer.together {
        return Ok(None);
    }
    let start = layer.handoffs.start().max(now);
    let Some(first) = layer.handoffs.turn(start)? else { return Ok(None) };
    // One round of everybody, as long as the turn at hand, and then as often as turns take to meet every weekday.
    let round = u64::try_from(first.span.seconds()).unwrap_or(0).saturating_mul(layer.places.len() as u64 * 8);
    let ahead = Duration::from_secs(round.max(LEAST_HOURS * 3600));
    let span = Span::new(start, start + ahead).and_then(|it| it.intersection(layer.span()?));
    let Some(span) = span else { return Ok(None) };
    let turns = layer.handoffs.turns(span)?;
    if layer.until.is_some() && turns.len() < 2 * layer.places.len() {
        return Ok(None);
    }
    let windows = layer.hours.within(span);
    let mut held: BTreeMap<PersonId, i64> = layer.people().into_iter().map(|it| (it, 0)).collect();
    let mut next = 0;
    for turn in &turns {
        while next < windows.len() && windows[next].end() <= turn.span.start() {
            next += 1;
        }
        let near = windows[next..].iter().take_while(|it| it.start() < turn.span.end());
        let seconds: i64 = near.filter_map(|it| it.intersection(turn.span)).map(Span::seconds).sum();
        if let Some(total) = layer.place(turn.number, 0).person().and_then(|it| held.get_mut(&it)) {
            *total += seconds;
        }
    }
    let starving: Vec<&str> =
        held.iter().filter(|(_, seconds)| **seconds == 0).map(|(person, _)| org.person(*person).key.as_str()).collect();
    let working = held.len() - starving.len();
    if starving.is_empty() || working == 0 {
        return Ok(None);
    }
    let message = format!(
        "{} of {} in {} are never on call: all their turns fall outside of the hours: {}",
        starving.len(),
        held.len(),
        org.seat_name(seat),
        starving.join(", "),
    );
    let cure = format!(
        "the cadence is {}: hand over only on days within the hours, such as `every = \"week\", on = [\"Mon\", \"Tue\", \"Wed\", \"Thu\", \"Fri\"]`",
        layer.cadence
    );
    let people = held.iter().filter(|(_, seconds)| **seconds == 0).map(|(person, _)| *person);
    Ok(Some(Finding::new(&RULE, message, cure, &layer.source).of([seat], people)))
}
