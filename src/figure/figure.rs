//! What a figure shows, as plain data: subplots, axes, series styles, legend, theme.
//!
//! Holds no samples and no pixels. Owned by whoever edits it; the figure's thread gets a clone.

use serde::{Deserialize, Serialize};

use crate::batch::{Color, SeriesId};
use crate::figure::annotation::{Annotation, EventLine};
use crate::figure::cursors::Cursors;
use crate::figure::distinction::Distinction;
use crate::figure::smoothing::Smoothing;
use crate::figure::theme::Theme;
use crate::figure::ticks::TickFormat;

/// A figure: a grid of subplots under a title.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Shown above the subplots; empty for none.
    pub title: String,
    /// How the subplots are arranged.
    pub grid: Grid,
    /// Row by row; as many as the grid has cells, or fewer.
    pub subplots: Vec<Subplot>,
    /// Distances at the edge and between subplots.
    pub spacing: Spacing,
    /// Colours and text size.
    pub theme: Theme,
    /// How much of the data an automatic x range shows.
    pub follow_span: FollowSpan,
    /// What tells curves apart besides their colours, where nobody chose a style for them.
    pub distinction: Distinction,
    /// How the curves are smoothed whose style says nothing of it.
    pub smoothing: Smoothing,
    /// Which subplots show the same x range.
    pub x_link: XLink,
    /// What stands along x.
    pub x_mode: XMode,
    /// The two cursors that a person pinned.
    pub cursors: Cursors,
    /// A moment that is marked in all subplots, in nanoseconds since the Unix epoch: that of a line of text, most often.
    pub moment_nanos: Option<i64>,
    /// What to do, shown in the middle while no series has a sample; may have several lines.
    pub empty_hint: String,
}

/// Rows and columns of subplots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Number of rows, at least 1.
    pub rows: u16,
    /// Number of columns, at least 1.
    pub columns: u16,
    /// Whether all subplots of a column show the same x range; inner tick labels are left out.
    pub share_x: bool,
    /// Whether all subplots of a row show the same y range; inner tick labels are left out.
    pub share_y: bool,
}

/// What stands along x: what lets runs be laid over each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum XMode {
    /// Each series' own x, such as a step.
    #[default]
    Value,
    /// Seconds since the first sample of the series' run. Runs that began at different times begin together.
    RelativeSecs,
    /// The time of day at which the samples came.
    WallClock,
}

/// Which subplots show the same x range.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum XLink {
    /// Those of a column, if the grid says so ([`Grid::share_x`]).
    #[default]
    AsGrid,
    /// All whose x axes have the same scale, wherever they stand.
    All,
    /// None, whatever the grid says.
    Off,
}

/// Distances in logical pixels. `None` means tight: as little as the labels need.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spacing {
    /// Left edge of the figure to the plotting area of the first column.
    pub left: Option<f32>,
    /// Right edge of the last plotting area to that of the figure.
    pub right: Option<f32>,
    /// Top edge of the figure to the first plotting area.
    pub top: Option<f32>,
    /// Lower edge of the last plotting area to that of the figure.
    pub bottom: Option<f32>,
    /// Between plotting areas side by side.
    pub column_gap: Option<f32>,
    /// Between plotting areas one above the other.
    pub row_gap: Option<f32>,
}

/// One pair of axes and the series drawn on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subplot {
    /// Shown above it; empty for none.
    pub title: String,
    /// The horizontal axis.
    pub x: Axis,
    /// The vertical axis.
    pub y: Axis,
    /// The second vertical axis, on the right; there only where a series stands on it.
    pub right: Axis,
    /// In drawing order; the last is on top.
    pub series: Vec<SeriesStyle>,
    /// Texts at places of the data.
    pub annotations: Vec<Annotation>,
    /// Lines at moments and thresholds.
    pub events: Vec<EventLine>,
    /// Whether grid lines are drawn.
    pub has_grid: bool,
    /// Where the legend stands.
    pub legend: LegendPlace,
}

/// An axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Shown beside it; empty for none.
    pub label: String,
    /// How values map to places.
    pub scale: Scale,
    /// What part is shown.
    pub range: AxisRange,
    /// How tick labels are written; as short as they can be if not given. Dates and times are written as ever.
    pub tick_format: Option<TickFormat>,
}

/// How values map to places on an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By the decadic logarithm; values of zero or less have no place.
    Log,
    /// Evenly; values are seconds since the Unix epoch, ticks are dates and times.
    Time,
}

impl Scale {
    /// All scales.
    pub const ALL: [Self; 3] = [Self::Linear, Self::Log, Self::Time];
}

/// What part of an axis is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum AxisRange {
    /// All data, with a margin on y; on x as much of them as the figure's [`FollowSpan`]. Follows the data as it comes.
    #[default]
    Auto,
    /// From `min` to `max`, both finite, `min < max`.
    Fixed {
        /// Value at the left or lower end.
        min: f64,
        /// Value at the right or upper end.
        max: f64,
    },
    /// As for [`Auto`](Self::Auto), but with an end that stands still; an end that is not finite, or on the wrong side of
    /// the other, counts as not given.
    Partial {
        /// Value at the left or lower end.
        min: Option<f64>,
        /// Value at the right or upper end.
        max: Option<f64>,
    },
    /// The last `width` units of x before the newest sample.
    Last {
        /// Width in data units, above zero.
        width: f64,
    },
}

