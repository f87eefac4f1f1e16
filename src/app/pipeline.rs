//! A job from its source to the samples that figures show: the one file that knows all stages.
//!
//! Builds what runs on other threads; runs on whichever thread starts a job.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::app::launch::Recording;
use crate::app::open_run::Opening;
use crate::app::recording::Journal;
use crate::batch::{Item, Level, Message, Notice, Pane};
use crate::figure::{Axis, Figure, Subplot};
use crate::job::sine;
use crate::job::{JobError, JobHandle, JobSpec, Mailbox, Sink};
use crate::record::{RecordHandle, RunEntry};
use crate::source::client::session::Session;
use crate::source::command::{CommandOptions, CommandSource, command_text};
use crate::source::sine::SineOptions;
use crate::store::{BudgetOptions, Snapshot, SnapshotSlot, Store, budget_default};

/// The word for what comes through a socket.
const CLIENT: &str = "client";

/// The word for commands.
const COMMAND: &str = "command";

/// The word for the sine job.
const SINE: &str = "sine";

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
    /// Runs that were recorded, shown again.
    Recorded(Vec<RunEntry>),
    /// What a program sends through a socket.
    Client(Arc<Session>),
    /// A job of a program of one's own.
    Custom {
        /// Name of the job.
        name: String,
        /// Makes it anew for each start.
        make: Arc<dyn Fn() -> JobSpec + Send + Sync>,
    },
}

