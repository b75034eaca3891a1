//! A plan: what is, what shall be, what it changes for people, and what is risky about it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::org::Org;
use crate::pagerduty::apply::{self, Stopped};
use crate::pagerduty::client::{Client, Error, Method};
use crate::pagerduty::desired::{Note, desired};
use crate::pagerduty::diff::{Choices, Diff, Unknown, Work, diff, router_key};
use crate::pagerduty::mark::Mark;
use crate::pagerduty::observed::{Look, Observed, observe, rendered};
use crate::pagerduty::spec::{Schedule, Seconds, Spec, Stretch, Target};
use crate::pagerduty::verify::{self, Difference};
use crate::pagerduty::wire;
use crate::time::{Exhausted, Instant, Span, parse_instant};

/// The version of saved plans.
pub const VERSION: u32 = 1;
/// After so long, what was written holds, whatever the clocks say.
const SETTLING: Duration = Duration::from_secs(60);
/// Reading more closely brings up something else to read at most so often.
const MOST_READINGS: usize = 4;
/// For so long, a gap where somebody was is a risk.
const GUARDED: Seconds = 48 * 3600;

/// What is, and what shall be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Of this form.
    pub version: u32,
    /// `plan`.
    pub kind: String,
    /// When it was made.
    pub made: String,
    /// How far ahead it is exact.
    pub until: String,
    /// What is asked for besides.
    pub choices: Choices,
    /// What is.
    pub before: Spec,
    /// What shall be.
    pub target: Spec,
    /// What is to be done, in words and in order.
    pub steps: Vec<Step>,
    /// People and hours.
    pub changes: Vec<Difference>,
    /// Schedules whose people change at a handoff to come.
    pub splices: BTreeMap<String, Seconds>,
    /// What cannot be held exactly, and what else to know.
    pub notes: Vec<Note>,
    /// What is dangerous about it.
    pub risks: Vec<Risk>,
    /// Why it cannot be done.
    pub errors: Vec<Note>,
    /// Names of people, by id.
    pub names: BTreeMap<String, String>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it concerns.
    pub about: String,
    /// What it does.
    pub title: String,
}

/// What is dangerous about a plan; it must be accepted by name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Risk {
    /// `removals`, `current-shift`, `gap`, `unreachable`.
    pub name: String,
    /// In a sentence.
    pub text: String,
}

/// A plan that somebody has agreed to. Only [`Plan::approve`] makes one.
#[derive(Debug, Clone)]
pub struct Approved<'a>(&'a Plan);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Wish<'a> {
    /// The files.
    pub org: &'a Org,
    /// What is taken for now.
    pub now: Instant,
    /// How far ahead it shall be exact.
    pub horizon: Duration,
    /// Besides.
    pub choices: Choices,
    /// So many removals are no risk.
    pub removals: usize,
}

/// Why there is no plan, or why it was not done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// PagerDuty could not be asked.
    #[error(transparent)]
    Client(#[from] Error),
    /// The calendar could not be worked out.
    #[error(transparent)]
    Calendar(#[from] Exhausted),
    /// Work stopped on the way.
    #[error(transparent)]
    Stopped(#[from] Stopped),
    /// The world has moved.
    #[error("{about} is neither what it was when the plan was made nor what it shall be")]
    Moved {
        /// What.
        about: String,
    },
    /// A handoff of the plan has passed.
    #[error("{about}: the shift in which the plan was made has ended, and it would change other hours now")]
    Passed {
        /// Of which schedule.
        about: String,
    },
    /// PagerDuty would show something else.
    #[error("{about}: from {at} on PagerDuty would show other people than the files say; nothing was written")]
    Understood {
        /// Of which schedule.
        about: String,
        /// From when.
        at: String,
    },
    /// The plan cannot be done.
    #[error("{}: {}", .0.about, .0.text)]
    Impossible(Note),
    /// It is not a plan of ours.
    #[error("not a plan of this version: {0}")]
    Unreadable(String),
}

impl Trouble {
    /// What can be done about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Trouble::Client(error) | Trouble::Stopped(Stopped::Failed { error, .. }) => error.hint(),
            Trouble::Moved { .. } | Trouble::Passed { .. } => Some("make a new plan, and look at it"),
            Trouble::Understood { .. } => Some(
                "running it again changes nothing: PagerDuty's preview takes the layers of this schedule otherwise than they \
                 are meant; `--trace` names the requests. Please report it, with the schedule's file",
            ),
            _ => None,
        }
    }
}

