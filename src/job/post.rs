//! How a job's threads speak to the panes: notices stamped with the time since t0. Knows the mailbox, no channel.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::clock::Clock;
use super::mailbox::Mailbox;
use crate::batch::{Level, Message, Notice, Pane, Progress, Role};

/// Least time between two progress notices of one thread: 50 a second are more than an eye follows, and a hot loop
/// costs no lock.
const PROGRESS_PERIOD: Duration = Duration::from_millis(20);

/// The way from one thread of one start of a job to the mailbox.
#[derive(Clone)]
pub(crate) struct Post {
    pub(crate) mailbox: Mailbox,
    pub(crate) clock: Arc<dyn Clock>,
    /// The start of the job on its clock.
    pub(crate) t0: Duration,
    /// Set when the thread is abandoned: it must not speak into the next start.
    pub(crate) is_muted: Arc<AtomicBool>,
}

impl Post {
    /// Time since t0.
    pub(crate) fn elapsed(&self) -> Duration {
        self.clock.now().saturating_sub(self.t0)
    }

    /// A line of now.
    pub(crate) fn line(&self, pane: Pane, level: Level, text: String) -> Message {
        Message { pane, level, time_secs: self.elapsed().as_secs_f64(), text }
    }

    /// Sends a line of now.
    pub(crate) fn message(&self, pane: Pane, level: Level, text: fmt::Arguments<'_>) {
        self.notice(Notice::Message(self.line(pane, level, text.to_string())));
    }

    /// Sends a notice, unless the thread is abandoned.
    pub(crate) fn notice(&self, notice: Notice) {
        if !self.is_muted.load(Ordering::Acquire) {
            self.mailbox.send(notice);
        }
    }

    /// The same way for another thread, which is muted on its own.
    pub(crate) fn fork(&self) -> Self {
        Self { is_muted: Arc::default(), ..self.clone() }
    }
}

/// Progress notices of one thread, thinned out; the last one is never lost.
pub(crate) struct Meter {
    role: Role,
    next: Option<Duration>,
    held: Option<Progress>,
}

impl Meter {
    pub(crate) fn new(role: Role) -> Self {
        Self { role, next: None, held: None }
    }

    /// Reports `progress` now or, if the last report is too young, keeps it for later.
    pub(crate) fn report(&mut self, post: &Post, progress: Progress) {
        let now = post.clock.now();
        self.held = Some(progress);
        if self.next.is_none_or(|next| now >= next) {
            self.next = Some(now + PROGRESS_PERIOD);
            self.flush(post);
        }
    }

    /// Reports what was kept.
    pub(crate) fn flush(&mut self, post: &Post) {
        if let Some(progress) = self.held.take() {
            post.notice(Notice::Progress(self.role, progress));
        }
    }
}
