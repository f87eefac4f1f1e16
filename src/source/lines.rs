//! Cuts a byte stream into lines as a person would see them, progress bars included.
//!
//! Called on the worker's thread with the time of each read. Knows no process, no encoding and no metric.

use std::time::Duration;

/// Longest line handed on in one piece, in bytes: what a pane can lay out without a pause. Longer ones are split.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Least time between two shown states of a line that is being rewritten, as progress bars are.
pub const REWRITE_INTERVAL: Duration = Duration::from_millis(100);

/// A rewritten line that has no end yet is shown once nothing was added for this long: it is then whole, not half written.
const SETTLE: Duration = Duration::from_millis(50);

/// Splits bytes at line feeds. A carriage return, or backspaces over the whole line, rewrite the line: of such a line
/// at most one state per [`REWRITE_INTERVAL`] is handed on, and always the last one.
#[derive(Default)]
pub struct LineSplitter {
    /// The current line since its start or its last rewrite.
    line: Vec<u8>,
    /// A whole state of the current line that was not shown because another was shown just before.
    held: Option<Vec<u8>>,
    /// The bytes of `line` that were shown already.
    shown_bytes: usize,
    /// When a state of a rewritten line was last shown.
    shown_at: Option<Duration>,
    /// When bytes last came in.
    fed_at: Duration,
    /// Whether the current line was rewritten since its start.
    is_rewritten: bool,
    /// A carriage return came last; a line feed would make it an ordinary line end.
    after_return: bool,
    /// Backspaces that came last.
    backspaces: usize,
}

