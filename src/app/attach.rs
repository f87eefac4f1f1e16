//! A window's look at a run that another process makes: the whole history first, then what is added, and a way to stop it.
//!
//! The thread `attach:<name>` starts the supervisor of a command if there is none yet, reads the run's log as it grows,
//! and speaks with the supervisor. Dropping an [`Attached`] ends the look, never the run.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use rustix::event::{EventfdFlags, PollFd, PollFlags, Timespec, eventfd, poll};
use rustix::fs::inotify;
use rustix::io::Errno;

use crate::app::output_lines::OutputLines;
use crate::app::pipeline::{self, JobKind, LineTap, Running, StartError, StartOptions};
use crate::app::supervisor::{Ask, Link, SpawnError, Supervisor, Tell};
use crate::batch::{Failure, Item, Level, Message, Notice, Outcome, Pane, RecordingTrouble, State};
use crate::job::{Clock, Mailbox, SystemClock, lock, thread};
use crate::record::{Body, Entry, LogReader, RecordError, RunEnd, RunEntry, RunState, Spill};
use crate::store::{self, BudgetOptions, SnapshotSlot, Store, budget_default};

/// Time between two looks at what has been read so far, while much is read.
const PUBLISH_PERIOD: Duration = Duration::from_millis(100);

/// How often the log is looked at where the system does not tell of changes.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// How often it is asked whether a recorder that has no socket still lives, in seconds.
const ALIVE_INTERVAL: Duration = Duration::from_secs(1);

/// How long the end of the program waits for a look to end.
const JOIN_BOUND: Duration = Duration::from_millis(500);

/// What is looked at.
pub enum What {
    /// A run that is being recorded.
    Run(RunEntry),
    /// A command, which is started first.
    Command(JobKind, Supervisor),
}

/// A run that is looked at.
pub struct Attached {
    shared: Arc<Shared>,
    _thread: thread::Thread<()>,
}

struct Shared {
    asks: Mutex<VecDeque<Ask>>,
    /// Readable when something is asked, or the look is to end.
    bell: OwnedFd,
    is_leaving: AtomicBool,
    path: OnceLock<PathBuf>,
    /// The job itself, where nothing can be recorded and it runs here after all.
    local: Mutex<Option<Running>>,
}

impl Attached {
    /// Begins to look; samples are published in `data`, and what the run says goes to `mailbox`.
    ///
    /// # Errors
    /// [`StartError::Open`] if the system refuses a thread.
    pub fn start(what: What, data: &SnapshotSlot, mailbox: Mailbox, options: StartOptions) -> Result<Self, StartError> {
        let bell =
            eventfd(0, EventfdFlags::NONBLOCK | EventfdFlags::CLOEXEC).map_err(|e| StartError::Open(e.into()))?;
        let shared = Arc::new(Shared {
            asks: Mutex::default(),
            bell,
            is_leaving: AtomicBool::new(false),
            path: OnceLock::new(),
            local: Mutex::default(),
        });
        let name = match &what {
            What::Run(run) => run.name(),
            What::Command(kind, _) => kind.name().to_owned(),
        };
        let (theirs, data) = (Arc::clone(&shared), data.clone());
        let body = move |_: &_| look(what, &data, mailbox, options, &theirs);
        let thread = thread::spawn(&format!("attach:{name}"), SystemClock::new().seat(), body);
        let thread = thread.map_err(StartError::Open)?.with_join_bound(JOIN_BOUND);
        Ok(Self { shared, _thread: thread })
    }

    /// Asks the run for something; its answer is what the run does. Never waits.
    pub fn ask(&self, ask: Ask) {
        match &*lock(&self.shared.local) {
            None => {
                lock(&self.shared.asks).push_back(ask);
                self.shared.ring();
            }
            Some(job) => match ask {
                Ask::Stop => job.end(),
                Ask::Pause => job.pause(),
                Ask::Resume => job.resume(),
                Ask::Status | Ask::Signal { .. } => {}
            },
        }
    }

    /// Whether it runs in another process, and so goes on without this one.
    #[must_use]
    pub fn is_elsewhere(&self) -> bool {
        lock(&self.shared.local).is_none()
    }

    /// The directory of the run, once it is known.
    #[must_use]
    pub fn run_path(&self) -> Option<&Path> {
        self.shared.path.get().map(PathBuf::as_path)
    }
}

