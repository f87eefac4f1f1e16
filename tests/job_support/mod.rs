//! What the tests of jobs share: a sink and a reader that keep everything, and a census of threads and descriptors.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use kymograph::batch::{Batch, Failure, Item, Message, Notice, Outcome, Pane, Role, SeriesId, State};
use kymograph::job::{Drain, JobHandle, JobSpec, Sink, mailbox};

/// Long enough for any machine; never waited for in full unless something is broken.
pub const LONG: Duration = Duration::from_secs(120);

/// What came to a [`Keeper`].
#[derive(Default)]
pub struct Kept {
    pub items: Vec<Item>,
    pub lines: Vec<Message>,
    pub flushes: usize,
    pub idles: usize,
}

/// A sink that keeps everything; clones share it.
#[derive(Clone, Default)]
pub struct Keeper(pub Arc<Mutex<Kept>>);

impl Sink for Keeper {
    fn item(&mut self, item: Item) {
        self.0.lock().unwrap().items.push(item);
    }
    fn line(&mut self, line: &Message) {
        self.0.lock().unwrap().lines.push(line.clone());
    }
    fn flush(&mut self) {
        self.0.lock().unwrap().flushes += 1;
    }
    fn idle(&mut self) {
        self.0.lock().unwrap().idles += 1;
    }
}

impl Keeper {
    /// The y values of all kept batches, in order.
    pub fn ledger(&self) -> Vec<f64> {
        let kept = self.0.lock().unwrap();
        kept.items.iter().filter_map(Item::batch).flat_map(|batch| batch.y().to_vec()).collect()
    }
}

/// Entry `number` of a ledger: an item whose only sample is its sequence number.
pub fn entry(number: u64) -> Item {
    Item::Append(Batch::point(SeriesId(0), 0, number as f64, number as f64))
}

/// The ledger of `count` entries, none lost, none twice, in order.
pub fn whole_ledger(count: u64) -> Vec<f64> {
    (0..count).map(|number| number as f64).collect()
}

/// A job that was run to its end, and all it said.
pub struct Run {
    pub result: Result<Outcome, Failure>,
    pub notices: Vec<Notice>,
    pub keeper: Keeper,
}

/// Starts a job with a keeper and a reader.
pub fn start(spec: JobSpec) -> (JobHandle, Keeper, Drain) {
    let (sender, drain) = mailbox();
    let keeper = Keeper::default();
    let job = JobHandle::start(spec, Box::new(keeper.clone()), sender).unwrap();
    (job, keeper, drain)
}

/// Runs a job to its end.
pub fn run(spec: JobSpec) -> Run {
    let (job, keeper, mut drain) = start(spec);
    let result = job.wait(LONG).expect("the job ends");
    drop(job);
    Run { result, notices: all(&mut drain), keeper }
}

/// All notices that wait.
pub fn all(drain: &mut Drain) -> Vec<Notice> {
    let mut notices = Vec::new();
    while drain.drain(LONG, |notice| notices.push(notice)) {}
    notices
}

/// The lines of a pane.
pub fn lines(notices: &[Notice], pane: Pane) -> Vec<&Message> {
    let lines = notices.iter().filter_map(|notice| match notice {
        Notice::Message(message) if message.pane == pane => Some(message),
        _ => None,
    });
    lines.collect()
}

/// The lines of a pane with their times, as a pane shows them.
pub fn pane(notices: &[Notice], pane: Pane) -> Vec<String> {
    lines(notices, pane).into_iter().map(|line| format!("{:.5} {}", line.time_secs, line.text)).collect()
}

/// The states of a thread, in order.
pub fn states(notices: &[Notice], role: Role) -> Vec<State> {
    let states = notices.iter().filter_map(|notice| match notice {
        Notice::Thread(of, state) if *of == role => Some(*state),
        _ => None,
    });
    states.collect()
}

/// The states of the job, in order.
pub fn job_states(notices: &[Notice]) -> Vec<State> {
    let states = notices.iter().filter_map(|notice| match notice {
        Notice::Job(state) => Some(*state),
        _ => None,
    });
    states.collect()
}

/// Waits until `condition` holds.
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LONG, "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Threads and file descriptors of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    pub threads: usize,
    pub descriptors: usize,
}

/// Counts now.
pub fn census() -> Census {
    let count = |path| std::fs::read_dir(path).unwrap().count();
    Census { threads: count("/proc/self/task"), descriptors: count("/proc/self/fd") }
}

/// Counts until the number is the expected one: the system may show a joined thread for a moment longer.
pub fn expect_census(expected: Census) {
    until(&format!("{expected:?}, now {:?}", census()), || census() == expected);
}
