//! What PagerDuty holds, read with as few requests as will do.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::org::harmless;
use crate::pagerduty::client::{Client, Error, Refusal};
use crate::pagerduty::mark::Mark;
use crate::pagerduty::spec::{self, Exception, Seconds, Spec, Stretch, Target, read_event, read_layer};
use crate::pagerduty::wire::{self, decode, decode_all};
use crate::time::{Instant, Span};

/// A plan that finds nothing to do makes no more requests than this, however many schedules have overrides.
const FEW_REQUESTS: u64 = 30;

/// Over so many days it is seen which of two layers prevails.
const SEEN_DAYS: u64 = 28;

/// What is read.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// Everybody.
    pub users: Vec<wire::User>,
    /// Schedules of layers.
    pub layers: Vec<wire::Schedule>,
    /// Overrides, of those schedules of layers for which they were read.
    pub overrides: BTreeMap<String, Vec<wire::Override>>,
    /// Schedules of shifts that are ours or might be.
    pub shifts: Vec<wire::ShiftSchedule>,
    /// Their custom shifts.
    pub custom_shifts: BTreeMap<String, Vec<wire::CustomShift>>,
    /// Their overrides.
    pub shift_overrides: BTreeMap<String, Vec<wire::ShiftOverride>>,
    /// All policies.
    pub policies: Vec<wire::Policy>,
    /// All teams, if they are looked at.
    pub teams: Vec<wire::Team>,
    /// All services.
    pub services: Vec<wire::Service>,
    /// The orchestration whose router is ours.
    pub orchestration: Option<wire::Orchestration>,
    /// Ids of later ones with its name and our mark: made again when an answer was lost.
    pub more_orchestrations: Vec<String>,
    /// Its rules, and where everything else goes.
    pub router: Option<(Vec<wire::RouterRule>, Option<String>)>,
    /// Who finally holds a schedule when, as PagerDuty renders it; of those for which it was read.
    pub rendered: BTreeMap<String, Vec<Stretch>>,
    /// Schedules with overrides of ours that were not read again, for there are many.
    pub unread: usize,
}

/// What to look for.
#[derive(Debug, Clone)]
pub struct Look<'a> {
    /// Names of the schedules that should be: one of shifts shows its mark only when it is read.
    pub names: Vec<&'a str>,
    /// The orchestration, if its router is ours.
    pub orchestration: Option<&'a str>,
    /// Over which rendered schedules and exceptions are read.
    pub span: Span,
    /// Reads every schedule of shifts, to find what is no longer declared.
    pub everything: bool,
    /// Reads teams.
    pub teams: bool,
}

/// Reads what PagerDuty holds.
///
/// # Errors
///
/// [`Error`] of the first request that failed for good.
pub fn observe(client: &mut Client, look: &Look<'_>) -> Result<Observed, Error> {
    let mut observed = read(client, look)?;
    // Everybody calls themselves what they like, and these names are shown; people are known by id and address.
    observed.users.iter_mut().for_each(|it| it.name = harmless(&it.name));
    Ok(observed)
}

fn read(client: &mut Client, look: &Look<'_>) -> Result<Observed, Error> {
    let before = client.requests;
    let of_layers = [("include[]", "schedule_layers"), ("time_zone", "UTC")];
    let mut observed = Observed {
        users: decode_all(&client.list("/users", "users", &[("include[]", "contact_methods")])?),
        layers: decode_all(&client.list("/schedules", "schedules", &of_layers)?),
        policies: decode_all(&client.list("/escalation_policies", "escalation_policies", &[])?),
        services: decode_all(&client.list("/services", "services", &[])?),
        ..Observed::default()
    };
    if look.teams {
        observed.teams = decode_all(&client.list("/teams", "teams", &[])?);
    }
    let references: Vec<wire::Reference> = decode_all(&client.list("/v3/schedules", "schedules", &[])?);
    let of_ours: BTreeSet<&str> = observed
        .policies
        .iter()
        .filter(|it| Mark::read(&it.description).is_some())
        .flat_map(|it| it.escalation_rules.iter().flat_map(|it| &it.targets))
        .map(|it| it.id.as_str())
        .collect();
    let candidates: Vec<String> = references
        .into_iter()
        .filter(|it| look.everything || of_ours.contains(it.id.as_str()) || look.names.contains(&it.summary.as_str()))
        .map(|it| it.id)
        .collect();
    for id in candidates {
        observed.read_shifts(client, &id, look)?;
    }
    if let Some(name) = look.orchestration {
        observed.read_router(client, name)?;
    }
    let ours: Vec<(String, Mark)> = observed
        .layers
        .iter()
        .filter_map(|it| Mark::read(&it.description).map(|mark| (it.id.clone(), mark)))
        .filter(|(_, mark)| mark.pending || !mark.hashes.is_empty())
        .collect();
    for (id, mark) in ours {
        let few = client.requests - before < FEW_REQUESTS;
        if few || mark.pending {
            observed.read_overrides(client, &id, look.span)?;
        } else {
            observed.unread += 1;
        }
    }
    Ok(observed)
}

