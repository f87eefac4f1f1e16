//! Draws axes, grids, ticks and titles with plotters into any drawing backend, after an [`Arrangement`].
//!
//! Runs on the figure's thread. The only file that names plotters' chart types. plotters lays out its mesh and places
//! labels; ranges, ticks and margins are ours, because its own loop for ever on infinite ranges, stop on NaN and clip
//! the last label. Curves do not come this way.

use std::ops::Range;

use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use plotters::drawing::{DrawingArea, DrawingAreaErrorKind, IntoDrawingArea};
use plotters::element::PathElement;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontDesc, FontFamily, FontStyle, FontTransform, RGBColor, ShapeStyle, TextStyle};
use plotters_backend::DrawingBackend;

use crate::batch::Color;
use crate::figure::arrange::{Arrangement, Cell, RightAxis};
use crate::figure::figure::{Figure, Subplot};
use crate::figure::layout::AxisMap;
use crate::figure::measure::{Measure, elide};
use crate::figure::sizes::line_px;
use crate::figure::theme::Theme;
use crate::figure::ticks::Ticks;

/// Backend units a device pixel: plotters counts in whole numbers, which would be too coarse for places and sizes.
pub const SUBPIXELS: i32 = 8;

/// Why a chart could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// plotters or its backend refused.
    #[error("the axes could not be drawn: {reason}")]
    Plotters {
        /// In its words.
        reason: String,
    },
}

/// Draws everything of `figure` but its curves. `backend` reports its size in units of 1/[`SUBPIXELS`] device pixel.
///
/// # Errors
/// [`ChartError::Plotters`] if the backend fails.
pub fn draw_axes<B: DrawingBackend>(
    backend: B,
    figure: &Figure,
    arrangement: &Arrangement,
    measure: &dyn Measure,
) -> Result<(), ChartError> {
    let root = backend.into_drawing_area();
    let pen = Pen { theme: &figure.theme, arrangement, measure };
    for (cell, subplot) in arrangement.cells.iter().zip(&figure.subplots) {
        pen.mesh(&root, cell, subplot)?;
        pen.minor_ticks(&root, cell)?;
        if let Some(axis) = &cell.right {
            pen.right_axis(&root, cell, axis, subplot)?;
        }
        pen.corner_texts(&root, cell, subplot)?;
    }
    if let Some([x_px, y_px]) = arrangement.title_px {
        let room_px = 2.0 * x_px.min(root.dim_in_pixel().0 as f32 / SUBPIXELS as f32 - x_px);
        let size_px = arrangement.sizes.title_px;
        let title = elide(&figure.title, size_px, room_px, measure);
        pen.text(&root, &title, size_px, figure.theme.text, (HPos::Center, VPos::Top), [x_px, y_px])?;
    }
    Ok(())
}

/// An axis as plotters sees it: our map, our ticks.
#[derive(Clone)]
struct TickAxis<'a> {
    map: AxisMap,
    ticks: &'a Ticks,
    has_labels: bool,
}

impl Ranged for TickAxis<'_> {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, _limit: (i32, i32)) -> i32 {
        // The map already holds the place of the axis in the figure.
        units(self.map.to_px(*value) as f32)
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        // Lines through minor ticks would be a carpet: they get short ticks only.
        if hint.weight().allow_light_points() {
            Vec::new()
        } else {
            self.ticks.major.iter().map(|tick| tick.value).collect()
        }
    }

    fn range(&self) -> Range<f64> {
        self.map.min..self.map.max
    }
}

impl ValueFormatter<f64> for TickAxis<'_> {
    fn format_ext(&self, value: &f64) -> String {
        let tick = self.ticks.major.iter().find(|tick| self.has_labels && tick.value == *value);
        tick.map(|tick| tick.label.clone()).unwrap_or_default()
    }
}

struct Pen<'a> {
    theme: &'a Theme,
    arrangement: &'a Arrangement,
    measure: &'a dyn Measure,
}

type Area<B> = DrawingArea<B, Shift>;

