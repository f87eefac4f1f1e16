//! Which jobs run in this process, so that the program's end can wait for those that nobody holds. Knows no job.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lock;

/// Asks a job to stop; must not block.
pub(crate) type Stop = Arc<dyn Fn() + Send + Sync>;

static LIVE: Mutex<Live> = Mutex::new(Live { next_id: 0, jobs: Vec::new(), is_ending: false });
static CHANGED: Condvar = Condvar::new();

struct Live {
    next_id: u64,
    jobs: Vec<(u64, Stop)>,
    is_ending: bool,
}

/// A running job; dropping it says that the job has ended.
pub(crate) struct Entry(u64);

/// Enters a job. If the program is ending it is asked to stop at once.
pub(crate) fn enter(stop: Stop) -> Entry {
    let mut live = lock(&LIVE);
    let id = live.next_id;
    live.next_id += 1;
    live.jobs.push((id, Arc::clone(&stop)));
    let is_ending = live.is_ending;
    drop(live);
    if is_ending {
        stop();
    }
    Entry(id)
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut live = lock(&LIVE);
        live.jobs.retain(|(id, _)| *id != self.0);
        drop(live);
        CHANGED.notify_all();
    }
}

/// Asks every job of this process to stop, detached ones and those in pools included, and waits for their ends,
/// `timeout` at most. Returns how many still run. For the end of the program: jobs that are started meanwhile are
/// asked to stop at once.
pub fn end_all(timeout: Duration) -> usize {
    let start = Instant::now();
    let mut live = lock(&LIVE);
    live.is_ending = true;
    let stops: Vec<Stop> = live.jobs.iter().map(|(_, stop)| Arc::clone(stop)).collect();
    drop(live);
    for stop in stops {
        stop();
    }
    let mut live = lock(&LIVE);
    while !live.jobs.is_empty() {
        let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { break };
        live = CHANGED.wait_timeout(live, left).unwrap_or_else(PoisonError::into_inner).0;
    }
    live.is_ending = false;
    live.jobs.len()
}
