//! `import`: what was made, and what was not.

use crate::export::json::{VERSION, views};
use crate::import::{Imported, Weight};

views! {
    /// The answer of `import`.
    struct ImportView {
        /// The version of this document.
        version: u32,
        /// "import".
        kind: &'static str,
        /// "alertmanager", "pagerduty" or "terraform".
        source: &'static str,
        /// The file that was read, or "PagerDuty".
        file: String,
        /// What was read, in one line.
        summary: String,
        /// What was made; paths are below `rotations/`.
        files: Vec<ImportedFileView>,
        /// The files that were written; none without `--into`.
        written: Vec<String>,
        /// What the files do not hold as the source did, in its order.
        notes: Vec<ImportNoteView>,
    }

    /// A file.
    struct ImportedFileView {
        /// Below `rotations/`.
        path: String,
        /// What is in it.
        text: String,
    }

    /// Something that the files do not hold as the source did.
    struct ImportNoteView {
        /// "attention" if somebody would be paged otherwise, or at another time; else "remark".
        weight: &'static str,
        /// A name for its kind.
        code: &'static str,
        /// Its line in the source.
        line: Option<usize>,
        /// What it is.
        what: String,
        /// What happens instead.
        instead: String,
    }
}

/// The view of an import.
pub fn import(source: &'static str, file: &str, imported: &Imported, written: &[String]) -> ImportView {
    ImportView {
        version: VERSION,
        kind: "import",
        source,
        file: file.to_owned(),
        summary: imported.summary.clone(),
        files: imported
            .files
            .iter()
            .map(|(path, text)| ImportedFileView { path: path.clone(), text: text.clone() })
            .collect(),
        written: written.to_vec(),
        notes: imported
            .notes
            .iter()
            .map(|it| ImportNoteView {
                weight: match it.weight {
                    Weight::Attention => "attention",
                    Weight::Remark => "remark",
                },
                code: it.code,
                line: it.line,
                what: it.what.clone(),
                instead: it.instead.clone(),
            })
            .collect(),
    }
}
