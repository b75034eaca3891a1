//! What moves the rehearsal itself: its clock, its state, its switches. Beneath `/_rehearsal`, and a page for people at `/`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::rehearsal::account::{Account, Target, Token};
use crate::rehearsal::call::Call;
use crate::rehearsal::faults::Faults;
use crate::rehearsal::message::{Method, Refusal, Request, Response};
use crate::rehearsal::policies::on_duty;
use crate::rehearsal::{Clock, Rehearsal, incidents};
use crate::time::{Instant, Zone, parse_duration, parse_instant, stamp};

/// How far the clock is moved at once, in seconds: a hundred years.
const FARTHEST: u64 = 100 * 366 * crate::time::CIVIL_DAY.unsigned_abs();

/// Answers what is about the rehearsal; `None` for what PagerDuty would be asked.
pub(super) fn answer(rehearsal: &mut Rehearsal, request: &Request, machine: Instant) -> Option<Response> {
    let segments = request.segments();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let now = rehearsal.clock.now(machine);
    let response = match (request.method, &segments[..]) {
        (Method::Get, [""]) => Ok(Response::text(200, page(rehearsal, now))),
        (Method::Get, ["_rehearsal"]) => Ok(Response::json(200, overview(rehearsal, now))),
        (Method::Get, ["_rehearsal", "clock"]) => Ok(Response::json(200, clock(rehearsal, now))),
        (Method::Put, ["_rehearsal", "clock"]) => set_clock(rehearsal, request, machine),
        (Method::Post, ["_rehearsal", "clock", "advance"]) => advance(rehearsal, request, machine),
        (Method::Get, ["_rehearsal", "state"]) => Ok(state(rehearsal)),
        (Method::Put, ["_rehearsal", "state"]) => set_state(rehearsal, request),
        (Method::Get, ["_rehearsal", "requests"]) => Ok(Response::json(200, requests(rehearsal))),
        (Method::Delete, ["_rehearsal", "requests"]) => {
            rehearsal.records.clear();
            rehearsal.requests = 0;
            Ok(Response::nothing(204))
        }
        (Method::Get, ["_rehearsal", "switches"]) => Ok(Response::json(200, json!(rehearsal.switches))),
        (Method::Put, ["_rehearsal", "switches"]) => set_switches(rehearsal, request),
        (Method::Get, ["_rehearsal", "faults"]) => Ok(Response::json(200, json!(rehearsal.faults))),
        (Method::Put, ["_rehearsal", "faults"]) => set_faults(rehearsal, request),
        (Method::Post, ["_rehearsal", "up"]) => {
            rehearsal.down = false;
            Ok(Response::nothing(204))
        }
        (Method::Post, ["_rehearsal", "incidents"]) => open(rehearsal, request, now),
        (_, ["_rehearsal", ..]) => Err(Refusal::not_found()),
        _ => return None,
    };
    Some(response.unwrap_or_else(Refusal::into_response))
}

fn body(request: &Request) -> Result<Map<String, Value>, Refusal> {
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err(Refusal::wrong("the body is not an object")),
        Err(error) => Err(Refusal::wrong(format!("the body is not JSON: {error}"))),
    }
}

fn overview(rehearsal: &Rehearsal, now: Instant) -> Value {
    json!({
        "clock": clock(rehearsal, now),
        "requests": rehearsal.requests,
        "down": rehearsal.down,
        "switches": rehearsal.switches,
        "faults": rehearsal.faults,
        "holds": {
            "users": rehearsal.account.users.iter().filter(|it| !it.gone).count(),
            "teams": rehearsal.account.teams.len(),
            "schedules": rehearsal.account.schedules.len(),
            "v3_schedules": rehearsal.account.shift_schedules.len(),
            "escalation_policies": rehearsal.account.policies.len(),
            "services": rehearsal.account.services.len(),
            "event_orchestrations": rehearsal.account.orchestrations.len(),
            "incidents": rehearsal.account.incidents.len(),
        },
    })
}

