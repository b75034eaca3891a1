//! `dogwatch split`

use std::path::PathBuf;

use crate::cli::{ExitStatus, Failure, Format, Result, Session, export, fit, text};
use crate::config::{self, Files, Severity};
use crate::history::Loaded;
use crate::org::{Limits, Org, Weights};
use crate::split::{Settings, split};
use crate::time::Zone;

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
    /// Files of past episodes; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// How columns of CSV make episodes: a file, or the name of a mapping that is built in
    #[arg(long, value_name = "MAPPING")]
    mapping: Option<String>,
    /// The zone of times that bear no offset, where the mapping says none
    #[arg(long, value_name = "ZONE")]
    times_in: Option<String>,
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
    /// How many moves are tried for each number of rotations
    #[arg(long, value_name = "N", default_value = "200000")]
    effort: u64,
    /// Minutes for each expected year in which somebody meets something of theirs fewer than three times
    #[arg(long, value_name = "MINUTES", default_value = "120")]
    price: f64,
    /// Name no person
    #[arg(long)]
    aggregate: bool,
    /// When people sleep, where no organisation says it
    #[arg(long, value_name = "HOURS", default_value = "Mon-Sun 22:00-07:00")]
    sleep: String,
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
        let mapping =
            self.mapping.as_ref().map(|it| fit::mapping(it, self.times_in.as_deref(), session)).transpose()?;
        session.printer.progress("reading");
        let loaded = fit::loaded(&self.files, mapping.as_ref());
        session.printer.progress("");
        let Loaded { mut history, rows, losses } = loaded?;
        if let Some(org) = &org {
            history.known_to(org);
        }
        let zone = org.as_ref().map(|it: &Org| it.zone.clone());
        let zone = zone.or(mapping.and_then(|it| it.zone)).unwrap_or_else(Zone::utc);
        let reader = session.reader(&zone)?;
        fit::tag_is_there(self.tag.as_ref(), &history)?;
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
        let Some(found) = found else {
            return Err(Failure::new("there is nothing to divide").hint(
                "it takes episodes with a tag, and rotations that are paged for its values: `--tag` names another",
            ));
        };
        let shown = export::SplitOf { org: org.as_ref(), rows, losses: &losses, aggregate: self.aggregate };
        session.printer.answer(&match format {
            _ => text::split(&found, &shown, &reader),
        });
        Ok(if losses.is_empty() { ExitStatus::Clean } else { ExitStatus::Attention })
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
