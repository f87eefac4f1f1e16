//! What a window or a terminal says of a job: states, progress, elapsed and remaining time, made from its notices.
//!
//! Plain data on the thread that shows it. Knows no window.

use std::time::{Duration, Instant};

use crate::batch::{Failure, Notice, Outcome, Progress, RecordingTrouble, Role, State};
use crate::job::{Clock, SystemClock};

/// How a job stands, as far as its notices have been read.
#[derive(Debug, Default)]
pub struct JobView {
    /// The job as a whole.
    pub state: State,
    /// The worker's thread.
    pub worker: ThreadView,
    /// The receiver's thread.
    pub receiver: ThreadView,
    /// How it ended, once it did.
    pub end: Option<Result<Outcome, Failure>>,
    /// Why nothing is recorded at present, if that is so.
    pub recording_trouble: Option<RecordingTrouble>,
    /// The rules that are held against it, as they were written.
    pub rules: Vec<String>,
    /// The wall clock at its time 0, from which the times of its lines count: nanoseconds since the Unix epoch. `None` before
    /// the first start, and where several runs are shown together.
    pub started_nanos: Option<i64>,
    started: Option<Instant>,
    /// When the worker last said how far it is.
    said_at: Option<Instant>,
    ended: Option<Duration>,
}

/// How one thread stands.
#[derive(Debug, Default)]
pub struct ThreadView {
    /// What it is doing.
    pub state: State,
    /// How far it is, once it said so.
    pub progress: Option<Progress>,
}

/// What a notice changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// A state, or the end.
    pub state: bool,
    /// A progress.
    pub progress: bool,
    /// The lines of a pane.
    pub panes: bool,
}

impl JobView {
    /// A job that was started just now.
    #[must_use]
    pub fn started_now() -> Self {
        let started_nanos = Some(SystemClock::new().stamp_nanos());
        Self { state: State::Running, started: Some(Instant::now()), started_nanos, ..Self::default() }
    }

    /// Whether it has a thread that runs.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.state, State::Waiting | State::Running | State::Paused | State::Stopping)
    }

    /// Takes in a notice. Messages are not kept here; the caller gives them to the panes.
    pub fn apply(&mut self, notice: &Notice) -> Changes {
        match notice {
            Notice::Message(_) | Notice::Skipped(..) => return Changes { panes: true, ..Changes::default() },
            Notice::Progress(role, progress) => {
                self.thread(*role).progress = Some(*progress);
                if *role == Role::Worker {
                    self.said_at = Some(Instant::now());
                }
                return Changes { progress: true, ..Changes::default() };
            }
            Notice::Thread(role, state) => self.thread(*role).state = *state,
            Notice::Job(state) => self.state = *state,
            Notice::Finished(outcome) => self.finish(State::Finished, Ok(outcome.clone())),
            Notice::Recording(trouble) => self.recording_trouble.clone_from(trouble),
            Notice::Began(ago) => self.started = Instant::now().checked_sub(*ago).or(self.started),
            Notice::Origin(nanos) => self.started_nanos = *nanos,
            Notice::Took(time) => self.ended = Some(*time),
            Notice::Rules(rules) => self.rules.clone_from(rules),
            Notice::Failed(failure) => self.finish(State::Failed, Err(failure.clone())),
        }
        Changes { state: true, progress: true, panes: false }
    }

    /// Exit status: the job's own, 0 while it runs.
    #[must_use]
    pub fn exit_code(&self) -> i32 {
        match &self.end {
            None => 0,
            Some(Ok(outcome)) => outcome.exit_code,
            Some(Err(failure)) => failure.exit_code,
        }
    }

    /// Exit status that a window hands on: the job's own, but 0 for a job that a person stopped, whatever its command
    /// made of the signal.
    #[must_use]
    pub fn exit_code_of_program(&self) -> i32 {
        match &self.end {
            Some(Ok(outcome)) if outcome.was_stopped => 0,
            _ => self.exit_code(),
        }
    }

    /// The moment of a line of that time ([`PaneLine`](crate::app::pane_log::PaneLine)): nanoseconds since the Unix epoch, as
    /// a figure marks it. `None` if it is not known when the time began to count.
    #[must_use]
    pub fn nanos_at(&self, time_secs: f64) -> Option<i64> {
        let nanos = (time_secs * 1e9).round();
        nanos.is_finite().then(|| self.started_nanos.map(|started| started.saturating_add(nanos as i64))).flatten()
    }

    /// The time that a line of that moment has; [`PaneLog::row_near`](crate::app::pane_log::PaneLog::row_near) finds it.
    #[must_use]
    pub fn secs_at(&self, nanos: i64) -> Option<f64> {
        let nanos = i128::from(nanos) - i128::from(self.started_nanos?);
        Some(nanos as f64 / 1e9)
    }

    fn thread(&mut self, role: Role) -> &mut ThreadView {
        match role {
            Role::Worker => &mut self.worker,
            Role::Receiver => &mut self.receiver,
        }
    }

    fn finish(&mut self, state: State, end: Result<Outcome, Failure>) {
        self.state = state;
        self.end = Some(end);
        self.ended = self.ended.or_else(|| self.started.map(|started| started.elapsed()));
    }

    /// The part done, 0 to 1, where the worker knows its end.
    #[must_use]
    pub fn fraction(&self) -> Option<f64> {
        self.worker.progress.and_then(Progress::fraction)
    }

    /// Time since the start, or from start to end. `None` before the first start.
    #[must_use]
    pub fn elapsed(&self) -> Option<Duration> {
        self.ended.or_else(|| self.started.map(|started| started.elapsed()))
    }

    /// Time to the end: what the program itself said, less what has passed since, else at the pace so far. `None` where
    /// the end is unknown or too little is done to tell.
    #[must_use]
    pub fn remaining(&self) -> Option<Duration> {
        if let Some(left) = self.worker.progress.and_then(Progress::left).filter(|_| self.is_active()) {
            return Some(left.saturating_sub(self.said_at.map_or(Duration::ZERO, |at| at.elapsed())));
        }
        let (fraction, elapsed) = (self.fraction()?, self.elapsed()?);
        // Below two hundredths the pace says nothing yet.
        let is_known = self.is_active() && (0.02..1.0).contains(&fraction);
        is_known.then(|| elapsed.mul_f64((1.0 - fraction) / fraction))
    }
}

