//! What PagerDuty should hold: an organisation as schedules, policies, services and a router.
//!
//! Pure. What PagerDuty cannot hold exactly is named, with what happens instead.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::calendar;
use crate::escalation::{matching, walk};
use crate::org::{Edge, Entry, Family, Holder, Node, Org, PersonId, RouteTarget, Seat, SeatId, Tags};
use crate::pagerduty::mark;
use crate::pagerduty::pattern::{Strand, strands};
use crate::pagerduty::render::pieces;
use crate::pagerduty::router::{self, Row};
use crate::pagerduty::zones::is_listed;
use crate::time::{CIVIL_DAY, CIVIL_WEEK, Exhausted, Instant, Span, Zone};

/// Beyond the horizon it is looked this many days further, so that what begins before it is seen whole.
const OVERHANG_DAYS: i64 = 64;
/// What is running may have begun this many days ago.
const BEHIND_DAYS: i64 = 64;
/// Members of one event.
const MOST_MEMBERS: usize = 20;
/// Events of one schedule: ten rotations of five.
const MOST_EVENTS: usize = 50;
/// Targets of one rule.
const MOST_TARGETS: usize = 10;
/// Loops of a policy.
const MOST_LOOPS: u32 = 9;
/// The delay of a last rule, after which nothing comes.
const LAST_DELAY: u64 = 30;

/// What PagerDuty should hold.
#[derive(Debug, Clone)]
pub struct Desired {
    /// When it was asked for, and how far ahead it is exact.
    pub span: Span,
    /// One a seat.
    pub schedules: Vec<Wanted>,
    /// One a way up.
    pub policies: Vec<Policy>,
    /// Services that exist, and the key of the policy that each should use.
    pub services: Vec<(String, String)>,
    /// The router, if one is kept.
    pub router: Option<Router>,
    /// One a rotation; absent, teams are left alone.
    pub teams: Option<Vec<Team>>,
    /// What cannot be held exactly, with what happens instead.
    pub notes: Vec<Note>,
    /// What cannot be held at all, so that nothing may be done.
    pub errors: Vec<Note>,
}

/// A team that should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Team {
    /// The rotation's.
    pub key: String,
    /// As people see it.
    pub name: String,
    /// Who has turns or exceptions to come.
    pub members: BTreeSet<PersonId>,
}

/// Something to know, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Note {
    /// A seat, a policy, a route.
    pub about: String,
    /// In a sentence.
    pub text: String,
}

/// A schedule that should be.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Whose calendar it is.
    pub seat: SeatId,
    /// As we write the seat; stands in the mark.
    pub key: String,
    /// As people see it.
    pub name: String,
    /// On whose clock it is.
    pub zone: Zone,
    /// In which family.
    pub family: Family,
    /// What repeats; never two at once.
    pub strands: Vec<Strand>,
    /// What does not.
    pub exceptions: Vec<Exception>,
    /// Who should hold it when.
    pub calendar: Vec<Held>,
    /// Where PagerDuty will show something else.
    pub unheld: Vec<Held>,
}

/// Who holds a seat over a span; disjoint, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// When.
    pub span: Span,
    /// Who, sorted. Empty: nobody.
    pub people: Vec<PersonId>,
}

/// A dated exception.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exception {
    /// When.
    pub span: Span,
    /// Of a strand, one who steps down. Absent: whoever in layers; in shifts, somebody more.
    pub instead_of: Option<(usize, Holder)>,
    /// Who steps in.
    pub holder: Holder,
}

/// An escalation policy that should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Stands in the mark.
    pub key: String,
    /// As people see it.
    pub name: String,
    /// In order.
    pub rules: Vec<Rule>,
    /// Times that it starts over.
    pub loops: u32,
    /// Key of the team to which it belongs, if teams are kept.
    pub team: Option<String>,
}

/// A rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Until the next.
    pub minutes: u64,
    /// All at once.
    pub targets: Vec<Node>,
}

/// A router that should be.
#[derive(Debug, Clone)]
pub struct Router {
    /// The orchestration's name.
    pub orchestration: String,
    /// In order.
    pub rows: Vec<Row>,
    /// The policy of what no row matches.
    pub otherwise: Option<String>,
}

