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
    fraction: f64,
    is_done: bool,
    /// Whether it was rewritten after a bar below it: it is the outer one for certain.
    is_outer: bool,
    inner_ends: u32,
}

impl Lead {
    /// Line `number` of the stream of `pane` shows `progress`, as a drawn bar or in words.
    pub fn line(&mut self, pane: Pane, number: u64, progress: Progress, is_bar: bool) {
        let total = progress.steps().map(|(_, total)| total);
        let is_done = progress.fraction().is_some_and(|fraction| fraction >= 1.0);
        // Lines of different streams cannot be told to be below each other.
        let last = self.bar.filter(|bar| bar.pane == pane);
        if let (Some(bar), Some(_)) = (&mut self.bar, last)
            && number > bar.number
            && bar.shuts_out(number, total, progress)
        {
            bar.inner_ends += u32::from(is_done);
            return;
        }
        let is_outer = last.is_some_and(|bar| number < bar.number || (number == bar.number && bar.is_outer));
        // What is said in words, as `Epoch 1/2`, is told more exactly by a bar below it.
        let fraction = progress.fraction().unwrap_or(0.0);
        self.bar = is_bar.then_some(Bar { pane, number, total, fraction, is_done, is_outer, inner_ends: 0 });
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
    fn shuts_out(&self, number: u64, total: Option<u64>, progress: Progress) -> bool {
        let is_near = number - self.number < ROWS as u64;
        // With the same total and no less done it is the same bar, printed in another line.
        let is_behind = progress.fraction().is_some_and(|fraction| fraction < self.fraction);
        let is_other = self.is_outer || is_behind || total != self.total;
        is_near && is_other && !self.is_done && self.inner_ends < INNER_ENDS_MAX
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::source::metrics::{MetricParser, Metrics, Readings};
    use crate::source::terminal::{Terminal, Update};

    /// What a job's progress was while a recording came in, a piece each 10 ms.
    fn progress_of(bytes: &[u8]) -> Vec<Progress> {
        let (mut terminal, mut parser) = (Terminal::default(), MetricParser::new(Metrics::Auto));
        let (mut lead, mut readings, mut seen) = (Lead::default(), Readings::default(), Vec::new());
        let mut each = |update: Update<'_>| {
            match update {
                Update::Line(line) if !line.is_open => {
                    parser.parse(line.text, line.number + 1, &mut readings);
                    if let Some(progress) = readings.progress.take() {
                        lead.line(Pane::Worker, line.number, progress, readings.is_bar);
                    }
                }
                Update::Line(_) => {}
                Update::Task(progress) => lead.task(progress),
            }
            seen.extend(lead.take());
            Ok::<_, std::convert::Infallible>(())
        };
        for (i, piece) in (0..).zip(bytes.chunks(40)) {
            terminal.feed(piece, Duration::from_millis(i * 10), &mut each).unwrap();
            terminal.flush_due(Duration::from_millis(i * 10 + 5), &mut each).unwrap();
        }
        terminal.finish(&mut each).unwrap();
        seen
    }

    #[test]
    fn recordings_of_real_programs_move_the_bar_forward_to_its_end() {
        let is_forward = |seen: &[Progress]| seen.is_sorted_by_key(|progress| progress.fraction());
        let tqdm = progress_of(include_bytes!("../../../tests/data/terminal/tqdm.raw"));
        assert_eq!(tqdm.last(), Some(&steps(3, 3)), "{tqdm:?}");
        assert!(tqdm.iter().all(|progress| progress.steps().is_some_and(|(_, total)| total == 3)), "{tqdm:?}");
        assert!(tqdm.iter().any(|progress| progress.left() == Some(Duration::from_secs(1))), "{tqdm:?}");

        let keras = progress_of(include_bytes!("../../../tests/data/terminal/keras.raw"));
        assert_eq!(keras.last(), Some(&steps(16, 16)), "{keras:?}");
        assert!(keras.contains(&steps(8, 16)) || keras.contains(&steps(9, 16)), "epochs in all: {keras:?}");

        let ninja = progress_of(include_bytes!("../../../tests/data/terminal/ninja.raw"));
        assert_eq!((ninja.first(), ninja.last()), (Some(&steps(0, 6)), Some(&steps(6, 6))), "{ninja:?}");

        let pip = progress_of(include_bytes!("../../../tests/data/terminal/pip.raw"));
        assert_eq!(pip.last().unwrap().fraction(), Some(1.0), "{pip:?}");
        assert!(pip.iter().any(|progress| progress.left() == Some(Duration::from_secs(1))), "{pip:?}");

        for seen in [&tqdm, &keras, &ninja, &pip] {
            assert!(is_forward(seen), "{seen:?}");
        }
        // Of two bars that are no parts of each other the upper one leads to its end, then the other.
        let rich = progress_of(include_bytes!("../../../tests/data/terminal/rich.raw"));
        let end = rich.iter().position(|progress| progress.fraction() == Some(1.0)).unwrap();
        assert!(end > 2 && is_forward(&rich[..=end]), "{rich:?}");
    }

    fn steps(done: u64, total: u64) -> Progress {
        Progress::Steps { done, total }
    }

    fn fed(lines: &[(u64, u64, u64)]) -> Vec<Progress> {
        let mut lead = Lead::default();
        lines
            .iter()
            .filter_map(|&(number, done, total)| {
                lead.line(Pane::Worker, number, steps(done, total), true);
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
        lead.line(Pane::Worker, 0, steps(1, 10), true);
        assert_eq!(lead.take(), Some(Progress::Share { fraction: 0.4, steps: None, left: None }));
        lead.task(TaskProgress::Gone);
        lead.line(Pane::Worker, 0, steps(2, 10), true);
        assert_eq!((lead.take(), lead.take()), (Some(steps(2, 10)), None));
    }
}
