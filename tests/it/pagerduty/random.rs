//! Random organisations, synced in both families, and what PagerDuty renders held against the calendar.

use std::time::Duration;

use dogwatch::org::Family;

use crate::oracle::random_files;
use crate::pagerduty::world::{DAY, World, org};

/// The first instants from which something is planned: before and after the clocks change.
const STARTS: [&str; 4] =
    ["2026-02-20T05:17:00Z", "2026-03-25T22:41:00Z", "2026-10-20T13:03:00Z", "2026-04-20T00:30:00Z"];

fn seeds() -> u64 {
    std::env::var("DOGWATCH_SYNC_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(3)
}

#[test]
fn whatever_is_written_is_held_or_named() {
    let mut held = 0;
    for seed in 0..seeds() {
        for zone in 0..8 {
            let files = random_files(zone, seed);
            let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
            let mut org = org(&files);
            for person in &mut org.people {
                person.email = Some(format!("{}@example.com", person.key));
            }
            let family = if (seed + zone as u64).is_multiple_of(2) { Family::Layers } else { Family::Shifts };
            org.rotations.iter_mut().for_each(|it| it.family = Some(family));
            let mut world = World::of(&org, STARTS[usize::try_from(seed).unwrap() % 4]);
            world.horizon = Duration::from_secs(21 * DAY);
            let plan = world.plan(&org).unwrap();
            if !plan.errors.is_empty() {
                // Too much for a description, or for a schedule of shifts: named, and nothing is done.
                continue;
            }
            let done =
                world.apply(&plan).unwrap_or_else(|error| panic!("zone {zone}, seed {seed}, {family:?}: {error}"));
            assert_eq!(done.differences, [], "zone {zone}, seed {seed}, {family:?}");
            assert_eq!(world.steps(&org), [""; 0], "zone {zone}, seed {seed}, {family:?}");
            held += 1;
        }
    }
    assert!(held >= 5 * seeds(), "only {held} were held");
}
