//! What was pulled from PagerDuty, row by row; and over which spans it is whole.

use rusqlite::{Transaction, TransactionBehavior, params};

use crate::store::{Store, StoreError};
use crate::time::{Instant, Span, union};

/// What is pulled, span by span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Incidents, by when they opened.
    Incidents,
    /// What happened to them, by when it did.
    Log,
    /// What PagerDuty counts of them, by when they opened.
    Analytics,
    /// Who held which schedule when.
    Shifts,
}

impl What {
    /// All of them, in the order in which they are pulled.
    pub const ALL: [What; 4] = [What::Incidents, What::Log, What::Analytics, What::Shifts];

    /// As it is written: `incidents`.
    pub const fn word(self) -> &'static str {
        match self {
            What::Incidents => "incidents",
            What::Log => "log",
            What::Analytics => "analytics",
            What::Shifts => "shifts",
        }
    }
}

/// An incident, as it was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// PagerDuty's id.
    pub id: String,
    /// As people call it.
    pub number: i64,
    /// What it says.
    pub title: String,
    /// When it opened.
    pub opened: Instant,
    /// The name of its service.
    pub service: String,
    /// The id of its escalation policy.
    pub policy: String,
    /// The name of its first team.
    pub team: Option<String>,
    /// `high` or `low`.
    pub urgency: String,
}

/// Something that happened to an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// PagerDuty's id.
    pub id: String,
    /// Whose.
    pub incident: String,
    /// When.
    pub at: Instant,
    /// `trigger`, `assign`, `escalate`, `acknowledge`, `resolve` and others.
    pub kind: String,
    /// The id of the user who did it.
    pub by: Option<String>,
    /// The ids of the users to whom it went.
    pub users: Vec<String>,
}

/// What PagerDuty counts of an incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysed {
    /// Of which.
    pub id: String,
    /// The name of its priority.
    pub priority: Option<String>,
    /// Seconds to the first acknowledgement.
    pub acknowledged: Option<i64>,
    /// Seconds to its resolution.
    pub resolved: Option<i64>,
    /// The id of the user who resolved it.
    pub by: Option<String>,
}

/// A user, also one who is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// PagerDuty's id.
    pub id: String,
    /// As people call them.
    pub name: String,
    /// Unknown of those who are gone.
    pub email: Option<String>,
}

/// An escalation policy, as it was at the last pull.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// PagerDuty's id.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// The ids of its schedules, rung by rung.
    pub schedules: Vec<String>,
}

/// A schedule, of either family.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    /// PagerDuty's id.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// Whose it is here, if it is ours: `search`, `search.secondary`.
    pub key: Option<String>,
}

/// Somebody held a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// When.
    pub span: Span,
    /// The id of the user.
    pub user: String,
}

impl Store {
    /// Over which spans something was pulled, in order, apart from one another.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be read.
    pub fn pulled(&self, what: What) -> Result<Vec<Span>, StoreError> {
        spans(&self.connection, what).map_err(|error| self.told(error))
    }

