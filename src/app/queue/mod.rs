//! The queue of a data directory: commands that wait for their turn, whoever added them, and survive all who look on.
//!
//! ```text
//!  window, terminal ── write, rename, remove ──▶ <data dir>/queue/<place>-<id>.json ◀── inotify ── kymograph queue
//!                                                         │                                              │
//!                                                      rename                                          starts
//!                                                         ▼                                              ▼
//!                                          <data dir>/queue/started/<run> ◀── takes it when it begins ── supervisor
//! ```
//!
//! `entry` is the form of a command that waits, `lane` a directory of them, `settings` how it is worked off, `process` the one
//! process that does so. A detached sweep has a lane of its own, `sweep-<id>` in the queue's directory, with its own process.
//!
//! A [`Queue`] touches the disk in all that it does: a window calls it on a thread of its own.

mod entry;
mod error;
mod find;
mod lane;
mod process;
mod settings;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::{Arc, Mutex};

use entry::{Entry, Sweep};
use lane::{Lane, Name, SWEEP_PREFIX};
use settings::Settings;

use crate::app::job_kind::JobKind;
use crate::app::supervisor::{self, Begun, Supervisor};
use crate::app::sweep::SweepOptions;
use crate::job::lock;
use crate::record::{self, DataDir};

pub use error::QueueError;
pub use lane::ENTRIES_MAX;
pub use process::run as serve;
pub use settings::JOBS_MAX;

/// The queue of a data directory.
#[derive(Debug)]
pub struct Queue {
    data_dir: DataDir,
    lane: Lane,
    /// What was read of files, whose text never changes.
    known: Mutex<HashMap<PathBuf, Arc<Waiting>>>,
    /// Processes that were started here, until they end and are let go of.
    children: Mutex<Vec<Child>>,
}

/// A command that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number, which will be the id of its run: eight hexadecimal digits.
    pub id: String,
    /// Its name: plain text from anywhere.
    pub name: String,
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// The directory that it will run in.
    pub cwd: PathBuf,
    /// Settings that tell it from others of its name: names and values.
    pub config: Vec<(String, String)>,
    /// When it was added: RFC 3339.
    pub since: String,
    /// The id of the detached sweep that it belongs to; none in the queue itself.
    pub sweep: Option<String>,
    /// Why it was tried and is not started; put elsewhere, it is tried again.
    pub refused: Option<String>,
}

/// What was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// The numbers of the commands, in order.
    pub ids: Vec<String>,
    /// How many waited before the first of them.
    pub before: usize,
}

impl Queue {
    /// The queue of `data_dir`; its directory is made when it is needed.
    ///
    /// # Errors
    /// The system's, if `data_dir` is relative and the working directory is gone.
    pub fn of(data_dir: &DataDir) -> Result<Self, QueueError> {
        let path = std::path::absolute(data_dir.path()).map_err(QueueError::io("find", data_dir.path()))?;
        let lane = Lane::at(path.join("queue"));
        Ok(Self { data_dir: DataDir::new(path), lane, known: Mutex::default(), children: Mutex::default() })
    }

    /// All that waits, in the order in which it will start; then that of detached sweeps. What is damaged is passed over,
    /// with a warning in the log.
    ///
    /// # Errors
    /// [`QueueError::Io`], [`QueueError::Unsafe`]. A queue that does not exist is empty.
    pub fn list(&self) -> Result<Vec<Arc<Waiting>>, QueueError> {
        self.reap();
        let mut known = std::mem::take(&mut *lock(&self.known));
        let (mut all, mut next) = (Vec::new(), HashMap::new());
        for (lane, sweep) in self.lanes() {
            for name in lane.names()? {
                let path = lane.path(&name);
                let waiting = match known.remove(&path) {
                    Some(waiting) => Some(waiting),
                    None => lane.read(&name).map(|(entry, why)| Arc::new(waiting(&name, &entry, why, sweep.clone()))),
                };
                if let Some(waiting) = waiting {
                    // A reason may be written a moment after the name.
                    if !name.is_refused || waiting.refused.as_ref().is_some_and(|why| !why.is_empty()) {
                        next.insert(path, Arc::clone(&waiting));
                    }
                    all.push(waiting);
                }
            }
        }
        *lock(&self.known) = next;
        Ok(all)
    }

