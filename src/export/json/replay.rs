//! `route`: what came of many alerts.

use std::collections::BTreeMap;

use crate::escalation::{Example, Row, Verdict};
use crate::export::json::who::{RouteView, route};
use crate::export::json::{Clock, VERSION, views};
use crate::export::{Reader, Sent};
use crate::org::Route;

views! {
    /// `route --format json`: what came of many alerts.
    struct ReplayView {
        /// Always 1.
        version: u32,
        /// Always "route".
        kind: &'static str,
        /// When alerts opened that do not say when they did.
        at: String,
        /// On whose clock times are.
        zone: &'static str,
        /// How many were routed.
        alerts: u64,
        /// How many more said that they are resolved.
        resolved: u64,
        /// Alerts of which somebody is paged.
        paged: u64,
        /// Alerts of which only a channel is informed.
        informed: u64,
        /// Alerts for which nobody is there.
        nobody: u64,
        /// Alerts that the last row took, and no row below it.
        last_row: u64,
        /// How many stretches of lines could not be read.
        skipped: u64,
        /// The first thousand of those.
        unread: Vec<UnreadView>,
        /// The same ladders together, the most frequent first.
        ladders: Vec<ClimbedView>,
        /// Alerts that are alike in all that routes and escalations compare, the most frequent first.
        kinds: Vec<KindView>,
        /// Alerts of kinds beyond those, because there are too many.
        beyond: u64,
        /// All routes, in the order of the file.
        rows: Vec<RowView>,
    }

    /// Lines that could not be read.
    struct UnreadView {
        /// The first of them, from 1.
        first: u64,
        /// The last of them.
        last: u64,
        /// What is wrong.
        why: String,
    }

    /// Alerts that climb the same ladders.
    struct ClimbedView {
        /// The nodes of each ladder, as routing tests write them.
        ladders: Vec<Vec<String>>,
        /// How many.
        alerts: u64,
        /// The first one.
        example: ExampleView,
    }

    /// Alerts that are alike.
    struct KindView {
        /// What routes and escalations compare.
        tags: BTreeMap<String, String>,
        /// How many.
        alerts: u64,
        /// How many of them the last row took.
        last_row: u64,
        /// For how many of them nobody is there.
        nobody: u64,
        /// The first one.
        example: ExampleView,
    }

    /// One alert.
    struct ExampleView {
        /// All that it carries.
        tags: BTreeMap<String, String>,
        /// When it opened.
        at: String,
    }

    /// A route.
    struct RowView {
        /// Which.
        route: RouteView,
        /// Alerts that took it.
        fired: u64,
        /// Alerts that came to it, and took one below it.
        passed_on: u64,
        /// Of a route that no alert came to: whether any could. Absent as well below a route that none can come to.
        verdict: Option<VerdictView>,
    }

    /// Whether an alert can come to a route.
    struct VerdictView {
        /// "reachable", "contradiction", "closed", "shadowed" or "undecided".
        kind: &'static str,
        /// An alert that comes to it, if it is reachable.
        example: Option<BTreeMap<String, String>>,
        /// File and line of the routes that take everything before it, if it is shadowed.
        taken_by: Vec<String>,
    }
}

/// The view of what came of many alerts.
pub fn replay(sent: &Sent<'_>, reader: &Reader) -> ReplayView {
    let clock = Clock(reader);
    let example = |it: &Example| ExampleView { tags: it.tags.clone(), at: clock.at(it.at) };
    let replay = &sent.replay;
    ReplayView {
        version: VERSION,
        kind: "route",
        at: clock.at(sent.at),
        zone: reader.zone.name(),
        alerts: replay.alerts,
        resolved: sent.resolved,
        paged: replay.paged,
        informed: replay.informed,
        nobody: replay.nobody,
        last_row: replay.last_row,
        skipped: sent.skipped,
        unread: sent
            .unread
            .iter()
            .map(|it| UnreadView { first: it.first, last: it.last, why: it.why.clone() })
            .collect(),
        ladders: replay
            .outcomes
            .iter()
            .map(|it| ClimbedView { ladders: it.ladders.clone(), alerts: it.alerts, example: example(&it.example) })
            .collect(),
        kinds: replay
            .kinds
            .iter()
            .map(|it| KindView {
                tags: it.tags.clone(),
                alerts: it.alerts,
                last_row: it.last_row,
                nobody: it.nobody,
                example: example(&it.example),
            })
            .collect(),
        beyond: replay.beyond,
        rows: replay.rows.iter().map(row).collect(),
    }
}

fn row(row: &Row<'_>) -> RowView {
    let verdict = row.verdict.as_ref().map(|it| {
        let plain = |kind| VerdictView { kind, example: None, taken_by: Vec::new() };
        let source = |it: &&Route| it.source.to_string();
        match it {
            Verdict::Reached(tags) => VerdictView { example: Some(tags.clone()), ..plain("reachable") },
            Verdict::Contradiction(_) => plain("contradiction"),
            Verdict::Closed => plain("closed"),
            Verdict::Shadowed(takers) => {
                VerdictView { taken_by: takers.iter().map(source).collect(), ..plain("shadowed") }
            }
            Verdict::Undecided => plain("undecided"),
        }
    });
    RowView { route: route(&row.path), fired: row.fired, passed_on: row.passed_on, verdict }
}
