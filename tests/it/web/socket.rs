//! The server behind its socket: clients that are slow, large, many, wrong, or gone.
//!
//! Times here are bounds that the server is given, and short; nothing asserts how long anything took.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use dogwatch::config::Files;
use dogwatch::web::server::{Handle, Limits, Settings, spawn};
use dogwatch::web::{Access, FeedKey, Options, Site, Token};

use super::{now, plain_options, reference, site_of, state};

const TOKEN: &str = "correct-horse-battery-staple";

fn serve(access: Access, limits: Limits, site: Site) -> Handle {
    let settings =
        Settings { listen: "0".parse().unwrap(), access, proxies: vec!["127.0.0.1".parse().unwrap()], limits };
    spawn(site, settings, Arc::new(now)).unwrap()
}

fn open(limits: Limits) -> Handle {
    serve(Access::Loopback { hosts: Vec::new() }, limits, site_of(small("v0", 3)))
}

/// Rotations whose names all bear a version.
fn small(version: &str, rotations: usize) -> Files {
    let mut files = vec![
        ("org.toml".to_owned(), "zone = 'UTC'".to_owned()),
        ("people.toml".to_owned(), "[ana]\nname = 'Ana'\nzone = 'UTC'".to_owned()),
    ];
    for it in 0..rotations {
        let text = format!(
            "name = 'R{it} {version}'\n[[layers]]\npeople = ['ana']\nfrom = 2026-01-05\nhandoff = {{ every = 'week', on = 'Mon', at = '10:00' }}"
        );
        files.push((format!("r{it}.toml"), text));
    }
    files.into_iter().collect()
}

fn connect(address: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

/// Everything that comes back for some bytes, until the other side closes.
fn raw(address: SocketAddr, bytes: &[u8]) -> String {
    let mut stream = connect(address);
    // A server that refuses what it has not read may close while we write.
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        let waited = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
        assert!(!waited, "the other side never closes");
    }
    let _ = stream.shutdown(Shutdown::Both);
    String::from_utf8_lossy(&answer).into_owned()
}

fn request(line: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
    format!("{line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}{length}\r\n{body}").into_bytes()
}

fn status(answer: &str) -> &str {
    answer.split_whitespace().nth(1).unwrap_or("nothing")
}

#[test]
fn a_token_is_asked_for_everywhere_but_at_health_and_secret_links() {
    let server = serve(Access::Token(Token::new(TOKEN).unwrap()), Limits::default(), site_of(small("v0", 1)));
    let ask = |target: &str, headers: &str| raw(server.address(), &request(&format!("GET {target}"), headers, ""));
    for target in ["/", "/api/v1/now", "/metrics", "/feeds/everything.ics", "/assets/style.css", "/nothing"] {
        let answer = ask(target, "");
        assert_eq!(status(&answer), "401", "{target}");
        assert!(answer.contains("www-authenticate: Basic realm=\"Dogwatch\""), "{answer}");
        assert!(!answer.contains("Ana"));
        assert_eq!(status(&ask(target, "Authorization: Bearer wrong-horse-battery-staple\r\n")), "401");
    }
    assert_eq!(status(&ask("/healthz", "")), "200");
    assert_eq!(status(&ask("/readyz", "")), "200");
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    assert_eq!(status(&ask("/", &bearer)), "200");
    assert_eq!(status(&ask("/nothing", &bearer)), "404");
    // Twice is not more than once.
    assert_eq!(status(&ask("/", &format!("{bearer}{bearer}"))), "401");
}

#[test]
fn nothing_is_read_of_who_sends_what_nobody_takes() {
    let options = Options { feed_key: Some(FeedKey::new(TOKEN).unwrap()), ..plain_options() };
    let site = Site::new(site_of(small("v0", 1)).state, None, Arc::new(options));
    let server = serve(Access::Token(Token::new(TOKEN).unwrap()), Limits::default(), site);
    // The head alone comes: it would be waited for in vain.
    let ask = |line: &str, headers: &str| {
        let head = format!("{line} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: 4194304\r\n\r\n");
        let answer = raw(server.address(), head.as_bytes());
        assert!(answer.contains("connection: close"), "{answer}");
        status(&answer).to_owned()
    };
    let bearer = format!("Authorization: Bearer {TOKEN}\r\n");
    for (line, expected) in [
        ("POST /readyz", "405"),
        ("GET /readyz", "200"),
        ("GET /healthz", "200"),
        ("GET /feeds/0123/everything.ics", "404"),
        ("POST /api/v1/route", "401"),
    ] {
        assert_eq!(ask(line, ""), expected, "{line}");
    }
    for (line, expected) in
        [("GET /", "200"), ("GET /api/v1/now", "200"), ("POST /api/v1/now", "405"), ("POST /x", "404")]
    {
        assert_eq!(ask(line, &bearer), expected, "{line}");
    }
}

