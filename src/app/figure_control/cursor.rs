//! What stands under the cursor: a place in data units, a plotting area, an entry of the legend.

use super::FigureControl;
use crate::batch::SeriesId;
use crate::figure::PlotRect;
use crate::figure::readout::{legend_at, readout};
use crate::store::Snapshot;

impl FigureControl {
    /// Where the mouse is.
    #[must_use]
    pub fn cursor(&self) -> Option<[f64; 2]> {
        self.cursor
    }

    /// Place in device pixels that the crosshair reads; `None` if nothing is to be read.
    #[must_use]
    pub fn probe(&self) -> Option<[f32; 2]> {
        let at = self.cursor.filter(|_| self.has_crosshair)?;
        self.subplot_at(at).map(|_| self.device(at))
    }

    /// The place of the cursor in data units, as text; empty outside of all plotting areas.
    #[must_use]
    pub fn cursor_text(&self) -> String {
        let place = self.cursor.and_then(|at| {
            let [x_px, y_px] = self.device(at);
            readout(&self.shown, &Snapshot::default(), &self.layout, x_px, y_px)
        });
        place.map(|place| format!("x {}   y {}", place.x_text, place.y_text)).unwrap_or_default()
    }

    /// The plotting area under the cursor: x, y, width, height.
    #[must_use]
    pub fn plot_area(&self) -> Option<[f64; 4]> {
        let index = self.subplot_at(self.cursor?)?;
        self.layout.subplots.get(index).map(|subplot| self.logical(&subplot.plot))
    }

    /// Whether the cursor stands on an entry of the legend.
    #[must_use]
    pub fn is_over_legend(&self) -> bool {
        self.cursor.is_some_and(|at| self.legend_entry(at).is_some())
    }

    pub(super) fn legend_entry(&self, at: [f64; 2]) -> Option<(usize, SeriesId)> {
        let [x_px, y_px] = self.device(at);
        legend_at(&self.layout, x_px, y_px)
    }

    pub(super) fn subplot_at(&self, at: [f64; 2]) -> Option<usize> {
        let [x_px, y_px] = self.device(at);
        self.layout.subplots.iter().position(|subplot| subplot.plot.contains(x_px, y_px))
    }

    pub(super) fn device(&self, [x, y]: [f64; 2]) -> [f32; 2] {
        [(x * self.scale) as f32, (y * self.scale) as f32]
    }

    pub(super) fn logical(&self, rect: &PlotRect) -> [f64; 4] {
        [rect.x_px, rect.y_px, rect.width_px, rect.height_px].map(|length| f64::from(length) / self.scale.max(0.01))
    }
}
