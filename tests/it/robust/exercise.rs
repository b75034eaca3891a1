//! Everything that can be asked of files, whatever is in them: nothing of it may panic.
//!
//! Shared by the tests beside it and by `fuzz/`.

use std::time::Duration;

use dogwatch::calendar::{self, Bill};
use dogwatch::check;
use dogwatch::config::{self, Files, Severity};
use dogwatch::escalation::{Subject, answers, ask, graph, run_tests};
use dogwatch::export::graph::{self as pictures, Shown, dot, layout, mermaid};
use dogwatch::export::{By, Reader, csv, html, ical, json, markdown, svg, text};
use dogwatch::org::{Org, Pattern, Tags};
use dogwatch::time::{
    Exhausted, Hours, Instant, Recurrence, Span, Window, Zone, duration, parse_clock, parse_duration, parse_instant,
};

/// Days that are looked at.
const DAYS: u64 = 60;

/// Reads files, shows what is wrong with them, and, if nothing is, asks them everything at `at`. Gives whether they mean
/// something.
///
/// # Panics
///
/// Where there is something to mend.
pub fn exercise(files: &Files, at: Instant) -> bool {
    let (org, diagnostics) = config::read(files);
    let errors = diagnostics.iter().any(|it| it.severity == Severity::Error);
    assert_eq!(org.is_none(), errors, "files mean something just when there is no error");
    for it in &diagnostics {
        assert!(!it.message.is_empty() && !it.help.is_empty(), "{} has no words, or no cure", it.code);
        let text = files.text(&it.file).unwrap_or("");
        let inside = it.span.as_ref().is_none_or(|span| span.start <= span.end && span.end <= text.len());
        assert!(inside, "{} stands at {:?} of {} bytes", it.code, it.span, text.len());
    }
    let plain = config::render(&diagnostics, files, false);
    assert_eq!(plain.is_empty(), diagnostics.is_empty());
    let _ = config::render(&diagnostics, files, true);
    let _ = json::print(&json::check(&diagnostics, &[], files, None, &Zone::utc()));
    if let Some(org) = &org {
        // A rule that reaches its bound is an answer as well.
        let _ = ask_everything(org, files, at);
    }
    org.is_some()
}

