//! `history show`: what is in the store.

use crate::export::Reader;
use crate::export::json::{VERSION, views};
use crate::history::Losses;
use crate::store::{Overview, Seen};
use crate::time::{Instant, Span, rfc3339};

views! {
    /// `history show --format json`: what is in the store.
    struct PastView {
        /// Always 1.
        version: u32,
        /// Always "history".
        kind: &'static str,
        /// On whose clock times are.
        zone: &'static str,
        /// What was loaded from files.
        loads: Vec<PastLoadView>,
        /// What was pulled from PagerDuty; nothing if nothing was.
        pulled: Option<PulledView>,
    }

    /// Files that were loaded together.
    struct PastLoadView {
        /// As they were named.
        files: Vec<String>,
        /// When they were last loaded.
        at: String,
        /// Rows or lines in them.
        rows: u64,
        /// Rows that were not used, by reason.
        losses: Vec<PastLossView>,
        /// Files that were not read to their end.
        cut_short: Vec<String>,
        /// Episodes that are from them.
        episodes: u64,
        /// The first opening.
        from: Option<String>,
        /// The last opening.
        to: Option<String>,
    }

    /// Rows that were not used.
    struct PastLossView {
        /// Why: "time", "cells" and so on.
        reason: &'static str,
        /// How many.
        rows: u64,
    }

    /// What was pulled from PagerDuty.
    struct PulledView {
        /// "incidents", "log", "analytics", "shifts".
        seen: Vec<SeenView>,
        /// The first opening of an incident.
        from: Option<String>,
        /// The last opening of an incident.
        to: Option<String>,
        /// Users whose name is known.
        users: u64,
        /// Schedules.
        schedules: u64,
        /// Log entries whose incident opened before what was pulled.
        orphans: u64,
    }

    /// One kind of thing.
    struct SeenView {
        /// Which.
        what: &'static str,
        /// How many.
        count: u64,
        /// Over which spans it is whole.
        spans: Vec<PastSpanView>,
        /// What lies between those.
        gaps: Vec<PastSpanView>,
    }

    /// A stretch of time.
    struct PastSpanView {
        /// From when.
        start: String,
        /// The first instant after.
        end: String,
    }
}

/// What is in a store.
pub fn past(overview: &Overview, reader: &Reader) -> PastView {
    let shown = |at: Instant| rfc3339(at, &reader.zone);
    PastView {
        version: VERSION,
        kind: "history",
        zone: reader.zone.name(),
        loads: overview
            .loads
            .iter()
            .map(|it| PastLoadView {
                files: it.files.clone(),
                at: shown(it.at),
                rows: it.rows,
                losses: losses(&it.losses),
                cut_short: it.losses.cut_short.iter().map(|(file, _)| file.clone()).collect(),
                episodes: it.episodes,
                from: it.span.map(|it| shown(it.0)),
                to: it.span.map(|it| shown(it.1)),
            })
            .collect(),
        pulled: overview.pulled.as_ref().map(|it| PulledView {
            seen: it.seen.iter().map(seen_view(reader)).collect(),
            from: it.span.map(|it| shown(it.0)),
            to: it.span.map(|it| shown(it.1)),
            users: it.users,
            schedules: it.schedules,
            orphans: it.orphans,
        }),
    }
}

fn losses(losses: &Losses) -> Vec<PastLossView> {
    losses.kinds.iter().map(|(loss, rows, _)| PastLossView { reason: loss.code(), rows: *rows }).collect()
}

fn span_view(reader: &Reader) -> impl Fn(&Span) -> PastSpanView + '_ {
    |it| PastSpanView { start: rfc3339(it.start(), &reader.zone), end: rfc3339(it.end(), &reader.zone) }
}

fn seen_view(reader: &Reader) -> impl Fn(&Seen) -> SeenView + '_ {
    |it| SeenView {
        what: it.what.word(),
        count: it.count,
        spans: it.spans.iter().map(span_view(reader)).collect(),
        gaps: it.gaps.iter().map(span_view(reader)).collect(),
    }
}
