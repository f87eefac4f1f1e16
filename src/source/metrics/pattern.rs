//! Metrics by the user's own regular expression.
//!
//! Built on the GUI or main thread, used on the worker's.

use regex::Regex;

use crate::source::float;

/// A regular expression that finds the numbers of a line.
///
/// - Named groups: each is a series of that name; a group `step` or `x` is x, where it matches.
/// - Two groups without names: the name and the value of a series. The pattern is applied again and again along the line.
/// - One group without a name: the value of the series `value`.
#[derive(Clone, Debug)]
pub struct Pattern {
    regex: Regex,
    groups: Groups,
}

/// Why a pattern cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// It is no regular expression; the text marks the place by a caret.
    #[error("the pattern for metrics cannot be read:\n{0}")]
    Syntax(String),
    /// It has no groups, or other ones than can be understood.
    #[error(
        "the pattern for metrics has {count} groups without names:\n    {pattern}\n    {caret}\n\
         name each group after its series, as in `loss=(?<loss>\\S+)`, or use two groups for a name and a value, \
         as in `(\\w+)=(\\S+)`, or one for a value"
    )]
    Groups {
        /// The pattern.
        pattern: String,
        /// Blanks and a caret under the place.
        caret: String,
        /// Number of groups.
        count: usize,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Groups {
    /// The groups that are series, and the one that is x.
    Named {
        series: Vec<(usize, String)>,
        x: Option<usize>,
    },
    KeyValue,
    Value,
}

impl Pattern {
    /// The regular expression.
    #[must_use]
    pub fn text(&self) -> &str {
        self.regex.as_str()
    }

    /// Compiles `pattern`, in the syntax of the `regex` crate.
    ///
    /// # Errors
    /// [`PatternError`], in words and with the place marked.
    pub fn new(pattern: &str) -> Result<Self, PatternError> {
        let regex = Regex::new(pattern).map_err(|error| PatternError::Syntax(error.to_string()))?;
        let named: Vec<(usize, String)> =
            regex.capture_names().enumerate().filter_map(|(i, name)| Some((i, name?.to_owned()))).collect();
        let groups = match (named.is_empty(), regex.captures_len() - 1) {
            (false, _) => {
                let x = named.iter().find(|(_, name)| is_x(name)).map(|(i, _)| *i);
                Groups::Named { series: named.into_iter().filter(|(_, name)| !is_x(name)).collect(), x }
            }
            (true, 2) => Groups::KeyValue,
            (true, 1) => Groups::Value,
            (true, count) => {
                // The first group too many, or the end where one is missing.
                let place = pattern
                    .match_indices('(')
                    .filter(|(at, _)| !pattern.get(..*at).unwrap_or_default().ends_with('\\'))
                    .filter(|(at, _)| !pattern.get(at + 1..).unwrap_or_default().starts_with('?'))
                    .nth(2)
                    .map_or(pattern.len(), |(at, _)| at);
                let blanks = pattern.get(..place).unwrap_or_default().chars().count();
                return Err(PatternError::Groups {
                    pattern: pattern.to_owned(),
                    caret: format!("{}^", " ".repeat(blanks)),
                    count,
                });
            }
        };
        Ok(Self { regex, groups })
    }

    /// Hands each name with its value, and each x before the values of the same match, to `each`.
    pub(super) fn read(&self, line: &str, each: &mut dyn FnMut(Found<'_>)) {
        for captures in self.regex.captures_iter(line) {
            let value = |group: usize| captures.get(group).and_then(|m| value_of(m.as_str()));
            match &self.groups {
                Groups::Named { series, x } => {
                    if let Some(x) = x.and_then(value) {
                        each(Found::X(x));
                    }
                    for (group, name) in series {
                        if let Some(y) = value(*group) {
                            each(Found::Value(name, y));
                        }
                    }
                }
                Groups::KeyValue => {
                    if let (Some(name), Some(y)) = (captures.get(1), value(2)) {
                        each(Found::Value(name.as_str().trim(), y));
                    }
                }
                Groups::Value => {
                    if let Some(y) = value(1) {
                        each(Found::Value("value", y));
                    }
                }
            }
        }
    }
}

/// What a match says.
pub(super) enum Found<'a> {
    X(f64),
    Value(&'a str, f64),
}

fn is_x(name: &str) -> bool {
    name == "step" || name == "x"
}

/// The number that `text` is or begins with: `\S+` may take a comma or a unit along.
fn value_of(text: &str) -> Option<f64> {
    let text = text.trim().trim_start_matches(['"', '\'']);
    float::parse(text.as_bytes(), b'.').or_else(|| {
        let end = text.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c))).unwrap_or(text.len());
        let mut number = text.get(..end)?;
        // A unit may begin like an exponent, as in `3eV`.
        loop {
            if let Some(value) = float::parse(number.as_bytes(), b'.') {
                return Some(value);
            }
            number = number.strip_suffix(['e', 'E', '+', '-', '.'])?;
        }
    })
}
