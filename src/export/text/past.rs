//! What is in the store of past episodes, and one episode of it.

use std::fmt::Write as _;

use serde_json::Value;

use crate::export::Reader;
use crate::export::text::columns::aligned;
use crate::export::text::fit::{count, counted, long, losses};
use crate::export::text::{BAD, FAINT, STRONG, styled};
use crate::org::harmless;
use crate::store::{Overview, Pulled, What};
use crate::time::{Span, parse_rfc3339, stamp};

/// How many gaps are shown of each kind of thing.
const MOST_GAPS: usize = 5;

/// What is in a store.
pub fn past(overview: &Overview, place: &str, reader: &Reader) -> String {
    let mut out = String::new();
    if overview.loads.is_empty() && overview.pulled.is_none() {
        let _ = writeln!(out, "{place} is empty");
        return out;
    }
    if let Some(it) = &overview.pulled {
        pulled(&mut out, it, reader);
    }
    for load in &overview.loads {
        if !out.is_empty() {
            out.push('\n');
        }
        let _ = writeln!(
            out,
            "{}  {}",
            styled(STRONG, &harmless(&load.files.join(", "))),
            styled(FAINT, &format!("loaded {}", stamp(load.at, &reader.zone)))
        );
        let span = load.span.map_or_else(
            || "none of them from here any more".to_owned(),
            |(first, last)| format!("{} to {}", stamp(first, &reader.zone), stamp(last, &reader.zone)),
        );
        let _ = writeln!(out, "  {}  {span}", counted(load.episodes, "episode"));
        for line in losses(load.rows, &load.losses).lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
    out
}

fn pulled(out: &mut String, it: &Pulled, reader: &Reader) {
    let _ = write!(out, "{}", styled(STRONG, "PagerDuty"));
    let _ = match it.span {
        Some((first, last)) => {
            writeln!(out, "  incidents opened from {} to {}", stamp(first, &reader.zone), stamp(last, &reader.zone))
        }
        None => writeln!(out, "  no incident"),
    };
    let shown = |span: &Span| format!("{} to {}", stamp(span.start(), &reader.zone), stamp(span.end(), &reader.zone));
    let rows: Vec<Vec<String>> = it
        .seen
        .iter()
        .map(|seen| {
            let whole = seen.spans.first().zip(seen.spans.last());
            let whole = whole.and_then(|(first, last)| Span::new(first.start(), last.end()));
            vec![
                format!("  {}", count(seen.count)),
                match seen.what {
                    What::Incidents => "incidents",
                    What::Log => "log entries",
                    What::Analytics => "counted by PagerDuty",
                    What::Shifts => "shifts",
                }
                .to_owned(),
                whole.as_ref().map_or_else(|| "not pulled".to_owned(), |it| format!("pulled for {}", shown(it))),
            ]
        })
        .collect();
    for line in aligned(&rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    let _ = writeln!(out, "  {}, {}", counted(it.users, "user"), counted(it.schedules, "schedule"));
    for seen in &it.seen {
        for gap in seen.gaps.iter().take(MOST_GAPS) {
            let _ = writeln!(out, "  {}: no {} for {}", styled(BAD, "gap"), seen.what.word(), shown(gap));
        }
        let more = seen.gaps.len().saturating_sub(MOST_GAPS);
        if more > 0 {
            let _ = writeln!(out, "  and {more} more gaps");
        }
    }
    if it.orphans > 0 {
        let text = format!("  {} log entries are of incidents that opened before", count(it.orphans));
        let _ = writeln!(out, "{}", styled(FAINT, &text));
    }
}

/// One episode, by its line of JSON; `None` if the line is none.
pub fn episode(line: &str, title: Option<&str>, reader: &Reader) -> Option<String> {
    let episode: Value = serde_json::from_str(line).ok()?;
    let opened = parse_rfc3339(episode["opened"].as_str()?)?;
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}  opened {}{}",
        styled(STRONG, &harmless(episode["id"].as_str()?)),
        stamp(opened, &reader.zone),
        title.map(|it| format!("  {}", harmless(it))).unwrap_or_default()
    );
    let tags = episode["tags"].as_object().into_iter().flatten();
    let tags: Vec<String> =
        tags.filter_map(|(key, it)| Some(format!("{}={}", harmless(key), harmless(it.as_str()?)))).collect();
    if !tags.is_empty() {
        let _ = writeln!(out, "  {}", styled(FAINT, &tags.join("  ")));
    }
    let mut rows = Vec::new();
    for step in episode["steps"].as_array()? {
        let at = parse_rfc3339(step["at"].as_str()?)?;
        let after = at.seconds_since(opened);
        let after = match u32::try_from(after) {
            Ok(after) => format!("+{}", long(after)),
            Err(_) => "before".to_owned(),
        };
        let name = |key: &str| harmless(step[key].as_str().unwrap_or(""));
        rows.push(vec![format!("  {after}"), stamp(at, &reader.zone), name("kind"), name("team"), name("person")]);
    }
    for line in aligned(&rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    Some(out)
}
