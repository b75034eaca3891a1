//! Tags: on users, teams and policies; not on services or schedules.

use serde_json::{Value, json};

use crate::rehearsal::account::Tag;
use crate::rehearsal::call::{Answer, Call, by_name, head};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::people::extend;

/// The OpenAPI document.
const LONGEST_LABEL: usize = 191;

pub(super) fn list(call: &mut Call<'_>) -> Answer {
    let sorted = by_name(call.account.tags.iter(), |it| (&it.label, &it.id));
    let rows = sorted.into_iter().filter(|it| call.matches_query(&[&it.label])).map(body).collect();
    call.page("tags", rows)
}

fn body(it: &Tag) -> Value {
    let mut map = head("tag", "/tags", &it.id, &it.label);
    extend(&mut map, json!({ "label": it.label }));
    Value::Object(map)
}

fn find<'a>(call: &'a Call<'_>) -> Result<&'a Tag, Refusal> {
    let id = call.segment(1);
    call.account.tags.iter().find(|it| it.id == id).ok_or_else(Refusal::not_found)
}

pub(super) fn get(call: &mut Call<'_>) -> Answer {
    let body = body(find(call)?);
    Ok(Response::json(200, json!({ "tag": body })))
}

pub(super) fn create(call: &mut Call<'_>) -> Answer {
    let sent = call.root("tag")?;
    let label = label(sent.get("label").unwrap_or(&Value::Null))?;
    if call.account.tags.iter().any(|it| it.label == label) {
        return Err(Refusal::wrong("Label has already been taken"));
    }
    let made = Tag { id: call.create("tag"), label, on: Vec::new() };
    let body = body(&made);
    call.account.tags.push(made);
    Ok(Response::json(201, json!({ "tag": body })))
}

fn label(sent: &Value) -> Result<String, Refusal> {
    let label = sent.as_str().filter(|it| (1..=LONGEST_LABEL).contains(&it.trim().chars().count()));
    label.map(str::to_owned).ok_or_else(|| Refusal::wrong("Label must have from 1 to 191 characters"))
}

pub(super) fn delete(call: &mut Call<'_>) -> Answer {
    let id = find(call)?.id.clone();
    call.account.tags.retain(|it| it.id != id);
    Ok(Response::nothing(204))
}

/// What carries a tag, of one kind.
pub(super) fn tagged(call: &mut Call<'_>) -> Answer {
    let kind = call.segment(2);
    let rows = find(call)?.on.iter().filter(|it| it.0 == kind).map(|(_, id)| match kind.as_str() {
        "users" => call.account.user_reference(id),
        "teams" => call.account.team_reference(id),
        _ => call.account.policy_reference(id),
    });
    let rows = rows.collect();
    call.page(&kind, rows)
}

/// Whether something is there to be tagged, and readers see it already.
///
/// terraform-provider-pagerduty #789, #1019: right after it is created it may be 404.
fn entity(call: &Call<'_>) -> Result<(String, String), Refusal> {
    let (kind, id) = (call.segment(0), call.segment(1));
    let (there, name) = match kind.as_str() {
        "users" => (call.account.user(&id).is_some_and(|it| !it.gone), "user"),
        "teams" => (call.account.team(&id).is_some(), "team"),
        _ => (call.account.policy(&id).is_some(), "escalation_policy"),
    };
    if there && !call.is_unseen(name, &id) { Ok((kind, id)) } else { Err(Refusal::not_found()) }
}

pub(super) fn of(call: &mut Call<'_>) -> Answer {
    let of = entity(call)?;
    let sorted = by_name(call.account.tags.iter().filter(|it| it.on.contains(&of)), |it| (&it.label, &it.id));
    let rows = sorted.into_iter().map(body).collect();
    call.page("tags", rows)
}

/// A label that is unknown becomes a tag.
pub(super) fn change(call: &mut Call<'_>) -> Answer {
    let of = entity(call)?;
    let sent = call.body()?;
    let list = |key: &str| sent.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    // All of it is looked at before anything is done.
    let mut adds: Vec<(Option<String>, String)> = Vec::new();
    for it in list("add") {
        match it["type"].as_str() {
            Some("tag") => {
                let label = label(&it["label"])?;
                let known = call.account.tags.iter().find(|tag| tag.label == label).map(|tag| tag.id.clone());
                adds.push((known, label));
            }
            Some("tag_reference") => adds.push((Some(known(call, &it)?), String::new())),
            _ => return Err(Refusal::wrong("type must be tag or tag_reference")),
        }
    }
    let removes: Result<Vec<String>, Refusal> = list("remove").iter().map(|it| known(call, it)).collect();
    let removes = removes?;
    for (id, label) in adds {
        let id = match id {
            Some(id) => id,
            None => {
                let id = call.account.new_id("tag");
                call.account.tags.push(Tag { id: id.clone(), label, on: Vec::new() });
                id
            }
        };
        if let Some(tag) = call.account.tags.iter_mut().find(|it| it.id == id && !it.on.contains(&of)) {
            tag.on.push(of.clone());
        }
    }
    for tag in call.account.tags.iter_mut().filter(|it| removes.contains(&it.id)) {
        tag.on.retain(|it| *it != of);
    }
    Ok(Response::json(200, json!({})))
}

fn known(call: &Call<'_>, sent: &Value) -> Result<String, Refusal> {
    let tag = call.account.tags.iter().find(|it| sent["id"] == json!(it.id));
    tag.map(|it| it.id.clone()).ok_or_else(|| Refusal::wrong("Tag not found"))
}
