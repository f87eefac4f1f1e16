//! Tables of ranges and the labels that a person expects of them; then ranges that no person would choose.

use proptest::prelude::*;

use super::*;
use crate::figure::measure::Monospace;

fn room(length_px: f32, is_horizontal: bool) -> Room<'static> {
    Room { length_px, is_horizontal, text_px: 12.0, measure: &Monospace }
}

fn central_europe() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn make(scale: Scale, min: f64, max: f64, length_px: f32, is_horizontal: bool) -> Ticks {
    let limits = AxisLimits::sane(scale, min, max).unwrap();
    ticks(&limits, &room(length_px, is_horizontal), &central_europe(), None)
}

/// The labels of a horizontal axis of 600 px, and what they share.
fn show(scale: Scale, min: f64, max: f64) -> String {
    let ticks = make(scale, min, max, 600.0, true);
    let labels: Vec<&str> = ticks.major.iter().map(|t| t.label.as_str()).collect();
    format!("{} [{}]", labels.join(" "), ticks.offset)
}

#[test]
fn linear_labels_are_those_that_a_person_would_write() {
    for (min, max, expected) in [
        (0.0, 1.0, "0.0 0.2 0.4 0.6 0.8 1.0 []"),
        (0.0, 62.8, "0 10 20 30 40 50 60 []"),
        (-1.1, 1.1, "−1.0 −0.5 0.0 0.5 1.0 []"),
        (4.5, 5.5, "4.6 4.8 5.0 5.2 5.4 []"),
        (-0.05, 0.003, "−0.05 −0.04 −0.03 −0.02 −0.01 0.00 []"),
        (0.0, 123_456.0, "0 20000 40000 60000 80000 100000 120000 []"),
        (1e6, 5e6, "1 2 3 4 5 [×10⁶]"),
        (0.0, 1e-4, "0 20 40 60 80 100 [×10⁻⁶]"),
        (2.0e-7, 2.1e-7, "200 202 204 206 208 210 [×10⁻⁹]"),
        (12345.0, 12345.06, "0.00 0.01 0.02 0.03 0.04 0.05 0.06 [+12345]"),
        (-12345.06, -12345.0, "−0.06 −0.05 −0.04 −0.03 −0.02 −0.01 0.00 [−12345]"),
        (1e9, 1e9 + 30.0, "0 5 10 15 20 25 30 [+1000000000]"),
        (0.123456, 0.123457, "6.0 6.2 6.4 6.6 6.8 7.0 [×10⁻⁶ +0.12345]"),
        (1.0, 1.0 + 1e-12, "0.0 0.2 0.4 0.6 0.8 1.0 [×10⁻¹² +1]"),
        (1e22, 1.0001e22, "0.0 0.2 0.4 0.6 0.8 1.0 [×10¹⁸ +10²²]"),
        (-1.7e308, 1.7e308, "−150 −100 −50 0 50 100 150 [×10³⁰⁶]"),
        (0.0, 1e-300, "0.0 0.2 0.4 0.6 0.8 1.0 [×10⁻³⁰⁰]"),
    ] {
        assert_eq!(show(Scale::Linear, min, max), expected, "{min:e} to {max:e}");
    }
}

#[test]
fn log_labels_are_decades_or_their_parts() {
    for (min, max, expected) in [
        (1.0, 12.0, "1 2 3 4 5 6 7 8 9 10 []"),
        (0.02, 0.5, "0.02 0.05 0.1 0.2 0.5 []"),
        (1.0, 1000.0, "1 2 5 10 20 50 100 200 500 1000 []"),
        (1e-6, 1.0, "10⁻⁶ 10⁻⁵ 10⁻⁴ 10⁻³ 10⁻² 10⁻¹ 10⁰ []"),
        (2.0, 3.0, "2.0 2.2 2.4 2.6 2.8 3.0 []"),
        (1e-300, 1e300, "10⁻³⁰⁰ 10⁻²⁰⁰ 10⁻¹⁰⁰ 10⁰ 10¹⁰⁰ 10²⁰⁰ 10³⁰⁰ []"),
    ] {
        assert_eq!(show(Scale::Log, min, max), expected, "{min:e} to {max:e}");
    }
    let ticks = make(Scale::Log, 1.0, 1000.0, 600.0, true);
    assert_eq!(ticks.minor.len(), 18, "3, 4, 6, 7, 8, 9 in three decades");
}

