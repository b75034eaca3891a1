//! Requests to PagerDuty, one after the other.
//!
//! What goes wrong is classified here, once: callers match [`Error`], never text. Waiting is asked of whoever made the
//! client, so that tests wait for nothing; the token is exposed at one place, the header.

use std::fmt;
use std::io::{ErrorKind, Read};
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::org::harmless;

/// Tries of one request before it is given up.
const TRIES: u32 = 6;
/// The same while nothing was ever answered: there may be no network, and somebody waits to be told.
const FIRST_TRIES: u32 = 4;
/// Until an answer must have come.
const PATIENCE: Duration = Duration::from_secs(30);
/// More of an answer is not read, in bytes.
const MOST_BYTES: usize = 64 << 20;
/// The longest wait that a server may ask of us at once.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
/// Entries of a page.
const PAGE: usize = 100;
/// PagerDuty refuses to page further than this.
const DEEPEST: usize = 10_000;
/// Pages by cursor, beyond which a list is taken for endless.
const MOST_PAGES: usize = 1_000;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or asks with a body.
    Post,
    /// Replaces what it names.
    Put,
    /// Removes.
    Delete,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Delete => "DELETE",
        })
    }
}

/// One request, without the token.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What it does.
    pub method: Method,
    /// Below the base address, with a leading slash.
    pub path: String,
    /// In order; names may repeat.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
}

impl fmt::Display for Request {
    /// `GET /schedules?limit=100`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        for (index, (name, value)) in self.query.iter().enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// What came back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Seconds to wait, if the answer says so.
    pub reset: Option<u64>,
    /// How many more requests are allowed before that.
    pub remaining: Option<u64>,
    /// Where it sends whoever asked, if it does.
    pub location: Option<String>,
    /// As it came.
    pub body: String,
}

/// Carries a request there and the reply back. An `Err` says why no reply came; the request may have been acted upon.
pub trait Transport {
    /// Sends one request.
    ///
    /// # Errors
    ///
    /// Why no reply came, in words that hold no secret.
    fn send(&mut self, request: &Request) -> Result<Reply, String>;
}

/// How somebody proves who they are.
#[derive(Debug, Clone)]
pub enum Token {
    /// An API key.
    Key(SecretString),
    /// An OAuth access token.
    Bearer(SecretString),
}

impl Token {
    /// A key as it is written down; `Bearer …` says that it is an OAuth token. `None` if it could not be sent.
    pub fn parse(text: &str) -> Option<Token> {
        let text = text.trim();
        let (kind, rest): (fn(SecretString) -> Token, &str) = match text.strip_prefix("Bearer ") {
            Some(rest) => (Token::Bearer, rest.trim()),
            None => (Token::Key, text),
        };
        let sendable = !rest.is_empty() && rest != "Bearer" && rest.bytes().all(|it| it.is_ascii_graphic());
        sendable.then(|| kind(SecretString::from(rest)))
    }

    /// A text in which it does not stand, should whoever answers repeat it.
    fn masked(&self, text: &str) -> String {
        let (Token::Key(secret) | Token::Bearer(secret)) = self;
        text.replace(secret.expose_secret(), "[REDACTED]")
    }

    fn header(&self) -> String {
        match self {
            Token::Key(key) => format!("Token token={}", key.expose_secret()),
            Token::Bearer(token) => format!("Bearer {}", token.expose_secret()),
        }
    }
}

