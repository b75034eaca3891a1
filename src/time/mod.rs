//! Civil time to instants: zones, spans, cadences and hours.
//!
//! People write civil times: Monday 10:00 in New York. Machines compare instants. This module is the only way
//! from one to the other, and alone in naming `chrono_tz`, `jiff` and `rrule`:
//!
//! - the *name* of a zone is checked by chrono-tz, its *rules* are jiff's bundled ones, which are newer;
//! - [`Zone::resolve`] turns a civil time into an instant: a time shown twice is the first, a skipped time is
//!   the moment of the jump, so a later civil time is never an earlier instant;
//! - a [`Cadence`] says when a layer hands over; [`Handoffs`] counts its turns without walking from the start;
//! - [`Hours`] are windows of the week: `Mon-Fri 09:00-18:00`.
//!
//! A handoff whose time is skipped is not lost. Nobody in Cairo could read 00:00 on 2026-04-24 off a clock:
//!
//! ```
//! use dogwatch::time::{Cadence, From, Handoffs, Times, Zone};
//! use std::num::NonZeroU32;
//!
//! let zone = Zone::named("Africa/Cairo").unwrap();
//! let midnight = Times::new(vec!["00:00:00".parse().unwrap()]).unwrap();
//! let daily = Cadence::Days { every: NonZeroU32::MIN, at: midnight };
//! let from = From::Day("2026-04-23".parse().unwrap());
//! let handoffs = Handoffs::new(&daily, &zone, from).unwrap();
//! let at = zone.resolve("2026-04-24T12:00:00".parse().unwrap());
//! let turn = handoffs.turn(at).unwrap().unwrap();
//! assert_eq!(turn.number, 1);
//! // The clock jumped from 00:00 to 01:00 then: the handoff is that moment.
//! assert_eq!(zone.civil(turn.span.start()).to_string(), "2026-04-24 01:00:00");
//! ```

mod cadence;
mod format;
mod handoffs;
mod hours;
mod instant;
mod recurrence;
mod text;
mod windows;
mod zone;

pub use cadence::{Cadence, MonthDay, Times, Weekdays};
pub use format::{LastDay, Stamp, StampError};
pub use handoffs::{From, Handoffs, Jumped, Start, Turn};
pub use hours::{Hours, HoursError, Window};
pub use instant::{Instant, Span, intersect, subtract, union};
pub use recurrence::{Exhausted, Recurrence, RecurrenceError};
pub use text::{
    DurationError, InstantError, clock, duration, is_known, parse_clock, parse_days, parse_duration, parse_instant,
    parse_rfc3339, rfc3339, stamp, weekday, weekday_name, weekday_names,
};
pub use windows::windows_zone;
pub use zone::{Civil, UnknownZone, Zone, ZoneOffset};

/// Seconds of a day on a clock that never jumps. Civil arithmetic only: a real day may be longer.
pub(crate) const CIVIL_DAY: i64 = 86_400;
/// Seconds of a week on a clock that never jumps.
pub(crate) const CIVIL_WEEK: i64 = 7 * CIVIL_DAY;
