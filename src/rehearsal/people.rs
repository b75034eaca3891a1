//! Users, teams, and what the account may do.

use serde_json::{Map, Value, json};

use crate::rehearsal::account::{ContactMethod, Membership, Status, Target, Team, User};
use crate::rehearsal::call::{Answer, Call, by_name, head, text};
use crate::rehearsal::message::{Refusal, Response};
use crate::rehearsal::times;

/// The OpenAPI document's roles.
const ROLES: &[&str] = &[
    "admin",
    "limited_user",
    "observer",
    "owner",
    "read_only_user",
    "restricted_access",
    "read_only_limited_user",
    "user",
];
const TEAM_ROLES: &[&str] = &["observer", "responder", "manager"];
const CONTACT_METHODS: &[&str] = &[
    "email_contact_method",
    "phone_contact_method",
    "push_notification_contact_method",
    "sms_contact_method",
    "whatsapp_contact_method",
];

pub(super) fn abilities(call: &mut Call<'_>) -> Answer {
    Ok(Response::json(200, json!({ "abilities": call.account.abilities })))
}

pub(super) fn ability(call: &mut Call<'_>) -> Answer {
    call.needs(&call.segment(1))?;
    Ok(Response::nothing(204))
}

/// PagerDuty's documentation: deactivated users vanish from the list; schedules and history still have their ids.
pub(super) fn users(call: &mut Call<'_>) -> Answer {
    let sorted = by_name(call.account.users.iter().filter(|it| !it.gone), |it| (&it.name, &it.id));
    let teams = |user: &User| teams_of(call, user).iter().map(|it| it.id.clone()).collect::<Vec<_>>();
    let rows = sorted
        .into_iter()
        .filter(|it| call.matches_query(&[&it.name, &it.email]) && call.of_asked_teams(&teams(it)))
        .map(|it| user_body(call, it, true));
    call.page("users", rows.collect())
}

pub(super) fn user(call: &mut Call<'_>) -> Answer {
    let body = user_body(call, find_user(call)?, true);
    Ok(Response::json(200, json!({ "user": body })))
}

/// The OpenAPI document: works with the key of a user, and not with that of an account.
pub(super) fn me(call: &mut Call<'_>) -> Answer {
    let user = call.caller.user.as_ref().and_then(|it| call.account.user(it)).filter(|it| !it.gone);
    let user = user.ok_or_else(|| Refusal::wrong("The request must be made with a user-level key"))?;
    let body = user_body(call, user, true);
    Ok(Response::json(200, json!({ "user": body })))
}

fn find_user<'a>(call: &'a Call<'_>) -> Result<&'a User, Refusal> {
    let id = call.segment(1);
    call.account.user(&id).filter(|it| !it.gone).ok_or_else(Refusal::not_found)
}

fn user_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut User, Refusal> {
    let id = call.segment(1);
    call.account.users.iter_mut().find(|it| it.id == id && !it.gone).ok_or_else(Refusal::not_found)
}

fn teams_of<'a>(call: &'a Call<'_>, user: &User) -> Vec<&'a Team> {
    call.account.teams.iter().filter(|it| it.members.iter().any(|member| member.user == user.id)).collect()
}

pub(super) fn user_body(call: &Call<'_>, user: &User, includes: bool) -> Value {
    let includes = |what: &str| includes && call.request.includes(what);
    let mut map = head("user", "/users", &user.id, &user.name);
    let contact = |it: &ContactMethod| {
        let full = contact_body(user, it);
        match includes("contact_methods") {
            true => full,
            false => {
                json!({ "id": it.id, "type": format!("{}_reference", it.kind), "summary": it.label, "self": full["self"], "html_url": null })
            }
        }
    };
    let teams: Vec<Value> = teams_of(call, user)
        .into_iter()
        .map(|it| if includes("teams") { team_body(it) } else { call.account.team_reference(&it.id) })
        .collect();
    let rest = json!({
        "name": user.name,
        "email": user.email,
        "time_zone": user.zone.name(),
        "color": "purple",
        "role": user.role,
        "avatar_url": "https://rehearsal.invalid/avatar.png",
        "description": user.description,
        "invitation_sent": false,
        "job_title": user.job_title.as_deref().unwrap_or(""),
        "created_via_sso": false,
        "teams": teams,
        "contact_methods": user.contact_methods.iter().map(contact).collect::<Vec<Value>>(),
        "notification_rules": [],
    });
    extend(&mut map, rest);
    Value::Object(map)
}

