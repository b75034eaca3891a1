//! `who`: the product's face.

use std::fmt::Write as _;

use crate::calendar::outlook;
use crate::escalation::{Answer, Climb, Empty, End, Ladder, Matched, Outcome, Paged, Rung, Stop, Subject, Via, Way};
use crate::export::text::columns::{aligned, width};
use crate::export::text::{BAD, FAINT, GOOD, HINT, STRONG, minutes, moment, names, styled};
use crate::export::{Reader, reason, seat_title};
use crate::org::{Node, Org, Person, SeatId, harmless};
use crate::time::{Exhausted, Instant, stamp};

/// The answer as a page: what was asked, then each way with its rungs and its end.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn who(org: &Org, answer: &Answer<'_>, reader: &Reader) -> Result<String, Exhausted> {
    let mut out = head(org, answer, reader);
    if answer.ways.is_empty() {
        let _ = writeln!(out, "\n{}", styled(BAD, "nobody is paged: there are no routes in `escalation.toml`"));
    }
    for (index, way) in answer.ways.iter().enumerate() {
        if answer.ways.len() > 1 {
            let way = format!("Way {} of {}", index + 1, answer.ways.len());
            let _ = writeln!(out, "\n{}", styled(STRONG, &way));
        } else if !matches!(way, Way::Page(None, _)) {
            out.push('\n');
        }
        match way {
            Way::Notify(matched, channel) => {
                out.push_str(&route(matched));
                let _ = writeln!(out, "{}", styled(HINT, &format!("informs {channel}; this route pages nobody")));
            }
            Way::Page(matched, ladder) => {
                if let Some(matched) = matched {
                    out.push_str(&route(matched));
                }
                out.push_str(&climb_page(org, ladder, reader)?);
            }
        }
    }
    // A single ladder has said so itself.
    let said = matches!(answer.ways.as_slice(), [] | [Way::Page(..)]);
    if !said && !answer.pages_somebody() {
        let _ = writeln!(out, "\n{}", styled(BAD, "nobody is paged for this alert"));
    }
    Ok(out)
}

fn head(org: &Org, answer: &Answer<'_>, reader: &Reader) -> String {
    let subject = match answer.subject {
        Subject::Service(service) => service.key.clone(),
        Subject::Tags => "an alert".to_owned(),
        Subject::Seat(seat) => seat_title(org, seat),
        Subject::Person(person) => format!("{} (@{})", person.name, person.key),
    };
    let mut out = format!("{}  {}\n", styled(STRONG, &subject), stamp(answer.at, &reader.zone));
    if !answer.tags.is_empty() {
        let tags: Vec<String> = answer.tags.iter().map(|(tag, value)| harmless(&format!("{tag}={value}"))).collect();
        let _ = writeln!(out, "{}   {}", styled(FAINT, "tags"), tags.join(" "));
    }
    if let Some(service) = answer.knows_more {
        let more = answer.known_besides().join(" ");
        let hint = format!("services.toml knows more of {0}: {more}; `dogwatch who {0}` brings it", service.key);
        let _ = writeln!(out, "{}   {hint}", styled(HINT, "hint"));
    }
    out
}

fn route(matched: &Matched<'_>) -> String {
    let route = matched.route();
    let path: Vec<String> = matched.path.iter().map(|it| it.matcher.to_string()).collect();
    let label = route.label.as_ref().map(|it| format!(" \"{it}\"")).unwrap_or_default();
    let continues = if route.goes_on { ", and on to the next" } else { "" };
    let what = format!("{}{label} by {}{continues}", route.id.0, path.join(" → "));
    format!("{}  {what}   {}\n", styled(FAINT, "route"), styled(FAINT, &route.source.to_string()))
}

