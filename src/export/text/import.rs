//! `import`: the files, and what they do not hold.

use std::fmt::Write as _;

use crate::export::text::{BAD, FAINT, styled};
use crate::import::{Imported, Weight};

/// The files one after the other; if there are several, each below its name.
pub fn imported(imported: &Imported) -> String {
    match imported.files.as_slice() {
        [(_, text)] => text.clone(),
        files => files.iter().map(|(path, text)| format!("# ---- rotations/{path}\n{text}\n")).collect(),
    }
}

/// What was read, and line by line what the files do not hold as it did.
pub fn import_report(file: &str, imported: &Imported) -> String {
    let mut out = format!("{file}: {}\n", imported.summary);
    for note in &imported.notes {
        let place = match note.line {
            Some(line) => format!("{file}:{line}"),
            None => file.to_owned(),
        };
        let what = match note.weight {
            Weight::Attention => styled(BAD, &note.what),
            Weight::Remark => note.what.clone(),
        };
        let _ = writeln!(out, "  {}  {what}\n      {}", styled(FAINT, &place), note.instead);
    }
    out
}
