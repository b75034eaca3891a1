//! Schedules of shifts: rotations, events, custom shifts, overrides.

use dogwatch::rehearsal::{EventPut, Faults, Switches, Zulu};
use serde_json::{Value, json};

use super::{Scene, Told, refusal, refused};

/// A schedule in Los Angeles with one empty rotation: the paths of both.
fn rotation(scene: &mut Scene) -> (String, String) {
    let schedule =
        scene.create("/v3/schedules", "schedule", json!({ "name": "V", "time_zone": "America/Los_Angeles" }));
    let schedule = format!("/v3/schedules/{}", schedule["id"].as_str().unwrap());
    let told = scene.ask(&format!("POST {schedule}/rotations"), json!({}));
    let id = told.body["rotation"]["id"].as_str().unwrap();
    let rotation = format!("{schedule}/rotations/{id}");
    (schedule, rotation)
}

/// Weekdays 09:00 to 17:00 in Los Angeles from Monday 2026-01-05 on, a week each.
fn weekdays(scene: &Scene, people: &str) -> Value {
    let member = |it: char| match it {
        '-' => json!({ "type": "empty_member" }),
        it => json!({ "type": "user_member", "user_id": scene.user(it) }),
    };
    json!({
        "name": "Weekdays",
        "start_time": { "date_time": "2026-01-05T09:00:00-08:00", "time_zone": "America/Los_Angeles" },
        "end_time": { "date_time": "2026-01-05T17:00:00-08:00", "time_zone": "America/Los_Angeles" },
        "effective_since": "2026-01-05T12:00:00Z",
        "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
        "assignment_strategy": {
            "type": "rotating_member_assignment_strategy",
            "shifts_per_member": 5,
            "members": people.chars().map(member).collect::<Vec<Value>>(),
        },
    })
}

fn with(mut event: Value, changes: &Value) -> Value {
    for (key, value) in changes.as_object().unwrap() {
        event[key] = value.clone();
    }
    event
}

fn post(scene: &mut Scene, rotation: &str, event: Value) -> Told {
    scene.ask(&format!("POST {rotation}/events"), json!({ "event": event }))
}

#[track_caller]
fn event(scene: &mut Scene, rotation: &str, event: Value) -> String {
    let told = post(scene, rotation, event);
    assert_eq!(told.status, 201, "{}", told.body);
    format!("{rotation}/events/{}", told.body["event"]["id"].as_str().unwrap())
}

/// `a 01-05T17:00 01-06T01:00 schedule_rotation` for each assignment.
fn rendered(scene: &mut Scene, schedule: &str, since: &str, until: &str) -> Vec<String> {
    let target = format!("{schedule}?include[]=final_schedule&since={since}&until={until}&time_zone=Etc/UTC");
    let rows =
        scene.get(&target).body["schedule"]["final_schedule"]["computed_shift_assignments"].as_array().unwrap().clone();
    let row = |it: &Value| {
        let time = |key: &str| it[key].as_str().unwrap()[5..16].to_owned();
        let member = match it["member"]["type"].as_str() {
            Some("empty_member") => '-',
            _ => scene.letter(&it["member"]["user_id"]),
        };
        format!("{member} {} {} {}", time("start_time"), time("end_time"), it["source"]["type"].as_str().unwrap())
    };
    rows.iter().map(row).collect()
}

/// The example of PagerDuty's upgrade guide: anchored in January, 09:00 to 17:00 in Los Angeles is 16:00Z in April.
#[test]
fn a_shift_keeps_the_clock_on_the_wall() {
    let mut scene = Scene::new();
    let (schedule, rotation) = rotation(&mut scene);
    let body = weekdays(&scene, "a");
    event(&mut scene, &rotation, body);
    let found = rendered(&mut scene, &schedule, "2026-04-29T12:00:00Z", "2026-04-30T12:00:00Z");
    assert_eq!(found, ["a 04-29T16:00 04-30T00:00 schedule_rotation"]);
}

