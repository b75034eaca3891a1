//! Schedules of shifts: `/v3/schedules`, with rotations, events, custom shifts and overrides.

use std::time::Duration;

use chrono::{Datelike, Months};
use serde_json::{Map, Value, json};

use crate::rehearsal::account::{CustomShift, Event, Overridden, Rotation, ShiftOverride, ShiftSchedule, Strategy};
use crate::rehearsal::call::{Answer, Call, address, by_name, head, ids, number, reference, shown, text};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::render::{Assignment, Origin, assignments, check_recurrence, coverage, windows};
use crate::rehearsal::schedules;
use crate::rehearsal::switches::{EventPut, Zulu};
use crate::rehearsal::times;
use crate::time::{CIVIL_DAY, Instant, Span, Zone, union};

/// PagerDuty's documentation, concepts of shift-based schedules.
const MOST_ROTATIONS: usize = 10;
const MOST_EVENTS: usize = 5;
const MOST_MEMBERS: usize = 20;
/// How far two events of a rotation are looked at for overlaps: two years.
const OVERLAP: Duration = Duration::from_secs(731 * CIVIL_DAY.unsigned_abs());
/// How far beyond a window shifts may reach that are not cut at its edges.
const OVERFLOW: Duration = Duration::from_secs(370 * CIVIL_DAY.unsigned_abs());

/// The OpenAPI document: 100 unless asked, 1,000 at most; references only.
///
/// PagerDuty's changelog of 2026-06-02 has `query`, the upgrade guide has not: a switch.
pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let heeds = call.switches.v3_query;
    let sorted = by_name(call.account.shift_schedules.iter(), |it| (&it.name, &it.id));
    let rows = sorted.into_iter().filter(|it| {
        call.sees(&it.teams) && call.of_asked_teams(&it.teams) && (!heeds || call.matches_query(&[&it.name]))
    });
    let rows = rows.map(|it| reference("schedule_v3", "/v3/schedules", &it.id, &it.name)).collect();
    call.page_of("schedules", rows, 100, 1000)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let schedule = find(call)?;
    answer(call, schedule, 200)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let sent = call.root("schedule")?;
    let mut schedule = ShiftSchedule {
        id: String::new(),
        name: String::new(),
        description: None,
        zone: call.account.zone.clone(),
        teams: Vec::new(),
        rotations: Vec::new(),
        custom_shifts: Vec::new(),
        overrides: Vec::new(),
    };
    set_plain(call, &mut schedule, &sent)?;
    schedule.id = call.create("schedule");
    call.account.shift_schedules.push(schedule.clone());
    answer(call, &schedule, 201)
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let mut schedule = find(call)?.clone();
    let sent = call.root("schedule")?;
    set_plain(call, &mut schedule, &sent)?;
    *find_mut(call)? = schedule.clone();
    answer(call, &schedule, 200)
}

/// Name, description, zone and teams.
///
/// PagerDuty's own client: name and zone are required with every PUT too, whatever the OpenAPI document says.
fn set_plain(call: &Call<'_>, schedule: &mut ShiftSchedule, sent: &Map<String, Value>) -> Result<(), Refusal> {
    let mut errors: Vec<(String, String)> = Vec::new();
    let mut wrong = |field: &str, text: &str| errors.push((format!("schedule.{field}"), text.to_owned()));
    // The OpenAPI document: these two are turned down, empty or not.
    for field in ["rotations", "escalation_policies"] {
        if sent.contains_key(field) {
            wrong(field, "is not accepted here");
        }
    }
    match text(sent, "name") {
        Ok(Some(Some(name))) if name.chars().count() > 255 => wrong("name", "Name is too long."),
        Ok(Some(Some(name))) if !name.trim().is_empty() => schedule.name = name.to_owned(),
        Ok(_) => wrong("name", "Name cannot be empty."),
        Err(error) => wrong("name", &error),
    }
    match text(sent, "time_zone") {
        Ok(None | Some(None | Some(""))) => wrong("time_zone", "Time zone cannot be empty."),
        Ok(Some(Some(name))) => match times::any_zone(name) {
            Some(zone) => schedule.zone = zone,
            None => wrong("time_zone", "Time zone is invalid."),
        },
        Err(error) => wrong("time_zone", &error),
    }
    match text(sent, "description") {
        Ok(Some(Some(it))) if it.chars().count() > 1024 => wrong("description", "Description is too long."),
        Ok(Some(it)) => schedule.description = it.map(str::to_owned),
        Ok(None) => {}
        Err(error) => wrong("description", &error),
    }
    // Not in the schema of PUT; terraform-provider-pagerduty sends it.
    match ids(sent, "teams") {
        Ok(Some(teams)) => match teams.iter().find(|it| call.account.team(it).is_none()) {
            Some(id) => wrong("teams", &format!("Team {id} not found.")),
            None => schedule.teams = teams,
        },
        Ok(None) => {}
        Err(error) => wrong("teams", &error),
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::fields(errors)) }
}

