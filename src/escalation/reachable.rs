//! Which routes no alert can come to, and what takes it before.
//!
//! For each route, an alert is made up that it matches, and sent through the routes. If an earlier one takes it, an alert
//! is made up that this one does not take either, and so on: until one arrives, or there is none left. What is then
//! left of the earlier routes is the proof, and it is short: only routes that took something are in it.

use std::collections::BTreeMap;

use crate::escalation::Index;
use crate::escalation::values::{Effort, Fact, Search, value};
use crate::org::{Condition, Org, Route, Tags};
use crate::time::Hours;

/// By so many earlier routes a route may be hidden.
const MOST_TAKERS: usize = 256;
/// Of so many it is found out which are needed.
const MOST_WEIGHED: usize = 32;

/// What is known of a route.
#[derive(Debug, Clone)]
pub struct Judged<'a> {
    /// From the outermost route to the one that is judged. Never empty.
    pub path: Vec<&'a Route>,
    /// Whether an alert can come to it.
    pub verdict: Verdict<'a>,
}

impl<'a> Judged<'a> {
    /// The route that is judged.
    pub fn route(&self) -> &'a Route {
        self.path[self.path.len() - 1]
    }
}

/// Whether an alert can come to a route.
#[derive(Debug, Clone)]
pub enum Verdict<'a> {
    /// This one does.
    Reached(Tags),
    /// None can: its path asks for all of this, and no alert carries it at once. Never empty, and no more than needed.
    Contradiction(Vec<Asked<'a>>),
    /// None can: its hours and those of the routes around it have no moment in common.
    Closed,
    /// None can: these earlier routes take all that it matches. Never empty, in the order of the file.
    Shadowed(Vec<&'a Route>),
    /// It is too much to work out.
    Undecided,
}

/// What a route asks for.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Which route.
    pub route: &'a Route,
    /// The condition.
    pub condition: &'a Condition,
    /// Whether it must hold, rather than must not.
    pub holds: bool,
}

/// Judges all routes, in the order of the file, but for those below a route that nothing comes to.
///
/// A route that keeps hours takes an alert from a later one only if that one keeps the same hours, or stands below
/// routes that do: at other times it takes nothing.
pub fn judge(org: &Org) -> Vec<Judged<'_>> {
    let index = Index::new(org);
    let mut effort = Effort::of_a_file();
    let mut judged: Vec<Judged<'_>> = Vec::new();
    let mut dead: Option<usize> = None;
    for path in org.escalation.all_routes() {
        // Routes below a dead one follow it, deeper than it is.
        if dead.is_some_and(|depth| path.len() > depth) {
            continue;
        }
        let verdict = verdict(org, &index, &path, &mut effort);
        dead = match verdict {
            Verdict::Reached(_) | Verdict::Undecided => None,
            Verdict::Contradiction(_) | Verdict::Closed | Verdict::Shadowed(_) => Some(path.len()),
        };
        judged.push(Judged { path, verdict });
    }
    judged
}

fn verdict<'a>(org: &'a Org, index: &Index<'a>, path: &[&'a Route], effort: &mut Effort) -> Verdict<'a> {
    let asked: Vec<Fact<'a>> = path.iter().flat_map(|it| asks(it)).map(Fact::from).collect();
    let hours: Vec<&Hours> = path.iter().filter_map(|it| it.hours.as_ref()).collect();
    if !Hours::meet(&hours) {
        return Verdict::Closed;
    }
    let takes = |it: &Route| {
        let same = |hours: &Hours| hours.is_always() || path.iter().any(|around| around.hours.as_ref() == Some(hours));
        it.hours.as_ref().is_none_or(same)
    };
    let mut takers: Vec<&'a Route> = Vec::new();
    let mut refused: Vec<Vec<Fact<'a>>> = Vec::new();
    let mut made = alert(&asked, &refused, effort);
    let found = loop {
        let Search::Found(alert_made) = made else { break made };
        match index.comes_to(path, &tags(&alert_made), takes) {
            Ok(()) => return Verdict::Reached(tags(&alert_made)),
            Err(Some(taker)) if takers.len() < MOST_TAKERS && takers.iter().all(|it| it.id != taker.id) => {
                takers.push(taker);
                refused.push(refusals(taker));
            }
            Err(_) => break Search::Unknown,
        }
        // Mostly there is one more reason for the alert to be otherwise, and the rest of it can stay.
        made = match fill(alert_made, &refused, effort) {
            found @ Search::Found(_) => found,
            Search::None | Search::Unknown => alert(&asked, &refused, effort),
        };
    };
    match found {
        Search::None if takers.is_empty() => Verdict::Contradiction(contradiction(path, effort)),
        Search::None => {
            takers.sort_by_key(|it| it.id);
            if takers.len() > MOST_WEIGHED {
                return Verdict::Shadowed(takers);
            }
            Verdict::Shadowed(needed(takers, |takers| {
                alert(&asked, &takers.iter().map(|it| refusals(it)).collect::<Vec<_>>(), effort).is_none()
            }))
        }
        // Somebody may have written down an alert that comes here.
        Search::Found(_) | Search::Unknown => {
            let tests = org.escalation.tests.iter().map(|it| &it.tags);
            let mut known = tests.chain(org.services.iter().map(|it| &it.tags));
            let found = known.find(|tags| index.comes_to(path, tags, takes).is_ok());
            found.map_or(Verdict::Undecided, |tags| Verdict::Reached(tags.clone()))
        }
    }
}

