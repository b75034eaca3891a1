//! `dogwatch route`

use std::fs::File;
use std::io::{self, Read};

use clap::ValueEnum;

use crate::alerts::{Alerts, Piece, Unread};
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text};
use crate::escalation::Replaying;
use crate::export::Sent;

/// Sends a file of alerts through the routes: their ladders, and rows that never fire
#[derive(Debug, clap::Args)]
#[command(after_help = "\
FILE holds JSON: a table of tags a line, Alertmanager's webhook bodies, or lists of either.
  {\"service\":\"search-api\",\"severity\":\"critical\"}
  {\"labels\":{\"service\":\"search-api\"},\"startsAt\":\"2026-03-03T15:00:00Z\"}
  {\"version\":\"4\",\"alerts\":[{\"status\":\"firing\",\"labels\":{…},\"startsAt\":\"…\"}]}
Alerts that say they are resolved are counted, and not routed.

Exit status 1 if lines could not be read, nobody is there for an alert, the last row took one, or
a row never fired; `--allow` says what of it is well.

Examples:
  dogwatch route alerts.jsonl
  gzip -dc webhooks-2026-02.jsonl.gz | dogwatch route - --allow idle
  dogwatch route alerts.jsonl --at '2026-03-03 03:00'
  dogwatch route alerts.jsonl --format json | jq '.rows[] | select(.fired == 0) | .route.source'")]
pub struct Route {
    /// A file of alerts; `-` reads standard input
    #[arg(value_name = "FILE")]
    file: std::path::PathBuf,
    /// When alerts open that do not say when they did; absent, now
    #[arg(long, value_name = "INSTANT")]
    at: Option<String>,
    /// What is no reason for exit status 1
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    allow: Vec<Allow>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Allow {
    /// Lines that could not be read
    Unread,
    /// Alerts for which nobody is there
    Nobody,
    /// Alerts that the last row took
    LastRow,
    /// Rows that never fired
    Idle,
}

/// Of so many stretches that could not be read is kept what is wrong with them.
const MOST_UNREAD: usize = 1000;
/// How often progress is told, in alerts.
const TELL_EVERY: u64 = 20_000;

impl Route {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        let Loaded { org, reader } = session.load()?;
        if org.escalation.routes.is_empty() {
            return Err(Failure::new("there are no routes to send alerts through")
                .hint("they stand in escalation.toml: routes = [{ page = \"…\" }]"));
        }
        let at = self.at.as_ref().map_or(Ok(reader.now), |it| instant(it, &reader))?;
        let mut alerts = Alerts::new(self.open()?);
        let mut replaying = Replaying::new(&org);
        let (mut resolved, mut skipped, mut unread) = (0, 0, Vec::new());
        while let Some(piece) = alerts.next().map_err(|error| self.failed("reading", &error))? {
            match piece {
                Piece::Unread(Unread { first, last, why }) => {
                    skipped += 1;
                    if unread.len() < MOST_UNREAD {
                        unread.push(Unread { first, last, why });
                    }
                }
                Piece::Alert(alert) if alert.resolved => resolved += 1,
                Piece::Alert(alert) => {
                    replaying.add(&alert.tags, alert.opened.unwrap_or(at))?;
                    if replaying.alerts().is_multiple_of(TELL_EVERY) {
                        session.printer.progress(&format!("{} alerts", replaying.alerts()));
                    }
                }
            }
        }
        session.printer.progress("");
        let sent = Sent { replay: replaying.finish(), at, resolved, skipped, unread };
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::replay(&sent, &reader)),
            _ => text::replay(&sent, &reader),
        });
        let replay = &sent.replay;
        let found = [
            (Allow::Unread, sent.skipped > 0),
            (Allow::Nobody, replay.nobody > 0),
            (Allow::LastRow, replay.last_row > 0),
            (Allow::Idle, replay.rows.iter().any(|it| it.is_idle())),
        ];
        let attention = found.iter().any(|(what, found)| *found && !self.allow.contains(what));
        Ok(if attention { ExitStatus::Attention } else { ExitStatus::Clean })
    }

    fn open(&self) -> Result<Box<dyn Read>> {
        if self.file.as_os_str() == "-" {
            return Ok(Box::new(io::stdin()));
        }
        let opened = File::open(&self.file).map_err(|error| self.failed("opening", &error))?;
        Ok(Box::new(opened))
    }

    fn failed(&self, doing: &str, error: &io::Error) -> Failure {
        let failure = Failure::new(format!("{doing} {}: {error}", self.file.display()));
        match error.kind() {
            io::ErrorKind::NotFound => failure.hint("a file of alerts, or `-` for standard input"),
            _ => failure,
        }
    }
}
