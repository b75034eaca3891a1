//! Event orchestrations: their integrations, and the paths that are replaced as a whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::rehearsal::account::{Integration, Orchestration, Path};
use crate::rehearsal::call::{Answer, Call, address, by_name, text};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::switches::NoConditions;

/// PagerDuty's documentation of PCL: bytes of one condition.
const LONGEST_CONDITION: usize = 2048;

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let sorted = by_name(call.account.orchestrations.iter(), |it| (&it.name, &it.id));
    let seen = sorted.into_iter().filter(|it| call.sees(it.team.as_slice()));
    let mut rows: Vec<Value> = seen
        .map(|it| {
            let mut body = body(it);
            if let Some(map) = body.as_object_mut() {
                map.remove("integrations");
            }
            body
        })
        .collect();
    if call.request.parameter("sort_by") == Some("name:desc") {
        rows.reverse();
    }
    call.page("orchestrations", rows)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let body = body(find(call)?);
    Ok(Response::json(200, json!({ "orchestration": body })))
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Orchestration, Refusal> {
    let id = call.segment(1);
    call.account.orchestrations.iter().find(|it| it.id == id).ok_or_else(Refusal::not_found)
}

fn find_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Orchestration, Refusal> {
    let id = call.segment(1);
    call.account.orchestrations.iter_mut().find(|it| it.id == id).ok_or_else(Refusal::not_found)
}

fn body(it: &Orchestration) -> Value {
    let at = address(&format!("/event_orchestrations/{}", it.id));
    let router = it.paths.get("router").map(|it| it.sets.as_slice()).unwrap_or_default();
    let rules = router.iter().flat_map(|it| it["rules"].as_array().into_iter().flatten());
    let mut routes: Vec<&str> = rules.filter_map(|it| it["actions"]["route_to"].as_str()).collect();
    routes.sort_unstable();
    routes.dedup();
    let mut body = json!({
        "id": it.id,
        "self": at,
        "name": it.name,
        "description": it.description.as_deref().unwrap_or(""),
        "integrations": it.integrations.iter().map(integration_body).collect::<Vec<Value>>(),
        "routes": routes.len(),
        "created_at": it.created.to_string(),
        "updated_at": it.updated.to_string(),
        "version": version(&it.id, it.changes),
    });
    if let Some(team) = &it.team {
        let at = address(&format!("/teams/{team}"));
        body["team"] = json!({ "id": team, "type": "team_reference", "self": at });
    }
    body
}

fn integration_body(it: &Integration) -> Value {
    json!({ "id": it.id, "label": it.label, "parameters": { "routing_key": it.key, "type": "global" } })
}

/// Differs with every change, and says nothing.
fn version(id: &str, changes: u64) -> String {
    let start: String = id.chars().filter(|it| *it != '-').take(12).collect();
    format!("{start}.{changes}")
}

/// The OpenAPI document: comes with one integration, and its routing key.
pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let sent = call.root("orchestration")?;
    let blank = Orchestration {
        id: String::new(),
        name: String::new(),
        description: None,
        team: None,
        created: call.now,
        updated: call.now,
        changes: 1,
        integrations: Vec::new(),
        paths: BTreeMap::new(),
    };
    let mut made = changed(call, blank, &sent)?;
    made.id = call.create("orchestration");
    made.integrations.push(Integration {
        id: call.account.new_id("orchestration"),
        label: format!("{} Default Integration", made.name),
        key: call.account.new_id("key"),
    });
    let body = body(&made);
    call.account.orchestrations.push(made);
    Ok(Response::json(201, json!({ "orchestration": body })))
}

pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let sent = call.root("orchestration")?;
    let mut it = changed(call, find(call)?.clone(), &sent)?;
    it.updated = call.now;
    it.changes = it.changes.saturating_add(1);
    let body = body(&it);
    *find_mut(call)? = it;
    Ok(Response::json(200, json!({ "orchestration": body })))
}

fn changed(call: &Call<'_>, mut it: Orchestration, sent: &Map<String, Value>) -> Result<Orchestration, Refusal> {
    match text(sent, "name") {
        Ok(Some(Some(name))) if !name.trim().is_empty() => it.name = name.to_owned(),
        Ok(None) if !it.name.is_empty() => {}
        _ => return Err(Refusal::wrong("Name can't be blank")),
    }
    match text(sent, "description") {
        Ok(Some(description)) => it.description = description.map(str::to_owned),
        Ok(None) => {}
        Err(error) => return Err(Refusal::wrong(error)),
    }
    match sent.get("team") {
        Some(team) if team["id"].is_null() => it.team = None,
        Some(team) => {
            let id = team["id"].as_str().filter(|id| call.account.team(id).is_some());
            it.team = Some(id.ok_or_else(|| Refusal::wrong("Team not found"))?.to_owned());
        }
        None => {}
    }
    Ok(it)
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    call.account.orchestrations.retain(|it| it.id != id);
    Ok(Response::nothing(204))
}

