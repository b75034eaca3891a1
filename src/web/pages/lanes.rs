//! A timeline that is as wide as its screen: places are shares of the span, so nothing has to be measured.

use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};

use crate::calendar::Bill;
use crate::export::By;
use crate::export::chart::{Bar, Kind, Track, tracks};
use crate::export::markup::escaped;
use crate::time::{Instant, Span, Zone, stamp};
use crate::web::pages::{View, encoded, line};

/// The most bars that are drawn, and the most that are listed in words.
const MOST_BARS: usize = 4_000;
const MOST_LISTED: usize = 400;
const LANE: usize = 28;
/// How wide a letter is, of a timeline that is a thousand wide.
const LETTER: f64 = 7.2;

/// A row for every seat, or for every person, of a bill.
pub(super) fn lanes(out: &mut String, view: &View<'_>, bill: &Bill<'_>, by: By) {
    let mut rows = tracks(bill, by, &view.reader_then());
    let links = titles(view, bill, by);
    let all = rows.len();
    let mut bars = 0;
    let fitting = rows.iter().take_while(|it| {
        bars += it.bars.len();
        bars <= MOST_BARS
    });
    let fitting = fitting.count().max(1).min(all);
    rows.truncate(fitting);
    let scale = Scale { span: bill.span, zone: view.zone() };
    out.push_str(PATTERNS);
    out.push_str("<div class=\"chart\">\n");
    scale.axis(out, view.at);
    out.push_str("<div class=\"rows\">\n");
    scale.grid(out, view.at);
    for (row, link) in rows.iter().zip(links) {
        scale.row(out, row, &link);
    }
    if rows.is_empty() {
        out.push_str("<p class=\"nothing\">Of what is asked for, nobody holds anything then.</p>\n");
    }
    out.push_str("</div>\n</div>\n");
    if fitting < all {
        line(out, format_args!("<p class=\"hint\">And {} more rows: name some of them.</p>", all - fitting));
    }
    key(out);
    exceptions(out, view, &rows);
    list(out, view, &rows);
}

/// Where the title of each row leads.
fn titles(view: &View<'_>, bill: &Bill<'_>, by: By) -> Vec<String> {
    match by {
        By::Rotation => bill.rows.iter().map(|it| view.rotation_address(it.seat)).collect(),
        By::Person => {
            let org = bill.org;
            let holds = |id| bill.rows.iter().flat_map(|it| &it.shifts).any(|it| it.holder.person() == Some(id));
            let held = org.people.iter().filter(|it| holds(it.id));
            held.map(|it| view.link(&format!("/people/{}", encoded(&it.key)), &[])).collect()
        }
    }
}

const PATTERNS: &str = "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>\
<pattern id=\"hatch\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"hatch\" width=\"3\" height=\"8\"/></pattern>\
<pattern id=\"cross\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><path class=\"cross\" d=\"M0 0L6 6M6 0L0 6\"/></pattern>\
<pattern id=\"dots\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\"><circle class=\"dot\" cx=\"2\" cy=\"2\" r=\"1\"/></pattern>\
</defs></svg>\n";

/// What the patterns mean.
fn key(out: &mut String) {
    let sample = |class: &str, pattern: &str| {
        format!(
            "<svg width=\"26\" height=\"16\" class=\"{class}\" aria-hidden=\"true\"><rect class=\"fill\" width=\"26\" height=\"16\" rx=\"3\"/>{}</svg>",
            if pattern.is_empty() {
                String::new()
            } else {
                format!("<rect width=\"26\" height=\"16\" fill=\"url(#{pattern})\"/>")
            }
        )
    };
    line(
        out,
        format_args!(
            "<ul class=\"key\"><li>{} turn</li><li>{} override</li><li>{} vacant on purpose</li><li>{} gap: promised, and nobody</li></ul>",
            sample("bar p1", ""),
            sample("bar p1", "hatch"),
            sample("bar vacant", "dots"),
            sample("bar gap", "cross"),
        ),
    );
}

struct Scale<'a> {
    span: Span,
    zone: &'a Zone,
}

