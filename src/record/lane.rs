//! The way into a recorder: one queue for samples and notices, so that a log has them in the order of the calls.
//!
//! A mutex and two condition variables: the actor takes the whole queue at once, so whoever pushes holds the lock for the
//! time of one move. Samples wait for room, because none may be lost; notices never wait, because they come from threads
//! that must not: what does not fit is counted, and the count is recorded.

use std::mem;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::batch::{Item, Notice, SeriesInfo};
use crate::job::lock;

use super::entry::Gap;

/// Bytes of samples that wait to be written, exceeded by one item at most: some seconds of an ordinary disk that stalls.
pub const LANE_BYTES: usize = 64 << 20;

/// Notices that wait to be written: as many as a flood of messages brings in the time between two flushes.
pub const LANE_NOTICES: usize = 65_536;

/// Bytes of text in waiting notices.
pub const LANE_TEXT_BYTES: usize = 32 << 20;

/// What makes the recorder come before its time: as much as it writes at once.
const URGENT_BYTES: usize = super::log_writer::GROUP_BYTES;

/// Notices that make it come before its time: far enough from the bound that none is lost while it writes.
const URGENT_NOTICES: usize = 4096;

/// What an item costs in the queue besides its samples.
const ITEM_BYTES: usize = size_of::<Timed>();

pub(super) struct Lane {
    origin: Instant,
    /// The longest that something waits before the recorder looks at it.
    tick: Duration,
    state: Mutex<State>,
    /// Something for the actor.
    work: Condvar,
    /// Room for samples.
    room: Condvar,
}

#[derive(Default)]
struct State {
    queue: Vec<Timed>,
    queued: Load,
    /// Queued, or with the actor and not yet written.
    held: Load,
    /// What did not fit since the queue was taken last.
    lost: Gap,
    /// Declarations among what did not fit: without them, later samples would have no name.
    missed: Vec<SeriesInfo>,
    /// Why nothing is written now.
    trouble: Option<String>,
    /// Whether the actor sleeps until something comes.
    is_idle: bool,
    is_closed: bool,
    waiting: usize,
}

/// How much waits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Load {
    pub bytes: usize,
    pub notices: usize,
    pub text_bytes: usize,
}

/// Something to record, and when it came: nanoseconds since the run's start.
#[derive(Debug, PartialEq)]
pub(super) struct Timed {
    pub time_nanos: u64,
    pub what: What,
}

#[derive(Debug, PartialEq)]
pub(super) enum What {
    Item(Item),
    Notice(Notice),
    Gap(Gap),
}

impl Lane {
    pub fn new(tick: Duration) -> Self {
        Self { origin: Instant::now(), tick, state: Mutex::default(), work: Condvar::new(), room: Condvar::new() }
    }

    /// Nanoseconds since the run's start, by a clock that never jumps.
    pub fn now_nanos(&self) -> u64 {
        self.origin.elapsed().as_nanos() as u64
    }

