//! Who and what there is: rotations and people, as the web view lists them.

use crate::export::Reader;
use crate::export::json::{Clock, VERSION, keys, views};
use crate::org::{Org, Person, PersonId, Rotation, SecondaryCalendar};

views! {
    /// Rotations.
    struct RotationListView {
        /// Always 1.
        version: u32,
        /// Always "rotation-list".
        kind: &'static str,
        /// By id.
        rotations: Vec<RotationView>,
    }

    /// A rotation.
    struct RotationView {
        /// The rotation's id.
        rotation: String,
        /// As people say it.
        name: String,
        /// In which its civil times are read.
        zone: &'static str,
        /// Its seats, as they are written.
        seats: Vec<String>,
        /// Everybody in its layers, in the order of the file; their keys.
        people: Vec<String>,
        /// File and line.
        source: String,
    }

    /// People.
    struct PersonListView {
        /// Always 1.
        version: u32,
        /// Always "person-list".
        kind: &'static str,
        /// On whose clock times are.
        zone: &'static str,
        /// In the order of the file.
        people: Vec<PersonView>,
    }

    /// A person.
    struct PersonView {
        /// The key in `people.toml`.
        person: String,
        /// As people say it.
        name: String,
        /// To be written to.
        email: Option<String>,
        /// To be called at.
        phone: Option<String>,
        /// To be chatted with.
        chat: Option<String>,
        /// Where the person sleeps.
        zone: &'static str,
        /// The ids of the rotations in whose layers the person stands.
        rotations: Vec<String>,
        /// Until when the person is away, if they are.
        away_until: Option<String>,
    }
}

/// The view of rotations.
pub fn rotation_list<'a>(org: &Org, rotations: impl IntoIterator<Item = &'a Rotation>) -> RotationListView {
    let rotation = |it: &Rotation| RotationView {
        rotation: it.key.clone(),
        name: it.name.clone(),
        zone: it.zone.name(),
        seats: org.seats().filter(|seat| seat.rotation == it.id).map(|seat| org.seat_name(seat)).collect(),
        people: keys(org, &people_of(it)),
        source: it.source.to_string(),
    };
    RotationListView {
        version: VERSION,
        kind: "rotation-list",
        rotations: rotations.into_iter().map(rotation).collect(),
    }
}

/// The view of people.
pub fn person_list<'a>(org: &Org, people: impl IntoIterator<Item = &'a Person>, reader: &Reader) -> PersonListView {
    let clock = Clock(reader);
    let of: Vec<(&Rotation, Vec<PersonId>)> = org.rotations.iter().map(|it| (it, people_of(it))).collect();
    let person = |it: &Person| PersonView {
        person: it.key.clone(),
        name: it.name.clone(),
        email: it.email.clone(),
        phone: it.phone.clone(),
        chat: it.chat.clone(),
        zone: it.zone.name(),
        rotations: of.iter().filter(|(_, people)| people.contains(&it.id)).map(|(it, _)| it.key.clone()).collect(),
        away_until: it.off.iter().find(|it| it.span.contains(reader.now)).map(|it| clock.at(it.span.end())),
    };
    PersonListView {
        version: VERSION,
        kind: "person-list",
        zone: reader.zone.name(),
        people: people.into_iter().map(person).collect(),
    }
}

/// Everybody in the layers of a rotation, each once.
pub(crate) fn people_of(rotation: &Rotation) -> Vec<PersonId> {
    let own = match rotation.secondary.as_ref().map(|it| &it.calendar) {
        Some(SecondaryCalendar::Layers(layers)) => layers.as_slice(),
        _ => &[],
    };
    let mut people: Vec<PersonId> = Vec::new();
    for person in rotation.layers.iter().chain(own).flat_map(crate::org::Layer::people) {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    people
}
