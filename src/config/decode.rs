//! From TOML values to rows, with every mistake of a file found at once.
//!
//! serde stops at the first mistake, so the values are walked here. [`rows!`](super::raw) declares a kind of row
//! once: its fields, their keys and their documentation; decoding, the list of known keys and the JSON Schema all
//! follow from that.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::ops::Range;
use std::time::Duration;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};
#[cfg(test)]
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::Diagnostic;
use crate::config::diagnostic::list;
#[cfg(test)]
use crate::config::schema::Definitions;
use crate::org::{Pattern, PatternError};
use crate::time::{
    DurationError, HoursError, Instant, MonthDay, Recurrence, Window, Zone, parse_clock, parse_duration, weekday,
    weekday_names,
};

/// A value and the bytes it stands at.
#[derive(Debug, Clone)]
pub struct At<T> {
    /// What was written.
    pub value: T,
    /// Where.
    pub span: Range<usize>,
}

/// What a file is decoded with: where mistakes go, and zones that were met before.
pub struct Reader<'a> {
    pub file: &'a str,
    pub diagnostics: Vec<Diagnostic>,
    pub zones: &'a mut BTreeMap<String, Zone>,
}

impl Reader<'_> {
    /// Notes a mistake.
    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// An error at these bytes of this file.
    pub fn error(&self, code: &'static str, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.file, span, message)
    }

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let diagnostic = self.error("wrong-type", value.span(), format!("expected {wanted}, found {found}"));
        self.report(match value.get_ref() {
            DeValue::String(_) if wanted.starts_with("a list") => diagnostic.help("put it between `[` and `]`"),
            DeValue::Datetime(_) if wanted.starts_with("a time") => diagnostic.help("put it between quotes: \"10:00\""),
            DeValue::String(_) if wanted.starts_with("a date") => diagnostic.help("write it without quotes"),
            _ => diagnostic,
        });
    }

    /// A value that must be a table.
    pub fn table<'v, 'i>(&mut self, value: &'v Spanned<DeValue<'i>>, wanted: &str) -> Option<&'v DeTable<'i>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.wrong_type(value, wanted);
        None
    }

    /// A value that must be a text.
    fn text<'v>(&mut self, value: &'v Spanned<DeValue<'_>>, wanted: &str) -> Option<&'v str> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text);
        }
        self.wrong_type(value, wanted);
        None
    }

    /// One key of a table; `None` if it is wrong, or absent and required.
    pub fn field<T: Decode>(&mut self, table: &DeTable<'_>, key: &str, whole: Range<usize>, row: &str) -> Option<T> {
        match table.get(key) {
            Some(value) => T::decode(value, self),
            None => T::absent().or_else(|| {
                let diagnostic = self.error("missing-key", whole, format!("{row} needs `{key}`"));
                self.report(match T::EXAMPLE {
                    "" => diagnostic,
                    example => diagnostic.help(format!("add `{key} = {example}`")),
                });
                None
            }),
        }
    }

    /// Every key of a table that its kind of row does not have.
    pub fn unknown_keys(&mut self, table: &DeTable<'_>, known: &[&str], row: &str, owner: Option<Owner>) {
        for (key, value) in table {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            if let DeValue::Table(inner) = value.get_ref()
                && inner.keys().any(|it| known.contains(&it.get_ref().as_ref()))
            {
                let message = format!("`{name}` lands inside {row} above it, and looks like {row} of its own");
                let diagnostic = self.error("row-inside-row", key.span(), message);
                self.report(diagnostic.help(format!(
                    "in TOML what follows a header belongs to it: give it the header `[{name}]`, or move it above the first header"
                )));
                continue;
            }
            let diagnostic = self.error("unknown-key", key.span(), format!("{row} has no key `{name}`"));
            self.report(match owner {
                Some(owner) if owner.keys.contains(&name) => diagnostic.help(format!(
                    "`{name}` belongs to {}, but in TOML it falls to the table above it: move it up, before the first `[`",
                    owner.row
                )),
                _ => match crate::org::nearest(name, known.iter().copied()).as_slice() {
                    [] => diagnostic.help(format!("its keys: {}", list(known))),
                    _ => diagnostic.nearest(name, known.iter().copied(), "keys"),
                },
            });
        }
    }
}

