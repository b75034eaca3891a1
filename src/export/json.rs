//! For programs: one view type a contract, each with a schema in `schemas/`.
//!
//! Every document carries `version`, which changes when a field goes or changes its meaning, and `kind`. Instants
//! are RFC 3339 on the reader's clock; lengths of time are in seconds.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::calendar::{SeatShifts, Shift, State, Why, gaps, outlook};
use crate::check::Finding;
use crate::config::{Diagnostic, Files, Severity};
use crate::escalation::{
    Answer, Duty, DutyOf, Empty, End, Ladder, Matched, Outcome, Paged, Rung, Stop, Subject, TestResult, Via, Way,
};
use crate::export::Reader;
use crate::org::{Node, Org, PersonId, SeatId};
use crate::time::{Exhausted, Instant, Span, rfc3339};

/// The version of all documents.
pub const VERSION: u32 = 1;

/// Declares view types: plain data, serialised as it stands.
macro_rules! views {
    ($( $(#[$meta:meta])* struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $ty:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Serialize)]
        #[cfg_attr(test, derive(schemars::JsonSchema), schemars(deny_unknown_fields))]
        pub struct $name { $( $(#[$field_meta])* pub $field: $ty, )* }
    )* };
}

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
        /// Of an empty seat: "gap", "vacant" or "off".
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
        /// Until when the person holds the seat without a break; absent by name, or if not within a year.
        until: Option<String>,
        /// Who is next.
        next: Option<NextView>,
        /// Why the person holds the seat; absent by name.
        why: Option<WhyView>,
    }

    /// Who is next, and from when.
    struct NextView {
        /// Their keys.
        people: Vec<String>,
        /// From when.
        at: String,
    }

    /// Why a shift is so.
    struct WhyView {
        /// "turn" or "override".
        kind: &'static str,
        /// Which layer or override of the file, from 1.
        row: u32,
        /// Which turn of the layer, from 1.
        turn: Option<u64>,
        /// Why, in the file's words.
        reason: Option<String>,
        /// File and line.
        source: String,
    }

    /// How a ladder ends.
    struct EndView {
        /// "person", "seat", "nobody" (said by the file) or "nobody-paged".
        kind: &'static str,
        /// When the last rung fires, from when the alert opened.
        after_seconds: u64,
    }

    /// `show --format json`: calendars.
    struct ShowView {
        /// Always 1.
        version: u32,
        /// Always "show".
        kind: &'static str,
        /// The first instant.
        from: String,
        /// The first instant after.
        until: String,
        /// On whose clock times are.
        zone: &'static str,
        /// By rotation and seat, each in order.
        shifts: Vec<ShiftView>,
        /// What is promised and held by nobody.
        gaps: Vec<GapView>,
    }

    /// A stretch in which somebody, or on purpose nobody, holds a seat.
    struct ShiftView {
        /// The rotation's id.
        rotation: String,
        /// "primary" or "secondary".
        seat: String,
        /// The first instant.
        start: String,
        /// The first instant after.
        end: String,
        /// The person's key; absent, the seat is vacant.
        person: Option<String>,
        /// The start of the whole turn within its hours, or of the whole override.
        planned_start: String,
        /// The end of it.
        planned_end: String,
        /// Why it is so.
        why: WhyView,
    }

    /// A gap.
    struct GapView {
        /// The rotation's id.
        rotation: String,
        /// "primary" or "secondary".
        seat: String,
        /// The first instant.
        start: String,
        /// The first instant after.
        end: String,
    }

    /// `now --format json`: everybody on call.
    struct NowView {
        /// Always 1.
        version: u32,
        /// Always "now".
        kind: &'static str,
        /// The instant.
        at: String,
        /// On whose clock times are.
        zone: &'static str,
        /// By rotation and seat.
        seats: Vec<SeatView>,
    }

    /// The state of a seat.
    struct SeatView {
        /// The rotation's id.
        rotation: String,
        /// "primary" or "secondary".
        seat: String,
        /// "held", "vacant", "gap" or "off".
        state: &'static str,
        /// Who holds it.
        people: Vec<String>,
        /// Until when, without a break; absent, not within a year.
        until: Option<String>,
        /// Who is next.
        next: Option<NextView>,
    }

    /// `answers --format json`: what a rotation or a person is paged for.
    struct AnswersView {
        /// Always 1.
        version: u32,
        /// Always "answers".
        kind: &'static str,
        /// "search" or "@ana".
        of: String,
        /// The seats by which they are reached.
        seats: Vec<String>,
        /// In the order of the routes, then of time.
        reaches: Vec<ReachView>,
    }

    /// One route that leads there.
    struct ReachView {
        /// The route.
        route: RouteView,
        /// Which rung, from 1.
        rung: usize,
        /// When, if everybody before was paged and did not answer.
        after_seconds: u64,
        /// Where it leads.
        node: String,
        /// What the escalations on the way ask of the tags.
        when: Vec<String>,
        /// The services of the file whose alerts take this route.
        services: Vec<String>,
    }

    /// `test --format json`: what came of the routing tests.
    struct TestView {
        /// Always 1.
        version: u32,
        /// Always "test".
        kind: &'static str,
        /// How many passed.
        passed: usize,
        /// How many failed.
        failed: usize,
        /// In the order of the file.
        tests: Vec<TestResultView>,
    }

    /// One routing test.
    struct TestResultView {
        /// Its name.
        name: Option<String>,
        /// File and line.
        source: String,
        /// What the alert carries.
        tags: BTreeMap<String, String>,
        /// When it opened.
        at: String,
        /// Where it must go.
        expect: Vec<Vec<String>>,
        /// Where it went.
        found: Vec<Vec<String>>,
        /// Whether these are the same.
        passed: bool,
    }

    /// `check --format json`: mistakes and findings.
    struct CheckView {
        /// Always 1.
        version: u32,
        /// Always "check".
        kind: &'static str,
        /// Mistakes in the files, in the order of the files.
        mistakes: Vec<MistakeView>,
        /// What is worth looking at in files without mistakes.
        findings: Vec<FindingView>,
    }

    /// A mistake in a file.
    struct MistakeView {
        /// "error" or "warning".
        severity: &'static str,
        /// The kind of mistake.
        code: String,
        /// What is wrong.
        message: String,
        /// The file.
        file: String,
        /// From 1; absent, the whole file.
        line: Option<usize>,
        /// From 1, in characters.
        column: Option<usize>,
        /// Cures.
        help: Vec<String>,
    }

    /// A finding.
    struct FindingView {
        /// The rule that found it.
        rule: String,
        /// What was found.
        message: String,
        /// What to do about it.
        cure: String,
        /// File and line.
        source: String,
    }
}

/// How instants are written.
struct Clock<'a>(&'a Reader);

impl Clock<'_> {
    fn at(&self, at: Instant) -> String {
        rfc3339(at, &self.0.zone)
    }
}

