//! `balance`: shares, changes of hands, distance from the bound.

use crate::export::BalanceOf;
use crate::export::json::{Clock, SpanView, VERSION, views};
use crate::export::text::objection;
use crate::people::balance::{Burden, Outcome};
use crate::time::Span;

views! {
    /// `balance --format json`: a fair calendar for a horizon.
    struct BalanceView {
        /// Always 1.
        version: u32,
        /// Always "balance".
        kind: &'static str,
        /// The horizon.
        horizon: SpanView,
        /// From when on what was held and owed is carried over.
        since: String,
        /// What starts before that is published, and stays.
        published_until: String,
        /// "found", "none" (proved by `cramped`) or "none-found".
        outcome: &'static str,
        /// What is uneven as things are, in weighted hours; absent without an answer.
        cost_before: Option<f64>,
        /// The same as it will be.
        cost_after: Option<f64>,
        /// No calendar costs less.
        bound: Option<f64>,
        /// Whether no calendar is better.
        proved: bool,
        /// Whether `max-share` is kept as far as the plain turns keep it.
        share_kept: bool,
        /// Turns next to each other that nobody can hold without a clash among them.
        cramped: Vec<StuckView>,
        /// How many turns are not published.
        open_turns: usize,
        /// Who takes part, in the order of people.toml.
        people: Vec<ShareView>,
        /// Changes of hands to be written, or just written.
        changes: Vec<TakenView>,
        /// Rows of an earlier balance that stand.
        kept: usize,
        /// Rows of an earlier balance that are taken out.
        withdrawn: usize,
        /// Turns that nobody can hold whole; they stay whose they are.
        stuck: Vec<StuckView>,
        /// The files that change.
        files: Vec<String>,
        /// Whether they were written.
        written: bool,
    }

    /// One person's part.
    struct ShareView {
        /// Who.
        person: String,
        /// What they owe since then and over the horizon.
        owed: BurdenView,
        /// What they held before the horizon.
        carried: BurdenView,
        /// What they hold in the horizon as things are.
        before: BurdenView,
        /// What they will hold in it.
        after: BurdenView,
    }

    /// Hours, on the person's own clock.
    struct BurdenView {
        /// By `[weights]`.
        weighted: f64,
        /// Of sleep on working days.
        nights: f64,
        /// Of weekends.
        weekends: f64,
        /// Of public holidays.
        holidays: f64,
    }

    /// A change of hands.
    struct TakenView {
        /// The seat: `search`, `search.secondary`.
        seat: String,
        /// Who holds it then.
        person: String,
        /// Instead of whom.
        instead_of: String,
        /// When; each is a row of the file.
        spans: Vec<SpanView>,
    }

    /// A turn that nobody can hold.
    struct StuckView {
        /// The seat.
        seat: String,
        /// From its start to its end.
        span: SpanView,
        /// Who takes turns there, and why they cannot: `ana: is away`.
        asked: Vec<String>,
    }
}

/// The view of a balance.
pub fn balance(found: &BalanceOf<'_>) -> BalanceView {
    let BalanceOf { org, request, balance, reader, .. } = found;
    let clock = Clock(reader);
    let span = |it: Span| SpanView { from: clock.at(it.start()), until: clock.at(it.end()) };
    let key = |it| org.person(it).key.clone();
    let (outcome, costs, proved, cramped) = match &balance.outcome {
        Outcome::Found { before, after, bound, proved, .. } => {
            ("found", [*before, *after, *bound].map(Some), *proved, Vec::new())
        }
        Outcome::None { cramped } => {
            (if cramped.is_empty() { "none-found" } else { "none" }, [None; 3], false, cramped.clone())
        }
    };
    let bare = |(seat, at)| StuckView { seat: org.seat_name(seat), span: span(at), asked: Vec::new() };
    BalanceView {
        version: VERSION,
        kind: "balance",
        horizon: span(request.span),
        since: clock.at(request.since),
        published_until: clock.at(request.begin),
        outcome,
        cost_before: costs[0].map(round),
        cost_after: costs[1].map(round),
        bound: costs[2].map(round),
        proved,
        share_kept: matches!(balance.outcome, Outcome::Found { share_kept: true, .. }),
        cramped: cramped.into_iter().map(bare).collect(),
        open_turns: balance.open,
        people: balance
            .shares
            .iter()
            .map(|it| ShareView {
                person: key(it.person),
                owed: burden(it.owed),
                carried: burden(it.carried),
                before: burden(it.before),
                after: burden(it.after),
            })
            .collect(),
        changes: balance
            .rows
            .iter()
            .map(|it| TakenView {
                seat: org.seat_name(it.seat),
                person: key(it.person),
                instead_of: key(it.instead_of),
                spans: it.spans.iter().map(|it| span(*it)).collect(),
            })
            .collect(),
        kept: balance.kept,
        withdrawn: balance.withdrawn.values().map(|it| it.len()).sum(),
        stuck: balance
            .stuck
            .iter()
            .map(|it| {
                let asked = it.asked.iter().map(|(person, objections)| {
                    let all: Vec<String> = objections.iter().map(|it| objection(org, it, &reader.zone)).collect();
                    format!("{}: {}", key(*person), all.join("; "))
                });
                StuckView { seat: org.seat_name(it.seat), span: span(it.span), asked: asked.collect() }
            })
            .collect(),
        files: found.files.clone(),
        written: found.written,
    }
}

fn burden(it: Burden) -> BurdenView {
    BurdenView {
        weighted: round(it.weighted),
        nights: round(it.nights),
        weekends: round(it.weekends),
        holidays: round(it.holidays),
    }
}

/// Hundredths of an hour.
fn round(hours: f64) -> f64 {
    (hours * 100.0).round() / 100.0
}
