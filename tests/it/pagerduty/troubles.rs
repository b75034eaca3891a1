//! The commands, when it does not go well: a message, a cure, exit 2, and never the token.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;

use dogwatch::org::Family;
use dogwatch::rehearsal::{Account, Clock, Faults, Rehearsal, Switches, server};
use dogwatch::time::Instant;

const TOKEN: &str = "y-NbAkKc66ryYTWUXYEu";

fn run(url: &str, arguments: &[&str]) -> (i32, String) {
    run_as(TOKEN, url, arguments)
}

fn run_as(token: &str, url: &str, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", "2026-11-24T12:34:56Z"])
        .args(arguments)
        .args(["--base-url", url, "--trace"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("PAGERDUTY_TOKEN", token)
        .env("NO_COLOR", "1")
        .env_remove("DOGWATCH_ZONE")
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(token.starts_with("rehearsal") || !text.contains(token), "the token was shown: {text}");
    (output.status.code().unwrap(), text)
}

/// A server that gives one answer to everything.
fn stubborn(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

#[track_caller]
fn check(url: &str, arguments: &[&str], words: &[&str]) {
    let (code, text) = run(url, arguments);
    assert_eq!(code, 2, "{text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is not in: {text}");
    }
}

#[test]
fn a_bad_token_is_told() {
    let url = stubborn("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    for verb in ["plan", "verify"] {
        check(&url, &[verb], &["error: GET /users", "refused (401)", "help: the token comes from PAGERDUTY_TOKEN"]);
    }
    check(&url, &["apply", "--yes"], &["refused (401)"]);
}

#[test]
fn a_missing_ability_is_told() {
    let url = stubborn(
        "HTTP/1.1 402 Payment Required\r\nContent-Length: 58\r\nConnection: close\r\n\r\n{\"error\":{\"message\":\"Missing ability: teams\",\"code\":2014}}",
    );
    check(&url, &["plan"], &["Missing ability: teams", "help: the account's plan"]);
}

#[test]
fn something_else_than_pagerduty_is_told() {
    let url = stubborn(
        "HTTP/1.1 302 Found\r\nLocation: http://example.com\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    );
    check(
        &url,
        &["plan"],
        &["sent on (302) to `http://example.com/`", "help: `--base-url` is the address of the API itself"],
    );
    let url = stubborn("HTTP/1.1 302 Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello");
    check(&url, &["plan"], &["the answer (302) is not JSON: hello", "help: something else than PagerDuty"]);
}

#[test]
fn an_empty_address_is_none_and_an_empty_variable_is_not_set() {
    let run = |variable: &str, arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("PAGERDUTY_TOKEN", "rehearsal")
            .env("DOGWATCH_PAGERDUTY", variable)
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let wanted = "error: `--base-url` is empty\n  help: `us`, `eu`, or an address; without it, the variable DOGWATCH_PAGERDUTY or `us`\n";
    assert_eq!(run("http://127.0.0.1:9", &["plan", "--base-url", ""]), (Some(2), wanted.to_owned()));
    let wanted = "error: not the address of an API: what was given is none\n  help: https://api.pagerduty.com, https://api.eu.pagerduty.com, or what `rehearse` prints\n";
    assert_eq!(run("nonsense", &["plan"]), (Some(2), wanted.to_owned()));
    // What is typed goes before the variable, whatever that says.
    for variable in ["", "http://127.0.0.1:9"] {
        assert_eq!(run(variable, &["plan", "--base-url", "nonsense"]), (Some(2), wanted.to_owned()));
    }
}

#[test]
fn an_address_that_is_none_is_told_before_anything_is_sent() {
    for url in ["nonsense", "ftp://example.com", "http://api.example.com", "https://user:secret@example.com"] {
        let (code, text) = run(url, &["plan"]);
        assert_eq!(code, 2);
        assert!(text.contains("not the address of an API"), "{text}");
    }
}

/// Nobody listens at the port: it was bound, and let go.
#[test]
fn no_network_is_told() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let words =
        ["error: GET /users", "no answer", "help: is the address right (`--base-url`), and is there a network?"];
    check(&url, &["plan"], &words);
}

#[test]
fn no_token_is_told() {
    let output = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["plan", "--base-url", "http://127.0.0.1:9"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("PAGERDUTY_TOKEN")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("error: no token for PagerDuty\n  help: set PAGERDUTY_TOKEN")
    );
}

#[test]
fn plan_apply_and_verify_over_a_socket() {
    let now = Instant::from_unix(1_795_523_696);
    let org = crate::pagerduty::world::reference(Family::Layers);
    let world = crate::pagerduty::world::World::of(&org, &now.to_string());
    let account: Account = world.rehearsal.borrow().account().clone();
    let switches = Switches { rate_limit: None, ..Switches::default() };
    let rehearsal = Rehearsal::new(account, switches, Faults::default(), Clock::standing(now));
    let server = server::spawn(rehearsal, || Instant::MIN, 0, None).unwrap();
    let url = server.url();
    let horizon = ["--horizon", "7d"];
    let run = |url: &str, arguments: &[&str]| run_as("rehearsal", url, arguments);
    let with = |verb: &'static str| [&[verb][..], &horizon[..]].concat();
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("next.json");
    let saved = saved.to_str().unwrap();
    let (code, text) = run(&url, &[&with("plan")[..], &["--save", saved]].concat());
    assert_eq!(code, 1, "{text}");
    assert!(!std::fs::read_to_string(saved).unwrap().contains("NbAk"));
    let (code, text) = run(&url, &["apply", saved]);
    assert_eq!(code, 2, "nobody agreed: {text}");
    let untouched = server.with(|it| it.account().clone());
    let (code, text) = run(&url, &["plan", "--format", "json"]);
    assert_eq!(code, 1, "{text}");
    let (code, text) = run_as("NbAkNbAkNbAkNbAkNbAk", &url, &["apply", saved, "--yes"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("refused (401)"), "{text}");
    let (code, text) = run_as("rehearsal-read-only", &url, &["apply", saved, "--yes"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("a read-only key can plan, not apply"), "{text}");
    assert_eq!(server.with(|it| it.account().clone()), untouched, "nothing was changed");
    let (code, text) = run(&url, &["apply", saved, "--yes"]);
    assert_eq!(code, 0, "{text}");
    let (code, text) = run(&url, &with("plan"));
    assert_eq!(code, 0, "{text}");
    let (code, text) = run(&url, &with("verify"));
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("PagerDuty shows what the files say"), "{text}");
    server.stop().unwrap();
}
