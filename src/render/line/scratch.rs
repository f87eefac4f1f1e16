//! Buffers that live from frame to frame, so that a steady stream of frames allocates nothing.

use std::ops::Range;

use crate::render::line::ink::InkBuffers;
use crate::render::scene::Shape;
use crate::store::Column;

/// Buffers for drawing shapes with content of their own: points, dashes, texts. Owned by one thread; empty at first.
#[derive(Default)]
pub struct Scratch {
    pub(super) edges: Vec<f64>,
    pub(super) columns: Vec<Column>,
    pub(super) cells: Vec<u64>,
    pub(super) ink: InkBuffers,
    pub(super) ranges: Vec<Range<usize>>,
    /// Of lines: apart from those of marks, which are few, so that each soon has the size that it needs.
    pub(super) points: Vec<Vec<[f32; 2]>>,
    marks: Vec<Vec<[f32; 2]>>,
    pub(super) lines: Vec<Vec<[f32; 2]>>,
    segments: Vec<Vec<[[f32; 2]; 2]>>,
    lengths: Vec<Vec<f32>>,
    texts: Vec<String>,
}

/// Buffers of a kind kept for reuse: a curve with a gap in every other pixel needs so many.
const KEPT_BUFFERS: usize = 4096;

impl Scratch {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the buffers of shapes that are drawn already.
    ///
    /// Pass them from the last to the first: the next frame then takes them in the order of this one, so that each serves
    /// the same purpose again and has the size for it.
    pub fn recycle(&mut self, shape: Shape) {
        match shape {
            Shape::Line { points, stroke } => {
                self.give_points(points);
                self.give_lengths(stroke.dash_px);
            }
            Shape::Polygon { points, .. } => self.give_points(points),
            Shape::Markers { centers_px, .. } => self.give_marks(centers_px),
            Shape::Segments { ends, .. } => self.give_segments(ends),
            Shape::Text(text) => give(&mut self.texts, text.content),
            _ => {}
        }
    }

    pub(crate) fn take_points(&mut self) -> Vec<[f32; 2]> {
        self.points.pop().unwrap_or_default()
    }

    pub(super) fn give_points(&mut self, points: Vec<[f32; 2]>) {
        give(&mut self.points, points);
    }

    pub(crate) fn take_marks(&mut self) -> Vec<[f32; 2]> {
        self.marks.pop().unwrap_or_default()
    }

    pub(super) fn give_marks(&mut self, centers_px: Vec<[f32; 2]>) {
        give(&mut self.marks, centers_px);
    }

    pub(super) fn take_segments(&mut self) -> Vec<[[f32; 2]; 2]> {
        self.segments.pop().unwrap_or_default()
    }

    pub(super) fn give_segments(&mut self, segments: Vec<[[f32; 2]; 2]>) {
        give(&mut self.segments, segments);
    }

    pub(crate) fn take_lengths(&mut self) -> Vec<f32> {
        self.lengths.pop().unwrap_or_default()
    }

    pub(crate) fn give_lengths(&mut self, lengths: Vec<f32>) {
        give(&mut self.lengths, lengths);
    }

    /// A copy of `text`.
    pub(crate) fn text(&mut self, text: &str) -> String {
        // Notes and names change hands where one more appears: all have room for most of either.
        let mut copy = self.texts.pop().unwrap_or_else(|| String::with_capacity(120));
        copy.push_str(text);
        copy
    }
}

/// What can be emptied and has memory of its own.
trait Buffer {
    fn capacity(&self) -> usize;
    fn empty(&mut self);
}

impl<T> Buffer for Vec<T> {
    fn capacity(&self) -> usize {
        Self::capacity(self)
    }

    fn empty(&mut self) {
        self.clear();
    }
}

impl Buffer for String {
    fn capacity(&self) -> usize {
        Self::capacity(self)
    }

    fn empty(&mut self) {
        self.clear();
    }
}

fn give<B: Buffer>(kept: &mut Vec<B>, mut buffer: B) {
    if kept.len() < KEPT_BUFFERS && buffer.capacity() > 0 {
        buffer.empty();
        kept.push(buffer);
    }
}
