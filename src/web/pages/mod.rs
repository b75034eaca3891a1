//! Pages: markup without a script, which a little script makes better.

mod ask;
mod calendar;
mod check;
mod fit;
mod frame;
mod graph;
mod lanes;
mod now;
mod people;
mod person;
mod rotation;

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::export::Reader;
use crate::export::graph::STYLE as GRAPH_STYLE;
use crate::export::html::FIT_STYLE;
use crate::export::markup::escaped;
use crate::export::palette;
use crate::org::{Org, Person, PersonId, SeatId};
use crate::time::{Instant, Zone};
use crate::web::ask::{instant, zone};
use crate::web::request::{Parameters, Request};
use crate::web::response::{HTML, Problem, Response};
use crate::web::secret::fingerprint;
use crate::web::site::Site;
use crate::web::{encoded, feeds};

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Page {
    /// Everybody on call.
    Now,
    /// Whom to page, then whom, and why.
    Ask,
    /// Who holds what when.
    Calendar,
    /// What leads to whom.
    Graph,
    /// One rotation.
    Rotation(String),
    /// Everybody there is.
    People,
    /// One person.
    Person(String),
    /// What past episodes say.
    Fit,
    /// Mistakes and findings.
    Check,
}

impl Page {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Page::Now => "page-now",
            Page::Ask => "page-ask",
            Page::Calendar => "page-calendar",
            Page::Graph => "page-graph",
            Page::Rotation(_) => "page-rotation",
            Page::People | Page::Person(_) => "page-person",
            Page::Fit => "page-fit",
            Page::Check => "page-check",
        }
    }
}

/// What pages are made of besides their markup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asset {
    /// The one style sheet.
    Style,
    /// The one script.
    Script,
    /// What stands in a browser's tab.
    Icon,
}

const SCRIPT: &str = include_str!("../assets/script.js");
const ICON: &str = include_str!("../assets/icon.svg");

static STYLE: LazyLock<String> = LazyLock::new(|| {
    // The report of `fit` has a style of its own, which keeps to its part of the page.
    let report = FIT_STYLE.replace(":root", "&").replace("\nbody", "\n&");
    // What is too wide scrolls in a part of its own there, which a keyboard reaches.
    format!(
        "{}{}{GRAPH_STYLE}.fit{{{report}}}.fit section{{overflow-x:clip}}.fit.fit{{background:none;margin:0 auto}}",
        palette::style_of_page(),
        include_str!("../assets/style.css")
    )
});

/// A digest of the style and the script, so that a browser that keeps them asks for new ones when they change.
static VERSION: LazyLock<String> =
    LazyLock::new(|| fingerprint([STYLE.as_bytes(), SCRIPT.as_bytes(), ICON.as_bytes()])[..12].to_owned());

impl Asset {
    /// By the last piece of its path.
    pub(super) fn named(name: &str) -> Option<Asset> {
        match name {
            "style.css" => Some(Asset::Style),
            "script.js" => Some(Asset::Script),
            "icon.svg" => Some(Asset::Icon),
            _ => None,
        }
    }
}

pub(super) fn asset(asset: Asset) -> Response {
    let response = match asset {
        Asset::Style => Response::of("text/css; charset=utf-8", STYLE.as_str()),
        Asset::Script => Response::of("text/javascript; charset=utf-8", SCRIPT),
        Asset::Icon => Response::of("image/svg+xml", ICON),
    };
    response.with("cache-control", "private, max-age=3600")
}

/// A page.
pub(super) fn answer(site: &Site, page: &Page, request: &Request, now: Instant) -> Result<Response, Problem> {
    let parameters = request.parameters().map_err(Problem::bad)?;
    let asked_zone = parameters.one("zone").map(zone).transpose()?;
    let reader = Reader { zone: asked_zone.clone().unwrap_or_else(|| site.zone().clone()), now, width: 100 };
    let asked = parameters.one("at").map_or(Ok(now), |it| instant(it, &reader));
    let at = *asked.as_ref().unwrap_or(&now);
    let view = View { site, org: &site.state.org, reader, at, asked_zone, parameters };
    if let Err(problem) = asked {
        return Ok(asked_again(&view, page, &problem));
    }
    let body = match page {
        Page::Now => now::page(&view)?,
        Page::Ask => ask::page(&view)?,
        Page::Calendar => calendar::page(&view)?,
        Page::Graph => graph::page(&view)?,
        Page::Rotation(key) => rotation::page(&view, key)?,
        Page::People => people::page(&view)?,
        Page::Person(key) => person::page(&view, key)?,
        Page::Fit => fit::page(&view)?,
        Page::Check => check::page(&view)?,
    };
    let response = Response::of(HTML, frame::whole(&view, Some(page), &body));
    let has_secret =
        site.options.feed_key.is_some() && matches!(page, Page::Rotation(_) | Page::People | Page::Person(_));
    Ok(if has_secret { response.with("cache-control", "private, no-cache, no-transform") } else { response })
}

