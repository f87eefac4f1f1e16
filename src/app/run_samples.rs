//! The samples of a recorded run, read from its log: what series there are, and all that they still hold, in order.
//!
//! Runs on the caller's thread. The log is read once to see what is in it, and once more for the samples, so that memory
//! does not grow with it.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;
use std::sync::Arc;

use crate::app::input::InputError;
use crate::app::printable::printable;
use crate::batch::{Batch, Column, Item, Layout, SeriesId, SeriesInfo, Xs};
use crate::export::{DataWriter, ExportError, Shape};
use crate::record::{Body, LogReader, RunEntry, RunState};

/// Series that are put beside each other at most: programs that read wide tables slow down beyond.
const WIDE_SERIES_MAX: usize = 1000;

/// What is in a run.
pub struct RunSamples {
    log: PathBuf,
    series: Vec<SeriesScan>,
    /// How the program wanted its figure in the end.
    layout: Option<Arc<Layout>>,
    /// The last entry that counts: a run may go on while it is read.
    last_seq: u64,
}

/// What is in a series.
struct SeriesScan {
    info: SeriesInfo,
    /// The entry that holds its first sample: what came before was replaced.
    first_seq: u64,
    samples: u64,
    /// Hash of all x.
    x_hash: u64,
}

/// A series while its x values are hashed, with keys of chance so that nobody can make two that look alike.
struct Hashed {
    scan: SeriesScan,
    hasher: <RandomState as BuildHasher>::Hasher,
}

impl RunSamples {
    /// Looks through the log of `run`. What is damaged is passed over with a warning.
    ///
    /// # Errors
    /// [`InputError::Run`] if the log cannot be read.
    pub fn scan(run: &RunEntry) -> Result<Self, InputError> {
        let log = run.log_path();
        let mut reader = LogReader::open(&log)?;
        let keys = RandomState::new();
        let mut series: Vec<Hashed> = Vec::new();
        let mut places = HashMap::new();
        let (mut last_seq, mut missing, mut layout) = (0, 0, None);
        for entry in &mut reader {
            last_seq = entry.seq;
            let item = match entry.body {
                Body::Item(item) => item,
                Body::Gap(gap) => {
                    missing += gap.samples;
                    continue;
                }
                _ => continue,
            };
            let Some(id) = item.series() else {
                if let Item::Layout(described) = item {
                    layout = Some(described);
                }
                continue;
            };
            let info = if let Item::Declare(info) = &item { info.clone() } else { undeclared(id) };
            let place = *places.entry(id).or_insert_with(|| {
                let scan = SeriesScan { info, first_seq: 0, samples: 0, x_hash: 0 };
                series.push(Hashed { scan, hasher: keys.build_hasher() });
                series.len() - 1
            });
            let Some(series) = series.get_mut(place) else { continue };
            match item {
                Item::Declare(info) => series.scan.info = info,
                Item::Append(batch) => series.add(&batch),
                Item::Replace(batch, _) => {
                    series.hasher = keys.build_hasher();
                    (series.scan.samples, series.scan.first_seq) = (0, entry.seq);
                    series.add(&batch);
                }
                Item::Layout(_) | Item::Mark(_) | Item::Output(..) => {}
            }
        }
        warn_of_losses(run, &reader, missing);
        let series = series.into_iter().map(|series| SeriesScan { x_hash: series.hasher.finish(), ..series.scan });
        Ok(Self { log, series: series.collect(), layout, last_seq })
    }