pub(super) fn extend(map: &mut Map<String, Value>, rest: Value) {
    if let Value::Object(rest) = rest {
        map.extend(rest);
    }
}

fn contact_body(user: &User, it: &ContactMethod) -> Value {
    let mut map = head(&it.kind, &format!("/users/{}/contact_methods", user.id), &it.id, &it.label);
    extend(&mut map, json!({ "label": it.label, "address": it.address, "html_url": null }));
    match it.kind.as_str() {
        "email_contact_method" => extend(&mut map, json!({ "send_short_email": false, "enabled": true })),
        _ => extend(
            &mut map,
            json!({ "country_code": it.country_code.unwrap_or(1), "blacklisted": false, "enabled": true }),
        ),
    }
    Value::Object(map)
}

/// The OpenAPI document: `From` is required, the email of somebody who is there already.
pub(super) fn create_user(call: &mut Call<'_>) -> Answer {
    call.from()?;
    let sent = call.root("user")?;
    let blank = User {
        id: String::new(),
        name: String::new(),
        email: String::new(),
        zone: call.account.zone.clone(),
        role: "user".to_owned(),
        job_title: None,
        description: None,
        contact_methods: Vec::new(),
        gone: false,
    };
    let mut user = changed_user(call, blank, &sent)?;
    user.id = call.create("user");
    user.contact_methods.push(ContactMethod {
        id: call.account.new_id("contact_method"),
        kind: "email_contact_method".to_owned(),
        label: "Default".to_owned(),
        address: user.email.clone(),
        country_code: None,
    });
    call.account.users.push(user.clone());
    Ok(Response::json(201, json!({ "user": user_body(call, &user, true) })))
}

pub(super) fn update_user(call: &mut Call<'_>) -> Answer {
    let user = changed_user(call, find_user(call)?.clone(), &call.root("user")?)?;
    user_mut(call)?.clone_from(&user);
    Ok(Response::json(200, json!({ "user": user_body(call, &user, true) })))
}

