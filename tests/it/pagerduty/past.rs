//! The past, pulled into a store: from the rehearsal, cut off at every request, with failures by seed; and more of it at
//! once than PagerDuty shows.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;

use dogwatch::org::Org;
use dogwatch::pagerduty::client::{Client, Reply, Request, Transport};
use dogwatch::pagerduty::past::{Trouble, Wish, pull};
use dogwatch::rehearsal::{self, Body, Clock, Faults, Outcome};
use dogwatch::store::{Store, What};
use dogwatch::time::{Instant, Span};
use serde_json::{Value, json};

use super::world::{World, instant, org};

/// Two rotations; calls answer for search after ten minutes.
fn small() -> Org {
    let person =
        |it: &str| format!("[{it}]\nname = \"{it} of us\"\nemail = \"{it}@example.com\"\nzone = \"Europe/Dublin\"\n");
    let people: String = ["ana", "bo", "cy", "dee"].map(person).concat();
    let rotation = |people: &str| {
        format!(
            "[[layers]]\npeople = [{people}]\nfrom = 2026-01-05\nhandoff = {{ every = \"week\", on = \"Mon\", at = \"10:00\" }}\n"
        )
    };
    org(&[
        ("org.toml", "zone = \"Europe/Dublin\"\n"),
        ("people.toml", &people),
        ("services.toml", "[search-api]\npagerduty = \"Search API\"\n[calls-api]\npagerduty = \"Calls API\"\n"),
        ("search.toml", &rotation("\"ana\", \"bo\"")),
        ("calls.toml", &rotation("\"cy\", \"dee\"")),
        (
            "escalation.toml",
            "routes = [\n  { when = { service = [\"search-*\"] }, page = \"search\" },\n  { page = \"calls\" },\n]\n\
             escalations = [{ from = \"search\", after = \"10m\", to = \"calls\" }]\n",
        ),
    ])
}

fn ask(world: &World, method: rehearsal::Method, path: &str, from: &str, body: &Value) -> Value {
    let request = rehearsal::Request::new(method, path)
        .header("Authorization", "Token token=rehearsal")
        .header("Accept", "application/vnd.pagerduty+json;version=2")
        .header("Content-Type", "application/json")
        .header("From", from)
        .json(body);
    let machine = world.now();
    let outcome = world.rehearsal.borrow_mut().answer(&request, machine);
    match outcome {
        Outcome::Answer(answer) if answer.status < 300 => match answer.body {
            Body::Json(value) => value,
            _ => Value::Null,
        },
        other => panic!("{path}: {other:?}"),
    }
}

fn at(world: &World, text: &str) {
    world.rehearsal.borrow_mut().set_clock(Clock::standing(instant(text)));
}

/// Opens an incident; its id.
fn open(world: &World, service: &str, text: &str) -> String {
    at(world, text);
    let body = json!({ "service": service, "title": format!("slow since {text}") });
    ask(world, rehearsal::Method::Post, "/_rehearsal/incidents", "", &body)["id"].as_str().unwrap().to_owned()
}

fn becomes(world: &World, id: &str, status: &str, who: &str, text: &str) {
    at(world, text);
    let body = json!({ "incident": { "type": "incident", "status": status } });
    ask(world, rehearsal::Method::Put, &format!("/incidents/{id}"), &format!("{who}@example.com"), &body);
}

/// Three weeks with three incidents; now it is 2026-01-26T12:00:00Z.
fn three_weeks() -> (World, Org, [String; 3]) {
    let org = small();
    let world = World::of(&org, "2026-01-02T09:00:00Z");
    world.sync(&org);
    // In Ana's week, and hers to the end.
    let one = open(&world, "Search API", "2026-01-06T12:00:00Z");
    becomes(&world, &one, "acknowledged", "ana", "2026-01-06T12:03:00Z");
    becomes(&world, &one, "resolved", "ana", "2026-01-06T12:30:00Z");
    // In Bo's week, who sleeps: after ten minutes it is Dee's, who has the second week of calls.
    let two = open(&world, "Search API", "2026-01-13T01:00:00Z");
    becomes(&world, &two, "acknowledged", "dee", "2026-01-13T01:12:00Z");
    becomes(&world, &two, "resolved", "dee", "2026-01-13T01:40:00Z");
    // Still open.
    let three = open(&world, "Calls API", "2026-01-22T08:00:00Z");
    at(&world, "2026-01-26T12:00:00Z");
    (world, org, [one, two, three])
}

