//! A small organisation that changes, in both families, and nobody's rest spoilt.

use std::time::Duration;

use dogwatch::org::{Family, Org};
use dogwatch::pagerduty::diff::Choices;
use dogwatch::pagerduty::plan::Trouble;
use dogwatch::rehearsal::{FailAt, Faults};
use serde_json::Value;

use crate::pagerduty::picture::{assert_same, picture};
use crate::pagerduty::world::{DAY, World, instant, org};

pub(super) const ORG: &str = "zone = 'Europe/Dublin'\n[pagerduty]\nfamily = 'FAMILY'\norchestration = 'router'\ntags = { service = 'event.source' }\n";

pub(super) const PEOPLE: &str = "
[ana]
name = 'Ana'
email = 'ana@example.com'
zone = 'Europe/Dublin'
[bo]
name = 'Bo'
email = 'bo@example.com'
zone = 'Europe/Dublin'
[cy]
name = 'Cy'
email = 'Cy@Example.com'
zone = 'Europe/Dublin'
[di]
name = 'Di'
email = 'di@example.com'
zone = 'Europe/Dublin'
";

pub(super) const WEB: &str = "
name = 'Web'
coverage = ['24x7']
[[layers]]
people = ['ana', 'bo', 'cy']
from = 2026-01-05
handoff = { every = 'week', on = 'Mon', at = '10:00' }
[secondary]
follow = 1
[[overrides]]
person = 'di'
for = 'ana'
from = 2026-02-04T09:00:00
until = 2026-02-05T09:00:00
";

pub(super) const DATA: &str = "
name = 'Data'
coverage = ['24x7']
[[layers]]
people = ['bo', 'di']
from = 2026-01-05
handoff = { every = 'day', at = '09:00' }
[[layers]]
people = ['cy']
hours = ['Mon-Fri 09:00-17:00']
from = 2026-01-05
handoff = { every = 'week', on = 'Mon', at = '09:00' }
";

pub(super) const ROUTES: &str = "
repeat = { times = 1, after = '15m' }
routes = [
  { when = { service = ['db-*'] }, page = 'data' },
  { page = 'web' },
]
escalations = [
  { from = 'web', after = '5m', to = 'web.secondary' },
  { from = 'data', after = '10m', to = 'web' },
  { from = 'web.secondary', after = '15m', to = '@di' },
]
";

pub(super) const SERVICES: &str = "[shop]\npagerduty = 'Shop'\n[db-main]\npagerduty = 'Main database'\n";

/// With files replaced; an empty text takes a file away.
pub(super) fn with(family: Family, files: &[(&str, String)]) -> Org {
    let family = if family == Family::Layers { "layers" } else { "shifts" };
    let settings = ORG.replace("FAMILY", family);
    let mut all: Vec<(&str, String)> = vec![
        ("org.toml", settings),
        ("people.toml", PEOPLE.to_owned()),
        ("web.toml", WEB.to_owned()),
        ("data.toml", DATA.to_owned()),
        ("escalation.toml", ROUTES.to_owned()),
        ("services.toml", SERVICES.to_owned()),
    ];
    for (name, text) in files {
        all.retain(|it| it.0 != *name);
        if !text.is_empty() {
            all.push((name, text.clone()));
        }
    }
    let all: Vec<(&str, &str)> = all.iter().map(|it| (it.0, it.1.as_str())).collect();
    org(&all)
}

pub(super) const BOTH: [Family; 2] = [Family::Layers, Family::Shifts];

/// Tuesday noon; Ana's week ends on 2 February, when Bo's begins.
pub(super) const NOW: &str = "2026-01-27T12:00:00Z";

pub(super) fn world(org: &Org) -> World {
    let mut world = World::of(org, NOW);
    world.horizon = Duration::from_secs(14 * DAY);
    world
}

