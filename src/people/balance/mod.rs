//! A fair calendar for a horizon.
//!
//! [`Model`] says in numbers what is asked; [`solve`](solve()) finds a calendar, says what it costs and below which cost none can be.
//! [`balance`](balance()) asks that of an organisation: its turns are the slots, and what comes of it are rows of `assigned/ID.toml`.

mod bound;
mod cramped;
mod fair;
mod model;
mod search;
mod solve;
mod turns;

pub use fair::{Balance, Outcome, Request, Share, Stuck, balance, swaps};
pub use model::{Amount, Measure, Model, Window};
pub use solve::{Effort, Solved, solve};
pub use turns::Burden;
