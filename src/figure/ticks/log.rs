//! Ticks on a logarithmic axis: decades with their parts, or plain steps where less than a decade is shown.

use crate::figure::layout::AxisMap;
use crate::figure::ranges::AxisLimits;
use crate::figure::ticks::{Room, Tick, Ticks, linear, number};

/// Decades where the range holds them, with 2 and 5 or all nine parts labelled where it holds few.
pub(super) fn ticks(limits: &AxisLimits, room: &Room<'_>) -> Ticks {
    let (low, high) = (limits.min.log10(), limits.max.log10());
    let decades = high - low;
    let intervals = room.most_intervals();
    // Less than most of a decade: multiples of 1, 2, 5 say more than two powers of ten.
    if decades < 0.8 {
        return linear::ticks(limits, room);
    }
    let (first, last) = ((low - 1e-9).ceil() as i32, (high + 1e-9).floor() as i32);
    let stride = stride(decades / intervals);
    if stride == 1 {
        for factors in [&[1, 2, 3, 4, 5, 6, 7, 8, 9][..], &[1, 2, 5]] {
            // Factors before powers of ten are read only where there are few of them.
            if decades * factors.len() as f64 > intervals * 1.3 || (decades > 2.5 && !is_short(first, last)) {
                continue;
            }
            let major = decade_ticks(limits, first - 1, last, 1, factors);
            if room.fits(&major, limits) {
                return Ticks { minor: parts(limits, first - 1, last, &major), major, offset: String::new() };
            }
        }
    }
    let mut stride = stride;
    let mut major = decade_ticks(limits, first, last, stride, &[1]);
    while !room.fits(&major, limits) && stride < 700 {
        stride = self::stride(f64::from(stride) + 1.0);
        major = decade_ticks(limits, first, last, stride, &[1]);
    }
    let minor =
        if stride == 1 { parts(limits, first - 1, last, &major) } else { skipped(limits, room, first, last, stride) };
    Ticks { major, minor, offset: String::new() }
}

/// A number of decades that reads well: 1, 2, 3, 5, 10, 20, 50, …
fn stride(least: f64) -> i32 {
    [1, 2, 3, 5, 10, 20, 50, 100, 200, 500].into_iter().find(|s| f64::from(*s) >= least).unwrap_or(1000)
}

/// Whether the powers of ten from `first` to `last` are short as plain numbers.
fn is_short(first: i32, last: i32) -> bool {
    first >= -4 && last <= 4
}

fn decade_ticks(limits: &AxisLimits, first: i32, last: i32, stride: i32, factors: &[i64]) -> Vec<Tick> {
    let decades = (first..=last).filter(|exponent| exponent.rem_euclid(stride) == 0);
    let places: Vec<(i64, i32, f64)> = decades
        .flat_map(|exponent| factors.iter().map(move |factor| (*factor, exponent, linear::value(*factor, exponent))))
        .filter(|(_, _, value)| *value >= limits.min && *value <= limits.max)
        .collect();
    // One form for the whole axis: plain numbers only where all are short.
    let is_plain = is_short(first, last);
    places
        .into_iter()
        .map(|(factor, exponent, value)| Tick { value, label: number::power_label(factor, exponent, is_plain) })
        .collect()
}

/// 2 to 9 times each power of ten, where no labelled tick stands.
fn parts(limits: &AxisLimits, first: i32, last: i32, major: &[Tick]) -> Vec<f64> {
    (first..=last)
        .flat_map(|exponent| (2..10).map(move |factor| linear::value(factor, exponent)))
        .filter(|v| *v >= limits.min && *v <= limits.max && !major.iter().any(|tick| tick.value == *v))
        .collect()
}

/// The decades between labelled ones, unless they stand too dense to be told apart.
fn skipped(limits: &AxisLimits, room: &Room<'_>, first: i32, last: i32, stride: i32) -> Vec<f64> {
    let map = AxisMap { scale: limits.scale, min: limits.min, max: limits.max, start_px: 0.0, end_px: room.length_px };
    let pitch_px = map.to_px(limits.min * 10.0) - map.to_px(limits.min);
    if pitch_px < f64::from(room.text_px) * 0.4 {
        return Vec::new();
    }
    (first..=last)
        .filter(|exponent| exponent.rem_euclid(stride) != 0)
        .map(|exponent| linear::value(1, exponent))
        .filter(|v| *v >= limits.min && *v <= limits.max)
        .collect()
}
