//! What PagerDuty turns down, with the words it uses where they are known.

use serde_json::{Value, json};

use super::{Scene, refusal, refused};

fn changed(mut value: Value, key: &str, to: Value) -> Value {
    value[key] = to;
    value
}

#[test]
fn what_a_layer_may_be() {
    let mut scene = Scene::new();
    let layer = scene.layer("a");
    let restriction = |kind: &str, seconds: i64, day: Value| {
        let mut row = json!({ "type": kind, "start_time_of_day": "09:00:00", "duration_seconds": seconds });
        if !day.is_null() {
            row["start_day_of_week"] = day;
        }
        json!([row])
    };
    let shorter = "Please use a shorter duration or just turn the recurrence off.";
    let weekly = |text: &str| format!("rotation_layers.weekly_restrictions.{text}");
    let daily = |text: &str| format!("rotation_layers.daily_restrictions.{text}");
    let turn = "rotation_layers.rotation_turn_length_seconds: must be between 3600 and 31536000".to_owned();
    let cases = [
        ("rotation_turn_length_seconds", json!(3599), turn.clone()),
        ("rotation_turn_length_seconds", json!(31_536_001), turn),
        ("users", json!([]), "rotation_layers.users: can't be empty".to_owned()),
        ("users", json!([{ "user": { "id": "X" } }]), "rotation_layers.users: User X not found".to_owned()),
        ("start", Value::Null, "rotation_layers.start: can't be blank".to_owned()),
        ("start", json!("soon"), "rotation_layers.start: is not a time".to_owned()),
        ("end", json!("2026-01-05T12:00:00Z"), "rotation_layers.end: must be after start".to_owned()),
        (
            "restrictions",
            restriction("weekly_restriction", 604_800, json!(1)),
            weekly(&format!("duration_seconds: {shorter}")),
        ),
        (
            "restrictions",
            restriction("weekly_restriction", 3600, Value::Null),
            weekly("start_day_of_week: must be between 1 and 7"),
        ),
        (
            "restrictions",
            restriction("weekly_restriction", 3600, json!(0)),
            weekly("start_day_of_week: must be between 1 and 7"),
        ),
        (
            "restrictions",
            restriction("weekly_restriction", 0, json!(7)),
            weekly("duration_seconds: must be greater than 0"),
        ),
        (
            "restrictions",
            restriction("daily_restriction", 86_400, Value::Null),
            daily(&format!("duration_seconds: {shorter}")),
        ),
        ("restrictions", restriction("daily_restriction", 3600, json!(1)), daily("start_day_of_week: must be blank")),
        (
            "restrictions",
            restriction("monthly_restriction", 3600, json!(1)),
            "rotation_layers.restrictions.type: is not included in the list".to_owned(),
        ),
    ];
    for (key, value, expected) in cases {
        let layers = json!([changed(layer.clone(), key, value)]);
        let body = json!({ "schedule": { "name": "S", "time_zone": "Etc/UTC", "schedule_layers": layers } });
        let told = scene.ask("POST /schedules", body);
        assert_eq!(refusal(&told), refused(400, 3001, &[&expected]), "{key}");
    }
    assert_eq!(scene.get("/schedules").body["schedules"], json!([]));
}

#[test]
fn what_a_schedule_may_be() {
    let mut scene = Scene::new();
    let cases = [
        (json!({ "time_zone": "Etc/UTC", "name": "n".repeat(256) }), "Name is too long"),
        (json!({ "time_zone": "Etc/UTC", "name": " " }), "Name can't be blank"),
        (json!({ "time_zone": "Etc/UTC", "name": "N", "description": "d".repeat(1025) }), "Description is too long"),
        (json!({ "time_zone": "Antarctica/Troll", "name": "N" }), "Time zone is not included in the list"),
        (json!({ "name": "N" }), "Time zone can't be blank"),
        (json!({ "time_zone": "Etc/UTC", "name": "N", "teams": [{ "id": "X" }] }), "Team X not found"),
        (json!({ "time_zone": "Etc/UTC", "name": "N", "schedule_layers": 7 }), "Schedule layers must be an array"),
    ];
    for (body, expected) in cases {
        let told = scene.ask("POST /schedules", json!({ "schedule": body }));
        assert_eq!(refusal(&told), refused(400, 2001, &[expected]));
    }
    // As long as it may be, and two of one name.
    let body = json!({ "time_zone": "UTC", "name": "n".repeat(255), "description": "d".repeat(1024) });
    assert_eq!(scene.create("/schedules", "schedule", body.clone())["time_zone"], "Etc/UTC");
    scene.create("/schedules", "schedule", body);
}

