//! `now`: everybody on call.

use crate::calendar::{State, outlook};
use crate::export::Reader;
use crate::export::json::{Clock, NextView, VERSION, keys, next, views};
use crate::org::Org;
use crate::time::{Exhausted, Instant};

views! {
    /// `now --format json`: everybody on call.
    struct NowView {
        /// Always 1.
        version: u32,
        /// Always "now".
        kind: &'static str,
        /// The instant.
        at: String,
        /// On whose clock times are.
        zone: &'static str,
        /// By rotation and seat.
        seats: Vec<SeatView>,
    }

    /// The state of a seat.
    struct SeatView {
        /// The rotation's id.
        rotation: String,
        /// "primary" or "secondary".
        seat: String,
        /// "held", "vacant", "gap", "off" or "not-begun".
        state: &'static str,
        /// Who holds it.
        people: Vec<String>,
        /// Until when, without a break; absent, not within a year.
        until: Option<String>,
        /// Who is next.
        next: Option<NextView>,
    }
}

/// The view of all seats at an instant.
///
/// # Errors
///
/// [`Exhausted`] if a recurrence rule reaches its bound.
pub fn now(org: &Org, at: Instant, reader: &Reader) -> Result<NowView, Exhausted> {
    let clock = Clock(reader);
    let mut seats = Vec::new();
    for seat in org.seats() {
        let outlook = outlook(org, seat, at)?;
        let (state, people) = match &outlook.state {
            State::Held(people) => ("held", people.iter().map(|(it, _)| *it).collect()),
            State::Vacant(_) => ("vacant", Vec::new()),
            State::Gap => ("gap", Vec::new()),
            State::Off => ("off", Vec::new()),
            State::NotBegun => ("not-begun", Vec::new()),
        };
        seats.push(SeatView {
            rotation: org.rotation(seat.rotation).key.clone(),
            seat: seat.seat.to_string(),
            state,
            people: keys(org, &people),
            until: outlook.until.map(|it| clock.at(it)),
            next: outlook.next.map(|it| next(org, it, &clock)),
        });
    }
    Ok(NowView { version: VERSION, kind: "now", at: clock.at(at), zone: reader.zone.name(), seats })
}
