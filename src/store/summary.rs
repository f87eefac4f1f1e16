//! What is known of consecutive samples without looking at them: extremes, gaps, order.
//!
//! Pure arithmetic over slices, any thread. Every pass over samples that the store makes as data arrives is here, so
//! that it is made once and at the speed of memory.

use crate::store::segment::SegmentX;

/// Least and greatest finite value, and how many values were not finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Extent {
    /// Infinity if there is no finite value.
    pub min: f64,
    /// Minus infinity if there is no finite value.
    pub max: f64,
    /// Number of NaN and infinite values.
    pub nonfinite: u64,
}

/// What the pyramid keeps of a block of samples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Summary {
    /// Least finite x; infinity if there is none.
    pub x_min: f64,
    /// Greatest finite x; minus infinity if there is none.
    pub x_max: f64,
    /// Least finite y; infinity if there is none.
    pub y_min: f64,
    /// Greatest finite y; minus infinity if there is none.
    pub y_max: f64,
    /// Whether the block holds a y that is not finite.
    pub has_gap: bool,
    /// Whether the block holds an x that is not finite, so that its box does not tell where all samples are.
    pub has_stray_x: bool,
}

/// All that is known of a run of samples; the store keeps one for each series.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scan {
    /// Its box and flags.
    pub summary: Summary,
    /// Number of samples whose y is not finite.
    pub nonfinite: u64,
    /// Least finite x above zero; infinity if there is none.
    pub x_least_positive: f64,
    /// Least finite y above zero; infinity if there is none.
    pub y_least_positive: f64,
    /// Whether x is finite throughout and never descends.
    pub is_ascending: bool,
    /// x of the first sample; infinity while there is none, so that anything merges in front.
    pub first_x: f64,
    /// x of the last sample; minus infinity while there is none, so that anything merges behind.
    pub last_x: f64,
}

/// Values that are looked at side by side: independent lanes and selects instead of branches become vector instructions,
/// where a single running minimum would take one comparison's latency a value.
const LANES: usize = 8;

impl Extent {
    const EMPTY: Self = Self { min: f64::INFINITY, max: f64::NEG_INFINITY, nonfinite: 0 };

    /// One pass over `values`.
    pub fn of(values: &[f64]) -> Self {
        let mut min = [f64::INFINITY; LANES];
        let mut max = [f64::NEG_INFINITY; LANES];
        let mut stray = [0_u64; LANES];
        let (wide, rest) = values.as_chunks::<LANES>();
        for values in wide {
            for (((v, min), max), stray) in values.iter().zip(&mut min).zip(&mut max).zip(&mut stray) {
                *min = if *v < *min { *v } else { *min };
                *max = if *v > *max { *v } else { *max };
                *stray |= u64::from(!v.is_finite());
            }
        }
        if stray.iter().any(|s| *s != 0) {
            return Self::of_ragged(values);
        }
        let min = min.into_iter().fold(f64::INFINITY, f64::min);
        let max = max.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let wide = Self { min, max, nonfinite: 0 };
        wide.merged(Self::of_ragged(rest))
    }

    /// The same, one by one: for few values and for those with some that are not finite.
    fn of_ragged(values: &[f64]) -> Self {
        let mut extent = Self::EMPTY;
        for v in values {
            if v.is_finite() {
                extent.min = extent.min.min(*v);
                extent.max = extent.max.max(*v);
            } else {
                extent.nonfinite += 1;
            }
        }
        extent
    }

    fn merged(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max), nonfinite: self.nonfinite + other.nonfinite }
    }

    /// Least finite value above zero of `values`, whose extent this is; infinity if there is none.
    fn least_positive(&self, values: &[f64]) -> f64 {
        if self.min > 0.0 {
            return self.min;
        }
        if self.max <= 0.0 {
            return f64::INFINITY;
        }
        // Lanes as above. Infinity never becomes the least, so a value that is not finite needs no test of its own.
        let mut least = [f64::INFINITY; LANES];
        let (wide, rest) = values.as_chunks::<LANES>();
        for values in wide.iter().map(<[f64; LANES]>::as_slice).chain([rest]) {
            for (v, least) in values.iter().zip(&mut least) {
                *least = if *v > 0.0 && *v < *least { *v } else { *least };
            }
        }
        least.into_iter().fold(f64::INFINITY, f64::min)
    }
}

