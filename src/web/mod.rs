//! The web view: what a team keeps open on a wall, what a tired person opens on a phone, and what other programs ask.
//!
//! [`answer`] is a pure function of a [`Site`], a [`Request`] and an instant: it knows no socket, no clock and no file, and
//! two replicas with the same files give the same bytes. [`server`] is the only socket.

mod access;
mod api;
mod ask;
mod feeds;
mod health;
mod openapi;
mod pages;
mod request;
mod resource;
mod response;
mod secret;
pub mod server;
mod site;

pub use access::Access;
pub use request::{Method, Request};
pub use response::{Problem, Response};
pub use secret::{FeedKey, Generations, LEAST_LETTERS, NoGeneration, Token, Weak};
pub use site::{Options, Past, Site, State, Trouble};

use std::sync::Arc;

use crate::time::Instant;
use resource::{Door, Resource};

/// What pages may do: load their own style, script and pictures, send forms home, and nothing else.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                           form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// What is no page may do nothing at all.
const DATA_POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Answers a request, whoever asks: [`Access`] decides before whether they may.
pub fn answer(site: &Site, request: &Request, now: Instant) -> Arc<Response> {
    if matches!(request.method, Method::Get | Method::Head)
        && let Some(known) = site.recalled(&request.target, now)
    {
        return fresh(request, known);
    }
    if request.method == Method::Options && request.target == "*" {
        return Arc::new(guarded(site, Response::bare(204).with("allow", "GET, HEAD, POST, OPTIONS")));
    }
    let Some(resource) = Resource::named(request) else { return told(site, request, &nothing(), now) };
    let methods = resource.methods();
    if request.method == Method::Options {
        return Arc::new(guarded(site, Response::bare(204).with("allow", methods)));
    }
    if !resource.allows(request.method) {
        let problem =
            Problem::new(405, "method-not-allowed", "that cannot be done here").hint(format!("allowed: {methods}"));
        let told = told(site, request, &problem, now);
        return Arc::new(Response::clone(&told).with("allow", methods));
    }
    if request.method == Method::Post {
        return Arc::new(match make(site, &resource, request, now) {
            Ok(response) => guarded(site, response),
            Err(problem) => return told(site, request, &problem, now),
        });
    }
    match make(site, &resource, request, now) {
        Ok(response) => {
            let answer = Arc::new(tagged(guarded(site, response), &resource));
            site.remember(request.target.clone(), now, &answer);
            fresh(request, answer)
        }
        Err(problem) => told(site, request, &problem, now),
    }
}

/// An answer, or that it is known already.
fn fresh(request: &Request, answer: Arc<Response>) -> Arc<Response> {
    match (&request.if_none_match, answer.header("etag")) {
        (Some(known), Some(own)) if matches(known, own) => Arc::new(unchanged(&answer)),
        _ => answer,
    }
}

/// Whether a request is answered whoever asks: health, and feeds with their own secret.
pub fn is_open(site: &Site, request: &Request) -> bool {
    match Resource::named(request) {
        Some(Resource::Alive | Resource::Ready) => true,
        Some(Resource::Feed(Door::Secret(_), _)) => site.options.feed_key.is_some(),
        _ => false,
    }
}

/// Whether what is sent along with a request is read: nothing else has any use for it.
pub fn takes_body(request: &Request) -> bool {
    request.method == Method::Post && Resource::named(request) == Some(Resource::Api(api::Endpoint::Route))
}

/// Whether an answer is at hand, or costs next to nothing.
pub fn is_quick(site: &Site, request: &Request, now: Instant) -> bool {
    site.recalled(&request.target, now).is_some()
        || matches!(Resource::named(request), None | Some(Resource::Alive | Resource::Asset(_) | Resource::Robots))
}

/// What an answer may take that is worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Milliseconds, and some memory.
    Some,
    /// Much memory, or as much of a second as it is far ahead.
    Large,
    /// Seconds.
    Long,
}

/// What an answer may take.
pub fn effort(request: &Request) -> Effort {
    match Resource::named(request) {
        Some(Resource::Page(pages::Page::Check) | Resource::Api(api::Endpoint::Check)) => Effort::Long,
        Some(Resource::Api(api::Endpoint::Shifts) | Resource::Feed(..) | Resource::Page(pages::Page::Person(_))) => {
            Effort::Large
        }
        _ => Effort::Some,
    }
}

