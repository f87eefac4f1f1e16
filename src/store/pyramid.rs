//! Summaries of ever larger blocks of one chunk's samples, so that any range is covered by few of them.
//!
//! Level 0 has a summary for each [`BLOCK_LEN`] samples, each further level one for [`FANOUT`] of the level below. Only
//! complete blocks have one; what is left at the end is looked at sample by sample. Knows no samples itself.

use std::ops::Range;

use crate::store::summary::Summary;

/// Samples in a block of level 0. A summary is 40 bytes, so the pyramid takes 0.67 bytes a sample; the two ragged ends
/// of a range cost less than 128 samples read.
pub(super) const BLOCK_LEN: usize = 64;

/// Blocks of one level in a block of the next.
pub(super) const FANOUT: usize = 16;

/// The summaries of one chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Pyramid {
    blocks: Vec<Summary>,
    /// Level 1 and up. Empty for the many chunks that have too few blocks.
    upper: Vec<Vec<Summary>>,
}

/// Part of a covered range.
pub(super) enum Cover<'a> {
    /// Consecutive blocks, each wholly inside the range.
    Blocks(&'a [Summary]),
    /// Samples to be looked at one by one, by their indices in the chunk.
    Samples(Range<usize>),
}

impl Pyramid {
    /// A pyramid that is complete at once.
    pub fn of(blocks: Vec<Summary>) -> Self {
        let mut upper: Vec<Vec<Summary>> = Vec::new();
        loop {
            let below = upper.last().unwrap_or(&blocks);
            if below.len() < FANOUT {
                return Self { blocks, upper };
            }
            let level = below.chunks_exact(FANOUT).map(Summary::of).collect();
            upper.push(level);
        }
    }

    /// A pyramid without levels above the lowest, as [`push`](Self::push) makes it.
    pub fn flat(blocks: Vec<Summary>) -> Self {
        Self { blocks, upper: Vec::new() }
    }

    /// The summaries of level 0.
    pub fn blocks(&self) -> &[Summary] {
        &self.blocks
    }

    /// Adds the next block of level 0, without levels above: for a chunk that is still growing and stays small.
    pub fn push(&mut self, block: Summary) {
        self.blocks.push(block);
    }

    /// Number of samples that stand in complete blocks.
    pub fn covered_len(&self) -> usize {
        self.blocks.len() * BLOCK_LEN
    }

    /// Number of samples in a block of `level`.
    fn block_len(level: usize) -> usize {
        BLOCK_LEN << (FANOUT.ilog2() as usize * level)
    }

    /// Hands `range` to `each` in order, in the largest blocks that fit.
    pub fn cover<'a>(&'a self, range: Range<usize>, mut each: impl FnMut(Cover<'a>)) {
        let Range { start: mut at, end } = range;
        while at < end {
            let Some(level) = self.level_at(at, end) else {
                let next = (at / BLOCK_LEN + 1) * BLOCK_LEN;
                let next = if next > self.covered_len() { end } else { next.min(end) };
                each(Cover::Samples(at..next));
                at = next;
                continue;
            };
            // All blocks up to the place where the next level can take over, or to the end of the range.
            let len = Self::block_len(level);
            let blocks = self.level(level);
            let (first, last) = (at / len, (end / len).min(blocks.len()));
            let next = ((first / FANOUT + 1) * FANOUT).min(last);
            each(Cover::Blocks(blocks.get(first..next).unwrap_or_default()));
            at = next * len;
        }
    }

    /// Shows the summaries to `each`, with the samples that they stand for, from the top level down and in order; goes on
    /// below where it answers with true. Below the bottom it shows the samples, without a summary.
    pub fn walk(&self, each: &mut impl FnMut(Option<&Summary>, Range<usize>) -> bool) {
        let mut at = 0;
        for level in (0..=self.upper.len()).rev() {
            let len = Self::block_len(level);
            let blocks = self.level(level).len();
            self.walk_blocks(level, at / len..blocks, each);
            at = blocks * len;
        }
    }

    fn walk_blocks(
        &self,
        level: usize,
        blocks: Range<usize>,
        each: &mut impl FnMut(Option<&Summary>, Range<usize>) -> bool,
    ) {
        let len = Self::block_len(level);
        let first = blocks.start;
        for (index, block) in (first..).zip(self.level(level).get(blocks).unwrap_or_default()) {
            let range = index * len..(index + 1) * len;
            if !each(Some(block), range.clone()) {
                continue;
            }
            match level.checked_sub(1) {
                Some(below) => self.walk_blocks(below, index * FANOUT..(index + 1) * FANOUT, each),
                None => {
                    each(None, range);
                }
            }
        }
    }

    /// The summaries of a level; none above the top.
    fn level(&self, level: usize) -> &[Summary] {
        match level.checked_sub(1) {
            None => &self.blocks,
            Some(upper) => self.upper.get(upper).map(Vec::as_slice).unwrap_or_default(),
        }
    }

    /// The highest level with a block that starts at sample `at` and ends at or before `end`.
    fn level_at(&self, at: usize, end: usize) -> Option<usize> {
        let fits = |level: usize| {
            let len = Self::block_len(level);
            at.is_multiple_of(len) && at + len <= end && at / len < self.level(level).len()
        };
        (0..=self.upper.len()).take_while(|level| fits(*level)).last()
    }

    /// Gives back what the vectors hold in reserve.
    pub fn shrink(&mut self) {
        self.blocks.shrink_to_fit();
    }

    /// Bytes on the heap.
    pub fn bytes(&self) -> usize {
        let summaries = self.blocks.capacity() + self.upper.iter().map(Vec::capacity).sum::<usize>();
        summaries * size_of::<Summary>() + self.upper.capacity() * size_of::<Vec<Summary>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pyramid(blocks: usize) -> Pyramid {
        let block = |i: usize| Summary { y_min: i as f64, y_max: i as f64, ..Summary::EMPTY };
        Pyramid::of((0..blocks).map(block).collect())
    }

    #[test]
    fn a_range_is_covered_once_in_order_by_few_parts() {
        let pyramid = pyramid(5000);
        let len = 5000 * BLOCK_LEN + 17;
        for (start, end) in [(0, len), (1, len), (63, 64), (64, 128), (70, 71), (100, 300_000), (319_999, len), (9, 9)]
        {
            let (mut at, mut parts) = (start, 0);
            pyramid.cover(start..end, |part| {
                parts += 1;
                match part {
                    Cover::Samples(range) => {
                        assert_eq!(range.start, at);
                        assert!(range.len() < 2 * BLOCK_LEN);
                        at = range.end;
                    }
                    Cover::Blocks(blocks) => {
                        let all = Summary::of(blocks);
                        assert_eq!(all.y_min, (at / BLOCK_LEN) as f64, "blocks follow each other");
                        at = (all.y_max as usize + 1) * BLOCK_LEN;
                    }
                }
            });
            assert!(parts <= 16, "{parts} parts for {start}..{end}");
            assert_eq!(at, end.max(start));
        }
    }
}
