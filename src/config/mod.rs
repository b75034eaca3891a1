//! From files to an organisation, with every mistake found in one run.
//!
//! [`read`] takes all files at once. It first decodes each, row by row, then resolves names across them; what is
//! wrong in one place does not hide what is wrong in another. No mistake is reported twice for following from
//! another.

mod decode;
mod diagnostic;
mod files;
mod ics;
mod mapping;
mod raw;
mod resolve;
#[cfg(test)]
mod schema;
mod start;

pub use diagnostic::{Diagnostic, Severity, render};
pub use files::{Files, LoadError};
pub(crate) use files::{is_calendar, is_toml};
pub use mapping::{Layout, Mapping, Moment, StepColumn, StepKind, TimeColumn, When, known_mapping, known_mappings};
pub(crate) use resolve::is_email;
pub use resolve::{mapping, read};
#[cfg(test)]
pub(crate) use schema::schemas as file_schemas;
pub use start::{schema_files, starter};
