//! PagerDuty made equal to the files: what it should hold, what it holds, and the way from one to the other.

pub mod client;
pub mod desired;
pub mod mark;
pub mod observed;
pub mod pattern;
pub mod render;
pub mod router;
pub mod spec;
pub mod wire;
