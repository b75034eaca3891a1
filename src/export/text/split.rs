//! `split`: divisions, the finding first.

use std::fmt::Write as _;

use crate::export::text::columns::aligned;
use crate::export::text::fit::counted;
use crate::export::text::{BAD, FAINT, GOOD, STRONG, count, losses, styled};
use crate::export::{Reader, SplitOf};
use crate::split::{Breach, ByChance, Candidate, Origin, Path, Split, Verdict};
use crate::time::stamp;

/// How many proposals are shown; JSON has all.
const MOST_ROWS: usize = 6;
/// How many of those who move are named.
const MOST_MOVES: usize = 12;

/// The whole answer.
pub fn split(split: &Split, of: &SplitOf<'_>, reader: &Reader) -> String {
    let mut out = String::new();
    let end = split.last.as_ref().unwrap_or(&split.first).span.end();
    let episodes = split.first.episodes + split.last.as_ref().map_or(0, |it| it.episodes);
    let _ = writeln!(
        out,
        "{}  {} to {}  {}",
        styled(STRONG, &format!("{} episodes", whole(episodes))),
        stamp(split.first.span.start(), &reader.zone),
        stamp(end, &reader.zone),
        styled(FAINT, reader.zone.name()),
    );
    let _ = writeln!(out, "{}\n", styled(FAINT, &what_is_divided(split)));
    for sentence in split_sentences(split) {
        let _ = writeln!(out, "{sentence}");
    }
    table(&mut out, split);
    let recommended = &split.candidates[split.recommended];
    parts(&mut out, split, recommended, of);
    let written = split.candidates.iter().find(|it| it.origin == Origin::Written);
    let best = split.candidates.iter().find(|it| it.origin != Origin::Today);
    let other = written.or(best.filter(|_| recommended.origin == Origin::Today));
    if let Some(other) = other.filter(|it| !std::ptr::eq(*it, recommended)) {
        parts(&mut out, split, other, of);
    }
    let lost = losses(of.rows, of.losses);
    if !lost.is_empty() {
        let _ = write!(out, "\n{lost}");
    }
    out
}

/// The way from the old files to the new, in words.
pub fn path(path: &Path, folder: &str, reader: &Reader) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "\n{}  {}", styled(STRONG, "The way there"), styled(FAINT, folder));
    let first = path.steps.first().map(|it| stamp(it.at, &reader.zone)).unwrap_or_default();
    let _ = writeln!(
        out,
        "Before {first} everybody takes turns as they do now, and every alert climbs as it does now: a rotation that has not begun takes\nno time on a ladder, and leads on to the old one. So the files can be merged on any day before."
    );
    let rows: Vec<Vec<String>> = path
        .steps
        .iter()
        .map(|it| vec![format!("  {}", stamp(it.at, &reader.zone)), it.rotation.clone(), it.what.clone()])
        .collect();
    for line in aligned(&rows, "  ") {
        let _ = writeln!(out, "{line}");
    }
    if !path.notes.is_empty() {
        let _ = writeln!(out, "\nTo look at");
    }
    for it in &path.notes {
        let _ = writeln!(out, "  {it}");
    }
    out
}

/// `38 values of service and 58 people; proposals from the first 8 months, held to the last 4.0`
pub(in crate::export) fn what_is_divided(split: &Split) -> String {
    let mut text = format!(
        "{} of the tag {}, {}",
        counted(split.things.len() as u64, "value"),
        split.tag,
        people(split.first.model.to_place())
    );
    match &split.last {
        Some(last) => {
            let _ = write!(
                text,
                "; proposals are made from the first {:.1} months and held to the last {:.1}",
                split.first.months, last.months
            );
        }
        None => text.push_str("; too few months to hold proposals to later ones"),
    }
    if split.elsewhere > 0 {
        let _ =
            write!(text, "; {} that no rotation is paged for are left out", counted(split.elsewhere as u64, "value"));
    }
    text
}

