//! Fire-and-forget jobs: one named thread, nobody waits for its result. Its error is logged, and
//! [`end_all`](super::end_all) ends it with the program.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::clock::{Clock, Seat, SystemClock};
use super::spec::JobError;
use super::{registry, thread};
use crate::source::{SourceError, Stopped};

/// What a fire-and-forget job asks whether it is to stop.
pub struct StopToken<'a> {
    stop: Arc<AtomicBool>,
    seat: &'a Seat,
}

impl StopToken<'_> {
    /// Whether the job is to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Sleeps for `duration`; a stop interrupts it at once.
    ///
    /// # Errors
    /// [`Stopped`] once the job is asked to stop.
    pub fn sleep(&self, duration: Duration) -> Result<(), Stopped> {
        let until = self.seat.now().saturating_add(duration);
        loop {
            if self.is_stopping() {
                return Err(Stopped);
            }
            if self.seat.now() >= until {
                return Ok(());
            }
            self.seat.wait(Some(until));
        }
    }
}

/// Runs `work` on a thread `job:<name>` that nobody joins. A panic or an error is logged.
///
/// # Errors
/// [`JobError::Spawn`] if the system refuses another thread.
pub fn spawn_detached<F>(name: &str, work: F) -> Result<(), JobError>
where
    F: FnOnce(&StopToken<'_>) -> Result<(), SourceError> + Send + 'static,
{
    let seat = SystemClock::new().seat();
    let stop = Arc::new(AtomicBool::new(false));
    let (theirs, waker) = (Arc::clone(&stop), seat.waker());
    let entry = registry::enter(Arc::new(move || {
        theirs.store(true, Ordering::Release);
        waker.wake();
    }));
    let name = format!("job:{name}");
    let spawned = thread::spawn(&name.clone(), seat, {
        let name = name.clone();
        move |seat: &Seat| {
            match thread::caught(|| work(&StopToken { stop, seat })) {
                Ok(Ok(()) | Err(SourceError::Stopped(_))) => {}
                Ok(Err(error)) => log::error!("{name} failed: {error}"),
                Err(panic) => log::error!("{name} panicked: {panic}"),
            }
            drop(entry);
        }
    });
    spawned.map(thread::Thread::abandon).map_err(|source| JobError::Spawn { name, source })
}