impl LineSplitter {
    /// Takes `bytes` that were read at time `now` and hands each line that is complete to `each`, without its end.
    ///
    /// # Errors
    /// The first error of `each`; lines after it in `bytes` are lost.
    pub fn feed<E>(
        &mut self,
        bytes: &[u8],
        now: Duration,
        each: &mut impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.fed_at = now;
        let mut rest = bytes;
        while let Some(&first) = rest.first() {
            match first {
                b'\n' => self.end_line(each)?,
                b'\r' => {
                    self.apply_backspaces(now, each)?;
                    self.after_return = true;
                }
                8 => {
                    self.apply_return(now, each)?;
                    self.backspaces += 1;
                }
                _ => {
                    self.apply_return(now, each)?;
                    self.apply_backspaces(now, each)?;
                    let end = memchr::memchr3(b'\n', b'\r', 8, rest).unwrap_or(rest.len());
                    let (text, tail) = rest.split_at(end);
                    rest = tail;
                    // The usual case, a whole line within one read, is handed on without a copy.
                    if tail.first() == Some(&b'\n')
                        && self.line.is_empty()
                        && !self.is_rewritten
                        && end <= LINE_BYTES_MAX
                    {
                        each(text)?;
                        rest = tail.get(1..).unwrap_or_default();
                    } else {
                        self.push(text, each)?;
                    }
                    continue;
                }
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        Ok(())
    }

    /// When [`LineSplitter::flush_due`] should be called if nothing comes in before.
    #[must_use]
    pub fn due(&self) -> Option<Duration> {
        let next = self.shown_at.map_or(Duration::ZERO, |at| at + REWRITE_INTERVAL);
        if self.has_unshown_state() { Some(next.max(self.fed_at + SETTLE)) } else { self.held.as_ref().map(|_| next) }
    }

    /// Hands on the newest state of a rewritten line if its time has come.
    ///
    /// # Errors
    /// The error of `each`.
    pub fn flush_due<E>(&mut self, now: Duration, each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if self.due().is_none_or(|due| due > now) {
            return Ok(());
        }
        if self.has_unshown_state() {
            self.held = None;
            self.shown_bytes = self.line.len();
            self.shown_at = Some(now);
            each(&self.line)
        } else {
            self.show_held(now, each)
        }
    }

    /// Hands on what is left when the stream has ended, a last line without an end included.
    ///
    /// # Errors
    /// The error of `each`.
    pub fn finish<E>(&mut self, each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        self.backspaces = 0;
        if self.line.is_empty() && self.held.is_none() { Ok(()) } else { self.end_line(each) }
    }

    fn has_unshown_state(&self) -> bool {
        self.is_rewritten && self.shown_bytes != self.line.len() && !is_blank(&self.line)
    }

    /// Adds text to the current line and hands on pieces of the greatest length.
    fn push<E>(&mut self, text: &[u8], each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut rest = text;
        while self.line.len() + rest.len() > LINE_BYTES_MAX {
            let (head, tail) = rest.split_at(LINE_BYTES_MAX.saturating_sub(self.line.len()).min(rest.len()));
            self.line.extend_from_slice(head);
            let cut = char_boundary(&self.line);
            let over = self.line.split_off(cut);
            let piece = std::mem::replace(&mut self.line, over);
            self.shown_bytes = 0;
            each(&piece)?;
            rest = tail;
        }
        self.line.extend_from_slice(rest);
        Ok(())
    }

    fn end_line<E>(&mut self, each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let held = self.held.take();
        let was_shown = self.is_rewritten && (self.shown_bytes == self.line.len() || is_blank(&self.line));
        let result = match held {
            // The newest state was blanked out or left as it was: the one before it is the last to be seen.
            Some(state) if was_shown => each(&state),
            _ if was_shown => Ok(()),
            _ => each(&self.line),
        };
        self.line.clear();
        self.shown_bytes = 0;
        self.shown_at = None;
        self.is_rewritten = false;
        self.after_return = false;
        self.backspaces = 0;
        result
    }

    fn apply_return<E>(&mut self, now: Duration, each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        if !std::mem::take(&mut self.after_return) {
            return Ok(());
        }
        self.rewrite(now, each)
    }

    fn apply_backspaces<E>(&mut self, now: Duration, each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let count = std::mem::take(&mut self.backspaces);
        if count == 0 {
            return Ok(());
        }
        if count >= self.line.iter().filter(|b| is_char_start(**b)).count() {
            return self.rewrite(now, each);
        }
        for _ in 0..count {
            while self.line.pop().is_some_and(|b| !is_char_start(b)) {}
        }
        Ok(())
    }

    /// The line begins anew: its state is shown, or held back if one was shown just before.
    fn rewrite<E>(&mut self, now: Duration, each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        self.is_rewritten = true;
        let was_shown = self.shown_bytes == self.line.len();
        self.shown_bytes = 0;
        if is_blank(&self.line) {
            self.line.clear();
            // Blanks wipe a bar away: what it said last is shown now, or it would never be.
            return self.show_held(now, each);
        }
        if was_shown {
            self.line.clear();
            return Ok(());
        }
        let state = std::mem::take(&mut self.line);
        self.held = Some(state);
        if self.shown_at.is_none_or(|at| now >= at + REWRITE_INTERVAL) { self.show_held(now, each) } else { Ok(()) }
    }

    fn show_held<E>(&mut self, now: Duration, each: &mut impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        match self.held.take() {
            Some(state) => {
                self.shown_at = Some(now);
                each(&state)
            }
            None => Ok(()),
        }
    }
}

fn is_char_start(byte: u8) -> bool {
    byte & 0xc0 != 0x80
}

/// Whether a state shows nothing: blanks, or only an erase sequence.
fn is_blank(state: &[u8]) -> bool {
    match std::str::from_utf8(state) {
        Ok(text) if state.len() < 512 => super::ansi::plain_text(text).trim().is_empty(),
        _ => state.iter().all(u8::is_ascii_whitespace),
    }
}

/// Where to cut `line` so that no UTF-8 character is torn: at most three bytes before its end.
fn char_boundary(line: &[u8]) -> usize {
    let tail = line.iter().rev().take(3).take_while(|b| !is_char_start(**b)).count();
    let lead = line.len().saturating_sub(tail + 1);
    let needed = match line.get(lead) {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => 1,
    };
    if needed > tail + 1 && lead > 0 { lead } else { line.len() }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    struct Bench {
        splitter: LineSplitter,
        lines: Vec<String>,
    }

    impl Bench {
        fn new() -> Self {
            Self { splitter: LineSplitter::default(), lines: Vec::new() }
        }

        fn feed(&mut self, at: u64, text: &str) {
            let lines = &mut self.lines;
            let done: Result<(), Infallible> = self.splitter.feed(text.as_bytes(), ms(at), &mut |l| {
                lines.push(String::from_utf8_lossy(l).into_owned());
                Ok(())
            });
            done.unwrap();
        }

        fn tick(&mut self, at: u64) {
            let lines = &mut self.lines;
            let done: Result<(), Infallible> = self.splitter.flush_due(ms(at), &mut |l| {
                lines.push(String::from_utf8_lossy(l).into_owned());
                Ok(())
            });
            done.unwrap();
        }

        fn finish(mut self) -> Vec<String> {
            let lines = &mut self.lines;
            let done: Result<(), Infallible> = self.splitter.finish(&mut |l| {
                lines.push(String::from_utf8_lossy(l).into_owned());
                Ok(())
            });
            done.unwrap();
            self.lines
        }
    }

    #[test]
    fn lines_end_at_line_feeds_wherever_reads_fall() {
        for cut in 0..18 {
            let mut bench = Bench::new();
            let text = "one\r\n\ntwo\nthree\r\nx";
            let (a, b) = text.split_at(cut);
            bench.feed(0, a);
            bench.feed(1, b);
            assert_eq!(bench.finish(), ["one", "", "two", "three", "x"], "cut at {cut}");
        }
    }

    #[test]
    fn child_bytes_bar_shows_ten_states_a_second_and_the_last() {
        let mut bench = Bench::new();
        for i in 0..=1000 {
            bench.feed(i, &format!("\r{:3}%", i / 10));
        }
        bench.feed(1000, "\ndone\n");
        let lines = bench.finish();
        assert!((10..=13).contains(&lines.len()), "{lines:?}");
        assert_eq!(lines[lines.len() - 2..], ["100%", "done"]);
    }

    #[test]
    fn a_bar_that_stands_still_is_shown_once() {
        let mut bench = Bench::new();
        bench.feed(0, "\r 10%");
        bench.tick(20);
        assert!(bench.lines.is_empty(), "not settled yet");
        bench.tick(60);
        bench.tick(400);
        assert_eq!(bench.lines, [" 10%"]);
        bench.feed(500, "\r 20%");
        bench.feed(501, "\r 30%");
        assert_eq!(bench.splitter.due(), Some(ms(601)), "20% was shown at 501");
        bench.tick(601);
        assert_eq!(bench.splitter.due(), None);
        bench.feed(700, "\n");
        assert_eq!(bench.finish(), [" 10%", " 20%", " 30%"]);
    }

    #[test]
    fn a_bar_that_is_wiped_away_leaves_its_last_state() {
        let mut bench = Bench::new();
        bench.feed(0, "a 1%\ra 2%\ra 100%\r\u{1b}[2K\rnext\n");
        assert_eq!(bench.finish(), ["a 1%", "a 100%", "next"]);
    }

    #[test]
    fn backspaces_rewrite_as_keras_does() {
        let mut bench = Bench::new();
        bench.feed(0, "1/3 [=>...]");
        bench.feed(0, &"\u{8}".repeat(11));
        bench.feed(200, "2/3 [==>..]");
        bench.feed(200, &"\u{8}".repeat(20));
        bench.feed(400, "\r3/3 [=====]\n");
        assert_eq!(bench.finish(), ["1/3 [=>...]", "2/3 [==>..]", "3/3 [=====]"]);
    }

    #[test]
    fn a_spinner_overwrites_one_character() {
        let mut bench = Bench::new();
        bench.feed(0, "wait |\u{8}/\u{8}-\u{8}é\u{8}ok\n");
        assert_eq!(bench.finish(), ["wait ok"]);
    }

    #[test]
    fn child_flood_long_lines_are_split_between_characters() {
        let mut bench = Bench::new();
        let text = "é".repeat(LINE_BYTES_MAX);
        bench.feed(0, "x");
        bench.feed(0, &text);
        bench.feed(0, "\n");
        let lines = bench.finish();
        assert_eq!(lines.len(), 3);
        assert_eq!(lines.concat(), format!("x{text}"));
        assert!(lines.iter().all(|l| l.len() <= LINE_BYTES_MAX && !l.contains('\u{fffd}')));
    }

    #[test]
    fn a_last_line_without_an_end_is_kept() {
        let mut bench = Bench::new();
        bench.feed(0, "a\nb");
        assert_eq!(bench.finish(), ["a", "b"]);
        let mut bench = Bench::new();
        bench.feed(0, "1%\r2%\r3%\r");
        assert_eq!(bench.finish(), ["1%", "3%"]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_and_plain_ones_are_all_kept(
            chunks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 0..20)
        ) {
            let mut splitter = LineSplitter::default();
            let mut seen = Vec::new();
            let mut each = |line: &[u8]| -> Result<(), Infallible> {
                seen.extend_from_slice(line);
                seen.push(b'\n');
                Ok(())
            };
            for (i, chunk) in chunks.iter().enumerate() {
                splitter.feed(chunk, ms(i as u64 * 30), &mut each).unwrap();
                splitter.flush_due(ms(i as u64 * 30 + 10), &mut each).unwrap();
            }
            splitter.finish(&mut each).unwrap();
            let mut all = chunks.concat();
            if !all.contains(&b'\r') && !all.contains(&8) {
                if all.last().is_some_and(|b| *b != b'\n') {
                    all.push(b'\n');
                }
                prop_assert_eq!(seen, all);
            }
        }
    }
}
