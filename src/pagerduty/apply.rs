//! Work done: one request after the other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::pagerduty::client::{Client, Error, Method, Refusal};
use crate::pagerduty::diff::{Find, Work};
use crate::pagerduty::mark::Mark;
use crate::pagerduty::spec::{Exception, read_event};
use crate::pagerduty::wire::{self, decode, decode_all};
use crate::time::{Instant, Zone};

/// Why work stopped. What was done stays done; the next plan goes on from there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Stopped {
    /// A request failed for good.
    #[error("{title}: {error}")]
    Failed {
        /// What was being done.
        title: String,
        /// What came of it.
        error: Error,
    },
    /// PagerDuty took it, and says that it will not do it.
    #[error("{title}: PagerDuty took it with a warning: {warning}")]
    Warned {
        /// What was being done.
        title: String,
        /// In PagerDuty's words.
        warning: String,
    },
    /// An id that earlier work should have given is not there.
    #[error("{title}: nothing is known of {name}")]
    Unresolved {
        /// What was being done.
        title: String,
        /// Whose id it is.
        name: String,
    },
}

/// Does all of it, in order. `tell` hears of each before it is done.
///
/// # Errors
///
/// [`Stopped`] at the first that cannot be done.
pub fn work(
    client: &mut Client,
    work: &[Work],
    now: Instant,
    mut tell: impl FnMut(usize, &Work),
) -> Result<(), Stopped> {
    let mut ids: BTreeMap<String, String> = BTreeMap::new();
    for (index, work) in work.iter().enumerate() {
        tell(index, work);
        let answer = one(client, work, &ids, now)?;
        if let Some((name, pointer)) = &work.gives {
            let id = answer.pointer(pointer).and_then(Value::as_str);
            let missing = || Error::Unexpected { request: work.path.clone(), key: (*pointer).to_owned() };
            let id = id.ok_or_else(|| Stopped::Failed { title: work.title.clone(), error: missing() })?;
            ids.insert(name.clone(), id.to_owned());
        }
    }
    Ok(())
}

fn one(client: &mut Client, work: &Work, ids: &BTreeMap<String, String>, now: Instant) -> Result<Value, Stopped> {
    let unresolved = |name: String| Stopped::Unresolved { title: work.title.clone(), name };
    let path = filled(&work.path, ids).map_err(unresolved)?;
    let body = match &work.body {
        None => None,
        Some(body) => Some(filled_all(body, ids).map_err(unresolved)?),
    };
    let failed = |error| Stopped::Failed { title: work.title.clone(), error };
    let answer = match work.method {
        Method::Get => client.get(&path, &[]).map_err(failed)?,
        Method::Put if work.find != Find::Nothing => {
            let body = body.unwrap_or_default();
            client.put_once(&path, &body, |client| find(client, &work.find, &body, now)).map_err(failed)?
        }
        Method::Put => client.put(&path, body.unwrap_or_default()).map_err(failed)?,
        Method::Delete => {
            match client.delete(&path) {
                // What is over cannot be removed, and need not be.
                Err(error) if error.refusal() == Some(Refusal::Invalid) && is_dated(&path) => {}
                other => other.map_err(failed)?,
            }
            Value::Null
        }
        Method::Post => {
            let body = body.unwrap_or_default();
            let mut find_in = work.find.clone();
            if let Find::EmptyRotation(place, _) | Find::Event(place, _) | Find::Exception(place, ..) = &mut find_in {
                *place = filled(place, ids).map_err(unresolved)?;
            }
            if let Find::EmptyRotation(_, known) = &mut find_in {
                // Ids are unique among their kind only.
                known.extend(ids.iter().filter(|it| it.0.starts_with("rotation ")).map(|it| it.1.clone()));
            }
            client.create(&path, &body, |client| find(client, &find_in, &body, now)).map_err(failed)?
        }
    };
    let warnings = answer.get("warnings").or_else(|| answer.pointer("/orchestration_path/warnings"));
    if let Some(warning) = warnings.and_then(Value::as_array).and_then(|it| it.first()) {
        let warning = warning["message"].as_str().map_or_else(|| warning.to_string(), str::to_owned);
        return Err(Stopped::Warned { title: work.title.clone(), warning });
    }
    // Overrides of layers come back one by one, each with a status of its own.
    let items = answer.as_array().or_else(|| answer.get("overrides").and_then(Value::as_array));
    for item in items.into_iter().flatten() {
        let status = item["status"].as_u64().and_then(|it| u16::try_from(it).ok()).unwrap_or(201);
        if status >= 300 {
            let details =
                item["errors"].as_array().into_iter().flatten().map(|it| it.as_str().unwrap_or("?").to_owned());
            let (request, message) = (format!("POST {path}"), "an override was refused".to_owned());
            let error = Error::Refused { request, why: Refusal::Invalid, status, message, details: details.collect() };
            return Err(failed(error));
        }
    }
    Ok(answer)
}

/// Whether what it names ends by itself.
fn is_dated(path: &str) -> bool {
    ["/events/", "/overrides/", "/custom_shifts/"].iter().any(|it| path.contains(it))
}

