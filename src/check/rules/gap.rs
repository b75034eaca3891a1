//! Promised, and held by nobody.

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::time::{Exhausted, Span, subtract, union};

pub(in crate::check) const RULE: Rule = Rule {
    name: "gap",
    page: "\
gap: a seat is promised at some hours, and held by nobody then

`coverage` is the promise of a seat. An hour that is promised, and in which no layer and no override puts anybody into the
seat, is a gap: an alert that opens then passes the seat by. A vacancy (\"@nobody\") is no gap; it is on purpose. A promise
begins with the seat's first turn.

Cure: let somebody hold these hours, by a layer whose hours reach further or by an override; or promise less.

    [[overrides]]
    person = \"…\"
    from   = 2026-03-02T18:00:00
    until  = 2026-03-03T09:00:00
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for (seat, shifts) in scene.seats() {
        let promised = crate::calendar::promised(scene.org, seat, scene.span);
        let held = union(shifts.iter().map(|it| it.span).collect());
        let gaps = subtract(&promised, &held);
        let Some(first) = gaps.first() else { continue };
        let total: i64 = gaps.iter().map(|it| it.seconds()).sum();
        let count = match gaps.len() {
            1 => String::new(),
            more => format!(", the first of {more}, {} in all", Scene::hours(total)),
        };
        let rotation = scene.org.rotation(seat.rotation);
        findings.push(Finding {
            rule: RULE.name,
            message: format!("{} is held by nobody {}{count}", scene.org.seat_name(seat), scene.during(*first)),
            cure: cure(scene, seat, *first),
            source: rotation.source.clone(),
            at: Some(first.start()),
        });
    }
    Ok(findings)
}

fn cure(scene: &Scene<'_>, seat: crate::org::SeatId, gap: Span) -> String {
    let rotation = scene.org.rotation(seat.rotation);
    let civil = |at| rotation.zone.civil(at).format("%Y-%m-%dT%H:%M:%S").to_string();
    let seat = match seat.seat {
        crate::org::Seat::Primary => String::new(),
        crate::org::Seat::Secondary => "\nseat   = \"secondary\"".to_owned(),
    };
    format!(
        "somebody holds these hours, or they are not promised:\n[[overrides]]\nperson = \"…\"{seat}\nfrom   = {}\nuntil  = {}",
        civil(gap.start()),
        civil(gap.end())
    )
}
