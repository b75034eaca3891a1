//! PagerDuty: what it should hold, how it is told, and what may go wrong.

#![allow(clippy::print_stdout, reason = "long runs say what they looked at")]

mod changes;
mod client;
mod compile;
mod converge;
mod crashes;
mod hasty;
mod importing;
mod imports;
mod membership;
mod past;
mod picture;
mod places;
mod random;
mod screens;
mod seeds;
mod split;
mod traps;
mod troubles;
mod twenty;
mod world;
