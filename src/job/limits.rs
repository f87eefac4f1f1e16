//! The limits that a job may be given, and whether one is passed.
//!
//! Looked at by the job's control thread. Knows no thread and no channel.

use std::time::Duration;

use super::watch::duration_text;
use crate::batch::Failure;

/// Exit status of a job that ran too long, as `timeout(1)` gives it.
pub const TIME_EXIT_CODE: i32 = 124;

/// Exit status of a job that used too much memory: that of a process which the system kills for the same reason.
pub const MEMORY_EXIT_CODE: i32 = 137;

/// Time between two looks at the memory: often enough to stop a leak, and nothing to feel.
const MEMORY_PERIOD: Duration = Duration::from_millis(250);

/// What a job may use: beyond the soft limits it is told of, beyond the hard ones it is stopped and has failed.
///
/// Memory is that of what the source runs outside this process if its [`Remote`](crate::source::Remote) can tell, else the
/// resident memory of this whole process. It is looked at 4 times a second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Longest time from start to end, without the time spent paused.
    pub run_time: Option<Duration>,
    /// Most memory, in bytes.
    pub memory_bytes: Option<u64>,
    /// Time from the start, without the time spent paused, after which a warning is said, once.
    pub warn_time: Option<Duration>,
    /// Memory in bytes beyond which a warning is said: again only after it was below nine tenths of it.
    pub warn_memory_bytes: Option<u64>,
}

/// What a look found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// A soft limit is passed, in words.
    Warn(String),
    /// A hard limit is passed.
    Stop(Failure),
}

/// Looks at the limits of one start of a job.
pub(crate) struct LimitWatch {
    limits: Limits,
    next_memory_look: Duration,
    said_time: bool,
    said_memory: bool,
}

impl LimitWatch {
    pub(crate) fn new(limits: Limits, now: Duration) -> Self {
        Self { limits, next_memory_look: now, said_time: false, said_memory: false }
    }

    /// Looks at `now`. `run_from` is the moment from which the run time counts, put off by pauses; none during one.
    /// `memory` tells the bytes in use, exactly if they are more than the number that it is given.
    pub(crate) fn look(
        &mut self,
        now: Duration,
        run_from: Option<Duration>,
        memory: impl FnOnce(u64) -> Option<u64>,
    ) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        let is_over = |limit: Duration| run_from.is_some_and(|from| now >= from.saturating_add(limit));
        if let Some(limit) = self.limits.warn_time.filter(|limit| !self.said_time && is_over(*limit)) {
            self.said_time = true;
            verdicts.push(Verdict::Warn(format!("the job runs for more than {}", duration_text(limit))));
        }
        if let Some(limit) = self.limits.run_time.filter(|limit| is_over(*limit)) {
            let text = format!("the time limit of {} is reached", duration_text(limit));
            verdicts.push(Verdict::Stop(Failure { text, exit_code: TIME_EXIT_CODE }));
        }
        if let Some(least) = self.least_memory().filter(|_| now >= self.next_memory_look) {
            self.next_memory_look = now.saturating_add(MEMORY_PERIOD);
            if let Some(bytes) = memory(least - least / 10) {
                self.judge_memory(bytes, &mut verdicts);
            }
        }
        verdicts
    }

    fn judge_memory(&mut self, bytes: u64, verdicts: &mut Vec<Verdict>) {
        if let Some(limit) = self.limits.warn_memory_bytes {
            if bytes > limit && !self.said_memory {
                self.said_memory = true;
                let text = format!("{:.1} MiB of memory are used, more than {:.1} MiB", mib(bytes), mib(limit));
                verdicts.push(Verdict::Warn(text));
            } else if bytes < limit - limit / 10 {
                self.said_memory = false;
            }
        }
        if let Some(limit) = self.limits.memory_bytes.filter(|limit| bytes > *limit) {
            let text = format!("the memory limit of {:.1} MiB is reached: {:.1} MiB are used", mib(limit), mib(bytes));
            verdicts.push(Verdict::Stop(Failure { text, exit_code: MEMORY_EXIT_CODE }));
        }
    }

    /// When to look next.
    pub(crate) fn next_look(&self, run_from: Option<Duration>) -> Option<Duration> {
        let warn = self.limits.warn_time.filter(|_| !self.said_time);
        let times = [warn, self.limits.run_time].into_iter().flatten();
        let times = times.filter_map(|limit| Some(run_from?.saturating_add(limit)));
        times.chain(self.least_memory().map(|_| self.next_memory_look)).min()
    }

    fn least_memory(&self) -> Option<u64> {
        [self.limits.memory_bytes, self.limits.warn_memory_bytes].into_iter().flatten().min()
    }
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEC: Duration = Duration::from_secs(1);

    #[test]
    fn time_is_warned_of_once_and_then_stopped() {
        let limits = Limits { warn_time: Some(SEC), run_time: Some(3 * SEC), ..Limits::default() };
        let mut watch = LimitWatch::new(limits, Duration::ZERO);
        let mut look = |secs: u32, from: Option<u32>| watch.look(secs * SEC, from.map(|from| from * SEC), |_| None);
        assert!(look(9, None).is_empty(), "paused");
        assert!(look(9, Some(9)).is_empty(), "the pause does not count");
        assert_eq!(look(10, Some(9)), [Verdict::Warn("the job runs for more than 1 s".into())]);
        assert!(look(11, Some(9)).is_empty());
        let [Verdict::Stop(failure)] = &look(12, Some(9))[..] else { panic!("no stop") };
        assert_eq!((failure.text.as_str(), failure.exit_code), ("the time limit of 3 s is reached", 124));
    }

    #[test]
    fn memory_is_warned_of_again_only_after_it_was_well_below() {
        let limits = Limits { warn_memory_bytes: Some(100 << 20), memory_bytes: Some(200 << 20), ..Limits::default() };
        let mut watch = LimitWatch::new(limits, Duration::ZERO);
        let mut now = Duration::ZERO;
        let mut warned = Vec::new();
        for mib in [99_u64, 101, 95, 101, 89, 101, 150] {
            now += MEMORY_PERIOD;
            let verdicts = watch.look(now, None, |floor| {
                assert_eq!(floor, 90 << 20);
                Some(mib << 20)
            });
            warned.push(verdicts.len());
        }
        assert_eq!(warned, [0, 1, 0, 0, 0, 1, 0]);
        assert!(watch.look(now, None, |_| panic!("too soon")).is_empty());
        assert_eq!(watch.next_look(None), Some(now + MEMORY_PERIOD));
        let verdicts = watch.look(now + SEC, None, |_| Some(201 << 20));
        assert!(matches!(&verdicts[..], [Verdict::Stop(failure)] if failure.exit_code == 137), "{verdicts:?}");
    }
}
