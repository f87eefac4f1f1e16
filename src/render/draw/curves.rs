//! The curves of all subplots: by one thread, or by all cores where there is enough to do.
//!
//! Each curve depends on its series, its style and its axes only, and they are put together in their order: the picture is
//! the same however many threads made it.

use std::collections::HashMap;
use std::ops::Range;

use crate::batch::{Color, SeriesId};
use crate::figure::arrange::Arrangement;
use crate::figure::ranges::SubplotRanges;
use crate::figure::theme::mix;
use crate::figure::{Figure, Marker, Scale, Subplot, Theme};
use crate::render::draw::{DrawStats, line_width};
use crate::render::line::{CurveStats, ResolvedStyle, Scratch, curve};
use crate::render::pool;
use crate::render::scene::Shape;
use crate::store::{DerivedKey, OffLog, SeriesSnapshot, Snapshot, XOrder};

/// Samples that a curve whose x ascends costs at most: those of eight a column of a wide plotting area.
const MOST_ASCENDING: usize = 16_000;

/// What a curve keeps of its colour behind its smoothed form.
const BEHIND_PART: f32 = 0.32;

/// Samples below which the cores are not worth waking: some tens of microseconds of work.
const LEAST_SHARED: usize = 20_000;

/// The curves of a frame, and buffers for those of the next.
#[derive(Default)]
pub(super) struct Curves {
    items: Vec<Item>,
    lanes: Vec<Lane>,
    /// Which shapes of the scene are the curves of each subplot, the clip around them included.
    spans: Vec<Range<usize>>,
    is_serial: bool,
    /// By series, and which of its axes are logarithmic.
    off_log: HashMap<(SeriesId, bool, bool), OffLog>,
}

/// One curve.
struct Item {
    subplot: usize,
    /// Place in the subplot's list.
    series: usize,
    work: usize,
    /// The form that is drawn, where it is not the series itself.
    derived: Option<DerivedKey>,
    style: ResolvedStyle,
    /// Colour of the curve as it stands in the legend; `None` where another curve of the series counts.
    counts_in: Option<Color>,
    stats: CurveStats,
    /// Samples without a finite value, in view or not.
    without_value: u64,
    /// Samples that a log axis has no place for, in view or not.
    off_log: u64,
    /// Number of its shapes.
    shapes: usize,
}

/// What one thread writes to.
#[derive(Default)]
struct Lane {
    scratch: Scratch,
    shapes: Vec<Shape>,
    /// Curves and shapes of the last frame, whose buffers come back here.
    item_count: usize,
    shape_count: usize,
}

/// What is to be drawn.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) figure: &'a Figure,
    pub(super) snapshot: &'a Snapshot,
    pub(super) ranges: &'a [SubplotRanges],
    pub(super) plan: &'a Arrangement,
    pub(super) scale: f32,
}

impl Curves {
    /// Uses one thread only, for as long as it lives.
    pub(super) fn serial() -> Self {
        Self { is_serial: true, ..Self::default() }
    }

    /// Draws all curves into `shapes`, each subplot's in a clip of its own.
    pub(super) fn draw(&mut self, task: Task<'_>, shapes: &mut Vec<Shape>) {
        self.list(task);
        let work: usize = self.items.iter().map(|item| item.work).sum();
        let is_shared = !self.is_serial && self.items.len() > 1 && work >= LEAST_SHARED;
        let lanes = if is_shared { pool::width().min(self.items.len()) } else { 1 };
        if self.lanes.len() < lanes {
            self.lanes.resize_with(lanes, Lane::default);
        }
        let (items, lanes) = (self.items.as_mut_slice(), self.lanes.get_mut(..lanes).unwrap_or_default());
        if let [lane] = lanes {
            lane.draw(task, items);
        } else {
            pool::install(|| share(task, items, lanes, work));
        }
        self.gather(task, shapes);
    }

    /// Colour and numbers of each series of a subplot.
    pub(super) fn of(&self, subplot: usize) -> impl Iterator<Item = (Color, &CurveStats)> + Clone {
        self.items_of(subplot).filter_map(|item| Some((item.counts_in?, &item.stats)))
    }