impl Scale<'_> {
    /// A place in percent.
    fn place(&self, at: Instant) -> f64 {
        let part = (at.unix() - self.span.start().unix()) as f64 / self.span.seconds() as f64;
        100.0 * part.clamp(0.0, 1.0)
    }

    fn days(&self) -> i64 {
        (self.zone.day(self.span.end().before(std::time::Duration::from_secs(1))) - self.zone.day(self.span.start()))
            .num_days()
            + 1
    }

    fn each_day(&self) -> impl Iterator<Item = (NaiveDate, Instant)> + '_ {
        let first = self.zone.day(self.span.start());
        let days = first.iter_days().map(|it| (it, self.zone.start_of_day(it)));
        days.take_while(|(_, at)| *at < self.span.end()).take(450)
    }

    /// Where lines stand, each with what is written at it, and whether it is a strong one.
    fn ticks(&self) -> Vec<(Instant, String, bool)> {
        match self.days() {
            ..=2 => {
                let hours = |day: NaiveDate| {
                    (0..24)
                        .step_by(3)
                        .filter_map(move |it| NaiveTime::from_hms_opt(it, 0, 0))
                        .map(move |it| day.and_time(it))
                };
                let all = self.each_day().flat_map(|(day, _)| hours(day));
                all.map(|it| (self.zone.resolve(it), it.format("%H:%M").to_string(), it.time() == NaiveTime::MIN))
                    .collect()
            }
            3..=10 => self
                .each_day()
                .map(|(day, at)| (at, day.format("%a %-d").to_string(), day.weekday() == Weekday::Mon))
                .collect(),
            11..=45 => {
                let label = |day: NaiveDate| match day.weekday() {
                    Weekday::Mon => day.format("%a %-d %b").to_string(),
                    _ => String::new(),
                };
                self.each_day().map(|(day, at)| (at, label(day), day.weekday() == Weekday::Mon)).collect()
            }
            46..=130 => {
                let mondays = self.each_day().filter(|(day, _)| day.weekday() == Weekday::Mon);
                mondays.map(|(day, at)| (at, day.format("%-d %b").to_string(), day.day() <= 7)).collect()
            }
            _ => {
                let firsts = self.each_day().filter(|(day, _)| day.day() == 1);
                firsts.map(|(day, at)| (at, day.format("%b").to_string(), day.month() == 1)).collect()
            }
        }
    }

    fn axis(&self, out: &mut String, now: Instant) {
        out.push_str("<svg class=\"axis\" width=\"100%\" height=\"24\" aria-hidden=\"true\">");
        let today = self.zone.day(now);
        for (at, label, _) in self.ticks() {
            // What begins at the very end would be cut.
            if !label.is_empty() && self.place(at) < 97.0 {
                let class = if self.zone.day(at) == today && self.days() > 2 { " class=\"today\"" } else { "" };
                line(
                    out,
                    format_args!(
                        "<text x=\"{:.3}%\" dx=\"4\" y=\"16\"{class}>{}</text>",
                        self.place(at),
                        escaped(&label)
                    ),
                );
            }
        }
        out.push_str("</svg>\n");
    }

    /// Lines, weekends, today and now, behind all rows.
    fn grid(&self, out: &mut String, now: Instant) {
        out.push_str("<svg class=\"grid\" width=\"100%\" height=\"100%\" aria-hidden=\"true\">");
        let today = self.zone.day(now);
        if (2..=130).contains(&self.days()) {
            for (day, at) in self.each_day() {
                let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
                let class = if day == today { "today" } else { "weekend" };
                if weekend || day == today {
                    let end =
                        day.checked_add_days(Days::new(1)).map_or(self.span.end(), |it| self.zone.start_of_day(it));
                    let (from, to) = (self.place(at), self.place(end));
                    line(
                        out,
                        format_args!(
                            "<rect class=\"{class}\" x=\"{from:.3}%\" width=\"{:.3}%\" height=\"100%\"/>",
                            to - from
                        ),
                    );
                }
            }
        }
        for (at, _, strong) in self.ticks() {
            let class = if strong { "strong" } else { "weak" };
            let x = self.place(at);
            line(out, format_args!("<line class=\"{class}\" x1=\"{x:.3}%\" x2=\"{x:.3}%\" y1=\"0\" y2=\"100%\"/>"));
        }
        if self.span.contains(now) {
            let x = self.place(now);
            line(out, format_args!("<line class=\"now\" x1=\"{x:.3}%\" x2=\"{x:.3}%\" y1=\"0\" y2=\"100%\"/>"));
        }
        out.push_str("</svg>\n");
    }

    fn row(&self, out: &mut String, row: &Track, link: &str) {
        let height = row.lanes * LANE + 6;
        line(
            out,
            format_args!(
                "<div class=\"row\"><p class=\"title\"><a href=\"{link}\"><bdi>{}</bdi></a> <small>{}</small></p>\
                 <svg class=\"lane\" width=\"100%\" height=\"{height}\" role=\"img\" aria-label=\"{}\">",
                escaped(&row.title),
                escaped(&row.note),
                escaped(&summary(row)),
            ),
        );
        for it in &row.bars {
            self.bar(out, it);
        }
        out.push_str("</svg></div>\n");
    }

    fn bar(&self, out: &mut String, bar: &Bar) {
        let (from, to) = (self.place(bar.span.start()), self.place(bar.span.end()));
        let (class, pattern) = match bar.kind {
            Kind::Turn(color) => (format!("bar p{color}"), ""),
            Kind::Override(color) => (format!("bar p{color}"), "hatch"),
            Kind::Vacant => ("bar vacant".to_owned(), "dots"),
            Kind::Gap => ("bar gap".to_owned(), "cross"),
        };
        let room = (to - from) * 10.0 - 12.0;
        let label = bar.labels.iter().find(|it| it.chars().count() as f64 * LETTER <= room);
        let label = label.or(bar.labels.last()).filter(|_| room > 14.0);
        let y = bar.lane * LANE + 4;
        let _ = write!(
            out,
            "<svg class=\"{class}\" x=\"{from:.3}%\" y=\"{y}\" width=\"{:.3}%\" height=\"24\"><title>{}</title>\
             <rect class=\"fill\" width=\"100%\" height=\"24\" rx=\"4\"/>",
            to - from,
            escaped(&bar.facts),
        );
        if !pattern.is_empty() {
            let _ = write!(out, "<rect width=\"100%\" height=\"24\" rx=\"4\" fill=\"url(#{pattern})\"/>");
        }
        out.push_str("<rect class=\"edge\" width=\"3\" height=\"24\"/>");
        if let Some(label) = label {
            let _ = write!(out, "<text x=\"9\" y=\"16.5\">{}</text>", escaped(label));
        }
        out.push_str("</svg>\n");
    }
}

