//! What a cell of a table holds.
//!
//! Pure functions for any thread.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::source::float;

/// A cell that was read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::source) enum Cell {
    Number(f64),
    /// Seconds since the Unix epoch.
    Time(f64),
    /// No value.
    Missing,
    Text,
}

/// Reads a cell without blanks around it; `decimal` is the decimal sign.
pub(in crate::source) fn parse(text: &[u8], decimal: u8) -> Cell {
    if let Some(value) = float::parse(text, decimal) {
        return Cell::Number(value);
    }
    if is_missing(text) {
        return Cell::Missing;
    }
    parse_time(text).map_or(Cell::Text, Cell::Time)
}

/// Words for no value, as R, pandas, SQL and spreadsheets write them.
fn is_missing(text: &[u8]) -> bool {
    const WORDS: [&[u8]; 12] =
        [b"", b"na", b"n/a", b"#n/a", b"null", b"none", b"nil", b"-", b"--", b"?", b"missing", b"<na>"];
    text.len() <= 7 && WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Seconds since the Unix epoch of an ISO 8601 date, with or without a time, a fraction and a zone. Without a zone it
/// is taken as local time.
pub(super) fn parse_time(text: &[u8]) -> Option<f64> {
    let looks_so = text.len() >= 10
        && text.len() <= 64
        && text.get(4) == Some(&b'-')
        && text.get(7) == Some(&b'-')
        && text.first().is_some_and(u8::is_ascii_digit);
    if !looks_so {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    // pandas and PostgreSQL write `+02`, Python `+02:00`, others `+0200`; the parser takes all of them.
    let time = text.get(10..)?;
    let has_zone =
        time.ends_with(['Z', 'z', ']']) || time.contains('+') || time.contains('-') || time.ends_with(" UTC");
    let stamp = if has_zone {
        let text = text.strip_suffix(" UTC").map_or_else(|| text.to_owned(), |t| format!("{t}Z"));
        text.parse::<jiff::Timestamp>().ok()?
    } else {
        text.parse::<DateTime>().ok()?.to_zoned(TimeZone::system()).ok()?.timestamp()
    };
    Some(stamp.as_second() as f64 + f64::from(stamp.subsec_nanosecond()) / 1e9)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_what_they_look_like() {
        assert_eq!(parse(b"1.5", b'.'), Cell::Number(1.5));
        assert_eq!(parse(b"1,5", b','), Cell::Number(1.5));
        for missing in ["", "NA", "n/a", "NULL", "None", "-"] {
            assert_eq!(parse(missing.as_bytes(), b'.'), Cell::Missing, "{missing}");
        }
        for text in ["abc", "1.2.3", "2024-99-99", "2024-05", "12:00:01", "0x10"] {
            assert_eq!(parse(text.as_bytes(), b'.'), Cell::Text, "{text}");
        }
    }

    #[test]
    fn times_with_a_zone() {
        for text in [
            "2024-05-01T12:00:00Z",
            "2024-05-01 12:00:00Z",
            "2024-05-01T14:00:00+02:00",
            "2024-05-01 14:00:00+02",
            "2024-05-01T10:00:00-0200",
            "2024-05-01 12:00:00 UTC",
            "2024-05-01T12:00Z",
        ] {
            assert_eq!(parse(text.as_bytes(), b'.'), Cell::Time(1_714_564_800.0), "{text}");
        }
        assert_eq!(parse(b"2024-05-01T12:00:00.25Z", b'.'), Cell::Time(1_714_564_800.25));
    }

    #[test]
    fn times_without_a_zone_are_local() {
        let local = |text: &str| text.parse::<DateTime>().unwrap().to_zoned(TimeZone::system()).unwrap().timestamp();
        for text in ["2024-05-01T12:00:00", "2024-05-01 12:00:00", "2024-05-01"] {
            assert_eq!(parse(text.as_bytes(), b'.'), Cell::Time(local(text).as_second() as f64), "{text}");
        }
    }
}
