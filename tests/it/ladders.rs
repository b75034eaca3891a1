//! Routes and ladders, worked out by hand.

use dogwatch::config::{self, Files};
use dogwatch::escalation::{Answer, Empty, End, Outcome, Question, Subject, Way, ask};
use dogwatch::org::{Org, Tags};
use dogwatch::time::{Instant, duration, parse_instant};

const ORG: &str = "zone = 'Europe/Dublin'\n";

const PEOPLE: &str = "
[ana]
name = 'Ana'
zone = 'Europe/Dublin'
[bo]
name = 'Bo'
zone = 'Europe/Dublin'
[cy]
name = 'Cy'
zone = 'Europe/Dublin'
[vera]
name = 'Vera'
zone = 'Europe/Dublin'
";

/// A rotation held by one person (and, as secondary, by another), all year.
fn held_by(primary: &str, secondary: Option<&str>) -> String {
    let layer = |key: &str, person: &str| {
        format!(
            "[[{key}]]\npeople = ['{person}']\nfrom = 2026-01-05\nhandoff = {{ every = 'week', on = 'Mon', at = '10:00' }}\n"
        )
    };
    let secondary = secondary.map(|it| layer("secondary.layers", it)).unwrap_or_default();
    format!("coverage = ['24x7']\n{}{secondary}", layer("layers", primary))
}

/// The same, in daylight only.
fn by_day(primary: &str) -> String {
    let text = held_by(primary, None).replace("coverage = ['24x7']\n", "");
    text.replace("from =", "hours = ['Mon-Sun 09:00-17:00']\nfrom =")
}

fn organisation(rotations: &[(&str, String)], escalation: &str) -> Org {
    let mut files: Vec<(String, String)> = vec![
        ("org.toml".into(), ORG.into()),
        ("people.toml".into(), PEOPLE.into()),
        ("escalation.toml".into(), escalation.into()),
    ];
    files.extend(rotations.iter().map(|(name, text)| (format!("{name}.toml"), text.clone())));
    let files: Files = files.into_iter().collect();
    let (org, diagnostics) = config::read(&files);
    assert_eq!(config::render(&diagnostics, &files, false), "");
    org.unwrap()
}

fn standard(escalation: &str) -> Org {
    let rotations = [
        ("app", held_by("ana", Some("bo"))),
        ("db", held_by("bo", Some("cy"))),
        ("web", held_by("cy", None)),
        ("day", by_day("ana")),
    ];
    organisation(&rotations, escalation)
}

fn tags(text: &str) -> Tags {
    text.split_whitespace().map(|it| it.split_once('=').unwrap()).map(|(a, b)| (a.into(), b.into())).collect()
}

fn at(text: &str, org: &Org) -> Instant {
    parse_instant(text, &org.zone).unwrap()
}

/// A Tuesday night.
const NIGHT: &str = "2026-02-03T03:00";
const NOON: &str = "2026-02-03T12:00";

fn answer<'a>(org: &'a Org, alert: &str, when: &str) -> Answer<'a> {
    ask(org, Subject::Tags, &tags(alert), at(when, org)).unwrap()
}

// ---------------------------------------------------------------------------------------------------------------------
// Routes

/// Which routes an alert takes, by their targets in order.
#[track_caller]
fn routes(escalation: &str, cases: &[(&str, &str)]) {
    let org = standard(escalation);
    for (alert, expected) in cases {
        let ways = answer(&org, alert, NIGHT).expectation(&org);
        let found: Vec<String> = ways.iter().map(|it| it[0].clone()).collect();
        assert_eq!(found.join(" "), *expected, "{alert}");
    }
}

#[test]
fn the_first_match_wins_and_the_last_row_takes_the_rest() {
    routes(
        "routes = [
           { when = { service = ['vitess-*', 'mysql-main'] }, page = 'db' },
           { when = { service = 'web-*' }, unless = { env = ['dev', 'test'], owner = '?*' }, page = 'web' },
           { page = 'app' },
         ]",
        &[
            ("service=vitess-1", "db"),
            ("service=mysql-main", "db"),
            ("service=mysql-other", "app"),
            ("service=web-1", "web"),
            ("service=web-1 env=prod", "web"),
            ("service=web-1 env=dev", "app"),
            ("service=web-1 owner=x", "app"),
            ("", "app"),
        ],
    );
}

