//! Plans, and comparisons.

use crate::export::Reader;
use crate::export::json::{Clock, VERSION, views};
use crate::pagerduty::desired::Note;
use crate::pagerduty::plan::Plan;
use crate::pagerduty::verify::Difference;
use crate::time::{Instant, parse_instant};

views! {
    /// What it takes to make PagerDuty equal to the files.
    struct PlanView {
        /// Of this form.
        version: u32,
        /// "plan"
        kind: &'static str,
        /// When it was made.
        made: String,
        /// How far ahead it is exact.
        until: String,
        /// There is nothing to do.
        empty: bool,
        /// People and hours.
        changes: Vec<ChangeView>,
        /// What is done, in order.
        steps: Vec<StepView>,
        /// What must be accepted by name.
        risks: Vec<NoteView>,
        /// What cannot be held exactly, and what else to know.
        notes: Vec<NoteView>,
        /// Why it cannot be done.
        errors: Vec<NoteView>,
    }

    /// Other people from then until then.
    struct ChangeView {
        /// The seat.
        seat: String,
        /// From when.
        from: String,
        /// Until when.
        until: String,
        /// Who it is at PagerDuty, by name; empty: nobody.
        before: Vec<String>,
        /// Who it shall be.
        after: Vec<String>,
    }

    /// One thing to do.
    struct StepView {
        /// What it concerns.
        about: String,
        /// What it does.
        title: String,
    }

    /// Something to know.
    struct NoteView {
        /// What it is about; of a risk, its name.
        about: String,
        /// In a sentence.
        text: String,
    }

    /// What PagerDuty renders, held against the calendar.
    struct VerifyView {
        /// Of this form.
        version: u32,
        /// "verify"
        kind: &'static str,
        /// From when.
        from: String,
        /// Until when.
        until: String,
        /// There is no difference.
        equal: bool,
        /// Where they differ: `before` is what PagerDuty shows, `after` what the files say.
        differences: Vec<ChangeView>,
        /// Steps that a plan would take for teams, if they are kept.
        teams: usize,
    }
}

/// A plan, for programs.
pub fn plan(plan: &Plan, reader: &Reader) -> PlanView {
    let note = |it: &Note| NoteView { about: it.about.clone(), text: it.text.clone() };
    PlanView {
        version: VERSION,
        kind: "plan",
        made: at(&plan.made, reader),
        until: at(&plan.until, reader),
        empty: plan.is_empty(),
        changes: plan.changes.iter().map(|it| change(it, plan, reader)).collect(),
        steps: plan.steps.iter().map(|it| StepView { about: it.about.clone(), title: it.title.clone() }).collect(),
        risks: plan.risks.iter().map(|it| NoteView { about: it.name.clone(), text: it.text.clone() }).collect(),
        notes: plan.notes.iter().map(note).collect(),
        errors: plan.errors.iter().map(note).collect(),
    }
}

/// A comparison, for programs.
pub fn verify(plan: &Plan, differences: &[Difference], reader: &Reader) -> VerifyView {
    VerifyView {
        version: VERSION,
        kind: "verify",
        from: at(&plan.made, reader),
        until: at(&plan.until, reader),
        equal: differences.is_empty() && plan.steps_of_teams() == 0,
        differences: differences.iter().map(|it| change(it, plan, reader)).collect(),
        teams: plan.steps_of_teams(),
    }
}

fn at(text: &str, reader: &Reader) -> String {
    parse_instant(text, &reader.zone).map_or_else(|_| text.to_owned(), |it| Clock(reader).at(it))
}

fn change(it: &Difference, plan: &Plan, reader: &Reader) -> ChangeView {
    let names = |users: &[String]| users.iter().map(|it| plan.names.get(it).unwrap_or(it).clone()).collect();
    let clock = Clock(reader);
    ChangeView {
        seat: it.key.clone(),
        from: clock.at(Instant::from_unix(it.start)),
        until: clock.at(Instant::from_unix(it.end)),
        before: names(&it.before),
        after: names(&it.after),
    }
}
