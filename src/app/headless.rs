//! The program without a window: messages and a progress bar in the terminal, the final figure in a file.
//!
//! The main thread waits for the job's notices and prints them. A command's own output is printed by the receiver's
//! thread as it comes, so that not a line of it is lost when the terminal, or the program behind a pipe, is slow.

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
use crate::app::pipeline::{self, JobKind, LineTap, StartError, StartOptions};
use crate::app::session_file::{FigureSpec, SessionFileError};
use crate::batch::{Level, Message, Notice, Pane, Progress, Role};
use crate::export::{self, ExportError, ExportOptions, Format};
use crate::figure::series_layout::arrange_all;
use crate::job;
use crate::store::{Snapshot, SnapshotSlot};

/// Why the program without a window failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HeadlessError {
    /// The job could not be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The layout cannot be read.
    #[error(transparent)]
    Layout(#[from] SessionFileError),
    /// The figure could not be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// SIGINT and SIGTERM cannot be caught.
    #[error("cannot watch for signals: {0}")]
    Signals(io::Error),
}

/// Runs the job to its end, or until SIGINT or SIGTERM; returns the exit status. A job that fails says why in one line
/// on standard error.
///
/// # Errors
/// [`HeadlessError`] if the job cannot start or the figure cannot be written.
pub fn run(launch: &Launch) -> Result<i32, HeadlessError> {
    if let Some(path) = &launch.save {
        // Better now than after hours of work.
        Format::from_path(path)?;
    }
    let layout = launch.layout.as_deref().map(FigureSpec::read).transpose()?;
    let stop = stop_flag().map_err(HeadlessError::Signals)?;
    let data = SnapshotSlot::new();
    let (mailbox, mut drain) = job::mailbox();
    let terminal = Terminal::new(&launch.kind);
    let options = StartOptions {
        recording: launch.recording.clone(),
        budget_bytes: launch.budget_bytes,
        tap: terminal.tap(),
        supervisor: launch.supervisor.clone(),
    };
    let handle = pipeline::start(&launch.kind, &data, mailbox, options)?;
    let mut view = JobView::started_now();
    let is_ours = !matches!(launch.kind, JobKind::Live(_));
    while view.end.is_none() {
        // Woken by the mailbox; the limit is how late a signal is noticed.
        drain.wait(Duration::from_millis(50));
        if stop.swap(false, Ordering::Relaxed) {
            if !is_ours {
                terminal.finish();
                eprintln!("kymograph: the run goes on; `kymograph stop {}` ends it", launch.kind.run_id());
                return Ok(0);
            }
            handle.end();
        }
        drain.drain(Duration::from_millis(50), |notice| {
            view.apply(&notice);
            terminal.show(&notice);
        });
    }
    // Until what the job made is on disk.
    drop(handle);
    drain.drain(Duration::from_millis(50), |notice| terminal.show(&notice));
    terminal.finish();
    if let Some(path) = &launch.save {
        save(path, &launch.kind, layout.as_ref(), &data.latest())?;
        eprintln!("kymograph: the figure is in {}", path.display());
    }
    if let Some(Err(failure)) = &view.end {
        eprintln!("kymograph: {}", failure.text.lines().next().unwrap_or("the job failed"));
    }
    // To show a run that failed is no failure.
    let is_recorded = matches!(launch.kind, JobKind::Recorded(_));
    Ok(if is_recorded { 0 } else { view.exit_code() })
}

/// A flag that SIGINT and SIGTERM set. A second signal ends the program at once, as people expect who press Ctrl+C again.
fn stop_flag() -> io::Result<Arc<AtomicBool>> {
    let (stop, was_signalled) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    for (signal, code) in [(SIGINT, 130), (SIGTERM, 143)] {
        flag::register_conditional_shutdown(signal, code, Arc::clone(&was_signalled))?;
        flag::register(signal, Arc::clone(&was_signalled))?;
        flag::register(signal, Arc::clone(&stop))?;
    }
    Ok(stop)
}

/// Writes the figure of a job as it stands.
fn save(path: &Path, kind: &JobKind, layout: Option<&FigureSpec>, snapshot: &Snapshot) -> Result<(), ExportError> {
    let mut figure = kind.figure();
    match layout {
        Some(layout) => figure = layout.figure(&figure, snapshot, &kind.run_names()),
        None => arrange_all(&mut figure, snapshot),
    }
    export::save(path, None, &figure, snapshot, ExportOptions::default())
}

/// Prints notices to standard error, each with its pane and time.
struct Terminal {
    is_command: bool,
    bar: ProgressBar,
}

impl Terminal {
    fn new(kind: &JobKind) -> Self {
        // Draws on standard error, and only if that is a terminal.
        let bar = ProgressBar::new_spinner();
        bar.set_style(spinner_style());
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { is_command: kind.is_command(), bar }
    }

    /// What prints a command's output; nothing for other jobs, whose captured lines are messages like others.
    fn tap(&self) -> Option<LineTap> {
        if !self.is_command {
            return None;
        }
        let bar = self.bar.clone();
        Some(Box::new(move |line| {
            // A line that may go on is said again when it is whole.
            if line.line.is_some_and(|id| id.is_open) {
                return;
            }
            // A closed pipe, as behind `| head`, is no reason to stop the computation.
            let written = bar.suspend(|| match line.pane {
                Pane::Worker => writeln!(io::stdout(), "{}", line.text),
                Pane::Control | Pane::Receiver => writeln!(io::stderr(), "{}", line.text),
            });
            written.unwrap_or_default();
        }))
    }

    fn show(&self, notice: &Notice) {
        match notice {
            // A command is heard as if it ran alone: its lines went through the tap, and the last line says why it failed.
            Notice::Message(message) if !self.is_command || message.level == Level::Warning => self.print(message),
            Notice::Skipped(pane, count) if !self.is_command => {
                self.bar.suspend(|| eprintln!("{pane}: {count} lines skipped"));
            }
            Notice::Progress(Role::Worker, progress) => self.progress(*progress),
            _ => {}
        }
    }

    fn print(&self, message: &Message) {
        let mark = match message.level {
            Level::Info => "",
            Level::Warning => "warning: ",
            Level::Error => "error: ",
        };
        let line = format!("{:<8} {:>9.5}  {mark}{}", message.pane.to_string(), message.time_secs, message.text);
        // Nobody may be left to read it.
        self.bar.suspend(|| writeln!(io::stderr(), "{line}")).unwrap_or_default();
    }

    fn progress(&self, progress: Progress) {
        if let Some((done, total)) = progress.steps() {
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
