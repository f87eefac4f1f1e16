//! The samples of one series: frozen chunks, a chunk that grows, and what is known of all of them.
//!
//! Written by the receiver's thread through [`Store`](crate::store::Store). A clone shares all chunks, and the writer
//! leaves alone whatever a clone can see, so a clone is a moment that never changes.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::batch::{Column, Xs};
use crate::store::chunk::{Chunk, Piece, SEAL_LEN, Visitor};
use crate::store::column_x::{Run, XColumn};
use crate::store::segment::{Segment, SegmentX};
use crate::store::stamps::Stamps;
use crate::store::summary::Scan;
use crate::store::tree::{Node, Tree};

/// The samples of one series at one moment.
#[derive(Clone)]
pub(super) struct Series {
    frozen: Tree,
    growing: Arc<Chunk>,
    known: Scan,
    /// Tells this series from those that stood under its number before or after.
    pub life: u64,
    /// Number of this series among all that the process ever made: what is derived from it goes on only as long as this
    /// stands. A clone has it too.
    pub birth: u64,
    /// Number of samples, from the first on, whose chunks the store has noted for its budget.
    noted_len: usize,
    /// Number of chunks noted.
    noted_chunks: usize,
    stamps: Stamps,
}

/// Samples from which on a batch that stands in a file is taken over as a chunk of its own: what is kept about a chunk,
/// about 300 bytes, is then little beside the samples that need no memory.
const MAPPED_LEN_MIN: usize = 256;

/// Series made so far.
static BIRTHS: AtomicU64 = AtomicU64::new(0);

/// A place among the samples, and the chunk there: it is at hand, and finding it again takes longer than most of what is
/// asked of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Number of samples before it.
    pub index: usize,
    pub chunk: &'a Chunk,
    /// Index of that chunk's first sample.
    pub base: usize,
}

impl Place<'_> {
    /// y of sample `index`, if it stands in the same chunk.
    pub fn y(&self, index: usize) -> Option<f64> {
        self.chunk.y().get(index.checked_sub(self.base)?).copied()
    }
}

impl Default for Series {
    fn default() -> Self {
        Self {
            frozen: Tree::default(),
            growing: Arc::default(),
            known: Scan::EMPTY,
            life: 0,
            birth: BIRTHS.fetch_add(1, Ordering::Relaxed),
            noted_len: 0,
            noted_chunks: 0,
            stamps: Stamps::default(),
        }
    }
}

impl Series {
    /// A series without samples; see [`life`](Self::life).
    pub fn new(life: u64) -> Self {
        Self { life, ..Self::default() }
    }

    /// Adds samples at the end: many are taken over as they are, few are copied behind the last ones.
    pub fn append(&mut self, x: Xs, y: Column) {
        let least_len = if y.is_in_memory() { SEAL_LEN } else { MAPPED_LEN_MIN };
        if y.len() < least_len {
            match &x {
                Xs::Explicit(x) => self.gather(SegmentX::Slice(x), &y),
                Xs::Steps { start, step } => {
                    self.gather(SegmentX::Steps { start: *start, step: *step, offset: 0 }, &y);
                }
            }
            return;
        }
        self.take_over(XColumn::of(x), y);
    }

    /// Says when the samples came that were added last, in nanoseconds since the Unix epoch; 0 if that is not known.
    pub fn stamp(&mut self, nanos: i64) {
        let len = self.len();
        self.stamps.push(len, nanos);
    }

    /// When the samples came.
    pub fn stamps(&self) -> &Stamps {
        &self.stamps
    }

    /// Says when all samples came.
    pub fn set_stamps(&mut self, stamps: Stamps) {
        self.stamps = stamps;
    }

    /// Adds samples at the end, with x as it stands in another series.
    pub fn append_beside(&mut self, x: SegmentX<'_>, y: Vec<f64>) {
        if y.len() < SEAL_LEN {
            self.gather(x, &y);
            return;
        }
        let x = match x {
            SegmentX::Slice(values) => XColumn::Explicit(values.to_vec().into()),
            SegmentX::Steps { start, step, offset } => XColumn::Runs(vec![Run { first: 0, start, step, offset }]),
        };
        self.take_over(x, y.into());
    }

    /// Adds a chunk whose x another series holds as well; as many x as y.
    pub fn append_sharing(&mut self, x: XColumn, y: Vec<f64>) {
        self.take_over(x, y.into());
    }

    fn take_over(&mut self, x: XColumn, y: Column) {
        self.freeze();
        let (chunk, scan) = Chunk::take_over(x, y);
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

    /// Adds a chunk at the end without a look at its samples; [`set_known`](Self::set_known) says what is in all of them.
    pub fn push_known(&mut self, chunk: Chunk) {
        self.freeze();
        self.growing = Arc::new(chunk);
        // The last one may be the one that was growing, which goes on then.
        if !self.growing.is_gathered() || self.growing.len() >= SEAL_LEN {
            self.frozen.push(std::mem::take(&mut self.growing));
        }
    }

    /// Says what is in all samples.
    pub fn set_known(&mut self, known: Scan) {
        self.known = known;
    }

    /// The frozen chunks, as [`Tree::ranks`] has them.
    pub fn ranks(&self) -> &[Arc<Vec<Node>>] {
        self.frozen.ranks()
    }

    /// The chunk that comes behind the frozen ones.
    pub fn growing(&self) -> &Chunk {
        &self.growing
    }

    /// All chunks in order.
    pub fn chunks(&self) -> impl Iterator<Item = &Chunk> {
        let mut at = 0;
        std::iter::from_fn(move || {
            let (chunk, first) = self.find(at)?;
            at = first + chunk.len();
            Some(chunk)
        })
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
        size_of::<Self>()
            + counts
            + self.stamps.bytes()
            + self.frozen.bytes()
            + size_of::<Chunk>()
            + counts
            + self.growing.bytes()
    }

    /// Bytes of samples on the heap: what counts against a budget.
    pub fn sample_bytes(&self) -> usize {
        self.frozen.sample_bytes() + self.growing.sample_bytes()
    }

    /// The first frozen chunk that was not asked for before and has samples on the heap, by its first sample's index.
    pub fn note_next(&mut self) -> Option<usize> {
        while let Some((chunk, first)) = self.frozen.find(self.noted_len) {
            self.noted_len = first + chunk.len();
            if chunk.sample_bytes() > 0 {
                self.noted_chunks += 1;
                return Some(first);
            }
        }
        None
    }

    /// Has [`note_next`](Self::note_next) begin again.
    pub fn forget_notes(&mut self) {
        (self.noted_len, self.noted_chunks) = (0, 0);
    }

    /// Whether [`note_next`](Self::note_next) has chunks to tell of.
    pub fn has_news(&self) -> bool {
        self.noted_len < self.frozen.len()
    }

    /// Number of chunks that [`note_next`](Self::note_next) has told of.
    pub fn noted_chunks(&self) -> usize {
        self.noted_chunks
    }

    /// The frozen chunk that holds sample `index`.
    pub fn frozen_chunk(&self, index: usize) -> Option<&Chunk> {
        self.frozen.find(index).map(|(chunk, _)| chunk)
    }

    /// Puts `chunk`, which holds the same samples, in the place of the frozen one that holds sample `index`.
    pub fn put(&mut self, index: usize, chunk: Chunk) {
        self.frozen.put(index, chunk);
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
