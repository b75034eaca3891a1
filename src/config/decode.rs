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
use crate::config::diagnostic::{did_you_mean, list};
#[cfg(test)]
use crate::config::schema::Definitions;
use crate::org::{Pattern, PatternError};
use crate::time::{
    DurationError, HoursError, Instant, MonthDay, Recurrence, RecurrenceError, Window, Zone, clock, parse_clock,
    parse_duration, weekday, weekday_names,
};

/// After how many mistakes the nearest names are no longer looked for, which would take long.
pub const MOST_SUGGESTIONS: usize = 100;

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

    fn wrong_type(&mut self, value: &Spanned<DeValue<'_>>, wanted: &str, example: &str) {
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
        self.report(diagnostic.help(cure(value.get_ref(), wanted, example)));
    }

    /// Whether it is still worth looking for what was meant: among thousands of mistakes, nobody reads on.
    fn may_suggest(&self) -> bool {
        self.diagnostics.len() < MOST_SUGGESTIONS
    }

    fn out_of_range(&mut self, span: Range<usize>, number: &str) {
        let message = if number.starts_with('-') { "this number is below 0" } else { "this number is too large" };
        self.report(self.error("out-of-range", span, message).help("from 0 to 1,000,000"));
    }

    /// A value that must be a table.
    pub fn table<'v, 'i>(
        &mut self,
        value: &'v Spanned<DeValue<'i>>,
        wanted: &str,
        example: &str,
    ) -> Option<&'v DeTable<'i>> {
        if let DeValue::Table(table) = value.get_ref() {
            return Some(table);
        }
        self.wrong_type(value, wanted, example);
        None
    }

    /// A value that must be a text.
    fn text<'v>(&mut self, value: &'v Spanned<DeValue<'_>>, wanted: &str) -> Option<&'v str> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(text);
        }
        self.wrong_type(value, wanted, "");
        None
    }

    /// One key of a table; `None` if it is wrong, or absent and required.
    pub fn field<T: Decode>(
        &mut self,
        table: &DeTable<'_>,
        key: &'static str,
        whole: Range<usize>,
        kind: &Kind,
    ) -> Option<T> {
        if let Some(value) = table.get(key) {
            return T::decode(value, self);
        }
        T::absent().or_else(|| {
            // A key that is nearly this one is told as unknown, and is one mistake, not two.
            let nearly = |it: &str| !kind.keys.contains(&it) && meant(it, kind.keys).contains(&key);
            if table.keys().any(|it| nearly(it.get_ref())) {
                return None;
            }
            let diagnostic = self.error("missing-key", whole, format!("{} needs `{key}`", kind.what));
            self.report(diagnostic.help(format!("add `{key} = {}`", T::EXAMPLE)));
            None
        })
    }

    /// Every key of a table that its kind of row does not have.
    pub fn unknown_keys(&mut self, table: &DeTable<'_>, kind: &Kind) {
        let Kind { what, keys: known, .. } = *kind;
        for (key, value) in table {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            if let DeValue::Table(inner) = value.get_ref()
                && inner.keys().any(|it| known.contains(&it.get_ref().as_ref()))
            {
                let message = format!("`{name}` lands inside {what} above it, and looks like {what} of its own");
                let diagnostic = self.error("row-inside-row", key.span(), message);
                self.report(diagnostic.help(format!(
                    "in TOML what follows a header belongs to it: give it the header `[{name}]`, or move it above the first header"
                )));
                continue;
            }
            let diagnostic = self.error("unknown-key", key.span(), format!("{what} has no key `{name}`"));
            let around = kind.around.iter().find(|it| it.keys.contains(&name));
            self.report(match (around, meant(name, known).as_slice()) {
                (Some(around), _) => diagnostic.help(falls(name, around.what)),
                (None, []) => diagnostic.help(format!("its keys: {}", list(known))),
                (None, meant) => diagnostic.help(did_you_mean(meant)),
            });
        }
    }
}

