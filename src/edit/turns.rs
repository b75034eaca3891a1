//! Who takes turns: joining and leaving.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveTime, Timelike};

use crate::edit::ending::own_overrides;
use crate::edit::moment::{of_layer, with_time};
use crate::edit::rows::{Rows, quoted, with_value};
use crate::edit::{At, Desk, Place, Refusal, Result};
use crate::org::{Holder, Layer, PersonId, RotationId, Seat, SeatId, SecondaryCalendar};
use crate::time::{Cadence, From, Handoffs, Instant, Span, Turn, clock, is_known, stamp, weekday_name};

/// What can be done where no handoff is.
const SPLICE: &str = "a date-time splices between two handoffs";
/// How far the handoffs of a new layer are held against those of the old one, in hours, and how many at least.
const COMPARED: [u64; 2] = [20_000, 100_000];
const COMPARED_TURNS: usize = 3;

/// Layers that follow each other without a break: one order of people over time.
pub(super) struct Strand {
    pub seat: SeatId,
    /// Of the seat's layers, in order of time.
    pub layers: Vec<usize>,
}

/// What becomes of the people of a layer.
#[derive(Clone, Copy)]
enum Change {
    Join(PersonId, Place),
    Leave(PersonId),
}

/// The people of a layer, and whose turn is next.
#[derive(Clone)]
struct Order {
    names: Vec<String>,
    next: usize,
}

/// What is written of a layer.
struct Plan {
    index: usize,
    start: Instant,
    order: Order,
    list: List,
    /// Not so where the layer may stay as it is.
    changes: bool,
    seam: Option<Seam>,
}

/// What becomes of a list of people.
enum List {
    Same,
    With(usize),
    Without(Vec<usize>),
}

/// How a layer ends where another goes on: its people then, and who would be next, before the edit and after it.
#[derive(Clone)]
struct Seam {
    before: Order,
    after: Order,
}

impl Order {
    /// From whose turn is next, once around.
    fn around(&self) -> impl Iterator<Item = usize> + use<> {
        let count = self.names.len();
        (self.next..self.next + count).map(move |it| it % count)
    }

    fn name(&self) -> &str {
        &self.names[self.next]
    }

    /// Whoever had the last turn.
    fn last(&self) -> &str {
        &self.names[(self.next + self.names.len() - 1) % self.names.len()]
    }

    /// The first from whose turn is next that others have, too.
    fn first_of(&self, others: &[String]) -> Option<&str> {
        self.around().map(|it| self.names[it].as_str()).find(|it| others.iter().any(|other| other == it))
    }
}

/// The place right after somebody in a list: where `then` follows, if they stand there twice.
fn right_after(names: &[String], somebody: &str, then: &str) -> Option<usize> {
    let count = names.len();
    let places = || (0..count).filter(|it| names[*it] == somebody).map(|it| it + 1);
    places().find(|it| names[it % count] == then).or_else(|| places().next())
}

impl Seam {
    /// Where in the list of the next layer somebody stands who has joined this one: right after the same person.
    fn place_of(&self, joined: &str, names: &[String]) -> Option<usize> {
        let list = &self.after.names;
        let count = list.len();
        let at = list.iter().position(|it| it == joined)?;
        let then = &list[(at + 1) % count];
        (1..count).find_map(|back| right_after(names, &list[(at + count - back) % count], then))
    }

    /// Whose turn is first in the next layer, for the order to go on: whoever comes after the last. `was`, that layer before
    /// the edit; `is`, after it, with the same person first. `None` if the order did not go on there before.
    fn goes_on(&self, was: &Order, is: &Order, changed: &str) -> Option<usize> {
        let Some(next) = self.before.first_of(&was.names) else { return Some(is.next) };
        let follows = right_after(&was.names, self.before.last(), next).map(|it| &was.names[it % was.names.len()]);
        let went_on = was.first_of(&self.before.names) == Some(next) || follows.is_some_and(|it| it == was.name());
        if !went_on {
            return None;
        }
        // The same one had the last turn, and the same one is next: so they are beyond the seam.
        let (before, after) = (&self.before, &self.after);
        if before.last() == after.last() && (before.name() == after.name() || before.name() == changed) {
            return Some(is.next);
        }
        let count = is.names.len();
        let alike = |first: &usize| {
            count == after.names.len()
                && after.around().zip(*first..).all(|(place, other)| after.names[place] == is.names[other % count])
        };
        let same = (0..count).find(alike);
        let following = || right_after(&is.names, after.last(), after.name()).map(|it| it % count);
        let left = || after.first_of(&is.names).and_then(|name| is.names.iter().position(|it| it == name));
        Some(same.or_else(following).or_else(left).unwrap_or(is.next))
    }
}