/// Makes a plan. Only reads.
///
/// # Errors
///
/// [`Trouble`], if PagerDuty cannot be read or the calendar not be worked out.
pub fn make(client: &mut Client, wish: &Wish<'_>) -> Result<Plan, Trouble> {
    let desired = desired(wish.org, wish.now, wish.horizon)?;
    let look = Look {
        names: desired.schedules.iter().map(|it| it.name.as_str()).collect(),
        orchestration: desired.router.as_ref().map(|it| it.orchestration.as_str()),
        span: desired.span,
        everything: wish.choices.prune,
        teams: desired.teams.is_some() || wish.choices.prune && wish.choices.only.is_empty(),
    };
    let mut observed = observe(client, &look)?;
    let (target, missing) = Spec::of(wish.org, &desired, &observed.users);
    let diff = closely(client, &mut observed, &target, wish.now, desired.span, &wish.choices)?;
    let mut errors = desired.errors;
    errors.extend(missing);
    let mut notes = desired.notes;
    if observed.unread > 0 {
        let text = format!("{} schedules have overrides that were not read again; `verify` reads all", observed.unread);
        notes.push(Note { about: "overrides".to_owned(), text });
    }
    Ok(written(client, &mut observed, target, diff, wish, desired.span, notes, errors)?)
}

#[expect(clippy::too_many_arguments, reason = "each is a part of a plan")]
fn written(
    client: &mut Client,
    observed: &mut Observed,
    target: Spec,
    diff: Diff,
    wish: &Wish<'_>,
    span: Span,
    mut notes: Vec<Note>,
    mut errors: Vec<Note>,
) -> Result<Plan, Error> {
    let touched: BTreeSet<&str> = diff.work.iter().map(|it| it.about.as_str()).collect();
    let ids: Vec<(String, String, bool)> = observed
        .marked_schedules()
        .into_iter()
        .filter(|(mark, ..)| touched.contains(mark.key.as_str()))
        .map(|(mark, id, shifts)| (mark.key, id, shifts))
        .collect();
    for (_, id, shifts) in &ids {
        if !shifts {
            observed.read_rendered(client, id, span)?;
        }
    }
    let (from, until) = (span.start().unix(), span.end().unix());
    let mut changes = Vec::new();
    let mut risks = Vec::new();
    for want in target.schedules.iter().filter(|it| touched.contains(it.key.as_str())) {
        let id = ids.iter().find(|(key, _, shifts)| *key == want.key && *shifts == want.shifts).map(|it| &it.1);
        let before: &[Stretch] = id.and_then(|it| observed.rendered.get(it)).map(Vec::as_slice).unwrap_or_default();
        let splice = diff.splices.get(&want.key).copied().unwrap_or(from);
        let all = verify::differences(want, before, splice, until);
        if let (Some(first), Some(_)) = (all.first().filter(|it| it.start == from), id) {
            let lost: Vec<&str> =
                first.before.iter().filter(|it| !first.after.contains(it)).map(|it| observed.name_of(it)).collect();
            if !lost.is_empty() {
                let text = format!("{}: {} would lose the shift that runs", want.key, lost.join(" and "));
                risks.push(Risk { name: "current-shift".to_owned(), text });
            }
        }
        let gap = all.iter().find(|it| it.after.is_empty() && !it.before.is_empty() && it.start < from + GUARDED);
        if gap.is_some() {
            let text = format!("{}: nobody would be on call within two days where somebody is now", want.key);
            risks.push(Risk { name: "gap".to_owned(), text });
        }
        changes.extend(all);
    }
    if diff.removals > wish.removals {
        let text = format!("{} objects would be removed, more than {}", diff.removals, wish.removals);
        risks.push(Risk { name: "removals".to_owned(), text });
    }
    let before = observed.ours(&target);
    let seated: BTreeSet<&String> = people(&target);
    for user in observed.users.iter().filter(|it| seated.contains(&it.id) && it.contact_methods.is_empty()) {
        if !diff.work.is_empty() {
            let text = format!("{} has no contact method: nothing would reach them", user.name);
            risks.push(Risk { name: "unreachable".to_owned(), text });
        }
    }
    let named: BTreeSet<String> = people(&target).into_iter().chain(people(&before)).cloned().collect();
    let names = named.into_iter().map(|it| (it.clone(), observed.name_of(&it).to_owned())).collect();
    notes.extend(diff.notes);
    errors.extend(diff.errors);
    for list in [&mut notes, &mut errors] {
        list.sort();
        list.dedup();
    }
    risks.sort();
    let step = |it: &Work| Step { about: it.about.clone(), title: it.title.clone() };
    Ok(Plan {
        version: VERSION,
        kind: "plan".to_owned(),
        made: span.start().to_string(),
        until: span.end().to_string(),
        choices: wish.choices.clone(),
        before,
        target,
        steps: diff.work.iter().map(step).collect(),
        changes,
        splices: diff.splices,
        notes,
        risks,
        errors,
        names,
    })
}

