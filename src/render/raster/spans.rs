//! Column spans: one covered interval in each pixel column.

use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink};
use crate::render::raster::tile::{STRIP, Strip};
use crate::render::scene::{Paint, Span};

/// Draws spans whose columns ascend.
pub(super) fn draw(canvas: &mut Canvas, clip: Area, spans: &[Span], paint: Paint) {
    let ink = Ink::new(paint);
    let mut strip = Strip::default();
    for group in spans.chunk_by(|a, b| a.x_px.div_euclid(STRIP as i32) == b.x_px.div_euclid(STRIP as i32)) {
        let Some(first) = group.first() else { continue };
        let x0 = first.x_px.div_euclid(STRIP as i32) * STRIP as i32;
        let left = x0.max(clip.x0);
        strip.begin(left, clip);
        for span in group.iter().filter(|span| (clip.x0..clip.x1).contains(&span.x_px)) {
            strip.cover((span.x_px - left) as usize, &[span.top_px], &[span.bottom_px], 1.0);
        }
        strip.blend(canvas, clip, ink);
    }
}
