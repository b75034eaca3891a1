//! `fit`: what past episodes say, the finding first.

use std::fmt::Write as _;

use crate::export::text::columns::aligned;
use crate::export::text::{BAD, FAINT, GOOD, STRONG, styled};
use crate::export::{FitOf, Reader};
use crate::history::fit::{Drift, Duration, Fit, LEAST_A_MONTH, OFTEN, Part, ReplayedTo, Share, Spread, Steadiness};
use crate::history::{Losses, Told, Witness};
use crate::org::harmless;
use crate::time::stamp;

/// How many rows a table shows; JSON has all.
const MOST_ROWS: usize = 12;
/// How many names a cell shows.
const MOST_NAMES: usize = 3;

/// The whole report.
pub fn fit(fit: &Fit, of: &FitOf<'_>, reader: &Reader) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{}  {} to {}  {}",
        styled(STRONG, &format!("{} episodes", count(fit.episodes))),
        stamp(fit.span.0, &reader.zone),
        stamp(fit.span.1, &reader.zone),
        styled(FAINT, reader.zone.name()),
    );
    if let Some((place, org)) = of.place.zip(of.org) {
        let text = format!(
            "read with the organisation in {place}: {}, {}",
            counted(org.rotations.len() as u64, "rotation"),
            if org.people.len() == 1 {
                "1 person".to_owned()
            } else {
                format!("{} people", count(org.people.len() as u64))
            },
        );
        let _ = writeln!(out, "{}", styled(FAINT, &text));
    }
    out.push('\n');
    for sentence in finding_sentences(fit, of) {
        let _ = writeln!(out, "{sentence}");
    }
    minutes(&mut out, fit);
    misroutes(&mut out, fit, of);
    teams(&mut out, fit, of);
    months(&mut out, fit);
    load(&mut out, fit, of);
    repetition(&mut out, fit, of);
    replay(&mut out, fit, of);
    let lost = losses(of.rows, of.losses);
    if !lost.is_empty() {
        let _ = write!(out, "\n{lost}");
    }
    out
}

/// What could not be used; nothing if everything was.
pub fn losses(rows: u64, losses: &Losses) -> String {
    let mut out = String::new();
    if losses.is_empty() {
        return out;
    }
    let _ = writeln!(
        out,
        "{}: {} of {} rows",
        styled(BAD, "Not used"),
        count(losses.rows()),
        count(rows.max(losses.rows()))
    );
    let mut table = Vec::new();
    for (loss, lost, shown) in &losses.kinds {
        table.push(vec![format!("  {}", count(*lost)), loss.to_string()]);
        for it in shown {
            let place = if it.line > 0 { format!("{}:{}", it.file, it.line) } else { it.file.clone() };
            let text = [place.as_str(), it.text.as_str()].into_iter().filter(|it| !it.is_empty());
            let text = harmless(&text.collect::<Vec<_>>().join("  "));
            table.push(vec![String::new(), styled(FAINT, &format!("  {text}"))]);
        }
    }
    for line in aligned(&table, "  ") {
        let _ = writeln!(out, "{line}");
    }
    for (file, reason) in &losses.cut_short {
        let _ = writeln!(out, "  {} was not read to its end: {reason}", harmless(file));
    }
    out
}

