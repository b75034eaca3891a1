//! Twenty traps that others fell into. For each, the sequence of requests that suggests itself does its damage here; ours,
//! for the same wish, does not.
//!
//! Numbers and sources are those of the table of traps in the notes on PagerDuty's API that this is held to: issues and pull
//! requests of terraform-provider-pagerduty, unless it says otherwise. Where the table speaks of state, ours has the mark and
//! what it reads.

use std::time::Duration;

use dogwatch::org::Org;
use dogwatch::pagerduty::client::{Client, Error, Refusal};
use dogwatch::pagerduty::diff::Choices;
use dogwatch::pagerduty::plan::Trouble;
use dogwatch::rehearsal::{FailAt, Faults, Rates, Switches};
use dogwatch::time::Instant;
use serde_json::{Value, json};

use crate::pagerduty::world::{DAY, World, instant, org};

/// Wednesday of the week that Ana has; Bo's begins on Monday 2 February at 10:00 in Dublin, which is 10:00Z.
const NOW: &str = "2026-01-28T12:00:00Z";

const PEOPLE: &str = "
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
email = 'cy@example.com'
zone = 'Europe/Dublin'
";

const WEEKLY: &str = "
[[layers]]
people = ['bo', 'ana']
from = 2026-01-05
handoff = { every = 'week', on = 'Mon', at = '10:00' }
";

/// One rotation, `ops`, in Dublin, and a service `Shop` that pages it.
fn shop(family: &str, layers: &str) -> Org {
    in_zone("Europe/Dublin", family, layers)
}

fn in_zone(zone: &str, family: &str, layers: &str) -> Org {
    settled(&format!("zone = '{zone}'\n[pagerduty]\nfamily = '{family}'\n"), layers)
}

/// As [`shop`], and the team `Ops` is kept as well.
fn in_team(family: &str, layers: &str) -> Org {
    settled(&format!("zone = 'Europe/Dublin'\n[pagerduty]\nfamily = '{family}'\nteams = true\n"), layers)
}

fn settled(settings: &str, layers: &str) -> Org {
    let rotation = format!("name = 'Ops'\n{layers}");
    org(&[
        ("org.toml", settings),
        ("people.toml", PEOPLE),
        ("ops.toml", &rotation),
        ("escalation.toml", "routes = [{ page = 'ops' }]"),
        ("services.toml", "[shop]\npagerduty = 'Shop'\n"),
    ])
}

fn world(org: &Org) -> World {
    let mut world = World::of(org, NOW);
    world.horizon = Duration::from_secs(21 * DAY);
    world
}

/// An account to which ours was applied.
fn synced(org: &Org) -> World {
    let world = world(org);
    assert_eq!(world.sync(org).differences, []);
    world
}

fn user(client: &mut Client, name: &str) -> String {
    let users = client.list("/users", "users", &[]).unwrap();
    users.iter().find(|it| it["name"] == name).unwrap()["id"].as_str().unwrap().to_owned()
}

/// The path of what has a name.
fn path(client: &mut Client, list: &str, name: &str) -> String {
    let key = list.rsplit('/').next().unwrap();
    let found = client.list(list, key, &[]).unwrap();
    let found = found.iter().find(|it| it["name"] == name || it["summary"] == name).unwrap();
    format!("{list}/{}", found["id"].as_str().unwrap())
}

/// A week each from Monday 5 January 2026, 10:00 in Dublin.
fn layer(client: &mut Client, names: &[&str]) -> Value {
    let users: Vec<Value> =
        names.iter().map(|it| json!({ "user": { "id": user(client, it), "type": "user_reference" } })).collect();
    json!({
        "start": "2026-01-28T12:00:00Z", "rotation_virtual_start": "2026-01-05T10:00:00Z",
        "rotation_turn_length_seconds": 604_800, "users": users,
    })
}

fn schedule(layers: &[Value]) -> Value {
    json!({ "schedule": {
        "type": "schedule", "name": "Naive", "time_zone": "Europe/Dublin", "schedule_layers": layers,
    } })
}

fn post(client: &mut Client, path: &str, body: &Value) -> Result<Value, Error> {
    client.create(path, body, |_| Ok(None))
}

/// A schedule of layers that somebody made by hand: its path.
fn naive(client: &mut Client, layers: &[Value]) -> String {
    let made = post(client, "/schedules", &schedule(layers)).unwrap();
    format!("/schedules/{}", made["schedule"]["id"].as_str().unwrap())
}

/// A schedule of shifts with a rotation, made by hand: the paths of both.
fn naive_shifts(client: &mut Client) -> (String, String) {
    let body = json!({ "schedule": { "name": "Naive", "time_zone": "Europe/Dublin" } });
    let made = post(client, "/v3/schedules", &body).unwrap();
    let place = format!("/v3/schedules/{}", made["schedule"]["id"].as_str().unwrap());
    let rotation = rotation(client, &place);
    (place, rotation)
}

fn rotation(client: &mut Client, place: &str) -> String {
    let made = post(client, &format!("{place}/rotations"), &json!({})).unwrap();
    format!("{place}/rotations/{}", made["rotation"]["id"].as_str().unwrap())
}

/// The same weeks as an event.
fn event(client: &mut Client, names: &[&str], since: &str) -> Value {
    let members: Vec<Value> =
        names.iter().map(|it| json!({ "type": "user_member", "user_id": user(client, it) })).collect();
    let at = |day: &str| json!({ "date_time": format!("2026-01-{day}T10:00:00+00:00"), "time_zone": "Europe/Dublin" });
    json!({ "event": {
        "name": "Week", "start_time": at("05"), "end_time": at("12"), "effective_since": since,
        "recurrence": ["RRULE:FREQ=WEEKLY"],
        "assignment_strategy": {
            "type": "rotating_member_assignment_strategy", "shifts_per_member": 1, "members": members,
        },
    } })
}

