//! The look itself: reads the log as it grows, hears the supervisor, hands on what people ask for.
//!
//! Runs on the thread `attach:<name>`.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::inotify;
use rustix::io::Errno;

use super::Shared;
use crate::app::origin::Origin;
use crate::app::output_lines::OutputLines;
use crate::app::pipeline::{LineTap, StartOptions};
use crate::app::supervisor::{Ask, Link, Tell};
use crate::batch::{Failure, Item, Level, Message, Notice, Outcome, Pane, RecordingTrouble, State};
use crate::job::{Mailbox, lock};
use crate::record::{Body, Entry, LogReader, RecordError, RunEnd, RunEntry, RunState, Spill};
use crate::store::{self, BudgetOptions, SnapshotSlot, Store, budget_default};

/// Time between two looks at what has been read so far, while much is read.
const PUBLISH_PERIOD: Duration = Duration::from_millis(100);

/// How often the log is looked at where the system does not tell of changes.
const LOOK_INTERVAL: Duration = Duration::from_millis(100);

/// How often it is asked whether a recorder that has no socket still lives, in seconds.
const ALIVE_INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Look {
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
    /// When the run's time began to count.
    origin: Option<Origin>,
}

impl Look {
    pub(super) fn begin(
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
        let mut link = Link::connect(run).inspect_err(|error| log::info!("{error}")).ok();
        // Those that there are now; of changes it tells by itself.
        if let Some(Err(error)) = link.as_mut().map(|link| link.ask(Ask::Rules)) {
            log::info!("{error}");
        }
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
            origin: None,
        })
    }

    /// Until the run ends, or nobody wants to look any more.
    pub(super) fn watch(&mut self, shared: &Shared) {
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
                Tell::Rules { rules } => self.mailbox.send(Notice::Rules(rules)),
                // What a rule found stands in the log, too.
                Tell::Rule { .. } | Tell::Done => {}
            }
        }
        if self.link.is_none() && self.asked_alive.elapsed() >= ALIVE_INTERVAL {
            self.asked_alive = Instant::now();
            self.is_alive = is_recorded(&self.run);
        }
    }

    /// Hands on what people ask for.
    fn answer(&mut self, shared: &Shared) {
        shared.bell.hush();
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
                self.learn_origin(&entry);
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
            self.mailbox.send(Notice::Message(warning(self.clock.0, text)));
        }
        self.has_seen = self.reader.lost().len();
        Ok(())
    }

    /// Says when the run's time began to count, once it is known, and when it is known better.
    fn learn_origin(&mut self, entry: &Entry) {
        if self.origin.is_none() {
            self.origin = self.reader.header().map(Origin::new);
            self.origin.iter().for_each(|origin| self.mailbox.send(origin.notice()));
        }
        if let Some(notice) = self.origin.as_mut().and_then(|origin| origin.refine(entry)) {
            self.mailbox.send(notice);
        }
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
                self.mailbox.send(Notice::Message(warning(time, gap.to_string())));
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
        let left = left.and_then(|left| Timespec::try_from(left).ok());
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
        self.mailbox.send(Notice::Message(Message::new(Pane::Control, level, time_secs, text)));
    }
}

fn warning(time: Duration, text: String) -> Message {
    Message::new(Pane::Control, Level::Warning, time.as_secs_f64(), text)
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
