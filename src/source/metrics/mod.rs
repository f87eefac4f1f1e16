//! From a printed line to numbers with a name.
//!
//! A [`MetricParser`] reads the lines of one job, in order, on the worker's thread. It knows no process, no channel and
//! no store.
//!
//! What a line counts is x: its step, else its batch within the epochs so far, else its epoch, else the number of the
//! line. A series keeps the count that it began with, so that its x never changes meaning, and once a job has shown a
//! fine count, lines that show a coarser one or none stand at the place last shown: all curves share one axis.
//!
//! A number that is named only once, on a line that counts nothing, is taken for a setting and not for a curve.

mod bar;
mod columns;
mod names;
mod pairs;
mod parser;
mod pattern;
mod position;
mod reading;
mod share;
mod stamp;
mod token;

pub use parser::{MetricParser, MetricSample, MetricSeries, Readings};
pub use pattern::{Pattern, PatternError};

/// How numbers are found in the lines that a command prints.
#[derive(Clone, Debug, Default)]
pub enum Metrics {
    /// By what programs usually print.
    #[default]
    Auto,
    /// By the user's regular expression.
    Pattern(Pattern),
}

impl Metrics {
    /// What was given: `auto`, or the regular expression.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Auto => "auto",
            Self::Pattern(pattern) => pattern.text(),
        }
    }
}

impl std::str::FromStr for Metrics {
    type Err = PatternError;

    /// `auto`, or a regular expression.
    fn from_str(text: &str) -> Result<Self, PatternError> {
        if text == "auto" { Ok(Self::Auto) } else { Pattern::new(text).map(Self::Pattern) }
    }
}
