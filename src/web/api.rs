//! The interface for programs: the documents of `--format json`, over HTTP.

use chrono::Days;

use crate::alerts::{Alerts, Piece};
use crate::calendar::Bill;
use crate::check;
use crate::escalation::{Replaying, ask};
use crate::export::{Reader, Sent, json};
use crate::org::nearest;
use crate::time::{Instant, Span, parse_days};
use crate::web::ask::{few_enough, instant, person, question, seats, span, unknown, zone};
use crate::web::request::{Parameters, Request};
use crate::web::response::{JSON, Problem, Response};
use crate::web::site::Site;

/// Of so many stretches that could not be read is told what is wrong with them.
const MOST_UNREAD: usize = 100;
/// How far ahead findings are looked for, if nobody says.
pub(super) const HORIZON: &str = "90d";
/// And at most.
pub(super) const MOST_HORIZON_DAYS: u64 = 366;

/// A question of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Endpoint {
    /// Everybody on call.
    Now,
    /// Whom to page, then whom, and why.
    Who,
    /// Calendars.
    Shifts,
    /// All rotations.
    Rotations,
    /// One of them.
    Rotation(String),
    /// Everybody.
    People,
    /// One of them.
    Person(String),
    /// What becomes of alerts.
    Route,
    /// Mistakes and findings.
    Check,
    /// What all this is, for programs.
    OpenApi,
}

impl Endpoint {
    /// The parameters that it knows: those that may stand once, and those that may be repeated.
    pub(super) fn parameters(&self) -> (&'static [&'static str], &'static [&'static str]) {
        match self {
            Endpoint::Now | Endpoint::People | Endpoint::Person(_) | Endpoint::Route => (&["at", "zone"], &[]),
            Endpoint::Who => (&["name", "at", "zone"], &["tag"]),
            Endpoint::Shifts => (&["from", "until", "zone"], &["rotation", "person"]),
            Endpoint::Check => (&["horizon", "at", "zone"], &[]),
            Endpoint::Rotations | Endpoint::Rotation(_) | Endpoint::OpenApi => (&[], &[]),
        }
    }
}

/// The answer to a program.
pub(super) fn answer(site: &Site, endpoint: &Endpoint, request: &Request, now: Instant) -> Result<Response, Problem> {
    let parameters = request.parameters().map_err(Problem::bad)?;
    known(endpoint, &parameters)?;
    let org = &site.state.org;
    let zone = parameters.one("zone").map_or_else(|| Ok(site.zone().clone()), zone)?;
    let mut reader = Reader { zone, now, width: 100 };
    if let Some(at) = parameters.one("at") {
        reader.now = instant(at, &reader)?;
    }
    let at = reader.now;
    Ok(match endpoint {
        Endpoint::Now => document(&json::now(org, at, &reader)?),
        Endpoint::Who => {
            if let Some(it) = parameters.all("tag").into_iter().find(|it| !it.contains('=')) {
                return Err(Problem::bad(format!("`{it}` is no tag"))
                    .hint(format!("tag=service={it}; a name is asked about with name={it}")));
            }
            let words = parameters.one("name").into_iter().chain(parameters.all("tag"));
            let question = question(words)?;
            if question.name.is_none() && question.tags.is_empty() {
                return Err(Problem::bad("nothing is asked about")
                    .hint("name=search-api, or what the alert carries: tag=service=search-api, once a tag"));
            }
            let subject = question.subject(org).map_err(|error| unknown(&error))?;
            let answer = ask(org, subject, &question.tags, at)?;
            document(&json::who(org, &answer, &reader)?)
        }
        Endpoint::Shifts => {
            let span = span(parameters.one("from"), parameters.one("until"), &reader)?;
            let mut asked = Vec::new();
            for name in parameters.all("rotation") {
                asked.extend(seats(org, name)?);
            }
            if asked.is_empty() {
                asked.extend(org.seats());
            }
            asked.sort_unstable();
            asked.dedup();
            let mut people = Vec::new();
            for name in parameters.all("person") {
                people.push(person(org, name)?);
            }
            document(&json::show(&few_enough(Bill::new(org, &asked, &people, span)?)?, &reader))
        }
        Endpoint::Rotations => document(&json::rotation_list(org, &org.rotations)),
        Endpoint::Rotation(key) => {
            let rotation = org.rotation_named(key).map_or_else(|| Err(seats(org, key).err()), Ok);
            let rotation = rotation.map_err(|it| it.unwrap_or_else(|| Problem::missing("a seat is no rotation")))?;
            document(&json::rotation_list(org, [rotation]))
        }
        Endpoint::People => document(&json::person_list(org, &org.people, &reader)),
        Endpoint::Person(key) => document(&json::person_list(org, [org.person(person(org, key)?)], &reader)),
        Endpoint::Route => route(site, request, &reader)?,
        Endpoint::Check => {
            let horizon = horizon(parameters.one("horizon").unwrap_or(HORIZON), &reader)?;
            let key = format!("check {} {} {}", horizon.start().unix(), horizon.end().unix(), reader.zone);
            let answer = site.slow(&key, || {
                let findings = check::findings(org, horizon, &reader.zone)?;
                let state = &site.state;
                let view = json::check(&state.warnings, &findings, &state.files, Some(org), &reader.zone);
                Ok::<_, Problem>(document(&view))
            })?;
            Response::clone(&answer)
        }
        Endpoint::OpenApi => Response::of(JSON, super::openapi::document(site.options.url.as_deref())),
    })
}