fn clock(rehearsal: &Rehearsal, now: Instant) -> Value {
    json!({ "now": now.to_string(), "runs": rehearsal.clock.runs() })
}

/// `{"now": T}`, `{"runs": false}`, or both.
fn set_clock(rehearsal: &mut Rehearsal, request: &Request, machine: Instant) -> Result<Response, Refusal> {
    let sent = body(request)?;
    let at = match sent.get("now").map(|it| it.as_str().unwrap_or("")) {
        None => rehearsal.clock.now(machine),
        Some(text) => parse_instant(text, &Zone::utc()).map_err(|it| Refusal::wrong(it.to_string()))?,
    };
    let runs = match sent.get("runs") {
        None => rehearsal.clock.runs(),
        Some(it) => it.as_bool().ok_or_else(|| Refusal::wrong("`runs` is true or false"))?,
    };
    rehearsal.clock = if runs { Clock::running(at, machine) } else { Clock::standing(at) };
    Ok(Response::json(200, clock(rehearsal, at)))
}

/// `{"by": "36h"}` or `{"seconds": 60}`.
fn advance(rehearsal: &mut Rehearsal, request: &Request, machine: Instant) -> Result<Response, Refusal> {
    let sent = body(request)?;
    let seconds = match (sent.get("by").and_then(Value::as_str), sent.get("seconds").and_then(Value::as_u64)) {
        (Some(text), None) => parse_duration(text).map_err(|it| Refusal::wrong(it.to_string()))?.as_secs(),
        (None, Some(seconds)) => seconds.min(FARTHEST),
        _ => return Err(Refusal::wrong("one of `by`, such as 36h, and `seconds` is required")),
    };
    rehearsal.clock.at = rehearsal.clock.at + Duration::from_secs(seconds);
    Ok(Response::json(200, clock(rehearsal, rehearsal.clock.now(machine))))
}

fn state(rehearsal: &Rehearsal) -> Response {
    let value = serde_json::to_value(&rehearsal.account).expect("every key of it is a text");
    Response::json(200, value)
}

fn set_state(rehearsal: &mut Rehearsal, request: &Request) -> Result<Response, Refusal> {
    let text = std::str::from_utf8(&request.body).map_err(|it| Refusal::wrong(it.to_string()))?;
    rehearsal.account = Account::from_json(text).map_err(|it| Refusal::wrong(it.to_string()))?;
    Ok(Response::nothing(204))
}

fn requests(rehearsal: &Rehearsal) -> Value {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    let mut faults: BTreeMap<&str, u64> = BTreeMap::new();
    for it in &rehearsal.records {
        let status = it.status.map_or("cut".to_owned(), |it| it.to_string());
        *counts.entry(format!("{} {status}", it.method)).or_default() += 1;
        if let Some(fault) = it.fault {
            *faults.entry(fault).or_default() += 1;
        }
    }
    json!({ "total": rehearsal.requests, "counts": counts, "faults": faults, "requests": rehearsal.records })
}

fn set_switches(rehearsal: &mut Rehearsal, request: &Request) -> Result<Response, Refusal> {
    let turned = rehearsal.switches.turned(&body(request)?).map_err(|it| Refusal::wrong(it.to_string()))?;
    rehearsal.switches = turned;
    Ok(Response::json(200, json!(rehearsal.switches)))
}

fn set_faults(rehearsal: &mut Rehearsal, request: &Request) -> Result<Response, Refusal> {
    let faults: Faults = serde_json::from_slice(&request.body).map_err(|it| Refusal::wrong(it.to_string()))?;
    rehearsal.set_faults(faults);
    Ok(Response::json(200, json!(rehearsal.faults)))
}

