//! From TOML values to rows, with every mistake of a file found at once.
//!
//! serde stops at the first mistake, so the values are walked here. [`rows!`](super::raw) declares a kind of row
//! once: its fields, their keys and their documentation; decoding, the list of known keys and the JSON Schema all
//! follow from that.

mod values;

pub use values::{Every, OnDay, TagValue, Unit, WeekCount, When};

use std::collections::BTreeMap;
use std::ops::Range;

use chrono::NaiveDate;
#[cfg(test)]
use serde_json::{Value, json};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::config::Diagnostic;
use crate::config::diagnostic::{did_you_mean, list};
#[cfg(test)]
use crate::config::schema::Definitions;
use crate::org::is_unseen;
use crate::time::Zone;

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

    /// Whether a text shows all that it holds: escape codes would steer the terminal of whoever reads it, and characters
    /// without a width would make two names look like one.
    pub fn is_plain(&mut self, text: &str, span: Range<usize>) -> bool {
        let plain = !text.chars().any(is_unseen);
        if !plain {
            let diagnostic = self.error("control-character", span, "this text holds a control character");
            self.report(diagnostic.help("write it anew, on one line: a paste may have brought the character along"));
        }
        plain
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
                let plain = reader.is_plain(&key.value, key.span.clone());
                T::decode(value, reader).filter(|_| plain).map(|it| (key, it))
            })
            .collect();
        rows.into_iter().collect::<Option<Vec<_>>>().map(Named)
    }

    #[cfg(test)]
    fn schema(definitions: &mut Definitions) -> Value {
        json!({ "type": "object", "additionalProperties": T::schema(definitions) })
    }
}
