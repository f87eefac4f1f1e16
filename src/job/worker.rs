//! The worker's side of a job: what a source can do, on the thread `worker:<job>`.
//!
//! Every wait is at the worker's seat, where stop, pause and room in a channel wake it. Knows no store and no window.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use super::capture::WriteStream;
use super::channel::{Inlet, Weight};
use super::clock::{Seat, Waker};
use super::control::Switches;
use super::post::{Meter, Post};
use crate::batch::{Item, Level, Message, Outcome, Pane, Progress, Role};
use crate::source::{Outlet, Source, SourceError, Stopped};

/// What the control thread hands to a worker.
pub(crate) struct WorkerPart {
    pub(crate) source: Box<dyn Source>,
    pub(crate) switches: Arc<Switches>,
    pub(crate) data: Inlet<Item>,
    pub(crate) text: Inlet<Message>,
    /// Wakes a receiver that takes things as they come; one that keeps its own pace is not disturbed.
    pub(crate) receiver_wake: Option<Waker>,
}

/// How a source ended.
pub(crate) type WorkerEnd = Result<Outcome, SourceError>;

/// Runs the source to its end.
pub(crate) fn work(part: WorkerPart, post: Post, seat: &Seat) -> WorkerEnd {
    let WorkerPart { mut source, switches, data, text, receiver_wake } = part;
    let lane = Lane { post, switches, seat, receiver_wake };
    let mut outlet = WorkerOutlet {
        lane: &lane,
        data,
        print: WriteStream::new(|line| {
            let line = lane.post.line(Pane::Receiver, Level::Info, line);
            lane.put(&text, line, Guard::Closed).map_err(|stopped| io::Error::new(io::ErrorKind::BrokenPipe, stopped))
        }),
        captured: &text,
        meter: Meter::new(Role::Worker),
    };
    let result = source.run(&mut outlet);
    if let Err(error) = outlet.print.flush() {
        log::debug!("the last printed piece was not taken: {error}");
    }
    outlet.meter.flush(&lane.post);
    result
}

/// Until when a thing may still be sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guard {
    /// Until the worker is asked to stop.
    Stopping,
    /// Until nobody takes it any more.
    Closed,
}

struct Lane<'a> {
    post: Post,
    switches: Arc<Switches>,
    seat: &'a Seat,
    receiver_wake: Option<Waker>,
}

impl Lane<'_> {
    fn is_refused(&self, guard: Guard) -> bool {
        match guard {
            Guard::Stopping => self.switches.is_worker_stopping(),
            Guard::Closed => self.switches.is_closed(),
        }
    }

    /// Puts `thing` into a channel; waits for room at the seat.
    fn put<T: Weight>(&self, channel: &Inlet<T>, thing: T, guard: Guard) -> Result<(), Stopped> {
        let mut thing = thing;
        loop {
            if self.is_refused(guard) {
                return Err(Stopped);
            }
            match channel.try_send(thing) {
                Ok(()) => {
                    if let Some(receiver) = &self.receiver_wake {
                        receiver.wake();
                    }
                    return Ok(());
                }
                Err(back) => thing = back,
            }
            self.seat.wait(None);
        }
    }

    /// Waits while the job is paused.
    fn hold(&self) -> Result<(), Stopped> {
        loop {
            if self.switches.is_worker_stopping() {
                return Err(Stopped);
            }
            if !self.switches.is_paused() {
                return Ok(());
            }
            self.seat.wait(None);
        }
    }
}

struct WorkerOutlet<'a, F: FnMut(String) -> io::Result<()>> {
    lane: &'a Lane<'a>,
    data: Inlet<Item>,
    captured: &'a Inlet<Message>,
    print: WriteStream<F>,
    meter: Meter,
}

impl<F: FnMut(String) -> io::Result<()>> Outlet for WorkerOutlet<'_, F> {
    fn send(&mut self, item: Item) -> Result<(), Stopped> {
        self.lane.hold()?;
        self.lane.put(&self.data, item, Guard::Stopping)
    }

    fn deliver(&mut self, item: Item) -> Result<(), Stopped> {
        self.lane.put(&self.data, item, Guard::Closed)
    }

    fn line(&mut self, line: Message) -> Result<(), Stopped> {
        // Not held by a pause: what a held program has said already must not stay in its pipe.
        self.lane.put(self.captured, line, Guard::Closed)
    }

    fn print(&mut self) -> &mut dyn Write {
        &mut self.print
    }

    fn message(&mut self, level: Level, text: fmt::Arguments<'_>) {
        self.lane.post.message(Pane::Worker, level, text);
    }

    fn progress(&mut self, progress: Progress) {
        self.meter.report(&self.lane.post, progress);
    }

    fn sleep(&mut self, duration: Duration) -> Result<(), Stopped> {
        self.lane.hold()?;
        let until = self.lane.seat.now().saturating_add(duration);
        loop {
            if self.lane.switches.is_worker_stopping() {
                return Err(Stopped);
            }
            if self.lane.seat.now() >= until {
                return Ok(());
            }
            self.lane.seat.wait(Some(until));
        }
    }

    fn checkpoint(&mut self) -> Result<(), Stopped> {
        self.lane.hold()
    }

    fn is_stopping(&self) -> bool {
        self.lane.switches.is_worker_stopping()
    }

    fn elapsed(&self) -> Duration {
        self.lane.post.elapsed()
    }

    fn stamp_nanos(&self) -> i64 {
        self.lane.post.clock.stamp_nanos()
    }
}
