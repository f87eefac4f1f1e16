//! From a figure and the samples of a moment to a scene: ranges, axes, curves, gap marks, legend and notes.
//!
//! Runs on the figure's thread. A pure function of its arguments, but for one thing: [`DrawScratch`] remembers where
//! the legends stood, so that they do not hop about. Knows no pixels' contents and no window.

mod gaps;
mod hint;
mod legend;
mod notes;

use std::ops::Range;

use jiff::tz::TimeZone;

use crate::figure::arrange::{Arrangement, Cell, arrange};
use crate::figure::chart::draw_axes;
use crate::figure::legend::Corner;
use crate::figure::measure::Measure;
use crate::figure::ranges::{SubplotRanges, resolve};
use crate::figure::{Figure, FrameLayout, Subplot, SubplotLayout, Theme};
use crate::render::backend::SceneBackend;
use crate::render::frame::FrameSize;
use crate::render::line::{CurveStats, ResolvedStyle, Scratch, curve};
use crate::render::scene::{Scene, Shape};
use crate::render::text;
use crate::store::Snapshot;

/// A drawn figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// All shapes: first the static layer, then the curves, then what lies over them.
    pub scene: Scene,
    /// Which shapes are the static layer (grid, axes, labels, titles). It is the same, shape by shape, for as long as
    /// ranges, size, theme and texts stand, so its pixels can be kept until it differs.
    pub under: Range<usize>,
    /// Which shapes are curves.
    pub curves: Range<usize>,
    /// Which shapes lie over the curves: gap marks, notes, legends.
    pub over: Range<usize>,
    /// Where everything stands.
    pub layout: FrameLayout,
    /// What was drawn.
    pub stats: DrawStats,
}

/// Numbers of samples of the visible series of all subplots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrawStats {
    /// Within the view.
    pub in_view: u64,
    /// Of these, drawn by pixel column: its first, least, greatest and last sample stand for all that lie in it.
    pub by_column: u64,
    /// Of these, left out because what they would draw is covered already by others of their series.
    pub covered: u64,
    /// Without a finite value, in view or not.
    pub without_value: u64,
}

/// What is kept from frame to frame. Owned by the figure's thread; empty at first.
#[derive(Default)]
pub struct DrawScratch {
    line: Scratch,
    corners: Vec<Option<Corner>>,
    zone: Option<TimeZone>,
}

impl DrawScratch {
    /// Nothing kept yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing kept yet; times are told in `zone` instead of that of the system.
    #[must_use]
    pub fn in_zone(zone: TimeZone) -> Self {
        Self { zone: Some(zone), ..Self::default() }
    }

    /// Takes back the buffers of a drawing that is not needed any more.
    pub fn recycle(&mut self, mut drawn: Drawn) {
        self.line.recycle(&mut drawn.scene.shapes);
    }
}

/// Draws `figure` with the samples of `snapshot`.
///
/// A size that cannot be drawn gives an empty scene and an empty layout.
#[must_use]
pub fn draw(figure: &Figure, snapshot: &Snapshot, size: FrameSize, scratch: &mut DrawScratch) -> Drawn {
    let mut drawn = Drawn::empty(figure, size);
    if !size.is_drawable() {
        return drawn;
    }
    let ranges = resolve(figure, snapshot);
    let shapes = &mut drawn.scene.shapes;
    if !ranges.iter().any(|r| r.has_samples) {
        hint::draw(figure, size, shapes);
        drawn.under = 0..shapes.len();
        (drawn.curves, drawn.over) = (shapes.len()..shapes.len(), shapes.len()..shapes.len());
        return drawn;
    }
    let zone = scratch.zone.clone().unwrap_or_else(TimeZone::system);
    let plan = arrange(figure, &ranges, (size.width_px, size.height_px), size.scale, &BundledFont, &zone);
    if let Err(error) = draw_axes(SceneBackend::new(shapes, size.width_px, size.height_px), figure, &plan, &BundledFont)
    {
        // The backend cannot fail; curves without axes are better than no frame.
        log::error!("{error}");
    }
    let under = shapes.len();
    let curves: Vec<SubplotCurves> = plan
        .cells
        .iter()
        .zip(&figure.subplots)
        .zip(&ranges)
        .map(|((cell, subplot), ranges)| {
            SubplotCurves::draw(cell, subplot, ranges, snapshot, &figure.theme, size.scale, shapes, &mut scratch.line)
        })
        .collect();
    let over = shapes.len();
    scratch.corners.resize(plan.cells.len(), None);
    for (((cell, subplot), curves), corner) in
        plan.cells.iter().zip(&figure.subplots).zip(&curves).zip(&mut scratch.corners)
    {
        let mut layout = SubplotLayout { plot: cell.plot, x: cell.x, y: cell.y, legend: Vec::new() };
        let note = over_curves(figure, subplot, cell, &plan, curves, size.scale, shapes);
        let named = crate::figure::legend::named(subplot, snapshot);
        let scene = legend::Place { figure, subplot, snapshot, cell, sizes: &plan.sizes, scale: size.scale };
        (layout.legend, *corner) = scene.draw(&named, &curves.shapes, note, *corner, shapes);
        drawn.layout.subplots.push(layout);
        drawn.stats.add(curves);
    }
    (drawn.under, drawn.curves, drawn.over) = (0..under, under..over, over..shapes.len());
    drawn
}

