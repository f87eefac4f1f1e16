//! Takes terminal control out of a printed line, so that it can be read by people and by the metric parser.
//!
//! A pure function, called on the worker's thread. Knows no terminal: colours are dropped, cursor moves do nothing.

use std::borrow::Cow;

/// The text of `line` without escape sequences (CSI, OSC, DCS and their like) and control characters other than tab.
///
/// Borrows when there is nothing to take out, which is the usual case. A sequence that is cut off at the end of the
/// line is dropped.
#[must_use]
pub fn plain_text(line: &str) -> Cow<'_, str> {
    if !line.bytes().any(is_suspect) {
        return Cow::Borrowed(line);
    }
    let mut text = String::with_capacity(line.len());
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\u{1b}' => skip_escape(&mut chars),
            '\u{9b}' => skip_csi(&mut chars),
            '\u{90}' | '\u{98}' | '\u{9d}'..='\u{9f}' => skip_string(&mut chars),
            '\t' => text.push(c),
            c if c.is_control() => {}
            c => text.push(c),
        }
    }
    Cow::Owned(text)
}

/// Whether a byte may begin something to take out. `0xC2` leads the two-byte forms of U+0080 to U+009F.
fn is_suspect(byte: u8) -> bool {
    (byte < 0x20 && byte != b'\t') || byte == 0x7f || byte == 0xc2
}

type Chars<'a> = std::iter::Peekable<std::str::Chars<'a>>;

/// Skips what follows an ESC, as ECMA-48 lays it out.
fn skip_escape(chars: &mut Chars<'_>) {
    match chars.next() {
        Some('[') => skip_csi(chars),
        Some(']' | 'P' | 'X' | '^' | '_') => skip_string(chars),
        // Intermediate bytes, as in `ESC ( B`, go on to one final byte.
        Some(' '..='/') => {
            while let Some(c) = chars.next_if(|c| (' '..='~').contains(c)) {
                if c >= '0' {
                    break;
                }
            }
        }
        _ => {}
    }
}

/// Skips the parameters and the final byte of a control sequence.
fn skip_csi(chars: &mut Chars<'_>) {
    while let Some(c) = chars.next_if(|c| (' '..='~').contains(c)) {
        if c >= '@' {
            break;
        }
    }
}

/// Skips a control string to its end: BEL, ST, or the end of the line.
fn skip_string(chars: &mut Chars<'_>) {
    while let Some(c) = chars.next() {
        match c {
            '\u{7}' | '\u{9c}' => break,
            '\u{1b}' => {
                chars.next_if_eq(&'\\');
                break;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_lines_are_borrowed() {
        assert!(matches!(plain_text("loss 0.5\tgrün ━━━"), Cow::Borrowed(_)));
    }

    #[test]
    fn child_bytes_escapes_are_dropped() {
        for (raw, text) in [
            ("\u{1b}[1m45/100\u{1b}[0m \u{1b}[38;5;2mok\u{1b}[0m", "45/100 ok"),
            ("\u{1b}]0;title\u{7}loss", "loss"),
            ("\u{1b}]8;;http://x\u{1b}\\link\u{1b}]8;;\u{1b}\\", "link"),
            ("a\u{1b}Pq#0;2\u{1b}\\b", "ab"),
            ("\u{1b}(Bx", "x"),
            ("\u{9b}31mred", "red"),
            ("\u{9d}evil\u{9c}good", "good"),
            ("bell\u{7} nul\u{0} del\u{7f}", "bell nul del"),
            ("cut \u{1b}[3", "cut "),
            ("cut \u{1b}", "cut "),
            ("\u{1b}[31\u{e9}", "\u{e9}"),
            ("caf\u{e9} \u{a0}\u{c2}", "caf\u{e9} \u{a0}\u{c2}"),
        ] {
            assert_eq!(plain_text(raw), text, "{raw:?}");
        }
    }
}