/// `{"service": NAME or ID, "title": TEXT}`
fn open(rehearsal: &mut Rehearsal, request: &Request, now: Instant) -> Result<Response, Refusal> {
    let sent = body(request)?;
    let wanted = sent.get("service").and_then(Value::as_str).unwrap_or("");
    let title = sent.get("title").and_then(Value::as_str).unwrap_or("A rehearsal").to_owned();
    let service = rehearsal.account.services.iter().find(|it| it.name == wanted || it.id == wanted);
    let service = service.map(|it| it.id.clone()).ok_or_else(|| Refusal::wrong(format!("no service `{wanted}`")))?;
    let incident = within(rehearsal, request, now, |call| incidents::open(call, &service, &title, "high", None, None))?;
    let name = |id: &String| rehearsal.account.user(id).map_or(String::new(), |it| it.name.clone());
    let paged: Vec<String> = incident.assigned.iter().map(name).collect();
    Ok(Response::json(201, json!({ "id": incident.id, "level": incident.level + 1, "paged": paged })))
}

/// As the account itself would ask.
fn within<T>(rehearsal: &mut Rehearsal, request: &Request, now: Instant, ask: impl FnOnce(&mut Call<'_>) -> T) -> T {
    let caller = Token { token: String::new(), may_write: true, user: None };
    let mut call = Call {
        account: &mut rehearsal.account,
        switches: &rehearsal.switches,
        request,
        segments: &[],
        now,
        caller: &caller,
        created: Vec::new(),
    };
    ask(&mut call)
}

/// What is in the account, and who is on call, for somebody with a browser or curl.
fn page(rehearsal: &mut Rehearsal, now: Instant) -> String {
    let request = Request::new(Method::Get, "/");
    let zone = rehearsal.account.zone.clone();
    let runs = if rehearsal.clock.runs() { "runs" } else { "stands" };
    let mut text = format!("A rehearsal of PagerDuty\n\nThe clock {runs}: {}\n", stamp(now, &zone));
    let held = |count: usize, what: &str| match (count, what.split_once(" of ")) {
        (1, _) => format!("1 {what}"),
        (_, Some((what, of))) => format!("{count} {what}s of {of}"),
        (_, None) => format!("{count} {what}s"),
    };
    let account = &rehearsal.account;
    let holds = [
        held(account.users.iter().filter(|it| !it.gone).count(), "user"),
        held(account.schedules.len(), "schedule of layers"),
        held(account.shift_schedules.len(), "schedule of shifts"),
        held(account.services.len(), "service"),
    ];
    let _ = writeln!(text, "Holds {}; {} requests so far", holds.join(", "), rehearsal.requests);
    let mut lines = Vec::new();
    within(rehearsal, &request, now, |call| {
        for policy in call.account.policies.clone() {
            lines.push(format!("\n{}", policy.name));
            let mut minutes = 0;
            for (level, rule) in policy.rules.iter().enumerate() {
                let names = on_duty(call, &policy, level);
                let names: Vec<&str> =
                    names.iter().filter_map(|it| call.account.user(it)).map(|it| it.name.as_str()).collect();
                let names = if names.is_empty() { "nobody".to_owned() } else { names.join(", ") };
                let by: Vec<&str> = rule
                    .targets
                    .iter()
                    .map(|it| match it {
                        Target::User(_) => "by name",
                        Target::Schedule(id) => call
                            .account
                            .schedule(id)
                            .map(|it| it.name.as_str())
                            .or(call.account.shift_schedule(id).map(|it| it.name.as_str()))
                            .unwrap_or("a schedule that is gone"),
                    })
                    .collect();
                lines.push(format!("  {minutes:>4} min  {names}   ({})", by.join(", ")));
                minutes += rule.delay_minutes;
            }
            let services = call.account.services.iter().filter(|it| it.policy == policy.id);
            let services: Vec<&str> = services.map(|it| it.name.as_str()).collect();
            if !services.is_empty() {
                lines.push(format!("  for {}", services.join(", ")));
            }
        }
    });
    text.push_str("\nWho is on call, by policy:\n");
    text.push_str(&lines.join("\n"));
    text.push_str("\n\nMove it: /_rehearsal, /_rehearsal/clock, state, requests, switches, faults, incidents\n");
    // What somebody called a service may not steer a terminal.
    text.chars().filter(|it| !it.is_control() || *it == '\n').collect()
}
