//! Starts a supervisor: this program again, with a word of its own.
//!
//! Waits for the supervisor to say where its run is; called on a thread that may wait.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

use crate::app::job_kind::JobKind;
use crate::source::command::Wiring;
use crate::source::process_tree::JOB_VARIABLE;

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
    /// The command does not wait any more: it was taken out, put elsewhere, or another supervisor has it.
    Taken,
    /// A queue's process waits for what is added.
    Watching,
    /// Another process does what this was to do.
    Elsewhere,
}

/// A command that was put together earlier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Order {
    /// Flags as `cli::RunArgs` reads them.
    pub flags: Vec<OsString>,
    /// The program and its arguments.
    pub argv: Vec<OsString>,
    /// The directory that it runs in.
    pub cwd: PathBuf,
    /// All variables of its environment.
    pub environment: Vec<(OsString, OsString)>,
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
    /// The system starts no process at present.
    #[error("cannot start the supervisor of the command: {0}")]
    NotNow(String),
    /// The command waits no more.
    #[error("the command does not wait any more")]
    Taken,
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
        let mut process = self.program("supervise");
        process.args(Order::flags(kind));
        if let JobKind::Command { options, .. } = kind {
            process.arg("--").args(&options.argv);
        }
        let (begun, process) = begin(&mut process)?;
        started(begun, process)
    }

    /// Starts one for a command that waits in the file `entry`, and waits until its run is there. The supervisor takes the
    /// file away to the directory `started` beside it, under the name of the run, just before the command begins: whoever
    /// takes it first has the command.
    ///
    /// # Errors
    /// [`SpawnError`]; [`SpawnError::Taken`] if the file is gone by then.
    pub(in crate::app) fn start_order(&self, order: &Order, entry: &Path) -> Result<Started, SpawnError> {
        // Who starts it would only be told that something is not found.
        if !order.cwd.is_dir() {
            return Err(SpawnError::Failed(format!("{} is no directory any more", order.cwd.display())));
        }
        let mut queued = OsString::from("--queued=");
        queued.push(entry);
        let mut process = self.program("supervise");
        process.arg(queued).args(&order.flags).arg("--").args(&order.argv);
        process.current_dir(&order.cwd).env_clear().envs(order.environment.iter().map(|(name, value)| (name, value)));
        let (begun, process) = begin(&mut process)?;
        started(begun, process)
    }

    /// Starts the process of a queue, of that of the sweep with this id if one is given, and waits for its first word. The
    /// process is none of a job around this one.
    ///
    /// # Errors
    /// [`SpawnError`].
    pub(in crate::app) fn start_queue(&self, sweep: Option<&str>) -> Result<(Begun, Child), SpawnError> {
        let mut process = self.program("queue");
        process.args(sweep).env_remove(JOB_VARIABLE);
        begin(&mut process)
    }

    /// This program with one of its hidden words.
    fn program(&self, verb: &str) -> Command {
        let mut process = Command::new(&self.program);
        process.arg0("kymograph").args([verb, "--log", &self.log.as_str().to_lowercase()]);
        if let Some(data_dir) = &self.data_dir {
            process.arg("--data-dir").arg(data_dir);
        }
        process
    }
}

/// Starts a process, and waits for the line that it says once it has begun.
fn begin(process: &mut Command) -> Result<(Begun, Child), SpawnError> {
    let failed = |error: io::Error| SpawnError::Failed(error.to_string());
    let mut process =
        process.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(|error| match error.kind() {
            // Of the command itself; it would be the same at any time.
            ErrorKind::ArgumentListTooLong | ErrorKind::InvalidInput => failed(error),
            _ => SpawnError::NotNow(error.to_string()),
        })?;
    let mut said = String::new();
    if let Some(stdout) = process.stdout.take() {
        BufReader::new(stdout.take(LINE_BYTES_MAX)).read_line(&mut said).map_err(failed)?;
    }
    if let Ok(begun) = serde_json::from_str(&said) {
        return Ok((begun, process));
    }
    let status = process.wait().map_err(failed)?;
    Err(SpawnError::Failed(format!("it ended at once ({status})")))
}

/// The run that a supervisor says it has begun.
pub(in crate::app) fn started(begun: Begun, mut process: Child) -> Result<Started, SpawnError> {
    let error = match begun {
        Begun::Run(run) => return Ok(Started { run, process }),
        Begun::NoPlace(why) => SpawnError::NoPlace(why),
        Begun::Failed(why) => SpawnError::Failed(why),
        Begun::Taken => SpawnError::Taken,
        Begun::Elsewhere => SpawnError::Failed("another process has begun it".to_owned()),
        Begun::Watching => return Err(SpawnError::Failed("it has begun no run".to_owned())),
    };
    // It ends by itself now.
    process.wait().map_err(|error| SpawnError::Failed(error.to_string()))?;
    Err(error)
}

impl Order {
    /// The flags of `kind`, which is a command, as `cli::RunArgs` reads them.
    pub fn flags(kind: &JobKind) -> Vec<OsString> {
        let JobKind::Command { name, options, watch } = kind else { return Vec::new() };
        let mut words: Vec<OsString> = name.iter().map(|name| joined("--name=", name)).collect();
        words.push(joined("--metrics=", options.metrics.text()));
        match options.wiring {
            Wiring::Pipes => words.push("--no-pty".into()),
            Wiring::Terminal => {}
            Wiring::Terminals => words.push("--split".into()),
        }
        words.extend(watch.words());
        words
    }
}

/// A flag with a value that may look like a flag itself.
fn joined(flag: &str, value: &str) -> OsString {
    format!("{flag}{value}").into()
}
