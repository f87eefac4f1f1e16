//! The lines of one message pane: bounded, numbered, searchable.
//!
//! Lives on the thread that shows it. Knows no window: a pane's model reads it and asks what changed.

use std::collections::VecDeque;

use crate::app::printable::printable;
use crate::batch::{Level, Message};

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
}

/// One line of a pane.
#[derive(Clone, Debug, PartialEq)]
pub struct PaneLine {
    /// Seconds since the job's start, to five decimals as people read it.
    pub time: String,
    /// How much it matters.
    pub level: Level,
    /// Plain text.
    pub text: String,
}

impl Default for PaneLog {
    fn default() -> Self {
        Self { lines: VecDeque::new(), first_number: 0, capacity: DEFAULT_LINES, generation: 0, skipped: 0 }
    }
}

impl PaneLog {
    /// Adds a line; drops the oldest one when the pane is full.
    pub fn push(&mut self, message: Message) {
        let time = format!("{:.5}", message.time_secs);
        let text = printable(&message.text).into_owned();
        self.push_line(PaneLine { time, level: message.level, text });
    }

    /// Says that `count` lines were skipped because they came faster than they could be shown.
    pub fn push_skipped(&mut self, count: u64) {
        let text = format!("{count} lines were skipped here: they came faster than they could be shown");
        self.push_line(PaneLine { time: String::new(), level: Level::Warning, text });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::Pane;

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
