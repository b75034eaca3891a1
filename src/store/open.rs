//! Opens a store, or makes one; tells what else a file may be.

use std::fs::{self, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::store::{Store, StoreError, told};

/// `Dogw`: what SQLite keeps to say whose file it is.
const OURS: i64 = 0x446f_6777;
/// The form of the tables.
pub(super) const FORM: i64 = 1;
const SQLITE: &[u8; 16] = b"SQLite format 3\0";
/// How long somebody else may write.
const PATIENCE: Duration = Duration::from_secs(5);

impl Store {
    /// Opens a store that is there.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it is not there, or is something else.
    pub fn open(path: &Path) -> Result<Store, StoreError> {
        if fs::symlink_metadata(path).is_err() {
            return Err(StoreError::Missing { path: path.to_owned() });
        }
        look(path)?;
        connect(path, false)
    }

    /// Opens a store, or makes one that only its owner reads.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if something else is there, or it cannot be made.
    pub fn open_or_make(path: &Path) -> Result<Store, StoreError> {
        let unusable = |error: io::Error| StoreError::Unusable { path: path.to_owned(), reason: error.to_string() };
        if fs::symlink_metadata(path).is_err() {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            // SQLite gives the files beside it the same rights.
            options.open(path).map_err(unusable)?;
        }
        look(path)?;
        connect(path, true)
    }
}

/// Whether a file may be a store at all.
fn look(path: &Path) -> Result<(), StoreError> {
    let unusable = |error: io::Error| StoreError::Unusable { path: path.to_owned(), reason: error.to_string() };
    let foreign = |what| Err(StoreError::Foreign { path: path.to_owned(), what });
    let metadata = fs::metadata(path).map_err(unusable)?;
    if metadata.is_dir() {
        return foreign("it is a folder");
    }
    if !metadata.is_file() {
        return foreign("it is no ordinary file");
    }
    let mut head = Vec::new();
    fs::File::open(path).and_then(|it| it.take(16).read_to_end(&mut head)).map_err(unusable)?;
    // Of one that was begun and never written, nothing is there.
    if !head.is_empty() && head != SQLITE { foreign("it is no SQLite database") } else { Ok(()) }
}

fn connect(path: &Path, make: bool) -> Result<Store, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let failed = |error| told(path, error);
    let mut connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    let mut whose = whose(&connection).map_err(failed)?;
    if whose == Whose::Nobody && make {
        let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
        // Somebody else may have been quicker.
        if self::whose(&begun).map_err(failed)? == Whose::Nobody {
            begun.execute_batch(include_str!("schema.sql")).map_err(failed)?;
            begun.pragma_update(None, "application_id", OURS).map_err(failed)?;
            begun.pragma_update(None, "user_version", FORM).map_err(failed)?;
        }
        begun.commit().map_err(failed)?;
        whose = self::whose(&connection).map_err(failed)?;
    }
    match whose {
        Whose::Ours(form) if form == FORM => {}
        Whose::Ours(form) => return Err(StoreError::Newer { path: path.to_owned(), form }),
        Whose::Nobody => return Err(StoreError::Foreign { path: path.to_owned(), what: "it is empty" }),
        Whose::Other => {
            return Err(StoreError::Foreign { path: path.to_owned(), what: "it is the database of another program" });
        }
    }
    // Readers and one writer do not wait for each other. Where files cannot be written, what is there is read.
    let _ = connection.pragma_update(None, "journal_mode", "WAL");
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(failed)?;
    connection.pragma_update(None, "foreign_keys", true).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(Store { path: path.to_owned(), connection })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Ours(i64),
    Nobody,
    Other,
}

fn whose(connection: &Connection) -> rusqlite::Result<Whose> {
    let number = |name: &str| connection.pragma_query_value(None, name, |it| it.get::<_, i64>(0));
    let (application, form) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_master", [], |it| it.get(0))?;
    Ok(match (application, tables) {
        (OURS, _) => Whose::Ours(form),
        (0, 0) => Whose::Nobody,
        _ => Whose::Other,
    })
}
