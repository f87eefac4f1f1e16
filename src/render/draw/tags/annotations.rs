//! Texts at places of the data, each beside its place, with an arrow where one is wanted.

use crate::figure::labels::moved_into;
use crate::figure::measure::elide;
use crate::figure::{Annotation, HandleKind, PlotRect};
use crate::render::draw::BundledFont;
use crate::render::draw::tags::{Pen, pixel};
use crate::render::scene::{Paint, Shape, Stroke};

/// Lines of a text that are shown.
const MOST_LINES: usize = 8;

/// Part of the width that a text takes at most.
const MOST_WIDTH: f32 = 0.6;

/// Directions from the place to its text, best first: right above, left above, …
const WAYS: [[f32; 2]; 8] =
    [[0.7, -0.7], [-0.7, -0.7], [0.7, 0.7], [-0.7, 0.7], [0.0, -1.0], [0.0, 1.0], [1.0, 0.0], [-1.0, 0.0]];

pub(super) fn draw(pen: &mut Pen<'_>) {
    let (plot, place) = (pen.plot(), pen.place);
    for (index, annotation) in place.subplot.annotations.iter().enumerate() {
        if pen.taken.rects().len() >= crate::figure::labels::MOST_LABELS {
            return;
        }
        let y_map = place.cell.y_map(annotation.axis);
        let (Some(x_px), Some(y_px)) = (pixel(&place.cell.x, annotation.x), pixel(y_map, annotation.y)) else {
            continue;
        };
        let lines = lines(pen, annotation);
        if lines.is_empty() {
            continue;
        }
        let [width_px, height_px] = pen.box_of(&lines);
        let em_px = place.sizes.text_px;
        let near_px = if annotation.has_arrow { 2.0 * em_px } else { 0.4 * em_px };
        // Further and further away, all around.
        let distances = [1.0, 1.8, 3.0, 4.5].map(|factor| factor * near_px.max(0.8 * em_px)).into_iter();
        let candidates = std::iter::once(near_px).chain(distances).flat_map(|away_px| {
            WAYS.map(|[right, down]| PlotRect {
                x_px: (x_px + right * away_px + (right.signum_or_zero() - 1.0) / 2.0 * width_px).round(),
                y_px: (y_px + down * away_px + (down.signum_or_zero() - 1.0) / 2.0 * height_px).round(),
                width_px,
                height_px,
            })
        });
        let rect = pen.taken.place(&plot, candidates).unwrap_or_else(|| {
            // There is no room for all: what somebody wrote is shown nevertheless.
            let first =
                PlotRect { x_px: x_px + near_px * 0.7, y_px: y_px - near_px * 0.7 - height_px, width_px, height_px };
            let rect = moved_into(first, &plot);
            pen.taken.take(rect);
            rect
        });
        let theme = &place.figure.theme;
        let color = annotation.color.map_or(theme.text, |color| theme.series_color(Some(color), 0));
        if annotation.has_arrow {
            arrow(pen, rect, [x_px, y_px], Paint::solid(color));
        }
        let background = pen.background();
        pen.text(&lines, rect, Paint::solid(color), background, HandleKind::Annotation(index));
    }
}

/// The lines of the text, each cut to its room; none if there is nothing to read.
fn lines(pen: &Pen<'_>, annotation: &Annotation) -> Vec<String> {
    if annotation.text.trim().is_empty() {
        return Vec::new();
    }
    let room_px = pen.plot().width_px * MOST_WIDTH;
    let lines = annotation.text.trim().lines().take(MOST_LINES);
    lines.map(|line| elide(line.trim_end(), pen.text_px(), room_px, &BundledFont)).collect()
}

/// A line from the nearest place of the box to the point, with a head.
fn arrow(pen: &mut Pen<'_>, rect: PlotRect, to: [f32; 2], paint: Paint) {
    let from = [to[0].clamp(rect.x_px, rect.x_px + rect.width_px), to[1].clamp(rect.y_px, rect.y_px + rect.height_px)];
    let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
    let length_px = dx.hypot(dy);
    let head_px = pen.place.sizes.text_px * 0.55;
    // Too near for an arrow to be seen.
    if length_px < head_px {
        return;
    }
    let (ux, uy) = (dx / length_px, dy / length_px);
    let foot = [to[0] - ux * head_px, to[1] - uy * head_px];
    let width_px = pen.hairline_px() * 1.2;
    pen.line(from, foot, Stroke { paint, width_px, dash_px: Vec::new() });
    let half_px = head_px * 0.4;
    let mut points = pen.scratch.take_points();
    points.extend([
        to,
        [foot[0] - uy * half_px, foot[1] + ux * half_px],
        [foot[0] + uy * half_px, foot[1] - ux * half_px],
    ]);
    pen.shapes.push(Shape::Polygon { points, paint });
}

/// The sign of a number, 0 for 0.
trait Sign {
    fn signum_or_zero(self) -> f32;
}

impl Sign for f32 {
    fn signum_or_zero(self) -> f32 {
        if self == 0.0 { 0.0 } else { self.signum() }
    }
}
