//! Cuts lines in f64 to a window a little larger than the plotting area, before they become pixels.

use crate::figure::PlotRect;

/// A point in pixels, not yet cut.
pub(super) type Point = (f64, f64);

/// The plotting area and a margin that hides caps and joins at its edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    x0: f64,
    y0: f64,
    x1: f64,
    y1: f64,
}

impl Window {
    /// The plotting area with `margin_px` and two pixels more on each side.
    pub(super) fn around(plot: &PlotRect, margin_px: f32) -> Self {
        let margin = f64::from(margin_px) + 2.0;
        let (x, y) = (f64::from(plot.x_px), f64::from(plot.y_px));
        Self {
            x0: x - margin,
            y0: y - margin,
            x1: x + f64::from(plot.width_px) + margin,
            y1: y + f64::from(plot.height_px) + margin,
        }
    }

    #[inline]
    pub(super) fn contains(&self, (x, y): Point) -> bool {
        (self.x0..=self.x1).contains(&x) && (self.y0..=self.y1).contains(&y)
    }

    pub(super) fn clamp_y(&self, y: f64) -> f64 {
        y.clamp(self.y0, self.y1)
    }

    /// The part of a segment inside the window (Liang and Barsky, 1984).
    #[inline]
    pub(super) fn cut(&self, a: Point, b: Point) -> Option<(Point, Point)> {
        if self.contains(a) && self.contains(b) {
            return Some((a, b));
        }
        let (from, to) = self.params(a, b, true)?;
        Some((along(a, b, from), along(a, b, to)))
    }

    /// Hands on the line from `a` to `b` with what lies above or below the window pressed to its border, so that a line
    /// whose x ascends stays in one piece. `false` if the segment lies wholly to the left or to the right.
    ///
    /// The first point is handed on only if `is_start` or if the segment enters from the left.
    pub(super) fn follow(&self, a: Point, b: Point, is_start: bool, mut push: impl FnMut(Point)) -> bool {
        let Some((from, to)) = self.params(a, b, false) else { return false };
        let mut pressed = |(x, y): Point| push((x, self.clamp_y(y)));
        if is_start || from > 0.0 {
            pressed(along(a, b, from));
        }
        let crossing = |border: f64| {
            let t = (border - a.1) / (b.1 - a.1);
            (t > from && t < to).then_some((a.0 + (b.0 - a.0) * t, border))
        };
        let (near, far) = if a.1 < b.1 { (self.y0, self.y1) } else { (self.y1, self.y0) };
        crossing(near).map(&mut pressed);
        crossing(far).map(&mut pressed);
        pressed(along(a, b, to));
        true
    }

    /// The parameters between which a segment lies inside; with `cuts_y` false only left and right are borders.
    fn params(&self, a: Point, b: Point, cuts_y: bool) -> Option<(f64, f64)> {
        let (dx, dy) = (b.0 - a.0, b.1 - a.1);
        let (mut from, mut to) = (0.0_f64, 1.0_f64);
        let sides = [(-dx, a.0 - self.x0), (dx, self.x1 - a.0), (-dy, a.1 - self.y0), (dy, self.y1 - a.1)];
        for &(p, q) in sides.iter().take(if cuts_y { 4 } else { 2 }) {
            if p == 0.0 {
                if q < 0.0 {
                    return None;
                }
            } else if p < 0.0 {
                from = from.max(q / p);
            } else {
                to = to.min(q / p);
            }
        }
        (from <= to).then_some((from, to))
    }
}

fn along(a: Point, b: Point, t: f64) -> Point {
    if t <= 0.0 {
        a
    } else if t >= 1.0 {
        b
    } else {
        (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLOT: PlotRect = PlotRect { x_px: 2.0, y_px: 2.0, width_px: 96.0, height_px: 46.0 };

    fn window() -> Window {
        Window::around(&PLOT, 0.0)
    }

    #[test]
    fn cuts_a_segment_to_the_window() {
        assert_eq!(window().cut((-50.0, 25.0), (150.0, 25.0)), Some(((0.0, 25.0), (100.0, 25.0))));
        assert_eq!(window().cut((10.0, 10.0), (20.0, 20.0)), Some(((10.0, 10.0), (20.0, 20.0))));
        assert_eq!(window().cut((-10.0, 60.0), (10.0, 80.0)), None);
        let (a, b) = window().cut((50.0, -1e12), (50.0, 1e12)).unwrap();
        assert!((a.1 - 0.0).abs() < 1e-3 && (b.1 - 50.0).abs() < 1e-3, "{a:?} {b:?}");
    }

    #[test]
    fn follows_the_border_where_the_line_leaves_above() {
        let mut points = Vec::new();
        assert!(window().follow((10.0, 25.0), (30.0, -175.0), true, |p| points.push(p)));
        assert!(window().follow((30.0, -175.0), (50.0, 225.0), false, |p| points.push(p)));
        assert_eq!(points, [(10.0, 25.0), (12.5, 0.0), (30.0, 0.0), (38.75, 0.0), (41.25, 50.0), (50.0, 50.0)]);
        assert!(!window().follow((-20.0, 0.0), (-10.0, 5.0), true, |_| ()));
    }
}
