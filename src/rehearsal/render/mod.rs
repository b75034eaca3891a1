//! Who is on call: the rehearsal's own rendering of both families.
//!
//! Written from what is published about PagerDuty, apart from [`calendar`](crate::calendar), so that each can be
//! held to the other. Of `time` it uses spans, zones, and recurrence rules that its own reader does not know.

mod events;
mod layers;
mod rules;

pub(super) use events::{Assignment, Origin, assignments, check_recurrence, windows};
pub(super) use layers::{Entry, final_entries, layer_entries, override_entries};

use crate::time::{Span, union};

/// Which part of a window is held, of a hundred; two digits behind the point.
pub(super) fn coverage(held: impl IntoIterator<Item = Span>, window: Span) -> f64 {
    let held = union(held.into_iter().filter_map(|it| it.intersection(window)).collect());
    let seconds: i64 = held.iter().map(|it| it.seconds()).sum();
    let hundredths = (seconds * 10_000 + window.seconds() / 2) / window.seconds();
    hundredths as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;

    #[test]
    fn coverage_counts_what_is_held_once() {
        let span = |start, end| Span::new(Instant::from_unix(start), Instant::from_unix(end)).unwrap();
        let window = span(100, 400);
        assert_eq!(coverage([span(0, 200), span(150, 250), span(390, 900)], window), 53.33);
        assert_eq!(coverage([span(0, 900)], window), 100.0);
        assert_eq!(coverage([], window), 0.0);
    }
}
