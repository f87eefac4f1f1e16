//! A job from its source to the samples that figures show: the one file that knows all stages.
//!
//! Builds what runs on other threads; runs on whichever thread starts a job.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::batch::{Item, Message, Pane};
use crate::figure::{Axis, Figure, Subplot};
use crate::job::sine;
use crate::job::{JobError, JobHandle, JobSpec, Mailbox, Sink};
use crate::source::command::{CommandOptions, CommandSource, command_text};
use crate::source::sine::SineOptions;
use crate::store::{SnapshotSlot, Store};

/// What a job runs.
#[derive(Clone)]
pub enum JobKind {
    /// The built-in sine job.
    Sine(SineOptions),
    /// A command whose output is read.
    Command {
        /// Name of the job; that of the program if none is given.
        name: Option<String>,
        /// What is run and how its output is read.
        options: CommandOptions,
    },
    /// A job of a program of one's own.
    Custom {
        /// Name of the job.
        name: String,
        /// Makes it anew for each start.
        make: Arc<dyn Fn() -> JobSpec + Send + Sync>,
    },
}

impl fmt::Debug for JobKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("JobKind").field(&self.name()).finish()
    }
}

impl Default for JobKind {
    fn default() -> Self {
        Self::Sine(SineOptions::default())
    }
}

impl JobKind {
    /// A job of one's own; `make` is called on the GUI thread for each start and must return at once.
    pub fn custom(name: impl Into<String>, make: impl Fn() -> JobSpec + Send + Sync + 'static) -> Self {
        Self::Custom { name: name.into(), make: Arc::new(make) }
    }

    /// Name of the job, for titles and threads.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Sine(_) => "sine",
            Self::Command { name, options } => name.as_deref().unwrap_or_else(|| program_name(options)),
            Self::Custom { name, .. } => name,
        }
    }

    /// The command line, for people; empty for built-in jobs.
    #[must_use]
    pub fn command_line(&self) -> String {
        match self {
            Self::Sine(_) | Self::Custom { .. } => String::new(),
            Self::Command { options, .. } => command_text(&options.argv),
        }
    }

    /// Title of a pane: a command's panes show its two streams.
    #[must_use]
    pub fn pane_title(&self, pane: Pane) -> &'static str {
        match (self, pane) {
            (_, Pane::Control) => "Control",
            (Self::Sine(_) | Self::Custom { .. }, Pane::Worker) => "Worker",
            (Self::Sine(_) | Self::Custom { .. }, Pane::Receiver) => "Receiver",
            (Self::Command { .. }, Pane::Worker) => "Output",
            (Self::Command { .. }, Pane::Receiver) => "Error output",
        }
    }

    /// The figure that the job starts with, before its series are known.
    #[must_use]
    pub fn figure(&self) -> Figure {
        match self {
            Self::Sine(_) => Figure {
                subplots: vec![Subplot {
                    x: Axis { label: "x".to_owned(), ..Axis::default() },
                    y: Axis { label: "sin x".to_owned(), ..Axis::default() },
                    ..Subplot::default()
                }],
                ..Figure::default()
            },
            Self::Command { .. } | Self::Custom { .. } => Figure::default(),
        }
    }

    fn spec(&self) -> Result<JobSpec, StartError> {
        Ok(match self {
            Self::Sine(options) => sine::spec(*options),
            Self::Command { options, .. } => {
                let source = CommandSource::new(options.clone()).map_err(StartError::Command)?;
                // A command is ended in three steps, which take longer than a thread that only has to look.
                JobSpec { grace: COMMAND_GRACE, ..JobSpec::new(self.name(), source) }
            }
            Self::Custom { make, .. } => make(),
        })
    }
}

fn program_name(options: &CommandOptions) -> &str {
    let program = options.argv.first().and_then(|word| Path::new(word).file_name());
    program.and_then(|name| name.to_str()).unwrap_or("command")
}

/// How long a command and its whole process tree may take to end: it is killed after two seconds.
const COMMAND_GRACE: Duration = Duration::from_secs(4);

/// Why a job could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Its threads cannot be started.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The system refuses what a command needs.
    #[error("cannot prepare the command: {0}")]
    Command(std::io::Error),
}

/// Sees every line that a job captures, on the receiver's thread and before it is shown. It may wait: the job then waits
/// with it, and no line is lost.
pub type LineTap = Box<dyn FnMut(&Message) + Send>;

/// Starts a job whose samples are published in `data`, which is emptied first, and whose notices go to `mailbox`.
///
/// # Errors
/// [`StartError`] if the system refuses what the job needs.
pub fn start(
    kind: &JobKind,
    data: &SnapshotSlot,
    mailbox: Mailbox,
    tap: Option<LineTap>,
) -> Result<JobHandle, StartError> {
    let sink = StoreSink { store: Store::default(), slot: data.clone(), is_changed: false, tap };
    data.publish(sink.store.snapshot());
    Ok(JobHandle::start(kind.spec()?, Box::new(sink), mailbox)?)
}

/// The receiver's end of the pipeline: everything goes into the store, and a snapshot to the figures after each group.
struct StoreSink {
    store: Store,
    slot: SnapshotSlot,
    is_changed: bool,
    tap: Option<LineTap>,
}

impl Sink for StoreSink {
    fn item(&mut self, item: Item) {
        self.is_changed = true;
        match item {
            Item::Declare(info) => self.store.declare(info),
            Item::Append(batch) => self.store.append(batch),
            Item::Replace(batch, color) => self.store.replace(batch, color),
        }
    }

    fn line(&mut self, line: &Message) {
        if let Some(tap) = &mut self.tap {
            tap(line);
        }
    }

    fn flush(&mut self) {
        if std::mem::take(&mut self.is_changed) {
            self.slot.publish(self.store.snapshot());
        }
    }
}
