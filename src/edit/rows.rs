//! The rows of a rotation's file, changed where they stand: whatever is not said to change keeps its bytes.
//!
//! The file is parsed for the places of its values, and the text is cut there. So comments, blanks, line ends and a
//! byte order mark outside of what changes cannot be lost; each step parses the text anew.

use std::ops::Range;

use toml_edit::{Array, ArrayOfTables, Document, Item, TableLike, Value};

use crate::edit::list::{self, NoArray, line_end};

/// Which rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rows {
    Layers,
    SecondaryLayers,
    Overrides,
    Shadows,
}

/// A text that is not the file that was read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    #[error("the file is no TOML any more: {0}")]
    Parse(String),
    #[error("the file has no such row")]
    NoRow,
    #[error(transparent)]
    NoArray(#[from] NoArray),
}

/// A file's text.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub text: String,
    newline: &'static str,
}

/// Rows as they may be written.
enum Written<'a> {
    Tables(&'a ArrayOfTables),
    Array(&'a Array),
}

/// A key of a row.
struct Entry {
    name: String,
    /// Where its key begins, if that is one word in the row itself.
    key: Range<usize>,
    /// Where its value stands, if it is one.
    value: Option<Range<usize>>,
    /// The value as text, even where it is a table of its own.
    raw: String,
}

impl Sheet {
    pub fn new(text: &str) -> Sheet {
        let newline = match text.find('\n') {
            Some(at) if text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Sheet { text: text.to_owned(), newline }
    }

    fn parse(&self) -> Result<Document<&str>, Broken> {
        Document::parse(self.text.as_str()).map_err(|error| Broken::Parse(error.message().to_owned()))
    }

    /// A key's value in a row, as it is written.
    pub fn get(&self, rows: Rows, index: usize, key: &str) -> Result<Option<String>, Broken> {
        let document = self.parse()?;
        let entries = self.entries(row(&document, rows, index)?);
        Ok(entries.into_iter().find(|it| it.name == key).map(|it| it.raw))
    }

    /// Gives a key of a row a value, in place of the one that it has, or after that of another key.
    pub fn set(&mut self, rows: Rows, index: usize, key: &str, value: &str, after: &str) -> Result<(), Broken> {
        let document = self.parse()?;
        let table = row(&document, rows, index)?;
        let entries = self.entries(table);
        if let Some(span) = entries.iter().find(|it| it.name == key).and_then(|it| it.value.clone()) {
            self.text.replace_range(span, value);
            return Ok(());
        }
        let before = entries.iter().find(|it| it.name == after).ok_or(Broken::NoRow)?;
        let span = before.value.clone().ok_or(Broken::NoRow)?;
        let (at, text) = match written(&document, rows) {
            Some(Written::Tables(_)) => {
                let line = format!("{}{}{}", self.newline, self.indent(before.key.start), self.line(table, key, value));
                (line_end(&self.text, span.end), line)
            }
            _ => (span.end, format!(", {key} = {value}")),
        };
        self.text.insert_str(at, &text);
        Ok(())
    }

    /// Takes a key with its value, and its line, out of a row.
    pub fn clear(&mut self, rows: Rows, index: usize, key: &str) -> Result<(), Broken> {
        let document = self.parse()?;
        let entries = self.entries(row(&document, rows, index)?);
        let Some(entry) = entries.iter().find(|it| it.name == key) else { return Ok(()) };
        let span = entry.value.clone().ok_or(Broken::NoRow)?;
        let cut = match written(&document, rows) {
            Some(Written::Tables(_)) => {
                let start = self.text[..entry.key.start].rfind('\n').map_or(0, |it| it + 1);
                start..self.text[span.end..].find('\n').map_or(self.text.len(), |it| span.end + it + 1)
            }
            _ => {
                let before = self.text[..entry.key.start].trim_end();
                match before.strip_suffix(',') {
                    Some(rest) => rest.len()..span.end,
                    None => {
                        let rest = &self.text[span.end..];
                        let after = rest.trim_start().strip_prefix(',').map(str::trim_start);
                        entry.key.start..after.map_or(span.end, |it| self.text.len() - it.len())
                    }
                }
            }
        };
        self.text.replace_range(cut, "");
        Ok(())
    }

    /// Writes a row after another, with the same keys but for those that are said: with another value, or without.
    pub fn copy(&mut self, rows: Rows, index: usize, changes: &[(&'static str, Option<String>)]) -> Result<(), Broken> {
        let document = self.parse()?;
        let table = row(&document, rows, index)?;
        let mut keys: Vec<(String, String)> = Vec::new();
        for entry in self.entries(table) {
            let change = changes.iter().find(|(key, _)| *key == entry.name).map(|(_, value)| value.clone());
            if let Some(raw) = change.unwrap_or(Some(entry.raw)) {
                keys.push((entry.name, raw));
            }
        }
        for (key, value) in changes.iter().filter_map(|(key, value)| Some((*key, value.clone()?))) {
            if !keys.iter().any(|(it, _)| it == key) {
                let before = if key == "until" { "from" } else { "people" };
                let place = keys.iter().position(|(it, _)| it == before).map_or(keys.len(), |it| it + 1);
                keys.insert(place, (key.to_owned(), value));
            }
        }
        match written(&document, rows) {
            Some(Written::Tables(tables)) => {
                let header = tables.get(index).and_then(|it| it.span()).ok_or(Broken::NoRow)?;
                let text = self.block(&self.text[header.clone()], &self.indent(header.start), &keys, Some(table));
                let at = line_end(&self.text, end_of(table, header.end));
                self.text.insert_str(at, &format!("{}{}{text}", self.newline, self.newline));
            }
            Some(Written::Array(array)) => self.put_into_array(array.span(), index + 1, &inline(&keys))?,
            None => return Err(Broken::NoRow),
        }
        Ok(())
    }

    /// Writes a row after all others of its kind, or, where there are none, at the end of the file.
    pub fn append(&mut self, rows: Rows, keys: &[(String, String)]) -> Result<(), Broken> {
        let document = self.parse()?;
        match written(&document, rows) {
            Some(Written::Tables(tables)) if !tables.is_empty() => {
                let table = tables.get(tables.len() - 1).ok_or(Broken::NoRow)?;
                let header = table.span().ok_or(Broken::NoRow)?;
                let text = self.block(&self.text[header.clone()], &self.indent(header.start), keys, Some(table));
                let at = line_end(&self.text, end_of(table, header.end));
                self.text.insert_str(at, &format!("{}{}{text}", self.newline, self.newline));
            }
            Some(Written::Array(array)) => self.put_into_array(array.span(), array.len(), &inline(keys))?,
            _ => {
                let header = match rows {
                    Rows::Layers => "[[layers]]",
                    Rows::SecondaryLayers => "[[secondary.layers]]",
                    Rows::Overrides => "[[overrides]]",
                    Rows::Shadows => "[[shadows]]",
                };
                let text = self.block(header, "", keys, None);
                if !self.text.is_empty() && !self.text.ends_with('\n') {
                    self.text.push_str(self.newline);
                }
                self.text.push_str(&format!("{}{text}{}", self.newline, self.newline));
            }
        }
        Ok(())
    }

    /// Takes a row out, with the comment lines that stand right above it.
    pub fn remove(&mut self, rows: Rows, index: usize) -> Result<(), Broken> {
        let document = self.parse()?;
        match written(&document, rows) {
            Some(Written::Tables(tables)) => {
                let table = tables.get(index).ok_or(Broken::NoRow)?;
                let header = table.span().ok_or(Broken::NoRow)?;
                let end = line_end(&self.text, end_of(table, header.end));
                let end = self.text[end..].find('\n').map_or(self.text.len(), |it| end + it + 1);
                let mut start = self.text[..header.start].rfind('\n').map_or(0, |it| it + 1);
                loop {
                    let above = &self.text[..start];
                    let line = above.trim_end_matches('\n').rfind('\n').map_or(0, |it| it + 1);
                    let is_comment = |it: &str| it.trim_start().starts_with('#') && !it.starts_with("#:");
                    if start == 0 || above[..start - 1].ends_with('\n') || !is_comment(&above[line..]) {
                        break;
                    }
                    start = line;
                }
                // One of the blank lines around it goes along.
                let cut = match (
                    self.text[end..].strip_prefix(self.newline),
                    self.text[..start].strip_suffix(self.newline),
                ) {
                    (Some(rest), _) => start..self.text.len() - rest.len(),
                    (None, Some(above)) if end == self.text.len() && above.ends_with('\n') => above.len()..end,
                    _ => start..end,
                };
                self.text.replace_range(cut, "");
            }
            Some(Written::Array(array)) => {
                let span = array.span().ok_or(Broken::NoRow)?;
                let raw = list::remove(&self.text[span.clone()], index)?;
                self.text.replace_range(span, &raw);
            }
            None => return Err(Broken::NoRow),
        }
        Ok(())
    }

    /// An array of names without one of them, wherever it stands.
    pub fn list_without(&self, raw: &str, places: &[usize]) -> Result<String, Broken> {
        let mut raw = raw.to_owned();
        for place in places.iter().rev() {
            raw = list::remove(&raw, *place)?;
        }
        Ok(raw)
    }

    /// An array of names with one more.
    pub fn list_with(&self, raw: &str, place: usize, name: &str) -> Result<String, Broken> {
        Ok(list::insert(raw, place, &quoted(name), self.newline)?)
    }

    /// An array of names, as another is laid out.
    pub fn list_of(&self, names: &[String], raw: &str) -> Result<String, Broken> {
        let names: Vec<String> = names.iter().map(|it| quoted(it)).collect();
        Ok(list::render(&names, raw, self.newline)?)
    }

    fn put_into_array(&mut self, span: Option<Range<usize>>, place: usize, element: &str) -> Result<(), Broken> {
        let span = span.ok_or(Broken::NoRow)?;
        let raw = list::insert(&self.text[span.clone()], place, element, self.newline)?;
        self.text.replace_range(span, &raw);
        Ok(())
    }

    /// A header and a line a key.
    fn block(&self, header: &str, indent: &str, keys: &[(String, String)], like: Option<&dyn TableLike>) -> String {
        let column = match like.and_then(|it| self.column(it)) {
            Some(column) => column,
            None => keys.iter().map(|(key, _)| key.len()).max().unwrap_or(0) + 1,
        };
        let lines: String = keys
            .iter()
            .map(|(key, value)| format!("{}{indent}{}", self.newline, aligned(key, value, column)))
            .collect();
        format!("{indent}{header}{lines}")
    }

    fn line(&self, like: &dyn TableLike, key: &str, value: &str) -> String {
        aligned(key, value, self.column(like).unwrap_or(0))
    }

    /// Where the equals signs of a row stand below each other, counted from the start of the key; 0 if each stands right
    /// after its key.
    fn column(&self, table: &dyn TableLike) -> Option<usize> {
        let mut columns = Vec::new();
        let mut close = true;
        for entry in self.entries(table) {
            let Some(value) = entry.value else { continue };
            let equals = self.text[entry.key.end..value.start].find('=')?;
            columns.push(entry.key.end + equals - entry.key.start);
            close &= equals <= 1;
        }
        if close {
            return Some(0);
        }
        columns.dedup();
        match columns.as_slice() {
            [column] => Some(*column),
            _ => None,
        }
    }

    /// The blanks before a place on its line; none, if something else stands there.
    fn indent(&self, at: usize) -> String {
        let start = self.text[..at].rfind('\n').map_or(0, |it| it + 1);
        let blanks = &self.text[start..at];
        if blanks.chars().all(|it| it == ' ' || it == '\t') { blanks.to_owned() } else { String::new() }
    }

    fn entries(&self, table: &dyn TableLike) -> Vec<Entry> {
        let mut entries = Vec::new();
        for (name, item) in table.iter() {
            let value = match item {
                Item::Value(Value::InlineTable(it)) if it.is_dotted() => None,
                Item::Value(value) => value.span(),
                _ => None,
            };
            let key = table.get_key_value(name).and_then(|(key, _)| key.span()).unwrap_or_default();
            let raw = match (&value, item.as_table_like()) {
                (Some(span), _) => self.text[span.clone()].to_owned(),
                (None, Some(table)) => {
                    let keys: Vec<_> = self.entries(table).into_iter().map(|it| (it.name, it.raw)).collect();
                    inline(&keys)
                }
                (None, None) => continue,
            };
            entries.push(Entry { name: name.to_owned(), key, value, raw });
        }
        entries
    }
}

fn written<'a>(document: &'a Document<&str>, rows: Rows) -> Option<Written<'a>> {
    let item = match rows {
        Rows::Layers => document.get("layers"),
        Rows::SecondaryLayers => document.get("secondary")?.as_table_like()?.get("layers"),
        Rows::Overrides => document.get("overrides"),
        Rows::Shadows => document.get("shadows"),
    }?;
    match item {
        Item::ArrayOfTables(tables) => Some(Written::Tables(tables)),
        Item::Value(Value::Array(array)) => Some(Written::Array(array)),
        _ => None,
    }
}

fn row<'a>(document: &'a Document<&str>, rows: Rows, index: usize) -> Result<&'a dyn TableLike, Broken> {
    let row = match written(document, rows).ok_or(Broken::NoRow)? {
        Written::Tables(tables) => tables.get(index).map(|it| it as &dyn TableLike),
        Written::Array(array) => array.get(index).and_then(|it| it.as_inline_table()).map(|it| it as &dyn TableLike),
    };
    row.ok_or(Broken::NoRow)
}

