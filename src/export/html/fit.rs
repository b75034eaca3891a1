//! `fit` as a page: what one wants to show in a meeting.

use crate::export::FitOf;
use crate::export::html::page::Page;
use crate::export::markup::escaped;
use crate::export::text::{
    count, finding_sentences, long, percent, says_something, steadiness_sentence, then_sentence,
};
use crate::history::Told;
use crate::history::fit::{Drift, Fit, Month, OFTEN, Part, Repetition, ReplayedTo, Share, Spread};
use crate::org::harmless;
use crate::time::{CIVIL_DAY, stamp, weekday_names};

/// How many teams the matrix has.
const MOST_TEAMS: usize = 18;
/// How many people and values the picture of repetition has.
const MOST_PEOPLE: usize = 24;
const MOST_VALUES: usize = 20;
/// How long a label may be.
const MOST_LABEL: usize = 22;

/// The whole page.
pub fn fit(fit: &Fit, of: &FitOf<'_>) -> String {
    let mut page = Page::new();
    sections(&mut page, fit, of);
    page.push("<footer>Made by Dogwatch. Intervals hold the true value 95 times in 100; docs/fit.md defines every figure.</footer>\n");
    page.finish("Fit: were the right people paged?")
}

/// What the page has between its tags, for a page of somebody else with [`STYLE`](super::FIT_STYLE), and its first sentence.
pub(crate) fn fit_within(fit: &Fit, of: &FitOf<'_>) -> (String, String) {
    let mut page = Page::new();
    sections(&mut page, fit, of);
    let title = finding_sentences(fit, of).into_iter().next().unwrap_or_default();
    (page.into_body(), title)
}

fn sections(page: &mut Page, fit: &Fit, of: &FitOf<'_>) {
    head(page, fit, of);
    tiles(page, fit);
    matrix(page, fit, of);
    misroutes(page, fit, of);
    months(page, fit);
    page.push("<div class=\"two\">\n");
    week(page, fit);
    how_long(page, fit);
    page.push("</div>\n");
    load(page, fit, of);
    if let Some(it) = fit.repetition.as_ref().filter(|it| !it.met.is_empty()) {
        repetition(page, fit, of, it);
    }
    replay(page, fit, of);
    losses(page, of);
}

fn head(page: &mut Page, fit: &Fit, of: &FitOf<'_>) {
    let mut sentences = finding_sentences(fit, of).into_iter();
    let first = sentences.next().unwrap_or_default();
    page.line(format_args!("<header><h1>{}</h1>", escaped(&first)));
    page.line(format_args!(
        "<p>{}, {} to {} · {}, {} people · clock of {}{}</p></header>",
        crate::export::text::fit::counted(fit.episodes, "episode"),
        escaped(&stamp(fit.span.0, &fit.zone)),
        escaped(&stamp(fit.span.1, &fit.zone)),
        crate::export::text::fit::counted(fit.teams, "team"),
        count(fit.people),
        fit.zone,
        of.place.map(|it| format!(" · with the organisation in {}", escaped(it))).unwrap_or_default(),
    ));
    page.push("<section><h2>What it says</h2>\n<ul class=\"findings\">\n");
    for it in sentences {
        page.line(format_args!("<li>{}</li>", escaped(&it)));
    }
    page.push("</ul></section>\n");
}

fn tiles(page: &mut Page, fit: &Fit) {
    page.push("<div class=\"tiles\">\n");
    let mut tile = |value: String, what: &str| {
        if !value.is_empty() {
            page.line(format_args!(
                "<div class=\"tile\"><b>{}</b><span>{}</span></div>",
                escaped(&value),
                escaped(what)
            ));
        }
    };
    if fit.is_within_teams() {
        tile(percent(fit.within.right), "first person had it last, within a team");
        let lost = fit.within.lost.map(|it| long(it.median)).unwrap_or_default();
        tile(lost, "median time lost from person to person");
    }
    if fit.compares_teams() {
        tile(percent(fit.right), "right first time");
        tile(count(fit.hand_offs.total), "hand-offs");
        tile(percent(fit.ping_pong.episodes), "there and back again");
    }
    tile(fit.lost.0.map(|it| long(it.median)).unwrap_or_default(), "median time lost if wrong first");
    let sleeping = fit.load_totals();
    let all = sleeping.parts.iter().sum();
    tile(percent(Share { count: sleeping.parts[Part::Sleeping as usize], of: all }), "of calls while sleeping");
    page.push("</div>\n");
}