#[test]
fn all_keys_and_all_tables_must_hold() {
    routes(
        "routes = [
           { when = { service = 'a', env = 'prod' }, page = 'db' },
           { when = [{ team = '/sre-.*/' }, { team = '/.*-eu/' }], page = 'web' },
           { when = { owner = '' }, page = 'app' },
           { page = 'day' },
         ]",
        &[
            ("service=a env=prod", "db"),
            ("service=a", "app"),
            ("team=sre-eu", "web"),
            ("team=ops-eu", "app"),
            ("team=sre-x-eu", "web"),
            ("team=sre-x", "app"),
            ("team=sre-x owner=me", "day"),
        ],
    );
}

#[test]
fn a_subtree_takes_precedence_over_its_own_route_and_inherits_its_target() {
    routes(
        "[[routes]]
         when = { team = 'data' }
         page = 'db'
           [[routes.routes]]
           when = { severity = 'low' }
           notify = '#low'
           [[routes.routes]]
           when = { env = 'dev' }
         [[routes]]
         page = 'app'",
        &[
            ("team=data", "db"),
            ("team=data severity=low", "notify:#low"),
            ("team=data env=dev", "db"),
            ("severity=low", "app"),
        ],
    );
}

#[test]
fn continue_tries_later_siblings_but_never_those_of_the_parent() {
    routes(
        "[[routes]]
         when = { team = 'x' }
         page = 'db'
           [[routes.routes]]
           when = { a = '1' }
           page = 'web'
           continue = true
           [[routes.routes]]
           when = { b = '1' }
           page = 'day'
         [[routes]]
         when = { c = '1' }
         notify = '#c'
         continue = true
         [[routes]]
         page = 'app'",
        &[
            ("team=x a=1", "web"),
            ("team=x a=1 b=1", "web day"),
            ("team=x a=1 c=1", "web"),
            ("team=x", "db"),
            ("c=1", "notify:#c app"),
        ],
    );
}

#[test]
fn two_routes_to_one_place_are_two_ways() {
    routes(
        "routes = [{ when = { a = '1' }, page = 'app', continue = true }, { page = 'app' }]",
        &[("a=1", "app app"), ("", "app")],
    );
}

#[test]
fn the_hours_of_a_route_are_read_when_the_alert_opens() {
    let org = standard(
        "routes = [
           { when = { service = 'x' }, hours = ['Mon-Fri 09:00-17:00'], zone = 'America/New_York', page = 'db' },
           { page = 'app' },
         ]",
    );
    let first = |when| answer(&org, "service=x", when).expectation(&org)[0][0].clone();
    assert_eq!(first("2026-02-03T13:59"), "app", "08:59 in New York");
    assert_eq!(first("2026-02-03T14:00"), "db", "09:00 in New York");
    assert_eq!(first("2026-02-03T21:59"), "db");
    assert_eq!(first("2026-02-03T22:00"), "app");
    assert_eq!(first("2026-02-07T15:00"), "app", "a Saturday");
}

// ---------------------------------------------------------------------------------------------------------------------
// Ladders

/// A ladder as `0m ana | 5m bo | 5m -gap | 15m =bo | end 30m`: `-` an empty seat, `=` somebody just paged, `x` the end.
fn drawn(org: &Org, alert: &str, when: &str) -> String {
    let answer = answer(org, alert, when);
    let Way::Page(_, ladder) = &answer.ways[0] else { return "informs".to_owned() };
    let name = |person: dogwatch::org::PersonId| org.person(person).key.clone();
    let mut parts = Vec::new();
    for climb in &ladder.climbs {
        for rung in &climb.rungs {
            let stops = rung.stops.iter().map(|stop| match &stop.outcome {
                Outcome::Pages(people) => people.iter().map(|it| name(it.person)).collect::<Vec<_>>().join("+"),
                Outcome::Empty(Empty::Gap) => "-gap".to_owned(),
                Outcome::Empty(Empty::Vacant) => "-vacant".to_owned(),
                Outcome::Empty(Empty::Off) => "-off".to_owned(),
                Outcome::Empty(Empty::NotBegun) => "-not-begun".to_owned(),
                Outcome::JustPaged(people) => {
                    format!("={}", people.iter().map(|it| name(*it)).collect::<Vec<_>>().join("+"))
                }
                Outcome::Ends => "x".to_owned(),
            });
            parts.push(format!("{} {}", duration(rung.after), stops.collect::<Vec<_>>().join(" & ")));
            assert_eq!(rung.at, ladder.opened + rung.after);
        }
    }
    parts.push(match ladder.end {
        End::Person(after) => format!("person {}", duration(after)),
        End::Seat(after) => format!("seat {}", duration(after)),
        End::Nobody(after) => format!("nobody {}", duration(after)),
        End::NobodyPaged => "dead end".to_owned(),
    });
    parts.join(" | ")
}

