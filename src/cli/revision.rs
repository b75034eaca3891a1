//! The files as they were: `--against REV` asks git.

use std::path::Path;
use std::process::Command;

use crate::cli::{Failure, Result, Session, mistakes};
use crate::config::{self, Files, Severity};
use crate::org::Org;

/// The most bytes of one file: what is read from disk may not be larger either.
const MOST_BYTES: usize = 64 << 20;

/// The organisation as a revision of its repository has it.
pub(super) fn at(session: &Session, revision: &str) -> Result<Org> {
    let folder = session.folder();
    let asked = format!("{revision}^{{commit}}");
    let commit =
        git(&folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &asked]).map_err(|failure| {
            match failure.message {
                // Git says nothing where it is quiet.
                None => Failure::new(format!("there is no revision `{revision}`"))
                    .hint("a branch, a tag or a commit: `--against main`, `--against HEAD~1`"),
                Some(_) => failure,
            }
        })?;
    let commit = String::from_utf8_lossy(&commit).trim().to_owned();
    let listed = git(&folder, &["ls-tree", "-r", "-z", &commit, "."])?;
    let mut files: Vec<(String, String)> = Vec::new();
    for entry in listed.split(|it| *it == 0).filter(|it| !it.is_empty()) {
        let entry = String::from_utf8_lossy(entry);
        let Some((about, name)) = entry.split_once('\t') else { continue };
        let hidden = name.split('/').any(|it| it.starts_with('.'));
        let ours = [".toml", ".ics"].iter().any(|it| name.to_lowercase().ends_with(it));
        // A link is no ordinary file.
        if hidden || !ours || !about.starts_with("100") {
            continue;
        }
        let bytes = git(&folder, &["cat-file", "blob", &format!("{commit}:./{name}")])?;
        let text = String::from_utf8(bytes).ok().filter(|it| it.len() <= MOST_BYTES);
        let text = text.ok_or_else(|| Failure::new(format!("`{name}` in `{revision}` is no text")))?;
        files.push((name.to_owned(), text));
    }
    if files.is_empty() {
        return Err(Failure::new(format!("there is nothing in `{}` at `{revision}`", folder.display())));
    }
    let files: Files = files.into_iter().collect();
    let (org, diagnostics) = config::read(&files);
    org.ok_or_else(|| {
        let errors = diagnostics.iter().filter(|it| it.severity == Severity::Error).count();
        Failure::new(format!("{errors} {} in the files of `{revision}`", mistakes(errors)))
    })
}

fn git(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let output =
        output.map_err(|error| Failure::new(format!("`--against` asks git, which could not be run: {error}")))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    match String::from_utf8_lossy(&output.stderr).trim() {
        "" => Err(Failure::told()),
        told => Err(Failure::new(format!("git: {}", told.trim_start_matches("fatal: ")))),
    }
}
