//! A ladder on which nobody stands.

use crate::check::proof::{Example, WayIn};
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Entry, PersonId, SeatId};
use crate::time::{Exhausted, Span};

pub(in crate::check) const RULE: Rule = Rule {
    name: "nobody-at-once",
    page: "\
nobody-at-once: an alert opens, and nobody is paged

An empty rung takes no time, so somebody is paged the moment an alert opens, unless every rung of its ladder is empty then. The
rule proves for every ladder that alerts can climb, and every instant of the horizon at which one may open, that this
does not happen. Ladders are told apart by where they begin and by what the `when` of the escalations comes to; it is
a finding only if an alert exists that goes that way at that hour, past the routes above, and the message shows one. Where
that could not be told, because of regular expressions or sheer number, the message says `undecided`.

A vacancy (\"@nobody\") is on purpose, and so no gap; but it pages nobody.

Cure: let the ladder end at a person; or, for hours in which nobody need be paged, a route above with `hours` that informs a
channel.

    { from = \"support\", after = \"15m\", to = \"@vera\" },
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for (way_in, proof) in &scene.ways {
        let name = way_in.name(scene);
        if let Some(first) = &proof.silent.first {
            let during = scene.during_all(&proof.silent.spans);
            let message = format!("the ladder from {name} pages nobody if an alert opens {during}{}", carrying(first));
            let cure = format!(
                "let it end at somebody; to the escalations in {}:\n{{ from = \"{name}\", after = \"15m\", to = \"@…\" }},",
                first.route.source.file
            );
            findings.push(finding(&RULE, message, cure, way_in, first, &proof.silent.spans, None));
        }
        if let (Some(first), [_, ..]) = (&proof.unclear.first, proof.unclear.spans.as_slice()) {
            let during = scene.during_all(&proof.unclear.spans);
            let message = format!(
                "undecided: the ladder from {name} pages too few if an alert opens {during}, \
                 and it could not be told whether one can come that way then"
            );
            let cure = "words and globs instead of regular expressions, in the routes and in the escalations' `when`, can be told".to_owned();
            findings.push(finding(&RULE, message, cure, way_in, first, &proof.unclear.spans, None));
        }
        if way_in.more {
            let message =
                format!("undecided: the escalations after {name} ask for so much that not every ladder was looked at");
            let cure = "ask for fewer different things in the `when` of the escalations".to_owned();
            let source = &way_in.first().source;
            findings.push(Finding::new(&RULE, message, cure, source).of(seat(way_in), []).during(vec![scene.span]));
        }
    }
    Ok(findings)
}

/// `, such as one that carries service=web`.
pub(super) fn carrying(example: &Example<'_>) -> String {
    let tags: Vec<String> = example.alert.iter().map(|(tag, value)| format!("{tag}={value}")).collect();
    if tags.is_empty() { String::new() } else { format!(", such as one that carries {}", tags.join(" ")) }
}

pub(super) fn finding(
    rule: &Rule,
    message: String,
    cure: String,
    way_in: &WayIn<'_>,
    example: &Example<'_>,
    spans: &[Span],
    only: Option<PersonId>,
) -> Finding {
    let person = match way_in.entry {
        Entry::Person(person) => Some(person),
        Entry::Seat(_) => only,
    };
    Finding::new(rule, message, cure, &example.route.source).of(seat(way_in), person).during(spans.to_vec())
}

fn seat(way_in: &WayIn<'_>) -> Option<SeatId> {
    match way_in.entry {
        Entry::Seat(seat) => Some(seat),
        Entry::Person(_) => None,
    }
}
