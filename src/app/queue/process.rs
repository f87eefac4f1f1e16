//! The process `kymograph queue`: starts what waits in a lane, so many at a time, each under a supervisor of its own.
//!
//! It has a session of its own and one thread, which waits for changes of the lane, the ends of supervisors and signals.
//! Killed, it takes no run with it, and what waits stays: the next one goes on. SIGINT and SIGTERM stop the runs that go on
//! and start no more; what waits of a detached sweep is then taken out, what waits in the queue stays.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use rustix::io::Errno;
use rustix::process::setsid;
use signal_hook::consts::{SIGCHLD, SIGHUP, SIGINT, SIGTERM};

use super::entry::{Entry, Sweep};
use super::lane::{self, Lane, Name};
use super::settings::{Settings, tell_trouble};
use super::{Queue, QueueError};
use crate::app::supervisor::{self, Ask, Begun, SpawnError, Supervisor};
use crate::record::{DataDir, RunEntry, RunState};

/// How long a supervisor may take to answer.
const ANSWER_TIME: Duration = Duration::from_secs(5);

/// How often the lane is looked at where the system does not tell of changes.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// How often it is asked whether runs have ended that an earlier process started.
const ADOPTED_INTERVAL: Duration = Duration::from_secs(1);

/// Time until it is tried again to start something, after the system has refused.
const RETRY_TIME: Duration = Duration::from_secs(5);

/// Commands that may go away in a row just before they start; more are a fault of the directory.
const MISSES_MAX: u32 = 20;

/// Works off the queue of `data_dir`, or the lane of the sweep with this id, until nothing waits or runs. Returns at once if
/// another process does. What it begins with is told in one line on standard output, which is then closed, as are the other
/// two.
///
/// # Errors
/// [`QueueError`], told on standard output as well.
pub fn run(data_dir: &DataDir, sweep: Option<&str>, supervisor: &Supervisor) -> Result<(), QueueError> {
    // Fails only for who has a session already.
    if let Err(error) = setsid() {
        log::debug!("no session of its own: {error}");
    }
    let queue = Queue::of(data_dir)?;
    let lane = match sweep {
        Some(id) if id.bytes().all(|byte| byte.is_ascii_hexdigit()) => queue.sweep_lane(id),
        Some(id) => return Err(QueueError::NotWaiting { id: id.to_owned() }),
        None => queue.lane.clone(),
    };
    let supervisor = queue.supervisor(supervisor);
    let runs = queue.data_dir.runs();
    let begun = Process::begin(lane, runs, sweep.is_some(), &supervisor);
    let first = match &begun {
        Ok(None) => Begun::Elsewhere,
        Ok(Some((process, _))) => process.begun(),
        Err(error) => Begun::Failed(error.to_string()),
    };
    let word = serde_json::to_string(&first).unwrap_or_default();
    if let Err(error) = writeln!(io::stdout(), "{word}").and_then(|()| io::stdout().flush()) {
        log::debug!("nobody hears that the queue is worked off: {error}");
    }
    let Some((mut process, lock)) = begun? else { return Ok(()) };
    if let Begun::Failed(why) = first {
        return Err(QueueError::NotServed { why });
    }
    supervisor::close_standard_streams();
    // Where it was started is not kept busy.
    if let Err(error) = std::env::set_current_dir("/") {
        log::debug!("{error}");
    }
    let mut lock = Some(lock);
    while let Some(held) = lock.take() {
        process.serve()?;
        drop(held);
        // Who added something until now has seen the lock and relies on it.
        if !process.is_over && process.next().is_some() {
            lock = process.lane.serve()?;
        }
    }
    Ok(())
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

/// A run that goes on.
struct Active {
    run: PathBuf,
    /// Its supervisor; none if an earlier process started it.
    process: Option<Child>,
    sweep: Option<Sweep>,
}

struct Process<'a> {
    lane: Lane,
    runs: PathBuf,
    is_sweep: bool,
    supervisor: &'a Supervisor,
    signals: Signals,
    /// Tells of changes of the lane.
    changes: Option<OwnedFd>,
    active: Vec<Active>,
    is_over: bool,
    /// Why nothing is started at present, and when it is tried again.
    trouble: Option<(String, Instant)>,
    /// What was said last of a command that cannot be started.
    refused: Option<String>,
    misses: u32,
}

