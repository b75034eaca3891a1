//! Rows of CSV, by a mapping.

use multiversion::multiversion;

use crate::config::{Layout, Mapping, Moment, StepKind, TimeColumn, When};
use crate::history::chunks::Chunk;
use crate::history::losses::{Loss, Losses, Shown, excerpt};
use crate::history::names::{Names, Text};
use crate::history::records::{Line, Record, Records};
use crate::history::store::{Batch, NOBODY, Numbers, pair_bytes};
use crate::org::nearest;
use crate::time::{Instant, LastDay, Stamp};

/// How long a name or an id may be.
pub(super) const MOST_NAME: usize = 1_000;
/// How many people one cell may name.
const MOST_PEOPLE: usize = 100;

/// The columns of a mapping, found in the first line of a file.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    width: usize,
    separator: u8,
    missing: Vec<Vec<u8>>,
    id: usize,
    opened: Option<Time>,
    tags: Vec<(Vec<u8>, usize)>,
    /// Of updates.
    resolved: Option<Part>,
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Updates {
        at: Time,
        team: usize,
        person: usize,
        step: Option<(usize, Values)>,
        order: Option<usize>,
    },
    /// What is known of an episode, in order.
    Episodes(Vec<(StepKind, Part)>),
}

/// Which values of a column say what.
type Values = Vec<(Vec<u8>, StepKind)>;

#[derive(Debug, Clone)]
struct Time {
    column: usize,
    stamp: Stamp,
}

#[derive(Debug, Clone)]
struct Part {
    when: Option<Moments>,
    /// Columns of names; [`NO_COLUMN`] where the mapping has none.
    team: usize,
    person: usize,
    between: Option<Vec<u8>>,
}

/// A column that no record has.
const NO_COLUMN: usize = usize::MAX;

#[derive(Debug, Clone)]
enum Moments {
    At(Time),
    After(usize, u64),
}

/// The first line of a file does not have the columns of the mapping.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeadError {
    /// There is no first line.
    #[error("the file is empty")]
    Empty,
    /// A column is not there.
    #[error("there is no column `{column}`")]
    Missing {
        /// As the mapping names it.
        column: String,
        /// Columns that may have been meant, nearest first.
        nearest: Vec<String>,
        /// How many columns there are.
        columns: usize,
        /// A separator by which it would be one of the columns.
        separator: Option<char>,
    },
    /// A column is there more than once.
    #[error("there are {count} columns `{column}`")]
    Twice {
        /// As the mapping names it.
        column: String,
        /// How many.
        count: usize,
    },
}

/// One update of an episode, until all are there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub id: u64,
    pub at: u32,
    /// What the row says and to whom; [`OTHER`] is set if it says only who holds the episode.
    pub actor: u32,
    pub tags: u32,
    pub opened: u32,
    pub resolved: u32,
    pub resolver: u32,
    pub order: i32,
}

/// Only who holds the episode.
pub(super) const OTHER: u32 = 1 << 31;
/// No time.
pub(super) const NEVER: u32 = u32::MAX;

/// What a chunk holds.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub rows: u64,
    pub batch: Batch,
    pub updates: Vec<Row>,
    pub losses: Losses,
}

