//! `show --format svg`: a timeline as a picture that asks nobody for anything.

use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use unicode_width::UnicodeWidthStr;

use crate::calendar::Bill;
use crate::export::chart::{Bar, By, Kind, Track, heading, tracks};
use crate::export::markup::escaped;
use crate::export::{Reader, palette};
use crate::time::{Instant, Span, Zone, stamp};

/// The column with the titles of rows.
const TITLES: f64 = 184.0;
/// The columns of time, together, at least.
const TIME: f64 = 1000.0;
/// At most, however long the span: what is wider opens in no viewer.
const MOST_TIME: f64 = 16_000.0;
/// Days are no narrower than this, if all of them fit.
const DAY: f64 = 4.0;
const LANE: f64 = 26.0;
const PAD: f64 = 5.0;
/// What a column of the widest usual letters takes.
const LETTER: f64 = 7.0;
const HEAD: f64 = 44.0;
const BAND: f64 = 17.0;
const EDGE: f64 = 16.0;

const FONT: &str = "system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif";

/// A timeline of its own, light or dark as its reader's system is.
pub fn svg(bill: &Bill<'_>, by: By, reader: &Reader) -> String {
    let style = format!("text{{font-family:{FONT}}}{}", palette::style_alone());
    drawing(&tracks(bill, by, reader), bill, reader, Some(&style))
}

/// A timeline within a page whose style knows its classes; of a bill's rows, these.
pub(super) fn drawing_within(tracks: &[Track], bill: &Bill<'_>, reader: &Reader) -> String {
    drawing(tracks, bill, reader, None)
}

fn drawing(tracks: &[Track], bill: &Bill<'_>, reader: &Reader, style: Option<&str>) -> String {
    let span = bill.span;
    let scale = Scale::new(span, &reader.zone);
    let top = HEAD + 3.0 * BAND + 6.0;
    let heights = tracks.iter().map(|it| it.lanes as f64 * LANE + 2.0 * PAD);
    let bottom = top + if tracks.is_empty() { LANE } else { heights.sum() };
    let (width, height) = (EDGE + TITLES + scale.width + EDGE, bottom + 48.0);
    let mut out = Svg(String::new());
    let heading = heading(bill);
    let period = format!("{} to {}", stamp(span.start(), &reader.zone), stamp(span.end(), &reader.zone));
    let _ = write!(
        out.0,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"img\" \
         aria-labelledby=\"w-title w-desc\">\n<title id=\"w-title\">{2}</title>\n<desc id=\"w-desc\">{3}</desc>\n",
        number(width),
        number(height),
        escaped(&format!("{heading}, {period}")),
        escaped(&summary(tracks, &reader.zone)),
    );
    if let Some(style) = style {
        let _ = writeln!(out.0, "<style>{style}</style>");
    }
    out.0.push_str(PATTERNS);
    out.rect("w-paper", 0.0, 0.0, width, height, 0.0);
    out.text("w-ink", EDGE, 20.0, 15, "font-weight=\"600\"", &heading);
    out.text("w-faint", EDGE, 37.0, 12, "", &format!("{period}   {}", reader.zone.name()));
    scale.grid(&mut out, top, bottom);
    let mut y = top;
    if tracks.is_empty() {
        out.text("w-faint", EDGE + TITLES + 8.0, y + 18.0, 12, "", "nobody holds anything then");
    }
    for track in tracks {
        out.line("w-line", EDGE, y, width - EDGE, y, "");
        // Bold letters are wider.
        let name = fitting(&track.title, 0.9 * (TITLES - 24.0 - LETTER * track.note.width() as f64));
        let middle = y + PAD + 17.0;
        out.text("w-ink", EDGE, middle, 12, "font-weight=\"600\"", &name);
        out.text("w-faint", EDGE + TITLES - 10.0, middle, 11, "text-anchor=\"end\"", &track.note);
        for bar in &track.bars {
            scale.bar(&mut out, bar, y + PAD + bar.lane as f64 * LANE);
        }
        y += track.lanes as f64 * LANE + 2.0 * PAD;
    }
    out.line("w-line", EDGE, bottom, width - EDGE, bottom, "");
    if span.contains(reader.now) {
        let x = scale.x(reader.now);
        out.rect("w-now", x - 1.0, top, 2.0, bottom - top + 4.0, 0.0);
        out.rect("w-now", x - 17.0, bottom + 3.0, 34.0, 15.0, 7.0);
        out.text("w-on-now", x, bottom + 14.0, 10, "text-anchor=\"middle\" font-weight=\"600\"", "now");
    }
    legend(&mut out, bottom + 25.0);
    out.0.push_str("</svg>\n");
    out.0
}

const PATTERNS: &str = "\
<defs>\
<pattern id=\"w-override\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<path class=\"w-hatch\" d=\"M0 0V7\" stroke-width=\"3\" stroke-opacity=\".22\"/></pattern>\
<pattern id=\"w-vacancy\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
<circle class=\"w-vacant\" cx=\"2\" cy=\"2\" r=\"1\"/></pattern>\
<pattern id=\"w-nobody\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\">\
<path class=\"w-gap-edge\" d=\"M0 0L6 6M6 0L0 6\" stroke-opacity=\".55\"/></pattern>\
</defs>\n";

