//! Puts records into a buffer, framed, so that the numbers of each begin at a multiple of eight bytes in the file.
//!
//! The first record ends four bytes after a multiple of eight, all others are a multiple of eight long, so each payload
//! begins at such a place; a payload's length is padded before its body, and the numbers are the last of the body.
//! Nothing is allocated once the buffers have grown.

use prost::Message as _;

use crate::batch::{Batch, Color, Layout, Notice, SeriesInfo, Stream, Xs};

use super::entry::{Gap, Header, RunEnd};
use super::floats::F64_BYTES;
use super::format::{
    DeclareRecord, EndRecord, GapRecord, HeaderRecord, color_code, output, record, samples, stream_code, with_notice,
};
use super::framing;
use super::layout::{LayoutRecord, MarkRecord};

/// Makes records and gives them their numbers.
pub(super) struct Encoder {
    next_seq: u64,
    body: Vec<u8>,
}

/// What a record is to say.
pub(super) enum Saying<'a> {
    Header(&'a Header),
    Declare(SeriesInfo),
    Layout(&'a Layout),
    Mark(u64),
    Output(Stream, &'a [u8]),
    Notice(Notice),
    Gap(Gap),
    End(RunEnd),
}

/// A record whose numbers are still missing: where its payload begins in the buffer.
pub(super) struct Opened {
    payload_at: usize,
}

const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const BYTES: u32 = 2;

impl Encoder {
    pub fn new() -> Self {
        Self { next_seq: 0, body: Vec::new() }
    }

    /// The number that the next record gets.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Gives the number of the last record back, because it could not be written.
    pub fn take_back(&mut self) {
        self.next_seq = self.next_seq.saturating_sub(1);
    }

    /// Puts a whole record behind what is in `out`.
    pub fn say(&mut self, out: &mut Vec<u8>, time_nanos: u64, saying: Saying<'_>) {
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        let tag = match saying {
            Saying::Header(header) => {
                HeaderRecord::from(header).encode_raw(&mut body);
                record::HEADER
            }
            Saying::Declare(info) => {
                DeclareRecord::from(info).encode_raw(&mut body);
                record::DECLARE
            }
            Saying::Layout(layout) => {
                LayoutRecord::from(layout).encode_raw(&mut body);
                record::LAYOUT
            }
            Saying::Mark(number) => {
                MarkRecord { number }.encode_raw(&mut body);
                record::MARK
            }
            Saying::Output(stream, bytes) => {
                put_varint_field(&mut body, output::STREAM, u64::from(stream_code(stream)));
                put_key(&mut body, output::DATA, BYTES);
                put_varint(&mut body, bytes.len() as u64);
                body.extend_from_slice(bytes);
                record::OUTPUT
            }
            Saying::Notice(notice) => with_notice(notice, |tag, message| {
                message.put(&mut body);
                tag
            }),
            Saying::Gap(gap) => {
                GapRecord::from(gap).encode_raw(&mut body);
                record::GAP
            }
            Saying::End(end) => {
                EndRecord::from(end).encode_raw(&mut body);
                record::END
            }
        };
        let opened = self.open(out, time_nanos, tag, &body, 0);
        self.body = body;
        close(out, &opened);
    }

    /// Begins a record with the samples of `batch`; the numbers and [`close`] are still to come.
    pub fn samples(
        &mut self,
        out: &mut Vec<u8>,
        time_nanos: u64,
        batch: &Batch,
        replaces: Option<Option<Color>>,
    ) -> Opened {
        let mut body = std::mem::take(&mut self.body);
        body.clear();
        put_varint_field(&mut body, samples::SERIES, u64::from(batch.series.0));
        put_fixed_field(&mut body, samples::STAMP, batch.stamp_nanos.to_le_bytes());
        put_varint_field(&mut body, samples::COUNT, batch.len() as u64);
        if let Xs::Steps { start, step } = batch.x() {
            put_fixed_field(&mut body, samples::X_START, start.to_le_bytes());
            put_fixed_field(&mut body, samples::X_STEP, step.to_le_bytes());
        }
        if let Some(Some(color)) = replaces {
            put_varint_field(&mut body, samples::COLOR, u64::from(color_code(color)));
        }
        let data_bytes = data_bytes(batch);
        put_key(&mut body, samples::DATA, BYTES);
        put_varint(&mut body, data_bytes as u64);
        let tag = if replaces.is_some() { record::REPLACE } else { record::APPEND };
        let opened = self.open(out, time_nanos, tag, &body, data_bytes);
        self.body = body;
        opened
    }

    fn open(&mut self, out: &mut Vec<u8>, time_nanos: u64, tag: u32, body: &[u8], data_bytes: usize) -> Opened {
        let seq = self.next_seq;
        self.next_seq += 1;
        let body_bytes = body.len() + data_bytes;
        let fields = 2 + varint_len(seq) + varint_len(time_nanos) + varint_len(u64::from(tag << 3));
        let unpadded = fields + varint_len(body_bytes as u64) + body_bytes;
        // The first record shifts all others, so that payloads and not records begin at a multiple of eight.
        let wanted = if tag == record::HEADER { framing::FOOT_BYTES } else { 0 };
        let pad = match (wanted + F64_BYTES - unpadded % F64_BYTES) % F64_BYTES {
            // A field is two bytes at least.
            1 => 1 + F64_BYTES,
            pad => pad,
        };
        out.extend_from_slice(&framing::head(unpadded + pad));
        let payload_at = out.len();
        put_varint_field(out, record::SEQ, seq);
        put_varint_field(out, record::TIME, time_nanos);
        if let Some(zeros) = pad.checked_sub(2) {
            put_key(out, record::PAD, BYTES);
            put_varint(out, zeros as u64);
            out.resize(out.len() + zeros, 0);
        }
        put_key(out, tag, BYTES);
        put_varint(out, body_bytes as u64);
        out.extend_from_slice(body);
        Opened { payload_at }
    }
}

/// Bytes of a batch's numbers in a log.
pub(super) fn data_bytes(batch: &Batch) -> usize {
    let columns = if matches!(batch.x(), Xs::Explicit(_)) { 2 } else { 1 };
    batch.len() * F64_BYTES * columns
}

/// Ends a record whose payload is wholly in the buffer.
pub(super) fn close(out: &mut Vec<u8>, opened: &Opened) {
    let crc = opened.crc(out);
    out.extend_from_slice(&framing::foot(crc));
}

impl Opened {
    /// The checksum of what is in the buffer of its payload.
    pub fn crc(&self, out: &[u8]) -> u32 {
        crc32c::crc32c(out.get(self.payload_at..).unwrap_or_default())
    }
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Bytes of a variable-length number: seven bits in each.
fn varint_len(value: u64) -> usize {
    (70 - (value | 1).leading_zeros() as usize) / 7
}

fn put_key(out: &mut Vec<u8>, tag: u32, wire: u32) {
    put_varint(out, u64::from(tag << 3 | wire));
}

fn put_varint_field(out: &mut Vec<u8>, tag: u32, value: u64) {
    put_key(out, tag, VARINT);
    put_varint(out, value);
}

fn put_fixed_field(out: &mut Vec<u8>, tag: u32, value: [u8; 8]) {
    put_key(out, tag, FIXED64);
    out.extend_from_slice(&value);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::SeriesId;

    #[test]
    fn variable_lengths_are_foreseen() {
        for shift in 0..64 {
            for value in [1_u64 << shift, (1 << shift) - 1, u64::MAX >> shift] {
                let mut out = Vec::new();
                put_varint(&mut out, value);
                assert_eq!(out.len(), varint_len(value), "{value}");
            }
        }
    }

    #[test]
    fn one_sample_costs_little() {
        let mut encoder = Encoder { next_seq: 4_000_000_000, body: Vec::new() };
        let batch = Batch::point(SeriesId(100), i64::MAX, 1.0, 2.0);
        let mut out = Vec::new();
        let day_nanos = 86_400_000_000_000;
        let opened = encoder.samples(&mut out, day_nanos, &batch, None);
        out.resize(out.len() + 16, 0);
        close(&mut out, &opened);
        assert!(out.len() - 16 <= 64, "{} bytes", out.len() - 16);
        assert_eq!(out.len() % 8, 0);
    }
}
