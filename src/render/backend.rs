//! plotters' drawing backend that writes a scene: the axes become shapes in device pixels.
//!
//! Runs on the figure's thread. plotters counts in whole units; this backend reports a size of [`SUBPIXELS`] units a
//! pixel and divides. Lines along the axes become rectangles on whole pixels, so that they are sharp.

use std::convert::Infallible;

use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontTransform,
};

use crate::batch::Color;
use crate::figure::PlotRect;
use crate::figure::chart::SUBPIXELS;
use crate::render::scene::{HAnchor, Paint, Shape, Stroke, Text, VAnchor};
use crate::render::text;

/// Writes what plotters draws at the end of a list of shapes.
pub struct SceneBackend<'a> {
    shapes: &'a mut Vec<Shape>,
    width_px: u32,
    height_px: u32,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl<'a> SceneBackend<'a> {
    /// A backend of `width_px` by `height_px` device pixels that adds to `shapes`.
    pub fn new(shapes: &'a mut Vec<Shape>, width_px: u32, height_px: u32) -> Self {
        Self { shapes, width_px, height_px }
    }

    fn stroke(&mut self, points: Vec<[f32; 2]>, style: &impl BackendStyle) {
        let paint = paint(style.color());
        let width_px = to_px(i32::try_from(style.stroke_width()).unwrap_or(i32::MAX));
        if paint.alpha <= 0.0 || points.len() < 2 {
            return;
        }
        if let &[from, to] = points.as_slice()
            && let Some(rect) = snapped(from, to, width_px)
        {
            self.shapes.push(Shape::Rect { rect, paint });
            return;
        }
        self.shapes.push(Shape::Line { points, stroke: Stroke { paint, width_px, dash_px: Vec::new() } });
    }
}

impl DrawingBackend for SceneBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let unit = SUBPIXELS.unsigned_abs();
        (self.width_px.saturating_mul(unit), self.height_px.saturating_mul(unit))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, point: BackendCoord, color: BackendColor) -> Drawn {
        let [x_px, y_px] = place(point);
        let side_px = to_px(1);
        let rect = PlotRect { x_px, y_px, width_px: side_px, height_px: side_px };
        self.shapes.push(Shape::Rect { rect, paint: paint(color) });
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        self.stroke(vec![place(from), place(to)], style);
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        self.stroke(path.into_iter().map(place).collect(), style);
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let ([x0, y0], [x1, y1]) = (place(upper_left), place(bottom_right));
        if fill {
            let rect = PlotRect { x_px: x0, y_px: y0, width_px: x1 - x0, height_px: y1 - y0 };
            self.shapes.push(Shape::Rect { rect, paint: paint(style.color()) });
        } else {
            for (from, to) in [([x0, y0], [x1, y0]), ([x0, y1], [x1, y1]), ([x0, y0], [x0, y1]), ([x1, y0], [x1, y1])] {
                self.stroke(vec![from, to], style);
            }
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, fill: bool) -> Drawn {
        let (center_px, radius_px) = (place(center), to_px(i32::try_from(radius).unwrap_or(i32::MAX)));
        if fill {
            self.shapes.push(Shape::Disc { center_px, radius_px, paint: paint(style.color()) });
        } else {
            // As many corners as keep the polygon within a tenth of a pixel of the circle.
            let corners = (7.0 * radius_px.max(1.0).sqrt()).ceil() as u32;
            let corner = |i: u32| {
                let angle = std::f32::consts::TAU * i as f32 / corners as f32;
                [center_px[0] + radius_px * angle.cos(), center_px[1] + radius_px * angle.sin()]
            };
            self.stroke((0..=corners).map(corner).collect(), style);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, vert: I, style: &S) -> Drawn {
        self.shapes.push(Shape::Polygon { points: vert.into_iter().map(place).collect(), paint: paint(style.color()) });
        Ok(())
    }

    fn draw_text<T: BackendTextStyle>(&mut self, content: &str, style: &T, pos: BackendCoord) -> Drawn {
        let paint = paint(style.color());
        if content.is_empty() || paint.alpha <= 0.0 {
            return Ok(());
        }
        let [x_px, y_px] = place(pos);
        let anchor = style.anchor();
        self.shapes.push(Shape::Text(Text {
            content: content.to_owned(),
            x_px,
            y_px,
            size_px: style.size() as f32 / SUBPIXELS as f32,
            paint,
            h_anchor: match anchor.h_pos {
                HPos::Left => HAnchor::Left,
                HPos::Center => HAnchor::Center,
                HPos::Right => HAnchor::Right,
            },
            v_anchor: match anchor.v_pos {
                VPos::Top => VAnchor::Top,
                VPos::Center => VAnchor::Middle,
                VPos::Bottom => VAnchor::Bottom,
            },
            // Of the four directions a figure uses two.
            is_upright: matches!(style.transform(), FontTransform::Rotate270),
        }));
        Ok(())
    }

    fn estimate_text_size<T: BackendTextStyle>(
        &self,
        content: &str,
        style: &T,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        // Asked in units, answered in units.
        let size = text::measure(content, style.size() as f32);
        Ok((size.width_px.ceil() as u32, (size.ascent_px + size.descent_px).ceil() as u32))
    }
}

/// The rectangle on whole pixels that a line along an axis covers; `None` for any other line.
///
/// A vertical line of odd width stands left of the pixel edge that it names, a level one below it: so both axis lines
/// lie just outside the plotting area, and a grid line at the end of an axis lies under the axis line.
fn snapped([x0, y0]: [f32; 2], [x1, y1]: [f32; 2], width_px: f32) -> Option<PlotRect> {
    let width_px = width_px.round().max(1.0);
    if x0 == x1 {
        let (top, bottom) = (y0.min(y1).round(), y0.max(y1).round());
        let left = (x0 - width_px / 2.0 - 0.5).ceil();
        return Some(PlotRect { x_px: left, y_px: top, width_px, height_px: (bottom - top).max(1.0) });
    }
    if y0 == y1 {
        let (left, right) = (x0.min(x1).round(), x0.max(x1).round());
        let top = (y0 - width_px / 2.0 + 0.5).floor();
        return Some(PlotRect { x_px: left, y_px: top, width_px: (right - left).max(1.0), height_px: width_px });
    }
    None
}

fn place((x, y): BackendCoord) -> [f32; 2] {
    [to_px(x), to_px(y)]
}

fn to_px(units: i32) -> f32 {
    units as f32 / SUBPIXELS as f32
}

fn paint(color: BackendColor) -> Paint {
    let (r, g, b) = color.rgb;
    Paint { color: Color::new(r, g, b), alpha: color.alpha as f32 }
}
