//! The Ministry of Justice's rotas of 2025, against an independent rendering of PagerDuty's rules.
//!
//! `examples/ministry-of-justice/data/rendered-2025.json` was made by `tests/peers/moj/pagerduty_layers.py` from the
//! published JSON, not from our files.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use dogwatch::calendar;
use dogwatch::check;
use dogwatch::config::{self, Files};
use dogwatch::import::{Layout, terraform};
use dogwatch::org::{Holder, Org, Rotation, Seat, SeatId};
use dogwatch::time::{Span, Zone, parse_instant, rfc3339};

fn organisation(folder: &str) -> Org {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ministry-of-justice").join(folder);
    let files = Files::load(&folder).unwrap();
    let (org, diagnostics) = config::read(&files);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    org.unwrap()
}

type Row = (String, String, String);

#[test]
fn the_shifts_of_2025_are_those_of_pagerdutys_rules() {
    let org = organisation("rotations");
    let golden = include_str!("../../examples/ministry-of-justice/data/rendered-2025.json");
    let golden: serde_json::Value = serde_json::from_str(golden).unwrap();
    let mut expected: BTreeMap<String, Vec<Row>> =
        org.rotations.iter().map(|it| (it.key.clone(), Vec::new())).collect();
    for row in rows(&golden) {
        let [rotation, start, end, person] = row;
        expected.get_mut(&rotation).expect("a rotation of the example").push((start, end, person));
    }

    let zone = Zone::utc();
    let at = |text| parse_instant(text, &zone).unwrap();
    let year = Span::new(at("2025-01-01"), at("2026-01-01")).unwrap();
    let mut found: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for rotation in &org.rotations {
        let seat = SeatId { rotation: rotation.id, seat: Seat::Primary };
        let name = |holder: Holder| org.holder_name(holder).to_owned();
        let shifts = calendar::shifts(&org, seat, year).unwrap();
        let row =
            |it: calendar::Shift| (rfc3339(it.span.start(), &zone), rfc3339(it.span.end(), &zone), name(it.holder));
        found.insert(rotation.key.clone(), shifts.into_iter().map(row).collect());
    }
    assert_eq!(found.values().map(Vec::len).sum::<usize>(), 1305);
    assert_eq!(found, expected);
}

/// The importer makes files of its own of the same source: other names, the same calendars.
#[test]
fn the_import_makes_the_same_calendars() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/ministry-of-justice/data");
    let source = std::fs::read_to_string(folder.join("moj-pagerduty.json")).unwrap();
    let (imported, mistakes) = terraform::read("moj-pagerduty.json", &source, &Layout::default());
    assert_eq!(mistakes, []);
    let imported = imported.unwrap();
    // The source does not say where people live.
    assert_eq!(imported.notes.iter().map(|it| it.code).collect::<Vec<_>>(), ["zones"]);
    let (org, diagnostics) = config::read(&imported.files.into_iter().collect());
    assert_eq!(diagnostics, []);
    let (org, example) = (org.unwrap(), organisation("rotations"));

    // Names are those of the schedules there; over four years, with every change of the clocks.
    let zone = Zone::utc();
    let at = |text| parse_instant(text, &zone).unwrap();
    let years = Span::new(at("2023-01-01"), at("2027-01-01")).unwrap();
    let calendars = |org: &Org| -> BTreeMap<String, Vec<Row>> {
        let shifts = |rotation: &Rotation| {
            let seat = SeatId { rotation: rotation.id, seat: Seat::Primary };
            let row = |it: calendar::Shift| {
                (rfc3339(it.span.start(), &zone), rfc3339(it.span.end(), &zone), org.holder_name(it.holder).to_owned())
            };
            calendar::shifts(org, seat, years).unwrap().into_iter().map(row).collect()
        };
        org.rotations.iter().map(|it| (it.name.clone(), shifts(it))).collect()
    };
    let (ours, theirs) = (calendars(&org), calendars(&example));
    assert!(ours.values().map(Vec::len).sum::<usize>() > 5000);
    assert_eq!(ours, theirs);
}

fn rows(golden: &serde_json::Value) -> Vec<[String; 4]> {
    let rows = golden.as_array().or_else(|| golden["shifts"].as_array()).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    rows.iter().map(|row| [text(&row[0]), text(&row[1]), text(&row[2]), text(&row[3])]).collect()
}

/// Seven people, daily turns from Friday 2024-09-20 on, hours from Monday to Friday: the second and third of the list
/// always have Saturday and Sunday.
#[test]
fn the_revision_with_seven_people_starves_two_of_them() {
    let org = organisation("revision-2025-03-11/rotations");
    let now = parse_instant("2025-03-11T12:00:00Z", &Zone::utc()).unwrap();
    let horizon = Span::new(now, now + Duration::from_secs(90 * 86_400)).unwrap();
    let findings = check::findings(&org, horizon, &Zone::utc()).unwrap();
    let found: Vec<(&str, &str)> = findings.iter().map(|it| (it.rule, it.message.as_str())).collect();
    let message = "2 of 7 in analytical-platform are never on call: \
                   all their turns fall outside of the hours: moj-01, moj-02";
    assert_eq!(found, [("starvation", message)]);
}
