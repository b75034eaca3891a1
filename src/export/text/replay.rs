//! `route`: what came of many alerts.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::alerts::Unread;
use crate::escalation::{Climbed, Kind, Replay, Row, Verdict};
use crate::export::text::columns::{aligned, cut};
use crate::export::text::{BAD, FAINT, GOOD, HINT, STRONG, styled};
use crate::export::{Reader, Sent};
use crate::org::{Route, RouteTarget, Tags, harmless};

/// How many rows of each table are shown.
const MOST_SHOWN: usize = 20;

/// What there is to look at, then the ladders, then what that was about.
pub fn replay(sent: &Sent<'_>, reader: &Reader) -> String {
    let replay = &sent.replay;
    let mut out = head(sent);
    for finding in findings(sent) {
        let _ = writeln!(out, "  {finding}");
    }
    out.push_str(&known_more(replay));
    if replay.alerts > 0 {
        section(&mut out, "LADDERS", &ladders(replay, reader), replay.outcomes.len());
    }
    let last: Vec<(u64, &Kind)> = replay.kinds.iter().map(|it| (it.last_row, it)).filter(|(it, _)| *it > 0).collect();
    section(&mut out, "LEFT FOR THE LAST ROW", &kinds(&last, reader), last.len());
    let nobody: Vec<(u64, &Kind)> = replay.kinds.iter().map(|it| (it.nobody, it)).filter(|(it, _)| *it > 0).collect();
    section(&mut out, "NOBODY IS THERE", &kinds(&nobody, reader), nobody.len());
    if replay.alerts > 0 {
        let idle: Vec<Vec<String>> = replay.rows.iter().filter(|it| it.is_idle()).map(idle).collect();
        section(&mut out, "NEVER FIRED", &idle[..idle.len().min(MOST_SHOWN)], idle.len());
    }
    let unread = sent.unread.iter().take(MOST_SHOWN).map(|it| vec![lines(it), it.why.clone()]);
    let unread: Vec<Vec<String>> = unread.collect();
    section(&mut out, "COULD NOT BE READ", &unread, usize::try_from(sent.skipped).unwrap_or(usize::MAX));
    out
}

fn head(sent: &Sent<'_>) -> String {
    let replay = &sent.replay;
    let resolved = match sent.resolved {
        0 => String::new(),
        1 => "; one more is resolved".to_owned(),
        more => format!("; {} more are resolved", grouped(more)),
    };
    if replay.alerts == 0 {
        return format!("{}{resolved}\n", styled(BAD, "there are no alerts in it"));
    }
    let kinds = replay.kinds.len() as u64;
    let kinds = match (kinds, replay.beyond) {
        (1, 0) => "of one kind".to_owned(),
        (kinds, 0) => format!("of {} kinds", grouped(kinds)),
        (kinds, _) => format!("of more than {} kinds", grouped(kinds)),
    };
    format!("{}, {kinds}{resolved}\n", styled(STRONG, &counted(replay.alerts, "alert", "alerts")))
}

fn findings(sent: &Sent<'_>) -> Vec<String> {
    let replay = &sent.replay;
    let mut found = Vec::new();
    let mut tell = |count: u64, [one, more]: [&str; 2], what: &str| {
        if count > 0 {
            let share = count as f64 * 100.0 / replay.alerts.max(1) as f64;
            let verb = if count == 1 { one } else { more };
            found.push(format!("{}  {verb} {what} ({share:.1} %)", styled(BAD, &grouped(count))));
        }
    };
    tell(replay.nobody, ["pages", "page"], "nobody, because nobody is there");
    tell(replay.last_row, ["is", "are"], "left for the last row");
    let idle = replay.rows.iter().filter(|it| it.is_idle()).count() as u64;
    if idle > 0 && replay.alerts > 0 {
        let rows = if idle == 1 { "row of" } else { "rows of" };
        found.push(format!("{}  {rows} {} never fired", styled(BAD, &grouped(idle)), replay.rows.len()));
    }
    if sent.skipped > 0 {
        let what = if sent.skipped == 1 { "piece" } else { "pieces" };
        found.push(format!("{}  {what} of the file could not be read", styled(BAD, &grouped(sent.skipped))));
    }
    if found.is_empty() && replay.alerts > 0 {
        found.push(styled(GOOD, "every row fired, none was left for the last one"));
    }
    if replay.informed > 0 {
        let verb = if replay.informed == 1 { "informs" } else { "inform" };
        found.push(format!("{}  {verb} a channel only, as the rows say", grouped(replay.informed)));
    }
    found
}

