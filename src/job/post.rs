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
        Message::new(pane, level, self.elapsed().as_secs_f64(), text)
    }

    /// Sends a line of now; a text of several lines becomes as many messages.
    pub(crate) fn message(&self, pane: Pane, level: Level, text: fmt::Arguments<'_>) {
        let text = text.to_string();
        if !text.contains(['\n', '\r']) {
            return self.notice(Notice::Message(self.line(pane, level, text)));
        }
        for line in text.split(['\n', '\r']).filter(|line| !line.is_empty()) {
            self.notice(Notice::Message(self.line(pane, level, line.to_owned())));
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::fake_clock::FakeClock;
    use crate::job::mailbox::{Drain, mailbox};

    fn post(clock: &FakeClock) -> (Post, Drain) {
        let (mailbox, drain) = mailbox();
        (Post { mailbox, clock: Arc::new(clock.clone()), t0: Duration::ZERO, is_muted: Arc::default() }, drain)
    }

    fn all(drain: &mut Drain) -> Vec<Notice> {
        let mut notices = Vec::new();
        while drain.drain(Duration::MAX, |notice| notices.push(notice)) {}
        notices
    }

    #[test]
    fn flow_small_progress_of_a_hot_loop_is_thinned_out_and_its_last_is_kept() {
        let clock = FakeClock::new();
        let me = clock.enter();
        let ((post, mut drain), mut meter) = (post(&clock), Meter::new(Role::Worker));
        let mut seen = Vec::new();
        for done in 1..=100 {
            meter.report(&post, Progress::Unknown { done });
            seen.extend(all(&mut drain));
            me.sleep(Duration::from_millis(1));
        }
        meter.flush(&post);
        meter.flush(&post);
        seen.extend(all(&mut drain));
        let expected = [1, 21, 41, 61, 81, 100].map(|done| Notice::Progress(Role::Worker, Progress::Unknown { done }));
        assert_eq!(seen, expected);
    }

    #[test]
    fn names_hostile_a_message_of_several_lines_becomes_several() {
        let (post, mut drain) = post(&FakeClock::new());
        post.message(Pane::Worker, Level::Warning, format_args!("one\r\ntwo\n\n<b>three</b>"));
        let texts = all(&mut drain).into_iter().map(|notice| match notice {
            Notice::Message(line) => line.text,
            other => panic!("{other:?}"),
        });
        assert_eq!(texts.collect::<Vec<_>>(), ["one", "two", "<b>three</b>"]);
    }

    #[test]
    fn worker_deaf_is_muted_on_its_own() {
        let (post, mut drain) = post(&FakeClock::new());
        let other = post.fork();
        other.is_muted.store(true, Ordering::Release);
        other.message(Pane::Worker, Level::Info, format_args!("not heard"));
        post.message(Pane::Control, Level::Info, format_args!("heard"));
        assert_eq!(all(&mut drain).len(), 1);
    }
}
