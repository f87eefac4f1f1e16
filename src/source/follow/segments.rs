//! Finds what a log's rotation left beside it while nobody looked: files that were renamed away, and copies.
//!
//! Worker's thread. A file is known by its number on its device and by when it was made, since numbers are given again.

use std::collections::HashSet;
use std::fs::{self, File};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rustix::fs::OFlags;

/// Most files beside a log that are looked at, and that are kept in mind.
const SIBLINGS_MAX: usize = 10_000;

/// How often a folder that changes while it is read is read again.
const LOOKS_MAX: usize = 8;

/// Which file it is, whatever it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    device: u64,
    number: u64,
    /// None where the file system does not say.
    made: Option<SystemTime>,
}

impl Identity {
    pub fn of(found: &fs::Metadata) -> Self {
        Self { device: found.dev(), number: found.ino(), made: found.created().ok() }
    }
}

/// Opens a file to be read; a pipe or a device in its place does not make the caller wait.
pub(super) fn open(path: &Path) -> std::io::Result<(File, fs::Metadata)> {
    let flags = (OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32;
    let file = fs::OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let found = file.metadata()?;
    Ok((file, found))
}

/// A piece of a log that is still to be read.
#[derive(Debug)]
pub(super) struct Segment {
    pub file: File,
    pub identity: Identity,
    /// Where reading begins.
    pub offset: u64,
}

/// The files beside a log whose names begin like its name.
#[derive(Debug, Default)]
pub(super) struct Siblings {
    known: HashSet<Identity>,
}

/// A file beside the log.
#[derive(Clone, Debug)]
struct Sibling {
    path: PathBuf,
    identity: Identity,
    modified: Option<SystemTime>,
}

impl Siblings {
    /// What is beside the log now is not part of what comes.
    pub fn know_all(&mut self, path: &Path) {
        self.known.extend(list(path).into_iter().map(|sibling| sibling.identity));
    }

    /// This file is being read, or was.
    pub fn know(&mut self, identity: Identity) {
        if self.known.len() < SIBLINGS_MAX {
            self.known.insert(identity);
        }
    }

    /// The files that came since the last time, the log itself included, the oldest first; opened, because their names may
    /// change at any moment. None if they change faster than they can be opened: ask again.
    pub fn take_new(&mut self, path: &Path) -> Option<Vec<Segment>> {
        for _ in 0..LOOKS_MAX {
            let before = list(path);
            let mut segments = Vec::new();
            for sibling in before.iter().filter(|sibling| !self.known.contains(&sibling.identity)) {
                let Ok((file, found)) = open(&sibling.path) else { break };
                let identity = Identity::of(&found);
                if identity != sibling.identity {
                    break;
                }
                segments.push(Segment { file, identity, offset: 0 });
            }
            let ids = |list: &[Sibling]| list.iter().map(|sibling| sibling.identity).collect::<HashSet<_>>();
            let (first, second) = (ids(&before), ids(&list(path)));
            let wanted = first.difference(&self.known).count();
            // A rename while the folder is read may hide a file: only what two looks agree on is all.
            if segments.len() == wanted && second.is_subset(&first) {
                for segment in &segments {
                    self.know(segment.identity);
                }
                return Some(segments);
            }
        }
        None
    }
}

/// The log and the pieces beside it, the least recently written first.
fn list(path: &Path) -> Vec<Sibling> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Some(full) = path.file_name() else { return Vec::new() };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<Sibling> = Vec::new();
    for entry in entries.flatten().take(SIBLINGS_MAX) {
        if !is_piece(entry.file_name().as_encoded_bytes(), full.as_encoded_bytes()) {
            continue;
        }
        let Ok(metadata) = fs::symlink_metadata(entry.path()) else { continue };
        if metadata.is_file() {
            let (identity, modified) = (Identity::of(&metadata), metadata.modified().ok());
            found.push(Sibling { path: entry.path(), identity, modified });
        }
    }
    // Renaming leaves the time alone. Of files written in one tick the one with the greater number in its name is older.
    found.sort_by(|a, b| a.modified.cmp(&b.modified).then_with(|| b.path.cmp(&a.path)));
    found.dedup_by_key(|sibling| sibling.identity);
    found
}

/// Whether a name is that of the log `full`, or what a rotation makes of it: `log.csv.1`, `log.csv-20240501`, `log.1.csv`.
/// `log_val.csv` is another log. Packed files are no text.
fn is_piece(name: &[u8], full: &[u8]) -> bool {
    const NO_TEXT: [&[u8]; 6] = [b".gz", b".xz", b".zst", b".bz2", b".tmp", b".swp"];
    if name == full {
        return true;
    }
    if NO_TEXT.iter().any(|end| name.ends_with(end)) {
        return false;
    }
    let is_parted = |rest: &[u8]| rest.len() > 1 && rest.first().is_some_and(|byte| b".-_".contains(byte));
    if let Some(rest) = name.strip_prefix(full) {
        return is_parted(rest);
    }
    let dot = memchr::memrchr(b'.', full).filter(|dot| *dot > 0).unwrap_or(full.len());
    let (stem, extension) = full.split_at(dot);
    let middle = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(extension));
    let is_number = |middle: &[u8]| {
        let is_date = |byte: &u8| byte.is_ascii_digit() || b".-_:TZ".contains(byte);
        middle.iter().all(is_date) && middle.iter().any(u8::is_ascii_digit)
    };
    !extension.is_empty() && middle.is_some_and(|middle| is_parted(middle) && is_number(middle))
}

/// At most `bytes` bytes from `offset` on.
pub(super) fn read(file: &File, offset: u64, bytes: usize) -> std::io::Result<Vec<u8>> {
    let mut buffer = vec![0; bytes];
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read_at(room, offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follow_rotate_names_are_told_from_other_logs() {
        for name in ["a.csv", "a.csv.1", "a.csv-20240501", "a.csv_old", "a.1.csv", "a-2024-05-01T12:00:00.csv"] {
            assert!(is_piece(name.as_bytes(), b"a.csv"), "{name}");
        }
        for name in
            ["a_val.csv", "a.txt", "b.csv", "a.csv.1.gz", "a.csv.tmp", "a.csv.", "ab.csv", "a-.csv", "a.csv~", "a"]
        {
            assert!(!is_piece(name.as_bytes(), b"a.csv"), "{name}");
        }
        assert!(is_piece(b"log.1", b"log") && !is_piece(b"log2", b"log") && !is_piece(b"other", b"log"));
    }
}
