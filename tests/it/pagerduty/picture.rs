//! What an account holds from an instant on, in names instead of ids: two accounts that come to the same have one picture.

use std::collections::BTreeMap;
use std::time::Duration;

use dogwatch::time::Instant;
use serde_json::Value;

use crate::pagerduty::world::{DAY, World, instant};

/// For so long, who is on call is part of a picture.
const SHOWN: Duration = Duration::from_secs(14 * DAY);

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("-")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// Names by kind and id.
struct Names(BTreeMap<(&'static str, String), String>);

impl Names {
    fn of(&self, kind: &'static str, id: &Value) -> &str {
        self.0.get(&(kind, text(id).to_owned())).map_or("?", String::as_str)
    }
}

/// Everything that an account holds from `at` on, line by line and sorted; the clock is set to `at`.
pub fn picture(world: &World, at: Instant) -> Vec<String> {
    world.set_now(at);
    let mut client = world.client();
    let until = (at + SHOWN).to_string();
    let since = at.to_string();
    let rendered = [("since", since.as_str()), ("until", until.as_str()), ("time_zone", "UTC")];
    let from = |value: &Value| instant(text(value)).max(at);
    let mut names = Names(BTreeMap::new());
    let mut all: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
    for (kind, path, key, label) in [
        ("user", "/users", "users", "name"),
        ("schedule", "/schedules", "schedules", "name"),
        ("shifts", "/v3/schedules", "schedules", "summary"),
        ("policy", "/escalation_policies", "escalation_policies", "name"),
        ("service", "/services", "services", "name"),
        ("orchestration", "/event_orchestrations", "orchestrations", "name"),
        ("team", "/teams", "teams", "name"),
    ] {
        let found = client.list(path, key, &[]).unwrap();
        for it in &found {
            names.0.insert((kind, text(&it["id"]).to_owned()), text(&it[label]).to_owned());
        }
        all.insert(kind, found);
    }
    let mut lines = Vec::new();
    for it in &all["schedule"] {
        let path = format!("/schedules/{}", text(&it["id"]));
        let whole = client.get(&path, &rendered).unwrap()["schedule"].clone();
        let name = text(&whole["name"]).to_owned();
        lines.push(format!("{name}: {} {}", text(&whole["time_zone"]), text(&whole["description"])));
        for (index, layer) in list(&whole["schedule_layers"]).filter(|it| lasts(&it["end"], at)).enumerate() {
            let users: Vec<&str> = list(&layer["users"]).map(|it| names.of("user", &it["user"]["id"])).collect();
            lines.push(format!(
                "{name}: layer {index} from {} until {}: {} of {} s {users:?} {}",
                from(&layer["start"]),
                layer["end"],
                text(&layer["rotation_virtual_start"]),
                layer["rotation_turn_length_seconds"],
                layer["restrictions"],
            ));
        }
        for it in list(&whole["final_schedule"]["rendered_schedule_entries"]) {
            let who = names.of("user", &it["user"]["id"]);
            lines.push(format!("{name}: on call {} {}: {who}", text(&it["start"]), text(&it["end"])));
        }
        let far = (at + SHOWN * 4).to_string();
        let query = [("since", since.as_str()), ("until", far.as_str())];
        for it in list(&client.get(&format!("{path}/overrides"), &query).unwrap()["overrides"]) {
            let who = names.of("user", &it["user"]["id"]);
            lines.push(format!("{name}: override {} {}: {who}", from(&it["start"]), text(&it["end"])));
        }
    }
    for it in &all["shifts"] {
        let path = format!("/v3/schedules/{}", text(&it["id"]));
        let query: Vec<(&str, &str)> = rendered.into_iter().chain([("include[]", "final_schedule")]).collect();
        let whole = client.get(&path, &query).unwrap()["schedule"].clone();
        let name = text(&whole["name"]).to_owned();
        lines.push(format!("{name}: {} {}", text(&whole["time_zone"]), text(&whole["description"])));
        let member = |it: &Value| match it["user_id"].as_str() {
            Some(_) => names.of("user", &it["user_id"]).to_owned(),
            None => "nobody".to_owned(),
        };
        for rotation in list(&whole["rotations"]) {
            let events: Vec<&Value> = list(&rotation["events"]).collect();
            if events.is_empty() {
                lines.push(format!("{name}: a rotation of nothing"));
            }
            for it in events.into_iter().filter(|it| lasts(&it["effective_until"], at)) {
                let strategy = &it["assignment_strategy"];
                let members: Vec<String> = list(&strategy["members"]).map(member).collect();
                lines.push(format!(
                    "{name}: event from {} until {}: {} to {} {} {} {members:?}",
                    from(&it["effective_since"]),
                    it["effective_until"],
                    it["start_time"],
                    it["end_time"],
                    it["recurrence"],
                    strategy["shifts_per_member"],
                ));
            }
        }
        for it in list(&whole["final_schedule"]["computed_shift_assignments"]) {
            let who = member(&it["member"]);
            lines.push(format!("{name}: on call {} {}: {who}", text(&it["start_time"]), text(&it["end_time"])));
        }
        let far = (at + SHOWN * 4).to_string();
        let query = [("since", since.as_str()), ("until", far.as_str())];
        for it in client.list(&format!("{path}/custom_shifts"), "custom_shifts", &query).unwrap() {
            let who = member(&it["assignments"][0]["member"]);
            lines.push(format!("{name}: custom shift {} {}: {who}", from(&it["start_time"]), text(&it["end_time"])));
        }
        for it in client.list(&format!("{path}/overrides"), "overrides", &query).unwrap() {
            let (who, whom) = (member(&it["overriding_member"]), member(&it["overridden_member"]));
            let (start, end) = (from(&it["start_time"]), text(&it["end_time"]));
            lines.push(format!("{name}: override {start} {end}: {who} for {whom}"));
        }
    }
    for it in &all["policy"] {
        let name = text(&it["name"]);
        lines.push(format!("policy {name}: {} loops {}", it["num_loops"], text(&it["description"])));
        for (level, rule) in list(&it["escalation_rules"]).enumerate() {
            let mut targets: Vec<String> = list(&rule["targets"])
                .map(|it| {
                    let kind = match text(&it["type"]) {
                        "user_reference" => "user",
                        "schedule_v3_reference" => "shifts",
                        _ => "schedule",
                    };
                    format!("{kind} {}", names.of(kind, &it["id"]))
                })
                .collect();
            targets.sort();
            lines.push(format!("policy {name}: {level} {} min {targets:?}", rule["escalation_delay_in_minutes"]));
        }
    }
    for it in &all["service"] {
        let policy = names.of("policy", &it["escalation_policy"]["id"]);
        lines.push(format!("service {}: {policy}; {}", text(&it["name"]), text(&it["description"])));
    }
    for it in &all["orchestration"] {
        let name = text(&it["name"]);
        lines.push(format!("orchestration {name}: {}", text(&it["description"])));
        let path = format!("/event_orchestrations/{}/router", text(&it["id"]));
        let router = client.get(&path, &[]).unwrap()["orchestration_path"].clone();
        for (row, rule) in list(&router["sets"][0]["rules"]).enumerate() {
            let to = names.of("service", &rule["actions"]["route_to"]);
            let conditions: Vec<&str> = list(&rule["conditions"]).map(|it| text(&it["expression"])).collect();
            lines.push(format!("router {name}: {row} {} {conditions:?} to {to}", text(&rule["label"])));
        }
        let otherwise = names.of("service", &router["catch_all"]["actions"]["route_to"]);
        lines.push(format!("router {name}: else to {otherwise}"));
    }
    for it in &all["team"] {
        lines.push(format!("team {}", text(&it["name"])));
    }
    lines.sort();
    lines
}

fn lasts(end: &Value, at: Instant) -> bool {
    end.as_str().is_none_or(|it| instant(it) > at)
}

/// Lines that one has and the other has not.
#[track_caller]
pub fn assert_same(found: &[String], wanted: &[String], about: &str) {
    let only = |one: &[String], other: &[String], sign: &str| -> Vec<String> {
        one.iter().filter(|it| !other.contains(it)).map(|it| format!("{sign} {it}")).collect()
    };
    let different = [only(wanted, found, "-"), only(found, wanted, "+")].concat();
    assert_eq!(different, [""; 0], "{about}");
    assert_eq!(found.len(), wanted.len(), "{about}: something is there twice");
}

/// Who is on call when, by service and level of its policy: spans that do not overlap, in order.
pub type Duty = BTreeMap<(String, u64), Vec<(Instant, Instant)>>;

/// Everybody's duty from `from` until `until`, as `/oncalls` has it.
pub fn duty(world: &World, from: Instant, until: Instant) -> Duty {
    let mut client = world.client();
    let (since, end) = (from.to_string(), until.to_string());
    let oncalls = client.list("/oncalls", "oncalls", &[("since", &since), ("until", &end)]).unwrap();
    let mut duty = Duty::new();
    for service in client.list("/services", "services", &[]).unwrap() {
        for it in oncalls.iter().filter(|it| it["escalation_policy"]["id"] == service["escalation_policy"]["id"]) {
            let level = it["escalation_level"].as_u64().unwrap();
            let at = |value: &Value, otherwise| value.as_str().map_or(otherwise, instant);
            let span = (at(&it["start"], from).max(from), at(&it["end"], until).min(until));
            duty.entry((text(&service["name"]).to_owned(), level)).or_default().push(span);
        }
    }
    for spans in duty.values_mut() {
        spans.sort();
        let mut joined: Vec<(Instant, Instant)> = Vec::new();
        for (start, end) in spans.iter().copied() {
            match joined.last_mut() {
                Some(last) if last.1 >= start => last.1 = last.1.max(end),
                _ => joined.push((start, end)),
            }
        }
        *spans = joined;
    }
    duty
}

/// Where, from `from` until `until`, somebody was on call before and will be when all is done, and nobody is now.
pub fn abandoned(before: &Duty, now: &Duty, after: &Duty, from: Instant, until: Instant) -> Vec<String> {
    let holds = |duty: &Duty, key: &(String, u64), at: Instant| {
        duty.get(key).is_some_and(|all| all.iter().any(|it| it.0 <= at && at < it.1))
    };
    let mut out = Vec::new();
    for key in before.keys() {
        let edges = [before, now, after].into_iter().filter_map(|it| it.get(key)).flatten().flat_map(|it| [it.0, it.1]);
        let mut edges: Vec<Instant> = edges.chain([from]).filter(|it| (from..until).contains(it)).collect();
        edges.sort();
        edges.dedup();
        for at in edges {
            if holds(before, key, at) && holds(after, key, at) && !holds(now, key, at) {
                out.push(format!("{} on level {} at {at}", key.0, key.1));
            }
        }
    }
    out
}
