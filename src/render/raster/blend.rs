//! Blends colours onto pixels: areas of whole pixels, rows of coverage, rectangles with partly covered edges.

use crate::batch::Color;
use crate::figure::PlotRect;
use crate::render::raster::{Canvas, is_sound};
use crate::render::scene::Paint;

/// Whole pixels from the first to before the second corner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x0: i32,
    pub(super) y0: i32,
    pub(super) x1: i32,
    pub(super) y1: i32,
}

impl Area {
    /// The pixels of a rectangle whose edges are rounded to the next border between pixels; empty if it is not sound.
    pub(super) fn snapped(rect: &PlotRect) -> Self {
        if !is_sound(rect) {
            return Self { x0: 0, y0: 0, x1: 0, y1: 0 };
        }
        Self {
            x0: rect.x_px.round() as i32,
            y0: rect.y_px.round() as i32,
            x1: (rect.x_px + rect.width_px).round() as i32,
            y1: (rect.y_px + rect.height_px).round() as i32,
        }
    }

    pub(super) fn intersected(self, other: Self) -> Self {
        Self {
            x0: self.x0.max(other.x0),
            y0: self.y0.max(other.y0),
            x1: self.x1.min(other.x1),
            y1: self.y1.min(other.y1),
        }
    }

    pub(super) fn is_empty(self) -> bool {
        self.x0 >= self.x1 || self.y0 >= self.y1
    }
}

/// A paint made ready for blending: blue, green, red, and opacity from 0 to 255.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ink {
    bytes: [u8; 4],
    pub(super) opacity: u32,
}

impl Ink {
    pub(super) fn new(paint: Paint) -> Self {
        let Color { r, g, b } = paint.color;
        let alpha = if paint.alpha.is_nan() { 0.0 } else { paint.alpha.clamp(0.0, 1.0) };
        Self { bytes: [b, g, r, 255], opacity: (alpha * 255.0).round() as u32 }
    }

    /// Covers a pixel by `part` of 255.
    #[inline(always)]
    pub(super) fn cover(self, pixel: &mut [u8; 4], part: u32) {
        // Two channels at a time, in the halves of a word; neither half can run over into the other.
        const HALVES: u32 = 0x00ff_00ff;
        let mix = |above: u32, below: u32| {
            // Exact rounding of x / 255 for x up to 255 * 255.
            let sum = (above & HALVES) * part + (below & HALVES) * (255 - part) + 0x0080_0080;
            ((sum + ((sum >> 8) & HALVES)) >> 8) & HALVES
        };
        let part_of = u32::from_le_bytes;
        let (above, below) = (part_of(self.bytes), part_of(*pixel));
        *pixel = (mix(above, below) | (mix(above >> 8, below >> 8) << 8)).to_le_bytes();
    }

    /// Covers each pixel of a row by its part of 255, as [`cover`](Self::cover) does, for an opaque ink. Without a
    /// branch, and in sixteen bits a channel: the compiler makes vector instructions of it.
    pub(super) fn cover_row<const N: usize>(self, pixels: &mut [[u8; 4]; N], parts: &[u8; N]) {
        let above = self.bytes.map(u16::from);
        for (pixel, part) in pixels.iter_mut().zip(parts) {
            let part = u16::from(*part);
            for (below, above) in pixel.iter_mut().zip(above) {
                // Exact rounding of x / 255 for x up to 255 * 255.
                let sum = above * part + u16::from(*below) * (255 - part) + 128;
                *below = ((sum + (sum >> 8)) >> 8) as u8;
            }
        }
    }

    /// Covers a row of pixels whole.
    pub(super) fn fill(self, pixels: &mut [[u8; 4]]) {
        if self.opacity == 255 {
            pixels.fill(self.bytes);
        } else {
            pixels.iter_mut().for_each(|pixel| self.cover(pixel, self.opacity));
        }
    }
}

/// Pixels of a row that are looked at together for coverage.
const GROUP: usize = 16;

/// Blends gathered coverage onto a row of pixels, and clears it.
pub(super) fn blend_parts(pixels: &mut [[u8; 4]], parts: &mut [u8], ink: Ink) {
    for (pixels, parts) in pixels.chunks_mut(GROUP).zip(parts.chunks_mut(GROUP)) {
        if parts.iter().all(|part| *part == 0) {
            continue;
        }
        if parts.iter().all(|part| *part == 255) {
            parts.fill(0);
            ink.fill(pixels);
            continue;
        }
        for (pixel, part) in pixels.iter_mut().zip(parts) {
            let part = u32::from(std::mem::take(part));
            if part != 0 {
                ink.cover(pixel, (part * ink.opacity + 127) / 255);
            }
        }
    }
}

/// Fills a buffer of pixels with one colour.
pub(super) fn fill_all(pixels: &mut [u8], color: Color) {
    pixels.as_chunks_mut::<4>().0.fill([color.b, color.g, color.r, 255]);
}