#[test]
fn times_are_told_by_the_local_clock_at_natural_boundaries() {
    const DAY: f64 = 86_400.0;
    // 2024-05-03 12:30:05 in central Europe.
    let start = 1_714_732_205.0;
    for (width, expected) in [
        (0.02, "12:30:05.000 12:30:05.005 12:30:05.010 12:30:05.015 12:30:05.020 [2024-05-03]"),
        (3.0, "12:30:05.0 12:30:05.5 12:30:06.0 12:30:06.5 12:30:07.0 12:30:07.5 12:30:08.0 [2024-05-03]"),
        (100.0, "12:30:15 12:30:30 12:30:45 12:31:00 12:31:15 12:31:30 12:31:45 [2024-05-03]"),
        (3600.0, "12:45 13:00 13:15 13:30 [2024-05-03]"),
        (5.0 * 3600.0, "13:00 14:00 15:00 16:00 17:00 [2024-05-03]"),
        (2.0 * DAY, "18:00 05-04 06:00 12:00 18:00 05-05 06:00 12:00 [2024-05-03 – 2024-05-05]"),
        (20.0 * DAY, "05-05 05-10 05-15 05-20 [2024]"),
        (200.0 * DAY, "2024-06 2024-07 2024-08 2024-09 2024-10 2024-11 []"),
        (600.0 * DAY, "2024-07 2024-10 2025-01 2025-04 2025-07 2025-10 []"),
        (5e8, "2026 2028 2030 2032 2034 2036 2038 2040 []"),
        (1e11, "2500 3000 3500 4000 4500 5000 []"),
    ] {
        assert_eq!(show(Scale::Time, start, start + width), expected, "{width} s");
    }
    assert!(show(Scale::Time, start, start + 1e12).ends_with("[×10¹²]"), "beyond the calendar they are numbers");
}

