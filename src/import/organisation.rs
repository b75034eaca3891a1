//! A PagerDuty account as an organisation: people, rotations, services and escalation, as files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::import::account::{Account, Policy, Restriction, Schedule, Target, Urgency};
use crate::import::edges::{self, Ladder};
use crate::import::layers::{self, Place};
use crate::import::node::bounded;
use crate::import::toml_files::{Layout, key, list, long_list, one_or_many, quote};
use crate::import::{Imported, Note, Weight, brief};
use crate::org::{Condition, Family, Matcher, Pattern, Tags, is_unseen};
use crate::time::{CIVIL_DAY, Zone};

/// Stems that are not rotations.
const RESERVED: [&str; 5] = ["org", "people", "services", "escalation", "nobody"];
/// Where alerts go whose urgency is low.
const LOW: &str = "low-urgency";
/// Where alerts go that no service is known for.
const UNKNOWN: &str = "unknown-service";

/// Makes the files; `source` is what the account was read from.
pub fn write(account: &Account, source: &str, mut notes: Vec<Note>, layout: &Layout) -> Imported {
    let zone = common_zone(account);
    let people = account.people.iter().map(|it| (it.key.as_deref(), person_key(it.email.as_deref(), &it.name)));
    let rotations = account.schedules.iter().map(|it| (it.key.as_deref(), slug(&it.name)));
    let services = account.services.iter().map(|it| (None, slug(&it.name)));
    let mut writer = Writer {
        account,
        source,
        people: keys(people, "person"),
        rotations: keys(rotations, "schedule"),
        services: keys(services, "service"),
        policy_tag: policy_tag(account),
        tagged: BTreeMap::new(),
        stand_ins: Vec::new(),
        notes: Vec::new(),
        zone,
    };
    let escalation = writer.escalation();
    let mut files = vec![
        ("org.toml".to_owned(), layout.file("org", &writer.about("One zone for readers"), &writer.org())),
        ("people.toml".to_owned(), layout.file("people", &writer.about("People"), &writer.people_file())),
    ];
    if !account.services.is_empty() {
        let text = writer.services_file();
        files.push(("services.toml".to_owned(), layout.file("services", &writer.about("PagerDuty's services"), &text)));
    }
    for index in (0..account.schedules.len()).filter(|it| account.schedules[*it].secondary_of.is_none()) {
        let name = &account.schedules[index].name;
        let about = writer.about(&format!("PagerDuty's schedule `{}`", visible(name)));
        let text = writer.rotation(index);
        files.push((format!("{}.toml", writer.rotations[index]), layout.file("rotation", &about, &text)));
    }
    for (key, name, people) in &writer.stand_ins {
        let about =
            writer.about(&format!("Who `{}` pages by name, as a rotation: people have no next rung", visible(name)));
        files.push((format!("{key}.toml"), layout.file("rotation", &about, &writer.stand_in(name, people))));
    }
    files.push((
        "escalation.toml".to_owned(),
        layout.file("escalation", &writer.about("PagerDuty's services and policies"), &escalation),
    ));
    let count = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let homeless = account.people.iter().filter(|it| it.zone.is_none()).count();
    if homeless > 0 {
        let what = format!("{} without a time zone in this file", count(homeless, "person", "people"));
        let instead =
            format!("they are taken to be in {}: people.toml says when each of them sleeps", writer.zone.name());
        writer.notes.push(Note { weight: Weight::Remark, code: "zones", line: None, what, instead });
    }
    notes.append(&mut writer.notes);
    notes.iter_mut().for_each(|it| it.what = bounded(std::mem::take(&mut it.what)));
    notes.sort_by_key(|it| it.line);
    let summary = [
        count(account.people.len(), "person", "people"),
        count(account.schedules.len(), "schedule", "schedules"),
        count(account.policies.len(), "escalation policy", "escalation policies"),
        count(account.services.len(), "service", "services"),
    ]
    .join(", ");
    Imported { summary, files, notes }
}

