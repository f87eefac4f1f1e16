//! Cuts a printed line into the pieces that matter for finding numbers with a name.
//!
//! Pure functions for the worker's thread. Knows how numbers are written, not what they mean.

use crate::source::float;

/// A piece of a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Token {
    /// What it is.
    pub kind: Kind,
    /// Byte range in the line.
    pub start: usize,
    /// End of the range.
    pub end: usize,
    /// White space before it: none, one blank, or a gap of a tab or of several blanks, as between columns.
    pub space: Space,
}

/// White space before a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Space {
    None,
    Blank,
    Gap,
}

/// Kinds of tokens.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Kind {
    /// Something that could be a name, or a word of one.
    Word,
    /// A number, its unit left out.
    Number(Number),
    /// A time or a duration with colons.
    Clock,
    Colon,
    Equals,
    Comma,
    Semicolon,
    /// `|` or its box-drawing forms.
    Pipe,
    /// A dash that stands alone.
    Dash,
    Slash,
    /// `+` or `±` between a value and its deviation.
    PlusMinus,
    /// An opening bracket.
    Open(u8),
    /// A closing bracket.
    Close,
    /// Prose, paths, dates, and whatever else holds no number of ours.
    Other,
}

/// A number in a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    pub value: f64,
    /// Written with a decimal point, an exponent, or as `nan` or `inf`.
    pub is_real: bool,
    /// A unit stands directly behind it, as in `12ms`.
    pub has_unit: bool,
    /// The unit is `%`.
    pub is_percent: bool,
}

impl Number {
    /// Whether it can count steps.
    pub fn is_count(self) -> bool {
        !self.has_unit && self.value >= 0.0 && self.value.fract() == 0.0
    }
}

/// Cuts `line` into `out`, which is cleared before.
pub(super) fn tokenize(line: &str, out: &mut Vec<Token>) {
    out.clear();
    let bytes = line.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let space = skip_space(bytes, &mut at);
        let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) else { break };
        let (kind, start, end) = scan(bytes, rest, at);
        // Every scan takes at least one byte.
        out.push(Token { kind, start, end: end.max(start), space });
        at = match kind {
            // A quoted name is narrower than what was taken.
            Kind::Word if start > at => end + 1,
            _ => end.max(at + 1),
        };
    }
}

/// The kind of `text` if all of it is one number or one time.
pub(super) fn whole(text: &str) -> Option<Kind> {
    let bytes = text.as_bytes();
    let (kind, _, end) = match bytes.first()? {
        b'0'..=b'9' | b'-' | b'+' | b'.' => number(bytes, 0),
        b'n' | b'N' | b'i' | b'I' => word(bytes, 0),
        _ => return None,
    };
    (end == bytes.len() && matches!(kind, Kind::Number(_) | Kind::Clock)).then_some(kind)
}

fn skip_space(bytes: &[u8], at: &mut usize) -> Space {
    let start = *at;
    let mut has_tab = false;
    while let Some(byte) = bytes.get(*at).filter(|b| b.is_ascii_whitespace()) {
        has_tab |= *byte == b'\t';
        *at += 1;
    }
    match *at - start {
        0 => Space::None,
        1 if !has_tab => Space::Blank,
        _ => Space::Gap,
    }
}

