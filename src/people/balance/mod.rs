//! A fair calendar for a horizon.
//!
//! [`model`] says in numbers what is asked; [`solve`](solve()) finds a calendar, says what it costs and below which cost none can be.

mod bound;
mod cramped;
mod model;
mod search;
mod solve;

pub use model::{Amount, Measure, Model, Window};
pub use solve::{Effort, Solved, solve};