/// What went wrong with a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address is none.
    #[error("not the address of an API: {shown}")]
    BadAddress {
        /// What of it can be shown: somebody may have put a key into it.
        shown: String,
    },
    /// The machine cannot make requests at all.
    #[error("no request can be made: {reason}")]
    NoClient {
        /// In the library's words.
        reason: String,
    },
    /// Nobody answered; whether it was done is not known.
    #[error("{request}: no answer: {reason}")]
    NoAnswer {
        /// What was asked.
        request: String,
        /// In the library's words, without the address.
        reason: String,
    },
    /// What answered does not speak this language.
    #[error("{request}: the answer ({status}) is not JSON: {start}")]
    NotJson {
        /// What was asked.
        request: String,
        /// The HTTP status.
        status: u16,
        /// How it begins.
        start: String,
    },
    /// It sends us to another address, which we do not follow: the token would go along.
    #[error("{request}: sent on ({status}) to {to}")]
    SentOn {
        /// What was asked.
        request: String,
        /// The HTTP status.
        status: u16,
        /// Where to, as far as it can be shown.
        to: String,
    },
    /// The answer is JSON, and says nothing.
    #[error("{request}: the answer ({status}) is empty")]
    Empty {
        /// What was asked.
        request: String,
        /// The HTTP status.
        status: u16,
    },
    /// PagerDuty refused.
    #[error("{request}: refused ({status}): {}", told(message, details))]
    Refused {
        /// What was asked.
        request: String,
        /// Why, as far as a program needs to know.
        why: Refusal,
        /// The HTTP status.
        status: u16,
        /// PagerDuty's words.
        message: String,
        /// What it says besides.
        details: Vec<String>,
    },
    /// The answer lacks what it must have.
    #[error("{request}: the answer has no `{key}`")]
    Unexpected {
        /// What was asked.
        request: String,
        /// What is missing.
        key: String,
    },
    /// More than can be paged through.
    #[error("{request}: more than {DEEPEST} entries, and PagerDuty shows no more")]
    TooMany {
        /// What was asked.
        request: String,
    },
}

fn told(message: &str, details: &[String]) -> String {
    let mut words = if message.is_empty() { "no reason given".to_owned() } else { message.to_owned() };
    for detail in details {
        words.push_str("; ");
        words.push_str(detail);
    }
    words
}

/// Why PagerDuty refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The token is wrong.
    BadToken,
    /// The token may not do that.
    Forbidden,
    /// The account's plan does not have it.
    MissingAbility,
    /// It is not there.
    NotFound,
    /// Too many requests.
    RateLimited,
    /// Somebody else writes; it will pass.
    Locked,
    /// Something is wrong with what was sent.
    Invalid,
    /// PagerDuty failed.
    Broken,
}

impl Error {
    /// Why it was refused, if it was.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Error::Refused { why, .. } => Some(*why),
            _ => None,
        }
    }

    /// Whether the request may have been acted upon all the same.
    pub fn is_unsure(&self) -> bool {
        match self {
            Error::NoAnswer { .. } | Error::Empty { .. } => true,
            Error::NotJson { status, .. } => matches!(status, 200..=299 | 500..),
            Error::Refused { why, .. } => *why == Refusal::Broken,
            _ => false,
        }
    }

    /// What can be done about it.
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Error::BadAddress { .. } => {
                "https://api.pagerduty.com, https://api.eu.pagerduty.com, or what `rehearse` prints"
            }
            Error::NoAnswer { .. } => "is the address right (`--base-url`), and is there a network?",
            Error::SentOn { .. } => {
                "`--base-url` is the address of the API itself; no redirect is followed, for the token would go along"
            }
            Error::TooMany { .. } => {
                "remove in PagerDuty what is no longer used; of the past, pull a shorter stretch (`--since`, `--until`)"
            }
            Error::Empty { .. } | Error::NotJson { .. } => {
                "something else than PagerDuty answers there; look at `--base-url` and at proxies"
            }
            Error::Refused { why: Refusal::BadToken, .. } => {
                "the token comes from PAGERDUTY_TOKEN or `--token-file`; EU accounts need `--base-url https://api.eu.pagerduty.com`"
            }
            Error::Refused { why: Refusal::Forbidden, .. } => {
                "this token may not do that: a read-only key can plan, not apply"
            }
            Error::Refused { why: Refusal::MissingAbility, .. } => "the account's plan does not have this ability",
            Error::Refused { why: Refusal::RateLimited, .. } => "others use the same token; try again in a minute",
            _ => return None,
        })
    }
}

/// Sends requests, waits when told to, and repeats what may be repeated.
pub struct Client {
    transport: Box<dyn Transport>,
    wait: Box<dyn FnMut(Duration)>,
    trace: Box<dyn FnMut(&str)>,
    /// Requests made, tries included.
    pub requests: u64,
    /// Whether there ever was an answer.
    answered: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("requests", &self.requests).finish_non_exhaustive()
    }
}

