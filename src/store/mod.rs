//! Samples in memory. The receiver's thread writes a [`Store`]; others read a [`Snapshot`], which never changes.
//!
//! This stand-in keeps whole vectors; the signatures are what other stages rely on.

mod slot;

use std::sync::Arc;

use crate::batch::{Batch, Color, SeriesId, SeriesInfo, Xs};

pub use slot::{SnapshotSlot, Subscription, Wake};

/// The samples of a job, written by its receiver.
#[derive(Default)]
pub struct Store {
    series: Vec<SeriesSnapshot>,
    version: u64,
}

/// All series of a job at one moment. Cheap to clone and to send.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// Rises with every change; equal versions of one store hold equal samples.
    pub version: u64,
    /// In the order in which they were declared.
    pub series: Arc<[SeriesSnapshot]>,
}

impl Snapshot {
    /// The series of that name, if it was declared.
    #[must_use]
    pub fn get(&self, id: SeriesId) -> Option<&SeriesSnapshot> {
        self.series.iter().find(|s| s.info.id == id)
    }
}

/// One series at one moment.
#[derive(Clone)]
pub struct SeriesSnapshot {
    /// Its description, with the newest colour.
    pub info: Arc<SeriesInfo>,
    x: Arc<Vec<f64>>,
    y: Arc<Vec<f64>>,
}

/// How the x values of a series run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XOrder {
    /// Never descending and finite: the view can be found by search, columns can be reduced.
    Ascending,
    /// Any order, or not finite: drawn as it came.
    Free,
}

/// What one pixel column shows of a series: M4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// Index of the column in the edges given.
    pub index: u32,
    /// y of the first finite sample of the column.
    pub first: f64,
    /// Least finite y.
    pub min: f64,
    /// Greatest finite y.
    pub max: f64,
    /// y of the last finite sample.
    pub last: f64,
    /// Number of samples in the column, non-finite ones included.
    pub count: u64,
    /// Whether the line breaks between the column before and this one's first sample (a non-finite sample lies between).
    pub breaks_before: bool,
    /// Whether a non-finite sample lies in this column.
    pub has_gap: bool,
}

impl SeriesSnapshot {
    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.y.len()
    }

    /// Whether there is no sample yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// Sample `index` as (x, y), if there is one.
    #[must_use]
    pub fn sample(&self, index: usize) -> Option<(f64, f64)> {
        Some((*self.x.get(index)?, *self.y.get(index)?))
    }

    /// Whether x can be searched.
    #[must_use]
    pub fn x_order(&self) -> XOrder {
        if self.x.is_sorted() && self.x.iter().all(|x| x.is_finite()) { XOrder::Ascending } else { XOrder::Free }
    }

    /// Least and greatest finite x.
    #[must_use]
    pub fn x_bounds(&self) -> Option<(f64, f64)> {
        bounds(&self.x)
    }

    /// Least and greatest finite y.
    #[must_use]
    pub fn y_bounds(&self) -> Option<(f64, f64)> {
        bounds(&self.y)
    }

    /// Least and greatest finite y of the samples with `x0 <= x <= x1`.
    #[must_use]
    pub fn y_bounds_in(&self, x0: f64, x1: f64) -> Option<(f64, f64)> {
        let kept: Vec<f64> =
            self.x.iter().zip(self.y.iter()).filter(|(x, _)| (x0..=x1).contains(*x)).map(|(_, y)| *y).collect();
        bounds(&kept)
    }

    /// Least finite value greater than zero of x and of y, for log axes.
    #[must_use]
    pub fn least_positive(&self) -> (Option<f64>, Option<f64>) {
        let least = |v: &[f64]| v.iter().copied().filter(|v| *v > 0.0 && v.is_finite()).min_by(f64::total_cmp);
        (least(&self.x), least(&self.y))
    }

    /// Number of samples whose y is NaN or infinite.
    #[must_use]
    pub fn nonfinite_count(&self) -> u64 {
        self.y.iter().filter(|y| !y.is_finite()).count() as u64
    }

    /// For ascending x: index of the first sample with x >= `x`; `len()` if there is none.
    #[must_use]
    pub fn lower_bound(&self, x: f64) -> usize {
        self.x.partition_point(|v| *v < x)
    }

    /// Hands samples `range` to `each` in order, as slices or one by one at the store's choice.
    pub fn for_each(&self, range: std::ops::Range<usize>, mut each: impl FnMut(f64, f64)) {
        for i in range {
            if let Some((x, y)) = self.sample(i) {
                each(x, y);
            }
        }
    }

    /// For ascending x: fills `out` with the columns that hold samples. `edges` are the ascending x values that bound
    /// the columns: column `i` holds the samples with `edges[i] <= x < edges[i + 1]`; the last one includes its end.
    pub fn reduce(&self, edges: &[f64], out: &mut Vec<Column>) {
        out.clear();
        let mut broken = false;
        let columns = edges.len().saturating_sub(1);
        for (index, pair) in edges.windows(2).enumerate() {
            let &[from, to] = pair else { continue };
            let end = if index + 1 == columns { self.x.partition_point(|v| *v <= to) } else { self.lower_bound(to) };
            let mut column: Option<Column> = None;
            let start = self.lower_bound(from);
            let mut has_gap = false;
            self.for_each(start..end, |_, y| {
                if !y.is_finite() {
                    has_gap = true;
                    broken |= column.is_none();
                    return;
                }
                let c = column.get_or_insert(Column {
                    index: index as u32,
                    first: y,
                    min: y,
                    max: y,
                    last: y,
                    count: (end - start) as u64,
                    breaks_before: broken,
                    has_gap: false,
                });
                c.min = c.min.min(y);
                c.max = c.max.max(y);
                c.last = y;
            });
            if let Some(mut column) = column {
                column.has_gap = has_gap;
                broken = false;
                out.push(column);
            }
        }
    }
}

