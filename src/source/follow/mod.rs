//! Files and folders as a source: what other programs write is shown while they write it.
//!
//! `run` is the worker's thread; it looks at what has changed ten times a second and reads that by pieces. The kernel tells
//! of changes ([`watch`]), and once a second everything is looked at without it, because file systems of other machines
//! tell nothing. A [`tail`] is a file, a [`reader`](reader::Reader) one format, a [`sheet`] the series of a file or, for
//! TensorBoard, of a run. Knows neither store nor window, and writes nothing.

mod carry;
mod collect;
mod columns;
mod cutter;
mod event_proto;
mod events;
mod follower;
mod format;
mod json_lines;
mod plain;
mod reader;
mod segments;
mod sheet;
mod simulation;
mod tail;
#[cfg(test)]
mod tests;
mod tree;
mod wandb;
mod watch;

use std::path::PathBuf;

use super::{Outlet, Source, SourceError};
use crate::batch::Outcome;

pub use collect::{Series, read_all};
pub use cutter::LINE_BYTES_MAX;
pub use format::FORMATS;
pub use sheet::SERIES_MAX;
pub use tree::DEPTH_MAX;

/// What is followed, and for how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FollowOptions {
    /// Files and folders; they need not exist yet.
    pub paths: Vec<PathBuf>,
    /// Whether it ends when all that is there was read; else it goes on until it is stopped.
    pub once: bool,
}

/// Follows files. What it says of them (which are missing, rotated, cut short, damaged) stands in the Control pane, texts
/// found in them stand in the Worker pane.
#[derive(Clone, Debug)]
pub struct FollowSource {
    options: FollowOptions,
}

impl FollowSource {
    /// A source for these files.
    #[must_use]
    pub fn new(options: FollowOptions) -> Self {
        Self { options }
    }
}

impl Source for FollowSource {
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        follower::Follower::new(&self.options).run(out)
    }
}

/// Whether a file is one that [`read_all`] is for and that is no plain table: by its name, or, for a folder, because it
/// holds such a file.
#[must_use]
pub fn is_followed(path: &std::path::Path) -> bool {
    use format::Format;
    let is_special = |path: &std::path::Path| {
        format::by_name(path).is_some_and(|found| !matches!(found, Format::Table | Format::JsonLines))
    };
    if !path.is_dir() {
        return is_special(path);
    }
    let mut tree = tree::Tree::new(path.to_owned());
    !tree.look(std::time::SystemTime::now(), &mut || true).files.is_empty()
}
