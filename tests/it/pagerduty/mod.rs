//! PagerDuty: what it should hold, how it is told, and what may go wrong.

mod changes;
mod compile;
mod converge;
mod world;
