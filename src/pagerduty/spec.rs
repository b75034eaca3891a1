//! What PagerDuty holds, and what it should hold, in one language: by ids of people and instants, without what servers
//! make up. Plans are saved in it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::org::{Family, Holder, Node, Org, PersonId};
use crate::pagerduty::desired::{self, Desired, Note, Wanted};
use crate::pagerduty::mark;
use crate::pagerduty::pattern::{Strand, from_epoch, since_epoch};
use crate::pagerduty::wire;
use crate::time::{CIVIL_DAY, CIVIL_WEEK, Instant, Zone, rfc3339};

/// Windows of different shape in one strand.
const MOST_SHAPES: usize = 5;

/// Seconds since the epoch, as they stand in a saved plan.
pub type Seconds = i64;

/// Everything that is ours.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Spec {
    /// One a seat.
    pub schedules: Vec<Schedule>,
    /// One a way up.
    pub policies: Vec<Policy>,
    /// Name of a service to key of its policy.
    pub services: BTreeMap<String, String>,
    /// The router that we keep.
    pub router: Option<Router>,
    /// One a rotation; absent, teams are left alone.
    #[serde(default)]
    pub teams: Option<Vec<Team>>,
}

/// A team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// The rotation's.
    pub key: String,
    /// As people see it.
    pub name: String,
    /// Ids of people, sorted.
    pub members: Vec<String>,
}

/// A schedule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// As we write the seat.
    pub key: String,
    /// As people see it.
    pub name: String,
    /// Of shifts, not of layers.
    pub shifts: bool,
    /// Its clock.
    pub zone: String,
    /// Of a schedule of layers.
    pub layers: Vec<Layer>,
    /// Of a schedule of shifts.
    pub events: Vec<Event>,
    /// Dated exceptions that are ours.
    pub exceptions: Vec<Exception>,
    /// Who should hold it when; empty where it is only read.
    pub calendar: Vec<Stretch>,
    /// Where PagerDuty cannot hold that.
    pub excused: Vec<(Seconds, Seconds)>,
}

/// A layer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Layer {
    /// From when; absent, it runs.
    pub from: Option<Seconds>,
    /// Until when.
    pub until: Option<Seconds>,
    /// When the first user's first turn begins.
    pub anchor: Seconds,
    /// How long a turn is.
    pub turn: Seconds,
    /// In order.
    pub users: Vec<String>,
    /// When it holds: weekday, 0 for every day; time of day; length.
    pub windows: Vec<(i64, String, Seconds)>,
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Event {
    /// From when; absent, it runs.
    pub from: Option<Seconds>,
    /// Until when.
    pub until: Option<Seconds>,
    /// The first occurrence's start,
    pub start: Seconds,
    /// and its end.
    pub end: Seconds,
    /// On whose clock.
    pub zone: String,
    /// How it recurs.
    pub rule: String,
    /// Occurrences before the next member; absent, all members hold all.
    pub each: Option<i64>,
    /// In order; absent: a place kept vacant.
    pub members: Vec<Option<String>>,
    /// Events that overrides must find together.
    pub lane: usize,
}

/// A dated exception.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Exception {
    /// From when.
    pub start: Seconds,
    /// Until when.
    pub end: Seconds,
    /// Who; absent: nobody.
    pub user: Option<String>,
    /// Of which lane who steps down; absent: whoever in layers, nobody in shifts.
    pub instead_of: Option<(usize, String)>,
}

/// Who holds a schedule over a stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// From when.
    pub start: Seconds,
    /// Until when.
    pub end: Seconds,
    /// Who, sorted.
    pub users: Vec<String>,
}

/// An escalation policy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// As we write where it begins.
    pub key: String,
    /// As people see it.
    pub name: String,
    /// In order: minutes, and whom, sorted.
    pub rules: Vec<(u64, Vec<Target>)>,
    /// Times that it starts over.
    pub loops: u32,
    /// Key of the team to which it belongs.
    #[serde(default)]
    pub team: Option<String>,
}

/// Whom a policy pages.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Target {
    /// A schedule of ours, by key.
    Schedule(String),
    /// Somebody, by id.
    User(String),
    /// Something else: kind and id.
    Other(String, String),
}

