//! Colours and text size of a figure, for light and dark surroundings.

use crate::batch::Color;

/// Colours and text size of a figure.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Behind everything.
    pub background: Color,
    /// Titles, labels and tick labels.
    pub text: Color,
    /// Axis lines and ticks; lighter than the curves.
    pub axis: Color,
    /// Grid lines; lighter than the axes.
    pub grid: Color,
    /// Colours given to series without one, in turn.
    pub cycle: [Color; 10],
    /// Height of label text in logical pixels.
    pub text_px: f32,
}

impl Theme {
    /// Dark on white.
    #[must_use]
    pub fn light() -> Self {
        Self::derived(Color::from_rgb24(0x00ff_ffff), Color::from_rgb24(0x0023_2629), 12.0)
    }

    /// Light on dark.
    #[must_use]
    pub fn dark() -> Self {
        Self::derived(Color::from_rgb24(0x001b_1e20), Color::from_rgb24(0x00fc_fcfc), 12.0)
    }

    /// A theme made from a background and a text colour, as a palette gives them; the cycle is chosen by the
    /// lightness of the background.
    #[must_use]
    pub fn derived(background: Color, text: Color, text_px: f32) -> Self {
        let mix = |part: f32| {
            let channel = |b: u8, t: u8| (f32::from(b) + (f32::from(t) - f32::from(b)) * part).round() as u8;
            Color::new(channel(background.r, text.r), channel(background.g, text.g), channel(background.b, text.b))
        };
        // Petroff, "Accessible color sequences for data visualization", arXiv:2107.02270: ten colours.
        const PETROFF: [u32; 10] =
            [0x3f90da, 0xffa90e, 0xbd1f01, 0x94a4a2, 0x832db6, 0xa96b59, 0xe76300, 0xb9ac70, 0x717581, 0x92dadd];
        Self { background, text, axis: mix(0.55), grid: mix(0.12), cycle: PETROFF.map(Color::from_rgb24), text_px }
    }
}
