//! What somebody asked to see: the calendars of some seats over a span, or of some people among them.

use crate::calendar::{Shift, gaps_of, shifts};
use crate::org::{Holder, Org, PersonId, SeatId};
use crate::time::{Exhausted, Span};

/// Calendars to be shown, whatever the format.
#[derive(Debug, Clone)]
pub struct Bill<'a> {
    /// Whose ids these are.
    pub org: &'a Org,
    /// What it covers; shifts and gaps are cut to it.
    pub span: Span,
    /// Only what these people hold; empty, all there is.
    pub people: Vec<PersonId>,
    /// In the order in which the seats were named. With people, only seats that they hold.
    pub rows: Vec<Row>,
}

/// The calendar of one seat.
#[derive(Debug, Clone)]
pub struct Row {
    /// Which seat.
    pub seat: SeatId,
    /// In order.
    pub shifts: Vec<Shift>,
    /// What is promised, and neither held nor vacant. Nobody in particular has a gap: none are here if people were
    /// asked for.
    pub gaps: Vec<Span>,
}

impl<'a> Bill<'a> {
    /// The calendars of seats over a span; with `people`, only what they hold.
    ///
    /// # Errors
    ///
    /// [`Exhausted`] if a recurrence rule reaches its bound before the end of the span.
    pub fn new(org: &'a Org, seats: &[SeatId], people: &[PersonId], span: Span) -> Result<Bill<'a>, Exhausted> {
        let mut bill = Bill { org, span, people: people.to_vec(), rows: Vec::with_capacity(seats.len()) };
        for &seat in seats {
            let mut shifts = shifts(org, seat, span)?;
            let gaps = if people.is_empty() { gaps_of(org, seat, span, &shifts) } else { Vec::new() };
            shifts.retain(|it| bill.shows(it.holder));
            if people.is_empty() || !shifts.is_empty() {
                bill.rows.push(Row { seat, shifts, gaps });
            }
        }
        Ok(bill)
    }

    /// Whether what this holder holds was asked for.
    pub fn shows(&self, holder: Holder) -> bool {
        self.people.is_empty() || holder.person().is_some_and(|it| self.people.contains(&it))
    }

    /// The part of it that lies within a span.
    pub fn within(&self, span: Span) -> Bill<'a> {
        let mut part = Bill { span, ..self.clone() };
        for Row { shifts, gaps, .. } in &mut part.rows {
            shifts.retain_mut(|it| it.span.intersection(span).map(|cut| it.span = cut).is_some());
            gaps.retain_mut(|it| it.intersection(span).map(|cut| *it = cut).is_some());
        }
        part
    }
}