/// What matters most, each in a sentence.
pub(in crate::export) fn split_sentences(split: &Split) -> Vec<String> {
    let chosen = &split.candidates[split.recommended];
    let today = split.candidates.iter().find(|it| it.origin == Origin::Today).expect("it is always among them");
    let best = split.candidates.iter().find(|it| it.origin != Origin::Today);
    let mut out = Vec::new();
    match split.verdict {
        Verdict::Split => {
            out.push(format!("{}: {}.", title(chosen), instead(chosen, today, split)));
            if let (Some(last), Some(before)) = (chosen.last, today.last) {
                let others = chosen.by_chance.map(|it| it.of).unwrap_or_default();
                out.push(format!(
                    "It loses {} minutes a month to wrong first pages there instead of {}. Its people finished its episodes then more often than those of each of {} divisions by chance.",
                    minutes(last.lost),
                    minutes(before.lost),
                    whole(others)
                ));
            }
        }
        Verdict::TooShort => {
            out.push("Do not split yet: there are too few months to hold a division to later ones.".to_owned());
        }
        Verdict::Dearer => out.push("Do not split: over the last months nothing costs less than what stands.".to_owned()),
        Verdict::ByChance => out.push(match held_against(split, |it| it.as_good > 0) {
            Some((other, it)) => format!(
                "Do not split: what would cost less may do so by chance. Of {} divisions by chance of the same shape as {}, the later months bear out {} as well.",
                whole(it.of),
                in_a_sentence(other),
                whole(it.as_good)
            ),
            None => "Do not split: only one rotation for all would cost less, and of that the past does not say who belongs together."
                .to_owned(),
        }),
        Verdict::TooSmall => {
            let others = held_against(split, |it| !it.tells()).map_or(0, |(_, it)| it.of);
            let others = match others {
                0 => "there is no other division".to_owned(),
                1 => "there is only 1 other division".to_owned(),
                _ => format!("there are only {others} other divisions"),
            };
            out.push(format!(
                "Do not split yet: what would cost less cannot be told from chance, for {others} of its shape to hold it against."
            ));
        }
        Verdict::Limits => out.push("Do not split: what would cost less breaks a limit.".to_owned()),
    }
    if let Some(best) = best {
        if split.verdict != Verdict::Split {
            out.push(format!("The best other, {}: {}.", small_title(best), instead(best, today, split)));
        }
        if let (Some(last), Some(before)) = (best.last, today.last) {
            let (then, now) = (today.first.total() - best.first.total(), before.total() - last.total());
            out.push(match then > 0.0 {
                true => format!(
                    "Over the months it was made from it would have saved {} a month, over the later ones {}: {:.0} % of that{}.",
                    minutes(then),
                    minutes(now),
                    now / then * 100.0,
                    if now < 0.7 * then { ", so the past did not predict the future" } else { "" }
                ),
                false => "Over the months it was made from it would have saved nothing.".to_owned(),
            });
        }
    }
    if let Some((people, things)) = split.agreement {
        out.push(format!(
            "The last months alone would divide people as the first do to {people:.2}, values to {things:.2} (adjusted Rand index: 1 is the same, 0 is chance).",
        ));
    }
    let found = split.candidates.iter().map(|it| it.first.total()).fold(f64::INFINITY, f64::min);
    if found > 0.0 {
        let above = (found / split.bound.max(1e-9) - 1.0) * 100.0;
        let cheapest = match above {
            _ if above < 0.05 => "and the cheapest that was found costs no more".to_owned(),
            _ => format!("the cheapest that was found then costs {}, {above:.1} % above that bound", minutes(found)),
        };
        out.push(format!("No division costs less than {} over the first months; {cheapest}.", minutes(split.bound)));
    }
    out
}

/// The best that would cost less, holds its limits and does so among others of its shape.
fn held_against(split: &Split, so: impl Fn(ByChance) -> bool) -> Option<(&Candidate, ByChance)> {
    let cheaper = split.candidates.iter().take_while(|it| it.origin != Origin::Today);
    let cheaper = cheaper.filter(|it| it.breaches.is_empty());
    cheaper.filter_map(|it| Some((it, it.by_chance?))).find(|(_, it)| so(*it))
}

