//! A drawn frame and its way to the window: one being drawn, one waiting, the latest wins.
//!
//! Written by the figure's thread, taken by the GUI thread; neither waits for the other.

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
