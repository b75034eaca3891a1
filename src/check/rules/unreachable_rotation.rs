//! A rotation that no alert can reach.

use std::collections::BTreeSet;

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::escalation::walk;
use crate::org::{Node, RotationId, RouteTarget};
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
    let routes = scene.org.escalation.all_routes();
    if routes.is_empty() {
        return Ok(Vec::new());
    }
    let mut reached: BTreeSet<RotationId> = BTreeSet::new();
    for path in routes {
        let RouteTarget::Page(entry) = path[path.len() - 1].target else { continue };
        reached.extend(walk(scene.org, entry, |_| true).iter().filter_map(|it| match it.node {
            Node::Seat(seat) => Some(seat.rotation),
            Node::Person(_) | Node::Nobody => None,
        }));
    }
    let unreached = scene.org.rotations.iter().filter(|it| !reached.contains(&it.id));
    let finding = |rotation: &crate::org::Rotation| Finding {
        rule: RULE.name,
        message: format!("nothing pages {}: no route and no escalation leads there", rotation.key),
        cure: format!("add {{ when = {{ service = [\"…\"] }}, page = \"{}\" }} to the routes", rotation.key),
        source: rotation.source.clone(),
        at: None,
    };
    Ok(unreached.map(finding).collect())
}
