//! The process `kymograph queue`: starts the runs of a sweep one after the other, when nobody looks on.
//!
//! It has a session of its own and one thread, which waits for the ends of supervisors and for signals. Killed, it takes
//! no run with it; those that wait are not started then. SIGINT and SIGTERM stop those that go on and start no more.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::process::setsid;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use super::{SweepOptions, SweepRun};
use crate::app::supervisor::{self, Ask, Begun, SpawnError, Started, Supervisor};
use crate::record::{RunEntry, RunState};

/// How long a supervisor may take to answer.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// Runs them all, so many at a time. Where the first one is, or why there is none, is told in one line on standard output,
/// which is then closed, as are the other two.
///
/// # Errors
/// [`SpawnError`], told on standard output as well, if the first run cannot be started.
pub fn run(runs: Vec<SweepRun>, options: SweepOptions, supervisor: &Supervisor) -> Result<(), SpawnError> {
    // Fails only for who has a session already.
    if let Err(error) = setsid() {
        log::debug!("no session of its own: {error}");
    }
    let failed = |error: io::Error| SpawnError::Failed(error.to_string());
    // Before anybody can know of this process.
    let signals = Signals::watch().map_err(failed)?;
    let mut queue = Queue { waiting: runs.into(), active: Vec::new(), options, supervisor, is_over: false };
    let started = queue.start_next();
    let begun = match &started {
        Ok(()) => queue.active.first().map_or_else(|| Begun::Failed("nothing to run".into()), Started::begun),
        Err(SpawnError::NoPlace(why)) => Begun::NoPlace(why.clone()),
        Err(SpawnError::Failed(why)) => Begun::Failed(why.clone()),
    };
    let word = serde_json::to_string(&begun).unwrap_or_default();
    if let Err(error) = writeln!(io::stdout(), "{word}").and_then(|()| io::stdout().flush()) {
        log::debug!("nobody hears where the first run is: {error}");
    }
    started?;
    supervisor::close_standard_streams();
    queue.serve(signals)
}

/// Streams that become readable when a signal came.
struct Signals {
    ends: UnixStream,
    deaths: UnixStream,
    /// Caught and not ignored, because supervisors would inherit that; the end of a terminal means nothing here.
    _hangups: UnixStream,
}

impl Signals {
    fn watch() -> io::Result<Self> {
        Ok(Self {
            ends: supervisor::watch_signals(&[SIGINT, SIGTERM])?,
            deaths: supervisor::watch_signals(&[SIGCHLD])?,
            _hangups: supervisor::watch_signals(&[SIGHUP])?,
        })
    }
}

struct Queue<'a> {
    waiting: VecDeque<SweepRun>,
    active: Vec<Started>,
    options: SweepOptions,
    supervisor: &'a Supervisor,
    is_over: bool,
}

impl Queue<'_> {
    /// Fills the free places.
    fn start_next(&mut self) -> Result<(), SpawnError> {
        while self.active.len() < self.options.jobs.max(1)
            && let Some(run) = self.waiting.pop_front()
        {
            self.active.push(self.supervisor.start(&run.kind)?);
        }
        Ok(())
    }

    fn serve(&mut self, mut signals: Signals) -> Result<(), SpawnError> {
        loop {
            self.collect();
            // What cannot be started now is tried again for no other run: the disk is full, or the program is gone.
            if let Err(error) = self.start_next() {
                log::error!("{error}");
                self.waiting.clear();
            }
            if self.active.is_empty() && self.waiting.is_empty() {
                return Ok(());
            }
            let mut ends =
                [&signals.ends, &signals.deaths].map(|end| PollFd::from_borrowed_fd(end.as_fd(), PollFlags::IN));
            match poll(&mut ends, None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(SpawnError::Failed(error.to_string())),
            }
            let mut buffer = [0; 64];
            while signals.deaths.read(&mut buffer).is_ok_and(|count| count > 0) {}
            if signals.ends.read(&mut buffer).is_ok_and(|count| count > 0) {
                self.stop();
            }
        }
    }

    /// Lets go of runs that have ended.
    fn collect(&mut self) {
        let mut has_failed = false;
        self.active.retain_mut(|run| match run.process.try_wait() {
            Ok(None) => true,
            Ok(Some(_)) | Err(_) => {
                has_failed |= RunEntry::find(&run.run).is_none_or(|run| run.state != RunState::Finished);
                false
            }
        });
        if has_failed && self.options.fail_fast && !self.is_over {
            self.stop();
        }
    }

    fn stop(&mut self) {
        self.is_over = true;
        self.waiting.clear();
        for run in &self.active {
            if let Err(error) = supervisor::ask(&run.run, Ask::Stop, ANSWER_TIME) {
                log::debug!("{error}");
            }
        }
    }
}
