//! From the cache's file to a store, with everything checked on the way.
//!
//! The checksum finds damage; the checks of lengths and orders keep a file that was made by somebody else from doing
//! more than showing a wrong curve.

use std::fs::File;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use memmap2::Mmap;
use rayon::prelude::*;

use crate::batch::{Color, Column, SeriesId, SeriesInfo, Values};
use crate::store::cache::write::{HAS_COLOR, IS_GATHERED, X_IS_PLACED, X_IS_RUNS, X_IS_TIME, Y_IS_PLACED};
use crate::store::cache::{CacheKey, ColumnPlace, FORMAT_VERSION, HEAD_LEN, MAGIC};
use crate::store::chunk::Chunk;
use crate::store::column_x::{Run, XColumn};
use crate::store::pyramid::BLOCK_LEN;
use crate::store::series::Series;
use crate::store::stamps::{Corner, Stamps};
use crate::store::store::Store;
use crate::store::summary::{Scan, Summary};

/// Why there is no store.
pub(super) enum Fault {
    Io(io::Error),
    Damaged(&'static str),
}

/// The end of the file came too soon, or something in it cannot be.
const NOT_WHOLE: Fault = Fault::Damaged("its parts do not fit together");

/// Bytes of a summary: four numbers and a word of flags.
const SUMMARY_LEN: usize = 40;

/// Bytes that one task checks at a time.
const CRC_PIECE_LEN: usize = 4 << 20;

type Find<'f> = &'f dyn Fn(ColumnPlace) -> Option<Column>;

/// Reads a whole cache.
pub(super) fn read(file: &File, key: CacheKey, column_at: Find<'_>) -> Result<Option<Store>, Fault> {
    if file.metadata().map_err(Fault::Io)?.len() < HEAD_LEN as u64 {
        return Err(Fault::Damaged("it is cut"));
    }
    // SAFETY: the file is written under another name and never changed under this one. Should somebody cut it while it is
    // mapped, the system ends the program at worst; the same holds for the log, which lies in the same directory.
    let map = Arc::new(unsafe { Mmap::map(file) }.map_err(Fault::Io)?);
    let mut head = Input { map: &map, range: 0..HEAD_LEN.min(map.len()) };
    let found: [u64; 7] = head.words().ok_or(Fault::Damaged("it is cut"))?;
    let [magic, version, log_bytes, log_mark, body_len, body_crc, head_crc] = found;
    if magic != MAGIC {
        return Err(Fault::Damaged("it is something else"));
    }
    if u64::from(crc32c::crc32c(map.get(..HEAD_LEN - 16).unwrap_or_default())) != head_crc {
        return Err(Fault::Damaged("its head is not as it was written"));
    }
    // The numbers in the file are used as they lie there.
    if version != FORMAT_VERSION || (CacheKey { log_bytes, log_mark }) != key || cfg!(target_endian = "big") {
        return Ok(None);
    }
    let body = map.get(HEAD_LEN..).filter(|body| body.len() as u64 == body_len).ok_or(Fault::Damaged("it is cut"))?;
    if u64::from(crc(body)) != body_crc {
        return Err(Fault::Damaged("it is not as it was written"));
    }
    let mut input = Input { map: &map, range: HEAD_LEN..map.len() };
    let [version, count] = input.words().ok_or(NOT_WHOLE)?;
    let mut store = Store::at_version(version);
    for _ in 0..count {
        let Some((info, samples)) = input.series(column_at)? else { return Ok(None) };
        if !store.insert(info, samples) {
            return Err(NOT_WHOLE);
        }
    }
    if input.range.is_empty() { Ok(Some(store)) } else { Err(NOT_WHOLE) }
}

/// CRC-32C of a large piece of memory, on all cores.
fn crc(bytes: &[u8]) -> u32 {
    let pieces: Vec<(u32, usize)> =
        bytes.par_chunks(CRC_PIECE_LEN).map(|piece| (crc32c::crc32c(piece), piece.len())).collect();
    pieces.into_iter().fold(0, |all, (crc, len)| crc32c::crc32c_combine(all, crc, len))
}

/// Numbers in the mapped file.
struct InCache {
    map: Arc<Mmap>,
    /// In bytes; a whole number of words that begins at one.
    range: Range<usize>,
}

impl Values for InCache {
    fn values(&self) -> &[f64] {
        let bytes = self.map.get(self.range.clone()).unwrap_or_default();
        // SAFETY: any eight bytes are a number. The map begins at a page and the range at a word, so nothing is left over
        // in front or behind.
        unsafe { bytes.align_to::<f64>() }.1
    }
}

/// What of the file is still to be read.
struct Input<'m> {
    map: &'m Arc<Mmap>,
    range: Range<usize>,
}

impl<'m> Input<'m> {
    /// The place of the next `len` bytes.
    fn skip(&mut self, len: usize) -> Option<Range<usize>> {
        let taken = self.range.start..self.range.start.checked_add(len).filter(|end| *end <= self.range.end)?;
        self.range.start = taken.end;
        Some(taken)
    }

