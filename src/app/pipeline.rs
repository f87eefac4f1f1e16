//! A job from its source to the samples that figures show: the one file that knows all stages.
//!
//! Builds what runs on other threads; runs on whichever thread starts a job.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::app::attach::{Attached, What};
pub use crate::app::job_kind::{JobKind, PaneKind};
use crate::app::launch::Recording;
use crate::app::open_run::Opening;
use crate::app::recording::Journal;
use crate::app::supervisor::{Ask, Supervisor};
use crate::app::watch::{OnFired, Resources, Rules, Watch};
use crate::batch::{Item, Level, Message, Notice, Pane};
use crate::job::sine;
use crate::job::{JobError, JobHandle, JobRef, JobSpec, Mailbox, Sink};
use crate::record::{RecordHandle, RunDir};
use crate::source::client::session::Session;
use crate::source::command::{CommandProcesses, CommandSource};
use crate::source::follow::FollowSource;
use crate::store::{BudgetOptions, Snapshot, SnapshotSlot, Store, budget_default};

/// How long a command and its whole process tree may take to end: it is killed after two seconds.
const COMMAND_GRACE: Duration = Duration::from_secs(4);

/// The job that runs what `kind` says, and the processes that it will have.
fn spec(kind: &JobKind) -> Result<(JobSpec, Option<CommandProcesses>), StartError> {
    let spec = match kind {
        JobKind::Sine(options) => sine::spec(*options),
        JobKind::Command { options, .. } => {
            let source = CommandSource::new(options.clone()).map_err(StartError::Command)?;
            let processes = source.processes();
            // A command is ended in three steps, which take longer than a thread that only has to look.
            let spec = JobSpec { grace: COMMAND_GRACE, ..JobSpec::new(kind.name(), source) };
            return Ok((spec, Some(processes)));
        }
        JobKind::Follow { options, .. } => JobSpec::new(kind.name(), FollowSource::new(options.clone())),
        JobKind::Recorded(_) | JobKind::Live(_) => return Err(StartError::Recorded),
        JobKind::Client(session) => JobSpec::new(kind.name(), session.take_source().ok_or(StartError::Over)?),
        JobKind::Custom { make, .. } => make(),
    };
    Ok((spec, None))
}

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
    /// The run of a command cannot be recorded.
    #[error("cannot record the command: {0}")]
    Journal(String),
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
    /// The program under which commands run, so that they outlive this one; if not set, they end with it.
    pub supervisor: Option<Supervisor>,
}

/// A started job. Dropping it stops the job, waits for its end and until what it made is on disk.
pub struct Running {
    activity: Activity,
    client: Option<Client>,
    watched: Watched,
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
    Attached(Attached),
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
            Activity::Attached(attached) => attached.ask(Ask::Stop),
        }
    }

    /// Holds it.
    pub fn pause(&self) {
        match &self.activity {
            Activity::Job(job) => job.pause(),
            Activity::Attached(attached) => attached.ask(Ask::Pause),
            Activity::Opening(_) => {}
        }
    }

    /// Lets it go on.
    pub fn resume(&self) {
        match &self.activity {
            Activity::Job(job) => job.resume(),
            Activity::Attached(attached) => attached.ask(Ask::Resume),
            Activity::Opening(_) => {}
        }
    }

    /// Adds a rule to a command or to followed files that are running. What comes of it is said in the Control pane; nothing
    /// comes of it where others make the run. docs/rules.md says what a rule is.
    pub fn add_rule(&self, rule: &str) {
        self.change_rules(Ask::AddRule { rule: rule.to_owned() });
    }

    /// Takes a rule away, as it was written.
    pub fn remove_rule(&self, rule: &str) {
        self.change_rules(Ask::RemoveRule { rule: rule.to_owned() });
    }

    fn change_rules(&self, ask: Ask) {
        match (&self.activity, &self.watched.watch) {
            (Activity::Attached(attached), _) => attached.ask(ask),
            (_, Some(watch)) => watch.rules().obey(&ask),
            _ => {}
        }
    }

    /// Whether it goes on without this process.
    #[must_use]
    pub fn outlives_us(&self) -> bool {
        matches!(&self.activity, Activity::Attached(attached) if attached.is_elsewhere())
    }

    /// The directory that it is recorded into, if it is.
    #[must_use]
    pub fn run_path(&self) -> Option<&Path> {
        match &self.activity {
            Activity::Attached(attached) => attached.run_path(),
            Activity::Job(_) | Activity::Opening(_) => self.journal.as_ref().and_then(Journal::path),
        }
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
        let line = Message::new(Pane::Control, Level::Info, time_secs, text);
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
    let what = match (kind, &options.supervisor) {
        (JobKind::Live(run), _) => Some(What::Run(run.clone())),
        (JobKind::Command { .. }, Some(supervisor)) if options.recording != Recording::Off => {
            Some(What::Command(Box::new(kind.clone()), supervisor.clone()))
        }
        _ => None,
    };
    if let Some(what) = what {
        let activity = Activity::Attached(Attached::start(what, data, mailbox, options)?);
        return Ok(Running { activity, client: None, watched: Watched::default(), journal: None });
    }
    if let JobKind::Recorded(runs) = kind {
        let activity = Activity::Opening(Opening::start(runs, data, mailbox, options.tap)?);
        return Ok(Running { activity, client: None, watched: Watched::default(), journal: None });
    }
    let (spec, processes) = spec(kind)?;
    let recording = if kind.is_recorded() { options.recording } else { Recording::Off };
    let (journal, spill) = Journal::begin(kind, &recording, &mailbox).unzip();
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
    let (job, watch) = start_watched(kind, spec, processes, Box::new(sink), watched, Arc::new(|_| {}))?;
    Ok(Running { activity: Activity::Job(job), client, watched: watch, journal })
}

