//! Which of several progress bars says how far the job is.
//!
//! Runs on the worker's thread. Knows neither pipes nor text.

use crate::batch::{Pane, Progress};
use crate::source::terminal::{ROWS, TaskProgress};

/// Bars that may come and go below an outer one that stands still, before it is taken for abandoned.
const INNER_ENDS_MAX: u32 = 3;

/// Chooses the progress of the job from what its lines say.
///
/// - Of bars that are drawn below each other the outermost leads: the inner ones begin anew again and again.
/// - A program that tells a task bar (OSC 9;4) how far it is knows best, until it takes that back.
#[derive(Debug, Default)]
pub(super) struct Lead {
    bar: Option<Bar>,
    is_told: bool,
    newest: Option<Progress>,
}

/// The bar that leads.
#[derive(Clone, Copy, Debug)]
struct Bar {
    pane: Pane,
    number: u64,
    total: Option<u64>,
    is_done: bool,
    /// Whether it was rewritten after a bar below it: it is the outer one for certain.
    is_outer: bool,
    inner_ends: u32,
}

impl Lead {
    /// Line `number` of the stream of `pane` shows `progress`.
    pub fn line(&mut self, pane: Pane, number: u64, progress: Progress) {
        let total = progress.steps().map(|(_, total)| total);
        let is_done = progress.fraction().is_some_and(|fraction| fraction >= 1.0);
        // Lines of different streams cannot be told to be below each other.
        let last = self.bar.filter(|bar| bar.pane == pane);
        if let (Some(bar), Some(_)) = (&mut self.bar, last)
            && number > bar.number
            && bar.shuts_out(number, total)
        {
            bar.inner_ends += u32::from(is_done);
            return;
        }
        let is_outer = last.is_some_and(|bar| number < bar.number || (number == bar.number && bar.is_outer));
        self.bar = Some(Bar { pane, number, total, is_done, is_outer, inner_ends: 0 });
        if !self.is_told {
            self.newest = Some(progress);
        }
    }

    /// The program told a task bar how far it is.
    pub fn task(&mut self, progress: TaskProgress) {
        self.is_told = progress != TaskProgress::Gone;
        match progress {
            TaskProgress::Gone => {}
            TaskProgress::Busy => self.newest = Some(Progress::Unknown { done: 0 }),
            TaskProgress::Percent(percent) => {
                let fraction = f64::from(percent) / 100.0;
                self.newest = Some(Progress::Share { fraction, steps: None, left: None });
            }
        }
    }

    /// The job's progress, if it is another than at the last call.
    pub fn take(&mut self) -> Option<Progress> {
        self.newest.take()
    }
}

impl Bar {
    /// Whether a bar in the later line `number` is one within this one.
    fn shuts_out(&self, number: u64, total: Option<u64>) -> bool {
        let is_near = number - self.number < ROWS as u64;
        // The same total is the same bar, printed in another line.
        let is_other = self.is_outer || total != self.total;
        is_near && is_other && !self.is_done && self.inner_ends < INNER_ENDS_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(done: u64, total: u64) -> Progress {
        Progress::Steps { done, total }
    }

    fn fed(lines: &[(u64, u64, u64)]) -> Vec<Progress> {
        let mut lead = Lead::default();
        lines
            .iter()
            .filter_map(|&(number, done, total)| {
                lead.line(Pane::Worker, number, steps(done, total));
                lead.take()
            })
            .collect()
    }

    #[test]
    fn the_outermost_bar_leads() {
        let seen =
            fed(&[(4, 0, 3), (5, 1, 20), (5, 20, 20), (4, 1, 3), (5, 1, 20), (5, 20, 20), (4, 2, 3), (5, 3, 20)]);
        assert_eq!(seen, [steps(0, 3), steps(1, 3), steps(2, 3)]);
        let seen = fed(&[(1, 1, 10), (2, 1, 10), (1, 2, 10), (2, 2, 10), (1, 3, 10)]);
        assert_eq!(seen.last(), Some(&steps(3, 10)), "an inner one of the same length is found out");
    }

    #[test]
    fn bars_one_after_another_all_count() {
        let seen = fed(&[(1, 1, 10), (2, 2, 10), (3, 3, 10), (4, 10, 10), (5, 1, 7)]);
        assert_eq!(seen.len(), 5);
        // The first one was left before its end.
        let seen = fed(&[(1, 9, 10), (2, 7, 7), (3, 8, 8), (4, 9, 9), (5, 1, 5)]);
        assert_eq!(seen, [steps(9, 10), steps(1, 5)]);
    }

    #[test]
    fn what_a_task_bar_is_told_goes_before_what_is_drawn() {
        let mut lead = Lead::default();
        lead.task(TaskProgress::Percent(40));
        lead.line(Pane::Worker, 0, steps(1, 10));
        assert_eq!(lead.take(), Some(Progress::Share { fraction: 0.4, steps: None, left: None }));
        lead.task(TaskProgress::Gone);
        lead.line(Pane::Worker, 0, steps(2, 10));
        assert_eq!((lead.take(), lead.take()), (Some(steps(2, 10)), None));
    }
}