/// What matters most, each in a sentence.
pub(in crate::export) fn finding_sentences(fit: &Fit, of: &FitOf<'_>) -> Vec<String> {
    let mut out = Vec::new();
    if fit.is_within_teams() {
        out.push(within_sentence(fit));
    }
    let several = fit.several;
    out.push(match fit.told {
        Told::FirstAndLast if !fit.compares_teams() => match fit.by_team.first() {
            Some(only) => format!("Teams are not compared: there is only one, {}.", of.team(only.team)),
            None => "Teams are not compared: there is only one.".to_owned(),
        },
        Told::FirstAndLast => format!(
            "{} of the episodes touched more than one team: {} of {}, with {} between {}.",
            percent(several),
            count(several.count),
            count(several.of),
            counted(fit.hand_offs.total, "hand-off"),
            counted(fit.teams, "team"),
        ),
        Told::Last => {
            "Whether the right team was paged first cannot be said: only the team that had an episode in the \
                       end is known."
                .to_owned()
        }
        Told::First => "Whether the right team was paged first cannot be said: only the team that was paged is known, \
                        not who had the episode in the end."
            .to_owned(),
        Told::Nothing => "Whether the right team was paged first cannot be said: no team is known.".to_owned(),
    });
    if let Some(right) = fit.right.value().filter(|_| fit.compares_teams()).map(|_| fit.right) {
        let wrong = Share { count: right.of - right.count, of: right.of };
        let (low, high) = wrong.interval().unwrap_or_default();
        let mut text = format!(
            "{} went first to a team that did not have them last ({:.1} to {:.1} %)",
            percent(wrong),
            low * 100.0,
            high * 100.0
        );
        if let Some(lost) = fit.lost.0 {
            let _ = write!(text, "; half of those took {} or more to get to the one that had", long(lost.median));
        }
        out.push(text + ".");
    }
    if let Some(worst) = fit.misroutes.first() {
        let mut text = format!(
            "Most was lost from {} to {}: {}",
            of.team(worst.first),
            of.team(worst.last),
            counted(worst.episodes, "time")
        );
        match worst.lost.0 {
            Some(lost) => {
                let _ = write!(text, ", half of them {} or more", long(lost.median));
            }
            None => text.push_str("; how long it took is not in the data"),
        }
        out.push(text + ".");
    }
    if let Some(pair) = fit.ping_pong.pairs.first() {
        out.push(format!(
            "{} went from a team to another and back, {} in all; most often between {} and {}: {}.",
            percent(fit.ping_pong.episodes),
            counted(fit.ping_pong.times, "time"),
            of.team(pair.from),
            of.team(pair.to),
            count(pair.count),
        ));
    }
    if let (true, Some(right), Some(wrong)) = (fit.compares_teams(), fit.resolved.right.0, fit.resolved.wrong.0) {
        out.push(format!(
            "Right first time, half were over within {}; wrong first, within {}.",
            long(right.median),
            long(wrong.median)
        ));
    }
    let moving: Vec<String> = fit
        .steadiness
        .iter()
        .filter(|it| matches!(it.drift, Drift::Moves { .. }) && says_something(fit, it))
        .map(|it| steadiness_sentence(fit, it))
        .collect();
    match moving.as_slice() {
        [] => {}
        [first, ..] => out.push(format!("Not stable: {first}.")),
    }
    out
}

/// How often an episode went from person to person within a team.
fn within_sentence(fit: &Fit) -> String {
    let right = fit.within.right;
    let wrong = Share { count: right.of - right.count, of: right.of };
    let (low, high) = wrong.interval().unwrap_or_default();
    let alone = if fit.compares_teams() { " that stayed within one team" } else { "" };
    let mut text = format!(
        "{} of the episodes{alone} did not end with the person who had them first ({:.1} to {:.1} %): {} of {}",
        percent(wrong),
        low * 100.0,
        high * 100.0,
        count(wrong.count),
        count(wrong.of),
    );
    match fit.within.lost {
        Some(lost) => {
            let _ =
                write!(text, "; half of those took {} or more to get to the one who had it last", long(lost.median));
        }
        None if wrong.count > 0 => {
            text.push_str("; how long it took to get to the one who had it last is not in the data")
        }
        None => {}
    }
    text + "."
}

/// With one team its figures of hand-offs say nothing.
pub(in crate::export) fn says_something(fit: &Fit, it: &Steadiness) -> bool {
    fit.compares_teams() || matches!(it.figure, "acknowledge" | "resolve")
}

/// Whether a figure is the same from month to month.
pub(in crate::export) fn steadiness_sentence(fit: &Fit, it: &Steadiness) -> String {
    let figure = match it.figure {
        "right-first-time" => "right first time",
        "several-teams" => "more than one team",
        "acknowledge" => "time to acknowledge",
        "resolve" => "time to resolve",
        _ => "time lost",
    };
    let value = |month: usize| {
        let month = &fit.months[month];
        let share = |it: Share| percent(it);
        let spread = |it: Duration| it.0.map(|it| long(it.median)).unwrap_or_default();
        match it.figure {
            "right-first-time" => share(month.right),
            "several-teams" => share(month.several),
            "acknowledge" => spread(month.acknowledged),
            "resolve" => spread(month.resolved),
            _ => spread(month.lost),
        }
    };
    match it.drift {
        Drift::TooFew => format!("{figure}: fewer than two months with {LEAST_A_MONTH} episodes say nothing"),
        Drift::Steady => format!(
            "{figure} is the same in all {} months with {LEAST_A_MONTH} episodes for it, as far as chance allows",
            it.months
        ),
        Drift::Moves { low, high } => {
            let (earlier, later) = (low.min(high), low.max(high));
            format!(
                "{figure} moves, from {} in {} to {} in {}",
                value(earlier),
                fit.months[earlier].name,
                value(later),
                fit.months[later].name
            )
        }
    }
}

