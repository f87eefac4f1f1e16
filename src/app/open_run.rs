//! A recorded run shown again: its samples, its messages and how it ended, read on a thread of its own.
//!
//! The thread `open:<name>` publishes what it has read so far several times a second, so that the figure is there long
//! before the end of a large log. A cache beside the log holds what the store knows, so that the next opening takes no
//! pass over the samples.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::app::origin::Origin;
use crate::app::output_lines::OutputLines;
use crate::app::pipeline::{LineTap, StartError};
use crate::batch::{Column, Failure, Item, Level, Message, Notice, Outcome, Pane, Progress, Role, SeriesId, State};
use crate::job::{Clock, Mailbox, SystemClock, thread};
use crate::record::{Body, Entry, LogReader, MappedFile, RunEntry, RunState};
use crate::store::cache::{self, CacheKey, ColumnPlace};
use crate::store::{BudgetOptions, SnapshotSlot, Store, budget_default};

/// Name of the cache beside a run's log.
const CACHE_NAME: &str = "pyramid.cache";

/// Samples from which on a cache is worth its file: fewer are read in some milliseconds.
const CACHE_SAMPLES: usize = 1_000_000;

/// Time between two looks at what has been read so far.
const PUBLISH_PERIOD: Duration = Duration::from_millis(100);

/// How long the end of the program waits for a run that is being opened.
const JOIN_BOUND: Duration = Duration::from_millis(500);

/// A run that is shown. Dropping it ends the reading.
pub struct Opening {
    stop: Arc<AtomicBool>,
    _thread: thread::Thread<()>,
}

impl Opening {
    /// Begins to read `runs` into `data`; what they say goes to `mailbox`, the lines of commands to
    /// `tap` before.
    ///
    /// # Errors
    /// [`StartError::Open`] if the system refuses a thread.
    pub fn start(
        runs: &[RunEntry],
        data: &SnapshotSlot,
        mailbox: Mailbox,
        tap: Option<LineTap>,
    ) -> Result<Self, StartError> {
        let stop = Arc::new(AtomicBool::new(false));
        let name = runs.first().map(RunEntry::name).unwrap_or_default();
        let mut reading = Reading {
            data: data.clone(),
            mailbox,
            tap,
            stop: Arc::clone(&stop),
            store: Store::with_budget(BudgetOptions { budget_bytes: budget_default(), spill: None }),
            next_id: 0,
            published: Instant::now(),
        };
        let runs = runs.to_vec();
        let seat = SystemClock::new().seat();
        let thread = thread::spawn(&format!("open:{name}"), seat, move |_| reading.read_all(&runs));
        let thread = thread.map_err(StartError::Open)?.with_join_bound(JOIN_BOUND);
        Ok(Self { stop, _thread: thread })
    }

    /// Ends the reading; what has been read stays.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }
}

impl Drop for Opening {
    fn drop(&mut self) {
        // The thread's own drop waits for it.
        self.stop();
    }
}

struct Reading {
    data: SnapshotSlot,
    mailbox: Mailbox,
    tap: Option<LineTap>,
    stop: Arc<AtomicBool>,
    store: Store,
    /// Number of the first series of the run being read, where several are shown together.
    next_id: u32,
    published: Instant,
}

impl Reading {
    fn read_all(&mut self, runs: &[RunEntry]) {
        let mut end = Ok(Outcome::default());
        for (number, run) in (0..).zip(runs) {
            self.store.set_run(number);
            if self.stop.load(Ordering::Acquire) {
                break;
            }
            let prefix = if runs.len() > 1 { Some(run.name()) } else { None };
            if prefix.is_some() {
                self.say(Level::Info, 0.0, format!("Run {}", run.dir_name()));
            }
            end = match self.read(run, prefix.as_deref()) {
                Ok(end) => end,
                Err(error) => Err(Failure::from(format!("{}: {error}", run.dir_name()))),
            };
            if let (Err(failure), true) = (&end, prefix.is_some()) {
                self.say(Level::Error, 0.0, failure.text.clone());
            }
        }
        self.publish();
        let state = if end.is_ok() { State::Finished } else { State::Failed };
        for role in [Role::Worker, Role::Receiver] {
            self.mailbox.send(Notice::Thread(role, state));
        }
        self.mailbox.send(Notice::Job(state));
        self.mailbox.send(match end {
            Ok(outcome) => Notice::Finished(outcome),
            Err(failure) => Notice::Failed(failure),
        });
    }

