//! `dogwatch check`

use chrono::Days;

use crate::check::{self, Level};
use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, mistakes};
use crate::config::{self, Severity};
use crate::export::text;
use crate::org::nearest;
use crate::time::{Instant, Span, Zone, parse_days};

/// Mistakes in the files, then findings, each with its cure
///
/// Whoever is on call, and every ladder that an alert can climb, is looked at over every instant of the horizon, not
/// sampled.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit status: 0 nothing found, or notes only; 1 a finding or a warning; 2 a mistake.
Formats: text, json, markdown (for pull requests).

Try:
  dogwatch check --horizon 26w
  dogwatch check --explain list             the rules, in one line each
  dogwatch check --explain answer-within    the manual page of one
  dogwatch check --format markdown >> \"$GITHUB_STEP_SUMMARY\"")]
pub struct Check {
    /// How far ahead findings are looked for: days or weeks
    #[arg(long, value_name = "DAYS", default_value = "90d")]
    horizon: String,
    /// The manual page of a rule; `list` lists them
    #[arg(long, value_name = "RULE")]
    explain: Option<String>,
}

impl Check {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Markdown])?;
        if let Some(rule) = &self.explain {
            session.printer.answer(&explain(rule)?);
            return Ok(ExitStatus::Clean);
        }
        let files = session.files()?;
        let (org, diagnostics) = config::read(&files);
        let findings = match &org {
            Some(org) => {
                let reader = session.reader(&org.zone)?;
                check::findings(org, self.span(&reader)?, &reader.zone)?
            }
            None => Vec::new(),
        };
        match format {
            Format::Json => {
                let zone = match &org {
                    Some(org) => session.reader(&org.zone)?.zone,
                    None => Zone::utc(),
                };
                let view = export::json::check(&diagnostics, &findings, &files, org.as_ref(), &zone);
                session.printer.answer(&export::json::print(&view));
            }
            Format::Markdown => {
                let folder = session.folder_for_links();
                session.printer.answer(&export::markdown::check(&diagnostics, &findings, &files, &folder));
            }
            _ => {
                let color = session.printer.colors_answers();
                session.printer.answer(&config::render(&diagnostics, &files, color));
                // Files with mistakes mean nothing: nothing was looked for in them.
                if org.is_some() {
                    session.printer.answer(&text::findings(&findings));
                }
            }
        }
        let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
        if errors > 0 {
            session.printer.error(&format!("{errors} {} in {}", mistakes(errors), session.folder().display()));
            return Ok(ExitStatus::Failed);
        }
        let clean = diagnostics.is_empty() && findings.iter().all(|it| it.level == Level::Note);
        Ok(if clean { ExitStatus::Clean } else { ExitStatus::Attention })
    }

    fn span(&self, reader: &export::Reader) -> Result<Span> {
        let days = parse_days(&self.horizon).ok_or_else(|| {
            Failure::new(format!("not a number of days: `{}`", self.horizon)).hint("from 1d to 3660d, or weeks: 12w")
        })?;
        let end = reader.zone.civil(reader.now).checked_add_days(Days::new(days));
        let end = end.map_or(Instant::MAX, |it| reader.zone.resolve(it));
        Span::new(reader.now, end).ok_or_else(|| Failure::new("there is no time left after that instant"))
    }
}

fn explain(rule: &str) -> Result<String> {
    if rule == "list" {
        return Ok(check::rules().map(|(_, line)| format!("{line}\n")).collect());
    }
    if let Some(page) = check::explain(rule) {
        return Ok(page.to_owned());
    }
    let failure = Failure::new(format!("no such rule: `{rule}`"));
    Err(match nearest(rule, check::rules().map(|(name, _)| name)).first() {
        Some(near) => failure.hint(format!("did you mean `{near}`?")),
        None => failure.hint("`dogwatch check --explain list` lists them"),
    })
}