/// A text in which names have become ids.
fn filled(text: &str, ids: &BTreeMap<String, String>) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('‹') {
        let (name, after) = after.split_once('›').unwrap_or((after, ""));
        out.push_str(before);
        out.push_str(ids.get(name).ok_or_else(|| name.to_owned())?);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// The same in all ids of a body. Bodies nest a few levels, for we made them.
fn filled_all(body: &Value, ids: &BTreeMap<String, String>) -> Result<Value, String> {
    Ok(match body {
        Value::String(text) if text.starts_with('‹') && text.ends_with('›') => Value::String(filled(text, ids)?),
        Value::Array(all) => Value::Array(all.iter().map(|it| filled_all(it, ids)).collect::<Result<_, _>>()?),
        Value::Object(fields) => {
            let each = fields.iter().map(|(key, it)| Ok((key.clone(), filled_all(it, ids)?)));
            Value::Object(each.collect::<Result<_, String>>()?)
        }
        other => other.clone(),
    })
}

/// What a request may have made although no answer came, in the shape of that answer.
fn find(client: &mut Client, find: &Find, body: &Value, now: Instant) -> Result<Option<Value>, Error> {
    let marked =
        |it: &Value, key: &str| Mark::read(it["description"].as_str().unwrap_or("")).is_some_and(|it| it.key == key);
    match find {
        Find::Nothing => Ok(None),
        Find::Marked(path, list, key) if path == "/v3/schedules" => {
            // A list of these has names only.
            let name = &body["schedule"]["name"];
            for it in client.list(path, list, &[])? {
                if it["summary"] == *name {
                    let answer = client.get(&format!("{path}/{}", it["id"].as_str().unwrap_or_default()), &[])?;
                    // One that holds something already is older, and was not seen when the plan was made: it cannot be
                    // taken for what this request made. The next plan keeps one of them.
                    let bare = answer["schedule"]["rotations"].as_array().is_none_or(Vec::is_empty);
                    if marked(&answer["schedule"], key) && bare {
                        return Ok(Some(answer));
                    }
                }
            }
            Ok(None)
        }
        Find::Marked(path, list, key) => {
            let one = body.as_object().and_then(|it| it.keys().next()).cloned().unwrap_or_default();
            let all = client.list(path, list, &[])?;
            Ok(all.into_iter().find(|it| marked(it, key)).map(|it| serde_json::json!({ one: it })))
        }
        Find::Named(name) => {
            let all = client.list("/event_orchestrations", "orchestrations", &[])?;
            Ok(all.into_iter().find(|it| it["name"] == **name).map(|it| serde_json::json!({ "orchestration": it })))
        }
        Find::Layer(place, known) => {
            let answer = client.get(&format!("/schedules/{place}"), &[])?;
            let schedule: wire::Schedule = decode(&answer["schedule"]);
            Ok(schedule.schedule_layers.iter().any(|it| !known.contains(&it.id)).then_some(answer))
        }
        Find::EmptyRotation(place, known) => {
            let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
            let fresh = |it: &wire::ShiftRotation| !known.contains(it.id.as_str()) && it.events.is_empty();
            let found = rotations(client, place)?.into_iter().find(fresh);
            Ok(found.map(|it| serde_json::json!({ "rotation": { "id": it.id } })))
        }
        Find::Event(place, event) => {
            let all = rotations(client, place)?;
            let same = |it: &wire::Event| {
                read_event(it, 0).is_some_and(|read| {
                    let starts = |from: Option<i64>| from.unwrap_or(0).max(now.unix());
                    let near = (starts(read.from) - starts(event.from)).abs() < 600;
                    read.turns_as(event) && near && read.until == event.until
                })
            };
            let found = all.iter().flat_map(|it| &it.events).find(|it| same(it));
            Ok(found.map(|it| serde_json::json!({ "event": { "id": it.id } })))
        }
        Find::Exception(place, shifts, exception) => {
            let (since, until) = (now.to_string(), Instant::from_unix(exception.end).to_string());
            let query = [("since", since.as_str()), ("until", until.as_str())];
            if !shifts {
                let answer = client.get(&format!("/schedules/{place}/overrides"), &query)?;
                let all: Vec<wire::Override> =
                    answer["overrides"].as_array().map(|it| decode_all(it)).unwrap_or_default();
                let same = |it: &wire::Override| {
                    let end = wire::instant(&it.end).map(Instant::unix);
                    end == Some(exception.end) && Some(&it.user.id) == exception.user.as_ref()
                };
                return Ok(all.iter().any(same).then(|| Value::Array(Vec::new())));
            }
            let list = if exception.instead_of.is_some() { "overrides" } else { "custom_shifts" };
            let all = client.list(&format!("/v3/schedules/{place}/{list}"), list, &query)?;
            let found = all.into_iter().find(|it| exception_is(it, exception));
            Ok(found.map(|it| serde_json::json!({ list: [it] })))
        }
    }
}

fn exception_is(found: &Value, wanted: &Exception) -> bool {
    let end = found["end_time"].as_str().and_then(wire::instant).map(Instant::unix);
    let member = |it: &Value| it["user_id"].as_str().map(str::to_owned);
    let (user, out) = match &wanted.instead_of {
        None => (member(&found["assignments"][0]["member"]), None),
        Some(_) => (member(&found["overriding_member"]), member(&found["overridden_member"])),
    };
    end == Some(wanted.end) && user == wanted.user && out == wanted.instead_of.as_ref().map(|(_, it)| it.clone())
}

fn rotations(client: &mut Client, place: &str) -> Result<Vec<wire::ShiftRotation>, Error> {
    let answer = client.get(&format!("/v3/schedules/{place}"), &[("time_zone", Zone::utc().name())])?;
    let schedule: wire::ShiftSchedule = decode(&answer["schedule"]);
    let mut all = Vec::new();
    for rotation in schedule.rotations {
        if rotation.events.is_empty() {
            let answer = client.get(&format!("/v3/schedules/{place}/rotations/{}", rotation.id), &[])?;
            all.push(decode(&answer["rotation"]));
        } else {
            all.push(rotation);
        }
    }
    Ok(all)
}
