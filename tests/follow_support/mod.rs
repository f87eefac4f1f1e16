//! A followed file or folder, seen from a test.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kymograph::batch::{Outcome, Pane};
use kymograph::source::follow::{FollowOptions, FollowSource};
use kymograph::source::{Source, SourceError};

use crate::recorder::{Record, Recorder};

/// A source that follows on a thread of its own.
pub struct Following {
    pub recorder: Recorder,
    thread: Option<JoinHandle<Result<Outcome, SourceError>>>,
}

impl Following {
    pub fn start(paths: &[&Path]) -> Self {
        let recorder = Recorder::new();
        let mut out = recorder.clone();
        let options = FollowOptions { paths: paths.iter().map(PathBuf::from).collect(), once: false };
        let run = move || FollowSource::new(options).run(&mut out);
        let thread = std::thread::Builder::new().name("worker".into()).spawn(run).unwrap();
        Self { recorder, thread: Some(thread) }
    }

    /// Waits until the series has this many samples, and gives them.
    #[track_caller]
    pub fn wait(&self, name: &str, count: usize) -> Vec<(f64, f64)> {
        self.recorder.wait_for(&format!("{count} samples of {name}"), |record| record.named(name).len() >= count);
        self.named(name)
    }

    pub fn named(&self, name: &str) -> Vec<(f64, f64)> {
        self.recorder.with(|record| record.named(name).to_vec())
    }

    /// Waits until the Control pane says so.
    #[track_caller]
    pub fn wait_said(&self, text: &str) {
        self.recorder.wait_for(text, |record| says(record, text));
    }

    pub fn said(&self) -> String {
        self.recorder.with(|record| record.texts(Pane::Control).join("\n"))
    }

    /// Waits for its own end.
    pub fn join(mut self) -> Result<Outcome, SourceError> {
        self.thread.take().unwrap().join().unwrap()
    }

    /// Stops it and gives how long that took.
    pub fn stop(mut self) -> (Duration, Result<Outcome, SourceError>) {
        let start = Instant::now();
        self.recorder.with(|record| record.stopping = true);
        let result = self.thread.take().unwrap().join().unwrap();
        (start.elapsed(), result)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        self.recorder.with(|record| record.stopping = true);
        if let Some(thread) = self.thread.take() {
            // A panic in it is reported by the harness; here the test may be failing already.
            thread.join().map(drop).unwrap_or_default();
        }
    }
}

pub fn says(record: &Record, text: &str) -> bool {
    record.texts(Pane::Control).iter().any(|line| line.contains(text))
}

/// Reads what is there.
pub fn once(paths: &[&Path]) -> (Recorder, Result<Outcome, SourceError>) {
    let mut out = Recorder::new();
    let options = FollowOptions { paths: paths.iter().map(PathBuf::from).collect(), once: true };
    let result = FollowSource::new(options).run(&mut out);
    (out, result)
}

/// The samples of a file with this content, by series.
#[track_caller]
pub fn read(name: &str, content: impl AsRef<[u8]>) -> Read {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, content).unwrap();
    let (out, result) = once(&[&path]);
    result.unwrap();
    let said = out.with(|record| record.texts(Pane::Control).join("\n"));
    Read { out, said }
}

pub struct Read {
    out: Recorder,
    pub said: String,
}

impl Read {
    #[track_caller]
    pub fn named(&self, name: &str) -> Vec<(f64, f64)> {
        let found = self.out.with(|record| record.named(name).to_vec());
        assert!(!found.is_empty(), "no {name} in {:?}; said: {}", self.names(), self.said);
        found
    }

    pub fn names(&self) -> Vec<String> {
        self.out.with(|record| record.series.values().map(|series| series.name.clone()).collect())
    }

    pub fn x_label(&self, name: &str) -> String {
        self.out.with(|record| record.series.values().find(|series| series.name == name).unwrap().x_label.clone())
    }

    pub fn lines(&self) -> Vec<String> {
        self.out.with(|record| record.texts(Pane::Worker).iter().map(|line| (*line).to_owned()).collect())
    }
}
