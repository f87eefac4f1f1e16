//! Decimal text to `f64`, correctly rounded, fast for the numbers that files and programs hold.
//!
//! Pure functions for any thread.

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Greatest whole number up to which a double holds all.
const EXACT_MAX: u64 = 1 << 53;

/// The value of `text` if it is a decimal number and nothing else; `decimal` is the decimal sign, `.` or `,`.
///
/// Takes an optional sign, digits with at most one decimal sign, an optional exponent, and the words `nan`, `inf` and
/// `infinity` in any case.
#[must_use]
pub fn parse(text: &[u8], decimal: u8) -> Option<f64> {
    match parse_short(text, decimal) {
        Some(value) => Some(value),
        None => parse_any(text, decimal),
    }
}

/// The common case: at most 19 digits without an exponent. Clinger's fast path (How to read floating point numbers
/// accurately, 1990): a whole number and a power of ten that are both exact give a correctly rounded quotient.
#[inline]
fn parse_short(text: &[u8], decimal: u8) -> Option<f64> {
    let (is_negative, digits) = match text {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, text),
    };
    if digits.len() > 20 {
        return None;
    }
    let mut mantissa: u64 = 0;
    let mut digit_count = 0_usize;
    let mut fraction_start = None;
    for &byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            mantissa = mantissa.wrapping_mul(10).wrapping_add(u64::from(digit));
            digit_count += 1;
        } else if byte == decimal && fraction_start.is_none() {
            fraction_start = Some(digit_count);
        } else {
            return None;
        }
    }
    if digit_count == 0 || digit_count > 19 || mantissa > EXACT_MAX {
        return None;
    }
    let scale = POWERS.get(digit_count - fraction_start.unwrap_or(digit_count))?;
    let value = mantissa as f64 / scale;
    Some(if is_negative { -value } else { value })
}

/// Everything else, by the standard library.
#[cold]
fn parse_any(text: &[u8], decimal: u8) -> Option<f64> {
    let text = std::str::from_utf8(text).ok()?;
    if decimal == b'.' {
        return text.parse().ok();
    }
    if text.contains('.') {
        return None;
    }
    text.replacen(char::from(decimal), ".", 1).parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_numbers_and_nothing_else() {
        for text in ["0", "-0", "1.", ".5", "+3", "1e5", "1E-300", "123456789012345678901234567890", "9007199254740993"]
        {
            assert_eq!(parse(text.as_bytes(), b'.'), text.parse().ok(), "{text}");
        }
        for text in ["", "-", ".", "1.2.3", "1,5", "0x10", "1_000", " 1", "1 ", "e5", "--1", "+-1", "1e"] {
            assert_eq!(parse(text.as_bytes(), b'.'), None, "{text}");
        }
        assert_eq!(parse(b"1,5", b','), Some(1.5));
        assert_eq!(parse(b"-1,5e3", b','), Some(-1500.0));
        assert_eq!(parse(b"1.5", b','), None);
        assert_eq!(parse(b"1.500,25", b','), None);
        assert_eq!(parse(b"1,2,3", b','), None);
        assert!(parse(b"NaN", b'.').is_some_and(f64::is_nan));
        assert_eq!(parse(b"-inf", b','), Some(f64::NEG_INFINITY));
        assert!(parse(b"-0", b'.').is_some_and(|v| v == 0.0 && v.is_sign_negative()));
    }

    proptest! {
        #[test]
        fn is_the_standard_librarys_value(text in "[-+]?[0-9]{0,21}\\.?[0-9]{0,21}(e[-+]?[0-9]{1,3})?") {
            let ours = parse(text.as_bytes(), b'.').map(f64::to_bits);
            prop_assert_eq!(ours, text.parse::<f64>().ok().map(f64::to_bits));
        }

        #[test]
        fn shortest_text_of_a_double_comes_back(value in any::<f64>()) {
            if !value.is_nan() {
                prop_assert_eq!(parse(value.to_string().as_bytes(), b'.').map(f64::to_bits), Some(value.to_bits()));
            }
        }
    }
}
