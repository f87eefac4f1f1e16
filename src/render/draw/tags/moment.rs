//! The moment that a text told of: an upright line, without a word.

use crate::figure::PlotRect;
use crate::render::draw::tags::{Pen, pixel};
use crate::render::scene::{Paint, Shape};

/// Opacity: below a cursor's, above a grid line's.
const ALPHA: f32 = 0.6;

pub(super) fn draw(pen: &mut Pen<'_>) {
    let Some(x_px) = pen.place.moment_x.and_then(|x| pixel(&pen.place.cell.x, x)) else { return };
    let width_px = pen.hairline_px();
    let rect = PlotRect { x_px: (x_px - width_px / 2.0).round(), width_px, ..pen.plot() };
    let paint = Paint { color: pen.place.figure.theme.text, alpha: ALPHA };
    pen.shapes.push(Shape::Rect { rect, paint });
}
