//! Coverage of a strip of pixel columns, gathered column by column and blended row by row.
//!
//! Curves are easiest to cover by columns, but pixels lie in rows: writing a tall column straight into them touches one
//! cache line a pixel. A strip as wide as a cache line does the turn in fast memory.

use std::ops::Range;

use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink, row};

/// Columns of a strip: 16 pixels of 4 bytes are a cache line.
pub(super) const STRIP: usize = 16;

/// The coverage of one strip.
#[derive(Default)]
pub(super) struct Strip {
    x0: i32,
    y0: i32,
    /// For each row 16 parts of 255.
    parts: Vec<[u8; STRIP]>,
    /// Rows touched, counted from `y0`.
    touched: Option<(usize, usize)>,
    sums: Vec<f32>,
}

impl Strip {
    /// Starts a strip at column `x0` that covers the rows of `clip`.
    pub(super) fn begin(&mut self, x0: i32, clip: Area) {
        let rows = (clip.y1 - clip.y0).max(0) as usize;
        self.x0 = x0;
        self.y0 = clip.y0;
        self.touched = None;
        self.parts.resize(rows, [0; STRIP]);
        self.sums.resize(rows + 2, 0.0);
    }

    /// Covers column `column` of the strip by the mean of `intervals` (top, bottom), each weighing `weight`.
    ///
    /// Empty intervals have a bottom that is not below their top; they count as no coverage.
    pub(super) fn cover(&mut self, column: usize, tops: &[f32], bottoms: &[f32], weight: f32) {
        let height = self.parts.len() as f32;
        let (mut least, mut greatest) = (f32::INFINITY, f32::NEG_INFINITY);
        // Between the lowest top and the highest bottom the coverage is the same in all rows.
        let (mut even_from, mut even_to, mut even) = (0.0_f32, height, 0.0);
        let y0 = self.y0 as f32;
        for (&top, &bottom) in tops.iter().zip(bottoms) {
            let (top, bottom) = ((top - y0).max(0.0), (bottom - y0).min(height));
            if top >= bottom {
                continue;
            }
            (least, greatest) = (least.min(top), greatest.max(bottom));
            (even_from, even_to) = (even_from.max(top), even_to.min(bottom));
            even += weight;
            self.add(top, weight);
            self.add(bottom, -weight);
        }
        if least >= greatest {
            return;
        }
        let (from, to) = (least as usize, (greatest.ceil() as usize).min(self.parts.len()));
        let mut covered = 0.0;
        // One row more than the lowest top's: what it adds to the next row must be taken along.
        let ramp_to = (even_from as usize + 2).min(to);
        self.ramp(column, from..ramp_to, &mut covered);
        let even_to = even_to as usize;
        if even_to > ramp_to {
            let part = (even * 255.0 + 0.5) as u8;
            for parts in self.parts.get_mut(ramp_to..even_to).unwrap_or_default() {
                if let Some(cell) = parts.get_mut(column) {
                    *cell = part;
                }
            }
            covered = even;
        }
        self.ramp(column, even_to.max(ramp_to)..to, &mut covered);
        for sum in self.sums.get_mut(to..to + 2).unwrap_or_default() {
            *sum = 0.0;
        }
        let (first, last) = self.touched.unwrap_or((from, to));
        self.touched = Some((first.min(from), last.max(to)));
    }

    /// Blends the strip onto the canvas, inside `clip`, and clears it.
    pub(super) fn blend(&mut self, canvas: &mut Canvas, clip: Area, ink: Ink) {
        let Some((first, last)) = self.touched.take() else { return };
        let x1 = (self.x0 + STRIP as i32).min(clip.x1);
        for (index, parts) in (first..).zip(self.parts.get_mut(first..last).unwrap_or_default()) {
            let pixels = row(canvas, self.y0 + index as i32, self.x0, x1);
            let parts = std::mem::replace(parts, [0; STRIP]);
            if parts == [255; STRIP] {
                ink.fill(pixels);
            } else if let (Some((pixels, [])), 255) = (pixels.split_first_chunk_mut(), ink.opacity) {
                ink.cover_row(pixels, &parts);
            } else if parts != [0; STRIP] {
                for (pixel, part) in pixels.iter_mut().zip(parts) {
                    if part != 0 {
                        ink.cover(pixel, (u32::from(part) * ink.opacity + 127) / 255);
                    }
                }
            }
        }
    }

    /// Turns the running sum of some rows into their coverage.
    fn ramp(&mut self, column: usize, rows: Range<usize>, covered: &mut f32) {
        let sums = self.sums.get_mut(rows.clone()).unwrap_or_default();
        for (parts, sum) in self.parts.get_mut(rows).unwrap_or_default().iter_mut().zip(sums) {
            *covered += std::mem::take(sum);
            if let Some(cell) = parts.get_mut(column) {
                *cell = (*covered * 255.0 + 0.5) as u8;
            }
        }
    }

    /// Adds to the running sum so that it grows by `weight` from place `y` on, in part within the pixel that holds it.
    #[inline]
    fn add(&mut self, y: f32, weight: f32) {
        let index = y as usize;
        let part = y - index as f32;
        if let Some([this, next]) = self.sums.get_mut(index..index + 2) {
            *this += weight * (1.0 - part);
            *next += weight * part;
        }
    }
}