    /// Adds commands behind all others, in their order, to run in this process's directory and environment, and starts the
    /// queue's process if there is none. If `fail_fast`, the first of them that fails ends the others.
    ///
    /// # Errors
    /// [`QueueError`]; nothing was added then, unless it is [`QueueError::NotServed`] or the disk fails amid many.
    pub fn add(&self, kinds: &[JobKind], fail_fast: bool, supervisor: &Supervisor) -> Result<Added, QueueError> {
        let added = add(&self.lane, kinds, fail_fast.then(record::new_run_id), fail_fast)?;
        self.revive(supervisor)?;
        Ok(added)
    }

    /// Runs commands at once in a lane of their own, beside the queue. Gives the first of them, and the process that starts
    /// the others.
    ///
    /// # Errors
    /// [`QueueError`]; if the first one cannot be started, none is.
    pub fn detach(
        &self,
        kinds: &[JobKind],
        options: SweepOptions,
        supervisor: &Supervisor,
    ) -> Result<(PathBuf, u32), QueueError> {
        let id = record::new_run_id();
        let lane = self.sweep_lane(&id);
        self.detach_in(&lane, &id, kinds, options, supervisor).inspect_err(|_| lane.discard())
    }

    fn detach_in(
        &self,
        lane: &Lane,
        id: &str,
        kinds: &[JobKind],
        options: SweepOptions,
        supervisor: &Supervisor,
    ) -> Result<(PathBuf, u32), QueueError> {
        lane.make()?;
        // A window that starts now must not be the one who hears of the first run.
        let lock = lane.serve()?;
        Settings::change(lane, |settings| settings.jobs = u16::try_from(options.jobs).unwrap_or(JOBS_MAX))?;
        add(lane, kinds, Some(id.to_owned()), options.fail_fast)?;
        drop(lock);
        let (begun, process) = self.supervisor(supervisor).start_queue(Some(id))?;
        let pid = process.id();
        Ok((supervisor::started(begun, process)?.run, pid))
    }

    /// Takes one out that waits.
    ///
    /// # Errors
    /// [`QueueError::Started`] if it has started meanwhile, [`QueueError::NotWaiting`] if it is not there, or the system's.
    pub fn cancel(&self, id: &str) -> Result<(), QueueError> {
        self.in_lanes(id, |lane| lane.take_out(id))
    }

    /// Puts one at another place among those that wait, counted from 0; beyond the last is last. One that was refused is
    /// tried again.
    ///
    /// # Errors
    /// As [`cancel`](Self::cancel).
    pub fn move_to(&self, id: &str, place: usize) -> Result<(), QueueError> {
        self.in_lanes(id, |lane| lane.put(id, place))
    }

    /// Commands at a time; 1 if nobody said otherwise.
    #[must_use]
    pub fn jobs(&self) -> u16 {
        Settings::read(&self.lane).jobs
    }

    /// Sets it, from 1 to [`JOBS_MAX`]. Those that run already go on.
    ///
    /// # Errors
    /// The system's.
    pub fn set_jobs(&self, jobs: u16) -> Result<(), QueueError> {
        Settings::change(&self.lane, |settings| settings.jobs = jobs)
    }

    /// Whether no more are started; not so if nobody said otherwise.
    #[must_use]
    pub fn is_held(&self) -> bool {
        Settings::read(&self.lane).is_held
    }

    /// Starts no more, or goes on with it. Those that run already go on.
    ///
    /// # Errors
    /// The system's.
    pub fn hold(&self, is_held: bool) -> Result<(), QueueError> {
        Settings::change(&self.lane, |settings| settings.is_held = is_held)
    }

    /// Why nothing is started at present, though there is room for it: a full disk, for instance. It is tried again by itself.
    #[must_use]
    pub fn trouble(&self) -> Option<String> {
        settings::trouble(&self.lane)
    }

