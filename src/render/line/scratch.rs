//! Buffers that live from frame to frame, so that a steady stream of frames allocates nothing.

use std::ops::Range;

use crate::render::line::ink::InkBuffers;
use crate::render::scene::Shape;
use crate::store::Column;

/// Buffers for drawing curves. Owned by the figure's thread; empty at first.
#[derive(Default)]
pub struct Scratch {
    pub(super) edges: Vec<f64>,
    pub(super) columns: Vec<Column>,
    pub(super) cells: Vec<u64>,
    pub(super) ink: InkBuffers,
    pub(super) ranges: Vec<Range<usize>>,
    points: Vec<Vec<[f32; 2]>>,
    segments: Vec<[[f32; 2]; 2]>,
}

/// Point buffers kept for reuse; more than a figure of many curves needs.
const KEPT_BUFFERS: usize = 256;

impl Scratch {
    /// Empty buffers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the point buffers of shapes that are drawn already, and empties the list.
    pub fn recycle(&mut self, shapes: &mut Vec<Shape>) {
        for shape in shapes.drain(..) {
            match shape {
                Shape::Line { points, .. } | Shape::Polygon { points, .. } => self.give_points(points),
                Shape::Markers { centers_px, .. } => self.give_points(centers_px),
                Shape::Segments { ends, .. } => self.give_segments(ends),
                _ => {}
            }
        }
    }

    pub(super) fn take_points(&mut self) -> Vec<[f32; 2]> {
        self.points.pop().unwrap_or_default()
    }

    pub(super) fn take_segments(&mut self) -> Vec<[[f32; 2]; 2]> {
        std::mem::take(&mut self.segments)
    }

    pub(super) fn give_segments(&mut self, mut segments: Vec<[[f32; 2]; 2]>) {
        if segments.capacity() > self.segments.capacity() {
            segments.clear();
            self.segments = segments;
        }
    }

    pub(super) fn give_points(&mut self, mut points: Vec<[f32; 2]>) {
        if self.points.len() < KEPT_BUFFERS && points.capacity() > 0 {
            points.clear();
            self.points.push(points);
        }
    }
}
