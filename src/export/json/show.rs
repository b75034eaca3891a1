//! `show`: calendars.

use crate::calendar::{Bill, Row, Shift};
use crate::export::Reader;
use crate::export::json::{Clock, VERSION, WhyView, views, why};
use crate::org::{Org, SeatId};

views! {
    /// `show --format json`: calendars.
    struct ShowView {
        /// Always 1.
        version: u32,
        /// Always "show".
        kind: &'static str,
        /// The first instant.
        from: String,
        /// The first instant after.
        until: String,
        /// On whose clock times are.
        zone: &'static str,
        /// By rotation and seat, each in order.
        shifts: Vec<ShiftView>,
        /// What is promised and held by nobody.
        gaps: Vec<GapView>,
    }

    /// A stretch in which somebody, or on purpose nobody, holds a seat.
    struct ShiftView {
        /// The rotation's id.
        rotation: String,
        /// "primary" or "secondary".
        seat: String,
        /// The first instant.
        start: String,
        /// The first instant after.
        end: String,
        /// The person's key; absent, the seat is vacant.
        person: Option<String>,
        /// The start of the whole turn within its hours, or of the whole override.
        planned_start: String,
        /// The end of it.
        planned_end: String,
        /// Why it is so.
        why: WhyView,
    }

    /// A gap.
    struct GapView {
        /// The rotation's id.
        rotation: String,
        /// "primary" or "secondary".
        seat: String,
        /// The first instant.
        start: String,
        /// The first instant after.
        end: String,
    }
}

/// The view of calendars over a span.
pub fn show(bill: &Bill<'_>, reader: &Reader) -> ShowView {
    let (org, span) = (bill.org, bill.span);
    let clock = Clock(reader);
    let mut shifts = Vec::new();
    let mut all_gaps = Vec::new();
    for Row { seat, shifts: held, gaps } in &bill.rows {
        shifts.extend(held.iter().map(|it| shift(org, *seat, it, &clock)));
        all_gaps.extend(gaps.iter().map(|gap| GapView {
            rotation: org.rotation(seat.rotation).key.clone(),
            seat: seat.seat.to_string(),
            start: clock.at(gap.start()),
            end: clock.at(gap.end()),
        }));
    }
    ShowView {
        version: VERSION,
        kind: "show",
        from: clock.at(span.start()),
        until: clock.at(span.end()),
        zone: reader.zone.name(),
        shifts,
        gaps: all_gaps,
    }
}

fn shift(org: &Org, seat: SeatId, shift: &Shift, clock: &Clock<'_>) -> ShiftView {
    ShiftView {
        rotation: org.rotation(seat.rotation).key.clone(),
        seat: seat.seat.to_string(),
        start: clock.at(shift.span.start()),
        end: clock.at(shift.span.end()),
        person: shift.holder.person().map(|it| org.person(it).key.clone()),
        planned_start: clock.at(shift.planned.start()),
        planned_end: clock.at(shift.planned.end()),
        why: why(org, seat, shift.why),
    }
}
