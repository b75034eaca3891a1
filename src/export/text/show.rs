//! `show`: calendars as a timeline, an agenda or a table.

use std::fmt::Write as _;

use crate::calendar::{Bill, Row, Shift, Why};
use crate::export::Reader;
use crate::export::text::columns::{aligned, padded, width};
use crate::export::text::timeline::{Bar, Kind, Scale};
use crate::export::text::{BAD, FAINT, STRONG, styled};
use crate::org::{Holder, Org, SeatId};
use crate::time::{Span, Zone, stamp};

/// The least columns that a timeline has, however narrow the screen.
const LEAST_COLUMNS: usize = 28;

/// How many gaps, and how many overrides, are listed below a timeline.
const MOST_LISTED: usize = 20;

fn head(span: Span, zone: &Zone) -> String {
    let text = format!("{} to {}", stamp(span.start(), zone), stamp(span.end(), zone));
    format!("{}  {}\n\n", styled(STRONG, &text), styled(FAINT, zone.name()))
}

fn kind(shift: &Shift) -> Kind {
    match (shift.holder, shift.why) {
        (Holder::Nobody, _) => Kind::Vacant,
        (Holder::Person(_), Why::Override { .. }) => Kind::Override,
        (Holder::Person(_), Why::Turn { .. }) => Kind::Shift,
    }
}

/// A line a seat, with who holds it; below it what is out of the ordinary.
pub fn timeline_by_rotation(bill: &Bill<'_>, reader: &Reader) -> String {
    let (org, span) = (bill.org, bill.span);
    let mut rows: Vec<(String, Vec<Bar>)> = Vec::new();
    let mut all_gaps = Vec::new();
    for Row { seat, shifts, gaps } in &bill.rows {
        let mut bars: Vec<Bar> = shifts
            .iter()
            .map(|it| {
                let label = match it.holder {
                    Holder::Person(person) => org.person(person).key.clone(),
                    Holder::Nobody => "vacant".to_owned(),
                };
                Bar { span: it.span, label, kind: kind(it) }
            })
            .collect();
        for &gap in gaps {
            bars.push(Bar { span: gap, label: "gap".to_owned(), kind: Kind::Gap });
            all_gaps.push((*seat, gap));
        }
        bars.sort_by_key(|it| it.span.start());
        rows.push((org.seat_name(*seat), bars));
    }
    let mut out = head(span, &reader.zone);
    out.push_str(&drawn(rows, span, reader));
    out.push_str(&gap_list(org, &all_gaps, &reader.zone));
    out.push_str(&override_list(bill, &reader.zone));
    out
}

/// A line a person, with the seats they hold and the hours that makes.
pub fn timeline_by_person(bill: &Bill<'_>, reader: &Reader) -> String {
    let (org, span) = (bill.org, bill.span);
    let mut rows = Vec::new();
    for person in &org.people {
        let mut bars: Vec<Bar> = Vec::new();
        let mut seconds = 0;
        for Row { seat, shifts, .. } in &bill.rows {
            for shift in shifts.iter().filter(|it| it.holder == Holder::Person(person.id)) {
                seconds += shift.span.seconds();
                bars.push(Bar { span: shift.span, label: org.seat_name(*seat), kind: kind(shift) });
            }
        }
        if bars.is_empty() {
            continue;
        }
        bars.sort_by_key(|it| it.span.start());
        rows.push((person.key.clone(), seconds / 3600, bars));
    }
    let longest = rows.iter().map(|(key, ..)| width(key)).max().unwrap_or(0);
    let rows = rows.into_iter().map(|(key, hours, bars)| (format!("{} {hours:>5} h", padded(&key, longest)), bars));
    let mut out = head(span, &reader.zone);
    out.push_str(&drawn(rows.collect(), span, reader));
    out
}

