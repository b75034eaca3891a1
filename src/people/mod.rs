//! People: who may sit where, who stands in, what the hours come to.

pub mod balance;
mod cover;
mod drills;
mod handled;
mod kinds;
mod page;
mod pay;
mod readiness;
mod report;
mod rules;

pub use cover::{
    AssignedError, Cause, Cover, Effort, Left, Owed, Request, Row, Swap, WhyNot, Withdrawn, cover, rewrite, with_cover,
    with_rows, without, written,
};
pub use drills::{Drilled, drills};
pub use handled::{Handled, met};
pub use kinds::{Kind, Kinds, Piece};
pub use page::{Page, belongs, page};
pub use pay::Money;
pub use readiness::{Missing, NextTurn, Readiness, Turns, next_turns};
pub use report::{Counting, Hours, Line, Month, report};
pub use rules::{Conflict, Duty, Objection, Rules, busiest};
