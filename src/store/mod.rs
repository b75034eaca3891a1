//! The past that was pulled and loaded, in one SQLite file.
//!
//! Everything is written in transactions: who is killed leaves what was whole before. A file that is no store of ours is
//! told apart before anything is asked of it. Names and times are kept, and what else a report needs; no token is ever
//! here, for none is given to this module.

mod episodes;
mod loaded;
mod open;
mod overview;
mod pulled;

pub use episodes::{Episodes, Text};
pub use loaded::Kept;
pub use overview::{Load, Overview, Pulled, Seen};
pub use pulled::{Analysed, Incident, LogEntry, Policy, Schedule, Shift, User, What};

use std::path::{Path, PathBuf};

use rusqlite::{Connection, ErrorCode};

/// A store that is open.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    connection: Connection,
}

/// What is wrong with a store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is none.
    #[error("there is no store of past episodes at `{}`", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Something else is there.
    #[error("`{}` is no store of past episodes: {what}", path.display())]
    Foreign {
        /// Where.
        path: PathBuf,
        /// What it is instead.
        what: &'static str,
    },
    /// Of a form that is not known yet.
    #[error("`{}` was written by a newer Dogwatch: its form is {form}, this one knows {}", path.display(), open::FORM)]
    Newer {
        /// Where.
        path: PathBuf,
        /// Its form.
        form: i64,
    },
    /// Its bytes make no sense any more.
    #[error("`{}` is damaged: {reason}", path.display())]
    Damaged {
        /// Where.
        path: PathBuf,
        /// In the library's words.
        reason: String,
    },
    /// Somebody else writes into it.
    #[error("somebody else is writing into `{}`", path.display())]
    Busy {
        /// Where.
        path: PathBuf,
    },
    /// The machine does not let us.
    #[error("could not use `{}`: {reason}", path.display())]
    Unusable {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl StoreError {
    /// What can be done about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            StoreError::Missing { .. } => {
                Some("`dogwatch history pull` or `dogwatch history load FILE…` make one; `--store FILE` says where")
            }
            StoreError::Foreign { .. } => Some("`--store FILE` names another; what is there is left as it is"),
            StoreError::Newer { .. } => Some("update Dogwatch, or pull into another file with `--store FILE`"),
            StoreError::Damaged { .. } => {
                Some("move it away and pull or load again; `sqlite3 FILE .recover` may save what is in it")
            }
            StoreError::Busy { .. } => Some("wait until that is done"),
            StoreError::Unusable { .. } => None,
        }
    }
}

impl Store {
    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What went wrong with it.
    pub fn told(&self, error: rusqlite::Error) -> StoreError {
        told(&self.path, error)
    }
}

/// An error in SQLite's words, without the question that was asked of it.
fn words(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(_, Some(words)) => words.clone(),
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    }
}

fn told(path: &Path, error: rusqlite::Error) -> StoreError {
    let path = path.to_owned();
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => StoreError::Foreign { path, what: "it is no SQLite database" },
        // What we ask is sound: a table that we made is gone.
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::Unknown) => StoreError::Damaged { path, reason: words(&error) },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy { path },
        Some(_) => StoreError::Unusable { path, reason: words(&error) },
        // A cell of another type than the form has: somebody, or a failing disk, wrote it.
        None => StoreError::Damaged { path, reason: words(&error) },
    }
}
