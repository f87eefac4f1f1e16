//! A rule: when it holds, and what is done then.
//!
//! Plain data.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use regex::Regex;

use super::parser;

/// What a job is watched for, and what is done then; read from text, see docs/rules.md.
#[derive(Clone, Debug)]
pub struct Rule {
    pub(super) text: String,
    pub(super) condition: Condition,
    pub(super) actions: Actions,
}

/// What is done when a rule holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Actions {
    /// The desktop tells the person.
    pub notify: bool,
    /// The job is held.
    pub pause: bool,
    /// The job is asked to stop.
    pub stop: bool,
}

/// Why a text is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The text.
    pub text: String,
    /// Where it is wrong, in characters from its start.
    pub place: usize,
    /// What is wrong there, and what to write.
    pub why: String,
}

/// When a rule holds.
#[derive(Clone, Debug)]
pub(super) enum Condition {
    /// So many samples in a row of a series pass the test.
    Samples { series: Pattern, test: Test, count: u32 },
    /// No sample came for so long; of any series, if none is named.
    Silent { series: Option<Pattern>, after: Duration },
    /// The job has ended.
    End,
    /// The job has failed.
    Fail,
}

/// What is asked of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Test {
    Less(f64),
    LessOrEqual(f64),
    Greater(f64),
    GreaterOrEqual(f64),
    Equal(f64),
    NotEqual(f64),
    Nan,
    Infinite,
    NotFinite,
}

/// Names of series: whole, `*` for any characters, `?` for one.
#[derive(Clone, Debug)]
pub(super) struct Pattern(Regex);

impl Rule {
    /// The rule as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is done when it holds.
    #[must_use]
    pub fn actions(&self) -> Actions {
        self.actions
    }
}

impl FromStr for Rule {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        parser::parse(text)
    }
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A control character would break the lines that the caret stands in.
        let line: String = self.text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        write!(f, "{}\n    {line}\n    {:place$}^", self.why, "", place = self.place)
    }
}

impl std::error::Error for RuleError {}

impl Test {
    pub fn holds(self, y: f64) -> bool {
        match self {
            Self::Less(bound) => y < bound,
            Self::LessOrEqual(bound) => y <= bound,
            Self::Greater(bound) => y > bound,
            Self::GreaterOrEqual(bound) => y >= bound,
            Self::Equal(bound) => y == bound,
            // Nothing can be said of what is not a number.
            Self::NotEqual(bound) => !y.is_nan() && y != bound,
            Self::Nan => y.is_nan(),
            Self::Infinite => y.is_infinite(),
            Self::NotFinite => !y.is_finite(),
        }
    }
}

impl Pattern {
    /// The names that `glob` means, or exactly `glob` if it `is_literal`.
    pub fn new(glob: &str, is_literal: bool) -> Option<Self> {
        let mut pattern = regex::escape(glob);
        if !is_literal {
            pattern = pattern.replace(r"\*", ".*").replace(r"\?", ".");
        }
        Regex::new(&format!("(?s)^(?:{pattern})$")).ok().map(Self)
    }

    pub fn is_match(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}
