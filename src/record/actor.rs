//! The recorder's thread: takes what waits, writes it, syncs it, and keeps trying while the disk takes nothing.

use std::io;
use std::mem;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::job::{lock, thread::caught};

use super::disk::explain;
use super::encode::Saying;
use super::entry::{Gap, RunEnd, RunState};
use super::lane::{Lane, Load, Timed, What};
use super::log_writer::LogWriter;
use super::recorder::{OnTrouble, RecorderOptions, Trouble};
use super::run_dir::RunDir;
use super::stats::Counters;

/// Bytes that are written before those who wait for room hear of it.
const RELEASE_BYTES: usize = 1 << 20;

/// How often the end of a run is tried to be written while the disk takes nothing: half a second, so that a disk that is
/// full for a moment loses nothing, and nobody who closes a window waits for one that stays so.
const LAST_ATTEMPTS: u32 = 10;

/// Time between two of these attempts.
const LAST_PAUSE: Duration = Duration::from_millis(50);

pub(super) struct Actor {
    lane: Arc<Lane>,
    writer: LogWriter,
    counters: Arc<Counters>,
    end: Arc<Mutex<Option<RunEnd>>>,
    run: RunDir,
    options: RecorderOptions,
    on_trouble: OnTrouble,
    trouble: Option<String>,
    /// Set at the end, when the disk takes nothing: all that is left is lost.
    has_given_up: bool,
    synced_at: Instant,
    is_unsynced: bool,
}

/// The disk did not take it, and there is no time left to wait.
struct GivenUp;

/// Nobody shall wait for an actor that is gone.
pub(super) struct CloseOnDrop(pub(super) Arc<Lane>);

impl Drop for CloseOnDrop {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl Actor {
    pub fn new(
        lane: Arc<Lane>,
        writer: LogWriter,
        counters: Arc<Counters>,
        end: Arc<Mutex<Option<RunEnd>>>,
        run: RunDir,
        options: RecorderOptions,
        on_trouble: OnTrouble,
    ) -> Self {
        Self {
            lane,
            writer,
            counters,
            end,
            run,
            options,
            on_trouble,
            trouble: None,
            has_given_up: false,
            synced_at: Instant::now(),
            is_unsynced: false,
        }
    }

    /// Records until the lane is closed, then writes the end. The error says what is missing.
    pub fn run(mut self) -> Result<(), String> {
        let _closer = CloseOnDrop(Arc::clone(&self.lane));
        // A run that says nothing for long has a log that can be opened nevertheless.
        self.flush();
        let mut entries = Vec::new();
        loop {
            // What is in the writer's buffer is flushed below, so only a sync may be due.
            let is_closed = self.lane.take(&mut entries, self.is_unsynced || !self.writer.is_flushed());
            self.write(&mut entries);
            self.flush();
            if is_closed {
                break;
            }
            if self.is_unsynced && self.synced_at.elapsed() >= self.options.sync_every {
                self.sync();
            }
        }
        self.finish()
    }

    fn write(&mut self, entries: &mut Vec<Timed>) {
        let mut freed = Load::default();
        for timed in entries.drain(..) {
            freed.add(Load::of(&timed));
            let lost = lost_with(&timed);
            if self.put(timed).is_err() {
                self.counters.add_lost(&lost);
            }
            if freed.bytes >= RELEASE_BYTES {
                self.lane.release(mem::take(&mut freed));
                self.count();
            }
        }
        self.lane.release(freed);
    }

    fn put(&mut self, timed: Timed) -> Result<(), GivenUp> {
        let time_nanos = timed.time_nanos;
        let saying = match timed.what {
            What::Item(item) => return self.insist(|writer| writer.item(time_nanos, &item)),
            What::Notice(notice) => Saying::Notice(notice),
            What::Gap(gap) => Saying::Gap(gap),
        };
        self.insist(LogWriter::make_room)?;
        self.writer.say(time_nanos, saying);
        Ok(())
    }

    fn flush(&mut self) {
        // What could not be flushed at the end is told by `finish`.
        if !self.writer.is_flushed() && self.insist(LogWriter::flush).is_err() {
            log::debug!("the end of a run is not in its log");
        }
        self.count();
    }

