//! From a request to what answers it.

use crate::rehearsal::account::{Account, Token};
use crate::rehearsal::call::{Answer, Call};
use crate::rehearsal::message::{Method, Refusal, Request, Response};
use crate::rehearsal::switches::Switches;
use crate::rehearsal::{incidents, orchestrations, people, policies, schedules, services, shifts, tags};
use crate::time::Instant;

/// The longest body that is read.
const LONGEST_BODY: usize = 2 * 1024 * 1024;

/// An answer, and what it created: kinds and ids.
pub(super) struct Answered {
    pub(super) response: Response,
    pub(super) created: Vec<(&'static str, String)>,
}

/// Answers as PagerDuty would, and never fails.
pub(super) fn answer(account: &mut Account, switches: &Switches, request: &Request, now: Instant) -> Answered {
    account.unseen.retain(|it| it.until > now);
    // terraform-provider-pagerduty #273: creates are eventually consistent, so that readers are late.
    if request.method == Method::Get && !account.unseen.is_empty() {
        let mut seen = seen(account);
        return asked(&mut seen, switches, request, now);
    }
    asked(account, switches, request, now)
}

fn asked(account: &mut Account, switches: &Switches, request: &Request, now: Instant) -> Answered {
    let segments = request.segments();
    let caller = match authenticated(account, request) {
        Ok(caller) => caller.clone(),
        Err(refusal) => return Answered { response: refusal.into_response(), created: Vec::new() },
    };
    let created = Vec::new();
    let mut call = Call { account, switches, request, segments: &segments, now, caller: &caller, created };
    let response = handled(&mut call).unwrap_or_else(Refusal::into_response);
    Answered { response, created: call.created }
}

fn seen(account: &Account) -> Account {
    let mut seen = account.clone();
    let unseen = |kind: &str, id: &str| account.unseen.iter().any(|it| it.kind == kind && it.id == id);
    seen.users.retain(|it| !unseen("user", &it.id));
    seen.teams.retain(|it| !unseen("team", &it.id));
    seen.schedules.retain(|it| !unseen("schedule", &it.id));
    seen.shift_schedules.retain(|it| !unseen("schedule", &it.id));
    seen.policies.retain(|it| !unseen("escalation_policy", &it.id));
    seen.services.retain(|it| !unseen("service", &it.id));
    seen.orchestrations.retain(|it| !unseen("orchestration", &it.id));
    seen.tags.retain(|it| !unseen("tag", &it.id));
    seen
}

/// PagerDuty's documentation: `Token token=KEY` exactly, or `Bearer TOKEN`; anything else is 401.
pub(super) fn authenticated<'a>(account: &'a Account, request: &Request) -> Result<&'a Token, Refusal> {
    let given = request.headers.get("authorization").map_or("", String::as_str);
    let key = given.strip_prefix("Token token=").or_else(|| given.strip_prefix("Bearer "));
    let key = key.ok_or_else(Refusal::unauthenticated)?;
    account.tokens.iter().find(|it| it.token == key).ok_or_else(Refusal::unauthenticated)
}

fn handled(call: &mut Call<'_>) -> Answer {
    let request = call.request;
    let segments: Vec<&str> = call.segments.iter().map(String::as_str).collect();
    let Some(handler) = handler(request.method, &segments) else {
        let others = [Method::Get, Method::Post, Method::Put, Method::Delete];
        let elsewhere = others.iter().any(|it| handler(*it, &segments).is_some());
        return Err(if elsewhere { Refusal::method() } else { Refusal::not_found() });
    };
    // A report is asked for by POST, and changes nothing.
    let reads = request.method == Method::Get || segments.first() == Some(&"analytics");
    if !reads && !call.caller.may_write {
        return Err(Refusal::denied("Your key is read-only"));
    }
    if request.body.len() > LONGEST_BODY {
        return Err(Refusal::too_large("the body is longer than 2 MiB"));
    }
    // PagerDuty's documentation: bodies say what they are.
    let kind = request.headers.get("content-type").map_or("", String::as_str);
    if !request.body.is_empty() && request.method.writes() && !kind.starts_with("application/json") {
        return Err(Refusal::wrong("Content-Type must be application/json"));
    }
    if request.set("team_ids").next().is_some() {
        call.needs("teams")?;
    }
    // What would have happened by itself since the last request has happened.
    incidents::escalate(call);
    handler(call)
}