/// What PagerDuty should hold from `now` on, exact for `horizon`.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn desired(org: &Org, now: Instant, horizon: Duration) -> Result<Desired, Exhausted> {
    let day = Zone::utc();
    let end = day.start_of_day(day.day(now + horizon));
    let span = Span::new(now, end).unwrap_or_else(|| Span::new(Instant::MIN, Instant::MAX).expect("time is long"));
    let mut notes = Vec::new();
    let mut errors = Vec::new();
    let mut schedules = Vec::new();
    for seat in org.seats() {
        schedules.push(wanted(org, seat, span, &mut notes, &mut errors)?);
    }
    let mut policies = Policies { org, notes: &mut notes, errors: &mut errors, all: BTreeMap::new() };
    let services = policies.of_services(now);
    let router = policies.router();
    let policies = policies.all.into_values().collect();
    for seat in org.seats() {
        let people = org.rotation(seat.rotation).calendar(seat.seat).map(|it| it.layers).unwrap_or_default();
        for person in people.iter().flat_map(crate::org::Layer::people) {
            if org.person(person).email.is_none() {
                let text = "has no `email` in people.toml, by which PagerDuty knows people".to_owned();
                errors.push(Note { about: format!("@{}", org.person(person).key), text });
            }
        }
    }
    let teams = org.pagerduty.as_ref().is_some_and(|it| it.teams).then(|| teams(org, now));
    notes.sort();
    notes.dedup();
    errors.sort();
    errors.dedup();
    Ok(Desired { span, schedules, policies, services, router, teams, notes, errors })
}

/// The team of each rotation: who takes turns in it, or is told to stand in, from now on.
fn teams(org: &Org, now: Instant) -> Vec<Team> {
    let team = |rotation: &crate::org::Rotation| {
        let seats = [Seat::Primary, Seat::Secondary].into_iter().filter_map(|it| rotation.calendar(it));
        let layers = seats.flat_map(|it| it.layers).filter(|it| it.until.is_none_or(|it| it > now));
        let overrides = rotation.overrides.iter().filter(|it| it.span.end() > now);
        let members = layers.flat_map(crate::org::Layer::people).chain(overrides.filter_map(|it| it.holder.person()));
        Team { key: rotation.key.clone(), name: rotation.name.clone(), members: members.collect() }
    };
    org.rotations.iter().map(team).collect()
}

/// `Storage Ops` and `Storage Ops, secondary`.
pub(super) fn title(org: &Org, seat: SeatId) -> String {
    let name = &org.rotation(seat.rotation).name;
    match seat.seat {
        Seat::Primary => name.clone(),
        Seat::Secondary => format!("{name}, secondary"),
    }
}

fn node_title(org: &Org, node: Node) -> String {
    match node {
        Node::Seat(seat) => title(org, seat),
        Node::Person(person) => org.person(person).name.clone(),
        Node::Nobody => "nobody".to_owned(),
    }
}

/// The key of the policy that begins at a place, if these edges with conditions are taken: from, seconds, to.
///
/// Where they stand in the file, and what they ask for, is no part of it: the same edges make the same policy.
///
/// ```
/// use dogwatch::pagerduty::desired::conditional_key;
///
/// let edge = |from: &str, to: &str| (from.to_owned(), 300, to.to_owned());
/// assert_eq!(conditional_key("web", vec![]), "web");
/// let both = conditional_key("web", vec![edge("web", "data"), edge("data", "app-ops")]);
/// assert_eq!(both, conditional_key("web", vec![edge("data", "app-ops"), edge("web", "data")]));
/// assert_ne!(both, conditional_key("web", vec![edge("web", "data")]));
/// ```
pub fn conditional_key(start: &str, mut edges: Vec<(String, u64, String)>) -> String {
    if edges.is_empty() {
        return start.to_owned();
    }
    edges.sort();
    edges.dedup();
    let lines: Vec<String> = edges.iter().map(|(from, after, to)| format!("{from} {after} {to}")).collect();
    format!("{start}+{}", mark::hash(&lines.join("\n")))
}

fn shifted(at: Instant, days: i64) -> Instant {
    Instant::from_unix(at.unix().saturating_add(days * CIVIL_DAY))
}

