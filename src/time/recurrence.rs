//! Recurrence rules of RFC 5545, expanded without a zone.
//!
//! The `rrule` crate loses occurrences in a zone whose clock skips them, so it never sees one: it steps a clock
//! that knows no zone, and each civil time is resolved by [`Zone::resolve`](crate::time::Zone::resolve).

use std::fmt;
use std::sync::Arc;

use rrule::{Frequency, RRule, RRuleSet, Tz, Unvalidated};

use crate::time::Civil;

/// How many occurrences one expansion may make: one an hour, for all the years that Dogwatch knows.
const MOST_OCCURRENCES: usize = 2_100_000;
/// How many times of a day a rule may name.
const MOST_A_DAY: usize = 24 * 12;
/// How many occurrences the first year of a rule may have: one an hour.
const MOST_A_YEAR: usize = 366 * 24;
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
    /// More often than every hour.
    #[error("this rule counts {unit}")]
    TooOften {
        /// `seconds` or `minutes`.
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
            return Err(invalid("it is one line, and holds no colon"));
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
        let in_its_words = |error: rrule::RRuleError| {
            let text = error.to_string();
            let text = text.replace(". Valid", "; valid").replace(". Expected", "; expected");
            let reason = text.split_once(": ").map_or(text.as_str(), |(_, reason)| reason).trim_end_matches('.');
            let sentence = reason.chars().nth(1).is_some_and(char::is_lowercase);
            let cut = reason.chars().next().map_or(0, char::len_utf8);
            match sentence {
                true => invalid(&format!("{}{}", reason[..cut].to_lowercase(), &reason[cut..])),
                false => invalid(reason),
            }
        };
        let rule: RRule<Unvalidated> = upper.parse().map_err(in_its_words)?;
        match rule.get_freq() {
            Frequency::Secondly => return Err(RecurrenceError::TooOften { unit: "seconds" }),
            Frequency::Minutely => return Err(RecurrenceError::TooOften { unit: "minutes" }),
            _ => {}
        }
        if rule.get_interval() == 0 {
            return Err(invalid("`INTERVAL` is at least 1"));
        }
        // The crate reads a 0th weekday as every one.
        let by_day = upper.split(';').find_map(|it| it.strip_prefix("BYDAY=")).unwrap_or("");
        let nth = |day: &str| day.trim_end_matches(|it: char| it.is_ascii_alphabetic()).parse::<i32>();
        if by_day.split(',').any(|day| nth(day) == Ok(0)) {
            return Err(invalid("`BYDAY` has no 0th weekday"));
        }
        // RFC 5545 has numbers there for months and years only; the crate takes such a rule, and leaves the day out.
        let counts = matches!(rule.get_freq(), Frequency::Monthly | Frequency::Yearly);
        if !counts && by_day.split(',').any(|day| nth(day).is_ok()) {
            return Err(invalid("a weekday of `BYDAY` has a number only with `FREQ=MONTHLY` or `FREQ=YEARLY`"));
        }
        // The crate makes all times of a year at once, and a rule may name every second.
        let times = [rule.get_by_hour().len(), rule.get_by_minute().len(), rule.get_by_second().len()];
        if times.iter().map(|it| it.max(&1)).product::<usize>() > MOST_A_DAY {
            return Err(RecurrenceError::TooOften { unit: "minutes" });
        }
        let recurrence = Recurrence { text: upper, rule: Arc::new(rule) };
        let probe = chrono::NaiveDate::default().and_time(chrono::NaiveTime::MIN);
        let year = (&recurrence.set(probe).map_err(in_its_words)?.limit())
            .into_iter()
            .take_while(|it| chrono::Datelike::year(it) == chrono::Datelike::year(&probe));
        if year.take(MOST_A_YEAR + 1).count() > MOST_A_YEAR {
            return Err(RecurrenceError::TooOften { unit: "minutes" });
        }
        Ok(recurrence)
    }

    /// Every civil time of the rule from `start` up to and including the first one beyond `until`, in order.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if the rule gives out, or gives too many, before `until`.
    pub fn expand(&self, start: Civil, until: Civil) -> Result<Vec<Civil>, Exhausted> {
        let mut times = Vec::new();
        for at in &self.times(start)? {
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
        Err(self.exhausted())
    }

    /// The first civil times of the rule from `start` up to and including `until`, in order: at most so many.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if the rule gives out before either.
    pub fn first(&self, start: Civil, until: Civil, most: usize) -> Result<Vec<Civil>, Exhausted> {
        let mut times = Vec::new();
        if most == 0 {
            return Ok(times);
        }
        for at in &self.times(start)? {
            let at = at.naive_utc();
            if at > until {
                return Ok(times);
            }
            if times.last() != Some(&at) {
                times.push(at);
            }
            if times.len() >= most.min(MOST_OCCURRENCES) {
                return Ok(times);
            }
        }
        Err(self.exhausted())
    }

    fn exhausted(&self) -> Exhausted {
        Exhausted { rule: self.text.clone() }
    }

    fn times(&self, start: Civil) -> Result<RRuleSet, Exhausted> {
        Ok(self.set(start).map_err(|_| self.exhausted())?.limit())
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
