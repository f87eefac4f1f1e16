//! Cuts a growing text file into lines; the last one waits for its end.
//!
//! Worker's thread. Unlike a command's output a file has no rewritten lines: a carriage return only ends a line. Knows no
//! columns.

/// Longest line, in bytes: a table of ten thousand columns fits twenty times. What is longer is passed over and told.
pub const LINE_BYTES_MAX: usize = 4 << 20;

/// A line of a file, with its number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line<'a> {
    /// Its bytes, without the line end.
    Text(u64, &'a [u8]),
    /// It is longer than [`LINE_BYTES_MAX`]. Told as soon as that is known, so before its end.
    TooLong(u64),
}

/// Makes lines of bytes that come in pieces of any size.
#[derive(Debug, Default)]
pub(super) struct Cutter {
    carry: Vec<u8>,
    lines: u64,
    /// The rest of a line that is too long is being passed over.
    is_skipping: bool,
    /// A line of the present file was begun or seen.
    has_begun: bool,
}

impl Cutter {
    /// Takes the next bytes of the file and hands each line that is whole to `each`.
    pub fn feed(&mut self, bytes: &[u8], each: &mut dyn FnMut(Line<'_>)) {
        let mut rest = bytes;
        while !rest.is_empty() {
            // A file that was cut short under its writer begins with a hole.
            if !self.has_begun && self.carry.is_empty() && rest.first() == Some(&0) {
                let zeros = rest.iter().position(|byte| *byte != 0).unwrap_or(rest.len());
                rest = rest.get(zeros..).unwrap_or_default();
                continue;
            }
            let Some(end) = memchr::memchr(b'\n', rest) else {
                self.keep(rest, each);
                return;
            };
            let (line, tail) = rest.split_at(end);
            rest = tail.get(1..).unwrap_or_default();
            if self.is_skipping {
                self.is_skipping = false;
            } else if self.carry.is_empty() && line.len() <= LINE_BYTES_MAX {
                self.whole(line, each);
            } else {
                self.keep(line, each);
                if !std::mem::take(&mut self.is_skipping) {
                    let line = std::mem::take(&mut self.carry);
                    self.whole(&line, each);
                }
            }
        }
    }

    /// Hands on what is left as if it were a whole line: nothing more will come.
    pub fn end(&mut self, each: &mut dyn FnMut(Line<'_>)) {
        let line = std::mem::take(&mut self.carry);
        if !std::mem::take(&mut self.is_skipping) && !line.is_empty() {
            self.whole(&line, each);
        }
    }

    /// The next bytes are the first ones of a file.
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    fn keep(&mut self, bytes: &[u8], each: &mut dyn FnMut(Line<'_>)) {
        if self.is_skipping {
            return;
        }
        if self.carry.len() + bytes.len() > LINE_BYTES_MAX {
            self.lines += 1;
            (self.is_skipping, self.has_begun, self.carry) = (true, true, Vec::new());
            each(Line::TooLong(self.lines));
        } else {
            self.carry.extend_from_slice(bytes);
        }
    }

    fn whole(&mut self, line: &[u8], each: &mut dyn FnMut(Line<'_>)) {
        self.lines += 1;
        let line = if self.has_begun { line } else { line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line) };
        self.has_begun = true;
        each(Line::Text(self.lines, line.strip_suffix(b"\r").unwrap_or(line)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<String> {
        let (mut cutter, mut out) = (Cutter::default(), Vec::new());
        let mut each = |line: Line<'_>| {
            out.push(match line {
                Line::Text(number, text) => format!("{number}:{}", String::from_utf8_lossy(text)),
                Line::TooLong(number) => format!("{number} too long"),
            });
        };
        for piece in pieces {
            cutter.feed(piece, &mut each);
        }
        cutter.end(&mut each);
        out
    }

    #[test]
    fn csv_dialects_a_line_end_may_be_cut_between_reads() {
        assert_eq!(lines(&[b"\xef\xbb", b"\xbfa\r", b"\nb\n", b"\n", b"c"]), ["1:a", "2:b", "3:", "4:c"]);
        assert_eq!(lines(&[b"\0\0", b"\0a\n\0b\n"]), ["1:a", "2:\0b"], "only a hole at the start is passed over");
    }

    #[test]
    fn csv_dialects_a_line_that_never_ends_costs_no_memory() {
        let piece = vec![b'7'; 1 << 20];
        let (mut cutter, mut told) = (Cutter::default(), Vec::new());
        // One line of a GiB, in pieces as they are read.
        for _ in 0..1024 {
            cutter.feed(&piece, &mut |line| told.push(line == Line::TooLong(1)));
            assert!(cutter.carry.capacity() <= 2 * LINE_BYTES_MAX);
        }
        assert_eq!(told, [true], "told once, with its number");
        let mut after = Vec::new();
        cutter.feed(b"7\n8\n", &mut |line| after.push(line == Line::Text(2, b"8")));
        assert_eq!(after, [true], "the next line is read");
        assert_eq!(lines(&[&vec![b'x'; LINE_BYTES_MAX], b"\ny\n"]).len(), 2);
    }
}