fn bounds(values: &[f64]) -> Option<(f64, f64)> {
    values.iter().filter(|v| v.is_finite()).fold(None, |acc, &v| match acc {
        None => Some((v, v)),
        Some((lo, hi)) => Some((lo.min(v), hi.max(v))),
    })
}

impl Store {
    /// Adds a series, or gives one that exists its new description.
    pub fn declare(&mut self, info: SeriesInfo) {
        self.version += 1;
        match self.series.iter_mut().find(|s| s.info.id == info.id) {
            Some(series) => series.info = Arc::new(info),
            None => self.series.push(SeriesSnapshot { info: Arc::new(info), x: Arc::default(), y: Arc::default() }),
        }
    }

    /// Adds the samples of `batch` at the end of its series. An undeclared series is declared by its number.
    pub fn append(&mut self, batch: Batch) {
        let id = batch.series;
        self.ensure(id);
        self.version += 1;
        let (x, y) = batch.into_columns();
        if let Some(series) = self.series.iter_mut().find(|s| s.info.id == id) {
            let count = y.len();
            match x {
                Xs::Explicit(x) => Arc::make_mut(&mut series.x).extend(x),
                Xs::Steps { start, step } => {
                    Arc::make_mut(&mut series.x).extend((0..count).map(|i| start + i as f64 * step));
                }
            }
            Arc::make_mut(&mut series.y).extend(y);
        }
    }

    /// Puts the samples of `batch` in the place of all earlier ones of its series.
    pub fn replace(&mut self, batch: Batch, color: Option<Color>) {
        let id = batch.series;
        self.ensure(id);
        if let Some(series) = self.series.iter_mut().find(|s| s.info.id == id) {
            series.x = Arc::default();
            series.y = Arc::default();
            if color.is_some() {
                Arc::make_mut(&mut series.info).color = color;
            }
        }
        self.append(batch);
    }

    /// Forgets all series and samples.
    pub fn clear(&mut self) {
        self.version += 1;
        self.series.clear();
    }

    /// The samples as they are now, without a copy of them.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { version: self.version, series: self.series.as_slice().into() }
    }

    fn ensure(&mut self, id: SeriesId) {
        if !self.series.iter().any(|s| s.info.id == id) {
            self.declare(SeriesInfo {
                id,
                name: format!("series {}", id.0),
                x_label: String::new(),
                x_is_time: false,
                color: None,
            });
        }
    }
}