/// `0 of 999`
pub(in crate::export) fn chance(it: ByChance) -> String {
    format!("{} of {}", whole(it.as_good), whole(it.of))
}

/// `the split into 11`
fn in_a_sentence(it: &Candidate) -> String {
    match it.origin {
        Origin::Written => "what was written".to_owned(),
        _ => format!("the {}", small_title(it)),
    }
}

fn instead(it: &Candidate, today: &Candidate, split: &Split) -> String {
    let (own, before) = match (it.last, today.last) {
        (Some(own), Some(before)) => (own.total(), before.total()),
        _ => (it.first.total(), today.first.total()),
    };
    let less = (1.0 - own / before.max(1e-9)) * 100.0;
    let change = if less >= 0.0 { format!("{less:.0} % less") } else { format!("{:.0} % more", -less) };
    let when = if split.last.is_some() { " over the last months" } else { "" };
    format!("{} weighted minutes a month{when} instead of {}, {change}", minutes(own), minutes(before))
}

/// `Split into 11`
pub(in crate::export) fn title(it: &Candidate) -> String {
    match it.origin {
        Origin::Today => "Do not split".to_owned(),
        Origin::Written => format!("As written, {}", it.division.parts.len()),
        Origin::Proposed if it.division.parts.len() == 1 => "One rotation for all".to_owned(),
        Origin::Proposed => format!("Split into {}", it.division.parts.len()),
    }
}

fn small_title(it: &Candidate) -> String {
    let title = title(it);
    let (first, rest) = title.split_at(1);
    first.to_lowercase() + rest
}

fn table(out: &mut String, split: &Split) {
    let held = split.last.is_some();
    let _ = writeln!(out, "\n{}", styled(STRONG, "Divisions, best first"));
    let mut head: Vec<String> =
        vec!["  ".into(), String::new(), "SCORE".into(), "LOST".into(), "BEYOND".into(), "SELDOM".into()];
    if held {
        head.extend(["FIRST MONTHS".into(), "BY CHANCE".into()]);
    }
    head.extend(["MOVE".into(), "LIMITS".into()]);
    let mut rows = vec![faint(head)];
    let mut left_out = 0;
    let mut proposed = 0;
    for (place, it) in split.candidates.iter().enumerate() {
        if it.origin == Origin::Proposed {
            proposed += 1;
            if proposed > MOST_ROWS && place != split.recommended {
                left_out += 1;
                continue;
            }
        }
        let score = it.last.unwrap_or(it.first);
        let mark = if place == split.recommended { styled(GOOD, "→") } else { String::new() };
        let mut row = vec![format!("{mark} "), title(it)];
        row.extend([score.total(), score.lost, score.beyond, score.rusty].map(minutes));
        if held {
            row.push(minutes(it.first.total()));
            row.push(it.by_chance.map(chance).unwrap_or_default());
        }
        row.push(if it.origin == Origin::Today { String::new() } else { it.moves.len().to_string() });
        row.push(match it.breaches.len() {
            0 => "hold".to_owned(),
            _ => styled(BAD, &format!("{} broken", it.breaches.len())),
        });
        rows.push(row);
    }
    let right = 2..rows[0].len() - 1;
    for line in aligned(&right_aligned(rows, right), "  ") {
        let _ = writeln!(out, "{line}");
    }
    if left_out > 0 {
        let _ = writeln!(out, "{}", styled(FAINT, &format!("   and {left_out} more; --format json has all")));
    }
    let _ = writeln!(
        out,
        "{}",
        styled(
            FAINT,
            "   weighted person-minutes a month; BY CHANCE: how many others of the same shape the later months bear out as well"
        )
    );
}

