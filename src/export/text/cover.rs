//! `cover`: who stands in for whom, and why nobody does.

use std::fmt::Write as _;

use crate::export::text::columns::aligned;
use crate::export::text::{BAD, FAINT, GOOD, STRONG, styled};
use crate::export::{CoverOf, hours};
use crate::org::{Org, Source};
use crate::people::{Cause, Cover, Left, Objection, Row, WhyNot};
use crate::time::{Span, Zone, stamp};

/// A block a swap; what nobody can cover, person by person; what is taken back; who owes whom.
pub fn cover(found: &CoverOf<'_>) -> String {
    let CoverOf { org, cover, reader, .. } = found;
    let zone = &reader.zone;
    let mut out = String::new();
    if !cover.swaps.is_empty() {
        let _ = writeln!(out, "{}", styled(STRONG, "Who stands in"));
        for swap in &cover.swaps {
            let _ = writeln!(out, "  {}", styled(FAINT, &swap.id));
            let rows: Vec<Vec<String>> = swap.rows.iter().map(|it| row(org, it, zone)).collect();
            for line in aligned(&rows, "  ") {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
    if !cover.left.is_empty() {
        heading(&mut out, "Nobody stands in");
        for left in &cover.left {
            let _ = writeln!(out, "  {}", styled(BAD, &left_line(org, left, zone)));
            for line in why_not(org, left, zone) {
                let _ = writeln!(out, "    {line}");
            }
        }
    }
    if !cover.withdrawn.is_empty() {
        heading(&mut out, "Taken back");
        for it in &cover.withdrawn {
            let why = if it.needless { "no longer needed" } else { "somebody in it no longer can" };
            let _ = writeln!(out, "  {}  {why}", it.id);
            for (rotation, index) in &it.rows {
                let row = &org.rotation(*rotation).overrides[*index];
                let who = row.holder.person().map_or("nobody", |it| org.person(it).name.as_str());
                let line = format!("{}  {}  {who}", org.rotation(*rotation).key, during(row.span, zone));
                let _ = writeln!(out, "    {}", styled(FAINT, &line));
            }
        }
    }
    if !cover.owed.is_empty() {
        heading(&mut out, if cover.swaps.is_empty() { "Owed" } else { "Owed, when all this is done" });
        let rows: Vec<Vec<String>> = cover
            .owed
            .iter()
            .map(|it| {
                let names = [it.debtor, it.creditor].map(|it| org.person(it).name.clone());
                vec![format!("{} owes {}", names[0], names[1]), hours(it.seconds) + " h"]
            })
            .collect();
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "  {line}");
        }
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", sentence(cover));
    match (found.written, found.files.is_empty()) {
        (_, true) => {}
        (true, false) => {
            let _ = writeln!(out, "{}", styled(GOOD, &format!("wrote {}", found.files.join(", "))));
        }
        (false, false) => {
            let _ =
                writeln!(out, "nothing is written yet: `dogwatch cover --write` changes {}", found.files.join(", "));
        }
    }
    out
}

/// What came of it, in one sentence.
pub(in crate::export) fn sentence(cover: &Cover) -> String {
    let clashes = counted(cover.clashes, "clash", "clashes");
    let kept = match cover.kept.len() {
        0 => String::new(),
        1 => "; 1 swap written earlier still stands".to_owned(),
        kept => format!("; {kept} swaps written earlier still stand"),
    };
    if cover.clashes == 0 {
        return format!("nobody is on call while away{kept}");
    }
    let covered = cover.clashes - cover.left.len();
    let by = match (covered, cover.proved) {
        (0, _) => "none can be covered".to_owned(),
        (_, true) => {
            format!("{covered} covered by {}, and fewer changes cannot do", counted(cover.swaps.len(), "swap", "swaps"))
        }
        (_, false) => format!("{covered} covered by {}", counted(cover.swaps.len(), "swap", "swaps")),
    };
    let unsure = match cover.proved {
        true => "",
        false => " (not searched to the end: `--effort` takes a larger number)",
    };
    let left = match cover.left.len() {
        0 => String::new(),
        left => format!(", {left} left"),
    };
    format!("{clashes} with time off: {by}{left}{unsure}{kept}")
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

fn heading(out: &mut String, text: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", styled(STRONG, text));
}

fn row(org: &Org, row: &Row, zone: &Zone) -> Vec<String> {
    let times = match row.spans.as_slice() {
        [only] => during(*only, zone),
        spans => {
            let last = spans[spans.len() - 1];
            format!("{} to {}, in {} parts", stamp(spans[0].start(), zone), stamp(last.end(), zone), spans.len())
        }
    };
    let [person, instead] = [row.person, row.instead_of].map(|it| &org.person(it).name);
    vec![org.seat_name(row.seat), times, format!("{person} for {instead}, {}", because(org, row))]
}

/// Why a row is there.
pub(in crate::export) fn because(org: &Org, row: &Row) -> String {
    match &row.cause {
        Cause::Away { note: Some(note) } => format!("who is away ({note})"),
        Cause::Away { note: None } => "who is away".to_owned(),
        Cause::InReturn => "in return".to_owned(),
        Cause::MakesRoom => format!("so that {} can stand in", org.person(row.instead_of).name),
        Cause::Balance => "for a fair share".to_owned(),
    }
}

pub(in crate::export) fn left_line(org: &Org, left: &Left, zone: &Zone) -> String {
    let note = left.note.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
    let span = Span::new(left.spans[0].start(), left.spans[left.spans.len() - 1].end()).unwrap_or(left.spans[0]);
    format!("{}  {}  {} is away{note}", org.seat_name(left.seat), during(span, zone), org.person(left.person).name)
}

/// A line for each person who could be asked.
pub(in crate::export) fn why_not(org: &Org, left: &Left, zone: &Zone) -> Vec<String> {
    match &left.why {
        WhyNot::Written(Source { file, line }) => {
            vec![format!("{file}:{line} puts them there, and covers what a machine writes: change that row")]
        }
        WhyNot::Nobody(people) if people.is_empty() => vec!["nobody else takes turns in the rotation".to_owned()],
        WhyNot::Nobody(people) => {
            let line = |(person, objections): &(_, Vec<Objection>)| {
                let all: Vec<String> = objections.iter().map(|it| objection(org, it, zone)).collect();
                let all = if all.is_empty() { "could, but then more would be left".to_owned() } else { all.join("; ") };
                format!("{}: {all}", org.person(*person).name)
            };
            people.iter().map(line).collect()
        }
    }
}

/// What speaks against somebody, after their name.
pub(in crate::export) fn objection(org: &Org, objection: &Objection, zone: &Zone) -> String {
    match objection {
        Objection::Away { note: Some(note) } => format!("is away ({note})"),
        Objection::Away { note: None } => "is away".to_owned(),
        Objection::NotReady(missing) => {
            let missing: Vec<String> = missing.iter().map(ToString::to_string).collect();
            format!("is not ready: {}", missing.join(", "))
        }
        Objection::BothSeats => "holds the other seat of it then".to_owned(),
        Objection::BothPrimaries(seat) => format!("holds {} then", org.seat_name(*seat)),
        Objection::Rest { seconds } => format!("would have only {} h of rest", hours(*seconds)),
        Objection::Share { seconds, from } => {
            let weeks = org.limits.max_share.map_or(0, |it| it.over_weeks);
            let of = *seconds as f64 / (f64::from(weeks) * 168.0 * 36.0);
            format!("would be primary for {of:.1} % of the {weeks} weeks from {}", stamp(*from, zone))
        }
    }
}

fn during(span: Span, zone: &Zone) -> String {
    format!("{} to {}", stamp(span.start(), zone), stamp(span.end(), zone))
}