fn wanted(
    org: &Org,
    seat: SeatId,
    span: Span,
    notes: &mut Vec<Note>,
    errors: &mut Vec<Note>,
) -> Result<Wanted, Exhausted> {
    let rotation = org.rotation(seat.rotation);
    let family = rotation.family.or(org.pagerduty.as_ref().map(|it| it.family)).unwrap_or(Family::Layers);
    let key = org.seat_name(seat);
    let mut note = |text: &str| notes.push(Note { about: key.clone(), text: text.to_owned() });
    // Whole months, so that what is running is cut at the same place tomorrow.
    let utc = Zone::utc();
    let reach =
        Span::new(utc.start_of_day(utc.day(shifted(span.start(), -BEHIND_DAYS))), shifted(span.end(), OVERHANG_DAYS));
    let reach = reach.unwrap_or(span);
    let knows = |zone: &Zone| family == Family::Shifts || is_listed(zone.name());
    let whole = strands(org, seat, reach, knows)?;
    if !whole.irregular.is_empty() {
        note(match family {
            Family::Layers => {
                "has layers that repeat by no week (months, holidays, odd rules): overrides hold them, up to the horizon"
            }
            Family::Shifts => {
                "has layers that repeat by no week (months, holidays, odd rules): custom shifts and overrides hold them, up to the horizon"
            }
        });
    }
    if whole.cut_by_clocks {
        note("has layers on several clocks: it is cut where one of them jumps, up to the horizon");
    }
    if !knows(&rotation.zone) {
        let zone = rotation.zone.name();
        note(&format!(
            "is in {zone}, a zone that PagerDuty's layers do not know: it stands on another clock, and is cut where that one jumps, up to the horizon"
        ));
    } else if whole.zone.name() != rotation.zone.name() {
        note(&format!("stands on the clock of {}, which its handoffs keep", whole.zone.name()));
    }
    let mut strands = whole.strands;
    let mut calendar = sweep(&held(org, seat, reach)?);
    match family {
        Family::Layers => {
            if strands.iter().any(|it| it.together && it.places.len() > 1)
                || calendar.iter().any(|it| it.people.len() > 1)
            {
                note("holds several people at once, where PagerDuty's layers hold one: the first of them");
            }
            if strands.iter().any(is_partly_vacant) {
                note(
                    "has vacant turns among others, which PagerDuty's layers cannot hold: overrides hold the others, up to the horizon",
                );
            }
            strands.retain(|it| !is_partly_vacant(it) && it.places.iter().any(|it| *it != Holder::Nobody));
            for strand in strands.iter_mut().filter(|it| it.together) {
                strand.places.truncate(1);
                strand.together = false;
            }
            calendar = sweep(&firsts(org, seat, reach)?);
            if strands.is_empty() {
                strands.extend(base(org, seat, &calendar, reach));
            }
        }
        Family::Shifts => {
            if strands.iter().any(|it| it.places.len() > MOST_MEMBERS) {
                note(
                    "has orders of more than twenty places, which an event cannot hold: custom shifts hold them, up to the horizon",
                );
            }
            strands.retain(|it| it.places.len() <= MOST_MEMBERS && it.places.iter().any(|it| *it != Holder::Nobody));
        }
    }
    let all = differences(&strands, &whole.zone, &calendar, reach, family);
    let concerns = |it: &Span| it.end() > span.start() && it.start() < span.end();
    let exceptions: Vec<Exception> = all.0.into_iter().filter(|it| concerns(&it.span)).collect();
    let unheld: Vec<Held> = all.1.into_iter().filter(|it| concerns(&it.span)).collect();
    if !unheld.is_empty() {
        note("is vacant where PagerDuty's layers go on: whoever has the turn stays on call");
    }
    // What begins beyond the horizon is not told yet, and what is over is not told again.
    let mut places: Vec<Option<usize>> = Vec::new();
    let mut told: Vec<Strand> = Vec::new();
    for mut strand in strands {
        let near = strand.from < span.end() || strands_far(&strand);
        let over = strand.until.is_some_and(|it| it <= span.start());
        strand.until = strand.until.filter(|it| *it < span.end());
        places.push((near && !over).then_some(told.len()));
        if near && !over {
            told.push(strand);
        }
    }
    let strands = told;
    let exceptions = renumbered(exceptions, &places);
    if family == Family::Shifts && strands.len() > MOST_EVENTS {
        let text = "needs more events than a schedule of shifts holds; say `family = \"layers\"`".to_owned();
        errors.push(Note { about: key.clone(), text });
    }
    let (zone, name) = (whole.zone, title(org, seat));
    Ok(Wanted { seat, key, name, zone, family, strands, exceptions, calendar, unheld })
}

/// Exceptions of strands that have got other numbers.
fn renumbered(exceptions: Vec<Exception>, places: &[Option<usize>]) -> Vec<Exception> {
    let mut all: Vec<Exception> = exceptions
        .into_iter()
        .filter_map(|it| match it.instead_of {
            None => Some(it),
            Some((strand, holder)) => {
                let strand = places.get(strand).copied().flatten()?;
                Some(Exception { instead_of: Some((strand, holder)), ..it })
            }
        })
        .collect();
    all.sort();
    all
}

