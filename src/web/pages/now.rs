//! Everybody on call. What matters at three in the morning stands first: whom to ask for, then what nobody holds.

use std::collections::BTreeMap;

use crate::calendar::{Outlook, State, outlook};
use crate::escalation::onward;
use crate::export::markup::escaped;
use crate::export::palette;
use crate::org::{Entry, PersonId, RotationId, Seat, SeatId};
use crate::time::{Span, stamp};
use crate::web::pages::ask::form;
use crate::web::pages::{Body, View, contacts, line};
use crate::web::response::Problem;

pub(super) fn page(view: &View<'_>) -> Result<Body, Problem> {
    let mut body = Body { wide: true, live: view.at == view.reader.now, ..Body::titled("Now") };
    let out = &mut body.main;
    line(
        out,
        format_args!("<h1 class=\"quiet\">On call <small>{}</small></h1>", escaped(&stamp(view.at, view.zone()))),
    );
    form(out, view, "", false);

    let mut rotations: BTreeMap<RotationId, Vec<(SeatId, Outlook)>> = BTreeMap::new();
    for seat in view.org.seats() {
        rotations.entry(seat.rotation).or_default().push((seat, outlook(view.org, seat, view.at)?));
    }
    let gaps: Vec<&(SeatId, Outlook)> = rotations.values().flatten().filter(|(_, it)| it.state == State::Gap).collect();
    if !gaps.is_empty() {
        out.push_str("<section class=\"gaps\" aria-labelledby=\"gaps\"><h2 id=\"gaps\">Gaps: promised, and held by nobody</h2>\n<ul class=\"cards\">\n");
        for (seat, it) in gaps {
            gap(out, view, *seat, it);
        }
        out.push_str("</ul></section>\n");
    }
    let rank = |seats: &[(SeatId, Outlook)]| seats.iter().map(|(_, it)| rank(&it.state)).min().unwrap_or(u8::MAX);
    let mut cards: Vec<(u8, RotationId)> = rotations.iter().map(|(id, seats)| (rank(seats), *id)).collect();
    cards.sort_unstable();
    let colors = palette::colors(view.org);
    out.push_str("<section aria-labelledby=\"rotations\"><h2 id=\"rotations\" class=\"hidden\">Rotations</h2>\n<ul class=\"cards\">\n");
    for (_, id) in cards {
        card(out, view, id, &rotations[&id], &colors);
    }
    out.push_str("</ul></section>\n");
    if rotations.is_empty() {
        out.push_str("<p>There are no rotations yet.</p>\n");
    }
    Ok(body)
}

fn rank(state: &State) -> u8 {
    match state {
        State::Gap => 0,
        State::Held(_) => 1,
        State::Vacant(_) => 2,
        State::Off => 3,
        State::NotBegun => 4,
    }
}

/// A seat that is promised and held by nobody: where its alerts go instead, when somebody comes, and the cure.
fn gap(out: &mut String, view: &View<'_>, seat: SeatId, outlook: &Outlook) {
    let org = view.org;
    let rotation = org.rotation(seat.rotation);
    line(
        out,
        format_args!(
            "<li class=\"card gap\"><h3><a href=\"{}\">{}</a> <small>{}</small></h3><p class=\"who\">Nobody</p>",
            view.rotation_address(seat),
            escaped(&rotation.name),
            seat.seat
        ),
    );
    let onward = onward(org, Entry::Seat(seat));
    let next = onward.iter().find(|it| !it.after.is_zero() && it.when.is_empty());
    match next {
        Some(it) => {
            line(out, format_args!("<p>Alerts pass it by, on to <b>{}</b>.</p>", escaped(&org.node_name(it.node))))
        }
        None => out.push_str("<p><b>Alerts lead nowhere from here.</b></p>\n"),
    }
    if let Some((people, at)) = &outlook.next {
        line(out, format_args!("<p>Next is {}, {}.</p>", view.people_links(people), view.moment(*at)));
    }
    let end = outlook.until.and_then(|it| Span::new(view.at, it));
    if let Some(span) = end {
        let civil = |at| rotation.zone.civil(at).format("%Y-%m-%dT%H:%M:%S").to_string();
        let place = if seat.seat == Seat::Secondary { "seat   = \"secondary\"\n" } else { "" };
        line(
            out,
            format_args!(
                "<details><summary>The cure</summary><pre tabindex=\"0\"># {}, on the clock of {}\n[[overrides]]\nperson = \"…\"\n{place}from   = {}\nuntil  = {}</pre></details>",
                escaped(&rotation.source.file),
                rotation.zone,
                civil(span.start()),
                civil(span.end())
            ),
        );
    }
    out.push_str("</li>\n");
}