#[test]
fn hours_stay_on_the_clock_where_it_is_put_back_and_forward() {
    // 2024-10-27: at 03:00 the clock is put back to 02:00; 2024-03-31: at 02:00 it is put forward to 03:00.
    let hours = |start: f64, hours: f64| {
        let ticks = make(Scale::Time, start, start + hours * 3600.0, 500.0, true);
        ticks.major.into_iter().map(|t| t.label).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(hours(1_729_980_000.0, 6.0), "00:00 01:00 02:00 02:00 03:00 04:00 05:00");
    assert_eq!(hours(1_711_839_600.0, 6.0), "00:00 01:00 03:00 04:00 05:00 06:00 07:00");
    assert_eq!(hours(1_729_980_000.0, 30.0), "00:00 06:00 12:00 18:00 10-28");
}

#[test]
fn a_tall_narrow_room_still_has_three_ticks() {
    let ticks = make(Scale::Linear, -1.4e-4, 1.7e-4, 60.0, false);
    assert!(ticks.major.len() >= 3, "{ticks:?}");
}

#[test]
fn data_hostile_ranges_have_few_finite_ticks_inside() {
    let ends = [
        f64::MIN,
        -1e308,
        -1e15,
        -1.0,
        -1e-300,
        -5e-324,
        0.0,
        5e-324,
        1e-310,
        1e-300,
        1.0,
        1.0 + f64::EPSILON,
        1e15,
        1e16,
        9.007e15,
        1e22,
        1e300,
        f64::MAX,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ];
    for scale in [Scale::Linear, Scale::Log, Scale::Time] {
        for (a, b) in ends.iter().flat_map(|a| ends.iter().map(move |b| (*a, *b))) {
            let Some(limits) = AxisLimits::sane(scale, a, b) else {
                assert!(scale == Scale::Log, "only a log axis has no place for {a} to {b}");
                continue;
            };
            assert!(limits.min.is_finite() && limits.max.is_finite() && limits.min < limits.max);
            for length_px in [0.0, 1.0, 50.0, 500.0, 16_384.0] {
                let ticks = ticks(&limits, &room(length_px, true), &central_europe(), None);
                assert!(ticks.major.len() <= 40 && ticks.minor.len() <= 6000, "{scale:?} {a:e}..{b:e}");
                assert!(ticks.major.iter().all(|t| t.value >= limits.min && t.value <= limits.max));
            }
        }
    }
    assert_eq!(AxisLimits::sane(Scale::Linear, f64::NAN, 1.0), None);
}

#[test]
fn superscripts_and_significant_digits() {
    assert_eq!(superscript(-1_234_567_890), "⁻¹²³⁴⁵⁶⁷⁸⁹⁰");
    for (value, digits, expected) in [
        (0.0, 3, "0"),
        (-0.0, 3, "0"),
        (1234.5678, 6, "1234.57"),
        (-2.5e-9, 3, "−2.5×10⁻⁹"),
        (1e21, 7, "10²¹"),
        (0.1 + 0.2, 7, "0.3"),
        (f64::NEG_INFINITY, 3, "−∞"),
        (5e-324, 17, "4.9406564584124654×10⁻³²⁴"),
    ] {
        assert_eq!(format_significant(value, digits), expected);
    }
}

/// What a label says, with what all share put back.
fn value_of(label: &str, offset: &str) -> f64 {
    let number = |text: &str| {
        let plain: String = text
            .chars()
            .filter_map(|c| match c {
                '−' => Some('-'),
                '⁻' => Some('-'),
                '¹' => Some('1'),
                '²' => Some('2'),
                '³' => Some('3'),
                '⁰' => Some('0'),
                '⁴'..='⁹' => char::from_digit(c as u32 - '⁰' as u32, 10),
                c => Some(c),
            })
            .collect();
        match plain.split_once("×10") {
            Some((mantissa, power)) => format!("{mantissa}e{power}").parse::<f64>().unwrap(),
            None if text.starts_with("10") && text.chars().nth(2).is_some_and(|c| "⁻¹²³⁴⁵⁶⁷⁸⁹⁰".contains(c)) => {
                format!("1e{}", &plain[2..]).parse().unwrap()
            }
            None => plain.parse::<f64>().unwrap(),
        }
    };
    let mut value = number(label);
    for part in offset.split_whitespace() {
        match part.strip_prefix('×') {
            Some(power) => value *= number(power),
            None => value += number(part.trim_start_matches('+')),
        }
    }
    value
}

proptest! {
    #[test]
    fn labels_say_the_value_of_their_tick(
        center in -1e9..1e9_f64, exponent in -9..12_i32, width in 1.0..10.0_f64, length_px in 40.0..2000.0_f32,
        is_horizontal in any::<bool>(),
    ) {
        let half = width * 10_f64.powi(exponent);
        let limits = AxisLimits::sane(Scale::Linear, center - half, center + half).unwrap();
        let room = room(length_px, is_horizontal);
        let ticks = ticks(&limits, &room, &central_europe(), None);
        let mut before = f64::NEG_INFINITY;
        let decimals = |label: &str| label.split_once('.').map_or(0, |(_, part)| part.len());
        for tick in &ticks.major {
            prop_assert!(tick.value > before, "ascending");
            before = tick.value;
            let told = value_of(&tick.label, &ticks.offset);
            prop_assert!((told - tick.value).abs() <= 1e-9 * half + 1e-12 * center.abs(), "{} says {told}", tick.label);
            prop_assert!(!tick.label.ends_with('.') && tick.label != "−0" && !tick.label.starts_with('-'));
            prop_assert_eq!(decimals(&tick.label), decimals(&ticks.major[0].label), "equal decimals");
        }
        prop_assert!(room.fits(&ticks.major, &limits));
    }

    #[test]
    fn times_stand_in_order_and_apart(start in -6e10..2e11_f64, exponent in -4..10_i32, length_px in 100.0..2000.0_f32) {
        let limits = AxisLimits::sane(Scale::Time, start, start + 10_f64.powi(exponent)).unwrap();
        let room = room(length_px, true);
        let ticks = ticks(&limits, &room, &central_europe(), None);
        prop_assert!(ticks.major.windows(2).all(|pair| pair[0].value < pair[1].value));
        prop_assert!(room.fits(&ticks.major, &limits) && ticks.major.len() <= 40);
    }
}
