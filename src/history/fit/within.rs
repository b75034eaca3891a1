//! From person to person within a team: what one big rotation passes on to itself.

use crate::config::StepKind;
use crate::history::fit::stats::{Share, Spread, ranks};
use crate::history::fit::tally::over_all;
use crate::history::{Episode, History};

/// Episodes that no second team had, by who had them first and last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// The first person had it last; of nothing if only who was paged is known, or only who resolved.
    pub right: Share,
    /// Time until the last person first had it, where the first was another.
    pub lost: Option<Spread>,
    /// Of how many of those it is known.
    pub lost_known: Share,
}

#[derive(Default)]
struct Count {
    known: u64,
    right: u64,
    lost: Vec<u32>,
    /// Whether people appear otherwise than by resolving, and otherwise than by being paged.
    told: (bool, bool),
}

impl Count {
    fn episode(&mut self, episode: &Episode<'_>) {
        let mut team = None;
        let (mut first, mut last) = (None, None);
        let mut told = self.told;
        for step in episode.steps() {
            if let Some(own) = step.actor.team
                && *team.get_or_insert(own) != own
            {
                return;
            }
            if let Some(person) = step.actor.person {
                first = first.or(Some(person));
                last = Some(person);
                told.0 |= step.actor.kind != StepKind::Resolved;
                told.1 |= step.actor.kind != StepKind::Paged;
            }
        }
        if last.is_none() {
            return;
        }
        self.told = told;
        self.known += 1;
        self.right += u64::from(first == last);
        if first != last {
            // Who appears only as the one who resolved it may have had it for long before.
            let had = episode.steps().find(|it| it.actor.person == last && it.actor.kind != StepKind::Resolved);
            self.lost.extend(had.and_then(|it| it.at.checked_sub(episode.opened())));
        }
    }
}

/// Counts over all episodes.
pub(super) fn within(history: &History, workers: usize) -> Within {
    let mut all = Count::default();
    for it in over_all(history, workers, Count::default, Count::episode) {
        all.known += it.known;
        all.right += it.right;
        all.lost.extend(it.lost);
        all.told = (all.told.0 || it.told.0, all.told.1 || it.told.1);
    }
    if all.told != (true, true) {
        let none = Share::default();
        return Within { right: none, lost: None, lost_known: none };
    }
    all.lost.sort_unstable();
    let count = all.lost.len() as u64;
    let at = |rank: u64| all.lost[usize::try_from(rank - 1).expect("a rank within the list")];
    let [median, low, high, ninety] = ranks(count);
    Within {
        right: Share { count: all.right, of: all.known },
        lost: (count > 0).then(|| Spread {
            count,
            median: at(median),
            interval: (low > 0).then(|| (at(low), at(high))),
            ninety: at(ninety),
        }),
        lost_known: Share { count, of: all.known - all.right },
    }
}
