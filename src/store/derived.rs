//! Series that are made from others, such as smoothed ones: kept, and brought up to date as samples come.
//!
//! Any thread; owned by whoever draws. A derived series is a series like any other, with a pyramid of its own, so all that
//! is true of drawing and reading a series is true of it. Knows no formula: a [`Filter`] does.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::batch::SeriesId;
use crate::store::series::Series;
use crate::store::snapshot::SeriesSnapshot;

/// What was made from a series: whoever asks for it again gives the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DerivedKey(pub u64);

/// Series made from others, by what they were made from and how.
pub type DerivedSet = HashMap<(SeriesId, DerivedKey), SeriesSnapshot>;

/// Makes a series from another, one value for each sample, in order.
pub trait Filter: Send {
    /// Forgets all samples.
    fn reset(&mut self);

    /// Takes the next y, and adds to `out` the values that are settled by it: of this sample, of earlier ones, or none yet.
    fn push(&mut self, y: f64, out: &mut Vec<f64>);

    /// Adds the values of the samples that are not settled yet, as they would be if no sample followed.
    fn tail(&self, out: &mut Vec<f64>);
}

/// A series made from another. Empty at first.
pub struct Derived {
    filter: Box<dyn Filter>,
    /// Values that later samples do not change.
    settled: Series,
    /// The series it was made from, and how many of its samples were taken in.
    source: Option<u64>,
    taken: usize,
    /// With the values that are not settled yet.
    shown: Option<Arc<Series>>,
    values: Vec<f64>,
}

impl Derived {
    /// A series that `filter` makes.
    #[must_use]
    pub fn new(filter: Box<dyn Filter>) -> Self {
        Self { filter, settled: Series::default(), source: None, taken: 0, shown: None, values: Vec::new() }
    }

    /// The series made from `source` as it is now. Costs by the samples that came since the last call; from the beginning
    /// where `source` is another series, or its samples were replaced.
    pub fn follow(&mut self, source: &SeriesSnapshot) -> SeriesSnapshot {
        let samples = &*source.samples;
        if self.source != Some(samples.birth) || samples.len() < self.taken {
            self.filter.reset();
            self.settled = Series::default();
            (self.source, self.taken, self.shown) = (Some(samples.birth), 0, None);
        }
        if let Some(shown) = self.shown.as_ref().filter(|_| samples.len() == self.taken) {
            return SeriesSnapshot { info: Arc::clone(&source.info), run: source.run, samples: Arc::clone(shown) };
        }
        // Chunk by chunk: a chunk of the source that is passed whole lends its x.
        while self.taken < samples.len() {
            let Some((chunk, base)) = samples.find(self.taken) else { break };
            let end = base + chunk.len();
            for y in chunk.y().get(self.taken - base..).unwrap_or_default() {
                self.filter.push(*y, &mut self.values);
            }
            self.taken = end;
            let values = std::mem::take(&mut self.values);
            self.values = beside(&mut self.settled, samples, values);
        }
        let mut shown = self.settled.clone();
        self.filter.tail(&mut self.values);
        let values = std::mem::take(&mut self.values);
        self.values = beside(&mut shown, samples, values);
        let shown = Arc::new(shown);
        self.shown = Some(Arc::clone(&shown));
        SeriesSnapshot { info: Arc::clone(&source.info), run: source.run, samples: shown }
    }
}