/// Where the last value of a row ends, those of tables within it included.
fn end_of(table: &dyn TableLike, at_least: usize) -> usize {
    let mut end = at_least;
    for (_, item) in table.iter() {
        end = match (item, item.as_table_like()) {
            (Item::Value(value), _) if value.span().is_some_and(|it| it.end > end) => {
                value.span().map_or(end, |it| it.end)
            }
            (Item::Table(it), Some(inner)) => end_of(inner, end.max(it.span().map_or(0, |it| it.end))),
            (_, Some(inner)) => end_of(inner, end),
            _ => end,
        };
    }
    end
}

/// A table on one line, with another value for one of its keys.
pub(super) fn with_value(raw: &str, key: &str, value: &str) -> Result<String, Broken> {
    let text = format!("x = {raw}");
    let document = Document::parse(text.as_str()).map_err(|error| Broken::Parse(error.message().to_owned()))?;
    let table = document.get("x").and_then(Item::as_inline_table).ok_or(Broken::NoRow)?;
    let span = table.get(key).and_then(Value::span).ok_or(Broken::NoRow)?;
    Ok(format!("{}{value}{}", &text[4..span.start], &text[span.end..]))
}

fn aligned(key: &str, value: &str, column: usize) -> String {
    format!("{key}{}= {value}", " ".repeat(column.saturating_sub(key.len()).max(1)))
}

/// `{ person = "bo", from = 2026-01-05 }`
fn inline(keys: &[(String, String)]) -> String {
    let keys: Vec<String> = keys.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", keys.join(", "))
}

/// A text as TOML says it.
pub(super) fn quoted(text: &str) -> String {
    // On one line, whatever is in it: a row may stand within another's.
    match text.chars().any(|it| it.is_control()) {
        false => Value::from(text).to_string(),
        true => {
            let escape = |it: char| match it {
                '"' | '\\' => format!("\\{it}"),
                it if it.is_control() => format!("\\u{:04X}", u32::from(it)),
                it => it.to_string(),
            };
            format!("\"{}\"", text.chars().map(escape).collect::<String>())
        }
    }
}
