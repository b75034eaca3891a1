//! `show --format ics`: for calendars (RFC 5545, with the properties of RFC 7986 that subscriptions use).
//!
//! Nothing in it depends on when it was made: the same files give the same bytes, whatever the clock says, as far as the
//! span is the same. What a subscription compares is an event's UID.

use std::fmt::Write as _;
use std::time::Duration;

use crate::calendar::{Bill, Shift, WholeShift, Why, whole_shifts};
use crate::export::text::names;
use crate::export::{Reader, reason, seat_title};
use crate::org::{Holder, Org, SeatId};
use crate::time::{Exhausted, Instant, stamp};

/// How many octets a line of a calendar may have, without its end.
const LINE: usize = 75;

/// DTSTAMP must be there, and says when an event was last revised, which files do not know. A time of our own making
/// would make every copy differ from the one before.
const STAMP: Instant = Instant::MIN;

/// How many rotations or people the name of a calendar lists.
const MOST_NAMED: usize = 3;

/// An event a shift, whole even where the span cuts it, at resolved instants in UTC; before what somebody holds, an
/// alarm if one is asked for.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn ical(bill: &Bill<'_>, reader: &Reader, alarm: Option<Duration>) -> Result<String, Exhausted> {
    let org = bill.org;
    let name = name(bill);
    let mut out = Lines::default();
    out.put("BEGIN", "VCALENDAR");
    out.put("VERSION", "2.0");
    out.put("PRODID", "-//Dogwatch//Dogwatch//EN");
    out.put("CALSCALE", "GREGORIAN");
    out.put("NAME", &escaped(&name));
    out.put("X-WR-CALNAME", &escaped(&name));
    out.put("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    out.put("X-PUBLISHED-TTL", "PT1H");
    for row in &bill.rows {
        let whole = whole_shifts(org, row.seat, bill.span)?;
        for it in whole.iter().filter(|it| bill.shows(it.shift.holder)) {
            event(&mut out, bill, row.seat, it, reader, alarm);
        }
    }
    out.put("END", "VCALENDAR");
    Ok(out.0)
}

fn event(out: &mut Lines, bill: &Bill<'_>, seat: SeatId, it: &WholeShift, reader: &Reader, alarm: Option<Duration>) {
    let (org, shift) = (bill.org, &it.shift);
    let title = seat_title(org, seat);
    let who = match shift.holder {
        Holder::Person(person) => &org.person(person).name,
        Holder::Nobody => "vacant",
    };
    // Whoever asked for one person's calendar knows who it is.
    let summary = match bill.people.as_slice() {
        [_] => format!("On call: {title}"),
        _ => format!("{title}: {who}"),
    };
    let kind = match (shift.holder, shift.why) {
        (Holder::Nobody, _) => "vacant",
        (Holder::Person(_), Why::Override { .. }) => "override",
        (Holder::Person(_), Why::Turn { .. }) => "turn",
    };
    out.put("BEGIN", "VEVENT");
    out.put("UID", &uid(org, seat, shift));
    out.put("DTSTAMP", &compact(STAMP));
    out.put("DTSTART", &compact(shift.span.start()));
    out.put("DTEND", &compact(shift.span.end()));
    out.put("SUMMARY", &escaped(&summary));
    out.put("DESCRIPTION", &escaped(&description(org, seat, it, reader)));
    let categories = [&org.rotation(seat.rotation).name, &seat.seat.to_string(), kind].map(escaped);
    out.put("CATEGORIES", &categories.join(","));
    out.put("STATUS", "CONFIRMED");
    // Somebody who is on call for a week has not a week without time for a meeting.
    out.put("TRANSP", "TRANSPARENT");
    if let (Some(before), Holder::Person(_)) = (alarm, shift.holder) {
        out.put("BEGIN", "VALARM");
        out.put("ACTION", "DISPLAY");
        out.put("DESCRIPTION", &escaped(&summary));
        out.put("TRIGGER", &format!("-PT{}S", before.as_secs()));
        out.put("END", "VALARM");
    }
    out.put("END", "VEVENT");
}

