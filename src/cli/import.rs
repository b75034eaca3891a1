//! `dogwatch import`

use std::fs;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::cli::pagerduty::{Account, failure};
use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, mistakes, text, whole};
use crate::config::{self, Diagnostic, Files, Severity, schema_files};
use crate::import::{Imported, Layout, ReceiverMap, Weight, alertmanager, pagerduty, terraform};
use crate::pagerduty::observed::observe_all;
use crate::time::{Span, Zone};

/// How large a file may be.
const MOST_BYTES: u64 = 64 << 20;

/// How far ahead overrides are read.
const DAYS: u64 = 360;

/// Makes our files from those of another program, and says line by line what they do not hold
#[derive(Debug, clap::Args)]
pub struct Import {
    #[command(subcommand)]
    source: Source,
}

#[derive(Debug, Subcommand)]
enum Source {
    Alertmanager(Alertmanager),
    Pagerduty(Pagerduty),
    Terraform(Terraform),
}

/// The route tree of an alertmanager.yml
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Each alert takes the same routes, in the same order, as in Alertmanager. A receiver that the
map does not name becomes a channel: it informs, and pages nobody. The map is a TOML file, its
first rule that matches counts:

  prod_pagerduty = \"app-ops\"            # a rotation; or \"app-ops.secondary\", or \"@vera\"
  \"team-*-pager\" = \"*\"                  # what the star stood for
  \"slack-*\"      = \"notify:*\"

Without `--into` the file is printed. With it, `rotations/escalation.toml` is written there, if
there is none yet.

  dogwatch import alertmanager alertmanager.yml
  dogwatch import alertmanager alertmanager.yml --map receivers.toml --into .")]
struct Alertmanager {
    /// The configuration of an Alertmanager
    file: PathBuf,
    /// Which receiver is which rotation
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    #[command(flatten)]
    into: Into,
}

/// PagerDuty's schedules, escalation policies and services as `terraform show -json` prints them
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Schedules become rotations with the same calendar, policies escalations, services routes, users
people (by their e-mail address). What cannot be held exactly is told line by line, with what
happens instead. A state tells more than a plan, in which ids are not known yet.

Without `--into` the files are printed. With it they are written to `rotations/`, if none of them
is there yet.

  terraform show -json > state.json
  dogwatch import terraform state.json --into .")]
struct Terraform {
    /// What `terraform show -json` printed
    file: PathBuf,
    #[command(flatten)]
    into: Into,
}

/// A PagerDuty account, read through its API; changes nothing there
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Schedules of both families become rotations with the same calendar from now on, policies
escalations, the rules of a router and services routes, users who take part people. What carries
our mark becomes what it was, so that `plan` of the files finds nothing to do. What cannot be held
is told line by line, with what happens instead. A key that only reads is enough.

Without `--into` the files are printed. With it they are written to `rotations/`, if none of them
is there yet.

  dogwatch import pagerduty
  dogwatch import pagerduty --into . && dogwatch plan
  dogwatch import pagerduty --base-url eu --token-file key --format json")]
struct Pagerduty {
    /// Read the rules of this orchestration; absent, of ours, or of the first that has any
    #[arg(long, value_name = "NAME")]
    orchestration: Option<String>,
    #[command(flatten)]
    account: Account,
    #[command(flatten)]
    into: Into,
}

#[derive(Debug, clap::Args)]
struct Into {
    /// The folder that holds, or will hold, `rotations/`; nothing that is there is overwritten
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
}

impl Import {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        match &self.source {
            Source::Alertmanager(it) => it.run(session),
            Source::Pagerduty(it) => it.run(session),
            Source::Terraform(it) => it.run(session),
        }
    }
}

impl Alertmanager {
    fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text, Format::Json])?;
        let name = self.file.display().to_string();
        let text = contents(&self.file)?;
        let (map, map_file) = match &self.map {
            None => (ReceiverMap::empty(), None),
            Some(path) => {
                let (name, text) = (path.display().to_string(), contents(path)?);
                let map =
                    ReceiverMap::parse(&name, &text).or_else(|mistakes| told(session, &mistakes, &name, &text))?;
                (map, Some((name, text)))
            }
        };
        let (imported, mistakes) = alertmanager::read(&name, &text, &map, &Layout::default());
        let Some(imported) = imported else { return told(session, &mistakes, &name, &text) };
        if let Some((name, text)) = &map_file {
            show(session, &mistakes, name, text);
        }
        let clean = mistakes.is_empty();
        let status = finish(session, "alertmanager", &name, imported, self.into.into.as_deref())?;
        Ok(if clean { status } else { ExitStatus::Attention })
    }
}

impl Pagerduty {
    fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text, Format::Json])?;
        let now = session.reader(&Zone::utc())?.now;
        let mut client = self.account.client()?;
        session.progress("reading PagerDuty …");
        let far = std::time::Duration::from_secs(DAYS * crate::time::CIVIL_DAY.unsigned_abs());
        let span = Span::new(now, now + far).ok_or_else(|| Failure::new("`--now` is beyond all calendars"))?;
        let whole = observe_all(&mut client, span).map_err(|error| failure(error.into()))?;
        let imported = pagerduty::read(&whole, now, "PagerDuty", self.orchestration.as_deref(), &Layout::default());
        finish(session, "pagerduty", "PagerDuty", imported, self.into.into.as_deref())
    }
}

