//! Incidents, as far as they hold snapshots of policies and make a history to read.

use std::time::Duration;

use chrono::Months;
use serde_json::{Map, Value, json};

use crate::rehearsal::account::{Happening, Incident, LogEntry, Status};
use crate::rehearsal::call::{Answer, Call, address, head, reference, shown};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::people::extend;
use crate::rehearsal::policies::{on_duty, on_duty_at};
use crate::rehearsal::times;
use crate::time::{CIVIL_DAY, Instant, Span, Zone};

/// PagerDuty's documentation: at most so many incidents in one PUT.
const MOST_AT_ONCE: usize = 250;
/// The same of `POST /analytics/raw/incidents`.
const MOST_ROWS: u64 = 1000;
const MONTH: Duration = Duration::from_secs(31 * CIVIL_DAY.unsigned_abs());

/// PagerDuty's documentation: a month unless asked, six at most; times without an offset are on the account's clock.
pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let account = &call.account;
    let zone = call.zone(&account.zone)?;
    let until = call.instant("until", &zone)?;
    let since = call.instant("since", &zone)?;
    let window = match call.request.parameter("date_range") {
        Some("all") => None,
        _ => {
            let until = until.unwrap_or_else(|| since.map_or(call.now, |it| it + MONTH).min(call.now));
            let since = since.unwrap_or_else(|| until.before(MONTH));
            let latest = since.utc().checked_add_months(Months::new(6)).map(|it| it.timestamp());
            if latest.is_some_and(|it| it < until.unix()) {
                return Err(Refusal::range("The date range is longer than six months"));
            }
            Some((since, until))
        }
    };
    let any = |name: &str, value: &str| {
        let mut asked = call.request.set(name).peekable();
        asked.peek().is_none() || asked.any(|it| it == value)
    };
    let mut found: Vec<&Incident> = account
        .incidents
        .iter()
        .filter(|it| window.is_none_or(|(since, until)| since <= it.created && it.created <= until))
        .filter(|it| {
            any("statuses", it.status.word()) && any("urgencies", &it.urgency) && any("service_ids", &it.service)
        })
        .filter(|it| {
            call.request.set("user_ids").next().is_none() || it.assigned.iter().any(|user| any("user_ids", user))
        })
        .filter(|it| call.of_asked_teams(it.policy.team.as_slice()))
        .filter(|it| call.request.parameter("incident_key").is_none_or(|key| key == it.key))
        .collect();
    // The default of the web view: the latest last.
    found.sort_by_key(|it| (it.created, it.number));
    if call.request.parameter("sort_by").is_some_and(|it| it.ends_with(":desc")) {
        found.reverse();
    }
    call.page_shown("incidents", found, 25, 100, |it| body(call, it, &zone))
}

fn body(call: &Call<'_>, it: &Incident, zone: &Zone) -> Value {
    let account = &call.account;
    let at = |happening: fn(&Happening) -> bool| {
        it.log.iter().rev().find(|entry| happening(&entry.what)).map_or(it.created, |it| it.at)
    };
    let assigned_at = at(|it| matches!(it, Happening::Assigned(_) | Happening::Escalated(_)));
    let acknowledged_at = at(|it| *it == Happening::Acknowledged);
    let assignment =
        |user: &String| json!({ "at": shown(assigned_at, zone), "assignee": account.user_reference(user) });
    let acknowledgement =
        |user: &String| json!({ "at": shown(acknowledged_at, zone), "acknowledger": account.user_reference(user) });
    let first = it.log.first().map(|entry| reference("trigger_log_entry", "/log_entries", &entry.id, "Triggered"));
    let resolved = (it.status == Status::Resolved).then(|| shown(it.changed, zone));
    let mut map = head("incident", "/incidents", &it.id, &format!("[#{}] {}", it.number, it.title));
    extend(
        &mut map,
        json!({
            "incident_number": it.number,
            "title": it.title,
            "description": it.title,
            "created_at": shown(it.created, zone),
            "updated_at": shown(it.changed, zone),
            "status": it.status.word(),
            "incident_key": it.key,
            "service": account.service_reference(&it.service),
            "assignments": it.assigned.iter().map(assignment).collect::<Vec<Value>>(),
            "assigned_via": "escalation_policy",
            "last_status_change_at": shown(it.changed, zone),
            "last_status_change_by": last_by(call, it),
            "resolved_at": resolved,
            "first_trigger_log_entry": first,
            "alert_counts": { "all": 0, "triggered": 0, "resolved": 0 },
            "is_mergeable": true,
            "incident_type": { "name": "incident_default" },
            // As it was named when the incident opened.
            "escalation_policy": reference("escalation_policy", "/escalation_policies", &it.policy.id, &it.policy.name),
            "teams": it.policy.team.iter().map(|it| account.team_reference(it)).collect::<Vec<Value>>(),
            "pending_actions": [],
            "acknowledgements": it.acknowledged_by.iter().map(acknowledgement).collect::<Vec<Value>>(),
            "urgency": it.urgency,
        }),
    );
    Value::Object(map)
}

