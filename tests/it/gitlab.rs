//! GitLab's real alert routing, through the import and our walk: the receivers that Alertmanager gives, in its order.
//!
//! What is expected was not made here: the routing tests are GitLab's, the receivers of the alert rules are amtool's.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use dogwatch::config::{self, Files};
use dogwatch::escalation::matching;
use dogwatch::import::{Layout, ReceiverMap, alertmanager};
use dogwatch::org::{Org, Route, RouteTarget, Tags};
use dogwatch::time::Instant;
use serde::Deserialize;

fn example() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/gitlab-alert-routing")
}

fn text(name: &str) -> String {
    fs::read_to_string(example().join(name)).unwrap()
}

/// What the importer makes of the source.
fn imported() -> String {
    let map = ReceiverMap::parse("receivers.toml", &text("data/receivers.toml")).unwrap();
    let layout = Layout { schemas: "../../../schemas".to_owned() };
    let (imported, mistakes) = alertmanager::read("alertmanager.yml", &text("data/alertmanager.yml"), &map, &layout);
    assert_eq!(mistakes, []);
    let [(name, text)] = <[_; 1]>::try_from(imported.unwrap().files).unwrap();
    assert_eq!(name, "escalation.toml");
    text
}

fn organisation() -> Org {
    let (org, diagnostics) = config::read(&Files::load(&example().join("rotations")).unwrap());
    assert_eq!(diagnostics, []);
    org.unwrap()
}

/// The receiver that a route was: its label, or the channel that it informs.
fn receiver(route: &Route) -> String {
    match (&route.label, &route.target) {
        (Some(label), _) => label.clone(),
        (None, RouteTarget::Notify(channel)) => channel.clone(),
        (None, RouteTarget::Page(_)) => panic!("a route that pages has its receiver as label"),
    }
}

fn receivers(org: &Org, labels: &Tags) -> Vec<String> {
    matching(org, labels, Instant::from_unix(0)).iter().map(|it| receiver(it.route())).collect()
}

#[derive(Deserialize)]
struct RoutingTest {
    name: String,
    labels: Tags,
    receivers: Vec<String>,
}

#[derive(Deserialize)]
struct Alert {
    instance_labels: Tags,
    receivers: Vec<String>,
}

#[test]
fn the_routes_in_the_repository_are_those_that_the_import_writes() {
    let there = text("rotations/escalation.toml");
    let imported = imported();
    assert_eq!(there.get(..imported.len()), Some(imported.as_str()));
}

#[test]
fn gitlabs_own_routing_tests_pass() {
    let org = organisation();
    let tests: Vec<RoutingTest> = serde_json::from_str(&text("data/routing-tests.json")).unwrap();
    assert_eq!(tests.len(), 34);
    for test in &tests {
        assert_eq!(receivers(&org, &test.labels), test.receivers, "{}", test.name);
    }
    // They stand in the files too, where `dogwatch test` runs them.
    let written: Vec<(Option<&str>, &Tags)> =
        org.escalation.tests.iter().map(|it| (it.name.as_deref(), &it.tags)).collect();
    let source: Vec<(Option<&str>, &Tags)> = tests.iter().map(|it| (Some(it.name.as_str()), &it.labels)).collect();
    assert_eq!(written, source);
}

#[test]
fn all_alert_rules_go_where_amtool_says() {
    let org = organisation();
    let alerts: Vec<Alert> =
        text("data/alerts.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(alerts.len(), 945);
    let mut taken: BTreeMap<usize, usize> = BTreeMap::new();
    for alert in &alerts {
        let found = receivers(&org, &alert.instance_labels);
        assert_eq!(found, alert.receivers, "{:?}", alert.instance_labels);
        *taken.entry(found.len()).or_default() += 1;
    }
    // Most alerts go to several receivers: an import that forgot `continue` would not pass.
    assert!(taken.keys().any(|it| *it > 2), "{taken:?}");
}