/// First team by last team.
fn matrix(page: &mut Page, fit: &Fit, of: &FitOf<'_>) {
    let mut teams: Vec<_> = fit.by_team.iter().filter(|it| it.right.of + it.last > 0).collect();
    teams.sort_by_key(|it| std::cmp::Reverse(it.right.of + it.last));
    let shown: Vec<u32> = teams.iter().take(MOST_TEAMS).map(|it| it.team).collect();
    if shown.len() < 2 || fit.matrix.is_empty() {
        return;
    }
    page.push("<section><h2>Who had it first, and who had it last</h2>\n");
    let more = teams.len() - shown.len();
    let more = if more > 0 { format!(" The {} busiest of {} teams.", shown.len(), teams.len()) } else { String::new() };
    page.line(format_args!(
        "<p>Each row is a first team: how many in a hundred of its episodes each team had last. Framed in green: right first time. Everything else was paged wrongly.{more}</p>"
    ));
    let find = |first: u32, last: u32| {
        let found = fit.matrix.binary_search_by_key(&(first, last), |it| (it.from, it.to));
        found.map_or(0, |it| fit.matrix[it].count)
    };
    let (cell, left, top) = (38, 178, 112);
    let side = cell * shown.len();
    let (width, height) = (left + side + 70, top + side + 8);
    page.line(format_args!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"First and last team, as a table of squares\"><svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"First team by last team\">"
    ));
    for (place, team) in shown.iter().enumerate() {
        let x = left + place * cell + cell / 2 + 4;
        page.line(format_args!(
            "<text transform=\"translate({x} {}) rotate(-50)\">{}</text>",
            top - 10,
            label(of.team(*team), 16)
        ));
    }
    page.line(format_args!("<text class=\"soft\" x=\"{}\" y=\"{}\">episodes</text>", left + side + 12, top - 10));
    for (row, first) in shown.iter().enumerate() {
        let y = top + row * cell;
        let all = fit.by_team.iter().find(|it| it.team == *first).map_or(0, |it| it.right.of);
        let text = y + cell / 2 + 4;
        page.line(format_args!(
            "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\">{}</text>",
            left - 10,
            label(of.team(*first), MOST_LABEL)
        ));
        for (column, last) in shown.iter().enumerate() {
            let x = left + column * cell;
            let episodes = find(*first, *last);
            let share = Share { count: episodes, of: all }.value().unwrap_or(0.0);
            let (inner, corner) = (cell - 3, 4);
            let class = if episodes == 0 { "empty" } else { "h" };
            page.line(format_args!(
                "<rect class=\"{class}\" fill-opacity=\"{:.2}\" x=\"{x}\" y=\"{y}\" width=\"{inner}\" height=\"{inner}\" rx=\"{corner}\"><title>{} first, {} last: {} of {} ({})</title></rect>",
                heat(share),
                escaped(of.team(*first)),
                escaped(of.team(*last)),
                count(episodes),
                count(all),
                percent(Share { count: episodes, of: all }),
            ));
            if share >= 0.005 {
                let over = if share > 0.4 { " class=\"over\"" } else { "" };
                page.line(format_args!(
                    "<text{over} x=\"{}\" y=\"{text}\" text-anchor=\"middle\" pointer-events=\"none\">{:.0}</text>",
                    x + inner / 2,
                    share * 100.0
                ));
            }
            if first == last {
                page.line(format_args!(
                    "<rect class=\"diagonal\" x=\"{x}\" y=\"{y}\" width=\"{inner}\" height=\"{inner}\" rx=\"{corner}\" pointer-events=\"none\"/>"
                ));
            }
        }
        page.line(format_args!("<text class=\"soft\" x=\"{}\" y=\"{text}\">{}</text>", left + side + 12, count(all)));
    }
    page.push("</svg></div></section>\n");
}

/// How strong a colour is: what is rare must still be seen.
fn heat(share: f64) -> f64 {
    if share <= 0.0 { 0.0 } else { (0.08 + 0.92 * share.sqrt()).min(1.0) }
}