impl Columns {
    /// Finds the columns in the first record of a file.
    pub fn find(mapping: &Mapping, first: &[u8]) -> Result<Columns, HeadError> {
        let mut record = Record::default();
        if !Records::new(first, mapping.separator).next(&mut record) {
            return Err(HeadError::Empty);
        }
        let line = record.line(first);
        let name = |it: usize| String::from_utf8_lossy(line.text(it).bytes()).trim().to_owned();
        let head: Vec<String> = (0..line.len()).map(name).collect();
        let column = |name: &str| {
            let mut found = head.iter().enumerate().filter(|(_, it)| *it == name).map(|(place, _)| place);
            match (found.next(), found.count()) {
                (Some(place), 0) => Ok(place),
                (Some(_), more) => Err(HeadError::Twice { column: name.to_owned(), count: more + 1 }),
                (None, _) => Err(HeadError::Missing {
                    column: name.to_owned(),
                    nearest: nearest(name, head.iter().map(String::as_str)).into_iter().map(str::to_owned).collect(),
                    columns: head.len(),
                    separator: [';', '\t', ',', '|'].into_iter().find(|it| {
                        head.len() == 1 && head[0].contains(*it) && head[0].split(*it).any(|it| it.trim() == name)
                    }),
                }),
            }
        };
        let some = |name: &Option<String>| name.as_deref().map_or(Ok(NO_COLUMN), column);
        let time = |it: &TimeColumn| Ok(Time { column: column(&it.column)?, stamp: it.stamp.clone() });
        let part = |it: &Moment| {
            let when = match &it.when {
                None => None,
                Some(When::At(it)) => Some(Moments::At(time(it)?)),
                Some(When::After { column: it, a_second }) => Some(Moments::After(column(it)?, u64::from(*a_second))),
            };
            let between = it.between.as_ref().map(|it| it.clone().into_bytes());
            Ok(Part { when, team: some(&it.team)?, person: some(&it.person)?, between })
        };
        let what = match &mapping.layout {
            Layout::Updates { at, team, person, step, order } => What::Updates {
                at: time(at)?,
                team: some(team)?,
                person: some(person)?,
                step: match step {
                    None => None,
                    Some(step) => {
                        let values = step.values.iter().map(|(word, kind)| (word.clone().into_bytes(), *kind));
                        Some((column(&step.column)?, values.collect()))
                    }
                },
                order: order.as_deref().map(column).transpose()?,
            },
            Layout::Episodes { paged, acknowledged } => {
                let kinds = [StepKind::Paged, StepKind::Acknowledged, StepKind::Resolved];
                let parts = kinds.into_iter().zip([paged, acknowledged, &mapping.resolved]);
                let parts = parts.filter_map(|(kind, it)| Some(part(it.as_ref()?).map(|it| (kind, it))));
                What::Episodes(parts.collect::<Result<_, _>>()?)
            }
        };
        let tags = mapping.tags.iter().map(|(tag, name)| Ok((tag.clone().into_bytes(), column(name)?)));
        Ok(Columns {
            width: head.len(),
            separator: mapping.separator,
            missing: mapping.missing.iter().map(|it| it.clone().into_bytes()).collect(),
            id: column(&mapping.id)?,
            opened: mapping.opened.as_ref().map(time).transpose()?,
            tags: tags.collect::<Result<_, _>>()?,
            resolved: mapping.resolved.as_ref().map(part).transpose()?,
            what,
        })
    }
}

/// Reads chunks of one file after the other.
pub(super) struct Rows<'a> {
    columns: &'a Columns,
    file: &'a str,
    /// The numbers of the keys of tags, once they are met.
    keys: Vec<Option<u32>>,
    set: Vec<u8>,
    people: Vec<u32>,
    /// By column: the day that was read last.
    days: Vec<LastDay>,
}

/// What a reader uses over and over.
#[derive(Debug, Default)]
pub(super) struct Room {
    record: Record,
    batch: Batch,
    updates: Vec<Row>,
}

/// A row is not used, because of this cell.
type Bad<'c> = (Loss, &'c [u8]);