    fn bytes(&mut self, len: usize) -> Option<&'m [u8]> {
        let range = self.skip(len)?;
        self.map.get(range)
    }

    fn words<const N: usize>(&mut self) -> Option<[u64; N]> {
        let (words, _) = self.bytes(N * 8)?.as_chunks::<8>();
        let mut out = [0; N];
        out.iter_mut().zip(words).for_each(|(out, word)| *out = u64::from_le_bytes(*word));
        Some(out)
    }

    fn word(&mut self) -> Option<u64> {
        self.words().map(|[word]| word)
    }

    fn len(&mut self) -> Option<usize> {
        usize::try_from(self.word()?).ok()
    }

    fn text(&mut self) -> Option<String> {
        let len = self.len()?;
        let bytes = self.bytes(len.checked_next_multiple_of(8)?)?;
        String::from_utf8(bytes.get(..len)?.to_vec()).ok()
    }

    /// A series; `Ok(None)` if its numbers are not found in the log.
    fn series(&mut self, column_at: Find<'_>) -> Result<Option<(SeriesInfo, Series)>, Fault> {
        let info = self.info().ok_or(NOT_WHOLE)?;
        let known = self.scan().ok_or(NOT_WHOLE)?;
        let corners = self.corners().ok_or(NOT_WHOLE)?;
        let count = self.word().ok_or(NOT_WHOLE)?;
        let mut samples = Series::default();
        for _ in 0..count {
            let Some(chunk) = self.chunk(column_at)? else { return Ok(None) };
            samples.push_known(chunk);
        }
        samples.set_known(known);
        samples.set_stamps(Stamps::from_corners(corners, samples.len()).ok_or(NOT_WHOLE)?);
        Ok(Some((info, samples)))
    }

    fn corners(&mut self) -> Option<Vec<Corner>> {
        let count = self.len()?;
        // No more than the file has room for.
        let mut corners = Vec::with_capacity(count.min(self.range.len() / 16));
        for _ in 0..count {
            let [end, nanos] = self.words()?;
            corners.push(Corner { end: usize::try_from(end).ok()?, nanos: nanos as i64 });
        }
        Some(corners)
    }

    fn info(&mut self) -> Option<SeriesInfo> {
        let [id, flags, color] = self.words()?;
        let [r, g, b, ..] = color.to_le_bytes();
        let (name, x_label) = (self.text()?, self.text()?);
        let color = (flags & HAS_COLOR != 0).then(|| Color::new(r, g, b));
        let x_is_time = flags & X_IS_TIME != 0;
        Some(SeriesInfo { id: SeriesId(u32::try_from(id).ok()?), name, x_label, x_is_time, color })
    }

    fn scan(&mut self) -> Option<Scan> {
        let summary = summary(&self.words()?);
        let [nonfinite, x_least, y_least, is_ascending, first_x, last_x] = self.words()?;
        Some(Scan {
            summary,
            nonfinite,
            x_least_positive: f64::from_bits(x_least),
            y_least_positive: f64::from_bits(y_least),
            is_ascending: is_ascending != 0,
            first_x: f64::from_bits(first_x),
            last_x: f64::from_bits(last_x),
        })
    }

    /// A chunk; `Ok(None)` if its numbers are not found in the log.
    fn chunk(&mut self, column_at: Find<'_>) -> Result<Option<Chunk>, Fault> {
        let len = self.len().filter(|len| *len > 0).ok_or(NOT_WHOLE)?;
        let flags = self.word().ok_or(NOT_WHOLE)?;
        let blocks = self.bytes((len / BLOCK_LEN).saturating_mul(SUMMARY_LEN)).ok_or(NOT_WHOLE)?;
        let blocks = blocks.as_chunks::<SUMMARY_LEN>().0.iter().map(summary_of_bytes).collect();
        let x = if flags & X_IS_RUNS != 0 {
            XColumn::Runs(self.runs(len).ok_or(NOT_WHOLE)?)
        } else {
            let Some(x) = self.column(len, flags & X_IS_PLACED != 0, column_at)? else { return Ok(None) };
            XColumn::Explicit(x)
        };
        let Some(y) = self.column(len, flags & Y_IS_PLACED != 0, column_at)? else { return Ok(None) };
        Ok(Some(Chunk::from_parts(x, y, blocks, flags & IS_GATHERED != 0)))
    }

    fn runs(&mut self, len: usize) -> Option<Vec<Run>> {
        let count = self.len()?;
        let mut runs: Vec<Run> = Vec::new();
        for _ in 0..count {
            let [first, start, step, offset] = self.words()?;
            let first = usize::try_from(first).ok().filter(|first| *first < len)?;
            // Indices that no memory could hold would overflow when they are counted on.
            let offset = usize::try_from(offset).ok().filter(|offset| *offset < usize::MAX / 4)?;
            if runs.last().map_or(first != 0, |last| last.first >= first) {
                return None;
            }
            runs.push(Run { first, start: f64::from_bits(start), step: f64::from_bits(step), offset });
        }
        runs.shrink_to_fit();
        (!runs.is_empty()).then_some(runs)
    }

    fn column(&mut self, len: usize, is_placed: bool, column_at: Find<'_>) -> Result<Option<Column>, Fault> {
        if is_placed {
            let log_offset = self.word().ok_or(NOT_WHOLE)?;
            return Ok(column_at(ColumnPlace { log_offset, len }).filter(|column| column.len() == len));
        }
        let range = self.skip(len.saturating_mul(8)).ok_or(NOT_WHOLE)?;
        Ok(Some(Column::elsewhere(Arc::new(InCache { map: Arc::clone(self.map), range }))))
    }
}

fn summary_of_bytes(bytes: &[u8; SUMMARY_LEN]) -> Summary {
    let mut words = [0; SUMMARY_LEN / 8];
    let (parts, _) = bytes.as_chunks::<8>();
    words.iter_mut().zip(parts).for_each(|(word, part)| *word = u64::from_le_bytes(*part));
    summary(&words)
}

fn summary(words: &[u64; 5]) -> Summary {
    let [x_min, x_max, y_min, y_max, flags] = *words;
    Summary {
        x_min: f64::from_bits(x_min),
        x_max: f64::from_bits(x_max),
        y_min: f64::from_bits(y_min),
        y_max: f64::from_bits(y_max),
        has_gap: flags & 1 != 0,
        has_stray_x: flags & 2 != 0,
    }
}