fn misroutes(page: &mut Page, fit: &Fit, of: &FitOf<'_>) {
    if fit.misroutes.is_empty() {
        return;
    }
    page.push("<section><h2>Where most was lost</h2>\n<p>The first team was another than the last. Lost is the time from opening until the last team first had it.</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Where most was lost, as a table\"><table>\n<tr><th>first</th><th>last</th><th class=\"n\">times</th><th class=\"n\">lost each time</th><th>95 %</th><th class=\"n\">hours in all</th></tr>\n");
    for it in fit.misroutes.iter().take(12) {
        let (median, interval) = match it.lost.0 {
            Some(lost) => (long(lost.median), between(lost)),
            None => ("not known".to_owned(), String::new()),
        };
        page.line(format_args!(
            "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{median}</td><td class=\"q\">{interval}</td><td class=\"n\">{}</td></tr>",
            escaped(of.team(it.first)),
            escaped(of.team(it.last)),
            count(it.episodes),
            if it.known > 0 { count(it.lost_seconds / 3600) } else { String::new() },
        ));
    }
    page.push("</table></div></section>\n");
}

fn between(it: Spread) -> String {
    it.interval.map(|(low, high)| format!("{} to {}", long(low), long(high))).unwrap_or_default()
}

/// Load over time, and what moves with it.
fn months(page: &mut Page, fit: &Fit) {
    // A thin tail of months with next to nothing would press the others together.
    let busiest = fit.months.iter().map(|it| it.episodes).max().unwrap_or(0);
    let shown: Vec<&Month> = fit.months.iter().collect();
    if shown.is_empty() || busiest == 0 {
        return;
    }
    page.push("<section><h2>Month by month</h2>\n<p>The past predicts the next month only if the months before it agree: where two intervals have nothing in common, it says so.</p>\n<div class=\"two\">\n");
    page.push("<div>");
    bars(page, &shown, busiest);
    page.push("</div>\n");
    let right = |it: &Month| {
        let (low, high) = it.right.interval()?;
        Some([low, it.right.value()?, high])
    };
    let spread = |it: Option<Spread>| {
        let (low, high) = it?.interval?;
        Some([low, it?.median, high].map(f64::from))
    };
    let percents: Units<'_> = (&|it| format!("{:.0}", it * 100.0), &|it| format!("{:.1} %", it * 100.0));
    let median = |it: Option<Spread>| it.map(|it| f64::from(it.median));
    if fit.compares_teams() {
        whiskers(page, "right first time, %", &shown, &right, fit.right.value(), &percents);
    }
    let resolve = |it: &Month| spread(it.resolved.0);
    let units: Units<'_> = (&short, &exact);
    whiskers(page, "time to resolve, median", &shown, &resolve, median(fit.resolved.all.0), &units);
    let lost = |it: &Month| spread(it.lost.0);
    whiskers(page, "time lost if wrong first, median", &shown, &lost, median(fit.lost.0), &units);
    page.push("</div>\n<ul class=\"plain\">\n");
    for it in fit.steadiness.iter().filter(|it| says_something(fit, it)) {
        let class = match it.drift {
            Drift::TooFew => "q",
            Drift::Steady => "steady",
            Drift::Moves { .. } => "moves",
        };
        page.line(format_args!("<li class=\"{class}\">{}</li>", escaped(&steadiness_sentence(fit, it))));
    }
    page.push("</ul></section>\n");
}

fn exact(seconds: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is not negative, and saturates")]
    long(seconds as u32)
}

/// On an axis there is room for one unit: `1.5 h`.
fn short(seconds: f64) -> String {
    let text = exact(seconds);
    match text.matches(' ').count() {
        0 | 1 => text,
        _ if text.contains(" d") => format!("{:.1} d", seconds / CIVIL_DAY as f64),
        _ => format!("{:.1} h", seconds / 3_600.0),
    }
}

/// How a value is said on the axis, and in full.
type Units<'a> = (&'a dyn Fn(f64) -> String, &'a dyn Fn(f64) -> String);

const PLOT: (f64, f64) = (500.0, 210.0);
const LEFT: f64 = 46.0;
const BOTTOM: f64 = 26.0;
const TOP: f64 = 30.0;
/// Room for the label of the last month.
const MARGIN: f64 = 18.0;

/// Where the middle of a month stands.
fn place(month: usize, months: usize) -> f64 {
    LEFT + (PLOT.0 - LEFT) * (float(month as u64) + 0.5) / float(months.max(1) as u64)
}

