//! Whom to page for something, and then whom, and why.

use std::collections::BTreeSet;

use crate::calendar::outlook;
use crate::escalation::{
    Answer, Climb, Empty, End, Ladder, Matched, Outcome, Paged, Rung, Stop, Subject, Via, Way, ask,
};
use crate::export::markup::escaped;
use crate::export::text::{minutes, names};
use crate::export::{palette, reason, seat_title};
use crate::org::{Node, PersonId};
use crate::time::{Exhausted, Instant, stamp};
use crate::web::ask::{question, unknown, word, words};
use crate::web::pages::{Body, View, contacts, line, troubles};
use crate::web::response::Problem;

pub(super) fn page(view: &View<'_>) -> Result<Body, Problem> {
    let asked = view.parameters.one("q").unwrap_or_default();
    if asked.is_empty() {
        let mut body = Body::titled("Ask");
        body.main.push_str("<h1>Whom do I page?</h1>\n");
        form(&mut body.main, view, "", true);
        overview(&mut body.main, view);
        return Ok(body);
    }
    let words = words(asked);
    let mut unknown_name = None;
    let found = question(words.iter().map(String::as_str)).and_then(|question| {
        let subject = question.subject(view.org).map_err(|error| {
            unknown_name = Some(error.name.clone());
            unknown(&error)
        })?;
        Ok(ask(view.org, subject, &question.tags, view.at)?)
    });
    let mut body = Body { live: view.parameters.one("at").is_none(), ..Body::titled(asked) };
    let out = &mut body.main;
    match found {
        Ok(answer) => {
            let title = title(view, &answer);
            line(
                out,
                format_args!(
                    "<h1><bdi>{}</bdi> <small>{}</small></h1>",
                    escaped(&title),
                    escaped(&stamp(view.at, view.zone()))
                ),
            );
            body.title = format!("{title}: whom to page");
            shown(out, view, &answer, asked)?;
            form(out, view, asked, true);
        }
        Err(problem) => {
            line(out, format_args!("<h1>{}</h1><p class=\"lead\">{}</p>", problem.title(), escaped(&problem.detail)));
            troubles(out, view, &problem);
            if let Some(name) = unknown_name.filter(|it| !it.starts_with('@')) {
                let tag = format!("service={name}");
                let link =
                    view.link("/ask", &[("q", &word(&tag)), ("at", view.parameters.one("at").unwrap_or_default())]);
                line(out, format_args!("<p>Or ask for an alert with <a href=\"{link}\">{}</a>.</p>", escaped(&tag)));
            }
            form(out, view, asked, true);
            overview(out, view);
        }
    }
    Ok(body)
}

/// The field for a question, with what there is to ask about.
pub(super) fn form(out: &mut String, view: &View<'_>, asked: &str, with_time: bool) {
    let at = view.parameters.one("at").unwrap_or_default();
    out.push_str("<form class=\"ask\" action=\"/ask\" method=\"get\" role=\"search\">\n");
    if let Some(zone) = &view.asked_zone {
        line(out, format_args!("<input type=\"hidden\" name=\"zone\" value=\"{zone}\">"));
    }
    line(
        out,
        format_args!(
            "<p class=\"field grow\"><label for=\"q\">What is broken?</label><input id=\"q\" name=\"q\" type=\"search\" \
             list=\"names\" value=\"{}\" placeholder=\"search-api, or mysql-main severity=critical\" \
             autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\" required></p>",
            escaped(asked),
        ),
    );
    if with_time {
        line(
            out,
            format_args!(
                "<p class=\"field\"><label for=\"at\">When</label><input id=\"at\" name=\"at\" value=\"{}\" \
                 placeholder=\"now, 15:00, 2026-03-03 15:00\" size=\"26\" autocomplete=\"off\"></p>",
                escaped(at)
            ),
        );
    }
    out.push_str("<p class=\"field\"><button class=\"main\">Whom to page</button></p>\n");
    out.push_str("<datalist id=\"names\">");
    for it in &view.org.services {
        line(out, format_args!("<option value=\"{}\"></option>", escaped(&it.key)));
    }
    for it in &view.org.rotations {
        line(out, format_args!("<option value=\"{}\">{}</option>", escaped(&it.key), escaped(&it.name)));
    }
    out.push_str("</datalist>\n</form>\n");
}

