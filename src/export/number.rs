//! Numbers as text: the shortest that reads back as the same number, to the last bit.
//!
//! Pure functions for any thread.

use serde_json::ser::{CompactFormatter, Formatter};

/// How a format writes what is no finite number.
#[derive(Clone, Copy)]
pub(super) struct Words {
    pub nan: &'static [u8],
    pub infinity: &'static [u8],
    pub minus_infinity: &'static [u8],
}

/// Whole numbers below this are exact and written without an exponent.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Adds `value` to `out`. Whole numbers have no decimal point, minus zero keeps its sign.
#[inline]
pub(super) fn push(out: &mut Vec<u8>, value: f64, words: Words) {
    if !value.is_finite() {
        out.extend_from_slice(match value {
            _ if value.is_nan() => words.nan,
            _ if value > 0.0 => words.infinity,
            _ => words.minus_infinity,
        });
        return;
    }
    let whole = value as i64;
    let is_minus_zero = whole == 0 && value.is_sign_negative();
    let written = if value.abs() < WHOLE_MAX && whole as f64 == value && !is_minus_zero {
        CompactFormatter.write_i64(out, whole)
    } else {
        CompactFormatter.write_f64(out, value).inspect(|()| out.truncate(out.len() - fraction_len(out)))
    };
    // Writing into memory does not fail.
    debug_assert!(written.is_ok(), "a number was not written");
}

/// Length of a `.0` at the end of `text`, which says nothing.
fn fraction_len(text: &[u8]) -> usize {
    if text.ends_with(b".0") { 2 } else { 0 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::float;

    const WORDS: Words = Words { nan: b"nan", infinity: b"inf", minus_infinity: b"-inf" };

    fn text(value: f64) -> String {
        let mut out = b"a,".to_vec();
        push(&mut out, value, WORDS);
        String::from_utf8(out).unwrap().split_off(2)
    }

    #[test]
    fn numbers_are_as_short_as_they_can_be() {
        for (value, expected) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-2.5, "-2.5"),
            (0.1, "0.1"),
            (1e15, "1000000000000000"),
            (1e300, "1e300"),
            (5e-324, "5e-324"),
            (f64::NAN, "nan"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
        ] {
            assert_eq!(text(value).replace("e+", "e"), expected);
        }
    }

    proptest! {
        #[test]
        fn any_number_comes_back_bit_for_bit(bits in any::<u64>(), small in -1000_i64..1000) {
            for value in [f64::from_bits(bits), small as f64, small as f64 / 100.0] {
                let back = float::parse(text(value).as_bytes(), b'.').unwrap();
                prop_assert!(back.to_bits() == value.to_bits() || (back.is_nan() && value.is_nan()), "{value:e} {back:e}");
                let std: f64 = text(value).parse().unwrap();
                prop_assert!(std.to_bits() == value.to_bits() || std.is_nan());
            }
        }
    }
}