fn plot(page: &mut Page, title: &str, months: &[&Month], top: f64, unit: &dyn Fn(f64) -> String) {
    let (width, height) = PLOT;
    page.line(format_args!(
        "<svg viewBox=\"0 0 {1} {height}\" width=\"{1}\" height=\"{height}\" role=\"img\" aria-label=\"{0}\"><text class=\"soft\" x=\"{LEFT}\" y=\"14\">{0}</text>",
        escaped(title),
        width + MARGIN
    ));
    for line in 0..=4 {
        let value = top * f64::from(line) / 4.0;
        let y = height_of(value, top);
        page.line(format_args!(
            "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{width}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text class=\"soft\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            unit(value)
        ));
    }
    let every = months.len().div_ceil(7);
    for (number, month) in months.iter().enumerate().filter(|(number, _)| number % every == 0) {
        page.line(format_args!(
            "<text class=\"soft\" x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
            place(number, months.len()).max(LEFT),
            height - 6.0,
            month.name
        ));
    }
}

fn height_of(value: f64, top: f64) -> f64 {
    PLOT.1 - BOTTOM - (PLOT.1 - BOTTOM - TOP) * (value / top).clamp(0.0, 1.0)
}

fn bars(page: &mut Page, months: &[&Month], busiest: u64) {
    let top = nice(float(busiest));
    plot(page, "episodes opened", months, top, &|it| {
        let thousands = it / 1000.0;
        if top >= 10_000.0 { format!("{thousands:.0}k") } else { format!("{it:.0}") }
    });
    let step = (PLOT.0 - LEFT) / float(months.len() as u64);
    for (number, month) in months.iter().enumerate() {
        let y = height_of(float(month.episodes), top);
        page.line(format_args!(
            "<rect class=\"bar\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" rx=\"2\"><title>{}: {} episodes</title></rect>",
            place(number, months.len()) - step * 0.36,
            (step * 0.72).max(1.0),
            PLOT.1 - BOTTOM - y,
            month.name,
            count(month.episodes)
        ));
    }
    page.push("</svg>");
}

/// The middle of each month with its interval, and a line for all months together.
fn whiskers(
    page: &mut Page,
    title: &str,
    months: &[&Month],
    values: &dyn Fn(&Month) -> Option<[f64; 3]>,
    overall: Option<f64>,
    (axis, unit): &Units<'_>,
) {
    // A month with next to nothing in it has an interval as wide as everything: it is not what the scale is for.
    let known = |it: &&&Month| it.episodes >= crate::history::fit::LEAST_A_MONTH;
    let highest = months.iter().filter(known).filter_map(|it| values(it)).map(|it| it[2]).fold(0.0, f64::max);
    if highest <= 0.0 {
        return;
    }
    let top = if highest <= 1.0 { 1.0 } else { nice_seconds(highest) };
    page.push("<div>");
    plot(page, title, months, top, axis);
    if let Some(overall) = overall {
        let y = height_of(overall, top);
        page.line(format_args!(
            "<line class=\"mean\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\"><title>all months: {}</title></line>",
            PLOT.0,
            unit(overall)
        ));
    }
    for (number, month) in months.iter().enumerate() {
        let Some([low, middle, high]) = values(month) else { continue };
        let x = place(number, months.len());
        let faint = if known(&month) { "" } else { " opacity=\"0.35\"" };
        page.line(format_args!(
            "<g{faint}><line class=\"whisker\" x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{:.1}\"/><circle class=\"dot\" cx=\"{x:.1}\" cy=\"{:.1}\" r=\"4\"/><title>{}: {} ({} to {}), {} episodes</title></g>",
            height_of(low, top),
            height_of(high, top),
            height_of(middle, top),
            month.name,
            unit(middle),
            unit(low),
            unit(high),
            count(month.episodes)
        ));
    }
    page.push("</svg></div>\n");
}

/// The next round number of which a quarter is round.
fn nice(value: f64) -> f64 {
    let mut unit = 4.0;
    while unit * 10.0 < value {
        unit *= 10.0;
    }
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0].iter().map(|it| it * unit).find(|it| *it >= value).unwrap_or(value)
}

/// The next length of time of which a quarter is round.
fn nice_seconds(value: f64) -> f64 {
    let quarters = [15.0, 60.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 10_800.0, 21_600.0, 43_200.0];
    let found = quarters.iter().map(|it| it * 4.0).find(|it| *it >= value);
    found.unwrap_or_else(|| nice(value / 172_800.0) * 172_800.0)
}

