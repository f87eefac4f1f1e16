//! A small terminal: what a program prints, as rows that it may rewrite.
//!
//! Called on the worker's thread with the time of each read. Knows no process and no metric. Its screen has no right
//! edge and the last [`ROWS`] rows can be reached; what scrolled out of them stays as it is. Escape sequences are taken
//! apart by the `vte` crate, all else is ours: UTF-8, line ends, the rows, and when a row is shown.

mod likeness;
mod plain;
mod row;
mod screen;
mod sequence;
mod show;

use std::time::Duration;

use vte::Parser;

use crate::batch::{Level, LineId, Message, Pane, Span};

pub use plain::plain_text;
pub use sequence::TaskProgress;

use screen::Screen;
use sequence::{Op, Reader};

/// Longest line handed on in one piece, in bytes: what a pane can lay out without a pause. Longer ones are split.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Least time between two shown states of a line that is being rewritten, as progress bars are.
pub const REWRITE_INTERVAL: Duration = Duration::from_millis(100);

/// Rows that a program can go back to: as many as a tall terminal has, since programs draw no more bars than fit on it.
pub const ROWS: usize = 50;

/// A line that has no end yet is shown once nothing was added for this long: it is then whole, not half written.
const SETTLE: Duration = Duration::from_millis(50);

/// What a terminal hands on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Update<'a> {
    /// A line is new or looks different.
    Line(LineUpdate<'a>),
    /// The program says how far it is.
    Task(TaskProgress),
}

/// A line as it looks now; it takes the place of what was said of the same number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineUpdate<'a> {
    /// Counts the lines from 0. The first update of a line follows those of all lines before it.
    pub number: u64,
    /// Its text, without control characters other than tabs; at most [`LINE_BYTES_MAX`] bytes.
    pub text: &'a str,
    /// How parts of it look.
    pub spans: &'a [Span],
    /// Whether the program has ended the line. It may still come back to it with the cursor.
    pub is_final: bool,
    /// Whether it is shown although it has neither end nor earlier states: more may follow, so numbers may be cut. It is
    /// said again when it is whole.
    pub is_open: bool,
}

impl LineUpdate<'_> {
    /// The line for a pane, said `time` after the job's start.
    #[must_use]
    pub fn to_message(&self, pane: Pane, time: Duration) -> Message {
        Message {
            line: Some(LineId { number: self.number, is_open: self.is_open }),
            spans: self.spans.into(),
            ..Message::new(pane, Level::Info, time.as_secs_f64(), self.text)
        }
    }
}

/// Where the lexer is.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Place {
    Text,
    /// Behind an ESC.
    Escape,
    /// In a control string: a title, a hyperlink's target, an image.
    String,
    /// In another sequence.
    Sequence,
}

/// Makes lines of bytes.
///
/// - A line that is not rewritten is handed on once, when it ends; a plain one within one read is not even copied. If
///   nothing follows for 50 ms it is shown before, as open.
/// - Of a line that is rewritten (carriage return, backspaces to its start, the cursor coming back, erasing) at most one
///   state per [`REWRITE_INTERVAL`] is handed on, and always the last one.
/// - A line that is wiped away stays as it was last. If another text takes its place, that is a new line.
pub struct Terminal {
    parser: Parser,
    reader: Reader,
    place: Place,
    /// The beginning of a character whose rest is in the next read.
    partial: Vec<u8>,
    screen: Screen,
}

impl Default for Terminal {
    fn default() -> Self {
        Self {
            parser: Parser::default(),
            reader: Reader::default(),
            place: Place::Text,
            partial: Vec::with_capacity(4),
            screen: Screen::default(),
        }
    }
}

impl Terminal {
    /// Takes `bytes` that were read at time `now` and hands what is to be shown to `each`.
    ///
    /// # Errors
    /// The first error of `each`; what follows in `bytes` is lost.
    pub fn feed<E>(
        &mut self,
        bytes: &[u8],
        now: Duration,
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.screen.fed_at = now;
        let mut rest = bytes;
        while !rest.is_empty() {
            rest = if self.place != Place::Text {
                self.sequence(rest, each)?
            } else if !self.partial.is_empty() {
                self.complete(rest, each)?
            } else {
                let rest = self.whole_lines(rest, each)?;
                self.text(rest, each)?
            };
        }
        Ok(())
    }