impl Drawn {
    fn empty(figure: &Figure, size: FrameSize) -> Self {
        Self {
            scene: Scene {
                width_px: size.width_px,
                height_px: size.height_px,
                scale: size.scale,
                background: figure.theme.background,
                shapes: Vec::new(),
            },
            under: 0..0,
            curves: 0..0,
            over: 0..0,
            layout: FrameLayout::default(),
            stats: DrawStats::default(),
        }
    }
}

impl DrawStats {
    fn add(&mut self, curves: &SubplotCurves) {
        self.in_view += curves.stats.in_view;
        self.by_column += curves.stats.by_column;
        self.covered += curves.stats.covered;
        self.without_value += curves.stats.without_value;
    }
}

/// What was drawn of a subplot's series.
struct SubplotCurves {
    /// Its shapes in the scene, the clip around them included.
    shapes: Range<usize>,
    /// Places of samples without a value, by series.
    gaps: Vec<(ResolvedStyle, Vec<f32>)>,
    stats: DrawStats,
}

impl SubplotCurves {
    #[allow(clippy::too_many_arguments, reason = "the body of a loop, split off to keep both readable")]
    fn draw(
        cell: &Cell,
        subplot: &Subplot,
        ranges: &SubplotRanges,
        snapshot: &Snapshot,
        theme: &Theme,
        scale: f32,
        shapes: &mut Vec<Shape>,
        scratch: &mut Scratch,
    ) -> Self {
        let start = shapes.len();
        let mut curves = Self { shapes: start..start, gaps: Vec::new(), stats: DrawStats::default() };
        // Without an x range there is nothing to draw; without one of y there are still gaps to mark.
        if ranges.x.is_none() {
            return curves;
        }
        shapes.push(Shape::Clip(cell.plot));
        for (index, style) in subplot.series.iter().enumerate().filter(|(_, style)| style.is_visible) {
            let Some(series) = snapshot.get(style.id) else { continue };
            let style = ResolvedStyle {
                color: theme.series_color(style.color.or(series.info.color), index),
                width_px: line_width(style.width_px) * scale,
                dash: style.dash,
                marker: style.marker,
                join: style.join,
                alpha: 1.0,
            };
            let CurveStats { in_view, by_column, covered, nonfinite_x_px } =
                curve(series, &style, &cell.plot, &cell.x, &cell.y, shapes, scratch);
            curves.stats.in_view += in_view;
            curves.stats.by_column += by_column;
            curves.stats.covered += covered;
            curves.stats.without_value += series.nonfinite_count();
            if !nonfinite_x_px.is_empty() {
                curves.gaps.push((style, nonfinite_x_px));
            }
        }
        shapes.push(Shape::Unclip);
        curves.shapes.end = shapes.len();
        curves
    }
}

/// Gap marks and the note; returns where the note stands.
#[allow(clippy::too_many_arguments, reason = "the middle of a loop, split off to keep both readable")]
fn over_curves(
    figure: &Figure,
    subplot: &Subplot,
    cell: &Cell,
    plan: &Arrangement,
    curves: &SubplotCurves,
    scale: f32,
    shapes: &mut Vec<Shape>,
) -> Option<crate::figure::PlotRect> {
    let marks_px = gaps::draw(cell.plot, &curves.gaps, scale, shapes);
    notes::draw(figure, cell, &subplot.x.label, &plan.sizes, curves.stats, marks_px, shapes)
}

/// A width that can be drawn: a figure may come from a file.
fn line_width(width_px: f32) -> f32 {
    if width_px.is_finite() { width_px.clamp(0.25, 50.0) } else { 1.5 }
}

/// The bundled font, as the layout asks for it.
pub(crate) struct BundledFont;

impl Measure for BundledFont {
    fn width_px(&self, content: &str, size_px: f32) -> f32 {
        text::measure(content, size_px).width_px
    }

    fn cap_px(&self, size_px: f32) -> f32 {
        text::measure("", size_px).cap_px
    }

    fn ascent_px(&self, size_px: f32) -> f32 {
        text::measure("", size_px).ascent_px
    }

    fn descent_px(&self, size_px: f32) -> f32 {
        text::measure("", size_px).descent_px
    }
}
