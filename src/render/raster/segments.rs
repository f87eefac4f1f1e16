//! Very many straight lines: each pixel column (or row, for steep ones) of a line is covered where its middle is.
//!
//! A fifth of the work of a stroke, at the price of plain ends; used where lines lie so thick that nobody sees one's end.
//! The coverage of all lines is added up, as that of lines side by side, and blended once.

use crate::render::pool;
use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink, blend_parts};
use crate::render::scene::Paint;

/// Lines from which the rows are shared among the cores.
const SHARED: usize = 2000;

/// Draws segments; keeps its buffer.
#[derive(Default)]
pub(super) struct SegmentPainter {
    /// Coverage of the clip, gathered; all zero between drawings.
    parts: Vec<u8>,
}

impl SegmentPainter {
    /// Draws the lines.
    ///
    /// Each pixel is the same however the rows are divided: where a line stands there is reckoned from its own start.
    pub(super) fn draw(
        &mut self,
        canvas: &mut Canvas,
        clip: Area,
        ends: &[[[f32; 2]; 2]],
        width_px: f32,
        paint: Paint,
    ) {
        if !(width_px > 0.0 && width_px < 1e4) || clip.is_empty() {
            return;
        }
        let (stride, width) = (canvas.width_px as usize, (clip.x1 - clip.x0) as usize);
        let rows = clip.y0 as usize * stride..clip.y1 as usize * stride;
        let pixels = canvas.pixels.as_chunks_mut::<4>().0.get_mut(rows).unwrap_or_default();
        let len = width * (clip.y1 - clip.y0) as usize;
        self.parts.resize(len.max(self.parts.len()), 0);
        let parts = self.parts.get_mut(..len).unwrap_or_default();
        let task = Task { ends, width_px, ink: Ink::new(paint), stride, width };
        // More bands than threads: some hold more ink than others.
        let bands = if ends.len() < SHARED { 1 } else { pool::width() * 4 };
        if bands > 4 {
            pool::install(|| task.share(pixels, parts, clip, bands));
        } else {
            task.draw(pixels, parts, clip);
        }
    }
}

/// What to draw.
#[derive(Clone, Copy)]
struct Task<'a> {
    ends: &'a [[[f32; 2]; 2]],
    width_px: f32,
    ink: Ink,
    /// Pixels of a row of the canvas.
    stride: usize,
    /// Pixels of a row of the clip.
    width: usize,
}

impl Task<'_> {
    /// Divides the rows of `clip`, with their pixels and coverage, into so many bands.
    fn share(self, pixels: &mut [[u8; 4]], parts: &mut [u8], clip: Area, bands: usize) {
        let rows = (clip.y1 - clip.y0) as usize;
        if bands < 2 || rows < 2 * bands {
            return self.draw(pixels, parts, clip);
        }
        let upper = rows * (bands / 2) / bands;
        let (pixels_above, pixels_below) = pixels.split_at_mut(upper * self.stride);
        let (parts_above, parts_below) = parts.split_at_mut(upper * self.width);
        let cut = clip.y0 + upper as i32;
        rayon::join(
            || self.share(pixels_above, parts_above, Area { y1: cut, ..clip }, bands / 2),
            || self.share(pixels_below, parts_below, Area { y0: cut, ..clip }, bands - bands / 2),
        );
    }

    /// Draws what lies in `clip`.
    fn draw(self, pixels: &mut [[u8; 4]], parts: &mut [u8], clip: Area) {
        let (columns, rows) = ((clip.x0, clip.x1), (clip.y0, clip.y1));
        for &[a, b] in self.ends {
            let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
            let length = dx.hypot(dy);
            if !length.is_finite() || length == 0.0 {
                continue;
            }
            if dx.abs() >= dy.abs() {
                let half = self.width_px / 2.0 * length / dx.abs();
                Way { along: columns, across: rows, along_step: 1, across_step: self.width }.cover(parts, a, b, half);
            } else {
                let half = self.width_px / 2.0 * length / dy.abs();
                let turned = |p: [f32; 2]| [p[1], p[0]];
                let way = Way { along: rows, across: columns, along_step: self.width, across_step: 1 };
                way.cover(parts, turned(a), turned(b), half);
            }
        }
        for (pixels, parts) in pixels.chunks_mut(self.stride).zip(parts.chunks_mut(self.width)) {
            let pixels = pixels.get_mut(clip.x0 as usize..clip.x1 as usize).unwrap_or_default();
            blend_parts(pixels, parts, self.ink);
        }
    }
}

/// The clip as seen by a line that goes farther along one direction than across it.
struct Way {
    along: (i32, i32),
    across: (i32, i32),
    /// Pixels from one place to the next along, and across.
    along_step: usize,
    across_step: usize,
}

impl Way {
    /// Covers the line from `a` to `b`, which reaches `half` to both sides across.
    #[inline(always)]
    fn cover(&self, parts: &mut [u8], a: [f32; 2], b: [f32; 2], half: f32) {
        let (a, b) = if a[0] <= b[0] { (a, b) } else { (b, a) };
        let slope = (b[1] - a[1]) / (b[0] - a[0]);
        let first = a[0].round() as i32;
        let start = a[1] + (first as f32 + 0.5 - a[0]) * slope;
        let (least, most) = (self.across.0 as f32, self.across.1 as f32);
        let (from, to) = self.range(first, b[0].round() as i32, start, slope, half);
        let mut add = |index: usize, part: f32| {
            if let Some(cell) = parts.get_mut(index) {
                *cell = cell.saturating_add((part * 255.0) as u8);
            }
        };
        for along in from..to {
            let middle = start + (along - first) as f32 * slope;
            let (near, far) = ((middle - half).max(least), (middle + half).min(most));
            if near >= far {
                continue;
            }
            let (edge, end) = (near as i32, far as i32);
            let row = (along - self.along.0) as usize * self.along_step;
            let index = row + (edge - self.across.0) as usize * self.across_step;
            if edge == end {
                add(index, far - near);
                continue;
            }
            add(index, (edge + 1) as f32 - near);
            let mut index = index + self.across_step;
            for _ in edge + 1..end {
                add(index, 1.0);
                index += self.across_step;
            }
            if end < self.across.1 {
                add(index, far - end as f32);
            }
        }
    }

    /// The places along at which the line meets the clip, and a few more.
    #[inline(always)]
    fn range(&self, first: i32, last: i32, start: f32, slope: f32, half: f32) -> (i32, i32) {
        let (from, to) = (first.max(self.along.0), last.min(self.along.1));
        if slope.abs() < 1e-3 {
            return (from, to);
        }
        let reach = |edge: i32, half: f32| (edge as f32 + half - start) / slope;
        let (one, other) = (reach(self.across.0, -half), reach(self.across.1, half));
        let (enters, leaves) = (one.min(other).floor(), one.max(other).ceil());
        // Far out, these saturate.
        (
            from.max(first.saturating_add((enters as i32).saturating_sub(1))),
            to.min(first.saturating_add((leaves as i32).saturating_add(2))),
        )
    }
}
