//! Draws the legend of a subplot where it covers the least of its curves.

use std::ops::Range;

use crate::figure::arrange::Cell;
use crate::figure::legend::{Corner, Covered, LegendBlock, Named, block, place};
use crate::figure::sizes::Sizes;
use crate::figure::{Figure, Join, LegendEntry, Marker, PlotRect, Subplot};
use crate::render::draw::{BundledFont, line_width};
use crate::render::line::dash_pattern;
use crate::render::scene::{HAnchor, Paint, Shape, Stroke, Text, VAnchor};
use crate::store::Snapshot;

/// Opacity of the entry of a hidden series.
const HIDDEN_ALPHA: f32 = 0.35;

/// Opacity of the background: a curve below can still be followed.
const BACKGROUND_ALPHA: f32 = 0.78;

/// Where a legend goes and what it names.
pub(super) struct Place<'a> {
    pub(super) figure: &'a Figure,
    pub(super) subplot: &'a Subplot,
    pub(super) snapshot: &'a Snapshot,
    pub(super) cell: &'a Cell,
    pub(super) sizes: &'a Sizes,
    pub(super) scale: f32,
}

impl Place<'_> {
    /// Draws the legend of `named` at the end of `shapes`; `curves` are the shapes to keep clear of, `note` is a place
    /// that is taken. Returns the entries and the corner that was chosen.
    pub(super) fn draw(
        &self,
        named: &[Named],
        curves: &Range<usize>,
        note: Option<PlotRect>,
        before: Option<Corner>,
        shapes: &mut Vec<Shape>,
    ) -> (Vec<LegendEntry>, Option<Corner>) {
        let plot = self.cell.plot;
        let Some(block) = block(named, plot, self.sizes, &BundledFont) else { return (Vec::new(), before) };
        let mut covered = covered(plot, shapes.get(curves.clone()).unwrap_or(&[]), self.sizes.text_px * 0.6);
        if let Some(note) = note {
            covered.forbid(note);
        }
        let pad_px = (self.sizes.pad_px * 0.75).round();
        let (corner, rect) = place(&block, plot, pad_px, &covered, before);
        let paint = Paint { color: self.figure.theme.background, alpha: BACKGROUND_ALPHA };
        shapes.push(Shape::Rect { rect, paint });
        let mut entries = Vec::with_capacity(block.entries.len());
        for entry in &block.entries {
            let Some(named) = named.get(entry.named) else { continue };
            let at = moved(entry.rect, rect);
            self.sample(named, at, &block, shapes);
            self.name(&entry.text, named.is_visible, at, &block, shapes);
            entries.push(LegendEntry { series: named.series, rect: at });
        }
        if let Some((text, at)) = &block.more {
            self.name(text, false, moved(*at, rect), &block, shapes);
        }
        (entries, Some(corner))
    }

    /// A piece of the curve: its line, dash, marker and filling.
    fn sample(&self, named: &Named, at: PlotRect, block: &LegendBlock, shapes: &mut Vec<Shape>) {
        let Some(style) = self.subplot.series.get(named.index) else { return };
        let own = self.snapshot.get(named.series).and_then(|series| series.info.color);
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
        let points = match style.join {
            Join::Points => Vec::new(),
            Join::Line | Join::Fill => vec![[left, y_px], [right, y_px]],
            Join::Steps => {
                let (step, middle) = ((at.height_px * 0.16).round(), f32::midpoint(left, right).round());
                vec![[left, y_px + step], [middle, y_px + step], [middle, y_px - step], [right, y_px - step]]
            }
        };
        if !points.is_empty() {
            let stroke = Stroke { paint, width_px, dash_px: dash_pattern(style.dash, width_px) };
            shapes.push(Shape::Line { points, stroke });
        }
        let marker =
            if style.join == Join::Points && style.marker == Marker::None { Marker::Circle } else { style.marker };
        if marker != Marker::None {
            let size_px = (4.0 * width_px).min(at.height_px * 0.7);
            let centers_px = vec![[f32::midpoint(left, right), y_px]];
            shapes.push(Shape::Markers { centers_px, marker, size_px, paint });
        }
    }

    fn name(&self, text: &str, is_visible: bool, at: PlotRect, block: &LegendBlock, shapes: &mut Vec<Shape>) {
        let theme = &self.figure.theme;
        let color = if is_visible { theme.text } else { theme.dimmed_text() };
        shapes.push(Shape::Text(Text {
            content: text.to_owned(),
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

/// Which places of `plot` the curves cover.
fn covered(plot: PlotRect, curves: &[Shape], cell_px: f32) -> Covered {
    let mut covered = Covered::new(plot, cell_px);
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
    covered
}

fn moved(rect: PlotRect, origin: PlotRect) -> PlotRect {
    PlotRect { x_px: rect.x_px + origin.x_px, y_px: rect.y_px + origin.y_px, ..rect }
}
