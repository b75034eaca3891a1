//! Findings: what is worth looking at in files without mistakes, one file a rule.

mod starvation;

use crate::org::{Org, Source};
use crate::time::{Exhausted, Instant};

/// Something worth looking at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it: `starvation`.
    pub rule: &'static str,
    /// What was found, in one line.
    pub message: String,
    /// What to do about it.
    pub cure: String,
    /// Where.
    pub source: Source,
}

/// A rule: its name, its manual page, and what looks.
struct Rule {
    name: &'static str,
    page: &'static str,
    look: fn(&Org, Instant) -> Result<Vec<Finding>, Exhausted>,
}

const RULES: [Rule; 1] = [starvation::RULE];

/// All findings at `now`, in the order of the rules and then of the files.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn findings(org: &Org, now: Instant) -> Result<Vec<Finding>, Exhausted> {
    let mut findings = Vec::new();
    for rule in &RULES {
        findings.extend((rule.look)(org, now)?);
    }
    Ok(findings)
}

/// The names of all rules.
pub fn rules() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|it| it.name)
}

/// The manual page of a rule.
pub fn explain(name: &str) -> Option<&'static str> {
    RULES.iter().find(|it| it.name == name).map(|it| it.page)
}
