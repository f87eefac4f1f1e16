//! Samples in memory. The receiver's thread writes a [`Store`]; others read a [`Snapshot`], which never changes.
//!
//! From the outside in: `store` and `snapshot` hold all series (`table` lets them share what did not change), `series` is
//! one of them, `tree` its chunks, `chunk` and `column_x` samples that lie together, `pyramid` and `summary` what is known
//! of blocks of them. `reduce` (which goes through a series by `cursor`) and `view` answer what a
//! figure asks, `moments` when samples came, `derived` and `timed` keep series that are made from others (smoothed ones, and those over the times that
//! `stamps` remembers), `slot` hands snapshots on, `live` is for series that any thread fills,
//! `budget` says which samples leave memory when there are too many, `cache` keeps what is known in a file. Knows no figure and no pixel.

mod budget;
pub mod cache;
mod chunk;
mod column_x;
mod cursor;
mod derived;
mod live;
mod moments;
mod off_log;
mod pyramid;
mod reduce;
mod segment;
mod series;
mod slot;
mod snapshot;
mod stamps;
#[allow(clippy::module_inception, reason = "folder and file are both named after what they hold, as the field says it")]
mod store;
mod summary;
mod table;
mod timed;
mod tree;
mod view;

pub use budget::{BudgetOptions, Spill, budget_default};
pub use derived::{Derived, DerivedKey, DerivedSet, Filter};
pub use live::{LiveJob, LiveSeries, LiveSet, Member, is_member, number_in_job};
pub use off_log::OffLog;
pub use reduce::Column;
pub use segment::{Segment, SegmentX};
pub use slot::{Fill, SnapshotSlot, Subscription, Wake};
pub use snapshot::{SeriesList, SeriesSnapshot, Snapshot, XOrder};
pub use store::Store;
pub use timed::Timed;
