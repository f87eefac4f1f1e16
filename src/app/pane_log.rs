//! The lines of one message pane: bounded, numbered, searchable.
//!
//! Lives on the thread that shows it. Knows no window: a pane's model reads it and asks what changed.

use std::borrow::Cow;
use std::collections::VecDeque;

use crate::app::printable::printable;
use crate::batch::{Level, LineId, Message, Span};
use crate::source::terminal::ROWS;

/// How many lines a pane keeps if nobody says otherwise; the oldest go first.
pub const DEFAULT_LINES: usize = 10_000;

/// The newest lines of a pane. Lines are numbered from zero since the last [`PaneLog::clear`]; the numbers of dropped
/// lines are not used again.
#[derive(Debug)]
pub struct PaneLog {
    lines: VecDeque<PaneLine>,
    first_number: u64,
    capacity: usize,
    generation: u64,
    skipped: u64,
    /// How often lines were replaced.
    replacements: u64,
    /// The newest replacements: the first number touched by those from a count on is among them.
    replaced: VecDeque<u64>,
}

/// One line of a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct PaneLine {
    /// Seconds since the job's start, to five decimals as people read it.
    pub time: String,
    /// The same as a number; `None` for what nobody said at any time.
    pub time_secs: Option<f64>,
    /// How much it matters.
    pub level: Level,
    /// Plain text.
    pub text: String,
    /// How parts of it look; byte ranges of `text`.
    pub spans: Box<[Span]>,
    /// Which line of the job's stream it is, if the program may rewrite it.
    pub id: Option<LineId>,
}

impl Default for PaneLog {
    fn default() -> Self {
        Self {
            lines: VecDeque::new(),
            first_number: 0,
            capacity: DEFAULT_LINES,
            generation: 0,
            skipped: 0,
            replacements: 0,
            replaced: VecDeque::new(),
        }
    }
}

impl PaneLog {
    /// Adds a line, or puts it in the place of what the program said of the same line before; drops the oldest one when
    /// the pane is full. A line that was dropped already stays so.
    pub fn push(&mut self, message: Message) {
        let time = format!("{:.5}", message.time_secs);
        let (text, spans) = fit(message.text, message.spans);
        let time_secs = Some(message.time_secs).filter(|secs| secs.is_finite());
        let line = PaneLine { time, time_secs, level: message.level, text, spans, id: message.line };
        match message.line.map(|id| self.place(id.number)) {
            Some(Place::Kept(offset)) => {
                if let Some(kept) = self.lines.get_mut(offset) {
                    *kept = line;
                    self.note_replaced(self.first_number + offset as u64);
                }
            }
            Some(Place::Dropped) => {}
            Some(Place::Unknown) | None => self.push_line(line),
        }
    }

    /// Where the line of a number in the job's stream is.
    fn place(&self, number: u64) -> Place {
        let mut has_later = false;
        // A program rewrites its last rows only. Other messages may stand between them.
        for (offset, line) in self.lines.iter().enumerate().rev().take(4 * ROWS) {
            match line.id {
                Some(id) if id.number == number => return Place::Kept(offset),
                Some(id) if id.number < number => return Place::Unknown,
                Some(_) => has_later = true,
                None => {}
            }
        }
        if has_later && self.first_number > 0 { Place::Dropped } else { Place::Unknown }
    }

    fn note_replaced(&mut self, number: u64) {
        self.replacements += 1;
        // More than a pane can be asked about at once: it then looks at all of its last rows.
        if self.replaced.len() >= ROWS {
            self.replaced.pop_front();
        }
        self.replaced.push_back(number);
    }

    /// How often lines were replaced so far: with [`PaneLog::replaced_since`], what a reader needs to know which lines
    /// look different from what it has seen.
    #[must_use]
    pub fn replacements(&self) -> u64 {
        self.replacements
    }

    /// The first and the last line that were replaced since [`PaneLog::replacements`] was `count`, if one was.
    #[must_use]
    pub fn replaced_since(&self, count: u64) -> Option<(u64, u64)> {
        let new = usize::try_from(self.replacements.saturating_sub(count)).unwrap_or(usize::MAX);
        if new > self.replaced.len() {
            // Too long ago to tell: all that can have been rewritten.
            return self.end_number().checked_sub(1).map(|last| (self.first_number, last));
        }
        let touched = || self.replaced.iter().rev().take(new).copied().filter(|number| *number >= self.first_number);
        touched().min().zip(touched().max())
    }

    /// Says that `count` lines were skipped because they came faster than they could be shown.
    pub fn push_skipped(&mut self, count: u64) {
        let text = format!("{count} lines were skipped here: they came faster than they could be shown");
        let (time, spans) = (String::new(), Box::default());
        self.push_line(PaneLine { time, time_secs: None, level: Level::Warning, text, spans, id: None });
        self.skipped += count;
    }

    fn push_line(&mut self, line: PaneLine) {
        if self.lines.len() >= self.capacity {
            self.lines.pop_front();
            self.first_number += 1;
        }
        self.lines.push_back(line);
    }

