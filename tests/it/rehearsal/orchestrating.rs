//! Policies, teams, tags, orchestrations, incidents, and who is on call.

use dogwatch::rehearsal::{Faults, Switches, TargetOrder};
use serde_json::{Value, json};

use super::{Scene, errors, refusal, refused};

#[test]
fn targets_do_not_keep_their_order() {
    for (target_order, expected) in [(TargetOrder::Turned, "bca"), (TargetOrder::AsWritten, "abc")] {
        let switches = Switches { target_order, ..Switches::default() };
        let mut scene = Scene::with(switches, Faults::default());
        let targets: Vec<Value> = "abc".chars().map(|it| json!({ "id": scene.user(it), "type": "user" })).collect();
        let policy = scene.policy("P", json!(targets));
        let back = policy["escalation_rules"][0]["targets"].as_array().unwrap();
        let letters: String = back.iter().map(|it| scene.letter(&it["id"])).collect();
        assert_eq!(letters, expected);
    }
}

#[test]
fn omitting_handoff_notifications_resets_them() {
    let mut scene = Scene::new();
    let policy = scene.policy("P", json!([{ "id": scene.user('a'), "type": "user_reference" }]));
    assert_eq!(policy["on_call_handoff_notifications"], "if_has_services");
    let put = format!("PUT /escalation_policies/{}", policy["id"].as_str().unwrap());
    let mut change = |body: Value| {
        let told = scene.ask(&put, json!({ "escalation_policy": body }));
        let policy = &told.body["escalation_policy"];
        (policy["name"].clone(), policy["on_call_handoff_notifications"].clone())
    };
    assert_eq!(change(json!({ "on_call_handoff_notifications": "always" })), (json!("P"), json!("always")));
    assert_eq!(change(json!({ "name": "Q" })), (json!("Q"), json!("if_has_services")));
}

#[test]
fn round_robin_is_a_matter_of_the_plan() {
    let rules = |scene: &Scene, strategy: Value| {
        let targets = json!([{ "id": scene.user('a'), "type": "user_reference" }]);
        let mut rule = json!({ "escalation_delay_in_minutes": 5, "targets": targets });
        rule["escalation_rule_assignment_strategy"] = strategy;
        json!({ "escalation_policy": { "name": "P", "escalation_rules": [rule] } })
    };
    let include = "?include[]=escalation_rule_assignment_strategies";
    let mut scene = Scene::new();
    let body = rules(&scene, json!({ "type": "round_robin" }));
    assert_eq!(scene.ask("POST /escalation_policies", body).status, 201);
    let listed = scene.get(&format!("/escalation_policies{include}&query=P")).body["escalation_policies"][0].clone();
    let strategy = &listed["escalation_rules"][0]["escalation_rule_assignment_strategy"];
    assert_eq!(*strategy, json!({ "type": "round_robin" }));
    let switches = Switches { round_robin: false, ..Switches::default() };
    let mut scene = Scene::with(switches, Faults::default());
    let explicit = rules(&scene, json!({ "type": "assign_to_everyone" }));
    let told = scene.ask("POST /escalation_policies", explicit);
    assert_eq!((told.status, told.body), (403, Value::Null));
    let silent = rules(&scene, Value::Null);
    assert_eq!(scene.ask("POST /escalation_policies", silent).status, 201);
    let told = scene.get(&format!("/escalation_policies{include}"));
    assert_eq!((told.status, told.body), (403, Value::Null));
    assert_eq!(scene.get("/escalation_policies").status, 200);
}

#[test]
fn a_policy_that_a_service_uses_stays() {
    let mut scene = Scene::new();
    let policy = scene.id("escalation_policies", "Default");
    let told = scene.ask(&format!("DELETE /escalation_policies/{policy}"), Value::Null);
    let text = "Escalation policy can't be deleted if it's being used by services";
    assert_eq!(refusal(&told), refused(400, 2001, &[text]));
}

