//! The library's answers beside the oracle's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dogwatch::calendar;
use dogwatch::config::{self, Files};
use dogwatch::org::{Holder, Org, RotationId, Seat, SeatId};
use dogwatch::time::{Instant, Span};

use super::clock::{Clock, Minute, YEAR, civil, from_unix, unix};
use super::generate::{Random, instant};
use super::held::{self, Cell, VACANT, who};
use super::model::{NAMES, Organisation, ROTATIONS, Rotation, files};

/// What differs, told so that one can act on it.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch {
    pub kind: &'static str,
    pub text: String,
}

fn mismatch<T>(kind: &'static str, text: String) -> Result<T, Mismatch> {
    Err(Mismatch { kind, text })
}

/// A stretch that the library says somebody holds, in Unix seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Held {
    start: i64,
    end: i64,
    /// One bit, as in [`Cell`].
    holder: u8,
}

/// All that is asked of the library is asked here.
struct Library {
    org: Org,
}

impl Library {
    fn read(organisation: &Organisation) -> Result<Library, Mismatch> {
        let files: Files = files(organisation).into_iter().collect();
        match config::read(&files) {
            (Some(org), _) => Ok(Library { org }),
            (None, diagnostics) => mismatch("the files are refused", config::render(&diagnostics, &files, false)),
        }
    }

    fn seat(&self, rotation: usize, secondary: bool) -> SeatId {
        let rotation: RotationId = self.org.rotation_named(ROTATIONS[rotation]).expect("the file is there").id;
        SeatId { rotation, seat: if secondary { Seat::Secondary } else { Seat::Primary } }
    }

    fn shifts(&self, seat: SeatId, start: Minute, end: Minute) -> Result<Vec<Held>, Mismatch> {
        match calendar::shifts(&self.org, seat, span(start, end)) {
            Ok(shifts) => Ok(shifts.iter().map(|it| self.held(it)).collect()),
            Err(error) => mismatch("shifts fail", error.to_string()),
        }
    }

    fn holding(&self, seat: SeatId, second: i64) -> Result<Vec<Held>, Mismatch> {
        match calendar::holding(&self.org, seat, Instant::from_unix(second)) {
            Ok(shifts) => Ok(shifts.iter().map(|it| self.held(it)).collect()),
            Err(error) => mismatch("holding fails", error.to_string()),
        }
    }

    fn gaps(&self, seat: SeatId) -> Result<Vec<(i64, i64)>, Mismatch> {
        match calendar::gaps(&self.org, seat, span(YEAR.start, YEAR.end)) {
            Ok(gaps) => Ok(gaps.iter().map(|it| (it.start().unix(), it.end().unix())).collect()),
            Err(error) => mismatch("gaps fail", error.to_string()),
        }
    }

    fn held(&self, shift: &calendar::Shift) -> Held {
        let holder = match shift.holder {
            Holder::Nobody => VACANT as u8,
            Holder::Person(id) => {
                let key = self.org.person(id).key.as_str();
                1 << NAMES.iter().position(|it| *it == key).expect("a person of ours")
            }
        };
        Held { start: shift.span.start().unix(), end: shift.span.end().unix(), holder }
    }
}

fn span(start: Minute, end: Minute) -> Span {
    Span::new(Instant::from_unix(unix(start)), Instant::from_unix(unix(end))).expect("the span is not empty")
}

/// Holds the library against the oracle, in every seat; a panic is a difference too.
pub fn check(organisation: &Organisation, seed: u64) -> Result<(), Mismatch> {
    catch_unwind(AssertUnwindSafe(|| {
        let library = Library::read(organisation)?;
        for (nth, rotation) in organisation.rotations.iter().enumerate() {
            check_seat(&library, organisation, nth, false, seed)?;
            if rotation.secondary.is_some() {
                check_seat(&library, organisation, nth, true, seed)?;
            }
        }
        Ok(())
    }))
    .unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
        mismatch("a panic", text.unwrap_or_default())
    })
}

