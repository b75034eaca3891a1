//! An account of PagerDuty's as it stands, read through the API.
//!
//! What has our mark becomes what it was: the same rotations and seats, so that a plan of the files finds nothing to do.
//! What others made is carried as far as our files can hold it, and the rest is told. The past is not: PagerDuty
//! rewrites when a layer began, and what has ended says nothing about tomorrow.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::config::is_email;
use crate::import::account::{
    Account, Layer, Override, Person, Policy, Restriction, Router, Row, Rule, Schedule, Service, Target, Turn, Urgency,
};
use crate::import::pcl;
use crate::import::toml_files::Layout;
use crate::import::{Imported, Note, Weight, brief, organisation};
use crate::org::{Family, is_unseen};
use crate::pagerduty::mark::Mark;
use crate::pagerduty::observed::{Routed, Whole};
use crate::pagerduty::spec::{self, Seconds};
use crate::pagerduty::wire;
use crate::time::{CIVIL_DAY, CIVIL_WEEK, Instant, Zone};

/// A layer that was taken back before it began lasts so long, and does not hold.
const MINUTE: Seconds = 60;

/// Makes files of an account; `source` is what they say it was read from. `orchestration` is the one whose rules are
/// read, should there be several.
pub fn read(whole: &Whole, now: Instant, source: &str, orchestration: Option<&str>, layout: &Layout) -> Imported {
    let mut reader = Reader {
        whole,
        now: now.unix(),
        account: Account::default(),
        people: BTreeMap::new(),
        schedules: BTreeMap::new(),
        policies: BTreeMap::new(),
        notes: Vec::new(),
    };
    reader.schedules();
    reader.policies();
    reader.services();
    reader.router(orchestration);
    reader.told();
    reader.account.teams = whole.observed.teams.iter().any(|it| Mark::read(&it.description).is_some());
    let Reader { account, notes, .. } = reader;
    organisation::write(&account, source, notes, layout)
}

struct Reader<'a> {
    whole: &'a Whole,
    now: Seconds,
    account: Account,
    /// By id.
    people: BTreeMap<String, usize>,
    /// By id and family: ids are unique among their kind only.
    schedules: BTreeMap<(String, bool), usize>,
    /// By id.
    policies: BTreeMap<String, usize>,
    notes: Vec<Note>,
}

impl<'a> Reader<'a> {
    fn attention(&mut self, code: &'static str, what: String, instead: &str) {
        self.notes.push(Note { weight: Weight::Attention, code, line: None, what, instead: instead.to_owned() });
    }

    fn remark(&mut self, code: &'static str, what: String, instead: &str) {
        self.notes.push(Note { weight: Weight::Remark, code, line: None, what, instead: instead.to_owned() });
    }

    /// Somebody by id; `named` is what they are called where they are named.
    fn person(&mut self, id: &str, named: &str) -> usize {
        if let Some(known) = self.people.get(id) {
            return *known;
        }
        let found = self.whole.observed.users.iter().find(|it| it.id == id);
        let person = match found {
            Some(user) => {
                let email = Some(user.email.clone()).filter(|it| is_email(it) && !it.contains(is_unseen));
                if email.is_none() {
                    let what = format!(
                        "{} has no e-mail address that can be read: `{}`",
                        brief(&user.name),
                        brief(&user.email)
                    );
                    self.attention("no-email", what, "people.toml has none: fill it in, PagerDuty knows people by it");
                }
                if user.contact_methods.is_empty() {
                    let what = format!("{} has no contact method", brief(&user.name));
                    self.remark("no-contact", what, "nothing would reach them: `plan` says so too");
                }
                let zone = user.rest.get("time_zone").and_then(Value::as_str).and_then(|it| Zone::named(it).ok());
                Person { key: None, name: user.name.clone(), email, phone: phone(&user.contact_methods), zone }
            }
            None => {
                let name = if named.trim().is_empty() { id } else { named };
                let what = format!("user {} ({}) is no longer in the account", brief(id), brief(name));
                self.attention(
                    "unknown-user",
                    what,
                    "they keep their places, without an e-mail address: put somebody else there",
                );
                Person { name: name.to_owned(), ..Person::default() }
            }
        };
        self.account.people.push(person);
        self.people.insert(id.to_owned(), self.account.people.len() - 1);
        self.account.people.len() - 1
    }

