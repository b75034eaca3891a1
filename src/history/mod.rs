//! The past: episodes, and what they say about routes and people.
//!
//! [`load`] reads files, by a [`Mapping`](crate::config::Mapping) or as JSON lines, into a [`History`], in which names
//! are numbers. Nothing is read from disk here: files come as readers.

mod chunks;
pub mod fit;
mod ids;
mod lines;
mod load;
mod losses;
mod names;
mod records;
mod rows;
mod store;
mod then;

#[cfg(test)]
pub(crate) use lines::EpisodeLine;
pub use load::{LoadError, Loaded, Source, load};
pub use losses::{Loss, Losses, Shown};
pub use rows::HeadError;
pub use store::{Actor, Episode, History, Step, Told};
pub use then::{Then, Witness};