    /// Leaves only the series that `wanted` names, in that order: by name, or by number from 1. None named: all stay.
    ///
    /// # Errors
    /// [`InputError::NoSuchSeries`].
    pub fn choose(&mut self, wanted: &[String]) -> Result<(), InputError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let mut chosen: Vec<usize> = Vec::new();
        for wanted in wanted {
            let wanted = wanted.trim();
            let by_name = self.series.iter().position(|series| series.info.name == wanted);
            let by_number = || wanted.parse::<usize>().ok()?.checked_sub(1).filter(|n| *n < self.series.len());
            let place = by_name.or_else(by_number).ok_or_else(|| self.no_such_series(wanted))?;
            if !chosen.contains(&place) {
                chosen.push(place);
            }
        }
        let mut all: Vec<Option<SeriesScan>> = std::mem::take(&mut self.series).into_iter().map(Some).collect();
        self.series = chosen.into_iter().filter_map(|place| all.get_mut(place)?.take()).collect();
        Ok(())
    }

    fn no_such_series(&self, wanted: &str) -> InputError {
        const LISTED: usize = 20;
        let names = self.series.iter().take(LISTED).map(|series| printable(&series.info.name)).collect::<Vec<_>>();
        let more = if self.series.len() > LISTED { ", …" } else { "" };
        InputError::NoSuchSeries { series: printable(wanted).into_owned(), known: names.join(", ") + more }
    }

    /// Samples in all series.
    #[must_use]
    pub fn samples(&self) -> u64 {
        self.series.iter().map(|series| series.samples).sum()
    }

    /// How the samples become rows: side by side if all series have the same x. Series without samples have no column.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let mut filled = self.filled();
        let names = self.filled().map(|series| series.info.name.clone()).collect::<Vec<_>>();
        let Some(first) = filled.next() else { return Shape::Long { names } };
        let is_alike = |other: &SeriesScan| (other.samples, other.x_hash) == (first.samples, first.x_hash);
        if names.len() > WIDE_SERIES_MAX || !filled.all(is_alike) {
            return Shape::Long { names };
        }
        let label = &first.info.x_label;
        let is_shared = !label.is_empty() && self.filled().all(|series| series.info.x_label == *label);
        Shape::Wide { x_name: if is_shared { label.clone() } else { "x".to_owned() }, names }
    }

    fn filled(&self) -> impl Iterator<Item = &SeriesScan> {
        self.series.iter().filter(|series| series.samples > 0)
    }

    /// Hands the items that make what the chosen series hold to `each`, in order.
    ///
    /// # Errors
    /// [`InputError::Run`] if the log cannot be read, and those of `each`.
    pub fn for_each<E: From<InputError>>(&self, mut each: impl FnMut(Item) -> Result<(), E>) -> Result<(), E> {
        let first_seqs: HashMap<SeriesId, u64> =
            self.series.iter().map(|series| (series.info.id, series.first_seq)).collect();
        for series in &self.series {
            each(Item::Declare(series.info.clone()))?;
        }
        if let Some(layout) = &self.layout {
            each(Item::Layout(Arc::clone(layout)))?;
        }
        let reader = LogReader::open(&self.log).map_err(InputError::from)?;
        for entry in reader.take_while(|entry| entry.seq <= self.last_seq) {
            let Body::Item(item) = entry.body else { continue };
            let Some(batch) = item.batch() else { continue };
            if first_seqs.get(&batch.series).is_some_and(|first| *first <= entry.seq) {
                each(item)?;
            }
        }
        Ok(())
    }

    /// Writes all samples as rows of [`shape`](Self::shape).
    ///
    /// # Errors
    /// [`InputError::Run`] if the log cannot be read, [`ExportError::Write`] if the file cannot be written.
    pub fn write<E>(&self, writer: &mut DataWriter<'_>) -> Result<(), E>
    where
        E: From<InputError> + From<ExportError>,
    {
        let places = self.filled().zip(0..).map(|(series, place)| (series.info.id, place)).collect::<HashMap<_, u32>>();
        let mut abreast = matches!(self.shape(), Shape::Wide { .. }).then(|| Abreast::new(places.len()));
        self.for_each(|item| {
            let (Item::Append(batch) | Item::Replace(batch, _)) = item else { return Ok(()) };
            let Some(place) = places.get(&batch.series) else { return Ok(()) };
            match &mut abreast {
                Some(abreast) => abreast.add(*place, batch, writer)?,
                None => writer.samples(*place, &x_values(batch.x(), 0..batch.len()), batch.y())?,
            }
            Ok::<(), E>(())
        })?;
        Ok(abreast.map_or(Ok(()), |mut abreast| abreast.finish(writer))?)
    }
}

impl Hashed {
    fn add(&mut self, batch: &Batch) {
        self.scan.samples += batch.len() as u64;
        match batch.x() {
            Xs::Explicit(x) => x.iter().for_each(|x| self.hasher.write_u64(x.to_bits())),
            Xs::Steps { start, step } => {
                (0..batch.len()).for_each(|i| self.hasher.write_u64((start + i as f64 * step).to_bits()));
            }
        }
    }
}

