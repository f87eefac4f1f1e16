//! The curves of a figure as a list: what a person can switch for each of them.

use super::{Changed, FigureControl};
use crate::batch::SeriesId;
use crate::figure::YAxis;

/// One curve, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    /// Its series.
    pub id: SeriesId,
    /// Its name; plain text from anywhere.
    pub name: String,
    /// Whether it is drawn.
    pub is_visible: bool,
    /// Whether it stands on the right-hand axis.
    pub is_right: bool,
}

impl FigureControl {
    /// The curves that are in the figure, in their order, `most` at most. One that stands in several subplots is listed
    /// once.
    #[must_use]
    pub fn curves(&self, most: usize) -> Vec<Curve> {
        let mut curves: Vec<Curve> = Vec::new();
        for style in self.base.subplots.iter().flat_map(|subplot| &subplot.series) {
            if curves.len() >= most {
                break;
            }
            let known = self.known.as_ref().and_then(|known| known.get(style.id));
            let Some(known) = known.filter(|_| curves.iter().all(|curve| curve.id != style.id)) else { continue };
            let name = if style.name.is_empty() { &known.info.name } else { &style.name };
            let is_right = style.axis == YAxis::Right;
            curves.push(Curve { id: style.id, name: name.clone(), is_visible: style.is_visible, is_right });
        }
        curves
    }

    /// Draws a series, or leaves it out, wherever it stands; it stays in the legend.
    pub fn set_series_visible(&mut self, series: SeriesId, is_visible: bool) -> Changed {
        self.each_style(series, |style| style.is_visible = is_visible)
    }
}