fn scan(bytes: &[u8], rest: &[u8], at: usize) -> (Kind, usize, usize) {
    let one = |kind| (kind, at, at + 1);
    let before = at.checked_sub(1).and_then(|i| bytes.get(i)).copied().unwrap_or(b' ');
    match rest {
        [b'0'..=b'9', ..] | [b'.', b'0'..=b'9', ..] => number(rest, at),
        [b'-' | b'+', b'0'..=b'9' | b'.', ..] if !before.is_ascii_alphanumeric() && before != b')' => number(rest, at),
        [b'-' | b'+', b'i' | b'I' | b'n' | b'N', ..] => number(rest, at),
        [b':', ..] => one(Kind::Colon),
        [b'=', b'=' | b'>', ..] => other(rest, at),
        [b'=', ..] => one(Kind::Equals),
        [b',', ..] => one(Kind::Comma),
        [b';', ..] => one(Kind::Semicolon),
        [b'|', ..] => one(Kind::Pipe),
        [b'/', next, ..] if before.is_ascii_digit() || next.is_ascii_whitespace() => one(Kind::Slash),
        [b'+', ..] => one(Kind::PlusMinus),
        [b'(' | b'[' | b'{', ..] => one(Kind::Open(rest.first().copied().unwrap_or(b'('))),
        [b')' | b']' | b'}', ..] => one(Kind::Close),
        [b'-', next, ..] if next.is_ascii_whitespace() => one(Kind::Dash),
        [b'"' | b'\'', ..] => quoted(rest, at),
        // The box-drawing strokes that stand for `|`, the dashes, and plus-minus.
        [0xe2, 0x94, 0x82 | 0x83, ..] | [0xe2, 0x95, 0x91, ..] => (Kind::Pipe, at, at + 3),
        [0xe2, 0x80, 0x93 | 0x94, ..] => (Kind::Dash, at, at + 3),
        [0xc2, 0xb1, ..] => (Kind::PlusMinus, at, at + 2),
        // Bars: box drawing, blocks, braille and other symbols are no part of a name.
        [0xe2, 0x94..=0xa3, ..] => other(rest, at),
        [b'A'..=b'Z' | b'a'..=b'z' | b'_' | 0x80.., ..] | [b'%' | b'#', b'A'..=b'Z' | b'a'..=b'z', ..] => {
            word(rest, at)
        }
        _ => other(rest, at),
    }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || b"_./@'-%#+\\".contains(&byte)
}

fn word(rest: &[u8], at: usize) -> (Kind, usize, usize) {
    let mut length = rest.iter().position(|b| !is_word_byte(*b)).unwrap_or(rest.len());
    let text = rest.get(..length).unwrap_or_default();
    if let Some(number) = special(text) {
        return (Kind::Number(number), at, at + length);
    }
    // A full stop at the end is the sentence's.
    while length > 1 && rest.get(length - 1).is_some_and(|b| b".'-/+\\".contains(b)) {
        length -= 1;
    }
    (Kind::Word, at, at + length)
}

/// The words that stand for values that are no numbers.
fn special(text: &[u8]) -> Option<Number> {
    let unsigned = text.strip_prefix(b"-").or_else(|| text.strip_prefix(b"+")).unwrap_or(text);
    let is_special = [&b"nan"[..], b"inf", b"infinity"].iter().any(|word| unsigned.eq_ignore_ascii_case(word));
    is_special.then(|| Number {
        value: float::parse(text, b'.').unwrap_or(f64::NAN),
        is_real: true,
        has_unit: false,
        is_percent: false,
    })
}

/// A quoted name as in `"loss": 0.5`; any other quote is prose.
fn quoted(rest: &[u8], at: usize) -> (Kind, usize, usize) {
    let quote = rest.first().copied().unwrap_or_default();
    let inner = rest.get(1..).unwrap_or_default();
    let length = inner.iter().position(|b| !is_word_byte(*b) || *b == quote).unwrap_or(inner.len());
    let is_name = inner.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_');
    if is_name && inner.get(length) == Some(&quote) {
        (Kind::Word, at + 1, at + 1 + length)
    } else {
        (Kind::Other, at, at + 1)
    }
}

/// The rest up to the next blank or bracket.
fn other(rest: &[u8], at: usize) -> (Kind, usize, usize) {
    let length = rest.iter().position(|b| b.is_ascii_whitespace() || b",;()[]{}|".contains(b)).unwrap_or(rest.len());
    (Kind::Other, at, at + length.max(1))
}

/// Longest unit taken off a number, in bytes: `kbits/s` and `samples/s` fit, a glued sentence does not.
const UNIT_BYTES_MAX: usize = 12;

