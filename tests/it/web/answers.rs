//! What programs are told.

use dogwatch::web::{Method, Request, Trouble, answer};
use serde_json::{Value, json};

use super::{command, get, now, site, stale, text};

/// The same document as the command line prints, whole.
#[track_caller]
fn equals(target: &str, arguments: &[&str]) {
    let response = get(&site(), target);
    assert_eq!((response.status, response.content_type), (200, "application/json"), "{target}");
    let mut arguments = arguments.to_vec();
    arguments.extend(["--format", "json"]);
    let document = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(document(&text(&response)), document(&command(&arguments)), "{target}");
}

#[test]
fn an_answer_is_the_document_of_the_command_line() {
    equals("/api/v1/now", &["now"]);
    equals("/api/v1/now?zone=Europe%2FDublin", &["now", "--zone", "Europe/Dublin"]);
    equals("/api/v1/who?name=search-api", &["who", "search-api"]);
    equals(
        "/api/v1/who?name=web-client&tag=severity%3Dcritical&tag=cause%3Dapi&at=2017-08-15T03:00:00Z",
        &["who", "web-client", "severity=critical", "cause=api", "--at", "2017-08-15T03:00:00Z"],
    );
    equals("/api/v1/who?tag=service%3Dmysql-main", &["who", "service=mysql-main"]);
    equals("/api/v1/who?name=%40vera", &["who", "@vera"]);
    equals("/api/v1/shifts", &["show"]);
    equals(
        "/api/v1/shifts?rotation=search.secondary&rotation=storage-ops&from=2026-12-20&until=2027-01-02",
        &["show", "search.secondary", "storage-ops", "--from", "2026-12-20", "--until", "2027-01-02"],
    );
    equals("/api/v1/shifts?person=kofi", &["show", "@kofi"]);
}

#[test]
fn findings_are_those_of_the_command_line() {
    // Its folder is named as it was given, so only what is not a path can be the same.
    let found: Value = serde_json::from_str(&text(&get(&site(), "/api/v1/check?horizon=12w"))).unwrap();
    let expected: Value = serde_json::from_str(&command(&["check", "--horizon", "12w", "--format", "json"])).unwrap();
    assert_eq!(found, expected);
}

fn post(target: &str, kind: &str, body: &str) -> (u16, Value) {
    let request = Request {
        method: Method::Post,
        content_type: Some(kind.to_owned()),
        body: body.as_bytes().to_vec(),
        ..Request::get(target)
    };
    let response = answer(&site(), &request, now());
    (response.status, serde_json::from_slice(&response.body).unwrap())
}

#[test]
fn alerts_climb_the_ladders_of_the_command_line() {
    let alerts = std::fs::read_to_string(super::root().join("tests/cases/alerts.jsonl")).unwrap();
    let (status, found) = post("/api/v1/route", "application/x-ndjson", &alerts);
    assert_eq!(status, 200);
    let expected: Value =
        serde_json::from_str(&command(&["route", "tests/cases/alerts.jsonl", "--format", "json"])).unwrap();
    assert_eq!(found, expected);
    // One alert, a list, and what Alertmanager sends.
    for body in [
        r#"{"service":"mysql-main"}"#,
        r#"[{"service":"mysql-main"}]"#,
        r#"{"version":"4","alerts":[{"status":"firing","labels":{"service":"mysql-main"}}]}"#,
    ] {
        let (status, found) = post("/api/v1/route", "application/json; charset=utf-8", body);
        assert_eq!(
            (status, &found["alerts"], &found["ladders"][0]["ladders"][0][0]),
            (200, &json!(1), &json!("storage-ops")),
            "{body}"
        );
    }
}

