//! From person to person within a team: what one big rotation passes on to itself.

use crate::config::StepKind;
use crate::history::Episode;
use crate::history::fit::journey::Journey;
use crate::history::fit::stats::{Share, Spread, ranks};

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

/// What is counted.
#[derive(Debug, Default)]
pub(super) struct Count {
    known: u64,
    right: u64,
    lost: Vec<u32>,
    /// Whether people appear otherwise than by resolving, and otherwise than by being paged.
    told: (bool, bool),
}

impl Count {
    #[inline]
    pub fn episode(&mut self, episode: &Episode<'_>, journey: &Journey) {
        if journey.teams.len() > 1 || journey.people.is_empty() {
            return;
        }
        self.known += 1;
        if self.told != (true, true) {
            for step in episode.steps().filter(|it| it.actor.person.is_some()) {
                self.told.0 |= step.actor.kind != StepKind::Resolved;
                self.told.1 |= step.actor.kind != StepKind::Paged;
            }
        }
        match journey.people.as_slice() {
            [_] => self.right += 1,
            people => self.of_several(episode, people[0].0),
        }
    }

    fn of_several(&mut self, episode: &Episode<'_>, first: u32) {
        let last = episode.steps().filter_map(|it| it.actor.person).last();
        if last == Some(first) {
            self.right += 1;
            return;
        }
        // Who appears only as the one who resolved it may have had it for long before.
        let had = episode.steps().find(|it| it.actor.person == last && it.actor.kind != StepKind::Resolved);
        self.lost.extend(had.and_then(|it| it.at.checked_sub(episode.opened())));
    }

    pub fn append(&mut self, other: Count) {
        self.known += other.known;
        self.right += other.right;
        self.lost.extend(other.lost);
        self.told = (self.told.0 || other.told.0, self.told.1 || other.told.1);
    }

    pub fn found(mut self) -> Within {
        if self.told != (true, true) {
            let none = Share::default();
            return Within { right: none, lost: None, lost_known: none };
        }
        self.lost.sort_unstable();
        let count = self.lost.len() as u64;
        let at = |rank: u64| self.lost[usize::try_from(rank - 1).expect("a rank within the list")];
        let [median, low, high, ninety] = ranks(count);
        Within {
            right: Share { count: self.right, of: self.known },
            lost: (count > 0).then(|| Spread {
                count,
                median: at(median),
                interval: (low > 0).then(|| (at(low), at(high))),
                ninety: at(ninety),
            }),
            lost_known: Share { count, of: self.known - self.right },
        }
    }
}
