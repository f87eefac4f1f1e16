//! All samples of a job, as the receiver writes them.
//!
//! Owned by the receiver's thread; everybody else reads a [`Snapshot`]. No operation here waits for a reader or copies
//! the samples that one can see.

use std::sync::Arc;

use crate::batch::{Batch, Color, Column, Item, Layout, SeriesId, SeriesInfo};
use crate::store::budget::{Budget, BudgetOptions, Candidate};
use crate::store::series::Series;
use crate::store::snapshot::{SeriesList, SeriesSnapshot, Snapshot};

/// The samples of a job, written by its receiver.
#[derive(Default)]
pub struct Store {
    series: SeriesList,
    layout: Option<Arc<Layout>>,
    version: u64,
    /// Of all series, kept up to date because there may be very many.
    series_bytes: usize,
    /// Of these, bytes of samples on the heap: what counts against the budget.
    sample_bytes: usize,
    samples: usize,
    budget: Option<Budget>,
    next_life: u64,
    /// The run that series declared from now on belong to.
    run: u32,
}

impl Store {
    /// A store that keeps at most so many samples in memory: the oldest ones of all series go on in the files where they
    /// stand ([`Column::at_home`]) or, if they were gathered from small batches, in those where the spill puts them.
    /// Readers do not notice. What is kept about the samples stays in memory.
    #[must_use]
    pub fn with_budget(options: BudgetOptions) -> Self {
        Self { budget: Some(Budget::new(options)), ..Self::default() }
    }

    /// Gives a store that holds samples a budget from now on, as [`with_budget`](Self::with_budget) does from the start.
    pub fn set_budget(&mut self, options: BudgetOptions) {
        self.budget = Some(Budget::new(options));
        let ids: Vec<SeriesId> = self.series.iter().map(|series| series.info.id).collect();
        for id in ids {
            if let Some(series) = self.series.find_mut(id) {
                Arc::make_mut(&mut series.samples).forget_notes();
            }
            self.note_news(id);
        }
    }

    /// An empty store that goes on from a version.
    pub(super) fn at_version(version: u64) -> Self {
        Self { version, ..Self::default() }
    }

    /// Adds a series whose samples are known. False if its number is there already.
    pub(super) fn insert(&mut self, info: SeriesInfo, samples: Series) -> bool {
        if self.series.find(info.id).is_some() {
            return false;
        }
        let series = SeriesSnapshot { info: Arc::new(info), run: self.run, samples: Arc::new(samples) };
        self.series_bytes += series.bytes();
        self.sample_bytes += series.samples.sample_bytes();
        self.samples += series.len();
        self.series.push(series);
        true
    }

    /// Says which run the series declared from now on belong to, where several are shown together; 0 at first.
    pub fn set_run(&mut self, run: u32) {
        self.run = run;
    }

    /// Adds a series, or gives one that exists its new description.
    pub fn declare(&mut self, info: SeriesInfo) {
        let id = info.id;
        let info = Arc::new(info);
        self.version += 1;
        if self.series.find(id).is_none() {
            let series = SeriesSnapshot::new(info, self.next_life, self.run);
            self.series_bytes += series.bytes();
            self.series.push(series);
        } else {
            self.change(id, |series| series.info = info);
        }
    }

    /// Takes an item in, whatever it is.
    pub fn apply(&mut self, item: Item) {
        match item {
            Item::Declare(info) => self.declare(info),
            Item::Append(batch) => self.append(batch),
            Item::Replace(batch, color) => self.replace(batch, color),
            Item::Layout(layout) => {
                self.version += 1;
                self.layout = Some(layout);
            }
            // Text, which has no place among samples.
            Item::Mark(_) | Item::Output(..) => {}
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
        let stamp_nanos = batch.stamp_nanos;
        let (x, y) = batch.into_columns();
        self.change(id, |series| {
            let samples = Arc::make_mut(&mut series.samples);
            samples.append(x, y);
            samples.stamp(stamp_nanos);
        });
        self.note_news(id);
    }

    /// Puts the samples of `batch` in the place of all earlier ones of its series, and gives it `color` if there is one.
    pub fn replace(&mut self, batch: Batch, color: Option<Color>) {
        let id = batch.series;
        self.ensure(id);
        self.version += 1;
        let stamp_nanos = batch.stamp_nanos;
        let (x, y) = batch.into_columns();
        self.next_life += 1;
        let life = self.next_life;
        let mut gone_chunks = 0;
        self.change(id, |series| {
            gone_chunks = series.samples.noted_chunks();
            // Not through `make_mut`: what snapshots still show must not be touched, only left to them.
            let mut samples = Series::new(life);
            if !y.is_empty() {
                samples.append(x, y);
                samples.stamp(stamp_nanos);
            }
            series.samples = Arc::new(samples);
            if color.is_some() && series.info.color != color {
                Arc::make_mut(&mut series.info).color = color;
            }
        });
        if let Some(budget) = &mut self.budget {
            let list = &self.series;
            budget.forget(gone_chunks, |chunk| list.find(chunk.id).is_some_and(|s| s.samples.life == chunk.life));
        }
        self.note_news(id);
    }

    /// Forgets all series and samples.
    pub fn clear(&mut self) {
        self.version += 1;
        self.series = SeriesList::default();
        self.layout = None;
        (self.series_bytes, self.sample_bytes, self.samples) = (0, 0, 0);
        if let Some(budget) = &mut self.budget {
            budget.clear();
        }
        // A series declared from now on is another one than its namesake before.
        self.next_life += 1;
    }

    /// Takes the place of another store: versions go on from its own.
    pub(super) fn go_on_from(&mut self, old: &Self) {
        self.version = self.version.max(old.version) + 1;
    }

    /// The samples as they are now: a few pointers, however many samples and series there are.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        Snapshot { version: self.version, series: self.series.clone(), layout: self.layout.clone(), derived: None }
    }

