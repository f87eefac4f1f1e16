//! Strokes lines that turn anywhere and have many points: a round pen led along them.
//!
//! The coverage of a pixel is taken from its distance to the line and gathered as the greatest of all parts, so that
//! joins and crossings are covered once however many parts meet there. The cost goes with the pixels under the pen.

use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink, blend_parts, row};
use crate::render::scene::Stroke;

/// Points from which this pays; below, paths are exact.
const MANY: usize = 200;
/// Shapes beside it from which it pays for any line: the path library takes its time for each beginning.
const CROWD: usize = 200;
/// Widest line; the parts of wider ones overlap so much that paths are cheaper.
const WIDEST_PX: f32 = 8.0;
/// Coverage of the clip, gathered.
#[derive(Default)]
pub(super) struct PenPainter {
    /// All zero between drawings.
    parts: Vec<u8>,
}

/// Whether this painter is to draw the line, one of so many shapes: unbroken, all finite, of many points or among many.
pub(super) fn can_draw(points: &[[f32; 2]], stroke: &Stroke, shapes: usize) -> bool {
    (points.len() >= MANY || shapes >= CROWD)
        && stroke.dash_px.is_empty()
        && stroke.width_px > 0.0
        && stroke.width_px <= WIDEST_PX
        && points.iter().flatten().all(|v| v.is_finite())
}

impl PenPainter {
    /// Draws the line; round caps and joins.
    pub(super) fn draw(&mut self, canvas: &mut Canvas, clip: Area, points: &[[f32; 2]], stroke: &Stroke) {
        // Thinner than a pixel is drawn a pixel wide and paler, as other strokes are.
        let width_px = stroke.width_px.max(1.0);
        let mut paint = stroke.paint;
        paint.alpha *= stroke.width_px / width_px;
        let reach = width_px / 2.0 + 0.5;
        let Some(area) = bounds(points, reach, clip) else { return };
        let width = (area.x1 - area.x0) as usize;
        self.parts.resize((width * (area.y1 - area.y0) as usize).max(self.parts.len()), 0);
        for pair in points.windows(2) {
            if let &[a, b] = pair {
                Capsule::new(a, b, reach).cover(&mut self.parts, width, area);
            }
        }
        self.blend(canvas, area, width, Ink::new(paint));
    }

    /// Blends what was gathered and clears it.
    fn blend(&mut self, canvas: &mut Canvas, area: Area, width: usize, ink: Ink) {
        for (y, parts) in (area.y0..area.y1).zip(self.parts.chunks_mut(width)) {
            blend_parts(row(canvas, y, area.x0, area.x1), parts, ink);
        }
    }
}

/// The pixels that a pen reaching so far may touch, inside the clip.
fn bounds(points: &[[f32; 2]], reach: f32, clip: Area) -> Option<Area> {
    let start = [f32::INFINITY, f32::INFINITY, f32::NEG_INFINITY, f32::NEG_INFINITY];
    let [x0, y0, x1, y1] =
        points.iter().fold(start, |[x0, y0, x1, y1], &[x, y]| [x0.min(x), y0.min(y), x1.max(x), y1.max(y)]);
    let area = Area {
        x0: (x0 - reach).floor() as i32,
        y0: (y0 - reach).floor() as i32,
        x1: (x1 + reach).ceil() as i32,
        y1: (y1 + reach).ceil() as i32,
    };
    Some(area.intersected(clip)).filter(|area| !area.is_empty())
}

/// All places nearer to a straight line than the pen reaches.
struct Capsule {
    a: [f32; 2],
    b: [f32; 2],
    /// From `a` to `b`.
    way: [f32; 2],
    /// One by the square of its length; 0 for none.
    per_square: f32,
    reach: f32,
}

impl Capsule {
    fn new(a: [f32; 2], b: [f32; 2], reach: f32) -> Self {
        let way = [b[0] - a[0], b[1] - a[1]];
        let square = way[0] * way[0] + way[1] * way[1];
        Self { a, b, way, per_square: if square > 1e-12 { 1.0 / square } else { 0.0 }, reach }
    }

    /// Raises the coverage of the pixels of `area` that it touches.
    fn cover(&self, parts: &mut [u8], width: usize, area: Area) {
        let Self { a, b, way, reach, .. } = *self;
        let (left, right) = (a[0].min(b[0]) - reach, a[0].max(b[0]) + reach);
        let y0 = ((a[1].min(b[1]) - reach - 0.5).ceil() as i32).max(area.y0);
        let y1 = ((a[1].max(b[1]) + reach - 0.5).floor() as i32 + 1).min(area.y1);
        // On a row, the pen is so wide along x; of a nearly level line, as wide as the whole.
        let length = way[0].hypot(way[1]);
        let is_level = way[1].abs() * 16.0 < length;
        let half = if is_level { 0.0 } else { reach * length / way[1].abs() };
        for y in y0..y1 {
            let y_px = y as f32 + 0.5;
            let (mut from, mut to) = (left, right);
            if !is_level {
                let middle = a[0] + (y_px - a[1]) * way[0] / way[1];
                (from, to) = (from.max(middle - half), to.min(middle + half));
            }
            let x0 = ((from - 0.5).ceil() as i32).max(area.x0);
            let x1 = ((to - 0.5).floor() as i32 + 1).min(area.x1);
            if x0 >= x1 {
                continue;
            }
            let start = (y - area.y0) as usize * width + (x0 - area.x0) as usize;
            let cells = parts.get_mut(start..start + (x1 - x0) as usize).unwrap_or_default();
            for (i, cell) in cells.iter_mut().enumerate() {
                let part = self.part_at([(x0 + i as i32) as f32 + 0.5, y_px]);
                *cell = (*cell).max(part);
            }
        }
    }

    /// Coverage, in parts of 255, of the pixel around a place.
    #[inline(always)]
    fn part_at(&self, [x, y]: [f32; 2]) -> u8 {
        let (dx, dy) = (x - self.a[0], y - self.a[1]);
        let along = ((dx * self.way[0] + dy * self.way[1]) * self.per_square).clamp(0.0, 1.0);
        let (ex, ey) = (dx - along * self.way[0], dy - along * self.way[1]);
        let distance = (ex * ex + ey * ey).sqrt();
        ((self.reach - distance).clamp(0.0, 1.0) * 255.0 + 0.5) as u8
    }
}
