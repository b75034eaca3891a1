//! What is in a store, as lines of JSON that `history` reads.

use std::collections::BTreeMap;
use std::io::{self, Read};

use rusqlite::{Connection, params};
use serde_json::{Value, json};

use crate::store::{Store, StoreError, words};
use crate::time::{Instant, Span};

/// How many episodes are fetched at once.
const AT_ONCE: i64 = 500;

/// Episodes, with what is known of PagerDuty's teams.
#[derive(Debug)]
pub struct Episodes {
    connection: Connection,
    /// What services are called here, by what PagerDuty calls them.
    services: BTreeMap<String, String>,
    users: BTreeMap<String, String>,
    policies: BTreeMap<String, Policy>,
    /// Who held what, by user, in order of their start.
    held: BTreeMap<String, Vec<Held>>,
    /// By schedule.
    shifts: BTreeMap<String, Vec<Held>>,
    /// The longest shift.
    longest: i64,
    schedules: BTreeMap<String, String>,
}

#[derive(Debug)]
struct Policy {
    schedules: Vec<String>,
}

/// A user's shift, or a schedule's.
#[derive(Debug, Clone)]
struct Held {
    start: i64,
    end: i64,
    /// Of which schedule; by which user.
    what: String,
}

/// Episodes as text, read as it is asked for.
#[derive(Debug)]
pub struct Text {
    episodes: Episodes,
    /// The last id that was fetched, of those of files; `None` when they are over.
    file: Option<String>,
    /// The same of those of PagerDuty.
    pulled: Option<String>,
    buffer: Vec<u8>,
    at: usize,
}

impl Store {
    /// What is in it, as episodes. `services` says what services are called here, by what PagerDuty calls them.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it cannot be read.
    pub fn episodes(&self, services: BTreeMap<String, String>) -> Result<Episodes, StoreError> {
        let connection = Store::open(&self.path)?.connection;
        Episodes::of(connection, services).map_err(|error| self.told(error))
    }
}