/// The table around a row, whose keys easily fall into the row by mistake.
#[derive(Clone, Copy)]
pub struct Owner {
    pub row: &'static str,
    pub keys: &'static [&'static str],
}

/// Something that can stand in a file.
pub trait Decode: Sized {
    /// A value as it may be written, for the error about its absence.
    const EXAMPLE: &'static str = "";

    /// Reads it, or notes what is wrong.
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self>;

    /// What it means if it is not there; `None` if it must be.
    fn absent() -> Option<Self> {
        None
    }

    /// Its JSON Schema.
    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value;
}

impl<T: Decode> Decode for At<T> {
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        T::decode(value, reader).map(|it| At { value: it, span: value.span() })
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

impl<T: Decode> Decode for Option<T> {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        T::decode(value, reader).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

impl<T: Decode> Decode for Vec<T> {
    const EXAMPLE: &'static str = "[…]";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let DeValue::Array(items) = value.get_ref() else {
            reader.wrong_type(value, "a list");
            return None;
        };
        // Each is read, so that the mistakes of all are found.
        let read: Vec<Option<T>> = items.iter().map(|it| T::decode(it, reader)).collect();
        read.into_iter().collect()
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": "array", "items": T::schema(definitions) })
    }
}

/// A value, or a list of them.
#[derive(Debug, Clone)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T: Decode> Decode for OneOrMany<T> {
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        match value.get_ref() {
            DeValue::Array(_) => Vec::decode(value, reader).map(OneOrMany),
            _ => T::decode(value, reader).map(|it| OneOrMany(vec![it])),
        }
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        let one = T::schema(definitions);
        json!({ "anyOf": [one, { "type": "array", "items": one }] })
    }
}

/// A value, or `false` to switch it off.
#[derive(Debug, Clone)]
pub enum OrOff<T> {
    Off,
    On(T),
}

impl<T: Decode> Decode for OrOff<T> {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        match value.get_ref() {
            DeValue::Boolean(false) => Some(OrOff::Off),
            DeValue::Boolean(true) => {
                let diagnostic = reader.error("wrong-type", value.span(), "a limit is a value, or `false`");
                reader.report(diagnostic.help("leave the key out for its default"));
                None
            }
            _ => T::decode(value, reader).map(OrOff::On),
        }
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "anyOf": [T::schema(definitions), { "const": false }] })
    }
}

/// A table whose keys are names, in the order of the file.
#[derive(Debug, Clone)]
pub struct Named<T>(pub Vec<(At<String>, T)>);

impl<T: Decode> Decode for Named<T> {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let table = reader.table(value, "a table")?;
        let rows: Vec<Option<(At<String>, T)>> = table
            .iter()
            .map(|(key, value)| {
                let key = At { value: key.get_ref().clone().into_owned(), span: key.span() };
                T::decode(value, reader).map(|it| (key, it))
            })
            .collect();
        rows.into_iter().collect::<Option<Vec<_>>>().map(Named)
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": "object", "additionalProperties": T::schema(definitions) })
    }
}

impl Decode for String {
    const EXAMPLE: &'static str = "\"…\"";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a text between quotes")?;
        if text.trim().is_empty() {
            let diagnostic = reader.error("empty-text", value.span(), "this text is empty");
            reader.report(diagnostic.help("write something, or leave the key out"));
            return None;
        }
        if text.chars().any(char::is_control) {
            reader.report(reader.error("control-character", value.span(), "this text holds a control character"));
            return None;
        }
        Some(text.to_owned())
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
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        reader.text(value, "a text between quotes").map(|it| TagValue(it.to_owned()))
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
        reader.wrong_type(value, "`true` or `false`");
        None
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "boolean" })
    }
}

impl Decode for u32 {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let DeValue::Integer(integer) = value.get_ref() else {
            reader.wrong_type(value, "a whole number");
            return None;
        };
        let read = u32::from_str_radix(integer.as_str(), integer.radix()).ok().filter(|it| *it <= 1_000_000);
        if read.is_none() {
            reader.report(reader.error("out-of-range", value.span(), "this number is not between 0 and 1,000,000"));
        }
        read
    }

    #[cfg(test)]
    fn schema(_: &mut Definitions) -> Value {
        json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000 })
    }
}

