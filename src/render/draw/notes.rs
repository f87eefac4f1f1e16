//! Small notes at the lower right of a plotting area: what of the data the picture cannot show as it is.

use crate::figure::arrange::Cell;
use crate::figure::measure::Measure;
use crate::figure::sizes::{Sizes, line_px};
use crate::figure::{Figure, PlotRect, Theme};
use crate::render::draw::{BundledFont, DrawStats};
use crate::render::scene::{HAnchor, Paint, Shape, Text, VAnchor};

/// Draws the notes of `cell` beside its x label where they fit, else at the lower right of the plotting area above marks
/// of height `marks_px`; returns the part of the plotting area that they take. Nothing where there is no room.
pub(super) fn draw(
    figure: &Figure,
    cell: &Cell,
    x_label: &str,
    sizes: &Sizes,
    stats: DrawStats,
    marks_px: f32,
    shapes: &mut Vec<Shape>,
) -> Option<PlotRect> {
    let (plot, theme) = (cell.plot, &figure.theme);
    let size_px = sizes.tick_text_px * 0.9;
    let beside_px = plot.width_px / 2.0 - BundledFont.width_px(x_label, sizes.text_px) / 2.0 - 3.0 * sizes.gap_px;
    let words = words(stats);
    let joined = words.join(" · ");
    if cell.texts.x_label && cell.x_ticks.offset.is_empty() && BundledFont.width_px(&joined, size_px) <= beside_px {
        if !joined.is_empty() {
            let (right_px, bottom_px) = (plot.x_px + plot.width_px, plot.y_px + plot.height_px + cell.bottom_px);
            shapes.push(line(joined, right_px, bottom_px, size_px, theme));
        }
        return None;
    }
    let inset_px = sizes.gap_px;
    let room_px = plot.width_px - 4.0 * inset_px;
    let lines = lines(&words, |line| BundledFont.width_px(line, size_px) <= room_px);
    let height_px = line_px(&BundledFont, size_px);
    let block_px = height_px * lines.len() as f32;
    // Notes may take a quarter of the height: they are about the picture, not the picture.
    if lines.is_empty() || block_px + marks_px > plot.height_px * 0.25 {
        return None;
    }
    let width_px = lines.iter().map(|l| BundledFont.width_px(l, size_px).ceil()).fold(0.0, f32::max);
    let right_px = plot.x_px + plot.width_px - inset_px;
    let bottom_px = plot.y_px + plot.height_px - inset_px - marks_px.round();
    let rect = PlotRect {
        x_px: (right_px - width_px - inset_px).round(),
        y_px: (bottom_px - block_px).round(),
        width_px: width_px + inset_px,
        height_px: block_px,
    };
    shapes.push(Shape::Rect { rect, paint: Paint { color: theme.background, alpha: 0.75 } });
    for (place, content) in lines.into_iter().rev().enumerate() {
        shapes.push(line(content, right_px - inset_px * 0.5, bottom_px - height_px * place as f32, size_px, theme));
    }
    Some(rect)
}

fn line(content: String, right_px: f32, bottom_px: f32, size_px: f32, theme: &Theme) -> Shape {
    Shape::Text(Text {
        content,
        x_px: right_px,
        y_px: bottom_px,
        size_px,
        paint: Paint::solid(theme.dimmed_text()),
        h_anchor: HAnchor::Right,
        v_anchor: VAnchor::Bottom,
        is_upright: false,
    })
}

/// What there is to say, most important first.
fn words(stats: DrawStats) -> Vec<String> {
    let mut words = Vec::new();
    match stats.without_value {
        0 => {}
        1 => words.push("1 sample without a value".to_owned()),
        count => words.push(format!("{} samples without a value", grouped(count))),
    }
    let in_view = || grouped(stats.in_view);
    if stats.by_column > 0 {
        words.push(format!("{} of {} samples drawn as min-max", grouped(stats.by_column), in_view()));
    }
    if stats.covered > 0 {
        words.push(format!("{} of {} samples covered by others", grouped(stats.covered), in_view()));
    }
    words
}

/// One line if it fits, else one for each note that does.
fn lines(words: &[String], fits: impl Fn(&str) -> bool) -> Vec<String> {
    let joined = words.join(" · ");
    if words.is_empty() || fits(&joined) {
        return words.first().map(|_| joined).into_iter().collect();
    }
    words.iter().filter(|line| fits(line)).cloned().collect()
}

/// A count with its thousands apart: `1,234,567`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_what_is_missing_and_what_was_reduced() {
        let say = |in_view, by_column, covered, without_value| {
            words(DrawStats { in_view, by_column, covered, without_value }).join(" · ")
        };
        assert_eq!(say(10, 0, 0, 0), "");
        assert_eq!(say(10, 0, 0, 1), "1 sample without a value");
        assert_eq!(say(10, 0, 0, 2), "2 samples without a value");
        assert_eq!(
            say(1_234_567, 1_000_000, 0, 12_345),
            "12,345 samples without a value · 1,000,000 of 1,234,567 samples drawn as min-max"
        );
        assert_eq!(say(30_000, 0, 12_000, 0), "12,000 of 30,000 samples covered by others");
    }

    #[test]
    fn what_does_not_fit_one_line_gets_two_and_what_fits_none_is_left_out() {
        let words = ["aaaa".to_owned(), "bbbbbbbb".to_owned()];
        assert_eq!(lines(&words, |l| l.chars().count() <= 40), ["aaaa · bbbbbbbb"]);
        assert_eq!(lines(&words, |l| l.chars().count() <= 8), ["aaaa", "bbbbbbbb"]);
        assert_eq!(lines(&words, |l| l.chars().count() <= 5), ["aaaa"]);
        assert!(lines(&words, |_| false).is_empty() && lines(&[], |_| true).is_empty());
    }
}
