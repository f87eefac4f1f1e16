//! Where a line stands in the job: its x, and how far the job is.
//!
//! Called on the worker's thread.

use std::time::Duration;

use crate::batch::Progress;

use super::reading::{Count, Reading};

/// What an x counts, from coarse to fine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Unit {
    Line,
    Epoch,
    Batch,
    Step,
}

const UNIT_COUNT: usize = 4;

/// Follows the counts of a job from line to line.
#[derive(Debug, Default)]
pub(super) struct Position {
    /// The newest value of each unit, by its place in [`Unit`].
    newest: [Option<f64>; UNIT_COUNT],
    /// The finest unit that a sample was placed by.
    finest_used: Option<Unit>,
    epoch: Option<Count>,
    /// Number of the first epoch: 0 or 1.
    epoch_base: f64,
    /// Batches of an epoch, by the first bar seen in one.
    epoch_batches: Option<f64>,
    step: Unwrapped,
    batch: Unwrapped,
    /// The axis label of steps.
    pub step_label: &'static str,
    progress: Option<Progress>,
}

/// A count that begins anew, in each epoch or for each bar, as one that goes on.
#[derive(Debug, Default)]
struct Unwrapped {
    offset: f64,
    last: f64,
    epoch: f64,
}

impl Unwrapped {
    fn place(&mut self, value: f64, epoch: f64, may_restart: bool) -> f64 {
        if value < self.last && (may_restart || epoch > self.epoch) {
            self.offset += self.last;
        }
        self.last = value;
        self.epoch = epoch;
        self.offset + value
    }
}

impl Position {
    /// Takes the counts of a line; gives the unit of its x and the job's progress if it changed.
    ///
    /// Nothing is given for a Keras bar that begins anew within its epoch: an evaluation, whose values are not those
    /// of the training under the same names.
    pub fn enter(&mut self, reading: &Reading, is_keras: bool, line_number: u64) -> (Option<Unit>, Option<Progress>) {
        self.set(Unit::Line, line_number as f64);
        if let Some(epoch) = reading.epoch {
            if self.epoch.is_none() {
                self.epoch_base = if epoch.done < 1.0 && epoch.done.fract() == 0.0 { 0.0 } else { 1.0 };
            }
            // A total told once holds on: `Epoch 3/10`, later `epoch 3`.
            let total = epoch.total.or(self.epoch.and_then(|e| e.total).filter(|t| epoch.done <= *t));
            self.epoch = Some(Count { done: epoch.done, total });
            self.set(Unit::Epoch, epoch.done);
        }
        let (batch, step) = match (reading.batch, reading.step) {
            // `Epoch [3/10], Step [100/600]`: such a step is one of the epoch.
            (None, Some(step)) if step.total.is_some() && reading.epoch.is_some() => (Some(step), None),
            counts => counts,
        };
        let epoch_done = reading.epoch.map_or(0.0, |e| e.done);
        let mut unit = if reading.epoch.is_some() { Unit::Epoch } else { Unit::Line };
        if let Some(batch) = batch {
            let Some(x) = self.place_batch(batch, is_keras) else { return (None, None) };
            self.set(Unit::Batch, x);
            unit = Unit::Batch;
        }
        if let Some(step) = step {
            let x = self.step.place(step.done, epoch_done, false);
            self.set(Unit::Step, x);
            self.step_label = reading.step_label;
            unit = Unit::Step;
        }
        let progress = self.progress_of(reading, batch, step).filter(|p| self.progress != Some(*p));
        if progress.is_some() {
            self.progress = progress;
        }
        (Some(unit), progress)
    }

    /// The unit in which a new series of a line with `unit` is placed: the finest one that a series of the job has.
    pub fn unit_of(&self, unit: Unit) -> Unit {
        self.finest_used.map_or(unit, |finest| finest.max(unit))
    }

    /// A series has its x in `unit`.
    pub fn note_used(&mut self, unit: Unit) {
        self.finest_used = Some(self.unit_of(unit));
    }

    /// The newest x in `unit`.
    pub fn x(&self, unit: Unit) -> f64 {
        self.newest.get(unit as usize).copied().flatten().unwrap_or(0.0)
    }

    fn set(&mut self, unit: Unit, x: f64) {
        if let Some(newest) = self.newest.get_mut(unit as usize) {
            *newest = Some(x);
        }
    }

    fn place_batch(&mut self, batch: Count, is_keras: bool) -> Option<f64> {
        match (self.epoch, batch.total) {
            (Some(epoch), Some(total)) => {
                if is_keras && epoch.done == self.batch.epoch && batch.done < self.batch.last {
                    return None;
                }
                self.batch.last = batch.done;
                self.batch.epoch = epoch.done;
                // Bars of another length, as of a validation, are fitted into the same epoch.
                let batches = *self.epoch_batches.get_or_insert(total);
                let part = if total == batches { batch.done } else { batch.done * batches / total };
                Some((epoch.done.floor() - self.epoch_base).max(0.0) * batches + part)
            }
            (Some(epoch), None) => Some(self.batch.place(batch.done, epoch.done, false)),
            (None, _) => Some(self.batch.place(batch.done, 0.0, true)),
        }
    }

    fn progress_of(&self, reading: &Reading, batch: Option<Count>, step: Option<Count>) -> Option<Progress> {
        let steps =
            |done: f64, total: f64| Progress::Steps { done: done.max(0.0) as u64, total: (total as u64).max(1) };
        let share = |done: f64, total: f64, steps: Option<(u64, u64)>, left: Option<Duration>| {
            let fraction = (done / total).clamp(0.0, 1.0);
            // At the end nothing is left, whatever a program says.
            Progress::Share { fraction, steps, left: left.filter(|_| fraction < 1.0) }
        };
        let epoch = self.epoch.and_then(|e| Some((e.done.floor() - self.epoch_base, e.total?)));
        if let (Some((done, total)), Some(batch)) = (epoch, batch)
            && let Some(batches) = batch.total
        {
            return Some(steps(done * batches + batch.done, total * batches));
        }
        if let Some(Count { done, total: Some(total) }) = step.or(batch) {
            return Some(match (steps(done, total), reading.left) {
                _ if reading.is_amount => share(done, total, None, reading.left),
                (Progress::Steps { done: whole, total: all }, Some(left)) if whole < all => {
                    share(done, total, Some((whole, all)), Some(left))
                }
                (counted, _) => counted,
            });
        }
        if let (Some((done, total)), true) = (epoch, reading.epoch.is_some()) {
            // An epoch that is only announced is not done yet.
            let ended = if reading.pair_count() > 0 && batch.is_none() { 1.0 } else { 0.0 };
            return Some(steps(done + ended, total));
        }
        if let Some(percent) = reading.percent.filter(|p| (0.0..=100.0).contains(p)) {
            return Some(share(percent, 100.0, None, reading.left));
        }
        let Count { done, total } = reading.done?;
        Some(steps(done, total?))
    }
}
