//! A rotation that no alert can reach.

use std::collections::BTreeSet;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::{Node, Rotation, RotationId, Seat, SeatId};
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "unreachable-rotation",
    page: "\
unreachable-rotation: no route and no escalation leads to a rotation

Its people are on call, and nothing can page them: they carry the watch for nothing, and whoever believes that they would be
paged is wrong. Files without any routes are not judged.

Cure: a route, or an escalation, that leads there; or take the rotation away.

    { when = { service = [\"…\"] }, page = \"search\" },
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    if scene.org.escalation.routes.is_empty() {
        return Ok(Vec::new());
    }
    let mut reached: BTreeSet<RotationId> = BTreeSet::new();
    for (way_in, _) in &scene.ways {
        reached.extend(scene.edges.walk(way_in.entry, |_| true).iter().filter_map(|it| match it.node {
            Node::Seat(seat) => Some(seat.rotation),
            Node::Person(_) | Node::Nobody => None,
        }));
    }
    let finding = |rotation: &Rotation| {
        let key = &rotation.key;
        let message = format!("nothing pages {key}: no route and no escalation leads there");
        let cure = format!(
            "above the last of the routes in escalation.toml:\n{{ when = {{ service = [\"…\"] }}, page = \"{key}\" }},"
        );
        let seat = SeatId { rotation: rotation.id, seat: Seat::Primary };
        Finding::new(&RULE, message, cure, &rotation.source).of([seat], [])
    };
    Ok(scene.org.rotations.iter().filter(|it| !reached.contains(&it.id)).map(finding).collect())
}
