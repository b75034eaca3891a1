//! `dogwatch init`

use std::fs;

use chrono::Weekday;

use crate::cli::{ExitStatus, Failure, Result, Session, whole};
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
        let files = starter(&reader.zone, monday);
        whole::write_folder(&folder, &files).map_err(|(path, error)| whole::not_written(&path, &error))?;
        session.printer.answer(&format!(
            "wrote a small organisation to {}\n\ntry: dogwatch who shop\n     dogwatch show\n     dogwatch check\n",
            folder.display()
        ));
        Ok(ExitStatus::Clean)
    }
}