/// The rotations of a division.
fn parts(out: &mut String, split: &Split, it: &Candidate, of: &SplitOf<'_>) {
    let _ = writeln!(out, "\n{}", styled(STRONG, &title(it)));
    let head = [
        "  ROTATION",
        "PEOPLE",
        "WEEKS BETWEEN",
        "PAGES A TURN",
        "IN SLEEP",
        "RIGHT FIRST",
        "REPETITIONS",
        "SELDOM",
        "ALL ASLEEP",
    ];
    let mut rows = vec![faint(head.map(str::to_owned).into())];
    for ((part, facts), name) in it.division.parts.iter().zip(&it.parts).zip(&it.names) {
        rows.push(vec![
            format!("  {name}"),
            part.people.len().to_string(),
            format!("{:.0}", facts.weeks_between),
            format!("{:.1}", facts.pages),
            format!("{:.1}", facts.pages_in_sleep),
            format!("{:.0} %", facts.right_first_time * 100.0),
            format!("{:.1}", facts.repetitions),
            format!("{:.0} of {}", facts.seldom, part.people.len() * part.things.len()),
            format!("{:.0} h", facts.uncovered),
        ]);
    }
    for line in aligned(&right_aligned(rows, 1..9), "  ") {
        let _ = writeln!(out, "{line}");
    }
    let mut lists = Vec::new();
    for (part, name) in it.division.parts.iter().zip(&it.names) {
        let things: Vec<&str> = part.things.iter().map(|it| split.things[*it].as_str()).collect();
        lists.push((name, "", things));
        if !of.aggregate {
            lists.push((name, "people", part.people.iter().map(|it| split.people[*it].as_str()).collect()));
        }
    }
    out.push('\n');
    for (name, kind, words) in lists {
        let lead = if kind.is_empty() { styled(STRONG, name) } else { styled(FAINT, "with") };
        let _ = writeln!(out, "  {lead}  {}", words.join(" "));
    }
    for breach in &it.breaches {
        let _ = writeln!(out, "  {}", styled(BAD, &breach_sentence(it, *breach)));
    }
    if it.origin != Origin::Today {
        let mut text = format!("  {} of {} move", it.moves.len(), people(split.first.model.to_place()));
        if !of.aggregate && it.moves.len() <= MOST_MOVES && !it.moves.is_empty() {
            let moves = it.moves.iter().map(|(person, part)| {
                let to = part.map_or("nowhere", |part| it.names[part].as_str());
                format!("{} to {to}", split.people[*person])
            });
            let _ = write!(text, ": {}", moves.collect::<Vec<_>>().join(", "));
        }
        let _ = writeln!(out, "{}", styled(FAINT, &text));
    }
}

/// `search has 3 people, fewer than min-people`
pub(in crate::export) fn breach_sentence(it: &Candidate, breach: Breach) -> String {
    let named = |part: usize| (&it.names[part], people(it.division.parts[part].people.len()));
    match breach {
        Breach::MinPeople { part } => {
            let (name, people) = named(part);
            format!("{name} has {people}, fewer than min-people")
        }
        Breach::MaxShare { part } => {
            let (name, people) = named(part);
            format!("{name} has {people}: each holds more of the time than max-share")
        }
    }
}

pub(in crate::export) fn people(count: usize) -> String {
    if count == 1 { "1 person".to_owned() } else { format!("{} people", whole(count)) }
}

/// `12,345`
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes of a month")]
pub(in crate::export) fn minutes(value: f64) -> String {
    let sign = if value <= -0.5 { "-" } else { "" };
    format!("{sign}{}", count(value.abs().round() as u64))
}

fn whole(value: usize) -> String {
    count(value as u64)
}

fn faint(cells: Vec<String>) -> Vec<String> {
    cells.iter().map(|it| styled(FAINT, it)).collect()
}

/// Some columns against their right edge.
fn right_aligned(mut rows: Vec<Vec<String>>, columns: std::ops::Range<usize>) -> Vec<Vec<String>> {
    for column in columns {
        let width = |it: &String| crate::export::text::columns::width(it);
        let most = rows.iter().filter_map(|it| it.get(column)).map(width).max().unwrap_or(0);
        for cell in rows.iter_mut().filter_map(|it| it.get_mut(column)) {
            *cell = " ".repeat(most - width(cell)) + cell;
        }
    }
    rows
}
