//! `check`: findings, each with its cure.

use std::fmt::Write as _;

use crate::check::{Finding, Level};
use crate::export::text::{BAD, FAINT, GOOD, HINT, STRONG, styled};

/// A block a finding; one line if there is none.
pub fn findings(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return format!("{}\n", styled(GOOD, "nothing found"));
    }
    let mut out = String::new();
    for it in findings {
        let head = match it.level {
            Level::Finding => styled(BAD, &format!("finding[{}]", it.rule)),
            Level::Note => styled(STRONG, &format!("note[{}]", it.rule)),
        };
        let _ = writeln!(out, "{head}: {}", it.message);
        let _ = writeln!(out, "  {} {}", styled(FAINT, "-->"), it.source);
        let _ = writeln!(out, "  {}: {}\n", styled(HINT, "help"), it.cure.replace('\n', "\n    "));
    }
    let _ = writeln!(out, "{}; `dogwatch check --explain RULE` says more", counted(findings));
    out
}

/// `2 findings`, `1 finding, 1 note`, `no findings, 3 notes`.
pub(in crate::export) fn counted(findings: &[Finding]) -> String {
    let of = |level| findings.iter().filter(|it| it.level == level).count();
    let (wrong, notes) = (of(Level::Finding), of(Level::Note));
    let found = match wrong {
        0 => "no findings".to_owned(),
        1 => "1 finding".to_owned(),
        more => format!("{more} findings"),
    };
    match notes {
        0 => found,
        1 => format!("{found}, 1 note"),
        more => format!("{found}, {more} notes"),
    }
}
