//! A series with the times at which its samples came as x, kept and brought up to date as samples come.
//!
//! Any thread; owned by whoever draws.

use std::sync::Arc;

use crate::batch::{Column, Xs};
use crate::store::series::Series;
use crate::store::snapshot::SeriesSnapshot;

/// A time that seems to go back less than this, in seconds, stands still: the line through the stamps moved a little when
/// later ones came.
const SLACK_SECS: f64 = 0.002;

/// A series over the times of its samples. Empty at first.
#[derive(Default)]
pub struct Timed {
    shown: Arc<Series>,
    source: Option<(u64, i64)>,
}

impl SeriesSnapshot {
    /// When its first sample came, in nanoseconds since the Unix epoch; the x of its first sample where x is a time. `None`
    /// if that is not known, or if there is no sample.
    #[must_use]
    pub fn first_nanos(&self) -> Option<i64> {
        if self.info.x_is_time {
            let (first, _) = self.x_bounds()?;
            return Some((first * 1e9).round() as i64);
        }
        let stamps = self.samples.stamps();
        stamps.is_known().then(|| stamps.first_nanos()).flatten()
    }
}

impl Timed {
    /// `source` as it is now, with x in seconds since `origin_nanos` after the Unix epoch: when its samples came, or its
    /// own x where that is a time. `None` if neither is known. Costs by the samples that came since the last call.
    pub fn follow(&mut self, source: &SeriesSnapshot, origin_nanos: i64) -> Option<SeriesSnapshot> {
        let samples = &*source.samples;
        source.first_nanos()?;
        if self.source != Some((samples.birth, origin_nanos)) || samples.len() < self.shown.len() {
            *self = Self { source: Some((samples.birth, origin_nanos)), shown: Arc::default() };
        }
        if self.shown.len() < samples.len() {
            let mut grown = (*self.shown).clone();
            self.shown = Arc::default();
            extend(&mut grown, source, origin_nanos);
            self.shown = Arc::new(grown);
        }
        Some(SeriesSnapshot { info: Arc::clone(&source.info), samples: Arc::clone(&self.shown), run: source.run })
    }
}

/// Adds the samples that `series` lacks.
fn extend(series: &mut Series, source: &SeriesSnapshot, origin_nanos: i64) {
    let samples = &*source.samples;
    let mut last = series.known().last_x;
    while let Some((chunk, base)) = samples.find(series.len()) {
        let (from, to) = (series.len(), base + chunk.len());
        let mut x = Vec::with_capacity(to - from);
        if source.info.x_is_time {
            let origin_secs = origin_nanos as f64 / 1e9;
            source.for_each(from..to, |own, _| x.push(own - origin_secs));
        } else {
            samples.stamps().each_secs(from, to, origin_nanos, |secs| {
                last = if secs < last && last - secs < SLACK_SECS { last } else { secs };
                x.push(last);
            });
        }
        // A chunk that is taken whole lends its y.
        let y = if from == base { chunk.y_column().clone() } else { copied(chunk.y(), from - base) };
        if x.len() != y.len() || x.is_empty() {
            return;
        }
        series.append(Xs::Explicit(x.into()), y);
    }
}

fn copied(y: &[f64], from: usize) -> Column {
    y.get(from..).unwrap_or_default().to_vec().into()
}
