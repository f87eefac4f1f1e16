//! `meta.json`: what people want to know of a run without reading its log.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::entry::RunState;
use super::run_dir::RunAbout;

/// What people want to know of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunMeta {
    /// Eight hexadecimal digits that tell the run from others of its name.
    pub id: String,
    /// Its name as it was given; plain text from anywhere, never a path.
    pub name: String,
    /// The kind of job: `sine`, `command`, …
    pub kind: String,
    /// The command and its arguments; empty for a job that runs none.
    pub command: Vec<String>,
    /// The directory that it was started in.
    pub cwd: String,
    /// Name of the machine.
    pub host: String,
    /// Name of the user.
    pub user: String,
    /// Number of the process that records or recorded it.
    pub pid: u32,
    /// When it began, by the wall clock: RFC 3339.
    pub start: String,
    /// When it ended, by the wall clock: RFC 3339.
    pub end: Option<String>,
    /// How it stood when this was written: [`RunState::Running`] until the end.
    pub state: RunState,
    /// Exit status that the program handed on, where there is one.
    pub exit_code: Option<i32>,
    /// The job's summary, or why it failed; may be empty.
    pub text: String,
    /// Samples in the log, once it has ended.
    pub samples: Option<u64>,
    /// Bytes of the log, once it has ended.
    pub log_bytes: Option<u64>,
    /// Of a run that came through a socket: how its client names it.
    pub client_run: Option<String>,
    /// Its settings as its client says, an object; null if it says nothing.
    pub config: Value,
    /// Version of the log's format.
    pub format_version: u32,
    /// Version of the program that made it.
    pub program_version: String,
}

/// More than a whole command line of Linux; what is larger was not written by this program.
const MAX_BYTES: u64 = 8 << 20;

impl RunMeta {
    /// As it stands in the file.
    #[must_use]
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "kind": self.kind,
            "command": self.command,
            "cwd": self.cwd,
            "host": self.host,
            "user": self.user,
            "pid": self.pid,
            "start": self.start,
            "end": self.end,
            "state": self.state.word(),
            "exit_code": self.exit_code,
            "text": self.text,
            "samples": self.samples,
            "log_bytes": self.log_bytes,
            "client_run": self.client_run,
            "config": self.config,
            "format_version": self.format_version,
            "program_version": self.program_version,
        })
    }

    /// Reads it back; the error says what is missing. Fields that are not known are passed over.
    ///
    /// # Errors
    /// A line that names the first thing that is wrong.
    pub fn from_json(value: &Value) -> Result<Self, String> {
        let text = |name: &str| -> Result<String, String> {
            value.get(name).and_then(Value::as_str).map(ToOwned::to_owned).ok_or(format!("no text `{name}`"))
        };
        let word = text("state")?;
        let state = RunState::ALL.into_iter().find(|state| state.word() == word);
        let number = |name: &str| value.get(name).and_then(Value::as_u64);
        let command = value.get("command").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Ok(Self {
            id: text("id")?,
            name: text("name")?,
            kind: text("kind").unwrap_or_default(),
            command: command.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
            cwd: text("cwd").unwrap_or_default(),
            host: text("host").unwrap_or_default(),
            user: text("user").unwrap_or_default(),
            pid: number("pid").and_then(|pid| u32::try_from(pid).ok()).unwrap_or_default(),
            start: text("start")?,
            end: text("end").ok(),
            state: state.ok_or(format!("the state {word:?} is not known"))?,
            exit_code: value.get("exit_code").and_then(Value::as_i64).and_then(|code| i32::try_from(code).ok()),
            text: text("text").unwrap_or_default(),
            samples: number("samples"),
            log_bytes: number("log_bytes"),
            client_run: text("client_run").ok(),
            config: value.get("config").cloned().unwrap_or_default(),
            format_version: number("format_version").and_then(|version| u32::try_from(version).ok()).unwrap_or(1),
            program_version: text("program_version").unwrap_or_default(),
        })
    }

    /// Reads the file at `path`; the error is a line for a person.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let meta = fs::symlink_metadata(path).map_err(|error| error.to_string())?;
        if !meta.is_file() || meta.len() > MAX_BYTES {
            return Err("not a file of this program".to_owned());
        }
        let text = fs::read(path).map_err(|error| error.to_string())?;
        let value = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        Self::from_json(&value)
    }

    /// Puts it into the place of the file at `path`, wholly or not at all.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let aside = path.with_extension("json.tmp");
        let result = put(&aside, format!("{:#}\n", self.to_json()).as_bytes()).and_then(|()| fs::rename(&aside, path));
        if result.is_err()
            && let Err(error) = fs::remove_file(&aside)
            && error.kind() != ErrorKind::NotFound
        {
            log::debug!("{}: {error}", aside.display());
        }
        result
    }

    /// Begins the description of a run that begins now.
    pub(super) fn begin(id: String, about: &RunAbout) -> Self {
        let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let lossy = |path: PathBuf| path.to_string_lossy().into_owned();
        Self {
            id,
            name: about.name.clone(),
            kind: about.kind.clone(),
            command: about.command.clone(),
            cwd: std::env::current_dir().map(lossy).unwrap_or_default(),
            host: host.trim_end().to_owned(),
            user: std::env::var("USER").unwrap_or_default(),
            pid: std::process::id(),
            start: now(),
            end: None,
            state: RunState::Running,
            exit_code: None,
            text: String::new(),
            samples: None,
            log_bytes: None,
            client_run: about.client_run.clone(),
            config: about.config.clone(),
            format_version: super::FORMAT_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }
}

/// The wall clock in the local time zone: RFC 3339 with milliseconds.
pub(super) fn now() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string()
}

fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    // Before the move, lest a loss of power leave the name with an empty file.
    file.sync_all()
}
