//! Changes on top of each other, often before the handoff of the one before: whoever is on call stays, and from their
//! handoff on it is as the last files say.

use std::time::Duration;

use dogwatch::org::Family;
use dogwatch::pagerduty::observed::{Look, observe};
use dogwatch::time::{Instant, Span};

use crate::pagerduty::changes::{BOTH, WEB, with, world};
use crate::pagerduty::world::World;

/// Changes of one seed.
const CHANGES: u64 = 6;

fn seeds() -> u64 {
    std::env::var("DOGWATCH_SYNC_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(2)
}

/// Numbers that are the same on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Two to four people in some order, with some cadence.
fn some(dice: &mut Dice) -> String {
    let mut left = vec!["'ana'", "'bo'", "'cy'", "'di'"];
    let many = 2 + dice.below(3);
    let people: Vec<&str> =
        (0..many).map(|_| left.remove(usize::try_from(dice.below(left.len() as u64)).unwrap())).collect();
    let cadence = ["'week', on = 'Mon'", "'week', on = 'Mon'", "'2 weeks', on = 'Mon'", "'day'"];
    let cadence = cadence[usize::try_from(dice.below(4)).unwrap()];
    let plain = WEB.split("[[overrides]]").next().unwrap();
    plain.replace("['ana', 'bo', 'cy']", &format!("[{}]", people.join(", "))).replace("'week', on = 'Mon'", cadence)
}

/// Who is on call at an instant, by seat.
fn on_call(world: &World, at: Instant) -> Vec<(String, Vec<String>)> {
    let span = Span::new(at, at + Duration::from_secs(3600)).unwrap();
    let mut client = world.client();
    let names = vec!["Web", "Web, secondary"];
    let look = Look { names, orchestration: None, span, everything: false, teams: false };
    let mut observed = observe(&mut client, &look).unwrap();
    let mut found = Vec::new();
    for (mark, id, _) in observed.marked_schedules().into_iter().filter(|it| it.0.key.starts_with("web")) {
        observed.read_rendered(&mut client, &id, span).unwrap();
        let here = observed.rendered[&id].iter().find(|it| it.start <= at.unix() && at.unix() < it.end);
        found.push((mark.key, here.unwrap().users.clone()));
    }
    found
}

#[test]
fn whoever_is_on_call_stays_however_often_the_files_change() {
    for family in BOTH {
        for seed in 0..seeds() {
            let mut dice = Dice(seed);
            let first = with(family, &[("web.toml", some(&mut dice))]);
            let world = world(&first);
            world.sync(&first);
            for change in 0..CHANGES {
                let about = format!("{family:?}, seed {seed}, change {change}");
                world.advance(600 + dice.below(40 * 60) * 60);
                let text = some(&mut dice);
                let org = with(family, &[("web.toml", text.clone())]);
                // A change of the people takes some seconds; nobody may notice.
                let settled = world.now() + Duration::from_secs(300);
                let before = on_call(&world, settled);
                let done = world.sync(&org);
                assert_eq!(done.differences, [], "{about}: {text}");
                assert_eq!(on_call(&world, settled), before, "{about}: {text}");
                assert_eq!(world.steps(&org), [""; 0], "{about}: {text}");
            }
        }
    }
}

#[test]
fn there_are_as_many_changes_as_are_said() {
    let texts: std::collections::BTreeSet<String> = (0..100).map(|it| some(&mut Dice(it))).collect();
    assert!(texts.len() > 60, "{}", texts.len());
    assert_eq!(BOTH, [Family::Layers, Family::Shifts]);
}
