//! Small notes at the lower right of a plotting area: what of the data the picture cannot show as it is.

use std::fmt::Write as _;

use crate::figure::measure::Measure;
use crate::figure::sizes::line_px;
use crate::figure::{PlotRect, Theme};
use crate::render::draw::{BundledFont, DrawStats, Place};
use crate::render::line::Scratch;
use crate::render::scene::{HAnchor, Paint, Shape, Text, VAnchor};

/// The notes of a subplot, kept while they say the same. Empty at first.
#[derive(Default)]
pub(super) struct Notes {
    stats: DrawStats,
    words: Vec<String>,
    joined: String,
}

impl Notes {
    /// Draws the notes beside the x label where they fit, else at the lower right of the plotting area above marks of
    /// height `marks_px`; returns the part of the plotting area that they take. Nothing where there is no room.
    pub(super) fn draw(
        &mut self,
        place: &Place<'_>,
        stats: DrawStats,
        marks_px: f32,
        shapes: &mut Vec<Shape>,
        scratch: &mut Scratch,
    ) -> Option<PlotRect> {
        self.update(stats);
        if self.words.is_empty() {
            return None;
        }
        let Place { cell, sizes, .. } = *place;
        let (plot, theme) = (cell.plot, &place.figure.theme);
        let size_px = sizes.tick_text_px * 0.9;
        let x_label_px = BundledFont.width_px(&place.subplot.x.label, sizes.text_px);
        let beside_px = plot.width_px / 2.0 - x_label_px / 2.0 - 3.0 * sizes.gap_px;
        let joined_px = BundledFont.width_px(&self.joined, size_px);
        if cell.texts.x_label && cell.x_ticks.offset.is_empty() && joined_px <= beside_px {
            let (right_px, bottom_px) = (plot.x_px + plot.width_px, plot.y_px + plot.height_px + cell.bottom_px);
            shapes.push(line(scratch.text(&self.joined), right_px, bottom_px, size_px, theme));
            return None;
        }
        let inset_px = sizes.gap_px;
        let room_px = plot.width_px - 4.0 * inset_px;
        let fits = |line: &str| BundledFont.width_px(line, size_px) <= room_px;
        let height_px = line_px(&BundledFont, size_px);
        let block_px = height_px * self.lines(fits).count() as f32;
        // Notes may take a quarter of the height: they are about the picture, not the picture.
        if block_px == 0.0 || block_px + marks_px > plot.height_px * 0.25 {
            return None;
        }
        let width_px = self.lines(fits).map(|l| BundledFont.width_px(l, size_px).ceil()).fold(0.0, f32::max);
        let right_px = plot.x_px + plot.width_px - inset_px;
        let bottom_px = plot.y_px + plot.height_px - inset_px - marks_px.round();
        let rect = PlotRect {
            x_px: (right_px - width_px - inset_px).round(),
            y_px: (bottom_px - block_px).round(),
            width_px: width_px + inset_px,
            height_px: block_px,
        };
        shapes.push(Shape::Rect { rect, paint: Paint { color: theme.background, alpha: 0.75 } });
        for (place, content) in self.lines(fits).rev().enumerate() {
            let bottom_px = bottom_px - height_px * place as f32;
            shapes.push(line(scratch.text(content), right_px - inset_px * 0.5, bottom_px, size_px, theme));
        }
        Some(rect)
    }

    fn update(&mut self, stats: DrawStats) {
        if self.stats == stats {
            return;
        }
        self.stats = stats;
        say(stats, &mut self.words);
        self.joined.clear();
        for (place, word) in self.words.iter().enumerate() {
            self.joined.push_str(if place > 0 { " · " } else { "" });
            self.joined.push_str(word);
        }
    }

    /// One line if it fits, else one for each note that does.
    fn lines(&self, fits: impl Fn(&str) -> bool + Copy) -> impl DoubleEndedIterator<Item = &str> {
        let is_one = fits(&self.joined);
        let words = self.words.iter().map(String::as_str).filter(move |line| !is_one && fits(line));
        Some(self.joined.as_str()).filter(|line| is_one && !line.is_empty()).into_iter().chain(words)
    }
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

/// Writes what there is to say, most important first, over what was said before.
fn say(stats: DrawStats, words: &mut Vec<String>) {
    let DrawStats { in_view, by_column, covered, without_value, off_log, untimed } = stats;
    let all = Grouped(in_view);
    let mut count = 0;
    let mut add = |note: std::fmt::Arguments<'_>| {
        count += 1;
        words.resize(words.len().max(count), String::new());
        if let Some(word) = words.get_mut(count - 1) {
            word.clear();
            // A string takes whatever is written.
            word.write_fmt(note).unwrap_or_default();
        }
    };
    if without_value == 1 {
        add(format_args!("1 sample without a value"));
    } else if without_value > 1 {
        add(format_args!("{} samples without a value", Grouped(without_value)));
    }
    if untimed == 1 {
        add(format_args!("1 series without times is not drawn"));
    } else if untimed > 1 {
        add(format_args!("{} series without times are not drawn", Grouped(untimed)));
    }
    if off_log == 1 {
        add(format_args!("1 sample ≤ 0 not on this log axis"));
    } else if off_log > 1 {
        add(format_args!("{} samples ≤ 0 not on this log axis", Grouped(off_log)));
    }
    if by_column > 0 {
        add(format_args!("{} of {all} samples drawn as min-max", Grouped(by_column)));
    }
    if covered > 0 {
        add(format_args!("{} of {all} samples covered by others", Grouped(covered)));
    }
    words.truncate(count);
}

/// A count with its thousands apart: `1,234,567`.
struct Grouped(u64);

impl std::fmt::Display for Grouped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            few @ 0..1000 => write!(f, "{few}"),
            many => write!(f, "{},{:03}", Self(many / 1000), many % 1000),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_what_is_missing_and_what_was_reduced() {
        let mut notes = Notes::default();
        let mut say = |in_view, by_column, covered, without_value| {
            notes.update(DrawStats { in_view, by_column, covered, without_value, off_log: 0, untimed: 0 });
            notes.joined.clone()
        };
        assert_eq!(say(10, 0, 0, 0), "");
        assert_eq!(say(10, 0, 0, 1), "1 sample without a value");
        assert_eq!(say(10, 0, 0, 2), "2 samples without a value");
        assert_eq!(
            say(1_234_567, 1_000_000, 0, 12_345),
            "12,345 samples without a value · 1,000,000 of 1,234,567 samples drawn as min-max"
        );
        assert_eq!(say(30_000, 0, 12_000, 0), "12,000 of 30,000 samples covered by others");
        notes.update(DrawStats { off_log: 12, ..DrawStats::default() });
        assert_eq!(notes.joined, "12 samples ≤ 0 not on this log axis");
    }

    #[test]
    fn what_does_not_fit_one_line_gets_two_and_what_fits_none_is_left_out() {
        let words = vec!["aaaa".to_owned(), "bbbbbbbb".to_owned()];
        let notes = Notes { joined: words.join(" · "), words, stats: DrawStats::default() };
        let lines = |most: usize| notes.lines(move |l| l.chars().count() <= most).collect::<Vec<_>>();
        assert_eq!(lines(40), ["aaaa · bbbbbbbb"]);
        assert_eq!(lines(8), ["aaaa", "bbbbbbbb"]);
        assert_eq!(lines(5), ["aaaa"]);
        assert!(lines(3).is_empty() && Notes::default().lines(|_| true).next().is_none());
    }
}
