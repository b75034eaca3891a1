//! Schedules of layers and their overrides, over time.

use dogwatch::rehearsal::{Faults, LayerOrder, Switches, VirtualStart};
use serde_json::{Value, json};

use super::{Scene, refusal, refused};

fn path(schedule: &Value) -> String {
    format!("/schedules/{}", schedule["id"].as_str().unwrap())
}

fn names(schedule: &Value) -> Vec<&str> {
    schedule["schedule_layers"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}

fn put(scene: &mut Scene, schedule: &Value, body: Value) -> Value {
    let told = scene.ask(&format!("PUT {}", path(schedule)), json!({ "schedule": body }));
    assert_eq!(told.status, 200, "{}", told.body);
    told.body["schedule"].clone()
}

fn named(mut layer: Value, name: &str) -> Value {
    layer["name"] = json!(name);
    layer
}

#[test]
fn layers_are_read_in_reverse_and_the_last_written_wins() {
    for (order, expected) in [(LayerOrder::Reversed, ["top", "base"]), (LayerOrder::AsWritten, ["base", "top"])] {
        let switches = Switches { layer_order: order, rate_limit: None, ..Switches::default() };
        let mut scene = Scene::with(switches, Faults::default());
        let layers = vec![named(scene.layer("a"), "base"), named(scene.layer("b"), "top")];
        let schedule = scene.schedule(layers);
        assert_eq!(names(&schedule), expected);
        assert_eq!(names(&scene.get(&path(&schedule)).body["schedule"]), expected);
        let entries = scene.final_schedule(&schedule["id"], "2026-01-06", "2026-01-07");
        assert_eq!(entries, ["b 01-06T00:00 01-07T00:00"]);
    }
}

#[test]
fn a_naive_read_and_write_swaps_layers() {
    let mut scene = Scene::new();
    let layers = vec![named(scene.layer("a"), "base"), named(scene.layer("b"), "top")];
    let schedule = scene.schedule(layers);
    let again = put(&mut scene, &schedule, json!({ "schedule_layers": schedule["schedule_layers"] }));
    assert_eq!(names(&again), ["base", "top"], "what was on top is beneath");
    assert_eq!(scene.final_schedule(&schedule["id"], "2026-01-06", "2026-01-07"), ["a 01-06T00:00 01-07T00:00"]);
}

#[test]
fn the_start_of_a_layer_is_the_servers() {
    let mut scene = Scene::new();
    let mut layer = scene.layer("ab");
    layer["start"] = json!("2020-01-01T00:00:00Z");
    let schedule = scene.schedule(vec![layer.clone()]);
    let start = |schedule: &Value| schedule["schedule_layers"][0]["start"].clone();
    assert_eq!(start(&schedule), "2026-01-05T07:00:00-05:00", "a past start is now");
    scene.now("2026-01-07T12:00:00Z");
    layer["id"] = schedule["schedule_layers"][0]["id"].clone();
    let again = put(&mut scene, &schedule, json!({ "schedule_layers": [layer.clone()] }));
    assert_eq!(start(&again), "2026-01-07T07:00:00-05:00", "and the time of each update");
    layer["start"] = json!("2026-01-09T00:00:00Z");
    let again = put(&mut scene, &schedule, json!({ "schedule_layers": [layer] }));
    assert_eq!(start(&again), "2026-01-08T19:00:00-05:00", "unless it is to come");
    let untouched = put(&mut scene, &schedule, json!({ "description": "D" }));
    assert_eq!(start(&untouched), "2026-01-08T19:00:00-05:00");
}

#[test]
fn the_past_is_never_rewritten() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![scene.layer("ab")]);
    scene.now("2026-01-14T12:00:00Z");
    let mut layer = scene.layer("cd");
    layer["id"] = schedule["schedule_layers"][0]["id"].clone();
    put(&mut scene, &schedule, json!({ "schedule_layers": [layer] }));
    // Weeks from Monday 14:00Z; `b` and `d` have the second.
    assert_eq!(
        scene.final_schedule(&schedule["id"], "2026-01-06", "2026-01-20"),
        [
            "a 01-06T00:00 01-12T14:00",
            "b 01-12T14:00 01-14T12:00",
            "d 01-14T12:00 01-19T14:00",
            "c 01-19T14:00 01-20T00:00"
        ]
    );
}

