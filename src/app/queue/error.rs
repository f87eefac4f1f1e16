//! What can go wrong with the queue, in words for a person. Plain data.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::entry::ENTRY_BYTES_MAX;
use super::lane::ENTRIES_MAX;
use crate::app::supervisor::SpawnError;

/// Why the queue does not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// Something else than a command.
    #[error("only commands can wait in the queue")]
    NotACommand,
    /// No command at all.
    #[error("no command was given: name it after --")]
    Empty,
    /// The system refused something.
    #[error("cannot {action} {}: {cause}; {}", path.display(), remedy(cause))]
    Io {
        /// What was tried, as in `write`.
        action: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// The system's answer.
        cause: io::Error,
    },
    /// The directory of the queue could be changed by others, and what stands in it is run.
    #[error("{} is another user's, or others may write to it: `chmod 700` it if it is yours, or give another --data-dir", path.display())]
    Unsafe {
        /// The directory.
        path: PathBuf,
    },
    /// The command, with all that belongs to it, is too long.
    #[error(
        "the command and its environment take more than {} MiB: pass what is long in a file",
        ENTRY_BYTES_MAX >> 20
    )]
    TooLong,
    /// A word that the system does not take.
    #[error(
        "the argument or variable that begins with {begin:?} is longer than 128 KiB, which no program takes: pass it in a file"
    )]
    LongWord {
        /// Its first characters.
        begin: String,
    },
    /// Too many wait.
    #[error("{ENTRIES_MAX} commands wait already: let some of them run, or take some out with `kymograph stop`")]
    Full,
    /// It does not wait: it has been taken out, or has never been there.
    #[error("no command {id:?} waits in the queue; `kymograph ls` lists those that do")]
    NotWaiting {
        /// What was asked for.
        id: String,
    },
    /// It does not wait any more because it has started.
    #[error("{id} has started already: `kymograph stop {id}` ends it")]
    Started {
        /// What was asked for, which is the id of its run as well.
        id: String,
        /// The directory of its run.
        run: PathBuf,
    },
    /// Several go by that name.
    #[error("{what:?} may be {}: give the number", candidates.join(", "))]
    Ambiguous {
        /// What was asked for.
        what: String,
        /// The numbers and names of those that it may be.
        candidates: Vec<String>,
    },
    /// Another process has been changing the queue for long.
    #[error("{} is being changed by another process, which does not end: try again, or look for a kymograph that hangs", path.display())]
    Busy {
        /// The directory.
        path: PathBuf,
    },
    /// The file system has no locks.
    #[error("{} is on a file system without locks, where two processes could start the same commands: give another --data-dir", path.display())]
    NoLocks {
        /// The directory.
        path: PathBuf,
    },
    /// The first of a sweep cannot be started, so none is.
    #[error(transparent)]
    NotStarted(#[from] SpawnError),
    /// What waits is safe, but nobody starts it.
    #[error(
        "what waits is kept, but the process that starts it does not begin: {why}; the next `kymograph run --queue` tries again"
    )]
    NotServed {
        /// The reason.
        why: String,
    },
}

impl QueueError {
    /// For `map_err`: the system refused `action` on `path`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { action, path: path.to_owned(), cause }
    }
}

/// What a person can do about it.
fn remedy(error: &io::Error) -> &'static str {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            "free some room, or give another --data-dir"
        }
        ErrorKind::ReadOnlyFilesystem | ErrorKind::PermissionDenied => {
            "make the place writable, or give another --data-dir"
        }
        _ => "look at the disk, or give another --data-dir",
    }
}