#[test]
fn who_is_reached_by_a_policy_of_the_team_stays_on_it() {
    let mut scene = Scene::new();
    let team = scene.create("/teams", "team", json!({ "name": "T" }))["id"].as_str().unwrap().to_owned();
    for letter in ['a', 'b', 'c'] {
        let put = format!("PUT /teams/{team}/users/{}", scene.user(letter));
        assert_eq!(scene.ask(&put, json!({ "role": "responder" })).status, 204);
    }
    let schedule = scene.schedule(vec![scene.layer("b")]);
    let targets = json!([{ "id": scene.user('a'), "type": "user_reference" }, { "id": schedule["id"], "type": "schedule_reference" }]);
    let policy = scene.policy("P", targets)["id"].as_str().unwrap().to_owned();
    assert_eq!(scene.ask(&format!("PUT /teams/{team}/escalation_policies/{policy}"), Value::Null).status, 204);
    let remove = |scene: &mut Scene, letter: char| {
        let told = scene.ask(&format!("DELETE /teams/{team}/users/{}", scene.user(letter)), Value::Null);
        (told.status, errors(&told))
    };
    let text = "User cannot be removed as they belong to an escalation policy on this team";
    let stays = (400, vec![text.to_owned()]);
    assert_eq!(remove(&mut scene, 'a'), stays);
    assert_eq!(remove(&mut scene, 'b'), stays, "by way of a schedule");
    assert_eq!(remove(&mut scene, 'c'), (204, vec![]));
    // A team with a policy stays; another team cannot have the policy.
    let told = scene.ask(&format!("DELETE /teams/{team}"), Value::Null);
    assert_eq!(refusal(&told), refused(400, 6006, &["Team can't be deleted while it has escalation policies"]));
    let other = scene.create("/teams", "team", json!({ "name": "U" }))["id"].as_str().unwrap().to_owned();
    let told = scene.ask(&format!("PUT /teams/{other}/escalation_policies/{policy}"), Value::Null);
    assert_eq!(refusal(&told), refused(400, 2001, &["Escalation policy has already been taken"]));
    let detach = |scene: &mut Scene, team: &str| {
        scene.ask(&format!("DELETE /teams/{team}/escalation_policies/{policy}"), Value::Null).status
    };
    assert_eq!((detach(&mut scene, &other), detach(&mut scene, &team)), (204, 204), "though never together");
    assert_eq!(remove(&mut scene, 'a'), (204, vec![]));
    assert_eq!(scene.ask(&format!("DELETE /teams/{team}"), Value::Null).status, 204);
}

#[test]
fn a_reader_is_on_no_team() {
    let mut scene = Scene::new();
    let team = scene.create("/teams", "team", json!({ "name": "T" }))["id"].as_str().unwrap().to_owned();
    let user = json!({ "name": "Eve", "email": "eve@example.com", "role": "read_only_user" });
    let user = scene.create("/users", "user", user)["id"].as_str().unwrap().to_owned();
    let told = scene.ask(&format!("PUT /teams/{team}/users/{user}"), json!({ "role": "observer" }));
    assert_eq!(refusal(&told), refused(400, 2001, &["User cannot be added to a team with the role read_only_user"]));
    let told = scene.ask("POST /users", json!({ "user": { "name": "Eve", "email": "EVE@example.com" } }));
    assert_eq!(refusal(&told), refused(400, 2001, &["Email has already been taken"]));
}

#[test]
fn a_user_who_left_is_still_named() {
    let mut scene = Scene::new();
    let schedule = scene.schedule(vec![scene.layer("b")]);
    let user = scene.user('b').to_owned();
    assert_eq!(scene.ask(&format!("DELETE /users/{user}"), Value::Null).status, 204);
    assert_eq!(scene.get(&format!("/users/{user}")).status, 404);
    assert_eq!(scene.get("/users?query=bo").body["users"], json!([]));
    let target = format!("/schedules/{}", schedule["id"].as_str().unwrap());
    assert_eq!(scene.get(&target).body["schedule"]["users"][0]["summary"], "Bo");
}

#[test]
fn users_bring_their_contact_methods_when_asked() {
    let mut scene = Scene::new();
    let plain = scene.get("/users?query=ana").body["users"][0]["contact_methods"][0].clone();
    assert_eq!((&plain["type"], plain.get("address")), (&json!("email_contact_method_reference"), None));
    let full = scene.get("/users?query=ana&include[]=contact_methods").body["users"][0]["contact_methods"][0].clone();
    assert_eq!((&full["type"], &full["address"]), (&json!("email_contact_method"), &json!("ana@example.com")));
}

