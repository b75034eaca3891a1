//! `split` as a page: divisions side by side.

use crate::export::SplitOf;
use crate::export::html::page::Page;
use crate::export::markup::escaped;
use crate::export::text::{
    breach_sentence, chance, count, people, split_sentences, title, what_is_divided, whole_minutes as minutes,
};
use crate::split::{Candidate, MONTH, Origin, Score, Split};
use crate::time::stamp;

/// How many divisions are drawn.
const MOST_DIVISIONS: usize = 8;
/// How many of them are told in full.
const MOST_DETAILED: usize = 3;

/// The whole page.
pub fn split(split: &Split, of: &SplitOf<'_>) -> String {
    let mut page = Page::new();
    head(&mut page, split);
    tiles(&mut page, split);
    scores(&mut page, split);
    page.push("<div class=\"two\">\n");
    held(&mut page, split);
    sizes(&mut page, split);
    page.push("</div>\n");
    let mut told = vec![&split.candidates[split.recommended]];
    let others = split.candidates.iter().filter(|it| it.origin != Origin::Proposed);
    let best = split.candidates.iter().filter(|it| it.origin == Origin::Proposed);
    for it in others.chain(best) {
        if told.len() < MOST_DETAILED && !told.iter().any(|other| std::ptr::eq(*other, it)) {
            told.push(it);
        }
    }
    for it in told {
        division(&mut page, split, it, of);
    }
    losses(&mut page, of);
    page.line(format_args!(
        "<footer>Made by Dogwatch. Weighted person-minutes a month of {:.1} days; docs/split.md defines every figure.</footer>",
        MONTH / 60.0 / 24.0
    ));
    page.finish("Split: what would a division do?")
}

fn head(page: &mut Page, split: &Split) {
    let mut sentences = split_sentences(split).into_iter();
    let end = split.last.as_ref().unwrap_or(&split.first).span.end();
    page.line(format_args!("<header><h1>{}</h1>", together(&sentences.next().unwrap_or_default())));
    page.line(format_args!(
        "<p>{} to {} · {} · clock of {}</p></header>",
        escaped(&stamp(split.first.span.start(), &split.zone)),
        escaped(&stamp(end, &split.zone)),
        escaped(&what_is_divided(split)),
        split.zone,
    ));
    page.push("<section><h2>What it says</h2>\n<ul class=\"findings\">\n");
    for it in sentences {
        page.line(format_args!("<li>{}</li>", together(&it)));
    }
    page.push("</ul></section>\n");
}

/// A sentence in which no figure is torn from its unit at the end of a line.
fn together(sentence: &str) -> String {
    escaped(&sentence.replace(" %", "\u{a0}%"))
}

fn shown(split: &Split) -> Vec<&Candidate> {
    let mut proposed = 0;
    let mut all: Vec<&Candidate> = Vec::new();
    for (place, it) in split.candidates.iter().enumerate() {
        proposed += usize::from(it.origin == Origin::Proposed);
        if it.origin != Origin::Proposed || proposed <= MOST_DIVISIONS || place == split.recommended {
            all.push(it);
        }
    }
    all
}

fn score_of(it: &Candidate) -> Score {
    it.last.unwrap_or(it.first)
}

fn tiles(page: &mut Page, split: &Split) {
    let (chosen, today) = (&split.candidates[split.recommended], split.today());
    page.push("<div class=\"tiles\">\n");
    let mut tile = |value: String, what: &str| {
        page.line(format_args!("<div class=\"tile\"><b>{}</b><span>{}</span></div>", escaped(&value), escaped(what)));
    };
    tile(title(chosen), "is recommended");
    let right = |it: &Candidate| {
        let pages: f64 = it.parts.iter().map(|it| it.pages).sum();
        let right: f64 = it.parts.iter().map(|it| it.pages * it.right_first_time).sum();
        if pages > 0.0 { right / pages * 100.0 } else { 0.0 }
    };
    match chosen.origin {
        Origin::Today => {
            tile(minutes(score_of(today).total()), "weighted minutes a month");
            if let Some(best) = split.candidates.iter().find(|it| it.origin != Origin::Today) {
                tile(minutes(score_of(best).total()), &format!("{}, the best other", title(best)));
            }
            tile(format!("{:.0}\u{a0}%", right(today)), "right first time");
        }
        _ => {
            tile(minutes(score_of(chosen).total()), "weighted minutes a month");
            tile(minutes(score_of(today).total()), "as it stands");
            let (now, then) = (right(today), right(chosen));
            tile(format!("{now:.0}\u{a0}% → {then:.0}\u{a0}%"), "right first time, now and then");
            tile(format!("{} of {}", chosen.moves.len(), split.first.model.to_place()), "people move");
        }
    }
    page.push("</div>\n");
}