/// Name and value pairs of a query.
pub type Query<'a> = &'a [(&'a str, &'a str)];

impl Client {
    /// One that sends over `transport`, waits by `wait`, and tells `trace` of each request.
    pub fn new(
        transport: impl Transport + 'static,
        wait: impl FnMut(Duration) + 'static,
        trace: impl FnMut(&str) + 'static,
    ) -> Client {
        Client {
            transport: Box::new(transport),
            wait: Box::new(wait),
            trace: Box::new(trace),
            requests: 0,
            answered: false,
        }
    }

    /// Reads one thing.
    ///
    /// # Errors
    ///
    /// [`Error`], after as many tries as are worth it.
    pub fn get(&mut self, path: &str, query: Query<'_>) -> Result<Value, Error> {
        self.patiently(&request(Method::Get, path, query, None))
    }

    /// Replaces one thing; may be repeated.
    ///
    /// # Errors
    ///
    /// [`Error`], after as many tries as are worth it.
    pub fn put(&mut self, path: &str, body: Value) -> Result<Value, Error> {
        self.patiently(&request(Method::Put, path, &[], Some(body)))
    }

    /// Asks with a body, without changing anything; may be repeated.
    ///
    /// # Errors
    ///
    /// [`Error`], after as many tries as are worth it.
    pub fn ask(&mut self, path: &str, query: Query<'_>, body: Value) -> Result<Value, Error> {
        self.patiently(&request(Method::Post, path, query, Some(body)))
    }

    /// Removes one thing. What is gone already is removed.
    ///
    /// # Errors
    ///
    /// [`Error`], after as many tries as are worth it.
    pub fn delete(&mut self, path: &str) -> Result<(), Error> {
        match self.patiently(&request(Method::Delete, path, &[], None)) {
            Err(error) if error.refusal() == Some(Refusal::NotFound) => Ok(()),
            other => other.map(drop),
        }
    }

    /// Creates one thing. PagerDuty has no key that makes a repeated creation harmless: when it is not known whether a
    /// try was acted upon, `find` looks for the thing before the next.
    ///
    /// # Errors
    ///
    /// [`Error`], after as many tries as are worth it.
    pub fn create(
        &mut self,
        path: &str,
        body: &Value,
        find: impl FnMut(&mut Client) -> Result<Option<Value>, Error>,
    ) -> Result<Value, Error> {
        self.once(Method::Post, path, body, find)
    }

    /// Replaces one thing by a request that would add to it if it were repeated, as layers without ids do. The same care.
    ///
    /// # Errors
    ///
    /// [`Error`], after as many tries as are worth it.
    pub fn put_once(
        &mut self,
        path: &str,
        body: &Value,
        find: impl FnMut(&mut Client) -> Result<Option<Value>, Error>,
    ) -> Result<Value, Error> {
        self.once(Method::Put, path, body, find)
    }

    fn once(
        &mut self,
        method: Method,
        path: &str,
        body: &Value,
        mut find: impl FnMut(&mut Client) -> Result<Option<Value>, Error>,
    ) -> Result<Value, Error> {
        let request = request(method, path, &[], Some(body.clone()));
        let mut last = None;
        for turn in 0..TRIES {
            match self.repeatedly(&request, false) {
                Err(error) if error.is_unsure() => {
                    (self.wait)(backoff(turn));
                    if let Some(found) = find(self)? {
                        return Ok(found);
                    }
                    last = Some(error);
                }
                other => return other,
            }
        }
        Err(last.expect("a loop that ends has tried"))
    }

