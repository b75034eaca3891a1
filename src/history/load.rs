//! Files to history: read in pieces, two at a time, put together in the order of the files.

use std::io::Read as IoRead;
use std::sync::{Arc, Mutex};

use crate::config::{Layout, Mapping, StepKind};
use crate::history::chunks::{Broken, Chunk, Chunks, Ends};
use crate::history::losses::{Loss, Losses, Shown};
use crate::history::names::{Names, Table};
use crate::history::rows::{Columns, HeadError, NEVER, OTHER, Read, Room, Row, Rows};
use crate::history::store::{Actor, Batch, History, Merged, NOBODY, Numbers, Renumbering, merge, pair_bytes};
use crate::history::{lines, store};
use crate::time::Stamp;

/// A file of past episodes.
pub struct Source<'a> {
    /// As it is called in messages.
    pub name: String,
    /// Its bytes, which may be packed by gzip.
    pub bytes: Box<dyn IoRead + Send + 'a>,
}

/// What was read.
#[derive(Debug)]
pub struct Loaded {
    /// The episodes.
    pub history: History,
    /// How many rows or lines there were.
    pub rows: u64,
    /// What could not be used.
    pub losses: Losses,
}

/// A file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// Its bytes are not to be had, or no text.
    #[error("could not read `{file}`: {reason}")]
    Unreadable {
        /// Which.
        file: String,
        /// Why.
        reason: String,
        /// Whether it is text of another encoding.
        utf16: bool,
    },
    /// Its columns are not those of the mapping.
    #[error("`{file}`: {error}")]
    Head {
        /// Which.
        file: String,
        /// Why.
        error: HeadError,
    },
    /// Files that need a mapping and files that need none.
    #[error("`{file}` holds no JSON lines")]
    NotLines {
        /// Which.
        file: String,
    },
}

/// How many episodes stand together.
const BATCH: usize = 1 << 16;

/// The files, one chunk after the other, for whichever reader asks next: so a chunk stays in the caches of the core that
/// read it.
struct Feed<'a> {
    sources: std::vec::IntoIter<Source<'a>>,
    mapping: Option<&'a Mapping>,
    open: Option<Open<'a>>,
    /// How many chunks there were.
    place: usize,
    losses: Losses,
    failed: Option<LoadError>,
}

/// The file that is being read.
struct Open<'a> {
    name: String,
    chunks: Chunks<'a>,
    /// None before its first chunk.
    file: Option<Arc<File>>,
    over: bool,
}

/// A chunk for a reader.
struct Work {
    place: usize,
    chunk: Chunk,
    first: bool,
    file: Arc<File>,
}

struct File {
    name: String,
    /// None for JSON lines.
    columns: Option<Columns>,
}

/// Reads files of CSV by a mapping, or of JSON lines without one.
///
/// What is wrong with a row costs that row; it is counted, and the first few are kept to be shown. A file that ends too
/// early is read as far as it goes. `readers` work at once; what comes out does not depend on how many.
///
/// # Errors
///
/// [`LoadError`] if a file cannot be read at all.
pub fn load(sources: Vec<Source<'_>>, mapping: Option<&Mapping>, readers: usize) -> Result<Loaded, LoadError> {
    let rfc3339 = Stamp::new("%+", None).expect("RFC 3339 bears an offset");
    let feed = Mutex::new(Feed {
        sources: sources.into_iter(),
        mapping,
        open: None,
        place: 0,
        losses: Losses::default(),
        failed: None,
    });
    let (chunks, mut numbers): (Vec<_>, Vec<_>) = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..readers.max(1)).map(|_| scope.spawn(|| read_all(&feed, &rfc3339))).collect();
        workers.into_iter().map(|it| it.join().expect("a reader does not panic")).unzip()
    });
    let Feed { mut losses, failed, .. } = feed.into_inner().expect("no reader has panicked");
    if let Some(failed) = failed {
        return Err(failed);
    }
    let teams = mapping.map(|it| it.teams.as_slice()).unwrap_or_default();
    let Merged { mut history, renumberings } = merge(&numbers, teams);
    numbers.clear();
    let mut chunks = renumbered(chunks, &renumberings);
    chunks.sort_by_key(|(place, _)| *place);
    // Those that were too long to be read are rows as well.
    let mut rows = losses.rows();
    let mut updates: Vec<Row> = Vec::new();
    for (_, read) in chunks {
        rows += read.rows;
        losses.append(read.losses);
        if !read.batch.ids.is_empty() {
            history.batches.push(read.batch);
        }
        updates.extend_from_slice(&read.updates);
    }
    match mapping.map(|it| &it.layout) {
        Some(Layout::Updates { order, .. }) => episodes(&mut history, updates, order.is_some()),
        _ => drop_doubles(&mut history, &mut losses),
    }
    Ok(Loaded { history, rows, losses })
}

