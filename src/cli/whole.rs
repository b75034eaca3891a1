//! Files that nobody ever reads half of.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::cli::{Failure, Result};

/// No file that somebody names is larger than this, in bytes; account, plan or mapping.
const MOST_BYTES: u64 = 256 << 20;

/// The text of a file; what never ends, such as `/dev/zero`, is refused.
pub fn read(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(MOST_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("it is larger than {} MiB", MOST_BYTES >> 20)));
    }
    Ok(text)
}

/// Writes a file under a name of its own first, and renames it. A link keeps leading where it leads, and what is no ordinary
/// file, such as a pipe or `/dev/stdout`, is written to and stays what it is. A file that may not be written is left alone:
/// to take its place, only the folder would have to be writable. Other names of the same file (hard links) keep what it was.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    may_write(path)?;
    match fs::metadata(path) {
        Ok(there) if there.is_file() => replace(&fs::canonicalize(path)?, text),
        Ok(_) => File::options().write(true).open(path)?.write_all(text.as_bytes()),
        // A link to nothing yet.
        Err(_) if fs::symlink_metadata(path).is_ok() => fs::write(path, text),
        Err(_) => replace(path, text),
    }
}

/// Whether a file that is there may be written; one that is not there may be. For who writes several, and asks before the first.
pub fn may_write(path: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        // Whoever runs everything as root is told by the mode alone.
        Ok(there) if there.is_file() && there.permissions().readonly() => Err(read_only()),
        Ok(there) if there.is_file() => match File::options().write(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Err(read_only()),
            other => other.map(drop),
        },
        _ => Ok(()),
    }
}

fn read_only() -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only, and is left as it is")
}

/// The same for commands: what went wrong is told.
pub(super) fn written(path: &Path, text: &str) -> Result<()> {
    write(path, text).map_err(|error| not_written(path, &error))
}

/// Why a file could not be written, and what helps.
pub(super) fn not_written(path: &Path, error: &io::Error) -> Failure {
    let failure = Failure::new(format!("could not write `{}`: {error}", path.display()));
    match error.kind() {
        io::ErrorKind::PermissionDenied if path.is_file() => failure.hint("make it writable, or name another file"),
        _ => failure,
    }
}

/// A file or folder that could not be written, and why.
type Broken = (PathBuf, io::Error);

/// Writes the files of a folder that is not there, or empty: beside it under a name of its own, which then becomes its name. So
/// whoever is stopped in between leaves nothing where it shall be, and what is left beside is in nobody's way.
pub(super) fn write_folder(folder: &Path, files: &[(String, String)]) -> std::result::Result<(), Broken> {
    // A link keeps leading where it leads.
    let place = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let failed = |error| (folder.to_owned(), error);
    let parent = place.parent().unwrap_or(Path::new(""));
    let made = missing(parent);
    let result = fs::create_dir_all(parent).map_err(failed).and_then(|()| {
        let draft = drafted(&place, |it| fs::create_dir(it)).map_err(failed)?.0;
        let moved = fill(&draft, files)
            .map_err(|(name, error)| (folder.join(name), error))
            .and_then(|()| keep_mode(&place, &draft).and_then(|()| fs::rename(&draft, &place)).map_err(failed));
        if moved.is_err() {
            // What was begun is nobody's; that it may not go away changes nothing.
            let _ = fs::remove_dir_all(&draft);
        }
        match moved {
            // Where another file system begins, no name can change.
            Err((_, error)) if matches!(error.kind(), io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices) => {
                let files: Vec<(PathBuf, &str)> = files.iter().map(|(it, text)| (folder.join(it), &**text)).collect();
                write_new(&files)
            }
            moved => moved,
        }
    });
    if result.is_err() {
        take_back(&made);
    }
    result
}

/// Writes files below a folder.
fn fill(folder: &Path, files: &[(String, String)]) -> std::result::Result<(), (String, io::Error)> {
    files.iter().try_for_each(|(name, text)| {
        let path = folder.join(name);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        made.and_then(|()| fs::write(&path, text)).map_err(|error| (name.clone(), error))
    })
}

