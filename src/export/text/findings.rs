//! `check`: findings, each with its cure.

use std::fmt::Write as _;

use crate::check::Finding;
use crate::export::text::{BAD, FAINT, GOOD, HINT, styled};

/// A block a finding; one line if there is none.
pub fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return format!("{}\n", styled(GOOD, "nothing found"));
    }
    let mut out = String::new();
    for it in findings {
        let _ = writeln!(out, "{}: {}", styled(BAD, &format!("finding[{}]", it.rule)), it.message);
        let _ = writeln!(out, "  {} {}", styled(FAINT, "-->"), it.source);
        let _ = writeln!(out, "  {}: {}\n", styled(HINT, "help"), it.cure.replace('\n', "\n    "));
    }
    let count = findings.len();
    let _ = writeln!(
        out,
        "{count} {}; `dogwatch check --explain RULE` says more",
        if count == 1 { "finding" } else { "findings" }
    );
    out
}
