//! Escalation policies, and who is on call by them.

use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::rehearsal::account::{Policy, Rule, Target};
use crate::rehearsal::call::{Answer, Call, by_name, head, ids, number, shown, text};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::people::{extend, user_body};
use crate::rehearsal::render::final_entries;
use crate::rehearsal::shifts;
use crate::rehearsal::switches::TargetOrder;
use crate::time::{CIVIL_DAY, Instant, Span};

const DAY: Duration = Duration::from_secs(CIVIL_DAY.unsigned_abs());
/// How far around a window a stretch of duty is followed; what reaches further has no end.
const AROUND: Duration = Duration::from_secs(370 * CIVIL_DAY.unsigned_abs());

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    strategies_allowed(call)?;
    let users: Vec<&str> = call.request.set("user_ids").collect();
    let sorted = by_name(call.account.policies.iter(), |it| (&it.name, &it.id));
    let targeted = |it: &Policy| {
        let mut targets = it.rules.iter().flat_map(|it| &it.targets);
        users.is_empty() || targets.any(|it| matches!(it, Target::User(id) if users.contains(&id.as_str())))
    };
    let rows = sorted.into_iter().filter(|it| {
        let team: Vec<String> = it.team.iter().cloned().collect();
        targeted(it) && call.sees(&team) && call.of_asked_teams(&team) && call.matches_query(&[&it.name])
    });
    let mut rows: Vec<Value> = rows.map(|it| body(call, it)).collect();
    if call.request.parameter("sort_by") == Some("name:desc") {
        rows.reverse();
    }
    call.page("escalation_policies", rows)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    strategies_allowed(call)?;
    let body = body(call, find(call)?);
    Ok(Response::json(200, json!({ "escalation_policy": body })))
}

