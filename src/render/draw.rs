//! From a figure and the samples of a moment to a scene: ranges, axes, curves, gap marks, legend and notes.
//!
//! Runs on the figure's thread. A pure function of its arguments, but for one thing: [`DrawScratch`] remembers where
//! the legends stood, so that they do not hop about. Knows no pixels' contents and no window.

mod axes;
mod curves;
mod gaps;
mod hint;
mod legend;
mod notes;
mod tags;

use std::ops::Range;

use jiff::tz::TimeZone;

use crate::figure::arrange::Cell;
use crate::figure::measure::Measure;
use crate::figure::prepare::{Preparation, untimed};
use crate::figure::ranges::RangeScratch;
use crate::figure::sizes::Sizes;
use crate::figure::{Figure, FrameLayout, Subplot, SubplotLayout};
use crate::render::frame::FrameSize;
use crate::render::line::Scratch;
use crate::render::scene::{Scene, Shape};
use crate::render::text;
use crate::store::Snapshot;

use axes::Axes;
use curves::{Curves, Task};
use legend::{Kept, Legend};
use notes::Notes;
use tags::Tags;

/// What a figure over time says where none of its series has times.
const UNTIMED_HINT: &str = "Nothing says when these samples came: choose x as it was measured";

/// A drawn figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// All shapes: first the static layer, then the curves, then what lies over them.
    pub scene: Scene,
    /// Which shapes are the static layer (grid, axes, labels, titles). It is the same, shape by shape, for as long as
    /// ranges, size, theme and texts stand, so its pixels can be kept until it differs.
    pub under: Range<usize>,
    /// Stands as long as the static layer of drawings with the same [`DrawScratch`] does: where two have the same number,
    /// their static layers are the same.
    pub under_serial: u64,
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
    /// Finite, but zero or less on a logarithmic axis, in view or not.
    pub off_log: u64,
    /// Number of series that are not drawn because it is not known when their samples came.
    pub untimed: u64,
}

/// What is kept from frame to frame. Owned by the figure's thread; empty at first.
#[derive(Default)]
pub struct DrawScratch {
    ranges: RangeScratch,
    axes: Axes,
    /// The shapes of the frame before, so far as they are kept: the static layer.
    shapes: Vec<Shape>,
    /// Its number; `None` if there is none in `shapes`.
    shapes_serial: Option<u64>,
    curves: Curves,
    line: Scratch,
    preparation: Preparation,
    /// By subplot.
    legends: Vec<Legend>,
    notes: Vec<Notes>,
    tags: Tags,
    layout: FrameLayout,
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

    /// Nothing kept yet; all is drawn by the calling thread, however much there is.
    #[must_use]
    pub fn serial() -> Self {
        Self { curves: Curves::serial(), ..Self::default() }
    }

    /// `snapshot` with what drawing `figure` needs besides its samples, such as smoothed curves. Whoever reads values off a
    /// drawing reads them from this one too. Costs by the samples that came since the last call.
    #[must_use]
    pub fn prepare(&mut self, figure: &Figure, snapshot: &Snapshot) -> Snapshot {
        self.preparation.prepare(figure, snapshot)
    }

    /// Takes back the buffers of the last drawing, which is not needed any more.
    pub fn recycle(&mut self, drawn: Drawn) {
        let Drawn { scene, under, under_serial, curves, over, layout, .. } = drawn;
        let mut shapes = scene.shapes;
        shapes.drain(over.start.min(shapes.len())..).rev().for_each(|shape| self.line.recycle(shape));
        self.curves.recycle(shapes.drain(curves.start.min(shapes.len())..));
        shapes.truncate(under.end);
        (self.shapes, self.shapes_serial, self.layout) = (shapes, Some(under_serial), layout);
    }
}

/// Draws `figure` with the samples of `snapshot`.
///
/// A size that cannot be drawn gives an empty scene and an empty layout.
#[must_use]
pub fn draw(figure: &Figure, snapshot: &Snapshot, size: FrameSize, scratch: &mut DrawScratch) -> Drawn {
    let prepared = scratch.prepare(figure, snapshot);
    draw_prepared(figure, &prepared, size, scratch)
}

