//! Our files as text: what every importer writes with.

use std::fmt::Write as _;

use crate::org::is_unseen;

/// How wide a line may be before a list is broken.
const WIDTH: usize = 118;

/// How files are written, whatever is in them.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The folder of the schemas, as seen from the files.
    pub schemas: String,
}

impl Default for Layout {
    /// The schemas lie in `.schemas/` beside the files, where `init` puts them.
    fn default() -> Layout {
        Layout { schemas: "./.schemas".to_owned() }
    }
}

impl Layout {
    /// A file: the line by which editors know its kind, what it is, and its text.
    pub fn file(&self, schema: &str, about: &str, text: &str) -> String {
        // A comment of TOML holds no control characters, and a file's name may.
        let plain = |line: &str| line.replace(|it: char| it.is_control(), " ");
        let about: String = about.lines().map(|line| format!("# {}\n", plain(line))).collect();
        format!("#:schema {}/{schema}.schema.json\n{about}{text}", self.schemas)
    }
}

/// A text between quotes; without escapes where that is possible.
pub fn quote(text: &str) -> String {
    if text.contains('\\') && !text.contains('\'') && !text.contains(is_unseen) {
        return format!("'{text}'");
    }
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for it in text.chars() {
        match it {
            '"' | '\\' => out.extend(['\\', it]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            it if is_unseen(it) => {
                let _ = match u32::from(it) {
                    code @ 0..=0xFFFF => write!(out, "\\u{code:04X}"),
                    code => write!(out, "\\U{code:08X}"),
                };
            }
            _ => out.push(it),
        }
    }
    out.push('"');
    out
}

/// A key, between quotes if it must be.
pub fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.bytes().all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it));
    if bare { name.to_owned() } else { quote(name) }
}

/// One text, or a list of them on one line.
pub fn one_or_many(items: &[String]) -> String {
    match items {
        [one] => quote(one),
        _ => list(items),
    }
}

/// A list of texts on one line.
pub fn list(items: &[String]) -> String {
    format!("[{}]", items.iter().map(|it| quote(it)).collect::<Vec<_>>().join(", "))
}

/// A list of texts after so many columns: on one line if it fits, else on several.
pub fn long_list(items: &[String], column: usize) -> String {
    let line = list(items);
    if column + line.chars().count() <= WIDTH {
        return line;
    }
    let mut out = "[".to_owned();
    let mut width = WIDTH;
    for item in items {
        let item = format!("{},", quote(item));
        let length = item.chars().count() + 1;
        if width + length > WIDTH {
            out.push_str("\n ");
            width = 1;
        }
        out.push(' ');
        out.push_str(&item);
        width += length;
    }
    out.push_str("\n]");
    out
}
