//! Who holds what when: from a day to a year, by rotation or by person.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use crate::calendar::Bill;
use crate::export::By;
use crate::export::markup::escaped;
use crate::org::{PersonId, SeatId};
use crate::time::{Instant, Span, is_known};
use crate::web::ask::{person, seats, words};
use crate::web::pages::lanes::lanes;
use crate::web::pages::{Body, View, line, troubles};
use crate::web::response::Problem;

/// How much is shown at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Zoom {
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

impl Zoom {
    const ALL: [(Zoom, &str, &str, &str); 5] = [
        (Zoom::Day, "day", "Day", "d"),
        (Zoom::Week, "week", "Week", "w"),
        (Zoom::Month, "month", "Month", "m"),
        (Zoom::Quarter, "quarter", "Quarter", "q"),
        (Zoom::Year, "year", "Year", "y"),
    ];

    fn word(self) -> &'static str {
        Zoom::ALL.iter().find(|(it, ..)| *it == self).map_or("week", |(_, word, ..)| word)
    }

    /// The first day of what a day lies in.
    fn first(self, day: NaiveDate) -> NaiveDate {
        let found = match self {
            Zoom::Day => Some(day),
            Zoom::Week => day.week(Weekday::Mon).checked_first_day(),
            Zoom::Month => day.with_day(1),
            Zoom::Quarter => day.with_day(1).and_then(|it| it.with_month0(it.month0() / 3 * 3)),
            Zoom::Year => day.with_ordinal(1),
        };
        found.unwrap_or(day)
    }

    /// The first day of the next one.
    fn next(self, first: NaiveDate) -> Option<NaiveDate> {
        match self {
            Zoom::Day => first.checked_add_days(Days::new(1)),
            Zoom::Week => first.checked_add_days(Days::new(7)),
            Zoom::Month => first.checked_add_months(Months::new(1)),
            Zoom::Quarter => first.checked_add_months(Months::new(3)),
            Zoom::Year => first.checked_add_months(Months::new(12)),
        }
    }

    fn before(self, first: NaiveDate) -> Option<NaiveDate> {
        first.checked_sub_days(Days::new(1)).map(|it| self.first(it))
    }

    /// As people call it.
    fn title(self, first: NaiveDate, last: NaiveDate) -> String {
        match self {
            Zoom::Day => first.format("%a %-d %B %Y").to_string(),
            Zoom::Week => {
                format!("{} – {}, week {}", first.format("%-d %b"), last.format("%-d %b %Y"), first.iso_week().week())
            }
            Zoom::Month => first.format("%B %Y").to_string(),
            Zoom::Quarter => format!("{} – {}", first.format("%b"), last.format("%b %Y")),
            Zoom::Year => first.format("%Y").to_string(),
        }
    }
}

pub(super) fn page(view: &View<'_>) -> Result<Body, Problem> {
    let zoom =
        match view.parameters.one("zoom") {
            None => Zoom::Week,
            Some(word) => Zoom::ALL.iter().find(|(_, it, ..)| *it == word).map(|(it, ..)| *it).ok_or_else(|| {
                Problem::bad(format!("no such zoom: `{word}`")).hint("day, week, month, quarter or year")
            })?,
        };
    let by = match view.parameters.one("by") {
        None | Some("rotation") => By::Rotation,
        Some("person") => By::Person,
        Some(word) => return Err(Problem::bad(format!("rows are no `{word}`")).hint("rotation or person")),
    };
    let today = view.zone().day(view.at);
    let on = match view.parameters.one("on") {
        None => today,
        Some(text) => text.parse().ok().filter(|it| is_known(*it)).ok_or_else(|| {
            let problem = Problem::bad(format!("not a day from 1970-01-02 to 2199-12-30: `{text}`"));
            problem.hint("as in 2026-12-08")
        })?,
    };
    let first = zoom.first(on);
    let next = zoom.next(first).filter(|it| is_known(*it));
    let until = next.map_or(Instant::MAX, |it| view.zone().start_of_day(it));
    let span = Span::new(view.zone().start_of_day(first).max(Instant::MIN), until)
        .ok_or_else(|| Problem::bad("that day does not exist there"))?;
    let last = next.and_then(|it| it.checked_sub_days(Days::new(1))).unwrap_or(first);
    let title = zoom.title(first, last);

    let of = view.parameters.one("of").unwrap_or_default();
    let at = Place { zoom, by, on, of };
    let mut body = Body { wide: true, ..Body::titled(format!("Calendar: {title}")) };
    let out = &mut body.main;
    line(out, format_args!("<h1>{}</h1>", escaped(&title)));
    controls(out, view, &at, first, next, today);
    match asked(view, of) {
        Ok((seats, people)) => {
            let bill = Bill::new(view.org, &seats, &people, span)?;
            lanes(out, view, &bill, by);
        }
        Err(problem) => {
            line(out, format_args!("<p class=\"lead\">{}</p>", escaped(&problem.detail)));
            troubles(out, view, &problem);
        }
    }
    Ok(body)
}

