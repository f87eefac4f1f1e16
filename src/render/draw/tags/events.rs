//! Lines at moments and thresholds, and their labels where there is room.

use crate::figure::measure::elide;
use crate::figure::{Dash, EventLine, EventPlace, HandleKind, PlotRect, YAxis};
use crate::render::draw::BundledFont;
use crate::render::draw::tags::{Pen, pixel};
use crate::render::line::dash_pattern;
use crate::render::scene::{Paint, Shape, Stroke};

/// Rows of labels at the head of a subplot.
const ROWS: u8 = 6;

/// Part of the width that a label takes at most.
const MOST_WIDTH: f32 = 0.4;

/// A line that is drawn.
#[derive(Clone, Copy)]
pub(super) struct Drawn {
    is_upright: bool,
    px: i32,
    /// The first event that stands there.
    index: usize,
}

/// A line's place: upright at a pixel, or level.
#[derive(Clone, Copy)]
enum At {
    Column(f32),
    Row(f32),
}

/// Lines from which on they are drawn unbroken: a carpet of dashes tells no more and costs a frame.
const MOST_DASHED: usize = 150;

/// Draws the lines. `drawn` is a buffer for the pixels that have one, each with the event that it belongs to.
pub(super) fn lines(pen: &mut Pen<'_>, drawn: &mut Vec<Drawn>) {
    let place = pen.place;
    for (index, event) in place.subplot.events.iter().enumerate() {
        let Some(at) = at(pen, event) else { continue };
        let (is_upright, px) = match at {
            At::Column(x_px) => (true, x_px as i32),
            At::Row(y_px) => (false, y_px as i32),
        };
        // Sorted, so that a million events cost a search each and a plot's width of lines.
        if let Err(gap) = drawn.binary_search_by_key(&(is_upright, px), |drawn| (drawn.is_upright, drawn.px)) {
            drawn.insert(gap, Drawn { is_upright, px, index });
        }
    }
    let (plot, width_px) = (pen.plot(), pen.hairline_px());
    let is_dashed = drawn.len() <= MOST_DASHED;
    for line in drawn.iter() {
        let Some(event) = place.subplot.events.get(line.index) else { continue };
        let (px, paint) = (line.px as f32 + 0.5, paint(pen, event));
        if is_dashed && event.dash != Dash::Solid {
            let (from, to) = if line.is_upright {
                ([px, plot.y_px], [px, plot.y_px + plot.height_px])
            } else {
                ([plot.x_px, px], [plot.x_px + plot.width_px, px])
            };
            let dash_px = dash_pattern(event.dash, width_px * 1.5, pen.scratch);
            pen.line(from, to, Stroke { paint, width_px, dash_px });
            continue;
        }
        let start_px = (px - width_px / 2.0).round();
        let rect = if line.is_upright {
            PlotRect { x_px: start_px, width_px, ..plot }
        } else {
            PlotRect { y_px: start_px, height_px: width_px, ..plot }
        };
        pen.shapes.push(Shape::Rect { rect, paint });
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
        if matches!(at, At::Column(x_px) if is_crowded(pen, x_px)) {
            continue;
        }
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

/// Whether no label at all finds a place beside an upright line: told before any is measured, as there may be thousands.
fn is_crowded(pen: &Pen<'_>, x_px: f32) -> bool {
    let [_, height_px] = pen.box_of(&[String::new()]);
    let (plot, gap_px) = (pen.plot(), pen.hairline_px() + 1.0);
    (0..ROWS).all(|row| {
        let y_px = (plot.y_px + gap_px + (height_px + 1.0) * f32::from(row)).round();
        [x_px + gap_px, x_px - gap_px - 1.0].into_iter().all(|x_px| {
            let least = PlotRect { x_px, y_px, width_px: 1.0, height_px };
            pen.taken.rects().iter().any(|taken| taken.overlaps(&least))
        })
    })
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
