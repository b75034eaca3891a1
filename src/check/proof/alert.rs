//! An alert that takes a route.

use std::collections::BTreeMap;

use crate::org::{Org, Route, Tags};
use crate::time::Instant;

use super::value::{Effort, Literal, Value, value};

/// How many alerts are looked at for one question.
const MOST_TRIES: usize = 100;

/// What came of looking for an alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// One that carries this.
    Alert(Tags),
    /// There is none.
    None,
    /// It could not be told.
    Unclear,
}

/// An alert that takes the route at the end of `path` when it opens at `at`, and of which all of `when` holds.
///
/// A value is looked for for each tag that is spoken of. If the routes above take that alert instead, or a finer
/// route does, it must be one that differs: each way in which such a route may fail to match is tried.
pub fn alert(org: &Org, path: &[&Route], when: &[Literal<'_>], at: Instant, effort: &mut Effort) -> Found {
    let mut literals: Vec<Literal<'_>> = when.to_vec();
    for route in path {
        if !open(route, at) {
            return Found::None;
        }
        literals.extend(route.matcher.when.iter().map(|it| (it, true)));
        literals.extend(route.matcher.unless.iter().map(|it| (it, false)));
    }
    let mut waiting = vec![literals];
    let mut unclear = false;
    let mut tries = 0;
    while let Some(literals) = waiting.pop() {
        if tries == MOST_TRIES || effort.alerts == 0 {
            return Found::Unclear;
        }
        tries += 1;
        effort.alerts -= 1;
        let tags = match carried(&literals, effort) {
            Found::Alert(tags) => tags,
            Found::None => continue,
            Found::Unclear => {
                unclear = true;
                continue;
            }
        };
        let Some(rival) = rival(org, path, &tags, at) else { return Found::Alert(tags) };
        // The first way is tried first.
        for condition in rival.matcher.unless.iter().rev() {
            waiting.push(literals.iter().copied().chain([(condition, true)]).collect());
        }
        for condition in rival.matcher.when.iter().rev() {
            waiting.push(literals.iter().copied().chain([(condition, false)]).collect());
        }
    }
    if unclear { Found::Unclear } else { Found::None }
}

/// Tags of which all literals hold, each tag on its own.
pub fn carried(literals: &[Literal<'_>], effort: &mut Effort) -> Found {
    let mut by_tag: BTreeMap<&str, Vec<Literal<'_>>> = BTreeMap::new();
    for literal in literals {
        by_tag.entry(&literal.0.tag).or_default().push(*literal);
    }
    let mut tags = Tags::new();
    let mut unclear = false;
    for (tag, literals) in by_tag {
        match value(&literals, effort) {
            Value::Is(value) if value.is_empty() => {}
            Value::Is(value) => {
                tags.insert(tag.to_owned(), value);
            }
            Value::None => return Found::None,
            Value::Unclear => unclear = true,
        }
    }
    if unclear { Found::Unclear } else { Found::Alert(tags) }
}

/// A route that takes the alert away from the one at the end of `path`: an earlier one beside it or beside one around it,
/// or a finer one.
fn rival<'a>(org: &'a Org, path: &[&'a Route], tags: &Tags, at: Instant) -> Option<&'a Route> {
    let takes = |it: &&Route| open(it, at) && it.matcher.holds(tags);
    let mut siblings = org.escalation.routes.as_slice();
    for route in path {
        let before = siblings.iter().take_while(|it| it.id != route.id);
        if let Some(rival) = before.filter(|it| !it.goes_on).find(takes) {
            return Some(rival);
        }
        siblings = &route.routes;
    }
    siblings.iter().find(takes)
}

fn open(route: &Route, at: Instant) -> bool {
    route.hours.as_ref().is_none_or(|it| it.contains(at))
}