/// An orchestration and its router.
#[derive(Debug, Clone, Default)]
pub struct Routed {
    /// Whose it is.
    pub orchestration: wire::Orchestration,
    /// In order.
    pub rules: Vec<wire::RouterRule>,
    /// Where everything else goes.
    pub otherwise: Option<String>,
}

/// All that PagerDuty holds, whoever made it.
#[derive(Debug, Clone, Default)]
pub struct Whole {
    /// What a plan looks at too.
    pub observed: Observed,
    /// All routers.
    pub routers: Vec<Routed>,
    /// Of schedules with several layers at once: how often the first of two that were read prevailed over the second,
    /// and how often the second did.
    pub votes: BTreeMap<String, (usize, usize)>,
}

impl Whole {
    /// Whether the layers of a schedule are read with the one that prevails first: as its own rendering shows, else as
    /// those of the others do, else as is known of the API.
    pub fn reversed(&self, schedule: &str) -> bool {
        let all = self.votes.values().fold((0, 0), |sum, it| (sum.0 + it.0, sum.1 + it.1));
        let votes = self.votes.get(schedule).copied().filter(|it| it.0 != it.1).unwrap_or(all);
        votes.0 >= votes.1
    }
}

/// Reads everything. Only reads.
///
/// # Errors
///
/// [`Error`] of the first request that failed for good.
pub fn observe_all(client: &mut Client, span: Span) -> Result<Whole, Error> {
    let look = Look { names: Vec::new(), orchestration: None, span, everything: true, teams: false };
    let mut whole = Whole { observed: read(client, &look)?, ..Whole::default() };
    match client.list("/teams", "teams", &[]) {
        Ok(all) => whole.observed.teams = decode_all(&all),
        // Not every plan has teams.
        Err(error) if matches!(error.refusal(), Some(Refusal::MissingAbility | Refusal::Forbidden)) => {}
        Err(error) => return Err(error),
    }
    for it in whole.observed.layers.clone() {
        whole.observed.read_overrides(client, &it.id, span)?;
        let now = span.start();
        let runs = |it: &&wire::Layer| it.end.as_deref().and_then(wire::instant).is_none_or(|it| it > now);
        if it.schedule_layers.iter().filter(runs).count() > 1 {
            let weeks = std::time::Duration::from_secs(SEEN_DAYS * crate::time::CIVIL_DAY.unsigned_abs());
            let (since, until) = (now.to_string(), span.end().min(now + weeks).to_string());
            let query = [("since", since.as_str()), ("until", until.as_str()), ("time_zone", "UTC")];
            let answer = client.get(&format!("/schedules/{}", it.id), &query)?;
            whole.votes.insert(it.id.clone(), prevailing(&decode(&answer["schedule"])));
        }
    }
    let all: Vec<wire::Orchestration> = decode_all(&client.list("/event_orchestrations", "orchestrations", &[])?);
    for orchestration in all {
        let (rules, otherwise) = router_of(client, &orchestration.id)?;
        whole.routers.push(Routed { orchestration, rules, otherwise });
    }
    Ok(whole)
}

