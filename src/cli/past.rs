//! What happened before, for all commands that look at it: which episodes, and how they are read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::cli::{Failure, Result, Session, whole};
use crate::config::{self, Files, Mapping};
use crate::history::{HeadError, History, LoadError, Loaded, Losses, Source, load};
use crate::org::{Org, nearest};
use crate::store::{Episodes, Store, StoreError};
use crate::time::Zone;

/// How many read and count at once.
pub(super) const WORKERS: usize = 2;

/// How files are read.
#[derive(Debug, clap::Args)]
pub(super) struct Reading {
    /// How columns of CSV make episodes: a file, or the name of a mapping that is built in
    #[arg(long, value_name = "MAPPING")]
    mapping: Option<String>,
    /// The zone of times that bear no offset, where the mapping says none
    #[arg(long, value_name = "ZONE")]
    times_in: Option<String>,
}

/// Where the store lies.
#[derive(Debug, clap::Args)]
pub(super) struct Where {
    /// Where what was pulled and loaded is kept; absent, `history.db` beside rotations/
    #[arg(long, value_name = "FILE")]
    store: Option<PathBuf>,
}

/// The past, for commands that answer without it as well.
#[derive(Debug, clap::Args)]
pub(super) struct Experience {
    /// A file of past episodes, as `fit` reads them; may stand several times. Absent, the store, if there is one
    #[arg(long, value_name = "FILE")]
    history: Vec<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    place: Where,
}

impl Experience {
    /// What was read; `None`, if no file is named and there is no store.
    pub(super) fn read(&self, org: Option<&Org>, session: &mut Session) -> Result<Option<Loaded>> {
        if self.history.is_empty() && self.place.store.is_none() && !self.place.path(session).exists() {
            if self.reading.mapping.is_some() {
                return Err(
                    Failure::new("a mapping is named, and no file that it is for").hint("`--history FILE` names one")
                );
            }
            return Ok(None);
        }
        let Past { loaded, .. } = past(&self.history, &self.reading, &self.place, org, session)?;
        if loaded.history.is_empty() {
            return Err(
                Failure::new("there are no episodes in it").hint("`dogwatch fit` says of each row why it was not used")
            );
        }
        if !loaded.losses.is_empty() {
            session.printer.hint("some rows of the history were not used: `dogwatch fit` says which, and why");
        }
        Ok(Some(loaded))
    }

    /// The episodes, with people and teams called as in the organisation.
    pub(super) fn load(&self, org: &Org, session: &mut Session) -> Result<Option<History>> {
        let Some(Loaded { mut history, .. }) = self.read(Some(org), session)? else { return Ok(None) };
        history.known_to(org);
        Ok(Some(history))
    }
}

/// Past episodes, and where they are from.
pub(super) struct Past {
    pub loaded: Loaded,
    /// The zone of the mapping.
    pub zone: Option<Zone>,
    /// The store they are from.
    pub store: Option<Episodes>,
}

impl Where {
    pub(super) fn path(&self, session: &Session) -> PathBuf {
        match &self.store {
            Some(path) => path.clone(),
            None => session.folder().with_file_name("history.db"),
        }
    }
}

/// The episodes of some files, or of the store if none is named.
pub(super) fn past(
    files: &[String],
    reading: &Reading,
    place: &Where,
    org: Option<&Org>,
    session: &mut Session,
) -> Result<Past> {
    if !files.is_empty() {
        if place.store.is_some() {
            return Err(Failure::new("both files and a store are named")
                .hint("`dogwatch history load FILE… --store STORE` puts files into a store"));
        }
        let (mut loaded, zone) = reading.read(files, session)?;
        loaded.history = loaded.history.made_harmless();
        return Ok(Past { loaded, zone, store: None });
    }
    if reading.mapping.is_some() {
        return Err(
            Failure::new("a mapping is named, and no file that it is for").hint("`dogwatch fit FILE… --mapping …`")
        );
    }
    let path = place.path(session);
    let store = Store::open(&path).map_err(|error| match (&error, &place.store) {
        (StoreError::Missing { .. }, None) => {
            Failure::new(format!("no file of past episodes is named, and there is no store at `{}`", path.display()))
                .hint("name files: `dogwatch fit incidents.csv --mapping servicenow-updates`")
                .hint("or fill the store: `dogwatch history pull`, `dogwatch history load FILE…`")
        }
        _ => store_failure(error),
    })?;
    let (rows, losses) = store.losses().map_err(store_failure)?;
    let services = services(org);
    let text = store.episodes(services.clone()).map_err(store_failure)?.text();
    let source = Source { name: path.display().to_string(), bytes: Box::new(text) };
    let read = load(vec![source], None, WORKERS);
    let mut loaded = match read {
        // A store without episodes holds no line.
        Err(LoadError::NotLines { .. }) => {
            return Err(Failure::new(format!("there are no episodes in `{}`", path.display()))
                .hint("`dogwatch history show` says what is in it"));
        }
        Err(LoadError::Unreadable { reason, .. }) => {
            return Err(store_failure(StoreError::Damaged { path, reason }));
        }
        other => other.map_err(not_loaded)?,
    };
    if let Some((_, reason)) = loaded.losses.cut_short.first() {
        return Err(Failure::new(format!("`{}` could not be read to its end: {reason}", path.display()))
            .hint("move it away and pull or load again; `sqlite3 FILE .recover` may save what is in it"));
    }
    loaded.history = loaded.history.made_harmless();
    loaded.rows = rows;
    for (loss, rows, shown) in losses.kinds {
        loaded.losses.count(loss, rows, shown);
    }
    loaded.losses.cut_short = losses.cut_short;
    let episodes = store.episodes(services).map_err(store_failure)?;
    Ok(Past { loaded, zone: None, store: Some(episodes) })
}

