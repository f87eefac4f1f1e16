//! What stands in a log besides what the job made: its header, gaps, and the end. As plain values.

use crate::batch::{Failure, Item, Notice, Outcome};
use std::fmt;

/// How a run stands, or how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunState {
    /// It is being recorded.
    Running,
    /// It ended by itself.
    Finished,
    /// It ended by an error.
    Failed,
    /// It ended because it was asked to.
    Stopped,
    /// Its recorder is gone without having written an end: killed, or the machine went down.
    Interrupted,
}

impl RunState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Running, Self::Finished, Self::Failed, Self::Stopped, Self::Interrupted];

    /// One word, as in `meta.json`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
        }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    /// In one word.
    pub state: RunState,
    /// Exit status that the program hands on, where there is one.
    pub exit_code: Option<i32>,
    /// The summary of a job that ended well, or why it failed; may be empty.
    pub text: String,
}

impl From<&Outcome> for RunEnd {
    fn from(outcome: &Outcome) -> Self {
        let state = if outcome.was_stopped { RunState::Stopped } else { RunState::Finished };
        Self { state, exit_code: Some(outcome.exit_code), text: outcome.summary.clone() }
    }
}

impl From<&Failure> for RunEnd {
    fn from(failure: &Failure) -> Self {
        Self { state: RunState::Failed, exit_code: Some(failure.exit_code), text: failure.text.clone() }
    }
}

impl From<&Result<Outcome, Failure>> for RunEnd {
    fn from(result: &Result<Outcome, Failure>) -> Self {
        match result {
            Ok(outcome) => outcome.into(),
            Err(failure) => failure.into(),
        }
    }
}

/// The first record of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Version of the format, see `docs/run-format.md`.
    pub format_version: u32,
    /// Eight hexadecimal digits that tell the run from others of its name.
    pub run_id: String,
    /// The run's name as it was given; plain text from anywhere.
    pub name: String,
    /// When the run began: nanoseconds since the Unix epoch by the wall clock, which may have jumped since.
    pub created_nanos: i64,
    /// Version of the program that wrote the log.
    pub program_version: String,
}

/// What was not recorded, in place of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gap {
    /// Items that carried samples.
    pub items: u64,
    /// Samples in them.
    pub samples: u64,
    /// Notices, lines of text among them.
    pub notices: u64,
    /// When the first was left out: nanoseconds since the run's start.
    pub from_nanos: u64,
    /// When the last was left out: nanoseconds since the run's start.
    pub to_nanos: u64,
    /// Why, in words for a person.
    pub reason: String,
}

impl Gap {
    /// Whether nothing is missing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items == 0 && self.notices == 0
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { samples, notices, reason, .. } = self;
        let (from, to) = (self.from_nanos as f64 / 1e9, self.to_nanos as f64 / 1e9);
        write!(f, "Not recorded from {from:.3} s to {to:.3} s: {samples} samples and {notices} messages ({reason})")
    }
}

/// One record of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its place in the order of all records of the run: each is greater than the one before.
    pub seq: u64,
    /// When the recorder got it: nanoseconds since the run's start by a clock that never jumps.
    pub time_nanos: u64,
    /// What it says.
    pub body: Body,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// Samples, or what they belong to.
    Item(Item),
    /// What the job said.
    Notice(Notice),
    /// Something is missing here.
    Gap(Gap),
    /// The run's end; nothing follows.
    End(RunEnd),
}
