//! Smoothed curves: what may be asked for, and the numbers.
//!
//! Pure. A filter takes the samples of a series one by one, so a curve that grows costs by what is new.

mod exponential;
mod median;

use serde::{Deserialize, Serialize};

use crate::store::{DerivedKey, Filter, SeriesSnapshot};

use exponential::Exponential;
use median::Median;

/// How a curve is smoothed. The curve as measured stays behind it, pale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Smoothing {
    /// Not at all.
    #[default]
    None,
    /// The exponential moving average of TensorBoard, without its bias to zero. Looks back only, so a step in the data
    /// comes late.
    Exponential {
        /// What of the average before is kept at each sample: 0 (all is new) to [`MOST_WEIGHT`]; what lies outside counts
        /// as the nearer end, NaN as 0.
        weight: f64,
    },
    /// The median of the samples around each one. Single strays leave no trace, steps stay where they are.
    Median {
        /// Number of samples, odd, with the sample itself in the middle: 3 to [`MOST_WINDOW`]; an even number counts as
        /// the next one, 0 and 1 leave the curve as it is.
        window: u32,
    },
}

/// Greatest weight of [`Smoothing::Exponential`], as TensorBoard's slider has it.
pub const MOST_WEIGHT: f64 = 0.999;

/// Largest window of [`Smoothing::Median`]: the cost of a sample grows with it.
pub const MOST_WINDOW: u32 = 1001;

/// Samples of a series that is smoothed at most. What is kept beside each costs eight bytes and more, outside of any
/// budget; such a series is drawn as it is.
pub const MOST_SMOOTHED: usize = 30_000_000;

impl Smoothing {
    /// The nearest that can be done; [`None`](Self::None) if that changes nothing.
    #[must_use]
    pub fn sane(self) -> Self {
        match self {
            Self::Exponential { weight } if weight > 0.0 => Self::Exponential { weight: weight.min(MOST_WEIGHT) },
            Self::Median { window: 2.. } => {
                let Self::Median { window } = self else { return self };
                Self::Median { window: (window | 1).min(MOST_WINDOW) }
            }
            _ => Self::None,
        }
    }

    /// Names the smoothed form of a series in a snapshot; `None` if it is the series itself.
    #[must_use]
    pub fn key(self) -> Option<DerivedKey> {
        match self.sane() {
            Self::None => None,
            // Weights are at least 0 and below 1, so their highest two bits are free.
            Self::Exponential { weight } => Some(DerivedKey(weight.to_bits())),
            Self::Median { window } => Some(DerivedKey(1 << 63 | u64::from(window))),
        }
    }

    /// Whether `series` is drawn smoothed: a constant one is not, as in TensorBoard, whose average would tremble in the last
    /// digits (tensorboard issue 786), and neither is one of more than [`MOST_SMOOTHED`] samples.
    #[must_use]
    pub fn applies_to(self, series: &SeriesSnapshot) -> bool {
        let is_constant = || series.nonfinite_count() == 0 && series.y_bounds().is_none_or(|(min, max)| min == max);
        self.sane() != Self::None && series.len() <= MOST_SMOOTHED && !is_constant()
    }

    /// What makes the smoothed series; `None` if nothing is to be done.
    #[must_use]
    pub fn filter(self) -> Option<Box<dyn Filter>> {
        match self.sane() {
            Self::None => None,
            Self::Exponential { weight } => Some(Box::new(Exponential::new(weight))),
            Self::Median { window } => Some(Box::new(Median::new(window as usize))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_done_becomes_the_nearest_that_can() {
        let weight = |weight| Smoothing::Exponential { weight }.sane();
        assert_eq!(weight(0.6), Smoothing::Exponential { weight: 0.6 });
        assert_eq!(weight(7.0), Smoothing::Exponential { weight: MOST_WEIGHT });
        for nothing in [0.0, -1.0, f64::NAN] {
            assert_eq!(weight(nothing), Smoothing::None);
        }
        let window = |window| Smoothing::Median { window }.sane();
        assert_eq!([window(0), window(1)], [Smoothing::None; 2]);
        assert_eq!([window(2), window(3)], [Smoothing::Median { window: 3 }; 2]);
        assert_eq!(window(u32::MAX), Smoothing::Median { window: MOST_WINDOW });
    }

    #[test]
    fn every_way_of_smoothing_has_a_name_of_its_own() {
        let all = [0.1, 0.6, 0.999].map(|weight| Smoothing::Exponential { weight });
        let medians = [3, 5, 1001].map(|window| Smoothing::Median { window });
        let keys: std::collections::HashSet<_> = all.into_iter().chain(medians).filter_map(Smoothing::key).collect();
        assert_eq!(keys.len(), 6);
        assert_eq!(Smoothing::Exponential { weight: 0.0 }.key(), None);
    }
}