impl<'a> Process<'a> {
    /// None if another process does it.
    fn begin(
        lane: Lane,
        runs: PathBuf,
        is_sweep: bool,
        supervisor: &'a Supervisor,
    ) -> Result<Option<(Self, std::fs::File)>, QueueError> {
        // Before anybody can know of this process.
        let signals = Signals::watch().map_err(QueueError::io("watch for signals in", lane.dir()))?;
        lane.make()?;
        let Some(lock) = lane.serve()? else { return Ok(None) };
        lane.tidy()?;
        tell_trouble(&lane, None);
        let changes = watch(&lane).inspect_err(|error| log::info!("no inotify: {error}")).ok();
        let (active, trouble, refused) = (Vec::new(), None, None);
        let mut process = Self {
            lane,
            runs,
            is_sweep,
            supervisor,
            signals,
            changes,
            active,
            is_over: false,
            trouble,
            refused,
            misses: 0,
        };
        process.adopt();
        if is_sweep {
            // Who detached it wants to know where the first one is.
            process.start_next();
        }
        Ok(Some((process, lock)))
    }

    /// What is said of the beginning.
    fn begun(&self) -> Begun {
        let why = self.trouble.as_ref().map(|(why, _)| why).or(self.refused.as_ref());
        match (self.active.iter().find(|run| run.process.is_some()), why) {
            (Some(first), _) => Begun::Run(first.run.clone()),
            (None, Some(why)) if self.active.is_empty() => Begun::Failed(why.clone()),
            (None, _) => Begun::Watching,
        }
    }

    /// Until nothing waits or runs, or the process is asked to end and nothing runs any more.
    fn serve(&mut self) -> Result<(), QueueError> {
        loop {
            self.collect();
            self.start_next();
            if self.active.is_empty() && (self.is_over || (self.trouble.is_none() && self.next().is_none())) {
                if self.is_sweep && self.lane.names()?.is_empty() {
                    self.lane.discard();
                }
                return Ok(());
            }
            self.wait()?;
        }
    }

    fn wait(&mut self) -> Result<(), QueueError> {
        let own = [self.signals.ends.as_fd(), self.signals.deaths.as_fd()];
        let ends = own.into_iter().chain(self.changes.as_ref().map(AsFd::as_fd));
        let mut ends: Vec<_> = ends.map(|end| PollFd::from_borrowed_fd(end, PollFlags::IN)).collect();
        let is_adopted = self.active.iter().any(|run| run.process.is_none());
        let left = if is_adopted { ADOPTED_INTERVAL } else { LOOK_INTERVAL };
        let retry = self.trouble.as_ref().map(|(_, at)| at.saturating_duration_since(Instant::now()));
        let left = Timespec::try_from(retry.unwrap_or(left).min(left)).ok();
        match poll(&mut ends, left.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(QueueError::io("wait for", self.lane.dir())(error.into())),
        }
        let mut buffer = [0; 4096];
        while self.signals.deaths.read(&mut buffer).is_ok_and(|count| count > 0) {}
        if let Some(changes) = &self.changes {
            // What has changed does not matter: the names say how it is.
            while rustix::io::read(changes, &mut buffer).is_ok_and(|count| count > 0) {}
        }
        if self.signals.ends.read(&mut buffer).is_ok_and(|count| count > 0) {
            self.end();
        }
        Ok(())
    }

    /// Fills the free places.
    fn start_next(&mut self) {
        let is_early = self.trouble.as_ref().is_some_and(|(_, at)| Instant::now() < *at);
        let settings = Settings::read(&self.lane);
        if self.is_over || is_early || settings.is_held {
            return;
        }
        while self.active.len() < settings.jobs.into()
            && let Some((name, entry)) = self.next()
        {
            match self.supervisor.start_order(&entry.order(), &self.lane.path(&name)) {
                Ok(started) => {
                    self.misses = 0;
                    self.is_well();
                    let (run, process) = (started.run, Some(started.process));
                    self.active.push(Active { run, process, sweep: entry.sweep });
                }
                Err(SpawnError::Taken) => {
                    self.misses += 1;
                    self.adopt();
                    if self.misses > MISSES_MAX {
                        self.misses = 0;
                        return self.is_troubled(&format!("{} changes too often", self.lane.dir().display()));
                    }
                }
                Err(SpawnError::Failed(why)) => {
                    if let Err(error) = self.lane.refuse(&name, &why) {
                        return self.is_troubled(&error.to_string());
                    }
                    // It may have begun, and ended at once.
                    self.adopt();
                    self.refused = Some(why);
                }
                Err(SpawnError::NoPlace(why) | SpawnError::NotNow(why)) => return self.is_troubled(&why),
            }
        }
        self.is_well();
    }

