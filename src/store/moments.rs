//! When the samples of a series came, and which had come at a moment.
//!
//! Any thread. Times are nanoseconds since the Unix epoch.

use crate::store::snapshot::{SeriesSnapshot, XOrder};

/// Samples in free order that are looked at for the nearest one.
const MOST_WALKED: usize = 100_000;

impl SeriesSnapshot {
    /// x of the sample that had come last at a moment: of the first one if that is before all, of the last one if it is
    /// behind them. Where x is a time, that of the moment within the same ends. `None` if it is not known when the samples
    /// came, if there are none, or if that sample has no x.
    #[must_use]
    pub fn x_at_nanos(&self, nanos: i64) -> Option<f64> {
        if !self.info.x_is_time {
            let (x, _) = self.sample(self.samples.stamps().index_at(nanos)?)?;
            return Some(x).filter(|x| x.is_finite());
        }
        let (first, last) = self.x_bounds()?;
        let secs = (nanos as f64 / 1e9).clamp(first, last);
        if self.x_order() == XOrder::Free {
            return Some(secs);
        }
        let index = self.samples.place(0, |x| x <= secs).index.checked_sub(1)?;
        self.sample(index).map(|(x, _)| x)
    }

    /// x of the sample that came nearest to a moment, of equals the first; as [`x_at_nanos`](Self::x_at_nanos) where x is a
    /// time. What came irregularly is told to some samples only, so that the last one before may be another than it was.
    #[must_use]
    pub fn x_near_nanos(&self, nanos: i64) -> Option<f64> {
        if self.info.x_is_time {
            return self.x_at_nanos(nanos);
        }
        let before = self.samples.stamps().index_at(nanos)?;
        let distance = |index: usize| Some(i128::from(self.nanos_of(index)?).abs_diff(i128::from(nanos)));
        let after = distance(before + 1).zip(distance(before)).is_some_and(|(after, before)| after < before);
        let (x, _) = self.sample(before + usize::from(after))?;
        Some(x).filter(|x| x.is_finite())
    }

    /// When the sample came whose x is nearest to `x`; of equals the first. `None` if that is not known, or for samples in
    /// free order if there are more than can be looked at.
    #[must_use]
    pub fn nanos_at_x(&self, x: f64) -> Option<i64> {
        self.nanos_of(self.index_near(x)?)
    }

    /// When sample `index` came; its x where that is a time. `None` if that is not known.
    #[must_use]
    pub fn nanos_of(&self, index: usize) -> Option<i64> {
        if self.info.x_is_time {
            let (secs, _) = self.sample(index)?;
            return secs.is_finite().then(|| (secs * 1e9).round() as i64);
        }
        self.samples.stamps().nanos_of(index)
    }

    /// When the last sample came; as [`first_nanos`](Self::first_nanos) says it of the first.
    #[must_use]
    pub fn last_nanos(&self) -> Option<i64> {
        if self.info.x_is_time {
            let (_, last) = self.x_bounds()?;
            return Some((last * 1e9).round() as i64);
        }
        self.samples.stamps().nanos_of(self.len().checked_sub(1)?)
    }

    /// The sample whose x is nearest; see [`nanos_at_x`](Self::nanos_at_x).
    fn index_near(&self, x: f64) -> Option<usize> {
        let distance = |index: usize| Some((self.sample(index)?.0 - x).abs()).filter(|distance| !distance.is_nan());
        if self.x_order() == XOrder::Ascending {
            let after = self.lower_bound(x);
            let before = after.checked_sub(1);
            return match (before.and_then(distance), distance(after)) {
                // Of equal ones before, the first.
                (Some(b), Some(a)) if a <= b => Some(after),
                (Some(_), _) => before.and_then(|before| self.sample(before)).map(|(x, _)| self.lower_bound(x)),
                (None, a) => a.map(|_| after),
            };
        }
        if self.len() > MOST_WALKED {
            return None;
        }
        let (mut best, mut index): (Option<(usize, f64)>, usize) = (None, 0);
        self.for_each(0..self.len(), |own, _| {
            let distance = (own - x).abs();
            if distance < best.map_or(f64::INFINITY, |(_, best)| best) {
                best = Some((index, distance));
            }
            index += 1;
        });
        best.map(|(index, _)| index)
    }
}

#[cfg(test)]
mod tests {
    use crate::batch::{Batch, SeriesId, SeriesInfo, Xs};
    use crate::store::{SeriesSnapshot, Store};

