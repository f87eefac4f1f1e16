//! A window's look at a run that another process makes: the whole history first, then what is added, and a way to stop it.
//!
//! The thread `attach:<name>` starts the supervisor of a command if there is none yet, reads the run's log as it grows,
//! and speaks with the supervisor. Dropping an [`Attached`] ends the look, never the run.

mod look;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use look::Look;

use crate::app::pipeline::{self, JobKind, Running, StartError, StartOptions};
use crate::app::supervisor::{Ask, SpawnError, Supervisor};
use crate::batch::{Notice, State};
use crate::job::{Clock, Mailbox, SystemClock, lock, thread};
use crate::record::RunEntry;
use crate::source::bell::Bell;
use crate::store::SnapshotSlot;

/// How long the end of the program waits for a look to end.
const JOIN_BOUND: Duration = Duration::from_millis(500);

/// What is looked at.
pub enum What {
    /// A run that is being recorded.
    Run(Box<RunEntry>),
    /// A command, which is started first.
    Command(Box<JobKind>, Supervisor),
}

/// A run that is looked at.
pub struct Attached {
    shared: Arc<Shared>,
    _thread: thread::Thread<()>,
}

struct Shared {
    asks: Mutex<VecDeque<Ask>>,
    /// Rings when something is asked, or the look is to end.
    bell: Bell,
    is_leaving: AtomicBool,
    path: OnceLock<PathBuf>,
    /// The job itself, where nothing can be recorded and it runs here after all.
    local: Mutex<Option<Running>>,
}

impl Attached {
    /// Begins to look; samples are published in `data`, and what the run says goes to `mailbox`.
    ///
    /// # Errors
    /// [`StartError::Open`] if the system refuses a thread.
    pub fn start(what: What, data: &SnapshotSlot, mailbox: Mailbox, options: StartOptions) -> Result<Self, StartError> {
        let shared = Arc::new(Shared {
            asks: Mutex::default(),
            bell: Bell::new().map_err(StartError::Open)?,
            is_leaving: AtomicBool::new(false),
            path: OnceLock::new(),
            local: Mutex::default(),
        });
        let name = match &what {
            What::Run(run) => run.name(),
            What::Command(kind, _) => kind.name().to_owned(),
        };
        let (theirs, data) = (Arc::clone(&shared), data.clone());
        let body = move |_: &_| look(what, &data, mailbox, options, &theirs);
        let thread = thread::spawn(&format!("attach:{name}"), SystemClock::new().seat(), body);
        let thread = thread.map_err(StartError::Open)?.with_join_bound(JOIN_BOUND);
        Ok(Self { shared, _thread: thread })
    }

    /// Asks the run for something; its answer is what the run does. Never waits.
    pub fn ask(&self, ask: Ask) {
        match &*lock(&self.shared.local) {
            None => {
                lock(&self.shared.asks).push_back(ask);
                self.shared.bell.ring();
            }
            Some(job) => match ask {
                Ask::Stop => job.end(),
                Ask::Pause => job.pause(),
                Ask::Resume => job.resume(),
                Ask::AddRule { rule } => job.add_rule(&rule),
                Ask::RemoveRule { rule } => job.remove_rule(&rule),
                Ask::Status | Ask::Rules | Ask::Signal { .. } => {}
            },
        }
    }

    /// Whether it runs in another process, and so goes on without this one.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        lock(&self.shared.local).is_none()
    }

    /// The directory of the run, once it is known.
    #[must_use]
    pub fn run_path(&self) -> Option<&Path> {
        self.shared.path.get().map(PathBuf::as_path)
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // The thread's own drop waits for it.
        self.shared.is_leaving.store(true, Ordering::Release);
        self.shared.bell.ring();
    }
}

impl Shared {
    fn is_leaving(&self) -> bool {
        self.is_leaving.load(Ordering::Acquire)
    }
}

/// The thread.
fn look(what: What, data: &SnapshotSlot, mailbox: Mailbox, options: StartOptions, shared: &Shared) {
    let (run, process) = match what {
        What::Run(entry) => (entry.path, None),
        What::Command(kind, supervisor) => match supervisor.start(&kind) {
            Ok(started) => (started.run, Some(started.process)),
            Err(SpawnError::NoPlace(why)) => {
                log::info!("{why}; the command runs without a supervisor");
                return run_here(&kind, data, mailbox, options, shared);
            }
            Err(error) => return mailbox.send(Notice::Failed(error.to_string().into())),
        },
    };
    shared.path.set(run.clone()).unwrap_or_default();
    // Who shows it learns where the run is.
    mailbox.send(Notice::Job(State::Running));
    match Look::begin(&run, data, mailbox.clone(), options, process) {
        Ok(mut look) => look.watch(shared),
        Err(error) => mailbox.send(Notice::Failed(error.to_string().into())),
    }
}

/// Without a log nobody could look at a command elsewhere.
fn run_here(kind: &JobKind, data: &SnapshotSlot, mailbox: Mailbox, options: StartOptions, shared: &Shared) {
    let mut local = lock(&shared.local);
    match pipeline::start(kind, data, mailbox.clone(), StartOptions { supervisor: None, ..options }) {
        Ok(job) => {
            if lock(&shared.asks).contains(&Ask::Stop) {
                job.end();
            }
            *local = Some(job);
        }
        Err(error) => mailbox.send(Notice::Failed(error.to_string().into())),
    }
}
