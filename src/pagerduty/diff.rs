//! From what PagerDuty holds to what it should: requests, in an order in which at every moment somebody is on call.
//!
//! Pure, and without memory: run again at any point, it finds what is left to do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::org::harmless;
use crate::pagerduty::client::Method;
use crate::pagerduty::desired::Note;
use crate::pagerduty::mark::{LONGEST_DESCRIPTION, Mark, words};
use crate::pagerduty::observed::Observed;
use crate::pagerduty::spec::{
    Event, Exception, Layer, Policy, Router, Schedule, Seconds, Spec, Stretch, Target, member, read_event, read_layer,
    same_zone, utc,
};
use crate::pagerduty::wire;
use crate::time::{Instant, Zone};

mod teams;

/// For so long after now, nobody may be left without somebody on call.
const GUARDED: Seconds = 48 * 3600;
/// So far a bridge reaches: whoever is stopped has time to come back.
const BRIDGED: Seconds = 72 * 3600;
/// The least that a layer lasts.
const MINUTE: Seconds = 60;
/// Events of one rotation that are not over.
const MOST_EVENTS: usize = 5;
/// Rotations of one schedule with such events.
const MOST_ROTATIONS: usize = 10;

/// What is asked for besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choices {
    /// Names of objects without our mark that become ours.
    pub adopt: Vec<String>,
    /// What is ours and no longer declared goes.
    pub prune: bool,
    /// But only that with these keys; empty: all.
    pub only: BTreeSet<String>,
}

/// The way from one to the other.
#[derive(Debug, Clone, Default)]
pub struct Diff {
    /// In order.
    pub work: Vec<Work>,
    /// Schedules that must be read more closely before this can be known.
    pub unknown: Vec<Unknown>,
    /// Where the people of a schedule change at a handoff that is still to come.
    pub splices: BTreeMap<String, Seconds>,
    /// Why it cannot be done.
    pub errors: Vec<Note>,
    /// What to know.
    pub notes: Vec<Note>,
    /// Objects that go.
    pub removals: usize,
}

/// What must be read before a schedule can be compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unknown {
    /// How it is rendered.
    Rendered(String),
    /// Its overrides.
    Overrides(String),
}

/// One request, and what it is for.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// What it concerns.
    pub about: String,
    /// What it does, in words.
    pub title: String,
    /// How.
    pub method: Method,
    /// Where. Names between `‹` and `›` stand for ids that come of earlier work.
    pub path: String,
    /// With what; the same.
    pub body: Option<Value>,
    /// The name that its answer's id gets, and where in the answer it is.
    pub gives: Option<(String, &'static str)>,
    /// How to find what it makes, should no answer come.
    pub find: Find,
}

/// How to find what a request made.
#[derive(Debug, Clone, PartialEq)]
pub enum Find {
    /// Nothing is made.
    Nothing,
    /// An entry of this list, with this mark in its description.
    Marked(String, &'static str, String),
    /// An orchestration of this name.
    Named(String),
    /// A rotation without events in this schedule, other than these.
    EmptyRotation(String, Vec<String>),
    /// An event in this schedule that takes these turns from then on.
    Event(String, Event),
    /// An exception of this schedule.
    Exception(String, bool, Exception),
    /// A layer of this schedule, other than these: layers are written all at once.
    Layer(String, Vec<String>),
}

/// A name that stands for an id.
fn id(name: &str) -> String {
    format!("‹{name}›")
}

/// The way from `observed` to `target`.
pub fn diff(target: &Spec, observed: &Observed, now: Instant, choices: &Choices) -> Diff {
    let mut it = Differ {
        target,
        observed,
        now: now.unix(),
        choices,
        diff: Diff::default(),
        ids: BTreeMap::new(),
        extra: Vec::new(),
    };
    it.teams();
    for schedule in &target.schedules {
        it.schedule(schedule);
    }
    it.schedules_of_teams();
    for policy in &target.policies {
        it.policy(policy);
    }
    it.services();
    if let Some(router) = &target.router {
        it.router(router);
    }
    it.leaving();
    it.removals();
    it.diff.errors.sort();
    it.diff.errors.dedup();
    it.diff
}

struct Differ<'a> {
    target: &'a Spec,
    observed: &'a Observed,
    now: Seconds,
    choices: &'a Choices,
    diff: Diff,
    /// `schedule KEY`, `policy KEY` … to an id, or to a name that stands for one.
    ids: BTreeMap<String, String>,
    /// Objects with a mark that another one has as well: path, title.
    extra: Vec<(String, String)>,
}