fn wish(from: &str, until: &str) -> Wish {
    let until = instant(until);
    Wish { span: Span::new(instant(from), until).unwrap(), now: until }
}

const WEEKS: (&str, &str) = ("2026-01-04T00:00:00Z", "2026-01-26T12:00:00Z");

/// Everything in a store, row by row.
fn dump(path: &Path) -> BTreeMap<String, Vec<String>> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let sound: String = connection.query_row("PRAGMA integrity_check", [], |it| it.get(0)).unwrap();
    assert_eq!(sound, "ok");
    let tables = ["pulled", "incidents", "log", "analytics", "users", "policies", "schedules", "shifts"];
    let all = tables.map(|table| {
        let mut query = connection.prepare(&format!("SELECT * FROM {table} ORDER BY 1, 2, 3")).unwrap();
        let columns = query.column_count();
        let rows = query.query_map([], |row| {
            let cells = (0..columns).map(|it| format!("{:?}", row.get_ref(it).unwrap()));
            Ok(cells.collect::<Vec<_>>().join(" "))
        });
        (table.to_owned(), rows.unwrap().map(Result::unwrap).collect())
    });
    all.into()
}

/// Episodes as text.
fn lines(store: &Store, services: &[(&str, &str)]) -> Vec<Value> {
    let services = services.iter().map(|(theirs, ours)| ((*theirs).to_owned(), (*ours).to_owned())).collect();
    let mut text = String::new();
    store.episodes(services).unwrap().text().read_to_string(&mut text).unwrap();
    let mut lines: Vec<Value> = text.lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    lines.sort_by_key(|it| it["opened"].as_str().unwrap().to_owned());
    lines
}

