//! Pan and zoom: from a gesture in pixels to the part of an axis that it asks for.
//!
//! Pure; runs on the GUI thread, on the layout of the frame that the person sees. All functions keep what they return
//! finite, ascending and wide enough, so that a gesture repeated for ever ends at a limit instead of breaking.

use crate::figure::figure::{AxisRange, Scale};
use crate::figure::layout::{AxisMap, SubplotLayout};
use crate::figure::ranges::{AxisLimits, LARGEST, LEAST_LOG, LEAST_RELATIVE_WIDTH, LEAST_TIME_SECS, LEAST_WIDTH};
use crate::figure::view::SubplotView;

/// Which axes a gesture changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AxisLock {
    /// Both.
    #[default]
    Both,
    /// The horizontal one only.
    XOnly,
    /// The vertical one only.
    YOnly,
}

impl AxisLock {
    fn has_x(self) -> bool {
        self != Self::YOnly
    }

    fn has_y(self) -> bool {
        self != Self::XOnly
    }
}

/// Largest end of a range that a zoom reaches.
const LARGEST_ZOOMED: f64 = 1e300;

/// The view of `layout` after its content was dragged by (`dx_px`, `dy_px`).
#[must_use]
pub fn pan_subplot(layout: &SubplotLayout, dx_px: f64, dy_px: f64, lock: AxisLock) -> SubplotView {
    SubplotView {
        x: lock.has_x().then(|| range(pan(&layout.x, dx_px))),
        y: lock.has_y().then(|| range(pan(&layout.y, dy_px))),
        // By the same part of its height: what stood side by side stays so.
        right: layout.right.filter(|_| lock.has_y()).map(|right| range(pan(&right, dy_px))),
    }
}

/// The view of `layout` zoomed by `factor` (above 1: closer) about a point that stays where it is.
#[must_use]
pub fn zoom_subplot(layout: &SubplotLayout, x_px: f64, y_px: f64, factor: f64, lock: AxisLock) -> SubplotView {
    SubplotView {
        x: lock.has_x().then(|| range(zoom_about(&layout.x, x_px, factor))),
        y: lock.has_y().then(|| range(zoom_about(&layout.y, y_px, factor))),
        right: layout.right.filter(|_| lock.has_y()).map(|right| range(zoom_about(&right, y_px, factor))),
    }
}

/// The view of `layout` that shows just the rectangle between two corners, in any order.
#[must_use]
pub fn zoom_to_rectangle(layout: &SubplotLayout, from_px: [f64; 2], to_px: [f64; 2], lock: AxisLock) -> SubplotView {
    let ([x0, y0], [x1, y1]) = (from_px, to_px);
    SubplotView {
        x: lock.has_x().then(|| range(zoom_to(&layout.x, x0, x1))),
        y: lock.has_y().then(|| range(zoom_to(&layout.y, y0, y1))),
        right: layout.right.filter(|_| lock.has_y()).map(|right| range(zoom_to(&right, y0, y1))),
    }
}

/// The axis after its content was moved by `delta_px`. The width stays, also at the limit.
#[must_use]
pub fn pan(map: &AxisMap, delta_px: f64) -> AxisLimits {
    let shift = -part(delta_px, map);
    let (low, high) = ends(map);
    // Moved as far as the limit lets the whole width go.
    let width = high - low;
    let (least, most) = bounds(map.scale);
    let low = (low + shift * width).clamp(least, (most - width).max(least));
    back(map, low, low + width)
}

/// The axis zoomed by `factor` (above 1: closer) about the value at `px`.
#[must_use]
pub fn zoom_about(map: &AxisMap, px: f64, factor: f64) -> AxisLimits {
    let factor = if factor.is_finite() && factor > 0.0 { factor } else { 1.0 };
    let at = part(px - f64::from(map.start_px), map);
    let (low, high) = ends(map);
    let width = high - low;
    let fixed = low + at * width;
    back(map, fixed - at * width / factor, fixed + (1.0 - at) * width / factor)
}

/// The part of the axis between two pixels, in any order.
#[must_use]
pub fn zoom_to(map: &AxisMap, from_px: f64, to_px: f64) -> AxisLimits {
    let (from, to) = (part(from_px - f64::from(map.start_px), map), part(to_px - f64::from(map.start_px), map));
    let (low, high) = ends(map);
    let width = high - low;
    back(map, low + from.min(to) * width, low + from.max(to) * width)
}

