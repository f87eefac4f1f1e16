//! From samples to what each pixel column of a figure shows.
//!
//! Any thread. Costs by columns and by the logarithm of the number of samples; what it finds is exactly what a pass over
//! all samples would find. Knows no pixels: the edges of the columns come as x values.

use std::ops::Range;

use crate::store::cursor::Cursor;
use crate::store::series::{Place, Series};
use crate::store::snapshot::{SeriesSnapshot, XOrder};
use crate::store::view::Total;

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
        let mut cursor = Cursor::new(samples);
        cursor.advance(0, |x| x < left, &mut |_| {});
        let mut start = cursor.place();
        // Index after the last finite sample so far. Whatever lies between it and the next finite one is a gap.
        let mut drawn_to = start.index;
        let mut width = 0;
        let columns = edges.len() - 1;
        for (index, to) in edges.iter().skip(1).enumerate() {
            // Neighbouring columns usually hold nearly as many samples, so the next border is looked for there.
            let hint = start.index + width;
            let mut total = Total::default();
            let is_last = index + 1 == columns;
            cursor.advance(hint, |x| x < *to || is_last && x == *to, &mut |piece| total.add(&piece));
            let end = cursor.place();
            if end.index <= start.index {
                continue;
            }
            width = end.index - start.index;
            if let Some(found) = Found::of(samples, start, end, total) {
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
    fn of(samples: &Series, start: Place<'_>, end: Place<'_>, total: Total) -> Option<Self> {
        let range = start.index..end.index;
        let Total { min, max, has_gap } = total;
        if min > max {
            return None;
        }
        let (first, last) = if has_gap {
            (first_finite(samples, range.clone())?, last_finite(samples, range)?)
        } else {
            let y = |index: usize, near: Place<'_>| near.y(index).or_else(|| samples.y(index)).map(|y| (index, y));
            (y(range.start, start)?, y(range.end - 1, end)?)
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
