//! Too few people.

use std::collections::BTreeSet;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Holder, Seat, SeatId};
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "min-people",
    page: "\
min-people: a rotation has fewer people in its primary seat than the limit

Counted are those who hold the seat at some time within the horizon by a turn of a layer. With three people each is on call
every third week; one illness makes it every second.

Cure: more people, or a larger rotation; or, in org.toml:

    [limits]
    min-people = 2          # or false
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let Some(limit) = scene.org.limits.min_people else { return Ok(Vec::new()) };
    let mut findings = Vec::new();
    for rotation in &scene.org.rotations {
        let seat = SeatId { rotation: rotation.id, seat: Seat::Primary };
        let alive = |it: &&crate::org::Layer| it.span().is_some_and(|it| it.intersection(scene.span).is_some());
        let layers = rotation.layers.iter().filter(alive);
        let people: BTreeSet<Holder> =
            layers.flat_map(|it| &it.places).filter(|it| **it != Holder::Nobody).copied().collect();
        let held = scene.seats().any(|(it, shifts)| it == seat && !shifts.is_empty());
        if !held || people.len() >= limit as usize {
            continue;
        }
        findings.push(Finding {
            rule: RULE.name,
            message: format!("{} has {} in its primary seat, fewer than {limit}", rotation.key, counted(people.len())),
            cure: "more people in its layers; [limits] min-people in org.toml is the limit".to_owned(),
            source: rotation.source.clone(),
            at: None,
        });
    }
    Ok(findings)
}

fn counted(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}