/// A router.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Router {
    /// The orchestration's name.
    pub orchestration: String,
    /// In order.
    pub rows: Vec<Row>,
    /// Key of the policy for what no row matches.
    pub otherwise: Option<String>,
}

/// A row of a router.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// For people.
    pub label: String,
    /// Any of them.
    pub conditions: Vec<String>,
    /// Key of the policy that it leads to, or the id of somebody else's service.
    pub to: String,
}

impl Exception {
    /// What stands for it in its schedule's mark. When it begins is not part of it: what is running began in the past.
    pub fn hash(&self) -> String {
        let user = self.user.as_deref().unwrap_or("");
        let instead_of = self.instead_of.as_ref().map_or("", |(_, user)| user.as_str());
        mark::hash(&format!("{}|{user}|{instead_of}", self.end))
    }

    /// Whether both come to the same from `now` on.
    pub fn is(&self, other: &Exception, now: Seconds) -> bool {
        let out = |it: &Exception| it.instead_of.as_ref().map(|(_, user)| user.clone());
        self.start.max(now) == other.start.max(now)
            && self.end == other.end
            && self.user == other.user
            && out(self) == out(other)
    }
}

impl Schedule {
    /// What is left of it from `now` on, in an order of its own: what can be compared.
    pub fn from_now(&self, now: Instant) -> Schedule {
        let now = now.unix();
        let mut it = self.clone();
        let later = |from: Option<Seconds>| from.filter(|it| *it > now);
        it.layers.retain(|it| it.until.is_none_or(|until| until > now));
        it.events.retain(|it| it.until.is_none_or(|until| until > now));
        it.exceptions.retain(|it| it.end > now);
        it.layers.iter_mut().for_each(|it| it.from = later(it.from));
        for event in &mut it.events {
            (event.from, event.lane) = (later(event.from), 0);
        }
        for exception in &mut it.exceptions {
            exception.start = exception.start.max(now);
            if let Some((lane, _)) = &mut exception.instead_of {
                *lane = 0;
            }
        }
        it.layers.sort();
        it.events.sort();
        it.exceptions.sort();
        it.calendar.clear();
        it.excused.clear();
        it
    }
}

impl Spec {
    /// What an organisation asks for, in PagerDuty's terms; and who of its people PagerDuty does not know.
    pub fn of(org: &Org, desired: &Desired, users: &[wire::User]) -> (Spec, Vec<Note>) {
        let mut ids = Ids { org, users, missing: Vec::new() };
        let mut errors = Vec::new();
        let mut spec = Spec::default();
        for wanted in &desired.schedules {
            spec.schedules.push(schedule(wanted, &mut ids, &mut errors));
        }
        for policy in &desired.policies {
            let rules = policy.rules.iter().map(|rule| {
                let mut targets: Vec<Target> = rule
                    .targets
                    .iter()
                    .filter_map(|it| match it {
                        Node::Seat(seat) => Some(Target::Schedule(org.seat_name(*seat))),
                        Node::Person(person) => Some(Target::User(ids.of(*person))),
                        Node::Nobody => None,
                    })
                    .collect();
                targets.sort();
                (rule.minutes, targets)
            });
            let rules = rules.collect();
            let (key, name, team) = (policy.key.clone(), policy.name.clone(), policy.team.clone());
            spec.policies.push(Policy { key, name, rules, loops: policy.loops, team });
        }
        spec.teams = desired.teams.as_ref().map(|all| {
            let team = |it: &desired::Team| {
                let mut members: Vec<String> = it.members.iter().map(|it| ids.of(*it)).collect();
                members.sort();
                Team { key: it.key.clone(), name: it.name.clone(), members }
            };
            all.iter().map(team).collect()
        });
        spec.services = desired.services.iter().cloned().collect();
        spec.router = desired.router.as_ref().map(|router| Router {
            orchestration: router.orchestration.clone(),
            rows: router
                .rows
                .iter()
                .map(|it| Row { label: it.label.clone(), conditions: it.conditions.clone(), to: it.policy.clone() })
                .collect(),
            otherwise: router.otherwise.clone(),
        });
        errors.extend(ids.missing);
        errors.sort();
        errors.dedup();
        (spec, errors)
    }
}

