//! Text in pixels: glyphs are covered once for each size and quarter of a pixel, kept, and blended.
//!
//! Heights are fitted to whole pixels (base line, small letters, capitals), so that text is crisp at small sizes; widths
//! are left as designed, so that a text is as long as it was measured.

use std::collections::HashMap;

use ab_glyph::{
    Font, Glyph as FontGlyph, GlyphId, Outline, OutlineCurve, OutlinedGlyph, Point, PxScale, PxScaleFactor,
};

use crate::batch::Color;
use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink, row};
use crate::render::scene::Text;
use crate::render::text;

/// Places a pixel, along the base line, for which a glyph is covered.
const STEPS: f32 = 4.0;
/// Bytes of coverage kept; a figure needs some ten thousand. All is forgotten when there are more.
const KEPT_BYTES: usize = 8 << 20;
/// Largest size that is drawn; larger text is drawn at this size.
const MAX_SIZE_PX: f32 = 512.0;

/// Draws text; keeps glyphs.
#[derive(Default)]
pub(super) struct GlyphPainter {
    kept: HashMap<Key, Coverage>,
    parts: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    id: u16,
    size_bits: u32,
    step: u8,
}

/// Coverage of a glyph, relative to its origin's pixel.
#[derive(Clone, Copy, Default)]
struct Coverage {
    left: i32,
    top: i32,
    width: usize,
    height: usize,
    start: usize,
}

impl GlyphPainter {
    /// Draws a text.
    pub(super) fn draw(&mut self, canvas: &mut Canvas, clip: Area, text: &Text) {
        let [x, y] = text::origin(text);
        if !(x.abs() < 1e6 && y.abs() < 1e6) {
            return;
        }
        let size_px = text.size_px.min(MAX_SIZE_PX);
        let ink = Ink::new(text.paint);
        let curve = contrast(text.paint.color);
        text::lay_out(&text.content, size_px, |glyph| {
            // The base line stands between pixels; along it, glyphs stand on quarters.
            let along = if text.is_upright { -y } else { x } + glyph.offset_px;
            let steps = (along * STEPS).round() as i32;
            let (pixel, step) = (steps.div_euclid(STEPS as i32), steps.rem_euclid(STEPS as i32) as u8);
            let extent = if text.is_upright { (-clip.y1, -clip.y0) } else { (clip.x0, clip.x1) };
            let reach = size_px as i32 * 2 + 2;
            if pixel + reach < extent.0 || pixel - reach > extent.1 {
                return;
            }
            let coverage = self.coverage(Key { id: glyph.id, size_bits: size_px.to_bits(), step });
            let parts = self.parts.get(coverage.start..).unwrap_or_default();
            if text.is_upright {
                blend_upright(canvas, clip, (x.round() as i32, pixel), coverage, parts, &curve, ink);
            } else {
                blend_level(canvas, clip, (pixel, y.round() as i32), coverage, parts, &curve, ink);
            }
        });
    }

    fn coverage(&mut self, key: Key) -> Coverage {
        if let Some(kept) = self.kept.get(&key) {
            return *kept;
        }
        if self.parts.len() > KEPT_BYTES {
            self.kept.clear();
            self.parts.clear();
        }
        let coverage = self.cover(key).unwrap_or_default();
        self.kept.insert(key, coverage);
        coverage
    }