    /// Sums of the numbers of a subplot's curves.
    pub(super) fn stats(&self, subplot: usize) -> DrawStats {
        self.items_of(subplot).filter(|item| item.counts_in.is_some()).fold(DrawStats::default(), |mut sums, item| {
            sums.in_view += item.stats.in_view;
            sums.by_column += item.stats.by_column;
            sums.covered += item.stats.covered;
            sums.without_value += item.without_value;
            sums.off_log += item.off_log;
            sums
        })
    }

    /// Which shapes are the curves of a subplot.
    pub(super) fn span(&self, subplot: usize) -> Range<usize> {
        self.spans.get(subplot).cloned().unwrap_or_default()
    }

    /// Takes the buffers of the curves back, of the last frame's shapes.
    pub(super) fn recycle(&mut self, shapes: impl DoubleEndedIterator<Item = Shape>) {
        // Clips stand between them and have no buffers.
        let mut shapes = shapes.rev().filter(|shape| !matches!(shape, Shape::Clip(_) | Shape::Unclip));
        for lane in self.lanes.iter_mut().rev() {
            let count = std::mem::take(&mut lane.shape_count);
            shapes.by_ref().take(count).for_each(|shape| lane.scratch.recycle(shape));
        }
    }

    fn items_of(&self, subplot: usize) -> impl Iterator<Item = &Item> + Clone {
        let start = self.items.partition_point(|item| item.subplot < subplot);
        self.items.iter().skip(start).take_while(move |item| item.subplot == subplot)
    }

    /// Lists what there is to draw.
    fn list(&mut self, task: Task<'_>) {
        let mut old = self.items.drain(..).rev();
        for lane in self.lanes.iter_mut().rev() {
            let count = std::mem::take(&mut lane.item_count);
            old.by_ref().take(count).for_each(|item| lane.scratch.give_lengths(item.stats.unplaced_x_px));
        }
        drop(old);
        for (place, (subplot, ranges)) in task.subplots().enumerate() {
            // Without an x range there is nothing to draw; without one of y there are still gaps to mark.
            let visible = subplot.series.iter().enumerate().filter(|(_, s)| ranges.x.is_some() && s.is_visible);
            let first = self.items.len();
            // As the axes are drawn: of axes that show the same range, one decides.
            let Some(cell) = task.plan.cells.get(place) else { continue };
            for (index, style) in visible {
                let Some(series) = task.snapshot.get(style.id) else { continue };
                let [is_log_x, is_log_y] =
                    [cell.x.scale, cell.y_map(style.axis).scale].map(|scale| scale == Scale::Log);
                let look = task.figure.distinction.look(style, index);
                let color = task.figure.theme.series_color(style.color.or(series.info.color), index);
                let resolved = ResolvedStyle {
                    color,
                    width_px: line_width(style.width_px) * task.scale,
                    dash: look.dash,
                    marker: look.marker,
                    marker_phase: look.names_curve.then(|| phase(index)),
                    join: style.join,
                    alpha: 1.0,
                };
                let item = Item {
                    subplot: place,
                    series: index,
                    work: match series.x_order() {
                        XOrder::Ascending => series.len().min(MOST_ASCENDING),
                        XOrder::Free => series.len(),
                    },
                    derived: None,
                    style: resolved,
                    counts_in: Some(color),
                    stats: CurveStats::default(),
                    without_value: series.nonfinite_count(),
                    off_log: if lies_off(series, is_log_x, is_log_y) {
                        let counter = self.off_log.entry((style.id, is_log_x, is_log_y)).or_default();
                        counter.follow(series, is_log_x, is_log_y)
                    } else {
                        0
                    },
                    shapes: 0,
                };
                let key = task.figure.smoothing_of(style).key();
                let Some(key) = key.filter(|key| task.snapshot.derived(style.id, *key).is_some()) else {
                    self.items.push(item);
                    continue;
                };
                let smoothed = Item { derived: Some(key), counts_in: None, stats: CurveStats::default(), ..item };
                self.items.push(Item { style: behind(resolved, &task.figure.theme), ..item });
                self.items.push(smoothed);
            }
            // What was measured lies behind all that was made from it, of whichever series.
            let is_any_smoothed = self.items.iter().skip(first).any(|item| item.derived.is_some());
            if is_any_smoothed && let Some(items) = self.items.get_mut(first..) {
                items.sort_by_key(|item| item.counts_in.is_none());
            }
        }
    }