fn section(out: &mut String, title: &str, note: &str) {
    let note = if note.is_empty() { String::new() } else { styled(FAINT, &format!("  {note}")) };
    let _ = writeln!(out, "\n{}{note}", styled(STRONG, title));
}

fn table(out: &mut String, head: &[&str], rows: Vec<Vec<String>>, more: usize) {
    let mut all = vec![head.iter().map(|it| styled(FAINT, it)).collect()];
    all.extend(rows);
    for line in aligned(&right_aligned(all), "  ") {
        let _ = writeln!(out, "{line}");
    }
    if more > 0 {
        let _ = writeln!(out, "{}", styled(FAINT, &format!("and {} more; --format json has all", count(more as u64))));
    }
}

/// The same, of those columns that can be told.
fn told_table<const N: usize>(out: &mut String, columns: [(bool, &str); N], rows: Vec<[String; N]>, more: usize) {
    let told = columns.map(|(told, _)| told);
    let rows = rows.into_iter().map(|row| row.into_iter().zip(told).filter(|it| it.1).map(|it| it.0).collect());
    let head: Vec<&str> = columns.into_iter().filter(|it| it.0).map(|it| it.1).collect();
    table(out, &head, rows.collect(), more);
}

/// Figures stand below one another: every column but the first, unless it holds words.
fn right_aligned(mut rows: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    for column in 1..columns {
        let cells = || rows.iter().skip(1).filter_map(move |it| it.get(column));
        let figure = |it: &String| it.is_empty() || it.starts_with(|it: char| it.is_ascii_digit());
        if !cells().all(figure) {
            continue;
        }
        let width = rows.iter().filter_map(|it| it.get(column)).map(|it| super::columns::width(it)).max().unwrap_or(0);
        for cell in rows.iter_mut().filter_map(|it| it.get_mut(column)) {
            *cell = format!("{}{cell}", " ".repeat(width - super::columns::width(cell)));
        }
    }
    rows
}

fn minutes(out: &mut String, fit: &Fit) {
    section(out, "How long it took", "medians with their intervals, and what nine of ten did not exceed");
    let rows = [
        ("all", fit.acknowledged.all, fit.resolved.all),
        ("right first time", fit.acknowledged.right, fit.resolved.right),
        ("wrong first", fit.acknowledged.wrong, fit.resolved.wrong),
        ("no hand-off", fit.acknowledged.classes[0], fit.resolved.classes[0]),
        ("1 or 2 hand-offs", fit.acknowledged.classes[1], fit.resolved.classes[1]),
        ("3 or more", fit.acknowledged.classes[2], fit.resolved.classes[2]),
    ];
    // What nothing is known of is left out, and what is the same as all.
    let known = |it: Duration, other: Duration| fit.compares_teams() && (it.0.is_some() || other.0.is_some());
    let known = rows.into_iter().filter(|(name, it, other)| *name == "all" || known(*it, *other));
    let rows = known.map(|(name, acknowledged, resolved)| {
        let cells = |Duration(it): Duration| match it {
            Some(it) => [count(it.count), long(it.median), between(it), long(it.ninety)],
            None => [const { String::new() }; 4],
        };
        let mut row = vec![name.to_owned()];
        row.extend(cells(acknowledged));
        row.extend(cells(resolved));
        row
    });
    let head = ["", "ACKNOWLEDGED", "MEDIAN", "95 %", "90 %", "RESOLVED", "MEDIAN", "95 %", "90 %"];
    table(out, &head, rows.collect(), 0);
    if fit.backwards > 0 {
        let _ =
            writeln!(out, "{} episodes have a time before their opening; that time is left out", count(fit.backwards));
    }
}

