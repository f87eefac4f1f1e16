//! The series of one file, or of all the files of one run, on their way to the receiver.
//!
//! Readers put rows and points in, the source flushes them to its outlet. Worker's thread. Knows no file and no format.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::batch::{Batch, Item, Level, Message, Pane, SeriesId, SeriesInfo, Xs};
use crate::source::{Outlet, Stopped};

/// Most series of one job: more are no figure, and each costs memory in the store and in the window.
pub const SERIES_MAX: usize = 10_000;

/// Longest name of a series, in bytes; longer ones are cut.
const NAME_BYTES_MAX: usize = 1024;

/// Longest text shown in one piece, in bytes.
const TEXT_BYTES_MAX: usize = 64 * 1024;

/// Faults of one file that are told one by one; the rest are counted.
const FAULTS_TOLD: u64 = 10;

/// The series that one job has given out, with their names.
#[derive(Default)]
pub(super) struct Names {
    next: u32,
    taken: HashSet<String>,
    refused: u64,
}

/// What a row's x is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum RowX {
    /// A value that stands in the row.
    At(f64),
    /// The number of the row, from 1.
    Count,
}

/// The series of a file or a run.
#[derive(Default)]
pub(super) struct Sheet {
    /// The file or the run, for messages.
    pub label: String,
    /// Put before each name, if several are followed.
    prefix: String,
    series: Vec<Series>,
    by_name: HashMap<String, usize>,
    rows: u64,
    /// The first row, by which a file that was written anew is known.
    first_row: Option<(f64, Vec<(usize, u64)>)>,
    last_x: f64,
    is_falling: bool,
    awaits_first_row: bool,
    needs_reload: bool,
    is_forgiving: bool,
    texts: Vec<String>,
    texts_taken: u64,
    /// Texts that were shown before a reload.
    texts_known: u64,
    faults: u64,
    told: Vec<(Level, String)>,
    pending: usize,
}

#[derive(Default)]
struct Series {
    name: String,
    x_label: String,
    x_is_time: bool,
    id: Option<SeriesId>,
    is_refused: bool,
    x: Vec<f64>,
    y: Vec<f64>,
    sent: u64,
    last_x: Option<f64>,
    /// What was sent is to be replaced by what comes next.
    replaces: bool,
}

impl Sheet {
    /// A sheet whose series are called `prefix: name`, or `name` if the prefix is empty.
    pub fn new(label: String, prefix: String) -> Self {
        Self { label, prefix, ..Self::default() }
    }

    /// The place of the series called `name`, which is made if it is new; none if there are too many.
    pub fn series(&mut self, name: &str, x_label: &str, x_is_time: bool) -> Option<usize> {
        let name = cut(name, NAME_BYTES_MAX);
        if let Some(place) = self.by_name.get(name) {
            return Some(*place);
        }
        // One more than the limit, so that the flush sees that there are too many and says so.
        if self.series.len() > SERIES_MAX {
            return None;
        }
        let place = self.series.len();
        self.by_name.insert(name.to_owned(), place);
        let (name, x_label) = (name.to_owned(), x_label.to_owned());
        self.series.push(Series { name, x_label, x_is_time, ..Series::default() });
        Some(place)
    }

    /// Adds a row: a value for some of the series. After [`Self::restart`] the first row decides what the restart means:
    /// the file as it was before, written anew, or other rows that go on.
    pub fn row(&mut self, x: RowX, cells: &[(usize, f64)]) {
        if cells.is_empty() {
            return;
        }
        if std::mem::take(&mut self.awaits_first_row) && self.starts_over(x, cells) {
            self.start_over();
        }
        self.rows += 1;
        let x = if let RowX::At(x) = x { x } else { self.rows as f64 };
        match &self.first_row {
            None => self.first_row = Some((x, cells.iter().map(|(place, y)| (*place, y.to_bits())).collect())),
            Some(_) => self.is_falling |= x < self.last_x,
        }
        self.last_x = x;
        for (place, y) in cells {
            self.push(*place, x, *y);
        }
    }