struct Writer<'a> {
    account: &'a Account,
    source: &'a str,
    people: Vec<String>,
    rotations: Vec<String>,
    services: Vec<String>,
    /// The tag by which a service takes another way than the router's rows.
    policy_tag: &'static str,
    /// Services with that tag, and its value.
    tagged: BTreeMap<usize, String>,
    /// Rotations for rules that page people by name and have a rule after them: key, policy, people.
    stand_ins: Vec<(String, String, Vec<usize>)>,
    notes: Vec<Note>,
    zone: Zone,
}

impl Writer<'_> {
    fn about(&self, what: &str) -> String {
        format!("{what}; imported from {}.", self.source)
    }

    fn note(
        &mut self,
        weight: Weight,
        code: &'static str,
        line: Option<usize>,
        what: String,
        instead: impl Into<String>,
    ) {
        self.notes.push(Note { weight, code, line, what, instead: instead.into() });
    }

    fn org(&self) -> String {
        let mut out = format!("zone = {}\n", quote(self.zone.name()));
        let family = self.family();
        let router = self.account.router.as_ref();
        let orchestration = router.and_then(|it| it.orchestration.as_ref());
        let tags = router.map(|it| it.tags.as_slice()).unwrap_or_default();
        if family.is_none() && orchestration.is_none() && tags.is_empty() && !self.account.teams {
            return out;
        }
        out.push_str("\n[pagerduty]\n");
        if let Some(family) = family {
            let _ = writeln!(out, "family        = \"{}\"", family_name(family));
        }
        if let Some(orchestration) = orchestration {
            let _ = writeln!(out, "orchestration = {}", quote(orchestration));
        }
        if !tags.is_empty() {
            let tags: Vec<String> = tags.iter().map(|(tag, path)| format!("{} = {}", key(tag), quote(path))).collect();
            let _ = writeln!(out, "tags          = {{ {} }}", tags.join(", "));
        }
        if self.account.teams {
            out.push_str("teams         = true\n");
        }
        out
    }

    /// The family of most schedules.
    fn family(&self) -> Option<Family> {
        let count = |family| self.account.schedules.iter().filter(|it| it.family == Some(family)).count();
        match (count(Family::Layers), count(Family::Shifts)) {
            (0, 0) => None,
            (layers, shifts) if shifts > layers => Some(Family::Shifts),
            _ => Some(Family::Layers),
        }
    }

    fn people_file(&self) -> String {
        let mut out = String::new();
        for (key, person) in self.people.iter().zip(&self.account.people) {
            let _ = write!(out, "\n[{key}]\nname  = {}\n", quote(&visible(&person.name)));
            if let Some(email) = &person.email {
                let _ = writeln!(out, "email = {}", quote(email));
            }
            if let Some(phone) = &person.phone {
                let _ = writeln!(out, "phone = {}", quote(phone));
            }
            let _ = writeln!(out, "zone  = {}", quote(person.zone.as_ref().unwrap_or(&self.zone).name()));
        }
        out
    }

    fn services_file(&self) -> String {
        let rows = self.services.iter().zip(&self.account.services).enumerate();
        let row = |(index, (key, service)): (usize, (&String, &crate::import::account::Service))| {
            let tags =
                self.tagged.get(&index).map(|it| format!("tags      = {{ {} = {} }}\n", self.policy_tag, quote(it)));
            format!("\n[{key}]\n{}pagerduty = {}\n", tags.unwrap_or_default(), quote(&visible(&service.name)))
        };
        rows.map(row).collect()
    }

    fn rotation(&mut self, index: usize) -> String {
        let account = self.account;
        let schedule = &account.schedules[index];
        let mut out =
            format!("name     = {}\nzone     = {}\n", quote(&visible(&schedule.name)), quote(schedule.zone.name()));
        if let Some(promise) = promise(schedule) {
            let _ = writeln!(out, "coverage = {}", list(&promise));
        }
        let secondary = account.schedules.iter().find(|it| it.secondary_of == Some(index));
        out.push_str(&self.layers(schedule, Place { table: "layers", zone: &schedule.zone }));
        if let Some(secondary) = secondary {
            if let Some(promise) = promise(secondary) {
                let _ = write!(out, "\n[secondary]\ncoverage = {}\n", list(&promise));
            }
            out.push_str(&self.layers(secondary, Place { table: "secondary.layers", zone: &schedule.zone }));
        }
        out.push_str(&self.overrides(schedule, &schedule.zone, false));
        if let Some(secondary) = secondary {
            out.push_str(&self.overrides(secondary, &schedule.zone, true));
        }
        let family = schedule.family.filter(|it| Some(*it) != self.family());
        if let Some(family) = family {
            let _ = write!(out, "\n[pagerduty]\nfamily = \"{}\"\n", family_name(family));
        }
        out
    }

    fn layers(&mut self, schedule: &Schedule, place: Place<'_>) -> String {
        let mut out = String::new();
        for layer in &schedule.layers {
            let converted = layers::convert(layer, &schedule.zone, place, &self.people);
            out.push_str(&converted.text);
            for (what, instead) in converted.notes {
                let what = format!("schedule `{}`, {what}", brief(&schedule.name));
                self.note(Weight::Attention, "layer", layer.line, what, instead);
            }
        }
        if out.is_empty() {
            if schedule.overrides.is_empty() {
                let what = format!("schedule `{}` has no layer that holds", brief(&schedule.name));
                self.note(Weight::Attention, "no-layers", schedule.line, what, "its seat is vacant: `@nobody`");
            }
            let _ = write!(out, "\n[[{}]]\n{VACANT}", place.table);
        }
        out
    }

    fn overrides(&self, schedule: &Schedule, zone: &Zone, is_secondary: bool) -> String {
        let mut out = String::new();
        let name = |it: Option<usize>| quote(it.map_or("@nobody", |it| self.people[it].as_str()));
        for it in &schedule.overrides {
            let _ = write!(out, "\n[[overrides]]\nperson = {}\n", name(it.person));
            if it.instead_of.is_some() {
                let _ = writeln!(out, "for    = {}", name(it.instead_of));
            }
            if is_secondary {
                out.push_str("seat   = \"secondary\"\n");
            }
            let at = |it| layers::instant(zone, it);
            let _ = write!(out, "from   = {}\nuntil  = {}\n", at(it.start), at(it.end));
        }
        out
    }

    fn stand_in(&self, policy: &str, people: &[usize]) -> String {
        let people: Vec<String> = people.iter().map(|it| self.people[*it].clone()).collect();
        let together = if people.len() > 1 { "together = true\n" } else { "" };
        format!(
            "name     = {}\ncoverage = [\"24x7\"]\n\n[[layers]]\npeople  = {}\n{together}from    = 2000-01-03\n\
             handoff = {{ every = \"week\", on = \"Mon\", at = \"00:00\" }}\n",
            quote(&format!("{}, by name", visible(policy))),
            long_list(&people, 10)
        )
    }

    /// Routes by service and by the router's rules, and what comes next by policy.
    fn escalation(&mut self) -> String {
        let ladders: Vec<Ladder> = (0..self.account.policies.len()).map(|it| self.ladder(it)).collect();
        let mut out = self.repeat();
        out.push_str("routes = [\n");
        self.tag_services(&ladders);
        for (index, ladder) in ladders.iter().enumerate() {
            let Some(entry) = &ladder.entry else { continue };
            let row = |when: String, hours: String| {
                format!("  {{ {when}{hours}, page = {}, label = {} }},\n", quote(entry), quote(&visible(&ladder.name)))
            };
            for (urgency, services) in self.services_of(index) {
                let hours = match &urgency {
                    Urgency::Low => continue,
                    Urgency::High if self.account.router.is_some() => continue,
                    Urgency::High => String::new(),
                    Urgency::Hours { zone, days, from, until } => {
                        let windows = support_hours(days, *from, *until);
                        let zone =
                            if *zone == self.zone { String::new() } else { format!(", zone = {}", quote(zone.name())) };
                        format!(", hours = {}{zone}", list(&windows))
                    }
                };
                out.push_str(&row(format!("when = {{ service = {} }}", list(&services)), hours));
            }
            // Above the router's rows, and beyond what a router can see.
            let tagged = |it: &usize| self.account.services[*it].policy == Some(index);
            if let Some((_, value)) = self.tagged.iter().find(|(it, _)| tagged(it)) {
                out.push_str(&row(format!("when = {{ {} = {} }}", self.policy_tag, quote(value)), String::new()));
            }
        }
        let low: Vec<String> = self
            .services
            .iter()
            .zip(&self.account.services)
            .filter(|(_, it)| it.urgency != Urgency::High)
            .map(|(key, _)| key.clone())
            .collect();
        if !low.is_empty() {
            let when = list(&low);
            let _ = writeln!(out, "  {{ when = {{ service = {when} }}, notify = {} }},", quote(LOW));
        }
        out.push_str(&self.routed(&ladders));
        out.push_str("]\n");
        let routed: BTreeSet<usize> =
            self.account.router.iter().flat_map(|it| it.rows.iter().map(|it| it.policy).chain(it.otherwise)).collect();
        let services: Vec<Vec<String>> =
            (0..ladders.len()).map(|it| self.services_of(it).into_iter().flat_map(|(_, it)| it).collect()).collect();
        let lines: Vec<Option<usize>> = self.account.policies.iter().map(|it| it.line).collect();
        out.push_str(&edges::write(&ladders, &services, &routed, &lines, &mut self.notes));
        out
    }

    /// The rows of the router, and the last one.
    fn routed(&self, ladders: &[Ladder]) -> String {
        let mut out = String::new();
        let router = self.account.router.as_ref();
        for row in router.map(|it| it.rows.as_slice()).unwrap_or_default() {
            let Some(entry) = ladders.get(row.policy).and_then(|it| it.entry.as_ref()) else { continue };
            let mut parts = Vec::new();
            for (word, conditions) in [("when", &row.when), ("unless", &row.unless)] {
                if !conditions.is_empty() {
                    parts.push(format!("{word} = {}", tables(conditions)));
                }
            }
            parts.push(format!("page = {}", quote(entry)));
            if let Some(label) = row.label.as_ref().filter(|it| !it.is_empty()) {
                parts.push(format!("label = {}", quote(label)));
            }
            let _ = writeln!(out, "  {{ {} }},", parts.join(", "));
        }
        match router.and_then(|it| it.otherwise).and_then(|it| ladders[it].entry.as_ref()) {
            Some(entry) => {
                let _ = writeln!(out, "  {{ page = {} }},", quote(entry));
            }
            None => {
                let _ = writeln!(out, "  {{ notify = {} }},", quote(UNKNOWN));
            }
        }
        out
    }

    /// Where a router's rows would lead a service's alerts to another policy than its own, a tag of the service does.
    fn tag_services(&mut self, ladders: &[Ladder]) {
        let Some(router) = &self.account.router else { return };
        let matcher = |row: &crate::import::account::Row| {
            let conditions = |all: &[(String, Vec<String>)]| {
                let each = all.iter().map(|(tag, any)| {
                    let any = any.iter().filter_map(|it| Pattern::parse(it).ok()).collect();
                    Condition { tag: tag.clone(), any }
                });
                each.collect::<Vec<_>>()
            };
            Matcher { when: conditions(&row.when), unless: conditions(&row.unless) }
        };
        let rows: Vec<(Matcher, usize)> = router.rows.iter().map(|it| (matcher(it), it.policy)).collect();
        for (index, service) in self.account.services.iter().enumerate() {
            let Some(policy) = service.policy.filter(|_| service.urgency == Urgency::High) else { continue };
            let Some(entry) = &ladders[policy].entry else { continue };
            let tags: Tags = [("service".to_owned(), self.services[index].clone())].into();
            let led = rows.iter().find(|(it, _)| it.holds(&tags)).map(|it| it.1).or(router.otherwise);
            let same = led.is_some_and(|it| ladders[it].entry.as_ref() == Some(entry));
            if !same {
                let alone = ladders.iter().filter(|it| it.entry.as_ref() == Some(entry)).count() == 1;
                let named = slug(&ladders[policy].name).filter(|_| !alone);
                self.tagged.insert(index, named.unwrap_or_else(|| entry.trim_start_matches('@').to_owned()));
            }
        }
    }

    /// The services of a policy by urgency, in the order in which these first come.
    fn services_of(&self, policy: usize) -> Vec<(Urgency, Vec<String>)> {
        let mut groups: Vec<(Urgency, Vec<String>)> = Vec::new();
        for (key, service) in
            self.services.iter().zip(&self.account.services).filter(|(_, it)| it.policy == Some(policy))
        {
            match groups.iter_mut().find(|(urgency, _)| *urgency == service.urgency) {
                Some((_, services)) => services.push(key.clone()),
                None => groups.push((service.urgency.clone(), vec![key.clone()])),
            }
        }
        groups
    }

    /// How often all ladders are climbed: ours say it once, so what most policies say counts.
    fn repeat(&mut self) -> String {
        let said = |it: &Policy| (it.repeats, it.rules.last().map_or(0, |it| it.delay));
        let mut counts: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        for policy in self.account.policies.iter().filter(|it| !it.rules.is_empty()) {
            *counts.entry(said(policy)).or_default() += 1;
        }
        let Some((most, _)) = counts.iter().max_by_key(|(said, count)| (**count, **said)) else { return String::new() };
        let most = *most;
        for index in 0..self.account.policies.len() {
            let policy = &self.account.policies[index];
            if !policy.rules.is_empty() && said(policy) != most {
                let (times, after) = said(policy);
                let what = format!(
                    "policy `{}` is climbed again {times} times, {after} minutes after its last rule",
                    brief(&policy.name)
                );
                let instead =
                    format!("all are climbed again {} times, after {} minutes: `repeat` is said once", most.0, most.1);
                let line = policy.line;
                self.note(Weight::Attention, "repeat", line, what, instead);
            }
        }
        match most {
            (0, _) => String::new(),
            (times, after) => format!("repeat = {{ times = {}, after = \"{after}m\" }}\n", times.min(100)),
        }
    }

    /// A policy's ladder: where it begins, and what comes how many minutes later.
    fn ladder(&mut self, index: usize) -> Ladder {
        let account = self.account;
        let policy = &account.policies[index];
        let (name, key) = (policy.name.clone(), policy.key.clone());
        let mut ladder = Ladder { name, key, entry: None, rungs: Vec::new() };
        let begins = policy.key.as_deref().map(|it| it.split('+').next().unwrap_or(it)).unwrap_or_default();
        let mut seen: BTreeSet<Target> = BTreeSet::new();
        let mut after = 0u32;
        for rule in &policy.rules {
            let mut targets: Vec<Target> = rule.targets.clone();
            // A ladder leads on from a seat only: where it begins there must be one.
            targets.sort_by_key(|it| (self.target_name(*it) != begins, matches!(it, Target::Person(_))));
            targets.retain(|it| {
                let new = seen.insert(*it);
                if !new {
                    let what = format!("policy `{}` pages `{}` twice", brief(&policy.name), self.target_name(*it));
                    let instead = "once, at the earlier rung: a ladder holds each place once";
                    self.note(Weight::Attention, "twice", policy.line, what, instead);
                }
                new
            });
            let people: Vec<usize> = targets
                .iter()
                .filter_map(|it| match it {
                    Target::Person(it) => Some(*it),
                    Target::Schedule(_) => None,
                })
                .collect();
            let more = policy.rules.len() > 1 || targets.len() > 1;
            if ladder.entry.is_none() && more && people.len() == targets.len() && !people.is_empty() {
                ladder.entry = Some(self.stand_in_for(&policy.name, people));
            } else {
                for target in targets {
                    let name = self.target_name(target);
                    match &ladder.entry {
                        None => ladder.entry = Some(name),
                        Some(_) => ladder.rungs.push((after, name)),
                    }
                }
            }
            after = after.saturating_add(rule.delay);
        }
        match &ladder.entry {
            None => {
                let what = format!("policy `{}` pages nobody", brief(&policy.name));
                self.note(Weight::Attention, "pages-nobody", policy.line, what, "its services have no route");
            }
            Some(entry)
                if !entry.starts_with('@') && ladder.rungs.last().is_none_or(|(_, it)| !it.starts_with('@')) =>
            {
                ladder.rungs.push((after, "@nobody".to_owned()));
            }
            Some(_) => {}
        }
        ladder
    }

    fn stand_in_for(&mut self, policy: &str, people: Vec<usize>) -> String {
        let taken = |key: &str| {
            RESERVED.contains(&key)
                || self.rotations.iter().any(|it| it == key)
                || self.stand_ins.iter().any(|(it, _, _)| it == key)
        };
        let base = format!("{}-by-name", slug(policy).unwrap_or_else(|| "policy".to_owned()));
        let key = std::iter::once(base.clone())
            .chain((2..).map(|it| format!("{base}-{it}")))
            .find(|it| !taken(it))
            .unwrap_or(base);
        self.stand_ins.push((key.clone(), policy.to_owned(), people));
        key
    }

    fn target_name(&self, target: Target) -> String {
        match target {
            Target::Schedule(it) => match self.account.schedules[it].secondary_of {
                Some(primary) => format!("{}.secondary", self.rotations[primary]),
                None => self.rotations[it].clone(),
            },
            Target::Person(it) => format!("@{}", self.people[it]),
        }
    }
}

