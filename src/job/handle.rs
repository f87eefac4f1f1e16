//! The handles of a running job. All calls return at once, from any thread, but those that say that they wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::actor;
use super::clock::{Seat, Waker};
use super::mailbox::Mailbox;
use super::post::Post;
use super::receiver::Sink;
use super::spec::{JobError, JobSpec};
use super::thread::{self, Thread};
use super::{lock, registry};
use crate::batch::{Notice, Outcome, State};

/// Added to the grace times of both threads, for what the control thread does itself on a busy machine.
const DROP_MARGIN: Duration = Duration::from_millis(500);

/// A started job. Dropping it stops the job and waits for its end: two grace times and half a second at most, no more
/// than a moment where both threads listen. [`stop_and_forget`](Self::stop_and_forget) does not wait.
pub struct JobHandle {
    job: JobRef,
    thread: Option<Thread<()>>,
}

/// A light handle of a job, cheap to clone; it neither keeps the job alive nor ends it when dropped.
#[derive(Clone)]
pub struct JobRef {
    shared: Arc<Shared>,
}

/// What is told when a job has ended, on its control thread.
pub(crate) type OnEnd = Box<dyn FnOnce(Result<Outcome, String>) + Send>;

impl JobHandle {
    /// Starts a job: takes t0, then starts its control thread, which starts the worker and then the receiver.
    ///
    /// What the job has to say arrives in `mailbox`, and its items in `sink` on the receiver's thread.
    ///
    /// # Errors
    /// [`JobError::Spawn`] if the system refuses a thread. If it refuses one later, the job fails.
    pub fn start(spec: JobSpec, sink: Box<dyn Sink>, mailbox: Mailbox) -> Result<Self, JobError> {
        Self::start_with(spec, sink, mailbox, Box::new(|_| {}))
    }

    pub(crate) fn start_with(
        mut spec: JobSpec,
        sink: Box<dyn Sink>,
        mailbox: Mailbox,
        on_end: OnEnd,
    ) -> Result<Self, JobError> {
        // Names come from strangers; one that breaks the line must not break up messages.
        spec.name = spec.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let clock = Arc::clone(&spec.clock);
        let t0 = clock.now();
        let seat = clock.seat();
        let shared = Arc::new(Shared {
            name: spec.name.clone(),
            stop: AtomicBool::new(false),
            pause: AtomicBool::new(false),
            status: Mutex::new(Status { state: State::Running, result: None }),
            ended: Condvar::new(),
            control: seat.waker(),
        });
        let bound = spec.grace.saturating_mul(2).saturating_add(DROP_MARGIN);
        let post = Post { mailbox, clock, t0, is_muted: Arc::default() };
        let name = format!("job:{}", spec.name);
        let job = JobRef { shared: Arc::clone(&shared) };
        let stopper = job.clone();
        // Entered before the thread is: the program's end must not miss a job that is just starting.
        let entry = registry::enter(Arc::new(move || stopper.stop()));
        let ending = Ending { shared, post: post.clone(), on_end: Some(on_end), entry: Some(entry), is_armed: false };
        let body = move |seat: &Seat| actor::run(spec, sink, post, ending.armed(), seat);
        let spawned = thread::spawn(&name, seat, body).map_err(|source| JobError::Spawn { name, source })?;
        Ok(Self { job, thread: Some(spawned.with_join_bound(bound)) })
    }

    /// A light handle of the same job.
    #[must_use]
    pub fn job(&self) -> &JobRef {
        &self.job
    }

    /// Asks the job to stop.
    pub fn stop(&self) {
        self.job.stop();
    }

    /// Holds the job's threads at their next checkpoint.
    pub fn pause(&self) {
        self.job.pause();
    }

    /// Lets a paused job go on.
    pub fn resume(&self) {
        self.job.resume();
    }

    /// What the job is doing.
    #[must_use]
    pub fn state(&self) -> State {
        self.job.state()
    }

