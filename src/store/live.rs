//! Series that any thread of a program may fill, and sets of them that figures show.
//!
//! A [`LiveSeries`] holds its samples itself, in a store of its own: it may be there before a figure and after it, and be
//! shown by many. Writers hold its lock for some hundred microseconds at most; whoever draws takes a snapshot under it. A
//! [`LiveSet`] puts the series of one figure together, when the figure asks: those of its jobs (`jobs`) and those of a program.

mod jobs;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError, Weak};

use crate::batch::{Batch, Color, LengthMismatch, SeriesId, SeriesInfo, Xs};
use crate::store::slot::{SnapshotSlot, Subscription};
use crate::store::snapshot::{SeriesList, SeriesSnapshot, Snapshot};
use crate::store::store::Store;

use jobs::Jobs;
pub use jobs::{LiveJob, number_in_job};

/// The one series of each store here.
const ONLY: SeriesId = SeriesId(0);

/// Samples appended under one hold of the lock. They take it half a millisecond, which nobody notices who waits for it.
const PIECE: usize = 65_536;

/// Members of a set are numbered from here on, above the series of any job.
const FIRST_MEMBER: u32 = 1 << 31;

/// The series that have a name, for as long as somebody holds them.
static NAMED: LazyLock<Mutex<BTreeMap<String, Weak<Shared>>>> = LazyLock::new(Mutex::default);

/// A series to be filled from any thread. Clones share their samples; the last one frees them.
#[derive(Clone)]
pub struct LiveSeries {
    shared: Arc<Shared>,
}

struct Shared {
    store: Arc<Mutex<Store>>,
    slot: SnapshotSlot,
}

/// Whether a series of a set's snapshot is a member, and not one of the job.
#[must_use]
pub fn is_member(id: SeriesId) -> bool {
    id.0 >= FIRST_MEMBER
}

impl Default for LiveSeries {
    fn default() -> Self {
        Self::new()
    }
}

impl LiveSeries {
    /// A series without samples.
    #[must_use]
    pub fn new() -> Self {
        let store = Arc::<Mutex<Store>>::default();
        let read = Arc::clone(&store);
        let slot = SnapshotSlot::on_demand(Box::new(move || lock(&read).snapshot()));
        Self { shared: Arc::new(Shared { store, slot }) }
    }

    /// The series of that name in this process, made if nobody holds one.
    #[must_use]
    pub fn named(name: &str) -> Self {
        let mut named = lock(&NAMED);
        if let Some(shared) = named.get(name).and_then(Weak::upgrade) {
            return Self { shared };
        }
        named.retain(|_, shared| shared.strong_count() > 0);
        let new = Self::new();
        named.insert(name.to_owned(), Arc::downgrade(&new.shared));
        new
    }

    /// Adds one sample at the end.
    pub fn push(&self, x: f64, y: f64) {
        lock(&self.shared.store).append(Batch::point(ONLY, 0, x, y));
        self.shared.slot.mark_stale();
    }

    /// Adds samples at the end, which figures may show in several steps.
    ///
    /// # Errors
    /// [`LengthMismatch`] if there are not as many x as y values; none is taken then.
    pub fn append(&self, x: &[f64], y: &[f64]) -> Result<(), LengthMismatch> {
        check(x, y)?;
        for (x, y) in x.chunks(PIECE).zip(y.chunks(PIECE)) {
            let batch = batch(x, y)?;
            lock(&self.shared.store).append(batch);
            self.shared.slot.mark_stale();
        }
        Ok(())
    }

    /// Puts samples in the place of all that are there, at once. Samples that other threads append meanwhile are replaced.
    ///
    /// # Errors
    /// [`LengthMismatch`] if there are not as many x as y values; nothing changes then.
    pub fn replace(&self, x: &[f64], y: &[f64]) -> Result<(), LengthMismatch> {
        let batch = batch(x, y)?;
        // What is known of many samples takes time to find out: not under the lock.
        let mut fresh = Store::default();
        fresh.replace(batch, None);
        let old = {
            let mut store = lock(&self.shared.store);
            let old = std::mem::replace(&mut *store, fresh);
            store.go_on_from(&old);
            old
        };
        self.shared.slot.mark_stale();
        // Freeing many samples takes time, too.
        drop(old);
        Ok(())
    }