    /// Puts samples in; waits while the lane is full, unless nothing is written anyway. Returns what did not go in.
    pub fn item(&self, item: Item) -> Option<Gap> {
        let load = Load { bytes: ITEM_BYTES + item.held_bytes(), ..Load::default() };
        let mut state = lock(&self.state);
        while state.held.bytes >= LANE_BYTES && state.trouble.is_none() && !state.is_closed {
            state.waiting += 1;
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        let time_nanos = self.now_nanos();
        if state.is_closed || state.held.bytes >= LANE_BYTES {
            let samples = item.batch().map_or(0, |batch| batch.len() as u64);
            let gap = Gap { items: u64::from(item.has_samples()), samples, ..Gap::default() };
            if let Item::Declare(info) = item {
                state.missed.push(info);
            }
            return Some(state.lose(gap, time_nanos));
        }
        self.push(&mut state, Timed { time_nanos, what: What::Item(item) }, load);
        None
    }

    /// Puts a notice in, or counts it. Never waits for the disk. Returns what did not go in.
    pub fn notice(&self, notice: Notice) -> Option<Gap> {
        let load = Load { notices: 1, text_bytes: text_bytes(&notice), ..Load::default() };
        let mut state = lock(&self.state);
        let time_nanos = self.now_nanos();
        let is_full = state.held.notices >= LANE_NOTICES || state.held.text_bytes + load.text_bytes > LANE_TEXT_BYTES;
        if state.is_closed || is_full {
            return Some(state.lose(Gap { notices: 1, ..Gap::default() }, time_nanos));
        }
        self.push(&mut state, Timed { time_nanos, what: What::Notice(notice) }, load);
        None
    }

    fn push(&self, state: &mut State, timed: Timed, load: Load) {
        let was_urgent = state.is_urgent();
        state.queue.push(timed);
        state.queued.add(load);
        state.held.add(load);
        if state.is_idle || (!was_urgent && state.is_urgent()) {
            state.is_idle = false;
            self.work.notify_one();
        }
    }

    /// Swaps the queue for `into`, which is empty, when it is time: after `tick` if something waits or `is_dirty`, at
    /// once if much waits or the lane is closed. Says whether it is closed.
    pub fn take(&self, into: &mut Vec<Timed>, is_dirty: bool) -> bool {
        let mut until = is_dirty.then(|| Instant::now() + self.tick);
        let mut state = lock(&self.state);
        while !state.is_closed && !state.is_urgent() {
            let Some(time) = until else {
                if state.queue.is_empty() && state.lost.is_empty() {
                    state.is_idle = true;
                    state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner);
                } else {
                    until = Some(Instant::now() + self.tick);
                }
                continue;
            };
            let Some(left) = time.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else { break };
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_idle = false;
        mem::swap(&mut state.queue, into);
        state.queued = Load::default();
        // Here is the place of what did not fit: it came after all that is taken, and before all that will be.
        let time_nanos = self.now_nanos();
        let lost = mem::take(&mut state.lost);
        if !lost.is_empty() {
            into.push(Timed { time_nanos, what: What::Gap(lost) });
        }
        let missed = mem::take(&mut state.missed);
        into.extend(missed.into_iter().map(|info| Timed { time_nanos, what: What::Item(Item::Declare(info)) }));
        state.is_closed
    }

    /// Says that something taken needs no memory any more.
    pub fn release(&self, load: Load) {
        let mut state = lock(&self.state);
        state.held.subtract(load);
        if state.waiting > 0 && state.held.bytes < LANE_BYTES {
            self.room.notify_all();
        }
    }

    /// Says why nothing is written, or that it is again. Nobody waits for room while there is trouble.
    pub fn set_trouble(&self, trouble: Option<String>) {
        let mut state = lock(&self.state);
        state.trouble = trouble;
        self.room.notify_all();
    }

    /// What did not fit since the queue was taken last.
    pub fn lost(&self) -> Gap {
        lock(&self.state).lost.clone()
    }

    /// Waits until the lane is closed, `timeout` at most; says whether it is.
    pub fn wait_closed(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        let mut state = lock(&self.state);
        while !state.is_closed {
            let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { break };
            state = self.work.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        state.is_closed
    }

    /// Lets nothing more in.
    pub fn close(&self) {
        lock(&self.state).is_closed = true;
        self.work.notify_all();
        self.room.notify_all();
    }
}

impl State {
    fn is_urgent(&self) -> bool {
        self.queued.bytes >= URGENT_BYTES
            || self.queued.notices >= URGENT_NOTICES
            || self.queued.text_bytes >= URGENT_BYTES * 4
    }

    fn lose(&mut self, gap: Gap, time_nanos: u64) -> Gap {
        let lost = &mut self.lost;
        if lost.is_empty() {
            lost.from_nanos = time_nanos;
            lost.reason = match &self.trouble {
                Some(trouble) => trouble.clone(),
                None => "more came at once than could be written".to_owned(),
            };
        }
        lost.to_nanos = time_nanos;
        lost.items += gap.items;
        lost.samples += gap.samples;
        lost.notices += gap.notices;
        gap
    }
}

impl Load {
    pub fn of(timed: &Timed) -> Self {
        match &timed.what {
            What::Item(item) => Self { bytes: ITEM_BYTES + item.held_bytes(), ..Self::default() },
            What::Notice(notice) => Self { notices: 1, text_bytes: text_bytes(notice), ..Self::default() },
            What::Gap(_) => Self::default(),
        }
    }

    pub fn add(&mut self, other: Self) {
        self.bytes += other.bytes;
        self.notices += other.notices;
        self.text_bytes += other.text_bytes;
    }

    fn subtract(&mut self, other: Self) {
        self.bytes = self.bytes.saturating_sub(other.bytes);
        self.notices = self.notices.saturating_sub(other.notices);
        self.text_bytes = self.text_bytes.saturating_sub(other.text_bytes);
    }
}

fn text_bytes(notice: &Notice) -> usize {
    match notice {
        Notice::Message(message) => message.text.len(),
        Notice::Finished(outcome) => outcome.summary.len(),
        Notice::Failed(failure) => failure.text.len(),
        Notice::Recording(trouble) => trouble.as_ref().map_or(0, |trouble| trouble.cause.len()),
        Notice::Rules(rules) => rules.iter().map(String::len).sum(),
        Notice::Skipped(..)
        | Notice::Progress(..)
        | Notice::Thread(..)
        | Notice::Job(_)
        | Notice::Took(_)
        | Notice::Origin(_)
        | Notice::Began(_) => 0,
    }
}
