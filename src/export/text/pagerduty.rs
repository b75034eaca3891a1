//! Plans, and what came of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::export::Reader;
use crate::export::text::{BAD, FAINT, GOOD, HINT, STRONG, styled};
use crate::pagerduty::desired::Note;
use crate::pagerduty::plan::{Done, Plan};
use crate::pagerduty::verify::Difference;
use crate::time::{Instant, Zone, parse_instant, stamp};

/// Changes of one schedule that are written out.
const MOST_CHANGES: usize = 12;

/// A plan: people and hours, what is done, risks, and what to know.
pub fn plan(plan: &Plan, reader: &Reader) -> String {
    let mut out = String::new();
    if plan.is_empty() {
        out.push_str("nothing to do: PagerDuty holds what the files say\n");
    }
    if !plan.changes.is_empty() {
        heading(&mut out, "People and hours");
        out.push_str(&changes(plan, reader));
    }
    if !plan.steps.is_empty() {
        heading(&mut out, "What is done");
        let width = plan.steps.iter().map(|it| it.about.chars().count()).max().unwrap_or(0).min(28);
        for step in &plan.steps {
            out.push_str(&format!("  {:width$}  {}\n", step.about, on_clock(&step.title, reader)));
        }
    }
    if !plan.risks.is_empty() {
        heading(&mut out, "Risks");
        for risk in &plan.risks {
            out.push_str(&format!("  {}  {}\n", styled(BAD, &risk.name), on_clock(&risk.text, reader)));
        }
    }
    // What concerns this plan first: the rest is there whenever one is made.
    let touched: BTreeSet<&str> = plan.steps.iter().map(|it| it.about.as_str()).collect();
    let mut known = plan.notes.clone();
    known.sort_by_key(|it| !touched.contains(it.about.as_str()));
    notes(&mut out, "To know", &known, reader);
    notes(&mut out, "Cannot be done", &plan.errors, reader);
    out
}

fn heading(out: &mut String, text: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&format!("{}\n", styled(STRONG, text)));
}

fn notes(out: &mut String, title: &str, notes: &[Note], reader: &Reader) {
    if notes.is_empty() {
        return;
    }
    heading(out, title);
    for (about, text) in grouped(notes) {
        out.push_str(&format!("  {}: {}\n", styled(HINT, &about), on_clock(text, reader)));
    }
}

/// Each text once, where the first that it is about stands, with all that it is about.
pub(in crate::export) fn grouped(notes: &[Note]) -> Vec<(String, &str)> {
    let mut all: Vec<(String, &str)> = Vec::new();
    for note in notes {
        match all.iter_mut().find(|it| it.1 == note.text) {
            Some(known) => known.0 = format!("{}, {}", known.0, note.about),
            None => all.push((note.about.clone(), &note.text)),
        }
    }
    all
}

/// A text of a plan, which is saved with instants in UTC, with these on the reader's clock.
pub fn on_clock(text: &str, reader: &Reader) -> String {
    let word = |word: &str| {
        let bare = word.trim_end_matches([';', ',', '.', ':']);
        let at = bare.ends_with('Z').then(|| parse_instant(bare, &Zone::utc()).ok()).flatten();
        at.map_or_else(|| word.to_owned(), |at| format!("{}{}", stamp(at, &reader.zone), &word[bare.len()..]))
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The names of people, as in a sentence.
pub(in crate::export) fn named(users: &[String], names: &BTreeMap<String, String>) -> String {
    let names: Vec<&str> = users.iter().map(|it| names.get(it).map_or(it.as_str(), String::as_str)).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(" and ") }
}

fn changes(plan: &Plan, reader: &Reader) -> String {
    let mut out = String::new();
    for of_one in plan.changes.chunk_by(|a, b| a.key == b.key) {
        let key = &of_one[0].key;
        let is_new = !plan.before.schedules.iter().any(|it| it.key == *key);
        if is_new {
            let first = named(&of_one[0].after, &plan.names);
            out.push_str(&format!("  {}  {key} is new: {first} first\n", styled(FAINT, &span(&of_one[0], reader))));
            continue;
        }
        for it in of_one.iter().take(MOST_CHANGES) {
            out.push_str(&format!("  {}  {}\n", styled(FAINT, &span(it, reader)), change(it, plan)));
        }
        if of_one.len() > MOST_CHANGES {
            out.push_str(&format!("  and {} more of {key}\n", of_one.len() - MOST_CHANGES));
        }
    }
    out
}

fn change(it: &Difference, plan: &Plan) -> String {
    format!("{}: {} instead of {}", it.key, named(&it.after, &plan.names), named(&it.before, &plan.names))
}

/// From when until when.
pub(in crate::export) fn span(it: &Difference, reader: &Reader) -> String {
    let at = |seconds| stamp(Instant::from_unix(seconds), &reader.zone);
    format!("{} to {}", at(it.start), at(it.end))
}

/// What came of an apply.
pub fn applied(done: &Done, names: &BTreeMap<String, String>, reader: &Reader) -> String {
    let mut out = if done.steps == 1 { "\n1 step done\n".to_owned() } else { format!("\n{} steps done\n", done.steps) };
    out.push_str(&compared(&done.differences, names, reader));
    out
}

/// What came of a comparison.
pub fn verified(plan: &Plan, differences: &[Difference], reader: &Reader) -> String {
    let mut out = compared(differences, &plan.names, reader);
    let teams = plan.steps_of_teams();
    if teams > 0 {
        let many = if teams == 1 { "1 change of teams is".to_owned() } else { format!("{teams} changes of teams are") };
        out.push_str(&format!("{many} open: `dogwatch plan` says which\n"));
    }
    if !differences.is_empty() && !plan.steps.is_empty() {
        out.push_str("`dogwatch plan` says what it takes\n");
    }
    out
}

fn compared(differences: &[Difference], names: &BTreeMap<String, String>, reader: &Reader) -> String {
    if differences.is_empty() {
        return format!("{}\n", styled(GOOD, "PagerDuty shows what the files say"));
    }
    let mut out = format!("{}\n", styled(BAD, "PagerDuty shows something else"));
    for of_one in differences.chunk_by(|a, b| a.key == b.key) {
        for it in of_one.iter().take(MOST_CHANGES) {
            let (is, wanted) = (named(&it.before, names), named(&it.after, names));
            out.push_str(&format!("  {}  {}: {is}, where the files say {wanted}\n", span(it, reader), it.key));
        }
        if of_one.len() > MOST_CHANGES {
            out.push_str(&format!("  and {} more of {}\n", of_one.len() - MOST_CHANGES, of_one[0].key));
        }
    }
    out
}
