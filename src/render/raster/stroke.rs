//! Strokes lines whose x runs in one direction: curves, however dense.
//!
//! At any x, such a line, thickened by a round pen, covers exactly one interval of y: the union of what the pen covers at
//! each of its places. So a table of tops and bottoms at sixteen x a pixel holds the whole stroke, joins and caps
//! included, without polygons and winding; the coverage of a pixel is exact in y and sampled sixteen times in x. The cost
//! goes with the number of points plus the pixels touched, and a spike can never stand out farther than the pen does.
//! The area between such a line and a level base is filled from the same table.

use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink};
use crate::render::raster::tile::{STRIP, Strip};
use crate::render::scene::{Paint, Stroke};

/// Places a pixel at which the stroke is sampled.
const PLACES: usize = 16;

/// Cosine of the greatest turn that is taken for straight, 11 degrees.
const STRAIGHT: f32 = 0.98;
/// How far edges are drawn beyond their ends, in radii: as far as a turn of 11 degrees opens a gap. They stand off the
/// pen's circle there by 2 % of the radius.
const EXCESS: f32 = 0.2;

/// Buffers of the stroke painter.
#[derive(Default)]
pub(super) struct StrokePainter {
    tops: Vec<f32>,
    bottoms: Vec<f32>,
    strip: Strip,
}

/// Whether this painter can draw the line: unbroken, all finite, x never turns.
pub(super) fn can_draw(points: &[[f32; 2]], stroke: &Stroke) -> bool {
    let is_finite = || points.iter().flatten().all(|v| v.is_finite());
    stroke.dash_px.is_empty()
        && stroke.width_px > 0.0
        && (points.is_sorted_by(|a, b| a[0] <= b[0]) || points.is_sorted_by(|a, b| a[0] >= b[0]))
        && is_finite()
}

/// Whether a polygon is the area between a line whose x ascends and a level base: its last two points stand on the base,
/// at the two ends of the line.
pub(super) fn is_area(points: &[[f32; 2]]) -> bool {
    let [line @ .., right, left] = points else { return false };
    let (Some(first), Some(last)) = (line.first(), line.last()) else { return false };
    right[1] == left[1]
        && right[0] == last[0]
        && left[0] == first[0]
        && line.is_sorted_by(|a, b| a[0] <= b[0])
        && points.iter().flatten().all(|v| v.is_finite())
}

impl StrokePainter {
    /// Draws the line; round caps and joins.
    pub(super) fn draw(&mut self, canvas: &mut Canvas, clip: Area, points: &[[f32; 2]], stroke: &Stroke) {
        let (Some(&a), Some(&b)) = (points.first(), points.last()) else { return };
        // Thinner than a pixel is drawn a pixel wide and paler: round pens under a pixel would look beaded.
        let width_px = stroke.width_px.max(1.0);
        let mut paint = stroke.paint;
        paint.alpha *= stroke.width_px / width_px;
        let radius = width_px / 2.0;
        let x0 = ((a[0].min(b[0]) - radius).floor() as i32).max(clip.x0);
        let x1 = ((a[0].max(b[0]) + radius).ceil() as i32).min(clip.x1);
        if x0 >= x1 {
            return;
        }
        let mut table = self.table(x0, x1);
        if a[0] <= b[0] {
            table.line(points.iter().copied(), radius);
        } else {
            table.line(points.iter().rev().copied(), radius);
        }
        self.fill(canvas, clip, x0, x1, Ink::new(paint));
    }

    /// Fills the area of [`is_area`] points.
    pub(super) fn area(&mut self, canvas: &mut Canvas, clip: Area, points: &[[f32; 2]], paint: Paint) {
        let [line @ .., _, [_, base]] = points else { return };
        let (Some(first), Some(last)) = (line.first(), line.last()) else { return };
        let (x0, x1) = ((first[0].floor() as i32).max(clip.x0), (last[0].ceil() as i32).min(clip.x1));
        if x0 >= x1 {
            return;
        }
        let mut table = self.table(x0, x1);
        for pair in line.windows(2) {
            let &[a, b] = pair else { continue };
            table.between(a, b, *base);
        }
        self.fill(canvas, clip, x0, x1, Ink::new(paint));
    }

    /// An empty table of columns `x0..x1`.
    fn table(&mut self, x0: i32, x1: i32) -> Table<'_> {
        let places = (x1 - x0) as usize * PLACES;
        self.tops.clear();
        self.tops.resize(places, f32::INFINITY);
        self.bottoms.clear();
        self.bottoms.resize(places, f32::NEG_INFINITY);
        Table { x0: x0 as f32, tops: &mut self.tops, bottoms: &mut self.bottoms }
    }

    fn fill(&mut self, canvas: &mut Canvas, clip: Area, x0: i32, x1: i32, ink: Ink) {
        let width = STRIP * PLACES;
        let strips = self.tops.chunks(width).zip(self.bottoms.chunks(width));
        for (x, (tops, bottoms)) in (x0..x1).step_by(STRIP).zip(strips) {
            self.strip.begin(x, clip);
            for (column, (tops, bottoms)) in tops.chunks(PLACES).zip(bottoms.chunks(PLACES)).enumerate() {
                self.strip.cover(column, tops, bottoms, 1.0 / PLACES as f32);
            }
            self.strip.blend(canvas, clip, ink);
        }
    }
}

