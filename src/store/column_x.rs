//! The x values of one chunk: in memory, or as formulas where the source gave formulas.
//!
//! A formula is kept as it came, so every x is exactly what the source meant. Formulas that continue each other become
//! one; those that differ in the last bit stand side by side.

use std::ops::Range;

use crate::batch::{Column, Xs};
use crate::store::segment::{SegmentX, step_value};

/// A formula shorter than this takes more room than the values that it gives, or nearly so.
const RUN_LEN_MIN: usize = 8;

/// The x values of one chunk.
#[derive(Clone, Debug)]
pub(super) enum XColumn {
    /// One for each sample.
    Explicit(Column),
    /// By formulas, in order.
    Runs(Vec<Run>),
}

/// Samples that stand at even distances: sample `i` of the chunk at `start + (offset + i - first) * step`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// Index in the chunk of the run's first sample.
    pub first: usize,
    pub start: f64,
    pub step: f64,
    pub offset: usize,
}

impl Default for XColumn {
    fn default() -> Self {
        Self::Explicit(Column::default())
    }
}

impl Run {
    fn value(&self, index: usize) -> f64 {
        step_value(self.start, self.step, self.offset + index.saturating_sub(self.first))
    }
}

impl XColumn {
    /// Takes the x values of a batch over.
    pub fn of(x: Xs) -> Self {
        match x {
            Xs::Explicit(values) => Self::Explicit(values),
            Xs::Steps { start, step } => Self::Runs(vec![Run { first: 0, start, step, offset: 0 }]),
        }
    }

    /// Adds `count` values to the `len` that are there.
    pub fn push(&mut self, len: usize, x: SegmentX<'_>, count: usize) {
        if len == 0 {
            *self = match x {
                SegmentX::Slice(_) => Self::Explicit(Column::default()),
                SegmentX::Steps { .. } => Self::Runs(Vec::with_capacity(1)),
            };
        }
        if let (Self::Runs(runs), SegmentX::Steps { start, step, offset }) = (&mut *self, x) {
            if runs.last().is_some_and(|run| continues(run, len, x, count)) {
                return;
            }
            if count >= RUN_LEN_MIN || len == 0 {
                runs.push(Run { first: len, start, step, offset });
                return;
            }
        }
        let mut values = self.take_values(len);
        match x {
            SegmentX::Slice(x) => values.to_mut().extend_from_slice(x),
            SegmentX::Steps { .. } => values.to_mut().extend((0..count).map(|i| x.value(i))),
        }
        *self = Self::Explicit(values);
    }

    /// The values in memory, computed now if they were not; leaves nothing behind.
    fn take_values(&mut self, len: usize) -> Column {
        let runs = match std::mem::take(self) {
            Self::Explicit(values) => return values,
            runs @ Self::Runs(_) => runs,
        };
        let mut values = Vec::with_capacity(len);
        while values.len() < len {
            let (x, count) = runs.part(values.len()..len);
            values.extend((0..count.max(1)).map(|i| x.value(i)));
        }
        values.into()
    }

    /// The x values of `range`, or of its beginning where a formula ends within it, and how many they are.
    pub fn part(&self, range: Range<usize>) -> (SegmentX<'_>, usize) {
        match self {
            Self::Explicit(values) => {
                let values = values.get(range).unwrap_or_default();
                (SegmentX::Slice(values), values.len())
            }
            Self::Runs(runs) => {
                let next = runs.partition_point(|run| run.first <= range.start);
                let end = runs.get(next).map_or(range.end, |run| run.first.min(range.end));
                let steps = next.checked_sub(1).and_then(|last| runs.get(last)).map_or(SegmentX::Slice(&[]), |run| {
                    SegmentX::Steps { start: run.start, step: run.step, offset: run.offset + (range.start - run.first) }
                });
                (steps, end.saturating_sub(range.start))
            }
        }
    }

