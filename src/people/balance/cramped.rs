//! Why there is no calendar: a short run of slots that nobody can hold, proved by trying everything.

use crate::people::balance::model::Model;

/// Steps for one run of slots.
const MOST_STEPS: usize = 20_000;

/// The first run of slots that has no solution by itself, looked for by doubling, without what it does not need at its ends; empty,
/// if none was found.
pub(super) fn cramped(model: &Model) -> Vec<usize> {
    let slots = model.slots();
    let mut apart = vec![Vec::new(); slots];
    for (one, other) in &model.apart {
        apart[*one.max(other)].push(*one.min(other));
    }
    let mut windows = vec![Vec::new(); slots];
    for (index, window) in model.windows.iter().enumerate() {
        window.slots.iter().for_each(|(slot, count)| windows[*slot].push((index, *count)));
    }
    let fails = |from: usize, length: usize| {
        let mut tried = Tried {
            model,
            apart: &apart,
            windows: &windows,
            from,
            holders: Vec::with_capacity(length),
            counts: vec![0; model.windows.len() * model.people],
            steps: 0,
        };
        tried.goes(length) == Some(false)
    };
    let most = slots.min(64);
    for length in (0..).map(|it| 1 << it).take_while(|it| *it < most).chain([most]) {
        if let Some(from) = (0..=slots - length).find(|it| fails(*it, length)) {
            let (mut from, mut until) = (from, from + length);
            while fails(from + 1, until - from - 1) {
                from += 1;
            }
            while fails(from, until - from - 1) {
                until -= 1;
            }
            return (from..until).collect();
        }
    }
    Vec::new()
}

struct Tried<'a> {
    model: &'a Model,
    /// For each slot, the earlier ones that its holder may not hold.
    apart: &'a [Vec<usize>],
    windows: &'a [Vec<(usize, i64)>],
    from: usize,
    holders: Vec<usize>,
    counts: Vec<i64>,
    steps: usize,
}

impl Tried<'_> {
    /// Whether the run can be held from here on; nothing, if that is not known.
    fn goes(&mut self, length: usize) -> Option<bool> {
        if self.holders.len() == length {
            return Some(true);
        }
        let slot = self.from + self.holders.len();
        for &person in &self.model.may[slot] {
            self.steps += 1;
            if self.steps > MOST_STEPS {
                return None;
            }
            let before = |it: &usize| it.checked_sub(self.from).is_some_and(|it| self.holders[it] == person);
            let cell = |window: usize| window * self.model.people + person;
            let full =
                |(window, count): &(usize, i64)| self.counts[cell(*window)] + count > self.model.windows[*window].most;
            if self.apart[slot].iter().any(before) || self.windows[slot].iter().any(full) {
                continue;
            }
            for (window, count) in &self.windows[slot] {
                self.counts[cell(*window)] += count;
            }
            self.holders.push(person);
            let goes = self.goes(length);
            self.holders.pop();
            for (window, count) in &self.windows[slot] {
                self.counts[window * self.model.people + person] -= count;
            }
            match goes {
                Some(false) => {}
                it => return it,
            }
        }
        Some(false)
    }
}