/// What kind of thing is asked for, in a word that is fit for a metric: there are few of them.
pub fn kind(request: &Request) -> &'static str {
    Resource::named(request).map_or("nothing", |it| it.kind())
}

/// A refusal, as a document for programs and as a page for people.
pub fn told(site: &Site, request: &Request, problem: &Problem, now: Instant) -> Arc<Response> {
    let wants_page = request.accept.as_deref().is_some_and(|it| request::accepts(it, "text/html"));
    let for_programs = request.path().starts_with("/api/") || !wants_page;
    let response = match for_programs || matches!(problem.status, 401 | 421) {
        true => problem.document(),
        false => pages::problem(site, problem, now),
    };
    let response = match problem.status {
        401 => response.with("www-authenticate", "Basic realm=\"Dogwatch\", charset=\"UTF-8\""),
        _ => response,
    };
    Arc::new(guarded(site, response).with("cache-control", "no-store").with("vary", "accept"))
}

fn make(site: &Site, resource: &Resource, request: &Request, now: Instant) -> Result<Response, Problem> {
    match resource {
        Resource::Page(page) => pages::answer(site, page, request, now),
        Resource::Api(endpoint) => api::answer(site, endpoint, request, now),
        Resource::Feed(Door::Open, feed) => feeds::answer(site, feed, now),
        Resource::Feed(Door::Secret(secret), feed) => {
            let key = site.options.feed_key.as_ref();
            if !key.is_some_and(|it| it.opens(secret, feed, &site.generations)) {
                return Err(nothing());
            }
            // A wrong secret and a feed that does not exist look alike: the link of somebody who is gone tells no names.
            feeds::answer(site, feed, now).map_err(|it| if it.status == 404 { nothing() } else { it })
        }
        Resource::Asset(asset) => Ok(pages::asset(*asset)),
        Resource::Alive => Ok(health::alive()),
        Resource::Ready => Ok(health::ready(site)),
        // Counters are the server's: without one, there are only the gauges.
        Resource::Metrics => health::metrics(site, now, ""),
        Resource::Robots => Ok(Response::of(response::PLAIN, "User-agent: *\nDisallow: /\n")),
    }
}

fn nothing() -> Problem {
    Problem::missing("there is nothing here")
}

/// The same with what every answer says to a browser, and to programs, which see no banner of a page.
fn guarded(site: &Site, response: Response) -> Response {
    let response = match &site.trouble {
        Some(it) => response.with("dogwatch-stale", format!("{} since {}", it.count(), it.since)),
        None => response,
    };
    let policy = if response.content_type == response::HTML { PAGE_POLICY } else { DATA_POLICY };
    let response = response
        .with("content-security-policy", policy)
        .with("x-content-type-options", "nosniff")
        .with("x-frame-options", "DENY")
        .with("referrer-policy", "no-referrer")
        .with("cross-origin-opener-policy", "same-origin")
        .with("cross-origin-resource-policy", "same-origin")
        .with("permissions-policy", "camera=(), geolocation=(), microphone=()");
    match response.header("cache-control") {
        Some(_) => response,
        None => response.with("cache-control", "private, no-cache"),
    }
}

/// The same with a tag that changes when the answer does.
fn tagged(response: Response, resource: &Resource) -> Response {
    if response.status != 200 || matches!(resource, Resource::Alive | Resource::Ready | Resource::Metrics) {
        return response;
    }
    let tag = secret::fingerprint([response.body.as_ref()]);
    // Weak: it is the same whether the body comes in gzip or not.
    response.with("etag", format!("W/\"{tag}\"")).with("vary", "accept-encoding")
}

/// Whether `If-None-Match` names a tag (RFC 9110: weakly compared).
fn matches(header: &str, tag: &str) -> bool {
    let strong = |it: &str| it.strip_prefix("W/").unwrap_or(it).to_owned();
    header.split(',').map(str::trim).any(|it| it == "*" || strong(it) == strong(tag))
}

fn unchanged(response: &Response) -> Response {
    let kept = ["etag", "cache-control", "vary", "content-security-policy", "referrer-policy", "dogwatch-stale"];
    let headers = response.headers.iter().filter(|(name, _)| kept.contains(name)).cloned().collect();
    let mut bare = Response::bare(304);
    bare.headers = headers;
    bare
}

/// A text as one piece of a path, or as the value of a parameter.
fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
