//! Alerts as monitors send them: JSON → tags and an instant.
//!
//! Lines of tags, Alertmanager's webhook bodies, lists of either: what a file holds is told by its content. It is read
//! piece by piece, so its size does not matter; what cannot be read is told with its lines, and skipped.

mod decode;
mod split;

pub use split::{Alerts, Piece, Unread};

use crate::org::Tags;
use crate::time::Instant;

/// One alert.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alert {
    /// What it carries. As in Alertmanager, of a name that stands twice the last one counts, and `null` is a missing tag.
    pub tags: Tags,
    /// When it opened, if it says.
    pub opened: Option<Instant>,
    /// It says that it is over: nobody is paged for it any more.
    pub resolved: bool,
}