impl Differ<'_> {
    fn work(&mut self, about: &str, title: String, method: Method, path: String, body: Option<Value>) -> &mut Work {
        let (about, gives, find) = (about.to_owned(), None, Find::Nothing);
        // Names that others chose are told here.
        let title = harmless(&title);
        self.diff.work.push(Work { about, title, method, path, body, gives, find });
        self.diff.work.last_mut().expect("one was just added")
    }

    fn error(&mut self, about: &str, text: impl Into<String>) {
        self.diff.errors.push(Note { about: about.to_owned(), text: harmless(&text.into()) });
    }

    fn note(&mut self, about: &str, text: impl Into<String>) {
        self.diff.notes.push(Note { about: about.to_owned(), text: harmless(&text.into()) });
    }

    fn described(&mut self, about: &str, mark: &Mark, words: &str) -> String {
        let text = mark.written(words);
        if text.chars().count() > LONGEST_DESCRIPTION {
            let many = counted(mark.hashes.len(), "exception");
            self.error(about, format!("has {many} to remember, more than a description of {LONGEST_DESCRIPTION} characters holds; plan less far ahead (`--horizon`)"));
        }
        text
    }

    /// Which of several objects with one mark is the one: that which is used, else the one with the least id.
    fn chosen(
        &mut self,
        kind: &str,
        path: &str,
        key: &str,
        found: Vec<String>,
        is_used: impl Fn(&str) -> bool,
    ) -> Option<String> {
        let mut found = found;
        found.sort_by_key(|it| (!is_used(it), it.clone()));
        let mut found = found.into_iter();
        let first = found.next();
        for other in found {
            if is_used(&other) {
                self.error(
                    &format!("{kind} {key}"),
                    format!("two have the mark of {key}, and both are used: {other} is the second"),
                );
            } else {
                self.extra.push((format!("{path}/{other}"), format!("remove a second {kind} with the mark of {key}")));
            }
        }
        first
    }

    fn schedule(&mut self, want: &Schedule) {
        let observed = self.observed;
        // Ids are unique among their kind only: a user may have a schedule's.
        let used = |id: &str| {
            let targets = observed.policies.iter().flat_map(|it| &it.escalation_rules).flat_map(|it| &it.targets);
            targets.into_iter().any(|it| it.id == id && it.r#type.contains("schedule"))
        };
        let ours = observed.marked_schedules();
        let same: Vec<String> = ours
            .iter()
            .filter(|(mark, _, shifts)| mark.key == want.key && *shifts == want.shifts)
            .map(|it| it.1.clone())
            .collect();
        for (_, id, shifts) in ours.iter().filter(|(mark, _, shifts)| mark.key == want.key && *shifts != want.shifts) {
            let path = if *shifts { "/v3/schedules" } else { "/schedules" };
            self.extra
                .push((format!("{path}/{id}"), format!("remove the schedule of {} in the other family", want.key)));
        }
        let path = if want.shifts { "/v3/schedules" } else { "/schedules" };
        let found = self.chosen("schedule", path, &want.key, same, used).or_else(|| self.adopted(want));
        let name = format!("schedule {}", want.key);
        match found {
            Some(found) => {
                self.ids.insert(name, found.clone());
                if want.shifts { self.shifts(want, &found) } else { self.layers(want, &found) }
            }
            None => {
                self.ids.insert(name.clone(), id(&name));
                self.create(want);
            }
        }
    }

    fn adopted(&self, want: &Schedule) -> Option<String> {
        if !self.choices.adopt.contains(&want.name) {
            return None;
        }
        let unmarked = |description: &str| Mark::read(description).is_none();
        if want.shifts {
            let found = self.observed.shifts.iter().find(|it| it.name == want.name && unmarked(&it.description));
            found.map(|it| it.id.clone())
        } else {
            let found = self.observed.layers.iter().find(|it| it.name == want.name && unmarked(&it.description));
            found.map(|it| it.id.clone())
        }
    }

    fn create(&mut self, want: &Schedule) {
        let mut mark = Mark::of(&want.key);
        mark.hashes = want.exceptions.iter().map(Exception::hash).collect();
        mark.pending = !mark.hashes.is_empty() || want.shifts;
        let description = self.described(&want.key, &mark, "");
        let name = format!("schedule {}", want.key);
        let title = format!("create schedule {}", want.name);
        let mut body = json!({ "name": want.name, "time_zone": want.zone, "description": description });
        if want.shifts {
            let work = self.work(
                &want.key,
                title,
                Method::Post,
                "/v3/schedules".to_owned(),
                Some(json!({ "schedule": body })),
            );
            work.gives = Some((name.clone(), "/schedule/id"));
            work.find = Find::Marked("/v3/schedules".to_owned(), "schedules", want.key.clone());
        } else {
            let now = self.now;
            let layers: Vec<Value> =
                want.layers.iter().enumerate().map(|(index, it)| it.body(index + 1, now)).collect();
            body["type"] = json!("schedule");
            body["schedule_layers"] = json!(layers);
            let work =
                self.work(&want.key, title, Method::Post, "/schedules".to_owned(), Some(json!({ "schedule": body })));
            work.gives = Some((name.clone(), "/schedule/id"));
            work.find = Find::Marked("/schedules".to_owned(), "schedules", want.key.clone());
        }
        let place = id(&name);
        let lanes = if want.shifts { self.events(want, &place, &[], &BTreeMap::new(), self.now) } else { Vec::new() };
        for exception in &want.exceptions {
            self.except(want, &place, exception, &lanes);
        }
        if mark.pending {
            mark.pending = false;
            self.finish(want, &place, &mark, "");
        }
    }

    /// The last word on a schedule: all of it is as its mark says.
    fn finish(&mut self, want: &Schedule, place: &str, mark: &Mark, words: &str) {
        let description = self.described(&want.key, mark, words);
        let path = if want.shifts { format!("/v3/schedules/{place}") } else { format!("/schedules/{place}") };
        let body = json!({ "schedule": {
            "type": "schedule", "name": want.name, "time_zone": want.zone, "description": description,
        } });
        self.work(
            &want.key,
            format!("finish schedule {}: note in its description what was written", want.name),
            Method::Put,
            path,
            Some(body),
        );
    }

    /// When the people of a schedule change: at the end of the shift that runs, if who has it would change; else now.
    fn splice(&mut self, want: &Schedule, place: &str) -> Option<Seconds> {
        let Some(rendered) = self.observed.rendered.get(place) else {
            self.diff.unknown.push(Unknown::Rendered(place.to_owned()));
            return None;
        };
        let at = |all: &[Stretch]| all.iter().find(|it| it.start <= self.now && self.now < it.end).cloned();
        let (here, wanted) = (at(rendered), at(&want.calendar));
        // Whom an exception puts there, or takes away, is there or gone now, whatever is beneath.
        let ours = self.observed.schedule(place).map(|it| it.exceptions).unwrap_or_default();
        let excepted = want.exceptions.iter().chain(&ours).any(|it| it.start <= self.now && self.now < it.end);
        let splice = match here {
            _ if excepted => self.now,
            None => self.now,
            Some(here) if wanted.as_ref().is_some_and(|it| it.users == here.users) => self.now,
            Some(here) => {
                let edges: BTreeSet<Seconds> = want.calendar.iter().flat_map(|it| [it.start, it.end]).collect();
                let last = rendered.iter().map(|it| it.end).max().unwrap_or(here.end);
                // Somebody who stays for ever hands over at our next handoff.
                let end = if here.end < last {
                    here.end
                } else {
                    edges.iter().find(|it| **it > self.now).copied().unwrap_or(self.now)
                };
                self.handed_over(want, place, &here, &edges).map_or(end, |it| it.min(end))
            }
        };
        Some(splice)
    }

    /// When whoever is on call hands over already, by an earlier change whose handoff has not come: perhaps to themselves,
    /// so that nothing of it is to be seen in who is on call.
    fn handed_over(&self, want: &Schedule, place: &str, here: &Stretch, edges: &BTreeSet<Seconds>) -> Option<Seconds> {
        let there = self.observed.schedule(place)?;
        let holds = |users: &[String]| here.users.iter().any(|it| users.contains(it));
        let layers = there.layers.iter().filter(|it| holds(&it.users)).map(|it| (it.from, it.until));
        let members = |it: &Event| it.members.iter().flatten().cloned().collect::<Vec<_>>();
        let events = there.events.iter().filter(|it| holds(&members(it))).map(|it| (it.from, it.until));
        // Where clocks jump, what is wanted is cut as well, and nobody hands over.
        let cuts: BTreeSet<Seconds> = want
            .layers
            .iter()
            .flat_map(|it| [it.from, it.until])
            .chain(want.events.iter().flat_map(|it| [it.from, it.until]))
            .flatten()
            .collect();
        layers
            .chain(events)
            .filter(|(from, _)| from.is_none_or(|it| it <= self.now))
            .filter_map(|(_, until)| until)
            .filter(|it| *it > self.now && (!cuts.contains(it) || edges.contains(it)))
            .min()
    }

    fn stays(&mut self, want: &Schedule, place: &str, splice: Seconds) {
        if splice <= self.now {
            return;
        }
        self.diff.splices.insert(want.key.clone(), splice);
        let rendered = self.observed.rendered.get(place).map(Vec::as_slice).unwrap_or_default();
        if let Some(here) = rendered.iter().find(|it| it.start <= self.now && self.now < it.end) {
            let names: Vec<&str> = here.users.iter().map(|it| self.observed.name_of(it)).collect();
            let text = format!(
                "{} stays on call until {}; from then on it is as the files say",
                names.join(" and "),
                utc(splice)
            );
            self.note(&want.key, text);
        }
    }

    fn layers(&mut self, want: &Schedule, place: &str) {
        let Some(have) = self.observed.layers.iter().find(|it| it.id == place) else { return };
        let mark = Mark::read(&have.description).unwrap_or_default();
        let now = self.now;
        // What was taken back before it began lasts a minute, in which it does not hold.
        let taken_back = |it: &Layer| it.until.is_some_and(|until| until - it.from.unwrap_or(0) <= MINUTE);
        let runs = |it: &Option<Layer>| {
            it.as_ref().is_none_or(|it| it.until.is_none_or(|until| until > now) && !taken_back(it))
        };
        let all: Vec<(&wire::Layer, Option<Layer>)> =
            have.schedule_layers.iter().map(|it| (it, read_layer(it))).filter(|(_, it)| runs(it)).collect();
        let moved = !same_zone(&have.time_zone, &want.zone);
        let mut splice = now;
        let mut pairs = if moved { Pairs::none(want.layers.len(), all.len()) } else { pair_layers(want, &all, splice) };
        if !pairs.complete() && !moved {
            let Some(at) = self.splice(want, place) else { return };
            splice = at;
            pairs = pair_layers(want, &all, splice);
        }
        let mut bodies: Vec<Value> = Vec::new();
        let mut titles: Vec<String> = Vec::new();
        let mut spare: Vec<&wire::Layer> = Vec::new();
        // The server shows the last layer first, and wants the first one first.
        for (index, (layer, read)) in all.iter().enumerate().rev() {
            let mut body: wire::Layer = (*layer).clone();
            body.rest.retain(|key, _| !key.starts_with("rendered"));
            let mut end = read.as_ref().and_then(|it| it.until);
            match pairs.of_have[index] {
                Some(wanted) => {
                    if end != want.layers[wanted].until {
                        end = want.layers[wanted].until;
                        titles.push(format!("{} hand over to nobody {}", self.people(read.as_ref()), until(end)));
                    }
                }
                None if end.is_some_and(|it| it <= splice) => {}
                None => {
                    // What begins this very second has not begun: it cannot end now.
                    let from = read.as_ref().and_then(|it| it.from).filter(|it| *it >= now);
                    if from.is_some_and(|it| it >= splice) {
                        spare.push(layer);
                        continue;
                    }
                    end = Some(splice.max(from.map_or(splice, |it| it + MINUTE)));
                    titles.push(format!("{} end {}", self.people(read.as_ref()), until(end)));
                }
            }
            body.end = end.map(Instant::from_unix).map(wire::Stamp::of);
            bodies.push(json!(body));
        }
        for (index, layer) in want.layers.iter().enumerate() {
            if pairs.of_want[index].is_some() || layer.until.is_some_and(|it| it <= splice) {
                continue;
            }
            let mut layer = layer.clone();
            if splice > now {
                layer.from = Some(layer.from.unwrap_or(splice).max(splice));
            }
            let mut body = layer.body(index + 1, now);
            if let Some(spare) = spare.pop() {
                body["id"] = json!(spare.id);
            }
            titles.push(format!("{} take turns {}", self.people(Some(&layer)), from(layer.from, now)));
            bodies.push(body);
        }
        for layer in spare {
            // What has not begun cannot end before it begins: it lasts a minute, at which its window is half a day away.
            let mut body: wire::Layer = layer.clone();
            body.rest.retain(|key, _| !key.starts_with("rendered"));
            if let Some(start) = wire::instant(&layer.start) {
                let zone = Zone::named(&want.zone).unwrap_or_else(|_| Zone::utc());
                let away = zone.civil(start + std::time::Duration::from_secs(12 * 3600));
                body.end = Some(wire::Stamp::of(Instant::from_unix(start.unix() + MINUTE)));
                body.restrictions = vec![wire::Restriction {
                    r#type: "daily_restriction".to_owned(),
                    start_time_of_day: away.format("%H:%M:%S").to_string(),
                    duration_seconds: MINUTE,
                    ..wire::Restriction::default()
                }];
            }
            titles.push(format!("{} do not begin", self.people(read_layer(layer).as_ref())));
            bodies.push(json!(body));
        }
        self.stays(want, place, splice);
        let read = self.observed.overrides.contains_key(place);
        let hashes: BTreeSet<String> = want.exceptions.iter().map(Exception::hash).collect();
        if !read && (mark.pending || mark.hashes != hashes) && !(mark.hashes.is_empty() && hashes.is_empty()) {
            self.diff.unknown.push(Unknown::Overrides(place.to_owned()));
            return;
        }
        let (missing, surplus) = if read {
            compare(&want.exceptions, &self.observed.exceptions_of_layers(place), &mark, now, |_, _| true)
        } else {
            (Vec::new(), Vec::new())
        };
        let named = have.name == want.name && mark.key == want.key && !moved;
        let marked = hashes.is_subset(&mark.hashes) && !mark.pending;
        if titles.is_empty() && named && marked && missing.is_empty() && surplus.is_empty() {
            return;
        }
        let said = words(&have.description).to_owned();
        let mut last = Mark { key: want.key.clone(), pending: false, hashes: hashes.clone() };
        let quick = missing.is_empty() && surplus.is_empty();
        let mut first = last.clone();
        if !quick {
            first.pending = true;
            first.hashes.extend(mark.hashes.iter().cloned());
        }
        let description = self.described(&want.key, &first, &said);
        let title = if titles.is_empty() { "name and description".to_owned() } else { titles.join("; ") };
        let mut body = json!({
            "type": "schedule", "name": want.name, "time_zone": want.zone, "description": description,
        });
        if bodies.iter().any(|_| !titles.is_empty()) {
            body["schedule_layers"] = json!(bodies);
        }
        let path = format!("/schedules/{place}");
        let adds = bodies.iter().any(|it| it["id"].is_null()) && !titles.is_empty();
        let work = self.work(
            &want.key,
            format!("update schedule {}: {title}", want.name),
            Method::Put,
            path,
            Some(json!({ "schedule": body })),
        );
        if adds {
            work.find = Find::Layer(place.to_owned(), have.schedule_layers.iter().map(|it| it.id.clone()).collect());
        }
        for exception in missing {
            self.except(want, place, &exception, &[]);
        }
        for (path, exception) in surplus {
            self.unexcept(want, path, &exception);
        }
        if !quick {
            last.pending = false;
            self.finish(want, place, &last, &said);
        }
    }

    fn people(&self, layer: Option<&Layer>) -> String {
        let Some(layer) = layer else { return "turns that cannot be read".to_owned() };
        let names: Vec<&str> = layer.users.iter().map(|it| self.observed.name_of(it)).collect();
        names.join(", ")
    }

    fn members(&self, event: &Event) -> String {
        let name = |it: &Option<String>| it.as_deref().map_or("nobody", |it| self.observed.name_of(it)).to_owned();
        event.members.iter().map(name).collect::<Vec<_>>().join(", ")
    }

    fn shifts(&mut self, want: &Schedule, place: &str) {
        let Some(have) = self.observed.shifts.iter().find(|it| it.id == place) else { return };
        let mark = Mark::read(&have.description).unwrap_or_default();
        let now = self.now;
        let events = have.rotations.iter().enumerate().flat_map(|(lane, rotation)| {
            rotation.events.iter().map(move |event| (rotation, event, read_event(event, lane)))
        });
        let runs = |it: &Option<Event>| it.as_ref().is_none_or(|it| it.until.is_none_or(|until| until > now));
        let all: Vec<(&wire::ShiftRotation, &wire::Event, Option<Event>)> = events.filter(|it| runs(&it.2)).collect();
        let mut splice = now;
        let mut pairs = pair_events(want, &all, splice);
        if !pairs.complete() {
            let Some(at) = self.splice(want, place) else { return };
            splice = at;
            pairs = pair_events(want, &all, splice);
        }
        let base = format!("/v3/schedules/{place}");
        let mut before: Vec<Work> = std::mem::take(&mut self.diff.work);
        // Ends.
        let mut bridged = false;
        let mut undone: BTreeSet<String> = BTreeSet::new();
        for (index, (rotation, event, read)) in all.iter().enumerate() {
            let path = format!("{base}/rotations/{}/events/{}", rotation.id, event.id);
            let begins = read.as_ref().and_then(|it| it.from);
            let future = begins.is_some_and(|it| it > now);
            let end = read.as_ref().and_then(|it| it.until);
            let people = read.as_ref().map_or_else(|| event.name.clone(), |it| self.members(it));
            match pairs.of_have[index] {
                Some(wanted) if end != want.events[wanted].until => {
                    let end = want.events[wanted].until;
                    let body = if future {
                        want.events[wanted].body(&want.name, now)
                    } else {
                        json!({ "event": { "effective_until": end.map(utc) } })
                    };
                    let first = end.into_iter().chain(all[index].2.as_ref().and_then(|it| it.until)).min();
                    bridged |= first.is_some_and(|it| it < now + GUARDED);
                    self.work(&want.key, format!("{people} end {}", until(end)), Method::Put, path, Some(body));
                }
                Some(_) => {}
                None if end.is_some_and(|it| it <= splice) => {}
                None if splice <= now || begins.is_some_and(|it| it >= splice) => {
                    if future {
                        undone.insert(event.id.clone());
                    }
                    bridged |= begins.unwrap_or(now) < now + GUARDED;
                    self.work(&want.key, format!("{people} end"), Method::Delete, path, None);
                }
                None => {
                    bridged |= splice < now + GUARDED;
                    let body = match read {
                        Some(it) if future => Event { until: Some(splice), ..it.clone() }.body(&event.name, now),
                        _ => json!({ "event": { "effective_until": utc(splice) } }),
                    };
                    self.work(
                        &want.key,
                        format!("{people} end {}", until(Some(splice))),
                        Method::Put,
                        path,
                        Some(body),
                    );
                }
            }
        }
        let mut ends = std::mem::take(&mut self.diff.work);
        // What goes on may go where something else was to begin.
        ends.sort_by_key(|it| it.method != Method::Delete);
        self.stays(want, place, splice);
        // Successors.
        let taken: Vec<(usize, &str, usize)> = all
            .iter()
            .enumerate()
            .filter_map(|(index, (rotation, ..))| {
                Some((want.events[pairs.of_have[index]?].lane, rotation.id.as_str(), index))
            })
            .collect();
        let mut lanes_taken: BTreeMap<usize, String> = BTreeMap::new();
        for (lane, rotation, _) in &taken {
            lanes_taken.entry(*lane).or_insert_with(|| (*rotation).to_owned());
        }
        let new: Vec<Event> = want
            .events
            .iter()
            .enumerate()
            .filter(|(index, it)| pairs.of_want[*index].is_none() && it.until.is_none_or(|until| until > splice))
            .map(|(_, it)| {
                let mut it = it.clone();
                if splice > now {
                    it.from = Some(it.from.unwrap_or(splice).max(splice));
                }
                it
            })
            .collect();
        let lanes = self.events_into(want, place, &have.rotations, &lanes_taken, &new);
        let successors = std::mem::take(&mut self.diff.work);
        // Exceptions.
        let begins = |lane: usize| {
            let kept = all
                .iter()
                .enumerate()
                .filter(|(index, _)| pairs.of_have[*index].is_some_and(|it| want.events[it].lane == lane));
            let kept = kept.filter_map(|(_, it)| it.2.as_ref().map(|it| it.from.unwrap_or(now)));
            kept.chain(new.iter().filter(|it| it.lane == lane).map(|it| it.from.unwrap_or(now))).min().unwrap_or(now)
        };
        let mut wanted: Vec<Exception> = Vec::new();
        for exception in &want.exceptions {
            match &exception.instead_of {
                Some((lane, _)) if exception.start.max(now) < begins(*lane).max(now) => {
                    let text = format!(
                        "the exception until {} begins before the people change, and is left out",
                        utc(exception.end)
                    );
                    self.note(&want.key, text);
                }
                _ => wanted.push(exception.clone()),
            }
        }
        let there = self.observed.exceptions_of_shifts(place);
        let rotations: Vec<&str> = have.rotations.iter().map(|it| it.id.as_str()).collect();
        let fits = |wanted: &Exception, found: &Exception| match (&wanted.instead_of, &found.instead_of) {
            (Some((lane, _)), Some((there, _))) => {
                lanes.get(*lane).and_then(|it| it.as_deref()) == rotations.get(*there).copied()
            }
            _ => true,
        };
        let (missing, surplus) = compare(&wanted, &there, &mark, now, fits);
        let hashes: BTreeSet<String> = wanted.iter().map(Exception::hash).collect();
        let named = have.name == want.name && mark.key == want.key && same_zone(&have.time_zone, &want.zone);
        let marked = hashes.is_subset(&mark.hashes) && !mark.pending;
        let quiet = ends.is_empty() && successors.is_empty() && missing.is_empty() && surplus.is_empty();
        if quiet && named && marked {
            self.diff.work = before;
            return;
        }
        let said = words(&have.description).to_owned();
        let last = Mark { key: want.key.clone(), pending: false, hashes };
        let bridges = if bridged { self.bridges(want, splice) } else { Vec::new() };
        if !quiet {
            let mut first = Mark { pending: true, ..last.clone() };
            first.hashes.extend(mark.hashes.iter().cloned());
            first.hashes.extend(bridges.iter().map(Exception::hash));
            self.finish(want, place, &first, &said);
            if let Some(work) = self.diff.work.last_mut() {
                work.title = format!("announce changes of schedule {}", want.name);
            }
        }
        let mut removed = Vec::new();
        for (index, bridge) in bridges.iter().enumerate() {
            let name = format!("bridge {} {index}", want.key);
            self.except(want, place, bridge, &lanes);
            if let Some(work) = self.diff.work.last_mut() {
                work.title = format!("bridge: {}", work.title);
                work.gives = Some((name.clone(), "/custom_shifts/0/id"));
            }
            removed.push((format!("{base}/custom_shifts/{}", id(&name)), bridge.clone()));
        }
        self.diff.work.extend(ends);
        self.diff.work.extend(successors);
        for exception in missing {
            self.except(want, place, &exception, &lanes);
        }
        for (path, exception) in surplus.into_iter().chain(removed) {
            self.unexcept(want, path, &exception);
        }
        // Whoever was stopped between a rotation and its first event found room elsewhere when going on; and a rotation
        // loses all that it has if none of it has begun.
        let unused = |it: &&wire::ShiftRotation| {
            let left = it.events.iter().filter(|it| !undone.contains(&it.id)).count();
            let emptied = mark.pending || !it.events.is_empty();
            left == 0 && emptied && !lanes.iter().flatten().any(|lane| *lane == it.id)
        };
        for rotation in have.rotations.iter().filter(unused) {
            let title = format!("remove an empty rotation from schedule {}", want.name);
            self.work(&want.key, title, Method::Delete, format!("{base}/rotations/{}", rotation.id), None);
        }
        self.finish(want, place, &last, &said);
        before.append(&mut self.diff.work);
        self.diff.work = before;
    }

    /// Custom shifts that hold what an ended event held, until its successor stands.
    fn bridges(&self, want: &Schedule, splice: Seconds) -> Vec<Exception> {
        let (from, until) = (splice.max(self.now), self.now + BRIDGED);
        let cut = want.calendar.iter().filter(|it| it.start < until && it.end > from);
        let bridges = cut.flat_map(|it| {
            let (start, end) = (it.start.max(from), it.end.min(until));
            it.users.iter().map(move |user| Exception { start, end, user: Some(user.clone()), instead_of: None })
        });
        bridges.collect()
    }

    fn events(
        &mut self,
        want: &Schedule,
        place: &str,
        rotations: &[wire::ShiftRotation],
        lanes: &BTreeMap<usize, String>,
        _now: Seconds,
    ) -> Vec<Option<String>> {
        let all = want.events.clone();
        self.events_into(want, place, rotations, lanes, &all)
    }

    /// Creates events, each lane in one rotation: the one that it has, else one with the same people, else one with
    /// room, else a new one. Answers with the rotation of each lane.
    fn events_into(
        &mut self,
        want: &Schedule,
        place: &str,
        rotations: &[wire::ShiftRotation],
        taken: &BTreeMap<usize, String>,
        new: &[Event],
    ) -> Vec<Option<String>> {
        let now = self.now;
        let running =
            |it: &wire::Event| it.effective_until.as_deref().and_then(wire::instant).is_none_or(|it| it.unix() > now);
        let mut room: Vec<(String, usize, BTreeSet<String>)> = rotations
            .iter()
            .map(|it| {
                let live: Vec<&wire::Event> = it.events.iter().filter(|it| running(it)).collect();
                let members =
                    live.iter().flat_map(|it| &it.assignment_strategy.members).filter_map(|it| it.user_id.clone());
                (it.id.clone(), live.len(), members.collect())
            })
            .collect();
        let mut lanes: BTreeMap<usize, String> = taken.clone();
        let mut made = 0;
        let order: BTreeSet<usize> = new.iter().map(|it| it.lane).collect();
        for lane in order {
            let events: Vec<&Event> = new.iter().filter(|it| it.lane == lane).collect();
            let people: BTreeSet<String> = events.iter().flat_map(|it| &it.members).flatten().cloned().collect();
            let fits = |it: &&mut (String, usize, BTreeSet<String>)| it.1 + events.len() <= MOST_EVENTS;
            let known = lanes.get(&lane).cloned();
            let best = match &known {
                Some(known) => room.iter_mut().filter(fits).find(|it| it.0 == *known),
                None => None,
            };
            let best = match best {
                Some(best) => Some(best),
                None => room
                    .iter_mut()
                    .filter(fits)
                    .enumerate()
                    .max_by_key(|(index, it)| (it.2.intersection(&people).count(), usize::MAX - index))
                    .map(|it| it.1),
            };
            let rotation = match best {
                Some(best) => {
                    best.1 += events.len();
                    best.2.extend(people);
                    best.0.clone()
                }
                None => {
                    made += 1;
                    let name = format!("rotation {} {made}", want.key);
                    let title = format!("add a rotation to schedule {}", want.name);
                    let known: Vec<String> = room.iter().map(|it| it.0.clone()).collect();
                    let work = self.work(
                        &want.key,
                        title,
                        Method::Post,
                        format!("/v3/schedules/{place}/rotations"),
                        Some(json!({})),
                    );
                    work.gives = Some((name.clone(), "/rotation/id"));
                    work.find = Find::EmptyRotation(place.to_owned(), known);
                    room.push((id(&name), events.len(), people));
                    id(&name)
                }
            };
            lanes.insert(lane, rotation.clone());
            for event in events {
                let title = format!("{} take turns {}", self.members(event), from(event.from, now));
                let path = format!("/v3/schedules/{place}/rotations/{rotation}/events");
                let work = self.work(&want.key, title, Method::Post, path, Some(event.body(&want.name, now)));
                work.find = Find::Event(place.to_owned(), event.clone());
            }
        }
        if room.iter().filter(|it| it.1 > 0).count() > MOST_ROTATIONS {
            self.error(&want.key, "needs more than ten rotations, which a schedule of shifts cannot hold");
        }
        let last = lanes.keys().max().map_or(0, |it| it + 1);
        (0..last).map(|it| lanes.get(&it).cloned()).collect()
    }

    /// Adds an exception.
    fn except(&mut self, want: &Schedule, place: &str, exception: &Exception, lanes: &[Option<String>]) {
        let user = exception.user.as_deref();
        let name = user.map_or("nobody", |it| self.observed.name_of(it)).to_owned();
        let (start, end) = (utc(exception.start.max(self.now)), utc(exception.end));
        let (path, body, title) = match (&exception.instead_of, want.shifts) {
            (_, false) => {
                let user = json!({ "id": exception.user, "type": "user_reference" });
                let body = json!({ "overrides": [{ "start": start, "end": end, "user": user }] });
                (format!("/schedules/{place}/overrides"), body, format!("{name} from {start} until {end}"))
            }
            (None, true) => {
                let assignment = json!({ "type": "shift_assignment", "member": member(user) });
                let shift = json!({ "type": "custom_shift", "start_time": start, "end_time": end, "assignments": [assignment] });
                let body = json!({ "custom_shifts": [shift] });
                (
                    format!("/v3/schedules/{place}/custom_shifts"),
                    body,
                    format!("{name} as well from {start} until {end}"),
                )
            }
            (Some((lane, out)), true) => {
                let Some(rotation) = lanes.get(*lane).and_then(|it| it.as_ref()) else { return };
                let body = json!({ "overrides": [{
                    "type": "override_shift", "rotation_id": rotation, "start_time": start, "end_time": end,
                    "overridden_member": member(Some(out)), "overriding_member": member(user),
                }] });
                let title = format!("{name} for {} from {start} until {end}", self.observed.name_of(out));
                (format!("/v3/schedules/{place}/overrides"), body, title)
            }
        };
        let (shifts, exception) = (want.shifts, exception.clone());
        let work = self.work(&want.key, title, Method::Post, path, Some(body));
        work.find = Find::Exception(place.to_owned(), shifts, exception);
    }

    fn unexcept(&mut self, want: &Schedule, path: String, exception: &Exception) {
        let name = exception.user.as_deref().map_or("nobody", |it| self.observed.name_of(it)).to_owned();
        let title = format!("no longer {name} from {} until {}", utc(exception.start), utc(exception.end));
        self.work(&want.key, title, Method::Delete, path, None);
    }

    fn target(&self, target: &Target) -> Value {
        match target {
            Target::Schedule(key) => {
                let shifts = self.target.schedules.iter().any(|it| it.key == *key && it.shifts);
                let kind = if shifts { "schedule_v3_reference" } else { "schedule_reference" };
                json!({ "id": self.ids.get(&format!("schedule {key}")), "type": kind })
            }
            Target::User(id) => json!({ "id": id, "type": "user_reference" }),
            Target::Other(kind, id) => json!({ "id": id, "type": kind }),
        }
    }

    fn policy(&mut self, want: &Policy) {
        let observed = self.observed;
        let marked: Vec<&wire::Policy> = observed
            .policies
            .iter()
            .filter(|it| Mark::read(&it.description).is_some_and(|it| it.key == want.key))
            .collect();
        let used = |id: &str| observed.services.iter().any(|it| it.escalation_policy.id == id);
        let ids = marked.iter().map(|it| it.id.clone()).collect();
        let found = self.chosen("policy", "/escalation_policies", &want.key, ids, used);
        let found = found.or_else(|| self.by_lines(want));
        let mut found = found.and_then(|id| observed.policies.iter().find(|it| it.id == id));
        let namesake =
            observed.policies.iter().find(|it| it.name == want.name && Mark::read(&it.description).is_none());
        if let (None, Some(namesake)) = (found, namesake) {
            if self.choices.adopt.contains(&want.name) {
                found = Some(namesake);
            } else {
                self.error(&want.key, format!("PagerDuty has a policy `{}` that is not ours: `--adopt '{}'` takes it over, or rename one of them", want.name, want.name));
            }
        }
        let name = format!("policy {}", want.key);
        let description = Mark::of(&want.key).written(found.map_or("", |it| words(&it.description)));
        let rules: Vec<Value> = want
            .rules
            .iter()
            .map(|(minutes, targets)| {
                let targets: Vec<Value> = targets.iter().map(|it| self.target(it)).collect();
                json!({ "escalation_delay_in_minutes": minutes, "targets": targets })
            })
            .collect();
        let mut body = json!({
            "type": "escalation_policy", "name": want.name, "description": description, "num_loops": want.loops,
            "escalation_rules": rules,
        });
        let team = self.team_of_policy(found, &want.key, want.team.as_deref());
        if let Some(team) = &team {
            body["teams"] = team.clone();
        }
        match found {
            Some(found) => {
                self.ids.insert(name, found.id.clone());
                let mut have = observed.policy(found);
                self.resolve_targets(&mut have);
                have.team.clone_from(&want.team);
                if have == *want && team.is_none() {
                    return;
                }
                // Left out, it would be reset.
                if let Some(kept) = found.rest.get("on_call_handoff_notifications").filter(|it| it.is_string()) {
                    body["on_call_handoff_notifications"] = kept.clone();
                }
                let title = format!("update policy {}: {}", want.name, self.rungs(want));
                let path = format!("/escalation_policies/{}", found.id);
                self.work(&want.key, title, Method::Put, path, Some(json!({ "escalation_policy": body })));
            }
            None => {
                self.ids.insert(name.clone(), id(&name));
                let title = format!("create policy {}: {}", want.name, self.rungs(want));
                let path = "/escalation_policies".to_owned();
                let work =
                    self.work(&want.key, title, Method::Post, path.clone(), Some(json!({ "escalation_policy": body })));
                work.gives = Some((name, "/escalation_policy/id"));
                work.find = Find::Marked(path, "escalation_policies", want.key.clone());
            }
        }
    }

    /// A policy whose mark still counts the lines of its conditional edges, and that does the same.
    fn by_lines(&self, want: &Policy) -> Option<String> {
        let start = want.key.split_once('+')?.0;
        let lines = |key: &str| {
            let numbers = key.strip_prefix(start).and_then(|it| it.strip_prefix('+'));
            numbers.is_some_and(|it| it.split('+').all(|it| it.parse::<u32>().is_ok()))
                && !self.target.policies.iter().any(|it| it.key == key)
        };
        let marked =
            self.observed.policies.iter().filter(|it| Mark::read(&it.description).is_some_and(|it| lines(&it.key)));
        let mut same = marked.filter(|it| self.observed.policy(it).rules == want.rules);
        same.next().map(|it| it.id.clone())
    }

    /// Of two schedules with one mark, only the one that stays counts.
    fn resolve_targets(&self, policy: &mut Policy) {
        let found =
            self.observed.policies.iter().find(|it| Mark::read(&it.description).is_some_and(|it| it.key == policy.key));
        let Some(found) = found else { return };
        for (rule, read) in found.escalation_rules.iter().zip(&mut policy.rules) {
            for it in &rule.targets {
                let stays = self.ids.iter().any(|(name, id)| name.starts_with("schedule ") && *id == it.id);
                if !stays && it.r#type.contains("schedule") {
                    read.1.retain(|target| !matches!(target, Target::Schedule(_)));
                }
            }
        }
    }

    fn rungs(&self, policy: &Policy) -> String {
        let name = |it: &Target| match it {
            Target::Schedule(key) => key.clone(),
            Target::User(id) | Target::Other(_, id) => self.observed.name_of(id).to_owned(),
        };
        let rung = |(minutes, targets): &(u64, Vec<Target>)| {
            let names: Vec<String> = targets.iter().map(name).collect();
            format!("{} ({minutes} min)", names.join(" and "))
        };
        policy.rules.iter().map(rung).collect::<Vec<_>>().join(", then ")
    }

    fn policy_id(&self, key: &str) -> Option<String> {
        match key.strip_prefix('#') {
            Some(id) => Some(id.to_owned()),
            None => self.ids.get(&format!("policy {key}")).cloned(),
        }
    }

    fn services(&mut self) {
        for (name, key) in &self.target.services {
            let Some(policy) = self.policy_id(key) else { continue };
            let Some(service) = self.observed.services.iter().find(|it| it.name == *name) else {
                self.error(name, "PagerDuty has no service of this name, and Dogwatch makes none: create it, or take `pagerduty` out of services.toml");
                continue;
            };
            if service.escalation_policy.id != policy {
                let title = format!("service {name}: policy {key} instead of {}", service.escalation_policy.summary);
                let body = json!({ "service": {
                    "type": "service", "escalation_policy": { "id": policy, "type": "escalation_policy_reference" },
                } });
                self.work(name, title, Method::Put, format!("/services/{}", service.id), Some(body));
            }
        }
    }

    /// The service through which a router reaches a policy: an id, or a name that stands for one.
    fn managed_service(&mut self, key: &str) -> Option<String> {
        if let Some(id) = key.strip_prefix('#') {
            return Some(id.to_owned());
        }
        let name = format!("service {key}");
        if let Some(known) = self.ids.get(&name) {
            return Some(known.clone());
        }
        let policy = self.policy_id(key)?;
        let observed = self.observed;
        let marked = observed.services.iter().filter(|it| Mark::read(&it.description).is_some_and(|it| it.key == key));
        let ids = marked.map(|it| it.id.clone()).collect();
        let used =
            |id: &str| observed.router.iter().flat_map(|it| &it.0).any(|it| it.actions.route_to.as_deref() == Some(id));
        let found = self.chosen("service", "/services", key, ids, used);
        let title = self.target.policies.iter().find(|it| it.key == key).map_or(key, |it| it.name.as_str()).to_owned();
        let reference = json!({ "id": policy, "type": "escalation_policy_reference" });
        let answer = match found.and_then(|id| observed.services.iter().find(|it| it.id == id)) {
            Some(service) => {
                if service.escalation_policy.id != policy {
                    let body = json!({ "service": { "type": "service", "escalation_policy": reference } });
                    let title = format!("routed service {}: policy {key}", service.name);
                    self.work(key, title, Method::Put, format!("/services/{}", service.id), Some(body));
                }
                service.id.clone()
            }
            None => {
                let full = format!("Dogwatch: {title}");
                if observed.services.iter().any(|it| it.name == full) {
                    self.error(key, format!("PagerDuty has a service `{full}` that is not ours"));
                }
                let body = json!({ "service": {
                    "type": "service", "name": full, "description": Mark::of(key).written(""),
                    "escalation_policy": reference,
                } });
                let work =
                    self.work(key, format!("create service {full}"), Method::Post, "/services".to_owned(), Some(body));
                work.gives = Some((name.clone(), "/service/id"));
                work.find = Find::Marked("/services".to_owned(), "services", key.to_owned());
                id(&name)
            }
        };
        self.ids.insert(name, answer.clone());
        Some(answer)
    }

    fn router(&mut self, want: &Router) {
        let observed = self.observed;
        let about = router_key(&want.orchestration);
        for more in &observed.more_orchestrations {
            let title = "remove a second orchestration with our mark".to_owned();
            self.extra.push((format!("/event_orchestrations/{more}"), title));
        }
        let place = match &observed.orchestration {
            Some(found) => {
                if Mark::read(&found.description).is_none() {
                    let rules = observed.router.as_ref().map_or(0, |it| it.0.len());
                    let somebody_elses = rules > 0
                        || observed
                            .router
                            .as_ref()
                            .is_some_and(|it| it.1.as_deref().unwrap_or("unrouted") != "unrouted");
                    // A router that routes nothing is nobody's.
                    if somebody_elses && !self.choices.adopt.contains(&found.name) {
                        self.error(&about, format!("this orchestration is not ours, and its router has {} of somebody else: `--adopt '{}'` replaces them", counted(rules, "rule"), found.name));
                        return;
                    }
                    let description = Mark::of("router").written(words(&found.description));
                    let body = json!({ "orchestration": { "name": found.name, "description": description } });
                    let path = format!("/event_orchestrations/{}", found.id);
                    self.work(&about, format!("take over orchestration {}", found.name), Method::Put, path, Some(body));
                }
                found.id.clone()
            }
            None => {
                let description = Mark::of("router").written("");
                let body = json!({ "orchestration": { "name": want.orchestration, "description": description } });
                let title = format!("create orchestration {}", want.orchestration);
                let work = self.work(&about, title, Method::Post, "/event_orchestrations".to_owned(), Some(body));
                work.gives = Some(("orchestration".to_owned(), "/orchestration/id"));
                work.find = Find::Named(want.orchestration.clone());
                id("orchestration")
            }
        };
        let mut rules = Vec::new();
        let known = observed.router.as_ref().map(|it| it.0.as_slice()).unwrap_or_default();
        for row in &want.rows {
            let Some(service) = self.managed_service(&row.to) else { continue };
            let conditions: Vec<Value> = row.conditions.iter().map(|it| json!({ "expression": it })).collect();
            let mut rule = json!({ "label": row.label, "conditions": conditions, "actions": { "route_to": service } });
            let same = |it: &&wire::RouterRule| {
                it.label.as_deref() == Some(row.label.as_str())
                    && it.conditions.iter().map(|it| &it.expression).eq(&row.conditions)
            };
            // Rules that stay keep their ids.
            if let Some(id) = known.iter().find(same).and_then(|it| it.rest.get("id")) {
                rule["id"] = id.clone();
            }
            rules.push(rule);
        }
        let otherwise = match &want.otherwise {
            Some(key) => self.managed_service(key).unwrap_or_else(|| "unrouted".to_owned()),
            None => "unrouted".to_owned(),
        };
        let have = observed.router_spec();
        if have.as_ref() == Some(want) {
            return;
        }
        let foreign = have.map(|it| it.rows.iter().filter(|row| row.to.starts_with('#')).count()).unwrap_or(0);
        if foreign > 0 {
            let text = match foreign {
                1 => "1 rule leads to a service that is not ours, and goes".to_owned(),
                more => format!("{more} rules lead to services that are not ours, and go"),
            };
            self.note(&about, text);
        }
        let title = format!("write the router of {}, with {}", want.orchestration, counted(rules.len(), "rule"));
        let body = json!({ "orchestration_path": {
            "type": "router", "sets": [{ "id": "start", "rules": rules }],
            "catch_all": { "actions": { "route_to": otherwise } },
        } });
        self.work(&about, title, Method::Put, format!("/event_orchestrations/{place}/router"), Some(body));
    }

    /// What has a mark that another one has, and what is no longer declared.
    fn removals(&mut self) {
        let mut gone: Vec<(u8, String, String, String)> = Vec::new();
        for (path, title) in std::mem::take(&mut self.extra) {
            let rank = rank(&path);
            gone.push((rank, path, title, "twice".to_owned()));
        }
        let observed = self.observed;
        let mut undeclared = Vec::new();
        for (mark, id, shifts) in observed.marked_schedules() {
            if !self.target.schedules.iter().any(|it| it.key == mark.key) {
                let path = if shifts { "/v3/schedules" } else { "/schedules" };
                undeclared.push((format!("{path}/{id}"), "schedule", mark.key));
            }
        }
        for policy in &observed.policies {
            if let Some(mark) = Mark::read(&policy.description)
                && !self.target.policies.iter().any(|it| it.key == mark.key)
            {
                undeclared.push((format!("/escalation_policies/{}", policy.id), "policy", mark.key));
            }
        }
        for team in &observed.teams {
            if let Some(mark) = Mark::read(&team.description)
                && !self.target.teams.iter().flatten().any(|it| it.key == mark.key)
            {
                undeclared.push((format!("/teams/{}", team.id), "team", teams::about(&mark.key)));
            }
        }
        for service in &observed.services {
            if let Some(mark) = Mark::read(&service.description)
                && !self.ids.contains_key(&format!("service {}", mark.key))
            {
                undeclared.push((format!("/services/{}", service.id), "service", mark.key));
            }
        }
        for (path, kind, key) in undeclared {
            if self.choices.prune && (self.choices.only.is_empty() || self.choices.only.contains(&key)) {
                let name = key.strip_prefix("team ").unwrap_or(&key);
                gone.push((rank(&path), path, format!("remove {kind} {name}, no longer declared"), key));
            } else {
                self.note(&key, format!("this {kind} is ours and no longer declared: `--prune` removes it"));
            }
        }
        // A router that was created goes before the services that it leads to.
        if let (None, Some(found)) = (&self.target.router, &observed.orchestration) {
            let key = router_key(&found.name);
            if self.choices.prune && self.choices.only.contains(&key) && Mark::read(&found.description).is_some() {
                let title = format!("remove orchestration {}", found.name);
                self.diff.removals += 1;
                self.work(&key, title, Method::Delete, format!("/event_orchestrations/{}", found.id), None);
            }
        }
        gone.sort();
        let leaving: BTreeSet<String> = gone.iter().map(|it| it.1.clone()).collect();
        for (rank, path, title, about) in gone {
            let id = path.rsplit('/').next().unwrap_or_default();
            let mut users = observed.policies.iter().filter(|policy| {
                let is = |it: &wire::Reference| it.id == id && it.r#type.contains("schedule");
                let targets = rank == 2 && policy.escalation_rules.iter().flat_map(|it| &it.targets).any(is);
                let ours = Mark::read(&policy.description).is_some();
                targets && !ours && !leaving.contains(&format!("/escalation_policies/{}", policy.id))
            });
            let mut services = observed.services.iter().filter(|service| {
                let moves = self.target.services.contains_key(&service.name)
                    || leaving.contains(&format!("/services/{}", service.id));
                rank == 1 && service.escalation_policy.id == id && !moves
            });
            if let Some(blocker) = users.next().map(|it| &it.name).or_else(|| services.next().map(|it| &it.name)) {
                let text = format!("cannot be removed while `{blocker}`, which is not ours, uses it");
                self.note(&about, text);
                continue;
            }
            if let Some(team) = path.strip_prefix("/teams/")
                && let Err(blocker) = self.detached(team, &leaving)
            {
                self.note(&about, format!("cannot be removed while `{blocker}`, which is not ours, belongs to it"));
                continue;
            }
            self.diff.removals += 1;
            self.work(&about, title, Method::Delete, path, None);
        }
    }
}