#[test]
fn what_is_no_alert_costs_itself_and_no_other() {
    let (status, found) =
        post("/api/v1/route", "application/json", r#"[{"service":"dns"},5,{"service":"search-api"}]"#);
    let unread = json!([{ "first": 1, "last": 1, "why": "no alert: one begins with `{`" }]);
    assert_eq!((status, &found["alerts"], &found["skipped"], &found["unread"]), (200, &json!(2), &json!(1), &unread));
}

#[track_caller]
fn told(target: &str, expected: &Value) {
    let response = answer(&site(), &Request::get(target), now());
    assert_eq!(response.content_type, "application/problem+json", "{target}");
    assert_eq!(response.header("etag"), None);
    assert_eq!(serde_json::from_slice::<Value>(&response.body).unwrap(), *expected, "{target}");
    assert_eq!(Value::from(response.status), expected["status"]);
}

#[test]
fn a_problem_says_what_can_be_done() {
    told(
        "/api/v1/who?name=serch-api",
        &json!({ "type": "urn:dogwatch:problem:not-found", "title": "Not found", "status": 404,
                 "detail": "no service, rotation or person is called `serch-api`",
                 "hints": ["an alert of a service that is in no file: the tag service=serch-api"],
                 "nearest": ["search-api"] }),
    );
    let bad = |detail: &str, hints: &[&str]| {
        let mut it = json!({ "type": "urn:dogwatch:problem:bad-request", "title": "Bad request", "status": 400, "detail": detail });
        if !hints.is_empty() {
            it["hints"] = json!(hints);
        }
        it
    };
    told("/api/v1/now?att=1", &bad("no such parameter: `att`", &["did you mean `at`?"]));
    told("/api/v1/rotations?x=1", &bad("no such parameter: `x`", &["this question has none"]));
    told("/api/v1/now?at=", &bad("`at` is empty", &["leave it out"]));
    told("/api/v1/now?at=now&at=now", &bad("`at` is given twice", &[]));
    told("/api/v1/now?at=%ff", &bad("the query is not UTF-8 text", &[]));
    told("/api/v1/now?at=a%00", &bad("the query holds a control character", &[]));
    told(
        "/api/v1/now?at=later",
        &bad(
            "not a time: `later`",
            &["2026-03-03T15:00:00Z; or on the reader's clock 2026-03-03 15:00, 2026-03-03, 15:00"],
        ),
    );
    told(
        "/api/v1/shifts?from=2026-01-01&until=2028-01-01",
        &bad("the span is longer than 400 days", &["ask for it in parts"]),
    );
    told(
        "/api/v1/shifts?from=2026-01-02&until=2026-01-01",
        &bad("the span ends before it begins", &["`until` is the first instant after, `from` the first"]),
    );
    told(
        "/api/v1/shifts?from=2026-01-02&until=2026-01-02",
        &bad("the span ends where it begins", &["`until` is the first instant after, `from` the first"]),
    );
    told(
        "/api/v1/now?at=2199-12-31",
        &bad(
            "`2199-12-31` lies outside of 1970-01-02 to 2199-12-30",
            &["2026-03-03T15:00:00Z; or on the reader's clock 2026-03-03 15:00, 2026-03-03, 15:00"],
        ),
    );
    told(
        "/api/v1/who?tag=search-api",
        &bad("`search-api` is no tag", &["tag=service=search-api; a name is asked about with name=search-api"]),
    );
    told("/api/v1/check?horizon=367d", &bad("not a number of days: `367d`", &["from 1d to 366d, or weeks: 12w"]));
    told(
        "/api/v1/who?tag=a%3D1&tag=a%3D2",
        &bad("the tag `a` is given twice, as `1` and as `2`", &["an alert carries a tag once"]),
    );
    let nothing = json!({ "type": "urn:dogwatch:problem:not-found", "title": "Not found", "status": 404, "detail": "there is nothing here" });
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v2/now",
        "/api/v1/now/x",
        "/../etc/passwd",
        "/rotations/..%2f..%2fx",
        "/%2e%2e/x",
        "/a%00b",
        "//",
    ] {
        told(path, &nothing);
    }
}