fn misroutes(out: &mut String, fit: &Fit, of: &FitOf<'_>) {
    if fit.misroutes.is_empty() {
        return;
    }
    section(out, "Wrong first", "the first team, the team that had it last, and how long that took");
    let rows = fit.misroutes.iter().take(MOST_ROWS).map(|it| {
        vec![
            of.team(it.first).to_owned(),
            format!("→ {}", of.team(it.last)),
            count(it.episodes),
            it.lost.0.map(|it| long(it.median)).unwrap_or_default(),
            it.lost.0.map(between).unwrap_or_default(),
            if it.known > 0 { hours(it.lost_seconds) } else { String::new() },
        ]
    });
    let head = ["FIRST", "LAST", "TIMES", "LOST EACH", "95 %", "IN ALL"];
    table(out, &head, rows.collect(), fit.misroutes.len().saturating_sub(MOST_ROWS));
}

/// One team's figures are those of all.
fn teams(out: &mut String, fit: &Fit, of: &FitOf<'_>) {
    if fit.by_team.len() < 2 {
        return;
    }
    section(out, "Teams", "");
    let mut rows: Vec<_> = fit.by_team.iter().collect();
    rows.sort_by_key(|it| std::cmp::Reverse(it.had));
    let more = rows.len().saturating_sub(MOST_ROWS);
    let columns = [
        (true, "TEAM"),
        (true, "HAD"),
        (fit.compares_teams(), "FIRST"),
        (fit.compares_teams(), "RIGHT THEN"),
        (fit.compares_teams(), "95 %"),
        (fit.compares_teams(), "LAST"),
        (true, "ACKNOWLEDGED"),
        (true, "RESOLVED"),
    ];
    let rows = rows.into_iter().take(MOST_ROWS).map(|it| {
        [
            of.team(it.team).to_owned(),
            count(it.had),
            count(it.right.of),
            percent(it.right),
            percents(it.right),
            count(it.last),
            it.acknowledged.0.map(|it| long(it.median)).unwrap_or_default(),
            it.resolved.0.map(|it| long(it.median)).unwrap_or_default(),
        ]
    });
    told_table(out, columns, rows.collect(), more);
}

fn months(out: &mut String, fit: &Fit) {
    section(out, "Month by month", "");
    let columns = [
        (true, "MONTH"),
        (true, "EPISODES"),
        (fit.compares_teams(), "RIGHT FIRST"),
        (fit.compares_teams(), "95 %"),
        (fit.compares_teams(), "SEVERAL"),
        (true, "ACKNOWLEDGED"),
        (true, "RESOLVED"),
        (true, "95 %"),
        (fit.compares_teams(), "LOST"),
    ];
    let rows = fit.months.iter().filter(|it| it.episodes > 0).map(|it| {
        [
            it.name.clone(),
            count(it.episodes),
            percent(it.right),
            percents(it.right),
            percent(it.several),
            it.acknowledged.0.map(|it| long(it.median)).unwrap_or_default(),
            it.resolved.0.map(|it| long(it.median)).unwrap_or_default(),
            it.resolved.0.map(between).unwrap_or_default(),
            it.lost.0.map(|it| long(it.median)).unwrap_or_default(),
        ]
    });
    told_table(out, columns, rows.collect(), 0);
    if fit.steadiness.iter().all(|it| it.drift == Drift::TooFew) {
        let text =
            format!("Fewer than two months have {LEAST_A_MONTH} episodes: whether this is stable cannot be said.");
        let _ = writeln!(out, "{}", styled(FAINT, &text));
        return;
    }
    for it in fit.steadiness.iter().filter(|it| says_something(fit, it)) {
        let style = match it.drift {
            Drift::TooFew => FAINT,
            Drift::Steady => GOOD,
            Drift::Moves { .. } => BAD,
        };
        let _ = writeln!(out, "{}", styled(style, &steadiness_sentence(fit, it)));
    }
}