fn drawn(rows: Vec<(String, Vec<Bar>)>, span: Span, reader: &Reader) -> String {
    if rows.is_empty() {
        return "nobody holds anything then\n".to_owned();
    }
    let names = rows.iter().map(|(name, _)| width(name)).max().unwrap_or(0) + 2;
    let scale = Scale { span, columns: reader.width.saturating_sub(names + 1).max(LEAST_COLUMNS) };
    let marks = scale.marks(rows.iter().flat_map(|(_, bars)| bars));
    let mut out = String::new();
    for line in scale.axis(&reader.zone) {
        let _ = writeln!(out, "{}{}", " ".repeat(names), styled(FAINT, &line));
    }
    for (name, bars) in rows {
        let lines = scale.lines(&bars, &marks);
        if lines.is_empty() {
            let _ = writeln!(out, "{name}");
        }
        for (index, line) in lines.iter().enumerate() {
            let name = if index == 0 { name.as_str() } else { "" };
            let _ = writeln!(out, "{}{line}", padded(name, names));
        }
    }
    out.push_str(&legend(&marks.legend(), reader.width));
    out
}

/// What the letters stand for, in lines that fit the screen.
fn legend(entries: &[String], width_of_screen: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries {
        match lines.last_mut() {
            Some(line) if width(line) + 2 + width(entry) <= width_of_screen => {
                line.push_str("  ");
                line.push_str(entry);
            }
            _ => lines.push(entry.clone()),
        }
    }
    let lines: String = lines.iter().map(|line| format!("{}\n", styled(FAINT, line))).collect();
    if lines.is_empty() { lines } else { format!("\n{lines}") }
}

