//! The organisation before its split: rotations of more people than an event of shifts can hold.

use std::path::Path;
use std::time::Duration;

use dogwatch::config::{self, Files};
use dogwatch::org::{Family, Org};

use crate::pagerduty::changes::BOTH;
use crate::pagerduty::world::{DAY, World};

/// `DOGWATCH_SYNC_EFFORT=1` looks a year ahead.
fn days() -> u64 {
    if std::env::var_os("DOGWATCH_SYNC_EFFORT").is_some() { 360 } else { 28 }
}

fn before_the_split(family: Family) -> Org {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/before-the-split/rotations");
    let mut org = config::read(&Files::load(&folder).unwrap()).0.unwrap();
    org.rotations.iter_mut().for_each(|it| it.family = Some(family));
    org
}

#[test]
fn more_people_than_an_event_holds_are_held_all_the_same() {
    for family in BOTH {
        let org = before_the_split(family);
        let most = org.rotations.iter().flat_map(|it| &it.layers).map(|it| it.people().len()).max();
        assert!(most > Some(35), "{most:?}");
        let mut world = World::of(&org, "2017-03-01T12:34:56Z");
        world.horizon = Duration::from_secs(days() * DAY);
        let plan = world.plan(&org).unwrap();
        assert_eq!(plan.errors, [], "{family:?}");
        println!("{family:?}, {} days: {} steps", days(), plan.steps.len());
        assert_eq!(world.apply(&plan).unwrap().differences, [], "{family:?}");
        world.trace.borrow_mut().clear();
        assert_eq!(world.steps(&org), [""; 0], "{family:?}");
        assert!(world.trace.borrow().iter().all(|it| it.starts_with("GET ")), "{family:?}");
    }
}
