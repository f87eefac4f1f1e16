//! The series of several jobs as one list, kept from snapshot to snapshot: of hundreds of jobs most stand still.
//!
//! Under the lock of the set that it belongs to.

use std::collections::HashSet;
use std::sync::Arc;

use crate::batch::{Layout, SeriesId, SeriesInfo};
use crate::store::slot::{SnapshotSlot, Subscription};
use crate::store::snapshot::{SeriesList, SeriesSnapshot, Snapshot};

/// Bits of a number that tell series of one job apart, where there are several: room for those that a supervisor adds, from a
/// million on.
const BLOCK_BITS: u32 = 21;

/// Jobs that a set shows at most: their blocks end where the members of the set begin.
pub(super) const MOST_JOBS: u32 = super::FIRST_MEMBER >> BLOCK_BITS;

/// A job that a [`LiveSet`](super::LiveSet) shows.
#[derive(Clone, Debug)]
pub struct LiveJob {
    /// Its samples.
    pub data: SnapshotSlot,
    /// Its name: where there are several jobs, series are called `job: series`.
    pub name: String,
}

/// The jobs of a set.
#[derive(Default)]
pub(super) struct Jobs {
    all: Vec<Shown>,
    next_block: u32,
    /// The series of all jobs as they were at the last snapshot; `None` if they have to be put together anew.
    joined: Option<SeriesList>,
    has_warned: bool,
}

pub(super) struct Shown {
    job: LiveJob,
    block: u32,
    /// What `joined` shows of it.
    seen: Snapshot,
    _subscription: Subscription,
}

impl Jobs {
    /// Shows these jobs, in this order; hands back what was shown before, to be dropped outside of locks. A job that was
    /// there keeps its block, so that its series keep their numbers.
    pub fn set(&mut self, jobs: Vec<(LiveJob, Subscription)>) -> Vec<Shown> {
        let old = std::mem::take(&mut self.all);
        let stays = |job: &LiveJob| old.iter().any(|old| old.job.data.is_same(&job.data));
        if !jobs.iter().any(|(job, _)| stays(job)) {
            self.next_block = 0;
        }
        let names = distinct(jobs.iter().map(|(job, _)| job.name.as_str()));
        let mut taken: HashSet<u32> = HashSet::new();
        // Those that stay first: one that is new must not take the block of another.
        let blocks: Vec<Option<u32>> = jobs
            .iter()
            .map(|(job, _)| {
                let same = |old: &&Shown| old.job.data.is_same(&job.data) && !taken.contains(&old.block);
                let block = old.iter().find(same).map(|old| old.block)?;
                taken.insert(block);
                Some(block)
            })
            .collect();
        for (((job, subscription), name), block) in jobs.into_iter().zip(names).zip(blocks) {
            let Some(block) = block.or_else(|| self.free_block(&taken)) else {
                log::warn!("{name} is not shown: a figure has room for {MOST_JOBS} jobs");
                continue;
            };
            taken.insert(block);
            let job = LiveJob { name, ..job };
            self.all.push(Shown { job, block, seen: Snapshot::default(), _subscription: subscription });
        }
        (self.joined, self.has_warned) = (None, false);
        old
    }

    /// A block that none has; one that none had, as long as there are any.
    fn free_block(&mut self, taken: &HashSet<u32>) -> Option<u32> {
        if self.next_block < MOST_JOBS {
            self.next_block += 1;
            return Some(self.next_block - 1);
        }
        (0..MOST_JOBS).find(|block| !taken.contains(block))
    }

    /// The names that stand before those of the series; none if there is only one job.
    pub fn names(&self) -> Vec<String> {
        if self.all.len() < 2 { Vec::new() } else { self.all.iter().map(|shown| shown.job.name.clone()).collect() }
    }

