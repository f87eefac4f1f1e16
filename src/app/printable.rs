//! Makes text from outside fit to be shown: no character may move, hide or reorder what stands around it.

use std::borrow::Cow;

/// `text` with control characters as their pictures (U+2400…) and direction controls as U+FFFD; tabs become a blank.
/// Borrows where there is nothing to change, which is nearly always.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unfit) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_unfit(c) { stand_in(c) } else { c }).collect())
}

fn is_unfit(c: char) -> bool {
    // C0, DEL and C1; then the marks, embeddings, overrides and isolates of the bidirectional algorithm, and the
    // separators that start a new line in a text item.
    c.is_control()
        || matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn stand_in(c: char) -> char {
    match c {
        '\t' => ' ',
        '\0'..='\x1F' => char::from_u32(0x2400 + c as u32).unwrap_or('\u{FFFD}'),
        '\x7F' => '\u{2421}',
        _ => '\u{FFFD}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(printable("loss 0.5 ∂ 中文"), Cow::Borrowed(_)));
    }

    #[test]
    fn names_hostile_characters_become_visible() {
        assert_eq!(printable("a\u{1b}[2Jb\u{7}\tc\u{7f}"), "a␛[2Jb␇ c␡");
        assert_eq!(printable("a\u{202e}b\u{2066}c\u{85}"), "a\u{FFFD}b\u{FFFD}c\u{FFFD}");
    }
}
