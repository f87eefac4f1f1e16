//! The recorder as others see it: a handle to push to, counters, and an orderly end. The work is done by its actor on the
//! thread `recorder:<name>`.

use std::fs::File;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::batch::{Item, Notice};
use crate::job::{Clock, Seat, SystemClock, lock, thread};

use super::actor::{Actor, CloseOnDrop};
use super::disk::{Disk, FileDisk};
use super::entry::RunEnd;
use super::error::RecordError;
use super::lane::Lane;
use super::log_writer::LogWriter;
use super::mapped::MappedFile;
use super::run_dir::RunDir;
use super::stats::{Counters, RecordStats};

/// How long the end of a recorder may take, if not set otherwise: what 64 MiB and a sync take on a slow disk.
pub const FINISH_BOUND: Duration = Duration::from_secs(10);

/// How a recorder works.
#[derive(Clone, Copy, Debug)]
pub struct RecorderOptions {
    /// The longest that something waits before it is written. 200 ms by default: what a killed program may lose.
    pub flush_every: Duration,
    /// Time from one sync of the log to the next while there is something new. A second by default.
    pub sync_every: Duration,
    /// Time from one attempt to the next while the disk takes nothing. A second by default.
    pub retry_every: Duration,
    /// How long the end may take before the thread is left alone. [`FINISH_BOUND`] by default.
    pub finish_bound: Duration,
}

impl Default for RecorderOptions {
    fn default() -> Self {
        Self {
            flush_every: Duration::from_millis(200),
            sync_every: Duration::from_secs(1),
            retry_every: Duration::from_secs(1),
            finish_bound: FINISH_BOUND,
        }
    }
}

/// What a person should be told of the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The disk takes nothing: what comes is kept in memory as far as it goes, and nobody waits.
    Stopped {
        /// Why, and what to do; one line.
        text: String,
        /// Why, as a part of such a line.
        cause: String,
    },
    /// The disk takes what comes again.
    Resumed {
        /// What is missing; one line.
        text: String,
    },
}

/// Told of trouble, on the recorder's thread; must not wait.
pub type OnTrouble = Arc<dyn Fn(Trouble) + Send + Sync>;

/// Makes the directory of a run; tried again if it fails.
pub type MakeRun = Box<dyn FnMut() -> Result<RunDir, RecordError> + Send>;

/// Told of the run that was made.
pub type OnMade = Box<dyn FnOnce(&RunDir) + Send>;

/// Records a run. Dropping it writes what waits and marks the run as failed, within the bound of its options.
pub struct Recorder {
    lane: Arc<Lane>,
    counters: Arc<Counters>,
    end: Arc<Mutex<Option<RunEnd>>>,
    thread: Option<thread::Thread<Result<(), String>>>,
    finish_bound: Duration,
}

/// Where a job puts what is to be recorded. Cheap to clone; from any thread.
#[derive(Clone)]
pub struct RecordHandle {
    lane: Arc<Lane>,
    counters: Arc<Counters>,
}

impl Recorder {
    /// Begins to record into `run`. Time counts from here.
    ///
    /// # Errors
    /// If the system refuses another thread or file.
    pub fn start(run: RunDir, options: RecorderOptions, on_trouble: OnTrouble) -> io::Result<Self> {
        let disk = Box::new(FileDisk(run.log.try_clone()?));
        Self::start_on(disk, run, options, on_trouble)
    }

    /// The same for a run that `make` makes on the recorder's thread, again and again until the disk allows it: whoever
    /// starts a job waits for no disk. Until then what comes is kept as far as it goes. `on_made` is called on that
    /// thread when the run is there.
    ///
    /// # Errors
    /// If the system refuses another thread.
    pub fn start_when_possible(
        name: &str,
        mut make: MakeRun,
        on_made: OnMade,
        options: RecorderOptions,
        on_trouble: OnTrouble,
    ) -> io::Result<Self> {
        let (lane, counters, end) =
            (Arc::new(Lane::new(options.flush_every)), Arc::new(Counters::new()), Arc::default());
        let body = {
            let (lane, counters, end) = (Arc::clone(&lane), Arc::clone(&counters), Arc::clone(&end));
            move |_: &Seat| {
                let _closer = CloseOnDrop(Arc::clone(&lane));
                let run = made(&mut make, &lane, &counters, options, &on_trouble)?;
                on_made(&run);
                let (disk, homes) = run
                    .log
                    .try_clone()
                    .and_then(|log| Ok((FileDisk(log), File::open(run.log_path())?)))
                    .map_err(|error| error.to_string())?;
                // Opened anew: a copy of the log's own handle would keep its lock for as long as a column lives.
                let writer =
                    LogWriter::new(Box::new(disk), &run.header(lane.now_nanos()), Some(MappedFile::new(homes)));
                Actor::new(lane, writer, counters, end, run, options, on_trouble).run()
            }
        };
        let thread = thread::spawn(&format!("recorder:{name}"), SystemClock::new().seat(), body)?;
        let thread = thread.with_join_bound(options.finish_bound);
        Ok(Self { lane, counters, end, thread: Some(thread), finish_bound: options.finish_bound })
    }

