//! The routing tests that live beside the routes.

use crate::escalation::{Subject, ask};
use crate::org::{Expectation, Org, RoutingTest};
use crate::time::{Exhausted, Instant};

/// What came of one test.
#[derive(Debug, Clone)]
pub struct TestResult<'a> {
    /// The row.
    pub test: &'a RoutingTest,
    /// When the alert opened.
    pub at: Instant,
    /// Where it went.
    pub found: Expectation,
}

impl TestResult<'_> {
    /// Whether it went where it must.
    pub fn passed(&self) -> bool {
        self.found == self.test.expect
    }
}

/// Runs the routing tests of the files. A test that says no time is run at `now`.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn run_tests(org: &Org, now: Instant) -> Result<Vec<TestResult<'_>>, Exhausted> {
    let mut results = Vec::new();
    for test in &org.escalation.tests {
        let at = test.at.unwrap_or(now);
        let found = ask(org, Subject::Tags, &test.tags, at)?.expectation(org);
        results.push(TestResult { test, at, found });
    }
    Ok(results)
}