fn climb_page(org: &Org, ladder: &Ladder, reader: &Reader) -> Result<String, Exhausted> {
    let mut out = String::new();
    let Some(first) = ladder.climbs.first() else { return Ok(out) };
    let mut entries = Vec::new();
    for rung in &first.rungs {
        entries.extend(rung_entries(org, rung, reader)?);
    }
    let rows: Vec<Vec<String>> = entries.iter().map(|it| it.row.clone()).collect();
    let indent = " ".repeat(rows.iter().map(|it| width(&it[0])).max().unwrap_or(0) + 2);
    for (row, entry) in aligned(&rows, "  ").iter().zip(&entries) {
        let _ = writeln!(out, "\n{row}");
        for line in entry.below.iter().filter(|it| !it.is_empty()) {
            let _ = writeln!(out, "{indent}{line}");
        }
    }
    let _ = writeln!(out, "\n{}", ending(org, ladder, first));
    for (index, climb) in ladder.climbs.iter().enumerate().skip(1) {
        if people(climb) != people(first) {
            let page = |rung: &Rung| format!("{} {}", minutes(rung.after), names(org, &rung.people()));
            let rungs = climb.rungs.iter().filter(|it| !it.people().is_empty());
            let _ = writeln!(out, "climb {} differs: {}", index + 1, rungs.map(page).collect::<Vec<_>>().join(", "));
        }
    }
    Ok(out)
}

fn people(climb: &Climb) -> Vec<Vec<crate::org::PersonId>> {
    climb.rungs.iter().map(Rung::people).filter(|it| !it.is_empty()).collect()
}

/// `60 min: up again from the first rung, twice; then nobody more`.
fn ending(org: &Org, ladder: &Ladder, first: &Climb) -> String {
    let again = ladder.climbs.len() - 1;
    let end = match ladder.end {
        End::NobodyPaged => {
            return styled(BAD, "a dead end: every seat on this way is empty, and nobody is paged");
        }
        End::Person(_) | End::Nobody(_) => "then nobody more",
        End::Seat(_) => "then nobody more: nothing leads on from the last seat",
    };
    let Some(next) = ladder.climbs.get(1).and_then(|it| it.rungs.first()) else {
        let last = first.rungs.last().and_then(|it| it.stops.last()).map(|it| org.node_name(it.node));
        return match ladder.end {
            End::Seat(_) => {
                let from = last.unwrap_or_default();
                let cure = format!("{{ from = \"{from}\", after = \"15m\", to = \"@…\" }} in escalation.toml leads on");
                format!("{}\n{}  {cure}", styled(BAD, end), styled(HINT, "  help"))
            }
            _ => end.to_owned(),
        };
    };
    let times = match again {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        more => format!("{more} times"),
    };
    format!("{:>6}: up again from the first rung, {times}; {end}", minutes(next.after))
}

/// Somebody on a rung, or the lack of somebody: when, who, in which seat, until when; and what stands below.
struct Entry {
    row: Vec<String>,
    below: Vec<String>,
}

fn rung_entries(org: &Org, rung: &Rung, reader: &Reader) -> Result<Vec<Entry>, Exhausted> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut time = format!("{:>6}", minutes(rung.after));
    for stop in &rung.stops {
        let seat = seat_of(org, stop);
        let because = via(org, stop).unwrap_or_default();
        let mut add = |row: [String; 3], below: Vec<String>| {
            let [who, seat, then] = row;
            entries.push(Entry { row: vec![std::mem::take(&mut time), who, seat, then], below });
        };
        match &stop.outcome {
            Outcome::Pages(people) => {
                for paged in people {
                    let person = org.person(paged.person);
                    let tenure = tenure(org, stop, paged, rung.at, reader)?;
                    let contact = format!("{}{}", contact(person), local_time(person, rung.at, reader));
                    let away = away(person, rung.at, reader);
                    let why = why(org, stop, paged, reader);
                    add([styled(GOOD, &person.name), seat.clone(), tenure], vec![away, contact, why, because.clone()]);
                }
            }
            Outcome::Empty(empty) => {
                let text = match empty {
                    Empty::Gap => styled(BAD, "nobody: a gap, promised and held by nobody"),
                    Empty::Vacant => "nobody: vacant on purpose".to_owned(),
                    Empty::Off => "nobody: outside of its hours".to_owned(),
                    Empty::NotBegun => "nobody: it has not begun".to_owned(),
                };
                let next = next_holder(org, stop, rung.at, reader)?;
                add([text, seat, format!("takes no time{next}")], vec![because]);
            }
            Outcome::JustPaged(people) => {
                let text = format!("{} again: just paged", names(org, people));
                add([text, seat, "takes no time".to_owned()], vec![because]);
            }
            Outcome::Ends => {
                add(["nobody: the file ends the line here".to_owned(), seat, String::new()], vec![because]);
            }
        }
    }
    if rung.planned > rung.after
        && !rung.people().is_empty()
        && let Some(last) = entries.last_mut()
    {
        let text = format!("at {} if nobody had been missing before", minutes(rung.planned));
        last.below.push(styled(FAINT, &text));
    }
    Ok(entries)
}