/// Tops and bottoms of the stroke at the middle of each sixteenth of a pixel from `x0` on.
struct Table<'a> {
    x0: f32,
    tops: &'a mut [f32],
    bottoms: &'a mut [f32],
}

impl Table<'_> {
    fn line(&mut self, points: impl Iterator<Item = [f32; 2]>, radius: f32) {
        let mut previous: Option<[f32; 2]> = None;
        let mut heading: Option<[f32; 2]> = None;
        for point in points {
            let Some(from) = previous.replace(point) else {
                self.disc(point, radius);
                continue;
            };
            let (dx, dy) = (point[0] - from[0], point[1] - from[1]);
            let length = dx.hypot(dy);
            if length <= 0.0 {
                continue;
            }
            let ahead = [dx / length, dy / length];
            // Where the way goes nearly straight on, the edges, a little too long, cover what the pen would.
            let is_straight = heading.replace(ahead).is_some_and(|h| h[0] * ahead[0] + h[1] * ahead[1] > STRAIGHT);
            if !is_straight {
                self.disc(from, radius);
            }
            self.segment(from, point, ahead, radius);
        }
        if let Some(last) = previous {
            self.disc(last, radius);
        }
    }

    /// The pen at one point.
    fn disc(&mut self, [x, y]: [f32; 2], radius: f32) {
        let (from, to) = self.range(x - radius, x + radius);
        let first = self.place(from) - x;
        let tops = self.tops.get_mut(from..to).unwrap_or_default();
        let bottoms = self.bottoms.get_mut(from..to).unwrap_or_default();
        for (i, (top, bottom)) in tops.iter_mut().zip(bottoms).enumerate() {
            let dx = first + i as f32 / PLACES as f32;
            let reach = (radius * radius - dx * dx).max(0.0).sqrt();
            *top = top.min(y - reach);
            *bottom = bottom.max(y + reach);
        }
    }

    /// The two edges of the pen's way from `a` to `b`, where `a` is not right of `b`.
    fn segment(&mut self, a: [f32; 2], b: [f32; 2], ahead: [f32; 2], radius: f32) {
        // Upright ways are covered by the pen at both ends.
        if b[0] - a[0] <= 1e-4 {
            return;
        }
        let (shift_x, shift_y) = (radius * ahead[1], radius * ahead[0]);
        let slope = ahead[1] / ahead[0];
        let excess = EXCESS * radius * ahead[0];
        let (from, to) = self.range(a[0] + shift_x - excess, b[0] + shift_x + excess);
        let start = a[1] - shift_y + (self.place(from) - a[0] - shift_x) * slope;
        for (i, top) in self.tops.get_mut(from..to).unwrap_or_default().iter_mut().enumerate() {
            *top = top.min(start + slope * (i as f32 / PLACES as f32));
        }
        let (from, to) = self.range(a[0] - shift_x - excess, b[0] - shift_x + excess);
        let start = a[1] + shift_y + (self.place(from) - a[0] + shift_x) * slope;
        for (i, bottom) in self.bottoms.get_mut(from..to).unwrap_or_default().iter_mut().enumerate() {
            *bottom = bottom.max(start + slope * (i as f32 / PLACES as f32));
        }
    }

    /// What lies between the way from `a` to `b`, which is not left of `a`, and a base.
    fn between(&mut self, a: [f32; 2], b: [f32; 2], base: f32) {
        let (from, to) = self.range(a[0], b[0]);
        let slope = if b[0] > a[0] { (b[1] - a[1]) / (b[0] - a[0]) } else { 0.0 };
        let (least, most) = (a[1].min(b[1]), a[1].max(b[1]));
        let start = a[1] + (self.place(from) - a[0]) * slope;
        let tops = self.tops.get_mut(from..to).unwrap_or_default();
        let bottoms = self.bottoms.get_mut(from..to).unwrap_or_default();
        for (i, (top, bottom)) in tops.iter_mut().zip(bottoms).enumerate() {
            // Rounding on a steep way must not lead beyond its ends.
            let y = (start + slope * (i as f32 / PLACES as f32)).clamp(least, most);
            (*top, *bottom) = (y.min(base), y.max(base));
        }
    }

    /// Indices of the places between two x.
    #[inline]
    fn range(&self, from: f32, to: f32) -> (usize, usize) {
        let index = |x: f32| ((x - self.x0) * PLACES as f32 + 0.5).max(0.0) as usize;
        let (from, to) = (index(from).min(self.tops.len()), index(to).min(self.tops.len()));
        (from, to.max(from))
    }

    /// x of a place.
    #[inline]
    fn place(&self, index: usize) -> f32 {
        self.x0 + (index as f32 + 0.5) / PLACES as f32
    }
}
