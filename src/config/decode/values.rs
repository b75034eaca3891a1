//! Single values: texts, numbers, zones, times, cadences, hours, patterns and dates.

use std::num::NonZeroU32;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};
#[cfg(test)]
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::DeValue;

use crate::config::decode::{Decode, Reader};
use crate::config::diagnostic::did_you_mean;
#[cfg(test)]
use crate::config::schema::Definitions;
use crate::org::{Pattern, PatternError};
use crate::time::{
    DurationError, HoursError, Instant, MonthDay, Recurrence, RecurrenceError, Window, Zone, clock, is_known,
    parse_clock, parse_duration, weekday, weekday_names,
};

impl Decode for String {
    const EXAMPLE: &'static str = "\"…\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a text between quotes")?;
        if text.trim().is_empty() {
            let diagnostic = reader.error("empty-text", value.span(), "this text is empty");
            reader.report(diagnostic.help("write something, or leave the key out"));
            return None;
        }
        reader.is_plain(text, value.span()).then(|| text.to_owned())
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "minLength": 1 })
    }
}

/// A text that may be empty: what a tag is or is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagValue(pub String);

impl Decode for TagValue {
    const EXAMPLE: &'static str = "\"…\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a text between quotes")?;
        reader.is_plain(text, value.span()).then(|| TagValue(text.to_owned()))
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string" })
    }
}

impl Decode for bool {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        if let DeValue::Boolean(it) = value.get_ref() {
            return Some(*it);
        }
        reader.wrong_type(value, "`true` or `false`", "");
        None
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "boolean" })
    }
}

impl Decode for u32 {
    const EXAMPLE: &'static str = "2";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let DeValue::Integer(integer) = value.get_ref() else {
            reader.wrong_type(value, "a whole number", "");
            return None;
        };
        let read = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|it| *it <= 1_000_000);
        if read.is_none() {
            reader.out_of_range(value.span(), integer.as_str());
        }
        read
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000 })
    }
}

impl Decode for f64 {
    const EXAMPLE: &'static str = "0.5";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let (number, read) = match value.get_ref() {
            DeValue::Integer(it) => (it.as_str(), u32::from_str_radix(it.as_str(), it.radix()).ok().map(f64::from)),
            DeValue::Float(it) => (it.as_str(), it.as_str().parse().ok()),
            _ => {
                reader.wrong_type(value, "a number", "");
                return None;
            }
        };
        let read = read.filter(|it: &f64| (0.0..=1e6).contains(it));
        if read.is_none() {
            reader.out_of_range(value.span(), number);
        }
        read
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "number", "minimum": 0, "maximum": 1_000_000 })
    }
}

impl Decode for Zone {
    const EXAMPLE: &'static str = "\"Europe/Dublin\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let name = reader.text(value, "the name of a time zone")?;
        if let Some(zone) = reader.zones.get(name) {
            return Some(zone.clone());
        }
        match Zone::named(name) {
            Ok(zone) => {
                reader.zones.insert(name.to_owned(), zone.clone());
                Some(zone)
            }
            Err(error) => {
                let diagnostic = reader.error("unknown-zone", value.span(), error.to_string());
                // Letters such as `PST`, and offsets, mean no place: what is near to them would mislead.
                let place = name.chars().any(char::is_lowercase) && !name.contains(['+', ':']);
                let near = match place && reader.may_suggest() {
                    true => crate::org::nearest(&name.replace(' ', "_"), Zone::names()),
                    false => Vec::new(),
                };
                reader.report(match near.as_slice() {
                    [] => diagnostic.help(
                        "zones are places, whose clocks change: \"America/New_York\", \"Europe/Dublin\"; or \"UTC\"",
                    ),
                    near => diagnostic.help(did_you_mean(near)),
                });
                None
            }
        }
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "examples": ["America/New_York", "Europe/Dublin"] })
    }
}

impl Decode for NaiveTime {
    const EXAMPLE: &'static str = "\"10:00\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a time such as \"10:00\"")?;
        let read = parse_clock(text);
        if read.is_none() {
            let diagnostic = reader.error("bad-time", value.span(), format!("not a time of day: `{text}`"));
            reader.report(match parse_clock(&format!("0{text}")) {
                Some(time) => diagnostic.help(format!("two digits each: \"{}\"", clock(time))),
                None if text == "24:00" => diagnostic.help("the next day begins at \"00:00\""),
                None => diagnostic.help("hours and minutes, two digits each, from \"00:00\" to \"23:59\""),
            });
        }
        read
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$" })
    }
}