    /// When [`Terminal::flush_due`] should be called if nothing comes in before.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        self.screen.due()
    }

    /// Hands on the newest states whose time has come.
    ///
    /// # Errors
    /// The error of `each`.
    pub fn flush_due<E>(&mut self, now: Duration, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.screen.flush_due(now, each)
    }

    /// Hands on what is left when the stream has ended, a last line without an end included.
    ///
    /// # Errors
    /// The error of `each`.
    pub fn finish<E>(&mut self, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<(), E> {
        self.leave();
        if !std::mem::take(&mut self.partial).is_empty() {
            self.screen.put(char::REPLACEMENT_CHARACTER, self.reader.style, each)?;
        }
        self.screen.finish(each)
    }

    /// Hands on whole plain lines as they lie in `rest`, if a new line begins there; gives what follows them.
    fn whole_lines<'b, E>(
        &mut self,
        rest: &'b [u8],
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<&'b [u8], E> {
        if !self.reader.style.is_plain() || !self.screen.is_at_new_line() {
            return Ok(rest);
        }
        // What a cursor that goes up could reach.
        let mut newest = [""; ROWS];
        let mut count = 0;
        let mut left = rest;
        while let Some((line, tail)) = first_line(left) {
            if count == 0 {
                self.screen.show_before_cursor(each)?;
            }
            if let Some(place) = newest.get_mut(count % ROWS) {
                *place = line;
            }
            each(Update::Line(LineUpdate {
                number: self.screen.cursor_number() + count as u64,
                text: line,
                spans: &[],
                is_final: true,
                is_open: false,
            }))?;
            count += 1;
            left = tail;
        }
        if count > 0 {
            let kept = count.min(ROWS - 1);
            let lines = (count - kept..count).map(|i| newest.get(i % ROWS).copied().unwrap_or_default());
            self.screen.pass(count, lines, each)?;
        }
        Ok(left)
    }

    /// Takes the beginning of `rest` in as text or control character; gives what follows it.
    fn text<'b, E>(
        &mut self,
        rest: &'b [u8],
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<&'b [u8], E> {
        let Some((&first, tail)) = rest.split_first() else { return Ok(rest) };
        match first {
            b'\n' => self.screen.line_feed(each)?,
            b'\r' => self.screen.carriage_return(),
            8 => self.screen.back(1),
            b'\t' => self.screen.put('\t', self.reader.style, each)?,
            0x1b => self.enter(),
            b' '..=b'~' => {
                let (run, tail) = split_at_other(rest, |b| (b' '..=b'~').contains(&b));
                // ASCII is UTF-8.
                let run = std::str::from_utf8(run).unwrap_or_default();
                self.screen.put_ascii(run, self.reader.style, each)?;
                return Ok(tail);
            }
            0x80.. => {
                let (run, tail) = split_at_other(rest, |b| b >= b' ' && b != 0x7f);
                return self.beyond_ascii(run, tail, rest, each);
            }
            _ => {}
        }
        Ok(tail)
    }

    /// Takes in `run`, which stands at the beginning of `rest` before `tail` and has no control character below U+0080.
    fn beyond_ascii<'b, E>(
        &mut self,
        run: &[u8],
        tail: &'b [u8],
        rest: &'b [u8],
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<&'b [u8], E> {
        let (valid, error) = match std::str::from_utf8(run) {
            Ok(text) => (text, None),
            Err(error) => {
                let valid = run.get(..error.valid_up_to()).unwrap_or_default();
                (std::str::from_utf8(valid).unwrap_or_default(), Some(error))
            }
        };
        for (at, c) in valid.char_indices() {
            if self.is_control(c, each)? {
                return Ok(rest.get(at + c.len_utf8()..).unwrap_or_default());
            }
        }
        let Some(error) = error else { return Ok(tail) };
        let bad = run.get(error.valid_up_to()..).unwrap_or_default();
        match error.error_len() {
            None if tail.is_empty() => {
                self.partial.extend_from_slice(bad);
                Ok(tail)
            }
            length => {
                self.screen.put(char::REPLACEMENT_CHARACTER, self.reader.style, each)?;
                let length = length.unwrap_or(bad.len());
                Ok(rest.get(error.valid_up_to() + length..).unwrap_or_default())
            }
        }
    }

    /// Writes `c`, or enters the sequence that a control character above U+007F begins.
    fn is_control<E>(&mut self, c: char, each: &mut impl FnMut(Update<'_>) -> Result<(), E>) -> Result<bool, E> {
        match u8::try_from(c) {
            Ok(code @ 0x80..=0x9f) => {
                // Each stands for ESC and a character of the column 0x40 to 0x5F (ECMA-48, 5.3).
                self.enter();
                self.sequence(&[code - 0x40], each)?;
                Ok(true)
            }
            _ => self.screen.put(c, self.reader.style, each).map(|()| false),
        }
    }

    /// Goes on with a character that was cut by the end of a read.
    fn complete<'b, E>(
        &mut self,
        rest: &'b [u8],
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<&'b [u8], E> {
        let Some((&first, tail)) = rest.split_first() else { return Ok(rest) };
        self.partial.push(first);
        let partial = std::mem::take(&mut self.partial);
        match std::str::from_utf8(&partial) {
            Ok(text) => {
                for c in text.chars() {
                    self.is_control(c, each)?;
                }
                Ok(tail)
            }
            Err(error) if error.error_len().is_none() => {
                self.partial = partial;
                Ok(tail)
            }
            // `first` is not the rest of it.
            Err(_) => {
                self.screen.put(char::REPLACEMENT_CHARACTER, self.reader.style, each)?;
                Ok(rest)
            }
        }
    }

    fn enter(&mut self) {
        self.parser.advance(&mut self.reader, b"\x1b");
        self.place = Place::Escape;
    }

    /// Takes one byte of a sequence in; gives what follows.
    fn sequence<'b, E>(
        &mut self,
        rest: &'b [u8],
        each: &mut impl FnMut(Update<'_>) -> Result<(), E>,
    ) -> Result<&'b [u8], E> {
        let Some((&first, tail)) = rest.split_first() else { return Ok(rest) };
        // A sequence without an end, as in binary output, must not swallow the lines that follow.
        if first == b'\n' || (first >= 0x80 && self.place != Place::String) {
            self.leave();
            return Ok(rest);
        }
        self.place = match (self.place, first) {
            (_, 0x1b) => Place::Escape,
            (Place::Escape, b']' | b'P' | b'X' | b'^' | b'_') => Place::String,
            (Place::Escape, b' '..) => Place::Sequence,
            (place, _) => place,
        };
        // Nothing beyond ASCII means anything to us in a string.
        if first < 0x80 {
            self.parser.advance(&mut self.reader, &[first]);
        }
        if std::mem::take(&mut self.reader.is_done) {
            self.place = Place::Text;
        }
        match self.reader.op.take() {
            Some(Op::Control(code @ (b'\r' | 8 | b'\t' | b' '..=b'~'))) => {
                self.text(&[code], each)?;
            }
            Some(op) => self.screen.apply(op, each)?,
            None => {}
        }
        Ok(tail)
    }

    /// Forgets a sequence that has no end.
    fn leave(&mut self) {
        if self.place != Place::Text {
            self.reader.is_leaving = true;
            // CAN: "the data preceding it is in error" (ECMA-48, 8.3.6).
            self.parser.advance(&mut self.reader, b"\x18");
            (self.reader.is_leaving, self.reader.is_done, self.reader.op) = (false, false, None);
            self.place = Place::Text;
        }
    }
}