    fn cover(&mut self, key: Key) -> Option<Coverage> {
        let font = text::font()?;
        let size_px = f32::from_bits(key.size_bits);
        let em_px = size_px / font.units_per_em()?;
        let id = GlyphId(key.id);
        let mut outline = font.outline(id)?;
        fit(&mut outline, em_px);
        let position = Point { x: f32::from(key.step) / STEPS, y: 0.0 };
        let glyph = FontGlyph { id, scale: PxScale::from(size_px), position };
        let factor = PxScaleFactor { horizontal: em_px, vertical: em_px };
        let outlined = OutlinedGlyph::new(glyph, outline, factor);
        let bounds = outlined.px_bounds();
        let (width, height) = (bounds.width() as usize, bounds.height() as usize);
        let coverage =
            Coverage { left: bounds.min.x as i32, top: bounds.min.y as i32, width, height, start: self.parts.len() };
        self.parts.resize(coverage.start + width * height, 0);
        let parts = self.parts.get_mut(coverage.start..)?;
        outlined.draw(|x, y, part| {
            if let Some(cell) = parts.get_mut(y as usize * width + x as usize) {
                *cell = (part.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
            }
        });
        Some(coverage)
    }
}

fn blend_level(
    canvas: &mut Canvas,
    clip: Area,
    (x, y): (i32, i32),
    coverage: Coverage,
    parts: &[u8],
    curve: &[u8; 256],
    ink: Ink,
) {
    let left = x + coverage.left;
    let (x0, x1) = (left.max(clip.x0), (left + coverage.width as i32).min(clip.x1));
    if x0 >= x1 {
        return;
    }
    for (y, parts) in (y + coverage.top..).zip(parts.chunks(coverage.width).take(coverage.height)) {
        if (clip.y0..clip.y1).contains(&y) {
            let parts = parts.iter().skip((x0 - left) as usize);
            row(canvas, y, x0, x1).iter_mut().zip(parts).for_each(|(pixel, part)| blend(pixel, *part, curve, ink));
        }
    }
}

/// Draws a glyph turned to the left: its columns, from the last to the first, are rows. `y` counts upwards.
fn blend_upright(
    canvas: &mut Canvas,
    clip: Area,
    (x, up): (i32, i32),
    coverage: Coverage,
    parts: &[u8],
    curve: &[u8; 256],
    ink: Ink,
) {
    let left = x + coverage.top;
    let (x0, x1) = (left.max(clip.x0), (left + coverage.height as i32).min(clip.x1));
    if x0 >= x1 {
        return;
    }
    for column in 0..coverage.width {
        let y = -(up + coverage.left + column as i32) - 1;
        if (clip.y0..clip.y1).contains(&y) {
            let parts = parts.iter().skip(column).step_by(coverage.width).skip((x0 - left) as usize);
            row(canvas, y, x0, x1).iter_mut().zip(parts).for_each(|(pixel, part)| blend(pixel, *part, curve, ink));
        }
    }
}

#[inline]
fn blend(pixel: &mut [u8; 4], part: u8, curve: &[u8; 256], ink: Ink) {
    let part = u32::from(curve.get(usize::from(part)).copied().unwrap_or(part));
    ink.cover(pixel, (part * ink.opacity + 127) / 255);
}

/// Coverage corrected for how it is seen: mixing in sRGB makes light strokes on dark thinner than dark ones on light, and
/// strokes in a middle grey pale.
fn contrast(color: Color) -> [u8; 256] {
    let luma = (0.299 * f32::from(color.r) + 0.587 * f32::from(color.g) + 0.114 * f32::from(color.b)) / 255.0;
    let exponent = 1.0 / (1.0 + 0.4 * luma + 0.12);
    std::array::from_fn(|part| ((part as f32 / 255.0).powf(exponent) * 255.0 + 0.5) as u8)
}

/// Moves the heights of an outline so that base line, small letters and capitals end on whole pixels.
fn fit(outline: &mut Outline, em_px: f32) {
    let whole = |units: f32| (units * em_px).round() / em_px;
    // Round letters reach a little beyond flat ones; under half a pixel that only blurs them.
    let overshoot = if OVERSHOOT * em_px < 0.5 { OVERSHOOT } else { 0.0 };
    let knots = [
        (-overshoot, 0.0),
        (0.0, 0.0),
        (SMALL, whole(SMALL).max(1.0 / em_px)),
        (SMALL + overshoot, whole(SMALL).max(1.0 / em_px)),
        (CAPITAL, whole(CAPITAL)),
        (CAPITAL + overshoot, whole(CAPITAL)),
        (ASCENDER, whole(ASCENDER)),
    ];
    let moved = |y: f32| {
        let (mut below, mut above) = ((-1e4, -1e4 + overshoot), (1e4, 1e4 + whole(ASCENDER) - ASCENDER));
        for knot in knots {
            if knot.0 <= y {
                below = knot;
            } else {
                above = knot;
                break;
            }
        }
        below.1 + (y - below.0) / (above.0 - below.0) * (above.1 - below.1)
    };
    let mut set = |point: &mut Point| point.y = moved(point.y);
    for curve in &mut outline.curves {
        match curve {
            OutlineCurve::Line(a, b) => [a, b].into_iter().for_each(&mut set),
            OutlineCurve::Quad(a, b, c) => [a, b, c].into_iter().for_each(&mut set),
            OutlineCurve::Cubic(a, b, c, d) => [a, b, c, d].into_iter().for_each(&mut set),
        }
    }
    set(&mut outline.bounds.min);
    set(&mut outline.bounds.max);
}

// Heights of the bundled font in its units.
const SMALL: f32 = 1120.0;
const CAPITAL: f32 = 1493.0;
const ASCENDER: f32 = 1556.0;
const OVERSHOOT: f32 = 29.0;