impl Decode for Duration {
    const EXAMPLE: &'static str = "\"15m\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a duration such as \"15m\"")?;
        parse_duration(text)
            .map_err(|error| {
                let diagnostic = reader.error("bad-duration", value.span(), error.to_string());
                reader.report(match error {
                    DurationError::Days => diagnostic.help("say it in hours: \"24h\""),
                    DurationError::Form { .. } => {
                        diagnostic.help("a number with its unit: \"90s\", \"15m\", \"11h\", \"1h30m\"")
                    }
                });
            })
            .ok()
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "pattern": "^(?=.)([0-9]+h)?([0-9]+m)?([0-9]+s)?$" })
    }
}

/// `"12 weeks"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekCount(pub u32);

impl Decode for WeekCount {
    const EXAMPLE: &'static str = "\"12 weeks\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a number of weeks such as \"12 weeks\"")?;
        let read = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["week"] => Some(1),
            [count, "weeks"] => count.parse().ok().filter(|it| (1..=520).contains(it)),
            _ => None,
        };
        if read.is_none() {
            let diagnostic = reader.error("bad-duration", value.span(), format!("not a number of weeks: `{text}`"));
            reader.report(diagnostic.help("say it in weeks: \"12 weeks\"; at most \"520 weeks\""));
        }
        read.map(WeekCount)
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "pattern": "^(week|[0-9]+ weeks)$" })
    }
}

/// `"12 hours"`, `"day"`, `"2 weeks"`, `"month"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    pub count: NonZeroU32,
    pub unit: Unit,
}

/// What a cadence counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Hours,
    Days,
    Weeks,
    Months,
}

impl Decode for Every {
    const EXAMPLE: &'static str = "\"week\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a cadence such as \"week\"")?;
        let unit = |word: &str| match word {
            "hour" | "hours" => Some(Unit::Hours),
            "day" | "days" => Some(Unit::Days),
            "week" | "weeks" => Some(Unit::Weeks),
            "month" | "months" => Some(Unit::Months),
            _ => None,
        };
        let read = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            [word] if !word.ends_with('s') => unit(word).map(|unit| (1, unit)),
            [count, word] => count.parse().ok().zip(unit(word)),
            _ => None,
        };
        let most = |unit| match unit {
            Unit::Hours => 8_784,
            Unit::Days => 366,
            Unit::Weeks => 104,
            Unit::Months => 24,
        };
        let read = read
            .filter(|(count, unit)| *count <= most(*unit))
            .and_then(|(count, unit)| NonZeroU32::new(count).map(|count| Every { count, unit }));
        if read.is_none() {
            let diagnostic = reader.error("bad-cadence", value.span(), format!("no such cadence: `{text}`"));
            let adverb = ["hourly", "daily", "weekly", "monthly"].iter().position(|it| *it == text);
            reader.report(match adverb.map(|it| ["1 hours", "day", "week", "month"][it]) {
                Some(unit) => diagnostic.help(format!("every = \"{unit}\"")),
                None => diagnostic
                    .help("\"12 hours\", \"day\", \"3 days\", \"week\", \"2 weeks\", \"month\"; at most two years"),
            });
        }
        read
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        let pattern = "^((hour|day|week|month)|[1-9][0-9]* (hours?|days?|weeks?|months?))$";
        json!({ "type": "string", "pattern": pattern, "examples": ["week", "12 hours", "2 weeks", "month"] })
    }
}

/// A weekday or a day of the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnDay {
    Week(Weekday),
    Month(MonthDay),
}

