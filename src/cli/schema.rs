//! `dogwatch schema`

use crate::cli::{ExitStatus, Failure, Result, Session};
use crate::org::nearest;
use crate::schemas::SCHEMAS;

/// JSON Schemas of the files and of the answers in JSON
#[derive(Debug, clap::Args)]
pub struct Schema {
    /// Which; absent, they are listed: org, people, services, rotation, assigned, escalation, mapping, episode; who, now, show, answers, graph, test, route, check, edit, cover, balance, ready, drills, report, plan, verify, import, history, fit, split, rotation-list, person-list
    name: Option<String>,
}

impl Schema {
    pub(super) fn run(&self, session: &mut Session) -> Result<ExitStatus> {
        let Some(name) = &self.name else {
            for (name, _) in SCHEMAS {
                session.printer.answer(&format!("{name}\n"));
            }
            return Ok(ExitStatus::Clean);
        };
        let found = SCHEMAS.iter().find(|(it, _)| it == name).ok_or_else(|| {
            let failure = Failure::new(format!("there is no schema `{name}`"));
            match nearest(name, SCHEMAS.iter().map(|(it, _)| *it)).first() {
                Some(near) => failure.hint(format!("did you mean `{near}`?")),
                None => failure.hint("`dogwatch schema` lists them"),
            }
        })?;
        session.printer.answer(found.1);
        Ok(ExitStatus::Clean)
    }
}
