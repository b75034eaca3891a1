//! PagerDuty answers in the zone of the key's user: what is written is the same wherever that is.

use std::path::Path;
use std::time::Duration;

use dogwatch::config::{self, Files};
use dogwatch::org::{Family, Org};
use dogwatch::time::Instant;
use serde_json::Value;

use crate::pagerduty::changes::{DATA, NOW, WEB, with};
use crate::pagerduty::twenty;
use crate::pagerduty::world::{DAY, World};

/// Behind and ahead of UTC, by half an hour too, and with a change of the clocks.
const PLACES: [&str; 4] = ["Etc/UTC", "America/Los_Angeles", "Europe/Stockholm", "Asia/Kolkata"];

/// All layers and what they hold, in UTC.
fn layers(world: &World) -> Vec<Value> {
    let query = [("include[]", "schedule_layers"), ("time_zone", "UTC")];
    let schedules = world.client().list("/schedules", "schedules", &query).unwrap();
    schedules.into_iter().map(|it| it["schedule_layers"].clone()).collect()
}

/// Applies one organisation after the other, a week apart, and gives what the account holds after each.
fn walked(place: &str, orgs: &[Org], now: &str) -> Vec<Vec<Value>> {
    // The last one's services: Dogwatch makes none.
    let mut world = World::seen_from(place, orgs.last().unwrap(), now);
    world.horizon = Duration::from_secs(14 * DAY);
    let mut all = Vec::new();
    for (index, org) in orgs.iter().enumerate() {
        let done = world.sync(org);
        assert_eq!(done.differences, [], "{place}, change {index}");
        assert_eq!(world.steps(org), [""; 0], "{place}, change {index}");
        all.push(layers(&world));
        // Request by request the world moves on: to the hour, whatever was asked, and past the next handoff.
        let hour = world.now().unix().div_euclid(3600) + 8 * 24;
        world.set_now(Instant::from_unix(hour * 3600));
    }
    all
}

#[track_caller]
fn same_everywhere(places: &[&str], orgs: &[Org], now: &str) {
    let there = walked(places[0], orgs, now);
    for place in &places[1..] {
        for (index, (found, expected)) in walked(place, orgs, now).iter().zip(&there).enumerate() {
            assert_eq!(found, expected, "{place}, change {index}");
        }
    }
}

#[test]
fn layers_that_stay_are_left_as_they_are() {
    let web = |people: &str| with(Family::Layers, &[("web.toml", WEB.replace("['ana', 'bo', 'cy']", people))]);
    let data = DATA.replace("people = ['cy']", "people = ['di']");
    let orgs = [
        web("['ana', 'bo', 'cy']"),
        web("['ana', 'bo', 'cy', 'di']"),
        web("['bo', 'ana', 'cy']"),
        web("['bo', 'cy']"),
        web("['cy', 'bo']"),
        // One of two layers at once changes, and the other stays.
        with(Family::Layers, &[("data.toml", data)]),
        with(Family::Layers, &[]),
    ];
    same_everywhere(&PLACES, &orgs, NOW);
}

#[test]
fn twenty_changes_are_the_same_everywhere() {
    same_everywhere(&PLACES, &[twenty::base(Family::Layers), twenty::changed(Family::Layers)], NOW);
}

/// The reference organisation's Search, which hands over to other people at a date to come.
fn search(change: impl Fn(&str) -> String) -> Org {
    let mut files = Files::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("rotations")).unwrap();
    let text = change(files.text("search.toml").unwrap());
    files.insert("search.toml", text);
    let mut org = config::read(&files).0.unwrap();
    org.rotations.iter_mut().for_each(|it| it.family = Some(Family::Layers));
    org
}

#[test]
fn a_swap_in_search_goes_through() {
    let swapped = |text: &str| {
        let changed = text.replacen("\"theo\", \"saoirse\", \"jin\"", "\"saoirse\", \"theo\", \"jin\"", 1);
        assert_ne!(changed, text);
        changed
    };
    same_everywhere(&PLACES[..2], &[search(str::to_owned), search(swapped)], "2026-11-27T12:00:00Z");
}
