//! Reads the lines of a job and gives its series, samples and progress.
//!
//! Runs on the worker's thread.

use std::collections::HashMap;

use crate::batch::Progress;
use crate::source::float;
use crate::source::json::{self, Leaf};
use crate::source::terminal::plain_text;

use super::Metrics;
use super::columns::Columns;
use super::names;
use super::pairs;
use super::pattern::Found;
use super::position::{Position, Unit};
use super::reading::{Count, Form, Reading};
use super::token::{self, Kind, Token};
use super::{bar, share, stamp};

/// Most series of one job found in its output. A program that prints ever new names would fill memory and legend.
const SERIES_MAX: usize = 1000;

/// Most names remembered that occurred only once.
const SINGLES_MAX: usize = 10_000;

/// A series found in the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetricSeries {
    /// Its name as printed; from a stranger.
    pub name: String,
    /// What its x counts: `step`, `iteration`, `batch`, `epoch` or `line`.
    pub x_label: &'static str,
}

/// A number found in a line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MetricSample {
    /// Its series, by its place in [`MetricParser::series`].
    pub series: usize,
    /// Where it stands, in what the series' x counts.
    pub x: f64,
    /// Its value; not finite if the program printed so.
    pub y: f64,
}

/// What was found in the lines since it was last emptied.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Readings {
    /// Samples in the order in which they were printed. One that was held back until its name occurred again follows late,
    /// but before its successors in the series.
    pub samples: Vec<MetricSample>,
    /// The job's newest progress, if a line showed any.
    pub progress: Option<Progress>,
    /// Whether a drawn bar showed it.
    pub is_bar: bool,
}

/// Finds the numbers in the lines of one job.
#[derive(Debug)]
pub struct MetricParser {
    metrics: Metrics,
    series: Vec<MetricSeries>,
    /// Unit of each series' x.
    units: Vec<Unit>,
    by_name: HashMap<String, Entry>,
    singles: usize,
    refused: u64,
    position: Position,
    columns: Columns,
    reading: Reading,
    tokens: Vec<Token>,
}

#[derive(Debug)]
enum Entry {
    Series(usize),
    /// Occurred once, on a line that counts nothing.
    Single {
        unit: Unit,
        x: f64,
        y: f64,
        form: Form,
    },
}

impl MetricParser {
    /// A parser for the lines of one job.
    #[must_use]
    pub fn new(metrics: Metrics) -> Self {
        Self {
            metrics,
            series: Vec::new(),
            units: Vec::new(),
            by_name: HashMap::new(),
            singles: 0,
            refused: 0,
            position: Position::default(),
            columns: Columns::default(),
            reading: Reading::default(),
            tokens: Vec::new(),
        }
    }

    /// The series found so far; they never change and new ones come at the end.
    #[must_use]
    pub fn series(&self) -> &[MetricSeries] {
        &self.series
    }

    /// Number of samples refused because there were more than 1000 series.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }

    /// Reads the numbers of line `line_number` (from 1) into `out`. Escape sequences are skipped.
    pub fn parse(&mut self, line: &str, line_number: u64, out: &mut Readings) {
        let text = plain_text(line);
        match &self.metrics {
            Metrics::Pattern(_) => self.parse_by_pattern(&text, line_number, out),
            Metrics::Auto if may_hold_number(text.as_bytes()) => self.parse_auto(&text, line_number, out),
            Metrics::Auto => self.columns.note(&text),
        }
    }

    /// Gives what was held back, when no more lines come: if nothing became a series, the names written for machines
    /// (`name=value`, JSON) do with their one sample.
    pub fn finish(&mut self, out: &mut Readings) {
        if !self.series.is_empty() {
            return;
        }
        let mut singles: Vec<(String, Unit, f64, f64)> = self
            .by_name
            .iter()
            .filter_map(|(name, entry)| match entry {
                Entry::Single { unit, x, y, form: Form::Written } => Some((name.clone(), *unit, *x, *y)),
                _ => None,
            })
            .collect();
        singles.sort_by(|a, b| a.2.total_cmp(&b.2).then_with(|| a.0.cmp(&b.0)));
        for (name, unit, x, y) in singles {
            if let Some(series) = self.add_series(&name, unit) {
                out.samples.push(MetricSample { series, x, y });
            }
        }
    }

    fn parse_by_pattern(&mut self, text: &str, line_number: u64, out: &mut Readings) {
        let metrics = std::mem::take(&mut self.metrics);
        if let Metrics::Pattern(pattern) = &metrics {
            // The user's own x is taken as it is, whatever its order.
            let (mut unit, mut x) = (Unit::Line, line_number as f64);
            self.position.step_label = "step";
            pattern.read(text, &mut |found| match found {
                Found::X(value) => (unit, x) = (Unit::Step, value),
                Found::Value(name, y) => {
                    let known = match self.by_name.get(name) {
                        Some(Entry::Series(series)) => Some(*series),
                        _ => self.add_series(name, unit),
                    };
                    if let Some(series) = known {
                        out.samples.push(MetricSample { series, x, y });
                    }
                }
            });
        }
        self.metrics = metrics;
    }

