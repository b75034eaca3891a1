//! Whom do I page for this, and then whom, and why?

use crate::escalation::{Ladder, Matched, ladder, matching};
use crate::org::{Entry, Org, Person, RouteTarget, SeatId, Service, Tags, nearest};
use crate::time::{Exhausted, Instant};

/// What somebody asks about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Question {
    /// A service, a rotation or seat, or `@person`.
    pub name: Option<String>,
    /// Tags of the alert; they replace those that the service brings.
    pub tags: Tags,
}

/// What a question is about, once names are known.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A service of `services.toml`.
    Service(&'a Service),
    /// Only tags.
    Tags,
    /// A seat, without any route.
    Seat(SeatId),
    /// A person, without any route.
    Person(&'a Person),
}

/// Nothing of that name is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no service, rotation or person is called `{name}`")]
pub struct Unknown {
    /// As it was asked for.
    pub name: String,
    /// What may have been meant, nearest first.
    pub nearest: Vec<String>,
}

/// The answer: all ladders, in order.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// What it is about.
    pub subject: Subject<'a>,
    /// What the alert carries.
    pub tags: Tags,
    /// When it opens.
    pub at: Instant,
    /// One a matched route, or the only one of a seat or a person.
    pub ways: Vec<Way<'a>>,
    /// A service of the file that was asked for by tag alone, and brings more tags than that.
    pub knows_more: Option<&'a Service>,
}

/// One way that an alert takes.
#[derive(Debug, Clone)]
pub enum Way<'a> {
    /// Up a ladder; without a route, if a seat or a person was asked for.
    Page(Option<Matched<'a>>, Ladder),
    /// Into a channel.
    Notify(Matched<'a>, &'a str),
}

impl<'a> Way<'a> {
    /// The route that it takes.
    pub fn matched(&self) -> Option<&Matched<'a>> {
        match self {
            Way::Page(matched, _) => matched.as_ref(),
            Way::Notify(matched, _) => Some(matched),
        }
    }
}

impl Answer<'_> {
    /// Whether anybody is paged at all.
    pub fn pages_somebody(&self) -> bool {
        self.ways.iter().any(|it| match it {
            Way::Page(_, ladder) => ladder.end != crate::escalation::End::NobodyPaged,
            Way::Notify(..) => false,
        })
    }

    /// What [`knows_more`](Answer::knows_more) would bring besides, as `TAG=VALUE`.
    pub fn known_besides(&self) -> Vec<String> {
        let tags = self.knows_more.iter().flat_map(|it| &it.tags).filter(|(tag, _)| !self.tags.contains_key(*tag));
        tags.map(|(tag, value)| format!("{tag}={value}")).collect()
    }

    /// The nodes of each way as a routing test writes them, in order.
    pub fn expectation(&self, org: &Org) -> Vec<Vec<String>> {
        let way = |way: &Way<'_>| match way {
            Way::Notify(_, channel) => vec![format!("notify:{channel}")],
            Way::Page(_, ladder) => {
                let rungs = ladder.climbs.first().map(|it| it.rungs.as_slice()).unwrap_or_default();
                rungs.iter().flat_map(|it| &it.stops).map(|it| org.node_name(it.node)).collect()
            }
        };
        self.ways.iter().map(way).collect()
    }
}

impl Question {
    /// The subject of a question by name: a service first, else a rotation or seat, else a person.
    ///
    /// # Errors
    ///
    /// [`Unknown`], with the nearest names.
    pub fn subject<'a>(&self, org: &'a Org) -> Result<Subject<'a>, Unknown> {
        let Some(name) = &self.name else { return Ok(Subject::Tags) };
        if let Some(service) = org.service_named(name) {
            return Ok(Subject::Service(service));
        }
        if let Some(seat) = org.seat_named(name) {
            return Ok(Subject::Seat(seat));
        }
        if let Some(person) = name.strip_prefix('@').and_then(|it| org.person_named(it)) {
            return Ok(Subject::Person(person));
        }
        Err(unknown(org, name))
    }
}

/// That no such name is known, with the nearest ones.
pub(super) fn unknown(org: &Org, name: &str) -> Unknown {
    let services = org.services.iter().map(|it| it.key.clone());
    let seats = org.seats().map(|it| org.seat_name(it)).filter(|it| name.contains('.') || !it.contains('.'));
    let people = org.people.iter().map(|it| format!("@{}", it.key));
    let names: Vec<String> = services.chain(seats).chain(people).collect();
    let person = format!("@{name}");
    let found = match names.contains(&person) {
        true => vec![person.as_str()],
        false => nearest(name, names.iter().map(String::as_str)),
    };
    Unknown { name: name.to_owned(), nearest: found.into_iter().map(str::to_owned).collect() }
}

/// Answers a question for an alert that opens at `at`.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn ask<'a>(org: &'a Org, subject: Subject<'a>, given: &Tags, at: Instant) -> Result<Answer<'a>, Exhausted> {
    let mut tags = match subject {
        Subject::Service(service) => service.tags.clone(),
        Subject::Tags | Subject::Seat(_) | Subject::Person(_) => Tags::new(),
    };
    tags.extend(given.iter().map(|(tag, value)| (tag.clone(), value.clone())));
    let entry = match subject {
        Subject::Service(_) | Subject::Tags => None,
        Subject::Seat(seat) => Some(Entry::Seat(seat)),
        Subject::Person(person) => Some(Entry::Person(person.id)),
    };
    let ways = match entry {
        Some(entry) => vec![Way::Page(None, ladder(org, entry, &tags, at)?)],
        None => {
            let mut ways = Vec::new();
            for matched in matching(org, &tags, at) {
                ways.push(match &matched.route().target {
                    RouteTarget::Page(entry) => {
                        let ladder = ladder(org, *entry, &tags, at)?;
                        Way::Page(Some(matched), ladder)
                    }
                    RouteTarget::Notify(channel) => Way::Notify(matched, channel),
                });
            }
            ways
        }
    };
    let knows_more = match subject {
        Subject::Tags => tags.get("service").and_then(|it| org.service_named(it)),
        Subject::Service(_) | Subject::Seat(_) | Subject::Person(_) => None,
    };
    let knows_more = knows_more.filter(|it| it.tags.iter().any(|(tag, _)| !tags.contains_key(tag)));
    Ok(Answer { subject, tags, at, ways, knows_more })
}