/// What stands in a message pane; the window has the words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaneKind {
    /// What the program itself says of the job.
    Control,
    /// What the worker says.
    Worker,
    /// What the receiver says.
    Receiver,
    /// The output of a command or a program.
    Output,
    /// Its error output.
    ErrorOutput,
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
            Self::Recorded(runs) => runs.first().and_then(|run| run.meta.as_ref()).map_or("run", |meta| &meta.name),
            Self::Client(session) => &session.hello().name,
            Self::Custom { name, .. } => name,
        }
    }

    /// The program at the other end of a socket, if that is what makes the data.
    #[must_use]
    pub fn client(&self) -> Option<&Arc<Session>> {
        if let Self::Client(session) = self { Some(session) } else { None }
    }

    /// Whether it can be started, again and again: what others make can only be watched.
    #[must_use]
    pub fn is_startable(&self) -> bool {
        !matches!(self, Self::Recorded(_) | Self::Client(_))
    }

    /// One word for the kind of job, as it stands in the description of a run.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sine(_) => SINE,
            Self::Command { .. } => COMMAND,
            Self::Recorded(_) => "recorded",
            Self::Client(_) => CLIENT,
            Self::Custom { .. } => "custom",
        }
    }

    /// The command and its arguments; empty for jobs that run none.
    #[must_use]
    pub fn command(&self) -> Vec<String> {
        match self {
            Self::Command { options, .. } => {
                options.argv.iter().map(|word| word.to_string_lossy().into_owned()).collect()
            }
            Self::Recorded(runs) => {
                runs.first().and_then(|run| run.meta.as_ref()).map_or_else(Vec::new, |meta| meta.command.clone())
            }
            Self::Sine(_) | Self::Client(_) | Self::Custom { .. } => Vec::new(),
        }
    }

    /// Whether it is a command's output that its panes show.
    fn is_command(&self) -> bool {
        match self {
            Self::Command { .. } => true,
            Self::Recorded(runs) => runs.iter().flat_map(|run| &run.meta).all(|meta| meta.kind == COMMAND),
            Self::Sine(_) | Self::Client(_) | Self::Custom { .. } => false,
        }
    }

    /// Whether a program's output comes through a socket, or came when it was recorded.
    fn is_client(&self) -> bool {
        match self {
            Self::Client(_) => true,
            Self::Recorded(runs) => runs.iter().flat_map(|run| &run.meta).all(|meta| meta.kind == CLIENT),
            _ => false,
        }
    }

    /// The command line, for people; empty for built-in jobs.
    #[must_use]
    pub fn command_line(&self) -> String {
        match self {
            Self::Sine(_) | Self::Client(_) | Self::Custom { .. } => String::new(),
            Self::Command { options, .. } => command_text(&options.argv),
            Self::Recorded(_) => self.command().join(" "),
        }
    }

    /// What stands in a pane: a command's panes show its two streams.
    #[must_use]
    pub fn pane_kind(&self, pane: Pane) -> PaneKind {
        match (self.is_command() || self.is_client(), pane) {
            (_, Pane::Control) => PaneKind::Control,
            (false, Pane::Worker) => PaneKind::Worker,
            (false, Pane::Receiver) => PaneKind::Receiver,
            (true, Pane::Worker) => PaneKind::Output,
            (true, Pane::Receiver) => PaneKind::ErrorOutput,
        }
    }

    /// The figure that the job starts with, before its series are known.
    #[must_use]
    pub fn figure(&self) -> Figure {
        let is_sine = match self {
            Self::Sine(_) => true,
            Self::Recorded(runs) => runs.iter().flat_map(|run| &run.meta).any(|meta| meta.kind == SINE),
            Self::Command { .. } | Self::Client(_) | Self::Custom { .. } => false,
        };
        if !is_sine {
            return Figure::default();
        }
        let axis = |label: &str| Axis { label: label.to_owned(), ..Axis::default() };
        let subplot = Subplot { x: axis("x"), y: axis("sin x"), ..Subplot::default() };
        Figure { subplots: vec![subplot], ..Figure::default() }
    }

    /// Names of the runs whose series are shown together, each as `run: name`; empty if there is only one run.
    #[must_use]
    pub fn run_names(&self) -> Vec<String> {
        match self {
            Self::Recorded(runs) if runs.len() > 1 => runs.iter().map(RunEntry::name).collect(),
            _ => Vec::new(),
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
            Self::Recorded(_) => return Err(StartError::Recorded),
            Self::Client(session) => JobSpec::new(self.name(), session.take_source().ok_or(StartError::Over)?),
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
    /// A recorded run cannot be opened because the system refuses a thread.
    #[error("cannot open the run: {0}")]
    Open(std::io::Error),
    /// A recorded run is shown, not run again.
    #[error("a recorded run is shown, not run again")]
    Recorded,
    /// A program's run is watched once.
    #[error("the program's run is over; start it again where it was started")]
    Over,
}

/// Sees every line that a job captures, on the receiver's thread and before it is shown. It may wait: the job then waits
/// with it, and no line is lost.
pub type LineTap = Box<dyn FnMut(&Message) + Send>;

/// How a job is started.
#[derive(Default)]
pub struct StartOptions {
    /// Whether and where it is recorded; as usual if not set.
    pub recording: Recording,
    /// Bytes of samples that may stand in memory before the oldest are read back from disk; a quarter of the machine's
    /// memory if not set.
    pub budget_bytes: Option<usize>,
    /// Sees every captured line.
    pub tap: Option<LineTap>,
}

/// A started job. Dropping it stops the job, waits for its end and until what it made is on disk.
pub struct Running {
    activity: Activity,
    client: Option<Client>,
    // Dropped after the job: it takes in what the job says last.
    journal: Option<Journal>,
}

/// The program beyond a socket, and where its job's notices go.
struct Client {
    session: Arc<Session>,
    mailbox: Mailbox,
    t0: Instant,
}

enum Activity {
    Job(JobHandle),
    Opening(Opening),
}

impl Running {
    /// The person wants it to stop; its end is told in the mailbox. A program beyond a socket is asked each time, and goes
    /// on as long as it likes.
    pub fn stop(&self) {
        match &self.client {
            Some(client) => client.ask_stop(),
            None => self.end(),
        }
    }

    /// Stops it here, whatever a program beyond a socket does.
    pub fn end(&self) {
        match &self.activity {
            Activity::Job(job) => job.stop(),
            Activity::Opening(opening) => opening.stop(),
        }
    }

    /// Holds it.
    pub fn pause(&self) {
        if let Activity::Job(job) = &self.activity {
            job.pause();
        }
    }

    /// Lets it go on.
    pub fn resume(&self) {
        if let Activity::Job(job) = &self.activity {
            job.resume();
        }
    }

    /// The directory that it is recorded into, if it is.
    #[must_use]
    pub fn run_path(&self) -> Option<&Path> {
        self.journal.as_ref().and_then(Journal::path)
    }
}

impl Client {
    fn ask_stop(&self) {
        let presses = self.session.link().ask_stop();
        let text = match presses {
            1 => "Stop requested: the program is asked to stop; press Stop again to interrupt it",
            _ => "Stop requested again: the program is asked to interrupt what it does",
        };
        let time_secs = self.t0.elapsed().as_secs_f64();
        let line = Message { pane: Pane::Control, level: Level::Info, time_secs, text: text.to_owned() };
        self.mailbox.send(Notice::Message(line));
    }
}

/// Starts a job whose samples are published in `data`, which is emptied first, and whose notices go to `mailbox`.
///
/// # Errors
/// [`StartError`] if the system refuses what the job needs. A disk that takes nothing is no such error: it is said in
/// the mailbox and the job goes on.
pub fn start(
    kind: &JobKind,
    data: &SnapshotSlot,
    mailbox: Mailbox,
    options: StartOptions,
) -> Result<Running, StartError> {
    data.publish(Snapshot::default());
    if let JobKind::Recorded(runs) = kind {
        let activity = Activity::Opening(Opening::start(runs, data, mailbox)?);
        return Ok(Running { activity, client: None, journal: None });
    }
    let spec = kind.spec()?;
    let (journal, spill) = Journal::begin(kind, &options.recording, &mailbox).unzip();
    if let (Some(session), Some(journal)) = (kind.client(), &journal) {
        session.link().set_recording(Box::new(journal.view()));
    }
    let budget_bytes = options.budget_bytes.unwrap_or_else(budget_default);
    let sink = StoreSink {
        store: Store::with_budget(BudgetOptions { budget_bytes, spill: spill.flatten() }),
        slot: data.clone(),
        is_changed: false,
        tap: options.tap,
        record: journal.as_ref().map(Journal::handle),
    };
    let watched = journal.as_ref().map_or_else(|| mailbox.clone(), |journal| journal.watch(&mailbox));
    let client = kind.client().map(|session| Client {
        session: Arc::clone(session),
        mailbox: watched.clone(),
        t0: Instant::now(),
    });
    let activity = Activity::Job(JobHandle::start(spec, Box::new(sink), watched)?);
    Ok(Running { activity, client, journal })
}

/// The receiver's end of the pipeline: everything goes to the recorder and into the store, and a snapshot to the figures
/// after each group.
struct StoreSink {
    store: Store,
    slot: SnapshotSlot,
    is_changed: bool,
    tap: Option<LineTap>,
    record: Option<RecordHandle>,
}

impl Sink for StoreSink {
    fn item(&mut self, item: Item) {
        self.is_changed = true;
        if let Some(record) = &self.record {
            record.item(&item);
        }
        self.store.apply(item);
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
