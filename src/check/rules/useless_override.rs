//! An override that changes nothing.

use std::collections::BTreeSet;

use crate::calendar::Why;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Seat, SeatId};
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "useless-override",
    page: "\
useless-override: an override that holds nothing

Nothing of it shows in the calendar: the person named by `for` does not hold the seat then, or later overrides cover all of it.
Often the order of people was changed after it was written, and somebody who asked for cover does not have it. Only overrides
within the horizon are judged.

Cure: mend its dates or its `for`; or take the row away.
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for rotation in &scene.org.rotations {
        let shown = [Seat::Primary, Seat::Secondary].map(|seat| {
            let shifts = scene.shifts(SeatId { rotation: rotation.id, seat }).iter();
            let overrides = shifts.filter_map(|it| match it.why {
                Why::Override { index } => Some(index as usize),
                Why::Turn { .. } => None,
            });
            overrides.collect::<BTreeSet<usize>>()
        });
        for (index, row) in rotation.overrides.iter().enumerate() {
            // What the horizon cuts may show outside of it.
            if row.span.start() < scene.span.start() || scene.span.end() < row.span.end() {
                continue;
            }
            let seat = SeatId { rotation: rotation.id, seat: row.seat };
            if shown[usize::from(row.seat == Seat::Secondary)].contains(&index) {
                continue;
            }
            let holder = scene.org.holder_name(row.holder);
            let (what, cure) = match row.instead_of {
                Some(person) => {
                    let name = &scene.org.person(person).key;
                    (
                        format!("{holder} for {name}"),
                        format!("{name} does not hold the seat then: mend the dates or `for`"),
                    )
                }
                None => (holder.to_owned(), "later overrides cover all of it: take the row away".to_owned()),
            };
            let (name, during) = (scene.org.seat_name(seat), scene.during(row.span));
            let message = format!("the override {what} in {name} changes nothing {during}");
            let people = row.holder.person().into_iter().chain(row.instead_of);
            findings.push(Finding::new(&RULE, message, cure, &row.source).of([seat], people).during(vec![row.span]));
        }
    }
    Ok(findings)
}
