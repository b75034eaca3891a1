//! Who was on call then: many logs name the team that was paged, and not the person.

use std::collections::BTreeMap;

use crate::config::StepKind;
use crate::history::store::{AT_OPENING, LAST, NO_STEP, is_dated, renamed};
use crate::history::{Actor, History};
use crate::time::Instant;

/// Where it is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Witness {
    /// PagerDuty's schedules, rendered when they were pulled.
    Rendered,
    /// The files as they were in git on that day.
    Revision,
    /// The files as they stand.
    Files,
}

/// For how many pages it was looked up, and where it is known from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Then {
    by: [u64; 3],
    /// Nobody held it, or several did.
    pub unknown: u64,
    /// Why no revision was looked at, if that was wanted.
    pub no_revisions: Option<String>,
}

impl Then {
    /// Pages that name a rotation and nobody.
    pub fn pages(&self) -> u64 {
        self.by.iter().sum::<u64>() + self.unknown
    }

    /// How many of them are known from there.
    pub fn by(&self, witness: Witness) -> u64 {
        self.by[witness as usize]
    }
}

impl History {
    /// Names who was on call where a step pages a team and nobody by name. `who` is asked with the team and the instant;
    /// `None` if the team is none of ours, an empty answer if no one person is known.
    pub fn name_who_was_on_call(
        &mut self,
        mut who: impl FnMut(&str, Instant) -> Option<Option<(String, Witness)>>,
    ) -> Then {
        let mut then = Then::default();
        let mut people: BTreeMap<String, u32> = self.people.iter().cloned().zip(0..).collect();
        let mut actors: BTreeMap<Actor, u32> = BTreeMap::new();
        let mut batches = std::mem::take(&mut self.batches);
        for batch in &mut batches {
            let (mut openings, mut times) = (batch.opened.iter(), batch.times.iter());
            let mut opened = None;
            for word in &mut batch.words {
                let opening = *opened.get_or_insert_with(|| openings.next().copied().unwrap_or_default());
                let at = match *word & AT_OPENING {
                    0 if is_dated(*word) => times.next().copied().unwrap_or(opening),
                    _ => opening,
                };
                if *word & LAST != 0 {
                    opened = None;
                }
                let number = *word & NO_STEP;
                if number == NO_STEP {
                    continue;
                }
                let actor = self.actors[number as usize];
                let pages = matches!(actor.kind, StepKind::Paged | StepKind::Reassigned | StepKind::Escalated);
                let Some(team) = actor.team.filter(|_| pages && actor.person.is_none()) else { continue };
                let at = Instant::from_unix(i64::from(at));
                let Some(found) = who(&self.teams[team as usize], at) else { continue };
                let Some((name, witness)) = found else {
                    then.unknown += 1;
                    continue;
                };
                then.by[witness as usize] += 1;
                let next = people.len();
                let person = *people.entry(name).or_insert(u32::try_from(next).expect("there are few people"));
                let actor = Actor { person: Some(person), ..actor };
                let next = self.actors.len();
                let number = *actors.entry(actor).or_insert_with(|| {
                    self.actors.push(actor);
                    u32::try_from(next).expect("fewer than steps")
                });
                *word = (*word & !NO_STEP) | number;
            }
        }
        self.batches = batches;
        let mut names: Vec<(String, u32)> = people.into_iter().collect();
        names.sort_by_key(|(_, number)| *number);
        let names: Vec<String> = names.into_iter().map(|(name, _)| name).collect();
        let (people, numbers) = renamed(&names, String::clone);
        self.people = people;
        for actor in &mut self.actors {
            actor.person = actor.person.map(|it| numbers[it as usize]);
        }
        then
    }
}
