//! What an account holds: typed, with what the server makes left out, and written to a file as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::rehearsal::codec::{instant, maybe_instant, zone};
use crate::time::{CIVIL_DAY, CIVIL_WEEK, Instant, Zone};

/// Everything an account holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Account {
    /// Of the form of this file.
    pub(super) version: u32,
    /// For readers who ask for none, and for times without an offset.
    #[serde(with = "zone")]
    pub(super) zone: Zone,
    pub(super) tokens: Vec<Token>,
    /// What the plan of the account allows, as `GET /abilities` lists it.
    pub(super) abilities: Vec<String>,
    /// How many ids of each kind were given out.
    pub(super) given: BTreeMap<String, u64>,
    pub(super) users: Vec<User>,
    pub(super) teams: Vec<Team>,
    /// Schedules of layers: `/schedules`.
    pub(super) schedules: Vec<Schedule>,
    /// Schedules of shifts: `/v3/schedules`.
    pub(super) shift_schedules: Vec<ShiftSchedule>,
    pub(super) policies: Vec<Policy>,
    pub(super) services: Vec<Service>,
    pub(super) orchestrations: Vec<Orchestration>,
    pub(super) tags: Vec<Tag>,
    pub(super) incidents: Vec<Incident>,
    /// What was created so lately that readers do not see it yet.
    pub(super) unseen: Vec<Unseen>,
}

