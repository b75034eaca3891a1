//! Requests and answers, as plain values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// How a request asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates.
    Post,
    /// Changes.
    Put,
    /// Removes.
    Delete,
    /// None of those, which nothing here answers.
    Other,
}

impl Method {
    /// By its name in HTTP.
    pub fn named(name: &str) -> Method {
        match name {
            "GET" | "HEAD" => Method::Get,
            "POST" => Method::Post,
            "PUT" => Method::Put,
            "DELETE" => Method::Delete,
            _ => Method::Other,
        }
    }

    /// Its name in HTTP.
    pub const fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
            Method::Other => "OTHER",
        }
    }

    /// Whether it may change something.
    pub const fn writes(self) -> bool {
        !matches!(self, Method::Get)
    }
}

/// A request, as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// How it asks.
    pub method: Method,
    /// The path without the query, as it was sent.
    pub path: String,
    /// The query, decoded, in order.
    pub query: Vec<(String, String)>,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    /// What it carries.
    pub body: Vec<u8>,
}

impl Request {
    /// One without a body, from a target such as `/users?limit=2`.
    pub fn new(method: Method, target: &str) -> Request {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let query = query.split('&').filter(|it| !it.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name, true), decoded(value, true))
        });
        Request { method, path: path.to_owned(), query: query.collect(), headers: BTreeMap::new(), body: Vec::new() }
    }

    /// The same with a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Request {
        self.headers.insert(name.to_ascii_lowercase(), value.to_owned());
        self
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(mut self, body: &Value) -> Request {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }

    /// The parts of the path between slashes, decoded.
    pub(super) fn segments(&self) -> Vec<String> {
        let path = self.path.trim_start_matches('/').trim_end_matches('/');
        path.split('/').map(|it| decoded(it, false)).collect()
    }

    /// The last value of a parameter.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    /// All values of a set: `name[]`, repeated.
    pub(super) fn set<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.query.iter().filter(move |(it, _)| it.strip_suffix("[]") == Some(name));
        values.map(|(_, value)| value.as_str())
    }

    pub(super) fn includes(&self, what: &str) -> bool {
        self.set("include").any(|it| it == what)
    }
}

/// Undoes percent signs, and in queries plus signs. What is no UTF-8 becomes `\u{fffd}`.
fn decoded(text: &str, plus: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let hex = bytes.get(index + 1..index + 3).and_then(|it| std::str::from_utf8(it).ok());
        let hex = hex.filter(|it| it.bytes().all(|digit| digit.is_ascii_hexdigit()));
        match (bytes[index], hex.and_then(|it| u8::from_str_radix(it, 16).ok())) {
            (b'%', Some(byte)) => {
                out.push(byte);
                index += 3;
                continue;
            }
            (b'+', _) if plus => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        index += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// An answer, before it goes over the wire.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// As in HTTP.
    pub status: u16,
    /// Besides those that every answer has.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: Body,
}

/// What an answer carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// Not a byte.
    Nothing,
    /// An object, or a bare array.
    Json(Value),
    /// For people.
    Text(String),
}

impl Response {
    pub(super) fn json(status: u16, body: Value) -> Response {
        Response { status, headers: Vec::new(), body: Body::Json(body) }
    }

    pub(super) fn nothing(status: u16) -> Response {
        Response { status, headers: Vec::new(), body: Body::Nothing }
    }

    pub(super) fn text(status: u16, text: String) -> Response {
        Response { status, headers: Vec::new(), body: Body::Text(text) }
    }

    /// The JSON of the body; `null` if there is none.
    pub fn value(&self) -> &Value {
        match &self.body {
            Body::Json(value) => value,
            Body::Nothing | Body::Text(_) => &Value::Null,
        }
    }
}

/// Why a request was turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    /// PagerDuty's own number; none: there is no body at all.
    code: Option<u32>,
    message: &'static str,
    errors: Errors,
}

/// The shapes that `errors` has in the wild.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Errors {
    /// PagerDuty's documentation: an array of texts.
    List(Vec<String>),
    /// The OpenAPI document for v3, and hashicorp/terraform #11135 for v2 schedules: texts by field.
    Fields(Vec<(String, String)>),
    /// go-pagerduty's changelog, 1.4.3: a text.
    Text(String),
    /// Not there.
    Missing,
    /// There, and null.
    Null,
}

impl Refusal {
    const fn new(status: u16, code: u32, message: &'static str, errors: Errors) -> Refusal {
        Refusal { status, code: Some(code), message, errors }
    }

    /// 400 with everything that is wrong, as v2 has it.
    pub(super) fn invalid(errors: impl IntoIterator<Item = impl Into<String>>) -> Refusal {
        let errors = errors.into_iter().map(Into::into).collect();
        Refusal::new(400, 2001, "Invalid Input Provided", Errors::List(errors))
    }

    /// 400 with one text, as v2 has it.
    pub(super) fn wrong(error: impl Into<String>) -> Refusal {
        Refusal::invalid([error.into()])
    }

    /// 400 with texts by field, as v3 has it.
    pub(super) fn fields(errors: Vec<(String, String)>) -> Refusal {
        Refusal::new(400, 2001, "Invalid Request", Errors::Fields(errors))
    }

    /// The same with one field.
    pub(super) fn field(field: &str, error: impl Into<String>) -> Refusal {
        Refusal::fields(vec![(field.to_owned(), error.into())])
    }

    /// 400: a schedule of layers that cannot be; the shape of hashicorp/terraform #11135.
    pub(super) fn schedule(errors: Vec<(String, String)>) -> Refusal {
        Refusal::new(400, 3001, "Invalid Schedule", Errors::Fields(errors))
    }