    /// For ascending x: number of the `len` samples, from the first on, that `is_before` holds for. Near `hint` it is
    /// found at once.
    pub fn partition_point(&self, len: usize, hint: usize, is_before: impl Fn(f64) -> bool) -> usize {
        match self {
            Self::Explicit(values) => gallop(0..len, hint, |i| values.get(i).is_some_and(|x| is_before(*x))),
            Self::Runs(runs) => {
                // The last run that begins before the place holds it, or it is the beginning of the next one.
                let next = runs.partition_point(|run| is_before(run.value(run.first)));
                let Some(run) = next.checked_sub(1).and_then(|last| runs.get(last)) else { return 0 };
                let end = runs.get(next).map_or(len, |run| run.first);
                gallop(run.first..end, hint, |i| is_before(run.value(i)))
            }
        }
    }

    /// Gives back what the vectors hold in reserve.
    pub fn shrink(&mut self) {
        match self {
            Self::Explicit(values) => values.shrink(),
            Self::Runs(runs) => runs.shrink_to_fit(),
        }
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Explicit(values) => values.heap_bytes(),
            Self::Runs(runs) => runs.capacity() * size_of::<Run>(),
        }
    }

    /// The values that stand as numbers; none if formulas give them.
    pub fn values(&self) -> Option<&Column> {
        match self {
            Self::Explicit(values) => Some(values),
            Self::Runs(_) => None,
        }
    }
}

/// Whether the formula of `run` also gives, to the last bit, the `count` values of `x` that follow at `len`.
fn continues(run: &Run, len: usize, x: SegmentX<'_>, count: usize) -> bool {
    (0..count).all(|i| run.value(len + i).to_bits() == x.value(i).to_bits())
}

/// The first index of `range` that `holds` does not hold for, or its end; it holds for all before and none behind. Looks
/// near `hint` first, in steps that double.
fn gallop(range: Range<usize>, hint: usize, holds: impl Fn(usize) -> bool) -> usize {
    let Range { start: mut low, end: mut high } = range;
    let hint = hint.clamp(low, high);
    let mut stride = 1;
    if hint < high && holds(hint) {
        low = hint + 1;
        while low + stride < high && holds(low + stride) {
            low += stride + 1;
            stride *= 2;
        }
        high = high.min(low + stride);
    } else {
        high = hint;
        while low + stride <= high && !holds(high - stride) {
            high -= stride;
            stride *= 2;
        }
        low = if low + stride <= high { high - stride + 1 } else { low };
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn galloping_finds_what_a_plain_search_finds() {
        let values: Vec<f64> = (0..200).map(|i| f64::from(i / 3)).collect();
        for (start, end) in [(0, 200), (17, 90), (5, 5)] {
            for hint in [0, 1, 5, 66, 150, 199, 200, 900] {
                for x in [-1.0, 0.0, 0.5, 1.0, 33.0, 65.5, 66.0, 90.0] {
                    let expected = start + values[start..end].partition_point(|v| *v < x);
                    assert_eq!(gallop(start..end, hint, |i| values[i] < x), expected, "{x} from {hint}");
                }
            }
        }
    }

    #[test]
    fn formulas_that_continue_each_other_become_one() {
        let mut x = XColumn::of(Xs::Steps { start: 10.0, step: 0.5 });
        x.push(100, SegmentX::Steps { start: 60.0, step: 0.5, offset: 0 }, 50);
        assert!(matches!(&x, XColumn::Runs(runs) if runs.len() == 1));
        x.push(150, SegmentX::Steps { start: 90.0, step: 0.5, offset: 0 }, 50);
        assert!(matches!(&x, XColumn::Runs(runs) if runs.len() == 2));
        assert_eq!(x.part(140..200), (SegmentX::Steps { start: 10.0, step: 0.5, offset: 140 }, 10));
        assert_eq!(x.partition_point(200, 0, |v| v < 90.0), 150);
        x.push(200, SegmentX::Slice(&[1.0]), 1);
        assert!(matches!(&x, XColumn::Explicit(v) if v.len() == 201 && v[150] == 90.0 && v[200] == 1.0));
    }
}
