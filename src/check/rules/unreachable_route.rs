//! A route that asks for what no alert carries.

use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::escalation::{Asked, Judged, Verdict};
use crate::org::{Condition, Route};
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "unreachable-route",
    page: "\
unreachable-route: no alert can match a route

What it asks for, together with the rows around it, contradicts itself: two lists that no value of the tag is in, a `when`
that its own `unless` takes back, a row that asks for what the row around it rules out, hours that lie outside of the hours
around them. Somebody believes that these alerts go there.

All of `when` must hold: keys beside each other, and the tables of a list. The values of one key are alternatives.

Cure: for any of several values, give them in one list.

    { when = { service = [\"web-*\", \"api-*\"] }, page = \"web\" },
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let finding = |judged: &Judged<'_>| {
        let (why, cure) = match &judged.verdict {
            Verdict::Contradiction(asked) => (contradiction(judged, asked), cure(judged, asked)),
            Verdict::Closed => {
                let around = judged.path.iter().filter(|it| it.hours.is_some() && it.id != judged.route().id);
                let lines: Vec<String> = around.map(|it| format!("line {}", it.source.line)).collect();
                (
                    format!("its hours have no moment in common with those of {}", lines.join(" and ")),
                    "mend the hours, or take the row away".to_owned(),
                )
            }
            Verdict::Reached(_) | Verdict::Shadowed(_) | Verdict::Undecided => return None,
        };
        Some(Finding::new(&RULE, format!("no alert can come to {}: {why}", name(judged)), cure, &judged.route().source))
    };
    Ok(scene.routes().iter().filter_map(finding).collect())
}

fn contradiction(judged: &Judged<'_>, asked: &[Asked<'_>]) -> String {
    let condition = |it: &Asked<'_>| {
        let text = if it.holds { it.condition.to_string() } else { it.condition.negated() };
        match it.route.id == judged.route().id {
            true => text,
            false => format!("{text} (line {})", it.route.source.line),
        }
    };
    match asked.iter().map(condition).collect::<Vec<_>>().as_slice() {
        [only] => format!("{only} holds for no value"),
        [first @ .., last] => format!("{} and {last} never hold at once", first.join(", ")),
        [] => "what it asks for never holds".to_owned(),
    }
}

fn cure(judged: &Judged<'_>, asked: &[Asked<'_>]) -> String {
    let own = |it: &&Asked<'_>| it.route.id == judged.route().id;
    match asked {
        [one, other] if one.holds && other.holds && own(&one) && own(&other) => {
            let (one, other) = (one.condition, other.condition);
            format!("for either of them, one list: when = {{ {} = [{}, {}] }}", one.tag, list(one), list(other))
        }
        _ => "mend what it asks for, or take the row away".to_owned(),
    }
}

fn list(condition: &Condition) -> String {
    condition.any.iter().map(|it| format!("\"{}\"", it.to_string().escape_default())).collect::<Vec<_>>().join(", ")
}

/// `the route service=web-*`, `the route service=web-* → cause=db and the 2 below it`.
pub(super) fn name(judged: &Judged<'_>) -> String {
    fn below(route: &Route) -> usize {
        route.routes.iter().map(|it| 1 + below(it)).sum()
    }
    let path: Vec<String> = judged.path.iter().map(|it| it.matcher.to_string()).collect();
    let path = path.join(" → ");
    match below(judged.route()) {
        0 => format!("the route {path}"),
        1 => format!("the route {path} and the one below it"),
        more => format!("the route {path} and the {more} below it"),
    }
}
