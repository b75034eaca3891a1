//! Files of alerts: what is read of them, what is told of the rest, and `dogwatch route` as people run it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use dogwatch::alerts::{Alerts, Piece};

/// What is in a text: an alert a line as `tag=value…`, with `@` and the instant, and `resolved`; or the lines that could
/// not be read.
fn read(text: &[u8]) -> String {
    let mut alerts = Alerts::new(text);
    let mut out = String::new();
    loop {
        let _ = match alerts.next() {
            Ok(None) => return out,
            Err(error) => return format!("{out}error: {error}\n"),
            Ok(Some(Piece::Unread(it))) => writeln!(out, "{}-{}: {}", it.first, it.last, it.why),
            Ok(Some(Piece::Alert(alert))) => {
                let mut words: Vec<String> = alert.tags.iter().map(|(tag, value)| format!("{tag}={value}")).collect();
                words.extend(alert.opened.map(|it| format!("@{it}")));
                words.extend(alert.resolved.then(|| "resolved".to_owned()));
                writeln!(out, "{}", if words.is_empty() { "nothing".to_owned() } else { words.join(" ") })
            }
        };
    }
}

#[track_caller]
fn reads(text: &str, expected: &str) {
    assert_eq!(read(text.as_bytes()), expected, "{text}");
}

#[test]
fn tags_alerts_and_bodies_are_told_by_their_content() {
    reads("{\"service\":\"a\",\"team\":\"x\"}\n\n{\"service\":\"b\"}\n", "service=a team=x\nservice=b\n");
    reads("{}", "nothing\n");
    reads("{\"labels\":{\"service\":\"a\"},\"annotations\":{\"n\":1}}", "service=a\n");
    reads(
        "{\"labels\":{\"service\":\"a\"},\"startsAt\":\"2026-03-03T16:00:00.123456789+01:00\",\"status\":\"firing\"}",
        "service=a @2026-03-03T15:00:00Z\n",
    );
    // Tags may be called like that.
    reads("{\"labels\":\"x\",\"alerts\":\"y\",\"startsAt\":\"z\"}", "alerts=y labels=x startsAt=z\n");
    let body = r#"{"version":"4","status":"firing","groupLabels":{"service":"no"},"alerts":[
        {"status":"firing","labels":{"service":"a"},"startsAt":"2026-03-03T15:00:00Z","endsAt":"0001-01-01T00:00:00Z"},
        {"status":"resolved","labels":{"service":"b"},"startsAt":"0001-01-01T00:00:00Z"}
    ],"truncatedAlerts":0}"#;
    reads(body, "service=a @2026-03-03T15:00:00Z\nservice=b resolved\n");
    reads(
        &format!("[{body},\n{{\"service\":\"c\"}}\n]"),
        "service=a @2026-03-03T15:00:00Z\nservice=b resolved\nservice=c\n",
    );
    reads("{\"alerts\":[]}", "");
    reads("[]\n[{\"a\":\"1\"}]", "a=1\n");
    reads("", "");
    reads("\u{feff}{\"a\":\"1\"}", "a=1\n");
    reads("{\"a\":\"1\"} {\"a\":\"2\"}\r\n{\"a\":\"\\u00e9\\n\"}", "a=1\na=2\na=é\n\n");
}

/// As Alertmanager's own reader has it: the last of two values counts, `null` is none, and anything else is an error.
#[test]
fn values_are_texts() {
    reads("{\"a\":\"1\",\"a\":\"2\"}", "a=2\n");
    reads("{\"a\":\"1\",\"b\":null}", "a=1\n");
    reads("{\"a\":1}\n{\"a\":\"2\"}", "1-1: the tag `a` is a number, not a text\na=2\n");
    reads("{\"a\":[\"x\",{\"y\":[]}]}", "1-1: the tag `a` is a list, not a text\n");
    reads("{\"a\":{}}", "1-1: the tag `a` is a table, not a text\n");
    reads("{\"labels\":{\"a\":true}}", "1-1: the tag `a` is true or false, not a text\n");
    reads(
        "{\"alerts\":[{\"labels\":{\"a\":\"1\"}},{\"a\":\"2\"},3]}",
        "a=1\n1-1: an alert without `labels`\n1-1: a number stands among the `alerts`\n",
    );
    reads(
        "{\"labels\":{},\"startsAt\":\"yesterday\"}",
        "1-1: `startsAt` is no instant from 1970 to 2199: `yesterday`\n",
    );
    reads(
        "{\"labels\":{},\"startsAt\":\"2026-03-03T15:00:00\"}",
        "1-1: `startsAt` is no instant from 1970 to 2199: `2026-03-03T15:00:00`\n",
    );
    reads("{\"\\u001b[31m\":0}", "1-1: the tag `\u{fffd}[31m` is a number, not a text\n");
}

