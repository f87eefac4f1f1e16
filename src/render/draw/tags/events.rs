//! Lines at moments and thresholds, and their labels where there is room.

use crate::figure::measure::elide;
use crate::figure::{EventLine, EventPlace, HandleKind, PlotRect, YAxis};
use crate::render::draw::BundledFont;
use crate::render::draw::tags::{Pen, pixel};
use crate::render::line::dash_pattern;
use crate::render::scene::{Paint, Stroke};

/// Rows of labels at the head of a subplot.
const ROWS: u8 = 6;

/// Part of the width that a label takes at most.
const MOST_WIDTH: f32 = 0.4;

/// A line's place: upright at a pixel, or level.
#[derive(Clone, Copy)]
enum At {
    Column(f32),
    Row(f32),
}

/// Draws the lines. `drawn` remembers which pixels have one.
pub(super) fn lines(pen: &mut Pen<'_>, drawn: &mut Vec<(bool, i32)>) {
    let plot = pen.plot();
    let place = pen.place;
    for event in &place.subplot.events {
        let Some(at) = at(pen, event) else { continue };
        let (key, from, to) = match at {
            At::Column(x_px) => ((true, x_px as i32), [x_px, plot.y_px], [x_px, plot.y_px + plot.height_px]),
            At::Row(y_px) => ((false, y_px as i32), [plot.x_px, y_px], [plot.x_px + plot.width_px, y_px]),
        };
        // Sorted, so that a million events cost a search each and a plot's width of lines.
        let Err(gap) = drawn.binary_search(&key) else { continue };
        drawn.insert(gap, key);
        let width_px = pen.hairline_px();
        let dash_px = dash_pattern(event.dash, width_px * 1.5, pen.scratch);
        pen.line(from, to, Stroke { paint: paint(pen, event), width_px, dash_px });
    }
}

/// Draws the labels that find a place.
pub(super) fn labels(pen: &mut Pen<'_>) {
    let (plot, place) = (pen.plot(), pen.place);
    for (index, event) in place.subplot.events.iter().enumerate().filter(|(_, event)| !event.label.trim().is_empty()) {
        if pen.taken.rects().len() >= crate::figure::labels::MOST_LABELS {
            return;
        }
        let Some(at) = at(pen, event) else { continue };
        let label = [elide(event.label.trim(), pen.text_px(), plot.width_px * MOST_WIDTH, &BundledFont)];
        let [width_px, height_px] = pen.box_of(&label);
        let gap_px = pen.hairline_px() + 1.0;
        let rect = |x_px: f32, y_px: f32| PlotRect { x_px: x_px.round(), y_px: y_px.round(), width_px, height_px };
        let found = match at {
            At::Column(x_px) => {
                let rows = (0..ROWS).map(|row| plot.y_px + gap_px + (height_px + 1.0) * f32::from(row));
                let sides = rows.flat_map(|y_px| [rect(x_px + gap_px, y_px), rect(x_px - gap_px - width_px, y_px)]);
                pen.taken.place(&plot, sides)
            }
            At::Row(y_px) => {
                let right = plot.x_px + plot.width_px - width_px - gap_px;
                let columns = [right, plot.x_px + gap_px, f32::midpoint(plot.x_px, right)];
                let sides = columns
                    .into_iter()
                    .flat_map(|x_px| [rect(x_px, y_px - gap_px - height_px), rect(x_px, y_px + gap_px)]);
                pen.taken.place(&plot, sides)
            }
        };
        if let Some(rect) = found {
            let (paint, background) = (paint(pen, event), pen.background());
            pen.text(&label, rect, paint, background, HandleKind::Event(index));
        }
    }
}

fn at(pen: &Pen<'_>, event: &EventLine) -> Option<At> {
    let cell = pen.place.cell;
    match event.at {
        EventPlace::X(x) => pixel(&cell.x, x).map(At::Column),
        EventPlace::Y(y) => pixel(&cell.y, y).map(At::Row),
        EventPlace::Right(_) if cell.right.is_none() => None,
        EventPlace::Right(y) => pixel(cell.y_map(YAxis::Right), y).map(At::Row),
    }
}

fn paint(pen: &Pen<'_>, event: &EventLine) -> Paint {
    let theme = &pen.place.figure.theme;
    Paint::solid(event.color.map_or_else(|| theme.dimmed_text(), |color| theme.series_color(Some(color), 0)))
}