impl Terraform {
    fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text, Format::Json])?;
        let name = self.file.display().to_string();
        let text = contents(&self.file)?;
        let (imported, mistakes) = terraform::read(&name, &text, &Layout::default());
        let Some(imported) = imported else { return told(session, &mistakes, &name, &text) };
        finish(session, "terraform", &name, imported, self.into.into.as_deref())
    }
}

/// A file's text.
fn contents(path: &Path) -> Result<String> {
    let name = path.display();
    let failed = |error: std::io::Error| Failure::new(format!("could not read `{name}`: {error}"));
    let meta = fs::metadata(path).map_err(failed)?;
    if !meta.is_file() {
        return Err(Failure::new(format!("`{name}` is no ordinary file")));
    }
    if meta.len() > MOST_BYTES {
        return Err(Failure::new(format!("`{name}` is larger than {} MiB", MOST_BYTES >> 20)));
    }
    let bytes = fs::read(path).map_err(failed)?;
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(Failure::new(format!("`{name}` is UTF-16")).hint("save it as UTF-8"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|it| **it == b'\n').count();
        Failure::new(format!("line {line} of `{name}` is not UTF-8 text")).hint("save it as UTF-8")
    })
}

/// Shows what is wrong with a foreign file.
fn show(session: &mut Session, diagnostics: &[Diagnostic], name: &str, text: &str) {
    let files: Files = [(name, text)].into_iter().collect();
    let color = session.printer.colors_talk();
    session.printer.talk(&config::render(diagnostics, &files, color));
}

/// Shows it, and gives up.
fn told<T>(session: &mut Session, diagnostics: &[Diagnostic], name: &str, text: &str) -> Result<T> {
    show(session, diagnostics, name, text);
    session.printer.error(&format!("{} {} in {name}", diagnostics.len(), mistakes(diagnostics.len())));
    Err(Failure::told())
}

/// Writes or prints what was made, and reports what was not.
fn finish(
    session: &mut Session,
    source: &'static str,
    name: &str,
    imported: Imported,
    into: Option<&Path>,
) -> Result<ExitStatus> {
    let written = match into {
        Some(into) => write(session, source, &imported, into)?,
        None => Vec::new(),
    };
    if session.global.format == Format::Json {
        let view = export::json::import(source, name, &imported, &written);
        session.printer.answer(&export::json::print(&view));
    } else {
        match into {
            Some(_) => session.printer.answer(&written.iter().map(|it| format!("wrote {it}\n")).collect::<String>()),
            None => session.printer.answer(&text::imported(&imported)),
        }
        let report = text::import_report(name, &imported);
        session.printer.talk(&report);
    }
    let attention = imported.notes.iter().any(|it| it.weight == Weight::Attention);
    Ok(if attention { ExitStatus::Attention } else { ExitStatus::Clean })
}

/// Writes the files below `into/rotations`, all of them or none; gives the paths.
fn write(session: &mut Session, source: &str, imported: &Imported, into: &Path) -> Result<Vec<String>> {
    let folder = if into == Path::new(".") { PathBuf::from("rotations") } else { into.join("rotations") };
    let there = match folder.is_dir() {
        true => Files::load(&folder)?,
        false => Files::default(),
    };
    let mut files = imported.files.clone();
    let named = |files: &[(String, String)], name: &str| files.iter().any(|(it, _)| it == name);
    if there.text("org.toml").is_none() && !named(&files, "org.toml") {
        let zone = session.reader(&Zone::utc())?.zone;
        let about = "What holds for everybody. All keys: `dogwatch schema org`.";
        let text = Layout::default().file("org", about, &format!("zone = \"{}\"\n", zone.name()));
        files.insert(0, ("org.toml".to_owned(), text));
    }
    if let Some((name, _)) = files.iter().find(|(name, _)| folder.join(name).exists()) {
        return Err(Failure::new(format!("`{}` is there already, and is left alone", folder.join(name).display()))
            .hint("without `--into` the files are printed: take from them what you need")
            .hint("`--into DIR` names another folder to begin in"));
    }
    // Files that do not go together with those that are there are not written.
    let mut all = there;
    for (name, text) in &files {
        all.insert(name, text.clone());
    }
    let (_, diagnostics) = config::read(&all);
    let errors: Vec<Diagnostic> = diagnostics.into_iter().filter(|it| it.severity == Severity::Error).collect();
    if !errors.is_empty() {
        let color = session.printer.colors_talk();
        session.printer.talk(&config::render(&errors, &all, color));
        let count = errors.len();
        return Err(Failure::new(format!(
            "nothing was written: it would leave {count} {} in {}",
            mistakes(count),
            folder.display()
        ))
        .hint(match source {
            "alertmanager" => {
                "a rotation that the map names must have its file: write it first, or leave the receiver out of the map"
            }
            _ => "`--into DIR` names another folder to begin in; without `--into` the files are printed",
        }));
    }
    let schemas = schema_files();
    let new: Vec<(String, String)> =
        schemas.into_iter().filter(|(name, _)| !folder.join(name).exists()).chain(files.iter().cloned()).collect();
    let written = match fs::read_dir(&folder).is_ok_and(|mut it| it.next().is_some()) {
        true => whole::write_new(&new.iter().map(|(name, text)| (folder.join(name), &**text)).collect::<Vec<_>>()),
        false => whole::write_folder(&folder, &new),
    };
    written.map_err(|(path, error)| whole::not_written(&path, &error))?;
    Ok(files.iter().map(|(name, _)| folder.join(name).display().to_string()).collect())
}