#[test]
fn tags_are_labels_and_unknown_ones_are_made() {
    let mut scene = Scene::new();
    let user = scene.user('a').to_owned();
    let change = |scene: &mut Scene, body: Value| scene.ask(&format!("POST /users/{user}/change_tags"), body).status;
    let label = |it: &str| json!({ "type": "tag", "label": it });
    assert_eq!(change(&mut scene, json!({ "add": [label("x"), label("y")] })), 200);
    assert_eq!(change(&mut scene, json!({ "add": [label(&"z".repeat(192))] })), 400);
    let tags = |scene: &mut Scene| {
        let rows = scene.get(&format!("/users/{user}/tags")).body["tags"].as_array().unwrap().clone();
        rows.iter().map(|it| (it["label"].as_str().unwrap().to_owned(), it["id"].clone())).collect::<Vec<_>>()
    };
    let found = tags(&mut scene);
    assert_eq!(found.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["x", "y"]);
    let remove = json!({ "add": [label("y")], "remove": [{ "type": "tag_reference", "id": found[0].1 }] });
    assert_eq!(change(&mut scene, remove), 200);
    assert_eq!(tags(&mut scene), [found[1].clone()]);
    let target = format!("/tags/{}/users", found[1].1.as_str().unwrap());
    assert_eq!(scene.get(&target).body["users"][0]["summary"], "Ana");
    // Neither services nor schedules have tags.
    assert_eq!(scene.ask("POST /services/X/change_tags", json!({ "add": [] })).status, 404);
}

fn route(label: &str, expression: Option<&str>, service: &str) -> Value {
    let conditions: Vec<Value> = expression.iter().map(|it| json!({ "expression": it })).collect();
    json!({ "label": label, "conditions": conditions, "actions": { "route_to": service } })
}

fn router(rules: Vec<Value>) -> Value {
    let catch_all = json!({ "actions": { "route_to": "unrouted" } });
    json!({ "orchestration_path": { "sets": [{ "id": "start", "rules": rules }], "catch_all": catch_all } })
}

#[test]
fn a_router_is_replaced_as_a_whole() {
    let mut scene = Scene::new();
    let orchestration = scene.get("/event_orchestrations").body["orchestrations"][0]["id"].as_str().unwrap().to_owned();
    let service = scene.id("services", "Search");
    let target = format!("/event_orchestrations/{orchestration}/router");
    let put = |scene: &mut Scene, rules: Vec<Value>| scene.ask(&format!("PUT {target}"), router(rules));
    let first = put(
        &mut scene,
        vec![route("one", Some("event.summary matches part 'db'"), &service), route("two", None, &service)],
    );
    assert_eq!((first.status, first.body.get("warnings")), (200, None));
    let rules = |told: &super::Told| told.body["orchestration_path"]["sets"][0]["rules"].as_array().unwrap().clone();
    let labels: Vec<Value> = rules(&first).iter().map(|it| it["label"].clone()).collect();
    assert_eq!(labels, ["one", "two"]);
    assert_eq!(rules(&first)[1]["conditions"], Value::Null, "null where there are none");
    let kept = rules(&first)[0].clone();
    let second = put(&mut scene, vec![kept.clone()]);
    assert_eq!(rules(&second), [kept], "the id stays, the other rule is gone");
    let version = |told: &super::Told| told.body["orchestration_path"]["version"].clone();
    assert_ne!(version(&first), version(&second));
    assert_eq!(rules(&scene.get(&target)).len(), 1);
}