fn check_seat(
    library: &Library,
    organisation: &Organisation,
    nth: usize,
    secondary: bool,
    seed: u64,
) -> Result<(), Mismatch> {
    let rotation = &organisation.rotations[nth];
    let seat = library.seat(nth, secondary);
    let cells = held::seat(organisation, rotation, secondary);
    let place = Place { rotation, name: ROTATIONS[nth], secondary };
    let random = &mut Random::new(seed ^ 0x5eed);

    let shifts = library.shifts(seat, YEAR.start, YEAR.end)?;
    place.compare(&shifts, &cells, YEAR.start, YEAR.end)?;
    for _ in 0..4 {
        let start = instant(random);
        let end = (start + 1 + random.pick(&[1, 60, 1000, 10_000, 50_000])).min(YEAR.end);
        place.compare(&library.shifts(seat, start, end)?, &cells, start, end)?;
    }

    // A moment: at changes, before and after them, and anywhere.
    let runs = runs(&cells);
    let mut moments: Vec<i64> = (0..20).map(|_| unix(instant(random)) + random.below(60)).collect();
    if !runs.is_empty() {
        for _ in 0..20 {
            let (start, end, _) = random.pick(&runs);
            moments.extend([unix(start), unix(end) - 1, (unix(end)).min(unix(YEAR.end) - 1)]);
        }
    }
    for second in moments {
        place.compare_moment(&library.holding(seat, second)?, &cells, &runs, second)?;
    }

    let gaps = library.gaps(seat)?;
    let expected = held::gaps(organisation, rotation, secondary, &cells);
    place.compare_gaps(&gaps, &expected)
}

struct Place<'a> {
    rotation: &'a Rotation,
    name: &'static str,
    secondary: bool,
}