/// The OpenAPI document: refused while an active policy has it.
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    schedules::in_use(call, &id)
        .map_err(|errors| Refusal::fields(errors.into_iter().map(|it| ("schedule".to_owned(), it)).collect()))?;
    call.account.shift_schedules.retain(|it| it.id != id);
    Ok(Response::nothing(204))
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a ShiftSchedule, Refusal> {
    let id = call.segment(2);
    match call.account.shift_schedule(&id) {
        Some(schedule) if call.sees(&schedule.teams) => Ok(schedule),
        // PagerDuty's own client, to the letter.
        None if call.account.schedule(&id).is_some() => {
            Err(Refusal::field("schedule", "This is a layer-based schedule. Use the v2 Schedules API"))
        }
        _ => Err(Refusal::not_found()),
    }
}

fn find_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut ShiftSchedule, Refusal> {
    let id = find(call)?.id.clone();
    call.account.shift_schedules.iter_mut().find(|it| it.id == id).ok_or_else(Refusal::not_found)
}

fn answer(call: &Call<'_>, schedule: &ShiftSchedule, status: u16) -> Answer {
    let account = &call.account;
    let zone = call.zone(&schedule.zone)?;
    let path = format!("/v3/schedules/{}", schedule.id);
    let mut map = head("schedule_v3", "/v3/schedules", &schedule.id, &schedule.name);
    map.insert("name".to_owned(), json!(schedule.name));
    map.insert("time_zone".to_owned(), json!(schedule.zone.name()));
    // The schema has a text and no null.
    map.insert("description".to_owned(), json!(schedule.description.as_deref().unwrap_or("")));
    // terraform-provider-pagerduty, pull request 1132: in no stable order. Here in that of their ids, backwards.
    let mut teams = schedule.teams.clone();
    teams.sort_by(|a, b| b.cmp(a));
    map.insert("teams".to_owned(), teams.iter().map(|it| account.team_reference(it)).collect());
    let policies = account.policies_with(&schedule.id);
    map.insert("escalation_policies".to_owned(), policies.iter().map(|it| account.policy_reference(it)).collect());
    if call.request.includes("users") {
        let events = schedule.rotations.iter().filter(|it| !it.deleted).flat_map(|it| &it.events);
        let mut users: Vec<&String> = events.flat_map(|it| it.members.iter().flatten()).collect();
        users.sort();
        users.dedup();
        map.insert("users".to_owned(), users.into_iter().map(|it| account.user_reference(it)).collect());
    }
    let inline = call.switches.events_inline;
    let rotations = schedule.rotations.iter().filter(|it| !it.deleted);
    map.insert("rotations".to_owned(), rotations.map(|it| rotation_body(&path, it, inline)).collect());
    if call.request.includes("final_schedule") {
        // The OpenAPI document: only with since and until.
        if let (Some(_), Some(_)) = (call.instant("since", &zone)?, call.instant("until", &zone)?) {
            let window = call.required_window(&zone)?;
            map.insert("final_schedule".to_owned(), final_schedule(call, schedule, window, &zone)?);
        }
    }
    Ok(Response::json(status, json!({ "schedule": map })))
}

fn final_schedule(call: &Call<'_>, schedule: &ShiftSchedule, window: Span, zone: &Zone) -> Result<Value, Refusal> {
    let overflow = call.flag("overflow");
    let wide = match Span::new(window.start().before(OVERFLOW), window.end() + OVERFLOW) {
        Some(wide) if overflow => wide,
        _ => window,
    };
    let mut rows = rendered(call, schedule, wide)?;
    rows.retain(|it| it.span.intersection(window).is_some());
    let percent = coverage(rows.iter().filter(|it| it.member.is_some()).map(|it| it.span), window);
    let rows: Vec<Value> = rows.iter().map(|it| assignment_body(it, zone)).collect();
    Ok(json!({ "type": "final_schedule", "rendered_coverage_percentage": percent, "computed_shift_assignments": rows }))
}

/// What is held in a span.
pub(super) fn rendered(call: &Call<'_>, schedule: &ShiftSchedule, window: Span) -> Result<Vec<Assignment>, Refusal> {
    assignments(schedule, window, call.switches.phase)
        .map_err(|error| Refusal::field("schedule", format!("a recurrence {error}")))
}

