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
}

/// A chunk or a group of nodes, and what is in it.
#[derive(Clone)]
pub(super) struct Node {
    summary: Summary,
    /// Number of samples.
    len: usize,
    child: Child,
}

#[derive(Clone)]
enum Child {
    Chunk(Arc<Chunk>),
    Group(Arc<Vec<Node>>),
}

impl Tree {
    /// Adds a chunk at the end.
    pub fn push(&mut self, chunk: Arc<Chunk>) {
        self.len += chunk.len();
        // Both reference counts of the `Arc` and, spread over the ranks, a fifteenth more nodes for the groups.
        self.bytes += chunk.bytes() + size_of::<Chunk>() + 2 * size_of::<usize>() + size_of::<Node>() * 16 / 15;
        let mut node = Node { summary: chunk.summary(), len: chunk.len(), child: Child::Chunk(chunk) };
        for rank in &mut self.ranks {
            let nodes = Arc::make_mut(rank);
            nodes.push(node);
            if nodes.len() < FANOUT {
                return;
            }
            node = Node::group(std::mem::take(rank));
        }
        self.ranks.push(Arc::new(vec![node]));
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Bytes that the chunks and their nodes take.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// The chunk that holds sample `index`, and the index of that chunk's first sample.
    pub fn find(&self, index: usize) -> Option<(&Chunk, usize)> {
        let mut base = 0;
        let mut found = self.roots().find(|node| node.ends_after(index, &mut base))?;
        loop {
            match &found.child {
                Child::Chunk(chunk) => return Some((chunk, base)),
                Child::Group(nodes) => found = nodes.iter().find(|node| node.ends_after(index, &mut base))?,
            }
        }
    }

    /// For ascending x: the chunk in which, or right behind which, the samples that `is_before` holds for end, and the
    /// index of its first sample. `None` if it holds for all samples.
    pub fn find_before(&self, is_before: impl Fn(f64) -> bool) -> Option<(&Chunk, usize)> {
        let mut base = 0;
        let mut ends_here = |node: &&Node| {
            let is_behind = is_before(node.summary.x_max);
            base += if is_behind { node.len } else { 0 };
            !is_behind
        };
        let mut found = self.roots().find(&mut ends_here)?;
        loop {
            match &found.child {
                Child::Chunk(chunk) => return Some((chunk, base)),
                Child::Group(nodes) => found = nodes.iter().find(&mut ends_here)?,
            }
        }
    }

    /// Hands the pieces that cover `range` to `each`, in order.
    pub fn cover<'a>(&'a self, range: Range<usize>, each: &mut impl FnMut(Piece<'a>)) {
        cover(self.roots(), range, each);
    }

    /// Shows everything to `visitor`, from the top, in order.
    pub fn walk<'a>(&'a self, visitor: &mut impl Visitor<'a>) {
        walk(self.roots(), 0, visitor);
    }

    /// The nodes at the top in the order of their samples.
    fn roots(&self) -> impl Iterator<Item = &Node> {
        self.ranks.iter().rev().flat_map(|rank| rank.iter())
    }
}

impl Node {
    fn group(nodes: Arc<Vec<Self>>) -> Self {
        let mut summary = Summary::EMPTY;
        for node in nodes.iter() {
            summary.merge(&node.summary);
        }
        Self { summary, len: nodes.iter().map(|node| node.len).sum(), child: Child::Group(nodes) }
    }

    /// Whether sample `index` comes before the end of this node, which begins at `base`; else moves `base` there.
    fn ends_after(&self, index: usize, base: &mut usize) -> bool {
        let is_inside = index < *base + self.len;
        *base += if is_inside { 0 } else { self.len };
        is_inside
    }
}

fn cover<'a>(nodes: impl Iterator<Item = &'a Node>, range: Range<usize>, each: &mut impl FnMut(Piece<'a>)) {
    let mut next = 0;
    for node in nodes {
        let first = next;
        next += node.len;
        if next <= range.start {
            continue;
        }
        if first >= range.end {
            return;
        }
        if range.start <= first && next <= range.end {
            each(Piece::Blocks(std::slice::from_ref(&node.summary)));
            continue;
        }
        let inside = range.start.saturating_sub(first)..(range.end - first).min(node.len);
        match &node.child {
            Child::Chunk(chunk) => chunk.cover(inside, each),
            Child::Group(nodes) => cover(nodes.iter(), inside, each),
        }
    }
}

fn walk<'a>(nodes: impl Iterator<Item = &'a Node>, base: usize, visitor: &mut impl Visitor<'a>) {
    let mut next = base;
    for node in nodes {
        let first = next;
        next += node.len;
        if !visitor.enters(&node.summary, first..next) {
            continue;
        }
        match &node.child {
            Child::Chunk(chunk) => chunk.walk(first, visitor),
            Child::Group(nodes) => walk(nodes.iter(), first, visitor),
        }
    }
}