/// What holds for the alerts that a route matches.
fn asks(route: &Route) -> impl Iterator<Item = Asked<'_>> {
    let asked = move |holds| move |condition| Asked { route, condition, holds };
    route.matcher.when.iter().map(asked(true)).chain(route.matcher.unless.iter().map(asked(false)))
}

/// Any of this holds for the alerts that it does not match.
fn refusals(route: &Route) -> Vec<Fact<'_>> {
    asks(route).map(|it| Fact::from(Asked { holds: !it.holds, ..it })).collect()
}

impl<'a> From<Asked<'a>> for Fact<'a> {
    fn from(it: Asked<'a>) -> Fact<'a> {
        Fact { tag: &it.condition.tag, any: &it.condition.any, holds: it.holds }
    }
}

/// What contradicts each other on a path.
fn contradiction<'a>(path: &[&'a Route], effort: &mut Effort) -> Vec<Asked<'a>> {
    needed(path.iter().flat_map(|it| asks(it)).collect(), |asked| {
        alert(&asked.iter().copied().map(Fact::from).collect::<Vec<_>>(), &[], effort).is_none()
    })
}

/// Leaves out what can be left out while it still holds.
fn needed<T: Copy>(mut all: Vec<T>, mut holds: impl FnMut(&[T]) -> bool) -> Vec<T> {
    let mut place = 0;
    while place < all.len() && all.len() > 1 {
        let mut fewer = all.clone();
        fewer.remove(place);
        if holds(&fewer) {
            all = fewer;
        } else {
            place += 1;
        }
    }
    all
}

/// An alert in the making, by tag.
type Made<'a> = BTreeMap<&'a str, Known<'a>>;

/// What is known of a tag, and a value that agrees with it.
#[derive(Debug, Clone, Default)]
struct Known<'a> {
    facts: Vec<Fact<'a>>,
    value: String,
}

fn tags(made: &Made<'_>) -> Tags {
    let carried = made.iter().filter(|(_, it)| !it.value.is_empty());
    carried.map(|(tag, it)| ((*tag).to_owned(), it.value.clone())).collect()
}

/// An alert for which all these facts hold, and of each group at least one.
fn alert<'a>(facts: &[Fact<'a>], groups: &[Vec<Fact<'a>>], effort: &mut Effort) -> Search<Made<'a>> {
    let mut made = Made::new();
    for fact in facts {
        made.entry(fact.tag).or_default().facts.push(*fact);
    }
    for known in made.values_mut() {
        match value(&known.facts, effort) {
            Search::Found(value) => known.value = value,
            Search::None => return Search::None,
            Search::Unknown => return Search::Unknown,
        }
    }
    fill(made, groups, effort)
}

/// Goes at most as deep as there are groups: one for which a fact was added holds from there on.
fn fill<'a>(made: Made<'a>, groups: &[Vec<Fact<'a>>], effort: &mut Effort) -> Search<Made<'a>> {
    let holds = |it: &Fact<'_>| it.agrees(made.get(it.tag).map_or("", |it| it.value.as_str()));
    let Some(group) = groups.iter().find(|it| !it.iter().any(holds)) else { return Search::Found(made) };
    let mut unknown = false;
    for fact in group {
        let mut known = made.get(fact.tag).cloned().unwrap_or_default();
        known.facts.push(*fact);
        match value(&known.facts, effort) {
            Search::Found(value) => known.value = value,
            Search::None => continue,
            Search::Unknown => {
                unknown = true;
                continue;
            }
        }
        let mut more = made.clone();
        more.insert(fact.tag, known);
        match fill(more, groups, effort) {
            Search::None => {}
            Search::Unknown => unknown = true,
            found @ Search::Found(_) => return found,
        }
    }
    if unknown { Search::Unknown } else { Search::None }
}