/// All that can be asked about by name.
fn overview(out: &mut String, view: &View<'_>) {
    let mut list = |title: &str, names: Vec<&str>| {
        if names.is_empty() {
            return;
        }
        line(out, format_args!("<h2>{title}</h2>\n<ul class=\"names\">"));
        for name in names {
            let link = view.link("/ask", &[("q", name), ("at", view.parameters.one("at").unwrap_or_default())]);
            line(out, format_args!("<li><a href=\"{link}\">{}</a></li>", escaped(name)));
        }
        out.push_str("</ul>\n");
    };
    list("Services", view.org.services.iter().map(|it| it.key.as_str()).collect());
    list("Rotations", view.org.rotations.iter().map(|it| it.key.as_str()).collect());
}

fn title(view: &View<'_>, answer: &Answer<'_>) -> String {
    match answer.subject {
        Subject::Service(service) => service.key.clone(),
        Subject::Tags => "An alert".to_owned(),
        Subject::Seat(seat) => seat_title(view.org, seat),
        Subject::Person(person) => person.name.clone(),
    }
}

fn shown(out: &mut String, view: &View<'_>, answer: &Answer<'_>, asked: &str) -> Result<(), Exhausted> {
    if !answer.tags.is_empty() {
        out.push_str("<ul class=\"tags\" aria-label=\"Tags\">");
        for (tag, value) in &answer.tags {
            line(out, format_args!("<li><bdi>{}={}</bdi></li>", escaped(tag), escaped(value)));
        }
        out.push_str("</ul>\n");
    }
    if let Some(service) = answer.knows_more {
        // By its name, with all else that was asked.
        let rest = words(asked).into_iter().filter(|it| !it.starts_with("service="));
        let rest = rest.map(|it| word(&it));
        let question = [service.key.clone()].into_iter().chain(rest).collect::<Vec<_>>().join(" ");
        line(
            out,
            format_args!(
                "<p class=\"hint\">services.toml knows more of {}: {}. <a href=\"{}\">Ask with it</a>.</p>",
                escaped(&service.key),
                escaped(&answer.known_besides().join(" ")),
                view.link("/ask", &[("q", &question), ("at", view.parameters.one("at").unwrap_or_default())]),
            ),
        );
    }
    if !answer.pages_somebody() {
        out.push_str("<div class=\"alarm\" role=\"alert\"><strong>Nobody is paged for this.</strong></div>\n");
    }
    for (index, way) in answer.ways.iter().enumerate() {
        if answer.ways.len() > 1 {
            line(out, format_args!("<h2>Way {} of {}</h2>", index + 1, answer.ways.len()));
        }
        match way {
            Way::Notify(matched, channel) => {
                route(out, matched);
                line(out, format_args!("<p>Informs <b>{}</b>; this route pages nobody.</p>", escaped(channel)));
            }
            Way::Page(matched, ladder) => {
                climb(out, view, ladder)?;
                if let Some(matched) = matched {
                    route(out, matched);
                }
            }
        }
    }
    let at = view.parameters.one("at").unwrap_or_default();
    line(
        out,
        format_args!(
            "<p class=\"more\"><a href=\"{}\">As a graph</a> · <a href=\"{}\">This very moment, to share</a></p>",
            view.link("/graph", &[("q", asked), ("at", at)]),
            view.link("/ask", &[("q", asked), ("at", &answer.at.to_string())]),
        ),
    );
    Ok(())
}