/// PagerDuty's documentation: members carry only ids, and a vacant seat is there as `empty_member`.
fn assignment_body(it: &Assignment, zone: &Zone) -> Value {
    let mut source = match (&it.origin, &it.by) {
        (Origin::Rotation(id), None) => json!({ "type": "schedule_rotation", "rotation_id": id }),
        (Origin::Rotation(id), Some(_)) => json!({ "type": "schedule_rotation_override", "rotation_id": id }),
        (Origin::CustomShift(id), None) => json!({ "type": "custom_shift", "shift_id": id }),
        (Origin::CustomShift(id), Some(_)) => json!({ "type": "custom_shift_override", "shift_id": id }),
    };
    if let Some(by) = &it.by {
        source["override_id"] = json!(by);
    }
    json!({
        "type": "computed_shift_assignment",
        "start_time": shown(it.span.start(), zone),
        "end_time": shown(it.span.end(), zone),
        "member": member_body(it.member.as_ref()),
        "source": source,
    })
}

fn member_body(member: Option<&String>) -> Value {
    match member {
        Some(id) => json!({ "type": "user_member", "user_id": id }),
        None => json!({ "type": "empty_member" }),
    }
}

/// A member as it is sent. The inner one is none for a seat kept vacant.
fn member(call: &Call<'_>, sent: &Value) -> Result<Option<String>, String> {
    match sent["type"].as_str() {
        Some("empty_member") => Ok(None),
        Some("user_member") => {
            let id = sent["user_id"].as_str().ok_or("user_id is required")?;
            let known = call.account.user(id).is_some_and(|it| !it.gone);
            if known { Ok(Some(id.to_owned())) } else { Err(format!("user {id} not found")) }
        }
        _ => Err("type must be user_member or empty_member".to_owned()),
    }
}

fn rotation_body(path: &str, rotation: &Rotation, inline: bool) -> Value {
    let at = format!("{path}/rotations/{}", rotation.id);
    let mut body =
        json!({ "id": rotation.id, "type": "schedule_rotation", "self": address(&at), "html_url": address(&at) });
    // terraform-provider-pagerduty: events may be missing inline; then each rotation has to be asked for.
    if inline {
        body["events"] = rotation.events.iter().map(|it| event_body(&at, it)).collect();
    }
    body
}

fn event_body(path: &str, event: &Event) -> Value {
    let at = format!("{path}/events/{}", event.id);
    let strategy = match event.strategy {
        Strategy::Rotating(each) => {
            json!({ "type": "rotating_member_assignment_strategy", "shifts_per_member": each })
        }
        Strategy::Every => json!({ "type": "every_member_assignment_strategy" }),
    };
    // terraform-provider-pagerduty, pull request 1132: answers are in UTC, beside the zone.
    let mut body = json!({
        "id": event.id,
        "type": "schedule_event",
        "name": event.name,
        "start_time": { "date_time": event.start.to_string(), "time_zone": event.zone.name() },
        "end_time": { "date_time": event.end.to_string(), "time_zone": event.end_zone.name() },
        "effective_since": event.since.to_string(),
        "effective_until": event.until.map(|it| it.to_string()),
        "recurrence": event.recurrence,
        "assignment_strategy": strategy,
        "self": address(&at),
        "html_url": address(&at),
    });
    body["assignment_strategy"]["members"] = event.members.iter().map(|it| member_body(it.as_ref())).collect();
    body
}

pub(super) fn rotations(call: &mut Call<'_>) -> Answer {
    let schedule = find(call)?;
    let path = format!("/v3/schedules/{}", schedule.id);
    let rows = schedule.rotations.iter().filter(|it| !it.deleted).map(|it| rotation_body(&path, it, true)).collect();
    call.page("rotations", rows)
}

/// The OpenAPI document: a rotation has no fields; its body is `{}` or nothing.
pub(super) fn create_rotation(call: &mut Call<'_>) -> Answer {
    find(call)?;
    let sent = if call.request.body.is_empty() { Map::new() } else { call.body()? };
    if sent.values().any(|it| it.as_object().is_none_or(|it| !it.is_empty())) {
        return Err(Refusal::field("rotation", "Rotations have no fields."));
    }
    let now = call.now;
    let active = find(call)?.rotations.iter().filter(|it| is_active(it, now)).count();
    if active >= MOST_ROTATIONS {
        return Err(Refusal::field("schedule.rotations", "A schedule cannot have more than 10 active rotations."));
    }
    let rotation = Rotation { id: call.account.new_id("rotation"), events: Vec::new(), deleted: false };
    let schedule = find_mut(call)?;
    let body = rotation_body(&format!("/v3/schedules/{}", schedule.id), &rotation, true);
    schedule.rotations.push(rotation);
    Ok(Response::json(201, json!({ "rotation": body })))
}

/// Not deleted, and not all in the past.
fn is_active(rotation: &Rotation, now: Instant) -> bool {
    !rotation.deleted
        && (rotation.events.is_empty() || rotation.events.iter().any(|it| it.until.is_none_or(|it| it > now)))
}

fn find_rotation<'a>(call: &'a Call<'_>) -> Result<&'a Rotation, Refusal> {
    let id = call.segment(4);
    let rotation = find(call)?.rotations.iter().find(|it| it.id == id && !it.deleted);
    rotation.ok_or_else(Refusal::not_found)
}

