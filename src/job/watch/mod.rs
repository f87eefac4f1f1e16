//! What a job is watched for: rules on its series, its silence and its end, as people write them.
//!
//! `rule` is a rule, `parser` reads it, `book` holds rules against what a job makes, `quantity` reads durations and sizes.
//! Plain data and pure functions; what is done when a rule holds is the affair of `app::watch`. docs/rules.md is the
//! grammar.

use crate::batch::SeriesId;

mod book;
mod parser;
mod quantity;
mod rule;

pub use book::{Book, Fired};
pub use quantity::{duration_text, parse_duration, parse_size};
pub use rule::{Actions, Rule, RuleError};

/// The number of the first series that tells of resources: beyond those that sources give out.
pub const RESOURCE_IDS: u32 = 1_000_000;

/// Whether a series tells of resources. These are sampled however silent the job is.
pub(crate) fn is_resource(id: SeriesId) -> bool {
    id.0 >= RESOURCE_IDS
}