fn load(out: &mut String, fit: &Fit, of: &FitOf<'_>) {
    if fit.loads.is_empty() {
        return;
    }
    let clocks = match fit.own_clocks {
        0 => format!("nobody's own zone is known: hours are those of {}", fit.zone),
        all if all == fit.people => "each in their own zone".to_owned(),
        some => format!("{some} of {} in their own zone, the others in {}", fit.people, fit.zone),
    };
    section(out, "Who was called in", &clocks);
    let totals = fit.load_totals();
    let all: u64 = totals.parts.iter().sum();
    let part = |part: Part| percent(Share { count: totals.parts[part as usize], of: all });
    let _ = writeln!(
        out,
        "{}; half had {} or fewer, the most {}{}.",
        if fit.people == 1 { "1 person".to_owned() } else { format!("{} people", count(fit.people)) },
        count(u64::from(totals.a_person.median)),
        count(totals.most),
        // Of ten or fewer, that is all.
        if fit.people > 10 {
            format!("; the ten with the most had {} of all", percent(totals.top_ten))
        } else {
            String::new()
        },
    );
    let _ = writeln!(
        out,
        "{} while working, {} in the evening or at the weekend, {} while sleeping.",
        part(Part::Working),
        part(Part::Evening),
        part(Part::Sleeping)
    );
    if let Some(text) = then_sentence(of) {
        let _ = writeln!(out, "{text}");
    }
    if of.aggregate {
        return;
    }
    let mut rows: Vec<_> = fit.loads.iter().collect();
    rows.sort_by_key(|it| std::cmp::Reverse(it.episodes));
    let more = rows.len().saturating_sub(MOST_ROWS);
    let rows = rows.into_iter().take(MOST_ROWS).map(|it| {
        vec![
            of.person(it.person).to_owned(),
            count(it.episodes),
            count(it.alone),
            count(it.at(Part::Working)),
            count(it.at(Part::Evening)),
            count(it.at(Part::Sleeping)),
        ]
    });
    table(out, &["PERSON", "EPISODES", "ALONE", "WORKING", "EVENING", "SLEEPING"], rows.collect(), more);
}

/// Where it is known from who was on call then; nothing if every page names somebody.
pub(in crate::export) fn then_sentence(of: &FitOf<'_>) -> Option<String> {
    let then = of.then.filter(|it| it.pages() > 0)?;
    let by = [
        (Witness::Rendered, "PagerDuty's rendered schedules"),
        (Witness::Revision, "the revision in git of that day"),
        (Witness::Files, "the files as they stand"),
    ];
    let mut known: Vec<String> = by
        .into_iter()
        .map(|(witness, words)| (then.by(witness), words))
        .filter(|(pages, _)| *pages > 0)
        .map(|(pages, words)| format!("{words} ({})", count(pages)))
        .collect();
    if then.unknown > 0 {
        known.push(format!("for {} no one person is known", count(then.unknown)));
    }
    let mut text = format!(
        "Of {} that named a rotation and no person, who was on call then is from: {}.",
        counted(then.pages(), "page"),
        known.join(", ")
    );
    if let Some(why) = then.no_revisions.as_ref().filter(|_| then.by(Witness::Files) > 0) {
        let _ = write!(text, " Not from git: {why}.");
    }
    Some(text)
}

fn repetition(out: &mut String, fit: &Fit, of: &FitOf<'_>) {
    let Some(repetition) = fit.repetition.as_ref().filter(|it| !it.met.is_empty()) else { return };
    section(
        out,
        &format!("Who meets what, by {}", repetition.tag),
        &format!("often: {OFTEN} times or more since {}", repetition.year.utc().format("%Y-%m-%d")),
    );
    let more = repetition.values.len().saturating_sub(MOST_ROWS);
    let rows = repetition.values.iter().take(MOST_ROWS).map(|value| {
        let mut met: Vec<_> =
            repetition.met.iter().filter(|it| it.value == value.value && it.carries_alone()).collect();
        met.sort_by_key(|it| std::cmp::Reverse(it.alone));
        let mut names: Vec<&str> = met.iter().take(MOST_NAMES).map(|it| of.person(it.person)).collect();
        let others = met.len().saturating_sub(MOST_NAMES);
        let others = if others > 0 { format!(" and {others} more") } else { String::new() };
        if of.aggregate {
            names.clear();
        }
        let who = match (value.alone, names.as_slice()) {
            (0, _) => styled(BAD, "nobody"),
            (_, []) => String::new(),
            (_, names) => format!("{}{others}", names.join(", ")),
        };
        vec![
            of.value(value.value).to_owned(),
            count(value.episodes),
            count(value.often),
            count(value.rusty),
            count(fit.people.saturating_sub(value.often + value.rusty)),
            count(value.alone),
            who,
        ]
    });
    let head = [&repetition.tag.to_uppercase(), "EPISODES", "OFTEN", "RUSTY", "NEVER", "ALONE", "COULD CARRY IT ALONE"];
    table(out, &head, rows.collect(), more);
}