#[test]
fn times_come_back_in_utc_and_a_past_since_is_now() {
    let mut scene = Scene::new();
    let (_, rotation) = rotation(&mut scene);
    let changes = json!({ "effective_since": "2020-01-01T00:00:00Z", "start_time": { "date_time": "2026-01-05T09:00:00-08:00", "time_zone": "UTC" } });
    let body = with(weekdays(&scene, "a"), &changes);
    let told = post(&mut scene, &rotation, body);
    let event = &told.body["event"];
    assert_eq!(event["start_time"], json!({ "date_time": "2026-01-05T17:00:00Z", "time_zone": "Etc/UTC" }));
    assert_eq!(event["end_time"], json!({ "date_time": "2026-01-06T01:00:00Z", "time_zone": "America/Los_Angeles" }));
    assert_eq!((&event["effective_since"], &event["effective_until"]), (&json!("2026-01-05T12:00:00Z"), &Value::Null));
}

#[test]
fn a_z_beside_a_zone_is_read_in_one_of_two_ways() {
    for (zulu, expected) in [(Zulu::Instant, "2026-01-05T09:00:00Z"), (Zulu::Local, "2026-01-05T17:00:00Z")] {
        let mut scene = Scene::with(Switches { zulu, ..Switches::default() }, Faults::default());
        let (_, rotation) = rotation(&mut scene);
        let time = |hour: u32| json!({ "date_time": format!("2026-01-05T{hour:02}:00:00Z"), "time_zone": "America/Los_Angeles" });
        let body = with(weekdays(&scene, "a"), &json!({ "start_time": time(9), "end_time": time(17) }));
        let told = post(&mut scene, &rotation, body);
        assert_eq!(told.body["event"]["start_time"]["date_time"], expected);
    }
}

#[test]
fn what_an_event_may_be() {
    let mut scene = Scene::new();
    let (_, rotation) = rotation(&mut scene);
    let strategy = |changes: &Value| {
        let strategy = with(weekdays(&scene, "a")["assignment_strategy"].clone(), changes);
        json!({ "assignment_strategy": strategy })
    };
    let many: Vec<Value> = vec![json!({ "type": "empty_member" }); 21];
    let cases = [
        (
            json!({ "effective_since": "2027-01-05T12:00:01Z" }),
            "event.effective_since: Date cannot be more than 12 months in the future",
        ),
        (json!({ "effective_until": "2026-01-05T12:00:00Z" }), "event.effective_until: must be after effective_since"),
        (json!({ "name": "" }), "event.name: must have from 1 to 255 characters"),
        (
            json!({ "end_time": { "date_time": "2026-01-05T09:00:00-08:00", "time_zone": "UTC" } }),
            "event.end_time: must be after start_time",
        ),
        (
            json!({ "start_time": { "date_time": "2026-01-05T09:00:00-08:00", "time_zone": "Mars/Base" } }),
            "event.start_time: time_zone is not a time zone",
        ),
        (
            json!({ "recurrence": [] }),
            "event.recurrence: must contain exactly one RRULE, and otherwise only EXDATE and RDATE",
        ),
        (
            strategy(&json!({ "shifts_per_member": 0 })),
            "event.assignment_strategy.shifts_per_member: must be at least 1",
        ),
        (
            strategy(&json!({ "type": "user_assignment_strategy" })),
            "event.assignment_strategy.type: is not included in the list",
        ),
        (
            strategy(&json!({ "type": "every_member_assignment_strategy" })),
            "event.assignment_strategy.shifts_per_member: must be blank",
        ),
        (strategy(&json!({ "members": many })), "event.assignment_strategy.members: must have from 1 to 20 members"),
        (strategy(&json!({ "members": [] })), "event.assignment_strategy.members: must have from 1 to 20 members"),
        (
            strategy(&json!({ "members": [{ "type": "user_member", "user_id": "X" }] })),
            "event.assignment_strategy.members: user X not found",
        ),
    ];
    for (changes, expected) in cases {
        let body = with(weekdays(&scene, "a"), &changes);
        let told = post(&mut scene, &rotation, body);
        assert_eq!(refusal(&told), refused(400, 2001, &[expected]));
    }
    let body = with(weekdays(&scene, "a"), &json!({ "effective_since": "2027-01-05T12:00:00Z" }));
    assert_eq!(post(&mut scene, &rotation, body).status, 201);
}

