//! Plan, apply, verify, plan again: the reference organisation, over a year.

use std::time::Duration;

use dogwatch::org::Family;

use crate::pagerduty::world::{DAY, World, org, reference};

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

#[test]
fn two_hundred_rotations_are_compared_with_few_requests() {
    let people: String = (0..40)
        .map(|it| format!("[p{it}]\nname = 'P{it}'\nemail = 'p{it}@example.com'\nzone = 'Europe/Dublin'\n"))
        .collect();
    let mut files = vec![
        ("org.toml".to_owned(), "zone = 'Europe/Dublin'".to_owned()),
        ("people.toml".to_owned(), people),
        ("escalation.toml".to_owned(), "routes = [{ page = 'team-0' }]".to_owned()),
    ];
    for team in 0..200 {
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
    let org = org(&files);
    let mut world = World::of(&org, "2026-01-27T12:00:00Z");
    world.horizon = Duration::from_secs(14 * DAY);
    assert_eq!(world.sync(&org).differences, []);
    world.trace.borrow_mut().clear();
    assert_eq!(world.steps(&org), [""; 0]);
    let requests = world.trace.borrow().len();
    assert!(requests <= 30, "{requests} requests");
}
