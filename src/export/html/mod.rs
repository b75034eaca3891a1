//! For a browser: pages of one file each, which ask nobody for anything.

mod calendar;
mod digest;
mod fit;
mod page;
mod split;

pub use calendar::calendar;
pub use fit::fit;
pub(crate) use fit::fit_within;
pub(crate) use page::STYLE as FIT_STYLE;
pub use split::split;
