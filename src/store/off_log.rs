//! How many samples a logarithmic axis has no place for, counted once and then only among those that come.
//!
//! Any thread; owned by whoever draws.

use std::ops::Range;

use crate::store::chunk::Visitor;
use crate::store::segment::Segment;
use crate::store::snapshot::SeriesSnapshot;
use crate::store::summary::Summary;

/// Counts the samples of a series, finite in x and y, that are zero or less on a logarithmic axis. Zero at first.
#[derive(Clone, Debug, Default)]
pub struct OffLog {
    source: Option<u64>,
    taken: usize,
    count: u64,
}

impl OffLog {
    /// Their number in `series` as it is now, where x, y or both stand on a logarithmic axis. Ask one counter always for the
    /// same axes. Blocks that are all above or all below zero cost nothing.
    pub fn follow(&mut self, series: &SeriesSnapshot, is_log_x: bool, is_log_y: bool) -> u64 {
        let samples = &*series.samples;
        if self.source != Some(samples.birth) || samples.len() < self.taken {
            *self = Self { source: Some(samples.birth), ..Self::default() };
        }
        if self.taken < samples.len() {
            let mut counter = Counter { from: self.taken, is_log_x, is_log_y, count: 0 };
            samples.walk(&mut counter);
            self.count += counter.count;
            self.taken = samples.len();
        }
        self.count
    }
}

struct Counter {
    from: usize,
    is_log_x: bool,
    is_log_y: bool,
    count: u64,
}

impl<'a> Visitor<'a> for Counter {
    fn enters(&mut self, summary: &Summary, range: Range<usize>) -> bool {
        let has_strays = summary.has_gap || summary.has_stray_x;
        let is_above = (!self.is_log_x || summary.x_min > 0.0) && (!self.is_log_y || summary.y_min > 0.0);
        let is_below = self.is_log_x && summary.x_max <= 0.0 || self.is_log_y && summary.y_max <= 0.0;
        if range.end <= self.from || is_above {
            return false;
        }
        let is_whole = range.start >= self.from && is_below && !has_strays;
        if is_whole {
            self.count += range.len() as u64;
        }
        !is_whole
    }

    fn samples(&mut self, segment: Segment<'a>) {
        let skipped = self.from.saturating_sub(segment.first);
        let is_off = |(x, y): &(f64, f64)| {
            x.is_finite() && y.is_finite() && (self.is_log_x && *x <= 0.0 || self.is_log_y && *y <= 0.0)
        };
        self.count += segment.iter().skip(skipped).filter(is_off).count() as u64;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::batch::{Batch, SeriesId, Xs};
    use crate::store::Store;

    proptest! {
        #[test]
        fn counts_what_a_look_at_each_sample_counts(
            batches in prop::collection::vec((1..1500_usize, -3..4_i32, any::<bool>()), 1..8),
            is_log_x in any::<bool>(), is_log_y in any::<bool>(),
        ) {
            let (mut store, id, mut counter) = (Store::default(), SeriesId(0), OffLog::default());
            let mut all = Vec::new();
            for (len, level, is_ragged) in batches {
                let sample = |i: usize| {
                    let y = if is_ragged && i % 97 == 3 { f64::NAN } else { f64::from(level) + (i % 3) as f64 };
                    let x = if is_ragged && i % 89 == 1 { f64::INFINITY } else { i as f64 - 200.0 };
                    (x, y)
                };
                let (x, y): (Vec<f64>, Vec<f64>) = (0..len).map(sample).unzip();
                all.extend(x.iter().copied().zip(y.iter().copied()));
                store.append(Batch::new(id, 0, Xs::Explicit(x.into()), y).unwrap());
                let snapshot = store.snapshot();
                let expected = all.iter().filter(|(x, y)| {
                    x.is_finite() && y.is_finite() && (is_log_x && *x <= 0.0 || is_log_y && *y <= 0.0)
                });
                prop_assert_eq!(counter.follow(snapshot.get(id).unwrap(), is_log_x, is_log_y), expected.count() as u64);
            }
        }
    }
}
