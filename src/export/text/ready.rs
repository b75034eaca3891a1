//! `ready` and `drills`: where people stand, and what is next.

use std::fmt::Write as _;

use crate::export::text::columns::aligned;
use crate::export::text::{BAD, FAINT, GOOD, STRONG, styled};
use crate::export::{DrillsOf, ReadyOf};
use crate::org::PersonId;
use crate::people::{Missing, Page};
use crate::time::stamp;

/// Values of tags that a page names.
const MOST_VALUES: usize = 12;

/// A row a person: their stage, and what the next one asks for.
pub fn ready(of: &ReadyOf<'_>) -> String {
    if of.org.stages.is_empty() {
        return NO_STAGES.to_owned();
    }
    if of.pages.is_empty() {
        return "nobody takes turns or shadows here\n".to_owned();
    }
    let mut rows =
        vec![["PERSON", "STAGE", "TURNS", "NOT READY FOR", "NEXT", "MISSING"].map(|it| styled(FAINT, it)).to_vec()];
    for page in of.pages {
        let [shadowed, secondary, primary] = page.done;
        let lacks = page.seats.iter().filter(|it| !of.readiness.lacks(page.person, it.seat, of.reader.now).is_empty());
        let lacks: Vec<String> = lacks.map(|it| of.org.seat_name(*it)).collect();
        let (next, missing) = match page.ahead.first() {
            None => (String::new(), String::new()),
            Some((stage, missing)) => (of.org.stages[*stage].name.clone(), list(missing)),
        };
        rows.push(vec![
            of.org.person(page.person).name.clone(),
            stage(of, page),
            format!("{primary} + {secondary} + {shadowed}"),
            styled(BAD, &lacks.join(", ")),
            next,
            missing,
        ]);
    }
    let mut out: String = aligned(&rows, "  ").into_iter().map(|it| it + "\n").collect();
    out.push_str(&styled(FAINT, "turns: primary + secondary + shadowed, those that are over"));
    out.push('\n');
    let shadow: Vec<(PersonId, &_)> =
        of.pages.iter().flat_map(|it| it.shadow.iter().map(|turn| (it.person, turn))).collect();
    if !shadow.is_empty() {
        let _ = writeln!(out, "\n{}", styled(STRONG, "Turns to shadow"));
        let rows: Vec<Vec<String>> = shadow
            .iter()
            .map(|(person, turn)| {
                vec![
                    of.org.person(*person).name.clone(),
                    of.org.seat_name(turn.seat),
                    format!(
                        "{} to {}",
                        stamp(turn.span.start(), &of.reader.zone),
                        stamp(turn.span.end(), &of.reader.zone)
                    ),
                    format!("with {}", of.org.person(turn.with).name),
                ]
            })
            .collect();
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "  {line}");
        }
    }
    out.push_str(&unjudged(of));
    out
}

const NO_STAGES: &str = "org.toml has no [[stages]]: everybody may take every seat\n";

fn stage(of: &ReadyOf<'_>, page: &Page) -> String {
    page.stage.map_or_else(|| "none yet".to_owned(), |it| of.org.stages[it].name.clone())
}