fn seat_of(org: &Org, stop: &Stop) -> String {
    match stop.node {
        Node::Seat(SeatId { rotation, seat }) => format!("{} {seat}", org.rotation(rotation).key),
        Node::Person(_) => "by name".to_owned(),
        Node::Nobody => String::new(),
    }
}

/// `until Mon 10:00, then Tom Okafor`.
fn tenure(org: &Org, stop: &Stop, paged: &Paged, at: Instant, reader: &Reader) -> Result<String, Exhausted> {
    let Node::Seat(seat) = stop.node else { return Ok(String::new()) };
    if paged.shift.is_none() {
        return Ok(String::new());
    }
    let outlook = outlook(org, seat, at)?;
    let until = match outlook.until {
        Some(until) => format!("until {}", moment(until, at, &reader.zone)),
        None => "for more than a year".to_owned(),
    };
    Ok(match outlook.next {
        Some((people, from)) if Some(from) == outlook.until => format!("{until}, then {}", names(org, &people)),
        Some((people, from)) => {
            format!("{until}, then nobody until {}: {}", moment(from, at, &reader.zone), names(org, &people))
        }
        None => until,
    })
}

fn next_holder(org: &Org, stop: &Stop, at: Instant, reader: &Reader) -> Result<String, Exhausted> {
    let Node::Seat(seat) = stop.node else { return Ok(String::new()) };
    Ok(match outlook(org, seat, at)?.next {
        Some((people, from)) => format!("; next is {}, {}", names(org, &people), moment(from, at, &reader.zone)),
        None => "; nobody comes within a year".to_owned(),
    })
}

/// Time off takes nobody out of a calendar by itself, so it has to be said.
fn away(person: &Person, at: Instant, reader: &Reader) -> String {
    let Some(off) = person.off.iter().find(|it| it.span.contains(at)) else { return String::new() };
    let note = off.note.as_ref().map(|it| format!(": {it}")).unwrap_or_default();
    styled(BAD, &format!("is away until {}{note}", moment(off.span.end(), at, &reader.zone)))
}

fn contact(person: &Person) -> String {
    let ways = [&person.phone, &person.email, &person.chat];
    let ways: Vec<&str> = ways.into_iter().flatten().map(String::as_str).collect();
    if ways.is_empty() { "no phone, e-mail or chat in people.toml".to_owned() } else { ways.join("   ") }
}

fn local_time(person: &Person, at: Instant, reader: &Reader) -> String {
    if person.zone.offset(at) == reader.zone.offset(at) {
        return String::new();
    }
    format!("   {} there", person.zone.date_time(at).format("%a %H:%M %Z"))
}

fn why(org: &Org, stop: &Stop, paged: &Paged, reader: &Reader) -> String {
    let (Node::Seat(seat), Some(shift)) = (stop.node, paged.shift) else { return String::new() };
    let source = shift.why.source(org, seat).map(ToString::to_string).unwrap_or_default();
    styled(FAINT, &format!("{}   {source}", reason(org, seat, shift.why, &reader.zone)))
}

fn via(org: &Org, stop: &Stop) -> Option<String> {
    let Via::Edge(index) = stop.via else { return None };
    let edge = &org.escalation.edges[index as usize];
    let when: Vec<String> = edge.when.iter().map(ToString::to_string).collect();
    (!when.is_empty()).then(|| format!("because {}   {}", when.join(", "), edge.source))
}
