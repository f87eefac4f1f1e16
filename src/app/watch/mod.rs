//! Watches a job: holds its rules against what it makes, does what they ask for, tells of limits.
//!
//! Samples are looked at on the receiver's thread, states and ends on the thread that tells them; nothing of that waits.
//! The thread `watch:<job>` looks for silences and asks the desktop for notifications. docs/rules.md is the rule of rules.

mod notify;
mod options;
pub mod resources;
mod thread;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::app::supervisor::Ask;
use crate::batch::{Item, Level, Message, Notice, Pane, State};
use crate::job::watch::{Actions, Book, Fired, Rule, RuleError};
use crate::job::{Clock, JobRef, JobSpec, Mailbox, Sink, SystemClock, Waker, lock, thread as job_thread};

pub use options::WatchOptions;
pub use resources::Resources;

/// Notifications that wait; more are counted and said with the last.
const NOTES_MAX: usize = 8;

/// How long the end of a job waits for its notifications: those that are on their way, each of which has 500 ms.
const JOIN_BOUND: Duration = Duration::from_millis(1500);

/// Hears of what fired, on any thread of the job. Must not block.
pub type OnFired = Arc<dyn Fn(&Fired) + Send + Sync>;

/// What watches one start of a job. Dropping it waits until what it has to tell is told, for a moment at most.
pub struct Watch {
    shared: Arc<Shared>,
    _thread: Guard,
}

/// Ends the thread before it is joined.
struct Guard(Arc<Shared>, Option<job_thread::Thread<()>>);

/// A wish of the rules, until the job is known.
#[derive(Default)]
struct Wishes {
    job: Option<JobRef>,
    stop: bool,
    pause: bool,
}

struct Shared {
    name: String,
    t0: Instant,
    /// Whether there are rules: else samples pass at the cost of this look.
    has_rules: AtomicBool,
    book: Mutex<Book>,
    /// Where it is said that a rule has fired: past this watch, so that it does not hear itself.
    mailbox: Mailbox,
    wishes: Mutex<Wishes>,
    notes: Mutex<Notes>,
    on_fired: OnFired,
    waker: OnceLock<Waker>,
    is_over: AtomicBool,
}

/// Notifications on their way to the desktop.
#[derive(Default)]
struct Notes {
    waiting: Vec<String>,
    /// Those for which there was no room.
    more: u64,
}

impl Watch {
    /// Begins to watch a job of that name, whose notices go to `mailbox`.
    ///
    /// # Errors
    /// If the system refuses a thread.
    pub fn begin(name: &str, options: &WatchOptions, mailbox: &Mailbox, on_fired: OnFired) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            t0: Instant::now(),
            has_rules: AtomicBool::new(!options.rules.is_empty()),
            book: Mutex::new(Book::new(&options.rules, Duration::ZERO)),
            mailbox: mailbox.clone(),
            wishes: Mutex::default(),
            notes: Mutex::default(),
            on_fired,
            waker: OnceLock::new(),
            is_over: AtomicBool::new(false),
        });
        let seat = SystemClock::new().seat();
        shared.waker.set(seat.waker()).unwrap_or_default();
        let theirs = Arc::clone(&shared);
        let thread = job_thread::spawn(&format!("watch:{name}"), seat, move |seat| thread::run(&theirs, seat))?;
        let guard = Guard(Arc::clone(&shared), Some(thread.with_join_bound(JOIN_BOUND)));
        shared.tell_rules();
        Ok(Self { shared, _thread: guard })
    }

    /// The job that tells of its limits.
    #[must_use]
    pub fn limited(&self, spec: JobSpec) -> JobSpec {
        let shared = Arc::clone(&self.shared);
        JobSpec { on_limit: Arc::new(move |text| shared.note(text.to_owned())), ..spec }
    }

    /// The sink that looks at what goes to `sink`.
    #[must_use]
    pub fn sink(&self, sink: Box<dyn Sink>) -> Box<dyn Sink> {
        Box::new(WatchSink { sink, shared: Arc::clone(&self.shared), fired: Vec::new() })
    }

    /// The mailbox that the job sends to.
    #[must_use]
    pub fn mailbox(&self) -> Mailbox {
        let shared = Arc::clone(&self.shared);
        self.shared.mailbox.witnessed(Arc::new(move |notice| shared.hear(notice)))
    }

    /// The rules, for whoever adds some or takes some away.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules(Arc::clone(&self.shared))
    }

    /// Names the job that is stopped and held.
    pub fn attach(&self, job: &JobRef) {
        let mut wishes = lock(&self.shared.wishes);
        wishes.job = Some(job.clone());
        wishes.grant();
    }
}

/// The rules of a running job. For any thread; never waits.
#[derive(Clone)]
pub struct Rules(Arc<Shared>);

