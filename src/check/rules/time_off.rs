//! Somebody is on call and away.

use std::collections::BTreeMap;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::escalation::Via;
use crate::org::{Node, Person, PersonId, SeatId, TimeOff};
use crate::time::{Exhausted, Span, union};

pub(in crate::check) const RULE: Rule = Rule {
    name: "time-off",
    page: "\
time-off: somebody holds a seat, or stands on a ladder, while they are away

Time off is a constraint, not an edit: it does not take anybody out of a calendar by itself. As long as nobody stands in,
the page goes to somebody on holiday. Looked at are both seats of every rotation, overrides included, and people whom
a ladder names with `@`.

Cure: an override by somebody else for the hours that clash. Who has left is taken out of the order: end the layer, and start
the next one without them. For whom a ladder names: name somebody else, or a seat.

    [[overrides]]
    person = \"…\"
    for    = \"kofi\"
    from   = 2026-03-16
    until  = 2026-03-21
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let duties = scene.duties(|_| true);
    let named = named(scene);
    let mut findings = Vec::new();
    for person in &scene.org.people {
        let duties = duties.get(&person.id).map(Vec::as_slice).unwrap_or_default();
        for off in &person.off {
            let mut clashes: BTreeMap<SeatId, Vec<Span>> = BTreeMap::new();
            for duty in duties {
                clashes.entry(duty.seat).or_default().extend(duty.span.intersection(off.span));
            }
            let clashes = clashes.into_iter().map(|(seat, spans)| (seat, union(spans)));
            findings.extend(clashes.filter_map(|(seat, spans)| seated(scene, person, off, seat, spans)));
        }
        let Some(places) = named.get(&person.id) else { continue };
        let away = union(person.off.iter().filter_map(|it| it.span.intersection(scene.span)).collect());
        if away.is_empty() {
            continue;
        }
        for (place, source) in places {
            let (name, during) = (&person.name, scene.during_all(&away));
            let message = format!("{name} stands on a ladder, {place}, and is away {during}");
            let cure =
                format!("name somebody else there, or a seat that others share: `@{}` is one person", person.key);
            findings.push(Finding::new(&RULE, message, cure, source).of([], [person.id]).during(away.clone()));
        }
    }
    Ok(findings)
}

fn seated(scene: &Scene<'_>, person: &Person, off: &TimeOff, seat: SeatId, spans: Vec<Span>) -> Option<Finding> {
    let first = *spans.first()?;
    let rotation = scene.org.rotation(seat.rotation);
    let (name, seat_name, during) = (&person.name, scene.org.seat_name(seat), scene.during_all(&spans));
    let note = off.note.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let message = format!("{name} holds {seat_name} {during}, and is away{note}");
    let cure =
        format!("somebody stands in, in {}:\n{}", rotation.source.file, scene.stand_in(seat, Some(person.id), first));
    // Who does not come back within the horizon may have left.
    let cure = match spans.len() > 1 && scene.span.end() <= off.span.end() {
        true => format!(
            "who has left is taken out: end the layer, and start the next one without {}; else {cure}",
            person.key
        ),
        false => cure,
    };
    Some(Finding::new(&RULE, message, cure, &person.source).of([seat], [person.id]).during(spans))
}

/// The people whom ladders name: where, in words, and where that is written.
fn named<'a>(scene: &Scene<'a>) -> BTreeMap<PersonId, Vec<(String, &'a crate::org::Source)>> {
    let mut named: BTreeMap<PersonId, Vec<(String, &crate::org::Source)>> = BTreeMap::new();
    for (way_in, _) in &scene.ways {
        for step in scene.edges.walk(way_in.entry, |_| true) {
            let Node::Person(person) = step.node else { continue };
            let place = match step.via {
                Via::Entry => ("where a route begins".to_owned(), &way_in.first().source),
                Via::Edge(index) => {
                    let edge = &scene.org.escalation.edges[index as usize];
                    (format!("after {}", scene.org.seat_name(edge.from)), &edge.source)
                }
            };
            let places = named.entry(person).or_default();
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    named
}