/// Everybody who is paged.
fn people(spec: &Spec) -> BTreeSet<&String> {
    let of_layers = spec.schedules.iter().flat_map(|it| &it.layers).flat_map(|it| &it.users);
    let of_events = spec.schedules.iter().flat_map(|it| &it.events).flat_map(|it| &it.members).flatten();
    let of_exceptions = spec.schedules.iter().flat_map(|it| &it.exceptions).filter_map(|it| it.user.as_ref());
    let of_calendars = spec.schedules.iter().flat_map(|it| &it.calendar).flat_map(|it| &it.users);
    let of_policies = spec.policies.iter().flat_map(|it| &it.rules).flat_map(|it| &it.1).filter_map(|it| match it {
        Target::User(id) => Some(id),
        _ => None,
    });
    of_layers.chain(of_events).chain(of_exceptions).chain(of_calendars).chain(of_policies).collect()
}

/// The difference, after reading whatever it needs to know more closely.
fn closely(
    client: &mut Client,
    observed: &mut Observed,
    target: &Spec,
    now: Instant,
    span: Span,
    choices: &Choices,
) -> Result<Diff, Error> {
    let mut found = diff(target, observed, now, choices);
    for _ in 0..MOST_READINGS {
        if found.unknown.is_empty() {
            break;
        }
        for it in &found.unknown {
            match it {
                Unknown::Rendered(id) => observed.read_rendered(client, id, span)?,
                Unknown::Overrides(id) => observed.read_overrides(client, id, span)?,
            }
        }
        found = diff(target, observed, now, choices);
    }
    Ok(found)
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.errors.is_empty()
    }

    /// Steps that concern teams: what no calendar shows.
    pub fn steps_of_teams(&self) -> usize {
        self.steps.iter().filter(|it| it.about.starts_with("team ")).count()
    }

    /// Reads a saved plan.
    ///
    /// # Errors
    ///
    /// [`Trouble::Unreadable`] if it is none, or of another version.
    pub fn read(text: &str) -> Result<Plan, Trouble> {
        let plan: Plan = serde_json::from_str(text).map_err(|error| Trouble::Unreadable(error.to_string()))?;
        if (plan.version, plan.kind.as_str()) != (VERSION, "plan") {
            return Err(Trouble::Unreadable(format!("{} {}", plan.kind, plan.version)));
        }
        Ok(plan)
    }

    /// Agrees to a plan, if all its risks are accepted by name; else what is not.
    ///
    /// # Errors
    ///
    /// The risks that are not accepted.
    pub fn approve(&self, accepted: &[String]) -> Result<Approved<'_>, Vec<&Risk>> {
        let left: Vec<&Risk> = self.risks.iter().filter(|it| !accepted.contains(&it.name)).collect();
        if left.is_empty() { Ok(Approved(self)) } else { Err(left) }
    }

    /// The way back: the same world, the other way round.
    pub fn back(&self) -> Plan {
        let keys = |spec: &Spec| {
            let schedules = spec.schedules.iter().map(|it| it.key.clone());
            let teams = spec.teams.iter().flatten().map(|it| format!("team {}", it.key));
            let policies = spec.policies.iter().map(|it| it.key.clone());
            schedules.chain(policies).chain(teams).collect::<BTreeSet<String>>()
        };
        let mut target = self.before.clone();
        let mut known: Vec<String> = target.schedules.iter().map(|it| it.key.clone()).collect();
        known.sort();
        known.dedup();
        target.schedules.sort_by(|a, b| a.key.cmp(&b.key));
        target.schedules.dedup_by(|a, b| a.key == b.key);
        target.policies.sort_by(|a, b| a.key.cmp(&b.key));
        target.policies.dedup_by(|a, b| a.key == b.key);
        let mut only: BTreeSet<String> = keys(&self.target).difference(&keys(&self.before)).cloned().collect();
        if let (None, Some(made)) = (&self.before.router, &self.target.router) {
            only.insert(router_key(&made.orchestration));
        }
        let prune = !only.is_empty();
        let choices = Choices { prune, only, ..self.choices.clone() };
        Plan { before: self.target.clone(), target, choices, splices: BTreeMap::new(), ..self.clone() }
    }

    fn span(&self, now: Instant) -> Span {
        let until = parse_instant(&self.until, &crate::time::Zone::utc()).unwrap_or(Instant::MAX);
        let day = Duration::from_secs(crate::time::CIVIL_DAY.unsigned_abs());
        Span::new(now, until.max(now + day))
            .unwrap_or_else(|| Span::new(Instant::MIN, Instant::MAX).expect("time is long"))
    }

    fn look(&self, now: Instant) -> Look<'_> {
        let both = self.target.schedules.iter().chain(&self.before.schedules);
        Look {
            names: both.map(|it| it.name.as_str()).collect(),
            orchestration: self
                .target
                .router
                .as_ref()
                .or(self.before.router.as_ref())
                .map(|it| it.orchestration.as_str()),
            span: self.span(now),
            everything: self.choices.prune,
            teams: self.target.teams.is_some() || self.choices.prune,
        }
    }
}