#[test]
fn what_a_router_may_be() {
    let mut scene = Scene::new();
    let orchestration = scene.get("/event_orchestrations").body["orchestrations"][0]["id"].as_str().unwrap().to_owned();
    let service = scene.id("services", "Search");
    let target = format!("PUT /event_orchestrations/{orchestration}/router");
    let dynamic = json!({ "actions": { "dynamic_route_to": { "lookup_by": "service_name", "source": "event.summary", "regex": "(.*)" } } });
    let plain = || route("r", Some("event.summary exists"), &service);
    let long = format!("event.summary matches '{}'", "x".repeat(2048));
    let cases = [
        (vec![route("r", None, "X")], "rule 1 must route to a service"),
        (vec![json!({ "label": "r", "actions": {} })], "rule 1 must route to a service"),
        (vec![plain(), dynamic.clone()], "dynamic_route_to may only stand alone, in the first rule"),
        (vec![route("r", Some(&long), &service)], "an expression is longer than 2048 bytes"),
        (
            vec![route("r", Some("event.x matches 'a"), &service)],
            "an expression could not be parsed: event.x matches 'a",
        ),
        (vec![route("r", Some("(event.x exists"), &service)], "an expression could not be parsed: (event.x exists"),
    ];
    for (rules, expected) in cases {
        assert_eq!(refusal(&scene.ask(&target, router(rules))), refused(400, 2001, &[expected]));
    }
    let mut two = router(vec![plain()]);
    two["orchestration_path"]["sets"] = json!([{ "id": "start", "rules": [] }, { "id": "more", "rules": [] }]);
    assert_eq!(errors(&scene.ask(&target, two)), ["a router has exactly one set"]);
    let mut elsewhere = router(vec![]);
    elsewhere["orchestration_path"]["catch_all"]["actions"]["route_to"] = json!("X");
    assert_eq!(errors(&scene.ask(&target, elsewhere)), ["catch_all must route to a service, or to unrouted"]);
    // Stored, and not evaluated on this plan.
    let gated = vec![dynamic, route("r", Some("now in Mon 09:00:00 to 17:00:00 America/New_York"), &service)];
    let told = scene.ask(&target, router(gated.clone()));
    let warnings = told.body["warnings"].as_array().unwrap().clone();
    let named: Vec<Value> = warnings.iter().map(|it| json!([it["feature"], it["warning_type"]])).collect();
    let expected = [
        json!(["dynamic_route_to", "forbidden_feature"]),
        json!(["recurring_schedule_condition", "forbidden_feature"]),
    ];
    assert_eq!((told.status, named), (200, expected.to_vec()));
    let switches = Switches { aiops: true, ..Switches::default() };
    scene.rehearsal.set_switches(switches);
    assert_eq!(scene.ask(&target, router(gated)).body.get("warnings"), None);
}

#[test]
fn an_orchestration_comes_with_a_key() {
    let mut scene = Scene::new();
    let made = scene.create("/event_orchestrations", "orchestration", json!({ "name": "O" }));
    let integrations = made["integrations"].as_array().unwrap();
    assert_eq!((integrations.len(), integrations[0]["parameters"]["routing_key"].as_str().unwrap().len()), (1, 32));
    let target = format!("/event_orchestrations/{}", made["id"].as_str().unwrap());
    let path = scene.get(&format!("{target}/router")).body["orchestration_path"].clone();
    assert_eq!(path["catch_all"], json!({ "actions": { "route_to": "unrouted" } }));
    assert_eq!(scene.get(&format!("{target}/integrations")).body["total"], 1);
    assert_eq!(scene.ask(&format!("DELETE {target}"), Value::Null).status, 204);
    assert_eq!(scene.get(&target).status, 404);
}

