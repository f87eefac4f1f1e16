//! The frozen chunks of a series as a tree that only grows at its end and shares all else with its earlier versions.
//!
//! Like the digits of a number: rank 0 holds single chunks, rank 1 groups of [`FANOUT`] of them, and so on. A full rank
//! moves up as one node. So adding a chunk touches few nodes, a clone copies one pointer a rank, and every node knows
//! the summary of what is below it.

use std::ops::Range;
use std::sync::Arc;

use crate::store::chunk::{Chunk, Piece, Visitor};
use crate::store::pyramid::FANOUT;
use crate::store::summary::Summary;

/// Frozen chunks in order.
#[derive(Clone, Default)]
pub(super) struct Tree {
    /// The newest chunks first: rank 0 comes after rank 1 in the order of samples.
    ranks: Vec<Arc<Vec<Node>>>,
    len: usize,
    bytes: usize,
    sample_bytes: usize,
}

/// A chunk or a group of nodes, and what is in it.
#[derive(Clone)]
pub(super) struct Node {
    pub summary: Summary,
    /// Number of samples in its group up to its own last one, so that a group can be searched.
    pub end: usize,
    pub child: Child,
}

/// What a node stands for.
#[derive(Clone)]
pub(super) enum Child {
    Chunk(Arc<Chunk>),
    Group(Arc<Vec<Node>>),
}

impl Tree {
    /// Adds a chunk at the end.
    pub fn push(&mut self, chunk: Arc<Chunk>) {
        self.len += chunk.len();
        // Both reference counts of the `Arc` and, spread over the ranks, a fifteenth more nodes for the groups.
        self.sample_bytes += chunk.sample_bytes();
        self.bytes += chunk.bytes() + size_of::<Chunk>() + 2 * size_of::<usize>() + size_of::<Node>() * 16 / 15;
        let mut len = chunk.len();
        let (mut summary, mut child) = (chunk.summary(), Child::Chunk(chunk));
        for rank in &mut self.ranks {
            let nodes = Arc::make_mut(rank);
            let end = end_of(nodes) + len;
            nodes.push(Node { summary, end, child });
            if nodes.len() < FANOUT {
                return;
            }
            len = end;
            summary = nodes.iter().fold(Summary::EMPTY, |all, node| all.merged(&node.summary));
            child = Child::Group(std::mem::take(rank));
        }
        self.ranks.push(Arc::new(vec![Node { summary, end: len, child }]));
    }