#[test]
fn more_shifts_than_are_told_at_once_are_asked_for_in_parts() {
    let mut files = vec![
        ("org.toml".to_owned(), "zone = 'UTC'".to_owned()),
        ("people.toml".to_owned(), "[ana]\nname = 'Ana'\nzone = 'UTC'\n[bo]\nname = 'Bo'\nzone = 'UTC'".to_owned()),
    ];
    for it in 0..126 {
        let text = "[[layers]]\npeople = ['ana', 'bo']\nfrom = 2026-01-05\nhandoff = { every = 'day', at = '10:00' }";
        files.push((format!("r{it}.toml"), text.to_owned()));
    }
    let site = super::site_of(files.into_iter().collect());
    let ask = |query: &str| {
        let response = get(&site, &format!("/api/v1/shifts?from=2026-12-01&until=2028-01-02{query}"));
        let found: Value = serde_json::from_slice(&response.body).unwrap();
        (response.status, found)
    };
    // Of 397 days, each with a handoff, there are 398 shifts in each of 126 rotations.
    let (status, told) = ask("");
    assert_eq!(
        (status, &told["detail"], &told["hints"]),
        (
            400,
            &json!("there are 50148 shifts, and at most 50000 are told at once"),
            &json!(["ask for some rotations or people, or for a shorter time"])
        )
    );
    let (status, found) = ask("&rotation=r0");
    assert_eq!((status, found["shifts"].as_array().map(Vec::len)), (200, Some(398)));
    // A calendar has 195 days.
    assert_eq!(get(&site, "/feeds/everything.ics").status, 200);
}

