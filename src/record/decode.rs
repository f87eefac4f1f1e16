//! Reads the payload of a record. Trusts nothing: what does not fit is refused before anything is made from it.

use std::ops::Range;
use std::sync::Arc;

use prost::Message as _;

use crate::batch::{Batch, Color, Column, Item, SeriesId, Xs};

use super::entry::{Body, Header};
use super::floats::F64_BYTES;
use super::format::{DeclareRecord, EndRecord, GapRecord, HeaderRecord, notice, output, record, samples, stream};
use super::layout::{LayoutRecord, MarkRecord};

/// What a payload says.
pub(super) struct Decoded {
    pub seq: u64,
    pub time_nanos: u64,
    pub body: What,
}

pub(super) enum What {
    Header(Header),
    Body(Body),
    /// Of a later version of the format.
    Unknown,
}

/// Reads `payload`; `column` makes numbers from a part of it. None if it is not what a record should be.
pub(super) fn decode(payload: &[u8], column: impl Fn(Range<usize>) -> Column) -> Option<Decoded> {
    let (mut seq, mut time_nanos, mut body) = (0, 0, What::Unknown);
    for field in Fields::new(payload) {
        let Field { tag, value, range } = field?;
        match (tag, value) {
            (record::SEQ, Value::Number(value)) => seq = value,
            (record::TIME, Value::Number(value)) => time_nanos = value,
            (record::HEADER, Value::Bytes(bytes)) => body = What::Header(HeaderRecord::decode(bytes).ok()?.into()),
            (record::DECLARE, Value::Bytes(bytes)) => {
                body = What::Body(Body::Item(Item::Declare(DeclareRecord::decode(bytes).ok()?.into())));
            }
            (record::APPEND | record::REPLACE, Value::Bytes(bytes)) => {
                let (batch, color) =
                    read_samples(bytes, |part| column(part.start + range.start..part.end + range.start))?;
                let item = if tag == record::APPEND { Item::Append(batch) } else { Item::Replace(batch, color) };
                body = What::Body(Body::Item(item));
            }
            (record::LAYOUT, Value::Bytes(bytes)) => {
                let layout = LayoutRecord::decode(bytes).ok()?;
                body = What::Body(Body::Item(Item::Layout(Arc::new(layout.into_layout()?))));
            }
            (record::MARK, Value::Bytes(bytes)) => {
                body = What::Body(Body::Item(Item::Mark(MarkRecord::decode(bytes).ok()?.number)));
            }
            (record::OUTPUT, Value::Bytes(bytes)) => body = What::Body(Body::Item(read_output(bytes)?)),
            (record::GAP, Value::Bytes(bytes)) => body = What::Body(Body::Gap(GapRecord::decode(bytes).ok()?.into())),
            (record::END, Value::Bytes(bytes)) => {
                body = What::Body(Body::End(EndRecord::decode(bytes).ok()?.into_end()?));
            }
            (record::LINE..=record::FAILED, Value::Bytes(bytes)) => {
                body = What::Body(Body::Notice(notice(tag, bytes)?))
            }
            _ => {}
        }
    }
    Some(Decoded { seq, time_nanos, body })
}

fn read_output(bytes: &[u8]) -> Option<Item> {
    let (mut from, mut data): (_, &[u8]) = (0, &[]);
    for field in Fields::new(bytes) {
        let Field { tag, value, .. } = field?;
        match (tag, value) {
            (output::STREAM, Value::Number(value)) => from = value,
            (output::DATA, Value::Bytes(bytes)) => data = bytes,
            _ => {}
        }
    }
    Some(Item::Output(stream(from)?, data.into()))
}

fn read_samples(bytes: &[u8], column: impl Fn(Range<usize>) -> Column) -> Option<(Batch, Option<Color>)> {
    let (mut series, mut stamp_nanos, mut count, mut color) = (0, 0, 0, None);
    let (mut start, mut step) = (None, None);
    let mut data = 0..0;
    for field in Fields::new(bytes) {
        let Field { tag, value, range } = field?;
        match (tag, value) {
            (samples::SERIES, Value::Number(value)) => series = u32::try_from(value).ok()?,
            (samples::STAMP, Value::Fixed64(value)) => stamp_nanos = i64::from_le_bytes(value),
            (samples::COUNT, Value::Number(value)) => count = usize::try_from(value).ok()?,
            (samples::X_START, Value::Fixed64(value)) => start = Some(f64::from_le_bytes(value)),
            (samples::X_STEP, Value::Fixed64(value)) => step = Some(f64::from_le_bytes(value)),
            (samples::COLOR, Value::Number(value)) => color = Some(Color::from_rgb24(u32::try_from(value).ok()?)),
            (samples::DATA, Value::Bytes(_)) => data = range,
            _ => {}
        }
    }
    let column_bytes = count.checked_mul(F64_BYTES)?;
    let series = SeriesId(series);
    let batch = if let (Some(start), Some(step)) = (start, step) {
        (data.len() == column_bytes).then(|| Batch::steps(series, stamp_nanos, start, step, column(data)))?
    } else {
        let middle = data.start + column_bytes;
        if data.len() != column_bytes.checked_mul(2)? {
            return None;
        }
        let x = Xs::Explicit(column(data.start..middle));
        Batch::new(series, stamp_nanos, x, column(middle..data.end)).ok()?
    };
    Some((batch, color))
}

/// The fields of a message, each with where its bytes stand in it; `None` where the bytes are no message.
struct Fields<'a> {
    bytes: &'a [u8],
    at: usize,
}

struct Field<'a> {
    tag: u32,
    value: Value<'a>,
    /// For bytes: where they stand.
    range: Range<usize>,
}

enum Value<'a> {
    Number(u64),
    Fixed64([u8; 8]),
    Fixed32,
    Bytes(&'a [u8]),
}

impl<'a> Fields<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn field(&mut self) -> Option<Field<'a>> {
        let key = u32::try_from(self.varint()?).ok()?;
        let value = match key & 7 {
            0 => Value::Number(self.varint()?),
            1 => Value::Fixed64(*self.take(8)?.first_chunk()?),
            2 => {
                let len = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(len)?)
            }
            5 => {
                self.take(4)?;
                Value::Fixed32
            }
            _ => return None,
        };
        let len = if let Value::Bytes(bytes) = value { bytes.len() } else { 0 };
        Some(Field { tag: key >> 3, value, range: self.at - len..self.at })
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = *self.take(1)?.first()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let end = self.at.checked_add(len)?;
        let bytes = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(bytes)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Option<Field<'a>>;

    fn next(&mut self) -> Option<Option<Field<'a>>> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let field = self.field();
        if field.is_none() {
            self.at = self.bytes.len();
        }
        Some(field)
    }
}