    /// Notes that something is whole over a span.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn note_pulled(&mut self, what: What, span: Span) -> Result<(), StoreError> {
        self.write(|all| {
            let mut known = spans(all, what)?;
            known.push(span);
            all.execute("DELETE FROM pulled WHERE what = ?1", [what.word()])?;
            for it in union(known) {
                let row = params![what.word(), it.start().unix(), it.end().unix()];
                all.execute("INSERT INTO pulled (what, start, end) VALUES (?1, ?2, ?3)", row)?;
            }
            Ok(())
        })
    }

    /// Keeps incidents; what was known of them is replaced.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_incidents(&mut self, rows: &[Incident]) -> Result<(), StoreError> {
        self.write(|all| {
            let mut write = all.prepare_cached(
                "INSERT OR REPLACE INTO incidents (id, number, title, opened, service, policy, team, urgency)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for it in rows {
                let opened = it.opened.unix();
                write
                    .execute(params![it.id, it.number, it.title, opened, it.service, it.policy, it.team, it.urgency])?;
            }
            Ok(())
        })
    }

    /// Keeps log entries.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_log(&mut self, rows: &[LogEntry]) -> Result<(), StoreError> {
        self.write(|all| {
            let mut write = all.prepare_cached(
                "INSERT OR REPLACE INTO log (id, incident, at, kind, by_user, users) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?;
            for it in rows {
                write.execute(params![it.id, it.incident, it.at.unix(), it.kind, it.by, list(&it.users)])?;
            }
            Ok(())
        })
    }

    /// Keeps what PagerDuty counts of incidents.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_analysed(&mut self, rows: &[Analysed]) -> Result<(), StoreError> {
        self.write(|all| {
            let mut write = all.prepare_cached(
                "INSERT OR REPLACE INTO analytics (id, priority, acknowledged, resolved, by_user)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?;
            for it in rows {
                write.execute(params![it.id, it.priority, it.acknowledged, it.resolved, it.by])?;
            }
            Ok(())
        })
    }

    /// Keeps users. An address that was known stays known when the user is gone.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_users(&mut self, rows: &[User]) -> Result<(), StoreError> {
        self.write(|all| {
            let mut write = all.prepare_cached(
                "INSERT INTO users (id, name, email) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET email = coalesce(excluded.email, email),
                 name = CASE WHEN excluded.email IS NULL AND email IS NOT NULL THEN name ELSE excluded.name END",
            )?;
            for it in rows {
                write.execute(params![it.id, it.name, it.email])?;
            }
            Ok(())
        })
    }

    /// Keeps policies.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_policies(&mut self, rows: &[Policy]) -> Result<(), StoreError> {
        self.write(|all| {
            let mut write =
                all.prepare_cached("INSERT OR REPLACE INTO policies (id, name, schedules) VALUES (?1, ?2, ?3)")?;
            for it in rows {
                write.execute(params![it.id, it.name, list(&it.schedules)])?;
            }
            Ok(())
        })
    }

    /// Keeps schedules.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_schedules(&mut self, rows: &[Schedule]) -> Result<(), StoreError> {
        self.write(|all| {
            // The list of schedules of shifts does not say whose they are.
            let mut write = all.prepare_cached(
                "INSERT INTO schedules (id, name, key) VALUES (?1, ?2, ?3)
                 ON CONFLICT (id) DO UPDATE SET name = excluded.name, key = coalesce(excluded.key, key)",
            )?;
            for it in rows {
                write.execute(params![it.id, it.name, it.key])?;
            }
            Ok(())
        })
    }

    /// Keeps who held a schedule over a span, instead of what was known of that span.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep_shifts(&mut self, schedule: &str, span: Span, rows: &[Shift]) -> Result<(), StoreError> {
        let (start, end) = (span.start().unix(), span.end().unix());
        self.write(|all| {
            // Those that only touch it may go on in it.
            let mut near = all.prepare_cached(
                "SELECT start, end, user FROM shifts WHERE schedule = ?1 AND start <= ?3 AND end >= ?2",
            )?;
            let near: Vec<(i64, i64, String)> = near
                .query_map(params![schedule, start, end], |it| Ok((it.get(0)?, it.get(1)?, it.get(2)?)))?
                .collect::<rusqlite::Result<_>>()?;
            let known = near.into_iter().flat_map(|(from, until, user)| {
                let left = (from, until.min(start), user.clone());
                [left, (from.max(end), until, user)]
            });
            let new = rows.iter().filter_map(|it| {
                let inside = it.span.intersection(span)?;
                Some((inside.start().unix(), inside.end().unix(), it.user.clone()))
            });
            let mut pieces: Vec<(i64, i64, String)> = known.chain(new).filter(|it| it.0 < it.1).collect();
            pieces.sort_by(|one, other| (&one.2, one.0).cmp(&(&other.2, other.0)));
            pieces.dedup_by(|next, last| {
                let goes_on = next.2 == last.2 && next.0 <= last.1;
                if goes_on {
                    last.1 = last.1.max(next.1);
                }
                goes_on
            });
            all.execute(
                "DELETE FROM shifts WHERE schedule = ?1 AND start <= ?3 AND end >= ?2",
                params![schedule, start, end],
            )?;
            let mut write =
                all.prepare_cached("INSERT INTO shifts (schedule, start, end, user) VALUES (?1, ?2, ?3, ?4)")?;
            for (start, end, user) in pieces {
                write.execute(params![schedule, start, end, user])?;
            }
            Ok(())
        })
    }

    /// All of it or nothing.
    fn write<T>(&mut self, write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>) -> Result<T, StoreError> {
        let begun = self.connection.transaction_with_behavior(TransactionBehavior::Immediate);
        let done = begun.and_then(|all| {
            let done = write(&all)?;
            all.commit()?;
            Ok(done)
        });
        done.map_err(|error| self.told(error))
    }
}

fn spans(connection: &rusqlite::Connection, what: What) -> rusqlite::Result<Vec<Span>> {
    let mut query = connection.prepare_cached("SELECT start, end FROM pulled WHERE what = ?1 ORDER BY start")?;
    let rows = query
        .query_map([what.word()], |it| Ok(Span::new(Instant::from_unix(it.get(0)?), Instant::from_unix(it.get(1)?))))?;
    Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
}

fn list(ids: &[String]) -> String {
    serde_json::Value::from(ids).to_string()
}
