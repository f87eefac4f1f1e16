//! What the store knows of a run's samples, kept in a file beside the run's log, so that opening it takes no pass over them.
//!
//! Any thread. The file holds descriptions, summaries and order of all series; samples only where the log does not hold
//! them as plain numbers. It is a cache: whatever is wrong with it, it is refused and can be made again from the log.
//! Knows no log: where one's numbers are is asked of the caller.
//!
//! Layout, all of it 64-bit little-endian words: a head of eight words (`KYMOCACH`, format version, length and mark of
//! the log, length and CRC-32C of the body, CRC-32C of the words so far, 0), then the body as `write` makes it.

mod read;
mod write;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::batch::Column;
use crate::store::{Snapshot, Store};

/// Bytes of the head.
const HEAD_LEN: usize = 64;

/// First word of the file.
const MAGIC: u64 = u64::from_le_bytes(*b"KYMOCACH");

/// Raised whenever the layout or the meaning of anything in the file changes; others are refused.
const FORMAT_VERSION: u64 = 2;

/// Which state of which log a cache was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheKey {
    /// Length of the log in bytes.
    pub log_bytes: u64,
    /// Something that tells logs of equal length apart, such as a checksum of the log's end.
    pub log_mark: u64,
}

/// Numbers as they stand in the run's log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ColumnPlace {
    /// Where they begin, in bytes from the log's start.
    pub log_offset: u64,
    /// How many they are.
    pub len: usize,
}

/// Why a cache was not read or written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CacheError {
    /// The system says so.
    #[error("the cache {} cannot be used: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// It is cut, changed, or not a cache at all.
    #[error("the cache {} is damaged: {fault}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was found first.
        fault: &'static str,
    },
}

/// Writes what `snapshot` knows to `path`: first beside it, then moved there, so that nobody sees half of it. Samples
/// whose place in the log is known ([`Column::place`]) are not written.
///
/// # Errors
/// [`CacheError::Io`]; what stood at `path` is then still there.
pub fn save(snapshot: &Snapshot, path: &Path, key: CacheKey) -> Result<(), CacheError> {
    let io = |source| CacheError::Io { path: path.to_owned(), source };
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    let beside = path.with_file_name(name);
    let written = File::create(&beside)
        .and_then(|file| write::write(snapshot, file, key))
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // If it was never made there is nothing to remove, and the first error says more than a second one.
        fs::remove_file(&beside).unwrap_or_default();
    }
    written.map_err(io)
}

/// The store that [`save`] was called with, if the file at `path` was made from the log that `key` names. Samples are
/// not copied: they lie in the mapped file, or where `column_at` says that the log's numbers are. `Ok(None)` if there is
/// no file, if it belongs to another state of the log or another version of the format, or if `column_at` does not find
/// its numbers.
///
/// # Errors
/// [`CacheError::Damaged`] if the file is not what was written; [`CacheError::Io`] if it cannot be read.
pub fn load(
    path: &Path,
    key: CacheKey,
    column_at: &dyn Fn(ColumnPlace) -> Option<Column>,
) -> Result<Option<Store>, CacheError> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(CacheError::Io { path: path.to_owned(), source }),
    };
    read::read(&file, key, column_at).map_err(|fault| match fault {
        read::Fault::Io(source) => CacheError::Io { path: path.to_owned(), source },
        read::Fault::Damaged(fault) => CacheError::Damaged { path: path.to_owned(), fault },
    })
}
