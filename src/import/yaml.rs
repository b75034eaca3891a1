//! YAML as Go's `yaml.v2` reads it, for Alertmanager does.
//!
//! Only the first document counts. Aliases are unfolded and `<<` merges, in the order of the file; both within
//! bounds. Keys stand once.

use std::collections::BTreeMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span};

use crate::import::node::{Key, Mistakes, Node, Value};

/// How deep tables and lists may be nested.
const MOST_DEPTH: usize = 128;
/// How many values a file may hold.
const MOST_NODES: usize = 2_000_000;
/// How many of them may come of unfolding its aliases.
const MOST_UNFOLDED: usize = 200_000;

/// The first document of a file, and where a second one begins; nothing, if a mistake was told.
pub fn parse(text: &str, mistakes: &mut Mistakes<'_>) -> Option<(Node, Option<Range<usize>>)> {
    let offsets = Offsets::of(text);
    let mut builder = Builder { open: Vec::new(), anchors: BTreeMap::new(), nodes: 0, unfolded: 0, sound: true };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next() {
        let (event, span) = match event {
            Ok((event, span)) => (event, offsets.span(text, span)),
            Err(error) => {
                let at = offsets.byte(text, error.marker().index());
                let cure = syntax_cure(text, at, error.info());
                mistakes.error("bad-yaml", &(at..at + 1), format!("this is not YAML: {}", error.info()), cure);
                return None;
            }
        };
        match builder.take(event, span, mistakes) {
            Step::Next => {}
            Step::Done(node) => {
                // What follows is not read, sound or not.
                let next = parser.find(|it| !matches!(it, Ok((Event::DocumentEnd, _))));
                let next = match next {
                    Some(Ok((Event::DocumentStart(_), span))) => Some(offsets.span(text, span)),
                    _ => None,
                };
                return builder.sound.then_some((node, next));
            }
            Step::Failed => return None,
        }
    }
    Some((Node { span: 0..0, value: Value::Null }, None))
}

fn syntax_cure(text: &str, at: usize, info: &str) -> String {
    let line = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let line = text[line..].lines().next().unwrap_or_default();
    if line.contains('\t') {
        return "indent with blanks: YAML knows no tabs there".to_owned();
    }
    if info.contains("unknown anchor") {
        return "an anchor `&name` stands before its aliases `*name`".to_owned();
    }
    if info.contains("recursion") {
        return "this is nested deeper than anybody writes".to_owned();
    }
    "look at the quotes, brackets and indentation here and on the line above".to_owned()
}

/// Where each character begins: the parser counts characters, files and carets bytes.
struct Offsets {
    /// The byte of every 64th character.
    marks: Vec<usize>,
    /// Whether every character is one byte.
    ascii: bool,
    bytes: usize,
}

impl Offsets {
    const EVERY: usize = 64;

    fn of(text: &str) -> Offsets {
        let ascii = text.is_ascii();
        let marks = match ascii {
            true => Vec::new(),
            false => text.char_indices().step_by(Self::EVERY).map(|(at, _)| at).collect(),
        };
        Offsets { marks, ascii, bytes: text.len() }
    }

    /// The byte at which a character begins.
    fn byte(&self, text: &str, index: usize) -> usize {
        if self.ascii {
            return index.min(self.bytes);
        }
        let Some(mark) = self.marks.get(index / Self::EVERY) else { return self.bytes };
        let rest = text.get(*mark..).unwrap_or_default();
        rest.char_indices().nth(index % Self::EVERY).map_or(self.bytes.min(mark + rest.len()), |(at, _)| mark + at)
    }

    fn span(&self, text: &str, span: Span) -> Range<usize> {
        let start = self.byte(text, span.start.index());
        start..self.byte(text, span.end.index()).max(start)
    }
}

enum Step {
    Next,
    Done(Node),
    Failed,
}

/// A table or list that is not yet closed.
struct Open {
    anchor: usize,
    span: Range<usize>,
    kind: Kind,
}

enum Kind {
    List(Vec<Node>),
    Table(Table),
}

/// A table that is not yet closed.
#[derive(Default)]
struct Table {
    rows: Vec<(Key, Node)>,
    /// Which row has a key, and whether it is written here, not merged.
    places: BTreeMap<String, (usize, bool)>,
    /// The key whose value comes next.
    key: Option<Key>,
    /// It is `<<`.
    merging: bool,
}

impl Table {
    /// Puts a row, in place of one with the same key.
    fn put(&mut self, key: Key, node: Node, written: bool) {
        match self.places.get_mut(&key.name) {
            Some((place, there)) => {
                *there |= written;
                self.rows[*place] = (key, node);
            }
            None => {
                self.places.insert(key.name.clone(), (self.rows.len(), written));
                self.rows.push((key, node));
            }
        }
    }

    /// Merges a table, or several of which the first counts most, over what stands before; `false` if it is neither.
    /// (`yaml.v2` lets a merge cover the keys above it; YAML would have it the other way round.)
    fn merge(&mut self, node: Node) -> bool {
        let tables = match node.value {
            Value::List(items) => items,
            Value::Table(_) => vec![node],
            Value::Null | Value::Scalar { .. } => return false,
        };
        let mut sound = true;
        for table in tables.into_iter().rev() {
            match table.value {
                Value::Table(rows) => rows.into_iter().for_each(|(key, node)| self.put(key, node, false)),
                Value::Null | Value::Scalar { .. } | Value::List(_) => sound = false,
            }
        }
        sound
    }
}

