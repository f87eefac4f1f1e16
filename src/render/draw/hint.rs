//! What an empty figure says: how to get a curve, in the middle, dimmed, without a box of axes.

use crate::figure::Figure;
use crate::figure::measure::Measure;
use crate::figure::sizes::{Sizes, line_px};
use crate::render::draw::BundledFont;
use crate::render::frame::FrameSize;
use crate::render::scene::{HAnchor, Paint, Shape, Text, VAnchor};

/// Draws a hint in the figure's theme, its lines broken between words where they are too long. Nothing where not even that fits.
pub(super) fn draw(figure: &Figure, hint: &str, size: FrameSize, shapes: &mut Vec<Shape>) {
    let sizes = Sizes::new(figure.theme.text_px, size.scale);
    let text_px = sizes.subtitle_px;
    let (width_px, height_px) = (size.width_px as f32, size.height_px as f32);
    let lines = wrap(hint, width_px - 4.0 * sizes.pad_px, |line| BundledFont.width_px(line, text_px));
    let pitch_px = (line_px(&BundledFont, text_px) * 1.45).round();
    let block_px = pitch_px * lines.len() as f32;
    if block_px > height_px {
        return;
    }
    // The middle of the capitals of the middle line stands in the middle.
    let first_px = height_px / 2.0 - block_px / 2.0 + pitch_px / 2.0;
    for (place, line) in lines.into_iter().enumerate().filter(|(_, line)| !line.is_empty()) {
        shapes.push(Shape::Text(Text {
            content: line,
            x_px: (width_px / 2.0).round(),
            y_px: (first_px + pitch_px * place as f32).round(),
            size_px: text_px,
            paint: Paint::solid(figure.theme.dimmed_text()),
            h_anchor: HAnchor::Center,
            v_anchor: VAnchor::Middle,
            is_upright: false,
        }));
    }
}

/// Lines of `text` no wider than `room_px`; empty if a single word is wider.
fn wrap(text: &str, room_px: f32, width_px: impl Fn(&str) -> f32) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            if width_px(word) > room_px {
                return Vec::new();
            }
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if width_px(&longer) <= room_px {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_blank_lines_stay() {
        let wrapped = |text, room| wrap(text, room, |l| l.chars().count() as f32);
        assert_eq!(wrapped("Press Start, or drop a file", 14.0), ["Press Start,", "or drop a file"]);
        assert_eq!(wrapped("a\n\nb", 5.0), ["a", "", "b"]);
        assert!(wrapped("incompressible", 5.0).is_empty());
        assert!(wrapped("", 5.0).is_empty());
    }
}