    /// Adds a sample as TensorBoard does: it takes the place of all samples of its series whose x is not smaller, which a
    /// run wrote that was cut short (`tensorboard/data/server/reservoir.rs`, Preemption).
    pub fn point(&mut self, place: usize, x: f64, y: f64) {
        let Some(series) = self.series.get_mut(place) else { return };
        if series.last_x.is_some_and(|last| x <= last) {
            let kept = series.x.iter().rposition(|earlier| *earlier < x).map_or(0, |last| last + 1);
            self.pending -= series.x.len() - kept;
            series.x.truncate(kept);
            series.y.truncate(kept);
            // What was sent is not here any more. Only reading all of it again can tell what stays.
            self.needs_reload |= kept == 0 && series.sent > 0 && !self.is_forgiving;
        }
        self.push(place, x, y);
    }

    fn push(&mut self, place: usize, x: f64, y: f64) {
        let Some(series) = self.series.get_mut(place).filter(|series| !series.is_refused) else { return };
        series.x.push(x);
        series.y.push(y);
        series.last_x = Some(x);
        self.pending += 1;
    }

    /// A text for the pane.
    pub fn text(&mut self, text: &str) {
        self.texts_taken += 1;
        if self.texts_taken > self.texts_known {
            let text = cut(text, TEXT_BYTES_MAX);
            self.texts.extend(text.lines().map(str::to_owned));
        }
    }

    /// Something that the person who wrote the file should mend; `text` begins with the place, such as `line 3`.
    pub fn fault(&mut self, text: &str) {
        self.faults += 1;
        if self.faults <= FAULTS_TOLD {
            self.told.push((Level::Warning, format!("{}, {text}", self.label)));
        }
        if self.faults == FAULTS_TOLD {
            let text = format!("{}: further faults of this kind are left out without a word", self.label);
            self.told.push((Level::Warning, text));
        }
    }

    /// Says something of the file.
    pub fn tell(&mut self, level: Level, text: &str) {
        self.told.push((level, format!("{}: {text}", self.label)));
    }

    /// Says something of one of its files.
    pub fn tell_of(&mut self, path: &Path, level: Level, text: &str) {
        self.told.push((level, format!("{}: {text}", path.display())));
    }

    /// The file begins anew.
    pub fn restart(&mut self) {
        self.awaits_first_row = self.rows > 0;
    }

    /// All files are read again from their start, and what they hold then takes the place of what was sent.
    pub fn reload(&mut self) {
        for series in &mut self.series {
            series.replaces |= series.sent > 0;
            series.last_x = None;
            series.x.clear();
            series.y.clear();
        }
        (self.pending, self.needs_reload) = (0, false);
        (self.rows, self.first_row, self.is_falling, self.awaits_first_row) = (0, None, false, false);
        self.texts_known = self.texts_known.max(self.texts_taken);
        self.texts_taken = 0;
    }

    /// From now on samples that were sent stay, although others take their place.
    pub fn forgive(&mut self) {
        (self.needs_reload, self.is_forgiving) = (false, true);
    }

    /// Whether samples that were sent are not valid any more.
    pub fn needs_reload(&self) -> bool {
        self.needs_reload
    }

    /// Samples that wait to be sent.
    pub fn pending(&self) -> usize {
        self.pending
    }

    /// Whether the first row after a restart is one of a file that was written again from its beginning: it is the first
    /// row that was ever read, or its x goes back where x never did.
    fn starts_over(&self, x: RowX, cells: &[(usize, f64)]) -> bool {
        let Some((first_x, first_cells)) = &self.first_row else { return false };
        let is_same_x = if let RowX::At(x) = x { x.to_bits() == first_x.to_bits() } else { true };
        let common = cells.iter().filter_map(|(place, y)| {
            let (_, first) = first_cells.iter().find(|(known, _)| known == place)?;
            Some(y.to_bits() == *first)
        });
        let (mut count, mut are_same) = (0, true);
        common.for_each(|is_same| (count, are_same) = (count + 1, are_same && is_same));
        let is_back = matches!(x, RowX::At(x) if x < self.last_x) && !self.is_falling;
        is_back || (is_same_x && are_same && (count > 0 || matches!(x, RowX::At(_))))
    }