/// What watches a job besides those who show it, kept as long as it runs.
#[derive(Default)]
struct Watched {
    _resources: Option<Resources>,
    watch: Option<Watch>,
}

/// Starts a job, and what watches it.
fn start_watched(
    kind: &JobKind,
    spec: JobSpec,
    processes: Option<CommandProcesses>,
    sink: Box<dyn Sink>,
    mailbox: Mailbox,
    on_fired: OnFired,
) -> Result<(JobHandle, Watched), StartError> {
    let options = kind.watch();
    if !kind.takes_rules() {
        return Ok((JobHandle::start(spec, sink, mailbox)?, Watched::default()));
    }
    let watch = Watch::begin(kind.name(), options, &mailbox, on_fired).map_err(StartError::Open)?;
    let (resources, sink) = match processes.filter(|_| options.resources) {
        Some(processes) => {
            let begun = Resources::begin(kind.name(), processes, watch.sink(sink)).map_err(StartError::Open)?;
            (Some(begun.0), begun.1)
        }
        None => (None, watch.sink(sink)),
    };
    let spec = watch.limited(spec.with_limits(options.limits));
    let job = JobHandle::start(spec, sink, watch.mailbox())?;
    watch.attach(job.job());
    Ok((job, Watched { _resources: resources, watch: Some(watch) }))
}

/// A command that is recorded, and shown by others. Dropping it stops it, waits for its end and until that is on disk.
pub struct Recorded {
    job: JobHandle,
    processes: CommandProcesses,
    run: PathBuf,
    watched: Watched,
    _journal: Journal,
}

/// Starts a command that is recorded into `run` and shown nowhere here; its notices go to `mailbox`, too, and rules that
/// fire to `on_fired`.
///
/// # Errors
/// [`StartError`] if the system refuses what it needs.
pub fn record(kind: &JobKind, run: RunDir, mailbox: &Mailbox, on_fired: OnFired) -> Result<Recorded, StartError> {
    let JobKind::Command { options, .. } = kind else { return Err(StartError::Recorded) };
    let source = CommandSource::new(options.clone()).map_err(StartError::Command)?;
    let (processes, path) = (source.processes(), run.path().to_owned());
    let looked_at = Some(processes.clone());
    let spec = JobSpec { grace: COMMAND_GRACE, ..JobSpec::new(kind.name(), source) };
    let journal = Journal::into_run(run, mailbox).map_err(StartError::Journal)?;
    let sink = Box::new(RecordSink(journal.handle()));
    let (job, watch) = start_watched(kind, spec, looked_at, sink, journal.watch(mailbox), on_fired)?;
    Ok(Recorded { job, processes, run: path, watched: watch, _journal: journal })
}

impl Recorded {
    /// The directory of its run.
    #[must_use]
    pub fn run_path(&self) -> &Path {
        &self.run
    }

    /// The job, to be stopped, held and let go on.
    #[must_use]
    pub fn job(&self) -> &JobRef {
        self.job.job()
    }

    /// Its processes, to be sent signals.
    #[must_use]
    pub fn processes(&self) -> &CommandProcesses {
        &self.processes
    }

    /// Its rules.
    #[must_use]
    pub fn rules(&self) -> Option<Rules> {
        self.watched.watch.as_ref().map(Watch::rules)
    }
}

/// The receiver's end where nobody looks on.
struct RecordSink(RecordHandle);

impl Sink for RecordSink {
    fn item(&mut self, item: Item) {
        self.0.item(&item);
    }
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
