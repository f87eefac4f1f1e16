//! A drawn frame as a `QImage`, without a copy.

use cxx_qt_lib::{QImage, QImageFormat};

use crate::render::frame::Frame;

/// An image that owns the frame's pixels and frees them with itself.
pub(crate) fn from_frame(frame: Frame) -> QImage {
    let side = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
    let (width, height) = (side(frame.size.width_px), side(frame.size.height_px));
    debug_assert_eq!(frame.pixels.len(), frame.size.width_px as usize * frame.size.height_px as usize * 4);
    // SAFETY: the rasteriser writes four bytes a pixel, blue first, opaque: what Format_RGB32 means on a little-endian
    // machine; the vector holds exactly width times height pixels.
    unsafe { QImage::from_raw_bytes(frame.pixels, width, height, QImageFormat::Format_RGB32) }
}
