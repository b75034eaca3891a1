//! One person: what they hold, what it weighs, what they are ready for, what they are paged for.

use std::sync::Arc;

use chrono::Days;

use crate::calendar::{Bill, Shift};
use crate::escalation::answers;
use crate::export::markup::escaped;
use crate::export::{By, ReadyOf, seat_title, text};
use crate::org::{Person, Seat, SeatId};
use crate::people::{self, Readiness};
use crate::time::{Hours, Instant, Span, Window, intersect, stamp, union};
use crate::web::ask::person;
use crate::web::pages::graph::lines;
use crate::web::pages::lanes::lanes;
use crate::web::pages::rotation::weeks;
use crate::web::pages::{Body, View, contacts, line, plain};
use crate::web::response::Problem;
use crate::web::secret::Feed;

/// How many days are drawn, and over how many the load is counted on either side of now.
const DAYS: u64 = 63;
const LOAD_DAYS: u64 = 84;
/// How far ahead shifts are listed, and how many of them.
const AHEAD_DAYS: u64 = 180;
const MOST_SHIFTS: usize = 12;

pub(super) fn page(view: &View<'_>, key: &str) -> Result<Body, Problem> {
    let org = view.org;
    let person = org.person(person(org, key)?);
    let mut body = Body { wide: true, ..Body::titled(&person.name) };
    let out = &mut body.main;
    line(
        out,
        format_args!(
            "<h1><bdi>{}</bdi> <small>@{} · {} there</small></h1>",
            escaped(&person.name),
            escaped(&person.key),
            escaped(&stamp(view.at, &person.zone))
        ),
    );
    line(out, format_args!("{}", contacts(person)));
    away(out, view, person);
    let seats: Vec<SeatId> = org.seats().collect();
    let ahead = Bill::new(org, &seats, &[person.id], weeks(view, AHEAD_DAYS)?)?;
    coming(out, view, &ahead);
    out.push_str("<h2>The weeks around</h2>\n");
    lanes(out, view, &ahead.within(weeks(view, DAYS)?), By::Rotation);
    load(out, view, person, &seats)?;
    ready(out, view, person)?;
    shadows(out, view, person);
    let name = format!("@{}", person.key);
    let duty = answers(org, &name, view.at).map_err(Problem::missing)?;
    line(
        out,
        format_args!(
            "<h2>What {} is paged for</h2>\n<pre class=\"table\" tabindex=\"0\">{}</pre>",
            escaped(&person.name),
            lines(
                plain(&text::answers(org, &duty, view.at, &view.reader_then()))
                    .split_once('\n')
                    .map_or("", |it| it.1)
                    .trim_start()
            )
        ),
    );
    out.push_str(&view.feed(&Feed::Person(person.key.clone())));
    Ok(body)
}

fn away(out: &mut String, view: &View<'_>, person: &Person) {
    let mut coming: Vec<_> = person.off.iter().filter(|it| it.span.end() > view.at).collect();
    coming.sort_by_key(|it| it.span.start());
    for it in coming.into_iter().take(6) {
        let note = it.note.as_ref().map(|it| format!(": {}", escaped(it))).unwrap_or_default();
        let now = if it.span.contains(view.at) { " class=\"bad\"" } else { "" };
        line(
            out,
            format_args!("<p{now}>Away {} to {}{note}</p>", view.moment(it.span.start()), view.moment(it.span.end())),
        );
    }
}

fn coming(out: &mut String, view: &View<'_>, ahead: &Bill<'_>) {
    let held = ahead.rows.iter().flat_map(|row| row.shifts.iter().map(|it| (row.seat, it)));
    let mut held: Vec<(SeatId, &Shift)> = held.filter(|(_, it)| it.span.end() > view.at).collect();
    held.sort_by_key(|(seat, it)| (it.span.start(), *seat));
    out.push_str("<h2>Shifts</h2>\n");
    if held.is_empty() {
        line(out, format_args!("<p>None within {AHEAD_DAYS} days.</p>"));
        return;
    }
    out.push_str("<ul class=\"shifts\">\n");
    for (seat, it) in held.iter().take(MOST_SHIFTS) {
        let now = it.span.contains(view.at);
        let class = if now { " class=\"now\"" } else { "" };
        let from = if now { "now".to_owned() } else { view.moment(it.span.start()) };
        line(
            out,
            format_args!(
                "<li{class}><a href=\"{}\">{}</a> <span>{from} until {}</span></li>",
                view.rotation_address(*seat),
                escaped(&seat_title(view.org, *seat)),
                view.moment(it.span.end())
            ),
        );
    }
    out.push_str("</ul>\n");
    if held.len() > MOST_SHIFTS {
        line(out, format_args!("<p class=\"hint\">and {} more within {AHEAD_DAYS} days</p>", held.len() - MOST_SHIFTS));
    }
}

