//! A command as a source: its output becomes lines and numbers, its processes end with the job.
//!
//! `run` is the worker's thread: it waits for output, for the command's end and for a wish from outside, all at once,
//! and never polls idly. A second thread, the keeper, signals the process tree, so that a stop takes its course even
//! while the worker waits for room in a full channel. Knows neither store nor window.

mod keeper;
mod lead;
mod output;
mod wiring;
mod wording;

use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open};

use super::metrics::Metrics;
use super::process_tree::{JOB_VARIABLE, ProcessTree, mark_value, random_mark};
use super::{Outlet, Remote, Source, SourceError, Stopped};
use crate::batch::{Level, Outcome, Stream};

use keeper::Keeper;
use output::Output;

pub use wiring::Wiring;
pub use wording::command_text;

/// What to run, and how to read it.
#[derive(Clone, Debug, Default)]
pub struct CommandOptions {
    /// The program and its arguments.
    pub argv: Vec<OsString>,
    /// Directory to run it in; by default this program's.
    pub cwd: Option<PathBuf>,
    /// Variables to set besides those of this program.
    pub env: Vec<(OsString, OsString)>,
    /// How its lines are read.
    pub metrics: Metrics,
    /// What its output is connected to.
    pub wiring: Wiring,
    /// Whether this process has no other children and adopts those of the command whose parents end.
    pub adopts: bool,
}

/// Runs a command: standard output goes to the Worker pane, standard error to the Receiver pane, the numbers in both
/// become series. What is written is handed on as it is, too.
///
/// - Standard input is empty. The command leads a process group of its own.
/// - Where it is connected to a terminal, that is 80 columns wide and 24 lines high, adds nothing to what is written, and
///   controls no process: none is hung up when it goes. `TERM` is set to `xterm-256color` unless it names a terminal.
/// - `PYTHONUNBUFFERED=1` is set unless the variable exists, because Python would otherwise keep its output back for
///   minutes. [`JOB_VARIABLE`] marks the processes of the job.
/// - A stop sends INT to the whole process tree, TERM after 1 s and KILL after 2 s to what is left.
/// - An exit status other than 0 is [`SourceError::Exit`], or the outcome's exit code if a stop was asked for.
/// - Processes that a command leaves behind when it ends by itself are left alone, and a message says so.
pub struct CommandSource {
    options: CommandOptions,
    keeper: Arc<Keeper>,
}

impl CommandSource {
    /// A source that runs the command once.
    ///
    /// # Errors
    /// The system's, if no event handle can be had.
    pub fn new(options: CommandOptions) -> io::Result<Self> {
        Ok(Self { options, keeper: Arc::new(Keeper::new()?) })
    }

    /// Its processes.
    #[must_use]
    pub fn processes(&self) -> CommandProcesses {
        CommandProcesses(Arc::clone(&self.keeper))
    }
}

/// The processes of a command that runs, for any thread.
#[derive(Clone)]
pub struct CommandProcesses(Arc<Keeper>);

impl CommandProcesses {
    /// Sends `signal` to all of them; gives their number, 0 if none runs.
    pub fn signal(&self, signal: Signal) -> usize {
        self.0.tree().map_or(0, |tree| tree.signal(signal))
    }

    /// All of them, while the command runs.
    #[must_use]
    pub fn tree(&self) -> Option<Arc<ProcessTree>> {
        self.0.tree()
    }

    /// Lets go of adopted ones that have ended.
    pub fn reap(&self) {
        if let Some(tree) = self.0.tree() {
            tree.reap();
        }
    }
}

/// Time left for output of processes that the command left behind, once it has ended itself.
const DRAIN_TIME: Duration = Duration::from_millis(300);

/// How often the command is asked whether it has ended, where the system gives no handle to wait for.
const FALLBACK_INTERVAL: Duration = Duration::from_millis(50);