#[test]
fn who_is_on_call_is_told_for_each_policy_and_level() {
    let mut scene = Scene::new();
    let one = scene.schedule(vec![scene.layer("ab")]);
    let unused = scene.schedule(vec![scene.layer("d")]);
    let rules = json!([
        { "escalation_delay_in_minutes": 5, "targets": [{ "id": one["id"], "type": "schedule_reference" }] },
        { "escalation_delay_in_minutes": 5, "targets": [{ "id": scene.user('c'), "type": "user_reference" }] },
    ]);
    for name in ["P", "Q"] {
        scene.create("/escalation_policies", "escalation_policy", json!({ "name": name, "escalation_rules": rules }));
    }
    let rows = |scene: &mut Scene, query: &str| {
        let rows = scene.get(&format!("/oncalls?time_zone=UTC{query}")).body["oncalls"].as_array().unwrap().clone();
        let row = |it: &Value| {
            let time = |key: &str| it[key].as_str().map_or("-", |it| &it[5..16]).to_owned();
            let policy = it["escalation_policy"]["summary"].as_str().unwrap();
            format!(
                "{policy} {} {} {} {}",
                it["escalation_level"],
                scene.letter(&it["user"]["id"]),
                time("start"),
                time("end")
            )
        };
        rows.iter().map(row).filter(|it| !it.starts_with("Default")).collect::<Vec<String>>()
    };
    scene.now("2026-01-13T12:00:00Z");
    let now = ["P 1 b 01-12T14:00 01-19T14:00", "P 2 c - -", "Q 1 b 01-12T14:00 01-19T14:00", "Q 2 c - -"];
    assert_eq!(rows(&mut scene, ""), now);
    let week = "&since=2026-01-13&until=2026-01-27&schedule_ids[]=";
    let id = one["id"].as_str().unwrap();
    let turns = ["P 1 b 01-12T14:00 01-19T14:00", "P 1 a 01-19T14:00 01-26T14:00", "P 1 b 01-26T14:00 02-02T14:00"];
    assert_eq!(rows(&mut scene, &format!("{week}{id}"))[..3], turns);
    assert_eq!(rows(&mut scene, &format!("{week}{id}&earliest=true")).len(), 4, "each user once for each policy");
    assert_eq!(rows(&mut scene, &format!("&schedule_ids[]={}", unused["id"].as_str().unwrap())), [""; 0]);
    let told = scene.get("/oncalls?until=2026-04-14T12:00:00Z");
    assert_eq!(refusal(&told), refused(400, 2004, &["until must be within 90 days"]));
    assert_eq!(scene.get("/oncalls?until=2026-04-13T12:00:00Z").status, 200);
}