/// Who has a schedule when, as PagerDuty shows it, by name.
pub(super) fn shown(world: &World, name: &str, days: u64) -> Vec<(String, String, String)> {
    let (since, until) = (world.now(), world.now() + Duration::from_secs(days * DAY));
    let (since, until) = (since.to_string(), until.to_string());
    let query =
        [("since", since.as_str()), ("until", until.as_str()), ("time_zone", "UTC"), ("include[]", "final_schedule")];
    let mut client = world.client();
    let users = client.list("/users", "users", &[]).unwrap();
    let called = |id: &Value| {
        users.iter().find(|it| it["id"] == *id).map_or("nobody", |it| it["name"].as_str().unwrap()).to_owned()
    };
    for (path, list) in [("/schedules", "name"), ("/v3/schedules", "summary")] {
        for it in client.list(path, "schedules", &[]).unwrap() {
            if it[list] != name {
                continue;
            }
            let answer = client.get(&format!("{path}/{}", it["id"].as_str().unwrap()), &query).unwrap();
            let finals = &answer["schedule"]["final_schedule"];
            let (rows, start, end) = match finals["rendered_schedule_entries"].as_array() {
                Some(rows) => (rows, "start", "end"),
                None => (finals["computed_shift_assignments"].as_array().unwrap(), "start_time", "end_time"),
            };
            let id = |row: &Value| {
                if row["user"].is_null() { row["member"]["user_id"].clone() } else { row["user"]["id"].clone() }
            };
            let text = |it: &Value| it.as_str().unwrap().to_owned();
            return rows.iter().map(|row| (text(&row[start]), text(&row[end]), called(&id(row)))).collect();
        }
    }
    Vec::new()
}

/// Whether somebody holds a schedule for two days without a break.
pub(super) fn is_held(world: &World, name: &str) -> bool {
    let mut reached = world.now();
    let until = world.now() + Duration::from_secs(2 * DAY);
    let mut rows: Vec<_> = shown(world, name, 3)
        .into_iter()
        .filter(|it| it.2 != "nobody")
        .map(|it| (instant(&it.0), instant(&it.1)))
        .collect();
    rows.sort();
    for (start, end) in rows {
        if start <= reached {
            reached = reached.max(end);
        }
    }
    reached >= until
}

fn mixed(family: Family) -> Vec<Org> {
    let joined = WEB.replace("['ana', 'bo', 'cy']", "['ana', 'bo', 'cy', 'di']");
    let no_override = WEB.split("[[overrides]]").next().unwrap().to_owned();
    let moved = WEB.replace("until = 2026-02-05T09:00:00", "until = 2026-02-06T09:00:00");
    let added = format!("{WEB}[[overrides]]\nperson = 'cy'\nfrom = 2026-01-28T09:00:00\nuntil = 2026-01-29T09:00:00\n");
    let later = WEB.replace("10:00", "11:00");
    let two_weeks = WEB.replace("'week'", "'2 weeks'");
    let zone = format!("zone = 'America/New_York'\n{}", WEB);
    let renamed = WEB.replace("'Web'", "'The web'");
    let ended = WEB.replace("from = 2026-01-05\n", "from = 2026-01-05\nuntil = 2026-02-09\n").replacen(
        "[secondary]",
        "[[layers]]\npeople = ['di', 'cy']\nfrom = 2026-02-09\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }\n[secondary]",
        1,
    );
    let no_day = DATA.rsplit_once("[[layers]]").unwrap().0.to_owned();
    let weekend = DATA.replace("Mon-Fri 09:00-17:00", "Sat,Sun 08:00-20:00");
    let vacant = DATA.replace("['bo', 'di']", "['bo', '@nobody', 'di']");
    let together = DATA.replace("people = ['cy']", "people = ['cy', 'ana']\ntogether = true");
    let monthly = DATA.replace("{ every = 'day', at = '09:00' }", "{ every = 'month', on = 5, at = '09:00' }");
    let tail = ROUTES.replace("'10m'", "'20m'");
    let route = ROUTES.replace("['db-*']", "['db-*', 'cache-*']");
    let other = ROUTES.replace("to = '@di'", "to = '@ana'");
    let service = "[shop]\npagerduty = 'Shop'\n".to_owned();
    let one = |name: &'static str, text: String| vec![(name, text)];
    let changes = vec![
        one("web.toml", joined),
        one("web.toml", no_override),
        one("web.toml", moved),
        one("web.toml", added),
        one("web.toml", later),
        one("web.toml", two_weeks),
        one("web.toml", zone),
        one("web.toml", renamed),
        one("web.toml", ended),
        one("data.toml", no_day),
        one("data.toml", weekend),
        one("data.toml", vacant),
        one("data.toml", together),
        one("data.toml", monthly),
        one("escalation.toml", tail),
        one("escalation.toml", route),
        one("escalation.toml", other),
        one("services.toml", service),
        one("web.toml", WEB.replace("follow = 1", "follow = 2")),
        one("people.toml", PEOPLE.replace("'Ana'", "'Ana Souza'")),
    ];
    changes.into_iter().map(|it| with(family, &it)).collect()
}

