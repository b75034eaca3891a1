//! Somebody sits where they are not ready to.

use std::collections::BTreeMap;

use crate::calendar::Why;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{PersonId, SeatId};
use crate::people::Readiness;
use crate::time::{Exhausted, Span, union};

pub(in crate::check) const RULE: Rule = Rule {
    name: "not-ready",
    page: "\
not-ready: somebody holds a seat before they stand at its stage

`[[stages]]` in org.toml says what it takes to stand at each step of the apprenticeship. Who holds a primary seat must stand at the
stage `primary` or beyond, who holds a secondary seat at `secondary` or beyond, when the shift begins; a seat without a stage of
its name asks for nothing. Looked at is what finally holds: layers, overrides, assigned rows and seats that follow. Turns are
counted from the calendar, and those that will be over by then count. Episodes handled are in no file here: `dogwatch ready
--history` judges them.

Cure: somebody who is ready stands in, or the training is written down in people.toml. `dogwatch ready` says who is ready, what each
person still needs, and which turns to shadow next.

    [[overrides]]
    person = \"…\"
    for    = \"gita\"
    from   = 2026-03-02
    until  = 2026-03-09
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    if scene.org.stages.is_empty() {
        return Ok(Vec::new());
    }
    let readiness = Readiness::new(scene.org, scene.span.end(), None)?;
    let mut early: BTreeMap<(SeatId, PersonId), Vec<(Span, Why)>> = BTreeMap::new();
    for (seat, shifts) in scene.seats() {
        for shift in shifts {
            let Some(person) = shift.holder.person() else { continue };
            if !readiness.lacks(person, seat.seat, shift.span.start()).is_empty() {
                early.entry((seat, person)).or_default().push((shift.span, shift.why));
            }
        }
    }
    let mut findings = Vec::new();
    for ((seat, person), shifts) in early {
        let (first, why) = shifts[0];
        let spans = union(shifts.iter().map(|(span, _)| *span).collect());
        let missing: Vec<String> =
            readiness.lacks(person, seat.seat, first.start()).iter().map(ToString::to_string).collect();
        let stage = readiness.stage(person, first.start()).map(|it| scene.org.stages[it].name.as_str());
        let stage = stage.map_or("at no stage yet".to_owned(), |it| format!("at `{it}`"));
        let name = &scene.org.person(person).name;
        let message = format!(
            "{name} holds {} {}, and stands {stage}: for `{}` there is missing {}",
            scene.org.seat_name(seat),
            scene.during_all(&spans),
            seat.seat,
            missing.join(", ")
        );
        let rotation = scene.org.rotation(seat.rotation);
        let source = why.source(scene.org, seat).unwrap_or(&rotation.source);
        let cure = format!(
            "somebody who is ready stands in, in {}:\n{}",
            rotation.source.file,
            scene.stand_in(seat, Some(person), first)
        );
        findings.push(Finding::new(&RULE, message, cure, source).of([seat], [person]).during(spans));
    }
    Ok(findings)
}
