//! Stops, holds and lets go the process tree of a command, on a thread of its own.
//!
//! The job's control thread says what it wishes and never waits; the keeper's thread looks through `/proc`, sends the
//! signals and waits for the grace times. Knows no output.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::source::Remote;
use crate::source::bell::Bell;
use crate::source::process_tree::ProcessTree;

/// Time between INT and TERM: a program that saves its state on INT gets this long.
const TERM_AFTER: Duration = Duration::from_secs(1);

/// Time between INT and KILL. With the time to look around, a tree is gone within 3 s of a stop.
const KILL_AFTER: Duration = Duration::from_secs(2);

/// Time after which a process that does not even heed KILL is given up: it hangs inside the kernel.
const GIVE_UP_AFTER: Duration = Duration::from_secs(5);

/// Time between two looks at a tree that is ending.
const LOOK_INTERVAL: Duration = Duration::from_millis(25);

/// The wishes for a command, and the handle that wakes its worker.
pub(super) struct Keeper {
    state: Mutex<Wishes>,
    changed: Condvar,
    wake: Bell,
}

#[derive(Default)]
struct Wishes {
    tree: Option<Arc<ProcessTree>>,
    stop: bool,
    pause: bool,
    /// The command has ended: nothing is left to keep.
    ended: bool,
}

impl Keeper {
    pub fn new() -> io::Result<Self> {
        Ok(Self { state: Mutex::default(), changed: Condvar::new(), wake: Bell::new()? })
    }

    pub fn is_stopping(&self) -> bool {
        self.lock().stop
    }

    /// Rings when the worker should look at the job's state.
    pub fn wake(&self) -> &Bell {
        &self.wake
    }

    /// The processes, while the command runs.
    pub fn tree(&self) -> Option<Arc<ProcessTree>> {
        self.lock().tree.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Wishes> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Wishes)) {
        change(&mut self.lock());
        self.changed.notify_all();
        self.wake.ring();
    }
}

impl Remote for Keeper {
    fn stop(&self) {
        self.change(|wishes| wishes.stop = true);
    }

    fn set_paused(&self, paused: bool) {
        self.change(|wishes| wishes.pause = paused);
    }

    fn memory_bytes(&self) -> Option<u64> {
        Some(self.tree()?.memory_bytes())
    }

    fn memory_above(&self, floor: u64) -> Option<u64> {
        Some(self.tree()?.memory_above(floor))
    }
}

/// The running keeper's thread. It ends, and with it the tree if a stop was asked for, when this is finished or dropped.
pub(super) struct Guard {
    keeper: Arc<Keeper>,
    thread: Option<JoinHandle<bool>>,
}

/// Starts the keeper's thread for `tree`.
pub(super) fn guard(keeper: &Arc<Keeper>, tree: Arc<ProcessTree>) -> io::Result<Guard> {
    keeper.lock().tree = Some(Arc::clone(&tree));
    let own = Arc::clone(keeper);
    let thread = std::thread::Builder::new().name("command:keeper".into()).spawn(move || own.keep(&tree))?;
    Ok(Guard { keeper: Arc::clone(keeper), thread: Some(thread) })
}

impl Guard {
    /// Waits for the keeper's thread: at once if no stop was asked for, else until the tree is gone, at most 5 s.
    /// Says whether KILL was needed.
    pub fn finish(mut self) -> bool {
        self.join()
    }

    fn join(&mut self) -> bool {
        self.keeper.change(|wishes| wishes.ended = true);
        let killed = self.thread.take().is_some_and(|thread| thread.join().unwrap_or(false));
        self.keeper.lock().tree = None;
        killed
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if self.thread.is_some() {
            // Only a panic of the worker comes here: its processes must not stay behind.
            self.keeper.stop();
            self.join();
        }
    }
}

impl Keeper {
    /// The keeper's thread.
    fn keep(&self, tree: &ProcessTree) -> bool {
        let mut is_held = false;
        loop {
            let mut wishes = self.lock();
            while !wishes.stop && !wishes.ended && wishes.pause == is_held {
                wishes = self.changed.wait(wishes).unwrap_or_else(PoisonError::into_inner);
            }
            let (stop, ended, pause) = (wishes.stop, wishes.ended, wishes.pause);
            drop(wishes);
            if stop {
                return end(tree);
            }
            if ended {
                if is_held {
                    tree.signal(Signal::CONT);
                }
                return false;
            }
            if pause {
                tree.hold();
            } else {
                tree.signal(Signal::CONT);
            }
            is_held = pause;
        }
    }
}

/// Ends all processes of `tree`: INT, TERM, KILL. Says whether KILL was needed.
fn end(tree: &ProcessTree) -> bool {
    let start = Instant::now();
    let mut last_sent = None;
    let mut killed = false;
    loop {
        let elapsed = start.elapsed();
        if elapsed >= KILL_AFTER {
            // Again and again: what forks wildly may slip through one round.
            if tree.kill() == 0 {
                return killed;
            }
            killed = true;
        } else {
            let signal = if elapsed >= TERM_AFTER { Signal::TERM } else { Signal::INT };
            let count = if last_sent == Some(signal) { tree.count() } else { tree.signal(signal) };
            if count == 0 {
                return killed;
            }
            if last_sent != Some(signal) {
                // One that is held could not take the signal.
                tree.signal(Signal::CONT);
            }
            last_sent = Some(signal);
        }
        if elapsed >= GIVE_UP_AFTER {
            log::warn!("{} processes of the command do not end even on KILL", tree.count());
            return killed;
        }
        std::thread::sleep(LOOK_INTERVAL);
    }
}