/// `Ana 01-28T12:00 02-02T10:00` for each stretch of two weeks from `NOW` on, in UTC.
fn shown(client: &mut Client, path: &str) -> Vec<String> {
    let query =
        [("since", NOW), ("until", "2026-02-11T12:00:00Z"), ("time_zone", "UTC"), ("include[]", "final_schedule")];
    let users = client.list("/users", "users", &[]).unwrap();
    let answer = client.get(path, &query).unwrap();
    let finals = &answer["schedule"]["final_schedule"];
    let (rows, start, end) = match finals["rendered_schedule_entries"].as_array() {
        Some(rows) => (rows, "start", "end"),
        None => (finals["computed_shift_assignments"].as_array().unwrap(), "start_time", "end_time"),
    };
    let row = |it: &Value| {
        let id = if it["user"].is_null() { &it["member"]["user_id"] } else { &it["user"]["id"] };
        let name = users.iter().find(|it| it["id"] == *id).map_or("nobody", |it| it["name"].as_str().unwrap());
        format!("{name} {} {}", &it[start].as_str().unwrap()[5..16], &it[end].as_str().unwrap()[5..16])
    };
    rows.iter().map(row).collect()
}

/// The weeks of Ana and Bo, as they should be.
const WEEKS: [&str; 3] = ["Ana 01-28T12:00 02-02T10:00", "Bo 02-02T10:00 02-09T10:00", "Ana 02-09T10:00 02-11T12:00"];

fn nothing_to_do(world: &World, org: &Org) {
    assert_eq!(world.steps(org), [""; 0]);
}

/// What was asked but reading, since the trace was last cleared.
fn written(world: &World) -> Vec<String> {
    let trace = world.trace.borrow();
    trace.iter().filter(|it| !it.starts_with("GET ") && !it.contains("/preview")).cloned().collect()
}

/// #34, #200, #330: the server moves the `start` of a layer, and what compares it has a difference for ever.
#[test]
fn trap_1_a_start_that_is_rewritten() {
    let ours = shop("layers", WEEKLY);
    let world = world(&ours);
    let mut client = world.client();
    let mut wanted = layer(&mut client, &["Bo", "Ana"]);
    wanted["start"] = json!("2026-01-05T10:00:00Z");
    let place = naive(&mut client, &[wanted.clone()]);
    let mut differs = Vec::new();
    for _ in 0..3 {
        world.advance(3600);
        let is = client.get(&place, &[]).unwrap()["schedule"]["schedule_layers"][0].clone();
        differs.push(instant(is["start"].as_str().unwrap()) != instant(wanted["start"].as_str().unwrap()));
        wanted["id"] = is["id"].clone();
        client.put(&place, schedule(&[wanted.clone()])).unwrap();
    }
    assert_eq!(differs, [true; 3]);
    world.sync(&ours);
    for _ in 0..3 {
        world.advance(3600);
        nothing_to_do(&world, &ours);
    }
}

/// #4, #85, #168, pull request 23: a `rotation_virtual_start` with an offset moves by it each time.
#[test]
fn trap_2_a_virtual_start_that_drifts() {
    let ours = in_zone("America/New_York", "layers", &WEEKLY.replace("10:00", "05:00"));
    let world = world(&ours);
    let mut client = world.client();
    let mut one = layer(&mut client, &["Bo", "Ana"]);
    one["rotation_virtual_start"] = json!("2026-01-05T05:00:00-05:00");
    let mut body = schedule(&[one]);
    body["schedule"]["time_zone"] = json!("America/New_York");
    let made = post(&mut client, "/schedules", &body).unwrap();
    let place = format!("/schedules/{}", made["schedule"]["id"].as_str().unwrap());
    let mut handoffs = vec![shown(&mut client, &place)[0].clone()];
    // What is read is written back, twice.
    for _ in 0..2 {
        let is = client.get(&place, &[]).unwrap()["schedule"]["schedule_layers"][0].clone();
        client.put(&place, json!({ "schedule": { "schedule_layers": [is] } })).unwrap();
        handoffs.push(shown(&mut client, &place)[0].clone());
    }
    let drifts = ["Ana 01-28T12:00 02-02T05:00", "Ana 01-28T12:00 02-02T00:00", "Ana 01-28T12:00 02-01T19:00"];
    assert_eq!(handoffs, drifts);
    world.sync(&ours);
    let place = path(&mut client, "/schedules", "Ops");
    assert_eq!(shown(&mut client, &place), WEEKS);
    // Changed by us twice, it stays.
    for end in ["2026-03-02", "2026-03-09"] {
        let ends = WEEKLY.replace("from = 2026-01-05\n", &format!("from = 2026-01-05\nuntil = {end}\n"));
        world.sync(&in_zone("America/New_York", "layers", &ends.replace("10:00", "05:00")));
    }
    assert_eq!(shown(&mut client, &place), WEEKS);
}

