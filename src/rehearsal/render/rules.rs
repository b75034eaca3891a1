//! Recurrence rules of RFC 5545, as far as events use them; what is rarer goes to [`Recurrence`].

use chrono::{Datelike, Days, Months, NaiveDate, TimeDelta, Weekday};

use crate::time::{Civil, Recurrence};

/// How many occurrences one event may have up to the end of a window: one an hour, for thirty years.
const MOST: usize = 270_000;

/// Why a recurrence is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::rehearsal) enum RuleError {
    #[error("must contain exactly one RRULE, and otherwise only EXDATE and RDATE")]
    Parts,
    #[error("is not a valid recurrence rule: {reason}")]
    Rule { reason: String },
    #[error("is not a valid date: {text}")]
    Date { text: String },
    #[error("has more occurrences than a rehearsal expands")]
    TooMany,
}

/// What an event's `recurrence` says.
#[derive(Debug)]
pub(super) struct Rules {
    rule: Rule,
    until: Option<Until>,
    count: Option<usize>,
    left_out: Vec<Date>,
    added: Vec<Date>,
}

#[derive(Debug)]
enum Rule {
    Plain(Plain),
    Rare(Recurrence),
}

/// A date-time on the event's clock or in UTC, or a whole day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Date {
    Clock(Civil),
    Utc(Civil),
    Day(NaiveDate),
}

type Until = Date;

/// A rule of these parts alone.
#[derive(Debug, Default)]
struct Plain {
    every: Frequency,
    interval: u32,
    /// With a number in `FREQ=MONTHLY`: the n-th of the month, from the end if negative.
    by_day: Vec<(Option<i8>, Weekday)>,
    by_month_day: Vec<i8>,
    by_month: Vec<u32>,
    by_hour: Vec<u32>,
    week_start: Option<Weekday>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Frequency {
    Hourly,
    #[default]
    Daily,
    Weekly,
    Monthly,
}

impl Rules {
    pub(super) fn read(lines: &[String]) -> Result<Rules, RuleError> {
        let mut rules = None;
        let (mut left_out, mut added) = (Vec::new(), Vec::new());
        for line in lines {
            if !line.is_ascii() || line.len() > 2000 {
                return Err(RuleError::Parts);
            }
            let upper = line.trim().to_ascii_uppercase();
            let (name, value) = upper.split_once(':').ok_or(RuleError::Parts)?;
            match name.split(';').next() {
                Some("RRULE") if rules.is_none() => rules = Some(rule(value)?),
                Some("EXDATE") => left_out.extend(dates(value)?),
                Some("RDATE") => added.extend(dates(value)?),
                _ => return Err(RuleError::Parts),
            }
        }
        let (rule, until, count) = rules.ok_or(RuleError::Parts)?;
        Ok(Rules { rule, until, count, left_out, added })
    }

