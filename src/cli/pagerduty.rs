//! What `plan`, `apply` and `verify` have in common: where PagerDuty is, and who asks.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use crate::cli::{Failure, Result, Session};
use crate::org::Org;
use crate::pagerduty::client::{self, Client, Http, Token};
use crate::pagerduty::diff::Choices;
use crate::pagerduty::plan::{Trouble, Wish};
use crate::time::{Instant, parse_days};

/// More characters than any token has.
const LONGEST_TOKEN: u64 = 10_000;
/// Schedules of shifts know nothing of what begins in more than a year.
const FARTHEST_DAYS: u64 = 360;

#[derive(Debug, clap::Args)]
pub(super) struct Account {
    /// `us`, `eu`, or the address of an API: what `dogwatch rehearse` prints; absent, the variable DOGWATCH_PAGERDUTY, else `us`
    #[arg(long, value_name = "URL", help_heading = "PagerDuty")]
    base_url: Option<String>,
    /// An option of its own, for what is typed must not be empty, and a variable that is set to nothing is not set.
    #[arg(long, env = "DOGWATCH_PAGERDUTY", hide = true, hide_env_values = true)]
    base_url_of_environment: Option<String>,
    /// A file that holds the token; absent, the variable PAGERDUTY_TOKEN. `Bearer …` is an OAuth token
    #[arg(long, value_name = "FILE", help_heading = "PagerDuty")]
    token_file: Option<PathBuf>,
    /// Never typed: read from the environment.
    #[arg(long, env = "PAGERDUTY_TOKEN", hide = true, hide_env_values = true)]
    token_of_environment: Option<Hidden>,
    /// Say each request, without what is secret
    #[arg(long, help_heading = "PagerDuty")]
    trace: bool,
}

/// A text that is not shown.
#[derive(Debug, Clone)]
pub(super) struct Hidden(pub(super) SecretString);

impl FromStr for Hidden {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> std::result::Result<Hidden, Self::Err> {
        Ok(Hidden(SecretString::from(text)))
    }
}

/// What is asked of a plan.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// How far ahead PagerDuty is made exact: what repeats by no week is told up to there
    #[arg(long, value_name = "DAYS", default_value = "90d")]
    horizon: String,
    /// Take over what has this name and no mark of ours; may be repeated
    #[arg(long, value_name = "NAME")]
    adopt: Vec<String>,
    /// Remove what is ours and no longer declared
    #[arg(long)]
    prune: bool,
    /// More removals than this are a risk
    #[arg(long, value_name = "COUNT", default_value_t = 5)]
    removals: usize,
}

impl Asked {
    pub(super) fn wish<'a>(&self, org: &'a Org, now: Instant) -> Result<Wish<'a>> {
        let days = parse_days(&self.horizon).filter(|it| (1..=FARTHEST_DAYS).contains(it)).ok_or_else(|| {
            Failure::new(format!("not a horizon: `{}`", self.horizon)).hint("from 1d to 360d, or weeks: 12w")
        })?;
        let horizon = Duration::from_secs(days * crate::time::CIVIL_DAY.unsigned_abs());
        let choices = Choices { adopt: self.adopt.clone(), prune: self.prune, ..Choices::default() };
        Ok(Wish { org, now, horizon, choices, removals: self.removals })
    }
}

impl Account {
    pub(super) fn client(&self) -> Result<Client> {
        let variable = self.base_url_of_environment.as_deref().filter(|it| !it.is_empty());
        let url = match self.base_url.as_deref().or(variable).unwrap_or("us") {
            "" => {
                return Err(Failure::new("`--base-url` is empty")
                    .hint("`us`, `eu`, or an address; without it, the variable DOGWATCH_PAGERDUTY or `us`"));
            }
            "us" => "https://api.pagerduty.com",
            "eu" => "https://api.eu.pagerduty.com",
            other => other,
        };
        let http = Http::new(url, &self.token()?).map_err(client_failure)?;
        let trace = self.trace;
        Ok(Client::new(http, std::thread::sleep, move |line| {
            if trace {
                // The trace is talk of its own, line by line, while the work goes on.
                let mut talk = anstream::AutoStream::auto(std::io::stderr());
                let _ = std::io::Write::write_all(&mut talk, format!("{line}\n").as_bytes());
            }
        }))
    }

    fn token(&self) -> Result<Token> {
        let text = match (&self.token_file, &self.token_of_environment) {
            (Some(path), _) => token_in(path)?,
            (None, Some(hidden)) => hidden.0.clone(),
            (None, None) => {
                return Err(Failure::new("no token for PagerDuty")
                    .hint("set PAGERDUTY_TOKEN, or name a file with `--token-file`; for a rehearsal it is PAGERDUTY_TOKEN=rehearsal"));
            }
        };
        Token::parse(text.expose_secret()).ok_or_else(|| {
            Failure::new("the token is not one: it is empty, or has characters that no token has")
                .hint("one line: the key alone, or `Bearer ` and an OAuth token")
        })
    }
}

fn token_in(path: &Path) -> Result<SecretString> {
    // The file is not named: it may be the token itself, given in the wrong place.
    let failure = |reason: String| {
        Failure::new(format!("could not read the file that `--token-file` names: {reason}"))
            .hint("it holds one line: the key alone, or `Bearer ` and an OAuth token")
    };
    let metadata = std::fs::metadata(path).map_err(|error| failure(error.to_string()))?;
    if !metadata.is_file() || metadata.len() > LONGEST_TOKEN {
        return Err(failure("it is no file, or too long".to_owned()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| failure(error.to_string()))?;
    Ok(SecretString::from(text))
}

fn client_failure(error: client::Error) -> Failure {
    let failure = Failure::new(&error);
    match error.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Why it could not be done, with what helps.
pub(super) fn failure(trouble: Trouble) -> Failure {
    let failure = Failure::new(&trouble);
    match trouble.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

impl Session {
    /// Says what is going on, to somebody who waits at a terminal.
    pub(super) fn progress(&mut self, text: &str) {
        if std::io::stderr().is_terminal() {
            self.printer.talk(&format!("{text}\n"));
        }
    }
}