/// Adds `values` to `series` with the x of the samples of `source` that stand at the same places. Returns an empty buffer.
fn beside(series: &mut Series, source: &Series, mut values: Vec<f64>) -> Vec<f64> {
    let first = series.len();
    let end = first + values.len();
    let mut at = first;
    while at < end {
        let Some((chunk, base)) = source.find(at) else { break };
        let y = |range: Range<usize>| values.get(range.start - first..range.end - first).unwrap_or_default().to_vec();
        if at == base && !chunk.is_gathered() && base + chunk.len() <= end {
            series.append_sharing(chunk.x().clone(), y(base..base + chunk.len()));
            at = base + chunk.len();
            continue;
        }
        let segment = chunk.segment(at - base..end - base, base);
        let count = segment.y.len();
        if count == 0 {
            break;
        }
        series.append_beside(segment.x, y(at..at + count));
        at += count;
    }
    values.clear();
    values
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::batch::{Batch, Xs};
    use crate::store::Store;

    /// The sum of each sample and the one after it; the last one alone while nothing follows.
    #[derive(Default)]
    struct Pairs(Option<f64>);

    impl Filter for Pairs {
        fn reset(&mut self) {
            self.0 = None;
        }

        fn push(&mut self, y: f64, out: &mut Vec<f64>) {
            out.extend(self.0.replace(y).map(|before| before + y));
        }

        fn tail(&self, out: &mut Vec<f64>) {
            out.extend(self.0);
        }
    }

    fn samples(series: &SeriesSnapshot) -> Vec<(f64, f64)> {
        (0..series.len()).filter_map(|i| series.sample(i)).collect()
    }

    fn expected(source: &SeriesSnapshot) -> Vec<(f64, f64)> {
        let all = samples(source);
        (0..all.len()).map(|i| (all[i].0, all[i].1 + all.get(i + 1).map_or(0.0, |next| next.1))).collect()
    }

    proptest! {
        #[test]
        fn a_derived_series_is_the_same_however_its_samples_came(
            batches in prop::collection::vec((1..3000_usize, any::<bool>(), any::<bool>()), 1..12),
        ) {
            let id = SeriesId(0);
            let (mut store, mut derived, mut at) = (Store::default(), Derived::new(Box::<Pairs>::default()), 0);
            for (len, is_explicit, is_looked_at) in batches {
                let x = |i: usize| i as f64 * 0.5;
                let xs = if is_explicit {
                    Xs::Explicit((at..at + len).map(x).collect())
                } else {
                    Xs::Steps { start: x(at), step: 0.5 }
                };
                let y: Vec<f64> = (at..at + len).map(|i| (i * 7 % 13) as f64).collect();
                store.append(Batch::new(id, 0, xs, y).unwrap());
                at += len;
                if is_looked_at {
                    let snapshot = store.snapshot();
                    let source = snapshot.get(id).unwrap();
                    prop_assert_eq!(samples(&derived.follow(source)), expected(source));
                }
            }
            let snapshot = store.snapshot();
            let source = snapshot.get(id).unwrap();
            let shown = derived.follow(source);
            prop_assert_eq!(samples(&shown), expected(source));
            prop_assert_eq!(shown.x_order(), source.x_order());
            prop_assert!(Arc::ptr_eq(&shown.samples, &derived.follow(source).samples), "nothing is made twice");
        }
    }

    #[test]
    fn samples_that_were_replaced_are_begun_anew_though_there_are_as_many() {
        let (mut store, id) = (Store::default(), SeriesId(0));
        let batch = |y: f64| Batch::steps(id, 0, 0.0, 1.0, vec![y; 5]);
        store.append(batch(1.0));
        let mut derived = Derived::new(Box::<Pairs>::default());
        let first = store.snapshot();
        assert_eq!(derived.follow(first.get(id).unwrap()).sample(0), Some((0.0, 2.0)));
        store.replace(batch(3.0), None);
        let second = store.snapshot();
        assert_eq!(derived.follow(second.get(id).unwrap()).sample(0), Some((0.0, 6.0)));
        let mut other = Store::default();
        other.append(batch(5.0));
        assert_eq!(derived.follow(other.snapshot().get(id).unwrap()).sample(0), Some((0.0, 10.0)));
    }

    #[test]
    fn a_large_batch_lends_its_x() {
        let (mut store, id) = (Store::default(), SeriesId(0));
        let len = 100_000;
        let x = Xs::Explicit((0..len).map(f64::from).collect());
        store.append(Batch::new(id, 0, x, vec![1.0; len as usize]).unwrap());
        let snapshot = store.snapshot();
        let source = snapshot.get(id).unwrap();
        /// Every sample as it is.
        struct Same;
        impl Filter for Same {
            fn reset(&mut self) {}
            fn push(&mut self, y: f64, out: &mut Vec<f64>) {
                out.push(y);
            }
            fn tail(&self, _: &mut Vec<f64>) {}
        }
        let derived = Derived::new(Box::new(Same)).follow(source);
        let place = |series: &SeriesSnapshot| match series.segments(0..1).next().unwrap().x {
            crate::store::SegmentX::Slice(x) => x.as_ptr(),
            crate::store::SegmentX::Steps { .. } => std::ptr::null(),
        };
        assert_eq!(place(&derived), place(source));
    }
}