    /// Forgets all lines and starts the numbering again.
    pub fn clear(&mut self) {
        self.lines.clear();
        self.first_number = 0;
        self.skipped = 0;
        self.replaced.clear();
        self.generation += 1;
    }

    /// Keeps at most `lines` lines from now on, at least one.
    pub fn set_capacity(&mut self, lines: usize) {
        self.capacity = lines.max(1);
        while self.lines.len() > self.capacity {
            self.lines.pop_front();
            self.first_number += 1;
        }
    }

    /// Rises with every [`PaneLog::clear`], so that a reader sees that the numbering began anew.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Number of the oldest line kept.
    #[must_use]
    pub fn first_number(&self) -> u64 {
        self.first_number
    }

    /// One past the number of the newest line.
    #[must_use]
    pub fn end_number(&self) -> u64 {
        self.first_number + self.lines.len() as u64
    }

    /// How many lines were said since the last clear, skipped and dropped ones included.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.end_number() + self.skipped
    }

    /// The line of that number, if it is still kept.
    #[must_use]
    pub fn line(&self, number: u64) -> Option<&PaneLine> {
        self.lines.get(usize::try_from(number.checked_sub(self.first_number)?).ok()?)
    }

    /// The lines `from..=to` as text: time, a tab, the text, each line ended by a newline.
    #[must_use]
    pub fn text(&self, from: u64, to: u64) -> String {
        let mut text = String::new();
        for line in (from..=to).filter_map(|number| self.line(number)) {
            text.extend([line.time.as_str(), "\t", line.text.as_str(), "\n"]);
        }
        text
    }

    /// When the line of a number was said, in seconds since the job's start.
    #[must_use]
    pub fn time_of(&self, number: u64) -> Option<f64> {
        self.line(number)?.time_secs
    }

    /// Number of the line that was said nearest to a time, of equals the last: what belongs to a sample that came then, as a
    /// line and its numbers are not told at quite the same time. `None` if no line has one.
    #[must_use]
    pub fn row_near(&self, time_secs: f64) -> Option<u64> {
        // No search by halves: a line that was rewritten is younger than those below it, and programs may say any time.
        let distance =
            |line: &PaneLine| Some((line.time_secs? - time_secs).abs()).filter(|distance| !distance.is_nan());
        let distances =
            self.lines.iter().enumerate().rev().filter_map(|(offset, line)| Some((offset, distance(line)?)));
        let nearest = distances.min_by(|(_, a), (_, b)| a.total_cmp(b));
        nearest.map(|(offset, _)| self.first_number + offset as u64)
    }

    /// Number of the next line after `from` (or before it, going `backwards`) that contains `needle` whatever the case;
    /// goes on from the other end. `None` if no line does.
    #[must_use]
    pub fn find(&self, needle: &str, from: u64, backwards: bool) -> Option<u64> {
        let count = self.lines.len() as u64;
        if needle.is_empty() || count == 0 {
            return None;
        }
        let needle = needle.to_lowercase();
        let start = from.saturating_sub(self.first_number).min(count - 1);
        (1..=count)
            .map(|step| if backwards { (start + count - step) % count } else { (start + step) % count })
            .map(|offset| self.first_number + offset)
            .find(|&number| self.line(number).is_some_and(|line| line.text.to_lowercase().contains(&needle)))
    }
}

/// Where a line is that is said again.
enum Place {
    /// At this offset.
    Kept(usize),
    /// It was the oldest of a full pane.
    Dropped,
    /// It was never shown, or a person cleared the pane.
    Unknown,
}