#[test]
fn layers_are_ended_and_never_deleted() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![named(scene.layer("a"), "one"), named(scene.layer("b"), "two")]);
    let id = |index: usize| schedule["schedule_layers"][index]["id"].clone();
    // One is left out, and stays; one without an id is new.
    let fresh = named(scene.layer("c"), "three");
    let again = put(&mut scene, &schedule, json!({ "schedule_layers": [fresh] }));
    assert_eq!(names(&again), ["three", "two", "one"]);
    scene.now("2026-01-07T12:00:00Z");
    let top = again["schedule_layers"][0]["id"].clone();
    let end = json!({ "id": top, "end": "2026-01-08T00:00:00Z" });
    let ended = put(&mut scene, &schedule, json!({ "schedule_layers": [end] }));
    assert_eq!(ended["schedule_layers"][0]["end"], "2026-01-07T19:00:00-05:00");
    scene.now("2026-01-10T12:00:00Z");
    assert_eq!(names(&scene.get(&path(&schedule)).body["schedule"]), ["three", "two", "one"], "it stays for ever");
    let history = ["c 01-06T00:00 01-08T00:00", "b 01-08T00:00 01-10T00:00"];
    assert_eq!(scene.final_schedule(&schedule["id"], "2026-01-06", "2026-01-10"), history);
    // Sent along with its end, it does not begin anew.
    let whole: Vec<Value> = ended["schedule_layers"].as_array().unwrap().iter().rev().cloned().collect();
    put(&mut scene, &schedule, json!({ "schedule_layers": whole }));
    assert_eq!(scene.final_schedule(&schedule["id"], "2026-01-06", "2026-01-10"), history);
    // Null ends no more.
    let open = json!({ "id": top, "end": null });
    let again = put(&mut scene, &schedule, json!({ "schedule_layers": [open] }));
    assert_eq!(again["schedule_layers"][0]["end"], Value::Null);
    assert_eq!(id(0), schedule["schedule_layers"][0]["id"]);
    let now = scene.final_schedule(&schedule["id"], "2026-01-11", "2026-01-12");
    assert_eq!(now, ["c 01-11T00:00 01-12T00:00"]);
}

#[test]
fn an_end_must_come_after_the_start() {
    let mut scene = Scene::new();
    let mut future = scene.layer("a");
    future["start"] = json!("2026-02-01T00:00:00Z");
    let schedule = scene.schedule(vec![future]);
    let id = schedule["schedule_layers"][0]["id"].clone();
    let end = json!({ "schedule": { "schedule_layers": [{ "id": id, "end": "2026-01-05T12:00:00Z" }] } });
    let told = scene.ask(&format!("PUT {}", path(&schedule)), end);
    assert_eq!(refusal(&told), refused(400, 3001, &["rotation_layers.end: must be after start"]));
    // A minute of it, or now for one that runs.
    put(&mut scene, &schedule, json!({ "schedule_layers": [{ "id": id, "end": "2026-02-01T00:01:00Z" }] }));
    let runs = scene.schedule(vec![scene.layer("a")]);
    let id = runs["schedule_layers"][0]["id"].clone();
    scene.now("2026-01-06T12:00:00Z");
    put(&mut scene, &runs, json!({ "schedule_layers": [{ "id": id, "end": "2026-01-06T12:00:00Z" }] }));
    let entries = scene.final_schedule(&runs["id"], "2026-01-05", "2026-01-20");
    assert_eq!(entries, ["a 01-05T12:00 01-05T14:00", "a 01-05T14:00 01-06T12:00"]);
}

