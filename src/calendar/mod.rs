//! Who holds which seat when.
//!
//! A calendar is painted: the layers of a seat in order, each within its hours, later ones covering earlier ones;
//! then the overrides in order. What finally shows is a list of [`Shift`]s, each of which can say why it is so.
//!
//! ```
//! use dogwatch::calendar;
//! use dogwatch::config::{self, Files};
//! use dogwatch::time::{Span, Zone, parse_instant};
//!
//! let files: Files = [
//!     ("org.toml", "zone = 'Europe/Dublin'"),
//!     ("people.toml", "[ana]\nname = 'Ana'\nzone = 'Europe/Dublin'\n[bo]\nname = 'Bo'\nzone = 'Europe/Dublin'"),
//!     ("web.toml", "
//!         [[layers]]
//!         people  = ['ana', 'bo']
//!         from    = 2026-03-23
//!         handoff = { every = 'week', on = 'Mon', at = '10:00' }
//!         [[overrides]]
//!         person = 'bo'
//!         for    = 'ana'
//!         from   = 2026-03-25
//!         until  = 2026-03-26
//!     "),
//! ]
//! .into_iter()
//! .collect();
//! let org = config::read(&files).0.expect("no mistakes");
//! let seat = org.seat_named("web").unwrap();
//! let at = |text| parse_instant(text, &org.zone).unwrap();
//! let span = Span::new(at("2026-03-23"), at("2026-04-06")).unwrap();
//! let shifts = calendar::shifts(&org, seat, span).unwrap();
//! let names: Vec<&str> = shifts.iter().map(|it| org.holder_name(it.holder)).collect();
//! assert_eq!(names, ["ana", "bo", "ana", "bo"]);
//! // The clocks went forward on Sunday: Ana's turn has an hour less.
//! assert_eq!(shifts[0].planned.seconds(), 167 * 3600);
//! ```

mod bill;
mod manned;
mod outlook;
mod paint;
mod whole;

pub use bill::{Bill, Row};
pub use manned::Manned;
pub use outlook::{Outlook, State, outlook};
pub use whole::{WholeShift, whole_shifts};

use crate::org::{Holder, Layer, Org, Override, Seat, SeatCalendar, SeatId, Source};
use crate::time::{Exhausted, Instant, Span, subtract, union};

/// A stretch in which somebody, or on purpose nobody, holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// What is left of the plan, cut to the span that was asked for.
    pub span: Span,
    /// The whole turn within its hours, or the whole override. Its start is part of the shift's identity.
    pub planned: Span,
    /// Who holds it.
    pub holder: Holder,
    /// Why.
    pub why: Why,
}

/// Why a shift is so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is a turn of a layer.
    Turn {
        /// Which of the seat's layers, from 0.
        layer: u32,
        /// Counted from 0, the layer's first.
        number: u64,
    },
    /// It is an override.
    Override {
        /// Which of the rotation's overrides, from 0.
        index: u32,
    },
}

impl Why {
    /// Where that is written.
    pub fn source(self, org: &Org, seat: SeatId) -> Option<&Source> {
        let rotation = org.rotation(seat.rotation);
        match self {
            Why::Turn { layer, .. } => Some(&rotation.calendar(seat.seat)?.layers.get(layer as usize)?.source),
            Why::Override { index } => Some(&rotation.overrides.get(index as usize)?.source),
        }
    }
}

/// All shifts of one seat.
#[derive(Debug, Clone)]
pub struct SeatShifts {
    /// Which seat.
    pub seat: SeatId,
    /// In order.
    pub shifts: Vec<Shift>,
}

/// All shifts of all rotations over a span.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
pub fn watchbill(org: &Org, span: Span) -> Result<Vec<SeatShifts>, Exhausted> {
    org.seats().map(|seat| Ok(SeatShifts { seat, shifts: shifts(org, seat, span)? })).collect()
}