/// A shift's identity: rotation, seat, planned start and person. Of a turn that something cuts in two, the piece that
/// begins with the turn keeps it; what begins later adds its own start.
///
/// It names no machine, and is unique: nobody holds a seat twice at once, so of one person's shifts in a seat no two
/// have the same planned start and the same start.
fn uid(org: &Org, seat: SeatId, shift: &Shift) -> String {
    let holder = org.holder_name(shift.holder).trim_start_matches('@');
    let mut uid =
        format!("{}.{}.{}.{holder}", org.rotation(seat.rotation).key, seat.seat, compact(shift.planned.start()));
    if shift.span.start() != shift.planned.start() {
        let _ = write!(uid, ".{}", compact(shift.span.start()));
    }
    uid + "@dogwatch"
}

fn description(org: &Org, seat: SeatId, WholeShift { shift, next }: &WholeShift, reader: &Reader) -> String {
    let zone = &reader.zone;
    let stretch = |from, until| format!("{} to {}", stamp(from, zone), stamp(until, zone));
    let mut lines = vec![reason(org, seat, shift.why, zone)];
    if shift.span != shift.planned {
        lines.push(format!("what is left of {}", stretch(shift.planned.start(), shift.planned.end())));
    }
    lines.extend(shift.why.source(org, seat).map(ToString::to_string));
    lines.push(match next {
        Some((people, at)) if *at == shift.span.end() => format!("then {}", names(org, people)),
        Some((people, at)) => format!("next is {}, from {}", names(org, people), stamp(*at, zone)),
        None => "nobody else comes within a year".to_owned(),
    });
    lines.join("\n")
}

/// `On call: Search`, `On call: Ana Souza`, `On call`.
fn name(bill: &Bill<'_>) -> String {
    let org = bill.org;
    let mut named: Vec<&str> = bill.people.iter().map(|it| org.person(*it).name.as_str()).collect();
    if named.is_empty() {
        named = bill.rows.iter().map(|it| org.rotation(it.seat.rotation).name.as_str()).collect();
        named.dedup();
        if named.len() == org.rotations.len() {
            named.clear();
        }
    }
    if named.is_empty() || named.len() > MOST_NAMED {
        return "On call".to_owned();
    }
    format!("On call: {}", named.join(", "))
}

/// `20260303T150000Z`.
fn compact(at: Instant) -> String {
    at.utc().format("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value. What no line of a calendar may hold is replaced.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '\\' | ';' | ',' => out.extend(['\\', it]),
            '\n' => out.push_str("\\n"),
            it if it.is_control() => out.push('\u{fffd}'),
            it => out.push(it),
        }
    }
    out
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, name: &str, value: &str) {
        fold(&mut self.0, &format!("{name}:{value}"));
    }
}

/// A line, broken where it is too long, never within a character; what goes on begins with a blank, which counts.
fn fold(out: &mut String, line: &str) {
    let mut octets = 0;
    for it in line.chars() {
        if octets + it.len_utf8() > LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(it);
        octets += it.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn folds(line: &str, expected: &[&str]) {
        let mut found = String::new();
        fold(&mut found, line);
        assert_eq!(found, expected.iter().map(|it| format!("{it}\r\n")).collect::<String>());
    }

    #[test]
    fn lines_are_broken_at_75_octets() {
        let x = |count| "x".repeat(count);
        folds("", &[""]);
        folds(&x(75), &[&x(75)]);
        folds(&x(76), &[&x(75), " x"]);
        // What goes on has a blank first: 74 are left.
        folds(&x(75 + 74), &[&x(75), &format!(" {}", x(74))]);
        folds(&x(75 + 75), &[&x(75), &format!(" {}", x(74)), " x"]);
    }

    #[test]
    fn a_line_is_never_broken_within_a_character() {
        let x = |count| "x".repeat(count);
        // `ö` has two octets, `🐕` has four.
        folds(&format!("{}ö", x(73)), &[&format!("{}ö", x(73))]);
        folds(&format!("{}ö", x(74)), &[&x(74), " ö"]);
        folds(&format!("{}🐕", x(71)), &[&format!("{}🐕", x(71))]);
        folds(&format!("{}🐕🐕", x(72)), &[&x(72), " 🐕🐕"]);
    }

    #[test]
    fn values_escape_what_means_something_else() {
        assert_eq!(escaped("a,b;c\\d\ne:f \"g\""), "a\\,b\\;c\\\\d\\ne:f \"g\"");
        assert_eq!(escaped("a\r\u{7f}b"), "a\u{fffd}\u{fffd}b");
    }
}
