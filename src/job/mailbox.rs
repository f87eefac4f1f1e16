//! The display lane: notices from any thread of a job to one reader, with one merged wake-up.
//!
//! A sender never waits. A reader that is slow or blocked costs bounded memory: lines beyond the bound push out the
//! oldest of the fullest pane, which is counted; states of a line that is being rewritten and progress are merged to the
//! newest; states and results are all kept. Knows no thread and no window; what wakes the reader is a closure.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::lock;
use crate::batch::{Message, Notice, Pane, Progress, Role};

/// Lines that wait for the reader, over all panes: what a pane shows at most, several times over, and a bound of some
/// 10 MB on ordinary lines.
pub const MAILBOX_LINES: usize = 65_536;

/// Bytes of the lines that wait, so that lines of 64 KiB do not multiply to gigabytes.
pub const MAILBOX_BYTES: usize = 32 << 20;

/// Waiting lines of a pane among which an earlier state of a line is looked for: the rows that a program can rewrite.
/// They were said last, unless it rewrites only some of many.
const REWRITTEN_ROWS: usize = crate::source::terminal::ROWS;

/// Notices that the reader takes in one hold of the lock: long enough to cost nothing each, short enough that a sender
/// is never held up noticeably.
const GROUP: usize = 256;

/// Wakes the reader's loop: called from a sender's thread, only if no wake-up is pending. Must not block.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// Sees each notice on its sender's thread, before it is put into the lane. Must not block.
pub type Witness = Arc<dyn Fn(&Notice) + Send + Sync>;

/// The senders' side. Clones share one lane; their notices arrive in the order in which they were sent.
#[derive(Clone)]
pub struct Mailbox {
    shared: Arc<Shared>,
    witness: Option<Witness>,
}

/// The reader's side.
pub struct Drain {
    shared: Arc<Shared>,
    /// Taken from the lane, not yet delivered because the time was up.
    taken: VecDeque<Notice>,
}

/// A new lane.
#[must_use]
pub fn mailbox() -> (Mailbox, Drain) {
    let shared = Arc::new(Shared { lane: Mutex::default(), arrived: Condvar::new() });
    (Mailbox { shared: Arc::clone(&shared), witness: None }, Drain { shared, taken: VecDeque::new() })
}

impl Mailbox {
    /// A lane that nobody reads: everything is discarded.
    #[must_use]
    pub fn discard() -> Self {
        mailbox().0
    }

    /// The same lane, with somebody who sees all that is sent through this mailbox and its clones: also what the lane
    /// drops because nobody takes it in time. Who saw this mailbox before sees it after that.
    #[must_use]
    pub fn witnessed(&self, witness: Witness) -> Self {
        let witness = match self.witness.clone() {
            None => witness,
            Some(earlier) => Arc::new(move |notice: &Notice| {
                witness(notice);
                earlier(notice);
            }),
        };
        Self { shared: Arc::clone(&self.shared), witness: Some(witness) }
    }

    /// Puts a notice into the lane. Never waits for the reader.
    pub fn send(&self, notice: Notice) {
        if let Some(witness) = &self.witness {
            witness(&notice);
        }
        let mut lane = lock(&self.shared.lane);
        if lane.is_closed {
            return;
        }
        lane.push(notice);
        let wake = lane.take_wake();
        let is_awaited = lane.is_awaited;
        drop(lane);
        if is_awaited {
            self.shared.arrived.notify_all();
        }
        if let Some(wake) = wake {
            wake();
        }
    }
}

impl Drain {
    /// Sets what wakes the reader, in place of an earlier one; called at once if notices wait already.
    pub fn set_wake(&mut self, wake: Wake) {
        let mut lane = lock(&self.shared.lane);
        lane.wake = Some(wake);
        lane.is_pending = false;
        let wake = if lane.is_empty() && self.taken.is_empty() { None } else { lane.take_wake() };
        drop(lane);
        if let Some(wake) = wake {
            wake();
        }
    }

    /// Hands notices to `each`, in order, until none is left or `budget` is used up, and at least one if there is one.
    /// Returns whether more are left; a further wake-up is then under way already.
    pub fn drain(&mut self, budget: Duration, mut each: impl FnMut(Notice)) -> bool {
        let start = Instant::now();
        lock(&self.shared.lane).is_pending = false;
        loop {
            if self.taken.is_empty() {
                lock(&self.shared.lane).pop_group(&mut self.taken);
            }
            let Some(notice) = self.taken.pop_front() else { return false };
            each(notice);
            if start.elapsed() >= budget {
                break;
            }
        }
        let mut lane = lock(&self.shared.lane);
        if self.taken.is_empty() && lane.is_empty() {
            return false;
        }
        let wake = lane.take_wake();
        drop(lane);
        if let Some(wake) = wake {
            wake();
        }
        true
    }

    /// Blocks until a notice waits, `timeout` at most; returns whether one does. For readers without a loop of their own.
    pub fn wait(&mut self, timeout: Duration) -> bool {
        let start = Instant::now();
        let mut lane = lock(&self.shared.lane);
        while self.taken.is_empty() && lane.is_empty() {
            let Some(left) = timeout.checked_sub(start.elapsed()).filter(|left| !left.is_zero()) else { return false };
            lane.is_awaited = true;
            lane = self.shared.arrived.wait_timeout(lane, left).unwrap_or_else(PoisonError::into_inner).0;
            lane.is_awaited = false;
        }
        true
    }
}

impl Drop for Drain {
    fn drop(&mut self) {
        let mut lane = lock(&self.shared.lane);
        let rest = std::mem::replace(&mut *lane, Lane { is_closed: true, ..Lane::default() });
        drop(lane);
        // Freed without the lock: it may be much.
        drop(rest);
    }
}

