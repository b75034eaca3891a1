//! What happened before, for commands that need it: files of episodes.

use crate::cli::fit::{load_files, mapping_named};
use crate::cli::{Failure, Result, Session};
use crate::history::{History, Loaded};
use crate::org::Org;

/// Where the past is read from.
#[derive(Debug, clap::Args)]
pub struct Past {
    /// A file of past episodes, as `fit` reads them; may stand several times
    #[arg(long, value_name = "FILE")]
    history: Vec<String>,
    /// How columns of CSV make episodes: a file, or the name of a mapping that is built in
    #[arg(long, value_name = "MAPPING", requires = "history")]
    mapping: Option<String>,
    /// The zone of times that bear no offset, where the mapping says none
    #[arg(long, value_name = "ZONE", requires = "history")]
    times_in: Option<String>,
}

impl Past {
    /// The episodes, with people and teams called as in the organisation; `None`, if no file is named.
    pub(super) fn load(&self, org: &Org, session: &mut Session) -> Result<Option<History>> {
        if self.history.is_empty() {
            return Ok(None);
        }
        let mapping = self.mapping.as_ref().map(|it| mapping_named(it, self.times_in.as_deref(), session));
        let Loaded { mut history, losses, .. } = load_files(&self.history, mapping.transpose()?.as_ref())?;
        if history.is_empty() {
            return Err(
                Failure::new("there are no episodes in it").hint("`dogwatch fit` says of each row why it was not used")
            );
        }
        if !losses.is_empty() {
            session.printer.hint("some rows of the history were not used: `dogwatch fit` says which, and why");
        }
        history.known_to(org);
        Ok(Some(history))
    }
}