#[test]
fn what_is_no_json_is_told_so() {
    let (status, it) = post("/api/v1/route", "text/plain", "{}");
    assert_eq!((status, &it["detail"]), (415, &json!("alerts come as JSON")));
    let zipped = Request {
        method: Method::Post,
        content_type: Some("application/json".to_owned()),
        content_encoding: Some("gzip".to_owned()),
        body: vec![0x1f, 0x8b],
        ..Request::get("/api/v1/route")
    };
    assert_eq!(answer(&site(), &zipped, now()).status, 415);
    for (body, detail) in [
        ("", "no alert was sent"),
        ("[]", "no alert was sent"),
        ("{", "line 1: not JSON: it ends before it is complete"),
        ("12", "line 1: no alert: one begins with `{`"),
        (r#"{"alerts":null}"#, "no alert was sent"),
    ] {
        let (status, it) = post("/api/v1/route", "application/json", body);
        assert_eq!((status, &it["detail"]), (400, &json!(detail)), "{body}");
    }
}

#[test]
fn each_thing_has_its_methods() {
    let site = site();
    let ask = |method, target: &str| {
        let response = answer(&site, &Request { method, ..Request::get(target) }, now());
        (response.status, response.header("allow").map(str::to_owned))
    };
    let look = || Some("GET, HEAD, OPTIONS".to_owned());
    let send = || Some("POST, OPTIONS".to_owned());
    for target in ["/", "/ask", "/api/v1/now", "/healthz", "/metrics", "/feeds/everything.ics", "/assets/style.css"] {
        assert_eq!(ask(Method::Head, target), (200, None), "{target}");
        assert_eq!(ask(Method::Post, target), (405, look()), "{target}");
        assert_eq!(ask(Method::Other, target), (405, look()), "{target}");
        assert_eq!(ask(Method::Options, target), (204, look()), "{target}");
    }
    for method in [Method::Get, Method::Head, Method::Other] {
        assert_eq!(ask(method, "/api/v1/route"), (405, send()));
    }
    assert_eq!(ask(Method::Options, "/api/v1/route"), (204, send()));
    assert_eq!(ask(Method::Post, "/nowhere"), (404, None));
    // What the server as a whole can do.
    assert_eq!(ask(Method::Options, "*"), (204, Some("GET, HEAD, POST, OPTIONS".to_owned())));
}

#[test]
fn a_known_answer_is_not_sent_again() {
    let site = site();
    for target in ["/", "/api/v1/who?name=search-api&at=2026-12-08", "/feeds/rotations/search.ics", "/assets/script.js"]
    {
        let first = get(&site, target);
        let tag = first.header("etag").unwrap().to_owned();
        let again = |known: &str| {
            let request = Request { if_none_match: Some(known.to_owned()), ..Request::get(target) };
            let response = answer(&site, &request, now());
            (response.status, response.body.len(), response.header("etag").map(str::to_owned))
        };
        assert_eq!(again(&tag), (304, 0, Some(tag.clone())), "{target}");
        assert_eq!(again(&format!("\"x\", {}", tag.trim_start_matches("W/"))), (304, 0, Some(tag.clone())));
        assert_eq!(again("*"), (304, 0, Some(tag.clone())));
        assert_eq!(again("\"x\"").0, 200);
    }
    // What is asked about a fixed moment keeps its tag as the clock goes on; a day of a feed does too.
    let later = dogwatch::time::Instant::from_unix(now().unix() + 3600);
    for target in
        ["/api/v1/who?name=search-api&at=2026-12-08", "/feeds/everything.ics", "/api/v1/people/ana?at=2026-12-08"]
    {
        let [one, other] = [now(), later].map(|at| answer(&site, &Request::get(target), at));
        assert_eq!(one.header("etag"), other.header("etag"), "{target}");
    }
    let [one, other] = [now(), later].map(|at| answer(&site, &Request::get("/api/v1/now"), at));
    assert_ne!(one.header("etag"), other.header("etag"));
}

#[test]
fn two_replicas_give_the_same_bytes() {
    let earlier = dogwatch::time::Instant::from_unix(now().unix() - 5000);
    let other = dogwatch::web::Site::new(
        std::sync::Arc::new(super::state(super::reference(), earlier)),
        None,
        std::sync::Arc::new(super::plain_options()),
    );
    let site = site();
    // The first has been asked before, the other has not.
    for target in
        ["/", "/ask?q=search-api", "/calendar?zoom=month", "/graph", "/check", "/api/v1/now", "/api/v1/shifts"]
    {
        get(&site, target);
        assert_eq!(get(&site, target), get(&other, target), "{target}");
    }
}

#[test]
fn what_was_asked_before_is_answered_of_the_new_moment() {
    let site = site();
    let at = |seconds: i64| {
        let now = dogwatch::time::Instant::from_unix(now().unix() + seconds);
        let response = answer(&site, &Request::get("/api/v1/now"), now);
        serde_json::from_slice::<Value>(&response.body).unwrap()["at"].clone()
    };
    assert_eq!(at(0), json!("2026-12-08T10:00:00-08:00"));
    assert_eq!(at(0), json!("2026-12-08T10:00:00-08:00"));
    assert_eq!(at(1), json!("2026-12-08T10:00:01-08:00"));
    assert_eq!(at(0), json!("2026-12-08T10:00:00-08:00"));
}

#[test]
fn files_that_mean_nothing_are_told_to_programs_as_well() {
    let site = stale();
    let response = get(&site, "/api/v1/now");
    assert_eq!(response.header("dogwatch-stale"), Some("2 mistakes since 2026-12-08T17:30:00Z"));
    assert_eq!(get(&super::site(), "/api/v1/now").header("dogwatch-stale"), None);
    assert_eq!(response.body, get(&super::site(), "/api/v1/now").body);
    // Whatever is answered says it: a feed, a problem, and that nothing is new.
    let tag = response.header("etag").unwrap().to_owned();
    let known = Request { if_none_match: Some(tag), ..Request::get("/api/v1/now") };
    let unchanged = answer(&site, &known, now());
    assert_eq!(unchanged.status, 304);
    let problem = answer(&site, &Request::get("/api/v1/who?name=nobody-knows"), now());
    assert_eq!(problem.status, 404);
    for it in [unchanged, problem, get(&site, "/feeds/everything.ics"), get(&site, "/")] {
        assert_eq!(it.header("dogwatch-stale"), Some("2 mistakes since 2026-12-08T17:30:00Z"));
    }
    let of = |mistakes| Trouble { since: now(), mistakes, report: String::new() };
    let says = |mistakes| (of(mistakes).count(), of(mistakes).sentence());
    assert_eq!(says(0), ("unreadable".to_owned(), "The files could not be read".to_owned()));
    assert_eq!(says(1), ("1 mistake".to_owned(), "The files have 1 mistake".to_owned()));
    let mut ready: Value = serde_json::from_str(&text(&get(&site, "/readyz"))).unwrap();
    ready["revision"] = json!("…");
    assert_eq!(
        ready,
        json!({ "status": "ready", "revision": "…", "since": "2026-12-08T18:00:00Z", "stale": true,
                "stale_since": "2026-12-08T17:30:00Z", "mistakes": 2 })
    );
    assert!(text(&get(&site, "/metrics")).contains("\ndogwatch_files_stale 1\n"));
}

#[test]
fn seats_are_counted_by_who_holds_them() {
    // Of 22 seats, one is outside of its hours or vacant as `now` says it.
    let now: Value = serde_json::from_str(&command(&["now", "--format", "json"])).unwrap();
    let seats = now["seats"].as_array().unwrap();
    let metrics = text(&get(&site(), "/metrics"));
    for state in ["held", "vacant", "gap", "off", "not-begun"] {
        let count = seats.iter().filter(|it| it["state"] == state).count();
        assert!(
            metrics.contains(&format!("dogwatch_seats{{state=\"{state}\"}} {count}\n")),
            "{state} {count}\n{metrics}"
        );
    }
}

/// The document describes what there is: every path is answered, every parameter is known, every answer has its schema.
#[test]
fn the_document_describes_what_there_is() {
    let site = site();
    let document: Value = serde_json::from_str(&text(&get(&site, "/api/v1/openapi.json"))).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    let mut seen = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        let target = path.replace("{rotation}", "search").replace("{person}", "ana");
        for (method, operation) in methods.as_object().unwrap() {
            seen.push(operation["operationId"].as_str().unwrap().to_owned());
            if method == "post" {
                continue;
            }
            let query = if path.ends_with("/who") { "?name=search-api" } else { "" };
            let response = get(&site, &format!("{target}{query}"));
            assert_eq!(response.status, 200, "{target}");
            let answered: Value = serde_json::from_slice(&response.body).unwrap();
            let schema = &operation["responses"]["200"]["content"]["application/json"]["schema"];
            let mut whole = schema.clone();
            whole["components"] = document["components"].clone();
            let validator = jsonschema::validator_for(&whole).unwrap();
            let errors: Vec<String> = validator.iter_errors(&answered).map(|it| it.to_string()).collect();
            assert_eq!(errors, [""; 0], "{target}");
            for it in operation["parameters"].as_array().into_iter().flatten() {
                let name = it["name"].as_str().unwrap();
                if it["in"] == "query" {
                    // Known, though the value may mean nothing.
                    let response = get(&site, &format!("{target}?{name}=x"));
                    assert!(!text(&response).contains("no such parameter"), "{target} {name}");
                }
            }
        }
    }
    seen.sort();
    assert_eq!(
        seen,
        ["check", "now", "openapi", "people", "person", "rotation", "rotations", "route", "shifts", "who"]
    );
}