#[test]
fn of_a_running_event_only_the_end_may_change() {
    let mut scene = Scene::new();
    let (schedule, rotation) = rotation(&mut scene);
    let body = weekdays(&scene, "ab");
    let event = event(&mut scene, &rotation, body.clone());
    scene.now("2026-01-07T12:00:00Z");
    let put = |scene: &mut Scene, body: Value| scene.ask(&format!("PUT {event}"), json!({ "event": body }));
    for field in ["start_time", "end_time", "effective_since"] {
        // Whatever it says, the same as before too.
        let told = put(&mut scene, json!({ field: body[field] }));
        let text = format!("event.{field}: cannot be changed for an active event");
        assert_eq!(refusal(&told), refused(400, 2001, &[&text]));
    }
    assert_eq!(put(&mut scene, json!({ "name": "Weekdays" })).status, 200);
    assert_eq!(put(&mut scene, json!({ "name": "Other" })).status, 400);
    assert_eq!(put(&mut scene, json!({ "effective_until": "2026-01-06T00:00:00Z" })).status, 400);
    let told = put(&mut scene, json!({ "effective_until": "2026-01-08T20:00:00Z" }));
    assert_eq!((told.status, &told.body["event"]["effective_until"]), (200, &json!("2026-01-08T20:00:00Z")));
    let found = rendered(&mut scene, &schedule, "2026-01-08T00:00:00Z", "2026-01-20T00:00:00Z");
    assert_eq!(found, ["a 01-08T00:00 01-08T01:00 schedule_rotation", "a 01-08T17:00 01-08T20:00 schedule_rotation"]);
    scene.now("2026-01-09T12:00:00Z");
    let told = put(&mut scene, json!({ "effective_until": null }));
    assert_eq!(refusal(&told), refused(400, 2001, &["event: Past events cannot be modified."]));
}

#[test]
fn a_future_event_is_replaced_or_merged() {
    for (event_put, status) in [(EventPut::Replaces, 400), (EventPut::Merges, 200)] {
        let mut scene = Scene::with(Switches { event_put, ..Switches::default() }, Faults::default());
        let (_, rotation) = rotation(&mut scene);
        let changes = json!({ "effective_since": "2026-01-12T12:00:00Z", "effective_until": "2026-03-01T00:00:00Z" });
        let body = with(weekdays(&scene, "ab"), &changes);
        let event = event(&mut scene, &rotation, body.clone());
        let told = scene.ask(&format!("PUT {event}"), json!({ "event": { "name": "N" } }));
        assert_eq!(told.status, status);
        let mut whole = with(body, &json!({ "name": "N" }));
        whole.as_object_mut().unwrap().remove("effective_until");
        let told = scene.ask(&format!("PUT {event}"), json!({ "event": whole }));
        let until = told.body["event"]["effective_until"].clone();
        assert_eq!(until.is_null(), event_put == EventPut::Replaces, "what is left out is for ever, or stays");
    }
}

/// PagerDuty's upgrade guide, section 6: delete, then a successor with the same first occurrence keeps everybody's weeks.
#[test]
fn a_deleted_event_is_cut_and_its_successor_keeps_the_weeks() {
    let mut scene = Scene::new();
    let (schedule, rotation) = rotation(&mut scene);
    let body = weekdays(&scene, "ab");
    let first = event(&mut scene, &rotation, body);
    scene.now("2026-01-14T20:00:00Z");
    assert_eq!(scene.ask(&format!("DELETE {first}"), Value::Null).status, 204);
    assert_eq!(scene.get(&first).body["event"]["effective_until"], "2026-01-14T20:00:00Z");
    let body = with(weekdays(&scene, "cd"), &json!({ "effective_since": "2026-01-14T20:00:00Z" }));
    let second = event(&mut scene, &rotation, body);
    let found = rendered(&mut scene, &schedule, "2026-01-14T12:00:00Z", "2026-01-16T00:00:00Z");
    assert_eq!(
        found,
        [
            "b 01-14T17:00 01-14T20:00 schedule_rotation",
            "d 01-14T20:00 01-15T01:00 schedule_rotation",
            "d 01-15T17:00 01-16T00:00 schedule_rotation",
        ]
    );
    // One that has not begun is gone without a trace.
    let body = with(
        weekdays(&scene, "a"),
        &json!({ "recurrence": ["RRULE:FREQ=WEEKLY;BYDAY=SA"], "effective_since": "2026-02-01T00:00:00Z" }),
    );
    let future = event(&mut scene, &rotation, body);
    assert_eq!(scene.ask(&format!("DELETE {future}"), Value::Null).status, 204);
    assert_eq!(scene.get(&future).status, 404);
    assert_eq!(scene.ask(&format!("DELETE {rotation}"), Value::Null).status, 204);
    assert_eq!((scene.get(&rotation).status, scene.get(&second).status), (404, 404));
    let history = rendered(&mut scene, &schedule, "2026-01-13T12:00:00Z", "2026-01-20T00:00:00Z");
    assert_eq!(history, ["b 01-13T17:00 01-14T01:00 schedule_rotation", "b 01-14T17:00 01-14T20:00 schedule_rotation"]);
}