    /// Forgets all samples.
    pub fn clear(&self) {
        // Nothing can be of different lengths here.
        _ = self.replace(&[], &[]);
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        lock(&self.shared.store).samples()
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sample `index` as (x, y), if there is one.
    #[must_use]
    pub fn sample(&self, index: usize) -> Option<(f64, f64)> {
        self.shared.slot.latest().get(ONLY)?.sample(index)
    }
}

fn check(x: &[f64], y: &[f64]) -> Result<(), LengthMismatch> {
    if x.len() == y.len() { Ok(()) } else { Err(LengthMismatch { x: x.len(), y: y.len() }) }
}

fn batch(x: &[f64], y: &[f64]) -> Result<Batch, LengthMismatch> {
    Batch::new(ONLY, 0, Xs::Explicit(x.to_vec().into()), y.to_vec())
}

/// A series of a [`LiveSet`], and how it is to look there.
#[derive(Clone)]
pub struct Member {
    /// Its samples.
    pub series: LiveSeries,
    /// Shown in the legend.
    pub name: String,
    /// Its colour; that of its place in the figure's cycle if not given.
    pub color: Option<Color>,
}

/// The live series that one figure shows, beside those of its jobs. Clones share the set.
#[derive(Clone)]
pub struct LiveSet {
    members: Arc<Mutex<Members>>,
    slot: SnapshotSlot,
}

#[derive(Default)]
struct Members {
    jobs: Jobs,
    all: BTreeMap<SeriesId, (Member, Subscription)>,
    next: u32,
    /// Rises with every snapshot, so that no two that differ have one version.
    version: u64,
}

impl Default for LiveSet {
    fn default() -> Self {
        let members = Arc::<Mutex<Members>>::default();
        let read = Arc::clone(&members);
        let slot = SnapshotSlot::on_demand(Box::new(move || lock(&read).snapshot()));
        Self { members, slot }
    }
}

impl LiveSet {
    /// Where figures find the samples of all members.
    #[must_use]
    pub fn slot(&self) -> &SnapshotSlot {
        &self.slot
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        lock(&self.members).all.is_empty()
    }

    /// Whether a series is a member.
    #[must_use]
    pub fn has(&self, id: SeriesId) -> bool {
        lock(&self.members).all.contains_key(&id)
    }

    /// Shows the series of a job, or of none, before the members.
    pub fn set_job(&self, data: Option<&SnapshotSlot>) {
        self.set_jobs(data.map(|data| LiveJob { data: data.clone(), name: String::new() }).into_iter().collect());
    }

    /// Shows the series of several jobs, in this order and before the members.
    ///
    /// A job alone is shown as it is. Of several, each has a block of numbers and a [run](SeriesSnapshot::run) of its own,
    /// its series are called `job: series`, and have no colours of their own; of jobs with equal names the later ones get a
    /// number. A job that was shown before keeps its block, so that what a person chose for its series stays; as long as it
    /// has one that is not the first, its layout is not known. What does not fit is left out, and logged.
    pub fn set_jobs(&self, jobs: Vec<LiveJob>) {
        let jobs = jobs.into_iter().map(|job| {
            let subscription = self.watch(&job.data);
            (job, subscription)
        });
        let jobs = jobs.collect();
        let old = lock(&self.members).jobs.set(jobs);
        // Ending a subscription takes the lock of its slot: outside of ours.
        drop(old);
        self.slot.mark_stale();
    }

    /// The names that stand before those of the series, in the order of the jobs; none where only one job is shown.
    #[must_use]
    pub fn job_names(&self) -> Vec<String> {
        lock(&self.members).jobs.names()
    }

    /// Adds a series behind all others; returns its number in the set's snapshots.
    pub fn join(&self, member: Member) -> SeriesId {
        let subscription = self.watch(&member.series.shared.slot);
        let id = {
            let mut members = lock(&self.members);
            let id = SeriesId(FIRST_MEMBER + members.next);
            members.next += 1;
            members.all.insert(id, (member, subscription));
            id
        };
        self.slot.mark_stale();
        id
    }

    /// Describes a member anew, or shows other samples in its place.
    pub fn change(&self, id: SeriesId, member: Member) {
        let subscription = self.watch(&member.series.shared.slot);
        let old = lock(&self.members).all.get_mut(&id).map(|place| std::mem::replace(place, (member, subscription)));
        drop(old);
        self.slot.mark_stale();
    }

    /// Takes a series out of the set.
    pub fn leave(&self, id: SeriesId) {
        let old = lock(&self.members).all.remove(&id);
        drop(old);
        self.slot.mark_stale();
    }

    fn watch(&self, data: &SnapshotSlot) -> Subscription {
        let slot = self.slot.clone();
        let subscription = data.subscribe(Arc::new(move || slot.mark_stale()));
        // One that changed before, and was not looked at since, would not tell of its next change.
        drop(data.latest());
        subscription
    }
}

impl Members {
    fn snapshot(&mut self) -> Snapshot {
        self.version += 1;
        let (of_jobs, layout) = self.jobs.series();
        let mut series: SeriesList = of_jobs.clone();
        for (id, (member, _)) in &self.all {
            // It only says how that series is to look.
            if member.series.is_empty() && of_jobs.iter().any(|series| series.info.name == member.name) {
                continue;
            }
            let info = SeriesInfo {
                id: *id,
                name: member.name.clone(),
                x_label: String::new(),
                x_is_time: false,
                color: member.color,
            };
            let snapshot = member.series.shared.slot.latest();
            let samples = snapshot.get(ONLY).map(|series| Arc::clone(&series.samples)).unwrap_or_default();
            series.push(SeriesSnapshot { info: Arc::new(info), run: 0, samples });
        }
        Snapshot { version: self.version, series, layout, derived: None }
    }
}

/// Nothing under these locks can be left half done by a panic elsewhere.
fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn member(series: &LiveSeries, name: &str) -> Member {
        Member { series: series.clone(), name: name.to_owned(), color: None }
    }

