//! Steps along the x axis, of which each shows one marker of a curve that is named by them.
//!
//! They stand at round values of the data, not at places of the window: while the view moves or data come, markers move
//! with the curve, and only zooming by a factor of two gives others.

use crate::figure::PlotRect;
use crate::render::line::axis::AxisPx;
use crate::render::line::clip::Point;
use crate::store::XOrder;

/// Least width of a step in device pixels; the greatest is twice that.
const LEAST_PX: f64 = 64.0;

/// Steps of an axis, and which one the curve is in.
pub(super) struct Cells {
    origin_px: f64,
    step_px: f64,
    /// A curve whose x goes anywhere may come back to a step, or never leave one: its y counts too.
    is_free: bool,
    last: Option<(i64, i64)>,
}

impl Cells {
    /// Steps of `axis`, moved by `phase` of a step.
    pub(super) fn new(axis: &AxisPx, plot: &PlotRect, order: XOrder, phase: f32) -> Self {
        let (origin_px, step_px) = axis.steps(LEAST_PX);
        let origin_px = origin_px + f64::from(phase) * step_px;
        let is_free = order == XOrder::Free;
        let mut cells = Self { origin_px, step_px, is_free, last: None };
        // A step that begins outside has its marker there: one at the edge would stand still while the curve moves.
        cells.last = (!is_free).then(|| cells.at((f64::from(plot.x_px) - 1.0, 0.0)));
        cells
    }

    /// Whether the curve is in another step than at the last call.
    pub(super) fn enter(&mut self, place: Point) -> bool {
        let cell = self.at(place);
        // What comes before the first step that can be seen is none of them.
        let is_new = match self.last {
            Some(last) if self.is_free => last != cell,
            Some(last) => cell.0 > last.0,
            None => true,
        };
        if is_new {
            self.last = Some(cell);
        }
        is_new
    }

    fn at(&self, (x_px, y_px): Point) -> (i64, i64) {
        let step = |px: f64| (px / self.step_px).floor() as i64;
        (step(x_px - self.origin_px), if self.is_free { step(y_px) } else { 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::figure::{AxisMap, Scale};

    fn marks(min: f64, max: f64, phase: f32) -> Vec<f64> {
        let map = AxisMap { scale: Scale::Linear, min, max, start_px: 10.0, end_px: 810.0 };
        let axis = AxisPx::new(&map).unwrap();
        let plot = PlotRect { x_px: 10.0, y_px: 0.0, width_px: 800.0, height_px: 100.0 };
        let mut cells = Cells::new(&axis, &plot, XOrder::Ascending, phase);
        let samples = (0..100_000).map(|i| f64::from(i) * 0.01).filter(|x| (min..=max).contains(x));
        samples.filter(|x| cells.enter((axis.to_px(*x), 0.0))).collect()
    }

    #[test]
    fn markers_stay_at_their_samples_while_the_view_moves() {
        let before = marks(0.0, 400.0, 0.3);
        assert!((6..=13).contains(&before.len()), "{before:?}");
        let after = marks(37.0, 437.0, 0.3);
        let shared: Vec<_> = before.iter().filter(|x| **x > 100.0).collect();
        assert!(shared.iter().all(|x| after.contains(x)), "{before:?} {after:?}");
        assert_ne!(marks(0.0, 400.0, 0.9), before, "another curve has its markers elsewhere");
    }

    #[test]
    fn a_loop_shows_markers_on_its_way_up_too() {
        let map = AxisMap { scale: Scale::Linear, min: 0.0, max: 1.0, start_px: 0.0, end_px: 800.0 };
        let plot = PlotRect { x_px: 0.0, y_px: 0.0, width_px: 800.0, height_px: 600.0 };
        let mut cells = Cells::new(&AxisPx::new(&map).unwrap(), &plot, XOrder::Free, 0.0);
        let shown = (0..600).filter(|y| cells.enter((400.0, f64::from(*y)))).count();
        assert!((4..=10).contains(&shown), "{shown}");
    }
}
