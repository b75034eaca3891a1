//! A route whose alerts are all taken by earlier ones.

use crate::check::rules::unreachable_route::name;
use crate::check::scene::Scene;
use crate::check::{Finding, Rule};
use crate::escalation::{Judged, Verdict};
use crate::org::Route;
use crate::time::Exhausted;

pub(in crate::check) const RULE: Rule = Rule {
    name: "shadowed-route",
    page: "\
shadowed-route: earlier routes take every alert that a route matches

First match wins. A row that stands below others which together match all that it matches never fires, and whoever is named
in it is never paged by it. It names the rows that take its alerts: of 32 or fewer, only those that it takes.

All alerts that there could be are judged, not those that have been seen: words and globs exactly, regular expressions by
automata, up to a bound (see undecided-route). A row with `continue` takes nothing from later rows. A row with `hours` takes
something only from rows that keep the same hours, or stand below rows that do. The last row must be there, and may be left
over when earlier ones together take everything; it is told only if a single row before it takes everything.

Cure: move the row up, above those that are named; or take it away. Where both should hear of it:

    { when = { service = [\"web-*\"] }, page = \"web\", continue = true },
",
    look,
};

fn look(scene: &Scene<'_>) -> Result<Vec<Finding>, Exhausted> {
    let last = scene.org.escalation.routes.last().map(|it| it.id);
    let finding = |judged: &Judged<'_>| {
        let Verdict::Shadowed(takers) = &judged.verdict else { return None };
        let is_last = Some(judged.route().id) == last;
        if is_last && takers.len() > 1 {
            return None;
        }
        let first = takers.first()?.source.line;
        Some(Finding::new(
            &RULE,
            format!("nothing comes to {}: {}", name(judged), taken(takers)),
            match is_last {
                false => format!("move it above line {first}, or take the row away"),
                true => format!("the row on line {first} is the last one in truth: move it to the end"),
            },
            &judged.route().source,
        ))
    };
    Ok(scene.routes().iter().filter_map(finding).collect())
}

/// How many rows that take something are shown.
const MOST_SHOWN: usize = 5;

fn taken(takers: &[&Route]) -> String {
    let row = |it: &&Route| format!("line {} ({})", it.source.line, it.matcher);
    match takers {
        [only] => format!("{} takes all of it", row(only)),
        _ => {
            let mut rows: Vec<String> = takers.iter().take(MOST_SHOWN).map(row).collect();
            let last = match takers.len().checked_sub(MOST_SHOWN) {
                Some(more @ 1..) => format!("{more} more"),
                _ => rows.pop().unwrap_or_default(),
            };
            format!("{} and {last} take all of it together", rows.join(", "))
        }
    }
}
