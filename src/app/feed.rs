//! What a running job shows: the lines of its panes and the newest snapshot of its samples.
//!
//! Shared by the job, the panes and the figures of one window. The panes are written and read on the GUI thread; the
//! samples are published by the receiver's thread. Knows no window.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::app::pane_log::PaneLog;
use crate::batch::Pane;
use crate::store::SnapshotSlot;

/// Called after lines came or went; says whether it still wants to be called.
pub type PaneListener = Box<dyn Fn() -> bool + Send>;

/// What a job shows, for all who show it.
#[derive(Default)]
pub struct JobFeed {
    panes: [Mutex<PaneLog>; 3],
    data: SnapshotSlot,
    listeners: Mutex<Vec<PaneListener>>,
}

impl JobFeed {
    /// The lines of a pane.
    pub fn pane(&self, pane: Pane) -> MutexGuard<'_, PaneLog> {
        let [control, worker, receiver] = &self.panes;
        let log = match pane {
            Pane::Control => control,
            Pane::Worker => worker,
            Pane::Receiver => receiver,
        };
        log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The samples.
    #[must_use]
    pub fn data(&self) -> &SnapshotSlot {
        &self.data
    }

    /// Calls `listener` after each [`JobFeed::panes_changed`] until it says no.
    pub fn listen(&self, listener: PaneListener) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).push(listener);
    }

    /// Tells the listeners that lines came or went; once for many lines.
    pub fn panes_changed(&self) {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner).retain(|listener| listener());
    }
}
