//! `balance`: how uneven it is and will be, what each person owes and holds, who takes whose turn.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::export::BalanceOf;
use crate::export::text::columns::{aligned, padded};
use crate::export::text::{BAD, FAINT, GOOD, STRONG, objection, styled};
use crate::people::balance::{Balance, Outcome, Share};
use crate::time::{Span, Zone, stamp};

/// The finding, a row a person, a row a change of hands.
pub fn balance(found: &BalanceOf<'_>) -> String {
    let BalanceOf { org, balance, reader, request, .. } = found;
    let zone = &reader.zone;
    let mut out = String::new();
    for line in sentences(found) {
        let _ = writeln!(out, "{line}");
    }
    if !balance.shares.is_empty() {
        let _ = writeln!(out, "\n{}", styled(STRONG, "Hours of each"));
        let mut rows = vec![header(request.since < request.span.start())];
        rows.extend(balance.shares.iter().map(|it| share(found, it)));
        let widths: Vec<usize> = (0..rows[0].len())
            .map(|column| rows.iter().map(|it| it[column].chars().count()).max().unwrap_or(0))
            .collect();
        for row in &mut rows {
            for (column, cell) in row.iter_mut().enumerate().skip(1) {
                *cell = format!("{}{cell}", " ".repeat(widths[column].saturating_sub(cell.chars().count())));
            }
        }
        for (place, line) in aligned(&rows, "  ").into_iter().enumerate() {
            let _ = writeln!(out, "  {}", if place == 0 { styled(FAINT, &line) } else { line });
        }
    }
    if !balance.rows.is_empty() {
        let _ = writeln!(out, "\n{}", styled(STRONG, "Who takes whose turn"));
        let row = |it: &crate::people::Row| {
            let hull = Span::new(it.spans[0].start(), it.spans[it.spans.len() - 1].end()).unwrap_or(it.spans[0]);
            let names = [it.person, it.instead_of].map(|it| &org.person(it).name);
            vec![org.seat_name(it.seat), during(hull, zone), format!("{} for {}", names[0], names[1])]
        };
        let rows: Vec<Vec<String>> = balance.rows.iter().map(row).collect();
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "  {line}");
        }
    }
    if !balance.stuck.is_empty() {
        let _ = writeln!(out, "\n{}", styled(STRONG, "Nobody can hold these whole; they stay"));
        for stuck in &balance.stuck {
            let who = &org.person(stuck.holder).name;
            let line = format!("{}  {}  {who}", org.seat_name(stuck.seat), during(stuck.span, zone));
            let _ = writeln!(out, "  {}", styled(BAD, &line));
            for (person, objections) in &stuck.asked {
                let all: Vec<String> = objections.iter().map(|it| objection(org, it, zone)).collect();
                let _ = writeln!(out, "    {}: {}", org.person(*person).name, all.join("; "));
            }
        }
        let _ = writeln!(out, "  `dogwatch cover` finds who stands in for a part of a turn");
    }
    out.push('\n');
    match (found.written, found.files.is_empty()) {
        (_, true) => out.push_str("nothing is to be written\n"),
        (true, false) => {
            let _ = writeln!(out, "{}", styled(GOOD, &format!("wrote {}", found.files.join(", "))));
        }
        (false, false) => {
            let files = found.files.join(", ");
            let _ = writeln!(out, "nothing is written yet: `dogwatch balance --write` changes {files}");
        }
    }
    out
}

/// What came of it: how uneven, how many turns change hands, how near the best there can be.
pub(in crate::export) fn sentences(found: &BalanceOf<'_>) -> Vec<String> {
    let BalanceOf { org, balance, reader, .. } = found;
    let zone = &reader.zone;
    match &balance.outcome {
        Outcome::Found { before, after, bound, proved, share_kept } => {
            let [now, then] = [0, 1].map(|which| spread(balance, which));
            let turns = balance.rows.len();
            let what = match (turns, balance.withdrawn.is_empty()) {
                (0, true) => format!("what stands is as fair as can be found: {then}"),
                _ => format!("weighted hours beyond what is owed: now {now}; then {then}"),
            };
            let hands = format!(
                "{turns} of {} change hands anew{}{}",
                counted(balance.open, "turn that is not published", "turns that are not published"),
                earlier(balance.kept, ["stands", "stand"]),
                earlier(balance.withdrawn.values().map(BTreeSet::len).sum(), ["is taken back", "are taken back"]),
            );
            let near = match proved {
                true => "no calendar costs less".to_owned(),
                false => format!("no calendar costs less than {bound:.0}"),
            };
            let cost = format!(
                "what is uneven, in hours, nights, weekends, holidays and changes, costs {before:.0} weighted hours now, {after:.0} then; {near}"
            );
            let mut lines = vec![what, hands, cost];
            if !share_kept {
                lines.push("no calendar was found that keeps `max-share`; this one goes beyond it by as few turns as one was found with".to_owned());
            }
            lines
        }
        Outcome::None { cramped } if cramped.is_empty() => vec![
            "no calendar without a clash was found, and none is proposed".to_owned(),
            "`--effort` takes a larger number; or end a clash by hand, or with `dogwatch cover`".to_owned(),
        ],
        Outcome::None { cramped } => {
            let mut lines =
                vec!["there is no calendar without a clash: nobody can hold these turns together".to_owned()];
            lines.extend(
                cramped.iter().map(|(seat, span)| format!("  {}  {}", org.seat_name(*seat), during(*span, zone))),
            );
            lines
        }
    }
}

fn spread(balance: &Balance, which: usize) -> String {
    let all = balance.shares.iter().map(|it| it.beyond()[which]);
    let (low, high) = all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), it| (low.min(it), high.max(it)));
    if low > high {
        return "nobody holds any".to_owned();
    }
    format!("from {} to {}", signed(low), signed(high))
}

pub(in crate::export) fn signed(hours: f64) -> String {
    // A minus before nothing is none.
    let whole = hours.round() as i64;
    match whole {
        0 => "0".to_owned(),
        it if it > 0 => format!("+{it}"),
        it => format!("−{}", -it),
    }
}

pub(in crate::export) fn header(carried: bool) -> Vec<String> {
    let held = if carried { "held before" } else { "" };
    ["", "owed", held, "now", "then", "beyond now", "then", "nights", "then", "weekends", "then", "holidays", "then"]
        .map(str::to_owned)
        .to_vec()
}

pub(in crate::export) fn share(found: &BalanceOf<'_>, share: &Share) -> Vec<String> {
    let whole = |it: f64| format!("{it:.0}");
    let carried = found.request.since < found.request.span.start();
    let [now, then] = share.beyond();
    vec![
        padded(&found.org.person(share.person).name, 0),
        whole(share.owed.weighted),
        if carried { whole(share.carried.weighted) } else { String::new() },
        whole(share.before.weighted),
        whole(share.after.weighted),
        signed(now),
        signed(then),
        whole(share.before.nights),
        whole(share.after.nights),
        whole(share.before.weekends),
        whole(share.after.weekends),
        whole(share.before.holidays),
        whole(share.after.holidays),
    ]
}

/// What becomes of changes that an earlier balance wrote.
fn earlier(count: usize, [one, more]: [&str; 2]) -> String {
    match count {
        0 => String::new(),
        1 => format!("; 1 change written earlier {one}"),
        _ => format!("; {count} changes written earlier {more}"),
    }
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

pub(in crate::export) fn during(span: Span, zone: &Zone) -> String {
    format!("{} to {}", stamp(span.start(), zone), stamp(span.end(), zone))
}
