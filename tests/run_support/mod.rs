//! What the tests of commands that run elsewhere share: the program as people run it, with a data directory of the test's own.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, reason = "not every test needs all; a panic is the report")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use kymograph::app::queue::Queue;
use kymograph::app::supervisor::{Ask, ask};
use kymograph::batch::{Item, Notice};
use kymograph::record::{Body, DataDir, LogReader, RunEntry, RunState};
use tempfile::TempDir;

/// Far more than anything here takes, for machines that are busy.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// A data directory of the test's own.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The program, in a directory of the test's own.
    pub fn kymograph(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kymograph"));
        command.args(args).stdin(Stdio::null()).env("KYMOGRAPH_DATA_DIR", self.0.path());
        command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:").current_dir(self.0.path());
        command
    }

    pub fn output(&self, args: &[&str]) -> Output {
        self.kymograph(args).output().unwrap()
    }

    /// Starts a command that goes on by itself; gives the directory of its run.
    pub fn detach(&self, args: &[&str]) -> PathBuf {
        let output = self.output(&[&["run", "--detach"], args].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        PathBuf::from(String::from_utf8(output.stdout).unwrap().trim_end())
    }

    pub fn runs(&self) -> Vec<RunEntry> {
        DataDir::new(self.0.path()).list().unwrap()
    }

    /// The one run, once it is there.
    pub fn run(&self) -> PathBuf {
        wait_for("a run", || self.runs().into_iter().next()).path
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // First what would start when those end that run.
        if let Ok(queue) = Queue::of(&DataDir::new(self.0.path())) {
            for waiting in queue.list().unwrap_or_default() {
                // Fails for those that are just starting.
                let _started = queue.cancel(&waiting.id);
            }
        }
        for run in self.runs().iter().filter(|run| run.state == RunState::Running) {
            // Fails for those that are just ending.
            let _ending = ask(&run.path, Ask::Stop, PATIENCE);
        }
    }
}

pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    wait_for(what, || holds().then_some(()));
}

pub fn wait_for_end(run: &Path) -> RunEntry {
    wait_for("the run's end", || RunEntry::find(run).filter(|run| run.state != RunState::Running))
}

pub fn bodies(run: &Path) -> Vec<Body> {
    LogReader::open(&run.join("log.tfrecord")).unwrap().map(|entry| entry.body).collect()
}

/// What stands in the panes, without what the command wrote.
pub fn messages(run: &Path) -> Vec<String> {
    let text = |body| match body {
        Body::Notice(Notice::Message(message)) => Some(message.text),
        _ => None,
    };
    bodies(run).into_iter().filter_map(text).collect()
}

/// The samples of the series of that name.
pub fn samples(run: &Path, name: &str) -> Vec<f64> {
    let (mut id, mut all) = (None, Vec::new());
    for body in bodies(run) {
        match body {
            Body::Item(Item::Declare(info)) if info.name == name => id = Some(info.id),
            Body::Item(Item::Append(batch)) if Some(batch.series) == id => all.extend_from_slice(batch.y()),
            _ => {}
        }
    }
    all
}

/// Whether a process still runs.
pub fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
