//! `dogwatch history`: the past, pulled and loaded into a store, and what is in it

use std::io::IsTerminal as _;
use std::time::Duration;

use crate::cli::pagerduty::Account;
use crate::cli::past::{Reading, Where, no_episodes, services, store_failure};
use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, instant, text};
use crate::org::{Org, harmless};
use crate::pagerduty::past::{self, Done, Wish};
use crate::store::{Store, What};
use crate::time::{Instant, Span, Zone, stamp};

/// How far back a first pull goes: a year.
const FIRST: Duration = Duration::from_secs(365 * crate::time::CIVIL_DAY.unsigned_abs());

/// The past, in a store: pulled from PagerDuty, loaded from files
#[derive(Debug, clap::Args)]
pub struct History {
    #[command(subcommand)]
    what: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    Pull(Pull),
    Load(Load),
    Show(Show),
}

/// Pull incidents, their log, PagerDuty's counts and who was on call then
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The first pull goes back a year, or to --since. Later ones go on where the last one was, and read its
last day again. It may be stopped anywhere and run again. The store holds names of people and who was
paged when, never the token; only its owner may read it. Keep it out of git.

Examples:
  dogwatch history pull
  dogwatch history pull --since 2025-01-01 --token-file ~/.pagerduty
  dogwatch history pull --until 2026-01-01 --store 2025.db")]
struct Pull {
    /// From when
    #[arg(long, value_name = "INSTANT")]
    since: Option<String>,
    /// Until when; absent, now
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    account: Account,
}

/// Load files of past episodes
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The same files loaded again replace what they brought before; an episode that is there already is
replaced. Rows that cannot be used are counted, shown, and kept with the store.

Examples:
  dogwatch history load episodes.jsonl
  dogwatch history load 2026-*.csv.gz --mapping servicenow-updates --times-in Europe/Dublin")]
struct Load {
    /// CSV by a mapping, or JSON lines; gzip is read as it is
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    place: Where,
}

/// What is in the store, or one episode of it
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  dogwatch history show
  dogwatch history show INC0012345
  dogwatch history show --format json")]
struct Show {
    /// An episode: its id, or the number of an incident
    #[arg(value_name = "ID")]
    id: Option<String>,
    #[command(flatten)]
    place: Where,
}

impl History {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        match &self.what {
            Verb::Pull(it) => it.run(session),
            Verb::Load(it) => it.run(session),
            Verb::Show(it) => it.run(session),
        }
    }
}

/// The organisation, if there is one whose files mean something: only names depend on it.
fn org(session: &mut Session) -> Result<Option<Org>> {
    match session.folder().is_dir() {
        true => Ok(Some(session.load()?.org)),
        false => Ok(None),
    }
}

/// Opens the store, or makes one and says so.
fn open(place: &Where, session: &mut Session) -> Result<Store> {
    let path = place.path(session);
    let new = std::fs::symlink_metadata(&path).is_err();
    let store = Store::open_or_make(&path).map_err(store_failure)?;
    if new {
        session
            .printer
            .talk(&format!("made {}: it names people, so only you may read it; keep it out of git\n", path.display()));
    }
    Ok(store)
}

