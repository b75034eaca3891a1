//! What all pages have around them.

use crate::export::markup::escaped;
use crate::time::{CIVIL_DAY, Instant, Zone, stamp};
use crate::web::pages::{Body, Page, VERSION, View, line};

/// A whole page.
pub(super) fn whole(view: &View<'_>, page: Option<&Page>, body: &Body) -> String {
    let version = VERSION.as_str();
    let mut out = String::with_capacity(body.main.len() + 8_192);
    line(
        &mut out,
        format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<title>{} · Dogwatch</title>\n\
             <link rel=\"stylesheet\" href=\"/assets/style.css?v={version}\">\n\
             <link rel=\"icon\" type=\"image/svg+xml\" href=\"/assets/icon.svg?v={version}\">\n\
             <script defer src=\"/assets/script.js?v={version}\"></script>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">Skip to the content</a>",
            escaped(&body.title)
        ),
    );
    head(&mut out, view, page);
    let class = if body.wide { " class=\"wide\"" } else { "" };
    let live = match body.live {
        true => format!(" data-live=\"{}\"", escaped(&stamp(view.at, view.zone()))),
        false => String::new(),
    };
    line(&mut out, format_args!("<main id=\"main\" tabindex=\"-1\"{class}{live}>"));
    trouble(&mut out, view);
    then(&mut out, view);
    out.push_str(&body.main);
    out.push_str("</main>\n");
    foot(&mut out, view, page);
    out.push_str("</body>\n</html>\n");
    out
}

fn head(out: &mut String, view: &View<'_>, page: Option<&Page>) {
    out.push_str("<header class=\"top\">\n");
    line(
        out,
        format_args!(
            "<a class=\"brand\" href=\"{}\">Dogwatch</a>\n<nav aria-label=\"Pages\"><ul>",
            view.link("/", &[])
        ),
    );
    let pages = [
        ("/", "Now", Page::Now),
        ("/ask", "Ask", Page::Ask),
        ("/calendar", "Calendar", Page::Calendar),
        ("/graph", "Graph", Page::Graph),
        ("/people", "People", Page::People),
        ("/fit", "Fit", Page::Fit),
        ("/check", "Check", Page::Check),
    ];
    for (path, name, it) in &pages {
        if *it == Page::Fit && view.site.state.fit.is_none() {
            continue;
        }
        let current = if page == Some(it) { " aria-current=\"page\"" } else { "" };
        line(out, format_args!("<li><a href=\"{}\"{current}>{name}</a></li>", view.link(path, &[])));
    }
    out.push_str("</ul></nav>\n</header>\n");
}

/// Loud: what is shown is not what the files say now.
fn trouble(out: &mut String, view: &View<'_>) {
    let Some(it) = &view.site.trouble else { return };
    line(
        out,
        format_args!(
            "<div class=\"alarm\" role=\"alert\"><strong>{}, since {}.</strong> What you see is what they \
             said before, at {}. <a href=\"{}\">What is wrong</a></div>",
            it.sentence(),
            escaped(&stamp(it.since, view.zone())),
            escaped(&stamp(view.site.state.since, view.zone())),
            view.link("/check", &[]),
        ),
    );
}

/// What is shown is of another moment than this: whoever was sent here by a link may not have looked.
fn then(out: &mut String, view: &View<'_>) {
    if view.at == view.reader.now {
        return;
    }
    line(
        out,
        format_args!(
            "<div class=\"then\" role=\"note\"><strong>Not now, but {}:</strong> {}. <a href=\"{}\">As it is now</a></div>",
            escaped(&away(view.at, view.reader.now)),
            escaped(&stamp(view.at, view.zone())),
            view.here(None),
        ),
    );
}

/// `3 days ago`, `in 2 hours`, `5 min ago`.
fn away(at: Instant, now: Instant) -> String {
    let minutes = at.unix().abs_diff(now.unix()) / 60;
    let day = CIVIL_DAY.unsigned_abs() / 60;
    let long = match minutes {
        0 => return "a moment away".to_owned(),
        it if it >= 2 * day => format!("{} days", it / day),
        it if it >= 120 => format!("{} hours", it / 60),
        it => format!("{it} min"),
    };
    if at < now { format!("{long} ago") } else { format!("in {long}") }
}

fn foot(out: &mut String, view: &View<'_>, page: Option<&Page>) {
    out.push_str("<footer class=\"bottom\">\n");
    if page.is_some() {
        out.push_str("<form class=\"zone\" method=\"get\">\n");
        for name in view.parameters.names() {
            // What was asked stays asked on another clock.
            if name != "zone"
                && let Some(value) = view.parameters.one(name)
            {
                line(
                    out,
                    format_args!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escaped(name), escaped(value)),
                );
            }
        }
        line(
            out,
            format_args!(
                "<label>Times on the clock of <input name=\"zone\" list=\"zones\" value=\"{}\" size=\"22\" \
                 autocomplete=\"off\" spellcheck=\"false\"></label> <button>Change</button>\n</form>",
                view.zone()
            ),
        );
        out.push_str("<datalist id=\"zones\">");
        for zone in zones(view) {
            line(out, format_args!("<option value=\"{zone}\"></option>"));
        }
        out.push_str("</datalist>\n");
    }
    let shared = match page {
        Some(Page::Fit) | None => String::new(),
        Some(_) => format!("<a href=\"{}\">this moment, to share</a> · ", view.here(Some(view.at))),
    };
    line(
        out,
        format_args!(
            "<p>{} · {}revision <code>{}</code> · <a href=\"/api/v1/openapi.json\">API</a></p>\n</footer>",
            escaped(&stamp(view.reader.now, view.zone())),
            shared,
            &view.site.state.revision[..12],
        ),
    );
}

/// The clocks that somebody here lives by; any other may be typed.
fn zones(view: &View<'_>) -> Vec<&'static str> {
    let org = view.org;
    let used = org.people.iter().map(|it| &it.zone).chain(org.rotations.iter().map(|it| &it.zone)).chain([&org.zone]);
    let mut names: Vec<&str> = used.map(Zone::name).chain(["UTC"]).collect();
    names.sort_unstable();
    names.dedup();
    names
}