/// A strand that stands only because a schedule must have one.
fn strands_far(strand: &Strand) -> bool {
    strand.from >= idle()
}

fn idle() -> Instant {
    // 2100-01-01
    Instant::from_unix(4_102_444_800)
}

fn is_partly_vacant(strand: &Strand) -> bool {
    strand.places.contains(&Holder::Nobody) && strand.places.iter().any(|it| *it != Holder::Nobody)
}

/// For a schedule without anything that repeats: its people in year-long turns, where somebody is always on call;
/// else a layer that never comes.
fn base(org: &Org, seat: SeatId, calendar: &[Held], reach: Span) -> Option<Strand> {
    let layers = org.rotation(seat.rotation).calendar(seat.seat)?.layers;
    let mut places: Vec<Holder> = Vec::new();
    for person in layers.iter().flat_map(crate::org::Layer::people) {
        if !places.contains(&Holder::Person(person)) {
            places.push(Holder::Person(person));
        }
    }
    let first = places.first().copied()?;
    let covered: i64 = calendar.iter().filter(|it| !it.people.is_empty()).map(|it| it.span.seconds()).sum();
    let always = covered == reach.seconds();
    Some(Strand {
        from: if always { Instant::MIN } else { idle() },
        until: None,
        anchor: crate::pagerduty::pattern::epoch(),
        unit: CIVIL_WEEK,
        units: 52,
        places: if always { places } else { vec![first] },
        together: false,
        windows: vec![(0, CIVIL_WEEK)],
    })
}

/// All who hold a seat.
fn held(org: &Org, seat: SeatId, span: Span) -> Result<Vec<(Span, PersonId)>, Exhausted> {
    let shifts = calendar::shifts(org, seat, span)?;
    Ok(shifts.iter().filter_map(|it| it.holder.person().map(|person| (it.span, person))).collect())
}

/// Of those who hold a seat at once, the first.
fn firsts(org: &Org, seat: SeatId, span: Span) -> Result<Vec<(Span, PersonId)>, Exhausted> {
    let mut firsts: Vec<(Span, PersonId)> = Vec::new();
    let all = held(org, seat, span)?;
    let mut reached = span.start();
    for (span, person) in all {
        if let Some(rest) = Span::new(span.start().max(reached), span.end()) {
            reached = rest.end();
            firsts.push((rest, person));
        }
    }
    Ok(firsts)
}

/// People with spans, which may overlap, as disjoint spans with people. Stretches of nobody are left out.
pub fn sweep(held: &[(Span, PersonId)]) -> Vec<Held> {
    let mut held = held.to_vec();
    held.sort_unstable();
    let mut edges: Vec<Instant> = held.iter().flat_map(|(it, _)| [it.start(), it.end()]).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut out: Vec<Held> = Vec::new();
    let mut near: Vec<(Span, PersonId)> = Vec::new();
    let mut next = held.iter().peekable();
    for pair in edges.windows(2) {
        let Some(span) = Span::new(pair[0], pair[1]) else { continue };
        near.retain(|(it, _)| it.end() > span.start());
        while let Some(it) = next.next_if(|(it, _)| it.start() <= span.start()) {
            near.push(*it);
        }
        let people: BTreeSet<PersonId> = near.iter().map(|(_, it)| *it).collect();
        if people.is_empty() {
            continue;
        }
        let people: Vec<PersonId> = people.into_iter().collect();
        match out.last_mut() {
            Some(last) if last.span.end() == span.start() && last.people == people => {
                last.span = last.span.until(span.end())
            }
            _ => out.push(Held { span, people }),
        }
    }
    out
}

