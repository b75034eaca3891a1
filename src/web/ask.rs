//! What the words of a question mean: shared by pages and the interface for programs.

use chrono::Days;

use crate::calendar::Bill;
use crate::escalation::{Question, Unknown};
use crate::export::Reader;
use crate::org::{Org, PersonId, SeatId, nearest};
use crate::time::{Instant, Span, Zone, parse_clock, parse_instant};
use crate::web::response::Problem;

/// The longest span that is shown at once: a year, and a little around it.
pub const MOST_DAYS: i64 = 400;

/// The most shifts that are told at once: more than a hundred rotations have in a year.
pub const MOST_SHIFTS: usize = 50_000;

/// The same, unless it has more shifts than are told at once.
pub fn few_enough(bill: Bill<'_>) -> Result<Bill<'_>, Problem> {
    let shifts: usize = bill.rows.iter().map(|it| it.shifts.len()).sum();
    if shifts > MOST_SHIFTS {
        return Err(Problem::bad(format!("there are {shifts} shifts, and at most {MOST_SHIFTS} are told at once"))
            .hint("ask for some rotations or people, or for a shorter time"));
    }
    Ok(bill)
}

/// A zone by its name.
pub fn zone(name: &str) -> Result<Zone, Problem> {
    Zone::named(name).map_err(|error| match nearest(name, Zone::names()).first() {
        Some(near) => Problem::bad(error).hint(format!("did you mean {near}?")).near([(*near).to_owned()]),
        None => Problem::bad(error).hint("zones have the names of the IANA database: Europe/Dublin"),
    })
}

/// An instant as somebody types it, on the reader's clock. A time alone is today's.
pub fn instant(text: &str, reader: &Reader) -> Result<Instant, Problem> {
    if text == "now" {
        return Ok(reader.now);
    }
    if let Some(clock) = parse_clock(text) {
        return Ok(reader.zone.resolve(reader.zone.day(reader.now).and_time(clock)));
    }
    parse_instant(text, &reader.zone).map_err(|error| {
        Problem::bad(error).hint("2026-03-03T15:00:00Z; or on the reader's clock 2026-03-03 15:00, 2026-03-03, 15:00")
    })
}

/// From when until when; by itself, two weeks from today.
pub fn span(from: Option<&str>, until: Option<&str>, reader: &Reader) -> Result<Span, Problem> {
    let zone = &reader.zone;
    let from = from.map_or_else(|| Ok(zone.start_of_day(zone.day(reader.now))), |it| instant(it, reader))?;
    let until = match until {
        Some(text) => instant(text, reader)?,
        None => {
            let day = zone.day(from);
            zone.start_of_day(day.checked_add_days(Days::new(14)).unwrap_or(day))
        }
    };
    let span = Span::new(from, until).ok_or_else(|| {
        let what = if from == until { "the span ends where it begins" } else { "the span ends before it begins" };
        Problem::bad(what).hint("`until` is the first instant after, `from` the first")
    })?;
    let days = (zone.day(span.end()) - zone.day(span.start())).num_days();
    if days > MOST_DAYS {
        return Err(Problem::bad(format!("the span is longer than {MOST_DAYS} days")).hint("ask for it in parts"));
    }
    Ok(span)
}

/// What words ask about: a name, `TAG=VALUE`, or both.
pub fn question<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<Question, Problem> {
    let mut question = Question::default();
    for word in words {
        match word.split_once('=') {
            Some((tag, value)) if !tag.is_empty() => {
                if let Some(before) = question.tags.insert(tag.to_owned(), value.to_owned()) {
                    let message = format!("the tag `{tag}` is given twice, as `{before}` and as `{value}`");
                    return Err(Problem::bad(message).hint("an alert carries a tag once"));
                }
            }
            Some(_) => return Err(Problem::bad(format!("`{word}` names no tag")).hint("TAG=VALUE")),
            None => {
                if let Some(before) = &question.name {
                    let message = format!("asked about `{before}` and about `{word}`");
                    return Err(Problem::bad(message).hint("one name at a time; tags are written TAG=VALUE"));
                }
                question.name = Some(word.to_owned());
            }
        }
    }
    Ok(question)
}

/// Words between blanks; quotes keep blanks together.
pub fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quote = None;
    for it in text.chars() {
        match (it, quote) {
            ('"' | '\'', None) => quote = Some(it),
            (it, Some(open)) if it == open => quote = None,
            (it, None) if it.is_whitespace() => words.push(String::new()),
            _ => words.last_mut().expect("there is always one").push(it),
        }
    }
    words.retain(|it| !it.is_empty());
    words
}

/// One word as [`words`] reads it.
pub fn word(text: &str) -> String {
    match text.contains(|it: char| it.is_whitespace() || it == '"' || it == '\'') {
        false => text.to_owned(),
        true => text.split('"').map(|it| format!("\"{it}\"")).collect::<Vec<_>>().join("'\"'"),
    }
}

/// Nothing of that name: what may have been meant.
pub fn unknown(error: &Unknown) -> Problem {
    let problem = Problem::missing(error).near(error.nearest.iter().cloned());
    match error.name.starts_with('@') {
        true => problem,
        false => problem.hint(format!("an alert of a service that is in no file: the tag service={}", error.name)),
    }
}

/// Both seats of a rotation, or the one that was named.
pub fn seats(org: &Org, name: &str) -> Result<Vec<SeatId>, Problem> {
    let seat = org.seat_named(name).ok_or_else(|| {
        let near = nearest(name, org.rotations.iter().map(|it| it.key.as_str()));
        let problem = Problem::missing(format!("no such rotation: `{name}`"));
        problem.near(near.into_iter().map(str::to_owned))
    })?;
    let whole = !name.contains('.');
    Ok(org.seats().filter(|it| *it == seat || (whole && it.rotation == seat.rotation)).collect())
}

/// A person by key or alias; the `@` may be there.
pub fn person(org: &Org, name: &str) -> Result<PersonId, Problem> {
    let key = name.strip_prefix('@').unwrap_or(name);
    let person = org.person_named(key).ok_or_else(|| {
        let names = org.people.iter().flat_map(|it| [&it.key].into_iter().chain(&it.aliases));
        let near = nearest(key, names.map(String::as_str));
        Problem::missing(format!("no such person: `{key}`")).near(near.into_iter().map(str::to_owned))
    })?;
    Ok(person.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_together_by_quotes() {
        assert_eq!(words("  search-api\tseverity=critical "), ["search-api", "severity=critical"]);
        assert_eq!(
            words("host=\"a b\" x='it is \"so\"' open=\"to the end"),
            ["host=a b", "x=it is \"so\"", "open=to the end"]
        );
        assert_eq!(words(" \"\" "), [""; 0]);
    }

    #[test]
    fn a_word_is_written_as_it_is_read() {
        assert_eq!((word("host=a").as_str(), word("host=a b").as_str()), ("host=a", "\"host=a b\""));
        for text in ["host=a b", "x=it's", "x=\"so\"", "\"a 'b\" c", "'"] {
            assert_eq!(words(&word(text)), [text]);
        }
    }
}