/// Room in each pipe, in bytes: a fast printer is interrupted less often. The system's default is 64 KiB.
const PIPE_BYTES: usize = 1 << 20;

impl Source for CommandSource {
    fn run(&mut self, out: &mut dyn Outlet) -> Result<Outcome, SourceError> {
        let text = command_text(&self.options.argv);
        let mark = random_mark();
        if self.keeper.is_stopping() {
            return Err(Stopped.into());
        }
        let (mut child, ends) = start(&self.options, &mark)?;
        let tree = if self.options.adopts { ProcessTree::adopting } else { ProcessTree::new };
        let tree = Arc::new(tree(child.id(), mark));
        let keeper = Arc::clone(&self.keeper);
        // From here on the processes end with this function, whatever happens.
        let guard = keeper::guard(&keeper, Arc::clone(&tree)).map_err(|source| {
            tree.kill();
            SourceError::Io { context: "cannot start the thread that keeps the command".into(), source }
        })?;
        let watched = watch(&mut child, ends, &keeper, &self.options.metrics, out);
        if watched.is_err() {
            keeper.stop();
        }
        let was_stopped = keeper.is_stopping();
        let killed = guard.finish();
        let status =
            child.wait().map_err(|source| SourceError::Io { context: format!("waiting for {text}"), source })?;
        watched?;
        if !was_stopped {
            let left = tree.count();
            if left > 0 {
                out.message(Level::Warning, format_args!("{}", wording::left_behind(left)));
            }
        }
        finish(&text, status, was_stopped, killed)
    }

    fn remote(&self) -> Option<Arc<dyn Remote>> {
        Some(Arc::clone(&self.keeper) as Arc<dyn Remote>)
    }
}

fn start(options: &CommandOptions, mark: &str) -> Result<(Child, wiring::Ends), SourceError> {
    let Some((program, arguments)) = options.argv.split_first() else {
        return Err(SourceError::Failed("no command was given: name it after --".into()));
    };
    let mut command = Command::new(program);
    let ends = wiring::connect(options.wiring, &mut command)
        .map_err(|source| SourceError::Io { context: "preparing the command's output".into(), source })?;
    command.args(arguments).stdin(Stdio::null()).process_group(0);
    if let Some(cwd) = &options.cwd {
        command.current_dir(cwd);
    }
    if std::env::var_os("PYTHONUNBUFFERED").is_none() {
        command.env("PYTHONUNBUFFERED", "1");
    }
    command.envs(options.env.iter().map(|(name, value)| (name, value))).env(JOB_VARIABLE, mark_value(mark));
    // The writing ends that this process has are closed with `command`, or the reading ends would never see an end.
    let child = command.spawn();
    let child =
        child.map_err(|error| SourceError::Failed(wording::cannot_run(program, options.cwd.as_deref(), &error)))?;
    Ok((child, ends))
}

/// The ends of a running command that are waited for.
struct Ends {
    stdout: Output,
    stderr: Output,
    /// Readable when the command has ended; some sandboxes have none.
    process: Option<OwnedFd>,
}