impl Summary {
    /// Of no samples.
    pub const EMPTY: Self = Self {
        x_min: f64::INFINITY,
        x_max: f64::NEG_INFINITY,
        y_min: f64::INFINITY,
        y_max: f64::NEG_INFINITY,
        has_gap: false,
        has_stray_x: false,
    };

    /// Takes the samples of `other` in.
    pub fn merge(&mut self, other: &Self) {
        self.x_min = self.x_min.min(other.x_min);
        self.x_max = self.x_max.max(other.x_max);
        self.y_min = self.y_min.min(other.y_min);
        self.y_max = self.y_max.max(other.y_max);
        self.has_gap |= other.has_gap;
        self.has_stray_x |= other.has_stray_x;
    }

    /// With the samples of `other` taken in.
    pub fn merged(mut self, other: &Self) -> Self {
        self.merge(other);
        self
    }

    /// Of the samples of all `parts`.
    pub fn of(parts: &[Self]) -> Self {
        parts.iter().fold(Self::EMPTY, Self::merged)
    }
}

impl Scan {
    /// Of no samples.
    pub const EMPTY: Self = Self {
        summary: Summary::EMPTY,
        nonfinite: 0,
        x_least_positive: f64::INFINITY,
        y_least_positive: f64::INFINITY,
        is_ascending: true,
        first_x: f64::INFINITY,
        last_x: f64::NEG_INFINITY,
    };

    /// One pass over samples, as many x as y.
    pub fn of(x: SegmentX<'_>, y: &[f64]) -> Self {
        if y.is_empty() {
            return Self::EMPTY;
        }
        let of_y = Extent::of(y);
        let mut scan = match x {
            SegmentX::Slice(x) => Self::of_explicit(x),
            SegmentX::Steps { .. } => Self::of_steps(x, y.len()),
        };
        scan.summary.y_min = of_y.min;
        scan.summary.y_max = of_y.max;
        scan.summary.has_gap = of_y.nonfinite > 0;
        scan.nonfinite = of_y.nonfinite;
        scan.y_least_positive = of_y.least_positive(y);
        scan
    }

    /// Takes in the samples of `next`, which come after those of `self`.
    pub fn merge(&mut self, next: &Self) {
        self.summary.merge(&next.summary);
        self.nonfinite += next.nonfinite;
        self.x_least_positive = self.x_least_positive.min(next.x_least_positive);
        self.y_least_positive = self.y_least_positive.min(next.y_least_positive);
        self.is_ascending &= next.is_ascending && self.last_x <= next.first_x;
        if self.first_x == f64::INFINITY {
            self.first_x = next.first_x;
        }
        self.last_x = next.last_x;
    }

    /// The x part for values in memory.
    fn of_explicit(x: &[f64]) -> Self {
        let (Some(&first), Some(&last)) = (x.first(), x.last()) else { return Self::EMPTY };
        let pairs = x.iter().zip(x.iter().skip(1));
        // No early end: the comparison of all pairs is one vector instruction for several of them.
        let never_descends = pairs.fold(true, |ok, (a, b)| ok & (a <= b));
        let is_ascending = never_descends && first.is_finite() && last.is_finite();
        let extent = if is_ascending { Extent { min: first, max: last, nonfinite: 0 } } else { Extent::of(x) };
        Self::of_x(extent, extent.least_positive(x), is_ascending, first, last)
    }

    /// The x part for values from a formula, which runs monotonically between its ends if those are finite.
    fn of_steps(x: SegmentX<'_>, count: usize) -> Self {
        let (first, last) = (x.value(0), x.value(count.saturating_sub(1)));
        let extent = Extent { min: first.min(last), max: first.max(last), nonfinite: 0 };
        let is_one_sided = extent.min > 0.0 || extent.max <= 0.0;
        if !(first.is_finite() && last.is_finite() && is_one_sided) {
            let values: Vec<f64> = (0..count).map(|i| x.value(i)).collect();
            return Self::of_explicit(&values);
        }
        Self::of_x(extent, extent.least_positive(&[]), first <= last, first, last)
    }

    fn of_x(extent: Extent, x_least_positive: f64, is_ascending: bool, first_x: f64, last_x: f64) -> Self {
        let mut scan = Self { x_least_positive, is_ascending, first_x, last_x, ..Self::EMPTY };
        scan.summary.x_min = extent.min;
        scan.summary.x_max = extent.max;
        scan.summary.has_stray_x = extent.nonfinite > 0;
        scan
    }
}
