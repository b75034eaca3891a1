//! Strands and exceptions against the calendar.

use std::time::Duration;

use dogwatch::org::Family;
use dogwatch::pagerduty::desired::desired;

use crate::pagerduty::world::{DAY, instant, reference};

#[test]
fn what_repeats_by_the_week_needs_no_exception() {
    // Exceptions that stand in the files as overrides, or that no week can hold.
    let named = |key: &str| ["build-release", "data.secondary", "internal-tools", "webapp-client"].contains(&key);
    for family in [Family::Layers, Family::Shifts] {
        let mut org = reference(family);
        org.rotations.iter_mut().for_each(|it| it.overrides.clear());
        let all = desired(&org, instant("2026-11-24T12:34:56Z"), Duration::from_secs(360 * DAY)).unwrap();
        for it in all.schedules.iter().filter(|it| !named(&it.key)) {
            assert_eq!(it.exceptions, [], "{family:?}: {}", it.key);
            assert_eq!(it.unheld, [], "{family:?}: {}", it.key);
        }
    }
}