impl Feed<'_> {
    /// The next chunk, in the room of an earlier one; `None` when there are no more, or a file could not be read at all.
    fn next(&mut self, spare: Vec<u8>) -> Option<Work> {
        let mut spare = spare;
        while self.failed.is_none() {
            let open = match &mut self.open {
                Some(open) if !open.over => open,
                _ => {
                    self.close();
                    let source = self.sources.next()?;
                    self.open = self.opened(source);
                    continue;
                }
            };
            let (chunk, broken) = match open.chunks.next(std::mem::take(&mut spare)) {
                Ok(chunk) => (chunk, None),
                Err((chunk, broken)) => (chunk, Some(broken)),
            };
            open.over = chunk.is_none() || broken.is_some();
            let first = open.file.is_none();
            if let (Some(chunk), None) = (&chunk, &open.file) {
                match columns(&open.name, self.mapping, chunk) {
                    Ok(columns) => open.file = Some(Arc::new(File { name: open.name.clone(), columns })),
                    Err(error) => self.failed = Some(error),
                }
            }
            match broken {
                Some(broken) if open.file.is_none() => {
                    self.failed = self.failed.take().or(Some(unreadable(&open.name, &broken)))
                }
                Some(broken) => self.losses.cut_short.push((open.name.clone(), broken.to_string())),
                None => {}
            }
            if let (Some(chunk), Some(file)) = (chunk, &open.file) {
                let work = Work { place: self.place, chunk, first, file: Arc::clone(file) };
                self.place += 1;
                return Some(work);
            }
        }
        None
    }

    fn opened<'a>(&mut self, source: Source<'a>) -> Option<Open<'a>> {
        let ends = self.mapping.map_or(Ends::Line, |it| Ends::Csv(it.separator));
        match Chunks::new(source.bytes, ends) {
            Ok(chunks) => Some(Open { name: source.name, chunks, file: None, over: false }),
            Err(broken) => {
                self.failed = Some(unreadable(&source.name, &broken));
                None
            }
        }
    }

    /// What is to be said of a file once it is over.
    fn close(&mut self) {
        let Some(open) = self.open.take() else { return };
        if open.file.is_none() && self.mapping.is_some() {
            self.failed = Some(LoadError::Head { file: open.name, error: HeadError::Empty });
            return;
        }
        for it in &open.chunks.too_long {
            let text = if it.lines > 1 { format!("{} lines were skipped", it.lines) } else { String::new() };
            self.losses.add(Loss::TooLong, || Shown { file: open.name.clone(), line: it.line, text });
        }
    }
}

fn unreadable(name: &str, broken: &Broken) -> LoadError {
    LoadError::Unreadable { file: name.to_owned(), reason: broken.to_string(), utf16: matches!(broken, Broken::Utf16) }
}

fn columns(name: &str, mapping: Option<&Mapping>, chunk: &Chunk) -> Result<Option<Columns>, LoadError> {
    match mapping {
        Some(mapping) => match Columns::find(mapping, &chunk.bytes) {
            Ok(columns) => Ok(Some(columns)),
            Err(error) => Err(LoadError::Head { file: name.to_owned(), error }),
        },
        None if chunk.bytes.trim_ascii_start().starts_with(b"{") => Ok(None),
        None => Err(LoadError::NotLines { file: name.to_owned() }),
    }
}

