//! What if these people and services were divided otherwise.
//!
//! [`split`] takes a [`History`](crate::history::History) and the division that stands, learns from the first months who can
//! handle what, looks for divisions that cost less, and holds them to the last months. `docs/split.md` defines the score and every figure.

mod chance;
mod clocks;
mod division;
mod evidence;
mod model;
mod path;
mod report;
mod search;
mod today;

pub use chance::{BY_CHANCE, ByChance, LEAST_BY_CHANCE};
pub use division::{Division, Part, agreement};
pub use evidence::MOST_LOST;
pub use model::{MONTH, Model, OFTEN, Score};
pub use path::{Path, PathError, PathStep, path};
pub use report::{Breach, Candidate, Facts, Origin, Progress, Settings, Split, SplitError, Stretch, Verdict, split};
pub use search::search;