#[test]
fn lists_name_everybody_and_where_they_are_written() {
    let files = [
        ("org.toml", "zone = 'Europe/Dublin'"),
        (
            "people.toml",
            "[ana]\nname = 'Ana'\nzone = 'America/Sao_Paulo'\nphone = '1'\naliases = ['asouza']\n\
             off = [{ from = 2026-12-07, through = 2026-12-09 }]\n[bo]\nname = 'Bo'\nzone = 'UTC'",
        ),
        (
            "web.toml",
            "name = 'Web'\n[[layers]]\npeople = ['ana']\nfrom = 2026-01-05\n\
             handoff = { every = 'week', on = 'Mon', at = '10:00' }\n[secondary]\nfollow = 1",
        ),
    ];
    let site = super::site_of(files.into_iter().collect());
    let list = |target: &str| serde_json::from_slice::<Value>(&get(&site, target).body).unwrap();
    let web = json!({ "rotation": "web", "name": "Web", "zone": "Europe/Dublin", "seats": ["web", "web.secondary"],
                      "people": ["ana"], "source": "web.toml:1" });
    let rotations = json!({ "version": 1, "kind": "rotation-list", "rotations": [web] });
    assert_eq!(list("/api/v1/rotations"), rotations);
    assert_eq!(list("/api/v1/rotations/web"), rotations);
    let ana = json!({ "person": "ana", "name": "Ana", "email": null, "phone": "1", "chat": null, "zone": "America/Sao_Paulo",
                      "rotations": ["web"], "away_until": "2026-12-10T03:00:00Z" });
    let bo = json!({ "person": "bo", "name": "Bo", "email": null, "phone": null, "chat": null, "zone": "UTC",
                     "rotations": [], "away_until": null });
    let people =
        |all: &[&Value]| json!({ "version": 1, "kind": "person-list", "zone": "Europe/Dublin", "people": all });
    assert_eq!(list("/api/v1/people"), people(&[&ana, &bo]));
    assert_eq!(list("/api/v1/people/asouza"), people(&[&ana]));
}
