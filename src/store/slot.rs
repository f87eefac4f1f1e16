//! The place where the receiver leaves the newest [`Snapshot`] and figures pick it up.
//!
//! Shared by the receiver's thread and any number of figure threads. Holds one snapshot, never a queue: a slow figure
//! skips snapshots, and the receiver never waits for one. Knows neither the store nor what a figure does.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::store::Snapshot;

/// Called after each publish, on the publisher's thread and outside any lock; must be cheap and must not panic.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Makes the newest snapshot of a slot that is filled on demand. Called under the slot's lock, by whoever asks first after
/// a change: it must not come back to the same slot.
pub type Fill = Box<dyn Fn() -> Snapshot + Send>;

/// The newest snapshot of a job's store, and whom to wake when it changes. Clones share one place.
#[derive(Clone, Default)]
pub struct SnapshotSlot {
    shared: Arc<Mutex<Shared>>,
}

/// Keeps a figure subscribed to a [`SnapshotSlot`]; dropping it unsubscribes.
#[must_use = "dropping a subscription ends it"]
pub struct Subscription {
    shared: Weak<Mutex<Shared>>,
    key: u64,
}

#[derive(Default)]
struct Shared {
    latest: Snapshot,
    /// Behind an `Arc`, so that `publish` takes the whole list along by one pointer and calls it without the lock.
    wakes: Arc<Vec<(u64, Wake)>>,
    next_key: u64,
    fill: Option<Fill>,
    /// Whether `fill` knows more than `latest` shows.
    is_stale: bool,
}

impl SnapshotSlot {
    /// A slot that holds an empty snapshot of version 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A slot that asks `fill` for its snapshot when somebody reads it after a change: for data that change far more often
    /// than they are looked at.
    #[must_use]
    pub fn on_demand(fill: Fill) -> Self {
        let shared = Shared { fill: Some(fill), is_stale: true, ..Shared::default() };
        Self { shared: Arc::new(Mutex::new(shared)) }
    }

    /// Whether both are the same place.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// Says that what a slot [on demand](Self::on_demand) shows has changed. Wakes its subscribers, unless they were woken
    /// before and nobody has looked since.
    pub fn mark_stale(&self) {
        let wakes = {
            let mut shared = lock(&self.shared);
            if std::mem::replace(&mut shared.is_stale, true) {
                return;
            }
            Arc::clone(&shared.wakes)
        };
        wakes.iter().for_each(|(_, wake)| wake());
    }

    /// Puts `snapshot` in the place of the one before, then wakes all subscribers.
    pub fn publish(&self, snapshot: Snapshot) {
        let (old, wakes) = {
            let mut shared = lock(&self.shared);
            (std::mem::replace(&mut shared.latest, snapshot), Arc::clone(&shared.wakes))
        };
        for (_, wake) in wakes.iter() {
            wake();
        }
        // The last holder of a snapshot may free gigabytes here, which takes milliseconds: not while others wait for the
        // lock or for the news.
        drop(old);
    }

    /// The newest snapshot.
    #[must_use]
    pub fn latest(&self) -> Snapshot {
        let (latest, old) = {
            let mut shared = lock(&self.shared);
            let filled = shared.fill.as_ref().filter(|_| shared.is_stale).map(|fill| fill());
            shared.is_stale = false;
            let old = filled.map(|snapshot| std::mem::replace(&mut shared.latest, snapshot));
            (shared.latest.clone(), old)
        };
        // As in `publish`: not under the lock.
        drop(old);
        latest
    }

    /// Has `wake` called after each publish, until the subscription is dropped. A publish that is under way at that
    /// moment may still call it once. It is not called for the snapshot that is already there.
    pub fn subscribe(&self, wake: Wake) -> Subscription {
        let mut shared = lock(&self.shared);
        let key = shared.next_key;
        shared.next_key += 1;
        Arc::make_mut(&mut shared.wakes).push((key, wake));
        Subscription { shared: Arc::downgrade(&self.shared), key }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let Some(shared) = self.shared.upgrade() else { return };
        let removed = {
            let mut shared = lock(&shared);
            let wakes = Arc::make_mut(&mut shared.wakes);
            wakes.iter().position(|(key, _)| *key == self.key).map(|at| wakes.remove(at))
        };
        // What the closure holds may have a `drop` of its own that comes back here: outside the lock.
        drop(removed);
    }
}

impl fmt::Debug for SnapshotSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shared = lock(&self.shared);
        f.debug_struct("SnapshotSlot")
            .field("version", &shared.latest.version)
            .field("subscribers", &shared.wakes.len())
            .finish()
    }
}

/// Every change under the lock is a single assignment, so a panic elsewhere cannot leave it half done.
fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn counter() -> (Arc<AtomicUsize>, Wake) {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let wake = move || {
            counted.fetch_add(1, Ordering::SeqCst);
        };
        (count, Arc::new(wake))
    }

    fn version(version: u64) -> Snapshot {
        Snapshot { version, ..Snapshot::default() }
    }

    #[test]
    fn the_latest_snapshot_is_the_last_published() {
        let slot = SnapshotSlot::new();
        assert_eq!(slot.latest().version, 0);
        slot.publish(version(1));
        slot.publish(version(2));
        assert_eq!(slot.latest().version, 2);
        assert_eq!(slot.clone().latest().version, 2, "clones share one place");
    }

    #[test]
    fn each_subscriber_is_woken_until_it_unsubscribes() {
        let slot = SnapshotSlot::new();
        let (first, wake_first) = counter();
        let (second, wake_second) = counter();
        let one = slot.subscribe(wake_first);
        let two = slot.subscribe(wake_second);
        slot.publish(version(1));
        drop(one);
        slot.publish(version(2));
        assert_eq!((first.load(Ordering::SeqCst), second.load(Ordering::SeqCst)), (1, 2));
        drop(two);
        slot.publish(version(3));
        assert_eq!(second.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn a_wake_may_read_subscribe_and_unsubscribe() {
        let slot = SnapshotSlot::new();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let held: Arc<Mutex<Option<Subscription>>> = Arc::default();
        let wake: Wake = {
            let (slot, seen, held) = (slot.clone(), Arc::clone(&seen), Arc::clone(&held));
            Arc::new(move || {
                seen.lock().unwrap().push(slot.latest().version);
                let inner = slot.subscribe(Arc::new(|| {}));
                drop(inner);
                drop(held.lock().unwrap().take());
            })
        };
        *held.lock().unwrap() = Some(slot.subscribe(wake));
        slot.publish(version(7));
        slot.publish(version(8));
        assert_eq!(*seen.lock().unwrap(), [7], "it is called outside the lock and ended itself");
    }

    #[test]
    fn a_subscription_may_outlive_its_slot() {
        let (_, wake) = counter();
        let slot = SnapshotSlot::new();
        let subscription = slot.subscribe(wake);
        drop(slot);
        drop(subscription);
    }
}
