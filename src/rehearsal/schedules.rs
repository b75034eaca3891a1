//! Schedules of layers: `/schedules`.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::rehearsal::account::{Layer, Override, Restriction, Schedule, Status, Target, Version};
use crate::rehearsal::call::{Answer, Call, by_name, head, ids, number, shown, text};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::render::{Entry, coverage, final_entries, layer_entries, override_entries};
use crate::rehearsal::switches::{LayerOrder, Switches, VirtualStart};
use crate::rehearsal::times;
use crate::time::{CIVIL_DAY, CIVIL_WEEK, Instant, Span, Zone};

/// How far beyond a window entries may reach that are not cut at its edges.
const OVERFLOW: Duration = Duration::from_secs(370 * CIVIL_DAY.unsigned_abs());
/// How far ahead somebody's next turn is looked for.
const NEXT: Duration = Duration::from_secs(370 * CIVIL_DAY.unsigned_abs());
/// terraform-provider-pagerduty, pull request 405.
const SHORTEST_TURN: i64 = 3600;
const LONGEST_TURN: i64 = 31_536_000;

/// PagerDuty's documentation: only schedules of layers; those of shifts are listed elsewhere.
pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let sorted = by_name(call.account.schedules.iter(), |it| (&it.name, &it.id));
    let listed = sorted
        .into_iter()
        .filter(|it| call.sees(&it.teams) && call.of_asked_teams(&it.teams) && call.matches_query(&[&it.name]));
    let listed: Vec<&Schedule> = listed.collect();
    let mut rows = Vec::new();
    for schedule in listed {
        let zone = call.zone(&call.account.zone)?;
        let window = call.window(&zone)?;
        // The OpenAPI document: a list has no layers, and nothing rendered, unless it is asked for them.
        let parts = Parts {
            layers: call.request.includes("schedule_layers"),
            overrides: call.request.includes("overrides_subschedule"),
            finals: call.request.includes("final_schedule"),
        };
        rows.push(body(call, schedule, &zone, window, parts)?);
    }
    call.page("schedules", rows)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let schedule = find(call)?.clone();
    full(call, &schedule, 200)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let sent = call.root("schedule")?;
    let mut schedule = draft(call, &sent)?;
    schedule.id = call.create("schedule");
    for layer in &mut schedule.layers {
        layer.id = call.account.new_id("layer");
    }
    call.account.schedules.push(schedule.clone());
    full(call, &schedule, 201)
}

/// Renders what is sent, and stores nothing.
pub(super) fn preview(call: &mut Call<'_>) -> Answer {
    let sent = call.root("schedule")?;
    let mut schedule = draft(call, &sent)?;
    for (index, layer) in schedule.layers.iter_mut().enumerate() {
        layer.id = format!("PREVIEW{index}");
    }
    full(call, &schedule, 200)
}

/// A new schedule, not yet stored and without ids.
fn draft(call: &Call<'_>, sent: &Map<String, Value>) -> Result<Schedule, Refusal> {
    let mut schedule = Schedule {
        id: String::new(),
        name: String::new(),
        description: None,
        zone: call.account.zone.clone(),
        teams: Vec::new(),
        layers: Vec::new(),
        before: Vec::new(),
        overrides: Vec::new(),
    };
    // The schema requires no name.
    set_plain(call, &mut schedule, sent)?;
    if !sent.contains_key("time_zone") {
        return Err(Refusal::wrong("Time zone can't be blank"));
    }
    for layer in layers(sent)? {
        schedule.layers.push(new_layer(call, &schedule.zone, layer, schedule.layers.len() + 1)?);
    }
    Ok(schedule)
}

/// A partial update: PagerDuty's documentation has fields that are left out keep their value.
pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    let sent = call.root("schedule")?;
    let mut schedule = call.account.schedule(&id).cloned().ok_or_else(Refusal::schedule_not_found)?;
    set_plain(call, &mut schedule, &sent)?;
    if sent.contains_key("schedule_layers") {
        let before = schedule.layers.clone();
        schedule.layers = changed_layers(call, &schedule, layers(&sent)?)?;
        remember(&mut schedule, before, call.now);
    }
    if let Some(place) = call.account.schedules.iter_mut().find(|it| it.id == id) {
        place.clone_from(&schedule);
    }
    full(call, &schedule, 200)
}

