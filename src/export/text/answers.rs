//! `answers`: what a rotation or a person is paged for.

use std::fmt::Write as _;

use crate::escalation::{Duty, DutyOf, Reach};
use crate::export::text::columns::aligned;
use crate::export::text::{FAINT, HINT, STRONG, minutes, styled};
use crate::org::Org;

/// How many services a line names before it counts them.
const MOST_SERVICES: usize = 8;

/// A row a route that leads there.
pub fn answers(org: &Org, duty: &Duty<'_>) -> String {
    let mut out = String::new();
    let seats: Vec<String> = duty.seats.iter().map(|it| org.seat_name(*it)).collect();
    match duty.of {
        DutyOf::Rotation(rotation) => {
            let _ =
                writeln!(out, "{}  {}", styled(STRONG, &rotation.name), styled(FAINT, &rotation.source.to_string()));
        }
        DutyOf::Person(person) => {
            let _ = writeln!(out, "{} (@{})", styled(STRONG, &person.name), person.key);
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
    let head = ["RUNG", "AFTER", "AS", "ROUTE", "SERVICES", ""];
    let mut rows = vec![head.map(|it| styled(FAINT, it)).to_vec()];
    rows.extend(duty.reaches.iter().map(|it| row(org, it)));
    for line in aligned(&rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    out
}

fn row(org: &Org, reach: &Reach<'_>) -> Vec<String> {
    let path: Vec<String> = reach.route.iter().map(|it| it.matcher.to_string()).collect();
    let services: Vec<&str> = reach.services.iter().map(|it| it.key.as_str()).collect();
    let services = match services.len() {
        0 => styled(FAINT, "none in services.toml"),
        1..=MOST_SERVICES => services.join(" "),
        more => format!("{} and {} more", services[..MOST_SERVICES].join(" "), more - MOST_SERVICES),
    };
    let when: Vec<String> = reach.when.iter().map(ToString::to_string).collect();
    let only = if when.is_empty() { String::new() } else { format!("only when {}", when.join(", ")) };
    vec![
        reach.rung.to_string(),
        minutes(reach.after),
        org.node_name(reach.node),
        path.join(" → "),
        services,
        styled(HINT, &only),
    ]
}
