//! What a recorder has done, counted so that any thread can look.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::entry::Gap;
use super::log_writer::Written;

/// What a recorder has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordStats {
    /// Records in the file: they survive the end of this process, however it comes.
    pub records: u64,
    /// Samples in them.
    pub samples: u64,
    /// Bytes of the log.
    pub bytes: u64,
    /// The last mark in it; 0 if there is none.
    pub mark: u64,
    /// Records that survive a loss of power as well.
    pub records_synced: u64,
    /// Samples in them.
    pub samples_synced: u64,
    /// Bytes of them.
    pub bytes_synced: u64,
    /// Items with samples that were not recorded, because the disk did not take them.
    pub items_lost: u64,
    /// Samples in them.
    pub samples_lost: u64,
    /// Notices that were not recorded, because they were too many at once or the disk did not take them.
    pub notices_lost: u64,
    /// Whether the disk takes what comes.
    pub is_writing: bool,
}

pub(super) struct Counters {
    flushed: Count,
    synced: Count,
    items_lost: AtomicU64,
    samples_lost: AtomicU64,
    notices_lost: AtomicU64,
    is_writing: AtomicBool,
}

#[derive(Default)]
struct Count {
    records: AtomicU64,
    samples: AtomicU64,
    bytes: AtomicU64,
    mark: AtomicU64,
}

impl Counters {
    pub fn new() -> Self {
        Self {
            flushed: Count::default(),
            synced: Count::default(),
            items_lost: AtomicU64::new(0),
            samples_lost: AtomicU64::new(0),
            notices_lost: AtomicU64::new(0),
            is_writing: AtomicBool::new(true),
        }
    }

    pub fn read(&self) -> RecordStats {
        // The synced ones first, so that they are never more than the others.
        let (synced, flushed) = (self.synced.read(), self.flushed.read());
        RecordStats {
            records: flushed.records,
            samples: flushed.samples,
            bytes: flushed.bytes,
            mark: flushed.mark,
            records_synced: synced.records,
            samples_synced: synced.samples,
            bytes_synced: synced.bytes,
            items_lost: self.items_lost.load(Ordering::Relaxed),
            samples_lost: self.samples_lost.load(Ordering::Relaxed),
            notices_lost: self.notices_lost.load(Ordering::Relaxed),
            is_writing: self.is_writing.load(Ordering::Relaxed),
        }
    }

    pub fn set_flushed(&self, written: Written) {
        self.flushed.set(written);
    }

    pub fn set_synced(&self, written: Written) {
        self.synced.set(written);
    }

    pub fn set_writing(&self, is_writing: bool) {
        self.is_writing.store(is_writing, Ordering::Relaxed);
    }

    pub fn add_lost(&self, gap: &Gap) {
        self.items_lost.fetch_add(gap.items, Ordering::Relaxed);
        self.samples_lost.fetch_add(gap.samples, Ordering::Relaxed);
        self.notices_lost.fetch_add(gap.notices, Ordering::Relaxed);
    }
}

impl Count {
    fn set(&self, written: Written) {
        self.bytes.store(written.bytes, Ordering::Release);
        self.mark.store(written.mark, Ordering::Release);
        self.samples.store(written.samples, Ordering::Release);
        self.records.store(written.records, Ordering::Release);
    }

    fn read(&self) -> Written {
        Written {
            records: self.records.load(Ordering::Acquire),
            samples: self.samples.load(Ordering::Acquire),
            bytes: self.bytes.load(Ordering::Acquire),
            mark: self.mark.load(Ordering::Acquire),
        }
    }
}