    /// Groups of nodes by rank; the highest one holds the first samples.
    pub fn ranks(&self) -> &[Arc<Vec<Node>>] {
        &self.ranks
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Bytes that the chunks and their nodes take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Bytes of samples on the heap.
    pub fn sample_bytes(&self) -> usize {
        self.sample_bytes
    }

    /// Puts `chunk`, which holds the same samples, in the place of the one that holds sample `index`. Clones keep theirs.
    pub fn put(&mut self, index: usize, chunk: Chunk) {
        let mut base = 0;
        for rank in self.ranks.iter_mut().rev() {
            let end = base + end_of(rank);
            if index < end {
                let (bytes, sample_bytes) = (chunk.bytes(), chunk.sample_bytes());
                if let Some(old) = put(rank, index - base, Arc::new(chunk)) {
                    self.bytes = self.bytes - old.bytes() + bytes;
                    self.sample_bytes = self.sample_bytes - old.sample_bytes() + sample_bytes;
                }
                return;
            }
            base = end;
        }
    }

    /// The chunk that holds sample `index`, and the index of that chunk's first sample.
    pub fn find(&self, index: usize) -> Option<(&Chunk, usize)> {
        self.search(|node, base| base + node.end <= index)
    }

    /// For ascending x: the chunk in which, or right behind which, the samples that `is_before` holds for end, and the
    /// index of its first sample. `None` if it holds for all samples.
    pub fn find_before(&self, is_before: impl Fn(f64) -> bool) -> Option<(&Chunk, usize)> {
        self.search(|node, _| is_before(node.summary.x_max))
    }

    /// The first chunk that is not passed, and the index of its first sample. `is_passed` gets a node and the index of
    /// the first sample in the node's group, and holds for nodes up to some place and none behind it.
    fn search(&self, is_passed: impl Fn(&Node, usize) -> bool) -> Option<(&Chunk, usize)> {
        let mut base = 0;
        let mut nodes = self.ranks.iter().rev().find(|rank| {
            let goes_on = rank.last().is_none_or(|node| is_passed(node, base));
            base += if goes_on { end_of(rank) } else { 0 };
            !goes_on
        })?;
        loop {
            let (passed, rest) = nodes.split_at_checked(nodes.partition_point(|node| is_passed(node, base)))?;
            base += end_of(passed);
            match &rest.first()?.child {
                Child::Chunk(chunk) => return Some((chunk, base)),
                Child::Group(group) => nodes = group,
            }
        }
    }

    /// Hands the pieces that cover `range` to `each`, in order.
    pub fn cover<'a>(&'a self, range: Range<usize>, each: &mut impl FnMut(Piece<'a>)) {
        let mut base = 0;
        for rank in self.ranks.iter().rev() {
            cover(rank, range.start.saturating_sub(base)..range.end.saturating_sub(base), each);
            base += end_of(rank);
        }
    }

    /// Shows everything to `visitor`, from the top, in order.
    pub fn walk<'a>(&'a self, visitor: &mut impl Visitor<'a>) {
        let mut base = 0;
        for rank in self.ranks.iter().rev() {
            walk(rank, base, visitor);
            base += end_of(rank);
        }
    }
}

/// Number of samples in a group of nodes.
fn end_of(nodes: &[Node]) -> usize {
    nodes.last().map_or(0, |node| node.end)
}

/// Exchanges the chunk that holds sample `index`, counted from the group's first one, and returns the one before.
fn put(nodes: &mut Arc<Vec<Node>>, index: usize, chunk: Arc<Chunk>) -> Option<Arc<Chunk>> {
    let (mut nodes, mut index) = (nodes, index);
    loop {
        let at = nodes.partition_point(|node| node.end <= index);
        index -= at.checked_sub(1).and_then(|last| nodes.get(last)).map_or(0, |node| node.end);
        match &mut Arc::make_mut(nodes).get_mut(at)?.child {
            Child::Chunk(old) => return Some(std::mem::replace(old, chunk)),
            Child::Group(group) => nodes = group,
        }
    }
}

/// Covers `range`, counted from the group's first sample.
fn cover<'a>(nodes: &'a [Node], range: Range<usize>, each: &mut impl FnMut(Piece<'a>)) {
    let (passed, rest) = nodes.split_at(nodes.partition_point(|node| node.end <= range.start));
    let mut first = end_of(passed);
    for node in rest {
        if first >= range.end {
            return;
        }
        if range.start <= first && node.end <= range.end {
            each(Piece::Blocks(std::slice::from_ref(&node.summary)));
        } else {
            let inside = range.start.saturating_sub(first)..range.end.min(node.end) - first;
            match &node.child {
                Child::Chunk(chunk) => chunk.cover(inside, each),
                Child::Group(nodes) => cover(nodes, inside, each),
            }
        }
        first = node.end;
    }
}

/// Shows a group of nodes, whose first sample has the index `base`.
fn walk<'a>(nodes: &'a [Node], base: usize, visitor: &mut impl Visitor<'a>) {
    let mut first = base;
    for node in nodes {
        let next = base + node.end;
        if visitor.enters(&node.summary, first..next) {
            match &node.child {
                Child::Chunk(chunk) => chunk.walk(first, visitor),
                Child::Group(nodes) => walk(nodes, first, visitor),
            }
        }
        first = next;
    }
}
