//! The control thread of a job, `job:<name>`: starts worker and receiver, passes on stop and pause, keeps limits and
//! grace times, joins both and says all that the Control pane shows.
//!
//! The order of a stop depends on how the receiver works:
//! - Paced: the receiver is asked to stop; its end stops the worker if that still runs. What is left in the channels is
//!   counted and said.
//! - As it comes: the worker is asked to stop first; the receiver then takes all that was sent before and ends by itself.
//!   So nothing that the worker sent is lost.
//!
//! A thread gives an orderly notice of its end as its last act. One that ends without it was still marked running: a
//! fault. One that does not end within its grace time is abandoned: its channels are closed, so whatever it makes later
//! is refused, and the job goes on to its end. Knows no store and no window.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::Receiver;

use super::channel::{self, Tap, Weight};
use super::clock::Seat;
use super::control::{Switches, resident_bytes};
use super::handle::Ending;
use super::limits::{LimitWatch, Verdict};
use super::post::Post;
use super::receiver::{ReceiverPart, Sink, Tally, receive};
use super::side::{Event, Events, Side};
use super::spec::{JobSpec, OnLimit};
use super::thread::caught;
use super::words::{describe_receiver, describe_worker, plural};
use super::worker::{WorkerEnd, WorkerPart, work};
use crate::batch::{Failure, Item, Level, Message, Notice, Outcome, Pane, Role, State};
use crate::source::{Remote, SourceError};

/// Runs a job from its start to its result.
pub(crate) fn run(spec: JobSpec, sink: Box<dyn Sink>, post: Post, mut ending: Ending, seat: &Seat) {
    let result = Actor::start(spec, sink, post, &mut ending, seat).map_err(Failure::from).and_then(|mut actor| {
        actor.supervise();
        actor.finalise()
    });
    ending.end(result);
}

struct Actor<'a> {
    ending: &'a mut Ending,
    seat: &'a Seat,
    post: Post,
    switches: Arc<Switches>,
    events: Receiver<Event>,
    data: Tap<Item>,
    text: Tap<Message>,
    worker: Side<WorkerEnd>,
    receiver: Side<Tally>,
    remote: Option<Arc<dyn Remote>>,
    is_paced: bool,
    limits: LimitWatch,
    on_limit: OnLimit,
    grace: Duration,
    taken_before: u64,
    paused_since: Option<Duration>,
    paused: Duration,
    stop_is_asked: bool,
    stop_is_begun: bool,
    outcome: Option<Outcome>,
    failure: Option<Failure>,
}

impl<'a> Actor<'a> {
    fn start(
        spec: JobSpec,
        sink: Box<dyn Sink>,
        post: Post,
        ending: &'a mut Ending,
        seat: &'a Seat,
    ) -> Result<Self, String> {
        let JobSpec { name, source, refine, receiver: plan, limits, on_limit, grace, clock } = spec;
        let switches = Arc::new(Switches::default());
        let (data_in, data) = channel::data();
        let (text_in, text) = channel::text();
        let (to, events) = channel::events();
        let end = Events { to, control: seat.waker() };
        let remote = caught(|| source.remote()).map_err(|panic| format!("the source panicked: {panic}"))?;
        // Both seats before the first thread: each needs the other's waker.
        let (worker_seat, receiver_seat) = (clock.seat(), clock.seat());
        let worker_wake = worker_seat.waker();
        // A receiver that keeps its own pace is not woken for each item.
        let receiver_wake = (!plan.is_paced()).then(|| receiver_seat.waker());
        post.notice(Notice::Job(State::Running));

        let part = WorkerPart { source, switches: Arc::clone(&switches), data: data_in, text: text_in, receiver_wake };
        let body = move |post, seat: &Seat| work(part, post, seat);
        let mut worker = Side::start(Role::Worker, &name, &post, worker_seat, end.clone(), body, describe_worker)?;

        let part = ReceiverPart {
            plan,
            refine,
            sink,
            switches: Arc::clone(&switches),
            data: data.clone(),
            text: text.clone(),
            worker_wake,
        };
        let body = move |post, seat: &Seat| receive(part, post, seat);
        let receiver = Side::start(Role::Receiver, &name, &post, receiver_seat, end, body, describe_receiver);
        let receiver = receiver.inspect_err(|_| {
            switches.close();
            worker.wake();
            ask_remote(remote.as_deref(), &post, |remote| remote.stop());
            // Its drop joins it.
            worker.set_state(&post, State::Stopping);
        })?;
        let limits = LimitWatch::new(limits, post.clock.now());
        Ok(Self {
            ending,
            seat,
            post,
            switches,
            events,
            data,
            text,
            worker,
            receiver,
            remote,
            is_paced: plan.is_paced(),
            limits,
            on_limit,
            grace,
            taken_before: 0,
            paused_since: None,
            paused: Duration::ZERO,
            stop_is_asked: false,
            stop_is_begun: false,
            outcome: None,
            failure: None,
        })
    }

