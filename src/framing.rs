//! `TFRecord` framing: a length, its checksum, a payload, its checksum. Reads a log or a `TensorBoard` file in memory.
//!
//! ```text
//! u64 length | u32 masked CRC-32C of the length | payload | u32 masked CRC-32C of the payload     (little endian)
//! ```
//!
//! The format is that of `TensorFlow` (`tensorflow/core/lib/io/record_writer.h`). Recorded runs are written in it and event
//! files are read in it, which is why it stands before both. Runs on the caller's thread; knows nothing of what the payloads
//! mean.

use std::ops::Range;

/// Bytes before a payload.
pub const HEAD_BYTES: usize = 12;

/// Bytes after a payload.
pub const FOOT_BYTES: usize = 4;

/// How many bytes of payload a search for the next record may check, as a multiple of the bytes in the file: a file made to
/// deceive, with a right length at every place, would else be checked over and over.
const SEARCH_EFFORT: usize = 4;

/// A CRC-32C in the form in which it stands in a file, so that the checksum of checksums is no trivial number.
#[must_use]
pub fn mask(crc: u32) -> u32 {
    crc.rotate_right(15).wrapping_add(0xa282_ead8)
}

/// The bytes before a payload of `len` bytes.
#[must_use]
pub fn head(len: usize) -> [u8; HEAD_BYTES] {
    let len = (len as u64).to_le_bytes();
    let crc = mask(crc32c::crc32c(&len)).to_le_bytes();
    let mut head = [0; HEAD_BYTES];
    let (first, last) = head.split_at_mut(len.len());
    first.copy_from_slice(&len);
    last.copy_from_slice(&crc);
    head
}

/// The bytes after a payload whose CRC-32C is `crc`.
#[must_use]
pub fn foot(crc: u32) -> [u8; FOOT_BYTES] {
    mask(crc).to_le_bytes()
}

/// The length of a payload by the bytes before it; none if their checksum is wrong.
#[must_use]
pub fn length(head: &[u8; HEAD_BYTES]) -> Option<u64> {
    let (len, crc) = head.split_first_chunk::<8>()?;
    (crc == mask(crc32c::crc32c(len)).to_le_bytes()).then(|| u64::from_le_bytes(*len))
}

/// The payload of `record`, which is a payload and the bytes after it; none if the checksum is wrong.
#[must_use]
pub fn payload(record: &[u8]) -> Option<&[u8]> {
    let (payload, foot) = record.split_last_chunk::<FOOT_BYTES>()?;
    (u32::from_le_bytes(*foot) == mask(crc32c::crc32c(payload))).then_some(payload)
}

/// What stands next in the bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// A whole record whose checksums are right.
    Record {
        /// Where its length stands.
        offset: usize,
        /// What it holds; it begins [`HEAD_BYTES`] behind `offset`.
        payload: &'a [u8],
    },
    /// Bytes that are no record, with more behind them or with a checksum that is wrong.
    Damaged(Range<usize>),
    /// The last bytes: the beginning of a record that ends behind them, or zeros that were never written. This is how a
    /// file ends whose writer was killed, or is still at work.
    Cut(Range<usize>),
}

/// Walks through the records of `bytes`. Never reads beyond them, and allocates nothing.
#[derive(Clone, Debug)]
pub struct Frames<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Frames<'a> {
    /// Begins at `offset`, where a record should stand.
    #[must_use]
    pub fn new(bytes: &'a [u8], offset: usize) -> Self {
        Self { bytes, at: offset.min(bytes.len()) }
    }

    /// Where the next frame begins.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Frames<'a> {
    type Item = Frame<'a>;

    fn next(&mut self) -> Option<Frame<'a>> {
        let (offset, end) = (self.at, self.bytes.len());
        if offset >= end {
            return None;
        }
        let range = match look(self.bytes, offset) {
            Look::Whole(payload) => {
                self.at = offset + HEAD_BYTES + payload.len() + FOOT_BYTES;
                return Some(Frame::Record { offset, payload });
            }
            // Its length can be trusted, so the next record is known to stand behind it.
            Look::WrongPayload { next } => offset..next,
            Look::TooLong | Look::TooShort => match search(self.bytes, offset + 1) {
                Some(next) => offset..next,
                None => {
                    self.at = end;
                    return Some(Frame::Cut(offset..end));
                }
            },
            Look::WrongHead => offset..search(self.bytes, offset + 1).unwrap_or(end),
        };
        self.at = range.end;
        let is_unwritten =
            range.end == end && self.bytes.get(range.clone()).is_some_and(|rest| rest.iter().all(|b| *b == 0));
        Some(if is_unwritten { Frame::Cut(range) } else { Frame::Damaged(range) })
    }
}

enum Look<'a> {
    Whole(&'a [u8]),
    WrongPayload {
        next: usize,
    },
    /// A right length that goes beyond the file.
    TooLong,
    /// Not even a length fits.
    TooShort,
    WrongHead,
}

fn look(bytes: &[u8], offset: usize) -> Look<'_> {
    let Some(rest) = bytes.get(offset..) else { return Look::TooShort };
    let Some((len, rest)) = rest.split_first_chunk::<8>() else { return Look::TooShort };
    let Some((crc, rest)) = rest.split_first_chunk::<4>() else { return Look::TooShort };
    if u32::from_le_bytes(*crc) != mask(crc32c::crc32c(len)) {
        return Look::WrongHead;
    }
    let Ok(len) = usize::try_from(u64::from_le_bytes(*len)) else { return Look::TooLong };
    let Some((payload, rest)) = rest.split_at_checked(len) else { return Look::TooLong };
    let Some(crc) = rest.first_chunk::<4>() else { return Look::TooLong };
    if u32::from_le_bytes(*crc) == mask(crc32c::crc32c(payload)) {
        Look::Whole(payload)
    } else {
        Look::WrongPayload { next: offset + HEAD_BYTES + len + FOOT_BYTES }
    }
}