/// A key to the account. It opens nothing outside of the rehearsal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Token {
    pub(super) token: String,
    pub(super) may_write: bool,
    /// Whose key it is; none: the account's.
    pub(super) user: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) email: String,
    #[serde(with = "zone")]
    pub(super) zone: Zone,
    pub(super) role: String,
    pub(super) job_title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) contact_methods: Vec<ContactMethod>,
    /// Deactivated: absent from lists, still named by schedules and history.
    #[serde(default)]
    pub(super) gone: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ContactMethod {
    pub(super) id: String,
    /// `email_contact_method` and its like.
    pub(super) kind: String,
    pub(super) label: String,
    pub(super) address: String,
    pub(super) country_code: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Team {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// `manager`, or `none`: then only its members see it.
    pub(super) default_role: String,
    pub(super) parent: Option<String>,
    pub(super) members: Vec<Membership>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Membership {
    pub(super) user: String,
    pub(super) role: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Schedule {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    #[serde(with = "zone")]
    pub(super) zone: Zone,
    pub(super) teams: Vec<String>,
    /// The lowest precedence first.
    pub(super) layers: Vec<Layer>,
    /// What the layers were before each change.
    pub(super) before: Vec<Version>,
    /// In the order of their creation.
    pub(super) overrides: Vec<Override>,
}

/// The layers of a schedule up to a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Version {
    #[serde(with = "instant")]
    pub(super) until: Instant,
    pub(super) layers: Vec<Layer>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Layer {
    pub(super) id: String,
    pub(super) name: String,
    #[serde(with = "instant")]
    pub(super) start: Instant,
    #[serde(with = "maybe_instant")]
    pub(super) end: Option<Instant>,
    #[serde(with = "instant")]
    pub(super) virtual_start: Instant,
    pub(super) turn_seconds: i64,
    /// Never empty.
    pub(super) users: Vec<String>,
    pub(super) restrictions: Vec<Restriction>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Restriction {
    /// 1 is Monday; none: every day.
    pub(super) weekday: Option<u32>,
    /// Seconds since midnight on the clock.
    pub(super) opens: i64,
    pub(super) seconds: i64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Override {
    pub(super) id: String,
    #[serde(with = "instant")]
    pub(super) start: Instant,
    #[serde(with = "instant")]
    pub(super) end: Instant,
    pub(super) user: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ShiftSchedule {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    #[serde(with = "zone")]
    pub(super) zone: Zone,
    pub(super) teams: Vec<String>,
    pub(super) rotations: Vec<Rotation>,
    pub(super) custom_shifts: Vec<CustomShift>,
    /// In the order of their creation.
    pub(super) overrides: Vec<ShiftOverride>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Rotation {
    pub(super) id: String,
    pub(super) events: Vec<Event>,
    /// Only its past is left.
    #[serde(default)]
    pub(super) deleted: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Event {
    pub(super) id: String,
    pub(super) name: String,
    /// The first occurrence.
    #[serde(with = "instant")]
    pub(super) start: Instant,
    #[serde(with = "instant")]
    pub(super) end: Instant,
    #[serde(with = "zone")]
    pub(super) zone: Zone,
    #[serde(with = "zone")]
    pub(super) end_zone: Zone,
    #[serde(with = "instant")]
    pub(super) since: Instant,
    #[serde(with = "maybe_instant")]
    pub(super) until: Option<Instant>,
    pub(super) recurrence: Vec<String>,
    pub(super) strategy: Strategy,
    /// From one to twenty. None: a seat kept vacant.
    pub(super) members: Vec<Option<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Strategy {
    /// One after another, each for so many occurrences.
    Rotating(u32),
    /// All at once.
    Every,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct CustomShift {
    pub(super) id: String,
    pub(super) assignment: String,
    #[serde(with = "instant")]
    pub(super) start: Instant,
    #[serde(with = "instant")]
    pub(super) end: Instant,
    pub(super) member: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ShiftOverride {
    pub(super) id: String,
    pub(super) of: Overridden,
    #[serde(with = "instant")]
    pub(super) start: Instant,
    #[serde(with = "instant")]
    pub(super) end: Instant,
    pub(super) overridden: Option<String>,
    pub(super) overriding: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Overridden {
    Rotation(String),
    CustomShift(String),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) num_loops: i64,
    pub(super) handoff_notifications: String,
    pub(super) rules: Vec<Rule>,
    pub(super) team: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Rule {
    pub(super) id: String,
    pub(super) delay_minutes: i64,
    pub(super) targets: Vec<Target>,
    pub(super) round_robin: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Target {
    User(String),
    /// Of either family.
    Schedule(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Service {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) policy: String,
    #[serde(with = "instant")]
    pub(super) created: Instant,
    /// What else was set, as it was sent.
    pub(super) settings: Map<String, Value>,
    pub(super) integrations: Vec<Integration>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Integration {
    pub(super) id: String,
    pub(super) label: String,
    pub(super) key: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Orchestration {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) team: Option<String>,
    #[serde(with = "instant")]
    pub(super) created: Instant,
    #[serde(with = "instant")]
    pub(super) updated: Instant,
    pub(super) changes: u64,
    pub(super) integrations: Vec<Integration>,
    /// `router`, `global` and `unrouted`.
    pub(super) paths: BTreeMap<String, Path>,
}

/// What `PUT …/router` replaces as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Path {
    pub(super) sets: Vec<Value>,
    pub(super) catch_all: Value,
    #[serde(with = "instant")]
    pub(super) updated: Instant,
    pub(super) changes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Tag {
    pub(super) id: String,
    pub(super) label: String,
    /// `users`, `teams` or `escalation_policies`, and an id.
    pub(super) on: Vec<(String, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Incident {
    pub(super) id: String,
    pub(super) number: u64,
    pub(super) title: String,
    pub(super) key: String,
    pub(super) urgency: String,
    pub(super) service: String,
    pub(super) status: Status,
    #[serde(with = "instant")]
    pub(super) created: Instant,
    #[serde(with = "instant")]
    pub(super) changed: Instant,
    /// The policy as it was when the incident opened.
    pub(super) policy: Policy,
    pub(super) level: usize,
    /// How often it began anew at the first rule.
    #[serde(default)]
    pub(super) loops: i64,
    /// Who has it now; nobody once it is resolved.
    pub(super) assigned: Vec<String>,
    pub(super) acknowledged_by: Vec<String>,
    pub(super) log: Vec<LogEntry>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Triggered,
    Acknowledged,
    Resolved,
}

impl Status {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Status::Triggered => "triggered",
            Status::Acknowledged => "acknowledged",
            Status::Resolved => "resolved",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct LogEntry {
    pub(super) id: String,
    #[serde(with = "instant")]
    pub(super) at: Instant,
    pub(super) what: Happening,
    /// Who did it; none: the service.
    pub(super) by: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Happening {
    Triggered,
    Assigned(Vec<String>),
    Escalated(Vec<String>),
    Notified(String),
    Acknowledged,
    Resolved,
}

/// What readers do not see yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Unseen {
    pub(super) kind: String,
    pub(super) id: String,
    #[serde(with = "instant")]
    pub(super) until: Instant,
}

/// How far a file may have counted, so that nothing that counts on overflows.
const MOST_COUNTED: u64 = 1 << 40;
/// The form of the file that [`Account`] is written to.
const VERSION: u32 = 1;

/// The abilities of an ordinary account.
const ABILITIES: &[&str] = &["teams", "urgencies", "service_support_hours", "schedules", "escalation_policies"];

/// Why a file holds no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// Not JSON of that form.
    #[error("not the state of a rehearsal: {reason}")]
    Form {
        /// In the decoder's words, with line and column.
        reason: String,
    },
    /// Of a form that is not known here.
    #[error("a state of version {version}, and only version {VERSION} is known")]
    Version {
        /// As it says.
        version: u32,
    },
    /// It contradicts itself.
    #[error("the state contradicts itself: {reason}")]
    Broken {
        /// What is wrong.
        reason: String,
    },
}

impl Account {
    /// An account with nobody and nothing in it but three keys: `rehearsal` for all, `rehearsal-read-only`, and
    /// `rehearsal-user`, which belongs to the first user that there will be.
    pub fn empty(zone: Zone) -> Account {
        let token = |token: &str, may_write, user: Option<&str>| Token {
            token: token.to_owned(),
            may_write,
            user: user.map(str::to_owned),
        };
        Account {
            version: VERSION,
            zone,
            tokens: vec![
                token("rehearsal", true, None),
                token("rehearsal-read-only", false, None),
                token("rehearsal-user", true, Some(&id("user", 1))),
            ],
            abilities: ABILITIES.iter().map(|it| (*it).to_owned()).collect(),
            given: BTreeMap::new(),
            users: Vec::new(),
            teams: Vec::new(),
            schedules: Vec::new(),
            shift_schedules: Vec::new(),
            policies: Vec::new(),
            services: Vec::new(),
            orchestrations: Vec::new(),
            tags: Vec::new(),
            incidents: Vec::new(),
            unseen: Vec::new(),
        }
    }

    /// Reads what [`Account::to_json`] wrote.
    ///
    /// # Errors
    ///
    /// [`StateError`] if it is something else.
    pub fn from_json(text: &str) -> Result<Account, StateError> {
        let form = |error: serde_json::Error| StateError::Form { reason: error.to_string() };
        let account: Account = serde_json::from_str(text).map_err(form)?;
        if account.version != VERSION {
            return Err(StateError::Version { version: account.version });
        }
        account.sound()?;
        Ok(account)
    }

    /// The account's time zone.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// As JSON, for a file.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("every key of it is a text");
        text + "\n"
    }

    /// What the rest relies on and a file could break.
    fn sound(&self) -> Result<(), StateError> {
        let broken = |reason: String| Err(StateError::Broken { reason });
        for schedule in &self.schedules {
            let versions = schedule.before.iter().map(|it| &it.layers);
            for layer in versions.chain([&schedule.layers]).flatten() {
                if layer.users.is_empty() || layer.turn_seconds < 3600 {
                    return broken(format!("layer {} of schedule {} has no turns", layer.id, schedule.id));
                }
                let within =
                    |it: &Restriction| (0..CIVIL_DAY).contains(&it.opens) && (1..=CIVIL_WEEK).contains(&it.seconds);
                if !layer.restrictions.iter().all(within) {
                    return broken(format!("layer {} of schedule {} is never open", layer.id, schedule.id));
                }
            }
        }
        for event in self.shift_schedules.iter().flat_map(|it| &it.rotations).flat_map(|it| &it.events) {
            if event.members.is_empty() || event.strategy == Strategy::Rotating(0) || event.end <= event.start {
                return broken(format!("event {} has no shifts", event.id));
            }
        }
        let snapshots = self.incidents.iter().map(|it| &it.policy);
        for policy in self.policies.iter().chain(snapshots) {
            if !policy.rules.iter().all(|it| (1..=MOST_COUNTED).contains(&it.delay_minutes.unsigned_abs())) {
                return broken(format!("policy {} waits too long", policy.id));
            }
        }
        let numbers = self.incidents.iter().map(|it| it.number);
        if self.given.values().copied().chain(numbers).any(|it| it > MOST_COUNTED) {
            return broken("it counts too far".to_owned());
        }
        Ok(())
    }

    /// A new id of that kind.
    ///
    /// PagerDuty's documentation has ids unique for an endpoint only, so that a user and a team may share one: here
    /// the first of each kind do.
    pub(super) fn new_id(&mut self, kind: &str) -> String {
        let count = self.given.entry(kind.to_owned()).or_insert(0);
        *count += 1;
        id(kind, *count)
    }

    pub(super) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|it| it.id == id)
    }

    pub(super) fn team(&self, id: &str) -> Option<&Team> {
        self.teams.iter().find(|it| it.id == id)
    }

    pub(super) fn schedule(&self, id: &str) -> Option<&Schedule> {
        self.schedules.iter().find(|it| it.id == id)
    }

    pub(super) fn shift_schedule(&self, id: &str) -> Option<&ShiftSchedule> {
        self.shift_schedules.iter().find(|it| it.id == id)
    }

    pub(super) fn policy(&self, id: &str) -> Option<&Policy> {
        self.policies.iter().find(|it| it.id == id)
    }

    pub(super) fn service(&self, id: &str) -> Option<&Service> {
        self.services.iter().find(|it| it.id == id)
    }
}

/// Letters and digits that look like PagerDuty's: the count is scattered, never repeated.
///
/// v2 ids look like `PXXXXXX`; those of rotations, events and shifts are 25 or 26 long; orchestrations have UUIDs.
fn id(kind: &str, count: u64) -> String {
    // Odd, so that no two counts meet.
    let scattered = count.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    match kind {
        "rotation" | "event" | "custom_shift" | "shift_override" | "assignment" => {
            let length = if kind == "event" { 26 } else { 25 };
            digits(scattered, length)
        }
        "orchestration" => {
            let hex = format!("{scattered:016x}{:016x}", scattered.rotate_left(29));
            format!("{}-{}-4{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..])
        }
        "schedule" | "layer" => format!("P{}", digits(count.wrapping_mul(2_654_435_761) % 36_u64.pow(6), 6)),
        "override" | "incident" | "log_entry" => format!("Q{}", digits(scattered, 13)),
        "key" => format!("R0{}", digits(scattered, 30)),
        _ => format!("P{}", digits(count.wrapping_mul(2_654_435_761) % 36_u64.pow(6), 6)),
    }
}

fn digits(mut number: u64, length: usize) -> String {
    const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut text = vec![b'0'; length];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[usize::try_from(number % 36).expect("less than 36")];
        number /= 36;
    }
    String::from_utf8(text).expect("letters and digits")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_have_pagerdutys_shapes_and_never_repeat() {
        assert_eq!(id("user", 1), id("team", 1), "unique for an endpoint only");
        for kind in ["user", "event", "rotation", "orchestration", "override", "key"] {
            let many: BTreeSet<String> = (1..=20_000).map(|it| id(kind, it)).collect();
            assert_eq!(many.len(), 20_000, "{kind}");
        }
        let lengths = ["user", "rotation", "event", "orchestration"].map(|kind| id(kind, 7).len());
        assert_eq!(lengths, [7, 25, 26, 36]);
    }

    #[test]
    fn the_state_is_what_was_written() {
        let account = Account::empty(Zone::named("Europe/Dublin").unwrap());
        assert_eq!(Account::from_json(&account.to_json()).unwrap(), account);
        let newer = account.to_json().replacen("\"version\": 1", "\"version\": 2", 1);
        assert_eq!(Account::from_json(&newer), Err(StateError::Version { version: 2 }));
        let far = account.to_json().replacen("\"given\": {}", "\"given\": { \"user\": 18446744073709551615 }", 1);
        let broken = Account::from_json(&far).unwrap_err();
        assert_eq!(broken.to_string(), "the state contradicts itself: it counts too far");
        let form = Account::from_json("{}").unwrap_err();
        assert_eq!(form.to_string(), "not the state of a rehearsal: missing field `version` at line 1 column 2");
    }
}
