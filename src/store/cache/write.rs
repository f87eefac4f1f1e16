//! From a snapshot to the cache's file. Writes as it goes: needs no memory by the number of samples.

use std::fs::File;
use std::io::{self, BufWriter, Seek, SeekFrom, Write};

use crate::batch::Column;
use crate::store::cache::{CacheKey, FORMAT_VERSION, HEAD_LEN, MAGIC};
use crate::store::chunk::Chunk;
use crate::store::column_x::XColumn;
use crate::store::snapshot::{SeriesSnapshot, Snapshot};
use crate::store::summary::{Scan, Summary};

/// Bits that say how a chunk is stored.
pub(super) const IS_GATHERED: u64 = 1;
/// x is given by formulas.
pub(super) const X_IS_RUNS: u64 = 2;
/// The x values stand in the log.
pub(super) const X_IS_PLACED: u64 = 4;
/// The y values stand in the log.
pub(super) const Y_IS_PLACED: u64 = 8;

/// Bits of a series' description.
pub(super) const X_IS_TIME: u64 = 1;
/// It has a colour.
pub(super) const HAS_COLOR: u64 = 2;

/// Numbers turned into bytes at once.
const PIECE_LEN: usize = 1024;

/// Writes a whole cache into an empty file.
pub(super) fn write(snapshot: &Snapshot, file: File, key: CacheKey) -> io::Result<()> {
    let mut out = Output { file: BufWriter::with_capacity(1 << 20, file), crc: 0, len: 0 };
    out.file.write_all(&[0; HEAD_LEN])?;
    out.word(snapshot.version)?;
    out.word(snapshot.series.len() as u64)?;
    for series in snapshot.series.iter() {
        out.series(series)?;
    }
    let mut head = Vec::with_capacity(HEAD_LEN);
    for word in [MAGIC, FORMAT_VERSION, key.log_bytes, key.log_mark, out.len, u64::from(out.crc)] {
        head.extend_from_slice(&word.to_le_bytes());
    }
    let crc = u64::from(crc32c::crc32c(&head));
    head.extend_from_slice(&crc.to_le_bytes());
    out.file.seek(SeekFrom::Start(0))?;
    out.file.write_all(&head)?;
    out.file.flush()
}

/// The body's end, and what is known of it so far.
struct Output {
    file: BufWriter<File>,
    crc: u32,
    len: u64,
}

impl Output {
    fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.crc = crc32c::crc32c_append(self.crc, bytes);
        self.len += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    fn word(&mut self, word: u64) -> io::Result<()> {
        self.bytes(&word.to_le_bytes())
    }

    fn number(&mut self, number: f64) -> io::Result<()> {
        self.bytes(&number.to_le_bytes())
    }

    fn numbers(&mut self, numbers: &[f64]) -> io::Result<()> {
        let mut bytes = Vec::with_capacity(numbers.len().min(PIECE_LEN) * size_of::<f64>());
        for piece in numbers.chunks(PIECE_LEN) {
            bytes.clear();
            bytes.extend(piece.iter().flat_map(|number| number.to_le_bytes()));
            self.bytes(&bytes)?;
        }
        Ok(())
    }

    /// Length and bytes, then zeros up to the next word.
    fn text(&mut self, text: &str) -> io::Result<()> {
        self.word(text.len() as u64)?;
        self.bytes(text.as_bytes())?;
        let rest = text.len().next_multiple_of(size_of::<u64>()) - text.len();
        self.bytes([0; 8].get(..rest).unwrap_or_default())
    }

    fn series(&mut self, series: &SeriesSnapshot) -> io::Result<()> {
        let info = &series.info;
        self.word(u64::from(info.id.0))?;
        self.word(flag(info.x_is_time, X_IS_TIME) | flag(info.color.is_some(), HAS_COLOR))?;
        self.word(info.color.map_or(0, |c| u64::from_le_bytes([c.r, c.g, c.b, 0, 0, 0, 0, 0])))?;
        self.text(&info.name)?;
        self.text(&info.x_label)?;
        self.scan(series.samples.known())?;
        self.word(series.samples.stamps().len() as u64)?;
        for corner in series.samples.stamps().corners() {
            self.word(corner.end as u64)?;
            self.word(corner.nanos as u64)?;
        }
        self.word(series.samples.chunks().count() as u64)?;
        series.samples.chunks().try_for_each(|chunk| self.chunk(chunk))
    }

    fn scan(&mut self, scan: &Scan) -> io::Result<()> {
        self.summary(&scan.summary)?;
        self.word(scan.nonfinite)?;
        self.number(scan.x_least_positive)?;
        self.number(scan.y_least_positive)?;
        self.word(u64::from(scan.is_ascending))?;
        self.number(scan.first_x)?;
        self.number(scan.last_x)
    }

    fn summary(&mut self, summary: &Summary) -> io::Result<()> {
        let flags = f64::from_bits(flag(summary.has_gap, 1) | flag(summary.has_stray_x, 2));
        self.numbers(&[summary.x_min, summary.x_max, summary.y_min, summary.y_max, flags])
    }

    fn chunk(&mut self, chunk: &Chunk) -> io::Result<()> {
        let x_flags = match chunk.x() {
            XColumn::Runs(_) => X_IS_RUNS,
            XColumn::Explicit(x) => flag(x.place().is_some(), X_IS_PLACED),
        };
        let y = chunk.y_column();
        let y_flags = flag(y.place().is_some(), Y_IS_PLACED);
        self.word(chunk.len() as u64)?;
        self.word(flag(chunk.is_gathered(), IS_GATHERED) | x_flags | y_flags)?;
        chunk.blocks().iter().try_for_each(|block| self.summary(block))?;
        match chunk.x() {
            XColumn::Explicit(x) => self.column(x, x_flags != 0)?,
            XColumn::Runs(runs) => {
                self.word(runs.len() as u64)?;
                for run in runs {
                    self.word(run.first as u64)?;
                    self.number(run.start)?;
                    self.number(run.step)?;
                    self.word(run.offset as u64)?;
                }
            }
        }
        self.column(y, y_flags != 0)
    }

    /// A column, by its place if that was promised. The place may become known meanwhile, but never unknown again.
    fn column(&mut self, column: &Column, is_placed: bool) -> io::Result<()> {
        match column.place() {
            Some(place) if is_placed => self.word(place),
            _ => self.numbers(column),
        }
    }
}

fn flag(is_set: bool, bit: u64) -> u64 {
    if is_set { bit } else { 0 }
}
