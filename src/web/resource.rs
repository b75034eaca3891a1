//! What there is, by path.

use crate::web::api::Endpoint;
use crate::web::pages::{Asset, Page};
use crate::web::request::{Method, Request};
use crate::web::secret::Feed;

/// Something that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resource {
    /// For people.
    Page(Page),
    /// For programs.
    Api(Endpoint),
    /// A calendar to subscribe to.
    Feed(Door, Feed),
    /// What pages are made of.
    Asset(Asset),
    /// Whether the server lives.
    Alive,
    /// Whether it can answer.
    Ready,
    /// What it counts.
    Metrics,
    /// What crawlers may do.
    Robots,
}

/// By which way a feed is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Door {
    /// As any page.
    Open,
    /// By a link with a secret in it.
    Secret(String),
}

impl Resource {
    /// What a request is about; `None` if there is nothing there.
    pub fn named(request: &Request) -> Option<Resource> {
        let segments = request.segments()?;
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        Some(match segments.as_slice() {
            [] => Resource::Page(Page::Now),
            ["ask"] => Resource::Page(Page::Ask),
            ["calendar"] => Resource::Page(Page::Calendar),
            ["graph"] => Resource::Page(Page::Graph),
            ["rotations", key] => Resource::Page(Page::Rotation((*key).to_owned())),
            ["people"] => Resource::Page(Page::People),
            ["people", key] => Resource::Page(Page::Person((*key).to_owned())),
            ["fit"] => Resource::Page(Page::Fit),
            ["check"] => Resource::Page(Page::Check),
            ["assets", name] => Resource::Asset(Asset::named(name)?),
            ["feeds", rest @ ..] => feed(rest)?,
            ["healthz"] => Resource::Alive,
            ["readyz"] => Resource::Ready,
            ["metrics"] => Resource::Metrics,
            ["robots.txt"] => Resource::Robots,
            ["api", "v1", rest @ ..] => Resource::Api(match rest {
                ["now"] => Endpoint::Now,
                ["who"] => Endpoint::Who,
                ["shifts"] => Endpoint::Shifts,
                ["rotations"] => Endpoint::Rotations,
                ["rotations", key] => Endpoint::Rotation((*key).to_owned()),
                ["people"] => Endpoint::People,
                ["people", key] => Endpoint::Person((*key).to_owned()),
                ["route"] => Endpoint::Route,
                ["check"] => Endpoint::Check,
                ["openapi.json"] => Endpoint::OpenApi,
                _ => return None,
            }),
            _ => return None,
        })
    }

    /// The methods that it allows, as a header names them.
    pub fn methods(&self) -> &'static str {
        match self {
            Resource::Api(Endpoint::Route) => "POST, OPTIONS",
            _ => "GET, HEAD, OPTIONS",
        }
    }

    /// Whether it allows a method.
    pub fn allows(&self, method: Method) -> bool {
        match (self, method) {
            (_, Method::Options) => true,
            (Resource::Api(Endpoint::Route), method) => method == Method::Post,
            (_, method) => matches!(method, Method::Get | Method::Head),
        }
    }

    /// In a word, of which there are few.
    pub fn kind(&self) -> &'static str {
        match self {
            Resource::Page(page) => page.kind(),
            Resource::Api(endpoint) => match endpoint {
                Endpoint::Now => "api-now",
                Endpoint::Who => "api-who",
                Endpoint::Shifts => "api-shifts",
                Endpoint::Rotations | Endpoint::Rotation(_) => "api-rotations",
                Endpoint::People | Endpoint::Person(_) => "api-people",
                Endpoint::Route => "api-route",
                Endpoint::Check => "api-check",
                Endpoint::OpenApi => "api-openapi",
            },
            Resource::Feed(..) => "feed",
            Resource::Asset(_) | Resource::Robots => "asset",
            Resource::Alive | Resource::Ready => "health",
            Resource::Metrics => "metrics",
        }
    }
}

fn feed(rest: &[&str]) -> Option<Resource> {
    let (door, place) = match rest {
        ["everything.ics"] | ["rotations" | "people", _] => (Door::Open, rest),
        [secret, place @ ..] => (Door::Secret((*secret).to_owned()), place),
        [] => return None,
    };
    let feed = match place {
        ["everything.ics"] => Feed::Everything,
        ["rotations", name] => Feed::Rotation(name.strip_suffix(".ics")?.to_owned()),
        ["people", name] => Feed::Person(name.strip_suffix(".ics")?.to_owned()),
        _ => return None,
    };
    Some(Resource::Feed(door, feed))
}