/// terraform-provider-pagerduty #819, #972: on plans without it, asking for it gives 403 with a broken body.
fn strategies_allowed(call: &Call<'_>) -> Result<(), Refusal> {
    match call.request.includes("escalation_rule_assignment_strategies") && !call.switches.round_robin {
        true => Err(Refusal::bare(403)),
        false => Ok(()),
    }
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Policy, Refusal> {
    let policy = call.account.policy(&call.segment(1)).ok_or_else(Refusal::not_found)?;
    let team: Vec<String> = policy.team.iter().cloned().collect();
    if call.sees(&team) { Ok(policy) } else { Err(Refusal::not_found()) }
}

fn body(call: &Call<'_>, policy: &Policy) -> Value {
    let account = &call.account;
    let target = |it: &Target| match it {
        Target::User(id) => match account.user(id).filter(|_| call.request.includes("targets")) {
            Some(user) => user_body(call, user, false),
            None => account.user_reference(id),
        },
        Target::Schedule(id) => account.schedule_reference(id),
    };
    let rule = |rule: &Rule| {
        let mut targets: Vec<Value> = rule.targets.iter().map(target).collect();
        // terraform-provider-pagerduty 3.15.7 and its pull request 937: not in the order that was sent.
        if call.switches.target_order == TargetOrder::Turned {
            targets.rotate_left(1.min(rule.targets.len()));
        }
        let mut body = json!({
            "id": rule.id,
            "escalation_delay_in_minutes": rule.delay_minutes,
            "targets": targets,
        });
        // The document's schema has a text here, its example an array; what works is an object.
        if call.request.includes("escalation_rule_assignment_strategies") {
            let kind = if rule.round_robin { "round_robin" } else { "assign_to_everyone" };
            body["escalation_rule_assignment_strategy"] = json!({ "type": kind });
        }
        body
    };
    let services = account.services.iter().filter(|it| it.policy == policy.id);
    let mut map = head("escalation_policy", "/escalation_policies", &policy.id, &policy.name);
    extend(
        &mut map,
        json!({
            "name": policy.name,
            "description": policy.description,
            "num_loops": policy.num_loops,
            "on_call_handoff_notifications": policy.handoff_notifications,
            "escalation_rules": policy.rules.iter().map(rule).collect::<Vec<Value>>(),
            "services": services.map(|it| account.service_reference(&it.id)).collect::<Vec<Value>>(),
            "teams": policy.team.iter().map(|it| account.team_reference(it)).collect::<Vec<Value>>(),
        }),
    );
    Value::Object(map)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let sent = call.root("escalation_policy")?;
    let blank = Policy {
        id: String::new(),
        name: String::new(),
        description: None,
        num_loops: 0,
        handoff_notifications: String::new(),
        rules: Vec::new(),
        team: None,
    };
    let mut policy = changed(call, blank, &sent)?;
    policy.id = call.create("escalation_policy");
    call.account.policies.push(policy.clone());
    Ok(Response::json(201, json!({ "escalation_policy": body(call, &policy) })))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let sent = call.root("escalation_policy")?;
    let old = find(call)?.clone();
    let policy = changed(call, old, &sent)?;
    if let Some(place) = call.account.policies.iter_mut().find(|it| it.id == policy.id) {
        place.clone_from(&policy);
    }
    Ok(Response::json(200, json!({ "escalation_policy": body(call, &policy) })))
}

fn changed(call: &mut Call<'_>, mut policy: Policy, sent: &Map<String, Value>) -> Result<Policy, Refusal> {
    let mut errors = Vec::new();
    match text(sent, "name") {
        // terraform-provider-pagerduty: not blank, no blank at its end, none of these signs.
        Ok(Some(Some(name))) => match bad_name(name) {
            Some(error) => errors.push(error.to_owned()),
            None => policy.name = name.to_owned(),
        },
        Ok(None) if !policy.name.is_empty() => {}
        _ => errors.push("Name can't be blank".to_owned()),
    }
    match text(sent, "description") {
        Ok(Some(it)) if it.is_none_or(|it| it.chars().count() <= 1024) => policy.description = it.map(str::to_owned),
        Ok(None) => {}
        _ => errors.push("Description is too long".to_owned()),
    }
    match number(sent, "num_loops") {
        Ok(Some(Some(loops @ 0..=9))) => policy.num_loops = loops,
        Ok(None) => {}
        _ => errors.push("Num loops must be from 0 to 9".to_owned()),
    }
    // PagerDuty's changelog: omitting it resets it, with PUT too.
    match text(sent, "on_call_handoff_notifications") {
        Ok(Some(Some(it @ ("if_has_services" | "always")))) => policy.handoff_notifications = it.to_owned(),
        Ok(None | Some(None)) => policy.handoff_notifications = "if_has_services".to_owned(),
        _ => errors.push("On call handoff notifications is not included in the list".to_owned()),
    }
    match ids(sent, "teams") {
        // PagerDuty's changelog of 2023-03-20: at most one.
        Ok(Some(teams)) => match &teams[..] {
            [] => policy.team = None,
            [team] if call.account.team(team).is_some() => policy.team = Some(team.clone()),
            [team] => errors.push(format!("Team {team} not found")),
            _ => errors.push("Teams: only one team may be associated with an escalation policy".to_owned()),
        },
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    let sent_rules = match sent.get("escalation_rules") {
        Some(Value::Array(rules)) if !rules.is_empty() => Some(rules),
        None if !policy.rules.is_empty() => None,
        _ => {
            errors.push("Escalation rules can't be empty".to_owned());
            None
        }
    };
    // PUT replaces the whole list; ids are not needed.
    let mut rules = Vec::new();
    for sent in sent_rules.into_iter().flatten() {
        match rule(call, sent)? {
            Ok(rule) => rules.push(rule),
            Err(error) => errors.push(error),
        }
    }
    if !errors.is_empty() {
        return Err(Refusal::invalid(errors));
    }
    if sent_rules.is_some() {
        for rule in &mut rules {
            if policy.rules.iter().all(|it| it.id != rule.id) {
                rule.id = call.account.new_id("escalation_rule");
            }
        }
        policy.rules = rules;
    }
    Ok(policy)
}

fn bad_name(name: &str) -> Option<&'static str> {
    if name.trim().is_empty() {
        return Some("Name can't be blank");
    }
    if name.ends_with(char::is_whitespace) {
        return Some("Name can't end in white space");
    }
    name.contains(['\\', '/', '&', '<', '>']).then_some("Name can't contain any of \\ / & < >")
}

/// A rule; the outer error ends the request at once.
fn rule(call: &Call<'_>, sent: &Value) -> Result<Result<Rule, String>, Refusal> {
    let delay = sent["escalation_delay_in_minutes"].as_i64().filter(|it| *it >= 1);
    let Some(delay_minutes) = delay else {
        return Ok(Err("Escalation delay in minutes must be greater than or equal to 1".to_owned()));
    };
    let list = sent["targets"].as_array().filter(|it| (1..=10).contains(&it.len()));
    let Some(list) = list else {
        return Ok(Err("Targets must be from 1 to 10".to_owned()));
    };
    // terraform-provider-pagerduty #630.
    if list.len() > 1 && delay_minutes < 3 {
        return Ok(Err("Escalation delay in minutes must be at least 3 with more than one target".to_owned()));
    }
    let mut targets = Vec::new();
    for it in list {
        let Some(id) = it["id"].as_str() else {
            return Ok(Err("Targets must each have an id".to_owned()));
        };
        let is_user = call.account.user(id).is_some_and(|it| !it.gone);
        let is_schedule = call.account.schedule(id).is_some() || call.account.shift_schedule(id).is_some();
        let target = match it["type"].as_str() {
            Some("user" | "user_reference") if is_user => Target::User(id.to_owned()),
            // terraform-provider-pagerduty sends `schedule_reference` with ids of either family.
            Some("schedule" | "schedule_reference" | "schedule_v3_reference") if is_schedule => {
                Target::Schedule(id.to_owned())
            }
            Some("user" | "user_reference" | "schedule" | "schedule_reference" | "schedule_v3_reference") => {
                return Err(Refusal::not_found());
            }
            Some(_) => return Ok(Err("Target type is not included in the list".to_owned())),
            // heimweh/go-pagerduty #33: without a type it is read as a user, and not found.
            None if is_user => Target::User(id.to_owned()),
            None => return Err(Refusal::bare(404)),
        };
        targets.push(target);
    }
    let strategy = &sent["escalation_rule_assignment_strategy"];
    if !strategy.is_null() && !call.switches.round_robin {
        // terraform-provider-pagerduty #972: any value, on plans without it.
        return Err(Refusal::bare(403));
    }
    let round_robin = match strategy.get("type").or(Some(strategy)).and_then(Value::as_str) {
        Some("round_robin") => true,
        Some("assign_to_everyone") => false,
        None if strategy.is_null() => false,
        _ => return Ok(Err("Escalation rule assignment strategy is not included in the list".to_owned())),
    };
    let id = sent["id"].as_str().unwrap_or("").to_owned();
    Ok(Ok(Rule { id, delay_minutes, targets, round_robin }))
}

/// The OpenAPI document: fails while a service uses it. The text is the rehearsal's.
pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    if call.account.services.iter().any(|it| it.policy == id) {
        return Err(Refusal::wrong("Escalation policy can't be deleted if it's being used by services"));
    }
    call.account.policies.retain(|it| it.id != id);
    Ok(Response::nothing(204))
}

