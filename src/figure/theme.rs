//! Colours and text size of a figure, for light and dark surroundings.
//!
//! Pure. Knows no palette of a desktop: whoever does hands in a background and a text colour.

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

/// Contrast that curves of the cycle have with the background, as WCAG 2.1 asks of graphics (1.4.11).
pub const LEAST_CONTRAST: f64 = 3.0;

/// Below this contrast a colour that a source or a person chose is moved, because its curve could not be seen: black
/// and the pure blue on a dark background, but no named colour other than yellows on white.
pub const LEAST_CHOSEN_CONTRAST: f64 = 1.95;

// Petroff, "Accessible color sequences for data visualization", arXiv:2107.02270: ten colours that people with any
// colour vision tell apart. For each background they were moved in OKLab, as little as gives each a contrast of 3 and
// keeps the closest pair apart, for normal and for all three kinds of dichromatic vision.
const ON_LIGHT: [u32; 10] =
    [0x4685cc, 0xd97f00, 0xbd1f01, 0x928983, 0x832db6, 0xa96b59, 0xde5700, 0xab9254, 0x727380, 0x5e9fa7];
const ON_DARK: [u32; 10] =
    [0x3f90da, 0xffa800, 0xc82810, 0x94a0a4, 0x9240c6, 0xb8715a, 0xfe6a04, 0xb1c483, 0x707489, 0x8fdde9];

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
    /// lightness of the background and moved until it stands out from it.
    #[must_use]
    pub fn derived(background: Color, text: Color, text_px: f32) -> Self {
        let cycle = if luminance(background) > 0.18 { ON_LIGHT } else { ON_DARK };
        Self {
            background,
            text,
            axis: mix(background, text, 0.55),
            grid: mix(background, text, 0.12),
            cycle: cycle.map(|rgb| legible(Color::from_rgb24(rgb), background, LEAST_CONTRAST)),
            text_px,
        }
    }

    /// Whether the background is dark.
    #[must_use]
    pub fn is_dark(&self) -> bool {
        luminance(self.background) <= 0.18
    }

    /// Text of less weight: notes and entries of hidden series.
    #[must_use]
    pub fn dimmed_text(&self) -> Color {
        mix(self.background, self.text, 0.68)
    }

    /// The colour of a series at place `index` of a subplot: `chosen` if there is one, moved if it could not be seen
    /// against the background, else from the cycle.
    #[must_use]
    pub fn series_color(&self, chosen: Option<Color>, index: usize) -> Color {
        match chosen {
            Some(color) if contrast(color, self.background) < LEAST_CHOSEN_CONTRAST => {
                legible(color, self.background, LEAST_CONTRAST)
            }
            Some(color) => color,
            None => self.cycle.get(index % self.cycle.len()).copied().unwrap_or(self.text),
        }
    }
}

/// A colour between `from` (0) and `to` (1).
#[must_use]
pub fn mix(from: Color, to: Color, part: f32) -> Color {
    let channel = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * part).round() as u8;
    Color::new(channel(from.r, to.r), channel(from.g, to.g), channel(from.b, to.b))
}

/// Contrast of two colours, 1 to 21, as WCAG 2.1 defines it.
#[must_use]
pub fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance, 0 to 1, as WCAG 2.1 defines it.
#[must_use]
pub fn luminance(color: Color) -> f64 {
    let linear = |channel: u8| {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(color.r) + 0.7152 * linear(color.g) + 0.0722 * linear(color.b)
}

/// `color`, moved towards black or white as little as gives it `least` contrast with `background`, or as near as can be.
#[must_use]
pub fn legible(color: Color, background: Color, least: f64) -> Color {
    // Away from the background, and to the side where there is more room.
    let white = Color::new(255, 255, 255);
    let black = Color::new(0, 0, 0);
    let target = if contrast(white, background) > contrast(black, background) { white } else { black };
    (0..=40_u8)
        .map(|step| mix(color, target, f32::from(step) / 40.0))
        .find(|c| contrast(*c, background) >= least)
        .unwrap_or(target)
}

#[cfg(test)]
mod tests;
