//! The two pinned cursors: an upright line through the subplot and a tag at its head.

use crate::figure::{HandleKind, Pin, PlotRect};
use crate::render::draw::tags::{Pen, pixel};
use crate::render::scene::{Paint, Shape};

pub(super) fn draw(pen: &mut Pen<'_>) {
    let (plot, theme) = (pen.plot(), &pen.place.figure.theme);
    let (line, tag) = (Paint::solid(theme.dimmed_text()), Paint::solid(theme.text));
    let letters = Paint::solid(theme.background);
    for pin in Pin::ALL {
        let place = pen.place.figure.cursors.get(pin).and_then(|x| pixel(&pen.place.cell.x, x));
        let Some(x_px) = place else { continue };
        let width_px = pen.hairline_px();
        let rect = PlotRect { x_px: (x_px - width_px / 2.0).round(), width_px, ..plot };
        pen.shapes.push(Shape::Rect { rect, paint: line });
        let label = [pin.label().to_owned()];
        let [width_px, height_px] = pen.box_of(&label);
        let head = PlotRect { x_px: (x_px - width_px / 2.0).round(), y_px: plot.y_px, width_px, height_px };
        // Where both stand at one place, one below the other; a tag at the edge may be cut, but is there.
        let rows = (0..3).map(|row| PlotRect { y_px: plot.y_px + height_px * row as f32, ..head });
        let is_free = |rect: &PlotRect| !pen.taken.rects().iter().any(|taken| taken.overlaps(rect));
        let rect = rows.into_iter().find(is_free).unwrap_or(head);
        pen.taken.take(rect);
        pen.text(&label, rect, letters, tag, HandleKind::Cursor(pin));
    }
}
