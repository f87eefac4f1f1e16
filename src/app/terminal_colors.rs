//! The colours that a program asks of its terminal, as they can be read in a pane.
//!
//! Pure functions for the thread that shows a pane. Knows no window: it is handed the pane's background and text colour.

use crate::batch::{Color, Span, TextColor, TextStyle};
use crate::figure::theme::{contrast, legible, luminance, mix};

/// Least contrast of the sixteen named colours with what is behind them, as WCAG 2.1 asks of text (1.4.3).
pub const NAMED_CONTRAST: f64 = 4.5;

/// Least contrast of colours that a program chose exactly: they are moved as little as lets them be seen, as WCAG 2.1 asks
/// of large text and graphics.
pub const EXACT_CONTRAST: f64 = 3.0;

/// How far dimmed text goes towards what is behind it.
const DIM_PART: f32 = 0.35;

// Hues as terminals of today show them, clear of each other; lightness is adapted to the pane.
const ON_LIGHT: [u32; 16] = [
    0x1b1e20, 0xb3261e, 0x1e7d32, 0x8a6100, 0x1f5fbf, 0x8e35a8, 0x00727d, 0x5f666b, 0x4a5054, 0xd13438, 0x2e8b3d,
    0x9a6f00, 0x2f76dd, 0xa347bd, 0x0b818d, 0x6b7378,
];
const ON_DARK: [u32; 16] = [
    0x8a9196, 0xf2716b, 0x57c267, 0xd9a928, 0x6ba6ff, 0xd183ea, 0x3fc1cd, 0xd6dadc, 0x9aa1a6, 0xff8d87, 0x79dd88,
    0xf2c94c, 0x8fbcff, 0xe3a3f7, 0x6fdce6, 0xfcfcfc,
];

/// The colours of one pane.
#[derive(Clone, Debug, PartialEq)]
pub struct TerminalColors {
    background: Color,
    text: Color,
    named: [Color; 16],
}

/// A part of a line as it is to be painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StyledRun {
    /// First UTF-16 code unit, as Qt counts.
    pub start: u32,
    /// Length in UTF-16 code units, at least 1.
    pub len: u32,
    /// Colour of the letters; the pane's if none.
    pub color: Option<Color>,
    /// Colour behind them; the pane's if none.
    pub background: Option<Color>,
    /// Heavier letters.
    pub is_bold: bool,
    /// Slanted letters.
    pub is_italic: bool,
    /// A line below.
    pub is_underlined: bool,
    /// A line through the letters.
    pub is_struck: bool,
}

impl TerminalColors {
    /// The colours of a pane with this background and text colour.
    #[must_use]
    pub fn new(background: Color, text: Color) -> Self {
        let base = if luminance(background) > 0.18 { ON_LIGHT } else { ON_DARK };
        let named = base.map(|rgb| legible(Color::from_rgb24(rgb), background, NAMED_CONTRAST));
        Self { background, text, named }
    }

    /// What is behind the text of the pane.
    #[must_use]
    pub fn background(&self) -> Color {
        self.background
    }

    /// What `color` is when nothing has to be read on it or before it.
    #[must_use]
    pub fn exact(&self, color: TextColor) -> Color {
        match color {
            TextColor::Ansi(place) => self.named.get(usize::from(place)).copied().unwrap_or(self.text),
            TextColor::Indexed(place) => indexed(place).unwrap_or_else(|| self.exact(TextColor::Ansi(place))),
            TextColor::Rgb(color) => color,
        }
    }

    /// The colours of letters and of what is behind them in text of `style`; the pane's where none is given.
    #[must_use]
    pub fn of(&self, style: &TextStyle) -> (Option<Color>, Option<Color>) {
        let (mut front, mut back) = (style.foreground, style.background.map(|color| self.exact(color)));
        let mut plain = self.text;
        if style.is_inverse {
            let inverse = front.map_or(self.text, |color| self.exact(color));
            plain = back.unwrap_or(self.background);
            (front, back) = (None, Some(inverse));
        }
        if front.is_none() && back.is_none() && !style.is_dim {
            return (None, None);
        }
        let behind = back.unwrap_or(self.background);
        let (color, least) = match front {
            None => (plain, NAMED_CONTRAST),
            Some(named @ TextColor::Ansi(_)) => (self.exact(named), NAMED_CONTRAST),
            Some(other) => (self.exact(other), EXACT_CONTRAST),
        };
        let color = clear_of(color, behind, least);
        let color = if style.is_dim { clear_of(mix(color, behind, DIM_PART), behind, EXACT_CONTRAST) } else { color };
        (Some(color), back)
    }

    /// The spans of `text` as they are to be painted, in ascending order.
    #[must_use]
    pub fn runs(&self, text: &str, spans: &[Span]) -> Vec<StyledRun> {
        let mut units = Utf16::new(text);
        let mut run = |span: &Span| {
            let start = units.at(span.start as usize);
            let len = units.at((span.start + span.len) as usize) - start;
            let (color, background) = self.of(&span.style);
            let TextStyle { is_bold, is_italic, is_underlined, is_struck, .. } = span.style;
            StyledRun { start, len, color, background, is_bold, is_italic, is_underlined, is_struck }
        };
        spans.iter().map(&mut run).filter(|run| run.len > 0).collect()
    }
}