/// Reads what comes, until nothing comes any more.
fn read_all(feed: &Mutex<Feed<'_>>, stamp: &Stamp) -> (Vec<(usize, Read)>, Numbers) {
    let mut numbers = Numbers::default();
    let mut room = Room::default();
    let mut all = Vec::new();
    let mut spare = Vec::new();
    loop {
        let work = feed.lock().expect("no reader has panicked").next(spare);
        let Some(Work { place, chunk, first, file }) = work else { return (all, numbers) };
        let read = match &file.columns {
            Some(columns) => Rows::new(columns, &file.name).read(&chunk, first, &mut numbers, &mut room),
            None => lines::read(&chunk, &file.name, stamp, &mut numbers),
        };
        all.push((place, read));
        spare = chunk.bytes;
    }
}

/// Gives each reader's numbers their common meaning, each on its own.
fn renumbered(chunks: Vec<Vec<(usize, Read)>>, renumberings: &[Renumbering]) -> Vec<(usize, Read)> {
    std::thread::scope(|scope| {
        let workers = chunks.into_iter().zip(renumberings).map(|(mut read, numbers)| {
            scope.spawn(move || {
                for (_, read) in &mut read {
                    read.batch.renumber(&numbers.tags, &numbers.actors);
                    if !numbers.keeps_ids() {
                        read.batch.ids = read.batch.ids.iter().map(|it| numbers.id(it)).collect();
                    }
                    for row in &mut read.updates {
                        row.id = numbers.id(row.id);
                        row.tags = numbers.tags[row.tags as usize];
                        row.actor = (row.actor & OTHER) | numbers.actors[(row.actor & !OTHER) as usize];
                        row.resolver = numbers.actors[row.resolver as usize];
                    }
                }
                read
            })
        });
        let workers: Vec<_> = workers.collect();
        workers.into_iter().flat_map(|it| it.join().expect("numbers are within their tables")).collect()
    })
}

/// Keeps the first of several whole episodes with one id.
fn drop_doubles(history: &mut History, losses: &mut Losses) {
    let ascending = history.batches.iter().all(|it| it.ids.iter().is_sorted_by(|one, next| one < next));
    let ends: Vec<u64> = history.batches.iter().filter_map(|it| it.ids.ends()).flatten().collect();
    // The ends of a batch of one are the same.
    if ascending && ends[ends.len().min(1)..].chunks(2).all(|it| it.len() == 1 || it[0] < it[1]) {
        return;
    }
    let mut ids: Vec<u64> = history.batches.iter().flat_map(|it| it.ids.iter()).collect();
    ids.sort_unstable();
    let mut doubled: Vec<u64> = ids.windows(2).filter(|it| it[0] == it[1]).map(|it| it[0]).collect();
    drop(ids);
    doubled.dedup();
    if doubled.is_empty() {
        return;
    }
    let mut met = vec![false; doubled.len()];
    let mut batches = Vec::with_capacity(history.batches.len());
    for batch in &history.batches {
        let mut kept = Batch::default();
        let mut time = batch.times.iter();
        let mut word = batch.words.iter();
        for ((id, opened), tags) in batch.ids.iter().zip(&batch.opened).zip(&batch.tags) {
            let double = doubled.binary_search(&id).ok();
            let keep = double.is_none_or(|place| !std::mem::replace(&mut met[place], true));
            if keep {
                kept.begin(id, *opened, *tags);
            } else {
                losses.add(Loss::Twice, || Shown { file: String::new(), line: 0, text: history.id(id) });
            }
            for word in word.by_ref() {
                let dated = store::is_dated(*word);
                let at = if dated { time.next() } else { None };
                if keep {
                    kept.words.push(*word);
                    kept.times.extend(at);
                }
                if word & store::LAST != 0 {
                    break;
                }
            }
        }
        kept.shrink();
        batches.push(kept);
    }
    history.batches = batches;
}