    /// All series as they are now, and the layout that a job asks for which is alone.
    pub fn series(&mut self) -> (SeriesList, Option<Arc<Layout>>) {
        if let [only] = self.all.as_slice()
            && only.block == 0
        {
            let Snapshot { series, layout, .. } = only.job.data.latest();
            return (series, layout);
        }
        let newest: Vec<Snapshot> = self.all.iter().map(|shown| shown.job.data.latest()).collect();
        let is_alone = newest.len() == 1;
        let declared = self.all.iter().zip(&newest).all(|(shown, new)| shown.seen.series.declares_as(&new.series));
        let mut joined = self.joined.take().filter(|_| declared).unwrap_or_default();
        let is_new = joined.is_empty();
        let mut left_out = 0_usize;
        for (shown, new) in self.all.iter_mut().zip(newest) {
            if !is_new && shown.seen.series.is_same(&new.series) {
                continue;
            }
            let seen = std::mem::replace(&mut shown.seen, new.clone());
            let mut before = seen.series.iter();
            for series in new.series.iter() {
                let before = before.next().filter(|_| !is_new);
                if before.is_some_and(|before| before.is_same(series)) {
                    continue;
                }
                let Some(id) = moved(series.info.id, shown.block) else {
                    left_out += 1;
                    continue;
                };
                let known =
                    before.filter(|before| Arc::ptr_eq(&before.info, &series.info)).and_then(|_| joined.find(id));
                let info = match known {
                    Some(known) => Arc::clone(&known.info),
                    None => Arc::new(described(&series.info, id, &shown.job.name, is_alone)),
                };
                // Runs have clocks of their own, also those that a job shows together.
                let run = series.run.saturating_mul(MOST_JOBS).saturating_add(shown.block);
                let series = SeriesSnapshot { info, run, samples: Arc::clone(&series.samples) };
                if is_new { joined.push(series) } else { joined.put(series) }
            }
        }
        if left_out > 0 && !std::mem::replace(&mut self.has_warned, true) {
            log::warn!(
                "{left_out} series are not shown: beside other jobs a job has room for {} series",
                1 << BLOCK_BITS
            );
        }
        self.joined = Some(joined.clone());
        (joined, None)
    }
}

/// The number that a series of a set has in its own job, if that is one of several.
#[must_use]
pub fn number_in_job(id: SeriesId) -> SeriesId {
    if id.0 < super::FIRST_MEMBER { SeriesId(id.0 & ((1 << BLOCK_BITS) - 1)) } else { id }
}

/// The number in a block; `None` if it does not fit.
fn moved(id: SeriesId, block: u32) -> Option<SeriesId> {
    (id.0 >> BLOCK_BITS == 0).then_some(SeriesId((block << BLOCK_BITS) | id.0))
}

fn described(info: &SeriesInfo, id: SeriesId, job: &str, is_alone: bool) -> SeriesInfo {
    if is_alone {
        return SeriesInfo { id, ..info.clone() };
    }
    // Jobs of one kind have equal colours; the figure tells them apart.
    SeriesInfo { id, name: format!("{job}: {}", info.name), color: None, ..info.clone() }
}

