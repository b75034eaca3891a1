//! `answers`: what a rotation or a person is paged for.

use std::fmt::Write as _;

use crate::escalation::{Duty, DutyOf, Reach};
use crate::export::Reader;
use crate::export::text::columns::aligned;
use crate::export::text::{FAINT, HINT, STRONG, minutes, styled};
use crate::org::{Org, Tags};
use crate::time::{Instant, stamp};

/// How many services a line names before it counts them.
const MOST_SERVICES: usize = 4;

/// A row a route that leads there.
pub fn answers(org: &Org, duty: &Duty<'_>, at: Instant, reader: &Reader) -> String {
    let mut out = String::new();
    let seats: Vec<String> = duty.seats.iter().map(|it| org.seat_name(*it)).collect();
    match duty.of {
        DutyOf::Rotation(rotation) => {
            let name = styled(STRONG, &rotation.name);
            let _ =
                writeln!(out, "{name}  {}   {}", stamp(at, &reader.zone), styled(FAINT, &rotation.source.to_string()));
        }
        DutyOf::Person(person) => {
            let name = styled(STRONG, &format!("{} (@{})", person.name, person.key));
            let _ = writeln!(out, "{name}  {}", stamp(at, &reader.zone));
            match seats.as_slice() {
                [] => out.push_str("takes turns in no seat\n"),
                _ => {
                    let _ = writeln!(out, "takes turns in {}", seats.join(", "));
                }
            }
        }
    }
    out.push('\n');
    if duty.reaches.is_empty() {
        out.push_str("no route leads there\n");
        return out;
    }
    let head = ["RUNG", "AFTER", "AS", "ROUTE", "SERVICES"];
    let mut rows = vec![head.map(|it| styled(FAINT, it)).to_vec()];
    rows.extend(duty.reaches.iter().map(|it| row(org, it)));
    for line in aligned(&rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    out
}

fn row(org: &Org, reach: &Reach<'_>) -> Vec<String> {
    let own = reach.route.last().map(|it| it.matcher.to_string()).unwrap_or_default();
    let nested = if reach.route.len() > 1 { "… → " } else { "" };
    let label = reach.route.last().and_then(|it| it.label.as_ref());
    let label = label.map(|it| format!("{it}: ")).unwrap_or_default();
    let when: Vec<String> = reach.when.iter().map(ToString::to_string).collect();
    let only = if when.is_empty() { String::new() } else { styled(HINT, &format!("  only when {}", when.join(", "))) };
    vec![
        reach.rung.to_string(),
        minutes(reach.after),
        org.node_name(reach.node),
        format!("{label}{nested}{own}{only}"),
        services(reach),
    ]
}

/// The services whose alerts take a route, those that must carry the same besides together.
fn services(reach: &Reach<'_>) -> String {
    let mut groups: Vec<(&Tags, Vec<&str>)> = Vec::new();
    for taker in &reach.services {
        match groups.iter_mut().find(|(with, _)| *with == &taker.with) {
            Some((_, names)) => names.push(&taker.service.key),
            None => groups.push((&taker.with, vec![&taker.service.key])),
        }
    }
    if groups.is_empty() {
        return styled(FAINT, "none in services.toml");
    }
    let group = |(with, names): &(&Tags, Vec<&str>)| {
        let shown = match names.len() {
            0..=MOST_SERVICES => names.join(" "),
            more => format!("{} and {} more", names[..MOST_SERVICES].join(" "), more - MOST_SERVICES),
        };
        let with: Vec<String> = with.iter().map(|(tag, value)| format!("{tag}={value}")).collect();
        if with.is_empty() { shown } else { format!("{shown} with {}", with.join(" ")) }
    };
    groups.iter().map(group).collect::<Vec<_>>().join("; ")
}
