//! Consecutive samples of one series with their pyramid.
//!
//! Frozen once it stands behind a shared `Arc`. A large batch becomes a chunk as it is; small ones are gathered in a
//! chunk that grows up to [`SEAL_LEN`]. Indices are within the chunk.

use std::ops::Range;

use rayon::prelude::*;

use crate::batch::Column;
use crate::store::column_x::XColumn;
use crate::store::pyramid::{BLOCK_LEN, Cover, Pyramid};
use crate::store::segment::{Segment, SegmentX};
use crate::store::summary::{Scan, Summary};

/// Samples at which a growing chunk is frozen, and from which on a batch is taken over as a chunk of its own. The
/// growing chunk is copied if a snapshot still holds it: 16 KiB at most, about a microsecond.
pub(super) const SEAL_LEN: usize = 1024;

/// Samples from which on a batch is looked through by several threads: below, handing the work out takes as long.
const PARALLEL_LEN: usize = 1 << 20;

/// Samples that one of them looks through at a time.
const PART_LEN: usize = 1 << 17;

/// Consecutive samples of one series.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunk {
    x: XColumn,
    y: Column,
    pyramid: Pyramid,
    /// Whether the samples were copied together from small batches: then nobody else knows them as these columns.
    is_gathered: bool,
}

/// Part of a covered range.
pub(super) enum Piece<'a> {
    /// Consecutive blocks, each wholly inside the range.
    Blocks(&'a [Summary]),
    /// y of samples that stand in no block that is wholly inside.
    Samples(&'a [f64]),
}

/// Walks over all samples from the largest blocks down.
pub(super) trait Visitor<'a> {
    /// Takes a block's summary and says whether to go into it. The range is of indices within the series.
    fn enters(&mut self, summary: &Summary, range: Range<usize>) -> bool;

    /// Takes samples that stand in a block that was entered, or in none.
    fn samples(&mut self, segment: Segment<'a>);
}

impl Chunk {
    /// Takes columns of equal length over, in one pass that also tells what is in them.
    pub fn take_over(x: XColumn, y: Column) -> (Self, Scan) {
        let mut blocks = vec![Summary::EMPTY; y.len() / BLOCK_LEN];
        let (x_all, _) = x.part(0..y.len());
        let mut scan = Scan::EMPTY;
        let covered_len = blocks.len() * BLOCK_LEN;
        if y.len() >= PARALLEL_LEN {
            let parts = blocks.par_chunks_mut(PART_LEN / BLOCK_LEN).zip(y.par_chunks(PART_LEN)).enumerate();
            let scans: Vec<Scan> = parts.map(|(i, (blocks, y))| scan_part(x_all, i * PART_LEN, y, blocks)).collect();
            scans.iter().for_each(|part| scan.merge(part));
        } else {
            scan = scan_part(x_all, 0, &y, &mut blocks);
        }
        if let Some(rest) = y.get(covered_len..).filter(|rest| !rest.is_empty()) {
            scan.merge(&Scan::of(x_all.part(covered_len, rest.len()), rest));
        }
        (Self { x, y, pyramid: Pyramid::of(blocks), is_gathered: false }, scan)
    }

    /// A chunk of which everything is known: `blocks` are the summaries of level 0.
    pub fn from_parts(x: XColumn, y: Column, blocks: Vec<Summary>, is_gathered: bool) -> Self {
        let pyramid = if is_gathered { Pyramid::flat(blocks) } else { Pyramid::of(blocks) };
        Self { x, y, pyramid, is_gathered }
    }

    /// Adds as many x as y values at the end.
    pub fn push(&mut self, x: SegmentX<'_>, y: &[f64]) {
        self.is_gathered = true;
        self.x.push(self.y.len(), x, y.len());
        self.y.to_mut().extend_from_slice(y);
        while self.pyramid.covered_len() + BLOCK_LEN <= self.y.len() {
            let first = self.pyramid.covered_len();
            let block = self.summary_of(first..first + BLOCK_LEN);
            self.pyramid.push(block);
        }
    }

    /// A copy with room for `more` samples, for a writer that must leave the original alone.
    pub fn copy_with_room(&self, more: usize) -> Self {
        let room = (self.y.len() + more).next_power_of_two().min(SEAL_LEN);
        let mut y = Vec::with_capacity(room);
        y.extend_from_slice(&self.y);
        let x = match &self.x {
            XColumn::Explicit(values) => {
                let mut x = Vec::with_capacity(room);
                x.extend_from_slice(values);
                XColumn::Explicit(x.into())
            }
            XColumn::Runs(runs) => XColumn::Runs(runs.clone()),
        };
        Self { x, y: y.into(), pyramid: self.pyramid.clone(), is_gathered: true }
    }

    /// Gives back what the vectors hold in reserve.
    pub fn shrink(&mut self) {
        self.x.shrink();
        self.y.shrink();
        self.pyramid.shrink();
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        self.x.bytes() + self.y.heap_bytes() + self.pyramid.bytes()
    }

    /// Bytes of samples on the heap: what counts against a budget.
    pub fn sample_bytes(&self) -> usize {
        self.x.values().map_or(0, Column::heap_bytes) + self.y.heap_bytes()
    }

    /// Whether the samples were copied together from small batches.
    pub fn is_gathered(&self) -> bool {
        self.is_gathered
    }

    /// The same chunk with those columns in other places that `elsewhere` knows a place for; none if it knows none.
    pub fn moved(&self, mut elsewhere: impl FnMut(&Column) -> Option<Column>) -> Option<Self> {
        let mut other = |column: &Column| {
            let is_movable = column.heap_bytes() > 0;
            // A place that holds less or more than the samples is none: half a curve is worse than a full memory.
            is_movable.then(|| elsewhere(column)).flatten().filter(|other| other.len() == column.len())
        };
        let x = self.x.values().and_then(&mut other).map(XColumn::Explicit);
        let y = other(&self.y);
        if x.is_none() && y.is_none() {
            return None;
        }
        Some(Self {
            x: x.unwrap_or_else(|| self.x.clone()),
            y: y.unwrap_or_else(|| self.y.clone()),
            pyramid: self.pyramid.clone(),
            is_gathered: self.is_gathered,
        })
    }

    /// The x values, as they are stored.
    pub fn x(&self) -> &XColumn {
        &self.x
    }

    /// The y values, as they are stored.
    pub fn y_column(&self) -> &Column {
        &self.y
    }

    /// The summaries of level 0.
    pub fn blocks(&self) -> &[Summary] {
        self.pyramid.blocks()
    }

    /// The y values.
    pub fn y(&self) -> &[f64] {
        &self.y
    }

    /// The samples of `range`, or of its beginning where the way x is stored changes within it. `base` is the index
    /// of the chunk's first sample within the series.
    pub fn segment(&self, range: Range<usize>, base: usize) -> Segment<'_> {
        let first = range.start;
        let (x, count) = self.x.part(first..range.end.min(self.y.len()));
        Segment { first: base + first, x, y: self.y.get(first..first + count).unwrap_or_default() }
    }

    /// What is in the whole chunk.
    pub fn summary(&self) -> Summary {
        let mut all = Summary::EMPTY;
        self.pyramid.cover(0..self.len(), |part| match part {
            Cover::Blocks(blocks) => all.merge(&Summary::of(blocks)),
            Cover::Samples(range) => all.merge(&self.summary_of(range)),
        });
        all
    }

    /// Hands the pieces that cover `range` to `each`, in order.
    pub fn cover<'a>(&'a self, range: Range<usize>, each: &mut impl FnMut(Piece<'a>)) {
        self.pyramid.cover(range, |part| {
            each(match part {
                Cover::Blocks(blocks) => Piece::Blocks(blocks),
                Cover::Samples(range) => Piece::Samples(self.y.get(range).unwrap_or_default()),
            });
        });
    }

    /// Shows all blocks to `visitor`, from the top, in order. `base` is the index of the chunk's first sample within the
    /// series.
    pub fn walk<'a>(&'a self, base: usize, visitor: &mut impl Visitor<'a>) {
        self.pyramid.walk(&mut |summary, range| match summary {
            Some(summary) => visitor.enters(summary, base + range.start..base + range.end),
            None => {
                self.show(range, base, visitor);
                false
            }
        });
        self.show(self.pyramid.covered_len()..self.len(), base, visitor);
    }

    fn show<'a>(&'a self, range: Range<usize>, base: usize, visitor: &mut impl Visitor<'a>) {
        let Range { start: mut at, end } = range;
        while at < end {
            let segment = self.segment(at..end, base);
            at += segment.y.len().max(1);
            visitor.samples(segment);
        }
    }

    /// For ascending x: number of samples, from the first on, that `is_before` holds for.
    pub fn partition_point(&self, hint: usize, is_before: impl Fn(f64) -> bool) -> usize {
        self.x.partition_point(self.len(), hint, is_before)
    }

    /// One pass over `range`.
    fn summary_of(&self, range: Range<usize>) -> Summary {
        let mut all = Summary::EMPTY;
        let Range { start: mut at, end } = range;
        while at < end {
            let part = self.segment(at..end, 0);
            all.merge(&Scan::of(part.x, part.y).summary);
            at += part.y.len().max(1);
        }
        all
    }
}