/// Keeps what the layers were up to now: the past is rendered by it.
fn remember(schedule: &mut Schedule, before: Vec<Layer>, now: Instant) {
    if before != schedule.layers && schedule.before.last().is_none_or(|it| it.until < now) {
        schedule.before.push(Version { until: now, layers: before });
    }
}

/// terraform-provider-pagerduty and its pull request 45: layers are never deleted, only ended, so that one that is left
/// out stays as it is; formae's plugin: one without an id is a new one.
///
/// The order is that of the request, the lowest precedence first. What is left out stays behind what it stood behind.
fn changed_layers(
    call: &mut Call<'_>,
    schedule: &Schedule,
    sent: Vec<&Map<String, Value>>,
) -> Result<Vec<Layer>, Refusal> {
    let mut changed: Vec<Layer> = Vec::new();
    for it in sent {
        let layer = match it.get("id").and_then(Value::as_str) {
            None => {
                let number = schedule.layers.len() + changed.len() + 1;
                let mut layer = new_layer(call, &schedule.zone, it, number)?;
                layer.id = call.account.new_id("layer");
                layer
            }
            Some(id) => {
                let known = schedule.layers.iter().find(|layer| layer.id == id);
                let known = known.ok_or_else(|| Refusal::wrong(format!("Schedule layer {id} not found")))?;
                if changed.iter().any(|layer| layer.id == id) {
                    return Err(Refusal::wrong(format!("Schedule layer {id} stands there twice")));
                }
                changed_layer(call, &schedule.zone, known, it)?
            }
        };
        changed.push(layer);
    }
    for (index, kept) in schedule.layers.iter().enumerate() {
        if changed.iter().all(|it| it.id != kept.id) {
            let behind = index.checked_sub(1).map(|it| schedule.layers[it].id.as_str());
            let place = changed.iter().position(|it| Some(it.id.as_str()) == behind).map_or(0, |it| it + 1);
            changed.insert(place, kept.clone());
        }
    }
    Ok(changed)
}

fn layers(sent: &Map<String, Value>) -> Result<Vec<&Map<String, Value>>, Refusal> {
    match sent.get("schedule_layers") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(list)) => {
            let all: Option<Vec<_>> = list.iter().map(Value::as_object).collect();
            all.ok_or_else(|| Refusal::wrong("Schedule layers must be objects"))
        }
        Some(_) => Err(Refusal::wrong("Schedule layers must be an array")),
    }
}

fn new_layer(call: &Call<'_>, zone: &Zone, sent: &Map<String, Value>, count: usize) -> Result<Layer, Refusal> {
    let blank = Layer {
        id: String::new(),
        name: format!("Layer {count}"),
        start: call.now,
        end: None,
        virtual_start: call.now,
        turn_seconds: 0,
        users: Vec::new(),
        restrictions: Vec::new(),
    };
    for key in ["start", "rotation_virtual_start", "rotation_turn_length_seconds", "users"] {
        if sent.get(key).is_none_or(Value::is_null) {
            return Err(Refusal::schedule(vec![(format!("rotation_layers.{key}"), "can't be blank".to_owned())]));
        }
    }
    changed_layer(call, zone, &blank, sent)
}

