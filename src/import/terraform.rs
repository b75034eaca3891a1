//! What `terraform show -json` prints of the PagerDuty provider's resources; or the same, written down plainly.
//!
//! A state has what there is; a plan has what will be, with ids unknown until it is applied. The plain form is
//! `{ "schedules": […], "escalation_policies": […], "services": […] }` with names in place of ids.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::config::{Diagnostic, is_email};
use crate::import::account::{
    Account, Layer, Person, Policy, Restriction, Rule, Schedule, Service, Target, Turn, Urgency,
};
use crate::import::node::{Mistakes, Node};
use crate::import::toml_files::Layout;
use crate::import::{Imported, Note, Weight, json, organisation};
use crate::org::is_unseen;
use crate::time::{CIVIL_DAY, Instant, Zone, parse_instant};

/// How deep modules may be nested.
const MOST_DEPTH: usize = 64;

/// Reads the file; nothing, if it has a mistake.
pub fn read(file: &str, text: &str, layout: &Layout) -> (Option<Imported>, Vec<Diagnostic>) {
    let mut mistakes = Mistakes::of(file);
    let document = json::parse(text.strip_prefix('\u{feff}').unwrap_or(text), &mut mistakes);
    let line_starts = text.match_indices('\n').map(|(at, _)| at + 1).collect();
    let mut reader = Reader {
        mistakes,
        notes: Vec::new(),
        line_starts,
        account: Account::default(),
        by_name: false,
        people: BTreeMap::new(),
        addresses: BTreeMap::new(),
    };
    if let Some(found) = document.as_ref().and_then(|it| reader.found(it)) {
        reader.read(&found);
    }
    let Reader { mut mistakes, notes, account, .. } = reader;
    let mistakes = mistakes.all();
    if !mistakes.is_empty() {
        return (None, mistakes);
    }
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    (Some(organisation::write(&account, name, notes, layout)), Vec::new())
}

/// One resource, or one row of the plain form.
struct Resource<'n> {
    /// As a person finds it again: `module.oncall.pagerduty_schedule.primary`.
    address: String,
    kind: String,
    values: &'n Node,
    /// Its place in the file.
    span: Range<usize>,
}

struct Reader<'a> {
    mistakes: Mistakes<'a>,
    notes: Vec<Note>,
    line_starts: Vec<usize>,
    account: Account,
    /// People are named in place of ids: the plain form, without a list of users.
    by_name: bool,
    /// By id, or by name in the plain form.
    people: BTreeMap<String, usize>,
    /// By e-mail address.
    addresses: BTreeMap<String, usize>,
}

/// The kinds that are read.
const READ: [&str; 6] = [
    "pagerduty_schedule",
    "pagerduty_escalation_policy",
    "pagerduty_service",
    "pagerduty_user",
    "pagerduty_users",
    "pagerduty_user_contact_method",
];

impl<'a> Reader<'a> {
    fn line(&self, span: &Range<usize>) -> usize {
        1 + self.line_starts.partition_point(|it| *it <= span.start)
    }

    fn note(&mut self, weight: Weight, code: &'static str, span: &Range<usize>, what: String, instead: &str) {
        let line = Some(self.line(span));
        self.notes.push(Note { weight, code, line, what, instead: instead.to_owned() });
    }