fn number(rest: &[u8], at: usize) -> (Kind, usize, usize) {
    let byte = |i: usize| rest.get(i).copied().unwrap_or(b' ');
    let digits = |from: usize| rest.iter().skip(from).take_while(|b| b.is_ascii_digit()).count();
    let mut end = usize::from(matches!(byte(0), b'-' | b'+'));
    if byte(end).is_ascii_alphabetic() {
        let length = rest.iter().skip(end).position(|b| !is_word_byte(*b)).map_or(rest.len(), |n| n + end);
        return match special(rest.get(..length).unwrap_or_default()) {
            Some(number) => (Kind::Number(number), at, at + length),
            None => other(rest, at),
        };
    }
    let whole_digits = digits(end);
    end += whole_digits;
    let mut is_real = false;
    if byte(end) == b'.' && (whole_digits > 0 || digits(end + 1) > 0) {
        is_real = true;
        end += 1 + digits(end + 1);
    }
    if matches!(byte(end), b'e' | b'E') {
        let sign = usize::from(matches!(byte(end + 1), b'-' | b'+'));
        let exponent_digits = digits(end + 1 + sign);
        if exponent_digits > 0 {
            is_real = true;
            end += 1 + sign + exponent_digits;
        }
    }
    let Some(value) = rest.get(..end).and_then(|text| float::parse(text, b'.')) else { return other(rest, at) };
    let mut number = Number { value, is_real, has_unit: false, is_percent: false };
    match byte(end) {
        b':' if byte(end + 1).is_ascii_digit() => {
            let length = rest.iter().position(|b| !b.is_ascii_digit() && !b":.".contains(b)).unwrap_or(rest.len());
            return (Kind::Clock, at, at + length);
        }
        // `1,234` could be a thousand or two numbers: nobody knows, so it is neither.
        b',' if byte(end + 1).is_ascii_digit() => {
            let length = rest.iter().position(|b| !b.is_ascii_digit() && !b",.-+eE".contains(b)).unwrap_or(rest.len());
            return (Kind::Other, at, at + length);
        }
        b' ' | b'\t' | b',' | b';' | b':' | b')' | b']' | b'}' | b'|' | b'/' | b'\'' | b'"' => {}
        b'+' if byte(end + 1).is_ascii_digit() => {}
        b'%' => {
            number.has_unit = true;
            number.is_percent = true;
            end += 1;
        }
        b if b.is_ascii_alphabetic() || b >= 0x80 => {
            let unit = rest.get(end..).unwrap_or_default();
            if matches!(unit, [0xc2, 0xb1, ..] | [0xe2, 0x94 | 0x96, ..]) {
                return (Kind::Number(number), at, at + end);
            }
            let length = unit
                .iter()
                .position(|b| !(b.is_ascii_alphabetic() || *b >= 0x80 || b"/%".contains(b)))
                .unwrap_or(unit.len());
            let after = unit.get(length).copied().unwrap_or(b' ');
            let text = unit.get(..length).unwrap_or_default();
            let is_none = [&b"st"[..], b"nd", b"rd", b"th", b"e", b"E"].contains(&text);
            if length > UNIT_BYTES_MAX || is_none || is_word_byte(after) || b"=(<:".contains(&after) {
                return other(rest, at);
            }
            number.has_unit = true;
            end += length;
        }
        _ => return other(rest, at),
    }
    (Kind::Number(number), at, at + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(line: &str) -> Vec<f64> {
        let mut tokens = Vec::new();
        tokenize(line, &mut tokens);
        tokens.iter().filter_map(|t| if let Kind::Number(n) = t.kind { Some(n.value) } else { None }).collect()
    }

    #[test]
    fn numbers_are_found_with_units_and_exponents() {
        for (line, expected) in [
            ("1 -2 +3 .5 -.5 5. 1e3 1.5E-2", vec![1.0, -2.0, 3.0, 0.5, -0.5, 5.0, 1000.0, 0.015]),
            ("12ms 3.5GB/s 45% 1.2x 524.3kbits/s 3µs", vec![12.0, 3.5, 45.0, 1.2, 524.3, 3.0]),
            ("a=1,b=2;c:3|d=4", vec![1.0, 2.0, 3.0, 4.0]),
            ("45/100", vec![45.0, 100.0]),
            ("-inf inf Infinity", vec![f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY]),
            ("0.5+0.01 0.5±0.1", vec![0.5, 0.01, 0.5, 0.1]),
        ] {
            assert_eq!(numbers(line), expected, "{line}");
        }
        assert!(numbers("nan NaN").iter().all(|v| v.is_nan()));
    }

    #[test]
    fn other_things_with_digits_are_no_numbers() {
        for line in [
            "1,234",
            "1,234,567.8",
            "2024-05-01",
            "12:00:01",
            "1.2.3",
            "0x1f",
            "3rd",
            "1m30s",
            "deadbeef12",
            "7b3c9f",
            "10:20:30.5",
            "file1.txt",
            "/tmp/1",
            "1_000",
            "3-5",
            "1e",
            "192.168.0.1:80",
            "infernal",
            "-nano",
        ] {
            assert_eq!(numbers(line), Vec::<f64>::new(), "{line}");
        }
    }
}