/// Where two layers hold at once: how often the rendering shows the one that was read first, and how often the other.
fn prevailing(schedule: &wire::Schedule) -> (usize, usize) {
    let span = |it: &wire::Entry| Some((wire::instant(&it.start)?, wire::instant(&it.end)?));
    let shown: Vec<(Instant, Instant, &str)> = schedule
        .final_schedule
        .rendered_schedule_entries
        .iter()
        .filter_map(|it| span(it).map(|(start, end)| (start, end, it.user.id.as_str())))
        .collect();
    let at = |entries: &[wire::Entry], at: Instant| {
        entries
            .iter()
            .find(|it| span(it).is_some_and(|(start, end)| start <= at && at < end))
            .map(|it| it.user.id.clone())
    };
    let entries = |it: &wire::Layer| {
        decode_all::<wire::Entry>(
            it.rest.get("rendered_schedule_entries").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default(),
        )
    };
    let layers: Vec<Vec<wire::Entry>> = schedule.schedule_layers.iter().map(entries).collect();
    let (mut first, mut second) = (0, 0);
    for (start, end, user) in shown {
        let middle = Instant::from_unix(start.unix() + (end.unix() - start.unix()) / 2);
        let here: Vec<String> = layers.iter().filter_map(|it| at(it, middle)).collect();
        if let [one, .., other] = &here[..]
            && one != other
        {
            first += usize::from(one == user);
            second += usize::from(other == user);
        }
    }
    (first, second)
}

/// The rules of a router, and where everything else goes.
fn router_of(client: &mut Client, id: &str) -> Result<(Vec<wire::RouterRule>, Option<String>), Error> {
    let answer = client.get(&format!("/event_orchestrations/{id}/router"), &[])?;
    let path = &answer["orchestration_path"];
    let rules = path["sets"].as_array().and_then(|it| it.first()).map(|it| &it["rules"]);
    let rules = rules.and_then(Value::as_array).map(|it| decode_all(it)).unwrap_or_default();
    let otherwise = path["catch_all"]["actions"]["route_to"].as_str().map(str::to_owned);
    Ok((rules, otherwise))
}

impl Observed {
    /// Reads the overrides of a schedule of layers, if that was not done.
    ///
    /// # Errors
    ///
    /// [`Error`] if it fails for good.
    pub fn read_overrides(&mut self, client: &mut Client, id: &str, span: Span) -> Result<(), Error> {
        if !self.overrides.contains_key(id) {
            let (since, until) = (span.start().to_string(), far(span).to_string());
            let path = format!("/schedules/{id}/overrides");
            let answer = client.get(&path, &[("since", &since), ("until", &until)])?;
            let all = answer["overrides"].as_array().map(|it| decode_all(it)).unwrap_or_default();
            self.overrides.insert(id.to_owned(), all);
        }
        Ok(())
    }

    fn read_shifts(&mut self, client: &mut Client, id: &str, look: &Look<'_>) -> Result<(), Error> {
        let (since, until) = (look.span.start().to_string(), look.span.end().to_string());
        let query = [("include[]", "final_schedule"), ("since", &since), ("until", &until), ("time_zone", "UTC")];
        let answer = match client.get(&format!("/v3/schedules/{id}"), &query) {
            Ok(answer) => answer,
            // It may have gone, or changed its family, since it was listed.
            Err(error) if matches!(error.refusal(), Some(Refusal::NotFound | Refusal::Invalid)) => return Ok(()),
            Err(error) => return Err(error),
        };
        let mut schedule: wire::ShiftSchedule = decode(&answer["schedule"]);
        if schedule.id.is_empty() {
            return Ok(());
        }
        // Events may be missing inline; then each rotation is asked for its own.
        let inline =
            answer["schedule"]["rotations"].as_array().is_some_and(|all| all.iter().all(|it| it["events"].is_array()));
        if !inline {
            for rotation in &mut schedule.rotations {
                let path = format!("/v3/schedules/{id}/rotations/{}", rotation.id);
                *rotation = decode(&client.get(&path, &[])?["rotation"]);
            }
        }
        let rendered = rendered_shifts(&schedule.final_schedule);
        self.rendered.insert(id.to_owned(), rendered);
        let until = far(look.span).to_string();
        let query = [("since", since.as_str()), ("until", until.as_str())];
        let path = format!("/v3/schedules/{id}/custom_shifts");
        let all = client.list(&path, "custom_shifts", &query)?;
        self.custom_shifts.insert(id.to_owned(), decode_all(&all));
        let path = format!("/v3/schedules/{id}/overrides");
        let all = client.list(&path, "overrides", &query)?;
        self.shift_overrides.insert(id.to_owned(), decode_all(&all));
        self.shifts.push(schedule);
        Ok(())
    }