    /// What starts next.
    fn next(&self) -> Option<(Name, Entry)> {
        let names = self.lane.names().inspect_err(|error| log::error!("{error}")).unwrap_or_default();
        let mut waiting = names.into_iter().filter(|name| !name.is_refused);
        waiting.find_map(|name| self.lane.read(&name).map(|(entry, _)| (name, entry)))
    }

    fn is_troubled(&mut self, why: &str) {
        if self.trouble.as_ref().is_none_or(|(old, _)| old != why) {
            tell_trouble(&self.lane, Some(why));
        }
        self.trouble = Some((why.to_owned(), Instant::now() + RETRY_TIME));
        // The place of those who were started may be missing.
        self.lane.make().unwrap_or_else(|error| log::debug!("{error}"));
    }

    fn is_well(&mut self) {
        if self.trouble.take().is_some() {
            tell_trouble(&self.lane, None);
        }
    }

    /// Takes over what other processes have started: it counts.
    fn adopt(&mut self) {
        for name in self.lane.started_names() {
            let run = self.runs.join(name);
            if self.active.iter().all(|active| active.run != run) {
                let sweep = lane::read(&self.lane.started(&run)).and_then(|(entry, _)| entry.sweep);
                self.active.push(Active { run, process: None, sweep });
            }
        }
    }

    /// Lets go of runs that have ended.
    fn collect(&mut self) {
        let is_running = |run: &PathBuf| RunEntry::find(run).is_some_and(|run| run.state == RunState::Running);
        let ended: Vec<_> = self
            .active
            .extract_if(.., |active| match &mut active.process {
                Some(process) => !matches!(process.try_wait(), Ok(None)),
                None => !is_running(&active.run),
            })
            .collect();
        for Active { run, sweep, .. } in ended {
            let marker = self.lane.started(&run);
            std::fs::remove_file(&marker).unwrap_or_else(|error| log::debug!("{}: {error}", marker.display()));
            let state = RunEntry::find(&run).map(|run| run.state);
            let has_failed = !matches!(state, Some(RunState::Finished | RunState::Stopped));
            if let Some(sweep) = sweep.filter(|sweep| sweep.fail_fast && has_failed) {
                self.take_out(|entry| entry.sweep.as_ref().is_some_and(|other| other.id == sweep.id));
                self.stop(|other| other.sweep.as_ref().is_some_and(|other| other.id == sweep.id));
            }
        }
    }

    /// What SIGINT and SIGTERM ask for.
    fn end(&mut self) {
        self.is_over = true;
        if self.is_sweep {
            self.take_out(|_| true);
        }
        self.stop(|_| true);
    }

    fn take_out(&self, is_meant: impl Fn(&Entry) -> bool) {
        for name in self.lane.names().inspect_err(|error| log::error!("{error}")).unwrap_or_default() {
            if self.lane.read(&name).is_some_and(|(entry, _)| is_meant(&entry))
                && let Err(error) = self.lane.remove(&name)
            {
                log::error!("{error}");
            }
        }
    }

    fn stop(&self, is_meant: impl Fn(&Active) -> bool) {
        for active in self.active.iter().filter(|active| is_meant(active)) {
            if let Err(error) = supervisor::ask(&active.run, Ask::Stop, ANSWER_TIME) {
                log::debug!("{error}");
            }
        }
    }
}

/// Tells of what is added, taken out, or put elsewhere.
fn watch(lane: &Lane) -> io::Result<OwnedFd> {
    let changes = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
    inotify::add_watch(&changes, lane.dir(), WatchFlags::MOVED_TO | WatchFlags::MOVED_FROM | WatchFlags::DELETE)?;
    Ok(changes)
}
