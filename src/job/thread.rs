//! The only place that starts threads: named, their panics caught, joined on drop within a bound.
//!
//! Knows no job. A panic is not printed here: its text is handed to whoever joins, to be shown once.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::ffi::CString;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, Once, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::clock::Seat;
use super::lock;

/// How long a dropped [`Thread`] waits for its end before it is left alone, if not set otherwise: long enough for a loop
/// that looks at its stop flag on a busy machine, short enough for a person who closes a window.
pub const JOIN_BOUND: Duration = Duration::from_secs(2);

/// Linux keeps 15 bytes of a thread's name.
const OS_NAME_BYTES: usize = 15;

/// Why no result came from a thread.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JoinError {
    /// It panicked; the text holds the panic's message and place.
    #[error("panicked: {0}")]
    Panicked(String),
    /// It has not ended in the time given.
    #[error("has not ended after {0:?}")]
    StillRunning(Duration),
    /// Its result was taken before.
    #[error("was joined before")]
    Joined,
}

/// A running thread. Dropping it waits for its end, [`JOIN_BOUND`] at most unless set, and logs if that is not enough.
pub struct Thread<T> {
    name: String,
    handle: Option<JoinHandle<()>>,
    done: Arc<Done<T>>,
    bound: Duration,
}

struct Done<T> {
    result: Mutex<Option<Result<T, String>>>,
    changed: Condvar,
}

/// Starts a thread named `name` that works at `seat`.
///
/// # Errors
/// If the system refuses another thread.
pub fn spawn<T, F>(name: &str, seat: Seat, body: F) -> io::Result<Thread<T>>
where
    T: Send + 'static,
    F: FnOnce(&Seat) -> T + Send + 'static,
{
    install_hook();
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let done = Arc::new(Done { result: Mutex::new(None), changed: Condvar::new() });
    let theirs = Arc::clone(&done);
    let os_name = os_name(&name);
    // The builder keeps the whole name for logs and cuts it for the system, but perhaps within a character.
    let handle = std::thread::Builder::new().name(name.clone()).spawn(move || {
        if let Some(os_name) = os_name
            && let Err(error) = rustix::thread::set_name(&os_name)
        {
            log::debug!("could not name a thread: {error}");
        }
        CATCHES.set(true);
        seat.enter();
        let result = panic::catch_unwind(AssertUnwindSafe(|| body(&seat))).map_err(panic_text);
        *lock(&theirs.result) = Some(result);
        theirs.changed.notify_all();
        // Last, so that whoever is woken by the seat's end finds the result.
        drop(seat);
    })?;
    Ok(Thread { name, handle: Some(handle), done, bound: JOIN_BOUND })
}

impl<T> Thread<T> {
    /// The whole name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Sets how long a drop waits.
    #[must_use]
    pub fn with_join_bound(mut self, bound: Duration) -> Self {
        self.bound = bound;
        self
    }

    /// Waits up to `timeout` for the end and takes the result. A panic of the thread comes back as its text.
    ///
    /// # Errors
    /// [`JoinError`], see there. After `StillRunning` it may be called again.
    pub fn join(&mut self, timeout: Duration) -> Result<T, JoinError> {
        let Some(handle) = self.handle.take() else { return Err(JoinError::Joined) };
        if handle.thread().id() == std::thread::current().id() || !self.done.wait(timeout) {
            self.handle = Some(handle);
            return Err(JoinError::StillRunning(timeout));
        }
        // Only the thread's last instructions are left.
        if handle.join().is_err() {
            log::error!("thread {} panicked outside its work", self.name);
        }
        lock(&self.done.result).take().ok_or(JoinError::Joined)?.map_err(JoinError::Panicked)
    }

    /// Lets the thread go on without an owner.
    pub fn abandon(mut self) {
        self.handle = None;
    }
}

impl<T> Drop for Thread<T> {
    fn drop(&mut self) {
        if self.handle.as_ref().is_none_or(|handle| handle.thread().id() == std::thread::current().id()) {
            return;
        }
        match self.join(self.bound) {
            Ok(_) => {}
            Err(JoinError::StillRunning(after)) => {
                log::error!("thread {} has not ended after {after:?} and is left alone", self.name);
            }
            Err(error) => log::error!("thread {} {error}", self.name),
        }
    }
}