/// Alerts go as they come; who forgets that takes a route for wrong.
fn known_more(replay: &Replay<'_>) -> String {
    let Some((service, _)) = replay.known_more.first() else { return String::new() };
    let alerts: u64 = replay.known_more.iter().map(|it| it.1).sum();
    let tags = service.tags.iter().filter(|(tag, _)| *tag != "service");
    let tags: Vec<String> = tags.map(|(tag, value)| format!("{tag}={value}")).collect();
    let name = if alerts == 1 { "names" } else { "name" };
    format!(
        "  {}  {name} a service without all tags that services.toml gives it, such as {}: {}; alerts go as they come, \
         `dogwatch who {}` brings them\n",
        styled(HINT, &grouped(alerts)),
        service.key,
        tags.join(" "),
        service.key
    )
}

fn section(out: &mut String, title: &str, rows: &[Vec<String>], all: usize) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{}", styled(FAINT, title));
    for line in aligned(rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    if all > MOST_SHOWN {
        let _ = writeln!(out, "… and {} more; `--format json` has them", grouped((all - MOST_SHOWN) as u64));
    }
}

/// Each with an alert below it that climbs it.
fn ladders(replay: &Replay<'_>, reader: &Reader) -> Vec<Vec<String>> {
    let climbed = |it: &Climbed| {
        let share = format!("{:.1} %", it.alerts as f64 * 100.0 / replay.alerts as f64);
        let ladders = match it.ladders.as_slice() {
            [] => "nothing".to_owned(),
            ladders => ladders.iter().map(|it| it.join(" → ")).collect::<Vec<_>>().join("  and  "),
        };
        let tags = &it.example.tags;
        let tags = if tags.is_empty() { "no tags at all".to_owned() } else { shown(tags, reader.width - 20) };
        let count = right(&grouped(it.alerts), &grouped(replay.alerts));
        [
            vec![count, right(&share, "100.0 %"), ladders],
            vec![String::new(), String::new(), styled(FAINT, &format!("like {tags}"))],
        ]
    };
    replay.outcomes.iter().take(MOST_SHOWN).flat_map(climbed).collect()
}

fn kinds(kinds: &[(u64, &Kind)], reader: &Reader) -> Vec<Vec<String>> {
    let mut kinds: Vec<(u64, &Kind)> = kinds.to_vec();
    kinds.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let most = kinds.first().map_or(0, |(count, _)| *count);
    let row = |(count, kind): &(u64, &Kind)| {
        let compared = match kind.tags.is_empty() {
            true => "nothing that a row compares".to_owned(),
            false => shown(&kind.tags, reader.width / 2),
        };
        let mut besides = kind.example.tags.clone();
        besides.retain(|tag, _| !kind.tags.contains_key(tag));
        let besides = match besides.is_empty() {
            true => String::new(),
            false => styled(FAINT, &format!("and for example {}", shown(&besides, reader.width / 2))),
        };
        vec![right(&grouped(*count), &grouped(most)), compared, besides]
    };
    kinds.iter().take(MOST_SHOWN).map(row).collect()
}

fn idle(row: &Row<'_>) -> Vec<String> {
    let path: Vec<String> = row.path.iter().map(|it| it.matcher.to_string()).collect();
    let why = match &row.verdict {
        Some(Verdict::Reached(_)) => String::new(),
        Some(Verdict::Contradiction(_)) => "no alert can match it".to_owned(),
        Some(Verdict::Closed) => "it is outside of the hours around it".to_owned(),
        Some(Verdict::Shadowed(takers)) => taken(takers),
        Some(Verdict::Undecided) => "perhaps no alert can come to it".to_owned(),
        None => "no alert can come to the row around it".to_owned(),
    };
    let channel = match &row.route().target {
        RouteTarget::Notify(channel) => format!(" ({channel})"),
        RouteTarget::Page(_) => String::new(),
    };
    vec![row.route().source.to_string(), format!("{}{channel}", path.join(" → ")), styled(BAD, &why)]
}

fn taken(takers: &[&Route]) -> String {
    match takers {
        [only] => format!("line {} takes all of it", only.source.line),
        [first, .., last] => format!("lines {} to {} take all of it", first.source.line, last.source.line),
        [] => String::new(),
    }
}

fn lines(unread: &Unread) -> String {
    match unread.first == unread.last {
        true => format!("line {}", unread.first),
        false => format!("lines {} to {}", unread.first, unread.last),
    }
}

/// Tags with their values, as many as fit.
fn shown(tags: &Tags, width: usize) -> String {
    let mut text = String::new();
    for (tag, value) in tags {
        if !text.is_empty() {
            text.push(' ');
        }
        let clean = |it: &str| harmless(&it.chars().take(width).collect::<String>());
        let _ = write!(text, "{}={}", clean(tag), clean(value));
        if text.width() > width {
            return format!("{}…", cut(&text, width - 1));
        }
    }
    text
}

fn right(text: &str, widest: &str) -> String {
    format!("{}{text}", " ".repeat(widest.len().saturating_sub(text.len())))
}

fn counted(count: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { more })
}

/// `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (place, it) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(it);
    }
    out
}
