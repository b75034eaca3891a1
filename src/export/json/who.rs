//! `who`: whom to page, then whom, and why.

use std::collections::BTreeMap;

use crate::calendar::outlook;
use crate::escalation::{Answer, Empty, End, Ladder, Matched, Outcome, Paged, Rung, Stop, Subject, Via, Way};
use crate::export::Reader;
use crate::export::json::{Clock, NextView, VERSION, WhyView, next, views, why};
use crate::org::{Node, Org, Route};
use crate::time::{Exhausted, Instant, rfc3339};

views! {
    /// `who --format json`: whom to page, then whom, and why.
    struct WhoView {
        /// Always 1.
        version: u32,
        /// Always "who".
        kind: &'static str,
        /// When the alert opens.
        at: String,
        /// On whose clock times are.
        zone: &'static str,
        /// What was asked about.
        subject: SubjectView,
        /// What the alert carries.
        tags: BTreeMap<String, String>,
        /// A service of the file that brings more tags than were given.
        knows_more: Option<String>,
        /// Whether anybody is paged at all.
        pages_somebody: bool,
        /// One a matched route, in order.
        ways: Vec<WayView>,
    }

    /// What a question is about.
    struct SubjectView {
        /// "service", "tags", "seat" or "person".
        kind: &'static str,
        /// Its name, as it is written in the files.
        name: Option<String>,
    }

    /// One way that an alert takes.
    struct WayView {
        /// The route; absent, if a seat or a person was asked for.
        route: Option<RouteView>,
        /// The channel that is informed instead of anybody being paged.
        notify: Option<String>,
        /// Climb after climb; empty if a channel is informed.
        climbs: Vec<ClimbView>,
        /// How it ends; absent if a channel is informed.
        end: Option<EndView>,
    }

    /// A route that matched.
    struct RouteView {
        /// Its place in the file, counted through all subtrees from 1.
        id: u32,
        /// Its name for people.
        label: Option<String>,
        /// What the routes on the way ask of the tags, outermost first.
        path: Vec<String>,
        /// Whether later siblings are tried as well.
        goes_on: bool,
        /// File and line.
        source: String,
    }

    /// Once from the first rung to the last.
    struct ClimbView {
        /// In order of time.
        rungs: Vec<RungView>,
    }

    /// What happens at one moment of a climb.
    struct RungView {
        /// From when the alert opened.
        after_seconds: u64,
        /// From the start of the climb, if no rung before had been empty.
        planned_seconds: u64,
        /// The instant.
        at: String,
        /// What is tried.
        stops: Vec<StopView>,
    }

    /// One node on a rung.
    struct StopView {
        /// As it is written: "storage-ops.secondary", "@vera", "@nobody".
        node: String,
        /// What the escalation that leads here asks of the tags.
        because: Vec<String>,
        /// File and line of that escalation; absent at the entry.
        source: Option<String>,
        /// "pages", "empty", "just-paged" or "ends".
        outcome: &'static str,
        /// Of an empty seat: "gap", "vacant", "off" or "not-begun".
        empty: Option<&'static str>,
        /// Who is paged, or was just paged.
        people: Vec<PagedView>,
    }

    /// Somebody on a rung.
    struct PagedView {
        /// The key in `people.toml`.
        person: String,
        /// As people say it.
        name: String,
        /// To be written to.
        email: Option<String>,
        /// To be called at.
        phone: Option<String>,
        /// To be chatted with.
        chat: Option<String>,
        /// Where the person sleeps.
        zone: &'static str,
        /// The instant of the rung on the person's clock.
        local_time: String,
        /// Until when the person is away, if they are.
        away_until: Option<String>,
        /// Until when the person holds the seat without a break; absent by name, or if not within a year.
        until: Option<String>,
        /// Who is next.
        next: Option<NextView>,
        /// Why the person holds the seat; absent by name.
        why: Option<WhyView>,
    }

    /// How a ladder ends.
    struct EndView {
        /// "person", "seat", "nobody" (said by the file) or "nobody-paged".
        kind: &'static str,
        /// When the last rung fires, from when the alert opened.
        after_seconds: u64,
    }
}

/// The view of an answer.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn who(org: &Org, answer: &Answer<'_>, reader: &Reader) -> Result<WhoView, Exhausted> {
    let clock = Clock(reader);
    let (kind, name) = match answer.subject {
        Subject::Service(service) => ("service", Some(service.key.clone())),
        Subject::Tags => ("tags", None),
        Subject::Seat(seat) => ("seat", Some(org.seat_name(seat))),
        Subject::Person(person) => ("person", Some(format!("@{}", person.key))),
    };
    let mut ways = Vec::new();
    for it in &answer.ways {
        ways.push(way(org, it, &clock)?);
    }
    Ok(WhoView {
        version: VERSION,
        kind: "who",
        at: clock.at(answer.at),
        zone: reader.zone.name(),
        subject: SubjectView { kind, name },
        tags: answer.tags.clone(),
        knows_more: answer.knows_more.map(|it| it.key.clone()),
        pages_somebody: answer.pages_somebody(),
        ways,
    })
}

