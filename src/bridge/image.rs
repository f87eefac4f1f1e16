//! A drawn frame as a `QImage`, without a copy; its pixels go back to the figure's thread when Qt has done with them.

use cxx_qt_lib::{QImage, QImageFormat, c_void};

use crate::render::figure_thread::Recycler;
use crate::render::frame::Frame;

/// What an image carries until its last copy is gone.
struct Loan {
    pixels: Vec<u8>,
    recycler: Recycler,
}

/// An image of the frame's pixels, which `recycler` gets back on whichever thread drops the image.
pub(crate) fn from_frame(frame: Frame, recycler: Recycler) -> QImage {
    let side = |length: u32| i32::try_from(length).unwrap_or(i32::MAX);
    let (width, height) = (side(frame.size.width_px), side(frame.size.height_px));
    debug_assert_eq!(frame.pixels.len(), frame.size.width_px as usize * frame.size.height_px as usize * 4);
    let mut loan = Box::new(Loan { pixels: frame.pixels, recycler });
    let data = loan.pixels.as_mut_ptr();
    // SAFETY: the rasteriser writes four bytes a pixel, blue first, opaque: what Format_RGB32 means on a little-endian
    // machine; the vector holds exactly width times height pixels and stays in its box until `give_back`, which Qt calls
    // once, when the last copy of the image is gone.
    unsafe {
        let format = QImageFormat::Format_RGB32;
        QImage::from_raw_parts_mut(data, width, height, format, give_back, Box::into_raw(loan).cast())
    }
}

extern "C" fn give_back(loan: *mut c_void) {
    // SAFETY: made by `Box::into_raw` above, and handed back by Qt once.
    let loan = unsafe { Box::from_raw(loan.cast::<Loan>()) };
    let Loan { pixels, recycler } = *loan;
    recycler.recycle(pixels);
}
