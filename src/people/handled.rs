//! What people have handled, by what it was about.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::StepKind;
use crate::history::History;
use crate::org::{Org, PersonId};
use crate::time::Instant;

/// How many past episodes each person has handled: taken, joined or resolved, not merely been paged for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handled {
    all: BTreeMap<PersonId, u32>,
    by_value: BTreeMap<(PersonId, String), u32>,
}

impl Handled {
    /// Counts over the episodes that opened before an instant. Of a history that is
    /// [`known_to`](History::known_to) the organisation.
    pub fn of(history: &History, org: &Org, before: Instant) -> Handled {
        let people: Vec<Option<PersonId>> =
            history.people.iter().map(|it| org.person_named(it).map(|it| it.id)).collect();
        let mut handled = Handled::default();
        for episode in history.episodes().filter(|it| it.opened_at() < before) {
            let taken = episode.steps().filter(|it| !matches!(it.actor.kind, StepKind::Paged | StepKind::Escalated));
            let people: BTreeSet<PersonId> = taken.filter_map(|it| people[it.actor.person? as usize]).collect();
            for person in people {
                *handled.all.entry(person).or_default() += 1;
                let values: BTreeSet<u32> =
                    history.tag_sets[episode.tags as usize].iter().map(|(_, value)| *value).collect();
                for value in values {
                    let value = history.tag_values[value as usize].clone();
                    *handled.by_value.entry((person, value)).or_default() += 1;
                }
            }
        }
        handled
    }

    /// Of those with a tag of this value; `any` is all.
    pub fn count(&self, person: PersonId, what: &str) -> u32 {
        match what {
            "any" => self.all.get(&person).copied().unwrap_or(0),
            value => self.by_value.get(&(person, value.to_owned())).copied().unwrap_or(0),
        }
    }

    /// What a person has handled, most often first.
    pub fn values(&self, person: PersonId) -> Vec<(&str, u32)> {
        let own = self.by_value.iter().filter(|((who, _), _)| *who == person);
        let mut own: Vec<(&str, u32)> = own.map(|((_, value), count)| (value.as_str(), *count)).collect();
        own.sort_by_key(|(value, count)| (std::cmp::Reverse(*count), *value));
        own
    }
}

/// What each rotation has met: values of a tag, with how many episodes bore them, the most frequent first. Without a tag,
/// `service` counts, or the first that there is.
pub fn met(history: &History, tag: Option<&str>) -> BTreeMap<String, Vec<(String, u32)>> {
    let key = |name: &str| history.tag_keys.iter().position(|it| it == name);
    let key = tag.map_or_else(|| key("service").or((!history.tag_keys.is_empty()).then_some(0)), key);
    let mut counts: BTreeMap<(u32, u32), u32> = BTreeMap::new();
    for episode in history.episodes() {
        let pairs = history.tag_sets[episode.tags as usize].iter();
        let values: BTreeSet<u32> =
            pairs.filter(|(it, _)| Some(*it as usize) == key).map(|(_, value)| *value).collect();
        let teams: BTreeSet<u32> = episode.steps().filter_map(|it| it.actor.team).collect();
        for team in teams {
            for value in &values {
                *counts.entry((team, *value)).or_default() += 1;
            }
        }
    }
    let mut met: BTreeMap<String, Vec<(String, u32)>> = BTreeMap::new();
    for ((team, value), count) in counts {
        let value = history.tag_values[value as usize].clone();
        met.entry(history.teams[team as usize].clone()).or_default().push((value, count));
    }
    for values in met.values_mut() {
        values.sort_by_key(|(value, count)| (std::cmp::Reverse(*count), value.clone()));
    }
    met
}