/// What a row shows, for who does not see it; the list below has it all.
fn summary(row: &Track) -> String {
    let mut names: Vec<&str> = Vec::new();
    for it in &row.bars {
        let name = it.labels.first().map_or("", String::as_str);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let more = names.len().saturating_sub(6);
    names.truncate(6);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "{} {}: {}{more}",
        row.title,
        row.note,
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
    )
}

/// What is out of the ordinary, in words: gaps first.
fn exceptions(out: &mut String, view: &View<'_>, rows: &[Track]) {
    let mut list = |title: &str, class: &str, wanted: fn(Kind) -> bool| {
        let found: Vec<&Bar> = rows.iter().flat_map(|it| &it.bars).filter(|it| wanted(it.kind)).collect();
        if found.is_empty() {
            return;
        }
        line(out, format_args!("<h2>{title}</h2>\n<ul class=\"{class}\">"));
        for it in found.iter().take(60) {
            let mut facts = it.facts.lines();
            let first = facts.next().unwrap_or_default();
            let rest: Vec<&str> = facts.collect();
            line(out, format_args!("<li><b><bdi>{}</bdi></b> {}</li>", escaped(first), escaped(&rest.join(" · "))));
        }
        out.push_str("</ul>\n");
        if found.len() > 60 {
            line(out, format_args!("<p class=\"hint\">and {} more</p>", found.len() - 60));
        }
    };
    let _ = view;
    list("Gaps", "plain bad-list", |it| it == Kind::Gap);
    list("Overrides and vacancies", "plain", |it| matches!(it, Kind::Override(_) | Kind::Vacant));
}

/// Everything that is drawn, as a table.
fn list(out: &mut String, view: &View<'_>, rows: &[Track]) {
    let all: usize = rows.iter().map(|it| it.bars.len()).sum();
    if all == 0 {
        return;
    }
    out.push_str("<details class=\"list\"><summary>The same as a table</summary>\n<div class=\"scroll\" role=\"region\" aria-label=\"All shifts\" tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">Of</th><th scope=\"col\">From</th><th scope=\"col\">Until</th><th scope=\"col\">What</th></tr></thead>\n<tbody>\n");
    let mut left = MOST_LISTED;
    for row in rows {
        for it in row.bars.iter().take(left) {
            line(
                out,
                format_args!(
                    "<tr><th scope=\"row\"><bdi>{}</bdi> {}</th><td>{}</td><td>{}</td><td><bdi>{}</bdi></td></tr>",
                    escaped(&row.title),
                    escaped(&row.note),
                    escaped(&stamp(it.span.start(), view.zone())),
                    escaped(&stamp(it.span.end(), view.zone())),
                    escaped(it.labels.first().map_or("", String::as_str)),
                ),
            );
        }
        left = left.saturating_sub(row.bars.len());
    }
    out.push_str("</tbody></table></div>\n");
    if all > MOST_LISTED {
        line(out, format_args!("<p class=\"hint\">and {} more: zoom in</p>", all - MOST_LISTED));
    }
    out.push_str("</details>\n");
}