#[test]
fn what_happened_is_pulled_with_who_was_on_call_then() {
    let (world, _, [one, two, three]) = three_weeks();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("history.db");
    let mut store = Store::open_or_make(&path).unwrap();
    let done = pull(&mut world.client(), &mut store, &wish(WEEKS.0, WEEKS.1), |_| {}).unwrap();
    assert_eq!(done.without_analytics, None);
    let read: Vec<(&str, u64)> = done.read.into_iter().collect();
    // Each incident is triggered and assigned; two are acknowledged and resolved, one of them escalated before.
    assert_eq!(read[..3], [("analytics", 3), ("incidents", 3), ("log", 11)]);
    let step = |at: &str, kind: &str, team: &str, who: &str| json!({ "at": format!("2026-01-{at}Z"), "kind": kind, "team": team, "person": format!("{who}@example.com") });
    let tags = |service: &str| json!({ "service": service, "urgency": "high" });
    let expected = [
        json!({ "id": one, "opened": "2026-01-06T12:00:00Z", "tags": tags("search-api"), "steps": [
            step("06T12:00:00", "paged", "search", "ana"),
            step("06T12:03:00", "acknowledged", "search", "ana"),
            step("06T12:30:00", "resolved", "search", "ana"),
        ] }),
        json!({ "id": two, "opened": "2026-01-13T01:00:00Z", "tags": tags("search-api"), "steps": [
            step("13T01:00:00", "paged", "search", "bo"),
            step("13T01:10:00", "escalated", "calls", "dee"),
            step("13T01:12:00", "acknowledged", "calls", "dee"),
            step("13T01:40:00", "resolved", "calls", "dee"),
        ] }),
        json!({ "id": three, "opened": "2026-01-22T08:00:00Z", "tags": tags("Calls API"), "steps": [
            step("22T08:00:00", "paged", "calls", "cy"),
        ] }),
    ];
    assert_eq!(lines(&store, &[("Search API", "search-api")]), expected);
    // The last day may still change, so it is not taken for whole.
    let whole = Span::new(instant(WEEKS.0), instant("2026-01-25T12:00:00Z")).unwrap();
    for what in What::ALL {
        assert_eq!(store.pulled(what).unwrap(), [whole], "{what:?}");
    }
    // Nothing that opens anything is in the file.
    let bytes = std::fs::read(&path).unwrap();
    let wal = std::fs::read(folder.path().join("history.db-wal")).unwrap_or_default();
    for secret in ["rehearsal", "Token", "events.pagerduty"] {
        let found = |it: &[u8]| it.windows(secret.len()).any(|it| it == secret.as_bytes());
        assert!(!found(&bytes) && !found(&wal), "{secret}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["history.db", "history.db-wal", "history.db-shm"] {
            let mode = std::fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

#[test]
fn a_pull_goes_on_where_it_was() {
    let (world, _, [_, _, three]) = three_weeks();
    let folder = tempfile::tempdir().unwrap();
    let (path, at_once) = (folder.path().join("a.db"), folder.path().join("b.db"));
    let mut store = Store::open_or_make(&path).unwrap();
    pull(&mut world.client(), &mut store, &wish(WEEKS.0, WEEKS.1), |_| {}).unwrap();
    let before = dump(&path);
    let mut client = world.client();
    pull(&mut client, &mut store, &wish(WEEKS.0, WEEKS.1), |_| {}).unwrap();
    assert_eq!(dump(&path), before, "twice is as good as once");
    // Two lists of names, two of schedules; a last day of each kind, of which there are two schedules; what was counted anew.
    assert_eq!(client.requests, 4 + 3 + 2 + 1);
    // What is older and changes later is found by its log, and by what PagerDuty counts anew.
    becomes(&world, &three, "resolved", "cy", "2026-02-20T08:00:00Z");
    let last = open(&world, "Search API", "2026-02-21T08:00:00Z");
    at(&world, "2026-03-01T00:00:00Z");
    pull(&mut world.client(), &mut store, &wish(WEEKS.0, "2026-03-01T00:00:00Z"), |_| {}).unwrap();
    let all = lines(&store, &[]);
    assert_eq!(all[2]["steps"][1]["kind"], "resolved");
    assert_eq!(all[3]["id"], last.as_str());
    let mut other = Store::open_or_make(&at_once).unwrap();
    pull(&mut world.client(), &mut other, &wish(WEEKS.0, "2026-03-01T00:00:00Z"), |_| {}).unwrap();
    let (pieces, whole) = (dump(&path), dump(&at_once));
    assert_eq!(pieces, whole);
    assert_eq!(lines(&other, &[]), all);
    // An earlier time is filled in, and what lies between is a gap.
    pull(&mut world.client(), &mut other, &wish("2025-06-01T00:00:00Z", "2025-07-01T00:00:00Z"), |_| {}).unwrap();
    let overview = other.overview().unwrap().pulled.unwrap();
    let gap = Span::new(instant("2025-06-30T00:00:00Z"), instant(WEEKS.0)).unwrap();
    assert_eq!(overview.seen.iter().map(|it| it.gaps.clone()).collect::<Vec<_>>(), vec![vec![gap]; 4]);
}

#[test]
fn a_pull_that_is_cut_off_at_any_request_comes_to_the_same() {
    let (world, _, _) = three_weeks();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("whole.db");
    let mut client = world.client();
    pull(&mut client, &mut Store::open_or_make(&path).unwrap(), &wish(WEEKS.0, WEEKS.1), |_| {}).unwrap();
    let (whole, requests) = (dump(&path), client.requests);
    assert!(requests > 15, "{requests}");
    for request in 1..=requests {
        let world = world.copy();
        let how = if request % 2 == 0 { "after" } else { "before" };
        let fail = format!("{request}:{how}:down").parse().unwrap();
        world.rehearsal.borrow_mut().set_faults(Faults { fail_at: vec![fail], ..Faults::default() });
        let path = folder.path().join(format!("{request}.db"));
        // Each time the program begins anew.
        let cut = pull(&mut world.client(), &mut Store::open_or_make(&path).unwrap(), &wish(WEEKS.0, WEEKS.1), |_| {});
        assert!(matches!(cut, Err(Trouble::Asking(_))), "{request}");
        world.rehearsal.borrow_mut().set_faults(Faults::default());
        at(&world, WEEKS.1);
        pull(&mut world.client(), &mut Store::open_or_make(&path).unwrap(), &wish(WEEKS.0, WEEKS.1), |_| {}).unwrap();
        assert_eq!(dump(&path), whole, "cut off at request {request}");
    }
    for seed in 1..=8 {
        let world = world.copy();
        let mut faults = Faults::by_seed(seed);
        faults.lag_seconds = 0;
        world.rehearsal.borrow_mut().set_faults(faults);
        let path = folder.path().join(format!("seed-{seed}.db"));
        let mut client = world.client();
        let mut store = Store::open_or_make(&path).unwrap();
        // What fails six times is told; whoever asks again goes on.
        let done = (0..20).find_map(|_| {
            at(&world, WEEKS.1);
            pull(&mut client, &mut store, &wish(WEEKS.0, WEEKS.1), |_| {}).ok()
        });
        assert!(done.is_some_and(|it| it.without_analytics.is_none()), "seed {seed}");
        assert_eq!(dump(&path), whole, "seed {seed}");
    }
}

/// Every other day at noon something breaks, from 6 January to the end of the year.
#[test]
fn a_year_is_pulled_as_it_was() {
    let org = small();
    let world = World::of(&org, "2026-01-02T09:00:00Z");
    world.sync(&org);
    let mut expected = Vec::new();
    for number in 0..180_i64 {
        // Handoffs are on Mondays at 10:00 in Dublin, which is 09:00 or 10:00 of UTC.
        let opened = instant("2026-01-06T12:00:00Z").unix() + number * 2 * 86_400;
        let at = |after: i64| Instant::from_unix(opened + after).to_string();
        let week = usize::try_from((number * 2 + 1) / 7).unwrap() % 2;
        let (service, key, team, who) = match number % 3 {
            0 => ("Calls API", "calls-api", "calls", ["cy", "dee"][week]),
            _ => ("Search API", "search-api", "search", ["ana", "bo"][week]),
        };
        let id = open(&world, service, &at(0));
        becomes(&world, &id, "acknowledged", who, &at(180));
        becomes(&world, &id, "resolved", who, &at(1_800));
        let person = format!("{who}@example.com");
        let step = |after, kind: &str| json!({ "at": at(after), "kind": kind, "team": team, "person": person });
        let steps = [step(0, "paged"), step(180, "acknowledged"), step(1_800, "resolved")];
        let tags = json!({ "service": key, "urgency": "high" });
        expected.push(json!({ "id": id, "opened": at(0), "tags": tags, "steps": steps }));
    }
    at(&world, "2027-01-02T00:00:00Z");
    let folder = tempfile::tempdir().unwrap();
    let (once, often) = (folder.path().join("once.db"), folder.path().join("often.db"));
    let year = ("2026-01-02T09:00:00Z", "2027-01-02T00:00:00Z");
    let mut store = Store::open_or_make(&once).unwrap();
    pull(&mut world.client(), &mut store, &wish(year.0, year.1), |_| {}).unwrap();
    let services = [("Search API", "search-api"), ("Calls API", "calls-api")];
    assert_eq!(lines(&store, &services), expected);
    // In pieces, the later half first.
    let mut store = Store::open_or_make(&often).unwrap();
    for (from, until) in [("2026-07-03T13:00:00Z", "2026-09-01T00:00:00Z"), (year.0, "2026-03-29T01:30:00Z"), year] {
        let wish = Wish { now: instant(year.1), ..wish(from, until) };
        pull(&mut world.client(), &mut store, &wish, |_| {}).unwrap();
    }
    assert_eq!(dump(&often), dump(&once));
}

/// An account in which an incident opens every so many seconds, from 2026-01-08T00:00:00Z on.
struct Storm {
    every: i64,
    count: i64,
}

impl Transport for Storm {
    fn send(&mut self, request: &Request) -> Result<Reply, String> {
        let asked = |name: &str| request.query.iter().find(|it| it.0 == name).map(|it| it.1.as_str());
        let number = |name: &str| asked(name).map_or(0, |it| it.parse::<i64>().unwrap());
        let start = instant("2026-01-08T00:00:00Z").unix();
        let body = match request.path.as_str() {
            "/incidents" => {
                let (since, until) = (instant(asked("since").unwrap()), instant(asked("until").unwrap()));
                let place = |at: Instant| (at.unix() - start).div_euclid(self.every);
                let first = (place(since) + i64::from((since.unix() - start).rem_euclid(self.every) > 0)).max(0);
                let last = place(until).min(self.count - 1);
                let (limit, offset) = (number("limit"), number("offset"));
                if offset + limit > 10_000 {
                    return Ok(Reply { status: 400, body: "{}".to_owned(), ..Reply::default() });
                }
                let from = first + offset;
                let page: Vec<Value> = (from..=last.min(from + limit - 1))
                    .map(|it| {
                        let opened = Instant::from_unix(start + it * self.every).to_string();
                        json!({ "id": format!("Q{it:06}"), "incident_number": it, "created_at": opened, "urgency": "low" })
                    })
                    .collect();
                let total = asked("total").map(|_| (last - first + 1).max(0));
                json!({ "incidents": page, "limit": limit, "more": from + limit <= last, "total": total })
            }
            "/analytics/raw/incidents" => json!({ "data": [], "more": false }),
            path => {
                let key = path.rsplit('/').next().unwrap();
                json!({ key: [], "more": false })
            }
        };
        Ok(Reply { status: 200, body: body.to_string(), ..Reply::default() })
    }
}

#[test]
fn more_than_can_be_paged_through_is_halved() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open_or_make(&folder.path().join("history.db")).unwrap();
    let mut client = Client::new(Storm { every: 20, count: 21_000 }, |_| {}, |_| {});
    let done = pull(&mut client, &mut store, &wish("2026-01-08T00:00:00Z", "2026-01-15T00:00:00Z"), |_| {}).unwrap();
    // 21,000 are 4 days and 20 hours: a week is halved, and the first half, with 15,120, again.
    assert!(done.read["incidents"] >= 21_000 && done.read["incidents"] < 21_010, "{}", done.read["incidents"]);
    assert_eq!(lines(&store, &[]).len(), 21_000);
    // More in one second than is shown at all is told, and with it when that was.
    let all = Storm { every: 1, count: 1 };
    struct Always(Storm);
    impl Transport for Always {
        fn send(&mut self, request: &Request) -> Result<Reply, String> {
            if request.path != "/incidents" {
                return self.0.send(request);
            }
            let body = json!({ "incidents": [], "limit": 100, "more": true, "total": 10_001 });
            Ok(Reply { status: 200, body: body.to_string(), ..Reply::default() })
        }
    }
    let mut client = Client::new(Always(all), |_| {}, |_| {});
    let error = pull(&mut client, &mut store, &wish("2026-02-01T00:00:00Z", "2026-02-02T00:00:00Z"), |_| {});
    assert_eq!(
        error.unwrap_err().to_string(),
        "more than 10000 entries between 2026-02-01T00:00:00Z and 2026-02-01T00:00:01Z, and PagerDuty shows no more"
    );
}

#[test]
fn a_key_that_may_not_see_analytics_pulls_the_rest() {
    struct Without(super::world::World);
    impl Transport for Without {
        fn send(&mut self, request: &Request) -> Result<Reply, String> {
            if request.path.starts_with("/analytics") {
                let body = r#"{"error":{"message":"Account does not have the ability"}}"#.to_owned();
                return Ok(Reply { status: 402, body, ..Reply::default() });
            }
            let body = match request.method {
                dogwatch::pagerduty::client::Method::Get => {
                    let query: Vec<(&str, &str)> = request.query.iter().map(|it| (&*it.0, &*it.1)).collect();
                    self.0.client().get(&request.path, &query).unwrap()
                }
                _ => panic!("{request}"),
            };
            Ok(Reply { status: 200, body: body.to_string(), ..Reply::default() })
        }
    }
    let (world, _, _) = three_weeks();
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open_or_make(&folder.path().join("history.db")).unwrap();
    let mut client = Client::new(Without(world), |_| {}, |_| {});
    let done = pull(&mut client, &mut store, &wish(WEEKS.0, WEEKS.1), |_| {}).unwrap();
    assert_eq!(done.without_analytics.as_deref(), Some("Account does not have the ability"));
    assert_eq!((store.pulled(What::Analytics).unwrap(), lines(&store, &[]).len()), (vec![], 3));
}
