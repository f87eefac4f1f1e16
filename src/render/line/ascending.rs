//! Walks a series whose x ascends: sample by sample where there are few, by pixel column where there are many.

use std::ops::Range;

use crate::figure::PlotRect;
use crate::render::line::{RAW_PER_COLUMN, Scratch, Trace};
use crate::store::{Column, SeriesSnapshot};

/// Scattered samples that are looked at one by one at most; of more, the column's extremes and every n-th are shown.
const SCATTER_SAMPLES: usize = 200_000;

/// Writes the series to `trace`.
pub(super) fn trace(series: &SeriesSnapshot, plot: &PlotRect, trace: &mut Trace<'_>, scratch: &mut Scratch) {
    let left_px = f64::from(plot.x_px.floor());
    let column_count = (f64::from(plot.x_px + plot.width_px).ceil() - left_px).clamp(1.0, 65_536.0) as usize;
    let mut edges = std::mem::take(&mut scratch.edges);
    fill_edges(&mut edges, column_count, left_px, trace);
    let (Some(&from), Some(&to)) = (edges.first(), edges.last()) else { return };
    let in_view = series.lower_bound(from)..series.lower_bound(to.next_up());
    trace.stats.in_view = in_view.len() as u64;
    let walk = Walk { series, edges: &edges, left_px };
    if in_view.len() <= RAW_PER_COLUMN * column_count {
        walk.raw(in_view.start.saturating_sub(1)..(in_view.end + 1).min(series.len()), trace);
    } else if trace.marks.is_scatter() {
        walk.scatter(in_view, trace, &mut scratch.columns);
    } else {
        walk.reduced(in_view, trace, &mut scratch.columns);
    }
    scratch.edges = edges;
}

fn fill_edges(edges: &mut Vec<f64>, column_count: usize, left_px: f64, trace: &Trace<'_>) {
    edges.clear();
    let mut least = -f64::MAX;
    edges.extend((0..=column_count).map(|i| {
        // Rounding may turn neighbours around where a column is narrower than the distance of two f64.
        least = trace.x.value_at(left_px + i as f64).max(least);
        least
    }));
}

struct Walk<'a> {
    series: &'a SeriesSnapshot,
    edges: &'a [f64],
    left_px: f64,
}

impl Walk<'_> {
    fn raw(&self, range: Range<usize>, trace: &mut Trace<'_>) {
        self.series.for_each(range, |x, y| sample(x, y, trace));
    }

    fn reduced(&self, in_view: Range<usize>, trace: &mut Trace<'_>, columns: &mut Vec<Column>) {
        self.raw(in_view.start.saturating_sub(1)..in_view.start, trace);
        self.series.reduce(self.edges, columns);
        let mut last_px = self.left_px;
        for column in columns.iter() {
            let column_px = self.left_px + f64::from(column.index);
            if column.breaks_before {
                trace.runs.gap();
                trace.note_unplaced(last_px.midpoint(column_px));
            }
            if column.count as usize <= RAW_PER_COLUMN {
                let edge = self.edges.get(column.index as usize).copied().unwrap_or(f64::MAX);
                let start = self.series.lower_bound(edge);
                self.raw(start..start + column.count as usize, trace);
            } else {
                trace.stats.by_column += column.count;
                dense(column, column_px, trace);
            }
            last_px = column_px + 1.0;
        }
        let last = in_view.end.saturating_sub(1)..(in_view.end + 1).min(self.series.len());
        // The last sample in view again: if it breaks the line, the one after it must not be joined.
        self.series.for_each(last, |x, y| {
            if trace.x.to_px(x) > last_px || !y.is_finite() {
                sample(x, y, trace);
            }
        });
    }

    fn scatter(&self, in_view: Range<usize>, trace: &mut Trace<'_>, columns: &mut Vec<Column>) {
        if in_view.len() <= SCATTER_SAMPLES {
            return self.raw(in_view, trace);
        }
        let stride = in_view.len().div_ceil(SCATTER_SAMPLES);
        trace.stats.by_column += (in_view.len() - in_view.len().div_ceil(stride)) as u64;
        self.series.reduce(self.edges, columns);
        for column in columns.iter() {
            let middle_px = self.left_px + f64::from(column.index) + 0.5;
            trace.marks.sample((middle_px, trace.y.to_px(column.min)));
            trace.marks.sample((middle_px, trace.y.to_px(column.max)));
            if column.has_gap || trace.y.to_px(column.min).is_nan() {
                trace.note_unplaced(middle_px);
            }
        }
        for index in in_view.clone().step_by(stride) {
            if let Some((x, y)) = self.series.sample(index)
                && y.is_finite()
            {
                trace.marks.sample((trace.x.to_px(x), trace.y.to_px(y)));
            }
        }
    }
}

#[inline]
fn sample(x: f64, y: f64, trace: &mut Trace<'_>) {
    let x_px = trace.x.to_px(x);
    if !y.is_finite() {
        trace.runs.gap();
        trace.note_unplaced(x_px);
        return;
    }
    let place = (x_px, trace.y.to_px(y));
    if place.1.is_nan() {
        trace.note_unplaced(x_px);
    }
    trace.runs.ascend(place);
    trace.marks.sample(place);
}

/// A column of more samples than can be told apart: first at its left, last at its right, extremes in its middle.
fn dense(column: &Column, column_px: f64, trace: &mut Trace<'_>) {
    // The first and the last sample stand half a sample's distance inside the column if they are evenly spread.
    let inset_px = 0.5 / column.count as f64;
    let (first_px, middle_px, last_px) = (column_px + inset_px, column_px + 0.5, column_px + 1.0 - inset_px);
    let y = |value: f64| trace.y.to_px(value);
    let (first, min, max, last) = (y(column.first), y(column.min), y(column.max), y(column.last));
    let mut place = |x_px: f64, y_px: f64| {
        // A log axis has no place for some of them; the line goes through the others.
        if !y_px.is_nan() {
            trace.runs.ascend((x_px, y_px));
        }
    };
    place(first_px, first);
    // Their order is not known; the nearer one first makes the shorter way.
    let is_falling = column.first > column.last;
    let (near, far) =
        if is_falling { ((max, column.max), (min, column.min)) } else { ((min, column.min), (max, column.max)) };
    for (y_px, value) in [near, far] {
        if value != column.first && value != column.last {
            place(middle_px, y_px);
        }
    }
    place(last_px, last);
    if max.is_nan() {
        trace.runs.gap();
    }
    trace.marks.crowd((last_px, last));
    if column.has_gap || min.is_nan() {
        trace.note_unplaced(middle_px);
    }
}
