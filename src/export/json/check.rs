//! `check`: mistakes and findings.

use crate::check::{Finding, Level};
use crate::config::{Diagnostic, Files, Severity};
use crate::export::json::{VERSION, keys, views};
use crate::org::Org;
use crate::time::{Zone, rfc3339};

views! {
    /// `check --format json`: mistakes and findings.
    struct CheckView {
        /// Always 1.
        version: u32,
        /// Always "check".
        kind: &'static str,
        /// Mistakes in the files, in the order of the files.
        mistakes: Vec<MistakeView>,
        /// What is worth looking at in files without mistakes.
        findings: Vec<FindingView>,
    }

    /// A mistake in a file.
    struct MistakeView {
        /// "error" or "warning".
        severity: &'static str,
        /// The kind of mistake.
        code: String,
        /// What is wrong.
        message: String,
        /// The file.
        file: String,
        /// From 1; absent, the whole file.
        line: Option<usize>,
        /// From 1, in characters.
        column: Option<usize>,
        /// Cures.
        help: Vec<String>,
    }

    /// A finding.
    struct FindingView {
        /// The rule that found it.
        rule: String,
        /// "finding", or "note" where nothing is wrong.
        level: &'static str,
        /// What was found.
        message: String,
        /// What to do about it.
        cure: String,
        /// File and line.
        source: String,
        /// The seats that it is about: `search`, `search.secondary`.
        seats: Vec<String>,
        /// The keys of the people that it is about.
        people: Vec<String>,
        /// When it begins; absent, it is about the files.
        at: Option<String>,
        /// Every instant at which it is so, in order; empty, it is about the files.
        spans: Vec<SpanView>,
        /// How long these are together.
        seconds: i64,
    }

    /// A stretch of time.
    struct SpanView {
        /// Its start belongs to it,
        from: String,
        /// its end does not.
        until: String,
    }
}

/// The view of mistakes and findings. Without an organisation there are no findings.
pub fn check(
    mistakes: &[Diagnostic],
    findings: &[Finding],
    files: &Files,
    org: Option<&Org>,
    zone: &Zone,
) -> CheckView {
    let findings = org.map(|org| findings.iter().map(|it| finding(it, org, zone)).collect());
    CheckView {
        version: VERSION,
        kind: "check",
        mistakes: mistakes.iter().map(|it| mistake(it, files)).collect(),
        findings: findings.unwrap_or_default(),
    }
}

pub(super) fn finding(finding: &Finding, org: &Org, zone: &Zone) -> FindingView {
    let at = |at| rfc3339(at, zone);
    FindingView {
        rule: finding.rule.to_owned(),
        level: match finding.level {
            Level::Finding => "finding",
            Level::Note => "note",
        },
        message: finding.message.clone(),
        cure: finding.cure.clone(),
        source: finding.source.to_string(),
        seats: finding.seats.iter().map(|it| org.seat_name(*it)).collect(),
        people: keys(org, &finding.people),
        at: finding.at().map(at),
        spans: finding.spans.iter().map(|it| SpanView { from: at(it.start()), until: at(it.end()) }).collect(),
        seconds: finding.spans.iter().map(|it| it.seconds()).sum(),
    }
}

fn mistake(diagnostic: &Diagnostic, files: &Files) -> MistakeView {
    let text = files.text(&diagnostic.file).unwrap_or("");
    let before = diagnostic.span.as_ref().and_then(|it| text.get(..it.start));
    MistakeView {
        severity: match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        },
        code: diagnostic.code.to_owned(),
        message: diagnostic.message.clone(),
        file: files.display(&diagnostic.file),
        line: diagnostic.span.as_ref().map(|it| files.line(&diagnostic.file, it.start)),
        column: before.map(|it| it.chars().rev().take_while(|it| *it != '\n').count() + 1),
        help: diagnostic.help.clone(),
    }
}
