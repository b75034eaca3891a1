//! `show --format html`: a calendar as one page that asks nobody for anything.
//!
//! Without its script the page says who is on call and shows a timeline of two weeks. With it, the page shows the whole span
//! by day, week, month or at once, and draws only what is on the screen: so a year of two hundred rotations opens.
//!
//! The page counts no hours of its own: every day's first instant and every change of the clock come with the data.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

use crate::calendar::{Bill, Why};
use crate::export::chart::{self, Kind};
use crate::export::html::digest;
use crate::export::markup::escaped;
use crate::export::svg::drawing_within;
use crate::export::text::names;
use crate::export::{By, Reader, cadence, palette, reason, seat_title};
use crate::org::{Holder, PersonId};
use crate::time::{Instant, Span, Zone, stamp};

const STYLE: &str = include_str!("calendar.css");
const SCRIPT: &str = include_str!("calendar.js");

/// How long the timeline of a page without its script is, in days.
const STILL_DAYS: u64 = 14;
/// And how many bars it has at most: it is what a printer or a reader without scripts gets, and must stay light.
const STILL_BARS: usize = 1_500;

/// A page of its own: the calendars of a bill, at first with a row a rotation or a row a person.
pub fn calendar(bill: &Bill<'_>, by: By, reader: &Reader) -> String {
    let style = format!("{}{}{STYLE}", palette::style_of_page(), palette::style_within());
    let policy = format!(
        "default-src 'none'; base-uri 'none'; form-action 'none'; script-src '{}'; style-src '{}'",
        digest::source(SCRIPT.as_bytes()),
        digest::source(style.as_bytes()),
    );
    let zone = &reader.zone;
    let title = chart::heading(bill);
    let period = format!("{} to {}", stamp(bill.span.start(), zone), stamp(bill.span.end(), zone));
    let data = serde_json::to_string(&data(bill, by, reader)).expect("the data of a page is plain");
    let mut out = String::new();
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{0}</title>\n<style>{style}</style>\n</head>\n<body>\n\
         <header>\n<div>\n<h1>{0}</h1>\n<p class=\"period\"><span>{1}</span> <b>{2}</b></p>\n</div>\n</header>\n\
         <main>\n",
        escaped(&title),
        escaped(&period),
        zone.name(),
    );
    out.push_str(&still(bill, by, reader));
    out.push_str("</main>\n");
    let _ = write!(
        out,
        "<script type=\"application/json\" id=\"data\">{}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        harmless(&data)
    );
    out
}

/// JSON within a script: nothing in it ends the script, or a line of it.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for it in json.chars() {
        match it {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(it));
            }
            it => out.push(it),
        }
    }
    out
}

/// What a page shows that runs no script: who is on call, and a timeline from today on.
fn still(bill: &Bill<'_>, by: By, reader: &Reader) -> String {
    let zone = &reader.zone;
    let now_is_here = bill.span.contains(reader.now);
    let first = if now_is_here { zone.start_of_day(zone.day(reader.now)) } else { bill.span.start() };
    let last = zone.day(first).checked_add_days(Days::new(STILL_DAYS)).map(|it| zone.start_of_day(it));
    let span = Span::new(first, last.unwrap_or(bill.span.end())).and_then(|it| it.intersection(bill.span));
    let near = bill.within(span.unwrap_or(bill.span));
    let mut tracks = chart::tracks(&near, by, reader);
    let all = tracks.len();
    let mut bars = 0;
    let fitting = tracks.iter().take_while(|it| {
        bars += it.bars.len();
        bars <= STILL_BARS
    });
    let fitting = fitting.count().max(1);
    tracks.truncate(fitting);

    let mut out = String::from("<div id=\"still\">\n");
    if now_is_here {
        out.push_str(&on_call_now(bill, reader));
    }
    let _ = writeln!(out, "<div class=\"picture\">{}</div>", drawing_within(&tracks, &near, reader));
    if tracks.len() < all {
        let _ = writeln!(out, "<p>and {} more rows, which the page draws with its script</p>", all - tracks.len());
    }
    out.push_str(&exceptions(&tracks, reader));
    out.push_str("</div>\n");
    out
}

