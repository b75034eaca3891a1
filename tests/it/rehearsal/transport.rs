//! Keys, headers, pages, limits on requests, failures.

use dogwatch::rehearsal::{Clock, FailAt, Faults, Method, Rates, Request, Switches};
use serde_json::{Value, json};

use super::{Scene, at, errors, refusal, refused};

#[test]
fn keys_are_checked_before_anything() {
    let mut scene = Scene::new();
    let mut with = |header: Option<&str>| {
        let request = Request::new(Method::Get, "/abilities");
        let request = header.iter().fold(request, |request, it| request.header("Authorization", it));
        scene.send(request).unwrap().status
    };
    let statuses = [
        with(None),
        with(Some("Token token=rehearsal")),
        with(Some("Bearer rehearsal")),
        with(Some("Token rehearsal")),
        with(Some("token token=rehearsal")),
        with(Some("Token token=other")),
        with(Some("Basic cmVoZWFyc2Fs")),
    ];
    assert_eq!(statuses, [401, 200, 200, 401, 401, 401, 401]);
}

#[test]
fn a_read_only_key_reads() {
    let mut scene = Scene::new();
    scene.by("rehearsal-read-only");
    assert_eq!(scene.get("/users").status, 200);
    let told = scene.ask("POST /teams", json!({ "team": { "name": "T" } }));
    assert_eq!(refusal(&told), refused(403, 2010, &["Your key is read-only"]));
    assert_eq!(scene.ask("POST /analytics/raw/incidents", json!({})).status, 200);
    scene.by("rehearsal");
    assert_eq!(scene.get("/teams").body["teams"], json!([]));
}

#[test]
fn only_the_key_of_a_user_has_a_me() {
    let mut scene = Scene::new();
    let told = scene.get("/users/me");
    assert_eq!(refusal(&told), refused(400, 2001, &["The request must be made with a user-level key"]));
    assert_eq!(scene.by("rehearsal-user").get("/users/me").body["user"]["name"], "Ana");
}

#[test]
fn the_key_of_a_user_is_not_told_what_it_may_not_see() {
    let mut scene = Scene::new();
    let team = scene.create("/teams", "team", json!({ "name": "Private", "default_role": "none" }));
    let layers = vec![scene.layer("a")];
    let body =
        json!({ "name": "S", "time_zone": "Etc/UTC", "schedule_layers": layers, "teams": [{ "id": team["id"] }] });
    let id = scene.create("/schedules", "schedule", body)["id"].clone();
    let target = format!("/schedules/{}", id.as_str().unwrap());
    let seen = |scene: &mut Scene| {
        (scene.get("/schedules").body["schedules"].as_array().unwrap().len(), scene.get(&target).status)
    };
    assert_eq!(seen(&mut scene), (1, 200));
    assert_eq!(seen(scene.by("rehearsal-user")), (0, 404));
    let member = format!("PUT /teams/{}/users/{}", team["id"].as_str().unwrap(), scene.user('a'));
    assert_eq!(scene.by("rehearsal").ask(&member, json!({ "role": "responder" })).status, 204);
    assert_eq!(seen(scene.by("rehearsal-user")), (1, 200));
}

#[test]
fn what_the_plan_lacks_is_402() {
    let mut scene = Scene::new();
    assert_eq!(scene.get("/abilities/teams").status, 204);
    let mut state = scene.state();
    state["abilities"] = json!(["urgencies"]);
    let put = Request::new(Method::Put, "/_rehearsal/state").json(&state);
    assert_eq!(scene.send(put).unwrap().status, 204);
    let lacks = refused(402, 2014, &["The account does not have the `teams` ability"]);
    for target in ["/abilities/teams", "/teams", "/schedules?team_ids[]=T"] {
        let told = scene.get(target);
        assert_eq!(refusal(&told), lacks, "{target}");
    }
}

