//! `edit`: what was done, in people and hours.

use std::fmt::Write as _;

use crate::edit::{Account, Change, unified};
use crate::export::text::columns::{aligned, width};
use crate::export::text::{BAD, FAINT, GOOD, STRONG, styled};
use crate::export::{EditOf, Reader};
use crate::org::{Holder, Org};
use crate::time::{Instant, stamp};

/// Stretches of one seat that are written out.
const MOST_CHANGES: usize = 12;

/// What was done; who holds what instead of whom; hours; who is to be told; what is found anew; with a dry run, the
/// lines of the files.
pub fn edit(edit: &EditOf<'_>, reader: &Reader) -> String {
    let org = edit.before;
    let mut out = String::new();
    for line in &edit.edit.done {
        let _ = writeln!(out, "{}", styled(STRONG, line));
    }
    for line in &edit.edit.notes {
        let _ = writeln!(out, "note: {line}");
    }
    let from = stamp(edit.difference.span.start(), &reader.zone);
    let until = stamp(edit.difference.span.end(), &reader.zone);
    if edit.difference.changes.is_empty() {
        let _ = writeln!(out, "\nnobody's turns change until {until}");
    } else {
        let _ = writeln!(out, "\n{}", styled(STRONG, &format!("Who holds what, until {until}")));
        changes(&mut out, edit, reader);
        let _ = writeln!(out, "\n{}", styled(STRONG, &format!("Hours in these seats from {from}, and the next turn")));
        let rows: Vec<Vec<String>> = edit.difference.accounts.iter().map(|it| account(org, it, reader)).collect();
        let rows = right(rows, &[1, 3, 4]);
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "  {line}");
        }
        let _ = writeln!(out, "\n{}", styled(STRONG, "To be told"));
        let rows: Vec<Vec<String>> = edit.difference.accounts.iter().map(|it| told(org, it)).collect();
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "  {line}");
        }
    }
    if !edit.found.is_empty() {
        let _ = writeln!(out, "\n{}", styled(STRONG, "What `check` finds anew"));
        for it in &edit.found {
            let _ = writeln!(out, "  {}: {}", styled(BAD, it.rule), it.message);
        }
    }
    if !edit.mended.is_empty() {
        let _ = writeln!(out, "\n{}", styled(STRONG, "What `check` no longer finds"));
        for it in &edit.mended {
            let _ = writeln!(out, "  {}: {}", styled(GOOD, it.rule), it.message);
        }
    }
    if edit.dry_run {
        out.push('\n');
        for (name, file) in edit.names.iter().zip(&edit.edit.files) {
            out.push_str(&unified(name, &file.before, &file.after));
        }
    }
    out
}

fn changes(out: &mut String, edit: &EditOf<'_>, reader: &Reader) {
    let org = edit.before;
    for of_seat in edit.difference.changes.chunk_by(|left, right| left.seat == right.seat) {
        let _ = writeln!(out, "  {}", org.seat_name(of_seat[0].seat));
        let rows: Vec<Vec<String>> = of_seat.iter().take(MOST_CHANGES).map(|it| change(org, it, reader)).collect();
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "    {line}");
        }
        if of_seat.len() > MOST_CHANGES {
            let more = of_seat.len() - MOST_CHANGES;
            let _ = writeln!(out, "    {}", styled(FAINT, &format!("and {more} more; `--format json` has all")));
        }
    }
}

fn change(org: &Org, change: &Change, reader: &Reader) -> Vec<String> {
    vec![
        format!("{} to {}", stamp(change.span.start(), &reader.zone), stamp(change.span.end(), &reader.zone)),
        hours(change.span.seconds()),
        format!("{} instead of {}", holders(org, &change.after), holders(org, &change.before)),
    ]
}

fn account(org: &Org, account: &Account, reader: &Reader) -> Vec<String> {
    let difference = account.after - account.before;
    let sign = if difference < 0 { "-" } else { "+" };
    vec![
        org.person(account.person).name.clone(),
        hours(account.before),
        "to".to_owned(),
        hours(account.after),
        format!("{sign}{}", hours(difference.abs())),
        format!("next {}", next_turn(account, reader)),
    ]
}

/// When somebody takes over next, and when that was before the edit.
pub(in crate::export) fn next_turn(account: &Account, reader: &Reader) -> String {
    let at = |at: Option<Instant>| at.map_or("none".to_owned(), |it| stamp(it, &reader.zone));
    match account.next {
        [before, after] if before == after => at(before),
        [before, None] => format!("none; {} before", at(before)),
        [None, after] => format!("{}; none before", at(after)),
        [before, after] => format!("{}, not {}", at(after), at(before)),
    }
}

/// Some columns stand to the right.
fn right(mut rows: Vec<Vec<String>>, columns: &[usize]) -> Vec<Vec<String>> {
    for column in columns {
        let widest = rows.iter().map(|it| width(&it[*column])).max().unwrap_or(0);
        for row in &mut rows {
            let missing = widest - width(&row[*column]);
            row[*column].insert_str(0, &" ".repeat(missing));
        }
    }
    rows
}

fn told(org: &Org, account: &Account) -> Vec<String> {
    let person = org.person(account.person);
    let ways: Vec<&str> =
        [&person.email, &person.chat, &person.phone].into_iter().flatten().map(String::as_str).collect();
    let part = |spans: usize, verb: &str| match spans {
        0 => None,
        1 => Some(format!("{verb} 1 stretch")),
        more => Some(format!("{verb} {more} stretches")),
    };
    let parts = [part(account.gains.len(), "gains"), part(account.loses.len(), "loses")];
    vec![person.name.clone(), ways.join(", "), parts.into_iter().flatten().collect::<Vec<_>>().join(", ")]
}

/// `Ana Souza and Bo Li`; `nobody`.
pub(in crate::export) fn holders(org: &Org, holders: &[Holder]) -> String {
    let people: Vec<&str> =
        holders.iter().filter_map(|it| it.person()).map(|it| org.person(it).name.as_str()).collect();
    if people.is_empty() { "nobody".to_owned() } else { people.join(" and ") }
}

/// `168 h`, `0.5 h`.
pub(in crate::export) fn hours(seconds: i64) -> String {
    let hundredths = seconds * 100 / 3600;
    match hundredths % 100 {
        0 => format!("{} h", hundredths / 100),
        rest => format!("{}.{rest:02} h", hundredths / 100).replace("0 h", " h"),
    }
}
