//! One person, two primary seats, one time.

use crate::check::scene::{Duty, Scene};
use crate::check::{Finding, Rule};
use crate::org::RotationId;
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "both-primaries",
    page: "\
both-primaries: one person holds the primary seats of two rotations at once

After a split people often sit in two small rotations. When both are theirs at once, two incidents meet one person.

Cure: an override by somebody else in one of them; an order of people that keeps them apart; or, if it is meant, in org.toml:

    [limits]
    both-allowed = [[\"app-ops\", \"incident-command\"]]
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let allowed = |left: RotationId, right: RotationId| {
        let pairs = &scene.org.limits.both_allowed;
        left == right || pairs.contains(&(left, right)) || pairs.contains(&(right, left))
    };
    let mut findings = Vec::new();
    for (person, duties) in scene.primary_duties() {
        // The first clash of each pair of rotations, and how many there are.
        let mut clashes: Vec<(Duty, Duty, usize)> = Vec::new();
        for (index, left) in duties.iter().enumerate() {
            for right in duties[index + 1..].iter().take_while(|it| it.span.start() < left.span.end()) {
                let (a, b) = (left.seat.rotation.min(right.seat.rotation), left.seat.rotation.max(right.seat.rotation));
                if allowed(a, b) {
                    continue;
                }
                let known = clashes.iter_mut().find(|(l, r, _)| {
                    (l.seat.rotation.min(r.seat.rotation), l.seat.rotation.max(r.seat.rotation)) == (a, b)
                });
                match known {
                    Some((.., count)) => *count += 1,
                    None => clashes.push((*left, *right, 1)),
                }
            }
        }
        for (left, right, count) in clashes {
            let Some(span) = left.span.intersection(right.span) else { continue };
            let names = (scene.org.seat_name(left.seat), scene.org.seat_name(right.seat));
            let more = if count > 1 { format!(", the first of {count} times") } else { String::new() };
            findings.push(Finding {
                rule: RULE.name,
                message: format!(
                    "{} holds {} and {} at once {}{more}",
                    scene.org.person(person).name,
                    names.0,
                    names.1,
                    scene.during(span)
                ),
                cure: format!(
                    "somebody else takes one of them; or, in org.toml: [limits] both-allowed = [[\"{}\", \"{}\"]]",
                    names.0, names.1
                ),
                source: scene.org.rotation(right.seat.rotation).source.clone(),
                at: Some(span.start()),
            });
        }
    }
    Ok(findings)
}