#[test]
fn paths_methods_and_bodies_that_are_nothing() {
    let mut scene = Scene::new();
    assert_eq!(scene.get("/nothing").status, 404);
    assert_eq!(scene.get("/users/me/too/far").status, 404);
    assert_eq!(scene.ask("DELETE /abilities", Value::Null).status, 405);
    assert_eq!(scene.ask("PATCH /users", Value::Null).status, 405);
    let mut post = |body: &[u8], kind: &str| {
        let mut request = Request::new(Method::Post, "/teams")
            .header("Authorization", "Token token=rehearsal")
            .header("Content-Type", kind);
        request.body = body.to_vec();
        scene.send(request).unwrap()
    };
    let json = "application/json";
    assert_eq!(errors(&post(b"{\"team\":{\"name\":\"T\"}}", "text/plain")), ["Content-Type must be application/json"]);
    assert_eq!(errors(&post(b"{", json)), ["the body is not JSON: EOF while parsing an object at line 1 column 1"]);
    assert_eq!(errors(&post(b"[]", json)), ["the body is not an object"]);
    assert_eq!(errors(&post(b"{}", json)), ["`team` is required"]);
    assert_eq!(errors(&post(b"{\"team\":7}", json)), ["`team` is not an object"]);
    let deep = [b"[".repeat(100_000), b"]".repeat(100_000)].concat();
    assert_eq!(errors(&post(&deep, json)), ["the body is not JSON: recursion limit exceeded at line 1 column 128"]);
    assert_eq!(post(&vec![b' '; 3 << 20], json).status, 413);
    assert_eq!(post(b"\xff\xfe", json).status, 400);
}

#[test]
fn lists_come_in_pages_of_the_echoed_limit() {
    let mut scene = Scene::new();
    for number in 0..120 {
        scene.create("/teams", "team", json!({ "name": format!("T{number:03}") }));
    }
    let mut page = |query: &str| {
        let body = scene.get(&format!("/teams{query}")).body;
        let teams = body["teams"].as_array().unwrap();
        let first = teams.first().map_or(Value::Null, |it| it["name"].clone());
        (teams.len(), first, body["limit"].clone(), body["offset"].clone(), body["more"].clone(), body["total"].clone())
    };
    let expected = |count: usize, first: Value, limit: u64, offset: u64, more: bool, total: Value| {
        (count, first, json!(limit), json!(offset), json!(more), total)
    };
    assert_eq!(page(""), expected(25, json!("T000"), 25, 0, true, Value::Null));
    assert_eq!(page("?limit=500&total=true"), expected(100, json!("T000"), 100, 0, true, json!(120)));
    assert_eq!(page("?limit=100&offset=100"), expected(20, json!("T100"), 100, 100, false, Value::Null));
    assert_eq!(page("?offset=5000"), expected(0, Value::Null, 25, 5000, false, Value::Null));
    assert_eq!(page("?query=t11&limit=2"), expected(2, json!("T110"), 2, 0, true, Value::Null));
    let beyond = scene.get("/teams?limit=100&offset=9901");
    assert_eq!(refusal(&beyond), refused(400, 2002, &["Offset and limit may not reach beyond 10000"]));
    assert_eq!(scene.get("/teams?limit=100&offset=9900").status, 200);
    assert_eq!(scene.get("/teams?limit=x").status, 400);
    assert_eq!(scene.get(&format!("/teams?offset={}", u64::MAX)).status, 400);
    assert_eq!(scene.get("/v3/schedules?limit=5000").body["limit"], 1000);
    assert_eq!(scene.get("/v3/schedules").body["limit"], 100);
}

#[test]
fn a_minute_has_so_many_requests_for_each_key() {
    let mut scene = Scene::with(Switches { rate_limit: Some(3), ..Switches::default() }, Faults::default());
    let rate = |told: &super::Told| {
        let header = |name: &str| told.headers.iter().find(|it| it.0 == name).map(|it| it.1.clone()).unwrap();
        (told.status, header("ratelimit-limit"), header("ratelimit-remaining"), header("ratelimit-reset"))
    };
    let row =
        |status: u16, remaining: &str, reset: &str| (status, "3".to_owned(), remaining.to_owned(), reset.to_owned());
    assert_eq!(rate(&scene.get("/users")), row(200, "2", "60"));
    scene.now("2026-01-05T12:00:45Z");
    assert_eq!(rate(&scene.get("/users")), row(200, "1", "15"));
    assert_eq!(rate(&scene.get("/users")), row(200, "0", "15"));
    let told = scene.get("/users");
    assert_eq!((rate(&told), refusal(&told).1), (row(429, "0", "15"), 2020));
    assert_eq!(scene.by("rehearsal-user").get("/users").status, 200);
    scene.by("rehearsal").now("2026-01-05T12:01:00Z");
    assert_eq!(rate(&scene.get("/users")), row(200, "2", "60"));
}