    fn count(&mut self) {
        let written = self.writer.written();
        self.is_unsynced |= self.counters.read().bytes != written.bytes;
        self.counters.set_flushed(written);
    }

    fn sync(&mut self) {
        let written = self.writer.written();
        if self.insist(LogWriter::sync).is_ok() {
            self.counters.set_synced(written);
            self.is_unsynced = false;
        }
        self.synced_at = Instant::now();
    }

    /// Tries until it works; once the lane is closed, [`LAST_ATTEMPTS`] times more.
    fn insist(&mut self, mut act: impl FnMut(&mut LogWriter) -> io::Result<()>) -> Result<(), GivenUp> {
        if self.has_given_up {
            return Err(GivenUp);
        }
        let mut last_attempts = 0;
        loop {
            let Err(error) = act(&mut self.writer) else {
                self.resume();
                return Ok(());
            };
            self.stop(&explain(&error));
            if last_attempts == LAST_ATTEMPTS {
                self.has_given_up = true;
                return Err(GivenUp);
            }
            if self.lane.wait_closed(self.options.retry_every) {
                last_attempts += 1;
                std::thread::sleep(LAST_PAUSE);
            }
        }
    }

    fn stop(&mut self, text: &str) {
        if self.trouble.is_some() {
            return;
        }
        self.trouble = Some(text.to_owned());
        self.lane.set_trouble(Some(text.to_owned()));
        self.counters.set_writing(false);
        log::warn!("recording has stopped: {text}");
        let sentence = format!("Recording has stopped: {text}. The job goes on; recording resumes by itself.");
        self.tell(Trouble::Stopped { text: sentence, cause: text.to_owned() });
    }

    fn resume(&mut self) {
        if self.trouble.take().is_none() {
            return;
        }
        let lost = self.lane.lost();
        self.lane.set_trouble(None);
        self.counters.set_writing(true);
        let text = if lost.is_empty() {
            "Recording goes on; nothing is missing.".to_owned()
        } else {
            let seconds = Duration::from_nanos(lost.to_nanos.saturating_sub(lost.from_nanos)).as_secs_f64();
            let Gap { samples, notices, .. } = lost;
            format!("Recording goes on; {samples} samples and {notices} messages of {seconds:.1} s are missing.")
        };
        log::warn!("{text}");
        self.tell(Trouble::Resumed { text });
    }

    fn tell(&self, trouble: Trouble) {
        if let Err(panic) = caught(|| (self.on_trouble)(trouble)) {
            log::error!("could not tell of trouble with the disk: {panic}");
        }
    }

    fn finish(&mut self) -> Result<(), String> {
        let end = lock(&self.end).take().unwrap_or_else(|| RunEnd {
            state: RunState::Failed,
            exit_code: None,
            text: "recording ended before the run did".to_owned(),
        });
        let time_nanos = self.lane.now_nanos();
        if self.insist(LogWriter::make_room).is_ok() {
            self.writer.say(time_nanos, Saying::End(end.clone()));
        }
        self.flush();
        self.sync();
        let written = self.writer.written();
        let meta = self.run.write_end(&end, written.samples, written.bytes);
        if self.has_given_up {
            self.counters.add_lost(&Gap { samples: self.writer.waiting_samples(), ..Gap::default() });
            let why = self.trouble.take().unwrap_or_default();
            let stats = self.counters.read();
            return Err(format!(
                "the end of the run is not recorded ({why}); {} samples and {} messages are missing",
                stats.samples_lost, stats.notices_lost
            ));
        }
        meta.map_err(|error| error.to_string())
    }
}

fn lost_with(timed: &Timed) -> Gap {
    match &timed.what {
        What::Item(item) => item.batch().map_or_else(Gap::default, |batch| Gap {
            items: 1,
            samples: batch.len() as u64,
            ..Gap::default()
        }),
        What::Notice(_) => Gap { notices: 1, ..Gap::default() },
        What::Gap(_) => Gap::default(),
    }
}
