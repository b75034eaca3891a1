//! `dogwatch init`

use std::fs;
use std::path::Path;

use chrono::{Datelike, Weekday};

use crate::cli::{ExitStatus, Failure, Result, Session};
use crate::config::starter;
use crate::time::Zone;

/// Writes a small organisation to edit, into `rotations/`
#[derive(Debug, clap::Args)]
#[command(after_help = "Its zone is that of `--zone`, else UTC. Nothing that is there already is touched.")]
pub struct Init {}

impl Init {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let reader = session.reader(&Zone::utc())?;
        let folder = session.folder();
        if fs::read_dir(&folder).is_ok_and(|mut it| it.next().is_some()) || folder.is_file() {
            return Err(Failure::new(format!("`{}` is there already, and is left alone", folder.display()))
                .hint("`-C DIR` names another folder to begin in"));
        }
        let today = reader.zone.day(reader.now);
        // A week ago, so that somebody is on call from the first question on.
        let monday = today.week(Weekday::Mon).first_day() - chrono::Days::new(7);
        // All of it appears at once, or nothing does.
        let draft = folder.with_file_name(format!(".rotations-{}-{}", std::process::id(), today.ordinal()));
        let written = write_all(&draft, &starter(&reader.zone, monday)).and_then(|()| fs::rename(&draft, &folder));
        if let Err(error) = written {
            // What was begun is nobody's; that it may not go away changes nothing.
            let _ = fs::remove_dir_all(&draft);
            return Err(Failure::new(format!("could not write `{}`: {error}", folder.display())));
        }
        session.printer.answer(&format!(
            "wrote a small organisation to {}\n\ntry: dogwatch who shop\n     dogwatch show\n     dogwatch check\n",
            folder.display()
        ));
        Ok(ExitStatus::Clean)
    }
}

fn write_all(folder: &Path, files: &[(String, String)]) -> std::io::Result<()> {
    for (name, text) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, text)?;
    }
    Ok(())
}