    /// All entries of a list, page by page, each once.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] if there are more than PagerDuty shows.
    pub fn list(&mut self, path: &str, key: &str, query: Query<'_>) -> Result<Vec<Value>, Error> {
        let mut entries: Vec<Value> = Vec::new();
        let mut offset = 0;
        loop {
            let (limit, start) = (PAGE.to_string(), offset.to_string());
            let paged: Vec<(&str, &str)> =
                query.iter().copied().chain([("limit", limit.as_str()), ("offset", start.as_str())]).collect();
            let request = request(Method::Get, path, &paged, None);
            let answer = self.patiently(&request)?;
            let page = array(&answer, key, &request)?;
            add(&mut entries, page);
            if answer["more"].as_bool() != Some(true) {
                return Ok(entries);
            }
            // The limit that the server kept to counts, not the one that was asked for.
            let step = answer["limit"].as_u64().and_then(|it| usize::try_from(it).ok()).filter(|it| *it > 0);
            offset += step.unwrap_or(PAGE);
            if offset + PAGE > DEEPEST {
                return Err(Error::TooMany { request: request.to_string() });
            }
        }
    }

    /// All entries of a list that is paged by cursor.
    ///
    /// # Errors
    ///
    /// [`Error::TooMany`] if it does not end.
    pub fn list_by_cursor(&mut self, path: &str, key: &str, query: Query<'_>) -> Result<Vec<Value>, Error> {
        let mut entries: Vec<Value> = Vec::new();
        let mut cursor: Option<String> = None;
        for _ in 0..MOST_PAGES {
            let limit = PAGE.to_string();
            let mut paged: Vec<(&str, &str)> = query.to_vec();
            paged.push(("limit", &limit));
            if let Some(cursor) = &cursor {
                paged.push(("cursor", cursor));
            }
            let request = request(Method::Get, path, &paged, None);
            let answer = self.patiently(&request)?;
            let page = array(&answer, key, &request)?;
            add(&mut entries, page);
            match answer["next_cursor"].as_str().filter(|it| !it.is_empty()) {
                Some(next) if Some(next) != cursor.as_deref() => cursor = Some(next.to_owned()),
                _ => return Ok(entries),
            }
        }
        Err(Error::TooMany { request: path.to_owned() })
    }

    fn patiently(&mut self, request: &Request) -> Result<Value, Error> {
        self.repeatedly(request, true)
    }

    /// Sends until there is an answer worth having. What may have been acted upon is repeated only if that does no harm.
    fn repeatedly(&mut self, request: &Request, harmless: bool) -> Result<Value, Error> {
        let mut turn = 0;
        loop {
            self.requests += 1;
            let reply = self.transport.send(request);
            let (result, reset) = match reply {
                Err(reason) => {
                    (self.trace)(&format!("{request}: no answer: {reason}"));
                    (Err(Error::NoAnswer { request: request.to_string(), reason }), None)
                }
                Ok(reply) => {
                    self.answered = true;
                    (self.trace)(&format!("{request}: {}", reply.status));
                    let result = read(request, &reply);
                    if result.is_ok() && reply.remaining == Some(0) {
                        (self.wait)(Duration::from_secs(reply.reset.unwrap_or(1)).min(LONGEST_WAIT));
                    }
                    (result, reply.reset)
                }
            };
            let Err(error) = result else { return result };
            let passes = match error.refusal() {
                Some(Refusal::RateLimited | Refusal::Locked) => true,
                // What answers in another language now will do so again.
                None if matches!(error, Error::NotJson { status: 200..=299, .. } | Error::Empty { .. }) => false,
                _ => error.is_unsure() && harmless,
            };
            turn += 1;
            if !passes || turn >= if self.answered { TRIES } else { FIRST_TRIES } {
                return Err(error);
            }
            let wait = match (error.refusal(), reset) {
                (Some(Refusal::RateLimited), Some(seconds)) => {
                    Duration::from_secs(seconds) + Duration::from_millis(500)
                }
                (Some(Refusal::RateLimited), None) => Duration::from_secs(5),
                _ => backoff(turn - 1),
            };
            (self.wait)(wait.min(LONGEST_WAIT));
        }
    }
}

/// A quarter of a second, and twice as long each time.
fn backoff(turn: u32) -> Duration {
    Duration::from_millis(250 << turn.min(6))
}

fn request(method: Method, path: &str, query: Query<'_>, body: Option<Value>) -> Request {
    let query = query.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    Request { method, path: path.to_owned(), query, body }
}

