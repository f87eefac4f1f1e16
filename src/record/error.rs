//! What can go wrong with runs, in words for a person.

use std::io;
use std::path::{Path, PathBuf};

/// Why a run cannot be made, found, read or removed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// No environment variable says where runs are kept.
    #[error("no place for runs: give --data-dir, or set KYMOGRAPH_DATA_DIR or HOME")]
    NoDataDir,
    /// The system refused something.
    #[error("cannot {action} {}: {cause}", path.display())]
    Io {
        /// What was tried, as in `create`.
        action: &'static str,
        /// What it was tried on.
        path: PathBuf,
        /// The system's answer.
        cause: io::Error,
    },
    /// A file that does not begin like a log.
    #[error("{} is not the log of a run", path.display())]
    NotALog {
        /// The file.
        path: PathBuf,
    },
    /// A log of a later version of the format.
    #[error("{} has format {version}, but this program reads up to {}", path.display(), super::FORMAT_VERSION)]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
    /// No run goes by that name.
    #[error("no run is called {what:?}{}", listed("; there are ", known))]
    NotFound {
        /// What was asked for.
        what: String,
        /// Directory names of the newest runs, five at most.
        known: Vec<String>,
    },
    /// Several runs go by that name.
    #[error("{what:?} may be{}: give more of the name, or the id", listed(" ", candidates))]
    Ambiguous {
        /// What was asked for.
        what: String,
        /// Directory names of the runs that it may be, newest first.
        candidates: Vec<String>,
    },
    /// The run is still being recorded.
    #[error("{} is still being recorded: stop it first", path.display())]
    Live {
        /// The run's directory.
        path: PathBuf,
    },
    /// A directory that holds no run, a file, or a link.
    #[error("{} is not the directory of a run", path.display())]
    NotARun {
        /// What was given.
        path: PathBuf,
    },
    /// A run that does not stand where this program keeps runs.
    #[error("{} is not in {}: remove it yourself if it is to go", path.display(), runs.display())]
    Outside {
        /// The run's directory.
        path: PathBuf,
        /// Where runs are kept.
        runs: PathBuf,
    },
    /// The end of a run could not be written.
    #[error("{text}")]
    Unwritten {
        /// What is missing and why.
        text: String,
    },
}

impl RecordError {
    /// For `map_err`: the system refused `action` on `path`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Io { action, path: path.to_owned(), cause }
    }
}

fn listed(before: &str, names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("{before}{}", names.join(", ")) }
}
