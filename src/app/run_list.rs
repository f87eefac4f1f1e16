//! The runs in the data directory as a window lists them: looked at again and again, at little cost.
//!
//! A look reads the directory only if something came or went there, and a run only if it is new or went on when it was
//! looked at last. For a thread that may wait for the disk.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use crate::app::{runs, supervisor};
use crate::record::{DataDir, RecordError, RunEntry, RunState};

/// One run, as it was looked at last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Its id.
    pub id: String,
    /// Its directory.
    pub path: PathBuf,
    /// Its name: plain text from anywhere.
    pub name: String,
    /// How it stands.
    pub state: RunState,
    /// Whether it can be asked to stop: it has a supervisor.
    pub is_supervised: bool,
    /// The command that it runs, as typed; empty if it runs none.
    pub command: String,
    /// When it began; none if nobody knows.
    pub start: Option<Timestamp>,
    /// How long it took, if it has ended.
    pub took: Option<Duration>,
    /// Samples in it, if it has ended.
    pub samples: Option<u64>,
}

impl RunRow {
    fn new(run: &RunEntry) -> Self {
        let meta = run.meta.as_ref();
        let has_ended = meta.is_some_and(|meta| meta.end.is_some());
        Self {
            id: run.id().unwrap_or_else(|| run.dir_name()),
            path: run.path.clone(),
            name: run.name(),
            state: run.state,
            is_supervised: run.state == RunState::Running && supervisor::is_supervised(&run.path),
            command: meta.map(|meta| meta.command.join(" ")).unwrap_or_default(),
            start: meta.and_then(|meta| meta.start.parse().ok()),
            took: if has_ended { runs::duration(run, Timestamp::now()) } else { None },
            samples: meta.and_then(|meta| meta.samples),
        }
    }

    /// Whether a person who types `needle` means it: it stands in name, id or command, whatever the case.
    #[must_use]
    pub fn matches(&self, needle: &str) -> bool {
        let needle = needle.to_lowercase();
        needle.is_empty()
            || [&self.name, &self.id, &self.command].iter().any(|text| text.to_lowercase().contains(&needle))
    }
}

/// The runs of one data directory.
pub struct RunList {
    data_dir: DataDir,
    changed: Option<SystemTime>,
    runs: Vec<RunEntry>,
}

impl RunList {
    /// Nothing is looked at yet.
    #[must_use]
    pub fn new(data_dir: DataDir) -> Self {
        Self { data_dir, changed: None, runs: Vec::new() }
    }

    /// Looks again; gives all runs, the newest first.
    ///
    /// # Errors
    /// [`RecordError::Io`] if the directory cannot be read.
    pub fn look(&mut self) -> Result<Vec<RunRow>, RecordError> {
        let changed = fs::metadata(self.data_dir.runs()).and_then(|meta| meta.modified()).ok();
        if changed != self.changed || changed.is_none() {
            self.changed = changed;
            self.runs = self.data_dir.list_with(&mut |path| self.known(path))?;
        }
        self.runs.retain_mut(|run| {
            if run.state != RunState::Running {
                return true;
            }
            RunEntry::find(&run.path).map(|now| *run = now).is_some()
        });
        Ok(self.runs.iter().map(RunRow::new).collect())
    }

    /// A run that has ended does not change any more.
    fn known(&self, path: &std::path::Path) -> Option<RunEntry> {
        self.runs.iter().find(|run| run.path == path && run.state != RunState::Running).cloned()
    }

    /// Removes the run with this id.
    ///
    /// # Errors
    /// As [`DataDir::remove`], and [`RecordError::NotFound`].
    pub fn remove(&self, id: &str) -> Result<(), RecordError> {
        let run = self.runs.iter().find(|run| run.id().as_deref() == Some(id));
        let run = run.ok_or_else(|| RecordError::NotFound { what: id.to_owned(), known: Vec::new() })?;
        self.data_dir.remove(run)
    }

    /// The directory of the run with this id.
    #[must_use]
    pub fn path(&self, id: &str) -> Option<PathBuf> {
        self.runs.iter().find(|run| run.id().as_deref() == Some(id)).map(|run| run.path.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{RunAbout, RunEnd};

    #[test]
    fn runs_come_and_go_and_end() {
        let home = tempfile::tempdir().unwrap();
        let data_dir = DataDir::new(home.path());
        let mut list = RunList::new(data_dir.clone());
        assert_eq!(list.look().unwrap(), []);
        let about = RunAbout { name: "first".into(), command: vec!["sh".into(), "x.sh".into()], ..RunAbout::default() };
        let run = data_dir.create_run(&about).unwrap();
        let rows = list.look().unwrap();
        assert_eq!((rows[0].name.as_str(), rows[0].state, rows[0].is_supervised), ("first", RunState::Running, false));
        assert!(rows[0].matches("X.SH") && rows[0].matches("FIR") && !rows[0].matches("second"));
        let path = run.path().to_owned();
        let recorder =
            crate::record::Recorder::start(run, crate::record::RecorderOptions::default(), std::sync::Arc::new(|_| ()));
        recorder
            .unwrap()
            .finish(RunEnd { state: RunState::Finished, exit_code: Some(0), text: String::new() })
            .unwrap();
        assert_eq!(list.look().unwrap()[0].state, RunState::Finished);
        assert!(list.look().unwrap()[0].took.is_some());
        assert_eq!(list.path(&rows[0].id), Some(path.clone()));
        std::fs::remove_dir_all(path).unwrap();
        assert_eq!(list.look().unwrap(), []);
    }
}