#[test]
fn what_a_policy_may_be() {
    let mut scene = Scene::new();
    let user = json!({ "id": scene.user('a'), "type": "user_reference" });
    let rule = |delay: i64, count: usize| json!([{ "escalation_delay_in_minutes": delay, "targets": vec![user.clone(); count] }]);
    let team = |scene: &mut Scene| json!({ "id": scene.create("/teams", "team", json!({ "name": "T" }))["id"] });
    let teams = [team(&mut scene), team(&mut scene)];
    let base = |name: &str, rules: Value| json!({ "name": name, "escalation_rules": rules });
    let name = "Name can't contain any of \\ / & < >";
    let cases = [
        (base("a/b", rule(5, 1)), name),
        (base("a & b", rule(5, 1)), name),
        (base("", rule(5, 1)), "Name can't be blank"),
        (base("a ", rule(5, 1)), "Name can't end in white space"),
        (base("a", json!([])), "Escalation rules can't be empty"),
        (base("a", rule(0, 1)), "Escalation delay in minutes must be greater than or equal to 1"),
        (base("a", rule(2, 2)), "Escalation delay in minutes must be at least 3 with more than one target"),
        (base("a", rule(5, 0)), "Targets must be from 1 to 10"),
        (base("a", rule(5, 11)), "Targets must be from 1 to 10"),
        (changed(base("a", rule(5, 1)), "num_loops", json!(10)), "Num loops must be from 0 to 9"),
        (
            changed(base("a", rule(5, 1)), "teams", json!(teams)),
            "Teams: only one team may be associated with an escalation policy",
        ),
    ];
    for (body, expected) in cases {
        let told = scene.ask("POST /escalation_policies", json!({ "escalation_policy": body }));
        assert_eq!(refusal(&told), refused(400, 2001, &[expected]));
    }
    let body = changed(base("fine", rule(3, 10)), "teams", json!([teams[0]]));
    let made = scene.create("/escalation_policies", "escalation_policy", body);
    assert_eq!(made["teams"][0]["summary"], "T");
}

#[test]
fn a_target_without_a_type_is_a_user() {
    let mut scene = Scene::new();
    let told = scene.ask(
        "POST /escalation_policies",
        json!({ "escalation_policy": { "name": "P", "escalation_rules": [{ "escalation_delay_in_minutes": 5, "targets": [{ "id": "X" }] }] } }),
    );
    assert_eq!((told.status, told.body), (404, Value::Null), "not a byte of body");
    let policy = scene.policy("P", json!([{ "id": scene.user('b') }]));
    assert_eq!(policy["escalation_rules"][0]["targets"][0]["summary"], "Bo");
}