/// People's ids at PagerDuty.
struct Ids<'a> {
    org: &'a Org,
    users: &'a [wire::User],
    missing: Vec<Note>,
}

impl Ids<'_> {
    fn of(&mut self, person: PersonId) -> String {
        let person = self.org.person(person);
        let Some(email) = &person.email else { return String::new() };
        match self.users.iter().find(|it| it.email.eq_ignore_ascii_case(email)) {
            Some(user) => user.id.clone(),
            None => {
                let text = format!("PagerDuty has no user {email}; Dogwatch makes none: invite {} first", person.name);
                self.missing.push(Note { about: format!("@{}", person.key), text });
                String::new()
            }
        }
    }

    fn holder(&mut self, holder: Holder) -> Option<String> {
        holder.person().map(|it| self.of(it))
    }
}

fn schedule(wanted: &Wanted, ids: &mut Ids<'_>, errors: &mut Vec<Note>) -> Schedule {
    let zone = &wanted.zone;
    let shifts = wanted.family == Family::Shifts;
    let (mut layers, mut events) = (Vec::new(), Vec::new());
    for (lane, strand) in wanted.strands.iter().enumerate() {
        if shifts {
            let made = events_of(strand, zone, lane, ids);
            if made.len() > MOST_SHAPES {
                let text =
                    "has more windows of different shape than a rotation of shifts holds; say `family = \"layers\"`";
                errors.push(Note { about: wanted.key.clone(), text: text.to_owned() });
            }
            events.extend(made);
        } else {
            layers.push(layer_of(strand, zone, ids));
        }
    }
    let mut exceptions: Vec<Exception> = Vec::new();
    for it in &wanted.exceptions {
        let instead_of = it.instead_of.and_then(|(lane, holder)| Some((lane, ids.holder(holder)?)));
        let user = ids.holder(it.holder);
        exceptions.push(Exception { start: it.span.start().unix(), end: it.span.end().unix(), user, instead_of });
    }
    let mut calendar = Vec::new();
    for it in &wanted.calendar {
        let mut users: Vec<String> = it.people.iter().map(|it| ids.of(*it)).collect();
        users.sort();
        calendar.push(Stretch { start: it.span.start().unix(), end: it.span.end().unix(), users });
    }
    let excused = wanted.unheld.iter().map(|it| (it.span.start().unix(), it.span.end().unix())).collect();
    let (key, name, zone) = (wanted.key.clone(), wanted.name.clone(), zone_name(zone));
    Schedule { key, name, shifts, zone, layers, events, exceptions, calendar, excused }
}

/// PagerDuty lists `Etc/UTC`.
fn zone_name(zone: &Zone) -> String {
    if zone.name() == "UTC" { "Etc/UTC".to_owned() } else { zone.name().to_owned() }
}

/// Whether two names mean one clock.
pub fn same_zone(one: &str, other: &str) -> bool {
    let plain = |it: &str| {
        if matches!(it, "UTC" | "Etc/UTC" | "Etc/UCT" | "Etc/Universal") { "UTC".to_owned() } else { it.to_owned() }
    };
    plain(one) == plain(other)
}

fn from_of(strand: &Strand) -> Option<Seconds> {
    (strand.from > Instant::MIN).then(|| strand.from.unix())
}

fn layer_of(strand: &Strand, zone: &Zone, ids: &mut Ids<'_>) -> Layer {
    Layer {
        from: from_of(strand),
        until: strand.until.map(Instant::unix),
        anchor: zone.resolve(strand.anchor).unix(),
        turn: strand.unit * strand.units,
        users: strand.places.iter().filter_map(|it| ids.holder(*it)).collect(),
        windows: windows(strand),
    }
}

