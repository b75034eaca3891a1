//! Files that nobody ever reads half of.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::Path;

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

/// Writes a file under a name of its own first, and renames it. A link keeps leading where it leads; what is no ordinary
/// file, such as a pipe or `/dev/stdout`, is written to and stays what it is.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    match fs::metadata(path) {
        Ok(there) if there.is_file() => replace(&fs::canonicalize(path)?, text),
        Ok(_) => File::options().write(true).open(path)?.write_all(text.as_bytes()),
        // A link to nothing yet.
        Err(_) if fs::symlink_metadata(path).is_ok() => fs::write(path, text),
        Err(_) => replace(path, text),
    }
}

/// The same for commands: what went wrong is told.
pub(super) fn written(path: &Path, text: &str) -> Result<()> {
    write(path, text).map_err(|error| Failure::new(format!("could not write `{}`: {error}", path.display())))
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().ok_or(io::ErrorKind::InvalidInput)?);
    name.push(format!(".{}", std::process::id()));
    let draft = path.with_file_name(name);
    let written =
        fs::write(&draft, text).and_then(|()| keep_mode(path, &draft)).and_then(|()| fs::rename(&draft, path));
    if written.is_err() {
        // What was begun is nobody's; that it may not go away changes nothing.
        let _ = fs::remove_file(&draft);
    }
    written
}

/// Whoever may read and write the file that is there, may go on to.
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
}
