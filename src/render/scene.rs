//! A drawn figure as a list of shapes, before it is pixels: the one hand-over point between layout and output.
//!
//! The plotters backend and the curve code write it; the rasteriser, the SVG and the PDF writer read it; tests look into
//! it. Device pixels, f32, origin at the top left. Holds no data units.

use crate::batch::Color;
use crate::figure::{Marker, PlotRect};

/// A colour and how much of it covers what is below.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    /// The colour.
    pub color: Color,
    /// Opacity, 0 to 1.
    pub alpha: f32,
}

impl Paint {
    /// Fully opaque.
    #[must_use]
    pub const fn solid(color: Color) -> Self {
        Self { color, alpha: 1.0 }
    }
}

/// How a path is stroked.
#[derive(Clone, Debug, PartialEq)]
pub struct Stroke {
    /// Its paint.
    pub paint: Paint,
    /// Width in device pixels.
    pub width_px: f32,
    /// Lengths of strokes and gaps in turn, device pixels; empty for an unbroken line.
    pub dash_px: Vec<f32>,
}

/// Which point of a text stands at its position, horizontally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HAnchor {
    /// Its left end.
    Left,
    /// Its middle.
    Center,
    /// Its right end.
    Right,
}

/// Which line of a text stands at its position, vertically.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VAnchor {
    /// Top of the ascenders.
    Top,
    /// Middle of the capitals.
    Middle,
    /// The base line.
    Baseline,
    /// Foot of the descenders.
    Bottom,
}

/// A text of one line in the bundled font.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    /// Its characters; drawn as they are, never as markup.
    pub content: String,
    /// Position of the anchor.
    pub x_px: f32,
    /// Position of the anchor.
    pub y_px: f32,
    /// Height of the font (its em), device pixels.
    pub size_px: f32,
    /// Its paint.
    pub paint: Paint,
    /// Horizontal anchor, along the reading direction.
    pub h_anchor: HAnchor,
    /// Vertical anchor, across the reading direction.
    pub v_anchor: VAnchor,
    /// Whether it reads upwards (turned by 90 degrees to the left).
    pub is_upright: bool,
}

/// One shape.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// An axis-aligned filled rectangle; its edges are drawn exactly where they are (snap before).
    Rect {
        /// Where.
        rect: PlotRect,
        /// Its paint.
        paint: Paint,
    },
    /// An open line through points; all finite.
    Line {
        /// Its points.
        points: Vec<[f32; 2]>,
        /// How it is stroked.
        stroke: Stroke,
    },
    /// Many straight lines, each by itself, so many that how they end cannot be seen.
    Segments {
        /// Both ends of each; all finite.
        ends: Vec<[[f32; 2]; 2]>,
        /// Their paint.
        paint: Paint,
        /// Their width in device pixels.
        width_px: f32,
    },
    /// A filled polygon, closed by itself; all points finite.
    Polygon {
        /// Its points.
        points: Vec<[f32; 2]>,
        /// Its paint.
        paint: Paint,
    },
    /// A disc.
    Disc {
        /// Its centre.
        center_px: [f32; 2],
        /// Its radius.
        radius_px: f32,
        /// Its paint.
        paint: Paint,
    },
    /// The same mark at many places.
    Markers {
        /// Where, all finite.
        centers_px: Vec<[f32; 2]>,
        /// Its form; nothing is drawn for `Marker::None`.
        marker: Marker,
        /// Its width and height in device pixels.
        size_px: f32,
        /// Its paint.
        paint: Paint,
    },
    /// A text.
    Text(Text),
    /// What follows is drawn only inside the rectangle, until the matching `Unclip`.
    Clip(PlotRect),
    /// Ends the last `Clip`.
    Unclip,
}

/// A whole drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// Width in device pixels.
    pub width_px: u32,
    /// Height in device pixels.
    pub height_px: u32,
    /// Device pixels a logical pixel.
    pub scale: f32,
    /// Behind all shapes; opaque.
    pub background: Color,
    /// In drawing order.
    pub shapes: Vec<Shape>,
}