/// What services are called here, by what PagerDuty calls them.
pub(super) fn services(org: Option<&Org>) -> BTreeMap<String, String> {
    let all = org.into_iter().flat_map(|it| &it.services);
    all.filter_map(|it| Some((it.pagerduty.clone()?, it.key.clone()))).collect()
}

impl Reading {
    /// What is in files, and the zone of the mapping.
    pub(super) fn read(&self, files: &[String], session: &mut Session) -> Result<(Loaded, Option<Zone>)> {
        let mapping = self.mapping.as_ref().map(|it| self.mapping(it, session)).transpose()?;
        let sources = files.iter().map(|name| {
            let bytes: Box<dyn Read + Send> = match name.as_str() {
                "-" => Box::new(std::io::stdin()),
                _ if Path::new(name).is_dir() => {
                    return Err(Failure::new(format!("`{name}` is a folder")).hint("name the files in it"));
                }
                _ => Box::new(
                    File::open(name).map_err(|error| Failure::new(format!("could not read `{name}`: {error}")))?,
                ),
            };
            Ok(Source { name: name.clone(), bytes })
        });
        let loaded = load(sources.collect::<Result<_>>()?, mapping.as_ref(), WORKERS).map_err(not_loaded)?;
        Ok((loaded, mapping.and_then(|it| it.zone)))
    }

    fn mapping(&self, name: &str, session: &mut Session) -> Result<Mapping> {
        let times_in = self.times_in.as_deref().map(zone).transpose()?;
        let text = match config::known_mapping(name) {
            Some(text) => text.to_owned(),
            None => whole::read(Path::new(name)).map_err(|error| {
                let failure = Failure::new(format!("could not read the mapping `{name}`: {error}"));
                match nearest(name, config::known_mappings()).first() {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint(format!(
                        "a file, or one that is built in: {}",
                        config::known_mappings().collect::<Vec<_>>().join(", ")
                    )),
                }
            })?,
        };
        let files: Files = [(name, text)].into_iter().collect();
        let (mapping, diagnostics) = config::mapping(&files, name, times_in.as_ref());
        if mapping.is_none() && config::known_mapping(name).is_some() {
            // Nobody edits what is built in; on which clock somebody exported, it cannot know.
            return Err(Failure::new(format!("the times of `{name}` bear no offset"))
                .hint("`--times-in Europe/Dublin`, or on whichever clock they were exported"));
        }
        if !diagnostics.is_empty() {
            let color = session.printer.colors_talk();
            session.printer.talk(&config::render(&diagnostics, &files, color));
        }
        mapping.ok_or_else(|| Failure::new(format!("the mapping `{name}` means nothing yet")))
    }
}

/// Nothing that was read is an episode; what is wrong with the rows was said before.
pub(super) fn no_episodes(losses: &Losses) -> Failure {
    let failure = Failure::new("there are no episodes in it");
    match losses.is_empty() {
        true => failure.hint("it holds no rows: is it the right file?"),
        false => failure.hint("each row that was not used is counted above"),
    }
}

/// Whether any episode carries the tag that was asked for.
pub(super) fn tag_is_there(tag: Option<&String>, history: &History) -> Result<()> {
    let Some(tag) = tag.filter(|it| !history.is_empty() && !history.tag_keys.contains(it)) else { return Ok(()) };
    let failure = Failure::new(format!("no episode carries the tag `{tag}`"));
    Err(match nearest(tag, history.tag_keys.iter().map(String::as_str)).first() {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint(format!("they carry: {}", history.tag_keys.join(", "))),
    })
}

fn zone(name: &str) -> Result<Zone> {
    Zone::named(name).map_err(|error| match nearest(name, Zone::names()).first() {
        Some(near) => Failure::new(error).hint(format!("did you mean `{near}`?")),
        None => Failure::new(error).hint("zones have the names of the IANA database: Europe/Dublin"),
    })
}

pub(super) fn not_loaded(error: LoadError) -> Failure {
    let failure = Failure::new(&error);
    match error {
        LoadError::Unreadable { utf16: true, file, .. } => {
            failure.hint(format!("save it as UTF-8, or: iconv -f utf-16 -t utf-8 {file} > utf-8.csv"))
        }
        LoadError::Unreadable { .. } => {
            failure.hint("is it the right file? CSV, JSON lines, or either of them packed by gzip")
        }
        LoadError::NotLines { .. } => {
            failure.hint("CSV needs `--mapping`; a line of JSON begins with `{`: `dogwatch schema episode`")
        }
        LoadError::Head { error: HeadError::Missing { nearest, columns, separator, .. }, .. } => {
            match (nearest.as_slice(), separator) {
                (_, Some(separator)) => {
                    let name = if separator == '\t' { "tab".to_owned() } else { separator.to_string() };
                    failure.hint(format!(
                        "its cells seem to be separated otherwise: separator = \"{name}\" in the mapping"
                    ))
                }
                ([near, ..], None) => failure.hint(format!("did you mean `{near}`?")),
                ([], None) => failure.hint(format!("the first line names {columns} columns, none of them near to it")),
            }
        }
        LoadError::Head { error: HeadError::Twice { .. }, .. } => {
            failure.hint("which of them is meant, only the file can say")
        }
        LoadError::Head { error: HeadError::Empty, .. } => failure.hint("its first line must name its columns"),
    }
}

/// Why a store could not be used, with what helps.
pub(super) fn store_failure(error: StoreError) -> Failure {
    let failure = Failure::new(&error);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