fn last_by(call: &Call<'_>, it: &Incident) -> Value {
    match it.log.iter().rev().find_map(|it| it.by.as_ref()) {
        Some(user) => call.account.user_reference(user),
        None => call.account.service_reference(&it.service),
    }
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Incident, Refusal> {
    let id = call.segment(1);
    let found = call.account.incidents.iter().find(|it| it.id == id || it.number.to_string() == id);
    found.ok_or_else(Refusal::not_found)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let zone = call.zone(&call.account.zone)?;
    let body = body(call, find(call)?, &zone);
    Ok(Response::json(200, json!({ "incident": body })))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let from = call.from()?;
    let sent = call.root("incident")?;
    let title = sent.get("title").and_then(Value::as_str).filter(|it| !it.trim().is_empty());
    let title = title.ok_or_else(|| Refusal::wrong("Title can't be blank"))?.to_owned();
    let service = sent.get("service").and_then(|it| it["id"].as_str()).unwrap_or("").to_owned();
    let urgency = sent.get("urgency").and_then(Value::as_str).unwrap_or("high").to_owned();
    let key = sent.get("incident_key").and_then(Value::as_str).map(str::to_owned);
    let incident = open(call, &service, &title, &urgency, key, Some(from))?;
    let body = body(call, &incident, &call.account.zone);
    Ok(Response::json(201, json!({ "incident": body })))
}

/// Opens an incident.
///
/// PagerDuty's knowledge base: it keeps the policy as it is now, as a snapshot; it goes to the first level at which
/// somebody is on call; if there is none, it is never created.
pub(super) fn open(
    call: &mut Call<'_>,
    service: &str,
    title: &str,
    urgency: &str,
    key: Option<String>,
    by: Option<String>,
) -> Result<Incident, Refusal> {
    let found = call.account.service(service).ok_or_else(|| Refusal::wrong("Service not found"))?;
    let policy =
        call.account.policy(&found.policy).ok_or_else(|| Refusal::wrong("Escalation policy not found"))?.clone();
    let service = found.id.clone();
    let same = |it: &&Incident| it.service == service && key.as_ref() == Some(&it.key) && it.status != Status::Resolved;
    if call.account.incidents.iter().any(|it| same(&it)) {
        return Err(Refusal::wrong("Open incident with matching dedup key already exists on this service"));
    }
    let level = (0..policy.rules.len()).find(|it| !on_duty(call, &policy, *it).is_empty());
    let level = level.ok_or_else(|| Refusal::wrong("Nobody is on call for this service: the incident was dropped"))?;
    let assigned = on_duty(call, &policy, level);
    let id = call.account.new_id("incident");
    let number = call.account.incidents.iter().map(|it| it.number).max().unwrap_or(0) + 1;
    let mut incident = Incident {
        key: key.unwrap_or_else(|| id.to_lowercase()),
        id,
        number,
        title: title.to_owned(),
        urgency: urgency.to_owned(),
        service,
        status: Status::Triggered,
        created: call.now,
        changed: call.now,
        policy,
        level,
        loops: 0,
        assigned: assigned.clone(),
        acknowledged_by: Vec::new(),
        log: Vec::new(),
    };
    log(call, &mut incident, Happening::Triggered, by);
    log(call, &mut incident, Happening::Assigned(assigned.clone()), None);
    for user in assigned {
        log(call, &mut incident, Happening::Notified(user), None);
    }
    call.account.incidents.push(incident.clone());
    Ok(incident)
}

/// Lets incidents that nobody has acknowledged escalate up to now.
///
/// PagerDuty's knowledge base: after a rule's delay the next rule is notified; a rule at which nobody is on call is
/// skipped; after the last rule it begins anew, as often as the policy says, and then stays where it is.
pub(super) fn escalate(call: &mut Call<'_>) {
    let waiting = |it: &Incident| it.status == Status::Triggered && !it.policy.rules.is_empty();
    let places: Vec<usize> =
        (0..).zip(&call.account.incidents).filter(|(_, it)| waiting(it)).map(|(place, _)| place).collect();
    for place in places {
        let mut incident = call.account.incidents[place].clone();
        let before = incident.log.len();
        while let Some((at, level, loops, users)) = next_rung(call, &incident) {
            (incident.level, incident.loops, incident.changed) = (level, loops, at);
            incident.assigned.clone_from(&users);
            log_at(call, &mut incident, at, Happening::Escalated(users.clone()), None);
            for user in users {
                log_at(call, &mut incident, at, Happening::Notified(user), None);
            }
        }
        if incident.log.len() > before {
            call.account.incidents[place] = incident;
        }
    }
}

/// When an incident goes on to which rung, and to whom; `None` if that is not yet, or never.
fn next_rung(call: &Call<'_>, incident: &Incident) -> Option<(Instant, usize, i64, Vec<String>)> {
    let since = incident.log.iter().rev().find_map(|it| match it.what {
        Happening::Assigned(_) | Happening::Escalated(_) => Some(it.at),
        _ => None,
    })?;
    let rules = &incident.policy.rules;
    let minutes = |it: usize| rules.get(it).map_or(1, |it| it.delay_minutes.max(1));
    let at = since + Duration::from_secs(minutes(incident.level).unsigned_abs() * 60);
    if at > call.now {
        return None;
    }
    let (mut level, mut loops) = (incident.level, incident.loops);
    // Each rung once: if nobody is on call at any, it stays where it is.
    for _ in 0..rules.len() {
        level += 1;
        if level >= rules.len() {
            (level, loops) = (0, loops + 1);
        }
        if loops > incident.policy.num_loops {
            return None;
        }
        let users = on_duty_at(call, &incident.policy, level, at);
        if !users.is_empty() {
            return Some((at, level, loops, users));
        }
    }
    None
}

fn log_at(call: &mut Call<'_>, incident: &mut Incident, at: Instant, what: Happening, by: Option<String>) {
    let id = call.account.new_id("log_entry");
    incident.log.push(LogEntry { id, at, what, by });
}

fn log(call: &mut Call<'_>, incident: &mut Incident, what: Happening, by: Option<String>) {
    log_at(call, incident, call.now, what, by);
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let from = call.from()?;
    let id = find(call)?.id.clone();
    let sent = call.root("incident")?;
    let incident = changed(call, &id, &sent, &from)?;
    store(call, &incident);
    let body = body(call, &incident, &call.account.zone);
    Ok(Response::json(200, json!({ "incident": body })))
}

pub(super) fn update_all(call: &mut Call<'_>) -> Answer {
    let from = call.from()?;
    let list = call.root_list("incidents")?;
    if list.len() > MOST_AT_ONCE {
        return Err(Refusal::too_large("at most 250 incidents at once"));
    }
    let mut rows = Vec::new();
    for sent in &list {
        let sent = sent.as_object().ok_or_else(|| Refusal::wrong("incidents must be objects"))?;
        let id = sent.get("id").and_then(Value::as_str).unwrap_or("").to_owned();
        let incident = changed(call, &id, sent, &from)?;
        store(call, &incident);
        rows.push(body(call, &incident, &call.account.zone));
    }
    call.page_of("incidents", rows, MOST_AT_ONCE, MOST_AT_ONCE)
}

fn store(call: &mut Call<'_>, incident: &Incident) {
    if let Some(place) = call.account.incidents.iter_mut().find(|it| it.id == incident.id) {
        place.clone_from(incident);
    }
}

/// Acknowledged, resolved, reassigned or escalated.
fn changed(call: &mut Call<'_>, id: &str, sent: &Map<String, Value>, by: &str) -> Result<Incident, Refusal> {
    let found = call.account.incidents.iter().find(|it| it.id == id);
    let mut incident = found.ok_or_else(Refusal::not_found)?.clone();
    let by = Some(by.to_owned());
    if let Some(level) = sent.get("escalation_level").and_then(Value::as_u64) {
        let level = usize::try_from(level).unwrap_or(0).checked_sub(1).filter(|it| *it < incident.policy.rules.len());
        let level = level.ok_or_else(|| Refusal::wrong("Escalation level is not on the policy"))?;
        incident.level = level;
        incident.assigned = on_duty(call, &incident.policy, level);
        (incident.status, incident.acknowledged_by) = (Status::Triggered, Vec::new());
        let assigned = incident.assigned.clone();
        log(call, &mut incident, Happening::Escalated(assigned), by.clone());
    }
    if let Some(list) = sent.get("assignments").and_then(Value::as_array) {
        let users: Option<Vec<String>> =
            list.iter().map(|it| it["assignee"]["id"].as_str().map(str::to_owned)).collect();
        let users = users.filter(|it| it.iter().all(|id| call.account.user(id).is_some_and(|it| !it.gone)));
        incident.assigned = users.ok_or_else(|| Refusal::wrong("Assignee not found"))?;
        let assigned = incident.assigned.clone();
        log(call, &mut incident, Happening::Assigned(assigned), by.clone());
    }
    if let Some(id) = sent.get("escalation_policy").and_then(|it| it["id"].as_str()) {
        // Another policy is another snapshot.
        incident.policy =
            call.account.policy(id).cloned().ok_or_else(|| Refusal::wrong("Escalation policy not found"))?;
    }
    if let Some(title) = sent.get("title").and_then(Value::as_str) {
        incident.title = title.to_owned();
    }
    match sent.get("status").and_then(Value::as_str) {
        Some("acknowledged") if incident.status != Status::Resolved => {
            incident.status = Status::Acknowledged;
            incident.acknowledged_by = by.iter().cloned().collect();
            log(call, &mut incident, Happening::Acknowledged, by);
        }
        Some("resolved") if incident.status != Status::Resolved => {
            incident.status = Status::Resolved;
            // PagerDuty's documentation: who had it is in the log entries alone from now on.
            (incident.assigned, incident.acknowledged_by) = (Vec::new(), Vec::new());
            log(call, &mut incident, Happening::Resolved, by);
        }
        Some("resolved" | "acknowledged" | "triggered") | None => {}
        Some(_) => return Err(Refusal::wrong("Status is not included in the list")),
    }
    incident.changed = call.now;
    Ok(incident)
}

pub(super) fn log_of(call: &mut Call<'_>) -> Answer {
    let zone = call.zone(&call.account.zone)?;
    let window = call.window(&zone)?;
    let overview = call.flag("is_overview");
    let incident = find(call)?;
    let entries = incident.log.iter().filter(|it| shows(it, window, overview)).rev();
    call.page_shown("log_entries", entries.collect(), 25, 100, |it| log_body(call, incident, it, &zone))
}

/// The latest first.
pub(super) fn log_all(call: &mut Call<'_>) -> Answer {
    let zone = call.zone(&call.account.zone)?;
    let window = call.window(&zone)?;
    let overview = call.flag("is_overview");
    let of_teams = call.account.incidents.iter().filter(|it| call.of_asked_teams(it.policy.team.as_slice()));
    let mut entries: Vec<(&Incident, &LogEntry)> =
        of_teams.flat_map(|incident| incident.log.iter().map(move |it| (incident, it))).collect();
    entries.retain(|(_, it)| shows(it, window, overview));
    entries.sort_by_key(|(incident, it)| (it.at, incident.number));
    entries.reverse();
    call.page_shown("log_entries", entries, 25, 100, |(incident, it)| log_body(call, incident, it, &zone))
}

fn shows(it: &LogEntry, window: Option<Span>, overview: bool) -> bool {
    let minor = matches!(it.what, Happening::Notified(_));
    window.is_none_or(|window| window.contains(it.at)) && !(overview && minor)
}

fn log_body(call: &Call<'_>, incident: &Incident, it: &LogEntry, zone: &Zone) -> Value {
    let account = &call.account;
    let users = |users: &[String]| users.iter().map(|it| account.user_reference(it)).collect::<Vec<Value>>();
    let (kind, summary, more) = match &it.what {
        Happening::Triggered => ("trigger", "Triggered", json!({})),
        Happening::Assigned(who) => ("assign", "Assigned", json!({ "assignees": users(who) })),
        Happening::Escalated(who) => ("escalate", "Escalated", json!({ "assignees": users(who) })),
        Happening::Notified(who) => ("notify", "Notified", json!({ "user": account.user_reference(who) })),
        Happening::Acknowledged => ("acknowledge", "Acknowledged", json!({})),
        Happening::Resolved => ("resolve", "Resolved", json!({})),
    };
    let agent = match &it.by {
        Some(user) => account.user_reference(user),
        None => account.service_reference(&incident.service),
    };
    let mut map = head(&format!("{kind}_log_entry"), "/log_entries", &it.id, summary);
    extend(
        &mut map,
        json!({
            "created_at": shown(it.at, zone),
            "agent": agent,
            "channel": { "type": if it.by.is_some() { "api" } else { "auto" } },
            "service": account.service_reference(&incident.service),
            "incident": reference("incident", "/incidents", &incident.id, &incident.title),
            "teams": incident.policy.team.iter().map(|it| account.team_reference(it)).collect::<Vec<Value>>(),
            "contexts": [],
            "event_details": {},
        }),
    );
    extend(&mut map, more);
    Value::Object(map)
}

/// The OpenAPI document: pages of their own, times without an offset in the zone that was asked for; the key of a user
/// must say which teams or services.
pub(super) fn analytics(call: &mut Call<'_>) -> Answer {
    let sent = if call.request.body.is_empty() { Map::new() } else { call.body()? };
    let filters = sent.get("filters").cloned().unwrap_or_else(|| json!({}));
    let zone = match sent.get("time_zone").and_then(Value::as_str) {
        None => call.account.zone.clone(),
        Some(name) => times::any_zone(name).ok_or_else(|| Refusal::arguments(format!("no such time zone: {name}")))?,
    };
    let list = |key: &str| -> Vec<String> {
        let ids = filters[key].as_array().into_iter().flatten().filter_map(Value::as_str);
        ids.map(str::to_owned).collect()
    };
    let (teams, services) = (list("team_ids"), list("service_ids"));
    if call.caller.user.is_some() && teams.is_empty() && services.is_empty() {
        return Err(Refusal::wrong("A team_ids or service_ids filter is required for user-level keys"));
    }
    let time =
        |key: &str| filters[key].as_str().map(|it| times::read(it, &zone).ok_or_else(|| Refusal::arguments(key)));
    let time = |key: &str| time(key).transpose();
    let (from, to, after) = (time("created_at_start")?, time("created_at_end")?, time("updated_after")?);
    let limit = match sent.get("limit").map(Value::as_u64) {
        None => 100,
        Some(Some(limit @ 1..=MOST_ROWS)) => usize::try_from(limit).unwrap_or(1000),
        Some(_) => return Err(Refusal::arguments("limit must be from 1 to 1000")),
    };
    let ascending = sent.get("order").and_then(Value::as_str) == Some("asc");
    let mut found: Vec<&Incident> = call
        .account
        .incidents
        .iter()
        .filter(|it| from.is_none_or(|at| at <= it.created) && to.is_none_or(|at| it.created < at))
        .filter(|it| after.is_none_or(|at| at < it.changed))
        .filter(|it| services.is_empty() || services.contains(&it.service))
        .filter(|it| teams.is_empty() || it.policy.team.as_ref().is_some_and(|team| teams.contains(team)))
        .collect();
    found.sort_by_key(|it| (it.created, it.number));
    if !ascending {
        found.reverse();
    }
    let skip = match sent.get("starting_after").and_then(Value::as_str) {
        None => 0,
        Some(cursor) => found.iter().position(|it| it.id == cursor).map_or(found.len(), |it| it + 1),
    };
    let more = found.len() > skip + limit;
    let page: Vec<&Incident> = found.into_iter().skip(skip).take(limit).collect();
    let cursor = |it: Option<&&Incident>| it.map_or(String::new(), |it| it.id.clone());
    Ok(Response::json(
        200,
        json!({
            "first": cursor(page.first()),
            "last": cursor(page.last()),
            "limit": limit,
            "more": more,
            "order": if ascending { "asc" } else { "desc" },
            "order_by": "created_at",
            "filters": filters,
            "time_zone": zone.name(),
            "data": page.iter().map(|it| row(call, it, &zone)).collect::<Vec<Value>>(),
        }),
    ))
}

fn row(call: &Call<'_>, it: &Incident, zone: &Zone) -> Value {
    let account = &call.account;
    let clock = |at: Instant| zone.civil(at).format("%Y-%m-%dT%H:%M:%S").to_string();
    let name = |id: &String| account.user(id).map_or(String::new(), |it| it.name.clone());
    let first = |what: Happening| it.log.iter().find(|entry| entry.what == what);
    let (acknowledged, resolved) = (first(Happening::Acknowledged), first(Happening::Resolved));
    let mut assigned: Vec<String> = Vec::new();
    let mut escalations = 0;
    for entry in &it.log {
        if let Happening::Assigned(users) | Happening::Escalated(users) = &entry.what {
            assigned.extend(users.iter().cloned());
        }
        escalations += usize::from(matches!(entry.what, Happening::Escalated(_)));
    }
    let assignments = assigned.len();
    assigned.sort();
    assigned.dedup();
    let mut acknowledgers: Vec<String> =
        it.log.iter().filter(|it| it.what == Happening::Acknowledged).filter_map(|it| it.by.clone()).collect();
    let acknowledgements = acknowledgers.len();
    acknowledgers.sort();
    acknowledgers.dedup();
    let mut row = json!({
        "id": it.id,
        "incident_number": it.number,
        "description": it.title,
        "created_at": clock(it.created),
        "updated_at": clock(it.changed),
        "service_id": it.service,
        "service_name": account.service(&it.service).map_or("", |it| &it.name),
        "escalation_policy_id": it.policy.id,
        "escalation_policy_name": it.policy.name,
        "team_id": it.policy.team,
        "team_name": it.policy.team.as_ref().and_then(|it| account.team(it)).map(|it| it.name.clone()),
        "status": it.status.word(),
        "urgency": it.urgency,
        "assigned_user_ids": assigned,
        "assigned_user_names": assigned.iter().map(name).collect::<Vec<String>>(),
        "assignment_count": assignments,
        "acknowledged_user_ids": acknowledgers,
        "acknowledged_user_names": acknowledgers.iter().map(name).collect::<Vec<String>>(),
        "acknowledgement_count": acknowledgements,
        "escalation_count": escalations,
        "total_notifications": it.log.iter().filter(|it| matches!(it.what, Happening::Notified(_))).count(),
        "priority_id": null,
        "priority_name": null,
        "priority_order": null,
        "auto_resolved": false,
        "major": false,
    });
    if let Some(entry) = acknowledged {
        row["seconds_to_first_ack"] = json!(entry.at.seconds_since(it.created));
    }
    if let Some(entry) = resolved {
        row["resolved_at"] = json!(clock(entry.at));
        row["seconds_to_resolve"] = json!(entry.at.seconds_since(it.created));
        if let Some(user) = &entry.by {
            row["resolved_by_user_id"] = json!(user);
            row["resolved_by_user_name"] = json!(name(user));
        }
    }
    row["self"] = json!(address(&format!("/analytics/raw/incidents/{}", it.id)));
    row
}