impl<T> Done<T> {
    fn wait(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let mut result = lock(&self.result);
        while result.is_none() {
            let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { return false };
            result = self.changed.wait_timeout(result, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }
}

thread_local! {
    static CATCHES: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Runs `body` and turns a panic into its text, silently. For calls of foreign code on a thread of this module.
pub(crate) fn caught<T>(body: impl FnOnce() -> T) -> Result<T, String> {
    install_hook();
    let before = CATCHES.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(body)).map_err(panic_text);
    CATCHES.set(before);
    result
}

/// Panics of our threads are reported by whoever joins them; all others stay with the hook that was there before.
fn install_hook() {
    static ONCE: Once = Once::new();
    if std::thread::panicking() {
        return;
    }
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CATCHES.get() {
                before(info);
                return;
            }
            PLACE.set(info.location().map(ToString::to_string));
            let backtrace = Backtrace::capture();
            if backtrace.status() == BacktraceStatus::Captured {
                log::error!("{backtrace}");
            }
        }));
    });
}

fn panic_text(payload: Box<dyn Any + Send>) -> String {
    let text = if let Some(text) = payload.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "a value that is not text".to_owned()
    };
    // A payload may panic in its own drop; that must not end the thread's report.
    if let Err(second) = panic::catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
    match PLACE.take() {
        Some(place) => format!("{text} (at {place})"),
        None => text,
    }
}

/// The name for the system where the whole one is too long: cut between characters, without a trailing separator.
fn os_name(name: &str) -> Option<CString> {
    if name.len() <= OS_NAME_BYTES {
        return None;
    }
    let end = (0..=OS_NAME_BYTES).rev().find(|end| name.is_char_boundary(*end)).unwrap_or(0);
    let cut = name.get(..end).unwrap_or_default().trim_end_matches([' ', '-', '_', ':', '.']);
    CString::new(cut).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::clock::{Clock, SystemClock};

    fn seat() -> Seat {
        SystemClock::new().seat()
    }

    #[test]
    fn a_result_comes_back_and_only_once() {
        let mut thread = spawn("worker:sine", seat(), |_| 7).unwrap();
        assert_eq!(thread.join(Duration::from_secs(60)), Ok(7));
        assert_eq!(thread.join(Duration::ZERO), Err(JoinError::Joined));
    }

    #[test]
    fn worker_panic_becomes_text_with_its_place() {
        let mut thread = spawn("worker:bad", seat(), |_| panic!("no more {}", "paper")).unwrap();
        let Err(JoinError::Panicked(text)) = thread.join(Duration::from_secs(60)) else { panic!("no panic came") };
        assert!(text.starts_with("no more paper (at src/job/thread.rs:"), "{text}");
    }

    #[test]
    fn worker_panic_with_a_payload_that_panics_when_dropped() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("again");
            }
        }
        let mut thread = spawn("worker:bomb", seat(), |_| panic::panic_any(Bomb)).unwrap();
        assert!(matches!(thread.join(Duration::from_secs(60)), Err(JoinError::Panicked(_))));
    }

    #[test]
    fn names_are_whole_for_us_and_cut_for_the_system() {
        let (tx, rx) = crossbeam_channel::bounded(1);
        let thread = spawn("worker:größe-länger\0", seat(), move |_| {
            let os = std::fs::read_to_string("/proc/thread-self/comm").unwrap();
            tx.send((std::thread::current().name().unwrap().to_owned(), os.trim_end().to_owned())).unwrap();
        });
        let (whole, os) = rx.recv().unwrap();
        drop(thread);
        assert_eq!((whole.as_str(), os.as_str()), ("worker:größe-länger ", "worker:größe"));
    }

    #[test]
    fn a_deaf_thread_is_left_alone_after_the_bound() {
        let (release, held) = crossbeam_channel::bounded::<()>(1);
        let thread = spawn("worker:deaf", seat(), move |_| held.recv().is_ok()).unwrap();
        let start = Instant::now();
        drop(thread.with_join_bound(Duration::from_millis(20)));
        assert!(start.elapsed() >= Duration::from_millis(20));
        drop(release);
    }

    #[test]
    fn a_panic_elsewhere_keeps_its_own_hook() {
        let result = caught(|| panic!("quiet"));
        assert!(result.unwrap_err().starts_with("quiet (at "));
        assert!(!CATCHES.get());
    }
}