/// What a reader who sees nothing wants to know first.
fn summary(tracks: &[Track], zone: &Zone) -> String {
    let count = |kind: fn(&Bar) -> bool| tracks.iter().flat_map(|it| &it.bars).filter(|it| kind(it)).count();
    let shifts = count(|it| matches!(it.kind, Kind::Turn(_) | Kind::Override(_)));
    format!(
        "{} rows; {shifts} shifts, {} of them overrides; {} gaps; {} vacancies; times in {zone}",
        tracks.len(),
        count(|it| matches!(it.kind, Kind::Override(_))),
        count(|it| it.kind == Kind::Gap),
        count(|it| it.kind == Kind::Vacant),
    )
}

fn legend(out: &mut Svg, y: f64) {
    let mut x = EDGE + TITLES;
    for (label, kind) in [
        ("turn", Kind::Turn(0)),
        ("override", Kind::Override(0)),
        ("vacant on purpose", Kind::Vacant),
        ("gap", Kind::Gap),
    ] {
        out.bar(kind, x, y, 24.0, 14.0);
        out.text("w-faint", x + 30.0, y + 11.0, 11, "", label);
        x += 54.0 + LETTER * label.width() as f64;
    }
    out.text("w-faint", x, y + 11.0, 11, "", "colours are people's");
}

/// A span and the columns it is drawn on.
struct Scale<'a> {
    span: Span,
    zone: &'a Zone,
    width: f64,
    /// What a day takes, about.
    day: f64,
}

impl Scale<'_> {
    fn new(span: Span, zone: &Zone) -> Scale<'_> {
        let days = ((zone.day(span.end()) - zone.day(span.start())).num_days().max(1)) as f64;
        let width = (days * DAY).clamp(TIME, MOST_TIME);
        Scale { span, zone, width, day: width / days }
    }

    fn x(&self, at: Instant) -> f64 {
        let into = at.seconds_since(self.span.start()) as f64 / self.span.seconds() as f64;
        EDGE + TITLES + into.clamp(0.0, 1.0) * self.width
    }

    /// The days that the span touches, each with the instants at which it begins and ends. A day that the calendar there
    /// skips, as Samoa did, is none.
    fn days(&self) -> impl Iterator<Item = (NaiveDate, Span)> + '_ {
        let first = self.zone.day(self.span.start());
        let days = first.iter_days().map(|day| {
            let next = day.checked_add_days(Days::new(1)).unwrap_or(day);
            (day, self.zone.start_of_day(day), self.zone.start_of_day(next))
        });
        days.take_while(|(_, start, _)| *start < self.span.end())
            .filter_map(|(day, start, end)| Some((day, Span::new(start, end)?.intersection(self.span)?)))
    }

    /// Months, weeks and days above, their lines below. A day of 23 hours is narrower, for it is.
    fn grid(&self, out: &mut Svg, top: f64, bottom: f64) {
        let bands = [HEAD + 13.0, HEAD + BAND + 13.0, HEAD + 2.0 * BAND + 13.0];
        let mut free = [0.0_f64; 3];
        let mut label = |out: &mut Svg, band: usize, x: f64, text: &str, until: f64| {
            let end = x + LETTER * text.width() as f64;
            if x >= free[band] && end <= until {
                free[band] = end + 5.0;
                out.text(if band == 0 { "w-ink" } else { "w-faint" }, x + 4.0, bands[band], 11, "", text);
            }
        };
        let right = EDGE + TITLES + self.width + EDGE;
        let mut first = true;
        for (day, span) in self.days() {
            let (start, end) = (self.x(span.start()), self.x(span.end()));
            if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
                out.rect("w-weekend", start, top, end - start, bottom - top, 0.0);
            }
            let (monday, new_month) = (day.weekday() == Weekday::Mon, day.day() == 1);
            let from = match () {
                () if new_month || first => HEAD,
                () if monday => HEAD + BAND,
                () => HEAD + 2.0 * BAND,
            };
            let shown = self.day >= 14.0 || (monday && self.day * 7.0 >= 10.0) || new_month || first;
            if shown {
                out.line("w-line", start, from, start, bottom, "");
            }
            if new_month || first {
                let last = day.checked_add_months(chrono::Months::new(1)).and_then(|it| it.with_day(1));
                let until = self.x(last.map_or(span.end(), |it| self.zone.start_of_day(it)));
                let [long, short] = ["%B %Y", "%b"].map(|it| day.format(it).to_string());
                let fits = start + LETTER * long.width() as f64 <= until;
                label(out, 0, start, if fits { &long } else { &short }, if fits { right } else { until + 4.0 });
            }
            if (monday || first) && self.day * 7.0 >= 26.0 {
                label(out, 1, start, &day.format("W%V").to_string(), right);
            }
            let text = match self.day {
                56.0.. => day.format("%a %-d").to_string(),
                18.0.. => day.format("%-d").to_string(),
                _ => String::new(),
            };
            if !text.is_empty() {
                label(out, 2, start, &text, end + 4.0);
            }
            if self.day >= 320.0 {
                self.hours(out, day, span, top, bottom, bands[2]);
            }
            first = false;
        }
    }

    /// Every sixth hour, or every third where there is room.
    fn hours(&self, out: &mut Svg, day: NaiveDate, span: Span, top: f64, bottom: f64, y: f64) {
        let step = if self.day >= 640.0 { 3 } else { 6 };
        for hour in (step..24).step_by(step) {
            let clock = NaiveTime::from_hms_opt(u32::try_from(hour).unwrap_or(0), 0, 0).unwrap_or_default();
            let at = self.zone.resolve(day.and_time(clock));
            if span.contains(at) {
                out.line("w-line", self.x(at), top, self.x(at), bottom, "stroke-dasharray=\"2 3\"");
                out.text("w-faint", self.x(at) + 3.0, y, 10, "", &clock.format("%H:%M").to_string());
            }
        }
    }

    fn bar(&self, out: &mut Svg, bar: &Bar, y: f64) {
        let (start, end) = (self.x(bar.span.start()), self.x(bar.span.end()));
        let width = (end - start).max(0.6);
        out.0.push_str("<g>");
        let _ = write!(out.0, "<title>{}</title>", escaped(&bar.facts));
        // A hair between bars, where there is room for one.
        let inner = if width > 4.0 { width - 1.0 } else { width };
        out.bar(bar.kind, start, y + 1.0, inner, LANE - 2.0);
        let room = width - 12.0;
        let label = bar.labels.iter().find(|it| LETTER * it.width() as f64 <= room).cloned();
        let label = label.unwrap_or_else(|| bar.labels.first().map(|it| fitting(it, room)).unwrap_or_default());
        if !label.is_empty() {
            let class = if bar.kind == Kind::Gap { "w-gap" } else { "w-ink" };
            let weight = if bar.kind == Kind::Gap { "font-weight=\"700\"" } else { "" };
            out.text(class, start + 8.0, y + 17.0, 12, weight, &label);
        }
        out.0.push_str("</g>\n");
    }
}

