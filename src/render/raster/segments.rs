//! Very many straight lines: each pixel column (or row, for steep ones) of a line is covered where its middle is.
//!
//! A fifth of the work of a stroke, at the price of plain ends; used where lines lie so thick that nobody sees one's end.

use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink, row};
use crate::render::scene::Paint;

/// Draws the lines in their order.
pub(super) fn draw(canvas: &mut Canvas, clip: Area, ends: &[[[f32; 2]; 2]], width_px: f32, paint: Paint) {
    if !(width_px > 0.0 && width_px < 1e4) {
        return;
    }
    let ink = Ink::new(paint);
    for &[a, b] in ends {
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        if !(dx.is_finite() && dy.is_finite()) || (dx == 0.0 && dy == 0.0) {
            continue;
        }
        if dx.abs() >= dy.abs() {
            let half = width_px / 2.0 * dx.hypot(dy) / dx.abs();
            let line = Line::new(a, b, half, (clip.x0, clip.x1), (clip.y0, clip.y1));
            line.walk(|x, y, part| {
                if let [pixel] = row(canvas, y, x, x + 1) {
                    ink.cover(pixel, (part * ink.opacity as f32) as u32);
                }
            });
        } else {
            let half = width_px / 2.0 * dx.hypot(dy) / dy.abs();
            let turned = |p: [f32; 2]| [p[1], p[0]];
            let line = Line::new(turned(a), turned(b), half, (clip.y0, clip.y1), (clip.x0, clip.x1));
            line.walk(|y, x, part| {
                if let [pixel] = row(canvas, y, x, x + 1) {
                    ink.cover(pixel, (part * ink.opacity as f32) as u32);
                }
            });
        }
    }
}

/// A line that goes farther along the first axis than along the second.
struct Line {
    from: i32,
    to: i32,
    /// Place across at the middle of pixel `from`.
    start: f32,
    slope: f32,
    half: f32,
    across: (i32, i32),
}

impl Line {
    fn new(a: [f32; 2], b: [f32; 2], half: f32, along: (i32, i32), across: (i32, i32)) -> Self {
        let (a, b) = if a[0] <= b[0] { (a, b) } else { (b, a) };
        let slope = (b[1] - a[1]) / (b[0] - a[0]);
        let from = (a[0].round() as i32).max(along.0);
        let to = (b[0].round() as i32).min(along.1);
        let start = a[1] + (from as f32 + 0.5 - a[0]) * slope;
        Self { from, to, start, slope, half, across }
    }

    fn walk(&self, mut cover: impl FnMut(i32, i32, f32)) {
        let (least, most) = (self.across.0 as f32, self.across.1 as f32);
        for (i, along) in (self.from..self.to).enumerate() {
            let middle = self.start + i as f32 * self.slope;
            let (near, far) = ((middle - self.half).max(least), (middle + self.half).min(most));
            if near >= far {
                continue;
            }
            let (first, last) = (near as i32, far.ceil() as i32);
            for across in first..last {
                cover(along, across, far.min((across + 1) as f32) - near.max(across as f32));
            }
        }
    }
}
