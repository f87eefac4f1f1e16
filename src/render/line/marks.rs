//! Chooses which samples show their marker.
//!
//! Beside a line, a sample shows its marker where both neighbours are at least a marker's size away: a rule that does not
//! flicker while the view moves, and leaves dense parts to the line. Without a line every sample shows its marker, but
//! only one a pixel. Markers that name a curve are shown once each step of the x axis.

use crate::figure::{Join, Marker};
use crate::render::line::Scratch;
use crate::render::line::cells::Cells;
use crate::render::line::clip::{Point, Window};

/// The markers of a curve in the making.
pub(super) struct Marks {
    window: Window,
    is_wanted: bool,
    is_scatter: bool,
    size_px: f64,
    /// The last sample, and whether it has room on its left.
    held: Option<(Point, bool)>,
    last_cell: Option<(i64, i64)>,
    /// Where the markers name the curve.
    cells: Option<Cells>,
    centers: Vec<[f32; 2]>,
}

impl Marks {
    pub(super) fn new(
        window: Window,
        marker: Marker,
        join: Join,
        size_px: f32,
        cells: Option<Cells>,
        scratch: &mut Scratch,
    ) -> Self {
        Self {
            window,
            is_wanted: marker != Marker::None,
            is_scatter: join == Join::Points,
            size_px: f64::from(size_px),
            held: None,
            last_cell: None,
            cells,
            centers: scratch.take_marks(),
        }
    }

    pub(super) fn window(&self) -> &Window {
        &self.window
    }

    /// Whether only markers are drawn.
    pub(super) fn is_scatter(&self) -> bool {
        self.is_scatter
    }

    /// The next sample.
    #[inline]
    pub(super) fn sample(&mut self, place: Point) {
        if !self.is_wanted || place.0.is_nan() || place.1.is_nan() {
            return;
        }
        if self.is_scatter {
            let cell = (place.0.floor() as i64, place.1.floor() as i64);
            if self.last_cell != Some(cell) {
                self.last_cell = Some(cell);
                self.show(place);
            }
            return;
        }
        if let Some(cells) = &mut self.cells {
            if cells.enter(place) {
                self.show(place);
            }
            return;
        }
        let has_room = self.held.is_none_or(|(held, _)| {
            (held.0 - place.0).abs() >= self.size_px || (held.1 - place.1).abs() >= self.size_px
        });
        self.release(has_room);
        self.held = Some((place, has_room));
    }

    /// Samples that were passed over, too close for any of them to have room.
    pub(super) fn crowd(&mut self, place: Point) {
        if self.cells.is_some() {
            self.sample(place);
        } else if self.is_wanted && !self.is_scatter {
            self.release(false);
            self.held = Some((place, false));
        }
    }

    /// The places of the markers.
    pub(super) fn finish(mut self) -> Vec<[f32; 2]> {
        self.release(true);
        self.centers
    }

    fn release(&mut self, has_room_right: bool) {
        if let Some((place, true)) = self.held.take()
            && has_room_right
        {
            self.show(place);
        }
    }

    fn show(&mut self, place: Point) {
        if self.window.contains(place) {
            self.centers.push([place.0 as f32, place.1 as f32]);
        }
    }
}
