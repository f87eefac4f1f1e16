//! The samples of one series: frozen chunks, a chunk that grows, and what is known of all of them.
//!
//! Written by the receiver's thread through [`Store`](crate::store::Store). A clone shares all chunks, and the writer
//! leaves alone whatever a clone can see, so a clone is a moment that never changes.

use std::ops::Range;
use std::sync::Arc;

use crate::batch::{Column, Xs};
use crate::store::chunk::{Chunk, Piece, SEAL_LEN, Visitor};
use crate::store::column_x::XColumn;
use crate::store::segment::{Segment, SegmentX};
use crate::store::summary::Scan;
use crate::store::tree::Tree;

/// The samples of one series at one moment.
#[derive(Clone)]
pub(super) struct Series {
    frozen: Tree,
    growing: Arc<Chunk>,
    known: Scan,
}

/// A place among the samples, and the chunk there: it is at hand, and finding it again takes longer than most of what is
/// asked of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Number of samples before it.
    pub index: usize,
    chunk: &'a Chunk,
    base: usize,
}

impl Place<'_> {
    /// y of sample `index`, if it stands in the same chunk.
    pub fn y(&self, index: usize) -> Option<f64> {
        self.chunk.y().get(index.checked_sub(self.base)?).copied()
    }
}

impl Default for Series {
    fn default() -> Self {
        Self { frozen: Tree::default(), growing: Arc::default(), known: Scan::EMPTY }
    }
}

impl Series {
    /// Adds samples at the end: many are taken over as they are, few are copied behind the last ones.
    pub fn append(&mut self, x: Xs, y: Column) {
        if y.len() < SEAL_LEN {
            match &x {
                Xs::Explicit(x) => self.gather(SegmentX::Slice(x), &y),
                Xs::Steps { start, step } => {
                    self.gather(SegmentX::Steps { start: *start, step: *step, offset: 0 }, &y);
                }
            }
            return;
        }
        self.freeze();
        let (chunk, scan) = Chunk::take_over(XColumn::of(x), y);
        self.known.merge(&scan);
        self.frozen.push(Arc::new(chunk));
    }

    /// Copies samples into the growing chunk, and freezes it each time that it is full.
    fn gather(&mut self, x: SegmentX<'_>, y: &[f64]) {
        let mut at = 0;
        while let Some(rest) = y.get(at..).filter(|rest| !rest.is_empty()) {
            let count = rest.len().min(SEAL_LEN.saturating_sub(self.growing.len()).max(1));
            let (x, y) = (x.part(at, count), rest.get(..count).unwrap_or_default());
            self.known.merge(&Scan::of(x, y));
            if Arc::get_mut(&mut self.growing).is_none() {
                self.growing = Arc::new(self.growing.copy_with_room(count));
            }
            Arc::make_mut(&mut self.growing).push(x, y);
            if self.growing.len() >= SEAL_LEN {
                self.freeze();
            }
            at += count;
        }
    }

    /// Moves the growing chunk to the frozen ones and begins a new one.
    fn freeze(&mut self) {
        if self.growing.len() == 0 {
            return;
        }
        let mut chunk = std::mem::take(&mut self.growing);
        // A chunk that a snapshot holds as well is as large as it was needed there: it stays as it is.
        if let Some(chunk) = Arc::get_mut(&mut chunk) {
            chunk.shrink();
        }
        self.frozen.push(chunk);
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.frozen.len() + self.growing.len()
    }

    /// What is known of all samples.
    pub fn known(&self) -> &Scan {
        &self.known
    }

    /// Bytes that the samples and all that is kept about them take.
    pub fn bytes(&self) -> usize {
        let counts = 2 * size_of::<usize>();
        size_of::<Self>() + counts + self.frozen.bytes() + size_of::<Chunk>() + counts + self.growing.bytes()
    }

    /// The chunk that holds sample `index`, and the index of its first sample.
    pub fn find(&self, index: usize) -> Option<(&Chunk, usize)> {
        if index < self.frozen.len() {
            self.frozen.find(index)
        } else {
            (index < self.len()).then(|| (&*self.growing, self.frozen.len()))
        }
    }

    /// y of sample `index`.
    pub fn y(&self, index: usize) -> Option<f64> {
        let (chunk, base) = self.find(index)?;
        chunk.y().get(index - base).copied()
    }

    /// Samples from `range.start` on that lie together in memory, at most to `range.end`.
    pub fn segment(&self, range: Range<usize>) -> Option<Segment<'_>> {
        let (chunk, base) = self.find(range.start)?;
        let end = range.end.checked_sub(base)?;
        let segment = chunk.segment(range.start - base..end, base);
        (!segment.y.is_empty()).then_some(segment)
    }

    /// For ascending x: where the samples that `is_before` holds for end. `hint` is where that may be.
    pub fn place(&self, hint: usize, is_before: impl Fn(f64) -> bool) -> Place<'_> {
        let (chunk, base) = self.frozen.find_before(&is_before).unwrap_or((&self.growing, self.frozen.len()));
        let index = base + chunk.partition_point(hint.saturating_sub(base), is_before);
        Place { index, chunk, base }
    }

    /// Hands the pieces that cover `range` to `each`, in order.
    pub fn cover<'a>(&'a self, range: Range<usize>, each: &mut impl FnMut(Piece<'a>)) {
        let frozen_len = self.frozen.len();
        if range.start < frozen_len {
            self.frozen.cover(range.start..range.end.min(frozen_len), each);
        }
        if range.end > frozen_len {
            let end = (range.end - frozen_len).min(self.growing.len());
            self.growing.cover(range.start.saturating_sub(frozen_len)..end, each);
        }
    }

    /// Shows everything to `visitor`, from the largest blocks down, in order.
    pub fn walk<'a>(&'a self, visitor: &mut impl Visitor<'a>) {
        self.frozen.walk(visitor);
        self.growing.walk(self.frozen.len(), visitor);
    }
}
