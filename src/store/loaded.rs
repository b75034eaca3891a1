//! Episodes of files.

use rusqlite::{OptionalExtension as _, TransactionBehavior, params};
use serde_json::{Map, Value, json};

use crate::history::{Episode, History, Loaded, Loss, Losses, Shown};
use crate::store::{Store, StoreError};
use crate::time::Instant;

/// How long a line may be that is read again.
const MOST_LINE: usize = (1 << 20) - 1;

/// What came of loading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Kept {
    /// Episodes that were not there.
    pub new: u64,
    /// Those that were there and are different now.
    pub changed: u64,
    /// Those that were there and are the same.
    pub same: u64,
    /// Those that earlier loading of the same files brought, and are not in them any more.
    pub gone: u64,
    /// Those with more steps than can be kept.
    pub too_long: u64,
}

impl Store {
    /// Keeps what was read of some files, instead of what was read of the same files before. All of it or nothing.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be written.
    pub fn keep(&mut self, files: &[String], loaded: &Loaded, now: Instant) -> Result<Kept, StoreError> {
        let name = files.join("\n");
        self.keep_as(&name, loaded, now).map_err(|error| self.told(error))
    }

    fn keep_as(&mut self, name: &str, loaded: &Loaded, now: Instant) -> rusqlite::Result<Kept> {
        let mut kept = Kept::default();
        let all = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let load: i64 = all.query_row(
            "INSERT INTO loads (name, at, rows) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET at = excluded.at, rows = excluded.rows RETURNING id",
            params![name, now.unix(), signed(loaded.rows)],
            |it| it.get(0),
        )?;
        all.execute("CREATE TEMP TABLE IF NOT EXISTS kept (id TEXT PRIMARY KEY) WITHOUT ROWID", [])?;
        all.execute("DELETE FROM kept", [])?;
        {
            let mut before = all.prepare("SELECT line FROM episodes WHERE id = ?1")?;
            let mut write = all.prepare(
                "INSERT INTO episodes (id, load, opened, line) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET load = excluded.load, opened = excluded.opened, line = excluded.line",
            )?;
            let mut note = all.prepare("INSERT OR IGNORE INTO kept (id) VALUES (?1)")?;
            for episode in loaded.history.episodes() {
                let (id, line) = (episode.id(), line(&loaded.history, &episode));
                if line.len() > MOST_LINE {
                    kept.too_long += 1;
                    continue;
                }
                let was: Option<String> = before.query_row([&id], |it| it.get(0)).optional()?;
                match was {
                    None => kept.new += 1,
                    Some(was) if was == line => kept.same += 1,
                    Some(_) => kept.changed += 1,
                }
                write.execute(params![id, load, episode.opened(), line])?;
                note.execute([&id])?;
            }
        }
        let gone = all.execute("DELETE FROM episodes WHERE load = ?1 AND id NOT IN (SELECT id FROM kept)", [load])?;
        kept.gone = gone as u64;
        all.execute("DELETE FROM kept", [])?;
        all.execute("DELETE FROM bad_rows WHERE load = ?1", [load])?;
        all.execute("DELETE FROM cut_short WHERE load = ?1", [load])?;
        for (loss, rows, shown) in &loaded.losses.kinds {
            let examples: Vec<Value> = shown.iter().map(|it| json!([it.file, it.line, it.text])).collect();
            let row = params![load, loss.code(), signed(*rows), Value::from(examples).to_string()];
            all.execute("INSERT INTO bad_rows (load, reason, rows, examples) VALUES (?1, ?2, ?3, ?4)", row)?;
        }
        for (file, reason) in &loaded.losses.cut_short {
            all.execute("INSERT INTO cut_short (load, file, reason) VALUES (?1, ?2, ?3)", params![load, file, reason])?;
        }
        all.commit()?;
        Ok(kept)
    }

    /// Rows of files and incidents that were read in all, and what of the rows was not used.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be read.
    pub fn losses(&self) -> Result<(u64, Losses), StoreError> {
        let (rows, losses) = self.losses_of(None).map_err(|error| self.told(error))?;
        let incidents = self.connection.query_row("SELECT count(*) FROM incidents", [], |it| it.get::<_, i64>(0));
        Ok((rows + incidents.map_err(|error| self.told(error))?.unsigned_abs(), losses))
    }

    pub(super) fn losses_of(&self, load: Option<i64>) -> rusqlite::Result<(u64, Losses)> {
        let connection = &self.connection;
        let rows: i64 = connection.query_row(
            "SELECT coalesce(sum(rows), 0) FROM loads WHERE ?1 IS NULL OR id = ?1",
            [load],
            |it| it.get(0),
        )?;
        let mut losses = Losses::default();
        let mut query = connection.prepare(
            "SELECT reason, rows, examples FROM bad_rows WHERE ?1 IS NULL OR load = ?1 ORDER BY load, reason",
        )?;
        let mut found = query.query([load])?;
        while let Some(row) = found.next()? {
            let (reason, rows, examples): (String, i64, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let Some(loss) = Loss::named(&reason) else { continue };
            let examples: Vec<(String, u64, String)> = serde_json::from_str(&examples).unwrap_or_default();
            let shown = examples.into_iter().map(|(file, line, text)| Shown { file, line, text }).collect();
            losses.count(loss, rows.unsigned_abs(), shown);
        }
        let mut query = connection
            .prepare("SELECT file, reason FROM cut_short WHERE ?1 IS NULL OR load = ?1 ORDER BY load, file")?;
        let cut = query.query_map([load], |it| Ok((it.get(0)?, it.get(1)?)))?;
        losses.cut_short = cut.collect::<rusqlite::Result<_>>()?;
        Ok((rows.unsigned_abs(), losses))
    }
}

pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// An episode as a line of JSON, as `history` reads it.
fn line(history: &History, episode: &Episode<'_>) -> String {
    let steps = episode.steps().map(|step| {
        let mut it = Map::new();
        it.insert("at".to_owned(), Instant::from_unix(i64::from(step.at)).to_string().into());
        it.insert("kind".to_owned(), step.actor.kind.word().into());
        if let Some(team) = step.actor.team {
            it.insert("team".to_owned(), history.teams[team as usize].as_str().into());
        }
        if let Some(person) = step.actor.person {
            it.insert("person".to_owned(), history.people[person as usize].as_str().into());
        }
        Value::Object(it)
    });
    json!({
        "id": episode.id(),
        "opened": episode.opened_at().to_string(),
        "tags": history.tags(episode.tags),
        "steps": steps.collect::<Vec<Value>>(),
    })
    .to_string()
}
