//! What PagerDuty renders, held against the calendar as intervals.

use serde::{Deserialize, Serialize};

use crate::pagerduty::spec::{Schedule, Seconds, Stretch};

/// A stretch in which two calendars differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Of which schedule.
    pub key: String,
    /// From when.
    pub start: Seconds,
    /// Until when.
    pub end: Seconds,
    /// Who it is.
    pub before: Vec<String>,
    /// Who it should be.
    pub after: Vec<String>,
}

/// Where `found` is not what a schedule should be, from `from` until `until`.
pub fn differences(want: &Schedule, found: &[Stretch], from: Seconds, until: Seconds) -> Vec<Difference> {
    let mut all = compare(&want.key, found, &want.calendar, from, until);
    for (start, end) in &want.excused {
        all = all.into_iter().flat_map(|it| without(it, *start, *end)).collect();
    }
    all
}

fn without(it: Difference, start: Seconds, end: Seconds) -> Vec<Difference> {
    let left = Difference { end: it.end.min(start), ..it.clone() };
    let right = Difference { start: it.start.max(end), ..it };
    [left, right].into_iter().filter(|it| it.start < it.end).collect()
}

/// Where two calendars differ.
pub fn compare(key: &str, before: &[Stretch], after: &[Stretch], from: Seconds, until: Seconds) -> Vec<Difference> {
    let inside = |it: &&Stretch| it.start < until && it.end > from;
    let mut edges: Vec<Seconds> = [from, until].into();
    for it in before.iter().filter(inside).chain(after.iter().filter(inside)) {
        edges.extend([it.start.clamp(from, until), it.end.clamp(from, until)]);
    }
    edges.sort_unstable();
    edges.dedup();
    let mut out: Vec<Difference> = Vec::new();
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    for pair in edges.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        while left.next_if(|it| it.end <= start).is_some() {}
        while right.next_if(|it| it.end <= start).is_some() {}
        let here =
            |it: Option<&&Stretch>| it.filter(|it| it.start <= start).map(|it| it.users.clone()).unwrap_or_default();
        let (before, after) = (here(left.peek()), here(right.peek()));
        if before == after {
            continue;
        }
        match out.last_mut() {
            Some(last) if last.end == start && last.before == before && last.after == after => last.end = end,
            _ => out.push(Difference { key: key.to_owned(), start, end, before, after }),
        }
    }
    out
}