/// The windows of a strand as PagerDuty's restrictions have them; none if it always holds.
fn windows(strand: &Strand) -> Vec<(i64, String, Seconds)> {
    let origin = since_epoch(strand.anchor).rem_euclid(strand.unit);
    let mut held: Vec<(i64, i64)> = strand
        .windows
        .iter()
        .flat_map(|(start, length)| {
            let start = (origin + start) % strand.unit;
            let end = start + length;
            [(start, end.min(strand.unit)), (0, end - strand.unit)]
        })
        .filter(|(from, to)| from < to)
        .collect();
    held.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (from, to) in held {
        match joined.last_mut() {
            Some(last) if last.1 == from => last.1 = to,
            _ => joined.push((from, to)),
        }
    }
    if joined == [(0, strand.unit)] {
        return Vec::new();
    }
    // What reaches over the end of the unit is one window.
    if let [(0, first), .., (last, end)] = joined[..]
        && end == strand.unit
    {
        joined.remove(0);
        joined.pop();
        joined.push((last, end + first));
    }
    let written = |at: i64| format!("{:02}:{:02}:{:02}", at / 3600 % 24, at / 60 % 60, at % 60);
    let daily = |(from, to): &(i64, i64)| (0, written(from % CIVIL_DAY), to - from);
    if strand.unit == CIVIL_DAY {
        return joined.iter().map(daily).collect();
    }
    let mut every_day: Vec<(i64, String, i64)> = joined.iter().map(daily).collect();
    every_day.sort();
    let shapes = every_day.chunk_by(|a, b| a == b);
    if joined.iter().all(|(from, to)| to - from < CIVIL_DAY) && shapes.clone().all(|it| it.len() == 7) {
        every_day.dedup();
        return every_day;
    }
    let mut weekly: Vec<(i64, String, i64)> =
        joined.iter().map(|(from, to)| (from / CIVIL_DAY % 7 + 1, written(from % CIVIL_DAY), to - from)).collect();
    weekly.sort();
    weekly
}

/// The events of a strand: one for each shape of window.
fn events_of(strand: &Strand, zone: &Zone, lane: usize, ids: &mut Ids<'_>) -> Vec<Event> {
    let anchor = since_epoch(strand.anchor);
    let mut shapes: BTreeMap<(i64, i64), Vec<i64>> = BTreeMap::new();
    for (start, length) in &strand.windows {
        shapes.entry(((anchor + start).rem_euclid(CIVIL_DAY), *length)).or_default().push(*start);
    }
    let members: Vec<Option<String>> = strand.places.iter().map(|it| ids.holder(*it)).collect();
    let mut events = Vec::new();
    for ((_, length), starts) in shapes {
        let first = starts.iter().copied().min().unwrap_or(0);
        let days = starts.len() as i64;
        let (rule, occurrences) = if strand.unit == CIVIL_DAY || days == 7 {
            ("RRULE:FREQ=DAILY".to_owned(), days)
        } else if length == CIVIL_WEEK {
            ("RRULE:FREQ=WEEKLY".to_owned(), 1)
        } else {
            let mut on: Vec<i64> = starts.iter().map(|it| (anchor + it).div_euclid(CIVIL_DAY).rem_euclid(7)).collect();
            on.sort_unstable();
            let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
            let on: Vec<&str> = on.iter().map(|it| names[usize::try_from(*it).unwrap_or(0)]).collect();
            (format!("RRULE:FREQ=WEEKLY;BYDAY={}", on.join(",")), days)
        };
        let at = |seconds: i64| zone.resolve(from_epoch(seconds)).unix();
        events.push(Event {
            from: from_of(strand),
            until: strand.until.map(Instant::unix),
            start: at(anchor + first),
            end: at(anchor + first + length),
            zone: zone_name(zone),
            rule,
            each: (!strand.together).then_some(occurrences * strand.units),
            members: members.clone(),
            lane,
        });
    }
    events
}

/// An instant as it is sent: in UTC.
pub fn utc(seconds: Seconds) -> String {
    Instant::from_unix(seconds).to_string()
}