#[test]
fn an_incident_goes_to_the_first_level_with_somebody_and_its_history_stays() {
    let mut scene = Scene::new();
    let mut future = scene.layer("d");
    future["start"] = json!("2026-06-01T00:00:00Z");
    let empty = scene.schedule(vec![future]);
    let rules = json!([
        { "escalation_delay_in_minutes": 5, "targets": [{ "id": empty["id"], "type": "schedule_reference" }] },
        { "escalation_delay_in_minutes": 5, "targets": [{ "id": scene.user('b'), "type": "user_reference" }] },
    ]);
    let policy =
        scene.create("/escalation_policies", "escalation_policy", json!({ "name": "P", "escalation_rules": rules }));
    let service = scene.id("services", "Search");
    let use_it = json!({ "service": { "escalation_policy": { "id": policy["id"] } } });
    assert_eq!(scene.ask(&format!("PUT /services/{service}"), use_it).status, 200);
    let body = json!({ "title": "down", "service": { "id": service }, "incident_key": "k" });
    let incident = scene.create("/incidents", "incident", body.clone());
    assert_eq!(
        (&incident["status"], &incident["assignments"][0]["assignee"]["summary"]),
        (&json!("triggered"), &json!("Bo"))
    );
    assert_eq!(scene.ask("POST /incidents", json!({ "incident": body })).status, 400, "one open incident for a key");
    let put = format!("PUT /incidents/{}", incident["id"].as_str().unwrap());
    scene.now("2026-01-05T12:02:00Z");
    assert_eq!(scene.ask(&put, json!({ "incident": { "status": "acknowledged" } })).status, 200);
    scene.now("2026-01-05T12:10:00Z");
    let resolved = scene.ask(&put, json!({ "incident": { "status": "resolved" } })).body["incident"].clone();
    assert_eq!((&resolved["assignments"], &resolved["resolved_at"]), (&json!([]), &json!("2026-01-05T07:10:00-05:00")));
    let target = format!("/incidents/{}/log_entries?is_overview=true", incident["id"].as_str().unwrap());
    let entries = scene.get(&target).body["log_entries"].as_array().unwrap().clone();
    let kinds: Vec<&str> = entries.iter().map(|it| it["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["resolve_log_entry", "acknowledge_log_entry", "assign_log_entry", "trigger_log_entry"]);
    assert_eq!(scene.get("/log_entries").body["log_entries"].as_array().unwrap().len(), 5);
    let told = scene.ask("POST /analytics/raw/incidents", json!({ "time_zone": "Etc/UTC", "limit": 1 }));
    let row = &told.body["data"][0];
    let found =
        [&row["created_at"], &row["seconds_to_first_ack"], &row["seconds_to_resolve"], &row["assigned_user_names"]];
    assert_eq!(found, [&json!("2026-01-05T12:00:00"), &json!(120), &json!(600), &json!(["Bo"])]);
    assert_eq!((&told.body["more"], &told.body["last"]), (&json!(false), &incident["id"]));
}

#[test]
fn an_incident_that_nobody_acknowledges_escalates_as_the_clock_moves() {
    let mut scene = Scene::new();
    let mut future = scene.layer("d");
    future["start"] = json!("2026-06-01T00:00:00Z");
    let empty = scene.schedule(vec![future]);
    let user = |it: char| json!([{ "id": scene.user(it), "type": "user_reference" }]);
    let rules = json!([
        { "escalation_delay_in_minutes": 5, "targets": user('b') },
        { "escalation_delay_in_minutes": 5, "targets": [{ "id": empty["id"], "type": "schedule_reference" }] },
        { "escalation_delay_in_minutes": 10, "targets": user('a') },
    ]);
    let body = json!({ "name": "P", "num_loops": 1, "escalation_rules": rules });
    let policy = scene.create("/escalation_policies", "escalation_policy", body);
    let service = scene.id("services", "Search");
    let use_it = json!({ "service": { "escalation_policy": { "id": policy["id"] } } });
    assert_eq!(scene.ask(&format!("PUT /services/{service}"), use_it).status, 200);
    let incident = scene.create("/incidents", "incident", json!({ "title": "down", "service": { "id": service } }));
    let target = format!("/incidents/{}/log_entries?is_overview=true&time_zone=UTC", incident["id"].as_str().unwrap());
    let escalated = |scene: &mut Scene| -> Vec<String> {
        let entries = scene.get(&target).body["log_entries"].as_array().unwrap().clone();
        let entries = entries.iter().rev().filter(|it| it["type"] == "escalate_log_entry");
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        entries.map(|it| format!("{} {}", text(&it["created_at"]), text(&it["assignees"][0]["summary"]))).collect()
    };
    scene.now("2026-01-05T12:04:59Z");
    assert_eq!(escalated(&mut scene), [""; 0]);
    // A rung at which nobody is on call takes no time. Then once again from the first, and no more.
    scene.now("2026-01-06T12:00:00Z");
    let all = ["2026-01-05T12:05:00Z Ana", "2026-01-05T12:15:00Z Bo", "2026-01-05T12:20:00Z Ana"];
    assert_eq!(escalated(&mut scene), all);
    let put = format!("PUT /incidents/{}", incident["id"].as_str().unwrap());
    assert_eq!(scene.ask(&put, json!({ "incident": { "status": "acknowledged" } })).status, 200);
    scene.now("2026-01-09T12:00:00Z");
    assert_eq!(escalated(&mut scene), all);
}

#[test]
fn an_incident_for_nobody_is_never_created() {
    let mut scene = Scene::new();
    let mut future = scene.layer("d");
    future["start"] = json!("2026-06-01T00:00:00Z");
    let empty = scene.schedule(vec![future]);
    let policy = scene.policy("P", json!([{ "id": empty["id"], "type": "schedule_reference" }]));
    let service = scene.id("services", "Search");
    let use_it = json!({ "service": { "escalation_policy": { "id": policy["id"] } } });
    assert_eq!(scene.ask(&format!("PUT /services/{service}"), use_it).status, 200);
    let told = scene.ask("POST /incidents", json!({ "incident": { "title": "down", "service": { "id": service } } }));
    assert_eq!(errors(&told), ["Nobody is on call for this service: the incident was dropped"]);
    assert_eq!(scene.get("/incidents").body["incidents"], json!([]));
}

#[test]
fn incidents_are_read_in_windows_of_six_months() {
    let mut scene = Scene::new();
    let told = scene.get("/incidents?since=2025-01-01&until=2025-07-02");
    assert_eq!(refusal(&told), refused(400, 2004, &["The date range is longer than six months"]));
    assert_eq!(scene.get("/incidents?since=2025-01-01&until=2025-07-01").status, 200);
    assert_eq!(scene.get("/incidents?date_range=all&since=2020-01-01&until=2025-07-02").status, 200);
    let many = json!({ "incidents": vec![json!({ "id": "X" }); 251] });
    assert_eq!(scene.ask("PUT /incidents", many).status, 413);
}
