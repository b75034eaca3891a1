//! The rehearsal behind a socket, and as a program.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dogwatch::rehearsal::server::{Handle, spawn};
use dogwatch::rehearsal::{Account, Clock, Faults, Rehearsal, Switches};
use dogwatch::time::Instant;

use super::{at, seed};

fn clock() -> Instant {
    Instant::from_unix(1_767_614_400)
}

fn server(faults: Faults) -> Handle {
    let now = at("2026-01-05T12:00:00Z");
    let rehearsal = Rehearsal::new(Account::seeded(seed(), now), Switches::default(), faults, Clock::standing(now));
    spawn(rehearsal, clock, 0, None).unwrap()
}

/// Everything that comes back for some bytes, until the other side closes.
fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream.write_all(bytes).unwrap();
    let mut answer = Vec::new();
    // A cut connection may be an error, or nothing.
    let _ = stream.read_to_end(&mut answer);
    let _ = stream.shutdown(Shutdown::Both);
    String::from_utf8(answer).unwrap()
}

fn request(line: &str, body: &str) -> Vec<u8> {
    let head = "Host: x\r\nConnection: close\r\nAuthorization: Token token=rehearsal\r\nContent-Type: application/json";
    format!("{line} HTTP/1.1\r\n{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}

#[test]
fn it_answers_over_a_socket_with_the_headers_of_the_limit() {
    let server = server(Faults::default());
    let answer = raw(server.address(), &request("GET /abilities", ""));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().filter(|it| !it.starts_with("date:")).collect();
    lines.sort_unstable();
    let abilities = r#"{"abilities":["teams","urgencies","service_support_hours","schedules","escalation_policies"]}"#;
    let length = format!("content-length: {}", abilities.len());
    let expected = [
        "HTTP/1.1 200 OK",
        "connection: close",
        &length,
        "content-type: application/json",
        "ratelimit-limit: 960",
        "ratelimit-remaining: 959",
        "ratelimit-reset: 60",
    ];
    assert_eq!(lines, expected);
    assert_eq!(body, abilities);
    assert!(server.address().ip().is_loopback());
    assert_eq!(server.stop().unwrap().records().count(), 1);
}

#[test]
fn a_cut_connection_gives_not_a_byte() {
    let fail_at = vec!["1:before".parse().unwrap(), "2:after".parse().unwrap()];
    let server = server(Faults { fail_at, ..Faults::default() });
    let team = |name: &str| request("POST /teams", &format!(r#"{{"team":{{"name":"{name}"}}}}"#));
    assert_eq!(raw(server.address(), &team("A")), "");
    assert_eq!(raw(server.address(), &team("B")), "");
    assert!(raw(server.address(), &team("C")).starts_with("HTTP/1.1 201 Created"));
    let statuses: Vec<Option<u16>> = server.with(|it| it.records().map(|it| it.status).collect());
    assert_eq!(statuses, [None, None, Some(201)]);
    let account = server.stop().unwrap().account().to_json();
    let there = ["\"A\"", "\"B\"", "\"C\""].map(|it| account.contains(&format!("\"name\": {it}")));
    assert_eq!(there, [false, true, true]);
}

#[test]
fn hostile_bytes_are_answered_or_dropped() {
    let server = server(Faults::default());
    assert!(raw(server.address(), b"\x16\x03\x01\x02\x00\r\n\r\n").starts_with("HTTP/1.1 400"));
    assert!(raw(server.address(), &request("BREW /users", "")).starts_with("HTTP/1.1 405"));
    assert!(raw(server.address(), &request("GET //..//%00%ff?%=&&=", "")).starts_with("HTTP/1.1 404"));
    assert!(raw(server.address(), &request("POST /teams", &" ".repeat(5 << 20))).contains("413"));
    assert!(raw(server.address(), &request("GET /", "")).contains("A rehearsal of PagerDuty"));
    assert!(raw(server.address(), &request("HEAD /users", "")).ends_with("\r\n\r\n"), "no body");
}

#[test]
fn each_request_is_told_as_it_comes() {
    let now = at("2026-01-05T12:00:00Z");
    let rehearsal =
        Rehearsal::new(Account::seeded(seed(), now), Switches::default(), Faults::default(), Clock::standing(now));
    let lines = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&lines);
    let listening = Box::new(move |record: &dogwatch::rehearsal::Record| {
        told.lock().unwrap().push(serde_json::to_string(record).unwrap());
    });
    let server = spawn(rehearsal, clock, 0, Some(listening)).unwrap();
    raw(server.address(), &request("GET /users?limit=1", ""));
    raw(server.address(), &request("GET /_rehearsal", ""));
    drop(server);
    let line = r#"{"request":1,"at":"2026-01-05T12:00:00Z","method":"GET","path":"/users","query":[["limit","1"]],"status":200}"#;
    assert_eq!(*lines.lock().unwrap(), [line]);
}

#[cfg(unix)]
#[test]
fn the_program_prints_where_it_is_and_saves_when_it_ends() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("practice.json");
    let start = || {
        let mut child = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
            .args(["--now", "2017-08-15T03:00:00Z", "rehearse", "--state"])
            .arg(&state)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env_remove("DOGWATCH_ZONE")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let second = lines.next().unwrap().unwrap();
        let address: SocketAddr = first.rsplit('/').next().unwrap().parse().unwrap();
        (child, address, second, lines)
    };
    let end = |mut child: std::process::Child| {
        let done = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
        assert!(done.success());
        child.wait().unwrap().code()
    };
    let (child, address, from, _lines) = start();
    assert_eq!(from, "73 users and 34 services of rotations; nothing leaves this machine. Ctrl-C ends it.");
    let made = raw(address, &request("POST /teams", r#"{"team":{"name":"Kept"}}"#));
    assert!(made.starts_with("HTTP/1.1 201"), "{made}");
    assert_eq!(end(child), Some(0));
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
    assert_eq!(files, ["practice.json"]);
    let (child, address, from, _lines) = start();
    assert_eq!(from, format!("The account of {}; nothing leaves this machine. Ctrl-C ends it.", state.display()));
    assert!(raw(address, &request("GET /teams", "")).contains("\"Kept\""));
    assert_eq!(end(child), Some(0));
}

/// What the program says that cannot begin, and how it ends.
fn fails(arguments: &[&str]) -> String {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", "2026-01-05T12:00:00Z"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    format!("{}\n{}", output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn the_program_says_why_it_cannot_begin() {
    let rate = "no such rate: `lock=some`\n  help: KIND=PERCENT, such as lock=20; `--help` has the kinds\n";
    assert_eq!(fails(&["rehearse", "--faults", "1", "--rate", "lock=some"]), format!("2\nerror: {rate}"));
    let switch = "no such switch: `layers`\n  help: docs/rehearse.md lists the switches\n";
    assert_eq!(fails(&["rehearse", "--switch", "layers=up"]), format!("2\nerror: {switch}"));
    let format = "this command has no format `json`\n  help: it has text\n";
    assert_eq!(fails(&["--format", "json", "rehearse"]), format!("2\nerror: {format}"));
    let state = "`Cargo.toml`: not the state of a rehearsal: expected value at line 1 column 2\n  \
                 help: without the file, a rehearsal begins with the users and services of rotations/\n";
    assert_eq!(fails(&["rehearse", "--state", "Cargo.toml"]), format!("2\nerror: {state}"));
    assert!(
        fails(&["rehearse", "--seed-account", "nowhere.json"]).starts_with("2\nerror: could not read `nowhere.json`: ")
    );
    assert!(
        fails(&["rehearse", "--state", "nowhere/s.json"]).starts_with("2\nerror: could not save `nowhere/s.json`: ")
    );
    let taken = server(Faults::default());
    let port = taken.address().port().to_string();
    let found = fails(&["rehearse", "--port", &port]);
    assert!(found.starts_with(&format!("2\nerror: could not listen on port {port}: ")), "{found}");
    assert!(found.ends_with("help: `--port 0` takes a free one\n"), "{found}");
}

#[test]
fn people_without_an_email_are_left_out_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let rotations = folder.path().join("rotations");
    std::fs::create_dir(&rotations).unwrap();
    let files = [
        ("org.toml", "zone = \"Europe/Dublin\"\n"),
        ("people.toml", "[cy]\nname = \"Cy\"\nzone = \"Asia/Tokyo\"\n"),
        (
            "escalation.toml",
            "routes = [{ page = \"web\" }]\nescalations = [{ from = \"web\", after = \"5m\", to = \"@cy\" }]\n",
        ),
        (
            "web.toml",
            "name = \"Web\"\n[[layers]]\npeople = [\"cy\"]\nfrom = 2026-01-05\nhandoff = { every = \"week\", on = \"Mon\", at = \"10:00\" }\n",
        ),
    ];
    for (name, text) in files {
        std::fs::write(rotations.join(name), text).unwrap();
    }
    let expected = "2\n\
                    cy has no email in people.toml, by which PagerDuty knows people: left out\n\
                    error: nobody in people.toml has an email, and PagerDuty knows people by nothing else\n  \
                    help: give each an `email`\n";
    assert_eq!(fails(&["-C", folder.path().to_str().unwrap(), "rehearse"]), expected);
}