/// The final shifts of a seat over a span: in order of their start, cut to the span. They do not overlap, but on a
/// `together` layer, where everybody has a shift.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
pub fn shifts(org: &Org, seat: SeatId, span: Span) -> Result<Vec<Shift>, Exhausted> {
    let timeline = turns(org, seat, span)?;
    let overrides = overrides_of(&org.rotation(seat.rotation).overrides, seat.seat, |it| it.span.intersection(span));
    Ok(paint::overrides(timeline, &overrides))
}

/// The same without overrides: whose turn it is, whoever stands in.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
pub fn turns(org: &Org, seat: SeatId, span: Span) -> Result<Vec<Shift>, Exhausted> {
    let Some(SeatCalendar { layers, follow }) = org.rotation(seat.rotation).calendar(seat.seat) else {
        return Ok(Vec::new());
    };
    let mut timeline = Vec::new();
    for (index, layer) in layers.iter().enumerate() {
        let coat = turns_of(layer, number(index), follow, span)?;
        timeline = paint::cover(timeline, coat);
    }
    Ok(timeline)
}

/// The overrides of one seat that some question concerns, each with its place in the file and the answer.
fn overrides_of<T>(
    overrides: &[Override],
    seat: Seat,
    concerns: impl Fn(&Override) -> Option<T>,
) -> Vec<(u32, &Override, T)> {
    let all = overrides.iter().enumerate().filter(|(_, it)| it.seat == seat);
    all.filter_map(|(index, it)| concerns(it).map(|answer| (number(index), it, answer))).collect()
}

fn number(index: usize) -> u32 {
    u32::try_from(index).expect("a file has fewer rows than that")
}

/// One layer's turns within its hours.
fn turns_of(layer: &Layer, index: u32, follow: u32, span: Span) -> Result<Vec<Shift>, Exhausted> {
    let Some(life) = layer.span() else { return Ok(Vec::new()) };
    let Some(span) = life.intersection(span) else { return Ok(Vec::new()) };
    let turns = layer.handoffs.turns(span)?;
    let (Some(first), Some(last)) = (turns.first(), turns.last()) else { return Ok(Vec::new()) };
    let reach = Span::new(first.span.start(), last.span.end()).and_then(|it| it.intersection(life));
    let windows = reach.map(|it| layer.hours.within(it)).unwrap_or_default();
    let everybody = if layer.together { together(layer) } else { Vec::new() };
    let mut shifts = Vec::with_capacity(turns.len().max(windows.len()));
    let mut next = 0;
    for turn in &turns {
        while next < windows.len() && windows[next].end() <= turn.span.start() {
            next += 1;
        }
        let why = Why::Turn { layer: index, number: turn.number };
        let one = [layer.place(turn.number, follow)];
        let holders = if layer.together { &everybody } else { &one[..] };
        for window in windows[next..].iter().take_while(|it| it.start() < turn.span.end()) {
            let Some(planned) = turn.span.intersection(*window) else { continue };
            let Some(span) = planned.intersection(span) else { continue };
            shifts.extend(holders.iter().map(|holder| Shift { span, planned, holder: *holder, why }));
        }
    }
    Ok(shifts)
}

/// Everybody of a `together` layer; nobody, if all its places are vacant.
fn together(layer: &Layer) -> Vec<Holder> {
    let people = layer.people();
    if people.is_empty() { vec![Holder::Nobody] } else { people.into_iter().map(Holder::Person).collect() }
}