type Handler = fn(&mut Call<'_>) -> Answer;

/// What answers a path. One line an operation.
fn handler(method: Method, path: &[&str]) -> Option<Handler> {
    use Method::{Delete, Get, Post, Put};
    Some(match (method, path) {
        (Get, ["abilities"]) => people::abilities,
        (Get, ["abilities", _]) => people::ability,

        (Get, ["users"]) => people::users,
        (Post, ["users"]) => people::create_user,
        (Get, ["users", "me"]) => people::me,
        (Get, ["users", _]) => people::user,
        (Put, ["users", _]) => people::update_user,
        (Delete, ["users", _]) => people::delete_user,
        (Get, ["users", _, "contact_methods"]) => people::contact_methods,
        (Post, ["users", _, "contact_methods"]) => people::create_contact_method,
        (Get, ["users", _, "contact_methods", _]) => people::contact_method,
        (Get, ["users", _, "notification_rules"]) => people::notification_rules,

        (Get, ["teams"]) => people::teams,
        (Post, ["teams"]) => people::create_team,
        (Get, ["teams", _]) => people::team,
        (Put, ["teams", _]) => people::update_team,
        (Delete, ["teams", _]) => people::delete_team,
        (Get, ["teams", _, "members"]) => people::members,
        (Put, ["teams", _, "users", _]) => people::add_member,
        (Delete, ["teams", _, "users", _]) => people::remove_member,
        (Put, ["teams", _, "escalation_policies", _]) => people::add_policy,
        (Delete, ["teams", _, "escalation_policies", _]) => people::remove_policy,

        (Get, ["schedules"]) => schedules::list,
        (Post, ["schedules"]) => schedules::create,
        (Post, ["schedules", "preview"]) => schedules::preview,
        (Get, ["schedules", _]) => schedules::get,
        (Put, ["schedules", _]) => schedules::update,
        (Delete, ["schedules", _]) => schedules::delete,
        (Get, ["schedules", _, "users"]) => schedules::users_of,
        (Get, ["schedules", _, "overrides"]) => schedules::overrides,
        (Post, ["schedules", _, "overrides"]) => schedules::create_overrides,
        (Delete, ["schedules", _, "overrides", _]) => schedules::delete_override,

        (Get, ["v3", "schedules"]) => shifts::list,
        (Post, ["v3", "schedules"]) => shifts::create,
        (Get, ["v3", "schedules", _]) => shifts::get,
        (Put, ["v3", "schedules", _]) => shifts::update,
        (Delete, ["v3", "schedules", _]) => shifts::delete,
        (Get, ["v3", "schedules", _, "rotations"]) => shifts::rotations,
        (Post, ["v3", "schedules", _, "rotations"]) => shifts::create_rotation,
        (Get, ["v3", "schedules", _, "rotations", _]) => shifts::get_rotation,
        (Delete, ["v3", "schedules", _, "rotations", _]) => shifts::delete_rotation,
        (Get, ["v3", "schedules", _, "rotations", _, "events"]) => shifts::events,
        (Post, ["v3", "schedules", _, "rotations", _, "events"]) => shifts::create_event,
        (Get, ["v3", "schedules", _, "rotations", _, "events", _]) => shifts::get_event,
        (Put, ["v3", "schedules", _, "rotations", _, "events", _]) => shifts::update_event,
        (Delete, ["v3", "schedules", _, "rotations", _, "events", _]) => shifts::delete_event,
        (Get, ["v3", "schedules", _, "custom_shifts"]) => shifts::custom_shifts,
        (Post, ["v3", "schedules", _, "custom_shifts"]) => shifts::create_custom_shifts,
        (Get, ["v3", "schedules", _, "custom_shifts", _]) => shifts::get_custom_shift,
        (Put, ["v3", "schedules", _, "custom_shifts", _]) => shifts::update_custom_shift,
        (Delete, ["v3", "schedules", _, "custom_shifts", _]) => shifts::delete_custom_shift,
        (Get, ["v3", "schedules", _, "overrides"]) => shifts::overrides,
        (Post, ["v3", "schedules", _, "overrides"]) => shifts::create_overrides,
        (Get, ["v3", "schedules", _, "overrides", _]) => shifts::get_override,
        (Put, ["v3", "schedules", _, "overrides", _]) => shifts::update_override,
        (Delete, ["v3", "schedules", _, "overrides", _]) => shifts::delete_override,

        (Get, ["escalation_policies"]) => policies::list,
        (Post, ["escalation_policies"]) => policies::create,
        (Get, ["escalation_policies", _]) => policies::get,
        (Put, ["escalation_policies", _]) => policies::update,
        (Delete, ["escalation_policies", _]) => policies::delete,
        (Get, ["oncalls"]) => policies::oncalls,

        (Get, ["services"]) => services::list,
        (Post, ["services"]) => services::create,
        (Get, ["services", _]) => services::get,
        (Put, ["services", _]) => services::update,
        (Delete, ["services", _]) => services::delete,
        (Post, ["services", _, "integrations"]) => services::create_integration,
        (Get, ["services", _, "integrations", _]) => services::integration,

        (Get, ["event_orchestrations"]) => orchestrations::list,
        (Post, ["event_orchestrations"]) => orchestrations::create,
        (Get, ["event_orchestrations", _]) => orchestrations::get,
        (Put, ["event_orchestrations", _]) => orchestrations::update,
        (Delete, ["event_orchestrations", _]) => orchestrations::delete,
        (Get, ["event_orchestrations", _, "integrations"]) => orchestrations::integrations,
        (Post, ["event_orchestrations", _, "integrations"]) => orchestrations::create_integration,
        (Get, ["event_orchestrations", _, "integrations", _]) => orchestrations::integration,
        (Delete, ["event_orchestrations", _, "integrations", _]) => orchestrations::delete_integration,
        (Get, ["event_orchestrations", _, "router" | "global" | "unrouted"]) => orchestrations::path,
        (Put, ["event_orchestrations", _, "router" | "global" | "unrouted"]) => orchestrations::replace_path,

        (Get, ["tags"]) => tags::list,
        (Post, ["tags"]) => tags::create,
        (Get, ["tags", _]) => tags::get,
        (Delete, ["tags", _]) => tags::delete,
        (Get, ["tags", _, "users" | "teams" | "escalation_policies"]) => tags::tagged,
        (Get, ["users" | "teams" | "escalation_policies", _, "tags"]) => tags::of,
        (Post, ["users" | "teams" | "escalation_policies", _, "change_tags"]) => tags::change,

        (Get, ["incidents"]) => incidents::list,
        (Post, ["incidents"]) => incidents::create,
        (Put, ["incidents"]) => incidents::update_all,
        (Get, ["incidents", _]) => incidents::get,
        (Put, ["incidents", _]) => incidents::update,
        (Get, ["incidents", _, "log_entries"]) => incidents::log_of,
        (Get, ["log_entries"]) => incidents::log_all,
        (Post, ["analytics", "raw", "incidents"]) => incidents::analytics,
        _ => return None,
    })
}