    pub(super) fn arguments(error: impl Into<String>) -> Refusal {
        Refusal::new(400, 2002, "Arguments Caused Error", Errors::List(vec![error.into()]))
    }

    pub(super) fn missing(argument: &str) -> Refusal {
        let error = format!("`{argument}` is required");
        Refusal::new(400, 2003, "Missing Arguments", Errors::List(vec![error]))
    }

    pub(super) fn range(error: impl Into<String>) -> Refusal {
        Refusal::new(400, 2004, "Invalid Date Range", Errors::List(vec![error.into()]))
    }

    pub(super) fn not_found() -> Refusal {
        Refusal::new(404, 2100, "Not Found", Errors::Missing)
    }

    pub(super) fn schedule_not_found() -> Refusal {
        Refusal::new(404, 3004, "Schedule Not Found", Errors::Null)
    }

    pub(super) fn team_not_found() -> Refusal {
        Refusal::new(404, 6001, "Team Not Found", Errors::Missing)
    }

    /// terraform-provider-pagerduty: some 403 and 404 have no body at all.
    pub(super) const fn bare(status: u16) -> Refusal {
        Refusal { status, code: None, message: "", errors: Errors::Missing }
    }

    pub(super) fn unauthenticated() -> Refusal {
        Refusal::new(401, 2006, "Authentication failed", Errors::Missing)
    }

    pub(super) fn denied(error: &str) -> Refusal {
        Refusal::new(403, 2010, "Access Denied", Errors::List(vec![error.to_owned()]))
    }

    pub(super) fn lacks(ability: &str) -> Refusal {
        let error = format!("The account does not have the `{ability}` ability");
        Refusal::new(402, 2014, "Account Does Not Have The Ability", Errors::List(vec![error]))
    }

    pub(super) fn method() -> Refusal {
        Refusal::new(405, 2100, "Method Not Allowed", Errors::Missing)
    }

    pub(super) fn has_associations(errors: Vec<String>) -> Refusal {
        Refusal::new(400, 6006, "Team Has Associations", Errors::List(errors))
    }

    pub(super) fn too_large(error: &str) -> Refusal {
        Refusal::new(413, 2001, "Request Entity Too Large", Errors::List(vec![error.to_owned()]))
    }

    pub(super) fn rate_limited() -> Refusal {
        Refusal::new(429, 2020, "Rate Limit Exceeded", Errors::List(vec!["Throttled".to_owned()]))
    }

    /// terraform-provider-pagerduty #1117: transient, although it is a 400.
    pub(super) fn locked(errors: fn(String) -> Errors) -> Refusal {
        Refusal::new(400, 2001, "Invalid Input Provided", errors("The account could not be locked".to_owned()))
    }

    pub(super) fn conflict() -> Refusal {
        let error = "The resource was changed by another request".to_owned();
        Refusal::new(409, 2001, "Conflict", Errors::List(vec![error]))
    }

    pub(super) fn broken(status: u16, errors: Errors) -> Refusal {
        Refusal::new(status, 2000, "Internal Error", errors)
    }

    pub(super) fn into_response(self) -> Response {
        let Some(code) = self.code else {
            return Response::nothing(self.status);
        };
        let mut error = json!({ "message": self.message, "code": code });
        match self.errors {
            Errors::List(errors) => error["errors"] = json!(errors),
            Errors::Text(text) => error["errors"] = json!(text),
            Errors::Null => error["errors"] = Value::Null,
            Errors::Missing => {}
            Errors::Fields(errors) => {
                let mut fields: BTreeMap<String, Vec<String>> = BTreeMap::new();
                for (field, text) in errors {
                    fields.entry(field).or_default().push(text);
                }
                error["errors"] = json!(fields);
            }
        }
        Response::json(self.status, json!({ "error": error }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_taken_apart() {
        let request =
            Request::new(Method::Get, "/users/P%2F1?query=a+b%26c&team_ids[]=T1&team_ids%5B%5D=T2&flag&x=%zz");
        assert_eq!(request.segments(), ["users", "P/1"]);
        assert_eq!(request.parameter("query"), Some("a b&c"));
        assert_eq!(request.set("team_ids").collect::<Vec<_>>(), ["T1", "T2"]);
        assert_eq!((request.parameter("flag"), request.parameter("x")), (Some(""), Some("%zz")));
    }

    #[test]
    fn refusals_have_the_shapes_of_the_wild() {
        let body = |refusal: Refusal| refusal.into_response().value().to_string();
        let list = r#"{"error":{"message":"Invalid Input Provided","code":2001,"errors":["a","b"]}}"#;
        assert_eq!(body(Refusal::invalid(["a", "b"])), list);
        let fields = r#"{"error":{"message":"Invalid Request","code":2001,"errors":{"event.name":["empty"]}}}"#;
        assert_eq!(body(Refusal::field("event.name", "empty")), fields);
        let text =
            r#"{"error":{"message":"Invalid Input Provided","code":2001,"errors":"The account could not be locked"}}"#;
        assert_eq!(body(Refusal::locked(Errors::Text)), text);
        assert_eq!(body(Refusal::not_found()), r#"{"error":{"message":"Not Found","code":2100}}"#);
        let null = r#"{"error":{"message":"Schedule Not Found","code":3004,"errors":null}}"#;
        assert_eq!(body(Refusal::schedule_not_found()), null);
        assert_eq!(Refusal::bare(404).into_response().body, Body::Nothing);
    }
}
