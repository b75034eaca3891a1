//! Strands and exceptions against the calendar.

use std::path::Path;
use std::time::Duration;

use dogwatch::config::{self, Files};
use dogwatch::org::{Family, Org, PagerDuty};
use dogwatch::pagerduty::desired::{Desired, desired};
use dogwatch::time::{Zone, parse_instant};

fn reference(family: Option<Family>) -> Org {
    let files = Files::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rotations")).unwrap();
    let mut org = config::read(&files).0.unwrap();
    if let Some(family) = family {
        org.rotations.iter_mut().for_each(|it| it.family = Some(family));
    }
    org
}

fn year(org: &Org) -> Desired {
    let now = parse_instant("2026-11-24T12:34:56Z", &Zone::utc()).unwrap();
    desired(org, now, Duration::from_secs(364 * 86_400)).unwrap()
}

#[test]
fn look() {
    for family in [Family::Layers, Family::Shifts] {
        let org = reference(Some(family));
        let start = std::time::Instant::now();
        let all = year(&org);
        println!("{family:?} {:?}", start.elapsed());
        for it in &all.schedules {
            println!("{:30} {:20} strands {:3} exceptions {:4} unheld {}", it.key, it.zone.name(), it.strands.len(), it.exceptions.len(), it.unheld.len());
        }
        for note in &all.notes { println!("  note {}: {}", note.about, note.text); }
        for note in &all.errors { println!("  error {}: {}", note.about, note.text); }
        for p in &all.policies { println!("  {} {:?} {}", p.key, p.rules.iter().map(|r| (r.minutes, r.targets.iter().map(|n| org.node_name(*n)).collect::<Vec<_>>())).collect::<Vec<_>>(), p.loops); }
        for s in &all.services { println!("  {s:?}"); }
        if let Some(r) = &all.router { for row in &r.rows { println!("  {row:?}"); } println!("{:?}", r.otherwise); }
    }
    let _ = PagerDuty { family: Family::Layers, orchestration: None, tags: vec![] };
}

#[test]
fn timing() {
    use crate::pagerduty::world::{World, DAY, reference as all};
    let org = all(Family::Shifts);
    let mut world = World::of(&org, "2026-11-24T12:34:56Z");
    world.horizon = Duration::from_secs(84 * DAY);
    let t = std::time::Instant::now();
    let d = dogwatch::pagerduty::desired::desired(&org, world.now(), world.horizon).unwrap();
    println!("desired {:?} {}", t.elapsed(), d.schedules.len());
    let t = std::time::Instant::now();
    let plan = world.plan(&org).unwrap();
    println!("plan {:?}", t.elapsed());
    let t = std::time::Instant::now();
    world.apply(&plan).unwrap();
    println!("apply {:?} {} requests", t.elapsed(), world.trace.borrow().len());
    world.trace.borrow_mut().clear();
    let t = std::time::Instant::now();
    world.plan(&org).unwrap();
    println!("plan {:?} {} requests", t.elapsed(), world.trace.borrow().len());
}
