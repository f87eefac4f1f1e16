//! What the tests of recording share: runs in passing directories, items of all kinds, and disks that fail as told.
#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "all of it serves tests")]

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use kymograph::batch::{
    AxisLayout, Batch, Color, Failure, Item, Layout, Level, Message, Notice, Outcome, Pane, Progress, Role, SeriesId,
    SeriesInfo, State, Stream, SubplotLayout, Xs,
};
use kymograph::record::{
    Body, DataDir, Disk, Entry, LogReader, OnTrouble, Recorder, RecorderOptions, RunAbout, RunDir, RunEnd, RunState,
    Trouble,
};

/// A passing data directory.
pub struct Place {
    pub dir: tempfile::TempDir,
    pub data: DataDir,
}

impl Place {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let data = DataDir::new(dir.path());
        Self { dir, data }
    }

    pub fn run(&self, name: &str) -> RunDir {
        self.data.create_run(&RunAbout { name: name.to_owned(), ..RunAbout::default() }).unwrap()
    }
}

pub fn finished() -> RunEnd {
    RunEnd { state: RunState::Finished, exit_code: Some(0), text: "done".to_owned() }
}

/// What was told of trouble.
pub type Told = Arc<Mutex<Vec<Trouble>>>;

pub fn listener() -> (Told, OnTrouble) {
    let told = Told::default();
    let theirs = Arc::clone(&told);
    (told, Arc::new(move |trouble| theirs.lock().unwrap().push(trouble)))
}

pub fn start(run: RunDir) -> Recorder {
    Recorder::start(run, RecorderOptions::default(), listener().1).unwrap()
}

/// Samples that say where they belong: the ledger.
pub fn ledger(series: u32, first: usize, count: usize) -> Item {
    let y: Vec<f64> = (first..first + count).map(|number| number as f64).collect();
    Item::Append(Batch::steps(SeriesId(series), first as i64, first as f64, 1.0, y))
}

/// One of each kind of thing that can be recorded, with hostile content.
pub fn all_kinds() -> Vec<Body> {
    let ugly = [f64::NAN, f64::NEG_INFINITY, -0.0, 1e308, 5e-324, f64::from_bits(0x7ff8_0000_dead_beef)];
    let x = Xs::Explicit(vec![3.0, 2.0, 2.0, f64::NAN, 1e-9, 7.0].into());
    let info = SeriesInfo {
        id: SeriesId(7),
        name: "../<b>\u{202e}größe\0".to_owned(),
        x_label: "step".to_owned(),
        x_is_time: true,
        color: Some(Color::new(1, 2, 3)),
    };
    let plain = SeriesInfo { color: None, x_is_time: false, id: SeriesId(u32::MAX), ..info.clone() };
    let message =
        |pane, level, time_secs, text: &str| Body::Notice(Notice::Message(Message::new(pane, level, time_secs, text)));
    vec![
        Body::Item(Item::Declare(info)),
        Body::Item(Item::Declare(plain)),
        Body::Notice(Notice::Job(State::Running)),
        Body::Notice(Notice::Thread(Role::Receiver, State::Stopping)),
        Body::Item(Item::Append(Batch::new(SeriesId(7), i64::MIN, x.clone(), ugly.to_vec()).unwrap())),
        Body::Item(Item::Append(Batch::steps(SeriesId(0), -1, f64::INFINITY, -0.5, ugly.to_vec()))),
        Body::Item(Item::Append(Batch::steps(SeriesId(0), 0, 0.0, 0.0, Vec::new()))),
        Body::Item(Item::Replace(Batch::new(SeriesId(7), 5, x, ugly.to_vec()).unwrap(), Some(Color::new(0, 0, 0)))),
        Body::Item(Item::Replace(Batch::point(SeriesId(7), i64::MAX, 1.0, 2.0), None)),
        Body::Item(Item::Layout(Arc::new(layout()))),
        Body::Item(Item::Mark(u64::MAX)),
        Body::Item(Item::Output(Stream::Output, b"loss 1\r\xff\0\x1b[31m".as_slice().into())),
        Body::Item(Item::Output(Stream::Error, Arc::default())),
        message(Pane::Control, Level::Info, 0.0, ""),
        message(Pane::Worker, Level::Warning, -1.5, "a\u{7}\u{1b}[31mb\nc"),
        message(Pane::Receiver, Level::Error, f64::INFINITY, &"💥".repeat(1000)),
        Body::Notice(Notice::Progress(Role::Worker, Progress::Unknown { done: u64::MAX })),
        Body::Notice(Notice::Progress(Role::Receiver, Progress::Steps { done: 0, total: 20 })),
        Body::Notice(Notice::Skipped(Pane::Receiver, 12)),
        Body::Notice(Notice::Finished(Outcome { summary: "ten".to_owned(), exit_code: -3, was_stopped: true })),
        Body::Notice(Notice::Failed(Failure { text: "no".to_owned(), exit_code: 137 })),
    ]
}

fn layout() -> Layout {
    let y = AxisLayout { label: "größe".to_owned(), is_log: true, limits: Some((-0.5, 1e9)) };
    let subplot = SubplotLayout { title: "a".to_owned(), y, hides_legend: true, ..SubplotLayout::default() };
    let places = vec![(SeriesId(7), Some(1)), (SeriesId(0), None)];
    Layout { title: String::new(), rows: 1, columns: 2, subplots: vec![SubplotLayout::default(), subplot], places }
}

pub fn push(recorder: &Recorder, body: &Body) {
    match body {
        Body::Item(item) => recorder.handle().item(item),
        Body::Notice(notice) => recorder.handle().notice(notice),
        Body::Gap(_) | Body::End(_) => unreachable!("only the recorder makes them"),
    }
}

/// Equal to the bit: NaN too, which `==` never finds equal.
pub fn same(one: &Body, other: &Body) -> bool {
    format!("{one:?}") == format!("{other:?}") && bits(one) == bits(other)
}

fn bits(body: &Body) -> Vec<u64> {
    let (Body::Item(Item::Append(batch)) | Body::Item(Item::Replace(batch, _))) = body else { return Vec::new() };
    let x: &[f64] = if let Xs::Explicit(x) = batch.x() { x } else { &[] };
    x.iter().chain(batch.y()).map(|value| value.to_bits()).collect()
}

/// All entries of the log at `path`, and the reader for what it has to say.
pub fn read(path: &Path) -> (Vec<Entry>, LogReader) {
    let mut reader = LogReader::open(path).unwrap();
    let entries = reader.by_ref().collect();
    (entries, reader)
}

/// The numbers of the ledger in `entries`.
pub fn ledger_of(entries: &[Entry]) -> Vec<f64> {
    let samples = |entry: &Entry| match &entry.body {
        Body::Item(Item::Append(batch)) => batch.y().to_vec(),
        _ => Vec::new(),
    };
    entries.iter().flat_map(samples).collect()
}

/// A disk that asks before each call whether it may.
pub struct Moody<F> {
    pub file: File,
    pub ask: F,
}

/// What a [`Moody`] disk is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Call {
    /// To write so many bytes.
    Write(usize),
    Sync,
}

impl<F: FnMut(Call) -> io::Result<usize> + Send> Disk for Moody<F> {
    fn write_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<usize> {
        let count = (self.ask)(Call::Write(bytes.len()))?.min(bytes.len());
        self.file.write_at(&bytes[..count], offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        (self.ask)(Call::Sync)?;
        self.file.sync_data()
    }
}

/// The log of `run`, opened once more.
pub fn log_of(run: &RunDir) -> File {
    File::options().read(true).write(true).open(run.log_path()).unwrap()
}
