//! One person, both seats of a rotation, one time.

use std::collections::BTreeSet;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{PersonId, Seat, SeatId};
use crate::time::{Exhausted, Span, union};

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
        let [first, second] = [Seat::Primary, Seat::Secondary].map(|seat| SeatId { rotation: rotation.id, seat });
        let (primary, secondary) = (scene.shifts(first), scene.shifts(second));
        let mut clashes: Vec<(Span, PersonId)> = Vec::new();
        let mut from = 0;
        for shift in primary {
            let Some(person) = shift.holder.person() else { continue };
            while from < secondary.len() && secondary[from].span.end() <= shift.span.start() {
                from += 1;
            }
            let near = secondary[from..].iter().take_while(|it| it.span.start() < shift.span.end());
            let both = near.filter(|it| it.holder == shift.holder).filter_map(|it| it.span.intersection(shift.span));
            clashes.extend(both.map(|it| (it, person)));
        }
        clashes.sort_unstable();
        let Some((first_span, person)) = clashes.first().copied() else { continue };
        let spans: Vec<Span> = clashes.iter().map(|(span, _)| *span).collect();
        let people: BTreeSet<PersonId> = clashes.iter().map(|(_, person)| *person).collect();
        let (name, during) = (&scene.org.person(person).name, scene.during_all(&spans));
        let message = format!("{name} holds both seats of {} {during}", rotation.key);
        let cure = format!(
            "another `follow`, or somebody else in one of them; in {}:\n{}",
            rotation.source.file,
            scene.stand_in(second, Some(person), first_span)
        );
        let finding = Finding::new(&RULE, message, cure, &rotation.source);
        findings.push(finding.of([first, second], people).during(union(spans)));
    }
    Ok(findings)
}
