//! W&B's offline files, `run-<id>.wandb`: a log of leveldb's form whose records are protobuf.
//!
//! ```text
//! ":W&B" 0xE1 0xBE 0x00, then blocks of 32 KiB, the first of which holds these seven bytes:
//! u32 CRC-32 of type and data | u16 length | u8 type (1 whole, 2 first, 3 middle, 4 last) | data       (little endian)
//! ```
//!
//! The framing is that of leveldb's `doc/log_format.md` with the checksum of zlib, the messages are those of
//! `wandb/proto/wandb_internal.proto`. The format is W&B's own and not promised; this was tried with files of wandb 0.31.
//! Worker's thread.

use prost::Message;

use super::carry::Carry;
use super::reader::{Fed, Reader};
use super::sheet::{RowX, Sheet};
use crate::batch::Level;
use crate::source::float;
use crate::source::json::{self, Leaf};
use crate::source::terminal::plain_text;

/// The first bytes of a file.
pub(super) const MAGIC: &[u8] = b":W&B\xe1\xbe\x00";

/// Bytes of a block.
const BLOCK_BYTES: u64 = 32 * 1024;

/// Bytes before the data of a piece.
const HEAD_BYTES: usize = 7;

/// Longest record that is read, in bytes; longer ones hold no numbers.
const RECORD_BYTES_MAX: usize = 16 << 20;

#[derive(Clone, PartialEq, Message)]
struct Record {
    #[prost(message, optional, tag = "2")]
    history: Option<History>,
    #[prost(message, optional, tag = "13")]
    output_raw: Option<Output>,
}

#[derive(Clone, PartialEq, Message)]
struct History {
    #[prost(message, repeated, tag = "1")]
    item: Vec<HistoryItem>,
    #[prost(message, optional, tag = "2")]
    step: Option<Step>,
}

#[derive(Clone, PartialEq, Message)]
struct HistoryItem {
    #[prost(bytes = "vec", tag = "1")]
    key: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    nested_key: Vec<Vec<u8>>,
    #[prost(bytes = "vec", tag = "16")]
    value_json: Vec<u8>,
}

#[derive(Clone, PartialEq, Message)]
struct Step {
    #[prost(int64, tag = "1")]
    num: i64,
}

#[derive(Clone, PartialEq, Message)]
struct Output {
    #[prost(bytes = "vec", tag = "3")]
    line: Vec<u8>,
}

/// Reads an offline file.
#[derive(Default)]
pub(super) struct WandbReader {
    carry: Carry,
    /// Where `carry` begins in the file.
    at: u64,
    /// The pieces of a record so far; none if its beginning was lost or it is too long.
    record: Option<Vec<u8>>,
    is_over: bool,
}

impl Reader for WandbReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        if self.is_over {
            return Fed::Over;
        }
        let mut carry = std::mem::take(&mut self.carry);
        let fed = carry.feed(bytes, |bytes| self.pieces(bytes, sheet));
        self.carry = carry;
        fed
    }

    fn end(&mut self, _: &mut Sheet) {}

    fn restart(&mut self) {
        *self = Self::default();
    }
}