/// What always holds may be promised, and where all layers hold in the same hours, these were meant.
fn promise(schedule: &Schedule) -> Option<Vec<String>> {
    let current: Vec<_> = schedule.layers.iter().filter(|it| it.end.is_none()).collect();
    let promise = match current.as_slice() {
        [] => None,
        layers if layers.iter().any(|it| it.restrictions.is_empty() && !it.people.contains(&None)) => {
            Some(vec!["24x7".to_owned()])
        }
        [first, rest @ ..] if rest.iter().all(|it| it.restrictions == first.restrictions) => {
            Some(layers::windows(&first.restrictions))
        }
        _ => None,
    };
    promise.filter(|it| !it.is_empty())
}

fn family_name(family: Family) -> &'static str {
    match family {
        Family::Layers => "layers",
        Family::Shifts => "shifts",
    }
}

/// Conditions as one table, or as a list of tables where one would put them in another order.
fn tables(conditions: &[(String, Vec<String>)]) -> String {
    let one = |(tag, any): &(String, Vec<String>)| format!("{} = {}", key(tag), one_or_many(any));
    let in_order = conditions.windows(2).all(|it| it[0].0 < it[1].0);
    if in_order {
        return format!("{{ {} }}", conditions.iter().map(one).collect::<Vec<_>>().join(", "));
    }
    let each: Vec<String> = conditions.iter().map(|it| format!("{{ {} }}", one(it))).collect();
    format!("[{}]", each.join(", "))
}