impl Layer {
    /// As it is sent. `start` is the server's, but for what has not begun.
    pub fn body(&self, number: usize, now: Seconds) -> Value {
        let user = |id: &String| json!({ "user": { "id": id, "type": "user_reference" } });
        let restriction = |(day, time, length): &(i64, String, Seconds)| match day {
            0 => json!({ "type": "daily_restriction", "start_time_of_day": time, "duration_seconds": length }),
            day => json!({
                "type": "weekly_restriction", "start_day_of_week": day, "start_time_of_day": time,
                "duration_seconds": length,
            }),
        };
        json!({
            "name": format!("Turns {number}"),
            "start": utc(self.from.unwrap_or(now).max(now)),
            "end": self.until.map(utc),
            "rotation_virtual_start": utc(self.anchor),
            "rotation_turn_length_seconds": self.turn,
            "users": self.users.iter().map(user).collect::<Vec<_>>(),
            "restrictions": self.windows.iter().map(restriction).collect::<Vec<_>>(),
        })
    }

    /// Whether both take the same turns, whenever they begin and end.
    pub fn turns_as(&self, other: &Layer) -> bool {
        let plain = |it: &Layer| Layer { from: None, until: None, ..it.clone() };
        plain(self) == plain(other)
    }
}

impl Event {
    /// As it is sent.
    pub fn body(&self, name: &str, now: Seconds) -> Value {
        // With the zone's own offset, both readings of the API agree.
        let zone = Zone::named(&self.zone).unwrap_or_else(|_| Zone::utc());
        let since = self.from.unwrap_or(now).max(now);
        let (start, end) = self.begun(since, &zone);
        let at = |seconds: Seconds| {
            let text = rfc3339(Instant::from_unix(seconds), &zone);
            json!({ "date_time": text, "time_zone": self.zone })
        };
        let members: Vec<Value> = self.members.iter().map(|it| member(it.as_deref())).collect();
        let strategy = match self.each {
            Some(each) => json!({
                "type": "rotating_member_assignment_strategy", "shifts_per_member": each, "members": members,
            }),
            None => json!({ "type": "every_member_assignment_strategy", "members": members }),
        };
        json!({ "event": {
            "name": name,
            "start_time": at(start),
            "end_time": at(end),
            "effective_since": utc(since),
            "effective_until": self.until.map(utc),
            "recurrence": [self.rule],
            "assignment_strategy": strategy,
        } })
    }

    /// Whether both take the same turns, whenever they begin and end.
    pub fn turns_as(&self, other: &Event) -> bool {
        let plain = |it: &Event| Event { from: None, until: None, lane: 0, ..it.clone() };
        plain(self) == plain(other) || self.phase().is_some_and(|it| Some(it) == other.phase())
    }

    /// An occurrence of the first member's at or before `since`: there are none before that from which is counted.
    fn begun(&self, since: Seconds, zone: &Zone) -> (Seconds, Seconds) {
        let (Some(rule), true) = (Rule::read(&self.rule), self.start > since) else { return (self.start, self.end) };
        let civil = |at: Seconds| since_epoch(zone.civil(Instant::from_unix(at)));
        // After so many turns of each weekday all begins again, whatever the rule says a turn is.
        let cycle = rule.period() * self.each.unwrap_or(1).max(1) * self.members.len().max(1) as i64;
        let back = (civil(self.start) - civil(since)).div_euclid(cycle) + 1;
        let at = |seconds: Seconds| zone.resolve(from_epoch(civil(seconds) - back * cycle)).unix();
        (at(self.start), at(self.end))
    }

    /// What repeats, wherever it is counted from, in civil seconds; of rules that we do not write, nothing.
    fn phase(&self) -> Option<Event> {
        let rule = Rule::read(&self.rule)?;
        let each = self.each.unwrap_or(1);
        let days = if rule.daily { 1 } else { (rule.days.len() as i64).max(1) };
        if each < 1 || self.members.is_empty() || self.each.is_some() && each % days != 0 {
            return None;
        }
        let zone = Zone::named(&self.zone).ok()?;
        let civil = |at: Seconds| since_epoch(zone.civil(Instant::from_unix(at)));
        let (begins, length) = (civil(self.start), civil(self.end) - civil(self.start));
        let turn = if self.each.is_some() { (each / days).checked_mul(rule.period())? } else { rule.period() };
        let mut members = self.members.clone();
        match self.each {
            Some(_) => {
                let turned = begins.div_euclid(turn).rem_euclid(members.len() as i64);
                members.rotate_right(usize::try_from(turned).unwrap_or(0));
            }
            None => members.sort(),
        }
        let start = begins.rem_euclid(turn);
        Some(Event { from: None, until: None, lane: 0, start, end: start + length, members, ..self.clone() })
    }
}

