//! A run as it is found on disk, whole or damaged.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::entry::RunState;
use super::meta::RunMeta;
use super::run_dir::{LOG_NAME, META_NAME, is_locked};
use super::run_name;

/// A recorded run, as it was when it was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEntry {
    /// Its directory.
    pub path: PathBuf,
    /// What its `meta.json` says; none if that is missing or damaged.
    pub meta: Option<RunMeta>,
    /// What is wrong with `meta.json`, for a person.
    pub fault: Option<String>,
    /// How it stands: [`RunState::Interrupted`] if its `meta.json` tells of no end and nobody records it any more.
    pub state: RunState,
    /// Bytes of the log; 0 if it is missing.
    pub log_bytes: u64,
}

impl RunEntry {
    /// Looks at the directory `path`; none if it holds no run.
    #[must_use]
    pub fn find(path: &Path) -> Option<Self> {
        Self::read(path)
    }

    pub(super) fn read(path: &Path) -> Option<Self> {
        let is_dir = fs::symlink_metadata(path).ok()?.is_dir();
        let log = fs::symlink_metadata(path.join(LOG_NAME)).ok().filter(fs::Metadata::is_file);
        let meta_path = path.join(META_NAME);
        if !is_dir || (log.is_none() && fs::symlink_metadata(&meta_path).is_err()) {
            return None;
        }
        let (meta, fault) = match RunMeta::read(&meta_path) {
            Ok(meta) => (Some(meta), None),
            Err(fault) => (None, Some(format!("{META_NAME}: {fault}"))),
        };
        let state = match meta.as_ref().map(|meta| meta.state) {
            // Asked of the lock last, so that a run that ends meanwhile is not taken for an interrupted one.
            None | Some(RunState::Running) if log.is_some() && is_locked(&path.join(LOG_NAME)) => RunState::Running,
            None => RunState::Interrupted,
            Some(RunState::Running) => match RunMeta::read(&meta_path) {
                Ok(now) if now.state != RunState::Running => now.state,
                _ => RunState::Interrupted,
            },
            Some(ended) => ended,
        };
        Some(Self { path: path.to_owned(), meta, fault, state, log_bytes: log.map_or(0, |log| log.len()) })
    }

    /// The id that the name of a run's directory tells.
    #[must_use]
    pub fn id_of(path: &Path) -> Option<&str> {
        run_name::id_of(path.file_name()?.to_str()?)
    }

    /// The whole name of its directory.
    #[must_use]
    pub fn dir_name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Its name; that of its directory if `meta.json` does not say.
    #[must_use]
    pub fn name(&self) -> String {
        self.meta.as_ref().map_or_else(|| self.dir_name(), |meta| meta.name.clone())
    }

    /// Its id, by its directory's name or `meta.json`.
    #[must_use]
    pub fn id(&self) -> Option<String> {
        let meta_id = || self.meta.as_ref().map(|meta| meta.id.clone());
        run_name::id_of(&self.dir_name()).map(ToOwned::to_owned).or_else(meta_id)
    }

    /// The log.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.path.join(LOG_NAME)
    }

    /// Sorts the newest first.
    pub(super) fn order(&self) -> impl Ord + use<> {
        let stated = self.meta.as_ref().and_then(|meta| meta.start.parse::<jiff::Timestamp>().ok());
        let made = || fs::metadata(&self.path).and_then(|meta| meta.modified()).ok();
        let since = stated.map_or_else(
            || made().and_then(|time: SystemTime| time.duration_since(UNIX_EPOCH).ok()).unwrap_or_default(),
            |stamp| Duration::try_from(stamp.as_duration()).unwrap_or_default(),
        );
        Reverse((since, self.dir_name()))
    }
}
