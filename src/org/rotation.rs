//! Rotations: their layers, seats and exceptions.

use std::fmt;
use std::sync::Arc;

use crate::org::PersonId;
use crate::time::{Cadence, Handoffs, Hours, Instant, Span, Zone};

/// Which rotation, within one [`Org`](crate::org::Org).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RotationId(pub(crate) u32);

/// One of the two calendars of a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Seat {
    /// Is paged first.
    Primary,
    /// Stands behind.
    Secondary,
}

impl fmt::Display for Seat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Seat::Primary => "primary",
            Seat::Secondary => "secondary",
        })
    }
}

/// A seat of a rotation: one calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatId {
    /// Of which rotation.
    pub rotation: RotationId,
    /// Which of its two.
    pub seat: Seat,
}

/// Who holds a seat when it is neither a gap nor outside of all layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// This person.
    Person(PersonId),
    /// Nobody, on purpose: the seat is vacant.
    Nobody,
}

impl Holder {
    /// The person, if it is one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Holder::Person(person) => Some(person),
            Holder::Nobody => None,
        }
    }
}

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The file, as it was named when read.
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A team's on-call duty: one file.
#[derive(Debug, Clone)]
pub struct Rotation {
    /// Its place in [`Org::rotations`](crate::org::Org::rotations).
    pub id: RotationId,
    /// The stem of its file.
    pub key: String,
    /// As people say it.
    pub name: String,
    /// In which its civil times are read.
    pub zone: Zone,
    /// The promise for the primary seat; absent, nothing is promised.
    pub coverage: Option<Hours>,
    /// Who takes turns in the primary seat; later layers cover earlier ones.
    pub layers: Vec<Layer>,
    /// The other seat.
    pub secondary: Option<Secondary>,
    /// Dated exceptions of both seats; later ones cover earlier ones.
    pub overrides: Vec<Override>,
    /// How many of them, the first ones, a machine wrote: all that people write covers those.
    pub assigned: usize,
    /// Who learns.
    pub shadows: Vec<Shadow>,
    /// In which of PagerDuty's two families; absent, as the organisation says.
    pub family: Option<Family>,
    /// Where it is written.
    pub source: Source,
}

impl Rotation {
    /// What makes up the calendar of one of its seats; `None` if there is no such seat.
    pub fn calendar(&self, seat: Seat) -> Option<SeatCalendar<'_>> {
        match (seat, &self.secondary) {
            (Seat::Primary, _) => Some(SeatCalendar { layers: &self.layers, follow: 0 }),
            (Seat::Secondary, Some(Secondary { calendar: SecondaryCalendar::Follow(places), .. })) => {
                Some(SeatCalendar { layers: &self.layers, follow: *places })
            }
            (Seat::Secondary, Some(Secondary { calendar: SecondaryCalendar::Layers(layers), .. })) => {
                Some(SeatCalendar { layers, follow: 0 })
            }
            (Seat::Secondary, None) => None,
        }
    }
}

/// The layers of one seat, and by how many places their people are turned.
#[derive(Debug, Clone, Copy)]
pub struct SeatCalendar<'a> {
    /// Later ones cover earlier ones.
    pub layers: &'a [Layer],
    /// Turn `k` belongs to the person this many places further on.
    pub follow: u32,
}

/// The second calendar of a rotation.
#[derive(Debug, Clone)]
pub struct Secondary {
    /// Where its turns come from.
    pub calendar: SecondaryCalendar,
    /// The promise for this seat; absent, nothing is promised.
    pub coverage: Option<Hours>,
}

/// Where the turns of a secondary seat come from.
#[derive(Debug, Clone)]
pub enum SecondaryCalendar {
    /// The primary's layers, each with its people turned by so many places.
    Follow(u32),
    /// Layers of its own.
    Layers(Vec<Layer>),
}

/// People who take turns at a cadence.
#[derive(Debug, Clone)]
pub struct Layer {
    /// In order; turn `k` belongs to place `first + k`, counted around. Never empty.
    pub places: Vec<Holder>,
    /// Everybody holds every turn at once.
    pub together: bool,
    /// The place that takes turn 0.
    pub first: u32,
    /// When it hands over, as a person says it.
    pub cadence: Cadence,
    /// When it hands over, in instants.
    pub handoffs: Handoffs,
    /// When its turns hold.
    pub hours: Hours,
    /// When it ends; absent, never.
    pub until: Option<Instant>,
    /// Where it is written.
    pub source: Source,
}

impl Layer {
    /// From its first turn to its end.
    pub fn span(&self) -> Option<Span> {
        Span::new(self.handoffs.start(), self.until.unwrap_or(Instant::MAX))
    }

    /// Who has turn `number`, with everybody turned by `follow` places. Of a `together` layer, the first of them.
    pub fn place(&self, number: u64, follow: u32) -> Holder {
        let places = self.places.len() as u64;
        let place = (number % places + u64::from(self.first) + u64::from(follow)) % places;
        self.places[usize::try_from(place).expect("a place is one of the places")]
    }

    /// The people among its places, each once, in order.
    pub fn people(&self) -> Vec<PersonId> {
        let mut people: Vec<PersonId> = Vec::new();
        for person in self.places.iter().filter_map(|it| it.person()) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }
}

/// A dated exception.
#[derive(Debug, Clone)]
pub struct Override {
    /// Who holds the seat then.
    pub holder: Holder,
    /// Only where this person would hold; absent, whoever and whatever.
    pub instead_of: Option<PersonId>,
    /// When.
    pub span: Span,
    /// Which seat.
    pub seat: Seat,
    /// Why, in the file's words.
    pub reason: Option<String>,
    /// Which swap it belongs to, if `cover` wrote it.
    pub swap: Option<String>,
    /// Where it is written.
    pub source: Source,
}

/// Somebody learns, and is never paged.
#[derive(Debug, Clone)]
pub struct Shadow {
    /// Who learns.
    pub person: PersonId,
    /// From whom; absent, from whoever is primary.
    pub with: Option<PersonId>,
    /// When.
    pub span: Span,
    /// Why, in the file's words.
    pub reason: Option<String>,
    /// Where it is written.
    pub source: Source,
}

/// PagerDuty's two families of schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// `/schedules`: layers, the last one wins.
    Layers,
    /// `/v3/schedules`: rotations of events, everybody in one is on call.
    Shifts,
}
