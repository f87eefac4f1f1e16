//! Time for jobs, and the one place where a thread of a job waits: its [`Seat`].
//!
//! Every thread of a job has one seat. Whatever may concern it (an item to take, room to send, stop, pause, the end of
//! its neighbour) wakes that seat; the thread then looks for itself what has changed. So a stop interrupts every wait at
//! once, and a test may put [`FakeClock`](super::FakeClock) in the place of real time. Knows no job.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::lock;

/// Where a job's time comes from.
pub trait Clock: Send + Sync {
    /// Monotonic time since an arbitrary moment.
    fn now(&self) -> Duration;

    /// Wall clock: nanoseconds since the Unix epoch. May jump.
    fn stamp_nanos(&self) -> i64;

    /// A place to wait for one thread; taken before the thread is started.
    fn seat(&self) -> Seat;
}

/// What a clock does for one waiting thread. Only the implementation of a [`Clock`] needs to know this.
pub trait Wait: Send + Sync {
    /// The clock's [`now`](Clock::now).
    fn now(&self) -> Duration;

    /// The thread begins to work.
    fn enter(&self);

    /// Blocks until woken or until the clock's time is `until`. A wake-up that came before is not lost: it ends the
    /// next wait. May return early.
    fn wait(&self, until: Option<Duration>);

    /// Ends the present or next wait. From any thread; never blocks.
    fn wake(&self);

    /// The thread has ended, or never came.
    fn leave(&self);
}

/// The place where one thread waits.
pub struct Seat(Arc<dyn Wait>);

impl Seat {
    /// A seat of a clock's own make.
    #[must_use]
    pub fn new(wait: Arc<dyn Wait>) -> Self {
        Self(wait)
    }

    /// The clock's time.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.0.now()
    }

    /// Called by the thread as its first act.
    pub fn enter(&self) {
        self.0.enter();
    }

    /// Blocks until woken or until the clock shows `until`; without it until woken. May return early: look again.
    pub fn wait(&self, until: Option<Duration>) {
        self.0.wait(until);
    }

    /// Blocks for `duration`, whatever wakes come.
    pub fn sleep(&self, duration: Duration) {
        let until = self.now().saturating_add(duration);
        while self.now() < until {
            self.wait(Some(until));
        }
    }

    /// What others keep to wake this seat.
    #[must_use]
    pub fn waker(&self) -> Waker {
        Waker(Arc::clone(&self.0))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.leave();
    }
}

/// Wakes the thread at a [`Seat`].
#[derive(Clone)]
pub struct Waker(Arc<dyn Wait>);

impl Waker {
    /// Ends the present or next wait. From any thread; never blocks.
    pub fn wake(&self) {
        self.0.wake();
    }
}

/// Real time.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    origin: Instant,
}

impl SystemClock {
    /// A clock that begins at zero now.
    #[must_use]
    pub fn new() -> Self {
        Self { origin: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn stamp_nanos(&self) -> i64 {
        match SystemTime::now().duration_since(UNIX_EPOCH) {
            Ok(since) => i64::try_from(since.as_nanos()).unwrap_or(i64::MAX),
            Err(before) => i64::try_from(before.duration().as_nanos()).map_or(i64::MIN, |nanos| -nanos),
        }
    }

    fn seat(&self) -> Seat {
        Seat(Arc::new(Parking {
            origin: self.origin,
            state: AtomicU8::new(EMPTY),
            gate: Mutex::new(()),
            changed: Condvar::new(),
        }))
    }
}

const EMPTY: u8 = 0;
const PARKED: u8 = 1;
const WOKEN: u8 = 2;

/// A parking place with one token. Waking a thread that works costs one atomic swap and no system call.
/// `std::thread::park` would not do: a channel that is used by a source may eat its token.
struct Parking {
    origin: Instant,
    state: AtomicU8,
    gate: Mutex<()>,
    changed: Condvar,
}

impl Wait for Parking {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn enter(&self) {}

    fn wait(&self, until: Option<Duration>) {
        if self.state.compare_exchange(WOKEN, EMPTY, Ordering::AcqRel, Ordering::Acquire).is_ok() {
            return;
        }
        let gate = lock(&self.gate);
        if self.state.compare_exchange(EMPTY, PARKED, Ordering::AcqRel, Ordering::Acquire).is_err() {
            // Woken since the look above: take the token.
            self.state.swap(EMPTY, Ordering::AcqRel);
            return;
        }
        match until {
            None => drop(self.changed.wait(gate)),
            Some(until) => {
                let left = until.saturating_sub(self.origin.elapsed());
                drop(self.changed.wait_timeout(gate, left));
            }
        }
        // Woken, timed out or spurious: the caller looks again in every case.
        self.state.swap(EMPTY, Ordering::AcqRel);
    }

    fn wake(&self) {
        if self.state.swap(WOKEN, Ordering::AcqRel) == PARKED {
            // Passing the gate makes sure that the waiter has reached the condition variable.
            drop(lock(&self.gate));
            self.changed.notify_one();
        }
    }

    fn leave(&self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::thread;

    #[test]
    fn a_wake_before_the_wait_is_not_lost() {
        let clock = SystemClock::new();
        let seat = clock.seat();
        seat.waker().wake();
        seat.wait(None);
    }

    #[test]
    fn a_deadline_ends_the_wait() {
        let clock = SystemClock::new();
        let seat = clock.seat();
        seat.sleep(Duration::from_millis(5));
        assert!(clock.now() >= Duration::from_millis(5));
    }

    #[test]
    fn two_threads_hand_a_token_to_and_fro() {
        const ROUNDS: u32 = 20_000;
        let clock = SystemClock::new();
        let (here, there) = (clock.seat(), clock.seat());
        let (wake_here, wake_there) = (here.waker(), there.waker());
        let turn = Arc::new(AtomicU8::new(0));
        let theirs = Arc::clone(&turn);
        let mut thread = thread::spawn("ping", there, move |seat| {
            for _ in 0..ROUNDS {
                while theirs.load(Ordering::Acquire) != 1 {
                    seat.wait(None);
                }
                theirs.store(0, Ordering::Release);
                wake_here.wake();
            }
        })
        .unwrap();
        for _ in 0..ROUNDS {
            turn.store(1, Ordering::Release);
            wake_there.wake();
            while turn.load(Ordering::Acquire) != 0 {
                here.wait(None);
            }
        }
        thread.join(Duration::from_secs(60)).unwrap();
    }
}
