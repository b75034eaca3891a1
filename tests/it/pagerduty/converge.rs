//! Plan, apply, verify, plan again: the reference organisation, and one of two hundred rotations.

use std::time::Duration;

use dogwatch::org::{Family, Org};

use crate::pagerduty::world::{DAY, World, org, reference};

/// `DOGWATCH_SYNC_EFFORT=1 cargo test --release --test it -- pagerduty::converge` looks a year ahead, and at two hundred rotations.
fn is_long() -> bool {
    std::env::var_os("DOGWATCH_SYNC_EFFORT").is_some()
}

/// The requests of a plan that finds nothing to do: all of them only read.
fn requests_of_nothing(world: &World, org: &Org) -> usize {
    world.trace.borrow_mut().clear();
    assert_eq!(world.steps(org), [""; 0]);
    let trace = world.trace.borrow();
    let wrote: Vec<&String> = trace.iter().filter(|it| !it.starts_with("GET ")).collect();
    assert_eq!(wrote, [""; 0]);
    trace.len()
}

fn most(family: Family, org: &Org) -> usize {
    if family == Family::Layers { 30 } else { 3 * org.seats().count() + 30 }
}

fn stands(family: Family) {
    let org = reference(family);
    let mut world = World::of(&org, "2026-11-24T12:34:56Z");
    // Of eight weeks, one with a change of the clocks nowhere; of a year, all.
    let days = if is_long() { 360 } else { 56 };
    world.horizon = Duration::from_secs(days * DAY);
    let plan = world.plan(&org).unwrap();
    assert_eq!(plan.errors, []);
    let done = world.apply(&plan).unwrap();
    assert_eq!(done.differences, []);
    let requests = requests_of_nothing(&world, &org);
    assert!(requests <= most(family, &org), "{requests} requests for a plan that finds nothing to do");
    println!("{family:?}, {} seats, {days} days: {} steps, then {requests} requests", org.seats().count(), done.steps);
}

#[test]
fn the_reference_organisation_stands_in_layers() {
    stands(Family::Layers);
}

#[test]
fn the_reference_organisation_stands_in_shifts() {
    stands(Family::Shifts);
}

/// Rotations of four of forty people, each with an override.
fn many(rotations: usize, family: Family) -> Org {
    let people: String = (0..40)
        .map(|it| format!("[p{it}]\nname = 'P{it}'\nemail = 'p{it}@example.com'\nzone = 'Europe/Dublin'\n"))
        .collect();
    let mut files = vec![
        ("org.toml".to_owned(), "zone = 'Europe/Dublin'".to_owned()),
        ("people.toml".to_owned(), people),
        ("escalation.toml".to_owned(), "routes = [{ page = 'team-0' }]".to_owned()),
    ];
    for team in 0..rotations {
        let people: Vec<String> = (0..4).map(|it| format!("'p{}'", (team + it * 7) % 40)).collect();
        let layer = format!("people = [{}]\nfrom = 2026-01-05\n", people.join(", "));
        let exception = "[[overrides]]\nperson = 'p1'\nfrom = 2026-02-04\nuntil = 2026-02-05\n";
        let handoff = "handoff = { every = 'week', on = 'Mon', at = '10:00' }\n";
        files.push((
            format!("team-{team}.toml"),
            format!("name = 'Team {team}'\n[[layers]]\n{layer}{handoff}{exception}"),
        ));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|it| (it.0.as_str(), it.1.as_str())).collect();
    let mut org = org(&files);
    org.rotations.iter_mut().for_each(|it| it.family = Some(family));
    org
}

#[test]
fn two_hundred_rotations_are_compared_with_few_requests() {
    // Thirty-two are enough to have more overrides than requests.
    let rotations = if is_long() { 200 } else { 32 };
    for family in [Family::Layers, Family::Shifts] {
        let org = many(rotations, family);
        let mut world = World::of(&org, "2026-01-27T12:00:00Z");
        world.horizon = Duration::from_secs(14 * DAY);
        assert_eq!(world.sync(&org).differences, []);
        let requests = requests_of_nothing(&world, &org);
        assert!(requests <= most(family, &org), "{family:?}: {requests} requests");
        println!("{family:?}, {rotations} rotations: {requests} requests of a plan that finds nothing to do");
    }
}
