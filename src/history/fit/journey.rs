//! One episode's way from team to team.

use crate::config::StepKind;
use crate::history::store::actor;
use crate::history::{Episode, Step};

/// What one episode comes to, but for whom it met on the way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outline {
    /// The team that had it first.
    pub first: Option<u32>,
    /// The team that had it last.
    pub last: Option<u32>,
    /// How often it went from team to team.
    pub hand_offs: usize,
    /// From opening to the first acknowledgement.
    pub acknowledged: Took,
    /// From opening to the last resolution.
    pub resolved: Took,
    /// From opening to when the last team first had it, if the first team was another.
    pub lost: Took,
}

/// All of it. Kept and used again for the next.
#[derive(Debug, Default)]
pub(super) struct Journey {
    pub outline: Outline,
    /// The teams that had it, in order; neighbours differ.
    pub teams: Vec<u32>,
    /// How many different ones.
    pub distinct: usize,
    /// Each person once, with the instant of their first step.
    pub people: Vec<(u32, u32)>,
    met_teams: Vec<u32>,
    met_people: Vec<u32>,
    number: u32,
}

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Took {
    /// It is not in the data, or never happened.
    #[default]
    Unknown,
    /// So many seconds.
    Seconds(u32),
    /// It is dated before the opening.
    Backwards,
}

impl Took {
    fn between(opened: u32, at: Option<u32>) -> Took {
        match at {
            None => Took::Unknown,
            Some(at) => at.checked_sub(opened).map_or(Took::Backwards, Took::Seconds),
        }
    }

    pub fn seconds(self) -> Option<u32> {
        match self {
            Took::Seconds(it) => Some(it),
            Took::Unknown | Took::Backwards => None,
        }
    }
}

impl Journey {
    pub fn new(teams: usize, people: usize) -> Journey {
        Journey { met_teams: vec![0; teams], met_people: vec![0; people], ..Journey::default() }
    }

    /// Follows the next episode, by what its steps are.
    #[inline]
    pub fn follow(&mut self, episode: &Episode<'_>, actors: &[u64]) {
        let Journey { outline, teams, distinct, people, met_teams, met_people, number } = self;
        teams.clear();
        people.clear();
        *distinct = 0;
        *number += 1;
        let team = |team: u32| {
            teams.push(team);
            let met = &mut met_teams[team as usize];
            *distinct += usize::from(*met != *number);
            *met = *number;
        };
        let person = |person: u32, at: u32| {
            let met = &mut met_people[person as usize];
            if *met != *number {
                *met = *number;
                people.push((person, at));
            }
        };
        let steps = || episode.steps_by(actors).map(|(at, it)| Step { at, actor: actor(it) });
        *outline = Outline::followed(episode.opened(), steps, team, person);
    }
}

impl Outline {
    /// Of an episode.
    #[inline]
    pub fn of(episode: &Episode<'_>) -> Outline {
        Outline::followed(episode.opened(), || episode.steps(), |_| (), |_, _| ())
    }

    /// The same, telling each team that takes it over and each person of a step.
    #[inline]
    fn followed<S: Iterator<Item = Step>>(
        opened: u32,
        steps: impl Fn() -> S,
        mut team: impl FnMut(u32),
        mut person: impl FnMut(u32, u32),
    ) -> Outline {
        let mut outline = Outline::default();
        let mut taken = 0;
        let (mut acknowledged, mut resolved) = (None, None);
        for step in steps() {
            if step.actor.team.is_some() && step.actor.team != outline.last {
                outline.last = step.actor.team;
                outline.first = outline.first.or(step.actor.team);
                taken += 1;
                outline.last.into_iter().for_each(&mut team);
            }
            if let Some(it) = step.actor.person {
                person(it, step.at);
            }
            match step.actor.kind {
                StepKind::Acknowledged if acknowledged.is_none() => acknowledged = Some(step.at),
                StepKind::Resolved => resolved = Some(step.at),
                _ => {}
            }
        }
        outline.hand_offs = usize::saturating_sub(taken, 1);
        outline.acknowledged = Took::between(opened, acknowledged);
        outline.resolved = Took::between(opened, resolved);
        if outline.first != outline.last {
            // Who appears only as the one who resolved it may have had it for long before.
            let had = steps().find(|it| it.actor.team == outline.last && it.actor.kind != StepKind::Resolved);
            outline.lost = Took::between(opened, had.map(|it| it.at));
        }
        outline
    }

    /// Whether the team that had it first had it last; `None` if no team is known.
    pub fn right(&self) -> Option<bool> {
        self.first.map(|first| self.last == Some(first))
    }

    /// Which of none, one or two, three or more hand-offs.
    pub fn class(&self) -> usize {
        match self.hand_offs {
            0 => 0,
            1 | 2 => 1,
            _ => 2,
        }
    }
}
