//! The files of an organisation, in memory.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// How large one file may be.
const MOST_BYTES: u64 = 64 << 20;
/// How deep folders are looked into for calendars.
const MOST_DEPTH: usize = 8;

/// File names, relative to the folder that holds `org.toml`, and what is in them.
///
/// ```
/// use dogwatch::config::{self, Files};
///
/// let files: Files = [
///     ("org.toml", "zone = 'Europe/Dublin'"),
///     ("people.toml", "[ana]\nname = 'Ana'\nzone = 'Europe/Dublin'"),
///     ("web.toml", "[[layers]]\npeople = ['anna']\nfrom = 2026-01-05\nhandoff = { every = 'week', on = 'Mon', at = '10:00' }"),
/// ]
/// .into_iter()
/// .collect();
/// let (org, diagnostics) = config::read(&files);
/// assert!(org.is_none());
/// assert_eq!(diagnostics[0].message, "no such person: `anna`");
/// assert_eq!(diagnostics[0].help, ["did you mean `ana`?"]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Files {
    folder: String,
    files: BTreeMap<String, Result<Text, String>>,
}

/// A file's text, and where its lines start.
#[derive(Debug, Clone)]
struct Text {
    text: String,
    line_starts: Vec<usize>,
}

/// A folder could not be read.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// There is none.
    #[error("there is no folder `{}`", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
    },
    /// It is there, but not for us.
    #[error("could not read `{}`: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Files {
    /// Reads a folder: its TOML files, those in `assigned/`, and calendars at any depth.
    ///
    /// # Errors
    ///
    /// [`LoadError`] if the folder or something in it cannot be read. A file that is no text is not such an
    /// error; [`read`](crate::config::read) reports it.
    pub fn load(folder: &Path) -> Result<Files, LoadError> {
        if !folder.is_dir() {
            return Err(LoadError::Missing { folder: folder.to_owned() });
        }
        let mut files = Files { folder: format!("{}/", folder.display()), files: BTreeMap::new() };
        files.load_into(folder, "", 0)?;
        Ok(files)
    }

    fn load_into(&mut self, folder: &Path, prefix: &str, depth: usize) -> Result<(), LoadError> {
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |source| LoadError::Io { path, source }
        };
        for entry in std::fs::read_dir(folder).map_err(failed(folder))? {
            let path = entry.map_err(failed(folder))?.path();
            let Some(file_name) = path.file_name() else { continue };
            let Some(name) = file_name.to_str() else {
                let name = file_name.to_string_lossy();
                if is_toml(&name) || is_calendar(&name) {
                    self.files.insert(format!("{prefix}{name}"), Err("its name is not UTF-8".to_owned()));
                }
                continue;
            };
            if name.starts_with('.') {
                continue;
            }
            let key = format!("{prefix}{name}");
            let ours = is_toml(name) || is_calendar(name);
            let meta = match std::fs::metadata(&path) {
                Ok(meta) => meta,
                Err(error) if ours => return Err(failed(&path)(error)),
                // A link to nowhere, such as an editor's lock, is none of our business.
                Err(_) => continue,
            };
            if meta.is_dir() {
                // A link to a folder may lead back up.
                let link = std::fs::symlink_metadata(&path).is_ok_and(|it| it.is_symlink());
                if depth < MOST_DEPTH && !link {
                    self.load_into(&path, &format!("{key}/"), depth + 1)?;
                }
            } else if ours {
                let content = if !meta.is_file() {
                    // Reading a pipe would wait for somebody to write into it.
                    Err("it is no ordinary file".to_owned())
                } else if meta.len() > MOST_BYTES {
                    Err(format!("it is larger than {} MiB", MOST_BYTES >> 20))
                } else {
                    Text::new(std::fs::read(&path).map_err(failed(&path))?)
                };
                self.files.insert(key, content);
            }
        }
        Ok(())
    }

    /// Files that are not written yet, as if they stood in this folder.
    pub fn in_folder(folder: &Path, files: impl IntoIterator<Item = (String, String)>) -> Files {
        Files { folder: format!("{}/", folder.display()), ..files.into_iter().collect() }
    }

    /// Puts a file beside the others, or in place of the one of that name.
    pub fn insert(&mut self, name: &str, text: String) {
        self.files.insert(name.to_owned(), Text::new(text.into_bytes()));
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// What is in a file; `None` if there is no such file, or it is no text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.files.get(name)?.as_ref().ok().map(|it| it.text.as_str())
    }

    /// The line, from 1, on which a byte of a file stands.
    pub fn line(&self, name: &str, at: usize) -> usize {
        let Some(Ok(text)) = self.files.get(name) else { return 1 };
        text.line_starts.partition_point(|start| *start <= at)
    }

    /// The bytes of the line, without its end, on which a byte of a file stands.
    pub(crate) fn line_span(&self, name: &str, at: usize) -> Range<usize> {
        let Some(Ok(text)) = self.files.get(name) else { return 0..0 };
        let line = text.line_starts.partition_point(|start| *start <= at);
        let start = text.line_starts[line - 1];
        let end = text.line_starts.get(line).map_or(text.text.len(), |next| next - 1);
        start..start + text.text[start..end].trim_end_matches('\r').len()
    }

    /// Why a file that is there is no text.
    pub(crate) fn unreadable(&self, name: &str) -> Option<&str> {
        self.files.get(name)?.as_ref().err().map(String::as_str)
    }

    /// A file's name from where the organisation lies: `rotations/search.toml`, wherever one stands.
    pub fn source_name(&self, name: &str) -> String {
        match Path::new(&self.folder).file_name().and_then(|it| it.to_str()) {
            Some(folder) => format!("{folder}/{name}"),
            None => name.to_owned(),
        }
    }

    /// A file's name as a person would type it from where they stand.
    pub fn display(&self, name: &str) -> String {
        format!("{}{name}", self.folder)
    }
}

impl<N: Into<String>, T: Into<String>> FromIterator<(N, T)> for Files {
    fn from_iter<I: IntoIterator<Item = (N, T)>>(files: I) -> Self {
        let files = files.into_iter().map(|(name, text)| (name.into(), Text::new(text.into().into_bytes())));
        Files { folder: String::new(), files: files.collect() }
    }
}

impl Text {
    /// A text of these bytes, or why they are none.
    fn new(bytes: Vec<u8>) -> Result<Text, String> {
        let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
        let line_starts: Vec<usize> = [0].into_iter().chain(starts).collect();
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Text { text, line_starts }),
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                Err(format!("line {} is not UTF-8 text", line_starts.partition_point(|start| *start <= valid)))
            }
        }
    }
}

/// Whether a file is TOML by its name, in whatever case a machine may have written it.
pub(crate) fn is_toml(name: &str) -> bool {
    has_ending(name, ".toml")
}

pub(crate) fn is_calendar(name: &str) -> bool {
    has_ending(name, ".ics")
}

fn has_ending(name: &str, ending: &str) -> bool {
    let at = name.len().saturating_sub(ending.len());
    name.get(at..).is_some_and(|it| it.eq_ignore_ascii_case(ending))
}
