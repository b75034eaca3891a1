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
    #[inline(always)]
    pub fn follow(&mut self, episode: &Episode<'_>, doers: &[Doer]) {
        let Journey { outline, teams, distinct, people, met_teams, met_people, number } = self;
        teams.clear();
        people.clear();
        *number += 1;
        let mut progress = Progress::default();
        episode.each_step(doers, |at, doer| {
            if progress.step(at, doer) {
                teams.push(doer.team());
            }
            let person = doer.person();
            if person != NOBODY {
                let met = &mut met_people[person as usize];
                if *met != *number {
                    *met = *number;
                    people.push((person, at));
                }
            }
        });
        *outline = progress.outline(episode);
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

/// Where an episode has come to, step by step.
#[derive(Debug, Clone, Copy)]
struct Progress {
    first: u32,
    last: u32,
    /// How often another team took it over; the first did so as well.
    taken: usize,
    acknowledged: Option<u32>,
    resolved: Option<u32>,
}

impl Default for Progress {
    fn default() -> Progress {
        Progress { first: NOBODY, last: NOBODY, taken: 0, acknowledged: None, resolved: None }
    }
}

impl Progress {
    /// Takes a step; whether it leads to another team.
    #[inline(always)]
    fn step(&mut self, at: u32, doer: Doer) -> bool {
        if doer.is(StepKind::Acknowledged) {
            self.acknowledged = self.acknowledged.or(Some(at));
        } else if doer.is(StepKind::Resolved) {
            self.resolved = Some(at);
        }
        let team = doer.team();
        let other = team != self.last && team != NOBODY;
        if other {
            self.first = if self.taken == 0 { team } else { self.first };
            self.last = team;
            self.taken += 1;
        }
        other
    }

    #[inline(always)]
    fn outline(self, episode: &Episode<'_>) -> Outline {
        let mut backwards = false;
        let mut took = |at: Option<u32>| {
            let seconds = at?.checked_sub(episode.opened());
            backwards |= seconds.is_none();
            seconds
        };
        let (acknowledged, resolved) = (took(self.acknowledged), took(self.resolved));
        let lost = if self.first == self.last { None } else { took(had(episode, self.last)) };
        let known = |team: u32| (team != NOBODY).then_some(team);
        Outline {
            first: known(self.first),
            last: known(self.last),
            hand_offs: self.taken.saturating_sub(1),
            acknowledged,
            resolved,
            lost,
            backwards,
        }
    }
}

/// When a team first had an episode. Who appears only as the one who resolved it may have had it for long before.
#[inline(never)]
fn had(episode: &Episode<'_>, team: u32) -> Option<u32> {
    let had = episode.steps().find(|it| it.actor.team == Some(team) && it.actor.kind != StepKind::Resolved);
    had.map(|it| it.at)
}

impl Outline {
    /// Of an episode.
    pub fn of(episode: &Episode<'_>) -> Outline {
        let mut progress = Progress::default();
        episode.steps().for_each(|it| _ = progress.step(it.at, Doer::from(&it.actor)));
        progress.outline(episode)
    }

    /// Whether the team that had it first had it last; `None` if no team is known.
    pub fn right(&self) -> Option<bool> {
        self.first.map(|first| self.last == Some(first))
    }

    /// Which of none, one or two, three or more hand-offs.
    fn class(&self) -> u8 {
        match self.hand_offs {
            0 => 0,
            1 | 2 => 1,
            _ => 2,
        }
    }

    /// Fit and hand-offs together: no team is known; right, with each class of hand-offs; wrong, with each but none.
    #[inline(always)]
    pub fn part(&self) -> u8 {
        match self.right() {
            None => 0,
            Some(true) => 1 + self.class(),
            Some(false) => 3 + self.class(),
        }
    }
}

/// How many [parts](Outline::part) there are, and the first one of what was right and of what was wrong.
pub(super) const PARTS: usize = 6;
pub(super) const RIGHT: usize = 1;
pub(super) const WRONG: usize = 4;

/// Whether what is of a part was right, and its class of hand-offs.
pub(super) fn part_of(part: usize) -> (Option<bool>, usize) {
    match part {
        ..RIGHT => (None, 0),
        RIGHT..WRONG => (Some(true), part - RIGHT),
        _ => (Some(false), part - WRONG + 1),
    }
}
