//! The exponential moving average that TensorBoard draws, to the digit.
//!
//! From `classicSmoothing` in TensorBoard's `tensorboard/webapp/widgets/line_chart_v2/data_transformer.ts`:
//!
//! ```text
//! last_0 = 0
//! last_t = last_{t-1} * weight + (1 - weight) * y_t
//! shown_t = last_t / (1 - weight^t)
//! ```
//!
//! t counts finite samples only: one that is not finite is shown as it is, and changes nothing for those after it. The
//! division undoes the pull towards the zero that it begins with. A constant series is not smoothed at all; see
//! [`Smoothing::applies_to`](super::Smoothing::applies_to).

use crate::store::Filter;

/// The average so far.
pub(super) struct Exponential {
    weight: f64,
    last: f64,
    /// Number of finite samples so far; as a float, as it is an exponent.
    count: f64,
    /// Whether the weight's power is too small to be told from zero beside 1, from here on.
    is_settled: bool,
}

impl Exponential {
    /// `weight` is from 0 to below 1.
    pub(super) fn new(weight: f64) -> Self {
        Self { weight, last: 0.0, count: 0.0, is_settled: false }
    }
}

impl Filter for Exponential {
    fn reset(&mut self) {
        *self = Self::new(self.weight);
    }

    fn push(&mut self, y: f64, out: &mut Vec<f64>) {
        if !y.is_finite() {
            out.push(y);
            return;
        }
        self.last = self.last * self.weight + (1.0 - self.weight) * y;
        if self.is_settled {
            out.push(self.last);
            return;
        }
        self.count += 1.0;
        let debias = 1.0 - self.weight.powf(self.count);
        // Powers fall, so what is 1 now is 1 ever after: no more powers, which take longer than all the rest.
        self.is_settled = debias == 1.0;
        out.push(self.last / debias);
    }

    fn tail(&self, _: &mut Vec<f64>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smoothed(weight: f64, y: &[f64]) -> Vec<f64> {
        let (mut filter, mut out) = (Exponential::new(weight), Vec::new());
        y.iter().for_each(|y| filter.push(*y, &mut out));
        out
    }

    /// TensorBoard's loop, word by word.
    fn tensorboard(weight: f64, y: &[f64]) -> Vec<f64> {
        let (mut last, mut num_accum) = (0.0, 0);
        y.iter()
            .map(|next| {
                if !next.is_finite() {
                    return *next;
                }
                last = last * weight + (1.0 - weight) * next;
                num_accum += 1;
                last / (1.0 - weight.powf(f64::from(num_accum)))
            })
            .collect()
    }

    #[test]
    fn is_tensorboards_to_the_digit() {
        let mut y: Vec<f64> = (0..100_000).map(|i| (f64::from(i) * 0.37).sin() * 3.0 + f64::from(i % 17)).collect();
        for (place, stray) in [(0, f64::NAN), (5, f64::INFINITY), (700, f64::NEG_INFINITY), (99_999, f64::NAN)] {
            y[place] = stray;
        }
        for weight in [0.01, 0.6, 0.9, 0.99, 0.999] {
            let bits = |values: Vec<f64>| values.into_iter().map(f64::to_bits).collect::<Vec<_>>();
            assert_eq!(bits(smoothed(weight, &y)), bits(tensorboard(weight, &y)), "{weight}");
        }
    }

    #[test]
    fn values_that_tensorboards_own_tests_expect() {
        // data_transformer_test.ts: the first value is itself, whatever the weight; strays pass through.
        let got = smoothed(0.5, &[1.0, 2.0, f64::NAN, 4.0]);
        assert_eq!(got[0], 1.0);
        assert!((got[1] - 5.0 / 3.0).abs() < 1e-15 && got[2].is_nan());
        assert!((got[3] - (0.625 * 1.0 + 2.0) / 0.875).abs() < 1e-12, "{got:?}");
    }
}