/// No instant is meant by what stands there: what was asked stays in its field.
fn asked_again(view: &View<'_>, page: &Page, problem: &Problem) -> Response {
    let mut body = Body::titled(problem.title());
    told(&mut body.main, view, problem);
    ask::form(&mut body.main, view, view.parameters.one("q").unwrap_or_default(), true);
    Response::of(HTML, frame::whole(view, Some(page), &body)).status(problem.status)
}

/// What is told instead of a page.
pub(super) fn problem(site: &Site, problem: &Problem, now: Instant) -> Response {
    let reader = Reader { zone: site.zone().clone(), now, width: 100 };
    let view =
        View { site, org: &site.state.org, reader, at: now, asked_zone: None, parameters: Parameters::default() };
    let mut body = Body::titled(problem.title());
    told(&mut body.main, &view, problem);
    Response::of(HTML, frame::whole(&view, None, &body)).status(problem.status)
}

fn told(out: &mut String, view: &View<'_>, problem: &Problem) {
    line(out, format_args!("<h1>{}</h1><p class=\"lead\">{}</p>", problem.title(), escaped(&problem.detail)));
    troubles(out, view, problem);
}

/// The hints of a problem, and links to what may have been meant.
fn troubles(out: &mut String, view: &View<'_>, problem: &Problem) {
    for hint in &problem.hints {
        line(out, format_args!("<p>{}</p>", escaped(hint)));
    }
    if !problem.nearest.is_empty() {
        out.push_str("<p>Did you mean");
        for (index, name) in problem.nearest.iter().enumerate() {
            let before = if index == 0 { " " } else { " or " };
            let link = view.link("/ask", &[("q", name)]);
            let _ = write!(out, "{before}<a href=\"{link}\">{}</a>", escaped(name));
        }
        out.push_str("?</p>\n");
    }
}

/// What a page is made from.
struct View<'a> {
    site: &'a Site,
    org: &'a Org,
    /// For whom; its `now` is the clock's.
    reader: Reader,
    /// The instant that is asked about.
    at: Instant,
    /// The zone, if somebody asked for one: links keep it.
    asked_zone: Option<Zone>,
    parameters: Parameters,
}

/// What of a page differs from others.
struct Body {
    title: String,
    /// Markup.
    main: String,
    /// Wider than text is read well.
    wide: bool,
    /// The page shows a moment that passes: the script keeps it fresh.
    live: bool,
}

impl Body {
    fn titled(title: impl Into<String>) -> Body {
        Body { title: title.into(), main: String::new(), wide: false, live: false }
    }
}