impl Drop for Attached {
    fn drop(&mut self) {
        // The thread's own drop waits for it.
        self.shared.is_leaving.store(true, Ordering::Release);
        self.shared.ring();
    }
}

impl Shared {
    fn ring(&self) {
        // Fails only if it rings already.
        let _rings = rustix::io::write(&self.bell, &1_u64.to_ne_bytes());
    }

    fn is_leaving(&self) -> bool {
        self.is_leaving.load(Ordering::Acquire)
    }
}

/// The thread.
fn look(what: What, data: &SnapshotSlot, mailbox: Mailbox, options: StartOptions, shared: &Shared) {
    let (run, process) = match what {
        What::Run(entry) => (entry.path, None),
        What::Command(kind, supervisor) => match supervisor.start() {
            Ok(started) => (started.run, Some(started.process)),
            Err(SpawnError::NoPlace(why)) => {
                log::warn!("{why}; the command runs without a supervisor");
                return run_here(&kind, data, mailbox, options, shared);
            }
            Err(error) => return mailbox.send(Notice::Failed(error.to_string().into())),
        },
    };
    shared.path.set(run.clone()).unwrap_or_default();
    // Who shows it learns where the run is.
    mailbox.send(Notice::Job(State::Running));
    match Look::begin(&run, data, mailbox.clone(), options, process) {
        Ok(mut look) => look.watch(shared),
        Err(error) => mailbox.send(Notice::Failed(error.to_string().into())),
    }
}

/// Without a log nobody could look at a command elsewhere.
fn run_here(kind: &JobKind, data: &SnapshotSlot, mailbox: Mailbox, options: StartOptions, shared: &Shared) {
    let mut local = lock(&shared.local);
    match pipeline::start(kind, data, mailbox.clone(), StartOptions { supervisor: None, ..options }) {
        Ok(job) => {
            if lock(&shared.asks).contains(&Ask::Stop) {
                job.end();
            }
            *local = Some(job);
        }
        Err(error) => mailbox.send(Notice::Failed(error.to_string().into())),
    }
}

struct Look {
    run: PathBuf,
    process: Option<Child>,
    reader: LogReader,
    link: Option<Link>,
    /// Tells of changes of the log.
    changes: Option<OwnedFd>,
    data: SnapshotSlot,
    mailbox: Mailbox,
    tap: Option<LineTap>,
    store: Store,
    is_changed: bool,
    published: Instant,
    /// What was written last to the two streams, until it is a line.
    lines: OutputLines,
    /// The run's time at a moment of ours.
    clock: (Duration, Instant),
    asked_alive: Instant,
    is_alive: bool,
    /// How the job ended, by its own word.
    result: Option<Result<Outcome, Failure>>,
    /// The end of the log.
    end: Option<RunEnd>,
    has_seen: usize,
}

impl Look {
    fn begin(
        run: &Path,
        data: &SnapshotSlot,
        mailbox: Mailbox,
        options: StartOptions,
        process: Option<Child>,
    ) -> Result<Self, RecordError> {
        let log = run.join(crate::record::LOG_NAME);
        let reader = LogReader::open(&log)?.follow().map_err(|cause| RecordError::Io {
            action: "follow",
            path: log.clone(),
            cause,
        })?;
        let link = Link::connect(run).inspect_err(|error| log::info!("{error}")).ok();
        let spill = Spill::create_in(run).map(|spill| Box::new(spill) as Box<dyn store::Spill>);
        let budget_bytes = options.budget_bytes.unwrap_or_else(budget_default);
        Ok(Self {
            run: run.to_owned(),
            process,
            reader,
            link,
            changes: changes_of(&log).inspect_err(|error| log::info!("{}: {error}", log.display())).ok(),
            data: data.clone(),
            mailbox,
            tap: options.tap,
            store: Store::with_budget(BudgetOptions { budget_bytes, spill: spill.ok() }),
            is_changed: false,
            published: Instant::now(),
            lines: OutputLines::default(),
            clock: (Duration::ZERO, Instant::now()),
            asked_alive: Instant::now(),
            is_alive: true,
            result: None,
            end: None,
            has_seen: 0,
        })
    }