struct Builder {
    open: Vec<Open>,
    anchors: BTreeMap<usize, (Node, usize)>,
    nodes: usize,
    unfolded: usize,
    sound: bool,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Range<usize>, mistakes: &mut Mistakes<'_>) -> Step {
        match event {
            Event::SequenceStart(anchor, _) => self.begin(anchor, span, Kind::List(Vec::new()), mistakes),
            Event::MappingStart(anchor, _) => self.begin(anchor, span, Kind::Table(Table::default()), mistakes),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(open) = self.open.pop() else { return Step::Failed };
                let value = match open.kind {
                    Kind::List(items) => Value::List(items),
                    Kind::Table(table) => Value::Table(table.rows),
                };
                // Its last byte is not known where an indentation ends it: a caret under the first line is enough.
                self.place(Node { span: open.span, value }, open.anchor, mistakes)
            }
            Event::Scalar(text, style, anchor, tag) => {
                let binary = tag.as_ref().is_some_and(|it| it.suffix == "binary");
                if binary {
                    mistakes.error("bad-yaml", &span, "a text in base64 is not read", "write it out");
                    self.sound = false;
                }
                let plain = style == ScalarStyle::Plain && tag.is_none();
                let value = match plain && matches!(text.as_ref(), "" | "~" | "null" | "Null" | "NULL") {
                    true => Value::Null,
                    false => Value::Scalar { text: text.into_owned(), plain },
                };
                self.place(Node { span, value }, anchor, mistakes)
            }
            Event::Alias(anchor) => {
                let Some((node, size)) = self.anchors.get(&anchor) else {
                    let cure = "write the value out where the alias stands";
                    mistakes.error("bad-yaml", &span, "this alias stands within what it stands for", cure);
                    return Step::Failed;
                };
                self.unfolded += size;
                // Counted first: what is too much is never made.
                let value = if self.unfolded > MOST_UNFOLDED { Value::Null } else { node.value.clone() };
                self.place(Node { span, value }, 0, mistakes)
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentStart(_) | Event::DocumentEnd => {
                Step::Next
            }
        }
    }

    fn begin(&mut self, anchor: usize, span: Range<usize>, kind: Kind, mistakes: &mut Mistakes<'_>) -> Step {
        if self.open.len() >= MOST_DEPTH {
            let message = format!("this is nested more than {MOST_DEPTH} deep");
            mistakes.error("too-deep", &span, message, "no Alertmanager is configured so: is this the right file?");
            return Step::Failed;
        }
        if let Some(Open { kind: Kind::Table(Table { key: None, .. }), .. }) = self.open.last() {
            mistakes.error(
                "bad-key",
                &span,
                "a key here is a text",
                "put quotes around it if it begins with `[` or `{`",
            );
            return Step::Failed;
        }
        self.open.push(Open { anchor, span, kind });
        Step::Next
    }

    /// Puts a value where it belongs.
    fn place(&mut self, node: Node, anchor: usize, mistakes: &mut Mistakes<'_>) -> Step {
        self.nodes += 1;
        let too_large = match (self.unfolded > MOST_UNFOLDED, self.nodes > MOST_NODES) {
            (true, _) => Some((
                format!("aliases in this file unfold to more than {MOST_UNFOLDED} values"),
                "does it repeat aliases of aliases?",
            )),
            (_, true) => Some((format!("this file holds more than {MOST_NODES} values"), "is this the right file?")),
            _ => None,
        };
        if let Some((message, cure)) = too_large {
            mistakes.error("too-large", &node.span, message, cure);
            return Step::Failed;
        }
        if anchor != 0 {
            let size = size(&node);
            self.anchors.insert(anchor, (node.clone(), size));
            self.unfolded += size;
        }
        let Some(open) = self.open.last_mut() else { return Step::Done(node) };
        match &mut open.kind {
            Kind::List(items) => items.push(node),
            Kind::Table(table) => match table.key.take() {
                None => match node.value {
                    Value::Scalar { text, plain } => {
                        table.merging = plain && text == "<<";
                        table.key = Some(Key { name: text, span: node.span });
                    }
                    Value::Null => {
                        table.merging = false;
                        table.key = Some(Key { name: String::new(), span: node.span });
                    }
                    Value::List(_) | Value::Table(_) => {
                        mistakes.error("bad-key", &node.span, "a key here is a text", "write the key out");
                        return Step::Failed;
                    }
                },
                Some(key) if table.merging => {
                    if !table.merge(node) {
                        let cure = "an alias of a table, or a list of such aliases";
                        mistakes.error("bad-merge", &key.span, "`<<` merges tables, and this is none", cure);
                        self.sound = false;
                    }
                }
                Some(key) => {
                    if table.places.get(&key.name).is_some_and(|(_, written)| *written) {
                        let message = format!("the key `{}` stands twice in this table", key.name);
                        mistakes.error(
                            "duplicate-key",
                            &key.span,
                            message,
                            "keep one of them: Alertmanager takes neither",
                        );
                        self.sound = false;
                    }
                    table.put(key, node, true);
                }
            },
        }
        Step::Next
    }
}

/// How many values a value is made of.
fn size(node: &Node) -> usize {
    match &node.value {
        Value::Null | Value::Scalar { .. } => 1,
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Table(rows) => 1 + rows.iter().map(|(_, it)| size(it)).sum::<usize>(),
    }
}