impl Desk<'_> {
    pub(super) fn join(
        &mut self,
        person: PersonId,
        seat: SeatId,
        layers: &[usize],
        place: Place,
        at: At,
    ) -> Result<()> {
        let name = self.name(person).to_owned();
        let seat_name = self.org.seat_name(seat);
        let strands = self.chosen(seat, layers)?;
        if layers.is_empty() && strands.len() > 1 {
            let mut refusal = Refusal::new(format!("{seat_name} has several layers: which does {name} join?"));
            for strand in &strands {
                refusal.hints.push(self.described(strand));
            }
            return Err(refusal);
        }
        if strands.is_empty() {
            return Err(Refusal::new(format!(
                "nobody takes turns in {seat_name} from now on: all its layers have ended"
            ))
            .hint("write a new `[[layers]]`"));
        }
        let mut steps = Vec::new();
        for strand in &strands {
            let start = self.start(strand, at, Some(SPLICE))?;
            let start = if place == Place::First { start } else { self.after_the_turn(strand, at, start, None)? };
            let all = self.layers(seat);
            let to_come = |it: &&usize| all[**it].until.is_none_or(|until| start < until);
            if strand.layers.iter().filter(to_come).all(|it| all[*it].people().contains(&person)) {
                return Err(Refusal::new(format!("{name} takes turns in {seat_name} already"))
                    .hint(format!("`dogwatch show @{}` shows them", self.org.person(person).key)));
            }
            steps.extend(strand.layers.iter().map(|it| (*it, start)));
            let sentence = format!("{name} joins {seat_name} from {} on", self.told(start));
            if self.done.last() != Some(&sentence) {
                self.done.push(sentence);
            }
        }
        self.rearrange(seat, steps, Change::Join(person, place))
    }

    pub(super) fn leave(
        &mut self,
        person: PersonId,
        rotation: RotationId,
        seat: Option<Seat>,
        layers: &[usize],
        at: At,
    ) -> Result<()> {
        let left = self.leave_turns(person, rotation, seat, layers, at, Some(SPLICE))?;
        if left.is_some() {
            return Ok(());
        }
        let (name, key) = (self.name(person).to_owned(), self.org.rotation(rotation).key.clone());
        let mut refusal = Refusal::new(format!("{name} takes no turns in {key} from then on"));
        let elsewhere: Vec<String> = self
            .org
            .rotations
            .iter()
            .filter(|it| {
                it.layers.iter().any(|it| it.until.is_none_or(|it| self.now < it) && it.people().contains(&person))
            })
            .map(|it| it.key.clone())
            .collect();
        if !elsewhere.is_empty() {
            refusal = refusal.hint(format!("they take turns in {}", elsewhere.join(", ")));
        }
        refusal.hints.extend(self.rungs(person));
        let here = self.org.rotation(rotation);
        let overrides = own_overrides(here).filter(|it| it.holder == Holder::Person(person));
        let shadows = here.shadows.iter().filter(|it| it.person == person).map(|it| (it.span, &it.source));
        for (span, source) in overrides.map(|it| (it.span, &it.source)).chain(shadows) {
            if self.now < span.end() {
                let line = source.line;
                refusal.hints.push(format!("`dogwatch edit end {key}:{line}` takes the row out that begins there"));
            }
        }
        if refusal.hints.is_empty() {
            refusal.hints.push(format!("`dogwatch show {key}` shows who does"));
        }
        Err(refusal)
    }

    /// From when somebody takes no more turns in a rotation; `None` if they take none. `otherwise`, see [`Desk::start`], is for one
    /// order; of several a day is each one's first handoff from then on.
    pub(super) fn leave_turns(
        &mut self,
        person: PersonId,
        rotation: RotationId,
        seat: Option<Seat>,
        layers: &[usize],
        at: At,
        otherwise: Option<&str>,
    ) -> Result<Option<Instant>> {
        let name = self.name(person).to_owned();
        let seats: &[Seat] = match seat {
            Some(Seat::Primary) => &[Seat::Primary],
            Some(Seat::Secondary) => &[Seat::Secondary],
            // A layer that is named by its number alone is one of the first seat.
            None if layers.is_empty() && self.has_own_secondary(rotation) => &[Seat::Primary, Seat::Secondary],
            None => &[Seat::Primary],
        };
        let mut strands = Vec::new();
        for seat in seats {
            strands.extend(self.chosen(SeatId { rotation, seat: *seat }, layers)?);
        }
        strands.retain(|strand| {
            let all = self.layers(strand.seat);
            strand.layers.iter().any(|it| all[*it].people().contains(&person))
        });
        let otherwise = otherwise.filter(|_| strands.len() == 1);
        let mut last = None;
        let mut steps: BTreeMap<SeatId, Vec<(usize, Instant)>> = BTreeMap::new();
        for strand in &strands {
            let start = self.start(strand, at, otherwise)?;
            let start = self.after_the_turn(strand, at, start, Some(person))?;
            let all = self.layers(strand.seat);
            let takes =
                |it: &&usize| all[**it].until.is_none_or(|until| start < until) && all[**it].people().contains(&person);
            let Some(first) = strand.layers.iter().find(takes) else { continue };
            let start = start.max(all[*first].handoffs.start());
            steps.entry(strand.seat).or_default().extend(strand.layers.iter().map(|it| (*it, start)));
            let sentence = format!("{name} leaves {} at {}", self.org.seat_name(strand.seat), self.told(start));
            if self.done.last() != Some(&sentence) {
                self.done.push(sentence);
            }
            last = last.max(Some(start));
        }
        for (seat, steps) in steps {
            self.rearrange(seat, steps, Change::Leave(person))?;
        }
        Ok(last)
    }

    fn has_own_secondary(&self, rotation: RotationId) -> bool {
        let secondary = self.org.rotation(rotation).secondary.as_ref();
        secondary.is_some_and(|it| matches!(it.calendar, SecondaryCalendar::Layers(_)))
    }

    /// The layers that a seat has of its own.
    pub(super) fn layers(&self, seat: SeatId) -> &[Layer] {
        let rotation = self.org.rotation(seat.rotation);
        match (seat.seat, rotation.secondary.as_ref().map(|it| &it.calendar)) {
            (Seat::Primary, _) => &rotation.layers,
            (Seat::Secondary, Some(SecondaryCalendar::Layers(layers))) => layers,
            (Seat::Secondary, _) => &[],
        }
    }

    /// The strands of a seat that go on, or those of the layers that were named.
    pub(super) fn chosen(&self, seat: SeatId, layers: &[usize]) -> Result<Vec<Strand>> {
        let rotation = self.org.rotation(seat.rotation);
        let follows = matches!(rotation.secondary.as_ref().map(|it| &it.calendar), Some(SecondaryCalendar::Follow(_)));
        if seat.seat == Seat::Secondary && follows {
            let name = self.org.seat_name(seat);
            return Err(Refusal::new(format!("{name} follows the primary, and has no order of its own"))
                .hint(format!("whoever takes turns in {} stands in both: name that", rotation.key)));
        }
        let all = self.layers(seat);
        if let Some(beyond) = layers.iter().find(|it| **it >= all.len()) {
            let name = self.org.seat_name(seat);
            return Err(Refusal::new(format!("{name} has no layer {}", beyond + 1))
                .hint(format!("it has {}, counted as in the file", all.len())));
        }
        let mut strands = strands(seat, all);
        match layers {
            [] => strands.retain(|it| it.layers.iter().any(|it| all[*it].until.is_none_or(|until| self.now < until))),
            layers => strands.retain(|it| it.layers.iter().any(|it| layers.contains(it))),
        }
        Ok(strands)
    }

    /// `--layer 2: elsa, finn, every week on Mon at 09:00 in Europe/Dublin`
    fn described(&self, strand: &Strand) -> String {
        let all = self.layers(strand.seat);
        let live = strand.layers.iter().find(|it| all[**it].until.is_none_or(|until| self.now < until));
        let index = live.or(strand.layers.last()).copied().unwrap_or(0);
        let layer = &all[index];
        let names: Vec<&str> = layer.places.iter().map(|it| self.org.holder_name(*it)).collect();
        let zone = layer.handoffs.zone();
        format!("--layer {}: {}, {} in {zone}", index + 1, names.join(", "), layer.cadence)
    }

    /// When a change of a strand takes effect. A day must be a handoff day, if it is said what else there is; else it stands for
    /// the first handoff from that day on.
    pub(super) fn start(&self, strand: &Strand, at: At, otherwise: Option<&str>) -> Result<Instant> {
        let all = self.layers(strand.seat);
        let live: Vec<&Layer> = strand
            .layers
            .iter()
            .map(|it| &all[*it])
            .filter(|it| it.until.is_none_or(|until| self.now < until))
            .collect();
        let name = self.org.seat_name(strand.seat);
        let Some(first) = live.first() else {
            return Err(Refusal::new(format!("that layer of {name} has ended: what has been stays"))
                .hint("name a layer that goes on, or none"));
        };
        let begin = first.handoffs.start();
        let ended = || {
            let zone = first.handoffs.zone();
            let message = match live.last().and_then(|it| it.until) {
                Some(end) => {
                    format!("that layer of {name} has no such handoff before it ends, at {}", stamp(end, zone))
                }
                None => format!(
                    "that layer of {name} has no such handoff before the last instant of all calendars, {}",
                    stamp(Instant::MAX, zone)
                ),
            };
            Refusal::new(message).hint("nothing need change, or it is another layer; `--at now` changes what is left")
        };
        let start = match at {
            At::Now => return Ok(self.now.max(begin)),
            At::NextHandoff => self.next_handoff(&live)?.ok_or_else(ended)?,
            At::AfterCycle => self.next_round(&live)?.ok_or_else(ended)?,
            At::Day(day) => {
                let on = |it: &&Layer| {
                    let at = it.handoffs.on(day).ok().flatten()?;
                    (it.handoffs.start() <= at && it.until.is_none_or(|until| at < until)).then_some(at)
                };
                match (live.iter().find_map(on), otherwise) {
                    (Some(at), _) => at,
                    (None, Some(otherwise)) => return Err(self.not_a_handoff_day(&live, day).hint(otherwise)),
                    (None, None) => {
                        self.handoff_from(&live, first.handoffs.zone().start_of_day(day))?.ok_or_else(ended)?
                    }
                }
            }
            At::Local(civil) => first.handoffs.zone().resolve(civil),
            At::Instant(at) => at,
        };
        if start <= self.now {
            let when = stamp(start, first.handoffs.zone());
            let next = self.next_handoff(&live)?.map(|it| stamp(it, first.handoffs.zone()));
            let refusal = Refusal::new(format!("{when} is past: what has been stays"));
            return Err(match next {
                Some(next) => refusal.hint(format!("the next handoff is {next}: `--at next-handoff`")),
                None => refusal,
            });
        }
        if live.last().and_then(|it| it.until).is_some_and(|until| until <= start) {
            return Err(ended());
        }
        Ok(start.max(begin))
    }

    /// The first handoff of some layers after now.
    fn next_handoff(&self, live: &[&Layer]) -> Result<Option<Instant>> {
        for layer in live {
            let start = layer.handoffs.start();
            if self.now < start {
                return Ok(Some(start));
            }
            if let Some(turn) = layer.handoffs.turn(self.now)?
                && layer.until.is_none_or(|until| turn.span.end() < until)
                && turn.span.end() < Instant::MAX
            {
                return Ok(Some(turn.span.end()));
            }
        }
        Ok(None)
    }

    /// The first handoff of some layers at or after an instant.
    fn handoff_from(&self, live: &[&Layer], from: Instant) -> Result<Option<Instant>> {
        for layer in live {
            let start = layer.handoffs.start();
            if from <= start {
                return Ok(Some(start));
            }
            let Some(turn) = layer.handoffs.turn(from)? else { continue };
            let at = if turn.span.start() == from { from } else { turn.span.end() };
            if layer.until.is_none_or(|until| at < until) && at < Instant::MAX {
                return Ok(Some(at));
            }
        }
        Ok(None)
    }

    /// The first handoff after now at which the first in the order of some layers has the turn again.
    fn next_round(&self, live: &[&Layer]) -> Result<Option<Instant>> {
        for layer in live {
            let start = layer.handoffs.start();
            if self.now < start {
                return Ok(Some(start));
            }
            let places = if layer.together { 1 } else { layer.places.len() as u64 };
            let Some(mut turn) = layer.handoffs.turn(self.now)? else { continue };
            let wanted = (turn.number / places + 1) * places;
            while turn.number < wanted {
                match layer.handoffs.turn(turn.span.end())? {
                    Some(next) if turn.number < next.number => turn = next,
                    _ => return Ok(None),
                }
            }
            if layer.until.is_none_or(|until| turn.span.start() < until) {
                return Ok(Some(turn.span.start()));
            }
        }
        Ok(None)
    }

    fn not_a_handoff_day(&self, live: &[&Layer], day: chrono::NaiveDate) -> Refusal {
        let named = |day: chrono::NaiveDate| format!("{} {day}", weekday_name(day.weekday()));
        let holds = |it: &&&Layer| {
            let noon = it.handoffs.zone().start_of_day(day);
            it.until.is_none_or(|until| noon < until)
        };
        let layer = live.iter().find(holds).or(live.last());
        let refusal = Refusal::new(format!("{} is not a handoff day of this layer", named(day)));
        let known = |it: Option<chrono::NaiveDate>| it.filter(|it| is_known(*it));
        match layer.map(|it| it.handoffs.neighbours(day)).map(|(before, after)| (known(before), known(after))) {
            Some((Some(before), Some(after))) => {
                refusal.hint(format!("the handoff days around it are {} and {}", named(before), named(after)))
            }
            Some((Some(near), None) | (None, Some(near))) => {
                refusal.hint(format!("the nearest handoff day is {}", named(near)))
            }
            _ => refusal.hint("there is no handoff within five years of it"),
        }
    }

    /// What happens now and does not concern whoever has the running turn may as well happen at the next handoff: the
    /// calendar is the same, and nobody's turn is cut in two in the file.
    fn after_the_turn(&self, strand: &Strand, at: At, start: Instant, leaver: Option<PersonId>) -> Result<Instant> {
        let all = self.layers(strand.seat);
        let runs = |it: &&usize| all[**it].span().is_some_and(|it| it.contains(start));
        let (At::Now, Some(layer)) = (at, strand.layers.iter().find(runs).map(|it| &all[*it])) else {
            return Ok(start);
        };
        let Some(turn) = layer.handoffs.turn(start)? else { return Ok(start) };
        let secondary = self.org.rotation(strand.seat.rotation).secondary.as_ref().map(|it| &it.calendar);
        let follow = match (strand.seat.seat, secondary) {
            (Seat::Primary, Some(SecondaryCalendar::Follow(places))) => *places,
            _ => 0,
        };
        let holds = |it: PersonId| {
            let me = Holder::Person(it);
            layer.together || [0, follow].iter().any(|follow| layer.place(turn.number, *follow) == me)
        };
        let goes_on = layer.until.is_none_or(|until| turn.span.end() < until) && turn.span.end() < Instant::MAX;
        Ok(if leaver.is_some_and(holds) || !goes_on { start } else { turn.span.end() })
    }

    /// Changes the people of some layers of a seat, each from an instant on. Where one layer of a strand goes on as the
    /// next, the order goes on across the seam as it did.
    fn rearrange(&mut self, seat: SeatId, steps: Vec<(usize, Instant)>, change: Change) -> Result<()> {
        let all = self.layers(seat).to_vec();
        let starts: BTreeMap<usize, Instant> = steps.into_iter().collect();
        let mut plans = Vec::new();
        for strand in strands(seat, &all) {
            let mut seam: Option<Seam> = None;
            for index in strand.layers {
                let layer = &all[index];
                let Some(start) = starts.get(&index).copied() else { continue };
                if layer.until.is_some_and(|until| until <= start) {
                    continue;
                }
                let start = start.max(layer.handoffs.start());
                let plan = self.plan(seat, index, layer, start, change, seam.as_ref())?;
                seam = plan.seam.clone();
                plans.push(plan);
            }
        }
        // Rows that are written move those below them.
        plans.sort_unstable_by_key(|it| std::cmp::Reverse(it.index));
        for plan in plans.into_iter().filter(|it| it.changes) {
            self.rearrange_layer(seat, &all[plan.index], plan)?;
        }
        Ok(())
    }

    /// What becomes of one layer; `seam`, how the one before it ends.
    fn plan(
        &mut self,
        seat: SeatId,
        index: usize,
        layer: &Layer,
        start: Instant,
        change: Change,
        seam: Option<&Seam>,
    ) -> Result<Plan> {
        let turn = layer.handoffs.turn(start)?.map_or(0, |it| it.number);
        let places = layer.places.len() as u64;
        let next = usize::try_from((turn % places + u64::from(layer.first)) % places).unwrap_or(0);
        let names: Vec<String> = layer.places.iter().map(|it| self.org.holder_name(*it).to_owned()).collect();
        let seam = seam.filter(|_| !layer.together);
        let (Change::Join(person, _) | Change::Leave(person)) = change;
        let key = self.org.person(person).key.clone();
        let there = names.contains(&key);
        let (mut order, list) = match change {
            Change::Join(person, place) if !there => {
                let (order, place) = match seam.and_then(|it| it.place_of(&key, &names)) {
                    // Beside whom they stand in the layer before.
                    Some(place) => {
                        let mut joined = names.clone();
                        joined.insert(place, key.clone());
                        (Order { names: joined, next: if place <= next { next + 1 } else { next } }, place)
                    }
                    None => self.joined(&names, next, person, place, layer.together)?,
                };
                (order, List::With(place))
            }
            Change::Leave(person) if there => {
                let (order, gone) = self.left(seat, layer, next, person)?;
                (order, List::Without(gone))
            }
            Change::Join(..) | Change::Leave(_) => (Order { names: names.clone(), next }, List::Same),
        };
        if let Some(seam) = seam {
            match seam.goes_on(&Order { names: names.clone(), next }, &order, &key) {
                Some(next) => order.next = next,
                None => {
                    let (name, when) = (self.org.seat_name(seat), self.told(start));
                    let who = &order.names[order.next];
                    self.notes.push(format!(
                        "layer {} of {name} begins with `{who}` at {when}: the order did not go on there before either",
                        index + 1
                    ));
                }
            }
        }
        let changes = !matches!(list, List::Same) || order.next != next;
        let seam = match layer.until {
            Some(until) if !layer.together => {
                let last = layer.handoffs.turn(Instant::from_unix(until.unix() - 1))?.map_or(turn, |it| it.number);
                let turns = last.saturating_sub(turn);
                let after = |order: &Order| {
                    let count = order.names.len() as u64;
                    let last = (order.next as u64 + turns % count) % count;
                    Order { names: order.names.clone(), next: usize::try_from((last + 1) % count).unwrap_or(0) }
                };
                Some(Seam { before: after(&Order { names, next }), after: after(&order) })
            }
            _ => None,
        };
        Ok(Plan { index, start, order, list, changes, seam })
    }

    fn rearrange_layer(&mut self, seat: SeatId, layer: &Layer, plan: Plan) -> Result<()> {
        let Plan { index, start, order, list, .. } = plan;
        let rows = rows_of(seat);
        let begun = layer.handoffs.start() < start;
        let sheet = self.sheet(seat.rotation)?.clone();
        let raw = sheet.get(rows, index, "people")?.ok_or_else(|| Refusal::new("the layer has no people"))?;
        let raw = match list {
            List::With(place) => sheet.list_with(&raw, place, &order.names[place])?,
            List::Without(gone) => sheet.list_without(&raw, &gone)?,
            List::Same => raw,
        };
        let unique = order.names.iter().filter(|it| **it == order.names[order.next]).count() == 1;
        let (raw, first) = match layer.together || order.next == 0 {
            true => (raw, None),
            false if unique => (raw, Some(quoted(&order.names[order.next]))),
            // `first` would not say which of their places is meant: the list begins there instead.
            false => {
                let turned: Vec<String> =
                    order.names.iter().cycle().skip(order.next).take(order.names.len()).cloned().collect();
                (sheet.list_of(&turned, &raw)?, None)
            }
        };
        self.touch(start, start);
        if !begun {
            let sheet = self.sheet(seat.rotation)?;
            sheet.set(rows, index, "people", &raw, "people")?;
            match (sheet.get(rows, index, "first")?, first) {
                (None, None) => {}
                (Some(_), None) => sheet.clear(rows, index, "first")?,
                (_, Some(first)) => sheet.set(rows, index, "first", &first, "people")?,
            }
            return Ok(());
        }
        let (from, handoff) = self.successor(seat, layer, start)?;
        let until = of_layer(start, layer);
        let sheet = self.sheet(seat.rotation)?;
        let handoff = match handoff {
            None => sheet.get(rows, index, "handoff")?,
            Some(at) => {
                let raw = sheet.get(rows, index, "handoff")?.unwrap_or_default();
                Some(with_value(&raw, "at", &quoted(&at))?)
            }
        };
        sheet.copy(
            rows,
            index,
            &[("people", Some(raw)), ("first", first), ("from", Some(from)), ("handoff", handoff)],
        )?;
        sheet.set(rows, index, "until", &until, "from")?;
        Ok(())
    }

    /// How a layer goes on as another from an instant: its `from`, and another clock time for its handoffs where they
    /// are counted from there. Its handoffs are those of the old one, or it is refused.
    fn successor(&self, seat: SeatId, layer: &Layer, start: Instant) -> Result<(String, Option<String>)> {
        let zone = layer.handoffs.zone();
        let day = zone.day(start);
        let civil = zone.civil(start);
        let mut cadences = vec![(layer.cadence.clone(), None)];
        // Where handoffs are counted from the first day's time, that is the time of this day's handoff now.
        let of_day = layer.handoffs.on(day)?.map(|it| zone.civil(it));
        for civil in [Some(civil), of_day].into_iter().flatten() {
            let Some(time) = NaiveTime::from_hms_opt(civil.hour(), civil.minute(), 0) else { continue };
            let cadence = match &layer.cadence {
                Cadence::Hours { every, .. } => Cadence::Hours { every: *every, at: time },
                Cadence::Rule { rule, .. } => Cadence::Rule { rule: rule.clone(), at: time },
                _ => continue,
            };
            cadences.push((cadence, Some(clock(time))));
        }
        for (cadence, at) in cadences {
            let by_day = Handoffs::new(&cadence, zone, From::Day(day)).ok().filter(|it| it.start() == start);
            let (handoffs, from) = match by_day {
                Some(handoffs) => (Some(handoffs), day.to_string()),
                None => (Handoffs::new(&cadence, zone, From::Splice(start)).ok(), with_time(start, zone)),
            };
            if let Some(handoffs) = handoffs
                && same(&layer.handoffs, &handoffs, start)?
            {
                return Ok((from, at));
            }
        }
        let name = self.org.seat_name(seat);
        let refusal = Refusal::new(format!(
            "{name} hands over {}: a layer that began at {} would hand over at other times",
            layer.cadence,
            stamp(start, zone)
        ));
        let next = layer.handoffs.turn(start)?.map(|it| it.span.end()).filter(|it| *it < Instant::MAX);
        Err(match next {
            Some(next) => refusal
                .hint(format!("`--at {}` is its next handoff", of_layer(next, layer)))
                .hint("somebody can stand in until then: `dogwatch edit override`"),
            None => refusal.hint("write the new layer by hand"),
        })
    }

    fn joined(
        &self,
        names: &[String],
        next: usize,
        person: PersonId,
        place: Place,
        together: bool,
    ) -> Result<(Order, usize)> {
        let key = self.org.person(person).key.clone();
        let count = names.len();
        let (place, next) = match place {
            Place::First if together => (0, 0),
            Place::Last if together || next == 0 => (count, next),
            Place::First => (next, next),
            Place::Last => (next, next + 1),
            Place::After(other) => {
                let other = &self.org.person(other).key;
                // Whoever stands there twice: after the turn that comes first.
                let found = (next..next + count).map(|it| it % count).find(|it| names[*it] == *other);
                let found = found.ok_or_else(|| {
                    Refusal::new(format!("`{other}` is not among the people of this layer"))
                        .hint(format!("they are {}", names.join(", ")))
                })?;
                (found + 1, if found < next { next + 1 } else { next })
            }
        };
        let mut names = names.to_vec();
        names.insert(place, key);
        Ok((Order { names, next }, place))
    }

    fn left(&self, seat: SeatId, layer: &Layer, next: usize, person: PersonId) -> Result<(Order, Vec<usize>)> {
        let leaver = Holder::Person(person);
        let count = layer.places.len();
        if layer.people().len() == 1 {
            let (name, seat_name) = (self.name(person), self.org.seat_name(seat));
            return Err(Refusal::new(format!("without {name} nobody is left in this layer of {seat_name}"))
                .hint(format!("somebody joins first: `dogwatch edit join PERSON {seat_name}`"))
                .hint(format!("or it ends: `dogwatch edit end {}`", layer.source)));
        }
        let gone: Vec<usize> = (0..count).filter(|it| layer.places[*it] == leaver).collect();
        let stays = (next..next + count).map(|it| it % count).find(|it| layer.places[*it] != leaver).unwrap_or(0);
        let next = stays - gone.iter().filter(|it| **it < stays).count();
        let names = layer.places.iter().filter(|it| **it != leaver).map(|it| self.org.holder_name(*it).to_owned());
        Ok((Order { names: names.collect(), next }, gone))
    }
}