impl WandbReader {
    /// Reads the pieces at the start of `bytes`, and gives how many bytes they took.
    fn pieces(&mut self, bytes: &[u8], sheet: &mut Sheet) -> (usize, Fed) {
        let start = self.at;
        let mut rest = bytes;
        loop {
            self.at = start + (bytes.len() - rest.len()) as u64;
            if self.at == 0 {
                let Some((magic, behind)) = rest.split_at_checked(MAGIC.len()) else { break };
                if magic != MAGIC {
                    self.is_over = true;
                    sheet.tell(Level::Warning, "the file is none of W&B's, or of a version that is not known");
                    return (bytes.len(), Fed::Over);
                }
                rest = behind;
                continue;
            }
            let left = BLOCK_BYTES - self.at % BLOCK_BYTES;
            if left < HEAD_BYTES as u64 {
                let Some(behind) = rest.get(left as usize..) else { break };
                rest = behind;
                continue;
            }
            let Some(([c0, c1, c2, c3, l0, l1, kind], behind)) = rest.split_first_chunk::<HEAD_BYTES>() else { break };
            let (crc, length) = (u32::from_le_bytes([*c0, *c1, *c2, *c3]), u16::from_le_bytes([*l0, *l1]));
            if (crc, length, *kind) == (0, 0, 0) {
                // Never written; the writer may still fill it.
                return (bytes.len(), Fed::Back(rest.len() as u64));
            }
            if u64::from(length) + HEAD_BYTES as u64 > left {
                match self.skip_block(rest, left, sheet) {
                    Some(behind) => rest = behind,
                    None => break,
                }
                continue;
            }
            let Some((data, behind)) = behind.split_at_checked(usize::from(length)) else { break };
            let mut hasher = crc32fast::Hasher::new();
            hasher.update(&[*kind]);
            hasher.update(data);
            if hasher.finalize() != crc {
                // As leveldb does: a length that may be wrong leads nowhere, the next block is sure.
                match self.skip_block(rest, left, sheet) {
                    Some(behind) => rest = behind,
                    None => break,
                }
                continue;
            }
            self.piece(*kind, data, sheet);
            rest = behind;
        }
        (bytes.len() - rest.len(), Fed::Taken)
    }

    /// What stands behind the present block, if it is here already.
    fn skip_block<'a>(&mut self, rest: &'a [u8], left: u64, sheet: &mut Sheet) -> Option<&'a [u8]> {
        let behind = rest.get(left as usize..)?;
        self.record = None;
        sheet.fault("a damaged block was passed over");
        Some(behind)
    }

    fn piece(&mut self, kind: u8, data: &[u8], sheet: &mut Sheet) {
        match kind {
            1 => read(data, sheet),
            2 => self.record = Some(data.to_vec()),
            3 | 4 => {
                let Some(mut record) = self.record.take() else { return };
                if record.len() + data.len() > RECORD_BYTES_MAX {
                    return;
                }
                record.extend_from_slice(data);
                if kind == 4 { read(&record, sheet) } else { self.record = Some(record) }
            }
            _ => {}
        }
    }
}

fn read(bytes: &[u8], sheet: &mut Sheet) {
    let Ok(record) = Record::decode(bytes) else { return sheet.fault("a record that cannot be read was passed over") };
    if let Some(output) = record.output_raw {
        let text = String::from_utf8_lossy(&output.line);
        let text = plain_text(text.trim_end());
        if !text.is_empty() {
            sheet.text(&text);
        }
    }
    let Some(history) = record.history else { return };
    let mut values: Vec<(String, f64)> = Vec::new();
    for item in &history.item {
        let keys = if item.nested_key.is_empty() { std::slice::from_ref(&item.key) } else { &item.nested_key };
        let keys: Vec<_> = keys.iter().map(|key| String::from_utf8_lossy(key)).collect();
        let (name, json) = (keys.join("/"), String::from_utf8_lossy(&item.value_json));
        if let Some(value) = float::parse(json.trim().trim_matches('"').as_bytes(), b'.') {
            values.push((name, value));
        } else {
            json::read_object(&json, &mut |path, leaf| {
                if let Leaf::Number(value) = leaf {
                    values.push((format!("{name}/{path}"), value));
                }
            });
        }
    }
    let step = history.step.map(|step| step.num as f64);
    let step = values.iter().find(|(name, _)| name == "_step").map(|(_, step)| *step).or(step);
    let cells: Vec<(usize, f64)> = values
        .iter()
        // Those are W&B's own: step, run time and time.
        .filter(|(name, _)| !name.starts_with('_'))
        .filter_map(|(name, value)| Some((sheet.series(name, "step", false)?, *value)))
        .collect();
    sheet.row(step.map_or(RowX::Count, RowX::At), &cells);
}
