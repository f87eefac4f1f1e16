//! A scene as an SVG file: shapes stay shapes, text stays text.
//!
//! Lengths are written in logical pixels with two decimals. Text comes from strangers: it is escaped, and characters that
//! XML does not know are replaced, so the file is valid whatever a series is called.

use std::fmt::Write;

use crate::batch::Color;
use crate::figure::PlotRect;
use crate::render::raster::marks::outline;
use crate::render::scene::{HAnchor, Paint, Scene, Shape, Stroke, Text};
use crate::render::text::{self, FONT_FAMILY};

/// The file's bytes.
pub(super) fn encode(scene: &Scene, title: &str) -> Vec<u8> {
    let mut svg = Svg { out: String::new(), unit: 1.0 / scene.scale, clip_count: 0, depth: 0 };
    svg.document(scene, title);
    svg.out.into_bytes()
}

struct Svg {
    out: String,
    /// Logical pixels a device pixel of the scene.
    unit: f32,
    clip_count: u32,
    /// Groups open.
    depth: u32,
}

/// Writes to a `String`, which cannot fail.
macro_rules! put {
    ($svg:expr, $($arg:tt)*) => { $svg.out.write_fmt(format_args!($($arg)*)).unwrap_or_default() };
}

impl Svg {
    fn document(&mut self, scene: &Scene, title: &str) {
        let (width, height) = (self.len(scene.width_px as f32), self.len(scene.height_px as f32));
        put!(self, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        put!(self, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\"");
        // Verdana has the widths of DejaVu Sans; it stands in where that is not installed.
        put!(self, " viewBox=\"0 0 {width} {height}\" font-family=\"{FONT_FAMILY}, Verdana, sans-serif\">\n");
        if !title.is_empty() {
            put!(self, "<title>{}</title>\n", escaped(title));
        }
        put!(self, "<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n", hex(scene.background));
        for shape in &scene.shapes {
            self.shape(shape);
        }
        for _ in 0..self.depth {
            put!(self, "</g>\n");
        }
        put!(self, "</svg>\n");
    }

    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect { rect, paint } => {
                if let Some(rect) = self.rect(rect) {
                    put!(self, "<rect {rect}{}/>\n", fill(*paint));
                }
            }
            Shape::Line { points, stroke } => {
                if points.len() > 1 {
                    put!(self, "<polyline points=\"");
                    self.points(points);
                    put!(self, "\"");
                    self.stroke(stroke);
                    put!(self, "/>\n");
                }
            }
            Shape::Segments { ends, paint, width_px } => {
                put!(self, "<path d=\"");
                for [a, b] in ends.iter().filter(|ends| ends.as_flattened().iter().all(|v| v.is_finite())) {
                    let [x0, y0, x1, y1] = [a[0], a[1], b[0], b[1]].map(|v| self.len(v));
                    put!(self, "M{x0},{y0}L{x1},{y1}");
                }
                put!(self, "\"");
                self.stroke(&Stroke { paint: *paint, width_px: *width_px, dash_px: Vec::new() });
                put!(self, "/>\n");
            }
            Shape::Polygon { points, paint } => {
                put!(self, "<polygon points=\"");
                self.points(points);
                put!(self, "\"{}/>\n", fill(*paint));
            }
            Shape::Disc { center_px: [x, y], radius_px, paint } => {
                if x.is_finite() && y.is_finite() && *radius_px > 0.0 {
                    let (x, y, r) = (self.len(*x), self.len(*y), self.len(*radius_px));
                    put!(self, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{}/>\n", fill(*paint));
                }
            }
            Shape::Markers { centers_px, marker, size_px, paint } => {
                put!(self, "<path d=\"");
                let form = outline(*marker, size_px / 2.0);
                for center in centers_px.iter().filter(|center| center.iter().all(|v| v.is_finite())) {
                    self.marker(*center, form.as_deref(), size_px / 2.0);
                }
                put!(self, "\"{}/>\n", fill(*paint));
            }
            Shape::Text(text) => self.text(text),
            Shape::Clip(rect) => {
                self.clip_count += 1;
                self.depth += 1;
                let id = self.clip_count;
                let empty = String::from("width=\"0\" height=\"0\"");
                let rect = self.rect(rect).unwrap_or(empty);
                put!(self, "<clipPath id=\"clip{id}\"><rect {rect}/></clipPath>\n");
                put!(self, "<g clip-path=\"url(#clip{id})\">\n");
            }
            Shape::Unclip => {
                if self.depth > 0 {
                    self.depth -= 1;
                    put!(self, "</g>\n");
                }
            }
        }
    }

