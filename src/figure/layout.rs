//! Where a drawn figure put its parts: the one place where data units become pixels and back.
//!
//! A layout is made with each frame and handed to the window with it, so that a click always reads the axes that the
//! person sees.

use crate::batch::SeriesId;
use crate::figure::cursors::Pin;
use crate::figure::figure::{Scale, YAxis};

/// Where a frame put its parts. Device pixels, origin at the top left.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FrameLayout {
    /// In the order of the figure's subplots.
    pub subplots: Vec<SubplotLayout>,
}

/// Where a subplot put its parts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubplotLayout {
    /// The plotting area, inside the axis lines.
    pub plot: PlotRect,
    /// x in data units to x in pixels.
    pub x: AxisMap,
    /// y in data units to y in pixels.
    pub y: AxisMap,
    /// The same for the right-hand axis, where there is one.
    pub right: Option<AxisMap>,
    /// Room that the axes take left of the plotting area, below it and right of it.
    pub rooms_px: [f32; 3],
    /// The legend's entries, from the top; empty if none is shown.
    pub legend: Vec<LegendEntry>,
    /// What can be taken hold of: cursors, and the texts of annotations and events; empty if there are none.
    pub handles: Vec<Handle>,
}

/// Something in a plotting area that can be clicked or dragged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Handle {
    /// What it is.
    pub what: HandleKind,
    /// Where it stands.
    pub rect: PlotRect,
}

/// What a [`Handle`] belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleKind {
    /// A cursor's tag.
    Cursor(Pin),
    /// The text of an annotation, by its index in the subplot.
    Annotation(usize),
    /// The label of an event line, by its index in the subplot.
    Event(usize),
}

/// A rectangle in device pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct PlotRect {
    /// Left edge.
    pub x_px: f32,
    /// Upper edge.
    pub y_px: f32,
    /// Width.
    pub width_px: f32,
    /// Height.
    pub height_px: f32,
}

/// A legend entry, to be clicked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LegendEntry {
    /// The series that it names.
    pub series: SeriesId,
    /// Where it stands.
    pub rect: PlotRect,
}

/// Maps one axis between data units and pixels. Pure, total: no input panics.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AxisMap {
    /// How values map.
    pub scale: Scale,
    /// Value at `start_px`.
    pub min: f64,
    /// Value at `end_px`.
    pub max: f64,
    /// Pixel of `min`: the left or the lower edge of the plotting area.
    pub start_px: f32,
    /// Pixel of `max`.
    pub end_px: f32,
}

/// An axis of a subplot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AxisSide {
    /// The horizontal one.
    X,
    /// The vertical one on the left.
    Left,
    /// The vertical one on the right.
    Right,
}

impl FrameLayout {
    /// The subplot at a place in device pixels, and x there.
    #[must_use]
    pub fn place_at(&self, x_px: f32, y_px: f32) -> Option<(usize, f64)> {
        let mut subplots = self.subplots.iter().enumerate();
        let (index, subplot) = subplots.find(|(_, subplot)| subplot.plot.contains(x_px, y_px))?;
        Some((index, subplot.x.from_px(f64::from(x_px))))
    }

    /// The handle at a place in device pixels, with the index of its subplot.
    #[must_use]
    pub fn handle_at(&self, x_px: f32, y_px: f32) -> Option<(usize, HandleKind)> {
        self.subplots.iter().enumerate().find_map(|(index, subplot)| {
            let handle = subplot.handles.iter().find(|handle| handle.rect.contains(x_px, y_px))?;
            Some((index, handle.what))
        })
    }

    /// The axis at a place in device pixels, with the index of its subplot: where its ticks and labels stand.
    #[must_use]
    pub fn axis_at(&self, x_px: f32, y_px: f32) -> Option<(usize, AxisSide)> {
        self.subplots.iter().enumerate().find_map(|(index, subplot)| {
            let (plot, [left_px, bottom_px, right_px]) = (subplot.plot, subplot.rooms_px);
            let beside = |x_px, width_px| PlotRect { x_px, width_px, ..plot };
            let below = PlotRect { y_px: plot.y_px + plot.height_px, height_px: bottom_px, ..plot };
            let sides = [
                (AxisSide::Left, beside(plot.x_px - left_px, left_px)),
                (AxisSide::Right, beside(plot.x_px + plot.width_px, right_px)),
                (AxisSide::X, below),
            ];
            let found = sides.into_iter().find(|(_, rect)| rect.contains(x_px, y_px))?;
            Some((index, found.0))
        })
    }
}

impl SubplotLayout {
    /// The map of one of the vertical axes; the left one where there is no other.
    #[must_use]
    pub fn y_map(&self, side: YAxis) -> &AxisMap {
        self.right.as_ref().filter(|_| side == YAxis::Right).unwrap_or(&self.y)
    }
}

impl PlotRect {
    /// Whether the point lies inside.
    #[must_use]
    pub fn contains(&self, x_px: f32, y_px: f32) -> bool {
        (self.x_px..self.x_px + self.width_px).contains(&x_px)
            && (self.y_px..self.y_px + self.height_px).contains(&y_px)
    }
}

impl PlotRect {
    /// Whether any place lies inside both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x_px < other.x_px + other.width_px
            && other.x_px < self.x_px + self.width_px
            && self.y_px < other.y_px + other.height_px
            && other.y_px < self.y_px + self.height_px
    }
}

impl AxisMap {
    /// Pixel of `value`; NaN if the value has no place (NaN itself, or zero or less on a log axis).
    #[must_use]
    pub fn to_px(&self, value: f64) -> f64 {
        let (start, end) = (f64::from(self.start_px), f64::from(self.end_px));
        start + self.part_of(value) * (end - start)
    }

    /// Value at a pixel; beyond the largest number that has one, that number.
    #[must_use]
    pub fn from_px(&self, px: f64) -> f64 {
        let (start, end) = (f64::from(self.start_px), f64::from(self.end_px));
        let part = (px - start) / (end - start);
        if part.is_nan() {
            // An area without extent shows one value only.
            return self.min;
        }
        let value = match self.scale {
            Scale::Linear | Scale::Time => {
                let span = self.max - self.min;
                // A span that is too large for a number is walked from both ends.
                if span.is_finite() { self.min + part * span } else { self.min * (1.0 - part) + self.max * part }
            }
            Scale::Log => {
                let (lo, hi) = (self.min.log10(), self.max.log10());
                10_f64.powf(lo + part * (hi - lo))
            }
        };
        if value.is_nan() { self.min } else { value.clamp(f64::MIN, f64::MAX) }
    }

    /// Where `value` lies between `min` (0) and `max` (1), as it is drawn; may lie beyond.
    #[must_use]
    pub fn part_of(&self, value: f64) -> f64 {
        let (lo, hi, v) = match self.scale {
            Scale::Linear | Scale::Time => (self.min, self.max, value),
            Scale::Log => (self.min.log10(), self.max.log10(), if value > 0.0 { value.log10() } else { f64::NAN }),
        };
        let span = hi - lo;
        if span.is_finite() { (v - lo) / span } else { (v / 4.0 - lo / 4.0) / (hi / 4.0 - lo / 4.0) }
    }
}