fn on_call_now(bill: &Bill<'_>, reader: &Reader) -> String {
    let colors = palette::colors(bill.org);
    let mut out = format!("<h2>Now, {}</h2>\n<ul class=\"now\">\n", escaped(&stamp(reader.now, &reader.zone)));
    for row in &bill.rows {
        let held = row.shifts.iter().filter(|it| it.span.contains(reader.now)).map(|it| it.holder);
        let held: Vec<Holder> = held.collect();
        let people: Vec<PersonId> = held.iter().filter_map(|it| it.person()).collect();
        let who = match people.as_slice() {
            [] if !held.is_empty() => "vacant".to_owned(),
            [] if row.gaps.iter().any(|it| it.contains(reader.now)) => "gap: nobody".to_owned(),
            [] => continue,
            people => names(bill.org, people),
        };
        let color = people.first().map_or(String::new(), |it| format!(" class=\"p{}\"", colors[it.0 as usize]));
        let title = seat_title(bill.org, row.seat);
        let _ = writeln!(out, "<li{color}><span>{}</span><b>{}</b></li>", escaped(&title), escaped(&who));
    }
    out + "</ul>\n"
}

/// What of a timeline is out of the ordinary, in words.
fn exceptions(tracks: &[chart::Track], reader: &Reader) -> String {
    let list = |heading: &str, wanted: fn(Kind) -> bool| {
        let bars = tracks.iter().flat_map(|it| &it.bars).filter(|it| wanted(it.kind));
        let row = |it: &chart::Bar| {
            let start = stamp(it.span.start(), &reader.zone);
            format!("<li><b>{}</b> {}</li>\n", escaped(&start), escaped(&it.facts.replace('\n', " · ")))
        };
        let rows: String = bars.map(row).collect();
        if rows.is_empty() { rows } else { format!("<h2>{heading}</h2>\n<ul>\n{rows}</ul>\n") }
    };
    list("Gaps", |it| it == Kind::Gap)
        + &list("Overrides and vacancies", |it| matches!(it, Kind::Override(_) | Kind::Vacant))
}

/// What the script of a page reads. Instants are seconds since 1970.
#[derive(Serialize)]
struct Data {
    zone: &'static str,
    from: i64,
    until: i64,
    now: i64,
    by: &'static str,
    /// From when on the clock is how many seconds ahead, and the letters on it.
    clock: Vec<(i64, i32, String)>,
    /// Each day's first instant, and its number since 1970-01-01. They begin before `from` and end after `until`, so
    /// that the weeks and months at the edges are whole.
    days: Vec<(i64, i64)>,
    people: Vec<PersonData>,
    seats: Vec<SeatData>,
    reasons: Vec<ReasonData>,
    /// Seat, person or -1, start, end, reason, and the number of a turn or 0; then, if it is not whole, what was planned.
    shifts: Vec<Vec<i64>>,
    /// Seat, start, end.
    gaps: Vec<(usize, i64, i64)>,
    /// Whether only some people were asked for.
    only: bool,
}

#[derive(Serialize)]
struct PersonData {
    key: String,
    name: String,
    color: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    reach: Option<String>,
}

#[derive(Serialize)]
struct SeatData {
    key: String,
    title: String,
    seat: String,
}

#[derive(Serialize)]
struct ReasonData {
    text: String,
    source: String,
    exception: bool,
}

