//! For a browser: pages of one file each, which ask nobody for anything.

mod calendar;
mod fit;
mod page;
mod sha256;
mod split;

pub use calendar::calendar;
pub use fit::fit;
pub use split::split;
