//! A way that ends at a seat.

use std::collections::BTreeSet;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::escalation::{Step, Via};
use crate::org::{Node, SeatId};
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "dead-end",
    page: "\
dead-end: the last rung of a ladder is a seat, and nothing leads on from there

If whoever holds that seat does not answer, or nobody holds it then, an alert ends unheard. Every ladder should end at a
person, or say that it ends at nobody. The rule walks every route's ladder twice: with none of the escalations that ask for
tags, and with all of them.

Cure: lead on from the last seat, or say that this is meant:

    { from = \"app-ops\", after = \"15m\", to = \"@vera\" },
    { from = \"app-ops\", after = \"15m\", to = \"@nobody\" },
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    let mut told: BTreeSet<SeatId> = BTreeSet::new();
    for (way_in, _) in &scene.ways {
        let bare = scene.edges.walk(way_in.entry, |it| it.when.is_empty());
        for steps in [bare, scene.edges.walk(way_in.entry, |_| true)] {
            let Some(Step { node: Node::Seat(last), .. }) = steps.last() else { continue };
            if !told.insert(*last) {
                continue;
            }
            let source = match steps.last().map(|it| it.via) {
                Some(Via::Edge(index)) => &scene.org.escalation.edges[index as usize].source,
                _ => &way_in.first().source,
            };
            let name = scene.org.seat_name(*last);
            let message = match way(scene, &steps).as_slice() {
                [_] => format!("a route pages {name}, and nobody follows"),
                way => format!("the way {} ends there, and nobody follows", way.join(" → ")),
            };
            let cure = format!(
                "lead on to a person, or to \"@nobody\" if that is meant; to the escalations in {}:\n{{ from = \"{name}\", after = \"15m\", to = \"@…\" }},",
                source.file
            );
            findings.push(Finding::new(&RULE, message, cure, source).of([*last], []));
        }
    }
    Ok(findings)
}

/// `storage-ops`, `app-ops`: the nodes on the way to the last step.
fn way(scene: &Scene<'_>, steps: &[Step]) -> Vec<String> {
    let mut names = Vec::new();
    let mut here = steps.last();
    while let Some(step) = here {
        names.push(scene.org.node_name(step.node));
        here = match step.via {
            Via::Entry => None,
            Via::Edge(index) => {
                let from = Node::Seat(scene.org.escalation.edges[index as usize].from);
                steps.iter().find(|it| it.node == from)
            }
        };
    }
    names.reverse();
    names
}
