//! What somebody asks, once it is off the wire.

use percent_encoding::percent_decode_str;

/// The most parameters that a question may have.
const MOST_PARAMETERS: usize = 64;

/// What is to be done. Nothing is ever written, so there is little to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// Look at something.
    Get,
    /// The same, without the body of the answer.
    Head,
    /// Ask about what is sent along.
    Post,
    /// Which methods there are.
    Options,
    /// Anything else.
    Other,
}

impl Method {
    /// By its name on the wire.
    pub fn named(name: &str) -> Method {
        match name {
            "GET" => Method::Get,
            "HEAD" => Method::Head,
            "POST" => Method::Post,
            "OPTIONS" => Method::Options,
            _ => Method::Other,
        }
    }
}

/// A request: its line, those of its headers that matter, and its body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What is to be done.
    pub method: Method,
    /// Path and query, as they came.
    pub target: String,
    /// `If-None-Match`.
    pub if_none_match: Option<String>,
    /// `Accept`.
    pub accept: Option<String>,
    /// Whether the answer may come in gzip.
    pub gzip: bool,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// `Content-Encoding`.
    pub content_encoding: Option<String>,
    /// `Authorization`.
    pub authorization: Option<String>,
    /// The name by which the client knows the server.
    pub host: Option<String>,
    /// Who asks, as the header that is trusted says it.
    pub user: Option<String>,
    /// Whether it comes from an address whose headers are trusted.
    pub from_proxy: bool,
    /// Whether a page of another site had a browser ask, and nobody followed a link.
    pub cross_site: bool,
    /// What was sent along.
    pub body: Vec<u8>,
}

impl Request {
    /// Somebody looks at `target`.
    pub fn get(target: &str) -> Request {
        Request {
            method: Method::Get,
            target: target.to_owned(),
            if_none_match: None,
            accept: None,
            gzip: false,
            content_type: None,
            content_encoding: None,
            authorization: None,
            host: None,
            user: None,
            from_proxy: false,
            cross_site: false,
            body: Vec::new(),
        }
    }

    /// Path and query.
    fn parts(&self) -> (&str, &str) {
        self.target.split_once('?').unwrap_or((&self.target, ""))
    }

    /// The path, as it came.
    pub fn path(&self) -> &str {
        self.parts().0
    }

    /// The pieces of the path, decoded; `None` if one of them is no text, or tries to be more than one piece.
    pub fn segments(&self) -> Option<Vec<String>> {
        let path = self.path().strip_prefix('/')?;
        if path.is_empty() {
            return Some(Vec::new());
        }
        path.split('/')
            .map(|it| {
                let text = percent_decode_str(it).decode_utf8().ok()?;
                let plain = !text.is_empty() && text != "." && text != "..";
                (plain && !text.contains(['/', '\\']) && !text.chars().any(char::is_control)).then(|| text.into_owned())
            })
            .collect()
    }

    /// The parameters of the query.
    ///
    /// # Errors
    ///
    /// If it is no text, holds a control character or has more parameters than any question needs.
    pub fn parameters(&self) -> Result<Parameters, BadQuery> {
        let query = self.parts().1;
        // What is no text would be replaced silently, and another question answered than was asked.
        if percent_decode_str(query).decode_utf8().is_err() {
            return Err(BadQuery::NotText);
        }
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes())
            .filter(|(name, value)| !(name.is_empty() && value.is_empty()))
            .take(MOST_PARAMETERS + 1)
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        if pairs.len() > MOST_PARAMETERS {
            return Err(BadQuery::TooMany);
        }
        if pairs.iter().any(|(name, value)| name.chars().chain(value.chars()).any(char::is_control)) {
            return Err(BadQuery::Control);
        }
        Ok(Parameters(pairs))
    }
}

/// Whether a list such as `Accept` has something, and does not refuse it.
pub(super) fn accepts(list: &str, name: &str) -> bool {
    list.split(',').any(|it| {
        let mut words = it.split(';').map(str::trim);
        let refused = |it: &str| it.strip_prefix("q=").is_some_and(|it| it.parse() == Ok(0.0));
        words.next().is_some_and(|it| it.eq_ignore_ascii_case(name)) && !words.any(refused)
    })
}

/// Why a query means nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadQuery {
    /// Not UTF-8 once it is decoded.
    #[error("the query is not UTF-8 text")]
    NotText,
    /// It holds what no name holds.
    #[error("the query holds a control character")]
    Control,
    /// More than any question needs.
    #[error("the query has more than {MOST_PARAMETERS} parameters")]
    TooMany,
}

/// What a query says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The value of a parameter that stands once. Of several the last counts; nothing in it is the same as none.
    pub fn one(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(it, _)| it == name).map(|(_, value)| value.as_str()).filter(|it| !it.is_empty())
    }

    /// The values of a parameter that may stand more than once.
    pub fn all(&self, name: &str) -> Vec<&str> {
        let named = self.0.iter().filter(|(it, _)| it == name);
        named.map(|(_, value)| value.as_str()).filter(|it| !it.is_empty()).collect()
    }

    /// Every name, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn segments(target: &str, expected: Option<&[&str]>) {
        let expected = expected.map(|it| it.iter().map(|it| (*it).to_owned()).collect::<Vec<String>>());
        assert_eq!(Request::get(target).segments(), expected, "{target}");
    }

    #[test]
    fn a_path_is_its_pieces_and_never_more() {
        segments("/", Some(&[]));
        segments("/rotations/search?x=/y", Some(&["rotations", "search"]));
        segments("/people/zo%C3%AB%20x", Some(&["people", "zoë x"]));
        for trick in ["/../x", "/a/%2e%2e/b", "/a%2fb", "/a%5cb", "//", "/a/", "/a%00", "/%ff", "x", "*"] {
            segments(trick, None);
        }
    }

    #[test]
    fn of_a_query_nothing_is_guessed() {
        let asked = Request::get("/ask?q=a+b%3dc&zone=&tag=x%3D1&tag=y%3D2&q=last").parameters().unwrap();
        assert_eq!((asked.one("q"), asked.one("zone"), asked.one("at")), (Some("last"), None, None));
        assert_eq!(asked.all("tag"), ["x=1", "y=2"]);
        assert_eq!(Request::get("/?q=%ff").parameters(), Err(BadQuery::NotText));
        assert_eq!(Request::get("/?q=%1b").parameters(), Err(BadQuery::Control));
        assert_eq!(Request::get(&format!("/?{}", "a=b&".repeat(65))).parameters(), Err(BadQuery::TooMany));
    }
}