    /// Puts the shapes of all lanes together, in the order of the curves.
    fn gather(&mut self, task: Task<'_>, shapes: &mut Vec<Shape>) {
        let mut drawn = self.lanes.iter_mut().flat_map(|lane| lane.shapes.drain(..));
        let mut items = self.items.iter().peekable();
        self.spans.clear();
        for (place, ((_, ranges), cell)) in task.subplots().zip(&task.plan.cells).enumerate() {
            let start = shapes.len();
            if ranges.x.is_some() {
                shapes.push(Shape::Clip(cell.plot));
                while let Some(item) = items.next_if(|item| item.subplot == place) {
                    shapes.extend(drawn.by_ref().take(item.shapes));
                }
                shapes.push(Shape::Unclip);
            }
            self.spans.push(start..shapes.len());
        }
    }
}

impl<'a> Task<'a> {
    /// The subplots that have a place in the grid.
    fn subplots(self) -> impl Iterator<Item = (&'a Subplot, &'a SubplotRanges)> {
        self.figure.subplots.iter().zip(self.ranges).take(self.plan.cells.len())
    }
}

impl Lane {
    fn draw(&mut self, task: Task<'_>, items: &mut [Item]) {
        let Self { scratch, shapes, item_count, shape_count } = self;
        (*item_count, *shape_count) = (items.len(), 0);
        for item in items {
            let (Some(cell), Some(subplot)) =
                (task.plan.cells.get(item.subplot), task.figure.subplots.get(item.subplot))
            else {
                continue;
            };
            let Some(style) = subplot.series.get(item.series) else { continue };
            let series = match item.derived {
                Some(key) => task.snapshot.derived(style.id, key),
                None => task.snapshot.get(style.id),
            };
            let Some(series) = series else { continue };
            let y = cell.y_map(style.axis);
            item.stats = curve(series, &item.style, &cell.plot, &cell.x, y, shapes, scratch);
            item.shapes = shapes.len() - *shape_count;
            *shape_count = shapes.len();
        }
    }
}

/// Whether any sample may be zero or less on a logarithmic axis: known without a look at the samples.
fn lies_off(series: &SeriesSnapshot, is_log_x: bool, is_log_y: bool) -> bool {
    let is_off = |bounds: Option<(f64, f64)>| bounds.is_some_and(|(min, _)| min <= 0.0);
    is_log_x && is_off(series.x_bounds()) || is_log_y && is_off(series.y_bounds())
}

/// How a curve is drawn behind its smoothed form: its colour nearly that of the background, so that it lies there without
/// shining through what is drawn over it, and without a marker that names a curve.
fn behind(style: ResolvedStyle, theme: &Theme) -> ResolvedStyle {
    let marker = if style.marker_phase.is_some() { Marker::None } else { style.marker };
    let color = mix(theme.background, style.color, BEHIND_PART);
    ResolvedStyle { color, marker, marker_phase: None, ..style }
}

/// Where the markers that name a curve stand between two of their steps, 0 to 1: far from those of the curves before it,
/// so that they do not cover each other where curves meet. The golden ratio spreads any number of them evenly.
fn phase(index: usize) -> f32 {
    (index as f64 * 0.618_033_988_749_895).fract() as f32
}

/// Divides curves among lanes, neighbours together, so that each has about the same work.
fn share(task: Task<'_>, items: &mut [Item], lanes: &mut [Lane], work: usize) {
    if let [lane] = lanes {
        return lane.draw(task, items);
    }
    let half = lanes.len() / 2;
    let goal = work * half / lanes.len().max(1);
    let mut left_work = 0;
    let is_left = |item: &Item| {
        let middle = left_work + item.work / 2;
        left_work += item.work;
        middle < goal
    };
    let cut = items.iter().map(is_left).take_while(|is_left| *is_left).count();
    let left_work: usize = items.iter().take(cut).map(|item| item.work).sum();
    let (left, right) = items.split_at_mut(cut);
    let (left_lanes, right_lanes) = lanes.split_at_mut(half);
    rayon::join(|| share(task, left, left_lanes, left_work), || share(task, right, right_lanes, work - left_work));
}