    fn zone(&mut self, name: &str, whose: &str) -> Zone {
        let found = Zone::named(name);
        if found.is_err() {
            let what = format!("schedule `{}` is in a zone that is not known: `{}`", brief(whose), brief(name));
            self.attention("unknown-zone", what, "its times are read in UTC");
        }
        found.unwrap_or_else(|_| Zone::utc())
    }

    fn schedules(&mut self) {
        let whole = self.whole;
        let used: BTreeSet<&str> = whole
            .observed
            .policies
            .iter()
            .flat_map(|it| &it.escalation_rules)
            .flat_map(|it| &it.targets)
            .filter(|it| it.r#type.contains("schedule"))
            .map(|it| it.id.as_str())
            .collect();
        let layers = whole.observed.layers.iter().map(|it| (&it.id, &it.description, false));
        let shifts = whole.observed.shifts.iter().map(|it| (&it.id, &it.description, true));
        let mut all: Vec<(&String, Option<String>, bool)> =
            layers.chain(shifts).map(|(id, text, shifts)| (id, Mark::read(text).map(|it| it.key), shifts)).collect();
        // Of two with one mark that which is used is it.
        let mut taken: BTreeSet<String> = BTreeSet::new();
        let mut order: Vec<usize> = (0..all.len()).collect();
        order.sort_by_key(|it| !used.contains(all[*it].0.as_str()));
        for index in order {
            let key = all[index].1.clone();
            if let Some(key) = key.filter(|it| !is_seat(it) || !taken.insert(it.clone())) {
                let what =
                    format!("schedule {} has the mark of {}, as another one has", brief(all[index].0), brief(&key));
                self.attention("twice-marked", what, "it becomes a rotation of its own");
                all[index].1 = None;
            }
        }
        for (id, key, shifts) in &all {
            let index = self.account.schedules.len();
            self.schedules.insert(((*id).clone(), *shifts), index);
            let mut schedule = if *shifts { self.of_shifts(id) } else { self.of_layers(id) };
            schedule.key = key.clone();
            if key.is_some() {
                // Names that we gave say nothing.
                schedule.layers.iter_mut().for_each(|it| it.name.clear());
            }
            if !used.contains(id.as_str()) && key.is_none() {
                let what = format!("schedule `{}` is in no policy", brief(&schedule.name));
                self.remark("unused-schedule", what, "nothing pages its rotation");
            }
            self.account.schedules.push(schedule);
        }
        // Secondary seats belong to the rotation of the primary one.
        let keys: Vec<Option<String>> = self.account.schedules.iter().map(|it| it.key.clone()).collect();
        for (index, key) in keys.iter().enumerate() {
            let Some(primary) = key.as_ref().and_then(|it| it.strip_suffix(".secondary")) else { continue };
            let place = keys.iter().position(|it| it.as_deref() == Some(primary));
            self.account.schedules[index].secondary_of = place;
            self.account.schedules[index].key = None;
            if place.is_none() {
                let what = format!("the schedule of {primary}.secondary is there, and that of {primary} is not");
                self.attention("no-primary", what, "it becomes a rotation of its own");
            }
        }
    }

    fn of_layers(&mut self, id: &str) -> Schedule {
        let whole = self.whole;
        let found = whole.observed.layers.iter().find(|it| it.id == id).cloned().unwrap_or_default();
        let zone = self.zone(&found.time_zone, &found.name);
        let mut rows: Vec<&wire::Layer> = found.schedule_layers.iter().collect();
        // The last one wins here; which one does there must be seen.
        if whole.reversed(id) {
            rows.reverse();
        }
        let mut layers = Vec::new();
        let mut ended = 0;
        for row in rows {
            let Some(read) = spec::read_layer(row) else {
                let what = format!(
                    "layer `{}` of schedule `{}` has times that cannot be read",
                    brief(&row.name),
                    brief(&found.name)
                );
                self.attention("unreadable", what, "it is left out: what it held is nobody's");
                continue;
            };
            let start = read.from.unwrap_or(self.now);
            if read.until.is_some_and(|it| it <= self.now || it - start <= MINUTE) {
                ended += 1;
                continue;
            }
            if row.users.is_empty() {
                let what = format!("layer `{}` of schedule `{}` has nobody", brief(&row.name), brief(&found.name));
                self.attention("no-users", what, "it is left out: what it held is nobody's");
                continue;
            }
            let people = row.users.iter().map(|it| Some(self.person(&it.user.id, &it.user.summary))).collect();
            layers.push(Layer {
                name: row.name.clone(),
                start: Instant::from_unix(start),
                began: start <= self.now,
                end: read.until.map(Instant::from_unix),
                virtual_start: Instant::from_unix(read.anchor),
                turn: Turn::Seconds(read.turn),
                people,
                together: false,
                restrictions: row.restrictions.iter().filter_map(restriction).collect(),
                line: None,
            });
        }
        self.ended(ended, "layer", &found.name);
        let mut overrides = Vec::new();
        for it in whole.observed.overrides.get(id).into_iter().flatten() {
            let (Some(start), Some(end)) = (wire::instant(&it.start), wire::instant(&it.end)) else { continue };
            if end.unix() > self.now && start < end {
                let person = Some(self.person(&it.user.id, &it.user.summary));
                overrides.push(Override { person, instead_of: None, start, end });
            }
        }
        let family = Some(Family::Layers);
        Schedule { key: None, secondary_of: None, family, name: found.name, zone, layers, overrides, line: None }
    }

    fn ended(&mut self, count: usize, kind: &str, schedule: &str) {
        if count > 0 {
            let many = if count == 1 { format!("1 {kind}") } else { format!("{count} {kind}s") };
            let what = format!("schedule `{}` has {many} that ended", brief(schedule));
            self.remark("ended", what, "the past is not carried");
        }
    }

    fn of_shifts(&mut self, id: &str) -> Schedule {
        let whole = self.whole;
        let found = whole.observed.shifts.iter().find(|it| it.id == id).cloned().unwrap_or_default();
        let zone = self.zone(&found.time_zone, &found.name);
        let mut layers = Vec::new();
        let mut ended = 0;
        for event in found.rotations.iter().flat_map(|it| &it.events) {
            let what = format!("event `{}` of schedule `{}`", brief(&event.name), brief(&found.name));
            let Some(read) = spec::read_event(event, 0) else {
                self.attention(
                    "unreadable",
                    format!("{what} has times that cannot be read"),
                    "it is left out: what it held is nobody's",
                );
                continue;
            };
            if read.until.is_some_and(|it| it <= self.now || read.from.is_some_and(|from| it <= from)) {
                ended += 1;
                continue;
            }
            if read.members.is_empty() {
                self.attention("no-users", format!("{what} has nobody"), "it is left out: what it held is nobody's");
                continue;
            }
            let members = read.members.iter().map(|it| it.as_ref().map(|it| self.person(it, ""))).collect();
            match self.event(event, &read, &zone, members) {
                Ok(layer) => layers.push(layer),
                Err(why) => {
                    self.attention("event", format!("{what} {why}"), "it is left out: what it held is nobody's");
                }
            }
        }
        self.ended(ended, "event", &found.name);
        let mut overrides = self.exceptions_of_shifts(id, &found.name);
        // Where everybody is on call at once an override says for whom; whoever comes by themselves is a layer then.
        let crowds: Vec<(Instant, Instant)> = layers
            .iter()
            .filter(|it: &&Layer| it.together)
            .map(|it| (if it.began { Instant::MIN } else { it.start }, it.end.unwrap_or(Instant::MAX)))
            .collect();
        let is_single = |it: &Override| {
            it.instead_of.is_none() && crowds.iter().any(|(start, end)| it.start < *end && *start < it.end)
        };
        for it in overrides.iter().filter(|it| is_single(it)) {
            layers.push(Layer {
                name: "custom shift".to_owned(),
                start: it.start,
                began: false,
                end: Some(it.end),
                virtual_start: it.start,
                turn: Turn::Days(1),
                people: vec![it.person],
                together: false,
                restrictions: Vec::new(),
                line: None,
            });
            let what =
                format!("schedule `{}` has a custom shift from {} until {}", brief(&found.name), it.start, it.end);
            self.remark(
                "custom-shift",
                what,
                "it is a layer: where everybody is on call at once, overrides say for whom",
            );
        }
        overrides.retain(|it| !is_single(it));
        let family = Some(Family::Shifts);
        Schedule { key: None, secondary_of: None, family, name: found.name, zone, layers, overrides, line: None }
    }

    /// An event as a layer: its occurrences are windows, and so many of them a turn.
    fn event(
        &mut self,
        event: &wire::Event,
        read: &spec::Event,
        zone: &Zone,
        members: Vec<Option<usize>>,
    ) -> Result<Layer, String> {
        if !spec::same_zone(&read.zone, zone.name()) {
            return Err(format!("is in {}, another zone than its schedule", brief(&read.zone)));
        }
        let rules: Vec<&String> = event.recurrence.iter().filter(|it| it.starts_with("RRULE:")).collect();
        let [rule] = rules[..] else { return Err("has not one rule".to_owned()) };
        if event.recurrence.len() > 1 {
            let what = format!("event `{}` leaves out or adds single days", brief(&event.name));
            self.attention("single-days", what, "its rule is carried without them");
        }
        let rule =
            spec::Rule::read(rule).ok_or_else(|| format!("repeats in a way that layers cannot: {}", brief(rule)))?;
        let civil = |at: Seconds| zone.civil(Instant::from_unix(at)).and_utc().timestamp();
        let (opens, length) = (civil(read.start).rem_euclid(CIVIL_DAY), civil(read.end) - civil(read.start));
        let weekday = (civil(read.start).div_euclid(CIVIL_DAY) + 3).rem_euclid(7);
        let each = read.each.unwrap_or(1).max(1);
        let period = rule.period();
        let days: Vec<i64> = if rule.days.is_empty() { vec![weekday] } else { rule.days.clone() };
        let always = length == period && (rule.daily || days.len() == 1);
        if !always && (rule.every > 1 || length > if rule.daily { CIVIL_DAY } else { CIVIL_WEEK }) {
            return Err(format!("repeats in a way that layers cannot: {}", brief(&event.recurrence[0])));
        }
        if !rule.daily && !days.contains(&weekday) {
            return Err("begins on a day that its rule does not name".to_owned());
        }
        let day = |it: i64| u8::try_from(it.rem_euclid(7)).ok();
        let restrictions = match (always, rule.daily) {
            (true, _) => Vec::new(),
            (_, true) => vec![Restriction { day: None, opens, length }],
            _ => days.iter().map(|it| Restriction { day: day(*it), opens, length }).collect(),
        };
        let count = days.len() as i64;
        let (turn, people) = match (rule.daily, read.each) {
            (true, None) => (Turn::Days(rule.every), members),
            (false, None) => (Turn::Seconds(period), members),
            (true, Some(_)) => (Turn::Days(each.saturating_mul(rule.every)), members),
            (false, Some(_)) if each % count == 0 => (Turn::Seconds((each / count).saturating_mul(period)), members),
            // So many occurrences that make no whole weeks: each is a turn.
            (false, Some(_)) => {
                if each.saturating_mul(members.len() as i64) > MOST_PLACES {
                    return Err("has turns of more occurrences than can be told".to_owned());
                }
                let often = usize::try_from(each).unwrap_or(1);
                let people = members.iter().flat_map(|it| std::iter::repeat_n(*it, often)).collect();
                let mut on: Vec<u8> = days.iter().filter_map(|it| day(*it)).collect();
                on.sort_unstable();
                (Turn::Weekdays(on), people)
            }
        };
        let start = read.from.unwrap_or(self.now);
        Ok(Layer {
            name: event.name.clone(),
            start: Instant::from_unix(start),
            began: start <= self.now,
            end: read.until.map(Instant::from_unix),
            virtual_start: Instant::from_unix(read.start),
            turn,
            together: read.each.is_none() && people.len() > 1,
            people,
            restrictions,
            line: None,
        })
    }

    fn exceptions_of_shifts(&mut self, id: &str, schedule: &str) -> Vec<Override> {
        let whole = self.whole;
        let shown = whole.observed.rendered.get(id).map(Vec::as_slice).unwrap_or_default();
        let (mut all, now) = (Vec::new(), self.now);
        for (_, it) in
            whole.observed.exceptions_of_shifts(id).into_iter().filter(|(_, it)| it.end > now && it.start < it.end)
        {
            let (start, end) = (Instant::from_unix(it.start), Instant::from_unix(it.end));
            let person = it.user.as_ref().map(|it| self.person(it, ""));
            let instead_of = it.instead_of.as_ref().map(|(_, out)| self.person(out, ""));
            let crowd = |user: &String| {
                let here = |stretch: &&spec::Stretch| stretch.start < it.end && it.start.max(now) < stretch.end;
                shown.iter().filter(here).any(|it| it.users.iter().any(|one| one != user) && it.users.contains(user))
            };
            if instead_of.is_none() && it.user.as_ref().is_some_and(crowd) {
                let name = person.map(|it| self.account.people[it].name.clone()).unwrap_or_default();
                let what =
                    format!("schedule `{}` has {} as well from {start} until {end}", brief(schedule), brief(&name));
                self.attention(
                    "as-well",
                    what,
                    "left out: an override puts somebody in another's place, not beside them",
                );
                continue;
            }
            if instead_of.is_some_and(|it| Some(it) == person) {
                continue;
            }
            all.push(Override { person, instead_of, start, end });
        }
        all
    }

    fn policies(&mut self) {
        let whole = self.whole;
        let mut taken: BTreeSet<String> = BTreeSet::new();
        for policy in &whole.observed.policies {
            let key = Mark::read(&policy.description).map(|it| it.key).filter(|it| taken.insert(it.clone()));
            let mut rules = Vec::new();
            for (index, rule) in policy.escalation_rules.iter().enumerate() {
                let strategy = rule.rest.get("escalation_rule_assignment_strategy");
                if strategy.and_then(|it| it["type"].as_str()) == Some("round_robin") {
                    let what =
                        format!("rule {} of policy `{}` takes turns among its targets", index + 1, brief(&policy.name));
                    self.attention("round-robin", what, "all of them are paged at once");
                }
                let mut targets = Vec::new();
                // In no order there.
                let mut there: Vec<&wire::Reference> = rule.targets.iter().collect();
                there.sort_by_key(|it| (&it.r#type, &it.id));
                for target in there {
                    let shifts = target.r#type.contains("v3");
                    let of = |shifts| self.schedules.get(&(target.id.clone(), shifts)).copied();
                    if target.r#type.contains("schedule") {
                        match of(shifts).or_else(|| of(!shifts)) {
                            Some(index) => targets.push(Target::Schedule(index)),
                            None => self.lost(policy, target),
                        }
                    } else if target.r#type.starts_with("user") {
                        targets.push(Target::Person(self.person(&target.id, &target.summary)));
                    } else {
                        self.lost(policy, target);
                    }
                }
                let delay = u32::try_from(rule.escalation_delay_in_minutes).unwrap_or(0);
                rules.push(Rule { delay, targets });
            }
            // A policy that begins at somebody says what we call them.
            if let (Some(name), Some(Target::Person(index))) =
                (key.as_ref().and_then(|it| it.strip_prefix('@')), rules.first().and_then(|it| it.targets.first()))
                && is_seat(name)
            {
                self.account.people[*index].key.get_or_insert(name.to_owned());
            }
            self.policies.insert(policy.id.clone(), self.account.policies.len());
            let repeats = u32::try_from(policy.num_loops).unwrap_or(0);
            self.account.policies.push(Policy { key, name: policy.name.clone(), repeats, rules, line: None });
        }
    }

    fn lost(&mut self, policy: &wire::Policy, target: &wire::Reference) {
        let what = format!(
            "policy `{}` pages {} {}, which cannot be read",
            brief(&policy.name),
            brief(&target.r#type),
            brief(&target.id)
        );
        self.attention("unknown-target", what, "this target is left out");
    }

    fn services(&mut self) {
        let whole = self.whole;
        for service in whole.observed.services.iter().filter(|it| Mark::read(&it.description).is_none()) {
            if service.rest.get("status").and_then(Value::as_str) == Some("disabled") {
                let what = format!("service `{}` is disabled", brief(&service.name));
                self.remark("disabled", what, "it is carried as if it were not");
            }
            let policy = self.policies.get(&service.escalation_policy.id).copied();
            if policy.is_none() {
                let what = format!("service `{}` has a policy that cannot be read", brief(&service.name));
                self.attention("no-policy", what, "it has no route: its alerts reach the last row");
            }
            let urgency = self.urgency(service);
            self.account.services.push(Service { name: service.name.clone(), policy, urgency });
        }
    }

    fn urgency(&mut self, service: &wire::Service) -> Urgency {
        let name = brief(&service.name);
        let Some(rule) = service.rest.get("incident_urgency_rule") else { return Urgency::High };
        let word = |it: &Value| it.as_str().unwrap_or_default().to_owned();
        if word(&rule["type"]) != "use_support_hours" {
            return match word(&rule["urgency"]).as_str() {
                "low" => {
                    self.remark(
                        "low-urgency",
                        format!("alerts of service `{name}` are never urgent"),
                        "they inform, and page nobody",
                    );
                    Urgency::Low
                }
                "severity_based" => {
                    self.attention(
                        "severity",
                        format!("service `{name}` pages by severity"),
                        "all its alerts page: put `unless = { severity = [\"warning\", \"info\"] }` on its route",
                    );
                    Urgency::High
                }
                _ => Urgency::High,
            };
        }
        let (during, outside) =
            (word(&rule["during_support_hours"]["urgency"]), word(&rule["outside_support_hours"]["urgency"]));
        let hours =
            service.rest.get("support_hours").map_or(Urgency::High, |it| support_hours(it).unwrap_or(Urgency::High));
        if (during.as_str(), outside.as_str()) != ("high", "low") || hours == Urgency::High {
            let what = format!("service `{name}` is {during} in its support hours and {outside} outside of them");
            self.attention("support-hours", what, "its alerts page at all hours");
            return Urgency::High;
        }
        hours
    }

    fn router(&mut self, asked: Option<&str>) {
        let whole = self.whole;
        let is_ours = |it: &Routed| Mark::read(&it.orchestration.description).is_some();
        let full: Vec<&Routed> = whole
            .routers
            .iter()
            .filter(|it| !it.rules.is_empty() || it.otherwise.as_deref().unwrap_or("unrouted") != "unrouted")
            .collect();
        let chosen = match asked {
            Some(name) => whole.routers.iter().find(|it| it.orchestration.name == name),
            None => whole.routers.iter().find(|it| is_ours(it)).or_else(|| full.first().copied()),
        };
        if let (None, Some(name)) = (chosen, asked) {
            let what = format!("there is no orchestration `{}`", brief(name));
            self.attention("no-orchestration", what, "routes are made of services only");
        }
        for other in full.iter().filter(|it| chosen.is_none_or(|chosen| !std::ptr::eq(**it, chosen))) {
            let what = format!("orchestration `{}` has a router too", brief(&other.orchestration.name));
            self.attention("second-router", what, "its rules are left out; `--orchestration NAME` reads another one");
        }
        let Some(routed) = chosen else { return };
        let name = routed.orchestration.name.clone();
        let orchestration = is_ours(routed).then(|| name.clone());
        if orchestration.is_none() {
            let what = format!("the router of `{}` is not ours", brief(&name));
            self.remark(
                "router",
                what,
                "its rules are routes here; `orchestration` below `[pagerduty]` in org.toml would make it ours",
            );
        }
        let mut tags = Tags::default();
        let mut rows = Vec::new();
        let mut otherwise = None;
        let mut closed = false;
        for (index, rule) in routed.rules.iter().enumerate() {
            let label = rule.label.clone().unwrap_or_default();
            let about = format!("rule {} (`{}`) of orchestration `{}`", index + 1, brief(&label), brief(&name));
            if rule.rest.get("disabled").and_then(Value::as_bool) == Some(true) {
                self.remark("rule", format!("{about} is disabled"), "it is left out");
                continue;
            }
            let policy = rule.actions.route_to.as_deref().and_then(|it| self.policy_of_service(it));
            let Some(policy) = policy else {
                self.attention(
                    "rule",
                    format!("{about} leads to no service that is known"),
                    "it is left out: its alerts reach the rules below",
                );
                continue;
            };
            if rule.conditions.is_empty() {
                (otherwise, closed) = (Some(policy), true);
                break;
            }
            match pcl::read(rule.conditions.iter().map(|it| it.expression.as_str())) {
                Ok(all) => {
                    for it in all {
                        let mut named = |all: Vec<(String, Vec<String>)>| {
                            all.into_iter().map(|(path, any)| (tags.named(&path), any)).collect::<Vec<_>>()
                        };
                        let (when, unless) = (named(it.when), named(it.unless));
                        rows.push(Row { label: rule.label.clone(), when, unless, policy });
                    }
                }
                Err(why) => {
                    self.attention("rule", format!("{about} {why}"), "it is left out: its alerts reach the rules below")
                }
            }
        }
        if !closed {
            otherwise = routed.otherwise.as_deref().and_then(|it| self.policy_of_service(it));
        }
        self.account.router = Some(Router { orchestration, tags: tags.0, rows, otherwise });
    }

    /// The policy that a service uses; of our own services, that of their mark.
    fn policy_of_service(&self, id: &str) -> Option<usize> {
        let service = self.whole.observed.services.iter().find(|it| it.id == id)?;
        self.policies.get(&service.escalation_policy.id).copied()
    }

    /// What concerns the whole.
    fn told(&mut self) {
        let idle = self.whole.observed.users.iter().filter(|it| !self.people.contains_key(&it.id)).count();
        if idle > 0 {
            let many = match idle {
                1 => "1 user takes no turns and is paged by nobody".to_owned(),
                _ => format!("{idle} users take no turns and are paged by nobody"),
            };
            self.remark("idle-users", many, "people.toml does without them");
        }
        let names = |marks: Vec<(&String, &String)>| marks.into_iter().filter(|it| Mark::read(it.1).is_none()).count();
        let observed = &self.whole.observed;
        let layers = observed.layers.iter().map(|it| (&it.name, &it.description));
        let shifts = observed.shifts.iter().map(|it| (&it.name, &it.description));
        let policies = observed.policies.iter().map(|it| (&it.name, &it.description));
        let (schedules, policies) = (names(layers.chain(shifts).collect()), names(policies.collect()));
        if schedules + policies > 0 {
            let count =
                |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
            let (schedules, policies) =
                (count(schedules, "schedule", "schedules"), count(policies, "policy", "policies"));
            let what = format!("without a mark of ours: {schedules}, {policies}");
            self.remark("unmarked", what, "`plan` makes new ones beside them; `--adopt NAME` takes one over");
        }
    }
}

/// More places of an order are not told one by one.
const MOST_PLACES: i64 = 1_000;

/// Names of tags for paths: the last word of each, none twice.
#[derive(Default)]
struct Tags(Vec<(String, String)>);

impl Tags {
    fn named(&mut self, path: &str) -> String {
        if let Some((tag, _)) = self.0.iter().find(|it| it.1 == path) {
            return tag.clone();
        }
        let last = path.rsplit(['.', '[']).next().unwrap_or(path);
        let last = match path.split_once("['") {
            Some((_, inner)) => inner.trim_end_matches("']"),
            None => last.trim_end_matches(']'),
        };
        let last: String = last.chars().filter(|it| !is_unseen(*it)).collect();
        let last = if last.trim().is_empty() { "field".to_owned() } else { last };
        let taken = |name: &str| self.0.iter().any(|it| it.0 == name);
        let tag = (1..).map(|it| if it == 1 { last.clone() } else { format!("{last}-{it}") }).find(|it| !taken(it));
        let tag = tag.unwrap_or(last);
        self.0.push((tag.clone(), path.to_owned()));
        tag
    }
}

/// Whether a mark's key can be that of a seat here.
fn is_seat(key: &str) -> bool {
    let key = key.strip_suffix(".secondary").unwrap_or(key);
    let reserved = ["org", "people", "services", "escalation", "nobody"];
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '_');
    !key.is_empty() && key.chars().all(plain) && !reserved.contains(&key)
}

fn phone(methods: &[Value]) -> Option<String> {
    let method = methods.iter().find(|it| it["type"].as_str().is_some_and(|it| it.starts_with("phone")))?;
    let country = method["country_code"].as_i64().filter(|it| *it > 0).unwrap_or(1);
    let digits: String =
        method["address"].as_str()?.chars().filter(|it| it.is_ascii_digit() || " -().".contains(*it)).collect();
    let whole = method["address"].as_str()?.trim_start().starts_with('+');
    let digits = digits.trim();
    (!digits.is_empty()).then(|| if whole { format!("+{digits}") } else { format!("+{country} {digits}") })
}

fn restriction(it: &wire::Restriction) -> Option<Restriction> {
    let day = it.start_day_of_week.and_then(|it| u8::try_from(it).ok()?.checked_sub(1)).filter(|it| *it < 7);
    // Longer than always is always.
    let length = it.duration_seconds.clamp(0, 7 * CIVIL_DAY);
    Some(Restriction { day, opens: clock(&it.start_time_of_day)?, length })
}

/// `09:00:00` in seconds.
fn clock(text: &str) -> Option<i64> {
    let parts: Vec<i64> = text.split(':').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [hours @ 0..=24, minutes @ 0..60, ref rest @ ..] = parts[..] else { return None };
    Some(hours * 3600 + minutes * 60 + rest.first().copied().unwrap_or(0))
}

fn support_hours(it: &Value) -> Option<Urgency> {
    let zone = Zone::named(it["time_zone"].as_str()?).ok()?;
    let days = it["days_of_week"].as_array()?.iter().filter_map(|it| u8::try_from(it.as_i64()? - 1).ok());
    let days: Vec<u8> = days.filter(|it| *it < 7).collect();
    let (from, until) = (clock(it["start_time"].as_str()?)?, clock(it["end_time"].as_str()?)?);
    (!days.is_empty()).then_some(Urgency::Hours { zone, days, from, until })
}