/// A stretch of one user's duty on one schedule.
struct Duty {
    span: Span,
    user: String,
    /// It goes on for as far as one looks.
    endless: bool,
}

/// The OpenAPI document: contiguous stretches, one for each policy and level that reaches them; at most 90 days ahead;
/// schedules in no policy are absent; a user who is a target has neither schedule nor end.
pub(super) fn oncalls(call: &mut Call<'_>) -> Answer {
    let zone = call.zone(&call.account.zone)?;
    let since = call.instant("since", &zone)?;
    let until = call.instant("until", &zone)?;
    let since = since.unwrap_or(call.now);
    let until = until.unwrap_or(since.max(call.now) + Duration::from_secs(1));
    if until > call.now + DAY * 90 {
        return Err(Refusal::range("until must be within 90 days"));
    }
    let window = Span::new(since, until).ok_or_else(|| Refusal::range("since must be before until"))?;
    let asked = |name: &str, id: Option<&str>| {
        let mut values = call.request.set(name).peekable();
        values.peek().is_none() || values.any(|it| id.map_or(it == "null" || it.is_empty(), |id| id == it))
    };
    let mut rendered: std::collections::BTreeMap<&str, Vec<Duty>> = std::collections::BTreeMap::new();
    let mut rows = Vec::new();
    for policy in by_name(call.account.policies.iter(), |it| (&it.name, &it.id)) {
        let team: Vec<String> = policy.team.iter().cloned().collect();
        if !asked("escalation_policy_ids", Some(&policy.id)) || !call.sees(&team) {
            continue;
        }
        for (level, rule) in policy.rules.iter().enumerate() {
            for target in &rule.targets {
                match target {
                    Target::User(user) if asked("user_ids", Some(user)) && asked("schedule_ids", None) => {
                        rows.push(oncall(call, policy, level, None, user, (Value::Null, Value::Null)));
                    }
                    Target::User(_) => {}
                    Target::Schedule(id) if asked("schedule_ids", Some(id)) => {
                        if !rendered.contains_key(id.as_str()) {
                            rendered.insert(id, duties(call, id, window)?);
                        }
                        let mut seen: Vec<&str> = Vec::new();
                        for duty in &rendered[id.as_str()] {
                            let again = call.flag("earliest") && seen.contains(&duty.user.as_str());
                            if again || !asked("user_ids", Some(&duty.user)) {
                                continue;
                            }
                            seen.push(&duty.user);
                            let end = if duty.endless { Value::Null } else { shown(duty.span.end(), &zone) };
                            let times = (shown(duty.span.start(), &zone), end);
                            rows.push(oncall(call, policy, level, Some(id), &duty.user, times));
                        }
                    }
                    Target::Schedule(_) => {}
                }
            }
        }
    }
    call.page("oncalls", rows)
}

