//! A route of which it could not be worked out whether an alert comes to it.

use crate::check::rules::unreachable_route::name;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::escalation::{Judged, Verdict};
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "undecided-route",
    page: "\
undecided-route: whether any alert comes to a route is too much to work out

Regular expressions are turned into automata, which read the same value side by side. Some need more states than this is
worth, and many conditions on many tags can be combined in more ways than can be tried. Then nothing is claimed: the route
may be shadowed, or not.

Cure: say it with words and globs; or write down an alert that comes to the route, as a routing test. One such alert is
proof enough, and the test keeps it so.

    [[tests]]
    tags   = { service = \"web-main\" }
    expect = [\"web\"]
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let undecided = scene.routes().iter().filter(|it| matches!(it.verdict, Verdict::Undecided));
    let finding = |judged: &Judged<'_>| {
        Finding::new(
            &RULE,
            format!("whether an alert comes to {} is too much to work out", name(judged)),
            "add a routing test whose alert comes there: [[tests]] tags = { … }, expect = [\"…\"]".to_owned(),
            &judged.route().source,
        )
    };
    Ok(undecided.map(finding).collect())
}