/// How a value of the wrong type becomes one that is wanted.
fn cure(value: &DeValue<'_>, wanted: &str, example: &str) -> String {
    let wants = |words: &str| wanted.starts_with(words);
    let text = wanted.ends_with('"') || wants("a text") || wants("the name");
    match value {
        DeValue::Table(_) if wants("a list") => {
            "a list of tables has two brackets, `[[…]]`, or stands between `[` and `]`".to_owned()
        }
        _ if wants("a list") => "put it between `[` and `]`".to_owned(),
        DeValue::String(text) if wants("a date") => match text.parse::<NaiveDate>() {
            Ok(day) => format!("write it without quotes: {day}"),
            Err(_) => "a date stands without quotes: 2026-01-05".to_owned(),
        },
        _ if wants("a date") => "2026-01-05".to_owned(),
        DeValue::String(_) if wants("a whole number") || wants("a number") || wants("`true`") => {
            "write it without quotes".to_owned()
        }
        _ if wants("a whole number") || wants("a number") => "write it in digits, without quotes".to_owned(),
        _ if wants("`true`") => "write `true`, or leave the key out".to_owned(),
        DeValue::Integer(it) if wants("a duration") => {
            format!("with its unit, between quotes: \"{0}m\" or \"{0}h\"", it.as_str())
        }
        DeValue::Datetime(toml::value::Datetime { time: Some(time), .. }) if wants("a time") => {
            format!("put it between quotes: \"{:02}:{:02}\"", time.hour, time.minute)
        }
        DeValue::Array(_) | DeValue::Table(_) if text => "write one text, between quotes".to_owned(),
        DeValue::Integer(it) if text => format!("put it between quotes: \"{}\"", it.as_str()),
        DeValue::Float(it) if text => format!("put it between quotes: \"{}\"", it.as_str()),
        _ if text => "put it between quotes".to_owned(),
        _ if !example.is_empty() => format!("such as {example}"),
        DeValue::Array(_) => "one bracket makes a table, `[…]`; two make a list of tables".to_owned(),
        _ => "a table is a header, `[…]`, with its keys below it".to_owned(),
    }
}

/// What another program, or another habit, calls the same.
const SYNONYMS: [(&str, &str); 12] = [
    ("timezone", "zone"),
    ("time-zone", "zone"),
    ("tz", "zone"),
    ("start", "from"),
    ("end", "until"),
    ("through", "until"),
    ("who", "person"),
    ("members", "people"),
    ("users", "people"),
    ("match", "when"),
    ("receiver", "page"),
    ("delay", "after"),
];

/// The keys that somebody may have meant.
fn meant(name: &str, known: &[&'static str]) -> Vec<&'static str> {
    match SYNONYMS.iter().find(|(word, key)| *word == name && known.contains(key)) {
        Some((_, key)) => vec![key],
        None => crate::org::nearest(name, known.iter().copied()),
    }
}

/// What to do about a key of `around` that stands below the header of another table.
pub fn falls(name: &str, around: &str) -> String {
    format!(
        "`{name}` belongs to {around}, but in TOML it falls to the table above it: move it up, before the first `[`"
    )
}

/// A kind of row: as it is called in a message, and its keys in the order of the documentation.
pub struct Kind {
    pub what: &'static str,
    pub keys: &'static [&'static str],
    /// The table around it, whose keys easily fall into the row by mistake.
    pub around: &'static [&'static Kind],
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
    const EXAMPLE: &'static str = T::EXAMPLE;

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

/// A value that may be wrong without hiding what is wrong beside it: then, and if it is not there, it is nothing.
#[derive(Debug, Clone)]
pub struct Kept<T>(pub Option<T>);

impl<T> Kept<T> {
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T: Decode> Decode for Kept<T> {
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        Some(Kept(T::decode(value, reader)))
    }

    fn absent() -> Option<Self> {
        Some(Kept(None))
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

/// The same for a value that must be there.
#[derive(Debug, Clone)]
pub struct Needed<T>(pub Option<T>);

impl<T> Needed<T> {
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T: Decode> Decode for Needed<T> {
    const EXAMPLE: &'static str = T::EXAMPLE;

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        Some(Needed(T::decode(value, reader)))
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        T::schema(definitions)
    }
}

/// Rows, of which some may be wrong.
pub type Rows<T> = Kept<Vec<Kept<At<T>>>>;

impl<T> Rows<T> {
    /// Those that are not wrong.
    pub fn sound(&self) -> impl Iterator<Item = &At<T>> {
        self.0.iter().flatten().filter_map(Kept::get)
    }
}

impl<T: Decode> Decode for Vec<T> {
    const EXAMPLE: &'static str = "[…]";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let DeValue::Array(items) = value.get_ref() else {
            reader.wrong_type(value, "a list", "");
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
    const EXAMPLE: &'static str = "{ … = … }";

    fn decode(value: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<Self> {
        let table = reader.table(value, "a table", &format!("{{ severity = {} }}", T::EXAMPLE))?;
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
            let diagnostic = reader.error("control-character", value.span(), "this text holds a control character");
            reader.report(diagnostic.help("write it anew, on one line: a paste may have brought the character along"));
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
    const EXAMPLE: &'static str = "\"…\"";

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
        if !(1970..2200).contains(&date.year) {
            let message = format!("the year {} lies outside of what is known", date.year);
            let diagnostic = reader.error("bad-date", value.span(), message);
            reader.report(diagnostic.help("years are those from 1970 to 2199"));
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
