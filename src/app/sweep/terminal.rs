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

use super::{SweepOptions, SweepRun, SweepRunError};
use crate::app::job_view::JobView;
use crate::app::launch::Launch;
use crate::app::pipeline::{self, LineTap, Running, StartOptions};
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

/// Rings when any of the runs has something to say.
type Bell = Arc<(Mutex<bool>, Condvar)>;

/// Runs them all, so many at a time; returns the exit status of the first, in their order, that failed, else 0. SIGINT and
/// SIGTERM stop those that go on and start no more.
///
/// # Errors
/// [`SweepRunError`] if a run cannot be started; those that go on are stopped then.
pub fn run(runs: Vec<SweepRun>, options: SweepOptions, launch: &Launch) -> Result<i32, SweepRunError> {
    let stop = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, 128 + signal, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    let bar = ProgressBar::new(runs.len() as u64).with_style(style());
    bar.enable_steady_tick(Duration::from_millis(500));
    let bell = Bell::default();
    let mut waiting: VecDeque<_> = runs.into_iter().enumerate().collect();
    let mut active: Vec<Active> = Vec::new();
    let mut codes: Vec<(usize, i32)> = Vec::new();
    let mut is_stopping = false;
    while !active.is_empty() || !waiting.is_empty() {
        while active.len() < options.jobs.max(1)
            && let Some((place, run)) = waiting.pop_front()
        {
            active.push(start(place, run, launch, &bar, &bell)?);
        }
        wait(&bell);
        if stop.load(Ordering::Relaxed) && !std::mem::replace(&mut is_stopping, true) {
            waiting.clear();
            active.iter().for_each(|run| run.job.end());
        }
        for run in &mut active {
            run.take(&bar);
        }
        for run in active.extract_if(.., |run| run.view.end.is_some()) {
            let (place, code) = run.finish(&bar);
            codes.push((place, code));
            bar.inc(1);
            if code != 0 && options.fail_fast && !std::mem::replace(&mut is_stopping, true) {
                bar.suspend(|| eprintln!("kymograph: a run has failed: the rest is not run"));
                waiting.clear();
                stop.store(true, Ordering::Relaxed);
            }
        }
        if is_stopping && stop.load(Ordering::Relaxed) {
            active.iter().for_each(|run| run.job.end());
        }
    }
    bar.finish_and_clear();
    codes.sort_unstable();
    Ok(codes.into_iter().map(|(_, code)| code).find(|code| *code != 0).unwrap_or(0))
}

fn start(
    place: usize,
    run: SweepRun,
    launch: &Launch,
    bar: &ProgressBar,
    bell: &Bell,
) -> Result<Active, SweepRunError> {
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

    /// Its place and its exit status, once what it made is on disk.
    fn finish(mut self, bar: &ProgressBar) -> (usize, i32) {
        self.take(bar);
        let Self { place, text, job, view, .. } = self;
        drop(job);
        let code = match &view.end {
            Some(Ok(outcome)) => outcome.exit_code,
            Some(Err(Failure { text: why, exit_code })) => {
                let line = why.lines().next().unwrap_or("the job failed");
                bar.suspend(|| eprintln!("[{text}] kymograph: {line}"));
                *exit_code
            }
            None => 1,
        };
        (place, code)
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