    /// Works until both threads are over.
    fn supervise(&mut self) {
        loop {
            while let Ok(event) = self.events.try_recv() {
                match event {
                    Event::Ended(Role::Worker, level, text) => self.worker.on_notice(&self.post, level, &text),
                    Event::Ended(Role::Receiver, level, text) => self.receiver.on_notice(&self.post, level, &text),
                    Event::Exited(Role::Worker) => self.on_worker_exit(),
                    Event::Exited(Role::Receiver) => self.on_receiver_exit(),
                }
            }
            self.take_wishes();
            self.check_limits();
            self.check_grace();
            if self.worker.is_over() && self.receiver.is_over() {
                return;
            }
            self.seat.wait(self.next_look());
        }
    }

    fn on_worker_exit(&mut self) {
        if self.worker.is_over() {
            return;
        }
        match self.worker.join(&self.post) {
            Ok(Some(Ok(outcome))) => self.outcome = Some(outcome),
            Ok(Some(Err(SourceError::Stopped(_))) | None) => {}
            Ok(Some(Err(error))) => self.fail(failure_of(&error)),
            Err(fault) => self.fail(fault),
        }
        self.after_worker();
    }

    fn after_worker(&mut self) {
        if self.receiver.is_over() || (self.is_paced && self.failure.is_none()) {
            return;
        }
        if self.is_paced {
            self.say(Level::Info, format_args!("The worker failed: the receiver takes what is left and ends"));
        }
        self.switches.finish_receiver();
        self.receiver.wake();
        if self.stop_is_begun {
            self.give_receiver_grace();
        }
    }

    fn on_receiver_exit(&mut self) {
        if self.receiver.is_over() {
            return;
        }
        if let Err(fault) = self.receiver.join(&self.post) {
            self.fail(fault);
        }
        self.after_receiver();
    }

    fn after_receiver(&mut self) {
        self.switches.close();
        if !self.worker.is_over() {
            self.say(
                Level::Info,
                format_args!("The receiver has ended while the worker still runs: the worker is asked to stop"),
            );
            self.ask_worker();
        }
    }

    fn take_wishes(&mut self) {
        if self.ending.shared.wants_stop() && !self.stop_is_asked {
            self.stop_is_asked = true;
            self.say(Level::Info, format_args!("Stop requested"));
            self.begin_stop();
        }
        let pause = self.ending.shared.wants_pause() && !self.stop_is_begun;
        if pause != self.paused_since.is_some() {
            self.set_paused(pause);
        }
    }

    fn begin_stop(&mut self) {
        if std::mem::replace(&mut self.stop_is_begun, true) {
            return;
        }
        self.set_job_state(State::Stopping);
        if self.is_paced && !self.receiver.is_over() {
            self.switches.stop_receiver();
            self.receiver.wake();
            self.give_receiver_grace();
        } else if !self.worker.is_over() {
            self.ask_worker();
        } else if !self.receiver.is_over() {
            self.give_receiver_grace();
        }
    }

    /// Asks the worker to stop, in whatever it waits.
    fn ask_worker(&mut self) {
        self.switches.stop_worker();
        self.worker.wake();
        ask_remote(self.remote.as_deref(), &self.post, |remote| remote.stop());
        self.worker.set_state(&self.post, State::Stopping);
        self.worker.grace_ends.get_or_insert(self.seat.now().saturating_add(self.grace));
    }

    fn give_receiver_grace(&mut self) {
        self.receiver.set_state(&self.post, State::Stopping);
        self.taken_before = self.switches.taken();
        self.receiver.grace_ends = Some(self.seat.now().saturating_add(self.grace));
    }

    fn set_paused(&mut self, pause: bool) {
        let now = self.seat.now();
        match self.paused_since.take() {
            Some(since) => self.paused += now.saturating_sub(since),
            None => self.paused_since = Some(now),
        }
        self.switches.set_paused(pause);
        self.worker.wake();
        self.receiver.wake();
        if self.stop_is_begun {
            return;
        }
        ask_remote(self.remote.as_deref(), &self.post, |remote| remote.set_paused(pause));
        let (state, word) = if pause { (State::Paused, "Paused") } else { (State::Running, "Resumed") };
        self.say(Level::Info, format_args!("{word}"));
        self.worker.set_state(&self.post, state);
        if self.is_paced {
            self.receiver.set_state(&self.post, state);
        }
        self.set_job_state(state);
    }

