//! The plan of a frame: where each subplot, its axes and its texts stand.

use crate::figure::figure::YAxis;
use crate::figure::layout::{AxisMap, PlotRect};
use crate::figure::sizes::Sizes;
use crate::figure::ticks::Ticks;

/// The place of everything but the curves, in device pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Arrangement {
    /// In the order of the figure's subplots; no more than the grid has cells.
    pub cells: Vec<Cell>,
    /// Middle of the top of the figure's title; `None` if there is none or no room for it.
    pub title_px: Option<[f32; 2]>,
    /// Distances and font sizes.
    pub sizes: Sizes,
}

/// The place of one subplot.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The plotting area, on whole pixels.
    pub plot: PlotRect,
    /// Data units to pixels.
    pub x: AxisMap,
    /// Data units to pixels.
    pub y: AxisMap,
    /// Ticks of the horizontal axis; none if its range is not known.
    pub x_ticks: Ticks,
    /// Ticks of the vertical axis; none if its range is not known.
    pub y_ticks: Ticks,
    /// Room left of the plotting area for tick labels and the axis label.
    pub left_px: f32,
    /// Room below the plotting area for tick labels and the axis label.
    pub bottom_px: f32,
    /// The right-hand axis, where there is one.
    pub right: Option<RightAxis>,
    /// Which texts are drawn.
    pub texts: Texts,
}

/// The right-hand axis of a subplot.
#[derive(Clone, Debug, PartialEq)]
pub struct RightAxis {
    /// Data units to pixels.
    pub y: AxisMap,
    /// Its ticks; none if its range is not known.
    pub ticks: Ticks,
    /// Room right of the plotting area for tick labels and the axis label.
    pub room_px: f32,
    /// Whether its ticks are labelled.
    pub has_tick_labels: bool,
    /// Whether its label is drawn.
    pub has_label: bool,
}

impl Cell {
    /// The map of one of the vertical axes; the left one where there is no other.
    #[must_use]
    pub fn y_map(&self, side: YAxis) -> &AxisMap {
        self.right.as_ref().filter(|_| side == YAxis::Right).map_or(&self.y, |right| &right.y)
    }
}

/// Which texts of a subplot are drawn: inner ones of shared axes are not, and little room drops more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    /// The subplot's title.
    pub title: bool,
    /// Labels at the ticks of x, and what they share.
    pub x_ticks: bool,
    /// Labels at the ticks of y, and what they share.
    pub y_ticks: bool,
    /// The label of the x axis.
    pub x_label: bool,
    /// The label of the y axis.
    pub y_label: bool,
}
