//! Who stands at a place of a ladder, from when until when.

use crate::calendar::Shift;
use crate::org::PersonId;
use crate::time::{Instant, Span};

/// Who is paged there, as far as the proof asks: whether it is nobody, one person, or two at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Nobody,
    One(PersonId),
    Several,
}

impl Who {
    /// Everybody of two places that are paged together.
    fn and(self, other: Who) -> Who {
        match (self, other) {
            (Who::Nobody, it) | (it, Who::Nobody) => it,
            (Who::One(left), Who::One(right)) if left == right => self,
            _ => Who::Several,
        }
    }
}

/// Who holds a seat: each row holds until the next.
#[derive(Debug, Clone, Default)]
pub struct Standing(Vec<(i64, Who)>);

impl Standing {
    /// Out of the shifts of a seat, which are in order of their start.
    pub fn of(shifts: &[Shift]) -> Standing {
        let mut instants: Vec<i64> =
            shifts.iter().flat_map(|it| [it.span.start(), it.span.end()]).map(Instant::unix).collect();
        // Beyond the known years it stays as it is in their last moment.
        instants.retain(|it| *it < Instant::MAX.unix());
        instants.sort_unstable();
        instants.dedup();
        let mut rows: Vec<(i64, Who)> = Vec::with_capacity(instants.len());
        let mut first = 0;
        for at in instants {
            while first < shifts.len() && shifts[first].span.end().unix() <= at {
                first += 1;
            }
            let here = shifts[first..].iter().take_while(|it| it.span.start().unix() <= at);
            let people = here.filter(|it| at < it.span.end().unix()).filter_map(|it| it.holder.person());
            let who = people.map(Who::One).fold(Who::Nobody, Who::and);
            if rows.last().is_none_or(|(_, last)| *last != who) {
                rows.push((at, who));
            }
        }
        Standing(rows)
    }

    /// Who holds it at an instant, and until when without a change.
    fn at(&self, at: i64) -> (Who, i64) {
        let next = self.0.partition_point(|(from, _)| *from <= at);
        let who = next.checked_sub(1).map_or(Who::Nobody, |it| self.0[it].1);
        (who, self.0.get(next).map_or(i64::MAX, |(from, _)| *from))
    }
}

/// The places that are paged together, at one moment of a climb.
#[derive(Debug, Clone)]
pub struct Rung<'a> {
    /// From the start of the climb, in seconds, if no rung before it is empty.
    pub planned: i64,
    /// The seats.
    pub seats: Vec<&'a Standing>,
    /// The people who are named.
    pub named: Who,
}

impl Rung<'_> {
    /// Who is there at an instant, and until when that stays so.
    fn at(&self, at: i64) -> (Who, i64) {
        self.seats
            .iter()
            .map(|it| it.at(at))
            .fold((self.named, i64::MAX), |(who, until), (also, change)| (who.and(also), until.min(change)))
    }

    /// Names one more.
    pub fn name(&mut self, person: PersonId) {
        self.named = self.named.and(Who::One(person));
    }
}

/// From the last rung back to the first.
#[derive(Debug, Clone, Copy)]
pub struct Again {
    pub times: u32,
    /// In seconds.
    pub after: i64,
}

/// For which openings a ladder does not do what it must.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Nobody is paged.
    pub silent: Vec<Span>,
    /// Only this person is paged within the limit. In order.
    pub late: Vec<(Span, PersonId)>,
}

/// The openings from `start` to `end` that have the same past up to some rung.
#[derive(Debug, Clone, Copy)]
struct Piece {
    start: i64,
    end: i64,
    /// When the next rung fires, after the opening.
    delay: i64,
    /// Who has been paged; as soon as it is two, the piece is done with.
    person: Option<PersonId>,
    /// Whether in this climb: then that person is the one just paged.
    paged: bool,
}

/// Climbs for every opening of a span at once.
///
/// The walk of one opening depends on who holds each seat at the instant its rung fires, and that instant on which rungs
/// before it were empty. So openings are kept in pieces that have had the same walk so far; a rung cuts a piece where,
/// as far on as the piece has come, its seats change hands, and nowhere else. Neighbours that have become alike
/// are joined. `limit` is in seconds; without one, it is enough that somebody is paged.
pub fn climb(rungs: &[Rung<'_>], again: Again, limit: Option<i64>, span: Span) -> Verdict {
    let mut verdict = Verdict::default();
    let (start, end) = (span.start().unix(), span.end().unix());
    let mut pieces = vec![Piece { start, end, delay: 0, person: None, paged: false }];
    for time in 0..=again.times {
        for piece in &mut pieces {
            piece.paged = false;
        }
        for (index, rung) in rungs.iter().enumerate() {
            let wait = match rungs.get(index + 1) {
                Some(next) => next.planned - rung.planned,
                None if time < again.times => again.after,
                None => 0,
            };
            let mut on = Vec::with_capacity(pieces.len());
            for piece in pieces {
                if limit.is_some_and(|limit| piece.delay > limit) {
                    verdict.close(piece);
                } else {
                    step(piece, rung, wait, limit.is_some(), &mut on);
                }
            }
            pieces = on;
            if pieces.is_empty() {
                return verdict.sorted();
            }
        }
        // A climb that pages nobody is not repeated.
        for piece in pieces.extract_if(.., |it| !it.paged) {
            verdict.close(piece);
        }
    }
    for piece in pieces {
        verdict.close(piece);
    }
    verdict.sorted()
}

/// What a rung makes of a piece: those parts of it that are not done with go `on`.
fn step(piece: Piece, rung: &Rung<'_>, wait: i64, two: bool, on: &mut Vec<Piece>) {
    let mut start = piece.start;
    while start < piece.end {
        let (who, until) = rung.at(start.saturating_add(piece.delay));
        let end = until.saturating_sub(piece.delay).min(piece.end);
        let part = Piece { start, end, ..piece };
        let paged =
            |person| Piece { delay: piece.delay.saturating_add(wait), person: Some(person), paged: true, ..part };
        match (who, piece.person) {
            (Who::Nobody, _) => join(on, part),
            (Who::One(person), None) if two => join(on, paged(person)),
            (Who::One(person), Some(before)) if person == before && piece.paged => join(on, part),
            (Who::One(person), Some(before)) if person == before => join(on, paged(person)),
            // Two different people, or somebody where that is enough.
            (Who::One(_) | Who::Several, _) => {}
        }
        start = end;
    }
}

fn join(pieces: &mut Vec<Piece>, piece: Piece) {
    let alike =
        |it: &Piece| (it.end, it.delay, it.person, it.paged) == (piece.start, piece.delay, piece.person, piece.paged);
    match pieces.last_mut().filter(|it| alike(it)) {
        Some(last) => last.end = piece.end,
        None => pieces.push(piece),
    }
}

impl Verdict {
    /// The piece comes to nothing better.
    fn close(&mut self, piece: Piece) {
        let span = Span::new(Instant::from_unix(piece.start), Instant::from_unix(piece.end));
        match piece.person {
            None => self.silent.extend(span),
            Some(person) => self.late.extend(span.map(|it| (it, person))),
        }
    }

    fn sorted(mut self) -> Verdict {
        self.silent.sort_unstable();
        self.late.sort_unstable();
        self
    }
}