    /// Reads one run and says how it ended.
    fn read(
        &mut self,
        run: &RunEntry,
        prefix: Option<&str>,
    ) -> Result<Result<Outcome, Failure>, crate::record::RecordError> {
        let log = run.log_path();
        let mut reader = LogReader::open(&log)?;
        // Of several runs nobody can tell which one a line belongs to.
        let mut origin = reader.header().filter(|_| prefix.is_none()).map(Origin::new);
        self.mailbox.send(origin.as_ref().map_or(Notice::Origin(None), Origin::notice));
        let cached = if prefix.is_none() { load_cache(&log, &reader) } else { None };
        let is_cached = cached.is_some();
        if let Some(store) = cached {
            self.store = store;
            self.publish();
        }
        let first_id = self.next_id;
        let mut end = None;
        let mut last_secs = 0.0;
        let mut lines_only = is_cached;
        let mut lines = OutputLines::default();
        while let Some(entry) = reader.next() {
            if let Some(notice) = origin.as_mut().and_then(|origin| origin.refine(&entry)) {
                self.mailbox.send(notice);
            }
            let Entry { time_nanos, body, .. } = entry;
            last_secs = time_nanos as f64 / 1e9;
            match body {
                Body::Item(Item::Output(stream, bytes)) => {
                    let time = Duration::from_nanos(time_nanos);
                    lines.feed(stream, &bytes, time, |line| self.line(line));
                }
                Body::Item(item) if !lines_only => self.item(item, first_id, prefix),
                // The cache knows the samples, not how they are to be laid out.
                Body::Item(item @ Item::Layout(_)) => self.item(item, first_id, prefix),
                Body::Item(_) => {}
                Body::Notice(notice) => match notice {
                    Notice::Finished(outcome) => end = Some(Ok(outcome)),
                    Notice::Failed(failure) => end = Some(Err(failure)),
                    // The run is shown as it ended; only its panes are filled line by line.
                    Notice::Message(_) | Notice::Skipped(..) | Notice::Progress(..) => self.mailbox.send(notice),
                    _ => {}
                },
                Body::Gap(gap) => self.say(Level::Warning, last_secs, gap.to_string()),
                Body::End(_) => {}
            }
            if self.published.elapsed() >= PUBLISH_PERIOD {
                self.publish();
                let (done, total) = reader.progress();
                self.mailbox.send(Notice::Progress(Role::Receiver, Progress::Steps { done, total: total.max(1) }));
            }
            if self.stop.load(Ordering::Acquire) {
                lines_only = true;
                break;
            }
        }
        lines.finish(Duration::from_secs_f64(last_secs), |line| self.line(line));
        for loss in reader.lost() {
            self.say(Level::Warning, last_secs, loss.to_string());
        }
        if !lines_only && prefix.is_none() && self.store.samples() >= CACHE_SAMPLES && run.state != RunState::Running {
            save_cache(&self.store, &log, &reader);
        }
        self.publish();
        self.mailbox.send(Notice::Took(Duration::from_secs_f64(last_secs)));
        Ok(end.unwrap_or_else(|| match run.state {
            RunState::Running => {
                self.say(
                    Level::Warning,
                    last_secs,
                    "This run is still being recorded: shown is what there was".to_owned(),
                );
                Ok(Outcome { summary: "still running".to_owned(), ..Outcome::default() })
            }
            _ => Err(Failure::from("the run was interrupted: its log has no end")),
        }))
    }

    fn item(&mut self, item: Item, first_id: u32, prefix: Option<&str>) {
        let Some(prefix) = prefix else { return self.store.apply(item) };
        let moved = |id: SeriesId| SeriesId(first_id.saturating_add(id.0));
        let item = match item {
            Item::Declare(mut info) => {
                info.id = moved(info.id);
                info.name = format!("{prefix}: {}", info.name);
                // Runs of one kind have equal colours; the figure tells them apart.
                info.color = None;
                Item::Declare(info)
            }
            Item::Append(batch) => {
                let id = moved(batch.series);
                Item::Append(batch.into_series(id))
            }
            Item::Replace(batch, _) => {
                let id = moved(batch.series);
                Item::Replace(batch.into_series(id), None)
            }
            // Each run would want the figure its own way.
            Item::Layout(_) | Item::Mark(_) | Item::Output(..) => return,
        };
        if let Some(id) = item.series() {
            self.next_id = self.next_id.max(id.0.saturating_add(1));
        }
        self.store.apply(item);
    }

    fn publish(&mut self) {
        self.data.publish(self.store.snapshot());
        self.published = Instant::now();
    }

    /// A line of what a command wrote.
    fn line(&mut self, line: Message) {
        if let Some(tap) = &mut self.tap {
            tap(&line);
        }
        self.mailbox.send(Notice::Message(line));
    }

    fn say(&self, level: Level, time_secs: f64, text: String) {
        self.mailbox.send(Notice::Message(Message::new(Pane::Control, level, time_secs, text)));
    }
}

/// What the store knew of the log when it was read last, if that is still true.
fn load_cache(log: &Path, reader: &LogReader) -> Option<Store> {
    let key = cache_key(log, reader)?;
    let mapped = MappedFile::new(File::open(log).ok()?);
    let column_at = |place: ColumnPlace| {
        let end = place.log_offset.checked_add(8 * place.len as u64)?;
        mapped.column(place.log_offset..end).map(Column::elsewhere)
    };
    match cache::load(&log.with_file_name(CACHE_NAME), key, &column_at) {
        Ok(store) => store,
        Err(error) => {
            log::warn!("{error}; it is made anew");
            None
        }
    }
}

fn save_cache(store: &Store, log: &Path, reader: &LogReader) {
    let Some(key) = cache_key(log, reader) else { return };
    // Without it the next opening takes longer, that is all: the directory may be read-only.
    if let Err(error) = cache::save(&store.snapshot(), &log.with_file_name(CACHE_NAME), key) {
        log::info!("{error}");
    }
}

/// Length of the log and a checksum of its end, which holds times and checksums of its own.
fn cache_key(log: &Path, reader: &LogReader) -> Option<CacheKey> {
    let log_bytes = reader.progress().1;
    let mut end = vec![0; usize::try_from(log_bytes.min(4096)).ok()?];
    let file = File::open(log).ok()?;
    let start = log_bytes - end.len() as u64;
    file.read_exact_at(&mut end, start).ok()?;
    Some(CacheKey { log_bytes, log_mark: u64::from(crc32c::crc32c(&end)) })
}
