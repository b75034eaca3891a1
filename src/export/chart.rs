//! A watchbill as rows of bars, for pictures.

use crate::calendar::{Bill, Row, Shift, Why};
use crate::export::{Reader, palette, reason, seat_title};
use crate::org::{Holder, PersonId, SeatId};
use crate::time::{Instant, Span, stamp};

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// A seat.
    Rotation,
    /// A person.
    Person,
}

/// A row of a picture.
pub(crate) struct Track {
    pub title: String,
    /// What else there is to say about it, in a word or two.
    pub note: String,
    /// In order of their start.
    pub bars: Vec<Bar>,
    /// How many bars stand below each other at most. At least one.
    pub lanes: usize,
}

/// Something drawn over a stretch of time.
pub(crate) struct Bar {
    pub span: Span,
    /// Which of the row's lines it is on, from 0.
    pub lane: usize,
    /// What is written into it, from the longest; the first that fits is taken.
    pub labels: Vec<String>,
    pub kind: Kind,
    /// All there is to know, in lines.
    pub facts: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A turn, in a person's colour.
    Turn(usize),
    /// An override, in a person's colour.
    Override(usize),
    Vacant,
    Gap,
}

/// What a picture or page is of: `On call`, `On call: Ana Souza`.
pub(crate) fn heading(bill: &Bill<'_>) -> String {
    let named: Vec<&str> = bill.people.iter().map(|it| bill.org.person(*it).name.as_str()).collect();
    if named.is_empty() { "On call".to_owned() } else { format!("On call: {}", named.join(", ")) }
}

/// The rows of a bill.
pub(crate) fn tracks(bill: &Bill<'_>, by: By, reader: &Reader) -> Vec<Track> {
    let colors = palette::colors(bill.org);
    match by {
        By::Rotation => bill.rows.iter().map(|row| of_seat(bill, row, &colors, reader)).collect(),
        By::Person => {
            let mut people: Vec<Vec<(SeatId, &Shift)>> = vec![Vec::new(); bill.org.people.len()];
            for row in &bill.rows {
                for shift in &row.shifts {
                    if let Holder::Person(PersonId(person)) = shift.holder {
                        people[person as usize].push((row.seat, shift));
                    }
                }
            }
            let held = bill.org.people.iter().zip(people).filter(|(_, held)| !held.is_empty());
            held.map(|(person, held)| {
                let seconds: i64 = held.iter().map(|(_, it)| it.span.seconds()).sum();
                let bars = held.iter().map(|(seat, shift)| {
                    let labels = vec![seat_title(bill.org, *seat), bill.org.seat_name(*seat)];
                    shift_bar(bill, *seat, shift, labels, &colors, reader)
                });
                Track::new(person.name.clone(), format!("{} h", seconds / 3600), bars.collect())
            })
            .collect()
        }
    }
}

fn of_seat(bill: &Bill<'_>, row: &Row, colors: &[usize], reader: &Reader) -> Track {
    let org = bill.org;
    let shifts = row.shifts.iter().map(|shift| {
        let labels = match shift.holder {
            Holder::Person(person) => {
                let name = &org.person(person).name;
                [Some(name.as_str()), name.split_whitespace().next()].into_iter().flatten().map(str::to_owned).collect()
            }
            Holder::Nobody => vec!["vacant".to_owned()],
        };
        shift_bar(bill, row.seat, shift, labels, colors, reader)
    });
    let gaps = row.gaps.iter().map(|&span| Bar {
        span,
        lane: 0,
        labels: vec!["gap".to_owned(), "!".to_owned()],
        kind: Kind::Gap,
        facts: format!("gap: promised, and held by nobody\n{}\n{}", seat_title(org, row.seat), stretch(span, reader)),
    });
    let rotation = org.rotation(row.seat.rotation);
    Track::new(rotation.name.clone(), row.seat.seat.to_string(), shifts.chain(gaps).collect())
}

fn shift_bar(
    bill: &Bill<'_>,
    seat: SeatId,
    shift: &Shift,
    labels: Vec<String>,
    colors: &[usize],
    reader: &Reader,
) -> Bar {
    let org = bill.org;
    let (who, kind) = match (shift.holder, shift.why) {
        (Holder::Nobody, _) => ("vacant on purpose", Kind::Vacant),
        (Holder::Person(it), Why::Turn { .. }) => (org.person(it).name.as_str(), Kind::Turn(colors[it.0 as usize])),
        (Holder::Person(it), Why::Override { .. }) => {
            (org.person(it).name.as_str(), Kind::Override(colors[it.0 as usize]))
        }
    };
    let why = reason(org, seat, shift.why, &reader.zone);
    let source = shift.why.source(org, seat).map(ToString::to_string).unwrap_or_default();
    let facts = format!("{who}\n{}\n{}\n{why}\n{source}", seat_title(org, seat), stretch(shift.span, reader));
    Bar { span: shift.span, lane: 0, labels, kind, facts }
}

fn stretch(span: Span, reader: &Reader) -> String {
    let (start, end) = (stamp(span.start(), &reader.zone), stamp(span.end(), &reader.zone));
    format!("{start} to {end}, {}", hours(span.seconds()))
}

/// `168 h`, `24.5 h`, `20 min`.
fn hours(seconds: i64) -> String {
    match (seconds / 3600, seconds % 3600) {
        (hours, 0) => format!("{hours} h"),
        (0, rest) => format!("{} min", (rest / 60).max(1)),
        (hours, rest) => format!("{hours}.{:02} h", rest / 36).replace("0 h", " h"),
    }
}

impl Track {
    /// Bars in order, each on the first line that is free.
    fn new(title: String, note: String, mut bars: Vec<Bar>) -> Track {
        bars.sort_by_key(|it| it.span.start());
        let mut ends: Vec<Instant> = Vec::new();
        for bar in &mut bars {
            let free = ends.iter().position(|end| *end <= bar.span.start());
            bar.lane = free.unwrap_or(ends.len());
            match free {
                Some(lane) => ends[lane] = bar.span.end(),
                None => ends.push(bar.span.end()),
            }
        }
        Track { title, note, bars, lanes: ends.len().max(1) }
    }
}