impl Rules {
    /// The rules, as they were written.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        lock(&self.0.book).rules()
    }

    /// Adds a rule for what comes from now on.
    ///
    /// # Errors
    /// Why it is none, in words; or that there are too many.
    pub fn add(&self, text: &str) -> Result<(), String> {
        let rule: Rule = text.parse().map_err(|error: RuleError| error.to_string())?;
        if !lock(&self.0.book).add(&rule, self.0.now()) {
            return Err("a job has 1000 rules at most: take some away".to_owned());
        }
        self.0.has_rules.store(true, Ordering::Release);
        self.0.say(Level::Info, format!("Rule `{}` added", rule.text()));
        self.0.tell_rules();
        // It may wait for silence.
        self.0.wake();
        Ok(())
    }

    /// Does what is asked of them; what cannot be done is said in the Control pane.
    pub(super) fn obey(&self, ask: &Ask) {
        let done = match ask {
            Ask::AddRule { rule } => self.add(rule),
            Ask::RemoveRule { rule } => self.remove(rule),
            _ => Ok(()),
        };
        if let Err(why) = done {
            let why = why.lines().next().unwrap_or_default().to_owned();
            self.0.say(Level::Warning, format!("The rule is not changed: {why}"));
        }
    }

    /// Takes a rule away.
    ///
    /// # Errors
    /// If there is none that was written so.
    pub fn remove(&self, text: &str) -> Result<(), String> {
        if !lock(&self.0.book).remove(text.trim()) {
            return Err(format!("there is no rule `{}`", text.trim()));
        }
        self.0.say(Level::Info, format!("Rule `{}` taken away", text.trim()));
        self.0.tell_rules();
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Release);
        self.0.wake();
        // Its own drop waits.
        self.1 = None;
    }
}

impl Wishes {
    fn grant(&mut self) {
        let Some(job) = &self.job else { return };
        if std::mem::take(&mut self.stop) {
            job.stop();
        }
        if std::mem::take(&mut self.pause) {
            job.pause();
        }
    }
}

impl Shared {
    fn now(&self) -> Duration {
        self.t0.elapsed()
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.get() {
            waker.wake();
        }
    }

    /// What the job tells of itself.
    fn hear(&self, notice: &Notice) {
        let mut fired = Vec::new();
        match notice {
            Notice::Job(state) => {
                let mut book = lock(&self.book);
                book.set_held(*state == State::Paused, self.now());
                if *state == State::Stopping {
                    book.set_ending();
                }
                drop(book);
                self.wake();
            }
            Notice::Finished(outcome) => lock(&self.book).end(Ok(outcome), &mut fired),
            Notice::Failed(failure) => lock(&self.book).end(Err(failure), &mut fired),
            _ => return,
        }
        fired.iter().for_each(|fired| self.act(fired));
    }

    /// Says that a rule has fired, and does what it asks for. Never waits.
    fn act(&self, fired: &Fired) {
        let Actions { notify, pause, stop } = fired.actions;
        if !fired.text.is_empty() {
            let then = match (stop, pause) {
                (true, _) => "; the job is stopped",
                (_, true) => "; the job is paused",
                _ => "",
            };
            let text = format!("Rule `{}`: {}{then}", fired.rule, fired.text).replace(char::is_control, " ");
            self.say(Level::Warning, text);
            (self.on_fired)(fired);
            if notify {
                self.note(format!("{}{then}", fired.text));
            }
        }
        if stop || pause {
            let mut wishes = lock(&self.wishes);
            (wishes.stop, wishes.pause) = (wishes.stop | stop, wishes.pause | pause);
            wishes.grant();
        }
    }

    fn say(&self, level: Level, text: String) {
        let message = Message::new(Pane::Control, level, self.now().as_secs_f64(), text);
        self.mailbox.send(Notice::Message(message));
    }

    /// Tells those who show the job which rules there are.
    fn tell_rules(&self) {
        let rules = lock(&self.book).rules();
        self.mailbox.send(Notice::Rules(rules));
    }

    /// Puts a notification on its way.
    fn note(&self, text: String) {
        let mut notes = lock(&self.notes);
        if notes.waiting.len() < NOTES_MAX {
            notes.waiting.push(text);
        } else {
            notes.more += 1;
        }
        drop(notes);
        self.wake();
    }
}

/// Looks at what goes to another sink.
struct WatchSink {
    sink: Box<dyn Sink>,
    shared: Arc<Shared>,
    fired: Vec<Fired>,
}

impl Sink for WatchSink {
    fn item(&mut self, item: Item) {
        let shared = &self.shared;
        // The names of series are noted in any case, for rules that come later.
        if item.has_samples() && !shared.has_rules.load(Ordering::Acquire) {
            return self.sink.item(item);
        }
        let mut book = lock(&shared.book);
        let ends_silence = book.item(&item, || shared.now(), &mut self.fired);
        drop(book);
        if ends_silence {
            shared.wake();
        }
        // What fires is told after the sample that it is about.
        self.sink.item(item);
        for fired in self.fired.drain(..) {
            shared.act(&fired);
        }
    }

    fn line(&mut self, line: &Message) {
        self.sink.line(line);
    }

    fn flush(&mut self) {
        self.sink.flush();
    }

    fn idle(&mut self) {
        self.sink.idle();
    }
}