    /// Until the run ends, or nobody wants to look any more.
    fn watch(&mut self, shared: &Shared) {
        while !shared.is_leaving() {
            self.hear();
            self.answer(shared);
            // Whether somebody writes is asked first: what was written before it ended is then read below.
            let is_over = !self.is_alive;
            if let Err(error) = self.read(shared) {
                self.say(Level::Error, format!("{}: {error}", self.run.display()));
                self.is_alive = false;
            }
            self.show_due();
            self.publish();
            if self.end.is_some() || is_over {
                return self.finish(shared);
            }
            self.wait(shared);
        }
    }

    /// What the supervisor says.
    fn hear(&mut self) {
        let mut said = Vec::new();
        if let Some(link) = &mut self.link
            && !link.read(|tell| said.push(tell))
        {
            self.link = None;
            self.is_alive = is_recorded(&self.run);
        }
        for tell in said {
            match tell {
                Tell::Status { elapsed_secs, .. } => {
                    let elapsed = Duration::try_from_secs_f64(elapsed_secs).unwrap_or_default();
                    self.clock = (elapsed, Instant::now());
                    self.mailbox.send(Notice::Began(elapsed));
                }
                Tell::Recording { cause, resumes } => {
                    let trouble = cause.map(|cause| RecordingTrouble { cause, resumes });
                    self.mailbox.send(Notice::Recording(trouble));
                }
                Tell::Refused { why } => self.say(Level::Warning, format!("The supervisor refuses: {why}")),
                Tell::Done => {}
            }
        }
        if self.link.is_none() && self.asked_alive.elapsed() >= ALIVE_INTERVAL {
            self.asked_alive = Instant::now();
            self.is_alive = is_recorded(&self.run);
        }
    }

    /// Hands on what people ask for.
    fn answer(&mut self, shared: &Shared) {
        let mut count = [0; 8];
        // Fails only if it did not ring.
        let _rang = rustix::io::read(&shared.bell, &mut count);
        let asks: Vec<Ask> = lock(&shared.asks).drain(..).collect();
        for ask in asks {
            let asked = match &mut self.link {
                Some(link) => link.ask(ask).map_err(|error| error.to_string()),
                None => Err("it is made by another window, or its supervisor is gone".to_owned()),
            };
            if let Err(why) = asked {
                self.say(Level::Warning, format!("This run cannot be asked for anything: {why}"));
            }
        }
    }

    /// Reads all that is there.
    fn read(&mut self, shared: &Shared) -> io::Result<()> {
        loop {
            while let Some(entry) = self.reader.next() {
                self.take(entry);
                if self.published.elapsed() >= PUBLISH_PERIOD {
                    self.publish();
                    if shared.is_leaving() {
                        return Ok(());
                    }
                }
            }
            if !self.reader.refresh()? {
                break;
            }
        }
        for loss in self.reader.lost().iter().skip(self.has_seen) {
            let text = loss.to_string();
            let message =
                Message { pane: Pane::Control, level: Level::Warning, time_secs: self.clock.0.as_secs_f64(), text };
            self.mailbox.send(Notice::Message(message));
        }
        self.has_seen = self.reader.lost().len();
        Ok(())
    }

    fn take(&mut self, entry: Entry) {
        let time = Duration::from_nanos(entry.time_nanos);
        if time > self.now() {
            self.clock = (time, Instant::now());
        }
        match entry.body {
            Body::Item(Item::Output(stream, bytes)) => {
                let mut shown = Shown { mailbox: &self.mailbox, tap: &mut self.tap };
                self.lines.feed(stream, &bytes, time, |line| shown.line(line));
            }
            Body::Item(item) => {
                self.store.apply(item);
                self.is_changed = true;
            }
            // The pane of somebody else skipped lines, not ours.
            Body::Notice(Notice::Skipped(..)) => {}
            Body::Notice(Notice::Finished(outcome)) => self.result = Some(Ok(outcome)),
            Body::Notice(Notice::Failed(failure)) => self.result = Some(Err(failure)),
            Body::Notice(notice) => self.mailbox.send(notice),
            Body::Gap(gap) => {
                let (time_secs, text) = (time.as_secs_f64(), gap.to_string());
                self.mailbox.send(Notice::Message(Message {
                    pane: Pane::Control,
                    level: Level::Warning,
                    time_secs,
                    text,
                }));
            }
            Body::End(end) => self.end = Some(end),
        }
    }

