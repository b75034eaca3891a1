//! The mistakes that people make in files, and the whole of what they are told.
//!
//! Each file in `tests/cases/diagnostics/` is one mistake, named after it: a sentence on what somebody did, the files
//! that matter, and the message.
//!
//! ```text
//! Somebody misspelt a name.
//!
//! -- storage-ops.toml --
//! [[layers]]
//! people = ["cloe"]
//! …
//! -- expected --
//! error[unknown-person]: …
//! ```
//!
//! Files that a case does not give are those of `base.txt`. A word between brackets after a file's name changes it:
//! `(gone)` takes it away, `(latin-1)` and `(crlf)` write it so, `(bom)` puts a byte order mark before it.
//!
//! A case with a `mapping.toml` is about the mapping of a CSV file.
//!
//! `DOGWATCH_BLESS=1 cargo test diagnostics` writes what is said now into the cases; read it before you keep it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dogwatch::config::{self, Diagnostic, Files, Severity};
use regex::Regex;

use crate::sections::{Section, sections};

/// One file of the folder.
struct Case {
    path: PathBuf,
    /// What stands before the expectation.
    head: String,
    files: BTreeMap<String, (How, String)>,
    expected: Option<String>,
}

/// How a file is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Plain,
    Gone,
    Latin1,
    Crlf,
    Bom,
}

/// What came of a case.
struct Told {
    diagnostics: Vec<Diagnostic>,
    text: String,
}

/// A case with this file is about the mapping of a CSV file, and is read alone.
const MAPPING: &str = "mapping.toml";

const EXPECTED: &str = "-- expected --\n";

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/cases/diagnostics")
}

impl Case {
    fn read(path: &Path) -> Case {
        let text = fs::read_to_string(path).unwrap();
        let (head, expected) = match text.split_once(EXPECTED) {
            Some((head, expected)) => (head.to_owned(), Some(expected.to_owned())),
            None => (text, None),
        };
        let mut files: BTreeMap<String, (How, String)> = BTreeMap::new();
        for Section { name, how, text } in sections(&head) {
            let how = match how.as_deref() {
                None => How::Plain,
                Some("gone") => How::Gone,
                Some("latin-1") => How::Latin1,
                Some("crlf") => How::Crlf,
                Some("bom") => How::Bom,
                Some(other) => panic!("{}: no such way to write a file: {other}", path.display()),
            };
            let before = files.insert(name.clone(), (how, text));
            assert!(before.is_none(), "{}: two files {name}", path.display());
        }
        assert!(!files.is_empty(), "{}: a case gives at least one file", path.display());
        Case { path: path.to_owned(), head, files, expected }
    }

    fn name(&self) -> &str {
        self.path.file_stem().unwrap().to_str().unwrap()
    }

    /// Writes the files into a folder, reads them as a command does, and shows what is wrong.
    fn told(&self, base: &Case) -> Told {
        let folder = tempfile::tempdir().unwrap();
        for (name, (how, text)) in
            base.files.iter().filter(|(name, _)| !self.files.contains_key(*name)).chain(&self.files)
        {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            match how {
                How::Gone => {}
                How::Plain => fs::write(path, text).unwrap(),
                How::Crlf => fs::write(path, text.replace('\n', "\r\n")).unwrap(),
                How::Bom => fs::write(path, format!("\u{feff}{text}")).unwrap(),
                How::Latin1 => {
                    let bytes: Vec<u8> = text.chars().map(|it| u8::try_from(u32::from(it)).unwrap()).collect();
                    fs::write(path, bytes).unwrap();
                }
            }
        }
        let files = Files::load(folder.path()).unwrap();
        let (nothing, diagnostics) = match self.files.contains_key(MAPPING) {
            true => {
                let (mapping, diagnostics) = config::mapping(&files, MAPPING, None);
                (mapping.is_none(), diagnostics)
            }
            false => {
                let (org, diagnostics) = config::read(&files);
                (org.is_none(), diagnostics)
            }
        };
        let errors = diagnostics.iter().any(|it| it.severity == Severity::Error);
        assert_eq!(nothing, errors, "{}: files mean something just when there is no error", self.name());
        let text = config::render(&diagnostics, &files, false);
        Told { diagnostics, text: text.replace(&format!("{}/", folder.path().display()), "") }
    }
}

/// Every file of the folder, `base` among them, and what came of it.
static CASES: LazyLock<Vec<(Case, Told)>> = LazyLock::new(|| {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder()).unwrap().map(|it| it.unwrap().path()).collect();
    paths.sort();
    for path in &paths {
        assert!(path.extension().is_some_and(|it| it == "txt"), "{} is not a case", path.display());
    }
    let base = Case::read(&folder().join("base.txt"));
    let told = |path: &PathBuf| {
        let case = Case::read(path);
        let told = case.told(&base);
        (case, told)
    };
    paths.iter().map(told).collect()
});

#[test]
fn each_mistake_is_told_as_it_is_written() {
    let bless = std::env::var_os("DOGWATCH_BLESS").is_some();
    let mut wrong = Vec::new();
    for (case, Told { text, .. }) in CASES.iter() {
        if bless {
            fs::write(&case.path, format!("{}{EXPECTED}{}\n", case.head, text.trim_end())).unwrap();
        } else if case.expected.as_deref().map(str::trim_end) != Some(text.trim_end()) {
            let expected = case.expected.as_deref().unwrap_or("(the case has no `-- expected --`)\n");
            wrong.push(format!("{}\n\nexpected:\n{expected}\nfound:\n{text}", case.path.display()));
        }
    }
    assert!(wrong.is_empty(), "{} cases differ\n\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn each_kind_of_mistake_has_a_case() {
    let shown: Vec<&str> = CASES.iter().flat_map(|(_, told)| &told.diagnostics).map(|it| it.code).collect();
    let missing: Vec<String> = codes().into_iter().filter(|it| !shown.contains(&it.as_str())).collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

#[test]
fn each_message_is_in_lower_case_and_brings_a_cure() {
    let weekday = Regex::new("^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) ").unwrap();
    for (case, told) in CASES.iter() {
        for it in &told.diagnostics {
            let name = case.name();
            let begins = it.message.chars().next().unwrap();
            assert!(!begins.is_uppercase() || weekday.is_match(&it.message), "{name}: {}", it.message);
            for line in it.help.iter().chain([&it.message]) {
                assert!(!line.ends_with('.'), "{name}: a full stop at the end of: {line}");
                assert!(!line.contains('\n') || line.starts_with('['), "{name}: several lines: {line}");
            }
            assert!(!it.help.is_empty(), "{name}: no cure for: {}", it.message);
        }
    }
}

/// The codes that stand in the sources.
fn codes() -> Vec<String> {
    fn collect(folder: &Path, codes: &mut Vec<String>) {
        let code = Regex::new(r#"\b(?:error|fail)\(\s*"([a-z-]+)""#).unwrap();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(&path, codes);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                codes.extend(code.captures_iter(&text).map(|it| it[1].to_owned()));
            }
        }
    }
    let mut codes = Vec::new();
    collect(&root().join("src/config"), &mut codes);
    codes.sort();
    codes.dedup();
    assert!(codes.len() > 50, "only {} codes were found", codes.len());
    codes
}
