//! What a job is watched for: rules on its series, its silence and its end, as people write them.
//!
//! `rule` is a rule, `parser` reads it, `book` holds rules against what a job makes, `quantity` reads durations and sizes.
//! Plain data and pure functions; what is done when a rule holds is the affair of `app::watch`. docs/rules.md is the
//! grammar.

mod book;
mod parser;
mod quantity;
mod rule;

pub use book::{Book, Fired};
pub use quantity::{duration_text, parse_duration, parse_size};
pub use rule::{Actions, Rule, RuleError};