fn list(missing: &[Missing]) -> String {
    missing.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Needs that only a history can judge.
fn unjudged(of: &ReadyOf<'_>) -> String {
    let asked = of.org.stages.iter().any(|it| !it.needs.handled.is_empty());
    match asked && of.handled.is_none() {
        true => "\nwithout `--history FILE`, what stages ask to have been handled is taken as met\n".to_owned(),
        false => String::new(),
    }
}

/// One person's page.
pub fn page(of: &ReadyOf<'_>) -> String {
    let mut out = String::new();
    let zone = &of.reader.zone;
    for page in of.pages {
        let person = of.org.person(page.person);
        let _ = writeln!(out, "{}", styled(STRONG, &format!("{} (@{})", person.name, person.key)));
        let seats: Vec<String> = page.seats.iter().map(|it| of.org.seat_name(*it)).collect();
        let [shadowed, secondary, primary] = page.done;
        let mut rows = vec![
            ["takes turns in".to_owned(), if seats.is_empty() { "no seat".to_owned() } else { seats.join(", ") }],
            ["turns done".to_owned(), format!("{primary} primary, {secondary} secondary, {shadowed} shadowed")],
        ];
        if let Some((seat, span)) = page.next {
            let when = match span.start() <= of.reader.now {
                true => format!("now, until {}", stamp(span.end(), zone)),
                false => format!("{} to {}", stamp(span.start(), zone), stamp(span.end(), zone)),
            };
            rows.push(["on call next".to_owned(), format!("{}, {when}", of.org.seat_name(seat))]);
        }
        let trained = if person.trained.is_empty() { "none".to_owned() } else { person.trained.join(", ") };
        rows.push(["training".to_owned(), trained]);
        let drills: Vec<String> = person.drills.iter().map(|it| format!("{} on {}", it.name, it.on)).collect();
        rows.push(["drills".to_owned(), if drills.is_empty() { "none".to_owned() } else { drills.join(", ") }]);
        if let Some(handled) = of.handled {
            let values = handled.values(page.person);
            let shown = values.iter().take(MOST_VALUES).map(|(value, count)| format!("{value} {count}"));
            let mut shown = shown.collect::<Vec<_>>().join(", ");
            if values.len() > MOST_VALUES {
                let _ = write!(shown, " and {} more", values.len() - MOST_VALUES);
            }
            let all = handled.count(page.person, "any");
            rows.push([
                "episodes handled".to_owned(),
                if all == 0 { "none".to_owned() } else { format!("{all}: {shown}") },
            ]);
        }
        if !of.org.stages.is_empty() {
            rows.push(["stands at".to_owned(), stage(of, page)]);
        }
        let rows: Vec<Vec<String>> = rows.into_iter().map(|[name, value]| vec![styled(FAINT, &name), value]).collect();
        for line in aligned(&rows, "  ") {
            let _ = writeln!(out, "  {line}");
        }
        for seat in &page.seats {
            let lacks = of.readiness.lacks(page.person, seat.seat, of.reader.now);
            if !lacks.is_empty() {
                let line = format!("not ready for {}: {}", of.org.seat_name(*seat), list(&lacks));
                let _ = writeln!(out, "  {}", styled(BAD, &line));
            }
        }
        if !page.ahead.is_empty() {
            let _ = writeln!(out, "\n{}", styled(STRONG, "Next"));
            let rows: Vec<Vec<String>> = page
                .ahead
                .iter()
                .map(|(stage, missing)| {
                    let missing = if missing.is_empty() { styled(GOOD, "nothing missing") } else { list(missing) };
                    vec![of.org.stages[*stage].name.clone(), missing]
                })
                .collect();
            for line in aligned(&rows, "  ") {
                let _ = writeln!(out, "  {line}");
            }
        }
        if !page.shadow.is_empty() {
            let _ = writeln!(out, "\n{}", styled(STRONG, "Turns to shadow"));
            for turn in &page.shadow {
                let rotation = of.org.rotation(turn.seat.rotation);
                let when = format!("{} to {}", stamp(turn.span.start(), zone), stamp(turn.span.end(), zone));
                let _ = writeln!(out, "  {}  {when}  with {}", rotation.key, of.org.person(turn.with).name);
            }
        }
    }
    match of.org.stages.is_empty() {
        true => out.push_str(&format!("\n{NO_STAGES}")),
        false => out.push_str(&unjudged(of)),
    }
    out
}

/// A row a person: what to practise, and when.
pub fn drills(of: &DrillsOf<'_>) -> String {
    if of.drills.is_empty() {
        return "nothing to practise: everybody has seen every failure that is known\n".to_owned();
    }
    let mut rows = vec![["SEAT", "PERSON", "FAILURE", "WHEN", "WHY"].map(|it| styled(FAINT, it)).to_vec()];
    for it in of.drills {
        let person = of.org.person(it.person);
        // Whoever practises reads their own clock.
        let when = it.at.map_or("no working hour at a start".to_owned(), |at| stamp(at, &person.zone));
        let why = match (it.from_history, it.met) {
            (true, 1) => "the rotation met it once".to_owned(),
            (true, met) => format!("the rotation met it {met} times"),
            (false, _) if of.asked_for(&it.failure) => "a stage asks for it".to_owned(),
            (false, _) => "others have practised it".to_owned(),
        };
        rows.push(vec![of.org.seat_name(it.seat), person.name.clone(), it.failure.clone(), when, why]);
    }
    aligned(&rows, "  ").into_iter().map(|it| it + "\n").collect()
}
