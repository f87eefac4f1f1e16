//! From samples to what a figure of some hundred pixels shows: columns, bounds, ranges in view.
//!
//! Any thread. Costs by columns and by the logarithm of the number of samples; what it finds is exactly what a pass over
//! all samples would find. Knows no pixels: the edges of the columns come as x values.

use std::ops::Range;

use crate::store::chunk::{Piece, Visitor};
use crate::store::segment::Segment;
use crate::store::series::Series;
use crate::store::snapshot::{SeriesSnapshot, XOrder};
use crate::store::summary::{Extent, Summary};

/// What one pixel column shows of a series: M4.
///
/// After Jugel, Jerzak, Hackenbroich, Markl, "M4: A Visualization-Oriented Time Series Data Aggregation", VLDB 2014.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Index of the column in the edges given.
    pub index: u32,
    /// y of the first finite sample of the column.
    pub first: f64,
    /// Least finite y.
    pub min: f64,
    /// Greatest finite y.
    pub max: f64,
    /// y of the last finite sample.
    pub last: f64,
    /// Number of samples in the column, non-finite ones included.
    pub count: u64,
    /// Whether the line breaks before this column's first finite sample: a non-finite one lies between it and the last
    /// finite one of the column before in the output, or, for the first column, between it and the left end of the view.
    pub breaks_before: bool,
    /// Whether a non-finite sample lies in this column.
    pub has_gap: bool,
}

impl SeriesSnapshot {
    /// For ascending x: fills `out` with the columns that hold a finite sample. `edges` are the ascending x values that
    /// bound the columns: column `i` holds the samples with `edges[i] <= x < edges[i + 1]`; the last one includes its
    /// end. For free x nothing is filled in: draw [`segments`](Self::segments) of
    /// [`ranges_near`](Self::ranges_near) instead.
    pub fn reduce(&self, edges: &[f64], out: &mut Vec<Column>) {
        out.clear();
        let (Some(&left), XOrder::Ascending) = (edges.first(), self.x_order()) else { return };
        let samples = &*self.samples;
        let mut start = samples.partition_point(0, |x| x < left);
        // Index after the last finite sample so far. Whatever lies between it and the next finite one is a gap.
        let mut drawn_to = start;
        let mut width = 0;
        let columns = edges.len() - 1;
        for (index, to) in edges.iter().skip(1).enumerate() {
            // Neighbouring columns usually hold nearly as many samples, so the next border is looked for there.
            let hint = start + width;
            let end = if index + 1 == columns {
                samples.partition_point(hint, |x| x <= *to)
            } else {
                samples.partition_point(hint, |x| x < *to)
            };
            if end <= start {
                continue;
            }
            width = end - start;
            if let Some(found) = Found::of(samples, start..end) {
                out.push(Column {
                    index: index as u32,
                    first: found.first.1,
                    min: found.min,
                    max: found.max,
                    last: found.last.1,
                    count: width as u64,
                    breaks_before: found.first.0 > drawn_to,
                    has_gap: found.has_gap,
                });
                drawn_to = found.last.0 + 1;
            }
            start = end;
        }
    }

    /// Whether a sample of `range` has a y that is not finite.
    #[must_use]
    pub fn has_gap_in(&self, range: Range<usize>) -> bool {
        Total::of(&self.samples, range).has_gap
    }

    /// Least and greatest finite x.
    #[must_use]
    pub fn x_bounds(&self) -> Option<(f64, f64)> {
        let known = &self.samples.known().summary;
        bounds(known.x_min, known.x_max)
    }

    /// Least and greatest finite y.
    #[must_use]
    pub fn y_bounds(&self) -> Option<(f64, f64)> {
        let known = &self.samples.known().summary;
        bounds(known.y_min, known.y_max)
    }

    /// Least finite value greater than zero of x and of y, for log axes.
    #[must_use]
    pub fn least_positive(&self) -> (Option<f64>, Option<f64>) {
        let known = self.samples.known();
        let found = |v: f64| v.is_finite().then_some(v);
        (found(known.x_least_positive), found(known.y_least_positive))
    }

    /// Least and greatest finite y of the samples with `x0 <= x <= x1`. For free x only blocks that lie across a border
    /// are looked into.
    #[must_use]
    pub fn y_bounds_in(&self, x0: f64, x1: f64) -> Option<(f64, f64)> {
        if x0 > x1 || x0.is_nan() || x1.is_nan() {
            return None;
        }
        let mut inside = Inside { x0, x1, total: Total::default() };
        match self.x_order() {
            XOrder::Free => self.samples.walk(&mut inside),
            XOrder::Ascending => {
                let start = self.samples.partition_point(0, |x| x < x0);
                let end = self.samples.partition_point(start, |x| x <= x1);
                self.samples.cover(start..end, &mut |piece| inside.total.add(&piece));
            }
        }
        bounds(inside.total.min, inside.total.max)
    }

    /// For x in any order: fills `out` with the ranges of samples that a line through all of them needs in order to be
    /// right between `x0` and `x1`, in order and apart from each other. Blocks of samples that lie wholly to one side,
    /// with the lines that join them, are left out.
    pub fn ranges_near(&self, x0: f64, x1: f64, out: &mut Vec<Range<usize>>) {
        out.clear();
        self.samples.walk(&mut Near { x0, x1, side: None, out });
    }
}

/// What is known of the y values of a range.
struct Total {
    min: f64,
    max: f64,
    has_gap: bool,
}

impl Default for Total {
    fn default() -> Self {
        Self { min: f64::INFINITY, max: f64::NEG_INFINITY, has_gap: false }
    }
}