fn replay(out: &mut String, fit: &Fit, of: &FitOf<'_>) {
    let Some(org) = of.org else {
        let _ = writeln!(
            out,
            "\n{}",
            styled(
                FAINT,
                "No organisation is at hand: people have no clocks of their own, and nothing is said about routes."
            )
        );
        return;
    };
    let Some(replay) = &fit.replay else { return };
    section(out, "The same history through the routes as they stand", "");
    let rows = replay.to.iter().take(MOST_ROWS).map(|(to, episodes)| {
        let name = match to {
            ReplayedTo::Rotation(rotation) => org.rotation(*rotation).key.clone(),
            ReplayedTo::Person(person) if of.aggregate => format!("a person ({})", person_place(org, *person)),
            ReplayedTo::Person(person) => format!("@{}", org.person(*person).key),
            ReplayedTo::Channel => "a channel only".to_owned(),
            ReplayedTo::Nowhere => "nobody".to_owned(),
        };
        vec![name, count(*episodes), percent(Share { count: *episodes, of: fit.episodes })]
    });
    table(out, &["PAGED FIRST", "EPISODES", ""], rows.collect(), replay.to.len().saturating_sub(MOST_ROWS));
    if replay.right.of > 0 {
        let was = match replay.before.of {
            0 => "what it was is not known".to_owned(),
            _ => format!("was {}", percent(replay.before)),
        };
        let _ = writeln!(
            out,
            "Right first time {} ({was}), of the {} whose last team is a rotation.",
            percent(replay.right),
            count(replay.right.of)
        );
    } else if fit.told == Told::First {
        out.push_str("Whether that would be right cannot be said: who had the episodes in the end is not known.\n");
    } else if fit.told == Told::Nothing {
        out.push_str("Whether that would be right cannot be said: no team is known.\n");
    } else {
        out.push_str("No team of the history is a rotation here: `teams` in the mapping says which is which.\n");
    }
    let _ = writeln!(out, "Only the last route took {}.", count(replay.last_row));
    if !replay.unused.is_empty() {
        let all: Vec<String> = replay.unused.iter().take(MOST_ROWS).map(|it| it.0.to_string()).collect();
        let more = replay.unused.len().saturating_sub(MOST_ROWS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "Routes that took nothing: {}{more}.", all.join(", "));
    }
    if !replay.strangers.is_empty() {
        let names: Vec<&str> = replay.strangers.iter().take(MOST_ROWS).map(|(team, _)| of.team(*team)).collect();
        let more = replay.strangers.len().saturating_sub(MOST_ROWS);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let _ = writeln!(out, "Teams that are no rotation here: {}{more}.", names.join(", "));
    }
}

/// A person's place in the file, where nobody is named.
fn person_place(org: &crate::org::Org, person: crate::org::PersonId) -> usize {
    org.people.iter().position(|it| it.id == person).map_or(0, |it| it + 1)
}

/// `24,918`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 hand-off`, `19,087 hand-offs`.
pub(in crate::export) fn counted(number: u64, what: &str) -> String {
    format!("{} {what}{}", count(number), if number == 1 { "" } else { "s" })
}

/// `38.4 %`, nothing of nothing.
pub(in crate::export) fn percent(share: Share) -> String {
    share.value().map(|it| format!("{:.1} %", it * 100.0)).unwrap_or_default()
}

fn percents(share: Share) -> String {
    share.interval().map(|(low, high)| format!("{:.1}–{:.1}", low * 100.0, high * 100.0)).unwrap_or_default()
}

fn between(it: Spread) -> String {
    it.interval.map(|(low, high)| format!("{}–{}", long(low), long(high))).unwrap_or_default()
}

/// `45 s`, `41 min`, `2 h 3 min`, `3 d 4 h`.
pub(in crate::export) fn long(seconds: u32) -> String {
    let (minutes, hours) = (seconds / 60, seconds / 3600);
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{minutes} min"),
        _ if hours < 48 && minutes % 60 > 0 => format!("{hours} h {} min", minutes % 60),
        _ if hours < 48 => format!("{hours} h"),
        _ if hours % 24 > 0 => format!("{} d {} h", hours / 24, hours % 24),
        _ => format!("{} d", hours / 24),
    }
}

fn hours(seconds: u64) -> String {
    format!("{} h", count(seconds / 3600))
}
