//! What people and programs read: pure functions from answers to text and JSON.
//!
//! Text is aligned, and styled with escape codes that only repeat what the words say; whoever prints it strips them
//! where they do not belong.

pub mod html;
pub mod json;
pub mod text;

use crate::history::{History, Losses};
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

/// A history that was looked at, and how it is to be shown.
#[derive(Debug, Clone, Copy)]
pub struct FitOf<'a> {
    /// Whose numbers the figures have.
    pub history: &'a History,
    /// If there is one.
    pub org: Option<&'a Org>,
    /// Rows or lines that were read.
    pub rows: u64,
    /// What of them was not used.
    pub losses: &'a Losses,
    /// No person is named.
    pub aggregate: bool,
}

impl<'a> FitOf<'a> {
    fn team(&self, number: u32) -> &'a str {
        &self.history.teams[number as usize]
    }

    fn person(&self, number: u32) -> &'a str {
        &self.history.people[number as usize]
    }

    fn value(&self, number: u32) -> &'a str {
        &self.history.tag_values[number as usize]
    }
}

/// `Search` and `Search, secondary`.
fn seat_title(org: &Org, seat: SeatId) -> String {
    let name = &org.rotation(seat.rotation).name;
    match seat.seat {
        Seat::Primary => name.clone(),
        Seat::Secondary => format!("{name}, secondary"),
    }
}