    fn read_router(&mut self, client: &mut Client, name: &str) -> Result<(), Error> {
        let all: Vec<wire::Orchestration> = decode_all(&client.list("/event_orchestrations", "orchestrations", &[])?);
        let mut named: Vec<wire::Orchestration> = all.into_iter().filter(|it| it.name == name).collect();
        let ours = |it: &wire::Orchestration| Mark::read(&it.description).is_some();
        // Where events have entered for longest.
        let made = |it: &wire::Orchestration| it.rest.get("created_at").and_then(Value::as_str).map(str::to_owned);
        named.sort_by_key(|it| (!ours(it), made(it), it.id.clone()));
        let mut named = named.into_iter();
        let Some(found) = named.next() else { return Ok(()) };
        self.more_orchestrations = named.filter(|it| ours(it)).map(|it| it.id).collect();
        self.router = Some(router_of(client, &found.id)?);
        self.orchestration = Some(found);
        Ok(())
    }

    /// Reads how PagerDuty renders a schedule of layers, if that was not done.
    ///
    /// # Errors
    ///
    /// [`Error`] if it fails for good.
    pub fn read_rendered(&mut self, client: &mut Client, id: &str, span: Span) -> Result<(), Error> {
        if !self.rendered.contains_key(id) {
            let (since, until) = (span.start().to_string(), span.end().to_string());
            let query = [("since", since.as_str()), ("until", until.as_str()), ("time_zone", "UTC")];
            let answer = client.get(&format!("/schedules/{id}"), &query)?;
            self.rendered.insert(id.to_owned(), rendered(&answer));
        }
        Ok(())
    }

    /// Schedules with our mark: key, id, whether it is one of shifts; each key once or more.
    pub fn marked_schedules(&self) -> Vec<(Mark, String, bool)> {
        let layers = self.layers.iter().filter_map(|it| Some((Mark::read(&it.description)?, it.id.clone(), false)));
        let shifts = self.shifts.iter().filter_map(|it| Some((Mark::read(&it.description)?, it.id.clone(), true)));
        layers.chain(shifts).collect()
    }

    /// A schedule as it stands, in our language.
    pub fn schedule(&self, id: &str) -> Option<spec::Schedule> {
        let empty = |name: &str, description: &str, shifts, zone: &str| spec::Schedule {
            key: Mark::read(description).map(|it| it.key).unwrap_or_default(),
            name: name.to_owned(),
            shifts,
            zone: zone.to_owned(),
            layers: Vec::new(),
            events: Vec::new(),
            exceptions: Vec::new(),
            calendar: self.rendered.get(id).cloned().unwrap_or_default(),
            excused: Vec::new(),
        };
        if let Some(it) = self.layers.iter().find(|it| it.id == id) {
            let mut schedule = empty(&it.name, &it.description, false, &it.time_zone);
            schedule.layers = it.schedule_layers.iter().filter_map(read_layer).collect();
            let mark = Mark::read(&it.description).unwrap_or_default();
            let all = self.overrides.get(id).map(Vec::as_slice).unwrap_or_default();
            let ours = all.iter().filter_map(exception_of_layers).filter(|it| mark.hashes.contains(&it.hash()));
            schedule.exceptions = ours.collect();
            return Some(schedule);
        }
        let it = self.shifts.iter().find(|it| it.id == id)?;
        let mut schedule = empty(&it.name, &it.description, true, &it.time_zone);
        for (lane, rotation) in it.rotations.iter().enumerate() {
            schedule.events.extend(rotation.events.iter().filter_map(|event| read_event(event, lane)));
        }
        let mark = Mark::read(&it.description).unwrap_or_default();
        let all = self.exceptions_of_shifts(id).into_iter().map(|(_, it)| it);
        schedule.exceptions = all.filter(|it| mark.hashes.contains(&it.hash())).collect();
        Some(schedule)
    }