/// What a calendar's address says.
struct Place<'a> {
    zoom: Zoom,
    by: By,
    on: NaiveDate,
    of: &'a str,
}

impl Place<'_> {
    fn link(&self, view: &View<'_>, zoom: Zoom, by: By, on: Option<NaiveDate>) -> String {
        let on = on.map(|it| it.to_string()).unwrap_or_default();
        let by = if by == By::Person { "person" } else { "" };
        view.link("/calendar", &[("zoom", zoom.word()), ("by", by), ("on", &on), ("of", self.of)])
    }
}

fn controls(
    out: &mut String,
    view: &View<'_>,
    at: &Place<'_>,
    first: NaiveDate,
    next: Option<NaiveDate>,
    today: NaiveDate,
) {
    let here = (at.on != today).then_some(at.on);
    let current = |it: bool| if it { " aria-current=\"true\"" } else { "" };
    out.push_str("<nav class=\"controls\" aria-label=\"Calendar\">\n<ul class=\"switch\">");
    for (zoom, _, name, key) in Zoom::ALL {
        let link = at.link(view, zoom, at.by, here);
        line(
            out,
            format_args!("<li><a href=\"{link}\" data-key=\"{key}\"{}>{name}</a></li>", current(zoom == at.zoom)),
        );
    }
    out.push_str("</ul>\n<ul class=\"switch\">");
    let before = at.zoom.before(first).filter(|it| is_known(*it));
    for (day, name, label, key) in
        [(before, "‹", "Earlier", "ArrowLeft"), (None, "Today", "Today", "t"), (next, "›", "Later", "ArrowRight")]
    {
        if day.is_none() && key != "t" {
            continue;
        }
        let link = at.link(view, at.zoom, at.by, day);
        line(out, format_args!("<li><a href=\"{link}\" data-key=\"{key}\" aria-label=\"{label}\">{name}</a></li>"));
    }
    out.push_str("</ul>\n<ul class=\"switch\">");
    for (by, name, key) in [(By::Rotation, "Rotations", "r"), (By::Person, "People", "p")] {
        let link = at.link(view, at.zoom, by, here);
        line(out, format_args!("<li><a href=\"{link}\" data-key=\"{key}\"{}>{name}</a></li>", current(by == at.by)));
    }
    out.push_str("</ul>\n</nav>\n<form class=\"only\" action=\"/calendar\" method=\"get\" role=\"search\">\n");
    let hidden = [
        ("zoom", at.zoom.word().to_owned()),
        ("by", if at.by == By::Person { "person".to_owned() } else { String::new() }),
        ("on", here.map(|it| it.to_string()).unwrap_or_default()),
        ("zone", view.asked_zone.as_ref().map(|it| it.name().to_owned()).unwrap_or_default()),
    ];
    for (name, value) in hidden.iter().filter(|(_, value)| !value.is_empty()) {
        line(out, format_args!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escaped(value)));
    }
    line(
        out,
        format_args!(
            "<label>Only <input name=\"of\" type=\"search\" value=\"{}\" placeholder=\"search, @ana, or both\" list=\"of\" \
             autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\"></label> <button>Show</button>",
            escaped(at.of)
        ),
    );
    out.push_str("<datalist id=\"of\">");
    for it in &view.org.rotations {
        line(out, format_args!("<option value=\"{}\"></option>", escaped(&it.key)));
    }
    for it in &view.org.people {
        line(out, format_args!("<option value=\"@{}\">{}</option>", escaped(&it.key), escaped(&it.name)));
    }
    out.push_str("</datalist>\n</form>\n");
}

/// The rotations and people that are named; all, if none is.
fn asked(view: &View<'_>, of: &str) -> Result<(Vec<SeatId>, Vec<PersonId>), Problem> {
    let (mut found, mut people) = (Vec::new(), Vec::new());
    for word in words(of) {
        match word.strip_prefix('@') {
            Some(key) => people.push(person(view.org, key)?),
            None => found.extend(seats(view.org, &word)?),
        }
    }
    if found.is_empty() {
        found.extend(view.org.seats());
    }
    found.sort_unstable();
    found.dedup();
    Ok((found, people))
}
