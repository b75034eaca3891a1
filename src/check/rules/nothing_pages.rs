//! Routes that all only inform.

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::org::RouteTarget;
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "nothing-pages",
    page: "\
nothing-pages: there are routes, and none of them pages anybody

Every row has `notify` in place of `page`: alerts reach channels, and whoever is on call sleeps on. This is how routes look
that were imported before anybody said which receiver is which rotation. Files without any routes are not judged.

Cure: say which rows page, and whom.

    { when = { severity = [\"critical\"] }, page = \"search\" },
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let [first, ..] = scene.org.escalation.routes.as_slice() else { return Ok(Vec::new()) };
    let count = scene.org.escalation.all_routes().len();
    if scene.org.escalation.all_routes().iter().any(|it| matches!(it[it.len() - 1].target, RouteTarget::Page(_))) {
        return Ok(Vec::new());
    }
    let message = match count {
        1 => "nothing pages anybody: the only route informs a channel".to_owned(),
        _ => format!("nothing pages anybody: all {count} routes only inform channels"),
    };
    let whom = scene.org.rotations.first().map_or("…", |it| it.key.as_str());
    let file = &first.source.file;
    let cure = format!(
        "above the last of the routes in {file}:\n{{ when = {{ severity = [\"critical\"] }}, page = \"{whom}\" }},"
    );
    Ok(vec![Finding::new(&RULE, message, cure, &first.source)])
}
