//! What a job is before it runs: its source, its receiver's plan, its limits and its clock.

use std::sync::Arc;
use std::time::Duration;

use super::clock::{Clock, SystemClock};
use super::limits::Limits;
use super::receiver::ReceiverPlan;
use crate::batch::Outcome;
use crate::source::{Outlet, PassThrough, Refine, Source, SourceError};

/// How long a thread that was asked to stop may go on, if not set otherwise. A window that closes waits 2 s at most.
pub const GRACE: Duration = Duration::from_millis(1500);

/// Why a job could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The system refused another thread.
    #[error("could not start the thread {name}: {source}")]
    Spawn {
        /// Name of the thread.
        name: String,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The pool is being released and takes no more jobs.
    #[error("the pool is closed")]
    PoolClosed,
}

/// Hears, in words, of a limit that is passed. Called on the job's control thread; must not block.
pub type OnLimit = Arc<dyn Fn(&str) + Send + Sync>;

/// A job, ready to start once.
pub struct JobSpec {
    /// Names the job in messages and its threads: `worker:<name>`, `receiver:<name>`, `job:<name>`.
    pub name: String,
    /// Makes the data.
    pub source: Box<dyn Source>,
    /// Refines it before it is shown; [`PassThrough`] if not set.
    pub refine: Box<dyn Refine>,
    /// How the receiver works; as it comes if not set.
    pub receiver: ReceiverPlan,
    /// What the job may use; no limits if not set.
    pub limits: Limits,
    /// Hears of limits that are passed; nobody if not set. The Control pane says it in any case.
    pub on_limit: OnLimit,
    /// How long a thread may go on after it was asked to stop, before it is abandoned; [`GRACE`] if not set. Sources
    /// that end other programs in steps need more.
    pub grace: Duration,
    /// Where its time comes from; [`SystemClock`] if not set.
    pub clock: Arc<dyn Clock>,
}

impl JobSpec {
    /// A job whose receiver takes everything as it comes.
    #[must_use]
    pub fn new(name: impl Into<String>, source: impl Source + 'static) -> Self {
        Self {
            name: name.into(),
            source: Box::new(source),
            refine: Box::new(PassThrough),
            receiver: ReceiverPlan::default(),
            limits: Limits::default(),
            on_limit: Arc::new(|_| {}),
            grace: GRACE,
            clock: Arc::new(SystemClock::new()),
        }
    }

    /// A job whose worker runs a closure.
    #[must_use]
    pub fn from_fn<F, R>(name: impl Into<String>, work: F) -> Self
    where
        F: FnOnce(&mut dyn Outlet) -> Result<R, SourceError> + Send + 'static,
        R: Into<Outcome>,
    {
        Self::new(name, FnSource { work: Some(work) })
    }

    /// Sets what refines the data.
    #[must_use]
    pub fn with_refine(mut self, refine: impl Refine + 'static) -> Self {
        self.refine = Box::new(refine);
        self
    }

    /// Sets how the receiver works.
    #[must_use]
    pub fn with_receiver(mut self, receiver: ReceiverPlan) -> Self {
        self.receiver = receiver;
        self
    }

    /// Sets what the job may use.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets how long a thread may go on after it was asked to stop.
    #[must_use]
    pub fn with_grace(mut self, grace: Duration) -> Self {
        self.grace = grace;
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }
}

struct FnSource<F> {
    work: Option<F>,
}

impl<F, R> Source for FnSource<F>
where
    F: FnOnce(&mut dyn Outlet) -> Result<R, SourceError> + Send,
    R: Into<Outcome>,
{
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        match self.work.take() {
            Some(work) => work(out).map(Into::into),
            None => Err(SourceError::Failed("this source has run already".into())),
        }
    }
}
