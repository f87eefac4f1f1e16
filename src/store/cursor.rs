//! Goes through a series with ascending x once, from border to border, and tells what lies between.
//!
//! Any thread. A search from the root for each border finds the same and takes several times as long: the next border is
//! near, and what is passed on the way to it is what is asked for. No allocation. Knows no columns and no pixels.

use std::slice;

use crate::store::chunk::{Chunk, Piece};
use crate::store::series::{Place, Series};
use crate::store::summary::Summary;
use crate::store::tree::{Child, Node};

/// Levels of groups within groups; as many as would hold 2^64 chunks.
const DEPTH: usize = 16;

/// A place among the samples of a series that only moves on.
pub(super) struct Cursor<'a> {
    samples: &'a Series,
    /// Number of ranks of the tree that are not yet entered.
    ranks_left: usize,
    /// The groups that were entered and not yet left.
    levels: [Level<'a>; DEPTH],
    depth: usize,
    /// The frozen chunk that holds the place, with its summary; none before the first one and in the growing chunk.
    chunk: Option<(&'a Chunk, &'a Summary)>,
    is_in_growing: bool,
    /// Index of the first sample of the chunk that holds the place.
    base: usize,
    /// Number of that chunk's samples before the place.
    at: usize,
    /// Index of the first sample behind all that was passed or entered.
    next: usize,
}

/// A group that was entered.
#[derive(Clone, Copy, Default)]
struct Level<'a> {
    /// What is left of it.
    rest: &'a [Node],
    /// Index of its first sample.
    base: usize,
}

impl<'a> Cursor<'a> {
    /// A cursor before the first sample.
    pub fn new(samples: &'a Series) -> Self {
        Self {
            samples,
            ranks_left: samples.ranks().len(),
            levels: [Level::default(); DEPTH],
            depth: 0,
            chunk: None,
            is_in_growing: false,
            base: 0,
            at: 0,
            next: 0,
        }
    }

    /// Where it is.
    pub fn place(&self) -> Place<'a> {
        let chunk = self.chunk.map_or(self.samples.growing(), |(chunk, _)| chunk);
        Place { index: self.base + self.at, chunk, base: self.base }
    }

    /// Moves on behind the last sample that `is_before` holds for, if that is not behind already, and hands the pieces
    /// that it passes to `each`, in order. `hint` is the index where that may be.
    pub fn advance(&mut self, hint: usize, is_before: impl Fn(f64) -> bool, each: &mut impl FnMut(Piece<'a>)) {
        loop {
            let chunk = match self.chunk {
                Some((chunk, summary)) if is_before(summary.x_max) => {
                    if self.at == 0 {
                        each(Piece::Blocks(slice::from_ref(summary)));
                    } else {
                        chunk.cover(self.at..chunk.len(), each);
                    }
                    None
                }
                Some((chunk, _)) => Some(chunk),
                None => self.is_in_growing.then(|| self.samples.growing()),
            };
            if let Some(chunk) = chunk {
                let to = chunk.partition_point(hint.saturating_sub(self.base), is_before).max(self.at);
                chunk.cover(self.at..to, each);
                self.at = to;
                return;
            }
            self.enter_next(&is_before, each);
        }
    }

    /// Enters the next chunk that does not lie wholly before the border, and passes those that do.
    fn enter_next(&mut self, is_before: &impl Fn(f64) -> bool, each: &mut impl FnMut(Piece<'a>)) {
        (self.chunk, self.at) = (None, 0);
        loop {
            let Some(level) = self.depth.checked_sub(1).and_then(|top| self.levels.get_mut(top)) else {
                if !self.enter_rank() {
                    (self.is_in_growing, self.base) = (true, self.next);
                    return;
                }
                continue;
            };
            let Some((node, rest)) = level.rest.split_first() else {
                self.depth -= 1;
                continue;
            };
            level.rest = rest;
            let (first, end) = (self.next, level.base + node.end);
            if is_before(node.summary.x_max) {
                each(Piece::Blocks(slice::from_ref(&node.summary)));
                self.next = end;
                continue;
            }
            match &node.child {
                Child::Chunk(chunk) => {
                    (self.chunk, self.base, self.next) = (Some((&**chunk, &node.summary)), first, end);
                    return;
                }
                Child::Group(nodes) => self.enter_group(nodes),
            }
        }
    }

    /// Enters the highest rank that is left. False if there is none.
    fn enter_rank(&mut self) -> bool {
        let Some(rank) = self.ranks_left.checked_sub(1) else { return false };
        self.ranks_left = rank;
        if let Some(nodes) = self.samples.ranks().get(rank) {
            self.enter_group(nodes);
        }
        true
    }

    fn enter_group(&mut self, nodes: &'a [Node]) {
        if let Some(level) = self.levels.get_mut(self.depth) {
            *level = Level { rest: nodes, base: self.next };
            self.depth += 1;
        }
    }
}