fn data(bill: &Bill<'_>, by: By, reader: &Reader) -> Data {
    let (org, zone) = (bill.org, &reader.zone);
    let colors = palette::colors(org);
    let mut people: Vec<PersonData> = Vec::new();
    let mut places: BTreeMap<PersonId, usize> = BTreeMap::new();
    let held = bill.rows.iter().flat_map(|row| &row.shifts).filter_map(|it| it.holder.person());
    let mut holders: Vec<PersonId> = held.collect();
    holders.sort_unstable();
    holders.dedup();
    for id in holders {
        let person = org.person(id);
        places.insert(id, people.len());
        let reach = [&person.phone, &person.email, &person.chat].into_iter().flatten().next().cloned();
        let color = colors[id.0 as usize];
        people.push(PersonData { key: person.key.clone(), name: person.name.clone(), color, reach });
    }
    let mut data = Data {
        zone: zone.name(),
        from: bill.span.start().unix(),
        until: bill.span.end().unix(),
        now: reader.now.unix(),
        by: match by {
            By::Rotation => "rotation",
            By::Person => "person",
        },
        clock: Vec::new(),
        days: days(bill.span, zone),
        people,
        seats: Vec::new(),
        reasons: Vec::new(),
        shifts: Vec::new(),
        gaps: Vec::new(),
        only: !bill.people.is_empty(),
    };
    data.clock = clock(&data.days, zone);
    for (index, row) in bill.rows.iter().enumerate() {
        let rotation = org.rotation(row.seat.rotation);
        data.seats.push(SeatData {
            key: org.seat_name(row.seat),
            title: rotation.name.clone(),
            seat: row.seat.seat.to_string(),
        });
        let mut reasons: BTreeMap<Why, usize> = BTreeMap::new();
        for shift in &row.shifts {
            // Turns of one layer differ in their number only.
            let (same, turn) = match shift.why {
                Why::Turn { layer, number } => (Why::Turn { layer, number: 0 }, number + 1),
                Why::Override { .. } => (shift.why, 0),
            };
            let reason = *reasons.entry(same).or_insert_with(|| {
                let text = match shift.why {
                    Why::Turn { layer, .. } => cadence(org, row.seat, layer, zone),
                    Why::Override { .. } => reason(org, row.seat, shift.why, zone),
                };
                let source = shift.why.source(org, row.seat).map(ToString::to_string).unwrap_or_default();
                data.reasons.push(ReasonData { text, source, exception: matches!(shift.why, Why::Override { .. }) });
                data.reasons.len() - 1
            });
            let person = match shift.holder {
                Holder::Person(id) => signed(places[&id]),
                Holder::Nobody => -1,
            };
            let turn = i64::try_from(turn).unwrap_or(i64::MAX);
            let span = shift.span;
            let mut fields = vec![signed(index), person, span.start().unix(), span.end().unix(), signed(reason), turn];
            if shift.planned != span {
                fields.extend([shift.planned.start().unix(), shift.planned.end().unix()]);
            }
            data.shifts.push(fields);
        }
        data.gaps.extend(row.gaps.iter().map(|it| (index, it.start().unix(), it.end().unix())));
    }
    data
}

fn signed(index: usize) -> i64 {
    i64::try_from(index).expect("memory holds no more")
}

/// The days of all months that a span touches, and a week on either side.
fn days(span: Span, zone: &Zone) -> Vec<(i64, i64)> {
    let week = Days::new(7);
    let month = |day: NaiveDate| day.with_day(1).unwrap_or(day);
    let first = month(zone.day(span.start()));
    let first = first.checked_sub_days(week).unwrap_or(first);
    let last = zone.day(span.end());
    let last = month(last).checked_add_months(chrono::Months::new(1)).unwrap_or(last);
    let last = last.checked_add_days(week).unwrap_or(last);
    let days: Vec<(Instant, i64)> = first
        .iter_days()
        .take_while(|it| *it <= last)
        .map(|day| (zone.start_of_day(day), day.signed_duration_since(NaiveDate::default()).num_days()))
        .collect();
    // Two days that begin at once: the calendar there skips the first, or both lie outside of what is known.
    let begins =
        |(it, next): (usize, Option<&(Instant, i64)>)| next.is_none_or(|next| next.0 > days[it].0).then_some(it);
    let real = (0..days.len()).map(|it| (it, days.get(it + 1))).filter_map(begins);
    real.map(|it| (days[it].0.unix(), days[it].1)).collect()
}

