//! `dogwatch fit`

use std::path::PathBuf;

use crate::cli::past::{Past, Reading, WORKERS, Where, no_episodes, past, tag_is_there};
use crate::cli::then::OnCall;
use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, text};
use crate::history::fit::{Settings, fit};
use crate::org::Org;
use crate::time::{Window, Zone};

/// What past episodes say: who was paged first and who resolved it, what it cost, who carries and learns what
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Without a file: what `dogwatch history pull` and `history load` have put into the store. A file is
CSV, read by a mapping of its columns, or JSON lines (`dogwatch schema episode`); gzip is read as it is.
Mappings that are built in: opsgenie, pagerduty-analytics, pagerduty-incidents, servicenow, servicenow-updates.

People are on their own clocks, and routes are tried, by the organisation in the folder one stands in;
-C names another.

Examples:
  dogwatch fit
  dogwatch fit incidents.csv --mapping servicenow-updates --times-in Europe/Dublin
  dogwatch fit 2026-*.csv.gz --mapping mappings/ours.toml --format html -o fit.html
  dogwatch fit episodes.jsonl --tag service --aggregate")]
pub struct Fit {
    /// Files of past episodes; `-` is the standard input; absent, the store
    #[arg(value_name = "FILE")]
    files: Vec<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    place: Where,
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
    /// Write to this file, all at once, instead of to stdout
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Fit {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Html])?;
        let (working_hours, sleep) = (hours(&self.working_hours)?, hours(&self.sleep)?);
        let folder = session.folder();
        let org = match folder.is_dir() {
            true => Some(session.load()?.org),
            false => None,
        };
        let place = format!("{}/", folder.display());
        let Past { loaded, zone, store } = past(&self.files, &self.reading, &self.place, org.as_ref(), session)?;
        let (mut history, rows, losses) = (loaded.history, loaded.rows, loaded.losses);
        let mut then = None;
        if let Some(org) = &org {
            history.known_to(org);
            let mut on_call = OnCall::new(org, &folder, store)?;
            let mut found = history.name_who_was_on_call(|team, at| on_call.holder(team, at));
            found.no_revisions = on_call.no_revisions();
            then = Some(found);
        }
        let zone = org.as_ref().map(|it: &Org| it.zone.clone()).or(zone).unwrap_or_else(Zone::utc);
        let reader = session.reader(&zone)?;
        tag_is_there(self.tag.as_ref(), &history)?;
        let settings = Settings {
            zone: reader.zone.clone(),
            org: org.as_ref(),
            working_hours,
            sleep,
            tag: self.tag.clone(),
            workers: WORKERS,
        };
        let found = fit(&history, &settings)?;
        let shown = export::FitOf {
            history: &history,
            org: org.as_ref(),
            place: org.as_ref().map(|_| place.as_str()),
            then: then.as_ref(),
            rows,
            losses: &losses,
            aggregate: self.aggregate,
        };
        let Some(found) = found else {
            session.printer.answer(&text::losses(rows, &losses));
            return Err(no_episodes(&losses));
        };
        let answer = match format {
            Format::Json => export::json::print(&export::json::fit(&found, &shown)),
            Format::Html => export::html::fit(&found, &shown),
            _ => text::fit(&found, &shown, &reader),
        };
        session.answer(&answer, self.output.as_deref())?;
        Ok(if losses.is_empty() { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}

/// Hours as somebody types them.
pub(super) fn hours(text: &str) -> Result<Vec<Window>> {
    match Window::parse(text) {
        Ok(Window::Holidays { .. }) => {
            Err(Failure::new("holidays are those of an organisation: write them in org.toml"))
        }
        Ok(window) => Ok(vec![window]),
        Err(error) => Err(Failure::new(error).hint("\"Mon-Fri 09:00-18:00\"")),
    }
}
