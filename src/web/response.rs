//! What is answered, before it is on the wire.

use std::io::Write as _;
use std::sync::{Arc, OnceLock};

use flate2::Compression;
use flate2::write::GzEncoder;

use serde_json::json;

use crate::org::harmless;

/// An answer. Cheap to copy: many readers share one body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    /// As HTTP numbers them.
    pub status: u16,
    /// What the body is; nothing, if there is none.
    pub content_type: &'static str,
    /// Other headers, their names in small letters.
    pub headers: Vec<(&'static str, String)>,
    /// What is sent.
    pub body: Arc<[u8]>,
    zipped: OnceLock<Option<Arc<[u8]>>>,
}

/// What is shorter is one packet anyway.
const LEAST_ZIPPED: usize = 1_400;

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const JSON: &str = "application/json";
pub(super) const PROBLEM: &str = "application/problem+json";
pub(super) const CALENDAR: &str = "text/calendar; charset=utf-8";
pub(super) const PLAIN: &str = "text/plain; charset=utf-8";

impl Response {
    /// Something that was asked for.
    pub fn of(content_type: &'static str, body: impl Into<Vec<u8>>) -> Response {
        Response { status: 200, content_type, headers: Vec::new(), body: body.into().into(), zipped: OnceLock::new() }
    }

    /// Nothing but a status.
    pub fn bare(status: u16) -> Response {
        Response { status, content_type: "", headers: Vec::new(), body: Arc::from([]), zipped: OnceLock::new() }
    }

    /// The same with another status.
    pub fn status(mut self, status: u16) -> Response {
        self.status = status;
        self
    }

    /// The same with another header.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Response {
        self.headers.retain(|(it, _)| *it != name);
        self.headers.push((name, value.into()));
        self
    }

    /// The body in gzip, made once for all who take it so; `None` where that is no gain, or where what is secret stands
    /// beside what somebody else may have chosen, for then the length of it says something (`no-transform`).
    pub fn zipped(&self) -> Option<Arc<[u8]>> {
        let fixed = self.header("cache-control").is_some_and(|it| it.contains("no-transform"));
        if fixed || self.body.len() < LEAST_ZIPPED {
            return None;
        }
        let zip = || {
            let mut out = GzEncoder::new(Vec::with_capacity(self.body.len() / 4), Compression::fast());
            out.write_all(&self.body).ok()?;
            out.finish().ok().map(Arc::from)
        };
        self.zipped.get_or_init(zip).clone()
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| *it == name).map(|(_, value)| value.as_str())
    }
}

/// Why something could not be answered: what becomes a problem document (RFC 9457) for programs, and a page for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// As HTTP numbers them.
    pub status: u16,
    /// What kind of problem it is, in a word for programs.
    pub kind: &'static str,
    /// What is wrong.
    pub detail: String,
    /// What can be done about it.
    pub hints: Vec<String>,
    /// Names that may have been meant.
    pub nearest: Vec<String>,
}

impl Problem {
    /// One without a cure yet.
    pub fn new(status: u16, kind: &'static str, detail: impl ToString) -> Problem {
        Problem { status, kind, detail: harmless(&detail.to_string()), hints: Vec::new(), nearest: Vec::new() }
    }

    /// The question means nothing.
    pub fn bad(detail: impl ToString) -> Problem {
        Problem::new(400, "bad-request", detail)
    }

    /// There is no such thing.
    pub fn missing(detail: impl ToString) -> Problem {
        Problem::new(404, "not-found", detail)
    }

    /// The same with something that can be done.
    pub fn hint(mut self, hint: impl Into<String>) -> Problem {
        self.hints.push(hint.into());
        self
    }

    /// The same with names that may have been meant.
    pub fn near(mut self, names: impl IntoIterator<Item = String>) -> Problem {
        self.nearest.extend(names);
        self
    }

    /// What its status is called.
    pub fn title(&self) -> &'static str {
        match self.status {
            400 => "Bad request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not found",
            405 => "Method not allowed",
            408 => "Request timeout",
            413 => "Content too large",
            415 => "Unsupported media type",
            421 => "Misdirected request",
            501 => "Not implemented",
            503 => "Service unavailable",
            _ => "Internal error",
        }
    }

    /// For programs.
    pub fn document(&self) -> Response {
        let mut document = json!({
            "type": format!("urn:dogwatch:problem:{}", self.kind),
            "title": self.title(),
            "status": self.status,
            "detail": self.detail,
        });
        if !self.hints.is_empty() {
            document["hints"] = json!(self.hints);
        }
        if !self.nearest.is_empty() {
            document["nearest"] = json!(self.nearest);
        }
        Response::of(PROBLEM, format!("{document:#}\n")).status(self.status)
    }
}

impl From<crate::time::Exhausted> for Problem {
    fn from(error: crate::time::Exhausted) -> Problem {
        // The question is fine; a rule of the files has no answer so far ahead.
        Problem::new(400, "too-far", error).hint("ask about a nearer time")
    }
}