/// Where strands differ from the calendar: what exceptions mend it, and what none can.
fn differences(
    strands: &[Strand],
    zone: &Zone,
    calendar: &[Held],
    reach: Span,
    family: Family,
) -> (Vec<Exception>, Vec<Held>) {
    let base = pieces(strands, zone, reach);
    let mut edges: Vec<Instant> = base.iter().flat_map(|it| [it.span.start(), it.span.end()]).collect();
    edges.extend(calendar.iter().flat_map(|it| [it.span.start(), it.span.end()]));
    edges.sort_unstable();
    edges.dedup();
    let (mut exceptions, mut unheld): (Vec<Exception>, Vec<Held>) = (Vec::new(), Vec::new());
    let mut near = Vec::new();
    let (mut pieces, mut wanted) = (base.iter().peekable(), calendar.iter().peekable());
    for pair in edges.windows(2) {
        let Some(span) = Span::new(pair[0], pair[1]) else { continue };
        near.retain(|it: &crate::pagerduty::render::Piece| it.span.end() > span.start());
        while let Some(it) = pieces.next_if(|it| it.span.start() <= span.start()) {
            near.push(*it);
        }
        while wanted.next_if(|it| it.span.end() <= span.start()).is_some() {}
        let people = wanted.peek().filter(|it| it.span.start() <= span.start()).map(|it| it.people.clone());
        let people = people.unwrap_or_default();
        let here = |it: &PersonId| near.iter().any(|piece| piece.holder == Holder::Person(*it));
        let mut missing: Vec<PersonId> = people.iter().copied().filter(|it| !here(it)).collect();
        let mut extra: Vec<(usize, Holder)> = near
            .iter()
            .filter(|it| it.holder.person().is_some_and(|person| !people.contains(&person)))
            .map(|it| (it.strand, it.holder))
            .collect();
        extra.sort_unstable();
        match family {
            Family::Layers => match (missing.first(), extra.is_empty()) {
                (Some(person), _) => {
                    add(&mut exceptions, Exception { span, instead_of: None, holder: Holder::Person(*person) });
                }
                (None, false) => match unheld.last_mut() {
                    Some(last) if last.span.end() == span.start() => last.span = last.span.until(span.end()),
                    _ => unheld.push(Held { span, people }),
                },
                (None, true) => {}
            },
            Family::Shifts => {
                while let (Some(instead_of), Some(person)) = (extra.last().copied(), missing.last().copied()) {
                    extra.pop();
                    missing.pop();
                    let holder = Holder::Person(person);
                    add(&mut exceptions, Exception { span, instead_of: Some(instead_of), holder });
                }
                for instead_of in extra {
                    let exception = Exception { span, instead_of: Some(instead_of), holder: Holder::Nobody };
                    add(&mut exceptions, exception);
                }
                for person in missing {
                    let holder = Holder::Person(person);
                    add(&mut exceptions, Exception { span, instead_of: None, holder });
                }
            }
        }
    }
    (exceptions, unheld)
}

/// Adds an exception, as the continuation of the same one if there is such.
fn add(exceptions: &mut Vec<Exception>, exception: Exception) {
    let recent = exceptions.iter_mut().rev().take(8);
    let before = |it: &&mut Exception| {
        it.span.end() == exception.span.start()
            && it.holder == exception.holder
            && it.instead_of == exception.instead_of
    };
    match recent.into_iter().find(before) {
        Some(before) => before.span = before.span.until(exception.span.end()),
        None => exceptions.push(exception),
    }
}

/// Policies, found as they are needed.
struct Policies<'a> {
    org: &'a Org,
    notes: &'a mut Vec<Note>,
    errors: &'a mut Vec<Note>,
    all: BTreeMap<String, Policy>,
}

