//! Text and figure linked by time: the moment that a person pointed at.

use std::time::Instant;

use super::{Changed, FigureControl};
use crate::figure::moment::{nanos_at, places};
use crate::figure::view::{Gesture, View};
use crate::figure::zoom::{AxisLock, pan_subplot};

impl FigureControl {
    /// The moment that is shown, in nanoseconds since the Unix epoch.
    #[must_use]
    pub fn moment(&self) -> Option<i64> {
        self.base.moment_nanos
    }

    /// Shows a moment, in nanoseconds since the Unix epoch, as an upright line in each subplot where its place is known; with
    /// `None` no longer. Where it lies outside of the view, the view is moved there, and keeps its width. Not part of a
    /// session.
    pub fn set_moment(&mut self, nanos: Option<i64>) -> Changed {
        self.base.moment_nanos = nanos;
        let view = nanos.and_then(|nanos| self.view_with(nanos));
        let Some(view) = view else { return self.style_changed() };
        self.drag = None;
        self.history.push(view, Gesture::Once, Instant::now());
        Changed { style: true, ..self.view_changed() }
    }

    /// The view that shows a moment in all subplots; `None` if the one that is shown does.
    fn view_with(&self, nanos: i64) -> Option<View> {
        if self.has_other_x {
            // All views began anew.
            return None;
        }
        let places = places(&self.base, self.known.as_ref()?, nanos);
        let mut view: Option<View> = None;
        let mut moved: Vec<usize> = Vec::new();
        for (index, (x, drawn)) in places.into_iter().zip(&self.layout.subplots).enumerate() {
            let Some(x) = x.filter(|x| !(0.0..=1.0).contains(&drawn.x.part_of(*x))) else { continue };
            if moved.iter().any(|other| self.base.shares_x(*other, index)) {
                continue;
            }
            let plot = &drawn.plot;
            let middle_px = f64::from(plot.x_px) + f64::from(plot.width_px) / 2.0;
            let dx_px = middle_px - drawn.x.to_px(x);
            if !dx_px.is_finite() {
                // It has no place on this axis.
                continue;
            }
            let change = pan_subplot(drawn, dx_px, 0.0, AxisLock::XOnly);
            view = Some(view.as_ref().unwrap_or(self.history.view()).with(index, change, &self.base));
            moved.push(index);
        }
        view
    }

    /// The moment that a place of the item, in logical pixels, stands for: when the sample nearest to its x came, among the
    /// curves that are drawn in that subplot; over time, that time. `None` outside of the plotting areas, and if nothing is
    /// known of it.
    #[must_use]
    pub fn moment_at(&self, place: [f64; 2]) -> Option<i64> {
        let [x_px, y_px] = self.device(place);
        let (subplot, x) = self.layout.place_at(x_px, y_px)?;
        let map = self.layout.subplots.get(subplot)?.x;
        nanos_at(&self.base, self.known.as_ref()?, subplot, x, &map)
    }
}
