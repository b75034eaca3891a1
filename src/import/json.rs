//! JSON, each value with its place.

use std::ops::Range;

use crate::import::node::{Key, Mistakes, Node, Value};

/// A document; nothing, if a mistake was told.
pub fn parse(text: &str, mistakes: &mut Mistakes<'_>) -> Option<Node> {
    // serde_json says whether it is JSON; the walk below then only finds places.
    if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(text) {
        let line = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
        let at = (line + error.column().saturating_sub(1)).min(text.len());
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        let cure = match error.classify() {
            serde_json::error::Category::Eof => "the file is cut short: write it anew",
            _ => "this is what `terraform show -json` prints, as it prints it",
        };
        mistakes.error("bad-json", &(at..at + 1), format!("this is not JSON: {reason}"), cure);
        return None;
    }
    if let Some(at) = too_deep(text) {
        let message = format!("values within values, more than {MOST_DEPTH} deep");
        mistakes.error("too-deep", &(at..at + 1), message, "is this what Terraform printed?");
        return None;
    }
    let mut walk = Walk { text, at: 0 };
    Some(walk.value())
}

/// How deep values may lie within each other: the walk goes down with them.
const MOST_DEPTH: usize = 500;

/// The first byte of sound JSON that opens a value deeper than that.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0, false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => depth -= 1,
            _ => {}
        }
        if depth > MOST_DEPTH {
            return Some(at);
        }
    }
    None
}

/// Walks JSON that is known to be sound.
struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl Walk<'_> {
    fn byte(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(b' ')
    }

    fn blanks(&mut self) {
        while self.at < self.text.len() && self.byte().is_ascii_whitespace() {
            self.at += 1;
        }
    }

    /// Steps over blanks and then over this byte, if it is there.
    fn eats(&mut self, byte: u8) -> bool {
        self.blanks();
        let there = self.at < self.text.len() && self.byte() == byte;
        self.at += usize::from(there);
        there
    }

    fn value(&mut self) -> Node {
        self.blanks();
        let start = self.at;
        let value = match self.byte() {
            b'{' => {
                self.at += 1;
                let mut rows = Vec::new();
                while !self.eats(b'}') && self.at < self.text.len() {
                    self.eats(b',');
                    self.blanks();
                    let (name, span) = self.string();
                    self.eats(b':');
                    rows.push((Key { name, span }, self.value()));
                }
                Value::Table(rows)
            }
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.eats(b']') && self.at < self.text.len() {
                    self.eats(b',');
                    items.push(self.value());
                }
                Value::List(items)
            }
            b'"' => Value::Scalar { text: self.string().0, plain: false },
            _ => {
                let rest = &self.text[start..];
                let end = rest.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(rest.len());
                self.at += end;
                match &rest[..end] {
                    "null" => Value::Null,
                    text => Value::Scalar { text: text.to_owned(), plain: true },
                }
            }
        };
        Node { span: start..self.at, value }
    }

    fn string(&mut self) -> (String, Range<usize>) {
        let start = self.at;
        self.at += 1;
        while self.at < self.text.len() && self.byte() != b'"' {
            self.at += if self.byte() == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.text.len());
        let span = start..self.at;
        (serde_json::from_str(&self.text[span.clone()]).unwrap_or_default(), span)
    }
}
