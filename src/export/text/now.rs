//! `now`: everybody on call, gaps first.

use crate::calendar::{Outlook, State, outlook};
use crate::export::Reader;
use crate::export::text::columns::aligned;
use crate::export::text::{BAD, FAINT, GOOD, STRONG, moment, names, styled};
use crate::org::{Org, PersonId, SeatId};
use crate::time::{Exhausted, Instant, stamp};

/// Every seat: who holds it, until when, who is next. Gaps come first, seats outside of their hours last.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn now(org: &Org, at: Instant, reader: &Reader) -> Result<String, Exhausted> {
    let mut seats: Vec<(u8, SeatId, Outlook)> = Vec::new();
    for seat in org.seats() {
        let outlook = outlook(org, seat, at)?;
        let rank = match outlook.state {
            State::Gap => 0,
            State::Held(_) => 1,
            State::Vacant(_) => 2,
            State::Off => 3,
            State::NotBegun => 4,
        };
        seats.push((rank, seat, outlook));
    }
    seats.sort_by_key(|(rank, seat, _)| (*rank, *seat));
    let mut rows = vec![["SEAT", "ON CALL", "UNTIL", "NEXT", ""].map(|it| styled(FAINT, it)).to_vec()];
    for (_, seat, outlook) in &seats {
        rows.push(row(org, *seat, outlook, at, reader));
    }
    let mut out = format!("{}\n\n", styled(STRONG, &stamp(at, &reader.zone)));
    for line in aligned(&rows, "  ") {
        out.push_str(&line);
        out.push('\n');
    }
    if seats.is_empty() {
        out.push_str("there are no rotations yet\n");
    }
    Ok(out)
}

fn row(org: &Org, seat: SeatId, outlook: &Outlook, at: Instant, reader: &Reader) -> Vec<String> {
    let on_call = match &outlook.state {
        State::Held(people) => {
            let people: Vec<PersonId> = people.iter().map(|(it, _)| *it).collect();
            styled(GOOD, &names(org, &people))
        }
        State::Vacant(_) => "vacant on purpose".to_owned(),
        State::Gap => styled(BAD, "GAP: promised, and nobody"),
        State::Off => styled(FAINT, "outside of its hours"),
        State::NotBegun => styled(FAINT, "has not begun"),
    };
    let until = match outlook.until {
        Some(until) => moment(until, at, &reader.zone),
        None => "for more than a year".to_owned(),
    };
    let next = match &outlook.next {
        Some((people, from)) if Some(*from) == outlook.until => names(org, people),
        Some((people, from)) => format!("{}, {}", names(org, people), moment(*from, at, &reader.zone)),
        None => "nobody".to_owned(),
    };
    let shadows = org.rotation(seat.rotation).shadows.iter().filter(|it| it.span.contains(at));
    let shadows: Vec<PersonId> = match (&outlook.state, seat.seat) {
        (State::Held(people), crate::org::Seat::Primary) => shadows
            .filter(|it| it.with.is_none_or(|with| people.iter().any(|(person, _)| *person == with)))
            .map(|it| it.person)
            .collect(),
        _ => Vec::new(),
    };
    let away: Vec<PersonId> = match &outlook.state {
        State::Held(people) => people.iter().map(|(it, _)| *it).filter(|it| is_away(org, *it, at)).collect(),
        _ => Vec::new(),
    };
    let mut notes = Vec::new();
    if !away.is_empty() {
        notes.push(styled(BAD, &format!("{} away", if away.len() == 1 { "is" } else { "are" })));
    }
    if !shadows.is_empty() {
        notes.push(styled(FAINT, &format!("shadow: {}", names(org, &shadows))));
    }
    vec![org.seat_name(seat), on_call, until, next, notes.join("  ")]
}

fn is_away(org: &Org, person: PersonId, at: Instant) -> bool {
    org.person(person).off.iter().any(|it| it.span.contains(at))
}
