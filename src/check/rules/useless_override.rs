//! An override that changes nothing.

use crate::calendar::Why;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::SeatId;
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
        for (index, row) in rotation.overrides.iter().enumerate() {
            // What the horizon cuts may show outside of it.
            if row.span.start() < scene.span.start() || scene.span.end() < row.span.end() {
                continue;
            }
            let seat = SeatId { rotation: rotation.id, seat: row.seat };
            let shows = scene.seats().filter(|(it, _)| *it == seat).any(|(_, shifts)| {
                shifts.iter().any(|it| matches!(it.why, Why::Override { index: it } if it as usize == index))
            });
            if shows {
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
            findings.push(Finding {
                rule: RULE.name,
                message: format!(
                    "the override {what} in {} changes nothing {}",
                    scene.org.seat_name(seat),
                    scene.during(row.span)
                ),
                cure,
                source: row.source.clone(),
                at: Some(row.span.start()),
            });
        }
    }
    Ok(findings)
}
