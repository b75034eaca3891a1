//! `dogwatch balance`

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::cli::show::rotations_of;
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, cover, export, instant, text};
use crate::config::Files;
use crate::export::{BalanceOf, Reader};
use crate::org::{Org, RotationId};
use crate::people;
use crate::people::balance::{self, Effort, Outcome, Request, balance, swaps};
use crate::time::{CIVIL_DAY, Span, parse_days};

/// A fair calendar for a horizon: everybody holds what they owe, by weighted hours
///
/// Starts from the plain turns, with what was held before carried over. Proposes who takes whose turn; `--write` writes it as rows
/// of assigned/ROTATION.toml. What is published stays.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "\
Nobody is given a turn who is away, not ready for the seat, would hold two seats at once, or rest too little or hold too much by the
limits of org.toml. Everybody who takes turns in a layer owes an equal part of each of its turns, by [weights], while they are in it.
Rows of an earlier balance that are not published yet are made anew; the same question has the same answer.

Exit status: 0 nothing is to change, or all of it is written; 1 there is something to write, or turns that nobody can hold; 2 it
could not be done.
Formats: text, json, markdown (for pull requests).

Try:
  dogwatch balance                                     the next 26 weeks; the first two are published
  dogwatch balance search --until 2027-01-04 --freeze 4w
  dogwatch balance --write")]
pub struct Balance {
    /// Rotations, balanced together; absent, all
    #[arg(value_name = "ROTATION")]
    rotations: Vec<String>,
    /// The start of the horizon; absent, now
    #[arg(long, value_name = "INSTANT")]
    from: Option<String>,
    /// The first instant after; absent, 26 weeks on
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// What starts before then is published, and stays: days or weeks from now, or an instant
    #[arg(long, value_name = "DAYS|INSTANT", default_value = "2w")]
    freeze: String,
    /// From when on what was held and owed is carried over: days or weeks before the horizon, or an instant
    #[arg(long, value_name = "DAYS|INSTANT", default_value = "12w")]
    since: String,
    /// Write the rows
    #[arg(long)]
    write: bool,
    /// Only propose, which is what happens without `--write` anyway
    #[arg(long, conflicts_with = "write")]
    dry_run: bool,
    /// Moves that the search may try
    #[arg(long, value_name = "MOVES", default_value_t = Effort::default().moves)]
    effort: u64,
    /// Where the dice begin; another number, another search
    #[arg(long, value_name = "NUMBER", default_value_t = Effort::default().seed)]
    seed: u64,
}

/// Days of the longest horizon: nobody plans by turns further off.
const LONGEST: u64 = 3 * 366;

fn days_long(days: u64) -> Duration {
    Duration::from_secs(CIVIL_DAY.unsigned_abs() * days)
}

impl Balance {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Markdown])?;
        let Loaded { org, reader } = session.load()?;
        let request = self.request(&org, &reader)?;
        let of = self.effort;
        let printer = &mut session.printer;
        let found = balance(&org, &request, &mut |moves, wrongs, _| {
            let wrong = if wrongs > 0 { "; none without a clash yet" } else { "" };
            printer.progress(&format!("tried {moves} of {of} moves{wrong}"));
        });
        printer.progress("");
        let found = found?;
        let files = session.files()?;
        let texts = rewritten(&org, &found, &files)?;
        if self.write {
            cover::write(session, &files, &texts)?;
        }
        let names = texts.keys().map(|it| files.display(it)).collect();
        let shown = BalanceOf {
            org: &org,
            request: &request,
            balance: &found,
            reader: &reader,
            files: names,
            written: self.write,
        };
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::balance(&shown)),
            Format::Markdown => export::markdown::balance(&shown),
            _ => text::balance(&shown),
        });
        let found_one = matches!(found.outcome, Outcome::Found { .. });
        let done = found_one && found.stuck.is_empty() && (self.write || texts.is_empty());
        Ok(if done { ExitStatus::Clean } else { ExitStatus::Attention })
    }

    fn request(&self, org: &Org, reader: &Reader) -> Result<Request> {
        let from = self.from.as_ref().map_or(Ok(reader.now), |it| instant(it, reader))?;
        let until = self.until.as_ref().map_or(Ok(from + days_long(182)), |it| instant(it, reader))?;
        let span = Span::new(from, until).ok_or_else(|| {
            Failure::new("the horizon ends before it begins").hint("`--until` comes after `--from`, or after now")
        })?;
        if until > from + days_long(LONGEST) {
            return Err(Failure::new("the horizon is longer than three years")
                .hint("`--until` comes at most three years after `--from`, or after now"));
        }
        let freeze = match parse_days(&self.freeze) {
            Some(days) => reader.now + days_long(days),
            None => instant(&self.freeze, reader)?,
        };
        let since = match parse_days(&self.since) {
            Some(days) => from.before(days_long(days)),
            None => instant(&self.since, reader)?.min(from),
        };
        let effort = Effort { moves: self.effort, seed: self.seed };
        // What has begun is not changed by any `--freeze`.
        let begin = freeze.max(reader.now).max(from);
        Ok(Request { rotations: rotations_of(org, &self.rotations)?, span, since, begin, effort })
    }
}

/// The files that change, with what they will say.
fn rewritten(org: &Org, found: &balance::Balance, files: &Files) -> Result<BTreeMap<String, String>> {
    let new = found.rows.iter().map(|it| it.seat.rotation);
    let rotations: BTreeSet<RotationId> = new.chain(found.withdrawn.keys().copied()).collect();
    let changes = swaps(found.rows.clone());
    let mut texts = BTreeMap::new();
    for id in rotations {
        let name = format!("assigned/{}.toml", org.rotation(id).key);
        let before = files.text(&name).map_or_else(|| cover::head(files), str::to_owned);
        let none = BTreeSet::new();
        let gone = found.withdrawn.get(&id).unwrap_or(&none);
        texts.insert(name, people::rewrite(&before, org, id, gone, &changes)?);
    }
    Ok(texts)
}