fn rotation_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Rotation, Refusal> {
    let id = call.segment(4);
    let rotation = find_mut(call)?.rotations.iter_mut().find(|it| it.id == id && !it.deleted);
    rotation.ok_or_else(Refusal::not_found)
}

pub(super) fn get_rotation(call: &mut Call<'_>) -> Answer {
    let path = format!("/v3/schedules/{}", call.segment(2));
    let body = rotation_body(&path, find_rotation(call)?, true);
    Ok(Response::json(200, json!({ "rotation": body })))
}

/// The OpenAPI document: past events stay as history, a running one ends now, future ones go.
pub(super) fn delete_rotation(call: &mut Call<'_>) -> Answer {
    let now = call.now;
    let rotation = rotation_mut(call)?;
    rotation.events.retain_mut(|it| !ends(it, now));
    rotation.deleted = true;
    Ok(Response::nothing(204))
}

/// Ends an event now; whether nothing of it is left.
fn ends(event: &mut Event, now: Instant) -> bool {
    if event.since >= now {
        return true;
    }
    if event.until.is_none_or(|it| it > now) {
        event.until = Some(now);
    }
    false
}

pub(super) fn events(call: &mut Call<'_>) -> Answer {
    let path = format!("/v3/schedules/{}/rotations/{}", call.segment(2), call.segment(4));
    let rows = find_rotation(call)?.events.iter().map(|it| event_body(&path, it)).collect();
    call.page("events", rows)
}

fn find_event<'a>(call: &'a Call<'_>) -> Result<&'a Event, Refusal> {
    let id = call.segment(6);
    find_rotation(call)?.events.iter().find(|it| it.id == id).ok_or_else(Refusal::not_found)
}

pub(super) fn get_event(call: &mut Call<'_>) -> Answer {
    let event = find_event(call)?;
    Ok(event_answer(call, event, 200))
}

fn event_answer(call: &Call<'_>, event: &Event, status: u16) -> Response {
    let path = format!("/v3/schedules/{}/rotations/{}", call.segment(2), call.segment(4));
    Response::json(status, json!({ "event": event_body(&path, event) }))
}

pub(super) fn create_event(call: &mut Call<'_>) -> Answer {
    let now = call.now;
    let present = find_rotation(call)?.events.iter().filter(|it| it.until.is_none_or(|it| it > now)).count();
    let sent = call.root("event")?;
    let mut event = read_event(call, &sent, None)?;
    // Past ones are not counted.
    if present >= MOST_EVENTS {
        return Err(Refusal::field("rotation.events", "A rotation cannot have more than 5 events."));
    }
    overlaps(find_rotation(call)?, &event)?;
    event.id = call.account.new_id("event");
    rotation_mut(call)?.events.push(event.clone());
    Ok(event_answer(call, &event, 201))
}

/// The OpenAPI document: a past event is read-only; of one that runs only `effective_until` may change; of a future one
/// everything.
pub(super) fn update_event(call: &mut Call<'_>) -> Answer {
    let old = find_event(call)?.clone();
    let sent = call.root("event")?;
    let event = if old.until.is_some_and(|it| it <= call.now) {
        return Err(Refusal::field("event", "Past events cannot be modified."));
    } else if old.since <= call.now {
        running_event(call, &old, &sent)?
    } else {
        read_event(call, &sent, Some(&old))?
    };
    overlaps(find_rotation(call)?, &event)?;
    let rotation = rotation_mut(call)?;
    if let Some(place) = rotation.events.iter_mut().find(|it| it.id == event.id) {
        place.clone_from(&event);
    }
    Ok(event_answer(call, &event, 200))
}