/// The first place from `from` on where a whole record stands. The length is looked at before its checksum, because
/// nearly all places are ruled out by it at once.
fn search(bytes: &[u8], from: usize) -> Option<usize> {
    let mut effort = bytes.len().saturating_mul(SEARCH_EFFORT);
    let rest = bytes.get(from..)?;
    for (index, window) in rest.windows(HEAD_BYTES).enumerate() {
        let left = rest.len() - index;
        let Some((len, crc)) = window.split_first_chunk::<8>() else { break };
        let fits = usize::try_from(u64::from_le_bytes(*len))
            .ok()
            .filter(|len| len.checked_add(HEAD_BYTES + FOOT_BYTES).is_some_and(|whole| whole <= left));
        let Some(len_bytes) = fits else { continue };
        if crc != mask(crc32c::crc32c(len)).to_le_bytes() {
            continue;
        }
        effort = effort.checked_sub(len_bytes)?;
        if let Look::Whole(_) = look(bytes, from + index) {
            return Some(from + index);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framed(payloads: &[&[u8]]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for payload in payloads {
            bytes.extend(head(payload.len()));
            bytes.extend(*payload);
            bytes.extend(foot(crc32c::crc32c(payload)));
        }
        bytes
    }

    #[test]
    fn the_bytes_are_those_of_tensorflow() {
        // The first record of every TensorBoard file of version 2 begins with these lengths; the sums are its own.
        assert_eq!(mask(crc32c::crc32c(b"123456789")), 0xe306_9283_u32.rotate_right(15).wrapping_add(0xa282_ead8));
        assert_eq!(head(24)[..8], [24, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(head(24)[8..], [0xa3, 0x7f, 0x4b, 0x22]);
    }

    #[test]
    fn log_cut_is_told_from_damage() {
        let bytes = framed(&[b"one", b"two", b""]);
        let wholes: Vec<_> = Frames::new(&bytes, 0).collect();
        assert_eq!(wholes.len(), 3);
        assert_eq!(wholes[1], Frame::Record { offset: 19, payload: b"two" });
        for cut in 0..bytes.len() {
            let frames: Vec<_> = Frames::new(&bytes[..cut], 0).collect();
            let whole = [19, 38, 54].iter().filter(|end| **end <= cut).count();
            assert_eq!(frames[..whole], wholes[..whole]);
            let start = [0, 19, 38][whole];
            let rest: &[Frame] = if start == cut { &[] } else { &[Frame::Cut(start..cut)] };
            assert_eq!(&frames[whole..], rest, "cut at {cut}");
        }
    }

    #[test]
    fn log_flip_loses_the_record_it_hits() {
        let bytes = framed(&[b"one", b"two", b"three"]);
        let wholes: Vec<_> = Frames::new(&bytes, 0).collect();
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let hit = [19, 38, 59].iter().position(|end| bit / 8 < *end).unwrap();
            let frames: Vec<_> = Frames::new(&bytes, 0).collect();
            assert_eq!(frames.len(), 3, "bit {bit}");
            for (index, frame) in frames.iter().enumerate() {
                match frame {
                    Frame::Damaged(range) => {
                        assert_eq!((index, range.clone()), (hit, [0..19, 19..38, 38..59][hit].clone()), "bit {bit}");
                    }
                    frame => assert_eq!(frame, &wholes[index], "bit {bit}"),
                }
            }
        }
    }

    #[test]
    fn a_length_beyond_the_file_is_refused() {
        let mut bytes = head(usize::MAX).to_vec();
        bytes.extend([1; 20]);
        assert_eq!(Frames::new(&bytes, 0).collect::<Vec<_>>(), [Frame::Cut(0..32)]);
        bytes.extend(framed(&[b"after"]));
        let frames: Vec<_> = Frames::new(&bytes, 0).collect();
        assert_eq!(frames, [Frame::Damaged(0..32), Frame::Record { offset: 32, payload: b"after" }]);
    }

    #[test]
    fn zeros_at_the_end_were_never_written() {
        let mut bytes = framed(&[b"one"]);
        bytes.extend([0; 64]);
        assert_eq!(Frames::new(&bytes, 0).last(), Some(Frame::Cut(19..83)));
        bytes.extend(framed(&[b"two"]));
        let frames: Vec<_> = Frames::new(&bytes, 0).skip(1).collect();
        assert_eq!(frames, [Frame::Damaged(19..83), Frame::Record { offset: 83, payload: b"two" }]);
    }

    #[test]
    fn a_file_made_to_deceive_takes_no_time() {
        // A right length at each twelfth byte, each with a payload to nearly the end of the file.
        let count = 40_000;
        let mut bytes = vec![7];
        for index in 0..count {
            bytes.extend(head((count - 1 - index) * HEAD_BYTES));
        }
        bytes.extend([9; 4]);
        let start = std::time::Instant::now();
        assert_eq!(Frames::new(&bytes, 0).count(), 1);
        assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
    }
}