    fn parse_auto(&mut self, text: &str, line_number: u64, out: &mut Readings) {
        let mut reading = std::mem::take(&mut self.reading);
        let mut tokens = std::mem::take(&mut self.tokens);
        reading.clear();
        let is_keras = self.read_line(text, &mut tokens, &mut reading);
        let (unit, progress) = self.position.enter(&reading, is_keras, line_number);
        if progress.is_some() {
            (out.progress, out.is_bar) = (progress, reading.is_bar);
        }
        if let Some(unit) = unit {
            let has_count = reading.has_count();
            for (name, y, form) in reading.pairs() {
                self.add_sample(name, y, form, unit, has_count, out);
            }
        }
        self.reading = reading;
        self.tokens = tokens;
    }

    /// Reads a line by the first of the forms that fits. Says whether it is one of Keras' bars.
    fn read_line(&mut self, text: &str, tokens: &mut Vec<Token>, reading: &mut Reading) -> bool {
        let message = stamp::message_of(text);
        if let Some(bar) = bar::find(message) {
            reading.batch = bar.count;
            reading.percent = bar.percent;
            reading.is_bar = true;
            reading.is_amount = bar.is_amount;
            reading.left = bar.left;
            if !self.columns.row(bar.before, bar.before, reading) {
                token::tokenize(bar.before, tokens);
                pairs::read(bar.before, tokens, reading);
                if !tokens.iter().any(|t| matches!(t.kind, Kind::Number(_))) {
                    self.columns.note(bar.before);
                }
            }
            token::tokenize(bar.after, tokens);
            pairs::read(bar.after, tokens, reading);
            return bar.is_keras;
        }
        if self.columns.row(text, message, reading) {
            return false;
        }
        if let Some((before, object)) = message.find('{').and_then(|at| message.split_at_checked(at))
            // One that was cut off may have lost the end of a number.
            && (read_object(object, reading) || !object.contains('}'))
        {
            token::tokenize(before, tokens);
            pairs::read(before, tokens, reading);
            return false;
        }
        token::tokenize(message, tokens);
        if tokens.iter().any(|t| matches!(t.kind, Kind::Number(_))) {
            pairs::read(message, tokens, reading);
            if !reading.has_count() {
                share::read(text, reading);
            }
        } else {
            self.columns.note(text);
        }
        false
    }

    fn add_sample(&mut self, name: &str, y: f64, form: Form, unit: Unit, has_count: bool, out: &mut Readings) {
        let earlier = match self.by_name.get(name) {
            Some(Entry::Series(series)) => {
                let x = self.units.get(*series).map_or(0.0, |unit| self.position.x(*unit));
                out.samples.push(MetricSample { series: *series, x, y });
                return;
            }
            Some(Entry::Single { unit, x, y, .. }) => Some((*unit, *x, *y)),
            None => None,
        };
        if earlier.is_none() && !has_count {
            if self.singles < SINGLES_MAX {
                self.singles += 1;
                let unit = self.position.unit_of(unit);
                let x = self.position.x(unit);
                self.by_name.insert(name.to_owned(), Entry::Single { unit, x, y, form });
            }
            return;
        }
        let series_unit = match earlier {
            Some((unit, ..)) => unit,
            None => self.position.unit_of(unit),
        };
        let Some(series) = self.add_series(name, series_unit) else { return };
        if let Some((_, x, y)) = earlier {
            self.singles -= 1;
            out.samples.push(MetricSample { series, x, y });
        }
        out.samples.push(MetricSample { series, x: self.position.x(series_unit), y });
    }

    fn add_series(&mut self, name: &str, unit: Unit) -> Option<usize> {
        if self.series.len() >= SERIES_MAX {
            self.refused += 1;
            return None;
        }
        let series = self.series.len();
        let x_label = match unit {
            Unit::Line => "line",
            Unit::Epoch => "epoch",
            Unit::Batch => "batch",
            Unit::Step => self.position.step_label,
        };
        self.position.note_used(unit);
        self.series.push(MetricSeries { name: name.to_owned(), x_label });
        self.units.push(unit);
        self.by_name.insert(name.to_owned(), Entry::Series(series));
        Some(series)
    }
}

/// Reads a JSON object or Python dict; false, and nothing read, if it is none or holds no number.
fn read_object(text: &str, reading: &mut Reading) -> bool {
    let kept = reading.pair_count();
    let mut has_number = false;
    let read = json::read_object(text, &mut |path, leaf| {
        let value = match leaf {
            Leaf::Number(value) => value,
            Leaf::Text(text) => match float::parse(text.trim().as_bytes(), b'.') {
                Some(value) => value,
                None => return,
            },
            _ => return,
        };
        has_number = true;
        let last = path.rsplit('/').next().unwrap_or(path);
        match names::count_unit(last) {
            Some(unit) if value >= 0.0 => reading.set_count(unit, Count { done: value, total: None }),
            // A time stamp in seconds or finer is no measurement.
            _ if value >= 1e9 && matches!(last, "time" | "t" | "created" | "asctime") => {}
            _ => reading.add(path, value, Form::Written),
        }
    });
    if read.is_none() {
        reading.clear();
        reading.truncate_pairs(kept);
    }
    read.is_some() && has_number
}

/// A quick look that spares most lines without numbers the rest.
fn may_hold_number(line: &[u8]) -> bool {
    line.iter().any(u8::is_ascii_digit)
        || line.windows(3).any(|w| w.eq_ignore_ascii_case(b"nan") || w.eq_ignore_ascii_case(b"inf"))
}
