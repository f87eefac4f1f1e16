//! Font sizes and distances of a figure, in device pixels, all from one text height.

use crate::figure::measure::Measure;

/// Font sizes and distances, in device pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Sizes {
    /// Axis labels.
    pub text_px: f32,
    /// Tick labels.
    pub tick_text_px: f32,
    /// Titles of subplots.
    pub subtitle_px: f32,
    /// Title of the figure.
    pub title_px: f32,
    /// Length of a tick, and from its end to its label.
    pub tick_px: f32,
    /// Between neighbouring texts.
    pub gap_px: f32,
    /// At the edge of the figure.
    pub pad_px: f32,
    /// Width of axis lines, ticks and grid lines, in whole pixels.
    pub hairline_px: f32,
}

impl Sizes {
    /// Sizes for a text height in logical pixels and device pixels a logical one.
    #[must_use]
    pub fn new(text_px: f32, scale: f32) -> Self {
        let scale = if scale.is_finite() { scale.clamp(0.1, 64.0) } else { 1.0 };
        let text_px = (if text_px.is_finite() { text_px.clamp(4.0, 200.0) } else { 12.0 }) * scale;
        Self {
            text_px,
            tick_text_px: text_px * 0.92,
            subtitle_px: text_px * 1.08,
            title_px: text_px * 1.25,
            tick_px: (4.0 * scale).round(),
            gap_px: (text_px * 0.33).round(),
            pad_px: (8.0 * scale).round(),
            hairline_px: scale.round().max(1.0),
        }
    }
}

/// Height of a line of text, whole pixels.
pub(crate) fn line_px(measure: &dyn Measure, size_px: f32) -> f32 {
    (measure.ascent_px(size_px) + measure.descent_px(size_px)).ceil()
}