/// #424, pull request 610: what was read is written back, and the upper layer is the lower one.
#[test]
fn trap_3_layers_in_reverse() {
    let above = "[[layers]]\npeople = ['cy']\nhours = ['Mon-Fri 09:00-17:00']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '09:00' }\n";
    let ours = shop("layers", &format!("{WEEKLY}{above}"));
    let world = world(&ours);
    let mut client = world.client();
    let (below, mut over) = (layer(&mut client, &["Bo", "Ana"]), layer(&mut client, &["Cy"]));
    over["restrictions"] =
        json!([{ "type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 28_800 }]);
    let place = naive(&mut client, &[below, over]);
    let right = now_on_call(&world, &mut client, &place);
    let is = client.get(&place, &[]).unwrap()["schedule"]["schedule_layers"].clone();
    client.put(&place, json!({ "schedule": { "schedule_layers": is } })).unwrap();
    world.advance(60);
    assert_eq!((right.as_str(), now_on_call(&world, &mut client, &place).as_str()), ("Cy", "Ana"));
    world.sync(&ours);
    let place = path(&mut client, "/schedules", "Ops");
    let right = shown(&mut client, &place);
    assert_eq!(right[0], "Cy 01-28T12:01 01-28T17:00");
    // A change that touches the layers, which are written back.
    let later = shop(
        "layers",
        &format!("{WEEKLY}{above}").replace("from = 2026-01-05\n", "from = 2026-01-05\nuntil = 2026-03-02\n"),
    );
    world.sync(&later);
    assert_eq!(shown(&mut client, &place), right);
}

/// #451, go-pagerduty pull request 167: what is left out of a PUT stays, so that leaving out clears nothing.
#[test]
fn trap_4_what_is_left_out_is_not_cleared() {
    let ends = WEEKLY.replace("from = 2026-01-05\n", "from = 2026-01-05\nuntil = 2026-02-09\n");
    let (ours, never) = (shop("layers", &ends), shop("layers", WEEKLY));
    let world = world(&ours);
    let mut client = world.client();
    let mut one = layer(&mut client, &["Bo", "Ana"]);
    one["end"] = json!("2026-02-09T10:00:00Z");
    let place = naive(&mut client, &[one]);
    let mut is = client.get(&place, &[]).unwrap()["schedule"]["schedule_layers"][0].clone();
    is.as_object_mut().unwrap().shift_remove("end");
    client.put(&place, json!({ "schedule": { "schedule_layers": [is] } })).unwrap();
    assert_eq!(shown(&mut client, &place), WEEKS[..2]);
    world.sync(&ours);
    let place = path(&mut client, "/schedules", "Ops");
    assert_eq!(shown(&mut client, &place), WEEKS[..2]);
    world.sync(&never);
    assert_eq!(shown(&mut client, &place), WEEKS);
}

/// #215, #341, #560, #585, pull request 1083: somebody joins, and somebody else is on call at once.
#[test]
fn trap_5_a_new_person_moves_everybody() {
    let joined = WEEKLY.replace("['bo', 'ana']", "['bo', 'ana', 'cy']");
    for family in ["layers", "shifts"] {
        let (ours, joined) = (shop(family, WEEKLY), shop(family, &joined));
        let world = world(&ours);
        let mut client = world.client();
        let place = naive_of(family, &mut client);
        world.advance(60);
        let before = now_on_call(&world, &mut client, &place);
        more(family, &mut client, &place);
        world.advance(60);
        // The fourth week is Ana's of two, and Bo's of three.
        assert_eq!((before.as_str(), now_on_call(&world, &mut client, &place).as_str()), ("Ana", "Bo"), "{family}");
        let world = synced(&ours);
        let mut client = world.client();
        let list = if family == "layers" { "/schedules" } else { "/v3/schedules" };
        let place = path(&mut client, list, "Ops");
        world.sync(&joined);
        let mut names = Vec::new();
        for at in [NOW, "2026-02-02T09:59:00Z", "2026-02-02T10:00:00Z", "2026-02-09T10:00:00Z", "2026-02-16T10:00:00Z"]
        {
            world.set_now(instant(at) + Duration::from_secs(30));
            names.push(now_on_call(&world, &mut client, &place));
        }
        // Then the fifth week of three, the sixth, the seventh.
        assert_eq!(names, ["Ana", "Ana", "Ana", "Cy", "Bo"], "{family}");
    }
}

fn naive_of(family: &str, client: &mut Client) -> String {
    if family == "layers" {
        let one = layer(client, &["Bo", "Ana"]);
        return naive(client, &[one]);
    }
    let (place, rotation) = naive_shifts(client);
    let body = event(client, &["Bo", "Ana"], NOW);
    post(client, &format!("{rotation}/events"), &body).unwrap();
    place
}

/// The list of people is made longer in place; in shifts, where that is refused, the event is replaced.
fn more(family: &str, client: &mut Client, place: &str) {
    let is = client.get(place, &[]).unwrap()["schedule"].clone();
    if family == "layers" {
        let mut one = layer(client, &["Bo", "Ana", "Cy"]);
        one["id"] = is["schedule_layers"][0]["id"].clone();
        client.put(place, json!({ "schedule": { "schedule_layers": [one] } })).unwrap();
        return;
    }
    let rotation = format!("{place}/rotations/{}", is["rotations"][0]["id"].as_str().unwrap());
    let old = is["rotations"][0]["events"][0]["id"].as_str().unwrap();
    client.delete(&format!("{rotation}/events/{old}")).unwrap();
    let body = event(client, &["Bo", "Ana", "Cy"], NOW);
    post(client, &format!("{rotation}/events"), &body).unwrap();
}

fn now_on_call(world: &World, client: &mut Client, place: &str) -> String {
    let now = world.now();
    let (since, until) = (now.to_string(), (now + Duration::from_secs(60)).to_string());
    let query = [("since", since.as_str()), ("until", until.as_str()), ("include[]", "final_schedule")];
    let answer = client.get(place, &query).unwrap();
    let finals = &answer["schedule"]["final_schedule"];
    let id = match finals["rendered_schedule_entries"].get(0) {
        Some(row) => row["user"]["id"].clone(),
        None => finals["computed_shift_assignments"][0]["member"]["user_id"].clone(),
    };
    let users = client.list("/users", "users", &[]).unwrap();
    users.iter().find(|it| it["id"] == id).map_or("nobody", |it| it["name"].as_str().unwrap()).to_owned()
}

/// formae's plugin: a layer without an id is a new one.
#[test]
fn trap_6_layers_without_ids_are_new_ones() {
    let ours = shop("layers", WEEKLY);
    let world = world(&ours);
    let mut client = world.client();
    let one = layer(&mut client, &["Bo", "Ana"]);
    let place = naive(&mut client, std::slice::from_ref(&one));
    let layers = |client: &mut Client, place: &str| {
        client.get(place, &[]).unwrap()["schedule"]["schedule_layers"].as_array().unwrap().len()
    };
    for _ in 0..2 {
        client.put(&place, schedule(std::slice::from_ref(&one))).unwrap();
    }
    assert_eq!(layers(&mut client, &place), 3);
    let world = synced(&ours);
    let mut client = world.client();
    let place = path(&mut client, "/schedules", "Ops");
    // The answer to our change is lost: it is looked for, and not sent again.
    let other = shop("layers", &WEEKLY.replace("['bo', 'ana']", "['bo', 'cy']"));
    let plan = world.plan(&other).unwrap();
    let put = plan_puts(&world, &plan);
    world.fail(Faults { fail_at: vec![FailAt { request: put, after: true, down: false }], ..Faults::default() });
    world.apply(&plan).unwrap();
    assert_eq!(layers(&mut client, &place), 2, "one that ends and one that begins");
    nothing_to_do(&world, &other);
}

/// At which request an apply of this plan first writes.
fn plan_puts(world: &World, plan: &dogwatch::pagerduty::plan::Plan) -> u64 {
    let other = world.copy();
    other.apply(plan).unwrap();
    let writes = |it: &String| it.starts_with("PUT ");
    let first = other.trace.borrow().iter().position(writes).unwrap();
    first as u64 + 1
}

/// #308: a layer that has not begun cannot end now.
#[test]
fn trap_7_what_has_not_begun_cannot_end_now() {
    let later = WEEKLY.replace("2026-01-05\n", "2026-01-05\nuntil = 2026-02-09\n")
        + &WEEKLY.replace("2026-01-05", "2026-02-09").replace("['bo', 'ana']", "['cy']");
    let (ours, gone) = (shop("layers", &later), shop("layers", WEEKLY));
    let world = world(&ours);
    let mut client = world.client();
    let mut one = layer(&mut client, &["Cy"]);
    one["start"] = json!("2026-02-09T10:00:00Z");
    let place = naive(&mut client, &[one]);
    let mut is = client.get(&place, &[]).unwrap()["schedule"]["schedule_layers"][0].clone();
    is["end"] = json!(NOW);
    let refused = client.put(&place, json!({ "schedule": { "schedule_layers": [is] } })).unwrap_err();
    assert!(refused.to_string().ends_with("rotation_layers.end: must be after start"), "{refused}");
    world.sync(&ours);
    let place = path(&mut client, "/schedules", "Ops");
    assert_eq!(shown(&mut client, &place)[2], "Cy 02-09T10:00 02-11T12:00");
    world.sync(&gone);
    assert_eq!(shown(&mut client, &place), WEEKS);
}

/// Pull requests 383, 385, 386, 405, 433, 483, 764: limits are met when half is done already.
#[test]
fn trap_8_limits_that_only_apply_meets() {
    let (right, wrong) = (shop("layers", WEEKLY), shop("layers", &WEEKLY.replace("'week'", "'60 weeks'")));
    let world = world(&right);
    let mut client = world.client();
    let one = layer(&mut client, &["Bo", "Ana"]);
    let mut long = one.clone();
    long["rotation_turn_length_seconds"] = json!(36_288_000);
    let made = [one, long].map(|it| post(&mut client, "/schedules", &schedule(&[it])).is_ok());
    assert_eq!(made, [true, false], "the first stands, the second does not");
    // A turn of sixty weeks, longer than PagerDuty holds, is two of thirty.
    let plan = world.plan(&wrong).unwrap();
    assert_eq!(plan.errors, []);
    assert_eq!(world.apply(&plan).unwrap().differences, []);
    nothing_to_do(&world, &wrong);
    let place = path(&mut client, "/schedules", "Ops");
    let is = client.get(&place, &[]).unwrap()["schedule"]["schedule_layers"][0].clone();
    assert_eq!(is["rotation_turn_length_seconds"], json!(30 * 7 * DAY));
    // What can be held in no way is said before the first request that writes, whatever else could be done.
    let windows = "['Mon 09:00-10:00', 'Tue 09:00-11:00', 'Wed 09:00-12:00', 'Thu 09:00-13:00', 'Fri 09:00-14:00', 'Sat 09:00-15:00']";
    let odd = shop("shifts", &format!("{WEEKLY}hours = {windows}\n"));
    let before = world.rehearsal.borrow().account().clone();
    world.trace.borrow_mut().clear();
    let plan = world.plan(&odd).unwrap();
    let told: Vec<String> = plan.errors.iter().map(|it| format!("{}: {}", it.about, it.text)).collect();
    assert_eq!(
        told,
        ["ops: has more windows of different shape than a rotation of shifts holds; say `family = \"layers\"`"]
    );
    assert!(matches!(world.apply(&plan), Err(Trouble::Impossible(_))));
    assert_eq!(written(&world), [""; 0]);
    assert_eq!(*world.rehearsal.borrow().account(), before);
}

/// Pull request 1087: a past `effective_since` becomes now, and what compares it has a difference for ever.
#[test]
fn trap_9_a_since_that_is_rewritten() {
    let ours = shop("shifts", WEEKLY);
    let world = world(&ours);
    let mut client = world.client();
    let (place, rotation) = naive_shifts(&mut client);
    let wanted = event(&mut client, &["Bo", "Ana"], "2026-01-05T10:00:00Z");
    post(&mut client, &format!("{rotation}/events"), &wanted).unwrap();
    let is = client.get(&place, &[]).unwrap()["schedule"]["rotations"][0]["events"][0].clone();
    let since = instant(is["effective_since"].as_str().unwrap());
    assert!(since > instant(wanted["event"]["effective_since"].as_str().unwrap()), "it is always another");
    world.sync(&ours);
    for _ in 0..3 {
        world.advance(3600);
        nothing_to_do(&world, &ours);
    }
}

/// #1123, pull request 1124: a running event refuses to be edited, and between its end and its successor nobody is on call.
#[test]
fn trap_10_a_running_event_is_replaced() {
    let (ours, other) = (shop("shifts", WEEKLY), shop("shifts", &WEEKLY.replace("['bo', 'ana']", "['bo', 'cy']")));
    let world = world(&ours);
    let mut client = world.client();
    let place = naive_of("shifts", &mut client);
    world.advance(60);
    let is = client.get(&place, &[]).unwrap()["schedule"]["rotations"][0].clone();
    let event_of = |it: &Value| it["events"][0]["id"].as_str().unwrap().to_owned();
    let here = format!("{place}/rotations/{}/events/{}", is["id"].as_str().unwrap(), event_of(&is));
    let wanted = event(&mut client, &["Bo", "Cy"], NOW);
    let refused = client.put(&here, wanted).unwrap_err();
    assert_eq!(refused.refusal(), Some(Refusal::Invalid));
    client.delete(&here).unwrap();
    // Killed here.
    world.advance(60);
    assert_eq!(now_on_call(&world, &mut client, &place), "nobody");
    let world = synced(&ours);
    let plan = world.plan(&other).unwrap();
    let (_, worlds) = world.watch(|| world.apply(&plan).unwrap());
    for (index, world) in worlds.iter().enumerate() {
        let mut client = world.client();
        let place = path(&mut client, "/v3/schedules", "Ops");
        assert_eq!(now_on_call(world, &mut client, &place), "Ana", "after request {index}");
    }
}

/// The provider's reconciliation by position: what comes first moves all the others.
#[test]
fn trap_11_rotations_by_position() {
    let by_day = "[[layers]]\npeople = ['cy']\nhours = ['Mon-Fri 09:00-17:00']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '09:00' }\n";
    let by_night = "[[layers]]\npeople = ['ana', 'bo']\nhours = ['Mon-Fri 18:00-22:00']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '18:00' }\n";
    let (ours, more) = (shop("shifts", by_night), shop("shifts", &format!("{by_day}{by_night}")));
    let world = world(&ours);
    let mut client = world.client();
    let place = naive_of("shifts", &mut client);
    let ids = |client: &mut Client, place: &str| -> Vec<String> {
        let is = client.get(place, &[]).unwrap()["schedule"]["rotations"].clone();
        let live = |it: &&Value| it["effective_until"].is_null();
        let events = is.as_array().unwrap().iter().flat_map(|it| it["events"].as_array().unwrap());
        events.filter(live).map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let before = ids(&mut client, &place);
    // [new, old] is wanted where [old] is: the first becomes the new one, and the old one is made again behind it.
    world.advance(60);
    let is = client.get(&place, &[]).unwrap()["schedule"]["rotations"][0].clone();
    let first = format!("{place}/rotations/{}", is["id"].as_str().unwrap());
    client.delete(&format!("{first}/events/{}", before[0])).unwrap();
    let second = rotation(&mut client, &place);
    for (rotation, names) in [(&first, &["Cy"][..]), (&second, &["Bo", "Ana"][..])] {
        let body = event(&mut client, names, NOW);
        post(&mut client, &format!("{rotation}/events"), &body).unwrap();
    }
    let after = ids(&mut client, &place);
    assert_eq!((after.len(), after.contains(&before[0])), (2, false), "what nobody wanted to change is gone");
    let world = synced(&ours);
    let mut client = world.client();
    let place = path(&mut client, "/v3/schedules", "Ops");
    let before = ids(&mut client, &place);
    world.sync(&more);
    let after = ids(&mut client, &place);
    assert_eq!((before.len(), after.len(), after.contains(&before[0])), (1, 2, true));
}

/// #1127, pull request 1132: times come back in UTC, and in another order; texts are never equal.
#[test]
fn trap_12_times_and_sets_as_texts() {
    let ours = in_zone("America/New_York", "shifts", WEEKLY);
    let world = world(&ours);
    let mut client = world.client();
    let (place, rotation) = naive_shifts(&mut client);
    let mut wanted = event(&mut client, &["Bo", "Ana"], NOW);
    for (key, day) in [("start_time", "05"), ("end_time", "12")] {
        let text = format!("2026-01-{day}T10:00:00-05:00");
        wanted["event"][key] = json!({ "date_time": text, "time_zone": "America/New_York" });
    }
    post(&mut client, &format!("{rotation}/events"), &wanted).unwrap();
    let is = client.get(&place, &[]).unwrap()["schedule"]["rotations"][0]["events"][0].clone();
    let texts = [&wanted["event"]["start_time"]["date_time"], &is["start_time"]["date_time"]];
    assert_eq!(texts, [&json!("2026-01-05T10:00:00-05:00"), &json!("2026-01-05T15:00:00Z")]);
    world.sync(&ours);
    nothing_to_do(&world, &ours);
    // Teams are a set: in whatever order they come back, and whoever else has added theirs.
    for family in ["layers", "shifts"] {
        let ours = in_team(family, WEEKLY);
        let world = synced(&ours);
        let mut client = world.client();
        let team = post(&mut client, "/teams", &json!({ "team": { "type": "team", "name": "A first one" } })).unwrap();
        let list = if family == "layers" { "/schedules" } else { "/v3/schedules" };
        let place = path(&mut client, list, "Ops");
        let is = |client: &mut Client| -> Vec<Value> {
            let is = client.get(&place, &[]).unwrap()["schedule"]["teams"].as_array().unwrap().clone();
            is.into_iter().map(|it| it["id"].clone()).collect()
        };
        let mine = is(&mut client);
        let both = vec![team["team"]["id"].clone(), mine[0].clone()];
        for order in [both.clone(), both.iter().rev().cloned().collect()] {
            let teams: Vec<Value> = order.iter().map(|it| json!({ "id": it, "type": "team_reference" })).collect();
            let named = json!({ "type": "schedule", "name": "Ops", "time_zone": "Europe/Dublin", "teams": teams });
            client.put(&place, json!({ "schedule": named })).unwrap();
            assert_eq!((is(&mut client).len(), mine.len()), (2, 1), "{family}");
            nothing_to_do(&world, &ours);
        }
    }
}

/// #1148: `UTC` comes back as `Etc/UTC`.
#[test]
fn trap_13_utc_has_two_names() {
    for family in ["layers", "shifts"] {
        let ours = in_zone("UTC", family, WEEKLY);
        let world = world(&ours);
        let mut client = world.client();
        if family == "shifts" {
            let body = json!({ "schedule": { "name": "Naive", "time_zone": "UTC" } });
            let made = post(&mut client, "/v3/schedules", &body).unwrap();
            assert_eq!(made["schedule"]["time_zone"], "Etc/UTC", "it is never what was sent");
        }
        world.sync(&ours);
        nothing_to_do(&world, &ours);
    }
}

/// #1105, pull request 1107: a schedule that a policy uses names it as an object, and one of shifts has a type of its own.
#[test]
fn trap_14_shapes_that_nobody_expected() {
    #[derive(Debug, serde::Deserialize)]
    #[expect(dead_code, reason = "it is read to see that it cannot be")]
    struct Strict {
        escalation_policies: Vec<String>,
    }
    #[derive(Debug, serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        UserReference,
        ScheduleReference,
    }
    let ours = shop("layers", WEEKLY);
    let world = synced(&ours);
    let mut client = world.client();
    let place = path(&mut client, "/schedules", "Ops");
    let used = client.get(&place, &[]).unwrap()["schedule"].clone();
    assert!(serde_json::from_value::<Strict>(used).is_err());
    nothing_to_do(&world, &ours);
    let ours = shop("shifts", WEEKLY);
    let world = synced(&ours);
    let mut client = world.client();
    let policies = client.list("/escalation_policies", "escalation_policies", &[]).unwrap();
    let kinds = policies.iter().map(|it| it["escalation_rules"][0]["targets"][0]["type"].clone());
    let read: Vec<bool> = kinds.map(|it| serde_json::from_value::<Kind>(it).is_ok()).collect();
    assert_eq!(read, [true, false], "Default pages somebody, Ops a schedule of shifts");
    nothing_to_do(&world, &ours);
}

/// #337, #358, #534, #619, #1081: what is used cannot be removed, and policies of others are rewritten to get through.
#[test]
fn trap_15_what_is_used_stays() {
    for family in ["layers", "shifts"] {
        let ours = shop(family, WEEKLY);
        let world = synced(&ours);
        let mut client = world.client();
        let list = if family == "layers" { "/schedules" } else { "/v3/schedules" };
        let place = path(&mut client, list, "Ops");
        let refused = client.delete(&place).unwrap_err();
        assert_eq!(refused.refusal(), Some(Refusal::Invalid), "{family}: it is in use");
        // Somebody else's policy uses it as well.
        let id = place.rsplit('/').next().unwrap();
        let kind = if family == "layers" { "schedule_reference" } else { "schedule_v3_reference" };
        let foreign = json!({ "escalation_policy": {
            "type": "escalation_policy", "name": "Theirs",
            "escalation_rules": [{ "escalation_delay_in_minutes": 30, "targets": [{ "id": id, "type": kind }] }],
        } });
        post(&mut client, "/escalation_policies", &foreign).unwrap();
        let theirs = path(&mut client, "/escalation_policies", "Theirs");
        let before = client.get(&theirs, &[]).unwrap();
        // The rotation goes, and with it its policy.
        let nothing = other_rotation(family);
        let plan = world.plan_with(&nothing, Choices { prune: true, ..Choices::default() }).unwrap();
        let told: Vec<&str> = plan.notes.iter().filter(|it| it.about == "ops").map(|it| it.text.as_str()).collect();
        assert_eq!(told, ["cannot be removed while `Theirs`, which is not ours, uses it"], "{family}");
        world.apply(&plan).unwrap();
        assert_eq!(client.get(&theirs, &[]).unwrap(), before, "{family}");
        // They let go; now it goes, after its policy has gone.
        client.delete(&theirs).unwrap();
        let plan = world.plan_with(&nothing, Choices { prune: true, ..Choices::default() }).unwrap();
        world.apply(&plan).unwrap();
        assert_eq!(client.get(&place, &[]).unwrap_err().refusal(), Some(Refusal::NotFound), "{family}");
    }
}

/// The same people and service, but `ops` is no more, and `web` is.
fn other_rotation(family: &str) -> Org {
    let settings = format!("zone = 'Europe/Dublin'\n[pagerduty]\nfamily = '{family}'\n");
    org(&[
        ("org.toml", &settings),
        ("people.toml", PEOPLE),
        ("web.toml", &format!("name = 'Web'\n{WEEKLY}")),
        ("escalation.toml", "routes = [{ page = 'web' }]"),
        ("services.toml", "[shop]\npagerduty = 'Shop'\n"),
    ])
}

/// #224, #292, #709, #913, pull requests 863 and 898: a policy is taken out of its team to let a member go, and stays out.
#[test]
fn trap_16_policies_that_lose_their_team() {
    let ours = shop("layers", WEEKLY);
    let world = synced(&ours);
    let mut client = world.client();
    let team = post(&mut client, "/teams", &json!({ "team": { "type": "team", "name": "Search" } })).unwrap();
    let team = team["team"]["id"].as_str().unwrap().to_owned();
    let ana = user(&mut client, "Ana");
    let member = format!("/teams/{team}/users/{ana}");
    client.put(&member, json!({ "role": "responder" })).unwrap();
    let policy = path(&mut client, "/escalation_policies", "Ops");
    let of_team = format!("/teams/{team}{policy}");
    client.put(&of_team, json!({})).unwrap();
    let teams = |client: &mut Client| client.get(&policy, &[]).unwrap()["escalation_policy"]["teams"].clone();
    let before = teams(&mut client);
    assert_eq!(before[0]["id"], json!(team));
    let kept = world.copy();
    let refused = client.delete(&member).unwrap_err();
    assert!(refused.to_string().contains("belong to an escalation policy on this team"), "{refused}");
    client.delete(&of_team).unwrap();
    client.delete(&member).unwrap();
    assert_eq!(teams(&mut client), json!([]), "killed before it was put back");
    // Ours changes people and the policy, and leaves its team.
    let other = shop("layers", &WEEKLY.replace("['bo', 'ana']", "['cy', 'bo']"));
    kept.sync(&other);
    let mut client = kept.client();
    assert_eq!(client.get(&policy, &[]).unwrap()["escalation_policy"]["teams"], before);
    // Where teams are kept, whoever goes leaves when nothing reaches them any more, and no policy leaves its team for it.
    for family in ["layers", "shifts"] {
        let world = synced(&in_team(family, WEEKLY));
        let mut client = world.client();
        let team = path(&mut client, "/teams", "Ops");
        let members = |client: &mut Client| -> Vec<String> {
            let all = client.list(&format!("{team}/members"), "members", &[]).unwrap();
            let mut all: Vec<String> =
                all.iter().map(|it| it["user"]["summary"].as_str().unwrap().to_owned()).collect();
            all.sort();
            all
        };
        let policy = path(&mut client, "/escalation_policies", "Ops");
        let teams = |client: &mut Client| client.get(&policy, &[]).unwrap()["escalation_policy"]["teams"].clone();
        let before = teams(&mut client);
        assert_eq!(members(&mut client), ["Ana", "Bo"], "{family}");
        let other = in_team(family, &WEEKLY.replace("['bo', 'ana']", "['cy', 'bo']"));
        world.trace.borrow_mut().clear();
        // Ana is on call until Monday.
        world.sync(&other);
        assert_eq!(members(&mut client), ["Ana", "Bo", "Cy"], "{family}");
        world.advance(6 * DAY);
        world.sync(&other);
        assert_eq!(members(&mut client), ["Bo", "Cy"], "{family}");
        let moved = |it: &&String| it.contains("/escalation_policies/") && it.contains("/teams/");
        assert_eq!(written(&world).iter().filter(moved).count(), 0, "{family}");
        assert_eq!(teams(&mut client), before, "{family}");
        nothing_to_do(&world, &other);
    }
}

/// #273, #789, #1019: what was just created is not found, and made again.
#[test]
fn trap_17_what_was_created_is_not_seen_yet() {
    let ours = shop("layers", WEEKLY);
    let world = world(&ours);
    let late = || Faults { seed: Some(1), rates: none(), lag_seconds: 60, ..Faults::default() };
    let naive_world = world.copy();
    naive_world.fail(late());
    let mut client = naive_world.client();
    let one = layer(&mut client, &["Bo", "Ana"]);
    for _ in 0..2 {
        let place = naive(&mut client, std::slice::from_ref(&one));
        if client.get(&place, &[]).is_ok() {
            break;
        }
    }
    naive_world.advance(120);
    assert_eq!(client.list("/schedules", "schedules", &[]).unwrap().len(), 2);
    world.fail(late());
    let plan = world.plan(&ours).unwrap();
    let _ = world.apply(&plan);
    world.advance(120);
    nothing_to_do(&world, &ours);
    assert_eq!(world.objects(), (1, 1));
}

fn none() -> Rates {
    Rates { throttled: 0, throttled_bare: 0, error: 0, gateway: 0, lock: 0, conflict: 0, cut_before: 0, cut_after: 0 }
}

/// #184, #546, #824: too many requests, and it ends in the middle.
#[test]
fn trap_18_too_many_requests() {
    let ours = shop("layers", WEEKLY);
    let throttled = Switches { rate_limit: Some(4), tick: 1, ..Switches::default() };
    let world = world(&ours);
    world.rehearsal.borrow_mut().set_switches(throttled);
    let mut statuses = Vec::new();
    for _ in 0..6 {
        // Without a client that waits.
        let request = dogwatch::rehearsal::Request::new(dogwatch::rehearsal::Method::Get, "/users")
            .header("Authorization", "Token token=rehearsal");
        let outcome = world.rehearsal.borrow_mut().answer(&request, Instant::MIN);
        let dogwatch::rehearsal::Outcome::Answer(answer) = outcome else { panic!("nothing is cut") };
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429, 429]);
    assert_eq!(world.sync(&ours).differences, []);
    let trace = world.trace.borrow();
    for (index, line) in trace.iter().enumerate().filter(|it| it.1.ends_with(": 429")) {
        let request = line.strip_suffix(": 429").unwrap();
        assert!(trace[index + 1].starts_with(request), "{line}, then {}", trace[index + 1]);
    }
}

/// Pull request 713, #1117: every 400 is tried again for minutes, or not even the one that passes.
#[test]
fn trap_19_the_400_that_passes() {
    let ours = shop("layers", WEEKLY);
    let world = world(&ours);
    world.fail(Faults { seed: Some(3), rates: Rates { lock: 25, ..none() }, ..Faults::default() });
    let mut locked = 0;
    for _ in 0..24 {
        let request = dogwatch::rehearsal::Request::new(dogwatch::rehearsal::Method::Post, "/teams")
            .header("Authorization", "Token token=rehearsal")
            .json(&json!({ "team": { "name": format!("Team {locked}") } }));
        let outcome = world.rehearsal.borrow_mut().answer(&request, Instant::MIN);
        let dogwatch::rehearsal::Outcome::Answer(answer) = outcome else { panic!("nothing is cut") };
        locked += u32::from(answer.status == 400);
    }
    assert!((1..24).contains(&locked), "who gives up at a 400 gives up {locked} times");
    assert_eq!(world.sync(&ours).differences, []);
    // A real one is sent once.
    world.fail(Faults::default());
    world.trace.borrow_mut().clear();
    let mut client = world.client();
    assert!(post(&mut client, "/schedules", &schedule(&[json!({})])).is_err());
    assert_eq!(written(&world), ["POST /schedules: 400"]);
}

/// #648, #1032, #1097: the second writer of a router takes everything away from the first.
#[test]
fn trap_20_a_router_has_one_owner() {
    let settings =
        "zone = 'Europe/Dublin'\n[pagerduty]\norchestration = 'router'\ntags = { service = 'event.source' }\n";
    let ops = format!("name = 'Ops'\n{WEEKLY}");
    let ours = org(&[
        ("org.toml", settings),
        ("people.toml", PEOPLE),
        ("ops.toml", &ops),
        ("escalation.toml", "routes = [{ when = { service = ['db-*'] }, page = 'ops' }, { page = 'ops' }]"),
        ("services.toml", "[shop]\npagerduty = 'Shop'\n"),
    ]);
    let world = world(&ours);
    let mut client = world.client();
    let made = post(&mut client, "/event_orchestrations", &json!({ "orchestration": { "name": "router" } })).unwrap();
    let router = format!("/event_orchestrations/{}/router", made["orchestration"]["id"].as_str().unwrap());
    let shop = path(&mut client, "/services", "Shop").rsplit('/').next().unwrap().to_owned();
    let path_of = |label: &str| {
        json!({ "orchestration_path": {
            "type": "router",
            "sets": [{ "id": "start", "rules": [
                { "label": label, "conditions": [], "actions": { "route_to": shop } },
            ] }],
            "catch_all": { "actions": { "route_to": "unrouted" } },
        } })
    };
    let labels = |client: &mut Client| -> Vec<String> {
        let is = client.get(&router, &[]).unwrap()["orchestration_path"]["sets"][0]["rules"].clone();
        is.as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap().to_owned()).collect()
    };
    client.put(&router, path_of("theirs")).unwrap();
    let before = world.rehearsal.borrow().account().clone();
    // Ours sees a rule without conditions, says whose it is, and writes nothing.
    let plan = world.plan(&ours).unwrap();
    let told: Vec<String> = plan.errors.iter().map(|it| format!("{}: {}", it.about, it.text)).collect();
    assert_eq!(
        told,
        [
            "router router: this orchestration is not ours, and its router has 1 rule of somebody else: `--adopt 'router'` replaces them"
        ]
    );
    assert!(matches!(world.apply(&plan), Err(Trouble::Impossible(_))));
    assert_eq!(*world.rehearsal.borrow().account(), before);
    client.put(&router, path_of("mine")).unwrap();
    assert_eq!(labels(&mut client), ["mine"], "theirs is gone, and nobody was told");
    // Taken over by name, and written over by somebody else once more: the plan says what goes.
    let adopt = Choices { adopt: vec!["router".to_owned()], ..Choices::default() };
    let plan = world.plan_with(&ours, adopt).unwrap();
    assert_eq!(world.apply(&plan).unwrap().differences, []);
    nothing_to_do(&world, &ours);
    client.put(&router, path_of("theirs")).unwrap();
    let plan = world.plan(&ours).unwrap();
    let said = |all: &[dogwatch::pagerduty::desired::Note]| -> Vec<String> {
        all.iter().map(|it| format!("{}: {}", it.about, it.text)).collect()
    };
    assert_eq!(said(&plan.errors), [""; 0]);
    assert_eq!(said(&plan.notes), ["router router: 1 rule leads to a service that is not ours, and goes"]);
    assert_eq!(world.steps(&ours), ["router router: write the router of router, with 1 rule"]);
    world.sync(&ours);
    nothing_to_do(&world, &ours);
}