/// A tag that the router does not look at.
fn policy_tag(account: &Account) -> &'static str {
    let taken = |name: &str| account.router.iter().flat_map(|it| &it.tags).any(|(tag, _)| tag == name);
    ["policy", "pagerduty-policy"].into_iter().find(|it| !taken(it)).unwrap_or("imported-policy")
}

const VACANT: &str = "\
people  = [\"@nobody\"]
from    = 2000-01-03
handoff = { every = \"week\", on = \"Mon\", at = \"00:00\" }
";

fn support_hours(days: &[u8], from: i64, until: i64) -> Vec<String> {
    let length = if until > from { until - from } else { until + CIVIL_DAY - from };
    let windows: Vec<_> = days.iter().map(|it| Restriction { day: Some(*it), opens: from, length }).collect();
    layers::windows(&windows)
}

/// The zone of most schedules, else of most people, else UTC.
fn common_zone(account: &Account) -> Zone {
    let most = |zones: Vec<&Zone>| {
        let mut counts: BTreeMap<&str, (usize, &Zone)> = BTreeMap::new();
        for zone in zones {
            counts.entry(zone.name()).or_insert((0, zone)).0 += 1;
        }
        // Of equals, the first by name.
        counts.into_iter().rev().max_by_key(|(_, (count, _))| *count).map(|(_, (_, zone))| zone.clone())
    };
    most(account.schedules.iter().map(|it| &it.zone).collect())
        .or_else(|| most(account.people.iter().filter_map(|it| it.zone.as_ref()).collect()))
        .unwrap_or_else(Zone::utc)
}

/// A key for each, none twice: what it was called before, if that is known, else what its name makes.
fn keys<'a>(wanted: impl Iterator<Item = (Option<&'a str>, Option<String>)>, fallback: &str) -> Vec<String> {
    let wanted: Vec<(Option<&str>, Option<String>)> = wanted.collect();
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|it| (*it).to_owned()).collect();
    let known: Vec<Option<String>> =
        wanted.iter().map(|(known, _)| known.filter(|it| taken.insert((*it).to_owned())).map(str::to_owned)).collect();
    // How far each name was counted: a thousand of one name are not each counted from the start.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut name = |wanted: Option<String>| {
        let wanted = wanted.unwrap_or_else(|| fallback.to_owned());
        let count = counts.entry(wanted.clone()).or_insert(1);
        let mut key = wanted.clone();
        while !taken.insert(key.clone()) {
            *count += 1;
            key = format!("{wanted}-{count}");
        }
        key
    };
    known.into_iter().zip(wanted).map(|(known, (_, wanted))| known.unwrap_or_else(|| name(wanted))).collect()
}

