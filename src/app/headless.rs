//! The program without a window: messages and a progress bar in the terminal, the final figure in a file.
//!
//! The main thread waits for the job's notices and prints them.

use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use crate::app::job_view::JobView;
use crate::app::launch::Launch;
use crate::app::pipeline::{self, JobKind};
use crate::batch::{Level, Message, Notice, Pane, Progress, Role};
use crate::export::{self, ExportError, ExportOptions};
use crate::figure::{ArrangeSeries, Figure};
use crate::job::{self, JobError};
use crate::store::{Snapshot, SnapshotSlot};

/// Size of a saved figure in pixels.
const FIGURE_SIZE_PX: (u32, u32) = (1000, 600);

/// Why the program without a window failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeadlessError {
    /// The job could not be started.
    #[error(transparent)]
    Job(#[from] JobError),
    /// The job failed; said in its own words.
    #[error("the job {name} failed: {reason}")]
    Failed {
        /// Name of the job.
        name: String,
        /// First line of its error.
        reason: String,
    },
    /// The figure could not be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// SIGINT and SIGTERM cannot be caught.
    #[error("cannot watch for signals: {0}")]
    Signals(io::Error),
}

/// Runs the job to its end, or until SIGINT or SIGTERM; returns the exit status.
///
/// # Errors
/// [`HeadlessError`] if the job cannot start or fails, or the figure cannot be written.
pub fn run(launch: &Launch) -> Result<i32, HeadlessError> {
    if let Some(path) = &launch.save {
        // Better now than after hours of work.
        export::format_of(path)?;
    }
    let stop = stop_flag().map_err(HeadlessError::Signals)?;
    let data = Arc::new(SnapshotSlot::new());
    let (wake, woken) = job::wake_up();
    let (mailbox, mut drain) = job::mailbox(wake);
    let handle = pipeline::start(&launch.kind, &data, mailbox)?;
    let mut terminal = Terminal::new(&launch.kind);
    let mut view = JobView::started_now();
    let mut is_stopping = false;
    while view.end.is_none() {
        // Woken by the mailbox; the limit is how fast a signal is noticed.
        woken.wait(Duration::from_millis(50));
        if stop.load(Ordering::Relaxed) && !is_stopping {
            is_stopping = true;
            handle.stop();
        }
        drain.drain(Duration::from_millis(100), |notice| {
            view.apply(&notice);
            terminal.show(&notice);
        });
    }
    terminal.finish();
    if let Some(path) = &launch.save {
        save(path, &launch.kind, &data.latest())?;
        eprintln!("kymograph: the figure is in {}", path.display());
    }
    match view.end {
        Some(Err(reason)) if handle.exit_code() == 0 || handle.exit_code() == 1 => {
            let reason = reason.lines().next().unwrap_or_default().to_owned();
            Err(HeadlessError::Failed { name: launch.kind.name().to_owned(), reason })
        }
        Some(Err(reason)) => {
            eprintln!("kymograph: {}", reason.lines().next().unwrap_or_default());
            Ok(handle.exit_code())
        }
        _ => Ok(handle.exit_code()),
    }
}

/// A flag that SIGINT and SIGTERM set. A second signal ends the program at once, as people expect who press Ctrl+C again.
fn stop_flag() -> io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    for (signal, code) in [(SIGINT, 130), (SIGTERM, 143)] {
        flag::register_conditional_shutdown(signal, code, Arc::clone(&stop))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// Writes the figure of a job as it stands.
fn save(path: &Path, kind: &JobKind, snapshot: &Snapshot) -> Result<(), ExportError> {
    let mut figure: Figure = kind.figure();
    figure.arrange_series(snapshot, ArrangeSeries::Together);
    let (width_px, height_px) = FIGURE_SIZE_PX;
    export::save(path, &figure, snapshot, &ExportOptions { width_px, height_px, scale: 1.0 })
}

/// Prints notices: the command's own output as it was, everything else to standard error with its time.
struct Terminal {
    is_command: bool,
    bar: ProgressBar,
}

impl Terminal {
    fn new(kind: &JobKind) -> Self {
        let bar = ProgressBar::new_spinner();
        bar.set_style(spinner_style());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { is_command: matches!(kind, JobKind::Command(_)), bar }
    }

    fn show(&mut self, notice: &Notice) {
        match notice {
            Notice::Message(message) => self.bar.suspend(|| self.print(message)),
            Notice::Skipped(pane, count) => self.bar.suspend(|| eprintln!("{pane}: {count} lines skipped")),
            Notice::Progress(Role::Worker, progress) => self.progress(*progress),
            _ => {}
        }
    }

    fn print(&self, message: &Message) {
        // A closed pipe, as with `| head`, is no reason to stop the computation.
        let _: io::Result<()> = match (self.is_command, message.pane) {
            (true, Pane::Worker) => writeln!(io::stdout(), "{}", message.text),
            (true, Pane::Receiver) => writeln!(io::stderr(), "{}", message.text),
            (_, pane) => {
                let mark = match message.level {
                    Level::Info => "",
                    Level::Warning => "warning: ",
                    Level::Error => "error: ",
                };
                writeln!(io::stderr(), "{pane:<8} {:>9.5}  {mark}{}", message.time_secs, message.text)
            }
        };
    }

    fn progress(&self, progress: Progress) {
        if let Progress::Steps { done, total } = progress {
            if self.bar.length() != Some(total) {
                self.bar.set_style(bar_style());
                self.bar.set_length(total);
            }
            self.bar.set_position(done);
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn spinner_style() -> ProgressStyle {
    ProgressStyle::with_template("{spinner} {elapsed_precise}").unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn bar_style() -> ProgressStyle {
    ProgressStyle::with_template("{bar:40} {pos}/{len}  {elapsed_precise}, {eta_precise} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
}
