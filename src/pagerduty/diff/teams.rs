//! Teams: one a rotation, whose people are its members, and to which its schedules and policies belong.
//!
//! Teams without our mark, members whom we did not add, and everybody's roles are left alone. What a team's mark lists is
//! whom we added. PagerDuty lets nobody leave a team while one of its policies reaches them: so whoever comes, comes
//! first, and whoever goes, goes last, or stays until their turns are over.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::pagerduty::client::Method;
use crate::pagerduty::diff::{Differ, Find, id};
use crate::pagerduty::mark::{Mark, hash, words};
use crate::pagerduty::spec::{Target, Team, read_event, read_layer};
use crate::pagerduty::wire;

/// What a team is called in plans.
pub(super) fn about(key: &str) -> String {
    format!("team {key}")
}

/// Who cannot be on a team.
const STAKEHOLDERS: [&str; 2] = ["read_only_user", "read_only_limited_user"];

impl Differ<'_> {
    /// The one with a mark's key, if it is there.
    fn marked_team(&self, key: &str) -> Option<&wire::Team> {
        self.observed.teams.iter().find(|it| Mark::read(&it.description).is_some_and(|it| it.key == key))
    }

    /// Makes teams, and lets people join.
    pub(super) fn teams(&mut self) {
        for want in self.target.teams.iter().flatten() {
            self.team(want);
        }
    }

    fn team(&mut self, want: &Team) {
        let observed = self.observed;
        let name = about(&want.key);
        let marked: Vec<String> = observed
            .teams
            .iter()
            .filter(|it| Mark::read(&it.description).is_some_and(|it| it.key == want.key))
            .map(|it| it.id.clone())
            .collect();
        let used = |id: &str| observed.policies.iter().any(|it| it.teams.iter().any(|it| it.id == id));
        let found = self.chosen("team", "/teams", &want.key, marked, used);
        let mut found = found.and_then(|id| observed.teams.iter().find(|it| it.id == id));
        let namesake = observed.teams.iter().find(|it| it.name == want.name && Mark::read(&it.description).is_none());
        if let (None, Some(namesake)) = (found, namesake) {
            if self.choices.adopt.contains(&want.name) {
                found = Some(namesake);
            } else {
                let text = format!(
                    "PagerDuty has a team `{}` that is not ours: `--adopt '{}'` takes it over, or rename one of them",
                    want.name, want.name
                );
                self.error(&name, text);
                return;
            }
        }
        let there = |user: &wire::User| found.is_some_and(|team| user.teams.iter().any(|it| it.id == team.id));
        let mut coming: Vec<&wire::User> = Vec::new();
        for user in observed.users.iter().filter(|it| want.members.contains(&it.id) && !there(it)) {
            let role = user.rest.get("role").and_then(Value::as_str).unwrap_or_default();
            if STAKEHOLDERS.contains(&role) {
                self.note(&name, format!("{} is a stakeholder there, who can be on no team", user.name));
            } else {
                coming.push(user);
            }
        }
        let place = found.map_or_else(|| id(&name), |it| it.id.clone());
        self.ids.insert(name.clone(), place.clone());
        let mut mark = found.and_then(|it| Mark::read(&it.description)).unwrap_or_default();
        let known = mark.clone();
        mark.key.clone_from(&want.key);
        mark.hashes.extend(coming.iter().map(|it| hash(&it.id)));
        let description = self.described(&name, &mark, found.map_or("", |it| words(&it.description)));
        let body = json!({ "team": { "type": "team", "name": want.name, "description": description } });
        match found {
            None => {
                let title = format!("create team {}", want.name);
                let work = self.work(&name, title, Method::Post, "/teams".to_owned(), Some(body));
                work.gives = Some((name.clone(), "/team/id"));
                work.find = Find::Marked("/teams".to_owned(), "teams", want.key.clone());
            }
            Some(found) if found.name != want.name || known != mark => {
                let title = format!("mark team {}", want.name);
                self.work(&name, title, Method::Put, format!("/teams/{place}"), Some(body));
            }
            Some(_) => {}
        }
        for user in coming {
            let title = format!("{} joins team {}", user.name, want.name);
            let path = format!("/teams/{place}/users/{}", user.id);
            self.work(&name, title, Method::Put, path, Some(json!({ "role": "responder" })));
        }
    }

    /// Which teams of ours a thing should no longer be in, and in which it should be: all that it is then in, if that
    /// changes anything.
    fn belonging(&self, there: &[wire::Reference], key: Option<&str>) -> Option<Vec<String>> {
        let ours = |id: &str| self.observed.teams.iter().any(|it| it.id == id && Mark::read(&it.description).is_some());
        let wanted = key.and_then(|it| self.ids.get(&about(it))).cloned();
        let before: BTreeSet<String> = there.iter().map(|it| it.id.clone()).collect();
        let kept = before.iter().filter(|it| !ours(it)).cloned();
        let after: BTreeSet<String> = kept.chain(wanted).collect();
        (before != after).then(|| after.into_iter().collect())
    }

    /// Schedules belong to the team of their rotation.
    pub(super) fn schedules_of_teams(&mut self) {
        let Some(teams) = &self.target.teams else { return };
        let observed = self.observed;
        for want in &self.target.schedules {
            let rotation = want.key.strip_suffix(".secondary").unwrap_or(&want.key);
            let team = teams.iter().find(|it| it.key == rotation);
            let Some(place) = self.ids.get(&format!("schedule {}", want.key)).cloned() else { continue };
            let none: &[wire::Reference] = &[];
            let there = match want.shifts {
                true => observed.shifts.iter().find(|it| it.id == place).map_or(none, |it| &it.teams),
                false => observed.layers.iter().find(|it| it.id == place).map_or(none, |it| &it.teams),
            };
            let Some(all) = self.belonging(there, team.map(|it| it.key.as_str())) else { continue };
            let all: Vec<Value> = all.iter().map(|it| json!({ "id": it, "type": "team_reference" })).collect();
            let title = match team {
                Some(team) => format!("schedule {} belongs to team {}", want.name, team.name),
                None => format!("schedule {} belongs to no team of ours", want.name),
            };
            let path = if want.shifts { format!("/v3/schedules/{place}") } else { format!("/schedules/{place}") };
            let body = json!({ "schedule": {
                "type": "schedule", "name": want.name, "time_zone": want.zone, "teams": all,
            } });
            self.work(&about(rotation), title, Method::Put, path, Some(body));
        }
    }

    /// What a policy's body says of its team; nothing, if that stays as it is.
    pub(super) fn team_of_policy(
        &mut self,
        found: Option<&wire::Policy>,
        key: &str,
        team: Option<&str>,
    ) -> Option<Value> {
        self.target.teams.as_ref()?;
        let there = found.map(|it| it.teams.as_slice()).unwrap_or_default();
        let all = self.belonging(there, team)?;
        if all.len() > 1 {
            // One at most, and this one is somebody else's wish.
            self.note(key, "is in a team that is not ours, and stays there: a policy is in one at most");
            return None;
        }
        Some(all.iter().map(|it| json!({ "id": it, "type": "team_reference" })).collect())
    }

    /// Lets people leave whom nothing holds any more.
    pub(super) fn leaving(&mut self) {
        let observed = self.observed;
        for want in self.target.teams.iter().flatten() {
            let Some(team) = self.marked_team(&want.key) else { continue };
            let (place, said) = (team.id.clone(), words(&team.description).to_owned());
            let mark = Mark::read(&team.description).unwrap_or_default();
            let held = self.reached(&want.key);
            let mut last = mark.clone();
            let mut going = Vec::new();
            let is_there = |it: &&wire::User| it.teams.iter().any(|it| it.id == place);
            for user in observed.users.iter().filter(is_there).filter(|it| mark.hashes.contains(&hash(&it.id))) {
                if want.members.contains(&user.id) {
                    continue;
                }
                if held.contains(&user.id) {
                    let text = format!("{} stays in it as long as one of its policies reaches them", user.name);
                    self.note(&about(&want.key), text);
                } else {
                    last.hashes.remove(&hash(&user.id));
                    going.push(user);
                }
            }
            if going.is_empty() {
                continue;
            }
            for user in going {
                let title = format!("{} leaves team {}", user.name, want.name);
                self.work(&about(&want.key), title, Method::Delete, format!("/teams/{place}/users/{}", user.id), None);
            }
            // Whom this adds is in its mark by now.
            let joined = observed.users.iter().filter(|it| want.members.contains(&it.id) && !is_there(it));
            last.hashes.extend(joined.map(|it| hash(&it.id)));
            let description = self.described(&about(&want.key), &last, &said);
            let body = json!({ "team": { "type": "team", "name": want.name, "description": description } });
            self.work(
                &about(&want.key),
                format!("settle team {}", want.name),
                Method::Put,
                format!("/teams/{place}"),
                Some(body),
            );
        }
    }

    /// Whom the policies of a team reach when all else is done: PagerDuty counts every turn that is not over.
    fn reached(&self, team: &str) -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        let policies = self.target.policies.iter().filter(|it| it.team.as_deref() == Some(team));
        for target in policies.flat_map(|it| &it.rules).flat_map(|it| &it.1) {
            match target {
                Target::User(id) => drop(all.insert(id.clone())),
                Target::Schedule(key) => all.extend(self.seated(key)),
                Target::Other(..) => {}
            }
        }
        all
    }

    fn seated(&self, key: &str) -> BTreeSet<String> {
        let wanted = self.target.schedules.iter().filter(|it| it.key == key);
        let of_layers = wanted.clone().flat_map(|it| &it.layers).flat_map(|it| it.users.iter().cloned());
        let of_events = wanted.flat_map(|it| &it.events).flat_map(|it| it.members.iter().flatten().cloned());
        let mut all: BTreeSet<String> = of_layers.chain(of_events).collect();
        // What ends only at a handoff, or on its own some day, is not over.
        let later = self.diff.splices.contains_key(key);
        let stays = |until: Option<i64>| until.map_or(later, |it| it > self.now);
        let place = self.ids.get(&format!("schedule {key}"));
        let layers = self.observed.layers.iter().filter(|it| Some(&it.id) == place).flat_map(|it| &it.schedule_layers);
        all.extend(layers.filter_map(read_layer).filter(|it| stays(it.until)).flat_map(|it| it.users));
        let rotations = self.observed.shifts.iter().filter(|it| Some(&it.id) == place).flat_map(|it| &it.rotations);
        let events = rotations.flat_map(|it| &it.events).filter_map(|it| read_event(it, 0));
        all.extend(events.filter(|it| stays(it.until)).flat_map(|it| it.members.into_iter().flatten()));
        all
    }

    /// What stands between a team and its removal: things of ours let go of it first.
    pub(super) fn detached(&mut self, team: &str, leaving: &BTreeSet<String>) -> Result<(), String> {
        let observed = self.observed;
        let is_in = |teams: &[wire::Reference]| teams.iter().any(|it| it.id == team);
        let layers = observed
            .layers
            .iter()
            .map(|it| ("/schedules", &it.id, &it.name, &it.description, &it.teams, &it.time_zone));
        let shifts = observed
            .shifts
            .iter()
            .map(|it| ("/v3/schedules", &it.id, &it.name, &it.description, &it.teams, &it.time_zone));
        let mut works = Vec::new();
        for (list, id, name, description, teams, zone) in layers.chain(shifts).filter(|it| is_in(it.4)) {
            let path = format!("{list}/{id}");
            if leaving.contains(&path) {
                continue;
            }
            if Mark::read(description).is_none() {
                return Err(name.clone());
            }
            let rest: Vec<Value> = teams
                .iter()
                .filter(|it| it.id != team)
                .map(|it| json!({ "id": it.id, "type": "team_reference" }))
                .collect();
            let body = json!({ "schedule": { "type": "schedule", "name": name, "time_zone": zone, "teams": rest } });
            works.push((format!("schedule {name} belongs to this team no longer"), path, body));
        }
        for policy in observed.policies.iter().filter(|it| is_in(&it.teams)) {
            let path = format!("/escalation_policies/{}", policy.id);
            if leaving.contains(&path) {
                continue;
            }
            if Mark::read(&policy.description).is_none() {
                return Err(policy.name.clone());
            }
            let mut body =
                json!({ "escalation_policy": { "type": "escalation_policy", "name": policy.name, "teams": [] } });
            if let Some(kept) = policy.rest.get("on_call_handoff_notifications").filter(|it| it.is_string()) {
                body["escalation_policy"]["on_call_handoff_notifications"] = kept.clone();
            }
            works.push((format!("policy {} belongs to this team no longer", policy.name), path, body));
        }
        let key = observed
            .teams
            .iter()
            .find(|it| it.id == team)
            .and_then(|it| Mark::read(&it.description))
            .unwrap_or_default()
            .key;
        for (title, path, body) in works {
            self.work(&about(&key), title, Method::Put, path, Some(body));
        }
        Ok(())
    }
}
