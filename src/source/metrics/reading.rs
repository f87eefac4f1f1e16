//! What one line says: names with their numbers, and the counts that say where the job is.
//!
//! Plain data, filled by the parts of the parser on the worker's thread.

use std::time::Duration;

use super::names;

/// How far something has counted: `3`, or `3/10`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Count {
    pub done: f64,
    pub total: Option<f64>,
}

/// What one line says.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Names end to end; a pair refers to its own by range.
    names: String,
    pairs: Vec<(usize, usize, f64, Form)>,
    pub epoch: Option<Count>,
    pub batch: Option<Count>,
    pub step: Option<Count>,
    /// The axis label of `step`, as the line calls it.
    pub step_label: &'static str,
    /// The job's progress in percent.
    pub percent: Option<f64>,
    /// The job's progress as a count that no value is placed by, as `[12/345]` before a command.
    pub done: Option<Count>,
    /// Whether the line draws a bar.
    pub is_bar: bool,
    /// Whether `batch` counts an amount, as megabytes, and not steps.
    pub is_amount: bool,
    /// Time to the end, as the line says.
    pub left: Option<Duration>,
}

/// How a pair was written, which says how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `name=value`, JSON, a column: made for machines.
    Written,
    /// `name: value`.
    Spoken,
}

impl Reading {
    pub fn clear(&mut self) {
        self.names.clear();
        self.pairs.clear();
        self.epoch = None;
        self.batch = None;
        self.step = None;
        self.step_label = "step";
        self.percent = None;
        self.done = None;
        self.is_bar = false;
        self.is_amount = false;
        self.left = None;
    }

    /// Adds a pair, or the count that its name stands for, unless the name is one that never makes a curve.
    pub fn add(&mut self, name: &str, value: f64, form: Form) {
        if !names::is_no_metric(name) {
            self.add_column(name, value, form);
        }
    }

    /// Adds a pair whatever its name.
    pub fn add_column(&mut self, name: &str, value: f64, form: Form) {
        if name.is_empty() || name.len() > names::NAME_BYTES_MAX {
            return;
        }
        let start = self.names.len();
        self.names.push_str(name);
        self.pairs.push((start, self.names.len(), value, form));
    }

    pub fn pairs(&self) -> impl Iterator<Item = (&str, f64, Form)> {
        self.pairs.iter().filter_map(|(start, end, value, form)| Some((self.names.get(*start..*end)?, *value, *form)))
    }

    pub fn pair_count(&self) -> usize {
        self.pairs.len()
    }

    /// Forgets the pairs after the first `count`.
    pub fn truncate_pairs(&mut self, count: usize) {
        self.pairs.truncate(count);
    }

    /// Whether the line says where the job is.
    pub fn has_count(&self) -> bool {
        self.epoch.is_some() || self.batch.is_some() || self.step.is_some()
    }

    pub fn set_count(&mut self, unit: names::CountUnit, count: Count) {
        match unit {
            names::CountUnit::Epoch => self.epoch = Some(count),
            names::CountUnit::Batch => self.batch = Some(count),
            names::CountUnit::Step(label) => {
                self.step = Some(count);
                self.step_label = label;
            }
        }
    }
}
