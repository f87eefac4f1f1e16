//! Paths that turn anywhere, dashes, polygons and discs, through `vello_cpu`.
//!
//! It blends onto our pixels with red and blue exchanged in its paints, so nothing is copied. Shapes with the same clip
//! are gathered and drawn at once; its context is as large as the clip, as its cost goes with that.

use vello_cpu::kurbo::{BezPath, Cap, Circle, Join, Point, Shape as _, Stroke as KurboStroke};
use vello_cpu::peniko::color::{AlphaColor, Srgb};
use vello_cpu::{PixmapMut, RasterizerSettings, RenderContext, Resources, TargetInit};

use crate::render::raster::Canvas;
use crate::render::raster::blend::Area;
use crate::render::scene::{Paint, Shape, Stroke};

/// Gathers paths and draws them.
#[derive(Default)]
pub(super) struct PathPainter {
    context: Option<RenderContext>,
    resources: Resources,
    path: BezPath,
    /// The clip of the paths gathered.
    pending: Option<Area>,
}

/// Whether a shape may be gathered with the paths before it.
pub(super) fn is_path(shape: &Shape) -> bool {
    matches!(shape, Shape::Line { .. } | Shape::Polygon { .. } | Shape::Disc { .. })
}

/// Farther out than any canvas; keeps absurd places out of the path code's arithmetic.
const FAR_PX: f32 = 1e6;

/// Dashes of one line at most; with more it is drawn unbroken.
const MOST_DASHES: f32 = 20_000.0;

impl PathPainter {
    /// Whether paths were gathered and not yet drawn.
    pub(super) fn has_pending(&self) -> bool {
        self.pending.is_some()
    }

    /// Gathers an open line.
    pub(super) fn line(&mut self, canvas: &mut Canvas, clip: Area, points: &[[f32; 2]], stroke: &Stroke) {
        if points.len() < 2 || !self.trace(points) || !(stroke.width_px > 0.0 && stroke.width_px <= FAR_PX) {
            return;
        }
        let is_dashed = !stroke.dash_px.is_empty()
            && stroke.dash_px.iter().all(|length| length.is_finite() && *length >= 0.0)
            // kurbo walks along a pattern step by step: one of no length for ever, a tiny one for long.
            && stroke.dash_px.iter().sum::<f32>() > self.path.perimeter(1.0) as f32 / MOST_DASHES;
        let cap = if is_dashed { Cap::Butt } else { Cap::Round };
        let mut style = KurboStroke::new(f64::from(stroke.width_px)).with_caps(cap).with_join(Join::Round);
        if is_dashed {
            style = style.with_dashes(0.0, stroke.dash_px.iter().map(|length| f64::from(*length)));
        }
        let path = std::mem::take(&mut self.path);
        if let Some(context) = self.context(canvas, clip, stroke.paint) {
            context.set_stroke(style);
            context.stroke_path(&path);
        }
        self.path = path;
    }

    /// Gathers a filled polygon; what winds around at all is inside.
    pub(super) fn polygon(&mut self, canvas: &mut Canvas, clip: Area, points: &[[f32; 2]], paint: Paint) {
        if points.len() < 3 || !self.trace(points) {
            return;
        }
        self.path.close_path();
        self.fill(canvas, clip, paint);
    }

    /// Gathers a disc.
    pub(super) fn disc(&mut self, canvas: &mut Canvas, clip: Area, center_px: [f32; 2], radius_px: f32, paint: Paint) {
        let [x, y] = center_px;
        if !(x.abs() <= FAR_PX && y.abs() <= FAR_PX && radius_px > 0.0 && radius_px <= FAR_PX) {
            return;
        }
        self.path.truncate(0);
        self.path.extend(Circle::new((f64::from(x), f64::from(y)), f64::from(radius_px)).path_elements(0.05));
        self.fill(canvas, clip, paint);
    }

    /// Draws what was gathered.
    pub(super) fn flush(&mut self, canvas: &mut Canvas) {
        let (Some(clip), Some(context)) = (self.pending.take(), self.context.as_mut()) else { return };
        let width = canvas.width_px as usize;
        let rows = clip.y0 as usize * width * 4..clip.y1 as usize * width * 4;
        let bytes = canvas.pixels.get_mut(rows).unwrap_or_default();
        context.flush();
        if let Some(target) = PixmapMut::new(width as u16, (clip.y1 - clip.y0) as u16, bytes) {
            let settings = RasterizerSettings {
                target_init: TargetInit::SrcOver,
                offset: (clip.x0 as u16, 0),
                ..RasterizerSettings::default()
            };
            context.render_with(target, &mut self.resources, settings);
        }
    }

    fn fill(&mut self, canvas: &mut Canvas, clip: Area, paint: Paint) {
        let path = std::mem::take(&mut self.path);
        if let Some(context) = self.context(canvas, clip, paint) {
            context.fill_path(&path);
        }
        self.path = path;
    }

    /// Sets the path to an open line; `false` if a point is not finite.
    fn trace(&mut self, points: &[[f32; 2]]) -> bool {
        self.path.truncate(0);
        for (index, [x, y]) in points.iter().enumerate() {
            if !(x.is_finite() && y.is_finite()) {
                return false;
            }
            let place = Point::new(f64::from(x.clamp(-FAR_PX, FAR_PX)), f64::from(y.clamp(-FAR_PX, FAR_PX)));
            if index == 0 {
                self.path.move_to(place);
            } else {
                self.path.line_to(place);
            }
        }
        true
    }

    /// The context for paths in `clip`, with paint and place set; `None` if nothing of them would be seen.
    fn context(&mut self, canvas: &mut Canvas, clip: Area, paint: Paint) -> Option<&mut RenderContext> {
        let clip = clip.intersected(canvas.area());
        if clip.is_empty() {
            return None;
        }
        if self.pending.is_some_and(|pending| pending != clip) {
            self.flush(canvas);
        }
        let (width, height) = ((clip.x1 - clip.x0) as u16, (clip.y1 - clip.y0) as u16);
        let context = self.context.get_or_insert_with(|| RenderContext::new(width, height));
        if self.pending.is_none() {
            context.reset_and_resize(width, height);
            self.pending = Some(clip);
        }
        context.set_transform(vello_cpu::kurbo::Affine::translate((-f64::from(clip.x0), -f64::from(clip.y0))));
        // The pixels are blue, green, red: the exchange here makes `vello_cpu` write them so.
        let color = paint.color;
        let alpha = if paint.alpha.is_nan() { 0.0 } else { paint.alpha.clamp(0.0, 1.0) };
        let exchanged: AlphaColor<Srgb> = AlphaColor::from_rgb8(color.b, color.g, color.r);
        context.set_paint(exchanged.with_alpha(alpha));
        Some(context)
    }
}