impl Decode for OnDay {
    const EXAMPLE: &'static str = "\"Mon\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let help = "a weekday (\"Mon\"), a list of them, a day of the month from 1 to 28, or \"last\"";
        let (read, shown) = match value.get_ref() {
            DeValue::Integer(it) => {
                let day = i64::from_str_radix(it.as_str(), it.radix()).ok().and_then(MonthDay::day);
                (day.map(OnDay::Month), it.as_str().to_owned())
            }
            DeValue::String(text) if text == "last" => (Some(OnDay::Month(MonthDay::Last)), String::new()),
            DeValue::String(text) => (weekday(text).map(OnDay::Week), text.clone().into_owned()),
            _ => {
                reader.wrong_type(value, "a weekday or a day of the month", "\"Mon\", or 1");
                return None;
            }
        };
        if read.is_none() {
            let diagnostic = reader.error("bad-day", value.span(), format!("not a day of handoffs: `{shown}`"));
            let lower = shown.to_lowercase();
            let in_full = |it: &&str| lower.starts_with(&it.to_lowercase()) && lower.ends_with("day");
            let near = match weekday_names().find(in_full) {
                Some(day) => vec![day],
                None => crate::org::nearest(&shown, weekday_names()),
            };
            reader.report(match (near.as_slice(), shown.parse::<u32>()) {
                ([], Ok(29..=31)) => diagnostic.help("not every month has that day: from 1 to 28, or \"last\""),
                ([], _) => diagnostic.help(help),
                (near, _) => diagnostic.help(did_you_mean(near)),
            });
        }
        read
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        let days: Vec<&str> = weekday_names().chain(["last"]).collect();
        json!({ "anyOf": [{ "enum": days }, { "type": "integer", "minimum": 1, "maximum": 28 }] })
    }
}

impl Decode for Recurrence {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a recurrence rule such as \"FREQ=WEEKLY;BYDAY=MO,TH\"")?;
        Recurrence::parse(text)
            .map_err(|error| {
                let diagnostic = reader.error("bad-rrule", value.span(), error.to_string());
                reader.report(match error {
                    RecurrenceError::Part { part: "DTSTART" } => {
                        diagnostic.help("leave it out: the rule starts on the layer's `from`, at the handoff's `at`")
                    }
                    RecurrenceError::Part { .. } => diagnostic.help("leave it out, and end the layer with `until`"),
                    RecurrenceError::TooOften { .. } => {
                        diagnostic.help("turns are counted in hours or more: every = \"1 hours\", at = \"10:00\"")
                    }
                    RecurrenceError::NotAscii => match text.chars().find(|it| !it.is_ascii()) {
                        Some(odd) => {
                            diagnostic.help(format!("type `{odd}` anew: it only looks like another character"))
                        }
                        None => diagnostic,
                    },
                    RecurrenceError::Invalid { .. } if text.starts_with("RRULE:") => {
                        diagnostic.help(format!("leave its name out: \"{}\"", &text["RRULE:".len()..]))
                    }
                    RecurrenceError::Invalid { .. } => {
                        diagnostic.help("such as \"FREQ=WEEKLY;BYDAY=MO,TH\" or \"FREQ=MONTHLY;BYDAY=1MO\"")
                    }
                });
            })
            .ok()
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "examples": ["FREQ=WEEKLY;BYDAY=MO,TH"] })
    }
}

impl Decode for Window {
    const EXAMPLE: &'static str = "\"Mon-Fri 09:00-18:00\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "hours such as \"Mon-Fri 09:00-18:00\"")?;
        Window::parse(text)
            .map_err(|error| {
                let diagnostic = reader.error("bad-hours", value.span(), error.to_string());
                let plain = text.replace(['–', '—', '‒', '−'], "-");
                reader.report(match &error {
                    _ if text.starts_with("24") => diagnostic.help("always is \"24x7\""),
                    _ if plain != text => diagnostic.help(format!("with plain hyphens: \"{plain}\"")),
                    HoursError::Weekday { word } => diagnostic.nearest(word, weekday_names(), "weekdays"),
                    HoursError::Time { .. } => diagnostic.help("\"09:00-18:00\"; a day may end at 24:00"),
                    HoursError::Start { .. } => diagnostic.help("say 00:00 on the day after"),
                    HoursError::Empty { .. } => diagnostic.help("a whole day is \"00:00-24:00\", a whole week \"24x7\""),
                    HoursError::Form { .. } => diagnostic.help(
                        "\"24x7\", \"Mon-Fri 09:00-18:00\", \"Sat,Sun 10:00-16:00\", \"Fri 18:00-Mon 09:00\", \"holidays us\"",
                    ),
                });
            })
            .ok()
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        let examples = ["24x7", "Mon-Fri 09:00-18:00", "Fri 18:00-Mon 09:00", "holidays us"];
        json!({ "type": "string", "examples": examples })
    }
}

