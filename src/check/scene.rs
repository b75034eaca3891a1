//! What all rules look at: the organisation, and its calendars over the horizon, expanded once.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use crate::calendar::{Shift, shifts};
use crate::check::proof::{self, Effort, Proof, Reading, Regimes, Standing, WayIn};
use crate::escalation::{Edges, Judged, judge};
use crate::org::{Holder, Org, PersonId, Seat, SeatId};
use crate::time::{Exhausted, Instant, Span, Zone, rfc3339, stamp, union};

/// An organisation over a horizon.
pub(super) struct Scene<'a> {
    pub org: &'a Org,
    pub span: Span,
    pub edges: Edges<'a>,
    /// Every way in, with what the proof says of it.
    pub ways: Vec<(WayIn<'a>, Proof<'a>)>,
    zone: &'a Zone,
    bill: BTreeMap<SeatId, Vec<Shift>>,
    stamps: RefCell<BTreeMap<Instant, String>>,
    routes: OnceCell<Vec<Judged<'a>>>,
}

/// A stretch in which a person holds a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Duty {
    pub span: Span,
    pub seat: SeatId,
}

impl<'a> Scene<'a> {
    pub fn new(org: &'a Org, span: Span, zone: &'a Zone) -> Result<Scene<'a>, Exhausted> {
        let edges = Edges::new(org);
        let effort = &mut Effort::default();
        let ways = proof::ways_in(org, &edges, effort);
        // Whoever opens at the last instant may be answered after it.
        let reach = Duration::from_secs(proof::reach(&ways, &org.limits, org.escalation.repeat));
        let long = span.until(span.end() + reach);
        let mut standings = BTreeMap::new();
        let mut bill = BTreeMap::new();
        for seat in org.seats() {
            let mut shifts = shifts(org, seat, long)?;
            standings.insert(seat, Standing::of(&shifts));
            shifts.retain_mut(|it| match it.span.intersection(span) {
                Some(within) => {
                    it.span = within;
                    true
                }
                None => false,
            });
            bill.insert(seat, shifts);
        }
        let regimes = Regimes::of(org, span);
        let reading = Reading { org, horizon: span, standings: &standings, regimes: &regimes };
        let ways = ways.into_iter().map(|way| {
            let proof = reading.prove(&way, effort);
            (way, proof)
        });
        let ways = ways.collect();
        Ok(Scene { org, span, edges, ways, zone, bill, stamps: RefCell::default(), routes: OnceCell::new() })
    }

    /// An instant as the reader's clock shows it.
    pub fn stamp(&self, at: Instant) -> String {
        self.stamps.borrow_mut().entry(at).or_insert_with(|| stamp(at, self.zone)).clone()
    }

    /// `from Mon 2026-03-02 10:00 GMT to Tue …`.
    pub fn during(&self, span: Span) -> String {
        format!("from {} to {}", self.stamp(span.start()), self.stamp(span.end()))
    }

    /// The first of some spans, how many there are, and how long they are together.
    pub fn during_all(&self, spans: &[Span]) -> String {
        match spans {
            [] => String::new(),
            [only] => self.during(*only),
            [first, ..] => {
                let total = union(spans.to_vec()).iter().map(|it| it.seconds()).sum();
                format!("{}, the first of {} times, {} in all", self.during(*first), spans.len(), Scene::hours(total))
            }
        }
    }

    /// `12 h`, `24.5 h`, `5 min`.
    pub fn hours(seconds: i64) -> String {
        if seconds < 3600 {
            return match seconds % 60 {
                0 => format!("{} min", seconds / 60),
                rest if seconds < 60 => format!("{rest} s"),
                rest => format!("{} min {rest} s", seconds / 60),
            };
        }
        let hundredths = seconds * 100 / 3600;
        match hundredths % 100 {
            0 => format!("{} h", hundredths / 100),
            rest => format!("{}.{rest:02} h", hundredths / 100).replace("0 h", " h"),
        }
    }

    /// `2026-03-02T10:00:00`, as a row of a rotation's file says it; with its offset, where the clock shows that time for
    /// the second time.
    pub fn written(&self, seat: SeatId, at: Instant) -> String {
        let zone = &self.org.rotation(seat.rotation).zone;
        let civil = zone.civil(at);
        match zone.resolve(civil) == at {
            true => civil.format("%Y-%m-%dT%H:%M:%S").to_string(),
            false => rfc3339(at, zone),
        }
    }

    /// An override to paste: somebody, for `whom`, in a seat.
    pub fn stand_in(&self, seat: SeatId, whom: Option<PersonId>, span: Span) -> String {
        let whom = whom.map_or(String::new(), |it| format!("for    = \"{}\"\n", self.org.person(it).key));
        let place = match seat.seat {
            Seat::Primary => "",
            Seat::Secondary => "seat   = \"secondary\"\n",
        };
        let (from, until) = (self.written(seat, span.start()), self.written(seat, span.end()));
        format!("[[overrides]]\nperson = \"…\"\n{whom}{place}from   = {from}\nuntil  = {until}")
    }

    /// Which routes an alert can come to.
    pub fn routes(&self) -> &[Judged<'a>] {
        self.routes.get_or_init(|| judge(self.org))
    }

    /// All seats with their shifts over the horizon.
    pub fn seats(&self) -> impl Iterator<Item = (SeatId, &[Shift])> {
        self.bill.iter().map(|(seat, shifts)| (*seat, shifts.as_slice()))
    }

    /// The shifts of one seat over the horizon.
    pub fn shifts(&self, seat: SeatId) -> &[Shift] {
        self.bill.get(&seat).map(Vec::as_slice).unwrap_or_default()
    }

    /// When each person holds primary seats, a duty a shift, in order.
    pub fn primary_duties(&self) -> BTreeMap<PersonId, Vec<Duty>> {
        self.duties(|seat| seat.seat == Seat::Primary)
    }

    /// When each person holds some of the seats, a duty a shift, in order.
    pub fn duties(&self, counts: impl Fn(SeatId) -> bool) -> BTreeMap<PersonId, Vec<Duty>> {
        let mut duties: BTreeMap<PersonId, Vec<Duty>> = BTreeMap::new();
        for (seat, shifts) in self.seats().filter(|(seat, _)| counts(*seat)) {
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