/// Series with the same x, whose samples come one batch after the other and go out row by row.
struct Abreast {
    /// Batches of each series that wait for the others; large ones stay in the log's file until they are written.
    waiting: Vec<Waiting>,
    /// x of the rows that were not yet written, by the batches of the first series.
    x: VecDeque<(Xs, usize)>,
    x_taken: usize,
}

#[derive(Default)]
struct Waiting {
    batches: VecDeque<Column>,
    /// Samples of the first batch that were written.
    taken: usize,
    rows: usize,
}

impl Abreast {
    fn new(series: usize) -> Self {
        let waiting = (0..series).map(|_| Waiting::default()).collect();
        Self { waiting, x: VecDeque::new(), x_taken: 0 }
    }

    fn add(&mut self, place: u32, batch: Batch, writer: &mut DataWriter<'_>) -> Result<(), ExportError> {
        let block_rows = writer.block_rows();
        let Some(waiting) = self.waiting.get_mut(place as usize) else { return Ok(()) };
        let was_short = waiting.rows < block_rows;
        let rows = batch.len();
        let (x, y) = batch.into_columns();
        waiting.rows += rows;
        waiting.batches.push_back(y);
        let is_full = was_short && waiting.rows >= block_rows;
        if place == 0 {
            self.x.push_back((x, rows));
        }
        // Only when this series was the last to have a whole block is there something to write.
        while is_full && self.rows() >= block_rows {
            self.write(block_rows, writer)?;
        }
        Ok(())
    }

    /// Rows that all series have.
    fn rows(&self) -> usize {
        self.waiting.iter().map(|waiting| waiting.rows).min().unwrap_or(0)
    }

    fn finish(&mut self, writer: &mut DataWriter<'_>) -> Result<(), ExportError> {
        let block_rows = writer.block_rows();
        loop {
            match self.rows().min(block_rows) {
                0 => return Ok(()),
                rows => self.write(rows, writer)?,
            }
        }
    }

    fn write(&mut self, rows: usize, writer: &mut DataWriter<'_>) -> Result<(), ExportError> {
        let x = self.take_x(rows);
        let ys: Vec<Vec<f64>> = self.waiting.iter_mut().map(|waiting| waiting.take(rows)).collect();
        writer.rows(&x, &ys.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    fn take_x(&mut self, rows: usize) -> Vec<f64> {
        let mut out = Vec::with_capacity(rows);
        while let Some((x, len)) = self.x.front().filter(|_| out.len() < rows) {
            let end = (*len).min(self.x_taken + rows - out.len());
            out.extend(x_values(x, self.x_taken..end).iter());
            self.x_taken = end;
            if end == *len {
                self.x.pop_front();
                self.x_taken = 0;
            }
        }
        out
    }
}

impl Waiting {
    fn take(&mut self, rows: usize) -> Vec<f64> {
        let mut out = Vec::with_capacity(rows);
        while let Some(batch) = self.batches.front().filter(|_| out.len() < rows) {
            let end = batch.len().min(self.taken + rows - out.len());
            out.extend_from_slice(batch.get(self.taken..end).unwrap_or_default());
            self.taken = end;
            if end == batch.len() {
                self.batches.pop_front();
                self.taken = 0;
            }
        }
        self.rows = self.rows.saturating_sub(out.len());
        out
    }
}

/// The x values of the samples `range` of a batch.
fn x_values(x: &Xs, range: std::ops::Range<usize>) -> std::borrow::Cow<'_, [f64]> {
    match x {
        Xs::Explicit(x) => x.get(range).unwrap_or_default().into(),
        Xs::Steps { start, step } => range.map(|i| start + i as f64 * step).collect::<Vec<_>>().into(),
    }
}

/// What the store says of a series that nobody declared.
fn undeclared(id: SeriesId) -> SeriesInfo {
    SeriesInfo { id, name: format!("series {}", id.0), x_label: String::new(), x_is_time: false, color: None }
}

/// Says what of a run is not there.
fn warn_of_losses(run: &RunEntry, reader: &LogReader, missing: u64) {
    let lost: u64 = reader.lost().iter().map(|loss| loss.range.end - loss.range.start).sum();
    // The last record of a run that goes on may be half written.
    if lost > 0 && run.state != RunState::Running {
        log::warn!("{}: {lost} bytes of the log are damaged and were passed over", run.dir_name());
    }
    if missing > 0 {
        log::warn!("{}: {missing} samples could not be recorded and are missing", run.dir_name());
    }
}
