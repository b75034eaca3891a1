//! Recurrence rules of RFC 5545, expanded without a zone.
//!
//! The `rrule` crate loses occurrences in a zone whose clock skips them, so it never sees one: it steps a clock
//! that knows no zone, and each civil time is resolved by [`Zone::resolve`](crate::time::Zone::resolve).

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDateTime;
use rrule::{Frequency, NWeekday, RRule, RRuleSet, Tz, Unvalidated};

use crate::time::Civil;

/// How many occurrences one expansion may make.
const MOST_OCCURRENCES: usize = 1_000_000;
/// The latest year that the crate is asked about, a little beyond what Dogwatch knows.
const LAST_YEAR: i32 = 2201;

/// A rule such as `FREQ=WEEKLY;BYDAY=MO,TH`, without a start and without an end.
#[derive(Clone)]
pub struct Recurrence {
    text: String,
    rule: Arc<RRule<Unvalidated>>,
}

/// Why a text is no rule for handoffs.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// The crate would panic on it.
    #[error("a recurrence rule is plain ASCII")]
    NotAscii,
    /// It holds a part that belongs elsewhere.
    #[error("a recurrence rule here holds no `{part}`")]
    Part {
        /// `DTSTART`, `COUNT` or `UNTIL`.
        part: &'static str,
    },
    /// Nobody hands over every minute.
    #[error("nobody hands over every {unit}")]
    TooOften {
        /// `second` or `minute`.
        unit: &'static str,
    },
    /// It does not say what RFC 5545 allows.
    #[error("not a recurrence rule: {reason}")]
    Invalid {
        /// In the crate's words.
        reason: String,
    },
}

/// A rule came to no end within its bounds.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule `{rule}` gives no handoff within the bound that stops every expansion")]
pub struct Exhausted {
    /// The rule.
    pub rule: String,
}

impl Recurrence {
    /// Reads a rule.
    ///
    /// # Errors
    ///
    /// [`RecurrenceError`], which says what to leave out or to mend.
    pub fn parse(text: &str) -> Result<Recurrence, RecurrenceError> {
        // rrule 0.14 panics on a character that is not ASCII beside a BYDAY.
        if !text.is_ascii() {
            return Err(RecurrenceError::NotAscii);
        }
        let upper = text.trim().to_ascii_uppercase();
        for part in ["DTSTART", "COUNT", "UNTIL"] {
            if upper.contains(part) {
                return Err(RecurrenceError::Part { part });
            }
        }
        let invalid = |reason: &str| RecurrenceError::Invalid { reason: reason.to_owned() };
        if upper.contains(['\n', '\r', ':']) {
            return Err(invalid("one rule, such as `FREQ=WEEKLY;BYDAY=MO,TH`, without a name before it"));
        }
        if upper.len() > 1000 {
            return Err(invalid("it is longer than 1,000 characters"));
        }
        for part in upper.split(';') {
            match part.split_once('=') {
                Some((_, value)) if !value.is_empty() => {}
                _ => return Err(invalid("each part reads `NAME=VALUE`, with `;` between the parts")),
            }
        }
        let rule: RRule<Unvalidated> = upper.parse().map_err(|error: rrule::RRuleError| invalid(&error.to_string()))?;
        match rule.get_freq() {
            Frequency::Secondly => return Err(RecurrenceError::TooOften { unit: "second" }),
            Frequency::Minutely => return Err(RecurrenceError::TooOften { unit: "minute" }),
            _ => {}
        }
        if rule.get_interval() == 0 {
            return Err(invalid("`INTERVAL` is at least 1"));
        }
        if rule.get_by_weekday().iter().any(|day| matches!(day, NWeekday::Nth(0, _))) {
            return Err(invalid("`BYDAY` has no 0th weekday"));
        }
        let recurrence = Recurrence { text: upper, rule: Arc::new(rule) };
        let probe = chrono::NaiveDate::default().and_time(chrono::NaiveTime::MIN);
        recurrence.set(probe).map_err(|error| invalid(&error.to_string()))?;
        Ok(recurrence)
    }

    /// Every civil time of the rule from `start` up to and including the first one beyond `until`, in order.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if the rule gives out, or gives too many, before `until`.
    pub fn expand(&self, start: Civil, until: Civil) -> Result<Vec<Civil>, Exhausted> {
        let exhausted = || Exhausted { rule: self.text.clone() };
        let mut times: Vec<NaiveDateTime> = Vec::new();
        for at in &self.set(start).map_err(|_| exhausted())?.limit() {
            let at = at.naive_utc();
            if times.last() != Some(&at) {
                times.push(at);
            }
            if at > until {
                return Ok(times);
            }
            if times.len() > MOST_OCCURRENCES || chrono::Datelike::year(&at) > LAST_YEAR {
                break;
            }
        }
        Err(exhausted())
    }

    fn set(&self, start: Civil) -> Result<RRuleSet, rrule::RRuleError> {
        RRule::clone(&self.rule).build(start.and_utc().with_timezone(&Tz::UTC))
    }
}

impl PartialEq for Recurrence {
    fn eq(&self, other: &Recurrence) -> bool {
        self.text == other.text
    }
}

impl Eq for Recurrence {}

impl fmt::Debug for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recurrence({})", self.text)
    }
}

impl fmt::Display for Recurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