/// What came of an apply.
#[derive(Debug, Clone, Default)]
pub struct Done {
    /// Requests that changed something.
    pub steps: usize,
    /// Where what PagerDuty renders is not the calendar.
    pub differences: Vec<Difference>,
}

/// Does a plan: all of it that is not done yet, and nothing else; then reads it back.
///
/// # Errors
///
/// [`Trouble`], if the world has moved since the plan was made, or a request failed for good. What was done then stays
/// done; the same plan goes on from there.
pub fn apply(
    client: &mut Client,
    approved: &Approved<'_>,
    clock: impl Fn() -> Instant,
    going_back: bool,
    tell: impl FnMut(usize, usize, &Work),
) -> Result<Done, Trouble> {
    let plan = approved.0;
    let now = clock();
    if let Some(error) = plan.errors.first().filter(|_| !going_back) {
        return Err(Trouble::Impossible(error.clone()));
    }
    let look = plan.look(now);
    let mut observed = observe(client, &look)?;
    let found = closely(client, &mut observed, &plan.target, now, look.span, &plan.choices)?;
    if let Some(error) = found.errors.first() {
        return Err(Trouble::Impossible(error.clone()));
    }
    if !going_back {
        moved(plan, &observed, &found, now)?;
    }
    preview(client, plan, &found, look.span)?;
    let stays = stays(plan, &observed, &found);
    let mut tell = tell;
    let total = found.work.len();
    apply::work(client, &found.work, now, |index, it| tell(index, total, it))?;
    // What was written a moment ago holds from then on; clocks differ a little.
    let differences = compared(client, plan, &stays, clock() + SETTLING)?;
    Ok(Done { steps: total, differences })
}