/// A layer as a request leaves it; what it does not say stays.
fn changed_layer(call: &Call<'_>, zone: &Zone, old: &Layer, sent: &Map<String, Value>) -> Result<Layer, Refusal> {
    let mut layer = old.clone();
    let mut errors: Vec<(String, String)> = Vec::new();
    let mut wrong = |field: &str, text: &str| errors.push((format!("rotation_layers.{field}"), text.to_owned()));
    match text(sent, "name") {
        Ok(Some(Some(name))) => layer.name = name.to_owned(),
        Ok(_) => {}
        Err(error) => wrong("name", &error),
    }
    // terraform-provider-pagerduty pull request 35, #200, #330, confirmed by PagerDuty's support: a start in the past
    // is now, and with every update that touches the layer, the time of the update.
    layer.start = old.start.max(call.now);
    match read_time(sent, "start", zone) {
        Ok(Some(Some(start))) => layer.start = start.max(call.now),
        Ok(Some(None)) => wrong("start", "can't be blank"),
        Ok(None) => {}
        Err(()) => wrong("start", "is not a time"),
    }
    match read_time(sent, "end", zone) {
        // terraform-provider-pagerduty #451: null un-ends a layer.
        Ok(Some(end)) => layer.end = end,
        Ok(None) => {}
        Err(()) => wrong("end", "is not a time"),
    }
    match read_time(sent, "rotation_virtual_start", zone) {
        Ok(Some(Some(at))) => layer.virtual_start = virtual_start(call.switches, sent, at),
        Ok(Some(None)) => wrong("rotation_virtual_start", "can't be blank"),
        Ok(None) => {}
        Err(()) => wrong("rotation_virtual_start", "is not a time"),
    }
    match number(sent, "rotation_turn_length_seconds") {
        Ok(Some(Some(seconds @ SHORTEST_TURN..=LONGEST_TURN))) => layer.turn_seconds = seconds,
        Ok(None) => {}
        Ok(Some(_)) => wrong("rotation_turn_length_seconds", "must be between 3600 and 31536000"),
        Err(error) => wrong("rotation_turn_length_seconds", &error),
    }
    match users(call, sent) {
        Ok(Some(users)) => layer.users = users,
        Ok(None) => {}
        Err(error) => wrong("users", &error),
    }
    match restrictions(sent) {
        Ok(Some(restrictions)) => layer.restrictions = restrictions,
        Ok(None) => {}
        Err(mut found) => errors.append(&mut found),
    }
    // What has ended is history, and is not begun anew by being sent along.
    if errors.is_empty() && old.end.is_some_and(|it| it <= call.now) && layer.end == old.end {
        return Ok(old.clone());
    }
    // terraform-provider-pagerduty #308: it ends layers that have not begun at a time before their start.
    if errors.is_empty() && layer.end.is_some_and(|end| end <= old_start_or(&layer, old, call.now)) {
        errors.push(("rotation_layers.end".to_owned(), "must be after start".to_owned()));
    }
    if errors.is_empty() { Ok(layer) } else { Err(Refusal::schedule(errors)) }
}

/// What an end must come after. A layer that runs may end now, although its start is moved to now as well.
fn old_start_or(layer: &Layer, old: &Layer, now: Instant) -> Instant {
    let runs = !old.id.is_empty() && old.start < now;
    if runs && layer.start == now { old.start } else { layer.start }
}

/// A time if it is there. `Some(None)`: it is null.
fn read_time(sent: &Map<String, Value>, key: &str, zone: &Zone) -> Result<Option<Option<Instant>>, ()> {
    match text(sent, key) {
        Ok(None) => Ok(None),
        Ok(Some(None)) => Ok(Some(None)),
        Ok(Some(Some(text))) => times::read(text, zone).map(|it| Some(Some(it))).ok_or(()),
        Err(_) => Err(()),
    }
}

/// terraform-provider-pagerduty pull request 23, heimweh/go-pagerduty pull request 7, confirmed by PagerDuty's support:
/// 10:00+02:00 was sent, 12:00+02:00 came back, so the offset was lost on the way in. And its pull request 483: the
/// seconds are zeroed.
fn virtual_start(switches: &Switches, sent: &Map<String, Value>, at: Instant) -> Instant {
    let text = sent.get("rotation_virtual_start").and_then(Value::as_str).unwrap_or("");
    let at = match switches.virtual_start {
        VirtualStart::LosesOffset if times::has_foreign_offset(text) => times::read_without_offset(text).unwrap_or(at),
        VirtualStart::LosesOffset | VirtualStart::KeepsOffset => at,
    };
    Instant::from_unix(at.unix() - at.unix().rem_euclid(60))
}

