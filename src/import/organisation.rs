//! A PagerDuty account as an organisation: people, rotations, services and escalation, as files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::import::account::{Account, Policy, Restriction, Target, Urgency};
use crate::import::layers;
use crate::import::toml_files::{Layout, list, long_list, quote};
use crate::import::{Imported, Note, Weight};
use crate::org::is_unseen;
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
    let mut writer = Writer {
        account,
        source,
        people: keys(account.people.iter().map(|it| person_key(it.email.as_deref(), &it.name)), "person"),
        rotations: keys(account.schedules.iter().map(|it| slug(&it.name)), "schedule"),
        services: keys(account.services.iter().map(|it| slug(&it.name)), "service"),
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
    for index in 0..account.schedules.len() {
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
    /// Rotations for rules that page people by name and have a rule after them: key, policy, people.
    stand_ins: Vec<(String, String, Vec<usize>)>,
    notes: Vec<Note>,
    zone: Zone,
}

/// An edge of the escalation graph, before it is written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    from: String,
    after: u32,
    to: String,
}

impl Writer<'_> {
    fn about(&self, what: &str) -> String {
        format!("{what}; imported from {}.", self.source)
    }

    fn note(&mut self, weight: Weight, code: &'static str, line: usize, what: String, instead: impl Into<String>) {
        self.notes.push(Note { weight, code, line: Some(line), what, instead: instead.into() });
    }

    fn org(&self) -> String {
        format!("zone = {}\n", quote(self.zone.name()))
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
        let rows = self.services.iter().zip(&self.account.services);
        rows.map(|(key, service)| format!("\n[{key}]\npagerduty = {}\n", quote(&visible(&service.name)))).collect()
    }

    fn rotation(&mut self, index: usize) -> String {
        let schedule = &self.account.schedules[index];
        let mut out =
            format!("name     = {}\nzone     = {}\n", quote(&visible(&schedule.name)), quote(schedule.zone.name()));
        let current: Vec<_> = schedule.layers.iter().filter(|it| it.end.is_none()).collect();
        // What always holds may be promised, and where all layers hold in the same hours, these were meant.
        let promise = match current.as_slice() {
            [] => None,
            layers if layers.iter().any(|it| it.restrictions.is_empty()) => Some(vec!["24x7".to_owned()]),
            [first, rest @ ..] if rest.iter().all(|it| it.restrictions == first.restrictions) => {
                Some(layers::windows(&first.restrictions))
            }
            _ => None,
        };
        if let Some(promise) = promise.filter(|it| !it.is_empty()) {
            let _ = writeln!(out, "coverage = {}", list(&promise));
        }
        let mut written = false;
        for layer in &schedule.layers {
            let converted = layers::convert(layer, &schedule.zone, &self.people);
            written |= !converted.text.is_empty();
            out.push_str(&converted.text);
            for (what, instead) in converted.notes {
                let what = format!("schedule `{}`, {what}", schedule.name);
                self.notes.push(Note {
                    weight: Weight::Attention,
                    code: "layer",
                    line: Some(layer.line),
                    what,
                    instead,
                });
            }
        }
        if !written {
            let what = format!("schedule `{}` has no layer that holds", schedule.name);
            self.note(Weight::Attention, "no-layers", schedule.line, what, "its seat is vacant: `@nobody`");
            out.push_str(VACANT);
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

    /// Routes by service, and what comes next by policy.
    fn escalation(&mut self) -> String {
        let ladders: Vec<Ladder> = (0..self.account.policies.len()).map(|it| self.ladder(it)).collect();
        let mut out = self.repeat();
        out.push_str("routes = [\n");
        for (index, ladder) in ladders.iter().enumerate() {
            let Some(entry) = &ladder.entry else { continue };
            for (urgency, services) in self.services_of(index) {
                let hours = match &urgency {
                    Urgency::Low => continue,
                    Urgency::High => String::new(),
                    Urgency::Hours { zone, days, from, until } => {
                        let windows = support_hours(days, *from, *until);
                        let zone =
                            if *zone == self.zone { String::new() } else { format!(", zone = {}", quote(zone.name())) };
                        format!(", hours = {}{zone}", list(&windows))
                    }
                };
                let when = format!("when = {{ service = {} }}", list(&services));
                let _ = writeln!(
                    out,
                    "  {{ {when}{hours}, page = {}, label = {} }},",
                    quote(entry),
                    quote(&visible(&ladder.name))
                );
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
        let _ = writeln!(out, "  {{ notify = {} }},\n]", quote(UNKNOWN));
        out.push_str(&self.edges(&ladders));
        out
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
                    policy.name
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
        let mut ladder = Ladder { name: policy.name.clone(), entry: None, rungs: Vec::new() };
        let mut seen: BTreeSet<Target> = BTreeSet::new();
        let mut after = 0u32;
        for rule in &policy.rules {
            let mut targets: Vec<Target> = rule.targets.clone();
            // A ladder leads on from a seat only: where it begins there must be one.
            targets.sort_by_key(|it| matches!(it, Target::Person(_)));
            targets.retain(|it| {
                let new = seen.insert(*it);
                if !new {
                    let what = format!("policy `{}` pages `{}` twice", policy.name, self.target_name(*it));
                    let instead = "once, at the earlier rung: a ladder holds each place once";
                    self.notes.push(Note {
                        weight: Weight::Attention,
                        code: "twice",
                        line: Some(policy.line),
                        what,
                        instead: instead.to_owned(),
                    });
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
                let what = format!("policy `{}` pages nobody", policy.name);
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
            Target::Schedule(it) => self.rotations[it].clone(),
            Target::Person(it) => format!("@{}", self.people[it]),
        }
    }

    /// What comes next. An edge holds wherever its seat is met, so where policies part ways after a seat their edges
    /// ask for their services.
    fn edges(&mut self, ladders: &[Ladder]) -> String {
        let mut out = String::new();
        let mut graph: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut written: BTreeSet<(Edge, String)> = BTreeSet::new();
        for (index, ladder) in ladders.iter().enumerate() {
            let Some(entry) = ladder.entry.as_ref().filter(|it| !it.starts_with('@')) else { continue };
            let meets = |it: &Ladder| it.entry.as_ref() == Some(entry) || it.rungs.iter().any(|(_, to)| to == entry);
            let parts =
                ladders.iter().any(|it| meets(it) && (it.entry.as_ref() != Some(entry) || it.rungs != ladder.rungs));
            let services: Vec<String> = self.services_of(index).into_iter().flat_map(|(_, it)| it).collect();
            let line = self.account.policies[index].line;
            if parts && services.is_empty() {
                let what = format!("no service has policy `{}`, which begins where another leads", ladder.name);
                self.note(Weight::Attention, "unused-policy", line, what, "its escalations are left out");
                continue;
            }
            let when = match parts {
                true => format!(", when = {{ service = {} }}", list(&services)),
                false => String::new(),
            };
            for (after, to) in &ladder.rungs {
                if reaches(&graph, to, entry) {
                    let what = format!(
                        "policy `{}` leads from `{entry}` to `{to}`, and another policy the other way",
                        ladder.name
                    );
                    self.note(
                        Weight::Attention,
                        "circle",
                        line,
                        what,
                        "this rung is left out: ours never lead in a circle",
                    );
                    continue;
                }
                let edge = Edge { from: entry.clone(), after: *after, to: to.clone() };
                if written.insert((edge, when.clone())) {
                    graph.entry(entry.clone()).or_default().insert(to.clone());
                    let _ = writeln!(
                        out,
                        "  {{ from = {}, after = \"{after}m\", to = {}{when} }},",
                        quote(entry),
                        quote(to)
                    );
                }
            }
        }
        if out.is_empty() { out } else { format!("escalations = [\n{out}]\n") }
    }
}

/// A policy as a ladder.
struct Ladder {
    name: String,
    /// A seat or `@person`; absent, the policy pages nobody.
    entry: Option<String>,
    /// Minutes from the entry, and where to.
    rungs: Vec<(u32, String)>,
}

/// Whether one can go from one place to another.
fn reaches(graph: &BTreeMap<String, BTreeSet<String>>, from: &str, to: &str) -> bool {
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut stack = vec![from];
    while let Some(it) = stack.pop() {
        if it == to {
            return true;
        }
        if seen.insert(it) {
            stack.extend(graph.get(it).into_iter().flatten().map(String::as_str));
        }
    }
    false
}

const VACANT: &str = "
[[layers]]
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

/// A key for each, none twice.
fn keys(wanted: impl Iterator<Item = Option<String>>, fallback: &str) -> Vec<String> {
    let mut taken: BTreeSet<String> = RESERVED.iter().map(|it| (*it).to_owned()).collect();
    // How far each name was counted: a thousand of one name are not each counted from the start.
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    wanted
        .map(|wanted| {
            let wanted = wanted.unwrap_or_else(|| fallback.to_owned());
            let count = counts.entry(wanted.clone()).or_insert(1);
            let mut key = wanted.clone();
            while !taken.insert(key.clone()) {
                *count += 1;
                key = format!("{wanted}-{count}");
            }
            key
        })
        .collect()
}

fn person_key(email: Option<&str>, name: &str) -> Option<String> {
    email.and_then(|it| slug(it.split(['@', '+']).next().unwrap_or(it))).or_else(|| slug(name))
}

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
    let key = out.trim_matches(['-', '_']).to_owned();
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
        let keys = keys(wanted.iter().map(|it| slug(it)), "person");
        assert_eq!(keys, ["ana-souza", "ana-souza-2", "ana-souza-2-2", "org-2", "person", "person-2", "b-_1"]);
    }
}