/// Lets PagerDuty render schedules of layers as they are about to be, before anything is written: what it understands
/// otherwise than we do is found here.
fn preview(client: &mut Client, plan: &Plan, found: &Diff, span: Span) -> Result<(), Trouble> {
    // A preview begins at the server's now, and many of them take their time.
    let soon = span.start() + Duration::from_secs(3600);
    for work in &found.work {
        let Some(want) = plan.target.schedules.iter().find(|it| it.key == work.about && !it.shifts) else { continue };
        // A plan that goes back knows no calendar to compare with.
        if want.calendar.is_empty() {
            continue;
        }
        let Some(body) = previewed(work, soon) else { continue };
        // Until the people change, whoever is there stays.
        let splice = found.splices.get(&want.key).map_or(Instant::MIN, |it| Instant::from_unix(*it));
        let from = soon.max(splice);
        let (since, until) = (from.to_string(), span.end().to_string());
        let query = [("since", since.as_str()), ("until", until.as_str()), ("time_zone", "UTC")];
        let answer = client.ask("/schedules/preview", &query, body)?;
        let mut want = want.clone();
        // A preview has no overrides.
        want.excused.extend(want.exceptions.iter().map(|it| (it.start, it.end)));
        let all = verify::differences(&want, &rendered(&answer), from.unix(), span.end().unix());
        if let Some(first) = all.first() {
            let about = work.about.clone();
            return Err(Trouble::Understood { about, at: Instant::from_unix(first.start).to_string() });
        }
    }
    Ok(())
}

/// What is to be rendered of a request that writes layers; `None` if it writes none.
fn previewed(work: &Work, from: Instant) -> Option<Value> {
    let writes = match work.method {
        Method::Post => work.path == "/schedules",
        Method::Put => work.path.starts_with("/schedules/"),
        _ => false,
    };
    let mut body = work.body.clone().filter(|_| writes)?;
    // To a preview all layers are new: what ends before it begins has nothing to show there.
    let lasts = |it: &Value| it["end"].as_str().and_then(wire::instant).is_none_or(|end| end > from);
    let layers = body.get_mut("schedule")?.get_mut("schedule_layers")?.as_array_mut()?;
    layers.retain(lasts);
    for layer in layers {
        layer.as_object_mut()?.shift_remove("id");
    }
    Some(body)
}