#[test]
fn a_bad_line_costs_itself_and_no_other() {
    let good = "{\"a\":\"1\"}\n";
    for (line, why) in [
        ("{\"a\":\"1", "not JSON: a text is not closed on its line"),
        ("{\"a\":\"1\",", "not JSON: a name between quotes is missing"),
        ("{\"a\":", "not JSON: a `,` or a closing bracket is missing"),
        ("{\"a\" \"1\"}", "not JSON: a `:` is missing"),
        ("{\"a\":\"1\" \"b\":\"2\"}", "not JSON: a `,` or a closing bracket is missing"),
        ("{\"a\":}", "not JSON: a value is missing"),
        ("{\"a\":[1}", "not JSON: a `,` or a closing bracket is missing"),
        ("{a:1}", "not JSON: a name between quotes is missing"),
        ("{\"a\":\"\\x\"}", "invalid escape"),
        ("{\"a\":nul}", "expected ident"),
        ("{\"a\":1e999}", "number out of range"),
        ("{\"a\":\"\\ud800\"}", "unexpected end of hex escape"),
        ("service=a", "no alert: one begins with `{`"),
        ("\"a\"", "no alert: one begins with `{`"),
    ] {
        let found = read(format!("{good}{line}\n{good}{good}").as_bytes());
        // A line that ends where something has to follow looks for it on the next line.
        assert_eq!(found, format!("a=1\n2-2: {why}\na=1\na=1\n"), "{line}");
    }
    let mut bytes = good.as_bytes().to_vec();
    bytes.extend(b"{\"a\":\"\xff\"}\n");
    bytes.extend(good.as_bytes());
    assert_eq!(read(&bytes), "a=1\n2-2: not UTF-8\na=1\n");
    reads("{\"a\":\"1\"}\n{\"a\":", "a=1\n2-2: not JSON: it ends before it is complete\n");
    reads("[{\"a\":\"1\"},", "a=1\n1-1: not JSON: the list is not closed\n");
    // So does what is no alert in a list.
    for value in ["5", "-1.5e3", "null", "true", "\"a, ]\"", "[1, [2, {}]]", "[]"] {
        let no_alert = "1-1: no alert: one begins with `{`\n";
        reads(&format!("[{{\"a\":\"1\"}},{value},{{\"b\":\"2\"}}]"), &format!("a=1\n{no_alert}b=2\n"));
        reads(&format!("[ {value} , {value} ]{{\"b\":\"2\"}}"), &format!("{no_alert}{no_alert}b=2\n"));
    }
    reads("[\n[1,\n2]\n,{\"b\":\"2\"}]", "2-3: no alert: one begins with `{`\nb=2\n");
    // Words are no values: their line is skipped.
    reads("[{\"a\":\"1\"},\nso it is,\n{\"b\":\"2\"}]", "a=1\n2-2: no alert: one begins with `{`\nb=2\n");
    // What is skipped may have closed the list.
    reads("[{\"a\":\"1\"},{\"b\":},{\"c\":\"3\"}]", "a=1\n1-1: not JSON: a value is missing\n");
    reads("{\"alerts\":null}", "");
    // The rest of what is broken is told with it.
    reads(
        "{\n \"a\": \"1\",\n b,\n \"c\": 3\n}\n{\"d\":\"4\"}\n",
        "1-5: not JSON: a name between quotes is missing\nd=4\n",
    );
}

#[test]
fn what_is_hostile_is_told_in_a_word() {
    let long = format!("{{\"a\":\"{}\"}}\n{{\"b\":\"2\"}}", "x".repeat(10 << 20));
    assert_eq!(read(long.as_bytes()).len(), "a=\nb=2\n".len() + (10 << 20), "ten megabytes are a value like any other");
    let longer = format!("{{\"a\":\"{}\"}}\n{{\"b\":\"2\"}}", "x".repeat(65 << 20));
    reads(&longer, "1-1: longer than 64 MiB\nb=2\n");
    let deep = format!("{{\"a\":{}\n{{\"b\":\"2\"}}", "[".repeat(1_000_000));
    reads(&deep, "1-1: nested too deep\nb=2\n");
    let nearly = format!("{{\"a\":{}{}}}\n{{\"b\":\"2\"}}", "[".repeat(119), "]".repeat(119));
    reads(&nearly, "1-1: the tag `a` is a list, not a text\nb=2\n");
    // Each of them is looked at for itself: a hundred thousand are told within a moment.
    let lines = read("{\n".repeat(100_000).as_bytes());
    assert_eq!(lines.lines().count(), 100_000);
    assert!(
        lines.ends_with("100000-100000: not JSON: it ends before it is complete\n"),
        "{}",
        &lines[lines.len() - 90..]
    );
    assert_eq!(read(b"\x1f\x8b\x08rest"), "error: it is compressed: `gzip -dc FILE | dogwatch route -`\n");
    assert_eq!(read(b"\xff\xfe{\0"), "error: it is UTF-16, and has to be UTF-8\n");
}

