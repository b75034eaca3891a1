//! With faults by seed: it always converges.

use std::collections::BTreeMap;

use dogwatch::rehearsal::{Faults, Rates};

use crate::pagerduty::changes::{BOTH, busy, with, world};
use crate::pagerduty::picture::{assert_same, picture};
use crate::pagerduty::world::World;

/// `DOGWATCH_SYNC_SEEDS=200 cargo test --release --test it -- pagerduty::seeds --nocapture` makes more than a thousand applies.
fn seeds() -> Vec<u64> {
    match std::env::var("DOGWATCH_SYNC_SEEDS").ok().and_then(|it| it.parse().ok()) {
        Some(many) => (0..many).collect(),
        // In the second the orchestration is made twice: its list is late, and the answer is lost.
        None => vec![0, 38],
    }
}

/// What went wrong, and how often.
type Counts = BTreeMap<&'static str, u64>;

fn count(world: &World, counts: &mut Counts) {
    for it in world.rehearsal.borrow().records() {
        *counts.entry("requests").or_default() += 1;
        if let Some(fault) = it.fault {
            *counts.entry(fault).or_default() += 1;
        }
    }
}

#[test]
fn whatever_goes_wrong_it_converges() {
    let (mut applies, mut failed) = (0, 0);
    let mut counts = Counts::new();
    for family in BOTH {
        let (base, changed) = (with(family, &[]), busy(family));
        let start = world(&base);
        let calm = start.copy();
        calm.sync(&base);
        calm.sync(&changed);
        let later = start.now() + std::time::Duration::from_secs(12 * 3600);
        let wanted = picture(&calm, later);
        for seed in seeds() {
            let world = start.copy();
            // Readers are late by up to a minute, and each kind of failure is met.
            world.fail(Faults { seed: Some(seed), rates: Rates::default(), lag_seconds: 60, ..Faults::default() });
            for org in [&base, &changed] {
                let mut tries = 0;
                loop {
                    tries += 1;
                    assert!(tries < 12, "{family:?}, seed {seed}: it does not converge");
                    // Lost for good now and then; the next one goes on.
                    let Ok(plan) = world.plan(org) else { continue };
                    applies += 1;
                    let done = plan.errors.is_empty() && world.apply(&plan).is_ok();
                    failed += u64::from(!done);
                    if done && plan.is_empty() {
                        break;
                    }
                    world.advance(30);
                }
            }
            count(&world, &mut counts);
            world.fail(Faults::default());
            world.advance(61);
            assert_eq!(world.steps(&changed), [""; 0], "{family:?}, seed {seed}");
            assert_same(&picture(&world, later), &wanted, &format!("{family:?}, seed {seed}"));
        }
    }
    println!("{applies} applies, {failed} of them stopped for good and gone on from: {counts:?}");
}