impl Pen<'_> {
    /// Grid, axis lines, ticks, tick labels, axis labels: plotters' mesh.
    fn mesh<B: DrawingBackend>(&self, root: &Area<B>, cell: &Cell, subplot: &Subplot) -> Result<(), ChartError> {
        let (plot, sizes) = (cell.plot, &self.arrangement.sizes);
        let area = root.clone().shrink(
            (units(plot.x_px - cell.left_px), units(plot.y_px)),
            (units(cell.left_px + plot.width_px), units(plot.height_px + cell.bottom_px)),
        );
        let x = TickAxis { map: cell.x, ticks: &cell.x_ticks, has_labels: cell.texts.x_ticks };
        let y = TickAxis { map: cell.y, ticks: &cell.y_ticks, has_labels: cell.texts.y_ticks };
        let mut chart = ChartBuilder::on(&area)
            .y_label_area_size(units(cell.left_px))
            .x_label_area_size(units(cell.bottom_px))
            .build_cartesian_2d(x, y)
            .map_err(refused)?;
        let hairline = |color: Color| ShapeStyle {
            color: rgb(color).into(),
            filled: false,
            stroke_width: units(sizes.hairline_px).unsigned_abs(),
        };
        let mut mesh = chart.configure_mesh();
        if !subplot.has_grid {
            mesh.disable_mesh();
        }
        if cell.texts.x_label {
            let taken_px = self.measure.width_px(&cell.x_ticks.offset, sizes.tick_text_px) + sizes.gap_px;
            let room_px = plot.width_px - if cell.x_ticks.offset.is_empty() { 0.0 } else { 2.0 * taken_px };
            mesh.x_desc(elide(&subplot.x.label, sizes.text_px, room_px, self.measure));
        }
        if cell.texts.y_label {
            mesh.y_desc(elide(&subplot.y.label, sizes.text_px, plot.height_px, self.measure));
        }
        mesh.bold_line_style(hairline(self.theme.grid))
            .axis_style(hairline(self.theme.axis))
            .label_style(text_style(sizes.tick_text_px, self.theme.text))
            .axis_desc_style(text_style(sizes.text_px, self.theme.text))
            .set_all_tick_mark_size(units(sizes.tick_px))
            .draw()
            .map_err(refused)
    }

    /// Short ticks without labels, which plotters' mesh has not.
    fn minor_ticks<B: DrawingBackend>(&self, root: &Area<B>, cell: &Cell) -> Result<(), ChartError> {
        let (plot, sizes) = (cell.plot, &self.arrangement.sizes);
        let style = ShapeStyle {
            color: rgb(self.theme.axis).into(),
            filled: false,
            stroke_width: units(sizes.hairline_px).unsigned_abs(),
        };
        let length_px = (sizes.tick_px * 0.5).round();
        let (left_px, bottom_px) = (plot.x_px, plot.y_px + plot.height_px);
        let stroke = |from: [f32; 2], to: [f32; 2]| {
            let points = vec![(units(from[0]), units(from[1])), (units(to[0]), units(to[1]))];
            root.draw(&PathElement::new(points, style)).map_err(refused)
        };
        for value in cell.x_ticks.minor.iter().filter(|_| cell.bottom_px >= length_px) {
            let x_px = cell.x.to_px(*value) as f32;
            stroke([x_px, bottom_px], [x_px, bottom_px + length_px])?;
        }
        for value in cell.y_ticks.minor.iter().filter(|_| cell.left_px >= length_px) {
            let y_px = cell.y.to_px(*value) as f32;
            stroke([left_px - length_px, y_px], [left_px, y_px])?;
        }
        Ok(())
    }

    /// The right-hand axis: its line, ticks, tick labels and label, which plotters' mesh has on the left only.
    fn right_axis<B: DrawingBackend>(
        &self,
        root: &Area<B>,
        cell: &Cell,
        axis: &RightAxis,
        subplot: &Subplot,
    ) -> Result<(), ChartError> {
        let (plot, sizes, color) = (cell.plot, &self.arrangement.sizes, self.theme.text);
        let style = ShapeStyle {
            color: rgb(self.theme.axis).into(),
            filled: false,
            stroke_width: units(sizes.hairline_px).unsigned_abs(),
        };
        // Its line lies just outside the plotting area, as those of the other axes do.
        let right_px = plot.x_px + plot.width_px + (sizes.hairline_px / 2.0).ceil();
        let stroke = |from: [f32; 2], to: [f32; 2]| {
            let points = vec![(units(from[0]), units(from[1])), (units(to[0]), units(to[1]))];
            root.draw(&PathElement::new(points, style)).map_err(refused)
        };
        stroke([right_px, plot.y_px], [right_px, plot.y_px + plot.height_px])?;
        let major = axis.ticks.major.iter().map(|tick| (tick.value, sizes.tick_px));
        let minor = axis.ticks.minor.iter().map(|value| (*value, (sizes.tick_px * 0.5).round()));
        for (value, length_px) in major.chain(minor).filter(|(_, length_px)| *length_px <= axis.room_px) {
            let y_px = axis.y.to_px(value) as f32;
            stroke([right_px, y_px], [right_px + length_px, y_px])?;
        }
        if axis.has_tick_labels {
            let x_px = plot.x_px + plot.width_px + 2.0 * sizes.tick_px;
            for tick in axis.ticks.major.iter().filter(|tick| !tick.label.is_empty()) {
                let at = [x_px, axis.y.to_px(tick.value) as f32];
                self.text(root, &tick.label, sizes.tick_text_px, color, (HPos::Left, VPos::Center), at)?;
            }
        }
        if axis.has_label {
            let label = elide(&subplot.right.label, sizes.text_px, plot.height_px, self.measure);
            let pos = Pos::new(HPos::Center, VPos::Bottom);
            let style = text_style(sizes.text_px, color).transform(FontTransform::Rotate270).pos(pos);
            let at = [plot.x_px + plot.width_px + axis.room_px, plot.y_px + plot.height_px / 2.0];
            root.draw_text(&label, &style, (units(at[0]), units(at[1]))).map_err(refused)?;
        }
        Ok(())
    }

    /// What the labels of an axis share, at its end, and the subplot's title.
    fn corner_texts<B: DrawingBackend>(
        &self,
        root: &Area<B>,
        cell: &Cell,
        subplot: &Subplot,
    ) -> Result<(), ChartError> {
        let (plot, sizes, color) = (cell.plot, &self.arrangement.sizes, self.theme.text);
        let mut above_px = plot.y_px - sizes.gap_px;
        let right = cell.right.as_ref().filter(|axis| axis.has_tick_labels && !axis.ticks.offset.is_empty());
        let has_left = cell.texts.y_ticks && !cell.y_ticks.offset.is_empty();
        if let Some(axis) = right {
            let room_px = if has_left { plot.width_px / 2.0 - sizes.gap_px } else { plot.width_px };
            let offset = elide(&axis.ticks.offset, sizes.tick_text_px, room_px, self.measure);
            let at = [plot.x_px + plot.width_px, above_px];
            self.text(root, &offset, sizes.tick_text_px, color, (HPos::Right, VPos::Bottom), at)?;
        }
        if has_left {
            // Where it is wider than the plotting area, it ends with it and begins above the tick labels.
            let room_px = if right.is_some() { plot.width_px / 2.0 } else { plot.width_px + cell.left_px };
            let offset = elide(&cell.y_ticks.offset, sizes.tick_text_px, room_px, self.measure);
            let width_px = self.measure.width_px(&offset, sizes.tick_text_px);
            let at = [plot.x_px - (width_px - plot.width_px).max(0.0), above_px];
            self.text(root, &offset, sizes.tick_text_px, color, (HPos::Left, VPos::Bottom), at)?;
        }
        if has_left || right.is_some() {
            above_px -= line_px(self.measure, sizes.tick_text_px) + sizes.gap_px;
        }
        if cell.texts.title {
            let title = elide(&subplot.title, sizes.subtitle_px, plot.width_px, self.measure);
            let at = [plot.x_px + plot.width_px / 2.0, above_px];
            self.text(root, &title, sizes.subtitle_px, color, (HPos::Center, VPos::Bottom), at)?;
        }
        if cell.texts.x_ticks && !cell.x_ticks.offset.is_empty() {
            let offset = elide(&cell.x_ticks.offset, sizes.tick_text_px, plot.width_px + cell.left_px, self.measure);
            let at = [plot.x_px + plot.width_px, plot.y_px + plot.height_px + cell.bottom_px];
            self.text(root, &offset, sizes.tick_text_px, color, (HPos::Right, VPos::Bottom), at)?;
        }
        Ok(())
    }

    fn text<B: DrawingBackend>(
        &self,
        root: &Area<B>,
        content: &str,
        size_px: f32,
        color: Color,
        (h_pos, v_pos): (HPos, VPos),
        [x_px, y_px]: [f32; 2],
    ) -> Result<(), ChartError> {
        let style = text_style(size_px, color).pos(Pos::new(h_pos, v_pos));
        root.draw_text(content, &style, (units(x_px), units(y_px))).map_err(refused)
    }
}

fn text_style(size_px: f32, color: Color) -> TextStyle<'static> {
    let font = FontDesc::new(FontFamily::SansSerif, f64::from(size_px) * f64::from(SUBPIXELS), FontStyle::Normal);
    TextStyle { font, color: rgb(color).to_backend_color(), pos: Pos::default() }
}

fn rgb(color: Color) -> RGBColor {
    RGBColor(color.r, color.g, color.b)
}

/// Device pixels in plotters' whole units; saturates.
fn units(px: f32) -> i32 {
    (px * SUBPIXELS as f32).round() as i32
}

fn refused<E: std::error::Error + Send + Sync>(error: DrawingAreaErrorKind<E>) -> ChartError {
    ChartError::Plotters { reason: error.to_string() }
}