#[test]
fn twenty_changes_and_back() {
    for family in BOTH {
        let base = with(family, &[]);
        let world = world(&base);
        assert_eq!(world.sync(&base).differences, []);
        for (index, changed) in mixed(family).iter().enumerate() {
            // By turns in one family and the other, unless there is time for both.
            let turn = index % 2 == usize::from(family == Family::Shifts);
            if !turn && std::env::var_os("DOGWATCH_SYNC_EFFORT").is_none() {
                continue;
            }
            for org in [changed, &base] {
                let done = world.sync(org);
                assert_eq!(done.differences, [], "{family:?}, change {index}");
            }
            assert_eq!(world.steps(&base), [""; 0], "{family:?}, change {index}");
            assert!(is_held(&world, "Web"), "{family:?}, change {index}");
            world.advance(3 * 3600);
        }
    }
}

/// A member joins in the middle of somebody's week, an override goes and another comes, and a route changes.
pub(super) fn busy(family: Family) -> Org {
    let web = WEB
        .replace("['ana', 'bo', 'cy']", "['di', 'bo', 'cy', 'ana']")
        .split("[[overrides]]")
        .next()
        .unwrap()
        .to_owned()
        + "[[overrides]]\nperson = 'cy'\nfrom = 2026-02-10T09:00:00\nuntil = 2026-02-11T09:00:00\n";
    let data = DATA.replace("['bo', 'di']", "['di', 'ana']");
    let routes = ROUTES.replace("['db-*']", "['db-*', 'cache-*']").replace("'10m'", "'20m'");
    with(family, &[("web.toml", web), ("data.toml", data), ("escalation.toml", routes)])
}

#[test]
fn a_plan_that_was_cut_short_is_resumed_by_itself() {
    for family in BOTH {
        let (base, changed) = (with(family, &[]), busy(family));
        let before = world(&base);
        before.sync(&base);
        let plan = before.plan(&changed).unwrap();
        for request in [12, 14, 17] {
            let world = before.copy();
            let fail_at = vec![FailAt { request, after: true, down: true }];
            world.rehearsal.borrow_mut().set_faults(Faults { fail_at, ..Faults::default() });
            assert!(world.apply(&plan).is_err());
            world.rehearsal.borrow_mut().set_faults(Faults::default());
            let done = world.apply(&plan).unwrap();
            assert_eq!(done.differences, [], "{family:?}, stopped at {request}");
            assert_eq!(world.steps(&changed), [""; 0]);
        }
    }
}