/// What stands for a router among the keys of what may be removed.
pub(super) fn router_key(orchestration: &str) -> String {
    format!("router {orchestration}")
}

/// In which order things go: what uses before what is used.
fn rank(path: &str) -> u8 {
    match path {
        it if it.starts_with("/event_orchestrations") || it.starts_with("/services") => 0,
        it if it.starts_with("/escalation_policies") => 1,
        it if it.starts_with("/teams") => 3,
        _ => 2,
    }
}

fn counted(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

fn until(end: Option<Seconds>) -> String {
    end.map_or_else(|| "no longer".to_owned(), |it| format!("at {}", utc(it)))
}

fn from(start: Option<Seconds>, now: Seconds) -> String {
    start.filter(|it| *it > now).map_or_else(|| "from now on".to_owned(), |it| format!("from {}", utc(it)))
}

/// Which wanted thing is which that is there.
struct Pairs {
    of_want: Vec<Option<usize>>,
    of_have: Vec<Option<usize>>,
}

impl Pairs {
    fn none(want: usize, have: usize) -> Pairs {
        Pairs { of_want: vec![None; want], of_have: vec![None; have] }
    }

    fn complete(&self) -> bool {
        self.of_want.iter().all(Option::is_some) && self.of_have.iter().all(Option::is_some)
    }

    fn of(want: usize, have: usize, same: impl Fn(usize, usize) -> bool) -> Pairs {
        let mut pairs = Pairs::none(want, have);
        for wanted in 0..want {
            let found = (0..have).find(|it| pairs.of_have[*it].is_none() && same(wanted, *it));
            if let Some(found) = found {
                pairs.of_want[wanted] = Some(found);
                pairs.of_have[found] = Some(wanted);
            }
        }
        pairs
    }
}

/// Whether two beginnings are one from `splice` on.
fn begins_with(one: Option<Seconds>, other: Option<Seconds>, splice: Seconds) -> bool {
    one.unwrap_or(splice).max(splice) == other.unwrap_or(splice).max(splice)
}

fn pair_layers(want: &Schedule, have: &[(&wire::Layer, Option<Layer>)], splice: Seconds) -> Pairs {
    Pairs::of(want.layers.len(), have.len(), |wanted, found| {
        let wanted = &want.layers[wanted];
        have[found].1.as_ref().is_some_and(|it| {
            it.turns_as(wanted) && begins_with(it.from, wanted.from, splice) && it.until.is_none_or(|it| it > splice)
        })
    })
}

fn pair_events(
    want: &Schedule,
    have: &[(&wire::ShiftRotation, &wire::Event, Option<Event>)],
    splice: Seconds,
) -> Pairs {
    Pairs::of(want.events.len(), have.len(), |wanted, found| {
        let wanted = &want.events[wanted];
        have[found].2.as_ref().is_some_and(|it| {
            it.turns_as(wanted) && begins_with(it.from, wanted.from, splice) && it.until.is_none_or(|it| it > splice)
        })
    })
}

/// Exceptions that are wanted and not there, and those that are ours, there, and not wanted.
fn compare(
    wanted: &[Exception],
    there: &[(String, Exception)],
    mark: &Mark,
    now: Seconds,
    fits: impl Fn(&Exception, &Exception) -> bool,
) -> (Vec<Exception>, Vec<(String, Exception)>) {
    let mut left: Vec<&(String, Exception)> = there.iter().filter(|it| it.1.end > now).collect();
    let mut missing = Vec::new();
    for exception in wanted.iter().filter(|it| it.end > now) {
        match left.iter().position(|it| exception.is(&it.1, now) && fits(exception, &it.1)) {
            Some(found) => drop(left.remove(found)),
            None => missing.push(exception.clone()),
        }
    }
    let ours = left.into_iter().filter(|it| mark.hashes.contains(&it.1.hash())).cloned();
    (missing, ours.collect())
}