/// Runs `dogwatch route - …` in the repository, on Tuesday, 3 March 2026, 15:00 UTC.
fn route(arguments: &str, input: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_dogwatch"))
        .args(["--now", "2026-03-03T15:00:00Z", "--zone", "UTC", "route"])
        .args(arguments.split_whitespace())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_remove("DOGWATCH_ZONE")
        .env("NO_COLOR", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = program.stdin.take().unwrap();
    // A program that fails before it reads closes the pipe.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = program.wait_with_output().unwrap();
    let status = output.status.code().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    format!("exit status {status}\n{}{}", text(output.stdout), text(output.stderr))
}

const MONTH: &str = r#"
{"service":"mysql-main","severity":"critical","host":"db1"}
{"service":"mysql-main","severity":"critical","host":"db2"}
{"service":"mysql-main","severity":"warning"}
{"labels":{"service":"search-api"},"startsAt":"2026-03-02T03:00:00Z"}
{"alerts":[{"status":"firing","labels":{"service":"coffee-machine","floor":"3"}},{"status":"resolved","labels":{"service":"dns"}}]}
{"service":"coffee-machine","floor":"4"}
{"service":"newsletter"}
{"service":12}
"#;

#[test]
fn a_month_of_alerts() {
    insta::assert_snapshot!(route("-", MONTH), @r"
    exit status 1
    7 alerts, of 6 kinds; one more is resolved
      2  are left for the last row (28.6 %)
      17  rows of 21 never fired
      1  piece of the file could not be read
      1  informs a channel only, as the rows say
      5  name a service without all tags that services.toml gives it, such as mysql-main: tier=core; alerts go as they come, `dogwatch who mysql-main` brings them

    LADDERS
    3   42.9 %  storage-ops → storage-ops.secondary → app-ops → app-ops.secondary → incident-command → @vera
                like host=db1 service=mysql-main severity=critical
    2   28.6 %  app-ops → app-ops.secondary → incident-command → @vera
                like floor=3 service=coffee-machine
    1   14.3 %  search → search.secondary → app-ops → app-ops.secondary → incident-command → @vera
                like service=search-api
    1   14.3 %  notify:#newsletter-ops
                like service=newsletter

    LEFT FOR THE LAST ROW
    2  service=coffee-machine  and for example floor=3

    NEVER FIRED
    rotations/escalation.toml:12  env=dev|staging (#staging)
    rotations/escalation.toml:16  severity=critical, tier=core, no drill
    rotations/escalation.toml:20  service=vitess-*, service=*-analytics
    rotations/escalation.toml:24  service=mysql-*|vitess-*|memcached|redis-* → service=mysql-replica, severity=warning
    rotations/escalation.toml:29  service=data-warehouse, severity=warning
    rotations/escalation.toml:30  service=data-*|kafka-*|event-*
    rotations/escalation.toml:33  service=/calls-(media|signalling|recording)/
    rotations/escalation.toml:34  service=wss-*|channel-server|presence
    rotations/escalation.toml:36  service=web*|desktop-*
    rotations/escalation.toml:37  service=web*|desktop-* → service=web-client|desktop-*
    rotations/escalation.toml:38  service=web*|desktop-* → service=webapp-edge, cause=dns|tls
    rotations/escalation.toml:39  service=web*|desktop-* → cause=db
    rotations/escalation.toml:42  service=build-*|deploy-*|artifact-*
    rotations/escalation.toml:43  service=metrics|logs|traces|alert-relay
    rotations/escalation.toml:44  tier=internal
    rotations/escalation.toml:47  no service, any keyspace
    rotations/escalation.toml:48  no service, host=/(db|vt)\d{3}\..*/

    COULD NOT BE READ
    line 9  the tag `service` is a number, not a text
    ");
}

#[test]
fn findings_can_be_allowed() {
    let allowed = |what: &str| route(&format!("- --allow {what}"), MONTH).lines().next().unwrap().to_owned();
    assert_eq!(allowed("idle"), "exit status 1");
    assert_eq!(allowed("idle,unread"), "exit status 1");
    assert_eq!(allowed("idle,unread,last-row"), "exit status 0");
}

#[test]
fn an_empty_file_and_a_missing_one() {
    insta::assert_snapshot!(route("-", "\n"), @"
    exit status 1
    there are no alerts in it
    ");
    insta::assert_snapshot!(route("nowhere.jsonl", ""), @"
    exit status 2
    error: opening nowhere.jsonl: No such file or directory (os error 2)
      help: a file of alerts, or `-` for standard input
    ");
    insta::assert_snapshot!(route("src", ""), @"
    exit status 2
    error: reading src: Is a directory (os error 21)
    ");
    insta::assert_snapshot!(route("- --allow everything", ""), @"
    exit status 2
    error: invalid value 'everything' for '--allow <WHAT>'
      [possible values: unread, nobody, last-row, idle]

    For more information, try '--help'.
    ");
}
