//! Somebody is on call and away.

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Holder, Seat};
use crate::time::{Exhausted, union};

pub(in crate::check) const RULE: Rule = Rule {
    name: "time-off",
    page: "\
time-off: somebody holds a seat while they are away

Time off is a constraint, not an edit: it does not take anybody out of a calendar by itself. As long as nobody stands in,
the page goes to somebody on holiday.

Cure: an override by somebody else for the hours that clash.

    [[overrides]]
    person = \"…\"
    for    = \"kofi\"
    from   = 2026-03-16
    until  = 2026-03-21
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for (seat, shifts) in scene.seats() {
        let rotation = scene.org.rotation(seat.rotation);
        for person in &scene.org.people {
            for off in &person.off {
                let held = shifts.iter().filter(|it| it.holder == Holder::Person(person.id));
                let clashes = union(held.filter_map(|it| it.span.intersection(off.span)).collect());
                for clash in clashes {
                    let civil = |at| rotation.zone.civil(at).format("%Y-%m-%dT%H:%M:%S").to_string();
                    let note = off.note.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
                    let place = match seat.seat {
                        Seat::Primary => String::new(),
                        Seat::Secondary => "\nseat   = \"secondary\"".to_owned(),
                    };
                    findings.push(Finding {
                        rule: RULE.name,
                        message: format!(
                            "{} holds {} {}, and is away{note}",
                            person.name,
                            scene.org.seat_name(seat),
                            scene.during(clash)
                        ),
                        cure: format!(
                            "somebody stands in, in {}:\n[[overrides]]\nperson = \"…\"\nfor    = \"{}\"{place}\nfrom   = {}\nuntil  = {}",
                            rotation.source.file,
                            person.key,
                            civil(clash.start()),
                            civil(clash.end())
                        ),
                        source: person.source.clone(),
                        at: Some(clash.start()),
                    });
                }
            }
        }
    }
    Ok(findings)
}
