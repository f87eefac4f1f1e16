//! From the samples of a series to the shapes of its curve, in pixels.
//!
//! Runs on the figure's thread. The one place besides the axes where data units become pixels: lines are clipped in f64
//! before they do, so that no value overflows a pixel. Cost goes by pixels, not by samples, where x ascends.
//! Knows no colours of themes, no axes' ticks and no pixels' contents.
//!
//! Curves stay lines however dense they are: where more samples share a pixel column than can be told apart, the line
//! runs through the column's first, least, greatest and last sample (M4: Jugel et al., "M4: A Visualization-Oriented Time
//! Series Data Aggregation", VLDB 2014). So there is one way to draw, and nothing to see where one density meets another.

mod ascending;
mod axis;
mod cells;
mod clip;
mod free;
mod ink;
mod marks;
mod runs;
mod scratch;

use crate::batch::Color;
use crate::figure::{AxisMap, Dash, Join, Marker, PlotRect};
use crate::render::scene::{Paint, Shape, Stroke};
use crate::store::{SeriesSnapshot, XOrder};

pub use scratch::Scratch;

use axis::AxisPx;
use cells::Cells;
use clip::Window;
use marks::Marks;
use runs::{Finished, Runs};

/// How a series is drawn once all defaults are settled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResolvedStyle {
    /// Colour of line, markers and filling.
    pub color: Color,
    /// Line width in device pixels; markers grow with it.
    pub width_px: f32,
    /// Line pattern.
    pub dash: Dash,
    /// Mark at each sample where there is room.
    pub marker: Marker,
    /// Where the marker names the curve: it is shown once each step of some ten pixels, however dense the samples are, this
    /// part of a step (0 to 1) further on. `None` shows it at each sample where there is room.
    pub marker_phase: Option<f32>,
    /// How neighbours are joined.
    pub join: Join,
    /// Opacity, 0 to 1.
    pub alpha: f32,
}

/// What was found while a curve was drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CurveStats {
    /// Number of samples whose x lies in view.
    pub in_view: u64,
    /// Of these, drawn by pixel column (M4): first, least, greatest and last of the column stand for them.
    pub by_column: u64,
    /// Of these, left out because what they would draw is covered already by others of the series.
    pub covered: u64,
    /// Where samples in view have no place because their y is not finite, or zero or less on a log axis: in device pixels, ascending, at most one a pixel.
    pub unplaced_x_px: Vec<f32>,
}

/// Samples a pixel column above which it is drawn by its first, least, greatest and last. From here on the places of the
/// first and the last, if taken to be evenly spread, are right to a sixteenth of a pixel.
const RAW_PER_COLUMN: usize = 8;
/// Part of a curve's opacity that its filling has.
const FILL_ALPHA: f32 = 0.25;
/// Diameter of a marker in line widths, and its least in pixels; Matplotlib's default is 6 points on 1.5.
pub(crate) const MARKER_WIDTHS: f32 = 4.0;
/// The same where markers name the curve: few stand there, and their form must be told on top of noise.
pub(crate) const NAMING_WIDTHS: f32 = 5.5;

/// Dashes of one line at most.
const MOST_DASHES: f32 = 2_000.0;

/// Appends the shapes of a curve to `shapes`.
///
/// They may reach a few pixels beyond `plot`: the caller encloses them in [`Shape::Clip`] of it. All coordinates are
/// finite. The line breaks at non-finite samples and, on log axes, at values of zero or less. A sample alone between
/// breaks is a dot. The nearest samples outside the view are included, so that the line leaves it.
pub fn curve(
    series: &SeriesSnapshot,
    style: &ResolvedStyle,
    plot: &PlotRect,
    x: &AxisMap,
    y: &AxisMap,
    shapes: &mut Vec<Shape>,
    scratch: &mut Scratch,
) -> CurveStats {
    let mut stats = CurveStats { unplaced_x_px: scratch.take_lengths(), ..CurveStats::default() };
    let (Some(x_axis), Some(y_axis)) = (AxisPx::new(x), AxisPx::new(y)) else { return stats };
    if !(plot.width_px >= 1.0 && plot.height_px >= 1.0 && style.width_px > 0.0) || series.is_empty() {
        return stats;
    }
    let marker = match (style.join, style.marker) {
        (Join::Points, Marker::None) => Marker::Circle,
        (_, marker) => marker,
    };
    let widths = if style.marker_phase.is_some() { NAMING_WIDTHS } else { MARKER_WIDTHS };
    let marker_px = widths * style.width_px;
    let window = Window::around(plot, style.width_px + if marker == Marker::None { 0.0 } else { marker_px });
    // Before the lines, which take all buffers of points.
    let cells = style.marker_phase.map(|phase| Cells::new(&x_axis, plot, series.x_order(), phase));
    let marks = Marks::new(window, marker, style.join, marker_px, cells, scratch);
    let mut trace =
        Trace { runs: Runs::new(window, style.join, scratch), marks, x: x_axis, y: y_axis, stats: &mut stats };
    match series.x_order() {
        XOrder::Ascending => ascending::trace(series, plot, &mut trace, scratch),
        XOrder::Free => free::trace(series, plot, style.width_px, &mut trace, scratch),
    }
    let Trace { runs, marks, .. } = trace;
    append(style, marker, marker_px, &y_axis, runs, marks, shapes, scratch);
    stats
}