impl Policies<'_> {
    /// The policy of each service that PagerDuty has.
    fn of_services(&mut self, now: Instant) -> Vec<(String, String)> {
        let mut wishes = Vec::new();
        for service in &self.org.services {
            let Some(name) = &service.pagerduty else { continue };
            let about = service.key.clone();
            let routes = matching(self.org, &service.tags, now);
            if routes.iter().any(|it| it.path.iter().any(|route| route.hours.is_some())) {
                self.note(
                    &about,
                    "takes a route that holds at some hours only: a policy has no hours, so it is the one of now",
                );
            }
            let entries: Vec<Entry> = routes
                .iter()
                .filter_map(|it| match it.route().target {
                    RouteTarget::Page(entry) => Some(entry),
                    RouteTarget::Notify(_) => None,
                })
                .collect();
            let Some(entry) = entries.last() else {
                self.note(&about, "its route pages nobody: its policy is left as it is");
                continue;
            };
            if entries.len() > 1 {
                self.note(&about, "takes several routes at once, where a service has one policy: the last of them");
            }
            wishes.push((name.clone(), self.policy(*entry, &service.tags)));
        }
        wishes
    }

    fn router(&mut self) -> Option<Router> {
        let pagerduty = self.org.pagerduty.as_ref()?;
        let orchestration = pagerduty.orchestration.clone()?;
        let mut rows = Vec::new();
        let mut otherwise = None;
        for path in self.org.escalation.all_routes_inside_first() {
            let route = path[path.len() - 1];
            let about = format!("route {}", route.id.0);
            let RouteTarget::Page(entry) = &route.target else {
                self.note(&about, "pages nobody, which a router cannot say: the rows below it take its alerts");
                continue;
            };
            if path.iter().any(|it| it.goes_on) {
                self.note(&about, "says `continue`, where a router takes the first row only: it is left out");
                continue;
            }
            if path.iter().any(|it| it.hours.is_some()) {
                self.note(&about, "has hours, which routers know on some plans only: it is left out");
                continue;
            }
            let matchers: Vec<_> = path.iter().map(|it| &it.matcher).collect();
            match router::conditions(&matchers, &pagerduty.tags) {
                Ok(conditions) => {
                    let policy = self.policy(*entry, &Tags::new());
                    if conditions.is_empty() {
                        otherwise = Some(policy);
                        break;
                    }
                    let label = route.label.clone().unwrap_or_else(|| route.matcher.to_string());
                    rows.push(Row { label, conditions, policy });
                }
                Err(reason) => self.note(&about, &format!("{reason}: it is left out")),
            }
        }
        Some(Router { orchestration, rows, otherwise })
    }

    /// The key of the policy that begins at an entry, for alerts that carry at least these tags.
    fn policy(&mut self, entry: Entry, fixed: &Tags) -> String {
        let org = self.org;
        let known = |edge: &Edge| edge.when.iter().all(|it| fixed.contains_key(&it.tag));
        let mut left_out = Vec::new();
        let mut conditional: Vec<(String, u64, String)> = Vec::new();
        let steps = walk(org, entry, |edge| {
            if edge.when.is_empty() {
                return true;
            }
            if !known(edge) {
                left_out.push(edge.to);
                return false;
            }
            let holds = edge.when.iter().all(|it| it.holds(fixed));
            if holds {
                let to = org.node_name(edge.to);
                conditional.push((org.node_name(Node::Seat(edge.from)), edge.after.as_secs(), to));
            }
            holds
        });
        let start = org.node_name(entry.into());
        for node in left_out {
            let text = format!(
                "goes to {} only with certain tags, which a policy cannot see: that is left out",
                org.node_name(node)
            );
            self.note(&start, &text);
        }
        let key = conditional_key(&start, conditional);
        if self.all.contains_key(&key) {
            return key;
        }
        let nobody = |it: &&crate::escalation::Step| it.node != Node::Nobody;
        let steps: Vec<_> = steps.iter().filter(nobody).collect();
        let rungs: Vec<&[&crate::escalation::Step]> = steps.chunk_by(|a, b| a.after == b.after).collect();
        let mut rules = Vec::new();
        for (index, rung) in rungs.iter().enumerate() {
            let after = match (rungs.get(index + 1), org.escalation.repeat) {
                (Some(next), _) => next[0].after - rung[0].after,
                (None, Some(repeat)) => repeat.after,
                (None, None) => Duration::from_secs(LAST_DELAY * 60),
            };
            let targets: Vec<Node> = rung.iter().map(|it| it.node).collect();
            let least = if targets.len() > 1 { 3 } else { 1 };
            let minutes = after.as_secs().div_ceil(60).max(least);
            if minutes * 60 != after.as_secs() {
                let text =
                    format!("waits {} s on rung {}, where PagerDuty waits {minutes} min", after.as_secs(), index + 1);
                self.note(&key, &text);
            }
            if targets.len() > MOST_TARGETS {
                let text = format!("pages {} at once, where PagerDuty has ten at most", targets.len());
                self.errors.push(Note { about: key.clone(), text });
            }
            rules.push(Rule { minutes, targets });
        }
        let repeats = org.escalation.repeat.map_or(0, |it| it.times);
        if repeats > MOST_LOOPS {
            self.note(&key, "repeats more often than nine times, which is PagerDuty's most");
        }
        let name = node_title(org, entry.into());
        let name = match key.split_once('+') {
            Some((_, letters)) => format!("{name} ({letters})"),
            None => name,
        };
        let name = name.replace(['\\', '/', '&', '<', '>'], "-");
        let team = match entry {
            Entry::Seat(seat) if org.pagerduty.as_ref().is_some_and(|it| it.teams) => {
                Some(org.rotation(seat.rotation).key.clone())
            }
            _ => None,
        };
        let policy = Policy { key: key.clone(), name, rules, loops: repeats.min(MOST_LOOPS), team };
        self.all.insert(key.clone(), policy);
        key
    }

    fn note(&mut self, about: &str, text: &str) {
        self.notes.push(Note { about: about.to_owned(), text: text.to_owned() });
    }
}
