//! A pool of jobs: so many run at once, the others wait in the order in which they came.
//!
//! It has no thread of its own: the end of a job, on that job's control thread, starts the next one.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::handle::{JobHandle, JobRef};
use super::lock;
use super::mailbox::Mailbox;
use super::receiver::Sink;
use super::spec::{JobError, JobSpec};
use crate::batch::{Failure, Level, Message, Notice, Outcome, Pane, State};

/// Runs at most a given number of jobs at once. Dropping it cancels those that wait, stops those that run and waits for
/// their ends, within the bound of [`JobHandle`] for each; all are asked before the first is waited for.
pub struct Pool {
    shared: Arc<Shared>,
}

/// One job of a pool, waiting, running or ended. A light handle: dropping it changes nothing.
#[derive(Clone)]
pub struct PoolJob {
    slot: Arc<Slot>,
    pool: Weak<Shared>,
}

impl Pool {
    /// A pool that runs `limit` jobs at once, at least 1.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let queue = Mutex::new(Queue::default());
        Self { shared: Arc::new(Shared { limit: limit.max(1), queue }) }
    }

    /// Starts a job, or lets it wait for its turn. Its t0 is its start, not this call.
    ///
    /// # Errors
    /// [`JobError::PoolClosed`] while the pool is being released. A thread that the system refuses makes the job fail.
    pub fn submit(&self, spec: JobSpec, sink: Box<dyn Sink>, mailbox: Mailbox) -> Result<PoolJob, JobError> {
        let slot = Arc::new(Slot {
            name: spec.name.clone(),
            place: Mutex::new(Place::Waiting),
            ended: Condvar::new(),
            mailbox: mailbox.clone(),
        });
        let mut queue = lock(&self.shared.queue);
        if queue.is_closed {
            return Err(JobError::PoolClosed);
        }
        if queue.running.len() >= self.shared.limit || !queue.waiting.is_empty() {
            mailbox.send(Notice::Job(State::Waiting));
        }
        queue.waiting.push_back(Pending { slot: Arc::clone(&slot), spec, sink, mailbox });
        self.shared.start_next(queue);
        Ok(PoolJob { slot, pool: Arc::downgrade(&self.shared) })
    }

    /// Number of jobs that wait for their turn.
    #[must_use]
    pub fn waiting(&self) -> usize {
        lock(&self.shared.queue).waiting.len()
    }

    /// Number of jobs that run.
    #[must_use]
    pub fn running(&self) -> usize {
        lock(&self.shared.queue).running.len()
    }

    /// Cancels all jobs that wait and asks all that run to stop. Returns at once; new jobs may follow.
    pub fn stop_all(&self) {
        let mut queue = lock(&self.shared.queue);
        let waiting = std::mem::take(&mut queue.waiting);
        for (_, handle) in &queue.running {
            handle.stop();
        }
        drop(queue);
        for pending in waiting {
            pending.slot.cancel();
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        lock(&self.shared.queue).is_closed = true;
        self.stop_all();
        let mut queue = lock(&self.shared.queue);
        let running = std::mem::take(&mut queue.running);
        let ended = std::mem::take(&mut queue.ended);
        // Their ends need the lock; their drops, here, wait for them.
        drop(queue);
        drop((running, ended));
    }
}