/// How much of the data an automatic x range shows; it ends at the greatest x, so it moves along as data come.
///
/// A span that cannot be meant (no samples, a width of zero or less or that is not finite) shows everything.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FollowSpan {
    /// Everything.
    #[default]
    All,
    /// The last so many units of x; seconds where x is a time.
    LastX(f64),
    /// As far back as the last so many samples reach, of the series whose samples lie densest: no series shows more. Of a
    /// series whose x goes anywhere these are the samples that came last.
    LastSamples(u64),
}

/// Where the legend stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LegendPlace {
    /// In the corner that covers the least of the curves.
    #[default]
    Best,
    /// Not shown.
    Hidden,
}

/// How a series is drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SeriesStyle {
    /// The series.
    pub id: SeriesId,
    /// Name in the legend; the series' own if empty.
    pub name: String,
    /// Colour; without one the series' own, else that of its place in the theme's cycle.
    pub color: Option<Color>,
    /// Line width in logical pixels.
    pub width_px: f32,
    /// Line pattern.
    pub dash: Dash,
    /// Mark at each sample where there is room.
    pub marker: Marker,
    /// How neighbours are joined.
    pub join: Join,
    /// Whether it is drawn; a hidden series stays in the legend, dimmed.
    pub is_visible: bool,
    /// How it is smoothed; as the figure says if not given.
    pub smoothing: Option<Smoothing>,
    /// The vertical axis that it stands on.
    pub axis: YAxis,
}

/// One of the vertical axes of a subplot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YAxis {
    /// That on the left.
    #[default]
    Left,
    /// The second one, on the right.
    Right,
}

impl Subplot {
    /// One of the vertical axes.
    #[must_use]
    pub fn y_axis(&self, side: YAxis) -> &Axis {
        match side {
            YAxis::Left => &self.y,
            YAxis::Right => &self.right,
        }
    }

    /// Whether a series, visible or not, stands on the right-hand axis.
    #[must_use]
    pub fn has_right(&self) -> bool {
        self.series.iter().any(|style| style.axis == YAxis::Right)
    }
}

impl Figure {
    /// Whether two subplots, by their indices, show the same x range.
    #[must_use]
    pub fn shares_x(&self, one: usize, other: usize) -> bool {
        let columns = usize::from(self.grid.columns.max(1));
        let scale = |index: usize| self.subplots.get(index).map(|subplot| subplot.x.scale);
        one == other
            || match self.x_link {
                XLink::AsGrid => self.grid.share_x && one % columns == other % columns,
                XLink::All => scale(one) == scale(other),
                XLink::Off => false,
            }
    }
}

impl SeriesStyle {
    /// The style that a series has when nothing else is asked for: a solid line of 1.5 px.
    #[must_use]
    pub fn new(id: SeriesId) -> Self {
        Self {
            id,
            name: String::new(),
            color: None,
            width_px: 1.5,
            dash: Dash::Solid,
            marker: Marker::None,
            join: Join::Line,
            is_visible: true,
            smoothing: None,
            axis: YAxis::Left,
        }
    }
}

/// Line patterns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Strokes.
    Dashed,
    /// Points.
    Dotted,
    /// Strokes and points in turn.
    DashDotted,
}

/// Marks at samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marker {
    /// None.
    #[default]
    None,
    /// A disc.
    Circle,
    /// A filled square.
    Square,
    /// A filled triangle, point up.
    Triangle,
    /// Two crossed strokes.
    Cross,
}

/// How neighbouring samples are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Join {
    /// Straight.
    #[default]
    Line,
    /// Level from each sample to the next, then upright.
    Steps,
    /// Straight, and the area down to y = 0 filled lightly.
    Fill,
    /// Not at all; markers only.
    Points,
}

impl Default for Axis {
    fn default() -> Self {
        Self { label: String::new(), scale: Scale::Linear, range: AxisRange::Auto, tick_format: None }
    }
}

impl Default for Subplot {
    fn default() -> Self {
        Self {
            title: String::new(),
            x: Axis::default(),
            y: Axis::default(),
            right: Axis::default(),
            series: Vec::new(),
            annotations: Vec::new(),
            events: Vec::new(),
            has_grid: true,
            legend: LegendPlace::Best,
        }
    }
}

impl Default for Figure {
    /// One empty subplot in the light theme.
    fn default() -> Self {
        Self {
            title: String::new(),
            grid: Grid { rows: 1, columns: 1, share_x: false, share_y: false },
            subplots: vec![Subplot::default()],
            spacing: Spacing::default(),
            theme: Theme::light(),
            follow_span: FollowSpan::All,
            distinction: Distinction::Color,
            smoothing: Smoothing::None,
            x_link: XLink::AsGrid,
            x_mode: XMode::Value,
            cursors: Cursors::default(),
            moment_nanos: None,
            empty_hint: String::new(),
        }
    }
}
