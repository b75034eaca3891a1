//! What the past says: whether the right people were paged, and what it costs. `docs/fit.md` defines every figure.

mod clocks;
mod journey;
mod months;
mod replay;
mod report;
mod stats;
mod tally;
mod within;

pub use clocks::Part;
pub use replay::{Replay, ReplayedTo, replay};
pub use report::{
    Drift, Duration, Fit, HandOffs, Hop, LEAST_A_MONTH, LoadTotals, Minutes, Misroute, Month, OFTEN, OfTeam, Often,
    PersonLoad, PingPong, Repetition, Steadiness, Value, fit,
};
pub use stats::{Share, Spread};
pub use within::Within;

use crate::org::Org;
use crate::time::{Window, Zone};

/// What is looked at, and how.
#[derive(Debug, Clone)]
pub struct Settings<'a> {
    /// On whose clock months and hours of the week are.
    pub zone: Zone,
    /// The organisation, for people's own clocks and for its routes.
    pub org: Option<&'a Org>,
    /// When people work, where no organisation says it.
    pub working_hours: Vec<Window>,
    /// When people sleep, where no organisation says it.
    pub sleep: Vec<Window>,
    /// The tag by which repetition is counted; absent, `service` if episodes carry it, else the first they carry.
    pub tag: Option<String>,
    /// How many work at once; what comes out does not depend on it.
    pub workers: usize,
}
