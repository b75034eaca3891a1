//! What the interface for programs is, in OpenAPI 3.1. The schemas are those that ship.

use std::sync::LazyLock;

use serde_json::{Map, Value, json};

use crate::schemas::SCHEMAS;

/// The document, as text.
pub(super) fn document(url: Option<&str>) -> String {
    let mut document = DOCUMENT.clone();
    if let Some(url) = url {
        document["servers"] = json!([{ "url": url }]);
    }
    format!("{document:#}\n")
}

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut schemas = Map::new();
    schemas.insert("problem".to_owned(), problem());
    for name in ["now", "who", "show", "rotation-list", "person-list", "route", "check"] {
        add(&mut schemas, name);
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Dogwatch",
            "version": env!("CARGO_PKG_VERSION"),
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            "description": "Who is on call, whom to page for this, and then whom, and why. Read only: nothing that is sent changes anything. \
                            Instants are RFC 3339 on the clock of `zone`, lengths of time in seconds. Every answer has an `ETag`; of questions \
                            without `at` it changes every second. `dogwatch-stale` says that the files mean nothing now, and that the answer \
                            comes from what they said before.",
        },
        "servers": [{ "url": "/" }],
        "security": [{}, { "token": [] }],
        "paths": {
            "/api/v1/now": { "get": get("now", "Everybody on call, until when, and who is next", "now", vec![at(), zone()], false) },
            "/api/v1/who": { "get": get("who", "Whom to page, then whom, when, how to reach them, and why", "who", vec![
                parameter("name", "A service, else a rotation or seat (`search.secondary`), else `@person`.", json!({ "type": "string", "minLength": 1, "examples": ["search-api"] })),
                repeated("tag", "What the alert carries, `TAG=VALUE`, once a tag. Those given beside a service replace those that it brings.", json!("service=mysql-main")),
                at(), zone(),
            ], true) },
            "/api/v1/shifts": { "get": get("shifts", "Calendars: shifts and gaps over a span", "show", vec![
                repeated("rotation", "Only this rotation or seat; absent, all.", json!("search")),
                repeated("person", "Only what this person holds.", json!("ana")),
                parameter("from", "The first instant; absent, today's first.", instant_schema()),
                parameter("until", "The first instant after; absent, two weeks later. At most 400 days.", instant_schema()),
                zone(),
            ], true) },
            "/api/v1/rotations": { "get": get("rotations", "All rotations", "rotation-list", vec![], false) },
            "/api/v1/rotations/{rotation}": { "get": get("rotation", "One rotation", "rotation-list", vec![path("rotation", "The rotation's id.", "search")], true) },
            "/api/v1/people": { "get": get("people", "Everybody", "person-list", vec![at(), zone()], false) },
            "/api/v1/people/{person}": { "get": get("person", "One person", "person-list", vec![path("person", "The key in people.toml, or an alias.", "ana"), at(), zone()], true) },
            "/api/v1/check": { "get": get("check", "Mistakes and findings, each with its cure", "check", vec![
                parameter("horizon", "How far ahead, in days or weeks: `90d`, `12w`; at most a year. It begins with the full hour.", json!({ "type": "string", "pattern": "^[1-9][0-9]{0,2}[dw]$", "default": "90d" })),
                at(), zone(),
            ], false) },
            "/api/v1/route": { "post": route() },
            "/api/v1/openapi.json": { "get": {
                "operationId": "openapi", "summary": "This document",
                "responses": answers(json!({ "200": { "description": "This document.", "headers": headers(), "content": { "application/json": { "schema": { "type": "object", "required": ["openapi", "paths"] } } } } }), false),
            } },
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": { "token": { "type": "http", "scheme": "bearer", "description": "The server's token, where it has one." } },
        },
    })
});

/// A schema that ships, its parts beside it under names of their own.
fn add(schemas: &mut Map<String, Value>, name: &str) {
    let text = SCHEMAS.iter().find(|(it, _)| *it == name).map(|(_, text)| *text).expect("the schema ships");
    let mut schema: Value = serde_json::from_str(text).expect("a schema is JSON");
    if let Value::Object(it) = &mut schema {
        it.remove("$schema");
        if let Some(Value::Object(parts)) = it.remove("$defs") {
            for (part, mut value) in parts {
                refer(&mut value, name);
                schemas.insert(format!("{name}.{part}"), value);
            }
        }
    }
    refer(&mut schema, name);
    schemas.insert(name.to_owned(), schema);
}