fn nothing() -> Rates {
    let zero = 0;
    Rates {
        throttled: zero,
        throttled_bare: zero,
        error: zero,
        gateway: zero,
        lock: zero,
        conflict: zero,
        cut_before: zero,
        cut_after: zero,
    }
}

/// Creates a team and tells the status, the headers' count, the body, and whether it is there.
fn meets(rates: Rates) -> (Option<u16>, usize, Value, bool) {
    let mut scene = Scene::with(Switches::default(), Faults { seed: Some(1), rates, ..Faults::default() });
    let request = Request::new(Method::Post, "/teams").header("Authorization", "Token token=rehearsal");
    let told = scene.send(request.json(&json!({ "team": { "name": "T" } })));
    let there = !scene.state()["teams"].as_array().unwrap().is_empty();
    match told {
        Some(told) => (Some(told.status), told.headers.len(), told.body["error"]["code"].clone(), there),
        None => (None, 0, Value::Null, there),
    }
}

#[test]
fn every_fault_has_its_look_and_acts_or_does_not() {
    assert_eq!(meets(Rates { throttled: 100, ..nothing() }), (Some(429), 3, json!(2020), false));
    assert_eq!(meets(Rates { throttled_bare: 100, ..nothing() }), (Some(429), 0, Value::Null, false));
    assert_eq!(meets(Rates { error: 100, ..nothing() }), (Some(500), 0, json!(2000), false));
    assert_eq!(meets(Rates { gateway: 100, ..nothing() }), (Some(502), 0, Value::Null, true));
    assert_eq!(meets(Rates { lock: 100, ..nothing() }), (Some(400), 0, json!(2001), false));
    assert_eq!(meets(Rates { conflict: 100, ..nothing() }), (Some(201), 3, Value::Null, true), "no orchestration");
    assert_eq!(meets(Rates { cut_before: 100, ..nothing() }), (None, 0, Value::Null, false));
    assert_eq!(meets(Rates { cut_after: 100, ..nothing() }), (None, 0, Value::Null, true));
}

#[test]
fn reads_are_never_locked_and_a_lock_says_that_it_is_one() {
    for seed in 0..20 {
        let rates = Rates { lock: 100, ..nothing() };
        let mut scene = Scene::with(Switches::default(), Faults { seed: Some(seed), rates, ..Faults::default() });
        assert_eq!(scene.get("/users").status, 200);
        let told = scene.ask("POST /teams", json!({ "team": { "name": "T" } }));
        assert_eq!(refusal(&told), refused(400, 2001, &["The account could not be locked"]));
    }
}

#[test]
fn the_same_seed_gives_the_same_answers() {
    let play = |seed: u64| {
        let mut scene = Scene::with(Switches { tick: 1, ..Switches::default() }, Faults::by_seed(seed));
        let mut story = Vec::new();
        for number in 0..200 {
            let request = Request::new(Method::Post, "/teams").header("Authorization", "Token token=rehearsal");
            let told = scene.send(request.json(&json!({ "team": { "name": format!("T{number}") } })));
            story.push(told.map(|it| (it.status, it.body.to_string())));
        }
        (story, scene.rehearsal.account().to_json())
    };
    assert_eq!(play(7), play(7));
    assert_ne!(play(7).0, play(8).0);
}

#[test]
fn what_was_created_is_seen_late() {
    let faults = Faults { seed: None, lag_seconds: 40, ..Faults::default() };
    let mut scene = Scene::with(Switches { rate_limit: None, ..Switches::default() }, faults);
    let team = scene.create("/teams", "team", json!({ "name": "T" }));
    let id = team["id"].as_str().unwrap().to_owned();
    let tag = json!({ "add": [{ "type": "tag", "label": "x" }] });
    let looks = |scene: &mut Scene| {
        (
            scene.get(&format!("/teams/{id}")).status,
            scene.get("/teams").body["teams"].as_array().unwrap().len(),
            scene.ask(&format!("POST /teams/{id}/change_tags"), tag.clone()).status,
            // A writer is not late.
            scene.ask(&format!("PUT /teams/{id}"), json!({ "team": { "description": "D" } })).status,
        )
    };
    assert_eq!(looks(&mut scene), (404, 0, 404, 200));
    scene.now("2026-01-05T12:00:40Z");
    assert_eq!(looks(&mut scene), (200, 1, 200, 200));
}