#[test]
fn what_a_service_may_be() {
    let mut scene = Scene::new();
    let service = scene.id("services", "Search");
    let misleading = "Active urgency must be in high, low, or severity_based.";
    let hours = json!({ "type": "fixed_time_per_day", "time_zone": "America/Lima", "start_time": "09:00:00", "end_time": "17:00:00", "days_of_week": [1, 2] });
    let constant = json!({ "type": "constant", "urgency": "high" });
    let by_hours = json!({ "type": "use_support_hours", "during_support_hours": constant, "outside_support_hours": { "type": "constant", "urgency": "low" } });
    let mut put = |body: Value| {
        let told = scene.ask(&format!("PUT /services/{service}"), json!({ "service": body }));
        (told.status, super::errors(&told), told.body["service"]["auto_resolve_timeout"].clone())
    };
    let wrong = |text: &str| (400, vec![text.to_owned()], Value::Null);
    let fine = (200, vec![], Value::Null);
    assert_eq!(put(json!({ "name": "Wiki" })), wrong("Name has already been taken"));
    assert_eq!(put(json!({ "escalation_policy": { "id": "X" } })), wrong("Escalation policy not found"));
    assert_eq!(put(json!({ "auto_resolve_timeout": -1 })), wrong("auto_resolve_timeout must not be negative"));
    assert_eq!(put(json!({ "auto_resolve_timeout": 0 })), fine);
    assert_eq!(put(json!({ "incident_urgency_rule": by_hours })), wrong("Support hours can't be blank"));
    assert_eq!(
        put(json!({ "incident_urgency_rule": by_hours, "support_hours": hours, "scheduled_actions": [] })),
        fine
    );
    // Back to constant, the hours left over.
    assert_eq!(put(json!({ "incident_urgency_rule": constant })), wrong(misleading));
    assert_eq!(put(json!({ "incident_urgency_rule": constant, "support_hours": null, "scheduled_actions": [] })), fine);
    assert_eq!(put(json!({ "name": "Search", "status": "disabled", "unknown": [1] })), fine, "ignored");
}

#[test]
fn nothing_panics_whatever_is_sent() {
    let mut scene = Scene::new();
    let values = [
        Value::Null,
        json!(true),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("\u{0}é"),
        json!([]),
        json!([null, 1, "x", {}]),
        json!({ "id": 7, "type": [], "user": null }),
    ];
    let roots = [
        ("POST /schedules", "schedule", vec!["name", "time_zone", "schedule_layers", "teams", "description"]),
        ("POST /v3/schedules", "schedule", vec!["name", "time_zone", "teams", "description"]),
        ("POST /escalation_policies", "escalation_policy", vec!["name", "escalation_rules", "teams", "num_loops"]),
        (
            "POST /services",
            "service",
            vec!["name", "escalation_policy", "incident_urgency_rule", "support_hours", "scheduled_actions"],
        ),
        ("POST /users", "user", vec!["name", "email", "role", "time_zone"]),
        ("POST /teams", "team", vec!["name", "parent", "default_role"]),
        ("POST /event_orchestrations", "orchestration", vec!["name", "team"]),
        ("POST /incidents", "incident", vec!["title", "service"]),
        ("POST /tags", "tag", vec!["label"]),
        ("POST /analytics/raw/incidents", "filters", vec!["created_at_start", "team_ids"]),
    ];
    let mut asked = 0;
    for (line, root, keys) in roots {
        let sound = match root {
            "schedule" => json!({ "name": "N", "time_zone": "Etc/UTC" }),
            "escalation_policy" => {
                let targets = json!([{ "id": scene.user('a'), "type": "user_reference" }]);
                json!({ "name": "N", "escalation_rules": [{ "escalation_delay_in_minutes": 5, "targets": targets }] })
            }
            _ => json!({ "name": "N", "email": "n@example.com" }),
        };
        for value in &values {
            for key in &keys {
                let told = scene.ask(line, json!({ root: changed(sound.clone(), key, value.clone()) }));
                assert!(told.status < 500, "{line} {key}={value}");
                asked += 1;
            }
            assert!(scene.ask(line, json!({ root: value })).status < 500, "{line} {value}");
        }
    }
    let layer_keys =
        ["start", "end", "rotation_virtual_start", "rotation_turn_length_seconds", "users", "restrictions", "id"];
    for key in layer_keys {
        for value in &values {
            let layers = json!([changed(scene.layer("a"), key, value.clone())]);
            let body = json!({ "schedule": { "name": "N", "time_zone": "Etc/UTC", "schedule_layers": layers } });
            assert!(scene.ask("POST /schedules/preview?since=2026-01-01&until=2026-02-01", body).status < 500);
            asked += 1;
        }
    }
    for target in
        ["/oncalls?since=9999-01-01", "/oncalls?until=1970-01-01", "/incidents?since=x", "/schedules?since=1&until=2"]
    {
        assert_eq!(scene.get(target).status, 400, "{target}");
    }
    assert!(asked > 350, "{asked}");
}
