//! How a program wants its figure laid out: plain data on its way from a source to the figures.

use super::SeriesId;

/// A figure as a program describes it. What it does not say is left to the figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Shown above the subplots; empty for none.
    pub title: String,
    /// Rows of subplots, at least 1.
    pub rows: u16,
    /// Columns of subplots, at least 1.
    pub columns: u16,
    /// Row by row; the rest are plain.
    pub subplots: Vec<SubplotLayout>,
    /// Where series stand that are not in the first subplot: the number of their subplot, or nowhere.
    pub places: Vec<(SeriesId, Option<u16>)>,
}

/// One pair of axes in a [`Layout`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SubplotLayout {
    /// Shown above it; empty for none.
    pub title: String,
    /// The horizontal axis.
    pub x: AxisLayout,
    /// The vertical axis.
    pub y: AxisLayout,
    /// Whether the legend is left out.
    pub hides_legend: bool,
}

/// One axis in a [`Layout`].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AxisLayout {
    /// Shown beside it; empty for what the series say.
    pub label: String,
    /// Whether it is logarithmic.
    pub is_log: bool,
    /// What part is shown, in data units, the first below the second; all data if none.
    pub limits: Option<(f64, f64)>,
}