/// Hours held over some weeks back and some ahead, and how many of them cost sleep or a weekend, by the person's clock.
fn load(out: &mut String, view: &View<'_>, person: &Person, seats: &[SeatId]) -> Result<(), Problem> {
    let org = view.org;
    let none = |_: Option<&str>| Arc::from([]);
    let sleep = Hours::new(&person.zone, &org.sleep, none);
    let weekend = Window::parse("Sat-Sun 00:00-24:00").map(|it| vec![it]).unwrap_or_default();
    let weekend = Hours::new(&person.zone, &weekend, none);
    out.push_str("<h2>Load</h2>\n<div class=\"scroll\" role=\"region\" aria-label=\"Load\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Over</th><th scope=\"col\" class=\"n\">Shifts</th><th scope=\"col\" class=\"n\">Primary</th><th scope=\"col\" class=\"n\">in sleep</th><th scope=\"col\" class=\"n\">on weekends</th><th scope=\"col\" class=\"n\">Secondary</th></tr></thead>\n<tbody>\n");
    let zone = view.zone();
    let today = zone.day(view.at);
    let back = today.checked_sub_days(Days::new(LOAD_DAYS)).map_or(Instant::MIN, |it| zone.start_of_day(it));
    let ahead = today.checked_add_days(Days::new(LOAD_DAYS)).map_or(Instant::MAX, |it| zone.start_of_day(it));
    let weeks = LOAD_DAYS / 7;
    for (title, span) in [
        (format!("the last {weeks} weeks"), Span::new(back.max(Instant::MIN), view.at)),
        (format!("the next {weeks} weeks"), Span::new(view.at, ahead)),
    ] {
        let Some(span) = span else { continue };
        let bill = Bill::new(org, seats, &[person.id], span)?;
        let held = |seat: Seat| {
            let rows = bill.rows.iter().filter(|it| it.seat.seat == seat);
            union(rows.flat_map(|it| &it.shifts).map(|it| it.span).collect())
        };
        let (primary, secondary) = (held(Seat::Primary), held(Seat::Secondary));
        let within = |hours: &Hours| total(&intersect(&primary, &hours.within(span)));
        line(
            out,
            format_args!(
                "<tr><th scope=\"row\">{title}</th><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                bill.rows.iter().map(|it| it.shifts.len()).sum::<usize>(),
                total(&primary),
                within(&sleep),
                within(&weekend),
                total(&secondary),
            ),
        );
    }
    out.push_str("</tbody></table></div>\n");
    Ok(())
}

/// At which stage they stand, and what the next ones ask for; nothing, where there are no stages.
fn ready(out: &mut String, view: &View<'_>, person: &Person) -> Result<(), Problem> {
    let org = view.org;
    if org.stages.is_empty() {
        return Ok(());
    }
    let past = view.site.state.fit.as_ref();
    let handled = past.map(|it| &it.handled);
    let readiness = Readiness::with_turns(org, view.at, handled)?;
    let page = people::page(org, &readiness, person.id, None, view.at)?;
    let reader = view.reader_then();
    let shown = ReadyOf { org, pages: &[page], readiness: &readiness, handled, reader: &reader };
    let text = plain(&text::page(&shown));
    // Its first line is the name, which stands above.
    let below = text.split_once('\n').map_or("", |it| it.1);
    line(
        out,
        format_args!("<h2>Readiness</h2>\n<pre class=\"table\" tabindex=\"0\">{}</pre>", lines(below.trim_end())),
    );
    if past.is_some() {
        let until = view.moment(view.site.state.since);
        line(out, format_args!("<p class=\"hint\">Episodes of the loaded history count, up to {until}.</p>"));
    }
    Ok(())
}

fn total(spans: &[Span]) -> String {
    format!("{} h", spans.iter().map(|it| it.seconds()).sum::<i64>() / 3600)
}

fn shadows(out: &mut String, view: &View<'_>, person: &Person) {
    let all = view.org.rotations.iter().flat_map(|rotation| rotation.shadows.iter().map(move |it| (rotation, it)));
    let own: Vec<_> = all.filter(|(_, it)| it.person == person.id && it.span.end() > view.at).collect();
    if own.is_empty() {
        return;
    }
    out.push_str("<h2>Shadows</h2>\n<ul class=\"plain\">\n");
    for (rotation, it) in own {
        let with = it.with.map_or("whoever is primary".to_owned(), |it| view.person_link(view.org.person(it)));
        line(
            out,
            format_args!(
                "<li>{} with {with}, {} to {}</li>",
                escaped(&rotation.name),
                view.moment(it.span.start()),
                view.moment(it.span.end())
            ),
        );
    }
    out.push_str("</ul>\n");
}