    fn check_limits(&mut self) {
        if self.stop_is_begun {
            return;
        }
        let (now, run_from, remote) = (self.seat.now(), self.run_from(), self.remote.clone());
        let verdicts = self.limits.look(now, run_from, |floor| {
            let told = remote.and_then(|remote| caught(|| remote.memory_above(floor)).ok().flatten());
            told.or_else(resident_bytes)
        });
        for verdict in verdicts {
            match verdict {
                Verdict::Warn(text) => {
                    self.say(Level::Warning, format_args!("{text}"));
                    self.tell_of_limit(&text);
                }
                Verdict::Stop(failure) => {
                    self.say(Level::Error, format_args!("Stopping: {}", failure.text));
                    self.tell_of_limit(&format!("it is stopped: {}", failure.text));
                    self.fail(failure);
                    self.begin_stop();
                }
            }
        }
    }

    fn tell_of_limit(&self, text: &str) {
        if let Err(panic) = caught(|| (self.on_limit)(text)) {
            log::error!("what hears of limits panicked: {panic}");
        }
    }

    fn check_grace(&mut self) {
        let now = self.seat.now();
        if self.worker.grace_ends.is_some_and(|end| now >= end) {
            let text = self.worker.abandon(&self.post, self.grace);
            self.fail(text);
            self.switches.close();
            self.after_worker();
        }
        if self.receiver.grace_ends.is_some_and(|end| now >= end) {
            if !self.is_paced && self.switches.taken() != self.taken_before {
                // Still taking what was sent: slow is not deaf, and nothing may be lost.
                self.give_receiver_grace();
                return;
            }
            let text = self.receiver.abandon(&self.post, self.grace);
            self.fail(text);
            self.switches.stop_receiver();
            self.after_receiver();
        }
    }

    fn next_look(&self) -> Option<Duration> {
        let limits = if self.stop_is_begun { None } else { self.limits.next_look(self.run_from()) };
        [limits, self.worker.grace_ends, self.receiver.grace_ends].into_iter().flatten().min()
    }

    /// The moment from which the run time counts; none while the job is paused.
    fn run_from(&self) -> Option<Duration> {
        self.paused_since.is_none().then(|| self.post.t0.saturating_add(self.paused))
    }

    /// Says what is left over and how the job ended.
    fn finalise(mut self) -> Result<Outcome, Failure> {
        self.switches.close();
        let (items, lines) = (count(&self.data, Item::has_samples), count(&self.text, |_| true));
        if items + lines > 0 {
            let (items, lines) = (plural(items, "item"), plural(lines, "captured line"));
            self.say(Level::Warning, format_args!("Not taken, still in the channels at the end: {items} and {lines}"));
        }
        let time = self.post.elapsed().as_secs_f64();
        if let Some(failure) = self.failure.take() {
            self.say(Level::Error, format_args!("Job failed after {time:.5} s: {failure}"));
            return Err(failure);
        }
        let word = if self.stop_is_asked { "stopped" } else { "finished" };
        self.say(Level::Info, format_args!("Job {word} after {time:.5} s"));
        let mut outcome = self.outcome.take().unwrap_or_else(|| Outcome {
            summary: if self.stop_is_asked { "stopped" } else { "ended by its receiver" }.into(),
            ..Outcome::default()
        });
        outcome.was_stopped |= self.stop_is_asked;
        Ok(outcome)
    }

    fn say(&self, level: Level, text: fmt::Arguments<'_>) {
        self.post.message(Pane::Control, level, text);
    }

    fn set_job_state(&self, state: State) {
        self.ending.shared.set_state(state);
        self.post.notice(Notice::Job(state));
    }

    /// The first failure is the job's; those that follow from it are in the panes.
    fn fail(&mut self, failure: impl Into<Failure>) {
        self.failure.get_or_insert(failure.into());
    }
}

/// A command's exit status is handed on as the job's.
fn failure_of(error: &SourceError) -> Failure {
    let exit_code = match error {
        SourceError::Exit { code, .. } => *code,
        _ => 1,
    };
    Failure { text: error.to_string(), exit_code }
}

fn ask_remote(remote: Option<&dyn Remote>, post: &Post, ask: impl FnOnce(&dyn Remote)) {
    let Some(remote) = remote else { return };
    if let Err(text) = caught(|| ask(remote)) {
        post.message(Pane::Control, Level::Error, format_args!("The source's remote panicked: {text}"));
    }
}

/// Empties a channel; counts what `counts` says is worth telling.
fn count<T: Weight>(channel: &Tap<T>, counts: impl Fn(&T) -> bool) -> u64 {
    let mut count = 0;
    while let Some(thing) = channel.try_take() {
        count += u64::from(counts(&thing));
    }
    count
}
