//! Dated exceptions: swaps, overrides, shadows. All of them are new rows; nobody else's turns move.

use std::collections::BTreeMap;

use crate::calendar::{Shift, Why, shifts};
use crate::edit::moment::{in_row, typed};
use crate::edit::rows::{Rows, quoted};
use crate::edit::{Desk, End, Moment, Refusal, Result, Which};
use crate::org::{Holder, PersonId, RotationId, Seat, SeatId};
use crate::time::{Instant, Span, Zone, stamp, subtract, union};

/// How far ahead a turn is looked for, in growing steps of hours.
const LOOK_AHEAD: [u64; 3] = [2_000, 10_000, 50_000];

/// The ends of a new row, and its reason.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub from: Moment,
    pub end: End,
    pub reason: Option<&'a str>,
}

/// A turn of a person: all that they hold of it.
struct Piece {
    /// From handoff to handoff, or what was named.
    whole: Span,
    /// In order, disjoint.
    held: Vec<Span>,
}

impl Row<'_> {
    fn span(&self, zone: &Zone) -> Result<Span> {
        let (from, until) = (self.from.resolve(zone), self.end.resolve(zone));
        Span::new(from, until).ok_or_else(|| {
            let begins = match (self.end, from == until) {
                (_, true) if self.from.civil(zone) < self.end.civil(zone) => {
                    return Refusal::new(format!("the clock jumps over all of it, at {}", stamp(from, zone)))
                        .hint("give it times that the clock shows");
                }
                (End::Through(day), _) => format!("with {day}, before it begins"),
                (End::Until(_), true) => format!("at {}, when it begins", stamp(until, zone)),
                (End::Until(_), false) => format!("at {}, before it begins", stamp(until, zone)),
            };
            Refusal::new(format!("it would end {begins}"))
                .hint("`--until` is the first moment after, `--through` the last day")
        })
    }

    fn keys(&self) -> Vec<(String, String)> {
        let (key, end) = match self.end {
            End::Until(moment) => ("until", typed(moment)),
            End::Through(day) => ("through", day.to_string()),
        };
        let mut keys = vec![("from".to_owned(), typed(self.from)), (key.to_owned(), end)];
        keys.extend(self.reason.map(|it| ("reason".to_owned(), quoted(it))));
        keys
    }
}