#[test]
fn a_virtual_start_loses_its_offset_and_its_seconds() {
    let lost = |switch: VirtualStart, sent: &str| {
        let switches = Switches { virtual_start: switch, rate_limit: None, ..Switches::default() };
        let mut scene = Scene::with(switches, Faults::default());
        let mut layer = scene.layer("a");
        layer["rotation_virtual_start"] = json!(sent);
        let body = json!({ "name": "S", "time_zone": "Europe/Athens", "schedule_layers": [layer] });
        let schedule = scene.create("/schedules", "schedule", body);
        schedule["schedule_layers"][0]["rotation_virtual_start"].as_str().unwrap().to_owned()
    };
    let loses = |sent: &str| lost(VirtualStart::LosesOffset, sent);
    assert_eq!(loses("2026-01-05T10:00:00+02:00"), "2026-01-05T12:00:00+02:00");
    assert_eq!(loses("2026-01-05T08:00:00Z"), "2026-01-05T10:00:00+02:00");
    assert_eq!(loses("2026-01-05 08:00:00 +0000 UTC"), "2026-01-05T10:00:00+02:00");
    assert_eq!(loses("2026-01-05T08:00:59Z"), "2026-01-05T10:00:00+02:00");
    assert_eq!(lost(VirtualStart::KeepsOffset, "2026-01-05T10:00:00+02:00"), "2026-01-05T10:00:00+02:00");
}

#[test]
fn a_put_is_partial_and_clearing_is_said() {
    let mut scene = Scene::new();
    let team = scene.create("/teams", "team", json!({ "name": "T" }));
    let schedule = scene.schedule(vec![scene.layer("a")]);
    let full = json!({ "description": "D", "teams": [{ "id": team["id"], "type": "team_reference" }], "unknown": 1 });
    put(&mut scene, &schedule, full);
    let kept = put(&mut scene, &schedule, json!({ "name": "N" }));
    assert_eq!(
        (&kept["name"], &kept["description"], &kept["teams"][0]["summary"]),
        (&json!("N"), &json!("D"), &json!("T"))
    );
    let cleared = put(&mut scene, &schedule, json!({ "description": null, "teams": [] }));
    assert_eq!((&cleared["description"], &cleared["teams"]), (&Value::Null, &json!([])));
}

#[test]
fn a_list_has_no_layers_unless_asked_and_nothing_is_rendered_without_a_window() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![scene.layer("a")]);
    let keys = |scene: &mut Scene, target: &str| {
        let row = scene.get(target).body["schedules"][0].clone();
        let has = |key: &str| row.get(key).is_some();
        [has("schedule_layers"), has("overrides_subschedule"), has("final_schedule")]
    };
    assert_eq!(keys(&mut scene, "/schedules"), [false, false, false]);
    assert_eq!(keys(&mut scene, "/schedules?include[]=schedule_layers"), [true, false, false]);
    assert_eq!(
        keys(&mut scene, "/schedules?include[]=final_schedule&include[]=overrides_subschedule"),
        [false, true, true]
    );
    let body = scene.get(&path(&schedule)).body["schedule"].clone();
    let empty =
        json!({ "name": "Final Schedule", "rendered_schedule_entries": [], "rendered_coverage_percentage": null });
    assert_eq!(body["final_schedule"], empty);
    // Since alone is two weeks.
    let target = format!("{}?since=2026-01-20T00:00:00Z&time_zone=UTC", path(&schedule));
    let body = scene.get(&target).body["schedule"]["final_schedule"].clone();
    let last = body["rendered_schedule_entries"].as_array().unwrap().last().unwrap()["end"].clone();
    assert_eq!((last, body["rendered_coverage_percentage"].clone()), (json!("2026-02-03T00:00:00Z"), json!(100.0)));
    assert_eq!(scene.get(&format!("{}?since=2026-01-20&until=2026-01-19", path(&schedule))).status, 400);
    assert_eq!(scene.get(&format!("{}?since=2026-01-20&until=2126-01-19", path(&schedule))).status, 400);
}

