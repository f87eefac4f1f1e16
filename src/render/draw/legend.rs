//! Draws the legend of a subplot where it covers the least of its curves.

use std::ops::Range;

use crate::figure::legend::{Corner, Covered, KeptLegend, LegendBlock, Named, place as choose};
use crate::figure::{Join, LegendEntry, Marker, PlotRect};
use crate::render::draw::{BundledFont, Place, line_width};
use crate::render::line::{MARKER_WIDTHS, NAMING_WIDTHS, Scratch, dash_pattern};
use crate::render::scene::{HAnchor, Paint, Shape, Stroke, Text, VAnchor};

/// Opacity of the entry of a hidden series.
const HIDDEN_ALPHA: f32 = 0.35;

/// Opacity of the background: a curve below can still be followed.
const BACKGROUND_ALPHA: f32 = 0.78;

/// The legend of a subplot, and what is kept of it from frame to frame. Empty at first.
#[derive(Default)]
pub(super) struct Legend {
    kept: KeptLegend,
    covered: Covered,
    corner: Option<Corner>,
}

/// Places that a legend keeps clear of, if it can.
#[derive(Clone, Copy)]
pub(super) struct Kept<'a> {
    /// The notes; it may stand above them.
    pub(super) note: Option<PlotRect>,
    /// Texts over the curves.
    pub(super) taken: &'a [PlotRect],
}

impl Legend {
    /// Draws the legend at the end of `shapes`; `curves` are the shapes to keep clear of, `kept_clear` what else stands there.
    /// Writes the places of its entries to `entries`.
    pub(super) fn draw(
        &mut self,
        place: &Place<'_>,
        curves: Range<usize>,
        kept_clear: Kept<'_>,
        entries: &mut Vec<LegendEntry>,
        shapes: &mut Vec<Shape>,
        scratch: &mut Scratch,
    ) {
        entries.clear();
        let Self { kept, covered, corner } = self;
        let plot = place.cell.plot;
        kept.update(place.subplot, place.snapshot, plot, place.sizes, &BundledFont);
        let Some(block) = &kept.block else { return };
        covered.begin(plot, place.sizes.text_px * 0.6);
        cover(covered, shapes.get(curves).unwrap_or_default());
        if let Some(note) = kept_clear.note {
            covered.forbid(note);
        }
        covered.avoid(kept_clear.taken);
        let pad_px = (place.sizes.pad_px * 0.75).round();
        let (chosen, rect) = choose(block, plot, pad_px, covered, *corner);
        *corner = Some(chosen);
        let paint = Paint { color: place.figure.theme.background, alpha: BACKGROUND_ALPHA };
        shapes.push(Shape::Rect { rect, paint });
        for entry in &block.entries {
            let Some(named) = kept.named.get(entry.named) else { continue };
            let at = moved(entry.rect, rect);
            place.sample(named, at, block, shapes, scratch);
            place.name(&entry.text, named.is_visible, at, block, shapes, scratch);
            entries.push(LegendEntry { series: named.series, rect: at });
        }
        if let Some((text, at)) = &block.more {
            place.name(text, false, moved(*at, rect), block, shapes, scratch);
        }
    }
}

impl Place<'_> {
    /// A piece of the curve: its line, dash, marker and filling.
    fn sample(&self, named: &Named, at: PlotRect, block: &LegendBlock, shapes: &mut Vec<Shape>, scratch: &mut Scratch) {
        let Some(style) = self.subplot.series.get(named.index) else { return };
        let own = self.snapshot.get(named.series).and_then(|series| series.info.color);
        let look = self.figure.distinction.look(style, named.index);
        let color = self.figure.theme.series_color(style.color.or(own), named.index);
        let paint = Paint { color, alpha: if named.is_visible { 1.0 } else { HIDDEN_ALPHA } };
        // A line as wide as its row would be a bar.
        let width_px = (line_width(style.width_px) * self.scale).min(at.height_px * 0.4);
        let y_px = at.y_px + (at.height_px / 2.0).round();
        let (left, right) = (at.x_px, at.x_px + block.sample_px);
        if style.join == Join::Fill {
            let height_px = (at.height_px * 0.32).round();
            let rect = PlotRect { x_px: left, y_px, width_px: right - left, height_px };
            shapes.push(Shape::Rect { rect, paint: Paint { alpha: paint.alpha * 0.25, ..paint } });
        }
        if style.join != Join::Points {
            let mut points = scratch.take_points();
            if style.join == Join::Steps {
                let (step, middle) = ((at.height_px * 0.16).round(), f32::midpoint(left, right).round());
                points.extend([
                    [left, y_px + step],
                    [middle, y_px + step],
                    [middle, y_px - step],
                    [right, y_px - step],
                ]);
            } else {
                points.extend([[left, y_px], [right, y_px]]);
            }
            let stroke = Stroke { paint, width_px, dash_px: dash_pattern(look.dash, width_px, scratch) };
            shapes.push(Shape::Line { points, stroke });
        }
        let marker =
            if style.join == Join::Points && look.marker == Marker::None { Marker::Circle } else { look.marker };
        if marker != Marker::None {
            let widths = if look.names_curve { NAMING_WIDTHS } else { MARKER_WIDTHS };
            let size_px = (widths * width_px).min(at.height_px * 0.7);
            let mut centers_px = scratch.take_marks();
            centers_px.push([f32::midpoint(left, right), y_px]);
            shapes.push(Shape::Markers { centers_px, marker, size_px, paint });
        }
    }

    fn name(
        &self,
        text: &str,
        is_visible: bool,
        at: PlotRect,
        block: &LegendBlock,
        shapes: &mut Vec<Shape>,
        scratch: &mut Scratch,
    ) {
        let theme = &self.figure.theme;
        let color = if is_visible { theme.text } else { theme.dimmed_text() };
        shapes.push(Shape::Text(Text {
            content: scratch.text(text),
            x_px: at.x_px + block.sample_px + block.sample_gap_px,
            y_px: at.y_px + (at.height_px / 2.0).round(),
            size_px: block.text_px,
            paint: Paint { color, alpha: if is_visible { 1.0 } else { 0.75 } },
            h_anchor: HAnchor::Left,
            v_anchor: VAnchor::Middle,
            is_upright: false,
        }));
    }
}

/// Marks which places the curves cover.
fn cover(covered: &mut Covered, curves: &[Shape]) {
    for shape in curves {
        match shape {
            Shape::Line { points, .. } => covered.line(points),
            Shape::Segments { ends, .. } => ends.iter().for_each(|ends| covered.line(ends)),
            Shape::Markers { centers_px, .. } => centers_px.iter().for_each(|center| covered.point(*center)),
            Shape::Disc { center_px, .. } => covered.point(*center_px),
            // A filling may lie below a legend: its edge is a line of its own.
            _ => {}
        }
    }
}

fn moved(rect: PlotRect, origin: PlotRect) -> PlotRect {
    PlotRect { x_px: rect.x_px + origin.x_px, y_px: rect.y_px + origin.y_px, ..rect }
}
