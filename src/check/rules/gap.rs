//! Promised, and held by nobody.

use crate::calendar::promised;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::time::{Exhausted, subtract, union};

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
        let promised = promised(scene.org, seat, scene.span);
        if promised.is_empty() {
            continue;
        }
        let held = union(shifts.iter().map(|it| it.span).collect());
        let gaps = subtract(&promised, &held);
        let Some(first) = gaps.first() else { continue };
        let rotation = scene.org.rotation(seat.rotation);
        let message = format!("{} is held by nobody {}", scene.org.seat_name(seat), scene.during_all(&gaps));
        let cure = format!(
            "somebody holds these hours, or they are not promised; in {}:\n{}",
            rotation.source.file,
            scene.stand_in(seat, None, *first)
        );
        findings.push(Finding::new(&RULE, message, cure, &rotation.source).of([seat], []).during(gaps));
    }
    Ok(findings)
}
