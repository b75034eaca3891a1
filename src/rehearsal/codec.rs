//! Instants and zones in the state file.

/// An instant as RFC 3339 in UTC.
pub(super) mod instant {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::time::{Instant, Zone, parse_instant};

    pub(in crate::rehearsal) fn serialize<S: Serializer>(at: &Instant, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(at)
    }

    pub(in crate::rehearsal) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Instant, D::Error> {
        let text = String::deserialize(from)?;
        parse_instant(&text, &Zone::utc()).map_err(D::Error::custom)
    }
}

/// The same, or `null`.
pub(super) mod maybe_instant {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    use crate::time::{Instant, Zone, parse_instant};

    pub(in crate::rehearsal) fn serialize<S: Serializer>(at: &Option<Instant>, to: S) -> Result<S::Ok, S::Error> {
        at.map(|it| it.to_string()).serialize(to)
    }

    pub(in crate::rehearsal) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Instant>, D::Error> {
        let text = Option::<String>::deserialize(from)?;
        text.map(|text| parse_instant(&text, &Zone::utc()).map_err(D::Error::custom)).transpose()
    }
}

/// A zone by its name.
pub(super) mod zone {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::time::Zone;

    pub(in crate::rehearsal) fn serialize<S: Serializer>(zone: &Zone, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(zone.name())
    }

    pub(in crate::rehearsal) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Zone, D::Error> {
        Zone::named(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}
