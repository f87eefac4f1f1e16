//! Pixels as a PNG file.

use png::{BitDepth, ColorType, Encoder, PixelDimensions, SrgbRenderingIntent, Unit};

use crate::render::raster::Canvas;

/// Logical pixels in a metre, at 96 an inch.
const LOGICAL_PX_PER_METRE: f32 = 96.0 / 0.0254;

/// The file's bytes. `scale` is the number of pixels a logical pixel, from which programs learn the size on paper.
pub(super) fn encode(canvas: &Canvas, scale: f32) -> Result<Vec<u8>, String> {
    let rgb: Vec<u8> = canvas.pixels().as_chunks::<4>().0.iter().flat_map(|&[b, g, r, _]| [r, g, b]).collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, canvas.width_px(), canvas.height_px());
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_source_srgb(SrgbRenderingIntent::RelativeColorimetric);
    let per_metre = (LOGICAL_PX_PER_METRE * scale).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: per_metre, yppu: per_metre, unit: Unit::Meter }));
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(&rgb)?;
        writer.finish()
    });
    written.map_err(|error| error.to_string())?;
    Ok(bytes)
}