impl Desk<'_> {
    pub(super) fn stand_in(
        &mut self,
        holder: Holder,
        instead_of: Option<PersonId>,
        seat: SeatId,
        row: Row<'_>,
        correction: bool,
    ) -> Result<()> {
        let rotation = self.org.rotation(seat.rotation);
        let zone = &rotation.zone;
        let span = row.span(zone)?;
        if span.start() < self.now && !correction {
            return Err(Refusal::new(format!("{} is past: what has been stays", stamp(span.start(), zone)))
                .hint("`--from` now or later")
                .hint("where the file was wrong about the past, `--correction` puts it right"));
        }
        let held = shifts(self.org, seat, span)?;
        if let Some(person) = instead_of
            && !held.iter().any(|it| it.holder == Holder::Person(person))
        {
            let (name, seat_name) = (self.name(person), self.org.seat_name(seat));
            let refusal = Refusal::new(format!("{name} does not hold {seat_name} then"));
            let next = self.turns_of(person, seat, self.now)?.into_iter().next();
            return Err(match next {
                Some(next) => refusal.hint(format!(
                    "their next turn is from {} to {}",
                    stamp(next.whole.start(), zone),
                    stamp(next.whole.end(), zone)
                )),
                None => refusal.hint("leave `--for` out to hold the seat whoever has it"),
            });
        }
        if instead_of.is_none() && held.iter().all(|it| it.holder == holder) && covers(&held, span) {
            let name = self.org.holder_name(holder);
            return Err(Refusal::new(format!("`{name}` holds {} then already", self.org.seat_name(seat)))
                .hint("there is nothing to change"));
        }
        let whom = instead_of.map(|it| format!(" for {}", self.name(it))).unwrap_or_default();
        let who = holder.person().map_or("nobody", |it| self.name(it));
        self.done.push(format!(
            "{who} holds {}{whom} from {} to {}",
            self.org.seat_name(seat),
            self.told(span.start()),
            self.told(span.end())
        ));
        let person = self.org.holder_name(holder).to_owned();
        let instead_of = instead_of.map(|it| self.org.person(it).key.clone());
        self.write_override(seat, &person, instead_of.as_deref(), row.keys())?;
        self.touch(span.start(), span.end());
        Ok(())
    }

    fn write_override(
        &mut self,
        seat: SeatId,
        person: &str,
        instead_of: Option<&str>,
        rest: Vec<(String, String)>,
    ) -> Result<()> {
        let mut keys = vec![("person".to_owned(), quoted(person))];
        keys.extend(instead_of.map(|it| ("for".to_owned(), quoted(it))));
        if seat.seat == Seat::Secondary {
            keys.push(("seat".to_owned(), "\"secondary\"".to_owned()));
        }
        keys.extend(rest);
        self.sheet(seat.rotation)?.append(Rows::Overrides, &keys)?;
        Ok(())
    }

    pub(super) fn learn(
        &mut self,
        person: PersonId,
        with: Option<PersonId>,
        rotation: RotationId,
        row: Row<'_>,
    ) -> Result<()> {
        let rotation = self.org.rotation(rotation);
        let zone = &rotation.zone;
        let span = row.span(zone)?;
        if span.start() < self.now {
            return Err(Refusal::new(format!("{} is past: what has been stays", stamp(span.start(), zone)))
                .hint("`--from` now or later"));
        }
        if with == Some(person) {
            return Err(Refusal::new(format!("{} cannot shadow themselves", self.name(person)))
                .hint("leave `--with` out to learn from whoever is primary"));
        }
        let seat = SeatId { rotation: rotation.id, seat: Seat::Primary };
        let held = shifts(self.org, seat, span)?;
        if let Some(with) = with
            && !held.iter().any(|it| it.holder == Holder::Person(with))
        {
            self.notes.push(format!(
                "{} does not hold {} then: there is nothing to learn",
                self.name(with),
                rotation.key
            ));
        }
        let whom = with.map_or("whoever is primary", |it| self.name(it));
        self.done.push(format!(
            "{} shadows {whom} in {} from {} to {}",
            self.name(person),
            rotation.key,
            self.told(span.start()),
            self.told(span.end())
        ));
        let mut keys = vec![("person".to_owned(), quoted(&self.org.person(person).key))];
        keys.extend(with.map(|it| ("with".to_owned(), quoted(&self.org.person(it).key))));
        keys.extend(row.keys());
        self.sheet(rotation.id)?.append(Rows::Shadows, &keys)?;
        self.touch(span.start(), span.end());
        Ok(())
    }

    pub(super) fn swap(
        &mut self,
        (one, which): (PersonId, Which),
        (other, which_other): (PersonId, Which),
        seat: SeatId,
        reason: Option<&str>,
    ) -> Result<()> {
        if one == other {
            return Err(Refusal::new(format!("{} cannot swap with themselves", self.name(one))).hint("name two people"));
        }
        let mine = self.turn_of(one, seat, which)?;
        let theirs = self.turn_of(other, seat, which_other)?;
        if let Some(both) = mine.held.iter().find_map(|it| theirs.held.iter().find_map(|other| it.intersection(*other)))
        {
            let when = stamp(both.start(), &self.org.rotation(seat.rotation).zone);
            return Err(Refusal::new(format!(
                "both hold {} at {when}: there is nothing to swap",
                self.org.seat_name(seat)
            ))
            .hint("`--turn` and `--other-turn` name turns that lie apart"));
        }
        let seat_name = self.org.seat_name(seat);
        let zone = self.org.rotation(seat.rotation).zone.clone();
        self.both_seats((one, &theirs), (other, &mine), seat)?;
        // The second row sees what the first has made: whoever got a turn by it keeps it.
        let got = [(one, other, &mine, &theirs, &[][..]), (other, one, &theirs, &mine, mine.held.as_slice())];
        for (gives, takes, turn, in_return, already) in got {
            let reach = turn.whole.start().min(self.now);
            let Some(reach) = Span::new(reach, turn.whole.end()) else { continue };
            let mut others: Vec<Span> = shifts(self.org, seat, reach)?
                .iter()
                .filter(|it| it.holder == Holder::Person(gives))
                .map(|it| it.span)
                .collect();
            others.extend(already);
            let others = subtract(&union(others), &turn.held);
            for span in rows(turn, &others) {
                let (giver, taker) = (self.org.person(gives).key.clone(), self.org.person(takes).key.clone());
                let mut rest = vec![
                    ("from".to_owned(), in_row(span.start(), &zone)),
                    ("until".to_owned(), in_row(span.end(), &zone)),
                ];
                let swapped = format!("swapped for the turn of {}", zone.day(in_return.whole.start()));
                rest.push(("reason".to_owned(), quoted(reason.unwrap_or(&swapped))));
                self.write_override(seat, &taker, Some(&giver), rest)?;
                self.touch(span.start(), span.end());
            }
            self.done.push(format!(
                "{} holds {seat_name} for {} from {} to {}",
                self.name(takes),
                self.name(gives),
                self.told(turn.whole.start()),
                self.told(turn.whole.end())
            ));
        }
        Ok(())
    }

    /// Says so where two who swap turns of one seat hold the other seat then, as two people who take turns always do.
    fn both_seats(&mut self, one: (PersonId, &Piece), other: (PersonId, &Piece), seat: SeatId) -> Result<()> {
        let beside = match seat.seat {
            Seat::Primary => SeatId { seat: Seat::Secondary, ..seat },
            Seat::Secondary => SeatId { seat: Seat::Primary, ..seat },
        };
        if !self.org.seats().any(|it| it == beside) {
            return Ok(());
        }
        for (person, turn) in [one, other] {
            let held = shifts(self.org, beside, turn.whole)?;
            if !held.iter().any(|it| it.holder == Holder::Person(person)) {
                return Ok(());
            }
        }
        let (zone, name) = (&self.org.rotation(seat.rotation).zone, self.org.seat_name(beside));
        let key = |it: PersonId| &self.org.person(it).key;
        self.notes.push(format!(
            "each holds {name} in the turn that they get: `dogwatch edit swap {} {} {name} --turn {} --other-turn {}` \
             swaps that seat, too",
            key(one.0),
            key(other.0),
            zone.day(one.1.whole.start()),
            zone.day(other.1.whole.start()),
        ));
        Ok(())
    }

    /// The turn of somebody that is meant, as far as it is to come.
    fn turn_of(&self, person: PersonId, seat: SeatId, which: Which) -> Result<Piece> {
        let zone = &self.org.rotation(seat.rotation).zone;
        let (name, seat_name) = (self.name(person), self.org.seat_name(seat));
        let none = |when: String| {
            Refusal::new(format!("{name} has no turn in {seat_name}{when}"))
                .hint(format!("`dogwatch show @{} {seat_name} --format table` lists them", self.org.person(person).key))
        };
        let past = |at: Instant| {
            Refusal::new(format!("{} is past: what has been stays", stamp(at, zone)))
                .hint("name a turn that is to come, or none for the next")
        };
        let found = match which {
            Which::Next => {
                let turns = self.turns_of(person, seat, self.now)?;
                turns.into_iter().find(|it| self.now < it.whole.start()).ok_or_else(|| none(" to come".to_owned()))
            }
            Which::Day(day) => {
                let from = zone.start_of_day(day);
                let Some(of_day) = Span::new(from, zone.start_of_day(day.succ_opt().unwrap_or(day))) else {
                    return Err(none(format!(" on {day}")));
                };
                if of_day.end() <= self.now {
                    return Err(past(from));
                }
                let turns = self.turns_of(person, seat, from.max(self.now))?;
                let begins = turns.iter().position(|it| of_day.contains(it.whole.start()));
                let holds = |it: &Piece| it.held.iter().any(|it| it.intersection(of_day).is_some());
                let at = begins.or_else(|| turns.iter().position(holds));
                at.and_then(|it| turns.into_iter().nth(it)).ok_or_else(|| none(format!(" on {day}")))
            }
            Which::At(moment) => {
                let at = moment.resolve(zone);
                if at < self.now {
                    return Err(past(at));
                }
                let turns = self.turns_of(person, seat, at)?;
                let holds = |it: &Piece| it.held.iter().any(|it| it.contains(at));
                turns.into_iter().find(holds).ok_or_else(|| none(format!(" at {}", stamp(at, zone))))
            }
            Which::Between(from, until) => {
                let (from, until) = (from.resolve(zone), until.resolve(zone));
                let Some(whole) = Span::new(from, until) else {
                    return Err(Refusal::new(format!("it would end at {}, before it begins", stamp(until, zone)))
                        .hint("FROM..UNTIL: the first moment, and the first moment after"));
                };
                if from < self.now {
                    return Err(past(from));
                }
                let all = shifts(self.org, seat, whole)?;
                let held = all.iter().filter(|it| it.holder == Holder::Person(person)).map(|it| it.span).collect();
                let held = union(held);
                if held.is_empty() {
                    return Err(none(" then".to_owned()));
                }
                Ok(Piece { whole, held })
            }
        }?;
        // What has been of a turn that has begun stays.
        let Some(ahead) = Span::new(self.now, Instant::MAX) else { return Err(none(String::new())) };
        let held: Vec<Span> = found.held.iter().filter_map(|it| it.intersection(ahead)).collect();
        let whole = found.whole.intersection(ahead).filter(|_| !held.is_empty()).ok_or_else(|| past(self.now))?;
        Ok(Piece { whole, held })
    }

    /// What somebody holds of a seat from an instant on, turn by turn, in order of what is held.
    fn turns_of(&self, person: PersonId, seat: SeatId, from: Instant) -> Result<Vec<Piece>> {
        let holder = Holder::Person(person);
        for (step, hours) in LOOK_AHEAD.into_iter().enumerate() {
            let end = from + std::time::Duration::from_secs(hours * 3600);
            let Some(span) = Span::new(from, end) else { break };
            let mut turns: BTreeMap<Why, Span> = BTreeMap::new();
            for shift in shifts(self.org, seat, span)?.iter().filter(|it| it.holder == holder) {
                turns.entry(shift.why).or_insert(self.whole(seat, shift)?);
            }
            // One that has begun is not the next one.
            if turns.len() < 2 && step + 1 < LOOK_AHEAD.len() {
                continue;
            }
            let mut pieces = Vec::new();
            for (why, whole) in turns {
                let all = shifts(self.org, seat, whole)?;
                let held = all.iter().filter(|it| it.holder == holder && it.why == why).map(|it| it.span).collect();
                pieces.push(Piece { whole, held: union(held) });
            }
            pieces.sort_by_key(|it| it.held.first().copied());
            return Ok(pieces);
        }
        Ok(Vec::new())
    }

    /// The turn from handoff to handoff, or the override, that a shift is of.
    fn whole(&self, seat: SeatId, shift: &Shift) -> Result<Span> {
        let Why::Turn { layer, .. } = shift.why else { return Ok(shift.planned) };
        let calendar = self.org.rotation(seat.rotation).calendar(seat.seat);
        let Some(layer) = calendar.and_then(|it| it.layers.get(layer as usize)) else { return Ok(shift.planned) };
        let turn = layer.handoffs.turn(shift.span.start())?.map(|it| it.span);
        Ok(turn.and_then(|it| layer.span().and_then(|life| life.intersection(it))).unwrap_or(shift.planned))
    }
}

/// The rows that say what of a turn changes hands: one, if nothing else of whoever gives it lies within.
fn rows(turn: &Piece, others: &[Span]) -> Vec<Span> {
    let free = |span: Span| others.iter().all(|it| it.intersection(span).is_none());
    if free(turn.whole) {
        return vec![turn.whole];
    }
    let mut rows: Vec<Span> = Vec::new();
    for piece in &turn.held {
        match rows.last_mut() {
            Some(last) if free(last.until(piece.end())) => *last = last.until(piece.end()),
            _ => rows.push(*piece),
        }
    }
    rows
}

/// Whether shifts leave nothing of a span free.
fn covers(shifts: &[Shift], span: Span) -> bool {
    subtract(&[span], &union(shifts.iter().map(|it| it.span).collect())).is_empty()
}