impl Place<'_> {
    /// Shifts of the span `start`..`end`, minute by minute, then cut by cut.
    fn compare(&self, shifts: &[Held], cells: &[Cell], start: Minute, end: Minute) -> Result<(), Mismatch> {
        let offset = |at: Minute| usize::try_from(at - YEAR.start).expect("within the year");
        let cells = &cells[offset(start)..offset(end)];
        let mut said = vec![0_u8; cells.len()];
        for (nth, shift) in shifts.iter().enumerate() {
            let clipped = unix(start) <= shift.start && shift.start < shift.end && shift.end <= unix(end);
            let sorted = nth == 0 || shifts[nth - 1].start <= shift.start;
            let (Some(from), Some(until), true, true) = (from_unix(shift.start), from_unix(shift.end), clipped, sorted)
            else {
                return mismatch("a shift is out of place", self.tell(start, &format!("{shift:?} in {shifts:?}")));
            };
            for it in &mut said[(from - start) as usize..(until - start) as usize] {
                *it |= shift.holder;
            }
        }
        for ((at, said), cell) in (start..end).zip(&said).zip(cells) {
            if who(u32::from(*said)) != who(*cell) {
                let text = format!(
                    "the oracle says {}, the library {} (asked for {} to {} UTC)",
                    names(who(*cell)),
                    names(who(u32::from(*said))),
                    civil(start, " "),
                    civil(end, " ")
                );
                return mismatch("who holds", self.tell(at, &text));
            }
        }
        if self.rotation.has_together(self.secondary) {
            return Ok(());
        }
        let mut expected = Vec::new();
        for (from, until, cell) in runs(cells) {
            let (from, until) = (from - YEAR.start + start, until - YEAR.start + start);
            expected.push(Held { start: unix(from), end: unix(until), holder: who(cell) });
        }
        match expected.iter().zip(shifts).find(|(expected, said)| expected != said) {
            None if expected.len() == shifts.len() => Ok(()),
            None => mismatch("a shift twice", self.tell(start, &format!("{shifts:?}"))),
            Some((expected, said)) => {
                let text = format!("the oracle's shift is {}, the library's {}", show(expected), show(said));
                mismatch("where a shift is cut", self.tell(from_unix(expected.start).expect("a minute"), &text))
            }
        }
    }

    fn compare_moment(
        &self,
        shifts: &[Held],
        cells: &[Cell],
        runs: &[(Minute, Minute, Cell)],
        second: i64,
    ) -> Result<(), Mismatch> {
        let at = from_unix(second - second.rem_euclid(60)).expect("a minute");
        let cell = cells[usize::try_from(at - YEAR.start).expect("within the year")];
        let said = shifts.iter().fold(0, |all, it| all | it.holder);
        if who(cell) != who(u32::from(said)) {
            let text = format!("of this moment the oracle says {}, the library {}", names(who(cell)), names(said));
            return mismatch("who holds at a moment", self.tell(at, &text));
        }
        let outside = shifts.iter().find(|it| second < it.start || it.end <= second);
        if let Some(shift) = outside {
            return mismatch("a moment's shift does not hold it", self.tell(at, &show(shift)));
        }
        // How long the shift lasts can be said unless it reaches out of the year.
        let run = runs.iter().find(|(start, end, _)| (*start..*end).contains(&at));
        if let (Some((start, end, _)), [shift], false) = (run, shifts, self.rotation.has_together(self.secondary)) {
            let inside = |edge: Minute| edge != YEAR.start && edge != YEAR.end;
            if inside(*start) && shift.start != unix(*start) || inside(*end) && shift.end != unix(*end) {
                let expected = Held { start: unix(*start), end: unix(*end), holder: who(cell) };
                let text = format!("the oracle's shift is {}, the library's {}", show(&expected), show(shift));
                return mismatch("how long a moment's shift is", self.tell(at, &text));
            }
        }
        Ok(())
    }

    fn compare_gaps(&self, gaps: &[(i64, i64)], expected: &[bool]) -> Result<(), Mismatch> {
        let mut said = vec![false; expected.len()];
        let mut last = unix(YEAR.start);
        for (start, end) in gaps {
            let (Some(from), Some(until), true) =
                (from_unix(*start), from_unix(*end), last <= *start && start < end && *end <= unix(YEAR.end))
            else {
                return mismatch("a gap is out of place", self.tell(YEAR.start, &format!("{gaps:?}")));
            };
            said[(from - YEAR.start) as usize..(until - YEAR.start) as usize].fill(true);
            last = *end;
        }
        match (YEAR.start..).zip(expected.iter().zip(&said)).find(|(_, (expected, said))| expected != said) {
            None => Ok(()),
            Some((at, (expected, said))) => mismatch(
                "what is a gap",
                self.tell(at, &format!("a gap: the oracle says {expected}, the library {said}")),
            ),
        }
    }

    fn tell(&self, at: Minute, text: &str) -> String {
        let seat = if self.secondary { "secondary" } else { "primary" };
        let local = Clock::of(self.rotation.zone).show(at);
        format!("{} {seat}, {} UTC, {local} there: {text}", self.name, civil(at, " "))
    }
}

/// Longest stretches of one cell, without those that say nothing; `cells` begin with the year.
fn runs(cells: &[Cell]) -> Vec<(Minute, Minute, Cell)> {
    let mut runs: Vec<(Minute, Minute, Cell)> = Vec::new();
    for (at, cell) in (YEAR.start..).zip(cells) {
        match runs.last_mut() {
            Some((_, end, last)) if *end == at && last == cell => *end += 1,
            _ if *cell == 0 => {}
            _ => runs.push((at, at + 1, *cell)),
        }
    }
    runs
}

fn show(held: &Held) -> String {
    let at = |second: i64| from_unix(second).map_or(second.to_string(), |it| civil(it, " "));
    format!("{} to {} UTC {}", at(held.start), at(held.end), names(held.holder))
}

fn names(holders: u8) -> String {
    if holders == 0 {
        return "nothing".to_owned();
    }
    let people = NAMES.iter().enumerate().filter(|(nth, _)| holders & 1 << nth != 0).map(|(_, name)| *name);
    let vacant = (u32::from(holders) & VACANT != 0).then_some("vacant");
    people.chain(vacant).collect::<Vec<_>>().join(" and ")
}
