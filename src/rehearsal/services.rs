//! Services, as far as a policy hangs on them.

use serde_json::{Map, Value, json};

use crate::rehearsal::account::{Integration, Service};
use crate::rehearsal::call::{Answer, Call, by_name, head, reference, text};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::people::{extend, has_open_incidents};
use crate::rehearsal::times;

/// PagerDuty's own: 25,000 services an account.
const MOST: usize = 25_000;
/// What is kept as it is sent.
const SETTINGS: &[&str] = &[
    "description",
    "auto_resolve_timeout",
    "acknowledgement_timeout",
    "incident_urgency_rule",
    "support_hours",
    "scheduled_actions",
    "alert_creation",
    "alert_grouping_parameters",
    "auto_pause_notifications_parameters",
];

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let sorted = by_name(call.account.services.iter(), |it| (&it.name, &it.id));
    let named = call.request.parameter("name").filter(|it| !it.is_empty());
    let rows = sorted.into_iter().filter(|it| {
        let teams = teams(call, it);
        named.is_none_or(|name| name == it.name)
            && call.sees(&teams)
            && call.of_asked_teams(&teams)
            && call.matches_query(&[&it.name])
    });
    let mut rows: Vec<Value> = rows.map(|it| body(call, it)).collect();
    if call.request.parameter("sort_by") == Some("name:desc") {
        rows.reverse();
    }
    call.page("services", rows)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let body = body(call, find(call)?);
    Ok(Response::json(200, json!({ "service": body })))
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Service, Refusal> {
    let service = call.account.service(&call.segment(1)).ok_or_else(Refusal::not_found)?;
    if call.sees(&teams(call, service)) { Ok(service) } else { Err(Refusal::not_found()) }
}

fn teams(call: &Call<'_>, service: &Service) -> Vec<String> {
    call.account.policy(&service.policy).and_then(|it| it.team.clone()).into_iter().collect()
}

fn body(call: &Call<'_>, service: &Service) -> Value {
    let account = &call.account;
    let mut map = head("service", "/services", &service.id, &service.name);
    let last = account.incidents.iter().filter(|it| it.service == service.id).map(|it| it.created).max();
    let status = if has_open_incidents(call, &service.id) { "critical" } else { "active" };
    let integration = |it: &Integration| match call.request.includes("integrations") {
        true => integration_body(service, it),
        false => reference(
            "events_api_v2_inbound_integration",
            &format!("/services/{}/integrations", service.id),
            &it.id,
            &it.label,
        ),
    };
    extend(
        &mut map,
        json!({
            "name": service.name,
            "description": null,
            "auto_resolve_timeout": null,
            "acknowledgement_timeout": null,
            "created_at": service.created.to_string(),
            "status": status,
            "escalation_policy": account.policy_reference(&service.policy),
            "teams": teams(call, service).iter().map(|it| account.team_reference(it)).collect::<Vec<Value>>(),
            "integrations": service.integrations.iter().map(integration).collect::<Vec<Value>>(),
            "incident_urgency_rule": { "type": "constant", "urgency": "high" },
            "support_hours": null,
            "scheduled_actions": [],
            "addons": [],
            "alert_creation": "create_alerts_and_incidents",
        }),
    );
    if let Some(last) = last {
        map.insert("last_incident_timestamp".to_owned(), json!(last.to_string()));
    }
    map.extend(service.settings.clone());
    Value::Object(map)
}

/// The key of an integration lets anybody page: it is shown only where it is asked for.
fn integration_body(service: &Service, it: &Integration) -> Value {
    let path = format!("/services/{}/integrations", service.id);
    let mut map = head("events_api_v2_inbound_integration", &path, &it.id, &it.label);
    extend(&mut map, json!({ "name": it.label, "integration_key": it.key, "created_at": service.created.to_string() }));
    Value::Object(map)
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let sent = call.root("service")?;
    if call.account.services.len() >= MOST {
        return Err(Refusal::wrong("Service limit reached"));
    }
    if sent.get("status").is_some_and(|it| *it != json!("active")) {
        return Err(Refusal::wrong("Status must be active when a service is created"));
    }
    let blank = Service {
        id: String::new(),
        name: String::new(),
        policy: String::new(),
        created: call.now,
        settings: Map::new(),
        integrations: Vec::new(),
    };
    let mut service = changed(call, blank, &sent)?;
    service.id = call.create("service");
    call.account.services.push(service.clone());
    Ok(Response::json(201, json!({ "service": body(call, &service) })))
}

/// An ordinary partial update; what the server makes, and what is unknown, is ignored.
pub(super) fn update(call: &mut Call<'_>) -> Answer {
    let sent = call.root("service")?;
    let service = changed(call, find(call)?.clone(), &sent)?;
    if let Some(place) = call.account.services.iter_mut().find(|it| it.id == service.id) {
        place.clone_from(&service);
    }
    Ok(Response::json(200, json!({ "service": body(call, &service) })))
}

