//! A drawn frame and its way to the window: one being drawn, one waiting, the latest wins.
//!
//! Written by the figure's thread, taken by the GUI thread; neither waits for the other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::figure::FrameLayout;
use crate::render::draw::DrawStats;

/// The size of a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FrameSize {
    /// Width in device pixels.
    pub width_px: u32,
    /// Height in device pixels.
    pub height_px: u32,
    /// Device pixels a logical pixel; lines, text and distances grow with it.
    pub scale: f32,
}

impl FrameSize {
    /// Longest side that is drawn, in device pixels; a larger frame would be refused by textures and by memory.
    pub const MAX_SIDE_PX: u32 = 16_384;

    /// Whether there is anything to draw and the rasteriser can hold it.
    #[must_use]
    pub fn is_drawable(&self) -> bool {
        let side = 1..=Self::MAX_SIDE_PX;
        side.contains(&self.width_px)
            && side.contains(&self.height_px)
            && self.scale.is_finite()
            && (0.1..=64.0).contains(&self.scale)
    }
}

/// A drawn figure.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Opaque pixels: four bytes each, blue, green, red and 255; rows from the top, without padding. Give them back to
    /// [`FrameSlot::recycle`] when done.
    pub pixels: Vec<u8>,
    /// Size of the frame.
    pub size: FrameSize,
    /// Where its parts stand.
    pub layout: Arc<FrameLayout>,
    /// What was drawn.
    pub stats: DrawStats,
    /// Version of the snapshot that it shows.
    pub snapshot_version: u64,
    /// Time from the snapshot to the last pixel.
    pub draw_time: Duration,
    /// Counts the frames of a figure, from 1; frames that were replaced before they were taken leave gaps.
    pub serial: u64,
}

/// Holds the newest frame until it is taken, and buffers for the next ones.
#[derive(Debug, Default)]
pub struct FrameSlot {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    waiting: Option<Frame>,
    spare: Vec<Vec<u8>>,
}

/// Buffers kept for reuse: one is drawn into, one waits to be taken and one is on screen, and all may come back before
/// the next is asked for.
const SPARE_BUFFERS: usize = 3;

impl FrameSlot {
    /// An empty slot.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a frame in the place of one that was not taken.
    pub fn put(&self, frame: Frame) {
        let mut inner = self.lock();
        if let Some(old) = inner.waiting.replace(frame) {
            inner.keep(old.pixels);
        }
    }

    /// The newest frame, if it was not taken yet.
    pub fn take(&self) -> Option<Frame> {
        self.lock().waiting.take()
    }

    /// Whether a frame waits to be taken.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.lock().waiting.is_some()
    }

    /// Gives the pixels of a frame back, to be drawn into again.
    pub fn recycle(&self, pixels: Vec<u8>) {
        let surplus = self.lock().keep(pixels);
        // Freed outside the lock: a large buffer goes back to the system.
        drop(surplus);
    }

    /// A buffer of any content and length, with room for `len` bytes if one of that size was given back.
    pub fn buffer(&self, len: usize) -> Vec<u8> {
        let mut inner = self.lock();
        let fitting = inner.spare.iter().position(|buffer| (len..=2 * len).contains(&buffer.capacity()));
        match fitting {
            Some(index) => inner.spare.swap_remove(index),
            None => {
                // None fits: the size has changed, and the old ones are of no more use.
                let old = std::mem::take(&mut inner.spare);
                drop(inner);
                drop(old);
                Vec::new()
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing under the lock can panic halfway through a change.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn keep(&mut self, pixels: Vec<u8>) -> Option<Vec<u8>> {
        if self.spare.len() < SPARE_BUFFERS && pixels.capacity() > 0 {
            self.spare.push(pixels);
            None
        } else {
            Some(pixels)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(serial: u64, len: usize) -> Frame {
        let size = FrameSize { width_px: 1, height_px: 1, scale: 1.0 };
        Frame {
            pixels: vec![0; len],
            size,
            layout: Arc::default(),
            stats: DrawStats::default(),
            snapshot_version: 0,
            draw_time: Duration::ZERO,
            serial,
        }
    }

    #[test]
    fn the_latest_frame_wins_and_buffers_come_back() {
        let slot = FrameSlot::new();
        assert!(slot.take().is_none());
        slot.put(frame(1, 400));
        slot.put(frame(2, 400));
        assert!(slot.is_waiting());
        assert_eq!(slot.take().map(|f| f.serial), Some(2));
        assert!(!slot.is_waiting());
        assert!(slot.buffer(400).capacity() >= 400, "the pixels of the frame nobody took are used again");
        assert_eq!(slot.buffer(400).capacity(), 0);
        slot.recycle(vec![0; 4000]);
        assert_eq!(slot.buffer(400).capacity(), 0, "far too large a buffer is let go");
    }

    #[test]
    fn a_size_can_be_drawn_within_bounds() {
        let size = |width_px, height_px, scale| FrameSize { width_px, height_px, scale };
        assert!(size(1, 16_384, 1.0).is_drawable());
        for bad in [size(0, 5, 1.0), size(5, 16_385, 1.0), size(5, 5, f32::NAN), size(5, 5, 0.0), size(5, 5, 1e9)] {
            assert!(!bad.is_drawable(), "{bad:?}");
        }
    }
}
