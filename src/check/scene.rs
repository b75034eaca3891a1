//! What all rules look at: the organisation, and its calendars over the horizon, expanded once.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::calendar::{SeatShifts, Shift, watchbill};
use crate::escalation::{Judged, judge};
use crate::org::{Holder, Org, PersonId, Seat, SeatId};
use crate::time::{Exhausted, Instant, Span, Zone, stamp, union};

/// An organisation over a horizon.
pub(super) struct Scene<'a> {
    pub org: &'a Org,
    pub span: Span,
    zone: &'a Zone,
    bill: Vec<SeatShifts>,
    routes: OnceCell<Vec<Judged<'a>>>,
}

/// A stretch in which a person holds the primary seats of some rotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Duty {
    pub span: Span,
    pub seat: SeatId,
}

impl<'a> Scene<'a> {
    pub fn new(org: &'a Org, span: Span, zone: &'a Zone) -> Result<Scene<'a>, Exhausted> {
        Ok(Scene { org, span, zone, bill: watchbill(org, span)?, routes: OnceCell::new() })
    }

    /// An instant as the reader's clock shows it.
    pub fn stamp(&self, at: Instant) -> String {
        stamp(at, self.zone)
    }

    /// `from Mon 2026-03-02 10:00 GMT to Tue …`.
    pub fn during(&self, span: Span) -> String {
        format!("from {} to {}", self.stamp(span.start()), self.stamp(span.end()))
    }

    /// `12 h`, `24.5 h`.
    pub fn hours(seconds: i64) -> String {
        let hundredths = seconds * 100 / 3600;
        match hundredths % 100 {
            0 => format!("{} h", hundredths / 100),
            rest => format!("{}.{rest:02} h", hundredths / 100).replace("0 h", " h"),
        }
    }

    /// Which routes an alert can come to.
    pub fn routes(&self) -> &[Judged<'a>] {
        self.routes.get_or_init(|| judge(self.org))
    }

    /// All seats with their shifts over the horizon.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &[Shift])> {
        self.bill.iter().map(|it| (it.seat, it.shifts.as_slice()))
    }

    /// When each person holds primary seats, a duty a shift, in order.
    pub fn primary_duties(&self) -> BTreeMap<PersonId, Vec<Duty>> {
        let mut duties: BTreeMap<PersonId, Vec<Duty>> = BTreeMap::new();
        for (seat, shifts) in self.seats().filter(|(seat, _)| seat.seat == Seat::Primary) {
            for shift in shifts {
                if let Holder::Person(person) = shift.holder {
                    duties.entry(person).or_default().push(Duty { span: shift.span, seat });
                }
            }
        }
        for duties in duties.values_mut() {
            duties.sort_unstable();
        }
        duties
    }

    /// The stretches of duties without a break between them.
    pub fn stretches(duties: &[Duty]) -> Vec<Span> {
        union(duties.iter().map(|it| it.span).collect())
    }
}