/// The OpenAPI document: without pages.
pub(super) fn integrations(call: &mut Call<'_>) -> Answer {
    let rows: Vec<Value> = find(call)?.integrations.iter().map(integration_body).collect();
    let total = rows.len();
    Ok(Response::json(200, json!({ "integrations": rows, "total": total })))
}

pub(super) fn create_integration(call: &mut Call<'_>) -> Answer {
    find(call)?;
    let sent = call.root("integration")?;
    let label = sent.get("label").and_then(Value::as_str).filter(|it| !it.trim().is_empty());
    let label = label.ok_or_else(|| Refusal::wrong("Label can't be blank"))?.to_owned();
    let made = Integration { id: call.account.new_id("orchestration"), label, key: call.account.new_id("key") };
    let body = integration_body(&made);
    find_mut(call)?.integrations.push(made);
    Ok(Response::json(201, json!({ "integration": body })))
}

pub(super) fn integration(call: &mut Call<'_>) -> Answer {
    let id = call.segment(3);
    let found = find(call)?.integrations.iter().find(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    Ok(Response::json(200, json!({ "integration": integration_body(found) })))
}

pub(super) fn delete_integration(call: &mut Call<'_>) -> Answer {
    let id = call.segment(3);
    let integrations = &mut find_mut(call)?.integrations;
    let index = integrations.iter().position(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    integrations.remove(index);
    Ok(Response::nothing(204))
}

/// `router`, `global` and `unrouted`.
pub(super) fn path(call: &mut Call<'_>) -> Answer {
    let kind = call.segment(2);
    let orchestration = find(call)?;
    let body = path_body(call, orchestration, &kind);
    Ok(Response::json(200, json!({ "orchestration_path": body })))
}

fn path_body(call: &Call<'_>, orchestration: &Orchestration, kind: &str) -> Value {
    let at = address(&format!("/event_orchestrations/{}", orchestration.id));
    let path = orchestration.paths.get(kind).cloned();
    let empty = || Path {
        sets: vec![json!({ "id": "start", "rules": [] })],
        catch_all: match kind {
            "router" => json!({ "actions": { "route_to": "unrouted" } }),
            _ => json!({ "actions": {} }),
        },
        updated: orchestration.created,
        changes: 0,
    };
    let mut path = path.unwrap_or_else(empty);
    // terraform-provider-pagerduty 3.30.9: where there are no conditions, null may come back.
    if call.switches.no_conditions == NoConditions::Null {
        for rule in path.sets.iter_mut().filter_map(|it| it["rules"].as_array_mut()).flatten() {
            if rule["conditions"].as_array().is_some_and(Vec::is_empty) {
                rule["conditions"] = Value::Null;
            }
        }
    }
    json!({
        "type": kind,
        "parent": { "id": orchestration.id, "type": "event_orchestration_reference", "self": at },
        "self": format!("{at}/{kind}"),
        "sets": path.sets,
        "catch_all": path.catch_all,
        "created_at": orchestration.created.to_string(),
        "updated_at": path.updated.to_string(),
        "version": version(&orchestration.id, path.changes),
    })
}

/// Replaces the whole path: terraform-provider-pagerduty #648, two writers overwrite each other.
pub(super) fn replace_path(call: &mut Call<'_>) -> Answer {
    let kind = call.segment(2);
    find(call)?;
    let sent = call.root("orchestration_path")?;
    let mut sets = sent.get("sets").and_then(Value::as_array).cloned().unwrap_or_default();
    let catch_all = sent.get("catch_all").cloned().unwrap_or_else(|| json!({ "actions": {} }));
    if !sets.iter().any(|it| it["id"] == "start") {
        return Err(Refusal::wrong("sets must contain a set with the id start"));
    }
    let mut warnings = Vec::new();
    let mut rule_ids = Vec::new();
    let known = call.account.orchestrations.iter().flat_map(|it| it.paths.values()).flat_map(|it| &it.sets);
    let mut next = known.filter_map(|it| it["rules"].as_array()).map(Vec::len).sum::<usize>();
    for set in &mut sets {
        let rules = match set.get_mut("rules") {
            Some(Value::Array(rules)) => rules,
            None => continue,
            Some(_) => return Err(Refusal::wrong("rules must be an array")),
        };
        for rule in rules {
            let Some(rule) = rule.as_object_mut() else { return Err(Refusal::wrong("rules must be objects")) };
            let id = match rule.get("id").and_then(Value::as_str).filter(|it| !it.is_empty()) {
                Some(id) => id.to_owned(),
                None => {
                    next += 1;
                    format!("{:08x}", next.wrapping_mul(0x9E37_79B1) & 0xFFFF_FFFF)
                }
            };
            if rule_ids.contains(&id) {
                return Err(Refusal::wrong(format!("rule id {id} stands there twice")));
            }
            rule.insert("id".to_owned(), json!(id));
            let conditions = rule.entry("conditions").or_insert_with(|| json!([]));
            if conditions.is_null() {
                *conditions = json!([]);
            }
            check_conditions(conditions)?;
            warnings.extend(gated(call, &id, rule));
            rule_ids.push(id);
        }
    }
    if kind == "router" {
        check_router(call, &sets, &catch_all)?;
    }
    let now = call.now;
    let orchestration = find_mut(call)?;
    let changes = orchestration.paths.get(&kind).map_or(0, |it| it.changes).saturating_add(1);
    orchestration.paths.insert(kind.clone(), Path { sets, catch_all, updated: now, changes });
    let mut body = json!({ "orchestration_path": path_body(call, find(call)?, &kind) });
    if !warnings.is_empty() {
        body["warnings"] = json!(warnings);
    }
    Ok(Response::json(200, body))
}

fn check_conditions(conditions: &Value) -> Result<(), Refusal> {
    let list = conditions.as_array().ok_or_else(|| Refusal::wrong("conditions must be an array"))?;
    for it in list {
        let text = it["expression"].as_str().filter(|it| !it.trim().is_empty());
        let text = text.ok_or_else(|| Refusal::wrong("conditions must each have an expression"))?;
        if text.len() > LONGEST_CONDITION {
            return Err(Refusal::wrong("an expression is longer than 2048 bytes"));
        }
        if !is_balanced(text) {
            return Err(Refusal::wrong(format!("an expression could not be parsed: {text}")));
        }
    }
    Ok(())
}

/// Whether quotes and parentheses close. PagerDuty's documentation of PCL: single quotes, `\'` and `\\` within.
fn is_balanced(text: &str) -> bool {
    let (mut open, mut quoted) = (0_u32, false);
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match (sign, quoted) {
            ('\\', true) => {
                signs.next();
            }
            ('\'', _) => quoted = !quoted,
            ('(', false) => open += 1,
            (')', false) if open == 0 => return false,
            (')', false) => open -= 1,
            _ => {}
        }
    }
    open == 0 && !quoted
}

/// The OpenAPI document, and PagerDuty's changelog of 2023: a 200 can carry warnings. The rule is stored, and not
/// evaluated on this plan.
fn gated(call: &Call<'_>, id: &str, rule: &Map<String, Value>) -> Vec<Value> {
    if call.switches.aiops {
        return Vec::new();
    }
    let warning = |feature: &str, kind: &str| {
        json!({
            "message": format!("This rule uses `{feature}`, which the account's plan does not have; it is not evaluated."),
            "rule_id": id,
            "feature": feature,
            "feature_type": kind,
            "warning_type": "forbidden_feature",
        })
    };
    let expressions = rule["conditions"].as_array().into_iter().flatten().filter_map(|it| it["expression"].as_str());
    let mut warnings = Vec::new();
    for it in expressions {
        if it.contains("now in ") {
            warnings.push(warning("recurring_schedule_condition", "conditions"));
        }
        if it.contains("trigger_count over ") {
            warnings.push(warning("threshold_condition", "conditions"));
        }
    }
    if rule.get("actions").is_some_and(|it| !it["dynamic_route_to"].is_null()) {
        warnings.push(warning("dynamic_route_to", "actions"));
    }
    warnings
}

/// The OpenAPI document: one set, `start`; each rule routes; a dynamic route once, in the first rule, by itself.
fn check_router(call: &Call<'_>, sets: &[Value], catch_all: &Value) -> Result<(), Refusal> {
    let [set] = sets else { return Err(Refusal::wrong("a router has exactly one set")) };
    let service = |it: &Value| it.as_str().is_some_and(|id| call.account.service(id).is_some());
    for (index, rule) in set["rules"].as_array().into_iter().flatten().enumerate() {
        let (to, dynamic) = (&rule["actions"]["route_to"], &rule["actions"]["dynamic_route_to"]);
        let alone = rule["conditions"].as_array().is_none_or(Vec::is_empty) && to.is_null();
        match (to, dynamic) {
            (_, Value::Object(_)) if index > 0 || !alone => {
                return Err(Refusal::wrong("dynamic_route_to may only stand alone, in the first rule"));
            }
            (_, Value::Object(it)) => {
                if !matches!(it.get("lookup_by").and_then(Value::as_str), Some("service_name" | "service_id")) {
                    return Err(Refusal::wrong("lookup_by is not included in the list"));
                }
            }
            (to, _) if service(to) => {}
            _ => return Err(Refusal::wrong(format!("rule {} must route to a service", index + 1))),
        }
    }
    let to = &catch_all["actions"]["route_to"];
    if *to != "unrouted" && !service(to) {
        return Err(Refusal::wrong("catch_all must route to a service, or to unrouted"));
    }
    Ok(())
}