#[allow(clippy::cast_precision_loss, reason = "a picture is not that fine")]
fn float(count: u64) -> f64 {
    count as f64
}

fn week(page: &mut Page, fit: &Fit) {
    page.push("<section><h2>Hours of the week</h2>\n");
    page.line(format_args!("<p>When episodes open, on the clock of {}.</p>", fit.zone));
    let most = fit.hours.iter().flatten().copied().max().unwrap_or(0).max(1);
    let (cell, left, top) = (19, 36, 20);
    let (width, height) = (left + 24 * cell + 4, top + 7 * cell + 4);
    page.line(format_args!(
        "<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"Openings by weekday and hour\">"
    ));
    for hour in (0..24).step_by(3) {
        page.line(format_args!("<text class=\"soft\" x=\"{}\" y=\"13\">{hour:02}</text>", left + hour * cell));
    }
    for (row, (day, hours)) in weekday_names().zip(&fit.hours).enumerate() {
        let y = top + row * cell;
        page.line(format_args!("<text class=\"soft\" x=\"0\" y=\"{}\">{day}</text>", y + 13));
        for (hour, episodes) in hours.iter().enumerate() {
            let class = if *episodes == 0 { "empty" } else { "h" };
            page.line(format_args!(
                "<rect class=\"{class}\" fill-opacity=\"{:.2}\" x=\"{}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" rx=\"3\"><title>{day} {hour:02}:00: {}</title></rect>",
                heat(float(*episodes) / float(most)),
                left + hour * cell,
                count(*episodes),
                size = cell - 2,
            ));
        }
    }
    page.push("</svg></section>\n");
}

fn how_long(page: &mut Page, fit: &Fit) {
    page.push("<section><h2>How long it took</h2>\n<p>Medians, and what nine of ten did not exceed.</p>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"How long it took, as a table\"><table>\n<tr><th>of</th><th class=\"n\">acknowledged</th><th class=\"n\">90 %</th><th class=\"n\">resolved</th><th class=\"n\">90 %</th></tr>\n");
    let rows = [
        ("all", fit.acknowledged.all, fit.resolved.all),
        ("right first time", fit.acknowledged.right, fit.resolved.right),
        ("wrong first", fit.acknowledged.wrong, fit.resolved.wrong),
        ("no hand-off", fit.acknowledged.classes[0], fit.resolved.classes[0]),
        ("1 or 2 hand-offs", fit.acknowledged.classes[1], fit.resolved.classes[1]),
        ("3 or more", fit.acknowledged.classes[2], fit.resolved.classes[2]),
    ];
    for (name, acknowledged, resolved) in rows {
        let same = !fit.compares_teams();
        if name != "all" && (same || acknowledged.0.is_none() && resolved.0.is_none()) {
            continue;
        }
        let cell = |it: Option<u32>| it.map(long).unwrap_or_default();
        page.line(format_args!(
            "<tr><td>{name}</td><td class=\"n\">{}</td><td class=\"n q\">{}</td><td class=\"n\">{}</td><td class=\"n q\">{}</td></tr>",
            cell(acknowledged.0.map(|it| it.median)),
            cell(acknowledged.0.map(|it| it.ninety)),
            cell(resolved.0.map(|it| it.median)),
            cell(resolved.0.map(|it| it.ninety)),
        ));
    }
    page.push("</table></div></section>\n");
}

