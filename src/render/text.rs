//! Measures and places text in the bundled font. Runs on any thread; knows no pixels and no colours.
//!
//! Every output (pixels, SVG, PDF) asks here where a text stands, so that all of them agree with the layout.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, GlyphId};

use crate::render::scene::{HAnchor, Text, VAnchor};

/// The bundled font, DejaVu Sans cut down to what figures need (see `assets/fonts/README.md`).
pub const FONT_BYTES: &[u8] = include_bytes!("../../assets/fonts/DejaVuSans-subset.ttf");

/// Family name of the bundled font, for outputs that name it.
pub const FONT_FAMILY: &str = "DejaVu Sans";

// Heights of the design, in ems; a test holds them against the font.
const ASCENDER_EM: f32 = 1556.0 / 2048.0;
const DESCENDER_EM: f32 = 426.0 / 2048.0;
const CAPITAL_EM: f32 = 1493.0 / 2048.0;

/// Widths and heights of a text of one line, in the unit of the font size asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TextSize {
    /// Sum of the advances, with kerning.
    pub width_px: f32,
    /// Base line to the top of ascenders (`d`, `l`); marks on capitals may stand higher.
    pub ascent_px: f32,
    /// Base line to the foot of descenders (`p`, `q`).
    pub descent_px: f32,
    /// Base line to the top of capitals and digits.
    pub cap_px: f32,
}

/// One glyph of a text that was laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedGlyph {
    /// Index of the glyph in the bundled font; 0 is the box for characters that it lacks.
    pub id: u16,
    /// Distance of its origin from the start of the text, along the base line.
    pub offset_px: f32,
    /// Distance to the next glyph's origin before kerning.
    pub advance_px: f32,
    /// Byte offset in the content of the character it stands for.
    pub byte_index: usize,
}

/// Size of `content` at font size `size_px` (the height of the em). No input panics; an odd size counts as zero.
#[must_use]
pub fn measure(content: &str, size_px: f32) -> TextSize {
    let size_px = sane(size_px);
    let mut width_px = 0.0;
    lay_out(content, size_px, |glyph| width_px = glyph.offset_px + glyph.advance_px);
    TextSize {
        width_px,
        ascent_px: ASCENDER_EM * size_px,
        descent_px: DESCENDER_EM * size_px,
        cap_px: CAPITAL_EM * size_px,
    }
}

/// Hands the glyphs of `content` to `each` from left to right.
///
/// Characters are taken one by one in their logical order: scripts that need shaping are beyond the bundled font.
pub fn lay_out(content: &str, size_px: f32, mut each: impl FnMut(PlacedGlyph)) {
    let Some(font) = font() else { return };
    let em_px = sane(size_px) / font.units_per_em().unwrap_or(2048.0);
    let mut pen_px = 0.0;
    let mut previous: Option<GlyphId> = None;
    for (byte_index, character) in content.char_indices() {
        let Some(character) = visible(character) else { continue };
        let id = font.glyph_id(character);
        if let Some(previous) = previous {
            pen_px += font.kern_unscaled(previous, id) * em_px;
        }
        let advance_px = font.h_advance_unscaled(id) * em_px;
        each(PlacedGlyph { id: id.0, offset_px: pen_px, advance_px, byte_index });
        pen_px += advance_px;
        previous = Some(id);
    }
}

/// What is shown for a character in every output: nothing for one that has no shape or turns the reading direction, a
/// blank for a tab, the replacement character for other controls, else the character itself.
#[must_use]
pub fn visible(character: char) -> Option<char> {
    match character {
        '\t' => Some(' '),
        // Soft hyphen; zero-width and direction marks, embeddings, isolates; variation selectors; byte order mark; tags.
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' => None,
        '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}' => None,
        '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => Some(char::REPLACEMENT_CHARACTER),
        c if c.is_control() => Some(char::REPLACEMENT_CHARACTER),
        c => Some(c),
    }
}