    /// Custom shifts and overrides of a schedule of shifts, ours and others', with the path of each.
    pub fn exceptions_of_shifts(&self, id: &str) -> Vec<(String, Exception)> {
        let mut all = Vec::new();
        let at = |text: &str| wire::instant(text).map(Instant::unix);
        for it in self.custom_shifts.get(id).into_iter().flatten() {
            let (Some(start), Some(end)) = (at(&it.start_time), at(&it.end_time)) else { continue };
            let user = it.assignments.first().and_then(|it| it.member.user_id.clone());
            let path = format!("/v3/schedules/{id}/custom_shifts/{}", it.id);
            all.push((path, Exception { start, end, user, instead_of: None }));
        }
        let rotations = self.shifts.iter().find(|it| it.id == id).map(|it| it.rotations.as_slice()).unwrap_or_default();
        for it in self.shift_overrides.get(id).into_iter().flatten() {
            let (Some(start), Some(end)) = (at(&it.start_time), at(&it.end_time)) else { continue };
            let lane = rotations.iter().position(|rotation| Some(&rotation.id) == it.rotation_id.as_ref());
            let out = it.overridden_member.user_id.clone().unwrap_or_default();
            let path = format!("/v3/schedules/{id}/overrides/{}", it.id);
            let user = it.overriding_member.user_id.clone();
            all.push((path, Exception { start, end, user, instead_of: Some((lane.unwrap_or(usize::MAX), out)) }));
        }
        all
    }

    /// Overrides of a schedule of layers, ours and others', with the path of each.
    pub fn exceptions_of_layers(&self, id: &str) -> Vec<(String, Exception)> {
        let all = self.overrides.get(id).into_iter().flatten();
        let path = |it: &wire::Override| format!("/schedules/{id}/overrides/{}", it.id);
        all.filter_map(|it| Some((path(it), exception_of_layers(it)?))).collect()
    }