/// Refuses if something that is still to be changed is not as it was.
fn moved(plan: &Plan, observed: &Observed, found: &Diff, now: Instant) -> Result<(), Trouble> {
    let is = observed.ours(&plan.target);
    let half: BTreeSet<String> =
        observed.marked_schedules().into_iter().filter(|it| it.0.pending).map(|it| it.0.key).collect();
    for work in &found.work {
        let key = work.about.as_str();
        let same = if let Some(team) = key.strip_prefix("team ") {
            let of = |spec: &Spec| spec.teams.iter().flatten().find(|it| it.key == team).map(|it| it.members.clone());
            match (of(&plan.before), of(&is), of(&plan.target)) {
                (Some(was), Some(there), Some(wanted)) => {
                    // Whoever has come or gone meanwhile was to.
                    there.iter().all(|it| was.contains(it) || wanted.contains(it))
                        && was.iter().all(|it| there.contains(it) || !wanted.contains(it))
                }
                _ => true,
            }
        } else if work.path.contains("/schedules") {
            let of =
                |spec: &Spec| spec.schedules.iter().find(|it| it.key == key).map(|it| without_names(&it.from_now(now)));
            let (was, there) = (of(&plan.before), of(&is));
            // What this plan has created or begun to write goes on.
            was == there || was.is_none() || half.contains(key)
        } else if work.path.contains("/escalation_policies") {
            let of = |spec: &Spec| spec.policies.iter().find(|it| it.key == key).cloned();
            let (was, there) = (of(&plan.before), of(&is));
            was == there || was.is_none()
        } else {
            plan.before.services.get(key) == is.services.get(key)
        };
        if !same {
            return Err(Trouble::Moved { about: key.to_owned() });
        }
    }
    let open: BTreeSet<&str> = found.work.iter().map(|it| it.about.as_str()).collect();
    for (key, splice) in &found.splices {
        let as_planned = plan.splices.get(key) == Some(splice);
        let idle = !open.contains(key.as_str());
        if !as_planned && !idle && !half.contains(key) {
            return Err(Trouble::Passed { about: key.clone() });
        }
    }
    Ok(())
}

fn without_names(schedule: &Schedule) -> Schedule {
    Schedule { name: String::new(), ..schedule.clone() }
}

/// The schedules whose people change at a handoff to come, with the calendar that they keep until then.
fn stays(plan: &Plan, observed: &Observed, found: &Diff) -> Vec<Schedule> {
    let marked = observed.marked_schedules();
    let keeps = |want: &&Schedule| found.splices.contains_key(&want.key);
    let kept = plan.target.schedules.iter().filter(keeps).filter_map(|want| {
        let (_, id, _) = marked.iter().find(|it| it.0.key == want.key && it.2 == want.shifts)?;
        let mut it = observed.schedule(id)?;
        // Exceptions that come and go are not held back by a handoff.
        let before = plan.before.schedules.iter().filter(|it| it.key == want.key).flat_map(|it| &it.exceptions);
        it.excused = before.chain(&want.exceptions).map(|it| (it.start, it.end)).collect();
        Some(it)
    });
    kept.collect()
}

/// Reads all schedules of a plan as PagerDuty renders them, and says where they are not the calendar.
///
/// # Errors
///
/// [`Trouble`] if they cannot be read.
pub fn read_back(client: &mut Client, plan: &Plan, now: Instant) -> Result<Vec<Difference>, Trouble> {
    compared(client, plan, &[], now)
}

/// As [`read_back`]; `stays` is what some keep until their people change.
fn compared(client: &mut Client, plan: &Plan, stays: &[Schedule], now: Instant) -> Result<Vec<Difference>, Trouble> {
    let look = plan.look(now);
    let mut observed = observe(client, &look)?;
    let found = closely(client, &mut observed, &plan.target, now, look.span, &plan.choices)?;
    let (from, until) = (look.span.start().unix(), look.span.end().unix());
    let mut all = Vec::new();
    for want in plan.target.schedules.iter().filter(|it| !it.calendar.is_empty() || plan.kind == "plan") {
        let marked = observed.marked_schedules();
        let is = |(mark, _, shifts): &&(Mark, String, bool)| mark.key == want.key && *shifts == want.shifts;
        let id = marked.iter().find(is).map(|it| it.1.clone());
        let rendered = match &id {
            Some(id) => {
                if !want.shifts {
                    observed.read_rendered(client, id, look.span)?;
                }
                observed.rendered.get(id).cloned().unwrap_or_default()
            }
            None => Vec::new(),
        };
        let splice = found.splices.get(&want.key).copied().unwrap_or(from).max(from);
        if let Some(kept) = stays.iter().find(|it| it.key == want.key) {
            all.extend(verify::differences(kept, &rendered, from, splice));
        }
        all.extend(verify::differences(want, &rendered, splice, until));
    }
    Ok(all)
}