/// On one line: what goes over a wire is read by programs.
fn document(view: &impl serde::Serialize) -> Response {
    let mut text = serde_json::to_vec(view).expect("a view is plain data");
    text.push(b'\n');
    Response::of(JSON, text)
}

/// Every parameter is one that counts, and says something.
fn known(endpoint: &Endpoint, parameters: &Parameters) -> Result<(), Problem> {
    let (once, repeated) = endpoint.parameters();
    for name in parameters.names() {
        if once.contains(&name) || repeated.contains(&name) {
            continue;
        }
        let problem = Problem::bad(format!("no such parameter: `{name}`"));
        let all = once.iter().chain(repeated).copied();
        return Err(match nearest(name, all.clone()).first() {
            Some(near) => problem.hint(format!("did you mean `{near}`?")),
            None if once.is_empty() => problem.hint("this question has none"),
            None => problem.hint(format!("it has {}", all.collect::<Vec<_>>().join(", "))),
        });
    }
    for name in once {
        if parameters.names().filter(|it| it == name).count() > 1 {
            return Err(Problem::bad(format!("`{name}` is given twice")));
        }
    }
    for name in once.iter().chain(repeated) {
        if parameters.names().filter(|it| it == name).count() != parameters.all(name).len() {
            return Err(Problem::bad(format!("`{name}` is empty")).hint("leave it out"));
        }
    }
    Ok(())
}

/// Findings are looked for from the full hour on, so that all who ask within it share an answer.
pub(super) fn horizon(text: &str, reader: &Reader) -> Result<Span, Problem> {
    let days = parse_days(text).filter(|it| *it <= MOST_HORIZON_DAYS).ok_or_else(|| {
        Problem::bad(format!("not a number of days: `{text}`"))
            .hint(format!("from 1d to {MOST_HORIZON_DAYS}d, or weeks: 12w"))
    })?;
    let from = Instant::from_unix(reader.now.unix().div_euclid(3600) * 3600);
    let until = reader.zone.civil(from).checked_add_days(Days::new(days)).map(|it| reader.zone.resolve(it));
    until.and_then(|it| Span::new(from, it)).ok_or_else(|| Problem::bad("there is no time left after that instant"))
}

fn route(site: &Site, request: &Request, reader: &Reader) -> Result<Response, Problem> {
    if let Some(it) = request.content_encoding.as_deref().filter(|it| !it.eq_ignore_ascii_case("identity")) {
        return Err(Problem::new(415, "encoded", format!("the alerts come as `{it}`")).hint("send them as they are"));
    }
    let kind = request.content_type.as_deref().unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if !["application/json", "application/x-ndjson"].contains(&kind.as_str()) {
        return Err(Problem::new(415, "not-json", "alerts come as JSON")
            .hint("Content-Type: application/json, or application/x-ndjson"));
    }
    let org = &site.state.org;
    if org.escalation.routes.is_empty() {
        return Err(Problem::missing("there are no routes to send alerts through"));
    }
    let mut alerts = Alerts::new(request.body.as_slice());
    let mut replaying = Replaying::new(org);
    let (mut resolved, mut skipped, mut unread) = (0, 0, Vec::new());
    while let Some(piece) = alerts.next().map_err(Problem::bad)? {
        match piece {
            Piece::Unread(it) => {
                skipped += 1;
                if unread.len() < MOST_UNREAD {
                    unread.push(it);
                }
            }
            Piece::Alert(alert) if alert.resolved => resolved += 1,
            Piece::Alert(alert) => replaying.add(&alert.tags, alert.opened.unwrap_or(reader.now))?,
        }
    }
    if replaying.alerts() == 0 && resolved == 0 {
        let problem = Problem::bad(match unread.first() {
            Some(it) => format!("line {}: {}", it.first, it.why),
            None => "no alert was sent".to_owned(),
        });
        return Err(problem.hint("a table of tags, an Alertmanager webhook's body, or a list of either"));
    }
    let sent = Sent { replay: replaying.finish(), at: reader.now, resolved, skipped, unread };
    Ok(document(&json::replay(&sent, reader)))
}
