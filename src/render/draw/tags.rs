//! What lies over the curves of a subplot besides its legend: cursors, event lines and annotations, each with its text,
//! and the moment that a text told of.
//!
//! The most deliberate are placed first: cursors, then annotations, then events, whose labels give way.

mod annotations;
mod cursors;
mod events;
mod moment;

use crate::figure::labels::Taken;
use crate::figure::measure::Measure;
use crate::figure::sizes::line_px;
use crate::figure::{Handle, HandleKind, PlotRect};
use crate::render::draw::{BundledFont, Place};
use crate::render::line::Scratch;
use crate::render::scene::{HAnchor, Paint, Shape, Stroke, Text, VAnchor};

/// Opacity of what lies behind a text: a curve below can still be followed.
const BACKGROUND_ALPHA: f32 = 0.78;

/// What is kept from frame to frame: which places of a subplot are taken. Empty at first.
#[derive(Default)]
pub(super) struct Tags {
    pub(super) taken: Taken,
    /// Pixel columns and rows that a line stands in already: a thousand events in one are one line.
    lines: Vec<events::Drawn>,
}

/// Where the tags of one subplot are drawn.
struct Pen<'a> {
    place: &'a Place<'a>,
    shapes: &'a mut Vec<Shape>,
    scratch: &'a mut Scratch,
    handles: &'a mut Vec<Handle>,
    taken: &'a mut Taken,
}

impl Tags {
    /// Draws the tags of a subplot; `note` is a place that is taken. Writes what can be taken hold of to `handles`.
    pub(super) fn draw(
        &mut self,
        place: &Place<'_>,
        note: Option<PlotRect>,
        handles: &mut Vec<Handle>,
        shapes: &mut Vec<Shape>,
        scratch: &mut Scratch,
    ) {
        handles.clear();
        self.taken.clear();
        self.lines.clear();
        let has_cursors = place.figure.cursors.a.is_some() || place.figure.cursors.b.is_some();
        let has_marks = !place.subplot.events.is_empty() || !place.subplot.annotations.is_empty();
        if !has_marks && !has_cursors && place.moment_x.is_none() {
            return;
        }
        if let Some(note) = note {
            self.taken.take(note);
        }
        shapes.push(Shape::Clip(place.cell.plot));
        let mut pen = Pen { place, shapes, scratch, handles, taken: &mut self.taken };
        moment::draw(&mut pen);
        events::lines(&mut pen, &mut self.lines);
        cursors::draw(&mut pen);
        annotations::draw(&mut pen);
        events::labels(&mut pen);
        shapes.push(Shape::Unclip);
    }
}

impl Pen<'_> {
    fn plot(&self) -> PlotRect {
        self.place.cell.plot
    }

    fn text_px(&self) -> f32 {
        self.place.sizes.tick_text_px * 0.92
    }

    /// Free space around a text.
    fn pad_px(&self) -> f32 {
        (self.place.sizes.gap_px * 0.5).round().max(1.0)
    }

    /// Width and height of the box of a text of one line or more.
    fn box_of(&self, lines: &[String]) -> [f32; 2] {
        let widest = lines.iter().map(|line| BundledFont.width_px(line, self.text_px()).ceil()).fold(0.0, f32::max);
        let height = line_px(&BundledFont, self.text_px()) * lines.len() as f32;
        [widest + 2.0 * self.pad_px(), height + self.pad_px()]
    }

    /// Lines of a text, each on a background that its box has, and what is taken hold of by it.
    fn text(&mut self, lines: &[String], rect: PlotRect, paint: Paint, background: Paint, what: HandleKind) {
        self.shapes.push(Shape::Rect { rect, paint: background });
        let (height, size_px) = (line_px(&BundledFont, self.text_px()), self.text_px());
        for (row, line) in lines.iter().enumerate() {
            self.shapes.push(Shape::Text(Text {
                content: self.scratch.text(line),
                x_px: rect.x_px + self.pad_px(),
                y_px: rect.y_px + (self.pad_px() * 0.5).floor() + height * row as f32,
                size_px,
                paint,
                h_anchor: HAnchor::Left,
                v_anchor: VAnchor::Top,
                is_upright: false,
            }));
        }
        self.handles.push(Handle { what, rect });
    }

    fn line(&mut self, from: [f32; 2], to: [f32; 2], stroke: Stroke) {
        let mut points = self.scratch.take_points();
        points.extend([from, to]);
        self.shapes.push(Shape::Line { points, stroke });
    }

    fn background(&self) -> Paint {
        Paint { color: self.place.figure.theme.background, alpha: BACKGROUND_ALPHA }
    }

    /// Width of thin lines.
    fn hairline_px(&self) -> f32 {
        self.place.sizes.hairline_px
    }
}

/// The pixel of a value on an axis, in the middle of its pixel so that a thin line is sharp; `None` outside.
fn pixel(map: &crate::figure::AxisMap, value: f64) -> Option<f32> {
    let px = map.to_px(value);
    let (low, high) = (map.start_px.min(map.end_px), map.start_px.max(map.end_px));
    let is_inside = px.is_finite() && px >= f64::from(low) - 0.5 && px <= f64::from(high) + 0.5;
    is_inside.then(|| (px as f32).clamp(low, (high - 1.0).max(low)).floor() + 0.5)
}
