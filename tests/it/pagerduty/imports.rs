//! An account read back into files: what Dogwatch wrote becomes the same again.

use std::path::Path;
use std::time::Duration;

use dogwatch::config::{self, Files};
use dogwatch::import::{Imported, Layout, pagerduty};
use dogwatch::org::{Family, Org};
use dogwatch::pagerduty::observed::observe_all;
use dogwatch::time::Span;

use crate::pagerduty::world::{DAY, World, reference};

/// The account as files, with nothing but GET.
pub fn imported(world: &World) -> Imported {
    world.trace.borrow_mut().clear();
    let now = world.now();
    let span = Span::new(now, now + Duration::from_secs(360 * DAY)).unwrap();
    let whole = observe_all(&mut world.client(), span).unwrap();
    let trace = world.trace.borrow();
    let wrote: Vec<&String> = trace.iter().filter(|it| !it.starts_with("GET ")).collect();
    assert_eq!(wrote, [""; 0]);
    pagerduty::read(&whole, now, "PagerDuty", None, &Layout::default())
}

pub fn org_of(imported: &Imported) -> Org {
    let files: Files = imported.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (org, diagnostics) = config::read(&files);
    if let Ok(folder) = std::env::var("DOGWATCH_KEEP_IMPORT") {
        for (name, text) in &imported.files {
            std::fs::write(Path::new(&folder).join(name), text).unwrap();
        }
    }
    org.unwrap_or_else(|| panic!("{}", config::render(&diagnostics, &files, false)))
}

fn comes_back(org: &Org, now: &str) -> Imported {
    let world = World::of(org, now);
    assert_eq!(world.sync(org).differences, []);
    let imported = imported(&world);
    let again = org_of(&imported);
    world.trace.borrow_mut().clear();
    let plan = world.plan(&again).unwrap();
    assert_eq!(plan.errors, []);
    let steps: Vec<String> = plan.steps.iter().map(|it| format!("{}: {}", it.about, it.title)).collect();
    assert_eq!(steps, [""; 0]);
    let trace = world.trace.borrow();
    let wrote: Vec<&String> = trace.iter().filter(|it| !it.starts_with("GET ")).collect();
    assert_eq!(wrote, [""; 0]);
    let keys = |org: &Org| org.seats().map(|it| org.seat_name(it)).collect::<Vec<_>>();
    assert_eq!(keys(&again), keys(org));
    imported
}

/// All of an organisation in one family.
fn example(name: &str, family: Family) -> Org {
    let files = Files::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap();
    let mut org = config::read(&files).0.unwrap();
    org.rotations.iter_mut().for_each(|it| it.family = Some(family));
    org
}

#[test]
fn the_reference_organisation_comes_back_from_layers() {
    comes_back(&reference(Family::Layers), "2026-11-24T12:34:56Z");
}

#[test]
fn the_reference_organisation_comes_back_from_shifts() {
    comes_back(&reference(Family::Shifts), "2026-11-24T12:34:56Z");
}

#[test]
fn the_two_big_rotations_come_back_from_layers() {
    comes_back(&example("examples/before-the-split/rotations", Family::Layers), "2017-03-01T12:34:56Z");
}

#[test]
fn the_two_big_rotations_come_back_from_shifts() {
    comes_back(&example("examples/before-the-split/rotations", Family::Shifts), "2017-03-01T12:34:56Z");
}
