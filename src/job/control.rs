//! What a job's threads may be told: stop, pause, close.
//!
//! Flags only; whoever sets one wakes the seats that it concerns. Knows no thread.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// The flags of one start of a job, shared by its threads.
#[derive(Default)]
pub(crate) struct Switches {
    worker_stop: AtomicBool,
    receiver_stop: AtomicBool,
    paused: AtomicBool,
    worker_over: AtomicBool,
    closed: AtomicBool,
    taken: AtomicU64,
}

impl Switches {
    /// Asks the worker to stop.
    pub(crate) fn stop_worker(&self) {
        self.worker_stop.store(true, Ordering::Release);
    }

    /// Whether the worker is to stop, or nobody takes what it makes.
    pub(crate) fn is_worker_stopping(&self) -> bool {
        self.worker_stop.load(Ordering::Acquire) || self.is_closed()
    }

    /// Asks the receiver to stop without waiting for the worker.
    pub(crate) fn stop_receiver(&self) {
        self.receiver_stop.store(true, Ordering::Release);
    }

    /// Whether the receiver is to stop without waiting for the worker.
    pub(crate) fn is_receiver_stopping(&self) -> bool {
        self.receiver_stop.load(Ordering::Acquire)
    }

    /// Holds the threads or lets them go on.
    pub(crate) fn set_paused(&self, paused: bool) {
        self.paused.store(paused, Ordering::Release);
    }

    /// Whether the threads are held.
    pub(crate) fn is_paused(&self) -> bool {
        self.paused.load(Ordering::Acquire)
    }

    /// Says that nothing more will be sent: the receiver takes what is left and ends.
    pub(crate) fn finish_receiver(&self) {
        self.worker_over.store(true, Ordering::Release);
    }

    /// Whether the receiver is to take what is left and end.
    pub(crate) fn is_receiver_finishing(&self) -> bool {
        self.worker_over.load(Ordering::Acquire)
    }

    /// Closes the channels and the worker's way to the panes: whatever comes later is refused.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// Whether the channels are closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Counts one thing taken by the receiver: a sign of life.
    pub(crate) fn count_taken(&self) {
        self.taken.fetch_add(1, Ordering::Relaxed);
    }

    /// Things taken by the receiver so far.
    pub(crate) fn taken(&self) -> u64 {
        self.taken.load(Ordering::Relaxed)
    }
}

/// Resident memory of this process, in bytes, where the system tells.
pub(crate) fn resident_bytes() -> Option<u64> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split_ascii_whitespace().nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(rustix::param::page_size() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_uses_memory() {
        let before = resident_bytes().unwrap();
        let block = std::hint::black_box(vec![1_u8; 64 << 20]);
        let after = resident_bytes().unwrap();
        assert!(before > 1 << 20 && after > before + (48 << 20), "{before} {after} {}", block.len());
    }
}
