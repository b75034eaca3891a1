//! `dogwatch fit`

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, text};
use crate::config::{self, Files, Mapping};
use crate::history::fit::{Settings, fit};
use crate::history::{HeadError, LoadError, Loaded, Source, load};
use crate::org::{Org, nearest};
use crate::time::{Window, Zone};

/// What past episodes say: who was paged first and who resolved it, what it cost, who carries and learns what
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A file is CSV, read by a mapping of its columns, or JSON lines (`dogwatch schema episode`); gzip is read as it is.
Mappings that are built in: opsgenie, pagerduty-analytics, pagerduty-incidents, servicenow, servicenow-updates.

Examples:
  dogwatch fit incidents.csv --mapping servicenow-updates --times-in Europe/Dublin
  dogwatch fit 2026-*.csv.gz --mapping mappings/ours.toml --format html > fit.html
  dogwatch fit episodes.jsonl --tag service --aggregate")]
pub struct Fit {
    /// Files of past episodes; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// How columns of CSV make episodes: a file, or the name of a mapping that is built in
    #[arg(long, value_name = "MAPPING")]
    mapping: Option<String>,
    /// The zone of times that bear no offset, where the mapping says none
    #[arg(long, value_name = "ZONE")]
    times_in: Option<String>,
    /// The tag by which repetition is counted; absent, `service`, or the first there is
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Name no person
    #[arg(long)]
    aggregate: bool,
    /// When people work, where no organisation says it
    #[arg(long, value_name = "HOURS", default_value = "Mon-Fri 09:00-18:00")]
    working_hours: String,
    /// When people sleep, where no organisation says it
    #[arg(long, value_name = "HOURS", default_value = "Mon-Sun 22:00-07:00")]
    sleep: String,
}

/// How many read and count at once.
pub(super) const WORKERS: usize = 2;

impl Fit {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Html])?;
        let (working_hours, sleep) = (hours(&self.working_hours)?, hours(&self.sleep)?);
        let org = match session.folder().is_dir() {
            true => Some(session.load()?.org),
            false => None,
        };
        let times_in = self.times_in.as_deref();
        let mapping = self.mapping.as_ref().map(|it| read_mapping(it, times_in, session)).transpose()?;
        let Loaded { mut history, rows, losses } = load_files(&self.files, mapping.as_ref())?;
        if let Some(org) = &org {
            history.known_to(org);
        }
        let zone = org.as_ref().map(|it: &Org| it.zone.clone());
        let zone = zone.or(mapping.and_then(|it| it.zone)).unwrap_or_else(Zone::utc);
        let reader = session.reader(&zone)?;
        if let Some(tag) = self.tag.as_ref().filter(|it| !history.is_empty() && !history.tag_keys.contains(it)) {
            let failure = Failure::new(format!("no episode carries the tag `{tag}`"));
            return Err(match nearest(tag, history.tag_keys.iter().map(String::as_str)).first() {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint(format!("they carry: {}", history.tag_keys.join(", "))),
            });
        }
        let settings = Settings {
            zone: reader.zone.clone(),
            org: org.as_ref(),
            working_hours,
            sleep,
            tag: self.tag.clone(),
            workers: WORKERS,
        };
        let found = fit(&history, &settings)?;
        let shown =
            export::FitOf { history: &history, org: org.as_ref(), rows, losses: &losses, aggregate: self.aggregate };
        let Some(found) = found else {
            session.printer.answer(&text::losses(&shown));
            return Err(Failure::new("there are no episodes in it").hint("each row that was not used is counted above"));
        };
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::fit(&found, &shown)),
            Format::Html => export::html::fit(&found, &shown),
            _ => text::fit(&found, &shown, &reader),
        });
        Ok(if losses.is_empty() { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}

/// Past episodes, from files.
pub(super) fn load_files(files: &[String], mapping: Option<&Mapping>) -> Result<Loaded> {
    let sources = files.iter().map(|name| {
        let bytes: Box<dyn Read + Send> = match name.as_str() {
            "-" => Box::new(std::io::stdin()),
            _ if Path::new(name).is_dir() => {
                return Err(Failure::new(format!("`{name}` is a folder")).hint("name the files in it"));
            }
            _ => Box::new(File::open(name).map_err(|error| Failure::new(format!("could not read `{name}`: {error}")))?),
        };
        Ok(Source { name: name.clone(), bytes })
    });
    load(sources.collect::<Result<_>>()?, mapping, WORKERS).map_err(not_loaded)
}

/// A mapping, from a file or from those that are built in.
pub(super) fn read_mapping(name: &str, times_in: Option<&str>, session: &mut Session) -> Result<Mapping> {
    let times_in = times_in.map(zone).transpose()?;
    let text = match config::known_mapping(name) {
        Some(text) => text.to_owned(),
        None => std::fs::read_to_string(name).map_err(|error| {
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
    if !diagnostics.is_empty() {
        let color = session.printer.colors_talk();
        session.printer.talk(&config::render(&diagnostics, &files, color));
    }
    mapping.ok_or_else(|| Failure::new(format!("the mapping `{name}` means nothing yet")))
}

fn zone(name: &str) -> Result<Zone> {
    Zone::named(name).map_err(|error| match nearest(name, Zone::names()).first() {
        Some(near) => Failure::new(error).hint(format!("did you mean `{near}`?")),
        None => Failure::new(error).hint("zones have the names of the IANA database: Europe/Dublin"),
    })
}

fn hours(text: &str) -> Result<Vec<Window>> {
    match Window::parse(text) {
        Ok(Window::Holidays { .. }) => {
            Err(Failure::new("holidays are those of an organisation: write them in org.toml"))
        }
        Ok(window) => Ok(vec![window]),
        Err(error) => Err(Failure::new(error).hint("\"Mon-Fri 09:00-18:00\"")),
    }
}

fn not_loaded(error: LoadError) -> Failure {
    let failure = Failure::new(&error);
    match error {
        LoadError::Unreadable { utf16: true, file, .. } => {
            failure.hint(format!("save it as UTF-8, or: iconv -f utf-16 -t utf-8 {file} > utf-8.csv"))
        }
        LoadError::Unreadable { .. } => failure,
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
