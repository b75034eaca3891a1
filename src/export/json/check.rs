//! `check`: mistakes and findings.

use crate::check::Finding;
use crate::config::{Diagnostic, Files, Severity};
use crate::export::json::{VERSION, views};
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
        /// What was found.
        message: String,
        /// What to do about it.
        cure: String,
        /// File and line.
        source: String,
        /// When it begins; absent, it is about the files.
        at: Option<String>,
    }
}

/// The view of mistakes and findings.
pub fn check(mistakes: &[Diagnostic], findings: &[Finding], files: &Files, zone: &Zone) -> CheckView {
    CheckView {
        version: VERSION,
        kind: "check",
        mistakes: mistakes.iter().map(|it| mistake(it, files)).collect(),
        findings: findings
            .iter()
            .map(|it| FindingView {
                rule: it.rule.to_owned(),
                message: it.message.clone(),
                cure: it.cure.clone(),
                source: it.source.to_string(),
                at: it.at.map(|at| rfc3339(at, zone)),
            })
            .collect(),
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