/// What the walk over the samples writes to.
struct Trace<'a> {
    runs: Runs,
    marks: Marks,
    x: AxisPx,
    y: AxisPx,
    stats: &'a mut CurveStats,
}

impl Trace<'_> {
    /// Notes a sample that has no place of its own at a place in pixels.
    fn note_unplaced(&mut self, x_px: f64) {
        let x_px = x_px as f32;
        let is_new = self.stats.unplaced_x_px.last().is_none_or(|last| (x_px - last).abs() >= 1.0);
        if x_px.is_finite() && is_new {
            self.stats.unplaced_x_px.push(x_px);
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "the tail of `curve`, split off to keep both readable")]
fn append(
    style: &ResolvedStyle,
    marker: Marker,
    marker_px: f32,
    y_axis: &AxisPx,
    runs: Runs,
    marks: Marks,
    shapes: &mut Vec<Shape>,
    scratch: &mut Scratch,
) {
    let alpha = if style.alpha.is_finite() { style.alpha.clamp(0.0, 1.0) } else { 1.0 };
    let paint = Paint { color: style.color, alpha };
    let Finished { mut lines, dots, segments } = runs.finish(scratch);
    if style.join == Join::Fill {
        let base_px = y_axis.zero_px();
        let fill = Paint { color: style.color, alpha: alpha * FILL_ALPHA };
        for line in &lines {
            let (Some(first), Some(last)) = (line.first(), line.last()) else { continue };
            let mut points = scratch.take_points();
            points.extend_from_slice(line);
            let base_px = marks.window().clamp_y(base_px) as f32;
            points.extend([[last[0], base_px], [first[0], base_px]]);
            shapes.push(Shape::Polygon { points, paint: fill });
        }
    }
    let (parts, pattern) = dash_parts(style.dash, style.width_px);
    let dash_px = pattern.get(..parts).unwrap_or_default();
    for points in lines.drain(..) {
        let dash_px = dashes(if can_be_dashed(&points, dash_px) { dash_px } else { &[] }, scratch);
        let stroke = Stroke { paint, width_px: style.width_px, dash_px };
        shapes.push(Shape::Line { points, stroke });
    }
    scratch.lines = lines;
    if segments.is_empty() {
        scratch.give_segments(segments);
    } else {
        shapes.push(Shape::Segments { ends: segments, paint, width_px: style.width_px });
    }
    let mut push_marks = |centers_px: Vec<[f32; 2]>, marker, size_px| {
        if centers_px.is_empty() {
            scratch.give_marks(centers_px);
        } else {
            shapes.push(Shape::Markers { centers_px, marker, size_px, paint });
        }
    };
    // A dot twice as wide as the line carries about as much ink as the eye expects of a point.
    push_marks(dots, Marker::Circle, 2.0 * style.width_px);
    push_marks(marks.finish(), marker, marker_px);
}

/// Whether a line's pattern can be told at all: noise that goes up and down in every column is one blur of dashes.
fn can_be_dashed(points: &[[f32; 2]], dash_px: &[f32]) -> bool {
    let period_px: f32 = dash_px.iter().sum();
    let length_px: f32 = points
        .windows(2)
        .map(|pair| match pair {
            [a, b] => (b[0] - a[0]).hypot(b[1] - a[1]),
            _ => 0.0,
        })
        .sum();
    length_px <= MOST_DASHES * period_px
}

/// Lengths of strokes and gaps for a line width, all in device pixels; the proportions are Matplotlib's.
pub(crate) fn dash_pattern(dash: Dash, width_px: f32, scratch: &mut Scratch) -> Vec<f32> {
    let (parts, pattern) = dash_parts(dash, width_px);
    dashes(pattern.get(..parts).unwrap_or_default(), scratch)
}

/// How many lengths there are, and the lengths.
fn dash_parts(dash: Dash, width_px: f32) -> (usize, [f32; 4]) {
    let (parts, pattern) = match dash {
        Dash::Solid => (0, [0.0; 4]),
        Dash::Dashed => (2, [3.7, 1.6, 0.0, 0.0]),
        Dash::Dotted => (2, [1.0, 1.65, 0.0, 0.0]),
        Dash::DashDotted => (4, [6.4, 1.6, 1.0, 1.6]),
    };
    (parts, pattern.map(|part| part * width_px))
}

fn dashes(lengths_px: &[f32], scratch: &mut Scratch) -> Vec<f32> {
    if lengths_px.is_empty() {
        return Vec::new();
    }
    let mut dash_px = scratch.take_lengths();
    dash_px.extend_from_slice(lengths_px);
    dash_px
}

#[cfg(test)]
mod tests;
