//! How parts of a printed line look: what a program asked of its terminal.
//!
//! Plain data. Knows no theme: which colour `Ansi(1)` is depends on who shows it.

use super::Color;

/// A part of a line that does not look plain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First byte in the line's text.
    pub start: u32,
    /// Length in bytes, at least 1; both ends lie between characters.
    pub len: u32,
    /// How it looks.
    pub style: TextStyle,
}

/// Colours and weight of text, as "select graphic rendition" sets them (ECMA-48, 8.3.117). The default is plain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TextStyle {
    /// Colour of the letters; by default the pane's.
    pub foreground: Option<TextColor>,
    /// Colour behind them; by default the pane's.
    pub background: Option<TextColor>,
    /// Heavier letters.
    pub is_bold: bool,
    /// Paler letters.
    pub is_dim: bool,
    /// Slanted letters.
    pub is_italic: bool,
    /// A line below.
    pub is_underlined: bool,
    /// A line through the letters.
    pub is_struck: bool,
    /// Foreground and background change places.
    pub is_inverse: bool,
}

impl TextStyle {
    /// Whether it is that of text that nobody styled.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A colour as a program names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextColor {
    /// One of the sixteen that a theme chooses, 0 to 15: black, red, green, yellow, blue, magenta, cyan, white, then the
    /// same brighter.
    Ansi(u8),
    /// 16 to 231: a cube of six steps a channel; 232 to 255: greys from dark to light (xterm's 256 colours).
    Indexed(u8),
    /// Red, green and blue.
    Rgb(Color),
}