#[test]
fn whoever_is_on_call_stays_until_the_handoff_and_the_files_hold_from_then() {
    for family in BOTH {
        let base = with(family, &[]);
        let world = world(&base);
        world.sync(&base);
        // Cy has Web's third week, from 19 January … of three people; it is Ana's fourth that runs.
        assert_eq!(shown(&world, "Web", 1)[0].2, "Ana", "{family:?}");
        let changed = with(family, &[("web.toml", WEB.replace("['ana', 'bo', 'cy']", "['cy', 'di']"))]);
        let plan = world.plan(&changed).unwrap();
        assert_eq!(plan.splices.get("web"), Some(&instant("2026-02-02T10:00:00Z").unix()), "{family:?}");
        assert_eq!(plan.risks, [], "{family:?}");
        let done = world.apply(&plan).unwrap();
        assert_eq!(done.differences, []);
        let names: Vec<String> = shown(&world, "Web", 21).into_iter().map(|it| it.2).collect();
        // Weeks since 5 January: the fifth begins on 2 February, and is Cy's of two.
        assert_eq!(names, ["Ana", "Cy", "Di", "Cy"], "{family:?}");
        assert_eq!(world.steps(&changed), [""; 0]);
        world.advance(7 * DAY);
        assert_eq!(world.steps(&changed), [""; 0]);
    }
}

#[test]
fn what_is_not_ours_is_left_alone() {
    for family in BOTH {
        let base = with(family, &[]);
        let world = world(&base);
        let mut client = world.client();
        let users = client.list("/users", "users", &[]).unwrap();
        let layer = serde_json::json!({
            "start": "2026-01-27T00:00:00Z", "rotation_virtual_start": "2026-01-05T10:00:00Z",
            "rotation_turn_length_seconds": 604_800, "users": [{ "user": { "id": users[0]["id"], "type": "user_reference" } }],
        });
        let body = serde_json::json!({ "schedule": {
            "type": "schedule", "name": "Web", "time_zone": "Europe/Dublin", "schedule_layers": [layer],
        } });
        let made = client.create("/schedules", &body, |_| Ok(None)).unwrap();
        let path = format!("/schedules/{}", made["schedule"]["id"].as_str().unwrap());
        let before = client.get(&path, &[]).unwrap();
        world.sync(&base);
        let nothing = with(
            family,
            &[("data.toml", String::new()), ("escalation.toml", "routes = [{ page = 'web' }]".to_owned())],
        );
        let plan = world.plan_with(&nothing, Choices { prune: true, ..Choices::default() }).unwrap();
        world.apply(&plan).unwrap();
        assert_eq!(client.get(&path, &[]).unwrap(), before, "{family:?}");
        assert_eq!(world.objects(), (2, 1), "{family:?}");
    }
}

#[test]
fn a_plan_is_refused_when_the_world_has_moved() {
    for family in BOTH {
        let (base, changed) = (with(family, &[]), busy(family));
        let world = world(&base);
        world.sync(&base);
        let plan = world.plan(&changed).unwrap();
        let other = with(family, &[("web.toml", WEB.replace("['ana', 'bo', 'cy']", "['bo', 'cy']"))]);
        world.sync(&other);
        let refused = world.apply(&plan).unwrap_err();
        assert!(matches!(&refused, Trouble::Moved { about } if about == "web"), "{family:?}: {refused}");
    }
}

#[test]
fn there_is_a_way_back() {
    for family in BOTH {
        let (base, changed) = (with(family, &[]), busy(family));
        let world = world(&base);
        world.sync(&base);
        let plan = world.plan(&changed).unwrap();
        world.apply(&plan).unwrap();
        let back = plan.back();
        let all: Vec<String> = back.risks.iter().map(|it| it.name.clone()).collect();
        let approved = back.approve(&all).unwrap();
        dogwatch::pagerduty::plan::apply(&mut world.client(), &approved, || world.now(), true, |_, _, _| {}).unwrap();
        assert_eq!(world.steps(&base), [""; 0], "{family:?}");
    }
}