/// `users` of a layer: references, each in an object of its own.
fn users(call: &Call<'_>, sent: &Map<String, Value>) -> Result<Option<Vec<String>>, String> {
    let list = match sent.get("users") {
        None => return Ok(None),
        Some(Value::Array(list)) if !list.is_empty() => list,
        // terraform-provider-pagerduty, pull request 350.
        Some(_) => return Err("can't be empty".to_owned()),
    };
    let mut users = Vec::new();
    for it in list {
        let id = it["user"]["id"].as_str().ok_or("must each have a user with an id")?;
        let known = call.account.user(id).is_some_and(|it| !it.gone);
        if !known {
            return Err(format!("User {id} not found"));
        }
        users.push(id.to_owned());
    }
    Ok(Some(users))
}

/// The OpenAPI document and terraform-provider-pagerduty: windows of a day, or of a week with the day they open on.
fn restrictions(sent: &Map<String, Value>) -> Result<Option<Vec<Restriction>>, Vec<(String, String)>> {
    let list = match sent.get("restrictions") {
        None => return Ok(None),
        Some(Value::Null) => return Ok(Some(Vec::new())),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(vec![("rotation_layers.restrictions".to_owned(), "must be an array".to_owned())]),
    };
    let mut errors = Vec::new();
    let mut found = Vec::new();
    for it in list {
        let (kind, longest) = match it["type"].as_str() {
            Some("daily_restriction") => ("daily_restrictions", CIVIL_DAY),
            Some("weekly_restriction") => ("weekly_restrictions", CIVIL_WEEK),
            _ => {
                errors.push(("rotation_layers.restrictions.type".to_owned(), "is not included in the list".to_owned()));
                continue;
            }
        };
        let mut wrong =
            |field: &str, text: &str| errors.push((format!("rotation_layers.{kind}.{field}"), text.to_owned()));
        let opens = it["start_time_of_day"].as_str().and_then(times::read_time_of_day);
        let seconds = it["duration_seconds"].as_i64();
        let weekday = it["start_day_of_week"].as_u64().and_then(|it| u32::try_from(it).ok());
        match seconds {
            // hashicorp/terraform #11135, to the letter.
            Some(seconds) if seconds >= longest => {
                wrong("duration_seconds", "Please use a shorter duration or just turn the recurrence off.");
            }
            Some(1..) => {}
            Some(_) | None => wrong("duration_seconds", "must be greater than 0"),
        }
        if opens.is_none() {
            wrong("start_time_of_day", "is not a time of day");
        }
        let weekly = longest == CIVIL_WEEK;
        if weekly && !weekday.is_some_and(|it| (1..=7).contains(&it)) {
            wrong("start_day_of_week", "must be between 1 and 7");
        }
        if !weekly && !it["start_day_of_week"].is_null() {
            wrong("start_day_of_week", "must be blank");
        }
        if let (Some(opens), Some(seconds)) = (opens, seconds) {
            found.push(Restriction { weekday: weekday.filter(|_| weekly), opens, seconds });
        }
    }
    if errors.is_empty() { Ok(Some(found)) } else { Err(errors) }
}

