//! Draws shapes into pixels. Runs on the figure's thread, or on that of an export.
//!
//! Knows no data, no axes and no files. Lines that run in one direction or have many points, rectangles, glyphs and markers
//! are drawn by our own code straight into the pixels; other paths go through `vello_cpu`, which blends onto the same pixels.

mod blend;
mod glyphs;
pub(crate) mod marks;
mod path;
mod pen;
mod segments;
mod stroke;
mod tile;

use crate::batch::Color;
use crate::figure::PlotRect;
use crate::render::frame::FrameSize;
use crate::render::scene::{Scene, Shape};

use blend::Area;

/// Opaque pixels: four bytes each, blue, green, red and one that is always 255; rows from the top, without padding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canvas {
    width_px: u32,
    height_px: u32,
    pixels: Vec<u8>,
}

impl Canvas {
    /// Pixels of one colour, in `buffer` if it is large enough. Sides are cut at [`FrameSize::MAX_SIDE_PX`].
    #[must_use]
    pub fn filled(width_px: u32, height_px: u32, color: Color, buffer: Vec<u8>) -> Self {
        let mut canvas = Self::sized(width_px, height_px, buffer);
        blend::fill_all(&mut canvas.pixels, color);
        canvas
    }

    /// A copy of `other`, in `buffer` if it is large enough.
    #[must_use]
    pub fn copied(other: &Self, mut buffer: Vec<u8>) -> Self {
        buffer.clear();
        buffer.extend_from_slice(&other.pixels);
        Self { pixels: buffer, ..*other }
    }

    fn sized(width_px: u32, height_px: u32, mut buffer: Vec<u8>) -> Self {
        let (width_px, height_px) = (width_px.min(FrameSize::MAX_SIDE_PX), height_px.min(FrameSize::MAX_SIDE_PX));
        buffer.resize(width_px as usize * height_px as usize * 4, 0);
        Self { width_px, height_px, pixels: buffer }
    }

    /// Width.
    #[must_use]
    pub fn width_px(&self) -> u32 {
        self.width_px
    }

    /// Height.
    #[must_use]
    pub fn height_px(&self) -> u32 {
        self.height_px
    }

    /// The bytes.
    #[must_use]
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// The bytes, given away.
    #[must_use]
    pub fn into_pixels(self) -> Vec<u8> {
        self.pixels
    }

    /// Colour of a pixel, if it is on the canvas.
    #[must_use]
    pub fn color_at(&self, x_px: u32, y_px: u32) -> Option<Color> {
        if x_px >= self.width_px || y_px >= self.height_px {
            return None;
        }
        let start = (y_px as usize * self.width_px as usize + x_px as usize) * 4;
        match self.pixels.get(start..start + 3) {
            Some(&[b, g, r]) => Some(Color::new(r, g, b)),
            _ => None,
        }
    }

    fn area(&self) -> Area {
        Area { x0: 0, y0: 0, x1: self.width_px as i32, y1: self.height_px as i32 }
    }
}

/// Draws shapes onto a [`Canvas`]. Keeps glyphs and buffers between drawings, so keep it.
#[derive(Default)]
pub struct Rasterizer {
    paths: path::PathPainter,
    glyphs: glyphs::GlyphPainter,
    stroke: stroke::StrokePainter,
    pen: pen::PenPainter,
    segments: segments::SegmentPainter,
    marks: marks::MarkPainter,
    clips: Vec<Area>,
}

impl Rasterizer {
    /// A rasteriser without anything kept yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws a whole scene on a canvas of its size.
    #[must_use]
    pub fn scene(&mut self, scene: &Scene, buffer: Vec<u8>) -> Canvas {
        let mut canvas = Canvas::filled(scene.width_px, scene.height_px, scene.background, buffer);
        self.draw(&scene.shapes, &mut canvas);
        canvas
    }

    /// Draws `shapes` in their order onto what is there. Shapes with places that are not finite are left out.
    pub fn draw(&mut self, shapes: &[Shape], canvas: &mut Canvas) {
        self.clips.clear();
        let mut clip = canvas.area();
        for shape in shapes {
            if self.paths.has_pending() && !path::is_path(shape) {
                self.paths.flush(canvas);
            }
            match shape {
                Shape::Clip(rect) => {
                    self.clips.push(clip);
                    clip = clip.intersected(Area::snapped(rect));
                }
                Shape::Unclip => clip = self.clips.pop().unwrap_or_else(|| canvas.area()),
                _ if clip.is_empty() => {}
                Shape::Rect { rect, paint } => blend::rect(canvas, clip, rect, *paint),
                Shape::Markers { centers_px, marker, size_px, paint } => {
                    self.marks.draw(canvas, clip, centers_px, *marker, *size_px, *paint);
                }
                Shape::Text(text) => self.glyphs.draw(canvas, clip, text),
                Shape::Line { points, stroke } => {
                    if stroke::can_draw(points, stroke) {
                        self.paths.flush(canvas);
                        self.stroke.draw(canvas, clip, points, stroke);
                    } else if pen::can_draw(points, stroke, shapes.len()) {
                        self.paths.flush(canvas);
                        self.pen.draw(canvas, clip, points, stroke);
                    } else {
                        self.paths.line(canvas, clip, points, stroke);
                    }
                }
                Shape::Segments { ends, paint, width_px } => {
                    self.segments.draw(canvas, clip, ends, *width_px, *paint);
                }
                Shape::Polygon { points, paint } if stroke::is_area(points) => {
                    self.paths.flush(canvas);
                    self.stroke.area(canvas, clip, points, *paint);
                }
                Shape::Polygon { points, paint } => self.paths.polygon(canvas, clip, points, *paint),
                Shape::Disc { center_px, radius_px, paint } => {
                    self.paths.disc(canvas, clip, *center_px, *radius_px, *paint);
                }
            }
        }
        self.paths.flush(canvas);
    }
}

/// Whether a rectangle can be drawn: all its numbers finite, its sides not negative.
fn is_sound(rect: &PlotRect) -> bool {
    [rect.x_px, rect.y_px, rect.width_px, rect.height_px].iter().all(|v| v.is_finite())
        && rect.width_px >= 0.0
        && rect.height_px >= 0.0
}

#[cfg(test)]
mod tests;
