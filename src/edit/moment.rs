//! Moments as a file says them.

use chrono::Timelike;

use crate::org::Layer;
use crate::time::{Instant, Zone, rfc3339};

use crate::edit::Moment;

/// An instant in a row that a zone's clock reads: a date at midnight, a time of day, or, where the clock shows that
/// time for the second time, with its offset.
pub(super) fn in_row(at: Instant, zone: &Zone) -> String {
    match zone.start_of_day(zone.day(at)) == at {
        true => zone.day(at).to_string(),
        false => with_time(at, zone),
    }
}

/// A moment in a row, as it was typed.
pub(super) fn typed(moment: Moment) -> String {
    match moment {
        Moment::Day(day) => day.to_string(),
        Moment::Local(civil) => civil.format("%Y-%m-%dT%H:%M:%S").to_string(),
        Moment::Instant(at) => at.to_string(),
    }
}

/// Where a layer ends: the day, if it is that day's handoff.
pub(super) fn of_layer(at: Instant, layer: &Layer) -> String {
    let zone = layer.handoffs.zone();
    let day = zone.day(at);
    match layer.handoffs.on(day) {
        Ok(Some(handoff)) if handoff == at => day.to_string(),
        _ => with_time(at, zone),
    }
}

/// With its time of day.
pub(super) fn with_time(at: Instant, zone: &Zone) -> String {
    let civil = zone.civil(at);
    match zone.resolve(civil) == at && civil.nanosecond() == 0 {
        true => civil.format("%Y-%m-%dT%H:%M:%S").to_string(),
        false => rfc3339(at, zone),
    }
}
