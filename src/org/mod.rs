//! People, rotations and escalation: what the files mean, valid by construction.
//!
//! An [`Org`] is made by [`config::read`](crate::config::read) and never changes. Names have become ids, civil
//! times instants, texts patterns; nothing here can fail, and nothing here reads a file.

mod escalation;
mod go_regex;
mod nearest;
mod pattern;
mod people;
mod rotation;
mod settings;
mod unseen;

pub use escalation::{
    Edge, Entry, Escalation, Expectation, Node, Repeat, Route, RouteId, RouteTarget, RoutingTest, Service,
};
pub use nearest::nearest;
pub use pattern::{Condition, Matcher, Pattern, PatternError, Shape, Tags};
pub use people::{Drill, Person, TimeOff};
pub use rotation::{
    Family, Holder, Layer, Override, Rotation, RotationId, Seat, SeatCalendar, SeatId, Secondary, SecondaryCalendar,
    Shadow, Source,
};
pub use settings::{DayRates, HourRates, Limits, Needs, PagerDuty, Pay, Rate, Share, Stage, Weights};
pub use unseen::{harmless, is_unseen};

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::time::{Hours, Zone};

/// Which person, within one [`Org`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId(pub(crate) u32);

/// An organisation: everything the files say.
#[derive(Debug, Clone)]
pub struct Org {
    /// For readers, and for what has no zone of its own.
    pub zone: Zone,
    /// In the order of the file.
    pub people: Vec<Person>,
    /// By id.
    pub rotations: Vec<Rotation>,
    /// In the order of the file.
    pub services: Vec<Service>,
    /// Routes and escalations.
    pub escalation: Escalation,
    /// The days of each holiday calendar.
    pub holidays: BTreeMap<String, Arc<[NaiveDate]>>,
    /// When people work, each in their own zone; windows as written in `org.toml`.
    pub working_hours: Vec<crate::time::Window>,
    /// When people sleep, each in their own zone.
    pub sleep: Vec<crate::time::Window>,
    /// What is a finding when broken.
    pub limits: Limits,
    /// What an hour on call weighs.
    pub weights: Weights,
    /// Apprenticeship, in order.
    pub stages: Vec<Stage>,
    /// What being on call is paid, if anything is said about it.
    pub pay: Option<Pay>,
    /// How PagerDuty is to hold it all.
    pub pagerduty: Option<PagerDuty>,
}

impl Org {
    /// A person by id.
    pub fn person(&self, id: PersonId) -> &Person {
        &self.people[id.0 as usize]
    }

    /// A rotation by id.
    pub fn rotation(&self, id: RotationId) -> &Rotation {
        &self.rotations[id.0 as usize]
    }

    /// A person by the key of their table in `people.toml`, or by an alias.
    pub fn person_named(&self, name: &str) -> Option<&Person> {
        let key = self.people.iter().find(|it| it.key == name);
        key.or_else(|| self.people.iter().find(|it| it.aliases.iter().any(|alias| alias == name)))
    }

    /// A rotation by the stem of its file.
    pub fn rotation_named(&self, name: &str) -> Option<&Rotation> {
        let found = self.rotations.binary_search_by(|it| it.key.as_str().cmp(name));
        found.ok().map(|index| &self.rotations[index])
    }

    /// A service by the key of its table in `services.toml`.
    pub fn service_named(&self, name: &str) -> Option<&Service> {
        self.services.iter().find(|it| it.key == name)
    }

    /// All seats: of every rotation the primary, then the secondary if it has one.
    pub fn seats(&self) -> impl Iterator<Item = SeatId> + '_ {
        self.rotations.iter().flat_map(|rotation| {
            let seats = [Some(Seat::Primary), rotation.secondary.as_ref().map(|_| Seat::Secondary)];
            seats.into_iter().flatten().map(|seat| SeatId { rotation: rotation.id, seat })
        })
    }

    /// A seat as it is written: `storage-ops`, `storage-ops.secondary`.
    pub fn seat_name(&self, seat: SeatId) -> String {
        let key = &self.rotation(seat.rotation).key;
        match seat.seat {
            Seat::Primary => key.clone(),
            Seat::Secondary => format!("{key}.secondary"),
        }
    }

    /// A seat by its written name.
    pub fn seat_named(&self, name: &str) -> Option<SeatId> {
        match name.strip_suffix(".secondary") {
            None => self.rotation_named(name).map(|it| SeatId { rotation: it.id, seat: Seat::Primary }),
            Some(key) => {
                let rotation = self.rotation_named(key)?;
                rotation.secondary.as_ref()?;
                Some(SeatId { rotation: rotation.id, seat: Seat::Secondary })
            }
        }
    }

    /// A node as it is written: `storage-ops.secondary`, `@vera`.
    pub fn node_name(&self, node: Node) -> String {
        match node {
            Node::Seat(seat) => self.seat_name(seat),
            Node::Person(person) => format!("@{}", self.person(person).key),
            Node::Nobody => "@nobody".to_owned(),
        }
    }

    /// A holder as it is written: `ana`, `@nobody`.
    pub fn holder_name(&self, holder: Holder) -> &str {
        match holder {
            Holder::Person(person) => &self.person(person).key,
            Holder::Nobody => "@nobody",
        }
    }

    /// The promise of a seat.
    pub fn coverage(&self, seat: SeatId) -> Option<&Hours> {
        let rotation = self.rotation(seat.rotation);
        match seat.seat {
            Seat::Primary => rotation.coverage.as_ref(),
            Seat::Secondary => rotation.secondary.as_ref()?.coverage.as_ref(),
        }
    }
}