/// Turns references to parts into references to where those stand here.
fn refer(value: &mut Value, name: &str) {
    match value {
        Value::Object(fields) => {
            for (key, it) in fields.iter_mut() {
                match it {
                    Value::String(text) if key == "$ref" => {
                        *text = text.replace("#/$defs/", &format!("#/components/schemas/{name}."));
                    }
                    _ => refer(it, name),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|it| refer(it, name)),
        _ => {}
    }
}

fn get(id: &str, summary: &str, schema: &str, parameters: Vec<Value>, may_be_missing: bool) -> Value {
    let given = json!({ "200": {
        "description": summary,
        "headers": headers(),
        "content": { "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } },
    } });
    let mut parameters = parameters;
    parameters
        .push(json!({ "name": "If-None-Match", "in": "header", "required": false, "schema": { "type": "string" },
        "description": "Tags of answers that are known already." }));
    let mut answers = answers(given, may_be_missing);
    answers["304"] =
        json!({ "description": "As it was: the answer has one of the tags of `If-None-Match`.", "headers": headers() });
    json!({ "operationId": id, "summary": summary, "parameters": parameters, "responses": answers })
}

fn route() -> Value {
    let tags = json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean", "null"] } });
    let given = json!({ "200": {
        "description": "What became of them.",
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/route" } } },
    } });
    let mut answers = answers(given, true);
    answers["413"] = told("More was sent than is read.");
    answers["501"] = told("It was sent in an encoding that is not unpacked.");
    answers["415"] = told("What was sent is no JSON by its content type.");
    json!({
        "operationId": "route",
        "summary": "Sends alerts through the routes: their ladders, and rows that never fire",
        "description": "A table of tags, an alert with `labels`, an Alertmanager webhook's body, or a list of any of them; as \
                        application/x-ndjson one after the other. Alerts that say they are resolved are counted and not routed. Nobody is paged.",
        "parameters": [at(), zone()],
        "requestBody": { "required": true, "content": {
            "application/json": {
                "schema": { "anyOf": [tags, { "type": "array", "minItems": 1, "items": { "type": "object" } }] },
                "examples": {
                    "tags": { "value": { "service": "search-api", "severity": "critical" } },
                    "webhook": { "value": { "version": "4", "alerts": [{ "status": "firing", "labels": { "service": "mysql-main" }, "startsAt": "2026-03-03T15:00:00Z" }] } },
                },
            },
            "application/x-ndjson": { "schema": { "type": "string" } },
        } },
        "responses": answers,
    })
}

/// The answers that every question may have.
fn answers(mut given: Value, may_be_missing: bool) -> Value {
    given["400"] = told("The question means nothing; the answer says why.");
    given["401"] = told("The token is missing or wrong.");
    given["403"] = told("The proxy has let nobody through, or a page of another site asked.");
    given["421"] = told("The server does not go by that name.");
    given["431"] = json!({ "description": "The head of the request is too long." });
    given["503"] = told("Too much is asked at once.");
    if may_be_missing {
        given["404"] = told("Nothing of that name; the answer names the nearest.");
    }
    given
}

fn told(description: &str) -> Value {
    json!({ "description": description, "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/problem" } } } })
}

fn problem() -> Value {
    json!({
        "type": "object",
        "description": "What is wrong (RFC 9457).",
        "required": ["type", "title", "status", "detail"],
        "additionalProperties": false,
        "properties": {
            "type": { "type": "string", "description": "What kind of problem it is, for programs." },
            "title": { "type": "string", "description": "What its status is called." },
            "status": { "type": "integer", "description": "The status of the answer." },
            "detail": { "type": "string", "description": "What is wrong." },
            "hints": { "type": "array", "items": { "type": "string" }, "description": "What can be done about it." },
            "nearest": { "type": "array", "items": { "type": "string" }, "description": "Names that may have been meant." },
        },
    })
}

fn headers() -> Value {
    json!({ "ETag": { "description": "Changes when the answer does.", "schema": { "type": "string" } } })
}

fn parameter(name: &str, description: &str, schema: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "schema": schema })
}

fn repeated(name: &str, description: &str, example: Value) -> Value {
    json!({ "name": name, "in": "query", "required": false, "description": description, "explode": true,
        "schema": { "type": "array", "maxItems": 50, "items": { "type": "string", "minLength": 1 } }, "example": [example] })
}

fn path(name: &str, description: &str, example: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": { "type": "string", "minLength": 1 }, "example": example })
}

fn instant_schema() -> Value {
    json!({ "type": "string", "minLength": 1, "examples": ["2026-03-03T15:00:00Z", "2026-03-03 15:00", "2026-03-03"] })
}

fn at() -> Value {
    parameter("at", "The instant, with an offset or on the clock of `zone`; absent, now.", instant_schema())
}

fn zone() -> Value {
    parameter(
        "zone",
        "On whose clock times are; absent, the organisation's.",
        json!({ "type": "string", "minLength": 1, "examples": ["Europe/Dublin"] }),
    )
}