impl View<'_> {
    fn zone(&self) -> &Zone {
        &self.reader.zone
    }

    /// The same reader, at the instant that is asked about.
    fn reader_then(&self) -> Reader {
        Reader { now: self.at, ..self.reader.clone() }
    }

    /// An address within the site, ready to stand between quotes.
    fn link(&self, path: &str, parameters: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if let Some(zone) = &self.asked_zone
            && !parameters.iter().any(|(name, _)| *name == "zone")
        {
            query.append_pair("zone", zone.name());
        }
        let query = query.finish();
        escaped(&if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") })
    }

    fn person_link(&self, person: &Person) -> String {
        let address = self.link(&format!("/people/{}", encoded(&person.key)), &[]);
        format!("<a href=\"{address}\"><bdi>{}</bdi></a>", escaped(&person.name))
    }

    /// `Ana Souza and Bo Li`, each a link.
    fn people_links(&self, people: &[PersonId]) -> String {
        let links: Vec<String> = people.iter().map(|it| self.person_link(self.org.person(*it))).collect();
        match links.as_slice() {
            [] => "nobody".to_owned(),
            [only] => only.clone(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    fn rotation_address(&self, seat: SeatId) -> String {
        self.link(&format!("/rotations/{}", encoded(&self.org.rotation(seat.rotation).key)), &[])
    }

    /// The same question at another moment, or at whatever moment it is then; ready to stand between quotes.
    fn here(&self, at: Option<Instant>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for name in self.parameters.names().filter(|it| *it != "at") {
            if let Some(value) = self.parameters.one(name) {
                query.append_pair(name, value);
            }
        }
        if let Some(at) = at {
            query.append_pair("at", &at.to_string());
        }
        escaped(&format!("?{}", query.finish()))
    }

    /// An instant near the one that is asked about, with the whole of it for machines and for who looks closer. Where
    /// another day than today is asked about, it is dated: its Monday is not the next one.
    fn moment(&self, at: Instant) -> String {
        let whole = crate::time::stamp(at, self.zone());
        let today = self.zone().day(self.reader.now) == self.zone().day(self.at);
        let text = if today { crate::export::text::moment(at, self.at, self.zone()) } else { whole.clone() };
        format!("<time datetime=\"{at}\" title=\"{}\">{}</time>", escaped(&whole), escaped(&text))
    }

    fn feed(&self, feed: &crate::web::secret::Feed) -> String {
        let path = feeds::path(self.site, feed);
        let address = format!("{}{path}", self.site.options.url.as_deref().unwrap_or_default());
        format!(
            "<p class=\"feed\">Calendar to subscribe to: <a href=\"{}\">{}</a></p>\n",
            escaped(&path),
            escaped(&address)
        )
    }
}

/// Appends a line of markup; what comes from elsewhere was [`escaped`].
fn line(out: &mut String, markup: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(markup);
    out.push('\n');
}

/// How to reach somebody, each way a link where a link helps.
fn contacts(person: &Person) -> String {
    let mut out = String::from("<ul class=\"contacts\">");
    if let Some(phone) = &person.phone {
        let _ = match dialled(phone) {
            Some(number) => write!(out, "<li><a class=\"call\" href=\"tel:{number}\">{}</a></li>", escaped(phone)),
            None => write!(out, "<li>{}</li>", escaped(phone)),
        };
    }
    if let Some(email) = &person.email {
        let address = percent_encoding::utf8_percent_encode(email, MAIL);
        let _ = write!(out, "<li><a href=\"mailto:{address}\">{}</a></li>", escaped(email));
    }
    if let Some(chat) = &person.chat {
        let _ = write!(out, "<li>{}</li>", escaped(chat));
    }
    if person.phone.is_none() && person.email.is_none() && person.chat.is_none() {
        out.push_str("<li>no phone, e-mail or chat in people.toml</li>");
    }
    out + "</ul>"
}

/// What a telephone dials for a number as people write it (RFC 3966); `None` where that is not plain: a wrong number at
/// night is worse than one that has to be typed.
fn dialled(phone: &str) -> Option<String> {
    const MOST_DIGITS: usize = 15;
    let (number, extension) = match phone.find(|it: char| it.is_alphabetic() || it == '#' || it == ';') {
        Some(at) => (&phone[..at], Some(extension(&phone[at..])?)),
        None => (phone, None),
    };
    let number = number.trim().trim_end_matches(',');
    let (plus, national) = number.strip_prefix('+').map_or(("", number), |it| ("+", it));
    // Within a country one dials the nought of +44 (0)20, from everywhere else not.
    let national = if plus.is_empty() { national.to_owned() } else { national.replacen("(0)", "", 1) };
    let mut digits = String::new();
    for it in national.chars() {
        match it {
            '0'..='9' => digits.push(it),
            ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2010}'..='\u{2013}' | '.' | '(' | ')' => {}
            _ => return None,
        }
    }
    let extension = extension.map(|it| format!(";ext={it}")).unwrap_or_default();
    (3..=MOST_DIGITS).contains(&digits.len()).then(|| format!("{plus}{digits}{extension}"))
}

/// The digits of an extension: `ext. 42`, `x7`, `#12`, `;ext=3`.
fn extension(text: &str) -> Option<&str> {
    let lower = text.to_ascii_lowercase();
    let names = [";ext=", "extension", "extn", "ext", "x", "#"];
    let name = names.into_iter().find(|it| lower.starts_with(it))?;
    let digits = text[name.len()..].trim_start_matches([' ', '.', ':']);
    (matches!(digits.len(), 1..=8) && digits.bytes().all(|it| it.is_ascii_digit())).then_some(digits)
}

/// What an address may not hold as it is.
const MAIL: &percent_encoding::AsciiSet =
    &percent_encoding::NON_ALPHANUMERIC.remove(b'@').remove(b'.').remove(b'-').remove(b'_').remove(b'+');

/// A text that an escape code may colour, without it.
fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

/// `1 finding`, `2 findings`.
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn dials(phone: &str, expected: Option<&str>) {
        assert_eq!(dialled(phone).as_deref(), expected, "{phone}");
    }

    #[test]
    fn a_number_is_dialled_as_it_is_written() {
        dials("+1 415 555 0100", Some("+14155550100"));
        dials("(415) 555-0100", Some("4155550100"));
        dials("020\u{a0}7946\u{2011}0018", Some("02079460018"));
        dials("00353 1 555.0100", Some("0035315550100"));
        dials("112", Some("112"));
    }

    #[test]
    fn the_nought_within_a_country_is_not_dialled_from_elsewhere() {
        dials("+44 (0)20 7946 0018", Some("+442079460018"));
        dials("(0)20 7946 0018", Some("02079460018"));
    }

    #[test]
    fn an_extension_is_dialled_after_the_number() {
        dials("+44 (0)20 7946 0018 ext. 42", Some("+442079460018;ext=42"));
        dials("+1 415 555 0100 x7", Some("+14155550100;ext=7"));
        dials("+1 415 555 0100, Extension 12", Some("+14155550100;ext=12"));
        dials("415-555-0100#9", Some("4155550100;ext=9"));
        dials("+14155550100;ext=3", Some("+14155550100;ext=3"));
    }

    #[test]
    fn what_is_not_plainly_one_number_is_not_dialled() {
        for phone in [
            "1-800-FLOWERS",
            "+1 415 555 0100 / +1 415 555 0101",
            "+1 415 555 0100, +1 415 555 0101",
            "+1 415 555 0100 +1 415 555 0101",
            "020 7946 0018 020 7946 0019",
            "555 0100 or 555 0101",
            "555 0100 x",
            "555 0100 x7 x8",
            "ask Bo",
            "ext. 42",
            "",
            "+",
            "12",
        ] {
            dials(phone, None);
        }
    }
}