/// Where the base line of `text` starts, in device pixels, not yet snapped to whole ones.
///
/// An upright text runs upwards from there.
#[must_use]
pub fn origin(text: &Text) -> [f32; 2] {
    let size = measure(&text.content, text.size_px);
    let along = match text.h_anchor {
        HAnchor::Left => 0.0,
        HAnchor::Center => -size.width_px / 2.0,
        HAnchor::Right => -size.width_px,
    };
    let down = match text.v_anchor {
        VAnchor::Top => size.ascent_px,
        VAnchor::Middle => size.cap_px / 2.0,
        VAnchor::Baseline => 0.0,
        VAnchor::Bottom => -size.descent_px,
    };
    if text.is_upright { [text.x_px + down, text.y_px - along] } else { [text.x_px + along, text.y_px + down] }
}

/// The parsed font. Parsing reads the table directory only; outlines are read when a glyph is first drawn.
pub(crate) fn font() -> Option<&'static FontRef<'static>> {
    static FONT: OnceLock<Option<FontRef<'static>>> = OnceLock::new();
    // It is part of the program and a test parses it, so `None` cannot come up; text would then be left out.
    FONT.get_or_init(|| FontRef::try_from_slice(FONT_BYTES).ok()).as_ref()
}

fn sane(size_px: f32) -> f32 {
    if size_px.is_finite() { size_px.clamp(0.0, 4096.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Color;
    use crate::render::scene::Paint;

    #[test]
    fn the_heights_are_those_of_the_font() {
        let font = font().unwrap();
        let top = |c: char| font.outline(font.glyph_id(c)).unwrap().bounds.min.y / 2048.0;
        let foot = |c: char| font.outline(font.glyph_id(c)).unwrap().bounds.max.y / 2048.0;
        assert_eq!(top('d'), ASCENDER_EM);
        assert_eq!(-foot('p'), DESCENDER_EM);
        assert_eq!(top('H'), CAPITAL_EM);
    }

    #[test]
    fn width_grows_with_size_and_kerning_pulls_pairs_together() {
        let small = measure("Epoch 12", 10.0);
        let large = measure("Epoch 12", 30.0);
        assert!((large.width_px - 3.0 * small.width_px).abs() < 1e-3);
        assert!(measure("AV", 20.0).width_px < measure("A", 20.0).width_px + measure("V", 20.0).width_px - 0.5);
    }

    #[test]
    fn figures_find_their_characters() {
        let font = font().unwrap();
        for c in "aZ09−–·×°µ±²³⁻¹⁰⁴₀₁→←↑↓≤≥≈∞∑∂√αβγΔΩπσЖяйÅéß…“”€■▲●✓\u{fffd}".chars()
        {
            assert_ne!(font.glyph_id(c).0, 0, "{c:?} is missing from the bundled font");
        }
    }

    #[test]
    fn anchors_place_the_base_line() {
        let mut text = Text {
            content: "loss".into(),
            x_px: 100.0,
            y_px: 50.0,
            size_px: 12.0,
            paint: Paint::solid(Color::new(0, 0, 0)),
            h_anchor: HAnchor::Right,
            v_anchor: VAnchor::Middle,
            is_upright: false,
        };
        let size = measure("loss", 12.0);
        assert_eq!(origin(&text), [100.0 - size.width_px, 50.0 + size.cap_px / 2.0]);
        text.is_upright = true;
        assert_eq!(origin(&text), [100.0 + size.cap_px / 2.0, 50.0 + size.width_px]);
    }

    #[test]
    fn names_hostile_text_is_measured_without_a_panic_and_controls_show() {
        assert_eq!(visible('\u{202e}'), None);
        assert_eq!(visible('\n'), Some(char::REPLACEMENT_CHARACTER));
        assert_eq!(visible('<'), Some('<'));
        let replaced = measure("a\u{fffd}b", 12.0);
        assert_eq!(measure("a\u{1b}b", 12.0), replaced);
        assert_eq!(measure("\u{202e}a\u{200d}\u{1b}b", 12.0), replaced);
        for content in ["", "\0", "\u{10ffff}", "אבג", "日本", "👩‍👩‍👧", "e\u{301}\u{301}\u{301}"] {
            assert!(measure(content, 12.0).width_px.is_finite());
        }
        let long = "W\u{301}".repeat(2048);
        assert!(measure(&long, 12.0).width_px > 10_000.0);
        for size_px in [f32::NAN, f32::INFINITY, -3.0, 0.0, 1e30] {
            assert!(measure("x", size_px).width_px.is_finite());
        }
    }
}