fn load(page: &mut Page, fit: &Fit, of: &FitOf<'_>) {
    if fit.loads.is_empty() {
        return;
    }
    let totals = fit.load_totals();
    page.push("<section><h2>Who was called in, and when</h2>\n");
    let clock = match fit.own_clocks {
        0 => format!("Nobody's own zone is known: hours are those of {}.", fit.zone),
        all if all == fit.people => "Each on their own clock.".to_owned(),
        some => format!("{some} of {} on their own clock, the others on that of {}.", count(fit.people), fit.zone),
    };
    page.line(format_args!(
        "<p>Half of the {} people had {} or fewer, the most {}; the ten with the most had {} of all. {}</p>",
        count(fit.people),
        count(u64::from(totals.a_person.median)),
        count(totals.most),
        percent(totals.top_ten),
        escaped(&clock)
    ));
    if let Some(text) = then_sentence(of) {
        page.line(format_args!("<p>{}</p>", escaped(&text)));
    }
    let mut rows: Vec<_> = fit.loads.iter().collect();
    rows.sort_by_key(|it| std::cmp::Reverse(it.episodes));
    let rows: Vec<(String, [u64; 3])> = match of.aggregate {
        true => vec![("all people".to_owned(), totals.parts)],
        false => rows.iter().take(20).map(|it| (of.person(it.person).to_owned(), it.parts)).collect(),
    };
    let most = rows.iter().map(|(_, parts)| parts.iter().sum()).max().unwrap_or(1).max(1_u64);
    let (step, left, bar) = (24, 170, 760.0);
    let height = rows.len() * step + 4;
    page.line(format_args!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"People by part of the day\"><svg width=\"1010\" height=\"{height}\" viewBox=\"0 0 1010 {height}\" role=\"img\" aria-label=\"Episodes by person and part of the day\">"
    ));
    for (row, (name, parts)) in rows.iter().enumerate() {
        let y = row * step;
        page.line(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
            left - 10,
            y + 16,
            label(name, MOST_LABEL)
        ));
        let mut x = f64::from(left);
        for (part, class, word) in [
            (Part::Working, "bar", "working"),
            (Part::Evening, "warm", "evening"),
            (Part::Sleeping, "night", "sleeping"),
        ] {
            let episodes = parts[part as usize];
            let width = bar * float(episodes) / float(most);
            if width > 0.0 {
                page.line(format_args!(
                    "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{}\" width=\"{width:.1}\" height=\"17\"><title>{}: {} {word}</title></rect>",
                    y + 3,
                    escaped(name),
                    count(episodes)
                ));
            }
            x += width;
        }
        page.line(format_args!(
            "<text class=\"soft\" x=\"{:.1}\" y=\"{}\">{}</text>",
            x + 8.0,
            y + 16,
            count(parts.iter().sum())
        ));
    }
    page.push("</svg></div>\n<ul class=\"key\"><li><i class=\"of-accent\"></i>working</li><li><i class=\"of-warm\"></i>evening and weekend</li><li><i class=\"of-night\"></i>sleeping</li></ul></section>\n");
}

fn repetition(page: &mut Page, fit: &Fit, of: &FitOf<'_>, repetition: &Repetition) {
    page.line(format_args!("<section><h2>Who meets what, by {}</h2>", escaped(&repetition.tag)));
    page.line(format_args!(
        "<p>Mastery needs repetition: often is {OFTEN} times or more in the last year, since {}.</p>",
        repetition.year.utc().format("%Y-%m-%d")
    ));
    let values: Vec<_> = repetition.values.iter().take(MOST_VALUES).collect();
    if of.aggregate {
        page.push("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Who meets what, counted\"><table>\n<tr><th>who</th><th class=\"n\">episodes</th><th class=\"n\">often</th><th class=\"n\">rusty</th><th class=\"n\">never</th><th class=\"n\">could carry it alone</th></tr>\n");
        for it in values {
            page.line(format_args!(
                "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
                escaped(of.value(it.value)),
                count(it.episodes),
                count(it.often),
                count(it.rusty),
                count(fit.people.saturating_sub(it.often + it.rusty)),
                count(it.alone)
            ));
        }
        page.push("</table></div></section>\n");
        return;
    }
    let mut people: Vec<_> = fit.loads.iter().collect();
    people.sort_by_key(|it| std::cmp::Reverse(it.episodes));
    people.truncate(MOST_PEOPLE);
    let (cell, left, top) = (30, 178, 118);
    let (width, height) = (left + values.len() * cell + 50, top + people.len() * 24 + 6);
    page.line(format_args!(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Who meets what, as a picture\"><svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"People by {}\">",
        escaped(&repetition.tag)
    ));
    for (column, value) in values.iter().enumerate() {
        page.line(format_args!(
            "<text transform=\"translate({} {}) rotate(-50)\">{}</text>",
            left + column * cell + cell / 2 + 4,
            top - 10,
            label(of.value(value.value), 18)
        ));
    }
    for (row, person) in people.iter().enumerate() {
        let y = top + row * 24;
        page.line(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text><line class=\"grid\" x1=\"{left}\" x2=\"{}\" y1=\"{line}\" y2=\"{line}\"/>",
            left - 10,
            y + 16,
            label(of.person(person.person), MOST_LABEL),
            left + values.len() * cell,
            line = y + 12,
        ));
        for (column, value) in values.iter().enumerate() {
            let x = left + column * cell + cell / 2;
            let found = repetition.met.binary_search_by_key(&(person.person, value.value), |it| (it.person, it.value));
            let Ok(found) = found else { continue };
            let met = &repetition.met[found];
            let class = if met.carries_alone() {
                "alone"
            } else if met.is_often() {
                "often"
            } else {
                "rusty"
            };
            page.line(format_args!(
                "<circle class=\"{class}\" cx=\"{x}\" cy=\"{}\" r=\"{:.1}\"><title>{}, {}: {} times, {} in the last year, {} of them alone</title></circle>",
                y + 12,
                (3.0 + float(met.last_year.max(1)).ln() * 1.3).min(10.5),
                escaped(of.person(person.person)),
                escaped(of.value(value.value)),
                count(met.episodes),
                count(met.last_year),
                count(met.alone)
            ));
        }
    }
    page.push("</svg></div>\n<ul class=\"key\"><li><i class=\"of-good\"></i>could carry it alone</li><li><i class=\"of-accent\"></i>often, with others</li><li><i class=\"ring\"></i>rusty</li><li>nothing: never</li></ul></section>\n");
}

