//! Consecutive samples as they lie in memory.
//!
//! What readers walk over: y is always a slice; x is a slice or the formula that gives it.

/// Consecutive samples of a series, lent by a snapshot.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// Index, within the series, of the first sample.
    pub first: usize,
    /// x of the samples.
    pub x: SegmentX<'a>,
    /// y of the samples.
    pub y: &'a [f64],
}

/// The x values of a [`Segment`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SegmentX<'a> {
    /// One for each y.
    Slice(&'a [f64]),
    /// Sample `i` of the segment stands at `start + (offset + i) * step`.
    Steps {
        /// x of the formula's sample 0.
        start: f64,
        /// Distance between neighbours.
        step: f64,
        /// Number of the formula's sample that comes first here.
        offset: usize,
    },
}

impl Segment<'_> {
    /// The samples as (x, y), in order.
    pub fn iter(&self) -> impl Iterator<Item = (f64, f64)> {
        self.y.iter().enumerate().map(|(i, y)| (self.x.value(i), *y))
    }
}

impl<'a> SegmentX<'a> {
    /// x of sample `index` of the segment; NaN beyond the end of a slice.
    #[must_use]
    pub fn value(&self, index: usize) -> f64 {
        match *self {
            Self::Slice(values) => values.get(index).copied().unwrap_or(f64::NAN),
            Self::Steps { start, step, offset } => step_value(start, step, offset + index),
        }
    }

    /// The x values from sample `from` on, at most `count`.
    pub(super) fn part(&self, from: usize, count: usize) -> SegmentX<'a> {
        match *self {
            Self::Slice(values) => {
                let end = from.saturating_add(count).min(values.len());
                Self::Slice(values.get(from..end).unwrap_or_default())
            }
            Self::Steps { start, step, offset } => Self::Steps { start, step, offset: offset + from },
        }
    }
}

/// x of sample `index` of evenly spaced ones: the one place that computes it, so that it is the same everywhere.
pub(super) fn step_value(start: f64, step: f64, index: usize) -> f64 {
    start + index as f64 * step
}
