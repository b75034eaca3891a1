//! What a foreign file says, before anybody knows what it means: values, each with its place.

use std::ops::Range;

use crate::config::Diagnostic;
use crate::org::nearest;

/// How many mistakes are told: the file of another program with more of them is another file.
const MOST_TOLD: usize = 100;

/// Letters of a message: foreign names may be as long as the file.
const LONGEST_MESSAGE: usize = 400;

/// A message that somebody can read, whatever it names.
pub fn bounded(message: String) -> String {
    if message.len() <= LONGEST_MESSAGE {
        return message;
    }
    let mut letters = message.chars();
    let mut short: String = letters.by_ref().take(LONGEST_MESSAGE).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

/// A value and the bytes it stands at.
#[derive(Debug, Clone)]
pub struct Node {
    /// Where it stands; of an alias, where the alias does.
    pub span: Range<usize>,
    /// What it is.
    pub value: Value,
}

/// A value of YAML or JSON.
#[derive(Debug, Clone)]
pub enum Value {
    /// Nothing: `null`, `~`, or no text at all.
    Null,
    /// A text, a number, a truth.
    Scalar {
        /// As it reads.
        text: String,
        /// Without quotes: it may be a number or a truth.
        plain: bool,
    },
    /// A list.
    List(Vec<Node>),
    /// A table, in the order of the file; no key stands twice.
    Table(Vec<(Key, Node)>),
}

/// A key of a table.
#[derive(Debug, Clone)]
pub struct Key {
    /// As it reads.
    pub name: String,
    /// Where it stands.
    pub span: Range<usize>,
}

impl Node {
    /// A key's value, if this is a table that has it, and it is not nothing.
    pub fn get(&self, key: &str) -> Option<&Node> {
        let Value::Table(rows) = &self.value else { return None };
        let found = rows.iter().find(|(it, _)| it.name == key).map(|(_, it)| it);
        found.filter(|it| !matches!(it.value, Value::Null))
    }

    /// The text of a scalar, whatever it may mean.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar { text, .. } => Some(text),
            Value::Null | Value::List(_) | Value::Table(_) => None,
        }
    }

    /// The items of a list; of anything else, none.
    pub fn items(&self) -> &[Node] {
        match &self.value {
            Value::List(items) => items,
            Value::Null | Value::Scalar { .. } | Value::Table(_) => &[],
        }
    }

    /// What it is, in a message.
    fn kind(&self) -> &'static str {
        match &self.value {
            Value::Null => "nothing",
            Value::Scalar { plain: true, text } if text.parse::<f64>().is_ok() => "a number",
            Value::Scalar { plain: true, text } if text == "true" || text == "false" => "true or false",
            Value::Scalar { .. } => "a text",
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// The mistakes of one foreign file.
pub struct Mistakes<'a> {
    file: &'a str,
    told: Vec<Diagnostic>,
}

impl<'a> Mistakes<'a> {
    /// None yet.
    pub fn of(file: &'a str) -> Mistakes<'a> {
        Mistakes { file, told: Vec::new() }
    }

    /// All of them, in the order of the file.
    pub fn all(&mut self) -> Vec<Diagnostic> {
        self.told.sort_by_key(|it| it.span.as_ref().map(|span| (span.start, span.end)));
        self.told.dedup();
        if let Some(more @ 1..) = self.told.len().checked_sub(MOST_TOLD) {
            self.told.truncate(MOST_TOLD);
            self.whole("more", format!("{more} more mistakes are not told"), "is this the right file?");
        }
        std::mem::take(&mut self.told)
    }

    /// Whether there is any.
    pub fn any(&self) -> bool {
        !self.told.is_empty()
    }

    /// An error, with its cure.
    pub fn error(
        &mut self,
        code: &'static str,
        span: &Range<usize>,
        message: impl Into<String>,
        cure: impl Into<String>,
    ) {
        let (message, cure) = (bounded(message.into()), bounded(cure.into()));
        self.told.push(Diagnostic::error(code, self.file, span.clone(), message).help(cure));
    }

    /// An error about the file as a whole.
    pub fn whole(&mut self, code: &'static str, message: impl Into<String>, cure: impl Into<String>) {
        self.told.push(Diagnostic::error(code, self.file, 0..0, message).whole_file().help(cure));
    }

    /// A name that is not among some names.
    pub fn unknown<'n>(
        &mut self,
        code: &'static str,
        span: &Range<usize>,
        message: impl Into<String>,
        name: &str,
        names: impl IntoIterator<Item = &'n str>,
        what: &str,
    ) {
        let diagnostic = Diagnostic::error(code, self.file, span.clone(), bounded(message.into()));
        let short = |it: &&str| it.len() < LONGEST_MESSAGE;
        let names = names.into_iter().filter(short);
        let name: String = name.chars().take(LONGEST_MESSAGE).collect();
        let name = name.as_str();
        // Among thousands of mistakes nobody reads on, and what is near takes long to find.
        let many = self.told.len() > MOST_TOLD;
        self.told.push(if many { diagnostic.help("as above") } else { diagnostic.nearest(name, names, what) });
    }

    /// That a value is not what stands there as a rule.
    pub fn wrong_type(&mut self, node: &Node, wanted: &str, cure: &str) {
        let message = format!("expected {wanted}, found {}", node.kind());
        self.error("wrong-type", &node.span, message, cure);
    }

    /// Keys that a table does not have: one that is misspelt would be one that is not there.
    pub fn unknown_keys(&mut self, node: &Node, what: &str, known: &[&str]) {
        let Value::Table(rows) = &node.value else { return };
        for (key, _) in rows.iter().filter(|(key, _)| !known.contains(&key.name.as_str())) {
            let near = nearest(&key.name, known.iter().copied());
            let cure = match near.as_slice() {
                [] => "take it out, or look for what it is called there".to_owned(),
                near => format!(
                    "did you mean {}?",
                    near.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(" or ")
                ),
            };
            self.error("unknown-key", &key.span, format!("{what} has no key `{}`", key.name), cure);
        }
    }

    /// A table, or nothing.
    pub fn table<'n>(&mut self, node: &'n Node, wanted: &str, cure: &str) -> Option<&'n [(Key, Node)]> {
        match &node.value {
            Value::Table(rows) => Some(rows),
            _ => {
                self.wrong_type(node, wanted, cure);
                None
            }
        }
    }

    /// A list; nothing is an empty one.
    pub fn list<'n>(&mut self, node: &'n Node, wanted: &str, cure: &str) -> &'n [Node] {
        match &node.value {
            Value::List(items) => items,
            Value::Null => &[],
            _ => {
                self.wrong_type(node, wanted, cure);
                &[]
            }
        }
    }

    /// A text; nothing is an empty one, as Go reads it.
    pub fn text<'n>(&mut self, node: &'n Node, wanted: &str, cure: &str) -> Option<&'n str> {
        match &node.value {
            Value::Scalar { text, .. } => Some(text),
            Value::Null => Some(""),
            _ => {
                self.wrong_type(node, wanted, cure);
                None
            }
        }
    }

    /// A truth, in any of the words that YAML 1.1 has for it.
    pub fn truth(&mut self, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Null => return Some(false),
            Value::Scalar { text, plain: true } => match text.as_str() {
                "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => return Some(true),
                "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
                    return Some(false);
                }
                _ => {}
            },
            _ => {}
        }
        self.wrong_type(node, "`true` or `false`", "write `true` without quotes, or leave the key out");
        None
    }
}