    /// Shows rewritten lines that stand still.
    fn show_due(&mut self) {
        let (time, mut shown) = (self.now(), Shown { mailbox: &self.mailbox, tap: &mut self.tap });
        self.lines.flush_due(time, |line| shown.line(line));
    }

    /// The run's time now.
    fn now(&self) -> Duration {
        self.clock.0 + self.clock.1.elapsed()
    }

    fn publish(&mut self) {
        if std::mem::take(&mut self.is_changed) {
            self.data.publish(self.store.snapshot());
        }
        self.published = Instant::now();
    }

    fn wait(&self, shared: &Shared) {
        let ends =
            [Some(shared.bell.as_fd()), self.changes.as_ref().map(AsFd::as_fd), self.link.as_ref().map(AsFd::as_fd)];
        let mut ends: Vec<_> = ends.iter().flatten().map(|end| PollFd::new(end, PollFlags::IN)).collect();
        let now = self.now();
        let due = self.lines.due().map(|due| due.saturating_sub(now));
        let look = self.changes.is_none().then_some(LOOK_INTERVAL);
        let ask = self.link.is_none().then_some(ALIVE_INTERVAL);
        let left = [due, look, ask].into_iter().flatten().min();
        let left = left.map(|left| Timespec { tv_sec: left.as_secs() as i64, tv_nsec: i64::from(left.subsec_nanos()) });
        match poll(&mut ends, left.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => {
                log::error!("cannot wait for the run: {error}");
                std::thread::sleep(LOOK_INTERVAL);
            }
        }
        if let Some(changes) = &self.changes {
            // What changed is known: it is one file.
            let mut buffer = [0; 4096];
            while rustix::io::read(changes, &mut buffer).is_ok_and(|count| count > 0) {}
        }
    }

    /// The run has ended, or whoever made it is gone.
    fn finish(&mut self, shared: &Shared) {
        if self.end.is_none() {
            self.reader.conclude();
            if let Err(error) = self.read(shared) {
                log::warn!("{}: {error}", self.run.display());
            }
        }
        let (time, mut shown) = (self.now(), Shown { mailbox: &self.mailbox, tap: &mut self.tap });
        self.lines.finish(time, |line| shown.line(line));
        self.publish();
        let end = match (self.result.take(), self.end.take()) {
            (Some(result), _) => result,
            (None, Some(end)) if end.state == RunState::Failed => {
                Err(Failure { text: end.text, exit_code: end.exit_code.unwrap_or(1) })
            }
            (None, Some(end)) => Ok(Outcome {
                summary: end.text,
                exit_code: end.exit_code.unwrap_or(0),
                was_stopped: end.state == RunState::Stopped,
            }),
            (None, None) => Err("the process that recorded this run is gone; shown is what it wrote".into()),
        };
        self.mailbox.send(Notice::Job(if end.is_ok() { State::Finished } else { State::Failed }));
        self.mailbox.send(match end {
            Ok(outcome) => Notice::Finished(outcome),
            Err(failure) => Notice::Failed(failure),
        });
        // It ends at once after it has written the end.
        if let Some(Err(error)) = self.process.as_mut().map(Child::wait) {
            log::debug!("the supervisor was not waited for: {error}");
        }
    }

    fn say(&self, level: Level, text: String) {
        let time_secs = self.now().as_secs_f64();
        self.mailbox.send(Notice::Message(Message { pane: Pane::Control, level, time_secs, text }));
    }
}

/// Where lines go that are made from what was written.
struct Shown<'a> {
    mailbox: &'a Mailbox,
    tap: &'a mut Option<LineTap>,
}

impl Shown<'_> {
    fn line(&mut self, line: Message) {
        if let Some(tap) = self.tap {
            tap(&line);
        }
        self.mailbox.send(Notice::Message(line));
    }
}

/// Whether somebody records the run.
fn is_recorded(run: &Path) -> bool {
    RunEntry::find(run).is_some_and(|run| run.state == RunState::Running)
}

fn changes_of(log: &Path) -> io::Result<OwnedFd> {
    let changes = inotify::init(inotify::CreateFlags::CLOEXEC | inotify::CreateFlags::NONBLOCK)?;
    inotify::add_watch(&changes, log, inotify::WatchFlags::MODIFY)?;
    Ok(changes)
}
