//! PagerDuty made equal to the files: what it should hold, what it holds, and the way from one to the other.

pub mod apply;
pub mod client;
pub mod desired;
pub mod diff;
pub mod mark;
pub mod observed;
pub mod past;
pub mod pattern;
pub mod plan;
pub mod render;
pub mod router;
pub mod spec;
pub mod verify;
pub mod wire;
pub mod zones;