fn replay(page: &mut Page, fit: &Fit, of: &FitOf<'_>) {
    let (Some(org), Some(replay)) = (of.org, &fit.replay) else { return };
    page.push("<section><h2>The same history through the routes as they stand</h2>\n");
    if replay.right.of > 0 {
        page.line(format_args!(
            "<p>Right first time {} then, {} as it went, of the {} whose last team is a rotation. Only the last route took {}.</p>",
            percent(replay.right),
            if replay.before.of > 0 { percent(replay.before) } else { "not known".to_owned() },
            count(replay.right.of),
            count(replay.last_row)
        ));
    } else if fit.told == Told::First {
        page.push("<p>Whether that would be right cannot be said: who had the episodes in the end is not known.</p>\n");
    } else {
        page.line(format_args!(
            "<p>No team of the history is a rotation here. Only the last route took {}.</p>",
            count(replay.last_row)
        ));
    }
    page.push("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"The history through the routes, as a table\"><table>\n<tr><th>paged first</th><th class=\"n\">episodes</th><th class=\"n\">share</th></tr>\n");
    for (to, episodes) in replay.to.iter().take(15) {
        let name = match to {
            ReplayedTo::Rotation(rotation) => org.rotation(*rotation).name.clone(),
            ReplayedTo::Person(_) if of.aggregate => "a person".to_owned(),
            ReplayedTo::Person(person) => org.person(*person).name.clone(),
            ReplayedTo::Channel => "a channel only".to_owned(),
            ReplayedTo::Nowhere => "nobody".to_owned(),
        };
        page.line(format_args!(
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n q\">{}</td></tr>",
            escaped(&name),
            count(*episodes),
            percent(Share { count: *episodes, of: fit.episodes })
        ));
    }
    page.push("</table></div></section>\n");
}

fn losses(page: &mut Page, of: &FitOf<'_>) {
    if of.losses.is_empty() {
        return;
    }
    page.line(format_args!(
        "<section><h2>Not used: {} rows</h2>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"What was not used\"><table>",
        count(of.losses.rows())
    ));
    for (loss, rows, shown) in &of.losses.kinds {
        let first = shown.first().map(|it| format!("{}:{}  {}", it.file, it.line, it.text)).unwrap_or_default();
        page.line(format_args!(
            "<tr><td class=\"n\">{}</td><td>{loss}</td><td class=\"q\">{}</td></tr>",
            count(*rows),
            escaped(&harmless(&first))
        ));
    }
    for (file, reason) in &of.losses.cut_short {
        page.line(format_args!(
            "<tr><td></td><td colspan=\"2\">{} was not read to its end: {}</td></tr>",
            escaped(&harmless(file)),
            escaped(reason)
        ));
    }
    page.push("</table></div></section>\n");
}

/// As much of a name as there is room for.
fn label(name: &str, most: usize) -> String {
    match name.chars().count() > most {
        true => escaped(&name.chars().take(most - 1).chain(['…']).collect::<String>()),
        false => escaped(name),
    }
}