fn oncall(
    call: &Call<'_>,
    policy: &Policy,
    level: usize,
    schedule: Option<&str>,
    user: &str,
    times: (Value, Value),
) -> Value {
    let account = &call.account;
    let user = match account.user(user).filter(|_| call.request.includes("users")) {
        Some(user) => user_body(call, user, false),
        None => account.user_reference(user),
    };
    json!({
        "escalation_policy": account.policy_reference(&policy.id),
        "escalation_level": level + 1,
        "schedule": schedule.map(|it| account.schedule_reference(it)),
        "user": user,
        "start": times.0,
        "end": times.1,
    })
}

/// Who is on duty in a window, each stretch as long as it really is.
fn duties(call: &Call<'_>, schedule: &str, window: Span) -> Result<Vec<Duty>, Refusal> {
    let wide = Span::new(window.start().before(AROUND), window.end() + AROUND).unwrap_or(window);
    let mut held: Vec<(Span, String)> = Vec::new();
    if let Some(schedule) = call.account.schedule(schedule) {
        held.extend(final_entries(schedule, wide).into_iter().map(|it| (it.span, it.user)));
    }
    if let Some(schedule) = call.account.shift_schedule(schedule) {
        let rows = shifts::rendered(call, schedule, wide)?;
        held.extend(rows.into_iter().filter_map(|it| it.member.map(|user| (it.span, user))));
    }
    held.sort();
    let mut joined: std::collections::BTreeMap<String, Vec<Span>> = std::collections::BTreeMap::new();
    for (span, user) in held {
        joined.entry(user).or_default().push(span);
    }
    let mut duties: Vec<Duty> = Vec::new();
    for (user, spans) in joined {
        let spans = crate::time::union(spans).into_iter().filter(|it| it.intersection(window).is_some());
        duties.extend(spans.map(|span| Duty { span, user: user.clone(), endless: span.end() >= wide.end() }));
    }
    duties.sort_by(|a, b| (a.span, &a.user).cmp(&(b.span, &b.user)));
    Ok(duties)
}

/// Who is on call now at a level of a policy.
pub(super) fn on_duty(call: &Call<'_>, policy: &Policy, level: usize) -> Vec<String> {
    on_duty_at(call, policy, level, call.now)
}

/// The same at any instant.
pub(super) fn on_duty_at(call: &Call<'_>, policy: &Policy, level: usize, at: Instant) -> Vec<String> {
    let Some(rule) = policy.rules.get(level) else { return Vec::new() };
    let now = Span::new(at, at + Duration::from_secs(1));
    let mut users = Vec::new();
    for target in &rule.targets {
        match target {
            Target::User(id) => users.push(id.clone()),
            Target::Schedule(id) => {
                if let (Some(schedule), Some(now)) = (call.account.schedule(id), now) {
                    users.extend(final_entries(schedule, now).into_iter().map(|it| it.user));
                }
                if let (Some(schedule), Some(now)) = (call.account.shift_schedule(id), now) {
                    let rows = shifts::rendered(call, schedule, now).unwrap_or_default();
                    users.extend(rows.into_iter().filter_map(|it| it.member));
                }
            }
        }
    }
    users.sort();
    users.dedup();
    users
}