/// Who holds a seat at one instant, and why. Empty if nobody does; [`Holder::Nobody`] if that is on purpose.
///
/// What it costs does not depend on how far the instant lies from the start of the layers, but for layers with a
/// recurrence rule.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the instant.
pub fn holders(org: &Org, seat: SeatId, at: Instant) -> Result<Vec<(Holder, Why)>, Exhausted> {
    let rotation = org.rotation(seat.rotation);
    let mut held = Vec::new();
    let Some(SeatCalendar { layers, follow }) = rotation.calendar(seat.seat) else { return Ok(held) };
    for (index, layer) in layers.iter().enumerate().rev() {
        let alive = layer.handoffs.start() <= at && layer.until.is_none_or(|until| at < until);
        if !alive || !layer.hours.contains(at) {
            continue;
        }
        let Some(turn) = layer.handoffs.turn(at)? else { continue };
        let why = Why::Turn { layer: number(index), number: turn.number };
        if layer.together {
            held.extend(together(layer).into_iter().map(|it| (it, why)));
        } else {
            held.push((layer.place(turn.number, follow), why));
        }
        break;
    }
    for (index, row) in rotation.overrides.iter().enumerate() {
        if row.seat == seat.seat && row.span.contains(at) {
            paint::override_at(&mut held, row, Why::Override { index: number(index) });
        }
    }
    Ok(held)
}

/// The shifts of a seat that hold at one instant, whole.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the instant.
pub fn holding(org: &Org, seat: SeatId, at: Instant) -> Result<Vec<Shift>, Exhausted> {
    let mut shifts_at = Vec::new();
    // Everybody of a `together` layer holds for one reason, and the calendar around it is worked out once.
    for together in holders(org, seat, at)?.chunk_by(|(_, one), (_, other)| one == other) {
        let why = together[0].1;
        let Some(planned) = planned(org, seat, why, at)? else { continue };
        let mut near = shifts(org, seat, planned)?;
        near.retain(|it| it.why == why && it.span.contains(at));
        for (holder, _) in together {
            shifts_at.extend(near.iter().find(|it| it.holder == *holder));
        }
    }
    Ok(shifts_at)
}

/// The whole stretch that a layer or an override planned around an instant.
fn planned(org: &Org, seat: SeatId, why: Why, at: Instant) -> Result<Option<Span>, Exhausted> {
    let rotation = org.rotation(seat.rotation);
    match why {
        Why::Override { index } => Ok(Some(rotation.overrides[index as usize].span)),
        Why::Turn { layer, .. } => {
            let Some(calendar) = rotation.calendar(seat.seat) else { return Ok(None) };
            let layer = &calendar.layers[layer as usize];
            let Some(turn) = layer.handoffs.turn(at)? else { return Ok(None) };
            let turn = layer.span().and_then(|life| life.intersection(turn.span));
            let windows = turn.map(|it| layer.hours.within(it)).unwrap_or_default();
            Ok(windows.into_iter().find(|it| it.contains(at)))
        }
    }
}

/// When a seat is promised, as disjoint spans in order. A promise begins with the seat's first turn; nothing is promised
/// where no coverage is written.
pub fn promised(org: &Org, seat: SeatId, span: Span) -> Vec<Span> {
    let (Some(coverage), Some(begin)) = (org.coverage(seat), begin(org, seat)) else { return Vec::new() };
    let span = Span::new(span.start().max(begin), span.end());
    span.map(|it| coverage.within(it)).unwrap_or_default()
}

/// Whether a seat is promised at one instant.
pub fn is_promised(org: &Org, seat: SeatId, at: Instant) -> bool {
    let began = begin(org, seat).is_some_and(|it| it <= at);
    began && org.coverage(seat).is_some_and(|it| it.contains(at))
}

/// The first turn of any of the layers.
fn begin(org: &Org, seat: SeatId) -> Option<Instant> {
    let calendar = org.rotation(seat.rotation).calendar(seat.seat)?;
    calendar.layers.iter().map(|it| it.handoffs.start()).min()
}

/// What is promised, and neither held nor vacant.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
pub fn gaps(org: &Org, seat: SeatId, span: Span) -> Result<Vec<Span>, Exhausted> {
    Ok(gaps_of(org, seat, span, &shifts(org, seat, span)?))
}

/// The same, where the shifts of the span are at hand.
fn gaps_of(org: &Org, seat: SeatId, span: Span, shifts: &[Shift]) -> Vec<Span> {
    let held = union(shifts.iter().map(|it| it.span).collect());
    subtract(&promised(org, seat, span), &held)
}