/// Name, description, zone and teams, as far as they are sent.
fn set_plain(call: &Call<'_>, schedule: &mut Schedule, sent: &Map<String, Value>) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    // PagerDuty's knowledge base: 255 and 1,024 characters.
    match text(sent, "name") {
        Ok(Some(Some(name))) if name.chars().count() > 255 => errors.push("Name is too long".to_owned()),
        Ok(Some(Some(name))) if !name.trim().is_empty() => schedule.name = name.to_owned(),
        Ok(None) => {}
        Ok(Some(_)) => errors.push("Name can't be blank".to_owned()),
        Err(error) => errors.push(error),
    }
    match text(sent, "description") {
        Ok(Some(Some(it))) if it.chars().count() > 1024 => errors.push("Description is too long".to_owned()),
        Ok(Some(it)) => schedule.description = it.map(str::to_owned),
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    match text(sent, "time_zone") {
        // PagerDuty's documentation, Types: a fixed list, shorter than the tz database.
        Ok(Some(name)) => match times::listed_zone(name.unwrap_or("")) {
            Some(zone) => schedule.zone = zone,
            None => errors.push("Time zone is not included in the list".to_owned()),
        },
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    match ids(sent, "teams") {
        // PagerDuty's changelog of 2020-04-30: marked as read-only in the document, and supported for updates.
        Ok(Some(teams)) => match teams.iter().find(|it| call.account.team(it).is_none()) {
            Some(id) => errors.push(format!("Team {id} not found")),
            None => schedule.teams = teams,
        },
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::invalid(errors)) }
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    in_use(call, &id).map_err(Refusal::invalid)?;
    call.account.schedules.retain(|it| it.id != id);
    Ok(Response::nothing(204))
}

/// terraform-provider-pagerduty: a schedule is not deleted while policies have it, or open incidents have a snapshot of
/// a policy that had it. These are the exact texts.
pub(super) fn in_use(call: &Call<'_>, id: &str) -> Result<(), Vec<String>> {
    let target = Target::Schedule(id.to_owned());
    let mut errors = Vec::new();
    if !call.account.policies_with(id).is_empty() {
        errors.push("Schedule can't be deleted if it's being used by escalation policies".to_owned());
    }
    let held = |it: &&crate::rehearsal::account::Incident| {
        it.status != Status::Resolved && it.policy.rules.iter().any(|it| it.targets.contains(&target))
    };
    if call.account.incidents.iter().any(|it| held(&it)) {
        let text = "Schedule can't be deleted if it's being used by an escalation policy snapshot with open incidents";
        errors.push(text.to_owned());
    }
    if errors.is_empty() { Ok(()) } else { Err(errors) }
}

/// The schedule of the path.
fn find<'a>(call: &'a Call<'_>) -> Result<&'a Schedule, Refusal> {
    let id = call.segment(1);
    match call.account.schedule(&id) {
        Some(schedule) if call.sees(&schedule.teams) => Ok(schedule),
        // PagerDuty/pd-oncall-chat-topic, pull request 48: 400 for an id of the other family.
        None if call.account.shift_schedule(&id).is_some() => {
            Err(Refusal::wrong("This is a shift-based schedule. Use the v3 Schedules API"))
        }
        _ => Err(Refusal::schedule_not_found()),
    }
}

/// Which rendered parts an answer has.
#[derive(Clone, Copy)]
struct Parts {
    layers: bool,
    overrides: bool,
    finals: bool,
}

fn full(call: &Call<'_>, schedule: &Schedule, status: u16) -> Answer {
    let zone = call.zone(&schedule.zone)?;
    let window = call.window(&zone)?;
    let parts = Parts { layers: true, overrides: true, finals: true };
    Ok(Response::json(status, json!({ "schedule": body(call, schedule, &zone, window, parts)? })))
}

fn body(
    call: &Call<'_>,
    schedule: &Schedule,
    zone: &Zone,
    window: Option<Span>,
    parts: Parts,
) -> Result<Value, Refusal> {
    let account = &call.account;
    let mut map = head("schedule", "/schedules", &schedule.id, &schedule.name);
    map.insert("name".to_owned(), json!(schedule.name));
    map.insert("description".to_owned(), json!(schedule.description));
    map.insert("time_zone".to_owned(), json!(schedule.zone.name()));
    let policies = account.policies_with(&schedule.id);
    let policies: Vec<Value> = policies.into_iter().map(|it| account.policy_reference(it)).collect();
    map.insert("escalation_policies".to_owned(), json!(policies));
    let mut users: Vec<&String> = schedule.layers.iter().flat_map(|it| &it.users).collect();
    users.sort();
    users.dedup();
    map.insert("users".to_owned(), users.into_iter().map(|it| account.user_reference(it)).collect());
    map.insert("teams".to_owned(), schedule.teams.iter().map(|it| account.team_reference(it)).collect());
    // PagerDuty's documentation: not cut at the edges of the window when `overflow` is asked for.
    let overflow = call.flag("overflow");
    let render = |entries: &dyn Fn(Span) -> Vec<Entry>| match window {
        // Without since or until, nothing is rendered.
        None => (json!([]), Value::Null),
        Some(window) => {
            let wide = if overflow { wider(window) } else { window };
            let entries: Vec<Entry> =
                entries(wide).into_iter().filter(|it| it.span.intersection(window).is_some()).collect();
            let percent = coverage(entries.iter().map(|it| it.span), window);
            let row = |it: &Entry| {
                json!({
                    "start": shown(it.span.start(), zone),
                    "end": shown(it.span.end(), zone),
                    "user": account.user_reference(&it.user),
                })
            };
            (entries.iter().map(row).collect(), json!(percent))
        }
    };
    if parts.layers {
        let mut layers = Vec::new();
        for layer in &schedule.layers {
            let (entries, percent) = render(&|span| layer_entries(schedule, &layer.id, span));
            layers.push(layer_body(call, layer, zone, entries, percent));
        }
        // PagerDuty/public-support-scripts, pull request 60: the last layer comes first.
        if call.switches.layer_order == LayerOrder::Reversed {
            layers.reverse();
        }
        map.insert("schedule_layers".to_owned(), json!(layers));
    }
    let mut part = |key: &str, name: &str, wanted: bool, entries: &dyn Fn(Span) -> Vec<Entry>| {
        if wanted {
            let (entries, percent) = render(entries);
            let part =
                json!({ "name": name, "rendered_schedule_entries": entries, "rendered_coverage_percentage": percent });
            map.insert(key.to_owned(), part);
        }
    };
    part("overrides_subschedule", "Overrides", parts.overrides, &|span| override_entries(schedule, span));
    part("final_schedule", "Final Schedule", parts.finals, &|span| final_entries(schedule, span));
    if let Some(user) = call.request.parameter("include_next_oncall_for_user").filter(|it| !it.is_empty()) {
        let ahead = Span::new(call.now, call.now + NEXT);
        let entries = ahead.map(|it| final_entries(schedule, it)).unwrap_or_default();
        let next = entries.into_iter().find(|it| it.user == user);
        let next = next.map(|it| {
            let (start, end) = (shown(it.span.start(), zone), shown(it.span.end(), zone));
            json!({ "start": start, "end": end, "user": account.user_reference(&it.user) })
        });
        map.insert("next_oncall_for_user".to_owned(), json!(next));
    }
    Ok(Value::Object(map))
}

fn wider(window: Span) -> Span {
    let (start, end) = (window.start().before(OVERFLOW), window.end() + OVERFLOW);
    Span::new(start, end).unwrap_or(window)
}

fn layer_body(call: &Call<'_>, layer: &Layer, zone: &Zone, entries: Value, percent: Value) -> Value {
    let users = layer.users.iter().map(|it| json!({ "user": call.account.user_reference(it) }));
    let restrictions = layer.restrictions.iter().map(|it| {
        let mut row = json!({
            "type": if it.weekday.is_some() { "weekly_restriction" } else { "daily_restriction" },
            "start_time_of_day": times::time_of_day(it.opens),
            "duration_seconds": it.seconds,
        });
        if let Some(weekday) = it.weekday {
            row["start_day_of_week"] = json!(weekday);
        }
        row
    });
    json!({
        "id": layer.id,
        "name": layer.name,
        "start": shown(layer.start, zone),
        "end": layer.end.map(|it| shown(it, zone)),
        "rotation_virtual_start": shown(layer.virtual_start, zone),
        "rotation_turn_length_seconds": layer.turn_seconds,
        "users": users.collect::<Vec<Value>>(),
        "restrictions": restrictions.collect::<Vec<Value>>(),
        "rendered_schedule_entries": entries,
        "rendered_coverage_percentage": percent,
    })
}

/// Who is on call in a span, in full.
pub(super) fn users_of(call: &mut Call<'_>) -> Answer {
    let schedule = find(call)?;
    let hour = Duration::from_secs(1);
    let window = call.window(&schedule.zone)?.or_else(|| Span::new(call.now, call.now + hour));
    let mut found: Vec<String> =
        window.map(|it| final_entries(schedule, it)).unwrap_or_default().into_iter().map(|it| it.user).collect();
    found.sort();
    found.dedup();
    let users = found.iter().filter_map(|it| call.account.user(it));
    let users: Vec<Value> = users.map(|it| crate::rehearsal::people::user_body(call, it, false)).collect();
    Ok(Response::json(200, json!({ "users": users })))
}

/// The OpenAPI document has 201 as the answer of this GET, and no pages.
pub(super) fn overrides(call: &mut Call<'_>) -> Answer {
    let schedule = find(call)?;
    let zone = call.zone(&schedule.zone)?;
    let window = call.required_window(&zone)?;
    let editable = call.request.parameter("editable").is_some();
    let overflow = call.flag("overflow");
    let mut rows = Vec::new();
    for it in &schedule.overrides {
        let Some(common) = Span::new(it.start, it.end).and_then(|it| it.intersection(window)) else { continue };
        // The same: with `editable` there are only ids, and only of those that have not begun.
        if editable {
            if it.start > call.now {
                rows.push(json!({ "id": it.id }));
            }
            continue;
        }
        let (start, end) = if overflow { (it.start, it.end) } else { (common.start(), common.end()) };
        rows.push(override_body(call, &Override { start, end, ..it.clone() }, &zone));
    }
    Ok(Response::json(201, json!({ "overrides": rows })))
}

fn override_body(call: &Call<'_>, it: &Override, zone: &Zone) -> Value {
    json!({
        "id": it.id,
        "start": shown(it.start, zone),
        "end": shown(it.end, zone),
        "user": call.account.user_reference(&it.user),
    })
}

/// The OpenAPI document: 201 with a bare array; single items can fail inside of it.
pub(super) fn create_overrides(call: &mut Call<'_>) -> Answer {
    let (id, zone) = {
        let schedule = find(call)?;
        (schedule.id.clone(), schedule.zone.clone())
    };
    let mut body = call.body()?;
    // The form with one override is deprecated, and still works.
    let (list, single) = match (body.remove("overrides"), body.remove("override")) {
        (Some(Value::Array(list)), _) => (list, false),
        (None, Some(single)) => (vec![single], true),
        _ => return Err(Refusal::missing("overrides")),
    };
    let mut results = Vec::new();
    for sent in list {
        let time = |key: &str| sent[key].as_str().and_then(|it| times::read(it, &zone));
        let user = sent["user"]["id"].as_str().filter(|id| call.account.user(id).is_some_and(|it| !it.gone));
        let mut errors = Vec::new();
        match (time("start"), time("end")) {
            (Some(start), Some(end)) if start >= end => errors.push("Override must end after its start"),
            (Some(_), Some(end)) if end <= call.now => errors.push("Override must end in the future"),
            (Some(_), Some(_)) => {}
            _ => errors.push("Override must have a start and an end"),
        }
        if user.is_none() {
            errors.push("User not found");
        }
        match (time("start"), time("end"), user) {
            (Some(start), Some(end), Some(user)) if errors.is_empty() => {
                let user = user.to_owned();
                let made = Override { id: call.account.new_id("override"), start, end, user };
                let body = override_body(call, &made, &zone);
                results.push(json!({ "status": 201, "override": body }));
                if let Some(schedule) = call.account.schedules.iter_mut().find(|it| it.id == id) {
                    schedule.overrides.push(made);
                }
            }
            _ => results.push(json!({ "status": 400, "errors": errors, "override": sent })),
        }
    }
    match results.first() {
        Some(result) if single => match result.get("errors") {
            None => Ok(Response::json(201, json!({ "override": result["override"] }))),
            Some(errors) => Err(Refusal::invalid(errors.as_array().into_iter().flatten().filter_map(Value::as_str))),
        },
        _ => Ok(Response::json(201, Value::Array(results))),
    }
}

/// The OpenAPI document: a future one goes (204), a running one ends now (200), a past one stays.
pub(super) fn delete_override(call: &mut Call<'_>) -> Answer {
    let (schedule, id) = (find(call)?.id.clone(), call.segment(3));
    let now = call.now;
    let schedule =
        call.account.schedules.iter_mut().find(|it| it.id == schedule).ok_or_else(Refusal::schedule_not_found)?;
    let index = schedule.overrides.iter().position(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    let it = &mut schedule.overrides[index];
    if it.end <= now {
        return Err(Refusal::wrong("You cannot remove a past override"));
    }
    if it.start < now {
        it.end = now;
        return Ok(Response::nothing(200));
    }
    schedule.overrides.remove(index);
    Ok(Response::nothing(204))
}