/// Writes files, of which none is there, each under a name that nobody reads, then gives all of them theirs; takes back what
/// was done if one fails.
pub(super) fn write_new(files: &[(PathBuf, &str)]) -> std::result::Result<(), Broken> {
    let mut drafts = Vec::new();
    let mut named: Vec<&Path> = Vec::new();
    let mut made: Vec<PathBuf> = Vec::new();
    let result = files.iter().try_for_each(|(path, text)| {
        let failed = |error| (path.clone(), error);
        if let Some(parent) = path.parent() {
            made.extend(missing(parent));
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let (draft, mut file) = drafted(path, |it| File::create_new(it)).map_err(failed)?;
        drafts.push(draft);
        file.write_all(text.as_bytes()).map_err(failed)
    });
    let result = result.and_then(|()| {
        files.iter().zip(&drafts).try_for_each(|((path, _), draft)| {
            // A link fails where a file is: one that somebody else wrote meanwhile is not overwritten.
            let linked = fs::hard_link(draft, path).or_else(|error| match error.kind() {
                io::ErrorKind::AlreadyExists => Err(error),
                // Not every file system has links.
                _ if path.exists() => Err(error),
                _ => fs::rename(draft, path),
            });
            linked.map_err(|error| (path.clone(), error))?;
            named.push(path);
            Ok(())
        })
    });
    let undone = named.into_iter().filter(|_| result.is_err());
    for path in drafts.iter().map(PathBuf::as_path).chain(undone) {
        // What was begun is nobody's; that it may not go away changes nothing.
        let _ = fs::remove_file(path);
    }
    if result.is_err() {
        made.sort();
        made.reverse();
        take_back(&made);
    }
    result
}

/// The folders that would have to be made for this one, it first.
fn missing(folder: &Path) -> Vec<PathBuf> {
    let new = folder.ancestors().take_while(|it| !it.as_os_str().is_empty() && !it.exists());
    new.map(Path::to_path_buf).collect()
}

/// Removes folders that were made, deepest first. What is not empty is somebody else's meanwhile.
fn take_back(made: &[PathBuf]) {
    for folder in made {
        let _ = fs::remove_dir(folder);
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let (draft, mut file) = drafted(path, |it| File::create_new(it))?;
    let written = file.write_all(text.as_bytes());
    drop(file);
    let written = written.and_then(|()| keep_mode(path, &draft)).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // What was begun is nobody's; that it may not go away changes nothing.
        let _ = fs::remove_file(&draft);
    }
    written
}

/// Makes something beside a path, under a name that says whose it is and that nothing has: not even what a run left that was
/// killed, and whose number has come round again.
fn drafted<T>(path: &Path, make: impl Fn(&Path) -> io::Result<T>) -> io::Result<(PathBuf, T)> {
    let name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    for number in 0..MOST_DRAFTS {
        let mut draft = std::ffi::OsString::from(".");
        draft.push(name);
        draft.push(format!(".dogwatch-{}-{number}", std::process::id()));
        let draft = path.with_file_name(draft);
        match make(&draft) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            made => return made.map(|made| (draft, made)),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// How many names for a draft are tried.
const MOST_DRAFTS: u32 = 1_000;

/// Whoever may read and write what is there, may go on to.
fn keep_mode(path: &Path, draft: &Path) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) => fs::set_permissions(draft, there.permissions()),
        Err(_) => Ok(()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_a_link_stays_one() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link, ahead) = (folder.path().join("file"), folder.path().join("link"), folder.path().join("ahead"));
        write(&file, "one").unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        write(&link, "two").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        std::os::unix::fs::symlink("later", &ahead).unwrap();
        write(&ahead, "three").unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("later")).unwrap(), "three");
        for it in [&link, &ahead] {
            assert!(fs::symlink_metadata(it).unwrap().is_symlink());
        }
        let mut names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        assert_eq!(names, ["ahead", "file", "later", "link"], "no draft is left");
    }

    #[test]
    fn a_file_that_others_may_write_stays_one() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "one").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o664)).unwrap();
        write(&file, "two").unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o664);
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
    }

    #[test]
    fn what_is_no_file_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(write(folder.path(), "x").unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert!(folder.path().is_dir());
    }

    #[test]
    fn a_read_only_file_is_left_alone_and_other_names_of_a_file_keep_what_it_was() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (file, link, twin) = (folder.path().join("file"), folder.path().join("link"), folder.path().join("twin"));
        fs::write(&file, "one").unwrap();
        std::os::unix::fs::symlink("file", &link).unwrap();
        fs::hard_link(&file, &twin).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o444)).unwrap();
        for it in [&file, &link] {
            let error = write(it, "two").unwrap_err();
            assert_eq!(error.to_string(), "it is read-only, and is left as it is");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "one");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
        write(&link, "two").unwrap();
        let read = |it: &Path| fs::read_to_string(it).unwrap();
        assert_eq!([read(&file), read(&link), read(&twin)], ["two", "two", "one"]);
        assert_eq!(names(folder.path()), ["file", "link", "twin"]);
    }

    #[test]
    fn a_folder_is_there_as_a_whole_or_not_at_all() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("deep/rotations");
        let files = |names: &[&str]| names.iter().map(|it| ((*it).to_owned(), "x".to_owned())).collect::<Vec<_>>();
        // `a` cannot be both a file and a folder.
        let (path, _) = write_folder(&target, &files(&["a", "a/b"])).unwrap_err();
        assert_eq!(path, target.join("a/b"));
        assert_eq!(names(place.path()), [""; 0], "folders that were made are gone as well");
        write_folder(&target, &files(&["a", "b/c"])).unwrap();
        assert_eq!(names(&place.path().join("deep")), ["rotations"], "no draft is left");
        assert_eq!(names(&target), ["a", "b"]);
        // What is there is left alone.
        let (path, _) = write_folder(&target, &files(&["d"])).unwrap_err();
        assert_eq!(path, target);
        assert_eq!(names(&target), ["a", "b"]);
        assert_eq!(names(&place.path().join("deep")), ["rotations"]);
    }

    #[test]
    fn what_a_run_left_that_was_killed_is_in_nobodys_way() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("rotations");
        let left = format!(".rotations.dogwatch-{}-0", std::process::id());
        fs::create_dir(place.path().join(&left)).unwrap();
        fs::write(place.path().join(&left).join("half"), "x").unwrap();
        fs::create_dir(&target).unwrap();
        write_folder(&target, &[("a".to_owned(), "x".to_owned())]).unwrap();
        assert_eq!(names(place.path()), [left.as_str(), "rotations"]);
        assert_eq!(names(&target), ["a"]);
        // A draft that became a file, and was not taken away, is that file: it is not written into.
        let file = place.path().join("file");
        fs::write(&file, "whole").unwrap();
        fs::hard_link(&file, place.path().join(format!(".other.dogwatch-{}-0", std::process::id()))).unwrap();
        write_new(&[(place.path().join("other"), "new")]).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "whole");
        assert_eq!(fs::read_to_string(place.path().join("other")).unwrap(), "new");
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("the folder is there");
        let name =
            |it: io::Result<fs::DirEntry>| it.expect("it can be read").file_name().to_string_lossy().into_owned();
        let mut names: Vec<String> = entries.map(name).collect();
        names.sort();
        names
    }
}
