//! The client against answers that were written down.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use dogwatch::pagerduty::client::{Client, Error, Refusal, Reply, Request, Token, Transport};
use serde_json::{Value, json};

/// Answers in order; what was asked is written down.
struct Script {
    answers: VecDeque<Result<Reply, String>>,
    asked: Rc<RefCell<Vec<String>>>,
}

impl Transport for Script {
    fn send(&mut self, request: &Request) -> Result<Reply, String> {
        self.asked.borrow_mut().push(request.to_string());
        self.answers.pop_front().unwrap_or_else(|| panic!("nobody expected {request}"))
    }
}

fn reply(status: u16, body: &str) -> Result<Reply, String> {
    Ok(Reply { status, body: body.to_owned(), ..Reply::default() })
}

fn cut() -> Result<Reply, String> {
    Err("connection reset".to_owned())
}

/// What was asked, and how long was waited in between, in milliseconds.
struct Scene {
    client: Client,
    asked: Rc<RefCell<Vec<String>>>,
    waited: Rc<RefCell<Vec<u128>>>,
}

fn scene(answers: Vec<Result<Reply, String>>) -> Scene {
    let asked: Rc<RefCell<Vec<String>>> = Rc::default();
    let waited: Rc<RefCell<Vec<u128>>> = Rc::default();
    let script = Script { answers: answers.into(), asked: asked.clone() };
    let waits = waited.clone();
    let client = Client::new(script, move |it: Duration| waits.borrow_mut().push(it.as_millis()), |_| {});
    Scene { client, asked, waited }
}

