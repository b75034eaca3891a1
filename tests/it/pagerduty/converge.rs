//! Plan, apply, verify, plan again.

use std::time::Duration;

use dogwatch::org::Family;

use crate::pagerduty::world::{DAY, World, reference};

fn year(family: Family) {
    let org = reference(family);
    let mut world = World::of(&org, "2026-11-24T12:34:56Z");
    world.horizon = Duration::from_secs(360 * DAY);
    let plan = world.plan(&org).unwrap();
    assert_eq!(plan.errors, []);
    assert!(plan.steps.len() > 60, "{}", plan.steps.len());
    let done = world.apply(&plan).unwrap();
    assert_eq!(done.differences, []);
    world.trace.borrow_mut().clear();
    assert_eq!(world.steps(&org), [""; 0]);
    let wrote: Vec<String> = world.trace.borrow().iter().filter(|it| !it.starts_with("GET")).cloned().collect();
    assert_eq!(wrote, [""; 0]);
    // A day later, and after the clocks have changed.
    for days in [1, 2, 20, 90] {
        world.advance(days * DAY);
        let done = world.sync(&org);
        assert_eq!(done.differences, [], "after {days} more days");
        assert_eq!(world.steps(&org), [""; 0]);
    }
}

#[test]
fn the_reference_organisation_stands_in_layers_and_stays() {
    year(Family::Layers);
}

#[test]
fn the_reference_organisation_stands_in_shifts_and_stays() {
    year(Family::Shifts);
}