    fn text(&mut self, text: &Text) {
        let shown: String = text.content.chars().filter_map(text::visible).collect();
        if shown.trim().is_empty() || !(text.x_px.is_finite() && text.y_px.is_finite()) {
            return;
        }
        // The anchor is left to the viewer, so that a font of other widths stays centred or flush.
        let anchored = Text { h_anchor: HAnchor::Left, ..text.clone() };
        let [x, y] = text::origin(&anchored).map(|v| self.len(v));
        let size = self.len(text.size_px);
        put!(self, "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" xml:space=\"preserve\"");
        match text.h_anchor {
            HAnchor::Left => {}
            HAnchor::Center => put!(self, " text-anchor=\"middle\""),
            HAnchor::Right => put!(self, " text-anchor=\"end\""),
        }
        if text.is_upright {
            put!(self, " transform=\"rotate(-90 {x} {y})\"");
        }
        put!(self, "{}>{}</text>\n", fill(text.paint), escaped(&shown));
    }

    fn marker(&mut self, [x, y]: [f32; 2], form: Option<&[[f32; 2]]>, radius_px: f32) {
        let Some(form) = form else {
            let (left, y, r, d) =
                (self.len(x - radius_px), self.len(y), self.len(radius_px), self.len(2.0 * radius_px));
            put!(self, "M{left},{y}a{r},{r} 0 1,0 {d},0a{r},{r} 0 1,0 -{d},0z");
            return;
        };
        for (index, [dx, dy]) in form.iter().enumerate() {
            let (x, y) = (self.len(x + dx), self.len(y + dy));
            put!(self, "{}{x},{y}", if index == 0 { 'M' } else { 'L' });
        }
        put!(self, "z");
    }

    fn points(&mut self, points: &[[f32; 2]]) {
        let mut separator = "";
        for [x, y] in points.iter().filter(|point| point.iter().all(|v| v.is_finite())) {
            put!(self, "{separator}{},{}", self.len(*x), self.len(*y));
            separator = " ";
        }
    }

    fn stroke(&mut self, stroke: &Stroke) {
        let Paint { color, alpha } = stroke.paint;
        put!(self, " fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"", hex(color), self.len(stroke.width_px));
        put!(self, " stroke-linejoin=\"round\"");
        if stroke.dash_px.is_empty() {
            put!(self, " stroke-linecap=\"round\"");
        } else {
            let dash: Vec<String> = stroke.dash_px.iter().map(|length| self.len(*length).to_string()).collect();
            put!(self, " stroke-dasharray=\"{}\"", dash.join(" "));
        }
        if alpha < 1.0 {
            put!(self, " stroke-opacity=\"{}\"", rounded(alpha, 1000.0));
        }
    }

    fn rect(&self, rect: &PlotRect) -> Option<String> {
        let PlotRect { x_px, y_px, width_px, height_px } = *rect;
        let is_sound = [x_px, y_px, width_px, height_px].iter().all(|v| v.is_finite()) && width_px >= 0.0;
        (is_sound && height_px >= 0.0).then(|| {
            let [x, y, width, height] = [x_px, y_px, width_px, height_px].map(|v| self.len(v));
            format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
        })
    }

    /// A length in logical pixels, two decimals.
    fn len(&self, px: f32) -> f64 {
        rounded(px * self.unit, 100.0)
    }
}

fn rounded(value: f32, steps: f64) -> f64 {
    // Adding zero turns a minus zero into a plain one.
    (f64::from(value) * steps).round() / steps + 0.0
}

fn fill(paint: Paint) -> String {
    let mut fill = format!(" fill=\"{}\"", hex(paint.color));
    if paint.alpha < 1.0 {
        fill.push_str(&format!(" fill-opacity=\"{}\"", rounded(paint.alpha, 1000.0)));
    }
    fill
}

fn hex(Color { r, g, b }: Color) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().filter_map(text::visible) {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