#[track_caller]
fn ladder(escalation: &str, alert: &str, when: &str, expected: &str) {
    let org = standard(escalation);
    assert_eq!(drawn(&org, alert, when), expected);
}

#[test]
fn delays_add_up_and_each_node_stands_at_its_earliest_time() {
    ladder(
        "routes = [{ page = 'web' }]
         escalations = [
           { from = 'web', after = '5m',  to = 'app' },
           { from = 'web', after = '25m', to = 'db' },
           { from = 'app', after = '10m', to = 'db' },
           { from = 'db',  after = '15m', to = '@vera' },
         ]",
        "",
        NIGHT,
        "0m cy | 5m ana | 15m bo | 30m vera | person 30m",
    );
}

#[test]
fn an_edge_counts_only_if_its_tags_hold() {
    let escalation = "
        routes = [{ page = 'web' }]
        escalations = [
          { from = 'web', after = '5m',  to = 'db', when = { cause = ['db', 'disk'] } },
          { from = 'web', after = '15m', to = 'app' },
          { from = 'db',  after = '5m',  to = 'app' },
          { from = 'app', after = '15m', to = '@vera' },
        ]";
    ladder(escalation, "", NIGHT, "0m cy | 15m ana | 30m vera | person 30m");
    ladder(escalation, "cause=disk", NIGHT, "0m cy | 5m bo | 10m ana | 25m vera | person 25m");
}

#[test]
fn equal_times_page_together_in_the_order_of_the_file() {
    ladder(
        "routes = [{ page = 'web' }]
         escalations = [
           { from = 'web', after = '5m', to = 'db' },
           { from = 'web', after = '5m', to = 'app' },
           { from = 'web', after = '9m', to = '@vera' },
         ]",
        "",
        NIGHT,
        "0m cy | 5m bo & ana | 9m vera | person 9m",
    );
}

#[test]
fn an_empty_seat_takes_no_time_and_later_rungs_move_earlier() {
    let escalation = "
        routes = [{ page = 'day' }]
        escalations = [
          { from = 'day', after = '10m', to = 'web' },
          { from = 'web', after = '20m', to = '@vera' },
        ]";
    ladder(escalation, "", NOON, "0m ana | 10m cy | 30m vera | person 30m");
    ladder(escalation, "", NIGHT, "0m -off | 0m cy | 20m vera | person 20m");
}

#[test]
fn whoever_was_just_paged_is_not_paged_again() {
    // Bo holds db, and the secondary seat of app.
    ladder(
        "routes = [{ page = 'db' }]
         escalations = [
           { from = 'db', after = '5m', to = 'app.secondary' },
           { from = 'app.secondary', after = '10m', to = 'app' },
           { from = 'app', after = '15m', to = '@bo' },
         ]",
        "",
        NIGHT,
        "0m bo | 5m =bo | 5m ana | 20m bo | person 20m",
    );
}

#[test]
fn a_seat_is_read_at_the_instant_its_rung_fires() {
    // Ana's day begins at 09:00: not yet when the alert opens at 08:50, but when the second rung fires.
    ladder(
        "routes = [{ page = 'web' }]
         escalations = [{ from = 'web', after = '15m', to = 'day' }, { from = 'day', after = '5m', to = '@vera' }]",
        "",
        "2026-02-03T08:50",
        "0m cy | 15m ana | 20m vera | person 20m",
    );
    ladder(
        "routes = [{ page = 'web' }]
         escalations = [{ from = 'web', after = '5m', to = 'day' }, { from = 'day', after = '5m', to = '@vera' }]",
        "",
        "2026-02-03T08:50",
        "0m cy | 5m -off | 5m vera | person 5m",
    );
}

#[test]
fn the_ladder_is_climbed_again_and_read_afresh() {
    // The first climb finds nobody by day; when it is climbed again, Ana's day has begun.
    ladder(
        "repeat = { times = 2, after = '15m' }
         routes = [{ page = 'day' }]
         escalations = [{ from = 'day', after = '10m', to = 'web' }]",
        "",
        "2026-02-03T08:50",
        "0m -off | 0m cy | 15m ana | 25m cy | 40m ana | 50m cy | seat 50m",
    );
}

#[test]
fn a_climb_that_pages_nobody_is_not_repeated() {
    ladder("repeat = { times = 9, after = '15m' }\nroutes = [{ page = 'day' }]", "", NIGHT, "0m -off | dead end");
}