#[test]
fn events_of_a_rotation_do_not_overlap_and_are_five() {
    let mut scene = Scene::new();
    let (_, rotation) = rotation(&mut scene);
    let day = |scene: &Scene, name: &str, day: &str| {
        with(weekdays(scene, "a"), &json!({ "name": name, "recurrence": [format!("RRULE:FREQ=WEEKLY;BYDAY={day}")] }))
    };
    for (index, weekday) in ["MO", "TU", "WE", "TH", "FR"].iter().enumerate() {
        let body = day(&scene, weekday, weekday);
        if index == 3 {
            let overlapping = day(&scene, "again", "TU");
            let told = post(&mut scene, &rotation, overlapping);
            assert_eq!(
                refusal(&told),
                refused(400, 2001, &["rotation.events: Events in a rotation cannot overlap: TU"])
            );
        }
        event(&mut scene, &rotation, body);
    }
    let body = day(&scene, "six", "SA");
    let told = post(&mut scene, &rotation, body.clone());
    assert_eq!(refusal(&told), refused(400, 2001, &["rotation.events: A rotation cannot have more than 5 events."]));
    // Past ones are not counted.
    let one = scene.get(&format!("{rotation}/events")).body["events"][0]["id"].as_str().unwrap().to_owned();
    scene.now("2026-01-06T12:00:00Z");
    assert_eq!(scene.ask(&format!("DELETE {rotation}/events/{one}"), Value::Null).status, 204);
    assert_eq!(post(&mut scene, &rotation, body).status, 201);
}

#[test]
fn a_schedule_has_ten_rotations_and_they_have_no_fields() {
    let mut scene = Scene::new();
    let (schedule, _) = rotation(&mut scene);
    let target = format!("POST {schedule}/rotations");
    assert_eq!(scene.ask(&target, json!({ "rotation": { "name": "R" } })).status, 400);
    for _ in 0..9 {
        assert_eq!(scene.ask(&target, Value::Null).status, 201);
    }
    let text = "schedule.rotations: A schedule cannot have more than 10 active rotations.";
    assert_eq!(refusal(&scene.ask(&target, json!({}))), refused(400, 2001, &[text]));
    assert_eq!(scene.get(&format!("{schedule}/rotations")).body["rotations"].as_array().unwrap().len(), 10);
}

#[test]
fn names_and_zones_are_required_and_rotations_refused() {
    let mut scene = Scene::new();
    let (schedule, _) = rotation(&mut scene);
    let zone = "schedule.time_zone: Time zone cannot be empty.";
    let told = scene.ask(&format!("PUT {schedule}"), json!({ "schedule": { "name": "N" } }));
    assert_eq!(refusal(&told), refused(400, 2001, &[zone]));
    let told =
        scene.ask("POST /v3/schedules", json!({ "schedule": { "name": "N", "time_zone": "UTC", "rotations": [] } }));
    assert_eq!(refusal(&told), refused(400, 2001, &["schedule.rotations: is not accepted here"]));
    let told = scene.ask(&format!("PUT {schedule}"), json!({ "schedule": { "name": "N", "time_zone": "UTC" } }));
    assert_eq!((told.status, &told.body["schedule"]["time_zone"]), (200, &json!("Etc/UTC")));
}