fn running_event(call: &Call<'_>, old: &Event, sent: &Map<String, Value>) -> Result<Event, Refusal> {
    let mut errors = Vec::new();
    // terraform-provider-pagerduty's comment: a body that merely contains one of these is turned down, whatever it says.
    for field in ["start_time", "end_time", "effective_since"] {
        if sent.contains_key(field) {
            errors.push((format!("event.{field}"), "cannot be changed for an active event".to_owned()));
        }
    }
    let now = event_body("", old);
    for field in ["name", "recurrence", "assignment_strategy"] {
        if sent.get(field).is_some_and(|it| *it != now[field]) {
            errors.push((format!("event.{field}"), "cannot be changed for an active event".to_owned()));
        }
    }
    let mut event = old.clone();
    match until(sent, &old.zone) {
        Ok(Some(until)) if until.is_some_and(|it| it < call.now) => {
            errors.push(("event.effective_until".to_owned(), "must be in the future".to_owned()));
        }
        Ok(Some(until)) => event.until = until,
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    if errors.is_empty() { Ok(event) } else { Err(Refusal::fields(errors)) }
}

/// `Some(None)`: for ever.
fn until(sent: &Map<String, Value>, zone: &Zone) -> Result<Option<Option<Instant>>, (String, String)> {
    let wrong = |text: &str| Err(("event.effective_until".to_owned(), text.to_owned()));
    match text(sent, "effective_until") {
        Ok(None) => Ok(None),
        Ok(Some(None)) => Ok(Some(None)),
        Ok(Some(Some(it))) => times::read(it, zone).map_or_else(|| wrong("is not a time"), |it| Ok(Some(Some(it)))),
        Err(error) => wrong(&error),
    }
}

/// An event as a request has it; `old` is what a future one was before.
fn read_event(call: &Call<'_>, sent: &Map<String, Value>, old: Option<&Event>) -> Result<Event, Refusal> {
    let merges = old.filter(|_| call.switches.event_put == EventPut::Merges);
    let whole = merges.map(|it| {
        let Value::Object(mut map) = event_body("", it) else { return sent.clone() };
        map.extend(sent.clone());
        map
    });
    let sent = whole.as_ref().unwrap_or(sent);
    let mut errors: Vec<(String, String)> = Vec::new();
    let mut wrong = |field: &str, text: String| errors.push((format!("event.{field}"), text));

    let name = match text(sent, "name") {
        Ok(Some(Some(name))) if !name.trim().is_empty() && name.chars().count() <= 255 => name.to_owned(),
        _ => {
            wrong("name", "must have from 1 to 255 characters".to_owned());
            String::new()
        }
    };
    let mut time = |field: &str| {
        let read = zoned(&sent.get(field).cloned().unwrap_or_default(), call.switches.zulu);
        read.map_err(|error| wrong(field, error)).unwrap_or((call.now, Zone::utc()))
    };
    let (start, zone) = time("start_time");
    let (end, end_zone) = time("end_time");
    let since = match text(sent, "effective_since") {
        Ok(Some(Some(it))) => times::read(it, &zone),
        _ => None,
    };
    // The OpenAPI document: a past value is silently the current time.
    let since = since.map(|it| it.max(call.now)).unwrap_or_else(|| {
        wrong("effective_since", "is required".to_owned());
        call.now
    });
    // Its example of an error, to the letter.
    if since > a_year_after(call.now) {
        wrong("effective_since", "Date cannot be more than 12 months in the future".to_owned());
    }
    let recurrence: Option<Vec<String>> = match sent.get("recurrence") {
        Some(Value::Array(list)) => list.iter().map(|it| it.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    let recurrence = recurrence.unwrap_or_default();
    if let Err(error) = check_recurrence(&recurrence) {
        wrong("recurrence", error.to_string());
    }
    let (strategy, members) = match strategy(call, sent.get("assignment_strategy").unwrap_or(&Value::Null)) {
        Ok(found) => found,
        Err((field, text)) => {
            wrong(&format!("assignment_strategy{field}"), text);
            (Strategy::Every, Vec::new())
        }
    };
    if end <= start {
        wrong("end_time", "must be after start_time".to_owned());
    }
    let until = match until(sent, &zone) {
        Ok(until) => until.flatten(),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    if until.is_some_and(|it| it <= since) {
        errors.push(("event.effective_until".to_owned(), "must be after effective_since".to_owned()));
    }
    if !errors.is_empty() {
        return Err(Refusal::fields(errors));
    }
    let id = old.map(|it| it.id.clone()).unwrap_or_default();
    Ok(Event { id, name, start, end, zone, end_zone, since, until, recurrence, strategy, members })
}

/// `{date_time, time_zone}`.
fn zoned(sent: &Value, zulu: Zulu) -> Result<(Instant, Zone), String> {
    let zone = sent["time_zone"].as_str().and_then(times::any_zone).ok_or("time_zone is not a time zone")?;
    let text = sent["date_time"].as_str().ok_or("date_time is required")?;
    // The examples of the OpenAPI document read `Z` beside a zone as that zone's clock; terraform-provider-pagerduty's
    // pull request 1132 as an instant.
    let local = text.strip_suffix(['Z', 'z']).filter(|_| zulu == Zulu::Local);
    let at = times::read(local.unwrap_or(text), &zone).ok_or("date_time is not a time")?;
    Ok((at, zone))
}

fn a_year_after(now: Instant) -> Instant {
    let day = now.utc();
    let later = day.checked_add_months(Months::new(12)).filter(|it| it.year() < 2200);
    later.map_or(Instant::MAX, |it| Instant::from_unix(it.timestamp()))
}

/// Where beneath `assignment_strategy` something is wrong, and what.
type Wrong = (&'static str, String);

fn strategy(call: &Call<'_>, sent: &Value) -> Result<(Strategy, Vec<Option<String>>), Wrong> {
    let each = sent.as_object().map_or(Ok(None), |it| number(it, "shifts_per_member"));
    let each = each.map_err(|error| (".shifts_per_member", error))?.flatten();
    let strategy = match (sent["type"].as_str(), each) {
        (Some("rotating_member_assignment_strategy"), Some(each @ 1..=100_000)) => {
            Strategy::Rotating(u32::try_from(each).unwrap_or(1))
        }
        (Some("rotating_member_assignment_strategy"), _) => {
            return Err((".shifts_per_member", "must be at least 1".to_owned()));
        }
        (Some("every_member_assignment_strategy"), None) => Strategy::Every,
        (Some("every_member_assignment_strategy"), Some(_)) => {
            return Err((".shifts_per_member", "must be blank".to_owned()));
        }
        // `user_assignment_strategy`, of terraform-provider-pagerduty's migration guide, is dead.
        _ => return Err((".type", "is not included in the list".to_owned())),
    };
    let list = sent["members"].as_array().filter(|it| (1..=MOST_MEMBERS).contains(&it.len()));
    let list = list.ok_or((".members", "must have from 1 to 20 members".to_owned()))?;
    let members: Result<Vec<_>, String> = list.iter().map(|it| member(call, it)).collect();
    Ok((strategy, members.map_err(|error| (".members", error))?))
}

/// The OpenAPI document: events of one rotation must not overlap. What that means nobody says; here it is their shifts,
/// for two years from where both are in effect.
fn overlaps(rotation: &Rotation, event: &Event) -> Result<(), Refusal> {
    for other in rotation.events.iter().filter(|it| it.id != event.id) {
        let since = event.since.max(other.since);
        let until = event.until.unwrap_or(Instant::MAX).min(other.until.unwrap_or(Instant::MAX));
        let Some(common) = Span::new(since, until.min(since + OVERLAP)) else { continue };
        let expand = |it: &Event| windows(it, common).map_err(|it| Refusal::field("event.recurrence", it.to_string()));
        let (mine, theirs) = (union(expand(event)?), union(expand(other)?));
        let mut next = 0;
        for span in mine {
            while theirs.get(next).is_some_and(|it| it.end() <= span.start()) {
                next += 1;
            }
            if theirs.get(next).is_some_and(|it| it.start() < span.end()) {
                let text = format!("Events in a rotation cannot overlap: {}", other.name);
                return Err(Refusal::field("rotation.events", text));
            }
        }
    }
    Ok(())
}

/// A running event ends now and stays as history, a future one goes, a past one stays as it is.
pub(super) fn delete_event(call: &mut Call<'_>) -> Answer {
    let (id, now) = (find_event(call)?.id.clone(), call.now);
    rotation_mut(call)?.events.retain_mut(|it| it.id != id || !ends(it, now));
    Ok(Response::nothing(204))
}

/// A start and an end beneath a field such as `custom_shifts`.
fn bounds(sent: &Map<String, Value>, zone: &Zone, root: &str) -> Result<(Option<Instant>, Option<Instant>), Refusal> {
    let time = |key: &str| match text(sent, key) {
        Ok(None) => Ok(None),
        Ok(Some(Some(it))) if times::read(it, zone).is_some() => Ok(times::read(it, zone)),
        _ => Err(Refusal::field(&format!("{root}.{key}"), "is not a time")),
    };
    Ok((time("start_time")?, time("end_time")?))
}

fn objects<'a>(list: &'a [Value], root: &str) -> Result<Vec<&'a Map<String, Value>>, Refusal> {
    let all: Option<Vec<_>> = list.iter().map(Value::as_object).collect();
    let all = all.filter(|it| !it.is_empty());
    all.ok_or_else(|| Refusal::field(root, "must have at least one object"))
}

pub(super) fn custom_shifts(call: &mut Call<'_>) -> Answer {
    let schedule = find(call)?;
    let zone = call.zone(&schedule.zone)?;
    let window = call.required_window(&zone)?;
    let within = |it: &&CustomShift| Span::new(it.start, it.end).is_some_and(|it| it.intersection(window).is_some());
    let rows = schedule.custom_shifts.iter().filter(within).map(|it| custom_shift_body(schedule, it, &zone)).collect();
    call.page("custom_shifts", rows)
}

fn custom_shift_body(schedule: &ShiftSchedule, it: &CustomShift, zone: &Zone) -> Value {
    let at = address(&format!("/v3/schedules/{}/custom_shifts/{}", schedule.id, it.id));
    json!({
        "id": it.id,
        "type": "custom_shift",
        "start_time": shown(it.start, zone),
        "end_time": shown(it.end, zone),
        "assignments": [{ "id": it.assignment, "type": "shift_assignment", "member": member_body(it.member.as_ref()) }],
        "self": at,
        "html_url": at,
    })
}

/// The OpenAPI document: exactly one assignment each.
fn assignment(call: &Call<'_>, sent: &Map<String, Value>, root: &str) -> Result<Option<String>, Refusal> {
    let field = format!("{root}.assignments");
    match sent.get("assignments").and_then(Value::as_array).map(Vec::as_slice) {
        Some([one]) => member(call, &one["member"]).map_err(|error| Refusal::field(&field, error)),
        _ => Err(Refusal::field(&field, "must have exactly one assignment")),
    }
}

pub(super) fn create_custom_shifts(call: &mut Call<'_>) -> Answer {
    let zone = find(call)?.zone.clone();
    let list = call.root_list("custom_shifts")?;
    let mut made = Vec::new();
    for sent in objects(&list, "custom_shifts")? {
        if sent.get("type") != Some(&json!("custom_shift")) {
            return Err(Refusal::field("custom_shifts.type", "must be custom_shift"));
        }
        let (Some(start), Some(end)) = bounds(sent, &zone, "custom_shifts")? else {
            return Err(Refusal::field("custom_shifts.start_time", "start_time and end_time are required"));
        };
        if end <= start || end <= call.now {
            return Err(Refusal::field("custom_shifts.end_time", "must be after start_time and in the future"));
        }
        let member = assignment(call, sent, "custom_shifts")?;
        made.push(CustomShift { id: String::new(), assignment: String::new(), start, end, member });
    }
    for it in &mut made {
        it.id = call.account.new_id("custom_shift");
        it.assignment = call.account.new_id("assignment");
    }
    let schedule = find_mut(call)?;
    schedule.custom_shifts.extend(made.iter().cloned());
    let rows: Vec<Value> = made.iter().map(|it| custom_shift_body(schedule, it, &zone)).collect();
    Ok(Response::json(201, json!({ "custom_shifts": rows })))
}

fn custom_shift_index(call: &Call<'_>) -> Result<usize, Refusal> {
    let id = call.segment(4);
    find(call)?.custom_shifts.iter().position(|it| it.id == id).ok_or_else(Refusal::not_found)
}

pub(super) fn get_custom_shift(call: &mut Call<'_>) -> Answer {
    let index = custom_shift_index(call)?;
    let schedule = find(call)?;
    let body = custom_shift_body(schedule, &schedule.custom_shifts[index], &schedule.zone);
    Ok(Response::json(200, json!({ "custom_shift": body })))
}

/// The OpenAPI document: of one that has begun only the end may change. One that has ended stays.
pub(super) fn update_custom_shift(call: &mut Call<'_>) -> Answer {
    let index = custom_shift_index(call)?;
    let schedule = find(call)?;
    let mut shift = schedule.custom_shifts[index].clone();
    let sent = call.root("custom_shift")?;
    let (start, end) = bounds(&sent, &schedule.zone, "custom_shift")?;
    if shift.end <= call.now {
        return Err(Refusal::field("custom_shift", "Past custom shifts cannot be modified."));
    }
    if shift.start <= call.now && (start.is_some_and(|it| it != shift.start) || sent.contains_key("assignments")) {
        return Err(Refusal::field("custom_shift", "Only end_time can be changed once a shift has started."));
    }
    if sent.contains_key("assignments") {
        shift.member = assignment(call, &sent, "custom_shift")?;
    }
    (shift.start, shift.end) = (start.unwrap_or(shift.start), end.unwrap_or(shift.end));
    if shift.end <= shift.start {
        return Err(Refusal::field("custom_shift.end_time", "must be after start_time"));
    }
    let schedule = find_mut(call)?;
    schedule.custom_shifts[index] = shift;
    let body = custom_shift_body(schedule, &schedule.custom_shifts[index], &schedule.zone);
    Ok(Response::json(200, json!({ "custom_shift": body })))
}

/// The OpenAPI document: a future one goes, a running one ends now, one that has ended is refused.
pub(super) fn delete_custom_shift(call: &mut Call<'_>) -> Answer {
    let (index, now) = (custom_shift_index(call)?, call.now);
    let shifts = &mut find_mut(call)?.custom_shifts;
    if shifts[index].end <= now {
        return Err(Refusal::field("custom_shift", "Past custom shifts cannot be deleted."));
    }
    if shifts[index].start < now {
        shifts[index].end = now;
    } else {
        shifts.remove(index);
    }
    Ok(Response::nothing(204))
}

pub(super) fn overrides(call: &mut Call<'_>) -> Answer {
    let schedule = find(call)?;
    let zone = call.zone(&schedule.zone)?;
    let window = call.required_window(&zone)?;
    let within = |it: &&ShiftOverride| Span::new(it.start, it.end).is_some_and(|it| it.intersection(window).is_some());
    let rows = schedule.overrides.iter().filter(within).map(|it| override_body(schedule, it, &zone)).collect();
    call.page("overrides", rows)
}

fn override_body(schedule: &ShiftSchedule, it: &ShiftOverride, zone: &Zone) -> Value {
    let at = address(&format!("/v3/schedules/{}/overrides/{}", schedule.id, it.id));
    let mut body = json!({
        "id": it.id,
        "type": "override_shift",
        "start_time": shown(it.start, zone),
        "end_time": shown(it.end, zone),
        "overridden_member": member_body(it.overridden.as_ref()),
        "overriding_member": member_body(it.overriding.as_ref()),
        "self": at,
        "html_url": at,
    });
    match &it.of {
        Overridden::Rotation(id) => body["rotation_id"] = json!(id),
        Overridden::CustomShift(id) => body["custom_shift_id"] = json!(id),
    }
    body
}

/// PagerDuty's documentation: `type`, exactly one of the two ids, and both members.
pub(super) fn create_overrides(call: &mut Call<'_>) -> Answer {
    let zone = find(call)?.zone.clone();
    let list = call.root_list("overrides")?;
    let mut made = Vec::new();
    for sent in objects(&list, "overrides")? {
        if sent.get("type") != Some(&json!("override_shift")) {
            return Err(Refusal::field("overrides.type", "must be override_shift"));
        }
        let schedule = find(call)?;
        let id = |key: &str| sent.get(key).and_then(Value::as_str).map(str::to_owned);
        let of = match (id("rotation_id"), id("custom_shift_id")) {
            (Some(id), None) if schedule.rotations.iter().any(|it| it.id == id && !it.deleted) => {
                Overridden::Rotation(id)
            }
            (None, Some(id)) if schedule.custom_shifts.iter().any(|it| it.id == id) => Overridden::CustomShift(id),
            (Some(_), None) => return Err(Refusal::field("overrides.rotation_id", "not found")),
            (None, Some(_)) => return Err(Refusal::field("overrides.custom_shift_id", "not found")),
            _ => {
                let text = "exactly one of rotation_id and custom_shift_id is required";
                return Err(Refusal::field("overrides.rotation_id", text));
            }
        };
        let (Some(start), Some(end)) = bounds(sent, &zone, "overrides")? else {
            return Err(Refusal::field("overrides.start_time", "start_time and end_time are required"));
        };
        if end <= start || end <= call.now {
            return Err(Refusal::field("overrides.end_time", "must be after start_time and in the future"));
        }
        let member = |key: &str| {
            let sent = sent.get(key).ok_or_else(|| Refusal::field(&format!("overrides.{key}"), "is required"))?;
            member(call, sent).map_err(|error| Refusal::field(&format!("overrides.{key}"), error))
        };
        let (overridden, overriding) = (member("overridden_member")?, member("overriding_member")?);
        made.push(ShiftOverride { id: String::new(), of, start, end, overridden, overriding });
    }
    for it in &mut made {
        it.id = call.account.new_id("shift_override");
    }
    let schedule = find_mut(call)?;
    schedule.overrides.extend(made.iter().cloned());
    let rows: Vec<Value> = made.iter().map(|it| override_body(schedule, it, &zone)).collect();
    Ok(Response::json(201, json!({ "overrides": rows })))
}

fn override_index(call: &Call<'_>) -> Result<usize, Refusal> {
    let id = call.segment(4);
    find(call)?.overrides.iter().position(|it| it.id == id).ok_or_else(Refusal::not_found)
}

pub(super) fn get_override(call: &mut Call<'_>) -> Answer {
    let index = override_index(call)?;
    let schedule = find(call)?;
    let body = override_body(schedule, &schedule.overrides[index], &schedule.zone);
    Ok(Response::json(200, json!({ "override": body })))
}

pub(super) fn update_override(call: &mut Call<'_>) -> Answer {
    let index = override_index(call)?;
    let schedule = find(call)?;
    let mut it = schedule.overrides[index].clone();
    let sent = call.root("override")?;
    if it.end <= call.now {
        return Err(Refusal::field("override", "Past overrides cannot be modified."));
    }
    let (start, end) = bounds(&sent, &schedule.zone, "override")?;
    (it.start, it.end) = (start.unwrap_or(it.start), end.unwrap_or(it.end));
    if let Some(sent) = sent.get("overriding_member") {
        it.overriding = member(call, sent).map_err(|error| Refusal::field("override.overriding_member", error))?;
    }
    if it.end <= it.start {
        return Err(Refusal::field("override.end_time", "must be after start_time"));
    }
    let schedule = find_mut(call)?;
    schedule.overrides[index] = it;
    let body = override_body(schedule, &schedule.overrides[index], &schedule.zone);
    Ok(Response::json(200, json!({ "override": body })))
}

/// Nobody says what becomes of one that runs; here it ends now, as in v2, and a past one stays.
pub(super) fn delete_override(call: &mut Call<'_>) -> Answer {
    let (index, now) = (override_index(call)?, call.now);
    let overrides = &mut find_mut(call)?.overrides;
    if overrides[index].start >= now {
        overrides.remove(index);
    } else if overrides[index].end > now {
        overrides[index].end = now;
    }
    Ok(Response::nothing(204))
}