impl Decode for Pattern {
    const EXAMPLE: &'static str = "\"mysql-*\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a text between quotes")?;
        if !reader.is_plain(text, value.span()) {
            return None;
        }
        Pattern::parse(text)
            .map_err(|error| {
                let diagnostic = reader.error("bad-pattern", value.span(), error.to_string());
                reader.report(match error {
                    PatternError::Unclosed { inner } => {
                        let literal = regex::escape(&format!("/{inner}"));
                        diagnostic.help(format!("for a text that begins with a slash: '/{literal}/'"))
                    }
                    PatternError::Regex { .. } => {
                        diagnostic.help("a word stands without slashes; `*` and `?` are wildcards there")
                    }
                    PatternError::TooLarge => diagnostic.help("repeat less: `.*` and `+` cost little, `{1000}` much"),
                });
            })
            .ok()
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "examples": ["mysql-main", "vitess-*", "/sre-.*/"] })
    }
}

impl Decode for NaiveDate {
    const EXAMPLE: &'static str = "2026-01-05";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        match When::decode(value, reader)? {
            When::Day(day) => Some(day),
            When::Local(_) | When::Instant(_) => {
                let diagnostic = reader.error("wrong-type", value.span(), "expected a date without a time");
                let day = value.get_ref().as_datetime().and_then(|it| it.date);
                reader.report(
                    diagnostic.help(day.map_or("2026-01-05".to_owned(), |day| format!("leave the time out: {day}"))),
                );
                None
            }
        }
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
    }
}

/// A date, a date-time on the clock of the place, or an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    Day(NaiveDate),
    Local(NaiveDateTime),
    Instant(Instant),
}

impl When {
    /// As it is written, or as the clock of a zone shows it.
    pub fn civil(self, zone: &Zone) -> NaiveDateTime {
        match self {
            When::Day(day) => day.and_time(NaiveTime::MIN),
            When::Local(civil) => civil,
            When::Instant(at) => zone.civil(at),
        }
    }
}

impl Decode for When {
    const EXAMPLE: &'static str = "2026-01-05";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let DeValue::Datetime(written) = value.get_ref() else {
            reader.wrong_type(value, "a date such as 2026-01-05 or 2026-01-05T10:00:00", "");
            return None;
        };
        let Some(date) = written.date else {
            let diagnostic = reader.error("wrong-type", value.span(), "expected a date, found a time of day");
            reader.report(diagnostic.help(format!("with its day: 2026-01-05T{written}")));
            return None;
        };
        let day = NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day));
        let Some(day) = day else {
            let diagnostic = reader.error("bad-date", value.span(), format!("there is no day `{date}`"));
            reader.report(diagnostic.help("look at the month's last day"));
            return None;
        };
        if !is_known(day) {
            let message = format!("`{date}` lies outside of what is known");
            let diagnostic = reader.error("bad-date", value.span(), message);
            reader.report(diagnostic.help("days are those from 1970-01-02 to 2199-12-30"));
            return None;
        }
        let Some(time) = written.time else {
            return Some(When::Day(day));
        };
        let second = u32::from(time.second.unwrap_or(0));
        let clock = NaiveTime::from_hms_opt(u32::from(time.hour), u32::from(time.minute), second);
        let (Some(clock), 0) = (clock, time.nanosecond.unwrap_or(0)) else {
            let diagnostic = reader.error("bad-date", value.span(), "a time here has whole seconds, up to 59");
            let whole = format!("{date}T{:02}:{:02}:{:02}", time.hour, time.minute, second.min(59));
            reader.report(diagnostic.help(whole));
            return None;
        };
        let civil = day.and_time(clock);
        Some(match written.offset {
            None => When::Local(civil),
            Some(offset) => {
                let minutes = match offset {
                    toml::value::Offset::Z => 0,
                    toml::value::Offset::Custom { minutes } => i64::from(minutes),
                };
                When::Instant(Instant::from_unix(civil.and_utc().timestamp() - minutes * 60))
            }
        })
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$" })
    }
}
