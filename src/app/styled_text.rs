//! A printed line with its colours as Qt's styled text, which knows a few tags of HTML.
//!
//! A pure function. All that a program printed is escaped: no character of it can begin a tag or an entity, so nothing it
//! prints is looked up, fetched or followed.

use std::fmt::Write as _;

use crate::app::terminal_colors::{StyledRun, TerminalColors};
use crate::batch::Span;
use crate::figure::theme::legible;

/// Least contrast of text that stands for what has a background of its own, which styled text cannot draw.
const INVERSE_CONTRAST: f64 = 4.5;

impl TerminalColors {
    /// `text` with its `spans`, for `Text.StyledText`. Text on a background of its own is shown bold in that colour.
    #[must_use]
    pub fn styled(&self, text: &str, spans: &[Span]) -> String {
        let mut out = String::with_capacity(text.len() * 2);
        let (mut at, mut escape) = (0, Escape { is_behind_space: true });
        for (span, run) in spans.iter().zip(self.runs(text, spans)) {
            let (start, end) = (span.start as usize, (span.start + span.len) as usize);
            escape.put(text.get(at..start).unwrap_or_default(), &mut out);
            self.tagged(&run, text.get(start..end).unwrap_or_default(), &mut escape, &mut out);
            at = end;
        }
        escape.put(text.get(at..).unwrap_or_default(), &mut out);
        out
    }

    fn tagged(&self, run: &StyledRun, text: &str, escape: &mut Escape, out: &mut String) {
        let color = match run.background {
            Some(background) => Some(legible(background, self.background(), INVERSE_CONTRAST)),
            None => run.color,
        };
        let tags = [
            (run.is_bold || run.background.is_some(), "b"),
            (run.is_italic, "i"),
            (run.is_underlined, "u"),
            (run.is_struck, "s"),
        ];
        if let Some(color) = color {
            // Writing into memory does not fail.
            write!(out, "<font color=\"#{:02x}{:02x}{:02x}\">", color.r, color.g, color.b).unwrap_or_default();
        }
        let open = || tags.iter().filter(|(is_set, _)| *is_set).map(|(_, tag)| *tag);
        open().for_each(|tag| out.extend(["<", tag, ">"]));
        escape.put(text, out);
        open().rev().for_each(|tag| out.extend(["</", tag, ">"]));
        if color.is_some() {
            out.push_str("</font>");
        }
    }
}

/// Makes text read as it is: styled text would take `<` and `&` for its own, and several spaces for one.
struct Escape {
    /// Whether a space comes before, or nothing.
    is_behind_space: bool,
}

impl Escape {
    fn put(&mut self, text: &str, out: &mut String) {
        for c in text.chars() {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '"' => out.push_str("&quot;"),
                // Every second one, so that lines can still be broken there.
                ' ' if self.is_behind_space => out.push_str("&nbsp;"),
                '\t' => out.push_str("&nbsp; &nbsp; "),
                c => out.push(c),
            }
            self.is_behind_space = c == ' ' && !self.is_behind_space;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::batch::{Color, TextColor, TextStyle};

    fn colors() -> TerminalColors {
        TerminalColors::new(Color::new(255, 255, 255), Color::new(0, 0, 0))
    }

    fn span(start: u32, len: u32, style: TextStyle) -> Span {
        Span { start, len, style }
    }

    #[test]
    fn colours_and_weight_become_tags_around_what_was_printed() {
        let red = TextStyle {
            foreground: Some(TextColor::Rgb(Color::new(200, 0, 0))),
            is_bold: true,
            ..TextStyle::default()
        };
        let text = colors().styled("an error: <x>", &[span(3, 5, red)]);
        assert_eq!(text, "an <font color=\"#c80000\"><b>error</b></font>: &lt;x&gt;");
        let under = TextStyle { is_underlined: true, is_italic: true, ..TextStyle::default() };
        assert_eq!(colors().styled("é a", &[span(0, 2, under)]), "<i><u>é</u></i> a");
    }

    #[test]
    fn a_background_is_told_by_the_letters() {
        let inverse = TextStyle { is_inverse: true, ..TextStyle::default() };
        assert_eq!(colors().styled("x", &[span(0, 1, inverse)]), "<font color=\"#000000\"><b>x</b></font>");
    }

    #[test]
    fn blanks_keep_their_width() {
        assert_eq!(colors().styled("  a   b c", &[]), "&nbsp; a &nbsp; b c");
    }

    proptest! {
        #[test]
        fn names_hostile_markup_of_others_stays_text(text in "[<>&\"'a-z=/ ]{0,40}", start in 0_u32..20, len in 1_u32..20) {
            let style = TextStyle { is_bold: true, ..TextStyle::default() };
            let end = (start + len).min(text.len() as u32);
            let spans = if start < end { vec![span(start, end - start, style)] } else { Vec::new() };
            let styled = colors().styled(&text, &spans).replace("<b>", "").replace("</b>", "");
            prop_assert!(!styled.contains(['<', '>', '"']));
            let plain = styled.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            prop_assert_eq!(plain.replace("&amp;", "&"), text);
        }
    }
}
