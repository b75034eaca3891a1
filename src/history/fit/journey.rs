//! One episode's way from team to team.

use crate::config::StepKind;
use crate::history::Episode;
use crate::history::store::{Doer, NOBODY};

/// What one episode comes to, but for whom it met on the way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outline {
    /// The team that had it first.
    pub first: Option<u32>,
    /// The team that had it last.
    pub last: Option<u32>,
    /// How often it went from team to team.
    pub hand_offs: usize,
    /// From opening to the first acknowledgement, in seconds; `None` if it is not known, or dated before the opening.
    pub acknowledged: Option<u32>,
    /// From opening to the last resolution.
    pub resolved: Option<u32>,
    /// From opening to when the last team first had it, if the first team was another.
    pub lost: Option<u32>,
    /// One of them is dated before the opening.
    pub backwards: bool,
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

impl Journey {
    pub fn new(teams: usize, people: usize) -> Journey {
        Journey { met_teams: vec![0; teams], met_people: vec![0; people], ..Journey::default() }
    }

    /// Follows the next episode, by who does what in a step.
    #[inline]
    pub fn follow(&mut self, episode: &Episode<'_>, doers: &[Doer]) {
        let Journey { outline, teams, distinct, people, met_teams, met_people, number } = self;
        teams.clear();
        people.clear();
        *number += 1;
        let person = |person: u32, at: u32| {
            let met = &mut met_people[person as usize];
            if *met != *number {
                *met = *number;
                people.push((person, at));
            }
        };
        *outline = Outline::followed(episode.opened(), || episode.steps_by(doers), |it| teams.push(it), person);
        *distinct = teams.len();
        if teams.len() > 2 {
            *distinct = 0;
            for team in teams {
                let met = &mut met_teams[*team as usize];
                *distinct += usize::from(*met != *number);
                *met = *number;
            }
        }
    }
}

impl Outline {
    /// Of an episode.
    pub fn of(episode: &Episode<'_>) -> Outline {
        let steps = || episode.steps().map(|it| (it.at, Doer::from(&it.actor)));
        Outline::followed(episode.opened(), steps, |_| (), |_, _| ())
    }

    /// The same, telling each team that takes it over and each person of a step.
    #[inline]
    fn followed<S: Iterator<Item = (u32, Doer)>>(
        opened: u32,
        steps: impl Fn() -> S,
        mut team: impl FnMut(u32),
        mut person: impl FnMut(u32, u32),
    ) -> Outline {
        let (mut first, mut last, mut taken) = (NOBODY, NOBODY, 0);
        let (mut acknowledged, mut resolved) = (None, None);
        for (at, doer) in steps() {
            if doer.team != last && doer.team != NOBODY {
                first = if taken == 0 { doer.team } else { first };
                last = doer.team;
                taken += 1;
                team(last);
            }
            if doer.person != NOBODY {
                person(doer.person, at);
            }
            match doer.kind {
                StepKind::Acknowledged => acknowledged = acknowledged.or(Some(at)),
                StepKind::Resolved => resolved = Some(at),
                _ => {}
            }
        }
        let mut backwards = false;
        let mut took = |at: Option<u32>| {
            let seconds = at?.checked_sub(opened);
            backwards |= seconds.is_none();
            seconds
        };
        let (acknowledged, resolved) = (took(acknowledged), took(resolved));
        let lost = match first == last {
            true => None,
            false => {
                // Who appears only as the one who resolved it may have had it for long before.
                let had = steps().find(|(_, it)| it.team == last && it.kind != StepKind::Resolved);
                took(had.map(|(at, _)| at))
            }
        };
        let known = |team: u32| (team != NOBODY).then_some(team);
        Outline {
            first: known(first),
            last: known(last),
            hand_offs: usize::saturating_sub(taken, 1),
            acknowledged,
            resolved,
            lost,
            backwards,
        }
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