    /// Starts a process for what waits, where there is none: after a restart of the machine, for instance. Returns how many
    /// were started, most often 0. Waits until they have begun, some ten milliseconds.
    ///
    /// # Errors
    /// [`QueueError::NotServed`].
    pub fn revive(&self, supervisor: &Supervisor) -> Result<usize, QueueError> {
        self.reap();
        let (supervisor, mut count, mut failure) = (self.supervisor(supervisor), 0, None);
        for (lane, sweep) in self.lanes() {
            // One that cannot be worked off does not stand in the way of the others.
            match self.revive_lane(&lane, sweep.as_deref(), &supervisor) {
                Ok(is_new) => count += usize::from(is_new),
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        failure.map_or(Ok(count), Err)
    }

    fn revive_lane(&self, lane: &Lane, sweep: Option<&str>, supervisor: &Supervisor) -> Result<bool, QueueError> {
        // Asked in this order: a process that is just ending looks once more when it has let go of its lock.
        if lane.names()?.iter().all(|name| name.is_refused) || lane.is_served() {
            return Ok(false);
        }
        let (begun, mut process) =
            supervisor.start_queue(sweep).map_err(|error| QueueError::NotServed { why: error.to_string() })?;
        if let Begun::Failed(why) | Begun::NoPlace(why) = begun {
            // It ends by itself now.
            process.wait().map_err(QueueError::io("wait for", lane.dir()))?;
            return Err(QueueError::NotServed { why });
        }
        lock(&self.children).push(process);
        Ok(!matches!(begun, Begun::Elsewhere))
    }

    /// Does something in the lane where `id` waits.
    fn in_lanes(&self, id: &str, act: impl Fn(&Lane) -> Result<bool, QueueError>) -> Result<(), QueueError> {
        for (lane, _) in self.lanes() {
            if act(&lane)? {
                return Ok(());
            }
        }
        // A run is made before its command leaves the queue, so whoever has started is found.
        Err(match self.run_of(id) {
            Some(run) => QueueError::Started { id: id.to_owned(), run },
            None => QueueError::NotWaiting { id: id.to_owned() },
        })
    }

    /// The directory of the run with that id.
    fn run_of(&self, id: &str) -> Option<PathBuf> {
        let runs = fs::read_dir(self.data_dir.runs()).ok()?.flatten().map(|run| run.path());
        let lanes = self.lanes();
        // A second supervisor of the same command may have made one, too, and is about to remove it.
        let is_first = |run: &PathBuf| lanes.iter().any(|(lane, _)| lane.started(run).exists());
        runs.filter(|path| record::RunEntry::id_of(path) == Some(id)).max_by_key(is_first)
    }

    /// That of the queue itself, then those of detached sweeps, with their ids.
    fn lanes(&self) -> Vec<(Lane, Option<String>)> {
        let names = fs::read_dir(self.lane.dir()).into_iter().flatten().flatten().map(|entry| entry.file_name());
        let mut ids: Vec<_> =
            names.filter_map(|name| Some(name.to_str()?.strip_prefix(SWEEP_PREFIX)?.to_owned())).collect();
        ids.sort_unstable();
        let sweeps = ids.into_iter().map(|id| (self.sweep_lane(&id), Some(id)));
        std::iter::once((self.lane.clone(), None)).chain(sweeps).collect()
    }

    fn sweep_lane(&self, id: &str) -> Lane {
        Lane::at(self.lane.dir().join(format!("{SWEEP_PREFIX}{id}")))
    }

    /// What is started must find this queue, whatever its environment says.
    fn supervisor(&self, supervisor: &Supervisor) -> Supervisor {
        Supervisor { data_dir: Some(self.data_dir.path().to_owned()), ..supervisor.clone() }
    }

    fn reap(&self) {
        lock(&self.children).retain_mut(|child| matches!(child.try_wait(), Ok(None)));
    }
}

/// The id of the command that waits in the file `queued`.
pub(in crate::app) fn id_of(queued: &Path) -> Option<String> {
    queued.file_name().and_then(Name::parse).map(|name| name.id)
}

/// Takes the command in the file `queued` for the run in the directory `run`; fails with [`io::ErrorKind::NotFound`] if it
/// does not wait any more. Succeeds for one of those who try.
pub(in crate::app) fn claim(queued: &Path, run: &Path) -> io::Result<()> {
    let lane = Lane::at(queued.parent().unwrap_or(Path::new(".")).to_owned());
    fs::rename(queued, lane.started(run))
}

/// Adds commands to a lane.
fn add(lane: &Lane, kinds: &[JobKind], sweep: Option<String>, fail_fast: bool) -> Result<Added, QueueError> {
    let sweep = sweep.map(|id| Sweep { id, fail_fast });
    let entries: Vec<_> = kinds.iter().map(|kind| Entry::new(kind, sweep.clone())).collect::<Result<_, _>>()?;
    let (ids, before) = lane.add(&entries)?;
    Ok(Added { ids, before })
}

fn waiting(name: &Name, entry: &Entry, why: Option<String>, sweep: Option<String>) -> Waiting {
    Waiting {
        id: name.id.clone(),
        name: entry.name.clone(),
        command: entry.argv(),
        cwd: entry.cwd(),
        config: entry.config.clone(),
        since: entry.since.clone(),
        sweep,
        refused: name.is_refused.then(|| why.unwrap_or_default()),
    }
}