#[test]
fn a_line_may_end_at_nobody() {
    ladder(
        "routes = [{ page = 'web' }]\nescalations = [{ from = 'web', after = '30m', to = '@nobody' }]",
        "",
        NIGHT,
        "0m cy | 30m x | nobody 30m",
    );
}

#[test]
fn a_route_may_page_a_person() {
    ladder("routes = [{ page = '@vera' }]", "", NIGHT, "0m vera | person 0m");
}

#[test]
fn everybody_of_a_together_layer_is_paged_at_once() {
    let together = held_by("ana", None).replace("['ana']", "['ana', 'bo', 'cy']\ntogether = true");
    let vacant =
        format!("{together}[[overrides]]\nperson = '@nobody'\nfor = 'bo'\nfrom = 2026-02-03\nthrough = 2026-02-03\n");
    let org = organisation(&[("app", vacant)], "routes = [{ page = 'app' }]");
    assert_eq!(drawn(&org, "", "2026-02-02T12:00"), "0m ana+bo+cy | seat 0m");
    assert_eq!(drawn(&org, "", "2026-02-03T12:00"), "0m ana+cy | seat 0m");
}

#[test]
fn vacant_seats_and_gaps_are_told_apart() {
    let vacant = held_by("ana", None) + "[[overrides]]\nperson = '@nobody'\nfrom = 2026-02-03\nthrough = 2026-02-03\n";
    let gap = held_by("bo", None).replace("handoff", "until = 2026-01-19\nhandoff");
    let escalation = "routes = [{ page = 'app' }]\nescalations = [{ from = 'app', after = '5m', to = 'db' }]";
    let org = organisation(&[("app", vacant), ("db", gap)], escalation);
    assert_eq!(drawn(&org, "", NOON), "0m -vacant | 0m -gap | dead end");
    assert_eq!(drawn(&org, "", "2026-01-05T09:59"), "0m -not-begun | 0m -not-begun | dead end");
}

// ---------------------------------------------------------------------------------------------------------------------
// Names

#[test]
fn a_service_comes_first_then_a_rotation_then_a_person() {
    let files: Files = [
        ("org.toml", ORG.to_owned()),
        ("people.toml", PEOPLE.to_owned()),
        ("services.toml", "[web]\ntags = { tier = 'core' }\n[shop]\n".to_owned()),
        ("web.toml", held_by("ana", Some("bo"))),
    ]
    .into_iter()
    .collect();
    let org = config::read(&files).0.unwrap();
    let subject = |name: &str| {
        let question = Question { name: Some(name.to_owned()), tags: Tags::new() };
        match question.subject(&org) {
            Ok(Subject::Service(service)) => format!("service {}", service.key),
            Ok(Subject::Seat(seat)) => format!("seat {}", org.seat_name(seat)),
            Ok(Subject::Person(person)) => format!("person {}", person.key),
            Ok(Subject::Tags) => "tags".to_owned(),
            Err(unknown) => format!("unknown, near {}", unknown.nearest.join(" ")),
        }
    };
    assert_eq!(subject("web"), "service web");
    assert_eq!(subject("web.secondary"), "seat web.secondary");
    assert_eq!(subject("@ana"), "person ana");
    assert_eq!(subject("ana"), "unknown, near @ana");
    assert_eq!(subject("shpo"), "unknown, near shop");
}

#[test]
fn tags_given_replace_those_of_the_service() {
    let files: Files = [
        ("org.toml", ORG.to_owned()),
        ("people.toml", PEOPLE.to_owned()),
        ("services.toml", "[shop]\ntags = { tier = 'core' }\n".to_owned()),
        ("web.toml", held_by("ana", None)),
        ("db.toml", held_by("bo", None)),
        ("escalation.toml", "routes = [{ when = { tier = 'core' }, page = 'web' }, { page = 'db' }]".to_owned()),
    ]
    .into_iter()
    .collect();
    let org = config::read(&files).0.unwrap();
    let subject = Subject::Service(org.service_named("shop").unwrap());
    let target =
        |given: &str| ask(&org, subject, &tags(given), at(NOON, &org)).unwrap().expectation(&org)[0][0].clone();
    assert_eq!(target(""), "web");
    assert_eq!(target("tier=low"), "db");
    // Only the tag is only the tag; that the file knows more is said.
    let bare = answer(&org, "service=shop", NOON);
    assert_eq!(bare.expectation(&org), [["db"]]);
    assert_eq!(bare.knows_more.map(|it| it.key.as_str()), Some("shop"));
}