/// As much of a text as fits, with an ellipsis if it is not all; nothing if that would be less than two letters.
fn fitting(text: &str, room: f64) -> String {
    if LETTER * text.width() as f64 <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    for it in text.chars() {
        let mut longer = out.clone();
        longer.push(it);
        if LETTER * (longer.width() + 1) as f64 > room {
            break;
        }
        out = longer;
    }
    if out.chars().count() < 2 { String::new() } else { out.trim_end().to_owned() + "…" }
}

struct Svg(String);

impl Svg {
    fn rect(&mut self, class: &str, x: f64, y: f64, width: f64, height: f64, round: f64) {
        let [x, y, width, height] = [x, y, width, height].map(number);
        let round = if round > 0.0 { format!(" rx=\"{}\"", number(round)) } else { String::new() };
        let _ = writeln!(
            self.0,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{round}/>"
        );
    }

    fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64, more: &str) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(number);
        let more = if more.is_empty() { String::new() } else { format!(" {more}") };
        let _ = writeln!(self.0, "<path class=\"{class}\" d=\"M{x1} {y1}L{x2} {y2}\"{more}/>");
    }

    fn text(&mut self, class: &str, x: f64, y: f64, size: u32, more: &str, text: &str) {
        let more = if more.is_empty() { String::new() } else { format!(" {more}") };
        let _ = writeln!(
            self.0,
            "<text class=\"{class}\" x=\"{}\" y=\"{}\" font-size=\"{size}\"{more}>{}</text>",
            number(x),
            number(y),
            escaped(text)
        );
    }

    /// What kind of thing it is shows in its pattern, whose it is in its colour.
    fn bar(&mut self, kind: Kind, x: f64, y: f64, width: f64, height: f64) {
        let round = if width > 8.0 { 4.0 } else { 0.0 };
        match kind {
            Kind::Turn(color) | Kind::Override(color) => {
                self.rect(&format!("w-p{color}"), x, y, width, height, round);
                if matches!(kind, Kind::Override(_)) {
                    self.patterned("fill=\"url(#w-override)\"", x, y, width, height, round);
                }
                if width > 8.0 {
                    self.rect(&format!("w-e{color}"), x, y, 3.0, height, 1.5);
                }
            }
            Kind::Vacant => {
                let dashed = "fill=\"url(#w-vacancy)\" class=\"w-vacant-edge\" stroke-dasharray=\"3 3\"";
                self.patterned(dashed, x, y, width, height, round);
            }
            Kind::Gap => {
                let crossed = "fill=\"url(#w-nobody)\" class=\"w-gap-edge\" stroke-width=\"1.5\"";
                self.patterned(crossed, x, y, width, height, round);
            }
        }
    }

    fn patterned(&mut self, paint: &str, x: f64, y: f64, width: f64, height: f64, round: f64) {
        let [x, y, width, height, round] = [x, y, width, height, round].map(number);
        let _ = writeln!(
            self.0,
            "<rect {paint} x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        );
    }
}

/// A coordinate with at most one decimal.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}