fn array<'a>(answer: &'a Value, key: &str, request: &Request) -> Result<&'a [Value], Error> {
    let entries = answer.get(key).and_then(Value::as_array);
    entries.map(Vec::as_slice).ok_or_else(|| Error::Unexpected { request: request.to_string(), key: key.to_owned() })
}

/// A page may shift while others create things: what was seen already is not seen again.
fn add(entries: &mut Vec<Value>, page: &[Value]) {
    let mut seen: std::collections::BTreeSet<String> =
        entries.iter().filter_map(|it| it["id"].as_str()).map(str::to_owned).collect();
    for entry in page {
        if entry["id"].as_str().is_none_or(|id| seen.insert(id.to_owned())) {
            entries.push(entry.clone());
        }
    }
}

/// What a reply says.
fn read(request: &Request, reply: &Reply) -> Result<Value, Error> {
    let parsed = match reply.body.trim() {
        "" => Some(Value::Null),
        body => serde_json::from_str::<Value>(body).ok(),
    };
    let not_json = || Error::NotJson {
        request: request.to_string(),
        status: reply.status,
        start: reply.body.chars().map(|it| if it.is_control() { ' ' } else { it }).take(60).collect(),
    };
    match (reply.status, parsed) {
        (200..=299, Some(Value::Null)) if request.method != Method::Delete && reply.status != 204 => {
            Err(Error::Empty { request: request.to_string(), status: reply.status })
        }
        (200..=299, Some(value)) => Ok(value),
        (300..=399, _) if reply.location.is_some() => {
            let to = reply.location.as_deref().map(shown_target).unwrap_or_default();
            Err(Error::SentOn { request: request.to_string(), status: reply.status, to })
        }
        (200..=399, _) => Err(not_json()),
        (status, parsed) => {
            let broken_html = parsed.is_none() && !matches!(status, 401 | 402 | 403 | 404 | 429);
            if broken_html {
                return Err(not_json());
            }
            let body = parsed.unwrap_or_default();
            let error = if body["error"].is_object() { &body["error"] } else { &body };
            let message = match error {
                Value::String(text) => text.clone(),
                _ => text(&error["message"]).or_else(|| text(&body["error"])).unwrap_or_default(),
            };
            let details = details(&error["errors"]);
            let why = classify(status, error["code"].as_i64(), &message, &details);
            Err(Error::Refused { request: request.to_string(), why, status, message, details })
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// The four shapes in which PagerDuty says what is wrong: texts, field to texts, one text, nothing.
fn details(errors: &Value) -> Vec<String> {
    match errors {
        Value::Null => Vec::new(),
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().map(|it| text(it).unwrap_or_else(|| it.to_string())).collect(),
        Value::Object(fields) => {
            let each = fields.iter().flat_map(|(field, what)| {
                let words = details(what);
                words.into_iter().map(move |it| format!("{field}: {it}"))
            });
            each.collect()
        }
        other => vec![other.to_string()],
    }
}

fn classify(status: u16, code: Option<i64>, message: &str, details: &[String]) -> Refusal {
    let locked = |text: &str| text.contains("could not be locked");
    match (status, code) {
        (401, _) | (_, Some(2006)) => Refusal::BadToken,
        (402, _) | (_, Some(2014)) => Refusal::MissingAbility,
        (403, _) | (_, Some(2010)) => Refusal::Forbidden,
        (404, _) => Refusal::NotFound,
        (429, _) | (_, Some(2020)) => Refusal::RateLimited,
        (400, _) if locked(message) || details.iter().any(|it| locked(it)) => Refusal::Locked,
        (408, _) | (500.., _) => Refusal::Broken,
        _ => Refusal::Invalid,
    }
}

/// Over HTTP.
pub struct Http {
    client: reqwest::blocking::Client,
    base: String,
    authorization: reqwest::header::HeaderValue,
    token: Token,
}

impl Http {
    /// To the API at `base`, with a token.
    ///
    /// # Errors
    ///
    /// [`Error::BadAddress`] if `base` is none, [`Error::NoClient`] if the machine lacks what TLS needs.
    pub fn new(base: &str, token: &Token) -> Result<Http, Error> {
        let bad = || Error::BadAddress { shown: shown(base) };
        let url = reqwest::Url::parse(base).map_err(|_| bad())?;
        let plain = matches!(url.scheme(), "http" | "https") && url.has_host() && url.query().is_none();
        if !plain || !url.username().is_empty() || url.password().is_some() {
            return Err(bad());
        }
        let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() == "http" && !local {
            // A token is not sent over an open wire.
            return Err(bad());
        }
        let none = |reason: &dyn fmt::Display| Error::NoClient { reason: reason.to_string() };
        // Somebody in the same process may have installed one; then there is one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::blocking::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("dogwatch/", env!("CARGO_PKG_VERSION")));
        if local {
            builder = builder.no_proxy();
        }
        let client = builder.build().map_err(|error| none(&error))?;
        let mut authorization =
            reqwest::header::HeaderValue::from_str(&token.header()).map_err(|error| none(&error))?;
        authorization.set_sensitive(true);
        Ok(Http { client, base: base.trim_end_matches('/').to_owned(), authorization, token: token.clone() })
    }
}

impl Transport for Http {
    fn send(&mut self, request: &Request) -> Result<Reply, String> {
        let base = format!("{}{}", self.base, request.path);
        let url = reqwest::Url::parse_with_params(&base, &request.query).map_err(|error| error.to_string())?;
        let url = if request.query.is_empty() { base.parse().unwrap_or(url) } else { url };
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self
            .client
            .request(method, url)
            .header("Authorization", self.authorization.clone())
            .header("Accept", "application/vnd.pagerduty+json;version=2");
        if let Some(body) = &request.body {
            builder = builder.header("Content-Type", "application/json").body(body.to_string());
        }
        let reply = builder.send().map_err(|error| words(&error.without_url()))?;
        let number = |name: &str| reply.headers().get(name).and_then(|it| it.to_str().ok()?.trim().parse().ok());
        let (status, reset, remaining) =
            (reply.status().as_u16(), number("ratelimit-reset"), number("ratelimit-remaining"));
        let location = reply.headers().get("location").and_then(|it| it.to_str().ok());
        let location = location.map(|it| self.token.masked(it));
        let body = self.token.masked(&whole(reply)?);
        Ok(Reply { status, reset, remaining, location, body })
    }
}

/// The body of an answer, up to [`MOST_BYTES`] and for as long as [`PATIENCE`].
fn whole(mut reply: impl Read) -> Result<String, String> {
    let since = std::time::Instant::now();
    let (mut bytes, mut piece) = (Vec::new(), vec![0; 64 << 10]);
    loop {
        match reply.read(&mut piece) {
            Ok(0) => return Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(words(&error)),
        }
        if bytes.len() > MOST_BYTES {
            return Err(format!("the answer is larger than {} MiB", MOST_BYTES >> 20));
        }
        if since.elapsed() > PATIENCE {
            return Err(format!("the answer has not ended after {} s", PATIENCE.as_secs()));
        }
    }
}

/// What of an address can be shown, which is not what somebody may have put before or behind the host.
fn shown(base: &str) -> String {
    match reqwest::Url::parse(base) {
        Ok(url) if url.has_host() => format!("`{}://{}`", url.scheme(), url.host_str().unwrap_or_default()),
        _ => "what was given is none".to_owned(),
    }
}

/// What of an address that somebody is sent to can be shown: not what may be secret in it.
fn shown_target(location: &str) -> String {
    let mut shown = location.split(['?', '#']).next().unwrap_or_default().to_owned();
    if let Ok(mut url) = reqwest::Url::parse(&shown)
        && url.has_host()
        && url.set_username("").is_ok()
        && url.set_password(None).is_ok()
    {
        shown = url.to_string();
    }
    let shown: String = harmless(&shown).chars().take(200).collect();
    format!("`{shown}`")
}

/// An error with what it comes from.
fn words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        words = format!("{words}: {inner}");
        source = inner.source();
    }
    words
}