impl Pull {
    fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text])?;
        let zone = org(session)?.map_or_else(Zone::utc, |it| it.zone);
        let reader = session.reader(&zone)?;
        let mut client = self.account.client()?;
        let now = reader.now;
        let until = self.until.as_deref().map_or(Ok(now), |it| instant(it, &reader))?.min(now);
        let asked = self.since.as_deref().map(|it| instant(it, &reader)).transpose()?;
        if asked.is_some_and(|it| it >= until) {
            return Err(Failure::new("there is nothing to pull: it ends before it begins")
                .hint("`--since` lies before `--until`, and both in the past"));
        }
        let mut store = open(&self.place, session)?;
        let begun = store.pulled(What::Incidents).map_err(store_failure)?.first().map(|it| it.start());
        let since = asked.or(begun).unwrap_or_else(|| until.before(FIRST));
        let Some(span) = Span::new(since, until) else {
            return Err(
                Failure::new("there is nothing to pull: the store begins later").hint("`--since` says from when")
            );
        };
        let wish = Wish { span, now };
        let before = client.requests;
        let mut told = None;
        let waits = std::io::stderr().is_terminal();
        let done = past::pull(&mut client, &mut store, &wish, |at| {
            // A line a week would be many.
            let line = (at.what, at.percent / 10);
            if waits && told != Some(line) {
                told = Some(line);
                let text = format!("{} from {}: {} %", at.what.word(), stamp(at.span.start(), &zone), at.percent);
                session.progress(&text);
            }
        });
        let done = done.map_err(|trouble| {
            let failure = match trouble.hint() {
                Some(hint) => Failure::new(&trouble).hint(hint),
                None => Failure::new(&trouble),
            };
            failure.hint("what was pulled is kept: run it again, and it goes on there")
        })?;
        let requests = client.requests - before;
        session.printer.answer(&said(&done, span, requests, &reader));
        let clean = done.without_analytics.is_none() && done.unrendered.is_empty();
        Ok(if clean { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}

fn said(done: &Done, span: Span, requests: u64, reader: &export::Reader) -> String {
    let read = |what: What| text::count(done.read.get(what.word()).copied().unwrap_or(0));
    let at = |it: Instant| stamp(it, &reader.zone);
    let mut out = format!("{} to {}, read in {} calls:\n", at(span.start()), at(span.end()), text::count(requests));
    let rows = [
        (What::Incidents, "incidents"),
        (What::Log, "entries of their log"),
        (What::Analytics, "counted by PagerDuty"),
        (What::Shifts, "shifts of schedules"),
    ];
    let width = rows.iter().map(|(what, _)| read(*what).len()).max().unwrap_or(0);
    for (what, words) in rows {
        out.push_str(&format!("  {:>width$}  {words}\n", read(what)));
    }
    let none = |what: What| done.read.get(what.word()).copied().unwrap_or(0) == 0;
    if none(What::Log) && !none(What::Incidents) {
        out.push_str(
            "PagerDuty gave no entry of their log: who was paged, and to whom they were passed on, is not known.\n",
        );
    }
    if span.end() == reader.now {
        out.push_str("The last day may still grow: the next pull reads it again.\n");
    }
    if let Some(why) = &done.without_analytics {
        out.push_str(&format!("Without PagerDuty's counts, and so without priorities: {why}\n"));
    }
    if !done.unrendered.is_empty() {
        out.push_str(&format!("Schedules that were not rendered: {}\n", harmless(&done.unrendered.join(", "))));
    }
    out
}

impl Load {
    fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        session.format(&[Format::Text])?;
        let (loaded, _) = self.reading.read(&self.files, session)?;
        if loaded.history.is_empty() {
            session.printer.answer(&text::losses(loaded.rows, &loaded.losses));
            return Err(no_episodes(&loaded.losses));
        }
        let now = session.reader(&Zone::utc())?.now;
        let mut store = open(&self.place, session)?;
        let kept = store.keep(&self.files, &loaded, now).map_err(store_failure)?;
        let many = loaded.history.len() as u64 - kept.too_long;
        let mut out = format!("{} episode{}", text::count(many), if many == 1 { "" } else { "s" });
        let parts = [(kept.new, "new"), (kept.changed, "changed"), (kept.same, "as they were"), (kept.gone, "gone")];
        let parts: Vec<String> =
            parts.iter().filter(|it| it.0 > 0).map(|(many, how)| format!("{} {how}", text::count(*many))).collect();
        out.push_str(&format!(": {}\n", parts.join(", ")));
        if kept.too_long > 0 {
            out.push_str(&format!("{} with more steps than can be kept\n", text::count(kept.too_long)));
        }
        out.push_str(&text::losses(loaded.rows, &loaded.losses));
        session.printer.answer(&out);
        let clean = loaded.losses.is_empty() && kept.too_long == 0;
        Ok(if clean { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}

impl Show {
    fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let org = org(session)?;
        let zone = org.as_ref().map_or_else(Zone::utc, |it| it.zone.clone());
        let reader = session.reader(&zone)?;
        let store = Store::open(&self.place.path(session)).map_err(store_failure)?;
        let Some(id) = &self.id else {
            let overview = store.overview().map_err(store_failure)?;
            let place = store.path().display().to_string();
            session.printer.answer(&match format {
                Format::Json => export::json::print(&export::json::past(&overview, &reader)),
                _ => text::past(&overview, &place, &reader),
            });
            return Ok(ExitStatus::Clean);
        };
        let episodes = store.episodes(services(org.as_ref())).map_err(store_failure)?;
        let found = episodes.one(id).map_err(|error| store_failure(store.told(error)))?;
        let Some((line, title)) = found else {
            let near = episodes.ids_like(id).unwrap_or_default();
            let failure = Failure::new(format!("there is no episode `{id}`"));
            return Err(match near.as_slice() {
                [] => failure.hint("`dogwatch history show` says what is in the store"),
                near => failure.hint(format!("there are {}", near.join(", "))),
            });
        };
        session.printer.answer(&match format {
            Format::Json => line,
            _ => text::episode(&line, title.as_deref(), &reader)
                .ok_or_else(|| Failure::new(format!("the store does not say what `{id}` is")))?,
        });
        Ok(ExitStatus::Clean)
    }
}
