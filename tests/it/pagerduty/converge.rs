//! Plan, apply, verify, plan again: the reference organisation, over a year.

use std::time::Duration;

use dogwatch::org::Family;

use crate::pagerduty::world::{DAY, World, reference};

fn year(family: Family) {
    let org = reference(family);
    let mut world = World::of(&org, "2026-11-24T12:34:56Z");
    world.horizon = Duration::from_secs(360 * DAY);
    let plan = world.plan(&org).unwrap();
    assert_eq!(plan.errors, []);
    let done = world.apply(&plan).unwrap();
    assert_eq!(done.differences, []);
    world.trace.borrow_mut().clear();
    assert_eq!(world.steps(&org), [""; 0]);
    let trace = world.trace.borrow();
    let wrote: Vec<&String> = trace.iter().filter(|it| !it.starts_with("GET ")).collect();
    assert_eq!(wrote, [""; 0]);
    let most = if family == Family::Layers { 30 } else { 3 * org.seats().count() + 30 };
    assert!(trace.len() <= most, "{} requests for a plan that finds nothing to do", trace.len());
}

#[test]
fn the_reference_organisation_stands_in_layers() {
    year(Family::Layers);
}

#[test]
fn the_reference_organisation_stands_in_shifts() {
    year(Family::Shifts);
}
