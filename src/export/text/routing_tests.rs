//! `test`: what came of the routing tests.

use std::fmt::Write as _;

use crate::escalation::TestResult;
use crate::export::Reader;
use crate::export::text::{BAD, FAINT, GOOD, styled};
use crate::org::Expectation;
use crate::time::stamp;

/// A block a failed test, then the count.
pub fn tests(results: &[TestResult<'_>], reader: &Reader) -> String {
    let mut out = String::new();
    for result in results.iter().filter(|it| !it.passed()) {
        let test = result.test;
        let tags: Vec<String> = test.tags.iter().map(|(tag, value)| format!("{tag}={value}")).collect();
        let name = test.name.as_deref().unwrap_or("a routing test");
        let _ = writeln!(out, "{}  {name}   {}", styled(BAD, "failed"), styled(FAINT, &test.source.to_string()));
        let _ = writeln!(out, "  tags      {}   {}", tags.join(" "), stamp(result.at, &reader.zone));
        let _ = writeln!(out, "  expected  {}", ladders(&test.expect));
        let _ = writeln!(out, "  found     {}\n", ladders(&result.found));
    }
    let failed = results.iter().filter(|it| !it.passed()).count();
    let passed = results.len() - failed;
    match (results.len(), failed) {
        (0, _) => out.push_str("there are no routing tests; `[[tests]]` in escalation.toml adds one\n"),
        (_, 0) => {
            let _ = writeln!(out, "{}", styled(GOOD, &format!("{passed} passed")));
        }
        _ => {
            let _ = writeln!(out, "{}, {passed} passed", styled(BAD, &format!("{failed} failed")));
        }
    }
    out
}

fn ladders(ladders: &Expectation) -> String {
    match ladders.as_slice() {
        [] => "nothing".to_owned(),
        _ => ladders.iter().map(|it| it.join(" → ")).collect::<Vec<_>>().join("  and  "),
    }
}
