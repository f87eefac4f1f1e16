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
    /// change at any moment.
    pub fn take_new(&mut self, path: &Path) -> Vec<Segment> {
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
                return segments;
            }
        }
        Vec::new()
    }
}

/// The files that begin with the log's name, the least recently written first. Packed ones are no text.
fn list(path: &Path) -> Vec<Sibling> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let (Some(stem), Some(full)) = (path.file_stem(), path.file_name()) else { return Vec::new() };
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut found: Vec<Sibling> = Vec::new();
    for entry in entries.flatten().take(SIBLINGS_MAX) {
        let name = entry.file_name();
        let bytes = name.as_encoded_bytes();
        let is_like = bytes
            .strip_prefix(stem.as_encoded_bytes())
            .is_some_and(|rest| matches!(rest.first(), Some(b'.' | b'-' | b'_')));
        let is_packed =
            [".gz", ".xz", ".zst", ".bz2", ".tmp", ".swp"].iter().any(|end| bytes.ends_with(end.as_bytes()));
        if name != full && (!is_like || is_packed) {
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