/// Bars of what each division costs, in its three terms.
fn scores(page: &mut Page, split: &Split) {
    let all = shown(split);
    let most = all.iter().map(|it| score_of(it).total()).fold(1.0, f64::max);
    page.push("<section><h2>What each division costs</h2>\n");
    page.push(match split.last {
        Some(_) => "<p>Over the last months, which no proposal was made from.</p>\n",
        None => "<p>Over all months: there are too few to hold anything to later ones.</p>\n",
    });
    let (row, left, wide) = (30, 170, 620.0);
    let (width, height) = (left + 720, all.len() * row + 8);
    page.line(format_args!(
        "<div class=\"scroll\"><svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"What each division costs\">"
    ));
    for (place, it) in all.iter().enumerate() {
        let y = place * row + 4;
        let score = score_of(it);
        let weight =
            if std::ptr::eq(*it, &raw const split.candidates[split.recommended]) { " font-weight=\"700\"" } else { "" };
        page.line(format_args!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"end\"{weight}>{}</text>",
            left - 10,
            y + 15,
            escaped(&title(it))
        ));
        let mut x = f64::from(left);
        let terms = [
            ("bar", "lost to wrong first pages", score.lost),
            ("night", "load beyond a fair share", score.beyond),
            ("warm", "met too seldom", score.rusty),
        ];
        for (class, name, value) in terms {
            let long = value / most * wide;
            page.line(format_args!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y}\" width=\"{long:.1}\" height=\"20\"><title>{}: {} {name}</title></rect>",
                escaped(&title(it)),
                minutes(value)
            ));
            x += long;
        }
        page.line(format_args!(
            "<text class=\"soft\" x=\"{:.1}\" y=\"{}\">{}</text>",
            x + 8.0,
            y + 15,
            minutes(score.total())
        ));
    }
    page.push("</svg></div>\n<ul class=\"key\"><li><i style=\"background:var(--accent)\"></i>lost to wrong first pages</li><li><i style=\"background:var(--night)\"></i>load beyond a fair share</li><li><i style=\"background:var(--warm)\"></i>met too seldom</li></ul>\n");
    page.push("<div class=\"scroll\"><table>\n<tr><th>division</th><th class=\"n\">score</th><th class=\"n\">lost</th><th class=\"n\">beyond</th><th class=\"n\">seldom</th><th class=\"n\">first months</th><th class=\"n\">by chance as good</th><th class=\"n\">move</th><th>limits</th></tr>\n");
    for it in all {
        let score = score_of(it);
        let chance = it.by_chance.map(chance).unwrap_or_default();
        let limits: Vec<String> = it.breaches.iter().map(|breach| breach_sentence(it, *breach)).collect();
        let limits = if limits.is_empty() { "hold".to_owned() } else { format!("{} broken", limits.len()) };
        page.line(format_args!(
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{chance}</td><td class=\"n\">{}</td><td>{limits}</td></tr>",
            escaped(&title(it)),
            minutes(score.total()),
            minutes(score.lost),
            minutes(score.beyond),
            minutes(score.rusty),
            minutes(it.first.total()),
            it.moves.len(),
        ));
    }
    page.push("</table></div></section>\n");
}

/// The first months against the last.
fn held(page: &mut Page, split: &Split) {
    page.push("<section><h2>Does the past predict?</h2>\n");
    if split.last.is_none() {
        page.push("<p>There are too few months to tell.</p></section>\n");
        return;
    }
    page.push("<p>Across: over the months that proposals were made from. Up: over the later ones. On the line, the later months are as the first.</p>\n");
    let all = shown(split);
    let most = all.iter().flat_map(|it| [it.first.total(), score_of(it).total()]).fold(1.0, f64::max) * 1.05;
    let (side, left) = (330.0, 60.0);
    page.push("<svg width=\"420\" height=\"380\" viewBox=\"0 0 420 380\" role=\"img\" aria-label=\"First months against last\">\n");
    page.line(format_args!("<line class=\"axis\" x1=\"{left}\" x2=\"{}\" y1=\"{side}\" y2=\"{side}\"/><line class=\"axis\" x1=\"{left}\" x2=\"{left}\" y1=\"0\" y2=\"{side}\"/><line class=\"mean\" x1=\"{left}\" x2=\"{}\" y1=\"{side}\" y2=\"0\"/>", left + side, left + side));
    page.line(format_args!(
        "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">first months, up to {}</text>",
        left + side,
        side + 30.0,
        minutes(most)
    ));
    page.line(format_args!(
        "<text class=\"soft\" transform=\"translate({} 0) rotate(-90)\" text-anchor=\"end\">last months</text>",
        left - 14.0
    ));
    for it in all {
        let (x, y) = (left + it.first.total() / most * side, side - score_of(it).total() / most * side);
        let class = match it.origin {
            Origin::Today => "warm",
            Origin::Written => "alone",
            Origin::Proposed => "dot",
        };
        page.line(format_args!(
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"><title>{}: {} over the first months, {} over the last</title></circle>",
            escaped(&title(it)),
            minutes(it.first.total()),
            minutes(score_of(it).total())
        ));
    }
    page.push("</svg>\n<ul class=\"key\"><li><i style=\"background:var(--accent)\"></i>proposed</li><li><i style=\"background:var(--warm)\"></i>as it stands</li><li><i style=\"background:var(--good)\"></i>written</li></ul></section>\n");
}

