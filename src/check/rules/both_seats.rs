//! One person, both seats of a rotation, one time.

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Holder, Seat, SeatId};
use crate::time::{Exhausted, Span};

pub(in crate::check) const RULE: Rule = Rule {
    name: "both-seats",
    page: "\
both-seats: one person holds the primary and the secondary seat of a rotation at once

The second rung would page the same person again. It happens where `follow` turns the people by a multiple of their number,
where a layer has one person, at the seams between layers that cover each other, and by overrides, which are not copied to
the other seat.

Cure: another `follow`; or an override with seat = \"secondary\" by somebody else.

    [[overrides]]
    person = \"…\"
    for    = \"hugo\"
    seat   = \"secondary\"
    from   = 2026-03-02
    until  = 2026-03-09
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for rotation in &scene.org.rotations {
        let shifts = |seat| {
            let seat = SeatId { rotation: rotation.id, seat };
            scene.seats().find(|(it, _)| *it == seat).map(|(_, shifts)| shifts).unwrap_or_default()
        };
        let (primary, secondary) = (shifts(Seat::Primary), shifts(Seat::Secondary));
        let mut first: Option<(Span, Holder)> = None;
        let (mut count, mut total) = (0, 0);
        let mut from = 0;
        for shift in primary.iter().filter(|it| it.holder != Holder::Nobody) {
            while from < secondary.len() && secondary[from].span.end() <= shift.span.start() {
                from += 1;
            }
            let near = secondary[from..].iter().take_while(|it| it.span.start() < shift.span.end());
            for both in near.filter(|it| it.holder == shift.holder).filter_map(|it| it.span.intersection(shift.span)) {
                first.get_or_insert((both, shift.holder));
                count += 1;
                total += both.seconds();
            }
        }
        let Some((span, Holder::Person(person))) = first else { continue };
        let more = match count {
            1 => String::new(),
            more => format!(", the first of {more} times, {} in all", Scene::hours(total)),
        };
        findings.push(Finding {
            rule: RULE.name,
            message: format!(
                "{} holds both seats of {} {}{more}",
                scene.org.person(person).name,
                rotation.key,
                scene.during(span)
            ),
            cure: "another `follow`, or an override with seat = \"secondary\" by somebody else".to_owned(),
            source: rotation.source.clone(),
            at: Some(span.start()),
        });
    }
    Ok(findings)
}
