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
        if scene.shifts(seat).is_empty() || people.len() >= limit as usize {
            continue;
        }
        let (key, count) = (&rotation.key, counted(people.len()));
        let message = format!("{key} has {count} in its primary seat, fewer than {limit}");
        let cure =
            format!("more people in its layers; or, in org.toml:\n[limits]\nmin-people = {}", people.len().max(1));
        let people = people.iter().filter_map(|it| it.person());
        findings.push(Finding::new(&RULE, message, cure, &rotation.source).of([seat], people));
    }
    Ok(findings)
}

fn counted(people: usize) -> String {
    if people == 1 { "1 person".to_owned() } else { format!("{people} people") }
}
