//! The supervisor's process: runs one command, records it, and does what it is asked, whoever looks on.
//!
//! The main thread waits at once for the job's notices, its socket and signals. The job's own threads are those of any
//! job, without a store: what is recorded is read by others.

use std::fs::OpenOptions;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Signal, getpid, set_child_subreaper, setsid};
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};
use signal_hook::low_level::pipe;

use crate::app::job_view::JobView;
use crate::app::pipeline::{self, JobKind, Recorded, StartError};
use crate::app::queue;
use crate::app::recording;
use crate::app::watch::Rules;
use crate::batch::Notice;
use crate::job;
use crate::job::watch::Fired;
use crate::record::{DataDir, RecordError, RunAbout};
use crate::source::bell::Bell;

use super::control::Control;
use super::protocol::{Ask, LINE_BYTES_MAX, TEXT_CHARS_MAX, Tell, line, state_word};
use super::spawn::Begun;

/// Time between two looks for adopted processes that have ended.
const REAP_INTERVAL: Duration = Duration::from_secs(1);

/// Why a command is not supervised.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SuperviseError {
    /// There is no place to record.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The job cannot be started.
    #[error(transparent)]
    Start(#[from] StartError),
    /// The command waits no more: it was taken out of the queue, or another supervisor has it.
    #[error("the command does not wait any more")]
    Taken,
    /// The system refuses something.
    #[error("cannot {doing}: {source}")]
    Io {
        /// What.
        doing: &'static str,
        /// Its reason.
        source: io::Error,
    },
}

fn io_error(doing: &'static str) -> impl FnOnce(io::Error) -> SuperviseError {
    move |source| SuperviseError::Io { doing, source }
}

/// Runs `kind`, which is a command, to its end. What it begins with is told in one line on standard output, which is then
/// closed, as are the other two. Where the command waits in the file `queued`, it is run only if that is still there.
///
/// # Errors
/// [`SuperviseError`], told on standard output as well.
pub fn run(kind: &JobKind, data_dir: &DataDir, queued: Option<&Path>) -> Result<(), SuperviseError> {
    let begun = Process::begin(kind, data_dir, queued);
    let word = match &begun {
        Ok(process) => Begun::Run(process.recorded.run_path().to_owned()),
        Err(SuperviseError::Record(error)) => Begun::NoPlace(error.to_string()),
        Err(SuperviseError::Taken) => Begun::Taken,
        Err(error) => Begun::Failed(error.to_string()),
    };
    // Who started us may be gone already; that is no reason to stop.
    let word = serde_json::to_string(&word).unwrap_or_default();
    let told = writeln!(io::stdout(), "{word}").and_then(|()| io::stdout().flush());
    if let Err(error) = told {
        log::debug!("nobody hears where the run is: {error}");
    }
    let process = begun?;
    close_standard_streams();
    process.serve();
    Ok(())
}

struct Process {
    recorded: Recorded,
    drain: job::Drain,
    view: JobView,
    begun: Instant,
    control: Control,
    /// Rules that have fired and are not told yet.
    fired: Arc<Mutex<Vec<Fired>>>,
    /// Rings when notices or such rules wait.
    notices: Arc<Bell>,
    /// Readable when this process was asked to end.
    signals: UnixStream,
    /// Readable when a child has ended.
    deaths: UnixStream,
    /// When adopted processes are let go, if some may have ended.
    reap_at: Option<Instant>,
}

impl Process {
    fn begin(kind: &JobKind, data_dir: &DataDir, queued: Option<&Path>) -> Result<Self, SuperviseError> {
        // Fails only for who has a session already.
        if let Err(error) = setsid() {
            log::debug!("no session of its own: {error}");
        }
        set_child_subreaper(Some(getpid())).map_err(|error| io_error("adopt processes")(error.into()))?;
        let signals = watch(&[SIGINT, SIGTERM]).map_err(io_error("watch for signals"))?;
        let deaths = watch(&[SIGCHLD]).map_err(io_error("watch for signals"))?;
        // Caught and not ignored, because the command would inherit that; the end of a terminal means nothing here.
        std::mem::forget(watch(&[SIGHUP]).map_err(io_error("watch for signals"))?);
        let id = queued.and_then(queue::id_of);
        let run = data_dir.create_run(&RunAbout { id, ..recording::about(kind) })?;
        let control = Control::listen(run.path()).map_err(io_error("listen in the run's directory"))?;
        let notices = Arc::new(Bell::new().map_err(io_error("wait for the command"))?);
        let (mailbox, mut drain) = job::mailbox();
        let bell = Arc::clone(&notices);
        drain.set_wake(Arc::new(move || bell.ring()));
        let fired = Arc::new(Mutex::new(Vec::new()));
        let (theirs, bell) = (Arc::clone(&fired), Arc::clone(&notices));
        let on_fired = Arc::new(move |rule: &Fired| {
            job::lock(&theirs).push(rule.clone());
            bell.ring();
        });
        if let Some(queued) = queued
            && let Err(error) = queue::claim(queued, run.path())
        {
            // A run that has not begun is nothing to look at.
            let removed = std::fs::remove_dir_all(run.path());
            removed.unwrap_or_else(|error| log::debug!("{}: {error}", run.path().display()));
            return Err(match error.kind() {
                ErrorKind::NotFound => SuperviseError::Taken,
                _ => io_error("take the command out of the queue")(error),
            });
        }
        let recorded = pipeline::record(kind, run, &mailbox, on_fired)?;
        let (begun, view) = (Instant::now(), JobView::started_now());
        Ok(Self { recorded, drain, view, begun, control, fired, notices, signals, deaths, reap_at: None })
    }

