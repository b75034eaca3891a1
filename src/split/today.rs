//! The division that stands: by an organisation's files, or by the teams of a history.

use std::collections::BTreeMap;

use crate::escalation::matching;
use crate::history::History;
use crate::org::{Entry, Layer, Org, PersonId, RotationId, RouteTarget, Tags};
use crate::split::division::{Division, Part};
use crate::time::{Instant, Span};

/// Rotations with what they are paged for, by names.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub rotations: Vec<Stands>,
}

/// A rotation or team.
#[derive(Debug, Clone)]
pub(super) struct Stands {
    pub name: String,
    pub people: Vec<String>,
    /// Values of the tag, by number of the history.
    pub values: Vec<u32>,
}

/// What one set of tags says of the tag that is divided by.
pub(super) fn value_of(history: &History, key: u32) -> Vec<Option<u32>> {
    let sets = history.tag_sets.iter();
    sets.map(|set| set.iter().find(|(it, _)| *it == key).map(|(_, value)| *value)).collect()
}

impl Standing {
    /// By the routes and the layers of an organisation as they are at an instant; absent, as they will be when all that is
    /// planned has come.
    pub fn of_org(org: &Org, history: &History, value_of: &[Option<u32>], at: Option<Instant>) -> Standing {
        let when = at.unwrap_or(Instant::from_unix(i64::from(u32::MAX)));
        let mut counts = vec![0_u64; history.tag_sets.len()];
        history.episodes().for_each(|it| counts[it.tags as usize] += 1);
        // Most episodes of a value go to one rotation: that one is paged for it.
        let mut to: BTreeMap<u32, Vec<u64>> = BTreeMap::new();
        for (set, count) in (0..).zip(&counts).filter(|(_, count)| **count > 0) {
            let Some(value) = value_of[set as usize] else { continue };
            if let Some(rotation) = first_page(org, &carried(org, history.tags(set)), when) {
                to.entry(value).or_insert_with(|| vec![0; org.rotations.len()])[rotation.0 as usize] += count;
            }
        }
        let mut rotations: Vec<Stands> = org
            .rotations
            .iter()
            .map(|it| Stands {
                name: it.key.clone(),
                people: members(org, it.id, at).into_iter().map(|it| org.person(it).key.clone()).collect(),
                values: Vec::new(),
            })
            .collect();
        for (value, counts) in to {
            let most = counts.iter().copied().max().unwrap_or(0);
            if let Some(place) = counts.iter().position(|it| *it == most) {
                rotations[place].values.push(value);
            }
        }
        rotations.retain(|it| !it.values.is_empty() && !it.people.is_empty());
        Standing { rotations }
    }

    /// By the teams of a history: everybody is with the team in whose episodes they appear most, and every value with the
    /// team that most often had it last.
    pub fn of_teams(history: &History, value_of: &[Option<u32>], span: Span) -> Standing {
        let teams = history.teams.len();
        let mut of_person = vec![vec![0_u32; teams]; history.people.len()];
        let mut of_value: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for episode in history.episodes().filter(|it| span.contains(it.opened_at())) {
            let mut last = None;
            for step in episode.steps() {
                last = step.actor.team.or(last);
                if let (Some(person), Some(team)) = (step.actor.person, last) {
                    of_person[person as usize][team as usize] += 1;
                }
            }
            if let (Some(value), Some(team)) = (value_of[episode.tags as usize], last) {
                of_value.entry(value).or_insert_with(|| vec![0; teams])[team as usize] += 1;
            }
        }
        let mut rotations: Vec<Stands> = history
            .teams
            .iter()
            .map(|it| Stands { name: it.clone(), people: Vec::new(), values: Vec::new() })
            .collect();
        let most = |counts: &[u32]| {
            let most = counts.iter().copied().max().filter(|it| *it > 0)?;
            counts.iter().position(|it| *it == most)
        };
        for (person, counts) in history.people.iter().zip(&of_person) {
            if let Some(team) = most(counts) {
                rotations[team].people.push(person.clone());
            }
        }
        for (value, mut counts) in of_value {
            // A team in which nobody is most of the time cannot be paged.
            counts.iter_mut().zip(&rotations).filter(|(_, it)| it.people.is_empty()).for_each(|(it, _)| *it = 0);
            if let Some(team) = most(&counts) {
                rotations[team].values.push(value);
            }
        }
        rotations.retain(|it| !it.values.is_empty() && !it.people.is_empty());
        Standing { rotations }
    }

    /// The same in the numbers of a model; whom or what that does not know is left out.
    pub fn division(&self, people: &[String], values: &[u32]) -> (Division, Vec<String>) {
        let mut parts: Vec<(Part, &String)> = self
            .rotations
            .iter()
            .map(|it| {
                let known = |key: &String| people.iter().position(|it| it == key);
                let mut part = Part {
                    people: it.people.iter().filter_map(known).collect(),
                    things: it.values.iter().filter_map(|it| values.binary_search(it).ok()).collect(),
                };
                part.people.sort_unstable();
                part.things.sort_unstable();
                (part, &it.name)
            })
            .filter(|(it, _)| !it.people.is_empty() && !it.things.is_empty())
            .collect();
        parts.sort_by(|(one, _), (other, _)| one.things.cmp(&other.things));
        let (parts, names): (Vec<Part>, Vec<&String>) = parts.into_iter().unzip();
        (Division { parts }, names.into_iter().cloned().collect())
    }
}

/// The rotation that an alert's first page goes to.
fn first_page(org: &Org, tags: &Tags, at: Instant) -> Option<RotationId> {
    let matched = matching(org, tags, at);
    let page = matched.iter().find_map(|it| match &it.route().target {
        RouteTarget::Page(entry) => Some(*entry),
        RouteTarget::Notify(_) => None,
    });
    match page? {
        Entry::Seat(seat) => Some(seat.rotation),
        Entry::Person(_) => None,
    }
}

/// What an alert carried, and what its service brings besides.
fn carried(org: &Org, tags: Tags) -> Tags {
    let service = tags.get("service").and_then(|it| org.service_named(it));
    let mut all = service.map(|it| it.tags.clone()).unwrap_or_default();
    all.extend(tags);
    all
}

/// The layers of a rotation that hold at an instant; absent, or if none does, those that end last.
pub(super) fn layers_at(layers: &[Layer], at: Option<Instant>) -> Vec<usize> {
    let alive = |layer: &Layer, at: Instant| layer.span().is_some_and(|it| it.contains(at));
    let now: Vec<usize> = at.map_or(Vec::new(), |at| {
        layers.iter().enumerate().filter(|(_, it)| alive(it, at)).map(|(index, _)| index).collect()
    });
    if !now.is_empty() {
        return now;
    }
    let end = |it: &Layer| it.until.unwrap_or(Instant::MAX);
    let latest = layers.iter().map(end).max();
    layers.iter().enumerate().filter(|(_, it)| Some(end(it)) == latest).map(|(index, _)| index).collect()
}

/// Who takes turns in the primary seat, in the order of the layers.
fn members(org: &Org, rotation: RotationId, at: Option<Instant>) -> Vec<PersonId> {
    let layers = &org.rotation(rotation).layers;
    let mut people: Vec<PersonId> = Vec::new();
    for person in layers_at(layers, at).into_iter().flat_map(|it| layers[it].people()) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}