impl Decode for f64 {
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let read = match value.get_ref() {
            DeValue::Integer(it) => it.as_str().parse().ok(),
            DeValue::Float(it) => it.as_str().parse().ok(),
            _ => {
                reader.wrong_type(value, "a number");
                return None;
            }
        };
        let read = read.filter(|it: &f64| it.is_finite() && (0.0..=1e6).contains(it));
        if read.is_none() {
            reader.report(reader.error("out-of-range", value.span(), "this number is not between 0 and 1,000,000"));
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
                reader.report(match crate::org::nearest(name, Zone::names()).as_slice() {
                    [] => diagnostic
                        .help("zones have the names of the IANA database: \"America/New_York\", \"Europe/Dublin\""),
                    _ => diagnostic.nearest(name, Zone::names(), "zones"),
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
            reader.report(diagnostic.help("hours and minutes, two digits each, from \"00:00\" to \"23:59\""));
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
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a number of weeks such as \"12 weeks\"")?;
        let read = match text.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["week"] => Some(1),
            [count, "weeks"] => count.parse().ok().filter(|it| (1..=520).contains(it)),
            _ => None,
        };
        if read.is_none() {
            let diagnostic = reader.error("bad-duration", value.span(), format!("not a number of weeks: `{text}`"));
            reader.report(diagnostic.help("from \"1 weeks\" to \"520 weeks\""));
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
            reader.report(
                diagnostic
                    .help("\"12 hours\", \"day\", \"3 days\", \"week\", \"2 weeks\", \"month\"; at most two years"),
            );
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
                reader.wrong_type(value, "a weekday or a day of the month");
                return None;
            }
        };
        if read.is_none() {
            let diagnostic = reader.error("bad-day", value.span(), format!("not a day of handoffs: `{shown}`"));
            reader.report(match crate::org::nearest(&shown, weekday_names()).as_slice() {
                [] => diagnostic.help(help),
                _ => diagnostic.nearest(&shown, weekday_names(), "weekdays"),
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
                    crate::time::RecurrenceError::Part { part: "DTSTART" } => {
                        diagnostic.help("it starts on the layer's `from`, at the handoff's `at`")
                    }
                    crate::time::RecurrenceError::Part { .. } => diagnostic.help("end the layer with `until`"),
                    _ => diagnostic,
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
                reader.report(match &error {
                    HoursError::Weekday { word } => diagnostic.nearest(word, weekday_names(), "weekdays"),
                    HoursError::Time { .. } => diagnostic.help("\"09:00-18:00\"; a day may end at 24:00"),
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
    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text(value, "a text between quotes")?;
        Pattern::parse(text)
            .map_err(|error| {
                let diagnostic = reader.error("bad-pattern", value.span(), error.to_string());
                reader.report(match error {
                    PatternError::Unclosed { .. } => diagnostic,
                    PatternError::Regex { .. } => {
                        diagnostic.help("a word stands without slashes; `*` and `?` are wildcards there")
                    }
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
                reader.report(diagnostic.help("2026-01-05"));
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

impl Decode for When {
    const EXAMPLE: &'static str = "2026-01-05";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let DeValue::Datetime(written) = value.get_ref() else {
            reader.wrong_type(value, "a date such as 2026-01-05 or 2026-01-05T10:00:00");
            return None;
        };
        let Some(date) = written.date else {
            let diagnostic = reader.error("wrong-type", value.span(), "expected a date, found a time of day");
            reader.report(diagnostic.help("2026-01-05T10:00:00"));
            return None;
        };
        let day = NaiveDate::from_ymd_opt(i32::from(date.year), u32::from(date.month), u32::from(date.day));
        let Some(day) = day else {
            reader.report(reader.error("bad-date", value.span(), format!("there is no day `{date}`")));
            return None;
        };
        if !(1970..2200).contains(&date.year) {
            let diagnostic = reader.error("bad-date", value.span(), "this lies outside of the years 1970 to 2199");
            reader.report(diagnostic);
            return None;
        }
        let Some(time) = written.time else {
            return Some(When::Day(day));
        };
        let second = u32::from(time.second.unwrap_or(0));
        let clock = NaiveTime::from_hms_opt(u32::from(time.hour), u32::from(time.minute), second);
        let (Some(clock), 0) = (clock, time.nanosecond.unwrap_or(0)) else {
            reader.report(reader.error("bad-date", value.span(), "a time here has whole seconds"));
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