fn range(limits: AxisLimits) -> AxisRange {
    AxisRange::Fixed { min: limits.min, max: limits.max }
}

/// A length in pixels as a part of the axis; 0 if the axis has no length.
fn part(length_px: f64, map: &AxisMap) -> f64 {
    let part = length_px / (f64::from(map.end_px) - f64::from(map.start_px));
    if part.is_finite() { part } else { 0.0 }
}

/// The ends in the space in which the axis is even: values, or their logarithms.
fn ends(map: &AxisMap) -> (f64, f64) {
    let (least, most) = bounds(map.scale);
    match map.scale {
        Scale::Linear | Scale::Time => (map.min.clamp(least, most), map.max.clamp(least, most)),
        Scale::Log => (map.min.log10().clamp(least, most), map.max.log10().clamp(least, most)),
    }
}

fn bounds(scale: Scale) -> (f64, f64) {
    match scale {
        Scale::Linear | Scale::Time => (-LARGEST_ZOOMED, LARGEST_ZOOMED),
        Scale::Log => (LEAST_LOG.log10(), LARGEST.log10()),
    }
}

/// Limits from ends in the even space; where they come too near each other, the least width about their middle.
fn back(map: &AxisMap, low: f64, high: f64) -> AxisLimits {
    let (least, most) = bounds(map.scale);
    let (mut low, mut high) = (low.clamp(least, most), high.clamp(least, most));
    let magnitude = low.abs().max(high.abs());
    // Twice what a range must have, so that rounding does not make the range a constant one.
    let least_width = 2.0
        * match map.scale {
            Scale::Linear => LEAST_WIDTH.max(magnitude * LEAST_RELATIVE_WIDTH),
            Scale::Time => LEAST_TIME_SECS.max(magnitude * LEAST_RELATIVE_WIDTH),
            Scale::Log => LEAST_RELATIVE_WIDTH * (1.0 + magnitude),
        };
    if (high - low) < least_width {
        let middle = low / 2.0 + high / 2.0;
        low = (middle - least_width / 2.0).max(least);
        high = low + least_width;
    }
    let limits = match map.scale {
        Scale::Linear | Scale::Time => AxisLimits::sane(map.scale, low, high),
        Scale::Log => AxisLimits::sane(map.scale, 10_f64.powf(low), 10_f64.powf(high)),
    };
    limits.unwrap_or(AxisLimits { scale: map.scale, min: map.min, max: map.max })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn map(scale: Scale, min: f64, max: f64) -> AxisMap {
        AxisMap { scale, min, max, start_px: 60.0, end_px: 960.0 }
    }

    fn with(map: &AxisMap, limits: AxisLimits) -> AxisMap {
        AxisMap { min: limits.min, max: limits.max, ..*map }
    }

    fn is_near(map: &AxisMap, a: AxisLimits, min: f64, max: f64, parts: f64) -> bool {
        let slack =
            |v: f64| (map.part_of(v) - map.part_of(a.min)).abs().min((map.part_of(v) - map.part_of(a.max)).abs());
        slack(min) < parts && slack(max) < parts
    }

    #[test]
    fn a_drag_moves_the_content_with_the_pointer() {
        let x = map(Scale::Linear, 0.0, 9.0);
        assert_eq!(pan(&x, 100.0), AxisLimits { scale: Scale::Linear, min: -1.0, max: 8.0 });
        let y = AxisMap { start_px: 400.0, end_px: 100.0, ..map(Scale::Linear, 0.0, 3.0) };
        // Down the screen shows what lies above.
        assert_eq!(pan(&y, 100.0), AxisLimits { scale: Scale::Linear, min: 1.0, max: 4.0 });
        let log = pan(&map(Scale::Log, 1.0, 1000.0), -300.0);
        assert!((log.min - 10.0).abs() < 1e-9 && (log.max - 10_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_zoom_keeps_the_value_under_the_pointer() {
        for (scale, min, max) in
            [(Scale::Linear, -3.0, 7.0), (Scale::Log, 0.1, 1e5), (Scale::Time, 1.7e9, 1.7e9 + 60.0)]
        {
            let before = map(scale, min, max);
            let after = with(&before, zoom_about(&before, 300.0, 4.0));
            let (was, is) = (before.from_px(300.0), after.from_px(300.0));
            assert!((was - is).abs() <= 1e-9 * was.abs(), "{was} became {is}");
        }
    }

    #[test]
    fn a_rectangle_may_be_drawn_from_any_corner_and_an_axis_locked() {
        let layout = SubplotLayout {
            plot: Default::default(),
            x: map(Scale::Linear, 0.0, 9.0),
            y: AxisMap { start_px: 400.0, end_px: 100.0, ..map(Scale::Linear, 0.0, 3.0) },
            ..SubplotLayout::default()
        };
        let view = zoom_to_rectangle(&layout, [260.0, 200.0], [160.0, 300.0], AxisLock::Both);
        assert_eq!(view.x, Some(AxisRange::Fixed { min: 1.0, max: 2.0 }));
        assert_eq!(view.y, Some(AxisRange::Fixed { min: 1.0, max: 2.0 }));
        assert_eq!(zoom_subplot(&layout, 200.0, 200.0, 2.0, AxisLock::XOnly).y, None);
        assert_eq!(pan_subplot(&layout, 5.0, 5.0, AxisLock::YOnly).x, None);
    }

    #[test]
    fn data_hostile_gestures_for_ever_end_at_a_limit() {
        for (scale, min, max) in [
            (Scale::Linear, 0.0, 1.0),
            (Scale::Linear, 1e15, 1e15 + 8.0),
            (Scale::Linear, -1.7e308, 1.7e308),
            (Scale::Linear, 0.0, 1e-300),
            (Scale::Log, 1e-320, 1.7e308),
            (Scale::Log, 1.0, 10.0),
            (Scale::Time, 1.7e9, 1.7e9 + 1.0),
        ] {
            for factor in [1.25, 0.8, 1e9, 1e-9, 0.0, f64::NAN, f64::INFINITY, -1.0] {
                let mut now = map(scale, min, max);
                for px in (0..3000).map(|i| f64::from(i % 1000)) {
                    let limits = zoom_about(&now, px, factor);
                    assert!(limits.min.is_finite() && limits.max.is_finite() && limits.min < limits.max, "{limits:?}");
                    now = with(&now, limits);
                }
                for _ in 0..200 {
                    now = with(&now, pan(&now, 1e6));
                    assert!(now.min.is_finite() && now.max.is_finite() && now.min < now.max, "{now:?}");
                }
            }
        }
        let flat = AxisMap { end_px: 60.0, ..map(Scale::Linear, 0.0, 1.0) };
        assert_eq!(zoom_to(&flat, f64::NAN, 3.0).scale, Scale::Linear);
        assert!(zoom_about(&flat, 60.0, 2.0).max.is_finite());
    }

    proptest! {
        #[test]
        fn zoom_and_its_inverse_return(
            center in -1e6..1e6_f64, width in 1e-3..1e6_f64, px in 60.0..960.0_f64, factor in 0.05..20.0_f64,
        ) {
            let before = map(Scale::Linear, center, center + width);
            let closer = with(&before, zoom_about(&before, px, factor));
            let again = zoom_about(&closer, px, 1.0 / factor);
            prop_assert!(is_near(&before, again, before.min, before.max, 1e-6));
        }

        #[test]
        fn zoom_and_its_inverse_return_on_log_axes(
            low in -30.0..30.0_f64, decades in 0.01..40.0_f64, px in 60.0..960.0_f64, factor in 0.2..5.0_f64,
        ) {
            let before = map(Scale::Log, 10_f64.powf(low), 10_f64.powf(low + decades));
            let closer = with(&before, zoom_about(&before, px, factor));
            let again = zoom_about(&closer, px, 1.0 / factor);
            prop_assert!(is_near(&before, again, before.min, before.max, 1e-6));
        }

        #[test]
        fn pan_and_its_inverse_return(
            low in -1e9..1e9_f64, width in 1e-2..1e9_f64, delta in -5000.0..5000.0_f64, is_log in any::<bool>(),
        ) {
            let before = if is_log {
                map(Scale::Log, 10_f64.powf(low / 1e8), 10_f64.powf(low / 1e8) * (1.0 + width))
            } else {
                map(Scale::Linear, low, low + width)
            };
            let moved = with(&before, pan(&before, delta));
            let again = pan(&moved, -delta);
            prop_assert!(is_near(&before, again, before.min, before.max, 1e-4));
        }
    }
}