/// A rule that says every so many days, or certain days of every so many weeks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Days, not weeks.
    pub daily: bool,
    /// So many.
    pub every: i64,
    /// Of the week, 0 for Monday, in the order of the rule; empty: that on which it begins.
    pub days: Vec<i64>,
}

impl Rule {
    /// `RRULE:FREQ=WEEKLY;BYDAY=MO,TU`; nothing, if it is of another kind.
    pub fn read(text: &str) -> Option<Rule> {
        let mut rule = Rule { daily: false, every: 1, days: Vec::new() };
        let mut known = false;
        for part in text.strip_prefix("RRULE:")?.split(';').filter(|it| !it.is_empty()) {
            match part.split_once('=')? {
                ("FREQ", "DAILY") => (rule.daily, known) = (true, true),
                ("FREQ", "WEEKLY") => known = true,
                ("INTERVAL", every) => rule.every = every.parse().ok().filter(|it| (1..=1_000).contains(it))?,
                ("WKST", "MO") => {}
                ("BYDAY", days) => {
                    let number = |it| ["MO", "TU", "WE", "TH", "FR", "SA", "SU"].iter().position(|day| *day == it);
                    rule.days = days.split(',').map(|it| number(it).map(|it| it as i64)).collect::<Option<_>>()?;
                    rule.days.sort_unstable();
                    rule.days.dedup();
                }
                _ => return None,
            }
        }
        // Days of the week say of days that it is weeks.
        if rule.daily && !rule.days.is_empty() {
            (rule.daily, known) = (false, known && rule.every == 1);
        }
        known.then_some(rule)
    }

    /// After so many civil seconds it begins again.
    pub fn period(&self) -> i64 {
        self.every * if self.daily { CIVIL_DAY } else { CIVIL_WEEK }
    }
}

/// A member as it is sent.
pub fn member(user: Option<&str>) -> Value {
    match user {
        Some(id) => json!({ "type": "user_member", "user_id": id }),
        None => json!({ "type": "empty_member" }),
    }
}

/// A layer as it is read; `None` if it cannot be.
pub fn read_layer(layer: &wire::Layer) -> Option<Layer> {
    let at = |text: &str| wire::instant(text).map(Instant::unix);
    let mut windows: Vec<(i64, String, Seconds)> = layer
        .restrictions
        .iter()
        .map(|it| (it.start_day_of_week.unwrap_or(0), it.start_time_of_day.clone(), it.duration_seconds))
        .collect();
    windows.sort();
    Some(Layer {
        from: at(&layer.start),
        until: match &layer.end {
            None => None,
            Some(end) => Some(at(end)?),
        },
        anchor: at(&layer.rotation_virtual_start)?,
        turn: layer.rotation_turn_length_seconds,
        users: layer.users.iter().map(|it| it.user.id.clone()).collect(),
        windows,
    })
}

/// An event as it is read; `None` if it cannot be.
pub fn read_event(event: &wire::Event, lane: usize) -> Option<Event> {
    let at = |text: &str| wire::instant(text).map(Instant::unix);
    let strategy = &event.assignment_strategy;
    Some(Event {
        from: at(&event.effective_since),
        until: match &event.effective_until {
            None => None,
            Some(end) => Some(at(end)?),
        },
        start: at(&event.start_time.date_time)?,
        end: at(&event.end_time.date_time)?,
        zone: if same_zone(&event.start_time.time_zone, "UTC") {
            "Etc/UTC".to_owned()
        } else {
            event.start_time.time_zone.clone()
        },
        rule: event.recurrence.join("\n"),
        each: match strategy.r#type.as_str() {
            "every_member_assignment_strategy" => None,
            _ => Some(strategy.shifts_per_member.unwrap_or(1)),
        },
        members: strategy.members.iter().map(|it| it.user_id.clone().filter(|_| it.r#type != "empty_member")).collect(),
        lane,
    })
}
