//! Starts a supervisor: this program again, with a word of its own.
//!
//! Waits for the supervisor to say where its run is; called on a thread that may wait.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::app::job_kind::JobKind;
use crate::source::command::Wiring;

/// The program that supervises commands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervisor {
    /// The program.
    pub program: PathBuf,
    /// Where runs are kept; where the program looks by itself if not given.
    pub data_dir: Option<PathBuf>,
    /// How much it says of itself until it has begun.
    pub log: log::LevelFilter,
}

/// What a supervisor says on its standard output once it has begun: one line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::app) enum Begun {
    /// The run has its directory, and the command is being started.
    Run(PathBuf),
    /// There is no place to record.
    NoPlace(String),
    /// It failed.
    Failed(String),
}

/// Longest such line.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// Why no supervisor was started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SpawnError {
    /// There is no place to record, without which nobody could look at the run.
    #[error("{0}")]
    NoPlace(String),
    /// It cannot be started, or ended at once.
    #[error("cannot start the supervisor of the command: {0}")]
    Failed(String),
}

/// A supervisor at work.
pub struct Started {
    /// The directory of its run.
    pub run: PathBuf,
    /// The process. It goes on when this is dropped.
    pub process: Child,
}

impl Supervisor {
    /// This program as a supervisor.
    ///
    /// # Errors
    /// The system's, if the program's own file cannot be found.
    pub fn own(data_dir: Option<&Path>, log: log::LevelFilter) -> io::Result<Self> {
        let data_dir = data_dir.map(std::path::absolute).transpose()?;
        Ok(Self { program: std::env::current_exe()?, data_dir, log })
    }

    /// Starts one for `kind`, which is a command, and waits until its run is there. The command runs in this process's
    /// directory and environment.
    ///
    /// # Errors
    /// [`SpawnError`].
    pub fn start(&self, kind: &JobKind) -> Result<Started, SpawnError> {
        self.begin(self.words("supervise", kind, &[]))
    }

    /// Starts a process that runs one command after the other, as `words` say, and waits until the first has its run, which
    /// is the one that is given.
    ///
    /// # Errors
    /// [`SpawnError`].
    pub fn start_queue(&self, kind: &JobKind, words: &[OsString]) -> Result<Started, SpawnError> {
        self.begin(self.words("queue", kind, words))
    }

    fn begin(&self, words: Vec<OsString>) -> Result<Started, SpawnError> {
        let failed = |error: io::Error| SpawnError::Failed(error.to_string());
        let mut process = Command::new(&self.program)
            .arg0("kymograph")
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut said = String::new();
        if let Some(stdout) = process.stdout.take() {
            BufReader::new(stdout.take(LINE_BYTES_MAX)).read_line(&mut said).map_err(failed)?;
        }
        let begun = serde_json::from_str(&said);
        match begun {
            Ok(Begun::Run(run)) => return Ok(Started { run, process }),
            Ok(Begun::NoPlace(why)) => return Err(SpawnError::NoPlace(why)),
            Ok(Begun::Failed(why)) => return Err(SpawnError::Failed(why)),
            Err(_) => {}
        }
        let status = process.wait().map_err(failed)?;
        Err(SpawnError::Failed(format!("it ended at once ({status})")))
    }

    /// All after the program's name, as `cli::RunArgs` reads it, with `more` before the command.
    fn words(&self, verb: &str, kind: &JobKind, more: &[OsString]) -> Vec<OsString> {
        let mut words: Vec<OsString> = vec![verb.into(), "--log".into(), self.log.as_str().to_lowercase().into()];
        if let Some(data_dir) = &self.data_dir {
            words.extend(["--data-dir".into(), data_dir.into()]);
        }
        if let JobKind::Command { name, options, watch } = kind {
            if let Some(name) = name {
                words.push(joined("--name=", name));
            }
            words.push(joined("--metrics=", options.metrics.text()));
            match options.wiring {
                Wiring::Pipes => words.push("--no-pty".into()),
                Wiring::Terminal => {}
                Wiring::Terminals => words.push("--split".into()),
            }
            words.extend(watch.words());
            words.extend_from_slice(more);
            words.push("--".into());
            words.extend(options.argv.iter().cloned());
        }
        words
    }
}

impl Started {
    /// What is said of it.
    pub(in crate::app) fn begun(&self) -> Begun {
        Begun::Run(self.run.clone())
    }
}

/// A flag with a value that may look like a flag itself.
fn joined(flag: &str, value: &str) -> OsString {
    format!("{flag}{value}").into()
}
