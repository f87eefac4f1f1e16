//! Starts a supervisor: this program again, with a word of its own.
//!
//! Waits for the supervisor to say where its run is; called on a thread that may wait.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use serde::{Deserialize, Serialize};

/// The program that supervises commands, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supervisor {
    /// The program.
    pub program: PathBuf,
    /// All after `supervise`, the command included.
    pub args: Vec<OsString>,
}

/// What a supervisor says on its standard output once it has begun: one line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Begun {
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
    /// This program as the supervisor of what `args` say.
    ///
    /// # Errors
    /// The system's, if the program's own file cannot be found.
    pub fn own(args: Vec<OsString>) -> io::Result<Self> {
        Ok(Self { program: std::env::current_exe()?, args })
    }

    /// Starts it and waits until its run is there. The command runs in this process's directory and environment.
    ///
    /// # Errors
    /// [`SpawnError`].
    pub fn start(&self) -> Result<Started, SpawnError> {
        let failed = |error: io::Error| SpawnError::Failed(error.to_string());
        let mut process = Command::new(&self.program)
            .arg0("kymograph")
            .arg("supervise")
            .args(&self.args)
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
}