fn person_key(email: Option<&str>, name: &str) -> Option<String> {
    email.and_then(|it| slug(it.split(['@', '+']).next().unwrap_or(it))).or_else(|| slug(name))
}

/// Letters of a key: it is the name of a file.
const LONGEST_KEY: usize = 80;

/// A name as a key: small letters and digits, all else a hyphen; nothing, if nothing is left.
fn slug(name: &str) -> Option<String> {
    let mut out = String::new();
    for it in name.to_lowercase().chars() {
        match it {
            'a'..='z' | '0'..='9' | '_' => out.push(it),
            _ if out.ends_with('-') => {}
            _ => out.push('-'),
        }
    }
    let key: String = out.trim_matches(['-', '_']).chars().take(LONGEST_KEY).collect();
    let key = key.trim_end_matches(['-', '_']).to_owned();
    (!key.is_empty()).then_some(key)
}

/// A name without what cannot be seen; never empty.
fn visible(name: &str) -> String {
    let seen: String = name.chars().map(|it| if is_unseen(it) { ' ' } else { it }).collect();
    if seen.trim().is_empty() { "(no name)".to_owned() } else { seen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ids_and_none_comes_twice() {
        let wanted = ["Ana Souza", "ana-souza", "ana souza-2", "Org", "🙂", "!", "Bö_1"];
        let keys = keys(wanted.iter().map(|it| (None, slug(it))), "person");
        assert_eq!(keys, ["ana-souza", "ana-souza-2", "ana-souza-2-2", "org-2", "person", "person-2", "b-_1"]);
    }
}