    /// Bytes of memory that all series take, with everything that is kept about them. Snapshots that hold on to what was
    /// replaced since are not in it.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.series_bytes + self.series.bytes() + self.budget.as_ref().map_or(0, Budget::bytes)
    }

    /// Number of samples stored now, of all series, wherever they stand.
    #[must_use]
    pub fn samples(&self) -> usize {
        self.samples
    }

    /// Bytes of samples in memory beyond the budget: 0 as long as all is well, or without a budget. More than a few
    /// batches' worth means that samples cannot leave, because neither recording nor spilling works.
    #[must_use]
    pub fn over_budget_bytes(&self) -> usize {
        self.budget.as_ref().map_or(0, |budget| self.sample_bytes.saturating_sub(budget.budget_bytes))
    }

    /// Asks all samples once more that could not leave when it was their turn. For moments when nothing comes in;
    /// otherwise it is done in small steps as samples come in.
    pub fn relieve(&mut self) {
        if let Some(budget) = &self.budget {
            let late = budget.late_len();
            self.keep_budget(late);
        }
    }

    /// Notes what was frozen in the series `id`, and keeps the budget if that was something.
    fn note_news(&mut self, id: SeriesId) {
        let Some(budget) = &mut self.budget else { return };
        // Looked at first without changing anything: a series that a snapshot holds is copied to be changed.
        if !self.series.find(id).is_some_and(|series| series.samples.has_news()) {
            return;
        }
        let Some(series) = self.series.find_mut(id) else { return };
        let samples = Arc::make_mut(&mut series.samples);
        let mut count = 0;
        while let Some(first) = samples.note_next() {
            budget.note(Candidate { id, life: samples.life, first });
            count += 1;
        }
        let late_tries = budget.late_tries(count);
        self.keep_budget(late_tries);
    }

    /// Lets the oldest chunks leave memory until the budget is kept or nothing more can be done now. Each chunk is asked
    /// in its turn and, if it could not leave, as one of `late_tries` later: so the cost a sample does not grow.
    fn keep_budget(&mut self, mut late_tries: usize) {
        let Some(mut budget) = self.budget.take() else { return };
        while self.sample_bytes > budget.budget_bytes {
            let Some(chunk) = budget.next(&mut late_tries) else { break };
            if !self.let_leave(chunk, &mut budget) {
                budget.put_back(chunk);
            }
        }
        self.budget = Some(budget);
    }

    /// Moves the samples of a chunk out of memory. False if some of them have to stay for now.
    fn let_leave(&mut self, chunk: Candidate, budget: &mut Budget) -> bool {
        let Candidate { id, life, first } = chunk;
        let series = self.series.find(id).filter(|series| series.samples.life == life);
        let Some(held) = series.and_then(|series| series.samples.frozen_chunk(first)) else { return true };
        // The recorder is a little behind: what is to come from it is not written twice. When it is far behind, it does
        // not record at all.
        let excess = self.sample_bytes.saturating_sub(budget.budget_bytes);
        let may_spill = held.is_gathered() || excess > budget.budget_bytes / 4;
        let mut spilled = |column: &Column| if may_spill { budget.spill(column) } else { None };
        let Some(moved) = held.moved(|column| column.at_home().or_else(|| spilled(column))) else { return false };
        let has_left = moved.sample_bytes() == 0;
        self.change(id, |series| Arc::make_mut(&mut series.samples).put(first, moved));
        has_left
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
            let books = |series: &SeriesSnapshot| (series.bytes(), series.samples.sample_bytes(), series.len());
            let (bytes, sample_bytes, samples) = books(series);
            change(series);
            let now = books(series);
            self.series_bytes = self.series_bytes - bytes + now.0;
            self.sample_bytes = self.sample_bytes - sample_bytes + now.1;
            self.samples = self.samples - samples + now.2;
        }
    }
}