impl Episodes {
    fn of(connection: Connection, services: BTreeMap<String, String>) -> rusqlite::Result<Episodes> {
        let pairs = |sql: &str| -> rusqlite::Result<BTreeMap<String, String>> {
            let mut query = connection.prepare(sql)?;
            query.query_map([], |it| Ok((it.get(0)?, it.get(1)?)))?.collect()
        };
        let users = pairs("SELECT id, coalesce(email, name) FROM users")?;
        let schedules = pairs("SELECT id, coalesce(key, name) FROM schedules")?
            .into_iter()
            .map(|(id, label)| (id, rotation_of(&label).to_owned()))
            .collect();
        let policies = pairs("SELECT id, schedules FROM policies")?
            .into_iter()
            .map(|(id, schedules)| (id, Policy { schedules: serde_json::from_str(&schedules).unwrap_or_default() }))
            .collect();
        let mut held: BTreeMap<String, Vec<Held>> = BTreeMap::new();
        let mut shifts: BTreeMap<String, Vec<Held>> = BTreeMap::new();
        let mut longest = 0;
        {
            let mut query = connection.prepare("SELECT schedule, start, end, user FROM shifts ORDER BY start, user")?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let (schedule, start, end, user): (String, i64, i64, String) =
                    (row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?);
                longest = longest.max(end.saturating_sub(start));
                held.entry(user.clone()).or_default().push(Held { start, end, what: schedule.clone() });
                shifts.entry(schedule).or_default().push(Held { start, end, what: user });
            }
        }
        Ok(Episodes { connection, services, users, policies, held, shifts, longest, schedules })
    }

    /// Over which spans the schedules of a rotation were rendered, and by whom it was held: nothing if it is not known,
    /// an empty list if nobody held it. The primary seat's schedule is the one that bears the rotation's key alone.
    pub fn held_by(&self, schedule: &str, at: Instant) -> Vec<&str> {
        let held = self.shifts.get(schedule).map(Vec::as_slice).unwrap_or_default();
        self.around(held, at.unix()).map(|user| self.user(user)).collect()
    }

    /// The schedule that bears this key, as it is written in PagerDuty.
    pub fn schedule_of(&self, key: &str) -> rusqlite::Result<Option<String>> {
        use rusqlite::OptionalExtension as _;
        let sql = "SELECT id FROM schedules WHERE key = ?1 OR (key IS NULL AND lower(name) = lower(?1)) ORDER BY key IS NULL, id";
        self.connection.query_row(sql, [key], |it| it.get(0)).optional()
    }

    fn around<'a>(&'a self, held: &'a [Held], at: i64) -> impl Iterator<Item = &'a str> {
        let before = &held[..held.partition_point(|it| it.start <= at)];
        let near = before.iter().rev().take_while(move |it| it.start.saturating_add(self.longest) > at);
        near.filter(move |it| at < it.end).map(|it| it.what.as_str())
    }

    fn user<'a>(&'a self, id: &'a str) -> &'a str {
        self.users.get(id).map_or(id, String::as_str)
    }

    /// For which team somebody acted: the schedule that they held then, first of those of the incident's policy. If they
    /// held several others, it is not known.
    fn team(&self, user: &str, at: i64, policy: &str) -> Option<&str> {
        let held: Vec<&str> = self.held.get(user).map(|held| self.around(held, at).collect()).unwrap_or_default();
        let label = |it: &str| self.schedules.get(it).map(String::as_str);
        let of_policy =
            self.policies.get(policy).and_then(|it| it.schedules.iter().find(|it| held.contains(&it.as_str())));
        if let Some(found) = of_policy {
            return label(found);
        }
        let mut labels: Vec<&str> = held.into_iter().filter_map(label).collect();
        labels.sort_unstable();
        labels.dedup();
        match labels.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }

    /// All of them as lines of JSON.
    pub fn text(self) -> Text {
        let start = Some(String::new());
        Text { episodes: self, file: start.clone(), pulled: start, buffer: Vec::new(), at: 0 }
    }

    /// One of them, as a line of JSON; with what PagerDuty says it is about.
    pub fn one(&self, id: &str) -> rusqlite::Result<Option<(String, Option<String>)>> {
        use rusqlite::OptionalExtension as _;
        // People call an incident by its number.
        let sql = "SELECT id, title FROM incidents WHERE id = ?1 OR CAST(number AS TEXT) = ?1 ORDER BY id = ?1 DESC";
        let pulled: Option<(String, String)> =
            self.connection.query_row(sql, [id], |it| Ok((it.get(0)?, it.get(1)?))).optional()?;
        if let Some((id, title)) = pulled {
            let mut text = Vec::new();
            self.pulled("i.id = ?1", params![id], &mut text)?;
            return Ok(Some((String::from_utf8_lossy(&text).into_owned(), Some(title))));
        }
        let sql = "SELECT line FROM episodes WHERE id = ?1";
        Ok(self.connection.query_row(sql, [id], |it| it.get(0)).optional()?.map(|it: String| (it, None)))
    }

    /// Ids that begin as somebody typed, for who mistypes.
    pub fn ids_like(&self, start: &str) -> rusqlite::Result<Vec<String>> {
        let sql = "SELECT id FROM (SELECT id FROM incidents UNION SELECT id FROM episodes)
                   WHERE substr(id, 1, length(?1)) = ?1 ORDER BY id LIMIT 3";
        let mut query = self.connection.prepare(sql)?;
        query.query_map([start], |it| it.get(0))?.collect()
    }

    fn of_files(&self, after: &str, out: &mut Vec<u8>) -> rusqlite::Result<Option<String>> {
        // PagerDuty itself knows better than a file what happened to its incident.
        let mut query = self.connection.prepare_cached(
            "SELECT id, line FROM episodes e WHERE id > ?1 AND NOT EXISTS (SELECT 1 FROM incidents i WHERE i.id = e.id)
             ORDER BY id LIMIT ?2",
        )?;
        let mut rows = query.query(params![after, AT_ONCE])?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            last = Some(row.get(0)?);
            out.extend_from_slice(row.get_ref(1)?.as_str()?.as_bytes());
            out.push(b'\n');
        }
        Ok(last)
    }

    fn pulled(
        &self,
        which: &str,
        with: &[&dyn rusqlite::ToSql],
        out: &mut Vec<u8>,
    ) -> rusqlite::Result<Option<String>> {
        let mut query = self.connection.prepare_cached(&format!(
            "SELECT i.id, i.opened, i.service, i.policy, i.team, i.urgency,
                    a.priority, a.acknowledged, a.resolved, a.by_user
             FROM incidents i LEFT JOIN analytics a ON a.id = i.id WHERE {which}"
        ))?;
        let mut log = self.connection.prepare_cached(
            "SELECT at, kind, by_user, users FROM log WHERE incident = ?1
             ORDER BY at, instr('trigger assign delegate escalate acknowledge resolve', kind), id",
        )?;
        let mut rows = query.query(with)?;
        let mut last = None;
        while let Some(row) = rows.next()? {
            let id: String = row.get(0)?;
            let (opened, policy): (i64, String) = (row.get(1)?, row.get(3)?);
            let mut steps = Vec::new();
            let mut entries = log.query([&id])?;
            while let Some(entry) = entries.next()? {
                let (at, kind, by, users): (i64, String, Option<String>, String) =
                    (entry.get(0)?, entry.get(1)?, entry.get(2)?, entry.get(3)?);
                let users: Vec<String> = serde_json::from_str(&users).unwrap_or_default();
                self.steps(&policy, at, &kind, by, users, &mut steps);
            }
            let after = |column: usize| -> rusqlite::Result<Option<i64>> {
                Ok(row.get::<_, Option<i64>>(column)?.map(|it| opened.saturating_add(it)))
            };
            // The log is kept for a while only; what PagerDuty counted stays.
            if let Some(at) = after(7)?.filter(|_| !has(&steps, "acknowledged")) {
                steps.push(json!({ "at": shown(at), "kind": "acknowledged" }));
            }
            if let Some(at) = after(8)?.filter(|_| !has(&steps, "resolved")) {
                let by: Option<String> = row.get(9)?;
                self.steps(&policy, at, "resolve", by, Vec::new(), &mut steps);
            }
            let team: Option<String> = row.get(4)?;
            if let Some(team) = team
                && steps.iter().all(|it| it["team"].is_null())
            {
                // Nobody's schedule is known: the team whose policy paged is what there is.
                if let Some(first) = steps.iter_mut().find(|it| it["kind"] == "paged") {
                    first["team"] = team.into();
                }
            }
            let service: String = row.get(2)?;
            let service = self.services.get(&service).unwrap_or(&service);
            let mut tags = json!({ "service": service, "urgency": row.get::<_, String>(5)? });
            if let Some(priority) = row.get::<_, Option<String>>(6)? {
                tags["priority"] = priority.into();
            }
            let episode = json!({ "id": id, "opened": shown(opened), "tags": tags, "steps": steps });
            out.extend_from_slice(episode.to_string().as_bytes());
            out.push(b'\n');
            last = Some(id);
        }
        Ok(last)
    }

    /// What an entry of the log means.
    fn steps(&self, policy: &str, at: i64, kind: &str, by: Option<String>, users: Vec<String>, steps: &mut Vec<Value>) {
        let first = !has(steps, "paged");
        let (kind, who) = match kind {
            "assign" | "delegate" if first => ("paged", users),
            "escalate" if first => ("paged", users),
            "assign" | "delegate" => ("reassigned", users),
            "escalate" => ("escalated", users),
            "acknowledge" => ("acknowledged", by.into_iter().collect()),
            "resolve" => ("resolved", by.into_iter().collect()),
            _ => return,
        };
        if who.is_empty() {
            steps.push(json!({ "at": shown(at), "kind": kind }));
        }
        for user in &who {
            let mut step = json!({ "at": shown(at), "kind": kind });
            if let Some(team) = self.team(user, at, policy) {
                step["team"] = team.into();
            }
            step["person"] = self.user(user).into();
            steps.push(step);
        }
    }

    /// Over which spans PagerDuty's schedules were rendered.
    pub fn rendered(&self) -> rusqlite::Result<Vec<Span>> {
        let mut query =
            self.connection.prepare("SELECT start, end FROM pulled WHERE what = 'shifts' ORDER BY start")?;
        let rows =
            query.query_map([], |it| Ok(Span::new(Instant::from_unix(it.get(0)?), Instant::from_unix(it.get(1)?))))?;
        Ok(rows.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

/// `search` of `search.secondary`.
fn rotation_of(key: &str) -> &str {
    key.strip_suffix(".secondary").unwrap_or(key)
}

fn has(steps: &[Value], kind: &str) -> bool {
    steps.iter().any(|it| it["kind"] == kind)
}

fn shown(at: i64) -> String {
    Instant::from_unix(at).to_string()
}

impl Text {
    fn refill(&mut self) -> rusqlite::Result<()> {
        self.buffer.clear();
        self.at = 0;
        while self.buffer.is_empty() {
            if let Some(after) = self.file.take() {
                self.file = self.episodes.of_files(&after, &mut self.buffer)?;
            } else if let Some(after) = self.pulled.take() {
                let which = "i.id > ?1 ORDER BY i.id LIMIT ?2";
                self.pulled = self.episodes.pulled(which, params![after, AT_ONCE], &mut self.buffer)?;
            } else {
                break;
            }
        }
        Ok(())
    }
}

impl Read for Text {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at == self.buffer.len() {
            self.refill().map_err(|error| io::Error::other(words(&error)))?;
        }
        let read = (&self.buffer[self.at..]).read(into)?;
        self.at += read;
        Ok(read)
    }
}
