//! One of the two threads of a job, as its control thread sees it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use crossbeam_channel::Sender;

use super::clock::{Seat, Waker};
use super::post::Post;
use super::thread::{self, JoinError, Thread};
use crate::batch::{Level, Notice, Pane, Role, State};

/// How long the join of a thread that said that it exits may take: only its last instructions are left.
const LAST_INSTRUCTIONS: Duration = Duration::from_secs(2);

/// What a thread tells its control thread.
pub(crate) enum Event {
    /// It has reached its end in order; how, in words.
    Ended(Role, Level, String),
    /// It is leaving, in order or by a panic: it can be joined now.
    Exited(Role),
}

/// Where a thread's events go.
#[derive(Clone)]
pub(crate) struct Events {
    pub(crate) to: Sender<Event>,
    pub(crate) control: Waker,
}

impl Events {
    fn send(&self, event: Event) {
        if self.to.try_send(event).is_err() {
            // The channel holds more than two threads can send; only a control thread that is gone does not take it.
            log::debug!("nobody hears of the end of a thread");
        }
        self.control.wake();
    }
}

/// A running or ended thread of a job.
pub(crate) struct Side<T> {
    role: Role,
    name: String,
    thread: Option<Thread<T>>,
    wake: Waker,
    is_muted: Arc<AtomicBool>,
    state: State,
    gave_notice: bool,
    /// When it is abandoned, if it was asked to stop.
    pub(crate) grace_ends: Option<Duration>,
}

impl<T: Send + 'static> Side<T> {
    /// Starts the thread. `describe` words its orderly end.
    pub(crate) fn start(
        role: Role,
        job: &str,
        post: &Post,
        seat: Seat,
        events: Events,
        body: impl FnOnce(Post, &Seat) -> T + Send + 'static,
        describe: fn(&T) -> (Level, String),
    ) -> Result<Self, String> {
        let name = match role {
            Role::Worker => format!("worker:{job}"),
            Role::Receiver => format!("receiver:{job}"),
        };
        let theirs = post.fork();
        let is_muted = Arc::clone(&theirs.is_muted);
        let wake = seat.waker();
        // Said before the thread is there, so that nothing of its own can come earlier.
        post.notice(Notice::Thread(role, State::Running));
        post.message(Pane::Control, Level::Info, format_args!("{role} started: thread {name}"));
        let spawned = thread::spawn(&name, seat, move |seat| {
            let exit = Exit { role, events };
            let value = body(theirs, seat);
            let (level, text) = describe(&value);
            exit.events.send(Event::Ended(role, level, text));
            value
        });
        match spawned {
            Ok(thread) => Ok(Self {
                role,
                name,
                thread: Some(thread),
                wake,
                is_muted,
                state: State::Running,
                gave_notice: false,
                grace_ends: None,
            }),
            Err(error) => {
                let text = format!("could not start the thread {name}: {error}");
                post.notice(Notice::Thread(role, State::Failed));
                post.message(Pane::Control, Level::Error, format_args!("{text}"));
                Err(text)
            }
        }
    }

    /// Whether the thread was joined or abandoned.
    pub(crate) fn is_over(&self) -> bool {
        self.thread.is_none()
    }

    /// Lets the thread look at its switches.
    pub(crate) fn wake(&self) {
        self.wake.wake();
    }

    /// Tells a new state, unless the thread is over.
    pub(crate) fn set_state(&mut self, post: &Post, state: State) {
        if !self.is_over() && self.state != state {
            self.state = state;
            post.notice(Notice::Thread(self.role, state));
        }
    }

    /// Takes the thread's own notice of its end.
    pub(crate) fn on_notice(&mut self, post: &Post, level: Level, text: &str) {
        self.gave_notice = true;
        post.message(Pane::Control, level, format_args!("{} {text}", self.role));
    }

    /// Joins the thread that said that it leaves. `Err` holds the fault if it ended without notice.
    pub(crate) fn join(&mut self, post: &Post) -> Result<Option<T>, String> {
        let Some(thread) = &mut self.thread else { return Ok(None) };
        let joined = thread.join(LAST_INSTRUCTIONS);
        let result = match joined {
            Ok(value) if self.gave_notice => Ok(Some(value)),
            Ok(_) => Err(self.fault(post, "it gave no notice")),
            Err(JoinError::Panicked(text)) => Err(self.fault(post, &format!("panicked: {text}"))),
            Err(error) => Err(self.fault(post, &error.to_string())),
        };
        self.set_state(post, if result.is_ok() { State::Finished } else { State::Failed });
        if let Some(thread) = self.thread.take() {
            thread.abandon();
        }
        self.grace_ends = None;
        post.message(
            Pane::Control,
            Level::Info,
            format_args!("{} finalised: thread {} released", self.role, self.name),
        );
        result
    }

    fn fault(&self, post: &Post, text: &str) -> String {
        let Self { role, name, .. } = self;
        post.message(
            Pane::Control,
            Level::Error,
            format_args!("Fault: the thread {name} ended while it was still marked running: {text}"),
        );
        format!("{} {text}", role.to_string().to_lowercase())
    }

    /// Leaves a thread alone that does not listen. Returns the failure in words.
    pub(crate) fn abandon(&mut self, post: &Post, grace: Duration) -> String {
        self.is_muted.store(true, Ordering::Release);
        self.set_state(post, State::Failed);
        if let Some(thread) = self.thread.take() {
            thread.abandon();
        }
        self.grace_ends = None;
        let text =
            format!("the thread {} did not stop within {:.1} s and is abandoned", self.name, grace.as_secs_f64());
        log::error!("{text}");
        post.message(Pane::Control, Level::Error, format_args!("Fault: {text}; what it makes from now on is refused"));
        text
    }
}

/// Says that a thread leaves, also when it does so by a panic.
struct Exit {
    role: Role,
    events: Events,
}

impl Drop for Exit {
    fn drop(&mut self) {
        self.events.send(Event::Exited(self.role));
    }
}
