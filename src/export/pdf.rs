//! A scene as a PDF file of one page: lines stay lines, text is text in the bundled font, cut down to what is used.

use krilla::Document;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Rect, Transform};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::page::PageSettings;
use krilla::paint::{Fill, FillRule, LineCap, LineJoin, Stroke as PdfStroke, StrokeDash};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph};

use crate::figure::PlotRect;
use crate::render::raster::marks::outline;
use crate::render::scene::{Paint, Scene, Shape, Stroke, Text};
use crate::render::text::{self, FONT_BYTES};

/// Points of a PDF a logical pixel: 72 an inch against 96.
const POINTS_PER_LOGICAL_PX: f32 = 0.75;
/// How far the control points of a quarter of a circle stand out, in radii.
const QUARTER: f32 = 0.552_284_8;

/// The file's bytes.
pub(super) fn encode(scene: &Scene, title: &str) -> Result<Vec<u8>, String> {
    let font = Font::new(FONT_BYTES.into(), 0).ok_or("the bundled font cannot be read")?;
    let unit = POINTS_PER_LOGICAL_PX / scene.scale;
    let (width, height) = (scene.width_px as f32 * unit, scene.height_px as f32 * unit);
    let page = PageSettings::from_wh(width, height).ok_or("the page has no size")?;
    let mut document = Document::new();
    let shown: String = title.chars().filter_map(text::visible).collect();
    let metadata = Metadata::new().creator("Kymograph".into());
    document.set_metadata(if shown.is_empty() { metadata } else { metadata.title(shown) });
    let mut page = document.start_page_with(page);
    let mut surface = page.surface();
    surface.push_transform(&Transform::from_scale(unit, unit));
    let whole = PlotRect { x_px: 0.0, y_px: 0.0, width_px: scene.width_px as f32, height_px: scene.height_px as f32 };
    let mut pdf = Pdf { surface, font, clips: 0 };
    pdf.rect(&whole, Paint::solid(scene.background));
    for shape in &scene.shapes {
        pdf.shape(shape);
    }
    pdf.finish();
    page.finish();
    document.finish().map_err(|error| format!("{error:?}"))
}

struct Pdf<'a> {
    surface: Surface<'a>,
    font: Font,
    clips: u32,
}