/// The pixels of row `y` from `x0` to before `x1`; empty where that is not on the canvas.
#[inline]
pub(super) fn row(canvas: &mut Canvas, y: i32, x0: i32, x1: i32) -> &mut [[u8; 4]] {
    let width = canvas.width_px as usize;
    let (Ok(y), Ok(x0), Ok(x1)) = (usize::try_from(y), usize::try_from(x0), usize::try_from(x1)) else {
        return &mut [];
    };
    if x0 >= x1 || x1 > width {
        return &mut [];
    }
    canvas.pixels.as_chunks_mut::<4>().0.get_mut(y * width + x0..y * width + x1).unwrap_or_default()
}

/// A rectangle whose edges may lie inside pixels, which are then covered in part.
pub(super) fn rect(canvas: &mut Canvas, clip: Area, rect: &PlotRect, paint: Paint) {
    if !is_sound(rect) {
        return;
    }
    let ink = Ink::new(paint);
    let limit = |v: f32, lo: i32, hi: i32| v.clamp(lo as f32, hi as f32);
    let (x0, x1) = (limit(rect.x_px, clip.x0, clip.x1), limit(rect.x_px + rect.width_px, clip.x0, clip.x1));
    let (y0, y1) = (limit(rect.y_px, clip.y0, clip.y1), limit(rect.y_px + rect.height_px, clip.y0, clip.y1));
    let covered = |from: f32, to: f32, pixel: i32| (to.min((pixel + 1) as f32) - from.max(pixel as f32)).max(0.0);
    for y in y0.floor() as i32..y1.ceil() as i32 {
        let in_row = covered(y0, y1, y) * ink.opacity as f32;
        let (whole0, whole1) = (x0.ceil() as i32, x1.floor() as i32);
        let part = in_row.round() as u32;
        if part == 255 {
            ink.fill(row(canvas, y, whole0, whole1));
        } else {
            row(canvas, y, whole0, whole1).iter_mut().for_each(|pixel| ink.cover(pixel, part));
        }
        let mut edge = |x: i32| {
            let part = (in_row * covered(x0, x1, x)).round() as u32;
            row(canvas, y, x, x + 1).iter_mut().for_each(|pixel| ink.cover(pixel, part));
        };
        if x0 < whole0 as f32 {
            edge(whole0 - 1);
        }
        if x1 > whole1 as f32 && whole1 >= whole0 {
            edge(whole1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn covering_rounds_to_the_nearest_colour_for_all_bytes_and_parts() {
        for above in [0_u8, 1, 77, 128, 254, 255] {
            let ink = Ink::new(Paint::solid(Color::new(above, 255 - above, above / 2)));
            for below in 0..=255_u8 {
                for part in 0..=255_u32 {
                    let mut pixel = [below, below, below, 255];
                    ink.cover(&mut pixel, part);
                    let exact = |above: u8| {
                        let (a, b, p) = (f64::from(above), f64::from(below), f64::from(part));
                        ((a * p + b * (255.0 - p)) / 255.0).round() as u8
                    };
                    assert_eq!(pixel, [exact(above / 2), exact(255 - above), exact(above), 255]);
                    let mut row = [[below, below, below, 255]; 16];
                    ink.cover_row(&mut row, &[part as u8; 16]);
                    assert_eq!(row, [pixel; 16]);
                }
            }
        }
    }

    #[test]
    fn a_rectangle_covers_its_edges_in_part() {
        let mut canvas = Canvas::filled(6, 4, Color::new(255, 255, 255), Vec::new());
        let place = PlotRect { x_px: 1.25, y_px: 1.0, width_px: 2.25, height_px: 1.5 };
        let clip = canvas.area();
        rect(&mut canvas, clip, &place, Paint::solid(Color::new(0, 0, 0)));
        let row = |y: u32| (0..6).map(|x| canvas.color_at(x, y).unwrap().g).collect::<Vec<_>>();
        assert_eq!(row(0), [255; 6]);
        assert_eq!(row(1), [255, 64, 0, 127, 255, 255]);
        assert_eq!(row(2), [255, 159, 127, 191, 255, 255]);
        assert_eq!(row(3), [255; 6]);
    }

    #[test]
    fn nothing_is_drawn_outside_of_the_canvas_or_of_odd_rectangles() {
        let white = Canvas::filled(6, 4, Color::new(255, 255, 255), Vec::new());
        let mut canvas = white.clone();
        let clip = canvas.area();
        for (x_px, width_px) in
            [(-9.0, 5.0), (6.0, 9.0), (f32::NAN, 2.0), (0.0, f32::INFINITY), (3.0, -2.0), (2.0, 0.0)]
        {
            let place = PlotRect { x_px, y_px: 0.0, width_px, height_px: 4.0 };
            rect(&mut canvas, clip, &place, Paint::solid(Color::new(0, 0, 0)));
        }
        assert!(canvas == white);
    }
}