    fn start_over(&mut self) {
        let samples: u64 = self.series.iter().map(|series| series.sent + series.x.len() as u64).sum();
        let text = format!("the file starts over; {samples} samples of what it held before make room");
        self.tell(Level::Info, &text);
        // Texts are a log of what happened, so they stay and come again.
        let texts_known = self.texts_known;
        self.reload();
        self.texts_known = texts_known;
    }

    /// Sends what there is. `is_settled` says that the files hold nothing more: series that were to be replaced and got
    /// no sample are then empty.
    pub fn flush(&mut self, names: &mut Names, is_settled: bool, out: &mut dyn Outlet) -> Result<(), Stopped> {
        for (level, text) in self.told.drain(..) {
            say(out, level, text)?;
        }
        for text in self.texts.drain(..) {
            let time_secs = out.elapsed().as_secs_f64();
            out.line(Message::new(Pane::Worker, Level::Info, time_secs, text))?;
        }
        if self.pending == 0 && !is_settled {
            return Ok(());
        }
        for series in &mut self.series {
            if series.id.is_none() && !series.y.is_empty() && !series.is_refused {
                names.give(series, &self.prefix, out)?;
            }
        }
        let stamp_nanos = out.stamp_nanos();
        for series in &mut self.series {
            let Some(id) = series.id else { continue };
            let is_emptied = is_settled && series.replaces;
            if series.y.is_empty() && !is_emptied {
                continue;
            }
            let (x, y) = (std::mem::take(&mut series.x), std::mem::take(&mut series.y));
            let count = y.len() as u64;
            let Ok(batch) = Batch::new(id, stamp_nanos, Xs::Explicit(x.into()), y) else { continue };
            if std::mem::take(&mut series.replaces) {
                series.sent = 0;
                out.send(Item::Replace(batch, None))?;
            } else {
                out.send(Item::Append(batch))?;
            }
            series.sent += count;
        }
        self.pending = 0;
        Ok(())
    }
}

impl Names {
    /// Gives the series a number and a name of its own, if there is room for it.
    fn give(&mut self, series: &mut Series, prefix: &str, out: &mut dyn Outlet) -> Result<(), Stopped> {
        if self.next as usize >= SERIES_MAX {
            (series.is_refused, series.x, series.y) = (true, Vec::new(), Vec::new());
            self.refused += 1;
            if self.refused == 1 {
                let text = format!("the files have more than {SERIES_MAX} series; later ones are left out");
                say(out, Level::Warning, text)?;
            }
            return Ok(());
        }
        let plain = if prefix.is_empty() { series.name.clone() } else { format!("{prefix}: {}", series.name) };
        let mut name = plain.clone();
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{plain} ({number})");
            number += 1;
        }
        let id = SeriesId(self.next);
        self.next += 1;
        series.id = Some(id);
        out.send(Item::Declare(SeriesInfo {
            id,
            name,
            x_label: series.x_label.clone(),
            x_is_time: series.x_is_time,
            color: None,
        }))
    }

    /// Series given out so far.
    pub fn count(&self) -> usize {
        self.next as usize
    }
}

/// Shows a line in the Control pane.
pub(super) fn say(out: &mut dyn Outlet, level: Level, text: String) -> Result<(), Stopped> {
    let time_secs = out.elapsed().as_secs_f64();
    out.line(Message::new(Pane::Control, level, time_secs, text))
}

/// The beginning of `text`, at most `bytes` long and cut between characters.
fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or(0)).unwrap_or_default()
}