/// Hands output on until the command has ended and its pipes are empty.
fn watch(
    child: &mut Child,
    from: wiring::Ends,
    keeper: &Keeper,
    metrics: &Metrics,
    out: &mut dyn Outlet,
) -> Result<(), SourceError> {
    let io_error = |source| SourceError::Io { context: "reading the command's output".into(), source };
    let mut ends = Ends {
        stdout: Output::new(Some(from.output), Stream::Output).map_err(io_error)?,
        stderr: Output::new(from.error, Stream::Error).map_err(io_error)?,
        process: i32::try_from(child.id())
            .ok()
            .and_then(Pid::from_raw)
            .and_then(|pid| pidfd_open(pid, PidfdFlags::empty()).ok()),
    };
    let mut sink = output::Sink::new(metrics.clone());
    let mut drain_until: Option<Instant> = None;
    loop {
        // No checkpoint here: while the job is paused the processes are held, so there is soon nothing to read, and what
        // they said before comes through.
        let wake = wait(&ends, keeper, drain_until, out.elapsed()).map_err(io_error)?;
        let has_ended = drain_until.is_some() || has_ended(child, wake.process_ended).map_err(io_error)?;
        if has_ended && drain_until.is_none() {
            drain_until = Some(Instant::now() + DRAIN_TIME);
            ends.process = None;
            // What the command has printed itself lies in the pipes now, and is read however long that takes.
            ends.stdout.note_end();
            ends.stderr.note_end();
        }
        let now = out.elapsed();
        for end in [&mut ends.stdout, &mut ends.stderr] {
            end.read(now, &mut sink, out).map_err(io_error)?;
        }
        sink.flush(out);
        let is_drained = !ends.stdout.is_open() && !ends.stderr.is_open();
        let is_late = drain_until.is_some_and(|until| Instant::now() >= until);
        if has_ended && (is_drained || (is_late && !ends.stdout.owes() && !ends.stderr.owes())) {
            break;
        }
    }
    let now = out.elapsed();
    ends.stdout.finish(now, &mut sink, out);
    ends.stderr.finish(now, &mut sink, out);
    sink.finish(out);
    Ok(())
}

/// What ended a wait.
struct Wake {
    process_ended: Option<bool>,
}

/// Sleeps until there is output, the command ends, a wish comes, a rewritten line is due, or time is up.
fn wait(ends: &Ends, keeper: &Keeper, until: Option<Instant>, now: Duration) -> io::Result<Wake> {
    let mut timeout =
        [ends.stdout.due(), ends.stderr.due()].into_iter().flatten().min().map(|due| due.saturating_sub(now));
    if let Some(until) = until {
        let left = until.saturating_duration_since(Instant::now());
        timeout = Some(timeout.map_or(left, |t| t.min(left)));
    } else if ends.process.is_none() {
        timeout = Some(timeout.map_or(FALLBACK_INTERVAL, |t| t.min(FALLBACK_INTERVAL)));
    }
    // A due time in the past would make `poll` spin only if nothing were flushed, which `read` does.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    let mut fds: Vec<PollFd<'_>> = Vec::with_capacity(4);
    let process: Option<BorrowedFd<'_>> = ends.process.as_ref().map(AsFd::as_fd);
    if let Some(process) = process {
        fds.push(PollFd::from_borrowed_fd(process, PollFlags::IN));
    }
    fds.push(PollFd::new(keeper.wake(), PollFlags::IN));
    for fd in [ends.stdout.fd(), ends.stderr.fd()].into_iter().flatten() {
        fds.push(PollFd::from_borrowed_fd(fd, PollFlags::IN));
    }
    match poll(&mut fds, timeout.as_ref()) {
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(error) => return Err(error.into()),
    }
    let process_ended = process.and(fds.first()).map(|fd| !fd.revents().is_empty());
    keeper.wake().hush();
    Ok(Wake { process_ended })
}

/// Whether the command has ended. It is collected only after the tree was dealt with, so that its number stays taken.
fn has_ended(child: &mut Child, process_ended: Option<bool>) -> io::Result<bool> {
    match process_ended {
        Some(ended) => Ok(ended),
        None => child.try_wait().map(|status| status.is_some()),
    }
}

fn finish(text: &str, status: ExitStatus, was_stopped: bool, killed: bool) -> Result<Outcome, SourceError> {
    let code = wording::exit_code(status);
    let how = wording::how_it_ended(text, status);
    if was_stopped {
        let summary = if killed { format!("{how}; it did not heed INT and TERM") } else { how };
        Ok(Outcome { summary, exit_code: code, was_stopped: true })
    } else if code == 0 {
        Ok(Outcome { summary: how, exit_code: 0, was_stopped: false })
    } else {
        Err(SourceError::Exit { code, text: how })
    }
}