#[test]
fn somebody_elses_override_stays_and_is_told() {
    let base = with(Family::Layers, &[]);
    let world = world(&base);
    world.sync(&base);
    let mut client = world.client();
    let schedules = client.list("/schedules", "schedules", &[]).unwrap();
    let web = schedules.iter().find(|it| it["name"] == "Web").unwrap()["id"].as_str().unwrap().to_owned();
    let users = client.list("/users", "users", &[]).unwrap();
    let di = users.iter().find(|it| it["name"] == "Di").unwrap()["id"].as_str().unwrap();
    let (start, end) = ("2026-01-28T08:00:00Z", "2026-01-28T09:00:00Z");
    let body = serde_json::json!({ "overrides": [
        { "start": start, "end": end, "user": { "id": di, "type": "user_reference" } },
    ] });
    client.create(&format!("/schedules/{web}/overrides"), &body, |_| Ok(None)).unwrap();
    assert_eq!(world.steps(&base), [""; 0]);
    let plan = world.plan(&base).unwrap();
    let found = dogwatch::pagerduty::plan::read_back(&mut client, &plan, world.now()).unwrap();
    let told: Vec<_> = found.iter().map(|it| (it.key.as_str(), it.start, it.end, it.before.as_slice())).collect();
    assert_eq!(told, [("web", instant(start).unix(), instant(end).unix(), &[di.to_owned()][..])]);
}

/// A first apply is taken back: the account is what it was, and nothing of ours is left.
#[test]
fn there_is_a_way_back_to_nothing() {
    for family in BOTH {
        let base = with(family, &[]);
        let world = world(&base);
        let later = world.now() + Duration::from_secs(7200);
        let before = picture(&world.copy(), later);
        let plan = world.plan(&base).unwrap();
        world.apply(&plan).unwrap();
        assert_eq!(world.objects(), (3, 2));
        let back = plan.back();
        let all: Vec<String> = back.risks.iter().map(|it| it.name.clone()).collect();
        let approved = back.approve(&all).unwrap();
        dogwatch::pagerduty::plan::apply(&mut world.client(), &approved, || world.now(), true, |_, _, _| {}).unwrap();
        assert_same(&picture(&world, later), &before, &format!("{family:?}"));
    }
}

/// Two changes before the first one's handoff, where whoever is on call would have followed themselves: what was to come
/// goes, and the handoff stays where it was.
#[test]
fn a_second_change_before_the_handoff_of_the_first_leaves_the_handoff_where_it_was() {
    for family in BOTH {
        let web = |people: &str| with(family, &[("web.toml", WEB.replace("['ana', 'bo', 'cy']", people))]);
        let base = web("['ana', 'bo', 'cy']");
        let world = world(&base);
        world.sync(&base);
        // Four weeks have passed of three people: Ana is on call, and Bo follows. Of these four Ana would be next, and
        // Bo follows again.
        let four = web("['ana', 'bo', 'cy', 'di']");
        assert_eq!(world.sync(&four).differences, [], "{family:?}");
        world.advance(2 * 3600);
        let last = web("['bo', 'ana', 'cy']");
        let plan = world.plan(&last).unwrap();
        let handoff = instant("2026-02-02T10:00:00Z").unix();
        let both = [("web".to_owned(), handoff), ("web.secondary".to_owned(), handoff)];
        assert_eq!(plan.splices, both.into(), "{family:?}");
        assert_eq!(world.apply(&plan).unwrap().differences, [], "{family:?}");
        assert_eq!(world.steps(&last), [""; 0], "{family:?}");
        let found: Vec<(String, String)> =
            shown(&world, "Web, secondary", 20).into_iter().map(|it| (it.1, it.2)).collect();
        let until = |at: &str, who: &str| (at.to_owned(), who.to_owned());
        let expected = [
            until("2026-02-02T10:00:00Z", "Bo"),
            until("2026-02-09T10:00:00Z", "Cy"),
            until("2026-02-16T10:00:00Z", "Bo"),
        ];
        assert_eq!(found[..3], expected, "{family:?}");
        assert_eq!(found[3].1, "Ana", "{family:?}");
        assert_eq!(found.len(), 4, "{family:?}");
    }
}
