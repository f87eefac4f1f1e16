//! Puts bytes into the place of a file, wholly or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// Writes `bytes` beside `path`, then moves them there. What is no ordinary file (a pipe, a terminal) is written to.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    replace_by(path, |file| file.write_all(bytes))
}

/// Lets `fill` write beside `path`, then moves the file there. What is no ordinary file (a pipe, a terminal) is written
/// to. An error of `fill` leaves everything as it was.
pub(super) fn replace_by<E: From<io::Error>>(
    path: &Path,
    fill: impl FnOnce(&mut File) -> Result<(), E>,
) -> Result<(), E> {
    // A link stays a link: what it points to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let old = fs::metadata(&target).ok();
    match &old {
        Some(old) if old.is_dir() => return Err(io::Error::from(ErrorKind::IsADirectory).into()),
        Some(old) if !old.is_file() => return fill(&mut OpenOptions::new().write(true).open(&target)?),
        _ => {}
    }
    let mut beside = Beside::create(&target)?;
    fill(&mut beside.file)?;
    if let Some(old) = old {
        // Who may read the old file may read the new one; where that cannot be set, the file is still worth having.
        if let Err(error) = beside.file.set_permissions(old.permissions()) {
            log::debug!("{}: {error}", target.display());
        }
    }
    // Before the move, lest a loss of power leave the name with an empty file.
    beside.file.sync_all()?;
    Ok(beside.move_to(&target)?)
}

/// What a person can do about an error while writing.
pub(crate) fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => "make the folder first, or choose another",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => "choose a folder that you may write to",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "free some room, or choose another disk"
        }
        ErrorKind::IsADirectory => "choose a name that no folder has",
        ErrorKind::InvalidInput | ErrorKind::InvalidFilename => "choose another name",
        _ => "try again, or choose another place",
    }
}

/// A file under a passing name; removed unless it is moved.
struct Beside {
    file: File,
    path: PathBuf,
    is_moved: bool,
}

impl Beside {
    fn create(target: &Path) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let path = folder.join(format!(".kymograph-{}-{count}.tmp", std::process::id()));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Self { file, path, is_moved: false }),
                // Left over by a process of the same number that was killed.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn move_to(mut self, target: &Path) -> io::Result<()> {
        fs::rename(&self.path, target)?;
        self.is_moved = true;
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if !self.is_moved
            && let Err(error) = fs::remove_file(&self.path)
        {
            log::warn!("{}: {error}", self.path.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn replaces_wholly_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(names(folder.path()), ["a.png"]);
    }

    #[test]
    fn a_link_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.svg"), folder.path().join("link.svg"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        replace(&link, b"new").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&real).unwrap(), b"new");
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let directory = folder.path().join("figure.pdf");
        fs::create_dir(&directory).unwrap();
        let error = replace(&directory, b"x").unwrap_err();
        assert_eq!(remedy(&error), "choose a name that no folder has");
        let error = replace(&folder.path().join("none/figure.pdf"), b"x").unwrap_err();
        assert_eq!(remedy(&error), "make the folder first, or choose another");
        assert_eq!(names(folder.path()), ["figure.pdf"]);
    }

    #[test]
    fn a_device_is_written_to() {
        replace(Path::new("/dev/null"), b"x").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let error = replace(Path::new("/dev/full"), b"x").unwrap_err();
        assert_eq!(remedy(&error), "free some room, or choose another disk");
    }
}