fn refused(status: u16, body: &str) -> (Refusal, String) {
    let mut scene = scene((0..6).map(|_| reply(status, body)).collect());
    match scene.client.get("/x", &[]).unwrap_err() {
        Error::Refused { why, message, details, .. } => (why, [vec![message], details].concat().join(" | ")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn refusals_are_told_apart_whatever_shape_they_have() {
    let cases: &[(u16, &str, Refusal, &str)] = &[
        (401, "", Refusal::BadToken, ""),
        (
            401,
            r#"{"error":{"message":"Authentication failed","code":2006}}"#,
            Refusal::BadToken,
            "Authentication failed",
        ),
        (402, r#"{"error":{"message":"Upgrade","code":2014}}"#, Refusal::MissingAbility, "Upgrade"),
        (403, "<html>no</html>", Refusal::Forbidden, ""),
        (404, "", Refusal::NotFound, ""),
        (404, r#"{"error":"Not Found"}"#, Refusal::NotFound, "Not Found"),
        (400, r#"{"error":{"message":"Bad","code":2001,"errors":["one","two"]}}"#, Refusal::Invalid, "Bad | one | two"),
        (
            400,
            r#"{"error":{"message":"Bad","code":3001,"errors":{"a.b":["short"]}}}"#,
            Refusal::Invalid,
            "Bad | a.b: short",
        ),
        (400, r#"{"error":{"message":"Bad","errors":"alone"}}"#, Refusal::Invalid, "Bad | alone"),
        (400, r#"{"error":{"message":"Bad","errors":null}}"#, Refusal::Invalid, "Bad"),
        (429, "", Refusal::RateLimited, ""),
        (500, r#"{"error":{"message":"Oops","code":2000}}"#, Refusal::Broken, "Oops"),
    ];
    for (status, body, why, words) in cases {
        assert_eq!(refused(*status, body), (*why, (*words).to_owned()), "{status} {body}");
    }
}

#[test]
fn it_waits_as_long_as_it_is_told_and_five_seconds_if_it_is_not() {
    let told = Reply { status: 429, reset: Some(7), ..Reply::default() };
    let mut scene = scene(vec![Ok(told), reply(429, ""), reply(200, r#"{"x":1}"#)]);
    assert_eq!(scene.client.get("/x", &[]).unwrap(), json!({ "x": 1 }));
    assert_eq!(*scene.waited.borrow(), [7_500, 5_000]);
    assert_eq!(*scene.asked.borrow(), ["GET /x"; 3]);
}

#[test]
fn the_last_request_of_a_minute_waits_for_the_next_minute() {
    let last = Reply { status: 200, reset: Some(12), remaining: Some(0), location: None, body: "{}".to_owned() };
    let mut scene = scene(vec![Ok(last)]);
    scene.client.get("/x", &[]).unwrap();
    assert_eq!(*scene.waited.borrow(), [12_000]);
}

#[test]
fn a_locked_account_is_the_only_400_that_is_tried_again() {
    let locked = r#"{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Requesting account could not be locked"]}}"#;
    let mut scene = scene(vec![reply(400, locked), reply(200, "{}")]);
    scene.client.put("/x", json!({})).unwrap();
    assert_eq!(scene.asked.borrow().len(), 2);
    let other =
        r#"{"error":{"message":"Invalid Input Provided","code":2001,"errors":["Name has already been taken"]}}"#;
    let mut scene = self::scene(vec![reply(400, other)]);
    assert_eq!(scene.client.put("/x", json!({})).unwrap_err().refusal(), Some(Refusal::Invalid));
}

#[test]
fn tries_are_bounded() {
    let mut scene = scene([reply(200, "{}")].into_iter().chain((0..6).map(|_| cut())).collect());
    scene.client.get("/x", &[]).unwrap();
    let error = scene.client.get("/x", &[]).unwrap_err();
    assert_eq!(error.to_string(), "GET /x: no answer: connection reset");
    assert_eq!(*scene.waited.borrow(), [250, 500, 1_000, 2_000, 4_000]);
    // Where nobody ever answers, there is no network.
    let mut scene = self::scene((0..4).map(|_| cut()).collect());
    scene.client.get("/x", &[]).unwrap_err();
    assert_eq!(*scene.waited.borrow(), [250, 500, 1_000]);
}

#[test]
fn a_creation_is_looked_for_before_it_is_sent_again() {
    let found = json!({ "schedule": { "id": "P1" } });
    // The first answer is lost, and so was the request; of the second only the answer.
    let mut scene = scene(vec![cut(), reply(502, "<html>Bad Gateway</html>")]);
    let mut looks = 0;
    let made = scene.client.create("/schedules", &json!({}), |_| {
        looks += 1;
        Ok((looks == 2).then(|| found.clone()))
    });
    assert_eq!(made.unwrap(), found);
    assert_eq!(*scene.asked.borrow(), ["POST /schedules"; 2]);
}

#[test]
fn what_is_gone_is_removed() {
    let mut scene = scene(vec![reply(404, r#"{"error":{"message":"Not Found","code":2100}}"#)]);
    scene.client.delete("/schedules/P1").unwrap();
}

#[test]
fn what_is_not_json_is_told() {
    let mut scene = scene(vec![reply(200, "<html>Sign in</html>")]);
    let error = scene.client.get("/users", &[]).unwrap_err();
    assert_eq!(error.to_string(), "GET /users: the answer (200) is not JSON: <html>Sign in</html>");
    // A redirect is not followed: a token is not sent elsewhere.
    let mut scene = self::scene(vec![reply(302, "")]);
    assert!(matches!(scene.client.get("/users", &[]).unwrap_err(), Error::NotJson { status: 302, .. }));
}

#[test]
fn an_answer_that_says_nothing_is_told() {
    for body in ["null", "", " null\n"] {
        let mut scene = scene(vec![reply(200, body)]);
        let error = scene.client.get("/users", &[]).unwrap_err();
        assert_eq!(error.to_string(), "GET /users: the answer (200) is empty", "{body:?}");
    }
}

#[test]
fn a_redirect_is_told_with_its_target_and_without_what_may_be_secret() {
    for (location, shown) in [
        ("https://login.example.com/sso?key=secret#x", "https://login.example.com/sso"),
        ("https://ana:secret@example.com/x", "https://example.com/x"),
        ("/v2/users?x=secret", "/v2/users"),
        ("https://example.com/\u{202e}", "https://example.com/%E2%80%AE"),
    ] {
        let answer = Reply { status: 301, location: Some(location.to_owned()), ..Reply::default() };
        let mut scene = scene(vec![Ok(answer)]);
        let error = scene.client.get("/users", &[]).unwrap_err();
        assert_eq!(error.to_string(), format!("GET /users: sent on (301) to `{shown}`"));
        assert_eq!(
            error.hint(),
            Some(
                "`--base-url` is the address of the API itself; no redirect is followed, for the token would go along"
            )
        );
        assert!(!error.is_unsure());
    }
}

fn page(ids: &[&str], limit: u64, more: bool) -> Result<Reply, String> {
    let users: Vec<Value> = ids.iter().map(|it| json!({ "id": it })).collect();
    reply(200, &json!({ "users": users, "limit": limit, "more": more }).to_string())
}

#[test]
fn pages_step_by_the_limit_that_the_server_keeps_to_and_show_nobody_twice() {
    let mut scene = scene(vec![page(&["A", "B"], 2, true), page(&["B", "C"], 2, false)]);
    let users = scene.client.list("/users", "users", &[("include[]", "teams")]).unwrap();
    assert_eq!(users, [json!({ "id": "A" }), json!({ "id": "B" }), json!({ "id": "C" })]);
    let asked = scene.asked.borrow();
    assert_eq!(asked[1], "GET /users?include[]=teams&limit=100&offset=2");
}

#[test]
fn more_than_ten_thousand_are_not_paged_through() {
    let mut scene = scene((0..200).map(|_| page(&["A"], 100, true)).collect());
    assert!(matches!(scene.client.list("/users", "users", &[]), Err(Error::TooMany { .. })));
    assert_eq!(scene.asked.borrow().len(), 100);
}

#[test]
fn a_cursor_is_followed_to_its_end() {
    let answer =
        |id: &str, next: Value| reply(200, &json!({ "records": [{ "id": id }], "next_cursor": next }).to_string());
    let mut scene = scene(vec![answer("A", json!("n1")), answer("B", Value::Null)]);
    let records = scene.client.list_by_cursor("/audit/records", "records", &[]).unwrap();
    assert_eq!(records, [json!({ "id": "A" }), json!({ "id": "B" })]);
    assert_eq!(scene.asked.borrow()[1], "GET /audit/records?limit=100&cursor=n1");
}

#[test]
fn a_token_is_not_shown() {
    for text in ["y_NbAkKc66ryYTWUXYEu", "Bearer pdus+abc"] {
        let shown = format!("{:?}", Token::parse(text).unwrap());
        assert!(!shown.contains("NbAk") && !shown.contains("pdus"), "{shown}");
    }
    for text in ["", " ", "two words", "línea", "Bearer "] {
        assert!(Token::parse(text).is_none(), "{text:?}");
    }
}