impl Total {
    fn of(samples: &Series, range: Range<usize>) -> Self {
        let mut total = Self::default();
        samples.cover(range, &mut |piece| total.add(&piece));
        total
    }

    fn add(&mut self, piece: &Piece<'_>) {
        match piece {
            Piece::Blocks(blocks) => {
                for block in *blocks {
                    self.take(block.y_min, block.y_max, block.has_gap);
                }
            }
            Piece::Samples(y) => {
                let extent = Extent::of(y);
                self.take(extent.min, extent.max, extent.nonfinite > 0);
            }
        }
    }

    fn take(&mut self, min: f64, max: f64, has_gap: bool) {
        self.min = if min < self.min { min } else { self.min };
        self.max = if max > self.max { max } else { self.max };
        self.has_gap |= has_gap;
    }

    fn has_finite(&self) -> bool {
        self.min <= self.max
    }
}

/// M4 of a range that holds a finite sample; the first and the last with their indices.
struct Found {
    first: (usize, f64),
    last: (usize, f64),
    min: f64,
    max: f64,
    has_gap: bool,
}

impl Found {
    fn of(samples: &Series, range: Range<usize>) -> Option<Self> {
        let Total { min, max, has_gap } = Total::of(samples, range.clone());
        if min > max {
            return None;
        }
        let (first, last) = if has_gap {
            (first_finite(samples, range.clone())?, last_finite(samples, range)?)
        } else {
            let last = range.end - 1;
            ((range.start, samples.y(range.start)?), (last, samples.y(last)?))
        };
        Some(Self { first, last, min, max, has_gap })
    }
}

/// How far from a border a finite sample is looked for one by one, before blocks are asked.
const NEAR_LEN: usize = 64;

/// The first finite sample of `range`. Costs by the logarithm of its distance.
fn first_finite(samples: &Series, range: Range<usize>) -> Option<(usize, f64)> {
    let Range { mut start, end: limit } = range;
    let mut len = NEAR_LEN;
    let mut end = limit.min(start + len);
    while !Total::of(samples, start..end).has_finite() {
        if end >= limit {
            return None;
        }
        start = end;
        len *= 2;
        end = limit.min(start + len);
    }
    while end - start > NEAR_LEN {
        let middle = start + (end - start) / 2;
        if Total::of(samples, start..middle).has_finite() {
            end = middle;
        } else {
            start = middle;
        }
    }
    (start..end).find_map(|i| samples.y(i).filter(|y| y.is_finite()).map(|y| (i, y)))
}

/// The last finite sample of `range`. Costs by the logarithm of its distance.
fn last_finite(samples: &Series, range: Range<usize>) -> Option<(usize, f64)> {
    let Range { start: limit, mut end } = range;
    let mut len = NEAR_LEN;
    let mut start = limit.max(end.saturating_sub(len));
    while !Total::of(samples, start..end).has_finite() {
        if start <= limit {
            return None;
        }
        end = start;
        len *= 2;
        start = limit.max(end.saturating_sub(len));
    }
    while end - start > NEAR_LEN {
        let middle = start + (end - start) / 2;
        if Total::of(samples, middle..end).has_finite() {
            start = middle;
        } else {
            end = middle;
        }
    }
    (start..end).rev().find_map(|i| samples.y(i).filter(|y| y.is_finite()).map(|y| (i, y)))
}

/// Gathers y of the samples between two x, whatever their order.
struct Inside {
    x0: f64,
    x1: f64,
    total: Total,
}

impl<'a> Visitor<'a> for Inside {
    fn enters(&mut self, summary: &Summary, _: Range<usize>) -> bool {
        if summary.has_stray_x {
            return true;
        }
        let is_inside = self.x0 <= summary.x_min && summary.x_max <= self.x1;
        if is_inside {
            self.total.add(&Piece::Blocks(std::slice::from_ref(summary)));
        }
        !is_inside && self.x0 <= summary.x_max && summary.x_min <= self.x1
    }

    fn samples(&mut self, segment: Segment<'a>) {
        for (x, y) in segment.iter() {
            if (self.x0..=self.x1).contains(&x) && y.is_finite() {
                self.total.take(y, y, false);
            }
        }
    }
}

/// On which side of a view the last sample seen lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Within,
    Right,
}

/// Gathers the ranges that a line needs in a view.
struct Near<'o> {
    x0: f64,
    x1: f64,
    /// None before the first sample.
    side: Option<Side>,
    out: &'o mut Vec<Range<usize>>,
}

impl Near<'_> {
    /// Goes on to `range`, all of which lies on `side`.
    fn go_on(&mut self, side: Side, range: Range<usize>) {
        // A line from one side to another may cross the view though neither of its ends lies in it.
        let joins = self.side.is_some_and(|before| before != side);
        let start = if joins { range.start.saturating_sub(1) } else { range.start };
        let end = match side {
            Side::Within => range.end,
            Side::Left | Side::Right if joins => range.start + 1,
            Side::Left | Side::Right => start,
        };
        self.side = Some(side);
        match self.out.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ if start < end => self.out.push(start..end),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Near<'_> {
    fn enters(&mut self, summary: &Summary, range: Range<usize>) -> bool {
        if summary.has_stray_x {
            return true;
        }
        let side = if summary.x_max < self.x0 {
            Side::Left
        } else if summary.x_min > self.x1 {
            Side::Right
        } else {
            return true;
        };
        self.go_on(side, range);
        false
    }

    fn samples(&mut self, segment: Segment<'a>) {
        self.go_on(Side::Within, segment.first..segment.first + segment.y.len());
    }
}

fn bounds(min: f64, max: f64) -> Option<(f64, f64)> {
    (min <= max).then_some((min, max))
}
