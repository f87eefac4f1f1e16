//! Files that other programs write: followed as a job, or read once as an INPUT of `render` and `export`.
//!
//! Runs on the caller's thread. What is read once is in memory, all of it.

use std::path::Path;

use crate::app::input::InputError;
use crate::app::pipeline::JobKind;
use crate::app::printable::printable;
use crate::batch::{Batch, Item, Xs};
use crate::export::{DataWriter, ExportError, Shape};
use crate::record::LOG_NAME;
use crate::source::follow::{self, FollowOptions, Series};

/// Series that are named in an error.
const LISTED: usize = 20;

/// The job that follows these files and folders, which need not exist yet.
///
/// # Errors
/// [`InputError::IsRun`] if one of them is a run of ours, which is shown in another way.
pub fn job(options: FollowOptions) -> Result<JobKind, InputError> {
    match options.paths.iter().find(|path| path.join(LOG_NAME).is_file()) {
        Some(path) => Err(InputError::IsRun { path: path.clone() }),
        None => Ok(JobKind::follow(options)),
    }
}

/// The series of a file or a folder.
pub struct FollowedSamples {
    series: Vec<Series>,
}

impl FollowedSamples {
    /// Reads the file or folder at `path`. What is damaged is passed over with a warning.
    ///
    /// # Errors
    /// [`InputError::Followed`] if nothing in it is understood.
    pub fn read(path: &Path) -> Result<Self, InputError> {
        let series = follow::read_all(path).map_err(|error| InputError::Followed(error.to_string()))?;
        Ok(Self { series: series.into_iter().filter(|series| !series.y.is_empty()).collect() })
    }

    /// Leaves only the series that `wanted` names, in that order: by name, or by number from 1. None named: all stay.
    ///
    /// # Errors
    /// [`InputError::NoSuchSeries`].
    pub fn choose(&mut self, wanted: &[String]) -> Result<(), InputError> {
        let mut chosen: Vec<Series> = Vec::new();
        for wanted in wanted {
            let wanted = wanted.trim();
            let by_name = self.series.iter().find(|series| series.info.name == wanted);
            let by_number = || self.series.get(wanted.parse::<usize>().ok()?.checked_sub(1)?);
            let found = by_name.or_else(by_number).ok_or_else(|| self.no_such_series(wanted))?;
            if !chosen.iter().any(|series| series.info.id == found.info.id) {
                chosen.push(found.clone());
            }
        }
        if !wanted.is_empty() {
            self.series = chosen;
        }
        Ok(())
    }

    fn no_such_series(&self, wanted: &str) -> InputError {
        let names = self.series.iter().take(LISTED).map(|series| printable(&series.info.name)).collect::<Vec<_>>();
        let more = if self.series.len() > LISTED { ", …" } else { "" };
        InputError::NoSuchSeries { series: printable(wanted).into_owned(), known: names.join(", ") + more }
    }

    /// Whether there is no sample.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.series.is_empty()
    }

    /// What a source would send.
    pub fn into_items(self) -> impl Iterator<Item = Item> {
        self.series.into_iter().flat_map(|Series { info, x, y }| {
            let batch = Batch::new(info.id, 0, Xs::Explicit(x.into()), y).ok();
            [Some(Item::Declare(info)), batch.map(Item::Append)].into_iter().flatten()
        })
    }

    /// How the samples become rows: side by side if all series have the same x, as in a table.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let names = self.series.iter().map(|series| series.info.name.clone()).collect();
        match self.series.split_first() {
            Some((first, others)) if others.iter().all(|other| is_same_x(&first.x, &other.x)) => {
                Shape::Wide { x_name: first.info.x_label.clone(), names }
            }
            _ => Shape::Long { names },
        }
    }

    /// Writes all samples as rows of [`shape`](Self::shape).
    ///
    /// # Errors
    /// [`ExportError`] if the file cannot be written.
    pub fn write(&self, writer: &mut DataWriter<'_>) -> Result<(), ExportError> {
        if let (Shape::Wide { .. }, Some(first)) = (self.shape(), self.series.first()) {
            return writer.rows(&first.x, &self.series.iter().map(|series| series.y.as_slice()).collect::<Vec<_>>());
        }
        for (place, series) in (0_u32..).zip(&self.series) {
            writer.samples(place, &series.x, &series.y)?;
        }
        Ok(())
    }
}

/// Whether two columns are the same to the last bit.
fn is_same_x(a: &[f64], b: &[f64]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_bits() == b.to_bits())
}