    /// The same with a disk of one's own in place of the log's file, to see what happens when it fails.
    ///
    /// # Errors
    /// If the system refuses another thread or file.
    pub fn start_on(
        disk: Box<dyn Disk>,
        run: RunDir,
        options: RecorderOptions,
        on_trouble: OnTrouble,
    ) -> io::Result<Self> {
        let (lane, counters, end) =
            (Arc::new(Lane::new(options.flush_every)), Arc::new(Counters::new()), Arc::default());
        // Opened anew: a copy of the log's own handle would keep its lock for as long as a column lives.
        let homes = MappedFile::new(File::open(run.log_path())?);
        let writer = LogWriter::new(disk, &run.header(lane.now_nanos()), Some(homes));
        let name = format!("recorder:{}", run.meta().name);
        let actor =
            Actor::new(Arc::clone(&lane), writer, Arc::clone(&counters), Arc::clone(&end), run, options, on_trouble);
        let thread = thread::spawn(&name, SystemClock::new().seat(), move |_| actor.run())?;
        let thread = thread.with_join_bound(options.finish_bound);
        Ok(Self { lane, counters, end, thread: Some(thread), finish_bound: options.finish_bound })
    }

    /// Where to put what is to be recorded.
    #[must_use]
    pub fn handle(&self) -> RecordHandle {
        RecordHandle { lane: Arc::clone(&self.lane), counters: Arc::clone(&self.counters) }
    }

    /// Writes what waits, the end, and `meta.json`. What is pushed from now on is not recorded.
    ///
    /// # Errors
    /// [`RecordError::Unwritten`] if the disk does not take it, or not within the bound.
    pub fn finish(mut self, end: RunEnd) -> Result<RecordStats, RecordError> {
        *lock(&self.end) = Some(end);
        self.lane.close();
        let Some(mut thread) = self.thread.take() else { return Ok(self.counters.read()) };
        match thread.join(self.finish_bound) {
            Ok(Ok(())) => Ok(self.counters.read()),
            Ok(Err(text)) => Err(RecordError::Unwritten { text }),
            Err(error) => {
                // It was waited for: its own drop shall not wait once more. It ends when the disk lets it.
                thread.abandon();
                Err(RecordError::Unwritten { text: format!("the recorder's thread {error}") })
            }
        }
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        // The thread's own drop waits for it.
        self.lane.close();
    }
}

/// The run, as soon as the disk allows it; none if the lane is closed before.
fn made(
    make: &mut MakeRun,
    lane: &Lane,
    counters: &Counters,
    options: RecorderOptions,
    on_trouble: &OnTrouble,
) -> Result<RunDir, String> {
    let mut trouble: Option<String> = None;
    loop {
        let error = match make() {
            Ok(run) => {
                if trouble.is_some() {
                    lane.set_trouble(None);
                    counters.set_writing(true);
                    on_trouble(Trouble::Resumed { text: "This run is recorded from now on.".to_owned() });
                }
                return Ok(run);
            }
            Err(error) => error.to_string(),
        };
        if trouble.is_none() {
            lane.set_trouble(Some(error.clone()));
            counters.set_writing(false);
            log::warn!("a run is not recorded: {error}");
            let text = format!("This run is not recorded: {error}. The job goes on; recording begins by itself.");
            on_trouble(Trouble::Stopped { text, cause: error.clone() });
        }
        let is_over = lane.wait_closed(options.retry_every);
        trouble = Some(error.clone());
        if is_over {
            return Err(error);
        }
    }
}

impl RecordHandle {
    /// Records samples, or what they belong to. Their numbers are shared, not copied. Waits while
    /// [`LANE_BYTES`](super::LANE_BYTES) wait to be written; while the disk takes nothing it never waits, and what does
    /// not fit is counted and recorded as a [`Gap`](super::Gap).
    pub fn item(&self, item: &Item) {
        if let Some(gap) = self.lane.item(item.clone()) {
            self.counters.add_lost(&gap);
        }
    }

    /// Records what a job says. Never waits for the disk: beyond [`LANE_NOTICES`](super::LANE_NOTICES) or
    /// [`LANE_TEXT_BYTES`](super::LANE_TEXT_BYTES) that wait, notices are counted and recorded as a
    /// [`Gap`](super::Gap).
    pub fn notice(&self, notice: &Notice) {
        if let Some(gap) = self.lane.notice(notice.clone()) {
            self.counters.add_lost(&gap);
        }
    }

    /// What has been recorded so far.
    #[must_use]
    pub fn stats(&self) -> RecordStats {
        self.counters.read()
    }
}