    #[test]
    fn what_is_appended_can_be_read() {
        let series = LiveSeries::new();
        series.push(1.0, 2.0);
        series.append(&[2.0, 3.0], &[4.0, 6.0]).unwrap();
        assert_eq!((series.len(), series.sample(2), series.sample(3)), (3, Some((3.0, 6.0)), None));
        assert_eq!(series.append(&[1.0], &[]), Err(LengthMismatch { x: 1, y: 0 }));
        series.replace(&[7.0], &[8.0]).unwrap();
        assert_eq!((series.len(), series.sample(0)), (1, Some((7.0, 8.0))));
        series.clear();
        assert!(series.is_empty());
    }

    #[test]
    fn more_than_a_piece_arrives_whole() {
        let series = LiveSeries::new();
        let x: Vec<f64> = (0..2 * PIECE + 5).map(|i| i as f64).collect();
        series.append(&x, &x).unwrap();
        let last = x.len() - 1;
        assert_eq!((series.len(), series.sample(last)), (x.len(), Some((x[last], x[last]))));
    }

    #[test]
    fn a_name_leads_to_one_series_for_as_long_as_it_is_held() {
        let first = LiveSeries::named("live: loss");
        first.push(0.0, 1.0);
        assert_eq!(LiveSeries::named("live: loss").len(), 1);
        assert!(LiveSeries::named("live: other").is_empty());
        drop(first);
        assert!(LiveSeries::named("live: loss").is_empty(), "the last holder took its samples along");
    }

    #[test]
    fn a_set_shows_its_members_behind_the_series_of_its_job() {
        let (a, b) = (LiveSeries::new(), LiveSeries::new());
        let set = LiveSet::default();
        let (of_a, of_b) = (set.join(member(&a, "a")), set.join(member(&b, "b")));
        b.push(1.0, 5.0);
        let mut job = Store::default();
        job.append(Batch::point(SeriesId(0), 0, 0.0, 0.0));
        let data = SnapshotSlot::new();
        data.publish(job.snapshot());
        set.set_job(Some(&data));
        let shown = set.slot().latest();
        let names: Vec<&str> = shown.series.iter().map(|series| series.info.name.as_str()).collect();
        assert_eq!(names, ["series 0", "a", "b"]);
        assert_eq!(shown.get(of_b).and_then(|series| series.sample(0)), Some((1.0, 5.0)));
        assert!(shown.get(of_a).is_some_and(SeriesSnapshot::is_empty));
        set.change(of_a, member(&a, "series 0"));
        assert_eq!(set.slot().latest().series.len(), 2, "one without samples is not shown beside its namesake");
        set.leave(of_a);
        set.set_job(None);
        set.change(of_b, member(&a, "c"));
        let shown = set.slot().latest();
        let names: Vec<&str> = shown.series.iter().map(|series| series.info.name.as_str()).collect();
        assert_eq!((names, shown.get(of_b).map(SeriesSnapshot::len)), (vec!["c"], Some(0)));
    }

    #[test]
    fn changes_wake_once_until_somebody_looks() {
        let count = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&count);
        let (series, set) = (LiveSeries::new(), LiveSet::default());
        set.join(member(&series, "a"));
        let first = set.slot().latest().version;
        let _subscription = set.slot().subscribe(Arc::new(move || {
            counted.fetch_add(1, Ordering::SeqCst);
        }));
        (0..10).for_each(|i| series.push(f64::from(i), 0.0));
        assert_eq!(count.load(Ordering::SeqCst), 1);
        let second = set.slot().latest();
        assert!(second.version > first && second.series.first().is_some_and(|series| series.len() == 10));
        assert_eq!(set.slot().latest().version, second.version, "nothing changed");
        series.clear();
        assert_eq!(count.load(Ordering::SeqCst), 2);
    }

    #[test]
    fn threads_may_fill_what_another_looks_at() {
        let (series, set) = (LiveSeries::new(), LiveSet::default());
        let id = set.join(member(&series, "a"));
        std::thread::scope(|threads| {
            for _ in 0..2 {
                threads.spawn(|| (0..2_000).for_each(|i| series.push(f64::from(i), 1.0)));
            }
            let mut seen = 0;
            while seen < 4_000 {
                let now = set.slot().latest().get(id).map_or(0, SeriesSnapshot::len);
                assert!(now >= seen, "no sample goes away again");
                seen = now;
            }
        });
        assert_eq!(series.len(), 4_000);
    }
}