/// What is in the whole blocks of `y`, whose first sample is sample `first` of `x_all`; each block's summary goes into
/// `blocks`.
fn scan_part(x_all: SegmentX<'_>, first: usize, y: &[f64], blocks: &mut [Summary]) -> Scan {
    let mut scan = Scan::EMPTY;
    for (i, (y, block)) in y.chunks_exact(BLOCK_LEN).zip(blocks).enumerate() {
        let found = Scan::of(x_all.part(first + i * BLOCK_LEN, y.len()), y);
        *block = found.summary;
        scan.merge(&found);
    }
    scan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Xs;

    #[test]
    fn several_threads_find_what_one_finds() {
        let len = PARALLEL_LEN + 3 * PART_LEN + 1000;
        let mut y: Vec<f64> = (0..len).map(|i| (i as f64 * 0.001).sin() * i as f64).collect();
        for i in [0, PART_LEN - 1, PART_LEN, 5 * PART_LEN + 70, len - 1] {
            y[i] = f64::NAN;
        }
        let ascending: Vec<f64> = (0..len).map(|i| i as f64 - 10.0).collect();
        let mut back = ascending.clone();
        back[PART_LEN] = back[PART_LEN - 2];
        let steps = Xs::Steps { start: -0.25, step: 0.1 };
        for x in [Xs::Explicit(ascending.into()), Xs::Explicit(back.into()), steps] {
            let x = XColumn::of(x);
            let mut blocks = vec![Summary::EMPTY; len / BLOCK_LEN];
            let (x_all, _) = x.part(0..len);
            let mut scan = scan_part(x_all, 0, &y, &mut blocks);
            let covered_len = blocks.len() * BLOCK_LEN;
            scan.merge(&Scan::of(x_all.part(covered_len, len - covered_len), &y[covered_len..]));
            let (chunk, found) = Chunk::take_over(x.clone(), y.clone().into());
            assert_eq!(format!("{found:?}"), format!("{scan:?}"));
            assert!(chunk.blocks() == blocks);
        }
    }
}
