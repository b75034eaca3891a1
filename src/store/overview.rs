//! What is in a store.

use rusqlite::Connection;

use crate::history::Losses;
use crate::store::{Store, StoreError, What};
use crate::time::{Instant, Span, subtract};

/// Everything that is in a store.
#[derive(Debug, Clone)]
pub struct Overview {
    /// What was loaded from files, in the order in which it was loaded first.
    pub loads: Vec<Load>,
    /// What was pulled from PagerDuty; `None` if nothing was.
    pub pulled: Option<Pulled>,
}

/// Files that were loaded together.
#[derive(Debug, Clone)]
pub struct Load {
    /// As they were named.
    pub files: Vec<String>,
    /// When they were last loaded.
    pub at: Instant,
    /// Rows or lines in them.
    pub rows: u64,
    /// What of them was not used.
    pub losses: Losses,
    /// Episodes that are from them, and not from later ones.
    pub episodes: u64,
    /// The first and the last opening.
    pub span: Option<(Instant, Instant)>,
}

/// What was pulled from PagerDuty.
#[derive(Debug, Clone)]
pub struct Pulled {
    /// Each kind of thing.
    pub seen: Vec<Seen>,
    /// The first and the last opening of an incident.
    pub span: Option<(Instant, Instant)>,
    /// Users whose name is known.
    pub users: u64,
    /// Schedules.
    pub schedules: u64,
    /// Entries of the log whose incident opened before what was pulled.
    pub orphans: u64,
}

/// How much there is of something.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Of what.
    pub what: What,
    /// How many.
    pub count: u64,
    /// Over which spans it is whole.
    pub spans: Vec<Span>,
    /// What lies between those.
    pub gaps: Vec<Span>,
}

impl Store {
    /// What is in it.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be read.
    pub fn overview(&self) -> Result<Overview, StoreError> {
        let loads = self.loads().map_err(|error| self.told(error))?;
        let pulled = self.pulled_in_all()?;
        Ok(Overview { loads, pulled })
    }

    fn loads(&self) -> rusqlite::Result<Vec<Load>> {
        let mut query = self.connection.prepare(
            "SELECT l.id, l.name, l.at, l.rows, count(e.id), min(e.opened), max(e.opened)
             FROM loads l LEFT JOIN episodes e ON e.load = l.id GROUP BY l.id ORDER BY l.id",
        )?;
        let mut rows = query.query([])?;
        let mut loads = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(1)?;
            let (first, last): (Option<i64>, Option<i64>) = (row.get(5)?, row.get(6)?);
            loads.push(Load {
                files: name.split('\n').map(str::to_owned).collect(),
                at: Instant::from_unix(row.get(2)?),
                rows: row.get::<_, i64>(3)?.unsigned_abs(),
                losses: self.losses_of(Some(row.get(0)?))?.1,
                episodes: row.get::<_, i64>(4)?.unsigned_abs(),
                span: first.map(Instant::from_unix).zip(last.map(Instant::from_unix)),
            });
        }
        Ok(loads)
    }

    fn pulled_in_all(&self) -> Result<Option<Pulled>, StoreError> {
        let told = |error| self.told(error);
        let connection = &self.connection;
        let mut seen = Vec::new();
        for what in What::ALL {
            let spans = self.pulled(what)?;
            let whole = spans.first().zip(spans.last()).and_then(|(first, last)| Span::new(first.start(), last.end()));
            let gaps = whole.map(|it| subtract(&[it], &spans)).unwrap_or_default();
            seen.push(Seen { what, count: count(connection, what.word()).map_err(told)?, spans, gaps });
        }
        if seen.iter().all(|it| it.spans.is_empty() && it.count == 0) {
            return Ok(None);
        }
        let span = connection
            .query_row("SELECT min(opened), max(opened) FROM incidents", [], |it| {
                Ok(it.get::<_, Option<i64>>(0)?.zip(it.get::<_, Option<i64>>(1)?))
            })
            .map_err(told)?;
        let orphans = connection
            .query_row(
                "SELECT count(*) FROM log l WHERE NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = l.incident)",
                [],
                |it| it.get::<_, i64>(0),
            )
            .map_err(told)?;
        Ok(Some(Pulled {
            seen,
            span: span.map(|(first, last)| (Instant::from_unix(first), Instant::from_unix(last))),
            users: count(connection, "users").map_err(told)?,
            schedules: count(connection, "schedules").map_err(told)?,
            orphans: orphans.unsigned_abs(),
        }))
    }
}

fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    connection.query_row(&format!("SELECT count(*) FROM {table}"), [], |it| it.get::<_, i64>(0)).map(i64::unsigned_abs)
}