fn gap_list(org: &Org, gaps: &[(SeatId, Span)], zone: &Zone) -> String {
    let mut out = String::new();
    if gaps.is_empty() {
        return out;
    }
    let _ = writeln!(out, "\n{}", styled(BAD, "Gaps: promised, and held by nobody"));
    let row = |(seat, gap): &(SeatId, Span)| {
        vec![format!("  {}", org.seat_name(*seat)), stamp(gap.start(), zone), format!("to {}", stamp(gap.end(), zone))]
    };
    let rows: Vec<Vec<String>> = gaps.iter().take(MOST_LISTED).map(row).collect();
    for line in aligned(&rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    if gaps.len() > MOST_LISTED {
        let _ = writeln!(out, "  and {} more; `--format json` has them all", gaps.len() - MOST_LISTED);
    }
    out
}

fn override_list(bill: &Bill<'_>, zone: &Zone) -> String {
    let org = bill.org;
    let mut rows = Vec::new();
    for Row { seat, shifts, .. } in &bill.rows {
        let mut seen = Vec::new();
        for shift in shifts {
            let Why::Override { index } = shift.why else { continue };
            if seen.contains(&index) {
                continue;
            }
            seen.push(index);
            let row = &org.rotation(seat.rotation).overrides[index as usize];
            let who = match row.instead_of {
                Some(other) => format!("{} for {}", org.holder_name(row.holder), org.person(other).key),
                None => org.holder_name(row.holder).to_owned(),
            };
            rows.push(vec![
                format!("  {}", org.seat_name(*seat)),
                who,
                stamp(row.span.start(), zone),
                format!("to {}", stamp(row.span.end(), zone)),
                row.reason.clone().unwrap_or_default(),
                styled(FAINT, &row.source.to_string()),
            ]);
        }
    }
    if rows.is_empty() {
        return String::new();
    }
    let more = rows.len().saturating_sub(MOST_LISTED);
    rows.truncate(MOST_LISTED);
    let mut out = format!("\n{}\n", styled(STRONG, "Overrides"));
    for line in aligned(&rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    if more > 0 {
        let _ = writeln!(out, "  and {more} more; `--format json` has them all");
    }
    out
}

/// A block a day: who holds each seat, and from what time.
pub fn agenda(bill: &Bill<'_>, reader: &Reader) -> String {
    let (org, span) = (bill.org, bill.span);
    let zone = &reader.zone;
    let mut out = String::new();
    let last = zone.day(span.end());
    // Per seat, the first shift that has not ended before the day at hand.
    let mut first: Vec<usize> = vec![0; bill.rows.len()];
    for day in zone.day(span.start()).iter_days().take_while(|it| *it <= last) {
        let next = day.succ_opt().unwrap_or(day);
        let whole = Span::new(zone.start_of_day(day), zone.start_of_day(next));
        let Some(today) = whole.and_then(|it| it.intersection(span)) else { continue };
        let mut rows = Vec::new();
        for (Row { seat, shifts, .. }, first) in bill.rows.iter().zip(&mut first) {
            let mut held: Vec<(Span, Holder)> = Vec::new();
            while shifts.get(*first).is_some_and(|it| it.span.end() <= today.start()) {
                *first += 1;
            }
            let near = shifts[*first..].iter().take_while(|it| it.span.start() < today.end());
            for (span, holder) in near.filter_map(|it| Some((it.span.intersection(today)?, it.holder))) {
                match held.last_mut() {
                    Some((last, same)) if *same == holder && last.end() == span.start() => {
                        *last = Span::new(last.start(), span.end()).unwrap_or(*last);
                    }
                    _ => held.push((span, holder)),
                }
            }
            let clock = |at| zone.civil(at).format("%H:%M").to_string();
            let mut entries = Vec::new();
            for (index, (span, holder)) in held.iter().enumerate() {
                entries.push(format!("{} {}", clock(span.start()), org.holder_name(*holder)));
                let followed = held.get(index + 1).is_some_and(|(next, _)| next.start() <= span.end());
                if !followed && span.end() < today.end() && bill.people.is_empty() {
                    let gap = crate::calendar::is_promised(org, *seat, span.end());
                    let empty = if gap { styled(BAD, "gap") } else { styled(FAINT, "nobody") };
                    entries.push(format!("{} {empty}", clock(span.end())));
                }
            }
            let held = entries;
            if !held.is_empty() {
                rows.push(vec![format!("  {}", org.seat_name(*seat)), held.join("  ")]);
            }
        }
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(out, "{}", styled(STRONG, &day.format("%a %Y-%m-%d").to_string()));
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "{line}");
        }
        out.push('\n');
    }
    if out.is_empty() { "nobody holds anything then\n".to_owned() } else { out }
}

/// A row a shift.
pub fn table(bill: &Bill<'_>, reader: &Reader) -> String {
    let org = bill.org;
    let zone = &reader.zone;
    let head = ["ROTATION", "SEAT", "FROM", "UNTIL", "HOURS", "PERSON", "WHY", ""];
    let mut rows = vec![head.map(|it| styled(FAINT, it)).to_vec()];
    for Row { seat, shifts, .. } in &bill.rows {
        for shift in shifts {
            let why = match shift.why {
                Why::Turn { number, .. } => format!("turn {}", number + 1),
                Why::Override { .. } => "override".to_owned(),
            };
            let source = shift.why.source(org, *seat).map(ToString::to_string).unwrap_or_default();
            rows.push(vec![
                org.rotation(seat.rotation).key.clone(),
                seat.seat.to_string(),
                stamp(shift.span.start(), zone),
                stamp(shift.span.end(), zone),
                hours(shift.span.seconds()),
                org.holder_name(shift.holder).to_owned(),
                why,
                styled(FAINT, &source),
            ]);
        }
    }
    aligned(&rows, "  ").into_iter().map(|line| line + "\n").collect()
}

/// `168`, `24.5`.
fn hours(seconds: i64) -> String {
    match (seconds / 3600, seconds % 3600) {
        (hours, 0) => format!("{hours:>5}"),
        (hours, rest) => format!("{hours:>5}.{:02}", (rest * 100 / 3600).max(1)).trim_end_matches('0').to_owned(),
    }
}