#[test]
fn entries_are_cut_at_the_window_unless_they_may_overflow() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![scene.layer("ab")]);
    let mut entries = |query: &str| {
        let target = format!("{}?since=2026-01-13&until=2026-01-14&time_zone=UTC{query}", path(&schedule));
        let body = scene.get(&target).body["schedule"]["final_schedule"]["rendered_schedule_entries"].clone();
        let rows = body.as_array().unwrap().clone();
        rows.iter().map(|it| [it["start"].clone(), it["end"].clone()]).collect::<Vec<_>>()
    };
    assert_eq!(entries(""), [["2026-01-13T00:00:00Z", "2026-01-14T00:00:00Z"]]);
    assert_eq!(entries("&overflow=true"), [["2026-01-12T14:00:00Z", "2026-01-19T14:00:00Z"]]);
}

#[test]
fn a_preview_renders_and_stores_nothing() {
    let mut scene = Scene::new();
    let body =
        json!({ "schedule": { "name": "P", "time_zone": "America/New_York", "schedule_layers": [scene.layer("ab")] } });
    let told = scene.ask("POST /schedules/preview?since=2026-01-12&until=2026-01-13&time_zone=UTC", body);
    let rows = told.body["schedule"]["final_schedule"]["rendered_schedule_entries"].as_array().unwrap().clone();
    let found: Vec<String> = rows
        .iter()
        .map(|it| format!("{} {}", scene.letter(&it["user"]["id"]), it["start"].as_str().unwrap()))
        .collect();
    assert_eq!(found, ["a 2026-01-12T00:00:00Z", "b 2026-01-12T14:00:00Z"]);
    assert_eq!(scene.get("/schedules").body["schedules"], json!([]));
}

#[test]
fn overrides_answer_one_by_one_and_the_last_wins() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![scene.layer("a")]);
    let row = |user: &str, start: &str, end: &str| json!({ "start": start, "end": end, "user": { "id": user, "type": "user_reference" } });
    let (b, c) = (scene.user('b').to_owned(), scene.user('c').to_owned());
    let list = json!({ "overrides": [
        row(&b, "2026-01-06T00:00:00Z", "2026-01-07T00:00:00Z"),
        row(&b, "2026-01-07T00:00:00Z", "2026-01-07T00:00:00Z"),
        row("NOBODY", "2026-01-07T00:00:00Z", "2026-01-08T00:00:00Z"),
        row(&c, "2026-01-06T12:00:00Z", "2026-01-06T18:00:00Z"),
    ] });
    let target = format!("{}/overrides", path(&schedule));
    let told = scene.ask(&format!("POST {target}"), list);
    assert_eq!(told.status, 201);
    let rows = told.body.as_array().expect("a bare array").clone();
    let statuses: Vec<Value> = rows.iter().map(|it| json!([it["status"], it["errors"]])).collect();
    let expected = [
        json!([201, null]),
        json!([400, ["Override must end after its start"]]),
        json!([400, ["User not found"]]),
        json!([201, null]),
    ];
    assert_eq!(statuses, expected);
    assert_eq!(
        scene.final_schedule(&schedule["id"], "2026-01-05T20:00", "2026-01-07T04:00"),
        [
            "a 01-05T20:00 01-06T00:00",
            "b 01-06T00:00 01-06T12:00",
            "c 01-06T12:00 01-06T18:00",
            "b 01-06T18:00 01-07T00:00",
            "a 01-07T00:00 01-07T04:00",
        ]
    );
    // The document has 201 for this GET too, and a window is required.
    let listed = scene.get(&format!("{target}?since=2026-01-06T15:00:00Z&until=2026-01-06T16:00:00Z&time_zone=UTC"));
    let starts: Vec<Value> =
        listed.body["overrides"].as_array().unwrap().iter().map(|it| it["start"].clone()).collect();
    assert_eq!((listed.status, starts), (201, vec![json!("2026-01-06T15:00:00Z"); 2]));
    assert_eq!(refusal(&scene.get(&target)), refused(400, 2003, &["`since` is required"]));
    let window = "since=2026-01-01&until=2026-02-01";
    let editable = scene.get(&format!("{target}?{window}&editable=true"));
    let ids = json!([{ "id": rows[0]["override"]["id"] }, { "id": rows[3]["override"]["id"] }]);
    assert_eq!(editable.body["overrides"], ids);
}