impl<'a> Rows<'a> {
    pub fn new(columns: &'a Columns, file: &'a str) -> Rows<'a> {
        let keys = vec![None; columns.tags.len()];
        let days = vec![LastDay::default(); columns.width];
        Rows { columns, file, keys, set: Vec::new(), people: Vec::new(), days }
    }

    /// All rows of a chunk; the first of the file is not one.
    pub fn read(&mut self, chunk: &Chunk, first: bool, numbers: &mut Numbers, room: &mut Room) -> Read {
        let mut read = Read::default();
        read_all(self, chunk, first, numbers, room, &mut read);
        read.batch = room.batch.taken();
        read.updates = room.updates.as_slice().to_vec();
        room.updates.clear();
        read
    }

    #[inline(always)]
    fn read_each(&mut self, chunk: &Chunk, first: bool, numbers: &mut Numbers, room: &mut Room, read: &mut Read) {
        let Room { record, batch, updates } = room;
        let mut head = first;
        let mut records = Records::new(&chunk.bytes, self.columns.separator);
        while records.next(record) {
            if std::mem::take(&mut head) {
                continue;
            }
            read.rows += 1;
            let cells = Cells { line: record.line(&chunk.bytes), columns: self.columns };
            let result = match &self.columns.what {
                _ if record.unclosed => Err((Loss::Quote, &chunk.bytes[record.span.clone()])),
                _ if cells.line.len() != self.columns.width => Err((Loss::Cells, &[][..])),
                What::Updates { .. } => self.update(&cells, numbers).map(|row| updates.push(row)),
                What::Episodes(parts) => self.episode(&cells, parts, numbers, batch),
            };
            if let Err(bad) = result {
                self.lose(record, chunk, bad, read);
            }
        }
    }

    #[cold]
    fn lose(&self, record: &Record, chunk: &Chunk, (loss, cell): Bad<'_>, read: &mut Read) {
        let before = &chunk.bytes[..record.span.start];
        read.losses.add(loss, || Shown {
            file: self.file.to_owned(),
            line: chunk.line + crate::history::chunks::lines(before),
            text: match loss {
                Loss::Cells => format!("{} cells, not {}", record.line(&chunk.bytes).len(), self.columns.width),
                _ => excerpt(cell),
            },
        });
    }

    fn update<'c>(&mut self, cells: &Cells<'c>, numbers: &mut Numbers) -> Result<Row, Bad<'c>> {
        let What::Updates { at, team, person, step, order } = &self.columns.what else {
            return Err((Loss::Cells, &[]));
        };
        let time = cells.time(at, &mut self.days)?.ok_or((Loss::NoTime, &[][..]))?;
        let opened = self.columns.opened.as_ref().map_or(Ok(None), |it| cells.time(it, &mut self.days))?;
        let order = match order {
            None => 0,
            Some(order) => {
                let cell = cells.get(*order);
                let number = std::str::from_utf8(cell).ok().and_then(|it| it.trim().parse().ok());
                number.ok_or((Loss::Number, cell))?
            }
        };
        let kind = step.as_ref().and_then(|(column, values)| {
            let cell = cells.get(*column);
            values.iter().find(|(word, _)| word == cell).map(|(_, kind)| *kind)
        });
        let (resolved, resolver) = match &self.columns.resolved {
            None => (None, (NOBODY, NOBODY)),
            Some(part) => {
                let when = cells.when(part, opened, &mut self.days)?;
                let team = cells.team(part.team, numbers)?;
                (when, (team, cells.person(part.person, numbers)?))
            }
        };
        let id = cells.id(numbers)?;
        let team = cells.team(*team, numbers)?;
        let person = cells.person(*person, numbers)?;
        let tags = self.tags(cells, numbers)?;
        let actor = match kind {
            Some(kind) => numbers.actor(kind, team, person),
            None => numbers.actor(StepKind::Reassigned, team, person) | OTHER,
        };
        Ok(Row {
            id,
            at: time,
            actor,
            tags,
            opened: opened.unwrap_or(NEVER),
            resolved: resolved.unwrap_or(NEVER),
            resolver: numbers.actor(StepKind::Resolved, resolver.0, resolver.1),
            order,
        })
    }

    #[inline(always)]
    fn episode<'c>(
        &mut self,
        cells: &Cells<'c>,
        parts: &[(StepKind, Part)],
        numbers: &mut Numbers,
        batch: &mut Batch,
    ) -> Result<(), Bad<'c>> {
        let Some(time) = &self.columns.opened else { return Err((Loss::NoTime, &[])) };
        let Some(opened) = cells.time(time, &mut self.days)? else { return Err((Loss::NoTime, &[])) };
        let (words, times) = (batch.words.len(), batch.times.len());
        if let Err(bad) = self.steps(cells, parts, opened, numbers, batch) {
            batch.words.truncate(words);
            batch.times.truncate(times);
            return Err(bad);
        }
        batch.end(words);
        Ok(())
    }

    /// An episode without its end, or up to the first cell that is wrong.
    #[inline(always)]
    fn steps<'c>(
        &mut self,
        cells: &Cells<'c>,
        parts: &[(StepKind, Part)],
        opened: u32,
        numbers: &mut Numbers,
        batch: &mut Batch,
    ) -> Result<(), Bad<'c>> {
        // Who acknowledged often also resolved: one cell, looked up once.
        let mut before = (NO_COLUMN, NOBODY, NO_COLUMN, NOBODY);
        for (kind, part) in parts {
            let Some(at) = cells.when(part, Some(opened), &mut self.days)? else { continue };
            let team = if part.team == before.0 { before.1 } else { cells.team(part.team, numbers)? };
            let (own, person) = match &part.between {
                None if part.person == before.2 => (before.2, before.3),
                None => (part.person, cells.person(part.person, numbers)?),
                Some(between) => (NO_COLUMN, cells.people(part.person, between, numbers, &mut self.people)?),
            };
            before = (part.team, team, own, if own == NO_COLUMN { NOBODY } else { person });
            if *kind == StepKind::Paged && team == NOBODY && person == NOBODY {
                continue;
            }
            batch.step(opened, at, numbers.actor(*kind, team, person));
            if part.between.is_some() {
                for person in self.people.iter().skip(1) {
                    batch.step(opened, at, numbers.actor(*kind, team, *person));
                }
            }
        }
        batch.begin(cells.id(numbers)?, opened, self.tags(cells, numbers)?);
        Ok(())
    }

    #[inline(always)]
    fn tags<'c>(&mut self, cells: &Cells<'c>, numbers: &mut Numbers) -> Result<u32, Bad<'c>> {
        self.set.clear();
        let mut lone = None;
        for ((tag, column), known) in self.columns.tags.iter().zip(&mut self.keys) {
            let Some(cell) = cells.said(*column) else { continue };
            let value = number(&mut numbers.tag_values, cell)?;
            let key = match known {
                Some(key) => *key,
                None => {
                    let key = number(&mut numbers.tag_keys, tag.as_slice().into());
                    *known.insert(key.map_err(|(loss, _)| (loss, cell.bytes()))?)
                }
            };
            // A lone tag, which is most frequent, needs no set to be looked up.
            if let Some(before) = lone.replace((key, value)) {
                if self.set.is_empty() {
                    self.set.extend_from_slice(&pair_bytes(before));
                }
                self.set.extend_from_slice(&pair_bytes((key, value)));
            }
        }
        let set = match lone {
            Some((key, value)) if self.set.is_empty() => numbers.lone_tag(key, value),
            _ => numbers.tag_sets.intern(&self.set),
        };
        match set {
            Some(set) => Ok(set),
            None => Err((Loss::TooMany, &[])),
        }
    }
}