    /// The resources of a document, in whichever form it is.
    fn found<'n>(&mut self, document: &'n Node) -> Option<Vec<Resource<'n>>> {
        self.mistakes.table(document, "what `terraform show -json` prints", "terraform show -json > state.json")?;
        let mut found = Vec::new();
        if ["schedules", "escalation_policies", "services"].iter().any(|it| document.get(it).is_some()) {
            self.by_name = document.get("users").is_none();
            let kinds = [
                ("users", "pagerduty_user"),
                ("schedules", "pagerduty_schedule"),
                ("escalation_policies", "pagerduty_escalation_policy"),
                ("services", "pagerduty_service"),
            ];
            for (key, kind) in kinds {
                for (index, node) in document
                    .get(key)
                    .map(|it| self.mistakes.list(it, "a list", "put it between `[` and `]`"))
                    .unwrap_or_default()
                    .iter()
                    .enumerate()
                {
                    found.push(Resource {
                        address: format!("{key}[{index}]"),
                        kind: kind.to_owned(),
                        values: node,
                        span: node.span.clone(),
                    });
                }
            }
            return Some(found);
        }
        if document.get("resources").is_some() && document.get("lineage").is_some() {
            self.mistakes.whole(
                "state-file",
                "this is Terraform's own state file",
                "print it for others: terraform show -json terraform.tfstate",
            );
            return None;
        }
        // What is looked up stands in the state before the plan.
        let roots = [
            document.get("values"),
            document.get("planned_values"),
            document.get("prior_state").and_then(|it| it.get("values")),
        ];
        let plan = document.get("planned_values").is_some();
        let mut seen: Vec<String> = Vec::new();
        for root in roots.into_iter().flatten() {
            let Some(module) = root.get("root_module") else { continue };
            let mut all = Vec::new();
            self.module(module, 0, &mut all);
            let new: Vec<Resource<'n>> =
                all.into_iter().filter(|it| seen.binary_search(&it.address).is_err()).collect();
            seen.extend(new.iter().map(|it| it.address.clone()));
            seen.sort();
            found.extend(new);
        }
        if found.is_empty() && !self.mistakes.any() {
            let cure = match plan {
                true => "a plan without resources: is it of the folder that holds the schedules?",
                false => "terraform show -json, in the folder that holds the schedules",
            };
            self.mistakes.whole("no-resources", "there are no resources of Terraform's in this file", cure);
            return None;
        }
        Some(found)
    }

    fn module<'n>(&mut self, module: &'n Node, depth: usize, found: &mut Vec<Resource<'n>>) {
        if depth > MOST_DEPTH {
            self.mistakes.error(
                "too-deep",
                &module.span,
                "modules within modules without end",
                "is this what Terraform printed?",
            );
            return;
        }
        for node in module
            .get("resources")
            .map(|it| self.mistakes.list(it, "a list of resources", "put it between `[` and `]`"))
            .unwrap_or_default()
        {
            let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default();
            let Some(values) = node.get("values") else { continue };
            let address = text("address").to_owned();
            found.push(Resource {
                address,
                kind: text("type").to_owned(),
                values,
                span: node.span.start..node.span.start + 1,
            });
        }
        for child in module
            .get("child_modules")
            .map(|it| self.mistakes.list(it, "a list of modules", "put it between `[` and `]`"))
            .unwrap_or_default()
        {
            self.module(child, depth + 1, found);
        }
    }

    fn read(&mut self, found: &[Resource<'_>]) {
        let of = |kind: &'static str| found.iter().filter(move |it| it.kind == kind);
        if !found.iter().any(|it| it.kind.starts_with("pagerduty_")) {
            if self.mistakes.any() {
                return;
            }
            self.mistakes.whole(
                "no-resources",
                "there is nothing of PagerDuty's in this file",
                "terraform show -json, in the folder that holds the schedules",
            );
            return;
        }
        for it in of("pagerduty_user") {
            self.person(it.values);
        }
        for it in of("pagerduty_users") {
            for user in it.values.get("users").map(Node::items).unwrap_or_default() {
                self.person(user);
            }
        }
        for it in of("pagerduty_user_contact_method") {
            self.contact(it.values);
        }
        // A schedule that is only looked up has no layers: it is managed elsewhere.
        let mut schedules: BTreeMap<String, usize> = BTreeMap::new();
        for it in of("pagerduty_schedule") {
            self.schedule(it, &mut schedules);
        }
        let mut policies: BTreeMap<String, usize> = BTreeMap::new();
        for it in of("pagerduty_escalation_policy") {
            self.policy(it, &schedules, &mut policies);
        }
        for it in of("pagerduty_service").filter(|it| !it.address.contains("data.pagerduty_service.")) {
            self.service(it, &policies);
        }
        self.left_out(found);
    }

    /// Kinds of resources that are not read, each with how many there are.
    fn left_out(&mut self, found: &[Resource<'_>]) {
        let mut kinds: BTreeMap<&str, (usize, Range<usize>)> = BTreeMap::new();
        for it in found.iter().filter(|it| it.kind.starts_with("pagerduty_") && !READ.contains(&it.kind.as_str())) {
            kinds.entry(&it.kind).or_insert((0, it.span.clone())).0 += 1;
        }
        for (kind, (count, span)) in kinds {
            let (weight, instead) = match kind {
                "pagerduty_schedulev2" => (Weight::Attention, "shift-based schedules are not read from Terraform"),
                _ if kind.contains("orchestration") || kind.contains("ruleset") => {
                    (Weight::Attention, "routes are made of services only: rules before them are yours to write")
                }
                _ => (Weight::Remark, "nothing here stands for it"),
            };
            self.note(weight, "not-read", &span, format!("{kind}: {count}"), instead);
        }
    }

    fn person(&mut self, node: &Node) {
        let name = self.optional(node, "name");
        let email = self.optional(node, "email").filter(|it| is_email(it) && !it.contains(is_unseen));
        if let Some(odd) = node.get("email").filter(|_| email.is_none()) {
            let what = format!("`{}` is no e-mail address", odd.text().unwrap_or_default());
            self.note(
                Weight::Attention,
                "bad-email",
                &odd.span,
                what,
                "this person has none: PagerDuty knows people by it",
            );
        }
        let Some(id) = self.optional(node, "id").or_else(|| email.clone()).or_else(|| name.clone()) else { return };
        let zone = self.optional(node, "time_zone").and_then(|it| Zone::named(&it).ok());
        if self.people.contains_key(&id) {
            return;
        }
        // One person, however often and in whichever letters the address stands there.
        let address = email.as_ref().map(|it| it.to_lowercase());
        let known = address.as_ref().and_then(|it| self.addresses.get(it)).copied();
        let index = known.unwrap_or_else(|| {
            let name = name.or_else(|| email.clone()).unwrap_or_else(|| id.clone());
            self.account.people.push(Person { name, email, zone, ..Person::default() });
            self.account.people.len() - 1
        });
        self.addresses.extend(address.map(|it| (it, index)));
        self.people.insert(id, index);
    }

    fn contact(&mut self, node: &Node) {
        let phone = self.optional(node, "type").is_some_and(|it| it == "phone_contact_method");
        let (Some(user), Some(address), true) = (self.optional(node, "user_id"), self.optional(node, "address"), phone)
        else {
            return;
        };
        let country = node.get("country_code").and_then(Node::text).and_then(|it| it.parse::<u32>().ok());
        let country = country.filter(|it| *it != 0).unwrap_or(1);
        let digits: String = address.chars().filter(|it| it.is_ascii_digit() || " -().".contains(*it)).collect();
        if let Some(person) = self.people.get(&user).and_then(|it| self.account.people.get_mut(*it)) {
            person.phone.get_or_insert(format!("+{country} {}", digits.trim()));
        }
    }

    /// A person by id. Who is not in the file gets a name to be mended.
    fn person_of(&mut self, node: &Node, whose: &str) -> Option<usize> {
        let id = self.mistakes.text(node, "the id of a user", "a text")?.to_owned();
        if let Some(index) = self.people.get(&id) {
            return Some(*index);
        }
        // In the plain form what stands there is a name by itself.
        if !self.by_name {
            let what = format!("{whose} names user {id}, who is not in this file");
            self.note(
                Weight::Attention,
                "unknown-user",
                &node.span,
                what,
                "people.toml has the id as a name: fill in who that is",
            );
        }
        self.account.people.push(Person {
            name: id.clone(),
            email: Some(id.clone()).filter(|it| is_email(it) && !it.contains(is_unseen)),
            ..Person::default()
        });
        self.people.insert(id, self.account.people.len() - 1);
        Some(self.account.people.len() - 1)
    }

    fn optional(&mut self, node: &Node, key: &str) -> Option<String> {
        let text = self.mistakes.text(node.get(key)?, "a text", "put it between quotes")?.to_owned();
        (!text.trim().is_empty()).then_some(text)
    }

    fn required(&mut self, node: &Node, key: &str, address: &str) -> Option<String> {
        let found = self.optional(node, key);
        // Anything but a text was told as such.
        if found.is_none() && node.get(key).is_none_or(|it| it.text().is_some()) {
            let message = format!("`{address}` has no `{key}`");
            self.mistakes.error(
                "missing-value",
                &short(&node.span),
                message,
                "in a plan, what others compute is not known yet: apply it, and import the state",
            );
        }
        found
    }

    fn whole(&mut self, node: &Node, key: &str, address: &str, range: Range<i64>) -> Option<i64> {
        let Some(found) = node.get(key) else {
            self.mistakes.error(
                "missing-value",
                &short(&node.span),
                format!("`{address}` has no `{key}`"),
                "a whole number",
            );
            return None;
        };
        let number =
            found.text().and_then(|it| it.parse::<f64>().ok()).filter(|it| it.fract() == 0.0).map(|it| it as i64);
        let number = number.filter(|it| range.contains(it));
        if number.is_none() {
            let cure = format!("a whole number from {} to {}", range.start, range.end - 1);
            self.mistakes.error("bad-number", &found.span, format!("`{key}` of `{address}` is no such number"), cure);
        }
        number
    }

    fn instant(&mut self, node: &Node, key: &str, address: &str) -> Option<Instant> {
        let text = self.required(node, key, address)?;
        let dated = parse_instant(&text, &Zone::utc());
        if dated.is_err() {
            let span = node.get(key).map_or(0..0, |it| it.span.clone());
            self.mistakes.error("bad-time", &span, format!("`{text}` is no instant"), "2026-01-05T09:00:00Z");
        }
        dated.ok()
    }

    fn zone(&mut self, node: &Node, key: &str, address: &str) -> Option<Zone> {
        let name = self.required(node, key, address)?;
        let zone = Zone::named(&name);
        if zone.is_err() {
            let span = node.get(key).map_or(0..0, |it| it.span.clone());
            self.mistakes.unknown(
                "unknown-zone",
                &span,
                format!("there is no time zone `{name}`"),
                &name,
                Zone::names(),
                "zones",
            );
        }
        zone.ok()
    }

    /// The first of the keys that is there: Terraform's word, and the plain one.
    fn rows<'n>(&mut self, node: &'n Node, keys: [&str; 2]) -> &'n [Node] {
        let found = keys.iter().find_map(|it| node.get(it));
        found.map(|it| self.mistakes.list(it, "a list", "put it between `[` and `]`")).unwrap_or_default()
    }

    fn schedule(&mut self, resource: &Resource<'_>, schedules: &mut BTreeMap<String, usize>) {
        let (node, address) = (resource.values, resource.address.as_str());
        let Some(name) = self.required(node, "name", address) else { return };
        let id = self.optional(node, "id").unwrap_or_else(|| name.clone());
        let rows = self.rows(node, ["layer", "layers"]);
        // Looked up: managed elsewhere, and empty here.
        let looked_up = address.starts_with("data.") || address.contains(".data.");
        if looked_up && !schedules.contains_key(&id) {
            let what = format!("schedule `{name}` is only looked up here");
            let instead = "its rotation is vacant: import the folder that holds it as well";
            self.note(Weight::Attention, "elsewhere", &resource.span, what, instead);
        }
        let zone = match looked_up {
            true => Some(Zone::utc()),
            false => self.zone(node, "time_zone", address),
        };
        let layers: Vec<Option<Layer>> =
            rows.iter().enumerate().map(|(index, it)| self.layer(it, address, index)).collect();
        let Some(zone) = zone else { return };
        if schedules.contains_key(&id) {
            return;
        }
        schedules.insert(id, self.account.schedules.len());
        let line = self.line(&resource.span);
        let layers = layers.into_iter().flatten().collect();
        let (key, secondary_of, family) = (None, None, None);
        self.account.schedules.push(Schedule {
            key,
            secondary_of,
            family,
            name,
            zone,
            layers,
            overrides: Vec::new(),
            line: Some(line),
        });
    }

    fn layer(&mut self, node: &Node, schedule: &str, index: usize) -> Option<Layer> {
        let address = format!("{schedule}, layer {}", index + 1);
        self.mistakes.table(
            node,
            "a layer",
            "a layer has `start`, `rotation_virtual_start`, `rotation_turn_length_seconds` and `users`",
        )?;
        let name = self.optional(node, "name").unwrap_or_else(|| format!("layer {}", index + 1));
        let start = self.instant(node, "start", &address);
        let end = match self.optional(node, "end") {
            None => Some(None),
            Some(_) => self.instant(node, "end", &address).map(Some),
        };
        let virtual_start = self.instant(node, "rotation_virtual_start", &address);
        let turn = self.whole(node, "rotation_turn_length_seconds", &address, 1..i64::from(i32::MAX));
        let users = self.rows(node, ["users", "users"]);
        let people: Vec<Option<usize>> = users.iter().map(|it| self.person_of(it, &address)).collect();
        let restrictions: Vec<Option<Restriction>> =
            self.rows(node, ["restriction", "restrictions"]).iter().map(|it| self.restriction(it, &address)).collect();
        let people: Vec<usize> = people.into_iter().collect::<Option<_>>()?;
        if people.is_empty() {
            self.note(
                Weight::Attention,
                "no-users",
                &node.span,
                format!("{address} has no users that are known"),
                "it is left out: what it held is nobody's",
            );
            return None;
        }
        Some(Layer {
            name,
            start: start?,
            began: false,
            end: end?,
            virtual_start: virtual_start?,
            turn: Turn::Seconds(turn?),
            people: people.into_iter().map(Some).collect(),
            together: false,
            restrictions: restrictions.into_iter().collect::<Option<_>>()?,
            line: Some(self.line(&node.span)),
        })
    }

    fn restriction(&mut self, node: &Node, layer: &str) -> Option<Restriction> {
        let kind = self.required(node, "type", layer)?;
        let opens = self.clock(node, "start_time_of_day", layer);
        let length = self.whole(node, "duration_seconds", layer, 1..7 * CIVIL_DAY + 1);
        let day = match kind.as_str() {
            "daily_restriction" => Some(None),
            "weekly_restriction" => self.whole(node, "start_day_of_week", layer, 1..8).map(Some),
            _ => {
                let span = node.get("type").map_or(0..0, |it| it.span.clone());
                self.mistakes.error(
                    "bad-restriction",
                    &span,
                    format!("no such restriction: `{kind}`"),
                    "`daily_restriction` or `weekly_restriction`",
                );
                None
            }
        };
        Some(Restriction { day: day?.and_then(|it| u8::try_from(it - 1).ok()), opens: opens?, length: length? })
    }

    /// `09:00:00`, in seconds.
    fn clock(&mut self, node: &Node, key: &str, address: &str) -> Option<i64> {
        let text = self.required(node, key, address)?;
        let parts: Vec<Option<i64>> = text.split(':').map(|it| it.parse().ok()).collect();
        let seconds = match parts.as_slice() {
            [Some(hours @ 0..24), Some(minutes @ 0..60)] => Some(hours * 3600 + minutes * 60),
            [Some(hours @ 0..24), Some(minutes @ 0..60), Some(seconds @ 0..60)] => {
                Some(hours * 3600 + minutes * 60 + seconds)
            }
            [Some(24), Some(0), ..] => Some(CIVIL_DAY),
            _ => None,
        };
        if seconds.is_none() {
            let span = node.get(key).map_or(0..0, |it| it.span.clone());
            self.mistakes.error("bad-time", &span, format!("`{text}` is no time of day"), "\"09:00:00\"");
        }
        seconds
    }

    fn policy(
        &mut self,
        resource: &Resource<'_>,
        schedules: &BTreeMap<String, usize>,
        policies: &mut BTreeMap<String, usize>,
    ) {
        let (node, address) = (resource.values, resource.address.as_str());
        let Some(name) = self.required(node, "name", address) else { return };
        let id = self.optional(node, "id").unwrap_or_else(|| name.clone());
        if policies.contains_key(&id) {
            return;
        }
        if address.starts_with("data.") || address.contains(".data.") {
            let what = format!("policy `{name}` is only looked up here");
            self.note(
                Weight::Attention,
                "elsewhere",
                &resource.span,
                what,
                "its services have no route: import the folder that holds it as well",
            );
            return;
        }
        let repeats = match node.get("num_loops") {
            None => Some(0),
            Some(_) => self.whole(node, "num_loops", address, 0..100),
        };
        let rows = self.rows(node, ["rule", "rules"]);
        let rules: Vec<Option<Rule>> = rows.iter().map(|it| self.rule(it, address, schedules)).collect();
        let (Some(repeats), Some(rules)) = (repeats, rules.into_iter().collect()) else { return };
        policies.insert(id, self.account.policies.len());
        let line = self.line(&resource.span);
        let repeats = u32::try_from(repeats).unwrap_or(0);
        self.account.policies.push(Policy { key: None, name, repeats, rules, line: Some(line) });
    }

    fn rule(&mut self, node: &Node, policy: &str, schedules: &BTreeMap<String, usize>) -> Option<Rule> {
        let delay = self.whole(node, "escalation_delay_in_minutes", policy, 0..100_000);
        let strategy = self.rows(node, ["escalation_rule_assignment_strategy", "escalation_rule_assignment_strategy"]);
        if strategy.first().and_then(|it| it.get("type")).and_then(Node::text) == Some("round_robin") {
            self.note(
                Weight::Attention,
                "round-robin",
                &node.span,
                format!("{policy} takes turns among its targets"),
                "all of them are paged at once",
            );
        }
        let mut targets = Vec::new();
        for target in self.rows(node, ["target", "targets"]) {
            let kind = target.get("type").and_then(Node::text).unwrap_or_default();
            let person = kind.starts_with("user");
            let id = ["id", "user", "schedule"].iter().find_map(|it| target.get(it));
            let Some(id) = id else {
                self.note(
                    Weight::Attention,
                    "unknown-target",
                    &target.span,
                    format!("{policy} has a target that is not known yet"),
                    "it is left out: apply the plan, and import the state",
                );
                continue;
            };
            if person {
                targets.push(Target::Person(self.person_of(id, policy)?));
                continue;
            }
            let name = self.mistakes.text(id, "the id of a schedule", "a text")?;
            match schedules.get(name) {
                Some(index) => targets.push(Target::Schedule(*index)),
                None => {
                    let what = format!("{policy} pages schedule {name}, which is not in this file");
                    self.note(Weight::Attention, "unknown-target", &id.span, what, "this target is left out");
                }
            }
        }
        Some(Rule { delay: u32::try_from(delay?).unwrap_or(0), targets })
    }

    fn service(&mut self, resource: &Resource<'_>, policies: &BTreeMap<String, usize>) {
        let (node, address) = (resource.values, resource.address.as_str());
        let Some(name) = self.required(node, "name", address) else { return };
        let policy = self.optional(node, "escalation_policy");
        let found = policy.as_ref().and_then(|it| policies.get(it)).copied();
        if found.is_none() {
            let what = format!("service `{name}` has a policy that is not in this file");
            self.note(
                Weight::Attention,
                "no-policy",
                &resource.span,
                what,
                "it has no route: its alerts reach the last row",
            );
        }
        let Some(urgency) = self.urgency(node, &name, address) else { return };
        self.account.services.push(Service { name, policy: found, urgency });
    }

    fn urgency(&mut self, node: &Node, name: &str, address: &str) -> Option<Urgency> {
        let Some(rule) = self.rows(node, ["incident_urgency_rule", "incident_urgency_rules"]).first() else {
            return Some(Urgency::High);
        };
        let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
        if text(rule, "type") != "use_support_hours" {
            return Some(match text(rule, "urgency").as_str() {
                "low" => {
                    self.note(
                        Weight::Remark,
                        "low-urgency",
                        &rule.span,
                        format!("alerts of service `{name}` are never urgent"),
                        "they inform, and page nobody",
                    );
                    Urgency::Low
                }
                "severity_based" => {
                    self.note(
                        Weight::Attention,
                        "severity",
                        &rule.span,
                        format!("service `{name}` pages by severity"),
                        "all its alerts page: put `unless = { severity = [\"warning\", \"info\"] }` on its route",
                    );
                    Urgency::High
                }
                _ => Urgency::High,
            });
        }
        let kind = |key: &str| {
            rule.get(key).and_then(|it| it.items().first()).map(|it| text(it, "urgency")).unwrap_or_default()
        };
        let (during, outside) = (kind("during_support_hours"), kind("outside_support_hours"));
        if (during.as_str(), outside.as_str()) != ("high", "low") {
            let what = format!("service `{name}` is {during} in its support hours and {outside} outside of them");
            self.note(Weight::Attention, "support-hours", &rule.span, what, "its alerts page at all hours");
            return Some(Urgency::High);
        }
        let Some(hours) = self.rows(node, ["support_hours", "support_hours"]).first() else {
            return Some(Urgency::High);
        };
        let zone = self.zone(hours, "time_zone", address);
        let from = self.clock(hours, "start_time", address);
        let until = self.clock(hours, "end_time", address);
        let days = self.rows(hours, ["days_of_week", "days_of_week"]);
        let mut numbers = Vec::new();
        for day in days {
            match day.text().and_then(|it| it.parse::<u8>().ok()).filter(|it| (1..=7).contains(it)) {
                Some(day) => numbers.push(day - 1),
                None => self.mistakes.error(
                    "bad-number",
                    &day.span,
                    "a day of the week is a number",
                    "1 is Monday, 7 is Sunday",
                ),
            }
        }
        if numbers.is_empty() {
            return Some(Urgency::High);
        }
        Some(Urgency::Hours { zone: zone?, days: numbers, from: from?, until: until? })
    }
}

/// The beginning of a place: a whole resource would be underlined to the end of its line.
fn short(span: &Range<usize>) -> Range<usize> {
    span.start..(span.start + 1).min(span.end.max(span.start))
}
