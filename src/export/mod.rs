//! What people and programs read: pure functions from answers to text and JSON.
//!
//! Text is aligned, and styled with escape codes that only repeat what the words say; whoever prints it strips them
//! where they do not belong.

pub mod json;
pub mod markdown;
pub mod text;

use crate::org::{Org, Seat, SeatId};
use crate::time::{Instant, Zone};

/// For whom something is shown.
#[derive(Debug, Clone)]
pub struct Reader {
    /// On whose clock times are shown.
    pub zone: Zone,
    /// What is taken for now.
    pub now: Instant,
    /// How many columns there are.
    pub width: usize,
}

/// `Search` and `Search, secondary`.
fn seat_title(org: &Org, seat: SeatId) -> String {
    let name = &org.rotation(seat.rotation).name;
    match seat.seat {
        Seat::Primary => name.clone(),
        Seat::Secondary => format!("{name}, secondary"),
    }
}
