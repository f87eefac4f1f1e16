//! Marks at the lower edge where a series has samples without a value, in its colour.

use crate::batch::Color;
use crate::figure::{Marker, PlotRect};
use crate::render::line::{CurveStats, Scratch};
use crate::render::scene::{Paint, Shape};

/// Side of a mark in logical pixels.
const MARK_PX: f32 = 7.0;

/// Height of the bar along a run of gaps, in logical pixels.
const BAR_PX: f32 = 2.0;

/// Draws the marks; returns how much of the lower edge's height they take, 0 if there are none.
pub(super) fn draw<'a>(
    plot: PlotRect,
    curves: impl Iterator<Item = (Color, &'a CurveStats)>,
    scale: f32,
    shapes: &mut Vec<Shape>,
    scratch: &mut Scratch,
) -> f32 {
    let mark_px = MARK_PX * scale;
    let mut gaps = curves.filter(|(_, stats)| !stats.unplaced_x_px.is_empty()).peekable();
    if gaps.peek().is_none() || plot.height_px < 3.0 * mark_px {
        return 0.0;
    }
    let bottom_px = plot.y_px + plot.height_px;
    shapes.push(Shape::Clip(plot));
    for (color, stats) in gaps {
        let paint = Paint::solid(color);
        let mut centers_px = scratch.take_marks();
        each_run(&stats.unplaced_x_px, mark_px, |from_px, to_px| {
            let is_wide = to_px - from_px > mark_px;
            if is_wide {
                let height_px = (BAR_PX * scale).round().max(1.0);
                let (left, right) = (from_px.round(), to_px.round());
                let rect = PlotRect { x_px: left, y_px: bottom_px - height_px, width_px: right - left, height_px };
                shapes.push(Shape::Rect { rect, paint });
            }
            // A run is marked at its beginning, where something went wrong; a single place at its middle.
            let x_px = if is_wide { from_px } else { f32::midpoint(from_px, to_px) };
            centers_px.push([x_px, bottom_px - mark_px * 0.5]);
        });
        shapes.push(Shape::Markers { centers_px, marker: Marker::Triangle, size_px: mark_px, paint });
    }
    shapes.push(Shape::Unclip);
    mark_px
}

/// Joins ascending places that stand closer than `near_px` into runs.
fn each_run(places_px: &[f32], near_px: f32, mut each: impl FnMut(f32, f32)) {
    let mut run: Option<(f32, f32)> = None;
    for &place_px in places_px.iter().filter(|p| p.is_finite()) {
        match &mut run {
            Some((_, end)) if (place_px - *end).abs() <= near_px => *end = end.max(place_px),
            _ => {
                if let Some((from, to)) = run.replace((place_px, place_px)) {
                    each(from, to);
                }
            }
        }
    }
    if let Some((from, to)) = run {
        each(from, to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_places_are_one_run() {
        let runs = |places_px: &[f32], near_px| {
            let mut runs = Vec::new();
            each_run(places_px, near_px, |from, to| runs.push((from, to)));
            runs
        };
        assert_eq!(runs(&[], 6.0), []);
        assert_eq!(runs(&[3.0, 4.0, 9.5, 40.0, f32::NAN, 90.0, 91.0], 6.0), [(3.0, 9.5), (40.0, 40.0), (90.0, 91.0)]);
    }
}
