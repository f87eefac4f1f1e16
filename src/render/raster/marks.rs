//! Markers: the same small form stamped at many places.
//!
//! A form is covered once for each sixteenth of a pixel and then only blended, so that a hundred thousand of them cost
//! no more than their pixels.

use crate::figure::Marker;
use crate::render::raster::Canvas;
use crate::render::raster::blend::{Area, Ink, row};
use crate::render::scene::Paint;

/// Places a pixel, in each direction, for which a form is covered.
const STEPS: usize = 4;
/// Samples a pixel, in each direction, from which the coverage is taken.
const SAMPLES: usize = 8;
/// Largest form; larger ones are drawn at this size.
const MAX_SIZE_PX: f32 = 64.0;
/// Forms kept; all are forgotten when there are more.
const KEPT_FORMS: usize = 32;

/// Stamps markers; keeps their forms.
#[derive(Default)]
pub(super) struct MarkPainter {
    forms: Vec<Form>,
}

/// The stamps of one marker at one size.
struct Form {
    marker: Marker,
    size_px: f32,
    /// Width and height of the stamps.
    side: usize,
    /// Coverage of the `STEPS * STEPS` stamps, row by row.
    parts: Vec<u8>,
}

impl MarkPainter {
    /// Stamps `marker` at each centre.
    pub(super) fn draw(
        &mut self,
        canvas: &mut Canvas,
        clip: Area,
        centers_px: &[[f32; 2]],
        marker: Marker,
        size_px: f32,
        paint: Paint,
    ) {
        if marker == Marker::None || size_px.is_nan() || size_px <= 0.0 {
            return;
        }
        let Some(form) = self.form(marker, size_px.min(MAX_SIZE_PX)) else { return };
        let ink = Ink::new(paint);
        let (x_range, y_range) =
            (clip.x0 as f32 - size_px..clip.x1 as f32 + size_px, clip.y0 as f32 - size_px..clip.y1 as f32 + size_px);
        for &[x, y] in centers_px {
            if x_range.contains(&x) && y_range.contains(&y) {
                form.stamp(canvas, clip, x, y, ink);
            }
        }
    }

    fn form(&mut self, marker: Marker, size_px: f32) -> Option<&Form> {
        let is_same = |form: &Form| form.marker == marker && form.size_px == size_px;
        let index = self.forms.iter().position(is_same).unwrap_or_else(|| {
            if self.forms.len() >= KEPT_FORMS {
                self.forms.clear();
            }
            self.forms.push(Form::new(marker, size_px));
            self.forms.len() - 1
        });
        self.forms.get(index)
    }
}

impl Form {
    fn stamp(&self, canvas: &mut Canvas, clip: Area, x: f32, y: f32, ink: Ink) {
        let steps = |v: f32| ((v * STEPS as f32).round() as i32).div_euclid(STEPS as i32);
        let step = |v: f32| ((v * STEPS as f32).round() as i32).rem_euclid(STEPS as i32) as usize;
        let half = (self.side / 2) as i32;
        let (left, top) = (steps(x) - half, steps(y) - half);
        let area = self.side * self.side;
        let start = (step(y) * STEPS + step(x)) * area;
        let parts = self.parts.get(start..start + area).unwrap_or_default();
        let (x0, x1) = (left.max(clip.x0), (left + self.side as i32).min(clip.x1));
        for (y, parts) in (top..).zip(parts.chunks(self.side)) {
            if (clip.y0..clip.y1).contains(&y) {
                for (pixel, part) in row(canvas, y, x0, x1).iter_mut().zip(parts.iter().skip((x0 - left) as usize)) {
                    ink.cover(pixel, (u32::from(*part) * ink.opacity + 127) / 255);
                }
            }
        }
    }

    fn new(marker: Marker, size_px: f32) -> Self {
        let side = (size_px / 2.0).ceil() as usize * 2 + 4;
        let (radius, half) = (size_px / 2.0, (side / 2) as f32);
        let mut parts = Vec::with_capacity(STEPS * STEPS * side * side);
        for step in 0..STEPS * STEPS {
            let (x_shift, y_shift) = ((step % STEPS) as f32 / STEPS as f32, (step / STEPS) as f32 / STEPS as f32);
            for pixel in 0..side * side {
                let (column, row) = ((pixel % side) as f32, (pixel / side) as f32);
                let hits = (0..SAMPLES * SAMPLES)
                    .filter(|sample| {
                        let sub = |i: usize| (i as f32 + 0.5) / SAMPLES as f32;
                        let x = column + sub(sample % SAMPLES) - half - x_shift;
                        let y = row + sub(sample / SAMPLES) - half - y_shift;
                        covers(marker, x, y, radius)
                    })
                    .count();
                parts.push((hits * 255 / (SAMPLES * SAMPLES)) as u8);
            }
        }
        Self { marker, size_px, side, parts }
    }
}

/// Outline of a marker as a polygon about its centre, or `None` for one that is not a polygon.
///
/// Outputs that draw outlines use it, so that they show the same forms.
pub(crate) fn outline(marker: Marker, radius_px: f32) -> Option<Vec<[f32; 2]>> {
    let r = radius_px;
    match marker {
        Marker::None | Marker::Circle => None,
        Marker::Square => {
            let h = r * SQUARE;
            Some(vec![[-h, -h], [h, -h], [h, h], [-h, h]])
        }
        Marker::Triangle => Some(vec![[0.0, -r], [r * TRIANGLE_X, r * TRIANGLE_Y], [-r * TRIANGLE_X, r * TRIANGLE_Y]]),
        Marker::Cross => {
            // The twelve corners of two bars crossing at right angles, turned by 45 degrees.
            let (a, b) = (r, r * CROSS_BAR);
            let bars = [
                [-b, -a],
                [b, -a],
                [b, -b],
                [a, -b],
                [a, b],
                [b, b],
                [b, a],
                [-b, a],
                [-b, b],
                [-a, b],
                [-a, -b],
                [-b, -b],
            ];
            let turn = std::f32::consts::FRAC_1_SQRT_2;
            Some(bars.map(|[x, y]| [(x - y) * turn, (x + y) * turn]).to_vec())
        }
    }
}

// Proportions to the radius of a disc, chosen so that all forms weigh alike.
const SQUARE: f32 = 0.89;
const TRIANGLE_X: f32 = 1.0;
const TRIANGLE_Y: f32 = 0.78;
const CROSS_BAR: f32 = 0.22;

fn covers(marker: Marker, x: f32, y: f32, radius: f32) -> bool {
    match marker {
        Marker::None => false,
        Marker::Circle => x * x + y * y <= radius * radius,
        Marker::Square => x.abs().max(y.abs()) <= SQUARE * radius,
        Marker::Triangle => {
            let height = (y + radius) / (radius * (1.0 + TRIANGLE_Y));
            (0.0..=1.0).contains(&height) && x.abs() <= TRIANGLE_X * radius * height
        }
        Marker::Cross => {
            let turn = std::f32::consts::FRAC_1_SQRT_2;
            let (u, v) = (((x + y) * turn).abs(), ((y - x) * turn).abs());
            u.max(v) <= radius && u.min(v) <= CROSS_BAR * radius
        }
    }
}
