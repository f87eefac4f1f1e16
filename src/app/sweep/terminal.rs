//! A sweep in the terminal: what its runs say, each line after its parameters, and how far the whole is.
//!
//! The main thread waits for the notices of all runs at once. Lines are printed on the threads that read them.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::{SweepOptions, SweepRun};
use crate::app::job_view::JobView;
use crate::app::launch::Launch;
use crate::app::pipeline::{self, LineTap, Running, StartError, StartOptions};
use crate::app::printable::printable;
use crate::batch::{Failure, Level, Notice, Pane};
use crate::job::{self, Drain, lock};
use crate::store::SnapshotSlot;

/// How late a signal is noticed.
const SIGNAL_INTERVAL: Duration = Duration::from_millis(50);

/// Longest time that the notices of one run are taken before those of the next are.
const TAKE_TIME: Duration = Duration::from_millis(20);

/// A run that goes on.
struct Active {
    place: usize,
    text: String,
    job: Running,
    drain: Drain,
    view: JobView,
}

/// How a run ended; those that were stopped come after all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    was_stopped: bool,
    place: usize,
    code: i32,
}

/// Rings when any of the runs has something to say.
type Bell = Arc<(Mutex<bool>, Condvar)>;

/// Runs them all, so many at a time. Returns 0, or the exit status of the first, in their order, that failed; else that of
/// the first that was stopped. SIGINT and SIGTERM stop those that go on and start no more. A run that cannot be started has
/// failed.
///
/// # Errors
/// The system's, if signals cannot be caught.
pub fn run(runs: Vec<SweepRun>, options: SweepOptions, launch: &Launch) -> io::Result<i32> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // The second one ends the program at once.
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    let bar = ProgressBar::new(runs.len() as u64).with_style(style());
    bar.enable_steady_tick(Duration::from_millis(500));
    let bell = Bell::default();
    let mut waiting: VecDeque<_> = runs.into_iter().enumerate().collect();
    let mut active: Vec<Active> = Vec::new();
    let mut ends: Vec<End> = Vec::new();
    let mut is_stopping = false;
    while !active.is_empty() || !waiting.is_empty() {
        while active.len() < options.jobs.max(1)
            && let Some((place, run)) = waiting.pop_front()
        {
            match start(place, &run, launch, &bar, &bell) {
                Ok(run) => active.push(run),
                Err(error) => {
                    bar.suspend(|| eprintln!("[{}] kymograph: {error}", printable(&run.text)));
                    ends.push(End { was_stopped: false, place, code: 1 });
                }
            }
        }
        wait(&bell);
        active.iter_mut().for_each(|run| run.take(&bar));
        for run in active.extract_if(.., |run| run.view.end.is_some()) {
            ends.push(run.finish(&bar));
            bar.inc(1);
        }
        let has_failed = options.fail_fast && ends.iter().any(|end| end.code != 0 && !end.was_stopped);
        if (has_failed || stop.load(Ordering::Relaxed)) && !std::mem::replace(&mut is_stopping, true) {
            if !waiting.is_empty() {
                bar.suspend(|| eprintln!("kymograph: {} more are not run", waiting.len()));
            }
            waiting.clear();
            active.iter().for_each(|run| run.job.end());
        }
    }
    bar.finish_and_clear();
    ends.sort_unstable();
    Ok(ends.iter().map(|end| end.code).find(|code| *code != 0).unwrap_or(0))
}

fn start(place: usize, run: &SweepRun, launch: &Launch, bar: &ProgressBar, bell: &Bell) -> Result<Active, StartError> {
    let (mailbox, mut drain) = job::mailbox();
    let rings = Arc::clone(bell);
    drain.set_wake(Arc::new(move || {
        *lock(&rings.0) = true;
        rings.1.notify_one();
    }));
    let text = printable(&run.text).into_owned();
    let options = StartOptions {
        recording: launch.recording.clone(),
        budget_bytes: launch.budget_bytes,
        tap: Some(tap(bar.clone(), text.clone())),
        supervisor: launch.supervisor.clone(),
    };
    let job = pipeline::start(&run.kind, &SnapshotSlot::new(), mailbox, options)?;
    Ok(Active { place, text, job, drain, view: JobView::started_now() })
}

/// Prints what a run writes, each line after its parameters.
fn tap(bar: ProgressBar, text: String) -> LineTap {
    Box::new(move |line| {
        // A line that may go on is said again when it is whole.
        if line.line.is_some_and(|id| id.is_open) {
            return;
        }
        // A closed pipe, as behind `| head`, is no reason to stop the computation.
        let written = bar.suspend(|| match line.pane {
            Pane::Worker => writeln!(io::stdout(), "[{text}] {}", line.text),
            Pane::Control | Pane::Receiver => writeln!(io::stderr(), "[{text}] {}", line.text),
        });
        written.unwrap_or_default();
    })
}

impl Active {
    fn take(&mut self, bar: &ProgressBar) {
        let Self { drain, view, text, .. } = self;
        drain.drain(TAKE_TIME, |notice| {
            view.apply(&notice);
            if let Notice::Message(message) = &notice
                && message.level == Level::Warning
            {
                bar.suspend(|| eprintln!("[{text}] warning: {}", message.text));
            }
        });
    }

    /// How it ended, once what it made is on disk.
    fn finish(mut self, bar: &ProgressBar) -> End {
        self.take(bar);
        let Self { place, text, job, view, .. } = self;
        drop(job);
        match &view.end {
            Some(Ok(outcome)) => End { was_stopped: outcome.was_stopped, place, code: outcome.exit_code },
            Some(Err(Failure { text: why, exit_code })) => {
                let line = why.lines().next().unwrap_or("the job failed");
                bar.suspend(|| eprintln!("[{text}] kymograph: {line}"));
                End { was_stopped: false, place, code: *exit_code }
            }
            None => End { was_stopped: false, place, code: 1 },
        }
    }
}

fn wait(bell: &Bell) {
    let (rung, changed) = &**bell;
    let mut rung = lock(rung);
    if !*rung {
        rung = changed.wait_timeout(rung, SIGNAL_INTERVAL).unwrap_or_else(std::sync::PoisonError::into_inner).0;
    }
    *rung = false;
}

fn style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos}/{len} runs  {elapsed_precise}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