fn route(out: &mut String, matched: &Matched<'_>) {
    let route = matched.route();
    let path: Vec<String> = matched.path.iter().map(|it| it.matcher.to_string()).collect();
    let label = route.label.as_ref().map(|it| format!(" “{}”", escaped(it))).unwrap_or_default();
    let on = if route.goes_on { ", and on to the next" } else { "" };
    line(
        out,
        format_args!(
            "<p class=\"route\">Route {}{label} by <code>{}</code>{on} <span class=\"source\">{}</span></p>",
            route.id.0,
            escaped(&path.join(" → ")),
            escaped(&route.source.to_string())
        ),
    );
}

fn climb(out: &mut String, view: &View<'_>, ladder: &Ladder) -> Result<(), Exhausted> {
    let Some(first) = ladder.climbs.first() else { return Ok(()) };
    let colors = palette::colors(view.org);
    let mut paged: BTreeSet<PersonId> = BTreeSet::new();
    out.push_str("<ol class=\"ladder\">\n");
    for it in &first.rungs {
        rung(out, view, it, &colors, &mut paged)?;
    }
    out.push_str("</ol>\n");
    line(out, format_args!("<p class=\"end\">{}</p>", ending(view, ladder)));
    for (index, climb) in ladder.climbs.iter().enumerate().skip(1) {
        if people(climb) != people(first) {
            let rungs = climb.rungs.iter().filter(|it| !it.people().is_empty());
            let rungs: Vec<String> =
                rungs.map(|it| format!("{} {}", minutes(it.after), names(view.org, &it.people()))).collect();
            line(out, format_args!("<p>Climb {} differs: {}</p>", index + 1, escaped(&rungs.join(", "))));
        }
    }
    Ok(())
}

fn people(climb: &Climb) -> Vec<Vec<PersonId>> {
    climb.rungs.iter().map(Rung::people).filter(|it| !it.is_empty()).collect()
}

