//! `dogwatch cover`

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;

use crate::cli::show::rotations_of;
use crate::cli::{ExitStatus, Failure, Format, Loaded, Result, Session, export, instant, text, whole};
use crate::config::{self, Files, Severity};
use crate::export::{CoverOf, Reader};
use crate::org::{Org, RotationId};
use crate::people::{self, Cover as Found, Effort, Request};
use crate::time::{Instant, Span};

/// Who stands in while somebody is on call and away: the fewest swaps that keep all limits
///
/// Proposes swaps; `--write` writes them as rows of assigned/ROTATION.toml, and takes out those that are no longer needed.
/// What has begun stays.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Nobody is asked to stand in who is away, not ready for the seat, would hold two seats at once, would rest too little or hold too
much, by the limits of org.toml. Who owes a favour is asked first; who stands in takes a turn back where that is possible.

Exit status: 0 nobody is on call while away, or all of it is written; 1 there is something to write, or a clash is left; 2 it
could not be done.
Formats: text, json, markdown (for pull requests).

Try:
  dogwatch cover                          what should change hands in the next 90 days
  dogwatch cover search --until 2027-01-10
  dogwatch cover --write                  write it, and take back what is no longer needed")]
pub struct Cover {
    /// Rotations; absent, all
    #[arg(value_name = "ROTATION")]
    rotations: Vec<String>,
    /// From when clashes are looked for; absent, now. What has begun stays
    #[arg(long, value_name = "INSTANT")]
    from: Option<String>,
    /// The first instant after; absent, 90 days on
    #[arg(long, value_name = "INSTANT")]
    until: Option<String>,
    /// Write the rows
    #[arg(long)]
    write: bool,
    /// Only propose, which is what happens without `--write` anyway
    #[arg(long, conflicts_with = "write")]
    dry_run: bool,
    /// Steps that the search may take for each group of clashes
    #[arg(long, value_name = "STEPS", default_value_t = Effort::default().0)]
    effort: u64,
}

impl Cover {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let format = session.format(&[Format::Text, Format::Json, Format::Markdown])?;
        let Loaded { org, reader } = session.load()?;
        let request = Request {
            rotations: rotations_of(&org, &self.rotations)?,
            span: self.span(&reader)?,
            now: reader.now,
            effort: Effort(self.effort),
        };
        session.printer.progress("looking for who can stand in");
        let found = people::cover(&org, &request);
        session.printer.progress("");
        let found = found?;
        let files = session.files()?;
        let texts = rewritten(&org, &found, &files)?;
        if self.write {
            write(session, &files, &texts)?;
        }
        let names = texts.keys().map(|it| files.display(it)).collect();
        let shown = CoverOf { org: &org, cover: &found, reader: &reader, files: names, written: self.write };
        session.printer.answer(&match format {
            Format::Json => export::json::print(&export::json::cover(&shown)),
            Format::Markdown => export::markdown::cover(&shown),
            _ => text::cover(&shown),
        });
        let done = found.left.is_empty() && (self.write || texts.is_empty());
        Ok(if done { ExitStatus::Clean } else { ExitStatus::Attention })
    }

    fn span(&self, reader: &Reader) -> Result<Span> {
        let from = self.from.as_ref().map_or(Ok(reader.now), |it| instant(it, reader))?.max(reader.now);
        let until = match &self.until {
            Some(text) => instant(text, reader)?,
            None => {
                let end = reader.zone.civil(from).checked_add_days(Days::new(90));
                end.map_or(Instant::MAX, |it| reader.zone.resolve(it))
            }
        };
        Span::new(from, until).ok_or_else(|| {
            Failure::new("the span ends before it begins, or before now").hint("what is past is not covered any more")
        })
    }
}

/// The files that change, with what they will say.
fn rewritten(org: &Org, found: &Found, files: &Files) -> Result<BTreeMap<String, String>> {
    let mut gone: BTreeMap<RotationId, BTreeSet<usize>> = BTreeMap::new();
    for (rotation, index) in found.withdrawn.iter().flat_map(|it| &it.rows) {
        gone.entry(*rotation).or_default().insert(*index);
    }
    let swaps = found.swaps.iter().flat_map(|it| &it.rows);
    let rotations: BTreeSet<RotationId> = swaps.map(|it| it.seat.rotation).chain(gone.keys().copied()).collect();
    let mut texts = BTreeMap::new();
    for id in rotations {
        let name = format!("assigned/{}.toml", org.rotation(id).key);
        let before = files.text(&name).map_or_else(|| head(files), str::to_owned);
        let none = BTreeSet::new();
        let text = people::rewrite(&before, org, id, gone.get(&id).unwrap_or(&none), &found.swaps)?;
        texts.insert(name, text);
    }
    Ok(texts)
}

/// How a new file begins: with the schema where `org.toml` has it, as seen from there.
pub(super) fn head(files: &Files) -> String {
    let first = files.text("org.toml").and_then(|it| it.lines().next()).and_then(|it| it.strip_prefix("#:schema "));
    let folder = first
        .and_then(|it| it.trim().strip_suffix("org.schema.json"))
        .filter(|it| !it.starts_with('/') && !it.contains(':'));
    let schema = folder.map(|it| format!("#:schema ../{it}assigned.schema.json\n\n")).unwrap_or_default();
    format!(
        "{schema}# Written by `dogwatch cover` and `dogwatch balance`. The rows of one swap bear the same word; what is owed is counted from them.\n"
    )
}

/// Writes the files, if what they will say can be read.
pub(super) fn write(session: &Session, files: &Files, texts: &BTreeMap<String, String>) -> Result<()> {
    let mut after = files.clone();
    for (name, text) in texts {
        after.insert(name, text.clone());
    }
    let (_, diagnostics) = config::read(&after);
    if let Some(error) = diagnostics.iter().find(|it| it.severity == Severity::Error) {
        return Err(Failure::new(format!(
            "what would be written cannot be read, and is not written: {}",
            error.message
        )));
    }
    let folder = session.folder();
    for name in texts.keys() {
        let path = folder.join(name);
        whole::may_write(&path).map_err(|error| whole::not_written(&path, &error).hint("nothing was written"))?;
    }
    for (name, text) in texts {
        let path = folder.join(name);
        std::fs::create_dir_all(folder.join("assigned")).map_err(|error| whole::not_written(&path, &error))?;
        whole::written(&path, text)?;
    }
    Ok(())
}