/// The first line of `bytes` without its end, and what follows; none if it has no end or is more than plain text.
fn first_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let (line, tail) = bytes.split_at_checked(memchr::memchr(b'\n', bytes)?)?;
    // A terminal device makes `\r\n` of each line feed.
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > LINE_BYTES_MAX {
        return None;
    }
    let (mut has_control, mut is_ascii) = (false, true);
    for &byte in line {
        has_control |= (byte < b' ' && byte != b'\t') || byte == 0x7f;
        is_ascii &= byte < 0x80;
    }
    if has_control {
        return None;
    }
    let text = std::str::from_utf8(line).ok()?;
    // U+0080 to U+009F are controls too.
    let is_plain = is_ascii || !text.chars().any(|c| ('\u{80}'..'\u{a0}').contains(&c));
    is_plain.then(|| (text, tail.get(1..).unwrap_or_default()))
}

/// Splits where the first byte stands that is not `usual`.
fn split_at_other(bytes: &[u8], usual: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    // By blocks first: a compiler makes many comparisons at once of them.
    let blocks = bytes.chunks_exact(32).take_while(|block| block.iter().fold(true, |all, b| all & usual(*b))).count();
    let start = blocks * 32;
    let rest = bytes.get(start..).unwrap_or_default();
    let end = start + rest.iter().position(|b| !usual(*b)).unwrap_or(rest.len());
    bytes.split_at(end)
}

#[cfg(test)]
mod tests;
