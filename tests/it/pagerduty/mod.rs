//! PagerDuty: what it should hold, how it is told, and what may go wrong.

mod changes;
mod client;
mod compile;
mod converge;
mod crashes;
mod picture;
mod random;
mod seeds;
mod troubles;
mod twenty;
mod world;
