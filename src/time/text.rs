//! Times as people write and read them.

use std::fmt::Write as _;
use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use crate::time::{Instant, Zone};

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("Mon", Weekday::Mon),
    ("Tue", Weekday::Tue),
    ("Wed", Weekday::Wed),
    ("Thu", Weekday::Thu),
    ("Fri", Weekday::Fri),
    ("Sat", Weekday::Sat),
    ("Sun", Weekday::Sun),
];

/// `Mon`, `Tue` … as a weekday.
pub fn weekday(word: &str) -> Option<Weekday> {
    WEEKDAYS.iter().find(|(name, _)| *name == word).map(|(_, day)| *day)
}

/// `Mon`, `Tue` …
pub fn weekday_name(day: Weekday) -> &'static str {
    WEEKDAYS[day.num_days_from_monday() as usize].0
}

/// The names that [`weekday`] knows, Monday first.
pub fn weekday_names() -> impl Iterator<Item = &'static str> {
    WEEKDAYS.iter().map(|(name, _)| *name)
}

/// `10:00` as a time of day.
pub fn parse_clock(text: &str) -> Option<NaiveTime> {
    let digits = |text: &str| (text.len() == 2).then(|| text.parse::<u32>().ok()).flatten();
    let (hour, minute) = text.split_once(':')?;
    if !text.bytes().all(|it| it.is_ascii_digit() || it == b':') {
        return None;
    }
    NaiveTime::from_hms_opt(digits(hour)?, digits(minute)?, 0)
}

/// A time of day as `10:00`.
pub fn clock(time: NaiveTime) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// Why a text is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Days are not of one length.
    #[error("a day is not always 24 hours")]
    Days,
    /// Not of the form.
    #[error("not a duration: `{text}`")]
    Form {
        /// As written.
        text: String,
    },
}

/// Reads `5m`, `90s`, `11h` or `1h30m`.
///
/// # Errors
///
/// [`DurationError`] if it is not of that form, or longer than ten years.
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let form = || DurationError::Form { text: text.to_owned() };
    let mut rest = text;
    let mut total: u64 = 0;
    let mut last_unit = u64::MAX;
    if rest.is_empty() {
        return Err(form());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| form())?;
        let unit = match rest[digits..].chars().next() {
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            Some('d' | 'w') => return Err(DurationError::Days),
            _ => return Err(form()),
        };
        if unit >= last_unit {
            return Err(form());
        }
        last_unit = unit;
        total = number.checked_mul(unit).and_then(|it| total.checked_add(it)).ok_or_else(form)?;
        rest = &rest[digits + 1..];
    }
    if total > 10 * 366 * 24 * 3600 {
        return Err(form());
    }
    Ok(Duration::from_secs(total))
}

/// Reads a number of days: `90d`, or `12w`.
pub fn parse_days(text: &str) -> Option<u64> {
    let (number, days) = match (text.strip_suffix('d'), text.strip_suffix('w')) {
        (Some(number), _) => (number, 1),
        (_, Some(number)) => (number, 7),
        _ => return None,
    };
    let number = number.parse::<u64>().ok().filter(|_| number.bytes().all(|it| it.is_ascii_digit()))?;
    number.checked_mul(days).filter(|it| (1..=3660).contains(it))
}

/// A duration as `1h30m`; nothing at all is `0m`.
pub fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let mut text = String::new();
    for (count, unit) in [(seconds / 3600, 'h'), (seconds % 3600 / 60, 'm'), (seconds % 60, 's')] {
        if count > 0 {
            let _ = write!(text, "{count}{unit}");
        }
    }
    if text.is_empty() { "0m".to_owned() } else { text }
}

/// Why a text is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InstantError {
    /// Not of any form.
    #[error("not a time: `{text}`")]
    Form {
        /// As written.
        text: String,
    },
    /// Before 1970 or after 2199, or within a day of these ends where that depends on the zone.
    #[error("`{text}` lies outside of 1970-01-02 to 2199-12-30")]
    Years {
        /// As written.
        text: String,
    },
}

/// Whether a day lies within the known years in every zone: from 1970-01-02 to 2199-12-30.
pub fn is_known(day: NaiveDate) -> bool {
    let known = |year, month, day| NaiveDate::from_ymd_opt(year, month, day);
    known(1970, 1, 2).is_some_and(|first| first <= day) && known(2199, 12, 30).is_some_and(|last| day <= last)
}

