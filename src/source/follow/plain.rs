//! Text that is no table: MLflow's metric files, and the logs that programs write for people.
//!
//! Worker's thread.

use super::cutter::{Cutter, Line};
use super::reader::{Fed, Reader};
use super::sheet::{RowX, Sheet};
use crate::source::float;
use crate::source::metrics::{MetricParser, Metrics, Readings};
use crate::source::terminal::plain_text;

/// Reads a file of MLflow's store: `timestamp value step` a line, the metric's name is that of the file
/// (`mlflow/store/tracking/file_store.py`).
pub(super) struct MlflowReader {
    cutter: Cutter,
    metric: Metric,
}

struct Metric {
    name: String,
    /// The last x, if every step so far was 0: a program that gives no steps.
    counted: Option<f64>,
    has_steps: bool,
}

impl MlflowReader {
    /// A reader for the metric `name`.
    pub fn new(name: String) -> Self {
        Self { cutter: Cutter::default(), metric: Metric { name, counted: None, has_steps: false } }
    }
}

impl Reader for MlflowReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        let metric = &mut self.metric;
        self.cutter.feed(bytes, &mut |line| metric.line(line, sheet));
        Fed::Taken
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let metric = &mut self.metric;
        self.cutter.end(&mut |line| metric.line(line, sheet));
    }

    fn restart(&mut self) {
        self.cutter.restart();
        (self.metric.counted, self.metric.has_steps) = (None, false);
    }
}

impl Metric {
    fn line(&mut self, line: Line<'_>, sheet: &mut Sheet) {
        let (number, text) = match line {
            Line::Text(number, text) => (number, text),
            Line::TooLong(number) => return sheet.fault(&format!("line {number}: too long and left out")),
        };
        if text.trim_ascii().is_empty() {
            return;
        }
        let words = text.split(|byte| *byte == b' ').filter(|word| !word.is_empty());
        let mut numbers = words.map(|word| float::parse(word, b'.'));
        // Files of the first versions have no step.
        let (stamp, value, step) = (numbers.next(), numbers.next(), numbers.next().unwrap_or(Some(0.0)));
        let (Some(Some(_)), Some(Some(value)), Some(step), None) = (stamp, value, step, numbers.next()) else {
            return sheet
                .fault(&format!("line {number}: this is no metric, such as `1700000000000 0.5 1`; it is left out"));
        };
        let x = self.x(step);
        if let Some(series) = sheet.series(&self.name, "step", false) {
            sheet.row(RowX::At(x), &[(series, value)]);
        }
    }

    /// The step; or the number of the value from 0, as long as all steps are 0.
    fn x(&mut self, step: f64) -> f64 {
        self.has_steps |= step != 0.0;
        if self.has_steps {
            return step;
        }
        let x = self.counted.map_or(0.0, |last| last + 1.0);
        self.counted = Some(x);
        x
    }
}

/// Reads a log that a program writes for people: its lines stand in the pane, the numbers in them become curves as those
/// of a command do.
pub(super) struct LogReader {
    cutter: Cutter,
    lines: Lines,
}

struct Lines {
    parser: MetricParser,
    readings: Readings,
    count: u64,
}

impl Default for LogReader {
    fn default() -> Self {
        let lines = Lines { parser: MetricParser::new(Metrics::Auto), readings: Readings::default(), count: 0 };
        Self { cutter: Cutter::default(), lines }
    }
}

impl Reader for LogReader {
    fn feed(&mut self, bytes: &[u8], sheet: &mut Sheet) -> Fed {
        let lines = &mut self.lines;
        self.cutter.feed(bytes, &mut |line| lines.line(line, sheet));
        Fed::Taken
    }

    fn end(&mut self, sheet: &mut Sheet) {
        let lines = &mut self.lines;
        self.cutter.end(&mut |line| lines.line(line, sheet));
        self.lines.parser.finish(&mut self.lines.readings);
        self.lines.hand_on(sheet);
    }

    fn restart(&mut self) {
        self.cutter.restart();
    }
}

impl Lines {
    fn line(&mut self, line: Line<'_>, sheet: &mut Sheet) {
        let text = match line {
            Line::Text(_, text) => String::from_utf8_lossy(text),
            Line::TooLong(number) => return sheet.fault(&format!("line {number}: too long and left out")),
        };
        // A progress bar rewrites its line; a person sees the last state.
        let text = text.rsplit('\r').find(|state| !state.trim().is_empty()).unwrap_or_default();
        let text = plain_text(text);
        self.count += 1;
        self.parser.parse(&text, self.count, &mut self.readings);
        if !text.is_empty() {
            sheet.text(&text);
        }
        self.hand_on(sheet);
    }

    fn hand_on(&mut self, sheet: &mut Sheet) {
        for sample in self.readings.samples.drain(..) {
            let Some(series) = self.parser.series().get(sample.series) else { continue };
            if let Some(place) = sheet.series(&series.name, series.x_label, false) {
                sheet.row(RowX::At(sample.x), &[(place, sample.y)]);
            }
        }
    }
}
