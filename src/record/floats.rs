//! Numbers as the bytes of a file and back: little-endian f64, without a copy where the machine allows it.

use std::borrow::Cow;

/// Bytes of a number.
pub(super) const F64_BYTES: usize = size_of::<f64>();

/// The numbers as they stand in a file.
pub(super) fn as_bytes(values: &[f64]) -> Cow<'_, [u8]> {
    if cfg!(target_endian = "little") {
        // SAFETY: any f64 is eight bytes without padding, and a byte needs no alignment; the lifetime stays the same.
        Cow::Borrowed(unsafe { std::slice::from_raw_parts(values.as_ptr().cast(), size_of_val(values)) })
    } else {
        Cow::Owned(values.iter().flat_map(|value| value.to_le_bytes()).collect())
    }
}

/// The bytes of a file as numbers, if they can be read in place: aligned, whole, and in the byte order of this machine.
pub(super) fn in_place(bytes: &[u8]) -> Option<&[f64]> {
    if cfg!(target_endian = "big") {
        return None;
    }
    // SAFETY: every pattern of eight bytes is an f64; `align_to` sees to the alignment.
    let (before, values, after) = unsafe { bytes.align_to::<f64>() };
    (before.is_empty() && after.is_empty()).then_some(values)
}

/// The bytes of a file as numbers of their own; a rest of less than eight bytes is left out.
pub(super) fn copied(bytes: &[u8]) -> Vec<f64> {
    match in_place(bytes) {
        Some(values) => values.to_vec(),
        None => bytes.as_chunks::<F64_BYTES>().0.iter().map(|bytes| f64::from_le_bytes(*bytes)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_come_back_from_any_place() {
        let values = [1.5, -0.0, f64::INFINITY, 5e-324, f64::from_bits(0x7ff8_0000_dead_beef)];
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        let mut bytes = vec![0; 8];
        for shift in 0..8 {
            bytes.truncate(shift);
            bytes.resize(shift, 0);
            bytes.extend_from_slice(&as_bytes(&values));
            assert_eq!(bits(&copied(&bytes[shift..])), bits(&values));
        }
        assert_eq!(bytes[7..15], 1.5_f64.to_le_bytes());
        assert_eq!(bits(in_place(&as_bytes(&values)).unwrap()), bits(&values));
    }
}