fn changed(call: &Call<'_>, mut service: Service, sent: &Map<String, Value>) -> Result<Service, Refusal> {
    let mut errors: Vec<String> = Vec::new();
    match text(sent, "name") {
        Ok(Some(Some(name))) if !name.trim().is_empty() => {
            // PagerDuty's documentation, code 2001.
            if call.account.services.iter().any(|it| it.id != service.id && it.name == name) {
                errors.push("Name has already been taken".to_owned());
            }
            service.name = name.to_owned();
        }
        Ok(None) if !service.name.is_empty() => {}
        _ => errors.push("Name can't be blank".to_owned()),
    }
    match sent.get("escalation_policy").map(|it| it["id"].as_str()) {
        Some(Some(id)) if call.account.policy(id).is_some() => service.policy = id.to_owned(),
        None if !service.policy.is_empty() => {}
        Some(Some(_)) => errors.push("Escalation policy not found".to_owned()),
        _ => errors.push("Escalation policy can't be blank".to_owned()),
    }
    for key in SETTINGS {
        if let Some(value) = sent.get(*key) {
            service.settings.insert((*key).to_owned(), value.clone());
        }
    }
    for key in ["auto_resolve_timeout", "acknowledgement_timeout"] {
        match service.settings.get(key).map(|it| (it.is_null(), it.as_i64())) {
            None | Some((true, _) | (_, Some(1..))) => {}
            // The OpenAPI document: 0 is off, as null is.
            Some((_, Some(0))) => {
                service.settings.insert(key.to_owned(), Value::Null);
            }
            Some(_) => errors.push(format!("{key} must not be negative")),
        }
    }
    errors.extend(urgency(&service.settings).err());
    if errors.is_empty() { Ok(service) } else { Err(Refusal::invalid(errors)) }
}

/// terraform-provider-pagerduty #415, #535: support hours left over beside a constant urgency give this text, to the
/// letter, which misleads.
const MISLEADING: &str = "Active urgency must be in high, low, or severity_based.";

fn urgency(settings: &Map<String, Value>) -> Result<(), String> {
    let set = |key: &str| settings.get(key).filter(|it| !it.is_null());
    let word = |it: &Value| matches!(it["urgency"].as_str(), Some("high" | "low" | "severity_based"));
    let Some(rule) = set("incident_urgency_rule") else { return Ok(()) };
    let actions = set("scheduled_actions").and_then(Value::as_array).map_or(0, Vec::len);
    match rule["type"].as_str() {
        Some("constant") if set("support_hours").is_some() || actions > 0 || !word(rule) => Err(MISLEADING.to_owned()),
        Some("constant") => Ok(()),
        Some("use_support_hours") => {
            let hours = set("support_hours").ok_or("Support hours can't be blank")?;
            if !word(&rule["during_support_hours"]) || !word(&rule["outside_support_hours"]) {
                return Err(MISLEADING.to_owned());
            }
            let days = hours["days_of_week"].as_array().filter(|it| !it.is_empty());
            if !days.is_some_and(|it| it.iter().all(|day| day.as_u64().is_some_and(|it| (1..=7).contains(&it)))) {
                return Err("Days of week must be from 1 to 7".to_owned());
            }
            for key in ["start_time", "end_time"] {
                if hours[key].as_str().and_then(times::read_time_of_day).is_none() {
                    return Err(format!("Support hours {key} is not a time of day"));
                }
            }
            if hours["time_zone"].as_str().and_then(times::listed_zone).is_none() {
                return Err("Support hours time zone is not included in the list".to_owned());
            }
            // The OpenAPI document: only to high, only at these two times.
            for action in set("scheduled_actions").and_then(Value::as_array).into_iter().flatten() {
                let at = matches!(action["at"]["name"].as_str(), Some("support_hours_start" | "support_hours_end"));
                if action["to_urgency"] != "high" || !at {
                    return Err("Scheduled actions are not valid".to_owned());
                }
            }
            Ok(())
        }
        _ => Err("Incident urgency rule type is not included in the list".to_owned()),
    }
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    call.account.services.retain(|it| it.id != id);
    Ok(Response::nothing(204))
}

pub(super) fn create_integration(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    let sent = call.root("integration")?;
    let label = sent.get("name").or(sent.get("summary")).and_then(Value::as_str).unwrap_or("Events API V2").to_owned();
    let made = Integration { id: call.account.new_id("integration"), label, key: call.account.new_id("key") };
    let service = call.account.services.iter_mut().find(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    service.integrations.push(made.clone());
    Ok(Response::json(201, json!({ "integration": integration_body(service, &made) })))
}

pub(super) fn integration(call: &mut Call<'_>) -> Answer {
    let (service, id) = (find(call)?, call.segment(3));
    let found = service.integrations.iter().find(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    Ok(Response::json(200, json!({ "integration": integration_body(service, found) })))
}
