//! One episode's way from team to team.

use crate::config::StepKind;
use crate::history::Episode;

/// What one episode comes to. Kept and used again for the next.
#[derive(Debug, Default)]
pub(super) struct Journey {
    /// The teams that had it, in order; neighbours differ.
    pub teams: Vec<u32>,
    /// How many different ones.
    pub distinct: usize,
    /// Each person once, with the instant of their first step.
    pub people: Vec<(u32, u32)>,
    /// From opening to the first acknowledgement.
    pub acknowledged: Took,
    /// From opening to the last resolution.
    pub resolved: Took,
    /// From opening to when the last team first had it, if the first team was another.
    pub lost: Took,
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

    /// Follows the next episode.
    #[inline]
    pub fn follow(&mut self, episode: &Episode<'_>) {
        self.teams.clear();
        self.people.clear();
        self.distinct = 0;
        self.number += 1;
        let (mut acknowledged, mut resolved) = (None, None);
        for step in episode.steps() {
            if let Some(team) = step.actor.team
                && self.teams.last() != Some(&team)
            {
                self.teams.push(team);
                let met = &mut self.met_teams[team as usize];
                self.distinct += usize::from(*met != self.number);
                *met = self.number;
            }
            if let Some(person) = step.actor.person {
                let met = &mut self.met_people[person as usize];
                if *met != self.number {
                    *met = self.number;
                    self.people.push((person, step.at));
                }
            }
            match step.actor.kind {
                StepKind::Acknowledged if acknowledged.is_none() => acknowledged = Some(step.at),
                StepKind::Resolved => resolved = Some(step.at),
                _ => {}
            }
        }
        let opened = episode.opened();
        self.acknowledged = Took::between(opened, acknowledged);
        self.resolved = Took::between(opened, resolved);
        self.lost = match (self.first(), self.last()) {
            (Some(first), Some(last)) if first != last => {
                let mut steps = episode.steps();
                // Who appears only as the one who resolved it may have had it for long before.
                let had = steps.find(|it| it.actor.team == Some(last) && it.actor.kind != StepKind::Resolved);
                Took::between(opened, had.map(|it| it.at))
            }
            _ => Took::Unknown,
        };
    }

    pub fn first(&self) -> Option<u32> {
        self.teams.first().copied()
    }

    pub fn last(&self) -> Option<u32> {
        self.teams.last().copied()
    }

    /// Whether the team that had it first had it last; `None` if no team is known.
    pub fn right(&self) -> Option<bool> {
        self.first().map(|first| self.last() == Some(first))
    }

    pub fn hand_offs(&self) -> usize {
        self.teams.len().saturating_sub(1)
    }

    /// Which of none, one or two, three or more.
    pub fn class(&self) -> usize {
        match self.hand_offs() {
            0 => 0,
            1 | 2 => 1,
            _ => 2,
        }
    }
}
