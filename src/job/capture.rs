//! Captures what a worker prints: bytes in, whole lines of text out. Knows no channel; the lines go to a closure.

use std::fmt;
use std::io::{self, Write};

use crate::source::{Outlet, Stopped};

/// Longest line, in bytes; a longer one is handed out in pieces, cut between characters. A program that never ends its
/// line must not fill the memory.
pub const LINE_BYTES: usize = 64 << 10;

/// An [`io::Write`] that hands out text line by line.
///
/// - Characters may be split over writes; bytes that are no UTF-8 become U+FFFD.
/// - `\n` and `\r\n` end a line. A lone `\r` begins the line anew, as progress bars do: its last state counts.
/// - A line without an end is handed out on [`flush`](Write::flush), at [`LINE_BYTES`] and on drop. A newline that comes
///   right after such a piece belongs to it and makes no empty line.
pub struct WriteStream<F: FnMut(String) -> io::Result<()>> {
    line: Vec<u8>,
    after_cr: bool,
    after_piece: bool,
    each: F,
}

impl<F: FnMut(String) -> io::Result<()>> WriteStream<F> {
    /// A stream that calls `each` with every line, without its end. An error of `each` is the write's error.
    pub fn new(each: F) -> Self {
        Self { line: Vec::new(), after_cr: false, after_piece: false, each }
    }

    fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if std::mem::take(&mut self.after_cr) {
            self.line.clear();
        }
        self.after_piece = false;
        let mut rest = bytes;
        while !rest.is_empty() {
            let room = LINE_BYTES.saturating_sub(self.line.len()).max(1);
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.line.extend_from_slice(now);
            rest = later;
            if self.line.len() >= LINE_BYTES {
                self.hand_out_piece()?;
            }
        }
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.after_cr = false;
        if std::mem::take(&mut self.after_piece) && self.line.is_empty() {
            return Ok(());
        }
        self.hand_out(self.line.len())
    }

    /// Hands out what is there but the beginning of a character whose end may still come.
    fn hand_out_piece(&mut self) -> io::Result<()> {
        let end = self.line.len() - unfinished_len(&self.line);
        if end == 0 {
            return Ok(());
        }
        self.after_piece = true;
        self.hand_out(end)
    }

    fn hand_out(&mut self, end: usize) -> io::Result<()> {
        let rest = self.line.split_off(end.min(self.line.len()));
        let text = String::from_utf8_lossy(&self.line).into_owned();
        // What was printed is taken out before the call: an error must not bring it twice.
        self.line = rest;
        (self.each)(text)
    }
}

impl<F: FnMut(String) -> io::Result<()>> Write for WriteStream<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut rest = bytes;
        while let Some(at) = memchr::memchr2(b'\n', b'\r', rest) {
            let (text, tail) = rest.split_at(at);
            self.push(text)?;
            match tail.split_first() {
                Some((b'\n', tail)) => {
                    self.end_line()?;
                    rest = tail;
                }
                Some((_, tail)) => {
                    self.after_cr = true;
                    rest = tail;
                }
                None => break,
            }
        }
        self.push(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_out_piece()
    }
}

impl<F: FnMut(String) -> io::Result<()>> Drop for WriteStream<F> {
    fn drop(&mut self) {
        if self.line.is_empty() {
            return;
        }
        if let Err(error) = self.hand_out(self.line.len()) {
            log::debug!("the last printed piece was not taken: {error}");
        }
    }
}

/// Length of the beginning of a character at the end of `bytes`, 0 to 3.
fn unfinished_len(bytes: &[u8]) -> usize {
    let tail_start = bytes.len().saturating_sub(3);
    let tail = bytes.get(tail_start..).unwrap_or_default();
    for (back, byte) in tail.iter().rev().enumerate() {
        let have = back + 1;
        let needed = match byte {
            0xC2..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF4 => 4,
            0x80..=0xBF => continue,
            _ => return 0,
        };
        let start = tail.get(tail.len() - have..).unwrap_or_default();
        // A beginning that can no longer become a character is not waited for.
        let may_grow = std::str::from_utf8(start).is_err_and(|error| error.error_len().is_none());
        return if have < needed && may_grow { have } else { 0 };
    }
    0
}

/// Prints a line to the stream that captures what a worker prints: `say!(out, "loss {loss:.3}")?`.
///
/// Evaluates to `Result<(), Stopped>`: an error says that the job has ended and nobody takes lines any more.
#[macro_export]
macro_rules! say {
    ($out:expr, $($text:tt)*) => {
        $crate::job::say_line($out, ::std::format_args!($($text)*))
    };
}

