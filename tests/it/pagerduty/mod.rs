//! PagerDuty: what it should hold, how it is told, and what may go wrong.

mod changes;
mod client;
mod compile;
mod converge;
mod importing;
mod imports;
mod random;
mod troubles;
mod world;
