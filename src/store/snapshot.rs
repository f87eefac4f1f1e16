//! The samples of a job at one moment: what figures read.
//!
//! Any thread. A snapshot holds pointers to the store's chunks, never copies of samples, and never changes.

use std::ops::Range;
use std::sync::Arc;

use crate::batch::{Layout, SeriesId, SeriesInfo};
use crate::store::derived::{DerivedKey, DerivedSet};
use crate::store::segment::Segment;
use crate::store::series::Series;
use crate::store::table::Table;

/// All series of a job at one moment. Cheap to clone and to send.
#[derive(Clone, Default)]
pub struct Snapshot {
    /// Rises with every change; equal versions of one store hold equal samples.
    pub version: u64,
    /// In the order in which they were declared.
    pub series: SeriesList,
    /// How the program wants its figure laid out, if it said so.
    pub layout: Option<Arc<Layout>>,
    /// What a figure had made from the series for its drawing; none in what a store gives out.
    pub derived: Option<Arc<DerivedSet>>,
}

/// The series of a [`Snapshot`] in the order in which they were declared.
#[derive(Clone, Default)]
pub struct SeriesList {
    /// By place in that order.
    entries: Table<SeriesSnapshot>,
    /// Places by series number.
    places: Table<u32>,
    len: u32,
}

/// One series at one moment.
#[derive(Clone)]
pub struct SeriesSnapshot {
    /// Its description, with the newest colour.
    pub info: Arc<SeriesInfo>,
    /// Number of the run that it belongs to, where several are shown together; else 0. Runs have clocks of their own.
    pub run: u32,
    pub(super) samples: Arc<Series>,
}

/// How the x values of a series run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XOrder {
    /// Never descending and finite: the view can be found by search, columns can be reduced.
    Ascending,
    /// Any order, or not finite: drawn as it came.
    Free,
}

impl Snapshot {
    /// The series of that number, if it was declared. Takes the same time however many there are.
    #[must_use]
    pub fn get(&self, id: SeriesId) -> Option<&SeriesSnapshot> {
        self.series.find(id)
    }

    /// What was made from that series, if a figure asked for it.
    #[must_use]
    pub fn derived(&self, id: SeriesId, key: DerivedKey) -> Option<&SeriesSnapshot> {
        self.derived.as_ref()?.get(&(id, key))
    }
}

impl SeriesList {
    /// Number of series.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len as usize
    }

    /// Whether no series was declared yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The series declared at `place`, counted from 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&SeriesSnapshot> {
        self.entries.get(u32::try_from(place).ok()?)
    }

    /// The first series declared.
    #[must_use]
    pub fn first(&self) -> Option<&SeriesSnapshot> {
        self.get(0)
    }

    /// All series in the order of their declaration.
    pub fn iter(&self) -> impl Iterator<Item = &SeriesSnapshot> {
        let leaves = (0..self.len).step_by(Table::<SeriesSnapshot>::LEAF_LEN);
        leaves.filter_map(|key| self.entries.leaf(key)).flatten().flatten()
    }

    /// Whether both hold the same series with the same samples, as far as it can be told at once: a yes is one.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.len == other.len && self.entries.is_same(&other.entries)
    }

    /// Whether both have series of the same numbers in the same order. At once, where one is the later state of the other.
    #[must_use]
    pub fn declares_as(&self, other: &Self) -> bool {
        let ids = || self.iter().map(|series| series.info.id).eq(other.iter().map(|series| series.info.id));
        self.len == other.len && (self.places.is_same(&other.places) || ids())
    }

    /// The series that are wanted, in their order.
    #[must_use]
    pub fn only(&self, is_wanted: impl Fn(&SeriesSnapshot) -> bool) -> Self {
        let mut only = Self::default();
        self.iter().filter(|series| is_wanted(series)).for_each(|series| only.push(series.clone()));
        only
    }

    /// Puts a series in the place of that with its number, if there is one.
    pub fn put(&mut self, series: SeriesSnapshot) {
        if let Some(place) = self.find_mut(series.info.id) {
            *place = series;
        }
    }

    /// The series of that number.
    pub(super) fn find(&self, id: SeriesId) -> Option<&SeriesSnapshot> {
        self.entries.get(*self.places.get(id.0)?)
    }

    /// The series of that number, to be changed.
    pub(super) fn find_mut(&mut self, id: SeriesId) -> Option<&mut SeriesSnapshot> {
        self.entries.get_mut(*self.places.get(id.0)?)
    }

    /// Adds a series at the end. Its number must not be there yet.
    pub(super) fn push(&mut self, series: SeriesSnapshot) {
        self.places.insert(series.info.id.0, self.len);
        self.entries.insert(self.len, series);
        self.len += 1;
    }

    /// Bytes that the list takes, without the series.
    pub(super) fn bytes(&self) -> usize {
        self.entries.bytes() + self.places.bytes()
    }
}

impl SeriesSnapshot {
    /// A series without samples.
    pub(super) fn new(info: Arc<SeriesInfo>, life: u64, run: u32) -> Self {
        Self { info, run, samples: Arc::new(Series::new(life)) }
    }

    /// Whether both have the same description and the same samples, as far as it can be told at once: a yes is one.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.info, &other.info) && Arc::ptr_eq(&self.samples, &other.samples)
    }

    /// The series without its samples.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self::new(Arc::clone(&self.info), 0, self.run)
    }

    /// Number of samples.
    #[must_use]
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Whether there is no sample yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Sample `index` as (x, y), if there is one.
    #[must_use]
    pub fn sample(&self, index: usize) -> Option<(f64, f64)> {
        self.samples.segment(index..index.checked_add(1)?)?.iter().next()
    }

    /// Whether x can be searched.
    #[must_use]
    pub fn x_order(&self) -> XOrder {
        if self.samples.known().is_ascending { XOrder::Ascending } else { XOrder::Free }
    }

    /// Number of samples whose y is NaN or infinite.
    #[must_use]
    pub fn nonfinite_count(&self) -> u64 {
        self.samples.known().nonfinite
    }

    /// For ascending x: index of the first sample with x >= `x`; `len()` if there is none.
    #[must_use]
    pub fn lower_bound(&self, x: f64) -> usize {
        self.samples.place(0, |v| v < x).index
    }

    /// Samples `range` in order, as they lie in memory: some thousand at a time and more. What lies beyond the end is
    /// left out.
    pub fn segments(&self, range: Range<usize>) -> impl Iterator<Item = Segment<'_>> {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let segment = self.samples.segment(at..range.end)?;
            at += segment.y.len();
            Some(segment)
        })
    }

    /// Hands samples `range` to `each` in order.
    pub fn for_each(&self, range: Range<usize>, mut each: impl FnMut(f64, f64)) {
        for segment in self.segments(range) {
            segment.iter().for_each(|(x, y)| each(x, y));
        }
    }

    /// Bytes that the series takes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let counts = 2 * size_of::<usize>();
        let texts = self.info.name.capacity() + self.info.x_label.capacity();
        counts + size_of::<SeriesInfo>() + texts + self.samples.bytes()
    }
}
