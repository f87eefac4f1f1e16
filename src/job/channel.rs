//! The only place that makes channels: each bounded in number and in bytes, each with its overflow policy.
//!
//! | channel | carries | bound | when full |
//! | --- | --- | --- | --- |
//! | data | items from worker to receiver | [`DATA_ITEMS`], [`DATA_BYTES`] | the worker waits: nothing is lost |
//! | text | captured lines from worker to receiver | [`TEXT_LINES`], [`TEXT_BYTES`] | the worker waits: nothing is lost |
//! | events | starts and ends of a job's threads, to its control thread | [`EVENTS`] | cannot be: fewer are ever sent |
//!
//! The display lane is no channel: see [`mailbox`](super::mailbox). Nobody blocks in here; who must wait does so at its
//! [`Seat`](super::clock::Seat), where a stop finds it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, Sender, TrySendError};

use crate::batch::{Item, Message};

/// Items between worker and receiver: a second of a source that sends a thousand batches a second, so that a receiver
/// that flushes to a slow disk does not hold the worker up.
pub const DATA_ITEMS: usize = 1024;

/// Bytes of samples between worker and receiver, exceeded by one item at most: what 1024 ordinary batches need, and a
/// bound on sources that send millions of samples at once.
pub const DATA_BYTES: usize = 64 << 20;

/// Captured lines between worker and receiver: a burst of a chatty program; at 100 bytes a line less than half a MiB.
pub const TEXT_LINES: usize = 4096;

/// Bytes of captured lines between worker and receiver, exceeded by one line at most: bounds lines of 64 KiB.
pub const TEXT_BYTES: usize = 8 << 20;

/// Events for a control thread: two threads, each with one orderly end and one exit, and as much again to spare.
pub const EVENTS: usize = 8;

/// How many bytes something holds while it waits in a channel.
pub(crate) trait Weight {
    fn bytes(&self) -> usize;
}

impl Weight for Item {
    fn bytes(&self) -> usize {
        self.held_bytes()
    }
}

impl Weight for Message {
    fn bytes(&self) -> usize {
        self.held_bytes()
    }
}

/// The end of a channel that a worker holds.
pub(crate) struct Inlet<T> {
    to: Sender<T>,
    held_bytes: Arc<AtomicUsize>,
    bound_bytes: usize,
}

impl<T: Weight> Inlet<T> {
    /// Puts `thing` in, or hands it back if there is no room.
    pub(crate) fn try_send(&self, thing: T) -> Result<(), T> {
        if self.held_bytes.load(Ordering::Acquire) >= self.bound_bytes {
            return Err(thing);
        }
        let bytes = thing.bytes();
        self.held_bytes.fetch_add(bytes, Ordering::AcqRel);
        self.to.try_send(thing).map_err(|error| {
            self.held_bytes.fetch_sub(bytes, Ordering::AcqRel);
            match error {
                TrySendError::Full(thing) | TrySendError::Disconnected(thing) => thing,
            }
        })
    }
}

/// The end of a channel from which a receiver takes. The control thread keeps a second one, to count what is left.
#[derive(Clone)]
pub(crate) struct Tap<T> {
    from: Receiver<T>,
    held_bytes: Arc<AtomicUsize>,
}

impl<T: Weight> Tap<T> {
    /// Takes the oldest, if there is one.
    pub(crate) fn try_take(&self) -> Option<T> {
        let thing = self.from.try_recv().ok()?;
        self.held_bytes.fetch_sub(thing.bytes(), Ordering::AcqRel);
        Some(thing)
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.from.is_empty()
    }
}

/// The data channel of one start of a job.
pub(crate) fn data() -> (Inlet<Item>, Tap<Item>) {
    weighed(DATA_ITEMS, DATA_BYTES)
}

/// The text channel of one start of a job.
pub(crate) fn text() -> (Inlet<Message>, Tap<Message>) {
    weighed(TEXT_LINES, TEXT_BYTES)
}

/// The channel to a job's control thread.
pub(crate) fn events<T>() -> (Sender<T>, Receiver<T>) {
    crossbeam_channel::bounded(EVENTS)
}

fn weighed<T>(count: usize, bound_bytes: usize) -> (Inlet<T>, Tap<T>) {
    let (to, from) = crossbeam_channel::bounded(count);
    let held_bytes = Arc::new(AtomicUsize::new(0));
    (Inlet { to, held_bytes: Arc::clone(&held_bytes), bound_bytes }, Tap { from, held_bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Batch, SeriesId, Xs};

    fn samples(count: usize) -> Item {
        let x = Xs::Steps { start: 0.0, step: 1.0 };
        Item::Append(Batch::new(SeriesId(0), 0, x, vec![0.0; count]).unwrap())
    }

    #[test]
    fn flow_slow_receiver_is_bounded_in_number() {
        let (inlet, tap) = data();
        for _ in 0..DATA_ITEMS {
            inlet.try_send(samples(1)).unwrap();
        }
        assert_eq!(inlet.try_send(samples(1)), Err(samples(1)), "a refused item is handed back");
        tap.try_take().unwrap();
        inlet.try_send(samples(1)).unwrap();
    }

    #[test]
    fn flow_slow_receiver_is_bounded_in_bytes() {
        let (inlet, tap) = data();
        inlet.try_send(samples(DATA_BYTES / size_of::<f64>())).unwrap();
        assert!(inlet.try_send(samples(1)).is_err());
        tap.try_take().unwrap();
        inlet.try_send(samples(1)).unwrap();
        assert_eq!(tap.try_take().map(|item| item.bytes()), Some(8));
        assert!(tap.is_empty());
    }
}
