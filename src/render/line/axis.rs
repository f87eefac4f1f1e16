//! One axis, prepared for mapping many values: what [`AxisMap`] says, made total and fast.

use crate::figure::{AxisMap, Scale};

/// Places farther out than this are as good as any beyond: no slope within a screen can tell them apart.
const FAR_PX: f64 = 1e12;

/// Maps values of one axis to pixels and back. Never infinite; NaN means that a value has no place.
#[derive(Clone, Copy, Debug)]
pub(super) struct AxisPx {
    is_log: bool,
    /// Half of the least value, or its logarithm. Halves, because a range may be wider than f64 can hold.
    lo: f64,
    hi: f64,
    start_px: f64,
    span_px: f64,
    px_per_unit: f64,
}

impl AxisPx {
    /// `None` if the range or the pixels are not usable.
    pub(super) fn new(map: &AxisMap) -> Option<Self> {
        let is_log = map.scale == Scale::Log;
        let unit = |v: f64| if is_log { v.log10() } else { v * 0.5 };
        let (lo, hi) = (unit(map.min), unit(map.max));
        let (start_px, end_px) = (f64::from(map.start_px), f64::from(map.end_px));
        let span_px = end_px - start_px;
        let is_usable = lo.is_finite() && hi.is_finite() && hi > lo && span_px.is_finite() && span_px != 0.0;
        let px_per_unit = (span_px / (hi - lo)).clamp(-f64::MAX, f64::MAX);
        is_usable.then_some(Self { is_log, lo, hi, start_px, span_px, px_per_unit })
    }

    /// Pixel of `value`, at most [`FAR_PX`] away; NaN if it has no place: NaN, or zero and less on a log axis.
    #[inline]
    pub(super) fn to_px(self, value: f64) -> f64 {
        let unit = if !self.is_log {
            value * 0.5
        } else if value > 0.0 {
            value.log10()
        } else {
            f64::NAN
        };
        (self.start_px + (unit - self.lo) * self.px_per_unit).clamp(-FAR_PX, FAR_PX)
    }

    /// Value at a pixel.
    pub(super) fn value_at(self, px: f64) -> f64 {
        let part = (px - self.start_px) / self.span_px;
        let unit = self.lo * (1.0 - part) + self.hi * part;
        let value = if self.is_log { 10_f64.powf(unit) } else { unit * 2.0 };
        value.clamp(-f64::MAX, f64::MAX)
    }

    /// Steps of the axis that stand at whole multiples of a power of two of its unit (on a log axis, of its decades): the
    /// pixel of one that is near, and their distance in pixels, at least `least_px` and less than twice that.
    pub(super) fn steps(self, least_px: f64) -> (f64, f64) {
        let step = (least_px / self.px_per_unit.abs()).log2().ceil().exp2();
        // Where the numbers of the range end, whole multiples do too: any place is as good as another.
        let inside = Some(self.lo.rem_euclid(step)).filter(|inside| inside.is_finite()).unwrap_or(0.0);
        let step_px = (step * self.px_per_unit.abs()).clamp(least_px, 2.0 * least_px);
        (self.start_px - inside * self.px_per_unit, step_px)
    }

    /// Pixel of zero; on a log axis that of its lower end.
    pub(super) fn zero_px(self) -> f64 {
        if self.is_log { self.start_px } else { self.to_px(0.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(scale: Scale, min: f64, max: f64) -> AxisMap {
        AxisMap { scale, min, max, start_px: 500.5, end_px: 20.5 }
    }

    #[test]
    fn agrees_with_the_layout_and_inverts() {
        for map in [map(Scale::Linear, -3.0, 8.0), map(Scale::Log, 0.01, 1e4), map(Scale::Time, 1.7e9, 1.7e9 + 60.0)] {
            let axis = AxisPx::new(&map).unwrap();
            for part in [0.0, 0.1, 0.5, 0.99, 1.0] {
                let value = axis.value_at(500.5 - 480.0 * part);
                assert!((axis.to_px(value) - map.to_px(value)).abs() < 1e-4, "{map:?} {value}");
                assert!((axis.to_px(value) - (500.5 - 480.0 * part)).abs() < 1e-4, "{map:?} {value}");
            }
        }
    }

    #[test]
    fn data_hostile_values_never_leave_the_finite() {
        for map in [
            map(Scale::Linear, -1e308, 1e308),
            map(Scale::Linear, -f64::MAX, f64::MAX),
            map(Scale::Linear, 0.0, 5e-324),
            map(Scale::Linear, 1.0, 1.0 + f64::EPSILON),
            map(Scale::Log, 5e-324, f64::MAX),
        ] {
            let Some(axis) = AxisPx::new(&map) else { continue };
            for value in [f64::MAX, -f64::MAX, f64::INFINITY, f64::NEG_INFINITY, 5e-324, 0.0, 1.0] {
                let px = axis.to_px(value);
                assert!(px.is_nan() || px.abs() <= FAR_PX, "{map:?} {value} {px}");
            }
            assert!(axis.value_at(0.0).is_finite() && axis.value_at(1e9).is_finite());
        }
        assert!(AxisPx::new(&map(Scale::Linear, 1.0, 1.0)).is_none());
        assert!(AxisPx::new(&map(Scale::Linear, f64::NAN, 1.0)).is_none());
        assert!(AxisPx::new(&map(Scale::Log, -1.0, 1.0)).is_none());
        assert!(AxisPx::new(&map(Scale::Log, 1.0, 10.0)).unwrap().to_px(0.0).is_nan());
    }
}