#[test]
fn an_override_is_removed_cut_or_kept_by_its_time() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![scene.layer("a")]);
    let user = json!({ "id": scene.user('b') });
    let midnight = |day: u32| format!("2026-01-{day:02}T00:00:00Z");
    let row = |day: u32| json!({ "start": midnight(day), "end": midnight(day + 1), "user": user });
    let target = format!("{}/overrides", path(&schedule));
    let told = scene.ask(&format!("POST {target}"), json!({ "overrides": [row(6), row(8), row(10)] }));
    let ids: Vec<String> =
        told.body.as_array().unwrap().iter().map(|it| it["override"]["id"].as_str().unwrap().to_owned()).collect();
    scene.now("2026-01-08T06:00:00Z");
    let statuses: Vec<u16> =
        ids.iter().map(|id| scene.ask(&format!("DELETE {target}/{id}"), Value::Null).status).collect();
    assert_eq!(statuses, [400, 200, 204]);
    let held = scene.final_schedule(&schedule["id"], "2026-01-06", "2026-01-11");
    let by_b: Vec<&String> = held.iter().filter(|it| it.starts_with('b')).collect();
    assert_eq!(by_b, ["b 01-06T00:00 01-07T00:00", "b 01-08T00:00 01-08T06:00"]);
}

#[test]
fn a_schedule_in_use_stays() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![scene.layer("a")]);
    let target = json!([{ "id": schedule["id"], "type": "schedule_reference" }]);
    let policy = scene.policy("P", target);
    let service = scene.id("services", "Search");
    let body =
        json!({ "service": { "escalation_policy": { "id": policy["id"], "type": "escalation_policy_reference" } } });
    assert_eq!(scene.ask(&format!("PUT /services/{service}"), body).status, 200);
    let body =
        json!({ "type": "incident", "title": "down", "service": { "id": service, "type": "service_reference" } });
    let incident = scene.create("/incidents", "incident", body);
    let delete = format!("DELETE {}", path(&schedule));
    let policies = "Schedule can't be deleted if it's being used by escalation policies";
    let snapshot = "Schedule can't be deleted if it's being used by an escalation policy snapshot with open incidents";
    assert_eq!(refusal(&scene.ask(&delete, Value::Null)), refused(400, 2001, &[policies, snapshot]));
    // The policy goes elsewhere; the incident still has it as it was.
    let elsewhere =
        json!([{ "escalation_delay_in_minutes": 5, "targets": [{ "id": scene.user('b'), "type": "user_reference" }] }]);
    let put = format!("PUT /escalation_policies/{}", policy["id"].as_str().unwrap());
    assert_eq!(scene.ask(&put, json!({ "escalation_policy": { "escalation_rules": elsewhere } })).status, 200);
    assert_eq!(refusal(&scene.ask(&delete, Value::Null)), refused(400, 2001, &[snapshot]));
    let resolve = format!("PUT /incidents/{}", incident["id"].as_str().unwrap());
    assert_eq!(scene.ask(&resolve, json!({ "incident": { "type": "incident", "status": "resolved" } })).status, 200);
    assert_eq!(scene.ask(&delete, Value::Null).status, 204);
    assert_eq!(refusal(&scene.ask(&delete, Value::Null)), refused(404, 3004, &[]));
}