fn changed_user(call: &Call<'_>, mut user: User, sent: &Map<String, Value>) -> Result<User, Refusal> {
    let mut errors = Vec::new();
    match text(sent, "name") {
        Ok(Some(Some(name))) if (1..=100).contains(&name.trim().chars().count()) => user.name = name.to_owned(),
        Ok(None) if !user.name.is_empty() => {}
        _ => errors.push("Name must have from 1 to 100 characters".to_owned()),
    }
    match text(sent, "email") {
        Ok(Some(Some(email))) if email.contains('@') && (6..=100).contains(&email.chars().count()) => {
            let taken = |it: &&User| it.id != user.id && !it.gone && it.email.eq_ignore_ascii_case(email);
            match call.account.users.iter().find(taken) {
                // PagerDuty's documentation, code 2001.
                Some(_) => errors.push("Email has already been taken".to_owned()),
                None => user.email = email.to_owned(),
            }
        }
        Ok(None) if !user.email.is_empty() => {}
        _ => errors.push("Email is invalid".to_owned()),
    }
    match text(sent, "role") {
        Ok(Some(Some(role))) if ROLES.contains(&role) => user.role = role.to_owned(),
        Ok(None) => {}
        _ => errors.push("Role is not included in the list".to_owned()),
    }
    match text(sent, "time_zone") {
        Ok(Some(Some(name))) => match times::listed_zone(name).or_else(|| times::any_zone(name)) {
            Some(zone) => user.zone = zone,
            None => errors.push("Time zone is not included in the list".to_owned()),
        },
        // The OpenAPI document: null is the account's.
        Ok(Some(None)) => user.zone = call.account.zone.clone(),
        Ok(None) => {}
        Err(error) => errors.push(error),
    }
    for (key, place) in [("job_title", &mut user.job_title), ("description", &mut user.description)] {
        match text(sent, key) {
            Ok(Some(it)) => *place = it.map(str::to_owned),
            Ok(None) => {}
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() { Ok(user) } else { Err(Refusal::invalid(errors)) }
}

pub(super) fn delete_user(call: &mut Call<'_>) -> Answer {
    let user = user_mut(call)?;
    user.gone = true;
    let id = user.id.clone();
    for team in &mut call.account.teams {
        team.members.retain(|it| it.user != id);
    }
    Ok(Response::nothing(204))
}

pub(super) fn contact_methods(call: &mut Call<'_>) -> Answer {
    let user = find_user(call)?;
    let rows: Vec<Value> = user.contact_methods.iter().map(|it| contact_body(user, it)).collect();
    Ok(Response::json(200, json!({ "contact_methods": rows })))
}

pub(super) fn create_contact_method(call: &mut Call<'_>) -> Answer {
    find_user(call)?;
    let sent = call.root("contact_method")?;
    let kind = sent.get("type").and_then(Value::as_str).filter(|it| CONTACT_METHODS.contains(it));
    let kind = kind.ok_or_else(|| Refusal::wrong("Type is not included in the list"))?;
    let address = sent.get("address").and_then(Value::as_str).filter(|it| !it.is_empty());
    let address = address.ok_or_else(|| Refusal::wrong("Address can't be blank"))?;
    let made = ContactMethod {
        id: call.account.new_id("contact_method"),
        kind: kind.to_owned(),
        label: sent.get("label").and_then(Value::as_str).unwrap_or("Default").to_owned(),
        address: address.to_owned(),
        country_code: sent.get("country_code").and_then(Value::as_i64),
    };
    let user = user_mut(call)?;
    user.contact_methods.push(made.clone());
    Ok(Response::json(201, json!({ "contact_method": contact_body(user, &made) })))
}

pub(super) fn contact_method(call: &mut Call<'_>) -> Answer {
    let (user, id) = (find_user(call)?, call.segment(3));
    let found = user.contact_methods.iter().find(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    Ok(Response::json(200, json!({ "contact_method": contact_body(user, found) })))
}

/// Nobody has any here: the rehearsal notifies nobody.
pub(super) fn notification_rules(call: &mut Call<'_>) -> Answer {
    find_user(call)?;
    Ok(Response::json(200, json!({ "notification_rules": [] })))
}

pub(super) fn teams(call: &mut Call<'_>) -> Answer {
    call.needs("teams")?;
    let sorted = by_name(call.account.teams.iter(), |it| (&it.name, &it.id));
    let rows =
        sorted.into_iter().filter(|it| call.matches_query(&[&it.name]) && call.sees(std::slice::from_ref(&it.id)));
    let rows = rows.map(team_body).collect();
    call.page("teams", rows)
}

fn team_body(team: &Team) -> Value {
    let mut map = head("team", "/teams", &team.id, &team.name);
    extend(
        &mut map,
        json!({
            "name": team.name,
            "description": team.description,
            "default_role": team.default_role,
            "parent": team.parent.as_ref().map(|it| json!({ "id": it, "type": "team_reference" })),
        }),
    );
    Value::Object(map)
}

fn find_team<'a>(call: &'a Call<'_>) -> Result<&'a Team, Refusal> {
    call.needs("teams")?;
    let id = call.segment(1);
    call.account.team(&id).filter(|it| call.sees(std::slice::from_ref(&it.id))).ok_or_else(Refusal::team_not_found)
}

fn team_mut<'a>(call: &'a mut Call<'_>) -> Result<&'a mut Team, Refusal> {
    let id = find_team(call)?.id.clone();
    call.account.teams.iter_mut().find(|it| it.id == id).ok_or_else(Refusal::team_not_found)
}

pub(super) fn team(call: &mut Call<'_>) -> Answer {
    let body = team_body(find_team(call)?);
    Ok(Response::json(200, json!({ "team": body })))
}

pub(super) fn create_team(call: &mut Call<'_>) -> Answer {
    call.needs("teams")?;
    let sent = call.root("team")?;
    let blank = Team {
        id: String::new(),
        name: String::new(),
        description: None,
        default_role: "manager".to_owned(),
        parent: None,
        members: Vec::new(),
    };
    let mut team = changed_team(call, blank, &sent)?;
    team.id = call.create("team");
    let body = team_body(&team);
    call.account.teams.push(team);
    Ok(Response::json(201, json!({ "team": body })))
}

pub(super) fn update_team(call: &mut Call<'_>) -> Answer {
    let team = changed_team(call, find_team(call)?.clone(), &call.root("team")?)?;
    team_mut(call)?.clone_from(&team);
    Ok(Response::json(200, json!({ "team": team_body(&team) })))
}

fn changed_team(call: &Call<'_>, mut team: Team, sent: &Map<String, Value>) -> Result<Team, Refusal> {
    let mut errors = Vec::new();
    match text(sent, "name") {
        Ok(Some(Some(name))) if (1..=100).contains(&name.trim().chars().count()) => team.name = name.to_owned(),
        Ok(None) if !team.name.is_empty() => {}
        _ => errors.push("Name must have from 1 to 100 characters".to_owned()),
    }
    match text(sent, "description") {
        Ok(Some(it)) if it.is_none_or(|it| it.chars().count() <= 1024) => team.description = it.map(str::to_owned),
        Ok(None) => {}
        _ => errors.push("Description is too long".to_owned()),
    }
    match text(sent, "default_role") {
        Ok(Some(Some(role @ ("manager" | "none")))) => team.default_role = role.to_owned(),
        Ok(None | Some(None)) => {}
        _ => errors.push("Default role is not included in the list".to_owned()),
    }
    if let Some(parent) = sent.get("parent") {
        team.parent = parent["id"].as_str().map(str::to_owned);
        if team.parent.as_ref().is_some_and(|it| call.account.team(it).is_none() || *it == team.id) {
            errors.push("Parent not found".to_owned());
        }
    }
    if errors.is_empty() { Ok(team) } else { Err(Refusal::invalid(errors)) }
}

/// The OpenAPI document and terraform-provider-pagerduty #358: 6006 while it has policies, services, schedules or teams
/// beneath it.
pub(super) fn delete_team(call: &mut Call<'_>) -> Answer {
    let id = find_team(call)?.id.clone();
    let account = &call.account;
    let has = [
        ("escalation policies", account.policies.iter().any(|it| it.team.as_ref() == Some(&id))),
        (
            "services",
            account
                .services
                .iter()
                .any(|it| account.policy(&it.policy).is_some_and(|it| it.team.as_ref() == Some(&id))),
        ),
        (
            "schedules",
            account.schedules.iter().any(|it| it.teams.contains(&id))
                || account.shift_schedules.iter().any(|it| it.teams.contains(&id)),
        ),
        ("subteams", account.teams.iter().any(|it| it.parent.as_ref() == Some(&id))),
    ];
    let errors: Vec<String> =
        has.iter().filter(|it| it.1).map(|(what, _)| format!("Team can't be deleted while it has {what}")).collect();
    if !errors.is_empty() {
        return Err(Refusal::has_associations(errors));
    }
    call.account.teams.retain(|it| it.id != id);
    Ok(Response::nothing(204))
}

pub(super) fn members(call: &mut Call<'_>) -> Answer {
    let full = call.request.includes("users");
    let row = |it: &Membership| {
        let user = match call.account.user(&it.user).filter(|_| full) {
            Some(user) => user_body(call, user, false),
            None => call.account.user_reference(&it.user),
        };
        json!({ "user": user, "role": it.role })
    };
    let rows = find_team(call)?.members.iter().map(row).collect();
    call.page("members", rows)
}

/// The OpenAPI document: 204; a user with the role `read_only_user` cannot be on a team.
pub(super) fn add_member(call: &mut Call<'_>) -> Answer {
    find_team(call)?;
    let id = call.segment(3);
    let user = call.account.user(&id).filter(|it| !it.gone).ok_or_else(Refusal::not_found)?;
    if user.role == "read_only_user" {
        return Err(Refusal::wrong("User cannot be added to a team with the role read_only_user"));
    }
    let sent = if call.request.body.is_empty() { Map::new() } else { call.body()? };
    let role = match text(&sent, "role") {
        Ok(None | Some(None)) => "manager",
        Ok(Some(Some(role))) if TEAM_ROLES.contains(&role) => role,
        _ => return Err(Refusal::wrong("Role is not included in the list")),
    };
    let team = team_mut(call)?;
    team.members.retain(|it| it.user != id);
    team.members.push(Membership { user: id, role: role.to_owned() });
    Ok(Response::nothing(204))
}

/// terraform-provider-pagerduty, pull request 558 and #292: not while a policy of the team reaches the user, be it by way
/// of a schedule. To the letter.
pub(super) fn remove_member(call: &mut Call<'_>) -> Answer {
    let team = find_team(call)?.id.clone();
    let user = call.segment(3);
    if !find_team(call)?.members.iter().any(|it| it.user == user) {
        return Err(Refusal::not_found());
    }
    let reached = |target: &Target| match target {
        Target::User(id) => *id == user,
        Target::Schedule(id) => is_on(call, id, &user),
    };
    let of_team = call.account.policies.iter().filter(|it| it.team.as_ref() == Some(&team));
    if of_team.flat_map(|it| &it.rules).flat_map(|it| &it.targets).any(reached) {
        return Err(Refusal::wrong("User cannot be removed as they belong to an escalation policy on this team"));
    }
    team_mut(call)?.members.retain(|it| it.user != user);
    Ok(Response::nothing(204))
}

/// Whether somebody takes turns in a schedule, from now on.
fn is_on(call: &Call<'_>, schedule: &str, user: &str) -> bool {
    let layers = call.account.schedule(schedule).map(|it| &it.layers);
    let layers = layers.into_iter().flatten().filter(|it| it.end.is_none_or(|it| it > call.now));
    let rotations = call.account.shift_schedule(schedule).map(|it| &it.rotations);
    let events = rotations.into_iter().flatten().filter(|it| !it.deleted).flat_map(|it| &it.events);
    let mut events = events.filter(|it| it.until.is_none_or(|it| it > call.now));
    layers.flat_map(|it| &it.users).any(|it| it == user)
        || events.any(|it| it.members.iter().flatten().any(|it| it == user))
}

/// terraform-provider-pagerduty #709 and #913: 400 if it belongs to another team.
pub(super) fn add_policy(call: &mut Call<'_>) -> Answer {
    let (team, id) = (find_team(call)?.id.clone(), call.segment(3));
    let policy = call.account.policies.iter_mut().find(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    if policy.team.as_ref().is_some_and(|it| *it != team) {
        return Err(Refusal::wrong("Escalation policy has already been taken"));
    }
    policy.team = Some(team);
    Ok(Response::nothing(204))
}

/// The same: 204 even if they never belonged together.
pub(super) fn remove_policy(call: &mut Call<'_>) -> Answer {
    let (team, id) = (find_team(call)?.id.clone(), call.segment(3));
    let policy = call.account.policies.iter_mut().find(|it| it.id == id).ok_or_else(Refusal::not_found)?;
    if policy.team.as_ref() == Some(&team) {
        policy.team = None;
    }
    Ok(Response::nothing(204))
}

/// Whether a service has incidents that nobody has resolved.
pub(super) fn has_open_incidents(call: &Call<'_>, service: &str) -> bool {
    call.account.incidents.iter().any(|it| it.service == service && it.status != Status::Resolved)
}