    /// Until the job has ended and its end is on disk.
    fn serve(mut self) {
        while self.view.end.is_none() {
            self.wait();
            self.notices.hush();
            self.take_notices();
            for rule in std::mem::take(&mut *job::lock(&self.fired)) {
                self.control.tell_all(&Tell::of_rule(&rule));
            }
            if self.signals.read(&mut [0; 8]).is_ok_and(|count| count > 0) {
                self.recorded.job().stop();
            }
            self.reap();
            let hello = self.status();
            self.control.accept(&hello);
            let recorded = &self.recorded;
            self.control.serve(|ask| answer(recorded, &hello, ask));
        }
        // First the log's end, then the socket's: who sees the latter go finds the former.
        let Self { recorded, control, .. } = self;
        drop(recorded);
        drop(control);
    }

    fn wait(&self) {
        let own = [self.notices.as_fd(), self.signals.as_fd(), self.deaths.as_fd()];
        let ends = own.into_iter().chain(self.control.ends());
        let mut ends: Vec<_> = ends.map(|end| PollFd::from_borrowed_fd(end, PollFlags::IN)).collect();
        let left = self.reap_at.map(|at| at.saturating_duration_since(Instant::now()));
        let left = left.and_then(|left| Timespec::try_from(left).ok());
        match poll(&mut ends, left.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => {
                log::error!("cannot wait for the command: {error}");
                std::thread::sleep(Duration::from_millis(100));
            }
        }
    }

    fn take_notices(&mut self) {
        let (view, control) = (&mut self.view, &mut self.control);
        self.drain.drain(Duration::from_millis(20), |notice| {
            view.apply(&notice);
            match notice {
                Notice::Recording(trouble) => {
                    let resumes = trouble.as_ref().is_none_or(|trouble| trouble.resumes);
                    control.tell_all(&Tell::Recording { cause: trouble.map(|trouble| trouble.cause), resumes });
                }
                Notice::Rules(list) => control.tell_all(&rules(list)),
                _ => {}
            }
        });
    }

    /// Lets go of adopted processes that have ended, but not for each of them: a look costs as much as there are processes.
    fn reap(&mut self) {
        let mut buffer = [0; 64];
        while self.deaths.read(&mut buffer).is_ok_and(|count| count > 0) {
            self.reap_at = self.reap_at.or_else(|| Some(Instant::now() + REAP_INTERVAL));
        }
        if self.reap_at.is_some_and(|at| at <= Instant::now()) {
            self.reap_at = None;
            self.recorded.processes().reap();
        }
    }

    fn status(&self) -> Tell {
        Tell::Status {
            state: state_word(self.view.state).to_owned(),
            elapsed_secs: self.begun.elapsed().as_secs_f64(),
            pid: std::process::id(),
        }
    }
}

fn answer(recorded: &Recorded, status: &Tell, ask: Ask) -> Tell {
    match ask {
        Ask::Status => return status.clone(),
        Ask::Stop => recorded.job().stop(),
        Ask::Pause => recorded.job().pause(),
        Ask::Resume => recorded.job().resume(),
        Ask::Rules => return rules(recorded.rules().map(|rules| rules.list()).unwrap_or_default()),
        Ask::AddRule { rule } => return changed(recorded, |rules| rules.add(&rule)),
        Ask::RemoveRule { rule } => return changed(recorded, |rules| rules.remove(&rule)),
        Ask::Signal { signal } => match Signal::from_named_raw(signal) {
            Some(signal) => {
                if recorded.processes().signal(signal) == 0 {
                    return Tell::Refused { why: "no process of the command runs".to_owned() };
                }
            }
            None => return Tell::Refused { why: format!("there is no signal {signal}") },
        },
    }
    Tell::Done
}

/// The rules, if they fit a line.
fn rules(rules: Vec<String>) -> Tell {
    let tell = Tell::Rules { rules };
    if line(&tell).len() <= LINE_BYTES_MAX {
        return tell;
    }
    Tell::Refused { why: "the rules are too many to be listed".to_owned() }
}

fn changed(recorded: &Recorded, change: impl FnOnce(Rules) -> Result<(), String>) -> Tell {
    let rules = recorded.rules().ok_or_else(|| "this run takes no rules".to_owned());
    match rules.and_then(change) {
        Ok(()) => Tell::Done,
        // Without what does not fit a line: the rule itself, which who asked knows.
        Err(why) => {
            Tell::Refused { why: why.lines().next().unwrap_or_default().chars().take(TEXT_CHARS_MAX).collect() }
        }
    }
}

/// A stream that becomes readable when one of the signals came.
pub(in crate::app) fn watch(signals: &[i32]) -> io::Result<UnixStream> {
    let (from, to) = UnixStream::pair()?;
    from.set_nonblocking(true)?;
    for signal in signals {
        pipe::register(*signal, to.try_clone()?)?;
    }
    Ok(from)
}

/// Whoever started this process must not wait for it: a terminal may close, a shell behind `ssh` may end.
pub(in crate::app) fn close_standard_streams() {
    let Ok(nothing) = OpenOptions::new().read(true).write(true).open("/dev/null") else { return };
    let closed = rustix::stdio::dup2_stdin(&nothing)
        .and_then(|()| rustix::stdio::dup2_stdout(&nothing))
        .and_then(|()| rustix::stdio::dup2_stderr(&nothing));
    if let Err(error) = closed {
        log::debug!("the standard streams stay open: {error}");
    }
}
