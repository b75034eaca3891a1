//! One JSON object: tags, an alert, or a webhook body.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::alerts::Alert;
use crate::org::{Tags, harmless};
use crate::time::{Instant, parse_rfc3339};

/// The alerts of an object, each of which may be wrong for itself; or why there are none.
pub(super) fn decode(text: &[u8]) -> Result<Vec<Result<Alert, String>>, String> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let read = Seen::Object.deserialize(&mut reader).and_then(|it| reader.end().map(|()| it));
    let object = match read {
        Ok(Value::Object(object)) => *object,
        Ok(other) => return Err(format!("{} is no alert", other.kind())),
        Err(_) if std::str::from_utf8(text).is_err() => return Err("not UTF-8".to_owned()),
        Err(error) => {
            // The reader has its own place for it: the lines of the file.
            let error = error.to_string();
            return Err(error.rsplit_once(" at line ").map_or(error.as_str(), |(text, _)| text).to_owned());
        }
    };
    let Object { alerts: Some(alerts), .. } = object else { return Ok(vec![object.alert(true)]) };
    let alert = |it| match it {
        Value::Object(object) => object.alert(false),
        other => Err(format!("{} stands among the `alerts`", other.kind())),
    };
    Ok(alerts.into_iter().map(alert).collect())
}

/// Whatever stands at the top. Only a bare table of tags needs all of its values to be text.
#[derive(Default)]
struct Object {
    /// If there is a list of that name.
    alerts: Option<Vec<Value>>,
    /// If there is a table of that name.
    labels: Option<Labels>,
    /// Everything else.
    own: Labels,
}

/// Texts by name, and what is wrong with the first that is none.
#[derive(Default)]
struct Labels {
    tags: Tags,
    wrong: Option<String>,
}

enum Value {
    Text(String),
    Null,
    Number,
    Truth,
    List,
    Table,
    Labels(Labels),
    Alerts(Vec<Value>),
    Object(Box<Object>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Value::Text(_) => "a text",
            Value::Null => "null",
            Value::Number => "a number",
            Value::Truth => "true or false",
            Value::List | Value::Alerts(_) => "a list",
            Value::Table | Value::Labels(_) | Value::Object(_) => "a table",
        }
    }
}

impl Labels {
    fn add(&mut self, name: String, value: Value) {
        match value {
            Value::Text(text) => {
                self.tags.insert(name, text);
            }
            Value::Null => {
                self.tags.remove(&name);
            }
            other => {
                let kind = other.kind();
                self.wrong.get_or_insert_with(|| format!("the tag `{}` is {kind}, not a text", shown(&name)));
            }
        }
    }
}

/// As much of it as a message can hold.
fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let cut = harmless(&text.chars().take(MOST).collect::<String>());
    if text.chars().nth(MOST).is_some() { format!("{cut}…") } else { cut }
}

impl Object {
    /// What stands alone may be tags without more; what stands in a body has `labels`.
    fn alert(self, alone: bool) -> Result<Alert, String> {
        let text = |name| self.own.tags.get(name).map(String::as_str);
        let (labels, opened, resolved) = match self.labels {
            Some(labels) => (labels, text("startsAt").map_or(Ok(None), opened)?, text("status") == Some("resolved")),
            None if alone => (self.own, None, false),
            None => return Err("an alert without `labels`".to_owned()),
        };
        match labels.wrong {
            Some(wrong) => Err(wrong),
            None => Ok(Alert { tags: labels.tags, opened, resolved }),
        }
    }
}

/// Go writes the first day of the first year for a time that is not there.
fn opened(text: &str) -> Result<Option<Instant>, String> {
    match text {
        "" | "0001-01-01T00:00:00Z" => Ok(None),
        _ => match parse_rfc3339(text) {
            Some(at) => Ok(Some(at)),
            None => Err(format!("`startsAt` is no instant from 1970 to 2199: `{}`", shown(text))),
        },
    }
}

/// Where a value is seen: it decides what is kept of it.
#[derive(Clone, Copy)]
enum Seen {
    /// As a value like any other.
    Plain,
    /// Under `labels`.
    Labels,
    /// Under `alerts`.
    Alerts,
    /// At the top, or among the `alerts`.
    Object,
}

impl<'de> DeserializeSeed<'de> for Seen {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seen {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Value, E> {
        Ok(Value::Truth)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Ok(Value::Number)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut alerts = Vec::new();
        match self {
            Seen::Alerts => {
                while let Some(alert) = list.next_element_seed(Seen::Object)? {
                    alerts.push(alert);
                }
                Ok(Value::Alerts(alerts))
            }
            Seen::Plain | Seen::Labels | Seen::Object => {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::List)
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Value, A::Error> {
        match self {
            Seen::Plain | Seen::Alerts => {
                while table.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Table)
            }
            Seen::Labels => {
                let mut labels = Labels::default();
                while let Some(name) = table.next_key()? {
                    labels.add(name, table.next_value_seed(Seen::Plain)?);
                }
                Ok(Value::Labels(labels))
            }
            Seen::Object => {
                let mut object = Object::default();
                while let Some(name) = table.next_key::<String>()? {
                    let seen = match name.as_str() {
                        "labels" => Seen::Labels,
                        "alerts" => Seen::Alerts,
                        _ => Seen::Plain,
                    };
                    match table.next_value_seed(seen)? {
                        Value::Labels(labels) => object.labels = Some(labels),
                        Value::Alerts(alerts) => object.alerts = Some(alerts),
                        // As Go writes a list of none.
                        Value::Null if name == "alerts" => object.alerts = Some(Vec::new()),
                        other => object.own.add(name, other),
                    }
                }
                Ok(Value::Object(Box::new(object)))
            }
        }
    }
}
