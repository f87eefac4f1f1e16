//! Walks a series whose x goes anywhere: every sample that the store cannot tell to be out of view is looked at, but lines,
//! and parts of long ones, that would cover what is covered already are left out.

use crate::figure::PlotRect;
use crate::render::line::clip::Point;
use crate::render::line::ink::Ink;
use crate::render::line::{Scratch, Trace};
use crate::store::SeriesSnapshot;

/// Samples up to which every line is drawn.
const ALL_DRAWN: usize = 20_000;
/// Lines shorter than this follow each other in a visible line, and are drawn joined.
const JOINED_PX: f64 = 32.0;
/// Where there are very many samples, those nearer to the last one than this are passed over.
const SAME_PLACE_PX: f64 = 0.75;

/// Writes the series to `trace`.
pub(super) fn trace(
    series: &SeriesSnapshot,
    plot: &PlotRect,
    width_px: f32,
    trace: &mut Trace<'_>,
    scratch: &mut Scratch,
) {
    let mut ink = (series.len() > ALL_DRAWN).then(|| Ink::new(plot, width_px, std::mem::take(&mut scratch.ink)));
    let mut cells = Cells::new(plot, std::mem::take(&mut scratch.cells));
    let (left_px, right_px) = (f64::from(plot.x_px), f64::from(plot.x_px + plot.width_px));
    let is_scatter = trace.marks.is_scatter();
    let mut each = |x: f64, y: f64, trace: &mut Trace<'_>| {
        let x_px = trace.x.to_px(x);
        let is_in_view = (left_px..=right_px).contains(&x_px);
        trace.stats.in_view += u64::from(is_in_view);
        if !(x.is_finite() && y.is_finite()) {
            trace.runs.gap();
            if is_in_view {
                trace.note_unplaced(x_px);
            }
            return;
        }
        let place = (x_px, trace.y.to_px(y));
        if is_in_view && place.1.is_nan() {
            trace.note_unplaced(x_px);
        }
        if is_scatter {
            if cells.is_first(place) {
                trace.marks.sample(place);
            }
            return;
        }
        match (&mut ink, trace.runs.previous()) {
            (Some(ink), Some(previous)) if !place.1.is_nan() => {
                let length_px = (place.0 - previous.0).abs().max((place.1 - previous.1).abs());
                if length_px < SAME_PLACE_PX {
                    trace.stats.covered += u64::from(is_in_view);
                    return;
                }
                let is_drawn = if length_px < JOINED_PX {
                    let is_drawn = trace.marks.window().cut(previous, place).is_none_or(|(a, b)| ink.adds(a, b));
                    if is_drawn {
                        trace.runs.wander(place);
                    } else {
                        trace.runs.leap(place, |_, _| false);
                    }
                    is_drawn
                } else {
                    trace.runs.leap(place, |(a, b), segments| {
                        ink.each_added(a, b, |from, to| segments.push([on_screen(a, b, from), on_screen(a, b, to)]))
                    })
                };
                trace.stats.covered += u64::from(is_in_view && !is_drawn);
            }
            _ => trace.runs.wander(place),
        }
        trace.marks.sample(place);
    };
    let mut ranges = std::mem::take(&mut scratch.ranges);
    let (one, other) = (trace.x.value_at(left_px), trace.x.value_at(right_px));
    series.ranges_near(one.min(other), one.max(other), &mut ranges);
    for range in &ranges {
        // What lies between two ranges is out of view, and so is the line across.
        trace.runs.gap();
        series.for_each(range.clone(), |x, y| each(x, y, trace));
    }
    scratch.ranges = ranges;
    trace.stats.unplaced_x_px.sort_unstable_by(f32::total_cmp);
    trace.stats.unplaced_x_px.dedup_by(|b, a| *b - *a < 1.0);
    scratch.cells = cells.bits;
    if let Some(ink) = ink {
        scratch.ink = ink.into_buffers();
    }
}

/// The place at part `t` of the way from `a` to `b`.
fn on_screen(a: Point, b: Point, t: f64) -> [f32; 2] {
    [(a.0 + (b.0 - a.0) * t) as f32, (a.1 + (b.1 - a.1) * t) as f32]
}

/// Which pixels of the plotting area hold a marker already.
struct Cells {
    x_px: f64,
    y_px: f64,
    width: usize,
    height: usize,
    bits: Vec<u64>,
}

impl Cells {
    fn new(plot: &PlotRect, mut bits: Vec<u64>) -> Self {
        let (width, height) = (plot.width_px.ceil() as usize, plot.height_px.ceil() as usize);
        bits.clear();
        bits.resize((width * height).div_ceil(64), 0);
        Self { x_px: f64::from(plot.x_px), y_px: f64::from(plot.y_px), width, height, bits }
    }

    /// Whether this is the first marker in its pixel. Markers in the margin all count.
    fn is_first(&mut self, (x, y): Point) -> bool {
        let (column, row) = (x - self.x_px, y - self.y_px);
        if !(column >= 0.0 && row >= 0.0 && column < self.width as f64 && row < self.height as f64) {
            return true;
        }
        let index = row as usize * self.width + column as usize;
        let bit = 1 << (index % 64);
        self.bits.get_mut(index / 64).is_none_or(|word| {
            let is_first = *word & bit == 0;
            *word |= bit;
            is_first
        })
    }
}