/// The text as it can be shown, and its spans at the same characters.
fn fit(text: String, spans: Box<[Span]>) -> (String, Box<[Span]>) {
    let shown = match printable(&text) {
        Cow::Borrowed(_) => return (text, spans),
        Cow::Owned(shown) => shown,
    };
    if spans.is_empty() || shown.len() == text.len() {
        return (shown, spans);
    }
    // Each character has one that stands for it, perhaps of another length.
    let places = |text: &str| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect::<Vec<_>>();
    let (old, new) = (places(&text), places(&shown));
    let moved = |at: u32| {
        let place = old.partition_point(|old| *old < at as usize);
        u32::try_from(new.get(place).copied().unwrap_or(shown.len())).unwrap_or(u32::MAX)
    };
    let moved = spans.iter().map(|span| {
        let start = moved(span.start);
        Span { start, len: moved(span.start + span.len) - start, ..*span }
    });
    let moved = moved.collect();
    (shown, moved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Pane, TextStyle};

    fn row(number: u64, text: &str) -> Message {
        Message { line: Some(LineId { number, is_open: false }), ..message(text) }
    }

    fn texts(log: &PaneLog) -> Vec<&str> {
        (log.first_number()..log.end_number()).map(|number| log.line(number).unwrap().text.as_str()).collect()
    }

    #[test]
    fn child_bytes_a_rewritten_line_stays_in_its_place() {
        let mut log = PaneLog::default();
        log.push(message("started"));
        log.push(row(0, "outer 1"));
        log.push(row(1, "inner 1"));
        log.push(message("a message between"));
        let seen = log.replacements();
        assert_eq!(log.replaced_since(seen), None);
        log.push(row(1, "inner 2"));
        log.push(row(0, "outer 2"));
        log.push(row(2, "end"));
        assert_eq!(texts(&log), ["started", "outer 2", "inner 2", "a message between", "end"]);
        assert_eq!((log.total(), log.replaced_since(seen)), (5, Some((1, 2))));
        assert_eq!(log.replaced_since(log.replacements()), None);
    }

    #[test]
    fn a_reader_that_was_away_for_long_looks_at_all_lines() {
        let mut log = PaneLog::default();
        log.push(row(0, "a"));
        log.push(row(1, "b"));
        for i in 0..1000 {
            log.push(row(1, &i.to_string()));
        }
        assert_eq!((log.replaced_since(0), log.replaced_since(999)), (Some((0, 1)), Some((1, 1))));
        assert!(log.replaced.len() <= ROWS, "bounded");
    }

    #[test]
    fn a_line_that_a_full_pane_dropped_does_not_come_back() {
        let mut log = PaneLog::default();
        log.set_capacity(2);
        (0..3).for_each(|number| log.push(row(number, "line")));
        log.push(row(0, "rewritten"));
        assert_eq!((texts(&log), log.total()), (vec!["line", "line"], 3));
    }

    #[test]
    fn a_bar_goes_on_in_a_pane_that_was_cleared() {
        let mut log = PaneLog::default();
        log.push(row(0, "1%"));
        log.clear();
        log.push(row(0, "2%"));
        log.push(row(0, "3%"));
        assert_eq!(texts(&log), ["3%"]);
    }

    #[test]
    fn spans_stay_at_their_characters() {
        let span = |start, len| Span { start, len, style: TextStyle { is_bold: true, ..TextStyle::default() } };
        let mut log = PaneLog::default();
        log.push(Message { spans: [span(0, 1), span(4, 2)].into(), ..row(0, "\u{7}\u{200e}xy") });
        let line = log.line(0).unwrap();
        assert_eq!(line.text, "\u{2407}\u{fffd}xy");
        assert_eq!(&line.spans[..], [span(0, 3), span(6, 2)]);
    }

    fn message(text: &str) -> Message {
        Message::new(Pane::Worker, Level::Info, 0.25, text)
    }

    fn log_of(texts: &[&str]) -> PaneLog {
        let mut log = PaneLog::default();
        texts.iter().for_each(|text| log.push(message(text)));
        log
    }

    #[test]
    fn a_full_pane_drops_its_oldest_line_and_keeps_the_numbers() {
        let mut log = log_of(&["a", "b", "c"]);
        log.set_capacity(2);
        assert_eq!((log.first_number(), log.end_number()), (1, 3));
        log.push(message("d"));
        assert_eq!(log.line(1), None);
        assert_eq!(log.line(3).unwrap().text, "d");
    }

    #[test]
    fn clearing_starts_anew() {
        let mut log = log_of(&["a"]);
        log.clear();
        assert_eq!((log.first_number(), log.end_number(), log.generation()), (0, 0, 1));
    }

    #[test]
    fn skipped_lines_are_counted_and_said() {
        let mut log = log_of(&["a"]);
        log.push_skipped(41);
        assert_eq!((log.end_number(), log.total()), (2, 43));
        assert!(log.line(log.end_number() - 1).unwrap().text.starts_with("41 lines"));
    }

    #[test]
    fn lines_are_found_by_time() {
        let at = |time_secs: f64, number: u64| Message { time_secs, ..row(number, "line") };
        let mut log = PaneLog::default();
        (0..4).for_each(|i| log.push(at(i as f64, i)));
        log.push_skipped(3);
        assert_eq!([-5.0, 0.4, 1.5, 2.9, 99.0].map(|secs| log.row_near(secs)), [0, 0, 2, 3, 3].map(Some));
        assert_eq!((log.row_near(f64::NAN), PaneLog::default().row_near(0.0)), (None, None));
        // A bar above the others, which is rewritten.
        log.push(at(10.0, 1));
        assert_eq!([0.9, 2.4, 9.0, 10.0].map(|secs| log.row_near(secs)), [0, 2, 1, 1].map(Some));
        assert_eq!((log.time_of(1), log.time_of(4), log.time_of(5)), (Some(10.0), None, None));
        log.set_capacity(2);
        assert_eq!((log.row_near(2.5), log.time_of(0)), (Some(3), None), "what was dropped is not found");
    }

    #[test]
    fn text_has_the_time_beside_each_line() {
        assert_eq!(log_of(&["one", "two"]).text(0, 1), "0.25000\tone\n0.25000\ttwo\n");
    }

    #[test]
    fn find_goes_round_in_both_directions_whatever_the_case() {
        let log = log_of(&["Alpha", "beta", "alphabet"]);
        assert_eq!(log.find("ALPHA", 0, false), Some(2));
        assert_eq!(log.find("alpha", 2, false), Some(0));
        assert_eq!(log.find("alpha", 0, true), Some(2));
        assert_eq!(log.find("gamma", 0, false), None);
        assert_eq!(log.find("", 0, false), None);
    }
}