/// Reads `2026-03-03T15:00:00Z`, or, on the clock of `zone`, `2026-03-03T15:00` or `2026-03-03`. The `T` may be
/// a space, the seconds may be left out.
///
/// # Errors
///
/// [`InstantError`] if it is not of that form, or not between 1970 and 2200.
pub fn parse_instant(text: &str, zone: &Zone) -> Result<Instant, InstantError> {
    let years = || InstantError::Years { text: text.to_owned() };
    let known = |civil: NaiveDateTime| is_known(civil.date()).then_some(civil).ok_or_else(years);
    let text_t = text.trim().replacen(' ', "T", 1);
    let with_seconds = |text: &str| match text.find('T').map(|t| &text[t + 1..]) {
        Some(time) if time.len() >= 5 && time.is_char_boundary(5) && !time[5..].starts_with(':') => {
            let cut = text.len() - time.len() + 5;
            format!("{}:00{}", &text[..cut], &text[cut..])
        }
        _ => text.to_owned(),
    };
    let full = with_seconds(&text_t);
    if let Ok(at) = DateTime::parse_from_rfc3339(&full) {
        return Instant::new(at.timestamp()).filter(|it| *it < Instant::MAX).ok_or_else(years);
    }
    if let Ok(civil) = full.parse::<NaiveDateTime>() {
        return Ok(zone.resolve(known(civil)?));
    }
    if let Ok(day) = text_t.parse::<NaiveDate>() {
        return Ok(zone.start_of_day(known(day.and_time(NaiveTime::MIN))?.date()));
    }
    Err(InstantError::Form { text: text.to_owned() })
}

/// Reads `2026-03-03T15:00:00.123Z`, as programs write instants; `None` if it is not of that form, or not between 1970
/// and 2200. Parts of a second are cut off.
pub fn parse_rfc3339(text: &str) -> Option<Instant> {
    let at = DateTime::parse_from_rfc3339(text).ok()?;
    Instant::new(at.timestamp()).filter(|it| *it < Instant::MAX)
}

/// An instant on a zone's clock, for a person: `Mon 2017-08-14 20:00 PDT`.
pub fn stamp(at: Instant, zone: &Zone) -> String {
    zone.date_time(at).format("%a %Y-%m-%d %H:%M %Z").to_string()
}

/// An instant on a zone's clock, for a program: `2017-08-14T20:00:00-07:00`.
///
/// In UTC, where the clock is not a whole number of minutes ahead, which RFC 3339 cannot say: Monrovia, until 1972.
pub fn rfc3339(at: Instant, zone: &Zone) -> String {
    if zone.offset(at) % 60 != 0 {
        return at.to_string();
    }
    zone.date_time(at).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(text: &str, zone: &str, expected: &str) {
        let zone = Zone::named(zone).unwrap();
        let found = match parse_instant(text, &zone) {
            Ok(at) => at.to_string(),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{text} in {zone}");
    }

    #[test]
    fn instants_are_read_in_the_forms_that_people_type() {
        reads("2026-03-03T15:00:00Z", "Asia/Tokyo", "2026-03-03T15:00:00Z");
        reads("2026-03-03T15:00:00+09:00", "Europe/Dublin", "2026-03-03T06:00:00Z");
        reads("2026-03-03T15:00", "Asia/Tokyo", "2026-03-03T06:00:00Z");
        reads("2026-03-03 15:00:30", "Asia/Tokyo", "2026-03-03T06:00:30Z");
        reads("2026-03-03", "Asia/Tokyo", "2026-03-02T15:00:00Z");
        reads("yesterday", "Asia/Tokyo", "not a time: `yesterday`");
        reads("2026-02-30", "Asia/Tokyo", "not a time: `2026-02-30`");
    }

    #[test]
    fn what_lies_outside_of_the_known_years_is_refused_and_never_moved() {
        let outside = |text: &str| format!("`{text}` lies outside of 1970-01-02 to 2199-12-30");
        for text in ["1970-01-01 05:00", "2199-12-31 20:00", "2200-01-01T00:00:00Z", "1969-12-31T23:59:59Z"] {
            reads(text, "Asia/Tokyo", &outside(text));
        }
        reads("1970-01-01T00:00:00Z", "Asia/Tokyo", "1970-01-01T00:00:00Z");
        reads("2199-12-31T23:59:59Z", "Asia/Tokyo", "2199-12-31T23:59:59Z");
    }

    #[test]
    fn durations_are_read_and_shown() {
        let seconds = |text: &str| parse_duration(text).map(|it| it.as_secs());
        assert_eq!(seconds("1h30m"), Ok(5400));
        assert_eq!(seconds("90s"), Ok(90));
        assert_eq!(seconds("2d"), Err(DurationError::Days));
        assert_eq!(seconds("30m1h"), Err(DurationError::Form { text: "30m1h".to_owned() }));
        assert_eq!(duration(Duration::from_secs(5400)), "1h30m");
        assert_eq!(duration(Duration::ZERO), "0m");
        assert_eq!(parse_days("12w"), Some(84));
        assert_eq!(parse_days("12"), None);
    }

    #[test]
    fn an_offset_with_seconds_is_shown_in_utc() {
        let zone = Zone::named("Africa/Monrovia").unwrap();
        let at = zone.resolve("1972-01-05T10:00:00".parse().unwrap());
        assert_eq!(rfc3339(at, &zone), "1972-01-05T10:44:30Z");
        let later = zone.resolve("1972-01-08T10:00:00".parse().unwrap());
        assert_eq!(rfc3339(later, &zone), "1972-01-08T10:00:00Z");
    }
}
