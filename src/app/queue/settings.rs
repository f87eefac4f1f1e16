//! How a lane is worked off, and why it is not at present: two small files in its directory.
//!
//! For any thread and any process. Files that are missing or damaged mean the defaults.

use std::fs::{self, OpenOptions};
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::QueueError;
use super::lane::{Lane, nofollow};

/// Name of the file.
pub(super) const NAME: &str = "settings.json";

/// Name of the file that says why nothing is started.
pub(super) const TROUBLE_NAME: &str = "trouble";

/// Most commands at a time.
pub const JOBS_MAX: u16 = 256;

/// Longest of both files, in bytes.
const BYTES_MAX: u64 = 4096;

/// How a lane is worked off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Settings {
    version: u32,
    /// Commands at a time, from 1 to [`JOBS_MAX`].
    pub jobs: u16,
    /// Whether no more are started.
    pub is_held: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { version: 1, jobs: 1, is_held: false }
    }
}

impl Settings {
    pub fn read(lane: &Lane) -> Self {
        let Some(text) = read(&lane.dir().join(NAME)) else { return Self::default() };
        let settings: Self = serde_json::from_str(&text).unwrap_or_else(|error| {
            log::warn!("{}: {error}; the queue runs one command at a time", lane.dir().join(NAME).display());
            Self::default()
        });
        Self { jobs: settings.jobs.clamp(1, JOBS_MAX), ..settings }
    }

    /// Changes something, whoever changes something else at the same time.
    pub fn change(lane: &Lane, change: impl FnOnce(&mut Self)) -> Result<(), QueueError> {
        lane.make()?;
        let _change = lane.change()?;
        let old = Self::read(lane);
        let mut settings = old;
        change(&mut settings);
        settings.jobs = settings.jobs.clamp(1, JOBS_MAX);
        if settings == old {
            return Ok(());
        }
        lane.write(NAME, &serde_json::to_vec(&settings).unwrap_or_default())
    }
}

/// Why nothing is started at present.
pub(super) fn trouble(lane: &Lane) -> Option<String> {
    read(&lane.dir().join(TROUBLE_NAME)).filter(|text| !text.is_empty())
}

/// Says why nothing is started, or that all is well again.
pub(super) fn tell_trouble(lane: &Lane, why: Option<&str>) {
    match why {
        // Where there is no room, there may be none for the reason either.
        Some(why) => lane
            .write(TROUBLE_NAME, why.chars().take(1000).collect::<String>().as_bytes())
            .unwrap_or_else(|error| log::debug!("{error}")),
        None => _ = fs::remove_file(lane.dir().join(TROUBLE_NAME)),
    }
}

fn read(path: &Path) -> Option<String> {
    let mut text = String::new();
    let file = OpenOptions::new().read(true).custom_flags(nofollow()).open(path).ok()?;
    file.take(BYTES_MAX).read_to_string(&mut text).ok()?;
    Some(text)
}
