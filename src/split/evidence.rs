//! What a stretch of the past shows: who could handle what, and what it cost if they could not.

use crate::history::{Episode, History};
use crate::time::{Instant, Span};

/// No wrong first page costs more than a working day, in minutes: what waits for longer is not waited for by anybody.
pub const MOST_LOST: f64 = 480.0;

/// Counted over one stretch. People and services are numbers of the model, services the slower.
#[derive(Debug, Clone)]
pub(super) struct Evidence {
    pub span: Span,
    pub people: usize,
    /// By service: when each episode opened.
    pub opened: Vec<Vec<Instant>>,
    /// By service and person: episodes in which the person appears.
    pub touched: Vec<u32>,
    /// Those of them that the person had last.
    pub had_last: Vec<u32>,
    /// By service: episodes whose first person was not the last, of which it is known how long it took; minutes in all.
    pub wrong: Vec<(u32, f64)>,
}

/// Which numbers of the history are which of the model.
pub(super) struct Numbers {
    /// By person of the history.
    pub person: Vec<Option<usize>>,
    /// By set of tags of the history.
    pub thing: Vec<Option<usize>>,
    pub people: usize,
    pub things: usize,
}

impl Evidence {
    pub fn of(history: &History, numbers: &Numbers, span: Span) -> Evidence {
        let cells = numbers.people * numbers.things;
        let mut evidence = Evidence {
            span,
            people: numbers.people,
            opened: vec![Vec::new(); numbers.things],
            touched: vec![0; cells],
            had_last: vec![0; cells],
            wrong: vec![(0, 0.0); numbers.things],
        };
        for episode in history.episodes().filter(|it| span.contains(it.opened_at())) {
            if let Some(thing) = numbers.thing[episode.tags as usize] {
                evidence.count(&episode, thing, numbers);
            }
        }
        evidence
    }

    fn count(&mut self, episode: &Episode<'_>, thing: usize, numbers: &Numbers) {
        self.opened[thing].push(episode.opened_at());
        let people: Vec<(u32, u32, bool)> = episode
            .steps()
            .filter_map(|it| Some((it.actor.person?, it.at, it.actor.kind == crate::config::StepKind::Resolved)))
            .collect();
        let (Some(&(first, ..)), Some(&(last, ..))) = (people.first(), people.last()) else { return };
        let mut met: Vec<u32> = people.iter().map(|it| it.0).collect();
        met.sort_unstable();
        met.dedup();
        for person in met {
            if let Some(number) = numbers.person[person as usize] {
                let cell = thing * self.people + number;
                self.touched[cell] += 1;
                self.had_last[cell] += u32::from(person == last);
            }
        }
        if first != last {
            // Who appears only as the one who resolved it may have had it for long before.
            let had = people.iter().find(|(person, _, resolved)| *person == last && !resolved);
            let lost = had.and_then(|(_, at, _)| at.checked_sub(episode.opened()));
            if let Some(seconds) = lost {
                self.wrong[thing].0 += 1;
                self.wrong[thing].1 += (f64::from(seconds) / 60.0).min(MOST_LOST);
            }
        }
    }
}
