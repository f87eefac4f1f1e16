//! A line for a pane.
//!
//! Plain data.

use super::{Level, Pane, Span};

/// A line for one of the panes.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// The pane that shows it.
    pub pane: Pane,
    /// How much it matters.
    pub level: Level,
    /// Seconds since the job's start, t0.
    pub time_secs: f64,
    /// Plain text of one line; never trusted as markup.
    pub text: String,
    /// Which line of the pane's stream this is, if the program may rewrite it. A later message with the same pane and
    /// number takes the place of the earlier.
    pub line: Option<LineId>,
    /// How parts of the text look, in ascending order and apart; empty for plain text.
    pub spans: Box<[Span]>,
}

impl Message {
    /// A line of plain text that nothing takes the place of.
    #[must_use]
    pub fn new(pane: Pane, level: Level, time_secs: f64, text: impl Into<String>) -> Self {
        Self { pane, level, time_secs, text: text.into(), line: None, spans: Box::default() }
    }

    /// Bytes that it holds besides itself.
    #[must_use]
    pub fn held_bytes(&self) -> usize {
        self.text.len() + size_of_val(&self.spans[..])
    }

    /// Whether it takes the place of `earlier`.
    #[must_use]
    pub fn replaces(&self, earlier: &Self) -> bool {
        self.pane == earlier.pane
            && self.line.zip(earlier.line).is_some_and(|(this, other)| this.number == other.number)
    }
}

/// Names a line of a pane's stream within one job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineId {
    /// Counts the lines of the stream from zero; a line is never said for the first time before one of a lower number.
    pub number: u64,
    /// Whether this is only the beginning of a line, shown because nothing followed for a while, as a question is. The
    /// whole line always follows, so whoever cannot take a line back leaves this out.
    pub is_open: bool,
}