/// `color`, moved if it could not be read before `behind`.
fn clear_of(color: Color, behind: Color, least: f64) -> Color {
    if contrast(color, behind) >= least { color } else { legible(color, behind, least) }
}

/// xterm's 256 colours: a cube of 6 × 6 × 6 from 16 on, 24 greys from 232 on; none below.
fn indexed(place: u8) -> Option<Color> {
    let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
    match place {
        0..=15 => None,
        16..=231 => {
            let place = place - 16;
            Some(Color::new(level(place / 36), level(place / 6 % 6), level(place % 6)))
        }
        232.. => {
            let grey = 8 + 10 * (place - 232);
            Some(Color::new(grey, grey, grey))
        }
    }
}

/// Counts UTF-16 code units along a text, for places in ascending order.
struct Utf16<'t> {
    text: &'t str,
    bytes: usize,
    units: u32,
}

impl<'t> Utf16<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, bytes: 0, units: 0 }
    }

    /// The units before byte `at`; a place before an earlier one, or within a character, counts as that one.
    fn at(&mut self, at: usize) -> u32 {
        let Some(between) = self.text.get(self.bytes..at) else { return self.units };
        // A line is 64 KiB at most.
        self.units += between.chars().map(|c| if c.len_utf16() == 2 { 2 } else { 1 }).sum::<u32>();
        self.bytes = at;
        self.units
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panes() -> [(Color, Color); 5] {
        // White, Breeze's two, black, and a grey in the middle.
        [(0xff_ffff, 0x23_2629), (0xef_f0f1, 0x23_2629), (0x1b_1e20, 0xfc_fcfc), (0, 0xff_ffff), (0x77_7777, 0)]
            .map(|(background, text)| (Color::from_rgb24(background), Color::from_rgb24(text)))
    }

    fn front(color: TextColor) -> TextStyle {
        TextStyle { foreground: Some(color), ..TextStyle::default() }
    }

    #[test]
    fn named_colours_can_be_read_everywhere() {
        for (background, text) in panes() {
            let colors = TerminalColors::new(background, text);
            // Grey in the middle has no colour farther away than black.
            let possible =
                contrast(background, Color::new(0, 0, 0)).max(contrast(background, Color::new(255, 255, 255)));
            let least = NAMED_CONTRAST.min(possible);
            for place in 0..16 {
                let color = colors.of(&front(TextColor::Ansi(place))).0.unwrap();
                assert!(contrast(color, background) >= least, "{place} on {background:?}: {color:?}");
            }
        }
    }

    #[test]
    fn exact_colours_are_moved_only_as_far_as_needed() {
        for (background, text) in panes() {
            let colors = TerminalColors::new(background, text);
            let cube = (16..=255).map(TextColor::Indexed);
            let exact =
                [0, 0xff_ffff, 0xff_ff00, 0x00_00ff, 0x80_8080].map(|rgb| TextColor::Rgb(Color::from_rgb24(rgb)));
            for color in cube.chain(exact) {
                let shown = colors.of(&front(color)).0.unwrap();
                assert!(contrast(shown, background) >= EXACT_CONTRAST, "{color:?} on {background:?}");
                if contrast(colors.exact(color), background) >= EXACT_CONTRAST {
                    assert_eq!(shown, colors.exact(color), "{color:?} on {background:?}");
                }
            }
        }
    }

    #[test]
    fn text_can_be_read_on_every_background_inverse_and_dim() {
        for (background, text) in panes() {
            let colors = TerminalColors::new(background, text);
            for place in 0..=255 {
                for is_inverse in [false, true] {
                    for is_dim in [false, true] {
                        let base = if place % 2 == 0 { None } else { Some(TextColor::Ansi(place % 16)) };
                        let behind = Some(TextColor::Indexed(place));
                        let style = TextStyle {
                            foreground: base,
                            background: behind,
                            is_inverse,
                            is_dim,
                            ..TextStyle::default()
                        };
                        let (color, behind) = colors.of(&style);
                        assert!(contrast(color.unwrap(), behind.unwrap()) >= EXACT_CONTRAST, "{style:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_cube_and_the_greys_are_xterms() {
        let color = |place| indexed(place).map(|c| (c.r, c.g, c.b));
        assert_eq!(color(16), Some((0, 0, 0)));
        assert_eq!(color(208), Some((255, 135, 0)));
        assert_eq!(color(231), Some((255, 255, 255)));
        assert_eq!((color(232), color(255), color(15)), (Some((8, 8, 8)), Some((238, 238, 238)), None));
    }

    #[test]
    fn runs_count_as_qt_does() {
        let (background, text) = panes()[0];
        let colors = TerminalColors::new(background, text);
        let line = "é😀x漢y";
        let span = |start, len, style| Span { start, len, style };
        let bold = TextStyle { is_bold: true, ..TextStyle::default() };
        let runs = colors.runs(line, &[span(2, 4, bold), span(6, 4, front(TextColor::Ansi(1)))]);
        assert_eq!(runs.iter().map(|run| (run.start, run.len)).collect::<Vec<_>>(), [(1, 2), (3, 2)]);
        assert!(runs[0].is_bold && runs[0].color.is_none() && runs[1].color.is_some());
        assert!(colors.runs("x", &[span(3, 9, bold)]).is_empty(), "beyond the text");
    }
}