/// Each change of the clock over some days.
fn clock(days: &[(i64, i64)], zone: &Zone) -> Vec<(i64, i32, String)> {
    let shows = |at: i64| {
        let at = Instant::from_unix(at);
        (zone.offset(at), zone.abbreviation(at))
    };
    let mut changes: Vec<(i64, i32, String)> = Vec::new();
    for pair in days.windows(2) {
        let (mut low, high) = (pair[0].0, pair[1].0);
        let here = shows(low);
        if changes.last().is_none_or(|(_, offset, letters)| (*offset, letters) != (here.0, &here.1)) {
            changes.push((low, here.0, here.1.clone()));
        }
        // A clock changes at most once a day.
        let (mut after, there) = (high, shows(high));
        if there != here {
            while after - low > 1 {
                let middle = low + (after - low) / 2;
                if shows(middle) == here { low = middle } else { after = middle }
            }
            changes.push((after, there.0, there.1));
        }
    }
    changes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_ends_no_script_and_no_line() {
        let json = serde_json::to_string("</script><!-- & \u{2028}\u{2029} é").unwrap();
        let expected = r#""\u003c/script\u003e\u003c!-- \u0026 \u2028\u2029 é""#;
        assert_eq!(harmless(&json), expected);
        assert_eq!(serde_json::from_str::<String>(expected).unwrap(), "</script><!-- & \u{2028}\u{2029} é");
    }

    #[track_caller]
    fn changes(zone: &str, from: &str, until: &str, expected: &[(&str, i32, &str)]) {
        let zone = Zone::named(zone).unwrap();
        let at = |text| crate::time::parse_instant(text, &zone).unwrap();
        let days = days(Span::new(at(from), at(until)).unwrap(), &zone);
        let found = clock(&days, &zone);
        let found: Vec<(String, i32, &str)> = found
            .iter()
            .map(|(at, offset, name)| (Instant::from_unix(*at).to_string(), *offset, name.as_str()))
            .collect();
        let expected: Vec<(String, i32, &str)> =
            expected.iter().map(|(at, offset, name)| ((*at).to_owned(), *offset, *name)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn the_clock_comes_with_its_changes() {
        // From a week before October to a week into November; the first instant is a midnight in summer.
        changes(
            "Europe/Dublin",
            "2026-10-20",
            "2026-10-30",
            &[("2026-09-23T23:00:00Z", 3600, "IST"), ("2026-10-25T01:00:00Z", 0, "GMT")],
        );
        changes(
            "Australia/Lord_Howe",
            "2026-04-01",
            "2026-04-08",
            &[("2026-03-24T13:00:00Z", 39_600, "+11"), ("2026-04-04T15:00:00Z", 37_800, "+1030")],
        );
        changes("Asia/Kolkata", "2026-04-01", "2026-04-08", &[("2026-03-24T18:30:00Z", 19_800, "IST")]);
    }

    #[test]
    fn a_day_that_never_was_is_none() {
        let zone = Zone::named("Pacific/Apia").unwrap();
        let at = |text| crate::time::parse_instant(text, &zone).unwrap();
        let days = days(Span::new(at("2011-12-28"), at("2012-01-02")).unwrap(), &zone);
        let number =
            |text: &str| text.parse::<NaiveDate>().unwrap().signed_duration_since(NaiveDate::default()).num_days();
        let near: Vec<i64> = days
            .iter()
            .map(|it| it.1)
            .filter(|it| (number("2011-12-28")..=number("2012-01-01")).contains(it))
            .collect();
        assert_eq!(near, ["2011-12-28", "2011-12-29", "2011-12-31", "2012-01-01"].map(number));
    }
}