/// What the macro [`say!`](crate::say) does.
///
/// # Errors
/// [`Stopped`] once the job's channel is closed.
pub fn say_line(out: &mut dyn Outlet, text: fmt::Arguments<'_>) -> Result<(), Stopped> {
    writeln!(out.print(), "{text}").map_err(|_| Stopped)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use std::cell::RefCell;

    /// What comes out of `pieces`; `None` is a flush.
    fn lines(pieces: &[Option<&[u8]>]) -> Vec<String> {
        let seen = RefCell::new(Vec::new());
        let mut stream = WriteStream::new(|line| {
            seen.borrow_mut().push(line);
            Ok(())
        });
        for piece in pieces {
            match piece {
                Some(bytes) => stream.write_all(bytes).unwrap(),
                None => stream.flush().unwrap(),
            }
        }
        drop(stream);
        seen.into_inner()
    }

    fn one(bytes: &[u8]) -> Vec<String> {
        lines(&[Some(bytes)])
    }

    #[test]
    fn ends_of_lines() {
        assert_eq!(one(b"a\nb\r\n\nc"), ["a", "b", "", "c"]);
        assert_eq!(lines(&[Some(b"a\r"), Some(b"\nb")]), ["a", "b"]);
        assert_eq!(one(b""), [""; 0]);
    }

    #[test]
    fn child_bytes_a_bar_shows_its_last_state() {
        assert_eq!(one(b" 10%\r 50%\r100%\ndone\n"), ["100%", "done"]);
        assert_eq!(one(b"50%\r"), ["50%"], "without an end the last state counts");
        assert_eq!(one(b"50%\r\r\n"), ["50%"]);
    }

    #[test]
    fn flushed_pieces_make_no_empty_lines() {
        assert_eq!(lines(&[Some(b"load"), None, Some(b"ed\n"), Some(b"next\n")]), ["load", "ed", "next"]);
        assert_eq!(lines(&[Some(b"whole"), None, Some(b"\n"), Some(b"\n")]), ["whole", ""]);
        assert_eq!(lines(&[Some(b"bar\r"), None, Some(b"\nnext")]), ["bar", "next"]);
        assert_eq!(lines(&[None, Some(b"\n"), None, None]), [""]);
    }

    #[test]
    fn child_bytes_a_flush_within_a_character_waits_for_its_end() {
        let euro = "€".as_bytes();
        assert_eq!(lines(&[Some(b"1 "), Some(&euro[..2]), None, Some(&euro[2..]), Some(b"\n")]), ["1 ", "€"]);
        assert_eq!(lines(&[Some(&euro[..2]), None]), ["\u{FFFD}"]);
        assert_eq!(lines(&[Some(b"a\xFF"), None]), ["a\u{FFFD}"], "what never becomes a character is not waited for");
    }

    #[test]
    fn child_flood_a_line_without_an_end_comes_in_pieces_between_characters() {
        let text = "a".to_owned() + &"ü".repeat(LINE_BYTES);
        let out = one(text.as_bytes());
        assert!(out.len() > 1 && out.iter().all(|piece| piece.len() <= LINE_BYTES));
        assert_eq!(out.concat(), text);
        let exact = "x".repeat(LINE_BYTES) + "\nnext\n";
        assert_eq!(one(exact.as_bytes()), ["x".repeat(LINE_BYTES), "next".into()]);
    }

    #[test]
    fn an_error_of_the_taker_is_the_error_of_the_write() {
        let mut stream = WriteStream::new(|_| Err(io::ErrorKind::BrokenPipe.into()));
        assert_eq!(stream.write(b"a\n").unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    proptest! {
        /// However text is split into writes, the same lines come out as from one write.
        #[test]
        fn child_bytes_every_split_gives_the_same_lines(
            text in "([a-zäß€😀\u{1F9EA}\r\n]|\r\n){0,40}",
            cuts in prop::collection::vec(0usize..160, 0..12),
        ) {
            let bytes = text.as_bytes();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
            cuts.sort_unstable();
            let ends = cuts.iter().copied().chain([bytes.len()]);
            let starts = [0].into_iter().chain(cuts.iter().copied());
            let pieces: Vec<Option<&[u8]>> = starts.zip(ends).map(|(a, b)| Some(&bytes[a..b])).collect();
            prop_assert_eq!(lines(&pieces), one(bytes));
        }

        /// The same for bytes that are no text, one byte a write.
        #[test]
        fn child_bytes_any_bytes_one_by_one(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let pieces: Vec<Option<&[u8]>> = bytes.chunks(1).map(Some).collect();
            prop_assert_eq!(lines(&pieces), one(&bytes));
        }

        /// A flush anywhere loses no character and makes no line out of nothing.
        #[test]
        fn flushes_lose_nothing(words in prop::collection::vec("[a-zä€😀]{1,5}", 1..8), cut in 0usize..60) {
            let text = words.join("\n") + "\n";
            let cut = cut.min(text.len());
            let (a, b) = text.as_bytes().split_at(cut);
            let out = lines(&[Some(a), None, Some(b)]);
            prop_assert_eq!(out.concat(), words.concat());
            prop_assert!(out.iter().all(|line| !line.is_empty()));
        }
    }
}