#[test]
fn a_client_can_be_made_to_crash_at_any_request() {
    let mut scene = Scene::new();
    let fail_at: Vec<FailAt> = ["2", "3:after", "5:after:down"].iter().map(|it| it.parse().unwrap()).collect();
    scene.rehearsal.set_faults(Faults { fail_at, ..Faults::default() });
    let mut story = String::new();
    for name in ["A", "B", "C", "D", "E", "F", "G"] {
        let request = Request::new(Method::Post, "/teams").header("Authorization", "Token token=rehearsal");
        let told = scene.send(request.json(&json!({ "team": { "name": name } })));
        story.push(if told.is_some() { '+' } else { '-' });
    }
    assert_eq!(story, "+--+---");
    let up = Request::new(Method::Post, "/_rehearsal/up");
    assert_eq!(scene.send(up).unwrap().status, 204);
    let teams = scene.get("/teams").body["teams"].as_array().unwrap().clone();
    let names: Vec<&str> = teams.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["A", "C", "D", "E"]);
    let faults: Vec<Option<&str>> = scene.rehearsal.records().map(|it| it.fault).collect();
    let cut = |it: &'static str| Some(it);
    let expected =
        [None, cut("cut-before"), cut("cut-after"), None, cut("cut-after"), cut("cut-before"), cut("cut-before"), None];
    assert_eq!(faults, expected);
}

#[test]
fn the_clock_runs_stands_and_is_moved() {
    let mut scene = Scene::new();
    let machine = at("2026-01-05T12:00:00Z");
    scene.rehearsal.set_clock(Clock::running(at("2020-06-01T00:00:00Z"), machine));
    let mut ask = |method: Method, target: &str, body: Value, machine: &str| {
        let request = Request::new(method, target).json(&body);
        match scene.rehearsal.answer(&request, at(machine)) {
            dogwatch::rehearsal::Outcome::Answer(response) => response.value().clone(),
            dogwatch::rehearsal::Outcome::Cut => Value::Null,
        }
    };
    let clock = "/_rehearsal/clock";
    let advance = "/_rehearsal/clock/advance";
    let shows = |now: &str, runs: bool| json!({ "now": now, "runs": runs });
    assert_eq!(ask(Method::Get, clock, json!({}), "2026-01-05T12:01:00Z"), shows("2020-06-01T00:01:00Z", true));
    let by = json!({ "by": "36h" });
    assert_eq!(ask(Method::Post, advance, by, "2026-01-05T12:01:00Z"), shows("2020-06-02T12:01:00Z", true));
    let stand = json!({ "runs": false });
    assert_eq!(ask(Method::Put, clock, stand, "2026-01-05T12:02:00Z"), shows("2020-06-02T12:02:00Z", false));
    assert_eq!(ask(Method::Get, clock, json!({}), "2026-01-05T15:00:00Z"), shows("2020-06-02T12:02:00Z", false));
    let set = json!({ "now": "2030-01-01T00:00:00Z" });
    assert_eq!(ask(Method::Put, clock, set, "2026-01-05T15:00:00Z"), shows("2030-01-01T00:00:00Z", false));
    // A hundred years of 366 days are a century with its 24 leap days, and 76 days.
    let far = json!({ "seconds": u64::MAX });
    assert_eq!(ask(Method::Post, advance, far, "2026-01-05T15:00:00Z"), shows("2130-03-18T00:00:00Z", false));
    assert!(ask(Method::Post, advance, json!({ "by": "2d" }), "2026-01-05T15:00:00Z")["error"].is_object());
}

#[test]
fn the_log_holds_no_key() {
    let mut scene = Scene::new();
    scene.ask("POST /teams", json!({ "team": { "name": "T" } }));
    let log: Vec<Value> = scene.rehearsal.records().map(|it| serde_json::to_value(it).unwrap()).collect();
    let expected = json!({
        "request": 1,
        "at": "2026-01-05T12:00:00Z",
        "method": "POST",
        "path": "/teams",
        "body": { "team": { "name": "T" } },
        "status": 201,
    });
    assert_eq!(log, [expected]);
}
