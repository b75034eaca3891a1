//! `dogwatch split`

use std::path::PathBuf;

use chrono::Days;

use crate::check::findings;
use crate::cli::past::{Past, Reading, Where, no_episodes, past, tag_is_there};
use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, fit, instant, text, whole};
use crate::config::{self, Files, Severity};
use crate::history::Loaded;
use crate::org::{Limits, Org, Weights};
use crate::split::{Origin, Path, Settings, Split as Found, Verdict, path, split};
use crate::time::{Instant, Span, Zone};

/// What if a rotation became two, or eleven: divisions of people and services, what each costs, and whether the past speaks for them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Proposals are made from the first months of the history and held to the last; *do not split* is always among them. The score is in
weighted person-minutes a month: lost to a wrong first page, load beyond a fair share, and a price for what is met too seldom
(docs/split.md). Files are read as `dogwatch fit` reads them.

Examples:
  dogwatch split incidents.csv.gz --mapping mappings/ours.toml
  dogwatch split episodes.jsonl --into 4 --format html > split.html
  dogwatch split episodes.jsonl --division ../proposal        # score what somebody wrote
  dogwatch split episodes.jsonl --write ../proposal --on 2026-06-01")]
pub struct Split {
    /// Files of past episodes, `-` is the standard input; absent, the store
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    place: Where,
    /// The tag whose values are divided; absent, `service`, or the first there is
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Into how many rotations; absent, every number is tried
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    into: Option<u32>,
    /// Score this one too: a folder that holds the `rotations/` of a division that was written
    #[arg(long, value_name = "DIR")]
    division: Option<PathBuf>,
    /// From how many months, the first, proposals are made; absent, those with about two thirds of the episodes
    #[arg(long, value_name = "MONTHS", value_parser = clap::value_parser!(u32).range(1..))]
    train: Option<u32>,
    /// How many moves are tried for each number of rotations; 0 takes the starts as they are
    #[arg(long, value_name = "N", default_value = "200000")]
    effort: u64,
    /// Minutes for each expected year in which somebody meets something of theirs fewer than three times
    #[arg(long, value_name = "MINUTES", default_value = "120")]
    price: f64,
    /// Write the recommended division, or the best of `--into`, to `rotations/` in this folder, with the way there
    #[arg(long, value_name = "DIR", conflicts_with = "aggregate")]
    write: Option<PathBuf>,
    /// From when on the rotations of `--write` may begin; absent, in four weeks
    #[arg(long, value_name = "INSTANT", requires = "write")]
    on: Option<String>,
    /// Name no person
    #[arg(long)]
    aggregate: bool,
    /// When people sleep, where no organisation says it
    #[arg(long, value_name = "HOURS", default_value = "Mon-Sun 22:00-07:00")]
    sleep: String,
}

/// What `--write` did.
struct Written {
    path: Path,
    /// The files that were written, by name.
    names: Vec<String>,
    folder: String,
    findings: usize,
}

