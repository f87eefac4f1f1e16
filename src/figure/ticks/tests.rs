//! Tables of ranges and the labels that a person expects of them.

use super::*;
use crate::figure::measure::Monospace;

fn room(length_px: f32, is_horizontal: bool) -> Room<'static> {
    Room { length_px, is_horizontal, text_px: 12.0, measure: &Monospace }
}

fn central_europe() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap()
}

fn show(scale: Scale, min: f64, max: f64, length_px: f32, is_horizontal: bool) -> String {
    let limits = AxisLimits::sane(scale, min, max).unwrap();
    let ticks = ticks(&limits, &room(length_px, is_horizontal), &central_europe());
    let labels: Vec<&str> = ticks.major.iter().map(|t| t.label.as_str()).collect();
    format!("{} [{}]", labels.join(" "), ticks.offset)
}

#[test]
fn print() {
    for (a, b) in [
        (0.0, 1.0),
        (0.0, 62.8),
        (-1.1, 1.1),
        (0.0, 100.0),
        (-0.05, 0.003),
        (1e6, 5e6),
        (0.0, 123456.0),
        (0.0, 1e-4),
        (0.0, 3e-3),
        (12345.0, 12345.06),
        (-12345.06, -12345.0),
        (1e9, 1e9 + 30.0),
        (1.0, 1.0 + 1e-12),
        (-1.7e308, 1.7e308),
        (0.0, 1e-300),
        (9.9e15, 9.9e15 + 1e4),
        (0.123456, 0.123457),
        (-5e-324, 5e-324),
        (4.5, 5.5),
        (2.0e-7, 2.1e-7),
        (-3.0, 12000.0),
        (1e22, 1.0001e22),
    ] {
        println!(
            "{a:e}..{b:e}: {}\n   y {}",
            show(Scale::Linear, a, b, 900.0, true),
            show(Scale::Linear, a, b, 400.0, false)
        );
    }
    for (a, b) in [
        (1.0, 1000.0),
        (0.5, 20.0),
        (1e-9, 1.0),
        (1e-300, 1e300),
        (2.0, 3.0),
        (0.02, 0.5),
        (1e-4, 1e4),
        (1e-5, 2e4),
        (1.0, 12.0),
    ] {
        println!(
            "log {a:e}..{b:e}: {}\n   y {}",
            show(Scale::Log, a, b, 900.0, true),
            show(Scale::Log, a, b, 400.0, false)
        );
    }
    let t = 1_714_732_205.0;
    for w in [
        1e-5,
        1e-3,
        0.02,
        0.7,
        3.0,
        20.0,
        100.0,
        600.0,
        3600.0,
        5.0 * 3600.0,
        40000.0,
        2.0 * 86400.0,
        6.0 * 86400.0,
        20.0 * 86400.0,
        50.0 * 86400.0,
        200.0 * 86400.0,
        600.0 * 86400.0,
        5e8,
        5e9,
        1e11,
        1e12,
    ] {
        println!(
            "time {w:e}: {}\n    {}",
            show(Scale::Time, t, t + w, 900.0, true),
            show(Scale::Time, t, t + w, 300.0, true)
        );
    }
    println!("{}", show(Scale::Time, 1_729_987_200.0 - 7200.0, 1_729_987_200.0 + 30000.0, 900.0, true));
}