fn way(org: &Org, way: &Way<'_>, clock: &Clock<'_>) -> Result<WayView, Exhausted> {
    match way {
        Way::Notify(matched, channel) => Ok(WayView {
            route: Some(matched_route(matched)),
            notify: Some((*channel).to_owned()),
            climbs: Vec::new(),
            end: None,
        }),
        Way::Page(matched, ladder) => {
            let mut climbs = Vec::new();
            for climb in &ladder.climbs {
                let rungs: Result<Vec<RungView>, Exhausted> =
                    climb.rungs.iter().map(|it| rung(org, it, clock)).collect();
                climbs.push(ClimbView { rungs: rungs? });
            }
            Ok(WayView { route: matched.as_ref().map(matched_route), notify: None, climbs, end: Some(end(ladder)) })
        }
    }
}

fn matched_route(matched: &Matched<'_>) -> RouteView {
    route(&matched.path)
}

pub(super) fn route(path: &[&Route]) -> RouteView {
    let route = path[path.len() - 1];
    RouteView {
        id: route.id.0,
        label: route.label.clone(),
        path: path.iter().map(|it| it.matcher.to_string()).collect(),
        goes_on: route.goes_on,
        source: route.source.to_string(),
    }
}

fn end(ladder: &Ladder) -> EndView {
    let kind = match ladder.end {
        End::Person(_) => "person",
        End::Seat(_) => "seat",
        End::Nobody(_) => "nobody",
        End::NobodyPaged => "nobody-paged",
    };
    EndView { kind, after_seconds: ladder.end.after().as_secs() }
}

fn rung(org: &Org, rung: &Rung, clock: &Clock<'_>) -> Result<RungView, Exhausted> {
    let stops: Result<Vec<StopView>, Exhausted> = rung.stops.iter().map(|it| stop(org, it, rung.at, clock)).collect();
    Ok(RungView {
        after_seconds: rung.after.as_secs(),
        planned_seconds: rung.planned.as_secs(),
        at: clock.at(rung.at),
        stops: stops?,
    })
}

fn stop(org: &Org, stop: &Stop, at: Instant, clock: &Clock<'_>) -> Result<StopView, Exhausted> {
    let edge = match stop.via {
        Via::Entry => None,
        Via::Edge(index) => org.escalation.edges.get(index as usize),
    };
    let (outcome, empty, people) = match &stop.outcome {
        Outcome::Pages(people) => ("pages", None, people.clone()),
        Outcome::Empty(Empty::Gap) => ("empty", Some("gap"), Vec::new()),
        Outcome::Empty(Empty::Vacant) => ("empty", Some("vacant"), Vec::new()),
        Outcome::Empty(Empty::Off) => ("empty", Some("off"), Vec::new()),
        Outcome::Empty(Empty::NotBegun) => ("empty", Some("not-begun"), Vec::new()),
        Outcome::JustPaged(people) => {
            ("just-paged", None, people.iter().map(|it| Paged { person: *it, shift: None }).collect())
        }
        Outcome::Ends => ("ends", None, Vec::new()),
    };
    let people: Result<Vec<PagedView>, Exhausted> = people.iter().map(|it| paged(org, stop, it, at, clock)).collect();
    Ok(StopView {
        node: org.node_name(stop.node),
        because: edge.iter().flat_map(|it| &it.when).map(ToString::to_string).collect(),
        source: edge.map(|it| it.source.to_string()),
        outcome,
        empty,
        people: people?,
    })
}

fn paged(org: &Org, stop: &Stop, paged: &Paged, at: Instant, clock: &Clock<'_>) -> Result<PagedView, Exhausted> {
    let person = org.person(paged.person);
    let seat = match (stop.node, paged.shift) {
        (Node::Seat(seat), Some(shift)) => Some((seat, shift)),
        _ => None,
    };
    let outlook = seat.map(|(seat, _)| outlook(org, seat, at)).transpose()?;
    Ok(PagedView {
        person: person.key.clone(),
        name: person.name.clone(),
        email: person.email.clone(),
        phone: person.phone.clone(),
        chat: person.chat.clone(),
        zone: person.zone.name(),
        local_time: rfc3339(at, &person.zone),
        away_until: person.off.iter().find(|it| it.span.contains(at)).map(|it| clock.at(it.span.end())),
        until: outlook.as_ref().and_then(|it| it.until).map(|it| clock.at(it)),
        next: outlook.and_then(|it| it.next).map(|it| next(org, it, clock)),
        why: seat.map(|(seat, shift)| why(org, seat, shift.why)),
    })
}
