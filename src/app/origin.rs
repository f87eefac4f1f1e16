//! The wall clock at time 0 of the lines of a recorded run, as its log tells it.
//!
//! Plain data on the reader's thread.

use crate::batch::{Notice, Pane};
use crate::record::{Body, Entry, Header};

/// A change that is not worth a word: lines are told to some milliseconds.
const WORTH_NANOS: i64 = 1_000_000;

/// What is known so far.
#[derive(Debug)]
pub(super) struct Origin {
    created_nanos: i64,
    /// By the lines that a job said itself, whose time counts from its own start.
    by_lines: Option<i64>,
}

impl Origin {
    /// What the log's first record says: right for what a command wrote, which has the log's own time.
    pub fn new(header: &Header) -> Self {
        Self { created_nanos: header.created_nanos, by_lines: None }
    }

    /// For who shows the run.
    pub fn notice(&self) -> Notice {
        Notice::Origin(Some(self.by_lines.unwrap_or(self.created_nanos)))
    }

    /// Takes in an entry; what it tells better, for who shows the run. Each line has its own time and that of the log: the
    /// smallest difference is the least delayed.
    pub fn refine(&mut self, entry: &Entry) -> Option<Notice> {
        let Body::Notice(Notice::Message(message)) = &entry.body else { return None };
        if message.pane == Pane::Control || !message.time_secs.is_finite() {
            return None;
        }
        let time_nanos = i64::try_from(entry.time_nanos).ok()?;
        let origin = self.created_nanos.checked_add(time_nanos)?.checked_sub((message.time_secs * 1e9) as i64)?;
        if self.by_lines.is_some_and(|known| origin > known.saturating_sub(WORTH_NANOS)) {
            return None;
        }
        self.by_lines = Some(origin);
        Some(self.notice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::{Level, Message};

    #[test]
    fn lines_tell_when_their_time_began_to_count() {
        let header = Header {
            format_version: 1,
            run_id: String::new(),
            name: String::new(),
            created_nanos: 1_000_000_000_000,
            program_version: String::new(),
        };
        let mut origin = Origin::new(&header);
        assert_eq!(origin.notice(), Notice::Origin(Some(1_000_000_000_000)));
        let mut line = |pane, time_nanos: u64, time_secs: f64| {
            let message = Message::new(pane, Level::Info, time_secs, "line");
            origin.refine(&Entry { seq: 1, time_nanos, body: Body::Notice(Notice::Message(message)) })
        };
        assert_eq!(line(Pane::Control, 0, 5.0), None, "said by whoever records");
        assert_eq!(line(Pane::Worker, 3_000_000_000, 2.5), Some(Notice::Origin(Some(1_000_500_000_000))));
        assert_eq!(line(Pane::Worker, 9_000_000_000, 2.5), None, "told late");
        assert_eq!(line(Pane::Worker, 4_000_000_000, 3.8), Some(Notice::Origin(Some(1_000_200_000_000))));
        assert_eq!(line(Pane::Worker, 5_000_000_000, 4.800_1), None, "no news");
        for time_secs in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
            _ = line(Pane::Receiver, u64::MAX, time_secs);
            _ = line(Pane::Receiver, 1, time_secs);
        }
    }
}
