//! `dogwatch check`

use crate::check;
use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, mistakes};
use crate::config::{self, Severity};
use crate::export::text;
use crate::org::nearest;

/// Mistakes in the files, then findings, each with its cure
#[derive(Debug, clap::Args)]
pub struct Check {
    /// The manual page of a rule
    #[arg(long, value_name = "RULE")]
    explain: Option<String>,
}

impl Check {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json])?;
        if let Some(rule) = &self.explain {
            let page = check::explain(rule).ok_or_else(|| {
                let rules: Vec<&str> = check::rules().collect();
                let near = nearest(rule, rules.iter().copied());
                Failure::new(format!("no such rule: `{rule}`"))
                    .hint(format!("did you mean `{}`?", near.first().copied().unwrap_or(rules[0])))
            })?;
            session.printer.answer(page);
            return Ok(ExitStatus::Clean);
        }
        let files = session.files()?;
        let (org, diagnostics) = config::read(&files);
        let findings = match &org {
            Some(org) => check::findings(org, session.reader(&org.zone)?.now)?,
            None => Vec::new(),
        };
        if format == Format::Json {
            session.printer.answer(&export::json::print(&export::json::check(&diagnostics, &findings, &files)));
        } else {
            let color = session.printer.colors_answers();
            session.printer.answer(&config::render(&diagnostics, &files, color));
            session.printer.answer(&text::findings(&findings));
        }
        let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
        if errors > 0 {
            session.printer.error(&format!("{errors} {} in {}", mistakes(errors), session.folder().display()));
            return Ok(ExitStatus::Failed);
        }
        let clean = diagnostics.is_empty() && findings.is_empty();
        Ok(if clean { ExitStatus::Clean } else { ExitStatus::Attention })
    }
}