/// Reads a chunk with what this processor can do: where the bits of a word are, and how many, is asked for each cell. Only
/// what is inlined into it is compiled for that processor, so all that it calls for each row says `inline(always)`.
#[multiversion(targets("x86_64+avx2+bmi1+bmi2+lzcnt+popcnt"))]
fn read_all(rows: &mut Rows<'_>, chunk: &Chunk, first: bool, numbers: &mut Numbers, room: &mut Room, read: &mut Read) {
    rows.read_each(chunk, first, numbers, room, read);
}

/// The cells of one record, by their columns.
struct Cells<'c> {
    line: Line<'c>,
    columns: &'c Columns,
}

impl<'c> Cells<'c> {
    #[inline(always)]
    fn get(&self, column: usize) -> &'c [u8] {
        self.line.text(column).bytes()
    }

    #[inline(always)]
    fn is_missing(&self, cell: Text<'_>) -> bool {
        cell.is_empty() || self.columns.missing.iter().any(|it| it == cell.bytes())
    }

    /// A cell that says something.
    #[inline(always)]
    fn said(&self, column: usize) -> Option<Text<'c>> {
        let cell = self.line.text(column);
        (!self.is_missing(cell)).then_some(cell)
    }

    #[inline(always)]
    fn time(&self, time: &Time, days: &mut [LastDay]) -> Result<Option<u32>, Bad<'c>> {
        let Some(cell) = self.said(time.column) else { return Ok(None) };
        let cell = cell.bytes();
        let day = &mut days[time.column];
        // There are mostly no blanks around it.
        let at = match time.stamp.read_near(cell, day) {
            Some(at) => Some(at),
            None => time.stamp.read(cell.trim_ascii()),
        };
        match at.and_then(seconds) {
            Some(at) => Ok(Some(at)),
            None => Err((Loss::Time, cell)),
        }
    }

    #[inline(always)]
    fn when(&self, part: &Part, opened: Option<u32>, days: &mut [LastDay]) -> Result<Option<u32>, Bad<'c>> {
        match &part.when {
            None => Ok(opened),
            Some(Moments::At(time)) => self.time(time, days),
            Some(Moments::After(column, a_second)) => {
                let Some(cell) = self.said(*column) else { return Ok(None) };
                let cell = cell.bytes();
                let after = std::str::from_utf8(cell).ok().and_then(|it| it.trim().parse::<u64>().ok());
                let after = after.and_then(|it| u32::try_from(it / a_second).ok());
                let at = after.zip(opened).and_then(|(after, opened)| opened.checked_add(after));
                at.filter(|it| *it != NEVER).map(Some).ok_or((Loss::Number, cell))
            }
        }
    }

    #[inline(always)]
    fn id(&self, numbers: &mut Numbers) -> Result<u64, Bad<'c>> {
        let cell = trimmed(self.get(self.columns.id));
        if self.is_missing(cell.into()) {
            return Err((Loss::NoId, &[]));
        }
        if let Some(id) = numbers.id_like_the_last(cell).filter(|_| cell.len() <= MOST_NAME) {
            return Ok(id);
        }
        check_name(cell).map_err(|loss| (loss, cell))?;
        numbers.id(cell).ok_or((Loss::TooMany, cell))
    }

    #[inline(always)]
    fn team(&self, column: usize, numbers: &mut Numbers) -> Result<u32, Bad<'c>> {
        let Some(cell) = self.said(column) else { return Ok(NOBODY) };
        number(&mut numbers.teams, cell)
    }

    #[inline(always)]
    fn person(&self, column: usize, numbers: &mut Numbers) -> Result<u32, Bad<'c>> {
        let Some(cell) = self.said(column) else { return Ok(NOBODY) };
        number(&mut numbers.people, cell)
    }

    /// The first person of a cell that names several; all of them stand in `all`.
    fn people(&self, column: usize, between: &[u8], numbers: &mut Numbers, all: &mut Vec<u32>) -> Result<u32, Bad<'c>> {
        all.clear();
        let mut rest = self.said(column).map(Text::bytes);
        while let Some(text) = rest.filter(|_| all.len() < MOST_PEOPLE) {
            let place = text.windows(between.len()).position(|it| it == between);
            let name = place.map_or(text, |it| &text[..it]).trim_ascii();
            if !name.is_empty() {
                all.push(number(&mut numbers.people, name.into())?);
            }
            rest = place.map(|it| &text[it + between.len()..]);
        }
        Ok(all.first().copied().unwrap_or(NOBODY))
    }
}