/// Draws `figure` with the samples of a snapshot that [`DrawScratch::prepare`] made for it.
#[must_use]
pub fn draw_prepared(figure: &Figure, snapshot: &Snapshot, size: FrameSize, scratch: &mut DrawScratch) -> Drawn {
    let mut drawn = Drawn::begin(figure, size, scratch);
    let DrawScratch { ranges, axes, shapes_serial, curves, line, preparation, legends, notes, tags, zone, .. } =
        scratch;
    let shapes = &mut drawn.scene.shapes;
    let ranges = ranges.resolve(figure, snapshot);
    if !size.is_drawable() || !ranges.iter().any(|r| r.has_samples) {
        shapes.clear();
        drawn.layout.subplots.clear();
        drawn.under_serial = axes.forget();
        if size.is_drawable() {
            let is_untimed = figure.subplots.iter().any(|subplot| untimed(subplot, snapshot) > 0);
            hint::draw(figure, if is_untimed { UNTIMED_HINT } else { &figure.empty_hint }, size, shapes);
        }
        let end = shapes.len();
        drawn.bound(end, end);
        return drawn;
    }
    axes.check(figure, ranges, size, zone.as_ref());
    drawn.under_serial = axes.serial();
    if shapes_serial.take() != Some(axes.serial()) {
        shapes.clear();
        axes.draw(shapes);
    }
    let plan = axes.plan();
    let under = shapes.len();
    curves.draw(Task { figure, snapshot, ranges, plan, scale: size.scale }, shapes);
    let over = shapes.len();
    legends.resize_with(plan.cells.len(), Legend::default);
    notes.resize_with(plan.cells.len(), Notes::default);
    drawn.layout.subplots.resize_with(plan.cells.len(), SubplotLayout::default);
    let kept = legends.iter_mut().zip(notes).zip(&mut drawn.layout.subplots);
    let subplots = plan.cells.iter().zip(&figure.subplots);
    for (index, ((cell, subplot), ((legend, notes), layout))) in subplots.zip(kept).enumerate() {
        let moment_x = preparation.moment_x(index);
        let place = Place { figure, subplot, snapshot, cell, sizes: &plan.sizes, scale: size.scale, moment_x };
        let stats = DrawStats { untimed: untimed(subplot, snapshot), ..curves.stats(index) };
        let marks_px = gaps::draw(cell.plot, curves.of(index), size.scale, shapes, line);
        let note = notes.draw(&place, stats, marks_px, shapes, line);
        (layout.plot, layout.x, layout.y) = (cell.plot, cell.x, cell.y);
        layout.right = cell.right.as_ref().map(|right| right.y);
        layout.rooms_px = [cell.left_px, cell.bottom_px, cell.right.as_ref().map_or(0.0, |right| right.room_px)];
        tags.draw(&place, note, &mut layout.handles, shapes, line);
        let taken = tags.taken.rects();
        legend.draw(&place, curves.span(index), Kept { note, taken }, &mut layout.legend, shapes, line);
        drawn.stats.add(stats);
    }
    drawn.bound(under, over);
    drawn
}

/// A subplot and where it stands.
struct Place<'a> {
    figure: &'a Figure,
    subplot: &'a Subplot,
    snapshot: &'a Snapshot,
    cell: &'a Cell,
    sizes: &'a Sizes,
    scale: f32,
    /// x of the moment that is marked.
    moment_x: Option<f64>,
}

impl Drawn {
    /// With what the drawing before left.
    fn begin(figure: &Figure, size: FrameSize, scratch: &mut DrawScratch) -> Self {
        Self {
            scene: Scene {
                width_px: size.width_px,
                height_px: size.height_px,
                scale: size.scale,
                background: figure.theme.background,
                shapes: std::mem::take(&mut scratch.shapes),
            },
            under: 0..0,
            under_serial: 0,
            curves: 0..0,
            over: 0..0,
            layout: std::mem::take(&mut scratch.layout),
            stats: DrawStats::default(),
        }
    }

    /// Says where the curves begin and end.
    fn bound(&mut self, under: usize, over: usize) {
        (self.under, self.curves, self.over) = (0..under, under..over, over..self.scene.shapes.len());
    }
}

impl DrawStats {
    fn add(&mut self, other: Self) {
        self.in_view += other.in_view;
        self.by_column += other.by_column;
        self.covered += other.covered;
        self.without_value += other.without_value;
        self.off_log += other.off_log;
        self.untimed += other.untimed;
    }
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