    /// Every occurrence from the first on, up to and without `end`, in order. `in_utc` reads the event's clock.
    ///
    /// COUNT and UNTIL bound the rule; dates that are left out do not count towards the turns.
    pub(super) fn occurrences(
        &self,
        first: Civil,
        end: Civil,
        in_utc: impl Fn(Civil) -> Civil,
    ) -> Result<Vec<Civil>, RuleError> {
        let mut found = match &self.rule {
            Rule::Plain(rule) => rule.expand(first, end)?,
            // It gives the first occurrence beyond the end, too.
            Rule::Rare(rule) if first < end => rule.expand(first, end).map_err(|_| RuleError::TooMany)?,
            Rule::Rare(_) => Vec::new(),
        };
        found.retain(|it| *it < end && self.until.is_none_or(|until| within(*it, until, &in_utc)));
        if let Some(count) = self.count {
            found.truncate(count);
        }
        let is = |date: &Date, it: Civil| match *date {
            Date::Clock(clock) => clock == it,
            Date::Utc(utc) => utc == in_utc(it),
            Date::Day(day) => day == it.date(),
        };
        for added in &self.added {
            let at = match *added {
                Date::Clock(clock) => clock,
                Date::Day(day) => day.and_time(first.time()),
                // The clock of a zone is less than a day from that of UTC.
                Date::Utc(utc) => {
                    let shift = in_utc(utc) - utc;
                    utc - shift
                }
            };
            if first <= at && at < end {
                found.push(at);
            }
        }
        found.retain(|it| !self.left_out.iter().any(|date| is(date, *it)));
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

fn within(it: Civil, until: Until, in_utc: &impl Fn(Civil) -> Civil) -> bool {
    match until {
        Date::Clock(clock) => it <= clock,
        Date::Utc(utc) => in_utc(it) <= utc,
        Date::Day(day) => it.date() <= day,
    }
}

fn rule(text: &str) -> Result<(Rule, Option<Until>, Option<usize>), RuleError> {
    let wrong = |reason: &str| RuleError::Rule { reason: reason.to_owned() };
    let mut plain = Some(Plain { interval: 1, ..Plain::default() });
    let (mut until, mut count) = (None, None);
    let mut rest = Vec::new();
    for part in text.split(';').filter(|it| !it.is_empty()) {
        let (name, value) = part.split_once('=').ok_or_else(|| wrong("each part reads NAME=VALUE"))?;
        match name {
            "UNTIL" => {
                until = Some(date(value)?);
                continue;
            }
            "COUNT" => {
                count = Some(value.parse().map_err(|_| wrong("COUNT is a number"))?);
                continue;
            }
            _ => rest.push(part),
        }
        let known = match (name, plain.as_mut()) {
            (_, None) => true,
            ("FREQ", Some(rule)) => {
                let frequency = match value {
                    "HOURLY" => Some(Frequency::Hourly),
                    "DAILY" => Some(Frequency::Daily),
                    "WEEKLY" => Some(Frequency::Weekly),
                    "MONTHLY" => Some(Frequency::Monthly),
                    _ => None,
                };
                rule.every = frequency.unwrap_or_default();
                frequency.is_some()
            }
            ("INTERVAL", Some(rule)) => {
                rule.interval = value.parse().map_err(|_| wrong("INTERVAL is a number"))?;
                if !(1..=10_000).contains(&rule.interval) {
                    return Err(wrong("INTERVAL is at least 1"));
                }
                true
            }
            ("WKST", Some(rule)) => {
                rule.week_start = Some(weekday(value).ok_or_else(|| wrong("WKST is a weekday"))?);
                true
            }
            ("BYDAY", Some(rule)) => list(value, nth_weekday, &mut rule.by_day),
            ("BYMONTHDAY", Some(rule)) => {
                let day = |it: &str| it.parse().ok().filter(|it: &i8| (1..=31).contains(&it.abs()));
                list(value, day, &mut rule.by_month_day)
            }
            ("BYMONTH", Some(rule)) => {
                let month = |it: &str| it.parse().ok().filter(|it| (1..=12).contains(it));
                list(value, month, &mut rule.by_month)
            }
            ("BYHOUR", Some(rule)) => {
                let hour = |it: &str| it.parse().ok().filter(|it| *it < 24);
                list(value, hour, &mut rule.by_hour)
            }
            _ => false,
        };
        if !known {
            plain = None;
        }
    }
    if rest.iter().all(|it| !it.starts_with("FREQ=")) {
        return Err(wrong("FREQ is missing"));
    }
    let numbered = |rule: &Plain| rule.by_day.iter().any(|(nth, _)| nth.is_some());
    let plain = plain.filter(|rule| match rule.every {
        // What limits and what expands differs from one frequency to the next: the rest is rare.
        Frequency::Hourly => rule.by_month_day.is_empty() && rule.by_hour.is_empty() && !numbered(rule),
        Frequency::Daily => !numbered(rule),
        Frequency::Weekly => rule.by_month_day.is_empty() && !numbered(rule),
        Frequency::Monthly => rule.by_day.is_empty() || rule.by_month_day.is_empty(),
    });
    let rule = match plain {
        Some(rule) => Rule::Plain(rule),
        None => Rule::Rare(Recurrence::parse(&rest.join(";")).map_err(|it| wrong(&it.to_string()))?),
    };
    Ok((rule, until, count))
}

fn list<T>(text: &str, read: impl Fn(&str) -> Option<T>, into: &mut Vec<T>) -> bool {
    let values: Option<Vec<T>> = text.split(',').map(read).collect();
    values.map(|it| *into = it).is_some()
}

fn weekday(text: &str) -> Option<Weekday> {
    let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let index = names.iter().position(|it| *it == text)?;
    Weekday::try_from(u8::try_from(index).ok()?).ok()
}

fn nth_weekday(text: &str) -> Option<(Option<i8>, Weekday)> {
    let at = text.len().checked_sub(2)?;
    let (number, day) = (text.get(..at)?, text.get(at..)?);
    let nth = match number {
        "" => None,
        _ => Some(number.parse().ok().filter(|it: &i8| (1..=5).contains(&it.abs()))?),
    };
    Some((nth, weekday(day)?))
}

fn dates(text: &str) -> Result<Vec<Date>, RuleError> {
    text.split(',').map(date).collect()
}

/// `20260105`, `20260105T090000` or `20260105T090000Z`; also as ISO 8601 writes them.
fn date(text: &str) -> Result<Date, RuleError> {
    let plain: String = text.chars().filter(|it| !matches!(it, '-' | ':')).collect();
    let error = || RuleError::Date { text: text.to_owned() };
    let (clock, utc) = plain.strip_suffix('Z').map_or((plain.as_str(), false), |it| (it, true));
    let known = |day: NaiveDate| if crate::time::is_known(day) { Ok(day) } else { Err(error()) };
    match clock.len() {
        8 => known(NaiveDate::parse_from_str(clock, "%Y%m%d").map_err(|_| error())?).map(Date::Day),
        _ => {
            let at = Civil::parse_from_str(clock, "%Y%m%dT%H%M%S").map_err(|_| error())?;
            known(at.date())?;
            Ok(if utc { Date::Utc(at) } else { Date::Clock(at) })
        }
    }
}

impl Plain {
    fn expand(&self, first: Civil, end: Civil) -> Result<Vec<Civil>, RuleError> {
        let mut found = Vec::new();
        let mut period = 0_u32;
        // A rule may hold nothing at all, such as the 31st of every February.
        while let Some(start) = self.period(first, period) {
            if start >= end {
                return Ok(found);
            }
            let mut times = self.in_period(first, start);
            times.sort_unstable();
            times.retain(|it| first <= *it && *it < end);
            found.extend(times);
            if found.len() > MOST || period > 10_000_000 {
                return Err(RuleError::TooMany);
            }
            period = period.checked_add(self.interval).ok_or(RuleError::TooMany)?;
        }
        Ok(found)
    }

    /// The start of the period that is so many after the one of `first`.
    fn period(&self, first: Civil, count: u32) -> Option<Civil> {
        match self.every {
            Frequency::Hourly => first.checked_add_signed(TimeDelta::try_hours(i64::from(count))?),
            Frequency::Daily => first.date().checked_add_days(Days::new(u64::from(count)))?.and_hms_opt(0, 0, 0),
            Frequency::Weekly => {
                let week = first.date().week(self.week_start.unwrap_or(Weekday::Mon)).checked_first_day()?;
                week.checked_add_days(Days::new(7 * u64::from(count)))?.and_hms_opt(0, 0, 0)
            }
            Frequency::Monthly => {
                first.date().with_day(1)?.checked_add_months(Months::new(count))?.and_hms_opt(0, 0, 0)
            }
        }
    }

    fn in_period(&self, first: Civil, start: Civil) -> Vec<Civil> {
        let days: Vec<NaiveDate> = match self.every {
            Frequency::Hourly => return if self.allows(start.date()) { vec![start] } else { Vec::new() },
            Frequency::Daily => vec![start.date()],
            Frequency::Weekly if self.by_day.is_empty() => {
                start.date().iter_days().take(7).filter(|it| it.weekday() == first.weekday()).collect()
            }
            Frequency::Weekly => start.date().iter_days().take(7).collect(),
            Frequency::Monthly => {
                let month = start.date().iter_days().take_while(|it| it.month() == start.month());
                let whole = self.by_day.is_empty() && self.by_month_day.is_empty();
                month.filter(|it| !whole || it.day() == first.day()).collect()
            }
        };
        let hours = match self.by_hour.is_empty() {
            true => vec![first.time()],
            false => self.by_hour.iter().filter_map(|it| chrono::Timelike::with_hour(&first.time(), *it)).collect(),
        };
        let days = days.into_iter().filter(|it| self.allows(*it));
        days.flat_map(|day| hours.iter().map(move |it| day.and_time(*it))).collect()
    }

    fn allows(&self, day: NaiveDate) -> bool {
        let length = i8::try_from(days_in_month(day)).unwrap_or(31);
        let number = i8::try_from(day.day()).unwrap_or(1);
        let weekday = |&(nth, weekday): &(Option<i8>, Weekday)| {
            let counted = match nth {
                None => true,
                Some(nth @ 1..) => (number - 1) / 7 + 1 == nth,
                Some(nth) => (length - number) / 7 + 1 == -nth,
            };
            weekday == day.weekday() && counted
        };
        let month_day = |it: &i8| *it == number || *it == number - length - 1;
        (self.by_day.is_empty() || self.by_day.iter().any(weekday))
            && (self.by_month_day.is_empty() || self.by_month_day.iter().any(month_day))
            && (self.by_month.is_empty() || self.by_month.contains(&day.month()))
    }
}

fn days_in_month(day: NaiveDate) -> u32 {
    let next = day.with_day(1).and_then(|it| it.checked_add_months(Months::new(1)));
    next.and_then(|it| it.pred_opt()).map_or(31, |it| it.day())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn expand(lines: &[&str], first: &str, end: &str) -> Result<Vec<String>, RuleError> {
        let lines: Vec<String> = lines.iter().map(|it| (*it).to_owned()).collect();
        let found = Rules::read(&lines)?.occurrences(first.parse().unwrap(), end.parse().unwrap(), |it| it)?;
        Ok(found.iter().map(|it| it.format("%m-%dT%H").to_string()).collect())
    }

    #[track_caller]
    fn gives(lines: &[&str], end: &str, expected: &str) {
        // A Monday.
        let found = expand(lines, "2026-01-05T09:00:00", end).unwrap();
        assert_eq!(found.join(" "), expected, "{lines:?}");
    }

    #[test]
    fn rules_give_what_a_calendar_on_the_wall_says() {
        gives(&["RRULE:FREQ=WEEKLY"], "2026-01-27T00:00:00", "01-05T09 01-12T09 01-19T09 01-26T09");
        gives(
            &["RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE"],
            "2026-01-24T00:00:00",
            "01-05T09 01-07T09 01-19T09 01-21T09",
        );
        gives(&["RRULE:FREQ=DAILY;INTERVAL=3"], "2026-01-12T00:00:00", "01-05T09 01-08T09 01-11T09");
        gives(&["RRULE:FREQ=DAILY;BYDAY=SA,SU"], "2026-01-13T00:00:00", "01-10T09 01-11T09");
        gives(&["RRULE:FREQ=HOURLY;INTERVAL=12"], "2026-01-06T12:00:00", "01-05T09 01-05T21 01-06T09");
        gives(&["RRULE:FREQ=MONTHLY"], "2026-04-01T00:00:00", "01-05T09 02-05T09 03-05T09");
        gives(&["RRULE:FREQ=MONTHLY;BYDAY=1MO,-1FR"], "2026-03-01T00:00:00", "01-05T09 01-30T09 02-02T09 02-27T09");
        gives(&["RRULE:FREQ=MONTHLY;BYMONTHDAY=31,-1"], "2026-04-01T00:00:00", "01-31T09 02-28T09 03-31T09");
        gives(&["RRULE:FREQ=YEARLY;BYMONTH=2,3;BYMONTHDAY=1"], "2026-12-01T00:00:00", "02-01T09 03-01T09");
        gives(&["RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1"], "2026-03-01T00:00:00", "01-27T09 02-24T09");
        gives(&["RRULE:FREQ=DAILY;BYHOUR=9,21"], "2026-01-06T12:00:00", "01-05T09 01-05T21 01-06T09");
        gives(&["RRULE:FREQ=DAILY;COUNT=2"], "2026-02-01T00:00:00", "01-05T09 01-06T09");
        gives(&["RRULE:FREQ=DAILY;UNTIL=20260107T090000Z"], "2026-02-01T00:00:00", "01-05T09 01-06T09 01-07T09");
        gives(
            &["RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Dublin:20260112T090000", "RDATE:20260114T170000Z"],
            "2026-01-20T00:00:00",
            "01-05T09 01-14T17 01-19T09",
        );
        gives(&["RRULE:FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"], "2100-01-01T00:00:00", "");
    }

    #[test]
    fn what_is_no_recurrence_is_refused() {
        let refused =
            |lines: &[&str]| expand(lines, "2026-01-05T09:00:00", "2026-02-01T00:00:00").unwrap_err().to_string();
        let parts = RuleError::Parts.to_string();
        assert_eq!(refused(&[]), parts);
        assert_eq!(refused(&["FREQ=DAILY"]), parts);
        assert_eq!(refused(&["RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"]), parts);
        assert_eq!(refused(&["RRULE:FREQ=DAILY", "DTSTART:20260101"]), parts);
        assert_eq!(refused(&["RRULE:FREQ=DAÏLY"]), parts);
        assert_eq!(refused(&["RRULE:INTERVAL=2"]), "is not a valid recurrence rule: FREQ is missing");
        assert_eq!(refused(&["RRULE:FREQ=DAILY;INTERVAL=0"]), "is not a valid recurrence rule: INTERVAL is at least 1");
        assert_eq!(refused(&["RRULE:FREQ=MINUTELY"]), "is not a valid recurrence rule: this rule counts minutes");
        assert_eq!(refused(&["RRULE:FREQ=DAILY", "EXDATE:2026"]), "is not a valid date: 2026");
    }

    proptest! {
        /// Another reading of the same rules, in crate `rrule` by way of [`Recurrence`].
        #[test]
        fn the_own_reading_equals_another(
            every in prop::sample::select(vec!["HOURLY", "DAILY", "WEEKLY", "MONTHLY"]),
            interval in 1_u32..5,
            days in prop::sample::subsequence(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"], 0..4),
            offset in 0_i64..400,
        ) {
            let by_day = if days.is_empty() { String::new() } else { format!(";BYDAY={}", days.join(",")) };
            let text = format!("FREQ={every};INTERVAL={interval}{by_day}");
            let first: Civil = "2026-01-05T09:00:00".parse().unwrap();
            let first = first + TimeDelta::days(offset);
            let end = first + TimeDelta::days(100);
            let ours = Rules::read(&[format!("RRULE:{text}")]).unwrap().occurrences(first, end, |it| it).unwrap();
            let mut theirs = Recurrence::parse(&text).unwrap().expand(first, end).unwrap();
            theirs.retain(|it| *it < end);
            prop_assert_eq!(ours, theirs, "{} from {}", text, first);
        }

        #[test]
        fn no_text_panics(lines in prop::collection::vec("(RRULE|EXDATE|RDATE|X)?[:;]?[A-Z0-9=;,:é-]{0,40}", 0..3)) {
            let lines: Vec<String> = lines;
            if let Ok(rules) = Rules::read(&lines) {
                let first: Civil = "2026-01-05T09:00:00".parse().unwrap();
                let _ = rules.occurrences(first, first + TimeDelta::days(50), |it| it);
            }
        }
    }
}
