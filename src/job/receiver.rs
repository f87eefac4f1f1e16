//! The receiver's side of a job: takes what the worker sent, refines it and hands it on, on the thread
//! `receiver:<job>`.
//!
//! Two ways of working. Paced, as the sine job: one captured line and one item at most in each iteration, at a fixed
//! interval, until its iterations are done or it is asked to stop. As it comes, as all real input: it takes all there is,
//! in groups, and ends only when the worker has ended and both channels are empty. Knows no store and no window.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::channel::Tap;
use super::clock::{Seat, Waker};
use super::control::Switches;
use super::post::{Meter, Post};
use crate::batch::{Item, Level, Message, Notice, Pane, Progress, Role};
use crate::source::{Refine, RefineOutlet};

/// Most lines, and most items, that are taken between two flushes: enough to make a flush cheap for each, few enough
/// that what is shown stays fresh and the worker is let on in good time.
const GROUP: usize = 256;

/// How a receiver works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReceiverPlan {
    /// Iterations until it ends by itself; 0 = endless. Without meaning if `interval` is zero.
    pub iterations: u64,
    /// Time between iterations, each of which takes one line and one item at most; zero: everything as it comes, and
    /// the end when the worker has ended and nothing is left.
    pub interval: Duration,
}

impl ReceiverPlan {
    /// Whether it keeps a pace of its own.
    #[must_use]
    pub fn is_paced(self) -> bool {
        !self.interval.is_zero()
    }
}

/// Where a receiver hands what it refined. Called on the receiver's thread, and dropped there when it has ended.
pub trait Sink: Send {
    /// Takes an item.
    fn item(&mut self, item: Item);

    /// Sees a captured line, which is shown in its pane as well.
    fn line(&mut self, line: &Message) {
        let _ = line;
    }

    /// A group is complete: the moment to publish what came.
    fn flush(&mut self) {}

    /// Nothing waits at present, or nothing will come any more: what was put off at a flush should be done now.
    fn idle(&mut self) {}
}

/// A sink that keeps nothing, for jobs that only have an effect.
impl Sink for () {
    fn item(&mut self, _: Item) {}
}

/// What the control thread hands to a receiver.
pub(crate) struct ReceiverPart {
    pub(crate) plan: ReceiverPlan,
    pub(crate) refine: Box<dyn Refine>,
    pub(crate) sink: Box<dyn Sink>,
    pub(crate) switches: Arc<Switches>,
    pub(crate) data: Tap<Item>,
    pub(crate) text: Tap<Message>,
    /// Tells the worker that there is room again.
    pub(crate) worker_wake: Waker,
}

/// What a receiver did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) iterations: u64,
    /// Those that carry samples; declarations are not counted.
    pub(crate) items: u64,
    pub(crate) lines: u64,
}

/// Takes things until the end.
pub(crate) fn receive(part: ReceiverPart, post: Post, seat: &Seat) -> Tally {
    let ReceiverPart { plan, refine, sink, switches, data, text, worker_wake } = part;
    let (tally, meter) = (Tally::default(), Meter::new(Role::Receiver));
    let mut receiver = Receiver { plan, refine, sink, post, switches, data, text, worker_wake, seat, tally, meter };
    if plan.is_paced() {
        receiver.run_paced();
    } else {
        receiver.run_as_it_comes();
    }
    receiver.sink.idle();
    receiver.meter.flush(&receiver.post);
    receiver.tally
}

struct Receiver<'a> {
    plan: ReceiverPlan,
    refine: Box<dyn Refine>,
    sink: Box<dyn Sink>,
    post: Post,
    switches: Arc<Switches>,
    data: Tap<Item>,
    text: Tap<Message>,
    worker_wake: Waker,
    seat: &'a Seat,
    tally: Tally,
    meter: Meter,
}

/// How a wait for the next iteration ended.
enum Beat {
    Now,
    Stop,
    Finish,
}

impl Receiver<'_> {
    fn run_paced(&mut self) {
        let total = self.plan.iterations;
        let mut due = self.seat.now();
        while total == 0 || self.tally.iterations < total {
            due = due.saturating_add(self.plan.interval);
            match self.await_beat(&mut due) {
                Beat::Now => {}
                Beat::Stop => return,
                Beat::Finish => return while self.take_group(GROUP) {},
            }
            self.tally.iterations += 1;
            self.take_group(1);
            let done = self.tally.iterations;
            let progress = if total == 0 { Progress::Unknown { done } } else { Progress::Steps { done, total } };
            self.meter.report(&self.post, progress);
        }
    }

    /// Waits until `due`, which is put off by a pause and when it is missed by a whole interval: no burst follows.
    fn await_beat(&mut self, due: &mut Duration) -> Beat {
        loop {
            if self.switches.is_receiver_stopping() {
                return Beat::Stop;
            }
            if self.switches.is_receiver_finishing() {
                return Beat::Finish;
            }
            if self.switches.is_paused() {
                self.seat.wait(None);
                *due = self.seat.now().saturating_add(self.plan.interval);
                continue;
            }
            let now = self.seat.now();
            if now >= *due {
                if now.saturating_sub(*due) > self.plan.interval {
                    *due = now;
                }
                return Beat::Now;
            }
            self.seat.wait(Some(*due));
        }
    }

    fn run_as_it_comes(&mut self) {
        loop {
            if self.switches.is_receiver_stopping() {
                return;
            }
            // Asked before the channels are looked at: what was sent before the worker's end is then seen below.
            let is_last = self.switches.is_receiver_finishing();
            if self.take_group(GROUP) {
                self.tally.iterations += 1;
                self.meter.report(&self.post, Progress::Unknown { done: self.tally.items });
            } else if is_last {
                return;
            }
            if !is_last && self.data.is_empty() && self.text.is_empty() {
                self.sink.idle();
                self.seat.wait(None);
            }
        }
    }

    /// Takes up to `most` lines and as many items; returns whether there were any.
    fn take_group(&mut self, most: usize) -> bool {
        let mut is_any = false;
        for _ in 0..most {
            let (line, item) = (self.text.try_take(), self.data.try_take());
            if line.is_none() && item.is_none() {
                break;
            }
            is_any = true;
            if let Some(line) = line {
                self.take_line(line);
            }
            if let Some(item) = item {
                if matches!(item, Item::Mark(_)) {
                    self.take_lines();
                }
                let mut out = Out { sink: &mut *self.sink, post: &self.post };
                self.tally.items += u64::from(item.has_samples());
                self.refine.item(item, &mut out);
                self.switches.count_taken();
            }
        }
        if is_any {
            self.worker_wake.wake();
            self.sink.flush();
        }
        is_any
    }
}

impl Receiver<'_> {
    fn take_line(&mut self, line: Message) {
        self.tally.lines += 1;
        self.refine.line(line, &mut Out { sink: &mut *self.sink, post: &self.post });
        self.switches.count_taken();
    }

    /// Takes all lines that were sent so far: a mark stands for them, too, though they come by another channel.
    fn take_lines(&mut self) {
        while let Some(line) = self.text.try_take() {
            self.take_line(line);
        }
    }
}

struct Out<'a> {
    sink: &'a mut dyn Sink,
    post: &'a Post,
}

impl RefineOutlet for Out<'_> {
    fn emit(&mut self, item: Item) {
        self.sink.item(item);
    }

    fn message(&mut self, level: Level, text: fmt::Arguments<'_>) {
        self.post.message(Pane::Receiver, level, text);
    }

    fn line(&mut self, line: Message) {
        self.sink.line(&line);
        self.post.notice(Notice::Message(line));
    }
}
