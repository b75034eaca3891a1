//! Killed before and after each single request, and run again: the same account as if nothing had happened.
//!
//! A killed client remembers nothing, so that what it leaves behind is the account as it stood then. `apply` is done once, the
//! account is kept after each request, and every one of them is gone on from. That this is what a kill leaves is held
//! against kills proper. A client that lives on after a lost answer is another matter: there each request is failed in turn.

use std::time::Duration;

use dogwatch::org::{Family, Org};
use dogwatch::pagerduty::plan::Plan;
use dogwatch::rehearsal::{FailAt, Faults};
use dogwatch::time::Instant;
use serde_json::json;

use crate::pagerduty::changes::{BOTH, busy, with, world};
use crate::pagerduty::picture::{abandoned, assert_same, duty, picture};
use crate::pagerduty::twenty::{base, changed};
use crate::pagerduty::world::{DAY, World};

/// `DOGWATCH_SYNC_EFFORT=1 cargo test --release --test it -- pagerduty::crashes --nocapture` takes every position of the large
/// organisation too; without it, every third account of the small one, and every so-many-eth kill and lost answer.
fn effort() -> Option<u64> {
    std::env::var("DOGWATCH_SYNC_EFFORT").ok().and_then(|it| it.parse().ok())
}

fn fail_at(request: u64, after: bool, down: bool) -> Faults {
    Faults { fail_at: vec![FailAt { request, after, down }], ..Faults::default() }
}

/// What was looked at.
#[derive(Debug, Default)]
struct Looked {
    requests: usize,
    accounts: usize,
    kills: usize,
    lost: usize,
}

struct Scene<'a> {
    name: String,
    start: &'a World,
    org: &'a Org,
    plan: Plan,
    /// All is over by then, and pictures are taken.
    later: Instant,
    wanted: Vec<String>,
    /// Every so-many-eth kill and loss; 1: all, and all accounts are gone on from.
    step: usize,
    looked: Looked,
}

impl Scene<'_> {
    /// Goes on where somebody was killed.
    fn goes_on(&self, left: &World, about: &str) {
        let world = left.copy();
        world.advance(60);
        let done = world.sync(self.org);
        assert_eq!(done.differences, [], "{about}");
        assert_eq!(world.steps(self.org), [""; 0], "{about}");
        assert_same(&picture(&world, self.later), &self.wanted, about);
    }

    /// Every account that an apply passes through.
    fn forks(&mut self) -> Vec<World> {
        let whole = self.start.copy();
        let (done, worlds) = whole.watch(|| whole.apply(&self.plan).unwrap());
        assert_eq!(done.differences, [], "{}", self.name);
        let (from, until) = (self.start.now(), self.start.now() + Duration::from_secs(3 * DAY));
        let (before, after) = (duty(&self.start.copy(), from, until), duty(&whole.copy(), from, until));
        self.wanted = picture(&whole.copy(), self.later);
        self.looked.requests += worlds.len();
        let mut account = self.start.rehearsal.borrow().account().clone();
        self.goes_on(self.start, &format!("{}, killed at once", self.name));
        for (index, world) in worlds.iter().enumerate() {
            // What only reads leaves what was there.
            if *world.rehearsal.borrow().account() == account {
                continue;
            }
            account = world.rehearsal.borrow().account().clone();
            self.looked.accounts += 1;
            let (now, soon) = (world.now(), world.now() + Duration::from_secs(2 * DAY));
            let about = format!("{}, killed after request {}", self.name, index + 1);
            let here = duty(&world.copy(), from, until);
            assert_eq!(abandoned(&before, &here, &after, now, soon), [""; 0], "{about}");
            if self.looked.accounts.is_multiple_of(self.step.min(3)) {
                self.goes_on(world, &about);
            }
        }
        assert!(self.looked.accounts >= 5, "{}: only {:?}", self.name, self.looked);
        worlds
    }

    /// A kill proper leaves what a fork has.
    fn kills(&mut self, forks: &[World], step: usize) {
        for request in (1..=forks.len()).step_by(step) {
            for after in [false, true] {
                let world = self.start.copy();
                world.fail(fail_at(request as u64, after, true));
                assert!(world.apply(&self.plan).is_err());
                let left = match (after, request) {
                    (true, _) => &forks[request - 1],
                    (false, 1) => self.start,
                    (false, _) => &forks[request - 2],
                };
                let same = world.rehearsal.borrow().account() == left.rehearsal.borrow().account();
                assert!(same, "{}, killed at {request}, after: {after}", self.name);
                self.looked.kills += 1;
            }
        }
    }

    /// The client lives, and one request or its answer is lost.
    fn losses(&mut self, requests: usize, step: usize) {
        for request in (1..=requests).step_by(step) {
            for after in [false, true] {
                let world = self.start.copy();
                world.fail(fail_at(request as u64, after, false));
                let about = format!("{}, request {request} lost, after: {after}", self.name);
                let done = world.apply(&self.plan).unwrap_or_else(|error| panic!("{about}: {error}"));
                world.fail(Faults::default());
                assert_eq!(done.differences, [], "{about}");
                assert_same(&picture(&world, self.later), &self.wanted, &about);
                self.looked.lost += 1;
            }
        }
    }
}

