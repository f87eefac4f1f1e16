//! Very many straight lines: each pixel column (or row, for steep ones) of a line is covered where its middle is.
//!
//! A fifth of the work of a stroke, at the price of plain ends; used where lines lie so thick that nobody sees one's end.

use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink};
use crate::render::scene::Paint;

/// Draws the lines in their order.
pub(super) fn draw(canvas: &mut Canvas, clip: Area, ends: &[[[f32; 2]; 2]], width_px: f32, paint: Paint) {
    if !(width_px > 0.0 && width_px < 1e4) || clip.is_empty() {
        return;
    }
    let ink = Ink::new(paint);
    let stride = canvas.width_px as usize;
    let pixels = canvas.pixels.as_chunks_mut::<4>().0;
    let (columns, rows) = ((clip.x0, clip.x1), (clip.y0, clip.y1));
    for &[a, b] in ends {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let length = dx.hypot(dy);
        if !length.is_finite() || length == 0.0 {
            continue;
        }
        if dx.abs() >= dy.abs() {
            let half = width_px / 2.0 * length / dx.abs();
            Way { along: columns, across: rows, along_step: 1, across_step: stride }.cover(pixels, a, b, half, ink);
        } else {
            let half = width_px / 2.0 * length / dy.abs();
            let turned = |p: [f32; 2]| [p[1], p[0]];
            let way = Way { along: rows, across: columns, along_step: stride, across_step: 1 };
            way.cover(pixels, turned(a), turned(b), half, ink);
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
    fn cover(&self, pixels: &mut [[u8; 4]], a: [f32; 2], b: [f32; 2], half: f32, ink: Ink) {
        let (a, b) = if a[0] <= b[0] { (a, b) } else { (b, a) };
        let slope = (b[1] - a[1]) / (b[0] - a[0]);
        let from = (a[0].round() as i32).max(self.along.0);
        let to = (b[0].round() as i32).min(self.along.1);
        let start = a[1] + (from as f32 + 0.5 - a[0]) * slope;
        let (least, most) = (self.across.0 as f32, self.across.1 as f32);
        let opacity = ink.opacity as f32;
        for (i, along) in (from..to).enumerate() {
            let middle = start + i as f32 * slope;
            let (near, far) = ((middle - half).max(least), (middle + half).min(most));
            // The clip lies on the canvas, so places are never negative.
            let mut edge = near as u32;
            let mut index = along as usize * self.along_step + edge as usize * self.across_step;
            let mut place = near;
            while place < far {
                edge += 1;
                let next = (edge as f32).min(far);
                if let Some(pixel) = pixels.get_mut(index) {
                    ink.cover_once(pixel, ((next - place) * opacity) as u32);
                }
                place = next;
                index += self.across_step;
            }
        }
    }
}
