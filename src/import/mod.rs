//! From other programs' files to ours: foreign text in, TOML text out, and a report of what could not be carried.
//!
//! Nothing here touches a disk. Each source reads its own format into nodes with their places (`yaml`, `json`),
//! says what it means (`alertmanager`, `terraform`, `pagerduty`), and writes files (`toml_files`); what is PagerDuty's becomes an
//! `account` first, of which `organisation` makes the files, whoever read it. [`Imported::notes`] say line by line what the files do not hold, and what happens instead.
//!
//! ```
//! use dogwatch::import::{Layout, ReceiverMap, alertmanager};
//!
//! let text = "route: { receiver: ops, routes: [{ matchers: ['team=db'], receiver: dba }] }\nreceivers: [{ name: ops }, { name: dba }]";
//! let map = ReceiverMap::parse("map.toml", "dba = 'storage-ops'").unwrap();
//! let (imported, mistakes) = alertmanager::read("alertmanager.yml", text, &map, &Layout::default());
//! assert!(mistakes.is_empty());
//! let (_, escalation) = &imported.unwrap().files[0];
//! assert!(escalation.contains("{ when = { team = \"db\" }, page = \"storage-ops\", label = \"dba\" },"));
//! ```

mod account;
pub mod alertmanager;
mod edges;
mod json;
mod layers;
pub mod matcher;
mod node;
mod organisation;
pub mod pagerduty;
mod pcl;
mod receivers;
pub mod terraform;
mod toml_files;
mod yaml;

use crate::org::is_unseen;

pub use receivers::{ReceiverMap, Target};
pub use toml_files::Layout;
pub(crate) use toml_files::{key, list, long_list, quote};

/// What an import makes.
#[derive(Debug, Clone)]
pub struct Imported {
    /// What was read, in one line.
    pub summary: String,
    /// Paths below `rotations/`, and texts.
    pub files: Vec<(String, String)>,
    /// In the order of the source.
    pub notes: Vec<Note>,
}

/// Something that the files do not hold as the source did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Whether somebody has to look at it.
    pub weight: Weight,
    /// A name for its kind: `mute-intervals`.
    pub code: &'static str,
    /// Its line in the source, if it has one.
    pub line: Option<usize>,
    /// What it is.
    pub what: String,
    /// What happens instead.
    pub instead: String,
}

/// How much a note matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Somebody would be paged otherwise, or at another time.
    Attention,
    /// Nobody is paged otherwise; worth knowing.
    Remark,
}

/// A foreign name in a message: what is longer than a line is cut.
pub(in crate::import) fn brief(name: &str) -> String {
    let mut letters = name.chars();
    let mut short: String =
        letters.by_ref().take(LONGEST_NAME).map(|it| if is_unseen(it) { ' ' } else { it }).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    short
}

/// Letters of a name that are told.
const LONGEST_NAME: usize = 100;
