//! For a browser: one file that asks for nothing else.

mod fit;
mod page;

pub use fit::fit;
