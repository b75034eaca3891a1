//! Findings: what is worth looking at in files without mistakes, one file a rule.

mod proof;
mod rules;
mod scene;

use crate::org::{Org, PersonId, SeatId, Source};
use crate::time::{Exhausted, Instant, Span, Zone};

use rules::RULES;
use scene::Scene;

/// Something worth looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it: `starvation`.
    pub rule: &'static str,
    /// Whether anything is wrong.
    pub level: Level,
    /// What was found, in one line.
    pub message: String,
    /// What to do about it, so that it can be pasted where that is possible.
    pub cure: String,
    /// Where it is written.
    pub source: Source,
    /// Every instant at which it is so, sorted and disjoint; empty if it is about the files rather than about instants.
    pub spans: Vec<Span>,
    /// The seats that it is about.
    pub seats: Vec<SeatId>,
    /// The people that it is about.
    pub people: Vec<PersonId>,
}

/// How a finding is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something is wrong.
    Finding,
    /// Nothing is wrong, but somebody may want to know.
    Note,
}

impl Finding {
    /// When it begins, if it is about instants.
    pub fn at(&self) -> Option<Instant> {
        self.spans.first().map(|it| it.start())
    }

    fn new(rule: &Rule, message: String, cure: String, source: &Source) -> Finding {
        let (spans, seats, people) = (Vec::new(), Vec::new(), Vec::new());
        Finding { rule: rule.name, level: Level::Finding, message, cure, source: source.clone(), spans, seats, people }
    }

    fn note(self) -> Finding {
        Finding { level: Level::Note, ..self }
    }

    fn during(self, spans: Vec<Span>) -> Finding {
        Finding { spans, ..self }
    }

    fn of(self, seats: impl IntoIterator<Item = SeatId>, people: impl IntoIterator<Item = PersonId>) -> Finding {
        Finding { seats: seats.into_iter().collect(), people: people.into_iter().collect(), ..self }
    }
}

/// A rule: its name, its manual page, and what looks.
struct Rule {
    name: &'static str,
    page: &'static str,
    look: fn(&Scene<'_>) -> Result<Vec<Finding>, Exhausted>,
}

/// All findings over a horizon, in the order of the rules and then of the files. Times in messages are on the clock of
/// `zone`.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn findings(org: &Org, horizon: Span, zone: &Zone) -> Result<Vec<Finding>, Exhausted> {
    let scene = Scene::new(org, horizon, zone)?;
    let mut findings = Vec::new();
    for rule in RULES {
        findings.extend((rule.look)(&scene)?);
    }
    Ok(findings)
}

/// The names of all rules, with the first line of their pages.
pub fn rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    RULES.iter().map(|it| (it.name, it.page.lines().next().unwrap_or_default()))
}

/// The manual page of a rule.
pub fn explain(name: &str) -> Option<&'static str> {
    RULES.iter().find(|it| it.name == name).map(|it| it.page)
}
