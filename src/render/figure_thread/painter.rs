//! From a figure and a snapshot to pixels, with all that is worth keeping from frame to frame.

use std::sync::Arc;

use crate::figure::{Figure, FrameLayout};
use crate::render::draw::{DrawScratch, DrawStats, Drawn, draw_prepared};
use crate::render::frame::FrameSize;
use crate::render::raster::{Canvas, Rasterizer};
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
    /// The samples, with what was made from them: what a place of the frame is read from.
    pub shown: Snapshot,
}

/// Draws frames of one figure. Keeps glyphs, buffers and the pixels of what lies under the curves, so that a frame
/// allocates nothing while the view stands and the buffers come back.
#[derive(Default)]
pub struct FramePainter {
    rasterizer: Rasterizer,
    scratch: DrawScratch,
    under: Under,
    layouts: Layouts,
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
        let shown = self.scratch.prepare(figure, snapshot);
        let mut drawn = draw_prepared(figure, &shown, size, &mut self.scratch);
        let layout = self.layouts.share(&mut drawn.layout);
        let stats = drawn.stats;
        let above = drawn.scene.shapes.get(drawn.under.end..).unwrap_or_default();
        let mut canvas = self.under.canvas(&drawn, buffer, &mut self.rasterizer);
        self.rasterizer.draw(above, &mut canvas);
        self.scratch.recycle(drawn);
        Painted { pixels: canvas.into_pixels(), layout, stats, shown }
    }
}

/// The pixels of the static layer.
#[derive(Default)]
struct Under {
    canvas: Canvas,
    /// Number of the layer in `canvas`.
    kept: Option<u64>,
    /// Number of the layer drawn last.
    last: Option<u64>,
}

impl Under {
    /// A canvas with the static layer on it.
    ///
    /// It is drawn anew if it differs from the last one, and kept when it comes a second time: while the view moves it
    /// is another one with each frame, and a copy would be for nothing.
    fn canvas(&mut self, drawn: &Drawn, buffer: Vec<u8>, rasterizer: &mut Rasterizer) -> Canvas {
        let serial = Some(drawn.under_serial);
        if self.kept == serial {
            return Canvas::copied(&self.canvas, buffer);
        }
        let scene = &drawn.scene;
        let mut canvas = Canvas::filled(scene.width_px, scene.height_px, scene.background, buffer);
        rasterizer.draw(scene.shapes.get(drawn.under.clone()).unwrap_or_default(), &mut canvas);
        if self.last == serial {
            let old = std::mem::take(&mut self.canvas).into_pixels();
            (self.canvas, self.kept) = (Canvas::copied(&canvas, old), serial);
        }
        self.last = serial;
        canvas
    }
}

/// Layouts on their way: shared with whoever shows the frames, used again when all have let go of them.
#[derive(Default)]
struct Layouts {
    shared: Vec<Arc<FrameLayout>>,
    /// Index of the one handed out last.
    last: usize,
}

/// Layouts in use at once: of the frame shown, of one that waits, of the one that probes are answered from, and the next.
const LAYOUTS: usize = 6;

impl Layouts {
    /// A shared layout equal to `layout`, which gets the content of an old one in exchange.
    fn share(&mut self, layout: &mut FrameLayout) -> Arc<FrameLayout> {
        if let Some(last) = self.shared.get(self.last).filter(|last| ***last == *layout) {
            return Arc::clone(last);
        }
        for (index, shared) in self.shared.iter_mut().enumerate() {
            if let Some(free) = Arc::get_mut(shared) {
                std::mem::swap(free, layout);
                self.last = index;
                return Arc::clone(shared);
            }
        }
        let new = Arc::new(std::mem::take(layout));
        if self.shared.len() < LAYOUTS {
            self.shared.push(Arc::clone(&new));
            self.last = self.shared.len() - 1;
        }
        new
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