fn everywhere(name: &str, start: &World, org: &Org, step: usize) -> Looked {
    let plan = start.copy().plan(org).unwrap();
    assert_eq!(plan.errors, []);
    let later = start.now() + Duration::from_secs(7200);
    let (name, wanted, looked) = (name.to_owned(), Vec::new(), Looked::default());
    let mut scene = Scene { name, start, org, plan, later, wanted, step, looked };
    let forks = scene.forks();
    scene.kills(&forks, step);
    scene.losses(forks.len(), step);
    scene.looked
}

/// What somebody else has made, by the names that ours have.
fn foreign(world: &World) {
    let mut client = world.client();
    let user = client.list("/users", "users", &[]).unwrap()[0]["id"].clone();
    let layer = json!({
        "start": "2026-01-27T00:00:00Z", "rotation_virtual_start": "2026-01-05T10:00:00Z",
        "rotation_turn_length_seconds": 604_800, "users": [{ "user": { "id": user, "type": "user_reference" } }],
    });
    let of_layers = json!({ "schedule": {
        "type": "schedule", "name": "Web", "time_zone": "Europe/Dublin", "schedule_layers": [layer],
    } });
    let made = client.create("/schedules", &of_layers, |_| Ok(None)).unwrap();
    let of_shifts = json!({ "schedule": { "name": "Data", "time_zone": "Europe/Dublin" } });
    client.create("/v3/schedules", &of_shifts, |_| Ok(None)).unwrap();
    let target = json!({ "id": made["schedule"]["id"], "type": "schedule_reference" });
    let rule = json!({ "escalation_delay_in_minutes": 30, "targets": [target] });
    let policy = json!({ "escalation_policy": {
        "type": "escalation_policy", "name": "Theirs", "escalation_rules": [rule],
    } });
    client.create("/escalation_policies", &policy, |_| Ok(None)).unwrap();
}

fn both_ways(family: Family, what: &str, base: &Org, changed: &Org, step: usize) {
    // All services are there from the beginning, also those that are named only later.
    let nothing = world(changed);
    foreign(&nothing);
    let first = everywhere(&format!("{what}, {family:?}, first apply"), &nothing, base, step);
    let before = world(changed);
    foreign(&before);
    before.sync(base);
    before.advance(3600);
    let later = everywhere(&format!("{what}, {family:?}, changes"), &before, changed, step);
    println!("{what}, {family:?}, first apply: {first:?}; changes: {later:?}");
}

#[test]
fn killed_anywhere_it_goes_on_and_nobody_is_left_alone() {
    let step = if effort().is_some() { 1 } else { 17 };
    for family in BOTH {
        both_ways(family, "small", &with(family, &[]), &busy(family), step);
    }
}

#[test]
fn killed_anywhere_in_twenty_changes_it_goes_on() {
    if effort().is_none() {
        return;
    }
    for family in BOTH {
        both_ways(family, "twenty", &base(family), &changed(family), 1);
    }
}
