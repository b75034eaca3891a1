//! A shadow beside nobody.

use crate::calendar::Shift;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Seat, SeatId};
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "idle-shadow",
    page: "\
idle-shadow: somebody is to learn beside a person who holds nothing then

A shadow learns from whoever holds a seat of the rotation, or from the person `with` names. Where that person holds neither seat
in all of the shadow's time, or nobody but the learner does, there is nothing to see. Often the order of people was
changed, or a turn was swapped, after the row was written. Only shadows that lie within the horizon are judged.

Cure: mend the dates or `with`; the message says when that person is next on call.

    [[shadows]]
    person = \"gita\"
    with   = \"hugo\"
    from   = 2026-02-02T10:00:00
    until  = 2026-02-09T10:00:00
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for rotation in &scene.org.rotations {
        for row in &rotation.shadows {
            if row.span.start() < scene.span.start() || scene.span.end() < row.span.end() {
                continue;
            }
            let seats = [Seat::Primary, Seat::Secondary].map(|seat| SeatId { rotation: rotation.id, seat });
            let teaches = |it: &&Shift| match (it.holder.person(), row.with) {
                (Some(holder), Some(with)) => holder == with,
                (Some(holder), None) => holder != row.person,
                (None, _) => false,
            };
            let mut shifts: Vec<&Shift> = seats.iter().flat_map(|it| scene.shifts(*it)).filter(teaches).collect();
            if shifts.iter().any(|it| it.span.intersection(row.span).is_some()) {
                continue;
            }
            shifts.sort_by_key(|it| it.span.start());
            let learner = scene.org.person(row.person);
            let whom = match row.with {
                Some(with) => format!("{} holds no seat of it", scene.org.person(with).name),
                None => "nobody else holds a seat of it".to_owned(),
            };
            let (name, key, during) = (&learner.name, &rotation.key, scene.during(row.span));
            let message = format!("{name} is to learn in {key} {during}, and {whom} then");
            let cure = match shifts.iter().find(|it| row.span.start() <= it.span.start()) {
                Some(next) => {
                    let written = |at| scene.written(seats[0], at);
                    let (from, until) = (written(next.span.start()), written(next.span.end()));
                    format!("the next turn to learn from:\nfrom   = {from}\nuntil  = {until}")
                }
                None => "mend the dates or `with`: no such turn follows within the horizon".to_owned(),
            };
            let people = [row.person].into_iter().chain(row.with);
            findings.push(Finding::new(&RULE, message, cure, &row.source).of(seats, people).during(vec![row.span]));
        }
    }
    Ok(findings)
}
