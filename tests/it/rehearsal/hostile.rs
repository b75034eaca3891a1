//! Random requests, mostly wrong: nothing panics, nothing is a 500, and the state is always one that can be read back.

use dogwatch::rehearsal::{Account, Method, Request};
use serde_json::{Value, json};

use super::Scene;

/// Numbers from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const TARGETS: &[&str] = &[
    "/users",
    "/users/{id}",
    "/users/{id}/contact_methods",
    "/users/{id}/change_tags",
    "/teams",
    "/teams/{id}",
    "/teams/{id}/users/{id}",
    "/teams/{id}/escalation_policies/{id}",
    "/schedules",
    "/schedules/preview",
    "/schedules/{id}",
    "/schedules/{id}/overrides",
    "/schedules/{id}/overrides/{id}",
    "/v3/schedules",
    "/v3/schedules/{id}",
    "/v3/schedules/{id}/rotations",
    "/v3/schedules/{id}/rotations/{id}",
    "/v3/schedules/{id}/rotations/{id}/events",
    "/v3/schedules/{id}/rotations/{id}/events/{id}",
    "/v3/schedules/{id}/custom_shifts",
    "/v3/schedules/{id}/custom_shifts/{id}",
    "/v3/schedules/{id}/overrides",
    "/v3/schedules/{id}/overrides/{id}",
    "/escalation_policies",
    "/escalation_policies/{id}",
    "/services",
    "/services/{id}",
    "/event_orchestrations",
    "/event_orchestrations/{id}/router",
    "/event_orchestrations/{id}/global",
    "/incidents",
    "/incidents/{id}",
    "/oncalls",
    "/log_entries",
    "/tags",
    "/analytics/raw/incidents",
];

const QUERIES: &[&str] = &[
    "",
    "?since=2026-01-01&until=2026-03-01",
    "?since=2026-01-01&until=2026-03-01&include[]=final_schedule&overflow=true",
    "?since=1970-01-01&until=1970-07-01&include[]=final_schedule&include[]=schedule_layers",
    "?since=2199-12-30T00:00:00Z&until=2199-12-31T00:00:00Z&overflow=true&include[]=final_schedule",
    "?until=2026-01-01",
    "?limit=0&offset=3&total=true",
    "?time_zone=Australia/Lord_Howe&since=2026-04-01",
    "?query=%&include[]=users&editable=1",
];

/// The ids of everything in an account, wherever they stand.
fn ids(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("id").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|it| ids(it, found));
        }
        Value::Array(list) => list.iter().for_each(|it| ids(it, found)),
        _ => {}
    }
}

/// A body that would do somewhere.
fn body(dice: &mut Dice, users: &[String], ids: &[String]) -> Value {
    let user = json!({ "id": dice.of(users), "type": "user_reference" });
    let member = json!({ "type": dice.of(&["user_member", "empty_member"]), "user_id": user["id"] });
    let times = [
        "2026-01-05T12:00:00Z",
        "2026-01-06T09:00:00-08:00",
        "2026-03-08T02:30:00",
        "2026-10-25",
        "1970-01-01T00:00:00Z",
        "2199-12-31T23:59:59Z",
    ];
    let zones = ["America/New_York", "Europe/Dublin", "Etc/UTC", "Africa/Cairo"];
    let rules = [
        "RRULE:FREQ=DAILY",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,FR",
        "RRULE:FREQ=HOURLY;INTERVAL=7",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=31",
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=DAILY;COUNT=0",
    ];
    let mut time = || json!(dice.of(&times));
    let (start, end, since) = (time(), time(), time());
    let zone = json!(dice.of(&zones));
    let layer = json!({
        "id": if dice.below(4) == 0 { json!(dice.of(ids)) } else { Value::Null },
        "start": start,
        "end": if dice.below(2) == 0 { end.clone() } else { Value::Null },
        "rotation_virtual_start": since,
        "rotation_turn_length_seconds": dice.of(&[3600, 86_400, 604_800, 31_536_000, 12_345]),
        "users": [{ "user": user }, { "user": user }],
        "restrictions": if dice.below(2) == 0 { json!([]) } else {
            json!([{ "type": "weekly_restriction", "start_day_of_week": 7, "start_time_of_day": "23:00:00", "duration_seconds": 604_799 }])
        },
    });
    let rule = json!({ "escalation_delay_in_minutes": 5, "targets": [{ "id": dice.of(users), "type": dice.of(&["user", "schedule"]) }] });
    let plain = json!({
        "name": format!("N{}", dice.below(5)), "email": format!("n{}@example.com", dice.below(9)), "time_zone": zone,
        "description": "D", "teams": [], "schedule_layers": [layer.clone(), layer], "escalation_rules": [rule],
        "escalation_policy": { "id": dice.of(ids) }, "title": "T", "service": { "id": dice.of(ids) },
        "status": dice.of(&["acknowledged", "resolved", "active"]), "role": "user", "label": "L",
        "type": dice.of(&["email_contact_method", "override_shift", "custom_shift"]), "address": "a",
        "start": start, "end": end, "user": user, "effective_until": Value::Null,
    });
    let event = json!({
        "name": "E", "start_time": { "date_time": start, "time_zone": zone }, "end_time": { "date_time": end, "time_zone": zone },
        "effective_since": since, "recurrence": [dice.of(&rules)],
        "assignment_strategy": { "type": "rotating_member_assignment_strategy", "shifts_per_member": 1 + dice.below(3), "members": [member, member] },
    });
    let shift = json!({
        "type": dice.of(&["override_shift", "custom_shift"]), "rotation_id": dice.of(ids), "start_time": start, "end_time": end,
        "overridden_member": member, "overriding_member": member, "assignments": [{ "member": member }],
    });
    let path = json!({ "sets": [{ "id": "start", "rules": [{ "actions": { "route_to": dice.of(ids) } }] }], "catch_all": { "actions": { "route_to": "unrouted" } } });
    json!({
        "user": plain, "team": plain, "schedule": { "name": "S", "time_zone": zone, "schedule_layers": plain["schedule_layers"] },
        "escalation_policy": plain, "service": plain, "orchestration": plain, "incident": plain, "tag": plain,
        "contact_method": plain, "event": event, "overrides": [if dice.below(2) == 0 { shift.clone() } else { plain.clone() }],
        "custom_shifts": [shift], "custom_shift": shift, "override": shift, "orchestration_path": path, "role": "responder",
        "add": [{ "type": "tag", "label": "L" }],
    })
}