    const SECOND: i64 = 1_000_000_000;
    const START: i64 = 1_700_000_000 * SECOND;

    fn series(store: &Store) -> SeriesSnapshot {
        store.snapshot().series.first().unwrap().clone()
    }

    #[test]
    fn a_moment_leads_to_the_sample_that_had_come_and_back() {
        let mut store = Store::default();
        // Ten steps, one each two seconds but for a pause of a minute in the middle.
        let nanos = |step: i64| START + SECOND * (2 * step + if step >= 5 { 60 } else { 0 });
        (0..10).for_each(|step| store.append(Batch::point(SeriesId(0), nanos(step), 10.0 * step as f64, 0.0)));
        let series = series(&store);
        for step in 0..10 {
            let x = 10.0 * step as f64;
            assert_eq!(series.x_at_nanos(nanos(step)), Some(x));
            assert_eq!(series.nanos_at_x(x + 4.0), Some(nanos(step)));
            assert_eq!(series.nanos_of(step as usize), Some(nanos(step)));
        }
        assert_eq!(series.x_at_nanos(nanos(4) + 1), Some(40.0));
        let near =
            [-99, 1, 1000, 1001, 61_000].map(|millis| series.x_near_nanos(nanos(3) + millis * 1_000_000).unwrap());
        assert_eq!(near, [30.0, 30.0, 30.0, 40.0, 50.0]);
        assert_eq!((series.x_near_nanos(i64::MIN), series.x_near_nanos(i64::MAX)), (Some(0.0), Some(90.0)));
        assert_eq!((series.x_at_nanos(START - 1), series.x_at_nanos(i64::MIN)), (Some(0.0), Some(0.0)));
        assert_eq!((series.x_at_nanos(i64::MAX), series.nanos_at_x(1e300)), (Some(90.0), Some(nanos(9))));
        assert_eq!(
            (series.nanos_at_x(f64::NAN), series.nanos_of(10), series.last_nanos()),
            (None, None, Some(nanos(9)))
        );
    }

    #[test]
    fn in_free_order_the_nearest_is_looked_for_and_without_stamps_nothing_is_known() {
        let mut store = Store::default();
        for (i, x) in (0..).zip([5.0, 1.0, f64::NAN, 5.0, 3.0]) {
            store.append(Batch::point(SeriesId(0), START + i * SECOND, x, 0.0));
        }
        let free = series(&store);
        let found = [4.9, 2.9, 0.0].map(|x| free.nanos_at_x(x).map(|nanos| (nanos - START) / SECOND));
        assert_eq!(found, [Some(0), Some(4), Some(1)]);
        assert_eq!((free.x_at_nanos(START + SECOND), free.x_at_nanos(START + 2 * SECOND)), (Some(1.0), None));
        store.append(Batch::point(SeriesId(0), 0, 9.0, 0.0));
        let unknown = series(&store);
        assert_eq!(
            (unknown.x_at_nanos(START), unknown.nanos_at_x(1.0), unknown.x_near_nanos(START)),
            (None, None, None)
        );
        let mut long = Store::default();
        let x: Vec<f64> = (0..super::MOST_WALKED + 1).map(|i| -(i as f64)).collect();
        long.append(Batch::new(SeriesId(0), START, Xs::Explicit(x.clone().into()), x).unwrap());
        assert_eq!(series(&long).nanos_at_x(-5.0), None, "more than can be looked at");
        assert_eq!(SeriesSnapshot::emptied(&free).x_at_nanos(START), None);
    }

    #[test]
    fn where_x_is_a_time_it_is_the_time() {
        let mut store = Store::default();
        store.declare(SeriesInfo {
            id: SeriesId(0),
            name: "load".to_owned(),
            x_label: "time".to_owned(),
            x_is_time: true,
            color: None,
        });
        // Read later than it was measured.
        store.append(Batch::steps(SeriesId(0), START, 1000.0, 10.0, vec![0.0; 5]));
        let series = series(&store);
        assert_eq!((series.x_at_nanos(1015 * SECOND), series.x_at_nanos(5)), (Some(1010.0), Some(1000.0)));
        assert_eq!((series.x_at_nanos(START), series.nanos_at_x(1016.0)), (Some(1040.0), Some(1020 * SECOND)));
        assert_eq!(series.last_nanos(), Some(1040 * SECOND));
    }
}