impl Pdf<'_> {
    fn shape(&mut self, shape: &Shape) {
        match shape {
            Shape::Rect { rect, paint } => self.rect(rect, *paint),
            Shape::Line { points, stroke } => {
                let mut path = PathBuilder::new();
                trace(&mut path, points.iter().copied());
                self.line(path.finish(), stroke);
            }
            Shape::Segments { ends, paint, width_px } => {
                let mut path = PathBuilder::new();
                for ends in ends {
                    trace(&mut path, ends.iter().copied());
                }
                self.line(path.finish(), &Stroke { paint: *paint, width_px: *width_px, dash_px: Vec::new() });
            }
            Shape::Polygon { points, paint } => {
                let mut path = PathBuilder::new();
                trace(&mut path, points.iter().copied());
                path.close();
                self.fill(path.finish(), *paint);
            }
            Shape::Disc { center_px, radius_px, paint } => {
                let mut path = PathBuilder::new();
                circle(&mut path, *center_px, *radius_px);
                self.fill(path.finish(), *paint);
            }
            Shape::Markers { centers_px, marker, size_px, paint } => {
                let mut path = PathBuilder::new();
                let form = outline(*marker, size_px / 2.0);
                for &[x, y] in centers_px {
                    match &form {
                        Some(form) => {
                            trace(&mut path, form.iter().map(|[dx, dy]| [x + dx, y + dy]));
                            path.close();
                        }
                        None => circle(&mut path, [x, y], size_px / 2.0),
                    }
                }
                self.fill(path.finish(), *paint);
            }
            Shape::Text(text) => self.text(text),
            Shape::Clip(rect) => {
                let sound = Rect::from_xywh(rect.x_px, rect.y_px, rect.width_px, rect.height_px);
                // A clip of no size hides everything: a rectangle off the page does the same.
                if let Some(rect) = sound.or_else(|| Rect::from_xywh(-10.0, -10.0, 1.0, 1.0))
                    && let Some(path) = rect_path(rect)
                {
                    self.surface.push_clip_path(&path, &FillRule::NonZero);
                    self.clips += 1;
                }
            }
            Shape::Unclip => {
                if self.clips > 0 {
                    self.surface.pop();
                    self.clips -= 1;
                }
            }
        }
    }

    fn rect(&mut self, rect: &PlotRect, paint: Paint) {
        let path = Rect::from_xywh(rect.x_px, rect.y_px, rect.width_px, rect.height_px).and_then(rect_path);
        self.fill(path, paint);
    }

    fn line(&mut self, path: Option<Path>, stroke: &Stroke) {
        let Some(path) = path else { return };
        let is_dashed = !stroke.dash_px.is_empty();
        self.surface.set_fill(None);
        self.surface.set_stroke(Some(PdfStroke {
            paint: color(stroke.paint).into(),
            width: stroke.width_px,
            miter_limit: 10.0,
            line_cap: if is_dashed { LineCap::Butt } else { LineCap::Round },
            line_join: LineJoin::Round,
            opacity: opacity(stroke.paint),
            dash: is_dashed.then(|| StrokeDash { array: stroke.dash_px.clone(), offset: 0.0 }),
        }));
        self.surface.draw_path(&path);
    }

    fn text(&mut self, text: &Text) {
        let shown: String = text.content.chars().filter_map(text::visible).collect();
        let [x, y] = text::origin(text);
        if shown.is_empty() || !(x.is_finite() && y.is_finite() && text.size_px > 0.0) {
            return;
        }
        let mut glyphs: Vec<KrillaGlyph> = Vec::with_capacity(shown.len());
        let mut last_offset = 0.0;
        text::lay_out(&shown, 1.0, |glyph| {
            if let Some(last) = glyphs.last_mut() {
                last.x_advance = glyph.offset_px - last_offset;
                last.text_range.end = glyph.byte_index;
            }
            last_offset = glyph.offset_px;
            let id = GlyphId::new(u32::from(glyph.id));
            let range = glyph.byte_index..shown.len();
            glyphs.push(KrillaGlyph::new(id, glyph.advance_px, 0.0, 0.0, 0.0, range, None));
        });
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(filling(text.paint)));
        let turn = if text.is_upright {
            Transform::from_row(0.0, -1.0, 1.0, 0.0, x, y)
        } else {
            Transform::from_translate(x, y)
        };
        self.surface.push_transform(&turn);
        let start = Point::from_xy(0.0, 0.0);
        self.surface.draw_glyphs(start, &glyphs, self.font.clone(), &shown, text.size_px, false);
        self.surface.pop();
    }

    fn fill(&mut self, path: Option<Path>, paint: Paint) {
        if let Some(path) = path {
            self.surface.set_stroke(None);
            self.surface.set_fill(Some(filling(paint)));
            self.surface.draw_path(&path);
        }
    }

    fn finish(mut self) {
        // One more for the transformation into points.
        for _ in 0..=self.clips {
            self.surface.pop();
        }
        self.surface.finish();
    }
}

fn filling(paint: Paint) -> Fill {
    Fill { paint: color(paint).into(), opacity: opacity(paint), rule: FillRule::NonZero }
}

fn color(paint: Paint) -> rgb::Color {
    rgb::Color::new(paint.color.r, paint.color.g, paint.color.b)
}

fn opacity(paint: Paint) -> NormalizedF32 {
    NormalizedF32::new(paint.alpha.clamp(0.0, 1.0)).unwrap_or(NormalizedF32::ONE)
}

fn rect_path(rect: Rect) -> Option<Path> {
    let mut path = PathBuilder::new();
    path.push_rect(rect);
    path.finish()
}

/// Adds an open line through the finite points.
fn trace(path: &mut PathBuilder, points: impl Iterator<Item = [f32; 2]>) {
    let mut is_first = true;
    for [x, y] in points.filter(|point| point.iter().all(|v| v.is_finite())) {
        if std::mem::take(&mut is_first) {
            path.move_to(x, y);
        } else {
            path.line_to(x, y);
        }
    }
}

fn circle(path: &mut PathBuilder, [x, y]: [f32; 2], r: f32) {
    if !(x.is_finite() && y.is_finite() && r > 0.0) {
        return;
    }
    let k = r * QUARTER;
    path.move_to(x + r, y);
    path.cubic_to(x + r, y + k, x + k, y + r, x, y + r);
    path.cubic_to(x - k, y + r, x - r, y + k, x - r, y);
    path.cubic_to(x - r, y - k, x - k, y - r, x, y - r);
    path.cubic_to(x + k, y - r, x + r, y - k, x + r, y);
    path.close();
}
