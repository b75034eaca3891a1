//! Somebody who has no turn any more.

use std::collections::BTreeMap;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Holder, Node, Person, PersonId, SecondaryCalendar, Source};
use crate::time::{Exhausted, Instant};

pub(in crate::check) const RULE: Rule = Rule {
    name: "gone",
    page: "\
gone: somebody all of whose layers have ended is still relied upon

Files do not say that somebody has left. But when every layer in which a person took turns has ended, and a later override,
a shadow or an escalation still names them, somebody may have been forgotten. It may also be right: people change teams and
go on to stand in. So this is a note, and changes no exit status. Who never took turns, such as a manager at the end of a ladder,
is not meant.

Cure: somebody else in that row; or nothing.
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let now = scene.span.start();
    let mut ends: BTreeMap<PersonId, Option<Instant>> = BTreeMap::new();
    for rotation in &scene.org.rotations {
        let secondary = match rotation.secondary.as_ref().map(|it| &it.calendar) {
            Some(SecondaryCalendar::Layers(layers)) => layers.as_slice(),
            Some(SecondaryCalendar::Follow(_)) | None => &[],
        };
        for layer in rotation.layers.iter().chain(secondary) {
            for person in layer.people() {
                let end = ends.entry(person).or_insert(layer.until);
                // `None` is never, and later than any instant.
                *end = end.zip(layer.until).map(|(left, right)| left.max(right));
            }
        }
    }
    let gone: BTreeMap<PersonId, Instant> =
        ends.into_iter().filter_map(|(person, end)| Some((person, end.filter(|it| *it <= now)?))).collect();
    let mut findings = Vec::new();
    for rotation in &scene.org.rotations {
        for row in rotation.overrides.iter().filter(|it| now < it.span.end()) {
            let Holder::Person(person) = row.holder else { continue };
            let place = format!("is to stand in in {} {}", rotation.key, scene.during(row.span));
            findings.extend(gone.get(&person).map(|end| finding(scene, person, *end, &place, &row.source)));
        }
        for row in rotation.shadows.iter().filter(|it| now < it.span.end()) {
            let place = format!("is to learn in {} {}", rotation.key, scene.during(row.span));
            findings.extend(gone.get(&row.person).map(|end| finding(scene, row.person, *end, &place, &row.source)));
        }
    }
    for edge in &scene.org.escalation.edges {
        let Node::Person(person) = edge.to else { continue };
        let place = format!("stands on a ladder after {}", scene.org.seat_name(edge.from));
        findings.extend(gone.get(&person).map(|end| finding(scene, person, *end, &place, &edge.source)));
    }
    Ok(findings)
}

fn finding(scene: &Scene<'_>, person: PersonId, end: Instant, place: &str, source: &Source) -> Finding {
    let Person { name, .. } = scene.org.person(person);
    let message = format!("{name} {place}, and has taken no turns since {}", scene.stamp(end));
    let cure = "name somebody else if they have left; nothing, if they go on to stand in".to_owned();
    Finding::new(&RULE, message, cure, source).of([], [person]).note()
}