fn ask_everything(org: &Org, files: &Files, at: Instant) -> Result<(), Exhausted> {
    let reader = Reader { zone: org.zone.clone(), now: at, width: 100 };
    if let Some(span) = Span::new(at, at + Duration::from_secs(DAYS * 24 * 3600)) {
        for seat in org.seats() {
            let shifts = calendar::shifts(org, seat, span)?;
            assert!(shifts.iter().all(|it| span.start() <= it.span.start() && it.span.end() <= span.end()));
            assert!(shifts.is_sorted_by_key(|it| it.span.start()));
            let held: Vec<_> = shifts.iter().filter(|it| it.span.contains(at)).map(|it| it.holder).collect();
            let holders: Vec<_> = calendar::holders(org, seat, at)?.into_iter().map(|(holder, _)| holder).collect();
            assert_eq!(sorted(held), sorted(holders), "who holds {} at {at}", org.seat_name(seat));
            let _ = calendar::gaps(org, seat, span)?;
            let _ = calendar::outlook(org, seat, at)?;
        }
        let seats: Vec<_> = org.seats().collect();
        let somebody: Vec<_> = org.people.iter().take(1).map(|it| it.id).collect();
        for people in [&[][..], &somebody] {
            let bill = Bill::new(org, &seats, people, span)?;
            let _ = text::timeline_by_rotation(&bill, &reader);
            let _ = text::timeline_by_person(&bill, &reader);
            let _ = text::agenda(&bill, &reader);
            let _ = text::table(&bill, &reader);
            let _ = json::print(&json::show(&bill, &reader));
            let _ = csv(&bill, &reader);
            let _ = ical(&bill, &reader, None)?;
            for by in [By::Rotation, By::Person] {
                let _ = svg(&bill, by, &reader);
                let _ = html::calendar(&bill, by, &reader);
            }
        }
    }
    let _ = text::now(org, at, &reader)?;
    let _ = json::print(&json::now(org, at, &reader)?);
    let services = org.services.iter().map(Subject::Service);
    let seats = org.seats().map(Subject::Seat);
    let people = org.people.iter().take(2).map(Subject::Person);
    for subject in services.chain(seats).chain(people).chain([Subject::Tags]) {
        let answer = ask(org, subject, &Tags::new(), at)?;
        let _ = text::who(org, &answer, &reader)?;
        let _ = json::print(&json::who(org, &answer, &reader)?);
    }
    let shown = Shown { org, reader: &reader, most_routes: 2 };
    let person = org.people.first().map(Subject::Person);
    for subject in [None, Some(Subject::Tags), org.seats().last().map(Subject::Seat), person] {
        let answer = subject.map(|it| ask(org, it, &Tags::new(), at)).transpose()?;
        let whole = graph(org, at, answer.as_ref(), true)?;
        for graph in [whole.clone(), whole.only()] {
            let _ = text::graph(&graph, answer.as_ref(), &shown);
            let _ = (dot(&graph, &shown), mermaid(&graph, &shown), json::print(&json::graph(&graph, &shown)));
            if let Ok(layout) = layout(&graph, &shown) {
                let _ = pictures::svg(&graph, &layout, answer.as_ref(), &shown);
            }
        }
    }
    for rotation in &org.rotations {
        if let Ok(duty) = answers(org, &rotation.key, at) {
            let _ = text::answers(org, &duty, at, &reader);
            let _ = json::print(&json::answers(org, &duty, at, &reader));
        }
    }
    let results = run_tests(org, at)?;
    let _ = text::tests(&results, &reader);
    let _ = json::print(&json::tests(&results, &reader));
    if let Some(horizon) = Span::new(at, at + Duration::from_secs(DAYS * 24 * 3600)) {
        let findings = check::findings(org, horizon, &reader.zone)?;
        let _ = text::findings(&findings);
        let _ = markdown::check(&[], &findings, files, "rotations");
        let _ = json::print(&json::check(&[], &findings, files, Some(org), &reader.zone));
    }
    Ok(())
}

fn sorted<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}

/// Reads one text in every way that a text of a file or of the command line is read.
///
/// # Panics
///
/// Where there is something to mend.
pub fn exercise_text(text: &str, zone: &Zone, at: Instant) {
    let two_years = Span::new(at, at + Duration::from_secs(2 * 366 * 24 * 3600));
    if let (Ok(window), Some(span)) = (Window::parse(text), two_years) {
        let hours = Hours::new(zone, &[window], |_| [zone.day(at)].into());
        for within in hours.within(span).iter().take(10) {
            assert!(hours.contains(within.start()), "{text} does not hold at {}", within.start());
        }
    }
    if let Ok(rule) = Recurrence::parse(text) {
        let again = Recurrence::parse(&rule.to_string()).expect("a rule reads what it prints");
        assert_eq!(again, rule);
        let start = zone.civil(at);
        if let (Ok(times), Some(span)) = (rule.expand(start, start + chrono_days(730)), two_years) {
            assert!(times.is_sorted() && times.iter().all(|it| *it >= start), "{text} from {start}");
            let _ = rule.first(start, zone.civil(span.end()), 10);
        }
    }
    if let Ok(pattern) = Pattern::parse(text) {
        let _ = pattern.matches("mysql-main");
        let _ = pattern.matches("");
        let _ = pattern.matches(text);
    }
    if let Ok(at) = parse_instant(text, zone) {
        assert_eq!(parse_instant(&at.to_string(), zone), Ok(at));
    }
    if let Ok(length) = parse_duration(text) {
        assert_eq!(parse_duration(&duration(length)), Ok(length));
    }
    let _ = parse_clock(text);
    let _ = Zone::named(text);
    let files = [("org.toml", "zone = 'UTC'\nholidays = { us = 'us.ics' }"), ("us.ics", text)];
    let _ = config::read(&files.into_iter().collect());
}

fn chrono_days(days: i64) -> chrono::TimeDelta {
    chrono::TimeDelta::days(days)
}