/// The names, each once: of equal ones those behind the first get a number.
fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken: HashSet<String> = HashSet::new();
    let one = |name: &str| {
        let found = std::iter::once(name.to_owned())
            .chain((2_u32..).map(|number| format!("{name} ({number})")))
            .find(|name| !taken.contains(name))
            .unwrap_or_default();
        taken.insert(found.clone());
        found
    };
    names.map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{LiveSet, Member};
    use super::*;
    use crate::batch::{Batch, Color};
    use crate::store::{LiveSeries, Store};

    struct Job {
        store: Store,
        slot: SnapshotSlot,
    }

    impl Job {
        fn new(names: &[&str]) -> Self {
            let mut job = Self { store: Store::default(), slot: SnapshotSlot::new() };
            names.iter().zip(0..).for_each(|(name, id)| job.declare(id, name));
            job
        }

        fn declare(&mut self, id: u32, name: &str) {
            self.store.declare(SeriesInfo {
                id: SeriesId(id),
                name: (*name).to_owned(),
                x_label: "step".to_owned(),
                x_is_time: false,
                color: Some(Color::new(1, 2, 3)),
            });
            self.push(id, 0.0);
        }

        fn push(&mut self, id: u32, y: f64) {
            self.store.append(Batch::point(SeriesId(id), 5, 0.0, y));
            self.slot.publish(self.store.snapshot());
        }

        fn live(&self, name: &str) -> LiveJob {
            LiveJob { data: self.slot.clone(), name: name.to_owned() }
        }
    }

    fn names(set: &LiveSet) -> Vec<String> {
        set.slot().latest().series.iter().map(|series| series.info.name.clone()).collect()
    }

    fn ids(set: &LiveSet) -> Vec<u32> {
        set.slot().latest().series.iter().map(|series| series.info.id.0).collect()
    }

    #[test]
    fn series_of_several_jobs_have_numbers_names_and_clocks_of_their_own() {
        let (mut a, b) = (Job::new(&["loss", "acc"]), Job::new(&["loss"]));
        let set = LiveSet::default();
        set.set_jobs(vec![a.live("train"), b.live("train")]);
        assert_eq!(names(&set), ["train: loss", "train: acc", "train (2): loss"]);
        assert_eq!(set.job_names(), ["train", "train (2)"]);
        let snapshot = set.slot().latest();
        let runs: Vec<_> = snapshot.series.iter().map(|series| (series.run, series.info.color)).collect();
        assert_eq!(runs, [(0, None), (0, None), (1, None)]);
        let of_b = SeriesId(1 << BLOCK_BITS);
        assert_eq!(snapshot.get(of_b).map(|series| (series.info.id, series.len())), Some((of_b, 1)));
        // New samples are seen, and a series that comes later stands with those of its job.
        a.push(1, 7.0);
        assert_eq!(set.slot().latest().get(SeriesId(1)).unwrap().sample(1), Some((0.0, 7.0)));
        a.declare(2, "lr");
        assert_eq!(names(&set), ["train: loss", "train: acc", "train: lr", "train (2): loss"]);
        a.declare(0, "cost");
        assert_eq!(names(&set)[0], "train: cost", "what is described anew is");
    }

    #[test]
    fn one_job_alone_is_shown_as_it_is() {
        let job = Job::new(&["loss"]);
        let set = LiveSet::default();
        set.set_jobs(vec![job.live("train")]);
        let snapshot = set.slot().latest();
        let first = snapshot.series.first().unwrap();
        assert_eq!((first.info.name.as_str(), first.info.color), ("loss", Some(Color::new(1, 2, 3))));
        assert!(snapshot.series.is_same(&job.slot.latest().series) && set.job_names().is_empty());
        set.set_jobs(Vec::new());
        assert!(names(&set).is_empty());
    }

    #[test]
    fn a_job_that_stays_keeps_the_numbers_of_its_series() {
        let (a, b, c) = (Job::new(&["a"]), Job::new(&["b"]), Job::new(&["c"]));
        let set = LiveSet::default();
        set.set_jobs(vec![a.live("A"), b.live("B")]);
        let of_b = 1 << BLOCK_BITS;
        assert_eq!(ids(&set), [0, of_b]);
        set.set_jobs(vec![c.live("C"), b.live("B")]);
        assert_eq!((ids(&set), names(&set)), (vec![2 << BLOCK_BITS, of_b], vec!["C: c".to_owned(), "B: b".to_owned()]));
        set.set_jobs(vec![b.live("B")]);
        assert_eq!((ids(&set), names(&set)), (vec![of_b], vec!["b".to_owned()]));
        let color = set.slot().latest().series.first().unwrap().info.color;
        assert_eq!(color, Some(Color::new(1, 2, 3)), "alone it has its own colours again");
        set.set_jobs(vec![c.live("C")]);
        assert_eq!(ids(&set), [0], "nothing stayed, so numbers begin anew");
        set.set_jobs(vec![c.live("C"), c.live("C")]);
        assert_eq!(ids(&set), [0, of_b], "one that is shown twice has two places");
    }

    #[test]
    fn members_stand_behind_all_jobs_and_what_does_not_fit_is_left_out() {
        let (mut a, b) = (Job::new(&["loss"]), Job::new(&["loss"]));
        a.declare(1 << BLOCK_BITS, "beyond");
        a.declare((1 << BLOCK_BITS) - 1, "last");
        let (set, live) = (LiveSet::default(), LiveSeries::new());
        live.push(1.0, 2.0);
        set.set_jobs(vec![a.live("A"), b.live("B")]);
        set.join(Member { series: live, name: "own".to_owned(), color: None });
        assert_eq!(names(&set), ["A: loss", "A: last", "B: loss", "own"]);
        let many = (0..=MOST_JOBS).map(|_| b.live("B")).collect();
        set.set_jobs(many);
        let ids = ids(&set);
        assert_eq!(ids.len(), MOST_JOBS as usize + 1, "and the member");
        let mut apart = ids.clone();
        apart.dedup();
        assert_eq!(apart.len(), ids.len());
    }

    #[test]
    fn a_job_that_stands_still_costs_no_more_than_a_look() {
        let mut jobs: Vec<Job> = (0..200).map(|_| Job::new(&["series"; 20])).collect();
        let set = LiveSet::default();
        set.set_jobs(jobs.iter().map(|job| job.live("run")).collect());
        let before = set.slot().latest();
        jobs[7].push(3, 1.0);
        let after = set.slot().latest();
        let kept = before.series.iter().zip(after.series.iter()).filter(|(a, b)| Arc::ptr_eq(&a.info, &b.info)).count();
        assert_eq!(kept, 4000, "no name is made anew");
        let changed: Vec<_> = before.series.iter().zip(after.series.iter()).filter(|(a, b)| !a.is_same(b)).collect();
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].1.info.id, SeriesId((7 << BLOCK_BITS) | 3));
    }
}