#[test]
fn the_families_are_listed_and_read_apart() {
    let mut scene = Scene::new();
    let (schedule, _) = rotation(&mut scene);
    let layered = scene.schedule(vec![scene.layer("a")])["id"].as_str().unwrap().to_owned();
    let listed = |scene: &mut Scene, target: &str| {
        let rows = scene.get(target).body["schedules"].as_array().unwrap().clone();
        rows.iter().map(|it| (it["summary"].clone(), it["type"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(listed(&mut scene, "/schedules"), [(json!("S"), json!("schedule"))]);
    assert_eq!(listed(&mut scene, "/v3/schedules"), [(json!("V"), json!("schedule_v3_reference"))]);
    assert_eq!(listed(&mut scene, "/v3/schedules?query=x"), []);
    let told = scene.get(&format!("/v3/schedules/{layered}"));
    let text = "schedule: This is a layer-based schedule. Use the v2 Schedules API";
    assert_eq!(refusal(&told), refused(400, 2001, &[text]));
    let told = scene.get(schedule.trim_start_matches("/v3"));
    assert_eq!(refusal(&told), refused(400, 2001, &["This is a shift-based schedule. Use the v3 Schedules API"]));
    assert_eq!(scene.get("/v3/schedules/NOTHING").status, 404);
}

#[test]
fn a_custom_shift_adds_and_is_cut_when_deleted() {
    let mut scene = Scene::new();
    let (schedule, rotation) = rotation(&mut scene);
    let body = weekdays(&scene, "-");
    event(&mut scene, &rotation, body);
    let shift = |user: &str, start: &str, end: &str| {
        let member = json!({ "type": "user_member", "user_id": user });
        json!({ "type": "custom_shift", "start_time": start, "end_time": end, "assignments": [{ "type": "shift_assignment", "member": member }] })
    };
    let b = scene.user('b').to_owned();
    let target = format!("{schedule}/custom_shifts");
    let list = json!({ "custom_shifts": [shift(&b, "2026-01-05T18:00:00Z", "2026-01-05T20:00:00Z"), shift(&b, "2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z")] });
    let told = scene.ask(&format!("POST {target}"), list);
    assert_eq!(told.status, 201, "{}", told.body);
    let ids: Vec<String> =
        told.body["custom_shifts"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    let day = ("2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z");
    let found = rendered(&mut scene, &schedule, day.0, day.1);
    assert_eq!(found, ["- 01-05T17:00 01-06T01:00 schedule_rotation", "b 01-05T18:00 01-05T20:00 custom_shift"]);
    let percent = scene.get(&format!("{schedule}?include[]=final_schedule&since={}&until={}", day.0, day.1));
    // Two of 24 hours: a vacant seat covers nothing.
    assert_eq!(percent.body["schedule"]["final_schedule"]["rendered_coverage_percentage"], 8.33);
    scene.now("2026-01-05T19:00:00Z");
    let put = |scene: &mut Scene, id: &str, body: Value| {
        scene.ask(&format!("PUT {target}/{id}"), json!({ "custom_shift": body })).status
    };
    assert_eq!(put(&mut scene, &ids[0], json!({ "start_time": "2026-01-05T17:00:00Z" })), 400);
    assert_eq!(put(&mut scene, &ids[0], json!({ "end_time": "2026-01-05T21:00:00Z" })), 200);
    assert_eq!(put(&mut scene, &ids[1], json!({ "start_time": "2026-01-31T00:00:00Z" })), 200);
    let delete = |scene: &mut Scene, id: &str| scene.ask(&format!("DELETE {target}/{id}"), Value::Null).status;
    assert_eq!(
        [delete(&mut scene, &ids[0]), delete(&mut scene, &ids[0]), delete(&mut scene, &ids[1])],
        [204, 400, 204]
    );
    let found = rendered(&mut scene, &schedule, day.0, day.1);
    assert_eq!(found, ["- 01-05T17:00 01-06T01:00 schedule_rotation", "b 01-05T18:00 01-05T19:00 custom_shift"]);
    let two = json!({ "custom_shifts": [with(shift(&b, "2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"), &json!({ "assignments": [] }))] });
    let text = "custom_shifts.assignments: must have exactly one assignment";
    assert_eq!(refusal(&scene.ask(&format!("POST {target}"), two)), refused(400, 2001, &[text]));
    assert_eq!(refusal(&scene.get(&target)), refused(400, 2003, &["`since` is required"]));
}

#[test]
fn an_override_replaces_one_member() {
    let mut scene = Scene::new();
    let (schedule, rotation) = rotation(&mut scene);
    let body = weekdays(&scene, "ab");
    event(&mut scene, &rotation, body);
    let id = rotation.rsplit('/').next().unwrap().to_owned();
    let member = |it: char| json!({ "type": "user_member", "user_id": scene.user(it) });
    let row = json!({
        "type": "override_shift",
        "rotation_id": id,
        "start_time": "2026-01-05T20:00:00Z",
        "end_time": "2026-01-05T22:00:00Z",
        "overridden_member": member('a'),
        "overriding_member": member('c'),
    });
    let target = format!("{schedule}/overrides");
    let both = with(row.clone(), &json!({ "custom_shift_id": "X" }));
    let text = "overrides.rotation_id: exactly one of rotation_id and custom_shift_id is required";
    let told = scene.ask(&format!("POST {target}"), json!({ "overrides": [both] }));
    assert_eq!(refusal(&told), refused(400, 2001, &[text]));
    let mut lacks = row.clone();
    lacks.as_object_mut().unwrap().remove("overridden_member");
    let told = scene.ask(&format!("POST {target}"), json!({ "overrides": [row.clone(), lacks] }));
    assert_eq!(refusal(&told), refused(400, 2001, &["overrides.overridden_member: is required"]));
    let told = scene.ask(&format!("POST {target}"), json!({ "overrides": [row] }));
    assert_eq!(told.status, 201, "{}", told.body);
    let made = format!("{target}/{}", told.body["overrides"][0]["id"].as_str().unwrap());
    let day = ("2026-01-05T12:00:00Z", "2026-01-06T12:00:00Z");
    let found = rendered(&mut scene, &schedule, day.0, day.1);
    assert_eq!(
        found,
        [
            "a 01-05T17:00 01-05T20:00 schedule_rotation",
            "c 01-05T20:00 01-05T22:00 schedule_rotation_override",
            "a 01-05T22:00 01-06T01:00 schedule_rotation",
        ]
    );
    assert_eq!(scene.get(&made).body["override"]["rotation_id"], json!(id));
    assert_eq!(scene.ask(&format!("DELETE {made}"), Value::Null).status, 204);
    let found = rendered(&mut scene, &schedule, day.0, day.1);
    assert_eq!(found, ["a 01-05T17:00 01-06T01:00 schedule_rotation"]);
}

#[test]
fn a_policy_holds_a_schedule_of_shifts() {
    let mut scene = Scene::new();
    let (schedule, _) = rotation(&mut scene);
    let id = schedule.rsplit('/').next().unwrap().to_owned();
    let policy = scene.policy("P", json!([{ "id": id, "type": "schedule_reference" }]));
    assert_eq!(policy["escalation_rules"][0]["targets"][0]["type"], "schedule_v3_reference");
    let told = scene.ask(&format!("DELETE {schedule}"), Value::Null);
    let text = "schedule: Schedule can't be deleted if it's being used by escalation policies";
    assert_eq!(refusal(&told), refused(400, 2001, &[text]));
    let body = scene.get(&schedule).body["schedule"]["escalation_policies"].clone();
    assert_eq!(body[0]["summary"], "P");
}

#[test]
fn events_may_be_missing_inline() {
    let switches = Switches { events_inline: false, ..Switches::default() };
    let mut scene = Scene::with(switches, Faults::default());
    let (schedule, rotation) = rotation(&mut scene);
    let body = weekdays(&scene, "a");
    event(&mut scene, &rotation, body);
    assert_eq!(scene.get(&schedule).body["schedule"]["rotations"][0].get("events"), None);
    assert_eq!(scene.get(&rotation).body["rotation"]["events"][0]["name"], "Weekdays");
}

#[test]
fn teams_come_back_in_another_order() {
    let mut scene = Scene::new();
    let team = |scene: &mut Scene, name: &str| json!({ "id": scene.create("/teams", "team", json!({ "name": name }))["id"], "type": "team_reference" });
    let teams = [team(&mut scene, "A"), team(&mut scene, "B"), team(&mut scene, "C")];
    let orders = [[0, 1, 2], [2, 1, 0]].map(|order| {
        let teams: Vec<Value> = order.iter().map(|it| teams[*it].clone()).collect();
        let body = json!({ "name": "T", "time_zone": "UTC", "teams": teams });
        let made = scene.create("/v3/schedules", "schedule", body);
        made["teams"].as_array().unwrap().iter().map(|it| it["summary"].clone()).collect::<Vec<Value>>()
    });
    assert_eq!(orders[0], orders[1], "whatever was sent");
}