impl Split {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Html])?;
        if !self.price.is_finite() || self.price < 0.0 {
            return Err(Failure::new("a price is a number of minutes, 0 or more"));
        }
        let sleep = fit::hours(&self.sleep)?;
        let org = match session.folder().is_dir() {
            true => Some(session.load()?.org),
            false => None,
        };
        let written = self.written(session)?;
        session.printer.progress("reading");
        let past = past(&self.files, &self.reading, &self.place, org.as_ref(), session);
        session.printer.progress("");
        let Past { loaded, zone, .. } = past?;
        let Loaded { mut history, rows, losses } = loaded;
        if history.is_empty() {
            session.printer.answer(&text::losses(rows, &losses));
            return Err(no_episodes(&losses));
        }
        if let Some(org) = &org {
            history.known_to(org);
        }
        let zone = org.as_ref().map(|it: &Org| it.zone.clone()).or(zone).unwrap_or_else(Zone::utc);
        let reader = session.reader(&zone)?;
        tag_is_there(self.tag.as_ref(), &history)?;
        let settings = Settings {
            zone: reader.zone.clone(),
            org: org.as_ref(),
            written: written.as_ref(),
            sleep: org.as_ref().map_or(sleep, |it| it.sleep.clone()),
            weights: org.as_ref().map_or_else(Weights::default, |it| it.weights),
            limits: org.as_ref().map_or_else(Limits::default, |it| it.limits.clone()),
            tag: self.tag.clone(),
            into: self.into.map(|it| it as usize),
            train: self.train.map(|it| it as usize),
            effort: self.effort,
            price: self.price,
        };
        let printer = &mut session.printer;
        let found = split(&history, &settings, |it| {
            printer.progress(&format!("tried {} of {} moves", it.moves, it.of));
        });
        printer.progress("");
        let found = found.map_err(|error| {
            let hint = error.hint();
            Failure::new(error).hint(hint)
        })?;
        let shown = export::SplitOf { org: org.as_ref(), rows, losses: &losses, aggregate: self.aggregate };
        let written = self.write(session, &found, org.as_ref(), &reader)?;
        let names: &[String] = written.as_ref().map_or(&[], |it| &it.names);
        session.printer.answer(&match format {
            Format::Json => {
                let written = written.as_ref().map(|it| (&it.path, names));
                export::json::print(&export::json::split(&found, &shown, written))
            }
            Format::Html => export::html::split(&found, &shown),
            _ => {
                let way = written.as_ref().map(|it| text::path(&it.path, &it.folder, &reader));
                text::split(&found, &shown, &reader) + &way.unwrap_or_default()
            }
        });
        let look = !losses.is_empty() || written.is_some_and(|it| it.findings > 0);
        Ok(if look { ExitStatus::Attention } else { ExitStatus::Clean })
    }

    /// Writes a division's files, all or none, and tells what `check` says of them.
    fn write(
        &self,
        session: &mut Session,
        found: &Found,
        org: Option<&Org>,
        reader: &export::Reader,
    ) -> Result<Option<Written>> {
        let Some(folder) = &self.write else { return Ok(None) };
        let Some(org) = org else {
            return Err(Failure::new("there are no files to begin from")
                .hint("`-C DIR` names the folder that holds `rotations/`"));
        };
        let candidate = match (self.into, found.verdict) {
            (Some(_), _) => found.candidates.iter().find(|it| it.origin == Origin::Proposed),
            (None, Verdict::Split) => {
                found.candidates.get(found.recommended).filter(|it| it.origin == Origin::Proposed)
            }
            (None, _) => None,
        };
        let Some(candidate) = candidate else {
            return Err(match self.into {
                Some(into) => Failure::new(format!(
                    "nothing was written: into {into}, nothing was found but what {}",
                    if self.division.is_some() { "stands or was written" } else { "stands" }
                ))
                .hint("another number, or a greater `--effort`, may find something"),
                None => Failure::new("nothing was written: no proposal is recommended")
                    .hint("`--into N` writes the best into so many nonetheless"),
            });
        };
        let on = match &self.on {
            Some(text) => instant(text, reader)?,
            None => days_after(reader.now, 28, reader),
        };
        let path = path(&session.files()?, org, found, candidate, on)?;
        let folder = folder.join("rotations");
        let there = std::fs::read_dir(&folder).is_ok_and(|mut it| it.next().is_some());
        if there {
            return Err(Failure::new(format!("`{}` is there already, and is left alone", folder.display()))
                .hint("name a folder that is new or empty"));
        }
        let findings = self.check(session, &path, &folder, reader)?;
        whole::write_folder(&folder, &path.files).map_err(|(path, error)| whole::not_written(&path, &error))?;
        let names = path.files.iter().map(|(name, _)| name).filter(|it| !it.starts_with('.'));
        let names = names.map(|it| folder.join(it).display().to_string()).collect();
        Ok(Some(Written { path, names, folder: folder.display().to_string(), findings }))
    }

    /// What `check` will find in the new files, from now until all is done and ninety days more.
    fn check(
        &self,
        session: &mut Session,
        path: &Path,
        folder: &std::path::Path,
        reader: &export::Reader,
    ) -> Result<usize> {
        let files = Files::in_folder(folder, path.files.iter().cloned());
        let (org, diagnostics) = config::read(&files);
        let org = org.ok_or_else(|| {
            let why = diagnostics.iter().find(|it| it.severity == Severity::Error).map(|it| it.message.as_str());
            Failure::new(format!(
                "nothing was written: it could not be read again: {}",
                why.unwrap_or("something in it is wrong")
            ))
        })?;
        let horizon = Span::new(reader.now, days_after(path.done, 90, reader));
        let horizon =
            horizon.ok_or_else(|| Failure::new("the way begins before now").hint("`--on` names a later day"))?;
        let found = findings(&org, horizon, &reader.zone)?;
        if !found.is_empty() {
            session.printer.talk(&text::findings(&found));
        }
        Ok(found.iter().filter(|it| it.level == crate::check::Level::Finding).count())
    }

    /// The organisation that was written, with whatever is wrong in it.
    fn written(&self, session: &mut Session) -> Result<Option<Org>> {
        let Some(folder) = &self.division else { return Ok(None) };
        let folder = folder.join("rotations");
        let files = Files::load(&folder).map_err(|error| {
            Failure::new(error).hint("`--division` names the folder that holds `rotations/`, as `-C` does")
        })?;
        let (org, diagnostics) = config::read(&files);
        let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
        if !diagnostics.is_empty() {
            let color = session.printer.colors_talk();
            session.printer.talk(&config::render(&diagnostics, &files, color));
        }
        org.map(Some).ok_or_else(|| Failure::new(format!("{} mistakes in {}", errors, folder.display())))
    }
}

fn days_after(at: Instant, days: u64, reader: &export::Reader) -> Instant {
    let day = reader.zone.civil(at).checked_add_days(Days::new(days));
    day.map_or(Instant::MAX, |it| reader.zone.resolve(it))
}
