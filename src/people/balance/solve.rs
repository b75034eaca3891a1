//! A model's answer: a calendar, its cost, and how far from the bound that is.

use crate::people::balance::bound::{bound, low};
use crate::people::balance::cramped::cramped;
use crate::people::balance::model::Model;
use crate::people::balance::search::{self, search};

/// How to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Moves that may be tried, not seconds: the same question has the same answer on every machine.
    pub moves: u64,
    /// Where the dice begin.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Effort { moves: 10_000_000, seed: 1 }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Solved {
    /// A calendar in which nothing is that may not be.
    Calendar {
        /// For each slot.
        holders: Vec<usize>,
        /// In the model's unit.
        cost: i64,
        /// No calendar costs less than this; equal to the cost, the calendar is proved to be the best.
        bound: i64,
        /// Moves that were tried.
        moves: u64,
    },
    /// None was found.
    Nothing {
        /// Slots next to each other that nobody can hold without a wrong among them: the proof that there is none. Empty,
        /// nothing is proved.
        cramped: Vec<usize>,
    },
}

/// Looks for the fairest calendar, from `start` on.
pub fn solve(model: &Model, start: &[usize], effort: Effort, progress: &mut dyn FnMut(u64, i64, i64)) -> Solved {
    calendar(model, start, effort, low(model), progress).unwrap_or_else(|| Solved::Nothing { cramped: cramped(model) })
}

/// The same, with the [`low`] bound of the model, and no word on why there is none.
pub(super) fn calendar(
    model: &Model,
    start: &[usize],
    effort: Effort,
    low: i64,
    progress: &mut dyn FnMut(u64, i64, i64),
) -> Option<Solved> {
    if model.may.iter().any(Vec::is_empty) {
        return None;
    }
    let start: Vec<usize> = (0..model.slots())
        .map(|it| if model.may[it].contains(&start[it]) { start[it] } else { model.may[it][0] })
        .collect();
    let settings = search::Settings { effort: effort.moves, seed: effort.seed, bound: low, progress };
    let found = search(model, start, settings);
    if found.wrongs > 0 {
        return None;
    }
    let cost = model.cost(&found.holders);
    let bound = bound(model, low, cost);
    Some(Solved::Calendar { cost, bound, holders: found.holders, moves: found.moves })
}
