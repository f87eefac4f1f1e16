//! All samples of a job, as the receiver writes them.
//!
//! Owned by the receiver's thread; everybody else reads a [`Snapshot`]. No operation here waits for a reader or copies
//! the samples that one can see.

use std::sync::Arc;

use crate::batch::{Batch, Color, SeriesId, SeriesInfo};
use crate::store::series::Series;
use crate::store::snapshot::{SeriesList, SeriesSnapshot, Snapshot};

/// The samples of a job, written by its receiver.
#[derive(Default)]
pub struct Store {
    series: SeriesList,
    version: u64,
    /// Of all series, kept up to date because there may be very many.
    series_bytes: usize,
}

impl Store {
    /// Adds a series, or gives one that exists its new description.
    pub fn declare(&mut self, info: SeriesInfo) {
        let id = info.id;
        let info = Arc::new(info);
        self.version += 1;
        if self.series.find(id).is_none() {
            let series = SeriesSnapshot::new(info);
            self.series_bytes += series.bytes();
            self.series.push(series);
        } else {
            self.change(id, |series| series.info = info);
        }
    }

    /// Adds the samples of `batch` at the end of its series. An undeclared series is declared by its number.
    ///
    /// A large batch is taken over as it is; the cost a sample of small ones is the same however many there are.
    pub fn append(&mut self, batch: Batch) {
        let id = batch.series;
        self.ensure(id);
        if batch.is_empty() {
            return;
        }
        self.version += 1;
        let (x, y) = batch.into_columns();
        self.change(id, |series| Arc::make_mut(&mut series.samples).append(x, y));
    }

    /// Puts the samples of `batch` in the place of all earlier ones of its series, and gives it `color` if there is one.
    pub fn replace(&mut self, batch: Batch, color: Option<Color>) {
        let id = batch.series;
        self.ensure(id);
        self.version += 1;
        let (x, y) = batch.into_columns();
        self.change(id, |series| {
            // Not through `make_mut`: what snapshots still show must not be touched, only left to them.
            let mut samples = Series::default();
            samples.append(x, y);
            series.samples = Arc::new(samples);
            if color.is_some() && series.info.color != color {
                Arc::make_mut(&mut series.info).color = color;
            }
        });
    }

    /// Forgets all series and samples.
    pub fn clear(&mut self) {
        self.version += 1;
        self.series = SeriesList::default();
        self.series_bytes = 0;
    }

    /// The samples as they are now: a few pointers, however many samples and series there are.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { version: self.version, series: self.series.clone() }
    }

    /// Bytes of memory that all series take, with everything that is kept about them. Snapshots that hold on to what was
    /// replaced since are not in it.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.series_bytes + self.series.bytes()
    }

    fn ensure(&mut self, id: SeriesId) {
        if self.series.find(id).is_none() {
            self.declare(SeriesInfo {
                id,
                name: format!("series {}", id.0),
                x_label: String::new(),
                x_is_time: false,
                color: None,
            });
        }
    }

    /// Changes the series `id`, if there is one, and keeps the books.
    fn change(&mut self, id: SeriesId, change: impl FnOnce(&mut SeriesSnapshot)) {
        if let Some(series) = self.series.find_mut(id) {
            let before = series.bytes();
            change(series);
            self.series_bytes = self.series_bytes - before + series.bytes();
        }
    }
}
