//! A run that is being made: its directory, its log under a lock, and its `meta.json`.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::fs::{FlockOperation, flock};
use serde_json::Value;

use super::entry::{Header, RunEnd};
use super::error::RecordError;
use super::meta::{RunMeta, now};
use super::{FORMAT_VERSION, run_name};

/// Name of the log in a run's directory.
pub const LOG_NAME: &str = "log.tfrecord";

/// Name of the description in a run's directory.
pub const META_NAME: &str = "meta.json";

/// How often a directory of a new name is tried; two that are equal are one in four thousand millions.
const ATTEMPTS: u32 = 16;

/// Whoever lists runs holds a log's lock for microseconds.
const LOCK_ATTEMPTS: u32 = 100;

/// What is known of a run before it begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunAbout {
    /// Its id, as [`new_run_id`](super::new_run_id) makes them, if it has one before it begins.
    pub id: Option<String>,
    /// Its name: plain text, never a path.
    pub name: String,
    /// The kind of job: `sine`, `command`, …
    pub kind: String,
    /// The command and its arguments; empty for a job that runs none.
    pub command: Vec<String>,
    /// Of a run that comes through a socket: how its client names it.
    pub client_run: Option<String>,
    /// Its settings as its client says, an object; null if there are none.
    pub config: Value,
}

/// A run that is being made. Its lock lives as long as this, and tells others that the run is live.
#[derive(Debug)]
pub struct RunDir {
    path: PathBuf,
    meta: RunMeta,
    pub(super) log: File,
}

impl RunDir {
    /// Makes a new directory in `runs`, which is made too if it is missing.
    pub(super) fn create(runs: &Path, about: &RunAbout) -> Result<Self, RecordError> {
        DirBuilder::new().recursive(true).mode(0o700).create(runs).map_err(RecordError::io("create", runs))?;
        let (path, id) = make_dir(runs, about)?;
        let log_path = path.join(LOG_NAME);
        let log = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&log_path)
            .and_then(|log| lock_new(&log).map(|()| log))
            .map_err(RecordError::io("create", &log_path))?;
        let meta = RunMeta::begin(id, about);
        let run = Self { path, meta, log };
        run.write_meta()?;
        Ok(run)
    }

    /// The directory.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The log.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.path.join(LOG_NAME)
    }

    /// What stands in `meta.json`.
    #[must_use]
    pub fn meta(&self) -> &RunMeta {
        &self.meta
    }

    /// The log's first record, written so many nanoseconds after the run's time began to count.
    pub(super) fn header(&self, time_nanos: u64) -> Header {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let since = since.saturating_sub(Duration::from_nanos(time_nanos));
        Header {
            format_version: FORMAT_VERSION,
            run_id: self.meta.id.clone(),
            name: self.meta.name.clone(),
            created_nanos: i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
            program_version: self.meta.program_version.clone(),
        }
    }

    /// Says in `meta.json` how the run ended.
    pub(super) fn write_end(&mut self, end: &RunEnd, samples: u64, log_bytes: u64) -> Result<(), RecordError> {
        self.meta.state = end.state;
        self.meta.exit_code = end.exit_code;
        self.meta.text.clone_from(&end.text);
        self.meta.end = Some(now());
        self.meta.samples = Some(samples);
        self.meta.log_bytes = Some(log_bytes);
        self.write_meta()
    }

    fn write_meta(&self) -> Result<(), RecordError> {
        let path = self.path.join(META_NAME);
        self.meta.write(&path).map_err(RecordError::io("write", &path))
    }
}

fn make_dir(runs: &Path, about: &RunAbout) -> Result<(PathBuf, String), RecordError> {
    let (begun, name) = (jiff::Zoned::now().strftime("%Y-%m-%dT%H-%M-%S").to_string(), run_name::safe(&about.name));
    let mut attempt = 0;
    loop {
        attempt += 1;
        let id = about.id.clone().unwrap_or_else(run_name::new_id);
        // An id that was given stays: somebody knows the run by it.
        let again = if attempt > 1 && about.id.is_some() { format!("-{attempt}") } else { String::new() };
        let path = runs.join(format!("{begun}-{name}{again}-{id}"));
        // Fails if it is there already, so two writers never have one directory.
        match DirBuilder::new().mode(0o700).create(&path) {
            Ok(()) => return Ok((path, id)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists && attempt < ATTEMPTS => {}
            Err(error) => return Err(RecordError::io("create", &path)(error)),
        }
    }
}

fn lock_new(log: &File) -> io::Result<()> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        match flock(log, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => return Ok(()),
            // A file system without locks: runs are recorded, but nobody can tell which are live.
            Err(rustix::io::Errno::NOTSUP | rustix::io::Errno::NOSYS | rustix::io::Errno::NOLCK) => {
                log::warn!("the file system of the runs has no locks");
                return Ok(());
            }
            Err(rustix::io::Errno::WOULDBLOCK | rustix::io::Errno::INTR) if attempt < LOCK_ATTEMPTS => {
                std::thread::sleep(Duration::from_millis(1));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether a recorder holds the lock of the log at `path`.
pub(super) fn is_locked(path: &Path) -> bool {
    let Ok(log) = File::open(path) else { return false };
    // Given back when `log` is closed.
    matches!(flock(&log, FlockOperation::NonBlockingLockShared), Err(rustix::io::Errno::WOULDBLOCK))
}