/// A document as text, indented, with a newline at its end.
pub fn print(view: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(view).expect("a view is plain data");
    text + "\n"
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

fn route(path: &[&crate::org::Route]) -> RouteView {
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
        until: outlook.as_ref().and_then(|it| it.until).map(|it| clock.at(it)),
        next: outlook.and_then(|it| it.next).map(|it| next(org, it, clock)),
        why: seat.map(|(seat, shift)| why(org, seat, shift.why)),
    })
}

fn keys(org: &Org, people: &[PersonId]) -> Vec<String> {
    people.iter().map(|it| org.person(*it).key.clone()).collect()
}

fn next(org: &Org, (people, at): (Vec<PersonId>, Instant), clock: &Clock<'_>) -> NextView {
    NextView { people: keys(org, &people), at: clock.at(at) }
}

fn why(org: &Org, seat: SeatId, why: Why) -> WhyView {
    let source = why.source(org, seat).map(ToString::to_string).unwrap_or_default();
    match why {
        Why::Turn { layer, number } => {
            WhyView { kind: "turn", row: layer + 1, turn: Some(number + 1), reason: None, source }
        }
        Why::Override { index } => {
            let reason = org.rotation(seat.rotation).overrides[index as usize].reason.clone();
            WhyView { kind: "override", row: index + 1, turn: None, reason, source }
        }
    }
}

/// The view of calendars over a span.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn show(org: &Org, bill: &[SeatShifts], span: Span, reader: &Reader) -> Result<ShowView, Exhausted> {
    let clock = Clock(reader);
    let mut shifts = Vec::new();
    let mut all_gaps = Vec::new();
    for SeatShifts { seat, shifts: held } in bill {
        shifts.extend(held.iter().map(|it| shift(org, *seat, it, &clock)));
        all_gaps.extend(gaps(org, *seat, span)?.into_iter().map(|gap| GapView {
            rotation: org.rotation(seat.rotation).key.clone(),
            seat: seat.seat.to_string(),
            start: clock.at(gap.start()),
            end: clock.at(gap.end()),
        }));
    }
    Ok(ShowView {
        version: VERSION,
        kind: "show",
        from: clock.at(span.start()),
        until: clock.at(span.end()),
        zone: reader.zone.name(),
        shifts,
        gaps: all_gaps,
    })
}