/// How often people are on call, and how often they meet what they are called for.
fn sizes(page: &mut Page, split: &Split) {
    page.push("<section><h2>On call how often, and for what</h2>\n<p>Each dot is a rotation: across, weeks from one turn to the next; up, how often somebody meets each of its services in a year. Below the line is too seldom.</p>\n");
    let chosen = &split.candidates[split.recommended];
    let drawn: Vec<(&Candidate, &str)> = match chosen.origin {
        Origin::Today => vec![(split.today(), "warm")],
        _ => vec![(split.today(), "warm"), (chosen, "dot")],
    };
    let weeks = drawn.iter().flat_map(|it| &it.0.parts).map(|it| it.weeks_between).fold(1.0, f64::max) * 1.1;
    let often = drawn.iter().flat_map(|it| &it.0.parts).map(|it| it.repetitions).fold(4.0, f64::max) * 1.1;
    let (side, left) = (330.0, 60.0);
    page.push("<svg width=\"420\" height=\"380\" viewBox=\"0 0 420 380\" role=\"img\" aria-label=\"Weeks between turns and repetitions\">\n");
    let line = side - 3.0 / often * side;
    page.line(format_args!("<line class=\"axis\" x1=\"{left}\" x2=\"{}\" y1=\"{side}\" y2=\"{side}\"/><line class=\"axis\" x1=\"{left}\" x2=\"{left}\" y1=\"0\" y2=\"{side}\"/><line class=\"mean\" x1=\"{left}\" x2=\"{}\" y1=\"{line:.1}\" y2=\"{line:.1}\"/>", left + side, left + side));
    page.line(format_args!(
        "<text class=\"soft\" x=\"{}\" y=\"{}\" text-anchor=\"end\">weeks between turns, up to {weeks:.0}</text>",
        left + side,
        side + 30.0
    ));
    page.line(format_args!("<text class=\"soft\" transform=\"translate({} 0) rotate(-90)\" text-anchor=\"end\">times a year, up to {often:.0}</text>", left - 14.0));
    for (it, class) in drawn {
        for (facts, name) in it.parts.iter().zip(&it.names) {
            let (x, y) = (left + facts.weeks_between / weeks * side, side - facts.repetitions / often * side);
            page.line(format_args!(
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"><title>{} ({}): every {:.0} weeks, {:.1} times a year</title></circle>",
                escaped(name),
                escaped(&title(it)),
                facts.weeks_between,
                facts.repetitions
            ));
        }
    }
    page.push("</svg>\n<ul class=\"key\"><li><i style=\"background:var(--accent)\"></i>recommended</li><li><i style=\"background:var(--warm)\"></i>as it stands</li></ul></section>\n");
}

fn division(page: &mut Page, split: &Split, it: &Candidate, of: &SplitOf<'_>) {
    page.line(format_args!("<section><h2>{}</h2>", escaped(&title(it))));
    if it.origin != Origin::Today {
        page.line(format_args!("<p>{} of {} move.</p>", it.moves.len(), people(split.first.model.to_place())));
    }
    page.push("<div class=\"scroll\"><table>\n<tr><th>rotation</th><th class=\"n\">people</th><th class=\"n\">weeks between</th><th class=\"n\">pages a turn</th><th class=\"n\">in sleep</th><th class=\"n\">right first</th><th class=\"n\">repetitions</th><th class=\"n\">seldom</th><th class=\"n\">all asleep</th><th>is paged for</th></tr>\n");
    for ((part, facts), name) in it.division.parts.iter().zip(&it.parts).zip(&it.names) {
        let things: Vec<&str> = part.things.iter().map(|it| split.things[*it].as_str()).collect();
        let who: Vec<&str> = part.people.iter().map(|it| split.people[*it].as_str()).collect();
        let who = if of.aggregate {
            String::new()
        } else {
            format!("<br><span class=\"q\" style=\"white-space:normal;padding:0\">{}</span>", escaped(&who.join(", ")))
        };
        page.line(format_args!(
            "<tr><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{:.0}</td><td class=\"n\">{:.1}</td><td class=\"n\">{:.1}</td><td class=\"n\">{:.0} %</td><td class=\"n\">{:.1}</td><td class=\"n\">{:.0} of {}</td><td class=\"n\">{:.0} h</td><td>{}{who}</td></tr>",
            escaped(name),
            part.people.len(),
            facts.weeks_between,
            facts.pages,
            facts.pages_in_sleep,
            facts.right_first_time * 100.0,
            facts.repetitions,
            facts.seldom,
            part.people.len() * part.things.len(),
            facts.uncovered,
            escaped(&things.join(", ")),
        ));
    }
    page.push("</table></div>\n");
    for breach in &it.breaches {
        page.line(format_args!("<p class=\"moves\">{}</p>", escaped(&breach_sentence(it, *breach))));
    }
    page.push("</section>\n");
}

fn losses(page: &mut Page, of: &SplitOf<'_>) {
    if !of.losses.is_empty() {
        page.line(format_args!(
            "<section><h2>Not used: {} rows</h2>\n<p>`dogwatch fit` says which.</p></section>",
            count(of.losses.rows())
        ));
    }
}