pub(super) fn rows_of(seat: SeatId) -> Rows {
    match seat.seat {
        Seat::Primary => Rows::Layers,
        Seat::Secondary => Rows::SecondaryLayers,
    }
}

/// Layers of a seat as strands: one goes on as another that begins where it ends, on the same clock, in the same hours.
fn strands(seat: SeatId, layers: &[Layer]) -> Vec<Strand> {
    let goes_on = |layer: &Layer, next: &Layer| {
        layer.until == Some(next.handoffs.start())
            && layer.handoffs.zone() == next.handoffs.zone()
            && layer.hours == next.hours
            && layer.together == next.together
    };
    let mut taken = vec![false; layers.len()];
    let mut strands = Vec::new();
    let mut order: Vec<usize> = (0..layers.len()).collect();
    order.sort_by_key(|it| layers[*it].handoffs.start());
    for index in order {
        if taken[index] {
            continue;
        }
        let mut strand = Strand { seat, layers: vec![index] };
        taken[index] = true;
        let mut last = index;
        while let Some(next) = (0..layers.len()).find(|it| !taken[*it] && goes_on(&layers[last], &layers[*it])) {
            taken[next] = true;
            strand.layers.push(next);
            last = next;
        }
        strands.push(strand);
    }
    strands.sort_by_key(|it| it.layers.iter().copied().min());
    strands
}

/// Whether a layer that begins at an instant hands over as another does from then on.
fn same(old: &Handoffs, new: &Handoffs, start: Instant) -> Result<bool> {
    let mut turns: [Vec<Turn>; 2] = [Vec::new(), Vec::new()];
    for hours in COMPARED {
        let end = start + std::time::Duration::from_secs(hours * 3600);
        let Some(span) = Span::new(start, end) else { return Ok(false) };
        turns = [old.turns(span)?, new.turns(span)?];
        if turns[0].len() > COMPARED_TURNS {
            break;
        }
    }
    let [old, new] = turns;
    let handoffs = |turns: &[Turn]| turns.iter().map(|it| it.span.end()).collect::<Vec<_>>();
    Ok(handoffs(&old) == handoffs(&new))
}