/// Makes episodes of their updates.
fn episodes(history: &mut History, mut rows: Vec<Row>, ordered: bool) {
    // Files mostly stand in that order already, and sorting them again costs next to nothing. It keeps their order.
    match ordered {
        true => rows.sort_by_key(|it| (it.id, it.order)),
        false => rows.sort_by_key(|it| it.id),
    }
    let mut actors: Table<()> = Table::default();
    for actor in &history.actors {
        actors.entry(store::actor_key(actor));
    }
    let mut sets = Names::default();
    for set in &history.tag_sets {
        let bytes: Vec<u8> = set.iter().flat_map(|it| pair_bytes(*it)).collect();
        sets.intern(&bytes);
    }
    let mut batch = Batch::default();
    for group in rows.chunk_by(|one, next| one.id == next.id) {
        if batch.ids.len() == BATCH {
            batch.shrink();
            history.batches.push(std::mem::take(&mut batch));
        }
        let opened = group.iter().map(|it| it.opened).find(|it| *it != NEVER).unwrap_or(group[0].at);
        let tags = tags_of(group, history, &mut sets);
        let begun = batch.begin(group[0].id, opened, tags);
        let mut step = |at: u32, kind: StepKind, team: Option<u32>, person: Option<u32>| {
            let key = store::actor_key(&Actor { kind, team, person });
            batch.step(opened, at, u32::try_from(actors.entry(key)).expect("fewer than rows"));
        };
        steps_of(group, &history.actors, &mut step);
        batch.end(begun);
    }
    batch.shrink();
    history.batches.push(batch);
    history.actors = actors.iter().map(|(key, ())| store::actor(key)).collect();
    history.tag_sets = sets.iter().map(|it| store::pairs(it).collect()).collect();
}

/// Of each tag the first value that is known.
fn tags_of(group: &[Row], history: &History, sets: &mut Names) -> u32 {
    let first = group[0].tags;
    if group.iter().all(|it| it.tags == first) {
        return first;
    }
    let mut tags: Vec<(u32, u32)> = Vec::new();
    for row in group.chunk_by(|one, next| one.tags == next.tags).map(|it| it[0]) {
        for pair in &history.tag_sets[row.tags as usize] {
            if !tags.iter().any(|(key, _)| *key == pair.0) {
                tags.push(*pair);
            }
        }
    }
    tags.sort_unstable();
    let bytes: Vec<u8> = tags.iter().flat_map(|it| pair_bytes(*it)).collect();
    sets.intern(&bytes).unwrap_or(first)
}

/// What happened, from one row to the next.
fn steps_of(group: &[Row], actors: &[Actor], step: &mut impl FnMut(u32, StepKind, Option<u32>, Option<u32>)) {
    let mut team = None;
    let mut person = None;
    let mut said = None;
    for row in group {
        let actor = actors[(row.actor & !OTHER) as usize];
        let says = (row.actor & OTHER == 0).then_some(actor.kind);
        let other_team = actor.team.is_some() && actor.team != team;
        let other_person = actor.person.is_some() && actor.person != person;
        let begins = team.is_none() && person.is_none();
        team = actor.team.or(team);
        person = actor.person.or(person);
        let moves = match (other_team || other_person, says) {
            (false, _) => None,
            (true, Some(StepKind::Resolved) | None) => {
                Some(if begins { StepKind::Paged } else { StepKind::Reassigned })
            }
            (true, Some(kind)) => Some(kind),
        };
        if let Some(kind) = moves {
            step(row.at, kind, actor.team, actor.person);
        }
        // A value that stays says nothing new.
        if let Some(kind) = says.filter(|it| Some(*it) != said && Some(*it) != moves) {
            step(row.at, kind, actor.team, actor.person);
        }
        said = says;
    }
    let last = group[group.len() - 1];
    if last.resolved != NEVER {
        let resolver = actors[last.resolver as usize];
        step(last.resolved, StepKind::Resolved, resolver.team, resolver.person);
    }
}

const _: () = assert!(NOBODY < OTHER);
