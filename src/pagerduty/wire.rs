//! PagerDuty's shapes, as far as they are used: tolerant of `null`, of unknown fields, and of unknown kinds.

use std::ops::Deref;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::time::{Instant, Zone, parse_instant};

/// An instant of something that is sent back as it was read: in UTC, whatever offset it came with.
///
/// Answers are in the zone of whoever asks, and a `rotation_virtual_start` that is sent with an offset loses it. What is
/// no time stays as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Stamp(String);

impl Stamp {
    /// An instant, as it is sent.
    pub fn of(at: Instant) -> Stamp {
        Stamp(at.to_string())
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Stamp, D::Error> {
        let text = String::deserialize(from)?;
        Ok(instant(&text).map_or(Stamp(text), Stamp::of))
    }
}

impl Deref for Stamp {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// `null` and absence are the same.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

/// Declares shapes: every field may be missing or `null`.
macro_rules! shapes {
    ($( $(#[$meta:meta])* struct $name:ident { $( $(#[$field_meta:meta])* $field:ident: $ty:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct $name {
            $( $(#[$field_meta])* #[serde(deserialize_with = "or_default")] pub $field: $ty, )*
            /// What else there is, kept for when it is sent back.
            #[serde(flatten)]
            pub rest: Map<String, Value>,
        }
    )* };
}

shapes! {
    /// Somebody or something, by id.
    struct Reference {
        /// Opaque; unique among its kind.
        id: String,
        /// `user_reference`, `schedule_reference`, `schedule_v3_reference`, …
        r#type: String,
        /// Its name.
        summary: String,
    }

    /// Somebody with an account.
    struct User {
        /// Opaque.
        id: String,
        /// By which we know them.
        email: String,
        /// As PagerDuty shows it.
        name: String,
        /// How they are reached.
        contact_methods: Vec<Value>,
        /// In which they are.
        teams: Vec<Reference>,
    }

    /// A team.
    struct Team {
        /// Opaque.
        id: String,
        /// As people see it.
        name: String,
        /// May hold our mark.
        description: String,
    }

    /// A schedule of layers.
    struct Schedule {
        /// Opaque.
        id: String,
        /// As people see it.
        name: String,
        /// May hold our mark.
        description: String,
        /// Its clock.
        time_zone: String,
        /// In no order to rely on.
        schedule_layers: Vec<Layer>,
        /// To which it belongs, in no order.
        teams: Vec<Reference>,
        /// Who finally has it, when rendered.
        final_schedule: Rendered,
    }

    /// People taking turns.
    struct Layer {
        /// Opaque; empty before it is created.
        #[serde(skip_serializing_if = "String::is_empty")]
        id: String,
        /// As people see it.
        name: String,
        /// Rewritten by the server whenever it is touched.
        start: Stamp,
        /// Empty: never.
        end: Option<Stamp>,
        /// The first user's first turn.
        rotation_virtual_start: Stamp,
        /// How long a turn is.
        rotation_turn_length_seconds: i64,
        /// In order.
        users: Vec<LayerUser>,
        /// When it holds; empty: always.
        restrictions: Vec<Restriction>,
    }

    /// A place of a layer.
    struct LayerUser {
        /// Who.
        user: Reference,
    }

    /// A window of the day or the week.
    struct Restriction {
        /// `daily_restriction` or `weekly_restriction`.
        r#type: String,
        /// `HH:MM:SS`.
        start_time_of_day: String,
        /// 1 is Monday.
        #[serde(skip_serializing_if = "Option::is_none")]
        start_day_of_week: Option<i64>,
        /// How long.
        duration_seconds: i64,
    }

    /// What a schedule comes to.
    struct Rendered {
        /// In order.
        rendered_schedule_entries: Vec<Entry>,
    }

    /// Somebody from then until then.
    struct Entry {
        /// From when.
        start: String,
        /// Until when.
        end: String,
        /// Who.
        user: Reference,
    }

    /// A dated exception of a schedule of layers.
    struct Override {
        /// Opaque.
        id: String,
        /// From when.
        start: String,
        /// Until when.
        end: String,
        /// Who.
        user: Reference,
    }

    /// A schedule of shifts.
    struct ShiftSchedule {
        /// Opaque.
        id: String,
        /// As people see it.
        name: String,
        /// May hold our mark.
        description: String,
        /// Its clock.
        time_zone: String,
        /// What repeats.
        rotations: Vec<ShiftRotation>,
        /// To which it belongs, in no order.
        teams: Vec<Reference>,
        /// Who finally has it, when asked for.
        final_schedule: FinalSchedule,
    }

    /// A container of events.
    struct ShiftRotation {
        /// Opaque.
        id: String,
        /// At most five that are not over.
        events: Vec<Event>,
    }

    /// What repeats.
    struct Event {
        /// Opaque.
        id: String,
        /// As people see it.
        name: String,
        /// Where the first occurrence begins.
        start_time: ZonedTime,
        /// Where the first occurrence ends.
        end_time: ZonedTime,
        /// Rewritten by the server when past.
        effective_since: String,
        /// Empty: never.
        effective_until: Option<String>,
        /// One rule.
        recurrence: Vec<String>,
        /// Who.
        assignment_strategy: Strategy,
    }

    /// A time on a clock.
    struct ZonedTime {
        /// With an offset.
        date_time: String,
        /// Which clock.
        time_zone: String,
    }

    /// Who takes the occurrences of an event.
    struct Strategy {
        /// `rotating_member_assignment_strategy` or `every_member_assignment_strategy`.
        r#type: String,
        /// Occurrences before the next member.
        #[serde(skip_serializing_if = "Option::is_none")]
        shifts_per_member: Option<i64>,
        /// In order.
        members: Vec<Member>,
    }

    /// A place.
    struct Member {
        /// `user_member` or `empty_member`.
        r#type: String,
        /// Of a user.
        #[serde(skip_serializing_if = "Option::is_none")]
        user_id: Option<String>,
    }

    /// What a schedule of shifts comes to.
    struct FinalSchedule {
        /// May overlap.
        computed_shift_assignments: Vec<Computed>,
    }

    /// Somebody from then until then.
    struct Computed {
        /// From when.
        start_time: String,
        /// Until when.
        end_time: String,
        /// Who.
        member: Member,
        /// Where it comes from.
        source: Value,
    }

    /// One shift outside of all rotations.
    struct CustomShift {
        /// Opaque.
        id: String,
        /// From when.
        start_time: String,
        /// Until when.
        end_time: String,
        /// Exactly one.
        assignments: Vec<Assignment>,
    }

    /// Who has a custom shift.
    struct Assignment {
        /// Who.
        member: Member,
    }

    /// One member stands in for another.
    struct ShiftOverride {
        /// Opaque.
        id: String,
        /// Of that rotation,
        rotation_id: Option<String>,
        /// or of that custom shift.
        custom_shift_id: Option<String>,
        /// From when.
        start_time: String,
        /// Until when.
        end_time: String,
        /// Who steps down.
        overridden_member: Member,
        /// Who steps in.
        overriding_member: Member,
    }

    /// An escalation policy.
    struct Policy {
        /// Opaque.
        id: String,
        /// Unique.
        name: String,
        /// May hold our mark.
        description: String,
        /// Times that it starts over.
        num_loops: i64,
        /// In order.
        escalation_rules: Vec<Rule>,
        /// To which it belongs, one at most.
        teams: Vec<Reference>,
    }

    /// A rung of a policy.
    struct Rule {
        /// Until the next rung.
        escalation_delay_in_minutes: i64,
        /// In no order.
        targets: Vec<Reference>,
    }

    /// A service.
    struct Service {
        /// Opaque.
        id: String,
        /// Unique.
        name: String,
        /// May hold our mark.
        description: String,
        /// Who is paged.
        escalation_policy: Reference,
    }

    /// Where events enter.
    struct Orchestration {
        /// A UUID.
        id: String,
        /// As people see it.
        name: String,
        /// May hold our mark.
        description: String,
    }

    /// A row of a router.
    struct RouterRule {
        /// For people.
        label: Option<String>,
        /// Any of them.
        conditions: Vec<RouterCondition>,
        /// Where to.
        actions: RouterActions,
    }

    /// A condition of a router.
    struct RouterCondition {
        /// In PagerDuty's condition language.
        expression: String,
    }

    /// Where a router sends an event.
    struct RouterActions {
        /// A service's id, or `unrouted`.
        route_to: Option<String>,
    }
}

/// One shape out of an answer; what does not fit is as good as empty.
pub fn decode<T: for<'de> Deserialize<'de> + Default>(value: &Value) -> T {
    T::deserialize(value).unwrap_or_default()
}

/// Those of a list that can be read.
pub fn decode_all<T: for<'de> Deserialize<'de>>(values: &[Value]) -> Vec<T> {
    values.iter().filter_map(|it| T::deserialize(it).ok()).collect()
}

/// An instant as PagerDuty writes it; fractions of a second are cut off.
pub fn instant(text: &str) -> Option<Instant> {
    let text = text.trim();
    let cut = match text.find('.') {
        None => text.to_owned(),
        Some(dot) => {
            let digits = text[dot + 1..].bytes().take_while(u8::is_ascii_digit).count();
            format!("{}{}", &text[..dot], &text[dot + 1 + digits..])
        }
    };
    parse_instant(&cut, &Zone::utc()).ok()
}