/// Puts something else somewhere.
fn spoil(dice: &mut Dice, value: &mut Value) {
    let odd = [
        Value::Null,
        json!(-1),
        json!(u64::MAX),
        json!(""),
        json!([]),
        json!({}),
        json!("\u{0}\u{fffd}"),
        json!(1e300),
    ];
    match value {
        Value::Object(map) if !map.is_empty() && dice.below(6) > 0 => {
            let index = dice.below(map.len());
            let key = map.keys().nth(index).unwrap().clone();
            spoil(dice, map.get_mut(&key).unwrap());
        }
        Value::Array(list) if !list.is_empty() && dice.below(6) > 0 => {
            let index = dice.below(list.len());
            spoil(dice, &mut list[index]);
        }
        _ => *value = dice.of(&odd).clone(),
    }
}

#[test]
fn random_requests_leave_an_account_that_is_whole() {
    let seeds: u64 = std::env::var("DOGWATCH_REHEARSAL_SEEDS").ok().and_then(|it| it.parse().ok()).unwrap_or(2);
    let mut done = 0;
    for seed in 1..=seeds {
        let mut dice = Dice(seed);
        let mut scene = Scene::new();
        let mut known = Vec::new();
        for step in 0..250 {
            if step % 10 == 0 {
                known.clear();
                ids(&scene.state(), &mut known);
                known.push("NOTHING".to_owned());
                scene.now(dice.of::<&str>(&[
                    "2026-01-05T12:00:00Z",
                    "2026-01-20T00:00:00Z",
                    "2026-03-08T07:00:00Z",
                    "2199-12-30T00:00:00Z",
                ]));
            }
            let mut target = String::new();
            for (index, part) in dice.of::<&str>(TARGETS).split("{id}").enumerate() {
                if index > 0 {
                    target.push_str(dice.of::<String>(&known));
                }
                target.push_str(part);
            }
            target.push_str(dice.of::<&str>(QUERIES));
            let method = *dice.of(&[Method::Get, Method::Post, Method::Post, Method::Put, Method::Put, Method::Delete]);
            let mut body = body(&mut dice, &scene.users, &known);
            for _ in 0..dice.below(6) / 3 {
                spoil(&mut dice, &mut body);
            }
            let request = Request::new(method, &target)
                .header("Authorization", "Token token=rehearsal")
                .header("From", "ana@example.com")
                .json(&body);
            let told = scene.send(request).expect("nothing is cut");
            assert!(told.status < 500, "seed {seed}, step {step}: {} {target}", method.name());
            done += usize::from(method != Method::Get && told.status < 300);
        }
        let text = scene.rehearsal.account().to_json();
        assert_eq!(Account::from_json(&text).unwrap(), *scene.rehearsal.account(), "seed {seed}");
    }
    // Else the bodies are of no use.
    assert!(done > 30, "only {done} were done");
}