fn ending(view: &View<'_>, ladder: &Ladder) -> String {
    let end = match ladder.end {
        End::NobodyPaged => return "A dead end: every seat on this way is empty.".to_owned(),
        End::Person(_) | End::Nobody(_) => "then nobody more",
        End::Seat(_) => "then nobody more: nothing leads on from the last seat",
    };
    let Some(next) = ladder.climbs.get(1).and_then(|it| it.rungs.first()) else { return format!("{end}.") };
    let times = match ladder.climbs.len() - 1 {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    format!("{} ({}): up again from the first rung, {times}; {end}.", minutes(next.after), view.moment(next.at))
}

fn rung(
    out: &mut String,
    view: &View<'_>,
    rung: &Rung,
    colors: &[usize],
    paged: &mut BTreeSet<PersonId>,
) -> Result<(), Exhausted> {
    let org = view.org;
    let held = rung.people().first().map(|it| format!(" class=\"p{}\"", colors[it.0 as usize]));
    line(
        out,
        format_args!(
            "<li{}><p class=\"when\"><b>{}</b> {}</p>",
            held.unwrap_or_else(|| " class=\"skipped\"".to_owned()),
            minutes(rung.after),
            view.moment(rung.at)
        ),
    );
    for stop in &rung.stops {
        let seat = match stop.node {
            Node::Seat(seat) => {
                format!("<a href=\"{}\">{}</a>", view.rotation_address(seat), escaped(&seat_title(org, seat)))
            }
            Node::Person(_) => "by name".to_owned(),
            Node::Nobody => String::new(),
        };
        let because = because(view, stop);
        let nobody = |out: &mut String, class: &str, text: &str, more: &str| {
            line(
                out,
                format_args!(
                    "<div class=\"stop\"><p class=\"who {class}\">{text}</p><p class=\"seat-of\">{seat} · {more}</p>{because}</div>"
                ),
            );
        };
        match &stop.outcome {
            Outcome::Pages(people) => {
                for it in people {
                    person(out, view, stop, it, rung.at, &seat, &because)?;
                    paged.insert(it.person);
                }
            }
            Outcome::Empty(empty) => {
                let (class, text) = match empty {
                    Empty::Gap => ("bad", "Nobody: a gap, promised and held by nobody"),
                    Empty::Vacant => ("nobody", "Nobody: vacant on purpose"),
                    Empty::Off => ("nobody", "Nobody: outside of its hours"),
                    Empty::NotBegun => ("nobody", "Nobody: it has not begun"),
                };
                let next = match stop.node {
                    Node::Seat(seat) => outlook(org, seat, rung.at)?.next,
                    _ => None,
                };
                let next = match (stop.node, next) {
                    (_, Some((people, at))) => {
                        format!("; next is {}, {}", view.people_links(&people), view.moment(at))
                    }
                    (Node::Seat(_), None) => "; nobody comes within a year".to_owned(),
                    _ => String::new(),
                };
                nobody(out, class, text, &format!("takes no time{next}"));
            }
            Outcome::JustPaged(people) => {
                let text = format!("{} again: just paged", view.people_links(people));
                nobody(out, "nobody", &text, "takes no time");
            }
            Outcome::Ends => nobody(out, "nobody", "Nobody: the files end the line here", ""),
        }
    }
    if rung.planned > rung.after && !rung.people().is_empty() {
        line(
            out,
            format_args!("<p class=\"faint\">at {} if nobody had been missing before</p>", minutes(rung.planned)),
        );
    }
    out.push_str("</li>\n");
    Ok(())
}

fn person(
    out: &mut String,
    view: &View<'_>,
    stop: &Stop,
    paged: &Paged,
    at: Instant,
    seat: &str,
    because: &str,
) -> Result<(), Exhausted> {
    let org = view.org;
    let person = org.person(paged.person);
    line(out, format_args!("<div class=\"stop\"><p class=\"who\">{}</p>", view.person_link(person)));
    if let Some(off) = person.off.iter().find(|it| it.span.contains(at)) {
        let note = off.note.as_ref().map(|it| format!(": {}", escaped(it))).unwrap_or_default();
        line(out, format_args!("<p class=\"bad\">is away until {}{note}</p>", view.moment(off.span.end())));
    }
    line(out, format_args!("{}", contacts(person)));
    let mut facts = vec![seat.to_owned()];
    if let (Node::Seat(id), Some(_)) = (stop.node, paged.shift) {
        let outlook = outlook(org, id, at)?;
        facts.push(match outlook.until {
            Some(until) => format!("until {}", view.moment(until)),
            None => "for more than a year".to_owned(),
        });
        if let Some((people, from)) = &outlook.next {
            facts.push(match Some(*from) == outlook.until {
                true => format!("then {}", view.people_links(people)),
                false => format!("then nobody until {}: {}", view.moment(*from), view.people_links(people)),
            });
        }
    }
    if person.zone.offset(at) != view.zone().offset(at) {
        facts.push(format!("{} there", escaped(&person.zone.date_time(at).format("%a %H:%M %Z").to_string())));
    }
    line(out, format_args!("<p class=\"seat-of\">{}</p>", facts.join(" · ")));
    if let (Node::Seat(id), Some(shift)) = (stop.node, paged.shift) {
        let source = shift.why.source(org, id).map(ToString::to_string).unwrap_or_default();
        line(
            out,
            format_args!(
                "<p class=\"why\">{} <span class=\"source\">{}</span></p>",
                escaped(&reason(org, id, shift.why, view.zone())),
                escaped(&source)
            ),
        );
    }
    line(out, format_args!("{because}</div>"));
    Ok(())
}

/// What the escalation that leads to a stop asks of the tags.
fn because(view: &View<'_>, stop: &Stop) -> String {
    let Via::Edge(index) = stop.via else { return String::new() };
    let Some(edge) = view.org.escalation.edges.get(index as usize).filter(|it| !it.when.is_empty()) else {
        return String::new();
    };
    let when: Vec<String> = edge.when.iter().map(ToString::to_string).collect();
    format!(
        "<p class=\"why\">because {} <span class=\"source\">{}</span></p>",
        escaped(&when.join(", ")),
        escaped(&edge.source.to_string())
    )
}
