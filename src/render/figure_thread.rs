//! One figure's drawing thread: takes what is to be shown and its newest data, leaves frames.
//!
//! [`FigureThread`] is the handle for the GUI thread: no call of it waits for a frame. The actor behind it draws when the
//! figure, the size or the data changed, at most 60 times a second, and never while hidden. Knows no Qt and no window.

mod actor;
mod painter;
mod state;

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::figure::Figure;
use crate::figure::cursors::CursorTable;
use crate::figure::readout::Readout;
use crate::job::thread::{self, Thread};
use crate::job::{Clock, SystemClock};
use crate::render::frame::{Frame, FrameSize, FrameSlot};
use crate::store::{Snapshot, SnapshotSlot};

pub use painter::FramePainter;

use painter::Paint;
use state::Shared;

/// How long a dropped handle waits for its thread. A frame takes some milliseconds.
pub const JOIN_BOUND: Duration = Duration::from_millis(500);

/// Handle of a figure's thread.
///
/// Dropping it ends the thread and waits for it [`JOIN_BOUND`] at most; a thread that takes longer is left to end by
/// itself, and that is logged.
pub struct FigureThread {
    shared: Arc<Shared>,
    _thread: Thread<()>,
}

impl FigureThread {
    /// Starts the thread `figure:<name>`, with an empty figure, no data and no size: nothing is drawn yet.
    ///
    /// `on_frame` is called on that thread when there is something to take: a frame, a readout or an error. It is not
    /// called again until [`take_frame`](Self::take_frame) was called, so post one event to the GUI thread and take
    /// everything there.
    ///
    /// # Errors
    /// The system's, if it starts no more threads.
    pub fn spawn(name: &str, on_frame: Arc<dyn Fn() + Send + Sync>) -> io::Result<Self> {
        Self::spawn_with(name, on_frame, Box::new(FramePainter::new()))
    }

    fn spawn_with(name: &str, on_frame: Arc<dyn Fn() + Send + Sync>, painter: Box<dyn Paint>) -> io::Result<Self> {
        let shared = Arc::new(Shared::new(on_frame));
        let theirs = Arc::clone(&shared);
        let seat = SystemClock::new().seat();
        let thread = thread::spawn(&format!("figure:{name}"), seat, move |_| actor::run(&theirs, painter))?;
        Ok(Self { shared, _thread: thread.with_join_bound(JOIN_BOUND) })
    }

    /// Shows the data of `slot` from now on, and whatever is published to it.
    pub fn set_data(&self, slot: SnapshotSlot) {
        let weak = Arc::downgrade(&self.shared);
        let subscription = slot.subscribe(Arc::new(move || {
            if let Some(shared) = weak.upgrade() {
                shared.data_changed();
            }
        }));
        self.shared.set_data(slot, subscription);
    }

    /// Shows `figure` from now on.
    pub fn set_figure(&self, figure: Figure) {
        self.shared.set_figure(figure);
    }

    /// Draws at `size` from now on. A size that cannot be drawn stops the drawing.
    pub fn set_size(&self, size: FrameSize) {
        self.shared.set_size(size);
    }

    /// Hides or shows the figure: hidden, nothing is drawn; shown again, one frame is, if anything has changed.
    pub fn set_active(&self, is_active: bool) {
        self.shared.set_active(is_active);
    }

    /// Draws as soon as something has changed, however soon after the frame before: for measuring.
    pub fn set_unpaced(&self) {
        self.shared.set_unpaced();
    }

    /// Asks what stands at a place in device pixels: answered now and after each frame until the place is `None`.
    pub fn probe(&self, place_px: Option<[f32; 2]>) {
        self.shared.set_probe(place_px);
    }

    /// The newest frame, if it was not taken yet; allows the next call of `on_frame`.
    pub fn take_frame(&self) -> Option<Frame> {
        self.shared.take_frame()
    }

    /// The newest answer to [`probe`](Self::probe), if there is a new one: what stands there, or `None` if the place is
    /// outside of all plotting areas.
    pub fn take_readout(&self) -> Option<Option<Readout>> {
        self.shared.take_readout()
    }

    /// Whether the table of the cursors is wanted: made now, and with each frame and each place that is asked for.
    pub fn set_table(&self, wants: bool) {
        self.shared.set_table(wants);
    }

    /// The newest table of the cursors ([`set_table`](Self::set_table)), if there is a new one: what all series say under
    /// the place asked for by [`probe`](Self::probe) and at the figure's two cursors.
    pub fn take_table(&self) -> Option<CursorTable> {
        self.shared.take_table()
    }

    /// Why the newest frame could not be drawn, once a failure. The thread goes on with the next change.
    pub fn take_error(&self) -> Option<String> {
        self.shared.take_error()
    }

    /// Gives the pixels of a taken frame back, to be drawn into again.
    pub fn recycle(&self, pixels: Vec<u8>) {
        self.shared.frames.recycle(pixels);
    }

    /// A handle that gives pixels back from any thread, whatever became of this one by then.
    #[must_use]
    pub fn recycler(&self) -> Recycler {
        Recycler { frames: Arc::downgrade(&self.shared.frames) }
    }

    /// What is shown, for a file of it: the figure as it was set last and the newest data.
    #[must_use]
    pub fn contents(&self) -> (Arc<Figure>, Snapshot) {
        self.shared.contents()
    }
}

/// Gives the pixels of taken frames back to be drawn into again, from whichever thread is done with them.
///
/// A window's toolkit lets go of an image on a thread of its own and when it pleases, so this holds neither the figure's
/// thread nor its buffers alive: after the [`FigureThread`] was dropped the pixels are freed.
#[derive(Clone, Debug)]
pub struct Recycler {
    frames: Weak<FrameSlot>,
}

impl Recycler {
    /// Gives the pixels of a taken frame back. Waits for no frame; the lock is held for an assignment.
    pub fn recycle(&self, pixels: Vec<u8>) {
        if let Some(frames) = self.frames.upgrade() {
            frames.recycle(pixels);
        }
    }
}

impl Drop for FigureThread {
    fn drop(&mut self) {
        // The thread's own drop, which follows, waits for it.
        self.shared.stop();
    }
}

#[cfg(test)]
mod tests;