    /// Whether its end is reached: all its threads joined or abandoned, all its notices sent.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.job.is_ended()
    }

    /// Blocks until the end, `timeout` at most. `None` if it still runs, else how it ended.
    #[must_use]
    pub fn wait(&self, timeout: Duration) -> Option<Result<Outcome, String>> {
        self.job.wait(timeout)
    }

    /// Asks the job to stop and returns at once. Its control thread sees to the end;
    /// [`end_all`](super::end_all) waits for it before the program ends.
    pub fn stop_and_forget(mut self) {
        self.stop();
        self.release();
    }

    /// Gives up the thread without stopping it.
    pub(crate) fn release(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.abandon();
        }
    }
}

impl Drop for JobHandle {
    fn drop(&mut self) {
        if self.thread.is_some() {
            self.stop();
        }
        // The field's own drop joins.
    }
}

impl JobRef {
    /// The job's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// Asks the job to stop; it is [`State::Stopping`] at once.
    pub fn stop(&self) {
        let mut status = lock(&self.shared.status);
        if matches!(status.state, State::Running | State::Paused) {
            status.state = State::Stopping;
        }
        drop(status);
        self.shared.stop.store(true, Ordering::Release);
        self.shared.control.wake();
    }

    /// Holds the job's threads at their next checkpoint.
    pub fn pause(&self) {
        self.shared.pause.store(true, Ordering::Release);
        self.shared.control.wake();
    }

    /// Lets a paused job go on.
    pub fn resume(&self) {
        self.shared.pause.store(false, Ordering::Release);
        self.shared.control.wake();
    }

    /// What the job is doing.
    #[must_use]
    pub fn state(&self) -> State {
        lock(&self.shared.status).state
    }

    /// Whether its end is reached: all its threads joined or abandoned, all its notices sent.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        lock(&self.shared.status).result.is_some()
    }

    /// Blocks until the end, `timeout` at most. `None` if it still runs, else how it ended.
    #[must_use]
    pub fn wait(&self, timeout: Duration) -> Option<Result<Outcome, String>> {
        let start = Instant::now();
        let mut status = lock(&self.shared.status);
        while status.result.is_none() {
            let left = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero())?;
            status = self.shared.ended.wait_timeout(status, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        status.result.clone()
    }
}

/// What handles and the control thread share.
pub(crate) struct Shared {
    name: String,
    stop: AtomicBool,
    pause: AtomicBool,
    status: Mutex<Status>,
    ended: Condvar,
    control: Waker,
}

struct Status {
    state: State,
    result: Option<Result<Outcome, String>>,
}

impl Shared {
    /// Whether a handle asked the job to stop.
    pub(crate) fn wants_stop(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Whether a handle wants the job held.
    pub(crate) fn wants_pause(&self) -> bool {
        self.pause.load(Ordering::Acquire)
    }

    /// Sets the state, unless a stop has been asked for and this one is of an earlier wish.
    pub(crate) fn set_state(&self, state: State) {
        let mut status = lock(&self.status);
        if status.state != State::Stopping || !matches!(state, State::Running | State::Paused) {
            status.state = state;
        }
    }
}

/// Held by the control thread: a job has a result however that thread ends.
pub(crate) struct Ending {
    pub(crate) shared: Arc<Shared>,
    post: Post,
    on_end: Option<OnEnd>,
    entry: Option<registry::Entry>,
    /// Whether the control thread has begun: if it never does, the caller of `start` is told instead.
    is_armed: bool,
}

impl Ending {
    fn armed(mut self) -> Self {
        self.is_armed = true;
        self
    }

    /// Gives the job its result. The first one counts.
    pub(crate) fn end(&mut self, result: Result<Outcome, String>) {
        let Some(on_end) = self.on_end.take() else { return };
        let state = if result.is_ok() { State::Finished } else { State::Failed };
        self.post.notice(Notice::Job(state));
        self.post.notice(match result.clone() {
            Ok(outcome) => Notice::Finished(outcome),
            Err(text) => Notice::Failed(text),
        });
        let mut status = lock(&self.shared.status);
        status.state = state;
        status.result = Some(result.clone());
        drop(status);
        self.shared.ended.notify_all();
        if let Err(text) = thread::caught(|| on_end(result)) {
            log::error!("what follows the job {} panicked: {text}", self.shared.name);
        }
        self.entry = None;
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if self.is_armed {
            self.end(Err("the job's control thread ended too early".into()));
        }
    }
}