fn shift(org: &Org, seat: SeatId, shift: &Shift, clock: &Clock<'_>) -> ShiftView {
    ShiftView {
        rotation: org.rotation(seat.rotation).key.clone(),
        seat: seat.seat.to_string(),
        start: clock.at(shift.span.start()),
        end: clock.at(shift.span.end()),
        person: shift.holder.person().map(|it| org.person(it).key.clone()),
        planned_start: clock.at(shift.planned.start()),
        planned_end: clock.at(shift.planned.end()),
        why: why(org, seat, shift.why),
    }
}

/// The view of all seats at an instant.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn now(org: &Org, at: Instant, reader: &Reader) -> Result<NowView, Exhausted> {
    let clock = Clock(reader);
    let mut seats = Vec::new();
    for seat in org.seats() {
        let outlook = outlook(org, seat, at)?;
        let (state, people) = match &outlook.state {
            State::Held(people) => ("held", people.iter().map(|(it, _)| *it).collect()),
            State::Vacant(_) => ("vacant", Vec::new()),
            State::Gap => ("gap", Vec::new()),
            State::Off => ("off", Vec::new()),
        };
        seats.push(SeatView {
            rotation: org.rotation(seat.rotation).key.clone(),
            seat: seat.seat.to_string(),
            state,
            people: keys(org, &people),
            until: outlook.until.map(|it| clock.at(it)),
            next: outlook.next.map(|it| next(org, it, &clock)),
        });
    }
    Ok(NowView { version: VERSION, kind: "now", at: clock.at(at), zone: reader.zone.name(), seats })
}

/// The view of what somebody is paged for.
pub fn answers(org: &Org, duty: &Duty<'_>) -> AnswersView {
    AnswersView {
        version: VERSION,
        kind: "answers",
        of: match duty.of {
            DutyOf::Rotation(rotation) => rotation.key.clone(),
            DutyOf::Person(person) => format!("@{}", person.key),
        },
        seats: duty.seats.iter().map(|it| org.seat_name(*it)).collect(),
        reaches: duty
            .reaches
            .iter()
            .map(|it| ReachView {
                route: route(&it.route),
                rung: it.rung,
                after_seconds: it.after.as_secs(),
                node: org.node_name(it.node),
                when: it.when.iter().map(ToString::to_string).collect(),
                services: it.services.iter().map(|it| it.key.clone()).collect(),
            })
            .collect(),
    }
}

/// The view of routing tests.
pub fn tests(results: &[TestResult<'_>], reader: &Reader) -> TestView {
    let clock = Clock(reader);
    let passed = results.iter().filter(|it| it.passed()).count();
    TestView {
        version: VERSION,
        kind: "test",
        passed,
        failed: results.len() - passed,
        tests: results
            .iter()
            .map(|it| TestResultView {
                name: it.test.name.clone(),
                source: it.test.source.to_string(),
                tags: it.test.tags.clone(),
                at: clock.at(it.at),
                expect: it.test.expect.clone(),
                found: it.found.clone(),
                passed: it.passed(),
            })
            .collect(),
    }
}

/// The view of mistakes and findings.
pub fn check(mistakes: &[Diagnostic], findings: &[Finding], files: &Files) -> CheckView {
    CheckView {
        version: VERSION,
        kind: "check",
        mistakes: mistakes.iter().map(|it| mistake(it, files)).collect(),
        findings: findings
            .iter()
            .map(|it| FindingView {
                rule: it.rule.to_owned(),
                message: it.message.clone(),
                cure: it.cure.clone(),
                source: it.source.to_string(),
            })
            .collect(),
    }
}

fn mistake(diagnostic: &Diagnostic, files: &Files) -> MistakeView {
    let text = files.text(&diagnostic.file).unwrap_or("");
    let before = diagnostic.span.as_ref().and_then(|it| text.get(..it.start));
    MistakeView {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: diagnostic.code.to_owned(),
        message: diagnostic.message.clone(),
        file: files.display(&diagnostic.file),
        line: before.map(|it| it.matches('\n').count() + 1),
        column: before.map(|it| it.chars().rev().take_while(|it| *it != '\n').count() + 1),
        help: diagnostic.help.clone(),
    }
}