fn card(out: &mut String, view: &View<'_>, id: RotationId, seats: &[(SeatId, Outlook)], colors: &[usize]) {
    let rotation = view.org.rotation(id);
    let first = seats.iter().find_map(|(_, it)| match &it.state {
        State::Held(people) => people.first().map(|(it, _)| colors[it.0 as usize]),
        _ => None,
    });
    let color = first.map(|it| format!(" p{it}")).unwrap_or_default();
    let quiet = if first.is_none() { " off" } else { "" };
    line(
        out,
        format_args!(
            "<li class=\"card{color}{quiet}\"><h3><a href=\"{}\">{}</a></h3>",
            view.rotation_address(SeatId { rotation: id, seat: Seat::Primary }),
            escaped(&rotation.name)
        ),
    );
    for (seat, outlook) in seats {
        holder(out, view, *seat, outlook);
    }
    out.push_str("</li>\n");
}

/// Who holds a seat, until when, and who is next.
pub(super) fn holder(out: &mut String, view: &View<'_>, seat: SeatId, outlook: &Outlook) {
    let org = view.org;
    let class = if seat.seat == Seat::Primary { "seat primary" } else { "seat" };
    line(out, format_args!("<div class=\"{class}\"><span class=\"kind\">{}</span>", seat.seat));
    let until = outlook.until.map(|it| format!("until {}", view.moment(it)));
    let mut then = until.unwrap_or_else(|| "for more than a year".to_owned());
    match &outlook.state {
        State::Held(people) => {
            let people: Vec<PersonId> = people.iter().map(|(it, _)| *it).collect();
            line(out, format_args!("<p class=\"who\">{}</p>", view.people_links(&people)));
            for it in people.iter().map(|it| org.person(*it)) {
                if let Some(off) = it.off.iter().find(|it| it.span.contains(view.at)) {
                    let back = view.moment(off.span.end());
                    line(
                        out,
                        format_args!("<p class=\"bad\"><bdi>{}</bdi> is away until {back}</p>", escaped(&it.name)),
                    );
                }
                line(out, format_args!("{}", contacts(it)));
            }
            let shadows = org.rotation(seat.rotation).shadows.iter().filter(|it| {
                seat.seat == Seat::Primary
                    && it.span.contains(view.at)
                    && it.with.is_none_or(|with| people.contains(&with))
            });
            let shadows: Vec<PersonId> = shadows.map(|it| it.person).collect();
            if !shadows.is_empty() {
                line(out, format_args!("<p class=\"faint\">shadow: {}</p>", view.people_links(&shadows)));
            }
        }
        State::Vacant(_) => out.push_str("<p class=\"who nobody\">vacant on purpose</p>\n"),
        State::Gap => out.push_str("<p class=\"who bad\">a gap: nobody</p>\n"),
        State::Off => out.push_str("<p class=\"who nobody\">outside of its hours</p>\n"),
        State::NotBegun => out.push_str("<p class=\"who nobody\">has not begun</p>\n"),
    }
    match &outlook.next {
        Some((people, from)) if Some(*from) == outlook.until => {
            then += &format!(", then {}", view.people_links(people))
        }
        Some((people, from)) => {
            then += &format!("; next is {}, {}", view.people_links(people), view.moment(*from));
        }
        None => then += "; nobody comes within a year",
    }
    line(out, format_args!("<p class=\"faint\">{then}</p></div>"));
}
