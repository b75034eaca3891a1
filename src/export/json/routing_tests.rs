//! `test`: what came of the routing tests.

use std::collections::BTreeMap;

use crate::escalation::TestResult;
use crate::export::Reader;
use crate::export::json::{Clock, VERSION, views};

views! {
    /// `test --format json`: what came of the routing tests.
    struct TestView {
        /// Always 1.
        version: u32,
        /// Always "test".
        kind: &'static str,
        /// How many passed.
        passed: usize,
        /// How many failed.
        failed: usize,
        /// In the order of the file.
        tests: Vec<TestResultView>,
    }

    /// One routing test.
    struct TestResultView {
        /// Its name.
        name: Option<String>,
        /// File and line.
        source: String,
        /// What the alert carries.
        tags: BTreeMap<String, String>,
        /// When it opened.
        at: String,
        /// Where it must go.
        expect: Vec<Vec<String>>,
        /// Where it went.
        found: Vec<Vec<String>>,
        /// Whether these are the same.
        passed: bool,
    }
}

/// The view of routing tests.
pub fn tests(results: &[TestResult<'_>], reader: &Reader) -> TestView {
    let clock = Clock(reader);
    let passed = results.iter().filter(|it| it.passed()).count();
    TestView {
        version: VERSION,
        kind: "test",
        passed,
        failed: results.len() - passed,
        tests: results
            .iter()
            .map(|it| TestResultView {
                name: it.test.name.clone(),
                source: it.test.source.to_string(),
                tags: it.test.tags.clone(),
                at: clock.at(it.at),
                expect: it.test.expect.clone(),
                found: it.found.clone(),
                passed: it.passed(),
            })
            .collect(),
    }
}