struct Shared {
    lane: Mutex<Lane>,
    arrived: Condvar,
}

/// Notices by kind, each with its place in the common order, so that a kind can be shortened from its old end.
#[derive(Default)]
struct Lane {
    next: u64,
    lines: [Lines; 3],
    line_count: usize,
    line_bytes: usize,
    progress: [Option<(u64, Progress)>; 2],
    others: VecDeque<(u64, Notice)>,
    wake: Option<Wake>,
    is_pending: bool,
    is_awaited: bool,
    is_closed: bool,
}

#[derive(Default)]
struct Lines {
    queue: VecDeque<(u64, Message)>,
    bytes: usize,
    skipped: u64,
}

#[derive(Clone, Copy)]
enum Kind {
    Lines(usize),
    Progress(Role),
    Others,
}

impl Lane {
    fn is_empty(&self) -> bool {
        self.line_count == 0 && self.others.is_empty() && self.progress.iter().all(Option::is_none)
    }

    /// The closure to call now, if any; the wake-up then counts as pending.
    fn take_wake(&mut self) -> Option<Wake> {
        if self.is_pending {
            return None;
        }
        let wake = self.wake.clone()?;
        self.is_pending = true;
        Some(wake)
    }

    fn push(&mut self, notice: Notice) {
        let place = self.next;
        self.next += 1;
        match notice {
            Notice::Message(message) => self.push_line(place, message),
            Notice::Progress(role, progress) => {
                if let Some(slot) = self.progress.get_mut(role_index(role)) {
                    *slot = Some((place, progress));
                }
            }
            other => self.others.push_back((place, other)),
        }
    }

    fn push_line(&mut self, place: u64, message: Message) {
        let bytes = message.held_bytes();
        self.line_bytes += bytes;
        if let Some(lines) = self.lines.get_mut(pane_index(message.pane)) {
            lines.bytes += bytes;
            // A bar that nobody looks at must not fill the lane: its newest state takes the place of the one that waits.
            let id = message.line.map(|line| line.number);
            let is_earlier = |waiting: &Message| waiting.line.is_some_and(|line| Some(line.number) < id);
            let newest = lines.queue.iter_mut().rev().take(REWRITTEN_ROWS).map(|(_, waiting)| waiting);
            let mut newest = newest.take_while(|waiting| id.is_some() && !is_earlier(waiting));
            if let Some(waiting) = newest.find(|waiting| message.replaces(waiting)) {
                let old_bytes = std::mem::replace(waiting, message).held_bytes();
                lines.bytes -= old_bytes;
                self.line_bytes -= old_bytes;
                return;
            }
            self.line_count += 1;
            lines.queue.push_back((place, message));
        }
        while self.line_count > MAILBOX_LINES && self.skip_oldest(|lines| lines.queue.len()) {}
        while self.line_bytes > MAILBOX_BYTES && self.skip_oldest(|lines| lines.bytes) {}
    }

    /// Drops the oldest line of the fullest pane, so that a flood in one pane leaves the others whole. The newest line of
    /// a pane always stays. Returns whether there was one to drop.
    fn skip_oldest(&mut self, fullness: impl Fn(&Lines) -> usize) -> bool {
        let fullest = self.lines.iter_mut().filter(|lines| lines.queue.len() > 1).max_by_key(|lines| fullness(lines));
        let Some(lines) = fullest else { return false };
        let Some((_, oldest)) = lines.queue.pop_front() else { return false };
        lines.skipped += 1;
        lines.bytes -= oldest.held_bytes();
        self.line_count -= 1;
        self.line_bytes -= oldest.held_bytes();
        true
    }

    fn pop_group(&mut self, into: &mut VecDeque<Notice>) {
        while into.len() < GROUP {
            let Some(kind) = self.oldest() else { return };
            self.pop(kind, into);
        }
    }

    fn oldest(&self) -> Option<Kind> {
        let lines = self.lines.iter().enumerate();
        let lines = lines.filter_map(|(i, lines)| lines.queue.front().map(|(place, _)| (*place, Kind::Lines(i))));
        let roles = [Role::Worker, Role::Receiver].into_iter().zip(&self.progress);
        let roles = roles.filter_map(|(role, slot)| slot.map(|(place, _)| (place, Kind::Progress(role))));
        let others = self.others.front().map(|(place, _)| (*place, Kind::Others));
        lines.chain(roles).chain(others).min_by_key(|(place, _)| *place).map(|(_, kind)| kind)
    }

    fn pop(&mut self, kind: Kind, into: &mut VecDeque<Notice>) {
        match kind {
            Kind::Lines(pane) => {
                let Some(lines) = self.lines.get_mut(pane) else { return };
                let Some((_, message)) = lines.queue.pop_front() else { return };
                lines.bytes -= message.held_bytes();
                self.line_count -= 1;
                self.line_bytes -= message.held_bytes();
                if lines.skipped > 0 {
                    into.push_back(Notice::Skipped(message.pane, std::mem::take(&mut lines.skipped)));
                }
                into.push_back(Notice::Message(message));
            }
            Kind::Progress(role) => {
                let slot = self.progress.get_mut(role_index(role));
                into.extend(slot.and_then(Option::take).map(|(_, progress)| Notice::Progress(role, progress)));
            }
            Kind::Others => into.extend(self.others.pop_front().map(|(_, notice)| notice)),
        }
    }
}

const fn pane_index(pane: Pane) -> usize {
    match pane {
        Pane::Control => 0,
        Pane::Worker => 1,
        Pane::Receiver => 2,
    }
}

const fn role_index(role: Role) -> usize {
    match role {
        Role::Worker => 0,
        Role::Receiver => 1,
    }
}

#[cfg(test)]
mod tests;
