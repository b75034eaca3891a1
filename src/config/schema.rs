//! JSON Schemas of the files, for editors: generated, checked in, and compared here.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::config::decode::{Decode, Named};
use crate::config::raw;

/// Kinds of rows by name.
#[derive(Default)]
pub struct Definitions(BTreeMap<String, Value>);

/// One key of a kind of row.
pub struct Property {
    pub key: &'static str,
    pub description: &'static str,
    pub required: bool,
    pub schema: Value,
}

impl Definitions {
    /// Defines a kind of row once, and refers to it.
    pub fn object(
        &mut self,
        name: &str,
        description: &str,
        properties: impl FnOnce(&mut Definitions) -> Vec<Property>,
    ) -> Value {
        let reference = json!({ "$ref": format!("#/$defs/{name}") });
        if self.0.contains_key(name) {
            return reference;
        }
        // Rows may hold rows of their own kind.
        self.0.insert(name.to_owned(), Value::Null);
        let mut keys = Map::new();
        let mut required = Vec::new();
        for property in properties(self) {
            let mut schema = property.schema;
            if let Value::Object(schema) = &mut schema {
                schema.insert("description".to_owned(), json!(property.description.trim()));
            }
            keys.insert(property.key.to_owned(), schema);
            if property.required {
                required.push(property.key);
            }
        }
        let object = json!({
            "type": "object",
            "description": description.trim(),
            "properties": keys,
            "required": required,
            "additionalProperties": false,
        });
        self.0.insert(name.to_owned(), object);
        reference
    }
}

fn schema<T: Decode>(title: &str) -> Value {
    let mut definitions = Definitions::default();
    let root = T::schema(&mut definitions);
    let mut schema = json!({ "$schema": "https://json-schema.org/draft/2020-12/schema", "title": title });
    if let (Value::Object(schema), Value::Object(root)) = (&mut schema, root) {
        schema.extend(root);
        schema.insert("$defs".to_owned(), json!(definitions.0));
    }
    schema
}

/// The schemas of the files, by name.
pub fn schemas() -> Vec<(&'static str, Value)> {
    vec![
        ("org", schema::<raw::OrgFile>("org.toml")),
        ("people", schema::<Named<raw::PersonTable>>("people.toml")),
        ("services", schema::<Named<raw::ServiceTable>>("services.toml")),
        ("rotation", schema::<raw::RotationFile>("a rotation")),
        ("assigned", schema::<raw::AssignedFile>("machine-written rows of a rotation")),
        ("escalation", schema::<raw::EscalationFile>("escalation.toml")),
        ("mapping", schema::<raw::MappingFile>("a mapping of CSV columns to episodes")),
    ]
}
