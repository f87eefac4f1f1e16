//! From a figure and a snapshot to pixels, with all that is worth keeping from frame to frame.

use std::sync::Arc;

use crate::figure::{Figure, FrameLayout};
use crate::render::draw::{DrawScratch, DrawStats, draw};
use crate::render::frame::FrameSize;
use crate::render::raster::{Canvas, Rasterizer};
use crate::render::scene::{Scene, Shape};
use crate::store::Snapshot;

/// What the actor needs of a painter; tests put their own in its place.
pub(super) trait Paint: Send {
    /// Draws into `buffer` if it is large enough.
    fn paint(&mut self, figure: &Figure, snapshot: &Snapshot, size: FrameSize, buffer: Vec<u8>) -> Painted;

    /// Forgets everything kept, after a panic.
    fn reset(&mut self);
}

/// A drawn frame.
pub struct Painted {
    /// Opaque pixels: four bytes each, blue, green, red and 255; rows from the top, without padding.
    pub pixels: Vec<u8>,
    /// Where the parts of the figure stand.
    pub layout: Arc<FrameLayout>,
    /// What was drawn.
    pub stats: DrawStats,
}

/// Draws frames of one figure. Keeps glyphs, buffers and the pixels of what lies under the curves.
#[derive(Default)]
pub struct FramePainter {
    rasterizer: Rasterizer,
    scratch: DrawScratch,
    under: Option<Under>,
}

/// The pixels of the static layer, and the shapes that they show.
struct Under {
    canvas: Canvas,
    scene: Scene,
}

impl FramePainter {
    /// A painter with nothing kept yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Draws `figure` with the samples of `snapshot`, into `buffer` if it is large enough.
    #[must_use]
    pub fn paint(&mut self, figure: &Figure, snapshot: &Snapshot, size: FrameSize, buffer: Vec<u8>) -> Painted {
        let mut drawn = draw(figure, snapshot, size, &mut self.scratch);
        let layout = Arc::new(std::mem::take(&mut drawn.layout));
        let stats = drawn.stats;
        let shapes = drawn.scene.shapes.as_slice();
        let under = shapes.get(drawn.under.clone()).unwrap_or_default();
        let above = shapes.get(drawn.under.end..).unwrap_or_default();
        let mut canvas = self.under(&drawn.scene, under, buffer);
        self.rasterizer.draw(above, &mut canvas);
        self.scratch.recycle(drawn);
        Painted { pixels: canvas.into_pixels(), layout, stats }
    }

    /// A canvas with the static layer on it: drawn anew if it differs from the last one.
    fn under(&mut self, scene: &Scene, under: &[Shape], buffer: Vec<u8>) -> Canvas {
        let is_same = |kept: &Under| {
            (kept.scene.width_px, kept.scene.height_px) == (scene.width_px, scene.height_px)
                && kept.scene.background == scene.background
                && kept.scene.shapes == under
        };
        if let Some(kept) = self.under.as_ref().filter(|kept| is_same(kept)) {
            return Canvas::copied(&kept.canvas, buffer);
        }
        let mut canvas = Canvas::filled(scene.width_px, scene.height_px, scene.background, buffer);
        self.rasterizer.draw(under, &mut canvas);
        let old = self.under.take().map(|kept| kept.canvas.into_pixels()).unwrap_or_default();
        let scene = Scene { shapes: under.to_vec(), ..*scene };
        self.under = Some(Under { canvas: Canvas::copied(&canvas, old), scene });
        canvas
    }
}

impl Paint for FramePainter {
    fn paint(&mut self, figure: &Figure, snapshot: &Snapshot, size: FrameSize, buffer: Vec<u8>) -> Painted {
        Self::paint(self, figure, snapshot, size, buffer)
    }

    fn reset(&mut self) {
        *self = Self::new();
    }
}