impl PoolJob {
    /// The job's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.slot.name
    }

    /// Cancels the job if it waits, asks it to stop if it runs. Returns at once.
    pub fn stop(&self) {
        if let Some(pool) = self.pool.upgrade() {
            let mut queue = lock(&pool.queue);
            let at = queue.waiting.iter().position(|pending| Arc::ptr_eq(&pending.slot, &self.slot));
            let pending = at.and_then(|at| queue.waiting.remove(at));
            drop(queue);
            if let Some(pending) = pending {
                pending.slot.cancel();
                return;
            }
        }
        if let Place::Running(job) = &*lock(&self.slot.place) {
            job.stop();
        }
    }

    /// What the job is doing; [`State::Waiting`] in the queue.
    #[must_use]
    pub fn state(&self) -> State {
        match &*lock(&self.slot.place) {
            Place::Waiting => State::Waiting,
            Place::Running(job) => job.state(),
            Place::Ended(Ok(_)) => State::Finished,
            Place::Ended(Err(_)) => State::Failed,
        }
    }

    /// Blocks until the end, `timeout` at most. `None` if it still waits or runs, else how it ended.
    #[must_use]
    pub fn wait(&self, timeout: Duration) -> Option<Result<Outcome, Failure>> {
        let start = Instant::now();
        let mut place = lock(&self.slot.place);
        loop {
            if let Place::Ended(result) = &*place {
                return Some(result.clone());
            }
            let left = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero())?;
            place = self.slot.ended.wait_timeout(place, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

struct Shared {
    limit: usize,
    queue: Mutex<Queue>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Pending>,
    running: Vec<(Arc<Slot>, JobHandle)>,
    /// Have told their end on a thread that has now only to return; joined when the next one comes here.
    ended: Vec<JobHandle>,
    is_closed: bool,
}

struct Pending {
    slot: Arc<Slot>,
    spec: JobSpec,
    sink: Box<dyn Sink>,
    mailbox: Mailbox,
}

struct Slot {
    name: String,
    place: Mutex<Place>,
    ended: Condvar,
    mailbox: Mailbox,
}

enum Place {
    Waiting,
    Running(JobRef),
    Ended(Result<Outcome, Failure>),
}

impl Shared {
    /// Fills the free places. Takes the lock over, so that the end of a job that is just being started waits for it.
    fn start_next(self: &Arc<Self>, mut queue: MutexGuard<'_, Queue>) {
        let before = std::mem::take(&mut queue.ended);
        while queue.running.len() < self.limit {
            let Some(Pending { slot, spec, sink, mailbox }) = queue.waiting.pop_front() else { break };
            let (pool, theirs) = (Arc::downgrade(self), Arc::clone(&slot));
            let on_end = Box::new(move |result| {
                theirs.end(result);
                if let Some(pool) = pool.upgrade() {
                    pool.on_end(&theirs);
                }
            });
            match JobHandle::start_with(spec, sink, mailbox, on_end) {
                Ok(handle) => {
                    slot.begin(handle.job());
                    queue.running.push((slot, handle));
                }
                Err(error) => {
                    let failure = Failure::from(error.to_string());
                    slot.mailbox.send(Notice::Job(State::Failed));
                    slot.mailbox.send(Notice::Failed(failure.clone()));
                    slot.end(Err(failure));
                }
            }
        }
        drop(queue);
        drop(before);
    }

    fn on_end(self: &Arc<Self>, slot: &Arc<Slot>) {
        let mut queue = lock(&self.queue);
        let at = queue.running.iter().position(|(running, _)| Arc::ptr_eq(running, slot));
        let own = at.map(|at| queue.running.swap_remove(at).1);
        self.start_next(queue);
        let mut queue = lock(&self.queue);
        if queue.is_closed {
            // The pool is going; nobody will come to join this thread, which is about to return.
            drop(queue);
            if let Some(mut own) = own {
                own.release();
            }
        } else {
            queue.ended.extend(own);
        }
    }
}

impl Slot {
    fn begin(&self, job: &JobRef) {
        let mut place = lock(&self.place);
        // A job may have ended before its starter comes here.
        if matches!(*place, Place::Waiting) {
            *place = Place::Running(job.clone());
        }
    }

    fn end(&self, result: Result<Outcome, Failure>) {
        *lock(&self.place) = Place::Ended(result);
        self.ended.notify_all();
    }

    fn cancel(&self) {
        let text = "Cancelled while waiting for its turn";
        let message = Message::new(Pane::Control, Level::Info, 0.0, text);
        let outcome = Outcome { summary: "cancelled while waiting".into(), was_stopped: true, ..Outcome::default() };
        self.mailbox.send(Notice::Message(message));
        self.mailbox.send(Notice::Job(State::Finished));
        self.mailbox.send(Notice::Finished(outcome.clone()));
        self.end(Ok(outcome));
    }
}
