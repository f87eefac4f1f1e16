//! Durations and sizes as people type them: `90m`, `1h30m`, `8GiB`.
//!
//! Pure functions for any thread.

use std::time::Duration;

/// Longest duration that is understood: some 100 years, so that no sum of times runs over.
const SECS_MAX: f64 = 3.2e9;

const DURATION_REMEDY: &str = "write a number with its unit, such as 90s, 10m, 1h30m or 2d";

const SIZE_REMEDY: &str = "write a number with its unit, such as 512MiB, 8GiB or 6G";

/// The duration that `text` means: numbers with the units ms, s, m (or min), h, d, one after the other and added up.
///
/// # Errors
/// Why it is none, with what to write instead. Zero is none.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(format!("a duration is missing: {DURATION_REMEDY}"));
    }
    let mut secs = 0.0;
    while !rest.is_empty() {
        let (number, unit, after) =
            quantity(rest).ok_or_else(|| format!("`{text}` is no duration: {DURATION_REMEDY}"))?;
        secs += number
            * match unit {
                "ms" => 1e-3,
                "s" | "sec" => 1.0,
                "m" | "min" => 60.0,
                "h" => 3600.0,
                "d" => 86_400.0,
                "" => return Err(format!("`{text}` has no unit: {DURATION_REMEDY}")),
                _ => return Err(format!("`{unit}` is no unit of time: {DURATION_REMEDY}")),
            };
        rest = after.trim_start();
    }
    let duration = Duration::try_from_secs_f64(secs).ok().filter(|_| secs <= SECS_MAX);
    match duration {
        None => Err(format!("`{text}` is too long")),
        Some(duration) if duration.is_zero() => Err(format!("`{text}` is no time at all: {DURATION_REMEDY}")),
        Some(duration) => Ok(duration),
    }
}

/// The number of bytes that `text` means. K, M, G, T and KiB, MiB, GiB, TiB are powers of 1024; kB, MB, GB, TB are powers
/// of 1000; B is one byte.
///
/// # Errors
/// Why it is none, with what to write instead. Zero is none.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let (number, unit, after) = quantity(text.trim()).ok_or_else(|| format!("`{text}` is no size: {SIZE_REMEDY}"))?;
    let factor: f64 = match unit {
        "B" => 1.0,
        "K" | "KiB" => 1024.0,
        "M" | "MiB" => 1024.0_f64.powi(2),
        "G" | "GiB" => 1024.0_f64.powi(3),
        "T" | "TiB" => 1024.0_f64.powi(4),
        "kB" => 1e3,
        "MB" => 1e6,
        "GB" => 1e9,
        "TB" => 1e12,
        "" => return Err(format!("`{text}` has no unit: {SIZE_REMEDY}")),
        _ => return Err(format!("`{unit}` is no unit of memory: {SIZE_REMEDY}")),
    };
    let bytes = number * factor;
    // Beyond 2^53 a float does not count bytes; no machine has as many.
    if !after.is_empty() || !(1.0..=9e15).contains(&bytes) {
        return Err(format!("`{text}` is no size: {SIZE_REMEDY}"));
    }
    Ok(bytes as u64)
}

/// A duration as people say it, in its two largest units: `2 h 5 min`, `1.5 s`.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let secs = duration.as_secs_f64();
    if secs < 60.0 {
        // As many digits as there are.
        return format!("{} s", (secs * 1e3).round() / 1e3);
    }
    let whole = secs.round() as u64;
    let (large, small, units) = match whole {
        0..3_600 => (whole / 60, whole % 60, ["min", "s"]),
        3_600..86_400 => (whole / 3_600, whole % 3_600 / 60, ["h", "min"]),
        _ => (whole / 86_400, whole % 86_400 / 3_600, ["d", "h"]),
    };
    let [large_unit, small_unit] = units;
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

/// Splits a number and the letters after it off.
fn quantity(text: &str) -> Option<(f64, &str, &str)> {
    let number_end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, rest) = text.split_at_checked(number_end)?;
    let rest = rest.trim_start();
    let unit_end = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at_checked(unit_end)?;
    Some((number.parse().ok()?, unit, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_typed() {
        for (text, secs) in [
            ("90m", 5400.0),
            ("1h30m", 5400.0),
            ("1.5 h", 5400.0),
            ("250ms", 0.25),
            ("2d 3s", 172_803.0),
            ("5min", 300.0),
        ] {
            assert_eq!(parse_duration(text).unwrap().as_secs_f64(), secs, "{text}");
        }
        for wrong in ["", "90", "h", "1y", "-3s", "0s", "1e9d", "99999999999d", "1..2s", "3s,", "٣s"] {
            assert!(parse_duration(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parse_duration("90").unwrap_err(), format!("`90` has no unit: {DURATION_REMEDY}"));
    }

    #[test]
    fn sizes_are_read_as_typed() {
        for (text, bytes) in [
            ("8GiB", 8 << 30),
            ("6G", 6 << 30),
            ("1.5 MiB", 3 << 19),
            ("2GB", 2_000_000_000),
            ("1B", 1),
            ("1T", 1 << 40),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
        for wrong in ["", "8", "G", "8gib", "0G", "-1G", "99999999T", "8GiB x", "0.5B", "1G1M"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_are_said_in_two_units() {
        let said = |secs: f64| duration_text(Duration::from_secs_f64(secs));
        assert_eq!(said(1.5), "1.5 s");
        assert_eq!(said(0.05), "0.05 s");
        assert_eq!(said(90.0), "1 min 30 s");
        assert_eq!(said(7_200.0), "2 h");
        assert_eq!(said(7_500.0), "2 h 5 min");
        assert_eq!(said(90_000.0), "1 d 1 h");
    }
}
