//! The running median: each value is the median of the samples around it.
//!
//! As pandas' `rolling(window, center=True, min_periods=1).median()`: near the ends, where the window reaches beyond the
//! samples, it is that of those that there are; NaN counts as no sample, and infinities count as what they are. Where no
//! sample of the window is a number, neither is the median. A sample without a value stays one: a gap in the measurement is
//! no less a gap because its neighbours are known, which is where we differ from pandas.

use std::collections::VecDeque;

use crate::store::Filter;

/// The window, and what is in it.
pub(super) struct Median {
    half: usize,
    /// The samples in the window, in order; the oldest leaves first.
    window: VecDeque<f64>,
    /// The same without NaN, by size.
    sorted: Vec<f64>,
    /// Samples taken so far.
    taken: usize,
}

impl Median {
    /// `window` is odd.
    pub(super) fn new(window: usize) -> Self {
        Self { half: window / 2, window: VecDeque::new(), sorted: Vec::new(), taken: 0 }
    }

    fn enter(&mut self, y: f64) {
        self.window.push_back(y);
        if !y.is_nan() {
            let place = self.sorted.partition_point(|v| v.total_cmp(&y).is_lt());
            self.sorted.insert(place, y);
        }
    }

    fn leave(&mut self) {
        let Some(y) = self.window.pop_front().filter(|y| !y.is_nan()) else { return };
        let place = self.sorted.partition_point(|v| v.total_cmp(&y).is_lt());
        if place < self.sorted.len() {
            self.sorted.remove(place);
        }
    }

    /// The value of the sample that stands at `middle` of the window.
    fn value(&self, middle: usize) -> f64 {
        match self.window.get(middle) {
            Some(y) if !y.is_nan() => median(&self.sorted),
            _ => f64::NAN,
        }
    }
}

impl Filter for Median {
    fn reset(&mut self) {
        *self = Self::new(2 * self.half + 1);
    }

    fn push(&mut self, y: f64, out: &mut Vec<f64>) {
        if self.window.len() > 2 * self.half {
            self.leave();
        }
        self.enter(y);
        self.taken += 1;
        // The sample that is so far back that its window ends here.
        if self.taken > self.half {
            out.push(self.value(self.window.len() - 1 - self.half));
        }
    }

    fn tail(&self, out: &mut Vec<f64>) {
        let count = self.half.min(self.taken);
        let mut rest =
            Self { half: self.half, window: self.window.clone(), sorted: self.sorted.clone(), taken: self.taken };
        for left in (0..count).rev() {
            // Its window reaches so far back, and forward to the end.
            let middle = rest.window.len().saturating_sub(1 + left);
            for _ in self.half..middle {
                rest.leave();
            }
            out.push(rest.value(rest.window.len().saturating_sub(1 + left)));
        }
    }
}

/// The middle of ascending values, or the mean of the two in the middle.
fn median(sorted: &[f64]) -> f64 {
    let middle = sorted.len() / 2;
    match (sorted.get(middle.wrapping_sub(1)), sorted.get(middle)) {
        (_, Some(m)) if sorted.len() % 2 == 1 => *m,
        // Halves first: their sum may be larger than any number.
        (Some(a), Some(b)) => a / 2.0 + b / 2.0,
        _ => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, sample by sample.
    fn plain(half: usize, y: &[f64]) -> Vec<f64> {
        (0..y.len())
            .map(|i| {
                let mut near: Vec<f64> = y[i.saturating_sub(half)..(i + half + 1).min(y.len())].to_vec();
                near.retain(|v| !v.is_nan());
                near.sort_by(f64::total_cmp);
                if y[i].is_nan() { f64::NAN } else { median(&near) }
            })
            .collect()
    }

    fn smoothed(half: usize, y: &[f64]) -> Vec<f64> {
        let (mut filter, mut out) = (Median::new(2 * half + 1), Vec::new());
        y.iter().for_each(|y| filter.push(*y, &mut out));
        filter.tail(&mut out);
        out
    }

    fn bits(values: &[f64]) -> Vec<u64> {
        values.iter().map(|v| v.to_bits()).collect()
    }

    proptest! {
        #[test]
        fn is_the_median_of_the_window(
            half in 1..9_usize,
            y in prop::collection::vec(prop_oneof![8 => -5.0..5.0_f64, 1 => Just(f64::NAN), 1 => Just(f64::INFINITY)], 0..60),
        ) {
            prop_assert_eq!(bits(&smoothed(half, &y)), bits(&plain(half, &y)));
        }
    }

    #[test]
    fn a_stray_leaves_no_trace_and_a_step_stays_where_it_is() {
        assert_eq!(smoothed(1, &[1.0, 1.0, 90.0, 1.0, 1.0]), [1.0; 5]);
        assert_eq!(smoothed(2, &[0.0, 0.0, 0.0, 5.0, 5.0, 5.0])[2..4], [0.0, 5.0]);
        assert_eq!(smoothed(1, &[f64::MAX, f64::MAX])[0], f64::MAX, "no sum overflows");
    }
}