#[test]
fn bodies_are_held_within_a_bound() {
    let limits = Limits { body: 1000, bodies: 1500, answering: Duration::from_secs(1), ..Limits::default() };
    let server = open(limits);
    let begin = |headers: &str| {
        let mut stream = connect(server.address());
        let head = format!(
            "POST /api/v1/route HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    // It is told to go on once there is room for all that it says it has.
    let go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    let mut first = begin("Content-Length: 1000\r\nExpect: 100-continue\r\n");
    let mut told = vec![0; go_on.len()];
    first.read_exact(&mut told).unwrap();
    assert_eq!(String::from_utf8(told).unwrap(), go_on);
    // One that does not say how long it is may be as long as any.
    for length in ["Content-Length: 501", "Transfer-Encoding: chunked"] {
        let mut told = String::new();
        begin(&format!("{length}\r\n")).read_to_string(&mut told).unwrap();
        assert_eq!(status(&told), "503", "{told}");
        assert!(told.contains("retry-after: 1\r\n") && told.contains("too much is sent at once"), "{told}");
    }
    // What is short finds its place beside it. There is no route to send it through.
    let short = raw(server.address(), &request("POST /api/v1/route", "Content-Type: application/json\r\n", "{}"));
    assert_eq!(status(&short), "404");
    first.write_all(" ".repeat(1000).as_bytes()).unwrap();
    let mut told = String::new();
    first.read_to_string(&mut told).unwrap();
    assert_eq!(status(&told), "404");
    let json = "Content-Type: application/json\r\n";
    assert_eq!(status(&raw(server.address(), &request("POST /api/v1/route", json, &" ".repeat(1000)))), "404");
}

#[test]
fn answers_that_nobody_reads_are_held_within_a_bound() {
    let limits = Limits { answers: 1 << 20, ..Limits::default() };
    let server = serve(Access::Loopback { hosts: Vec::new() }, limits, site_of(small("v0", 400)));
    let line = "GET /api/v1/shifts?from=2026-01-01&until=2027-01-01";
    let mut unread = connect(server.address());
    unread.write_all(&request(line, "", "")).unwrap();
    let mut begun = [0; 12];
    unread.read_exact(&mut begun).unwrap();
    assert_eq!(&begun, b"HTTP/1.1 200");
    let told = raw(server.address(), &request(line, "", ""));
    assert_eq!(status(&told), "503");
    assert!(told.contains("retry-after: 1\r\n") && told.contains("too many long answers wait to be read"), "{told}");
    // What is short is answered all the same.
    assert_eq!(status(&raw(server.address(), &request("GET /rotations/r1", "", ""))), "200");
    drop(unread);
    wait_for(|| status(&raw(server.address(), &request(line, "", ""))) == "200");
}

#[test]
fn a_refusal_reaches_who_sends_everything_before_they_read() {
    let server = serve(Access::Token(Token::new(TOKEN).unwrap()), Limits::default(), site_of(small("v0", 1)));
    let send = |headers: &str, megabytes: usize| {
        let mut stream = connect(server.address());
        stream.write_all(&request("POST /api/v1/route", headers, &" ".repeat(megabytes << 20))).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        status(&answer).to_owned()
    };
    for _ in 0..5 {
        assert_eq!(send(&format!("Authorization: Bearer {TOKEN}\r\n"), 5), "413");
        assert_eq!(send("", 3), "401");
    }
}

#[test]
fn who_has_nothing_more_to_say_is_answered() {
    let server = open(Limits::default());
    let mut stream = connect(server.address());
    stream.write_all(b"GET /calendar?zoom=year HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("</html>\n"), "{answer}");
}

#[test]
fn a_page_of_another_site_has_nothing_worked_out_but_a_link_is_followed() {
    let server = open(Limits::default());
    let ask = |target: &str, headers: &str| {
        let headers = format!("Sec-Fetch-Site: cross-site\r\n{headers}");
        status(&raw(server.address(), &request(&format!("GET {target}"), &headers, ""))).to_owned()
    };
    assert_eq!(ask("/", "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n"), "200");
    assert_eq!(ask("/", "Sec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe\r\n"), "403");
    assert_eq!(ask("/api/v1/now", "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\n"), "403");
    assert_eq!(ask("/api/v1/now", "Sec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"), "403");
    assert_eq!(ask("/healthz", ""), "200");
}

#[test]
fn a_proxys_word_counts_only_from_its_address() {
    let access = || Access::Proxy { header: "x-forwarded-user".to_owned() };
    let server = serve(access(), Limits::default(), site_of(small("v0", 1)));
    let ask = |server: &Handle, headers: &str| raw(server.address(), &request("GET /", headers, ""));
    assert_eq!(status(&ask(&server, "X-Forwarded-User: ana\r\n")), "200");
    assert_eq!(status(&ask(&server, "")), "403");
    assert_eq!(status(&ask(&server, "X-Forwarded-User: zoë\r\n")), "200");
    // Who of them asks, nobody knows.
    assert_eq!(status(&ask(&server, "X-Forwarded-User: ana\r\nX-Forwarded-User: bo\r\n")), "403");
    let template = ask(&server, "X-Forwarded-User: {http.reverse_proxy.header.X-Auth-Request-User}\r\n");
    assert_eq!(status(&template), "403");
    assert!(template.contains("which the proxy did not fill in"), "{template}");
    let settings = Settings {
        listen: "0".parse().unwrap(),
        access: access(),
        proxies: vec!["192.0.2.0/24".parse().unwrap()],
        limits: Limits::default(),
    };
    let server = spawn(site_of(small("v0", 1)), settings, Arc::new(now)).unwrap();
    assert_eq!(status(&ask(&server, "X-Forwarded-User: ana\r\n")), "403");
}

#[test]
fn a_page_of_somebody_else_whose_name_leads_here_gets_nothing() {
    let server = open(Limits::default());
    let answer = raw(server.address(), b"GET / HTTP/1.1\r\nHost: evil.example.com\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&answer), "421");
    assert!(!answer.contains("R0"));
}

#[test]
fn bytes_that_are_no_request_are_refused() {
    let server = open(Limits::default());
    let ask = |bytes: &[u8]| raw(server.address(), bytes);
    assert_eq!(status(&ask(b"\x16\x03\x01\x02\x00\r\n\r\n")), "400");
    assert_eq!(status(&ask(b"GET / HTTP/1.1\r\nHost: localhost\r\nX: \x00\r\n\r\n")), "400");
    assert_eq!(status(&ask(b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")), "400");
    assert_eq!(status(&ask(&request("GET /%ff", "", ""))), "404");
    assert_eq!(status(&ask(&request("GET /api/v1/now?at=%ff", "", ""))), "400");
    assert_eq!(status(&ask(&request("GET //..//..%2f..%2fetc/passwd", "", ""))), "404");
    assert_eq!(status(&ask(&request("BREW /", "", ""))), "405");
    assert_eq!(status(&ask(&request("GET /", "Authorization: Bearer \u{fc}\r\n", ""))), "200");
    let many: String = (0..100).map(|it| format!("X-{it}: y\r\n")).collect();
    assert_eq!(status(&ask(&request("GET /", &many, ""))), "431");
    assert_eq!(status(&ask(&request("GET /", &format!("X: {}\r\n", "y".repeat(40_000)), ""))), "431");
    assert_eq!(status(&ask(&request(&format!("GET /{}", "y".repeat(70_000)), "", ""))), "431");
    // Two lengths, or one and pieces, are how requests are smuggled.
    let smuggled =
        "POST /api/v1/route HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde";
    assert_eq!(status(&ask(smuggled.as_bytes())), "400");
    assert_eq!(status(&ask(&request("GET /healthz", "", ""))), "200");
}

#[test]
fn head_has_the_headers_and_no_body() {
    let server = open(Limits::default());
    let whole = raw(server.address(), &request("GET /api/v1/rotations", "", ""));
    let head = raw(server.address(), &request("HEAD /api/v1/rotations", "", ""));
    let headers = |text: &str| {
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let lines: Vec<String> = head.lines().filter(|it| !it.starts_with("date:")).map(str::to_owned).collect();
        (lines, body.len())
    };
    let ((whole, length), (head, nothing)) = (headers(&whole), headers(&head));
    assert_eq!(whole, head);
    assert!(head.contains(&format!("content-length: {length}")), "{head:?}");
    assert_eq!(nothing, 0);
}

#[test]
fn what_is_zipped_unzips_to_the_same() {
    let server = open(Limits::default());
    let mut plain = Vec::new();
    let mut zipped = Vec::new();
    let ask = |headers: &str, into: &mut Vec<u8>| {
        let mut stream = connect(server.address());
        stream.write_all(&request("GET /api/v1/rotations", headers, "")).unwrap();
        stream.read_to_end(into).unwrap();
        let at = into.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(into[..at].to_vec()).unwrap();
        into.drain(..at + 4);
        head
    };
    ask("Accept-Encoding: br, gzip;q=0\r\n", &mut plain);
    let server2 = serve(Access::Loopback { hosts: Vec::new() }, Limits::default(), site_of(small("v0", 40)));
    let head = {
        let mut stream = connect(server2.address());
        stream.write_all(&request("GET /api/v1/rotations", "Accept-Encoding: br, gzip\r\n", "")).unwrap();
        stream.read_to_end(&mut zipped).unwrap();
        let at = zipped.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(zipped[..at].to_vec()).unwrap();
        zipped.drain(..at + 4);
        head
    };
    assert!(head.contains("content-encoding: gzip") && head.contains("vary: accept-encoding"), "{head}");
    let mut unzipped = String::new();
    flate2::read::GzDecoder::new(zipped.as_slice()).read_to_string(&mut unzipped).unwrap();
    let whole = raw(server2.address(), &request("GET /api/v1/rotations", "", ""));
    assert_eq!(unzipped, whole.split_once("\r\n\r\n").unwrap().1);
    assert!(String::from_utf8(plain).unwrap().starts_with('{'), "refused gzip is not used");
}

#[test]
fn a_body_beyond_the_limit_is_refused_before_it_is_read() {
    let server = open(Limits { body: 1000, ..Limits::default() });
    let json = "Content-Type: application/json\r\n";
    let told = raw(server.address(), &request("POST /api/v1/route", json, &" ".repeat(100_000)));
    assert_eq!(status(&told), "413");
    assert!(told.contains("connection: close"), "{told}");
    // One that says no length, but comes in pieces.
    let pieces = format!(
        "POST /api/v1/route HTTP/1.1\r\nHost: localhost\r\n{json}Transfer-Encoding: chunked\r\n\r\n{}",
        format!("200\r\n{}\r\n", " ".repeat(512)).repeat(10)
    );
    assert_eq!(status(&raw(server.address(), pieces.as_bytes())), "413");
    // Pieces of what is none of ours to unpack.
    let zipped = "POST /api/v1/route HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n";
    assert_eq!(status(&raw(server.address(), zipped.as_bytes())), "501");
    // As much as it may be: there is no route to send it through.
    assert_eq!(status(&raw(server.address(), &request("POST /api/v1/route", json, &" ".repeat(1000)))), "404");
}

#[test]
fn who_is_slow_is_not_waited_for() {
    let short = Duration::from_millis(150);
    let server = open(Limits { head: short, sending: short, ..Limits::default() });
    // Nothing at all; half a line; a head that never ends; a body that never comes.
    for begun in ["", "GET / HT", "GET / HTTP/1.1\r\nHost: localhost\r\nX: y\r\n"] {
        let answer = raw(server.address(), begun.as_bytes());
        assert!(["nothing", "408"].contains(&status(&answer)), "{answer}");
    }
    let half = "POST /api/v1/route HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{";
    assert_eq!(status(&raw(server.address(), half.as_bytes())), "408");
    // Who has had an answer and asks no more is not kept either.
    let kept = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    assert!(raw(server.address(), kept.as_bytes()).ends_with("ok\n"));
}

#[test]
fn who_never_reads_is_not_waited_for() {
    let site = site_of(small("v0", 400));
    let server = serve(
        Access::Loopback { hosts: Vec::new() },
        Limits { reading: Duration::from_millis(150), ..Limits::default() },
        site,
    );
    // So much is asked for that no buffer of the machine holds it; none of it is read.
    let mut stream = connect(server.address());
    let ask = "GET /api/v1/shifts?from=2026-01-01&until=2027-01-01 HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(ask.as_bytes()).unwrap();
    let gone = || {
        let metrics = raw(server.address(), &request("GET /metrics", "", ""));
        metrics.contains("\ndogwatch_http_connections 1\n")
    };
    // It is the one that asks.
    wait_for(gone);
    drop(stream);
}

#[track_caller]
fn wait_for(holds: impl Fn() -> bool) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came to that");
}

#[test]
fn connections_beyond_the_limit_are_told_to_come_again() {
    let server = open(Limits { connections: 40, ..Limits::default() });
    let idle: Vec<TcpStream> = (0..40).map(|_| connect(server.address())).collect();
    let health = || raw(server.address(), &request("GET /healthz", "", ""));
    let full = || status(&health()) == "503";
    wait_for(full);
    let told = health();
    assert!(told.starts_with("HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n"), "{told}");
    drop(idle);
    wait_for(|| status(&health()) == "200");
    let metrics = raw(server.address(), &request("GET /metrics", "", ""));
    let refused = metrics.lines().find_map(|it| it.strip_prefix("dogwatch_http_refused_total ")).unwrap();
    assert!(refused.parse::<u64>().unwrap() >= 1, "{refused}");
}

/// The version in each name of an answer.
fn versions(body: &str) -> Vec<&str> {
    let names = body.split("\"name\":\"").skip(1);
    let mut found: Vec<&str> = names.filter_map(|it| it.split([' ', '"']).nth(1)).collect();
    found.dedup();
    found
}

#[test]
fn while_files_change_no_answer_is_lost_and_none_mixes_old_and_new() {
    const ROTATIONS: usize = 60;
    let server = serve(Access::Loopback { hosts: Vec::new() }, Limits::default(), site_of(small("v0", ROTATIONS)));
    let done = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let (done, address) = (Arc::clone(&done), server.address());
            std::thread::spawn(move || {
                let mut stream = connect(address);
                let mut seen = Vec::new();
                let mut answers = 0;
                while !done.load(Ordering::Relaxed) || answers < 10 {
                    stream.write_all(b"GET /api/v1/rotations HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
                    let body = one_answer(&mut stream);
                    assert_eq!(body.matches("\"name\"").count(), ROTATIONS);
                    let found = versions(&body);
                    assert_eq!(found.len(), 1, "old and new in one answer: {found:?}");
                    seen.push(found[0].to_owned());
                    answers += 1;
                }
                seen.dedup();
                seen
            })
        })
        .collect();
    let sites: Vec<Site> = (1..=12).map(|it| site_of(small(&format!("v{it}"), ROTATIONS))).collect();
    for site in sites {
        server.replace(site);
        std::thread::sleep(Duration::from_millis(15));
    }
    done.store(true, Ordering::Relaxed);
    for client in clients {
        let seen = client.join().unwrap();
        let mut sorted = seen.clone();
        sorted.sort_by_key(|it| it[1..].parse::<u32>().unwrap());
        assert_eq!(seen, sorted, "it never goes back");
        assert_eq!(seen.last().map(String::as_str), Some("v12"));
    }
}

/// The body of one answer on a connection that stays.
fn one_answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 16_384];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        assert!(read > 0, "the connection was dropped");
        bytes.extend_from_slice(&buffer[..read]);
        let Some(at) = bytes.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
        assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
        let length: usize =
            head.lines().find_map(|it| it.strip_prefix("content-length: ")).unwrap().trim().parse().unwrap();
        if bytes.len() >= at + 4 + length {
            return String::from_utf8(bytes[at + 4..].to_vec()).unwrap();
        }
    }
}

#[test]
fn what_was_begun_is_ended_when_it_stops() {
    let site = Site::new(Arc::new(state(reference(), now())), None, Arc::new(Options { ..plain_options() }));
    let server = serve(Access::Loopback { hosts: Vec::new() }, Limits::default(), site);
    let address = server.address();
    let mut idle = connect(address);
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").unwrap();
    assert_eq!(one_answer(&mut idle), "ok\n");
    // It takes a while, and is asked for before the end.
    let mut busy = connect(address);
    busy.write_all(&request("GET /check", "", "")).unwrap();
    wait_for(|| raw(address, &request("GET /metrics", "", "")).contains("dogwatch_http_connections 3\n"));
    let reader = std::thread::spawn(move || {
        let mut answer = String::new();
        busy.read_to_string(&mut answer).unwrap();
        answer
    });
    server.stop();
    let answer = reader.join().unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("</html>\n"), "{answer}");
    let mut rest = Vec::new();
    idle.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"");
    assert!(TcpStream::connect(address).is_err());
}
