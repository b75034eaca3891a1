//! One rotation: who has it now, the weeks around, what it is paged for, and who takes turns.

use chrono::Days;

use crate::calendar::{Bill, outlook};
use crate::escalation::answers;
use crate::export::markup::escaped;
use crate::export::text;
use crate::export::{By, cadence};
use crate::org::{Holder, Seat, SeatId};
use crate::time::{Instant, Span};
use crate::web::ask::seats;
use crate::web::pages::graph::lines;
use crate::web::pages::lanes::lanes;
use crate::web::pages::now::holder;
use crate::web::pages::{Body, View, line, plain};
use crate::web::response::Problem;
use crate::web::secret::Feed;

/// How many weeks are drawn.
const DAYS: u64 = 35;

pub(super) fn page(view: &View<'_>, key: &str) -> Result<Body, Problem> {
    let org = view.org;
    let seats = seats(org, key)?;
    let rotation = org.rotation(seats.first().ok_or_else(|| Problem::missing("a rotation without a seat"))?.rotation);
    let mut body = Body { wide: true, ..Body::titled(&rotation.name) };
    let out = &mut body.main;
    line(
        out,
        format_args!(
            "<h1>{} <small>hands over on the clock of {}; times here are those of {} · {}</small></h1>",
            escaped(&rotation.name),
            rotation.zone,
            view.zone(),
            escaped(&rotation.source.to_string())
        ),
    );
    out.push_str("<div class=\"card single\">\n");
    for seat in &seats {
        holder(out, view, *seat, &outlook(org, *seat, view.at)?);
    }
    out.push_str("</div>\n<h2>The weeks around</h2>\n");
    let bill = Bill::new(org, &seats, &[], weeks(view, DAYS)?)?;
    lanes(out, view, &bill, By::Rotation);
    layers(out, view, &seats);
    shadows(out, view, &seats);
    let duty = answers(org, &rotation.key, view.at).map_err(Problem::missing)?;
    line(
        out,
        format_args!(
            "<h2>What it is paged for</h2>\n<pre class=\"table\" tabindex=\"0\">{}</pre>",
            lines(
                plain(&text::answers(org, &duty, view.at, &view.reader_then()))
                    .split_once('\n')
                    .map_or("", |it| it.1)
                    .trim_start()
            )
        ),
    );
    out.push_str(&view.feed(&Feed::Rotation(rotation.key.clone())));
    Ok(body)
}

/// From yesterday on.
pub(super) fn weeks(view: &View<'_>, days: u64) -> Result<Span, Problem> {
    let zone = view.zone();
    let today = zone.day(view.at);
    let from = zone.start_of_day(today.checked_sub_days(Days::new(1)).unwrap_or(today)).max(Instant::MIN);
    let until = today.checked_add_days(Days::new(days)).map_or(Instant::MAX, |it| zone.start_of_day(it));
    Span::new(from, until).ok_or_else(|| Problem::bad("there is no time left after that instant"))
}

fn layers(out: &mut String, view: &View<'_>, seats: &[SeatId]) {
    let org = view.org;
    out.push_str("<h2>Who takes turns</h2>\n<ul class=\"plain\">\n");
    for seat in seats {
        let Some(calendar) = org.rotation(seat.rotation).calendar(seat.seat) else { continue };
        for (index, layer) in calendar.layers.iter().enumerate() {
            if layer.until.is_some_and(|it| it <= view.at) {
                continue;
            }
            let places: Vec<String> = layer
                .places
                .iter()
                .map(|it| match it {
                    Holder::Person(it) => view.person_link(org.person(*it)),
                    Holder::Nobody => "<i>vacant</i>".to_owned(),
                })
                .collect();
            let until = layer.until.map(|it| format!(", until {}", view.moment(it))).unwrap_or_default();
            let from = layer.handoffs.start();
            let from = if from > view.at { format!(", from {}", view.moment(from)) } else { String::new() };
            let together = if layer.together { " together" } else { "" };
            let cadence = cadence(org, *seat, u32::try_from(index).unwrap_or(u32::MAX), view.zone());
            line(
                out,
                format_args!(
                    "<li><b>{}</b> {}{together}, {}{from}{until} <span class=\"source\">{}</span></li>",
                    seat.seat,
                    places.join(", "),
                    escaped(&cadence),
                    escaped(&layer.source.to_string())
                ),
            );
        }
    }
    out.push_str("</ul>\n");
}

fn shadows(out: &mut String, view: &View<'_>, seats: &[SeatId]) {
    let org = view.org;
    let Some(seat) = seats.iter().find(|it| it.seat == Seat::Primary) else { return };
    let coming: Vec<_> = org.rotation(seat.rotation).shadows.iter().filter(|it| it.span.end() > view.at).collect();
    if coming.is_empty() {
        return;
    }
    out.push_str("<h2>Shadows</h2>\n<ul class=\"plain\">\n");
    for it in coming {
        let with = it.with.map_or("whoever is primary".to_owned(), |it| view.person_link(org.person(it)));
        line(
            out,
            format_args!(
                "<li>{} with {with}, {} to {}</li>",
                view.person_link(org.person(it.person)),
                view.moment(it.span.start()),
                view.moment(it.span.end())
            ),
        );
    }
    out.push_str("</ul>\n");
}