/// A cell without the blanks around it, which it mostly has not.
#[inline(always)]
fn trimmed(cell: &[u8]) -> &[u8] {
    match (cell.first(), cell.last()) {
        (Some(first), Some(last)) if *first > b' ' && *last > b' ' => cell,
        _ => cell.trim_ascii(),
    }
}

/// A name's number.
#[inline(always)]
fn number<'c>(names: &mut Names, cell: Text<'c>) -> Result<u32, Bad<'c>> {
    match names.intern_if(cell, check_name) {
        Ok(Some(number)) => Ok(number),
        Ok(None) => Err((Loss::TooMany, cell.bytes())),
        Err(loss) => Err((loss, cell.bytes())),
    }
}

/// Whether a name can be shown.
pub(super) fn check_name(name: &[u8]) -> Result<(), Loss> {
    if name.len() > MOST_NAME {
        return Err(Loss::LongName);
    }
    let text = std::str::from_utf8(name).map_err(|_| Loss::NotUtf8)?;
    if text.chars().any(char::is_control) { Err(Loss::Control) } else { Ok(()) }
}

/// An instant of the past as a small number.
#[inline(always)]
pub(super) fn seconds(at: Instant) -> Option<u32> {
    u32::try_from(at.unix()).ok().filter(|it| *it != NEVER)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Files, mapping};
    use crate::history::chunks::{Chunks, Ends};

    /// Whatever this processor can do, the same is read without it: rows of all kinds, good and bad.
    #[test]
    fn every_processor_reads_the_same() {
        let text = r#"
            id = "id"
            opened = { column = "at", format = "%+" }
            paged = { team = "first" }
            resolved = { at = { column = "end", format = "%+" }, team = "last", person = "who" }
            tags = { service = "service" }
        "#;
        let files: Files = [("mapping.toml", text)].into_iter().collect();
        let mapping = mapping(&files, "mapping.toml", None).0.expect("it is a mapping");
        let mut table = String::from("id,at,first,last,end,who,service\n");
        for number in 0..500 {
            let (first, last, who) = (number % 7, number % 5, number % 31);
            let at = format!("2026-03-0{}T10:{:02}:59Z", 1 + number % 9, number % 60);
            let end = if number % 11 == 0 { String::new() } else { at.replace("T10", "T23") };
            let service = ["", "\"a, b\"", "search", "a service with a long name"][number % 4];
            table += &format!("INC{number:05},{at},team-{first},team-{last},{end},user-{who},{service}\n");
            table += ["", "no, row\n", "1,2,3,4,5,6,7\n", "\n"][number % 4];
        }
        let chunk = Chunks::new(table.as_bytes(), Ends::Csv(b',')).unwrap().next(Vec::new()).unwrap().unwrap();
        let columns = Columns::find(&mapping, &chunk.bytes).unwrap();
        let both = [false, true].map(|dispatched| {
            let (mut numbers, mut room, mut read) = (Numbers::default(), Room::default(), Read::default());
            let mut rows = Rows::new(&columns, "table.csv");
            match dispatched {
                true => read_all(&mut rows, &chunk, true, &mut numbers, &mut room, &mut read),
                false => rows.read_each(&chunk, true, &mut numbers, &mut room, &mut read),
            }
            let Batch { ids, opened, tags, words, times } = room.batch;
            (read.rows, read.losses, ids.iter().collect::<Vec<u64>>(), opened, tags, words, times)
        });
        // 125 rows of each of two kinds are wrong.
        assert_eq!((both[0].0, both[0].1.rows(), both[0].2.len()), (750, 250, 500));
        assert_eq!(both[0], both[1]);
    }
}