impl ThreadView {
    /// `14/20`, `45 %` of what is not counted, or `14` where the end is unknown, or nothing.
    #[must_use]
    pub fn progress_text(&self) -> String {
        match self.progress {
            Some(Progress::Steps { done, total } | Progress::Share { steps: Some((done, total)), .. }) => {
                format!("{done}/{total}")
            }
            Some(Progress::Share { fraction, .. }) => format!("{:.0} %", fraction.clamp(0.0, 1.0) * 100.0),
            Some(Progress::Unknown { done }) => done.to_string(),
            None => String::new(),
        }
    }
}

/// Shorter durations are told with tenths of a second.
pub const TENTHS_UNTIL: Duration = Duration::from_secs(60);

/// A duration as people read it: `0:01.4` below a minute, `12:05` below an hour, `1:02:03` above.
#[must_use]
pub fn duration_text(duration: Duration) -> String {
    let secs = duration.as_secs();
    let (hours, minutes, seconds) = (secs / 3600, secs / 60 % 60, secs % 60);
    match (hours, minutes) {
        (0, 0) => format!("0:{seconds:02}.{}", duration.subsec_millis() / 100),
        (0, _) => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_people_write_them() {
        assert_eq!(duration_text(Duration::from_millis(1_440)), "0:01.4");
        assert_eq!(duration_text(Duration::from_secs(725)), "12:05");
        assert_eq!(duration_text(Duration::from_secs(3723)), "1:02:03");
    }

    #[test]
    fn a_stopped_command_is_no_failure_of_the_window() {
        let mut view = JobView::started_now();
        let outcome = Outcome { summary: String::new(), exit_code: 130, was_stopped: true };
        view.apply(&Notice::Finished(outcome));
        assert_eq!((view.exit_code(), view.exit_code_of_program()), (130, 0));
    }

    #[test]
    fn what_a_bar_says_of_the_rest_is_shown() {
        let mut view = JobView::started_now();
        let share = |left| Progress::Share { fraction: 0.455, steps: None, left };
        view.apply(&Notice::Progress(Role::Worker, share(Some(Duration::from_secs(3600)))));
        let left = view.remaining().unwrap();
        assert!(left > Duration::from_secs(3500) && left <= Duration::from_secs(3600), "{left:?}");
        assert_eq!((view.fraction(), view.worker.progress_text()), (Some(0.455), "46 %".to_owned()));
        view.apply(&Notice::Progress(Role::Worker, share(None)));
        assert!(view.remaining().unwrap() < Duration::from_secs(60), "by the pace so far");
        view.apply(&Notice::Finished(Outcome::default()));
        assert_eq!(view.remaining(), None);
    }

    #[test]
    fn lines_have_their_moments_once_it_is_known_when_time_began() {
        let mut view = JobView::default();
        assert_eq!((view.nanos_at(1.0), view.secs_at(5)), (None, None));
        view = JobView::started_now();
        assert!(view.started_nanos > Some(1_700_000_000_000_000_000));
        view.apply(&Notice::Origin(Some(1_000_000_000)));
        let nanos = view.nanos_at(2.5).unwrap();
        assert_eq!((nanos, view.nanos_at(f64::NAN), view.nanos_at(1e200)), (3_500_000_000, None, Some(i64::MAX)));
        assert_eq!(view.secs_at(nanos), Some(2.5));
        assert!(view.secs_at(i64::MIN).unwrap() < 0.0);
        view.apply(&Notice::Origin(None));
        assert_eq!(view.nanos_at(2.5), None, "several runs have several clocks");
    }

    #[test]
    fn notices_make_the_state() {
        let mut view = JobView::started_now();
        view.apply(&Notice::Thread(Role::Worker, State::Running));
        view.apply(&Notice::Progress(Role::Worker, Progress::Steps { done: 5, total: 20 }));
        assert_eq!(view.fraction(), Some(0.25));
        assert_eq!(view.worker.progress_text(), "5/20");
        assert!(view.is_active() && view.remaining().is_some());
        view.apply(&Notice::Failed("no such file".into()));
        assert_eq!(view.state, State::Failed);
        assert_eq!(view.remaining(), None);
        assert!(!view.is_active());
    }
}
