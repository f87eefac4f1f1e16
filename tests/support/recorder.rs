//! An [`Outlet`] that keeps all that a source says, and can be told to be slow, full or stopped.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use kymograph::batch::{Item, Level, Message, Pane, Progress, SeriesInfo, Stream, Xs};
use kymograph::source::{Outlet, Stopped};

/// What was said, seen from the test's thread.
#[derive(Default)]
pub struct Record {
    /// Lines that are whole, and all states of bars.
    pub lines: Vec<Message>,
    /// Beginnings of lines that were shown before their ends came.
    pub open: Vec<Message>,
    pub series: BTreeMap<u32, SeriesInfo>,
    pub points: BTreeMap<u32, Vec<(f64, f64)>>,
    pub batches: usize,
    pub progress: Vec<Progress>,
    pub messages: Vec<String>,
    /// What was written to the two streams.
    pub raw: [Vec<u8>; 2],
    pub stopping: bool,
    /// Lines after which the channel is full for good, until a stop.
    pub room: Option<usize>,
}

impl Record {
    pub fn texts(&self, pane: Pane) -> Vec<&str> {
        self.lines.iter().filter(|l| l.pane == pane).map(|l| l.text.as_str()).collect()
    }

    pub fn named(&self, name: &str) -> &[(f64, f64)] {
        let id = self.series.values().find(|s| s.name == name).map(|s| s.id.0);
        id.and_then(|id| self.points.get(&id)).map_or(&[], Vec::as_slice)
    }
}

#[derive(Clone)]
pub struct Recorder {
    pub shared: Arc<(Mutex<Record>, Condvar)>,
    start: Instant,
}

impl Recorder {
    pub fn new() -> Self {
        Self { shared: Arc::default(), start: Instant::now() }
    }

    pub fn with<T>(&self, look: impl FnOnce(&mut Record) -> T) -> T {
        let result = look(&mut self.shared.0.lock().unwrap());
        self.shared.1.notify_all();
        result
    }

    /// Waits until `holds`, at most 60 s.
    pub fn wait_for(&self, what: &str, mut holds: impl FnMut(&Record) -> bool) {
        let start = Instant::now();
        let mut record = self.shared.0.lock().unwrap();
        while !holds(&record) {
            assert!(start.elapsed() < Duration::from_secs(60), "waited in vain for: {what}");
            record = self.shared.1.wait_timeout(record, Duration::from_millis(50)).unwrap().0;
        }
    }
}

impl Outlet for Recorder {
    fn send(&mut self, item: Item) -> Result<(), Stopped> {
        self.with(|record| {
            if record.stopping {
                return Err(Stopped);
            }
            let is_new = matches!(item, Item::Replace(..));
            match item {
                Item::Declare(info) => {
                    assert!(record.series.insert(info.id.0, info).is_none(), "declared twice");
                }
                Item::Layout(_) | Item::Mark(_) => {}
                Item::Output(stream, bytes) => {
                    record.raw[usize::from(stream == Stream::Error)].extend_from_slice(&bytes)
                }
                Item::Append(batch) | Item::Replace(batch, _) => {
                    let id = batch.series.0;
                    assert!(record.series.contains_key(&id), "not declared");
                    record.batches += 1;
                    if is_new {
                        record.points.remove(&id);
                    }
                    let (x, y) = batch.into_columns();
                    let Xs::Explicit(x) = x else { panic!("explicit x expected") };
                    record.points.entry(id).or_default().extend(x.iter().copied().zip(y.iter().copied()));
                }
            }
            Ok(())
        })
    }

    fn deliver(&mut self, item: Item) -> Result<(), Stopped> {
        let Item::Output(stream, bytes) = item else { return self.send(item) };
        self.with(|record| record.raw[usize::from(stream == Stream::Error)].extend_from_slice(&bytes));
        Ok(())
    }

    fn line(&mut self, line: Message) -> Result<(), Stopped> {
        let mut record = self.shared.0.lock().unwrap();
        while record.room.is_some_and(|room| record.lines.len() >= room) {
            if record.stopping {
                return Err(Stopped);
            }
            record = self.shared.1.wait(record).unwrap();
        }
        // What is only the beginning of a line is said again, whole.
        if line.line.is_some_and(|id| id.is_open) {
            record.open.push(line);
        } else {
            record.lines.push(line);
        }
        drop(record);
        self.shared.1.notify_all();
        Ok(())
    }

    fn print(&mut self) -> &mut dyn io::Write {
        unreachable!("a command's output does not go through the captured stream")
    }

    fn message(&mut self, _level: Level, text: fmt::Arguments<'_>) {
        self.with(|record| record.messages.push(text.to_string()));
    }

    fn progress(&mut self, progress: Progress) {
        self.with(|record| record.progress.push(progress));
    }

    fn sleep(&mut self, duration: Duration) -> Result<(), Stopped> {
        std::thread::sleep(duration);
        self.checkpoint()
    }

    fn checkpoint(&mut self) -> Result<(), Stopped> {
        if self.is_stopping() { Err(Stopped) } else { Ok(()) }
    }

    fn is_stopping(&self) -> bool {
        self.with(|record| record.stopping)
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn stamp_nanos(&self) -> i64 {
        1
    }
}
