//! For a pull request.

use crate::export::Reader;
use crate::export::text::{named, span};
use crate::pagerduty::plan::Plan;

/// Changes that are written out.
const MOST_CHANGES: usize = 50;

/// A plan.
pub fn plan(plan: &Plan, reader: &Reader) -> String {
    let mut out = String::from("## PagerDuty\n\n");
    if plan.is_empty() {
        out.push_str("Nothing to do: PagerDuty holds what the files say.\n");
    }
    if !plan.changes.is_empty() {
        out.push_str("| when | schedule | now | then |\n|---|---|---|---|\n");
        for it in plan.changes.iter().take(MOST_CHANGES) {
            let (before, after) = (named(&it.before, &plan.names), named(&it.after, &plan.names));
            out.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                span(it, reader),
                escaped(&it.key),
                escaped(&before),
                escaped(&after)
            ));
        }
        if plan.changes.len() > MOST_CHANGES {
            out.push_str(&format!("\nand {} more stretches.\n", plan.changes.len() - MOST_CHANGES));
        }
    }
    let mut list = |title: &str, rows: Vec<String>| {
        if !rows.is_empty() {
            out.push_str(&format!("\n### {title}\n\n"));
            rows.iter().for_each(|it| out.push_str(&format!("- {it}\n")));
        }
    };
    let about = |about: &str, text: &str| format!("**{}** {}", escaped(about), escaped(text));
    list("What is done", plan.steps.iter().map(|it| about(&it.about, &it.title)).collect());
    list("Risks", plan.risks.iter().map(|it| about(&it.name, &it.text)).collect());
    list("To know", plan.notes.iter().map(|it| about(&it.about, &it.text)).collect());
    list("Cannot be done", plan.errors.iter().map(|it| about(&it.about, &it.text)).collect());
    out
}

/// Names may hold what Markdown or HTML would read.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for it in text.chars() {
        match it {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '@' => out.extend(['\\', it]),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            it if it.is_control() => out.push(' '),
            it => out.push(it),
        }
    }
    out
}