    /// A policy as it stands, in our language.
    pub fn policy(&self, policy: &wire::Policy) -> spec::Policy {
        // Ids are unique among their kind only. Schedules of shifts have been seen under both names.
        let keys: BTreeMap<(String, bool), String> =
            self.marked_schedules().into_iter().map(|(mark, id, shifts)| ((id, shifts), mark.key)).collect();
        let key = |it: &wire::Reference| {
            let shifts = it.r#type.contains("v3");
            keys.get(&(it.id.clone(), shifts)).or_else(|| keys.get(&(it.id.clone(), !shifts)))
        };
        let target = |it: &wire::Reference| match key(it) {
            Some(key) if it.r#type.contains("schedule") => Target::Schedule(key.clone()),
            _ if it.r#type.starts_with("user") => Target::User(it.id.clone()),
            _ => Target::Other(it.r#type.clone(), it.id.clone()),
        };
        let rule = |it: &wire::Rule| {
            let mut targets: Vec<Target> = it.targets.iter().map(target).collect();
            targets.sort();
            (u64::try_from(it.escalation_delay_in_minutes).unwrap_or(0), targets)
        };
        spec::Policy {
            key: Mark::read(&policy.description).map(|it| it.key).unwrap_or_default(),
            name: policy.name.clone(),
            rules: policy.escalation_rules.iter().map(rule).collect(),
            loops: u32::try_from(policy.num_loops).unwrap_or(0),
            team: policy.teams.iter().find_map(|it| self.team_key(&it.id)),
        }
    }

    /// The key of a team of ours.
    fn team_key(&self, id: &str) -> Option<String> {
        let team = self.teams.iter().find(|it| it.id == id)?;
        Some(Mark::read(&team.description)?.key)
    }

    /// Our teams as they stand.
    fn team_specs(&self) -> Vec<spec::Team> {
        let ours = self.teams.iter().filter_map(|it| Some((it, Mark::read(&it.description)?)));
        let specs = ours.map(|(team, mark)| {
            let is_in = |it: &&wire::User| it.teams.iter().any(|it| it.id == team.id);
            let mut members: Vec<String> = self.users.iter().filter(is_in).map(|it| it.id.clone()).collect();
            members.sort();
            spec::Team { key: mark.key, name: team.name.clone(), members }
        });
        specs.collect()
    }

    /// The name by which somebody is shown.
    pub fn name_of<'a>(&'a self, user: &'a str) -> &'a str {
        self.users.iter().find(|it| it.id == user).map_or(user, |it| it.name.as_str())
    }

    /// What is ours as it stands, in our language: for a plan to remember.
    pub fn ours(&self, target: &Spec) -> Spec {
        let schedules = self.marked_schedules().into_iter().filter_map(|(_, id, _)| self.schedule(&id)).collect();
        let marked = self.policies.iter().filter(|it| Mark::read(&it.description).is_some());
        let policy_of = |service: &wire::Service| {
            let policy = self.policies.iter().find(|it| it.id == service.escalation_policy.id)?;
            Some(Mark::read(&policy.description).map_or_else(|| format!("#{}", policy.id), |it| it.key))
        };
        let services = self.services.iter().filter(|it| target.services.contains_key(&it.name));
        Spec {
            schedules,
            policies: marked.map(|it| self.policy(it)).collect(),
            services: services.filter_map(|it| Some((it.name.clone(), policy_of(it)?))).collect(),
            router: self.router_spec(),
            teams: target.teams.as_ref().map(|_| self.team_specs()),
        }
    }

    /// The router as it stands, in our language.
    pub fn router_spec(&self) -> Option<spec::Router> {
        let (rules, otherwise) = self.router.as_ref()?;
        let to = |id: &str| match self.services.iter().find(|it| it.id == id).and_then(|it| Mark::read(&it.description))
        {
            Some(mark) => mark.key,
            None => format!("#{id}"),
        };
        let row = |rule: &wire::RouterRule| spec::Row {
            label: rule.label.clone().unwrap_or_default(),
            conditions: rule.conditions.iter().map(|it| it.expression.clone()).collect(),
            to: rule.actions.route_to.as_deref().map(to).unwrap_or_default(),
        };
        Some(spec::Router {
            orchestration: self.orchestration.as_ref().map(|it| it.name.clone()).unwrap_or_default(),
            rows: rules.iter().map(row).collect(),
            otherwise: otherwise.as_deref().filter(|it| *it != "unrouted").map(to),
        })
    }
}

/// Exceptions are looked for somewhat beyond the horizon: what begins before it may end after it.
fn far(span: Span) -> Instant {
    span.end() + std::time::Duration::from_secs(64 * crate::time::CIVIL_DAY.unsigned_abs())
}

fn exception_of_layers(it: &wire::Override) -> Option<Exception> {
    Some(Exception {
        start: wire::instant(&it.start)?.unix(),
        end: wire::instant(&it.end)?.unix(),
        user: Some(it.user.id.clone()),
        instead_of: None,
    })
}

/// Who finally holds a schedule of layers, by an answer that renders it.
pub fn rendered(answer: &Value) -> Vec<Stretch> {
    let schedule: wire::Schedule = decode(&answer["schedule"]);
    rendered_layers(&schedule.final_schedule)
}

fn rendered_layers(rendered: &wire::Rendered) -> Vec<Stretch> {
    let entries = rendered
        .rendered_schedule_entries
        .iter()
        .filter_map(|it| Some((wire::instant(&it.start)?.unix(), wire::instant(&it.end)?.unix(), it.user.id.clone())));
    stretches(&entries.collect::<Vec<_>>())
}

fn rendered_shifts(rendered: &wire::FinalSchedule) -> Vec<Stretch> {
    let entries = rendered.computed_shift_assignments.iter().filter_map(|it| {
        let user = it.member.user_id.clone().filter(|_| it.member.r#type != "empty_member")?;
        Some((wire::instant(&it.start_time)?.unix(), wire::instant(&it.end_time)?.unix(), user))
    });
    stretches(&entries.collect::<Vec<_>>())
}

/// Entries, which may overlap, as disjoint stretches.
pub fn stretches(entries: &[(Seconds, Seconds, String)]) -> Vec<Stretch> {
    let mut entries = entries.to_vec();
    entries.sort();
    let mut edges: Vec<Seconds> = entries.iter().flat_map(|it| [it.0, it.1]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut out: Vec<Stretch> = Vec::new();
    let mut near: Vec<&(Seconds, Seconds, String)> = Vec::new();
    let mut next = entries.iter().peekable();
    for pair in edges.windows(2) {
        near.retain(|it| it.1 > pair[0]);
        while let Some(it) = next.next_if(|it| it.0 <= pair[0]) {
            near.push(it);
        }
        let users: BTreeSet<&String> = near.iter().map(|it| &it.2).collect();
        if users.is_empty() {
            continue;
        }
        let users: Vec<String> = users.into_iter().cloned().collect();
        match out.last_mut() {
            Some(last) if last.end == pair[0] && last.users == users => last.end = pair[1],
            _ => out.push(Stretch { start: pair[0], end: pair[1], users }),
        }
    }
    out
}
